# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An organization as a configuration: each entry, given to the module of its family, changes nothing."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.modules import basedash_configuration, basedash_configuration_info
from ansible_collections.community.basedash.plugins.plugin_utils._folder import SCHEMA, carry_out, found_in, planned
from ansible_collections.community.basedash.tests.lifecycle.driver import ORGANIZATION, Basedash
from ansible_collections.community.basedash.tests.lifecycle.organizations import empty

MASK = "********"
KEY = "bd_key_demo_admin"
LINES = "\n SELECT 'a'  \r\n\tFROM {{ definition(\"mrr\") }} -- # {% x %}\n\n---\n...\n: & *\u2028é\U0001f600"
ODD_NAMES = [
    "Ünïcode \U0001f600",
    "e\u0301",
    "\u00e9",
    "Sales",
    "sales",
    "SALES",
    " blank before",
    "blank after ",
    "\u00a0no-break",
    "line\nbreak",
    "tab\there",
    "with, comma",
    "[a, b]",
    "{a: b}",
    "123",
    "1e5",
    "no",
    "null",
    "~",
    "''",
    '"quoted"',
    "{{ groups }}",
    "{% raw %}",
    MASK,
    "has %s in it" % MASK,
    "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
    KEY,
    "twin",
    "twin",
    "zero\u200bwidth",
    "\u200b",
    "x" * 300,
]


