# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What single families have of their own, and the switches for their unknowns."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ADMIN, Api

from basedash_simulator.behaviour import Behaviour

ORGANIZATIONS = "/api/public/organizations"


def create(api: Api, family: str, **body: Any) -> dict[str, Any]:
    answer = api.call("POST", family=family, json=body)
    assert answer.status_code == 201, answer.text
    found = answer.json()["data"]
    assert isinstance(found, dict)
    return found


def read(api: Api, family: str, identifier: str) -> dict[str, Any]:
    found = api.call("GET", f"/{identifier}", family=family).json()["data"]
    assert isinstance(found, dict)
    return found


def ids(api: Api, family: str, query: str = "") -> list[str]:
    return [item["id"] for item in api.call("GET", query, family=family).json()["data"]]


def organizations(api: Api, method: str, path: str = "", key: str = ADMIN, **options: Any) -> httpx.Response:
    answer = api.http.request(method, ORGANIZATIONS + path, headers={"authorization": f"Bearer {key}"}, **options)
    api.validate(answer)
    return answer


def test_every_switch_is_in_the_readme() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    named = {name for line in text.splitlines() if line.startswith("| `") for name in re.findall("`(\\w+)`", line)}
    assert {item.name for item in fields(Behaviour)} <= named


# Organizations --------------------------------------------------------------------------------------------------------


def test_organizations_of_a_key(api: Api) -> None:
    assert [one["id"] for one in organizations(api, "GET").json()["data"]] == ["org_demo"]
    made = organizations(api, "POST", json={"name": "New company", "skipOnboarding": True}).json()["data"]
    assert (made["slug"], made["isBillable"], "skipOnboarding" in made) == ("new-company", True, False)
    assert [one["id"] for one in organizations(api, "GET").json()["data"]] == [made["id"], "org_demo"]
    # its creator is an admin there
    assert api.call(
        "POST", family="skills", organization=made["id"], json={"name": "a", "instructions": "b"}
    ).is_success
    assert organizations(api, "GET", f"/{made['id']}", key="bd_key_demo_member").status_code == 404
    again = organizations(api, "POST", json={"name": "New company"}).json()["data"]
    assert again["slug"] == "new-company-2"
    taken = {"name": "x", "slug": "new-company"}
    answer = api.http.post(ORGANIZATIONS, json=taken, headers={"authorization": f"Bearer {ADMIN}"})
    assert answer.status_code == 409


def test_one_organization(api: Api) -> None:
    member = "bd_key_demo_member"
    assert organizations(api, "GET", "/org_demo", key=member).json()["data"]["name"] == "Demo company"
    assert organizations(api, "PATCH", "/org_demo", key=member, json={"name": "x"}).status_code == 404
    body = {"customAiContext": "We sell shoes.", "embedAllowedOrigins": ["https://a.example.com"]}
    assert organizations(api, "PATCH", "/org_demo", json=body).json()["data"]["embedAllowedOrigins"]
    assert api.control("GET", "effects")[0]["changes"]["customAiContext"] == [None, "We sell shoes."]
    assert organizations(api, "GET", "/org_demo?include=jwtSecret").json()["data"]["jwtSecret"]
    assert "jwtSecret" not in organizations(api, "GET", "/org_demo?include=jwtSecret", key=member).json()["data"]
    assert organizations(api, "GET", "/org_demo?include=all").status_code == 400
    assert "jwtSecret" not in organizations(api, "GET", "/org_demo").json()["data"]
    assert organizations(api, "GET", "/org_other").status_code == 404


def test_what_belongs_to_an_organization(api: Api) -> None:
    usage = api.call("GET", family="ai-usage").json()
    assert usage["totalUsage"] == sum(one["usage"] for one in usage["memberUsage"])
    assert ids(api, "audit-logs") == ["audit_1"]
    api.control("POST", "behaviour", {"audit-logs": {"list": "404"}})
    assert api.call("GET", family="audit-logs").status_code == 404
    assert api.call("POST", family="icon", files={"icon": ("i.png", b"png", "image/png")}).status_code == 201
    assert api.call("POST", family="icon", files={"other": ("i.png", b"png", "image/png")}).status_code == 400
    assert api.call("POST", family="icon", json={}).status_code == 400
    large = {"icon": ("i.png", b"p" * (2 * 1024 * 1024), "image/png")}
    assert api.call("POST", family="icon", files=large).status_code == 400


