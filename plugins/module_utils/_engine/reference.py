# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: references to objects of other families, such as the data source of a definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import InputError, RefusedError
from .._base.text import quoted
from .._rest.collection import Collection
from .._rest.family import value_at
from .._rest.listing import Listing
from .kind import Field, Kind
from .lookup import Identity, Scope, find, refuse_look_alike


@dataclass
class References:
    """The objects that a task's options refer to, by id or by key.

    ``ids`` are the known ids, by field. ``missing`` has a clause for each object that does not exist, and ``unknown``
    has its field. ``read_at`` is when the task looked an object up by its key, in seconds of the client's clock.
    ``identifier`` is the id of the task's own object, if it was given.
    """

    kind: Kind
    keys: Mapping[Field, str]
    ids: dict[Field, str]
    missing: list[str] = field(default_factory=list)
    read_at: dict[Field, float] = field(default_factory=dict)
    unknown: list[Field] = field(default_factory=list)
    identifier: str | None = None

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any], only_scope: bool = False) -> References:
        """Return the references that these options give; with ``only_scope``, only the one to the object's parent.

        Raises:
            InputError: if one object is given by id and by key.
        """
        keys: dict[Field, str] = {}
        ids: dict[Field, str] = {}
        for one in kind.references:
            if only_scope and one is not kind.scope:
                continue
            key, identifier = value_at(options, one.by_key), one.given(options)
            if key is not None and identifier is not None:
                raise InputError("The options %s and %s are both given: give one of them." % (one.by_key, one.name))
            if key is not None:
                keys[one] = key
            elif identifier is not None:
                ids[one] = identifier
        return cls(kind, keys, ids, identifier=options.get("id"))

    @property
    def scope(self) -> Scope | None:
        """The parent within which the key of this task's object is unique, if the parent is given."""
        one = self.kind.scope
        if one is None or one.refers_to is None or one not in self.ids:
            return None
        noun = one.refers_to.noun
        if one in self.keys:
            name = "%s %s" % (noun, quoted(self.keys[one]))
            return Scope(one, self.ids[one], name, self.keys[one], self.read_at[one])
        return Scope(one, self.ids[one], "the %s with id %s" % (noun, quoted(self.ids[one])))

    @property
    def scope_is_unknown(self) -> bool:
        """Whether the parent does not exist."""
        return self.kind.scope is not None and self.kind.scope in self.unknown

    def resolve(self, api: Collection) -> None:
        """Find the ids of objects that are given by key, and note which of them do not exist.

        Raises:
            RefusedError: if several objects have a key, or an existing key only looks like it.
            ApiError: if the objects can't be listed.
        """
        for one, key in self.keys.items():
            found = self._find(one, key, api)
            if found:
                self.ids[one] = found
            else:
                self.unknown.append(one)

    def _find(self, one: Field, key: str, api: Collection) -> str:
        family = one.refers_to
        if family is None:
            raise ValueError("%s refers to nothing" % one.name)
        parent = "" if family.parent is None else self._parent(one, api)
        if parent is None:
            return ""
        listing = api.list_beside(family, required=True, parent=parent) or Listing(family, ())
        if len(listing) and all(family.key_of(resource) is None for resource in listing):
            raise RefusedError(
                "This server does not show the names of %s, so none can be found by its name: nothing was changed, "
                "give %s in place of %s." % (family.plural, one.name, one.by_key)
            )
        found = listing.named(key)
        if len(found) > 1:
            raise RefusedError(
                "%d %s are named %s: nothing was changed, give one of their ids (%s) in %s."
                % (
                    len(found),
                    family.plural,
                    quoted(key),
                    ", ".join(quoted(resource["id"]) for resource in found),
                    one.name,
                )
            )
        self.read_at[one] = listing.read_at
        if found:
            identifier: str = found[0]["id"]
            return identifier
        similar = listing.similar(key)
        refuse_look_alike(family.noun, "named", key, similar, one.by_key)
        within = " in %s with id %s" % (family.parent.noun, quoted(parent)) if family.parent is not None else ""
        hint = _hint(listing, key, similar, one)
        self.missing.append("There is no %s named %s%s%s" % (family.noun, quoted(key), within, hint))
        return ""

    def _parent(self, one: Field, api: Collection) -> str | None:
        """Return the id of the parent of this task's object, ``None`` if it is not known.

        The object that ``one`` names by its key is in the same parent.

        Raises:
            RefusedError: if the server does not show in which parent the object is.
        """
        scope = self.kind.scope
        if scope in self.ids or scope in self.unknown or self.identifier is None or scope is None:
            return None if scope is None else self.ids.get(scope)
        resource = find(api, Identity(self.kind, self.identifier, None)).resource
        found = None if resource is None else scope.value(resource)
        if resource is not None and not isinstance(found, str):
            raise RefusedError(
                "The server does not show the %s of the %s with id %s: nothing was changed, give %s in place of %s."
                % (scope.by_key, self.kind.family.noun, quoted(self.identifier), one.name, one.by_key)
            )
        return found


def _hint(listing: Listing, key: str, similar: str | None, one: Field) -> str:
    if similar is not None:
        return " (one is named %s, and names are compared letter by letter)" % quoted(similar)
    if listing.with_id(key) is not None:
        return " (one has this text as its id, which goes into the option %s)" % one.name
    return ""
