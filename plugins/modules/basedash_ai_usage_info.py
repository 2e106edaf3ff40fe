#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_ai_usage_info
short_description: Read what the AI of Basedash has cost
version_added: 0.1.0
description:
  - Returns the AI usage of a Basedash organization in the present billing period, as the API sends it. It never changes
    anything.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
options: {}
notes:
  - The vendor documents the answer. It was never tried against the service.
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read the AI usage
  community.basedash.basedash_ai_usage_info:
  register: usage

- name: Show the cost in US dollars
  ansible.builtin.debug:
    msg: "{{ usage.ai_usage.totalUsage }}"
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
ai_usage:
  description: The AI usage, as the API sends it, under the API's names.
  returned: success
  type: dict
  contains:
    totalUsage:
      description: The cost of the billing period so far, in US dollars.
      type: float
      sample: 12.5
    billingPeriodStart:
      description: When the billing period began.
      type: str
      sample: '2026-11-01T00:00:00.000Z'
    billingPeriodEnd:
      description: When the billing period ends.
      type: str
      sample: '2026-12-01T00:00:00.000Z'
    memberUsage:
      description: The cost of each member.
      type: list
      elements: dict
      sample: [{userId: user_1, memberId: mem_1, email: ada@example.com, usage: 12.5}]
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/ai-usage
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.passed_on import READ_AI_USAGE

SPEC = READ_AI_USAGE


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