# Members and groups ---------------------------------------------------------------------------------------------------


def test_invitations(api: Api) -> None:
    made = create(api, "members", email="New@example.com", role="ADMIN")
    assert (made["role"], made["user"]["email"], made["user"]["isEmailVerified"]) == ("ADMIN", "New@example.com", False)
    body = {"email": "ada@EXAMPLE.com"}
    for value in (409, 400, 200):
        api.behaviour(invited_again=value)
        status = api.call("POST", family="members", json=body, conform=False).status_code
        assert status == (201 if value == 200 else value)
    back = create(api, "members", email="charles@example.com", role="ADMIN")
    assert (back["id"], back["deactivatedAt"], back["role"]) == ("mem_charles", None, "ADMIN")
    api.call("DELETE", "/mem_charles", family="members")
    api.behaviour(role_on_reactivation="kept")
    assert create(api, "members", email="charles@example.com")["role"] == "ADMIN"
    effects = [(one["effect"], one["name"]) for one in api.control("GET", "effects")]
    assert effects[-3:] == [
        ("updated", "charles@example.com"),
        ("deleted", "charles@example.com"),
        ("updated", "charles@example.com"),
    ]


def test_members_that_must_stay(api: Api) -> None:
    for method, body in (("DELETE", None), ("PATCH", {"role": "MEMBER"})):
        assert api.call(method, "/mem_ada", family="members", json=body, conform=False).status_code == 400
    api.call("PATCH", "/mem_grace", family="members", json={"role": "ADMIN"})
    # now it is refused because it is the key's own member
    assert api.call("DELETE", "/mem_ada", family="members", conform=False).status_code == 400
    api.behaviour(own_membership="allowed")
    gone = api.call("DELETE", "/mem_ada", family="members").json()["data"]
    assert gone["deactivatedAt"]
    assert "mem_ada" in ids(api, "members")
    api.behaviour(last_admin="allowed")
    assert api.call("PATCH", "/mem_grace", family="members", json={"role": "MEMBER"}).status_code == 200


def test_profile_of_a_member(api: Api) -> None:
    body = {"fullName": "Ada Byron", "avatarUrl": "https://example.com/a.png"}
    user = api.call("PATCH", "/mem_ada", family="members", json=body).json()["data"]["user"]
    assert (user["fullName"], user["firstName"], user["avatarUrl"]) == ("Ada Byron", "Ada", body["avatarUrl"])
    assert (
        api.call("PATCH", "/mem_ada", family="members", json={"avatarUrl": "http://x.example.com"}).status_code == 400
    )
    answer = api.call("PATCH", "/mem_ada", family="members", json={"avatarUrl": None})
    assert answer.json()["data"]["user"]["avatarUrl"] is None


def test_memberships(api: Api) -> None:
    path, family = "/grp_engineers/members", "groups"
    assert set(read(api, family, "grp_engineers")) == {"id", "name", "organizationId", "createdAt"}
    assert api.call("POST", path, family=family, json={"memberId": "mem_ada"}).status_code == 201
    assert api.call("POST", path, family=family, json={"memberId": "mem_ada"}).status_code == 201
    api.behaviour(second_membership="409")
    assert api.call("POST", path, family=family, json={"memberId": "mem_ada"}, conform=False).status_code == 409
    assert api.call("POST", path, family=family, json={"memberId": "nobody"}).status_code == 404
    assert api.call("POST", path, family=family, json={}).status_code == 400
    assert api.call("POST", path, family=family, json={"email": "x@example.com"}).status_code == 201
    invited = ids(api, "members")[0]
    assert api.held("groups", "grp_engineers")["memberIds"] == ["mem_ada", invited]
    api.behaviour(group_members="ids")
    assert read(api, family, "grp_engineers")["memberIds"] == ["mem_ada", invited]
    api.behaviour(group_members="count")
    assert read(api, family, "grp_engineers")["memberCount"] == 2
    api.behaviour(group_members="objects")
    assert [one["id"] for one in read(api, family, "grp_engineers")["members"]] == ["mem_ada", invited]


