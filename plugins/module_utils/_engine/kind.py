# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the declaration of a family, from which its options, requests and facts follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Callable

from .._rest.family import Family, Resource, value_at
from .forms import ONE_LINE, PLAIN_TYPES, Form, scalar
from .outcome import Facts

Guard = Callable[[Resource], str]
"""Names why the engine must spare an object, such as "the managed warehouse"; empty if it need not be spared."""

Check = Callable[[str, Any], Any]
"""``check(option, value)`` returns the value to send for the value that the user gave, or raises ``InputError``."""


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a kind's objects.

    ``name`` is its option. ``sent_as`` is its name in requests; the default is the option in camel case. ``shown_at``
    is its place in answers, with dots where it is nested. ``fact`` is its name among the facts. ``form`` tells which
    values are equal. ``words`` are all values that the vendor documents. ``limits`` are the minimum and the maximum: of
    the length of a text, or of a number.

    ``needed_to_create`` means that a creation needs the field. ``fixed`` means that it can't change after the creation.
    ``in_every_update`` means that a PATCH without the field may reset it. ``emptied_as`` is the value that ``clear``
    sends. ``secret`` means that no answer shows the field, and ``removed_by`` is the flag with which an update removes
    the secret. ``trimmed`` are characters that are removed from the end of a value. ``refers_to`` is the family of the
    object that the field names by id; a second option names this object by its key. A ``read_only`` field has no
    option.
    """

    name: str
    form: Form = ONE_LINE
    sent_as: str = ""
    shown_at: str = ""
    fact: str = ""
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    limits: tuple[int, int] | None = None
    check: Check | None = None
    needed_to_create: bool = False
    fixed: bool = False
    in_every_update: bool = False
    emptied_as: Any = ...
    secret: bool = False
    removed_by: str = ""
    trimmed: str = ""
    refers_to: Family | None = None
    read_only: bool = False

    @cached_property
    def sent(self) -> str:
        """Its name in requests."""
        return self.sent_as or _camel_case(self.name)

    @cached_property
    def place(self) -> str:
        """Its place in answers."""
        return self.shown_at or self.sent

    @cached_property
    def fact_name(self) -> str:
        """Its name among the facts."""
        return self.fact or self.name

    @property
    def by_key(self) -> str:
        """The option that names, by its key, the object that this field refers to."""
        return self.name[: -len("_id")]

    @property
    def emptied(self) -> Any:
        """The value that ``clear`` sends, ``...`` if the field can't be empty."""
        if self.fixed or self.needed_to_create or self.read_only or self.refers_to is not None:
            return ...
        if self.secret:
            return True if self.removed_by else ...
        return self.form.emptied if self.emptied_as is ... else self.emptied_as

    def is_shown(self, resource: Resource) -> bool:
        """Tell whether the server's answer has this field."""
        if "." not in self.place:
            return self.place in resource
        parent, _dot, last = self.place.rpartition(".")
        found = value_at(resource, parent)
        return isinstance(found, Mapping) and last in found

    def value(self, resource: Resource) -> Any:
        """Return its value in an answer, ``None`` if the server does not show it."""
        return resource.get(self.place) if "." not in self.place else value_at(resource, self.place)

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two values are equal, whatever their spelling."""
        return bool(self.form.normal(one) == self.form.normal(other))


def fact(name: str, sent_as: str = "", words: tuple[str, ...] = ()) -> Field:
    """Return a field that answers show and that nobody can set."""
    return Field(name, sent_as=sent_as, words=words, read_only=True)


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _no_guard(resource: Resource) -> str:
    return ""


def _no_caution(action: str, resource: Resource) -> str:
    return ""


@dataclass(frozen=True, eq=False)
class Kind:
    """A family, with everything that the engine needs to manage its objects.

    ``fields`` include the id, the key, and the scope of the key if it has one. ``renamed_by`` is the option with the
    new key, if the API can change the key. ``created_with`` are values that every creation sends. ``filters`` are
    further options of the info module, each with the field that it compares. ``name_pattern`` and ``created_before``
    always exist; ``name_pattern`` looks at the fields in ``matched``.

    There are three guards. ``spared`` objects are only deleted by id and with ``force``. The settings of
    ``unchangeable`` objects are never changed. Filters and ``prune`` ignore ``unselectable`` objects. ``caution``
    returns a warning about side effects of an action ("deleted", "renamed") on an object. ``words`` are words of the
    service that are no secrets and must not be masked, by the result key under which they stand.
    """

    family: Family
    fields: tuple[Field, ...]
    renamed_by: str = ""
    created_with: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    matched: tuple[str, ...] = ()
    spared: Guard = _no_guard
    unchangeable: Guard = _no_guard
    unselectable: Guard = _no_guard
    caution: Callable[[str, Resource], str] = _no_caution
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def by_option(self) -> dict[str, Field]:
        """The fields that have an option, by the name of the option."""
        return {one.name: one for one in self.fields if not one.read_only}

    def field_named(self, name: str) -> Field:
        """Return the field with this name."""
        return next(one for one in self.fields if one.name == name)

    @cached_property
    def key(self) -> Field:
        """The field by which people name an object."""
        return self.field_named(self.family.key_option)

    @cached_property
    def scope(self) -> Field | None:
        """The field with the parent object, if a key is only unique within its parent."""
        fitting = [one for one in self.fields if self.family.scope and one.place == self.family.scope]
        return fitting[0] if fitting else None

    @property
    def key_words(self) -> str:
        """The key in words, such as "display name"."""
        return self.key.fact_name.replace("_", " ")

    @cached_property
    def settings(self) -> tuple[Field, ...]:
        """The fields that a user can set and that answers show, without the key."""
        return tuple(one for one in self.by_option.values() if one is not self.key and not one.secret)

    @cached_property
    def secrets(self) -> tuple[Field, ...]:
        """The fields that a user can set and that no answer shows."""
        return tuple(one for one in self.by_option.values() if one.secret)

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The settings that refer to objects of other families."""
        return tuple(one for one in self.settings if one.refers_to is not None)

    @cached_property
    def clearable(self) -> tuple[str, ...]:
        """The options that ``clear`` may name."""
        return tuple(one.name for one in (*self.settings, *self.secrets) if one.emptied is not ...)

    @cached_property
    def _facts(self) -> tuple[tuple[str, str, bool], ...]:
        return tuple((one.fact_name, one.place, "." in one.place) for one in self.fields if not one.secret)

    def facts(self, resource: Resource) -> Facts:
        """Return the facts of an object: one for each declared field.

        A fact is ``None`` if the server omits the field, or if its value has a type that no field is documented to
        have. Only declared fields become facts, because an undocumented field could be a secret.
        """
        values = (
            (name, value_at(resource, place) if nested else resource.get(place)) for name, place, nested in self._facts
        )
        return {name: value if type(value) in PLAIN_TYPES else scalar(value) for name, value in values}

    @cached_property
    def _options(self) -> dict[str, str]:
        return {one.sent: one.name for one in self.fields}

    def option_of(self, sent: str) -> str:
        """Return the option for one of the API's fields, declared or not."""
        return self._options.get(sent) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", sent).lower()

    def knows(self, sent: str) -> bool:
        """Tell whether one of the API's fields is declared."""
        return sent in self._options
