# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports about a plan, an apply, drift and a validation, from results alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.community.basedash.plugins.filter.basedash_report import code, plain
from ansible_collections.community.basedash.plugins.plugin_utils import _drift, _sarif
from ansible_collections.community.basedash.plugins.plugin_utils._configuration_report import (
    APPLY,
    DRIFT,
    PLAN,
    Report,
    with_relative_paths,
)

HOSTILE = [
    "a|b`c` <img src=x onerror=alert(1)> @octocat [x](http://evil.example) #1",
    "line\n::set-output name=x::y\n| --- |",
    "```\n### big",
    "\u202eevil",
    "##[add-mask]e",
    "<!-- ",
    "x" * 5000,
    "a\\|b",
    "",
]


def entry(action: str, name: str = "MRR", family: str = "skills", **more: Any) -> dict[str, Any]:
    known = None if action == "created" else "id-" + name[:5]
    return {"family": family, "id": known, "name": name, "action": action, "changed": action != "unchanged", **more}


def change(option: str, before: Any, after: Any) -> dict[str, Any]:
    return {"changes": [{"option": option, "before": before, "after": after}]}


def outcome(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "changed": any(one["changed"] for one in results),
        "results": list(results),
        "summary": {"unmanaged": {"skills": 2, "groups": 0}},
        "plan_id": "0123abc",
        "service": {"api_url": "https://x", "organization_id": "org_1"},
        **more,
    }


def markdown(result: dict[str, Any], about: Any = PLAN) -> str:
    return Report(result, about, "planned", "production").markdown()


def outside_code(page: str) -> str:
    """Return the page without code, that is what could act."""
    page = re.sub(r"^ *(```+)(?:diff|yaml)\n.*?^ *\1$", "", page, flags=re.S | re.M)
    return re.sub(r"(`+)[^`]*\1", "", page)


def test_what_goes_with_a_deleted_object_is_told() -> None:
    result = outcome(entry("deleted", "Sales", "dashboards", msg="Its 2 charts go with it."))
    for about in (PLAN, APPLY):
        assert "| dashboard | `Sales`: `Its 2 charts go with it.` |" in markdown(result, about)
        assert any(one.text.endswith(": Its 2 charts go with it.") for one in Report(result, about, "planned").lines())


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("action", ["deleted", "created", "updated", "failed", "not_attempted"])
def test_a_name_is_only_a_name(name: str, action: str) -> None:
    charts = entry(
        action, name, "charts", dashboard=name, msg=name, place=name + ":1", **change("title", name, name + "x")
    )
    result = outcome(
        charts,
        access_changes=[{"data_source": name, "gains": [name, "a@example.com"], "loses": [name], "opens": True}],
        breaks=[{"family": "skills", "id": name, "name": name, "used_by": [entry("unchanged", name)]}],
        warnings=[name],
        msg=name,
        unmanaged_objects=[entry("deleted", name)],
    )
    for about in (PLAN, APPLY, DRIFT):
        report = Report(result, about, "failed", name)
        page = report.markdown(further=_drift.parts(report))
        left = outside_code(page)
        for word in ("evil", "octocat", "<", "@", "### big", "::", "##["):
            assert word not in left.replace("### Basedash", ""), page
        for line in page.splitlines():
            assert not line.startswith("|") or line.count("|") == 4
        assert "\u202e" not in page
        for line in report.lines():
            assert "\n" not in line.text
            assert "\u202e" not in line.text
            assert "##[" not in line.text
            assert not line.text.lstrip().startswith("::")


def test_what_is_dangerous_comes_first() -> None:
    page = markdown(
        outcome(
            entry("updated", **change("instructions", "a", "b")),
            entry("created", "New"),
            entry("deleted", "Old"),
            entry("unchanged", "Same"),
            breaks=[{"family": "skills", "id": "x", "name": "Old", "used_by": [entry("unchanged", "User")]}],
            access_changes=[{"data_source": "orders", "gains": ["a@example.com"], "loses": [], "opens": False}],
        )
    )
    words = ("To delete", "is used by skill `User`", "gains", "To create", "To update", "2 skills")
    places = [page.index(word) for word in words]
    assert places == sorted(places)
    assert "**1 to delete, 1 to create, 1 to update, 1 unchanged** in organization `org_1`" in page
    assert "`Same`" not in page
    assert "`0123abc`" in page


