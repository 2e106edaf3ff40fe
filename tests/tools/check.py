# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the checks of `make test` or `make test-matrix`, two at a time, and end with one line that says it all."""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pythons
import workspace

LOGS = workspace.ROOT / ".nox" / "logs"
NOX = [sys.executable, "-m", "nox", "--noxfile", str(workspace.ROOT / "noxfile.py")]


def sessions(kind: str) -> list[str]:
    """Ask nox for the sessions of this kind."""
    command = [*NOX, "--tags", kind, "--list", "--json"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [entry["session"] for entry in json.loads(listing.stdout)]


def skipped(kind: str) -> list[str]:
    """Say what this machine can't check."""
    reasons = [f"Python {version} (not on this machine)" for version in pythons.missing()]
    if kind == "matrix":
        cores = [core for core in pythons.CORES if not pythons.for_core(core)]
        reasons += [f"ansible-core {core} (no Python for it on this machine)" for core in cores]
    return reasons


def log_of(session: str) -> Path:
    """Return where the session's output goes."""
    return LOGS / (re.sub(r"[^\w.-]+", "-", session).strip("-") + ".log")


def run(session: str) -> tuple[str, bool, float]:
    """Run one session; return its name, whether it passed, and the seconds it took."""
    begin = time.monotonic()
    with log_of(session).open("w", encoding="utf-8") as log:
        command = [*NOX, "--no-color", "--session", session]
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
    return session, done.returncode == 0, time.monotonic() - begin


def main() -> int:
    """Run the sessions and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("test", "matrix"))
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="sessions at the same time")
    options = parser.parse_args()

    workspace.clean_environment()
    LOGS.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    names = sessions(options.kind)
    print(f"{len(names)} checks, {options.jobs} at a time; the first run fetches tools. Logs: .nox/logs", flush=True)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, name) for name in names]):
            name, passed, seconds = future.result()
            print(f"  {'passed' if passed else 'FAILED'}  {seconds:4.0f} s  {name}", flush=True)
            if not passed:
                failed.append(name)
                print(log_of(name).read_text(encoding="utf-8", errors="replace"), flush=True)
    outcome = f"FAILED: {', '.join(failed)}" if failed else "PASSED"
    counts = f"{len(names) - len(failed)} of {len(names)} checks passed in {time.monotonic() - begin:.0f} s"
    print(f"{outcome}. {counts}. Skipped: {'; '.join(skipped(options.kind)) or 'nothing'}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
