# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many data sources in one task: what is said of each, held against what the server holds."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.items import ACTIONS
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.modules.basedash_data_sources import SPEC
from ansible_collections.community.basedash.tests.lifecycle.driver import ORGANIZATION, Basedash


def fill(basedash: Basedash, count: int, **fields: Any) -> None:
    """Start from the seed, and add so many data sources."""
    basedash.reset({})
    many = {"count": count, "name_format": "bulk-{n}", "id_format": "ds_bulk_{n}", **fields}
    basedash.control("POST", "data-sources", {"organization": ORGANIZATION, "data_sources": [many]})
    basedash.control("DELETE", "requests")


def names(basedash: Basedash) -> list[str]:
    """Return the names of all data sources that are there."""
    return [source["displayName"] for source in basedash.sources()]


def actions(report: Report) -> list[str]:
    """Return what became of each, and check that the summary says the same."""
    found = [entry["action"] for entry in report.result["results"]]
    summary = report.result["summary"]
    assert summary["total"] == len(found)
    assert {action: summary[action] for action in ACTIONS} == {action: found.count(action) for action in ACTIONS}
    assert report.result["changed"] == any(entry["changed"] for entry in report.result["results"])
    assert report.failed == bool({"failed", "not_attempted"} & set(found))
    return found


def test_a_list_is_deleted_in_the_order_given(basedash: Basedash) -> None:
    basedash.reset({})
    entries = [
        {"name": "preview-43"},
        {"id": "ds_nowhere"},
        {"id": "ds_preview_1", "name": "preview-42"},
        {"name": "x"},
    ]
    predicted = basedash.many(state="absent", data_sources=entries, check_mode=True)
    assert set(basedash.methods()) == {"GET"}
    report = basedash.many(state="absent", data_sources=entries)
    assert actions(report) == actions(predicted) == ["deleted", "unchanged", "deleted", "unchanged"]
    assert [entry["id"] for entry in report.result["results"]] == ["ds_preview_2", "ds_nowhere", "ds_preview_1", None]
    assert report.result["diff"] == predicted.result["diff"]
    assert len(report.result["diff"]) == 2
    assert report.result["results"][0]["data_source"]["host"]
    assert "nothing to delete" in report.result["results"][1]["msg"]
    again = basedash.many(state="absent", data_sources=entries)
    assert set(actions(again)) == {"unchanged"}
    assert again.result["diff"] == []


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_thousand_deletions_cost_a_thousand_requests_and_ten(basedash: Basedash, concurrency: int) -> None:
    fill(basedash, 1000)
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 1001)]
    begin = time.monotonic()
    report = basedash.many(state="absent", data_sources=entries, concurrency=concurrency)
    # A write relies on nothing that was read longer than 5 seconds ago, so that a slow machine reads the list again.
    lists = 1 + int((time.monotonic() - begin) / 5)
    assert set(actions(report)) == {"deleted"}
    assert [entry["id"] for entry in report.result["results"]] == [entry["id"] for entry in entries]
    assert report.result["api"]["requests"] <= 1000 + 11 * lists
    assert not [name for name in names(basedash) if name.startswith("bulk")]


def test_one_that_fails_does_not_hide_the_others(basedash: Basedash) -> None:
    fill(basedash, 30)
    fault = {"kind": "status_before", "status": 403, "method": "DELETE", "path": "ds_bulk_7$"}
    basedash.control("POST", "faults", [fault])
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 31)]
    report = basedash.many(state="absent", data_sources=entries)
    found = actions(report)
    assert found.count("deleted") == 29
    assert found[6] == "failed"
    assert report.result["results"][6]["error"]["status"] == 403
    assert "1 of 30 data sources failed" in report.result["msg"]
    assert [name for name in names(basedash) if name.startswith("bulk")] == ["bulk-7"]


def test_on_error_stop_leaves_the_others_alone(basedash: Basedash) -> None:
    fill(basedash, 30)
    basedash.control("POST", "faults", [{"kind": "status_before", "status": 403, "path": "ds_bulk_7$"}])
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 31)]
    report = basedash.many(state="absent", data_sources=entries, concurrency=1, on_error="stop")
    assert actions(report) == ["deleted"] * 6 + ["failed"] + ["not_attempted"] * 23
    assert len([name for name in names(basedash) if name.startswith("bulk")]) == 24


