# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dashboards with tabs, and charts, on each server that the unknowns of the API could turn out to be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.modules import (
    basedash_chart,
    basedash_chart_info,
    basedash_dashboard,
)
from ansible_collections.community.basedash.tests.lifecycle.driver import ORGANIZATION, Basedash

SERVERS: dict[str, dict[str, Any]] = {
    "as documented": {},
    "tabs in single readings only": {"dashboards": {"tabs_in_list": False}},
    "tabs in lists, no single GET, 404": {"dashboards": {"single_get": "404"}},
    "tabs in lists, no single GET, 405": {"dashboards": {"single_get": "405"}},
    "tabs in lists, no single GET, a page": {"dashboards": {"single_get": "404_html"}},
    "order is order": {"tabs": {"tab_order_field": "order"}},
    "order is sortOrder": {"tabs": {"tab_order_field": "sortOrder"}},
    "the last tab stays": {"tabs": {"last_tab": "refused"}},
    "charts move": {"tabs": {"charts_of_deleted_tab": "moved"}},
    "unique names": {"names_unique": True},
    "created is 200": {"create_status": 200},
    "delete is 204": {"delete_answer": "204"},
    "delete succeeds oddly": {"delete_answer": "200_success_false"},
    "delete says nothing": {"delete_answer": "200_without_data"},
    "single GET lags": {"get_lag_seconds": 3},
    "all readings lag": {"list_lag_seconds": 3, "get_lag_seconds": 3},
    "archived ones are everywhere": {"deleted_shown": "everywhere", "tabs": {"deleted_shown": "nowhere"}},
    "newer release": {"extra_fields": {"folder": "x", "labels": ["a"]}},
}
every_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())


def dashboard(basedash: Basedash, check_mode: bool = False, **options: Any) -> Report:
    """Run the module for one dashboard, in which a text stands for a tab."""
    if "tabs" in options:
        options["tabs"] = [{"name": name} for name in options["tabs"]]
    return basedash.run(basedash_dashboard.SPEC, check_mode, options)


def chart(basedash: Basedash, check_mode: bool = False, **options: Any) -> Report:
    """Run the module for one chart."""
    return basedash.run(basedash_chart.SPEC, check_mode, options)


def begin(basedash: Basedash, server: dict[str, Any]) -> None:
    """Start from the seed, and let the tabs of the seed appear where readings lag."""
    basedash.reset(server)
    basedash.pass_time(10)


def tabs(basedash: Basedash, of: str) -> list[str]:
    """Return the names of a dashboard's tabs, in their order, as the server holds them."""
    found = basedash.control("GET", "objects/tabs?organization=" + ORGANIZATION)
    there = [one for one in found if one["dashboardId"] == of and one["deletedAt"] is None]
    return [one["name"] for one in sorted(there, key=lambda one: float(one["order"]))]


def charts(basedash: Basedash) -> list[dict[str, Any]]:
    """Return the charts that are not deleted, as the server holds them."""
    found = basedash.control("GET", "objects/charts?organization=" + ORGANIZATION)
    return [one for one in found if one["deletedAt"] is None]


def writes(basedash: Basedash) -> list[str]:
    """Return the methods of the requests that were no readings."""
    return [method for method in basedash.methods() if method != "GET"]


@every_server
def test_the_life_of_a_dashboard_with_tabs(basedash: Basedash, server: dict[str, Any]) -> None:
    """Check mode knows each step before, and a second run has nothing to do."""
    begin(basedash, server)
    steps: list[dict[str, Any]] = [
        {"tabs": ["Overview", "Churn", "Main"], "width": "WIDE"},
        {"tabs": ["Main", "Overview"]},
        {"tabs": ["Main", "New", "Churn"], "description": "Daily"},
        {"tabs": ["New", "Main"], "purge_tabs": True},
        {"tabs": ["Other"], "purge_tabs": True},
    ]
    expected = [
        ["Overview", "Churn", "Main"],
        ["Main", "Churn", "Overview"],
        ["Main", "New", "Overview", "Churn"],
        ["New", "Main"],
        ["Other"],
    ]
    for options, names in zip(steps, expected):
        sent = len(writes(basedash))
        predicted = dashboard(basedash, True, name="Growth", **options)
        assert len(writes(basedash)) == sent
        real = dashboard(basedash, name="Growth", **options)
        assert not real.failed, real.result["msg"]
        assert real.result["changed"]
        assert predicted.result["changed"]
        assert predicted.result["diff"] == real.result["diff"]
        assert real.warnings == []
        identifier = real.result["dashboard"]["id"]
        held = tabs(basedash, identifier)
        assert [one for one in held if one in options["tabs"]] == options["tabs"]
        assert set(held) == set(names)
        assert [one["name"] for one in real.result["dashboard"]["tabs"]] == held
        basedash.pass_time(10)
        for check_mode in (True, False):
            again = dashboard(basedash, check_mode, name="Growth", **options)
            assert not again.failed, again.result
            assert not again.result["changed"], again.result["diff"]
    gone = dashboard(basedash, state="absent", name="Growth")
    assert gone.result["changed"], gone.result
    basedash.pass_time(10)
    assert not dashboard(basedash, state="absent", name="Growth").result["changed"]
    assert not dashboard(basedash, state="absent", id=identifier).result["changed"]


