# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: definitions, which are pieces of SQL that queries of one data source use by a name.

Most names of fields are known only from third parties. The vendor's pages say that a definition belongs to one data
source, and that it has a reference name that is safe in SQL. It is not known whether this name is unique.
"""

from __future__ import annotations

from .._base.text import quoted
from .._engine.forms import LINES
from .._engine.kind import Field, Kind, fact
from .._rest.family import Family, Resource
from .families import DATA_SOURCES


def _caution(action: str, resource: Resource) -> str:
    if action != "deleted":
        return ""
    return "Queries that use the definition %s fail without it, unless another one gets this reference name." % quoted(
        resource.get("referenceName")
    )


DEFINITION = Kind(
    Family(
        "definition",
        "definitions",
        "organizations/{organization_id}/definitions",
        key="referenceName",
        key_option="reference_name",
        scope="databaseConnectionId",
    ),
    (
        fact("id"),
        Field("reference_name"),
        Field(
            "data_source_id",
            sent_as="databaseConnectionId",
            fact="database_connection_id",
            refers_to=DATA_SOURCES,
            needed_to_create=True,
            fixed=True,
        ),
        Field("name", needed_to_create=True),
        Field("description", LINES),
        Field("sql_query", LINES, needed_to_create=True),
        fact("organization_id"),
        fact("created_at"),
        fact("updated_at"),
    ),
    matched=("reference_name", "name"),
    caution=_caution,
)
