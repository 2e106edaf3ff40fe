# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to dashboards: their tabs, and words and times of the API."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._resources.tabs import in_order, places
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.boards import (
    Boards,
    Fault,
    dashboard,
    dashboards,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    RESET,
    TIMED_OUT,
    answer,
    error,
)

SALES = {"name": "Sales"}
both_modes = pytest.mark.parametrize("check_mode", [False, True])


def names(tabs: Any) -> list[str]:
    """Return the names of tabs."""
    return [tab["name"] for tab in tabs]


# A new dashboard ------------------------------------------------------------------------------------------------------


def test_the_first_wanted_tab_takes_the_place_of_main() -> None:
    server = Boards()
    report = dashboard(server, name="Growth", tabs=[{"name": "Overview"}, {"name": "Churn"}])
    assert not report.failed, report.result["msg"]
    assert server.writes == ["POST dashboard", "PATCH tab", "POST tab"]
    facts = report.result["dashboard"]
    assert server.tabs(facts["id"]) == names(facts["tabs"]) == ["Overview", "Churn"]
    assert set(facts["tabs"][0]) == {"id", "name", "order", "dashboard_id", "created_at", "updated_at"}
    assert report.result["diff"]["after"] == {"name": "Growth", "tabs": ["Overview", "Churn"]}
    assert not dashboard(server, name="Growth", tabs=["Overview", "Churn"]).result["changed"]


def test_main_stays_main_if_it_is_the_first() -> None:
    server = Boards()
    assert dashboard(server, name="Growth", tabs=["Main", "Churn"]).result["changed"]
    assert server.writes == ["POST dashboard", "POST tab"]


def test_a_dashboard_that_exists_keeps_main() -> None:
    server = Boards()
    report = dashboard(server, **SALES, tabs=["Overview"])
    assert report.result["changed"]
    assert server.writes == ["POST tab"]
    assert server.tabs() == ["Main", "Details", "Overview"]
    assert report.result["diff"]["before"]["tabs"] == ["Main", "Details"]
    assert report.result["diff"]["after"]["tabs"] == ["Main", "Details", "Overview"]


@pytest.mark.parametrize("reaction", [error(404), error(500), HTML, error(403)])
def test_tabs_that_cannot_be_set_in_a_new_dashboard_are_told(reaction: Any) -> None:
    server = Boards([Fault("POST tab", reaction, number=0)])
    report = dashboard(server, retry_timeout=0.0, name="Growth", tabs=["Overview", "Churn"])
    assert report.failed
    assert report.result["changed"]
    assert "was created and given the tab 'Overview'" in report.result["msg"]
    assert report.result["dashboard"]["name"] == "Growth"


# Which tabs -----------------------------------------------------------------------------------------------------------


@both_modes
@pytest.mark.parametrize("tabs", [["Main", "Details"], ["Main"], ["Details"], [{"name": "Main"}, "Details"]])
def test_tabs_that_are_there_in_this_order_change_nothing(check_mode: bool, tabs: Any) -> None:
    server = Boards()
    report = dashboard(server, check_mode, **SALES, tabs=tabs)
    assert not report.result["changed"]
    assert server.log == ["GET dashboards"]


def test_purge_tabs_deletes_a_tab_without_charts() -> None:
    server = Boards()
    report = dashboard(server, **SALES, tabs=["Main"], purge_tabs=True)
    assert report.result["changed"]
    assert server.writes == ["DELETE tab"]
    assert server.tabs() == ["Main"]
    assert names(report.result["dashboard"]["tabs"]) == ["Main"]


@both_modes
def test_a_tab_with_charts_is_never_deleted(check_mode: bool) -> None:
    server = Boards()
    report = dashboard(server, check_mode, **SALES, tabs=["Details", "New"], purge_tabs=True, width="WIDE")
    assert report.failed
    assert "'Main' has 1 chart (such as 'Revenue')" in report.result["msg"]
    assert server.writes == []


