# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what ``state: present`` does about one data source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._access import Policy, read_policy, write_policy
from ansible_collections.community.basedash.plugins.module_utils._api import Api, Content, Resource
from ansible_collections.community.basedash.plugins.module_utils._data_source import (
    FIELDS,
    Facts,
    Identity,
    facts,
    find,
    is_warehouse,
)
from ansible_collections.community.basedash.plugins.module_utils._errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NoAnswerError,
    NotFoundError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._settings import Settings, told
from ansible_collections.community.basedash.plugins.module_utils._sync import Wait, wait_for_sync
from ansible_collections.community.basedash.plugins.module_utils._task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._text import is_one_line, quoted

# A lost answer's work may show some seconds later: the seconds to wait before each look.
_LOOKS = (0.0, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Presence:
    """That a data source shall be there, and how; ``None`` for what the user leaves as it is."""

    identity: Identity
    settings: Settings
    policy: Policy | None
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
            None if options["access"] is None else Policy.of(options["access"]),
            Wait.of(options),
            options["verify_credentials"],
        )


@dataclass
class _Work:
    """What a task did so far: what is true of the data source even if the next step fails.

    ``stale`` tells that time went by since the data source was read.
    """

    resource: Resource
    stale: bool = False
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
    if finding.resource is not None:
        return _change(api, wanted, finding.resource, check_mode)
    if wanted.identity.id is not None or wanted.identity.name is None:
        raise RefusedError(
            "There is no %s, and one can't be created with an id of your choice: nothing was changed, correct the id, "
            "or give the name alone." % str(wanted.identity)[len("the ") :]
        )
    return _create(api, wanted, wanted.identity.name, finding.similar, check_mode)


# Creating -------------------------------------------------------------------------------------------------------------


def _create(api: Api, wanted: Presence, name: str, similar: str | None, check_mode: bool) -> Outcome:
    settings = wanted.settings
    body = settings.creation(name)
    _check_new_name(name, similar)
    after = {"display_name": name, "dialect": body["dialect"], **settings.after({}, body)}
    if wanted.policy is not None:
        after["access"] = wanted.policy.as_result()
    diff = Diff("data source %s" % quoted(name), {}, after)
    warnings = []
    if similar is not None:
        warnings.append(
            "There is a data source named %s already, which differs in case from %s." % (told(similar), told(name))
        )
    if check_mode:
        # As it would be, and without an identifier, because the server gives that.
        planned = facts({field: value for field, value in body.items() if field in FIELDS.values()})
        return Outcome(True, planned, warnings=tuple(warnings), diff=diff, action="created")
    if wanted.verify:
        _verify(api, settings, {})
    work = _Work(_post(api, wanted, body, name), done=["created"], warnings=warnings)
    with work.reported():
        if wanted.policy is not None:
            _give_access_to_new(api, work, wanted.policy)
        # Not before its access is set: until then, everyone may query it.
        work.resource = _complete(api, work.resource, {"displayName", "dialect", *settings.shown_fields(body)})
        _check_taken(api, settings, work, body)
        _wait(api, wanted, work)
    return _outcome("created", work, diff)


def _check_new_name(name: str, similar: str | None) -> None:
    if name != name.strip() or not is_one_line(name):
        raise InputError(
            "The option name has white space around it, or a control character in it (%s): remove it." % quoted(name)
        )
    if similar is not None and similar.casefold() != name.casefold():
        raise RefusedError(
            "There is no data source named %s, but one named %s, which differs in white space or in the composition of "
            "its letters alone: nothing was changed, correct the name." % (told(name), told(similar))
        )


def _post(api: Api, wanted: Presence, body: Content, name: str) -> Resource:
    """Create a data source, exactly once, however many answers are lost."""
    lost: ApiError | None = None
    setbacks = 0
    while True:
        answered = False
        try:
            created = api.create(body)
            answered = True
            # After a lost answer, only the list tells whether that one was created as well.
            if created is not None and lost is None:
                return created
        except ApiError as error:
            if not error.arrived:
                raise (error if lost is None else _maybe_created(error, wanted, name)) from error
            lost = error
        found = _look_for(api, wanted, body, name, answered)
        if found is not None:
            return found
        if answered or lost is None:
            raise IncompleteError(
                "Basedash said that it created a data source named %s, and does not list it: wait some minutes, look "
                "in Basedash, then run the task again.%s" % (quoted(name), _open(wanted)),
                changed=True,
            )
        setbacks += 1
        # Only of a server that answered, or is not there any more, can it be said that nothing will come of it.
        final = not isinstance(lost, NoAnswerError) or lost.pending
        if final or not api.back_off(setbacks, "the data source was not created, and the answer was lost"):
            raise _maybe_created(lost, wanted, name)


def _look_for(api: Api, wanted: Presence, body: Content, name: str, answered: bool) -> Resource | None:
    """Look what a POST created; it may show some seconds later. ``answered`` tells that its success is certain."""
    for look, seconds in enumerate(_LOOKS):
        if look and not api.wait(seconds, "looking again whether the data source was created"):
            break
        try:
            found = api.list_all().named(name)
        except ApiError as error:
            raise _maybe_created(error, wanted, name, answered) from error
        if len(found) > 1:
            raise IncompleteError(
                "The answer to the creation was lost, and now %d data sources are named %s (%s): delete those that are "
                "too many.%s"
                % (len(found), quoted(name), ", ".join(quoted(one["id"]) for one in found), _open(wanted)),
                changed=True,
            )
        if found:
            clauses = wanted.settings.not_taken(found[0], body)
            if clauses:
                raise IncompleteError(
                    "The answer to the creation was lost, and now there is a data source named %s (id %s) that is not "
                    "as it was asked for (%s): it is not known who created it, look at it in Basedash.%s"
                    % (quoted(name), quoted(found[0]["id"]), "; ".join(clauses), _open(wanted)),
                    facts=facts(found[0]),
                )
            return found[0]
    return None