SQL = '  SELECT day, {{ definition("revenue") }} -- x\nFROM sales\n\n'


@every_server
@pytest.mark.parametrize("pushed", [False, True])
def test_the_life_of_a_chart(basedash: Basedash, server: dict[str, Any], pushed: bool) -> None:
    """Check mode knows each step before, and a second run has nothing to do. The layout is left to people."""
    begin(basedash, {**server, "charts": {"layout_pushed": pushed}})
    named = {"name": "Orders", "dashboard": "Sales"}
    first = {"tab": "Details", "chart_type": "line", "data_source": "production", "sql_query": SQL}
    steps: list[dict[str, Any]] = [
        {**first, "layout": {"x": 1, "y": 2, "width": 3, "height": None}, "description": "Per day"},
        {"tab": "Main", "chart_type": "table", "sql_query": SQL.strip()},
        {"clear": ["description", "data_source"], "static_content": "# A\n"},
        {"layout": {"x": 2, "y": None, "width": None, "height": None}, "update_layout": "always"},
    ]
    for options in steps:
        sent = len(writes(basedash))
        predicted = chart(basedash, True, **named, **options)
        assert len(writes(basedash)) == sent
        real = chart(basedash, **named, **options)
        assert not real.failed, real.result["msg"]
        assert real.result["changed"]
        assert predicted.result["diff"] == real.result["diff"]
        assert predicted.warnings == real.warnings == []
        basedash.pass_time(10)
        for check_mode in (True, False):
            again = chart(basedash, check_mode, **named, **options)
            assert not again.failed, again.result["msg"]
            assert not again.result["changed"], again.result["diff"]
        if options is steps[0]:
            held = charts(basedash)[0]
            assert (held["name"], held["dashboardTabId"], held["chartType"]) == ("Orders", "tab_details", "LINE")
            assert held["sqlQuery"] == SQL
            assert held["layout"] == {"x": 1, "y": 2, "width": 3, "height": 4}
            # Somebody drags it, and that stays.
            basedash.control("PATCH", "objects/charts/" + held["id"], {"layout": {**held["layout"], "y": 9}})
    held = charts(basedash)[0]
    assert held["layout"] == {"x": 2, "y": 9, "width": 3, "height": 4}
    assert held["other_fields"] == {}
    assert len(charts(basedash)) == 2
    gone = chart(basedash, state="absent", **named)
    assert gone.result["changed"], gone.result
    basedash.pass_time(10)
    assert not chart(basedash, state="absent", **named).result["changed"]
    assert [one["name"] for one in charts(basedash)] == ["Revenue"]


LOSSES: dict[str, dict[str, Any]] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "truncated": {"kind": "truncated"},
    "503 before": {"kind": "status_before", "status": 503},
    "502 after": {"kind": "status_after", "status": 502, "body": "html"},
    "a page": {"kind": "html", "work": True},
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("server", ["as documented", "all readings lag", "order is sortOrder"])
@pytest.mark.parametrize(("method", "first"), [("POST", 0), ("POST", 1), ("PATCH", 0), ("PATCH", 1), ("DELETE", 0)])
def test_a_lost_answer_to_a_write_of_a_tab(basedash: Basedash, server: str, loss: str, method: str, first: int) -> None:
    """No tab is there twice, and what the task says is what it did."""
    begin(basedash, SERVERS[server])
    basedash.control(
        "POST", "faults", [{**LOSSES[loss], "method": method, "path": "/tabs", "after": first, "times": 1}]
    )
    options: dict[str, Any] = {"name": "Sales", "tabs": ["One", "Main", "Two"], "purge_tabs": True}
    report = dashboard(basedash, **options)
    if report.failed:
        # A page in place of an answer says nothing, and a second DELETE, or the other name of the order, might do harm.
        assert loss == "a page"
        assert method == "DELETE" or server == "order is sortOrder"
        assert "not known" in report.result["msg"]
        basedash.pass_time(10)
        report = dashboard(basedash, **options)
    assert not report.failed, report.result["msg"]
    assert tabs(basedash, "dash_sales") == options["tabs"]
    basedash.pass_time(10)
    assert not dashboard(basedash, **options).result["changed"]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("server", ["as documented", "all readings lag"])
