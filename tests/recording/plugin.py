# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pytest plugin that records what tasks send and return while the tests run.

It takes hold of the tests' own drivers and not of the collection, so that it works while the collection is rebuilt:
the function ``execute`` that test modules import, the transport that they give to it, the simulator's log of requests,
classes of tests that end a module or run an action, and ``pytest.raises``.
"""

from __future__ import annotations

import dataclasses
import functools
import gzip
import json
import sys
import tempfile
import threading
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic

from tests.recording.compare import FAILED
from tests.recording.normal import TREE, steady

RUNS_A_TASK = "execute"
"""The function of test modules that runs one task: options, and by keyword the transport and the clock."""

RESULT_METHODS = {"Stage": ("run",), "FakeModule": ("exit_json", "fail_json")}
"""Classes of test modules, and their methods that return or get the result of an action or a module."""


class Recorder:
    """Keeps the events of each test, and the examples that Hypothesis made."""

    def __init__(self, file: Path, examples: dict[str, Any] | None) -> None:
        self.file = file
        self.given_examples = examples
        self.tests: dict[str, list[Any]] = {}
        self.examples: dict[str, list[Any]] = {}
        self._properties: dict[int, Callable[..., None]] = {}
        self._events: list[Any] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="basedash-recording-")

    @staticmethod
    def key(item: pytest.Item) -> str:
        """Return the name of a test that does not change when its file moves to another folder."""
        return "%s::%s" % (item.path.name, item.nodeid.partition("::")[2])

    def note(self, **event: Any) -> None:
        """Add an event. What several threads of a test do has no order, so it is left out."""
        if self._events is not None and threading.current_thread() is threading.main_thread():
            self._events.append(steady(event))

    def note_example(self, example: dict[str, Any]) -> None:
        """Add the event that an example begins."""
        self._forget_creations()
        self.note(example=example)

    def _forget_creations(self) -> None:
        """Take another temporary folder, because what creation locks remember there depends on the time that passed."""
        if _simulated():
            tempfile.tempdir = tempfile.mkdtemp(dir=self._folder.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._events = []
        self._forget_creations()
        result = yield
        if self._events:
            self.tests[self.key(item)] = self._events
        self._events = None
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.note(**FAILED)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run a property of Hypothesis with the examples of an earlier recording, or keep those that it makes."""
        handle = getattr(pyfuncitem.obj, "hypothesis", None)
        if handle is None:
            return None
        # All parameters of a test share its handle.
        key, test = self.key(pyfuncitem), self._properties.setdefault(id(handle), handle.inner_test)
        arguments = pyfuncitem._fixtureinfo.argnames
        fixtures = {name: pyfuncitem.funcargs[name] for name in arguments}
        if self.given_examples is None:
            handle.inner_test = self._keeping(key, test, fixtures)
            return None
        for example in self.given_examples.get(key, ()):
            self.note_example(example)
            with warnings.catch_warnings():
                # To use assume() outside of Hypothesis is deprecated.
                warnings.simplefilter("ignore")
                try:
                    test(**fixtures, **example)
                except Exception as error:
                    if type(error).__name__ != "UnsatisfiedAssumption":
                        raise
        return True

    def _keeping(self, key: str, test: Callable[..., None], fixtures: Mapping[str, Any]) -> Callable[..., None]:
        @functools.wraps(test)
        def keep(*values: Any, **named: Any) -> None:
            example = {name: value for name, value in named.items() if name not in fixtures}
            if not values and _is_json(example):
                self.examples.setdefault(key, []).append(example)
                self.note_example(example)
                test(**named)
                return
            # An example of objects can't be kept, so it can't be compared either.
            events, self._events = self._events, None
            try:
                test(*values, **named)
            finally:
                self._events = events

        return keep

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take hold of the drivers in all modules of the tests."""
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if not file or TREE / "tests" not in Path(file).parents or "simulator" in file or "recording" in file:
                continue
            if hasattr(module, RUNS_A_TASK):
                setattr(module, RUNS_A_TASK, self._task(getattr(module, RUNS_A_TASK)))
            for name, methods in RESULT_METHODS.items():
                if hasattr(module, name):
                    self._results(getattr(module, name), methods)

    def pytest_sessionfinish(self) -> None:
        # The order of keys stays, because that of an example counts.
        content = json.dumps({"examples": self.given_examples or self.examples, "tests": self.tests})
        self.file.write_bytes(gzip.compress(content.encode(), mtime=0))
        self._folder.cleanup()

    def _task(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(execute)
        def run(task: Any, options: Mapping[str, Any], **how: Any) -> Any:
            simulated = _simulated()
            sent: list[Any] = []
            clock = how.get("clock")
            if simulated:
                before = len(_log(options))
                if clock is not None:
                    # One at a time, and no time but that of sleeping: else the order of requests would be chance.
                    how["clock"] = _still(clock)
                    if options.get("concurrency") in range(2, 9):
                        options = {**options, "concurrency": 1}
            else:
                make = how["transport"]
                how["transport"] = lambda connection: Watched(make(connection), sent)
            report = execute(task, options, **how)
            if simulated:
                names = ("method", "path", "query", "body")
                sent = [{name: entry[name] for name in names} for entry in _log(options)[before:]]
                if options.get("access") is True:
                    # The policies of several data sources are read at once.
                    sent.sort(key=lambda request: str(request["path"]))
            for request in sent:
                request["body"] = _parsed(request["body"])
            told = {name: getattr(report, name) for name in ("failed", "result", "warnings", "progress")}
            if clock is None:
                # The time of real pauses, which have a part of chance.
                api = told["result"].get("api", {})
                told["result"] = {**told["result"], "api": {**api, "wait_seconds": bool(api.get("wait_seconds"))}}
            self.note(requests=sent, **told)
            return report

        return run

    def _results(self, owner: type, methods: tuple[str, ...]) -> None:
        for name in methods:
            setattr(owner, name, self._result(getattr(owner, name)))

    def _result(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(this: Any, *given: Any, **named: Any) -> Any:
            if "exit_json" in method.__name__ or "fail_json" in method.__name__:
                self.note(ended=method.__name__, result=named, text=given)
                return method(this, *given, **named)
            result = method(this, *given, **named)
            self.note(returned=result)
            return result

        return call

    def raises(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``pytest.raises`` that notes the messages of the collection's own exceptions."""

        def raises(*given: Any, **how: Any) -> Any:
            expected = original(*given, **how)
            return Expected(expected, self) if hasattr(expected, "__exit__") else expected

        return raises


