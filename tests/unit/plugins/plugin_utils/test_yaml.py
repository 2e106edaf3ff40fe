# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML for people: whatever a text holds, it is read back as it was, and texts of several lines are blocks."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.plugin_utils import _yaml

TEXTS = st.text("ab \t\n\r:#-'\"\\{}[]%|>&*!?,~1.é\u2028\u0085\ufeff\x00\x7f😀", max_size=14)
VALUES: Any = st.recursive(
    TEXTS | st.booleans() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)


def written(content: dict[str, Any]) -> str:
    """Return a document."""
    return "\n".join(_yaml.lines_of(content)) + "\n"


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from(["a", "name", "format"]), VALUES, max_size=3), TEXTS)
def test_what_is_written_is_read_back(content: dict[str, Any], text: str) -> None:
    content = {**content, "entries": [{"name": text, "more": [{"sql_query": text}, text]}], "last": text}
    found = written(content)
    assert _yaml.read(found) == content
    assert yaml.safe_load(found) == content


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "a\n",
        "a\n\n\n",
        "  a\n b\n",
        "\n\na\n",
        "a  \n\tb\t\n",
        "---\n# no comment\n...\n",
        "SELECT '{{ definition(\"mrr\") }}' -- %\n  FROM é 😀\n",
        "a\n  ",
        "x" * 200,
    ],
)
def test_a_long_text_is_a_block(text: str) -> None:
    found = written({"a": text, "b": [{"c": text}]})
    assert _yaml.read(found) == {"a": text, "b": [{"c": text}]}
    assert found.startswith("a: |")
    assert '"' not in found.replace('("mrr")', "")


def test_a_text_that_no_block_can_hold_has_a_line_for_each_of_its_lines() -> None:
    assert written({"a": "x\r\n y\r\nz\r\n"}) == 'a: "x\\r\\n\\\n  \\ y\\r\\n\\\n  z\\r\\n"\n'


@pytest.mark.parametrize(
    "text", ["no", "Y", "null", "~", "1", "1e5", "0x1", "1:30", "2026-01-01", "a: b", "- a", "a #b"]
)
def test_a_text_that_looks_like_something_else_is_quoted(text: str) -> None:
    assert written({"a": text}) == "a: '%s'\n" % text


@pytest.mark.parametrize("text", ["Sales", "Sales (EU)", "ada@example.com", "https://example.com/a", "SELECT 1 + 1"])
def test_a_simple_text_is_plain(text: str) -> None:
    assert written({"a": text}) == "a: %s\n" % text


def test_values_with_tags_are_read() -> None:
    found = _yaml.read("a: !vault |\n  $ANSIBLE_VAULT\nb: !unsafe [x]\nc: !unsafe {d: e}\n")
    assert found == {"a": "$ANSIBLE_VAULT\n", "b": ["x"], "c": {"d": "e"}}
    assert isinstance(found["a"], _yaml.Tagged)
