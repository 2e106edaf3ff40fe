# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations that are hard on the task: each was once answered with a wrong deletion or a wrong report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._base.errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._configuration.journal import Journal
from ansible_collections.community.basedash.plugins.module_utils._configuration.task import ENSURE_CONFIGURATION
from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash
from ansible_collections.community.basedash.tests.lifecycle.test_configuration import (
    SERVER,
    WHOLE,
    actions,
    refused,
    run,
    writes,
)


@pytest.fixture(autouse=True)
def _seeded(basedash: Basedash) -> None:
    basedash.reset(SERVER)


# Prune ----------------------------------------------------------------------------------------------------------------


def source_id(basedash: Basedash, name: str) -> str:
    """Return the id of a data source."""
    return str(next(one["id"] for one in basedash.sources() if one["displayName"] == name))


@pytest.mark.parametrize("how", ["definition by id", "chart by id", "chart"])
def test_a_data_source_that_an_entry_uses_is_not_pruned(basedash: Basedash, how: str) -> None:
    run(basedash, WHOLE)
    before = writes(basedash)
    used = {"data_source_id": source_id(basedash, "ledger")}
    entries: dict[str, Any] = {
        "definition by id": {
            "definitions": [{"reference_name": "new", "name": "New", "sql_query": "SELECT 1", **used}]
        },
        "chart by id": {"dashboards": [{"name": "Money", "charts": [{"name": "MRR", **used}]}]},
        "chart": {"dashboards": [{"name": "Money", "charts": [{"name": "MRR"}]}]},
    }
    configuration = {"data_sources": [{"name": "preview-42"}], **entries[how]}
    report = run(basedash, configuration, prune=["data_sources"])
    assert "data source ledger" in report.result["msg"].replace("'", "")
    assert "would be deleted" in report.result["msg"]
    assert not report.result["changed"]
    assert writes(basedash) == before


def test_a_group_that_an_entry_names_by_id_is_not_pruned(basedash: Basedash) -> None:
    run(basedash, WHOLE)
    before = writes(basedash)
    (group,) = [one for one in basedash.control("GET", "objects/groups") if one["name"] == "Finance"]
    (ada,) = [
        one["id"] for one in basedash.control("GET", "objects/members") if one["user"]["email"] == "ada@example.com"
    ]
    access = {"mode": "restricted", "group_ids": [group["id"]], "member_ids": [ada]}
    configuration = {"groups": [{"name": "Analysts"}], "data_sources": [{"name": "ledger", "access": access}]}
    report = run(basedash, configuration, prune=["groups"])
    assert "the data source 'ledger' refers to it" in report.result["msg"]
    assert writes(basedash) == before


def test_a_dashboard_with_an_excluded_chart_is_not_pruned(basedash: Basedash) -> None:
    run(basedash, {"dashboards": [{"name": "Money", "charts": [{"name": "MRR"}]}, {"name": "Kept"}]})
    options: dict[str, Any] = {"prune": ["dashboards"], "exclude": {"charts": ["MRR"]}}
    report = run(basedash, {"dashboards": [{"name": "Kept"}]}, **options)
    found = actions(report)
    assert ("dashboards", "Money") not in found
    assert found["dashboards", "Sales"] == "deleted"
    assert "The dashboard 'Money' stays, because its chart 'MRR' is in exclude." in report.warnings


def test_a_renamed_dashboard_is_known_by_its_charts(basedash: Basedash) -> None:
    chart = {"name": "MRR", "tab": "Now", "chart_type": "LINE", "data_source": "production", "sql_query": "SELECT 1"}
    money = {"tabs": ["Now"], "charts": [chart]}
    run(basedash, {"dashboards": [{"name": "Money", **money}, {"name": "Kept"}]})
    before = writes(basedash)
    kept = {"name": "Kept"}
    report = run(basedash, {"dashboards": [{"name": "Cash", **money}, kept]}, prune=["dashboards"])
    assert "would delete the dashboard 'Money' and create 'Cash', which is the same" in report.result["msg"]
    assert writes(basedash) == before
    report = run(basedash, {"dashboards": [{"name": "Cash", **money}, kept]}, check=True)
    assert report.result["renames"][0]["there"]["name"] == "Money"
    other = {"name": "Cash", "charts": [{**chart, "tab": None, "sql_query": "SELECT 2"}]}
    report = run(basedash, {"dashboards": [other, kept]}, prune=["dashboards"], check=True)
    assert actions(report)["dashboards", "Money"] == "deleted"


