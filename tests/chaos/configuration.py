# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole configurations, applied while much goes wrong: each ends as it says, and then there is nothing left to do."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from plans import Known, Promise, Said, ended, judge, judge_journal, judge_warnings, lines_of
from result import Result
from scenarios import LAGS, LOSSES, PAGES
from stage import Host, Run, Server, Site, kill, playbook_with, say, servers, wait
from storm import faults
from subjects import DATA_SOURCE
from verdicts import Counts, own
from whole import SECRETS, Whole
from writers import SLOW as LATE

MODULE = "community.basedash.basedash_configuration"
SHARE = 0.12
AT_ONCE = 7
# A task on a target takes ten times as long to begin.
PLACES = ("controller", "controller", "target")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
FAMILIES = (
    "groups",
    "members",
    "data-sources",
    "mcp-servers",
    "definitions",
    "skills",
    "automations",
    "dashboards",
    "tabs",
    "charts",
)
# Less than elsewhere, because every family of a configuration has to wait for it.
LAG_SECONDS = 1
SERVER = {"group_members": "objects", "membership_removal": "works"}
# The lists of an organization are read before the first write. Slow writes let others come in between.
SLOW = {"kind": "delay", "method": "POST|PUT|PATCH|DELETE", "seconds": 0.15, "probability": 0.5}


@dataclass(frozen=True)
class Case:
    """A server, what goes wrong on it, how the configuration is applied, and what is promised then.

    ``runs`` so many at once, or one that is killed (``killed``). ``planned``: nothing goes wrong, so that each task
    does what the check before it said. ``aged``: what was read is old when its turn comes. ``refused``, ``stuck`` and
    ``twins`` are as in a promise, and ``by_others`` are ids that somebody else takes care of.
    """

    name: str
    faults: Sequence[Mapping[str, Any]] = ()
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    writers: Sequence[Mapping[str, Any]] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    files: bool = False
    killed: bool = False
    runs: int = 1
    planned: bool = False
    aged: bool = False
    refused: bool = False
    stuck: bool = False
    twins: Collection[str] = ()
    by_others: Collection[str] = ()
    short: bool = False


def cases() -> list[Case]:
    """Return all cases."""
    found = [
        Case("calm", planned=True, files=True, short=True),
        Case("calm-inline", planned=True),
        Case("refused", options={"max_deletions": 1}, refused=True, faults=faults(SHARE)),
    ]
    for name, loss in LOSSES.items():
        # Of each family, the first write of each kind loses its answer.
        once = [
            {**loss, "method": f"^{method}$", "path": f"/{family}", "times": 1}
            for family in FAMILIES
            for method in WRITES
        ]
        found.append(Case(f"lost-{name}", faults=once, files=name in PAGES, short=name == "reset-after"))
    found += [
        Case(f"storm-{number}", faults=faults(SHARE), files=bool(number % 2), short=number == 1) for number in range(6)
    ]
    lost = [{"kind": "reset_after", "method": "POST", "path": f"/{family}$", "times": 1} for family in FAMILIES]
    for name, lag in ((name, dict.fromkeys(lag, LAG_SECONDS)) for name, lag in LAGS.items()):
        found.append(Case(f"lag-{name}", behaviour=lag, files=True))
        found.append(Case(f"lag-{name}-lost", behaviour=lag, faults=lost, short=name == "both"))
    found += [Case(f"fails-{family}", faults=[_refusal(family)]) for family in FAMILIES if family != "tabs"]
    found += [Case(f"killed-{number}", faults=[SLOW], killed=True, short=number == 0) for number in range(4)]
    # Not the readings: what fails before its first write is nowhere in the middle.
    storm = [SLOW, *({**one, "method": SLOW["method"]} for one in faults(SHARE, list(LOSSES.values())))]
    found += [Case(f"killed-storm-{number}", faults=storm, killed=True, files=True) for number in range(4)]
    found += [
        Case("at-once", faults=[SLOW], runs=2, short=True),
        Case("at-once-bad", faults=storm, runs=2, files=True),
        Case("at-once-lag", faults=[SLOW], behaviour=dict.fromkeys(LAGS["both"], LAG_SECONDS), runs=2),
    ]
    return found + others()


def _refusal(family: str) -> dict[str, Any]:
    return {"kind": "status_before", "status": 422, "method": "POST", "path": f"/{family}$", "times": 3}


