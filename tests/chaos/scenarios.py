# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenes: a server in a certain situation, a few tasks, what each may say, and what must be true afterwards."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from entries import CHANGES
from result import Result
from stage import Host, Server, Site, places, playbook_with, say, servers, wait
from subjects import DATA_SOURCE, Subject
from verdicts import NOT_KNOWN, Counts, Report

# What a task may say.
CHANGED, OK, FAILED = "changed", "ok", "failed"
ANY = (CHANGED, OK, FAILED)
# An answer that is lost before or after the work, or says nothing about it.
LOSSES: dict[str, dict[str, Any]] = {
    "reset-before": {"kind": "reset_before"},
    "reset-after": {"kind": "reset_after"},
    "close-before": {"kind": "close_before"},
    "502-before": {"kind": "status_before", "status": 502, "body": "html"},
    "502-after": {"kind": "status_after", "status": 502, "body": "html"},
    "500-after": {"kind": "status_after", "status": 500, "body": "json"},
    "404-before": {"kind": "status_before", "status": 404, "body": "html"},
    "html-before": {"kind": "html", "work": False},
    "html-after": {"kind": "html", "work": True},
    "truncated": {"kind": "truncated"},
}
# A web page in place of an answer tells of a wrong address, so the task fails in place of trying again.
PAGES = ("404-before", "html-before", "html-after")
LAG_SECONDS = 2
LAGS: dict[str, Mapping[str, Any]] = {
    "list": {"list_lag_seconds": LAG_SECONDS},
    "get": {"get_lag_seconds": LAG_SECONDS},
    "both": {"list_lag_seconds": LAG_SECONDS, "get_lag_seconds": LAG_SECONDS},
}
# Each scene has a server and a run of ansible-playbook of its own.
AT_ONCE = 11


@dataclass(frozen=True)
class Act:
    """One task: a module's short name, its options, and which of the three it may say."""

    module: str
    options: Mapping[str, Any]
    may: Collection[str]


def one(may: str | Collection[str], **options: Any) -> Act:
    """Return a task about one data source."""
    return Act("basedash_data_source", options, {may} if isinstance(may, str) else may)


def many(may: str | Collection[str], **options: Any) -> Act:
    """Return a task about many."""
    return Act("basedash_data_sources", options, {may} if isinstance(may, str) else may)