@both_modes
def test_tabs_are_not_set_by_extra(check_mode: bool) -> None:
    server = Boards()
    report = dashboard(server, check_mode, **SALES, extra={"tabs": []})
    assert report.failed
    assert "'tabs', which can't be set" in report.result["msg"]
    assert server.log == []


def test_a_chart_that_does_not_show_its_tab_may_be_on_any() -> None:
    server = Boards()
    server.objects["charts"]["c1"]["dashboardTabId"] = None
    assert dashboard(server, **SALES, tabs=["Main"], purge_tabs=True).failed
    assert server.writes == []


@pytest.mark.parametrize("reaction", [error(404), error(405), error(500), HTML])
def test_no_tab_is_deleted_if_the_charts_cannot_be_listed(reaction: Any) -> None:
    server = Boards([Fault("GET charts", reaction, number=0)])
    assert dashboard(server, retry_timeout=0.0, **SALES, tabs=["Main"], purge_tabs=True).failed
    assert server.writes == []


def test_a_chart_that_comes_just_before_the_deletion_keeps_its_tab() -> None:
    def come(server: Boards) -> None:
        server.add("charts", id="c2", name="New", dashboardId="d1", dashboardTabId="t2")

    server = Boards([Fault("GET charts", come, number=2)])
    report = dashboard(server, **SALES, tabs=["Main"], purge_tabs=True)
    assert report.failed
    assert "'Details' has 1 chart" in report.result["msg"]
    assert not report.result["changed"]
    assert server.writes == []


def test_a_deletion_that_has_to_wait_reads_the_tabs_and_charts_again() -> None:
    server = Boards([Fault("DELETE tab", error(429, retryAfterMs=6000))])
    assert dashboard(server, **SALES, tabs=["Main"], purge_tabs=True).result["changed"]
    assert server.log.count("GET charts") == 3


@both_modes
@pytest.mark.parametrize("purge", [False, True])
def test_two_tabs_of_a_given_name_are_refused(check_mode: bool, purge: bool) -> None:
    server = Boards()
    server.add("tabs", id="t3", name="Main", order=2, dashboardId="d1")
    report = dashboard(server, check_mode, **SALES, tabs=["Main", "New"], purge_tabs=purge)
    assert report.failed
    assert "'t1', 't3'" in report.result["msg"]
    assert server.writes == []


def test_two_tabs_of_another_name_do_not_matter() -> None:
    server = Boards()
    server.add("tabs", id="t3", name="Details", order=2, dashboardId="d1")
    assert not dashboard(server, **SALES, tabs=["Main"]).result["changed"]


@both_modes
def test_a_tab_that_differs_in_what_nobody_sees_is_refused(check_mode: bool) -> None:
    server = Boards()
    report = dashboard(server, check_mode, **SALES, tabs=["Main", "De\u200btails"])
    assert report.failed
    assert "'Details'" in report.result["msg"]
    assert server.writes == []


@both_modes
def test_a_tab_that_differs_in_case_is_another_one(check_mode: bool) -> None:
    server = Boards()
    report = dashboard(server, check_mode, **SALES, tabs=["Main", "details"])
    assert report.result["changed"]
    assert "'Details' already" in report.warnings[0]
    server = Boards()
    assert dashboard(server, check_mode, **SALES, tabs=["Main", "details"], purge_tabs=True).failed
    assert server.writes == []


@pytest.mark.parametrize(
    ("tabs", "words"),
    [
        ([], "tabs is empty"),
        (["Main", "Main"], "more than once"),
        ([""], "tabs[0].name is empty"),
        ([{"name": " Main"}], "white space"),
        ([{"name": True}], "a boolean"),
        ([1.5], "a float"),
        ([{}], "name is missing"),
        ([{"name": "Main", "order": 1}], "The option order of tabs[0] is unknown"),
        ([["Main"]], "a list within the list"),
        ("Main", "a text and not a list"),
    ],
)
def test_tabs_that_are_no_tabs_are_refused_before_anything_is_sent(tabs: Any, words: str) -> None:
    server = Boards()
    report = dashboard(server, **SALES, tabs=tabs, purge_tabs=True)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []


