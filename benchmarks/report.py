# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables and plots of the results: on the terminal, and between the marks in docs/internals/performance.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from contenders import CONTENDERS, Conditions
from figures import MEGABYTE, Sample, Samples, Spread, figures, limit_time, refused_share
from imports import Loaded, milliseconds
from scenes import BULK, LOOPS, PLAN, PLANS

DOCS = Path(__file__).resolve().parents[1] / "docs" / "internals"
PAGE = DOCS / "performance.md"
NOT_RUN = "not run"
TABLES = (
    "bulk",
    "bulk-seconds",
    "latency-20",
    "latency-50",
    "limit",
    "loops",
    "tls",
    "memory",
    "configuration",
    "imports",
    "figures",
)
# The plots with their latency; each has marks, too.
PLOTS = {"plot-bulk": (0.0, "without latency"), "plot-latency-50": (0.05, "with 50 ms before each answer")}

# Readable on white and on black.
_GREY = "#7d8590"
_COLOURS = {
    "uri": "#d1622b",
    "controller": "#b08800",
    "list": "#2f81f7",
    "filters": "#39a0a0",
    "bare": "#8957e5",
}
_LICENCE = """<!--
Copyright (c) 2026, Basedash collection contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""


def number(value: float) -> str:
    """Return a value with about three digits that count."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def cell(spread: Spread | None, factor: float = 1.0) -> str:
    """Return the median and in brackets the lowest and the highest value; one value alone if there is one alone."""
    if spread is None:
        return NOT_RUN
    median = number(spread.median * factor)
    if len(spread.values) == 1:
        return median
    return f"{median} ({number(spread.lowest * factor)} to {number(spread.highest * factor)})"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