def test_a_used_up_budget_leaves_the_others_alone(basedash: Basedash) -> None:
    fill(basedash, 30)
    basedash.control("POST", "faults", [{"kind": "status_before", "status": 503, "method": "DELETE", "after": 5}])
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 31)]
    report = basedash.many(state="absent", data_sources=entries, concurrency=2, retry_timeout=3.0)
    found = actions(report)
    assert found.count("deleted") == 5
    assert found.count("not_attempted") >= 20
    assert len([name for name in names(basedash) if name.startswith("bulk")]) == 25


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "status_after", "truncated", "rate_limited"])
def test_each_verdict_is_the_truth_when_answers_are_lost(basedash: Basedash, kind: str) -> None:
    fill(basedash, 60)
    basedash.control("POST", "random", {"seed": 5})
    basedash.control("POST", "faults", [{"kind": kind, "method": "DELETE", "probability": 0.3}])
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 61)]
    report = basedash.many(state="absent", data_sources=entries, concurrency=8)
    assert set(actions(report)) == {"deleted"}
    assert not [name for name in names(basedash) if name.startswith("bulk")]


def test_filters(basedash: Basedash) -> None:
    fill(basedash, 5, host="OLD.example.com")
    wanted = {"state": "absent", "filters": {"name_pattern": "^bulk-", "host": "old.example.com"}}
    predicted = basedash.many(**wanted, check_mode=True, exclude=["bulk-2", "ds_bulk_3"])
    report = basedash.many(**wanted, exclude=["bulk-2", "ds_bulk_3"])
    assert actions(report) == actions(predicted) == ["deleted"] * 3
    assert [entry["name"] for entry in report.result["results"]] == ["bulk-5", "bulk-4", "bulk-1"]
    assert {"bulk-2", "bulk-3", "production"} <= set(names(basedash))


def test_blanks_around_what_is_excluded_play_no_part(basedash: Basedash) -> None:
    fill(basedash, 3)
    # What Ansible makes of the text "bulk-2, ds_bulk_3".
    report = basedash.many(state="absent", filters={"name_pattern": "^bulk-"}, exclude=["bulk-2", " ds_bulk_3"])
    assert [entry["name"] for entry in report.result["results"]] == ["bulk-1"]
    assert {"bulk-2", "bulk-3"} <= set(names(basedash))


def test_filters_by_time(basedash: Basedash) -> None:
    basedash.reset({})
    dates = sorted(source["createdAt"] for source in basedash.sources())
    report = basedash.many(state="absent", filters={"created_before": dates[3]}, check_mode=True)
    assert len(report.result["results"]) == 1
    assert basedash.many(state="absent", filters={"created_before": "soon"}).failed
    nothing = basedash.many(state="absent", filters={"created_before": "2000-01-01"})
    assert actions(nothing) == []


@pytest.mark.parametrize("filters", [{}, {"name_pattern": None, "host": None}, {"name_pattern": ""}, {"dialect": []}])
@pytest.mark.parametrize("options", [{}, {"max_deletions": 20}, {"exclude": ["production"], "max_deletions": 20}])
def test_filters_without_a_condition_are_refused(
    basedash: Basedash, filters: dict[str, Any], options: dict[str, Any]
) -> None:
    basedash.reset({})
    report = basedash.many(state="absent", filters=filters, **options)
    assert report.failed
    assert "so it would select everything" in report.result["msg"] or "is empty" in report.result["msg"]
    assert basedash.methods() == []


@pytest.mark.parametrize("filters", [{"name_pattern": "."}, {"created_before": "2100-01-01"}, {"dialect": ["!DUCKDB"]}])
def test_filters_that_select_everything_are_refused(basedash: Basedash, filters: dict[str, Any]) -> None:
    basedash.reset({})
    before = basedash.sources()
    report = basedash.many(state="absent", filters=filters)
    assert report.failed
    assert not report.result["changed"]
    assert "max_deletions" in report.result["msg"]
    assert "results" not in report.result
    assert basedash.sources() == before
    assert basedash.many(state="absent", filters=filters, max_deletions=4).failed
    assert basedash.sources() == before
    report = basedash.many(state="absent", filters=filters, max_deletions=10)
    assert set(actions(report)) == {"deleted"}
    # Never by a filter: the managed warehouse, and the demonstration.
    assert sorted(names(basedash)) == ["Basedash warehouse", "Demo data"]


