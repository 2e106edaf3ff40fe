# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: who may query a data source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from .._base.errors import ApiError, BasedashError, IncompleteError, InputError, NotFoundError, RefusedError
from .._base.identifiers import checked_id
from .._base.text import quoted, spelled_out
from .._engine.forms import Spec
from .._engine.outcome import Facts
from .._engine.settings import Settings
from .._engine.step import Step, Work
from .._http.client import Answer, error_texts
from .._rest.answers import not_basedash, not_offered, shows_nothing, successful
from .._rest.collection import Check, Collection, no_check
from .._rest.family import Content, Family, Resource
from .._rest.freshness import StaleError, look_until
from .._rest.listing import Listing
from .families import GROUPS, MEMBERS

_RESTRICTED = "restricted"
_KNOWN = ("groupIds", "memberIds")
_NAMING = ("groups", "members", "group_ids", "member_ids")


@dataclass(frozen=True)
class Policy:
    """Who may query: everyone in the organization, or only these groups and members, by id.

    In check mode, ``assumed`` are those that do not exist yet and so have no ids, such as "group 'Analysts'".
    """

    mode: str
    groups: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    assumed: tuple[str, ...] = ()

    @classmethod
    def read(cls, content: Content) -> Policy:
        """Return the policy in an answer. Without a mode, it is restricted if it names a group or a member.

        Raises:
            IncompleteError: if it names something other than groups and members.
        """
        groups, members = _answered(content.get("groupIds")), _answered(content.get("memberIds"))
        unknown = [field for field, ids in content.items() if field.endswith("Ids") and field not in _KNOWN and ids]
        if unknown:
            raise IncompleteError(
                "The access policy on the server has fields that this collection does not know (%s): set the access in "
                "Basedash." % ", ".join(map(quoted, unknown))
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
        """Tell whether everybody who may query under this policy may also query under the other one."""
        if not other.restricted:
            return True
        return self.restricted and self.groups <= other.groups and self.members <= other.members

    def with_those_of(self, other: Policy) -> Policy:
        """Return this policy with the groups and members of another policy added. ``everyone`` stays as it is."""
        if not self.restricted:
            return self
        return replace(self, groups=self.groups | other.groups, members=self.members | other.members)

    def body(self) -> dict[str, Any]:
        """Return the body for the PUT.

        With ``everyone`` it names no groups and members, because no page says what they would mean.
        """
        if not self.restricted:
            return {"mode": self.mode}
        return {"mode": self.mode, "groupIds": sorted(self.groups), "memberIds": sorted(self.members)}

    def as_result(self) -> dict[str, Any]:
        """Return the result's ``access``."""
        return {"mode": self.mode, "group_ids": sorted(self.groups), "member_ids": sorted(self.members)}

    def in_diff(self) -> dict[str, Any]:
        """Return what a diff shows, which is the result's ``access`` and those that do not exist yet."""
        return {**self.as_result(), **({"not_there_yet": list(self.assumed)} if self.assumed else {})}

    @property
    def assumption(self) -> str:
        """A warning about those that check mode assumes to come from earlier tasks; empty if there are none."""
        if not self.assumed:
            return ""
        return "There is no %s in the organization (yet): check mode assumes that earlier tasks see to that." % (
            ", and no ".join(self.assumed)
        )


_NAMES: dict[str, Any] = {"type": "list", "elements": "str"}

POLICY: dict[str, dict[str, Any]] = {
    "mode": {"type": "str", "required": True, "choices": ["everyone", _RESTRICTED]},
    **dict.fromkeys(_NAMING, _NAMES),
}
"""The options that say who may query."""


@dataclass(frozen=True)
class WantedPolicy:
    """Who shall be able to query, as the user gives it: groups by name or id, members by e-mail address or id."""

    mode: str
    groups: frozenset[str]
    members: frozenset[str]
    group_ids: frozenset[str]
    member_ids: frozenset[str]

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> WantedPolicy:
        """Return the policy that the options give.

        Raises:
            InputError: if access is restricted to nobody, because the API may treat this as everyone; if somebody is
                named together with ``everyone``; or if a name or an id is blank.
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

    def resolved(self, api: Collection) -> Policy:
        """Return the policy with ids in place of names. All of them are checked against the organization's lists.

        In check mode, a name that nobody has is assumed to come from an earlier task.

        Raises:
            RefusedError: if a group or a member does not exist, or if several have the same name.
            ApiError: if the groups or members can't be read.
        """
        assumed: list[str] = []
        groups = _resolved(api, GROUPS, self.groups, self.group_ids, assumed)
        members = _resolved(api, MEMBERS, self.members, self.member_ids, assumed)
        return Policy(self.mode, groups, members, tuple(assumed))


def _named(option: str, options: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(checked_id(option, str(value)) for value in options.get(option) or ())


def _resolved(
    api: Collection, family: Family, names: frozenset[str], identifiers: frozenset[str], assumed: list[str]
) -> frozenset[str]:
    """Return the ids of the groups or members that a policy names by key or by id.

    Those that check mode assumes to come from earlier tasks are added to ``assumed``.

    Raises:
        RefusedError: if a group or a member does not exist, or if several have the same key.
    """
    if not names and not identifiers:
        return frozenset()
    listing = api.list_beside(family)
    if listing is None:
        if names:
            raise RefusedError(
                "This server offers no list of %s, so access can't name a %s by its %s (%s): nothing was changed, give "
                "%s_ids." % (family.plural, family.noun, _KEYS[family], quoted(min(names)), family.noun)
            )
        return identifiers
    for identifier in sorted(identifiers):
        if identifier not in listing:
            raise RefusedError(
                "There is no %s with id %s in the organization: nothing was changed, correct %s_ids."
                % (family.noun, quoted(identifier), family.noun)
            )
    found = set(identifiers)
    for name in sorted(names):
        if api.assumes_earlier_tasks and not listing.named(name) and listing.similar(name) is None:
            assumed.append("%s %s" % (family.noun, spelled_out(name)))
        else:
            found.add(_one_named(listing, family, name))
    return frozenset(found)


# The words for the key of a group and of a member in messages.
_KEYS = {GROUPS: "name", MEMBERS: "e-mail address"}


def _one_named(listing: Listing, family: Family, name: str) -> str:
    fitting = listing.named(name)
    if len(fitting) > 1:
        raise RefusedError(
            "%d %s have the %s %s: nothing was changed, give one of their ids (%s) in %s_ids."
            % (
                len(fitting),
                family.plural,
                _KEYS[family],
                quoted(name),
                ", ".join(quoted(one["id"]) for one in fitting),
                family.noun,
            )
        )
    if not fitting:
        similar = listing.similar(name)
        raise RefusedError(
            "There is no %s with the %s %s in the organization%s: nothing was changed, correct %s."
            % (
                family.noun,
                _KEYS[family],
                spelled_out(name),
                "" if similar is None else ", but one with %s" % spelled_out(similar),
                family.plural,
            )
        )
    identifier: str = fitting[0]["id"]
    return identifier


def _answered(values: Any) -> frozenset[str]:
    return frozenset(str(value) for value in values) if isinstance(values, list) else frozenset()


def _policy(api: Collection, answer: Answer, identifier: str) -> Content:
    """Return the policy in an answer, in the API's form."""
    if answer.status in (405, 501) or (answer.status == 404 and error_texts(answer.content)[0] is None):
        raise not_offered(answer, "to say who may query a data source", "leave access out")
    content = successful(answer, api.family)
    data = content.get("data", content)
    if not isinstance(data, dict) or not data.keys() & {"mode", "groupIds", "memberIds"}:
        raise not_basedash(answer, "no access policy in it")
    if data.get("dataSourceId", identifier) != identifier:
        raise not_basedash(answer, "the access policy of %s in it" % quoted(data["dataSourceId"]))
    for field, ids in data.items():
        if field.endswith("Ids") and not isinstance(ids, (list, type(None))):
            raise not_basedash(answer, "an access policy whose %s is no list" % field)
    return data


def read_policy(api: Collection, identifier: str) -> Policy:
    """Return who may query a data source.

    Raises:
        ApiError: if it can't be read.
    """
    answer = api.client.request("GET", api.path_of(identifier) + "/access")
    return Policy.read(_policy(api, answer, identifier))


def read_policy_of_listed(api: Collection, identifier: str) -> Policy:
    """Return who may query a data source that exists for certain, so that a first 404 is not believed.

    The data source may be new, and the service may need some seconds until all its parts know it.

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


# Parallel requests. This is also the default of modules that manage many objects.
CONCURRENCY = 4


def with_access(api: Collection, options: Mapping[str, Any], entries: list[Facts]) -> list[Facts]:
    """Return the facts of data sources, with the access policy if the option ``access`` asks for it.

    Raises:
        ApiError: if a policy can't be read.
    """
    if not options["access"]:
        return entries
    # Import this only if needed, because a remote host compiles each import at each run, and only info modules need it.
    from .._http.parallel import in_parallel

    read = partial(read_policy_of_listed, api)
    policies = in_parallel(api.client, CONCURRENCY, read, [one["id"] for one in entries])
    return [{**entry, "access": policy.as_result()} for entry, policy in zip(entries, policies)]


def write_policy(api: Collection, identifier: str, policy: Policy, check: Check = no_check) -> None:
    """Set who may query a data source, and check that it worked. ``check`` is called before each try.

    Raises:
        IncompleteError: if the server shows another policy afterwards.
        ApiError: if the policy could not be set, or if it is not known whether it was set.
    """
    try:
        answer = api.put_part(identifier, "access", policy.body(), check)
        content = None if shows_nothing(answer, api.family) else _policy(api, answer, identifier)
    except ApiError as error:
        if error.effect.is_unclear:
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
            "The access to the data source with id %s was set, but the server shows other access (%s and not %s): "
            "check it in Basedash." % (quoted(identifier), quoted(found.as_result()), quoted(policy.as_result())),
            changed=True,
        )


def not_known(error: BasedashError, identifier: str) -> None:
    """Add to a failure that it is not known whether the access was set, unless it says so already."""
    doubt = (
        " Whether the access to the data source with id %s was set is not known: run the task again to find out."
        % quoted(identifier)
    )
    if doubt not in error.message and not error.changed:
        error.message += doubt


class Access(Step):
    """Gives a data source exactly the access policy of the option ``access``."""

    options: ClassVar[Spec] = {"access": {"type": "dict", "options": POLICY}}

    def __init__(self, given: WantedPolicy) -> None:
        self._given = given
        self._wanted = Policy(given.mode)
        self._current: Policy | None = None
        self._done = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Access | None:
        """Return the step that the options ask for, or ``None``.

        Raises:
            InputError: if the access is invalid.
        """
        return None if options["access"] is None else cls(WantedPolicy.of(options["access"]))

    def prepare(self, api: Collection) -> None:
        """Find the ids of the groups and members that the access names."""
        self._wanted = self._given.resolved(api)

    def read(self, api: Collection, resource: Resource) -> None:
        """Read who may query now."""
        self._current = read_policy_of_listed(api, resource["id"])

    def difference(self) -> tuple[Content, Content]:
        """Return the access before and after."""
        before = {} if self._current is None else {"access": self._current.in_diff()}
        return before, {"access": self._wanted.in_diff()}

    @property
    def values(self) -> Content:
        """The access after the task."""
        return {"access": self._wanted.as_result()}

    @property
    def changes(self) -> bool:
        """Whether the policy changes."""
        return self._wanted != self._current

    @property
    def assumption(self) -> str:
        """The groups and members that do not exist yet."""
        return self._wanted.assumption

    @property
    def exposed(self) -> str:
        """Everyone in the organization may query a new data source until its access is set."""
        return "Its access was not set, so that it may be open to the whole organization." if self._restricts else ""

    @property
    def _restricts(self) -> bool:
        return self._wanted.restricted

    def before_updating(self, work: Work, settings: Settings, body: Content) -> None:
        """Set the access before the settings if it excludes somebody.

        Whoever is excluded must not be able to query with the new settings.
        """
        if self.changes and self._current is not None and self._wanted.within(self._current):
            self._set(work)

    def after_updating(self, work: Work) -> None:
        """Set the access if it was not set before the update."""
        if self.changes and not self._done:
            self._set(work)

    def _set(self, work: Work) -> None:
        self._done = True
        lost = False
        while True:
            try:
                try:
                    write_policy(work.api, work.resource["id"], self._wanted, work.check)
                except StaleError as stale:
                    lost = lost or stale.earlier.is_unclear
                    work.api.require_recent()
                    work.read_again()
                    continue
            except BasedashError as error:
                if lost:
                    not_known(error, work.resource["id"])
                raise
            work.done.append("given the new access")
            return

    def after_creating(self, work: Work) -> None:
        """Set the access of the new data source."""
        identifier = work.resource["id"]
        missing: list[NotFoundError] = []

        def give() -> bool | None:
            try:
                if self._restricts or read_policy(work.api, identifier) != self._wanted:
                    write_policy(work.api, identifier, self._wanted)
            except NotFoundError as error:
                # The service may need some seconds until all its parts know the new data source.
                missing.append(error)
                return None
            return True

        try:
            if look_until(work.api.client, give, "setting the access of the new data source again") is None:
                raise missing[-1]
        except BasedashError as error:
            if self._restricts:
                error.message += (
                    " The data source is new and may be open to the whole organization: set its access, or delete it."
                )
            raise
