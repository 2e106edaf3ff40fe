# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: an organization as a configuration, which changes nothing if it is given back.

What an entry may hold is never decided here. Each entry is built as a user would write it, and then it goes through the
checks of the single module. What they refuse, or would send as another value, is left out and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from .._base.errors import InputError
from .._base.identifiers import checked_id
from .._base.text import Mask, is_one_line, quoted
from .._engine.input_check import checked
from .._engine.kind import Field, Kind, fact
from .._engine.module_spec import ModuleSpec
from .._engine.options import CONNECTION, Rules
from .._engine.outcome import Outcome
from .._engine.present import Presence
from .._engine.settings import check_key
from .._engine.task import Task
from .._resources.families import TABS
from .._resources.tabs import arranged
from .._rest.collection import Collection
from .._rest.family import Family, Resource, gone_since, with_value
from .._rest.listing import Listing
from .entries import SHAPES
from .families import BY_KEY, CHARTS, DASHBOARDS, DATA_SOURCES, FAMILIES, GROUPS, MEMBERS, SETTINGS, Managed
from .reading import NOT_OFFERED_HERE, Readings, read_all

EXPORTED = (SETTINGS, *(one for one in FAMILIES if not one.within))
"""The families that an export can be asked for. Charts come with their dashboards."""

Value = dict[str, Any]

_EMPTY: tuple[Any, ...] = ("", None, frozenset(), [])
_MASKED = "the API key of this task is a part of it"
_STORED_OTHERWISE = "an entry can't say it as the server has it"


@dataclass
class Exported:
    """The configuration of an organization, and what it can't hold.

    ``unreadable`` are secrets and settings that exist or may exist and that no answer shows. ``left_out`` is what
    exists and is not in the configuration. Both have dicts with ``family``, ``name``, ``id``, ``option`` and
    ``reason``; those of ``left_out`` have a ``count`` as well. What is left out of a chart names its ``dashboard``.
    ``name``, ``id`` and ``option`` are ``None`` where something is said of several objects, or of an object as a whole.
    ``counts`` are the numbers of entries of each family that could be read.
    """

    configuration: Value = field(default_factory=dict)
    unreadable: list[Value] = field(default_factory=list)
    left_out: list[Value] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def summary(self) -> Value:
        """The number of objects in the configuration, by family, and of what it can't hold."""
        return {
            "total": sum(self.counts.values()),
            "families": self.counts,
            "unreadable": len(self.unreadable),
            "left_out": sum(one["count"] for one in self.left_out),
        }

    def cannot_read(self, managed: Managed, option: str, reason: str, resource: Resource | None = None) -> None:
        """Note a setting that no answer shows; without ``resource``, that of all objects of the family."""
        self.unreadable.append({**_named(managed, resource), "option": option, "reason": reason})

    def leave_out(
        self, managed: Managed, reason: str, resource: Resource | None = None, option: str | None = None, count: int = 1
    ) -> None:
        """Note objects that are left out, or one object, or an option of one object."""
        self.left_out.append({**_named(managed, resource), "option": option, "reason": reason, "count": count})


def _named(managed: Managed, resource: Resource | None) -> Value:
    if resource is None:
        return {"family": managed.key, "name": None, "id": None}
    return {"family": managed.key, "name": managed.kind.family.key_of(resource), "id": resource["id"]}


def _order(note: Value) -> tuple[Any, ...]:
    texts = (str(note[key] or "") for key in ("name", "id", "option", "reason"))
    return (list(BY_KEY).index(note["family"]), *texts)


