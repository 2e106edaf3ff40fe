# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible import constants
from ansible.errors import AnsibleActionFail, AnsibleError, AnsibleLookupError, AnsibleUndefinedVariable
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.community.basedash.plugins.filter.basedash_report import plain
from ansible_collections.community.basedash.plugins.lookup.basedash_report_file import LookupModule as ReportFile
from ansible_collections.community.basedash.plugins.module_utils._configuration.task import OPTIONS
from ansible_collections.community.basedash.plugins.module_utils._engine.options import CONNECTION
from ansible_collections.community.basedash.plugins.plugin_utils import _drift, _sarif
from ansible_collections.community.basedash.plugins.plugin_utils._configuration_report import (
    APPLY,
    DRIFT,
    PLAN,
    Line,
    Report,
    as_json,
    with_relative_paths,
)

# A report about one of these is shown on the screen in another form, so nothing may be written between its results.
_FOR_PROGRAMS = ("json", "null", "tree")
_NO_OUTCOME = "There is no result, because a step was left out. Nothing is known about the organization."
_PREFIX = "basedash_configuration_"
_NOT_COMPLETED = "This run was not completed, so it is not known whether there is drift. Run it again."

_display = Display()


class ActionModule(ActionBase):
    """Shows and writes the report about a result of basedash_configuration, and ends as the result says."""

    _requires_connection = False
    _VALID_ARGS = frozenset(("about", "outcome", "folder", "sarif", "source"))

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the status, the written files, and whether the task failed."""
        super().run(tmp, task_vars)
        about = self._task.args.get("about")
        if about not in _VARIABLES:
            raise AnsibleActionFail("The option about has to be one of these: %s." % ", ".join(_VARIABLES))
        self._host = str((task_vars or {}).get("inventory_hostname"))
        # The apply of check mode is a plan.
        self._about = "plan" if about == "apply" and self._task.check_mode else about
        try:
            if "outcome" not in self._task.args:
                announced = self._announced()
                self._check(task_vars or {})
                return announced
            if about not in _MAKERS:
                raise AnsibleActionFail("The option outcome has no place here, because about has no report.")
            if self._about == "validate":
                # Nothing is announced before a check.
                self._check(task_vars or {})
            outcome = _with_reason(with_relative_paths(_plain(self._task.args["outcome"]), Path.cwd()))
            return _MAKERS[self._about](self, outcome)
        except (AnsibleLookupError, AnsibleUndefinedVariable) as error:
            return self._ended("error" if self._about == "drift" else "failed", str(error), [])

    def _check(self, variables: Mapping[str, Any]) -> None:
        """Refuse a variable of the role that uses an undefined one.

        The role would take it for one that was not given. Without ``scope`` or ``expected_plan``, much more might
        change.

        Raises:
            AnsibleUndefinedVariable: if there is one.
        """
        for name in (_PREFIX + option for option in _VARIABLES[self._about]):
            if name in variables:
                try:
                    self._templar.template(variables[name])
                except AnsibleUndefinedVariable as error:
                    raise AnsibleUndefinedVariable("The variable %s can't be used: %s" % (name, error)) from None
                except AnsibleError:
                    # It is omitted, or it fails in the task that needs it.
                    continue

    def _announced(self) -> dict[str, Any]:
        """Write that a run has started. It stays if the run is killed, and no older report stays in its place."""
        if self._about not in _ANNOUNCED:
            return {"changed": False, "announced": True, "files": []}
        if self._about == "drift":
            report = Report({"msg": _NOT_COMPLETED}, DRIFT, _drift.ERROR, self._host)
            files = self._written(report.markdown(), _drift.machine(report))
        else:
            report = Report({}, APPLY if self._about == "apply" else PLAN, "started", self._host)
            files = self._written(report.markdown(), report.machine())
        return {"changed": False, "announced": True, "files": files}

    def _plan(self, outcome: Mapping[str, Any]) -> dict[str, Any]:
        status = "failed" if _failed(outcome) else "planned" if outcome.get("changed") else "unchanged"
        return self._reported(Report(outcome, PLAN, status, self._host))

    def _apply(self, outcome: Mapping[str, Any]) -> dict[str, Any]:
        status = "failed" if _failed(outcome) else "done" if outcome.get("changed") else "unchanged"
        return self._reported(Report(outcome, APPLY, status, self._host))

    def _reported(self, report: Report) -> dict[str, Any]:
        shown = self._show(report.lines(self._most))
        files = self._written(report.markdown(), report.machine())
        return {**self._ended(report.status, report.message, files), **shown}

    def _drift(self, outcome: Mapping[str, Any]) -> dict[str, Any]:
        report = Report(_drift.without_secrets(outcome), DRIFT, "", self._host)
        report.status = _drift.status_of(report)
        hints = [Line(hint, "yellow") for hint in _drift.hints_of(report, plain)]
        shown = self._show([*report.lines(self._most), *hints])
        further = _drift.parts(report) if report.status != _drift.ERROR else ()
        files = self._written(report.markdown(further=further), _drift.machine(report))
        message = report.message
        if report.status == _drift.DRIFTED:
            message = "The organization is not as the files say: %s." % report.summary
        elif report.status == _drift.ERROR and outcome.get("results") == []:
            message = message or "The configuration has no family, so nothing was compared: check the source."
        return {**self._ended(report.status, message, files), **shown}

    def _validate(self, outcome: Mapping[str, Any]) -> dict[str, Any]:
        findings = _sarif.findings_in(outcome)
        shown = self._show(_sarif.lines(findings, self._most))
        path = self._task.args.get("sarif") or self._path(".sarif")
        log = _sarif.sarif(findings, str(Path.cwd()), self._task.args.get("source") or ".")
        files = _write(path, as_json(log)) if path else []
        status = "failed" if _failed(outcome) else "valid"
        message = "%s." % _sarif.summary(findings) if outcome.get("findings") else outcome.get("msg")
        return {**self._ended(status, message, files), **shown}

    def _ended(self, status: str, message: Any, files: list[str]) -> dict[str, Any]:
        """Return the end of the task. Ansible's exit status is 2 for a failure, and 4 for what it can't reach."""
        result = {"changed": False, "status": status, "files": files}
        if status == _drift.ERROR:
            result.update(unreachable=True, msg=message or _NO_OUTCOME)
        elif status in ("failed", _drift.DRIFTED):
            result.update(failed=True, msg=message)
        return result

    @property
    def _most(self) -> int:
        """The most lines on the screen."""
        return 80 if _display.verbosity == 0 and not self._task.diff else 100_000

    def _show(self, lines: Sequence[Line]) -> dict[str, Any]:
        """Show lines on the screen, or return them for a program that reads the results."""
        if any(word in constants.DEFAULT_STDOUT_CALLBACK for word in _FOR_PROGRAMS):
            return {"lines": [line.text for line in lines]}
        for line in lines:
            _display.display(line.text, color=_COLORS.get(line.color or ""))
        return {}

    def _written(self, markdown: str, machine: Mapping[str, Any]) -> list[str]:
        """Write the two files, and return their paths."""
        path = self._path(".md")
        if path is None:
            return []
        return [*_write(path, markdown), *_write(path[: -len(".md")] + ".json", as_json(machine))]

    def _path(self, ending: str) -> str | None:
        """Return the path of a file of the report, ``None`` if there are no files."""
        folder = self._task.args.get("folder")
        name = "basedash-%s-%s%s" % (self._about, quote(self._host, safe=""), ending)
        return os.path.join(folder, name) if folder else None


_MAKERS = {
    "plan": ActionModule._plan,
    "apply": ActionModule._apply,
    "drift": ActionModule._drift,
    "validate": ActionModule._validate,
}
_ANNOUNCED = ("plan", "apply", "drift")


def _without(*names: str) -> tuple[str, ...]:
    return tuple(name for name in (*OPTIONS, "folder") if name not in names)


# What changes nothing needs no secrets, and what is offline needs no connection.
_VARIABLES = {
    "plan": _without("secrets"),
    "apply": _without(),
    "drift": _without("secrets", "update_secrets", "expected_plan"),
    "validate": _without("secrets", "update_secrets", "expected_plan", *CONNECTION),
    "export": (*CONNECTION, "folder", "families", "include_ids", "overwrite"),
    "access": tuple(CONNECTION),
}
"""The variables of the role that are used, by what the report is about."""

# The colors that the configuration of Ansible has for this.
_COLORS = {
    "red": constants.COLOR_DIFF_REMOVE,
    "green": constants.COLOR_DIFF_ADD,
    "yellow": constants.COLOR_CHANGED,
}


def _write(path: str, content: str) -> list[str]:
    return ReportFile().run([path], content=content)


def _failed(outcome: Mapping[str, Any]) -> bool:
    return outcome.get("msg") is not None


def _with_reason(outcome: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an outcome that has a message exactly if it is a failure.

    ``failed_when`` may have taken the mark of a failure away. A result that was skipped, or that is none of the
    module's, is a failure as well.
    """
    complete = "results" in outcome or "findings" in outcome
    if outcome.get("msg") is None and (outcome.get("failed") or outcome.get("unreachable") or not complete):
        return {**outcome, "msg": _NO_OUTCOME}
    return outcome


def _plain(value: Any) -> Any:
    """Return a value without what Ansible adds to the types of its values."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value
