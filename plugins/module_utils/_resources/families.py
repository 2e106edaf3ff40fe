# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: families to which objects of other families refer."""

from __future__ import annotations

from .._rest.family import Family

DATA_SOURCES = Family(
    "data source",
    "data sources",
    "organizations/{organization_id}/data-sources",
    key="displayName",
    # All pages of a list must agree on this field, because the managed warehouse is never deleted by accident.
    identifying=("isBasedashWarehouse",),
)

# Only third parties say that the API lists groups.
GROUPS = Family("group", "groups", "organizations/{organization_id}/groups")

# Addresses are compared without regard to case, as mail systems do. This is not casefold, because a name server treats
# the German sharp s and "ss" as different letters.
MEMBERS = Family(
    "member",
    "members",
    "organizations/{organization_id}/members",
    key="user.email",
    key_option="email",
    key_form=str.lower,
)

DASHBOARDS = Family("dashboard", "dashboards", "organizations/{organization_id}/dashboards")

# Tabs have no list of their own, but a dashboard shows its tabs.
TABS = Family("tab", "tabs", "organizations/{organization_id}/dashboards/{parent}/tabs", parent=DASHBOARDS, part="tabs")

# The API lists charts by dashboard only. It reads, changes and deletes them by their own path.
CHARTS = Family(
    "chart",
    "charts",
    "organizations/{organization_id}/charts",
    scope="dashboardId",
    list_path="organizations/{organization_id}/dashboards/{parent}/charts",
    parent=DASHBOARDS,
)

# Only third parties say that the API lists automations. It archives them in place of deleting them.
AUTOMATIONS = Family("automation", "automations", "organizations/{organization_id}/automations")

# The vendor shows the list of runs, without their fields.
AUTOMATION_RUNS = Family(
    "automation run",
    "automation runs",
    "organizations/{organization_id}/automations/{parent}/runs",
    parent=AUTOMATIONS,
)
