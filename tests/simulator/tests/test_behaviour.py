# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches. Answers that the OpenAPI document does not know are not held against it."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NAMES, Api, wait_until

from basedash_simulator.behaviour import CHOICES, Behaviour
from basedash_simulator.rate_limit import Limit, RateLimiter

READINGS = [("404", 404, "json"), ("405", 405, "json"), ("501", 501, "json"), ("404_html", 404, "html")]


@pytest.mark.parametrize(("switch", "path"), [("single_get", "/ds_production"), ("list", "")])
@pytest.mark.parametrize(("value", "status", "form"), READINGS)
def test_missing_readings(api: Api, switch: str, path: str, value: str, status: int, form: str) -> None:
    api.behaviour(**{switch: value})
    answer = api.call("GET", path, conform=False)
    assert answer.status_code == status
    assert form in answer.headers["content-type"]
    if form == "json":
        assert set(answer.json()["error"]) == {"title", "detail"}
    # without admin rights nothing changes
    assert api.call("GET", path, key="bd_key_demo_member").status_code == 404
    assert api.call("DELETE", "/ds_production").status_code == 200


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [("200", 200, "data"), ("204", 204, None), ("202", 202, "data")],
)
def test_delete_answer(api: Api, value: str, status: int, body: str | None) -> None:
    api.behaviour(delete_answer=value)
    answer = api.call("DELETE", "/ds_production", conform=value == "200")
    assert answer.status_code == status
    if body is None:
        assert answer.content == b""
    else:
        assert answer.json()[body]["id"] == "ds_production"
    assert api.stored("ds_production")["deletedAt"]


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("200_without_data", {}),
        ("200_success_false", {"data": {"success": False}}),
        ("200_false", False),
        ("200_null", None),
        ("200_list", []),
    ],
)
def test_odd_delete_answer(api: Api, value: str, body: Any) -> None:
    api.behaviour(delete_answer=value)
    answer = api.call("DELETE", "/ds_production", conform=False)
    assert (answer.status_code, answer.json()) == (200, body)
    assert api.stored("ds_production")["deletedAt"]


@pytest.mark.parametrize(
    ("value", "listed", "status"),
    [("nowhere", False, 404), ("list", True, 404), ("get", False, 200), ("everywhere", True, 200)],
)
def test_deleted_shown(api: Api, value: str, listed: bool, status: int) -> None:
    api.behaviour(deleted_shown=value, list_lag_seconds=1)
    api.call("DELETE", "/ds_production")
    api.control("POST", "time", {"seconds": 3600})
    found = [item["id"] for item in api.call("GET").json()["data"]]
    assert ("ds_production" in found) == listed
    assert api.call("GET", "/ds_production").status_code == status
    assert api.call("DELETE", "/ds_production").status_code == 404
    assert api.call("PATCH", "/ds_production", json={"host": "h"}).status_code == 404


@pytest.mark.parametrize(
    ("switches", "name"),
    [
        ({}, " A\u0308 name "),
        ({"names_changed": "trimmed"}, "A\u0308 name"),
        ({"names_changed": "nfc"}, " \u00c4 name "),
        ({"names_changed": "nfd"}, " A\u0308 name "),
        ({"names_changed": "lower_case"}, " a\u0308 name "),
        ({"name_limit": 4}, " A\u0308 "),
        ({"names_changed": "trimmed", "name_limit": 1}, "A"),
    ],
)
def test_names_that_are_changed(api: Api, switches: dict[str, Any], name: str) -> None:
    api.behaviour(patch_renames="applied", **switches)
    assert api.create(displayName=" A\u0308 name ")["displayName"] == name
    renamed = api.call("PATCH", "/ds_production", json={"displayName": " A\u0308 name "})
    assert renamed.json()["data"]["displayName"] == name


def test_names_that_are_taken_when_changed(api: Api) -> None:
    api.behaviour(names_unique=True, name_limit=10)
    body = {"type": "direct", "dialect": "POSTGRES", "displayName": "production 2"}
    assert api.call("POST", json=body, conform=False).status_code == 409
    api.behaviour(names_changed="trimmed")
    assert api.call("POST", json={**body, "displayName": "  "}).status_code == 400


def test_member_answer(api: Api) -> None:
    api.behaviour(member_answer="403")
    answer = api.call("DELETE", "/ds_production", key="bd_key_demo_member", conform=False)
    assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")
    assert api.call("GET", key="bd_key_demo_member", organization="org_other").status_code == 404


@pytest.mark.parametrize("resets", [True, False])
def test_patch_resets_flags(api: Api, resets: bool) -> None:
    api.behaviour(patch_resets_flags=resets)
    made = api.create(sslEnabled=True, sshEnabled=True)
    data = api.call("PATCH", f"/{made['id']}", json={"host": "h"}).json()["data"]
    assert (data["sslEnabled"], data["sshEnabled"]) == (not resets, not resets)
    flags = {"sslEnabled": True, "sshEnabled": True}
    data = api.call("PATCH", f"/{made['id']}", json=flags).json()["data"]
    assert (data["sslEnabled"], data["sshEnabled"]) == (True, True)


