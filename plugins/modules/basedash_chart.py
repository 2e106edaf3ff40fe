#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_chart
short_description: Create, change and archive a chart of Basedash
version_added: 0.1.0
description:
  - Makes sure that a chart exists on a dashboard of a Basedash organization, with the settings that are given, or
    that it does not exist.
  - M(community.basedash.basedash_dashboard) creates the dashboard and its tabs.
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
    description: The identifier of the chart. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [chart_id]
  name:
    description:
      - The name of the chart. It names one on its dashboard, so it needs O(dashboard) or O(dashboard_id), or O(id).
    type: str
  new_name:
    description:
      - The name that the chart shall have. Then O(name) is what it is called now.
      - If only a chart with the new name exists, that one is meant, and nothing is renamed. If both exist, the task
        fails and changes nothing.
    type: str
  dashboard:
    description:
      - The name of the dashboard that the chart is on.
      - If several dashboards have this name, the task fails and lists their identifiers. If none has it, a task with
        O(state=present) fails, and one with O(state=absent) is unchanged, with a warning.
      - In check mode, a dashboard that does not exist yet is assumed to come from an earlier task, with a warning.
    type: str
  dashboard_id:
    description:
      - The identifier of the dashboard, in place of O(dashboard). One of them is needed to create a chart.
      - This module does not move a chart to another dashboard.
    type: str
  tab:
    description:
      - The name of the tab, on the dashboard of the chart. If it is not given, Basedash puts a new chart on the first
        tab, and a chart that exists stays where it is.
      - If several tabs have this name, or none has it, the task fails before it changes anything.
      - In check mode, a tab that does not exist yet is assumed to come from an earlier task, with a warning.
    type: str
  tab_id:
    description: The identifier of the tab, in place of O(tab).
    type: str
  layout:
    description:
      - Where the chart is on the grid of its tab. If it is not given, Basedash puts a new chart at the bottom.
      - Only the parts that are given are compared.
      - Basedash moves a chart that would lie on another one. If it stores another place than the one that was sent, the
        task says so in a warning. With O(update_layout=always), each run sends the place again then.
    type: dict
    suboptions:
      x:
        description: The column in which the chart begins, from 0.
        type: int
      y:
        description: The row in which the chart begins, from 0.
        type: int
      width:
        description: How many columns the chart takes.
        type: int
      height:
        description: How many rows the chart takes.
        type: int
  update_layout:
    description:
      - When O(layout) is set. People move charts by dragging them.
      - V(on_create) sets it only when the chart is created, so what people move stays there.
      - V(always) sets it back at each run.
    type: str
    default: on_create
    choices: [on_create, always]
  description:
    description: What the chart shows.
    type: str
  chart_type:
    description:
      - The kind of chart, such as V(TABLE), V(LINE), V(VERTICAL_BAR), V(NUMBER) or V(PIE). V(DASHBOARD_HEADER) and
        V(DASHBOARD_TEXT) show O(static_content) and need no SQL.
      - The case does not matter. Kinds that are newer than this collection are passed on.
    type: str
  sql_query:
    description:
      - The SQL. It is sent as it is given, and compared letter by letter, but for white space at its end.
      - Ansible takes V({{ definition("revenue"\) }}) for a template of its own. In a playbook, tag such a text with
        C(!unsafe).
    type: str
  drilldown_sql_query:
    description: The SQL for the rows behind a point of the chart. As with O(sql_query), it is sent as it is given.
    type: str
  data_source:
    description:
      - The display name of the data source that the SQL runs on. If several data sources have this name, or none has
        it, the task fails before it changes anything.
      - In check mode, a data source that does not exist yet is assumed to come from an earlier task, with a warning.
    type: str
  data_source_id:
    description: The identifier of the data source, in place of O(data_source).
    type: str
  x_axis_property:
    description: The column of the result that the x axis shows.
    type: str
  x_axis_secondary_property:
    description: The column of the result by which the values of the x axis are divided further.
    type: str
  y_axis_property:
    description: The column of the result that the y axis shows.
    type: str
  static_content:
    description:
      - The text of a header or a text box, in Markdown. As with O(sql_query), it is sent as it is given.
    type: str
