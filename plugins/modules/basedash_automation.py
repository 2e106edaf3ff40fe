#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_automation
short_description: Create, change and archive an automation of Basedash
version_added: 0.1.0
description:
  - Makes sure that an automation exists in a Basedash organization, with the settings that are given, or that it does
    not exist. An automation lets Basedash's AI follow instructions again and again, and tells people what it found.
  - An active automation costs AI credit, and sends messages and e-mails to people. Give O(active=false) to create one
    that does nothing yet.
  - The API archives an automation in place of deleting it. An archived one counts as absent.
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
    description: The identifier of the automation. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [automation_id]
  name:
    description: The name of the automation.
    type: str
  new_name:
    description:
      - The name that the automation shall have. O(name) is the name that it has now.
      - If only an automation with the new name exists, it is the one, and the task renames nothing. If both exist, the
        task fails and changes nothing. If neither exists, the automation is created with the new name.
    type: str
  instructions:
    description:
      - What the AI has to do. Needed to create an automation.
      - It is compared letter by letter, but for white space at its ends.
    type: str
  active:
    description: Whether the automation runs by itself. The API creates an active one if this is not given.
    type: bool
  icon:
    description: The name of the icon. The API uses V(stopwatch) if none is given.
    type: str
  color:
    description: The key of the color, such as V("1"). It is no color code.
    type: str
  trigger:
    description:
      - When the automation runs. Only the suboptions that are given are compared and changed.
    type: dict
    suboptions:
      type:
        description:
          - What makes it run. The vendor documents V(SCHEDULE). The names of other types, for a change of data and for
            a start by hand, are not known.
          - The word is sent in upper case as it is, so that words work which this collection does not know.
        type: str
      frequency:
        description:
          - How often it runs, such as V(DAILY), which is documented, or V(WEEKLY).
          - The word is sent in upper case as it is.
        type: str
      hour:
        description: The hour of the day, 0 to 23. Its time zone is not documented.
        type: int
      day_of_week:
        description: The day of the week, 0 to 6. Which day is 0 is not documented.
        type: int
      day_of_month:
        description: The day of the month, 1 to 31.
        type: int
      data_source:
        description:
          - The display name of the data source whose data are watched.
          - If several data sources have this name, or none has it, the task fails and changes nothing.
          - In check mode, a data source that does not exist yet is assumed to come from an earlier task, with a
            warning.
        type: str
      data_source_id:
        description: The identifier of this data source, in place of O(trigger.data_source).
        type: str
      sql_query:
        description:
          - The SQL whose result is watched. Basedash runs it every 15 minutes.
          - It may use V({{ last_run_at }}). Ansible takes this for a template of its own, so tag such a text with
            C(!unsafe) in a playbook.
        type: str
  notifications:
    description:
      - Whom the automation tells. Only the suboptions that are given are compared and changed.
    type: dict
    suboptions:
      slack_channel:
        description: The channel in Slack. Basedash must be connected to Slack for this.
        type: str
      email_recipients:
        description:
          - The e-mail addresses, in any order. Exactly these get e-mails.
          - The API takes them as one text with commas, so an address with a comma in it is refused.
        type: list
        elements: str
notes:
  - The vendor documents how an automation is created, read and updated, but neither the names of its triggers nor the
    form of an update. So this module sends an update in the form of a creation, reads the automation again, and fails
    if something did not take. Only third parties describe how automations are listed and archived. None of this was
    ever tried against the service.
  - An update also sends the present value of each setting that the API has a default for, because an update without it
    might set it back to that default.
  - An automation sees the data that the person sees whose key created it. That can't be changed later.
  - Nobody describes whether an archived automation can be brought back. With O(state=present), a new one is created.
  - O(clear) also takes suboptions, such as V(trigger.data_source) or V(notifications.slack_channel).
seealso:
  - module: community.basedash.basedash_automation_info
  - module: community.basedash.basedash_automation_run
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Send the revenue of the week every Monday
  community.basedash.basedash_automation:
    name: Revenue of the week
    instructions: |
      Compare the revenue of the last seven days with that of the seven days before.
      Name the three customers that changed most.
    trigger:
      type: SCHEDULE
      frequency: WEEKLY
      hour: 7
      day_of_week: 1
    notifications:
      email_recipients: [ada@example.com, grace@example.com]
  register: weekly

- name: Tell the support channel of failed payments
  community.basedash.basedash_automation:
    name: Failed payments
    instructions: Explain why these payments failed.
    active: false
    trigger:
      data_source: production
      sql_query: !unsafe SELECT id FROM payments WHERE failed_at > '{{ last_run_at }}'
    notifications:
      slack_channel: support

- name: Stop telling the channel
  community.basedash.basedash_automation:
    name: Failed payments
    clear: [notifications.slack_channel]

- name: Rename it
  community.basedash.basedash_automation:
    name: Failed payments
    new_name: Payments that failed

- name: Archive it
  community.basedash.basedash_automation:
    name: Payments that failed
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
automation:
  description:
    - The facts of the automation, as the API's documentation lists them, in snake_case.
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
      sample: auto_1
    name:
      description: The name.
      type: str
      sample: Revenue of the week
    instructions:
      description: What the AI has to do.
      type: str
      sample: Compare the revenue of the last seven days with that of the seven days before.
    active:
      description: Whether it runs by itself.
      type: bool
      sample: true
    icon:
      description: The name of the icon.
      type: str
      sample: stopwatch
    color:
      description: The key of the color.
      type: str
      sample: '1'
    trigger:
      description: When it runs.
      type: dict
      contains:
        type:
          description: What makes it run, as the API spells it.
          type: str
          sample: SCHEDULE
        frequency:
          description: How often it runs, as the API spells it.
          type: str
          sample: WEEKLY
        preferred_hour:
          description: The hour of the day.
          type: int
          sample: 7
        preferred_day_of_week:
          description: The day of the week.
          type: int
          sample: 1
        preferred_day_of_month:
          description: The day of the month.
          type: int
        database_connection_id:
          description: The identifier of the data source whose data are watched.
          type: str
        sql_query:
          description: The SQL whose result is watched.
          type: str
          sample: ''
    notifications:
      description: Whom it tells.
      type: dict
      contains:
        slack_channel:
          description: The channel in Slack.
          type: str
        email_recipients:
          description: The e-mail addresses, with commas between them.
          type: str
          sample: ada@example.com,grace@example.com
    created_by_member_id:
      description: The identifier of the member whose key created it. It sees the data that this member sees.
      type: str
      sample: mem_ada
    archived_at:
      description: When it was archived, null for one that is there.
      type: str
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
  sample: "There is no automation with id 'auto_1': nothing to delete."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/automations/auto_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.automation import AUTOMATION

SPEC = module_of_one(AUTOMATION)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
