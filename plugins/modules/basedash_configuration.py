#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_configuration
short_description: Give a whole Basedash organization the state of a configuration
version_added: 0.1.0
description:
  - Compares a Basedash organization, or a part of it, with a configuration in files, and changes what differs. One task
    makes one plan over all families of objects, and carries it out in the right order.
  - The collection reads the files itself. Ansible never templates them, so SQL may use definitions, which
    stand in double braces.
  - Only what the configuration says is compared. A family that is no key of the configuration is never touched. Nothing
    is deleted without O(prune).
  - Everything that can be known to fail before the first write refuses the whole plan, and the message names up to
    twenty mistakes, with file and line. Guards judge the planned state.
  - There is no state file. In check mode, the task returns the same plan and sends only readings.
  - Written from the vendor's public pages and from third parties. It was never tried against the service.
  - O(source) needs PyYAML where the task runs. It comes with ansible-core, and other hosts may lack it.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.promises
options:
  source:
    description:
      - Files and folders with the configuration, in layers. A later one is merged over an earlier one, entry by entry
        and option by option. Lists inside an entry are replaced.
      - A folder is read with its subfolders, all files that end in C(.yml) or C(.yaml).
      - Each file has the key C(format), which is 1. Its other keys are C(for), C(defaults), C(organization) and the
        families C(groups), C(members), C(data_sources), C(mcp_servers), C(definitions), C(skills), C(automations) and
        C(dashboards). A family is a list of entries, which take the options of the family's module, such as
        M(community.basedash.basedash_skill). Charts are in the list C(charts) of their dashboard.
      - Either this or O(configuration) is needed.
    type: list
    elements: path
  configuration:
    description:
      - The configuration inline, in the same form as a file, for what a play computes. Ansible templates it like any
        option. The key C(format) may be left out.
    type: dict
  secrets:
    description:
      - Secrets for entries, such as a C(password), by family, by the key of the entry, and by option, as in the
        examples. A plan needs none.
      - Secrets for an entry that the configuration lacks are refused.
    type: dict
  update_secrets:
    description:
      - Whether secrets are sent to objects that exist. Nobody can see which secret is stored, so V(always)
        makes every run that has a secret changed. An entry may say it for itself.
    type: str
    default: on_create
    choices: [on_create, always]
    aliases: [update_password]
  prune:
    description:
      - Families of which everything is deleted that is in no entry, such as V(dashboards). The charts and tabs of a
        dashboard that stays are only deleted with V(charts) and V(tabs), and the members of a group are only removed
        with V(group_members).
      - The managed warehouse and the vendor's demonstration are never deleted like this.
      - Deletions come last, and only if everything else went well.
      - A dashboard stays if one of its charts is in O(exclude) or outside of O(scope), because the charts would go with
        it.
      - The API does not tell who the user of the key is. Keep an entry for this person if V(members) is given. Admins
        are deactivated first, and nobody is after the service has refused one.
    type: list
    elements: str
  scope:
    description:
      - By family, a regular expression that is searched in the keys, such as C(^Sales) for C(dashboards). Only objects
        with such a key are compared, pruned and reported. An entry outside is refused.
    type: dict
  exclude:
    description:
      - By family, a list of ids or keys of objects that are never deleted.
    type: dict
  allow_replace_all:
    description:
      - Families of which O(prune) may delete everything that it may delete. Without this it is refused, because a
        configuration without one match is mostly another organization's.
    type: list
    elements: str
  max_deletions:
    description:
      - How many objects may be deleted, as a number, or as a percentage of each family such as V(30%). With
        O(prune) the default is 10. More are refused before the first write.
      - Tabs and members of groups that are taken away count as well. A percentage holds for each of both on its own. It
        is that of the tabs or members which are there in the objects whose entries have such a list.
    type: str
  max_updates:
    description:
      - How many objects may be changed, as a number or a percentage of each family. More are refused before the first
        write.
    type: str
  max_invitations:
    description: How many people may be invited or brought back. More are refused before the first write.
    type: int
    default: 10
  expected_plan:
    description:
      - The RV(plan_id) of a plan that somebody reviewed. If the plan is another one now, nothing is changed, and the
        task fails.
      - This is also so if nothing is left to do, such as in an apply that is repeated. The message says so.
    type: str
  missing_members:
    description:
      - What happens if a group or an access policy names somebody who is no member (any more).
      - V(skip) leaves this person out, with a warning. It is refused all the same if nobody would be left who may query
        the data source.
    type: str
    default: fail
    choices: [fail, skip]
  name_prefix:
    description:
      - For previews. It is put before the keys of all families but members and the organization, references are
        rewritten, and automations are created inactive. With O(prune), only objects with this prefix are pruned, and
        so no members.
      - End it with a separator, such as V(preview-42-). What begins with V(pr-12) does not belong to prefix V(pr-1),
        but what begins with V(pr-ab) belongs to V(pr-a).
      - In the reference names of definitions, which are a part of SQL, everything in the prefix but letters, digits and
        underscores becomes an underscore. So a prefix with other letters is refused if there are definitions.
    type: str
  validate_only:
    description:
      - Check the configuration without a connection and without a key, and change nothing. The form, the types, the
        references, and the definitions that SQL uses are checked.
      - A warning is about what only Basedash can tell, such as a name that is not in the configuration, and about words
        that are newer than this collection or wrong.
    type: bool
    default: false
  fail_on:
    description: V(opens_access) refuses a plan that opens a data source to everyone in the organization.
    type: list
    elements: str
    choices: [opens_access]
  concurrency:
    description: How many requests are on their way at the same time, 1 to 64.
    type: int
    default: 4
  on_error:
    description:
      - What happens after a failure. With V(continue), entries that depend on the failed one are not attempted,
        and others are. With V(stop), nothing more is attempted.
    type: str
    default: continue
    choices: [continue, stop]
  return:
    description: Whether RV(results) has the facts of every object, or only of those that changed.
    type: str
    default: all
    choices: [all, changed]
  journal:
    description:
      - A file to which the task appends a JSON line before and after each change, without secrets. If a run was killed,
        the next run says what the journal has of it.
      - Check mode does not write it.
    type: path