def test_a_mistyped_negative_deletes_nothing(basedash: Basedash) -> None:
    fill(basedash, 2)
    before = basedash.sources()
    for value in ("!HEALTY", ["!HEALTHY", "!unheathly"]):
        report = basedash.many(state="absent", filters={"health_status": value, "name_pattern": "bulk"})
        assert report.failed
        assert "of health_status is neither documented" in report.result["msg"]
        report = basedash.many(state="absent", filters={"health_status": value}, max_deletions=20)
        assert report.failed
        assert basedash.sources() == before


def test_a_mistyped_status_selects_nothing_and_says_so(basedash: Basedash) -> None:
    fill(basedash, 2)
    report = basedash.many(state="absent", filters={"health_status": ["unheathly"]})
    assert actions(report) == []
    assert "'unheathly' of health_status is neither documented (HEALTHY, UNHEALTHY) nor" in report.warnings[0]


def test_filters_by_several_statuses(basedash: Basedash) -> None:
    fill(basedash, 2, lastHealthStatus=None, lastSyncStatus="FAILED")
    report = basedash.many(state="absent", filters={"health_status": "!healthy", "sync_status": ["failed", "PENDING"]})
    assert [entry["name"] for entry in report.result["results"]] == ["bulk-2", "bulk-1"]
    assert actions(report) == ["deleted"] * 2


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("precious", "Precious"),
        ("precious", " PRECIOUS"),
        ("Caf\u00e9", "cafe\u0301"),
        ("big data", "big\u00a0 Data"),
        ("precious", "DS_BULK_1"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_is_excluded_stays_however_it_is_spelt(
    basedash: Basedash, name: str, entry: str, check_mode: bool
) -> None:
    fill(basedash, 1, name_format=name, host="here.example.com")
    options = {"exclude": [entry, "gone-*"], "check_mode": check_mode}
    reports = [
        basedash.many(state="absent", filters={"host": "here.example.com"}, **options),
        basedash.many(state="present", data_sources=[{"id": "ds_demo"}, {"id": "ds_preview_1"}], prune=True, **options),
        basedash.many(state="absent", data_sources=[{"id": "ds_bulk_1"}], **options),
        basedash.many(state="absent", data_sources=[{"id": "ds_bulk_1", "force": True}], **options),
        basedash.many(state="absent", data_sources=[{"id": "ds_x"}, {"name": name}], **options),
    ]
    assert "ds_bulk_1" in [source["id"] for source in basedash.sources()]
    assert actions(reports[0]) == []
    assert "ds_bulk_1" not in [entry["id"] for entry in reports[1].result["results"]]
    for report in reports[2:]:
        assert set(actions(report)) == {"not_attempted"}
        assert "is in exclude as well" in report.result["msg"]
    for report in reports:
        assert [warning for warning in report.warnings if "'gone-*' of exclude protects nothing" in warning]


@pytest.mark.parametrize("exclude", ["production", ["[production]"], ['["production"]'], [["production"]], ["  "]])
def test_an_exclude_that_can_not_be_right_is_refused(basedash: Basedash, exclude: Any) -> None:
    basedash.reset({})
    options: list[dict[str, Any]] = [
        {"state": "absent", "filters": {"name_pattern": "^p"}},
        {"state": "present", "data_sources": [{"name": "analytics"}], "prune": True},
        {"state": "absent", "data_sources": [{"id": "ds_production", "force": True}]},
    ]
    for wanted in options:
        report = basedash.many(**wanted, exclude=exclude)
        assert report.failed
        assert "exclude" in report.result["msg"]
        assert report.result["api"]["requests"] == 0


@pytest.mark.parametrize("options", [{}, {"max_deletions": 4}, {"max_deletions": 0}])
def test_more_than_allowed_is_refused_before_the_first(basedash: Basedash, options: dict[str, Any]) -> None:
    fill(basedash, 11)
    before = basedash.sources()
    report = basedash.many(state="absent", filters={"name_pattern": "^bulk"}, **options)
    assert report.failed
    assert actions(report) == ["not_attempted"] * 11
    assert "'bulk-11' (ds_bulk_11)" in report.result["msg"]
    assert basedash.sources() == before
    assert set(basedash.methods()) == {"GET"}


def test_a_list_has_a_limit_only_if_one_is_set(basedash: Basedash) -> None:
    fill(basedash, 12)
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 13)]
    assert basedash.many(state="absent", data_sources=entries, max_deletions=11).failed
    assert len(basedash.sources()) > 12
    # What is not there does not count.
    gone = [*entries, {"id": "ds_nowhere"}]
    assert not basedash.many(state="absent", data_sources=gone, max_deletions=12).failed


