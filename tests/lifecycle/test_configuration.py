# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole organization as a configuration: order, guards, limits, failures and the report."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._configuration.task import ENSURE_CONFIGURATION
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash, execute

SERVER = {"group_members": "objects", "membership_removal": "works"}
WHOLE: dict[str, Any] = {
    "groups": [{"name": "Finance", "members": ["new@example.com", "ada@example.com"]}],
    "members": [{"email": "new@example.com", "role": "MEMBER", "invite": True}],
    "data_sources": [
        {
            "name": "ledger",
            "dialect": "POSTGRES",
            "host": "ledger.example.com",
            "password": "pw-of-the-ledger",
            "access": {"mode": "restricted", "groups": ["Finance"]},
        }
    ],
    "mcp_servers": [{"name": "Jira", "server_url": "https://mcp.example.com/tickets"}],
    "definitions": [
        {"reference_name": "net", "name": "Net", "data_source": "ledger", "sql_query": "SELECT 1"},
        {
            "reference_name": "mrr",
            "name": "MRR",
            "data_source": "ledger",
            "sql_query": 'SELECT * FROM {{ definition("net") }}',
        },
    ],
    "skills": [{"name": "Brief", "instructions": "Be brief: {{ groups }}."}],
    "automations": [
        {"name": "Daily", "instructions": "Report.", "trigger": {"type": "SCHEDULED", "frequency": "DAILY", "hour": 7}}
    ],
    "dashboards": [
        {
            "name": "Money",
            "tabs": [{"name": "Now"}, {"name": "Later"}],
            "charts": [
                {
                    "name": "MRR",
                    "tab": "Later",
                    "chart_type": "LINE",
                    "data_source": "ledger",
                    "sql_query": 'SELECT * FROM {{ definition("mrr") }}',
                }
            ],
        }
    ],
}


@pytest.fixture(autouse=True)
def _seeded(basedash: Basedash) -> None:
    basedash.reset(SERVER)


def run(basedash: Basedash, configuration: Any, *, check: bool = False, **options: Any) -> Report:
    """Run the task with an inline configuration."""
    return basedash.run(ENSURE_CONFIGURATION, check, {"configuration": configuration, **options})


def actions(report: Report) -> dict[tuple[str, str], str]:
    """Return what happened, by family and name."""
    return {(one["family"], one["name"]): one["action"] for one in report.result["results"]}


def writes(basedash: Basedash) -> list[str]:
    """Return the writes since the last reset."""
    return [
        "%s %s" % (entry["method"], entry["path"].rpartition("/org_demo/")[2])
        for entry in basedash.control("GET", "requests")
        if entry["method"] != "GET"
    ]


def refused(basedash: Basedash, report: Report, words: str) -> None:
    """Check that a plan was refused before the first write."""
    assert report.failed
    assert words in report.result["msg"]
    assert not report.result["changed"]
    assert writes(basedash) == []


# One plan -------------------------------------------------------------------------------------------------------------


def test_a_whole_organization_in_one_task(basedash: Basedash) -> None:
    planned = run(basedash, WHOLE, check=True)
    assert not planned.failed, planned.result["msg"]
    assert writes(basedash) == []
    assert {one["id"] for one in planned.result["results"]} == {None}
    report = run(basedash, WHOLE, expected_plan=planned.result["plan_id"])
    assert not report.failed, report.result["msg"]
    assert actions(report) == actions(planned) != {}
    assert [one.get("changes") for one in report.result["results"]] == [
        one.get("changes") for one in planned.result["results"]
    ]
    gains = {one["data_source"]: (one["gains"], one["opens"]) for one in report.result["access_changes"]}
    assert report.result["access_changes"] == planned.result["access_changes"]
    # Whoever is invited may also query what is open to everyone.
    assert gains["ledger"] == (["ada@example.com", "new@example.com"], False)
    assert gains["preview-42"] == (["new@example.com"], False)
    assert [line.partition("/")[0] for line in writes(basedash)] == [
        "POST groups",
        "POST members",
        "POST groups",
        "POST groups",
        "POST data-sources",
        "PUT data-sources",
        "POST mcp-servers",
        "POST definitions",
        "POST definitions",
        "POST skills",
        "POST automations",
        "POST dashboards",
        "PATCH dashboards",
        "POST dashboards",
        "POST charts",
    ]
    assert "pw-of-the-ledger" not in json.dumps(report.result)
    before = writes(basedash)
    again = run(basedash, WHOLE)
    assert not again.failed, again.result["msg"]
    assert set(actions(again).values()) == {"unchanged"}
    assert not again.result["changed"]
    assert writes(basedash) == before


