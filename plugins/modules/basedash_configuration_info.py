#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_configuration_info
short_description: Read an organization of Basedash as a configuration
version_added: 0.1.0
description:
  - Returns an organization in the form that M(community.basedash.basedash_configuration) takes. It never changes
    anything.
  - Given back to M(community.basedash.basedash_configuration), the configuration changes nothing.
  - The playbook C(community.basedash.export) writes it into a folder.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
options:
  families:
    description:
      - The families to read, all by default. The charts come with their dashboards.
    type: list
    elements: str
    choices: [organization, groups, members, data_sources, mcp_servers, definitions, skills, automations, dashboards]
  include_ids:
    description:
      - Whether each entry has the identifier of its object. Without it, only those entries have one that could not be
        found by their names.
      - Leave it out for a configuration that shall be applied to another organization as well.
    type: bool
    default: false
notes:
  - An entry has only what can be set, is not empty, and is shown by the server. Secrets are not in it.
  - Objects are named by name, or by e-mail address. An entry has the identifier if several objects have the same name,
    or if an entry can't carry the name, for example because of white space at its end.
  - What an entry can't carry is left out and named, such as a text with C(********) in it.
  - It is no backup. Basedash has much that its API does not show, such as permissions of dashboards.
  - It sends one request for each page of each list, and one or two for each data source, group and dashboard.
seealso:
  - module: community.basedash.basedash_configuration
"""

EXAMPLES = r"""
- name: Read an organization
  community.basedash.basedash_configuration_info:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
  register: exported

- name: Show what could not be read
  ansible.builtin.debug:
    var: exported.unreadable

- name: Read only what people see
  community.basedash.basedash_configuration_info:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    families: [dashboards, automations]
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
configuration:
  description:
    - The organization, in the form that the option C(configuration) of M(community.basedash.basedash_configuration)
      takes. Families without an object are left out.
  returned: success
  type: dict
  sample:
    format: 1
    for: {slug: example}
    groups: [{name: Analysts, members: [ada@example.com]}]
    skills: [{name: Tone of voice, instructions: Answer briefly.}]
unreadable:
  description:
    - The secrets and settings that exist, or may exist, and that can't be read. C(name) and C(id) are those of the
      object. They are null if this holds for all objects of the family.
  returned: success
  type: list
  elements: dict
  sample: [{family: data_sources, name: production, id: ds_1, option: password, reason: it is secret}]
left_out:
  description:
    - What exists and is not in RV(configuration), such as archived objects, the managed warehouse, the vendor's
      demonstration, grants to groups that do not exist any more, and values that an entry can't carry.
    - C(name) and C(id) are null if this is about several objects, which C(count) counts. C(option) is null if it is
      about whole objects.
  returned: success
  type: list
  elements: dict
  sample: [{family: members, name: null, id: null, option: null, reason: deactivated, count: 2}]
summary:
  description: How many objects RV(configuration) has, in all and by family, and how much it can't hold.
  returned: success
  type: dict
  sample: {total: 2, families: {groups: 1, skills: 1}, unreadable: 1, left_out: 2}
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
      sample: https://charts.basedash.com/api/public/organizations/org_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._configuration.export import READ_CONFIGURATION
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module

SPEC = READ_CONFIGURATION


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
