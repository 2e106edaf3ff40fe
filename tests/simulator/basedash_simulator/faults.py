# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: rules that say which requests go wrong, and how."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from basedash_simulator.errors import SeedError

# Each kind with its own parameters and their defaults.
KINDS: dict[str, dict[str, Any]] = {
    "delay": {"seconds": 1.0},
    "reset_before": {},
    "reset_after": {},
    "close_before": {},
    "hang": {},
    "status_before": {"status": 500, "body": "json"},
    "status_after": {"status": 500, "body": "json"},
    "html": {"work": False},
    "truncated": {},
    "slow_drip": {"interval": 0.1},
    "rate_limited": {"how": "body", "seconds": 1.0},
}
_COMMON = {"kind", "method", "path", "after", "times", "probability"}
_CHOICES = {"body": ("json", "html", "empty"), "how": ("body", "header_seconds", "header_date", "nothing")}


@dataclass
class Rule:
    """One rule: which requests it matches, when it strikes, and how often it did.

    The first `after` matching requests are spared; of the others each is hit with this `probability`, at most
    `times` of them (null: no limit).
    """

    kind: str
    method: str | None = None
    path: str | None = None
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    parameters: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    @classmethod
    def from_value(cls, value: object) -> Rule:
        """Check a rule that came through the control API."""
        if not isinstance(value, dict) or value.get("kind") not in KINDS:
            raise SeedError(f"faults: a rule needs a kind, one of {', '.join(KINDS)}.")
        kind = str(value["kind"])
        for name in value:
            if name not in _COMMON and name not in KINDS[kind]:
                raise SeedError(f"faults: {kind} has no parameter {name!r}.")
        method, path = value.get("method"), value.get("path")
        if not isinstance(method, str | None) or not isinstance(path, str | None):
            raise SeedError("faults: method and path are texts.")
        if path is not None:
            try:
                re.compile(path)
            except re.error as problem:
                raise SeedError(f"faults: path is not a regular expression: {problem}.") from None
        times = value.get("times")
        return cls(
            kind=kind,
            method=method.upper() if method else None,
            path=path,
            after=_count("after", value.get("after", 0)),
            times=None if times is None else _count("times", times),
            probability=_number("probability", value.get("probability", 1.0), 1.0),
            parameters=_parameters(kind, value),
        )

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one of those that the rule is about."""
        return self.method in (None, method) and (self.path is None or re.search(self.path, path) is not None)

    def strikes(self, generator: random.Random) -> bool:
        """Count a matching request and decide whether it is hit."""
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.fired >= self.times):
            return False
        if generator.random() >= self.probability:
            return False
        self.fired += 1
        return True

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

    def plan(self, method: str, path: str) -> Plan:
        """Decide what happens to a request: all delays that strike, and the first other rule that does."""
        delay = 0.0
        for rule in self.rules:
            if rule.matches(method, path) and rule.strikes(self.generator):
                if rule.kind != "delay":
                    return Plan(delay, rule.kind, rule.parameters)
                delay += rule.parameters["seconds"]
        return Plan(delay)


def _parameters(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for name, default in KINDS[kind].items():
        given = value.get(name, default)
        if name in _CHOICES:
            if given not in _CHOICES[name]:
                raise SeedError(f"faults: {name} must be one of {', '.join(_CHOICES[name])}.")
        elif name == "status":
            if isinstance(given, bool) or not isinstance(given, int) or not 200 <= given <= 599:
                raise SeedError("faults: status must be a number from 200 to 599.")
        elif name == "work":
            if not isinstance(given, bool):
                raise SeedError("faults: work must be true or false.")
        else:
            given = _number(name, given, math.inf)
        result[name] = given
    return result


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SeedError(f"faults: {name} must be a whole number, 0 or more.")
    return value


def _number(name: str, value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or math.isinf(value):
        raise SeedError(f"faults: {name} must be a number from 0{'' if math.isinf(most) else ' to 1'}.")
    return float(value)
