#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_data_source_access
short_description: Say who may query a data source of Basedash
version_added: 0.1.0
description:
  - Opens a data source to everyone in its Basedash organization, or restricts it to groups and members.
  - What the server then shows is read back. If it is another policy, the task fails.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.identity
options:
  id:
    description: The identifier of the data source. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [data_source_id]
  name:
    description:
      - The display name of the data source.
      - In check mode, a name that does not exist yet is assumed to come from an earlier task, with a warning.
    type: str
    aliases: [display_name]
  mode:
    description:
      - V(everyone) lets the whole organization query the data source.
      - V(restricted) lets only those query it who are named. At least one group or member is needed.
    type: str
    required: true
    choices: [everyone, restricted]
  groups:
    description:
      - The groups by name, in any order.
      - One that does not exist, or whose name several have, makes the task fail before anything is changed.
      - In check mode, a name that no group has is assumed to come from an earlier task, with a warning.
    type: list
    elements: str
  members:
    description:
      - The members by e-mail address in any case, in any order.
      - One that does not exist or is deactivated makes the task fail before anything is changed.
      - In check mode, an address that no member has is assumed to come from an earlier task, with a warning.
    type: list
    elements: str
  group_ids:
    description: The identifiers of the groups, in any order.
    type: list
    elements: str
  member_ids:
    description: The identifiers of the organization's members (not of users), in any order.
    type: list
    elements: str
  purge:
    description:
      - With V(true), exactly these groups and members have access. With V(false), they are added to those that have it.
    type: bool
    default: true
seealso:
  - module: community.basedash.basedash_data_source
  - module: community.basedash.basedash_data_source_info
"""

EXAMPLES = r"""
# The key and the organization can also come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID.
- name: Let only the analysts and one member query production
  community.basedash.basedash_data_source_access:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    id: ds_production
    mode: restricted
    group_ids: [grp_analysts]
    member_ids: [mem_ada]

- name: Let another group query it as well
  community.basedash.basedash_data_source_access:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    id: ds_production
    mode: restricted
    group_ids: [grp_engineers]
    purge: false

- name: Let everyone query the preview
  community.basedash.basedash_data_source_access:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: preview-43
    mode: everyone
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
access:
  description: Who may query the data source, in check mode who might.
  returned: success
  type: dict
  contains:
    mode:
      description: V(everyone) or V(restricted).
      type: str
      sample: restricted
    group_ids:
      description: The identifiers of the groups, sorted.
      type: list
      elements: str
      sample: [grp_analysts]
    member_ids:
      description: The identifiers of the members, sorted.
      type: list
      elements: str
      sample: []
data_source:
  description:
    - The facts of the data source. They are described at
      RV(community.basedash.basedash_data_source#module:data_source).
    - Null if it does not exist, or if the task failed before it was read.
  returned: always
  type: dict
  sample:
    id: ds_preview_1
    display_name: preview-42
    description: ''
    dialect: POSTGRES
    database_name: app
    username: reader
    host: preview-42.db.example.com
    port: 5432
    ssl_enabled: true
    ssl_custom_certificates_enabled: false
    ssh_enabled: false
    last_successful_sync_at: '2026-11-20T08:00:00.000Z'
    last_sync_status: SUCCESS
    last_sync_attempt_at: '2026-11-20T08:00:00.000Z'
    has_completed_first_sync: true
    last_healthy_at: '2026-11-23T08:00:00.000Z'
    last_health_status: HEALTHY
    last_health_check_attempt_at: '2026-11-23T08:00:00.000Z'
    is_demo: false
    is_basedash_warehouse: false
    mutating_queries_enabled: false
    created_at: '2026-11-20T08:00:00.000Z'
    updated_at: '2026-11-20T08:00:00.000Z'
field_errors:
  description: The server's messages about single settings, by the names of the options.
  returned: on failure, if the server sent some
  type: dict
  sample: {group_ids: unknown group}
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure
  type: str
  sample: "There is no data source with id 'ds_1': nothing was changed, create it first."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/data-sources/ds_preview_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.options import CONNECTION, identity, one_of
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Task
from ansible_collections.community.basedash.plugins.module_utils._resources.access import POLICY
from ansible_collections.community.basedash.plugins.module_utils._resources.access_task import set_access
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE

SPEC = ModuleSpec(
    Task(DATA_SOURCE, set_access, about_one=True),
    {**CONNECTION, **identity(DATA_SOURCE), **POLICY, "purge": {"type": "bool", "default": True}},
    one_of(DATA_SOURCE),
)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
