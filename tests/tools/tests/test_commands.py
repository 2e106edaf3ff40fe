# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands in the documentation, and what make says where something that it needs is missing."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import pythons
import workspace

PAGES = [workspace.ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES += sorted((workspace.ROOT / "docs").rglob("*.md"))
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
# At the start of a line of a code block, or in backquotes.
COMMAND = re.compile(r"(?:^|`)((?:[A-Z_]+=\S+ )?(?:make|\.venv/bin/python)(?: [^`\n#]+)?)", re.MULTILINE)
# What the sessions are parametrized with, on whatever machine.
VERSION = re.compile(r"3\.\d+|3\.\d+-oldest-requests|2\.\d+|core-2\.\d+|full|short")


def commands() -> list[tuple[str, list[str]]]:
    """Return each command of make and nox, with the name of its page."""
    found = []
    for page in PAGES:
        for text in COMMAND.findall(page.read_text(encoding="utf-8")):
            words = shlex.split(text)
            found.append((page.name, words[1:] if "=" in words[0] else words))
    return found


def sessions() -> set[str]:
    """Return the names of nox's sessions, without what they are parametrized with."""
    command = [sys.executable, "-m", "nox", "--noxfile", str(workspace.ROOT / "noxfile.py"), "--list", "--json"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {entry["session"].partition("(")[0].partition("-")[0] for entry in json.loads(listing.stdout)}


def test_commands_are_found() -> None:
    assert ("README.md", ["make", "demo"]) in commands()
    assert ("CONTRIBUTING.md", ["make", "units", "ARGS=-k retry"]) in commands()
    assert any(words[0] == ".venv/bin/python" for _page, words in commands())


def test_targets_exist() -> None:
    targets = set(TARGET.findall((workspace.ROOT / "Makefile").read_text(encoding="utf-8")))
    for page, words in commands():
        named = [word for word in words[1:] if "=" not in word] if words[0] == "make" else []
        assert set(named) <= targets, (page, words)


def test_what_the_arguments_name_exists() -> None:
    """Paths, integration targets and the files that the documentation tells to use."""
    targets = workspace.ROOT / "tests" / "integration" / "targets"
    for page, words in commands():
        for word in shlex.split(" ".join(word.partition("=")[2] or word for word in words)):
            if word.startswith("tests/"):
                assert (workspace.ROOT / word).exists(), (page, words)
            if "integration" in words and word.startswith("basedash"):
                assert (targets / word).is_dir(), (page, words)


def test_sessions_exist() -> None:
    known = sessions()
    named = [(page, words[words.index("-s") + 1]) for page, words in commands() if "-s" in words]
    assert named
    for page, session in named:
        name, _bracket, parameter = session.partition("(")
        assert name in known, (page, session)
        assert not parameter or VERSION.fullmatch(parameter.rstrip(")")), (page, session)


def test_python_of_the_checks_comes_after_setup() -> None:
    """A fresh clone has no .venv."""
    for page in PAGES:
        before, used, _after = page.read_text(encoding="utf-8").partition(".venv/bin/python")
        assert not used or re.search("`make setup`|^make ", before, re.MULTILINE), page.name


def make(tree: Path, *arguments: str, **variables: str) -> tuple[int, list[str]]:
    """Run make in a folder that has what .venv is made of; return its status and lines but for make's own."""
    for folder in ("tools", "simulator"):
        (tree / "tests" / folder).mkdir(parents=True)
    for name in ("Makefile", "tests/tools/requirements.txt"):
        shutil.copy(workspace.ROOT / name, tree / name)
    # An outer make hands its own options on.
    kept = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    command = ["make", "-C", str(tree), "--no-print-directory", *arguments]
    done = subprocess.run(
        command, env={**kept, **variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, [line for line in done.stdout.splitlines() if not line.startswith("make")]


@pytest.mark.parametrize(
    ("fails_for", "says"),
    [
        ("version_info", "is not Python 3.11 or newer. Name one: make setup PYTHON="),
        ("ensurepip", "has no venv and ensurepip. Install them"),
    ],
)
def test_a_python_that_lacks_something(fails_for: str, says: str, tmp_path: Path) -> None:
    python = tmp_path / "python"
    text = f'#!/bin/sh\ncase "$*" in *{fails_for}*) exit 1;; esac\nexec {shlex.quote(sys.executable)} "$@"\n'
    python.write_text(text, encoding="utf-8")
    python.chmod(0o700)
    status, (line,) = make(tmp_path, "setup", f"PYTHON={python}")
    assert status != 0
    assert says in line


def test_no_python(tmp_path: Path) -> None:
    status, (line,) = make(tmp_path, "setup", "PYTHON=python9")
    assert status != 0
    assert line.startswith('"python9" is not Python 3.11 or newer.')


def test_offline(tmp_path: Path) -> None:
    """One sentence says what to do, and pip's words are in a file."""
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    python = f"PYTHON={pythons.find()[pythons.current()]}"
    status, lines = make(tmp_path, "demo", python, **offline)
    assert status != 0
    assert lines[0].startswith("Preparing .venv")
    assert lines[1].startswith(workspace.OFFLINE.format("in tests/tools/requirements.txt"))
    assert len(lines) == 2
    assert "ansible-core" in (tmp_path / ".venv" / "pip.log").read_text(encoding="utf-8")
