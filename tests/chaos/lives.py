# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole lives of one object of any family: behind lost answers, readings that lag, and somebody else who writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import parts
import runs
from moment import Moment
from result import Result
from scenarios import ANY, CHANGED, FAILED, LAGS, LOSSES, OK, PAGES, Act, Outcome, Scene, play
from stage import Site
from storm import faults
from subjects import Subject
from verdicts import NOT_KNOWN, Counts, Report, own

SHARE = 0.3
# Longer than a reading is good for.
SLOW = 6
WRITES = ("POST", "PATCH", "DELETE")


def life(subject: Subject, name: str, may: Collection[str] = ()) -> list[Act]:
    """Return the whole life of an object, each step twice. ``may`` is what each may say, if not what is usual."""

    def act(usual: str | Collection[str], options: Mapping[str, Any]) -> Act:
        expected = may or ({usual} if isinstance(usual, str) else usual)
        return Act(subject.module, {**subject.named(name), **options}, expected)

    updated = subject.updated()
    # What lags may show the old value still, and then it is sent again.
    updates = [act(CHANGED, updated), act((OK, CHANGED), updated)] if updated else []
    return [
        act(CHANGED, subject.new),
        act(OK, subject.new),
        *updates,
        act(CHANGED, {"state": "absent"}),
        act(OK, {"state": "absent"}),
    ]


def scenes(subject: Subject) -> list[Scene]:
    """Return all scenes for a family."""
    if subject.acts:
        return runs.scenes(subject)
    held = [subject.held(f"x_{number}", f"old_{number}") for number in range(3)]
    found = []

    def scene(name: str, acts: list[Act], *, short: bool = False, most: int = 1, **values: Any) -> None:
        found.append(
            Scene(
                name, acts, held, made={subject.called("new"): most}, short=short, subject=subject, doubt=True, **values
            )
        )

    for name, loss in LOSSES.items():
        once = [{**loss, "method": method, "times": 1, "path": f"/{subject.path}"} for method in WRITES]
        # What is sent once needs a second task, if the first one could not know that nothing was done.
        doubtful = name in PAGES or (subject.sent_once and name.endswith("-before"))
        acts = life(subject, "new", ANY if doubtful else ())
        scene(f"lost-{name}", acts, faults=once, short=name == "reset-after")
    for number in range(6):
        # A failure leaves the next task more than one thing to find.
        acts = life(subject, "new", ANY) * (3 if number else 1)
        scene(
            f"storm-{number}",
            acts,
            faults=faults(SHARE, list(LOSSES.values())),
            short=number == 0 and not subject.brief,
        )
    lost = {"kind": "reset_after", "method": "POST", "times": 1}
    for name, behaviour in LAGS.items():
        scene(f"lag-{name}", life(subject, "new"), behaviour=behaviour)
        create = Act(subject.module, {**subject.named("new"), **subject.new}, {CHANGED, FAILED})
        scene(f"lag-{name}-lost", [create], behaviour=behaviour, faults=[lost])
    return found + writers(subject, held) + parts.scenes(subject)


