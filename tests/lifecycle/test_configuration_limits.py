# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits and guards of a configuration where an object has parts that go with it, or apart from it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash
from ansible_collections.community.basedash.tests.lifecycle.test_configuration import (
    SERVER,
    actions,
    refused,
    run,
    writes,
)


@pytest.fixture(autouse=True)
def _seeded(basedash: Basedash) -> None:
    basedash.reset(SERVER)


# Percentages ----------------------------------------------------------------------------------------------------------

PEOPLE = ["ada@example.com", "grace@example.com", "linus@example.com"]


def boards(*tabs: str) -> dict[str, Any]:
    """Return a configuration of three dashboards, of which the first has these tabs."""
    names = [{"name": name} for name in tabs]
    return {"dashboards": [{"name": "A", "tabs": names}, *({"name": one, "tabs": [{"name": "Main"}]} for one in "BC")]}


def test_a_percentage_of_tabs_is_of_tabs(basedash: Basedash) -> None:
    run(basedash, boards("1", "2", "3", "4"))
    before = writes(basedash)
    # Two of six tabs are 33 %. They would be 67 % of the dashboards.
    report = run(basedash, boards("1", "2"), prune=["tabs"], max_deletions="33%")
    assert "2 of 6 tabs of dashboards would be deleted" in report.result["msg"]
    assert writes(basedash) == before
    report = run(basedash, boards("1", "2"), prune=["tabs"], max_deletions="34%")
    assert not report.failed, report.result["msg"]


def test_whatever_takes_parts_away_counts(basedash: Basedash) -> None:
    groups = [{"name": "A", "members": PEOPLE}, {"name": "B", "members": PEOPLE}]
    run(basedash, {"groups": groups, **boards("1", "2", "3", "4")})
    before = writes(basedash)
    groups = [{"name": "A", "members": PEOPLE[:1], "purge_members": True}, {"name": "B", "clear": ["members"]}]
    for limit, words in (("4", "5 objects would be deleted"), ("83%", "5 of 6 members of groups")):
        report = run(basedash, {"groups": groups}, max_deletions=limit)
        assert words in report.result["msg"]
    tabs = {"name": "A", "tabs": [{"name": "1"}], "purge_tabs": True}
    assert "3 objects would be deleted" in run(basedash, {"dashboards": [tabs]}, max_deletions="2").result["msg"]
    assert writes(basedash) == before


def test_a_percentage_of_group_members_is_of_memberships(basedash: Basedash) -> None:
    groups = [{"name": name, "members": ["ada@example.com"]} for name in ("A", "B", "C", "D")]
    run(basedash, {"groups": [{"name": "A", "members": PEOPLE[:2]}, *groups[1:]]})
    before = writes(basedash)
    # One of five is 20 %, and would be a quarter of the groups.
    report = run(basedash, {"groups": groups}, prune=["group_members"], max_deletions="19%")
    assert "1 of 5 members of groups would be deleted" in report.result["msg"]
    assert writes(basedash) == before
    report = run(basedash, {"groups": groups}, prune=["group_members"], max_deletions="20%")
    assert not report.failed, report.result["msg"]


# What goes with a dashboard -------------------------------------------------------------------------------------------


def money(*charts: str) -> dict[str, Any]:
    """Return a configuration of a dashboard with these charts, and of one without."""
    return {"dashboards": [{"name": "Money", "charts": [{"name": one} for one in charts]}, {"name": "Kept"}]}


def test_a_dashboard_with_a_chart_out_of_scope_is_not_pruned(basedash: Basedash) -> None:
    run(basedash, money("MRR", "Churn"))
    options: dict[str, Any] = {"prune": ["dashboards"], "scope": {"charts": "^M", "dashboards": "^(Money|Kept)"}}
    report = run(basedash, {"dashboards": [{"name": "Kept"}]}, **options)
    assert ("dashboards", "Money") not in actions(report)
    assert "The dashboard 'Money' stays, because its chart 'Churn' is outside of scope." in report.warnings
    report = run(
        basedash, {"dashboards": [{"name": "Kept"}]}, **{**options, "scope": {**options["scope"], "charts": "r|R"}}
    )
    assert actions(report)["dashboards", "Money"] == "deleted"


def test_a_dashboard_of_a_preview_goes_with_a_chart_that_somebody_added(basedash: Basedash) -> None:
    run(basedash, money("MRR"), name_prefix="pr-42 ")
    (board,) = [one for one in basedash.control("GET", "objects/dashboards") if one["name"] == "pr-42 Money"]
    added = {"dashboards": [{"name": board["name"], "charts": [{"name": "By hand"}]}]}
    assert actions(run(basedash, added))["charts", "By hand"] == "created"
    options: dict[str, Any] = {"name_prefix": "pr-42 ", "allow_replace_all": ["dashboards"]}
    report = run(basedash, {"dashboards": []}, prune=["dashboards"], **options)
    assert actions(report)["dashboards", "pr-42 Money"] == "deleted"
    assert report.warnings == []


