#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_dashboard_info
short_description: Read the dashboards of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the dashboards of a Basedash organization, except archived ones. It never changes anything.
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
    description: Only the dashboard with this identifier.
    type: str
    aliases: [dashboard_id]
  name:
    description: Only dashboards with exactly this name. There may be several.
    type: str
notes:
  - Nobody describes whether the list of dashboards shows their tabs. If it does not, C(tabs) is null in
    RV(dashboards). To read the tabs of a dashboard for certain, give its O(id).
seealso:
  - module: community.basedash.basedash_dashboard
  - module: community.basedash.basedash_chart_info
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read all dashboards
  community.basedash.basedash_dashboard_info:
  register: all_dashboards

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ all_dashboards.dashboards | map(attribute='name') | list }}"

- name: Read the tabs of one
  community.basedash.basedash_dashboard_info:
    id: "{{ all_dashboards.dashboards[-1].id }}"
  register: with_tabs
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
dashboards:
  description:
    - The facts of each dashboard that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_dashboard#module:dashboard).
  returned: success
  type: list
  elements: dict
  sample:
    - id: dash_1
      name: Growth
      description: What the growth team looks at every morning.
      icon: chart
      color: '1'
      width: WIDE
      default_date_range: LAST_90_DAYS
      default_group_by_interval: WEEK
      tabs:
        - id: tab_1
          name: Overview
          order: 0
          dashboard_id: dash_1
          created_at: '2026-11-20T08:00:00.000Z'
          updated_at: '2026-11-20T08:00:00.000Z'
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/dashboards
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.dashboard import DASHBOARD

SPEC = info_module(DASHBOARD)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