def test_memberships_that_no_document_has(api: Api) -> None:
    path, family = "/grp_analysts/members", "groups"
    for method, tail in (("GET", ""), ("DELETE", "/mem_ada")):
        answer = api.call(method, path + tail, family=family, conform=False)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    api.behaviour(membership_list="405", membership_removal="501")
    assert api.call("GET", path, family=family, conform=False).status_code == 405
    assert api.call("DELETE", path + "/mem_ada", family=family, conform=False).status_code == 501
    api.behaviour(membership_list="works", membership_removal="works")
    listed = api.call("GET", path, family=family, conform=False).json()["data"]
    assert [one["id"] for one in listed] == ["mem_ada", "mem_grace"]
    assert api.call("DELETE", path + "/mem_ada", family=family, conform=False).status_code == 204
    assert api.call("DELETE", path + "/mem_ada", family=family, conform=False).status_code == 404
    assert api.held("groups", "grp_analysts")["memberIds"] == ["mem_grace"]
    assert api.control("GET", "effects")[0]["changes"] == {"memberIds": [["mem_ada", "mem_grace"], ["mem_grace"]]}


@pytest.mark.parametrize(
    ("how", "mode", "groups"),
    [("opened", "everyone", []), ("removed", "restricted", []), ("kept", "restricted", ["grp_analysts"])],
)
def test_grants_of_a_deleted_group(api: Api, how: str, mode: str, groups: list[str]) -> None:
    api.behaviour(grants_of_deleted_group=how)
    body = {"mode": "restricted", "groupIds": ["grp_analysts"]}
    api.call("PUT", "/ds_preview_1/access", json=body)
    api.call("DELETE", "/grp_analysts", family="groups")
    access = api.stored("ds_preview_1")["access"]
    assert (access["mode"], access["groupIds"]) == (mode, groups)
    # a group that is gone can't be granted anything
    assert api.call("PUT", "/ds_preview_2/access", json=body).status_code == 400
    assert api.log()[1]["object"] == "grp_analysts"


# Definitions, MCP servers, automations --------------------------------------------------------------------------------


def test_definitions(api: Api) -> None:
    body = {"name": "Paid Orders!", "sqlQuery": "SELECT 1", "databaseConnectionId": "ds_production"}
    made = create(api, "definitions", **body)
    assert (made["referenceName"], made["description"]) == ("paid_orders", None)
    assert api.call("POST", family="definitions", json=body, conform=False).status_code == 409
    elsewhere = {**body, "databaseConnectionId": "ds_preview_1"}
    other = create(api, "definitions", **elsewhere)
    assert ids(api, "definitions", "?databaseConnectionId=ds_preview_1") == [other["id"]]
    api.behaviour(reference_names_unique_in="organization")
    third = {**body, "databaseConnectionId": "ds_preview_2"}
    assert api.call("POST", family="definitions", json=third, conform=False).status_code == 409
    api.behaviour(reference_names="sql_safe")
    change = {"referenceName": "not safe"}
    assert api.call("PATCH", f"/{made['id']}", family="definitions", json=change).status_code == 400
    # a definition stays with its data source
    moved = api.call("PATCH", f"/{made['id']}", family="definitions", json={"databaseConnectionId": "ds_preview_1"})
    assert moved.json()["data"]["databaseConnectionId"] == "ds_production"


@pytest.mark.parametrize(("how", "left"), [("removed", []), ("kept", ["def_revenue", "def_active_customer"])])
def test_definitions_of_a_deleted_data_source(api: Api, how: str, left: list[str]) -> None:
    api.behaviour(definitions_of_deleted_source=how, cleanup_seconds=0)
    api.call("DELETE", "/ds_production")
    api.control("GET", "time")
    assert ids(api, "definitions") == left


