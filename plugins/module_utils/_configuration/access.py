# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: who may query which data source, and what a plan changes about it.

These are functions of values. The values may show an organization as it is, or as a plan would leave it; what a plan
creates has ids that stand for those which the server will choose.

The vendor's page about the access to data sources names no exception for admins. It says that whoever has no grant
can't query. So an admin counts as every other member here. But an admin may change each access, and thus may query
each data source in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .._base.text import quoted
from .._resources.access import Policy

_EVERYONE = Policy("everyone")


@dataclass(frozen=True)
class Person:
    """A member of the organization, or somebody whom a plan invites.

    ``email`` is ``None`` if the server does not show it. A deactivated member is no longer active.
    """

    id: str
    email: str | None
    is_admin: bool = False
    is_active: bool = True

    def __str__(self) -> str:
        return "the member with id %s" % quoted(self.id) if self.email is None else self.email


@dataclass(frozen=True)
class Group:
    """A group. ``members`` are the ids of its members, ``None`` if the server does not show them."""

    id: str
    name: str
    members: frozenset[str] | None = None


@dataclass(frozen=True)
class Source:
    """A data source. ``policy`` says who may query it, ``None`` if that was not read."""

    id: str
    name: str
    policy: Policy | None = None

    @property
    def is_open(self) -> bool:
        """Whether everyone in the organization may query it."""
        return self.policy == _EVERYONE


Who = Mapping[tuple[str, str], str]
"""Those who may query: their names, by the kind ("member", "group" or "others") and the id of what is named."""


@dataclass(frozen=True)
class Reach:
    """The data sources, groups and members of an organization at one time, by id.

    ``groups`` or ``members`` are ``None`` if the server has no such list. An id that a complete list lacks belongs to
    nothing that exists any more, so it lets nobody query.
    """

    sources: Mapping[str, Source]
    groups: Mapping[str, Group] | None
    members: Mapping[str, Person] | None

    @classmethod
    def of(cls, sources: Iterable[Source], groups: Iterable[Group] | None, members: Iterable[Person] | None) -> Reach:
        """Return the reach with these data sources, groups and members."""
        return cls(
            {one.id: one for one in sources},
            None if groups is None else {one.id: one for one in groups},
            None if members is None else {one.id: one for one in members},
        )

    def who(self, source: Source) -> Who:
        """Return who may query a data source.

        Where the server does not show which people these are, it is one text about all of them, such as "the members
        of the group 'Finance'". So the result is only empty if it is certain that nobody may query.
        """
        policy = source.policy
        if policy is None:
            return {("others", source.id): "those whom its access names, which was not read"}
        if source.is_open:
            if self.members is None:
                return {("others", ""): "everyone in the organization"}
            return self._all_active
        if not policy.restricted:
            return {("others", policy.mode): "those whom the access mode %s means" % quoted(policy.mode)}
        found = dict(self._people(policy.members))
        for identifier in policy.groups:
            found.update(self.in_group(identifier))
        found.update({("others", text): text for text in policy.assumed})
        return found

    @cached_property
    def _all_active(self) -> Who:
        return dict(self._people(self.members or ()))

    def in_group(self, identifier: str) -> Who:
        """Return the active members of a group, in the form of ``who``. Nobody is in a group that does not exist."""
        group = None if self.groups is None else self.groups.get(identifier)
        if self.groups is None or (group is not None and group.members is None):
            name = "with id %s" % quoted(identifier) if group is None else quoted(group.name)
            return {("group", identifier): "the members of the group %s" % name}
        return {} if group is None or group.members is None else dict(self._people(group.members))

    def _people(self, identifiers: Iterable[str]) -> Iterator[tuple[tuple[str, str], str]]:
        for identifier in identifiers:
            person = Person(identifier, None) if self.members is None else self.members.get(identifier)
            if person is not None and person.is_active:
                yield ("member", identifier), str(person)


def changes(before: Reach, after: Reach) -> list[dict[str, Any]]:
    """Return what a plan changes about who may query, sorted, one entry for each data source with a change.

    Each entry has the name of the data source as ``data_source``, the names of those who can query it only afterwards
    (``gains``) or only before (``loses``), and whether it is open to everyone only afterwards (``opens``). A new data
    source without a policy is open, because so the API creates it. Everybody loses a deleted one.
    """
    found = []
    for source in after.sources.values():
        old = before.sources.get(source.id)
        if old is None and source.policy is None:
            source = Source(source.id, source.name, _EVERYONE)
        earlier = {} if old is None else before.who(old)
        now = after.who(source)
        gains = _beyond(now, earlier, old is not None and old.is_open)
        loses = _beyond(earlier, now, source.is_open)
        opens = source.is_open and not (old is not None and old.is_open)
        if gains or loses or opens:
            found.append(_change(source, gains, loses, opens))
    for source in before.sources.values():
        if source.id not in after.sources:
            found.append(_change(source, [], sorted(set(before.who(source).values())), False))
    # Data sources are planned in parallel, so their own order is another one in each run.
    return sorted(found, key=lambda one: (one["data_source"], one["gains"], one["loses"]))


def _change(source: Source, gains: list[str], loses: list[str], opens: bool) -> dict[str, Any]:
    return {"data_source": source.name, "gains": gains, "loses": loses, "opens": opens}


def _beyond(who: Who, others: Who, others_are_all: bool) -> list[str]:
    """Return the names of those who are not among others."""
    # Unknown people are among all people, whoever they are.
    missing = {name for key, name in who.items() if key not in others and (key[0] == "member" or not others_are_all)}
    return sorted(missing) if ("others", "") not in others else []


def _groups(reach: Reach) -> Iterable[Group]:
    return (reach.groups or {}).values()


def restricted_to_nobody(after: Reach, before: Reach | None = None) -> list[str]:
    """Return the names of restricted data sources that certainly nobody may query.

    With ``before``, those that nobody could query before are left out, because a plan did not make them so.
    """
    already = set() if before is None else {one for one in before.sources if _is_cut_off(before, one)}
    return [one.name for one in after.sources.values() if one.id not in already and _is_cut_off(after, one.id)]


def _is_cut_off(reach: Reach, identifier: str) -> bool:
    source = reach.sources.get(identifier)
    policy = None if source is None else source.policy
    return source is not None and policy is not None and policy.restricted and not reach.who(source)


def only_grants(before: Reach, after: Reach) -> list[tuple[str, list[str]]]:
    """Return the data sources whose access would name nothing but groups that a plan deletes.

    Each comes with the names of these groups. The service may take such an access as one for everyone.
    """
    names = {group.id: group.name for group in _groups(before)}
    kept = {group.id for group in _groups(after)}
    found = []
    for source in after.sources.values():
        policy = source.policy
        if policy is None or not policy.restricted or policy.members or policy.assumed or policy.groups & kept:
            continue
        deleted = sorted(names[identifier] for identifier in policy.groups & names.keys())
        if deleted:
            found.append((source.name, deleted))
    return found
