#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_group_info
short_description: Read the groups of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the groups of a Basedash organization. It never changes anything.
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
    description: Only the group with this identifier.
    type: str
    aliases: [group_id]
  name:
    description: Only groups with exactly this name. There may be several.
    type: str
  members:
    description:
      - Whether to read who is in each group, with one or two requests for each. So the members are also found on a
        server whose list of groups does not show them.
    type: bool
    default: false
notes:
  - Only third parties describe the list of groups. Nobody describes whether it shows the members of a group.
seealso:
  - module: community.basedash.basedash_group
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read all groups
  community.basedash.basedash_group_info:
  register: all_groups

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ all_groups.groups | map(attribute='name') | list }}"

- name: Read who is in which group
  community.basedash.basedash_group_info:
    members: true
  register: audited

- name: Read the groups of the sales department
  community.basedash.basedash_group_info:
    name_pattern: ^Sales
  register: sales_groups
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
groups:
  description:
    - The facts of each group that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_group#module:group).
    - With O(members=true), each has C(member_ids) besides, a sorted list. It is null if the server does not show who is
      in a group.
  returned: success
  type: list
  elements: dict
  sample:
    - id: grp_1
      name: Sales
      members:
        - id: mem_1
          role: MEMBER
          user_id: user_1
          user: {id: user_1, email: ada@example.com, full_name: Ada Sand, first_name: Ada}
          created_at: '2026-11-20T08:00:00.000Z'
      organization_id: org_1
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/groups
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.group import GROUP, with_members

SPEC = info_module(GROUP, with_members, {"members": {"type": "bool", "default": False}})


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
