# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server holds in memory: organizations with their objects, and API keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.clock import Clock
from basedash_simulator.items import DataSource, Item

if TYPE_CHECKING:
    from basedash_simulator.family import Family

# Runs a function after so many seconds.
Schedule = Callable[[float, Callable[[], None]], None]
ObjectsById = dict[str, Item]


@dataclass
class Organization:
    """An organization, which is an object itself, with its objects by family and id."""

    item: Item
    objects: dict[str, ObjectsById] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.item.id

    def of(self, family: str) -> ObjectsById:
        """The objects of a family by id, deleted ones too."""
        return self.objects.setdefault(family, {})

    @property
    def sources(self) -> dict[str, DataSource]:
        """The data sources by id, deleted ones too."""
        return cast("dict[str, DataSource]", self.of("data-sources"))

    def there(self, family: str) -> list[Item]:
        """The objects of a family that are not deleted."""
        return [item for item in self.of(family).values() if item.deleted_at is None]


class World:
    """All organizations and keys of one server.

    `keys` has the roles of each key by organization, `users` the id of its member by organization, if there is one.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.organizations: dict[str, Organization] = {}
        self.keys: dict[str, dict[str, str]] = {}
        self.users: dict[str, dict[str, str]] = {}
        self._sequences: Counter[str] = Counter()

    def all_of(self, family: str) -> Iterator[Item]:
        """Every object of a family in every organization, deleted ones too."""
        for organization in self.organizations.values():
            if family == "organizations":
                yield organization.item
            yield from organization.of(family).values()

    def next_sequence(self, family: Family) -> int:
        """A number that rises with every object of a family."""
        self._sequences[family.name] += 1
        return self._sequences[family.name]


@dataclass
class Scene:
    """Where and how something is done: in one organization, by the user of this key, in the way of this server.

    `note` is told what happened: the effect, the object, and for an update what `held` gave before.
    """

    world: World
    organization: Organization
    behaviour: Behaviour
    schedule: Schedule
    note: Callable[..., None] = lambda *_arguments: None
    key: str = ""

    @property
    def actor(self) -> str | None:
        """The id of the member whose key it is, if the seed says so."""
        return self.world.users.get(self.key, {}).get(self.organization.id)
