# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups and members, and what an access policy may name."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Api

from basedash_simulator import seed as seeds
from basedash_simulator.errors import SeedError
from basedash_simulator.seed import default_seed
from basedash_simulator.server import running

READINGS = [("404", 404, "json"), ("405", 405, "json"), ("501", 501, "json"), ("404_html", 404, "html")]


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer.json()["data"]]


def test_groups(api: Api) -> None:
    listed = api.call("GET", family="groups")
    assert ids(listed) == ["grp_engineers", "grp_analysts"]
    assert listed.json()["pagination"] == {"nextCursor": None, "hasMore": False}
    one = api.call("GET", "/grp_analysts", family="groups").json()["data"]
    assert (one["id"], one["name"]) == ("grp_analysts", "Analysts")
    assert api.call("GET", "/grp_none", family="groups").status_code == 404
    assert api.call("GET", "/mem_ada", family="groups").status_code == 404


def test_members(api: Api) -> None:
    assert ids(api.call("GET", family="members")) == ["mem_charles", "mem_linus", "mem_grace", "mem_ada"]
    one = api.call("GET", "/mem_ada", family="members").json()["data"]
    assert set(one) == {"id", "createdAt", "deactivatedAt", "role", "userId", "organizationId", "user"}
    assert (one["role"], one["organizationId"], one["deactivatedAt"]) == ("ADMIN", "org_demo", None)
    user = one["user"]
    assert (user["id"], user["email"], user["firstName"]) == (one["userId"], "ada@example.com", "Ada")
    api.behaviour(deactivated_members="hidden")
    assert ids(api.call("GET", family="members")) == ["mem_linus", "mem_grace", "mem_ada"]
    assert api.call("GET", "/mem_charles", family="members").json()["data"]["deactivatedAt"].startswith("2026-02-01")


@pytest.mark.parametrize("family", ["groups", "members"])
def test_pages_and_keys(api: Api, family: str) -> None:
    everybody = ids(api.call("GET", family=family))
    first = api.call("GET", family=family, params={"limit": 1})
    assert first.json()["pagination"] == {"nextCursor": everybody[0], "hasMore": True}
    rest = api.call("GET", family=family, params={"cursor": everybody[0]})
    assert ids(first) + ids(rest) == everybody
    assert api.call("GET", family=family, params={"cursor": "none"}).status_code == 400
    assert api.call("GET", family=family, params={"limit": 0}).status_code == 400
    assert api.call("GET", family=family, key="bd_key_demo_member").status_code == 404
    assert api.call("GET", family=family, key="unknown").status_code == 401
    assert api.call("POST", family=family, json={}).status_code == 400
    assert api.call("PUT", family=family, json={}, conform=False).status_code == 405
    assert api.log()[0]["organization"] == "org_demo"


@pytest.mark.parametrize("family", ["groups", "members"])
@pytest.mark.parametrize(("value", "status", "form"), READINGS)
def test_missing_lists(api: Api, family: str, value: str, status: int, form: str) -> None:
    api.behaviour(**{f"{family}_list": value})
    answer = api.call("GET", family=family, conform=False)
    assert answer.status_code == status
    assert form in answer.headers["content-type"]


@pytest.mark.parametrize("grants", [{"groupIds": ["grp_none"]}, {"memberIds": ["mem_ada", "grp_analysts"]}])
def test_unknown_grants(api: Api, grants: dict[str, list[str]]) -> None:
    body = {"mode": "restricted", **grants}
    assert api.call("PUT", "/ds_preview_1/access", json=body).status_code == 400
    assert api.stored("ds_preview_1")["access"]["mode"] == "everyone"
    api.behaviour(unknown_grants="stored")
    assert api.call("PUT", "/ds_preview_1/access", json=body).status_code == 200
    assert api.stored("ds_preview_1")["access"] == {"groupIds": [], "memberIds": [], **body}


def test_people_given_by_their_ids() -> None:
    organization = {"id": "a", "groups": ["g"], "members": ["m", {"id": "n", "email": "n@example.org", "title": None}]}
    with running({"organizations": [organization], "keys": [{"key": "k"}]}) as url:
        api = Api(url)
        assert api.call("GET", "/g", key="k", organization="a", family="groups").json()["data"]["name"] == "g"
        listed = api.call("GET", key="k", organization="a", family="members").json()["data"]
        assert [one["user"]["email"] for one in listed] == ["n@example.org", "m@example.com"]
        state = api.control("GET", "state")["organizations"][0]
        assert (state["groups"], state["members"]) == (["g"], ["m", "n"])
        api.http.close()


@pytest.mark.parametrize(
    ("people", "part"),
    [
        ({"members": [1]}, "members"),
        ({"members": [{"email": "a@example.com"}]}, "id is missing"),
        ({"members": ["a", {"id": "a"}]}, "exists already"),
        ({"members": [{"id": "a", "mail": "a@example.com"}]}, "mail"),
        ({"groups": [{"id": "a", "email": "a@example.com"}]}, "email"),
    ],
)
def test_wrong_people(people: dict[str, Any], part: str) -> None:
    seed = {**default_seed(), "organizations": [{"id": "a", **people}]}
    with pytest.raises(SeedError, match=part):
        seeds.build(seed)
