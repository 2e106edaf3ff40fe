# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server held at a moment that has passed, from what it holds now and from what was done since then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios import Outcome


class Moment:
    """A moment of a scene, as the end of a task."""

    def __init__(self, outcome: Outcome, time: str) -> None:
        times = {request["number"]: request["time"] for request in outcome.requests}
        self.outcome = outcome
        self._time = time
        self._later = [effect for effect in outcome.effects if times[effect["request"]] > time]

    def value(self, one: Mapping[str, Any], field: str) -> Any:
        """Return the value that a field of an object had then."""
        changes = [effect["changes"][field] for effect in self._later if _changes(effect, one, field)]
        return changes[0][0] if changes else one[field]

    def has(self, one: Mapping[str, Any]) -> bool:
        """Tell whether an object was there then."""
        first = next((_life(effect) for effect in self._later if effect["object"] == one["id"] and _life(effect)), "")
        # What is created or brought back next was not there, and what is deleted next was.
        return first == "ends" if first else one["deletedAt"] is None or one["deletedAt"] > self._time


def _life(effect: Mapping[str, Any]) -> str:
    """Tell whether an effect begins or ends the life of an object; empty if neither."""
    if effect["effect"] == "created" or effect["changes"].get("deactivatedAt", [None, ""])[1] is None:
        return "begins"
    return "ends" if effect["effect"] == "deleted" else ""


def _changes(effect: Mapping[str, Any], one: Mapping[str, Any], field: str) -> bool:
    return effect["object"] == one["id"] and field in effect["changes"]
