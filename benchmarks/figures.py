# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arithmetic: from raw samples to costs per data source, ratios, and whether a figure was reached."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contenders import CONTENDERS, Conditions
from measuring import Cost
from server import WINDOW

MEGABYTE = 2**20


@dataclass(frozen=True)
class Sample:
    """One run: who, where, in which scene and round, what it cost, and what the server counted."""

    scene: int
    round: int
    core: str
    contender: str
    conditions: Conditions
    cost: Cost
    counts: dict[str, int]
    watched: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Sample:
        """Return what a file has."""
        return cls(**{**raw, "conditions": Conditions(**raw["conditions"]), "cost": Cost(**raw["cost"])})


@dataclass(frozen=True)
class Spread:
    """Some measured values of one thing."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.values)

    @property
    def lowest(self) -> float:
        """The lowest one."""
        return min(self.values)

    @property
    def highest(self) -> float:
        """The highest one."""
        return max(self.values)

    def divided(self, by: float) -> Spread:
        """Return the same, each value divided."""
        return Spread([value / by for value in self.values])


@dataclass(frozen=True)
class Figure:
    """A figure to reach, and what was measured."""

    name: str
    target: str
    measured: str
    reached: bool

    def __str__(self) -> str:
        return f"{'reached' if self.reached else 'MISSED '}  {self.name}: {self.measured} ({self.target})"


class Samples:
    """All samples of a run, and what follows from them. Nothing is compared across scenes or rounds."""

    def __init__(self, samples: Iterable[Sample], cpu: bool = False) -> None:
        """Take the seconds of the clock, or with `cpu` those of all processes' CPU."""
        self.all = list(samples)
        self.cpu = cpu

    def spent(self, sample: Sample) -> float:
        """Return the seconds of a sample."""
        return sample.cost.cpu if self.cpu else sample.cost.wall

    def of(self, contender: str, conditions: Conditions, core: str, watched: bool = False) -> list[Sample]:
        """Return the samples of one contender under these conditions."""
        return [
            one
            for one in self.all
            if (one.contender, one.conditions, one.core, one.watched) == (contender, conditions, core, watched)
        ]

    def beyond(self, sample: Sample) -> float | None:
        """Return the seconds of a sample beyond those of the empty run of its round."""
        base = CONTENDERS[sample.contender].base
        for one in self.all:
            if (one.scene, one.round, one.contender) == (sample.scene, sample.round, base):
                return self.spent(sample) - self.spent(one)
        return None

    def seconds(self, contender: str, conditions: Conditions, core: str) -> Spread | None:
        """Return the seconds beyond the empty run, of each round."""
        found = [self.beyond(one) for one in self.of(contender, conditions, core)]
        values = [value for value in found if value is not None]
        return Spread(values) if values else None

    def per_item(self, contender: str, conditions: Conditions, core: str) -> Spread | None:
        """Return the seconds per data source beyond the empty run, of each round."""
        spread = self.seconds(contender, conditions, core)
        return None if spread is None else spread.divided(conditions.size)

    def ratio(self, one: str, other: str, conditions: Conditions, core: str) -> Spread | None:
        """Return how many times as much `one` costs as `other`, beyond their empty runs, of each round with both."""
        values = []
        for sample in self.of(one, conditions, core):
            for partner in self.of(other, conditions, core):
                if (partner.scene, partner.round) == (sample.scene, sample.round):
                    more, less = self.beyond(sample), self.beyond(partner)
                    if more is not None and less is not None and less > 0:
                        values.append(more / less)
        return Spread(values) if values else None

    def whole_ratio(self, one: str, conditions: Conditions, core: str) -> Spread | None:
        """Return how many times as long as an empty run the whole of a run took, of each round."""
        values = []
        for sample in self.of(one, conditions, core):
            more = self.beyond(sample)
            if more is not None:
                values.append(self.spent(sample) / (self.spent(sample) - more))
        return Spread(values) if values else None

    def against_limit(self, samples: Sequence[Sample]) -> Spread | None:
        """Return the seconds beyond the empty run, as a multiple of what the limit itself takes."""
        values = []
        for one in samples:
            beyond, limit = self.beyond(one), one.conditions.limit
            if beyond is not None and limit:
                values.append(beyond / limit_time(one.counts, limit))
        return Spread(values) if values else None

    def sizes(self, core: str, latency: float = 0.0, limit: int | None = None, scheme: str = "http") -> list[int]:
        """Return the sizes that were measured under such conditions."""
        met = (
            one.conditions
            for one in self.all
            if one.core == core and not one.watched and not one.conditions.organization
        )
        return sorted({c.size for c in met if (c.latency, c.limit, c.scheme) == (latency, limit, scheme)})

    def latencies(self, core: str) -> list[float]:
        """Return the latencies that were measured without TLS and limit."""
        met = (one.conditions for one in self.all if one.core == core and not one.watched)
        return sorted({c.latency for c in met if (c.limit, c.scheme) == (None, "http")})


