# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a task found, planned and did, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._rest.family import Resource

Facts = dict[str, Any]


@dataclass(frozen=True)
class Diff:
    """What a task changes, for diff mode: the facts before and after, under a header that names the object."""

    header: str
    before: Facts
    after: Facts

    def as_result(self) -> dict[str, Any]:
        """Return the contents of the result's ``diff``: of a deletion without the nulls, which hide what is there."""
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

    ``action`` is a word for that. ``facts`` are those of the object if the task is about one. ``values`` are result
    keys of this task alone. ``message`` is given for an unchanged result whose reason is worth saying, and for one that
    ``failed`` with more to tell than an error can carry.
    """

    changed: bool
    facts: Facts | None = None
    message: str | None = None
    warnings: tuple[str, ...] = ()
    diff: Diff | tuple[Diff, ...] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    action: str = "unchanged"
    failed: bool = False


@dataclass(frozen=True)
class Plan:
    """What a task is going to do with one object: decided from readings alone, without a request and without a clock.

    ``action`` is what becomes of the object: created, updated, deleted or unchanged. ``resource`` is the object as it
    was read, if it is there, and ``body`` what the POST or the PATCH carries. ``outcome`` is what check mode reports:
    the task's end if everything goes well.
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
