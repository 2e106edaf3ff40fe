# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API as the vendor documents it, with all switches at their defaults."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NAMES, Api, wait_until

from basedash_simulator.objects import OBJECT_FIELDS, SECRET_FIELDS


def error_of(answer: Any) -> dict[str, Any]:
    error = answer.json()["error"]
    assert set(error) >= {"title", "detail"}
    assert isinstance(error, dict)
    return error


def test_list_is_newest_first(api: Api) -> None:
    answer = api.call("GET")
    assert answer.status_code == 200
    assert [item["displayName"] for item in answer.json()["data"]] == NAMES
    assert NAMES.count("analytics") == 2
    assert answer.json()["pagination"] == {"nextCursor": None, "hasMore": False}
    api.create(displayName="newest")
    assert api.call("GET").json()["data"][0]["displayName"] == "newest"


def test_object_has_exactly_the_documented_fields(api: Api) -> None:
    for item in api.call("GET").json()["data"]:
        assert tuple(item) == OBJECT_FIELDS
        assert not set(item) & set(SECRET_FIELDS)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages(api: Api, size: int) -> None:
    seed = [{"count": 250 - len(NAMES), "name_format": "bulk-{n}", "id_format": "ds bulk/{n}"}]
    api.control("POST", "data-sources", {"organization": "org_demo", "data_sources": seed})
    found: list[str] = []
    cursor = None
    for _number in range(300):
        query = {"limit": str(size), **({"cursor": cursor} if cursor else {})}
        body = api.call("GET", params=query, conform=not found).json()
        found += [item["id"] for item in body["data"]]
        cursor = body["pagination"]["nextCursor"]
        assert body["pagination"]["hasMore"] is (cursor is not None)
        if cursor is None:
            break
        assert cursor == found[-1]
    assert len(found) == len(set(found)) == 250
    assert found[0] == f"ds bulk/{250 - len(NAMES)}"


def test_default_page_size_is_50(api: Api) -> None:
    api.control("POST", "data-sources", {"organization": "org_demo", "data_sources": [{"count": 60}]})
    assert len(api.call("GET").json()["data"]) == 50


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=", "limit=1.5", "cursor=nowhere"])
def test_bad_queries(api: Api, query: str) -> None:
    answer = api.call("GET", f"?{query}")
    assert answer.status_code == 400
    assert error_of(answer)["title"] == "ValidationError"


def test_get(api: Api) -> None:
    answer = api.call("GET", "/ds_production")
    assert answer.status_code == 200
    assert answer.json()["data"]["host"] == "db.example.com"
    assert "production-password" not in answer.text
    assert api.call("GET", "/ds_absent").status_code == 404


def test_ids_are_one_percent_encoded_segment(api: Api) -> None:
    seed = [{"id": "a/b c%2F?#", "displayName": "strange"}]
    api.control("POST", "data-sources", {"organization": "org_demo", "data_sources": seed})
    assert api.call("GET", "/a%2Fb%20c%252F%3F%23").json()["data"]["displayName"] == "strange"
    assert api.log()[0]["data_source"] == "a/b c%2F?#"


def test_create(api: Api) -> None:
    body = {"type": "direct", "dialect": "MYSQL", "displayName": "new", "host": "h", "port": 3306, "password": "hidden"}
    answer = api.call("POST", json={**body, "fieldOfNoRelease": 4})
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert (made["dialect"], made["port"], made["sslEnabled"], made["sshEnabled"]) == ("MYSQL", 3306, True, False)
    assert (made["lastSyncStatus"], made["hasCompletedFirstSync"]) == ("PENDING", False)
    assert "hidden" not in answer.text
    assert api.stored(made["id"])["secrets"] == {"password": "hidden"}
    assert api.stored(made["id"])["other_fields"] == {"fieldOfNoRelease": 4}
    assert api.call("GET", f"/{made['id']}").json()["data"]["lastSyncStatus"] == "SUCCESS"
    assert (api.log()[0]["effect"], api.log()[0]["data_source"]) == ("created", made["id"])


def test_names_are_not_unique(api: Api) -> None:
    assert api.create(displayName="production")["id"] != "ds_production"


GOOD = {"type": "direct", "dialect": "POSTGRES", "displayName": "x"}


