# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings that lag behind writes, and the clock that a test moves forward."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NAMES, Api


def names(api: Api) -> list[str]:
    return [item["displayName"] for item in api.call("GET").json()["data"]]


def listed(api: Api, identifier: str) -> dict[str, Any]:
    found = next(item for item in api.call("GET").json()["data"] if item["id"] == identifier)
    assert isinstance(found, dict)
    return found


def status(api: Api, path: str) -> int:
    return api.call("GET", path).status_code


def test_the_list_lags(api: Api) -> None:
    api.behaviour(list_lag_seconds=60, patch_renames="applied")
    made = api.create(displayName="fresh")
    api.call("PATCH", "/ds_production", json={"displayName": "renamed", "host": "new.example.com"})
    api.call("DELETE", "/ds_preview_1")
    assert names(api) == NAMES
    assert listed(api, "ds_production")["host"] == "db.example.com"
    # each reading by itself
    assert status(api, f"/{made['id']}") == 200
    assert api.call("GET", "/ds_production").json()["data"]["displayName"] == "renamed"
    assert status(api, "/ds_preview_1") == 404

    api.control("POST", "time", {"seconds": 59})
    assert names(api) == NAMES
    api.control("POST", "time", {"seconds": 1})
    assert names(api) == [
        "fresh",
        *("renamed" if name == "production" else name for name in NAMES if name != "preview-42"),
    ]
    assert listed(api, made["id"])["lastSyncStatus"] == "SUCCESS"


def test_the_single_get_lags(api: Api) -> None:
    api.behaviour(get_lag_seconds=60)
    made = api.create(displayName="fresh")
    changed = api.call("PATCH", "/ds_production", json={"host": "new.example.com"})
    assert changed.json()["data"]["host"] == "new.example.com"
    api.call("DELETE", "/ds_preview_1")
    assert status(api, f"/{made['id']}") == 404
    assert api.call("GET", "/ds_production").json()["data"]["host"] == "db.example.com"
    assert status(api, "/ds_preview_1") == 200
    assert names(api)[0] == "fresh"
    # writes find the world as it is
    assert api.call("DELETE", "/ds_preview_1").status_code == 404
    assert api.call("PATCH", f"/{made['id']}", json={"host": "h"}).status_code == 200

    api.control("POST", "time", {"seconds": 61})
    assert api.call("GET", f"/{made['id']}").json()["data"]["host"] == "h"
    assert api.call("GET", "/ds_production").json()["data"]["host"] == "new.example.com"
    assert status(api, "/ds_preview_1") == 404


def test_the_access_policy_lags(api: Api) -> None:
    api.behaviour(access_lag_seconds=5)
    made = api.create()
    body = {"mode": "restricted", "memberIds": ["mem_ada"]}
    assert status(api, f"/{made['id']}/access") == 404
    assert api.call("PUT", f"/{made['id']}/access", json=body).status_code == 404
    assert api.call("PUT", "/ds_preview_1/access", json=body).status_code == 200
    api.control("POST", "time", {"seconds": 5})
    assert api.call("PUT", f"/{made['id']}/access", json=body).status_code == 200
    assert api.call("GET", f"/{made['id']}/access").json()["data"]["memberIds"] == ["mem_ada"]


def test_pages_of_a_list_that_lags(api: Api) -> None:
    api.behaviour(list_lag_seconds=60, deleted_cursor="empty")
    first = api.call("GET", params={"limit": 2}).json()
    api.call("DELETE", f"/{first['pagination']['nextCursor']}")
    # for this list the cursor's item is still there
    rest = api.call("GET", params={"cursor": first["pagination"]["nextCursor"]}).json()["data"]
    assert [item["displayName"] for item in first["data"] + rest] == NAMES


def test_names_are_taken_as_they_are_now(api: Api) -> None:
    api.behaviour(list_lag_seconds=60, names_unique=True)
    body = {"type": "direct", "dialect": "POSTGRES", "displayName": "fresh"}
    assert api.call("POST", json=body).status_code == 201
    assert api.call("POST", json=body, conform=False).status_code == 409


def test_the_clock(api: Api) -> None:
    assert api.control("GET", "time") == {"ahead": 0.0}
    api.behaviour(sync_seconds=3600, rate_limit={"requests": 2, "seconds": 3600})
    made = api.create()["id"]
    assert api.call("GET", f"/{made}").json()["data"]["lastSyncStatus"] == "PENDING"
    assert api.call("GET").status_code == 429
    assert api.control("POST", "time", {"seconds": 3600.5}) == {"ahead": 3600.5}
    assert api.call("GET", f"/{made}").json()["data"]["lastSyncStatus"] == "SUCCESS"
    api.control("POST", "reset")
    assert api.control("GET", "time") == {"ahead": 0.0}


@pytest.mark.parametrize("body", [[], {}, {"seconds": "1"}, {"seconds": True}, {"seconds": -1}])
def test_wrong_times(api: Api, body: Any) -> None:
    api.control("POST", "time", body, status=400)
    assert api.control("GET", "time") == {"ahead": 0.0}
