# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small Basedash with dashboards, their tabs and charts, and short ways to run the modules for them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import checked
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.plugins.modules import (
    basedash_chart,
    basedash_chart_info,
    basedash_dashboard,
    basedash_dashboard_info,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    CONNECTION,
    KEY,
    NOT_FOUND,
    URL,
    Wire,
    answer,
    page,
)

Object = dict[str, Any]

ROOT = "/api/public/organizations/org_1/"
TIME = "2026-11-20T08:00:00.000Z"


SETTINGS = (
    *("description", "icon", "color", "dashboardFolderId", "width", "defaultDateRange", "defaultGroupByInterval"),
    *("defaultCustomDateRangeStart", "defaultCustomDateRangeEnd"),
)
"""The fields of a dashboard that the vendor's pages show."""


class Fault(NamedTuple):
    """What happens at a request: a reaction in place of the answer, or a call of what somebody else does before it.

    ``number`` is which request of this sort it is, 0 for each one. ``works`` tells that the server does its work.
    """

    step: str
    reaction: Any
    number: int = 1
    works: bool = False


class Boards(Wire):
    """A Basedash with the dashboard "Sales" (d1), its tabs "Main" (t1) and "Details" (t2), and a chart on "Main" (c1).

    ``log`` has the requests: the method and what it is about, such as "GET dashboards", "GET dashboard", "PATCH tab",
    "GET charts". ``order_fields`` are the names by which a PATCH moves a tab. Without ``shows_tabs``, the list of
    dashboards has no tabs. ``pushed`` is the row to which it moves each new chart, and ``omitted`` are fields that no
    answer about a chart or a tab has.
    """

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        super().__init__()
        self.faults = list(faults)
        self.log: list[str] = []
        self.bodies: list[Object] = []
        self.order_fields: Sequence[str] = ("order",)
        self.shows_tabs = True
        self.pushed: int | None = None
        self.omitted: set[str] = set()
        self.objects: dict[str, dict[str, Object]] = {"dashboards": {}, "charts": {}, "tabs": {}, "data-sources": {}}
        self.add("dashboards", id="d1", name="Sales", **dict.fromkeys(SETTINGS))
        self.add("tabs", id="t1", name="Main", order=0, dashboardId="d1")
        self.add("tabs", id="t2", name="Details", order=1, dashboardId="d1")
        self.add(
            "charts",
            id="c1",
            name="Revenue",
            dashboardId="d1",
            dashboardTabId="t1",
            chartType="LINE",
            sqlQuery="SELECT 1",
        )
        self.objects["charts"]["c1"].update(layout={"x": 0, "y": 0, "width": 3, "height": 4}, databaseConnectionId="s1")
        self.add("data-sources", id="s1", displayName="production")

    def add(self, family: str, **values: Any) -> Object:
        """Store an object as the newest one."""
        made = {"createdAt": TIME, "updatedAt": TIME, "organizationId": "org_1", **values}
        self.objects[family] = {made["id"]: made, **self.objects[family]}
        return made

    def tabs(self, dashboard: str = "d1") -> list[str]:
        """Return the names of the tabs of a dashboard, in their order."""
        return [tab["name"] for tab in self._tabs(dashboard)]

    def _tabs(self, dashboard: str) -> list[Object]:
        found = [tab for tab in self.objects["tabs"].values() if tab["dashboardId"] == dashboard]
        return sorted(found, key=lambda tab: float(tab["order"]))

    @property
    def writes(self) -> list[str]:
        """The requests that were no readings."""
        return [step for step in self.log if not step.startswith("GET")]

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        path = request.url[len(URL + ROOT) :].partition("?")[0].split("/")
        family, one = (path[-1], "") if len(path) % 2 else (path[-2], path[-1])
        step = "%s %s" % (request.method, family[:-1] if one or request.method == "POST" else family)
        self.log.append(step)
        for fault in self.faults:
            if fault.step == step and fault.number in (0, self.log.count(step)):
                if callable(fault.reaction):
                    fault.reaction(self)
                    continue
                if fault.works:
                    self._work(request, path)
                if isinstance(fault.reaction, TransportError):
                    raise fault.reaction
                assert isinstance(fault.reaction, RawAnswer)
                return fault.reaction
        return self._work(request, path)

    def _work(self, request: Request, path: list[str]) -> RawAnswer:
        body = json.loads(request.body) if request.body else {}
        family, identifier = path[2 * (len(path) > 2)], path[-1]
        known = self.objects[family]
        if request.method != "GET":
            self.bodies.append(dict(body))
        if request.method == "POST":
            return self._create(family, {**body, **({"dashboardId": path[1]} if family == "tabs" else {})})
        if len(path) % 2:
            parent = path[1] if len(path) > 1 else None
            if parent and parent not in self.objects["dashboards"]:
                return NOT_FOUND
            return page(
                *(self._seen(family, one, True) for one in known.values() if parent in (None, one.get("dashboardId")))
            )
        if identifier not in known:
            return NOT_FOUND
        there = known[identifier]
        if request.method == "DELETE":
            del known[identifier]
            return answer(204)
        if family == "tabs":
            moved = [body.pop(name) for name in ("order", "sortOrder") if name in body and name in self.order_fields]
            body = {name: value for name, value in body.items() if name not in ("order", "sortOrder")}
            there["order"] = moved[-1] if moved else there["order"]
        layout = {**there.get("layout", {}), **body.pop("layout", {})}
        there.update(body, **({"layout": layout} if family == "charts" else {}))
        return answer(200, {"data": self._seen(family, there)})

    def _create(self, family: str, body: Object) -> RawAnswer:
        identifier = "%s%d" % (family[0], 100 + len(self.log))
        if family == "tabs":
            body["order"] = max((tab["order"] for tab in self._tabs(body["dashboardId"])), default=-1) + 1
        if family == "charts":
            body["layout"] = {"x": 0, "y": 4, "width": 3, "height": 4, **body.get("layout", {})}
            body["layout"]["y"] = body["layout"]["y"] if self.pushed is None else self.pushed
            body.setdefault("dashboardTabId", self._tabs(body["dashboardId"])[0]["id"])
        made = self.add(family, id=identifier, **body)
        if family == "dashboards":
            self.add("tabs", id="main%d" % len(self.log), name="Main", order=0, dashboardId=identifier)
        return answer(201, {"data": self._seen(family, made)})

    def _seen(self, family: str, values: Object, listed: bool = False) -> Object:
        if family == "dashboards" and (self.shows_tabs or not listed):
            return {**values, "tabs": self._tabs(values["id"])}
        return {name: value for name, value in values.items() if name not in self.omitted}