def numbered(family: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return objects with ids."""
    return [{"id": "%s_%d" % (family, number), **one} for number, one in enumerate(objects)]


def odd() -> dict[str, Any]:
    """Return an organization that hardly anybody has."""
    sources = [{"displayName": name, "dialect": "POSTGRES", "host": "h.example.com"} for name in ODD_NAMES]
    sources += [
        {"displayName": "wrong port", "port": 70000},
        {"displayName": "lower case", "dialect": "postgres", "host": "H.Example.COM", "port": 1},
        {"displayName": "new dialect", "dialect": "COCKROACH_NEXT"},
        {"displayName": "near dialect", "dialect": "POSTGRESS"},
        {"displayName": "masked", "databaseName": MASK, "username": " u ", "host": "", "sshHost": "   "},
        {"displayName": "leaking", "databaseName": "the %s of us" % KEY, "password": "geheim-17"},
        {"displayName": "restricted", "access": {"mode": "restricted", "groupIds": ["grp_0"], "memberIds": ["mem_1"]}},
        {"displayName": "by id", "access": {"mode": "restricted", "groupIds": ["grp_5", "grp_6", "grp_11", "grp_27"]}},
        {"displayName": "left", "access": {"mode": "restricted", "groupIds": ["grp_3"], "memberIds": ["mem_2"]}},
        {"displayName": "nobody", "access": {"mode": "restricted", "groupIds": [], "memberIds": ["mem_2"]}},
        {"displayName": "warehouse", "isBasedashWarehouse": True},
    ]
    members: list[dict[str, Any]] = [
        {"email": "ada@example.com", "fullName": "Ada Sand", "role": "ADMIN"},
        {"email": "Grace@Example.com", "fullName": " Grace  ", "role": "MEMBER"},
        {"email": "gone@example.com", "deactivatedAt": "2026-02-01T09:00:00Z"},
        {"email": "no address", "role": "MEMBER"},
        {"email": "twin@example.com"},
        {"email": "TWIN@example.com"},
        {"email": "picture@example.com", "avatarUrl": "http://example.com/a.png", "fullName": MASK},
        {"email": "[a]@example.com", "avatarUrl": "https://example.com/a.png"},
    ]
    groups = [{"name": name, "memberIds": ["mem_%d" % one for one in range(8)]} for name in ODD_NAMES]
    groups += [{"name": "nobody"}]
    definitions = [
        {"referenceName": name, "name": name, "sqlQuery": LINES, "databaseConnectionId": "ds_%d" % (number % 40)}
        for number, name in enumerate([*ODD_NAMES, "twin", "mrr", "mrr"])
    ]
    skills = [
        {"name": name[:100], "description": LINES, "instructions": "Text of %s" % name[:20]} for name in ODD_NAMES
    ]
    skills += [
        {"name": "empty", "description": "", "instructions": "x"},
        {"name": "blank", "description": "  \n ", "instructions": "ends with blanks  \n\n"},
        {"name": "long", "instructions": "x" * 50_001},
    ]
    servers = [
        {"displayName": "Tickets", "serverUrl": "https://mcp.example.com/tickets"},
        {"displayName": "Secret", "serverUrl": "https://user:pass@mcp.example.com/?token=abc"},
        {"displayName": "Odd", "serverUrl": "ftp://mcp.example.com/"},
        {"displayName": "x" * 121, "serverUrl": "HTTPS://MCP.example.com"},
    ]
    automations = [
        {"name": "weekly", "instructions": LINES, "trigger": {"type": "SCHEDULE", "preferredHour": 9}},
        {"name": "weird", "instructions": "x", "trigger": {"type": "NEVER_SEEN", "preferredHour": 99}},
        {"name": "sql", "instructions": "x", "trigger": {"type": "SQL", "databaseConnectionId": "ds_3"}},
        {"name": "twin source", "instructions": "x", "trigger": {"databaseConnectionId": "ds_27", "sqlQuery": LINES}},
        {"name": "gone source", "instructions": "x", "trigger": {"type": "SQL", "databaseConnectionId": "ds_gone"}},
        {"name": "mails", "instructions": "x", "notifications": {"emailRecipients": "b@example.com, A@example.com"}},
        {"name": "archived", "instructions": "x", "archivedAt": "2026-02-01T09:00:00Z"},
    ]
    dashboards = [{"name": name, "tabs": ["Main", "Details "]} for name in ODD_NAMES]
    dashboards += [
        {"name": "tabs", "tabs": numbered("tab", [{"name": "B"}, {"name": "A"}, {"name": "b"}])},
        {"name": "twin tabs", "tabs": numbered("twin_tab", [{"name": "A"}, {"name": "A"}, {"name": "B"}])},
        {"name": "dates", "defaultCustomDateRangeStart": "2026-01-01T00:00:00.000Z", "dashboardFolderId": "folder_1"},
    ]
    charts = [
        {"name": name, "dashboardId": "dash_%d" % (number % 3), "sqlQuery": LINES, "databaseConnectionId": "ds_6"}
        for number, name in enumerate([*ODD_NAMES, *ODD_NAMES])
    ]
    charts += [
        {"name": "on tab", "dashboardId": "dash_32", "dashboardTabId": "tab_1", "layout": {"x": -1, "y": 2}},
        {"name": "on twin", "dashboardId": "dash_33", "dashboardTabId": "twin_tab_0", "chartType": "NEW_KIND"},
        {"name": "on gone tab", "dashboardId": "dash_33", "dashboardTabId": "tab_gone", "staticContent": "# A\n\n* b "},
        {"name": "numbers", "dashboardId": "dash_33", "xAxisProperty": " x ", "description": "\n"},
    ]
    return {
        "organizations": [
            {
                "id": ORGANIZATION,
                "slug": "org-demo",
                "name": "Odd",
                "customAiContext": LINES,
                "embedAllowedOrigins": ["https://b.example.com", "https://a.example.com"],
                "members": numbered("mem", members),
                "groups": numbered("grp", groups),
                "data_sources": numbered("ds", sources),
                "definitions": numbered("def", definitions),
                "skills": numbered("skill", skills),
                "mcp_servers": numbered("mcp", servers),
                "automations": numbered("auto", automations),
                "dashboards": numbered("dash", dashboards),
                "charts": numbered("chart", charts),
            }
        ],
        "keys": [{"key": KEY, "role": "admin", "organizations": [ORGANIZATION]}],
    }


def modules() -> dict[str, ModuleSpec]:
    """Return the module of each family."""
    nouns = {key: one.kind.family.result_key for key, one in BY_KEY.items()}
    place = "ansible_collections.community.basedash.plugins.modules.basedash_"
    return {key: importlib.import_module(place + noun).SPEC for key, noun in nouns.items()}


MODULES = modules()


def entries(configuration: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the entries of a configuration as options of single modules, by family."""
    for family, content in configuration.items():
        if family == "organization":
            yield family, {**content, "id": ORGANIZATION}
        for entry in content if isinstance(content, list) else ():
            yield family, {name: value for name, value in entry.items() if name != "charts"}
            parent = {"dashboard_id": entry["id"]} if "id" in entry else {"dashboard": entry.get("name")}
            for chart in entry.get("charts", ()):
                yield "charts", {**parent, **chart}


def read(basedash: Basedash, **options: Any) -> dict[str, Any]:
    """Return what the module returns."""
    report = basedash.run(basedash_configuration_info.SPEC, False, options)
    assert not report.failed, report.result["msg"]
    return report.result


def check_given_back(basedash: Basedash, configuration: dict[str, Any], **options: Any) -> None:
    """Give a configuration back, or the folder with it."""
    given = options or {"configuration": configuration}
    report = basedash.run(basedash_configuration.SPEC, False, given)
    assert not report.failed, report.result["msg"]
    changed = [one for one in report.result["results"] if one["changed"]]
    assert not report.result["changed"], changed
    assert set(basedash.methods()) == {"GET"}
    counts = report.result["summary"]
    assert counts["total"] == counts["unchanged"] == sum(1 for one in entries(configuration))


def check_unchanged(basedash: Basedash, configuration: dict[str, Any]) -> None:
    """Give each entry to the module of its family."""
    for family, entry in entries(configuration):
        spec = MODULES[family]
        checked = spec.checked({"api_key": KEY, "organization_id": ORGANIZATION, **entry})
        report = basedash.run(spec, True, checked)
        assert not report.failed, (family, entry, report.result["msg"])
        assert not report.result["changed"], (family, entry, report.result["diff"])
    assert set(basedash.methods()) == {"GET"}


SERVERS: dict[str, dict[str, Any]] = {
    "as documented": {},
    "shows who is in a group": {"group_members": "objects"},
    "shows ids of who is in a group": {"group_members": "ids"},
    "lists who is in a group": {"membership_list": "works"},
    "no single readings": {"single_get": "404"},
    "tabs in single readings only": {"dashboards": {"tabs_in_list": False}},
    "archived ones are everywhere": {"deleted_shown": "everywhere"},
    "other spellings": {"null_flags": True, "ports_as_text": True, "hosts_lower_case": True},
    "access without a mode": {"access_mode_in_answer": False},
    "no groups": {"groups_list": "404_html"},
    "no members": {"members_list": "405"},
    "no skills": {"skills": {"list": "404_html"}},
    "an older release": {"omit_fields": ["description", "role", "sshEnabled"]},
    "by name": {"list_order": "by_name"},
    "newer release": {"extra_fields": {"folder": "x", "password": "geheim"}},
}


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())
def test_an_odd_organization_given_back_is_unchanged(basedash: Basedash, server: dict[str, Any]) -> None:
    basedash.control("POST", "reset", odd())
    basedash.control("POST", "behaviour", server)
    found = read(basedash)
    assert "geheim" not in json.dumps(found)
    check_given_back(basedash, found["configuration"])


