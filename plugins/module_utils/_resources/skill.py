# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: skills, which are instructions that Basedash's AI follows.

The vendor's page about the creation shows the fields and limits. Only third parties say that skills can be listed, and
that a deleted skill is gone and not archived.
"""

from __future__ import annotations

from .._engine.forms import LINES
from .._engine.kind import Field, Kind, fact
from .._rest.family import Family

SKILL = Kind(
    Family("skill", "skills", "organizations/{organization_id}/skills"),
    (
        fact("id"),
        Field("name", limits=(1, 100)),
        # For "no description", the API accepts null but refuses an empty text.
        Field("description", LINES, limits=(1, 1024), emptied_as=None),
        Field("instructions", LINES, limits=(1, 50_000), needed_to_create=True),
        fact("organization_id"),
        fact("created_at"),
        fact("updated_at"),
    ),
    renamed_by="new_name",
)
