# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured, in which order, and how often.

A scene is a set of contenders under the same conditions; they take turns, round by round, together with the empty runs
that are subtracted, so that a slow minute of the machine meets all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contenders import Conditions

PARTS = {
    "bulk": "one task for many, against loops and a bare client, without latency",
    "latency": "the same with 20 and 50 ms before each answer",
    "limit": "the same behind 100 requests in a second",
    "loops": "a task for one data source, alone and in loops, run both ways",
    "tls": "such loops over TLS, with 20 ms before each answer",
    "cores": "such loops with each other release of ansible-core that was given",
    "memory": "the most memory that a process takes",
    "configuration": "a plan of a whole organization, against a bare client that reads the same pages",
    "imports": "what the modules and plugins load when they start",
}

LIMIT = 100
# The table of a part has a row for each of these.
BULK = ("list", "filters", "bare", "controller", "uri")
LOOPS = ("noop", "controller", "target", "uri")
PLANS = ("plan_list", "plan_filters", "plan_list_target", "plan_filters_target")
PLAN = ("configuration", "pages", "pages_in_turn")
EMPTY = ("empty", "bare_empty")
SEVERAL_AT_ONCE = ("list", "filters", "bare")


@dataclass(frozen=True)
class Scene:
    """Contenders that take turns under the same conditions, so many rounds."""

    part: str
    conditions: Conditions
    contenders: Sequence[str]
    rounds: int
    # Empty: the main release of ansible-core.
    core: str = ""
    watched: bool = False


def full(cores: Sequence[str]) -> list[Scene]:
    """Return the scenes of a whole run, what matters most first."""
    scenes = []
    for size, rounds in ((1, 5), (10, 5), (100, 4)):
        scenes.append(Scene("bulk", Conditions(size), (*EMPTY, "noop", *BULK, "target"), rounds))
    scenes.append(Scene("bulk", Conditions(1000), (*EMPTY, "noop", "list", "filters", "bare"), 5))
    scenes.append(Scene("bulk", Conditions(10000), (*EMPTY, "list", "filters", "bare"), 3))
    scenes.append(Scene("limit", Conditions(1000, limit=LIMIT), (*EMPTY, "list", "filters", "bare"), 2))
    for size in (1000, 10000):
        scenes.append(Scene("memory", Conditions(size), (*EMPTY, "list", "filters", "bare", *PLANS), 2, watched=True))
    scenes += _configuration(5, 3)
    for latency in (0.05, 0.02):
        for size, rounds, names in (
            (1, 3, BULK),
            (10, 3, BULK),
            (100, 2, BULK),
            (1000, 3, ("list", "filters", "bare")),
        ):
            scenes.append(Scene("latency", Conditions(size, latency), (*EMPTY, *names), rounds))
    scenes.append(Scene("tls", Conditions(100, 0.02, scheme="https"), ("empty", *LOOPS), 2))
    for core in cores:
        for size, rounds in ((1, 3), (10, 3), (100, 2)):
            scenes.append(Scene("cores", Conditions(size), ("empty", *LOOPS), rounds, core))
    scenes.append(Scene("bulk", Conditions(1000), ("empty", "noop", "list", "controller", "uri"), 1))
    for latency in (0.05, 0.02):
        scenes.append(Scene("latency", Conditions(10000, latency), (*EMPTY, "list", "bare"), 1))
    for core in cores:
        scenes.append(Scene("cores", Conditions(1000), ("empty", "noop", "controller"), 1, core))
    scenes.append(Scene("loops", Conditions(1000), ("empty", "target"), 1))
    return scenes


def _configuration(rounds: int, rounds_of_many: int) -> list[Scene]:
    small, slow, many = (
        Conditions(size, latency, organization=True) for size, latency in ((1000, 0.0), (1000, 0.05), (10000, 0.0))
    )
    return [
        *(Scene("configuration", one, (*EMPTY, *PLAN), rounds) for one in (small, slow)),
        Scene("configuration", many, (*EMPTY, *PLAN), rounds_of_many),
        Scene("configuration", many, ("empty", "configuration"), rounds_of_many, watched=True),
    ]


def quick(cores: Sequence[str]) -> list[Scene]:
    """Return the scenes of a run of two minutes."""
    return [
        Scene("bulk", Conditions(1), (*EMPTY, *BULK), 2),
        Scene("bulk", Conditions(10), (*EMPTY, "noop", *BULK, "target"), 1),
        Scene("loops", Conditions(100), ("empty", "noop", "controller"), 2),
        Scene("bulk", Conditions(1000), (*EMPTY, "list", "filters", "bare"), 3),
        Scene("bulk", Conditions(10000), (*EMPTY, "list", "bare"), 1),
        Scene("limit", Conditions(500, limit=LIMIT), ("empty", "list"), 1),
        Scene("latency", Conditions(1000, 0.05), ("empty", "list"), 1),
        Scene("memory", Conditions(10000), ("empty", "plan_list", "plan_filters"), 1, watched=True),
        *_configuration(2, 1),
        Scene("tls", Conditions(10, 0.02, scheme="https"), ("empty", "noop", "controller", "uri"), 1),
        *(Scene("cores", Conditions(10), ("empty", *LOOPS), 1, core) for core in cores),
    ]


def chosen(scenes: Sequence[Scene], parts: Sequence[str]) -> list[Scene]:
    """Return the scenes of some parts. Loops without latency and the bulk are one another's, so both have them."""
    wanted = set(parts)
    if wanted & {"bulk", "loops"}:
        wanted |= {"bulk", "loops"}
    kept = [scene for scene in scenes if scene.part in wanted]
    if "bulk" in parts and "loops" not in parts:
        return [_without(scene, {"noop", "target"}) for scene in kept if scene.part != "loops"]
    if "loops" in parts and "bulk" not in parts:
        kept = [
            _without(scene, {"bare_empty", "list", "filters", "bare"}) if scene.part == "bulk" else scene
            for scene in kept
        ]
        return [scene for scene in kept if set(scene.contenders) - {"empty"}]
    return kept


def _without(scene: Scene, names: set[str]) -> Scene:
    left = tuple(name for name in scene.contenders if name not in names)
    return Scene(scene.part, scene.conditions, left, scene.rounds, scene.core, scene.watched)
