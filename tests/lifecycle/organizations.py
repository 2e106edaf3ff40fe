# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole organizations, and the servers on which they live, as hypothesis makes them up.

An organization is odd or tidy. An odd one has what no configuration can say: equal names, texts that are too long,
grants to groups that are gone. A tidy one has names and texts that are just as strange, but each object can be named,
so that the same configuration can make it anew elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

KEY = "bd_key_demo_admin"
SECRET = "geheim-%s-geheim"
"""What every secret of an organization looks like, so that a test finds it wherever it turns up."""

Value = dict[str, Any]

NAMES = (
    "Sales",
    "Ünïcode \U0001f600",
    "e\u0301te\u0301",
    "\u00e4pfel",
    "Продажи 2",
    "it's",
    '"quoted"',
    "x {a: b}",
    "a: b # c",
    "- dash",
    "*star &and",
    "| > ?",
    "%d %s %(a)s",
    "back\\slash",
    "123",
    "1e5",
    "no",
    "null",
    "~",
    "the {{ groups }}",
    "50 {% raw %}",
    "@at `tick`",
    "x" * 90,
)
"""Names that look like something else and are right."""

ODD_NAMES = (
    "SALES",
    "sales",
    "\u00e9te\u0301",
    "\u00e9t\u00e9",
    "Sales",
    " blank before",
    "blank after ",
    "\u00a0no-break",
    "line\nbreak",
    "tab\there",
    "with, comma",
    "[a, b]",
    "{a: b}",
    "{{ groups }}",
    "   ",
    "\u200b",
    "zero\u200bwidth",
    "********",
    "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
    KEY,
    "y" * 300,
)
"""Names that an entry can't carry, or that look like others."""

TEXTS = (
    "plain",
    "SELECT 1",
    'SELECT * FROM {{ definition("mrr") }} WHERE a = {{ groups }}',
    "SELECT '{{ definition('net') }}' -- {% raw %} {# x #}",
    "two\nlines",
    "windows\r\nlines\r\n",
    "trailing blank \nand tab\t\nend ",
    "ends with newlines\n\n\n",
    "\n  begins with a newline",
    "# Title\n\n* a\n* b\n\n| a | b |\n| - | - |\n```yaml\n- a: b\n```",
    "---\n...\n: & * ! %",
    "\U0001f600 e\u0301 \u00e9 \u2028 \u0085 \ufeff",
    "null",
    "'",
    '"',
    "\\n \\u0041",
)

ODD_TEXTS = (" ", "\n", "********", "the key is %s." % KEY, "bell \a", "x" * 50_001)


@dataclass(frozen=True)
class Words:
    """From what the names and the texts of an organization are taken."""

    names: st.SearchStrategy[str]
    texts: st.SearchStrategy[str]
    maybe: st.SearchStrategy[Any]
    is_tidy: bool

    def named(self, field: str, most: int, **fields: Any) -> st.SearchStrategy[list[Value]]:
        """Return lists of objects with a name in this field; in a tidy organization, each has another one."""
        one = st.fixed_dictionaries({field: self.names, **fields})
        return st.lists(one, max_size=most, unique_by=(lambda it: it[field]) if self.is_tidy else None)


_LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
# What a text of several lines may hold: all of Unicode but control characters, and the blanks that SQL has.
_LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t "), max_size=60)
_TIDY_TEXTS = st.sampled_from(TEXTS) | _LINES.filter(lambda text: bool(text.strip()))
_ODD_TEXTS = st.sampled_from(TEXTS + ODD_TEXTS) | st.text(min_size=1, max_size=40).filter(str.isprintable)

TIDY = Words(st.sampled_from(NAMES), _TIDY_TEXTS, st.none() | _TIDY_TEXTS, True)
ODD = Words(
    st.sampled_from(NAMES + ODD_NAMES) | _LETTERS, _ODD_TEXTS, st.none() | st.just("") | _ODD_TEXTS, False
)

_MAILS = ("ada@example.com", "Grace@Example.com", "linus+x@example.com", "o'neil@example.com", "eva@xn--bcher-kva.example")
_ODD_MAILS = ("ADA@example.com", "no address", "[a]@example.com", "\u00fcnï@example.com")
_GONE = "2026-02-01T09:00:00Z"
_FLAGS = st.booleans()


