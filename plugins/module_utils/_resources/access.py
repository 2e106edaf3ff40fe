# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: who may query a data source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NotFoundError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._base.identifiers import checked_id
from ansible_collections.community.basedash.plugins.module_utils._base.text import look_alike_key, quoted, told
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import (
    Finding,
    Identity,
    check_no_look_alike,
    facts,
    find,
)
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import (
    Api,
    Check,
    Content,
    Resource,
    no_check,
)
from ansible_collections.community.basedash.plugins.module_utils._rest.freshness import StaleError, look_until, recent

_RESTRICTED = "restricted"
_KNOWN = ("groupIds", "memberIds")


@dataclass(frozen=True)
class Policy:
    """Who may query: everyone in the organization, or these groups and members (by id, in no order)."""

    mode: str
    groups: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

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


@dataclass(frozen=True)
class WantedPolicy:
    """Who shall query, as the user names them: groups by name, members by e-mail, and both by id."""

    mode: str
    groups: frozenset[str]
    members: frozenset[str]
    group_ids: frozenset[str]
    member_ids: frozenset[str]

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> WantedPolicy:
        """Return the policy that the options give.

        Raises:
            InputError: if it is restricted to nobody, which the API may take for everyone; or if somebody is named
                beside ``everyone``; or if a name or an id is blank.
        """
        wanted = cls(options["mode"], *(_named(option, options) for option in _NAMING))
        if wanted.restricted and not wanted.names_somebody:
            raise InputError("Access restricted to nobody is refused: give groups, members, group_ids or member_ids.")
        if not wanted.restricted and wanted.names_somebody:
            raise InputError(
                "Access for everyone names nobody: leave out groups, members, group_ids and member_ids, or set mode to "
                "restricted."
            )
        return wanted

    @property
    def restricted(self) -> bool:
        """Whether only some may query."""
        return self.mode == _RESTRICTED

    @property
    def names_somebody(self) -> bool:
        """Whether a group or a member is named."""
        return bool(self.groups or self.members or self.group_ids or self.member_ids)

    def resolved(self, api: Api) -> Policy:
        """Return the policy with ids for names, each checked against the organization's groups and members.

        Raises:
            RefusedError: if one of them does not exist, or a name fits several.
            ApiError: if the groups or members can't be read.
        """
        groups = _resolved(api, _GROUPS, self.groups, self.group_ids)
        members = _resolved(api, _MEMBERS, self.members, self.member_ids)
        return Policy(self.mode, groups, members)


_NAMING = ("groups", "members", "group_ids", "member_ids")


