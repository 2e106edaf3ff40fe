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
"""Returns what an object is that the engine must spare, such as "the managed warehouse"; empty if it need not."""

Check = Callable[[str, Any], Any]
"""``check(option, value)`` returns the value to send for a given one, or raises ``InputError``."""


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a kind's objects.

    ``name`` is its option. ``sent_as`` is its name in requests, by default the option in camel case, and ``shown_at``
    its place in answers, with dots where it is nested. ``fact`` is its name among the facts. ``form`` tells which
    values are equal, and ``words`` are all values that the vendor documents. ``limits`` are the fewest and the most
    characters of a text, or the least and the greatest number.

    ``needed_to_create`` and ``fixed`` (never changed afterwards) say when the field counts, ``in_every_update`` that a
    PATCH without it may reset it. ``emptied_as`` is what ``clear`` sends. ``secret`` marks what no answer shows, and
    ``removed_by`` is the flag of an update that removes such a secret. ``trimmed`` are characters that a value loses
    at its end. ``refers_to`` is the family of the object that the field names by its id; a second option names it by
    its key. Of a ``read_only`` field there is no option.
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
        """The option that names the object which the field refers to by its key."""
        return self.name[: -len("_id")]

    @property
    def emptied(self) -> Any:
        """What ``clear`` sends, ``...`` where the field can't be empty."""
        if self.fixed or self.needed_to_create or self.read_only or self.refers_to is not None:
            return ...
        if self.secret:
            return True if self.removed_by else ...
        return self.form.emptied if self.emptied_as is ... else self.emptied_as

    def is_shown(self, resource: Resource) -> bool:
        """Tell whether the server shows this field of an object at all."""
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
    """Return a field that answers show and nobody can set."""
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
    """A family with all that the engine needs to manage its objects.

    ``fields`` have the id and the key among them, and the scope of the key if it has one. ``renamed_by`` is the option
    with the new key, where the API can change it. ``created_with`` are values that every creation sends. ``filters``
    are the fields that an option of the info module selects by, beside ``name_pattern``, which looks at the fields in
    ``matched``, and ``created_before``.

    Three guards: ``spared`` objects are only deleted by id and with ``force``, settings of ``unchangeable`` ones are
    never changed, and ``unselectable`` ones are passed over by filters and ``prune``. ``caution`` returns a warning
    about what else an action ("deleted", "renamed") on an object does. ``words`` are, by key of a result, words of the
    service that hide no secret.
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
        """The fields that have an option, by its name."""
        return {one.name: one for one in self.fields if not one.read_only}

    def field_named(self, name: str) -> Field:
        """Return the field with this name."""
        return next(one for one in self.fields if one.name == name)

    @cached_property
    def key(self) -> Field:
        """The field by which people name an object."""
        return self.by_option[self.family.key_option]

    @cached_property
    def scope(self) -> Field | None:
        """The field that refers to the object within which a key names one."""
        fitting = [one for one in self.fields if self.family.scope and one.place == self.family.scope]
        return fitting[0] if fitting else None

    @property
    def key_words(self) -> str:
        """The key in words, such as "display name"."""
        return self.key.fact_name.replace("_", " ")

    @cached_property
    def settings(self) -> tuple[Field, ...]:
        """What a user can set and answers show, beside the key."""
        return tuple(one for one in self.by_option.values() if one is not self.key and not one.secret)

    @cached_property
    def secrets(self) -> tuple[Field, ...]:
        """What a user can set and no answer shows."""
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
        """Return the facts of an object, each of the declared ones.

        What a server omits is ``None``, and so is a value of a type that no field is documented to have. Only declared
        fields leave the collection, because one that nobody documented could be a secret.
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