seealso:
  - module: community.basedash.basedash_configuration_info
  - module: community.basedash.basedash_configuration_report
  - name: The organization as code
    description: The guide of this collection, with the form of the files and the playbooks for plan, apply and drift.
    link: https://github.com/ansible-collections/community.basedash/blob/main/docs/organization_as_code.md
"""

EXAMPLES = r"""
- name: Check the files without a key
  community.basedash.basedash_configuration:
    source: [base, layers/production]
    validate_only: true

- name: Show what would change
  community.basedash.basedash_configuration:
    source: [base, layers/production]
    prune: [skills]
  check_mode: true
  diff: true
  register: plan

- name: Apply the plan that somebody reviewed, which also deletes the skills that are in no file
  community.basedash.basedash_configuration:
    source: [base, layers/production]
    prune: [skills]
    expected_plan: "{{ plan.plan_id }}"
    secrets:
      data_sources:
        orders:
          password: "{{ orders_password }}"

- name: Describe a part of the organization in the play
  community.basedash.basedash_configuration:
    configuration:
      groups:
        - name: Analysts
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
results:
  description:
    - One entry per entry of the configuration, in its order, and after them those that O(prune) deletes.
    - In check mode, and if the plan was refused, what is planned.
  returned: if the configuration is right and the organization could be read
  type: list
  elements: dict
  contains:
    family:
      description: The family, as a key of the configuration, such as V(data_sources).
      returned: always
      type: str
      sample: skills
    id:
      description: The identifier, null if there is none (yet).
      returned: always
      type: str
      sample: skill_1
    name:
      description: The key, such as the name, the reference name of a definition, or the e-mail address of a member.
      returned: always
      type: str
      sample: Brief
    dashboard:
      description: The dashboard of a chart.
      returned: for charts
      type: str
      sample: Revenue
    data_source:
      description: The data source of a definition, by its name. For a data source, its facts.
      returned: for definitions and data sources
      type: raw
      sample: orders
    action:
      description:
        - What became of it. One of V(deleted), V(created), V(updated), V(unchanged), V(failed), V(not_attempted).
      returned: always
      type: str
      sample: updated
    changed:
      description: Whether the task changed it. A failed one may have been changed before the failure.
      returned: always
      type: bool
      sample: true
    changes:
      description:
        - The options that the plan changes, each with C(option), C(before) and C(after). References are by key.
        - Of a secret, only that it will be sent.
      returned: if the plan creates or changes it
      type: list
      elements: dict
      sample: [{option: instructions, before: Be long., after: Be brief.}]
    renamed_from:
      description: The earlier key.
      returned: if the plan renames it
      type: str
      sample: Briefly
    place:
      description:
        - The file and the line where the entry begins, or its path, such as C(configuration.skills[0]), if it is given
          in O(configuration).
      returned: if an entry is about it
      type: str
      sample: base/skills.yml:4
    msg:
      description: What happened and what to do next, in one sentence.
      returned: if it failed, or there is something to say
      type: str
      sample: It was not attempted, because the data source 'orders' failed.
    error:
      description: The request that failed, and the answer.
      returned: if it failed and a request was the reason
      type: dict
      sample: {status: 401, title: Unauthorized}
    field_errors:
      description: The server's messages about single settings.
      returned: if it failed and the server sent some
      type: dict
      sample: {host: Host not found}
    warnings:
      description: The warnings about it. The first of all are shown as warnings of the task, too.
      returned: if there are any
      type: list
      elements: str
      sample: []
    skill:
      description:
        - The facts, as the module of the family returns them, under the key that they have there. This is C(skill) for
          a skill, and C(group), C(member), C(data_source), C(mcp_server), C(definition), C(automation), C(dashboard),
          C(chart) or C(organization) for others.
      returned: if they are known, and if it changed or O(return=all)
      type: dict
      sample: {id: skill_1, name: Brief}
