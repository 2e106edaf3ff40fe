# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import parity
import pytest

ONE: dict[str, Any] = {
    "place": "tmp/ansible.a1/main.yml:3",
    "name": "Delete",
    "how": "ok",
    "result": {
        "changed": True,
        "api": {"requests": 2, "wait_seconds": 0.5},
        "error": {"url": "http://127.0.0.1:4711/api", "request_id": "req_00000001"},
        "data_source": {"id": "ds_1", "updated_at": "2026-11-20T08:00:00.000Z"},
        "results": [{"id": "a"}, {"id": "b"}],
        "msg": "asks to wait 1.5 seconds",
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the result with another value at this path; without it, if that is ``None``."""
    one = copy.deepcopy(ONE)
    place: Any = one
    *way, last = path.split(".")
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return one


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("result.api.wait_seconds", 0.7),
        ("result.error.url", "http://127.0.0.1:4712/api"),
        ("result.error.request_id", "req_00000009"),
        ("result.data_source.updated_at", "2026-11-20T09:30:00.123Z"),
        ("result.msg", "asks to wait 1.4 seconds"),
        ("place", "tmp/ansible.b7x/main.yml:3"),
    ],
)
def test_what_differs_between_any_two_runs_is_no_difference(path: str, value: Any) -> None:
    assert parity.differences([ONE], [changed(path, value)]) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("how", "failed", "how is 'ok' in the controller and 'failed' as a module"),
        ("result.changed", False, "result.changed is True"),
        ("result.api.requests", 3, "result.api.requests is 2"),
        ("result.msg", "asks to wait for long", "result.msg"),
        ("result.data_source", None, "result.data_source is there only in the controller"),
        ("result.warnings", ["look"], "result.warnings is there only as a module"),
        ("result.results.1.id", "c", "result.results[1].id is 'b'"),
        ("result.results", [{"id": "a"}], "result.results is"),
        ("result.error.url", "http://127.0.0.1:4711/other", "result.error.url"),
    ],
)
def test_any_other_difference_is_told(path: str, value: Any, said: str) -> None:
    found = parity.differences([ONE], [changed(path, value)])
    assert len(found) == 1
    assert found[0].startswith("tmp/ansible.a1/main.yml:3 (Delete): ")
    assert said in found[0]


def test_an_empty_exception_of_ansible_is_no_difference() -> None:
    assert parity.differences([ONE], [changed("result.exception", "(traceback unavailable)")]) == []
    assert parity.differences([ONE], [changed("result.exception", "Traceback (most recent call last):")]) != []


def test_a_result_too_many_is_told() -> None:
    assert parity.differences([ONE, ONE], [ONE]) == ["2 results in the controller, and 1 of modules"]


def test_nothing_recorded_is_told() -> None:
    assert parity.differences([], []) == ["no results were recorded"]


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.write_text('{"how": "ok"}\n{"how": "failed"}\n', encoding="utf-8")
    assert parity.read(path) == [{"how": "ok"}, {"how": "failed"}]
