# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations that are hard on the task: each was once answered with a wrong deletion or a wrong report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._base.errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._configuration.journal import Journal
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
