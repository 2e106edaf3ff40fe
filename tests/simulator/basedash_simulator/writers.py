# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another writer: rules that say at which request somebody else changes something, and what."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from basedash_simulator import selection, state
from basedash_simulator.behaviour import Behaviour
from basedash_simulator.effects import WRITER, Effects, as_held
from basedash_simulator.errors import ApiProblem, SeedError
from basedash_simulator.objects import OBJECT_FIELDS, SECRET_FIELDS
from basedash_simulator.request_log import Entry
from basedash_simulator.selection import Selection
from basedash_simulator.state import Access, DataSource, Organization, Schedule, World
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
_COMMON = {"action", "when", "organization", "data_source", *selection.KEYS}
_SETTABLE = {*OBJECT_FIELDS, *SECRET_FIELDS} - {"createdAt", "updatedAt"}


@dataclass(kw_only=True)
class Writer(Selection):
    """One rule: what another writer does, just before or after a request is worked on.

    `data_source` is an id, or a name, of which the newest is meant; null means the one in the request's path.
    """

    action: str
    when: str = "before"
    organization: str | None = None
    data_source: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: object) -> Writer:
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
        for name in ("organization", "data_source"):
            if not isinstance(value.get(name), str | None):
                raise SeedError(f"writers: {name} is a text.")
        return cls(
            action=action,
            when=str(when),
            organization=value.get("organization"),
            data_source=value.get("data_source"),
            parameters={name: _parameter(action, name, value.get(name)) for name in needed},
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
                    self._act(rule, entry, organization, world, behaviour, schedule)

    def _act(
        self,
        rule: Writer,
        entry: Entry,
        organization: Organization,
        world: World,
        behaviour: Behaviour,
        schedule: Schedule,
    ) -> None:
        if rule.action == "create":
            made = _create(rule.parameters["fields"], organization, world, behaviour)
            if made is not None:
                self._effects.add(WRITER, entry.number, "created", organization.id, made)
            return
        source = _target(organization, rule.data_source or entry.data_source)
        if source is None:
            # somebody else was faster
            return
        source.settle_sync(behaviour)
        before = as_held(source)
        if rule.action == "delete":
            state.delete(source, behaviour, schedule)
            self._effects.add(WRITER, entry.number, "deleted", organization.id, source)
            return
        if rule.action == "access":
            policy = rule.parameters["policy"]
            source.access = Access(policy["mode"], list(policy["groupIds"]), list(policy["memberIds"]))
        else:
            _change(source, rule.parameters.get("fields", {"displayName": rule.parameters.get("name")}))
        self._effects.add(WRITER, entry.number, "updated", organization.id, source, before)


def _target(organization: Organization, wanted: str | None) -> DataSource | None:
    """The data source with this id, else the newest with this name, if it is there."""
    there = [source for source in organization.sources.values() if source.deleted_at is None]
    by_id = [source for source in there if source.id == wanted]
    by_name = [source for source in there if source.fields["displayName"] == wanted]
    return max(by_id or by_name, key=lambda source: source.age, default=None)


def _create(
    given: Mapping[str, Any], organization: Organization, world: World, behaviour: Behaviour
) -> DataSource | None:
    fields = {name: value for name, value in given.items() if name not in SECRET_FIELDS}
    secrets = {name: str(value) for name, value in given.items() if name in SECRET_FIELDS}
    identifier = fields.pop("id", None)
    if identifier in organization.sources:
        return None
    try:
        return world.create(organization, Settings(fields=fields, secrets=secrets), behaviour, identifier)
    except ApiProblem:
        # the name is taken, and this server allows it once
        return None


def _change(source: DataSource, given: Mapping[str, Any]) -> None:
    source.remember()
    source.fields.update({name: value for name, value in given.items() if name not in SECRET_FIELDS})
    source.fields["updatedAt"] = state.now()
    source.secrets.update({name: str(value) for name, value in given.items() if name in SECRET_FIELDS})


def _parameter(action: str, name: str, value: object) -> Any:
    if name == "name":
        if not isinstance(value, str) or not value:
            raise SeedError("writers: rename needs name, a text.")
        return value
    if not isinstance(value, dict):
        raise SeedError(f"writers: {action} needs {name}, a mapping.")
    if name == "fields":
        allowed = _SETTABLE if action == "create" else _SETTABLE - {"id"}
        for field_name in value:
            if field_name not in allowed:
                raise SeedError(f"writers: {action} can't set {field_name!r}.")
        if action == "create" and not isinstance(value.get("displayName"), str):
            raise SeedError("writers: create needs displayName, a text.")
        return dict(value)
    policy = {"groupIds": [], "memberIds": [], **value}
    if set(policy) != {"mode", "groupIds", "memberIds"} or policy["mode"] not in ("everyone", "restricted"):
        raise SeedError("writers: policy has mode (everyone or restricted), groupIds and memberIds.")
    return policy
