# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many data sources in one task, while requests go wrong: lists, filters, and a list that is the whole truth.

Some lanes are calm. There, each task is planned in check mode before, and does what the plan said.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any

from entries import ACTIONS, compare_plan, judge_task, reports_of, too_late
from result import Result
from stage import Host, Run, Server, Site, places, playbook_of, say, server, wait
from storm import BEHAVIOURS, MOST_RUNS, faults
from verdicts import Counts, Job, Report, Wanted, judge

SHARE = 0.2
OPTIONS = {"timeout": 4, "retry_timeout": 60, "on_error": "continue"}
# So many runs repeat whole tasks, and give some of them little time for trying again, so that they end early.
WHOLE_RUNS = 2
PASSWORDS = {"old": "the password before", "new": "the password of the task"}

Source = dict[str, Any]


@dataclass
class Lane:
    """One host with a server of its own: its jobs, what was said of them, and what someone else deletes meanwhile.

    In a ``calm`` one nothing goes wrong, and nobody else is there.

    ``built`` are the data sources that shall be there in the end, by name, with host and password. ``plans`` has for
    each job that is a plan the one that it is a plan of. What the requests up to number ``killed_at`` did is in no
    report.
    """

    name: str
    server: Server
    random: Random
    run_on: str
    calm: bool = False
    sources: list[Source] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    built: dict[str, tuple[str, str]] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    stolen: list[str] = field(default_factory=list)
    said: list[tuple[Job, Report]] = field(default_factory=list)
    killed_at: int = 0
    requests: int = 0
    struck: int = 0

    def add(self, prefix: str, count: int, **fields: Any) -> list[Source]:
        """Add so many data sources to those that the server begins with."""
        # An id that must be percent-encoded now and then.
        forms = (f"{prefix}_%d", f"{prefix} %d/x", f"{prefix}_%%2F%d")
        added = [
            {"id": self.random.choice(forms) % number, "displayName": f"{prefix} {number}", **fields}
            for number in range(count)
        ]
        self.sources += added
        return added

    def job(
        self,
        options: dict[str, Any],
        entries: Iterable[tuple[dict[str, Any], str | None, bool]] = (),
        selected: Iterable[Source] = (),
        *,
        refused: bool = False,
        spared: bool = False,
    ) -> None:
        """Add a job: with the entries of its list, each with its data source and whether it must fail.

        ``refused`` tells that it must fail as a whole, ``spared`` that all that is selected must be left alone.
        """
        ticket = f"{self.name}-{len(self.jobs)}"
        wishes = [Wanted(f"{ticket}.{n}", *one, listed=True) for n, one in enumerate(entries)]
        taken = [
            Wanted(f"{ticket}.{one['id']}", {"id": one["id"]}, one["id"], refused or spared, listed=True)
            for one in selected
        ]
        if wishes:
            options = {**options, "data_sources": [wish.options for wish in wishes]}
        if refused:
            wishes = [replace(wish, refused=True) for wish in wishes]
        self.jobs.append(Job(ticket, {**OPTIONS, **options}, wishes, taken, refused))

    def plan(self, jobs: Sequence[Job]) -> None:
        """Let these jobs be planned in check mode, each just before it is done."""
        for job in jobs:
            plan = replace(job, ticket=f"{self.name}-{len(self.jobs)}", check=True)
            self.jobs.append(plan)
            self.plans[plan.ticket] = job.ticket

    def in_order(self) -> list[Job]:
        """Return the jobs in the order in which they are done, each behind its plan."""
        planned = {self.plans[job.ticket]: [job] for job in self.jobs if job.check}
        return [one for job in self.jobs if not job.check for one in (*planned.get(job.ticket, []), job)]

    def hold(self, share: float, **behaviour: Any) -> None:
        """Fill the server, and let this share of the requests go wrong."""
        self.server.hold(self.sources, **behaviour)
        self.server.control("POST", "random", {"seed": self.random.randrange(2**31)})
        self.server.control("POST", "faults", faults(share) if share else [])

    def steal(self) -> None:
        """Delete one more as someone else."""
        if self.stolen:
            self.server.delete_as_someone_else(self.stolen.pop())

    @property
    def reports(self) -> list[Report]:
        """What was said of each that was not only planned."""
        return [one for job, report in self.said if not job.check for one in reports_of(job, report)]

    def unfinished(self) -> list[Job]:
        """Return the jobs with something that a next run has to look at."""
        last = {report.ticket: report for report in self.reports}
        return [
            job
            for job in self.jobs
            if not job.check and any(not wish.refused and not _final(last, wish) for wish in job.wanted)
        ]

    def rest_of(self, job: Job, patience: Mapping[str, Any]) -> Job:
        """Return a job without what is done, if that is a mere list, and with more patience."""
        options = {**job.options, **patience}
        if job.selected or job.options["state"] == "present":
            return replace(job, options=options)
        last = {report.ticket: report for report in self.reports}
        wishes = [wish for wish in job.entries if wish.refused or not _final(last, wish)]
        return replace(job, options={**options, "data_sources": [wish.options for wish in wishes]}, entries=wishes)

    def take(self, run: Run, jobs: Sequence[Job]) -> None:
        """Add what a run said of these jobs."""
        by_ticket = {job.ticket: job for job in jobs}
        self.said += [(by_ticket[report.ticket], report) for report in run.reports()]

    def judge(self) -> Counts:
        """Count what is not true of all that was said."""
        knowledge = self.server.knowledge()
        self.requests = len(knowledge.requests)
        self.struck = sum(request["fault"] is not None for request in knowledge.requests)
        counts = Counts()
        for job, report in self.said:
            counts += judge_task(job, report, knowledge)
        reports = self.reports
        last = {report.ticket: report for report in reports}
        jobs = [job for job in self.jobs if not job.check]
        going = [wish for job in jobs for wish in (job.wanted if job.options["state"] == "absent" else job.selected)]
        counts += judge(going, reports, knowledge, killed_at=self.killed_at)
        for wish in (wish for job in jobs if job.options["state"] == "present" for wish in job.entries):
            if not wish.refused and not _final(last, wish):
                counts.note("lost", f"{wish.ticket} came to no verdict")
        counts += too_late([report for _job, report in self.said], knowledge, self.killed_at)
        counts += self._judge_built([source for source in knowledge.sources.values() if source["deletedAt"] is None])
        for source in knowledge.sources.values():
            protected = source["isBasedashWarehouse"] or source["isDemo"] or source["id"].startswith("by")
            if source["deletedAt"] is not None and protected:
                counts.note("wrongly_deleted", f"{self.name}: {source['id']}")
        if self.calm:
            counts += self._judge_plans()
        return counts

    def _judge_plans(self) -> Counts:
        counts = Counts()
        first = {job.ticket: report for job, report in reversed(self.said)}
        for plan, real in self.plans.items():
            counts += compare_plan(first[plan], first[real])
        return counts

    def _judge_built(self, there: Sequence[Mapping[str, Any]]) -> Counts:
        counts = Counts()
        for name, (host, password) in self.built.items():
            found = [source for source in there if source["displayName"] == name]
            if len(found) != 1:
                counts.note("duplicates" if found else "lost", f"{self.name}: {len(found)} are named {name}")
            for source in found:
                if source["host"] != host:
                    counts.note("false_ok", f"{self.name}: the host of {name} is {source['host']}")
                if source["secrets"] != {"password": password}:
                    counts.note("lost_secrets", f"{self.name}: another password of {name}, or none")
                if source["sslEnabled"] is not True:
                    counts.note("tls_off", f"{self.name}: {name}")
        return counts

    def entries(self) -> list[Mapping[str, Any]]:
        """Return the entries of all results."""
        return [entry for _job, report in self.said for entry in report.result.get("results", ())]


