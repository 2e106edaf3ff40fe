#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_data_sources
short_description: Create, change and delete many data sources of Basedash in one task
version_added: 0.1.0
description:
  - Makes sure that many data sources are in a Basedash organization with these settings, or that they are not there any
    more, over one connection pool and with one list for all look-ups.
  - What happens to each is what M(community.basedash.basedash_data_source) does. Every data source is in RV(results)
    exactly once, with what became of it, whatever fails. The task fails if any of them failed.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.identity
  - community.basedash.promises
options:
  state:
    description:
      - V(present) makes sure that the data sources are there, with the settings that are given.
      - V(absent) makes sure that they are not there.
    type: str
    required: true
    choices: [present, absent]
  data_sources:
    description:
      - The data sources, each with the options of M(community.basedash.basedash_data_source).
      - Entries about the same data source are one. If they contradict each other, nothing is changed.
      - Either this or O(filters) is needed.
    type: list
    elements: dict
    suboptions:
      # Written by 'make module-docs' from the options of basedash_data_source.
      id:
        description: The identifier of the data source. At least one of O(data_sources[].id) and O(data_sources[].name)
          is needed.
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
            V(SPANNER), V(SNOWFLAKE), V(REDSHIFT), V(SQL_SERVER), V(ORACLE), V(DATABRICKS), V(POSTHOG) and V(DUCKDB), in
            any case. One that resembles one of these is refused, because it is probably misspelled. Others are passed
            on, in upper case.
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
        description: The user's password. No answer ever shows it, see O(data_sources[].update_secrets).
          O(data_sources[].clear) removes it.
        type: str
      ssl_enabled:
        description:
          - Whether Basedash connects with TLS. If left out, the server's default counts on creation, and it stays as it
            is afterwards.
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
        description: That user's password. No answer ever shows it, see O(data_sources[].update_secrets).
          O(data_sources[].clear) removes it.
        type: str
      ssh_private_key:
        description: That user's private key, as text. No answer ever shows it, see O(data_sources[].update_secrets).
          O(data_sources[].clear) removes it.
        type: str
      ssh_private_key_passphrase:
        description:
          - The passphrase of O(data_sources[].ssh_private_key). No answer ever shows it, see
            O(data_sources[].update_secrets). O(data_sources[].clear) removes it.
        type: str
      bigquery_project_id:
        description: The Google Cloud project, for V(BIGQUERY).
        type: str
      bigquery_json_key:
        description:
          - The content of a key file of a Google Cloud service account, as text or as the dictionary that Ansible makes
            of it. No answer ever shows it, see O(data_sources[].update_secrets).
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
        description: The user's private key, for V(SNOWFLAKE). No answer ever shows it, see
          O(data_sources[].update_secrets).
        type: str
      snowflake_private_key_passphrase:
        description: The passphrase of O(data_sources[].snowflake_private_key). No answer ever shows it, see
          O(data_sources[].update_secrets).
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
            fails, nothing is created or changed, and RV(results[].field_errors) says why.
          - The check can't use secrets that are stored, so give them along.
          - It may take long. A O(timeout) of 60 seconds or more is wise.
          - Check mode skips it, as it is not a reading request.
        type: bool
        default: false
      access:
        description:
          - Who may query the data source. If left out, a new one is open to the whole organization, and who may query
            an existing one stays.
          - Exactly the groups and members that are named have access. Others lose it.
          - It is set right after a creation. If that fails, so does the task.
        type: dict
        suboptions:
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
          - Wait until the first schema sync ended, which the server begins by itself after a creation. If it fails, so
            does the task, with the server's message.
          - Check mode does not wait.
        type: bool
        default: false
      wait_timeout:
        description: How long to wait for the sync, in seconds, at most 86400.
        type: float
        default: 300
      extra:
        description:
          - Fields of the API that are newer than this collection, by the API's names. They go into the request as they
            are.
          - A field that the server's answers show is compared. One that they don't show can't be compared, so it is
            sent only when the object is created.
          - A field that has an option of its own is refused.
          - An empty text is refused, because it is mostly a variable that nobody set. Give null to empty a field.
        type: dict
      clear:
        description:
          - The options to empty, by name. An empty text is refused everywhere else, because it mostly comes from a
            variable that is not set.
          - Texts and numbers can be emptied, but for those that name the object or that a creation needs. The server
            may refuse to empty one.
          - An option that is named here can't be given as well.
        type: list
        elements: str
      extra_secrets:
        description: The same as O(data_sources[].extra) for secrets. They are never compared and never shown.
        type: dict
      update_secrets:
        description:
          - When secrets are sent to an object that exists already. No answer shows them, so they can't be compared.
          - V(on_create) sends them only when the object is created. For one that exists, RV(results[].msg) says which
            were not sent.
          - V(always) sends them each time, so that every run is changed.
          - It goes for all options that hold a secret, for O(data_sources[].extra_secrets), and for what no answer
            shows of O(data_sources[].extra).
          - O(data_sources[].clear) removes a secret whatever this says. Nobody can see whether one is stored, so every
            run that removes one is changed.
        type: str
        default: on_create
        choices: [on_create, always]
        aliases: [update_password]
      missing_ok:
        description:
          - With O(state=absent), whether the task is unchanged if the object does not exist. If V(false), the task
            fails then.
        type: bool
        default: true
      verify_absence:
        description:
          - The API answers 404 for an object that does not exist and for a key without admin access alike. With
            V(true), a 404 counts as "does not exist" only after the list of all objects of this kind could be read,
            because that needs admin access.
          - With V(false), the 404 is believed. Then a key without admin access, or a wrong O(organization_id), looks
            like an object that was deleted.
          - This is for O(state=absent). With O(state=present) the list is always read.
        type: bool
        default: true
      force:
        description:
          - With O(state=absent), send the DELETE straight away, without reading first. This needs O(data_sources[].id).
          - Then no guard applies. A name that is given beside O(data_sources[].id) is not compared.
          - In check mode, the object is read all the same.
        type: bool
        default: false
  filters:
    description:
      - With O(state=absent), delete all data sources that meet all of these.
      - The managed warehouse and the vendor's demonstration are never among them.
      - A status or dialect with a C(!) that is neither documented nor seen in any data source makes the task fail,
        because it would select every data source.
      - If no condition is left, because all of them are omitted, the task fails. Filters that select every data source
        that may be deleted are refused unless O(max_deletions) is set. The managed warehouse, the vendor's
        demonstration and what is in O(exclude) may not be deleted, and so don't count.
      - The conditions are looked at again on what was read last before each deletion. A data source that does not
        meet them any more stays, and its entry in RV(results) is failed.
    type: dict
    suboptions:
      # Written by 'make module-docs' from the options of basedash_data_source_info.
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
          - Only data sources whose last schema sync has one of these statuses, such as V(SUCCESS), V(FAILED),
            V(PENDING) or V(NEVER_SYNCED), in the same way as O(filters.dialect).
        type: list
        elements: str
      health_status:
        description:
          - Only data sources with one of these statuses of the last health check, such as V(HEALTHY) or V(UNHEALTHY),
            in the same way as O(filters.dialect). V(!HEALTHY) is also true of what was never checked.
        type: list
        elements: str
      name_pattern:
        description:
          - Only objects whose name has a part that this Python regular expression describes. Begin it with V(^) and end
            it with V($) to describe the whole name.
        type: str
      created_before:
        description:
          - Only objects that were created before this date or time in the form of ISO 8601, in UTC if it has no offset.
        type: str
  exclude:
    description:
      - Identifiers or display names of data sources that are never deleted, whatever an entry says.
      - Case, white space and the composition of letters in Unicode play no part. An entry that fits no data source
        gives a warning.
      - One that O(data_sources) wants to delete as well is a contradiction, and nothing is changed. With
        O(data_sources[].force) the data source is then read all the same, to know its name.
      - Only a list of plain texts is taken. What looks like YAML or JSON, such as V([production]), and blank or masked
        entries are refused, because they would protect nothing.
    type: list
    elements: str
  prune:
    description:
      - With O(state=present), delete every data source that no entry of O(data_sources) is about, once all entries went
        well.
      - The managed warehouse and the vendor's demonstration stay.
      - If no data source has the name of an entry, and one has a name that differs from it in case, white space or the
        composition of letters alone, the task fails. It would create one and delete the other.
    type: bool
    default: false
  allow_replace_all:
    description:
      - Whether O(prune) may delete all that it may delete at all. If V(false), the task fails before anything is
        created, changed or deleted when the list keeps none of that. An empty list is mostly a lookup that found
        nothing, and a list without one match is mostly that of another organization.
      - What is in O(exclude), the managed warehouse and the vendor's demonstration don't count.
    type: bool
    default: false
  max_deletions:
    description:
      - If more data sources would be deleted, the task fails before the first one and lists them. It is a limit
        alone, and O(allow_replace_all) is needed besides.
      - With O(filters) or O(prune) it is V(10) if left out. A list of data sources has no limit then.
    type: int
  concurrency:
    description:
      - How many requests are under way at once, 1 to 64. If the server limits the rate, all of them slow down together.
    type: int
    default: 4
  on_error:
    description:
      - What happens after a failure. V(continue) goes on with the others, V(stop) leaves them alone.
      - If O(retry_timeout) is used up, the others are left alone in any case.
    type: str
    default: continue
    choices: [continue, stop]
