# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of an automation, of which each task starts one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from result import Result
from scenarios import CHANGED, FAILED, LAGS, LOSSES, PAGES, Act, Outcome, Scene, play
from stage import Site
from storm import faults
from subjects import Subject
from verdicts import NOT_KNOWN, Counts

SHARE = 0.3
POST = {"method": "POST", "path": "/runs$"}


def scenes(subject: Subject) -> list[Scene]:
    """Return all scenes."""
    found = []

    def scene(name: str, may: Collection[str], *, times: int = 1, short: bool = False, **values: Any) -> None:
        named = ({"name": "home"}, {"id": "auto_home"}, {"name": "home", "wait": True, "wait_timeout": 20})
        acts = [Act(subject.module, options, may) for options in named] * times
        found.append(Scene(name, acts, made=None, subject=subject, doubt=True, short=short, **values))

    either = {CHANGED, FAILED}
    for name, loss in LOSSES.items():
        # The list of runs tells of one that began. That none began is never certain.
        may = {CHANGED} if name.endswith("after") and name not in PAGES else either
        scene(f"lost-{name}", may, faults=[{**loss, **POST, "times": 1}], short=name == "reset-after")
        scene(f"lost-all-{name}", either, faults=[{**loss, **POST}])
    for number in range(6):
        scene(f"storm-{number}", either, times=5, faults=faults(SHARE, list(LOSSES.values())))
    for name, lag in LAGS.items():
        scene(f"lag-{name}", {CHANGED}, behaviour={**lag, "runs": {**lag, "work_seconds": 1}})
        scene(f"lag-{name}-lost", either, behaviour=lag, faults=[{"kind": "reset_after", **POST}])
    for status in ("200", "201"):
        limits = [{"kind": "rate_limited", "how": "nothing", **POST, "times": 2}]
        scene(f"limited-{status}", {CHANGED}, behaviour={"create_status": status}, faults=limits)
    other = {"action": "create", "family": "runs", "fields": {"automationId": "auto_home"}, **POST}
    gone = {"action": "delete", "family": "automations", "object": "auto_home", **POST}
    for when in ("before", "after"):
        scene(f"writer-other-{when}", {CHANGED}, writers=[{**other, "when": when}])
        lost = [{"kind": "reset_after", **POST, "times": 1}]
        # Two runs began, and nobody can know which one is whose.
        scene(f"writer-other-{when}-lost", either, writers=[{**other, "when": when}], faults=lost)
        scene(f"writer-gone-{when}", either, writers=[{**gone, "when": when}])
    return found


def truth(scene: Scene, name: str, outcome: Outcome) -> Counts:
    """Hold what was said against the runs that began while the task ran."""
    counts = Counts()
    for number in range(len(scene.acts)):
        report = next((one for one in outcome.reports if one.ticket == f"{name}-{number}"), None)
        if report is None:
            continue
        begun = [effect for effect in outcome.done_in(report) if effect["effect"] == "created"]
        if len(begun) > 1:
            counts.note("duplicates", f"{name}: task {number} started {len(begun)} runs")
        if report.changed and not begun:
            counts.note("false_changed", f"{name}: task {number} started none: {report.message[:300]}")
        if begun and not report.changed and NOT_KNOWN not in report.message:
            counts.note("lost", f"{name}: task {number} hides its run: {report.message[:300]}")
    return counts


def run(site: Site, chosen: list[Scene]) -> Result:
    """Play all scenes, and count runs against what was said of them."""
    sums = {"runs": 0, "said changed": 0, "said not known": 0}

    def also(scene: Scene, name: str, outcome: Outcome) -> Counts:
        sums["runs"] += len(outcome.created())
        sums["said changed"] += sum(report.changed for report in outcome.reports)
        sums["said not known"] += sum(not one.changed and NOT_KNOWN in one.message for one in outcome.reports)
        return truth(scene, name, outcome)

    result = play("lives", site, chosen, also=also)
    result.figures.update(sums)
    if not sums["said changed"] <= sums["runs"] <= sums["said changed"] + sums["said not known"]:
        result.fail(f"the sums do not agree: {sums}")
    return result
