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
  - The collection reads the files itself. Ansible never templates them, so SQL may have C({{ definition("mrr") }}) in it.
  - Only what the configuration says is compared. A family that is no key of the configuration is never touched. Nothing
    is deleted without O(prune).
  - Everything that can be known to fail before the first write refuses the whole plan, and the message names up to twenty
    mistakes, with file and line. Guards judge the planned state.
  - There is no state file. In check mode, the task returns the same plan and sends only readings.
  - Written from the vendor's public pages and from third parties. It was never tried against the service.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.promises
options:
  source:
    description:
      - Files and folders with the configuration, in layers. A later one is merged over an earlier one, entry by entry by
        key, and field by field. Lists inside an entry are replaced.
      - A folder is read with its subfolders, all files that end in C(.yml) or C(.yaml).
      - Either this or O(configuration) is needed.
    type: list
    elements: path
  configuration:
    description:
      - The configuration inline, in the same form, for what a play computes. Ansible templates it as any argument.
    type: dict
  secrets:
    description:
      - Secrets for entries, by family and key, such as C({data_sources {orders {password ...}}}). A plan needs none.
      - Secrets for an entry that the configuration lacks are refused.
    type: dict
  update_secrets:
    description:
      - Whether secrets are sent to objects that exist. Nobody can see which secret is stored, so V(always) makes every run
        that has a secret changed. An entry may say it for itself.
    type: str
    default: on_create
    choices: [on_create, always]
    aliases: [update_password]
  prune:
    description:
      - Families of which everything is deleted that is in no entry, such as V(dashboards). V(charts) and V(tabs) are apart
        from V(dashboards), and V(group_members) are apart from V(groups).
      - The managed warehouse and the vendor's demonstration are never deleted like this.
      - Deletions come last, and only if everything else went well.
    type: list
    elements: str
  scope:
    description:
      - By family, a regular expression that is searched in the keys. Only these objects are compared, pruned and reported.
        An entry outside is refused.
    type: dict
  exclude:
    description:
      - By family, ids or keys of objects that are never deleted.
    type: dict
  allow_replace_all:
    description:
      - Families of which O(prune) may delete everything that it may delete. Without this it is refused, because a
        configuration without one match is mostly another organization's.
    type: list
    elements: str
  max_deletions:
    description:
      - How many objects may be deleted, as a number, or as a percentage of each family such as V(30%). With O(prune) the
        default is 10. More are refused before the first write.
      - Tabs and members of groups that O(prune) removes count as well.
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
    description: The RV(plan_id) of a plan that somebody reviewed. If the plan is another one now, nothing is changed.
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
        rewritten, and automations are created inactive. With O(prune), only objects with this prefix are pruned.
      - In the reference names of definitions, which are a part of SQL, everything in the prefix but letters, digits and
        underscores becomes an underscore.
    type: str
  validate_only:
    description:
      - Check the configuration without a connection and without a key, and change nothing. The form, the types, the
        references, and the definitions that SQL uses are checked.
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
      - What happens after a failure. With V(continue), entries that depend on the failed one are not attempted, and others
        are. With V(stop), nothing more is attempted.
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
"""

EXAMPLES = r"""
- name: Show what would change
  community.basedash.basedash_configuration:
    source: [base, layers/production]
  check_mode: true
  diff: true
  register: plan

- name: Apply the plan that somebody reviewed, and delete dashboards and charts that are in no file
  community.basedash.basedash_configuration:
    source: [base, layers/production]
    secrets:
      data_sources:
        orders:
          password: "{{ vault_orders_password }}"
    prune: [dashboards, charts]
    expected_plan: "{{ plan.plan_id }}"

- name: Check the files without a key
  community.basedash.basedash_configuration:
    source: [base, layers/production]
    validate_only: true

- name: Describe a part of the organization in the play
  community.basedash.basedash_configuration:
    configuration:
      groups:
        - name: Analysts
          members: [ada@example.com]
"""

RETURN = r"""
"""

from ansible_collections.community.basedash.plugins.module_utils._configuration.task import ENSURE_CONFIGURATION
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module

SPEC = ENSURE_CONFIGURATION


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
