# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how ``state: absent`` deletes one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from .._base.effect import Effect
from .._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
)
from .._base.text import quoted
from .._rest.collection import Collection, Deleted
from .._rest.family import Resource
from .._rest.freshness import is_stale, look_until
from .kind import Kind
from .lookup import Finding, Identity, check_no_look_alike, find
from .outcome import Diff, Outcome, Plan
from .reference import References


@dataclass(frozen=True)
class Absence:
    """What the user wants of an object that shall not exist; the fields are the module's options.

    ``why_spared`` is no option. A bulk task passes this function; it returns why an object must stay, or "".
    """

    identity: Identity
    missing_ok: bool
    verify_absence: bool
    force: bool
    why_spared: Callable[[Resource], str] | None = None

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any]) -> Absence:
        """Return what the options want.

        Raises:
            InputError: if they don't fit together.
        """
        identity = Identity.of(kind, options)
        if options["force"] and identity.id is None:
            raise InputError("The option force needs the option id: give id, or leave force out.")
        return cls(
            identity, options["missing_ok"], options["verify_absence"], options["force"], options.get("why_spared")
        )

    @property
    def kind(self) -> Kind:
        """The kind of the object."""
        return self.identity.kind

    @property
    def by_id(self) -> Identity:
        """The identity without its guards."""
        return Identity(self.kind, self.identity.id, None)

    def check(self, resource: Resource) -> None:
        """Check the guards.

        Raises:
            RefusedError: if a guard forbids to delete this object.
        """
        spared = "" if self.force else self.kind.spared(resource)
        if spared:
            raise RefusedError(
                "The %s with id %s (%s) is %s: nothing was changed, give its id and force=true to delete it."
                % (self.identity.noun, quoted(resource["id"]), quoted(self.kind.family.key_of(resource)), spared),
                facts=self.kind.facts(resource),
            )
        reason = "" if self.why_spared is None else self.why_spared(resource)
        if reason:
            raise RefusedError(reason, facts=self.kind.facts(resource))

    def check_obstacle(self, api: Collection, resource: Resource) -> None:
        """Check the guard that needs further readings.

        Raises:
            RefusedError: if this guard forbids to delete this object.
            ApiError: if the readings fail.
        """
        obstacle = self.kind.obstacle(api, resource, self.force)
        if obstacle:
            advice = "" if self.kind.reads_always else ", give its id and force=true to delete it all the same"
            key = self.kind.family.key_of(resource)
            name = "%s with id %s%s" % (
                self.identity.noun,
                quoted(resource["id"]),
                "" if key is None else " (%s)" % quoted(key),
            )
            raise RefusedError(
                "The %s is %s: nothing was changed%s." % (name, obstacle, advice), facts=self.kind.facts(resource)
            )