def others() -> list[Case]:
    """Return cases in which somebody else writes after everything was read, and before its turn comes."""
    listed = {"method": "POST", "path": "/groups$", "when": "after"}
    # Longer than a reading is good for.
    late = {"kind": "delay", "method": "POST", "path": "/groups$", "times": 1, "seconds": LATE}
    skill, source = {"family": "skills"}, {"family": "data-sources"}

    def by_other(name: str, *writers: Mapping[str, Any], **values: Any) -> Case:
        found = Case(f"other-{name}", writers=[{**listed, **one} for one in writers], faults=[late], aged=True)
        return replace(found, **values)

    renamed = {"action": "update", **skill, "object": "left_skills_0", "fields": {"name": "production"}}
    entry = {**renamed, "fields": {"name": "kept skills 0"}}
    twin = {"action": "create", **skill, "fields": {"name": "new skills 0", "instructions": "Of somebody else."}}
    tls = {"action": "update", **source, "object": "moved_data_sources_0", "fields": {"sslEnabled": True}}
    return [
        # What has another name now is in no entry still, so the next run deletes it.
        by_other("renames", renamed, short=True),
        # Two of the same key: nobody can know which one is meant.
        by_other("renames-to-entry", entry, stuck=True, twins=["kept skills 0"], by_others=["left_skills_0"]),
        # Whoever looks again takes it for the entry's.
        by_other("creates", twin),
        # Nobody can look between the last reading and the creation.
        by_other("twin", {**twin, "path": "/skills$", "when": "before"}, stuck=True, twins=["new skills 0"]),
        by_other("deletes", {"action": "delete", **skill, "object": "moved_skills_0"}),
        by_other("deletes-left", {"action": "delete", **skill, "object": "left_skills_0"}),
        by_other("switches-tls", tls),
        by_other("invites", {"action": "create", "family": "members", "fields": {"email": "new0@example.com"}}),
    ]


@dataclass
class Play:
    """A case that is being played: its server, the runs and what they said."""

    case: Case
    name: str
    server: Server
    whole: Whole
    site: Site
    random: Random
    run_on: str
    source: dict[str, Any] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    killed_at: int = 0
    in_the_middle: bool = False
    was_ended: bool = True

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.site.folder / self.name

    def prepare(self) -> None:
        """Fill the server, and let things go wrong."""
        case = self.case
        self.server.control("POST", "reset", self.whole.seed({**SERVER, **case.behaviour}))
        self.server.control("POST", "random", {"seed": self.random.randrange(2**31)})
        self.server.control("POST", "faults", list(case.faults))
        self.server.control("POST", "writers", list(case.writers))
        self.folder.mkdir()
        self.source = (
            {"source": self.whole.written(self.folder)} if case.files else {"configuration": self.whole.configuration}
        )

    def start(self, stack: contextlib.ExitStack, phase: str, checks: Sequence[bool]) -> list[Run]:
        """Start the runs of a phase; each has a task for each of ``checks``, which tells whether it only plans."""
        runs = []
        for number in range(self.case.runs if phase == "storm" else 1):
            options = {
                **self.whole.options(),
                **self.source,
                **self.case.options,
                "journal": str(self.folder / "journal.jsonl"),
                "concurrency": self.random.choice((1, 4, 8)),
            }
            tasks = [
                {"name": f"Do number {one}", MODULE: options, "ignore_errors": True, "check_mode": check, "diff": True}
                for one, check in enumerate(checks)
            ]
            host = Host(
                self.name, self.server, (), {"timeout": 10 if self.case.aged else 4, "retry_timeout": 30}, self.run_on
            )
            name = f"{self.name}-{phase}-{number}"
            runs.append(stack.enter_context(playbook_with(self.site, name, host, tasks)))
        self.runs += runs
        return runs

    def take(self, runs: Sequence[Run], checks: Sequence[bool], *, calm: bool) -> None:
        """Add what the runs of a phase said."""
        for run in runs:
            for report in run.reports():
                number = int(report.ticket.rpartition("-")[2])
                self.said.append(Said(report, checks[number], calm))

    def writes(self) -> int:
        """Return how many writes were sent."""
        return sum(one["method"] != "GET" and own(one) for one in self.server.requests())

    def known(self) -> Known:
        """Ask the server."""
        log, effects = self.server.requests(), self.server.effects()
        objects = {one.replace("-", "_"): self.server.control("GET", f"objects/{one}") for one in FAMILIES}
        return Known(log, effects, objects)

    def journal(self) -> list[dict[str, Any]]:
        """Return the lines of its journal."""
        file = self.folder / "journal.jsonl"
        return lines_of(file.read_text(encoding="utf-8")) if file.exists() else []

    def leaks(self) -> list[str]:
        """Return the files of runs that have a secret in them."""
        files = [file for run in self.runs for file in (run.log, run.reports_file)]
        files.append(self.folder / "journal.jsonl")
        texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in files if file.exists()}
        return [str(file) for file, text in texts.items() if any(secret in text for secret in SECRETS)]


