# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's way: when it is taken, and that its results are those of the module."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.community.basedash.plugins.module_utils._base.errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.options import CONNECTION as SPEC
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Outcome, Task
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Collection
from ansible_collections.community.basedash.plugins.modules.basedash_data_source import SPEC as REAL
from ansible_collections.community.basedash.plugins.plugin_utils import _action
from ansible_collections.community.basedash.plugins.plugin_utils._action import TaskAction
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import KEY, KIND, URL

ARGUMENTS: dict[str, Any] = {"api_key": KEY, "api_url": URL, "organization_id": "org_1"}
MODULE = {"from": "the module"}


def unchanged(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    return Outcome(False, message="all is well", warnings=("but look",), values={"folder": os.getcwd()})


class Display:
    """Stands in for Ansible's."""

    def __init__(self) -> None:
        self.verbosity = 0
        self.shown: list[str] = []
        self.ways: list[str] = []

    def display(self, text: str, *, stderr: bool) -> None:
        assert stderr
        self.shown.append(text)

    def v(self, text: str, host: str | None = None) -> None:
        self.ways.append(text)


class Stage:
    """A task with all that Ansible gives to an action plugin."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.display = Display()
        self.spec = ModuleSpec(Task(KIND, unchanged), SPEC)
        self.task = SimpleNamespace(
            action="community.basedash.thing",
            resolved_action="community.basedash.thing",
            args=dict(ARGUMENTS),
            module_defaults=[],
            async_val=0,
            environment=[],
            delegate_to=None,
            check_mode=False,
            diff=False,
            no_log=False,
        )
        self.connection = SimpleNamespace(transport="local", become=None, _shell=SimpleNamespace(tmpdir=None))
        self.folder = folder
        monkeypatch.setattr(_action, "_display", self.display)
        monkeypatch.setattr(NormalAction, "run", lambda self, tmp, task_vars: MODULE)

    def run(self, **variables: Any) -> dict[str, Any]:
        loader = SimpleNamespace(get_basedir=lambda: str(self.folder))
        templar = SimpleNamespace(template=lambda value: value)
        action = TaskAction(self.task, self.connection, SimpleNamespace(), loader, templar, None)
        action.spec = self.spec
        return action.run(None, {"inventory_hostname": "here", **variables})


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    return Stage(monkeypatch, tmp_path)


def test_in_the_controller_where_it_is_the_same(stage: Stage) -> None:
    result = stage.run()
    assert result["msg"] == "all is well"
    assert result["warnings"] == ["but look"]
    assert result["changed"] is False
    assert "failed" not in result
    assert stage.display.ways == ["community.basedash.thing runs in the controller"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"task": {"async_val": 10}}, "async"),
        ({"task": {"environment": [{}, {"A": "b"}]}}, "environment"),
        ({"connection": {"transport": "ssh"}}, "not local"),
        ({"connection": {"become": object()}}, "become"),
        ({"variables": {"ansible_python_interpreter": "/opt/other/bin/python"}}, "/opt/other/bin/python"),
        ({"variables": {"basedash_run_on": "target"}}, "basedash_run_on"),
        ({"missing": ImportError("no")}, "requests"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_as_a_module_where_it_is_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], why: str
) -> None:
    monkeypatch.setattr(_action, "MISSING", change.get("missing"))
    vars(stage.task).update(change.get("task", {}))
    vars(stage.connection).update(change.get("connection", {}))
    assert stage.run(**change.get("variables", {})) == MODULE
    assert "as a module" in stage.display.ways[0]
    assert why in stage.display.ways[0]


@pytest.mark.parametrize("python", [sys.executable, "auto", "auto_silent", "auto_legacy", "", None])
def test_the_same_python_or_a_discovered_one_is_no_other(stage: Stage, python: str | None) -> None:
    assert stage.run(ansible_python_interpreter=python) != MODULE


def test_another_name_of_the_same_python(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "python3.11").write_text("")
    (tmp_path / "python").symlink_to("python3.11")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "python").symlink_to("../python3.11")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3.11"))
    assert stage.run(ansible_python_interpreter=str(tmp_path / "python")) != MODULE
    # That of another environment has other libraries, whatever it links to.
    assert stage.run(ansible_python_interpreter=str(tmp_path / "elsewhere" / "python")) == MODULE


def test_a_delegated_task_goes_by_the_other_hosts_python(stage: Stage) -> None:
    stage.task.delegate_to = "there"
    delegated = {"there": {"ansible_python_interpreter": "/opt/there/python"}}
    assert stage.run(ansible_delegated_vars=delegated) == MODULE
    stage.task.delegate_to = "elsewhere"
    assert stage.run(ansible_delegated_vars=delegated, ansible_python_interpreter="/opt/here/python") != MODULE


def test_forced_into_the_controller(stage: Stage) -> None:
    stage.connection.transport = "ssh"
    stage.connection.become = object()
    assert stage.run(basedash_run_on="controller", ansible_python_interpreter="/opt/other")["msg"] == "all is well"


@pytest.mark.parametrize("change", [{"async_val": 5}, {"environment": [{"A": "b"}]}], ids=["async", "environment"])
def test_what_would_have_no_effect_is_refused(stage: Stage, change: dict[str, Any]) -> None:
    vars(stage.task).update(change)
    result = stage.run(basedash_run_on="controller")
    assert result["failed"] is True
    assert next(iter(change)).split("_")[0] in result["msg"]


@pytest.mark.parametrize("way", ["contoller", "Controller", "", None, True, ["target"]])
def test_an_unknown_way_is_refused(stage: Stage, way: Any) -> None:
    stage.spec = REAL
    stage.task.args = {**ARGUMENTS, "name": "orders"}
    result = stage.run(basedash_run_on=way)
    # Before ansible-core 2.21, each result has one.
    result.pop("invocation", None)
    message = "The variable basedash_run_on is %r: give auto, controller or target." % (way,)
    assert result == {**NOTHING_SENT, "data_source": None, "msg": message}


def test_relative_paths_begin_at_the_playbook(stage: Stage) -> None:
    before = os.getcwd()
    assert stage.run()["folder"] == str(stage.folder)
    assert os.getcwd() == before


def test_a_failure(stage: Stage) -> None:
    def refused(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        raise RefusedError("That is refused.", warnings=("and look",))

    stage.spec = ModuleSpec(Task(KIND, refused), SPEC)
    result = stage.run()
    assert result["failed"] is True
    assert result["msg"] == "That is refused."
    assert result["warnings"] == ["and look"]


def test_check_and_diff_mode_arrive(stage: Stage) -> None:
    def tells(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        return Outcome(check_mode)

    stage.spec = ModuleSpec(Task(KIND, tells), SPEC)
    assert stage.run()["changed"] is False
    stage.task.check_mode = True
    assert stage.run()["changed"] is True


NOTHING_SENT = {"changed": False, "failed": True, "api": {"requests": 0, "retries": 0, "wait_seconds": 0.0}}


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("timeout", "soon" + KEY, "The option timeout is a text and not a number: give a number."),
        ("tmeout", KEY, "The option tmeout is unknown: did you mean timeout?"),
        ("organization_id", b"org_1", "The option organization_id has a value that is no YAML: give a text."),
    ],
)
def test_wrong_options_are_refused(stage: Stage, option: str, value: Any, message: str) -> None:
    stage.task.args[option] = value
    for way in ("controller", "target") if isinstance(value, bytes) else ("controller",):
        result = stage.run(basedash_run_on=way, ansible_inject_invocation=True)
        assert KEY not in str(result)
        assert set(result.pop("invocation")["module_args"].values()) <= {"a text", "a value of another kind"}
        assert result == {**NOTHING_SENT, "msg": message}


def as_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: dict[str, Any]) -> Any:
    """Run the module of one data source in this process, as Ansible would start it, and return its result."""
    internal = {"_ansible_check_mode": False, "_ansible_no_log": False}
    if "inject_invocation" in PASS_VARS:
        # Before ansible-core 2.21, each result has an invocation.
        internal["_ansible_inject_invocation"] = True
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**given, **internal}}).encode()
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", arguments)
    # Since ansible-core 2.19.
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit):
        run_module(REAL)
    return json.loads(capsys.readouterr().out)


SECRET = "hush-Hunter2-hush"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": False},
        {"password": 42798},
        {"id": "ds_********_1"},
        {"state": SECRET, "port": "many"},
        {"port": SECRET},
        {"timeout": SECRET, SECRET: 1},
        {"client_key": "-----BEGIN PRIVATE KEY-----\n%s" % SECRET},
        {"api_url": "http://user:%s@host" % SECRET},
        {"extra_secrets": '{"token": "%s"}' % SECRET, "prot": 1},
        {"access": {"mode": SECRET}},
        {"name": None},
        {"client_cert": "/missing/%s.pem" % SECRET, "password": SECRET},
        {"dialect": "postgresql", "host": SECRET, "password": SECRET},
        {"clear": ["name"], "extra_secrets": {"token": SECRET}},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_option_ends_the_same_both_ways(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any]
) -> None:
    given = {**ARGUMENTS, "name": "orders", "dialect": "POSTGRES", **wrong}
    stage.spec = REAL
    stage.task.args = given
    ours = stage.run(ansible_inject_invocation=True)
    # The action plugin takes out what is null before the module sees it.
    theirs = as_module(monkeypatch, capsys, {name: value for name, value in given.items() if value is not None})
    assert ours == theirs
    assert "Hunter2" not in str(ours)
    assert "invocation" in ours
    assert {name: ours[name] for name in NOTHING_SENT} == NOTHING_SENT
    assert ours["data_source"] is None


def test_an_option_and_its_alias(stage: Stage) -> None:
    stage.task.args["org_id"] = "org_1"
    assert "Both option organization_id and its alias org_id are set." in stage.run()["warnings"]


def test_secrets_are_hidden_in_the_options_and_everywhere(stage: Stage) -> None:
    def tells(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        return Outcome(False, values={"pin": "it is abcd", "short": "abc"})

    stage.spec = ModuleSpec(Task(KIND, tells), {**SPEC, "pin": {"type": "str", "no_log": True}})
    stage.task.args["pin"] = "abc"
    result = stage.run(ansible_inject_invocation=True)
    assert (result["pin"], result["short"]) == ("it is abcd", "********")
    assert result["invocation"]["module_args"]["api_key"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert result["invocation"]["module_args"]["pin"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert KEY not in str(result)


def test_the_private_parts_of_ansible_are_what_they_were() -> None:
    checked = ArgumentSpecValidator(SPEC).validate({**ARGUMENTS, "org_id": "org_1"})
    assert KEY in checked._no_log_values
    assert checked._warnings == [{"option": "organization_id", "alias": "org_id"}]


def test_the_module_runs_where_there_is_no_way_back_to_the_folder(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != ".")
    assert stage.run() == MODULE
    assert stage.run(basedash_run_on="controller")["msg"] == (
        "The variable basedash_run_on is 'controller', which can't be: "
        "the folder where Ansible was started can't be read."
    )


def test_warnings_of_the_argument_check_are_in_the_result(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    warned = iter((("of the item before",), ("of the item before", "both are set")))
    monkeypatch.setattr(_action, "get_warning_messages", lambda: next(warned))
    assert stage.run()["warnings"] == ["both are set", "but look"]


def orphaned(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    return Outcome(False, values={"abandoned": api.client.abandoned})


def test_a_worker_without_its_parent_begins_nothing_new(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.spec = ModuleSpec(Task(KIND, orphaned), SPEC)
    assert stage.run()["abandoned"] is False
    parents = iter((7, 1))
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    assert stage.run()["abandoned"] is True


def patient(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    for number in range(4):
        api.progress("step %d with %s" % (number, options["api_key"]))
    return Outcome(False)


def test_progress_is_shown_now_and_then(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first is when the task begins.
    times = iter((0.0, 3.0, 6.0, 7.0, 12.0))
    monkeypatch.setattr(_action, "time", SimpleNamespace(monotonic=lambda: next(times)))
    stage.spec = ModuleSpec(Task(KIND, patient), SPEC)
    assert "progress" not in stage.run()
    assert stage.display.shown == ["[here] step 1 with ********", "[here] step 3 with ********"]


def test_all_progress_is_shown_on_demand(stage: Stage) -> None:
    stage.display.verbosity = 1
    stage.spec = ModuleSpec(Task(KIND, patient), SPEC)
    assert len(stage.run()["progress"]) == 4
    assert len(stage.display.shown) == 4


def test_no_progress_of_a_task_that_must_not_be_logged(stage: Stage) -> None:
    stage.display.verbosity = 1
    stage.task.no_log = True
    stage.spec = ModuleSpec(Task(KIND, patient), SPEC)
    stage.run()
    assert stage.display.shown == []


@pytest.mark.parametrize(
    ("given", "defaults", "used"),
    [
        ({}, [{"group/community.basedash.basedash": {"organization_id": "group"}}], "group"),
        ({"organization_id": None}, [{"community.basedash.thing": {"organization_id": "name"}}], "name"),
        (
            {},
            [
                {"group/community.basedash.basedash": {"organization_id": "group"}},
                {"community.basedash.thing": {"organization_id": "name"}},
                {"group/community.other.all": {"organization_id": "other"}, "community.other.thing": {"timeout": 1}},
            ],
            "name",
        ),
        ({"organization_id": "task"}, [{"community.basedash.thing": {"organization_id": "name"}}], "task"),
        ({}, [{"community.basedash.thing": {"organization_id": "the omitted one"}}], None),
        ({}, [{"community.basedash.thing": {"organization_id": None}}], None),
        ({"organization_id": None}, [], None),
    ],
)
@pytest.mark.parametrize("way", ["controller", "target"])
def test_what_is_omitted_leaves_module_defaults_alone(
    stage: Stage, way: str, given: dict[str, Any], defaults: list[dict[str, Any]], used: str | None
) -> None:
    stage.task.args = {"api_key": KEY, "api_url": URL, **given}
    stage.task.module_defaults = defaults
    stage.run(omit="the omitted one", basedash_run_on=way)
    assert stage.task.args.get("organization_id") == used
    assert None not in stage.task.args.values()


def test_a_default_that_holds_already_is_not_evaluated_again(stage: Stage) -> None:
    stage.task.module_defaults = [{"community.basedash.thing": dict.fromkeys(ARGUMENTS, "{{ a look-up }}")}]
    stage.run()
    assert stage.task.args == ARGUMENTS
