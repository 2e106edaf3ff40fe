#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_organization
short_description: Change the settings of an organization of Basedash
version_added: 0.1.0
description:
  - Makes sure that an organization has the settings that are given. It creates an organization only with
    O(create=true).
  - The API has no request that deletes an organization. So O(state=absent) is refused.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.promises
  - community.basedash.settings
options:
  state:
    description:
      - V(present) makes sure that the organization has the settings that are given.
      - V(absent) fails and sends nothing, because the API has no such request.
    type: str
    default: present
    choices: [present, absent]
  id:
    description: The identifier of the organization. If neither O(id) nor O(slug) is given, O(organization_id) counts.
    type: str
  slug:
    description:
      - The short name of the organization in addresses, which is unique in Basedash. It can't change.
      - It is compared letter by letter with the organizations of the key's user. Beside O(id) it is a guard. If the
        organization with this identifier has another slug, the task fails and changes nothing.
    type: str
  organization_id:
    description:
      - The identifier of the organization that the task is about if neither O(id) nor O(slug) is given.
      - If not set, the environment variable E(BASEDASH_ORGANIZATION_ID) is used.
    type: str
    aliases: [org_id]
  create:
    description:
      - Whether to create the organization if none of the organizations of the key's user has this O(slug). It needs
        O(name) as well.
      - Without this, a wrong O(slug) makes the task fail, because nobody can delete an organization through the API.
    type: bool
    default: false
  name:
    description: The name of the organization for people. Needed to create an organization.
    type: str
  custom_ai_context:
    description: What Basedash's AI has to know in every chat. O(clear) empties it.
    type: str
  full_embed_enabled:
    description: Whether Basedash may be embedded as a whole in other pages.
    type: bool
  embed_allowed_origins:
    description:
      - The origins whose pages may embed Basedash, such as V(https://app.example.com) or V(https://*.example.com).
        Exactly these; their order does not matter.
      - No origin at all opens the embed to every origin. So an empty list is refused, and only O(clear) empties it,
        with a warning.
    type: list
    elements: str
  insights_enabled:
    description: Whether Basedash writes insights by itself.
    type: bool
  is_billable:
    description:
      - Whether the organization is billed. V(false) limits its features. Only a self-hosted Basedash accepts it.
      - If a change of other settings makes the organization billable, the task fails and says so.
    type: bool
notes:
  - The vendor documents the settings, the creation and the update. It is not documented how the service answers if
    somebody else has the slug already.
  - The secret for the single sign-on of embedded pages is never read. The icon can't be compared, so no option sets it.
  - None of this was ever tried against the service.
seealso:
  - module: community.basedash.basedash_organization_info
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Tell the AI what to know in every chat, and say who may embed Basedash
  community.basedash.basedash_organization:
    custom_ai_context: Our fiscal year begins in April.
    full_embed_enabled: true
    embed_allowed_origins:
      - https://app.example.com
      - https://*.example.org

- name: Change the name of an organization that has this slug
  community.basedash.basedash_organization:
    slug: org-demo
    name: Demonstrations

- name: Open the embed to every origin again
  community.basedash.basedash_organization:
    clear: [embed_allowed_origins]

- name: Create an organization, which nobody can delete through the API
  community.basedash.basedash_organization:
    slug: third
    name: Third company
    create: true
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
organization:
  description:
    - The facts of the organization, as the API's documentation lists them, in snake_case.
    - What the API says nothing about is null. No secret is among them.
    - Null if the task failed before it was read.
    - In check mode, with the values that they would have. What would be created has no identifier yet.
  returned: always
  type: dict
  contains:
    id:
      description: The identifier.
      type: str
      sample: org_1
    slug:
      description: The short name in addresses.
      type: str
      sample: example
    name:
      description: The name for people.
      type: str
      sample: Example company
    custom_ai_context:
      description: What Basedash's AI has to know in every chat, null for nothing.
      type: str
      sample: Our fiscal year begins in April.
    full_embed_enabled:
      description: Whether Basedash may be embedded as a whole in other pages.
      type: bool
      sample: true
    embed_allowed_origins:
      description: The origins whose pages may embed Basedash. None means that every origin may.
      type: list
      elements: str
      sample: ['https://app.example.com']
    insights_enabled:
      description: Whether Basedash writes insights by itself.
      type: bool
      sample: true
    is_billable:
      description: Whether the organization is billed.
      type: bool
      sample: true
    onboarding_status:
      description: How far the introduction to Basedash is, such as V(STARTED).
      type: str
      sample: STARTED
    trial_ends_at:
      description: When the trial ends.
      type: str
      sample: '2026-12-04T08:00:00.000Z'
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
  sample: 'The API has no request that deletes an organization: ...'
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
      sample: PATCH
    url:
      description: The address of the request. There is no secret in it.
      type: str
      sample: https://charts.basedash.com/api/public/organizations/org_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.organization import ENSURE_ORGANIZATION

SPEC = ENSURE_ORGANIZATION


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
