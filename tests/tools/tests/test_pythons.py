# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pythons


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    find = pythons.find
    find.cache_clear()
    yield
    find.cache_clear()


def test_what_is_found_runs() -> None:
    found = pythons.find()
    assert pythons.current() in found
    for version, python in found.items():
        answer = subprocess.run([python, "--version"], capture_output=True, text=True, check=True)
        assert answer.stdout.startswith(f"Python {version}.")
    assert set(found).isdisjoint(pythons.missing())


def test_a_shim_leads_to_the_version_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shim of a version that is not selected exists and fails; the version itself works."""
    shims, version = tmp_path / "shims", tmp_path / "versions" / "3.9.18" / "bin"
    for folder, code in ((shims, "exit 127"), (version, "echo final 3.9")):
        folder.mkdir(parents=True)
        program = folder / "python3.9"
        program.write_text(f"#!/bin/sh\n{code}\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(shims))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert pythons.find()["3.9"] == version / "python3.9"
    pythons.put_on_path()
    path = os.environ["PATH"].split(os.pathsep)
    assert str(version) in path
    assert str(shims) not in path


def test_the_newest_core_for_a_python() -> None:
    assert pythons.newest_core("3.11") == "2.19"
    assert pythons.newest_core("3.12") == "2.21"


@pytest.mark.parametrize(
    ("there", "core", "expected"),
    [(["3.9", "3.11", "3.12"], "2.16", "3.11"), (["3.9", "3.12", "3.13"], "2.20", "3.13"), (["3.9"], "2.21", None)],
)
def test_the_python_for_a_core(
    there: list[str], core: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pythons, "find", lambda: dict.fromkeys(there, Path(sys.executable)))
    monkeypatch.setattr(pythons, "current", lambda: "3.11")
    assert pythons.for_core(core) == expected
    assert (core in pythons.cores()) is (expected is not None)
