# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated server: its world, switches, faults, other writers and log, and how to set all of it back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from basedash_simulator import seed as seeds
from basedash_simulator.effects import CLIENT, Effects
from basedash_simulator.families import families
from basedash_simulator.faults import Faults
from basedash_simulator.items import Item
from basedash_simulator.rate_limit import RateLimiter
from basedash_simulator.request_log import Entry, RequestLog
from basedash_simulator.writers import Writers


class Simulation:
    """Everything that requests read and change; use it from one event loop only."""

    def __init__(self, seed: Any = None) -> None:
        self._seed = seeds.default_seed() if seed is None else seed
        self.world, self.behaviour = seeds.build(self._seed)
        self.faults = Faults()
        self.limiter = RateLimiter(self.now)
        self.log = RequestLog()
        self.effects = Effects()
        self.writers = Writers(self.effects)
        self.in_flight = 0
        self.last_activity = time.monotonic()
        self._requests = 0
        self._timers: set[asyncio.TimerHandle] = set()

    def now(self) -> float:
        """The seconds of the clock of the present world, which a reset replaces."""
        return self.world.clock.now()

    def reset(self, seed: Any = None) -> None:
        """Start anew from the seed, or from another one; faults, writers, log and random generator are new as well."""
        if seed is not None:
            # built first, so that a wrong seed changes nothing
            self.world, self.behaviour = seeds.build(seed)
            self._seed = seed
        else:
            self.world, self.behaviour = seeds.build(self._seed)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.faults = Faults()
        self.limiter.clear()
        self.effects = Effects()
        self.writers = Writers(self.effects)
        self.log.clear()

    def new_request_id(self) -> str:
        """An id for the header x-request-id; never the same twice."""
        self._requests += 1
        return f"req_{self._requests:08d}"

    def note(self, entry: Entry, effect: str, item: Item, before: dict[str, Any] | None = None) -> None:
        """Note what a client's request did; `before` is what the family's `held` gave before an update."""
        entry.effect, entry.family, entry.object = effect, item.family.name, item.id
        entry.data_source = item.id if entry.family == "data-sources" else None
        self.effects.add(CLIENT, entry.number, effect, entry.organization, item, before)

    def let_others_write(self, when: str, entry: Entry) -> None:
        """Let other writers act, "before" or "after" a request is worked on."""
        self.writers.act(when, entry, self.world, self.behaviour, self.schedule)

    def schedule(self, seconds: float, job: Callable[[], None]) -> None:
        """Run a job in the background after so many seconds, unless a reset comes first."""

        def run() -> None:
            self._timers.discard(timer)
            job()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    def state(self) -> dict[str, Any]:
        """All there is, ready for JSON: deleted data sources and secrets too."""
        organizations = []
        for organization in self.world.organizations.values():
            found = {name: self.objects(name, organization.id) for name in families() if name != "organizations"}
            organizations.append(
                {
                    "id": organization.id,
                    "name": organization.item.fields["name"],
                    # in the order of the seed, as ever
                    "members": [item.id for item in organization.of("members").values()],
                    "groups": [item.id for item in organization.of("groups").values()],
                    "data_sources": found.pop("data-sources"),
                    "objects": {name: items for name, items in found.items() if items},
                }
            )
        keys = [{"key": key, "roles": dict(roles)} for key, roles in self.world.keys.items()]
        return {
            "organizations": organizations,
            "keys": keys,
            "behaviour": self.behaviour.as_dict(),
            "faults": [rule.as_dict() for rule in self.faults.rules],
            "writers": [rule.as_dict() for rule in self.writers.rules],
            "in_flight": self.in_flight,
        }

    def objects(self, family: str, organization: str | None = None) -> list[dict[str, Any]]:
        """All objects of a family, deleted ones and their secrets too, newest first; of one organization or of all."""
        kind = families()[family]
        found = []
        for one in self.world.organizations.values():
            if organization in (None, one.id):
                items = [one.item] if family == "organizations" else list(one.of(family).values())
                items.sort(key=lambda item: item.age, reverse=True)
                found += [kind.state(item, self.behaviour.of(family)) for item in items]
        return found
