# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a cache of the list for tasks about many objects.

All items share one full list. An item that is about to write reads again if the list is too old for a write. An item
that has written reads again because the list does not show its write.
"""

from __future__ import annotations

import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

from .._base.errors import ApiError
from .._http.client import Answer, Client
from .answers import NOT_OFFERED
from .collection import Check, Collection, Deleted, no_check
from .creation_lock import note_shown
from .family import Content, Family, Resource
from .freshness import TRUSTED_SECONDS, StaleError, look_until
from .listing import Listing


class Lists:
    """The lists of an organization, each read once for all items of a task. Safe for threads."""

    def __init__(self, client: Client, organization_id: str) -> None:
        self._client = client
        self._organization_id = organization_id
        self._lock = threading.Lock()
        self._caches: dict[tuple[str, str], ListCache] = {}

    def of(self, family: Family, parent: str = "") -> ListCache:
        """Return the cache of a family's list, or of the list of one parent. It is read when it is needed first."""
        with self._lock:
            if (family.path, parent) not in self._caches:
                api = Collection(self._client, self._organization_id, family, parent)
                self._caches[family.path, parent] = ListCache(api, self)
            return self._caches[family.path, parent]

    def forget(self, family: Family, parent: str) -> None:
        """Read the list of one parent again when it is needed next."""
        with self._lock:
            self._caches.pop((family.path, parent), None)

    def __iter__(self) -> Iterator[ListCache]:
        """All caches of which somebody asked for the list."""
        with self._lock:
            return iter(list(self._caches.values()))


class ListCache:
    """Cache of one full list, shared by all items of a task. Safe for threads."""

    def __init__(self, api: Collection, lists: Lists) -> None:
        self.api = api
        self.lists = lists
        self._lock = threading.Lock()
        self._latest: Listing | None = None
        self._missing: ApiError | None = None
        self._known: frozenset[str] = frozenset()
        self.created: list[Resource] = []
        """The objects that items of this task created."""
        self.twins: dict[str, list[str]] = {}
        """If several new objects have the same name: the ids of all of them, by the id of each."""
        self._new: set[str] = set()
        self._items_left = 0
        self._items_served = 0

    @property
    def latest(self) -> Listing:
        """The list that was read last. It is read when it is needed for the first time.

        Raises:
            ApiError: if it can't be read.
        """
        with self._lock:
            return self._latest if self._latest is not None else self._read()

    def recent(self) -> Listing:
        """Return a list that is new enough for a write.

        Raises:
            ApiError: if it can't be read.
        """
        with self._lock:
            if self._latest is None or self.api.clock.monotonic() - self._latest.read_at > TRUSTED_SECONDS:
                return self._read()
            return self._latest

    def begun_after(self, moment: float) -> Listing:
        """Return a list whose reading began after ``moment`` (seconds of the client's clock).

        Raises:
            ApiError: if it can't be read.
        """
        with self._lock:
            return self._latest if self._latest is not None and self._latest.begun > moment else self._read()

    def _read(self) -> Listing:
        first = self._latest is None
        if self._missing is not None:
            raise self._missing
        try:
            self._latest = (self._shown_by_parent() if first else None) or self.api.list_all()
        except ApiError as error:
            if error.status in NOT_OFFERED and not self.api.parent:
                # Don't ask again, because the server has no such list.
                self._missing = error
            raise
        if first:
            self._known = frozenset(resource["id"] for resource in self._latest)
        self._items_served = 0
        return self._latest

    def _shown_by_parent(self) -> Listing | None:
        """Return the objects that the list of their parents shows already, ``None`` if it does not show them."""
        family = self.api.family
        parents = None if not family.part or family.parent is None else self.lists.of(family.parent)._latest
        parent = None if parents is None else parents.with_id(self.api.parent)
        return None if parent is None or parents is None else self.api.listed_in(parent, parents.begun)

    def put(self, resource: Resource) -> None:
        """Show an object in the list as a write of this task left it, until the list is read again."""
        with self._lock:
            if self._latest is not None:
                self._latest.put(resource)

    def expect(self, items: int) -> None:
        """Note how many items are going to begin."""
        self._items_left = items

    def begin_item(self) -> None:
        """Note that one of the expected items begins."""
        with self._lock:
            self._items_left -= 1
            self._items_served += 1

    @property
    def is_cheaper(self) -> bool:
        """Whether a new list needs fewer requests than single readings of the objects that would use it."""
        with self._lock:
            if self._latest is None:
                return True
            age = max(TRUSTED_SECONDS, self.api.clock.monotonic() - self._latest.read_at)
            served = self._items_served * TRUSTED_SECONDS / age
            return self._latest.pages < min(self._items_left + 1, served)

    def note_created(self, resource: Resource) -> None:
        """Remember what an item created, for ``unconfirmed``."""
        with self._lock:
            self.created.append(resource)
            self._new.add(resource["id"])

    def is_new(self, identifier: str) -> bool:
        """Tell whether an item created an object."""
        with self._lock:
            return identifier in self._new

    def unconfirmed(self) -> list[Resource]:
        """Wait until the list shows the created objects, and return those that it does not show. This sets ``twins``.

        Raises:
            ApiError: if the list can't be read.
        """
        missing = {resource["id"]: resource for resource in self.created}
        if not missing:
            return []

        def look() -> bool | None:
            new = self.api.list_new(self._known)
            family = self.api.family
            by_key: dict[Any, list[str]] = {}
            for resource in new:
                by_key.setdefault((family.normal_key(resource), family.scope_of(resource)), []).append(resource["id"])
            self.twins = {one: ids for ids in by_key.values() if len(ids) > 1 for one in ids}
            for resource in new:
                if missing.pop(resource["id"], None) is not None:
                    name = family.lock_name(str(family.key_of(resource)), family.scope_of(resource))
                    note_shown(self.api.lock_key, name)
            return None if missing else True

        look_until(self.api.client, look, "looking whether the list shows what was created")
        return list(missing.values())


