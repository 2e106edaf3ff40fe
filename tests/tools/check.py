# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the checks of `make test`, of `make test-matrix` or of both, several at a time, and say how they ended."""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pythons
import workspace

LOGS = workspace.ROOT / ".nox" / "logs"
NOX = [sys.executable, "-m", "nox", "--noxfile", str(workspace.ROOT / "noxfile.py")]
# They begin first, so that no long one runs alone at the end; each of the others takes a minute or less.
LONGEST = ("integration", "lifecycle", "examples", "sanity", "chaos")


def sessions(kind: str) -> list[str]:
    """Ask nox for the sessions of this kind."""
    command = [*NOX, "--tags", kind, "--list", "--json"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [entry["session"] for entry in json.loads(listing.stdout)]


def longest_first(names: list[str]) -> list[str]:
    """Put the sessions in the order in which they begin."""

    def place(name: str) -> int:
        session = re.split(r"[-(]", name)[0]
        return LONGEST.index(session) if session in LONGEST else len(LONGEST)

    return sorted(names, key=place)


def skipped(kinds: list[str]) -> list[str]:
    """Say what this machine can't check."""
    reasons = [f"Python {version} (not on this machine)" for version in pythons.missing()]
    if "matrix" in kinds:
        cores = [core for core in pythons.CORES if not pythons.for_core(core)]
        reasons += [f"ansible-core {core} (no Python for it on this machine)" for core in cores]
    return reasons


def log_of(session: str) -> Path:
    """Return where the session's output goes."""
    return LOGS / (re.sub(r"[^\w.-]+", "-", session).strip("-") + ".log")


RUNNING: set[subprocess.Popen[bytes]] = set()


def run(session: str) -> tuple[str, str, float]:
    """Run one session; return its name, what is wrong, and the seconds it took."""
    begin = time.monotonic()
    with log_of(session).open("wb") as log:
        command = [*NOX, "--no-color", "--session", session]
        with subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL) as nox:
            RUNNING.add(nox)
            code = nox.wait()
            RUNNING.discard(nox)
    wrong = f"killed by {signal.Signals(-code).name}" if code < 0 else "failed" if code else ""
    return session, wrong, time.monotonic() - begin


def worth_showing(log: str) -> str:
    """Return the log, or what to do alone if packages could not be downloaded: pip's words don't help then."""
    offline = [line for line in log.splitlines() if workspace.ADVICE in line]
    return offline[-1] if offline else log


def run_all(names: list[str], jobs: int) -> list[str]:
    """Run the sessions, say how each one ends, and return those that failed."""
    failed = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        try:
            for future in concurrent.futures.as_completed([pool.submit(run, name) for name in names]):
                name, wrong, seconds = future.result()
                print(f"  {'FAILED' if wrong else 'passed'}  {seconds:4.0f} s  {name}", flush=True)
                if wrong:
                    failed.append(name)
                    print(worth_showing(log_of(name).read_text(encoding="utf-8", errors="replace")))
                    print(f"  {name} {wrong}: the whole output is in {log_of(name)}", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for nox in list(RUNNING):
                nox.terminate()
            raise
    return failed


def main() -> int:
    """Run the sessions and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", choices=("test", "matrix"))
    # One more than there are processors, because sessions wait a lot: for time-outs, and for packages.
    parser.add_argument("--jobs", type=int, default=min(3, 1 + (os.cpu_count() or 1)), help="sessions at the same time")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    workspace.clean_environment()
    LOGS.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    # Some sessions belong to both kinds.
    names = longest_first(list(dict.fromkeys(name for kind in options.kinds for name in sessions(kind))))
    print(f"{len(names)} checks, {options.jobs} at a time; the first run fetches tools. Logs: .nox/logs", flush=True)
    try:
        failed = run_all(names, options.jobs)
    except KeyboardInterrupt:
        print("STOPPED before the end.")
        return 130
    outcome = f"FAILED: {', '.join(failed)}" if failed else "PASSED" if names else "FAILED: nox knows no such checks"
    counts = f"{len(names) - len(failed)} of {len(names)} checks passed in {time.monotonic() - begin:.0f} s"
    print(f"{outcome}. {counts}. Skipped: {'; '.join(skipped(options.kinds)) or 'nothing'}.")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