STORM = (True, False, False)
CALM = (False, False, True)


def run(site: Site) -> Result:
    """Play all cases, some at the same time, and judge each."""
    result = Result("configuration")
    chosen = [case for case in cases() if case.short or not site.short]
    say("configuration", f"{len(chosen)} cases")
    figures = dict.fromkeys(("cases", "entries", "requests", "faults", "kills", "in the middle"), 0)
    # So that nothing that a run shows or writes has a secret in it.
    loud = replace(site, subject=replace(DATA_SOURCE, secret=SECRETS[0]), verbosity=3)
    for first in range(0, len(chosen), AT_ONCE):
        _play(loud, chosen[first : first + AT_ONCE], result, figures, first)
    result.figures = dict(figures)
    if figures["kills"] and not figures["in the middle"]:
        result.fail("no kill came in the middle of a run")
    return result


def _play(site: Site, chosen: Sequence[Case], result: Result, figures: dict[str, int], first: int) -> None:
    names = [f"configuration-{case.name}" for case in chosen]
    with contextlib.ExitStack() as stack:
        plays = []
        for number, (case, name, server) in enumerate(
            zip(chosen, names, stack.enter_context(servers(site, names)), strict=True)
        ):
            random = site.random(name)
            whole = Whole.of(random, 2 if site.short else 3, references=case.files)
            play = Play(case, name, server, whole, site, random, PLACES[(first + number) % len(PLACES)])
            play.prepare()
            plays.append(play)
        _storm(stack, plays)
        for play in plays:
            play.server.control("DELETE", "faults")
            play.server.control("DELETE", "writers")
        time.sleep(LAG_SECONDS + 0.5)
        runs = [play.start(stack, "calm", CALM) for play in plays]
        wait("configuration", [one for found in runs for one in found], lambda: "the storm is over")
        for play, found in zip(plays, runs, strict=True):
            play.take(found, CALM, calm=True)
            result.counts += _judged(play, figures)
        say("configuration", f"{figures['cases']} cases; {result.counts}")


def _storm(stack: contextlib.ExitStack, plays: Sequence[Play]) -> None:
    """Let the runs of the storm come to their end, and kill those that are to be killed."""
    started = {play.name: play.start(stack, "storm", (False,) if play.case.killed else STORM) for play in plays}
    doomed = [play for play in plays if play.case.killed]
    # In writes and not in seconds, so that it is in the middle on each machine.
    moments = {play.name: play.random.randint(1, 25) for play in doomed}

    def look() -> None:
        for play in [one for one in doomed if one.writes() >= moments[one.name]]:
            doomed.remove(play)
            process = started[play.name][0].process
            play.in_the_middle = process.poll() is None
            kill(process)

    patient = [run for play in plays if not play.case.killed for run in started[play.name]]
    deadline = time.monotonic() + 120
    while doomed and time.monotonic() < deadline:
        look()
        for play in [one for one in doomed if started[one.name][0].process.poll() is not None]:
            doomed.remove(play)
        time.sleep(0.02)
    wait("configuration", patient, lambda: f"{sum(len(run.reports()) for run in patient)} tasks were reported")
    # What a server is still at when its client is gone shall count as sent before.
    time.sleep(0.5)
    for play in plays:
        if play.case.killed:
            play.killed_at = len(play.server.requests()) if play.in_the_middle else 0
            play.was_ended = ended(play.journal())
        play.take(started[play.name], (False,) if play.case.killed else STORM, calm=False)


def _judged(play: Play, figures: dict[str, int]) -> Counts:
    case, known = play.case, play.known()
    promise = Promise(
        play.whole,
        killed_at=play.killed_at,
        at_once=case.runs > 1,
        stuck=case.stuck,
        refused=case.refused,
        twins=case.twins,
        planned=case.planned,
        aged=case.aged,
        by_others=case.by_others,
    )
    counts = judge(play.name, promise, play.said, known)
    counts += judge_journal(play.name, play.journal(), known)
    counts += judge_warnings(play.name, play.was_ended, play.said)
    for file in play.leaks():
        counts.note("leaked", f"{play.name}: {file} has a secret")
    figures["cases"] += 1
    figures["entries"] += sum(len(one.entries) for one in play.said)
    figures["requests"] += len(known.requests)
    figures["faults"] += sum(one["fault"] is not None for one in known.requests)
    figures["kills"] += case.killed
    figures["in the middle"] += play.in_the_middle
    if counts.bad:
        record = json.dumps([*known.requests, *known.effects], indent=1)
        play.folder.joinpath("requests.json").write_text(record, encoding="utf-8")
    return counts
