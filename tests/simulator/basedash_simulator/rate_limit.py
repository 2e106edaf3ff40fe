# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rate limit with a fixed window."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from basedash_simulator.errors import ApiProblem, SeedError


@dataclass(frozen=True)
class Limit:
    """At most `requests` per window of `seconds`, counted per API key or for all keys together."""

    requests: int
    seconds: float
    scope: str = "key"

    @classmethod
    def from_value(cls, value: object) -> Limit | None:
        """Read the switch `rate_limit`: null for none, or a mapping."""
        if value is None:
            return None
        if not isinstance(value, dict) or not set(value) <= {"requests", "seconds", "scope"}:
            raise SeedError("behaviour: rate_limit must be null or have the keys requests, seconds and scope.")
        requests, seconds, scope = value.get("requests", 50), value.get("seconds", 1.0), value.get("scope", "key")
        if isinstance(requests, bool) or not isinstance(requests, int) or requests < 0:
            raise SeedError("behaviour: rate_limit.requests must be a whole number, 0 or more.")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
            raise SeedError("behaviour: rate_limit.seconds must be a number above 0.")
        if scope not in ("key", "all"):
            raise SeedError("behaviour: rate_limit.scope must be key or all.")
        return cls(requests, float(seconds), str(scope))


class RateLimiter:
    """Counts requests; a window begins with the first request after the previous window ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def clear(self) -> None:
        """Forget all windows."""
        self._windows.clear()

    def check(self, limit: Limit | None, key: str) -> None:
        """Count one request of this key; raise the vendor's 429 if it is one too many."""
        if limit is None:
            return
        name = key if limit.scope == "key" else ""
        now = self._clock()
        start, count = self._windows.get(name, (now, 0))
        if now - start >= limit.seconds:
            start, count = now, 0
        self._windows[name] = (start, count + 1)
        if count >= limit.requests:
            raise too_many(start + limit.seconds - now)


def too_many(seconds: float) -> ApiProblem:
    """The vendor's 429: the window resets in this many seconds."""
    wait = max(1, math.ceil(seconds * 1000))
    detail = "Too many requests. Try again later."
    return ApiProblem(429, "RateLimitExceeded", detail, extra={"retryAfterMs": wait})
