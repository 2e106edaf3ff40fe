# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: everything that an export needs to read of an organization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Callable

from .._base.errors import ApiError, IncompleteError
from .._engine.lookup import Identity, find
from .._http.parallel import in_parallel
from .._resources.access import CONCURRENCY, Policy, read_policy_of_listed
from .._resources.families import TABS
from .._resources.membership import members_of
from .._rest.answers import NOT_OFFERED
from .._rest.collection import Collection
from .._rest.family import Family, Resource
from .._rest.listing import Listing
from .families import CHARTS, DASHBOARDS, DATA_SOURCES, FAMILIES, GROUPS, MEMBERS, SETTINGS, Managed

NOT_OFFERED_HERE = "this server does not offer it"


@dataclass
class Readings:
    """What was read of an organization: each list once, and what only readings of single objects show.

    A list is ``None`` if this server does not offer it. So are ``members`` of a group, by the group's id, and
    ``tabs`` and ``charts``, by the dashboard's id, and ``refused`` has the answer to the question for charts. A policy
    is a text if it can't be read; the text says why.
    """

    organization: Resource | None = None
    lists: dict[str, Listing | None] = field(default_factory=dict)
    policies: dict[str, Policy | str] = field(default_factory=dict)
    members: dict[str, frozenset[str] | None] = field(default_factory=dict)
    tabs: dict[str, Listing | None] = field(default_factory=dict)
    charts: dict[str, Listing | None] = field(default_factory=dict)
    refused: dict[str, ApiError] = field(default_factory=dict)

    def of(self, managed: Managed) -> Listing | None:
        """Return the objects of a family."""
        return self.lists.get(managed.kind.family.path)


def read_all(api: Collection, families: Sequence[Managed]) -> Readings:
    """Read what an export of these families needs.

    Raises:
        ApiError: if something can't be read although the server offers it.
    """
    found = Readings(organization=_organization(api))
    needed = {one.kind.family for one in families if one is not SETTINGS}
    needed |= {ref.refers_to for one in families for ref in one.kind.references if ref.refers_to is not None}
    if DATA_SOURCES in families or GROUPS in families:
        needed |= {GROUPS.kind.family, MEMBERS.kind.family}
    if DASHBOARDS in families:
        needed.add(DATA_SOURCES.kind.family)
    in_order = [one.kind.family for one in FAMILIES if one.kind.family in needed]
    lists = in_parallel(api.client, CONCURRENCY, partial(_list, api), in_order)
    refused = [one for one in lists if isinstance(one, ApiError)]
    # One list that can be read proves that the key has admin access. So the other families are not there.
    if refused and len(refused) == len(lists):
        raise refused[0]
    found.lists = {one.path: None if isinstance(it, ApiError) else it for one, it in zip(in_order, lists)}
    readings = [reading for one in families for reading in _OF_ONE.get(one.key, _no_readings)(api, found)]
    in_parallel(api.client, CONCURRENCY, lambda reading: reading(), readings)
    _check_boards(found)
    return found


def _check_boards(found: Readings) -> None:
    """Leave out dashboards that somebody else has deleted before their charts were read.

    Raises:
        ApiError: if the charts of a dashboard can't be read although those of others can.
    """
    there = found.of(DASHBOARDS)
    for identifier, charts in found.charts.items():
        if there is not None and charts is not None and not charts.parent_exists:
            there.remove(identifier)
    if len(found.refused) < len(found.charts):
        for error in found.refused.values():
            raise error


def _organization(api: Collection) -> Resource | None:
    organizations = Collection(api.client, "", SETTINGS.kind.family)
    return find(organizations, Identity(SETTINGS.kind, api.organization_id, None)).resource


def _list(api: Collection, family: Family) -> Listing | ApiError:
    try:
        return Collection(api.client, api.organization_id, family).list_all()
    except ApiError as error:
        if error.status not in NOT_OFFERED:
            raise
        return error


def _no_readings(api: Collection, found: Readings) -> Iterator[Callable[[], None]]:
    yield from ()


def _read_policies(api: Collection, found: Readings) -> Iterator[Callable[[], None]]:
    sources = Collection(api.client, api.organization_id, DATA_SOURCES.kind.family)

    def read(identifier: str) -> None:
        try:
            found.policies[identifier] = read_policy_of_listed(sources, identifier)
        except IncompleteError as error:
            found.policies[identifier] = error.message
        except ApiError as error:
            if error.status not in NOT_OFFERED:
                raise
            found.policies[identifier] = NOT_OFFERED_HERE

    for one in found.of(DATA_SOURCES) or ():
        if not DATA_SOURCES.kind.unselectable(one):
            yield partial(read, one["id"])


def _read_members(api: Collection, found: Readings) -> Iterator[Callable[[], None]]:
    groups = Collection(api.client, api.organization_id, GROUPS.kind.family)

    def read(group: Resource) -> None:
        found.members[group["id"]] = members_of(groups, group)

    for one in found.of(GROUPS) or ():
        yield partial(read, one)


def _read_boards(api: Collection, found: Readings) -> Iterator[Callable[[], None]]:
    def read_tabs(dashboard: Resource) -> None:
        tabs = Collection(api.client, api.organization_id, TABS, dashboard["id"])
        shown = tabs.listed_in(dashboard)
        found.tabs[dashboard["id"]] = api.list_beside(TABS, parent=dashboard["id"]) if shown is None else shown

    def read_charts(dashboard: Resource) -> None:
        found.charts[dashboard["id"]] = None
        try:
            found.charts[dashboard["id"]] = api.beside(CHARTS.kind.family, dashboard["id"]).list_all()
        except ApiError as error:
            if error.status not in NOT_OFFERED:
                raise
            found.refused[dashboard["id"]] = error

    for one in found.of(DASHBOARDS) or ():
        yield partial(read_tabs, one)
        yield partial(read_charts, one)


_OF_ONE = {GROUPS.key: _read_members, DATA_SOURCES.key: _read_policies, DASHBOARDS.key: _read_boards}
"""What is read of single objects, by family."""
