# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how ``state: present`` creates or changes one object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from .._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    NoAnswerError,
    NotFoundError,
    RefusedError,
    sentence,
)
from .._base.text import quoted, spelled_out
from .._rest.collection import Collection
from .._rest.family import Content, Resource, is_gone
from .._rest.freshness import StaleError, look_until
from .kind import Kind
from .lookup import Finding, Identity, check_no_look_alike, find
from .outcome import Diff, Outcome, Plan
from .reference import References
from .settings import Settings, check_key
from .step import Step, Work


@dataclass(frozen=True)
class Presence:
    """What the user wants of an object that shall exist."""

    identity: Identity
    settings: Settings
    references: References
    steps: Sequence[Step]

    @classmethod
    def of(cls, kind: Kind, steps: Sequence[type[Step]], options: Mapping[str, Any]) -> Presence:
        """Return what the options want.

        Raises:
            InputError: if an option is invalid, or options don't fit together.
        """
        wanted = [step.of(options) for step in steps]
        identity = Identity.of(kind, options)
        if identity.new_key is not None:
            check_key(kind, identity.new_key, kind.renamed_by)
        return cls(
            identity,
            Settings.of(kind, options),
            References.of(kind, options),
            [step for step in wanted if step is not None],
        )

    def resolved(self) -> Presence:
        """Return a copy with the ids of the objects that this one refers to."""
        # In check mode, an object that does not exist yet has no id.
        unknown = dict.fromkeys(self.references.unknown)
        stored = {**self.settings.stored, **unknown, **self.references.ids}
        return replace(
            self,
            identity=replace(self.identity, scope=self.references.scope),
            settings=replace(self.settings, stored=stored),
        )

    @property
    def kind(self) -> Kind:
        """The kind of the object."""
        return self.identity.kind


def make_present(
    kind: Kind, steps: Sequence[type[Step]], api: Collection, options: Mapping[str, Any], check_mode: bool
) -> Outcome:
    """Create the object that the options describe, or change it if it differs.

    Raises:
        BasedashError: if this fails, or if it is not known whether it succeeded.
    """
    wanted = Presence.of(kind, steps, options)
    wanted.references.resolve(api)
    if wanted.references.missing and not (check_mode and api.assumes_earlier_tasks):
        raise _nothing_to_refer_to(wanted)
    if wanted.references.scope_is_unknown:
        return _in_unknown_scope(wanted)
    outcome = _present(api, wanted.resolved(), check_mode)
    assumptions = tuple(step.assumption for step in wanted.steps if step.assumption)
    outcome = replace(outcome, warnings=(*outcome.warnings, *assumptions))
    if wanted.references.missing:
        warnings = (*outcome.warnings, *_assumed(wanted.references))
        return replace(outcome, changed=True, warnings=warnings, action=_CHANGED.get(outcome.action, outcome.action))
    return outcome


_CHANGED = {"unchanged": "updated"}


def _assumed(references: References) -> list[str]:
    return ["%s (yet): check mode assumes that an earlier task creates it." % clause for clause in references.missing]


def _nothing_to_refer_to(wanted: Presence) -> RefusedError:
    clause = wanted.references.missing[0]
    return RefusedError("%s: nothing was changed, create it first, or correct the name." % clause)


_NO_RENAMING = ", the API documents no way to rename one"


def _present(api: Collection, wanted: Presence, check_mode: bool) -> Outcome:
    kind = wanted.kind
    if wanted.identity.scope is not None:
        api = api.within(wanted.identity.scope.id)
    rename = ", or give %s to rename it" % kind.renamed_by if kind.renamed_by else _NO_RENAMING
    finding = find(api, wanted.identity, advice="correct id or %s%s" % (kind.key.name, rename))
    if not finding.readable:
        raise RefusedError(
            "This server offers no way to read %s, so nothing can be compared: nothing was changed."
            % kind.family.plural
        )
    for step in wanted.steps:
        step.prepare(api)
    if finding.resource is not None:
        _check_new_key_is_free(api, wanted, finding.resource)
        return _change(api, wanted, finding, finding.resource, check_mode)
    if wanted.identity.id is not None or wanted.identity.key is None:
        check_no_look_alike(wanted.identity, finding)
        raise RefusedError(
            "There is no %s%s, and one can't be created with an id of your choice: nothing was changed, correct the "
            "id, or give the %s alone."
            % (
                wanted.identity.name,
                " (it is archived, deactivated or deleted)" if finding.is_gone else "",
                kind.key.name,
            )
        )
    return _create(api, wanted, finding, check_mode)


