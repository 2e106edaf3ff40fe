#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_group
short_description: Create, rename, fill and delete a group of Basedash
version_added: 0.1.0
description:
  - Makes sure that a group exists in a Basedash organization, with the members that are given, or that it does not
    exist. Access to data sources, dashboards and more can be granted to a group.
  - On Postgres data sources, row policies can use the names of a person's groups. So a name decides which rows people
    see, and a rename gives a warning.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.identity
  - community.basedash.promises
  - community.basedash.settings
  - community.basedash.state
options:
  id:
    description: The identifier of the group. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [group_id]
  name:
    description:
      - The name of the group.
      - No group is created or renamed with a comma in its name, because Basedash joins names with commas for row
        policies. A group that has a comma already can be managed.
    type: str
  new_name:
    description:
      - The name that the group shall have. O(name) is the name that it has now.
      - If only a group with the new name exists, it is the one, and the task renames nothing. If both exist, the task
        fails and changes nothing. If neither exists, the group is created with the new name.
    type: str
  members:
    description:
      - Members that shall be in the group, by e-mail address in any case, or by identifier. Other members stay in it,
        unless O(purge_members=true).
      - All of them must be active members of the organization, or the task fails before anything is sent. So nobody is
        invited by accident. M(community.basedash.basedash_member) invites people.
      - In check mode, an address that is not a member's yet is assumed to come from an earlier task, with a warning.
      - If the server does not show who is in a group, the task fails. For a group that exists, nothing is sent then. A
        new group stays, and the task says so.
      - To remove everybody, name V(members) in O(clear).
    type: list
    elements: str
  purge_members:
    description:
      - Whether to remove everybody from the group who is not in O(members).
      - If the server offers no way to remove a member, the task fails and says whom it has added before.
    type: bool
    default: false
notes:
  - With O(state=absent), the task refuses to delete a group that is the only grant of a data source, because the data
    source might then be open to everybody in the organization. O(force) with O(id) deletes it all the same.
  - The vendor documents that a single group can be read. Only third parties describe how groups are listed, created,
    renamed and deleted, and how a member is added. Nobody describes whether an answer shows the members of a group, and
    how a member is removed. This module was written from these descriptions, and was never tried against the service.
  - What a deletion does to the grants of a group is not known either.
  - An identity provider that manages groups over SCIM may change them as well.
seealso:
  - module: community.basedash.basedash_group_info
  - module: community.basedash.basedash_member
  - module: community.basedash.basedash_data_source_access
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Make sure that the sales team has its group
  community.basedash.basedash_group:
    name: Sales
  register: sales

- name: Let only this group query a data source
  community.basedash.basedash_data_source_access:
    name: production
    mode: restricted
    groups: [Sales]

- name: Rename it, which gives a warning because row policies may use the name
  community.basedash.basedash_group:
    id: "{{ sales.group.id }}"
    new_name: Sales and support

- name: Make sure that two people are in a group, and nobody else
  community.basedash.basedash_group:
    name: Engineers
    members:
      - ada@example.com
      - grace@example.com
    purge_members: true

- name: Open the data source, because a group that is its only grant is not deleted
  community.basedash.basedash_data_source_access:
    name: production
    mode: everyone

- name: Delete the group
  community.basedash.basedash_group:
    name: Sales and support
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
group:
  description:
    - The facts of the group, as the API's documentation lists them, in snake_case.
    - What the API says nothing about is null. No secret is among them, the API does not return any.
    - Null if it does not exist and this task did not delete it, or if the task failed before it was read.
    - In check mode, with the values that they would have. What would be created has no identifier yet, so that later
      tasks should name it by its name, or give the identifier with C(default(omit, true)) beside the name.
  returned: always
  type: dict
  contains:
    id:
      description: The identifier.
      type: str
      sample: grp_1
    name:
      description: The name.
      type: str
      sample: Sales
    members:
      description: Who is in the group, null if the server does not show it.
      type: list
      elements: dict
      contains:
        id:
          description: The identifier of the member.
          type: str
          sample: mem_1
        role:
          description: What the person may do, V(ADMIN) or V(MEMBER).
          type: str
          sample: MEMBER
        user_id:
          description: The identifier of the person.
          type: str
          sample: user_1
        user:
          description: The person.
          type: dict
          contains:
            id:
              description: The identifier of the person.
              type: str
              sample: user_1
            email:
              description: The e-mail address.
              type: str
              sample: ada@example.com
            full_name:
              description: The whole name.
              type: str
              sample: Ada Sand
            first_name:
              description: The first name.
              type: str
              sample: Ada
            title:
              description: What the person does.
              type: str
            avatar_url:
              description: The address of a picture.
              type: str
        created_at:
          description: When the person became a member of the organization.
          type: str
          sample: '2026-11-20T08:00:00.000Z'
        deactivated_at:
          description: When the member was deactivated, null for an active one.
          type: str
    organization_id:
      description: The organization that it belongs to.
      type: str
      sample: org_1
    created_at:
      description: When it was created.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
field_errors:
  description: The server's messages about single settings, by the names of the options.
  returned: on failure, if the server sent some
  type: dict
  sample: {name: Too long}
progress:
  description: What the task did while it waited, a line each.
  returned: with C(-v), if it waited
  type: list
  elements: str
  sample: [the server answered 503; trying again in 1.5 seconds]
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure, or if unchanged for a reason that is worth saying
  type: str
  sample: "There is no group with id 'grp_1': nothing to delete."
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
      sample: DELETE
    url:
      description: The address of the request. There is no secret in it.
      type: str
      sample: https://charts.basedash.com/api/public/organizations/org_1/groups/grp_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.group import GROUP, STEPS

SPEC = module_of_one(GROUP, STEPS)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
