# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: when to retry, and for how long in total."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Callable

TRANSIENT = frozenset((408, 500, 502, 503, 504, 520, 521, 522, 523, 524))
"""Statuses after which a retry may succeed. A well-known content delivery network sends 520 to 524."""

RATE_LIMITED = 429

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


class RetryBudget:
    """The seconds that one task may spend on waits and retries, for all its requests together.

    Time in which several requests wait in parallel counts once. Safe for threads.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._spent = 0.0
        self._until = float("-inf")
        self._lock = threading.Lock()

    def allows(self, now: float, wait: float) -> bool:
        """Tell whether the budget allows ``wait`` more seconds from ``now`` on. A budget of 0 allows nothing."""
        with self._lock:
            return self._seconds > 0 and self._spent + self._new(now, now + wait) <= self._seconds

    def spend(self, begin: float, end: float) -> None:
        """Spend the time from ``begin`` to ``end``."""
        with self._lock:
            self._spent += self._new(begin, end)
            self._until = max(self._until, end)

    def renew(self) -> None:
        """Begin again with the whole budget."""
        with self._lock:
            self._spent = 0.0

    def _new(self, begin: float, end: float) -> float:
        return max(0.0, end - max(begin, self._until))

    @property
    def left(self) -> float:
        """The seconds that are left, never less than 0."""
        return max(0.0, self._seconds - self._spent)


def pause(setbacks: int, asked: float | None, random: Callable[[], float]) -> float:
    """Return the seconds to wait after the ``setbacks``-th setback in a row (1 is the first).

    If the server ``asked`` for a time, return this time and a little more, because otherwise all clients with the same
    answer would return in the same moment. Without such a time, use exponential back-off with full jitter.
    """
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(setbacks - 1, 16))
    if asked is None:
        return longest * max(0.1, random())
    # The pause grows even if the server repeatedly asks for a wait of 0 seconds.
    least = min(asked * 0.1 + 0.05, 1.0) * random()
    return asked + least + (0.0 if setbacks == 1 else 0.1 * longest)


def asked_wait(status: int, headers: Mapping[str, str], content: Any, now: datetime) -> float | None:
    """Return the seconds for which an answer asks to wait, or ``None``.

    The vendor documents ``error.retryAfterMs`` for 429. Proxies in front of the service send ``Retry-After``, in
    seconds or as a date.
    """
    if status == RATE_LIMITED and isinstance(content, dict) and isinstance(content.get("error"), dict):
        milliseconds = content["error"].get("retryAfterMs")
        if isinstance(milliseconds, (int, float)) and not isinstance(milliseconds, bool):
            seconds = _finite(milliseconds)
            if seconds is not None:
                return seconds / 1000
    header = headers.get("retry-after", "").strip()
    if header.isascii() and header.isdigit():
        return _finite(float(header[:12]))
    return _until(header, headers.get("date", ""), now)


def _finite(number: float) -> float | None:
    try:
        value = float(number)
    except OverflowError:
        return None
    return max(0.0, value) if math.isfinite(value) else None


def http_date(text: str) -> datetime | None:
    """Return the time in a header, ``None`` if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def _until(header: str, date: str, now: datetime) -> float | None:
    moment = http_date(header) if header else None
    if moment is None:
        return None
    # Use the time of the server if the answer has it, because the clock of this machine may be wrong.
    return max(0.0, (moment - (http_date(date) or now)).total_seconds())
