#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_automation_run
short_description: Run an automation of Basedash now
version_added: 0.1.0
description:
  - Starts a run of an automation, in addition to those that its trigger starts. Each task starts one, so it is always
    changed.
  - The request to start a run is sent once. If its answer is lost, the task looks into the list of runs. If that does
    not tell whether a run began, the task fails and says so. It never starts a second one.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.action_module
  - community.basedash.connection
options:
  id:
    description: The identifier of the automation. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [automation_id]
  name:
    description:
      - The name of the automation. If several have it, the task fails, starts nothing and lists their identifiers.
      - Beside O(id) it is a guard. If the automation with this identifier has another name, the task fails and starts
        nothing.
      - In check mode, an automation that does not exist yet is assumed to come from an earlier task, with a warning.
    type: str
    aliases: [automation]
  wait:
    description:
      - Whether to wait until the run has ended. If it failed, the task fails.
      - Without this, the task ends as soon as Basedash has accepted the run.
    type: bool
    default: false
  wait_timeout:
    description:
      - The longest time to wait for the end of the run, in seconds, more than 0 and at most 86400. If the run has not
        ended by then, the task fails. The run goes on.
    type: float
    default: 300.0
notes:
  - A run costs AI credit, and sends the messages and e-mails of the automation.
  - In check mode the automation is looked up, and nothing is sent.
  - An automation that is not active is run as well if the service allows it, with a warning. An archived one is not
    run.
  - The vendor documents that an automation can be run through the API, and how its runs are listed. Only third parties
    describe the request that starts one. Nobody describes the fields of a run. So the task knows by common words, such
    as V(SUCCEEDED), V(FAILED) or V(RUNNING), how far it is. None of this was ever tried against the service.
  - After a lost answer, a run that the automation's own trigger has started at the same moment looks the same as the
    run that was asked for, and so the task warns.
seealso:
  - module: community.basedash.basedash_automation
  - module: community.basedash.basedash_automation_info
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Run the weekly report now
  community.basedash.basedash_automation_run:
    name: Weekly report

- name: Run it again after the load of the data, and wait for its end
  community.basedash.basedash_automation_run:
    name: Weekly report
    wait: true
    wait_timeout: 900
  register: report

- name: Show the run
  ansible.builtin.debug:
    var: report.automation_run.id
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
automation_run:
  description:
    - The run as the server shows it. Nobody documented its fields, so they are passed on as they are, by the names of
      the API. With O(wait=true), it is the run at its end.
    - Null in check mode, if no run was started, and if the server does not show it.
  returned: always
  type: dict
  sample: {id: run_1, automationId: auto_1, status: SUCCEEDED}
automation:
  description:
    - The facts of the automation. They are described at RV(community.basedash.basedash_automation#module:automation).
    - Null if it does not exist, or if the task failed before it was read.
  returned: always
  type: dict
  sample:
    id: auto_1
    name: Revenue of the week
    instructions: Compare the revenue of the last seven days with that of the seven days before.
    active: true
    icon: stopwatch
    color: '1'
    trigger: {type: SCHEDULE, frequency: WEEKLY, preferred_hour: 7, preferred_day_of_week: 1, sql_query: ''}
    notifications: {email_recipients: 'ada@example.com,grace@example.com'}
    created_by_member_id: mem_ada
    organization_id: org_1
    created_at: '2026-11-20T08:00:00.000Z'
    updated_at: '2026-11-20T08:00:00.000Z'
progress:
  description: What the task did while it waited, a line each.
  returned: with C(-v), if it waited
  type: list
  elements: str
  sample: [the server answered 503; trying again in 1.5 seconds]
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure
  type: str
  sample: "The run 'run_1' of the automation with id 'auto_1' failed (its status is 'FAILED'): look at it in Basedash."
api:
  description: What the task did on the wire.
  returned: always
  type: dict
  contains:
    requests:
      description: The number of requests sent.
      type: int
      sample: 2
    retries:
      description: The number of these that were another try of an earlier one.
      type: int
      sample: 0
    wait_seconds:
      description: The seconds that were spent waiting before other tries.
      type: float
      sample: 0.0
error:
  description: The request that made the task fail, and the answer to it.
  returned: on failure, if a request was the reason
  type: dict
  contains:
    status:
      description: The status of the answer, null if there was none.
      type: int
      sample: 401
    title:
      description: The API's name for the kind of error, null if the answer was none of the API's own.
      type: str
      sample: Unauthorized
    detail:
      description: The API's words, null if the answer was none of the API's own.
      type: str
      sample: Missing or invalid API key
    method:
      description: The method of the request.
      type: str
      sample: POST
    url:
      description: The address of the request. There is no secret in it.
      type: str
      sample: https://charts.basedash.com/api/public/organizations/org_1/automations/auto_1/runs
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.options import CONNECTION, identity, one_of
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Task
from ansible_collections.community.basedash.plugins.module_utils._engine.waiting import WAIT
from ansible_collections.community.basedash.plugins.module_utils._resources.automation import AUTOMATION
from ansible_collections.community.basedash.plugins.module_utils._resources.automation_run import run_now

SPEC = ModuleSpec(
    Task(AUTOMATION, run_now, about_one=True, values=("automation_run",)),
    {**CONNECTION, **identity(AUTOMATION), "name": {"type": "str", "aliases": ["automation"]}, **WAIT},
    one_of(AUTOMATION),
)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
