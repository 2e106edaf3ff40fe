# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: which objects use those that a plan deletes.

The instructions of skills and automations are texts for an AI and no queries, so they count as users of nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._resources.access import Policy
from .._rest.family import Resource, is_gone, value_at
from .families import AUTOMATIONS, BY_KEY, CHARTS, DASHBOARDS, DATA_SOURCES, DEFINITIONS, GROUPS
from .sql import definitions_in

Objects = Mapping[str, Sequence[Resource]]
"""Objects in the API's form, by the key of their family, such as "data_sources"."""

QUERIES = {
    CHARTS.key: ("databaseConnectionId", ("sqlQuery", "drilldownSqlQuery")),
    DEFINITIONS.key: ("databaseConnectionId", ("sqlQuery",)),
    AUTOMATIONS.key: ("trigger.databaseConnectionId", ("trigger.sqlQuery",)),
}
"""By family: the field with the id of the data source that its queries go to, and the fields with the SQL."""


def breaks(deleted: Objects, there: Objects, policies: Mapping[str, Policy]) -> list[dict[str, Any]]:
    """Return what a deletion breaks: the deleted objects that others use, each with its users.

    ``there`` are all objects as the plan leaves them. Those in ``deleted`` and the charts of deleted dashboards may
    still be among them, and count as no users. ``policies`` say who may query, by the id of the data source.
    """
    if not any(deleted.values()):
        return []
    gone = {key: {one["id"] for one in resources} for key, resources in deleted.items()}
    left = {key: [one for one in resources if not _goes(key, one, gone)] for key, resources in there.items()}
    users = _users(left, policies)
    # Something else with the same name takes the place of a deleted definition.
    replaced = {_use_of(DEFINITIONS.key, one) for one in left.get(DEFINITIONS.key, ())}
    found = []
    for key, resources in deleted.items():
        for resource in resources:
            use = _use_of(key, resource)
            if use in users and use not in replaced:
                found.append({**_named(key, resource), "used_by": users[use]})
    return found


def used_by_entries(deleted: Objects, kept: Objects) -> list[dict[str, Any]]:
    """Return the deleted data sources and definitions that queries of kept entries use, in the form of ``breaks``.

    ``kept`` are the objects of the entries as the plan leaves them. Those that the plan creates have no id.
    """
    return breaks({one.key: deleted.get(one.key, ()) for one in (DATA_SOURCES, DEFINITIONS)}, kept, {})


def _goes(key: str, resource: Resource, gone: Mapping[str, set[str]]) -> bool:
    if key == CHARTS.key and resource.get("dashboardId") in gone.get(DASHBOARDS.key, ()):
        return True
    return is_gone(resource) or resource.get("id") in gone.get(key, ())


# A use is a family and what identifies the used object in it.
_Use = tuple[str, Any]


def _use_of(key: str, resource: Resource) -> _Use:
    """Return the use that users have of an object."""
    if key != DEFINITIONS.key:
        return key, resource.get("id")
    family = DEFINITIONS.kind.family
    return key, (family.scope_of(resource), family.key_of(resource))


def _users(there: Objects, policies: Mapping[str, Policy]) -> dict[_Use, list[dict[str, Any]]]:
    """Return the users of everything that is used."""
    found: dict[_Use, list[dict[str, Any]]] = {}
    for key, resources in there.items():
        for resource in resources:
            for use in dict.fromkeys(_uses(key, resource, policies)):
                found.setdefault(use, []).append(_named(key, resource))
    return found


def _uses(key: str, resource: Resource, policies: Mapping[str, Policy]) -> Iterator[_Use]:
    if key == DATA_SOURCES.key and resource.get("id") in policies:
        for group in policies[resource["id"]].groups:
            yield GROUPS.key, group
    if key not in QUERIES:
        return
    place, texts = QUERIES[key]
    source = value_at(resource, place)
    if source is None:
        return
    yield DATA_SOURCES.key, source
    for text in (value_at(resource, field) for field in texts):
        for name in definitions_in(text) if isinstance(text, str) else ():
            yield DEFINITIONS.key, (source, name)


def _named(key: str, resource: Resource) -> dict[str, Any]:
    return {"family": key, "id": resource.get("id"), "name": BY_KEY[key].kind.family.key_of(resource)}
