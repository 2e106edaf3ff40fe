# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: groups of members.

The vendor's pages say that a single group can be read, and that the names of a person's groups reach the database,
where row policies compare them. Only third parties describe how groups are listed, created, renamed and deleted, and
how a member is added. Nobody describes whether an answer shows the members of a group, and how one is removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._base.errors import ApiError, InputError, NotFoundError
from .._base.text import quoted
from .._engine.kind import Field, Kind, fact
from .._engine.outcome import Facts
from .._rest.collection import Collection
from .._rest.family import Resource
from .access import CONCURRENCY, read_policy_of_listed
from .families import DATA_SOURCES, GROUPS
from .membership import Membership, members_of

_MOST_NAMED = 3


def _without_comma(option: str, name: str) -> str:
    if "," in name:
        raise InputError(
            "The option %s has a comma (%s): remove it, because Basedash joins the names of groups with commas for the "
            "row policies of databases." % (option, quoted(name))
        )
    return name


def _caution(action: str, resource: Resource) -> str:
    if action != "renamed":
        return ""
    return "Row policies of databases use the names of groups: check those that use %s." % quoted(resource.get("name"))


def _only_grant(api: Collection, resource: Resource, force: bool) -> str:
    """Return which data sources might become open to everybody without a group; empty if none, or with ``force``.

    Raises:
        ApiError: if this can't be known.
    """
    if force:
        return ""
    # Import this only if needed, because a remote host compiles each import at each run, and most tasks delete nothing.
    from .._http.parallel import in_parallel

    sources = api.beside(DATA_SOURCES)
    sources.require_anew()
    try:
        listed = list(sources.list_all())
        are_alone = in_parallel(api.client, CONCURRENCY, partial(_is_only_grant, sources, resource["id"]), listed)
    except ApiError as error:
        error.message += (
            " So it is not known whether the group is the only grant of a data source: give its id and force=true to "
            "delete it all the same."
        )
        raise
    names = [quoted(source.get("displayName")) for source, is_alone in zip(listed, are_alone) if is_alone]
    if not names:
        return ""
    more = " and %d others" % (len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else ""
    return "the only grant of data source %s%s, which might then be open to everybody" % (
        ", ".join(names[:_MOST_NAMED]),
        more,
    )


def _is_only_grant(sources: Collection, group: str, source: Resource) -> bool:
    try:
        policy = read_policy_of_listed(sources, source["id"])
    except NotFoundError:
        if source["id"] in sources.list_all():
            raise
        # Somebody has deleted the data source meanwhile.
        return False
    return policy.groups == {group} and not policy.members


GROUP = Kind(
    GROUPS,
    (
        fact("id"),
        Field("name", check=_without_comma),
        fact(
            "members",
            parts=(
                fact("id"),
                fact("role"),
                fact("user_id"),
                fact("user", parts=tuple(map(fact, ("id", "email", "full_name", "first_name", "title", "avatar_url")))),
                fact("created_at"),
                fact("deactivated_at"),
            ),
        ),
        fact("organization_id"),
        fact("created_at"),
    ),
    renamed_by="new_name",
    obstacle=_only_grant,
    caution=_caution,
    emptied_by_steps=("members",),
)

STEPS = (Membership,)


def with_members(api: Collection, options: Mapping[str, Any], entries: list[Facts]) -> list[Facts]:
    """Return the facts of groups, with the ids of their members if the option ``members`` asks for them.

    Raises:
        ApiError: if they can't be read.
    """
    if not options["members"]:
        return entries
    # Import this only if needed, because a remote host compiles each import at each run.
    from .._http.parallel import in_parallel

    found = in_parallel(api.client, CONCURRENCY, partial(members_of, api), [{"id": one["id"]} for one in entries])
    return [{**entry, "member_ids": None if ids is None else sorted(ids)} for entry, ids in zip(entries, found)]
