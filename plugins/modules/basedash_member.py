#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_member
short_description: Invite, change and deactivate a member of Basedash
version_added: 0.1.0
description:
  - Makes sure that a person is an active member of a Basedash organization, with the settings that are given, or that
    the person is not.
  - An invitation sends an e-mail, and may cost a seat. So nobody is invited without O(invite).
  - A deactivated member counts as absent. Only O(reactivate) brings such a person back. Otherwise a nightly run would
    undo what somebody did on purpose.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.promises
  - community.basedash.settings
  - community.basedash.state
options:
  id:
    description: The identifier of the member. At least one of O(id) and O(email) is needed.
    type: str
    aliases: [member_id]
  email:
    description:
      - The e-mail address of the person. Upper and lower case do not matter, so an address in any case is one person.
      - This module can't change it.
    type: str
  role:
    description:
      - What the person may do. An admin may do everything in the organization.
      - Without it, the server decides on the role of a new member, which is V(MEMBER).
      - The last active admin is never demoted.
    type: str
    choices: [ADMIN, MEMBER]
  full_name:
    description:
      - The name of the person. It probably belongs to the person and not to the membership, so that it changes in other
        organizations too.
      - An invitation can't set it, so an update follows.
    type: str
  avatar_url:
    description:
      - The address of a picture of the person, which begins with V(https://). O(clear) removes it.
      - It probably belongs to the person too, and an update after the invitation sets it.
    type: str
  invite:
    description:
      - Whether to invite a person who was never a member. If V(false), the task fails for such a person.
      - Nobody is invited while the server hides the address of a member, who may be this person.
      - An invitation is sent once. If its answer is lost, the task reads whether the person is a member now. If it
        can't know, it fails and says so.
      - If the person was deactivated and the server does not list deactivated members, an invitation brings the person
        back. Then the task deactivates the person again, unless O(reactivate=true), and fails.
    type: bool
    default: false
  reactivate:
    description:
      - Whether to bring a deactivated member back, with O(role). If V(false), the task fails for such a person.
      - The API does this by an invitation, which may send an e-mail.
    type: bool
    default: false
  force:
    description:
      - With O(state=absent), delete the member with this O(id), whatever the O(email) beside it says.
      - Unlike other modules, this one reads the member first all the same, because it never deactivates the last active
        admin.
    type: bool
    default: false
notes:
  - An address that is given beside an identifier is a guard. If the member with this identifier has another address,
    the task fails and changes nothing.
  - With O(state=absent), the member is deactivated. The last active admin is never deactivated, not even with
    O(force), so this module always reads the member first.
  - No answer tells who the user of the API key is. So this module can't know, and leaves it to the server to refuse
    that you deactivate yourself.
  - The vendor documents the list, the invitation and the update of members, and that a member can be read and deleted.
    Only third parties say that a deletion deactivates the member. Nobody describes whether the list shows deactivated
    members, what an invitation of an active member answers, and whether a reactivation sets the role. This module was
    written from these descriptions, and was never tried against the service.
  - An identity provider that manages members over SCIM may change them as well.
seealso:
  - module: community.basedash.basedash_member_info
  - module: community.basedash.basedash_group
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Invite somebody who was never a member
  community.basedash.basedash_member:
    email: marie@example.com
    role: MEMBER
    full_name: Marie Noble
    invite: true

- name: Make a member an admin
  community.basedash.basedash_member:
    email: grace@example.com
    role: ADMIN

- name: Bring somebody back who was deactivated
  community.basedash.basedash_member:
    email: charles@example.com
    role: MEMBER
    reactivate: true

- name: Deactivate somebody who left
  community.basedash.basedash_member:
    email: Linus@example.com
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
member:
  description:
    - The facts of the member, as the API's documentation lists them, in snake_case.
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
      sample: mem_1
    user:
      description: The person.
      type: dict
      contains:
        email:
          description: The e-mail address.
          type: str
          sample: ada@example.com
        full_name:
          description: The whole name.
          type: str
          sample: Ada Sand
        avatar_url:
          description: The address of a picture.
          type: str
        id:
          description: The identifier of the person.
          type: str
          sample: user_1
        first_name:
          description: The first name.
          type: str
          sample: Ada
        title:
          description: What the person does.
          type: str
        is_email_verified:
          description: Whether the person has proved to own the address. Probably not before the invitation is accepted.
          type: bool
          sample: true
        created_at:
          description: When the person was first known to Basedash.
          type: str
          sample: '2026-11-20T08:00:00.000Z'
    role:
      description: What the person may do, V(ADMIN) or V(MEMBER).
      type: str
      sample: MEMBER
    user_id:
      description: The identifier of the person.
      type: str
      sample: user_1
    organization_id:
      description: The organization that it belongs to.
      type: str
      sample: org_1
    created_at:
      description: When it was created.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    deactivated_at:
      description: When the member was deactivated, null for an active one.
      type: str
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
  sample: "There is no member with id 'mem_1': nothing to delete."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/members/mem_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.member import MEMBER, STEPS

SPEC = module_of_one(MEMBER, STEPS)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
