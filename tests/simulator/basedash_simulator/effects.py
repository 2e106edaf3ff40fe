# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who did what to which data source: clients with their requests, or another writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from basedash_simulator.state import DataSource

# Who acts, in `by`.
CLIENT, WRITER = "client", "writer"


@dataclass
class Effect:
    """One change that took place.

    `by` is "client" or "writer", `request` the number of the client's request in the log (for a writer: of the
    request at which it acted), `effect` "created", "updated" or "deleted", `name` the display name afterwards,
    `changes` the fields that an update changed, each with its value before and after.
    """

    number: int
    by: str
    request: int
    effect: str
    organization: str | None
    data_source: str
    name: str
    changes: dict[str, list[Any]]


class Effects:
    """All changes since the last clearing, in the order in which they took place."""

    def __init__(self) -> None:
        self._found: list[Effect] = []

    def add(
        self,
        by: str,
        request: int,
        effect: str,
        organization: str | None,
        source: DataSource,
        before: dict[str, Any] | None = None,
    ) -> None:
        """Note a change; `before` is what `as_held` gave before an update."""
        after = as_held(source)
        changes = {
            name: [(before or {}).get(name), value]
            for name, value in after.items()
            if before is not None and name != "updatedAt" and before.get(name) != value
        }
        name = str(source.fields["displayName"])
        self._found.append(Effect(len(self._found) + 1, by, request, effect, organization, source.id, name, changes))

    def clear(self) -> None:
        """Forget all changes; numbers begin with 1 again."""
        self._found = []

    def as_list(self, after: int = 0) -> list[dict[str, Any]]:
        """The changes with a number above this one, ready for JSON."""
        return [dict(vars(effect)) for effect in self._found[after:]]


def as_held(source: DataSource) -> dict[str, Any]:
    """What can be read of a data source, its access policy included."""
    access = source.access
    policy = {"mode": access.mode, "groupIds": list(access.group_ids), "memberIds": list(access.member_ids)}
    return {**source.fields, "access": policy}
