# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: signals that arrive while something must come to its end.

A data source is open to the whole organization from its creation until its access is set. A SIGTERM, a Ctrl-C, the
end of the terminal or of a task's ``timeout`` in between must not leave it so.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .client import Client

# Ansible ends a task whose ``timeout`` is over by an alarm in its worker.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)

# The process that was interrupted, if one was: a worker goes on with the next item of a loop.
_interrupted: list[int] = []


def was_interrupted() -> bool:
    """Tell whether a signal was held back in this process, so that no further task shall begin."""
    return os.getpid() in _interrupted


@contextmanager
def signals_held_back(client: Client) -> Iterator[None]:
    """While the client has something unfinished, let a signal only abandon the task.

    At any other moment a signal does what it did before. Python handles signals in the main thread alone, so
    elsewhere nothing is changed.
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
            # None: a handler that was not installed from Python can't be put back from Python.
            if previous is not None:
                signal.signal(number, previous)
