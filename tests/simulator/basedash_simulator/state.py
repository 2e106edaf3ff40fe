# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server holds in memory: organizations, API keys, data sources."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.clock import Clock
from basedash_simulator.errors import ApiProblem, not_found, validation_error
from basedash_simulator.objects import new_fields
from basedash_simulator.people import Person
from basedash_simulator.validation import Settings

# Runs a function after so many seconds.
Schedule = Callable[[float, Callable[[], None]], None]


def iso(moment: datetime) -> str:
    """A moment in the vendor's form: UTC with milliseconds and a Z."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """The present moment in the vendor's form."""
    return iso(datetime.now(timezone.utc))


@dataclass
class Access:
    """Who may query a data source."""

    mode: str = "everyone"
    group_ids: list[str] = field(default_factory=list)
    member_ids: list[str] = field(default_factory=list)


@dataclass
class DataSource:
    """A data source, deleted or not.

    `fields` is the object as the API has it. `related` names what hangs on the source, such as charts; the
    clean-up job removes it. `cleanup` is "none", "pending" or "done". `sync_due` is the moment (of the server's
    clock) at which the first sync ends, null if none is under way. `born` is the moment of the creation, null if
    the seed made the source. `past` has what the source was: pairs of a moment and the object up to this moment,
    null while there was none.
    """

    fields: dict[str, Any]
    sequence: int
    clock: Clock
    secrets: dict[str, str] = field(default_factory=dict)
    other_fields: dict[str, Any] = field(default_factory=dict)
    access: Access = field(default_factory=Access)
    related: list[str] = field(default_factory=list)
    deleted_at: str | None = None
    cleanup: str = "none"
    cleaned: list[str] = field(default_factory=list)
    sync_due: float | None = None
    born: float | None = None
    past: list[tuple[float, dict[str, Any] | None]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def age(self) -> tuple[str, int]:
        """What the list is sorted by."""
        return str(self.fields["createdAt"]), self.sequence

    def remember(self, moment: float | None = None) -> None:
        """Keep the object as it is, for readings that lag; to be called before each change."""
        before = None if self.deleted_at is not None else dict(self.fields)
        self.past.append((self.clock.now() if moment is None else moment, before))

    def seen(self, behaviour: Behaviour, reading: str) -> dict[str, Any] | None:
        """The object as a reading ("list" or "get") shows it, as old as its lag; null if it shows none."""
        self.settle_sync(behaviour)
        lag = behaviour.list_lag_seconds if reading == "list" else behaviour.get_lag_seconds
        if lag and self.past:
            moment = self.clock.now() - lag
            for until, fields in self.past:
                if moment < until:
                    return fields
        gone = self.deleted_at is not None and behaviour.deleted_shown not in (reading, "everywhere")
        return None if gone else self.fields

    def has_access_policy(self, behaviour: Behaviour) -> bool:
        """Whether the access policy can be read and replaced yet."""
        return self.born is None or self.clock.now() >= self.born + behaviour.access_lag_seconds

    def start_sync(self, behaviour: Behaviour) -> None:
        """Begin a schema sync."""
        self.fields.update(lastSyncStatus="PENDING", lastSyncAttemptAt=now(), syncErrorMessage=None)
        self.sync_due = self.clock.now() + behaviour.sync_seconds

    def settle_sync(self, behaviour: Behaviour) -> None:
        """Let the first sync end if its time has come."""
        if self.sync_due is None or behaviour.sync == "pending" or self.clock.now() < self.sync_due:
            return
        self.remember(self.sync_due)
        self.sync_due = None
        if behaviour.sync == "failed":
            self.fields.update(lastSyncStatus="FAILED", syncErrorMessage="Could not connect to the database.")
            self.fields.update(lastHealthStatus="UNHEALTHY", lastHealthCheckAttemptAt=now())
        else:
            self.fields.update(lastSyncStatus="SUCCESS", hasCompletedFirstSync=True, lastSuccessfulSyncAt=now())

    def clean_up(self) -> None:
        """The job that follows a deletion: remove all that depends on the source."""
        grants = [f"group:{item}" for item in self.access.group_ids]
        grants += [f"member:{item}" for item in self.access.member_ids]
        self.cleaned = [*self.related, *grants, *(f"secret:{name}" for name in self.secrets)]
        self.related.clear()
        self.secrets.clear()
        self.access = Access()
        self.cleanup = "done"


@dataclass
class Organization:
    """An organization with its people and its data sources by id."""

    id: str
    name: str
    members: list[Person] = field(default_factory=list)
    groups: list[Person] = field(default_factory=list)
    sources: dict[str, DataSource] = field(default_factory=dict)

    def listed(self, behaviour: Behaviour) -> list[DataSource]:
        """The data sources that the list shows, newest first."""
        found = [source for source in self.sources.values() if source.seen(behaviour, "list") is not None]
        return sorted(found, key=lambda source: source.age, reverse=True)

    def find(self, identifier: str, behaviour: Behaviour) -> DataSource:
        """A data source that is not deleted, or the vendor's 404."""
        source = self.sources.get(identifier)
        if source is None or source.deleted_at is not None:
            raise not_found()
        source.settle_sync(behaviour)
        return source

    def refuse_taken_name(self, name: str, behaviour: Behaviour, own_id: str | None = None) -> None:
        """409 if names must be unique here and another source has this one."""
        if behaviour.names_unique and any(
            source.fields["displayName"] == name and source.id != own_id and source.deleted_at is None
            for source in self.sources.values()
        ):
            raise ApiProblem(409, "Conflict", "A data source with this name exists already.")


class World:
    """All organizations and keys of one server."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.organizations: dict[str, Organization] = {}
        self.keys: dict[str, dict[str, str]] = {}
        self._sequence = 0

    def all_sources(self) -> Iterator[DataSource]:
        """Every data source of every organization, deleted ones too."""
        for organization in self.organizations.values():
            yield from organization.sources.values()

    def next_sequence(self) -> int:
        """A number that rises with every data source."""
        self._sequence += 1
        return self._sequence

    def new_id(self, sequence: int) -> str:
        """An id that means nothing, the same in every run."""
        return "ds_" + hashlib.sha256(str(sequence).encode()).hexdigest()[:20]

    def create(
        self, organization: Organization, settings: Settings, behaviour: Behaviour, identifier: str | None = None
    ) -> DataSource:
        """Create a data source, with this id or a made-up one, and start its first sync."""
        fields = stored(settings.fields, behaviour)
        organization.refuse_taken_name(fields["displayName"], behaviour)
        sequence = self.next_sequence()
        born = self.clock.now()
        source = DataSource(
            new_fields(identifier or self.new_id(sequence), now()), sequence, self.clock, born=born, past=[(born, None)]
        )
        source.fields.update(fields)
        source.secrets.update(settings.secrets)
        source.other_fields.update(settings.other)
        source.start_sync(behaviour)
        organization.sources[source.id] = source
        return source


def stored(fields: dict[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """Values as this server keeps them: texts as they are, without white space around them, or null if empty."""
    kept = dict(fields)
    for name, value in fields.items():
        if not isinstance(value, str):
            continue
        if behaviour.trim_texts:
            kept[name] = value.strip()
        if name == "displayName":
            kept[name] = changed_name(kept[name], behaviour)
            if not kept[name]:
                raise validation_error("displayName: at least 1 character is expected.")
        if not kept[name] and behaviour.empty_texts == "refused":
            raise validation_error(f"{name}: at least 1 character is expected.")
        if not kept[name] and behaviour.empty_texts == "null":
            kept[name] = None
    return kept


def changed_name(name: str, behaviour: Behaviour) -> str:
    """A display name as this server keeps it: changed, then cut off."""
    how = behaviour.names_changed
    if how == "trimmed":
        name = name.strip()
    elif how == "nfc":
        name = unicodedata.normalize("NFC", name)
    elif how == "nfd":
        name = unicodedata.normalize("NFD", name)
    elif how == "lower_case":
        name = name.lower()
    return name[: behaviour.name_limit]


def update(organization: Organization, source: DataSource, settings: Settings, behaviour: Behaviour) -> None:
    """Change a data source as a PATCH does."""
    fields = dict(settings.fields)
    secrets = dict(settings.secrets)
    if behaviour.unset_secret_flags == "refused" and settings.unset:
        raise validation_error("This server does not know the unset flags.")
    if "displayName" in fields and behaviour.patch_renames != "applied":
        if behaviour.patch_renames == "refused":
            raise validation_error("displayName: Unrecognized key")
        del fields["displayName"]
    for name in behaviour.ignored_fields:
        fields.pop(name, None)
        secrets.pop(name, None)
    if behaviour.patch_resets_flags:
        # the vendor's document suggests that the default (false) is put in for an omitted flag
        for name in {"sslEnabled", "sshEnabled"} - set(settings.fields):
            fields[name] = False
    kept = stored(fields, behaviour)
    if "displayName" in kept:
        organization.refuse_taken_name(kept["displayName"], behaviour, source.id)
    source.remember()
    source.fields.update(kept)
    source.fields["updatedAt"] = now()
    if behaviour.sync_after_update:
        source.start_sync(behaviour)
    source.other_fields.update(settings.other)
    source.secrets.update(secrets)
    if behaviour.unset_secret_flags is True:
        for name in settings.unset:
            source.secrets.pop(name, None)


def delete(source: DataSource, behaviour: Behaviour, schedule: Schedule) -> None:
    """Mark a data source as deleted; the clean-up job runs later."""
    source.remember()
    source.deleted_at = now()
    source.cleanup = "pending"
    schedule(behaviour.cleanup_seconds, source.clean_up)
