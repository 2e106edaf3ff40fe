# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: who is in a group.

Only third parties describe how a member is added. Nobody describes how the members of a group are read and removed, so
this looks in each likely place, and says what the server does not offer. A member is added by id and never by e-mail
address, because an address could invite somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, ClassVar

from .._base.effect import Effect
from .._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NoAnswerError,
    NotFoundError,
    RefusedError,
    UnsupportedError,
)
from .._base.identifiers import is_usable_id, segment
from .._base.text import quoted
from .._engine.forms import Spec
from .._engine.step import Step, Work
from .._http.client import Client, error_texts
from .._rest.answers import NOT_OFFERED, not_offered, successful
from .._rest.collection import Collection
from .._rest.family import Content, Family, Resource, value_at
from .._rest.freshness import StaleError, look_until
from .families import GROUPS, MEMBERS

_ADD, _REMOVE = "POST", "DELETE"


class Membership(Step):
    """Makes sure that members are in a group, and with ``purge`` that nobody else is."""

    options: ClassVar[Spec] = {
        "members": {"type": "list", "elements": "str"},
        "purge_members": {"type": "bool", "default": False},
    }

    def __init__(self, given: Iterable[str], purge: bool) -> None:
        self._given = list(dict.fromkeys(given))
        self._purge = purge
        self._wanted: frozenset[str] = frozenset()
        # E-mail addresses that check mode assumes to belong to members by then.
        self._assumed: list[str] = []
        self._addresses: dict[str, str] = {}
        self._current: frozenset[str] | None = None
        self._added: list[str] = []
        self._removed: list[str] = []
        self._said: list[str] = []

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Membership | None:
        """Return the step that the options ask for, or ``None``.

        Raises:
            InputError: if the options don't fit together.
        """
        members, purge = options["members"], options["purge_members"]
        if "members" in (options["clear"] or ()):
            return cls((), purge=True)
        if purge and not members:
            raise InputError(
                "The option purge_members is set, and members %s: give members, or name members in clear to remove "
                "everybody." % ("is missing" if members is None else "is empty")
            )
        return cls(members, purge) if members else None

    # Before a write ---------------------------------------------------------------------------------------------------

    def prepare(self, api: Collection) -> None:
        """Find the ids of the members.

        Raises:
            RefusedError: if one is not a member, or several have the same address.
            ApiError: if the members can't be read.
        """
        listing = api.list_beside(MEMBERS)
        if listing is None:
            addresses = [one for one in self._given if "@" in one]
            if addresses:
                raise RefusedError(
                    "This server offers no list of members, so the option members can't name one by an e-mail address "
                    "(%s): nothing was changed, give ids." % _names(addresses)
                )
            self._wanted = frozenset(self._given)
            return
        self._addresses = {one["id"]: str(MEMBERS.key_of(one)) for one in listing if MEMBERS.key_of(one)}
        found: set[str] = set()
        unknown: list[str] = []
        for one in self._given:
            ids = [one] if one in listing else [member["id"] for member in listing.named(one)]
            if len(ids) > 1:
                raise RefusedError(
                    "%d members have the e-mail address %s: nothing was changed, give one of their ids (%s)."
                    % (len(ids), quoted(one), ", ".join(map(quoted, ids)))
                )
            found.update(ids)
            if not ids:
                unknown.append(one)
        self._wanted = frozenset(found)
        if api.assumes_earlier_tasks and all("@" in one for one in unknown):
            self._assumed = unknown
        elif unknown:
            gone = [one for one in unknown if listing.gone_named(one)]
            raise RefusedError(
                "The option members names %s, and there is no such active member%s: nothing was changed, correct it, "
                "or invite or reactivate this person with basedash_member first."
                % (_names(unknown), " (%s was deactivated)" % _names(gone) if gone else "")
            )

    @property
    def assumption(self) -> str:
        """Whom check mode assumes to be a member by then."""
        if not self._assumed:
            return ""
        return (
            "There is no active member %s (yet): check mode assumes that an earlier task invites or reactivates it."
            % (_names(self._assumed))
        )

    def read(self, api: Collection, resource: Resource) -> None:
        """Read who is in the group now.

        Raises:
            RefusedError: if the server does not show it.
        """
        self._current = members_of(api, resource)
        if self._current is None:
            raise RefusedError(
                "This server does not show who is in a group, so members can't be compared: nothing was changed, leave "
                "the option members out."
            )

    def difference(self) -> tuple[Content, Content]:
        """Return the members before and after, by address as far as it is known."""
        kept = frozenset() if self._purge else self._current or frozenset()
        after = sorted([*map(self._name, kept | self._wanted), *self._assumed])
        before = {} if self._current is None else {"members": sorted(map(self._name, self._current))}
        return before, {"members": after}

    def predicted(self, resource: Resource) -> Resource:
        """Return the group with its members after the task, each with the id and the address."""
        kept = frozenset() if self._purge else self._current or frozenset()
        members = [{"id": one, "user": {"email": self._addresses.get(one)}} for one in sorted(kept | self._wanted)]
        return {**resource, "members": members}

    @property
    def changes(self) -> bool:
        """Whether somebody has to be added or removed."""
        return bool(self._missing or self._assumed or self._surplus)

    @property
    def _missing(self) -> frozenset[str]:
        return self._wanted - (self._current or frozenset())

    @property
    def _surplus(self) -> frozenset[str]:
        return (self._current or frozenset()) - self._wanted if self._purge else frozenset()

    def _name(self, identifier: str) -> str:
        return self._addresses.get(identifier, identifier)

    # Writing ----------------------------------------------------------------------------------------------------------

    def after_creating(self, work: Work) -> None:
        """Add the members to the new group.

        Raises:
            IncompleteError: if the server does not show who is in a group.
        """
        if not self._wanted:
            return
        self._read(work)
        self._write(work)

    def after_updating(self, work: Work) -> None:
        """Add and remove members."""
        if self.changes:
            self._write(work)

    def _write(self, work: Work) -> None:
        for method in (_ADD, _REMOVE):
            # Nobody is removed before a reading shows those who were added.
            sent = [one for one in sorted(self._left(method)) if self._change(work, method, one)]
            if sent:
                self._confirm(work, method, sent)

    def _left(self, method: str) -> frozenset[str]:
        return self._missing if method == _ADD else self._surplus

    def _read(self, work: Work) -> None:
        # A list that was read earlier does not show the changes of this task.
        work.api.require_anew()
        work.read_again()
        self._current = shown_members(work.resource)
        if self._current is None:
            self._current = _listed(work.api, work.resource["id"])
        if self._current is None:
            raise IncompleteError(
                "This server does not show who is in a group, so nobody was added: leave the option members out, and "
                "add the members in Basedash."
            )

    def _change(self, work: Work, method: str, identifier: str) -> bool:
        """Add or remove one member, and tell whether this task did it.

        After a lost answer, a reading decides whether the request is sent again.

        Raises:
            BasedashError: if it was not done, or if it is not known whether it was done.
        """
        in_doubt = False
        setbacks = 0

        def look() -> bool | None:
            self._read(work)
            return None if identifier in self._left(method) else True

        while True:
            try:
                self._send(work, method, identifier)
                break
            except StaleError as stale:
                in_doubt = in_doubt or stale.earlier.is_unclear
                work.api.require_recent()
                try:
                    if not look():
                        continue
                except BasedashError as error:
                    raise self._explained(error, work, method, identifier, in_doubt) from error
            except ApiError as error:
                in_doubt = in_doubt or error.effect.is_unclear
                failure = self._explained(error, work, method, identifier, in_doubt)
                setbacks += 1
                if not _took(work.api.client, look, error, failure, setbacks):
                    continue
            if in_doubt:
                break
            # Somebody else has done it.
            return False
        (self._added if method == _ADD else self._removed).append(self._name(identifier))
        work.done[:] = [one for one in work.done if one not in self._said]
        self._said = [
            "%s %s" % (words, _names(names))
            for words, names in (("given the members", self._added), ("rid of the members", self._removed))
            if names
        ]
        work.done.extend(self._said)
        return True

    def _send(self, work: Work, method: str, identifier: str) -> None:
        client = work.api.client
        path = work.api.path_of(work.resource["id"]) + "/members"
        body = {"memberId": identifier} if method == _ADD else None
        missing: list[NotFoundError] = []

        def send() -> bool | None:
            where = path if method == _ADD else "%s/%s" % (path, segment(identifier))
            answer = client.request(method, where, body=body, check=work.check)
            is_page = answer.status == 404 and error_texts(answer.content)[0] is None
            if is_page or answer.status in (405, 501):
                what, advice = _NOT_OFFERED[method]
                raise not_offered(answer, what % quoted(self._name(identifier)), advice)
            try:
                if not 200 <= answer.status < 300 or (answer.body.strip() and not answer.is_json):
                    successful(answer, GROUPS)
            except NotFoundError as error:
                # The service may need some seconds until all its parts know a new group.
                missing.append(error)
                return None
            return True

        done = look_until(client, send, "changing the members of the new group again") if work.new else send()
        if not done:
            raise missing[-1]

    def _confirm(self, work: Work, method: str, sent: Iterable[str]) -> None:
        """Wait until a reading shows what was done.

        Raises:
            IncompleteError: if none does.
        """

        def look() -> bool | None:
            self._read(work)
            return None if self._left(method).intersection(sent) else True

        if look_until(work.api.client, look, "looking whether the group shows the change of its members") is None:
            names = _names(map(self._name, self._left(method).intersection(sent)))
            raise IncompleteError(
                "Basedash accepted the change of the members of the %s, and does not show it (%s): look at it in "
                "Basedash." % (work.name, names)
            )

    def _explained(
        self, error: BasedashError, work: Work, method: str, identifier: str, in_doubt: bool
    ) -> BasedashError:
        """Add to a failure what it means for the member."""
        if isinstance(error, NotFoundError):
            error.message = (
                "The %s and the member %s were there when they were read, but %s was answered 404: look at both in "
                "Basedash, or the key may read groups and not change them."
                % (work.name, quoted(self._name(identifier)), error.exchange.method)
            )
        if in_doubt:
            error.message += " Whether the member %s was %s is not known: run the task again to find out." % (
                quoted(self._name(identifier)),
                "added" if method == _ADD else "removed",
            )
        return error


