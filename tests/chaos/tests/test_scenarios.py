# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verifier of scenes must be able to fail: each untruth raises its own count, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import inputs
import lag
import lives
import parts
import pytest
import runs
import wire
import writers
from scenarios import CHANGED, FAILED, OK, Act, Outcome, Scene, judge, many, one
from subjects import SUBJECTS
from verdicts import Counts, Report

DELETION: dict[str, Any] = {
    "by": "client",
    "request": 2,
    "effect": "deleted",
    "object": "ds_1",
    "name": "one",
    "changes": {},
}
CREATION = {**DELETION, "effect": "created", "object": "ds_9", "name": "new"}
SOURCE = {
    "id": "ds_9",
    "displayName": "new",
    "deletedAt": None,
    "access": {"mode": "restricted", "groupIds": ["grp_chaos"], "memberIds": []},
}
OPEN = {**SOURCE, "access": {"mode": "everyone", "groupIds": [], "memberIds": []}}
REQUESTS = [{"number": number, "time": f"2026-01-01T00:00:0{number}.000Z"} for number in range(1, 5)]


def report(said: str, message: str = "", entries: Sequence[dict[str, Any]] | None = None, **values: Any) -> Report:
    """Return the report of a task during whose time the second request came."""
    plain: dict[str, Any] = {
        "ticket": "part-scene-0",
        "run": "r",
        "changed": said == CHANGED,
        "failed": said == FAILED,
        "message": message,
        "begun": "2026-01-01T00:00:01.500Z",
        "time": "2026-01-01T00:00:02.500Z",
        "result": {} if entries is None else {"results": entries},
    }
    return Report(**{**plain, **values})


def counts(
    act: Act,
    said: Report | None,
    effects: Sequence[dict[str, Any]] = (),
    sources: Sequence[dict[str, Any]] = (),
    **scene: Any,
) -> Counts:
    """Judge a scene of one task."""
    outcome = Outcome([said] if said else [], REQUESTS, effects, sources)
    return judge(Scene("scene", [act], **scene), "part-scene", outcome)


def kinds(found: Counts) -> list[str]:
    """Return which counts are not 0, each as often as it was raised."""
    return [text.split(":")[0] for text in found.findings]


@pytest.mark.parametrize(
    "found",
    [
        counts(one(CHANGED), report(CHANGED), [DELETION], gone=["ds_1"]),
        counts(one(OK), report(OK)),
        counts(one({OK, FAILED}), report(FAILED)),
        # What somebody else does is no concern of the task's.
        counts(one(OK), report(OK), [{**DELETION, "by": "writer"}]),
        counts(one(CHANGED), report(CHANGED), [CREATION], [SOURCE], made={"new": 1}),
        # What the tasks themselves created may go.
        counts(one(CHANGED), report(CHANGED), [CREATION, {**CREATION, "effect": "deleted"}], made={"new": 1}),
        # Open, and said so.
        counts(one(FAILED), report(FAILED, "ds_9 is open to everyone"), [CREATION], [OPEN], made={"new": 1}),
        counts(many(CHANGED), report(CHANGED, "", [{"id": "ds_1", "action": "deleted"}]), [DELETION], gone=["ds_1"]),
    ],
)
def test_the_truth(found: Counts) -> None:
    assert kinds(found) == []
    assert not found.bad


UNTOUCHED = [{"id": "ds_1", "action": "unchanged"}]
TURNED_OFF = {**DELETION, "effect": "updated", "changes": {"sslEnabled": [True, False]}}


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (["lost"], counts(one(OK), None)),
        (["lost"], counts(one(CHANGED), report(FAILED))),
        (["false_changed"], counts(one(CHANGED), report(CHANGED))),
        (["false_changed"], counts(one(OK), report(CHANGED), [DELETION], gone=["ds_1"])),
        (["false_ok"], counts(one(CHANGED), report(OK))),
        (["false_ok"], counts(one(OK), report(OK), [DELETION], gone=["ds_1"])),
        (["false_ok"], counts(one(FAILED), report(OK))),
        # Before the task began, so that it is not the task's.
        (["false_changed"], counts(one(CHANGED), report(CHANGED), [{**DELETION, "request": 1}], gone=["ds_1"])),
        (["wrongly_deleted"], counts(one(CHANGED), report(CHANGED), [DELETION])),
        (["touched"], counts(one(CHANGED), report(CHANGED), [CREATION], [SOURCE])),
        (["tls_off"], counts(one(CHANGED), report(CHANGED), [TURNED_OFF])),
        (["duplicates"], counts(one(OK), report(OK), [], [SOURCE, {**SOURCE, "id": "ds_8"}], made={"new": 1})),
        (["left_open"], counts(one(CHANGED), report(CHANGED), [CREATION], [OPEN], made={"new": 1})),
        (["lost"], counts(one(FAILED), report(FAILED, "no"), [CREATION], [SOURCE], made={"new": 1})),
        (["false_changed"], counts(many(FAILED), report(FAILED, "", [{"id": "ds_1", "action": "deleted"}]))),
        (["false_ok"], counts(many(FAILED), report(FAILED, "", UNTOUCHED), [DELETION], gone=["ds_1"])),
    ],
)
def test_each_untruth_counts(expected: list[str], found: Counts) -> None:
    assert found.bad
    assert kinds(found) == expected


