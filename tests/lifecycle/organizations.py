# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strategies for whole organizations as seeds of the simulator, and for how the server behaves.

What is drawn is small, such as a few names and a number, and much is made of it. So hundreds of charts cost no more
draws than one.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

from hypothesis import strategies as st

from ansible_collections.community.basedash.tests.lifecycle.driver import ORGANIZATION

Value = dict[str, Any]

KEY = "bd_key_demo_admin"
SECRET = "geheim"
"""Each secret of an organization has this in it, so that one search finds them all."""

ADMIN = {"id": "mem_0", "email": "ada@example.com", "fullName": "Ada Sand", "role": "ADMIN"}
"""The member of the key, in each organization."""

THE_VENDORS = [
    {"id": "ds_warehouse", "displayName": "Basedash warehouse", "isBasedashWarehouse": True},
    {"id": "ds_demo", "displayName": "Demo data", "isDemo": True},
]
"""The data sources that each organization has."""

COMMON_NAMES = ["Sales", "Support", "mrr", "ledger", "Team A", "B"]
ODD_NAMES = [
    "sales",
    "SALES",
    "Ünïcode \U0001f600",
    "e\u0301t\u0065\u0301",
    "\u00e9t\u00e9",
    " blank before",
    "blank after ",
    "two  blanks",
    "\u00a0no-break",
    "line\nbreak",
    "tab\there",
    "with, comma",
    "[a, b]",
    "{a: b}",
    "{{ groups }}",
    '{{ definition("mrr") }}',
    "{% raw %}",
    "123",
    "0123",
    "1e5",
    "no",
    "null",
    "~",
    "''",
    "it's",
    '"quoted"',
    "- dash",
    "# hash",
    "a: b",
    "%s %d {0}",
    "../up/and\\down",
    "CON",
    "zero\u200bwidth",
    "\u200b",
    "x" * 99,
    "********",
]
TEXTS = [
    "Be brief.",
    "SELECT * FROM {{ definition(\"mrr\") }} WHERE a = '{{ x }}'",
    "SELECT {{ definition('ledger') }}, {{definition(\"Sales\")}} -- {% if x %} {# no #}\r\nFROM t\r\n",
    "# Title\r\n\r\n* one  \n* {{ groups }}\n",
    "  ends with blanks  \n\n",
    "1",
    "1e5",
    "true",
    "null",
    "\u2028é e\u0301 \U0001f600",
    "\t'\"\\ : & * ---\n...",
    "x" * 1400,
]

names = st.one_of(
    st.sampled_from(COMMON_NAMES),
    st.sampled_from(ODD_NAMES),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12),
)
texts = st.sampled_from(TEXTS)
sometimes_nothing = st.one_of(texts, st.sampled_from([None, ""]))
passing = st.sampled_from([None, None, None, "2026-02-01T09:00:00Z"])

# How the server behaves -----------------------------------------------------------------------------------------------

READINGS: dict[str, list[Any]] = {
    "single_get": [True, "404", "405"],
    "list_order": ["newest_first", "oldest_first", "by_name", "last_changed_first"],
    "deactivated_members": ["listed", "hidden"],
    "group_members": ["hidden", "objects", "ids", "count"],
    "membership_list": ["404_html", "works"],
    "tabs_in_list": [True, False],
    "access_mode_in_answer": [True, False],
    "null_flags": [False, True],
    "ports_as_text": [False, True],
    "hosts_lower_case": [False, True],
    "deleted_shown": ["nowhere", "list", "get", "everywhere"],
}
"""Switches for how the server answers readings."""

WRITINGS: dict[str, list[Any]] = {
    "membership_removal": ["404_html", "works"],
    "create_status": [201, 200],
    "delete_answer": ["200", "204", "202", "200_without_data"],
    "patch_resets": [False, True],
    "patch_resets_flags": [True, False],
    "second_membership": ["200", "409"],
    "invited_again": ["409", "200", "400"],
    "tab_order_field": ["both", "order", "sortOrder"],
    "charts_of_deleted_tab": ["deleted", "moved"],
    "grants_of_deleted_group": ["removed", "kept"],
    "list_lag_seconds": [0.0, 0.0, 2.0],
    "sync": ["success", "failed", "pending"],
    "sync_after_update": [False, True],
}
"""Switches for how the server takes writings. None of them changes what it stores.

``automation_patch`` is none of them: what this server ignores can't be planned for, and the apply says so.
"""