class _Rules:
    """The checks that the options of a family's entries have to pass."""

    def __init__(self, managed: Managed, mask: Mask) -> None:
        self._managed = managed
        self._mask = mask
        self._shape = SHAPES[managed.key]
        renaming = {managed.kind.renamed_by: None} if managed.kind.renamed_by else {}
        self._blank = {**self._shape.blank, **renaming}

    def refusal(self, given: Value, resource: Resource) -> str:
        """Return why an entry with these options can't be given or would change something; empty if it is right."""
        try:
            values = {name: self._shape.check.value(name, value) for name, value in given.items()}
            wanted = Presence.of(self._managed.kind, self._managed.steps, {**self._blank, **values})
        except InputError as error:
            # What follows the last colon is advice for whoever wrote the option.
            return error.message.rpartition(": ")[0] or error.message
        for one, value in wanted.settings.stored.items():
            if not one.same(one.value(resource), value):
                return _STORED_OTHERWISE
        return "" if self._mask.value(given) == given else _MASKED

    def key_is_refused(self, key: Any) -> bool:
        """Tell whether an entry can't carry this key."""
        if not isinstance(key, str) or not is_one_line(key) or self._mask.value(key) != key:
            return True
        try:
            check_key(self._managed.kind, key)
            return bool(self._shape.check.value(self._managed.key_option, key) != key)
        except InputError:
            return True


_NAME = {"name": {"type": "str"}}
_EXACT = Rules(frozenset(_NAME), {}, frozenset(), frozenset(_NAME), frozenset())


def _can_be_named(text: str, mask: Mask) -> bool:
    """Tell whether an entry can refer to an object by this text, which is its key or its id.

    A reference may stand in a list, where a text that looks like a list or a dict is refused.
    """
    try:
        checked(_NAME, _EXACT, {"name": text}, {})
    except InputError:
        return False
    return is_one_line(text) and mask.value(text) == text


