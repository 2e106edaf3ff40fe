# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: parallel requests of one task."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, TypeVar

from .client import Client

_Given = TypeVar("_Given")
_Result = TypeVar("_Result")


def in_parallel(
    client: Client, concurrency: int, work: Callable[[_Given], _Result], items: Iterable[_Given]
) -> list[_Result]:
    """Return the results of ``work`` for all items, with ``concurrency`` items at the same time.

    Raises:
        BaseException: the first exception from ``work``, or an interruption. No other item starts then. After an
            interruption, items that have started are finished without waits and retries.
    """
    with ThreadPoolExecutor(concurrency) as pool:
        try:
            return list(pool.map(work, items))
        except BaseException as error:
            # If one of the readings for an object fails, the task goes on with other objects.
            if not isinstance(error, Exception):
                client.abandon()
            raise
