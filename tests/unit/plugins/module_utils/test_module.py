# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rim: how a task's report becomes a module's end."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.community.basedash.plugins.module_utils._base.errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._engine import module as _module
from ansible_collections.community.basedash.plugins.module_utils._engine import module_spec as _definition
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.options import (
    CONNECTION,
    secret_texts,
)
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Outcome, Task
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Collection
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    DATA_SOURCE,
    DATA_SOURCE_ACCESS,
    DATA_SOURCE_INFO,
    KEY,
    KIND,
)


class End(Exception):
    """A module's end: how, and with which result."""

    def __init__(self, how: str, result: dict[str, Any]) -> None:
        super().__init__(how)
        self.how = how
        self.result = result


class FakeModule:
    """Stands in for AnsibleModule."""

    check_mode = False
    _diff = True
    _verbosity = 1

    def __init__(self, **arguments: Any) -> None:
        assert arguments["supports_check_mode"] is True
        self.params = ABSENT
        self.warnings: list[str] = []
        self.no_log_values: set[str] = set()

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def log(self, text: str) -> None:
        raise AssertionError("nothing to log: " + text)

    def exit_json(self, **result: Any) -> None:
        raise End("exit", {**result, "warned": self.warnings})

    def fail_json(self, **result: Any) -> None:
        raise End("fail", {**result, "warned": self.warnings})


def run(task: Any) -> End:
    with pytest.raises(End) as end:
        _module.run_module(ModuleSpec(Task(KIND, task), {}))
    return end.value


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basic, "AnsibleModule", FakeModule)


def unchanged(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    return Outcome(False, message="all is well", warnings=("but look",))


def refused(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    raise RefusedError("That is refused.", warnings=("and look",))


def test_outcome_ends_the_module() -> None:
    end = run(unchanged)
    assert end.how == "exit"
    assert end.result["msg"] == "all is well"
    assert end.result["warned"] == ["but look"]


def test_failure_fails_the_module() -> None:
    end = run(refused)
    assert end.how == "fail"
    assert end.result["msg"] == "That is refused."
    assert end.result["warned"] == ["and look"]


def test_progress_comes_with_the_result_at_v(monkeypatch: pytest.MonkeyPatch) -> None:
    def patient(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        api.progress("waiting for %s" % options["api_key"])
        return Outcome(False)

    monkeypatch.setattr(FakeModule, "log", lambda self, text: None)
    assert run(patient).result["progress"] == ["waiting for ********"]
    monkeypatch.setattr(FakeModule, "_verbosity", 0)
    assert "progress" not in run(patient).result


def test_secrets_are_all_that_is_marked_so() -> None:
    options = {**ABSENT, "password": "one", "extra_secrets": {"a": ["two", {"b": 3}], "c": True}, "host": "plain"}
    assert sorted(secret_texts(DATA_SOURCE, options)) == sorted([KEY, "one", "two", "3"])


def test_missing_requests_says_which_python_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_definition, "MISSING", ImportError("No module named 'requests'"))
    end = run(unchanged)
    assert end.how == "fail"
    assert sys.executable in end.result["msg"]
    assert "-m pip install requests" in end.result["msg"]
    assert end.result["api"]["requests"] == 0


@pytest.mark.parametrize("spec", [DATA_SOURCE, DATA_SOURCE_INFO, DATA_SOURCE_ACCESS])
def test_every_module_has_every_connection_option(spec: dict[str, Any]) -> None:
    assert {name: spec[name] for name in CONNECTION} == CONNECTION


def test_every_connection_option_has_its_environment_variable() -> None:
    for name, option in CONNECTION.items():
        assert option["fallback"][1] == ["BASEDASH_" + name.upper()]


def test_the_key_is_a_secret() -> None:
    assert CONNECTION["api_key"]["no_log"] is True


def test_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    fallback = CONNECTION["timeout"]["fallback"][0]
    monkeypatch.setenv("BASEDASH_TIMEOUT", "")
    with pytest.raises(AnsibleFallbackNotFound):
        fallback("BASEDASH_TIMEOUT")
    monkeypatch.setenv("BASEDASH_TIMEOUT", "5")
    assert fallback("BASEDASH_TIMEOUT") == "5"


def test_a_module_notices_that_nobody_reads_its_result() -> None:
    kept = os.dup(1)
    reader, writer = os.pipe()
    os.dup2(writer, 1)
    try:
        waited_for = not _module._abandoned()
        os.close(reader)
        left = _module._abandoned()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(writer)
    assert waited_for
    assert left