def test_objects_are_not_the_same_because_of_a_dialect(basedash: Basedash) -> None:
    kept = [{"name": name} for name in ("production", "preview-42")]
    new = {"name": "New", "dialect": "POSTGRES", "port": 5432, "ssl_enabled": True}
    report = run(basedash, {"data_sources": [*kept, new]}, prune=["data_sources"], check=True)
    assert actions(report)["data_sources", "preview-43"] == "deleted"
    assert report.result["renames"] == []
    host = {**new, "host": "preview-43.db.example.com"}
    report = run(basedash, {"data_sources": [*kept, host]}, prune=["data_sources"], check=True)
    refused(basedash, report, "the same but for its key")


# The report -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("full_at", ["done", "ended"])
def test_a_journal_that_can_not_be_written_any_more_loses_no_report(
    basedash: Basedash, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_at: str
) -> None:
    write = Journal.write
    full = [False]

    def until_full(journal: Journal, event: str, time: str, **values: Any) -> None:
        full[0] = full[0] or event == full_at
        if full[0]:
            raise RefusedError("The journal can't be written: No space left on device.")
        write(journal, event, time, **values)

    monkeypatch.setattr(Journal, "write", until_full)
    skills = [{"name": name, "instructions": "Be brief."} for name in ("A", "B")]
    report = run(basedash, {"skills": skills}, journal=str(tmp_path / "journal"), concurrency=1)
    assert "The journal can't be written: No space left on device." in report.warnings
    assert report.result["changed"]
    # Nothing more is changed once it is noticed.
    second = "failed" if full_at == "done" else "created"
    assert actions(report) == {("skills", "A"): "created", ("skills", "B"): second}
    assert len(writes(basedash)) == (1 if full_at == "done" else 2)


def test_whatever_is_left_out_says_why(basedash: Basedash) -> None:
    run(basedash, {"groups": [{"name": "G", "members": ["ada@example.com"]}]})
    fault = {"kind": "status_before", "status": 422, "method": "POST", "path": "/skills", "times": 1}
    basedash.control("POST", "faults", [fault])
    skills = [{"name": "Tone of voice"}, {"name": "New", "instructions": "Be new."}]
    configuration = {"groups": [{"name": "G", "members": ["grace@example.com"]}], "skills": skills}
    report = run(basedash, configuration, prune=["group_members", "skills"])
    said = {one["name"]: (one["action"], one.get("msg")) for one in report.result["results"]}
    left_out = "It was not attempted, because nothing is deleted unless all before it went well."
    # A member was added and another one is still there.
    assert said["G"] == ("failed", left_out)
    assert said["Revenue rules"] == ("not_attempted", left_out)
    assert "Group 'G': %s" % left_out in report.result["msg"]
    basedash.control("POST", "faults", [fault])
    skills = [{"name": name, "instructions": "Be new."} for name in ("X", "Y")]
    report = run(basedash, {"skills": skills}, on_error="stop", concurrency=1)
    assert report.result["results"][1]["msg"] == "It was not attempted, because the task ended before."


def test_only_what_uses_the_failed_definition_is_not_attempted(basedash: Basedash) -> None:
    sources = [{"name": name, "dialect": "POSTGRES"} for name in ("one", "two")]
    definitions = [
        {"reference_name": name, "name": name, "data_source": source["name"], "sql_query": sql}
        for name, sql in (("x", "SELECT 1"), ("y", 'SELECT * FROM {{ definition("x") }}'))
        for source in sources
    ]
    fault = {"kind": "status_before", "status": 422, "method": "POST", "path": "/definitions", "times": 1}
    basedash.control("POST", "faults", [fault])
    report = run(basedash, {"data_sources": sources, "definitions": definitions})
    found = [one["action"] for one in report.result["results"] if one["family"] == "definitions"]
    assert found == ["failed", "created", "not_attempted", "created"]


