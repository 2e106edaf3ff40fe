# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a plan means beyond the objects that it changes.

These are the people who gain or lose a data source, and the objects that a deletion breaks. What this needs is only
read if the plan can have such effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from .._base.errors import ApiError, NotFoundError
from .._base.text import quoted
from .._http.parallel import in_parallel
from .._resources.access import CONCURRENCY, Policy, read_policy_of_listed
from .._resources.member import is_admin
from .._resources.membership import members_of, shown_members
from .._rest.answers import NOT_OFFERED
from .._rest.collection import Collection
from .._rest.family import Family, Resource
from .._rest.listing import Listing
from .access import Group, Person, Reach, Source, changes, only_grants, restricted_to_nobody
from .consequences import QUERIES, breaks, used_by_entries
from .families import AUTOMATIONS, BY_KEY, CHARTS, DASHBOARDS, DATA_SOURCES, DEFINITIONS, GROUPS, MEMBERS, Managed
from .organization import Planned
from .plan import Change, Plan
from .report import NAMED

_SOURCES, _GROUPS, _MEMBERS = DATA_SOURCES.kind.family, GROUPS.kind.family, MEMBERS.kind.family


def judge_access(plan: Plan, planned: Planned, fail_on: Iterable[str]) -> list[dict[str, Any]]:
    """Return who gains and who loses which data source, and refuse the plan if this must not be.

    Raises:
        ApiError: if it can't be read who may query.
    """
    regroups = [one for one in plan.changes if one.managed in (GROUPS, MEMBERS) and _regroups(one)]
    changed = [one for one in plan.changes if one.managed is DATA_SOURCES and _changes_access(one, planned)]
    if not regroups and not changed:
        return []
    reaches = _Reaches(plan, planned, None if regroups else {_id(one) for one in changed})
    before, after = reaches.before(), reaches.after()
    for name in restricted_to_nobody(after, before):
        plan.refuse(
            "Nobody could query the data source %s after this, because its access names nobody who is an active "
            "member: nothing was changed, correct its access." % quoted(name)
        )
    for name, groups in only_grants(before, after):
        plan.refuse(
            "The access of the data source %s names nothing but what would be deleted (%s), so it might be open to "
            "everybody then: nothing was changed, correct its access first."
            % (quoted(name), ", ".join("group %s" % quoted(one) for one in groups))
        )
    found = changes(before, after)
    opened = [quoted(one["data_source"]) for one in found if one["opens"]]
    if opened and "opens_access" in fail_on:
        plan.refuse(
            "The plan opens to everyone in the organization: %s. Nothing was changed, because fail_on has "
            "opens_access: restrict the access." % ", ".join(opened)
        )
    return found


def _changes_access(change: Change, planned: Planned) -> bool:
    if change.planned_action in ("created", "deleted"):
        return True
    policy = planned.policies.get(_id(change))
    return policy is not None and policy != planned.policies_before.get(_id(change))


def _regroups(change: Change) -> bool:
    """Tell whether a change of a group or a member changes who is in a group, or who is an active member."""
    if change.managed is MEMBERS:
        return change.planned_action in ("created", "deleted")
    parts = (act for act in change.acts if act.stage.part and act.planned is not None)
    return change.planned_action == "deleted" or any(act.planned and act.planned.action != "unchanged" for act in parts)


def _id(change: Change) -> str:
    return str((change.after or change.before or {}).get("id"))


class _Reaches:
    """Who may query before and after a plan; ``concerned`` are the ids of the data sources that matter, or all."""

    def __init__(self, plan: Plan, planned: Planned, concerned: set[str] | None) -> None:
        self._planned = planned
        self._concerned = concerned
        self._old_sources = self._present(_SOURCES) or Listing(_SOURCES, ())
        self._old_groups = self._present(_GROUPS)
        self._old_members = self._present(_MEMBERS)
        self._policies = planned.policies_before
        api = planned.api.beside(_SOURCES)
        unknown = [one["id"] for one in self._old_sources if self._matters(one) and one["id"] not in self._policies]
        read = in_parallel(api.client, CONCURRENCY, partial(_policy_of, api), unknown)
        self._policies.update((one, policy) for one, policy in zip(unknown, read) if policy is not None)
        groups = planned.api.beside(_GROUPS)
        listed = list(self._old_groups or ())
        in_group = in_parallel(api.client, CONCURRENCY, partial(members_of, groups), listed)
        self._in_group = {one["id"]: members for one, members in zip(listed, in_group)}

    def _matters(self, resource: Resource) -> bool:
        return self._concerned is None or resource["id"] in self._concerned

    def _present(self, family: Family) -> Listing | None:
        try:
            return self._planned.lists.of(family).latest
        except ApiError as error:
            if error.status in NOT_OFFERED:
                return None
            raise

    def before(self) -> Reach:
        """Return who may query now."""
        return Reach.of(
            [self._source(one, self._policies) for one in self._old_sources if self._matters(one)],
            None if self._old_groups is None else [self._group(one, None) for one in self._old_groups],
            _people(self._old_members),
        )

    def after(self) -> Reach:
        """Return who may query after the plan."""
        policies = {**self._policies, **self._planned.policies}
        planned = self._planned
        groups = None if self._old_groups is None else planned.listing(_GROUPS)
        return Reach.of(
            [self._source(one, policies) for one in planned.listing(_SOURCES) if self._matters(one)],
            None if groups is None else [self._group(one, planned.changed(_GROUPS, one["id"])) for one in groups],
            None if self._old_members is None else _people(planned.listing(_MEMBERS)),
        )

    @staticmethod
    def _source(resource: Resource, policies: Mapping[str, Policy]) -> Source:
        return Source(resource["id"], str(_SOURCES.key_of(resource)), policies.get(resource["id"]))

    def _group(self, resource: Resource, changed: Resource | None) -> Group:
        members = None if changed is None else shown_members(changed)
        members = self._in_group.get(resource["id"]) if members is None else members
        return Group(resource["id"], str(_GROUPS.key_of(resource)), members)


