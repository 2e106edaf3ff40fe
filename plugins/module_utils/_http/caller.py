# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: who runs a task, and what it tells them on the way."""

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
    """Time and chance, so that tests need neither."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    random: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)


@dataclass
class Counters:
    """What a task did on the wire: the result's ``api``."""

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
    """Say nothing."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Caller:
    """Who runs a task: a module, a worker of the controller, or a test.

    ``transport`` makes what carries the requests of a connection. In ``check_mode`` nothing but GET is sent.
    ``progress`` hears what the task is doing. ``abandoned`` tells that nobody waits for the result any more: then
    nothing new is begun, and nothing is tried again. Without a ``clock`` the task goes by the real time.
    """

    transport: Callable[[Connection], Transport]
    check_mode: bool = False
    diff_mode: bool = False
    verbosity: int = 0
    progress: Callable[[str], None] = _to_nobody
    abandoned: Callable[[], bool] = _never
    clock: Clock | None = None
