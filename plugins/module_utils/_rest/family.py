# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the names and the path of one family of the API's objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

Resource = Mapping[str, Any]
"""An object in the API's form. Only its ``id`` is certain: it is a text that can be part of a path."""

Content = Mapping[str, Any]
"""A JSON object: the body of a request, or the ``data`` of an answer."""


@dataclass(frozen=True)
class Family:
    """One family of the API's objects, such as data sources.

    ``noun`` and ``plural`` are the words for the objects in messages. ``path`` is their path below the root of the API,
    with ``{organization_id}`` in it. ``key`` is the API's field by which people name an object, with dots where it is
    nested, and ``key_option`` is its option. ``key_form`` returns the normal form of a key; two keys are equal if their
    normal forms are. ``scope`` is the field with the id of the parent object, if a key is only unique within its
    parent. ``identifying`` are further fields in which all pages of a list must agree, because guards rely on them.
    ``list_path`` is the path of a list if only the objects within one object of the family ``parent`` can be listed;
    it has ``{parent}`` where the id of the parent stands. ``part`` is the field of the parent in which its objects are,
    if they can only be read there; then ``path`` has ``{parent}`` in it.
    """

    noun: str
    plural: str
    path: str
    key: str = "name"
    key_option: str = "name"
    key_form: Callable[[str], str] = str
    scope: str = ""
    identifying: tuple[str, ...] = ()
    list_path: str = ""
    parent: Family | None = None
    part: str = ""

    @property
    def a_noun(self) -> str:
        """The noun with its article."""
        # "MCP" gets "an", because its "M" is spoken as "em".
        return "%s %s" % ("an" if self.noun[0] in "aeioAEIOM" else "a", self.noun)

    @property
    def in_organization(self) -> bool:
        """Whether the objects belong to an organization."""
        return "{organization_id}" in self.path

    @property
    def result_key(self) -> str:
        """The noun as a key of results."""
        return self.noun.lower().replace(" ", "_")

    @property
    def plural_key(self) -> str:
        """The plural as a key of results and as an option."""
        return self.plural.lower().replace(" ", "_")

    def key_of(self, resource: Resource) -> Any:
        """Return the key of an object, ``None`` if it has none."""
        return value_at(resource, self.key)

    def has_key(self, resource: Resource, key: str) -> bool:
        """Tell whether an object has this key, in any spelling that counts as equal."""
        found = self.key_of(resource)
        return isinstance(found, str) and self.key_form(found) == self.key_form(key)

    def normal_key(self, resource: Resource) -> Any:
        """Return the key of an object in its normal form, for comparisons."""
        found = self.key_of(resource)
        return self.key_form(found) if isinstance(found, str) else found

    def scope_of(self, resource: Resource) -> Any:
        """Return the id of the parent within which an object's key is unique, ``None`` if it is the organization."""
        return value_at(resource, self.scope) if self.scope else None

    def are_twins(self, one: Resource, other: Resource) -> bool:
        """Tell whether two objects have the same key in the same scope."""
        return (self.normal_key(one), self.scope_of(one)) == (self.normal_key(other), self.scope_of(other))

    def lock_name(self, key: str, scope: Any) -> str:
        """Return the name of an object for ``creation_lock``."""
        normal = self.key_form(key)
        return "%s/%s" % (scope, normal) if scope else normal


def is_gone(resource: Resource) -> bool:
    """Tell whether an object counts as absent although the server shows it.

    No page of the vendor says whether deleted objects disappear, or are archived and still listed.
    """
    return bool(gone_since(resource))


def gone_since(resource: Resource) -> str:
    """Return why an object counts as absent: it is "deleted", "archived" or "deactivated". Empty if it is there."""
    return next((word for field, word in _GONE.items() if resource.get(field) is not None), "")


_GONE = {"deletedAt": "deleted", "archivedAt": "archived", "deactivatedAt": "deactivated"}


def value_at(resource: Any, place: str) -> Any:
    """Return the value at a field of an object, with dots where it is nested; ``None`` if there is none."""
    if isinstance(resource, dict) and "." not in place:
        # Most fields are not nested, and a large plan looks at a million of them.
        return resource.get(place)
    for field in place.split("."):
        resource = resource.get(field) if isinstance(resource, Mapping) else None
    return resource


def with_value(resource: Content, place: str, value: Any) -> dict[str, Any]:
    """Return a copy of an object with a value at a field, with dots where the field is nested."""
    field, dot, rest = place.partition(".")
    if dot:
        within = resource.get(field)
        value = with_value(within if isinstance(within, Mapping) else {}, rest, value)
    return {**resource, field: value}