SCENES = [
    *(scene for subject in SUBJECTS.values() for scene in lives.scenes(subject)),
    *lag.scenes(),
    *writers.deletions(),
    *writers.settings(),
    *wire.scenes(),
    *(Scene(name, acts) for name, acts in inputs.kinds().items()),
]


def test_scenes_are_told_apart() -> None:
    each = [lives.scenes(subject) for subject in SUBJECTS.values()]
    for part in (lag.scenes(), [*writers.deletions(), *writers.settings()], wire.scenes(), *each):
        names = [scene.name for scene in part]
        assert len(set(names)) == len(names)
        assert any(scene.short for scene in part)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_scenes_expect_something(scene: Scene) -> None:
    assert scene.acts
    for act in scene.acts:
        assert act.may
        assert set(act.may) <= {CHANGED, OK, FAILED}


CREATED = {**CREATION, "object": "ds_9", "changes": {}}
MOVED = {**CREATED, "effect": "updated", "request": 4, "changes": {"host": ["a.example.com", "b.example.com"]}}
HELD = {**SOURCE, "host": "a.example.com"}
WANTED = one(CHANGED, name="new", host="a.example.com")
ABSENT = one(OK, name="new", state="absent")
GONE = {**HELD, "deletedAt": "2026-01-01T00:00:01.000Z"}


def against_truth(act: Act, said: Report, effects: Sequence[dict[str, Any]], *sources: dict[str, Any]) -> list[str]:
    """Judge a scene of one task by what the server held then."""
    return kinds(lives.truth(Scene("scene", [act]), "part-scene", Outcome([said], REQUESTS, effects, sources)))


def test_what_was_true_at_that_moment() -> None:
    assert against_truth(WANTED, report(CHANGED), [CREATED], HELD) == []
    # What came later does not count.
    assert against_truth(WANTED, report(CHANGED), [CREATED, MOVED], {**HELD, "host": "b.example.com"}) == []
    assert against_truth(ABSENT, report(OK), [{**CREATED, "request": 3}], HELD) == []
    assert against_truth(ABSENT, report(OK), [], GONE) == []
    assert against_truth(WANTED, report(FAILED, "Whether it was created is not known"), [CREATED], HELD) == []
    assert against_truth(WANTED, report(FAILED, "ds_9 is left"), [CREATED], HELD) == []


def test_what_was_not_true_at_that_moment() -> None:
    assert against_truth(WANTED, report(CHANGED), [], {**HELD, "host": "b.example.com"}) == ["false_changed"]
    assert against_truth(WANTED, report(OK), [{**CREATED, "request": 3}], HELD) == ["false_ok"]
    assert against_truth(WANTED, report(OK), [], GONE) == ["false_ok"]
    assert against_truth(ABSENT, report(OK), [], HELD) == ["false_ok"]
    assert against_truth(ABSENT, report(OK), [], {**GONE, "deletedAt": "2026-01-01T00:00:03.000Z"}) == ["false_ok"]
    assert against_truth(WANTED, report(FAILED, "no"), [CREATED], HELD) == ["lost"]


def test_doubt_about_a_creation() -> None:
    unknown = report(FAILED, "Whether it was created is not known")
    outcome = [CREATION], [SOURCE]
    assert kinds(counts(one(FAILED), unknown, *outcome, made={"new": 1})) == ["lost"]
    assert kinds(counts(one(FAILED), unknown, *outcome, made={"new": 1}, doubt=True)) == []


