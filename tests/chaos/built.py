# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data sources that are created, moved and given new passwords while requests go wrong and runs are killed."""

from __future__ import annotations

import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from result import Result
from stage import Host, Run, Server, Site, kill, places, playbook, say, server, wait
from storm import BEHAVIOURS, MOST_RUNS, OPTIONS, faults
from subjects import GROUP, NEW
from verdicts import Counts, Report, Wanted, own

SHARE = 0.15
LANES = 3


@dataclass(frozen=True)
class Phase:
    """One step in the lives of the data sources: what is asked for, and the password that they have afterwards."""

    name: str
    options: Mapping[str, Any]
    password: str
    killed: bool = False
    changes: bool = True

    def wishes(self, lane: str, names: Iterable[str]) -> list[Wanted]:
        """Return what is asked for in this step."""
        return [
            Wanted(f"{lane}-{number}", {"state": "present", "name": name, **self.options}, None)
            for number, name in enumerate(names)
        ]


PHASES = [
    Phase("create", {**NEW, "password": "the first password"}, "the first password", killed=True),
    # Neither the flag nor the password is given: both have to stay.
    Phase("move", {"host": "b.example.com"}, "the first password"),
    Phase("renew", {"password": "the second password", "update_secrets": "always"}, "the second password"),
    Phase("rest", {**NEW, "host": "b.example.com", "password": "unused"}, "the second password", changes=False),
]


@dataclass
class Lane:
    """One host with a server of its own, the names that it makes data sources of, and what was said in this step."""

    name: str
    server: Server
    names: list[str]
    reports: list[Report] = field(default_factory=list)
    before: int = 0
    killed_at: int = 0

    def unfinished(self, wishes: Sequence[Wanted]) -> list[Wanted]:
        """Return the wishes whose last report is a failure, or that have none."""
        last = {report.ticket: report for report in self.reports}
        return [wish for wish in wishes if wish.ticket not in last or last[wish.ticket].failed]

    def requests(self) -> list[Mapping[str, Any]]:
        """Return the requests of this step."""
        log: list[Mapping[str, Any]] = self.server.control("GET", "requests")
        return [request for request in log if request["number"] > self.before]


def run(site: Site) -> Result:
    """Lead data sources through their lives, and hold each report against what the servers did."""
    result = Result("built")
    each = 4 if site.short else 9
    with contextlib.ExitStack() as stack:
        lanes = []
        for number in range(1 if site.short else LANES):
            name = f"built{number}"
            lane = Lane(name, stack.enter_context(server(site, name)), [f"Source {one}" for one in range(each)])
            lane.server.hold(
                [{"id": f"by_{one}", "displayName": f"bystander {one}"} for one in range(3)], **BEHAVIOURS[number]
            )
            lane.server.control("POST", "random", {"seed": site.random(name).randrange(2**31)})
            lane.server.control("POST", "faults", faults(SHARE))
            lanes.append(lane)
        for phase in PHASES:
            runs = _play(site, lanes, phase)
            for lane in lanes:
                result.counts += judge(phase, lane)
            say("built", f"{phase.name}: {each * len(lanes)} data sources, {runs} runs; {result.counts}")
        requests = [request for lane in lanes for request in lane.server.control("GET", "requests")]
    struck = sum(request["fault"] is not None for request in requests)
    result.figures = {"data sources": each * len(lanes), "requests": len(requests), "faults": struck}
    result.figures["writes"] = sum(request["effect"] is not None for request in requests)
    return result


def _play(site: Site, lanes: Sequence[Lane], phase: Phase) -> int:
    """Run one step until nothing fails any more; return the number of runs."""
    for lane in lanes:
        lane.reports = []
        lane.before = lane.killed_at = len(lane.server.control("GET", "requests"))
    for number in range(1, MOST_RUNS + 1):
        wishes = {lane.name: lane.unfinished(phase.wishes(lane.name, lane.names)) for lane in lanes}
        hosts = [
            Host(lane.name, lane.server, wishes[lane.name], OPTIONS, places(place))
            for place, lane in enumerate(lanes)
            if wishes[lane.name]
        ]
        if not hosts:
            return number - 1
        with playbook(site, f"built-{phase.name}-{number}", hosts) as one:
            if phase.killed and number == 1:
                _kill(one, lanes, sum(map(len, wishes.values())))
            else:
                wait("built", [one], _telling(one, phase))
            for lane in lanes:
                lane.reports += [report for report in one.reports() if report.ticket.startswith(lane.name + "-")]
    return MOST_RUNS