def test_the_plan_says_how_many_charts_go_with_a_dashboard(basedash: Basedash) -> None:
    run(basedash, money("MRR", "Churn"))
    # A dashboard counts once, whatever goes with it.
    options: dict[str, Any] = {"prune": ["dashboards"], "scope": {"dashboards": "^(Money|Kept)"}, "max_deletions": "1"}
    for check in (True, False):
        report = run(basedash, {"dashboards": [{"name": "Kept"}]}, check=check, **options)
        (gone,) = [one for one in report.result["results"] if one["action"] == "deleted"]
        assert gone["msg"] == "Its 2 charts go with it."


# Members --------------------------------------------------------------------------------------------------------------


def test_the_key_s_own_member_is_not_found_out_after_others_are_gone(basedash: Basedash) -> None:
    kept = [{"email": "kept@example.com", "role": "ADMIN", "invite": True}, {"email": "grace@example.com"}]
    run(basedash, {"members": [*kept, {"email": "new@example.com", "role": "MEMBER", "invite": True}]})
    before = writes(basedash)
    plan = run(basedash, {"members": kept}, prune=["members"], check=True)
    warning = (
        "These people are no active admins any more after the plan: member 'ada@example.com' (mem_ada). The API does "
        "not tell who the user of the key is: if it is one of them, keep the role, because the key would not work any "
        "more."
    )
    assert plan.warnings == [warning]
    report = run(basedash, {"members": kept}, prune=["members"])
    assert report.failed
    # Those who are no admins come last, and nobody is deactivated after a failure.
    assert writes(basedash)[len(before) :] == ["DELETE members/mem_ada"]
    found = actions(report)
    assert found["members", "ada@example.com"] == "failed"
    assert {found["members", one] for one in ("new@example.com", "linus@example.com")} == {"not_attempted"}


def test_a_demotion_of_an_admin_is_told(basedash: Basedash) -> None:
    admins = [{"email": one, "role": "ADMIN"} for one in PEOPLE[:2]]
    run(basedash, {"members": admins})
    demoted = {"members": [{"email": PEOPLE[1], "role": "MEMBER"}]}
    assert "after the plan: member 'grace@example.com'. The API" in run(basedash, demoted, check=True).warnings[0]
    assert run(basedash, {"members": [{"email": PEOPLE[2], "role": "ADMIN"}]}, check=True).warnings == []


def test_members_of_a_preview_are_those_of_the_organization(basedash: Basedash) -> None:
    people = {"members": [{"email": "grace@example.com", "role": "ADMIN"}]}
    report = run(basedash, people, name_prefix="pr-42 ", check=True)
    assert "members of the organization itself, because members have no prefix" in " ".join(report.warnings)
    assert not any("prefix" in one for one in run(basedash, people, check=True).warnings)


# Renames --------------------------------------------------------------------------------------------------------------


def skills(*names: str) -> list[dict[str, str]]:
    """Return skills that differ."""
    return [{"name": name, "instructions": "About %s." % name} for name in names]


def test_a_preview_does_not_look_like_a_rename(basedash: Basedash) -> None:
    definition = {"reference_name": "d", "name": "D", "data_source": "preview-42", "sql_query": "SELECT 1"}
    run(basedash, {"skills": skills("One")})
    run(basedash, {"skills": skills("One", "Two")}, name_prefix="pr-42 ")
    run(basedash, {"definitions": [{**definition, "reference_name": "pr_42_d"}]})
    report = run(basedash, {"skills": skills("One", "Two"), "definitions": [definition]}, check=True)
    assert report.warnings == []
    assert report.result["renames"] == []


def test_what_somebody_gave_a_prefix_is_no_preview(basedash: Basedash) -> None:
    run(basedash, {"skills": skills("One", "Two")})
    for one in basedash.control("GET", "objects/skills"):
        basedash.control("PATCH", "objects/skills/%s" % one["id"], {"name": "EU " + one["name"]})
    report = run(basedash, {"skills": skills("One", "Two")}, check=True)
    assert [one["there"]["name"] for one in report.result["renames"]] == ["EU One", "EU Two"]