class Watched:
    """A transport that notes what it is given to send."""

    def __init__(self, transport: Any, sent: list[Any]) -> None:
        self._transport = transport
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def send(self, request: Any, timeout: float) -> Any:
        names = ("method", "url", "headers", "body")
        self._sent.append({name: getattr(request, name) for name in names})
        return self._transport.send(request, timeout)


class Expected:
    """The context of ``pytest.raises``."""

    def __init__(self, context: Any, recorder: Recorder) -> None:
        self._context = context
        self._recorder = recorder

    def __enter__(self) -> Any:
        return self._context.__enter__()

    def __exit__(self, kind: Any, value: Any, trace: Any) -> Any:
        if kind is not None and ".plugins." in kind.__module__:
            self._recorder.note(raised=str(value))
        return self._context.__exit__(kind, value, trace)


def _simulated() -> bool:
    return "basedash_simulator" in sys.modules


def _still(clock: Any) -> Any:
    """Return a clock that moves only while a task sleeps, without chance."""
    slept = [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds
        clock.sleep(seconds)

    return dataclasses.replace(clock, monotonic=lambda: slept[0], sleep=sleep, random=lambda: 0.5)


def _log(options: Mapping[str, Any]) -> list[Any]:
    with urllib.request.urlopen(options["api_url"] + "/_simulator/requests", timeout=30) as answer:
        log: list[Any] = json.load(answer)
    return log


def _parsed(body: bytes | str | None) -> Any:
    if not body:
        return None
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_json(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command ``record``."""
    parser.addoption("--recording", type=Path, required=True)
    parser.addoption("--recording-examples", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record."""
    examples = config.getoption("--recording-examples")
    known = json.loads(gzip.decompress(examples.read_bytes()))["examples"] if examples else None
    recorder = Recorder(config.getoption("--recording"), known)
    config.pluginmanager.register(recorder, "recorder")
    recorder._results(basic.AnsibleModule, ("exit_json", "fail_json"))
    pytest.raises = recorder.raises(pytest.raises)
