# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: an organization as it would be after the part of a plan that is made so far.

A plan is a dry run. Each entry is planned by the same code as a single task in check mode, but with a collection that
also shows what earlier entries of the plan will have done. So a reference finds what the same plan creates, and each
guard judges the planned state.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .._base.errors import ApiError
from .._engine.outcome import is_planned
from .._resources.access import Policy
from .._rest.answers import NOT_OFFERED
from .._rest.collection import Collection
from .._rest.family import Family, Resource
from .._rest.listing import Listing
from .._rest.snapshot import Lists


class Planned:
    """The lists of an organization, with the planned changes in them. Safe for threads."""

    def __init__(self, api: Collection, lists: Lists) -> None:
        self.api = api
        self.lists = lists
        self._lock = threading.Lock()
        self._changed: dict[tuple[str, str], Listing] = {}
        self._resources: dict[tuple[str, str], Resource] = {}
        self.policies: dict[str, Policy] = {}
        """Who may query, by the id of the data source, where the plan sets it."""
        self.policies_before: dict[str, Policy] = {}
        """Who may query now, by the id of the data source, where the plan has read it."""

    def of(self, family: Family, parent: str = "") -> Collection:
        """Return a collection that shows the planned state."""
        return _PlannedCollection(self, family, parent)

    def listing(self, family: Family, parent: str = "") -> Listing:
        """Return the planned list of a family, or of one parent.

        Raises:
            ApiError: if the present list can't be read.
        """
        with self._lock:
            changed = self._changed.get((family.path, parent))
        return self._read(family, parent, self.listing) if changed is None else changed

    def _read(self, family: Family, parent: str, of: Callable[[Family], Listing]) -> Listing:
        """Return a list as the server has it; ``of`` returns the list of the parents, in which it may be."""
        if family.part and family.parent is not None:
            resource = of(family.parent).with_id(parent)
            shown = None if resource is None else self.api.beside(family, parent).listed_in(resource)
            if shown is not None:
                return shown
        if is_planned(parent):
            return Listing(family, ())
        return self.lists.of(family, parent).latest

    def changed(self, family: Family, identifier: str) -> Resource | None:
        """Return an object as the plan leaves it, ``None`` if the plan does not change it."""
        with self._lock:
            return self._resources.get((family.path, identifier))

    def put(self, family: Family, parent: str, resource: Resource) -> None:
        """Show an object as the plan leaves it."""
        self._own(family, parent).put(resource)
        with self._lock:
            self._resources[family.path, resource["id"]] = resource

    def remove(self, family: Family, parent: str, identifier: str) -> None:
        """Show an object no more, because the plan deletes it."""
        self._own(family, parent).remove(identifier)

    def _own(self, family: Family, parent: str) -> Listing:
        listing = self.listing(family, parent)
        with self._lock:
            if (family.path, parent) not in self._changed:
                # Copy a list before its first change, because the writes of the task rely on what the server has.
                self._changed[family.path, parent] = listing.copy()
            return self._changed[family.path, parent]

    def key_of(self, family: Family, identifier: Any, parent: str = "") -> Any:
        """Return the key of an object, or its id if it has none; ``parent`` is the object in which it is listed.

        Raises:
            ApiError: if the list can't be read although the server offers it.
        """
        if not isinstance(identifier, str):
            # A server may show anything in the place of an id.
            return identifier
        try:
            # What the plan takes away has a key as well.
            resource = self.listing(family, parent).with_id(identifier) or self._present(family, parent, identifier)
        except ApiError as error:
            if error.status not in NOT_OFFERED:
                raise
            resource = None
        key = None if resource is None else family.key_of(resource)
        return identifier if key is None else key

    def _present(self, family: Family, parent: str, identifier: str) -> Resource | None:
        return self._read(family, parent, lambda parents: self.lists.of(parents).latest).with_id(identifier)


class _PlannedCollection(Collection):
    """Reads from the planned state. Nothing is written through it."""

    def __init__(self, planned: Planned, family: Family, parent: str) -> None:
        api = planned.api
        super().__init__(api.client, api.organization_id, family, parent)
        self._planned = planned

    @property
    def reads_list_first(self) -> bool:
        """The list was read already."""
        return True

    @property
    def assumes_earlier_tasks(self) -> bool:
        """A plan is complete, so nothing comes from elsewhere."""
        return False

    def list_all(self) -> Listing:
        """Return the planned list."""
        return self._planned.listing(self.family, self.parent)

    def get(self, identifier: str) -> Resource:
        """Return one object as the plan leaves it. What the plan does not change is read from the server."""
        changed = self._planned.changed(self.family, identifier)
        return super().get(identifier) if changed is None else changed

    def within(self, parent: str) -> Collection:
        """Return this collection with lists of one parent object only, if its family can only be listed so."""
        return self._planned.of(self.family, parent) if self.family.list_path else self

    def beside(self, family: Family, parent: str = "") -> Collection:
        """Return the planned collection of another family."""
        # A list of its own, such as the members of a group, is no family that a plan changes.
        return self._planned.of(family, parent)
