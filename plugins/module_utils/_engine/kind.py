# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the declaration of a family, from which its options, requests and facts follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Callable

from .._rest.collection import Collection
from .._rest.family import Family, Resource, value_at, with_value
from .forms import ONE_LINE, PLAIN_TYPES, Form, scalar
from .outcome import Facts

Guard = Callable[[Resource], str]
"""Names why the engine must spare an object, such as "the managed warehouse"; empty if it need not be spared."""

Check = Callable[[str, Any], Any]
"""``check(option, value)`` returns the value to send for the value that the user gave, or raises ``InputError``."""


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a kind's objects.

    ``name`` is its option, with a dot if it is a part of an option that is a dict. ``sent_as`` is its name in requests,
    with dots where it is nested; the default is the option in camel case. ``shown_at`` is its place in answers, also
    with dots. ``fact`` is its name among the facts, which are nested as answers are. ``form`` tells which values are
    equal. ``words`` are all values that the vendor documents. ``limits`` are the minimum and the maximum: of the length
    of a text, or of a number. If answers have an object or a list of objects in this field, ``parts`` are its fields.

    ``needed_to_create`` means that a creation needs the field. ``fixed`` means that it can't change after the creation.
    ``in_every_update`` means that a PATCH without the field may reset it. ``emptied_as`` is the value that ``clear``
    sends. ``secret`` means that no answer shows the field. ``removed_by`` is the flag with which an update removes the
    secret, if no value does that. ``trimmed`` are characters that are removed from the end of a value. ``refers_to`` is
    the family of the object that the field names by id; a second option names this object by its key. A ``read_only``
    field has no option. A ``create_only`` field is sent by a creation, and no answer shows it. ``updated_if`` is an
    option with the values ``on_create`` and ``always``; only with ``always`` the field of an existing object is
    compared and changed. If the server stores another value in an ``approximate`` field than was sent, this is a
    warning and no failure. An ``update_only`` field can't be sent by a creation, so an update follows the creation.
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
    create_only: bool = False
    updated_if: str = ""
    approximate: bool = False
    update_only: bool = False
    parts: tuple[Field, ...] = ()

    @cached_property
    def sent(self) -> str:
        """Its name in requests."""
        return self.sent_as or _camel_case(self.name.rpartition(".")[2])

    @cached_property
    def place(self) -> str:
        """Its place in answers."""
        return self.shown_at or self.sent

    @cached_property
    def fact_path(self) -> tuple[str, ...]:
        """Its place among the facts."""
        if self.fact or "." not in self.place:
            return (self.fact or self.name,)
        return tuple(map(snake_case, self.place.split(".")))

    @property
    def fact_name(self) -> str:
        """Its name among the facts, without the names of those that it is a part of."""
        return self.fact_path[-1]

    def given(self, options: Mapping[str, Any]) -> Any:
        """Return the value of its option, ``None`` if it was not given."""
        return value_at(options, self.name)

    @property
    def by_key(self) -> str:
        """The option that names, by its key, the object that this field refers to."""
        return self.name[: -len("_id")]

    @property
    def emptied(self) -> Any:
        """The value that ``clear`` sends, ``...`` if the field can't be empty."""
        if self.fixed or self.needed_to_create or self.read_only or self.create_only or self.updated_if:
            return ...
        if self.secret:
            return True if self.removed_by else self.emptied_as
        if self.refers_to is not None:
            return None
        return self.form.emptied if self.emptied_as is ... else self.emptied_as

    @property
    def emptied_by(self) -> str:
        """The name, in requests, of what ``clear`` sends."""
        return self.removed_by or self.sent

    def is_shown(self, resource: Resource) -> bool:
        """Tell whether the server's answer has this field. An object that is null has null in each of its fields."""
        if "." not in self.place:
            return self.place in resource
        found: Any = resource
        for part in self.place.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return False
            found = found[part]
            if found is None:
                return True
        return True

    def can_name(self, resource: Resource) -> bool:
        """Tell whether an object can be known by this field: it is shown, and no part of something that is null."""
        return self.is_shown(resource) and ("." not in self.place or self.value(resource) is not None)

    def value(self, resource: Resource) -> Any:
        """Return its value in an answer, ``None`` if the server does not show it."""
        return resource.get(self.place) if "." not in self.place else value_at(resource, self.place)

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two values are equal, whatever their spelling."""
        return bool(self.form.normal(one) == self.form.normal(other))


def fact(name: str, sent_as: str = "", words: tuple[str, ...] = (), parts: tuple[Field, ...] = ()) -> Field:
    """Return a field that answers show and that nobody can set; ``name`` has dots where answers nest it."""
    place = sent_as or ".".join(map(_camel_case, name.split(".")))
    return Field(name, sent_as=place, shown_at=place, words=words, read_only=True, parts=parts)


def snake_case(name: str) -> str:
    """Return one of the API's names as an option or a fact has it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _no_guard(resource: Resource) -> str:
    return ""


def _no_caution(action: str, resource: Resource) -> str:
    return ""