def test_purge_tabs_alone_deletes_nothing() -> None:
    server = Boards()
    assert not dashboard(server, **SALES, purge_tabs=True).result["changed"]
    assert server.writes == []


# Where the tabs are ---------------------------------------------------------------------------------------------------


@both_modes
def test_tabs_are_read_singly_where_the_list_does_not_show_them(check_mode: bool) -> None:
    server = Boards()
    server.shows_tabs = False
    report = dashboard(server, check_mode, **SALES, tabs=["Main", "Details"])
    assert not report.result["changed"]
    assert server.log == ["GET dashboards", "GET dashboard"]
    if not check_mode:
        assert names(report.result["dashboard"]["tabs"]) == ["Main", "Details"]
    assert dashboards(server).result["dashboards"][0]["tabs"] is None


@both_modes
@pytest.mark.parametrize("reaction", [error(404), error(405), HTML])
def test_tabs_that_the_server_does_not_show_fail_in_one_sentence(check_mode: bool, reaction: Any) -> None:
    server = Boards([Fault("GET dashboard", reaction, number=0)])
    server.shows_tabs = False
    report = dashboard(server, check_mode, **SALES, tabs=["Main"], width="WIDE")
    assert report.failed
    assert "dashboard" in report.result["msg"]
    assert server.writes == []
    assert not dashboard(server, check_mode, **SALES).failed


# Their order ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [("order",), ("sortOrder",)])
def test_the_order_of_the_tabs_is_set_by_the_name_that_the_server_takes(fields: tuple[str, ...]) -> None:
    server = Boards()
    server.order_fields = fields
    report = dashboard(server, **SALES, tabs=["Details", "Main"])
    assert not report.failed, report.result["msg"]
    assert server.tabs() == ["Details", "Main"]
    assert [set(body) for body in server.bodies[-2:]] == [set(fields)] * 2
    assert not dashboard(server, **SALES, tabs=["Details", "Main"]).result["changed"]


def test_the_order_field_that_a_server_refuses_is_not_the_last_word() -> None:
    server = Boards([Fault("PATCH tab", error(400, "unknown field order"))])
    server.order_fields = ("sortOrder",)
    assert dashboard(server, **SALES, tabs=["Details", "Main"]).result["changed"]
    assert server.tabs() == ["Details", "Main"]


def test_an_order_that_does_not_take_is_said() -> None:
    server = Boards()
    server.order_fields = ()
    report = dashboard(server, **SALES, tabs=["Details", "Main"])
    assert report.failed
    assert not report.result["changed"]
    assert "the order of the tabs did not take" in report.result["msg"]


def test_other_tabs_stay_where_they_are() -> None:
    server = Boards()
    server.add("tabs", id="t3", name="Notes", order=7, dashboardId="d1")
    assert dashboard(server, **SALES, tabs=["Notes", "Main"]).result["changed"]
    assert server.tabs() == ["Notes", "Details", "Main"]


@pytest.mark.parametrize(
    ("present", "wanted", "expected"),
    [
        ("ABC", "ABC", "ABC"),
        ("ABC", "CA", "CBA"),
        ("ABC", "BC", "ABC"),
        ("ABCD", "DCBA", "DCBA"),
        ("ABC", "CAB", "CAB"),
        ("A", "A", "A"),
    ],
)
@pytest.mark.parametrize("orders", [(0, 1, 2, 3), (1.5, 2, 10, 11), (0, 0, 0, 0), (None, None, None, None)])
def test_no_more_tabs_get_another_place_than_have_to(
    present: str, wanted: str, expected: str, orders: tuple[Any, ...]
) -> None:
    tabs = [{"id": "id_" + name, "name": name, "order": order} for name, order in zip(present, orders)]
    assert "".join(in_order(present, wanted)) == expected
    moves = places(tabs, wanted)
    assert bool(moves) == (present != expected)
    after = sorted(tabs, key=lambda tab: float(moves.get(tab["id"], tab["order"] or 0)))
    assert not moves or "".join(names(after)) == expected


