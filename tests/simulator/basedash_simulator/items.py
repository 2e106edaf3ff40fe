# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of all families: what each is, was, and keeps to itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.clock import Clock

if TYPE_CHECKING:
    from basedash_simulator.family import Family


def iso(moment: datetime) -> str:
    """A moment in the vendor's form: UTC with milliseconds and a Z."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """The present moment in the vendor's form."""
    return iso(datetime.now(timezone.utc))


@dataclass
class Item:
    """An object, deleted or not.

    `fields` is the object as the API has it. `secrets` are fields that no answer shows, `other_fields` those that the
    API does not know. `due` is the moment (of the server's clock) at which work in the background ends, null if none
    is under way. `born` is the moment of the creation, null if the seed made the object. `past` has what the object
    was: a moment, the fields up to this moment (null while there was none), and whether it was deleted.
    """

    family: Family
    fields: dict[str, Any]
    sequence: int
    clock: Clock
    secrets: dict[str, Any] = field(default_factory=dict)
    other_fields: dict[str, Any] = field(default_factory=dict)
    deleted_at: str | None = None
    due: float | None = None
    born: float | None = None
    past: list[tuple[float, dict[str, Any] | None, bool]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def age(self) -> tuple[str, int]:
        """What the list is sorted by, unless a switch wants it otherwise."""
        return str(self.fields.get("createdAt", "")), self.sequence

    def remember(self, moment: float | None = None) -> None:
        """Keep the object as it is, for readings that lag; to be called before each change."""
        when = self.clock.now() if moment is None else moment
        self.past.append((when, dict(self.fields), self.deleted_at is not None))

    def seen(self, behaviour: Behaviour, reading: str, deleted_too: bool = False) -> dict[str, Any] | None:
        """The object as a reading ("list" or "get") shows it, as old as its lag; null if it shows none."""
        if self.due is not None:
            self.settle(behaviour)
        lag = behaviour.list_lag_seconds if reading == "list" else behaviour.get_lag_seconds
        fields: dict[str, Any] | None = self.fields
        deleted = self.deleted_at is not None
        if lag and self.past:
            moment = self.clock.now() - lag
            for until, earlier, gone in self.past:
                if moment < until:
                    fields, deleted = earlier, gone
                    break
        if deleted and not deleted_too and behaviour.deleted_shown not in (reading, "everywhere"):
            return None
        return fields

    def settle(self, behaviour: Behaviour) -> None:
        """Let work in the background end if its time has come."""
        if self.due is not None:
            self.family.settle(self, behaviour)


@dataclass
class Access:
    """Who may query a data source."""

    mode: str = "everyone"
    group_ids: list[str] = field(default_factory=list)
    member_ids: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The policy in the words of the API."""
        return {"mode": self.mode, "groupIds": list(self.group_ids), "memberIds": list(self.member_ids)}


@dataclass
class DataSource(Item):
    """A data source, deleted or not.

    `related` names what hangs on the source, such as charts; the clean-up job removes it. `cleanup` is "none",
    "pending" or "done".
    """

    access: Access = field(default_factory=Access)
    related: list[str] = field(default_factory=list)
    cleanup: str = "none"
    cleaned: list[str] = field(default_factory=list)

    def has_access_policy(self, behaviour: Behaviour) -> bool:
        """Whether the access policy can be read and replaced yet."""
        return self.born is None or self.clock.now() >= self.born + behaviour.access_lag_seconds

    def start_sync(self, behaviour: Behaviour) -> None:
        """Begin a schema sync."""
        self.fields.update(lastSyncStatus="PENDING", lastSyncAttemptAt=now(), syncErrorMessage=None)
        self.due = self.clock.now() + behaviour.sync_seconds

    def clean_up(self) -> None:
        """The job that follows a deletion: remove all that depends on the source."""
        grants = [f"group:{item}" for item in self.access.group_ids]
        grants += [f"member:{item}" for item in self.access.member_ids]
        self.cleaned = [*self.related, *grants, *(f"secret:{name}" for name in self.secrets)]
        self.related.clear()
        self.secrets.clear()
        self.access = Access()
        self.cleanup = "done"