def test_the_folder_of_an_odd_organization_changes_nothing(basedash: Basedash, tmp_path: Path) -> None:
    basedash.control("POST", "reset", odd())
    found = read(basedash)
    carry_out(tmp_path, planned(tmp_path, found, overwrite=False))
    check_given_back(basedash, found["configuration"], source=[str(tmp_path)])
    schema = Draft202012Validator(json.loads((tmp_path / SCHEMA).read_text(encoding="utf-8")))
    files = found_in(tmp_path)
    assert len(files) > 40
    assert [(path, [one.message for one in schema.iter_errors(file.content)]) for path, file in files.items()] == [
        (path, []) for path in files
    ]


def test_each_entry_changes_nothing_if_it_is_given_to_the_module_of_its_family(basedash: Basedash) -> None:
    basedash.control("POST", "reset", odd())
    basedash.control("POST", "behaviour", SERVERS["shows who is in a group"])
    configuration = read(basedash)["configuration"]
    # The module of one data source would take the grant away from the member who is gone.
    del next(one for one in configuration["data_sources"] if one.get("name") == "left")["access"]
    check_unchanged(basedash, configuration)


def test_what_a_configuration_can_not_hold_is_named(basedash: Basedash) -> None:
    basedash.control("POST", "reset", odd())
    found = read(basedash)
    said = {(one["family"], one["name"], one["option"]): one for one in (*found["unreadable"], *found["left_out"])}
    for place in (
        ("data_sources", "leaking", "password"),
        ("data_sources", "leaking", "database_name"),
        ("data_sources", "masked", "database_name"),
        ("data_sources", "wrong port", "port"),
        ("data_sources", "near dialect", "dialect"),
        ("data_sources", "warehouse", None),
        ("data_sources", "left", "access.members"),
        ("data_sources", "nobody", "access"),
        ("mcp_servers", "Secret", "server_url"),
        ("mcp_servers", "Secret", "headers"),
        ("mcp_servers", "Secret", "everyone_can_access"),
        ("skills", "long", "instructions"),
        ("automations", "gone source", "trigger.data_source_id"),
        ("dashboards", "twin tabs", "tabs"),
        ("charts", "on gone tab", "tab_id"),
    ):
        assert place in said, place
    assert said["members", None, None]["count"] == 1
    assert said["charts", "on tab", "layout.x"]["dashboard"] == "tabs"
    assert KEY not in json.dumps(found)
    assert "geheim" not in json.dumps(found)
    assert found["summary"]["unreadable"] == len(found["unreadable"])
    names = [one.get("name") for one in found["configuration"]["skills"] if "name" in one]
    assert names == sorted(names)


