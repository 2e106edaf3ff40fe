# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other writers, and the record of who did what."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NAMES, Api


def writers(api: Api, *rules: dict[str, Any]) -> None:
    api.control("POST", "writers", list(rules))


def effects(api: Api) -> list[tuple[Any, ...]]:
    found = api.control("GET", "effects")
    return [(one["by"], one["request"], one["effect"], one["data_source"], one["name"]) for one in found]


def names(api: Api) -> list[str]:
    return [item["displayName"] for item in api.call("GET").json()["data"]]


def test_before_and_after_a_request(api: Api) -> None:
    writers(
        api,
        {"action": "rename", "method": "GET", "when": "after", "data_source": "production", "name": "renamed"},
        {"action": "delete", "method": "GET", "when": "before", "data_source": "ds_preview_1", "after": 1},
    )
    assert names(api) == NAMES
    expected = ["renamed" if name == "production" else name for name in NAMES if name != "preview-42"]
    assert names(api) == expected
    assert names(api) == expected
    assert effects(api) == [
        ("writer", 1, "updated", "ds_production", "renamed"),
        ("writer", 2, "deleted", "ds_preview_1", "preview-42"),
    ]
    assert [rule["fired"] for rule in api.control("GET", "writers")] == [1, 1]
    # the client's log knows nothing of it
    assert [(entry["method"], entry["effect"]) for entry in api.log()] == [("GET", None)] * 3


def test_the_data_source_of_the_request(api: Api) -> None:
    writers(api, {"action": "rename", "method": "DELETE", "path": "/data-sources/", "name": "keep me"})
    gone = api.call("DELETE", "/ds_production").json()["data"]
    assert gone["displayName"] == "keep me"
    assert effects(api) == [
        ("writer", 1, "updated", "ds_production", "keep me"),
        ("client", 1, "deleted", "ds_production", "keep me"),
    ]


def test_update(api: Api) -> None:
    fields = {"sslEnabled": False, "host": "new.example.com", "password": "new"}
    writers(api, {"action": "update", "data_source": "ds_production", "fields": fields})
    data = api.call("GET", "/ds_production").json()["data"]
    assert (data["sslEnabled"], data["host"]) == (False, "new.example.com")
    assert api.stored("ds_production")["secrets"] == {"password": "new"}
    changes = api.control("GET", "effects")[0]["changes"]
    assert changes == {"sslEnabled": [True, False], "host": ["db.example.com", "new.example.com"]}


def test_create(api: Api) -> None:
    fields = {"id": "ds_twin", "displayName": "made", "sslEnabled": False}
    writers(api, {"action": "create", "method": "POST", "fields": fields})
    made = api.create(displayName="made")
    assert names(api)[:2] == ["made", "made"]
    twin = api.call("GET", "/ds_twin").json()["data"]
    assert (twin["sslEnabled"], twin["lastSyncStatus"]) == (False, "SUCCESS")
    assert effects(api) == [
        ("writer", 1, "created", "ds_twin", "made"),
        ("client", 1, "created", made["id"], "made"),
    ]


def test_access(api: Api) -> None:
    policy = {"mode": "restricted", "groupIds": ["grp_analysts"]}
    writers(api, {"action": "access", "data_source": "preview-42", "policy": policy})
    api.call("GET")
    assert api.stored("ds_preview_1")["access"] == {**policy, "memberIds": []}
    assert api.control("GET", "effects")[0]["changes"]["access"][1]["mode"] == "restricted"


def test_the_newest_of_a_name(api: Api) -> None:
    writers(api, {"action": "delete", "data_source": "analytics", "times": None})
    api.call("GET")
    assert api.stored("ds_analytics_2")["deletedAt"]
    assert not api.stored("ds_analytics_1")["deletedAt"]
    api.call("GET")
    assert api.stored("ds_analytics_1")["deletedAt"]
    # nothing is left to do
    api.call("GET")
    assert len(effects(api)) == 2


def test_what_cannot_be_done_is_not_done(api: Api) -> None:
    api.behaviour(names_unique=True)
    writers(
        api,
        {"action": "rename", "data_source": "nothing", "name": "x"},
        {"action": "delete", "organization": "org_none", "data_source": "ds_production"},
        {"action": "create", "fields": {"displayName": "production"}},
        {"action": "create", "fields": {"displayName": "new", "id": "ds_production"}},
        {"action": "delete"},
    )
    assert names(api) == NAMES
    assert effects(api) == []


def test_lag_holds_for_other_writers(api: Api) -> None:
    api.behaviour(list_lag_seconds=60)
    writers(api, {"action": "rename", "data_source": "ds_production", "name": "renamed"})
    assert names(api) == NAMES
    assert api.call("GET", "/ds_production").json()["data"]["displayName"] == "renamed"


def test_requests_that_are_not_worked_on_don_t_count(api: Api) -> None:
    writers(api, {"action": "delete", "data_source": "ds_production"})
    api.faults({"kind": "status_before", "times": 1})
    assert api.call("GET").status_code == 500
    assert effects(api) == []
    api.call("GET")
    assert effects(api) == [("writer", 2, "deleted", "ds_production", "production")]


def test_what_clients_do_is_recorded(api: Api) -> None:
    made = api.create(displayName="made")["id"]
    api.call("PATCH", f"/{made}", json={"host": "h", "sslEnabled": True})
    api.call("PUT", f"/{made}/access", json={"mode": "everyone"})
    api.call("DELETE", f"/{made}")
    api.call("DELETE", f"/{made}")
    found = [(one["request"], one["effect"], one["changes"]) for one in api.control("GET", "effects")]
    assert found == [(1, "created", {}), (2, "updated", {"host": [None, "h"]}), (3, "updated", {}), (4, "deleted", {})]
    assert [one["number"] for one in api.control("GET", "effects?after=2")] == [3, 4]
    api.control("DELETE", "requests")
    assert api.control("GET", "effects") == []
    api.control("GET", "effects?after=x", status=400)


def test_rules_can_be_removed(api: Api) -> None:
    writers(api, {"action": "delete", "data_source": "ds_production"})
    assert api.control("GET", "state")["writers"][0]["action"] == "delete"
    assert api.control("DELETE", "writers") == []
    writers(api, {"action": "delete", "data_source": "ds_production"})
    api.control("POST", "reset")
    assert names(api) == NAMES


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("delete", "list"),
        ({"action": "burn"}, "action"),
        ({"action": "delete", "name": "x"}, "name"),
        ({"action": "delete", "when": "during"}, "when"),
        ({"action": "delete", "data_source": 5}, "data_source"),
        ({"action": "delete", "path": "("}, "regular expression"),
        ({"action": "delete", "times": -1}, "times"),
        ({"action": "rename"}, "name"),
        ({"action": "rename", "name": ""}, "name"),
        ({"action": "update"}, "fields"),
        ({"action": "update", "fields": {"id": "x"}}, "id"),
        ({"action": "update", "fields": {"color": "x"}}, "color"),
        ({"action": "create", "fields": {"id": "x"}}, "displayName"),
        ({"action": "access"}, "policy"),
        ({"action": "access", "policy": {"mode": "open"}}, "policy"),
        ({"action": "access", "policy": {"mode": "everyone", "x": 1}}, "policy"),
    ],
)
def test_wrong_rules_change_nothing(api: Api, rule: Any, part: str) -> None:
    rules = rule if isinstance(rule, str) else [{"action": "delete"}, rule]
    detail = api.control("POST", "writers", rules, status=400)["error"]["detail"]
    assert detail.startswith("writers:")
    assert part in detail
    assert api.control("GET", "writers") == []
