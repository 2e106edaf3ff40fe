# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dashboards with tabs, and charts, on each server that the unknowns of the API could turn out to be."""

from __future__ import annotations

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
    basedash.reset(server)
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
        assert not real.failed, real.result
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
