# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API and the seeds."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import yaml
from conftest import NAMES, Api

from basedash_simulator import seed as seeds
from basedash_simulator.errors import SeedError
from basedash_simulator.server import running


def test_state_has_everything(api: Api) -> None:
    api.call("DELETE", "/ds_production")
    state = api.control("GET", "state")
    demo = state["organizations"][0]
    assert (demo["id"], len(demo["data_sources"])) == ("org_demo", len(NAMES))
    sources = {source["id"]: source for source in demo["data_sources"]}
    assert sources["ds_production"]["deletedAt"] is not None
    assert sources["ds_preview_1"]["deletedAt"] is None
    assert sources["ds_preview_1"]["secrets"] == {"password": "preview-password"}
    assert state["keys"][1] == {"key": "bd_key_demo_member", "roles": {"org_demo": "member"}}


def test_log(api: Api) -> None:
    api.call("GET", "?limit=3", headers={"user-agent": "test/1"})
    api.call("PATCH", "/ds_production", json={"password": "p", "sslEnabled": True})
    api.http.get("/elsewhere")
    first, second, third = api.log()
    assert (first["number"], first["method"], first["query"]) == (1, "GET", "limit=3")
    assert (first["status"], first["user_agent"], first["effect"]) == (200, "test/1", None)
    assert (first["organization"], first["data_source"]) == ("org_demo", None)
    assert (second["data_source"], second["effect"]) == ("ds_production", "updated")
    assert '"password"' in second["body"]
    assert (third["path"], third["status"], third["organization"]) == ("/elsewhere", 404, None)
    assert [one["number"] for one in api.control("GET", "requests?after=1")] == [
        one["number"] for one in api.control("GET", "requests")[1:]
    ]
    assert api.control("DELETE", "requests") == []
    api.call("POST", "/verify", json={"dialect": "MYSQL"})
    assert [(entry["number"], entry["data_source"]) for entry in api.log()] == [(1, None)]


def test_request_ids_are_those_of_the_answers(api: Api) -> None:
    answer = api.call("GET")
    assert api.log()[0]["request_id"] == answer.headers["x-request-id"]


def test_reset_with_another_seed(api: Api) -> None:
    other = {
        "organizations": [{"id": "org_x", "data_sources": [{"id": "ds_x", "displayName": "x"}]}],
        "keys": [{"key": "k"}],
        "behaviour": {"delete_answer": 204},
    }
    api.faults({"kind": "hang"})
    original = seeds.default_seed()
    try:
        api.control("POST", "reset", other)
        assert api.control("GET", "faults") == []
        assert api.call("DELETE", "/ds_x", key="k", organization="org_x", conform=False).status_code == 204
        # a reset without a body goes back to the last seed
        api.control("POST", "reset")
        assert api.call("GET", "/ds_x", key="k", organization="org_x").status_code == 200
        assert "unknown key" in api.control("POST", "reset", {"oops": 1}, status=400)["error"]["detail"]
        assert api.call("GET", "/ds_x", key="k", organization="org_x").status_code == 200
    finally:
        api.control("POST", "reset", original)


def test_more_data_sources(api: Api) -> None:
    more = [{"id": "ds_more", "displayName": "more"}, {"count": 2, "name_format": "n-{n}"}]
    ids = api.control("POST", "data-sources", {"organization": "org_demo", "data_sources": more})["ids"]
    assert (ids[0], len(ids)) == ("ds_more", 3)
    names = [item["displayName"] for item in api.call("GET").json()["data"]]
    assert names[:3] == ["n-2", "n-1", "more"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"organization": "org_x", "data_sources": []},
        {
            "organization": "org_demo",
            "data_sources": [{"id": "ds_ok", "displayName": "x"}, {"id": "ds_production", "displayName": "x"}],
        },
        {"organization": "org_demo", "data_sources": [{"id": "ds_x"}]},
    ],
)
def test_wrong_data_sources_change_nothing(api: Api, body: Any) -> None:
    api.control("POST", "data-sources", body, status=400)
    assert len(api.control("GET", "state")["organizations"][0]["data_sources"]) == len(NAMES)


def test_unknown_control(api: Api) -> None:
    api.control("GET", "nothing", status=404)
    api.control("GET", "shutdown", status=404)
    api.control("POST", "random", {"seed": "x"}, status=400)
    assert api.http.post("/_simulator/faults", content=b"{").status_code == 400


def test_prefix() -> None:
    with running(prefix="/base/") as url:
        api = Api(url + "/base")
        assert api.call("GET").status_code == 200
        assert api.control("GET", "requests")[0]["path"].startswith("/base/api/public/")
        outside = Api(url)
        answer = outside.call("GET", conform=False)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
        assert len(outside.control("GET", "requests")) == 2


WRONG: list[tuple[Any, str]] = [
    ([], "the seed"),
    ({"organisations": []}, "organisations"),
    ({"organizations": {}}, "organizations"),
    ({"organizations": [{"name": "x"}]}, "id is missing"),
    ({"organizations": [{"id": "a"}, {"id": "a"}]}, "exists already"),
    ({"organizations": [{"id": "a", "members": [1]}]}, "members"),
    ({"organizations": [{"id": "a", "data_sources": [{"displayName": "x", "color": 1}]}]}, "color"),
    ({"organizations": [{"id": "a", "data_sources": [{"id": "x"}]}]}, "displayName"),
    ({"organizations": [{"id": "a", "data_sources": [{"id": 5, "displayName": "x"}]}]}, "id must"),
    ({"organizations": [{"id": "a", "data_sources": [{"count": -1}]}]}, "count"),
    ({"organizations": [{"id": "a", "data_sources": [{"count": 2, "id": "x"}]}]}, "id_format"),
    ({"organizations": [{"id": "a", "data_sources": [{"displayName": "x", "access": {"mode": "no"}}]}]}, "mode"),
    ({"keys": [{"role": "admin"}]}, "key is missing"),
    ({"keys": [{"key": "k", "role": "owner"}]}, "role"),
    ({"keys": [{"key": "k", "organizations": ["org_x"]}]}, "org_x"),
    ({"behaviour": {"mood": "good"}}, "mood"),
]


@pytest.mark.parametrize(("seed", "part"), WRONG)
def test_wrong_seeds(seed: Any, part: str) -> None:
    with pytest.raises(SeedError, match=part) as caught:
        seeds.build(seed)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_times_in_yaml() -> None:
    text = """
    organizations:
      - id: a
        data_sources:
          - {id: x, displayName: old, createdAt: 2020-01-01, updatedAt: 2020-01-02T03:04:05Z}
          - {id: y, displayName: new, createdAt: "2021-01-01T00:00:00.000Z"}
    """
    world = seeds.build(yaml.safe_load(text))[0]
    sources = world.organizations["a"].sources
    assert sources["x"].fields["createdAt"] == "2020-01-01T00:00:00.000Z"
    assert sources["x"].fields["updatedAt"] == "2020-01-02T03:04:05.000Z"
    assert sources["y"].age > sources["x"].age
    assert datetime.datetime.fromisoformat(sources["y"].fields["createdAt"][:-1]).year == 2021


def test_a_key_may_have_two_roles() -> None:
    seed = {
        "organizations": [{"id": "a"}, {"id": "b"}],
        "keys": [{"key": "k", "organizations": ["a"]}, {"key": "k", "role": "member", "organizations": ["b"]}],
    }
    assert seeds.build(seed)[0].keys == {"k": {"a": "admin", "b": "member"}}
