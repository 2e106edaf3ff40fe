# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report about who may query which data source."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.basedash.plugins.filter.basedash_access_report import FilterModule


def source(identifier: str, groups: str = "", members: str = "", **more: Any) -> dict[str, Any]:
    """Return a data source whose name is its id; groups and members are letters."""
    mode = "restricted" if groups or members else "everyone"
    access = {"mode": mode, "group_ids": list(groups), "member_ids": list(members)}
    return {"id": identifier, "display_name": identifier, "access": access, **more}


def member(identifier: str, role: str | None = "MEMBER", **more: Any) -> dict[str, Any]:
    return {"id": identifier, "user": {"email": identifier + "@example.com"}, "role": role, **more}


def group(identifier: str, name: str, *members: dict[str, Any]) -> dict[str, Any]:
    return {"id": identifier, "name": name, "members": list(members), "member_ids": [one["id"] for one in members]}


GONE = member("l", deactivated_at="2026-01-01T00:00:00Z")
MEMBERS = [member("g"), member("a", "ADMIN")]
GROUPS = [
    group("f", "Finance", member("g"), GONE),
    group("o", "Ops"),
    {"id": "s", "name": "Sales", "members": None, "member_ids": None},
]
SOURCES = [
    source("open"),
    source("one", "f"),
    source("both", "fo", "g"),
    source("nobody", "o"),
    source("gone", "fx", "aly"),
    source("sales", "s"),
]


