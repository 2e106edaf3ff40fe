#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_automation_run_info
short_description: Read the runs of an automation of Basedash
version_added: 0.1.0
description:
  - Returns all runs of an automation, as the API sends them. It never changes anything.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
options:
  id:
    description: The identifier of the automation. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [automation_id]
  name:
    description:
      - The name of the automation. If several have it, the task fails and lists their identifiers.
      - Beside O(id) it is a guard. If the automation with this identifier has another name, the task fails.
    type: str
    aliases: [automation]
notes:
  - An automation that does not exist, or that is archived, gives an empty list with a warning, after the task verified
    that the key has admin access.
  - All pages of the list are read, so the task may take long.
  - The vendor documents the list of runs, but not the names of their fields. So the entries are passed on under the
    API's names, and nothing is left out. They may contain data of your databases.
  - None of this was ever tried against the service.
seealso:
  - module: community.basedash.basedash_automation
  - module: community.basedash.basedash_automation_run
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read the runs of an automation
  community.basedash.basedash_automation_run_info:
    name: Weekly report
  register: weekly

- name: Show the newest one
  ansible.builtin.debug:
    msg: "{{ weekly.automation_runs[:1] }}"
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
automation_runs:
  description:
    - The runs of the automation, newest first, as the API sends them, under the API's names. Only the identifier is
      certain.
  returned: success
  type: list
  elements: dict
  sample: [{id: run_1, automationId: auto_1, status: SUCCEEDED}]
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/automations/auto_1/runs
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.automation_run_info import READ_RUNS

SPEC = READ_RUNS


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