def _check_new_key_is_free(api: Collection, wanted: Presence, resource: Resource) -> None:
    """Refuse to rename an object, named by its id, to a key that another object has.

    If the object is named by key alone, the look-up has checked this already.

    Raises:
        RefusedError: naming the other object.
    """
    kind, new_key = wanted.kind, wanted.settings.new_key
    if wanted.identity.id is None or new_key is None or kind.family.has_key(resource, new_key):
        return
    parent = kind.family.scope_of(resource)
    within = parent if kind.family.list_path and isinstance(parent, str) else ""
    listing = api.list_beside(kind.family, parent=within)
    named = [] if listing is None else listing.named(new_key)
    others = [one for one in named if one["id"] != resource["id"] and kind.family.scope_of(one) == parent]
    if others:
        raise RefusedError(
            "The %s can't be named %s, because another one has this name (id %s): nothing was changed, delete one of "
            "them, or correct %s." % (wanted.identity.name, quoted(new_key), quoted(others[0]["id"]), kind.renamed_by),
            facts=kind.facts(resource),
        )


def _in_unknown_scope(wanted: Presence) -> Outcome:
    """Return the outcome of check mode if the parent of the object does not exist (yet)."""
    if wanted.identity.id is not None:
        raise _nothing_to_refer_to(wanted)
    plan = plan_creation(wanted.resolved(), Finding(None))
    return replace(plan.outcome, warnings=(*plan.outcome.warnings, *_assumed(wanted.references)))


# Creating -------------------------------------------------------------------------------------------------------------


def plan_creation(wanted: Presence, finding: Finding) -> Plan:
    """Return the creation of an object that a look-up did not find.

    Raises:
        BasedashError: if it can't be created with these settings.
    """
    kind, settings = wanted.kind, wanted.settings
    key = wanted.identity.key or ""
    body = settings.creation(key)
    check_key(kind, key)
    check_no_look_alike(wanted.identity, finding)
    after = {kind.key.fact_name: key, **settings.after({}, body)}
    values: dict[str, Any] = {}
    for step in wanted.steps:
        after.update(step.difference()[1])
        values.update(step.values)
    warnings: tuple[str, ...] = ()
    if finding.similar is not None:
        warnings = (
            "There is %s named %s already, which differs in case from %s."
            % (kind.family.a_noun, spelled_out(finding.similar), spelled_out(key)),
        )
    # The planned object has no id, because the server assigns it.
    later = {one.sent: value for one, value in settings.stored.items() if one.update_only}
    planned = kind.shown_after({}, {**body, **later})
    outcome = Outcome(
        True,
        kind.facts(planned),
        resource=_predicted(wanted, planned),
        warnings=warnings,
        diff=Diff("%s %s" % (kind.family.noun, quoted(key)), {}, after),
        values=values,
        action="created",
    )
    return Plan("created", None, outcome, body)


def _predicted(wanted: Presence, planned: Resource) -> Resource:
    for step in wanted.steps:
        planned = step.predicted(planned)
    return planned