def _took(
    client: Client, look: Callable[[], bool | None], error: ApiError, failure: BasedashError, setbacks: int
) -> bool:
    """Tell whether a change took although its request failed; if false, the request may be sent again.

    Raises:
        BasedashError: ``failure``, if the change did not take and can't be tried again.
    """
    is_final = isinstance(error, UnsupportedError) or error.status not in (404, 409)
    if is_final and not error.effect.is_unclear:
        raise failure from error
    if look_until(client, look, "looking whether the change of the members took"):
        return True
    may_repeat = isinstance(error, NoAnswerError) and error.effect is Effect.UNKNOWN
    if may_repeat and client.back_off(setbacks, "the answer to the change of the members was lost"):
        return False
    raise failure from error


_NOT_OFFERED = {
    _ADD: ("to add the member %s to a group", "leave members out, and add the members in Basedash"),
    _REMOVE: ("to remove the member %s from a group", "set purge_members to false, and remove this person in Basedash"),
}


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, sorted(names)))


# Reading --------------------------------------------------------------------------------------------------------------


def members_of(api: Collection, resource: Resource) -> frozenset[str] | None:
    """Return the ids of a group's members from the first place that shows them, ``None`` if no place does."""
    shown = shown_members(resource)
    if shown is None:
        try:
            # A list may show less of a group than the reading of a single one.
            shown = shown_members(api.get(resource["id"]))
        except ApiError as error:
            if error.status not in NOT_OFFERED:
                raise
    return _listed(api, resource["id"]) if shown is None else shown