def test_one_changed_entry_is_one_write(basedash: Basedash) -> None:
    run(basedash, WHOLE)
    before = len(writes(basedash))
    report = run(basedash, {**WHOLE, "skills": [{"name": "Brief", "instructions": "Be very brief."}]})
    assert writes(basedash)[before:] == ["PATCH skills/%s" % _id(report, "skills", "Brief")]
    assert report.result["summary"]["updated"] == 1


def _id(report: Report, family: str, name: str) -> str:
    return str(next(one["id"] for one in report.result["results"] if (one["family"], one["name"]) == (family, name)))


def test_plan_id_is_that_of_the_plan(basedash: Basedash) -> None:
    skills = [{"name": name, "instructions": "Be brief."} for name in ("A", "B")]
    first = run(basedash, {"skills": skills}, check=True).result["plan_id"]
    assert run(basedash, {"skills": skills[::-1]}, check=True).result["plan_id"] == first
    assert run(basedash, {"skills": skills[:1]}, check=True).result["plan_id"] != first
    other = run(basedash, {"skills": [skills[0], {**skills[1], "instructions": "Be long."}]}, check=True)
    assert other.result["plan_id"] != first
    report = run(basedash, {"skills": skills}, expected_plan=other.result["plan_id"])
    refused(basedash, report, "another one")


def test_a_token_in_an_address_is_no_part_of_plan_id(basedash: Basedash) -> None:
    servers = [{"name": "Jira", "server_url": "https://mcp.example.com/?token=" + it} for it in ("geheim1", "geheim2")]
    one, other = (run(basedash, {"mcp_servers": [server]}, check=True).result["plan_id"] for server in servers)
    assert one == other
    moved = {**servers[0], "server_url": "https://mcp.example.org/?token=geheim1"}
    assert run(basedash, {"mcp_servers": [moved]}, check=True).result["plan_id"] != one


def test_a_data_source_that_is_created_without_a_secret_is_told(basedash: Basedash) -> None:
    sources = {"data_sources": [{"name": name, "dialect": "POSTGRES"} for name in ("one", "two")]}
    secrets = {"data_sources": {"one": {"password": "pw-of-one"}}}
    told = "are created without a password or another secret: data source"
    # A plan for review has no secrets, and says nothing about them.
    assert not any(told in one for one in run(basedash, sources, check=True).warnings)
    for check in (True, False):
        report = run(basedash, sources, check=check, secrets=secrets)
        (warning,) = [one for one in report.warnings if told in one]
        assert "'two'" in warning
        assert "'one'" not in warning
    assert not any(told in one for one in run(basedash, sources, secrets=secrets).warnings)


def test_a_reference_to_what_is_gone_is_shown_as_an_id(basedash: Basedash) -> None:
    chart = {"name": "C", "chart_type": "LINE", "sql_query": "SELECT 1"}
    boards = [{"name": "D", "charts": [{**chart, "data_source": "old"}]}]
    run(basedash, {"data_sources": [{"name": "old", "dialect": "POSTGRES"}], "dashboards": boards})
    (old,) = [one for one in basedash.control("GET", "objects/data-sources") if one.get("displayName") == "old"]
    basedash.control("DELETE", "objects/data-sources/%s" % old["id"])
    boards[0]["charts"] = [{**chart, "data_source": "production"}]
    report = run(basedash, {"dashboards": boards}, check=True)
    (change,) = report.result["results"][1]["changes"]
    assert change == {"option": "data_source", "before": old["id"], "after": "production", "before_is_id": True}


