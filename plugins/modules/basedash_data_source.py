#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_data_source
short_description: Create, change and delete a data source of Basedash
version_added: 0.1.0
description:
  - Makes sure that a data source (a connection to a database) exists in a Basedash organization, with the settings that
    are given, or that it does not exist.
  - Basedash soft-deletes a data source and then removes what depends on it in the background.
    This can't be undone through the API.
  - The organization's managed warehouse is deleted only if O(force) is set.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.identity
  - community.basedash.promises
  - community.basedash.settings
  - community.basedash.settings.secrets
  - community.basedash.state
options:
  id:
    description: The identifier of the data source. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [data_source_id]
  name:
    description: The display name of the data source. The API documents no way to change it.
    type: str
    aliases: [display_name]
  dialect:
    description:
      - The kind of the database. Needed to create a data source.
      - The API knows V(POSTGRES), V(SUPABASE), V(MYSQL), V(PLANETSCALE), V(ATHENA), V(BIGQUERY), V(CLICKHOUSE),
        V(SPANNER), V(SNOWFLAKE), V(REDSHIFT), V(SQL_SERVER), V(ORACLE), V(DATABRICKS), V(POSTHOG) and V(DUCKDB), in any
        case. One that resembles one of these is refused, because it is probably misspelled. Others are passed on, in
        upper case.
      - Which of the other options a dialect needs is for the server to say, its words are passed on.
      - It can't be changed. If the data source has another one, the task fails.
    type: str
  host:
    description: Name or address of the database's host.
    type: str
  port:
    description: The database's port, 1 to 65535.
    type: int
  database_name:
    description: The name of the database.
    type: str
  username:
    description: The user that Basedash connects as.
    type: str
  password:
    description: The user's password. No answer ever shows it, see O(update_secrets). O(clear) removes it.
    type: str
  ssl_enabled:
    description:
      - Whether Basedash connects with TLS. If left out, the server's default counts on creation, and it stays as it is
        afterwards.
    type: bool
  ssh_enabled:
    description: Whether Basedash connects through an SSH tunnel.
    type: bool
  ssh_host:
    description: Name or address of the SSH host.
    type: str
  ssh_port:
    description: The SSH host's port, 1 to 65535.
    type: int
  ssh_username:
    description: The user on the SSH host.
    type: str
  ssh_password:
    description: That user's password. No answer ever shows it, see O(update_secrets). O(clear) removes it.
    type: str
  ssh_private_key:
    description: That user's private key, as text. No answer ever shows it, see O(update_secrets). O(clear) removes it.
    type: str
  ssh_private_key_passphrase:
    description:
      - The passphrase of O(ssh_private_key). No answer ever shows it, see O(update_secrets). O(clear) removes it.
    type: str
  bigquery_project_id:
    description: The Google Cloud project, for V(BIGQUERY).
    type: str
  bigquery_json_key:
    description:
      - The content of a key file of a Google Cloud service account, as text or as the dictionary that Ansible makes of
        it. No answer ever shows it, see O(update_secrets).
      - The private key in it is a secret, and the project and the e-mail address are not.
    type: raw
  spanner_instance_id:
    description: The instance, for V(SPANNER).
    type: str
  snowflake_account_id:
    description: The account, for V(SNOWFLAKE).
    type: str
  snowflake_warehouse:
    description: The warehouse, for V(SNOWFLAKE).
    type: str
  snowflake_role:
    description: The role, for V(SNOWFLAKE).
    type: str
  snowflake_private_key:
    description: The user's private key, for V(SNOWFLAKE). No answer ever shows it, see O(update_secrets).
    type: str
  snowflake_private_key_passphrase:
    description: The passphrase of O(snowflake_private_key). No answer ever shows it, see O(update_secrets).
    type: str
  athena_workgroup:
    description: The workgroup, for V(ATHENA).
    type: str
  athena_output_location:
    description: Where results go, such as C(s3://bucket/path), for V(ATHENA).
    type: str
  athena_catalog:
    description: The catalog, for V(ATHENA).
    type: str
  verify_credentials:
    description:
      - Let Basedash try the connection before the data source is created, or before its settings are changed. If it
        fails, nothing is created or changed, and RV(field_errors) says why.
      - The check can't use secrets that are stored, so give them along.
      - It may take long. A O(timeout) of 60 seconds or more is wise.
      - Check mode skips it, as it is not a reading request.
    type: bool
    default: false
  access:
    description:
      - Who may query the data source. If left out, a new one is open to the whole organization, and who may query an
        existing one stays.
      - Exactly the groups and members that are named have access. Others lose it.
      - It is set right after a creation. If that fails, so does the task.
    type: dict
    suboptions:
      # Written by 'make module-docs' from the options of basedash_data_source_access.
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
  wait:
    description:
      - Wait until the first schema sync ended, which the server begins by itself after a creation. If it fails, so does
        the task, with the server's message.
      - Check mode does not wait.
    type: bool
    default: false
  wait_timeout:
    description: How long to wait for the sync, in seconds, at most 86400.
    type: float
    default: 300
notes:
  - Creating a data source starts a trial of Basedash if the organization never had one, as the vendor's page says.
seealso:
  - module: community.basedash.basedash_data_source_info
  - module: community.basedash.basedash_data_source_access
  - name: The API's page on deleting a data source
    description: What the service promises.
    link: https://www.basedash.com/docs/api-reference/data-sources/delete-a-data-source
"""

EXAMPLES = r"""
# The key and the organization can also come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID.
- name: Connect a PostgreSQL database, for one group only, and wait for its first sync
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: orders
    dialect: POSTGRES
    host: orders.db.example.com
    port: 5432
    database_name: orders
    username: basedash
    password: "{{ orders_password }}"
    ssl_enabled: true
    access:
      mode: restricted
      group_ids: [grp_analysts]
    verify_credentials: true
    wait: true
  register: orders

- name: Show its id
  ansible.builtin.debug:
    var: orders.data_source.id

- name: Connect a MySQL database through an SSH tunnel
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: shop
    dialect: MYSQL
    host: 10.0.0.5
    port: 3306
    database_name: shop
    username: basedash
    password: "{{ shop_password }}"
    ssh_enabled: true
    ssh_host: jump.example.com
    ssh_port: 22
    ssh_username: tunnel
    ssh_private_key: "{{ tunnel_private_key }}"

- name: Connect Snowflake with a private key
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: finance
    dialect: SNOWFLAKE
    snowflake_account_id: ab12345.eu-central-1
    snowflake_warehouse: REPORTING
    snowflake_role: READER
    database_name: FINANCE
    username: BASEDASH
    snowflake_private_key: "{{ snowflake_private_key }}"

- name: Connect BigQuery
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: events
    dialect: BIGQUERY
    bigquery_project_id: acme-analytics
    bigquery_json_key: "{{ bigquery_json_key }}"

- name: Connect ClickHouse
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: logs
    dialect: CLICKHOUSE
    host: logs.example.com
    port: 8443
    database_name: logs
    username: basedash
    password: "{{ logs_password }}"
    ssl_enabled: true

- name: Connect SQL Server, with a field that this collection does not know yet
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: ledger
    dialect: SQL_SERVER
    host: ledger.db.example.com
    port: 1433
    database_name: ledger
    username: basedash
    password: "{{ ledger_password }}"
    extra:
      newField: 5

- name: Connect Athena
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: lake
    dialect: ATHENA
    athena_workgroup: reporting
    athena_catalog: AwsDataCatalog
    athena_output_location: s3://acme-results/basedash

- name: Connect Spanner
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: ledger-global
    dialect: SPANNER
    bigquery_project_id: acme-analytics
    bigquery_json_key: "{{ bigquery_json_key }}"
    spanner_instance_id: ledger
    database_name: ledger

- name: Move it to another host, and renew its password
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: orders
    host: orders-2.db.example.com
    password: "{{ orders_password }}"
    update_secrets: always

- name: Delete a data source by its id
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    id: ds_preview_1
    state: absent

- name: Delete a data source only if the id still has the expected name
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    id: ds_preview_2
    name: preview-43
    state: absent

- name: Delete a data source by its name
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    name: preview-44
    state: absent
  register: deleted

- name: Show what it was connected to
  ansible.builtin.debug:
    var: deleted.data_source.host

- name: Fail if there is nothing to delete
  community.basedash.basedash_data_source:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    id: ds_preview_4
    missing_ok: false
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
data_source:
  description:
    - The facts of the data source, as the API's documentation lists them, in snake_case.
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
      sample: ds_preview_1
    display_name:
      description: The display name.
      type: str
      sample: preview-42
    description:
      description: A description for people. It can't be set through the API.
      type: str
      sample: ''
    dialect:
      description: The kind of the database, as the API spells it.
      type: str
      sample: POSTGRES
    database_name:
      description: The name of the database.
      type: str
      sample: app
    username:
      description: The user that Basedash connects as.
      type: str
      sample: reader
    host:
      description: Name or address of the database's host.
      type: str
      sample: preview-42.db.example.com
    port:
      description: The database's port, 1 to 65535.
      type: int
      sample: 5432
    ssl_enabled:
      description: Whether Basedash connects with TLS.
      type: bool
      sample: true
    ssl_custom_certificates_enabled:
      description: Whether it has certificates of its own for that.
      type: bool
      sample: false
    ssh_enabled:
      description: Whether Basedash connects through an SSH tunnel.
      type: bool
      sample: false
    ssh_host:
      description: Name or address of the SSH host.
      type: str
    ssh_port:
      description: The SSH host's port, 1 to 65535.
      type: int
    ssh_username:
      description: The user on the SSH host.
      type: str
    bigquery_project_id:
      description: The Google Cloud project, for V(BIGQUERY).
      type: str
    spanner_instance_id:
      description: The instance, for V(SPANNER).
      type: str
    athena_workgroup:
      description: The workgroup, for V(ATHENA).
      type: str
    athena_output_location:
      description: Where results go, such as C(s3://bucket/path), for V(ATHENA).
      type: str
    athena_catalog:
      description: The catalog, for V(ATHENA).
      type: str
    snowflake_account_id:
      description: The account, for V(SNOWFLAKE).
      type: str
    snowflake_warehouse:
      description: The warehouse, for V(SNOWFLAKE).
      type: str
    snowflake_role:
      description: The role, for V(SNOWFLAKE).
      type: str
    last_successful_sync_at:
      description: When the schema was last read with success.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    last_sync_status:
      description: How the last reading of the schema ended, such as V(SUCCESS), V(FAILED), V(PENDING) or
        V(NEVER_SYNCED).
      type: str
      sample: SUCCESS
    last_sync_attempt_at:
      description: When the schema was last read, or tried to be read.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    has_completed_first_sync:
      description: Whether the schema was ever read to its end.
      type: bool
      sample: true
    sync_error_message:
      description: Why the last reading of the schema failed.
      type: str
    last_healthy_at:
      description: When the last health check found the database in order.
      type: str
      sample: '2026-11-23T08:00:00.000Z'
    last_health_status:
      description: What the last health check found, V(HEALTHY) or V(UNHEALTHY). Null if there was none.
      type: str
      sample: HEALTHY
    last_health_check_attempt_at:
      description: When the last health check was.
      type: str
      sample: '2026-11-23T08:00:00.000Z'
    is_demo:
      description: Whether it is the vendor's demonstration.
      type: bool
      sample: false
    is_basedash_warehouse:
      description: Whether it is the organization's managed warehouse.
      type: bool
      sample: false
    mutating_queries_enabled:
      description: Whether queries that change data may be run, after an approval.
      type: bool
      sample: false
    created_at:
      description: When it was created.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    updated_at:
      description: When it was changed last.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
access:
  description: Who may query the data source.
  returned: if O(access) is given and the data source exists
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
sync:
  description: How the wait for the first sync ended.
  returned: if O(wait) is set and the sync ended well
  type: dict
  contains:
    status:
      description: The status of the last sync, as the API spells it.
      type: str
      sample: SUCCESS
    polls:
      description: How often the data source was read meanwhile.
      type: int
      sample: 3
    wait_seconds:
      description: The seconds that the wait took.
      type: float
      sample: 4.75
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
  returned: on failure, if unchanged for a reason that is worth saying, or if secrets were given and not sent
  type: str
  sample: "There is no data source with id 'ds_preview_1': nothing to delete."
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
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE, STEPS

SPEC = module_of_one(DATA_SOURCE, STEPS)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
