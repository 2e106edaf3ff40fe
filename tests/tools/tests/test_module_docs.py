# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written into the documentation of the modules is YAML that says what the tables say."""

from __future__ import annotations

from typing import Any

import module_docs
import pytest
import yaml

LONG = "The words of a sentence that is much too long for a line: it has a colon, 'quotes' and # in it. " * 3


@pytest.mark.parametrize(
    "content",
    [
        {"a": {"description": LONG.strip(), "type": "str"}},
        {"a": {"description": [LONG.strip(), "Short."], "type": "list", "sample": [{"b": 1, "c": None}, {"d": []}]}},
        {"a": {"description": "It's short", "type": "dict", "contains": {"b": {"description": "x", "type": "int"}}}},
        {"a": {"sample": {"text": LONG.strip(), "number": "1", "flag": "yes", "time": "2026-11-20T08:00:00.000Z"}}},
        {"a": "- no list", "b": "null", "c": "{no mapping}", "d": "", "e": 1.5, "f": True},
    ],
)
def test_yaml_says_the_same(content: dict[str, Any]) -> None:
    text = module_docs.as_yaml(content, 4)
    assert yaml.safe_load(text) == content
    assert max(map(len, text.splitlines())) <= module_docs.WIDTH


def test_options_are_named_as_suboptions() -> None:
    text = "If O(name) or O(state=absent), RV(msg) and RV(api) say so; O(name=x) too."
    wanted = "If O(things[].name) or O(state=absent), RV(results[].msg) and RV(api) say so; O(things[].name=x) too."
    assert module_docs.within([{"description": text}], "things[].", {"name", "id"}) == [{"description": wanted}]


def test_tables_are_merged_key_by_key() -> None:
    base = {"type": "dict", "contains": {"a": {"sample": {"x": 1}, "type": "str"}, "b": {}}}
    other = {"contains": {"a": {"sample": {"y": 2}}}}
    merged = {"type": "dict", "contains": {"a": {"sample": {"y": 2}, "type": "str"}, "b": {}}}
    assert module_docs.merged(base, other) == merged


def test_a_part_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="no RETURN"):
        module_docs.block('DOCUMENTATION = r"""\nmodule: x\n"""\n', "RETURN")