# Lost answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize(
    ("step", "options", "expected"),
    [
        ("POST tab", {"tabs": ["Main", "New"]}, ["Main", "Details", "New"]),
        ("PATCH tab", {"tabs": ["Details", "Main"]}, ["Details", "Main"]),
        ("DELETE tab", {"tabs": ["Main"], "purge_tabs": True}, ["Main"]),
    ],
)
def test_a_lost_answer_to_a_write_of_a_tab(
    step: str, options: dict[str, Any], expected: list[str], works: bool
) -> None:
    server = Boards([Fault(step, RESET, works=works)])
    report = dashboard(server, **SALES, **options)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert server.tabs() == expected


def test_a_tab_that_may_still_come_is_not_added_again() -> None:
    server = Boards([Fault("POST tab", TIMED_OUT)])
    report = dashboard(server, **SALES, tabs=["New"])
    assert report.failed
    assert "given the tab 'New' is not known" in report.result["msg"]
    assert server.writes == ["POST tab"]


def test_a_tab_is_added_once_if_the_answer_does_not_show_it() -> None:
    server = Boards([Fault("POST tab", answer(204), works=True)])
    assert dashboard(server, **SALES, tabs=["New"]).result["changed"]
    assert server.writes == ["POST tab"]
    assert server.tabs() == ["Main", "Details", "New"]


def test_a_tab_that_someone_else_adds_meanwhile_is_too_many() -> None:
    def add(server: Boards) -> None:
        server.add("tabs", id="t9", name="New", order=9, dashboardId="d1")

    server = Boards([Fault("POST tab", add)])
    report = dashboard(server, **SALES, tabs=["New"])
    assert report.failed
    assert report.result["changed"]
    assert "'New' (id 't9')" in report.result["msg"]
    assert "too many" in report.result["msg"]


def test_a_tab_that_someone_else_deletes_first_is_gone() -> None:
    server = Boards([Fault("DELETE tab", lambda server: server.objects["tabs"].pop("t2"))])
    assert not dashboard(server, **SALES, tabs=["Main"], purge_tabs=True).failed


def test_a_key_that_may_not_delete_a_tab_is_not_believed_to_have_done_it() -> None:
    server = Boards([Fault("DELETE tab", error(404), number=0)])
    report = dashboard(server, **SALES, tabs=["Main"], purge_tabs=True)
    assert report.failed
    assert not report.result["changed"]
    assert "'Details' (id 't2')" in report.result["msg"]


@pytest.mark.parametrize(("works", "changed"), [(True, True), (False, True)])
def test_a_tab_whose_lost_answer_is_followed_by_a_long_wait_is_there_once(works: bool, changed: bool) -> None:
    """The tab that the lost request may have added is found by the reading that the wait makes necessary."""
    server = Boards([Fault("POST tab", RESET, works=works), Fault("POST tab", error(429, retryAfterMs=6000), number=2)])
    report = dashboard(server, **SALES, tabs=["New"])
    assert not report.failed, report.result["msg"]
    assert report.result["changed"] == changed
    assert server.tabs() == ["Main", "Details", "New"]


FAULTS = {
    "rate limited": (error(429, retryAfterMs=100), False),
    "rate limited for long": (error(429, retryAfterMs=6000), False),
    "lost before": (RESET, False),
    "lost after": (RESET, True),
    "timed out before": (TIMED_OUT, False),
    "timed out after": (TIMED_OUT, True),
    "nothing in it": (answer(204), True),
    "refused": (error(400), False),
    "a page": (answer(200, "<html>"), True),
}


