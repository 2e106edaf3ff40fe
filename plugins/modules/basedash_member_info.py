#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_member_info
short_description: Read the members of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the active members of a Basedash organization. It never changes anything.
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
    description: Only the member with this identifier.
    type: str
    aliases: [member_id]
  email:
    description: Only the member with this e-mail address, in any case.
    type: str
notes:
  - Deactivated members are left out, because they count as absent.
  - O(name_pattern) is matched against the e-mail address or the full name.
seealso:
  - module: community.basedash.basedash_member
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read all members
  community.basedash.basedash_member_info:
  register: all_members

- name: Show who is an admin
  ansible.builtin.debug:
    msg: "{{ all_members.members | selectattr('role', 'equalto', 'ADMIN') | map(attribute='user.email') | list }}"

- name: Read who joined before the year 2026
  community.basedash.basedash_member_info:
    created_before: "2026-01-01"
  register: early
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
members:
  description:
    - The facts of each member that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_member#module:member).
  returned: success
  type: list
  elements: dict
  sample:
    - id: mem_1
      role: MEMBER
      user_id: user_1
      organization_id: org_1
      user:
        id: user_1
        email: ada@example.com
        full_name: Ada Sand
        first_name: Ada
        is_email_verified: true
        created_at: '2026-11-20T08:00:00.000Z'
      created_at: '2026-11-20T08:00:00.000Z'
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/members
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.member import MEMBER

SPEC = info_module(MEMBER)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
