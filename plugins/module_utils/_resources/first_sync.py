# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: waiting for the first schema sync, which the server begins by itself after a creation."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._base.errors import (
    BasedashError,
    IncompleteError,
    InputError,
    NoAnswerError,
)
from ansible_collections.community.basedash.plugins.module_utils._base.text import quoted, shown
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import facts
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Api, Resource

_FIRST_INTERVAL = 1.0
_GROWTH = 1.5
_LONGEST_INTERVAL = 15.0
_LONGEST_WAIT = 86_400.0


@dataclass(frozen=True)
class Wait:
    """How long to wait for the first sync, in seconds."""

    seconds: float

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wait | None:
        """Return the wait that the options ask for, ``None`` for none.

        Raises:
            InputError: if the time is none.
        """
        if not options["wait"]:
            return None
        seconds = options["wait_timeout"]
        if not 0 < seconds <= _LONGEST_WAIT:
            raise InputError("The option wait_timeout is %g: give seconds, more than 0 and at most 86400." % seconds)
        return cls(seconds)


@dataclass(frozen=True)
class Synced:
    """A data source whose first sync ended well, and what it took to find out."""

    resource: Resource
    polls: int
    seconds: float

    def as_result(self) -> dict[str, Any]:
        """Return the result's ``sync``; the time in seconds, to the millisecond."""
        status = self.resource.get("lastSyncStatus")
        return {
            "status": status if isinstance(status, str) else None,
            "polls": self.polls,
            "wait_seconds": round(self.seconds, 3),
        }


def wait_for_sync(
    api: Api, resource: Resource, wait: Wait, read_again: Callable[[], Resource], earlier_attempt: Any = None
) -> Synced:
    """Let a data source be read at growing intervals until its first schema sync ended.

    A failure that belongs to ``earlier_attempt`` (a ``lastSyncAttemptAt`` from before an update) does not count: it
    says nothing about the settings as they are now.

    Raises:
        IncompleteError: if the sync failed, with the server's message, or did not end in time, or the server does not
            tell.
        ApiError: if the data source can't be read.
    """
    clock = api.clock
    begin = clock.monotonic()
    interval, polls = _FIRST_INTERVAL, 0
    while True:
        spent = clock.monotonic() - begin
        status = resource.get("lastSyncStatus")
        status = status.upper() if isinstance(status, str) else status
        why = shown(resource.get("syncErrorMessage") or "the server gives no reason")
        stale = earlier_attempt is not None and resource.get("lastSyncAttemptAt") == earlier_attempt
        try:
            if status == "FAILED" and not stale:
                raise IncompleteError(
                    "The last sync of the data source with id %s failed (%s): correct its settings, or look at it in "
                    "Basedash." % (quoted(resource["id"]), why)
                )
            if status == "SUCCESS" or (resource.get("hasCompletedFirstSync") is True and status != "FAILED"):
                return Synced(resource, polls, spent)
            if "lastSyncStatus" not in resource and "hasCompletedFirstSync" not in resource:
                raise IncompleteError(
                    "This server does not tell whether the data source with id %s was synced: set wait to false."
                    % quoted(resource["id"])
                )
            left = wait.seconds - spent
            if left <= 0 and status == "FAILED":
                raise IncompleteError(
                    "The sync of the data source with id %s failed before this task (%s), and no other began within "
                    "%g seconds: look at it in Basedash." % (quoted(resource["id"]), why, wait.seconds)
                )
            if left <= 0:
                raise IncompleteError(
                    "The first sync of the data source with id %s did not end within %g seconds (its status is %s): "
                    "raise wait_timeout, or run the task again later."
                    % (quoted(resource["id"]), wait.seconds, quoted(status))
                )
            api.progress(
                "waiting for the first sync of %s, now %s, %.0f s" % (quoted(resource["id"]), quoted(status), spent)
            )
            clock.sleep(min(interval, left))
            if api.client.abandoned:
                raise IncompleteError(
                    "The task was interrupted while it waited for the first sync of the data source with id %s."
                    % quoted(resource["id"])
                )
            interval = min(interval * _GROWTH, _LONGEST_INTERVAL)
            polls += 1
            with suppress(NoAnswerError):
                # The next look may be answered.
                resource = read_again()
        except BasedashError as error:
            error.facts = facts(resource)
            raise
