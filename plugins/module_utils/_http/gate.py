# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: one gate for all requests of a task, so that a rate limit slows all of them together."""

from __future__ import annotations

import threading
from typing import Callable

# Below so many requests in a window, it says more about the other clients than about the limit.
_FEWEST = 10

# A little slower than what was measured, and every second a little faster, as others may leave.
_CAUTION = 0.97
_GROWTH = 1.01

# A limit is met at the same pace again. A refusal at quite another one may have had other reasons: what it measured is
# the pace of the gate itself, and to go on from there would slow down more with each.
_ALIKE = 0.85
_QUICK_GROWTH = 2.0
# Seconds in which a pace may grow: after these, there is none to speak of, and no number for it soon.
_LONGEST_GROWTH = 500.0


class Gate:
    """Lets requests through, one after the other if a limit was met. Safe for threads.

    The pace is what the server granted between two refusals: so many requests in so many seconds. It grows slowly as
    long as refusals agree about it, and quickly if they don't.
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
        """Return the seconds to wait before the next request may go, and give it its turn."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._closed_until, self._next if self._pace else now)
            if self._pace:
                faster = self._pace * self._growth ** min(max(0.0, turn - self._paced_at), _LONGEST_GROWTH)
                self._next = turn + 1 / faster
            return turn - now

    @property
    def closed(self) -> bool:
        """Whether the server asked meanwhile to wait, so that a turn that was given before does not count."""
        return self._monotonic() < self._closed_until

    def granted(self) -> None:
        """Note that a request was not refused."""
        with self._lock:
            self._granted += 1

    def refused(self, wait: float, asked: float | None = None) -> None:
        """Close for ``wait`` seconds, because the server ``asked`` for some of them: until its window ends."""
        with self._lock:
            now = self._monotonic()
            if now >= self._closed_until:
                # The first of those that were under way: it tells what was granted in one window.
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
