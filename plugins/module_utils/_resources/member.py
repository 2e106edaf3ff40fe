# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: members, who are people with a place in an organization.

The vendor's pages show the invitation, the list and the update. They say that an invitation sends an e-mail and
brings a deactivated member back. That a DELETE deactivates a member is known only from third parties. No page says
who the user of an API key is, so the server alone can refuse to deactivate this user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from .._base.errors import ApiError, IncompleteError, InputError, RefusedError
from .._base.text import quoted
from .._engine.forms import ANY_CASE, Form, Spec, text, upper_case
from .._engine.kind import Field, Kind, fact
from .._engine.lookup import Finding
from .._engine.settings import Settings
from .._engine.step import Step, Work
from .._rest.answers import NOT_OFFERED
from .._rest.collection import Collection
from .._rest.family import Content, Resource, is_gone
from .families import MEMBERS

_ADMIN, _MEMBER = "ADMIN", "MEMBER"
_ROLES = (_ADMIN, _MEMBER)


def _address(option: str, value: str) -> str:
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", value):
        raise InputError("The option %s is %s, which is no e-mail address: correct it." % (option, quoted(value)))
    return value


def _https(option: str, value: Any) -> Any:
    if value is not None and not str(value).lower().startswith("https://"):
        raise InputError("The option %s is no address that begins with https://: correct it." % option)
    return value


# The last admin -------------------------------------------------------------------------------------------------------


def is_admin(resource: Resource) -> bool:
    """Tell whether a member is an active admin."""
    return upper_case(resource.get("role")) == _ADMIN and not is_gone(resource)


def _last_admin(api: Collection, resource: Resource) -> str:
    """Return what a member is if the organization may have no other active admin, else an empty text.

    Raises:
        ApiError: if the members can't be read.
    """
    role = upper_case(resource.get("role"))
    # A role that no page documents, or one of another type, may be that of an admin as well.
    if role == _MEMBER:
        return ""
    others = [one["id"] for one in api.list_all() if is_admin(one) and one["id"] != resource["id"]]
    if any(_is_admin_still(api, other, resource["id"]) for other in others):
        return ""
    if role == _ADMIN:
        return "the last active admin of the organization"
    if not role:
        return "perhaps the last active admin of the organization, because this server does not show roles"
    return "perhaps the last active admin of the organization, because the role %s is not known" % quoted(role)


def _is_admin_still(api: Collection, identifier: str, known: str) -> bool:
    """Tell whether a listed admin is still one; the list may lag. The member with the id ``known`` exists."""
    for asked in (identifier, known):
        try:
            resource = api.get(asked)
        except ApiError as error:
            if error.status not in NOT_OFFERED:
                raise
        else:
            return asked == identifier and is_admin(resource)
    # The server offers no reading of a single member, so the list has to do.
    return True


def _obstacle(api: Collection, resource: Resource, force: bool) -> str:
    return _last_admin(api, resource)


# Invitations ----------------------------------------------------------------------------------------------------------


class Invitation(Step):
    """Allows a creation: for a new person with ``invite``, for a deactivated member with ``reactivate``."""

    options: ClassVar[Spec] = {
        "invite": {"type": "bool", "default": False},
        "reactivate": {"type": "bool", "default": False},
    }

    def __init__(self, email: str, invite: bool, reactivate: bool) -> None:
        self._email, self._invite, self._reactivate = email, invite, reactivate

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Invitation:
        """Return the step."""
        return cls(options["email"] or "", options["invite"], options["reactivate"])

    def check_creation(self, api: Collection, finding: Finding, settings: Settings) -> None:
        """Refuse what the options do not allow.

        Raises:
            RefusedError: if the person was never a member, or was deactivated.
        """
        gone = [] if finding.listing is None else finding.listing.gone_named(self._email)
        if gone and not self._reactivate:
            raise RefusedError(
                "The member %s (id %s) is deactivated: nothing was changed, set reactivate to true to bring this "
                "person back." % (quoted(self._email), quoted(gone[0]["id"]))
            )
        if not gone and not self._invite:
            raise RefusedError(
                "There is no member with the e-mail address %s: nothing was changed, set invite to true to send an "
                "invitation." % quoted(self._email)
            )
        # Such a member may be this person, who would get a second e-mail at each run.
        nameless = [one["id"] for one in finding.listing or () if MEMBERS.key_of(one) is None]
        if not gone and nameless:
            raise RefusedError(
                "The server does not show the e-mail address of some members (such as the one with id %s), so %s may "
                "be one of them: nothing was changed, look in Basedash, and invite this person there."
                % (quoted(nameless[0]), quoted(self._email))
            )

    def after_creating(self, work: Work) -> None:
        """Undo an invitation that brought a deactivated member back unasked.

        This happens on servers that do not list deactivated members, so that the task could not see this one.

        Raises:
            IncompleteError: if it happened.
        """
        since = work.resource.get("createdAt")
        yesterday = (work.api.client.now - timedelta(days=1)).date().isoformat()
        if self._reactivate or not isinstance(since, str) or since[:10] >= yesterday:
            return
        work.done[:] = ["brought back by an invitation"]
        last = _last_admin(work.api, work.resource)
        if last:
            raise IncompleteError(
                "This person has been a member since %s and is %s, whom this server did not list before: look in "
                "Basedash whether this person shall be a member, and run the task again." % (quoted(since), last)
            )
        work.api.delete(work.resource["id"])
        work.done.append("deactivated again")
        raise IncompleteError(
            "This person has been a member since %s and was deactivated, which this server does not list: set "
            "reactivate to true if this person shall be back." % quoted(since)
        )


class Demotion(Step):
    """Refuses to take the role of an admin from the last one."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Demotion | None:
        """Return the step if the options may demote somebody."""
        return None if options["role"] in (None, _ADMIN) else cls()

    def check_update(self, work: Work, settings: Settings, body: Content) -> None:
        """Refuse to demote the last admin.

        Raises:
            RefusedError: if the member is the last active admin.
        """
        last = _last_admin(work.api, work.resource) if "role" in body else ""
        if last:
            raise RefusedError(
                "The %s (%s) is %s: nothing was changed, make another member an admin first."
                % (work.name, quoted(MEMBERS.key_of(work.resource)), last)
            )


MEMBER = Kind(
    MEMBERS,
    (
        fact("id"),
        Field("email", ANY_CASE, shown_at="user.email", check=_address),
        Field("role", Form("str", upper_case, emptied=..., spec={"choices": list(_ROLES)}), words=_ROLES),
        Field("full_name", Form("str", text, emptied=...), shown_at="user.fullName", update_only=True),
        Field("avatar_url", shown_at="user.avatarUrl", check=_https, emptied_as=None, update_only=True),
        fact("user_id"),
        fact("organization_id"),
        fact("user.id"),
        fact("user.first_name"),
        fact("user.title"),
        fact("user.is_email_verified"),
        fact("user.created_at"),
        fact("created_at"),
        fact("deactivated_at"),
    ),
    matched=("email", "full_name"),
    obstacle=_obstacle,
    reads_always=True,
    # An invitation sends an e-mail.
    created_once=True,
)

STEPS = (Invitation, Demotion)
