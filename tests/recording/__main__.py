# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what tasks send and return while tests run, and compare two recordings: see README.md."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.recording.compare import compare, load
from tests.recording.normal import TREE

_SHOWN = 3


def main() -> int:
    """Run a command."""
    text = "Arguments for pytest stand at the end, after --."
    parser = argparse.ArgumentParser(prog="python -m tests.recording", description=__doc__, epilog=text)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="run tests and write what their tasks do")
    recording.add_argument("tests", choices=("unit", "lifecycle"))
    recording.add_argument("file", type=Path)
    recording.add_argument("--examples", type=Path, help="a recording whose examples of Hypothesis are used again")
    comparing = commands.add_parser("compare", help="print what differs; exit status 1 if anything does")
    comparing.add_argument("first", type=Path)
    comparing.add_argument("second", type=Path)
    comparing.add_argument("--known", type=Path, help="a file with lines of differences that are wanted")
    comparing.add_argument("--only-common", action="store_true", help="leave out what the second has not")
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    given = parser.parse_args(words[:end])
    if given.command == "record":
        return record(given.tests, given.file.resolve(), given.examples, words[end + 1 :])
    known = given.known.read_text(encoding="utf-8").splitlines() if given.known else []
    return show(given.first, given.second, {line.strip() for line in known}, given.only_common)


def record(tests: str, file: Path, examples: Path | None, arguments: list[str]) -> int:
    """Run pytest with the plugin; return its exit status."""
    paths = [TREE.parents[2], TREE, TREE / "tests" / "simulator"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib", "-q"]
    command += ["-p", "tests.recording.plugin", "--recording", str(file)]
    command += ["--recording-examples", str(examples.resolve())] if examples else []
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "ANSIBLE_COLLECTIONS_PATH": str(paths[0]),
        # Else the order of sets is chance.
        "PYTHONHASHSEED": "0",
    }
    # A shell's background job ignores SIGINT, and so would pytest, whose tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.run([*command, *arguments, "tests/" + tests], cwd=TREE, env=environment, check=False).returncode


def show(first: Path, second: Path, known: set[str], only_common: bool) -> int:
    """Print how two recordings differ; return 1 if they do."""
    old, new = load(first), load(second)
    if only_common:
        old = {name: events for name, events in old.items() if name in new}
    comparison = compare(old, new)
    wanted = [text for text in comparison.found if text in known]
    found = {text: names for text, names in comparison.found.items() if text not in known}
    for text, names in sorted(found.items(), key=lambda entry: -len(entry[1])):
        tests = list(dict.fromkeys(names))
        more = ", ..." if len(tests) > _SHOWN else ""
        print("%d times in %d tests:\n  %s" % (len(names), len(tests), text))
        print("    %s%s" % (", ".join(tests[:_SHOWN]), more))
    for title, tests in (("only in the first", comparison.missing), ("only in the second", comparison.new)):
        if tests:
            print("%d tests are %s: %s" % (len(tests), title, ", ".join(tests[:_SHOWN])))
    events = [event for test in old.values() for event in test]
    requests = sum(len(event.get("requests", ())) for event in events)
    print("%d tests, %d events, %d requests in the first." % (len(old), len(events), requests))
    print("%d differences, %d more that are known." % (len(found), len(wanted)))
    return 1 if found or comparison.missing else 0


if __name__ == "__main__":
    sys.exit(main())