@dataclass(frozen=True)
class Scene:
    """A server with ``sources``, its switches, faults and other writers, and the tasks of one host there.

    ``gone`` are the ids that the tasks may delete beside what they created, ``made`` the names of what they may create,
    each with how many of that name there may be at the end; ``None``: anything. All that they create is to be
    restricted. ``short`` tells
    that the scene is in the short form, ``subject`` what it is about, and ``doubt`` that a failure may say that it is
    not known whether an object was created, in place of its id.
    """

    name: str
    acts: Sequence[Act]
    sources: Sequence[Mapping[str, Any]] = ()
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    writers: Sequence[Mapping[str, Any]] = ()
    gone: Collection[str] = ()
    made: Mapping[str, int] | None = field(default_factory=dict)
    short: bool = True
    subject: Subject = DATA_SOURCE
    doubt: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a scene: what was said, and what the server knows. ``parts`` are those of all objects."""

    reports: Sequence[Report]
    requests: Sequence[Mapping[str, Any]]
    effects: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]]
    parts: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(cls, reports: Sequence[Report], server: Server) -> Outcome:
        """Ask the server."""
        return cls(reports, server.requests(), server.effects(), server.sources(), server.parts())

    def created(self) -> set[str]:
        """Return the ids of what clients created."""
        made = [effect for effect in self.effects if effect["effect"] == "created"]
        return {effect["object"] for effect in made if effect["by"] == "client"}

    def done_in(self, report: Report) -> list[Mapping[str, Any]]:
        """Return what clients did while a task ran."""
        times = {request["number"]: request["time"] for request in self.requests}
        own = [effect for effect in self.effects if effect["by"] == "client"]
        return [effect for effect in own if report.begun <= times[effect["request"]] <= report.time]


Judge = Callable[[Scene, str, Outcome], Counts]


def play(
    part: str, site: Site, scenes: Sequence[Scene], *, patience: float = 30.0, also: Judge | None = None
) -> Result:
    """Play all scenes, some at the same time, and judge each.

    ``patience`` is the budget of a task in seconds. ``also`` judges what only scenes of this part promise.
    """
    result = Result(part)
    chosen = [scene for scene in scenes if scene.short or not site.short]
    say(part, f"{len(chosen)} scenes")
    requests = sum(
        _play(part, site, chosen[first : first + AT_ONCE], patience, also, result)
        for first in range(0, len(chosen), AT_ONCE)
    )
    tasks = sum(len(scene.acts) for scene in chosen)
    result.figures = {"scenes": len(chosen), "tasks": tasks, "requests": requests}
    return result


def _play(part: str, site: Site, scenes: Sequence[Scene], patience: float, also: Judge | None, result: Result) -> int:
    """Play these at the same time, add what is not true to ``result``, and return the number of requests."""
    names = [f"{part}-{scene.name}" for scene in scenes]
    requests = 0
    with contextlib.ExitStack() as stack:
        found = stack.enter_context(servers(site, names))
        runs = []
        for number, (scene, name, server) in enumerate(zip(scenes, names, found, strict=True)):
            server.hold(scene.sources, **scene.behaviour)
            server.control("POST", "random", {"seed": site.random(name).randrange(2**31)})
            server.control("POST", "faults", list(scene.faults))
            server.control("POST", "writers", list(scene.writers))
            host = Host(name, server, (), {"timeout": 10, "retry_timeout": patience}, places(number))
            runs.append(stack.enter_context(playbook_with(site, name, host, tasks_of(scene))))
        wait(part, runs, lambda: f"{sum(len(run.reports()) for run in runs)} tasks were reported")
        for scene, name, server, run in zip(scenes, names, found, runs, strict=True):
            outcome = Outcome.of(run.reports(), server)
            counts = judge(scene, name, outcome)
            if also is not None:
                counts += also(scene, name, outcome)
            result.counts += counts
            requests += len(outcome.requests)
            if counts.bad:
                record = json.dumps([*outcome.requests, *outcome.effects], indent=1)
                site.folder.joinpath(f"{name}.requests.json").write_text(record, encoding="utf-8")
    return requests


def tasks_of(scene: Scene) -> list[dict[str, Any]]:
    """Return the tasks as a playbook has them; each goes on after a failure."""
    return [
        {"name": f"Do number {number}", f"community.basedash.{act.module}": act.options, "ignore_errors": True}
        for number, act in enumerate(scene.acts)
    ]


def judge(scene: Scene, name: str, outcome: Outcome) -> Counts:
    """Count what is not true of what was said in a scene, and what was done that may not be done."""
    counts = Counts()
    said = {report.ticket: report for report in outcome.reports}
    for number, act in enumerate(scene.acts):
        report = said.get(f"{name}-{number}")
        if report is None:
            counts.note("lost", f"{name}: task {number} reported nothing")
        else:
            _report(counts, scene, f"{name}: task {number}", act, report, outcome.done_in(report))
    _effects(counts, scene, name, outcome)
    _sources(counts, scene, name, outcome)
    return counts


def _report(
    counts: Counts, scene: Scene, place: str, act: Act, report: Report, done: Sequence[Mapping[str, Any]]
) -> None:
    """Hold a report against what may be said, and against what was done meanwhile."""
    words = (
        f"{place} said {'failed' if report.failed else 'changed' if report.changed else 'ok'}: {report.message[:300]}"
    )
    if report.failed:
        if FAILED not in act.may:
            counts.note("lost", words)
        text = report.message + json.dumps(report.result)
        parts = scene.subject.parts
        for effect in done:
            # A part is told by its name, because the object that has it is named by its id.
            is_part = parts is not None and parts.family == effect.get("family")
            shown = repr(effect["name"]) if is_part else effect["object"]
            if effect["effect"] == "created" and shown not in text and not (scene.doubt and NOT_KNOWN in text):
                counts.note("lost", f"{words} - and not that it created {effect['object']}")
    elif report.changed and (CHANGED not in act.may or not done):
        counts.note("false_changed", words)
    elif not report.changed and (OK not in act.may or done):
        counts.note("false_ok", words)
    told = {entry["id"] for entry in report.result.get("results", ()) if entry["action"] in CHANGES}
    open_ = {entry["id"] for entry in report.result.get("results", ()) if NOT_KNOWN in str(entry.get("msg"))}
    really = {effect["object"] for effect in done}
    if "results" in report.result:
        for identifier in sorted(told - really):
            counts.note("false_changed", f"{place} changed nothing of {identifier}")
        for identifier in sorted(really - told - open_):
            if not any(identifier in str(entry.get("msg")) for entry in report.result["results"]):
                counts.note("false_ok", f"{place} does not say that it changed {identifier}")


def _effects(counts: Counts, scene: Scene, name: str, outcome: Outcome) -> None:
    """Look for what may not be done."""
    own = outcome.created()
    if scene.subject.parts is not None and scene.subject.parts.family:
        # With an object that clients created they created the parts that it has from the start.
        own |= {part["id"] for part in outcome.parts if part[scene.subject.parts.owner] in own}
    for effect in outcome.effects:
        place = f"{name}: {effect['object']} ({effect['name']}), by request {effect['request']}"
        if effect["by"] != "client":
            continue
        if effect["effect"] == "deleted" and effect["object"] not in {*scene.gone, *own}:
            counts.note("wrongly_deleted", place)
        if effect["effect"] == "created" and scene.made is not None and effect["name"] not in scene.made:
            counts.note("touched", f"{place}, was created")
        if effect["changes"].get("sslEnabled") == [True, False]:
            counts.note("tls_off", place)


def _sources(counts: Counts, scene: Scene, name: str, outcome: Outcome) -> None:
    """Look at what is there in the end."""
    there = [source for source in outcome.sources if source["deletedAt"] is None]
    for wanted, most in (scene.made or {}).items():
        found = [source["id"] for source in there if scene.subject.key_of(source) == wanted]
        if len(found) > most:
            counts.note("duplicates", f"{name}: {len(found)} are named {wanted}")
    admitted = " ".join(report.message + json.dumps(report.result) for report in outcome.reports if report.failed)
    own = outcome.created()
    for source in there:
        is_open = "access" in source and source["access"]["mode"] != "restricted"
        if source["id"] in own and is_open and source["id"] not in admitted:
            counts.note("left_open", f"{name}: {source['id']} ({source['displayName']})")
