#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_data_source_info
short_description: Read the data sources of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the data sources of a Basedash organization. It never changes anything.
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
    description: Only the data source with this identifier.
    type: str
    aliases: [data_source_id]
  name:
    description:
      - Only data sources with exactly this display name. There may be several.
    type: str
    aliases: [display_name]
  dialect:
    description:
      - Only data sources of one of these dialects, such as V(POSTGRES), in upper or lower case.
      - A C(!) in front means anything but this, such as V(!POSTGRES). All values have it, or none has.
      - A value that is neither documented nor seen in any data source gives a warning that names what was seen.
    type: list
    elements: str
  host:
    description:
      - Only data sources with this database host, in upper or lower case.
    type: str
  sync_status:
    description:
      - Only data sources whose last schema sync has one of these statuses, such as V(SUCCESS), V(FAILED), V(PENDING)
        or V(NEVER_SYNCED), in the same way as O(dialect).
    type: list
    elements: str
  health_status:
    description:
      - Only data sources with one of these statuses of the last health check, such as V(HEALTHY) or V(UNHEALTHY), in
        the same way as O(dialect). V(!HEALTHY) is also true of what was never checked.
    type: list
    elements: str
  access:
    description:
      - Whether to read who may query each data source, with one request for each. If one can't be read, the task fails.
    type: bool
    default: false
seealso:
  - module: community.basedash.basedash_data_source
"""

EXAMPLES = r"""
- name: Read all data sources
  community.basedash.basedash_data_source_info:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
  register: all

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ all.data_sources | map(attribute='display_name') | list }}"

- name: Read the unhealthy databases of preview environments
  community.basedash.basedash_data_source_info:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name_pattern: ^preview-
    dialect: POSTGRES
    # Also what was never checked.
    health_status: "!HEALTHY"
  register: unhealthy

- name: Read who may query what
  community.basedash.basedash_data_source_info:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    access: true
  register: audited

- name: Show what is open to everyone
  ansible.builtin.debug:
    msg: "{{ open_to_all | map(attribute='display_name') | list }}"
  vars:
    open_to_all: "{{ audited.data_sources | selectattr('access.mode', 'equalto', 'everyone') }}"

- name: Read one data source
  community.basedash.basedash_data_source_info:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    id: ds_production
  register: production
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
data_sources:
  description:
    - The facts of each data source that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_data_source#module:data_source).
    - With O(access=true), each has C(access) besides, as in
      RV(community.basedash.basedash_data_source_access#module:access).
  returned: success
  type: list
  elements: dict
  sample:
    - id: ds_preview_1
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/data-sources
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.access import with_access
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE

SPEC = info_module(DATA_SOURCE, with_access, {"access": {"type": "bool", "default": False}})


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