def behaviours(switches: dict[str, list[Any]]) -> st.SearchStrategy[Value]:
    """Return a strategy for some switches, each turned to something."""
    turned = {name: st.sampled_from(values) for name, values in switches.items()}
    # A full name that is sent alone would take an admin's role on a server that resets what an update leaves out.
    never: Value = {"members": {"patch_resets": False}}
    # What is deleted and still listed without a mark can't be told from what is there.
    for family in ("groups", "data-sources", "mcp-servers", "definitions", "skills"):
        never[family] = {"deleted_shown": "nowhere"}
    return st.fixed_dictionaries({name: st.just(value) for name, value in never.items()}, optional=turned)


# What there is --------------------------------------------------------------------------------------------------------


def _some(draw: st.DrawFn, family: str, objects: st.SearchStrategy[Value], most: int = 3) -> list[Value]:
    drawn = draw(st.lists(objects, max_size=most))
    return [{"id": "%s_%d" % (family, number), **one} for number, one in enumerate(drawn)]


def _without_nothing(one: Value) -> Value:
    return {name: value for name, value in one.items() if value is not None}


def _objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(fields).map(_without_nothing)


def _people(draw: st.DrawFn) -> list[Value]:
    mail = st.sampled_from(["bob", "Bob", "carol", "o'hara", "x+y", "dora", "é"]).map("%s@example.com".__mod__)
    role = st.sampled_from(["MEMBER", "MEMBER", "ADMIN"])
    full_name = st.sampled_from(["Bob", " Bob  B.", "O'Hara", None])
    person = _objects(email=mail, fullName=full_name, role=role, deactivatedAt=passing)
    return [dict(ADMIN), *({**one, "id": "mem_%d" % (n + 1)} for n, one in enumerate(_some(draw, "mem", person, 5)))]


def _chosen(draw: st.DrawFn, objects: list[Value], gone: str) -> list[str]:
    return draw(st.lists(st.sampled_from([*(one["id"] for one in objects), gone]), unique=True, max_size=4))


def _sources(draw: st.DrawFn, groups: list[Value], people: list[Value]) -> list[Value]:
    source = _objects(
        displayName=names,
        dialect=st.sampled_from(["POSTGRES", "POSTGRES", "MYSQL", "CLICKHOUSE"]),
        description=sometimes_nothing,
        host=st.sampled_from(["db.example.com", "DB.Example.COM", "10.0.0.1", None]),
        port=st.sampled_from([None, 5432, 1]),
        databaseName=st.sampled_from([None, "shop", "123", "no"]),
        username=st.sampled_from([None, "reader"]),
        password=st.sampled_from([None, SECRET + "-password"]),
        sslEnabled=st.sampled_from([None, True, False]),
    )
    found = _some(draw, "ds", source, 4)
    for one in found:
        if draw(st.booleans()):
            granted = {"groupIds": _chosen(draw, groups, "grp_gone"), "memberIds": _chosen(draw, people, "mem_gone")}
            one["access"] = {"mode": "restricted", **granted}
    return [*found, *THE_VENDORS]


def _definitions(draw: st.DrawFn, sources: list[Value]) -> list[Value]:
    source = st.sampled_from([one["id"] for one in sources])
    name = st.one_of(st.sampled_from(["mrr", "ledger", "net", "Sales"]), names)
    one = _objects(
        referenceName=name, name=names, description=sometimes_nothing, sqlQuery=texts, databaseConnectionId=source
    )
    return _some(draw, "def", one, 4)


def _automations(draw: st.DrawFn, sources: list[Value]) -> list[Value]:
    ids = [one["id"] for one in sources]
    one = _objects(
        name=names,
        instructions=texts,
        active=st.booleans(),
        icon=st.sampled_from([None, "bell"]),
        triggerType=st.sampled_from(["SCHEDULE", "SQL"]),
        frequency=st.sampled_from(["DAILY", "WEEKLY"]),
        preferredHour=st.sampled_from([0, 9, 23]),
        preferredDayOfWeek=st.sampled_from([None, 0, 6]),
        triggerDatabaseConnectionId=st.sampled_from([None, *ids]),
        triggerSqlQuery=st.one_of(st.none(), texts),
        emailRecipients=st.sampled_from([None, "b@example.com, A@example.com", "x@example.com"]),
        archivedAt=passing,
    )
    return _some(draw, "auto", one)


