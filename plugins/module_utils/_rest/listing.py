# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the objects of a family at one time, found by id or by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._base.text import look_alike_key
from .family import Family, Resource, is_gone, value_at


class Listing:
    """The objects of a family at one time, in the API's order (newest first), found by id or by key.

    ``begun`` and ``read_at`` are the times when the reading began and ended, in seconds of the client's clock.
    ``pages`` is the number of requests. ``parent_exists`` is false for an empty list of a parent that is not there.
    Objects that the server shows but that count as absent are left out.
    """

    def __init__(
        self, family: Family, resources: Iterable[Resource], begun: float = 0.0, read_at: float = 0.0, pages: int = 1
    ) -> None:
        self.begun, self.read_at, self.pages = begun, read_at, pages
        self.parent_exists = True
        self._family = family
        every = list(resources)
        self._by_id = {resource["id"]: resource for resource in every if not is_gone(resource)}
        self.gone = [resource for resource in every if is_gone(resource)]
        """The objects that the server lists although they count as absent."""
        self._by_key: dict[str, list[Resource]] = {}
        self._by_look: dict[str, list[Resource]] = {}
        self._ids_by_look: dict[str, list[str]] | None = None
        for resource in self:
            self._index(resource)

    def _index(self, resource: Resource) -> None:
        key = self._family.key_of(resource)
        if isinstance(key, str):
            self._by_key.setdefault(self._family.key_form(key), []).append(resource)
            self._by_look.setdefault(look_alike_key(key), []).append(resource)

    def copy(self) -> Listing:
        """Return a list that can be changed without changing this one."""
        other = Listing(self._family, (*self, *self.gone), self.begun, self.read_at, self.pages)
        other.parent_exists = self.parent_exists
        return other

    def remove(self, identifier: str) -> None:
        """Take an object out of the list, if it is in it."""
        old = self._by_id.pop(identifier, None)
        key = None if old is None else self._family.key_of(old)
        self._ids_by_look = None
        if isinstance(key, str):
            for index, one in ((self._by_key, self._family.key_form(key)), (self._by_look, look_alike_key(key))):
                index[one] = [resource for resource in index[one] if resource["id"] != identifier]

    def put(self, resource: Resource) -> None:
        """Show an object, in the place of an older state of it."""
        self.remove(resource["id"])
        if not is_gone(resource):
            self._by_id[resource["id"]] = resource
            self._index(resource)

    def within(self, place: str, value: str) -> Listing:
        """Return the part of this list whose objects have this value at a place."""
        every = (*self, *self.gone)
        found = [resource for resource in every if value_at(resource, place) == value]
        if len(found) == len(every):
            # The list of one parent has nothing else, and a plan looks into it for each of its objects.
            return self
        return Listing(self._family, found, self.begun, self.read_at, self.pages)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._by_id

    def with_id(self, identifier: str) -> Resource | None:
        """Return the object with this id, if there is one."""
        return self._by_id.get(identifier)

    def named(self, key: str | None) -> list[Resource]:
        """Return all objects with this key, because most keys are not unique."""
        return [] if key is None else self._by_key.get(self._family.key_form(key), [])

    def gone_named(self, key: str) -> list[Resource]:
        """Return the objects with this key that the server lists although they count as absent."""
        return [resource for resource in self.gone if self._family.has_key(resource, key)]

    def similar_id(self, identifier: str) -> str | None:
        """Return another id that looks like this one, in the same way as ``similar``."""
        if self._ids_by_look is None:
            # Make this index only when it is needed, because it is slow for thousands of objects.
            self._ids_by_look = {}
            for one in self._by_id:
                self._ids_by_look.setdefault(look_alike_key(one), []).append(one)
        return _nearest(identifier, self._ids_by_look.get(look_alike_key(identifier), ()))

    def similar(self, key: str) -> str | None:
        """Return another key that looks like this one, if there is one.

        It differs in white space, Unicode composition or case. A key that differs in case alone is the last choice.
        """
        alike = self._by_look.get(look_alike_key(key), ())
        return _nearest(key, [self._family.key_of(one) for one in alike])


def _nearest(text: str, alike: Iterable[str]) -> str | None:
    """Return another text that looks like ``text``; a text that differs in case alone is the last choice."""
    found = [one for one in alike if one != text]
    return min(found, key=lambda one: one.casefold() == text.casefold(), default=None)