def test_a_plan_without_secrets_is_that_of_the_apply_with_them(basedash: Basedash) -> None:
    sources = {"data_sources": [{"name": "production", "update_secrets": "always"}]}
    plan_id = run(basedash, sources, check=True).result["plan_id"]
    secrets = {"data_sources": {"production": {"password": "pw-of-production"}}}
    report = run(basedash, sources, secrets=secrets, expected_plan=plan_id)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]


def test_what_depends_on_a_failed_entry_is_not_attempted(basedash: Basedash) -> None:
    basedash.control(
        "POST",
        "faults",
        [{"kind": "status_before", "status": 422, "method": "POST", "path": "/data-sources", "times": 1}],
    )
    report = run(basedash, WHOLE)
    found = actions(report)
    assert found["data_sources", "ledger"] == "failed"
    assert found["definitions", "net"] == found["definitions", "mrr"] == found["charts", "MRR"] == "not_attempted"
    assert found["skills", "Brief"] == found["dashboards", "Money"] == "created"
    cause = next(one["msg"] for one in report.result["results"] if one["name"] == "net")
    assert cause == "It was not attempted, because the data source 'ledger' failed."
    again = run(basedash, WHOLE)
    assert not again.failed, again.result["msg"]
    assert actions(again)["charts", "MRR"] == "created"


def test_nothing_is_deleted_after_a_failure(basedash: Basedash) -> None:
    basedash.control(
        "POST", "faults", [{"kind": "status_before", "status": 422, "method": "POST", "path": "/skills", "times": 1}]
    )
    skills = [{"name": "New", "instructions": "Be new."}, {"name": "Tone of voice"}]
    report = run(basedash, {"skills": skills}, prune=["skills"])
    assert actions(report)["skills", "Revenue rules"] == "not_attempted"
    assert not [line for line in writes(basedash) if line.startswith("DELETE")]


# Waiting --------------------------------------------------------------------------------------------------------------

MANY: dict[str, Any] = {
    "dashboards": [{"name": "Board %d" % one, "charts": [{"name": "Chart %d" % one}]} for one in range(12)],
    "skills": [{"name": "Skill %d" % one, "instructions": "Be brief."} for one in range(12)],
}


def impatient(basedash: Basedash, at_once: int) -> tuple[Report, float]:
    """Run a task with little patience in real time; return its report and how long it took."""
    given = {"configuration": MANY, "retry_timeout": 0.8, "concurrency": at_once}
    begun = time.monotonic()
    report = execute(ENSURE_CONFIGURATION, basedash.options(ENSURE_CONFIGURATION.argument_spec, given))
    return report, time.monotonic() - begun


def test_a_rate_limit_never_ends_a_task_that_makes_progress(basedash: Basedash) -> None:
    basedash.control("POST", "behaviour", {"rate_limit": {"requests": 2, "seconds": 1.0, "scope": "all"}})
    for check in (False, True):
        report = run(basedash, MANY, check=check, retry_timeout=4.0, concurrency=1)
        assert not report.failed, report.result["msg"]
        assert report.result["changed"] is not check
        # It waited for longer in all than it would have waited without any progress.
        assert report.result["api"]["wait_seconds"] > 4.0


@pytest.mark.parametrize("after", [0, 10, 40])
@pytest.mark.parametrize("at_once", [1, 8])
def test_a_task_that_makes_no_progress_ends(basedash: Basedash, after: int, at_once: int) -> None:
    fault = {"kind": "rate_limited", "how": "nothing", "after": after}
    basedash.control("POST", "faults", [fault])
    report, seconds = impatient(basedash, at_once)
    assert report.failed
    assert "429" in json.dumps(report.result)
    assert seconds < 10


# Mistakes and guards --------------------------------------------------------------------------------------------------


def test_all_mistakes_are_named_at_once(basedash: Basedash) -> None:
    report = run(
        basedash,
        {
            "members": [{"email": "x@example.com"}],
            "definitions": [{"reference_name": "a", "name": "A", "data_source": "nowhere", "sql_query": "SELECT 1"}],
            "skills": [{"name": "New"}],
        },
    )
    refused(basedash, report, "3 entries can't be as wanted, so nothing was changed: ")
    for words in ("set invite to true", "There is no data source named 'nowhere'", "instructions is needed"):
        assert words in report.result["msg"]