def _create(api: Collection, wanted: Presence, finding: Finding, check_mode: bool) -> Outcome:
    if wanted.identity.new_key is not None:
        wanted, finding = _under_new_key(wanted, finding)
    identity = wanted.identity
    _check_creation(api, wanted, finding)
    plan = plan_creation(wanted, finding)
    if check_mode:
        return plan.outcome
    for step in wanted.steps:
        step.before_creating(api, wanted.settings)
    # Import this only if needed, because a remote host compiles each import at each run, and most objects exist.
    from .creation import Creation

    exposed = " ".join(step.exposed for step in wanted.steps if step.exposed)
    creation = Creation(api, identity, wanted.settings, plan.body, exposed, partial(_check_creation, api, wanted))
    with api.client.finishing() if exposed else nullcontext():
        found = creation.run(finding)
        if found.resource is not None:
            return _change(api, wanted, found, found.resource, check_mode)
        work = Work(api, identity, creation.created, api.clock.monotonic(), new=True, guarded=False)
        work.done.append("created")
        work.warnings.extend(plan.outcome.warnings)
        for step in wanted.steps:
            with work.reported():
                work.values.update(step.values)
                step.after_creating(work)
    with work.reported():
        if wanted.settings.hides_some(work.resource, plan.body):
            work.read_again()
        if wanted.kind.updated_after_creation:
            _update_new(api, wanted.settings, work)
        _warn_of_unseen(wanted.settings, work, plan.body)
        _check_taken(wanted.settings, work, plan.body)
        for step in wanted.steps:
            step.finish(work, None)
        work.warnings += creation.confirmed()
    return _outcome("created", work, plan.diff)


def _check_creation(api: Collection, wanted: Presence, finding: Finding) -> None:
    """Check, before anything is written, whether an object that a look-up did not find may be created.

    Raises:
        RefusedError: if its parent does not exist, or if a step refuses it.
    """
    scope = wanted.identity.scope
    if scope is not None and finding.listing is not None and not finding.listing.parent_exists:
        advice = "nothing was changed, create it first, or correct %s" % scope.field.name
        raise RefusedError(sentence("%s does not exist" % scope.name, advice))
    for step in wanted.steps:
        step.check_creation(api, finding, wanted.settings)


def _update_new(api: Collection, settings: Settings, work: Work) -> None:
    """Set what the creation of the object could not set, or did not set."""
    missing: list[NotFoundError] = []

    def update() -> bool | None:
        try:
            _Update(api, settings, work).run()
        except NotFoundError as error:
            # The service may need some seconds until all its parts know the new object.
            missing.append(error)
            return None
        return True

    if look_until(api.client, update, "updating the new %s again" % api.family.noun) is None:
        raise missing[-1]


def _under_new_key(wanted: Presence, finding: Finding) -> tuple[Presence, Finding]:
    """Return the same creation but under the new key, because neither the old nor the new key exists.

    Raises:
        RefusedError: if an existing key differs from the old one only in white space or Unicode composition.
    """
    check_no_look_alike(wanted.identity, finding)
    new_key = wanted.identity.new_key or ""
    identity = replace(wanted.identity, key=new_key, new_key=None)
    similar = None if finding.listing is None else identity.part_of(finding.listing).similar(new_key)
    settings = replace(wanted.settings, new_key=None)
    return replace(wanted, identity=identity, settings=settings), replace(finding, similar=similar)


# Changing -------------------------------------------------------------------------------------------------------------


def plan_update(wanted: Presence, resource: Resource) -> Plan:
    """Return the update that an existing object needs.

    Raises:
        BasedashError: if the object can't be changed like this.
    """
    kind, settings = wanted.kind, wanted.settings
    settings.check_fixed(resource)
    body = settings.update(resource)
    unchangeable = kind.unchangeable(resource) if body else ""
    if unchangeable:
        raise RefusedError(
            "The %s with id %s is %s: nothing was changed." % (kind.family.noun, quoted(resource["id"]), unchangeable)
        )
    before, after = settings.before(resource), settings.after(resource, body)
    values: dict[str, Any] = {}
    for step in wanted.steps:
        old, new = step.difference()
        before.update(old)
        after.update(new)
        values.update(step.values)
    changed = bool(body) or any(step.changes for step in wanted.steps)
    header = "%s %s (id %s)" % (kind.family.noun, quoted(kind.family.key_of(resource)), quoted(resource["id"]))
    caution = kind.caution("renamed", resource) if kind.key.sent in body else ""
    planned = kind.shown_after(resource, body)
    outcome = Outcome(
        changed,
        kind.facts(planned),
        resource=_predicted(wanted, planned),
        message=_not_sent(settings, body),
        warnings=(caution,) if caution else (),
        diff=Diff(header, before, after),
        values=values,
        action="updated" if changed else "unchanged",
    )
    return Plan(outcome.action, resource, outcome, body)