notes:
  - Creating a data source starts a trial of Basedash if the organization never had one, as the vendor's page says.
seealso:
  - module: community.basedash.basedash_data_source
  - module: community.basedash.basedash_data_source_info
"""

EXAMPLES = r"""
# The key and the organization can also come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID.
- name: Delete the data sources of a preview environment, and 20 at most
  community.basedash.basedash_data_sources:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    filters:
      name_pattern: ^preview-42(-|$)
    max_deletions: 20
    state: absent
  register: gone

- name: Show what became of them
  ansible.builtin.debug:
    var: gone.summary

- name: Delete a list of data sources, 8 at once
  community.basedash.basedash_data_sources:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    data_sources:
      - id: ds_preview_1
        name: preview-42
      - name: preview-43
    concurrency: 8
    state: absent

- name: Make the organization's data sources these, and no others
  community.basedash.basedash_data_sources:
    api_key: "{{ basedash_api_key }}"
    organization_id: "{{ basedash_organization_id }}"
    data_sources:
      - name: orders
        dialect: POSTGRES
        host: orders.db.example.com
        port: 5432
        database_name: orders
        username: basedash
        password: "{{ orders_password }}"
      - name: logs
        dialect: CLICKHOUSE
        host: logs.example.com
        port: 8443
        database_name: logs
        username: basedash
        password: "{{ logs_password }}"
    prune: true
    exclude: [production]
    state: present
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
results:
  description:
    - One entry per data source, in the order given; those that O(filters) or O(prune) select come in the API's order,
      newest first, after them.
  returned: if the options are right, the data sources could be listed, and O(filters) don't select what is refused
  type: list
  elements: dict
  contains:
    id:
      description: The identifier, null if there is none (yet).
      returned: always
      type: str
      sample: ds_preview_1
    name:
      description: The display name, null if it is not known.
      returned: always
      type: str
      sample: preview-42
    action:
      description:
        - What became of it. One of V(deleted), V(created), V(updated), V(unchanged), V(failed), V(not_attempted).
      returned: always
      type: str
      sample: deleted
    changed:
      description: Whether the task changed it. A failed one may have been changed before the failure.
      returned: always
      type: bool
      sample: true
    data_source:
      description:
        - The facts, as M(community.basedash.basedash_data_source) returns them. Those that are null are left out if the
          action is V(unchanged) or V(not_attempted).
      returned: if they are known
      type: dict
      sample: {id: ds_preview_1, display_name: preview-42}
    msg:
      description: What happened and what to do next, in one sentence.
      returned: if it failed, or is unchanged for a reason that is worth saying
      type: str
      sample: "There is no data source with id 'ds_preview_1': nothing to delete."
    error:
      description: The request that failed, and the answer, as M(community.basedash.basedash_data_source) returns it.
      returned: if it failed and a request was the reason
      type: dict
      sample: {status: 401, title: Unauthorized}
    field_errors:
      description: The server's messages about single settings.
      returned: if it failed and the server sent some
      type: dict
      sample: {host: Host not found}
    access:
      description: Who may query it.
      returned: if O(data_sources[].access) is given
      type: dict
      sample: {mode: everyone, group_ids: [], member_ids: []}
    sync:
      description: How the wait for the first sync ended.
      returned: if O(data_sources[].wait) is set and the sync ended well
      type: dict
      sample: {status: SUCCESS, polls: 1, wait_seconds: 1.0}
    warnings:
      description: The warnings about it. The first of all are shown as warnings of the task, too.
      returned: if there are any
      type: list
      elements: str
      sample: []
