# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What works alike for every family: reading, writing, deleting, switches, faults, lag, other writers, control."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Api

from basedash_simulator.families import families
from basedash_simulator.openapi import collections

# A body that creates an object, and one that changes it, with the field by which people call it.
BODIES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "data-sources": (
        {"type": "direct", "dialect": "POSTGRES", "displayName": "new"},
        {"host": "h.example.com", "sslEnabled": True},
        "displayName",
    ),
    "members": ({"email": "new@example.com"}, {"role": "ADMIN"}, "email"),
    "groups": ({"name": "New"}, {"name": "Newer"}, "name"),
    "mcp-servers": (
        {"displayName": "New", "serverUrl": "https://mcp.example.com", "headers": [{"name": "X", "value": "hidden"}]},
        {"displayName": "Newer"},
        "displayName",
    ),
    "definitions": (
        {"name": "New one", "sqlQuery": "SELECT 1", "databaseConnectionId": "ds_production"},
        {"sqlQuery": "SELECT 2"},
        "name",
    ),
    "skills": ({"name": "New", "instructions": "Do."}, {"description": "Better"}, "name"),
    "automations": ({"name": "New", "instructions": "Do."}, {"preferredHour": 3}, "name"),
    "dashboards": ({"name": "New"}, {"description": "Better"}, "name"),
    "dashboards/dash_sales/tabs": ({"name": "New"}, {"name": "Newer"}, "name"),
    "charts": ({"dashboardId": "dash_sales", "name": "New"}, {"sqlQuery": "SELECT 1"}, "name"),
}
LISTED = [name for name in BODIES if name not in ("charts", "dashboards/dash_sales/tabs")]
every = pytest.mark.parametrize("family", BODIES)
listed = pytest.mark.parametrize("family", LISTED)


def make(api: Api, family: str, **more: Any) -> dict[str, Any]:
    answer = api.call("POST", family=family, json={**BODIES[family][0], **more})
    assert answer.status_code == 201, answer.text
    found = answer.json()["data"]
    assert isinstance(found, dict)
    return found


def ids(api: Api, family: str, query: str = "") -> list[str]:
    return [item["id"] for item in api.call("GET", query, family=family).json()["data"]]


def name_of(family: str) -> str:
    """The family's name in the control API."""
    return family.rpartition("/")[2]


def readable(family: str) -> bool:
    return not family.endswith("/tabs")


def test_every_family_of_the_files_has_its_declaration() -> None:
    assert set(families()) == set(collections())
    assert all(type(family).__name__ != "Family" for family in families().values())


@listed
def test_a_new_one_is_the_first_of_the_list(api: Api, family: str) -> None:
    before = ids(api, family)
    made = make(api, family)
    assert ids(api, family) == [made["id"], *before]
    assert ids(api, family, "?limit=1") == [made["id"]]
    assert ids(api, family, f"?cursor={made['id']}") == before
    assert api.call("GET", "?cursor=none", family=family).status_code == 400


@every
def test_a_whole_life(api: Api, family: str) -> None:
    _create, change, _title = BODIES[family]
    made = make(api, family)
    path = f"/{made['id']}"
    if readable(family):
        assert api.call("GET", path, family=family).json()["data"]["id"] == made["id"]
    changed = api.call("PATCH", path, family=family, json=change).json()["data"]
    assert changed != made
    held = api.held(name_of(family), made["id"])
    assert held["deletedAt"] is None
    gone = api.call("DELETE", path, family=family)
    assert gone.json()["data"]["id"] == made["id"]
    assert api.call("DELETE", path, family=family).status_code == 404
    assert api.held(name_of(family), made["id"])["deletedAt"]
    effects = [(one["effect"], one["family"], one["object"]) for one in api.control("GET", "effects")]
    assert effects == [(effect, name_of(family), made["id"]) for effect in ("created", "updated", "deleted")]
    sent = api.log()[-1]
    assert (sent["family"], sent["object"], sent["effect"]) == (name_of(family), made["id"], None)
    if readable(family) and family not in ("members", "automations"):
        assert api.call("GET", path, family=family).status_code == 404


@every
def test_who_may_not(api: Api, family: str) -> None:
    body = BODIES[family][0]
    assert api.call("POST", family=family, json=body, key="bd_key_demo_member").status_code == 404
    assert api.call("POST", family=family, json=body, key="unknown").status_code == 401
    api.behaviour(member_answer="403")
    assert api.call("POST", family=family, json=body, key="bd_key_demo_member", conform=False).status_code == 403
    assert api.control("GET", "effects") == []