def test_duplicates_are_one(basedash: Basedash) -> None:
    basedash.reset({})
    entries = [
        {"id": "ds_preview_1"},
        {"name": "preview-42"},
        {"id": "ds_preview_1", "name": "preview-42"},
        {"name": "x"},
    ]
    report = basedash.many(state="absent", data_sources=[*entries, {"name": "x"}])
    assert actions(report) == ["deleted", "unchanged"]


def test_a_guard_of_a_duplicate_counts(basedash: Basedash) -> None:
    basedash.reset({})
    report = basedash.many(
        state="absent", data_sources=[{"id": "ds_preview_1"}, {"id": "ds_preview_1", "name": "production"}]
    )
    assert actions(report) == ["failed"]
    assert "preview-42" in names(basedash)


@pytest.mark.parametrize(
    ("state", "entries", "options", "words"),
    [
        ("absent", [{"id": "ds_preview_1", "name": "a"}, {"id": "ds_preview_1", "name": "b"}], {}, "contradict"),
        ("absent", [{"id": "ds_preview_1"}, {"name": "preview-42", "missing_ok": False}], {}, "contradict"),
        ("present", [{"name": "preview-42", "port": 1}, {"id": "ds_preview_1", "port": 2}], {}, "contradict"),
        ("absent", [{"name": "preview-42"}], {"exclude": ["ds_preview_1"]}, "exclude"),
        ("absent", [{"id": "ds_preview_1"}], {"exclude": ["preview-42"]}, "exclude"),
        ("absent", [{"id": "ds_nowhere"}], {"exclude": ["ds_nowhere"]}, "exclude"),
    ],
)
def test_contradictions_are_refused(
    basedash: Basedash, state: str, entries: list[dict[str, Any]], options: dict[str, Any], words: str
) -> None:
    basedash.reset({})
    before = basedash.sources()
    report = basedash.many(state=state, data_sources=entries, **options)
    assert report.failed
    assert words in report.result["msg"]
    assert basedash.sources() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"state": "absent"}, "either"),
        ({"state": "absent", "data_sources": [{"name": "a"}], "filters": {}}, "either"),
        ({"state": "present", "filters": {"host": "a"}}, "filters"),
        ({"state": "absent", "data_sources": [{"name": "a"}], "prune": True}, "prune"),
        ({"state": "absent", "data_sources": [{"name": "a"}], "concurrency": 0}, "concurrency"),
        ({"state": "absent", "data_sources": [{"name": "a"}], "concurrency": 65}, "concurrency"),
        ({"state": "absent", "data_sources": [{"name": "a"}], "max_deletions": -1}, "max_deletions"),
        ({"state": "absent", "data_sources": [{"name": "a"}, {"id": " "}]}, "Entry 2 of data_sources"),
        ({"state": "present", "data_sources": [{"name": "a"}, {"name": "b", "port": 0}]}, "Entry 2 of data_sources"),
        ({"state": "absent", "filters": {"name_pattern": "("}}, "regular expression"),
    ],
)
def test_bad_input_sends_nothing(basedash: Basedash, options: dict[str, Any], words: str) -> None:
    report = basedash.many(**options)
    assert report.failed
    assert words in report.result["msg"]
    assert report.result["api"]["requests"] == 0