summary:
  description: How many data sources there are in RV(results), in all and by what became of them.
  returned: if RV(results) is
  type: dict
  sample: {total: 2, deleted: 2, created: 0, updated: 0, unchanged: 0, failed: 0, not_attempted: 0}
service:
  description: Where the task worked, as its options, C(module_defaults) or the environment say.
  returned: if RV(results) is
  type: dict
  contains:
    api_url:
      description: The root of the service.
      type: str
      sample: https://charts.basedash.com
    organization_id:
      description: The identifier of the organization.
      type: str
      sample: org_1
progress:
  description: How far the task was while it worked, a line every five seconds, and each wait.
  returned: with C(-v), if it took that long
  type: list
  elements: str
  sample: ['340 of 1000 data sources, 68 in a second']
msg:
  description:
    - Why the task failed. If single data sources failed, it names up to five of them, each with its reason in short.
      The whole reasons are in RV(results).
  returned: on failure
  type: str
  sample: "1 of 2 data sources failed and 0 were not attempted, see results. 'preview-43' (ds_preview_2): ..."
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
  description: The request that made the task fail as a whole, and the answer to it.
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

from ansible_collections.community.basedash.plugins.module_utils._engine.many import module_of_many
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE, STEPS

SPEC = module_of_many(DATA_SOURCE, STEPS)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