def test_a_page_has_a_limit_and_says_what_it_leaves_out() -> None:
    name = "|" * 90
    many = [
        entry(action, f"{n}{name}", **change("text", name, "x"))
        for n in range(900)
        for action in ("updated", "deleted")
    ]
    report = Report(outcome(*many), PLAN, "planned")
    page = report.markdown()
    assert len(page) <= 60000
    shown = page.count("| skill |")
    assert f"and {900 - shown} more, which the JSON file has." in page
    assert "and 900 more, which the JSON file has." in page
    assert len(report.machine()["results"]) == 1800
    assert len(report.lines()) < 90


def test_texts_are_compared_line_by_line_in_a_fence_that_they_cannot_close() -> None:
    before, after = "SELECT 1\nFROM a\nLIMIT 1\n", "SELECT 1\nFROM `````b\n```\n@me\nLIMIT 1\n"
    page = markdown(outcome(entry("updated", **change("sql_query", before, after))))
    fence = "  ``````"
    assert page.count(fence) == 2
    inside = page.split(fence)[1].splitlines()
    assert inside[0] == "diff"
    assert "  -FROM a" in inside
    assert "  +FROM `````b" in inside
    assert "   LIMIT 1" in inside


def test_a_chart_that_only_moved_is_one_line() -> None:
    moved = entry(
        "updated", family="charts", dashboard="Revenue", **change("layout", {"x": 0, "y": 1}, {"x": 1, "y": 1})
    )
    report = Report(outcome(moved), PLAN, "planned")
    assert "- chart `MRR` of dashboard `Revenue`: moved or resized\n" in report.markdown()
    assert [line.text for line in report.lines()][
        1
    ] == "~ update chart MRR of dashboard Revenue (id-MRR): moved or resized"


def test_a_refused_plan_shows_what_it_is() -> None:
    refused = [
        {**entry("created", "New", **change("name", None, "New")), "action": "not_attempted"},
        {**entry("deleted", "Old"), "action": "not_attempted"},
    ]
    page = markdown(outcome(*refused, msg="max_deletions allows 0."))
    assert "**1 to delete, 1 to create**" in page
    assert "`max_deletions allows 0.`" in page


def test_after_an_apply_failures_come_first_with_their_causes() -> None:
    page = markdown(
        outcome(
            entry("created", "Good"),
            entry("failed", "Bad", msg="No."),
            entry("not_attempted", "Later", msg="Bad failed."),
        ),
        APPLY,
    )
    assert page.index("- skill `Bad`: `No.`") < page.index("- skill `Later`: `Bad failed.`") < page.index("`Good`")


def test_lists_and_dicts_show_what_differs_in_them() -> None:
    found = entry("updated", family="data_sources", **change("access", {"groups": ["A", "B"]}, {"groups": ["B", "C"]}))
    assert "`access.groups` adds `C` and removes `A`" in markdown(outcome(found))
    # Another order is a difference as well.
    tabs = entry("updated", family="dashboards", **change("tabs", ["A", "B"], ["B", "A"]))
    assert "`tabs` has another order" in markdown(outcome(tabs))


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (outcome(entry("unchanged")), "in_sync"),
        (outcome(), "in_sync"),
        (outcome(entry("updated")), "drift"),
        (outcome(summary={"unmanaged": {}}), "error"),
        # A limit may refuse the plan, but it is known what differs.
        (outcome({**entry("deleted"), "action": "not_attempted"}, msg="Too many."), "drift"),
        (outcome(entry("failed"), entry("updated"), msg="Unknown group."), "error"),
        (outcome(entry("unchanged"), msg="Refused."), "error"),
        ({"msg": "No key."}, "error"),
    ],
)
def test_the_status_of_drift(result: dict[str, Any], status: str) -> None:
    assert _drift.status_of(Report(result, DRIFT, "")) == status