def test_members_that_the_server_does_not_show_are_refused_before_the_first_write(basedash: Basedash) -> None:
    basedash.reset({"group_members": "hidden"})
    report = run(basedash, {"groups": [{"name": "New", "members": ["ada@example.com"]}]})
    refused(basedash, report, "does not show who is in a group")
    basedash.reset({"group_members": "hidden", "membership_list": "works"})
    report = run(basedash, {"groups": [{"name": "New", "members": ["ada@example.com"]}]})
    assert not report.failed, report.result["msg"]


# Which object ---------------------------------------------------------------------------------------------------------


def test_settings_of_another_organization_are_refused(basedash: Basedash) -> None:
    refused(basedash, run(basedash, {"organization": {"id": "org_other", "name": "X"}}), "this task is for 'org_demo'")
    report = run(basedash, {"organization": {"id": "org_demo", "name": "X"}})
    assert report.result["changed"]


def test_an_exclusion_without_a_value_is_refused(basedash: Basedash) -> None:
    skills = [{"name": "Tone of voice"}]
    report = run(basedash, {"skills": skills}, prune=["skills"], exclude={"skills": None})
    refused(basedash, report, "exclude.skills has no value")


def test_access_is_planned_on_a_server_without_a_list_of_groups(basedash: Basedash) -> None:
    basedash.reset({"groups_list": "404_html"})
    access = {"mode": "restricted", "members": ["grace@example.com"]}
    report = run(basedash, {"data_sources": [{"name": "production", "access": access}]})
    assert not report.failed, report.result["msg"]
    (change,) = report.result["results"][0]["changes"]
    assert (change["before"]["groups"], change["after"]) == (["grp_analysts"], access)


def test_a_change_names_what_the_plan_takes_away(basedash: Basedash) -> None:
    board = {"name": "Sales", "tabs": ["First", "Details"], "charts": [{"name": "Revenue", "tab": "First"}]}
    report = run(basedash, {"dashboards": [board]}, prune=["tabs"], check=True)
    assert report.result["results"][1]["changes"] == [{"option": "tab", "before": "Main", "after": "First"}]
    sources = [{"name": "production", "access": {"mode": "restricted", "members": ["ada@example.com"]}}]
    configuration = {"groups": [{"name": "Engineers"}], "data_sources": sources}
    report = run(basedash, configuration, prune=["groups"], check=True)
    (change,) = report.result["results"][1]["changes"]
    assert change["before"]["groups"] == ["Analysts"]


def test_a_preview_deactivates_nobody(basedash: Basedash) -> None:
    options: dict[str, Any] = {"prune": ["members", "skills"], "allow_replace_all": ["members", "skills"]}
    run(basedash, {"skills": [{"name": "p-A", "instructions": "x"}]})
    for people in ({"members": [{"email": "ada@example.com"}]}, {"members": []}, {}):
        report = run(basedash, {"skills": [], **people}, name_prefix="p-", check=True, **options)
        assert [one["name"] for one in report.result["results"] if one["action"] == "deleted"] == ["p-A"]
        assert any("no member is deactivated" in warning for warning in report.warnings)


def test_what_waits_for_its_deletions_has_not_failed(basedash: Basedash) -> None:
    run(basedash, {"groups": [{"name": "G", "members": ["ada@example.com"]}], "dashboards": [{"name": "D"}]})
    configuration = {
        "groups": [{"name": "G", "members": ["grace@example.com"]}],
        "data_sources": [{"name": "s", "dialect": "POSTGRES", "access": {"mode": "restricted", "groups": ["G"]}}],
        "dashboards": [{"name": "D", "tabs": [{"name": "New"}], "charts": [{"name": "C", "tab": "New"}]}],
    }
    report = run(basedash, configuration, prune=["group_members", "tabs"])
    assert not report.failed, report.result["msg"]
    assert {one["action"] for one in report.result["results"]} == {"updated", "created"}
    assert not run(basedash, configuration, prune=["group_members", "tabs"]).result["changed"]


