# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No message of a configuration advises an option that an entry does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.community.basedash.plugins.module_utils._configuration.wording import (
    _INSTEAD,
    _OF_PRUNE,
    worded,
)

CORE = Path(__file__).parents[4] / "plugins" / "module_utils"
OF_OTHERS = re.compile(r"new_name|purge_\w+|\bforce\b|missing_ok|verify_absence|basedash_member\b")
NEVER_HERE = (
    "The option force needs the option id",  # no entry has force
    ", and missing_ok is false",  # prune always allows it
)


def _with_new_name(found: re.Match[str]) -> str:
    return found[0].replace("%s", "new_name")


def texts() -> Iterator[str]:
    """Yield the sentences of the engine and of the families."""
    for path in [*(CORE / "_engine").glob("*.py"), *(CORE / "_resources").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                # The only dynamic one is the option with a new name.
                yield re.sub(r"(or give %s(?= to rename)|or correct %s\.$)", _with_new_name, node.value)


def test_nothing_advises_what_an_entry_does_not_have() -> None:
    sentences = [one for one in texts() if " " in one and not one.startswith(NEVER_HERE)]
    left = [worded(one, by_prune=True) for one in sentences if OF_OTHERS.search(worded(one, by_prune=True))]
    assert left == []


def test_each_advice_is_one_that_is_given() -> None:
    everything = "\n".join(texts())
    for old, new in (*_INSTEAD, *_OF_PRUNE):
        assert old in everything, old
        assert OF_OTHERS.search(new) is None
