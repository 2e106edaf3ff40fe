# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: signals that arrive while work must be finished.

A data source is open to the whole organization from its creation until its access is set. An interruption between the
two must not leave it open: a SIGTERM, a Ctrl-C, a closed terminal or the end of a task's ``timeout``.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .client import Client

# Ansible ends a task by an alarm signal in its worker when the task's ``timeout`` is over.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)

# The id of the process that was interrupted. It is kept because a worker would go on with the next item of a loop.
_interrupted: list[int] = []


def was_interrupted() -> bool:
    """Tell whether a signal was held back in this process, so that no further task must start."""
    return os.getpid() in _interrupted


@contextmanager
def signals_held_back(client: Client) -> Iterator[None]:
    """While the client has unfinished work, let a signal only abandon the task.

    At any other moment a signal has its usual effect. In other threads than the main thread nothing is changed, because
    Python handles signals only in the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def handle(number: int, frame: Any) -> None:
        if client.unfinished:
            if number != signal.SIGALRM:
                _interrupted.append(os.getpid())
            client.abandon()
            return
        previous = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)
        elif previous != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    for number in _SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, previous in before.items():
            # A handler that was not installed from Python is ``None``, and can't be restored from Python.
            if previous is not None:
                signal.signal(number, previous)
