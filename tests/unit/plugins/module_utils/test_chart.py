# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to charts: each has a name on its dashboard, is on a tab, and people drag it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.boards import (
    Boards,
    Fault,
    chart,
    charts,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import HTML, RESET, answer, error

BY_NAME = {"name": "Revenue", "dashboard": "Sales"}
BY_ID = {"name": "Revenue", "dashboard_id": "d1"}
NEW = {"name": "Orders", "dashboard": "Sales"}
both_modes = pytest.mark.parametrize("check_mode", [False, True])
everywhere = pytest.mark.parametrize("where", [BY_NAME, BY_ID])


def with_growth() -> Boards:
    """Return a server with a second dashboard "Growth" (d2), with a tab "Main" (t9) and a chart "Revenue" (c9)."""
    server = Boards()
    server.add("dashboards", id="d2", name="Growth")
    server.add("tabs", id="t9", name="Main", order=0, dashboardId="d2")
    server.add("charts", id="c9", name="Revenue", dashboardId="d2", dashboardTabId="t9", sqlQuery="SELECT 9")
    return server


# The dashboard --------------------------------------------------------------------------------------------------------


@everywhere
def test_the_same_name_on_two_dashboards_is_no_twin(where: dict[str, Any]) -> None:
    server = with_growth()
    report = chart(server, **where, sql_query="SELECT 2")
    assert report.result["changed"]
    assert server.objects["charts"]["c1"]["sqlQuery"] == "SELECT 2"
    assert server.objects["charts"]["c9"]["sqlQuery"] == "SELECT 9"
    assert chart(server, state="absent", **where).result["changed"]
    assert list(server.objects["charts"]) == ["c9"]


def test_charts_are_listed_on_their_dashboard_and_changed_by_their_own_path() -> None:
    server = Boards()
    assert chart(server, **BY_NAME, sql_query="SELECT 2").result["changed"]
    assert server.log == ["GET dashboards", "GET charts", "PATCH chart"]
    assert server.sent[1].url.endswith("/dashboards/d1/charts?limit=100")
    assert server.sent[2].url.endswith("/organizations/org_1/charts/c1")


def test_two_charts_of_one_name_on_a_dashboard_are_refused() -> None:
    server = Boards()
    server.add("charts", id="c2", name="Revenue", dashboardId="d1", dashboardTabId="t2")
    for state in ("present", "absent"):
        report = chart(server, state=state, **BY_NAME)
        assert report.failed
        assert "'c2', 'c1'" in report.result["msg"]
    assert server.writes == []


@both_modes
def test_absent_on_an_unknown_dashboard_is_unchanged_with_a_warning(check_mode: bool) -> None:
    server = Boards()
    report = chart(server, check_mode, state="absent", name="Revenue", dashboard="nowhere")
    assert not report.failed
    assert not report.result["changed"]
    assert "'nowhere'" in report.warnings[0]
    assert server.writes == []


def test_check_mode_names_each_object_that_it_assumes() -> None:
    server = Boards()
    report = chart(server, True, **NEW, tab="later", data_source="warehouse")
    assert report.result["changed"]
    assert [word for word in ("'later'", "'warehouse'") if word in " ".join(report.warnings)] == [
        "'later'",
        "'warehouse'",
    ]
    assert "'later'" in chart(server, **NEW, tab="later", data_source="warehouse").result["msg"]
    assert server.writes == []


def test_present_on_an_unknown_dashboard_fails() -> None:
    server = Boards()
    report = chart(server, name="Revenue", dashboard="nowhere", tab="Main")
    assert report.failed
    assert "There is no dashboard named 'nowhere'" in report.result["msg"]
    assert server.log == ["GET dashboards"]


@both_modes
def test_an_unknown_dashboard_by_id_is_absent_for_certain(check_mode: bool) -> None:
    server = Boards()
    options = {"name": "Revenue", "dashboard_id": "d9"}
    report = chart(server, check_mode, state="absent", **options)
    assert not report.failed, report.result["msg"]
    assert not report.result["changed"]
    assert "the dashboard with id 'd9'" in report.result["msg"]
    assert server.log == ["GET charts", "GET dashboards"]
    report = chart(server, check_mode, **options)
    assert report.failed
    assert server.writes == []
    assert "The dashboard with id 'd9' does not exist" in report.result["msg"]
    assert charts(server, dashboard_id="d9").result["charts"] == []
    blocked = Boards([Fault("GET dashboards", error(404), number=0)])
    assert chart(blocked, check_mode, state="absent", **options).failed


