# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how long a reading can be trusted, and how long a write may take to show.

No page says whether Basedash's lists lag behind writes, and other people write at the same time. So a write relies only
on a reading shortly before it. A reading that does not show this task's own write proves nothing during the first
seconds.
"""

from __future__ import annotations

from typing import Callable, TypeVar

from .._base.effect import Effect
from .._http.client import Client

TRUSTED_SECONDS = 5.0
"""A write must not rely on a reading that is older than this."""

SETTLING_SECONDS = 10.0
"""Readings may need this time until they show a write of this task."""

# The seconds between two readings, SETTLING_SECONDS in total.
_PAUSES = (0.5, 1.0, 1.5, 2.0, 2.5, 2.5)

_Seen = TypeVar("_Seen")


class StaleError(Exception):
    """The reading that a write relies on is too old, so read again and decide again.

    ``earlier`` is the effect of earlier tries of the write on the server.
    """

    def __init__(self, earlier: Effect = Effect.NOT_DONE) -> None:
        super().__init__()
        self.earlier = earlier


def is_stale(client: Client, read_at: float) -> bool:
    """Tell whether what was read at ``read_at`` (seconds of the client's clock) is too old to rely on."""
    return client.clock.monotonic() - read_at > TRUSTED_SECONDS


def recent(client: Client, read_at: float) -> Callable[[Effect], None]:
    """Return a check for a write that relies on a reading at ``read_at``.

    It raises ``StaleError`` if the reading is too old by then, because a request may wait long for its turn.
    """

    def check(earlier: Effect) -> None:
        if is_stale(client, read_at):
            raise StaleError(earlier)

    return check


def look_until(client: Client, look: Callable[[], _Seen | None], why: str) -> _Seen | None:
    """Call ``look`` until it returns something, for up to ``SETTLING_SECONDS`` within the task's retry budget.

    ``why`` is the text for the progress.
    """
    seen = look()
    for seconds in _PAUSES:
        if seen is not None or not client.wait(seconds, why):
            break
        seen = look()
    return seen
