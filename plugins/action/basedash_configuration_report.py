# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.community.basedash.plugins.lookup.basedash_report_file import LookupModule as ReportFile
from ansible_collections.community.basedash.plugins.plugin_utils._configuration_report import (
    APPLY,
    PLAN,
    Report,
    as_json,
)

# A report about one of these is shown on the screen in another form, so nothing may be written between its results.
_FOR_PROGRAMS = ("json", "null", "tree")
_NO_OUTCOME = "There is no result, because a step was left out. Nothing is known about the organization."

_display = Display()


class ActionModule(ActionBase):
    """Shows and writes the report about a result of basedash_configuration, and ends as the result says."""

    _requires_connection = False
    _VALID_ARGS = frozenset(("about", "outcome", "folder"))

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the status, the written files, and whether the task failed."""
        super().run(tmp, task_vars)
        about = self._task.args.get("about")
        if about not in _MAKERS:
            raise AnsibleActionFail("The option about has to be one of these: %s." % ", ".join(_MAKERS))
        host = str((task_vars or {}).get("inventory_hostname"))
        if "outcome" not in self._task.args:
            return self._announced(about, host)
        outcome = _relative(_plain(self._task.args["outcome"]))
        if about == "apply" and self._task.check_mode:
            about = "plan"
        return _MAKERS[about](self, _with_reason(outcome), host)

    def _announced(self, about: str, host: str) -> dict[str, Any]:
        """Write that a run has started, which stays if it is killed."""
        if not self._task.check_mode:
            self._write(about, host, Report({}, APPLY, "started", host))
        return {"changed": False, "announced": True}

    def _plan(self, outcome: Mapping[str, Any], host: str) -> dict[str, Any]:
        status = "failed" if _failed(outcome) else "planned" if outcome.get("changed") else "unchanged"
        return self._reported("plan", Report(outcome, PLAN, status, host), host)

    def _apply(self, outcome: Mapping[str, Any], host: str) -> dict[str, Any]:
        status = "failed" if _failed(outcome) else "done" if outcome.get("changed") else "unchanged"
        return self._reported("apply", Report(outcome, APPLY, status, host), host)

    def _reported(self, about: str, report: Report, host: str) -> dict[str, Any]:
        """Show and write a report, and return the result of this task."""
        shown = self._show(report)
        files = self._write(about, host, report)
        result = {"changed": False, "status": report.status, "files": files, **shown}
        if report.status == "failed":
            result.update(failed=True, msg=report.message)
        return result

    def _show(self, report: Report) -> dict[str, Any]:
        """Show a report on the screen, or return it for a program that reads the results."""
        lines = report.lines(*([] if _display.verbosity == 0 and not self._task.diff else [100_000]))
        if any(word in constants.DEFAULT_STDOUT_CALLBACK for word in _FOR_PROGRAMS):
            return {"lines": [line.text for line in lines]}
        for line in lines:
            _display.display(line.text, color=line.color)
        return {}

    def _write(self, about: str, host: str, report: Report) -> list[str]:
        """Write the two files, and return their paths."""
        path = self._path(about, host)
        if path is None:
            return []
        return [
            *ReportFile().run([path + ".md"], content=report.markdown()),
            *ReportFile().run([path + ".json"], content=as_json(report.machine())),
        ]

    def _path(self, about: str, host: str) -> str | None:
        """Return the path of the files without its ending, ``None`` if there are none."""
        folder = self._task.args.get("folder")
        return os.path.join(folder, "basedash-%s-%s" % (about, quote(host, safe=""))) if folder else None


_MAKERS = {"plan": ActionModule._plan, "apply": ActionModule._apply}


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


_WITH_PATHS = ("place", "file", "msg", "message", "warnings")


def _relative(value: Any, name: str = "") -> Any:
    """Return a result in which paths are relative to the folder where Ansible was started."""
    if isinstance(value, dict):
        return {key: _relative(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_relative(one, name) for one in value]
    if isinstance(value, str) and name in _WITH_PATHS:
        return value.replace(str(Path.cwd().resolve()).rstrip("/") + "/", "")
    return value
