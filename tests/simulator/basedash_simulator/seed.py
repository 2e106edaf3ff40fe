# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: what a server holds when it starts. README.md describes the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.errors import SeedError
from basedash_simulator.objects import OBJECT_FIELDS, SECRET_FIELDS, new_fields
from basedash_simulator.people import Person, group, ids, member
from basedash_simulator.state import Access, DataSource, Organization, World, iso

# Seeded data sources are born one minute apart from here on, so that answers are the same in every run.
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)
MOST_AT_ONCE = 100_000
# What a seed may say of a member beside its id: fields of the membership and of its user.
MEMBER_KEYS = {
    "avatarUrl",
    "deactivatedAt",
    "email",
    "firstName",
    "fullName",
    "isEmailVerified",
    "role",
    "title",
    "userId",
}


def default_seed() -> Any:
    """The seed that is shipped with the package."""
    text = resources.files("basedash_simulator").joinpath("default_seed.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def read_seed(path: str) -> Any:
    """The content of a seed file, not yet checked; SeedError says why it cannot be read."""
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
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


def add_data_sources(world: World, organization: Organization, entries: Any, place: str = "data_sources") -> list[str]:
    """Add the data sources of a seed's list to an organization; all of them or, on SeedError, none. Gives the ids."""
    taken = {source.id for source in world.all_sources()}
    added: list[DataSource] = []
    for number, entry in enumerate(_list(entries, place)):
        for source in _sources(world, entry, f"{place}[{number}]"):
            if source.id in taken:
                raise SeedError(f"{place}[{number}]: the id {source.id!r} exists already.")
            taken.add(source.id)
            added.append(source)
    organization.sources.update({source.id: source for source in added})
    return [source.id for source in added]


def _add_organization(world: World, entry: Any, place: str) -> None:
    known = _mapping(entry, place, {"id", "name", "members", "groups", "data_sources"})
    identifier = _text(known, "id", place)
    if identifier in world.organizations:
        raise SeedError(f"{place}: the id {identifier!r} exists already.")
    organization = Organization(
        identifier,
        str(known.get("name", identifier)),
        members=_people(known.get("members"), f"{place}.members", identifier, MEMBER_KEYS, member),
        groups=_people(known.get("groups"), f"{place}.groups", identifier, {"name"}, group),
    )
    world.organizations[identifier] = organization
    add_data_sources(world, organization, known.get("data_sources"), f"{place}.data_sources")


def _people(
    value: Any,
    place: str,
    organization: str,
    allowed: set[str],
    make: Callable[[str, str, str, Mapping[str, Any]], Person],
) -> list[Person]:
    """The groups or members of a seed, each given as its id or as a mapping, one minute apart like data sources."""
    people: list[Person] = []
    for number, entry in enumerate(_list(value, place)):
        here = f"{place}[{number}]"
        known = _mapping({"id": entry} if isinstance(entry, str) else entry, here, {"id", "createdAt", *allowed})
        identifier = _text(known, "id", here)
        if identifier in ids(people):
            raise SeedError(f"{here}: the id {identifier!r} exists already.")
        created = _moment(known.get("createdAt", EPOCH + timedelta(minutes=number)))
        given = {name: _moment(content) for name, content in known.items()}
        people.append(make(identifier, created, organization, given))
    return people


def _add_key(world: World, entry: Any, place: str) -> None:
    known = _mapping(entry, place, {"key", "role", "organizations"})
    role = known.get("role", "admin")
    if role not in ("admin", "member"):
        raise SeedError(f"{place}: role must be admin or member.")
    named = known.get("organizations")
    chosen = list(world.organizations) if named is None else _texts(named, f"{place}.organizations")
    for identifier in chosen:
        if identifier not in world.organizations:
            raise SeedError(f"{place}: there is no organization {identifier!r}.")
    # a key acts as its user, who may be admin of one organization and member of another: entries add up
    world.keys.setdefault(_text(known, "key", place), {}).update(dict.fromkeys(chosen, str(role)))


def _sources(world: World, entry: Any, place: str) -> list[DataSource]:
    allowed = {*OBJECT_FIELDS, *SECRET_FIELDS, "access", "related", "count", "name_format", "id_format"}
    known = _mapping(entry, place, allowed)
    if "count" not in known:
        _text(known, "displayName", place)
        return [_source(world, known, place)]
    count = known["count"]
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_AT_ONCE:
        raise SeedError(f"{place}: count must be a whole number from 0 to {MOST_AT_ONCE}.")
    if "id" in known or "displayName" in known:
        raise SeedError(f"{place}: with count, use id_format and name_format in place of id and displayName.")
    sources = []
    for number in range(1, count + 1):
        single = {name: value for name, value in known.items() if name not in ("count", "name_format", "id_format")}
        single["displayName"] = str(known.get("name_format", "bulk-{n}")).replace("{n}", str(number))
        if "id_format" in known:
            single["id"] = str(known["id_format"]).replace("{n}", str(number))
        sources.append(_source(world, single, place))
    return sources


def _source(world: World, entry: Mapping[str, Any], place: str) -> DataSource:
    sequence = world.next_sequence()
    created = _moment(entry.get("createdAt", EPOCH + timedelta(minutes=sequence)))
    fields = new_fields(world.new_id(sequence), str(created))
    fields.update(lastSyncStatus="SUCCESS", lastSuccessfulSyncAt=created, hasCompletedFirstSync=True)
    fields.update({name: _moment(entry[name]) for name in OBJECT_FIELDS if name in entry})
    if not isinstance(fields["id"], str) or fields["id"] in ("", "verify"):
        raise SeedError(f"{place}: id must be a text, and not 'verify'.")
    return DataSource(
        fields,
        sequence,
        world.clock,
        secrets={name: str(entry[name]) for name in SECRET_FIELDS if name in entry},
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
