# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a module as one object: its options and its task, wherever it runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .._base.text import shortened
from .._http.caller import Caller, Counters
from .._http.requests_transport import MISSING
from .forms import Spec
from .input_check import checked, described
from .options import Rules, secret_texts, without_secrets
from .task import Report, Task, execute


@dataclass(frozen=True)
class ModuleSpec:
    """A module without its documentation: its task, and its options in the form of Ansible's argument spec."""

    task: Task
    argument_spec: Spec
    required_one_of: Sequence[Sequence[str]] = ()

    @cached_property
    def rules(self) -> Rules:
        """The rules for the options that an argument spec can't express."""
        return Rules.of(self.task.kind, self.required_one_of)

    def checked(self, given: Mapping[str, Any], linting: bool = False) -> dict[str, Any]:
        """Check the options and return them; see ``input_check.checked``.

        Raises:
            InputError: for the first mistake.
        """
        return checked(self.argument_spec, self.rules, given, linting=linting)

    def refused(self, message: str) -> Report:
        """Return the report of a task whose options are wrong."""
        result = {**self.task.nothing, "changed": False, "msg": shortened(message), "api": Counters().as_result()}
        return Report(True, result, [], bad_input=True)

    def invocation(self, options: Mapping[str, Any], report: Report) -> dict[str, Any]:
        """Return the options for the result's ``invocation``, without secrets and without values of wrong options."""
        if report.bad_input:
            return {"module_args": described(self.argument_spec, options)}
        shown: dict[str, Any] = report.mask.value(without_secrets(self.argument_spec, options))
        return {"module_args": shown}

    def run(self, options: Mapping[str, Any], caller: Caller) -> Report:
        """Run the task with options that passed the check. Return its report, whatever happens."""
        if MISSING is not None:
            message = (
                "The Python library requests is missing (%s): this task runs with %s, add it there ('%s -m pip install "
                "requests', or for Ansible from pipx 'pipx inject ansible-core requests', or from uv 'uv tool install "
                "ansible-core --with requests'), or set ansible_python_interpreter to a Python that has it."
            )
            return self.refused(message % (MISSING, sys.executable, sys.executable))
        report = execute(self.task, options, caller, secret_texts(self.argument_spec, options))
        if report.progress and caller.verbosity > 0:
            # A module can't show progress while it runs, so the result has it as well.
            report.result["progress"] = report.progress
        return report