def _gone(field: str) -> Value:
    """Return what makes one of four objects archived or deactivated."""
    return {field: st.sampled_from((None, None, None, _GONE))}


def _with_ids(prefix: str, family: str, objects: Sequence[Value]) -> list[Value]:
    return [
        {"id": "%s_%s_%d" % (prefix, family, number), **{name: it for name, it in one.items() if it is not None}}
        for number, one in enumerate(objects)
    ]


def _ids(objects: Sequence[Value], *others: str) -> st.SearchStrategy[str]:
    """Return ids of these objects, or of none."""
    known = [one["id"] for one in objects] + list(others)
    return st.sampled_from(known) if known else st.nothing()


def _some(ids: Sequence[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ids), unique=True, min_size=least) if ids else st.just([])


# People ---------------------------------------------------------------------------------------------------------------


@st.composite
def _members(draw: st.DrawFn, prefix: str, words: Words) -> list[Value]:
    mails = st.sampled_from(_MAILS if words.is_tidy else _MAILS + _ODD_MAILS)
    one = st.fixed_dictionaries(
        {
            "email": mails,
            "role": st.sampled_from(("ADMIN", "MEMBER")),
            "fullName": st.sampled_from((None, "Ada Sand", "\u00dc \u0301")) if words.is_tidy else words.maybe,
            **_gone("deactivatedAt"),
        }
    )
    first = {"email": "boss@example.com", "role": "ADMIN"}
    unique = (lambda it: it["email"].lower()) if words.is_tidy else None
    return _with_ids(prefix, "mem", [first, *draw(st.lists(one, max_size=4, unique_by=unique))])


@st.composite
def _groups(draw: st.DrawFn, prefix: str, words: Words, members: Sequence[Value]) -> list[Value]:
    known = [one["id"] for one in members if not (words.is_tidy and "deactivatedAt" in one)]
    return _with_ids(prefix, "grp", draw(words.named("name", 4, memberIds=_some(known))))


# Data -----------------------------------------------------------------------------------------------------------------


@st.composite
def _sources(
    draw: st.DrawFn, prefix: str, words: Words, members: Sequence[Value], groups: Sequence[Value]
) -> list[Value]:
    people = [one["id"] for one in members if "deactivatedAt" not in one or not words.is_tidy]
    gone = () if words.is_tidy else (prefix + "_gone",)
    restricted = st.fixed_dictionaries(
        {
            "mode": st.just("restricted"),
            "groupIds": _some([one["id"] for one in groups] + list(gone)),
            "memberIds": _some([*people, *gone], 1 if words.is_tidy else 0),
        }
    )
    own_words = st.sampled_from((None, "shop", "\u00fcber", "{{ groups }}"))
    found = draw(
        words.named(
            "displayName",
            5,
            description=own_words,
            dialect=st.sampled_from(("POSTGRES", "MYSQL") if words.is_tidy else ("POSTGRES", "postgres", "NEXT_KIND")),
            databaseName=own_words if words.is_tidy else words.maybe,
            username=own_words,
            host=st.sampled_from((None, "db.example.com", "DB.Example.com")),
            port=st.sampled_from((None, 1, 5432, 65535) if words.is_tidy else (None, 5432, 70000)),
            sslEnabled=_FLAGS,
            sshEnabled=_FLAGS,
            password=st.sampled_from((None, SECRET % "password")),
            sshPrivateKey=st.sampled_from((None, SECRET % "key")),
            access=st.none() | restricted,
        )
    )
    warehouse = [] if draw(st.booleans()) else [{"displayName": "warehouse", "isBasedashWarehouse": True}]
    return _with_ids(prefix, "ds", found + warehouse)


@st.composite
def _definitions(draw: st.DrawFn, prefix: str, words: Words, sources: Sequence[Value]) -> list[Value]:
    usable = [one for one in sources if "isBasedashWarehouse" not in one]
    if not usable:
        return []
    names = st.sampled_from(("mrr", "net", "arr", "MRR", "with blank", "\u00fcber"))
    one = st.fixed_dictionaries(
        {
            "referenceName": names if words.is_tidy else names | words.names,
            "name": words.names,
            "description": words.maybe,
            "sqlQuery": st.just("SELECT 1") | st.just('SELECT {{ definition("mrr") }}') | words.texts,
            "databaseConnectionId": _ids(usable, *(() if words.is_tidy else (prefix + "_gone",))),
        }
    )
    unique = (lambda it: it["referenceName"]) if words.is_tidy else None
    found = draw(st.lists(one, max_size=4, unique_by=unique))
    # Others refer to these, and a circle could not be made anew.
    plain = {"sqlQuery": "SELECT 1"}
    found = [{**it, **(plain if words.is_tidy and it["referenceName"] in ("mrr", "net") else {})} for it in found]
    return _with_ids(prefix, "def", found)


