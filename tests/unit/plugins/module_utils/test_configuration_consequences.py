# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects use those that a plan deletes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._configuration.consequences import (
    QUERIES,
    breaks,
    used_by_entries,
)
from ansible_collections.community.basedash.plugins.module_utils._configuration.families import (
    DATA_SOURCES,
    FAMILIES,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.access import Policy

SOURCE = {"id": "s1", "displayName": "orders"}
OTHER = {"id": "s2", "displayName": "visits"}
MRR = {"id": "d1", "referenceName": "mrr", "databaseConnectionId": "s1", "sqlQuery": "select 1"}
ARR = {**MRR, "id": "d2", "referenceName": "arr", "sqlQuery": "select 12 * {{ definition('mrr') }}"}
CHART = {"id": "c1", "name": "Revenue", "dashboardId": "b1", "databaseConnectionId": "s1", "sqlQuery": "select 2"}
DRILL = {
    **CHART,
    "id": "c2",
    "name": "Drill",
    "drilldownSqlQuery": 'select {{definition("mrr")}}, {{definition("mrr")}}',
}
ELSEWHERE = {**DRILL, "id": "c3", "name": "Elsewhere", "databaseConnectionId": "s2"}
WATCH = {"id": "a1", "name": "Watch", "trigger": {"databaseConnectionId": "s1", "sqlQuery": '{{ definition("arr") }}'}}
NIGHTLY = {"id": "a2", "name": "Nightly", "trigger": {"type": "SCHEDULE"}, "instructions": '{{ definition("mrr") }}'}
FINANCE = {"id": "g1", "name": "Finance"}
THERE: dict[str, list[dict[str, Any]]] = {
    "groups": [FINANCE],
    "data_sources": [SOURCE, OTHER],
    "definitions": [MRR, ARR],
    "automations": [WATCH, NIGHTLY],
    "skills": [{"id": "k1", "name": "Style", "instructions": '{{ definition("mrr") }}'}],
    "dashboards": [{"id": "b1", "name": "Board"}],
    "charts": [CHART, DRILL, ELSEWHERE],
}
POLICIES = {"s1": Policy("restricted", frozenset({"g1"})), "s2": Policy("everyone")}


def broken(deleted: dict[str, list[dict[str, Any]]], **changed: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the ids of the users of each deleted object, and check the form of the result."""
    found = breaks(deleted, {**THERE, **changed}, POLICIES)
    for one in found:
        assert list(one) == ["family", "id", "name", "used_by"]
        assert all(list(user) == ["family", "id", "name"] for user in one["used_by"])
    return {one["id"]: [user["id"] for user in one["used_by"]] for one in found}


@pytest.mark.parametrize(
    ("deleted", "expected"),
    [
        ({}, {}),
        ({"charts": []}, {}),
        ({"data_sources": [SOURCE]}, {"s1": ["d1", "d2", "a1", "c1", "c2"]}),
        ({"data_sources": [OTHER]}, {"s2": ["c3"]}),
        ({"definitions": [MRR]}, {"d1": ["d2", "c2"]}),
        ({"definitions": [ARR]}, {"d2": ["a1"]}),
        ({"groups": [FINANCE]}, {"g1": ["s1"]}),
        ({"charts": [CHART], "automations": [WATCH], "dashboards": THERE["dashboards"]}, {}),
        # Users that are deleted too, by themselves or with their dashboard.
        ({"definitions": [MRR, ARR]}, {"d1": ["c2"], "d2": ["a1"]}),
        ({"definitions": [MRR, ARR], "charts": [DRILL], "automations": [WATCH]}, {}),
        ({"definitions": [MRR], "dashboards": THERE["dashboards"]}, {"d1": ["d2"]}),
        ({"groups": [FINANCE], "data_sources": [SOURCE]}, {"s1": ["d1", "d2", "a1", "c1", "c2"]}),
    ],
)
def test_what_a_deletion_breaks(deleted: dict[str, list[dict[str, Any]]], expected: dict[str, list[str]]) -> None:
    assert broken(deleted) == expected


def test_users_and_used_objects_have_names() -> None:
    assert breaks({"groups": [FINANCE]}, THERE, POLICIES) == [
        {
            "family": "groups",
            "id": "g1",
            "name": "Finance",
            "used_by": [{"family": "data_sources", "id": "s1", "name": "orders"}],
        }
    ]


def test_an_archived_user_is_none() -> None:
    assert broken({"data_sources": [OTHER]}, charts=[{**ELSEWHERE, "archivedAt": "2026-01-01T00:00:00Z"}]) == {}


def test_another_definition_with_the_name_takes_the_place() -> None:
    assert broken({"definitions": [MRR]}, definitions=[{**MRR, "id": "new"}]) == {}
    assert broken({"definitions": [MRR]}, definitions=[{**MRR, "id": "new", "databaseConnectionId": "s2"}]) == {
        "d1": ["c2"]
    }


def test_a_kept_entry_may_not_exist_yet() -> None:
    new = {name: value for name, value in DRILL.items() if name != "id"}
    assert used_by_entries({"definitions": [MRR, ARR]}, {"charts": [new]}) == [
        {
            "family": "definitions",
            "id": "d1",
            "name": "mrr",
            "used_by": [{"family": "charts", "id": None, "name": "Drill"}],
        }
    ]
    assert used_by_entries({"definitions": [ARR]}, {"charts": [new]}) == []


def test_odd_values_of_a_server_are_no_users() -> None:
    odd = [{"id": "c9", "name": None, "databaseConnectionId": None, "sqlQuery": '{{ definition("mrr") }}'}]
    odd.append({"id": "c8", "databaseConnectionId": "s1", "sqlQuery": 5})
    assert broken({"definitions": [MRR]}, charts=odd, automations=[{"id": "a9", "trigger": None}]) == {"d1": ["d2"]}


def test_no_query_of_a_family_is_left_out() -> None:
    for managed in FAMILIES:
        fields = managed.kind.fields
        places = [one.place for one in fields if one.refers_to is DATA_SOURCES.kind.family]
        texts = tuple(one.place for one in fields if one.name.endswith("sql_query"))
        assert QUERIES.get(managed.key) == ((*places, texts) if texts else None)
        assert bool(places) == bool(texts)