@pytest.mark.parametrize(
    ("value", "status", "name"),
    [("ignored", 200, "production"), ("applied", 200, "new"), ("refused", 400, "production")],
)
def test_patch_renames(api: Api, value: str, status: int, name: str) -> None:
    api.behaviour(patch_renames=value)
    assert api.call("PATCH", "/ds_production", json={"displayName": "new"}).status_code == status
    assert api.stored("ds_production")["displayName"] == name


def test_create_status(api: Api) -> None:
    api.behaviour(create_status=200)
    body = {"type": "direct", "dialect": "POSTGRES", "displayName": "x"}
    assert api.call("POST", json=body).status_code == 200


@pytest.mark.parametrize(
    ("value", "status", "place"),
    [("400", 400, "error"), ("200_data", 200, "data"), ("400_top", 400, None), ("422", 422, "error")],
)
def test_verify_failure(api: Api, value: str, status: int, place: str | None) -> None:
    api.behaviour(verify_failure=value)
    body = {"dialect": "POSTGRES", "host": "x.invalid"}
    answer = api.call("POST", "/verify", json=body, conform=status != 422)
    assert answer.status_code == status
    part = answer.json() if place is None else answer.json()[place]
    assert part["fieldErrors"] == {"host": "Host not found"}
    if place == "data":
        assert part["success"] is False


def test_names_unique(api: Api) -> None:
    api.behaviour(names_unique=True, patch_renames="applied")
    body = {"type": "direct", "dialect": "POSTGRES", "displayName": "production"}
    assert api.call("POST", json=body, conform=False).status_code == 409
    rename = {"displayName": "production"}
    assert api.call("PATCH", "/ds_preview_1", json=rename, conform=False).status_code == 409
    assert api.call("PATCH", "/ds_production", json=rename).status_code == 200
    api.call("DELETE", "/ds_production")
    assert api.call("POST", json=body).status_code == 201


@pytest.mark.parametrize(
    ("value", "status", "mode"),
    [("refused", 400, None), ("accepted", 200, "restricted"), ("everyone", 200, "everyone")],
)
def test_restricted_with_nobody(api: Api, value: str, status: int, mode: str | None) -> None:
    api.behaviour(restricted_with_nobody=value)
    answer = api.call("PUT", "/ds_production/access", json={"mode": "restricted"})
    assert answer.status_code == status
    if mode is not None:
        assert answer.json()["data"]["mode"] == mode


def test_access_mode_in_answer(api: Api) -> None:
    api.behaviour(access_mode_in_answer=False)
    assert "mode" not in api.call("GET", "/ds_production/access").json()["data"]


def test_forms_of_values(api: Api) -> None:
    made = api.create(host="DB.Example.COM", port=5432, sslEnabled=False, sshEnabled=True)
    api.behaviour(null_flags=True, ports_as_text=True, hosts_lower_case=True)
    data = api.call("GET", f"/{made['id']}", conform=False).json()["data"]
    assert (data["sslEnabled"], data["sshEnabled"]) == (None, True)
    assert (data["port"], data["sshPort"]) == ("5432", None)
    assert data["host"] == "db.example.com"


def test_fields_left_out_and_added(api: Api) -> None:
    api.behaviour(omit_fields=["athenaCatalog"], extra_fields={"fieldOfNoRelease": 5})
    for item in api.call("GET", conform=False).json()["data"]:
        assert "athenaCatalog" not in item
        assert item["fieldOfNoRelease"] == 5


@pytest.mark.parametrize(("value", "status", "kept"), [(False, 200, True), ("refused", 400, True), (True, 200, False)])
def test_unset_secret_flags(api: Api, value: Any, status: int, kept: bool) -> None:
    api.behaviour(unset_secret_flags=value)
    assert api.call("PATCH", "/ds_production", json={"unsetPassword": True}).status_code == status
    assert ("password" in api.stored("ds_production")["secrets"]) == kept


def test_ignored_fields(api: Api) -> None:
    api.behaviour(ignored_fields=["host", "password"])
    body = {"host": "new", "password": "new", "username": "new"}
    data = api.call("PATCH", "/ds_production", json=body).json()["data"]
    assert (data["host"], data["username"]) == ("db.example.com", "new")
    assert api.stored("ds_production")["secrets"] == {"password": "production-password"}


def test_sync(api: Api) -> None:
    def status(identifier: str) -> str:
        return str(api.call("GET", f"/{identifier}").json()["data"]["lastSyncStatus"])

    api.behaviour(sync="pending")
    waiting = api.create()["id"]
    assert status(waiting) == "PENDING"
    api.behaviour(sync="failed")
    data = api.call("GET", f"/{waiting}").json()["data"]
    assert (data["lastSyncStatus"], data["hasCompletedFirstSync"]) == ("FAILED", False)
    assert data["syncErrorMessage"]
    api.behaviour(sync="success", sync_seconds=0.2)
    later = api.create()["id"]
    wait_until(lambda: status(later) == "SUCCESS")
    api.behaviour(sync_seconds=3600)
    assert status(api.create()["id"]) == "PENDING"