def test_promotions_come_first_and_demotions_are_judged_together(basedash: Basedash) -> None:
    admins = [one for one in _members(basedash) if one["role"] == "ADMIN"]
    others = [one for one in _members(basedash) if one["role"] == "MEMBER"]
    demoted = [{"email": one["user"]["email"], "role": "MEMBER"} for one in admins]
    report = run(basedash, {"members": demoted})
    refused(basedash, report, "last active admin")
    promoted = {"email": others[0]["user"]["email"], "role": "ADMIN"}
    report = run(basedash, {"members": [*demoted, promoted]})
    assert not report.failed, report.result["msg"]


def _members(basedash: Basedash) -> list[dict[str, Any]]:
    found = basedash.control("GET", "objects/members?organization=org_demo")
    return [one for one in found if one["deactivatedAt"] is None]


def test_a_source_is_never_left_to_nobody(basedash: Basedash) -> None:
    group = {"name": "Empty"}
    source = {"name": "s", "dialect": "POSTGRES", "access": {"mode": "restricted", "groups": ["Empty"]}}
    refused(basedash, run(basedash, {"groups": [group], "data_sources": [source]}), "Nobody could query")
    gone = {**source, "access": {"mode": "restricted", "members": ["gone@example.com"]}}
    refused(basedash, run(basedash, {"data_sources": [gone]}), "gone@example.com")
    report = run(basedash, {"data_sources": [gone]}, missing_members="skip")
    refused(basedash, report, "left with nobody")
    gone["access"]["members"] = ["gone@example.com", "ada@example.com"]
    report = run(basedash, {"data_sources": [gone]}, missing_members="skip")
    assert not report.failed, report.result["msg"]
    assert "'gone@example.com' is no member (any more) and was skipped." in report.warnings


def test_opening_a_source_can_be_refused(basedash: Basedash) -> None:
    source = {"name": "s", "dialect": "POSTGRES"}
    refused(basedash, run(basedash, {"data_sources": [source]}, fail_on=["opens_access"]), "opens to everyone")
    report = run(basedash, {"data_sources": [source]}, check=True)
    assert [one["opens"] for one in report.result["access_changes"]] == [True]


def test_a_configuration_for_another_organization_is_refused(basedash: Basedash) -> None:
    skills = [{"name": "New", "instructions": "Be new."}]
    refused(basedash, run(basedash, {"for": {"id": "org_x"}, "skills": skills}), "'org_x'")
    refused(basedash, run(basedash, {"for": {"slug": "other"}, "skills": skills}), "'other'")


# Prune ----------------------------------------------------------------------------------------------------------------


def test_prune_deletes_what_is_in_no_entry(basedash: Basedash) -> None:
    report = run(basedash, {"skills": [{"name": "Tone of voice"}]}, prune=["skills"])
    assert not report.failed, report.result["msg"]
    assert actions(report) == {("skills", "Tone of voice"): "unchanged", ("skills", "Revenue rules"): "deleted"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_deletions": "0"}, "max_deletions allows 0"),
        ({"max_deletions": "49%"}, "max_deletions allows 49%"),
        ({"scope": {"skills": "^X"}}, "outside of scope"),
        ({"prune": ["definitions"]}, "no key definitions"),
        ({"prune": ["skils"]}, "did you mean skills?"),
    ],
)
def test_prune_is_limited(basedash: Basedash, options: dict[str, Any], words: str) -> None:
    report = run(basedash, {"skills": [{"name": "Tone of voice"}]}, **{"prune": ["skills"], **options})
    refused(basedash, report, words)


def test_prune_spares_what_is_excluded_or_out_of_scope(basedash: Basedash) -> None:
    for options in ({"exclude": {"skills": ["revenue RULES"]}}, {"scope": {"skills": "^Tone"}}):
        report = run(basedash, {"skills": [{"name": "Tone of voice"}]}, prune=["skills"], **options)
        assert not report.failed, report.result["msg"]
        assert not report.result["changed"]


def test_a_configuration_that_says_nothing_is_told(basedash: Basedash) -> None:
    report = run(basedash, {"format": 1}, name_prefix="preview-42-")
    assert not report.result["changed"]
    assert any("so nothing was compared" in warning for warning in report.warnings)