def test_present_and_prune(basedash: Basedash) -> None:
    basedash.reset({})
    entries: list[dict[str, Any]] = [
        {"name": "orders", "dialect": "POSTGRES", "password": "a sentinel of a password"},
        {"name": "production", "port": 6432},
        {"id": "ds_preview_1", "name": "preview-42"},
    ]
    options = {"state": "present", "data_sources": entries, "prune": True, "exclude": ["ds_analytics_1"]}
    predicted = basedash.many(**options, check_mode=True)
    assert set(basedash.methods()) == {"GET"}
    report = basedash.many(**options)
    assert actions(report) == actions(predicted) == ["created", "updated", "unchanged", "deleted", "deleted"]
    assert report.result["diff"] == predicted.result["diff"]
    assert "sentinel" not in json.dumps(report.result)
    left = ["Basedash warehouse", "Demo data", "analytics", "orders", "preview-42", "production"]
    assert sorted(names(basedash)) == left
    assert actions(basedash.many(**options)) == ["unchanged"] * 3


def test_nothing_is_pruned_after_a_failure(basedash: Basedash) -> None:
    basedash.reset({})
    before = names(basedash)
    entries = [{"name": "orders"}, {"name": "production"}]
    report = basedash.many(state="present", data_sources=entries, prune=True)
    assert actions(report)[0] == "failed"
    assert set(actions(report)[2:]) == {"not_attempted"}
    assert names(basedash) == before


def test_an_entry_that_several_fit_protects_them_all(basedash: Basedash) -> None:
    basedash.reset({})
    report = basedash.many(state="present", data_sources=[{"name": "analytics"}], prune=True)
    assert actions(report)[0] == "failed"
    assert names(basedash).count("analytics") == 2


OF_ANOTHER_ORGANIZATION: list[dict[str, Any]] = [
    {"name": "orders", "dialect": "POSTGRES"},
    {"id": "ds_other_1"},
    # Each organization has one of this name, so that it tells nothing.
    {"name": "Demo data"},
]


@pytest.mark.parametrize("entries", [[], OF_ANOTHER_ORGANIZATION], ids=["none", "another organization's"])
def test_a_prune_that_would_keep_nothing_is_refused(basedash: Basedash, entries: list[dict[str, Any]]) -> None:
    basedash.reset({})
    before = basedash.sources()
    for options in ({}, {"max_deletions": 100}, {"exclude": ["production"]}, {"check_mode": True}):
        report = basedash.many(state="present", data_sources=entries, prune=True, **options)
        assert set(actions(report)) == {"not_attempted"}
        assert len(report.result["results"]) == len(entries) + 5 - ("exclude" in options)
        assert "allow_replace_all" in report.result["msg"]
        assert basedash.sources() == before


def test_a_limit_holds_when_all_may_be_replaced(basedash: Basedash) -> None:
    fill(basedash, 11)
    options: dict[str, Any] = {"state": "present", "data_sources": [], "prune": True, "allow_replace_all": True}
    report = basedash.many(**options)
    assert set(actions(report)) == {"not_attempted"}
    assert "max_deletions" in report.result["msg"]
    assert set(actions(basedash.many(**options, max_deletions=100))) == {"deleted"}
    assert sorted(names(basedash)) == ["Basedash warehouse", "Demo data"]
    # Nothing is left that might be pruned, so that nothing is refused.
    created = basedash.many(state="present", data_sources=[{"name": "a", "dialect": "POSTGRES"}], prune=True)
    assert actions(created) == ["created"]


def test_no_list_is_no_empty_list(basedash: Basedash) -> None:
    basedash.reset({})
    report = basedash.many(state="present", data_sources=None, prune=True, allow_replace_all=True)
    assert report.failed
    assert basedash.methods() == []