def test_a_lost_answer_makes_no_second_chart(basedash: Basedash, server: str, loss: str, method: str) -> None:
    begin(basedash, SERVERS[server])
    basedash.control("POST", "faults", [{**LOSSES[loss], "method": method, "path": "/charts", "times": 1}])
    options: dict[str, Any] = {"name": "Orders" if method == "POST" else "Revenue", "dashboard": "Sales"}
    if method == "DELETE":
        report = chart(basedash, state="absent", **options)
        assert report.failed == (loss == "a page")
        assert [one["name"] for one in charts(basedash)] == []
        return
    report = chart(basedash, **options, sql_query="SELECT 2")
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert [one["sqlQuery"] for one in charts(basedash) if one["name"] == options["name"]] == ["SELECT 2"]


# What each has of its own ---------------------------------------------------------------------------------------------


def test_a_layout_that_is_stored_otherwise_is_a_warning(basedash: Basedash) -> None:
    basedash.reset({"charts": {"layout_pushed": True}})
    layout = {"x": 0, "y": 0, "width": 2, "height": 2}
    report = chart(basedash, name="Orders", dashboard="Sales", tab="Main", layout=layout)
    assert not report.failed, report.result["msg"]
    assert len(report.warnings) == 1
    assert "layout.y is '4' and not '0'" in report.warnings[0]
    assert charts(basedash)[0]["layout"]["y"] == 4


def test_a_chart_in_a_dashboard_of_a_name_that_several_have(basedash: Basedash) -> None:
    basedash.reset({})
    twin = {"id": "dash_twin", "name": "Sales"}
    basedash.control("POST", "objects/dashboards", {"organization": ORGANIZATION, "objects": [twin]})
    for state in ("present", "absent"):
        report = chart(basedash, state=state, name="Revenue", dashboard="Sales")
        assert report.failed
        assert "'dash_twin', 'dash_sales'" in report.result["msg"]
    created = chart(basedash, name="Revenue", dashboard_id="dash_twin", sql_query="SELECT 1")
    assert not created.failed, created.result["msg"]
    assert {one["dashboardId"] for one in charts(basedash)} == {"dash_sales", "dash_twin"}
    assert chart(basedash, state="absent", name="Revenue", dashboard_id="dash_twin").result["changed"]
    assert [one["id"] for one in charts(basedash)] == ["chart_revenue"]


def test_chart_info_reads_the_charts_of_every_dashboard(basedash: Basedash) -> None:
    basedash.reset({})
    dashboards = [{"id": "dash_%d" % number, "name": "D%d" % number} for number in range(3)]
    basedash.control("POST", "objects/dashboards", {"organization": ORGANIZATION, "objects": dashboards})
    more = [{"name": "c%d" % number, "dashboardId": "dash_%d" % (number % 3)} for number in range(303)]
    basedash.control("POST", "objects/charts", {"organization": ORGANIZATION, "objects": more})
    report = basedash.run(basedash_chart_info.SPEC, False, {})
    assert not report.failed, report.result["msg"]
    assert len(report.result["charts"]) == 304
    of_one = basedash.run(basedash_chart_info.SPEC, False, {"dashboard": "D1"})
    assert {one["dashboard_id"] for one in of_one.result["charts"]} == {"dash_1"}
    assert len(of_one.result["charts"]) == 101


def test_somebody_adds_the_same_tab_meanwhile(basedash: Basedash) -> None:
    """Two tabs of one name are told, and both ids are named."""
    basedash.reset({})
    fields = {"name": "Notes", "dashboardId": "dash_sales"}
    rule = {"action": "create", "family": "tabs", "method": "POST", "path": "/tabs", "fields": fields}
    basedash.control("POST", "writers", [rule])
    report = dashboard(basedash, name="Sales", tabs=["Main", "Notes"])
    assert report.failed
    assert report.result["changed"]
    assert "too many" in report.result["msg"]
    assert report.result["msg"].count("'Notes' (id") == 2


