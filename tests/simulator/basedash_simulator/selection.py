# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests a rule is about, and how often it strikes."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from basedash_simulator.errors import SeedError

# The keys of a rule that choose requests.
KEYS = {"method", "path", "query", "after", "times", "probability"}


@dataclass(kw_only=True)
class Selection:
    """Which requests a rule matches, when it strikes, and how often it did.

    The first `after` matching requests are spared; of the others each is hit with this `probability`, at most
    `times` of them (null: no limit).
    """

    method: str | None = None
    path: str | None = None
    query: str | None = None
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    seen: int = 0
    fired: int = 0

    def matches(self, method: str, path: str, query: str) -> bool:
        """Whether a request is one of those that the rule is about."""
        return (
            self.method in (None, method)
            and (self.path is None or re.search(self.path, path) is not None)
            and (self.query is None or re.search(self.query, query) is not None)
        )

    def strikes(self, generator: random.Random) -> bool:
        """Count a matching request and decide whether it is hit."""
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.fired >= self.times):
            return False
        if generator.random() >= self.probability:
            return False
        self.fired += 1
        return True


def chosen(value: Mapping[str, Any], what: str, times: int | None) -> dict[str, Any]:
    """The checked keys of a rule that choose requests; `what` names the list of rules, `times` is its default."""
    method, path, query = (value.get(name) for name in ("method", "path", "query"))
    if not all(isinstance(one, str | None) for one in (method, path, query)):
        raise SeedError(f"{what}: method, path and query are texts.")
    for name, pattern in (("path", path), ("query", query)):
        try:
            re.compile(pattern or "")
        except re.error as problem:
            raise SeedError(f"{what}: {name} is not a regular expression: {problem}.") from None
    wanted = value.get("times", times)
    return {
        "method": method.upper() if method else None,
        "path": path,
        "query": query,
        "after": _count(what, "after", value.get("after", 0)),
        "times": None if wanted is None else _count(what, "times", wanted),
        "probability": number(what, "probability", value.get("probability", 1.0), 1.0),
    }


def number(what: str, name: str, value: object, most: float) -> float:
    """A number of a rule, from 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or math.isinf(value):
        raise SeedError(f"{what}: {name} must be a number from 0{'' if math.isinf(most) else ' to 1'}.")
    return float(value)


def _count(what: str, name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SeedError(f"{what}: {name} must be a whole number, 0 or more.")
    return value