def test_what_basedash_has_can_be_pasted() -> None:
    changes = [
        {"option": "description", "before": "\u202ea: b\n`x", "after": "y"},
        {"option": "tabs", "before": ["Main", "#1"], "after": []},
        {"option": "trigger.hour", "before": 7, "after": 8},
        {"option": "icon", "before": None, "after": "star"},
        {"option": "password", "before": None, "after": "will be sent"},
    ]
    report = Report(outcome(entry("updated", "A: |", "dashboards", changes=changes)), DRIFT, "drift")
    (found,) = _drift.machine(report)["entries"]
    assert yaml.safe_load(found["yaml"]) == {
        "dashboards": [
            {
                "name": "A: |",
                "description": "\u202ea: b\n`x",
                "tabs": [{"name": "Main"}, {"name": "#1"}],
                "trigger": {"hour": 7},
            }
        ]
    }
    assert found["yaml"].endswith("# icon is not set in Basedash\n")
    assert "password" not in found["yaml"]
    assert "\u202e" not in found["yaml"]
    assert found["difference"] == "different"


def test_the_name_that_basedash_has_is_the_key() -> None:
    chart = entry("updated", "New", "charts", dashboard="D", renamed_from="Old", **change("name", "Old", "New"))
    assert _drift.to_paste(chart) == ["dashboards:", "  - name: D", "    charts:", "      - name: Old"]
    revenue = entry("updated", "revenue", "definitions", data_source="orders", **change("name", "Old", "New"))
    assert yaml.safe_load("\n".join(_drift.to_paste(revenue) or ())) == {
        "definitions": [{"reference_name": "revenue", "data_source": "orders", "name": "Old"}]
    }


def test_a_reference_to_what_is_gone_is_nothing_to_paste() -> None:
    gone = {"changes": [{"option": "data_source", "before": "ds_1", "after": "orders", "before_is_id": True}]}
    lines = _drift.to_paste(entry("updated", "C", "charts", dashboard="D", **gone)) or []
    assert "data_source" not in str(yaml.safe_load("\n".join(lines)))
    assert lines[-1] == "# data_source: Basedash has the id ds_1, and nothing with a name has it"


def test_access_that_did_not_change_is_not_said_to_be_planned() -> None:
    gains = [{"data_source": "orders", "gains": ["a@x.org"], "loses": [], "opens": False}]
    nothing = outcome({**entry("not_attempted"), "changed": False}, access_changes=gains, msg="Failed.")
    assert "#### Access that would have changed (nothing was written)" in markdown(nothing, APPLY)
    assert "#### Access, as planned" in markdown(outcome(entry("created"), access_changes=gains), APPLY)


def test_other_sql_is_shown_as_it_stands() -> None:
    result = outcome(entry("updated", "C", "charts", dashboard="D", **change("sql_query", "SELECT 1", "SELECT 1 > 0")))
    for shown in (markdown(result), "\n".join(line.text for line in Report(result, PLAN, "planned").lines(100))):
        assert "SELECT 1 > 0" in shown
        assert "u003e" not in shown


def test_what_is_not_in_basedash_is_nothing_to_paste() -> None:
    # In a refused plan, the action of everything is this.
    new = {**entry("not_attempted", "A", "skills", **change("instructions", None, "Be new.")), "id": None}
    assert _drift.to_paste(new) is None


def test_a_new_name_is_suspected_where_something_is_in_no_entry() -> None:
    report = Report(outcome(entry("created", "A"), entry("created", "B", "groups")), DRIFT, "drift")
    (hint,) = _drift.hints_of(report, str)
    assert hint.startswith("skill A is not in Basedash, where 2 of the skills are in no entry.")
    assert "as the name into the entry to keep it, or as renamed_from to give the old name back" in hint


@pytest.mark.parametrize("name", ["Sales 2026", "50 % [new]", "`x`: y", "a\nb"])
def test_what_to_write_for_a_new_name_can_be_pasted(name: str) -> None:
    renames = [{"family": "skills", "name": "A", "there": {"id": "s", "name": name}}]
    report = Report(outcome(entry("created", "A"), renames=renames), DRIFT, "drift")
    for shown in (plain, code):
        (hint,) = _drift.hints_of(report, shown)
        written = hint.partition("write `")[2].partition("` into it")[0]
        assert yaml.safe_load(written) == {"renamed_from": [name]}
    assert "Sales 2026" not in name or 'write `renamed_from: ["Sales 2026"]` into it' in hint