def test_check_mode_assumes_that_an_earlier_task_creates_the_dashboard_and_its_tab() -> None:
    server = Boards()
    report = chart(server, True, name="Orders", dashboard="nowhere", tab="Main", chart_type="line")
    assert report.result["changed"]
    assert len(report.warnings) == 1
    assert "'nowhere'" in report.warnings[0]
    assert report.result["chart"]["chart_type"] == "LINE"


@both_modes
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_ambiguous_dashboard_is_refused(check_mode: bool, state: str) -> None:
    server = Boards()
    server.add("dashboards", id="d2", name="Sales")
    report = chart(server, check_mode, state=state, **BY_NAME)
    assert report.failed
    assert "'d2', 'd1'" in report.result["msg"]
    assert server.log == ["GET dashboards"]


@both_modes
def test_a_chart_is_not_moved_to_another_dashboard(check_mode: bool) -> None:
    server = with_growth()
    report = chart(server, check_mode, id="c1", dashboard="Growth", sql_query="SELECT 2")
    assert report.failed
    assert "is not in dashboard 'Growth'" in report.result["msg"]
    assert server.writes == []


def test_charts_that_do_not_show_their_dashboard_are_on_the_one_that_lists_them() -> None:
    server = Boards()
    server.omitted = {"dashboardId"}
    assert not chart(server, **BY_NAME).result["changed"]
    assert chart(server, **BY_NAME, sql_query="SELECT 2").result["changed"]
    assert charts(server, dashboard="Sales").result["charts"][0]["dashboard_id"] == "d1"
    assert chart(server, state="absent", **BY_NAME).result["changed"]
    assert server.writes == ["PATCH chart", "DELETE chart"]


def test_chart_info_reads_the_charts_of_all_dashboards_or_of_one() -> None:
    server = with_growth()
    report = charts(server)
    assert [one["id"] for one in report.result["charts"]] == ["c9", "c1"]
    assert server.log == ["GET dashboards", "GET charts", "GET charts"]
    assert [one["id"] for one in charts(server, dashboard="Sales").result["charts"]] == ["c1"]
    assert server.log[3:] == ["GET dashboards", "GET charts"]
    assert [one["id"] for one in charts(server, id="c9").result["charts"]] == ["c9"]
    nowhere = charts(server, dashboard="nowhere")
    assert nowhere.result["charts"] == []
    assert "'nowhere'" in nowhere.warnings[0]


# The tab --------------------------------------------------------------------------------------------------------------


def test_a_tab_is_named_on_the_dashboard_and_read_once() -> None:
    server = with_growth()
    server.add("tabs", id="t8", name="Details", order=1, dashboardId="d2")
    report = chart(server, **NEW, tab="Details")
    assert not report.failed, report.result["msg"]
    assert server.bodies == [{"name": "Orders", "dashboardId": "d1", "dashboardTabId": "t2"}]
    assert server.log[:4] == ["GET dashboards", "GET dashboard", "GET charts", "POST chart"]
    assert report.result["chart"]["dashboard_tab_id"] == "t2"
    assert not chart(server, **NEW, tab="Details").result["changed"]


def test_a_chart_is_moved_to_another_tab() -> None:
    server = Boards()
    assert chart(server, **BY_NAME, tab="Details").result["changed"]
    assert server.bodies == [{"dashboardTabId": "t2"}]


@both_modes
def test_the_tab_of_a_chart_that_is_named_by_id_is_on_its_dashboard(check_mode: bool) -> None:
    server = with_growth()
    server.add("tabs", id="t8", name="Details", order=1, dashboardId="d2")
    report = chart(server, check_mode, id="c9", tab="Details")
    assert report.result["changed"]
    assert report.result["chart"]["dashboard_tab_id"] == "t8"
    assert chart(server, check_mode, id="c8", tab="Details").failed


