# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run real playbooks against simulated servers where much goes wrong, and hold every verdict against the truth.

The seed decides what is asked for and which requests go wrong, how. Give it again to repeat a run; which of two clients
comes first is left to the machine. Exit code 1: a count that must be 0 is not, or a promise was not kept.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import built
import configuration
import cut
import inputs
import killed
import lag
import limits
import lives
import many
import nginx
import storm
import truth
import twice
import wire
import workspace
import writers
from result import Result
from stage import ChaosError, Site
from subjects import SUBJECTS

PARTS = {
    "storm": storm.run,
    "built": built.run,
    "killed": killed.run,
    "lives": lives.run,
    "twice": twice.run,
    "many": many.run,
    "lag": lag.run,
    "writers": writers.run,
    "wire": wire.run,
    "input": inputs.run,
    "cut": cut.run,
    "truth": truth.run,
    "limits": limits.run,
    "nginx": nginx.run,
    "configuration": configuration.run,
}

# Without a small form: ten thousand are many, and a time limit in the middle takes its time.
LONG = ("cut", "truth")
# What any family can go through. The other parts are about what data sources have of their own.
ANY_KIND = ("storm", "lives", "twice")


def options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="make chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, help="repeat the run of this seed; default: a new one, which is printed")
    parser.add_argument("--deletions", type=int, help="data sources that the storm deletes; default: 1000, short: 40")
    parser.add_argument("--kind", choices=SUBJECTS, help="what it is about; default: data_source, short: a part of all")
    parser.add_argument("--only", choices=PARTS, action="append", help="run this part alone; may be given repeatedly")
    parser.add_argument(
        "--short", action="store_true", help="a small form of every part but cut and truth, a few minutes"
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs, playbooks and reports")
    chosen = parser.parse_args()
    if chosen.deletions is not None and chosen.deletions < 40:
        parser.error("--deletions: give 40 or more, a storm of less has no point.")
    if not set(chosen.only or ()) <= {*parts_of(chosen.kind)}:
        parser.error(f"--only: of a {chosen.kind} there are the parts {', '.join(parts_of(chosen.kind))}.")
    return chosen


def parts_of(kind: str | None) -> Sequence[str]:
    """Return the parts that there are about a kind."""
    if kind in (None, "data_source"):
        return tuple(PARTS)
    return ("lives",) if SUBJECTS[str(kind)].acts else ANY_KIND


def chosen_parts(kind: str | None, only: Sequence[str] | None, short: bool) -> list[tuple[str, str]]:
    """Return the parts to run, each with the kind that it is about."""
    of_kind = [part for part in parts_of(kind) if not (short and part in LONG)]
    found = [(kind or "data_source", part) for part in only or of_kind]
    if short and kind is None and not only:
        found += [(other, "lives") for other in SUBJECTS if other != "data_source"]
    return found


def main() -> int:
    """Run the parts and say how they ended."""
    # Ctrl-C arrives as an exception already; a build server's stop should clean up as well.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))
    chosen = options()
    seed = chosen.seed if chosen.seed is not None else SystemRandom().randrange(1_000_000)
    deletions = chosen.deletions or (40 if chosen.short else 1000)
    again = f"--seed {seed} --deletions {deletions}" + (" --short" if chosen.short else "")
    again += f" --kind {chosen.kind}" if chosen.kind else ""
    print(f'Chaos with seed {seed}. To repeat it: make chaos ARGS="{again}"', flush=True)
    folder = Path(tempfile.mkdtemp(prefix="basedash-chaos-"))
    results = []
    try:
        with workspace.collection_copy() as tree:
            for kind, part in chosen_parts(chosen.kind, chosen.only, chosen.short):
                place = folder / kind
                place.mkdir(exist_ok=True)
                site = Site(place, tree.parents[2], seed, deletions, chosen.short, SUBJECTS[kind])
                results.append(_timed(part, site))
                if kind != "data_source":
                    results[-1].part += f" ({kind})"
                print(results[-1], flush=True)
    finally:
        bad = any(result.bad for result in results)
        if not bad and not chosen.keep:
            shutil.rmtree(folder)
    if chosen.keep or bad:
        print(f"Playbooks, reports (reports.jsonl) and logs of the runs are in {folder}.")
    for result in results:
        # What can't be decided comes last: it is no reason for a failure.
        findings = sorted(result.counts.findings, key=lambda text: text.startswith("undecidable"))
        for text in [*findings[:20], *result.failures]:
            print(f"  {result.part}: {text[:1000]}")
    seconds = sum(result.seconds for result in results)
    print(f"{'FAILED' if bad else 'PASSED'}. {len(results)} parts in {seconds:.0f} s with seed {seed}.")
    if bad:
        print(f'To repeat it: make chaos ARGS="{again} --keep"')
    return 1 if bad else 0


def _timed(part: str, site: Site) -> Result:
    begin = time.monotonic()
    try:
        result = PARTS[part](site)
    except ChaosError as error:
        result = Result(part)
        result.fail(str(error))
    result.seconds = time.monotonic() - begin
    return result


if __name__ == "__main__":
    sys.exit(main())