class _Export:
    """Makes the entries of an organization's objects."""

    def __init__(self, api: Collection, read: Readings, include_ids: bool) -> None:
        self._organization_id = api.organization_id
        self._read = read
        self._include_ids = include_ids
        self._mask = Mask((api.client.identity[1],))
        self._rules = {one.key: _Rules(one, self._mask) for one in (SETTINGS, *FAMILIES)}
        self._names: dict[tuple[str, str], str | None] = {}
        self.result = Exported()

    def run(self, families: Sequence[Managed]) -> Exported:
        """Return the configuration of these families."""
        found: Value = {"format": 1, "for": self._target()}
        for managed in families:
            content = self._settings() if managed is SETTINGS else self._entries(managed)
            if content:
                found[managed.key] = content
        self.result.configuration = found
        for notes in (self.result.unreadable, self.result.left_out):
            notes.sort(key=_order)
        return self.result

    def _target(self) -> Value:
        slug = (self._read.organization or {}).get("slug")
        return {"id": self._organization_id} if self._rules["organization"].key_is_refused(slug) else {"slug": slug}

    def _settings(self) -> Value:
        resource = self._read.organization
        if resource is None:
            self.result.leave_out(SETTINGS, NOT_OFFERED_HERE)
            return {}
        return self._accepted(SETTINGS, resource, {"id": resource["id"]}, self._values(SETTINGS, resource, None))

    # Entries ----------------------------------------------------------------------------------------------------------

    def _entries(self, managed: Managed) -> list[Value]:
        listing = self._read.of(managed)
        if listing is None:
            self.result.leave_out(managed, NOT_OFFERED_HERE)
            return []
        kept = []
        for resource in listing:
            spared = managed.kind.unselectable(resource)
            if spared:
                self.result.leave_out(managed, "it is " + spared, resource)
            else:
                kept.append(resource)
        self._begin(managed, kept, listing.gone)
        if managed is DASHBOARDS:
            charts = [one for one in self._read.charts.values() if one is not None]
            self._begin(CHARTS, [it for one in charts for it in one], [it for one in charts for it in one.gone])
            if len(charts) < len(self._read.charts):
                self.result.leave_out(CHARTS, NOT_OFFERED_HERE)
        return self._of(managed, listing, kept)

    def _begin(self, managed: Managed, resources: Sequence[Resource], gone: Iterable[Resource]) -> None:
        """Note what holds for all objects of a family: those that are gone, and settings that no object shows."""
        self.result.counts[managed.key] = 0
        for word, count in Counter(map(gone_since, gone)).items():
            self.result.leave_out(managed, word, count=count)
        for one in managed.kind.settings:
            if resources and not one.create_only and not any(one.is_shown(it) for it in resources):
                self.result.cannot_read(managed, one.name, "this server does not show it")

    def _of(
        self, managed: Managed, listing: Listing, kept: Iterable[Resource], parent: Resource | None = None
    ) -> list[Value]:
        """Return the entries of these objects, sorted by key."""
        family, kept = managed.kind.family, list(kept)
        # A server may send anything as a name, lists too, so their texts are compared.
        same = Counter(repr((family.scope_of(one), family.normal_key(one))) for one in listing)
        homeless = {repr(family.normal_key(one)) for one in listing if family.scope and family.scope_of(one) is None}
        found = []
        for one in kept:
            key = family.normal_key(one)
            alone = same[repr((family.scope_of(one), key))] == 1 and repr(key) not in homeless
            entry = self._entry(managed, one, alone, parent)
            if entry is not None:
                self.result.counts[managed.key] += 1
                found.append(((managed.key_option not in entry, str(key), repr(entry), one["id"]), entry))
        return [entry for _order, entry in sorted(found, key=lambda it: it[0])]

    def _entry(self, managed: Managed, resource: Resource, alone: bool, parent: Resource | None) -> Value | None:
        values = self._values(managed, resource, parent)
        identity = self._identity(managed, resource, alone, values)
        if identity is None:
            self.result.leave_out(managed, "neither its %s nor its id can be given" % managed.key_option, resource)
            charts = self._read.charts.get(resource["id"]) if managed is DASHBOARDS else None
            if charts:
                self.result.leave_out(CHARTS, "their dashboard can't be given", count=len(charts))
            return None
        around = {}
        if parent is not None and managed.kind.scope is not None:
            around = {managed.kind.scope.name: parent["id"]}
        entry = {**identity, **self._accepted(managed, resource, {**around, **identity}, values)}
        inside = self._charts(resource) if managed is DASHBOARDS else []
        return {**entry, **({"charts": inside} if inside else {})}

    def _charts(self, dashboard: Resource) -> list[Value]:
        charts = self._read.charts.get(dashboard["id"])
        noted = len(self.result.left_out)
        found = [] if charts is None else self._of(CHARTS, charts, charts, dashboard)
        for note in self.result.left_out[noted:]:
            note["dashboard"] = DASHBOARDS.kind.family.key_of(dashboard)
        return found

    def _identity(self, managed: Managed, resource: Resource, alone: bool, values: Value) -> Value | None:
        """Return how an entry names its object, ``None`` if it can't."""
        key, identifier = managed.kind.family.key_of(resource), resource["id"]
        named = not self._rules[managed.key].key_is_refused(key)
        scope = managed.kind.scope
        if scope is not None and not managed.within and not {scope.name, scope.by_key} & values.keys():
            alone = False
        can_be_found = named and alone
        by_id = _is_usable(identifier) and _can_be_named(identifier, self._mask)
        if not by_id and not can_be_found:
            return None
        found = {"id": identifier} if by_id and (self._include_ids or not can_be_found) else {}
        return {**found, managed.key_option: key} if named else found

    def _accepted(self, managed: Managed, resource: Resource, identity: Value, values: Value) -> Value:
        """Return those of the values that an entry can carry; the others are noted. Their names have dots."""
        rules, scope = self._rules[managed.key], managed.kind.scope
        whole = _nested(values)
        if not rules.refusal({**identity, **whole}, resource):
            return whole
        kept = {}
        parent = {name: values[name] for name in (scope.name, scope.by_key) if name in values} if scope else {}
        for name, value in values.items():
            refusal = rules.refusal({**identity, **parent, **_nested({name: value})}, resource)
            if refusal:
                self.result.leave_out(managed, refusal, resource, name)
            else:
                kept[name] = value
        whole = _nested(kept)
        refusal = rules.refusal({**identity, **whole}, resource)
        if not refusal:
            return whole
        self.result.leave_out(managed, refusal, resource)
        return {}

    # Values -----------------------------------------------------------------------------------------------------------

    def _values(self, managed: Managed, resource: Resource, parent: Resource | None) -> Value:
        """Return the values of an object's options, by name with dots. What can't be read is noted."""
        kind = managed.kind
        found: Value = {}
        for one in kind.settings:
            if one.create_only:
                self.result.cannot_read(managed, one.name, "only a creation sends it", resource)
            elif one.refers_to is not None:
                found.update({} if managed.within and one is kind.scope else self._reference(managed, one, resource))
            elif self._has_secret(managed, one, resource):
                self.result.cannot_read(managed, one.name, "a part of it may be secret", resource)
            else:
                value = _given(one, one.value(resource))
                found.update({} if value is None else {one.name: value})
        for one in kind.secrets:
            if _may_have(kind, one, resource):
                self.result.cannot_read(managed, one.name, "it is secret", resource)
        return {**found, **_STEPS.get(managed.key, _Export._nothing)(self, resource)}

    @staticmethod
    def _has_secret(managed: Managed, one: Field, resource: Resource) -> bool:
        parts, value = managed.kind.secrets_in.get(one.name), one.value(resource)
        return parts is not None and isinstance(value, str) and any(parts(value))

    def _reference(self, managed: Managed, one: Field, resource: Resource) -> Value:
        identifier = one.value(resource)
        if identifier in _EMPTY or one.refers_to is None:
            return {}
        listing = self._read.lists.get(one.refers_to.path)
        if one.refers_to is TABS:
            listing = self._read.tabs.get(str(managed.kind.family.scope_of(resource)))
        if listing is None:
            return {one.name: identifier}
        target = listing.with_id(identifier) if isinstance(identifier, str) else None
        if target is None:
            reason = "there is no %s with the id %s (any more)" % (one.refers_to.noun, quoted(identifier))
            self.result.leave_out(managed, reason, resource, one.name)
            return {}
        name = self._name_of(one.refers_to, listing, target)
        return {one.name: identifier} if name is None else {one.by_key: name}

    def _name_of(self, family: Family, listing: Listing, resource: Resource) -> str | None:
        """Return the key by which an entry can refer to an object, ``None`` if only the id does."""
        place = (family.path, resource["id"])
        if place not in self._names:
            key = family.key_of(resource)
            fits = isinstance(key, str) and len(listing.named(key)) == 1 and _can_be_named(key, self._mask)
            self._names[place] = key if fits else None
        return self._names[place]

    def _nothing(self, resource: Resource) -> Value:
        return {}

    def _access(self, resource: Resource) -> Value:
        policy = self._read.policies[resource["id"]]
        if isinstance(policy, str):
            self.result.cannot_read(DATA_SOURCES, "access", policy, resource)
            return {}
        found: Value = {"mode": policy.mode}
        for managed, ids in ((GROUPS, policy.groups), (MEMBERS, policy.members)):
            names, others = self._grants(DATA_SOURCES, "access." + managed.key, managed, ids, resource)
            found.update({managed.key: names} if names else {})
            found.update({managed.kind.family.result_key + "_ids": others} if others else {})
        return {"access": found}

    def _members(self, resource: Resource) -> Value:
        ids = self._read.members[resource["id"]]
        if ids is None:
            self.result.cannot_read(GROUPS, "members", "this server does not show who is in a group", resource)
            return {}
        names, others = self._grants(GROUPS, "members", MEMBERS, ids, resource)
        return {"members": names + others} if ids and names + others else {}

    def _grants(
        self, managed: Managed, option: str, named: Managed, ids: Iterable[str], resource: Resource
    ) -> tuple[list[str], list[str]]:
        """Return groups or members by key, and those that only an id can name. Those that are gone are noted."""
        names, others = [], []
        listing = self._read.of(named)
        for identifier in sorted(ids):
            target = None if listing is None else listing.with_id(identifier)
            if target is None and listing is not None:
                reason = "there is no %s with the id %s (any more)" % (named.kind.family.noun, quoted(identifier))
                self.result.leave_out(managed, reason, resource, option)
                continue
            name = None if target is None or listing is None else self._name_of(named.kind.family, listing, target)
            # A text that is somebody's id would be taken for this id.
            if name is None or (listing is not None and name in listing):
                others.append(identifier)
            else:
                names.append(name)
        return sorted(names), others

    def _tabs(self, resource: Resource) -> Value:
        tabs = self._read.tabs.get(resource["id"])
        if tabs is None:
            self.result.cannot_read(DASHBOARDS, "tabs", "this server does not show them", resource)
            return {}
        return {"tabs": [{"name": one.get("name")} for one in arranged(list(tabs))]} if len(tabs) else {}