def test_mcp_servers(api: Api) -> None:
    made = create(api, "mcp-servers", displayName="T 1", serverUrl="https://x.example.com", headers=[{"name": "a"}])
    assert (made["requiresAuth"], made["authUrl"], made["hasCompletedFirstSync"]) == (False, None, True)
    assert api.held("mcp-servers", made["id"])["secrets"] == {
        "headers": [{"name": "a"}],
        "everyoneInOrganizationCanAccess": True,
    }
    shown = read(api, "mcp-servers", made["id"])
    assert not {"headers", "everyoneInOrganizationCanAccess", "requiresAuth"} & set(shown)
    assert (shown["serverLabel"], shown["tools"][0]["name"]) == ("t-1", "search")
    person = create(api, "mcp-servers", displayName="o", serverUrl="https://oauth.example.com")
    assert person["requiresAuth"]
    assert person["authUrl"].startswith("https://")
    lost = {"displayName": "l", "serverUrl": "https://lost.invalid"}
    assert create(api, "mcp-servers", **lost)["syncErrorMessage"]
    api.behaviour(unreachable_mcp_server="refused")
    assert api.call("POST", family="mcp-servers", json=lost).status_code == 400


def test_automations(api: Api) -> None:
    made = create(api, "automations", name="n", instructions="i", triggerDatabaseConnectionId="ds_production")
    assert made["trigger"]["databaseConnectionId"] == "ds_production"
    assert (made["icon"], made["active"], made["createdByMemberId"]) == ("stopwatch", True, "mem_ada")
    path = f"/{made['id']}"
    flat = {"preferredHour": 5, "emailRecipients": "a@example.com"}
    changed = api.call("PATCH", path, family="automations", json=flat).json()["data"]
    assert (changed["trigger"]["preferredHour"], changed["trigger"]["frequency"]) == (5, "DAILY")
    assert changed["notifications"] == {"slackChannel": None, "emailRecipients": "a@example.com"}
    api.behaviour(automation_patch="nested")
    assert api.call("PATCH", path, family="automations", json={"preferredHour": 6}).json()["data"] == {
        **changed,
        "updatedAt": read(api, "automations", made["id"])["updatedAt"],
    }
    nested = api.call("PATCH", path, family="automations", json={"trigger": {"preferredHour": 7}}).json()["data"]
    assert nested["trigger"] == {**changed["trigger"], "preferredHour": 7}


def test_archived_automations(api: Api) -> None:
    assert ids(api, "automations") == ["auto_weekly"]
    assert ids(api, "automations", "?includeArchived=true") == ["auto_old", "auto_weekly"]
    assert api.call("GET", "?includeArchived=maybe", family="automations").status_code == 400
    assert read(api, "automations", "auto_old")["archivedAt"].startswith("2026-02-01")
    assert api.call("DELETE", "/auto_weekly", family="automations").json()["data"]["archivedAt"]
    assert ids(api, "automations") == []
    assert api.call("PATCH", "/auto_weekly", family="automations", json={"name": "x"}).status_code == 404
    api.control("POST", "behaviour", {"automations": {"deleted_shown": "nowhere"}})
    assert api.call("GET", "/auto_weekly", family="automations").status_code == 404


def test_runs(api: Api) -> None:
    api.behaviour(work_seconds=60)
    family = "automations/auto_weekly/runs"
    started = api.call("POST", family=family, json={})
    assert (started.status_code, started.json()["data"]["status"]) == (202, "RUNNING")
    run = started.json()["data"]["id"]
    assert ids(api, family) == [run, "run_1"]
    assert read(api, family, run)["status"] == "RUNNING"
    api.control("POST", "time", {"seconds": 61})
    assert read(api, family, run)["status"] == "SUCCEEDED"
    api.behaviour(work="failed")
    waited = api.call("POST", "?wait=true", family=family, json={})
    assert (waited.status_code, waited.json()["data"]["status"]) == (200, "FAILED")
    assert api.call("GET", f"/{run}", family="automations/auto_old/runs").status_code == 404
    assert api.call("POST", family="automations/none/runs", json={}).status_code == 404


def test_insights_and_chats(api: Api) -> None:
    assert api.call("POST", family="insights", json={"chartId": "chart_revenue"}).status_code == 202
    assert api.call("POST", family="insights", json={"title": "x"}).status_code == 400
    assert api.call("DELETE", "/ins_1", family="insights").status_code == 204
    chat = api.call("POST", "?wait=true", family="chats", json={"message": "Hello"}).json()["data"]["id"]
    family = f"chats/{chat}/messages"
    message = api.call("POST", family=family, json={"message": "Why?"}).json()["data"]["id"]
    assert ids(api, family) == [message]
    assert api.call("POST", f"/{message}/cancel", family=family).status_code == 200
    assert api.call("POST", "/none/cancel", family=family).status_code == 404


