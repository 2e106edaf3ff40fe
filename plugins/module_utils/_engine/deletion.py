# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what ``state: absent`` does about one data source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NoAnswerError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._base.text import quoted
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import (
    Finding,
    Identity,
    check_no_look_alike,
    check_not_warehouse,
    facts,
    find,
    is_warehouse,
)
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Api, Resource
from ansible_collections.community.basedash.plugins.module_utils._rest.freshness import is_stale, look_until


@dataclass(frozen=True)
class Absence:
    """That a data source shall not be there; the fields are the module's options.

    ``why_spared`` is no option: a task about many passes what says why a data source must stay after all, or "".
    """

    identity: Identity
    missing_ok: bool
    verify_absence: bool
    force: bool
    why_spared: Callable[[Resource], str] | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Absence:
        """Return what the options want.

        Raises:
            InputError: if they don't fit together.
        """
        identity = Identity.of(options["id"], options["name"])
        if options["force"] and identity.id is None:
            raise InputError("The option force goes by the id alone: give id, or leave force out.")
        return cls(
            identity, options["missing_ok"], options["verify_absence"], options["force"], options.get("why_spared")
        )

    def check(self, resource: Resource) -> None:
        """Let no guard be passed over.

        Raises:
            RefusedError: if one stops the deletion of this data source.
        """
        if not self.force:
            check_not_warehouse(resource)
        reason = "" if self.why_spared is None else self.why_spared(resource)
        if reason:
            raise RefusedError(reason, facts=facts(resource))


