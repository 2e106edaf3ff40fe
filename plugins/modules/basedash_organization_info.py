#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_organization_info
short_description: Read the organizations of a key, and what it may do
version_added: 0.1.0
description:
  - Returns the facts of the organizations of the key's user. So it tells whether the key works, and which
    O(organization_id) other tasks need.
  - With O(organization_id), it also returns what the key may do in this organization. It never changes anything.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
  - community.basedash.selection
options:
  id:
    description: Only the organization with this identifier.
    type: str
  slug:
    description: Only the organization with exactly this slug.
    type: str
  organization_id:
    description:
      - The identifier of the organization for RV(access). It does not select anything.
      - If not set, the environment variable E(BASEDASH_ORGANIZATION_ID) is used. The task does not need it.
    type: str
    aliases: [org_id]
notes:
  - All options that select combine with "and". O(name_pattern) looks at the slug and at the name.
  - The vendor's pages do not show when an organization was created. If the service does not show it either,
    O(created_before) is refused.
  - The vendor documents the list of organizations. It was never tried against the service.
seealso:
  - module: community.basedash.basedash_organization
"""

EXAMPLES = r"""
- name: Ask which organizations the key has
  community.basedash.basedash_organization_info:
  register: own

- name: Show their identifiers
  ansible.builtin.debug:
    msg: "{{ own.organizations | items2dict(key_name='slug', value_name='id') }}"

- name: Stop unless the key is an admin's
  ansible.builtin.assert:
    that: own.access == 'admin'
    fail_msg: "The key may not manage this organization: its access is {{ own.access }}."
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
organizations:
  description:
    - The facts of each organization that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_organization#module:organization).
  returned: success
  type: list
  elements: dict
  sample:
    - id: org_1
      slug: example
      name: Example company
      custom_ai_context: Our fiscal year begins in April.
      full_embed_enabled: true
      embed_allowed_origins: ['https://app.example.com']
      insights_enabled: true
      is_billable: true
      onboarding_status: STARTED
      trial_ends_at: '2026-12-04T08:00:00.000Z'
access:
  description:
    - What the key may do in the organization of O(organization_id). V(admin) may manage it, as the modules of this
      collection need. V(member) may only read its settings. V(none) means that it does not exist, or that the key's
      user does not belong to it.
  returned: success, if O(organization_id) is given
  type: str
  sample: admin
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
      sample: https://charts.basedash.com/api/public/organizations
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.organization import READ_ORGANIZATIONS

SPEC = READ_ORGANIZATIONS


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
