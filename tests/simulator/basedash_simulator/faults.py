# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: rules that say which requests go wrong, and how."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from basedash_simulator import selection
from basedash_simulator.errors import SeedError
from basedash_simulator.selection import Selection

# A parameter: its default, and what makes a usable value of what was given.
Parameter = tuple[Any, Callable[[str, object], Any]]


def _choice(*values: str) -> Parameter:
    """One of these; the first is the default."""

    def checked(name: str, given: object) -> Any:
        if given not in values:
            raise SeedError(f"faults: {name} must be one of {', '.join(values)}.")
        return given

    return values[0], checked


def _whole(default: int, least: int, most: int) -> Parameter:
    """A whole number from `least` to `most`."""

    def checked(name: str, given: object) -> Any:
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
            raise SeedError(f"faults: {name} must be a number from {least} to {most}.")
        return given

    return default, checked


def _seconds(default: float) -> Parameter:
    """A number of seconds."""
    return default, lambda name, given: selection.number("faults", name, given, math.inf)


def _flag(default: bool) -> Parameter:
    """True or false."""

    def checked(name: str, given: object) -> Any:
        if not isinstance(given, bool):
            raise SeedError(f"faults: {name} must be true or false.")
        return given

    return default, checked


_STATUS = _whole(500, 200, 599)
_BODY = _choice("json", "html", "empty")
# Each kind with its own parameters.
KINDS: dict[str, dict[str, Parameter]] = {
    "delay": {"seconds": _seconds(1.0)},
    "reset_before": {},
    "reset_after": {},
    "close_before": {},
    "hang": {},
    "status_before": {"status": _STATUS, "body": _BODY},
    "status_after": {"status": _STATUS, "body": _BODY},
    "html": {"work": _flag(False)},
    "truncated": {},
    "slow_drip": {"interval": _seconds(0.1)},
    "rate_limited": {
        "how": _choice("body", "header_seconds", "header_date", "nothing"),
        "seconds": _seconds(1.0),
    },
    "informational": {"status": _whole(103, 102, 199), "count": _whole(1, 1, 1000)},
    "compressed": {"coding": _choice("gzip", "deflate")},
    "chunked": {},
    "blocked": {"by": _choice("firewall", "login", "proxy")},
    "odd": {"status": _whole(200, 200, 599), "body": ({}, lambda name, given: given), "work": _flag(True)},
    "empty_page": {},
}
_COMMON = {"kind", *selection.KEYS}


@dataclass(kw_only=True)
class Rule(Selection):
    """One rule: which requests go wrong, and how."""

    kind: str
    parameters: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: object) -> Rule:
        """Check a rule that came through the control API."""
        if not isinstance(value, dict) or value.get("kind") not in KINDS:
            raise SeedError(f"faults: a rule needs a kind, one of {', '.join(KINDS)}.")
        kind = str(value["kind"])
        for name in value:
            if name not in _COMMON and name not in KINDS[kind]:
                raise SeedError(f"faults: {kind} has no parameter {name!r}.")
        return cls(kind=kind, parameters=_parameters(kind, value), **selection.chosen(value, "faults", None))

    def as_dict(self) -> dict[str, Any]:
        """The rule with its counters, ready for JSON."""
        result = asdict(self)
        result.update(result.pop("parameters"))
        return result


@dataclass(frozen=True)
class Plan:
    """What is to happen to one request: a delay in seconds, then perhaps one fault."""

    delay: float = 0.0
    kind: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Faults:
    """All rules of one server, in the order in which they were given."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.generator = random.Random(0)

    def add(self, values: object) -> None:
        """Add rules behind those there are; none is added if one is wrong."""
        if isinstance(values, dict):
            values = [values]
        if not isinstance(values, list):
            raise SeedError("faults: a list of rules is needed.")
        self.rules.extend([Rule.from_value(value) for value in values])

    def clear(self) -> None:
        """Remove all rules."""
        self.rules.clear()

    def plan(self, method: str, path: str, query: str = "") -> Plan:
        """Decide what happens to a request: all delays that strike, and the first other rule that does."""
        delay = 0.0
        for rule in self.rules:
            if rule.matches(method, path, query) and rule.strikes(self.generator):
                if rule.kind != "delay":
                    return Plan(delay, rule.kind, rule.parameters)
                delay += rule.parameters["seconds"]
        return Plan(delay)


def _parameters(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: check(name, value.get(name, default)) for name, (default, check) in KINDS[kind].items()}
