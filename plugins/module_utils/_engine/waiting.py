# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: waiting for work that the server does in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import IncompleteError, InputError
from .._rest.collection import Collection
from .forms import Spec

_FIRST_INTERVAL = 1.0
_GROWTH = 1.5
_LONGEST_INTERVAL = 15.0
_LONGEST_WAIT = 86_400.0

WAIT: Spec = {
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 300.0},
}
"""The options that say whether to wait, and for how many seconds."""


def seconds_to_wait(options: Mapping[str, Any]) -> float | None:
    """Return for how many seconds the options want to wait, ``None`` if they don't.

    Raises:
        InputError: if the time is not valid.
    """
    if not options["wait"]:
        return None
    seconds: float = options["wait_timeout"]
    if not 0 < seconds <= _LONGEST_WAIT:
        raise InputError("The option wait_timeout is %g: give seconds, more than 0 and at most 86400." % seconds)
    return seconds


class Waiting:
    """A wait of at most so many seconds, with readings at growing intervals. ``what`` says for what the task waits."""

    def __init__(self, api: Collection, seconds: float, what: str) -> None:
        self._api, self._what = api, what
        self._begin = api.clock.monotonic()
        self._interval = _FIRST_INTERVAL
        self.seconds = seconds
        self.polls = 0

    @property
    def spent(self) -> float:
        """The seconds that were waited so far."""
        return self._api.clock.monotonic() - self._begin

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.spent >= self.seconds

    def pause(self, status: str) -> None:
        """Sleep until the next reading; ``status`` is how far the work is.

        Raises:
            IncompleteError: if the task was interrupted.
        """
        spent = self.spent
        self._api.progress("waiting for %s, now %s, %.0f s" % (self._what, status, spent))
        self._api.clock.sleep(max(0.0, min(self._interval, self.seconds - spent)))
        if self._api.client.abandoned:
            raise IncompleteError("The task was interrupted while it waited for %s." % self._what)
        self._interval = min(self._interval * _GROWTH, _LONGEST_INTERVAL)
        self.polls += 1
