# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the comparison finds, and what it takes for the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.recording.compare import FAILED, compare, load
from tests.recording.normal import steady

READ = {"method": "GET", "url": "https://basedash.example.com/a", "body": None}
DELETE = {**READ, "method": "DELETE"}


def event(*requests: dict[str, Any], message: str = "There is nothing to delete here.") -> dict[str, Any]:
    return {"requests": list(requests), "failed": False, "result": {"changed": False, "msg": message}}


def only(found: dict[str, list[str]]) -> str:
    """Return the one difference that there is."""
    assert len(found) == 1
    return next(iter(found))


def test_the_same() -> None:
    comparison = compare({"a": [event(READ)]}, {"a": [event(READ)]})
    assert comparison.found == {}
    assert comparison.missing == []


def test_a_word_in_several_tests_is_one_difference() -> None:
    old = {name: [event(READ, message=f"It is {name}, so there is nothing to delete here.")] for name in "abc"}
    new = {name: [event(READ, message=f"It is {name}, so there is nothing to remove here.")] for name in "abc"}
    text = only(compare(old, new).found)
    assert "[-delete-] {+remove+}" in text
    assert compare(old, new).found[text] == ["a", "b", "c"]


def test_one_more_request_and_one_less() -> None:
    one, two = {"a": [event(READ, DELETE)]}, {"a": [event(READ, READ, DELETE)]}
    text = only(compare(one, two).found)
    assert text.startswith("[].requests[]: only in the second")
    assert '"GET"' in text
    text = only(compare(two, one).found)
    assert text.startswith("[].requests[]: only in the first")


def test_a_task_that_is_not_run_any_more() -> None:
    assert compare({"a": [event(), event(READ)]}, {"a": [event()]}).found
    comparison = compare({"a": [event()]}, {"b": [event()]})
    assert (comparison.found, comparison.missing, comparison.new) == ({}, ["a"], ["b"])
    assert compare({}, {"b": [event(), FAILED]}).found


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, "1"), (None, ""), ([], {}), (1, 1.0)])
def test_kinds_of_values_count(one: Any, other: Any) -> None:
    assert compare({"a": [{"value": one}]}, {"a": [{"value": other}]}).found


def test_ports_counters_and_the_time_of_a_clock_are_no_difference() -> None:
    assert steady("http://127.0.0.1:4711/x req_17") == steady("http://127.0.0.1:815/x req_18")
    assert steady({"at": "2026-01-01T00:01:00.000Z"}) == {"at": "2026-01-01T00:01:00.000Z"}


def test_lines_of_the_callback_plugin(tmp_path: Path) -> None:
    def lines(*numbers: int) -> Path:
        file = tmp_path / f"results-{numbers[0]}"
        events = [{"place": f"a/tasks/main.yml:{number}", "name": "Run", "how": "ok"} for number in numbers]
        file.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
        return file

    assert load(lines(3, 9)) == load(lines(4, 10)) == {"a/tasks/main.yml (Run)": [{"how": "ok"}] * 2}
