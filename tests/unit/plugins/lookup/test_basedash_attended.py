# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether somebody can be asked."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.lookup import basedash_attended
from ansible_collections.community.basedash.plugins.lookup.basedash_attended import LookupModule


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "AWX_ISOLATED_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


def attended(variables: dict[str, Any] | None = None) -> bool:
    (result,) = LookupModule(loader=None, templar=None).run([], variables)
    return bool(result)


@pytest.mark.parametrize(
    ("environment", "variables", "expected"),
    [
        ({}, {}, True),
        ({}, None, True),
        ({"CI": ""}, {}, True),
        ({"CI": "true"}, {}, False),
        ({"AWX_ISOLATED_DATA_DIR": "/runner"}, {}, False),
        ({}, {"awx_job_id": 1}, False),
        ({}, {"tower_job_id": 1}, False),
    ],
)
def test_a_terminal_alone_is_nobody(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], variables: dict[str, Any] | None, expected: bool
) -> None:
    monkeypatch.setattr(basedash_attended, "_is_at_a_terminal", lambda process: True)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert attended(variables) is expected


def test_a_process_at_a_terminal_and_its_neighbours() -> None:
    wait = "print('ready', flush=True); import sys; sys.stdin.read()"
    own = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); " + wait
    main, side = pty.openpty()
    other_main, other_side = pty.openpty()
    processes = [
        subprocess.Popen([sys.executable, "-c", program], stdin=stdin, stdout=subprocess.PIPE, start_new_session=True)
        # A person's, one of a pipeline, and one whose input is a terminal that is not its own.
        for program, stdin in ((own, side), (wait, subprocess.PIPE), (wait, other_side))
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        found = [basedash_attended._is_at_a_terminal(process.pid) for process in processes]
        assert found == [True, False, False]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
        for descriptor in (main, side, other_main, other_side):
            os.close(descriptor)


@pytest.mark.parametrize(
    ("said", "expected"), [("pts/1    S+\n", True), ("pts/1    S\n", False), ("?        S+\n", False), ("", False)]
)
def test_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch, said: str, expected: bool) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: SimpleNamespace(stdout=said))
    # No process has this number.
    assert basedash_attended._is_at_a_terminal(2**22 + 1) is expected


def test_the_main_process_is_the_parent_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert basedash_attended._main_process() == os.getpid()
    monkeypatch.setattr("multiprocessing.parent_process", lambda: SimpleNamespace(pid=7))
    assert basedash_attended._main_process() == 7