def left_by(organization: str, path: Path) -> str:
    """Write the journal of a run that was killed, and return its path."""
    lines = [
        {"event": "started", "time": "2026-01-01T00:00:00+00:00", "organization": organization},
        {"event": "doing", "family": "skills", "name": "Theirs", "organization": organization},
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return str(path)


def test_the_journal_of_another_organization_says_nothing(basedash: Basedash, tmp_path: Path) -> None:
    skills = {"skills": [{"name": "New", "instructions": "Be new."}]}
    theirs = left_by("org_other", tmp_path / "theirs")
    assert run(basedash, skills, check=False, journal=theirs).warnings == []
    (told,) = run(basedash, skills, journal=left_by("org_demo", tmp_path / "ours")).warnings
    assert "did not come to its end" in told


def test_what_is_no_file_can_not_be_a_journal(basedash: Basedash, tmp_path: Path) -> None:
    skills = {"skills": [{"name": "New", "instructions": "Be new."}]}
    refused(basedash, run(basedash, skills, journal=str(tmp_path)), "can't be written")
    refused(basedash, run(basedash, skills, journal="/dev/full"), "can't be written")
    deep = tmp_path / "deep"
    deep.write_text("[" * 100000, encoding="utf-8")
    assert not run(basedash, skills, journal=str(deep)).failed


def test_who_gains_is_said_to_be_planned_if_not_all_was_done(basedash: Basedash) -> None:
    fault = {"kind": "status_before", "status": 422, "method": "PUT", "path": "/access$"}
    basedash.control("POST", "faults", [fault])
    report = run(basedash, WHOLE)
    assert "The data source is new and may be open to the whole organization" in report.result["msg"]
    assert any("is what was planned, and not all of it was done (data source" in one for one in report.warnings)


# Something new --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/groups/.*/members"),
        ("POST", "/org_demo/definitions"),
        ("PATCH", "/tabs"),
        ("POST", "/tabs"),
        ("POST", "/org_demo/charts"),
    ],
)
def test_what_is_new_may_not_be_known_everywhere_yet(basedash: Basedash, method: str, path: str) -> None:
    fault = {"kind": "status_before", "status": 404, "method": method, "path": path, "times": 2}
    basedash.control("POST", "faults", [fault])
    report = run(basedash, WHOLE)
    assert not report.failed, report.result["msg"]
    assert set(actions(report).values()) == {"created"}
    assert not run(basedash, WHOLE).result["changed"]


def test_what_no_reading_shows_for_long_was_not_deleted_by_somebody_else(basedash: Basedash) -> None:
    basedash.reset({**SERVER, "list_lag_seconds": 60, "get_lag_seconds": 60})
    report = run(basedash, {"groups": [{"name": "G", "members": ["ada@example.com"]}]})
    assert "someone else" not in report.result["msg"]
    assert "no reading shows it" in report.result["msg"]


def test_a_404_that_stays_is_said(basedash: Basedash) -> None:
    fault = {"kind": "status_before", "status": 404, "method": "POST", "path": "/org_demo/charts"}
    basedash.control("POST", "faults", [fault])
    report = run(basedash, WHOLE)
    assert actions(report)["charts", "MRR"] == "failed"
    assert "was answered 404" in report.result["msg"]
    assert report.result["api"]["wait_seconds"] < 25


def test_a_definition_moves_to_another_data_source(basedash: Basedash) -> None:
    sources = [{"name": name, "dialect": "POSTGRES"} for name in ("one", "two")]
    definition = {"reference_name": "x", "name": "x", "sql_query": "SELECT 1"}
    run(basedash, {"data_sources": sources, "definitions": [{**definition, "data_source": "one"}]})
    moved = {"data_sources": sources, "definitions": [{**definition, "data_source": "two"}]}
    report = run(basedash, moved, prune=["definitions"], allow_replace_all=["definitions"])
    assert not report.failed, report.result["msg"]
    assert report.result["summary"]["families"]["definitions"]["created"] == 1


# Other writers --------------------------------------------------------------------------------------------------------