class Report:
    """The tables of one run."""

    def __init__(self, results: dict[str, Any], cpu: bool = False) -> None:
        self._results = results
        self._machine = results["machine"]
        self.samples = Samples((Sample.from_json(raw) for raw in results["samples"]), cpu)
        self.cores = list(self._machine["pythons"])
        self.main = self.cores[0]

    def tables(self) -> dict[str, str]:
        """Return the tables for which something was measured, by name."""
        made = (
            self._by_size(BULK, 0.0),
            self._whole_seconds(),
            self._by_size(BULK, 0.02),
            self._by_size(BULK, 0.05),
            # Waiting takes no CPU.
            "" if self.samples.cpu else self._limit(),
            self._loops(),
            self._tls(),
            self._memory(),
            self._configuration(),
            self._imports(),
            self._figures(),
        )
        return {name: text for name, text in zip(TABLES, made, strict=True) if text}

    def _caption(self, samples: Sequence[Sample]) -> str:
        rounds = len({(one.scene, one.round) for one in samples})
        cores = ", ".join(
            f"{core} with Python {self._machine['pythons'][core]}"
            for core in self.cores
            if any(one.core == core for one in samples)
        )
        if rounds > 1:
            # Of one cell: a contender may have run in several scenes of the same kind.
            by_cell: dict[tuple[str, str, Conditions], int] = {}
            for one in samples:
                key = (one.core, one.contender, one.conditions)
                by_cell[key] = by_cell.get(key, 0) + 1
            rounds = max(by_cell.values())
        spent = "seconds of CPU" if self.samples.cpu else "seconds of the clock"
        return (
            f"Measured in {spent} with ansible-core {cores} on {self._machine['cores']} cores. Their load by others "
            f"was {self._machine['load']} when the run began. Medians of up to {rounds} rounds, in brackets the lowest "
            "and the highest; a value without brackets was measured once."
        )

    def _met(self, names: Sequence[str], latency: float, scheme: str = "http", core: str = "") -> list[Sample]:
        return [
            one
            for one in self.samples.all
            if one.contender in names
            and not one.watched
            and one.core == (core or self.main)
            and (one.conditions.latency, one.conditions.scheme, one.conditions.limit) == (latency, scheme, None)
            and not one.conditions.organization
        ]

    def _by_size(self, names: Sequence[str], latency: float) -> str:
        met = self._met(names, latency)
        sizes = self.samples.sizes(self.main, latency)
        if not met:
            return ""
        rows = []
        for name in names:
            cells = [self.samples.per_item(name, Conditions(size, latency), self.main) for size in sizes]
            rows.append([CONTENDERS[name].title, *(cell(spread, 1000) for spread in cells)])
        header = ["milliseconds per data source", *(f"{size:,}" for size in sizes)]
        return table(header, rows) + "\n\n" + self._caption(met)

    def _whole_seconds(self) -> str:
        names = ("empty", *BULK)
        met = self._met(names, 0.0)
        sizes = self.samples.sizes(self.main)
        if not met:
            return ""
        rows = []
        for name in names:
            cells = [NOT_RUN] * len(sizes)
            for place, size in enumerate(sizes):
                spent = [self.samples.spent(one) for one in self.samples.of(name, Conditions(size), self.main)]
                cells[place] = cell(Spread(spent) if spent else None)
            rows.append([CONTENDERS[name].title, *cells])
        header = ["seconds of the whole run", *(f"{size:,}" for size in sizes)]
        return table(header, rows) + "\n\n" + self._caption(met)

    def _limit(self) -> str:
        rows, met = [], []
        for name in ("list", "filters", "bare"):
            limited = [one for one in self.samples.all if one.contender == name and one.conditions.limit]
            beyond = [value for value in map(self.samples.beyond, limited) if value is not None]
            if not beyond:
                continue
            met += limited
            one = limited[0]
            done = Spread([sample.counts["deletions"] for sample in limited]).median
            own = Spread([limit_time(sample.counts, sample.conditions.limit or 1) for sample in limited])
            share = Spread([100 * refused_share(sample.counts) for sample in limited])
            rows.append(
                [
                    CONTENDERS[name].title,
                    f"{done:,.0f} of {one.conditions.size:,}",
                    cell(Spread(beyond)),
                    cell(own),
                    cell(share) + " %",
                ]
            )
        if not rows:
            return ""
        header = [
            "behind 100 requests in a second",
            "deleted",
            "seconds",
            "seconds of the limit itself",
            "answered 429",
        ]
        return table(header, rows) + "\n\n" + self._caption(met)

    def _loops(self) -> str:
        rows: list[list[str]] = []
        met: list[Sample] = []
        sizes = [size for size in self.samples.sizes(self.main) if size <= 1000]
        for core in self.cores:
            found = self._met(LOOPS, 0.0, core=core)
            if not found:
                continue
            met += found
            for name in LOOPS:
                cells = [self.samples.per_item(name, Conditions(size), core) for size in sizes]
                rows.append([core, CONTENDERS[name].title, *(cell(spread, 1000) for spread in cells)])
        if not rows:
            return ""
        header = ["ansible-core", "milliseconds per item", *(f"{size:,}" for size in sizes)]
        return table(header, rows) + "\n\n" + self._caption(met)

    def _tls(self) -> str:
        met = self._met(LOOPS, 0.02, "https")
        if not met:
            return ""
        conditions = met[0].conditions
        rows = []
        for name in LOOPS:
            counted = self.samples.of(name, conditions, self.main)
            counts = counted[0].counts if counted else {}
            each = [number(counts[one] / conditions.size) if counts else NOT_RUN for one in ("requests", "handshakes")]
            rows.append([CONTENDERS[name].title, cell(self.samples.per_item(name, conditions, self.main), 1000), *each])
        header = [f"loops of {conditions.size}, TLS, 20 ms", "milliseconds per item", "requests", "TLS handshakes"]
        return table(header, rows) + "\n\n" + self._caption(met)

    def _memory(self) -> str:
        names = ("empty", "list", "filters", *PLANS, "bare")
        watched = [one for one in self.samples.all if one.watched and not one.conditions.organization]
        if not watched:
            return ""
        sizes = sorted({one.conditions.size for one in watched})
        rows = []
        for name in names:
            cells = []
            for size in sizes:
                found = self.samples.of(name, Conditions(size), self.main, watched=True)
                for values in ([one.cost.largest for one in found], [one.cost.module for one in found]):
                    known = [value / MEGABYTE for value in values if value]
                    cells.append(f"{max(known):.0f}" if known else "-" if found else NOT_RUN)
            rows.append([CONTENDERS[name].title, *cells])
        header = ["megabytes"]
        for size in sizes:
            header += [f"{size:,}: largest process", f"{size:,}: the module's"]
        return table(header, rows) + "\n\n" + "The highest of " + self._rounds_of(watched) + "."

    def _configuration(self) -> str:
        """Return the seconds of plans beyond empty runs, and their memory."""
        met = [one for one in self.samples.all if one.conditions.organization and one.contender in PLAN]
        timed = [one for one in met if not one.watched]
        if not timed:
            return ""
        places = sorted({(one.conditions.size, one.conditions.latency) for one in timed})
        rows = []
        for name in PLAN:
            cells = []
            for size, latency in places:
                conditions = Conditions(size, latency, organization=True)
                cells.append(cell(self.samples.seconds(name, conditions, self.main)))
            counts = [one.cost.module / MEGABYTE for one in met if one.contender == name and one.cost.module]
            rows.append([CONTENDERS[name].title, *cells, f"{max(counts):.0f} MB" if counts else "-"])
        header = ["seconds", *(f"{size:,} objects, {latency * 1000:.0f} ms" for size, latency in places)]
        return table([*header, "memory of the module's process"], rows) + "\n\n" + self._caption(timed)

    def _rounds_of(self, samples: Sequence[Sample]) -> str:
        rounds = len({one.round for one in samples})
        return f"{rounds} rounds" if rounds > 1 else "one round"

    def _imports(self) -> str:
        rows = []
        for raw in self._results["imports"]:
            loaded = Loaded(**raw)
            others = sorted({name.partition(".")[0] for name in loaded.others})
            rows.append(
                [
                    f"`{loaded.name}`, {loaded.where}",
                    number(milliseconds(loaded)),
                    str(loaded.own),
                    str(loaded.requests),
                    str(len(loaded.others)),
                    ", ".join(f"`{name}`" for name in others) or "none",
                ]
            )
        header = ["what", "milliseconds", "of the collection", "of `requests`", "others", "which"]
        return table(header, rows) if rows else ""

    def _figures(self) -> str:
        found = figures(self.samples, self.main, self.cores[1:])
        rows = [[one.name, one.target, one.measured, "reached" if one.reached else "missed"] for one in found]
        return table(["figure", "to reach", "measured", ""], rows) if rows else ""