summary:
  description:
    - How many entries RV(results) has, in all and by what became of them, and the same for each family in C(families).
    - C(unmanaged) counts by family what is there and in no entry.
  returned: if RV(results) is
  type: dict
  sample:
    total: 2
    deleted: 0
    created: 1
    updated: 0
    unchanged: 1
    failed: 0
    not_attempted: 0
    families: {skills: {total: 2, deleted: 0, created: 1, updated: 0, unchanged: 1, failed: 0, not_attempted: 0}}
    unmanaged: {skills: 3}
plan_id:
  description:
    - What identifies the plan. It is another one exactly if the plan does something else. Secrets don't count.
    - Null if there is no plan, or if it was refused for another reason than O(expected_plan).
  returned: always
  type: str
  sample: 7eec5615ece0cf3b76c53bea6036bb88
access_changes:
  description:
    - Who gains and who loses which data source, by e-mail address, and whether it opens to everyone in the
      organization.
  returned: if RV(results) is
  type: list
  elements: dict
  sample: [{data_source: orders, gains: [ada@example.com], loses: [], opens: false}]
breaks:
  description: What the deletions break, each with the objects outside of the configuration that use it.
  returned: if RV(results) is
  type: list
  elements: dict
  sample: [{family: data_sources, id: ds_1, name: orders, used_by: [{family: charts, id: chart_1, name: MRR}]}]
renames:
  description:
    - New objects that are the same, but for their key, as an object that is in no entry. Somebody probably renamed it.
  returned: if RV(results) is
  type: list
  elements: dict
  sample: [{family: dashboards, name: Sales, there: {id: dash_1, name: Sales 2026}}]
unmanaged_objects:
  description: What is there and in no entry, up to twenty objects of each family. RV(summary) has the numbers of all.
  returned: if RV(results) is
  type: list
  elements: dict
  contains:
    family:
      description: The family, as in O(prune).
      returned: always
      type: str
      sample: charts
    id:
      description: The identifier.
      returned: always
      type: str
      sample: chart_7
    name:
      description: The key, such as the name.
      returned: always
      type: str
      sample: By hand
    dashboard:
      description: The dashboard of a chart.
      returned: for charts
      type: str
      sample: Revenue
    data_source:
      description: The data source of a definition.
      returned: for definitions
      type: str
      sample: orders
findings:
  description:
    - What the checks of the configuration found, errors and warnings. Without O(validate_only), a definition that the
      configuration lacks is one only if Basedash lacks it too.
    - In O(configuration), there is neither file nor line, and the message begins with the path.
  returned: if the options are right
  type: list
  elements: dict
  sample:
    - rule: unknown-key
      level: error
      message: 'The option colour is unknown: did you mean color?'
      file: base/dashboards/revenue.yml
      line: 12
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
  sample: ['340 of 1000 charts planned, 680 in a second']
msg:
  description:
    - Why the task failed. It names up to twenty mistakes, each with file and line, or up to five failures. The whole
      reasons are in RV(results).
  returned: on failure
  type: str
  sample: "1 entry can't be as wanted, so nothing was changed: groups.yml:3: group 'Analysts': ..."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._configuration.task import ENSURE_CONFIGURATION
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module

SPEC = ENSURE_CONFIGURATION


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
