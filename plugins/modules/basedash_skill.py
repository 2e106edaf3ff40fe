#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_skill
short_description: Create, change and delete a skill of Basedash
version_added: 0.1.0
description:
  - Makes sure that a skill exists in a Basedash organization, with the settings that are given, or that it does not
    exist. Skills are instructions that Basedash's AI follows.
  - A change counts at once, for everybody in the organization who uses the AI.
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
    description: The identifier of the skill. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [skill_id]
  name:
    description: The name of the skill, 1 to 100 characters.
    type: str
  new_name:
    description:
      - The name that the skill shall have, 1 to 100 characters. O(name) is the name that it has now.
      - If only a skill with the new name exists, it is the one, and the task renames nothing. If both exist, the task
        fails and changes nothing. If neither exists, the skill is created with the new name.
    type: str
  description:
    description: What the skill is for, 1 to 1024 characters. O(clear) empties it.
    type: str
  instructions:
    description: What the AI has to do, 1 to 50,000 characters. Needed to create a skill.
    type: str
notes:
  - The vendor documents the creation and the update of a skill. Only third parties describe how skills are listed, read
    and deleted. Nobody describes whether a deleted skill can be restored.
seealso:
  - module: community.basedash.basedash_skill_info
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Tell the AI how to count revenue
  community.basedash.basedash_skill:
    name: Counting revenue
    description: What counts as revenue.
    instructions: |
      Refunds are not revenue.
      Name the currency of each amount.
  register: skill

- name: Show its id
  ansible.builtin.debug:
    var: skill.skill.id

- name: Rename it
  community.basedash.basedash_skill:
    name: Counting revenue
    new_name: Revenue and refunds

- name: Remove its description
  community.basedash.basedash_skill:
    name: Revenue and refunds
    clear: [description]

- name: Delete it
  community.basedash.basedash_skill:
    name: Revenue and refunds
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
skill:
  description:
    - The facts of the skill, as the API's documentation lists them, in snake_case.
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
      sample: skill_1
    name:
      description: The name.
      type: str
      sample: Counting revenue
    description:
      description: What the skill is for, null for nothing.
      type: str
      sample: What counts as revenue.
    instructions:
      description: What the AI has to do.
      type: str
      sample: Refunds are not revenue.
    organization_id:
      description: The organization that it belongs to.
      type: str
      sample: org_1
    created_at:
      description: When it was created.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    updated_at:
      description: When it was changed last.
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
  sample: "There is no skill with id 'skill_1': nothing to delete."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/skills/skill_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.skill import SKILL

SPEC = module_of_one(SKILL)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