def test_ids_stand_only_where_a_name_does_not_do(basedash: Basedash) -> None:
    basedash.control("POST", "reset", odd())
    skills = read(basedash, families=["skills"])["configuration"]["skills"]
    by_id = {one["id"]: one.get("name") for one in skills if "id" in one}
    assert [name for name in by_id.values() if name is not None] == ["twin", "twin"]
    # An entry can have a name that looks like a list or a template, though a list of names can't.
    assert {"[a, b]", "{a: b}", "{{ groups }}"} <= {one.get("name") for one in skills if "id" not in one}
    assert len(by_id) == 2 + sum(one[:100] not in {entry.get("name") for entry in skills} for one in ODD_NAMES)
    everyone = read(basedash, families=["skills"], include_ids=True)["configuration"]["skills"]
    assert all("id" in one for one in everyone)
    assert len(everyone) == len(skills)


def test_only_what_is_asked_for_is_read(basedash: Basedash) -> None:
    basedash.control("POST", "reset", odd())
    found = read(basedash, families=["skills"])
    assert list(found["configuration"]) == ["format", "for", "skills"]
    assert found["summary"]["families"] == {"skills": 35}
    assert found["api"]["requests"] == 2


@pytest.mark.parametrize("key", ["bd_key_demo_member", "bd_key_of_nobody"])
def test_a_key_without_access_fails_as_elsewhere(basedash: Basedash, key: str) -> None:
    basedash.reset({})
    basedash.control("POST", "reset", {**odd(), "keys": [{"key": "bd_key_demo_member", "role": "member"}]})
    report = basedash.run(basedash_configuration_info.SPEC, False, {"api_key": key})
    assert report.failed
    assert "configuration" not in report.result
    assert report.result["error"]["status"] in (401, 404)


def test_a_family_that_the_server_lacks_is_left_out_and_named(basedash: Basedash) -> None:
    basedash.control("POST", "reset", odd())
    basedash.control("POST", "behaviour", {"skills": {"list": "404_html"}, "automations": {"list": "405"}})
    found = read(basedash)
    assert not {"skills", "automations"} & {*found["configuration"], *found["summary"]["families"]}
    lacking = [one["family"] for one in found["left_out"] if one["reason"] == "this server does not offer it"]
    assert lacking == ["skills", "automations"]


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_dashboard_whose_charts_can_not_be_read_is_never_exported_without_them(
    basedash: Basedash, is_gone: bool
) -> None:
    seed = empty()
    seed["organizations"][0]["dashboards"] = [{"id": "board_%d" % one, "name": "Board %d" % one} for one in range(2)]
    basedash.control("POST", "reset", seed)
    path, board = "/board_1/charts$", {"object": "board_1", "organization": ORGANIZATION}
    if is_gone:
        basedash.control("POST", "writers", [{"action": "delete", "family": "dashboards", "path": path, **board}])
    else:
        basedash.control("POST", "faults", [{"kind": "status_before", "status": 404, "path": path}])
    report = basedash.run(basedash_configuration_info.SPEC, False, {})
    assert report.failed is not is_gone
    if is_gone:
        assert [one["name"] for one in report.result["configuration"]["dashboards"]] == ["Board 0"]
