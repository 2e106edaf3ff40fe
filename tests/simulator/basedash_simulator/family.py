# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all families of objects have in common: how one is made, changed, deleted and shown.

The OpenAPI files say which fields there are. A subclass adds only what no schema can say.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.errors import ApiProblem, not_found, validation_error
from basedash_simulator.items import Item, now
from basedash_simulator.openapi import Collection, Schema
from basedash_simulator.schema import checked_body, properties, types
from basedash_simulator.state import ObjectsById, Scene
from basedash_simulator.validation import Settings

Fields = dict[str, Any]


class Family:
    """One family, such as skills.

    `noun` names one object in messages, `prefix` begins made-up ids, `title` is the field that people call an object
    by, `unique` the fields that no two objects may share where names are unique. `mark` is the field that says when
    an object was deleted, if there is one. `initial` has the values at birth of fields that no request sets,
    `places` where the answer has a field of the request, `references` the family that the id in a field belongs to.
    `hidden` are fields that no answer has, `undocumented` those that the answers of this server have in
    spite of the files. `reserved` are ids that no object can have, `needs_id` says whether a seed must give one.
    """

    noun: ClassVar[str] = "Object"
    prefix: ClassVar[str] = "obj"
    title: ClassVar[str] = "name"
    unique: ClassVar[tuple[str, ...]] = ()
    mark: ClassVar[str | None] = None
    initial: ClassVar[Mapping[str, Any]] = {}
    places: ClassVar[Mapping[str, tuple[str, str]]] = {}
    references: ClassVar[Mapping[str, str]] = {}
    dropped: ClassVar[frozenset[str]] = frozenset()
    unset_flags: ClassVar[Mapping[str, str]] = {}
    seed_keys: ClassVar[frozenset[str]] = frozenset()
    hidden: ClassVar[frozenset[str]] = frozenset()
    undocumented: ClassVar[frozenset[str]] = frozenset()
    reserved: ClassVar[frozenset[str]] = frozenset()
    needs_id: ClassVar[bool] = False
    item_class: ClassVar[type[Item]] = Item

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.name = collection.name
        self.parent = collection.parent
        self.shape = properties(collection.shape)
        requested = {**properties(collection.create), **properties(collection.update)}
        self.secret_fields = tuple(name for name, schema in requested.items() if schema.get("writeOnly"))
        self.defaults = {
            name: schema["default"] for name, schema in properties(collection.create).items() if "default" in schema
        }
        # what a seed, or another writer, may set
        known = {"id", "createdAt", *self.shape, *requested, *self.hidden, *self.undocumented, *self.initial}
        self.settable = frozenset(known) - self.dropped - set(self.unset_flags)
        # what is made without a request needs no more than this
        self.needed = [name for name in collection.create.get("required", ()) if name not in ("type", "dialect")]

    def how(self, scene: Scene) -> Behaviour:
        """The switches as they are for this family."""
        return scene.behaviour.of(self.name)

    # Requests

    def settings(self, body: Mapping[str, Any], schema: Schema, behaviour: Behaviour) -> Settings:
        """A body that fits the schema, sorted; else a ValidationError."""
        if behaviour.null_texts == "refused":
            for name, value in body.items():
                if value is None:
                    raise validation_error(f"{name}: null is not possible here.")
        known = properties(schema)
        result = Settings()
        for name, value in checked_body(body, schema, behaviour.null_texts == "accepted").items():
            if name in self.unset_flags:
                if value:
                    result.unset.add(self.unset_flags[name])
            elif name in self.secret_fields:
                result.secrets[name] = value
            elif name not in known:
                # as most servers do, this one drops what it does not know; the control API shows it
                result.other[name] = value
            elif name not in self.dropped:
                result.fields[name] = value
        return result

    def create(self, scene: Scene, settings: Settings, identifier: str | None = None) -> Item:
        """Make an object, with this id or a made-up one."""
        behaviour = self.how(scene)
        given = self.completed(scene, stored({**self._split(self.defaults)[0], **settings.fields}, self, behaviour))
        self.check_references(scene, given)
        self.refuse_taken(scene, given)
        sequence = scene.world.next_sequence(self)
        born = scene.world.clock.now()
        fields = self.blank(identifier or self.new_id(sequence), now(), scene.organization.id)
        item = self.item_class(
            self, self.placed(fields, given), sequence, scene.world.clock, born=born, past=[(born, None, False)]
        )
        item.secrets.update({**self._split(self.defaults)[1], **settings.secrets})
        item.other_fields.update(settings.other)
        self.objects(scene)[item.id] = item
        self.created(scene, item)
        scene.note("created", item)
        return item

    def update(self, scene: Scene, item: Item, settings: Settings) -> None:
        """Change an object as a PATCH does."""
        behaviour, before = self.how(scene), self.held(item)
        fields, secrets = dict(settings.fields), dict(settings.secrets)
        if behaviour.patch_resets:
            default_fields, default_secrets = self._split(self.resets())
            fields, secrets = {**default_fields, **fields}, {**default_secrets, **secrets}
        for name in behaviour.ignored_fields:
            fields.pop(name, None)
            secrets.pop(name, None)
        self.changing(scene, item, fields, settings)
        kept = stored(fields, self, behaviour)
        self.check_references(scene, kept)
        if kept.keys() & {*(self.unique or (self.title,))}:
            self.refuse_taken(scene, {**item.fields, **kept}, item.id)
        item.remember()
        item.fields = self.placed(item.fields, kept)
        if "updatedAt" in item.fields:
            item.fields["updatedAt"] = now()
        item.other_fields.update(settings.other)
        item.secrets.update(secrets)
        if behaviour.unset_secret_flags is True:
            for name in settings.unset:
                item.secrets.pop(name, None)
        self.changed(scene, item)
        scene.note("updated", item, before)

    def delete(self, scene: Scene, item: Item) -> None:
        """Mark an object as deleted."""
        self.refuse_deletion(scene, item)
        item.remember()
        item.deleted_at = now()
        if self.mark is not None:
            item.fields = {**item.fields, self.mark: item.deleted_at}
        self.deleted(scene, item)
        scene.note("deleted", item)

    def write(self, item: Item, given: Mapping[str, Any]) -> None:
        """Set fields and secrets as they are given, whatever the switches say."""
        item.remember()
        fields = {name: value for name, value in given.items() if name not in self.secret_fields}
        item.fields = self.placed(item.fields, fields)
        if "updatedAt" in item.fields and "updatedAt" not in given:
            item.fields["updatedAt"] = now()
        item.secrets.update({name: value for name, value in given.items() if name in self.secret_fields})

    def objects(self, scene: Scene) -> ObjectsById:
        """The objects of this family in the organization, by id."""
        return scene.organization.of(self.name)

    def check_references(self, scene: Scene, fields: Mapping[str, Any]) -> None:
        """Refuse ids of what is not there, in the way of this server."""
        for name in self.references.keys() & fields.keys():
            known = scene.organization.of(self.references[name]).get(str(fields[name]))
            if fields[name] is not None and (known is None or known.deleted_at is not None):
                refuse_reference(self.how(scene), name)

    def unique_values(self, fields: Mapping[str, Any], behaviour: Behaviour) -> tuple[Any, ...]:
        """What no other object may have where names are unique."""
        return tuple(fields.get(name) for name in self.unique or (self.title,))

    def refuse_taken(self, scene: Scene, fields: Mapping[str, Any], own_id: str | None = None) -> None:
        """409 if names must be unique here and another object has this one."""
        behaviour = self.how(scene)
        if not behaviour.names_unique:
            return
        wanted = self.unique_values(fields, behaviour)
        for item in self.objects(scene).values():
            other = item.deleted_at is None and item.id != own_id
            if other and self.unique_values(item.fields, behaviour) == wanted:
                detail = f"A {self.noun.lower()} with this name exists already."
                raise ApiProblem(int(behaviour.taken_name), "Conflict", detail)

    # Objects

    def new_id(self, sequence: int) -> str:
        """An id that means nothing, the same in every run."""
        return f"{self.prefix}_{hashlib.sha256(str(sequence).encode()).hexdigest()[:20]}"

    def blank(self, identifier: str, created: str, organization: str) -> Fields:
        """The object of something that was created at this moment, before anything is known of it."""
        known = {"id": identifier, "organizationId": organization, "createdAt": created, "updatedAt": created}
        fields: Fields = {}
        for name, schema in self.shape.items():
            if name in known:
                fields[name] = known[name]
            elif name in self.initial:
                fields[name] = self.initial[name]
            elif "null" in types(schema):
                fields[name] = None
            elif schema.get("type") in ("boolean", "array"):
                fields[name] = False if schema["type"] == "boolean" else []
        # families of which no field is documented have these two all the same
        return fields if "name" in self.shape or self.title in self.shape else {**known, **self.initial, **fields}

    def placed(self, fields: Mapping[str, Any], given: Mapping[str, Any]) -> Fields:
        """The object with fields of a request in the places that they have there; it shares nothing that changes."""
        result = dict(fields)
        for name, value in given.items():
            if name in self.places:
                outer, inner = self.places[name]
                result[outer] = {**(result.get(outer) or {}), inner: value}
            else:
                result[name] = value
        return result

    def shown(self, scene: Scene, fields: Mapping[str, Any], reading: str = "get") -> Fields:
        """The object as this server answers it, in a "list" or by itself."""
        shown = dict(fields)
        self.dress(scene, shown, reading)
        for name in self.hidden:
            shown.pop(name, None)
        behaviour = self.how(scene)
        for name in behaviour.omit_fields:
            shown.pop(name, None)
        shown.update(behaviour.extra_fields)
        return shown

    def held(self, item: Item) -> Fields:
        """What can be read of an object, for the record of changes."""
        return dict(item.fields)

    def state(self, item: Item, behaviour: Behaviour) -> Fields:
        """Everything about an object, for the control API."""
        item.settle(behaviour)
        return {
            **item.fields,
            "deletedAt": item.deleted_at,
            "secrets": dict(item.secrets),
            "other_fields": dict(item.other_fields),
        }

    def title_of(self, item: Item) -> str:
        """What people call an object."""
        return str(item.fields.get(self.title, item.id))

    def from_seed(self, identifier: str, created: str, organization: str, entry: Mapping[str, Any]) -> Fields:
        """The object that an entry of a seed describes."""
        start = self.placed(self.blank(identifier, created, organization), self._split(self.defaults)[0])
        known = {*self.settable, *([self.mark] if self.mark else [])} - {*self.secret_fields}
        return self.placed(start, {name: value for name, value in entry.items() if name in known})

    def seeded(self, scene: Scene, item: Item, entry: Mapping[str, Any]) -> None:
        """Take from a seed what is no field of the object."""

    # What a family may add

    def resets(self) -> Mapping[str, Any]:
        """The fields that get a default when a PATCH leaves them out, on a server that does so."""
        return self.defaults

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        """The fields of a creation with those that the server adds."""
        return fields

    def created(self, scene: Scene, item: Item) -> None:
        """Do what follows a creation."""

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        """Adjust the fields of a PATCH before they are stored, or refuse them."""

    def changed(self, scene: Scene, item: Item) -> None:
        """Do what follows a change."""

    def refuse_deletion(self, scene: Scene, item: Item) -> None:
        """Say no if this object can't be deleted."""

    def deleted(self, scene: Scene, item: Item) -> None:
        """Do what follows a deletion."""

    def dress(self, scene: Scene, shown: Fields, reading: str) -> None:
        """Adjust an object for an answer."""

    def settle(self, item: Item, behaviour: Behaviour) -> None:
        """Let work in the background end if its time has come."""

    def _split(self, fields: Mapping[str, Any]) -> tuple[Fields, Fields]:
        plain = {name: value for name, value in fields.items() if name not in self.secret_fields}
        return plain, {name: value for name, value in fields.items() if name in self.secret_fields}


def refuse_reference(behaviour: Behaviour, name: str) -> None:
    """Answer to the id of what is not there as this server does."""
    if behaviour.unknown_references == "404":
        raise not_found(name)
    if behaviour.unknown_references != "stored":
        status = int(behaviour.unknown_references)
        raise ApiProblem(status, "ValidationError", f"{name}: there is nothing with this id.")


def stored(fields: Fields, family: Family, behaviour: Behaviour) -> Fields:
    """Values as this server keeps them: texts as they are, without white space around them, or null if empty."""
    kept = dict(fields)
    for name, value in fields.items():
        if not isinstance(value, str):
            continue
        if behaviour.trim_texts:
            kept[name] = value.strip()
        if name == family.title:
            kept[name] = changed_name(kept[name], behaviour)
            if not kept[name] and value:
                raise validation_error(f"{name}: at least 1 character is expected.")
        if not kept[name] and behaviour.empty_texts == "refused":
            raise validation_error(f"{name}: at least 1 character is expected.")
        if not kept[name] and behaviour.empty_texts == "null":
            kept[name] = None
    return kept


def changed_name(name: str, behaviour: Behaviour) -> str:
    """A name as this server keeps it: changed, then cut off."""
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
