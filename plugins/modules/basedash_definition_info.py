#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_definition_info
short_description: Read the definitions of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the definitions of a Basedash organization. It never changes anything.
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
    description: Only the definition with this identifier.
    type: str
    aliases: [definition_id]
  reference_name:
    description: Only definitions with exactly this reference name. There may be one in each data source.
    type: str
  data_source:
    description:
      - Only definitions of the data source with this display name. If several data sources have it, the task fails and
        lists their identifiers. If none has it, the list is empty, with a warning.
    type: str
  data_source_id:
    description: Only definitions of the data source with this identifier.
    type: str
  name_pattern:
    description:
      - Only definitions whose reference name or name has a part that this Python regular expression describes. Begin it
        with V(^) and end it with V($) to describe the whole name.
    type: str
notes:
  - Only third parties describe the list of definitions, and name the fields.
seealso:
  - module: community.basedash.basedash_definition
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read all definitions of a data source
  community.basedash.basedash_definition_info:
    data_source: production
  register: all_definitions

- name: Show their SQL
  ansible.builtin.debug:
    msg: "{{ all_definitions.definitions | items2dict(key_name='reference_name', value_name='sql_query') }}"

- name: Read the definitions about revenue
  community.basedash.basedash_definition_info:
    name_pattern: (?i)revenue
  register: about_revenue
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
definitions:
  description:
    - The facts of each definition that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_definition#module:definition).
  returned: success
  type: list
  elements: dict
  sample:
    - id: def_1
      reference_name: loyal_customer
      database_connection_id: ds_production
      name: Loyal customer
      description: Ordered in each of the last three months.
      sql_query: SELECT customer_id FROM customers WHERE loyal
      organization_id: org_1
      created_at: '2026-11-20T08:00:00.000Z'
      updated_at: '2026-11-20T08:00:00.000Z'
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/definitions
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.definition import DEFINITION

SPEC = info_module(DEFINITION)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
