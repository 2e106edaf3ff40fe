# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several tasks of one machine that create the same name at once."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from ansible_collections.community.basedash.plugins.module_utils._base.errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    Report,
)
from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, Request
from ansible_collections.community.basedash.plugins.module_utils._rest.creation_lock import creation_lock, note_shown
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    KEY,
    NOT_FOUND,
    ONE,
    PAGE,
    PRESENT,
    RESET,
    SOURCE,
    SOURCES,
    Wire,
    answer,
    execute,
    page,
    resource,
)

KEYS = ("https://basedash.example.com", KEY, "org_1", "data-sources")


def test_later_holders_know_of_a_creation() -> None:
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is None
        lock.note_created("ds_1")
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is not None
        assert lock.shown is None
        assert lock.identifier == "ds_1"
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
        "from ansible_collections.community.basedash.plugins.module_utils._rest.creation_lock import creation_lock\n"
        "with creation_lock(%r, 'a', 1.0): os.kill(os.getpid(), 9)" % (KEYS,)
    )
    ended = subprocess.run([sys.executable, "-c", program, tempfile.gettempdir()], check=False)
    assert ended.returncode == -9
    with creation_lock(KEYS, "a", 1.0):
        pass


def test_nothing_secret_stays_behind() -> None:
    with creation_lock(KEYS, "a name", 1.0) as lock:
        lock.note_created("ds_1")
    (folder,) = Path(tempfile.gettempdir()).glob("community.basedash-*")
    (file,) = folder.iterdir()
    assert KEY not in file.read_text(encoding="utf-8")
    assert "a name" not in file.read_text(encoding="utf-8")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', '{"a": ["x", true]}', "null", '"x"'])
def test_a_file_that_holds_something_else(content: str) -> None:
    with creation_lock(KEYS, "a", 1.0) as lock:
        lock.note_created("ds_1")
    (file,) = next(iter(Path(tempfile.gettempdir()).glob("community.basedash-*"))).iterdir()
    file.write_text(content, encoding="utf-8")
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is None


def test_without_a_folder_there_is_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with creation_lock(KEYS, "a", 1.0) as lock:
        lock.note_created("ds_1")
    note_shown(KEYS, "a")


def test_a_file_system_without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_lock(file: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_lock)
    with creation_lock(KEYS, "a", 1.0) as lock:
        assert lock.created is None
    note_shown(KEYS, "a")


def test_a_folder_of_somebody_else_is_not_used() -> None:
    trap = Path(tempfile.gettempdir()) / "trap"
    trap.mkdir()
    (Path(tempfile.gettempdir()) / ("community.basedash-%d" % os.getuid())).symlink_to(trap)
    with creation_lock(KEYS, "a", 1.0) as lock:
        lock.note_created("ds_1")
    assert list(trap.iterdir()) == []


OPTIONS = {**PRESENT, "name": "preview-42", "dialect": "POSTGRES", "host": "db.example.com"}
NEW = {"type": "direct", "dialect": "POSTGRES", "displayName": "preview-42", "host": "db.example.com"}
MADE = resource("ds_1", "preview-42")


def run(wire: Wire, **options: object) -> Report:
    report = execute(
        SOURCE, {**OPTIONS, **options}, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock()
    )
    wire.finish()
    assert "Unexpected" not in str(report.result)
    return report


def test_a_list_that_lags_for_longer_than_anybody_waits() -> None:
    """The id that another task got shows that its data source is there."""
    never = ("GET", PAGE, page())
    with creation_lock(KEYS, "preview-42", 1.0) as lock:
        lock.note_created("ds_1")
    report = run(Wire(never, never, ("GET", ONE, answer(200, {"data": MADE}))))
    assert not report.failed
    assert not report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_a_server_that_changes_names_makes_one_for_several_tasks() -> None:
    renamed = resource("ds_1", "preview")
    with creation_lock(KEYS, "preview-42", 1.0) as lock:
        lock.note_created("ds_1")
    listed = ("GET", PAGE, page(renamed))
    report = run(Wire(listed, listed, ("GET", ONE, answer(200, {"data": renamed}))))
    assert report.failed
    assert "is named 'preview' (id 'ds_1')" in report.result["msg"]


@pytest.mark.parametrize("identifier", ["ds_1", None])
def test_a_creation_that_may_not_show_yet_and_no_time_to_look_again(identifier: str | None) -> None:
    never = ("GET", PAGE, page())
    with creation_lock(KEYS, "preview-42", 1.0) as lock:
        lock.note_created(identifier)
    looks = [never, never] + ([("GET", ONE, NOT_FOUND)] if identifier else [])
    report = run(Wire(*looks), retry_timeout=0.0)
    assert report.failed
    assert "run the task again" in report.result["msg"]


def test_a_creation_whose_answer_was_lost_is_expected_by_later_holders() -> None:
    wire = Wire(("GET", PAGE, page()), ("POST", SOURCES, RESET, NEW), ("GET", PAGE, page()))
    assert "is not known" in run(wire, retry_timeout=0.0).result["msg"]
    report = run(Wire(("GET", PAGE, page()), ("GET", PAGE, page()), ("GET", PAGE, page(MADE))))
    assert not report.failed
    assert not report.result["changed"]


def test_a_task_that_is_interrupted_while_it_waits_for_another_one() -> None:
    """Restricted access holds signals back, but not before anything was created."""
    wire = Wire(("GET", PAGE, page()))
    access = {"mode": "restricted", "groups": [], "members": [], "group_ids": ["grp_1"], "member_ids": []}
    with creation_lock(KEYS, "preview-42", 1.0):
        report = execute(
            SOURCE,
            {**OPTIONS, "access": access},
            check_mode=False,
            diff_mode=False,
            transport=wire,
            clock=wire.clock(),
            abandoned=lambda: len(wire.sent) > 1,
        )
    assert report.failed
    assert "interrupted" in report.result["msg"]
    # Neither if it gets the lock in the moment of its interruption.
    wire = Wire(("GET", PAGE, page()))
    report = execute(
        SOURCE,
        {**OPTIONS, "access": access},
        check_mode=False,
        diff_mode=False,
        transport=wire,
        clock=wire.clock(),
        abandoned=lambda: len(wire.sent) > 1,
    )
    assert report.failed
    assert "POST" not in {request.method for request in wire.sent}


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
            if not request.url.endswith("?limit=100"):
                return NOT_FOUND
            self._lists += 1
            shown = self.made if self._lists > self.lag else []
            return page(*[resource("ds_%d" % number, name) for number, name in enumerate(shown, 1)])


@pytest.mark.parametrize("lag", [0, 1, 5])
def test_workers_that_create_the_same_name_make_one(lag: int) -> None:
    world = World(lag)
    reports: list[Report] = []

    def work() -> None:
        reports.append(execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=world))

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.made == ["preview-42"]
    assert [report.failed for report in reports] == [False] * 6
    assert [report.result["changed"] for report in reports].count(True) == 1
    assert {report.result["data_source"]["id"] for report in reports} == {"ds_1"}
