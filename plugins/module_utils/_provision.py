# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what ``state: present`` does about one data source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._access import Policy, read_policy, write_policy
from ansible_collections.community.basedash.plugins.module_utils._api import Api, Content, Resource
from ansible_collections.community.basedash.plugins.module_utils._data_source import (
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
    NotBasedashError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._settings import Settings
from ansible_collections.community.basedash.plugins.module_utils._sync import Wait, wait_for_sync
from ansible_collections.community.basedash.plugins.module_utils._task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._text import quoted

# A lost answer's work may show a moment later; each look but the first comes after a growing pause.
_LOOKS = 3


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
    """What a task did so far: what is true of the data source even if the next step fails."""

    resource: Resource
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
                error.message += " Before that, the data source with id %s was %s." % (
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
    return _create(api, wanted, wanted.identity.name, finding.hint, check_mode)


# Creating -------------------------------------------------------------------------------------------------------------


def _create(api: Api, wanted: Presence, name: str, hint: str, check_mode: bool) -> Outcome:
    body = wanted.settings.creation(name)
    if name != name.strip():
        raise InputError("The option name has white space around it (%s): remove it." % quoted(name))
    warnings = ("There is no data source named %s yet; %s." % (quoted(name), hint),) if hint else ()
    after = {"display_name": name, "dialect": body["dialect"], **wanted.settings.after({}, body)}
    if wanted.policy is not None:
        after["access"] = wanted.policy.as_result()
    diff = Diff("data source %s" % quoted(name), {}, after)
    if check_mode:
        return Outcome(True, warnings=warnings, diff=diff)
    if wanted.verify:
        _verify(api, wanted.settings, {})
    work = _Work(_post(api, body, name), ["created"], warnings=list(warnings))
    with work.reported():
        if wanted.policy is not None:
            work.values["access"] = _restrict_new(api, work.resource, wanted.policy).as_result()
        _check_taken(wanted.settings, work, body)
        _wait(api, wanted, work)
    return _outcome(True, work, diff)


def _post(api: Api, body: Content, name: str) -> Resource:
    """Create a data source, exactly once, however many answers are lost."""
    setbacks = 0
    while True:
        lost: ApiError | None = None
        try:
            created = api.create(body)
            if created is not None:
                return created
        except (NoAnswerError, NotBasedashError) as error:
            arrived = error.sent if isinstance(error, NoAnswerError) else 200 <= (error.status or 0) < 300
            if not arrived:
                raise
            lost = error
        found = _look_for(api, name, lost)
        if found is not None:
            return found
        setbacks += 1
        # Only of a server that answered, or is not there any more, can it be said that nothing will come of it.
        final = not isinstance(lost, NoAnswerError) or lost.pending
        if final or not api.back_off(setbacks, "the data source was not created, and the answer was lost"):
            raise _maybe_created(lost, name)


def _look_for(api: Api, name: str, lost: ApiError | None) -> Resource | None:
    """Look whether a POST without a clear answer created the data source."""
    for look in range(_LOOKS):
        if look and not api.back_off(look, "looking again whether the data source was created"):
            break
        try:
            found = api.list_all().named(name)
        except ApiError as error:
            if lost is None:
                raise
            raise _maybe_created(lost, name) from error
        if len(found) > 1:
            raise IncompleteError(
                "The answer to the creation was lost, and meanwhile %d data sources are named %s (%s): someone else "
                "created one as well, delete those that are too many."
                % (len(found), quoted(name), ", ".join(quoted(one["id"]) for one in found)),
                changed=True,
            )
        if found:
            return found[0]
    return None


def _maybe_created(lost: ApiError | None, name: str) -> BasedashError:
    text = "Whether the data source named %s was created is not known: run the task again to find out." % quoted(name)
    if lost is None:
        return IncompleteError("Basedash said that it created a data source, and does not list it. " + text)
    lost.message += " " + text
    return lost


def _restrict_new(api: Api, resource: Resource, policy: Policy) -> Policy:
    try:
        return write_policy(api, resource["id"], policy)
    except BasedashError as error:
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
    header = "data source %s (id %s)" % (quoted(resource.get("displayName")), quoted(resource["id"]))
    diff = Diff(header, before, after)
    changed = bool(body) or policy != current
    if check_mode:
        work.resource = settings.predicted(resource)
        _warn_unseen(settings, work, body)
        return _outcome(changed, work, diff)
    if body and wanted.verify:
        with work.reported():
            _verify(api, settings, resource)
    steps = []
    if body:
        steps.append(_patch)
    if policy is not None and policy != current:
        # Who may query shrinks before the settings change, and grows after it.
        steps.insert(0 if policy.restricted else len(steps), _write_access)
    with work.reported():
        for step in steps:
            step(api, wanted, work)
        if not body:
            _warn_unseen(settings, work, body)
        _wait(api, wanted, work, resource.get("lastSyncAttemptAt") if body else None)
    return _outcome(changed, work, diff)


def _write_access(api: Api, wanted: Presence, work: _Work) -> None:
    if wanted.policy is not None:
        write_policy(api, work.resource["id"], wanted.policy)
        work.done.append("given the new access")


def _patch(api: Api, wanted: Presence, work: _Work) -> None:
    """Change the settings; after a lost answer look at what it did, and send again what is still to be done."""
    settings, before = wanted.settings, work.resource
    body = settings.update(before)
    setbacks = 0
    while True:
        try:
            answered = api.update(before["id"], body)
            break
        except (NoAnswerError, NotBasedashError) as error:
            arrived = error.sent if isinstance(error, NoAnswerError) else 200 <= (error.status or 0) < 300
            if not arrived:
                raise
            setbacks += 1
            work.resource = _look_at(api, work.resource, error)
            # Whether a secret arrived can't be seen, so only another PATCH makes sure of it.
            if not settings.renewed(before) and not settings.not_taken(work.resource, body):
                answered = work.resource
                break
            again = isinstance(error, NoAnswerError) and api.back_off(setbacks, "the answer to the update was lost")
            if not again:
                raise _maybe_changed(error, before, work.resource, body) from error
    work.resource = answered if answered is not None else _look_at(api, before, None)
    _check_taken(settings, work, body, before)
    work.done.append("updated")


def _look_at(api: Api, resource: Resource, lost: ApiError | None) -> Resource:
    try:
        found = find(api, Identity(resource["id"], None), verify_absence=True).resource
    except ApiError as error:
        raise (error if lost is None else _maybe_changed(lost, resource, resource, {})) from error
    if found is None:
        raise RefusedError(
            "The data source with id %s was deleted by someone else while this task ran." % quoted(resource["id"])
        )
    return found


def _maybe_changed(lost: ApiError, before: Resource, now: Resource, body: Content) -> ApiError:
    lost.message += (
        " Whether the data source with id %s was changed is not known in full: run the task again to find out."
        % quoted(before["id"])
    )
    lost.changed = _differs(before, now, body)
    lost.facts = facts(now)
    return lost


# Both -----------------------------------------------------------------------------------------------------------------


def _verify(api: Api, settings: Settings, resource: Content) -> None:
    try:
        api.verify(settings.connection(resource))
    except NoAnswerError as error:
        error.message += (
            " The check of the credentials came to no end, which hints at a firewall between Basedash and the "
            "database: nothing was changed."
        )
        raise
    except ApiError as error:
        error.message += " Nothing was changed."
        if resource and not settings.secrets:
            error.message += " The check can't use the secrets that are stored, so give them in this task."
        raise


def _check_taken(settings: Settings, work: _Work, body: Content, before: Resource | None = None) -> None:
    """Compare what the server shows with what was sent, and fail for what did not take.

    Raises:
        IncompleteError: naming the fields.
    """
    _warn_unseen(settings, work, body)
    clauses = settings.not_taken(work.resource, body)
    if clauses:
        raise IncompleteError(
            "Basedash accepted the settings of the data source with id %s, and some did not take (%s): this server "
            "can't set them so, correct them in the task or in Basedash."
            % (quoted(work.resource["id"]), "; ".join(clauses)),
            changed=before is None or bool(settings.renewed(before)) or _differs(before, work.resource, body),
            facts=facts(work.resource),
        )


def _differs(before: Resource, now: Resource, body: Content) -> bool:
    return any(before.get(name) != now.get(name) for name in body)


def _warn_unseen(settings: Settings, work: _Work, body: Content) -> None:
    unseen = settings.unseen(work.resource, body)
    if unseen:
        work.warnings.append(
            "The server does not show %s of the data source with id %s, so it can't be compared."
            % (", ".join(unseen), quoted(work.resource["id"]))
        )


def _wait(api: Api, wanted: Presence, work: _Work, earlier_attempt: Any = None) -> None:
    if wanted.wait is not None:
        synced = wait_for_sync(api, work.resource, wanted.wait, earlier_attempt)
        work.resource = synced.resource
        work.values["sync"] = synced.as_result()


def _outcome(changed: bool, work: _Work, diff: Diff) -> Outcome:
    known: Facts = facts(work.resource)
    return Outcome(changed, data_source=known, warnings=tuple(work.warnings), diff=diff, values=work.values)
