# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README's examples, as they are, planned and run twice, and the demonstration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from stage import EXAMPLES, KEY, ROOT, Basedash, Run, run

README = ROOT.joinpath("README.md").read_text(encoding="utf-8")
DELETION, CREATION = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
# The second example is a task for the play of the first.
PLAY = DELETION.partition("  tasks:\n")[0] + "  tasks:\n"
PREVIEW = {"id": "ds_preview_1", "displayName": "preview-42", "host": "preview-42.db.example.com"}


def recap(done: Run) -> tuple[int, int]:
    """Return the counts of changed and failed tasks."""
    assert "[WARNING]" not in done.output, done.output
    changed, failed = re.findall(r"changed=(\d+).*failed=(\d+)", done.output)[0]
    return int(changed), int(failed)


@pytest.mark.parametrize(("example", "there"), [(DELETION, [PREVIEW]), (PLAY + CREATION, [])])
def test_twice(example: str, there: list[dict[str, str]], server: Basedash, tmp_path: Path) -> None:
    """The plan changes nothing, the first run does what it says, and what follows finds nothing to do."""
    organization = {"id": "org_123", "groups": ["Analysts"], "data_sources": there}
    server.call("POST", "reset", {"organizations": [organization], "keys": [{"key": KEY, "role": "admin"}]})
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(example, encoding="utf-8")
    command = ("ansible-playbook", playbook, "-e", "preview_password=sentinel")
    before, after = bool(there), not there
    for arguments, changed, expected in (
        (("--check", "--diff"), 1, before),
        ((), 1, after),
        ((), 0, after),
        (("--check", "--diff"), 0, after),
    ):
        done = run(server, tmp_path, *command, *arguments, env={"BASEDASH_ORGANIZATION_ID": ""})
        assert (done.status, *recap(done)) == (0, changed, 0), done.output
        assert ("preview-42" in server.sources("org_123")) == expected
        assert "sentinel" not in done.output


def test_who_am_i(basedash: Basedash, tmp_path: Path) -> None:
    """The first command that a newcomer runs, with the key of an admin and with that of a member."""
    (command,) = re.findall(r"^ansible localhost .*$", README, re.MULTILINE)
    for key, access in ((KEY, "admin"), ("bd_key_demo_member", "member")):
        done = run(basedash, tmp_path, *command.split(), env={"BASEDASH_API_KEY": key})
        assert done.status == 0, done.output
        assert f'"access": "{access}"' in done.output
        assert '"id": "org_demo"' in done.output


@pytest.mark.parametrize(
    ("more", "changed", "left"),
    [
        ({}, 2, {"preview-43"}),
        ({"BASEDASH_DATA_SOURCE_NAME": "preview-43", "BASEDASH_MEMBER_API_KEY": "bd_key_demo_member"}, 3, set()),
    ],
)
def test_demo(more: dict[str, str], changed: int, left: set[str], basedash: Basedash, tmp_path: Path) -> None:
    """The demonstration with all that `make demo` gives it, and with no more than it needs."""
    env = {"BASEDASH_DATA_SOURCE_ID": "ds_preview_1", **more}
    done = run(basedash, tmp_path, "ansible-playbook", EXAMPLES / "demo.yml", env=env)
    assert (done.status, *recap(done)) == (0, changed, 0), done.output
    assert {name for name in basedash.sources() if name.startswith("preview-")} == left