@every
def test_bodies_that_don_t_fit(api: Api, family: str) -> None:
    body = BODIES[family][0]
    for name in collections()[name_of(family)].create.get("required", []):
        rest = {key: value for key, value in body.items() if key != name}
        assert api.call("POST", family=family, json=rest).status_code == 400
        assert api.call("POST", family=family, json={**body, name: 5}).status_code == 400
    assert (
        api.call("POST", family=family, content=b"[]", headers={"content-type": "application/json"}).status_code == 400
    )
    assert api.control("GET", "effects") == []


@every
def test_unknown_fields_are_dropped_and_shown_to_tests(api: Api, family: str) -> None:
    made = make(api, family, oops=1)
    assert "oops" not in made
    assert api.held(name_of(family), made["id"])["other_fields"] == {"oops": 1}


@every
@pytest.mark.parametrize(
    ("form", "status", "body"),
    [("204", 204, None), ("202", 202, "object"), ("200_without_data", 200, {}), ("200_null", 200, None)],
)
def test_answers_to_a_deletion(api: Api, family: str, form: str, status: int, body: Any) -> None:
    made = make(api, family)
    api.control("POST", "behaviour", {name_of(family): {"delete_answer": form}})
    answer = api.call("DELETE", f"/{made['id']}", family=family, conform=False)
    assert answer.status_code == status
    if status != 204:
        assert answer.json() == body if body != "object" else answer.json()["data"]["id"] == made["id"]
    assert api.held(name_of(family), made["id"])["deletedAt"]


@every
@pytest.mark.parametrize(("value", "status"), [("200", 200), ("409", 409), ("404", 404)])
def test_a_second_deletion(api: Api, family: str, value: str, status: int) -> None:
    made = make(api, family)
    api.behaviour(second_delete=value)
    api.call("DELETE", f"/{made['id']}", family=family)
    assert api.call("DELETE", f"/{made['id']}", family=family, conform=False).status_code == status
    assert [one["effect"] for one in api.control("GET", "effects")] == ["created", "deleted"]


def test_a_switch_of_one_family_leaves_the_others(api: Api) -> None:
    body = BODIES["skills"][0]
    found = api.control("POST", "behaviour", {"skills": {"create_status": 200, "delete_answer": 204}})
    assert found["skills"] == {"create_status": 200, "delete_answer": "204"}
    made = api.call("POST", family="skills", json=body)
    assert made.status_code == 200
    assert api.call("POST", family="groups", json={"name": "x"}).status_code == 201
    # a family's own value is stronger than the common one
    api.behaviour(delete_answer="202")
    path = f"/{made.json()['data']['id']}"
    assert api.call("DELETE", path, family="skills", conform=False).status_code == 204
    assert "skills" not in api.control("POST", "behaviour", {"skills": None})
    assert api.call("POST", family="skills", json=body).status_code == 201


@pytest.mark.parametrize("values", [{"skills": 5}, {"skills": {"oops": 1}}, {"skills": {"list": "maybe"}}])
def test_wrong_switches_of_a_family_change_nothing(api: Api, values: Any) -> None:
    before = api.control("GET", "behaviour")
    api.control("POST", "behaviour", {"create_status": 200, **values}, status=400)
    assert api.control("GET", "behaviour") == before


@listed
def test_readings_that_are_missing(api: Api, family: str) -> None:
    made = make(api, family)
    api.control("POST", "behaviour", {family: {"list": "405", "single_get": "501"}})
    assert api.call("GET", family=family, conform=False).status_code == 405
    assert api.call("GET", f"/{made['id']}", family=family, conform=False).status_code == 501
    other = "groups" if family != "groups" else "skills"
    assert api.call("GET", family=other).status_code == 200


@listed
def test_deleted_ones_that_are_shown(api: Api, family: str) -> None:
    made = make(api, family)
    api.control("POST", "behaviour", {family: {"deleted_shown": "list"}})
    api.call("DELETE", f"/{made['id']}", family=family)
    assert made["id"] in ids(api, family)
    assert api.call("GET", f"/{made['id']}", family=family).status_code == 404
    api.control("POST", "behaviour", {family: {"deleted_shown": "get"}})
    assert made["id"] not in ids(api, family)
    assert api.call("GET", f"/{made['id']}", family=family).status_code == 200


