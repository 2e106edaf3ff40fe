# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what ``state: present`` does about one data source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NoAnswerError,
    NotFoundError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._base.text import is_one_line, quoted, told
from ansible_collections.community.basedash.plugins.module_utils._engine.creation import Creation
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import (
    FIELDS,
    Facts,
    Finding,
    Identity,
    check_no_look_alike,
    facts,
    find,
    is_warehouse,
)
from ansible_collections.community.basedash.plugins.module_utils._engine.settings import Settings
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._resources.access import (
    Policy,
    WantedPolicy,
    not_known,
    read_policy,
    read_policy_of_listed,
    write_policy,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.first_sync import Wait, wait_for_sync
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Api, Content, Resource
from ansible_collections.community.basedash.plugins.module_utils._rest.freshness import (
    SETTLING_SECONDS,
    StaleError,
    look_until,
    recent,
)


@dataclass(frozen=True)
class Presence:
    """That a data source shall be there, and how; ``None`` for what the user leaves as it is."""

    identity: Identity
    settings: Settings
    policy: WantedPolicy | None
    wait: Wait | None
    verify: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Presence:
        """Return what the options want.

        Raises:
            InputError: if one can't be right, or they don't fit together.
        """
        return cls(
            Identity.of(options["id"], options["name"]),
            Settings.of(options),
            None if options["access"] is None else WantedPolicy.of(options["access"]),
            Wait.of(options),
            options["verify_credentials"],
        )


@dataclass
class _Work:
    """What a task did so far: what is true of the data source even if the next step fails.

    ``name`` is what the data source has to be called for the task to go on, ``read_at`` is when it was read, in seconds
    of the client's clock, and ``new`` tells that this task created it.
    """

    api: Api
    resource: Resource
    name: str | None
    read_at: float
    new: bool = False
    done: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Let a failure tell what was done before it."""
        try:
            yield
        except BasedashError as error:
            if self.done:
                error.changed = True
                error.message += " By then, the data source with id %s was %s." % (
                    quoted(self.resource["id"]),
                    " and ".join(self.done),
                )
            error.facts = error.facts or facts(self.resource)
            error.warnings += tuple(self.warnings)
            raise

    def read_again(self) -> None:
        """Read the data source anew.

        Raises:
            BasedashError: if it is not there any more, or has another name now.
        """
        identity = Identity(self.resource["id"], self.name)

        def look() -> Finding | None:
            finding = find(self.api, identity, verify_absence=True)
            return finding if finding.resource is not None or not self.new else None

        finding = look_until(self.api.client, look, "looking again for the data source that was just created")
        if finding is None:
            raise IncompleteError(
                "The data source with id %s was created, and no reading shows it after %d seconds: look at it in "
                "Basedash, then run the task again." % (quoted(self.resource["id"]), SETTLING_SECONDS)
            )
        if finding.resource is None:
            raise RefusedError(
                "The data source with id %s was deleted by someone else while this task ran."
                % quoted(self.resource["id"])
            )
        self.resource, self.read_at = finding.resource, finding.read_at

    def check(self, unclear_tries: int) -> None:
        """Let nothing be written that relies on a reading which is too old.

        Raises:
            StaleError: if it is.
        """
        recent(self.api.client, self.read_at)(unclear_tries)


def make_present(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Create the data source that the options describe, or change it into that, or find that it is so already.

    Raises:
        BasedashError: if that can't be done, or it can't be known whether it was.
    """
    wanted = Presence.of(options)
    finding = find(
        api, wanted.identity, verify_absence=True, advice="correct id or name, the API documents no way to rename one"
    )
    if not finding.readable:
        raise RefusedError("This server lets no data source be read, so nothing can be compared: nothing was changed.")
    policy = None if wanted.policy is None else wanted.policy.resolved(api)
    if finding.resource is not None:
        return _change(api, wanted, policy, finding, check_mode)
    if wanted.identity.id is not None or wanted.identity.name is None:
        check_no_look_alike(wanted.identity, finding)
        raise RefusedError(
            "There is no %s, and one can't be created with an id of your choice: nothing was changed, correct the id, "
            "or give the name alone." % str(wanted.identity)[len("the ") :]
        )
    return _create(api, wanted, policy, wanted.identity.name, finding, check_mode)


# Creating -------------------------------------------------------------------------------------------------------------


def _create(
    api: Api, wanted: Presence, policy: Policy | None, name: str, finding: Finding, check_mode: bool
) -> Outcome:
    settings = wanted.settings
    body = settings.creation(name)
    _check_new_name(name, finding)
    after = {"display_name": name, "dialect": body["dialect"], **settings.after({}, body)}
    if policy is not None:
        after["access"] = policy.as_result()
    diff = Diff("data source %s" % quoted(name), {}, after)
    warnings = []
    if finding.similar is not None:
        warnings.append(
            "There is a data source named %s already, which differs in case from %s."
            % (told(finding.similar), told(name))
        )
    if check_mode:
        values = {} if policy is None else {"access": policy.as_result()}
        # As it would be, and without an identifier, because the server gives that.
        planned = facts({field: value for field, value in body.items() if field in FIELDS.values()})
        return Outcome(True, planned, warnings=tuple(warnings), diff=diff, values=values, action="created")
    if wanted.verify:
        _verify(api, settings, {})
    creation = Creation(api, settings, body, name, policy is not None and policy.restricted)
    # From its creation until its access is set, everyone in the organization may query it.
    with api.client.finishing() if creation.restricted else nullcontext():
        found = creation.run(finding)
        if found.resource is not None:
            return _change(api, wanted, policy, found, check_mode)
        resource = creation.created
        work = _Work(api, resource, None, api.clock.monotonic(), new=True, done=["created"], warnings=warnings)
        if policy is not None:
            with work.reported():
                _give_access_to_new(api, work, policy)
    with work.reported():
        if any(field not in resource for field in ("displayName", "dialect", *settings.shown_fields(body))):
            work.read_again()
        _check_taken(settings, work, body)
        _wait(api, wanted, work)
        work.warnings += creation.confirmed()
    return _outcome("created", work, diff)


def _check_new_name(name: str, finding: Finding) -> None:
    if name != name.strip() or not is_one_line(name):
        raise InputError(
            "The option name has white space around it, or a control character in it (%s): remove it." % quoted(name)
        )
    check_no_look_alike(Identity(None, name), finding)


def _give_access_to_new(api: Api, work: _Work, policy: Policy) -> None:
    work.values["access"] = policy.as_result()
    identifier = work.resource["id"]
    missing: list[NotFoundError] = []

    def give() -> bool | None:
        try:
            if policy.restricted or read_policy(api, identifier) != policy:
                write_policy(api, identifier, policy)
        except NotFoundError as error:
            # The service may need a moment until it knows its new data source everywhere.
            missing.append(error)
            return None
        return True

    try:
        if look_until(api.client, give, "setting the access of the new data source again") is None:
            raise missing[-1]
    except BasedashError as error:
        if policy.restricted:
            error.message += (
                " The data source is new and may be open to the whole organization: set its access, or delete it."
            )
        raise


# Changing -------------------------------------------------------------------------------------------------------------


def _change(api: Api, wanted: Presence, policy: Policy | None, finding: Finding, check_mode: bool) -> Outcome:
    settings, resource = wanted.settings, finding.resource
    if resource is None:
        raise ValueError("there is nothing to change")
    work = _Work(api, resource, wanted.identity.name, finding.read_at)
    with work.reported():
        settings.check_dialect(resource)
        body = settings.update(resource)
        if body and is_warehouse(resource):
            raise RefusedError(
                "The data source with id %s is the organization's managed warehouse, whose settings are not yours to "
                "change: nothing was changed." % quoted(resource["id"])
            )
        current = None if policy is None else read_policy_of_listed(api, resource["id"])
    before, after = settings.before(resource), settings.after(resource, body)
    if policy is not None and current is not None:
        before["access"], after["access"] = current.as_result(), policy.as_result()
        work.values["access"] = policy.as_result()
    diff = Diff("data source %s (id %s)" % (quoted(resource.get("displayName")), quoted(resource["id"])), before, after)
    _warn(settings, work, body, wanted.verify)
    if check_mode:
        work.resource = settings.predicted(resource)
        return _outcome("updated" if body or policy != current else "unchanged", work, diff, _not_sent(settings, body))
    with work.reported():
        if wanted.verify and settings.concerns_connection(body):
            _verify(api, settings, resource)
        access_changes = policy is not None and policy != current
        # If fewer may query, then before the settings change; else after it.
        access_first = policy is not None and current is not None and policy.within(current)
        if policy is not None and access_changes and access_first:
            _write_access(api, policy, work)
        if body:
            _patch(api, settings, work)
        if policy is not None and access_changes and not access_first:
            _write_access(api, policy, work)
        _wait(api, wanted, work, resource.get("lastSyncAttemptAt") if body else None)
    if not work.done:
        # Somebody else has made the change meanwhile.
        return _outcome("unchanged", work, replace(diff, after=diff.before), _not_sent(settings, body))
    return _outcome("updated", work, diff, _not_sent(settings, body))


def _write_access(api: Api, policy: Policy, work: _Work) -> None:
    lost = False
    while True:
        try:
            try:
                write_policy(api, work.resource["id"], policy, work.check)
            except StaleError as stale:
                lost = lost or stale.unclear_tries > 0
                api.require_recent()
                work.read_again()
                continue
        except BasedashError as error:
            if lost:
                not_known(error, work.resource["id"])
            raise
        work.done.append("given the new access")
        return


def _patch(api: Api, settings: Settings, work: _Work) -> None:
    """Change the settings; after a lost answer look at what it did, and send what is still to be done.

    Each try begins with what was read last, so that the flags which go along are not older than that.
    """
    lost: ApiError | None = None
    setbacks = 0
    while True:
        before = work.resource
        body = settings.update(before)
        # A secret can't be seen, so after a lost answer only another try makes sure of it.
        if not body:
            if lost is not None:
                work.done.append("updated")
            return
        try:
            answered = api.update(before["id"], body, work.check)
        except StaleError:
            api.require_recent()
            try:
                work.read_again()
            except BasedashError as error:
                raise (error if lost is None else _maybe_changed(error, before)) from error
            continue
        except NotFoundError as error:
            vanished = _vanished(error, before)
            raise (vanished if lost is None else _maybe_changed(vanished, before)) from error
        except ApiError as error:
            if not error.arrived:
                raise (error if lost is None else _maybe_changed(error, before)) from error
            lost = error
            setbacks += 1
            _look_after(api, settings, work, error, setbacks)
            continue
        work.done.append("updated")
        work.name = None
        if answered is None or any(field in before and field not in answered for field in FIELDS.values()):
            work.read_again()
        else:
            work.resource = answered
        _check_taken(settings, work, body, before)
        return


def _look_after(api: Api, settings: Settings, work: _Work, lost: ApiError, setbacks: int) -> None:
    """Look at what an update without a clear answer did; if there is more to do, wait before that, and look again."""
    before = work.resource

    def look() -> bool | None:
        work.read_again()
        return None if settings.update(work.resource) else True

    try:
        if not isinstance(lost, NoAnswerError):
            if look_until(api.client, look, "looking whether the update took"):
                return
        elif look():
            return
        # To send it again does no harm, so there is no need to wait until a reading that lags shows it.
        elif api.back_off(setbacks, "the answer to the update was lost"):
            work.read_again()
            return
    except BasedashError as failure:
        raise _maybe_changed(failure, before) from failure
    raise _maybe_changed(lost, before) from lost


def _vanished(error: ApiError, resource: Resource) -> ApiError:
    error.message = (
        "The data source with id %s was there when it was read, and its update was answered 404: it was deleted "
        "meanwhile, or the key may read it and not change it." % quoted(resource["id"])
    )
    return error


def _maybe_changed(error: BasedashError, resource: Resource) -> BasedashError:
    error.message += (
        " Whether the data source with id %s was changed is not known in full: run the task again to find out."
        % quoted(resource["id"])
    )
    return error


# Both -----------------------------------------------------------------------------------------------------------------


def _verify(api: Api, settings: Settings, resource: Content) -> None:
    try:
        api.verify(settings.connection(resource))
    except ApiError as error:
        if isinstance(error, NoAnswerError) and error.pending:
            error.message += (
                " The check of the credentials came to no end, which hints at a firewall between Basedash and the "
                "database, or at a timeout that is too short."
            )
        error.message += " Nothing was created." if not resource else " The settings were not changed."
        if resource and error.field_errors and not settings.secrets:
            error.message += " The check can't use the secrets that are stored, so give them in this task."
        raise


def _check_taken(settings: Settings, work: _Work, body: Content, before: Resource | None = None) -> None:
    """Compare what the server shows with what was sent, and fail for what did not take.

    Raises:
        IncompleteError: naming the fields.
    """
    if before is None:
        _warn(settings, work, body)
    if not settings.not_taken(work.resource, body):
        return

    def look() -> bool | None:
        work.read_again()
        return None if settings.not_taken(work.resource, body) else True

    # An answer may be older than what it answers, and a reading may lag behind the write.
    if look_until(work.api.client, look, "looking again whether the settings took"):
        return
    clauses = settings.not_taken(work.resource, body)
    same = before is not None and all(before.get(field) == work.resource.get(field) for field in body)
    if same and before is not None and not settings.renewed(before):
        work.done.remove("updated")
    raise IncompleteError(
        "Basedash accepted the settings of the data source with id %s, and some did not take (%s): this server can't "
        "set them so, correct them in the task or in Basedash." % (quoted(work.resource["id"]), "; ".join(clauses))
    )


def _warn(settings: Settings, work: _Work, body: Content, verify: bool = False) -> None:
    unseen = settings.unseen(work.resource, body)
    identifier = quoted(work.resource["id"])
    if unseen:
        work.warnings.append(
            "The server does not show %s of the data source with id %s, so it can't be compared."
            % (", ".join(unseen), identifier)
        )
    kept = settings.kept(body)
    if verify and kept and settings.concerns_connection(body):
        work.warnings.append(
            "The connection is tried with %s of this task, and the data source with id %s keeps what is stored; "
            "update_secrets=always changes that." % (", ".join(kept), identifier)
        )


def _wait(api: Api, wanted: Presence, work: _Work, earlier_attempt: Any = None) -> None:
    if wanted.wait is None:
        return
    # Nothing is written after this, so a new name does not matter any more.
    work.name = None

    def read_again() -> Resource:
        work.read_again()
        return work.resource

    synced = wait_for_sync(api, work.resource, wanted.wait, read_again, earlier_attempt)
    work.resource = synced.resource
    work.values["sync"] = synced.as_result()


def _not_sent(settings: Settings, body: Content) -> str | None:
    """Say which secrets of the task stay here, because an unchanged result could mean that they are stored."""
    kept = settings.kept(body)
    if not kept:
        return None
    return "The data source exists, so %s %s not sent: set update_secrets to always to send secrets at each run." % (
        ", ".join(kept),
        "were" if len(kept) > 1 else "was",
    )


def _outcome(action: str, work: _Work, diff: Diff, message: str | None = None) -> Outcome:
    known: Facts = facts(work.resource)
    return Outcome(
        action != "unchanged",
        data_source=known,
        message=message,
        warnings=tuple(work.warnings),
        diff=diff,
        values=work.values,
        action=action,
    )
