# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that objects have: the tabs of a dashboard, the members of a group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from moment import Moment
from scenarios import ANY, CHANGED, FAILED, LAGS, LOSSES, OK, PAGES, Act, Outcome, Scene
from storm import faults
from subjects import Parts, Subject
from verdicts import Counts

SHARE = 0.3
WRITES = ("POST", "PATCH", "DELETE")
# What a list is to have, one state after the other; the last one removes what is not in it.
FIRST, SECOND, LAST = ("one", "two"), ("three", "one"), ("one", "three")


def act(subject: Subject, may: Collection[str], names: Iterable[str], *, purge: bool = False, **options: Any) -> Act:
    """Return a task that gives an object these parts."""
    assert subject.parts is not None
    given = {subject.parts.option: [subject.parts.given % name for name in names], subject.parts.purge: purge}
    return Act(subject.module, {**options, **given}, may)


def life(subject: Subject, may: Collection[str] = ()) -> list[Act]:
    """Return the life of an object whose list changes, each step twice."""
    named = subject.named("new")
    acts = []
    for names, purge in ((FIRST, False), (SECOND, False), (LAST, True)):
        for usual in (CHANGED, OK):
            acts.append(act(subject, may or {usual}, names, purge=purge, **named, **subject.new))
    absent = {**named, "state": "absent"}
    return [*acts, *(Act(subject.module, absent, may or {usual}) for usual in (CHANGED, OK))]


def scenes(subject: Subject) -> list[Scene]:
    """Return all scenes about the list; none if objects of the family have no list."""
    if subject.parts is None:
        return []
    parts = subject.parts
    held = [subject.held(f"x_{number}", f"old_{number}") for number in range(3)]
    names = {*FIRST, *SECOND, *LAST, "other"}
    found = []

    def scene(
        name: str, acts: list[Act], *, short: bool = False, behaviour: Mapping[str, Any] | None = None, **values: Any
    ) -> None:
        made = {subject.called("new"): 1, **dict.fromkeys(names, 1), **values.pop("made", {})}
        switches = {**parts.behaviour, **(behaviour or {})}
        found.append(
            Scene(
                f"parts-{name}",
                acts,
                held,
                switches,
                made=made,
                short=short,
                subject=subject,
                doubt=True,
                **values,
            )
        )

    for name, loss in LOSSES.items():
        # The second one of each method, too: it comes when something is done already.
        lost = [{**loss, "method": method, "path": parts.path, "times": 1, "after": 1} for method in WRITES]
        once = [{**loss, "method": method, "path": parts.path, "times": 1} for method in WRITES]
        may = ANY if name in PAGES else ()
        scene(f"lost-{name}", life(subject, may), faults=once, short=name == "reset-after")
        scene(f"lost-later-{name}", life(subject, may), faults=lost)
    for number in range(6):
        rules = [{**rule, "path": parts.path} if number % 2 else rule for rule in faults(SHARE, [*LOSSES.values()])]
        scene(f"storm-{number}", life(subject, ANY) * 3, faults=rules)
    for name, switches in {**LAGS, **parts.unlike}.items():
        # What lags may show the old list still, and then a part of it is done again.
        acts = life(subject)
        scene(f"as-{name}", acts, behaviour=switches)
        lost = [{"kind": "reset_after", "method": method, "path": parts.path, "times": 1} for method in WRITES]
        scene(f"as-{name}-lost", life(subject, {CHANGED, OK, FAILED}), behaviour=switches, faults=lost)
    _writers(subject, parts, scene)
    return found