@st.composite
def _servers(draw: st.DrawFn, prefix: str, words: Words) -> list[Value]:
    urls: tuple[str, ...] = ("https://mcp.example.com/tickets", "http://mcp.example.com/?a=b%20c")
    urls += () if words.is_tidy else ("https://u:%s@mcp.example.com/" % (SECRET % "url"), "ftp://odd", "HTTPS://A.b")
    return _with_ids(prefix, "mcp", draw(words.named("displayName", 3, serverUrl=st.sampled_from(urls))))


@st.composite
def _skills(draw: st.DrawFn, prefix: str, words: Words) -> list[Value]:
    texts = {"description": words.maybe, "instructions": words.texts.filter(bool)}
    return _with_ids(prefix, "skill", draw(words.named("name", 4, **texts)))


@st.composite
def _automations(draw: st.DrawFn, prefix: str, words: Words, sources: Sequence[Value]) -> list[Value]:
    usable = [one for one in sources if "isBasedashWarehouse" not in one]
    weekly = {"type": "SCHEDULE", "frequency": "WEEKLY", "preferredDayOfWeek": 3, "preferredHour": 23}
    hourly = {"type": "SQL", "frequency": "HOURLY", "preferredHour": 9}
    triggers = [st.just(weekly), st.just({"type": "SCHEDULE", "frequency": "DAILY", "preferredHour": 0})]
    if usable:
        gone = () if words.is_tidy else (prefix + "_gone",)
        triggers.append(
            st.fixed_dictionaries(
                {**{name: st.just(it) for name, it in hourly.items()}, "databaseConnectionId": _ids(usable, *gone), "sqlQuery": words.texts}
            )
        )
    mails = st.sampled_from((None, "ada@example.com", "b@example.com, A@example.com"))
    return _with_ids(
        prefix,
        "auto",
        draw(
            words.named(
                "name",
                3,
                instructions=words.texts,
                active=_FLAGS,
                trigger=st.one_of(triggers),
                notifications=st.fixed_dictionaries({"emailRecipients": mails}),
                **_gone("archivedAt"),
            )
        ),
    )


# Boards ---------------------------------------------------------------------------------------------------------------


@st.composite
def _dashboards(draw: st.DrawFn, prefix: str, words: Words) -> list[Value]:
    tab_names = st.sampled_from(("Main", "Details", "\u00dcber {{ x }}", "123", "a: b") + (() if words.is_tidy else ("", " x ")))
    tabs = st.lists(tab_names, min_size=1, max_size=3, unique=words.is_tidy)
    found = draw(
        words.named(
            "name",
            4,
            description=words.maybe,
            icon=st.sampled_from((None, "chart", "star")),
            width=st.sampled_from(("NORMAL", "WIDE")),
            defaultDateRange=st.sampled_from((None, "LAST_7_DAYS", "ALL_TIME")),
            tabs=tabs,
            **_gone("archivedAt"),
        )
    )
    boards = _with_ids(prefix, "dash", found)
    for board in boards:
        made = [{"name": name} for name in board["tabs"]]
        board["tabs"] = _with_ids(board["id"], "tab", made)
    return boards


@st.composite
def _charts(
    draw: st.DrawFn, prefix: str, words: Words, boards: Sequence[Value], sources: Sequence[Value]
) -> list[Value]:
    usable = [one for one in sources if "isBasedashWarehouse" not in one]
    charts: list[Value] = []
    for board in boards:
        place = st.fixed_dictionaries({"x": st.integers(0, 5), "y": st.integers(0, 9), "width": st.just(3)})
        found = draw(
            words.named(
                "name",
                4,
                dashboardTabId=_ids(board["tabs"]),
                databaseConnectionId=st.none() | _ids(usable) if usable else st.none(),
                chartType=st.sampled_from(("LINE", "TABLE", "NUMBER") + (() if words.is_tidy else ("NEXT_KIND",))),
                sqlQuery=words.texts,
                description=words.maybe,
                staticContent=words.maybe,
                layout=st.none() | place.map(lambda it: {**it, "height": 2}),
                **_gone("archivedAt"),
            )
        )
        charts += [{**one, "dashboardId": board["id"]} for one in found]
    return _with_ids(prefix, "chart", charts)


