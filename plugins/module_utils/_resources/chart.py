# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: charts, which are on the tabs of a dashboard.

The vendor's pages show how charts are created, read, changed and listed, and the names of their fields. Only third
parties name the kinds of charts, and say that a chart can be deleted.
"""

from __future__ import annotations

from .._engine.forms import LINES, NUMBER, VERBATIM, WORD
from .._engine.kind import Field, Kind, fact
from .families import CHARTS, DASHBOARDS, DATA_SOURCES, TABS

# The service names no maximum.
_MOST = 2**31 - 1


def _layout(part: str, least: int) -> Field:
    # People drag charts, so the layout of one that exists is theirs. The service pushes charts that would overlap.
    return Field(
        "layout." + part,
        NUMBER,
        sent_as="layout." + part,
        limits=(least, _MOST),
        updated_if="update_layout",
        approximate=True,
    )


CHART = Kind(
    CHARTS,
    (
        fact("id"),
        Field("name"),
        Field("dashboard_id", refers_to=DASHBOARDS, needed_to_create=True, fixed=True),
        Field("tab_id", sent_as="dashboardTabId", fact="dashboard_tab_id", refers_to=TABS),
        _layout("x", 0),
        _layout("y", 0),
        _layout("width", 1),
        _layout("height", 1),
        Field("description", LINES, emptied_as=None),
        Field("chart_type", WORD, emptied_as=None),
        Field("sql_query", VERBATIM),
        Field("drilldown_sql_query", VERBATIM, emptied_as=None),
        Field("data_source_id", sent_as="databaseConnectionId", fact="database_connection_id", refers_to=DATA_SOURCES),
        Field("x_axis_property", emptied_as=None),
        Field("x_axis_secondary_property", emptied_as=None),
        Field("y_axis_property", emptied_as=None),
        Field("static_content", VERBATIM, emptied_as=None),
        fact("image_url"),
        fact("organization_id"),
        fact("created_at"),
        fact("updated_at"),
    ),
    renamed_by="new_name",
)
