# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: dashboards, which have tabs with charts.

The vendor's pages show how dashboards are listed and created, and the fields of answers. Only third parties say that a
dashboard can be read, changed and deleted by its id.
"""

from __future__ import annotations

import re

from .._base.errors import InputError
from .._base.text import quoted
from .._engine.forms import LINES, TIME, WORD, moment
from .._engine.kind import Field, Kind, fact
from .families import DASHBOARDS
from .tabs import Tabs


def _date_time(option: str, given: str) -> str:
    """Return a time as the API documents it, in UTC.

    Raises:
        InputError: if it is no time.
    """
    found = moment(given)
    if found is None:
        raise InputError(
            "The option %s (%s) is no date: give one such as 2026-11-24 or 2026-11-24T08:00:00Z."
            % (option, quoted(given))
        )
    fraction = re.search(r"\.[0-9]+", given)
    return "%s%sZ" % (found.replace(tzinfo=None, microsecond=0).isoformat(), fraction[0] if fraction else ".000")


DASHBOARD = Kind(
    DASHBOARDS,
    (
        fact("id"),
        Field("name"),
        Field("description", LINES, emptied_as=None),
        Field("icon"),
        Field("color"),
        Field("folder_id", sent_as="dashboardFolderId", fact="dashboard_folder_id", emptied_as=None),
        # Its default is NORMAL, say third parties, so a PATCH without it may reset it.
        Field("width", WORD, in_every_update=True),
        Field("default_date_range", WORD),
        Field("default_custom_date_range_start", TIME, check=_date_time),
        Field("default_custom_date_range_end", TIME, check=_date_time),
        Field("default_group_by_interval", WORD),
        fact("tabs", parts=tuple(map(fact, ("id", "name", "order", "dashboard_id", "created_at", "updated_at")))),
        fact("organization_id"),
        fact("created_at"),
        fact("updated_at"),
    ),
    renamed_by="new_name",
)

STEPS = (Tabs,)
"""The tabs are set after the settings of the dashboard."""
