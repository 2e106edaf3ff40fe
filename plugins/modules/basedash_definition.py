#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_definition
short_description: Create, change and delete a definition of Basedash
version_added: 0.1.0
description:
  - Makes sure that a definition exists in a Basedash organization, with the settings that are given, or that it does
    not exist. A definition is SQL with a name. Queries of its data source use it by this name, such as
    V({{ definition("revenue"\) }}).
  - A change counts at once in all queries that use the definition. If a definition is deleted, these queries fail, and
    so the task warns of it.
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
    description: The identifier of the definition. At least one of O(id) and O(reference_name) is needed.
    type: str
    aliases: [definition_id]
  reference_name:
    description:
      - The name by which queries use the definition. It names one in its data source, so it needs O(data_source) or
        O(data_source_id), or O(id).
      - This module can't change it, because queries use it.
    type: str
  data_source:
    description:
      - The display name of the data source that the definition belongs to.
      - If several data sources have this name, the task fails and lists their identifiers. If none has it, a task with
        O(state=present) fails, and one with O(state=absent) is unchanged, with a warning.
      - In check mode, a data source that does not exist yet is assumed to come from an earlier task, with a warning.
    type: str
  data_source_id:
    description:
      - The identifier of the data source, in place of O(data_source). One of them is needed to create a definition.
      - The data source of a definition can't be changed.
    type: str
  name:
    description: What people call the definition. Needed to create one.
    type: str
  description:
    description: What the definition stands for.
    type: str
  sql_query:
    description:
      - The SQL. Needed to create a definition. It is compared letter by letter, but for white space at its ends.
      - Ansible takes V({{ definition("revenue"\) }}) for a template of its own. In a playbook, tag such a text with
        C(!unsafe).
    type: str
notes:
  - The vendor describes definitions, and documents that they can be created. Only third parties name the fields, and
    describe how definitions are listed, read, changed and deleted.
  - Nobody describes whether a reference name has to be unique in its data source or in the organization, and whether a
    deleted definition can be restored.
  - Basedash's AI may change definitions when people ask it to. Check mode with a diff shows such a change.
seealso:
  - module: community.basedash.basedash_definition_info
  - module: community.basedash.basedash_data_source
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Define an active customer
  community.basedash.basedash_definition:
    reference_name: loyal_customer
    data_source: production
    name: Loyal customer
    description: Ordered in each of the last three months.
    sql_query: |
      SELECT customer_id
      FROM orders
      WHERE ordered_at > now() - interval '3 months'
      GROUP BY customer_id
      HAVING count(DISTINCT date_trunc('month', ordered_at)) >= 3
  register: definition

- name: Rename it for people, and remove its description
  community.basedash.basedash_definition:
    id: "{{ definition.definition.id }}"
    name: Loyal customers
    clear: [description]

- name: Use a definition in another one
  community.basedash.basedash_definition:
    reference_name: number_of_loyal_customers
    data_source_id: ds_production
    name: Number of loyal customers
    sql_query: !unsafe SELECT count(*) FROM ({{ definition("loyal_customer") }}) AS customers

- name: Delete it
  community.basedash.basedash_definition:
    reference_name: number_of_loyal_customers
    data_source: production
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
definition:
  description:
    - The facts of the definition, as the API's documentation lists them, in snake_case.
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
      sample: def_1
    reference_name:
      description: The name by which queries use the definition.
      type: str
      sample: loyal_customer
    database_connection_id:
      description: The identifier of its data source.
      type: str
      sample: ds_production
    name:
      description: What people call the definition.
      type: str
      sample: Loyal customer
    description:
      description: What the definition stands for.
      type: str
      sample: Ordered in each of the last three months.
    sql_query:
      description: The SQL.
      type: str
      sample: SELECT customer_id FROM customers WHERE loyal
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
  sample: "There is no definition with id 'def_1': nothing to delete."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/definitions/def_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.definition import DEFINITION

SPEC = module_of_one(DEFINITION)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