def _change(api: Collection, wanted: Presence, finding: Finding, resource: Resource, check_mode: bool) -> Outcome:
    settings = wanted.settings
    work = Work(api, wanted.identity, resource, finding.read_at, new=api.is_new(resource["id"]))
    with work.reported():
        if wanted.steps:
            # Refuse impossible changes before the steps send further requests.
            plan_update(replace(wanted, steps=()), resource)
        for step in wanted.steps:
            step.read(api, resource)
        plan = plan_update(wanted, resource)
        for step in wanted.steps:
            step.check_update(work, settings, plan.body)
    work.values.update(plan.outcome.values)
    work.warnings.extend(plan.outcome.warnings)
    _warn_of_unseen(settings, work, plan.body)
    warnings = [step.warning(work, settings, plan.body) for step in wanted.steps]
    work.warnings += [warning for warning in warnings if warning]
    if check_mode:
        return replace(plan.outcome, warnings=tuple(work.warnings))
    with work.reported():
        for step in wanted.steps:
            step.before_updating(work, settings, plan.body)
        if plan.body:
            _Update(api, settings, work, wanted.steps).run()
        for step in wanted.steps:
            step.after_updating(work)
        for step in wanted.steps:
            step.finish(work, resource if plan.body else None)
    if not work.done:
        # Somebody else has made the same change meanwhile.
        diff = replace(plan.diff, after=plan.diff.before)
        return _outcome("unchanged", work, diff, plan.outcome.message)
    return _outcome("updated", work, plan.diff, plan.outcome.message)


@dataclass
class _Update:
    """The PATCH of one object. It is only repeated after a reading shows what the earlier PATCH did."""

    api: Collection
    settings: Settings
    work: Work
    steps: Sequence[Step] = ()

    def run(self) -> None:
        """Change the settings. After a lost answer, read the object, and send only what still differs.

        Each try makes its body from the last reading, because flags that every PATCH carries must not be outdated.
        """
        lost: ApiError | None = None
        setbacks = 0
        while True:
            before = self.work.resource
            body = self.settings.update(before)
            # An update with a secret is never empty: readings don't show secrets, so only another try makes sure.
            if not body:
                if lost is not None:
                    self.work.done.append("updated")
                return
            try:
                answered = self.api.update(before["id"], self.settings.kind.on_the_wire(body), self.work.check)
            except StaleError:
                self._read_recent(lost)
                continue
            except NotFoundError as error:
                vanished = self._vanished(error, body)
                raise (vanished if lost is None else self._maybe_changed(vanished)) from error
            except ApiError as error:
                if not error.effect.is_unclear:
                    raise (error if lost is None else self._maybe_changed(error)) from error
                lost = error
                setbacks += 1
                self._look_after(error, setbacks)
                continue
            self._take(answered, before, body)
            return

    def _read_recent(self, lost: ApiError | None) -> None:
        self.api.require_recent()
        try:
            self.work.read_again()
            for step in self.steps:
                step.check_update(self.work, self.settings, self.settings.update(self.work.resource))
        except BasedashError as error:
            raise (error if lost is None else self._maybe_changed(error)) from error
        if self.steps:
            # Count the age of all these readings from here, because a slow server would otherwise make the first one
            # too old each time.
            self.work.read_at = self.api.clock.monotonic()

    def _take(self, answered: Resource | None, before: Resource, body: Content) -> None:
        """Note that the update is done, and check that the object has the wanted settings."""
        self.work.done.append("updated")
        self.work.guarded = False
        fields = [one for one in self.settings.kind.fields if not one.secret]
        if answered is None or any(one.is_shown(before) and not one.is_shown(answered) for one in fields):
            self.work.read_again()
        else:
            self.work.resource = answered
        if is_gone(self.work.resource):
            raise RefusedError("The %s was deleted by someone else while this task ran." % self.work.name)
        _check_taken(self.settings, self.work, body, before)

    def _look_after(self, lost: ApiError, setbacks: int) -> None:
        """Read what an update without a clear answer did. If something still differs, wait, and read again."""

        def look() -> bool | None:
            self.work.read_again()
            return None if self.settings.update(self.work.resource) else True

        try:
            if not isinstance(lost, NoAnswerError):
                if look_until(self.api.client, look, "looking whether the update took"):
                    return
            elif look():
                return
            # A repeated PATCH does no harm, so don't wait for readings that lag.
            elif self.api.back_off(setbacks, "the answer to the update was lost"):
                self.work.read_again()
                return
        except BasedashError as failure:
            raise self._maybe_changed(failure) from failure
        raise self._maybe_changed(lost) from lost

    def _vanished(self, error: ApiError, body: Content) -> ApiError:
        error.message = (
            "The %s existed when it was read, but its update was answered 404: it was deleted "
            "meanwhile, or the key may read it but not change it" % self.work.name
        )
        referring = self.settings.referring(body)
        error.message += ", or what %s names does not exist." % " or ".join(referring) if referring else "."
        return error

    def _maybe_changed(self, error: BasedashError) -> BasedashError:
        error.message += (
            " Whether the %s was changed is not known in full: run the task again to find out." % self.work.name
        )
        return error