@listed
def test_lag(api: Api, family: str) -> None:
    _create, change, _title = BODIES[family]
    api.behaviour(list_lag_seconds=60, get_lag_seconds=30)
    before = ids(api, family)
    made = make(api, family)
    assert ids(api, family) == before
    assert api.call("GET", f"/{made['id']}", family=family).status_code == 404
    api.control("POST", "time", {"seconds": 31})
    assert ids(api, family) == before
    assert api.call("GET", f"/{made['id']}", family=family).status_code == 200
    api.control("POST", "time", {"seconds": 31})
    assert ids(api, family) == [made["id"], *before]
    changed = api.call("PATCH", f"/{made['id']}", family=family, json=change).json()["data"]
    shown = api.call("GET", f"/{made['id']}", family=family).json()["data"]
    name = next(name for name in changed if changed[name] != shown[name] and name != "updatedAt")
    api.control("POST", "time", {"seconds": 61})
    assert api.call("GET", f"/{made['id']}", family=family).json()["data"][name] == changed[name]


@listed
def test_order_of_the_list(api: Api, family: str) -> None:
    api.behaviour(list_order="oldest_first")
    before = ids(api, family)
    made = make(api, family)
    assert ids(api, family) == [*before, made["id"]]
    assert ids(api, family, f"?cursor={before[0]}") == [*before[1:], made["id"]]
    for order in ("by_name", "last_changed_first"):
        api.behaviour(list_order=order)
        everything = ids(api, family)
        assert set(everything) == {*before, made["id"]}
        assert ids(api, family, f"?cursor={everything[0]}") == everything[1:]


@pytest.mark.parametrize("family", [name for name in LISTED if name not in ("members", "definitions")])
def test_unique_names(api: Api, family: str) -> None:
    if family == "data-sources":
        api.behaviour(patch_renames="applied")
    first = make(api, family)
    make(api, family)
    title = BODIES[family][2]
    api.behaviour(names_unique=True)
    body = BODIES[family][0]
    assert api.call("POST", family=family, json=body, conform=False).status_code == 409
    api.behaviour(taken_name="422")
    assert api.call("POST", family=family, json=body, conform=False).status_code == 422
    other = make(api, family, **{title: "free"})
    taken = api.call("PATCH", f"/{other['id']}", family=family, json={title: first[title]}, conform=False)
    assert taken.status_code == 422
    same = api.call("PATCH", f"/{other['id']}", family=family, json={title: "free"}, conform=False)
    assert same.status_code == 200


@listed
def test_texts_that_a_server_changes(api: Api, family: str) -> None:
    title = BODIES[family][2]
    if family == "members":
        api.behaviour(names_changed="lower_case")
        assert make(api, family, email="Upper@example.com")["user"]["email"] == "upper@example.com"
        return
    api.behaviour(trim_texts=True, name_limit=5)
    assert make(api, family, **{title: "  much too long "})[title] == "much "


@every
def test_another_writer(api: Api, family: str) -> None:
    made = make(api, family)
    rule = {"family": name_of(family), "method": "PATCH", "object": made["id"]}
    name = "other@example.com" if family == "members" else "other"
    api.control("POST", "writers", [{**rule, "action": "rename", "name": name}])
    api.call("PATCH", f"/{made['id']}", family=family, json=BODIES[family][1])
    api.control("POST", "writers", [{**rule, "action": "delete"}])
    assert api.call("PATCH", f"/{made['id']}", family=family, json={}).status_code == (
        200 if family == "members" else 404
    )
    effects = [(one["by"], one["effect"]) for one in api.control("GET", "effects") if one["object"] == made["id"]]
    assert effects[:4] == [("client", "created"), ("writer", "updated"), ("client", "updated"), ("writer", "deleted")]


@every
def test_another_writer_creates(api: Api, family: str) -> None:
    fields = {key: value for key, value in BODIES[family][0].items() if key not in ("type", "headers")}
    parent = {"dashboardId": "dash_sales"} if family.endswith("tabs") else {}
    rule = {
        "action": "create",
        "family": name_of(family),
        "method": "POST",
        "fields": {**fields, **parent, "id": "twin"},
    }
    api.control("POST", "writers", [rule])
    api.control("POST", "behaviour", {name_of(family): {"names_unique": False}})
    api.call("POST", family=family, json=BODIES[family][0], conform=False)
    assert next((one["by"], one["object"]) for one in api.control("GET", "effects")) == ("writer", "twin")
    assert api.held(name_of(family), "twin")["deletedAt"] is None


