# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: runs a task as an Ansible module. Only this file makes, ends or fails a module."""

from __future__ import annotations

import select
from typing import Any, NoReturn

from ansible.module_utils import basic

from .._base.errors import InputError
from .._base.text import encodable
from .._http.caller import Caller
from .._http.requests_transport import RequestsTransport
from .module_spec import ModuleSpec
from .task import Report


def run_module(spec: ModuleSpec) -> NoReturn:
    """Run a task as a module, and end the process."""
    # Linters replace this class by their own, so it is looked up at run time and not imported.
    ansible_module = basic.AnsibleModule
    linting = ansible_module.__module__ != basic.__name__
    given: dict[str, Any] = {}

    def load(module: Any) -> None:
        ansible_module._load_params(module)
        internal = {name: value for name, value in module.params.items() if name.startswith("_ansible_")}
        given.update((name, value) for name, value in module.params.items() if name not in internal)
        try:
            module.params = {**spec.checked(given, linting), **internal}
        except InputError as error:
            _end(module, spec, given, spec.refused(error.message))
        if linting:
            # Stop before Ansible's own check, because it takes templates for wrong values. This check was complete.
            raise SystemExit(0)

    def refuse(module: Any, msg: str, **result: Any) -> NoReturn:
        """End like any other failure if Ansible's own check refuses options that passed this collection's check."""
        report = spec.refused(msg)
        invocation = spec.invocation(given, report)
        ansible_module.fail_json(module, **{**report.result, "invocation": invocation, **result, "msg": msg})
        raise SystemExit  # Not reached, see below.

    module = type(ansible_module.__name__, (ansible_module,), {"_load_params": load, "fail_json": refuse})(
        argument_spec=spec.argument_spec,
        required_one_of=spec.required_one_of,
        supports_check_mode=True,
    )
    _end(module, spec, module.params, spec.run(module.params, _caller(module)))


def _caller(module: Any) -> Caller:
    return Caller(
        RequestsTransport,
        check_mode=module.check_mode,
        # Undocumented but stable: AnsibleModule has no public names for diff mode and verbosity.
        diff_mode=module._diff,
        verbosity=module._verbosity,
        progress=lambda text: module.log(encodable(text)),
        abandoned=_abandoned,
    )


def _end(module: Any, spec: ModuleSpec, options: dict[str, Any], report: Report) -> NoReturn:
    """Print the result, which is masked already, and end the process."""
    # Ansible would mask every occurrence of a secret's letters, even inside this collection's own words.
    module.no_log_values = set()
    for warning in report.warnings:
        module.warn(warning)
    result = {**report.result, "invocation": spec.invocation(options, report)}
    if report.failed:
        module.fail_json(**result)
    module.exit_json(**result)
    raise SystemExit  # Not reached: exit_json ends the process, but has no annotation that says so.


def _abandoned() -> bool:
    """Tell whether nobody reads the result any more.

    Ansible does not stop a module's process when the task's ``timeout`` ends the task, or when the connection breaks.
    """
    poll = select.poll()
    poll.register(1, 0)
    return any(events & select.POLLERR for _descriptor, events in poll.poll(0))