def make_absent(kind: Kind, api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Delete the object that the options name, or find that it is not there.

    Raises:
        BasedashError: if it can't be deleted, or it is not known whether it exists.
    """
    wanted = Absence.of(kind, options)
    references = References.of(kind, options, only_scope=True)
    if wanted.force and not check_mode and wanted.why_spared is None and not kind.reads_always:
        return _Deletion(api, wanted).unread()
    references.resolve(api)
    if references.missing:
        return _nowhere(wanted, references.missing[0])
    wanted = replace(wanted, identity=replace(wanted.identity, scope=references.scope))
    if references.scope is not None:
        api = api.within(references.scope.id)
    finding = find(api, wanted.by_id if wanted.force else wanted.identity, wanted.verify_absence)
    if not finding.readable and kind.reads_always:
        raise RefusedError(
            "This server offers no way to read %s, so nobody knows whether the %s may be deleted: nothing was changed."
            % (kind.family.plural, wanted.identity.name)
        )
    if not finding.readable:
        wanted.check_obstacle(api, {"id": wanted.identity.id})
        return _planned_unread(wanted) if check_mode else _Deletion(api, wanted).unreadable()
    plan = plan_deletion(wanted, finding)
    if plan.resource is not None:
        wanted.check_obstacle(api, plan.resource)
    if check_mode or plan.resource is None:
        return plan.outcome
    return _Deletion(api, wanted).read(finding, plan.resource)


# Planning -------------------------------------------------------------------------------------------------------------


def plan_deletion(wanted: Absence, finding: Finding) -> Plan:
    """Return the plan of a deletion for the result of a look-up.

    Raises:
        RefusedError: if a guard forbids the deletion, or the object does not exist although ``missing_ok`` is false.
    """
    if finding.resource is None:
        check_no_look_alike(wanted.identity, finding)
        return Plan("unchanged", None, _not_there(wanted, finding.hint(wanted.identity)))
    wanted.check(finding.resource)
    return Plan("deleted", finding.resource, _deleted(wanted.kind, finding.resource, None))


def _planned_unread(wanted: Absence) -> Outcome:
    warning = (
        "This server offers no way to read %s, so check mode can't know whether %s exists: only the DELETE would tell."
        % (
            wanted.kind.family.plural,
            quoted(wanted.identity.id),
        )
    )
    return Outcome(True, warnings=(warning,), action="deleted")


def _deleted(kind: Kind, before: Resource | None, answered: Resource | None, identifier: str = "") -> Outcome:
    resource = answered if answered is not None else before
    facts = None if resource is None else kind.facts(resource)
    if resource is None or facts is None:
        header = "%s %s" % (kind.family.noun, quoted(identifier))
    else:
        header = "%s %s (id %s)" % (kind.family.noun, quoted(kind.family.key_of(resource)), quoted(facts["id"]))
    # Reuse the dict: in bulk runs a copy per item costs too much memory.
    old = kind.facts(before) if before is not None and answered is not None else facts or {"id": identifier}
    caution = "" if resource is None else kind.caution("deleted", resource)
    return Outcome(
        True,
        facts=facts,
        diff=Diff(header, old, {}),
        action="deleted",
        warnings=(caution,) if caution else (),
    )


def _not_there(wanted: Absence, hint: str = "", warning: str = "") -> Outcome:
    message = "There is no %s%s" % (wanted.identity.name, "; %s" % hint if hint else "")
    return _missing(wanted, message, hint, warning)


def _missing(wanted: Absence, message: str, hint: str, warning: str) -> Outcome:
    warnings = tuple(one for one in (warning, message + "." if hint else "") if one)
    if not wanted.missing_ok:
        raise RefusedError(
            message + ", and missing_ok is false: correct the id or name, or allow it to be missing.",
            warnings=(warning,) if warning else (),
        )
    diff = Diff("the " + wanted.identity.name, {}, {})
    return Outcome(False, message=message + ": nothing to delete.", warnings=warnings, diff=diff)


def _nowhere(wanted: Absence, missing: str) -> Outcome:
    """Return the outcome if the object's parent does not exist. ``missing`` is a clause that says so."""
    if wanted.identity.id is not None:
        raise RefusedError(
            "%s, so the %s can't be in it: nothing was changed, correct the options." % (missing, wanted.identity.name)
        )
    # Whether other parents have an object of this name was not looked at, and is not said.
    message = "%s, so there is no %s in it" % (missing, wanted.identity.name)
    return _missing(wanted, message, "", "%s, so nothing in it can be deleted." % missing)


# Carrying out ---------------------------------------------------------------------------------------------------------


class _GoneError(Exception):
    """The object is not there any more. ``earlier`` tells whether this task's DELETE may have done it."""

    def __init__(self, earlier: Effect) -> None:
        super().__init__()
        self.earlier = earlier


@dataclass
class _Target:
    """The object that is about to be deleted, as it was read last.

    ``failures`` are errors that ``check`` raised. They come from a reading, so they say nothing about the DELETE.
    """

    api: Collection
    wanted: Absence
    resource: Resource
    read_at: float
    failures: list[BasedashError] = field(default_factory=list)

    def check(self, earlier: Effect) -> None:
        """If the last reading is too old, read the object and check the guards again: it may have another name by now.

        Raises:
            _GoneError: if it is not there any more.
            RefusedError: if a guard stops the deletion now.
        """
        if not is_stale(self.api.client, self.read_at):
            return
        self.api.require_recent()
        identity = replace(self.wanted.identity, id=self.resource["id"])
        try:
            finding = find(self.api, identity, self.wanted.verify_absence)
            if finding.resource is None:
                raise _GoneError(earlier)
            self.resource, self.read_at = finding.resource, finding.read_at
            self.wanted.check(self.resource)
            self.wanted.check_obstacle(self.api, self.resource)
        except BasedashError as error:
            self.failures.append(error)
            error.facts = error.facts or self.wanted.kind.facts(self.resource)
            if earlier.is_unclear:
                error.message += " An earlier try to delete it may have worked, or may still take effect."
            raise


@dataclass
class _Deletion:
    """The deletion of one object: after a reading, by force without a reading, or on a server without readings."""

    api: Collection
    wanted: Absence

    @property
    def _identifier(self) -> str:
        return self.wanted.identity.id or ""

    def read(self, finding: Finding, resource: Resource) -> Outcome:
        """Delete an object that was read just before."""
        target = _Target(self.api, self.wanted, resource, finding.read_at)
        identifier = resource["id"]
        identity = Identity(self.wanted.kind, identifier, None)

        def look() -> Finding:
            if finding.by_get:
                # An earlier GET of this object worked, so the key has access, and a 404 now means that it is gone.
                return find(self.api, identity, verify_absence=False)
            return Finding(self.api.list_all().with_id(identifier))

        try:
            deleted = self.api.delete(identifier, target.check)
        except _GoneError as error:
            return self._gone(target.resource, error.earlier)
        except NotFoundError as error:
            if error in target.failures:
                raise
            # A key that may read but not delete gets the same 404 as for an object that is gone.
            if self.wanted.verify_absence and self._gone_after_404(look, target.resource) is None:
                raise self._refused_delete(error, target.resource) from error
            return self._gone(target.resource, error.effect)
        except ApiError as error:
            if error in target.failures:
                raise
            error.facts = self.wanted.kind.facts(target.resource)
            raise self._unknown(error, identifier) from error
        self._check_gone(deleted, look, identifier, target.resource)
        return _deleted(self.wanted.kind, target.resource, deleted.resource)

    def unread(self) -> Outcome:
        """Delete without reading first, because the user gave ``force``."""
        identifier = self._identifier
        seen: Resource = {"id": identifier}

        def look() -> Finding:
            nonlocal seen
            finding = find(self.api, self.wanted.by_id)
            seen = finding.resource or seen
            return finding

        try:
            deleted = self.api.delete(identifier)
        except NotFoundError as error:
            if self.wanted.verify_absence:
                try:
                    finding = self._look_until_gone(look)
                    if finding is None:
                        raise self._refused_delete(error, seen) from error
                except ApiError as unreadable:
                    if error.effect.is_unclear:
                        self._not_known(unreadable, identifier)
                    raise
                if not finding.readable and not error.effect.is_unclear:
                    return _not_there(self.wanted, warning=_UNVERIFIED % self.wanted.identity.noun)
            return self._gone_unseen(error)
        except ApiError as error:
            raise self._unknown(error, identifier) from error
        self._check_gone(deleted, look, identifier)
        return _deleted(self.wanted.kind, None, deleted.resource, identifier)

    def unreadable(self) -> Outcome:
        """Delete on a server that offers no readings, so that only the answer to the DELETE decides."""
        identifier = self._identifier
        try:
            deleted = self.api.delete(identifier)
        except NotFoundError as error:
            return self._gone_unseen(error, _UNVERIFIED % self.wanted.identity.noun)
        except ApiError as error:
            raise self._unknown(error, identifier) from error
        self._check_gone(deleted, lambda: Finding(None, readable=False), identifier)
        outcome = _deleted(self.wanted.kind, None, deleted.resource, identifier)
        spared = "" if deleted.resource is None else self.wanted.kind.spared(deleted.resource)
        if spared:
            noun = self.wanted.identity.noun
            warning = _NOT_SPARED % (noun, quoted(identifier), spared, self.api.family.plural)
            return replace(outcome, warnings=(*outcome.warnings, warning))
        return outcome

    def _gone_unseen(self, error: NotFoundError, warning: str = "") -> Outcome:
        """Return the outcome after a 404 to the DELETE of an object that was not read before."""
        if error.effect.is_unclear:
            warning = _MAYBE_BEFORE % (self.wanted.identity.noun, quoted(self._identifier))
            return Outcome(True, warnings=(warning,), action="deleted")
        return _not_there(self.wanted, warning=warning)

    def _gone(self, resource: Resource, effect: Effect) -> Outcome:
        """Return the outcome for an object that an earlier try of this task, or someone else, has deleted."""
        if effect.is_unclear:
            return _deleted(self.wanted.kind, resource, None)
        facts = self.wanted.kind.facts(resource)
        message = "The %s with id %s was deleted by someone else while this task ran." % (
            self.wanted.identity.noun,
            quoted(resource["id"]),
        )
        if not self.wanted.missing_ok:
            raise RefusedError(message[:-1] + ", and missing_ok is false.", facts=facts)
        return Outcome(False, facts=facts, message=message, warnings=(message,))

    def _look_until_gone(self, look: Callable[[], Finding]) -> Finding | None:
        """Read until the object is gone and return that finding, or ``None`` if it still exists after some seconds.

        Readings may lag behind the DELETE.
        """

        def gone() -> Finding | None:
            finding = look()
            return finding if finding.resource is None else None

        why = "looking again whether the %s is gone" % self.wanted.identity.noun
        return look_until(self.api.client, gone, why)

    def _gone_after_404(self, look: Callable[[], Finding], resource: Resource) -> Finding | None:
        try:
            return self._look_until_gone(look)
        except ApiError as error:
            error.facts = self.wanted.kind.facts(resource)
            raise self._not_known(error, resource["id"]) from error

    def _check_gone(
        self, deleted: Deleted, look: Callable[[], Finding], identifier: str, resource: Resource | None = None
    ) -> None:
        """If the status of a DELETE says success but its body says something else, check with a reading.

        Raises:
            BasedashError: if the object still exists, or if it is not known whether it does.
        """
        if deleted.certain:
            return
        facts = None if resource is None else self.wanted.kind.facts(resource)
        noun = self.wanted.identity.noun
        try:
            finding = self._look_until_gone(look)
        except ApiError as error:
            error.facts = facts
            raise self._not_known(error, identifier) from error
        if finding is not None and finding.readable:
            return
        end = (
            "it is still there: look at it in Basedash, then run the task again."
            if finding is None
            else "this server offers no way to read %s: look in Basedash whether it is gone." % self.api.family.plural
        )
        raise IncompleteError(
            "The DELETE of the %s with id %s was answered with success, but the answer does not show it, and %s"
            % (noun, quoted(identifier), end),
            facts=facts,
        )

    def _refused_delete(self, error: ApiError, resource: Resource) -> BasedashError:
        failure = ApiError(
            "The DELETE of the %s with id %s was answered 404, but it is still there: the key may read it and not "
            "delete it, use the key of an admin." % (self.wanted.identity.noun, quoted(resource["id"])),
            error.exchange,
        )
        failure.facts = self.wanted.kind.facts(resource)
        return failure

    def _unknown(self, error: ApiError, identifier: str) -> ApiError:
        """Add to the error of a DELETE without a clear answer that it is not known whether the object was deleted."""
        # A proxy's page says nothing about what the server behind the proxy did.
        unclear = error.effect.is_unclear or isinstance(error, NotBasedashError)
        return self._not_known(error, identifier) if unclear else error

    def _not_known(self, error: ApiError, identifier: str) -> ApiError:
        error.message += " Whether the %s with id %s was deleted is not known: run the task again to find out." % (
            self.wanted.identity.noun,
            quoted(identifier),
        )
        return error


_NOT_SPARED = (
    "The %s with id %s was %s, and it is deleted now: this server offers no way to read %s, so no guard could "
    "stop that."
)
_UNVERIFIED = (
    "Only the answer to the DELETE says that the %s does not exist: this server offers no list, "
    "so it could not be verified that the key has admin access."
)
_MAYBE_BEFORE = (
    "The %s with id %s is gone, but the answer to the first DELETE was lost and nothing was read before, "
    "so it might have been gone already."
)