def test_a_preview_leaves_the_settings_of_the_organization_alone(basedash: Basedash) -> None:
    configuration = {"organization": {"name": "Renamed"}, "skills": [{"name": "New", "instructions": "Be new."}]}
    report = run(basedash, configuration, name_prefix="preview-42-")
    assert writes(basedash) == ["POST skills"]
    assert any("a preview must not change them" in warning for warning in report.warnings)


def test_what_is_in_no_entry_is_named(basedash: Basedash) -> None:
    assert not run(basedash, WHOLE).failed
    empty = {"dashboards": [{"name": "Money", "charts": []}], "definitions": [], "skills": []}
    result = run(basedash, empty, check=True).result
    assert {family for family, count in result["summary"]["unmanaged"].items() if count} == set(empty) | {"charts"}
    named = {(one["family"], one["name"]): one for one in result["unmanaged_objects"]}
    assert named["definitions", "mrr"]["data_source"] == "ledger"
    assert named["charts", "MRR"]["dashboard"] == "Money"
    assert named["skills", "Brief"].keys() == {"family", "id", "name"}


def test_only_definitions_that_basedash_lacks_are_told(basedash: Basedash) -> None:
    first = {"reference_name": "net", "name": "Net", "data_source": "ledger", "sql_query": "SELECT 1"}
    source = {"name": "ledger", "dialect": "POSTGRES", "host": "h", "password": "p"}
    assert not run(basedash, {"data_sources": [source], "definitions": [first]}).failed
    query = 'SELECT * FROM {{ definition("%s") }}'
    second = {**first, "reference_name": "mrr", "sql_query": query % "net"}
    report = run(basedash, {"definitions": [second]}, check=True)
    assert (report.result["findings"], report.warnings) == ([], [])
    report = run(basedash, {"definitions": [{**second, "sql_query": query % "nett"}]}, check=True)
    assert [one["rule"] for one in report.result["findings"]] == ["reference"]
    assert "neither in the configuration nor in Basedash" in report.warnings[0]


def test_an_interrupted_plan_is_no_plan(basedash: Basedash) -> None:
    options = {"configuration": {"skills": [{"name": "Tone of voice"}]}, "prune": ["skills"]}
    report = basedash.run(ENSURE_CONFIGURATION, True, options, lambda: True)
    assert "interrupted" in report.result["msg"]
    assert "results" not in report.result


def test_prune_of_everything_and_of_look_alikes_is_refused(basedash: Basedash) -> None:
    new = {"name": "New", "instructions": "Be new."}
    refused(basedash, run(basedash, {"skills": [new]}, prune=["skills"]), "delete all of them")
    kept = [{"name": "Tone of voice"}, {"name": "revenue rules", "instructions": "Other."}]
    refused(basedash, run(basedash, {"skills": kept}, prune=["skills"]), "correct the name")


def test_a_rename_is_told_and_never_a_deletion(basedash: Basedash) -> None:
    run(basedash, WHOLE)
    before = writes(basedash)
    skills = [{"name": "Shorter", "instructions": "Be brief: {{ groups }}."}, {"name": "Tone of voice"}]
    report = run(basedash, {"skills": skills}, prune=["skills"])
    assert 'say renamed_from: ["Brief"]' in report.result["msg"]
    assert writes(basedash) == before
    skills[0]["renamed_from"] = ["Brief"]
    report = run(basedash, {"skills": skills}, prune=["skills"])
    assert not report.failed, report.result["msg"]
    assert actions(report)["skills", "Shorter"] == "updated"
    assert report.result["results"][0]["renamed_from"] == "Brief"
    both = run(basedash, {"skills": [{"name": "Shorter", "renamed_from": "Tone of voice"}]})
    assert both.failed
    assert "another one named" in both.result["msg"]


def test_what_somebody_renamed_by_hand_is_told(basedash: Basedash) -> None:
    run(basedash, WHOLE)
    (skill,) = [one for one in basedash.control("GET", "objects/skills") if one["name"] == "Brief"]
    basedash.control("PATCH", "objects/skills/%s" % skill["id"], {"name": "Briefly"})
    report = run(basedash, WHOLE, check=True)
    there = {"id": skill["id"], "name": "Briefly"}
    assert report.result["renames"] == [{"family": "skills", "name": "Brief", "there": there}]
    assert any('say renamed_from: ["Briefly"] in the entry' in warning for warning in report.warnings)


