# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: what a server holds when it starts. README.md describes the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.errors import SeedError
from basedash_simulator.families import families
from basedash_simulator.family import Family
from basedash_simulator.items import Access, DataSource, Item, iso
from basedash_simulator.openapi import load_yaml
from basedash_simulator.state import Organization, Scene, World

# Seeded objects of a family are born one minute apart from here on, so that answers are the same in every run.
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)
MOST_AT_ONCE = 100_000
BULK = {"count", "name_format", "id_format"}


def default_seed() -> Any:
    """The seed that is shipped with the package."""
    text = resources.files("basedash_simulator").joinpath("default_seed.yml").read_text(encoding="utf-8")
    return load_yaml(text)


def read_seed(path: str) -> Any:
    """The content of a seed file, not yet checked; SeedError says why it cannot be read."""
    try:
        return load_yaml(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise SeedError(f"the seed file {path} cannot be read: {problem.strerror}.") from None
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise SeedError(f"the seed file {path} is not YAML{where}.") from None


def build(seed: Any) -> tuple[World, Behaviour]:
    """Make the world and the switches that a seed describes; SeedError names the place of a mistake."""
    top = _mapping(seed, "the seed", {"organizations", "keys", "behaviour"})
    world, behaviour = World(), Behaviour()
    for number, entry in enumerate(_list(top.get("organizations"), "organizations")):
        _add_organization(world, entry, f"organizations[{number}]")
    for number, entry in enumerate(_list(top.get("keys"), "keys")):
        _add_key(world, entry, f"keys[{number}]")
    behaviour.change(top.get("behaviour") or {})
    return world, behaviour


def add_objects(world: World, organization: Organization, family: str, entries: Any, place: str) -> list[str]:
    """Add the objects of a seed's list to an organization; all of them or, on SeedError, none. Gives the ids."""
    kind = families()[family]
    known = organization.of(family)
    # groups and members may have the same id in two organizations
    taken = set(known) if kind.needs_id else {item.id for item in world.all_of(family)}
    added: list[tuple[Item, dict[str, Any]]] = []
    for number, entry in enumerate(_list(entries, place)):
        here = f"{place}[{number}]"
        for single in _singles(kind, entry, here):
            item = _item(world, organization, kind, single, here, len(known) + len(added))
            if item.id in taken:
                raise SeedError(f"{here}: the id {item.id!r} exists already.")
            taken.add(item.id)
            added.append((item, single))
    known.update({item.id: item for item, _entry in added})
    scene = Scene(world, organization, Behaviour(), lambda _seconds, _job: None)
    for item, single in added:
        kind.seeded(scene, item, single)
    return [item.id for item, _entry in added]


def _add_organization(world: World, entry: Any, place: str) -> None:
    kind = families()["organizations"]
    keys = {name.replace("-", "_"): name for name in families() if name != "organizations"}
    known = _mapping(entry, place, {*kind.settable, *keys})
    identifier = _text(known, "id", place)
    if identifier in world.organizations:
        raise SeedError(f"{place}: the id {identifier!r} exists already.")
    fields = kind.from_seed(identifier, iso(EPOCH), identifier, {**known, "name": str(known.get("name", identifier))})
    organization = Organization(Item(kind, fields, world.next_sequence(kind), world.clock))
    world.organizations[identifier] = organization
    for key, family in keys.items():
        add_objects(world, organization, family, known.get(key), f"{place}.{key}")


def _add_key(world: World, entry: Any, place: str) -> None:
    known = _mapping(entry, place, {"key", "role", "organizations", "member"})
    role = known.get("role", "admin")
    if role not in ("admin", "member"):
        raise SeedError(f"{place}: role must be admin or member.")
    named = known.get("organizations")
    chosen = list(world.organizations) if named is None else _texts(named, f"{place}.organizations")
    for identifier in chosen:
        if identifier not in world.organizations:
            raise SeedError(f"{place}: there is no organization {identifier!r}.")
    # a key acts as its user, who may be admin of one organization and member of another: entries add up
    key = _text(known, "key", place)
    world.keys.setdefault(key, {}).update(dict.fromkeys(chosen, str(role)))
    if "member" in known:
        world.users.setdefault(key, {}).update(dict.fromkeys(chosen, _text(known, "member", place)))


def _singles(kind: Family, entry: Any, place: str) -> list[dict[str, Any]]:
    """An entry, or as many as it asks for."""
    if isinstance(entry, str) and kind.needs_id:
        entry = {"id": entry}
    allowed = {
        *kind.settable,
        *([kind.mark] if kind.mark else []),
        *kind.seed_keys,
        *BULK,
        *([kind.parent] if kind.parent else []),
    }
    known = _mapping(entry, place, allowed)
    if "count" not in known:
        for name in ["id"] if kind.needs_id else kind.needed:
            _text(known, name, place)
        return [known]
    count = known["count"]
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_AT_ONCE:
        raise SeedError(f"{place}: count must be a whole number from 0 to {MOST_AT_ONCE}.")
    if "id" in known or kind.title in known:
        raise SeedError(f"{place}: with count, use id_format and name_format in place of id and {kind.title}.")
    rest = {name: value for name, value in known.items() if name not in BULK}
    singles = []
    for number in range(1, count + 1):
        single = {**rest, kind.title: str(known.get("name_format", "bulk-{n}")).replace("{n}", str(number))}
        if "id_format" in known:
            single["id"] = str(known["id_format"]).replace("{n}", str(number))
        singles.append(single)
    return singles


def _item(
    world: World, organization: Organization, kind: Family, entry: Mapping[str, Any], place: str, number: int
) -> Item:
    sequence = world.next_sequence(kind)
    # the people of each organization are counted anew
    created = _moment(entry.get("createdAt", EPOCH + timedelta(minutes=number if kind.needs_id else sequence)))
    identifier = entry.get("id", kind.new_id(sequence))
    if not isinstance(identifier, str) or identifier == "" or identifier in kind.reserved:
        raise SeedError(f"{place}: id must be a text{''.join(f', and not {one!r}' for one in kind.reserved)}.")
    given = {name: _moment(value) for name, value in entry.items()}
    fields = kind.from_seed(identifier, str(created), organization.id, given)
    if kind.parent is not None:
        fields[kind.parent] = _text(entry, kind.parent, place)
    secrets = {name: entry[name] for name in kind.secret_fields if name in entry}
    if not issubclass(kind.item_class, DataSource):
        gone = fields.get(kind.mark) if kind.mark is not None else None
        return Item(kind, fields, sequence, world.clock, secrets=secrets, deleted_at=gone)
    return DataSource(
        kind,
        fields,
        sequence,
        world.clock,
        secrets={name: str(value) for name, value in secrets.items()},
        access=_access(entry.get("access"), f"{place}.access"),
        related=_texts(entry.get("related"), f"{place}.related"),
    )


def _access(entry: Any, place: str) -> Access:
    known = _mapping({} if entry is None else entry, place, {"mode", "groupIds", "memberIds"})
    groups = _texts(known.get("groupIds"), f"{place}.groupIds")
    members = _texts(known.get("memberIds"), f"{place}.memberIds")
    mode = known.get("mode", "restricted" if groups or members else "everyone")
    if mode not in ("everyone", "restricted"):
        raise SeedError(f"{place}: mode must be everyone or restricted.")
    return Access(str(mode), groups, members)


def _moment(value: Any) -> Any:
    # YAML turns an unquoted time into a datetime, in UTC but without saying so
    if isinstance(value, datetime):
        return iso(value if value.tzinfo else value.replace(tzinfo=timezone.utc))
    if isinstance(value, date):
        return iso(datetime(value.year, value.month, value.day, tzinfo=timezone.utc))
    return value


def _mapping(value: Any, place: str, allowed: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SeedError(f"{place}: a mapping is needed.")
    for name in value:
        if name not in allowed:
            raise SeedError(f"{place}: unknown key {name!r}.")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise SeedError(f"{place}: a list is needed.")
    return value


def _text(entry: Mapping[str, Any], name: str, place: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value:
        raise SeedError(f"{place}: {name} is missing or not a text.")
    return value


def _texts(value: Any, place: str) -> list[str]:
    items = _list(value, place)
    if not all(isinstance(item, str) for item in items):
        raise SeedError(f"{place}: a list of texts is needed.")
    return list(items)
