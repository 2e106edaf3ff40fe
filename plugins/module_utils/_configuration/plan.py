# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the plan that brings an organization to the state of a configuration, as a pure value.

A plan has one ``Change`` for each entry and for each object that ``prune`` deletes. A change has one or more acts,
because some parts of an object can only be set after other objects exist. Stages put the acts of all changes in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.text import quoted
from .._engine.items import Item
from .._engine.outcome import Outcome
from .._rest.family import Resource
from .families import DEFINITIONS, FAMILIES, GROUPS, MEMBERS, SETTINGS, Managed
from .form import Entry


@dataclass(frozen=True)
class Stage:
    """A step of the order in which everything is done: one family, or one part of its objects.

    ``part`` is the list within the objects that is set or pruned, or for members who comes first.
    """

    managed: Managed
    deletes: bool = False
    part: str = ""

    @property
    def is_sequential(self) -> bool:
        """Whether each act needs the result of the one before it."""
        # Two demotions may each be right, but not both. A definition may use another one.
        return self.deletes or self.managed in (MEMBERS, DEFINITIONS)


ADMINS_FIRST = ("admins", "others")
IN_ORDER = (
    Stage(SETTINGS),
    Stage(GROUPS),
    *(Stage(MEMBERS, part=part) for part in ADMINS_FIRST),
    Stage(GROUPS, part="members"),
    *(Stage(managed) for managed in FAMILIES if managed not in (GROUPS, MEMBERS)),
)
DELETIONS = tuple(
    Stage(managed, deletes=True, part=part) for managed in reversed(FAMILIES) for part in (*managed.parts.values(), "")
)
STAGES = (*IN_ORDER, *DELETIONS)
"""All stages. What nobody needs any more is deleted in the end, and only if everything before it went well."""


@dataclass
class Act(Item):
    """What the task does at one stage for one object."""

    stage: Stage = Stage(SETTINGS)
    change: Change | None = None
    planned: Outcome | None = None


@dataclass
class Change:
    """What happens to one object: to that of an entry, or to one that ``prune`` deletes.

    ``before`` is the object as it was read, if it exists. ``after`` is the object as the plan leaves it; if the object
    is new, its id stands for the id that the server will choose. ``goes_too`` says what the server deletes with it.
    """

    managed: Managed
    entry: Entry | None = None
    before: Resource | None = None
    after: Resource | None = None
    parent: Change | None = None
    acts: list[Act] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    goes_too: str = ""

    def __str__(self) -> str:
        if self.entry is not None:
            return str(self.entry)
        family = self.managed.kind.family
        known = self.before or {}
        return "%s %s (%s)" % (family.noun, quoted(family.key_of(known)), known.get("id"))

    @property
    def parent_id(self) -> str:
        """The id of the object within which this one is listed, empty if it is the organization."""
        after = None if self.parent is None else self.parent.after
        return "" if after is None else str(after["id"])

    @property
    def planned_action(self) -> str:
        """What the plan does with the object."""
        actions = [act.planned.action for act in self.acts if act.planned is not None]
        changing = [action for action in actions if action != "unchanged"]
        return changing[0] if changing else "unchanged"


@dataclass
class Plan:
    """The plan of a task: what changes, in which order, and what speaks against it.

    ``mistakes`` are entries that can't be as wanted. ``refusal`` says why the whole plan is refused, and is empty if
    nothing speaks against it. ``unmanaged`` is what is there and in no entry, by family. ``access_changes`` say who
    gains and who loses a data source. ``breaks`` say what a deletion breaks. ``renames`` say which new
    objects are probably known by another key.
    """

    changes: list[Change] = field(default_factory=list)
    acts: dict[Stage, list[Act]] = field(default_factory=lambda: {stage: [] for stage in STAGES})
    mistakes: list[str] = field(default_factory=list)
    refusal: str = ""
    warnings: list[str] = field(default_factory=list)
    unmanaged: dict[str, list[Change]] = field(default_factory=dict)
    access_changes: list[dict[str, Any]] = field(default_factory=list)
    breaks: list[dict[str, Any]] = field(default_factory=list)
    renames: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        """Refuse the whole plan because of ``reason``, or keep a reason that was found before."""
        self.refusal = self.refusal or reason

    def add(self, stage: Stage, change: Change, options: Mapping[str, Any]) -> None:
        """Add an act to a change."""
        kind = change.managed.kind
        act = Act(kind, options, stage.deletes and not stage.part, change.before, not change.entry)
        act.stage, act.change = stage, change
        change.acts.append(act)
        self.acts[stage].append(act)

    def of(self, managed: Managed, *actions: str) -> list[Change]:
        """Return the changes of a family with one of these planned actions."""
        return [one for one in self.changes if one.managed is managed and one.planned_action in actions]