def made(
    sources: list[dict[str, Any]] | None = None,
    groups: list[dict[str, Any]] | None = None,
    members: list[dict[str, Any]] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Return the report, its JSON and its CSV as values."""
    (filtered,) = FilterModule().filters().values()
    listed = {"data_sources": SOURCES if sources is None else sources}
    report = filtered(
        listed,
        groups={"groups": GROUPS if groups is None else groups},
        members={"members": MEMBERS if members is None else members},
        **options,
    )
    table = list(csv.reader(io.StringIO(report["csv"], newline="")))
    return {**report, "json": json.loads(report["json"]), "rows": table}


def test_findings() -> None:
    report = made()
    found = {kind: {one["name"]: one["names"] for one in f} for kind, f in report["json"]["findings"].items()}
    gone = "the member with id 'y'"
    assert found == {
        "open_to_everyone": {"open": []},
        "nobody_may_query": {"nobody": []},
        "only_grant_is_one_group": {"one": ["Finance"], "nobody": ["Ops"], "sales": ["Sales"]},
        "grants_without_effect": {"gone": ["l@example.com", "the group with id 'x'", gone]},
        "groups_without_members": {"Ops": []},
        "no_active_members_in_groups": {"Finance": ["l@example.com"]},
        "admins": {"a@example.com": []},
    }
    assert report["json"]["notes"] == [
        "This server does not show who is in these groups, so the people in them are missing: Sales."
    ]
    counted = "6 data sources (1 open to everyone), 3 groups, 2 active members (1 admin)"
    assert report["lines"][0] == "Basedash access: " + counted
    assert "only grant is one group: one: Finance" in report["lines"]
    assert "admins: a@example.com" in report["lines"]
    assert made(max_lines=2)["lines"][-1] == "and %d more" % (len(report["lines"]) - 3)


def test_who_may_query_what() -> None:
    report = made()
    who = {one["name"]: one["who"] for one in report["json"]["data_sources"]}
    assert who == {
        "open": ["a@example.com", "g@example.com"],
        "one": ["g@example.com"],
        "both": ["g@example.com"],
        "nobody": [],
        "gone": ["a@example.com", "g@example.com"],
        "sales": ["the members of the group 'Sales'"],
    }
    assert {one["email"]: one["data_sources"] for one in report["json"]["members"]} == {
        "a@example.com": ["gone", "open"],
        "g@example.com": ["both", "gone", "one", "open"],
    }
    groups = {one["name"]: (one["members"], one["data_sources"]) for one in report["json"]["groups"]}
    assert groups == {
        "Finance": (["g@example.com"], ["both", "gone", "one"]),
        "Ops": ([], ["both", "nobody"]),
        "Sales": (None, ["sales"]),
    }
    assert report["rows"][0] == ["data_source", "data_source_id", "access", "person", "member_id", "role", "through"]
    assert report["rows"][1:] == [
        ["both", "both", "restricted", "g@example.com", "g", "MEMBER", "named; group Finance"],
        ["gone", "gone", "restricted", "a@example.com", "a", "ADMIN", "named"],
        ["gone", "gone", "restricted", "g@example.com", "g", "MEMBER", "group Finance"],
        ["nobody", "nobody", "restricted", "nobody", "", "", ""],
        ["one", "one", "restricted", "g@example.com", "g", "MEMBER", "group Finance"],
        ["open", "open", "everyone", "a@example.com", "a", "ADMIN", "everyone"],
        ["open", "open", "everyone", "g@example.com", "g", "MEMBER", "everyone"],
        ["sales", "sales", "restricted", "the members of the group 'Sales'", "", "", "group Sales"],
    ]


def test_the_markdown() -> None:
    lines = made(organization_id="org|1")["md"].splitlines()
    assert lines[2].endswith('in organization `"org\\u007c1"`,')
    for line in (
        "- `one`: `Finance`",
        "| `both` | `Finance`, `Ops` | `g@example.com` |",
        "| `nobody` | `Ops` |  |",
        "| `Sales` | `(not shown)` | `sales` |",
        "| `g@example.com` | `Finance` | `both`, `gone`, `one` |",
    ):
        assert line in lines


def test_servers_that_show_less() -> None:
    (filtered,) = FilterModule().filters().values()
    failed = {"failed": True, "msg": "no list"}
    report = filtered({"data_sources": SOURCES}, groups=failed, members=failed)
    notes = json.loads(report["json"])["notes"]
    assert [note.partition(",")[0] for note in notes] == [
        "This server has no list of groups",
        "This server has no list of members",
    ]
    assert all(note in report["lines"] for note in notes)
    assert "`the members of the group with id 'f'`" in report["md"]
    # What is not listed is not taken for gone.
    found = json.loads(report["json"])["findings"]
    assert not any(entries for kind, entries in found.items() if kind.startswith(("nobody", "grants", "no_")))
    assert [one["name"] for one in found["only_grant_is_one_group"]] == ["nobody", "one", "sales"]
    # Neither roles nor addresses.
    report = made(members=[{"id": "a", "role": None, "user": None}, member("g", "admin")])
    assert "role of these members, so admins may be missing: the member with id 'a'." in report["lines"][2]
    assert report["json"]["members"][1] == {
        "id": "a",
        "email": None,
        "role": None,
        "groups": [],
        "data_sources": ["gone", "open"],
    }
    assert [one["id"] for one in report["json"]["findings"]["admins"]] == ["g"]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ('a,b;"c"', 'a,b;"c"'),
        ("two\nlines", "two\nlines"),
        ("a=b", "a=b"),
    ],
)
def test_a_cell_is_no_formula(name: str, cell: str) -> None:
    report = made([source("1", display_name=name)], [], [member("a")])
    assert report["rows"][1] == [cell, "1", "everyone", "a@example.com", "a", "MEMBER", "everyone"]
    assert ',"1",' in report["csv"]


def test_names_do_no_harm_in_markdown() -> None:
    hostile = "a|b`c` <img src=x> @octocat [x](http://evil.example)\n# {{ 1 }}"
    report = made([source("1", "f", display_name=hostile)], [group("f", hostile, member("a"))])
    text = report["md"] + "\n".join(report["lines"])
    for forbidden in ("<img", "@octocat", "[x]", "c` ", "\n# ", "a|b"):
        assert forbidden not in text


def test_what_does_not_fit_is_counted() -> None:
    people = [member("m%d" % number) for number in range(90)]
    crowd = [source("s%d" % number, "f", "ag") for number in range(90)]
    report = made(crowd, [group("f", "Finance", *people)], people, max_characters=12000)
    assert len(report["md"]) < 12000
    assert "and 90 more, which the JSON and the CSV have." in report["md"]
    assert "`, and 60 more |" in made(crowd, [group("f", "Finance", *people)], people)["md"]
    assert len(report["rows"]) == 90 * 90 + 1


@pytest.mark.parametrize("wrong", [{}, {"data_sources": [{"id": "1", "display_name": "x"}]}, {"failed": True}])
def test_other_results_are_refused(wrong: dict[str, Any]) -> None:
    (filtered,) = FilterModule().filters().values()
    with pytest.raises(AnsibleFilterError, match="access=true"):
        filtered(wrong, groups={}, members={})


def test_unknown_options_are_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="an option that it does not have: colour"):
        made(colour="red")
