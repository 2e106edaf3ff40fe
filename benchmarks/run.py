# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what the collection's tasks cost, against loops of other modules and a bare client, as whole processes.

The results go to a file. With --write-docs, those tables and plots of docs/internals/performance.md that were measured
are written anew. What would take too long is not run, and shown as such. Exit code 1: a run did not do its work, or
with --strict a figure was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "tools"))

import imports
import report
import scenes
import workspace
from contenders import CONTENDERS, TARGET, Conditions, Contender, prepare, wrong
from figures import Sample, Samples, figures
from measuring import HERE, BenchmarkError, Server, environment, run, server, tail
from scenes import Scene

RESULTS = HERE / "results.json"
# One run may not take longer than this, by what the runs before it took.
_LONGEST = 420.0
_LONGEST_QUICK = 12.0
_BUSY = 0.5
# What a run takes before its first data source.
_START = 0.5
_START_OF_MANY = 1.0
# So many seconds in all for the rounds of one contender of a scene; one round is run in any case.
_PATIENCE = 80.0


def options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parts = "\n".join(f"  {name:8} {text}" for name, text in scenes.PARTS.items())
    parser = argparse.ArgumentParser(
        prog="make bench",
        description=f"{__doc__}\nparts:\n{parts}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=scenes.PARTS, action="append", help="run this part alone; may be repeated")
    parser.add_argument("--quick", action="store_true", help="a small form of every part, about two minutes in all")
    parser.add_argument("--minutes", type=float, help="begin nothing that would end later; default: 25, quick: 2")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the samples go")
    parser.add_argument("--read", type=Path, metavar="FILE", help="measure nothing, take the samples of this file")
    parser.add_argument("--write-docs", action="store_true", help="bring docs/internals/performance.md up to date")
    parser.add_argument(
        "--cpu", action="store_true", help="show seconds of CPU and not of the clock: tells more on a busy machine"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a figure was missed")
    parser.add_argument("--keep", action="store_true", help="keep the folder with playbooks and logs")
    parser.add_argument(
        "--core",
        action="append",
        default=[],
        metavar="FOLDER",
        help="the bin folder of another ansible-core (with requests) for the part cores; may be repeated",
    )
    chosen = parser.parse_args()
    if chosen.write_docs and chosen.cpu:
        parser.error("--write-docs: the page has seconds of the clock, leave --cpu out.")
    return chosen


@dataclass
class Bench:
    """A run of scenes: where it works, what was measured, and what it expects the next sample to take."""

    folder: Path
    collections: Path
    server: Server
    bins: dict[str, Path]
    deadline: float
    longest: float
    samples: list[Sample] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    # The least that a data source cost without latency: what was more were starts and other work of the machine.
    _each: dict[tuple[str, str], float] = field(default_factory=dict)
    _warm: set[str] = field(default_factory=set)

    @property
    def main(self) -> str:
        """The release of ansible-core that is measured most."""
        return next(iter(self.bins))

    def expected(self, contender: Contender, conditions: Conditions, core: str) -> float:
        """Return about how many seconds a sample will take."""
        several = conditions.concurrency if contender.name in scenes.SEVERAL_AT_ONCE else 1
        waits = conditions.latency * (2 if contender.name in ("controller", "target") else 1) / several
        if conditions.limit and contender.name in scenes.SEVERAL_AT_ONCE:
            waits = 1 / conditions.limit
        own = self._each.get((core, contender.name), contender.guess)
        if conditions.organization:
            # A page has up to a hundred objects.
            own, waits = contender.guess, 0.0
        if contender.name in scenes.EMPTY or contender.check:
            waits = 0.0
        return 0.6 + conditions.size * (own + waits)

    def play(self, number: int, scene: Scene) -> None:
        """Measure a scene."""
        core = scene.core or self.main
        begun = time.monotonic()
        words = _words(scene, core)
        if begun > self.deadline:
            self.left_out.append(words)
            _say("    not run: the time is over")
            return
        for turn in range(scene.rounds):
            self.warm_up(core)
            for name in scene.contenders:
                contender = CONTENDERS[name]
                expected = self.expected(contender, scene.conditions, core)
                if turn and (turn + 1) * expected > _PATIENCE:
                    continue
                if expected > self.longest or time.monotonic() + expected > self.deadline:
                    if not turn:
                        self.left_out.append(f"{words}: {contender.title}, about {expected:.0f} s")
                        _say(f"    not run: {self.left_out[-1]}")
                    continue
                if expected > 10:
                    _say(f"    {contender.title}, about {expected:.0f} s")
                self.measure(number, turn, scene, contender, core)
        _say(f"  {words}: {time.monotonic() - begun:.0f} s")

    def warm_up(self, core: str) -> None:
        """Let a release of ansible-core keep its compiled files before its first sample."""
        if core not in self._warm:
            self._warm.add(core)
            for name in ("empty", "noop", "controller", "list", "uri"):
                self._run(CONTENDERS[name], Conditions(1), core, None)

    def measure(self, number: int, turn: int, scene: Scene, contender: Contender, core: str) -> None:
        """Take one sample."""
        conditions = scene.conditions
        watch = None if not scene.watched else "AnsiballZ_" if contender.run_on == TARGET else ""
        cost, counts = self._run(contender, conditions, core, watch)
        reason = wrong(contender, conditions, counts, cost.returncode)
        if reason:
            text = f"{_words(scene, core)}: {contender.title}: {reason}\n{tail(self.folder / 'log')}"
            self.errors.append(text)
            _say("    ERROR " + text)
            return
        self.samples.append(Sample(number, turn, core, contender.name, conditions, cost, counts, watched=scene.watched))
        telling = contender.guess and (conditions.size >= 100 or contender.name not in scenes.SEVERAL_AT_ONCE)
        if telling and not scene.watched and not conditions.latency and not conditions.limit:
            start = _START_OF_MANY if contender.name in scenes.SEVERAL_AT_ONCE else _START
            key = core, contender.name
            each = max(0.0, cost.wall - start) / conditions.size
            self._each[key] = min(each, self._each.get(key, each))

    def _run(self, contender: Contender, conditions: Conditions, core: str, watch: str | None) -> Any:
        self.server.fill(conditions.size, conditions.latency, conditions.limit, conditions.organization)
        command = prepare(contender, conditions, self.server, self.folder / "play", self.bins[core])
        variables = environment(self.folder, self.collections, self.server.url(conditions.scheme))
        cost = run(command, variables, self.folder / "log", watch)
        return cost, self.server.counts()


def _say(text: str) -> None:
    print(text, flush=True)


def _words(scene: Scene, core: str) -> str:
    met = scene.conditions
    what = "objects" if met.organization else "data sources"
    words = [scene.part, f"{met.size:,} {what}" if met.size > 1 else "1 data source"]
    words += [f"{met.latency * 1000:.0f} ms"] if met.latency else []
    words += [f"{met.limit} requests in a second"] if met.limit else []
    words += ["TLS"] if met.scheme == "https" else []
    return ", ".join([*words, f"ansible-core {core}"])


def _cores(folders: Sequence[str]) -> dict[str, Path]:
    """Map releases of ansible-core to their bin folders, the main one first."""
    found: dict[str, Path] = {}
    for folder in (Path(sys.executable).parent, *map(Path, folders)):
        question = "import ansible.release; print(ansible.release.__version__)"
        answer = subprocess.run([folder / "python", "-c", question], capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise BenchmarkError(f"There is no ansible-core in {folder}: {answer.stderr.strip()[-300:]}")
        found.setdefault(answer.stdout.strip(), folder)
    return found


def _machine(bins: dict[str, Path], load: float) -> dict[str, Any]:
    versions = {}
    for core, folder in bins.items():
        question = "import platform; print(platform.python_version())"
        answer = subprocess.run([folder / "python", "-c", question], capture_output=True, text=True, check=True)
        versions[core] = answer.stdout.strip()
    return {"cores": os.cpu_count(), "system": platform.system(), "load": round(load, 1), "pythons": versions}


def measured(chosen: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Measure what was chosen; return the results, and what went wrong."""
    begun = time.monotonic()
    load = os.getloadavg()[0]
    if load > _BUSY:
        _say(f"This machine is busy with other work (load {load:.1f}): the figures will be worse than they could be.")
    minutes = chosen.minutes or (2 if chosen.quick else 25)
    longest = _LONGEST_QUICK if chosen.quick else _LONGEST
    folder = Path(tempfile.mkdtemp(prefix="basedash-bench-"))
    kept = chosen.keep
    try:
        bins = _cores(chosen.core)
        others = list(bins)[1:]
        every = scenes.quick(others) if chosen.quick else scenes.full(others)
        parts = chosen.only or list(scenes.PARTS)
        plan = scenes.chosen(every, parts)
        _say(f"ansible-core {', '.join(bins)}; {len(plan)} scenes, at most {minutes:g} minutes; logs in {folder}")
        with workspace.collection_copy() as tree, server(folder) as running:
            bench = Bench(folder, tree.parents[2], running, bins, begun + minutes * 60, longest)
            loaded = []
            if "imports" in parts:
                _say("  imports")
                variables = environment(folder, tree.parents[2], "http://127.0.0.1")
                loaded = imports.measure(tree, bins[bench.main] / "python", variables)
            for number, scene in enumerate(plan):
                left = (bench.deadline - time.monotonic()) / 60
                _say(f"{number + 1} of {len(plan)}, {left:.1f} minutes left: {_words(scene, scene.core or bench.main)}")
                bench.play(number, scene)
        kept = kept or bool(bench.errors)
        results = {
            "machine": _machine(bins, load),
            "quick": chosen.quick,
            "seconds": round(time.monotonic() - begun),
            "imports": loaded,
            "left_out": bench.left_out,
            "samples": [sample.as_json() for sample in bench.samples],
        }
        return results, bench.errors
    finally:
        if not kept:
            shutil.rmtree(folder)


def main() -> int:
    """Measure, and show what came out."""
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))
    chosen = options()
    errors: list[str] = []
    if chosen.read:
        results = json.loads(chosen.read.read_text(encoding="utf-8"))
    else:
        results, errors = measured(chosen)
        chosen.output.write_text(json.dumps(results) + "\n", encoding="utf-8")
    print(report.as_text(results, chosen.cpu))
    if chosen.write_docs:
        for name in report.write_docs(results):
            print(f"Written anew: {name}")
    every = list(results["machine"]["pythons"])
    found = figures(Samples(map(Sample.from_json, results["samples"]), chosen.cpu), every[0], every[1:])
    print("\nFigures to reach:")
    for figure in found:
        print(f"  {figure}")
    for error in errors:
        print(f"  ERROR {error}")
    missed = sum(not figure.reached for figure in found)
    print(f"{len(found) - missed} of {len(found)} figures reached, {len(errors)} errors, {results['seconds']} s.")
    return 1 if errors or (chosen.strict and missed) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as problem:
        sys.exit(str(problem))