def make_absent(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Delete the data source that the options name, or find that it is not there.

    Raises:
        BasedashError: if neither can be said truthfully.
    """
    wanted = Absence.of(options)
    if wanted.force and wanted.identity.id is not None:
        if not check_mode and wanted.why_spared is None:
            return _delete_unread(api, wanted, wanted.identity.id)
        finding = find(api, Identity(wanted.identity.id, None), wanted.verify_absence)
    else:
        finding = find(api, wanted.identity, wanted.verify_absence)
    if not finding.readable and wanted.identity.id is not None:
        return _delete_unreadable(api, wanted, wanted.identity.id, check_mode)
    if finding.resource is None:
        check_no_look_alike(wanted.identity, finding)
        return _not_there(wanted, finding.hint(wanted.identity))
    wanted.check(finding.resource)
    if check_mode:
        return _deleted(finding.resource, None)
    return _delete_read(api, wanted, finding, finding.resource)


class _GoneError(Exception):
    """The data source is not there any more. ``unclear_tries`` of this task's DELETE may have done it."""

    def __init__(self, unclear_tries: int) -> None:
        super().__init__()
        self.unclear_tries = unclear_tries


@dataclass
class _Target:
    """The data source that is about to be deleted, as it was read last.

    ``failures`` are those of ``check``: they are about a reading, and say nothing about the DELETE.
    """

    api: Api
    wanted: Absence
    resource: Resource
    read_at: float
    failures: list[BasedashError] = field(default_factory=list)

    def check(self, unclear_tries: int) -> None:
        """Read and judge it again if the last reading is too old: somebody may have renamed it meanwhile.

        Raises:
            _GoneError: if it is not there any more.
            RefusedError: if a guard stops the deletion now.
        """
        if not is_stale(self.api.client, self.read_at):
            return
        self.api.require_recent()
        identity = Identity(self.resource["id"], self.wanted.identity.name)
        try:
            finding = find(self.api, identity, self.wanted.verify_absence)
            if finding.resource is None:
                raise _GoneError(unclear_tries)
            self.resource, self.read_at = finding.resource, finding.read_at
            self.wanted.check(self.resource)
        except BasedashError as error:
            self.failures.append(error)
            error.facts = error.facts or facts(self.resource)
            if unclear_tries:
                error.message += " An earlier try to delete it may have worked, or may still take effect."
            raise


def _delete_read(api: Api, wanted: Absence, finding: Finding, resource: Resource) -> Outcome:
    """Delete a data source that was read just before."""
    target = _Target(api, wanted, resource, finding.read_at)
    identifier = resource["id"]

    def look() -> Finding:
        if finding.by_get:
            # It was there by the single GET, so a 404 of another one is no matter of access.
            return find(api, Identity(identifier, None), verify_absence=False)
        return Finding(api.list_all().with_id(identifier))

    try:
        deleted = api.delete(identifier, target.check)
    except _GoneError as error:
        return _deleted(target.resource, None) if error.unclear_tries else _gone_meanwhile(wanted, target.resource)
    except NotFoundError as error:
        if error in target.failures:
            raise
        # A key that may read and not delete gets the same 404 as if the data source were gone.
        if wanted.verify_absence and _gone_after_404(api, look, target.resource) is None:
            raise _refused_delete(error, target.resource) from error
        if error.unclear_tries:
            return _deleted(target.resource, None)
        return _gone_meanwhile(wanted, target.resource)
    except ApiError as error:
        if error in target.failures:
            raise
        error.facts = facts(target.resource)
        raise _unknown_delete(error, identifier) from error
    if not deleted.certain:
        _check_gone(api, look, identifier, target.resource)
    return _deleted(target.resource, deleted.resource)


def _look_until_gone(api: Api, look: Callable[[], Finding]) -> Finding | None:
    """Look until the data source is gone and return that finding, or ``None`` if it is still there after some seconds.

    Readings may lag behind the DELETE.
    """

    def gone() -> Finding | None:
        finding = look()
        return finding if finding.resource is None else None

    return look_until(api.client, gone, "looking again whether the data source is gone")


def _gone_after_404(api: Api, look: Callable[[], Finding], resource: Resource) -> Finding | None:
    try:
        return _look_until_gone(api, look)
    except ApiError as error:
        error.facts = facts(resource)
        raise _not_known(error, resource["id"]) from error


def _check_gone(api: Api, look: Callable[[], Finding], identifier: str, resource: Resource | None = None) -> None:
    """Let a reading decide about a DELETE whose answer says success by its status and something else in its body.

    Raises:
        BasedashError: if the data source is still there, or that can't be known.
    """
    known = None if resource is None else facts(resource)
    try:
        finding = _look_until_gone(api, look)
    except ApiError as error:
        error.facts = known
        raise _not_known(error, identifier) from error
    if finding is not None and finding.readable:
        return
    end = (
        "it is still there: look at it in Basedash, then run the task again."
        if finding is None
        else "this server lets no data source be read: look in Basedash whether it is gone."
    )
    raise IncompleteError(
        "The DELETE of the data source with id %s was answered with success, but the answer does not show it, and %s"
        % (quoted(identifier), end),
        facts=known,
    )


def _delete_unread(api: Api, wanted: Absence, identifier: str) -> Outcome:
    """Delete without reading first, because the user forces it."""

    seen: Resource = {"id": identifier}

    def look() -> Finding:
        nonlocal seen
        finding = find(api, Identity(identifier, None), verify_absence=True)
        seen = finding.resource or seen
        return finding

    try:
        deleted = api.delete(identifier)
    except NotFoundError as error:
        if wanted.verify_absence:
            try:
                finding = _look_until_gone(api, look)
                if finding is None:
                    raise _refused_delete(error, seen) from error
            except ApiError as failure:
                if error.unclear_tries:
                    _not_known(failure, identifier)
                raise
            if not finding.readable and not error.unclear_tries:
                return _not_there(wanted, warning=_UNVERIFIED)
        if error.unclear_tries:
            return Outcome(True, warnings=(_MAYBE_BEFORE % quoted(identifier),), action="deleted")
        return _not_there(wanted)
    except ApiError as error:
        raise _unknown_delete(error, identifier) from error
    if not deleted.certain:
        _check_gone(api, look, identifier)
    return _deleted(None, deleted.resource, identifier)


def _delete_unreadable(api: Api, wanted: Absence, identifier: str, check_mode: bool) -> Outcome:
    """Delete on a server that offers no reading: the DELETE decides."""
    if check_mode:
        warning = (
            "This server lets no data source be read, so check mode can't know whether %s is there; "
            "the DELETE would decide." % quoted(identifier)
        )
        return Outcome(True, warnings=(warning,), action="deleted")
    try:
        deleted = api.delete(identifier)
    except NotFoundError as error:
        if error.unclear_tries:
            return Outcome(True, warnings=(_MAYBE_BEFORE % quoted(identifier),), action="deleted")
        return _not_there(wanted, warning=_UNVERIFIED)
    except ApiError as error:
        raise _unknown_delete(error, identifier) from error
    if not deleted.certain:
        _check_gone(api, lambda: Finding(None, readable=False), identifier)
    answered = deleted.resource
    if answered is not None and is_warehouse(answered):
        return replace(_deleted(None, answered, identifier), warnings=(_WAREHOUSE % quoted(identifier),))
    return _deleted(None, answered, identifier)


_WAREHOUSE = (
    "The data source with id %s was the organization's managed warehouse: this server lets no data source be read, "
    "so that it could not be spared."
)
_UNVERIFIED = (
    "The data source counts as not there by the word of the DELETE alone: this server offers no list, "
    "so it could not be verified that the key has admin access."
)
_MAYBE_BEFORE = (
    "The data source with id %s is gone, but the answer to the first DELETE was lost and nothing was read before, "
    "so it might have been gone already."
)


def _deleted(before: Resource | None, answered: Resource | None, identifier: str = "") -> Outcome:
    resource = answered if answered is not None else before
    known = None if resource is None else facts(resource)
    if known is None:
        header = "data source %s" % quoted(identifier)
    else:
        header = "data source %s (id %s)" % (quoted(known["display_name"]), quoted(known["id"]))
    # The same object where it is the same: of thousands, each counts.
    old = facts(before) if before is not None and answered is not None else known or {"id": identifier}
    return Outcome(True, data_source=known, diff=Diff(header, old, {}), action="deleted")


def _not_there(wanted: Absence, hint: str = "", warning: str = "") -> Outcome:
    message = "There is no %s%s" % (str(wanted.identity)[len("the ") :], "; %s" % hint if hint else "")
    warnings = tuple(text for text in (warning, message + "." if hint else "") if text)
    if not wanted.missing_ok:
        raise RefusedError(
            message + ", and missing_ok is false: correct the id or name, or allow it to be missing.",
            warnings=(warning,) if warning else (),
        )
    return Outcome(
        False, message=message + ": nothing to delete.", warnings=warnings, diff=Diff(str(wanted.identity), {}, {})
    )


def _gone_meanwhile(wanted: Absence, resource: Resource) -> Outcome:
    message = "The data source with id %s was deleted by someone else while this task ran." % quoted(resource["id"])
    if not wanted.missing_ok:
        raise RefusedError(message[:-1] + ", and missing_ok is false.", facts=facts(resource))
    return Outcome(False, data_source=facts(resource), message=message, warnings=(message,))


def _refused_delete(error: ApiError, resource: Resource) -> BasedashError:
    failure = ApiError(
        "The DELETE of the data source with id %s was answered 404, but it is still there: the key may read it and not "
        "delete it, use the key of an admin." % quoted(resource["id"]),
        **error.details(),
    )
    failure.facts = facts(resource)
    return failure


def _unknown_delete(error: ApiError, identifier: str) -> ApiError:
    """Say of a DELETE without a clear answer that its effect is not known."""
    lost = isinstance(error, NoAnswerError) and error.sent
    strange = isinstance(error, NotBasedashError) or (error.status is not None and 200 <= error.status < 300)
    return _not_known(error, identifier) if lost or strange or error.unclear_tries else error


def _not_known(error: ApiError, identifier: str) -> ApiError:
    error.message += (
        " Whether the data source with id %s was deleted is not known: run the task again to find out."
        % quoted(identifier)
    )
    return error
