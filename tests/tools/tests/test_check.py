# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sessions `make test-matrix` runs, and in which order."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import check
import pythons
import workspace


def listed(*words: str) -> list[dict[str, Any]]:
    """Return what nox says of its sessions."""
    command = [sys.executable, "-m", "nox", "--noxfile", str(workspace.ROOT / "noxfile.py"), "--list", "--json", *words]
    listing: list[dict[str, Any]] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return listing


def test_unit_tests_run_with_each_ansible_core_and_nothing_runs_twice() -> None:
    chosen = [one["call_spec"]["ansible"] for one in listed("--tags", "matrix") if one["name"] == "units"]
    assert sorted(chosen) == [f"ansible-core~={core}.0" for core in pythons.CORES if pythons.for_core(core)]
    runs = [
        (one["python"], one["call_spec"]["ansible"], one["call_spec"]["requests"])
        for one in listed()
        if one["name"] == "units"
    ]
    assert {python for python, _ansible, _requests in runs} == set(pythons.find())
    # Left to pip, it would be the newest.
    free = [
        (python, requests) for python, ansible, requests in runs if "~=" not in ansible and requests == ["requests"]
    ]
    runs += [(python, f"ansible-core~={pythons.newest_core(python)}.0", requests) for python, requests in free]
    assert all(runs.count(one) == 1 for one in runs)


def test_each_ansible_core_has_its_sessions_and_the_newest_one_those_of_make_test() -> None:
    names = [one["session"] for one in listed("--tags", "matrix")]
    tested = [one["session"] for one in listed("--tags", "test")]
    for session in ("sanity", "integration", "examples"):
        assert [name for name in names if name.startswith(session)] == [f"{session}({one})" for one in pythons.cores()]
        assert [name for name in tested if name.startswith(session)] == [f"{session}({pythons.cores()[-1]})"]


def test_the_longest_sessions_begin_first() -> None:
    names = [one["session"] for one in listed("--tags", "matrix")]
    ordered = [name.partition("(")[0] for name in check.longest_first(["lint", *names, "docs", "chaos(short)"])]
    assert sorted(ordered) == sorted(["lint", *(name.partition("(")[0] for name in names), "docs", "chaos"])
    kinds = list(dict.fromkeys(ordered))
    assert kinds == ["integration", "examples", "sanity", "chaos", "lint", "units", "docs"]