def _boards(draw: st.DrawFn) -> list[Value]:
    tabs = st.lists(st.sampled_from(["Main", "Now", "later", "Later", "With, comma"]), unique=True, min_size=1)
    one = _objects(
        name=names,
        description=sometimes_nothing,
        icon=st.sampled_from([None, "chart", "star"]),
        width=st.sampled_from([None, "NORMAL", "WIDE"]),
        tabs=tabs,
        archivedAt=passing,
    )
    found = _some(draw, "dash", one)
    for board in found:
        named = [{"id": "%s_tab_%d" % (board["id"], n), "name": name} for n, name in enumerate(board["tabs"])]
        board["tabs"] = named
    return found


def _charts(draw: st.DrawFn, boards: list[Value], sources: list[Value], most: int) -> list[Value]:
    """Return up to hundreds of charts, made of a few drawn ones."""
    if not boards:
        return []
    one = _objects(
        name=names,
        description=sometimes_nothing,
        chartType=st.sampled_from(["LINE", "TABLE", "TEXT", None]),
        sqlQuery=st.one_of(st.none(), texts),
        staticContent=st.one_of(st.none(), texts),
        databaseConnectionId=st.sampled_from([None, *(source["id"] for source in sources)]),
        xAxisProperty=st.sampled_from([None, "day", "1"]),
        archivedAt=passing,
    )
    drawn = draw(st.lists(one, max_size=4))
    count = draw(st.sampled_from([0, 0, 0, 0, 0, most])) if drawn else 0
    found = []
    for number, chart in enumerate([*drawn, *islice(cycle(drawn), count)]):
        board = boards[number % len(boards)]
        tab = board["tabs"][number % len(board["tabs"])]["id"]
        name = chart["name"] if number < len(drawn) else "%s %d" % (chart["name"], number)
        # No two charts lie over each other, because then a server may move one of them.
        layout = {"x": 0, "y": number * 4, "width": 3, "height": 4}
        place = {"id": "chart_%d" % number, "dashboardId": board["id"], "dashboardTabId": tab, "layout": layout}
        found.append({**chart, **place, "name": name})
    return found


@st.composite
def organizations(draw: st.DrawFn, most_charts: int = 300) -> Value:
    """Return a strategy for whole organizations, as seeds of the simulator."""
    people = _people(draw)
    groups = _some(draw, "grp", _objects(name=names))
    for one in groups:
        one["memberIds"] = draw(st.lists(st.sampled_from([one["id"] for one in people]), unique=True))
    sources = _sources(draw, groups, people)
    server = _objects(
        displayName=names,
        serverUrl=st.sampled_from(
            [
                "https://mcp.example.com/tickets",
                "https://mcp.example.com/?token=%s" % SECRET,
                "https://user:%s@mcp.example.com/" % SECRET,
            ]
        ),
        headers=st.sampled_from([None, [{"name": "X-Token", "value": SECRET + "-header"}]]),
    )
    boards = _boards(draw)
    # An API without nulls and empty texts in some fields can still have them from elsewhere.
    skills = _objects(name=names, description=sometimes_nothing, instructions=texts)
    return {
        "organizations": [
            {
                "id": ORGANIZATION,
                "name": draw(names),
                "slug": draw(st.sampled_from(["acme", "acme-2"])),
                "customAiContext": draw(sometimes_nothing),
                "members": people,
                "groups": groups,
                "data_sources": sources,
                "mcp_servers": _some(draw, "mcp", server),
                "definitions": _definitions(draw, sources),
                "skills": _some(draw, "skill", skills),
                "automations": _automations(draw, sources),
                "dashboards": boards,
                "charts": _charts(draw, boards, sources, most_charts),
            }
        ],
        "keys": [{"key": KEY, "role": "admin", "organizations": [ORGANIZATION], "member": ADMIN["id"]}],
    }


def empty() -> Value:
    """Return an organization that has nobody but the member of the key, and nothing."""
    there = {
        "id": ORGANIZATION,
        "name": "Empty",
        "slug": "empty",
        "members": [dict(ADMIN)],
        "data_sources": THE_VENDORS,
    }
    return {
        "organizations": [there],
        "keys": [{"key": KEY, "role": "admin", "organizations": [ORGANIZATION], "member": ADMIN["id"]}],
    }