def _telling(one: Run, phase: Phase) -> Any:
    return lambda: f"{phase.name}: {len(one.reports())} reported"


def _kill(one: Run, lanes: Sequence[Lane], wishes: int) -> None:
    """End a run by SIGKILL when about half of it is done."""
    while one.process.poll() is None and sum(len(lane.requests()) for lane in lanes) < wishes * 3 // 2:
        time.sleep(0.02)
    kill(one.process)
    # What a server is still at when its client is gone shall count as sent before.
    time.sleep(0.5)
    for lane in lanes:
        lane.killed_at = len(lane.server.control("GET", "requests"))


def judge(phase: Phase, lane: Lane) -> Counts:
    """Count what is not true of what was said in a step, and what the server does not hold after it."""
    counts = Counts()
    said: dict[str, list[Report]] = defaultdict(list)
    for report in lane.reports:
        said[report.ticket].append(report)
    named: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for source in lane.server.sources():
        if source["deletedAt"] is None:
            named[source["displayName"]].append(source)
    requests = lane.requests()
    if not phase.changes:
        for request in requests:
            if request["effect"]:
                counts.note("false_changed", f"{phase.name}: nothing was to do, and request {request['number']} wrote")
    for wish in phase.wishes(lane.name, lane.names):
        found = named[wish.options["name"]]
        identifiers = {source["id"] for source in found}
        done = [one for one in requests if one["effect"] and own(one) and one["object"] in identifiers]
        _hold_reports(counts, wish, said[wish.ticket], done, lane.killed_at)
        _hold_sources(counts, phase, wish, found)
    for request in requests:
        if request["effect"] and str(request["object"]).startswith("by_"):
            counts.note("wrongly_deleted", f"a bystander was {request['effect']}, by request {request['number']}")
        if request["method"] == "PATCH" and json.loads(request["body"]).get("sslEnabled") is not True:
            counts.note("tls_off", f"request {request['number']} does not keep TLS")
    return counts


def _hold_reports(
    counts: Counts, wish: Wanted, said: Sequence[Report], done: Sequence[Mapping[str, Any]], killed_at: int
) -> None:
    place = f"{wish.ticket} ({wish.options['name']})"
    for report in said:
        if report.changed and not any(one["time"] <= report.time for one in done):
            counts.note("false_changed", f"{place} in {report.run}")
    if not said or said[-1].failed:
        counts.note("lost", f"{place} came to no verdict: {said[-1].message if said else 'no report at all'}")
    silent = [one for one in done if one["number"] > killed_at]
    if silent and not any(report.changed or report.admits_doubt for report in said):
        counts.note("false_ok", f"{place} was changed by request {silent[0]['number']}, and no report tells it")


def _hold_sources(counts: Counts, phase: Phase, wish: Wanted, found: Sequence[Mapping[str, Any]]) -> None:
    place = f"{wish.ticket} ({wish.options['name']}) after {phase.name}"
    if len(found) != 1:
        counts.note("duplicates" if found else "lost", f"{place}: there are {len(found)}")
    for source in found:
        if source["secrets"] != {"password": phase.password}:
            counts.note("lost_secrets", f"{place}: another password, or none")
        if source["sslEnabled"] is not True:
            counts.note("tls_off", place)
        if source["access"]["mode"] != "restricted" or source["access"]["groupIds"] != [GROUP]:
            counts.note("left_open", place)
        if "host" in phase.options and source["host"] != phase.options["host"]:
            counts.note("false_ok", f"{place}: the host is {source['host']}")