@pytest.mark.parametrize(
    ("there", "entries"),
    [
        ("Orders", ["orders"]),
        ("cafe\u0301", ["caf\u00e9"]),
        ("big data", ["big  data"]),
        ("other", ["orders", "Orders"]),
        ("orders", ["orders", "Orders"]),
    ],
)
def test_prune_never_takes_another_spelling_for_another_data_source(
    basedash: Basedash, there: str, entries: list[str]
) -> None:
    fill(basedash, 1, name_format=there)
    before = basedash.sources()
    wanted: list[dict[str, Any]] = [{"name": name, "dialect": "POSTGRES"} for name in (*entries, "production")]
    for options in ({}, {"allow_replace_all": True}, {"exclude": [there]}, {"check_mode": True}):
        report = basedash.many(state="present", data_sources=wanted, prune=True, **options)
        assert set(actions(report)) == {"not_attempted"}
        assert "case, white space or composition" in report.result["msg"]
        assert basedash.sources() == before


def test_names_that_look_alike_and_exist_are_two(basedash: Basedash) -> None:
    fill(basedash, 1, name_format="Orders")
    more = [{"displayName": "orders", "id": "ds_orders"}]
    basedash.control("POST", "data-sources", {"organization": ORGANIZATION, "data_sources": more})
    wanted = [{"name": "orders"}, {"name": "Orders"}, {"name": "production"}]
    report = basedash.many(state="present", data_sources=wanted, prune=True, exclude=["preview-42", "preview-43"])
    assert actions(report) == ["unchanged"] * 3 + ["deleted"] * 2


@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_failure_among_many_makes_a_short_message(basedash: Basedash, state: str) -> None:
    fill(basedash, 200)
    entries = [{"name": f"bulk-{number}"} for number in range(1, 201)]
    report = basedash.many(state=state, data_sources=[*entries, {"id": "ds_nowhere", "missing_ok": False}])
    assert report.failed
    assert report.result["summary"]["failed"] == 1
    assert len(report.result["results"]) == 201
    assert len(report.result["msg"]) < 500
    if state == "present":
        assert None not in report.result["results"][0]["data_source"].values()
        # It was 224,016 with the nulls, and all of it is printed.
        assert len(json.dumps(report.result)) < 160_000


def test_info_reads_the_access_of_each(basedash: Basedash) -> None:
    fill(basedash, 30)
    policy = {"mode": "restricted", "group_ids": ["grp_analysts"], "member_ids": None}
    assert not basedash.access(id="ds_bulk_7", **policy).failed
    basedash.control("DELETE", "requests")
    report = basedash.info(name_pattern="^bulk-", access=True)
    modes = {one["id"]: one["access"]["mode"] for one in report.result["data_sources"]}
    assert modes == {f"ds_bulk_{n}": "restricted" if n == 7 else "everyone" for n in range(1, 31)}
    assert basedash.methods() == ["GET"] * 31
    basedash.control("POST", "faults", [{"kind": "status_before", "status": 403, "path": "ds_bulk_9/access"}])
    report = basedash.info(name_pattern="^bulk-", access=True)
    assert report.failed
    assert "ds_bulk_9" in report.result["error"]["url"]


def test_a_list_that_can_not_be_read_is_a_failure(basedash: Basedash) -> None:
    basedash.reset({})
    report = basedash.many(state="absent", data_sources=[{"id": "ds_preview_1"}], api_key="bd_key_demo_member")
    assert report.failed
    assert not report.result["changed"]
    assert "admin" in report.result["msg"]


def test_forced_deletions_read_nothing(basedash: Basedash) -> None:
    fill(basedash, 5)
    entries = [{"id": f"ds_bulk_{number}", "force": True} for number in range(1, 6)]
    report = basedash.many(state="absent", data_sources=entries)
    assert set(actions(report)) == {"deleted"}
    assert report.result["api"]["requests"] == 5


def test_others_that_delete_at_the_same_time_cost_few_lists(basedash: Basedash) -> None:
    fill(basedash, 300)
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 301)]
    fault = {"kind": "status_before", "status": 404, "body": "json", "method": "DELETE", "probability": 0.2}
    basedash.control("POST", "faults", [fault])
    report = basedash.many(state="absent", data_sources=entries, concurrency=8)
    # Each 404 of a DELETE is doubted: it is looked up again, and there it is.
    failed = [entry for entry in report.result["results"] if entry["action"] == "failed"]
    assert failed
    assert all("still there" in entry["msg"] for entry in failed)
    assert {entry["name"] for entry in failed} == {name for name in names(basedash) if name.startswith("bulk")}