def writers(subject: Subject, held: list[dict[str, Any]]) -> list[Scene]:
    """Return scenes in which somebody else acts just before or after a task's request."""
    family = {"family": subject.path}
    listed = {"method": "GET", "path": f"/{subject.path}$", "when": "after"}
    slow = {"kind": "rate_limited", "method": "DELETE", "how": "body", "seconds": SLOW, "times": 1}
    lost = {"kind": "reset_after", "method": "POST", "times": 1}
    twin = subject.held("twin", "new")
    creation = {"action": "create", **family, "fields": twin, "method": "POST", "path": f"/{subject.path}$"}
    renamed = {
        "action": "update",
        **family,
        **listed,
        "object": "x_1",
        "fields": {subject.key: subject.called("production")},
    }
    create = {**subject.named("new"), **subject.new}
    twins = {subject.called("new"): 1 if subject.unique else 2}
    update = {"id": "x_1", **subject.updated()}

    def scene(name: str, options: Mapping[str, Any], may: Collection[str], writer: Any, **values: Any) -> Scene:
        act = Act(subject.module, options, may)
        return Scene(f"writer-{name}", [act], held, writers=[writer], subject=subject, **values)

    deleted = {"action": "delete", **family}
    patched = {**deleted, "method": "PATCH"}
    return [
        scene(
            "deleted",
            {"id": "x_1", "state": "absent"},
            {OK, FAILED},
            {**deleted, "method": "DELETE"},
            short=not subject.brief,
        ),
        *([] if not subject.setting else [scene("deleted-update", update, {FAILED}, patched, short=False)]),
        scene(
            "renamed", {**subject.named("old_1"), "state": "absent"}, {OK, FAILED}, renamed, faults=[slow], short=False
        ),
        # Between the look-up and the creation nobody can keep somebody else away, where keys are not unique.
        scene(
            "twin",
            create,
            {OK, FAILED} if subject.unique else {CHANGED, FAILED},
            creation,
            made=twins,
            short=False,
        ),
        # Whose is whose can't be known any more.
        scene(
            "twin-lost",
            create,
            {CHANGED} if subject.unique else {FAILED},
            {**creation, "when": "after"},
            faults=[lost],
            made=twins,
        ),
    ]


def truth(scene: Scene, name: str, outcome: Outcome) -> Counts:
    """Hold what was said against what the server held at that moment, and look for failures that hide a change."""
    counts = Counts()
    said = {report.ticket: report for report in outcome.reports}
    for number, act in enumerate(scene.acts):
        report = said.get(f"{name}-{number}")
        if report is None:
            continue
        text = f"{name}: task {number} said {'changed' if report.changed else 'ok'}: {report.message[:300]}"
        if not report.failed and not _holds(scene.subject, act, report, outcome):
            counts.note("false_changed" if report.changed else "false_ok", f"{text} - and that is not so")
        done = outcome.done_in(report)
        told = report.changed or NOT_KNOWN in report.message
        if report.failed and done and not told and done[-1]["object"] not in report.message:
            counts.note("lost", f"{name}: task {number} hides what was {done[-1]['effect']}: {report.message[:300]}")
        if scene.subject.sent_once and len(_sent(outcome, report)) > 1:
            counts.note("duplicates", f"{name}: task {number} sent its creation again")
        if report.leaks:
            counts.note("leaked", f"{name}: task {number} shows a secret")
    parts.look(counts, scene, name, outcome)
    return counts


def _sent(outcome: Outcome, report: Report) -> list[Mapping[str, Any]]:
    """Return the creations that a task sent; a 429 says clearly that it was none."""
    posts = [one for one in outcome.requests if one["method"] == "POST" and own(one)]
    return [one for one in posts if report.begun <= one["time"] <= report.time and one["fault"] != "rate_limited"]


def _holds(subject: Subject, act: Act, report: Report, outcome: Outcome) -> bool:
    """Tell whether a server was as a task wants it when the task said so."""
    moment = Moment(outcome, report.time)

    def key_at_that_time(one: Mapping[str, Any]) -> str:
        if not subject.within:
            return str(moment.value(one, subject.key))
        return str(moment.value(one, subject.within)[subject.key])

    there = [
        one
        for one in outcome.sources
        if moment.has(one)
        and act.options.get("id", one["id"]) == one["id"]
        and act.options.get(subject.key_option, key_at_that_time(one)) == key_at_that_time(one)
    ]
    if act.options.get("state") == "absent":
        return not there
    wanted = act.options.get(subject.setting_option)
    return any(
        (wanted is None or wanted == moment.value(one, subject.setting)) and parts.hold(subject, act, one, moment)
        for one in there
    )


def run(site: Site) -> Result:
    """Play all scenes."""
    if site.subject.acts:
        return runs.run(site, scenes(site.subject))
    return play("lives", site, scenes(site.subject), also=truth)