def test_a_data_source_that_vanishes_while_a_plan_reads_is_no_failure(basedash: Basedash) -> None:
    writer = {"action": "delete", "method": "GET", "path": "/access$", "family": "data-sources"}
    source = {"object": "ds_preview_1", "organization": "org_demo"}
    basedash.control("POST", "writers", [{**writer, **source}])
    report = run(basedash, {"groups": [{"name": "Analysts", "members": ["grace@example.com"]}]}, check=True)
    assert not report.failed, report.result["msg"]


@pytest.mark.parametrize("path", ["definitions", "automations", "dashboards", "charts"])
def test_what_can_not_be_read_is_not_said_to_be_spared(basedash: Basedash, path: str) -> None:
    fault = {"kind": "status_before", "status": 405, "method": "GET", "path": "/%s$" % path}
    basedash.control("POST", "faults", [fault])
    report = run(basedash, {"data_sources": [{"name": "production"}]}, prune=["data_sources"], check=True)
    assert not report.failed, report.result["msg"]
    assert any("The %s can't be read" % path in warning for warning in report.warnings)


# Interruption ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupted_task_says_so(basedash: Basedash, after: int) -> None:
    skills = [{"name": name, "instructions": "Be brief."} for name in ("A", "B")]
    options = {"configuration": {"skills": skills}, "prune": ["skills"], "allow_replace_all": ["skills"]}
    report = basedash.run(
        ENSURE_CONFIGURATION, False, {**options, "concurrency": 1}, lambda: len(writes(basedash)) >= after
    )
    assert len(writes(basedash)) == after
    assert report.result["changed"]
    assert "It was not attempted, because the task was interrupted before." in report.result["msg"]
    left = [one["msg"] for one in report.result["results"] if one["action"] == "not_attempted"]
    assert set(left) == {"It was not attempted, because the task was interrupted before."}


def test_a_twin_of_somebody_else_stops_the_task(basedash: Basedash) -> None:
    twin = {"name": "Finance"}
    writer = {"action": "create", "method": "POST", "path": "/groups$", "family": "groups", "organization": "org_demo"}
    basedash.control("POST", "writers", [{**writer, "fields": twin}])
    skills = [{"name": "New", "instructions": "Be new."}]
    report = run(basedash, {"groups": [twin], "skills": skills}, on_error="stop")
    assert actions(report) == {("groups", "Finance"): "failed", ("skills", "New"): "not_attempted"}


def test_the_end_of_a_preview_spares_one_whose_number_begins_alike(basedash: Basedash) -> None:
    definition = {"reference_name": "d", "name": "D", "data_source": "production", "sql_query": "SELECT 1"}
    configuration = {"skills": [{"name": "New", "instructions": "Be new."}], "definitions": [definition]}
    for prefix in ("pr-1", "pr-12"):
        assert not run(basedash, configuration, name_prefix=prefix).failed
    families = ["skills", "definitions"]
    options: dict[str, Any] = {"prune": families, "allow_replace_all": families, "name_prefix": "pr-1"}
    report = run(basedash, {key: [] for key in families}, **options)
    assert actions(report) == {("skills", "pr-1New"): "deleted", ("definitions", "pr_1d"): "deleted"}
    before = writes(basedash)
    report = run(basedash, {"skills": [{"name": "2 of them", "instructions": "Be new."}]}, name_prefix="pr-1")
    assert "name_prefix ends with a digit" in report.result["msg"]
    assert writes(basedash) == before


def test_the_run_after_an_interrupted_one_says_what_that_did(basedash: Basedash, tmp_path: Path) -> None:
    skills = {"skills": [{"name": name, "instructions": "Be brief."} for name in ("A", "B")]}
    options = {"configuration": skills, "journal": str(tmp_path / "journal"), "concurrency": 1}
    basedash.run(ENSURE_CONFIGURATION, False, options, lambda: len(writes(basedash)) >= 1)
    (told,) = basedash.run(ENSURE_CONFIGURATION, False, options).warnings
    assert "did not come to its end: 1 changes are in the journal. This run goes on" in told
    assert basedash.run(ENSURE_CONFIGURATION, False, options).warnings == []
