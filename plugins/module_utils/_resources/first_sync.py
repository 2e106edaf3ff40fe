# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: waiting for the first schema sync, which the server begins by itself after a creation."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from .._base.errors import IncompleteError, NoAnswerError
from .._base.text import printable, quoted
from .._engine.forms import Spec
from .._engine.step import Step, Work
from .._engine.waiting import WAIT, Waiting, seconds_to_wait
from .._rest.family import Resource


class FirstSync(Step):
    """Waits, for at most ``seconds``, until Basedash has read the schema of the database for the first time."""

    options: ClassVar[Spec] = WAIT

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> FirstSync | None:
        """Return the step that the options ask for, or ``None``.

        Raises:
            InputError: if the time is not valid.
        """
        seconds = seconds_to_wait(options)
        return None if seconds is None else cls(seconds)

    def finish(self, work: Work, updated_from: Resource | None) -> None:
        """Read the data source at growing intervals until its first schema sync has ended.

        A failure from before an update does not count, because it says nothing about the new settings.

        Raises:
            IncompleteError: if the sync failed (then with the server's message), if it did not end in time, or if the
                server shows no status.
            ApiError: if the data source can't be read.
        """
        # Nothing is written after this, so it does not matter if somebody renames the data source.
        work.guarded = False
        waiting = Waiting(work.api, self._seconds, "the first sync of the %s" % work.name)
        earlier = None if updated_from is None else updated_from.get("lastSyncAttemptAt")
        while True:
            state = _State.of(work.resource, earlier)
            if state.ended(work.name):
                break
            if waiting.is_over:
                raise state.too_late(work.name, self._seconds)
            waiting.pause(quoted(state.status))
            with suppress(NoAnswerError):
                # The next reading may get an answer.
                work.read_again()
        status = work.resource.get("lastSyncStatus")
        work.values["sync"] = {
            "status": status if isinstance(status, str) else None,
            "polls": waiting.polls,
            "wait_seconds": round(waiting.spent, 3),
        }


@dataclass(frozen=True)
class _State:
    """The state of a sync in an answer. ``stale`` tells that a failure is older than the update."""

    status: Any
    completed: bool
    told: bool
    stale: bool
    why: str

    @classmethod
    def of(cls, resource: Resource, earlier_attempt: Any) -> _State:
        """Return the state in an answer; ``earlier_attempt`` is the time of the last attempt before the update."""
        status = resource.get("lastSyncStatus")
        return cls(
            status.upper() if isinstance(status, str) else status,
            resource.get("hasCompletedFirstSync") is True,
            "lastSyncStatus" in resource or "hasCompletedFirstSync" in resource,
            earlier_attempt is not None and resource.get("lastSyncAttemptAt") == earlier_attempt,
            printable(resource.get("syncErrorMessage") or "the server gives no reason"),
        )

    def ended(self, name: str) -> bool:
        """Tell whether the sync ended well.

        Raises:
            IncompleteError: if it failed, or if the server shows no status.
        """
        if self.status == "FAILED" and not self.stale:
            raise IncompleteError(
                "The last sync of the %s failed (%s): correct its settings, or look at it in Basedash."
                % (name, self.why)
            )
        if self.status == "SUCCESS" or (self.completed and self.status != "FAILED"):
            return True
        if not self.told:
            raise IncompleteError("This server does not tell whether the %s was synced: set wait to false." % name)
        return False

    def too_late(self, name: str, seconds: float) -> IncompleteError:
        """Return the failure of a sync that did not end in time."""
        if self.status == "FAILED":
            return IncompleteError(
                "The sync of the %s failed before this task (%s), and no other began within "
                "%g seconds: look at it in Basedash." % (name, self.why, seconds)
            )
        return IncompleteError(
            "The first sync of the %s did not end within %g seconds (its status is %s): "
            "raise wait_timeout, or run the task again later." % (name, seconds, quoted(self.status))
        )