def _no_obstacle(api: Collection, resource: Resource, force: bool) -> str:
    return ""


@dataclass(frozen=True, eq=False)
class Kind:
    """A family, with everything that the engine needs to manage its objects.

    ``fields`` include the id, the key, and the scope of the key if it has one. ``renamed_by`` is the option with the
    new key, if the API can change the key. ``created_with`` are values that every creation sends. ``filters`` are
    further options of the info module, each with the field that it compares. ``name_pattern`` and ``created_before``
    always exist; ``name_pattern`` looks at the fields in ``matched``.

    There are three guards. ``spared`` objects are only deleted by id and with ``force``. The settings of
    ``unchangeable`` objects are never changed. Filters and ``prune`` ignore ``unselectable`` objects. A further guard
    needs requests: ``obstacle(api, resource, force)`` returns what an object is that must not be deleted, such as "the
    only grant of ..."; with ``reads_always``, a deletion with ``force`` reads the object for this guard as well.

    ``created_once`` means that a creation has an effect which must not happen twice, such as an e-mail. Then a POST
    without an answer is never sent again, even if no reading shows what it did. ``emptied_by_steps`` are options of
    steps that ``clear`` may name.

    ``caution`` returns a warning about side effects of an action ("deleted", "renamed") on an object. ``words`` are
    words of the service that are no secrets and must not be masked, by the result key under which they stand.
    ``secrets_in`` returns the secret parts of a value that is none as a whole, by its option, which is also its fact.
    Objects of which nobody documents the fields are ``passed_on``: their facts are what the API sends.
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
    obstacle: Callable[[Collection, Resource, bool], str] = _no_obstacle
    reads_always: bool = False
    created_once: bool = False
    emptied_by_steps: tuple[str, ...] = ()
    caution: Callable[[str, Resource], str] = _no_caution
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets_in: Mapping[str, Callable[[str], Iterable[str]]] = field(default_factory=dict)
    passed_on: bool = False

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
    def clearable(self) -> dict[str, Field]:
        """The options that ``clear`` may name, with their fields."""
        fields = [one for one in (*self.settings, *self.secrets) if one.emptied is not ...]
        by_key = {one.by_key: one for one in fields if one.refers_to is not None}
        return {**{one.name: one for one in fields}, **by_key}

    @cached_property
    def updated_after_creation(self) -> bool:
        """Whether an update follows each creation, because a creation can't set all fields."""
        return any(one.update_only for one in self.by_option.values())

    @cached_property
    def by_sent(self) -> dict[str, Field]:
        """The fields that requests can set and that answers show, by their names in requests."""
        fields = self.by_option.values()
        return {one.sent: one for one in fields if not one.secret and not one.create_only}

    def on_the_wire(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body as requests send it: nested where names have dots, each value in the form of the API."""
        known = {one.sent: one for one in self.by_option.values()}
        sent: dict[str, Any] = {}
        for name, value in body.items():
            field = known.get(name)
            sent = {**sent, name: value} if field is None else with_value(sent, name, field.form.wire(value))
        return sent

    def shown_after(self, resource: Resource, body: Mapping[str, Any]) -> Resource:
        """Return an object as answers would show it after a request with this body."""
        for name, value in body.items():
            field = self.by_sent.get(name)
            if field is not None:
                resource = with_value(resource, field.place, field.form.wire(value))
            elif name in resource:
                resource = {**resource, name: value}
        return resource

    @cached_property
    def _facts(self) -> tuple[tuple[Field, tuple[str, ...], str], ...]:
        fields = [one for one in self.fields if not one.secret and not one.create_only]
        return tuple((one, one.fact_path[:-1], one.fact_name) for one in fields)

    def facts(self, resource: Resource) -> Facts:
        """Return the facts of an object: one for each declared field.

        A fact is ``None`` if the server omits the field, or if its value has a type that no field is documented to
        have. Only declared fields become facts, because an undocumented field could be a secret.
        """
        if self.passed_on:
            return dict(resource)
        facts: Facts = {}
        for one, within, name in self._facts:
            value = one.value(resource)
            parent = facts
            for part in within:
                parent = parent.setdefault(part, {})
            parent[name] = value if type(value) in PLAIN_TYPES else _complex(one, value)
        return facts

    @cached_property
    def _options(self) -> dict[str, str]:
        return {one.sent: one.name for one in self.fields}

    def option_of(self, sent: str) -> str:
        """Return the option for one of the API's fields, declared or not."""
        return self._options.get(sent) or snake_case(sent)

    def knows(self, sent: str) -> bool:
        """Tell whether one of the API's fields is declared."""
        return sent in self._options


def _complex(field: Field, value: Any) -> Any:
    """Return the fact for a value that is a list or an object. Of an object, only the declared parts are shown."""
    if field.parts and isinstance(value, Mapping):
        return {one.fact_name: _complex(one, one.value(value)) for one in field.parts}
    if isinstance(value, list) and (field.parts or field.form.type == "list"):
        return [_complex(field, one) for one in value]
    return scalar(value)
