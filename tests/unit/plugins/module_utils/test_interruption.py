# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signals between the creation of a data source and the setting of its access."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._http import interruption as _interruption
from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, Request
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    MANAGE,
    NOT_FOUND,
    ONE,
    PAGE,
    PRESENT,
    RESET,
    SOURCE,
    SOURCES,
    Wire,
    answer,
    error,
    execute,
    found,
    page,
    resource,
)

GROUPS = {"mode": "restricted", "groupIds": ["grp_1"], "memberIds": []}
NEW = {"type": "direct", "dialect": "POSTGRES", "displayName": "preview-42"}
OPTIONS: dict[str, Any] = {
    **PRESENT,
    "name": "preview-42",
    "dialect": "POSTGRES",
    "access": {"mode": "restricted", "group_ids": ["grp_1"]},
}
EMPTY = ("GET", PAGE, page())
THERE = ("GET", PAGE, page(resource()))
POST = ("POST", SOURCES, answer(201, {"data": resource()}), NEW)
PUT = ("PUT", ONE + "/access", answer(200, {"data": GROUPS}), GROUPS)


class Interrupted(Wire):
    """Sends this process a signal while it works on the requests of one method."""

    def __init__(self, *steps: Any, method: str, number: int) -> None:
        super().__init__(*steps)
        self._method, self._number = method, number

    def send(self, request: Request, timeout: float) -> RawAnswer:
        if request.method == self._method:
            os.kill(os.getpid(), self._number)
            # The main thread handles signals, when it comes to it.
            deadline = time.monotonic() + 5
            while threading.current_thread() is not threading.main_thread() and time.monotonic() < deadline:
                if _interruption.was_interrupted():
                    break
                time.sleep(0.01)
        return super().send(request, timeout)


@pytest.fixture(autouse=True)
def a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_interruption, "_interrupted", [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_access_of_a_new_source_is_still_set(method: str, number: int) -> None:
    wire = Interrupted(EMPTY, POST, PUT, THERE, method=method, number=number)
    report = execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    wire.finish()
    assert not report.failed
    assert report.result["changed"]
    # The next item of a loop does not begin.
    wire = Wire()
    report = execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    assert report.failed
    assert "interrupted" in report.result["msg"]


class Alarm(BaseException):
    """What Ansible raises when a task's ``timeout`` is over; no ``Exception``."""


@pytest.fixture
def alarm() -> Iterator[None]:
    def ring(number: int, frame: Any) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_access_of_a_new_source_is_still_set_after_the_timeout_of_the_task(method: str) -> None:
    wire = Interrupted(EMPTY, POST, PUT, THERE, method=method, number=signal.SIGALRM)
    report = execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    wire.finish()
    assert not report.failed
    assert report.result["changed"]
    # It is a matter of this task alone.
    assert not _interruption.was_interrupted()


@pytest.mark.usefixtures("alarm")
def test_at_any_other_moment_the_timeout_ends_the_task() -> None:
    wire = Interrupted(EMPTY, method="GET", number=signal.SIGALRM)
    with pytest.raises(Alarm):
        execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())


def test_a_source_that_stays_open_is_named() -> None:
    put = ("PUT", ONE + "/access", error(403), GROUPS)
    wire = Interrupted(EMPTY, POST, put, method="POST", number=signal.SIGTERM)
    report = execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    wire.finish()
    assert report.failed
    assert report.result["changed"]
    assert "open to the whole organization" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_the_access_is_tried_again_after_a_signal() -> None:
    put = ("PUT", ONE + "/access", NOT_FOUND, GROUPS)
    wire = Interrupted(EMPTY, POST, put, PUT, THERE, method="POST", number=signal.SIGTERM)
    report = execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    wire.finish()
    assert not report.failed


def test_many_finish_what_they_created_and_begin_no_more() -> None:
    entries = [{**OPTIONS, "name": name, "state": "present"} for name in ("preview-42", "preview-43", "preview-44")]
    options = {
        **OPTIONS,
        "data_sources": entries,
        "state": "present",
        "filters": None,
        "exclude": None,
        "prune": False,
        "allow_replace_all": False,
        "max_deletions": None,
        "concurrency": 1,
        "on_error": "continue",
    }
    wire = Interrupted(EMPTY, POST, PUT, THERE, method="POST", number=signal.SIGTERM)
    report = execute(MANAGE, options, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    wire.finish()
    assert report.failed
    assert [one["action"] for one in report.result["results"]] == ["created", "not_attempted", "not_attempted"]


def test_at_any_other_moment_a_signal_does_what_it_did() -> None:
    wire = Interrupted(EMPTY, POST, method="GET", number=signal.SIGINT)
    # A shell lets its background jobs ignore Ctrl-C, and the tests may be one of them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            execute(SOURCE, OPTIONS, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_task_that_nobody_waits_for_begins_no_write() -> None:
    wire = Wire(("GET", ONE, found()))
    options = {**ABSENT, "id": "ds_1"}
    report = execute(
        SOURCE,
        options,
        check_mode=False,
        diff_mode=False,
        transport=wire,
        clock=wire.clock(),
        abandoned=lambda: bool(wire.sent),
    )
    wire.finish()
    assert report.failed
    assert not report.result["changed"]
    assert "interrupted before DELETE" in report.result["msg"]


def test_a_lost_creation_is_told_by_an_interrupted_task() -> None:
    wire = Wire(EMPTY, ("POST", SOURCES, RESET, NEW), EMPTY)
    options = {**OPTIONS, "access": None}
    report = execute(
        SOURCE,
        options,
        check_mode=False,
        diff_mode=False,
        transport=wire,
        clock=wire.clock(),
        abandoned=lambda: len(wire.sent) > 1,
    )
    wire.finish()
    assert report.failed
    assert "is not known" in report.result["msg"]