def test_an_unknown_tab_fails_before_anything_is_sent() -> None:
    for options in (NEW, BY_NAME):
        server = Boards()
        report = chart(server, **options, tab="Notes", sql_query="SELECT 2")
        assert report.failed
        assert "There is no tab named 'Notes' in dashboard with id 'd1'" in report.result["msg"]
        assert server.writes == []


@pytest.mark.parametrize(("options", "action"), [(NEW, "created"), (BY_NAME, "updated")])
def test_check_mode_assumes_that_an_earlier_task_adds_the_tab(options: dict[str, Any], action: str) -> None:
    report = chart(Boards(), True, **options, tab="Notes")
    assert not report.failed
    assert report.result["changed"]
    assert report.result["chart"]["dashboard_tab_id"] is None
    assert (report.result["chart"]["id"] is None) == (action == "created")
    assert len(report.warnings) == 1
    assert "'Notes'" in report.warnings[0]


@both_modes
def test_an_ambiguous_tab_is_refused(check_mode: bool) -> None:
    server = Boards()
    server.add("tabs", id="t3", name="Details", order=2, dashboardId="d1")
    report = chart(server, check_mode, **NEW, tab="Details")
    assert report.failed
    assert "'t2', 't3'" in report.result["msg"]
    assert "tab_id" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize(("name", "words"), [("De tails", "correct the tab"), ("t2", "goes into the option tab_id")])
def test_a_tab_that_is_misspelled_gets_a_hint(name: str, words: str) -> None:
    report = chart(Boards(), **NEW, tab=name)
    assert report.failed
    assert words in report.result["msg"]


@both_modes
@pytest.mark.parametrize("reaction", [error(405), HTML, error(404)])
def test_a_server_that_does_not_show_tabs_is_told_in_one_sentence(check_mode: bool, reaction: Any) -> None:
    server = Boards([Fault("GET dashboard", reaction, number=0)])
    server.shows_tabs = False
    report = chart(server, check_mode, **NEW, tab="Details")
    assert report.failed
    assert server.writes == []
    assert not chart(server, check_mode, **NEW, tab_id="t2").failed


# The layout -----------------------------------------------------------------------------------------------------------


def test_the_layout_is_set_when_a_chart_is_created() -> None:
    server = Boards()
    report = chart(server, **NEW, layout={"x": 2, "width": 6})
    assert report.result["changed"]
    assert server.bodies[0]["layout"] == {"x": 2, "width": 6}
    assert report.result["chart"]["layout"] == {"x": 2, "y": 4, "width": 6, "height": 4}
    assert report.warnings == []


@both_modes
def test_the_layout_of_a_chart_that_exists_is_left_to_people(check_mode: bool) -> None:
    server = Boards()
    report = chart(server, check_mode, **BY_NAME, layout={"x": 2})
    assert not report.result["changed"]
    assert report.result["diff"]["before"] == report.result["diff"]["after"] == {}
    assert server.writes == []


def test_only_the_given_parts_of_a_layout_are_compared() -> None:
    server = Boards()
    options = {**BY_NAME, "layout": {"x": 2, "height": 4}, "update_layout": "always"}
    assert chart(server, **options).result["changed"]
    assert server.bodies == [{"layout": {"x": 2}}]
    server.objects["charts"]["c1"]["layout"]["y"] = 99
    assert not chart(server, **options).result["changed"]


def test_a_layout_that_is_stored_otherwise_is_a_warning() -> None:
    server = Boards()
    server.pushed = 8
    report = chart(server, **NEW, layout={"x": 0, "y": 0})
    assert not report.failed, report.result["msg"]
    assert report.result["chart"]["layout"]["y"] == 8
    assert len(report.warnings) == 1
    assert "layout.y is '8' and not '0'" in report.warnings[0]


def test_a_layout_that_is_stored_otherwise_is_a_warning_after_an_answer_that_lags_as_well() -> None:
    server = Boards()
    older = answer(200, {"data": {**server.objects["charts"]["c1"]}})
    server.faults = [
        Fault("PATCH chart", older, works=True),
        Fault("GET chart", lambda one: one.objects["charts"]["c1"].update(layout={"x": 0, "y": 8})),
    ]
    report = chart(server, **BY_NAME, sql_query="SELECT 2", layout={"y": 1}, update_layout="always")
    assert not report.failed
    assert "layout.y is '8' and not '1'" in report.warnings[0]