MAIN = {"id": "tab_0", "name": "Main", "order": 0, "dashboardId": "dash_1", "deletedAt": None}
TAB = {**MAIN, "id": "tab_1", "name": "one", "order": 1}
BOARD = {"id": "dash_1", "name": "new", "description": "Sales.", "deletedAt": None}
TAB_MADE = {**CREATION, "family": "tabs", "object": "tab_1", "name": "one"}
MAIN_GONE = {**DELETION, "family": "tabs", "object": "tab_0", "name": "Main"}
ADDED = {
    **DELETION,
    "effect": "updated",
    "family": "groups",
    "object": "grp_1",
    "changes": {"memberIds": [[], ["mem_one"]]},
}
REMOVED = {**ADDED, "changes": {"memberIds": [["mem_one", "mem_two"], ["mem_one"]]}}
TEAM = {"id": "grp_1", "name": "new", "memberIds": ["mem_one"], "deletedAt": None}


def of_parts(
    kind: str,
    said: Report,
    effects: Sequence[dict[str, Any]],
    sources: Sequence[dict[str, Any]],
    tabs: Sequence[dict[str, Any]] = (),
    *,
    purge: bool = False,
) -> list[str]:
    """Judge a scene of one task that gives an object the part "one"."""
    task = parts.act(SUBJECTS[kind], {CHANGED, OK, FAILED}, ["one"], purge=purge, name="new")
    scene = Scene("scene", [task], subject=SUBJECTS[kind], made={"one": 1}, gone=["tab_0"], doubt=True)
    outcome = Outcome([said], REQUESTS, effects, sources, tabs)
    found = judge(scene, "part-scene", outcome)
    found += lives.truth(scene, "part-scene", outcome)
    return kinds(found)


def test_the_truth_about_parts() -> None:
    gone = {**MAIN, "deletedAt": "2026-01-01T00:00:02.000Z"}
    assert of_parts("dashboard", report(CHANGED), [TAB_MADE], [BOARD], [TAB, MAIN]) == []
    assert of_parts("dashboard", report(CHANGED), [TAB_MADE, MAIN_GONE], [BOARD], [TAB, gone], purge=True) == []
    # A failure names the tab, and the dashboard by its id.
    assert of_parts("dashboard", report(FAILED, "It was given the tab 'one'."), [TAB_MADE], [BOARD], [TAB, MAIN]) == [
        "lost"
    ]
    said = report(FAILED, "It was given the tab 'one'.", changed=True)
    assert of_parts("dashboard", said, [TAB_MADE], [BOARD], [TAB, MAIN]) == []
    assert of_parts("group", report(CHANGED), [ADDED], [TEAM]) == []
    assert of_parts("group", report(CHANGED), [REMOVED], [TEAM], purge=True) == []
    # What others add later does not count, and neither does what they remove.
    later = {**ADDED, "by": "writer", "request": 4, "changes": {"memberIds": [["mem_one"], []]}}
    assert of_parts("group", report(OK), [later], [{**TEAM, "memberIds": []}]) == []


def test_untruths_about_parts() -> None:
    twin = {**TAB, "id": "tab_2"}
    assert of_parts("dashboard", report(OK), [], [BOARD], [twin, TAB]) == ["false_ok", "duplicates"]
    assert of_parts("dashboard", report(OK), [], [BOARD], [MAIN]) == ["false_ok"]
    assert of_parts("dashboard", report(OK), [], [BOARD], [MAIN, TAB], purge=True) == ["false_ok"]
    assert of_parts("dashboard", report(CHANGED), [MAIN_GONE], [BOARD], [TAB]) == ["wrongly_deleted"]
    assert of_parts("group", report(CHANGED), [REMOVED], [TEAM]) == ["wrongly_deleted"]
    assert of_parts("group", report(OK), [], [{**TEAM, "memberIds": []}]) == ["false_ok"]
    assert of_parts("group", report(OK), [], [{**TEAM, "memberIds": ["mem_one"] * 2}]) == ["duplicates"]


def of_run(said: Report, *effects: dict[str, Any]) -> list[str]:
    """Judge a scene of one task that starts a run."""
    scene = runs.scenes(SUBJECTS["automation_run"])[0]
    return kinds(runs.truth(scene, "part-scene", Outcome([said], REQUESTS, effects, [])))


def test_runs_and_what_is_said_of_them() -> None:
    assert of_run(report(CHANGED), CREATION) == []
    assert of_run(report(FAILED, "Whether a run began is not known"), CREATION) == []
    assert of_run(report(FAILED, "no")) == []
    assert of_run(report(CHANGED)) == ["false_changed"]
    assert of_run(report(CHANGED), CREATION, {**CREATION, "object": "run_2"}) == ["duplicates"]
    assert of_run(report(FAILED, "no"), CREATION) == ["lost"]