# The whole ------------------------------------------------------------------------------------------------------------


@st.composite
def organizations(draw: st.DrawFn, identifier: str, words: Words) -> Value:
    """Return an organization in the form of the simulator's seed."""
    members = draw(_members(identifier, words))
    groups = draw(_groups(identifier, words, members))
    sources = draw(_sources(identifier, words, members, groups))
    boards = draw(_dashboards(identifier, words))
    settings = {"name": draw(st.sampled_from(("Demo", "\u00dcber & Co"))), "customAiContext": draw(words.maybe)}
    return {
        "id": identifier,
        "slug": identifier.replace("_", "-"),
        **{name: value for name, value in settings.items() if value is not None},
        "members": members,
        "groups": groups,
        "data_sources": sources,
        "definitions": draw(_definitions(identifier, words, sources)),
        "mcp_servers": draw(_servers(identifier, words)),
        "skills": draw(_skills(identifier, words)),
        "automations": draw(_automations(identifier, words, sources)),
        "dashboards": boards,
        "charts": draw(_charts(identifier, words, boards, sources)),
    }


def empty(identifier: str) -> Value:
    """Return an organization that has nothing yet but the admin without whom there is none."""
    boss = {"id": identifier + "_boss", "email": "boss@example.com", "role": "ADMIN"}
    return {"id": identifier, "slug": identifier.replace("_", "-"), "members": [boss]}


def seed(*found: Value) -> Value:
    """Return the seed of a server with these organizations, all of them those of one key."""
    return {"organizations": list(found), "keys": [{"key": KEY, "role": "admin"}]}


_READING = {
    "group_members": st.sampled_from(("hidden", "objects", "ids", "count")),
    "membership_list": st.sampled_from(("404", "works")),
    "single_get": st.sampled_from((True, "404", "405", "404_html")),
    "dashboards": st.fixed_dictionaries({"tabs_in_list": st.booleans()}),
    "list_order": st.sampled_from(("oldest_first", "by_name", "last_changed_first")),
    "deleted_shown": st.sampled_from(("nowhere", "list", "get", "everywhere")),
    "deactivated_members": st.sampled_from(("listed", "hidden")),
    "null_flags": st.booleans(),
    "ports_as_text": st.booleans(),
    "hosts_lower_case": st.booleans(),
    "access_mode_in_answer": st.booleans(),
    "extra_fields": st.just({"folder": "x", "token": SECRET % "field"}),
}
_MISSING = {
    "groups_list": st.sampled_from(("404", "404_html", "405")),
    "members_list": st.sampled_from(("404", "404_html", "405")),
    "skills": st.just({"list": "404"}),
    "omit_fields": st.sampled_from((["description"], ["role", "sshEnabled"], ["instructions"])),
}
_WRITING = {
    "create_status": st.sampled_from((201, 200)),
    "delete_answer": st.sampled_from(("200", "204", "202", "200_without_data", "200_false")),
    "grants_of_deleted_group": st.sampled_from(("opened", "removed", "kept")),
    "second_membership": st.sampled_from(("200", "409")),
    "automation_patch": st.sampled_from(("flat", "nested")),
    "charts_of_deleted_tab": st.sampled_from(("deleted", "moved")),
    "patch_resets_flags": st.booleans(),
    "sync_after_update": st.booleans(),
}


def servers_that_are_read() -> st.SearchStrategy[Value]:
    """Return switches that matter for readings, also of servers that don't offer everything."""
    return st.fixed_dictionaries({}, optional={**_READING, **_MISSING})


def servers_that_are_written() -> st.SearchStrategy[Value]:
    """Return switches of servers that show and take everything that a configuration can say, each in its way."""
    shown = {"group_members": st.sampled_from(("objects", "ids")), "membership_removal": st.just("works")}
    reading = {name: one for name, one in _READING.items() if name not in shown}
    return st.fixed_dictionaries(shown, optional={**reading, **_WRITING})