_Runs = Sequence[tuple[Lane, Run, Sequence[Job]]]


def _final(last: dict[str, Report], wish: Wanted) -> bool:
    return wish.ticket in last and last[wish.ticket].final


def bystanders(lane: Lane) -> None:
    """Add those that nobody may delete, two of a name, and the vendor's own."""
    lane.sources += [{"id": f"by_{number}", "displayName": f"bystander {number}"} for number in range(8)]
    lane.sources += [{"id": f"by_twin_{number}", "displayName": "twin"} for number in range(2)]
    lane.sources.append({"id": "warehouse", "displayName": "preview warehouse", "isBasedashWarehouse": True})
    lane.sources.append({"id": "demo", "displayName": "preview demo", "isDemo": True})


def named(lane: Lane, sources: Sequence[Source]) -> list[tuple[dict[str, Any], str | None, bool]]:
    """Return entries that name these by id, by name, by both, or by id with force."""
    found: list[tuple[dict[str, Any], str | None, bool]] = []
    for source in sources:
        identifier, name = source["id"], source["displayName"]
        options: dict[str, Any] = lane.random.choices(
            ({"id": identifier}, {"name": name}, {"id": identifier, "name": name}, {"id": identifier, "force": True}),
            weights=(5, 2, 2, 1),
        )[0]
        found.append((options, identifier, False))
    return found