class Snapshot(Collection):
    """The collection for one item: it reads from the shared list until the item needs newer data."""

    def __init__(self, cache: ListCache) -> None:
        super().__init__(cache.api.client, cache.api.organization_id, cache.api.family, cache.api.parent)
        self.cache = cache
        self._changed_at: float | None = None
        self._needs_recent = False
        self._reads_single = False
        cache.begin_item()

    @property
    def reads_list_first(self) -> bool:
        """Whether to look into the list that was read already."""
        return self._changed_at is None and not self._reads_single

    def is_new(self, identifier: str) -> bool:
        """Tell whether an earlier item of the same task has created an object."""
        return self.cache.is_new(identifier)

    def require_recent(self) -> None:
        """From now on, return only data that is new enough for a write; read the whole list if that is cheaper."""
        self._needs_recent = True
        self._reads_single = not self.cache.is_cheaper

    def require_anew(self) -> None:
        """From now on, return only data that was read after this call."""
        self._changed_at = self.clock.monotonic()

    def list_all(self) -> Listing:
        """Return the shared list, or a newer one if this item needs it.

        An item that has written asks again if the list did not show its write yet, so each call returns a newer list.
        """
        if self._changed_at is not None:
            listing = self.cache.begun_after(self._changed_at)
            self._changed_at = listing.begun
            return listing
        return self.cache.recent() if self._needs_recent else self.cache.latest

    def within(self, parent: str) -> Collection:
        """Return this collection with lists of one parent object only, if its family can only be listed so."""
        return Snapshot(self.cache.lists.of(self.family, parent)) if self.family.list_path else self

    def beside(self, family: Family, parent: str = "") -> Collection:
        """Return the collection of another family, whose list is read once for all items."""
        return Snapshot(self.cache.lists.of(family, parent))

    def confirm_created(self, resource: Resource, known: Container[str]) -> str:
        """Only note the new object, because one reading at the end of the task checks all new objects."""
        self.cache.note_created(resource)
        return ""

    @contextmanager
    def _sending_once(self) -> Iterator[None]:
        """After a write that is sent at most once, require new readings, unless the write was not sent."""
        sent = True
        try:
            yield
        except StaleError:
            sent = False
            raise
        finally:
            if sent:
                self.require_anew()

    def create(self, body: Content, check: Check = no_check) -> Resource | None:
        """Create an object."""
        with self._sending_once():
            return super().create(body, check)

    def update(self, identifier: str, body: Content, check: Check = no_check) -> Resource | None:
        """Change an object."""
        with self._sending_once():
            return super().update(identifier, body, check)

    def delete(self, identifier: str, check: Check = no_check) -> Deleted:
        """Delete an object."""
        try:
            return super().delete(identifier, check)
        finally:
            self.require_anew()

    def put_part(self, identifier: str, part: str, body: Content, check: Check = no_check) -> Answer:
        """Replace a part of an object."""
        try:
            return super().put_part(identifier, part, body, check)
        finally:
            self.require_anew()
