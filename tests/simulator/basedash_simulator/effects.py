# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who did what to which object: clients with their requests, or another writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from basedash_simulator.items import Item

# Who acts, in `by`.
CLIENT, WRITER = "client", "writer"


@dataclass
class Effect:
    """One change that took place.

    `by` is "client" or "writer", `request` the number of the client's request in the log (for a writer: of the
    request at which it acted), `effect` "created", "updated" or "deleted", `object` the id, `data_source` the same for
    a data source, `name` what people call the object afterwards, `changes` the fields that an update changed, each
    with its value before and after.
    """

    number: int
    by: str
    request: int
    effect: str
    organization: str | None
    family: str
    object: str
    data_source: str | None
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
        item: Item,
        before: dict[str, Any] | None = None,
    ) -> None:
        """Note a change; `before` is what `held` gave before an update."""
        family = item.family
        after = family.held(item)
        changes = {
            name: [(before or {}).get(name), value]
            for name, value in after.items()
            if before is not None and name != "updatedAt" and before.get(name) != value
        }
        source = item.id if family.name == "data-sources" else None
        self._found.append(
            Effect(
                number=len(self._found) + 1,
                by=by,
                request=request,
                effect=effect,
                organization=organization,
                family=family.name,
                object=item.id,
                data_source=source,
                name=family.title_of(item),
                changes=changes,
            )
        )

    def clear(self) -> None:
        """Forget all changes; numbers begin with 1 again."""
        self._found = []

    def as_list(self, after: int = 0) -> list[dict[str, Any]]:
        """The changes with a number above this one, ready for JSON."""
        return [dict(vars(effect)) for effect in self._found[after:]]