def lists(lane: Lane, each: int) -> None:
    """Lists and filters: what goes, what is not there, what must be refused."""
    bystanders(lane)
    first, second, third = (lane.add(prefix, each) for prefix in ("one", "two", "three"))
    previews = lane.add("preview", each)
    crowd = lane.add("crowd", 6, host="Crowd.example.com")
    kept = [one["displayName"] if number % 2 else one["id"] for number, one in enumerate(crowd)]

    again = ({"id": first[0]["id"]}, first[0]["id"], False)
    entries = [again, *named(lane, first[1:])]
    # None of these may delete anything, and the last is about the first entry again.
    entries += [({"id": f"gone_{number}"}, None, False) for number in range(3)]
    entries += [({"name": "Gone"}, None, False), ({"name": "twin"}, "by_twin_0", True)]
    entries += [({"id": "warehouse"}, "warehouse", True), ({"id": "by_0", "name": "bystander 1"}, "by_0", True)]
    lane.random.shuffle(entries)
    entries.append(again)
    lane.job({"state": "absent", "concurrency": 4}, entries)
    # In the middle of it is one that fails each time.
    stopping = named(lane, second)
    stopping.insert(each // 2, ({"name": "twin"}, "by_twin_0", True))
    lane.job({"state": "absent", "concurrency": 1, "on_error": "stop", "retry_timeout": 20}, stopping)
    lane.job({"state": "absent", "concurrency": 16, "retry_timeout": 2}, named(lane, third))

    match = [one for one in reversed(previews) if one not in previews[:2]]
    exclude = [previews[0]["id"], previews[1]["displayName"]]
    select = {"state": "absent", "filters": {"name_pattern": "^preview "}, "exclude": exclude}
    lane.job({**select, "max_deletions": each, "concurrency": 8}, selected=match)
    # More than may go, everything without a word that it may, and a contradiction.
    crowded = {"state": "absent", "filters": {"host": "crowd.example.com"}}
    lane.job({**crowded, "max_deletions": 5}, selected=reversed(crowd), refused=True)
    lane.job({"state": "absent", "filters": {"name_pattern": "."}}, refused=True)
    lane.job({"state": "absent", "exclude": kept}, [({"id": crowd[0]["id"]}, crowd[0]["id"], True)], refused=True)
    # Not those that are forced: nobody reads those first.
    candidates = [wish.source for job in lane.jobs for wish in job.wanted if wish.to_delete]
    forced = {wish.source for job in lane.jobs for wish in job.wanted if "force" in wish.options}
    lane.stolen = [one for one in lane.random.sample(candidates, each // 2) if one and one not in forced]


def truths(lane: Lane, each: int) -> None:
    """Lists that are the whole truth: some are created, some moved, some stay, and what no entry is about goes."""
    bystanders(lane)
    secret = {"password": PASSWORDS["old"], "dialect": "POSTGRES"}
    moved = lane.add("moved", each // 2, host="a.example.com", **secret)
    stay = lane.add("stays", each // 4, host="b.example.com", **secret)
    left = lane.add("left", each)
    spared = lane.add("by spared", 4)
    wanted = [one["displayName"] for one in (*moved, *stay)] + [f"new {number}" for number in range(each)]
    lane.random.shuffle(wanted)
    known = {one["displayName"]: one["id"] for one in (*moved, *stay)}
    settings = {"dialect": "POSTGRES", "host": "b.example.com", "password": PASSWORDS["new"], "ssl_enabled": True}
    entries = [({"name": name, **settings}, known.get(name), False) for name in wanted]
    lane.built = {name: ("b.example.com", PASSWORDS["old" if name in known else "new"]) for name in wanted}

    exclude = [*(f"bystander {number}" for number in range(8)), "by_twin_0", "by_twin_1"]
    exclude += [one["displayName"] if number % 2 else one["id"] for number, one in enumerate(spared)]
    prune = {"state": "present", "prune": True, "exclude": exclude}
    rest = list(reversed(left))
    # An entry that fails each time, by a name that two have: nothing is pruned, and the twins least of all.
    twin: list[tuple[dict[str, Any], str | None, bool]] = [({"name": "twin"}, "by_twin_0", True)]
    # The list keeps nothing of what may be pruned, so that the failure alone protects it.
    everything = {**prune, "max_deletions": 1000, "allow_replace_all": True}
    lane.job(everything, twin, [*rest, *reversed(stay), *reversed(moved)], spared=True)
    lane.job({**prune, "max_deletions": each // 2, "concurrency": 2}, entries, rest, refused=True)
    lane.job({**prune, "max_deletions": each, "concurrency": 8, "retry_timeout": 90}, entries, rest)
    lane.stolen = [one["id"] for one in lane.random.sample(left, each // 6)]


LANES: list[tuple[bool, Callable[[Lane, int], None]]] = [
    (True, truths),
    (False, lists),
    (False, truths),
    (True, lists),
    (False, lists),
    (False, truths),
]


def run(site: Site) -> Result:
    """Do all jobs until nothing is left to do, and judge all that was said."""
    result = Result("many")
    each = 8 if site.short else 30
    with contextlib.ExitStack() as stack:
        lanes = []
        for number, (calm, fill) in enumerate(LANES[: 2 if site.short else None]):
            lane = lane_of(site, stack, "many", number)
            lane.calm = calm
            fill(lane, each)
            jobs = [job for job in lane.jobs if not job.refused]
            lane.plan(jobs if calm else jobs[:: len(jobs) - 1])
            lane.hold(0.0 if calm else SHARE, **BEHAVIOURS[number % len(BEHAVIOURS)])
            lanes.append(lane)
        say("many", f"{sum(len(lane.jobs) for lane in lanes)} tasks on {len(lanes)} hosts")
        repeat(site, "many", lanes)
        for lane in lanes:
            judge_lane(site, result, lane)
        figures(result, lanes)
    return result


def lane_of(site: Site, stack: contextlib.ExitStack, part: str, number: int) -> Lane:
    """Return a lane with a server of its own, which runs as long as ``stack`` is open."""
    name = f"{part}{number}"
    # In pairs, so that each kind of lane runs in both places.
    return Lane(name, stack.enter_context(server(site, name)), site.random(name), places(number // 2))


def repeat(
    site: Site, part: str, lanes: Sequence[Lane], patience: Mapping[str, Any] = MappingProxyType(OPTIONS)
) -> None:
    """Run the jobs of all lanes, again as long as something is left to do; the later ones with ``patience``."""
    for number in range(1, MOST_RUNS + 1):
        with contextlib.ExitStack() as stack:
            runs = []
            for lane in lanes:
                jobs = lane.in_order() if number == 1 else lane.unfinished()
                if jobs:
                    host = Host(lane.name, lane.server, (), run_on=lane.run_on)
                    if number > WHOLE_RUNS:
                        jobs = [lane.rest_of(job, patience) for job in jobs]
                    one = stack.enter_context(playbook_of(site, f"{lane.name}-{number}", host, jobs))
                    runs.append((lane, one, jobs))
            if not runs:
                break
            wait(part, [one for _lane, one, _jobs in runs], partial(_standing, runs), partial(_steal, runs))
            for lane, one, jobs in runs:
                lane.take(one, jobs)
        left = sum(len(lane.unfinished()) for lane in lanes)
        say(part, f"run {number} ended; {left} tasks are to be done again")


def judge_lane(site: Site, result: Result, lane: Lane) -> None:
    """Count what is not true of what was said in a lane; if there is anything, keep the server's record."""
    counts = lane.judge()
    result.counts += counts
    if counts.bad:
        record = json.dumps(lane.server.requests(), indent=1)
        site.folder.joinpath(f"{lane.name}.requests.json").write_text(record, encoding="utf-8")


def figures(result: Result, lanes: Sequence[Lane]) -> None:
    """Note what these lanes came to."""
    entries = [entry for lane in lanes for entry in lane.entries()]
    result.figures["entries"] = len(entries)
    for action in ACTIONS:
        result.figures[action] = sum(entry["action"] == action for entry in entries)
    result.figures["requests"] = sum(lane.requests for lane in lanes)
    result.figures["faults"] = sum(lane.struck for lane in lanes)


def _steal(runs: _Runs) -> None:
    for lane, one, _jobs in runs:
        if one.process.poll() is None and one.reports_file.exists() and not lane.calm:
            lane.steal()


def _standing(runs: _Runs) -> str:
    return f"{sum(len(one.reports()) for _lane, one, _jobs in runs)} tasks were reported in this run"