# Dashboards -----------------------------------------------------------------------------------------------------------


def test_tabs(api: Api) -> None:
    made = create(api, "dashboards", name="New")
    assert [(tab["name"], tab["order"]) for tab in made["tabs"]] == [("Main", 0)]
    family = f"dashboards/{made['id']}/tabs"
    second = create(api, family, name="Second")
    assert (second["order"], second["dashboardId"]) == (1, made["id"])
    api.call("PATCH", f"/{second['id']}", family=family, json={"order": -1})
    assert [tab["name"] for tab in read(api, "dashboards", made["id"])["tabs"]] == ["Second", "Main"]
    api.behaviour(tab_order_field="sortOrder")
    api.call("PATCH", f"/{second['id']}", family=family, json={"order": 9})
    assert [tab["name"] for tab in read(api, "dashboards", made["id"])["tabs"]] == ["Second", "Main"]
    api.call("PATCH", f"/{second['id']}", family=family, json={"sortOrder": 9})
    assert [tab["name"] for tab in read(api, "dashboards", made["id"])["tabs"]] == ["Main", "Second"]
    assert api.call("GET", family="dashboards").json()["data"][0]["tabs"]
    api.behaviour(tabs_in_list=False)
    assert "tabs" not in api.call("GET", family="dashboards").json()["data"][0]
    first = made["tabs"][0]["id"]
    assert api.call("DELETE", f"/{first}", family=family).status_code == 200
    assert api.call("DELETE", f"/{second['id']}", family=family, conform=False).status_code == 400
    api.behaviour(last_tab="allowed")
    assert api.call("DELETE", f"/{second['id']}", family=family).status_code == 200
    assert api.call("DELETE", "/tab_main", family=family).status_code == 404


@pytest.mark.parametrize(("how", "status", "tab"), [("deleted", 404, None), ("moved", 200, "tab_details")])
def test_charts_of_a_deleted_tab(api: Api, how: str, status: int, tab: str | None) -> None:
    api.behaviour(charts_of_deleted_tab=how)
    api.call("DELETE", "/tab_main", family="dashboards/dash_sales/tabs")
    answer = api.call("GET", "/chart_revenue", family="charts")
    assert answer.status_code == status
    assert answer.json().get("data", {}).get("dashboardTabId") == tab
    assert (api.log()[0]["effect"], api.log()[0]["object"]) == ("deleted", "tab_main")


def test_charts(api: Api) -> None:
    made = create(api, "charts", dashboardId="dash_sales", name="c")
    assert (made["dashboardTabId"], made["layout"]) == ("tab_main", {"x": 0, "y": 4, "width": 3, "height": 4})
    assert made["imageUrl"].endswith(f"/charts/{made['id']}/image")
    path = f"/{made['id']}"
    moved = api.call("PATCH", path, family="charts", json={"layout": {"y": 0}}).json()["data"]
    assert moved["layout"] == {"x": 0, "y": 0, "width": 3, "height": 4}
    api.behaviour(layout_pushed=True)
    pushed = api.call("PATCH", path, family="charts", json={"layout": {"y": 1}}).json()["data"]
    assert pushed["layout"]["y"] == 4
    assert ids(api, "dashboards/dash_sales/charts") == [made["id"], "chart_revenue"]
    other = create(api, "dashboards", name="Other")
    away = api.call("PATCH", path, family="charts", json={"dashboardId": other["id"]}).json()["data"]
    assert away["dashboardTabId"] == other["tabs"][0]["id"]
    assert ids(api, f"dashboards/{other['id']}/charts") == [made["id"]]
    wrong = {"dashboardTabId": "tab_main"}
    assert api.call("PATCH", path, family="charts", json=wrong).status_code == 404
    image = api.call("GET", f"{path}/image", family="charts", conform=False)
    assert (image.headers["content-type"], image.content[1:4]) == ("image/png", b"PNG")
    assert api.call("GET", family="charts", conform=False).status_code == 405
    api.call("DELETE", f"/{other['id']}", family="dashboards")
    assert api.call("GET", family=f"dashboards/{other['id']}/charts").status_code == 404