def _listed(api: Collection, identifier: str) -> frozenset[str] | None:
    """Return the ids of a group's members from a list of their own, ``None`` if the server has no such list."""
    path = "%s/%s/members" % (GROUPS.path, segment(identifier))
    members = api.beside(Family("member", "members of the group", path))
    members.require_anew()
    try:
        return _ids_of(members.list_all())
    except ApiError as error:
        if error.status not in NOT_OFFERED:
            raise
        return None


def shown_members(resource: Resource) -> frozenset[str] | None:
    """Return the ids of the members that a group shows, ``None`` if it does not show them."""
    for field in ("members", "memberIds"):
        shown = resource.get(field)
        if isinstance(shown, list):
            return _ids_of(shown)
    return None


def _ids_of(shown: Iterable[Any]) -> frozenset[str] | None:
    """Return the ids of members in one of the likely forms, ``None`` if one has no id in them."""
    ids = [_id_of(one) for one in shown]
    return None if None in ids else frozenset(one for one in ids if one is not None)


def _id_of(shown: Any) -> str | None:
    if isinstance(shown, Mapping):
        # With one of these two, the id is that of the membership.
        places = [place for place in ("memberId", "member") if place in shown] or ["id"]
        shown = value_at(shown, "member.id" if places == ["member"] else places[0])
    if isinstance(shown, int) and not isinstance(shown, bool):
        shown = str(shown)
    return shown if isinstance(shown, str) and is_usable_id(shown) else None
