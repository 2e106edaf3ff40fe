#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_audit_log_info
short_description: Read the audit logs of Basedash
version_added: 0.1.0
description:
  - Returns the audit events of a Basedash organization, as the API sends them. It never changes anything.
  - Audit logs are a part of Basedash's Enterprise plan. Without it the task fails, and says so if the key has admin
    access.
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
    description: Only the event with this identifier.
    type: str
    aliases: [audit_event_id]
  action:
    description: Only events of exactly this action.
    type: str
notes:
  - The vendor documents that audit logs can be read, but neither the path nor the names of the fields, which come from
    third parties. So the entries are passed on under the API's names, and nothing is left out. They may contain e-mail
    addresses and SQL, so do not print them by default.
  - If the service does not show an action, O(action) and O(name_pattern) are refused.
  - All pages are read, so the task may take long.
  - None of this was ever tried against the service.
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read the audit logs
  community.basedash.basedash_audit_log_info:
  register: audit

- name: Show how many there are
  ansible.builtin.debug:
    msg: "{{ audit.audit_logs | length }} events"
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
audit_logs:
  description:
    - Each audit event that meets all of the options, newest first, as the API sends it, under the API's names. Only the
      identifier is certain.
  returned: success
  type: list
  elements: dict
  sample: [{id: audit_1}]
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/audit-logs
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.passed_on import READ_AUDIT_LOG

SPEC = READ_AUDIT_LOG


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
