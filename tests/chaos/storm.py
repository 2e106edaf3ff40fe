# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deletions behind a network where one request in five goes wrong, each way in which it can."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from result import Result
from stage import Host, Server, Site, places, playbook, say, server, wait
from subjects import DATA_SOURCE
from verdicts import Counts, Report, Wanted, judge

SHARE = 0.2
LANES = 9
MOST_RUNS = 8
OPTIONS = {"timeout": 4, "retry_timeout": 90}

FAULTS: list[dict[str, Any]] = [
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "close_before"},
    *({"kind": "status_before", "status": status, "body": "json"} for status in (500, 502)),
    *({"kind": "status_before", "status": status, "body": "html"} for status in (503, 504)),
    *({"kind": "status_after", "status": status, "body": "json"} for status in (500, 502)),
    *({"kind": "status_after", "status": status, "body": "html"} for status in (503, 504)),
    # A proxy's own pages: none is a word of Basedash. The first tempts most, so it comes more often.
    *[{"kind": "status_before", "status": 404, "body": "html"}] * 3,
    {"kind": "html", "work": False},
    {"kind": "html", "work": True},
    {"kind": "truncated"},
    # The one arrives late, the other never: the answer's thousand bytes would take longer than the time limit.
    {"kind": "slow_drip", "interval": 0.0003},
    {"kind": "slow_drip", "interval": 0.05},
    *({"kind": "rate_limited", "how": how, "seconds": 1} for how in ("body", "header_seconds", "header_date")),
    {"kind": "rate_limited", "how": "nothing"},
]

# Each lane has a server that behaves in another way in which the real one might.
BEHAVIOURS: list[dict[str, Any]] = [
    {},
    {"delete_answer": "204"},
    {"single_get": "404"},
    {"delete_answer": "202", "names_unique": False},
    {"single_get": "404_html"},
    {"delete_answer": "200_without_data"},
]


def faults(share: float = SHARE, kinds: Sequence[Mapping[str, Any]] = FAULTS) -> list[dict[str, Any]]:
    """Return the rules that let ``share`` of the requests go wrong, each fault as often as the others."""
    each = share / len(kinds)
    # A rule is asked only if none before it struck.
    return [{**fault, "probability": each / (1 - each * before)} for before, fault in enumerate(kinds)]