# Both -----------------------------------------------------------------------------------------------------------------


def _check_taken(settings: Settings, work: Work, body: Content, before: Resource | None = None) -> None:
    """Compare what the server shows with what was sent, and fail for what did not take.

    Fields that the server may store otherwise are only warned of.

    Raises:
        IncompleteError: naming the fields.
    """

    def look() -> bool | None:
        work.read_again()
        return None if settings.not_taken(work.resource, body) else True

    # The answer may show an older state, and readings may lag behind the write.
    why = "looking again whether the settings took"
    if not settings.not_taken(work.resource, body) or look_until(work.api.client, look, why):
        different = settings.not_taken(work.resource, body, approximate=True)
        if different:
            message = "Basedash stored some settings of the %s otherwise than they were sent (%s)."
            work.warnings.append(message % (work.name, "; ".join(different)))
        return
    clauses = settings.not_taken(work.resource, body)
    same = before is not None and all(settings.shown(before, one) == settings.shown(work.resource, one) for one in body)
    if same and before is not None and not settings.renewed(before):
        work.done.remove("updated")
    raise IncompleteError(
        "Basedash accepted the settings of the %s, and some did not take (%s): this server can't "
        "set them so, correct them in the task or in Basedash." % (work.name, "; ".join(clauses))
    )


def _warn_of_unseen(settings: Settings, work: Work, body: Content) -> None:
    unseen = settings.unseen(work.resource, body)
    if unseen:
        work.warnings.append(
            "The server does not show %s of the %s, so it can't be compared." % (", ".join(unseen), work.name)
        )


def _not_sent(settings: Settings, body: Content) -> str | None:
    """Say what was not sent, because the user could think that an unchanged result means it is stored."""
    noun = settings.kind.family.noun
    sentences = []
    kept = settings.kept(body)
    if kept:
        sentences.append(
            "The %s exists, so %s %s not sent: set update_secrets to always to send secrets at each run."
            % (noun, ", ".join(kept), "were" if len(kept) > 1 else "was")
        )
    late = [one.name for one in settings.stored if one.create_only]
    if late:
        sentences.append(
            "The %s exists, so %s was not sent, because the API takes it at a creation only." % (noun, ", ".join(late))
        )
    return " ".join(sentences) or None


def _outcome(action: str, work: Work, diff: Diff, message: str | None = None) -> Outcome:
    return Outcome(
        action != "unchanged",
        work.identity.kind.facts(work.resource),
        message=message,
        warnings=tuple(work.warnings),
        diff=diff,
        values=work.values,
        action=action,
        resource=work.resource,
    )