notes:
  - With O(state=absent), Basedash archives the chart, as far as is known. Its app keeps archived charts for 30 days.
    An archived chart counts as one that does not exist. No page describes a way to bring one back through the API.
  - This module was written from the vendor's pages about creating, reading, changing and listing charts. Third
    parties name the kinds of charts, the limits of the layout and the way to delete a chart. Nothing of it was ever
    tried against the service.
  - Nobody describes whether Basedash tries the SQL of a chart before it saves it.
  - The API has no colours, legends, number formats or ranges of axes.
  - People may edit a chart at the same time, and so may Basedash's AI. Check mode with a diff shows such a change.
seealso:
  - module: community.basedash.basedash_chart_info
  - module: community.basedash.basedash_dashboard
  - module: community.basedash.basedash_data_source
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Put a chart on a tab of a dashboard
  community.basedash.basedash_chart:
    name: Revenue by week
    dashboard: Sales
    tab: Details
    chart_type: VERTICAL_BAR
    data_source: production
    sql_query: |
      SELECT date_trunc('week', ordered_at) AS week, sum(amount) AS revenue
      FROM orders
      GROUP BY 1
      ORDER BY 1
    x_axis_property: week
    y_axis_property: revenue
    layout: {x: 0, y: 0, width: 6, height: 4}
  register: revenue

- name: Keep it at its place, wherever people drag it
  community.basedash.basedash_chart:
    id: "{{ revenue.chart.id }}"
    layout: {x: 0, y: 0}
    update_layout: always

- name: Use a definition in a number
  community.basedash.basedash_chart:
    name: Active customers
    dashboard: Sales
    chart_type: NUMBER
    data_source_id: ds_production
    sql_query: !unsafe SELECT count(*) FROM ({{ definition("active_customer") }}) AS customers

- name: Write a text above the charts
  community.basedash.basedash_chart:
    name: About this page
    dashboard: Sales
    tab: Main
    chart_type: DASHBOARD_TEXT
    static_content: |
      ## Sales

      Refunds are **not** part of the revenue.

- name: Archive a chart
  community.basedash.basedash_chart:
    name: Active customers
    dashboard: Sales
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
chart:
  description:
    - The facts of the chart, as the API's documentation lists them, in snake_case.
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
      sample: chart_1
    name:
      description: The name.
      type: str
      sample: Revenue by week
    dashboard_id:
      description: The identifier of the dashboard that it is on.
      type: str
      sample: dash_1
    dashboard_tab_id:
      description: The identifier of the tab that it is on.
      type: str
      sample: tab_1
    layout:
      description: Where it is on the grid of its tab.
      type: dict
      contains:
        x:
          description: The column in which the chart begins, from 0.
          type: int
          sample: 0
        y:
          description: The row in which the chart begins, from 0.
          type: int
          sample: 0
        width:
          description: How many columns the chart takes.
          type: int
          sample: 6
        height:
          description: How many rows the chart takes.
          type: int
          sample: 4
    description:
      description: What the chart shows.
      type: str
    chart_type:
      description: The kind of chart, as the API spells it.
      type: str
      sample: VERTICAL_BAR
    sql_query:
      description: The SQL.
      type: str
      sample: SELECT week, revenue FROM sales
    drilldown_sql_query:
      description: The SQL for the rows behind a point of the chart.
      type: str
    database_connection_id:
      description: The identifier of the data source that the SQL runs on.
      type: str
      sample: ds_production
    x_axis_property:
      description: The column of the result that the x axis shows.
      type: str
      sample: week
    x_axis_secondary_property:
      description: The column of the result by which the values of the x axis are divided further.
      type: str
    y_axis_property:
      description: The column of the result that the y axis shows.
      type: str
      sample: revenue
    static_content:
      description: The text of a header or a text box.
      type: str
    image_url:
      description: The address of a picture of the chart. It needs the key.
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
  sample: "There is no chart with id 'chart_1': nothing to delete."
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
      sample: https://charts.basedash.com/api/public/organizations/org_1/charts/chart_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.chart import CHART

SPEC = module_of_one(CHART)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