_STEPS: Mapping[str, Callable[[_Export, Resource], Value]] = {
    GROUPS.key: _Export._members,
    DATA_SOURCES.key: _Export._access,
    DASHBOARDS.key: _Export._tabs,
}
"""The options of steps, by family."""


def _is_usable(identifier: str) -> bool:
    try:
        return bool(checked_id("id", identifier))
    except InputError:
        return False


def _given(one: Field, value: Any) -> Any:
    """Return a value as an entry says it, which is as a request would send it; ``None`` if it is empty."""
    normal = one.form.normal(value)
    if normal in _EMPTY:
        return None
    if isinstance(normal, frozenset):
        parts = value.split(",") if isinstance(value, str) else value
        return sorted({part.strip() for part in parts} - {""})
    if one.form.type != "str":
        return normal
    if isinstance(value, str) and not one.form.verbatim:
        value = value.rstrip() if one.form.several_lines else value.strip()
    return one.form.wire(value)


def _may_have(kind: Kind, secret: Field, resource: Resource) -> bool:
    """Tell whether an object may have a secret: one that is named after a dialect is only that of this dialect."""
    word = secret.name.partition("_")[0].upper()
    return not any(word in one.words and one.value(resource) != word for one in kind.settings)


def _nested(values: Value) -> Value:
    """Return options with dots in their names as dicts."""
    found: Value = {}
    for name, value in values.items():
        found = with_value(found, name, value)
    return found