def _writers(subject: Subject, parts: Parts, scene: Any) -> None:
    """Add scenes in which somebody else changes the list, or the object, while a task is at it."""
    first = {"method": "POST", "path": parts.path}
    lost = [{"kind": "reset_after", **first, "times": 1}]

    def adds(name: str) -> dict[str, Any]:
        if not parts.family:
            values = {"family": subject.path, "object": "x_1", "fields": {parts.known_by: [parts.held % name]}}
            return {"action": "update", **values}
        return {"action": "create", "family": parts.family, "fields": {parts.owner: "x_1", parts.known_by: name}}

    for when in ("before", "after"):
        for name, rules in (("", []), ("-lost", lost)):
            acts = [
                act(subject, {CHANGED, FAILED} if name else {CHANGED}, FIRST, id="x_1"),
                act(subject, {OK, CHANGED, FAILED} if name else {OK}, FIRST, id="x_1"),
            ]
            # After a member was added, the other list would be without it.
            if parts.family or when == "before":
                scene(f"other-{when}{name}", acts, writers=[{**adds("other"), **first, "when": when}], faults=rules)
            twin = [{**adds("one"), **first, "when": when}]
            twins = {"one": 2} if parts.family else {}
            acts = [act(subject, ANY, FIRST, id="x_1")]
            scene(f"twin-{when}{name}", acts, writers=twin, faults=rules, made=twins)
        gone = {"action": "delete", "family": subject.path, "object": "x_1", **first, "when": when}
        scene(f"gone-{when}", [act(subject, {CHANGED, FAILED}, FIRST, id="x_1")], writers=[gone])


def hold(subject: Subject, wish: Act, one: Mapping[str, Any], moment: Moment) -> bool:
    """Tell whether the list of an object was as a task wants it."""
    if subject.parts is None or subject.parts.option not in wish.options:
        return True
    held = held_by(subject.parts, one, moment)
    wanted = [_name(subject.parts, given) for given in wish.options[subject.parts.option]]
    if subject.parts.family:
        return wanted == (held if wish.options[subject.parts.purge] else [name for name in held if name in wanted])
    return {*wanted} == {*held} if wish.options[subject.parts.purge] else {*wanted} <= {*held}


def held_by(parts: Parts, one: Mapping[str, Any], moment: Moment) -> list[str]:
    """Return the names of the parts that an object had, in their order."""
    if not parts.family:
        prefix = parts.held % ""
        return [identifier.removeprefix(prefix) for identifier in moment.value(one, parts.known_by)]
    # The newest is first here, and the last one of those with the same place.
    known = reversed(moment.outcome.parts)
    own = [part for part in known if part[parts.owner] == one["id"] and moment.has(part)]
    own.sort(key=lambda part: float(moment.value(part, "order")))
    return [str(moment.value(part, parts.known_by)) for part in own]


def look(counts: Counts, scene: Scene, name: str, outcome: Outcome) -> None:
    """Look for parts that are there twice, and for those that clients removed and may not."""
    parts = scene.subject.parts
    if parts is None:
        return
    now = Moment(outcome, "9")
    for one in outcome.sources:
        held = held_by(parts, one, now) if one["deletedAt"] is None else []
        for part in {*held}:
            if held.count(part) > (scene.made or {}).get(part, 1):
                counts.note("duplicates", f"{name}: {one['id']} has {part} {held.count(part)} times")
    times = {request["number"]: request["time"] for request in outcome.requests}
    said = {report.ticket: report for report in outcome.reports}
    for effect in outcome.effects:
        may: set[str] = set()
        for number, wish in enumerate(scene.acts):
            report = said.get(f"{name}-{number}")
            if report is None or not report.begun <= times[effect["request"]] <= report.time:
                continue
            wanted = {_name(parts, given) for given in wish.options.get(parts.option, ())}
            may = {part for part in _removed(parts, effect) if wish.options.get(parts.purge) and part not in wanted}
        for part in _removed(parts, effect) if effect["by"] == "client" else ():
            if part not in may:
                counts.note("wrongly_deleted", f"{name}: {part} of {effect['object']}, by request {effect['request']}")


def _removed(parts: Parts, effect: Mapping[str, Any]) -> set[str]:
    """Return the names that a list lost by an effect. A new object's first part may get another name."""
    before, after = effect["changes"].get(parts.known_by, ("", ""))
    if not parts.family:
        prefix = parts.held % ""
        return {one.removeprefix(prefix) for one in {*before} - {*after}}
    if effect["family"] != parts.family:
        return set()
    return {effect["name"]} if effect["effect"] == "deleted" else {before} - {after, parts.initial}


def _name(parts: Parts, given: str) -> str:
    return given.removesuffix(parts.given % "")
