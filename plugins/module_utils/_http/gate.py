# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: one gate for all requests of a task, so that a rate limit slows all of them together."""

from __future__ import annotations

import threading
from typing import Callable

# With fewer requests in a window, the measured pace says more about other clients than about the limit.
_FEWEST = 10

# Go a little slower than the measured pace, and then get faster every second, because other clients may stop.
_CAUTION = 0.97
_GROWTH = 1.01

# A real limit refuses at about the same pace each time. A refusal at a very different pace may have another reason: it
# measured the pace of the gate itself. To continue with this pace would make the gate slower with each refusal.
_ALIKE = 0.85
_QUICK_GROWTH = 2.0
# The longest time in seconds for which a pace grows. After it the pace is practically unlimited, and would soon
# overflow.
_LONGEST_GROWTH = 500.0


class Gate:
    """Lets requests through, one after the other after a rate limit was hit. Safe for threads.

    The pace is measured: the requests that the server accepted between two refusals, and the seconds between them. The
    pace grows slowly as long as refusals come at a similar pace, and quickly if they don't.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._opened = monotonic()
        self._closed_until = self._opened
        self._granted = 0
        self._pace: float | None = None
        self._growth = _GROWTH
        self._paced_at = self._opened
        self._next = self._opened

    def delay(self) -> float:
        """Give the next request its turn, and return the seconds that it must wait for it."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._closed_until, self._next if self._pace else now)
            if self._pace:
                faster = self._pace * self._growth ** min(max(0.0, turn - self._paced_at), _LONGEST_GROWTH)
                self._next = turn + 1 / faster
            return turn - now

    @property
    def closed(self) -> bool:
        """Whether the server asked to wait meanwhile, so that turns given before are not valid any more."""
        return self._monotonic() < self._closed_until

    def granted(self) -> None:
        """Note that the server accepted a request."""
        with self._lock:
            self._granted += 1

    def refused(self, wait: float, asked: float | None = None) -> None:
        """Close for ``wait`` seconds. The server ``asked`` for a part of them, until its window ends."""
        with self._lock:
            now = self._monotonic()
            if now >= self._closed_until:
                # Only the first refusal of a window tells how many requests the server accepted in this window.
                if self._granted >= _FEWEST:
                    ends = now + (wait if asked is None else asked)
                    measured = _CAUTION * self._granted / max(0.001, ends - self._opened)
                    alike = self._pace is None or _ALIKE < measured / self._pace < 1 / _ALIKE
                    self._growth = _GROWTH if alike else _QUICK_GROWTH
                    self._pace = measured
                self._granted = 0
                self._opened = self._paced_at = now + wait
                self._next = self._opened
            self._closed_until = max(self._closed_until, now + wait)