def run(spec: ModuleSpec, server: Boards, check_mode: bool = False, **given: Any) -> Report:
    """Run a module as Ansible does, from the options as they came, and check what is true of every report."""
    sent = len(server.log)
    try:
        options = checked(spec.argument_spec, spec.rules, {**CONNECTION, **given}, environment={})
    except InputError as refused:
        report = spec.refused(refused.message)
    else:
        found = ArgumentSpecValidator(spec.argument_spec, required_one_of=spec.required_one_of).validate(options)
        assert not found.error_messages, found.error_messages
        caller = Caller(server, check_mode=check_mode, diff_mode=True, clock=server.clock())
        report = spec.run(found.validated_parameters, caller)
    assert report.result["api"]["requests"] == len(server.log) - sent
    assert KEY not in json.dumps([report.result, report.warnings])
    if check_mode:
        assert {step.split()[0] for step in server.log[sent:]} <= {"GET"}
    if report.failed:
        assert re.fullmatch(r"[^\n]+[.?]", report.result["msg"])
        assert "Unexpected" not in report.result["msg"], report.result["msg"]
    return report


def dashboard(server: Boards, check_mode: bool = False, **given: Any) -> Report:
    """Run the module for one dashboard."""
    return run(basedash_dashboard.SPEC, server, check_mode, **given)


def chart(server: Boards, check_mode: bool = False, **given: Any) -> Report:
    """Run the module for one chart."""
    return run(basedash_chart.SPEC, server, check_mode, **given)


def dashboards(server: Boards, **given: Any) -> Report:
    """Read dashboards."""
    return run(basedash_dashboard_info.SPEC, server, **given)


def charts(server: Boards, **given: Any) -> Report:
    """Read charts."""
    return run(basedash_chart_info.SPEC, server, **given)