def _policy_of(api: Collection, identifier: str) -> Policy | None:
    """Return who may query a data source, ``None`` if somebody else has deleted it since it was listed.

    Raises:
        ApiError: if it can't be read.
    """
    try:
        return read_policy_of_listed(api, identifier)
    except NotFoundError:
        if identifier in api.list_all():
            raise
        return None


def _people(listing: Listing | None) -> list[Person] | None:
    if listing is None:
        return None
    return [Person(one["id"], _MEMBERS.key_of(one), is_admin(one)) for one in listing]


# What a deletion breaks -----------------------------------------------------------------------------------------------


def judge_deletions(plan: Plan, planned: Planned) -> list[dict[str, Any]]:
    """Return what the deletions of a plan break, and refuse the plan if it deletes what kept entries use.

    Raises:
        ApiError: if the objects that may use what is deleted can't be read.
    """
    deleted = {
        managed.key: [change.before for change in plan.of(managed, "deleted") if change.before is not None]
        for managed in (DATA_SOURCES, DEFINITIONS, GROUPS, DASHBOARDS, CHARTS, AUTOMATIONS)
    }
    kept = {
        key: [one.after for one in plan.changes if one.entry is not None and one.managed.key == key and one.after]
        for key in QUERIES
    }
    for used in used_by_entries(deleted, kept):
        users = ", ".join("%s %s" % (one["family"], quoted(one["name"])) for one in used["used_by"][:NAMED])
        plan.refuse(
            "The %s %s would be deleted, and entries of the configuration use it (%s): nothing was changed, keep it, "
            "or correct them." % (BY_KEY[used["family"]].kind.family.noun, quoted(used["name"]), users)
        )
    if not plan.refusal:
        _note_charts(plan, planned)
    there: dict[str, list[Resource]] = {}
    if deleted[GROUPS.key]:
        there[DATA_SOURCES.key] = _left(plan, planned, DATA_SOURCES)
    if deleted[DATA_SOURCES.key] or deleted[DEFINITIONS.key]:
        there.update((managed.key, _left(plan, planned, managed)) for managed in (DEFINITIONS, AUTOMATIONS))
        there[CHARTS.key] = _charts_left(plan, planned)
    # The access of all data sources was read if the plan deletes a group.
    return breaks(deleted, there, {**planned.policies_before, **planned.policies})


def _note_charts(plan: Plan, planned: Planned) -> None:
    """Note how many charts go with each dashboard that the plan deletes."""
    dashboards = {str(one.before["id"]): one for one in plan.of(DASHBOARDS, "deleted") if one.before is not None}
    try:
        counts = [len(charts) for charts in _charts_of(planned, list(dashboards))]
    except ApiError as error:
        if error.status not in NOT_OFFERED:
            raise
        for change in dashboards.values():
            change.goes_too = "Its charts go with it. This server does not list them."
        return
    for change, count in zip(dashboards.values(), counts):
        if count:
            change.goes_too = "Its %s with it." % ("chart goes" if count == 1 else "%d charts go" % count)


def _charts_of(planned: Planned, dashboards: list[str]) -> list[Listing]:
    """Return the charts that each of some dashboards has now."""
    client = planned.api.client

    def read(dashboard: str) -> Listing:
        listing = planned.lists.of(CHARTS.kind.family, dashboard).latest
        client.renew_budget()
        return listing

    return in_parallel(client, CONCURRENCY, read, dashboards)


def _charts_left(plan: Plan, planned: Planned) -> list[Resource]:
    parents = [one["id"] for one in _left(plan, planned, DASHBOARDS)]
    found = in_parallel(planned.api.client, CONCURRENCY, partial(_readable, planned, CHARTS), parents)
    if None in found:
        plan.warnings.append(_UNREAD % CHARTS.kind.family.plural)
    return [chart for listing in found for chart in listing or ()]


def _left(plan: Plan, planned: Planned, managed: Managed) -> list[Resource]:
    listing = _readable(planned, managed, "")
    if listing is None:
        plan.warnings.append(_UNREAD % managed.kind.family.plural)
    return list(listing or ())


_UNREAD = "The %s can't be read, or not all of them: it is not known which of them use what is deleted."


def _readable(planned: Planned, managed: Managed, parent: str) -> Listing | None:
    """Return the planned list of a family, or of one parent; ``None`` if the server does not show it."""
    try:
        listing = planned.listing(managed.kind.family, parent)
        planned.api.client.renew_budget()
        return listing
    except ApiError as error:
        if error.status in NOT_OFFERED:
            return None
        raise