def test_drift_names_what_is_in_no_entry() -> None:
    chart = {"family": "charts", "id": "c", "name": "C", "dashboard": "D"}
    skills = [{"family": "skills", "id": "s%d" % one, "name": "S%d" % one} for one in range(20)]
    counts = {"summary": {"unmanaged": {"groups": 0, "skills": 22, "charts": 1}}}
    report = Report(outcome(**counts, unmanaged_objects=[*skills, chart]), DRIFT, "in_sync")
    page = report.markdown(further=_drift.parts(report))
    assert re.search("#### Not in the files\n\nAn export .*\n\n- skill `S0`\n", page)
    assert "- skill `S19`\n- 2 more skills\n- chart `C` of dashboard `D`\n" in page
    assert "In Basedash, but not in the files: 22 skills, 1 chart." in page
    assert [line.text for line in report.lines()][-3:] == ["  skill S19", "  2 more skills", "  chart C of dashboard D"]
    assert _drift.machine(report)["unmanaged"]["skills"] == 22
    assert _drift.machine(report)["unmanaged_objects"] == [*skills, chart]
    # A plan is about what the files say, so the numbers are enough there.
    assert "S0" not in markdown(outcome(**counts, unmanaged_objects=skills))


def test_secrets_are_no_drift() -> None:
    result = outcome(entry("updated", family="data_sources", **change("password", None, "will be sent")))
    assert _drift.status_of(Report(_drift.without_secrets(result), DRIFT, "")) == "in_sync"


FINDINGS = [
    {"rule": "r", "level": "warning", "message": "Maybe.", "file": "a b/ü.yml", "line": 3},
    {"rule": "q", "level": "error", "message": "Bad\n::x.", "file": "/base/x/y.yml", "line": 0},
    {"rule": "r", "level": "error", "message": "No place.", "file": None, "line": None},
]


def test_sarif_has_relative_addresses() -> None:
    found = _sarif.findings_in({"findings": FINDINGS})
    (run,) = _sarif.sarif(found, "/base", "/base/all files")["runs"]
    assert [one["level"] for one in run["results"]] == ["error", "error", "warning"]
    first, second, third = run["results"]
    assert first["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "x/y.yml"}}}]
    # GitHub refuses the whole log if one result has no place.
    assert second["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "all%20files"}}}]
    place = third["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b/%C3%BC.yml"}, "region": {"startLine": 3}}
    assert [run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] for one in run["results"]] == ["q", "r", "r"]
    lines = [line.text for line in _sarif.lines(found, 2)]
    assert lines == [
        "/base/x/y.yml:0: error: Bad ::x. [q]",
        "error: No place. [r]",
        "and 1 more, see the file",
        "Basedash validate: 2 errors, 1 warnings",
    ]


def test_a_failure_without_findings_is_one() -> None:
    (one,) = _sarif.findings_in({"msg": "Give a list."})
    assert (one["level"], one["message"]) == ("error", "Give a list.")


@pytest.mark.parametrize(
    ("folder", "text", "shown"),
    [
        ("/app", "/app/x.yml:3: see '/app/y.yml'.", "x.yml:3: see 'y.yml'."),
        ("/app", "/srv/app/x.yml:3: see https://app.example/app/y", "/srv/app/x.yml:3: see https://app.example/app/y"),
        ("/app", "/application/x.yml:3", "/application/x.yml:3"),
        ("/", "/srv/x.yml:3: see https://app.example/y", "/srv/x.yml:3: see https://app.example/y"),
    ],
)
def test_only_paths_below_the_folder_become_relative(folder: str, text: str, shown: str) -> None:
    result = {"msg": text, "results": [{"place": text, "name": text}], "warnings": [text]}
    expected = {"msg": shown, "results": [{"place": shown, "name": text}], "warnings": [shown]}
    assert with_relative_paths(result, Path(folder)) == expected