def test_one_with_a_blank_name_is_selected_and_pruned_like_others(basedash: Basedash) -> None:
    fill(basedash, 1, name_format=" ", host="blank.example.com")
    report = basedash.many(state="absent", filters={"host": "blank.example.com"})
    assert actions(report) == ["deleted"]
    fill(basedash, 1, name_format=" ", host="blank.example.com")
    kept = [{"name": "production"}]
    exclude = [name for name in names(basedash) if name.strip() and name != "production"]
    report = basedash.many(state="present", data_sources=kept, prune=True, exclude=exclude)
    assert actions(report) == ["unchanged", "deleted"]


def test_behind_a_rate_limit(basedash: Basedash) -> None:
    fill(basedash, 100)
    basedash.control("POST", "behaviour", {"rate_limit": {"requests": 1000000, "seconds": 1.0}})
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 101)]
    fault = {"kind": "rate_limited", "how": "body", "seconds": 1, "probability": 0.05}
    basedash.control("POST", "faults", [fault])
    report = basedash.many(state="absent", data_sources=entries, concurrency=8, retry_timeout=600.0)
    assert set(actions(report)) == {"deleted"}
    assert report.result["api"]["retries"] > 0


class Interrupted(BaseException):
    """What a time-out of Ansible's does to the main thread."""


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "rate_limited", "how": "header_seconds", "seconds": 60},
        {"kind": "status_before", "status": 503, "probability": 0.9},
        {"kind": "delay", "seconds": 0.3},
    ],
    ids=["waiting for a limit", "trying again", "at work"],
)
def test_an_interruption_ends_all_waiting_and_leaves_nothing_behind(basedash: Basedash, fault: dict[str, Any]) -> None:
    fill(basedash, 40)
    basedash.control("POST", "faults", [{**fault, "method": "DELETE"}])
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 41)]
    _interrupted(basedash, {"state": "absent", "data_sources": entries, "concurrency": 4})


def test_an_interruption_ends_waiting_for_syncs(basedash: Basedash) -> None:
    basedash.reset({"sync": "pending"})
    entries = [
        {"name": f"new-{number}", "dialect": "postgres", "wait": True, "wait_timeout": 15.0} for number in range(8)
    ]
    _interrupted(basedash, {"state": "present", "data_sources": entries, "concurrency": 4})
    assert len(basedash.methods()) < 40


def _interrupted(basedash: Basedash, given: Mapping[str, Any]) -> None:
    """Interrupt the task after a second, and check that it ends."""
    options = basedash.options(SPEC.argument_spec, given)
    threads = threading.active_count()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    begun = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises(Interrupted):
            SPEC.run(options, Caller(RequestsTransport))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    # Not the minute that the server asks for, nor the two that may go into trying again.
    assert time.monotonic() - begun < 10
    assert threading.active_count() == threads
    sent = len(basedash.methods())
    time.sleep(0.5)
    assert len(basedash.methods()) == sent


def test_nothing_new_begins_when_nobody_waits_any_more(basedash: Basedash) -> None:
    fill(basedash, 20)
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 21)]

    def abandoned() -> bool:
        return basedash.methods().count("DELETE") >= 3

    report = basedash.many(state="absent", data_sources=entries, concurrency=1, abandoned=abandoned)
    assert actions(report) == ["deleted"] * 3 + ["not_attempted"] * 17


def test_nothing_is_tried_again_when_nobody_waits_any_more(basedash: Basedash) -> None:
    fill(basedash, 3)
    basedash.control("POST", "faults", [{"kind": "status_before", "status": 503, "method": "DELETE"}])
    entries = [{"id": f"ds_bulk_{number}"} for number in range(1, 4)]

    def abandoned() -> bool:
        return "DELETE" in basedash.methods()

    report = basedash.many(state="absent", data_sources=entries, concurrency=1, abandoned=abandoned)
    assert actions(report) == ["failed", "not_attempted", "not_attempted"]
    assert basedash.methods().count("DELETE") == 1
