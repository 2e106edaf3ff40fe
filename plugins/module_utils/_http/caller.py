# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the caller of a task, and what the task reports to it while it runs."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable

from .connection import Connection
from .transport import Transport


@dataclass
class Clock:
    """Time and random numbers, which tests can replace."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    random: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)


@dataclass
class Counters:
    """What a task sent and how long it waited: the result's ``api``."""

    requests: int = 0
    retries: int = 0
    wait_seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def count(self, requests: int = 0, retries: int = 0, wait_seconds: float = 0.0) -> None:
        """Add to the counters. Safe for threads."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.wait_seconds += wait_seconds

    def as_result(self) -> dict[str, Any]:
        """Return the contents of the result's ``api``; the wait in seconds, to the millisecond."""
        return {"requests": self.requests, "retries": self.retries, "wait_seconds": round(self.wait_seconds, 3)}


def _to_nobody(text: str) -> None:
    """Ignore the progress."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Caller:
    """Who runs a task: a module, a worker of the controller, or a test.

    ``transport`` makes the transport for a connection. In ``check_mode`` only GET is sent. ``progress`` is called with
    texts about what the task is doing. ``abandoned`` tells that nobody waits for the result any more; then the task
    starts nothing new and does not retry. Without a ``clock`` the task uses the real time.
    """

    transport: Callable[[Connection], Transport]
    check_mode: bool = False
    diff_mode: bool = False
    verbosity: int = 0
    progress: Callable[[str], None] = _to_nobody
    abandoned: Callable[[], bool] = _never
    clock: Clock | None = None
