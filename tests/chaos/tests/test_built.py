# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verifier of what was created must be able to fail: each untruth raises its own count, and no other."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from built import PHASES, Lane, judge
from subjects import GROUP
from verdicts import Counts, Report

AGENT = "ansible-community.basedash/1.0.0"
CREATE, MOVE, _RENEW, REST = PHASES
SOURCE: dict[str, Any] = {
    "id": "ds_1",
    "displayName": "Source 0",
    "host": "b.example.com",
    "sslEnabled": True,
    "secrets": {"password": "the first password"},
    "access": {"mode": "restricted", "groupIds": [GROUP]},
    "deletedAt": None,
}
UPDATE: dict[str, Any] = {
    "number": 2,
    "method": "PATCH",
    "object": "ds_1",
    "user_agent": AGENT,
    "effect": "updated",
    "body": '{"sslEnabled": true}',
    "time": "2026-01-01T00:00:02.000Z",
}


class Fake:
    """Stands in for a server."""

    def __init__(self, sources: list[dict[str, Any]], requests: list[dict[str, Any]]) -> None:
        self._sources, self._requests = sources, requests

    def sources(self) -> list[dict[str, Any]]:
        """Return what it holds."""
        return self._sources

    def control(self, method: str, path: str) -> list[dict[str, Any]]:
        """Return the log."""
        assert (method, path) == ("GET", "requests")
        return self._requests


def report(**values: Any) -> Report:
    """Return the report of an update that was done and said."""
    plain = {"ticket": "lane-0", "run": "r", "changed": True, "failed": False, "message": ""}
    return Report(**{**plain, "time": "2026-01-01T00:00:05.000Z", **values})


def counts(
    sources: list[dict[str, Any]] | None = None,
    requests: list[dict[str, Any]] | None = None,
    reports: list[Report] | None = None,
    phase: Any = MOVE,
) -> Counts:
    """Judge one data source."""
    server: Any = Fake([SOURCE] if sources is None else sources, [UPDATE] if requests is None else requests)
    lane = Lane("lane", server, ["Source 0"], [report()] if reports is None else reports)
    return judge(phase, lane)


def only(found: Counts, kind: str) -> bool:
    """Tell whether this count alone is not 0."""
    return [text.split(":")[0] for text in found.findings] == [kind]


def changed(**values: Any) -> dict[str, Any]:
    """Return the data source with other values."""
    return {**copy.deepcopy(SOURCE), **values}


def test_the_truth() -> None:
    assert not counts().bad


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("false_changed", counts(requests=[])),
        ("false_changed", counts(reports=[report(time="2026-01-01T00:00:01.000Z")])),
        ("false_ok", counts(reports=[report(changed=False)])),
        ("false_ok", counts(sources=[changed(host="a.example.com")])),
        ("lost", counts(reports=[report(failed=True)])),
        ("duplicates", counts(sources=[SOURCE, changed(id="ds_2")])),
        ("lost_secrets", counts(sources=[changed(secrets={})])),
        ("lost_secrets", counts(sources=[changed(secrets={"password": "the second password"})])),
        ("tls_off", counts(sources=[changed(sslEnabled=False)])),
        ("tls_off", counts(requests=[{**UPDATE, "body": "{}"}])),
        ("left_open", counts(sources=[changed(access={"mode": "everyone", "groupIds": []})])),
        ("wrongly_deleted", counts(requests=[UPDATE, {**UPDATE, "object": "by_0", "effect": "deleted"}])),
    ],
)
def test_each_untruth_counts(kind: str, found: Counts) -> None:
    assert found.bad
    assert only(found, kind)


def test_a_write_where_nothing_was_to_do() -> None:
    found = counts(sources=[changed(secrets={"password": "the second password"})], phase=REST)
    assert only(found, "false_changed")


def test_none_at_all() -> None:
    found = counts(sources=[], requests=[], reports=[], phase=CREATE)
    assert [text.split(":")[0] for text in found.findings] == ["lost", "lost"]
