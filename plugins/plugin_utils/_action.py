# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: runs a task in a worker of the controller.

A process for each item of a loop costs much more time than the requests. So the task runs in Ansible's worker if the
result is the same there. Otherwise it runs as a normal module. docs/where_tasks_run.md says how this is decided.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.warnings import get_warning_messages
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._base.text import encodable
from ansible_collections.community.basedash.plugins.module_utils._engine import creation, deletion, present
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import MISSING
from ansible_collections.community.basedash.plugins.plugin_utils._sessions import Sessions

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # Before ansible-core 2.19.
    from ansible.parsing.ajson import AnsibleJSONEncoder

    _ENCODING: dict[str, Any] = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    _ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}

# Import these in the parent process, because its workers inherit imports and need not repeat them.
_IMPORTED = (creation, deletion, present)

_ACTION_GROUP = "group/community.basedash.basedash"
_WAYS = ("auto", "controller", "target")

# Seconds between two lines of progress. This is short enough for a person, and long enough for a log.
_TELL_EVERY = 5.0

_display = Display()
_sessions = Sessions()


class TaskAction(NormalAction):
    """Runs a module's task in this worker, or runs the module if the result would not be the same here."""

    spec: ModuleSpec

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result, which is the same in both ways."""
        variables = task_vars or {}
        self._task.args = self._arguments(variables)
        wanted = self._templar.template(variables.get("basedash_run_on", "auto"))
        if wanted not in _WAYS:
            message = "The variable basedash_run_on is %r: give auto, controller or target." % (wanted,)
            return self._refused(variables, message)
        why_not = self._why_not_here(variables, forced=wanted == "controller")
        if wanted == "controller" and why_not:
            message = "The variable basedash_run_on is 'controller', which can't be: %s." % why_not
            return self._refused(variables, message)
        if wanted == "target":
            why_not = "basedash_run_on is target"
        way = "as a module, because %s" % why_not if why_not else "in the controller"
        _display.v("%s runs %s" % (self._task.action, way), host=variables.get("inventory_hostname"))
        try:
            given = _as_module_arguments(self._task.args)
        except InputError as error:
            return self._refused(variables, error.message)
        if why_not:
            result: dict[str, Any] = super().run(tmp, task_vars)
            return result
        # Every action calls this first, because it refuses settings that are not allowed for the task.
        ActionBase.run(self, tmp, task_vars)
        with _working_in(self._loader.get_basedir()):
            return self._run_here(variables, given)

    def _arguments(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the task's options, with ``module_defaults`` for those that are null or omitted.

        Ansible merges the defaults first and removes omitted options afterwards. So an omitted option would hide its
        default. For example, the organization of the environment would count, and not the one of the play.
        """
        given = {name: value for name, value in self._task.args.items() if value is not None}
        defaults: dict[str, Any] = {}
        for one in self._task.module_defaults or ():
            defaults.update(one)
        added: dict[str, Any] = {}
        for name in (_ACTION_GROUP, self._task.resolved_action):
            default = defaults.get(name) or {}
            if not isinstance(default, Mapping):
                default = self._templar.template(default)
            added.update((option, value) for option, value in default.items() if option not in given)
        # Evaluate only the added defaults, because a template may be slow, for example if it has a look-up.
        added = self._templar.template(added) if added else {}
        omitted = variables.get("omit")
        return {**{name: value for name, value in added.items() if value not in (None, omitted)}, **given}

    def _why_not_here(self, variables: Mapping[str, Any], forced: bool) -> str:
        """Return why the task can't run in this worker, empty if it can.

        ``forced`` skips the checks that only decide which host to choose.
        """
        if self._task.async_val:
            return "of async"
        if any(self._task.environment or ()):
            return "the task has an environment"
        if not os.access(".", os.R_OK | os.X_OK):
            return "the folder where Ansible was started can't be read"
        if forced:
            return ""
        if getattr(self._connection, "transport", None) != "local":
            return "the connection is not local"
        if self._connection.become is not None:
            return "of become"
        if MISSING is not None:
            return "the Python library requests is missing in the controller"
        python = self._chosen_python(variables)
        return "its Python is %s" % python if python else ""

    def _chosen_python(self, variables: Mapping[str, Any]) -> str:
        """Return the Python that the user chose, empty if it is this one or if Ansible chooses."""
        if self._task.delegate_to:
            variables = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to, {})
        python = variables.get("ansible_python_interpreter")
        if python is None:
            python = constants.config.get_config_value("INTERPRETER_PYTHON")
        python = str(self._templar.template(python) or "").strip()
        if not python or python.startswith("auto") or _same_program(python, sys.executable):
            return ""
        return python

    def _run_here(self, variables: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Do what ``AnsibleModule`` and the module do, and return the result that would arrive here."""
        try:
            options, warnings = self._parsed(self.spec.checked(given))
        except InputError as error:
            return self._result(variables, given, self.spec.refused(error.message), [])
        parent = os.getppid()
        caller = Caller(
            _sessions.lend,
            check_mode=self._task.check_mode,
            diff_mode=self._task.diff,
            verbosity=_display.verbosity,
            progress=self._progress(variables),
            # If Ansible's main process is killed, its workers go on.
            abandoned=lambda: os.getppid() != parent,
        )
        report = self.spec.run(options, caller)
        return self._result(variables, options, report, warnings)

    def _result(
        self, variables: Mapping[str, Any], options: Mapping[str, Any], report: Report, warnings: list[str]
    ) -> dict[str, Any]:
        """Return the result that would arrive here from a module with this report."""
        result = {**report.result, **({"failed": True} if report.failed else {})}
        if warnings or report.warnings:
            result["warnings"] = [*warnings, *report.warnings]
        if _wants_invocation(variables):
            result["invocation"] = self.spec.invocation(options, report)
        return result

    def _refused(self, variables: Mapping[str, Any], message: str) -> dict[str, Any]:
        """Return the result of a task that is refused before it starts."""
        return self._result(variables, self._task.args, self.spec.refused(message), [])

    def _parsed(self, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Convert options as ``AnsibleModule`` does, and return them with its warnings.

        Raises:
            InputError: if Ansible's own check refuses them.
        """
        validator = ArgumentSpecValidator(self.spec.argument_spec, required_one_of=self.spec.required_one_of)
        before = len(get_warning_messages())
        checked = validator.validate(given)
        if checked.error_messages:
            raise InputError(checked.errors.msg)
        # This attribute is private in ansible-core.
        warnings = ["Both option %(option)s and its alias %(alias)s are set." % one for one in checked._warnings]
        # Add warnings about options within options. From 2.19 on, ansible-core shows them itself.
        warnings += get_warning_messages()[before:]
        return {**given, **checked.validated_parameters}, warnings

    def _progress(self, variables: Mapping[str, Any]) -> Any:
        """Return a function that shows progress on the screen: a line from time to time, or every line with ``-v``."""
        told = time.monotonic()
        host = variables.get("inventory_hostname")

        def tell(text: str) -> None:
            nonlocal told
            if self._task.no_log:
                return
            if _display.verbosity == 0:
                now = time.monotonic()
                if now - told < _TELL_EVERY:
                    return
                told = now
            # Print this to stderr, because the standard output may have results for a program.
            _display.display("[%s] %s" % (host, encodable(text)), stderr=True)

        return tell


def _as_module_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as a module would get them, with decrypted vault texts and with dates as texts.

    Raises:
        InputError: if a value can't be sent to a module, such as bytes.
    """
    given = {}
    for name, value in options.items():
        try:
            given[name] = json.loads(json.dumps(value, **_ENCODING))
        except (TypeError, ValueError, RecursionError):
            raise InputError("The option %s has a value that is no YAML: give a text." % encodable(name)) from None
    return given


def _same_program(one: str, other: str) -> bool:
    """Tell whether two paths are the same program in the same folder, such as python and python3."""
    one, other = os.path.abspath(one), os.path.abspath(other)
    if one == other:
        return True
    try:
        return os.path.dirname(one) == os.path.dirname(other) and os.path.samefile(one, other)
    except OSError:
        return False


def _wants_invocation(variables: Mapping[str, Any]) -> bool:
    """Tell whether results show the task's options. Before ansible-core 2.21 they always do; then it is a setting."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=variables))
    except AnsibleError:
        return True


@contextmanager
def _working_in(folder: str) -> Iterator[None]:
    """Work in ``folder``, because on a local connection relative paths in options start there."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        try:
            yield
        finally:
            os.fchdir(before)
    finally:
        os.close(before)