# The module -----------------------------------------------------------------------------------------------------------


def exported(api: Collection, families: Sequence[str], include_ids: bool) -> Exported:
    """Return the configuration of an organization.

    ``families`` are keys of ``EXPORTED``. With ``include_ids``, each entry has the id of its object.

    Raises:
        ApiError: if the organization can't be read completely.
    """
    managed = [one for one in EXPORTED if one.key in families]
    return _Export(api, read_all(api, managed), include_ids).run(managed)


_OBJECT = Kind(
    Family("configuration", "configurations", "organizations/{organization_id}"),
    (fact("id"), Field("name")),
    words={"mode": ("everyone", "restricted"), "family": tuple(one.key for one in (SETTINGS, *FAMILIES))},
)


def _export(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    families = options["families"]
    if families == []:
        raise InputError("The option families is an empty list: name families, or leave it out to export all.")
    found = exported(api, [one.key for one in EXPORTED] if families is None else families, options["include_ids"])
    names = ("configuration", "unreadable", "left_out", "summary")
    return Outcome(False, values={name: getattr(found, name) for name in names})


READ_CONFIGURATION = ModuleSpec(
    Task(_OBJECT, _export),
    {
        **CONNECTION,
        "families": {"type": "list", "elements": "str", "choices": [one.key for one in EXPORTED]},
        "include_ids": {"type": "bool", "default": False},
    },
)
"""The module ``basedash_configuration_info``."""