@pytest.mark.parametrize(
    ("value", "status", "count"), [("continues", 200, len(NAMES) - 2), ("empty", 200, 0), ("refused", 400, 0)]
)
def test_deleted_cursor(api: Api, value: str, status: int, count: int) -> None:
    api.behaviour(deleted_cursor=value)
    cursor = api.call("GET", params={"limit": 2}).json()["pagination"]["nextCursor"]
    api.call("DELETE", f"/{cursor}")
    answer = api.call("GET", params={"cursor": cursor})
    assert answer.status_code == status
    assert len(answer.json().get("data", [])) == count


def test_rate_limit(api: Api) -> None:
    api.behaviour(rate_limit={"requests": 2, "seconds": 3600, "scope": "key"})
    assert [api.call("GET").status_code for _number in range(3)] == [200, 200, 429]
    error = api.call("GET").json()["error"]
    assert error["title"] == "RateLimitExceeded"
    assert 0 < error["retryAfterMs"] <= 3_600_000
    assert api.call("GET", key="bd_key_other_admin", organization="org_other").status_code == 200
    api.behaviour(rate_limit={"requests": 2, "seconds": 3600, "scope": "all"})
    statuses = [api.call("GET", key=key).status_code for key in ("bd_key_demo_admin", "bd_key_demo_member", "other")]
    assert statuses == [200, 404, 429]
    api.behaviour(rate_limit=None)
    assert api.call("GET").status_code == 200


def test_rate_limit_window() -> None:
    moment = 0.0
    limiter = RateLimiter(lambda: moment)
    limit = Limit(1, 10.0)
    limiter.check(limit, "k")
    moment = 4.0
    with pytest.raises(Exception, match="Too many") as caught:
        limiter.check(limit, "k")
    assert caught.value.extra == {"retryAfterMs": 6000}  # type: ignore[attr-defined]
    moment = 10.0
    limiter.check(limit, "k")


def test_every_default_is_a_choice() -> None:
    defaults = Behaviour().as_dict()
    for name, choices in CHOICES.items():
        assert defaults[name] == choices[0]


def test_spelling_of_values() -> None:
    behaviour = Behaviour()
    behaviour.change({"single_get": 404, "list": "TRUE", "create_status": "200", "names_unique": "true"})
    assert (behaviour.single_get, behaviour.list, behaviour.create_status) == ("404", True, 200)
    assert behaviour.names_unique is True


@pytest.mark.parametrize(
    "switches",
    [
        [],
        {"unknown": 1},
        {"single_get": "maybe"},
        {"sync_seconds": -1},
        {"sync_seconds": "1"},
        {"ignored_fields": "host"},
        {"extra_fields": []},
        {"name_limit": 0},
        {"name_limit": "10"},
        {"list_lag_seconds": -1},
        {"deleted_shown": "sometimes"},
        {"rate_limit": 5},
        {"rate_limit": {"requests": -1}},
        {"rate_limit": {"seconds": 0}},
        {"rate_limit": {"scope": "user"}},
        {"rate_limit": {"burst": 1}},
        {"create_status": 200, "sync": "perhaps"},
    ],
)
def test_impossible_switches_change_nothing(api: Api, switches: Any) -> None:
    error = api.control("POST", "behaviour", switches, status=400)["error"]
    assert error["detail"].startswith("behaviour:")
    assert api.control("GET", "behaviour")["create_status"] == 201


@pytest.mark.parametrize("starts", [True, False])
def test_sync_after_update(api: Api, starts: bool) -> None:
    api.behaviour(sync_after_update=starts, sync="failed")
    made = api.create()
    assert api.call("GET", f"/{made['id']}").json()["data"]["lastSyncStatus"] == "FAILED"
    api.behaviour(sync="pending")
    data = api.call("PATCH", f"/{made['id']}", json={"host": "h"}).json()["data"]
    assert data["lastSyncStatus"] == ("PENDING" if starts else "FAILED")


@pytest.mark.parametrize(("value", "status", "stored"), [("kept", 200, ""), ("null", 200, None), ("refused", 400, "r")])
def test_empty_texts(api: Api, value: str, status: int, stored: str | None) -> None:
    api.behaviour(empty_texts=value)
    made = api.create(snowflakeRole="r")
    assert api.call("PATCH", f"/{made['id']}", json={"snowflakeRole": ""}).status_code == status
    assert api.call("GET", f"/{made['id']}").json()["data"]["snowflakeRole"] == stored


@pytest.mark.parametrize(("value", "stored"), [(True, "h"), (False, " h\n")])
def test_trim_texts(api: Api, value: bool, stored: str) -> None:
    api.behaviour(trim_texts=value)
    assert api.create(host=" h\n")["host"] == stored