def limit_time(counts: dict[str, int], limit: int) -> float:
    """Return the seconds that a limit per window itself takes for what it let pass."""
    return (counts["requests"] - counts["refused"]) / limit * WINDOW


def refused_share(counts: dict[str, int]) -> float:
    """Return the share of the requests that were answered 429."""
    return counts["refused"] / counts["requests"]


def _least(name: str, spread: Spread | None, factor: float) -> list[Figure]:
    if spread is None:
        return []
    return [Figure(name, f"at least {factor:g} x", f"{spread.median:.3g} x", spread.median >= factor)]


def _most(name: str, spread: Spread | None, factor: float) -> list[Figure]:
    if spread is None:
        return []
    return [Figure(name, f"at most {factor:g} x", f"{spread.median:.3g} x", spread.median <= factor)]


def _largest_common(samples: Samples, one: str, other: str, core: str) -> Conditions:
    sizes = [size for size in samples.sizes(core) if samples.ratio(one, other, Conditions(size), core)]
    return Conditions(max(sizes, default=0))


def figures(samples: Samples, main: str, cores: Sequence[str]) -> list[Figure]:
    """Return all figures to reach for which something was measured."""
    found = [*_bulk(samples, main), *_memory(samples, main), *_configuration(samples, main)]
    for core in (main, *cores):
        found += _loops(samples, core)
    if not samples.cpu:
        # Waiting takes no CPU.
        found += [*_latency(samples, main), *_limit(samples, main), *_tls(samples, main)]
    return found


def _bulk(samples: Samples, core: str) -> list[Figure]:
    found = []
    for name in ("list", "filters"):
        found += _cheaper_than_uri(samples, name, core)
        for size in (1000, 10000):
            title = f"one task for {size:,} ({name}), against the bare client"
            found += _most(title, samples.ratio(name, "bare", Conditions(size), core), 1.5)
    return found


def _cheaper_than_uri(samples: Samples, name: str, core: str) -> list[Figure]:
    many = Conditions(1000)
    title = f"one task for 1,000 ({name}), how much cheaper for each than a loop of uri"
    paired = samples.ratio("uri", name, many, core)
    if paired is not None:
        return _least(f"{title} of 1,000", paired, 400)
    # A short run has no such loop: what an item of it costs does not depend on its length.
    size = _largest_common(samples, "uri", "controller", core).size
    one, other = samples.per_item("uri", Conditions(size), core), samples.per_item(name, many, core)
    if one is None or other is None:
        return []
    return _least(f"{title} of {size}", Spread([one.median / other.median]), 400)


def _latency(samples: Samples, core: str) -> list[Figure]:
    found = []
    for name in ("list", "filters"):
        conditions = Conditions(1000, 0.05)
        ideal = conditions.size / conditions.concurrency * conditions.latency
        spread = samples.seconds(name, conditions, core)
        title = f"1,000 deletions ({name}), 50 ms, 8 at once, against {ideal:g} s"
        found += _most(title, None if spread is None else spread.divided(ideal), 1.15)
    return found


