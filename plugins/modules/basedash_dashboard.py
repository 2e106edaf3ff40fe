#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_dashboard
short_description: Create, change and archive a dashboard of Basedash
version_added: 0.1.0
description:
  - Makes sure that a dashboard exists in a Basedash organization, with the settings and tabs that are given, or that
    it does not exist.
  - M(community.basedash.basedash_chart) puts charts on a dashboard.
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
    description: The identifier of the dashboard. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [dashboard_id]
  name:
    description: The name of the dashboard.
    type: str
  new_name:
    description:
      - The name that the dashboard shall have. Then O(name) is what it is called now.
      - If only a dashboard with the new name exists, that one is meant, and nothing is renamed. If both exist, the
        task fails and changes nothing.
    type: str
  description:
    description: What the dashboard shows.
    type: str
  icon:
    description: The icon, by the name that Basedash has for it.
    type: str
  color:
    description: The colour, by the key that Basedash has for it. It is no colour code.
    type: str
  folder_id:
    description:
      - The identifier of the folder that the dashboard is in. The API neither lists nor creates folders, so copy the
        identifier from Basedash.
      - A folder passes its access on to its dashboards.
    type: str
  width:
    description:
      - How wide the grid of charts is, such as V(NORMAL) (6 columns), V(WIDE) (12 columns) or V(ULTRAWIDE) (18
        columns). The case does not matter.
    type: str
  default_date_range:
    description:
      - The range of dates that the dashboard shows at first, such as V(TODAY), V(THIS_WEEK), V(LAST_30_DAYS),
        V(ALL_TIME) or V(CUSTOM). The case does not matter.
    type: str
  default_custom_date_range_start:
    description:
      - When a custom range begins, as a date or a time in the form of ISO 8601, in UTC if it has no offset. Quote it,
        so that YAML does not make a date of it.
      - Times are compared, not their spelling.
    type: str
  default_custom_date_range_end:
    description: When a custom range ends, as in O(default_custom_date_range_start).
    type: str
  default_group_by_interval:
    description:
      - The interval by which charts group dates at first, such as V(HOUR), V(DAY), V(WEEK), V(MONTH) or V(YEAR). The
        case does not matter.
    type: str
  tabs:
    description:
      - The tabs of the dashboard, in this order. In place of a dict, an entry may be the name of the tab alone.
      - Tabs that are missing are added. Other tabs stay, unless O(purge_tabs=true). The order counts among the tabs
        that are given.
      - Basedash creates a dashboard with a tab named V(Main). In a new dashboard, the first of these tabs takes its
        place.
      - A tab with another name is another tab. This module does not rename the tabs of a dashboard that exists.
      - If two tabs of the dashboard have one of these names, the task fails, changes nothing and lists their
        identifiers.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the tab.
        type: str
        required: true
  purge_tabs:
    description:
      - Whether to delete the tabs that are not in O(tabs). Without O(tabs) this means nothing.
      - A tab with charts is never deleted. Then the task fails and changes nothing. Move its charts to another tab,
        or delete them, first.
      - A chart that does not clearly show its tab counts as being on each of them.
    type: bool
    default: false
notes:
  - With O(state=absent), Basedash archives the dashboard with its charts, as far as is known. Its app keeps archived
    dashboards for 30 days. An archived dashboard counts as one that does not exist. No page describes a way to bring
    one back through the API.
  - This module was written from the vendor's pages about listing and creating dashboards. That dashboards can be
    read, changed and deleted one by one, and all about tabs, comes from third parties. Nothing of it was ever tried
    against the service.
  - Nobody describes how the order of tabs is set. The module sends the field C(order), which answers have. If that
    has no effect, it sends C(sortOrder). If neither has, the task fails and says so.
  - Nobody describes whether the list of dashboards shows their tabs. If it does not, RV(dashboard.tabs) is null
    unless O(tabs) is given or the dashboard is named by O(id).
  - The API has nothing about the permissions of a dashboard. In Basedash's app, everyone in the organization may edit
    a new one.
  - People may edit a dashboard at the same time, and so may Basedash's AI. The last writer wins.
seealso:
  - module: community.basedash.basedash_dashboard_info
  - module: community.basedash.basedash_chart
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Create a dashboard with three tabs
  community.basedash.basedash_dashboard:
    name: Growth
    description: What the growth team looks at every morning.
    width: WIDE
    default_date_range: LAST_90_DAYS
    default_group_by_interval: WEEK
    tabs:
      - name: Overview
      - name: Sign-ups
      - name: Churn
  register: growth

- name: Add a tab, and delete those that are not in the list and have no charts
  community.basedash.basedash_dashboard:
    id: "{{ growth.dashboard.id }}"
    name: Growth
    tabs: [Overview, Sign-ups, Revenue]
    purge_tabs: true

- name: Show a quarter by default
  community.basedash.basedash_dashboard:
    name: Growth
    default_date_range: CUSTOM
    default_custom_date_range_start: "2026-07-01"
    default_custom_date_range_end: "2026-09-30T23:59:59Z"

- name: Give it another name
  community.basedash.basedash_dashboard:
    name: Growth
    new_name: Growth in 2026

- name: Archive it
  community.basedash.basedash_dashboard:
    name: Growth in 2026
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
dashboard:
  description:
    - The facts of the dashboard, as the API's documentation lists them, in snake_case.
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
      sample: dash_1
    name:
      description: The name.
      type: str
      sample: Growth
    description:
      description: What the dashboard shows.
      type: str
      sample: What the growth team looks at every morning.
    icon:
      description: The icon, by the name that Basedash has for it.
      type: str
      sample: chart
    color:
      description: The colour, by the key that Basedash has for it. It is no colour code.
      type: str
      sample: '1'
    dashboard_folder_id:
      description: The identifier of the folder that it is in, null if it is in none.
      type: str
    width:
      description: How wide the grid of charts is, as the API spells it.
      type: str
      sample: WIDE
    default_date_range:
      description: The range of dates that it shows at first, as the API spells it.
      type: str
      sample: LAST_90_DAYS
    default_custom_date_range_start:
      description: When a custom range begins.
      type: str
    default_custom_date_range_end:
      description: When a custom range ends.
      type: str
    default_group_by_interval:
      description: The interval by which charts group dates at first, as the API spells it.
      type: str
      sample: WEEK
    tabs:
      description:
        - The tabs in their order. Null if the server does not show them, such as in a list.
        - In check mode, the tabs as they are.
      type: list
      elements: dict
      contains:
        id:
          description: The identifier of the tab.
          type: str
          sample: tab_1
        name:
          description: The name of the tab.
          type: str
          sample: Overview
        order:
          description: The place of the tab among the others.
          type: int
          sample: 0
        dashboard_id:
          description: The identifier of the dashboard.
          type: str
          sample: dash_1
        created_at:
          description: When the tab was created.
          type: str
          sample: '2026-11-20T08:00:00.000Z'
        updated_at:
          description: When the tab was changed last.
          type: str
          sample: '2026-11-20T08:00:00.000Z'
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
  sample: "There is no dashboard with id 'dash_1': nothing to delete."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/dashboards/dash_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.dashboard import DASHBOARD, STEPS

SPEC = module_of_one(DASHBOARD, STEPS)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
