# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guards of many data sources, where others write while the task works or where the list lags behind."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine import many as _bulk
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    ONE,
    PAGE,
    SOURCES,
    URL,
    Step,
    answer,
    error,
    found,
    many,
    page,
    resource,
)

OTHER = resource("ds_0", "production", lastHealthStatus="HEALTHY")
WAREHOUSE = resource("ds_w", "warehouse", isBasedashWarehouse=True)
SICK = {"lastHealthStatus": "UNHEALTHY"}
BY_NAME: dict[str, Any] = {"state": "absent", "filters": {"name_pattern": "^preview"}}
BY_HEALTH: dict[str, Any] = {"state": "absent", "filters": {"health_status": ["!HEALTHY"]}}
BY_PRUNE: dict[str, Any] = {"state": "present", "data_sources": [{"id": "ds_0"}], "prune": True}


def only(report: Report) -> dict[str, Any]:
    """Return the last result, of a task that failed."""
    assert report.failed
    return dict(report.result["results"][-1])


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each item be read by a request of its own, as if the list were old."""
    monkeypatch.setattr(_bulk, "Snapshot", lambda cache: cache.api)


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("wanted", "now", "words"),
    [
        (BY_NAME, {"name": "production-2"}, "named 'production-2'"),
        (BY_HEALTH, {"lastHealthStatus": "HEALTHY"}, "does not meet the filters any more"),
        (BY_NAME, {"isDemo": True, **SICK}, "demonstration"),
        ({**BY_HEALTH, "exclude": ["Kept"]}, {"name": "kept", **SICK}, "named 'kept'"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_is_not_as_it_was_selected_stays(wanted: Any, now: Any, words: str, check_mode: bool) -> None:
    report = many(
        ("GET", PAGE, page(resource(**SICK), OTHER)), ("GET", ONE, found(**now)), check_mode=check_mode, **wanted
    )
    assert only(report)["action"] == "failed"
    assert words in only(report)["msg"]
    assert not report.result["changed"]


@pytest.mark.usefixtures("fresh")
def test_a_blank_name_is_a_guard_too() -> None:
    report = many(
        ("GET", PAGE, page(resource(name=" ", **SICK), OTHER)), ("GET", ONE, found(name="orders", **SICK)), **BY_HEALTH
    )
    assert "renamed" in only(report)["msg"]


@pytest.mark.usefixtures("fresh")
def test_what_was_renamed_is_not_pruned() -> None:
    report = many(
        ("GET", PAGE, page(resource(), OTHER)),
        ("GET", SOURCES + "/ds_0", found("ds_0", "production")),
        ("GET", ONE, found(name="orders")),
        **{**BY_PRUNE, "exclude": ["ds_5"]},
    )
    assert [entry["action"] for entry in report.result["results"]] == ["unchanged", "failed"]
    assert report.warnings == [
        "The entry 'ds_5' of exclude protects nothing, because no data source has this id or name."
    ]


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_is_in_exclude_by_now_stays_whatever_an_entry_says(force: bool, check_mode: bool) -> None:
    report = many(
        ("GET", PAGE, page(resource(), OTHER)),
        ("GET", ONE, found(name="PRODUCTION")),
        state="absent",
        data_sources=[{"id": "ds_1", "force": force}],
        exclude=["production"],
        check_mode=check_mode,
    )
    assert "it is in exclude" in only(report)["msg"]


def test_what_is_excluded_may_not_be_deleted_and_so_does_not_count() -> None:
    report = many(("GET", PAGE, page(resource(**SICK), OTHER, WAREHOUSE)), **{**BY_HEALTH, "exclude": ["production"]})
    assert report.failed
    assert "each of the 1 data sources" in report.result["msg"]


@pytest.mark.usefixtures("fresh")
def test_what_is_still_selected_goes() -> None:
    report = many(
        ("GET", PAGE, page(resource(**SICK), OTHER, resource("ds_2", lastHealthStatus="HEALTHY"))),
        ("GET", ONE, found(**SICK)),
        ("DELETE", ONE, answer(204)),
        **{**BY_HEALTH, "exclude": ["production"]},
    )
    assert not report.failed
    assert report.result["summary"]["deleted"] == 1
    assert report.result["service"] == {"api_url": URL, "organization_id": "org_1"}
    assert report.warnings == []


def test_force_reads_nothing_without_exclude() -> None:
    entries = [{"id": "ds_1", "force": True}]
    assert many(("DELETE", ONE, answer(204)), state="absent", data_sources=entries).result["changed"]


def test_force_with_exclude_needs_the_list() -> None:
    entries = [{"id": "ds_1", "force": True}]
    report = many(("GET", PAGE, error(403)), state="absent", data_sources=entries, exclude=["production"])
    assert report.failed


def test_force_with_exclude_spares_no_warehouse() -> None:
    report = many(
        ("GET", PAGE, page(WAREHOUSE, OTHER)),
        ("DELETE", SOURCES + "/ds_w", answer(204)),
        state="absent",
        data_sources=[{"id": "ds_w", "force": True}],
        exclude=["production"],
    )
    assert report.result["summary"]["deleted"] == 1


def test_the_limit_counts_what_the_list_does_not_show_yet() -> None:
    report = many(
        ("GET", PAGE, page(OTHER)),
        ("GET", ONE, found()),
        state="absent",
        data_sources=[{"id": "ds_1"}, {"id": "ds_0"}],
        max_deletions=1,
    )
    assert only(report)["action"] == "not_attempted"
    assert "'preview-42' (ds_1)" in report.result["msg"]


@pytest.mark.parametrize("reaction", [NOT_FOUND, HTML, answer(405)])
def test_the_limit_does_not_count_what_is_not_there(reaction: Any) -> None:
    report = many(
        ("GET", PAGE, page(OTHER)),
        ("GET", ONE, reaction),
        ("DELETE", SOURCES + "/ds_0", answer(204)),
        ("GET", ONE, reaction),
        state="absent",
        data_sources=[{"id": "ds_0"}, {"id": "ds_1"}],
        max_deletions=1,
    )
    assert [entry["action"] for entry in report.result["results"]] == ["deleted", "unchanged"]


@pytest.mark.parametrize(
    "listed", [[], [WAREHOUSE], [resource("ds_d", "demo", isDemo=True)], [resource("ds_1", "kept"), WAREHOUSE]]
)
def test_a_prune_that_may_delete_nothing_is_not_refused(listed: list[Any]) -> None:
    report = many(("GET", PAGE, page(*listed)), state="present", data_sources=[], prune=True, exclude=["KEPT"])
    assert not report.failed
    assert report.result["results"] == []


def test_nulls_of_what_nothing_became_of_are_left_out() -> None:
    report = many(
        ("GET", PAGE, page(resource(), OTHER)),
        ("DELETE", ONE, answer(204)),
        state="absent",
        data_sources=[{"id": "ds_1"}, {"name": "nobody"}],
    )
    gone, nobody = report.result["results"]
    assert None in gone["data_source"].values()
    assert nobody == {
        "id": None,
        "name": "nobody",
        "action": "unchanged",
        "changed": False,
        "msg": "There is no data source named 'nobody': nothing to delete.",
    }
    (diff,) = report.result["diff"]
    assert diff["before"] == {name: value for name, value in gone["data_source"].items() if value is not None}
    unchanged = many(("GET", PAGE, page(OTHER)), state="present", data_sources=[{"id": "ds_0"}]).result["results"][0]
    assert None not in unchanged["data_source"].values()
    assert unchanged["data_source"]["ssh_enabled"] is False


def test_five_failures_are_named_and_each_is_short() -> None:
    steps: list[Step] = [("GET", PAGE, page(*(resource("ds_%d" % n, "name-%d " % n + "x" * 500) for n in range(8))))]
    steps += [("DELETE", "%s/ds_%d" % (SOURCES, n), error(403, "no " * 500)) for n in range(8)]
    report = many(*steps, state="absent", data_sources=[{"id": "ds_%d" % n} for n in range(8)])
    message = report.result["msg"]
    assert message.startswith("8 of 8 data sources failed and 0 were not attempted, see results. 'name-0 ")
    assert message.endswith(" And 3 more.")
    assert "'name-4" in message
    assert "'name-5" not in message
    assert len(message) < 2500
