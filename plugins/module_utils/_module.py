# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: where a task meets Ansible. Only here is a module made, ended or failed."""

from __future__ import annotations

import select
import sys
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.community.basedash.plugins.module_utils._arguments import secret_texts
from ansible_collections.community.basedash.plugins.module_utils._requests_transport import MISSING, RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._task import Task, execute
from ansible_collections.community.basedash.plugins.module_utils._text import cleaned


def run_module(task: Task, **arguments: Any) -> NoReturn:
    """Run ``task`` as a module with these arguments of ``AnsibleModule``, and end the process."""
    module = AnsibleModule(supports_check_mode=True, **arguments)
    if MISSING is not None:
        module.fail_json(
            msg="The Python library requests is missing (%s): this task runs with %s, install it there with "
            "'%s -m pip install requests', or set ansible_python_interpreter to a Python that has it."
            % (MISSING, sys.executable, sys.executable),
            changed=False,
            api={"requests": 0, "retries": 0, "wait_seconds": 0.0},
        )
    secrets = secret_texts(arguments["argument_spec"], module.params)
    # Ansible collects what to hide before it makes a dictionary of a text, and so misses the secrets in it.
    module.no_log_values.update(text for text in secrets if text)
    report = execute(
        task,
        module.params,
        check_mode=module.check_mode,
        # Undocumented but stable: AnsibleModule has no public name for diff mode.
        diff_mode=module._diff,
        transport=RequestsTransport,
        progress=lambda text: module.log(cleaned(text)),
        secrets=secrets,
        abandoned=_abandoned,
    )
    if report.progress and module._verbosity > 0:
        # A module can show nothing while it runs, so what it did meanwhile comes with the result.
        report.result["progress"] = report.progress
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