@pytest.mark.parametrize(
    "layout", [{"x": -1}, {"y": -1}, {"width": 0}, {"height": 0}, {"x": 1.5}, {"x": True}, {"left": 1}, [1], "x=1.5"]
)
def test_a_layout_that_no_grid_has_is_refused(layout: Any) -> None:
    server = Boards()
    report = chart(server, **NEW, layout=layout)
    assert report.failed
    assert "layout" in report.result["msg"]
    assert server.log == []


# Settings -------------------------------------------------------------------------------------------------------------


SQL = '  SELECT {{ definition("revenue") }}\n\t-- x \nFROM sales\n\n'


@pytest.mark.parametrize("option", ["sql_query", "drilldown_sql_query", "static_content"])
def test_texts_arrive_as_they_are_given(option: str) -> None:
    server = Boards()
    assert chart(server, **NEW, **{option: SQL}).result["changed"]
    name = {"sql_query": "sqlQuery", "drilldown_sql_query": "drilldownSqlQuery"}.get(option, "staticContent")
    assert server.bodies[0][name] == SQL
    made = next(iter(server.objects["charts"].values()))
    made[name] = SQL.rstrip()
    assert not chart(server, **NEW, **{option: SQL}).result["changed"]
    assert not chart(server, **NEW, **{option: SQL.rstrip() + "\n"}).result["changed"]
    assert chart(server, **NEW, **{option: SQL.lstrip()}).result["changed"]


def test_the_kind_of_chart_is_passed_on_in_upper_case() -> None:
    server = Boards()
    assert not chart(server, **BY_NAME, chart_type="line").result["changed"]
    assert chart(server, **BY_NAME, chart_type="new_kind").result["changed"]
    assert server.bodies == [{"chartType": "NEW_KIND"}]


def test_a_data_source_by_name_or_id() -> None:
    server = Boards()
    assert not chart(server, **BY_NAME, data_source="production").result["changed"]
    assert not chart(server, **BY_NAME, data_source_id="s1").result["changed"]
    assert chart(server, **BY_NAME, data_source="nowhere").failed
    assert chart(server, True, **BY_NAME, data_source="nowhere").result["changed"]
    assert server.writes == []
    assert chart(server, **BY_NAME, clear=["data_source"]).result["changed"]
    assert server.bodies == [{"databaseConnectionId": None}]


@both_modes
@pytest.mark.parametrize("identity", [BY_NAME, {"id": "c1"}])
def test_an_archived_chart_counts_as_absent(check_mode: bool, identity: dict[str, str]) -> None:
    server = Boards()
    server.objects["charts"]["c1"]["archivedAt"] = "2026-11-21T08:00:00.000Z"
    assert not chart(server, check_mode, state="absent", **identity).result["changed"]
    assert charts(server).result["charts"] == []


@pytest.mark.parametrize("works", [True, False])
def test_a_lost_answer_makes_no_second_chart(works: bool) -> None:
    server = Boards([Fault("POST chart", RESET, works=works)])
    report = chart(server, **NEW, layout={"x": 1}, sql_query=SQL)
    assert not report.failed, report.result["msg"]
    assert [one["name"] for one in server.objects["charts"].values()] == ["Orders", "Revenue"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({**BY_NAME, **BY_ID}, "dashboard and dashboard_id are both given"),
        ({"name": "Revenue"}, "give dashboard or dashboard_id"),
        ({**BY_NAME, "tab": "Main", "tab_id": "t1"}, "tab and tab_id are both given"),
        ({**BY_NAME, "tab": ""}, "tab is empty"),
        ({**BY_NAME, "tab": " Main"}, "white space"),
        ({**BY_NAME, "sql_query": ""}, "sql_query is empty"),
        ({**BY_NAME, "update_layout": "never"}, "update_layout"),
        ({**BY_NAME, "sql_query": ["SELECT 1"]}, "a list"),
    ],
)
def test_what_names_no_chart_is_refused_before_anything_is_sent(options: dict[str, Any], words: str) -> None:
    server = Boards()
    report = chart(server, **options)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []
