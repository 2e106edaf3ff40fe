# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several tasks of one machine that create the same name at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from ansible_collections.community.basedash.plugins.module_utils._creation_lock import creation_lock, note_shown
from ansible_collections.community.basedash.plugins.module_utils._errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._lifecycle import make_so
from ansible_collections.community.basedash.plugins.module_utils._task import Report, execute
from ansible_collections.community.basedash.plugins.module_utils._transport import RawAnswer, Request
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    KEY,
    PRESENT,
    Wire,
    answer,
    page,
    resource,
)

KEYS = ("https://basedash.example.com", KEY, "org_1", "data-sources")


def test_later_holders_know_of_a_creation() -> None:
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is None
        lock.note_created()
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is not None
        assert lock.shown is None
    note_shown(KEYS, "a")
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.shown is not None
    with creation_lock((*KEYS[:2], "org_2", KEYS[3]), "a", 1.0) as lock:
        assert lock.created is None


def test_a_lock_that_is_held() -> None:
    with (
        creation_lock(KEYS, "a", 1.0),
        pytest.raises(RefusedError, match="Another task"),
        creation_lock(KEYS, "a", 0.1),
    ):
        raise AssertionError("two hold it")


def test_a_holder_that_dies_lets_go() -> None:
    program = (
        "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from ansible_collections.community.basedash.plugins.module_utils._creation_lock import creation_lock\n"
        "with creation_lock(%r, 'a', 1.0): os.kill(os.getpid(), 9)" % (KEYS,)
    )
    ended = subprocess.run([sys.executable, "-c", program, tempfile.gettempdir()], check=False)
    assert ended.returncode == -9
    with creation_lock(KEYS, "a", 1.0):
        pass


def test_nothing_secret_stays_behind() -> None:
    with creation_lock(KEYS, "a name", 1.0) as lock:
        lock.note_created()
    (folder,) = Path(tempfile.gettempdir()).glob("community.basedash-*")
    (file,) = folder.iterdir()
    assert KEY not in file.read_text(encoding="utf-8")
    assert "a name" not in file.read_text(encoding="utf-8")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', '{"a": ["x", true]}', "null", '"x"'])
def test_a_file_that_holds_something_else(content: str) -> None:
    with creation_lock(KEYS, "a", 1.0) as lock:
        lock.note_created()
    (file,) = next(iter(Path(tempfile.gettempdir()).glob("community.basedash-*"))).iterdir()
    file.write_text(content, encoding="utf-8")
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is None


def test_without_a_folder_there_is_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with creation_lock(KEYS, "a", 1.0) as lock:
        lock.note_created()
    note_shown(KEYS, "a")


def test_a_folder_of_somebody_else_is_not_used() -> None:
    trap = Path(tempfile.gettempdir()) / "trap"
    trap.mkdir()
    (Path(tempfile.gettempdir()) / ("community.basedash-%d" % os.getuid())).symlink_to(trap)
    with creation_lock(KEYS, "a", 1.0) as lock:
        lock.note_created()
    assert list(trap.iterdir()) == []


class World(Wire):
    """A server for several tasks at once, whose list shows a creation only after so many further lists."""

    def __init__(self, lag: int) -> None:
        super().__init__()
        self.lag = lag
        self.made: list[str] = []
        self._lists = 0
        self._guard = threading.Lock()

    def send(self, request: Request, timeout: float) -> RawAnswer:
        with self._guard:
            if request.method == "POST":
                name = json.loads(request.body or b"")["displayName"]
                self.made.append(name)
                self._lists = 0
                return answer(201, {"data": resource("ds_%d" % len(self.made), name)})
            self._lists += 1
            shown = self.made if self._lists > self.lag else []
            return page(*[resource("ds_%d" % number, name) for number, name in enumerate(shown, 1)])


@pytest.mark.parametrize("lag", [0, 1, 5])
def test_workers_that_create_the_same_name_make_one(lag: int) -> None:
    world = World(lag)
    reports: list[Report] = []

    def work() -> None:
        options = {**PRESENT, "name": "preview-42", "dialect": "POSTGRES", "host": "db.example.com"}
        reports.append(execute(make_so, options, check_mode=False, diff_mode=False, transport=world))

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.made == ["preview-42"]
    assert [report.failed for report in reports] == [False] * 6
    assert [report.result["changed"] for report in reports].count(True) == 1
    assert {report.result["data_source"]["id"] for report in reports} == {"ds_1"}