@pytest.mark.parametrize(
    "change",
    [
        {"type": None},
        {"type": "fivetran"},
        {"dialect": "FOXPRO"},
        {"dialect": ["POSTGRES"]},
        {"displayName": ""},
        {"displayName": 1},
        {"host": None},
        {"port": "5432"},
        {"port": 65536},
        {"port": -1},
        {"port": 1.5},
        {"port": True},
        {"sslEnabled": "yes"},
        {"sshPort": [1]},
        {"password": 7},
    ],
)
def test_create_refuses_bad_fields(api: Api, change: dict[str, Any]) -> None:
    answer = api.call("POST", json={**GOOD, **change})
    assert answer.status_code == 400
    assert error_of(answer)["title"] == "ValidationError"
    assert len(api.call("GET").json()["data"]) == len(NAMES)


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_create_needs(api: Api, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}
    assert api.call("POST", json=body).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 20000, b'{"port": NaN}', b"1" * 5000])
def test_bad_bodies(api: Api, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    for method, path in (("POST", ""), ("POST", "/verify"), ("PUT", "/ds_production/access")):
        assert api.call(method, path, content=body, headers=headers).status_code == 400


def test_body_must_be_json_by_type(api: Api) -> None:
    assert api.call("POST", content=b"{}", headers={"content-type": "text/plain"}).status_code == 400


def test_lone_surrogate_is_stored_and_answered(api: Api) -> None:
    body = b'{"type": "direct", "dialect": "POSTGRES", "displayName": "\\ud800"}'
    answer = api.call("POST", content=body, headers={"content-type": "application/json"})
    assert answer.json()["data"]["displayName"] == "\ud800"


def test_update(api: Api) -> None:
    change = {"host": "new.example.com", "port": 6543, "sslEnabled": True, "password": "new-password"}
    answer = api.call("PATCH", "/ds_production", json=change)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["host"], data["port"], data["databaseName"]) == ("new.example.com", 6543, "shop")
    assert data["updatedAt"] > data["createdAt"]
    assert api.stored("ds_production")["secrets"] == {"password": "new-password"}
    assert api.log()[0]["effect"] == "updated"
    assert api.call("PATCH", "/ds_production", json={"port": "1"}).status_code == 400
    assert api.call("PATCH", "/ds_absent", json={}).status_code == 404


def test_update_removes_secrets_by_flag(api: Api) -> None:
    assert api.call("PATCH", "/ds_production", json={"unsetPassword": True}).status_code == 200
    assert api.stored("ds_production")["secrets"] == {}


def test_delete(api: Api) -> None:
    before = api.call("GET", "/ds_production").json()["data"]
    answer = api.call("DELETE", "/ds_production")
    assert answer.status_code == 200
    assert answer.json() == {"data": before}
    assert api.call("DELETE", "/ds_production").status_code == 404
    assert api.call("GET", "/ds_production").status_code == 404
    assert api.call("GET", "/ds_production/access").status_code == 404
    assert "ds_production" not in [item["id"] for item in api.call("GET").json()["data"]]
    assert [entry["effect"] for entry in api.log()] == [None, "deleted", None, None, None, None]


def test_clean_up_job_runs_later(api: Api) -> None:
    api.behaviour(cleanup_seconds=0.3)
    api.call("DELETE", "/ds_production")
    stored = api.stored("ds_production")
    assert stored["deletedAt"]
    assert stored["cleanup"]["status"] in ("pending", "done")
    wait_until(lambda: api.stored("ds_production")["cleanup"]["status"] == "done")
    stored = api.stored("ds_production")
    assert (stored["related"], stored["secrets"], stored["access"]["groupIds"]) == ([], {}, [])
    assert {"chart_orders", "group:grp_analysts", "member:mem_ada", "secret:password"} <= set(
        stored["cleanup"]["removed"]
    )


def test_reset_cancels_the_clean_up_job(api: Api) -> None:
    api.behaviour(cleanup_seconds=60)
    api.call("DELETE", "/ds_production")
    assert api.stored("ds_production")["cleanup"]["status"] == "pending"
    api.control("POST", "reset")
    assert api.stored("ds_production")["cleanup"]["status"] == "none"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", "/ds_production"),
        ("PATCH", "/ds_production"),
        ("DELETE", "/ds_production"),
        ("POST", "/verify"),
        ("GET", "/ds_production/access"),
        ("PUT", "/ds_production/access"),
    ],
)
def test_who_may(api: Api, method: str, path: str) -> None:
    options: dict[str, Any] = {"json": {}} if method in ("POST", "PATCH", "PUT") else {}
    for key in (None, "bd_key_unknown", "bd_key_demo_admin2"):
        answer = api.call(method, path, key=key, **options)
        assert (answer.status_code, error_of(answer)["title"]) == (401, "Unauthorized")
    for key, organization in (
        ("bd_key_demo_member", "org_demo"),
        ("bd_key_demo_admin", "org_other"),
        ("bd_key_other_admin", "org_demo"),
        ("bd_key_demo_admin", "org_unknown"),
    ):
        answer = api.call(method, path, key=key, organization=organization, **options)
        assert (answer.status_code, error_of(answer)["title"]) == (404, "NotFound")
    assert not any(entry["effect"] for entry in api.log())