def _limit(samples: Samples, core: str) -> list[Figure]:
    found = []
    for name in ("list", "filters"):
        limited = [one for one in samples.all if one.contender == name and one.conditions.limit and one.core == core]
        times = samples.against_limit(limited)
        if times is None:
            continue
        met = limited[0].conditions
        title = f"{met.size:,} deletions ({name}) behind {met.limit} requests in a second"
        found += _most(f"{title}, against the limit's own time", times, 1.1)
        share = Spread([refused_share(one.counts) for one in limited]).median
        found.append(Figure(f"{title}, answered 429", "at most 5 %", f"{share * 100:.1f} %", share <= 0.05))
    return found


def _memory(samples: Samples, core: str) -> list[Figure]:
    found = []
    for name in ("plan_list", "plan_filters", "plan_list_target", "plan_filters_target"):
        watched = samples.of(name, Conditions(10000), core, watched=True)
        values = [one.cost.module for one in watched if one.cost.module]
        if values:
            memory = max(values) / MEGABYTE
            title = f"10,000 in {CONTENDERS[name].title}, the module's process"
            found.append(Figure(title, "under 100 MB", f"{memory:.0f} MB", memory < 100))
    return found


def _configuration(samples: Samples, core: str) -> list[Figure]:
    found = []
    for latency in (0.0, 0.05):
        conditions = Conditions(1000, latency, organization=True)
        title = f"a plan of 1,000 unchanged objects, {latency * 1000:.0f} ms, against "
        for bare, which in (("pages_in_turn", "a bare client"), ("pages", "a bare client with 8 requests at once")):
            found += _most(title + which, samples.ratio("configuration", bare, conditions, core), 1.3)
    many = Conditions(10000, organization=True)
    spread = samples.seconds("configuration", many, core)
    if spread is not None:
        title = "a plan of 10,000 charts from files"
        found.append(Figure(title, "at most 15 s", f"{spread.median:.1f} s", spread.median <= 15))
    watched = [one.cost.module for one in samples.of("configuration", many, core, watched=True) if one.cost.module]
    if watched:
        memory = max(watched) / MEGABYTE
        title = "a plan of 10,000 charts from files, the module's process"
        found.append(Figure(title, "under 150 MB", f"{memory:.0f} MB", memory < 150))
    return found


def _loops(samples: Samples, core: str) -> list[Figure]:
    where = f"ansible-core {core}: "
    same = _largest_common(samples, "uri", "controller", core)
    found = _least(
        f"{where}an item of a loop of {same.size:,}, how much cheaper than uri",
        samples.ratio("uri", "controller", same, core),
        40,
    )
    same = _largest_common(samples, "controller", "noop", core)
    title = f"{where}an item of a loop of {same.size:,}, against debug"
    found += _most(title, samples.ratio("controller", "noop", same, core), 2.5)
    title = f"{where}a play with one task, against an empty play"
    found += _most(title, samples.whole_ratio("controller", Conditions(1), core), 1.2)
    same = _largest_common(samples, "uri", "target", core)
    title = f"{where}an item of a loop of {same.size:,} run on the target, how much cheaper than uri"
    return found + _least(title, samples.ratio("uri", "target", same, core), 1.3)


def _tls(samples: Samples, core: str) -> list[Figure]:
    found = []
    for size in samples.sizes(core, 0.02, scheme="https"):
        conditions = Conditions(size, 0.02, scheme="https")
        spread = samples.per_item("controller", conditions, core)
        if spread is not None:
            requests = samples.of("controller", conditions, core)[0].counts["requests"] / size
            cost = spread.median * 1000
            for waits, words in ((1.0, "one latency"), (requests, f"the latency of its {requests:.2g} requests")):
                most = 20 * waits + 8
                title = f"an item of a loop of {size} over TLS with 20 ms, against {words} + 8 ms"
                found.append(Figure(title, f"at most {most:.0f} ms", f"{cost:.1f} ms", cost <= most))
    return found