def as_text(results: dict[str, Any], cpu: bool = False) -> str:
    """Return the tables for the terminal, by the clock or by CPU."""
    made = Report(results, cpu).tables()
    return "\n\n".join(f"== {name}\n{text}" for name, text in made.items() if name != "figures")


def replaced(page: str, name: str, text: str) -> str:
    """Return the page with another text between the marks of a table."""
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if len(found.findall(page)) != 1:
        raise ValueError(f"The page needs the marks of {name} exactly once.")
    return found.sub(lambda _match: f"{begin}\n\n{text}\n\n{end}", page)


def write_docs(results: dict[str, Any]) -> list[str]:
    """Bring those tables and plots up to date that were measured; return what was written."""
    made = Report(results)
    written = []
    page = PAGE.read_text(encoding="utf-8")
    for name, text in made.tables().items():
        page = replaced(page, name, text)
        written.append(f"table {name}")
    for name, (latency, words) in PLOTS.items():
        if len(made.samples.sizes(made.main, latency)) > 1:
            path = DOCS / "images" / f"performance-{name.removeprefix('plot-')}.svg"
            path.parent.mkdir(exist_ok=True)
            plot(made.samples, made.main, latency, words, path)
            page = replaced(
                page, name, f"![What a data source costs by how many there are, {words}](images/{path.name})"
            )
            written.append(f"plot {path.name}")
    PAGE.write_text(page, encoding="utf-8")
    return written


def plot(samples: Samples, core: str, latency: float, title: str, path: Path) -> None:
    """Draw what a data source costs by how many there are."""
    matplotlib.use("Agg")
    # Always the same file from the same samples, with letters as letters.
    matplotlib.rcParams.update({"svg.hashsalt": "basedash", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for name, colour in _COLOURS.items():
        points = []
        for size in samples.sizes(core, latency):
            spread = samples.per_item(name, Conditions(size, latency), core)
            if spread is not None and spread.median > 0:
                points.append((size, spread.median * 1000))
        if points:
            label = CONTENDERS[name].title.replace("`", "")
            axes.plot(*zip(*points), "o-", color=colour, label=label, linewidth=1.8, markersize=4)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("data sources", color=_GREY)
    axes.set_ylabel("milliseconds per data source", color=_GREY)
    axes.set_title(f"Deleting data sources, {title}", color=_GREY, fontsize=11)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.tick_params(colors=_GREY, which="both")
    axes.grid(color=_GREY, alpha=0.25, linewidth=0.6)
    for spine in axes.spines.values():
        spine.set_color(_GREY)
    axes.legend(frameon=False, labelcolor=_GREY, fontsize=8)
    form = path.suffix[1:]
    figure.savefig(path, format=form, transparent=True, metadata={"Date": None} if form == "svg" else None)
    pyplot.close(figure)
    if form == "svg":
        text = path.read_text(encoding="utf-8")
        declaration, end, rest = text.partition("?>\n")
        lines = (declaration + end + _LICENCE + rest).splitlines()
        path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