def _named(option: str, options: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(checked_id(option, str(value)) for value in options.get(option) or ())


@dataclass(frozen=True)
class _Directory:
    """A family whose objects an access policy names: the API's word for it, and how one of them is called."""

    family: str
    noun: str
    key: str
    key_of: Callable[[Resource], Any]
    normal: Callable[[str], str]


def _group_name(group: Resource) -> Any:
    return group.get("name")


def _member_email(member: Resource) -> Any:
    user = member.get("user")
    return user.get("email") if isinstance(user, dict) else member.get("email")


_GROUPS = _Directory("groups", "group", "name", _group_name, str)
# Addresses are compared without regard to case, as mail systems do.
_MEMBERS = _Directory("members", "member", "e-mail address", _member_email, str.casefold)


def _resolved(api: Api, directory: _Directory, names: frozenset[str], identifiers: frozenset[str]) -> frozenset[str]:
    if not names and not identifiers:
        return frozenset()
    found = api.list_beside(directory.family)
    if found is None:
        if names:
            raise RefusedError(
                "This server offers no list of %s, so access can't name a %s by its %s (%s): nothing was changed, give "
                "%s_ids." % (directory.family, directory.noun, directory.key, quoted(min(names)), directory.noun)
            )
        return identifiers
    # A deactivated member can't query anything, and some servers list such members.
    active = [one for one in found if one.get("deactivatedAt") is None]
    known = {one["id"] for one in active}
    for identifier in sorted(identifiers - known):
        raise RefusedError(
            "There is no %s with id %s in the organization: nothing was changed, correct %s_ids."
            % (directory.noun, quoted(identifier), directory.noun)
        )
    return identifiers | {_one_named(directory, active, name) for name in sorted(names)}


def _one_named(directory: _Directory, found: Sequence[Resource], name: str) -> str:
    def matches(normal: Callable[[str], str]) -> list[Resource]:
        keys = [(one, directory.key_of(one)) for one in found]
        return [one for one, key in keys if isinstance(key, str) and normal(key) == normal(name)]

    fitting = matches(directory.normal)
    if len(fitting) > 1:
        raise RefusedError(
            "%d %s have the %s %s: nothing was changed, give one of their ids (%s) in %s_ids."
            % (
                len(fitting),
                directory.family,
                directory.key,
                quoted(name),
                ", ".join(quoted(one["id"]) for one in fitting),
                directory.noun,
            )
        )
    if not fitting:
        similar = [directory.key_of(one) for one in matches(look_alike_key)]
        raise RefusedError(
            "There is no %s with the %s %s in the organization%s: nothing was changed, correct %s."
            % (
                directory.noun,
                directory.key,
                told(name),
                ", but one with %s" % told(similar[0]) if similar else "",
                directory.family,
            )
        )
    identifier: str = fitting[0]["id"]
    return identifier


def _answered(values: Any) -> frozenset[str]:
    return frozenset(str(value) for value in values) if isinstance(values, list) else frozenset()


def read_policy(api: Api, identifier: str) -> Policy:
    """Return who may query a data source.

    Raises:
        ApiError: if it can't be read.
    """
    return Policy.read(api.get_access(identifier))


def read_policy_of_listed(api: Api, identifier: str) -> Policy:
    """Return who may query a data source that was read just before, so that a 404 is not believed at once.

    It may be new, and the service may need a moment until it knows it everywhere.

    Raises:
        ApiError: if it can't be read.
    """
    missing: NotFoundError | None = None

    def look() -> Policy | None:
        nonlocal missing
        try:
            return read_policy(api, identifier)
        except NotFoundError as error:
            missing = error
            return None

    found = look_until(api.client, look, "looking again who may query the data source")
    if found is None:
        raise missing or ValueError("no look was made")
    return found


def write_policy(api: Api, identifier: str, policy: Policy, check: Check = no_check) -> None:
    """Set who may query a data source, and check that it took. ``check`` is called before each try.

    Raises:
        IncompleteError: if the server then shows another policy.
        ApiError: if it could not be set, or it is not known whether it was.
    """
    try:
        content = api.put_access(identifier, policy.body(), check)
    except ApiError as error:
        if error.arrived:
            not_known(error, identifier)
        raise
    found = None if content is None else Policy.read(content)

    def look() -> Policy | None:
        nonlocal found
        found = read_policy(api, identifier)
        return found if found == policy else None

    try:
        if found != policy:
            look_until(api.client, look, "looking again whether the access was set")
    except BasedashError as error:
        error.message += " Before that, the access to the data source with id %s was set." % quoted(identifier)
        error.changed = True
        raise
    if found is not None and found != policy:
        raise IncompleteError(
            "The access to the data source with id %s was set, and the server shows another one (%s and not %s): check "
            "it in Basedash." % (quoted(identifier), quoted(found.as_result()), quoted(policy.as_result())),
            changed=True,
        )


def not_known(error: BasedashError, identifier: str) -> None:
    """Let a failure say that it is not known whether the access was set, unless it says so."""
    doubt = (
        " Whether the access to the data source with id %s was set is not known: run the task again to find out."
        % quoted(identifier)
    )
    if doubt not in error.message and not error.changed:
        error.message += doubt


def set_access(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Let those query a data source whom the options name, and with ``purge`` nobody else.

    Raises:
        BasedashError: if that can't be done, or it can't be known whether it was.
    """
    identity = Identity.of(options["id"], options["name"])
    given = WantedPolicy.of(options)
    finding = find(api, identity, verify_absence=True)
    if finding.resource is None:
        return _of_missing(api, identity, given, finding, check_mode)
    resource = finding.resource
    resolved = given.resolved(api)
    header = "access to data source %s (id %s)" % (quoted(resource.get("displayName")), quoted(resource["id"]))
    before: Policy | None = None
    read_at = finding.read_at
    lost = False
    try:
        while True:
            current = read_policy_of_listed(api, resource["id"])
            if before is not None:
                # Both readings count from their end, because a slow server would never let anything be written else.
                read_at = api.clock.monotonic()
            if not lost:
                before = current
            wanted = resolved if options["purge"] else resolved.with_those_of(current)
            try:
                if wanted != current and not check_mode:
                    write_policy(api, resource["id"], wanted, recent(api.client, read_at))
                break
            except StaleError as stale:
                lost = lost or stale.unclear_tries > 0
                finding = find(api, Identity(resource["id"], identity.name), verify_absence=True)
                if finding.resource is None:
                    raise RefusedError(
                        "The data source with id %s was deleted by someone else while this task ran."
                        % quoted(resource["id"])
                    ) from None
                resource = finding.resource
    except BasedashError as error:
        error.facts = facts(resource)
        if lost:
            not_known(error, resource["id"])
        raise
    # What an earlier try of this task has set, without an answer, is its change as well.
    return Outcome(
        lost or wanted != current,
        data_source=facts(resource),
        diff=Diff(header, (before or current).as_result(), wanted.as_result()),
        values={"access": wanted.as_result()},
    )


def _of_missing(api: Api, identity: Identity, given: WantedPolicy, finding: Finding, check_mode: bool) -> Outcome:
    """Say what the access to a data source would be that an earlier task of a check run would have created."""
    there_is_no = "There is no %s" % str(identity)[len("the ") :]
    check_no_look_alike(identity, finding)
    hint = finding.hint(identity)
    if not (check_mode and finding.readable and identity.id is None):
        reason = "this server lets no data source be read" if not finding.readable else hint
        raise RefusedError(
            "%s%s: nothing was changed, create it first." % (there_is_no, "; %s" % reason if reason else "")
        )
    access = given.resolved(api).as_result()
    doubt = "; %s" % hint if hint else ""
    warning = "%s (yet): check mode assumes that an earlier task creates it%s." % (there_is_no, doubt)
    return Outcome(
        True, warnings=(warning,), diff=Diff("access to %s" % identity, {}, access), values={"access": access}
    )