@dataclass
class Lane:
    """One host with a server of its own, so that its requests meet the same faults in each run of a seed."""

    name: str
    server: Server
    random: Random
    wanted: list[Wanted] = field(default_factory=list)
    stolen: list[str] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def prepare(self, deletions: int, behaviour: dict[str, Any]) -> None:
        """Fill the server, and decide what is asked for."""
        sources = [self._source(number) for number in range(deletions)]
        subject = self.server.subject
        bystanders = [subject.held(f"by_{number}", f"bystander {number}") for number in range(20)]
        wishes: list[tuple[dict[str, Any], str | None, bool]] = [self._wish(source) for source in sources]
        # Neither of these may delete anything: there is nothing, or the name is no safe one.
        few = max(1, deletions // 20)
        wishes += [({"id": f"gone_{number}"}, None, False) for number in range(few)]
        wishes += [(subject.named(f"Gone {number}"), None, False) for number in range(few)]
        wishes.append(({"id": "by_0", **subject.named("bystander 1")}, "by_0", True))
        if not subject.unique:
            bystanders += [subject.held(f"twin_{number}", "twin") for number in range(2)]
            wishes.append((subject.named("twin"), "twin_0", True))
        if subject is DATA_SOURCE:
            bystanders.append(subject.held("warehouse", "warehouse", isBasedashWarehouse=True))
            wishes.append(({"id": "warehouse"}, "warehouse", True))
        self.random.shuffle(wishes)
        self.wanted = [
            Wanted(f"{self.name}-{number}", options, source, refused)
            for number, (options, source, refused) in enumerate(wishes)
        ]
        # Someone else deletes these meanwhile, too.
        # Not the forced ones: nobody reads those first, so a warning is all that a task can add to "changed".
        candidates = [wish.source for wish in self.wanted if wish.to_delete and "force" not in wish.options]
        self.stolen = self.random.sample([source for source in candidates if source], max(1, deletions // 20))
        everything = [*sources, *bystanders]
        self.random.shuffle(everything)
        self.server.hold(everything, **behaviour)
        self.server.control("POST", "random", {"seed": self.random.randrange(2**31)})
        self.server.control("POST", "faults", faults())

    def _source(self, number: int) -> dict[str, Any]:
        # An id that must be percent-encoded now and then.
        identifier = self.random.choice((f"ds_{number}", f"ds {number}/x", f"ds_%2F{number}"))
        return self.server.subject.held(identifier, f"Source {number}")

    def _wish(self, source: dict[str, Any]) -> tuple[dict[str, Any], str, bool]:
        named = self.server.subject.named(source[self.server.subject.key])
        options = self.random.choices(
            (
                {"id": source["id"]},
                named,
                {"id": source["id"], **named},
                {"id": source["id"], "force": True},
            ),
            weights=(5, 2, 2, 1),
        )[0]
        return options, source["id"], False

    def steal(self) -> None:
        """Delete as someone else what is due: each as soon as the task before the one that it is about is under way."""
        near = {wish.to_delete for wish in self.wanted[: len(self.reports) + 2]}
        for source in [one for one in self.stolen if one in near]:
            self.stolen.remove(source)
            self.server.delete_as_someone_else(source)

    def unfinished(self) -> list[Wanted]:
        """Return the wishes that a next run has to look at: those whose last report is a failure, or that have none."""
        last = {report.ticket: report for report in self.reports}
        return [
            wish for wish in self.wanted if not wish.refused and (wish.ticket not in last or last[wish.ticket].failed)
        ]


def run(site: Site) -> Result:
    """Delete until nothing is left to do, and judge all that was said."""
    result = Result("storm")
    with contextlib.ExitStack() as stack:
        names = [f"lane{number}" for number in range(2 if site.short else LANES)]
        lanes = [Lane(name, stack.enter_context(server(site, name)), site.random(name)) for name in names]
        # The short form has the two that differ most: with and without the single GET.
        behaviours = BEHAVIOURS[:: 2 if site.short else 1]
        for number, lane in enumerate(lanes):
            lane.prepare((site.deletions + number) // len(lanes), behaviours[number % len(behaviours)])
        say("storm", f"{site.deletions} deletions on {len(lanes)} hosts; {SHARE:.0%} of the requests go wrong")
        for number in range(1, MOST_RUNS + 1):
            _pass(site, lanes, number)
            left = sum(len(lane.unfinished()) for lane in lanes)
            say("storm", f"run {number} ended; {left} tasks failed, and a next run has to look at them")
            if not left:
                break
        requests, struck, deletions, result.counts = _standing(lanes, complete=True)
        result.figures = {"deletions": deletions, "runs": number, "requests": requests, "faults": struck}
    if deletions != site.deletions:
        result.fail(f"{deletions} data sources were deleted, and not {site.deletions}")
    # Chance may be kind, above all to a small storm, but not so kind.
    if struck < requests * SHARE * 0.4:
        result.fail(f"only {struck} of {requests} requests met a fault: the storm was none")
    return result


def _pass(site: Site, lanes: Sequence[Lane], run_number: int) -> None:
    """Run a playbook: the first time with all that is wanted, then with what failed."""
    wishes = {lane.name: lane.wanted if run_number == 1 else lane.unfinished() for lane in lanes}
    hosts = [
        Host(lane.name, lane.server, wishes[lane.name], OPTIONS, places(number))
        for number, lane in enumerate(lanes)
        if wishes[lane.name]
    ]
    earlier = {lane.name: lane.reports for lane in lanes}
    with playbook(site, f"storm-{run_number}", hosts, block=10 if run_number == 1 else 0) as one:

        def look() -> None:
            reports = one.reports()
            for lane in lanes:
                tickets = {wish.ticket for wish in lane.wanted}
                lane.reports = earlier[lane.name] + [report for report in reports if report.ticket in tickets]
                lane.steal()

        def tell() -> str:
            requests, struck, deletions, counts = _standing(lanes, complete=False)
            return f"run {run_number}: {deletions} deleted; {requests} requests, {struck} went wrong; {counts}"

        wait("storm", [one], tell, look)


def _standing(lanes: Sequence[Lane], complete: bool) -> tuple[int, int, int, Counts]:
    requests = struck = deletions = 0
    counts = Counts()
    for lane in lanes:
        reports = list(lane.reports)
        knowledge = lane.server.knowledge()
        counts += judge(lane.wanted, reports, knowledge, complete=complete)
        requests += len(knowledge.requests)
        struck += sum(request["fault"] is not None for request in knowledge.requests)
        deletions += sum(request["effect"] == "deleted" for request in knowledge.requests)
    return requests, struck, deletions, counts