def _open(wanted: Presence) -> str:
    if wanted.policy is None or not wanted.policy.restricted:
        return ""
    return " Its access was not set, so that it may be open to the whole organization."


def _maybe_created(error: ApiError, wanted: Presence, name: str, surely: bool = False) -> ApiError:
    if surely:
        words = " Before that, a data source named %s was created: run the task again to see it."
        error.changed = True
    else:
        words = (
            " Whether a data source named %s was created is not known, and it may still be: wait some minutes, look in "
            "Basedash, then run the task again."
        )
    error.message += words % quoted(name) + _open(wanted)
    return error


def _give_access_to_new(api: Api, work: _Work, policy: Policy) -> None:
    work.values["access"] = policy.as_result()
    if not policy.restricted and read_policy(api, work.resource["id"]) == policy:
        return
    try:
        write_policy(api, work.resource["id"], policy)
    except BasedashError as error:
        if policy.restricted:
            error.message += (
                " The data source is new and may be open to the whole organization: set its access, or delete it."
            )
        raise


# Changing -------------------------------------------------------------------------------------------------------------


def _change(api: Api, wanted: Presence, resource: Resource, check_mode: bool) -> Outcome:
    settings, policy = wanted.settings, wanted.policy
    work = _Work(resource)
    with work.reported():
        settings.check_dialect(resource)
        body = settings.update(resource)
        if body and is_warehouse(resource):
            raise RefusedError(
                "The data source with id %s is the organization's managed warehouse, whose settings are not yours to "
                "change: nothing was changed." % quoted(resource["id"])
            )
        current = None if policy is None else read_policy(api, resource["id"])
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
            work.stale = True
        steps = [_patch] if body else []
        if policy is not None and current is not None and policy != current:
            # If fewer may query, then before the settings change; else after it.
            steps.insert(0 if policy.within(current) else len(steps), _write_access)
        for step in steps:
            step(api, wanted, work)
        _wait(api, wanted, work, resource.get("lastSyncAttemptAt") if body else None)
    return _outcome("updated" if work.done else "unchanged", work, diff, _not_sent(settings, body))


def _write_access(api: Api, wanted: Presence, work: _Work) -> None:
    if wanted.policy is not None:
        write_policy(api, work.resource["id"], wanted.policy)
        work.done.append("given the new access")
        work.stale = True


def _patch(api: Api, wanted: Presence, work: _Work) -> None:
    """Change the settings; after a lost answer look at what it did, and send what is still to be done.

    Each try begins with what was read last, so that the flags which go along are not older than that.
    """
    settings = wanted.settings
    lost: ApiError | None = None
    setbacks = 0
    if work.stale:
        work.resource = _look_at(api, work.resource)
    while True:
        before = work.resource
        body = settings.update(before)
        # A secret can't be seen, so after a lost answer only another try makes sure of it.
        if not body:
            if lost is not None:
                work.done.append("updated")
            return
        try:
            answered = api.update(before["id"], body)
        except NotFoundError as error:
            vanished = _vanished(error, before)
            raise (vanished if lost is None else _maybe_changed(vanished, before)) from error
        except ApiError as error:
            if not error.arrived:
                raise (error if lost is None else _maybe_changed(error, before)) from error
            lost = error
            setbacks += 1
            _look_after(api, wanted, work, error, setbacks)
            continue
        work.done.append("updated")
        work.resource = _look_at(api, before) if answered is None else _complete(api, answered, FIELDS.values(), before)
        _check_taken(api, settings, work, body, before)
        return


def _look_after(api: Api, wanted: Presence, work: _Work, lost: ApiError, setbacks: int) -> None:
    """Look at what an update without a clear answer did; if there is more to do, wait before that, and look again."""
    before = work.resource
    try:
        work.resource = _look_at(api, before)
        if not wanted.settings.update(work.resource):
            return
        again = isinstance(lost, NoAnswerError) and api.back_off(setbacks, "the answer to the update was lost")
        if again:
            work.resource = _look_at(api, before)
            return
    except BasedashError as failure:
        raise _maybe_changed(failure, before) from failure
    raise _maybe_changed(lost, before) from lost


def _look_at(api: Api, resource: Resource) -> Resource:
    found = find(api, Identity(resource["id"], None), verify_absence=True).resource
    if found is None:
        raise RefusedError(
            "The data source with id %s was deleted by someone else while this task ran." % quoted(resource["id"])
        )
    return found


def _complete(api: Api, answered: Resource, fields: Iterable[str], before: Content | None = None) -> Resource:
    """Return what was answered, or what is read anew if it lacks fields that are needed to see what took."""
    if all(name in answered for name in fields if before is None or name in before):
        return answered
    return _look_at(api, answered)


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


def _check_taken(api: Api, settings: Settings, work: _Work, body: Content, before: Resource | None = None) -> None:
    """Compare what the server shows with what was sent, and fail for what did not take.

    Raises:
        IncompleteError: naming the fields.
    """
    if before is None:
        _warn(settings, work, body)
    if not settings.not_taken(work.resource, body):
        return
    # An answer may be older than what it answers.
    work.resource = _look_at(api, work.resource)
    clauses = settings.not_taken(work.resource, body)
    if not clauses:
        return
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
    if wanted.wait is not None:
        synced = wait_for_sync(api, work.resource, wanted.wait, earlier_attempt)
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
