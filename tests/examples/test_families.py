# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page "What can be managed": its example, its playbook, and whether it names all that there is."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from stage import ROOT, Basedash, run

PAGE = (ROOT / "docs" / "families.md").read_text(encoding="utf-8")
NO_KEY = {"BASEDASH_API_KEY": "", "BASEDASH_ORGANIZATION_ID": ""}


def test_check_api(basedash: Basedash, tmp_path: Path) -> None:
    """The playbook needs no key, and the simulator's own file has all that the collection relies on."""
    assert "ansible-playbook community.basedash.check_api" in PAGE
    done = run(basedash, tmp_path, "ansible-playbook", "community.basedash.check_api", env=NO_KEY)
    assert done.status == 0, done.output
    assert "Can one data source be read by its id?" in done.output
    assert basedash.methods == {"GET"}


def test_the_example(basedash: Basedash, tmp_path: Path) -> None:
    (tasks,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    play = "- hosts: localhost\n  gather_facts: false\n  tasks:\n" + textwrap.indent(tasks, "    ")
    (tmp_path / "play.yml").write_text(play, encoding="utf-8")
    done = run(basedash, tmp_path, "ansible-playbook", "play.yml", env=NO_KEY)
    assert done.status == 0, done.output


def test_every_family_is_on_the_page() -> None:
    """Each module that changes something has a row; for those that only read, the table says which pairs exist."""
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("basedash_*.py")}
    pairs = {name for name in modules if f"{name}_info" in modules}
    needed = modules - {f"{name}_info" for name in pairs}
    assert sorted(name for name in needed if f"(../plugins/modules/{name}.py)" not in PAGE) == []
