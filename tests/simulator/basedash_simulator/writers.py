# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another writer: rules that say at which request somebody else changes something, and what."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from basedash_simulator import selection
from basedash_simulator.behaviour import Behaviour
from basedash_simulator.effects import WRITER, Effects
from basedash_simulator.errors import ApiProblem, SeedError
from basedash_simulator.families import families
from basedash_simulator.family import Family
from basedash_simulator.items import Access, DataSource, Item
from basedash_simulator.request_log import Entry
from basedash_simulator.selection import Selection
from basedash_simulator.state import Scene, Schedule, World
from basedash_simulator.validation import Settings

# Each action with the keys that it needs beside those that choose the request.
ACTIONS: dict[str, tuple[str, ...]] = {
    "rename": ("name",),
    "update": ("fields",),
    "create": ("fields",),
    "delete": (),
    "access": ("policy",),
}
WHEN = ("before", "after")
# Who the object is; `data_source` is the word for the object where the family is that of data sources.
_NAMES = ("organization", "family", "object", "data_source")
_COMMON = {"action", "when", *_NAMES, *selection.KEYS}


@dataclass(kw_only=True)
class Writer(Selection):
    """One rule: what another writer does, just before or after a request is worked on.

    `object` (or `data_source`) is an id, or a name, of which the newest is meant; null means the one in the request's
    path. `family` is that of data sources if it is null.
    """

    action: str
    when: str = "before"
    organization: str | None = None
    family: str | None = None
    object: str | None = None
    data_source: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: Any) -> Writer:
        """Check a rule that came through the control API."""
        if not isinstance(value, dict) or value.get("action") not in ACTIONS:
            raise SeedError(f"writers: a rule needs an action, one of {', '.join(ACTIONS)}.")
        action = str(value["action"])
        needed = ACTIONS[action]
        for name in value:
            if name not in _COMMON and name not in needed:
                raise SeedError(f"writers: {action} has no parameter {name!r}.")
        when = value.get("when", "before")
        if when not in WHEN:
            raise SeedError("writers: when must be before or after.")
        for name in _NAMES:
            if not isinstance(value.get(name), str | None):
                raise SeedError(f"writers: {name} is a text.")
        family = value.get("family")
        if family is not None and family not in families():
            raise SeedError(f"writers: family must be one of {', '.join(families())}.")
        kind = families()[family or "data-sources"]
        if action == "access" and kind.name != "data-sources":
            raise SeedError("writers: family must be data-sources for access.")
        names: dict[str, Any] = {name: value.get(name) for name in _NAMES}
        return cls(
            action=action,
            when=str(when),
            **names,
            parameters={name: _parameter(kind, action, name, value.get(name)) for name in needed},
            **selection.chosen(value, "writers", 1),
        )

    def as_dict(self) -> dict[str, Any]:
        """The rule with its counters, ready for JSON."""
        result = asdict(self)
        result.update(result.pop("parameters"))
        return result


class Writers:
    """All rules of one server, in the order in which they were given."""

    def __init__(self, effects: Effects) -> None:
        self.rules: list[Writer] = []
        self._effects = effects
        self._generator = random.Random(0)

    def add(self, values: object) -> None:
        """Add rules behind those there are; none is added if one is wrong."""
        if isinstance(values, dict):
            values = [values]
        if not isinstance(values, list):
            raise SeedError("writers: a list of rules is needed.")
        self.rules.extend([Writer.from_value(value) for value in values])

    def act(self, when: str, entry: Entry, world: World, behaviour: Behaviour, schedule: Schedule) -> None:
        """Let those act whose turn it is, "before" or "after" this request is worked on."""
        for rule in self.rules:
            if (
                rule.when == when
                and rule.matches(entry.method, entry.path, entry.query)
                and rule.strikes(self._generator)
            ):
                organization = world.organizations.get(rule.organization or entry.organization or "")
                if organization is not None:
                    self._act(rule, entry, Scene(world, organization, behaviour, schedule, self._noting(entry)))

    def _noting(self, entry: Entry) -> Callable[..., None]:
        def note(effect: str, item: Item, before: dict[str, Any] | None = None) -> None:
            organization = item.fields.get("organizationId", entry.organization)
            self._effects.add(WRITER, entry.number, effect, organization, item, before)

        return note

    def _act(self, rule: Writer, entry: Entry, scene: Scene) -> None:
        kind = families()[rule.family or "data-sources"]
        if rule.action == "create":
            _create(kind, rule.parameters["fields"], scene)
            return
        own = entry.object if entry.family == kind.name else None
        item = _target(kind, scene, rule.object or rule.data_source or own)
        if item is None:
            # somebody else was faster
            return
        item.settle(kind.how(scene))
        before = kind.held(item)
        if rule.action == "delete":
            # a server that refuses it refuses it to everybody
            with contextlib.suppress(ApiProblem):
                kind.delete(scene, item)
            return
        if rule.action == "access":
            assert isinstance(item, DataSource)
            policy = rule.parameters["policy"]
            item.access = Access(policy["mode"], list(policy["groupIds"]), list(policy["memberIds"]))
        else:
            kind.write(item, rule.parameters.get("fields", {kind.title: rule.parameters.get("name")}))
        scene.note("updated", item, before)


def _target(kind: Family, scene: Scene, wanted: str | None) -> Item | None:
    """The object with this id, else the newest with this name, if it is there."""
    there = [item for item in kind.objects(scene).values() if item.deleted_at is None]
    by_id = [item for item in there if item.id == wanted]
    by_name = [item for item in there if kind.title_of(item) == wanted]
    return max(by_id or by_name, key=lambda item: item.age, default=None)


def _create(kind: Family, given: Mapping[str, Any], scene: Scene) -> None:
    fields = {name: value for name, value in given.items() if name not in kind.secret_fields}
    secrets = {name: value for name, value in given.items() if name in kind.secret_fields}
    identifier = fields.pop("id", None)
    if identifier in kind.objects(scene):
        return
    # the name may be taken, on a server that allows it once
    with contextlib.suppress(ApiProblem):
        kind.create(scene, Settings(fields=fields, secrets=secrets), identifier)


def _parameter(kind: Family, action: str, name: str, value: object) -> Any:
    if name == "name":
        if not isinstance(value, str) or not value:
            raise SeedError("writers: rename needs name, a text.")
        return value
    if not isinstance(value, dict):
        raise SeedError(f"writers: {action} needs {name}, a mapping.")
    if name == "fields":
        kept = {"createdAt", "updatedAt"} if action == "create" else {"id", "createdAt", "updatedAt"}
        allowed = {*kind.settable, *([kind.parent] if kind.parent else [])} - kept
        for field_name in value:
            if field_name not in allowed:
                raise SeedError(f"writers: {action} can't set {field_name!r}.")
        for field_name in kind.needed if action == "create" else ():
            if not isinstance(value.get(field_name), str):
                raise SeedError(f"writers: create needs {field_name}, a text.")
        return dict(value)
    policy = {"groupIds": [], "memberIds": [], **value}
    if set(policy) != {"mode", "groupIds", "memberIds"} or policy["mode"] not in ("everyone", "restricted"):
        raise SeedError("writers: policy has mode (everyone or restricted), groupIds and memberIds.")
    return policy