def test_a_dashboard_that_somebody_renames_before_its_tabs_are_set_keeps_them(basedash: Basedash) -> None:
    basedash.reset({})
    basedash.control(
        "POST", "faults", [{"kind": "rate_limited", "method": "POST", "path": "/tabs", "times": 1, "seconds": 6}]
    )
    rule = {"action": "rename", "family": "dashboards", "object": "dash_sales", "name": "Mine", "method": "GET"}
    basedash.control("POST", "writers", [{**rule, "path": "/dashboards/dash_sales$"}])
    report = dashboard(basedash, name="Sales", tabs=["Main", "Notes"])
    assert report.failed
    assert "'Mine'" in report.result["msg"]
    assert not report.result["changed"]
    assert tabs(basedash, "dash_sales") == ["Main", "Details"]


def list_of(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the body of a list's last page."""
    return {"data": objects, "pagination": {"hasMore": False, "nextCursor": None}}


@pytest.mark.parametrize("shown", [None, True, {"id": "tab_main"}, ["tab_main"]])
def test_no_tab_is_purged_while_a_chart_does_not_clearly_show_its_tab(basedash: Basedash, shown: Any) -> None:
    basedash.reset({})
    body = list_of([{"id": "chart_revenue", "name": "Revenue", "dashboardTabId": shown}])
    basedash.control("POST", "faults", [{"kind": "odd", "method": "GET", "path": "/charts$", "body": body}])
    report = dashboard(basedash, name="Sales", tabs=["Main"], purge_tabs=True)
    assert report.failed
    assert "'Details' has 1 chart" in report.result["msg"]
    assert tabs(basedash, "dash_sales") == ["Main", "Details"]


def test_ids_of_tabs_may_be_numbers(basedash: Basedash) -> None:
    basedash.reset({})
    shown = [{"id": 1, "name": "Main", "order": 0}, {"id": 2, "name": "Details", "order": 1}]
    page = list_of([{"id": "dash_sales", "name": "Sales", "tabs": shown}])
    charts_page = list_of([{"id": "chart_revenue", "name": "Revenue", "dashboardTabId": 2}])
    odd = {"kind": "odd", "method": "GET"}
    rules = [{**odd, "path": "/dashboards$", "body": page}, {**odd, "path": "/charts$", "body": charts_page}]
    basedash.control("POST", "faults", rules)
    report = dashboard(basedash, name="Sales", tabs=["Main"], purge_tabs=True)
    assert report.failed
    assert "'Details' has 1 chart" in report.result["msg"]
    assert writes(basedash) == []


@pytest.mark.parametrize("name", [None, 5, ["Main"]])
def test_tabs_that_show_no_names_are_left_alone(basedash: Basedash, name: Any) -> None:
    basedash.reset({})
    page = list_of([{"id": "dash_sales", "name": "Sales", "tabs": [{"id": "tab_main", "name": name}]}])
    basedash.control("POST", "faults", [{"kind": "odd", "method": "GET", "path": "/dashboards$", "body": page}])
    report = dashboard(basedash, name="Sales", tabs=["Main"], purge_tabs=True)
    assert report.failed
    assert "does not show the name of the tab with id 'tab_main'" in report.result["msg"]
    assert writes(basedash) == []


def test_a_tab_with_a_control_character_in_its_name_is_refused(basedash: Basedash) -> None:
    basedash.reset({})
    report = dashboard(basedash, name="Sales", tabs=["Main", "a\nb"])
    assert report.failed
    assert "control character" in report.result["msg"]
    assert basedash.methods() == []


def test_a_layout_that_is_null_differs_from_the_given_one(basedash: Basedash) -> None:
    basedash.reset({})
    basedash.control("PATCH", "objects/charts/chart_revenue", {"layout": None})
    options = {"name": "Revenue", "dashboard": "Sales", "layout": {"x": 1, "y": 2, "width": 3, "height": 4}}
    for check_mode in (True, False):
        report = chart(basedash, check_mode, update_layout="always", **options)
        assert not report.failed, report.result["msg"]
        assert report.result["changed"]
        assert report.warnings == []
    assert charts(basedash)[0]["layout"] == options["layout"]
    assert not chart(basedash, update_layout="always", **options).result["changed"]


def test_a_chart_named_by_id_may_get_a_name_that_a_chart_of_another_dashboard_has(basedash: Basedash) -> None:
    basedash.reset({})
    basedash.control(
        "POST", "objects/dashboards", {"organization": ORGANIZATION, "objects": [{"id": "dash_ops", "name": "Ops"}]}
    )
    other = {"id": "chart_ops", "name": "Orders", "dashboardId": "dash_ops"}
    basedash.control("POST", "objects/charts", {"organization": ORGANIZATION, "objects": [other]})
    report = chart(basedash, id="chart_revenue", new_name="Orders")
    assert not report.failed, report.result["msg"]
    same = chart(basedash, id="chart_revenue", new_name="Orders")
    assert not same.failed, same.result["msg"]
    assert not same.result["changed"]
    basedash.control("PATCH", "objects/charts/chart_ops", {"dashboardId": "dash_sales", "name": "Costs"})
    refused = chart(basedash, id="chart_revenue", new_name="Costs")
    assert refused.failed
    assert "'chart_ops'" in refused.result["msg"]


def test_what_a_chart_refers_to_is_named_after_a_404(basedash: Basedash) -> None:
    basedash.reset({})
    created = chart(basedash, name="Orders", dashboard="Sales", tab_id="tab_nowhere")
    assert created.failed
    assert "check that what dashboard_id or tab_id names exists" in created.result["msg"]
    updated = chart(basedash, name="Revenue", dashboard="Sales", tab_id="tab_nowhere")
    assert updated.failed
    assert "or what tab_id names does not exist" in updated.result["msg"]


def test_a_chart_of_another_dashboard_is_refused_with_advice_about_the_dashboard(basedash: Basedash) -> None:
    basedash.reset({})
    basedash.control(
        "POST", "objects/dashboards", {"organization": ORGANIZATION, "objects": [{"id": "dash_ops", "name": "Ops"}]}
    )
    for state in ("present", "absent"):
        report = chart(basedash, state=state, id="chart_revenue", name="Revenue", dashboard="Ops")
        assert report.failed
        assert report.result["msg"].endswith("nothing was changed, correct id or dashboard.")


def test_charts_whose_dashboard_is_a_number_are_found_in_its_list(basedash: Basedash) -> None:
    basedash.reset({})
    body = list_of([{"id": "chart_revenue", "name": "Revenue", "dashboardId": 7, "sqlQuery": "SELECT 1"}])
    basedash.control("POST", "faults", [{"kind": "odd", "method": "GET", "path": "/charts$", "body": body}])
    report = chart(basedash, name="Revenue", dashboard="Sales", sql_query="SELECT 1")
    assert not report.failed, report.result["msg"]
    assert not report.result["changed"]


def test_no_chart_is_called_absent_while_dashboards_show_no_names(basedash: Basedash) -> None:
    basedash.reset({"dashboards": {"omit_fields": ["name"]}})
    for state, check_mode in (("absent", False), ("present", False), ("present", True)):
        report = chart(basedash, check_mode, state=state, name="Revenue", dashboard="Sales")
        assert report.failed
        assert "give dashboard_id in place of dashboard" in report.result["msg"]
    assert len(charts(basedash)) == 1


def test_a_server_that_changes_names_of_tabs_is_told_with_the_reason(basedash: Basedash) -> None:
    basedash.reset({"tabs": {"name_limit": 5}})
    report = dashboard(basedash, name="Sales", tabs=["Main", "A long name"])
    assert report.failed
    assert "correct tabs if Basedash can't store a name" in report.result["msg"]
    assert "'A lon'" in report.result["msg"]
    assert "run the task again" not in report.result["msg"]


def test_somebody_deletes_a_tab_just_before_it_is_moved(basedash: Basedash) -> None:
    basedash.reset({})
    rule = {"action": "delete", "family": "tabs", "object": "tab_details", "method": "PATCH", "path": "/tabs"}
    basedash.control("POST", "writers", [rule])
    report = dashboard(basedash, name="Sales", tabs=["Details", "Main"])
    assert report.failed
    assert "The tab 'Details' (id 'tab_details') existed when it was read" in report.result["msg"]


def test_each_update_of_a_dashboard_keeps_its_width(basedash: Basedash) -> None:
    basedash.reset({})
    basedash.control("PATCH", "objects/dashboards/dash_sales", {"width": "WIDE"})
    assert dashboard(basedash, name="Sales", description="Daily").result["changed"]
    sent = [entry["body"] for entry in basedash.control("GET", "requests") if entry["method"] == "PATCH"]
    assert [json.loads(body) for body in sent] == [{"description": "Daily", "width": "WIDE"}]
