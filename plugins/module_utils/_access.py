# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: who may query a data source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._api import Api, Content, Resource
from ansible_collections.community.basedash.plugins.module_utils._data_source import Identity, facts, find
from ansible_collections.community.basedash.plugins.module_utils._errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._paths import checked_id
from ansible_collections.community.basedash.plugins.module_utils._task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._text import quoted

_RESTRICTED = "restricted"
_KNOWN = ("groupIds", "memberIds")


@dataclass(frozen=True)
class Policy:
    """Who may query: everyone in the organization, or these groups and members (by id, in no order)."""

    mode: str
    groups: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Policy:
        """Return the policy that ``mode``, ``group_ids`` and ``member_ids`` give.

        Raises:
            InputError: if it is restricted to nobody, which the API may take for everyone; or if ids stand beside
                ``everyone``; or if an id is blank.
        """
        groups, members = _ids("group_ids", options), _ids("member_ids", options)
        policy = cls(options["mode"], groups, members)
        if policy.restricted and not groups | members:
            raise InputError("Access restricted to nobody is refused: give group_ids or member_ids.")
        if not policy.restricted and groups | members:
            raise InputError("Access for everyone has no group_ids and no member_ids: leave them out, or restrict it.")
        return policy

    @classmethod
    def read(cls, content: Content) -> Policy:
        """Return the policy of an answer. An answer without the mode is restricted if it names anybody.

        Raises:
            IncompleteError: if it names others than groups and members.
        """
        groups, members = _answered(content.get("groupIds")), _answered(content.get("memberIds"))
        unknown = [field for field, ids in content.items() if field.endswith("Ids") and field not in _KNOWN and ids]
        if unknown:
            raise IncompleteError(
                "The server names others who may query, in a way that this collection does not know (%s): set the "
                "access in Basedash." % ", ".join(map(quoted, unknown))
            )
        mode = content.get("mode")
        if not isinstance(mode, str) or not mode:
            mode = _RESTRICTED if groups | members else "everyone"
        if mode.casefold() in ("everyone", _RESTRICTED):
            mode = mode.casefold()
        return cls(mode, groups, members) if mode != "everyone" else cls(mode)

    @property
    def restricted(self) -> bool:
        """Whether only some may query."""
        return self.mode == _RESTRICTED

    def within(self, other: Policy) -> bool:
        """Tell whether nobody may query by this policy who may not by the other one."""
        if not other.restricted:
            return True
        return self.restricted and self.groups <= other.groups and self.members <= other.members

    def with_those_of(self, other: Policy) -> Policy:
        """Return this policy with the groups and members of another one added; everyone stays everyone."""
        if not self.restricted:
            return self
        return replace(self, groups=self.groups | other.groups, members=self.members | other.members)

    def body(self) -> dict[str, Any]:
        """Return the body of the PUT. Nobody is named beside ``everyone``: no page says what that would mean."""
        if not self.restricted:
            return {"mode": self.mode}
        return {"mode": self.mode, "groupIds": sorted(self.groups), "memberIds": sorted(self.members)}

    def as_result(self) -> dict[str, Any]:
        """Return the result's ``access``."""
        return {"mode": self.mode, "group_ids": sorted(self.groups), "member_ids": sorted(self.members)}


def _ids(option: str, options: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(checked_id(option, str(value)) for value in options.get(option) or ())


def _answered(values: Any) -> frozenset[str]:
    return frozenset(str(value) for value in values) if isinstance(values, list) else frozenset()


def read_policy(api: Api, identifier: str) -> Policy:
    """Return who may query a data source.

    Raises:
        ApiError: if it can't be read.
    """
    return Policy.read(api.get_access(identifier))


def write_policy(api: Api, identifier: str, policy: Policy) -> None:
    """Set who may query a data source, and check that it took.

    Raises:
        IncompleteError: if the server then shows another policy.
        ApiError: if it could not be set, or it is not known whether it was.
    """
    try:
        content = api.put_access(identifier, policy.body())
    except ApiError as error:
        if error.arrived:
            error.message += (
                " Whether the access to the data source with id %s was set is not known: run the task again to find "
                "out." % quoted(identifier)
            )
        raise
    try:
        found = read_policy(api, identifier) if content is None else Policy.read(content)
        if found != policy:
            found = read_policy(api, identifier)
    except BasedashError as error:
        error.message += " Before that, the access to the data source with id %s was set." % quoted(identifier)
        error.changed = True
        raise
    if found != policy:
        raise IncompleteError(
            "The access to the data source with id %s was set, and the server shows another one (%s and not %s): check "
            "it in Basedash." % (quoted(identifier), quoted(found.as_result()), quoted(policy.as_result())),
            changed=True,
        )


def set_access(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Let those query a data source whom the options name, and with ``purge`` nobody else.

    Raises:
        BasedashError: if that can't be done, or it can't be known whether it was.
    """
    identity = Identity.of(options["id"], options["name"])
    given = Policy.of(options)
    finding = find(api, identity, verify_absence=True)
    if finding.resource is None:
        reason = "this server lets no data source be read" if not finding.readable else finding.hint
        raise RefusedError(
            "There is no %s%s: nothing was changed, create it first."
            % (str(identity)[len("the ") :], "; %s" % reason if reason else "")
        )
    resource: Resource = finding.resource
    try:
        current = read_policy(api, resource["id"])
        wanted = given if options["purge"] else given.with_those_of(current)
        if wanted != current and not check_mode:
            write_policy(api, resource["id"], wanted)
    except BasedashError as error:
        error.facts = facts(resource)
        raise
    header = "access to data source %s (id %s)" % (quoted(resource.get("displayName")), quoted(resource["id"]))
    return Outcome(
        wanted != current,
        data_source=facts(resource),
        diff=Diff(header, current.as_result(), wanted.as_result()),
        values={"access": wanted.as_result()},
    )