def test_a_rename_with_another_change_is_told(basedash: Basedash) -> None:
    source, sql = {"data_source": "preview-42"}, 'SELECT 1 AS "one"'
    before = {
        "skills": [*skills("One", "Two"), {"name": "A", "instructions": "x"}, {"name": "B", "instructions": "x"}],
        "definitions": [{"reference_name": "d", "name": "D", "sql_query": sql, **source}],
        "dashboards": [{"name": "S", "charts": [{"name": "C", "sql_query": sql, "chart_type": "LINE", **source}]}],
    }
    run(basedash, before)
    after: dict[str, Any] = {
        "skills": [
            *skills("Two"),
            {"name": "1", "instructions": "About One.", "description": "New"},
            # Two objects had this in common, so it says nothing.
            {"name": "C", "instructions": "x", "description": "New"},
        ],
        "definitions": [
            {"reference_name": "e", "name": "E", "sql_query": sql, **source},
            {"reference_name": "revenue"},
        ],
        "dashboards": [{"name": "S", "charts": [{"name": "N", "sql_query": sql, "chart_type": "BAR", **source}]}],
    }
    after["definitions"][1]["data_source"] = "production"
    prune = ["skills", "definitions", "charts"]
    options: dict[str, Any] = {"exclude": {"skills": ["Tone of voice", "Revenue rules"]}, "allow_replace_all": prune}
    report = run(basedash, after, prune=prune, check=True, **options)
    assert not report.failed, report.result["msg"]
    told = [re.sub(r" \([a-z]+_\w+\)", "", one) for one in report.warnings if "creates" in one]
    in_entry = "if it was renamed, say renamed_from: [%s] in the entry, or give the entry this name."
    assert told == [
        "The plan deletes the definition 'd' and creates the definition 'e' with the same sql_query: "
        "if it was renamed, give the entry this name, or rename it in Basedash first.",
        "The plan deletes the skill 'One' and creates the skill '1' with the same instructions: " + in_entry % '"One"',
        "The plan deletes the chart 'C' and creates the chart 'N' of dashboard 'S' with the same sql_query: "
        + in_entry % '"C"',
    ]
    assert report.result["renames"] == []


# The id of a plan -----------------------------------------------------------------------------------------------------


def test_an_apply_that_is_repeated_says_that_nothing_is_left_to_do(basedash: Basedash) -> None:
    configuration = {"skills": [{"name": "New", "instructions": "Be new."}]}
    plan_id = run(basedash, configuration, check=True).result["plan_id"]
    assert run(basedash, configuration, expected_plan=plan_id).result["changed"]
    report = run(basedash, configuration, expected_plan=plan_id)
    assert report.failed
    assert not report.result["changed"]
    assert report.result["msg"].startswith("Nothing is left to do")
    empty = report.result["plan_id"]
    assert empty is not None
    assert not run(basedash, configuration, expected_plan=empty).failed
    other = {"skills": [{"name": "New", "instructions": "Be newer."}]}
    report = run(basedash, other, expected_plan=empty)
    assert report.result["msg"].startswith("The plan is another one (%s)" % report.result["plan_id"])


def test_a_refused_plan_has_no_id(basedash: Basedash) -> None:
    kept = {"skills": [{"name": "Tone of voice"}]}
    for configuration, options in (
        (kept, {"prune": ["skills"], "max_deletions": "0"}),
        ({"skills": [{"name": "Tone of voice", "id": "skill_none"}]}, {}),
    ):
        report = run(basedash, configuration, check=True, **options)
        refused(basedash, report, "")
        assert report.result["plan_id"] is None


# Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configuration", "prune", "words"),
    [
        (
            {"skills": [{"id": "skill_tone", "name": "Tone"}]},
            [],
            "correct id or name, or give its present name in renamed_from",
        ),
        (
            {"skills": [{"name": "Tone of voice", "renamed_from": ["Revenue rules"]}]},
            [],
            "delete one of them, or correct renamed_from",
        ),
        (
            {"groups": [{"name": "Analysts", "members": ["new@example.com"]}]},
            [],
            "correct it, give this person an entry in members with invite or reactivate, or set missing_members",
        ),
        (
            {"groups": [{"name": "Analysts", "members": []}]},
            ["group_members"],
            "The option prune has group_members, and members is empty: give members, or name members in clear",
        ),
        (
            {"dashboards": [{"name": "Sales", "tabs": [{"name": "Details"}]}]},
            ["tabs"],
            "and prune deletes no tab with charts",
        ),
        (
            {"dashboards": [{"name": "Sales", "tabs": [{"name": "Details"}], "purge_tabs": True}]},
            [],
            "and purge_tabs deletes no tab with charts",
        ),
        (
            {"dashboards": [{"name": "Sales", "tabs": [{"name": "Main"}, {"name": "details"}]}]},
            ["tabs"],
            "No tab of the dashboard 'Sales' is named 'details', but 'Details' differs from it only in case",
        ),
    ],
)
def test_advice_fits_a_configuration(
    basedash: Basedash, configuration: dict[str, Any], prune: list[str], words: str
) -> None:
    refused(basedash, run(basedash, configuration, prune=prune), words)
