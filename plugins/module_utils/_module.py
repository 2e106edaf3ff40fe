# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: where a task meets Ansible as a module. Only here is one made, ended or failed."""

from __future__ import annotations

import select
from typing import NoReturn

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.community.basedash.plugins.module_utils._definition import Definition
from ansible_collections.community.basedash.plugins.module_utils._text import cleaned


def run_module(definition: Definition) -> NoReturn:
    """Run a task as a module, and end the process."""
    module = AnsibleModule(
        argument_spec=definition.argument_spec,
        required_one_of=definition.required_one_of,
        supports_check_mode=True,
    )
    module.no_log_values = definition.hidden(module.params, module.no_log_values)
    report = definition.run(
        module.params,
        check_mode=module.check_mode,
        # Undocumented but stable: AnsibleModule has no public names for diff mode and verbosity.
        diff_mode=module._diff,
        verbosity=module._verbosity,
        progress=lambda text: module.log(cleaned(text)),
        abandoned=_abandoned,
    )
    for warning in report.warnings:
        module.warn(warning)
    if report.failed:
        module.fail_json(**report.result)
    module.exit_json(**report.result)
    raise SystemExit  # Not reached: exit_json ends the process, but has no annotation that says so.


def _abandoned() -> bool:
    """Tell whether nobody reads the result any more.

    Ansible leaves a module's process alone when the task's ``timeout`` ends the task, or its connection breaks.
    """
    poll = select.poll()
    poll.register(1, 0)
    return any(events & select.POLLERR for _descriptor, events in poll.poll(0))
