# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the results of a task as values: what it found, planned and did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._rest.family import Resource

Facts = dict[str, Any]

_PLANNED = "\u27e8new\u27e9 "


def planned_id(key: Any) -> str:
    """Return what stands for the id of an object that is only planned, because the server will choose its id."""
    return "%s%s" % (_PLANNED, key)


def is_planned(identifier: Any) -> bool:
    """Tell whether an id stands for an object that is only planned."""
    return isinstance(identifier, str) and identifier.startswith(_PLANNED)


@dataclass(frozen=True)
class Diff:
    """What a task changes, for diff mode: the facts before and after, and a header that names the object."""

    header: str
    before: Facts
    after: Facts

    def as_result(self) -> dict[str, Any]:
        """Return the result's ``diff``. A deletion leaves out nulls, because they would hide the values."""
        before = self.before
        if not self.after:
            before = {name: value for name, value in before.items() if value is not None}
        return {
            "before_header": self.header,
            "after_header": self.header,
            "before": before,
            "after": self.after,
        }


@dataclass(frozen=True)
class Outcome:
    """What a task found and did.

    ``action`` is a word for what it did, such as "created". ``facts`` are the facts of the object, if the task is about
    one object. ``values`` are further result keys. ``message`` explains why nothing was changed, if that is worth
    saying. It also explains a result that ``failed``, if the result tells more than an error can. ``resource`` is the
    object after the task, in the form of the API, if it is known.
    """

    changed: bool
    facts: Facts | None = None
    message: str | None = None
    warnings: tuple[str, ...] = ()
    diff: Diff | tuple[Diff, ...] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    action: str = "unchanged"
    failed: bool = False
    resource: Resource | None = None


@dataclass(frozen=True)
class Plan:
    """What a task is going to do with one object, decided only from readings, without requests and without a clock.

    ``action`` is what will happen to the object: created, updated, deleted or unchanged. ``resource`` is the object as
    it was read, if it exists. ``body`` is the body for the POST or the PATCH. ``outcome`` is what check mode reports,
    which is also the outcome of the task if everything goes well.
    """

    action: str
    resource: Resource | None
    outcome: Outcome
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def diff(self) -> Diff:
        """What would change."""
        diff = self.outcome.diff
        return diff if isinstance(diff, Diff) else Diff("", {}, {})