def test_key_without_bearer(api: Api) -> None:
    assert api.call("GET", key=None, headers={"authorization": "bd_key_demo_admin"}).status_code == 401
    assert api.call("GET", key=None, headers={"authorization": "Basic bd_key_demo_admin"}).status_code == 401


def test_verify(api: Api) -> None:
    body = {"dialect": "POSTGRES", "host": "db.example.com", "port": 5432, "username": "u", "password": "p"}
    answer = api.call("POST", "/verify", json=body)
    assert (answer.status_code, answer.json()) == (200, {"data": {"success": True}})
    assert len(api.call("GET").json()["data"]) == len(NAMES)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"host": "db.invalid"}, {"host"}),
        ({"port": 1}, {"port"}),
        ({"password": "wrong-one"}, {"username", "password"}),
        ({"databaseName": "missing"}, {"databaseName"}),
    ],
)
def test_verify_fails(api: Api, change: dict[str, Any], fields: set[str]) -> None:
    answer = api.call("POST", "/verify", json={"dialect": "POSTGRES", **change})
    assert answer.status_code == 400
    assert set(error_of(answer)["fieldErrors"]) == fields


def test_access(api: Api) -> None:
    answer = api.call("GET", "/ds_production/access").json()["data"]
    assert answer == {
        "dataSourceId": "ds_production",
        "mode": "restricted",
        "groupIds": ["grp_analysts"],
        "memberIds": ["mem_ada"],
    }
    wanted = {"mode": "restricted", "memberIds": ["mem_grace", "mem_grace"]}
    answer = api.call("PUT", "/ds_production/access", json=wanted).json()["data"]
    assert (answer["groupIds"], answer["memberIds"]) == ([], ["mem_grace"])
    answer = api.call("PUT", "/ds_production/access", json={"mode": "everyone"}).json()["data"]
    assert (answer["mode"], answer["groupIds"], answer["memberIds"]) == ("everyone", [], [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "nobody"},
        {"mode": "restricted", "groupIds": "grp_analysts"},
        {"mode": "restricted", "groupIds": ["grp_unknown"]},
        {"mode": "restricted", "memberIds": ["mem_eve"]},
    ],
)
def test_access_refuses(api: Api, body: dict[str, Any]) -> None:
    assert api.call("PUT", "/ds_production/access", json=body).status_code == 400
    assert api.stored("ds_production")["access"]["groupIds"] == ["grp_analysts"]


@pytest.mark.parametrize("path", ["/", "/api", "/api/public/charts", "/api/public/organizations/org_demo/nothing"])
def test_unknown_paths_are_html(api: Api, path: str) -> None:
    answer = api.http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"]


def test_trailing_slash_is_not_the_list(api: Api) -> None:
    answer = api.call("DELETE", "/", conform=False)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    ("path", "allowed"), [("", {"GET", "POST"}), ("/verify", {"POST"}), ("/x/access", {"GET", "PUT"})]
)
def test_other_methods(api: Api, path: str, allowed: set[str]) -> None:
    answer = api.call("DELETE", path, conform=False)
    assert answer.status_code == 405
    # newer releases of Starlette name HEAD beside GET
    assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == allowed
    error_of(answer)


def test_openapi_document_needs_no_key(api: Api) -> None:
    answer = api.http.get("/api/public/openapi")
    assert answer.headers["content-type"] == "application/json"
    assert {"/api/public/organizations/{orgId}/" + name for name in ("data-sources", "skills")} < set(
        answer.json()["paths"]
    )


def test_connections_are_kept(api: Api) -> None:
    for _number in range(5):
        api.call("GET")
        api.call("DELETE", "/ds_absent")
    assert len({entry["client"] for entry in api.log()}) == 1