@pytest.mark.parametrize("seed", range(150))
def test_whatever_goes_wrong_no_tab_is_there_twice_and_nothing_is_hidden(seed: int) -> None:
    chance = random.Random(seed)
    steps = ("POST dashboard", "POST tab", "PATCH tab", "DELETE tab")
    chosen = [(chance.choice(steps), *FAULTS[chance.choice(list(FAULTS))]) for _number in range(chance.randint(1, 3))]
    server = Boards([Fault(step, reaction, chance.randint(1, 2), works) for step, reaction, works in chosen])
    server.order_fields = chance.choice([("order",), ("sortOrder",)])
    server.shows_tabs = chance.choice([True, False])
    server.objects["charts"].clear()
    name = chance.choice(["Growth", "Sales"])
    wanted = chance.sample(["Main", "Details", "A", "B", "C"], chance.randint(1, 4))
    purge = chance.choice([True, False])

    def held() -> list[list[str]]:
        return [server.tabs(one["id"]) for one in server.objects["dashboards"].values() if one["name"] == name]

    before = held()
    report = dashboard(server, name=name, tabs=wanted, purge_tabs=purge)
    after = held()
    assert len(after) <= 1
    assert all(len(set(tabs)) == len(tabs) for tabs in after)
    unknown = report.failed and "not known" in report.result["msg"]
    assert unknown or report.result["changed"] == (before != after)
    if not report.failed:
        assert [tab for tab in after[0] if tab in wanted] == wanted
        assert not purge or len(after[0]) == len(wanted)


# Settings -------------------------------------------------------------------------------------------------------------


def test_words_go_over_the_wire_in_upper_case() -> None:
    server = Boards()
    words = {"width": "wide", "default_date_range": "last_30_days", "default_group_by_interval": "Week"}
    assert dashboard(server, **SALES, **words).result["changed"]
    expected = {"width": "WIDE", "defaultDateRange": "LAST_30_DAYS", "defaultGroupByInterval": "WEEK"}
    assert server.bodies == [expected]
    assert not dashboard(server, **SALES, **words).result["changed"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("2026-07-01", "2026-07-01T00:00:00.000Z"),
        ("2026-07-01T02:00:00+02:00", "2026-07-01T00:00:00.000Z"),
        ("2026-07-01 00:00", "2026-07-01T00:00:00.000Z"),
        ("2026-07-01T00:00:59.999Z", "2026-07-01T00:00:59.999Z"),
    ],
)
def test_times_are_sent_in_utc_and_compared_as_times(given: str, sent: str) -> None:
    server = Boards()
    assert dashboard(server, **SALES, default_custom_date_range_start=given).result["changed"]
    assert server.bodies == [{"defaultCustomDateRangeStart": sent}]
    server.objects["dashboards"]["d1"]["defaultCustomDateRangeStart"] = sent.replace("Z", "+00:00")
    assert not dashboard(server, **SALES, default_custom_date_range_start=given).result["changed"]


@pytest.mark.parametrize("given", ["yesterday", "2026-13-01", "01.07.2026", 20260701])
def test_what_is_no_time_is_refused(given: Any) -> None:
    server = Boards()
    report = dashboard(server, **SALES, default_custom_date_range_end=given)
    assert report.failed
    assert "default_custom_date_range_end" in report.result["msg"]
    assert server.log == []


def test_a_folder_is_set_and_cleared() -> None:
    server = Boards()
    report = dashboard(server, **SALES, folder_id="f1")
    assert report.result["changed"]
    assert dashboard(server, **SALES, folder_id="f1").result["dashboard"]["dashboard_folder_id"] == "f1"
    assert dashboard(server, **SALES, clear=["folder_id"]).result["changed"]
    assert server.bodies[-1] == {"dashboardFolderId": None}


@both_modes
@pytest.mark.parametrize("identity", [SALES, {"id": "d1"}])
def test_an_archived_dashboard_counts_as_absent(check_mode: bool, identity: dict[str, str]) -> None:
    server = Boards()
    server.objects["dashboards"]["d1"]["archivedAt"] = "2026-11-21T08:00:00.000Z"
    report = dashboard(server, check_mode, state="absent", **identity)
    assert not report.failed
    assert not report.result["changed"]
    assert dashboards(server).result["dashboards"] == []
    if identity is SALES:
        assert dashboard(server, check_mode, name="Sales").result["changed"]
