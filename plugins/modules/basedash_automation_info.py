#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_automation_info
short_description: Read the automations of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the automations of a Basedash organization. It never changes anything.
  - Archived automations are left out.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
  - community.basedash.selection
  - community.basedash.selection.info_module
options:
  id:
    description: Only the automation with this identifier.
    type: str
    aliases: [automation_id]
  name:
    description: Only automations with exactly this name. There may be several.
    type: str
notes:
  - Only third parties describe the list of automations. The vendor documents the reading of a single one.
seealso:
  - module: community.basedash.basedash_automation
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read all automations
  community.basedash.basedash_automation_info:
  register: all_automations

- name: Show those that send e-mails
  ansible.builtin.debug:
    msg: "{{ all_automations.automations | selectattr('notifications.email_recipients') | map(attribute='name') }}"

- name: Read those about revenue
  community.basedash.basedash_automation_info:
    name_pattern: (?i)revenue
  register: about_revenue_automations
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
automations:
  description:
    - The facts of each automation that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_automation#module:automation).
  returned: success
  type: list
  elements: dict
  sample:
    - id: auto_1
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
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure
  type: str
  sample: 'The option id is empty: give a value, or leave it out.'
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
      sample: GET
    url:
      description: The address of the request. There is no secret in it.
      type: str
      sample: https://charts.basedash.com/api/public/organizations/org_1/automations
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.automation import AUTOMATION

SPEC = info_module(AUTOMATION)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