@listed
def test_faults(api: Api, family: str) -> None:
    path = f"/{family}(/|$)"
    api.faults({"kind": "status_after", "method": "POST", "path": path, "status": 502, "times": 1})
    before = ids(api, family)
    assert api.call("POST", family=family, json=BODIES[family][0], conform=False).status_code == 502
    assert len(ids(api, family)) == len(before) + 1


@listed
def test_seeding_through_the_control_api(api: Api, family: str) -> None:
    title = BODIES[family][2]
    needed = {key: value for key, value in BODIES[family][0].items() if key not in ("type", "headers", title)}
    more: list[dict[str, Any]] = [{"id": "one", title: "one@example.com", **needed}]
    if not families()[family].needs_id:
        more.append({"count": 3, "name_format": "n-{n}", "id_format": "n/{n}", **needed})
    else:
        more += [{"id": f"n/{number}", **needed} for number in (1, 2, 3)]
    given = api.control("POST", f"objects/{family}", {"organization": "org_demo", "objects": more})["ids"]
    assert given == ["one", "n/1", "n/2", "n/3"]
    assert ids(api, family)[:4] == given[::-1]
    assert [one["id"] for one in api.control("GET", f"objects/{family}?organization=org_demo")][:4] == given[::-1]
    assert api.held(family, "n/1")["id"] == "n/1"
    api.control("POST", f"objects/{family}", {"organization": "org_demo", "objects": more}, status=400)
    assert api.control("GET", "effects") == []


def test_objects_of_the_control_api(api: Api) -> None:
    api.behaviour(get_lag_seconds=60)
    path = "objects/skills/skill_tone"
    assert api.control("PATCH", path, {"description": "by the test"})["description"] == "by the test"
    assert api.call("GET", "/skill_tone", family="skills").json()["data"]["description"] == "by the test"
    api.control("PATCH", path, {"oops": 1}, status=400)
    api.control("PATCH", path, [], status=400)
    api.control("DELETE", path)
    api.control("GET", path, status=400)
    api.control("GET", "objects/potions", status=400)
    api.control("POST", "objects/organizations", {"organization": "org_demo", "objects": []}, status=400)
    assert [one["id"] for one in api.control("GET", "objects/organizations")] == ["org_demo", "org_other"]
    objects = api.control("GET", "state")["organizations"][0]["objects"]
    assert [one["id"] for one in objects["skills"]] == ["skill_revenue"]


def test_ignored_and_reset_fields(api: Api) -> None:
    made = make(api, "automations", preferredHour=3, icon="bell")
    api.control("POST", "behaviour", {"automations": {"ignored_fields": ["name"]}})
    path = f"/{made['id']}"
    kept = api.call("PATCH", path, family="automations", json={"name": "x", "color": "2"}).json()["data"]
    assert (kept["name"], kept["color"], kept["icon"], kept["trigger"]["preferredHour"]) == ("New", "2", "bell", 3)
    api.behaviour(patch_resets=True)
    reset = api.call("PATCH", path, family="automations", json={"color": "3"}).json()["data"]
    assert (reset["color"], reset["icon"], reset["trigger"]["preferredHour"]) == ("3", "stopwatch", 9)


@pytest.mark.parametrize(
    ("switch", "value", "body", "status"),
    [
        ("null_texts", "as_declared", {"description": None}, 200),
        ("null_texts", "refused", {"description": None}, 400),
        ("null_texts", "as_declared", {"instructions": None}, 400),
        ("null_texts", "accepted", {"instructions": None}, 200),
        ("empty_texts", "kept", {"description": ""}, 400),
    ],
)
def test_clearing(api: Api, switch: str, value: str, body: dict[str, Any], status: int) -> None:
    api.behaviour(**{switch: value})
    assert api.call("PATCH", "/skill_revenue", family="skills", json=body, conform=False).status_code == status


@pytest.mark.parametrize(("value", "status"), [("404", 404), ("400", 400), ("422", 422), ("stored", 201)])
@pytest.mark.parametrize(
    ("family", "field"),
    [
        ("definitions", "databaseConnectionId"),
        ("automations", "triggerDatabaseConnectionId"),
        ("charts", "dashboardId"),
    ],
)
def test_unknown_references(api: Api, family: str, field: str, value: str, status: int) -> None:
    api.behaviour(unknown_references=value)
    body = {**BODIES[family][0], field: "nowhere"}
    assert api.call("POST", family=family, json=body, conform=False).status_code == status
