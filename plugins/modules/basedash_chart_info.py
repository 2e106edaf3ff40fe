#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_chart_info
short_description: Read the charts of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the charts of a dashboard, or of all dashboards of a Basedash organization, except archived
    ones. It never changes anything.
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
    description: Only the chart with this identifier.
    type: str
    aliases: [chart_id]
  name:
    description: Only charts with exactly this name. There may be one on each dashboard, or several on one.
    type: str
  dashboard:
    description:
      - Only charts of the dashboard with this name. If several dashboards have it, the task fails and lists their
        identifiers. If none has it, the list is empty, with a warning.
    type: str
  dashboard_id:
    description: Only charts of the dashboard with this identifier.
    type: str
notes:
  - The API lists charts by dashboard only. Without O(dashboard), O(dashboard_id) and O(id), the module lists the
    dashboards and then the charts of each, which needs a request or more for each dashboard.
  - The charts of a dashboard come newest first, and the dashboards too.
seealso:
  - module: community.basedash.basedash_chart
  - module: community.basedash.basedash_dashboard_info
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read the charts of a dashboard
  community.basedash.basedash_chart_info:
    dashboard: Sales
  register: of_sales

- name: Show their SQL
  ansible.builtin.debug:
    msg: "{{ of_sales.charts | items2dict(key_name='name', value_name='sql_query') }}"

- name: Read the charts of all dashboards
  community.basedash.basedash_chart_info:
  register: all_charts

- name: Show which charts read from a data source
  ansible.builtin.debug:
    msg: "{{ of_production | map(attribute='name') | list }}"
  vars:
    of_production: "{{ all_charts.charts | selectattr('database_connection_id', 'equalto', 'ds_production') }}"
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
charts:
  description:
    - The facts of each chart that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_chart#module:chart).
  returned: success
  type: list
  elements: dict
  sample:
    - id: chart_1
      name: Revenue by week
      dashboard_id: dash_1
      dashboard_tab_id: tab_1
      layout: {x: 0, y: 0, width: 6, height: 4}
      chart_type: VERTICAL_BAR
      sql_query: SELECT week, revenue FROM sales
      database_connection_id: ds_production
      x_axis_property: week
      y_axis_property: revenue
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/charts
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.chart import CHART

SPEC = info_module(CHART)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