def test_tabs_and_members_of_groups_have_words_of_their_own(basedash: Basedash) -> None:
    run(basedash, WHOLE)
    configuration = {
        "groups": [{"name": "Finance", "members": ["ada@example.com"]}],
        "dashboards": [
            {"name": "Money", "tabs": [{"name": "Later"}], "charts": [{"name": "MRR"}]},
        ],
    }
    assert not run(basedash, configuration).result["changed"]
    report = run(basedash, configuration, prune=["tabs", "group_members"])
    assert not report.failed, report.result["msg"]
    changes = {one["family"]: one.get("changes") for one in report.result["results"]}
    assert changes["dashboards"] == [{"option": "tabs", "before": ["Now", "Later"], "after": ["Later"]}]
    assert changes["groups"][0]["after"] == ["ada@example.com"]
    assert not run(basedash, configuration, prune=["tabs", "group_members"]).result["changed"]


def test_what_an_entry_refers_to_is_not_pruned(basedash: Basedash) -> None:
    configuration = {
        "groups": [{"name": "Engineers"}],
        "data_sources": [
            {"name": "s", "dialect": "POSTGRES", "access": {"mode": "restricted", "groups": ["Analysts"]}}
        ],
    }
    report = run(basedash, configuration, prune=["groups"])
    refused(basedash, report, "the data source 's' refers to it")


def test_what_a_deletion_breaks_is_named(basedash: Basedash) -> None:
    run(basedash, WHOLE)
    sources = [one["displayName"] for one in basedash.sources() if one["displayName"] != "ledger"]
    kept = [{"name": name} for name in sources if sources.count(name) == 1]
    report = run(basedash, {"data_sources": kept}, prune=["data_sources"], check=True, max_deletions="5")
    broken = next(one for one in report.result["breaks"] if one["name"] == "ledger")
    assert {one["family"] for one in broken["used_by"]} == {"definitions", "charts"}
    definitions = [{"reference_name": "mrr", "data_source": "ledger"}]
    report = run(basedash, {"definitions": definitions}, prune=["definitions"], check=True)
    assert "entries of the configuration use it" in report.result["msg"]


# The journal ----------------------------------------------------------------------------------------------------------


def test_the_journal_says_what_was_done(basedash: Basedash, tmp_path: Path) -> None:
    journal = tmp_path / "reports" / "journal.jsonl"
    run(basedash, WHOLE, check=True, journal=str(journal))
    assert not journal.exists()
    run(basedash, WHOLE, journal=str(journal))
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [lines[0]["event"], lines[-1]["event"]] == ["started", "ended"]
    done = [(one["family"], one["name"], one["action"]) for one in lines if one["event"] == "done"]
    assert ("charts", "MRR", "created") in done
    assert "pw-of-the-ledger" not in journal.read_text(encoding="utf-8")
    # A run that was killed in the middle.
    journal.write_text("\n".join(map(json.dumps, lines[:4])) + '\n{"event": "do', encoding="utf-8")
    report = run(basedash, WHOLE, journal=str(journal))
    assert any("did not come to its end" in warning for warning in report.warnings)
    # It is said once, although the run that said it had nothing to do.
    assert not report.result["changed"]
    assert run(basedash, WHOLE, journal=str(journal)).warnings == []


def test_a_run_that_is_still_at_work_was_not_killed(basedash: Basedash, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    basedash.control("POST", "faults", [{"kind": "delay", "method": "POST", "path": "/skills", "seconds": 0.5}])
    skills = [{"name": "New", "instructions": "Be new."}]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, basedash, {"skills": skills}, journal=str(journal))
        while not journal.exists():
            time.sleep(0.01)
        second = pool.submit(run, basedash, {"skills": skills}, journal=str(journal))
    assert [first.result().result["changed"], second.result().result["changed"]] == [True, False]
    assert second.result().warnings == []
