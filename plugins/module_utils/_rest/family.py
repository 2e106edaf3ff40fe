# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what the objects of one family of the API are called, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

Resource = Mapping[str, Any]
"""An object as the API spells it. Its ``id`` is a text that can stand in a path; nothing else is certain."""

Content = Mapping[str, Any]
"""A JSON object, of a request's body or of an answer's ``data``."""


@dataclass(frozen=True)
class Family:
    """One family of the API's objects, such as data sources.

    ``noun`` and ``plural`` are what messages call the objects. ``path`` is where they are, below the root of the API,
    with ``{organization_id}`` in it. ``key`` is the API's field by which people name an object, with dots where it is
    nested, and ``key_option`` the option for it. ``key_form`` returns the form of a key in which equal keys are equal.
    ``scope`` is the field of the object within which a key names one, if it does not do so in the whole organization.
    ``identifying`` are further fields about which all pages of a list must agree, because guards go by them.
    """

    noun: str
    plural: str
    path: str
    key: str = "name"
    key_option: str = "name"
    key_form: Callable[[str], str] = str
    scope: str = ""
    identifying: tuple[str, ...] = ()

    @property
    def a_noun(self) -> str:
        """The noun with its article."""
        # The "M" of "MCP" is spoken as "em".
        return "%s %s" % ("an" if self.noun[0] in "aeioAEIOM" else "a", self.noun)

    @property
    def result_key(self) -> str:
        """The noun as a key of results."""
        return self.noun.lower().replace(" ", "_")

    @property
    def plural_key(self) -> str:
        """The plural as a key of results, and as an option."""
        return self.plural.lower().replace(" ", "_")

    def key_of(self, resource: Resource) -> Any:
        """Return the key of an object, ``None`` if it has none."""
        return value_at(resource, self.key)

    def scope_of(self, resource: Resource) -> Any:
        """Return the id of what an object's key belongs to, ``None`` where keys belong to the organization."""
        return value_at(resource, self.scope) if self.scope else None

    def are_twins(self, one: Resource, other: Resource) -> bool:
        """Tell whether two objects have the same key, so that it does not tell them apart."""
        return (self.key_of(one), self.scope_of(one)) == (self.key_of(other), self.scope_of(other))

    def lock_name(self, key: str, scope: Any) -> str:
        """Return the name of an object for ``creation_lock``."""
        return "%s/%s" % (scope, key) if scope else key


def is_gone(resource: Resource) -> bool:
    """Tell whether an object counts as absent although the server shows it.

    No page says of any family whether what was deleted is gone, or archived and still listed.
    """
    return any(resource.get(field) is not None for field in _GONE)


_GONE = ("deletedAt", "archivedAt", "deactivatedAt")


def value_at(resource: Any, place: str) -> Any:
    """Return the value at a field of an object, with dots where it is nested; ``None`` if there is none."""
    for field in place.split("."):
        resource = resource.get(field) if isinstance(resource, Mapping) else None
    return resource
