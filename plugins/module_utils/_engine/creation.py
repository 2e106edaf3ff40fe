# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how an object is created only once, even if answers get lost or others create it.

The API has no idempotency key and most keys are not unique. So a POST is sent only once. After a lost answer, the list
shows whether the object was created.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Callable

from .._base.effect import Effect
from .._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InterruptedTaskError,
    NoAnswerError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
    UnsupportedError,
)
from .._base.text import look_alike_key, quoted
from .._rest.collection import Collection, not_confirmed
from .._rest.creation_lock import CreationLock, creation_lock, note_shown
from .._rest.family import Content, Family, Resource, is_gone
from .._rest.freshness import SETTLING_SECONDS, StaleError, look_until, recent
from .lookup import Finding, Identity, find
from .settings import Settings

_CONFLICT = 409
_REFUSALS = frozenset((400, _CONFLICT, 422))


@dataclass
class Creation:
    """The creation of one object. ``exposed`` says what a new object is exposed to until the task has finished.

    ``check`` is called with each newer look-up before the creation, and raises ``RefusedError`` if it must not happen.
    """

    api: Collection
    identity: Identity
    settings: Settings
    body: Content
    exposed: str
    check: Callable[[Finding], None]
    created: Resource = field(default_factory=dict)
    _known: Container[str] = frozenset()
    _lost: ApiError | None = None
    _doubt: str = ""
    _is_shown: bool = False

    @property
    def family(self) -> Family:
        """The family of the object."""
        return self.api.family

    @property
    def key(self) -> str:
        """The key of the new object."""
        return self.identity.key or ""

    @property
    def a_name(self) -> str:
        """The object in a message, with the article "a"."""
        return "%s named %s" % (self.family.a_noun, quoted(self.key))

    @property
    def _lock_name(self) -> str:
        scope = self.identity.scope
        return self.family.lock_name(self.key, None if scope is None else scope.id)

    def _key_of(self, resource: Resource) -> Any:
        return self.family.key_of(resource)

    def run(self, finding: Finding) -> Finding:
        """Create the object. If another task of this machine has created it meanwhile, return that object.

        ``finding`` is the look-up that did not find it. A new object is stored as ``created``.

        Raises:
            BasedashError: if it could not be created, or if it is not known whether it was created.
        """
        client = self.api.client
        with creation_lock(
            self.api.lock_key, self._lock_name, client.patience, lambda: client.abandoned, self.a_name
        ) as lock:
            found = self._decided_again(finding, lock)
            if found.resource is not None:
                return found
            if found is not finding:
                self.check(found)
            try:
                found = self._post(found)
            finally:
                if self.created or self._lost is not None:
                    lock.note_created(self.created.get("id"))
            return found

    def confirmed(self) -> list[str]:
        """Wait until the list shows the new object, and return a warning if it never does.

        Raises:
            IncompleteError: if the list shows another new object with the same name.
        """
        if self._is_shown:
            note_shown(self.api.lock_key, self._lock_name)
            return []
        warning = self._doubt or self.api.confirm_created(self.created, self._known)
        return [warning] if warning else []

    def _decided_again(self, finding: Finding, lock: CreationLock) -> Finding:
        """Return ``finding``, or a newer one if another task created this name after ``finding`` was read.

        Raises:
            RefusedError: if another task has just created it, nothing shows it yet, and there is no time to look again.
        """
        if lock.created is None:
            return finding
        # A list is new enough if its reading began after another task saw the name in a list, or at least
        # SETTLING_SECONDS after the creation.
        settled = lock.shown if lock.shown is not None else lock.created - SETTLING_SECONDS
        lists_show_it = finding.listing is not None and self.api.clock.monotonic() - finding.listing.begun < settled
        if lists_show_it and (lock.shown is not None or lock.identifier is None):
            return finding
        self.api.require_anew()
        expected_until = self.api.clock.monotonic() - settled if lock.shown is None else 0.0

        def look() -> Finding | None:
            nonlocal finding
            finding = find(self.api, self.identity, verify_absence=True)
            if finding.resource is None and lock.shown is None and lock.identifier is not None:
                finding = self._by_id(lock.identifier) or finding
            expected = self.api.clock.monotonic() < expected_until
            return None if finding.resource is None and expected else finding

        if look_until(self.api.client, look, "looking for what another task created") is None:
            raise RefusedError(
                "Another task on this machine may have created %s %d seconds ago, but no list "
                "shows it yet: nothing was changed, run the task again in some seconds." % (self.a_name, lock.created)
            )
        return finding

    def _by_id(self, identifier: str) -> Finding | None:
        """Return the object that another task created, if it exists, even if the list does not show it.

        Raises:
            RefusedError: if it has another name. Probably the server changed the name, and would do so again.
        """
        try:
            resource = self.api.get(identifier)
        except (NotFoundError, NotBasedashError, UnsupportedError):
            return None
        if is_gone(resource):
            return None
        if not self.family.has_key(resource, self.key):
            raise RefusedError(
                "Another task on this machine has just created %s, and it is named %s (id %s): "
                "nothing was changed, look at it in Basedash, then run the task again in a minute."
                % (self.a_name, quoted(self._key_of(resource)), quoted(identifier)),
                facts=self.settings.kind.facts(resource),
            )
        return Finding(resource, self.api.clock.monotonic(), by_get=True)

    def _post(self, finding: Finding) -> Finding:
        setbacks = 0
        while True:
            listing = finding.listing
            self._known = listing if listing is not None else frozenset()
            try:
                self._check_not_interrupted()
                created = self.api.create(
                    self.settings.kind.on_the_wire(self.body), recent(self.api.client, finding.read_at)
                )
            except StaleError:
                finding = self._found_on_a_newer_list()
                if finding.resource is not None:
                    return Finding(None) if self._lost is not None else finding
                self._check_again(finding)
                continue
            except ApiError as error:
                self._explain_not_found(error)
                found = self._found_after_refusal(error)
                if found is not None:
                    return found
                # The name is taken, perhaps by the POST whose answer was lost.
                taken = error.status == _CONFLICT and self._lost is not None
                if not error.effect.is_unclear and not taken:
                    raise (error if self._lost is None else self._maybe_created(error)) from error
                self._lost = self._lost if taken and self._lost is not None else error
            except BasedashError as error:
                raise (error if self._lost is None else self._maybe_created(error)) from error
            else:
                if created is None:
                    self._take(self._found_after_success())
                else:
                    self._answered(created)
                return Finding(None)
            if self._found_after_loss():
                return Finding(None)
            setbacks += 1
            self._wait_after_loss(setbacks)

    def _wait_after_loss(self, setbacks: int) -> None:
        """Wait until the POST may be sent again.

        Raises:
            ApiError: if it must not be sent again.
        """
        lost = self._lost
        # After a time-out the POST may still take effect later, so it is not sent again.
        once = self.settings.kind.created_once
        final = once or not isinstance(lost, NoAnswerError) or lost.effect is Effect.MAY_COME
        why = "the %s was not created, and the answer was lost" % self.family.noun
        if final or not self.api.back_off(setbacks, why):
            raise self._maybe_created(lost) from lost

    def _explain_not_found(self, error: ApiError) -> None:
        """Say which objects a creation refers to, because a 404 may be about them."""
        referring = self.settings.referring(self.body)
        if isinstance(error, NotFoundError) and referring:
            error.message = (
                "The creation of the %s named %s was answered 404: check that what %s names exists, and that api_key "
                "has admin access." % (self.family.noun, quoted(self.key), " or ".join(referring))
            )

    def _check_again(self, finding: Finding) -> None:
        try:
            self.check(finding)
        except BasedashError as error:
            raise (error if self._lost is None else self._maybe_created(error)) from error

    def _found_after_refusal(self, error: ApiError) -> Finding | None:
        """Return the object if the creation was refused because somebody else has just created it."""
        if not self.settings.kind.created_once or self._lost is not None or error.status not in _REFUSALS:
            return None
        self.api.require_anew()

        def look() -> Finding | None:
            finding = find(self.api, self.identity)
            return finding if finding.resource is not None else None

        try:
            if error.status != _CONFLICT:
                return look()
            return look_until(self.api.client, look, "looking for the %s that is said to exist" % self.family.noun)
        except ApiError:
            return None

    def _check_not_interrupted(self) -> None:
        """Refuse to start anything if nobody waits for the result any more."""
        if self.api.client.abandoned:
            name = "%s named %s" % (self.family.noun, quoted(self.key))
            raise InterruptedTaskError("The task was interrupted before the %s was created." % name)

    def _found_on_a_newer_list(self) -> Finding:
        """Read the list again because the last one is too old to decide on a creation."""
        self.api.require_recent()
        try:
            if self._lost is None:
                return find(self.api, self.identity, verify_absence=True)
            listing = self.api.list_all()
        except BasedashError as error:
            raise (error if self._lost is None else self._maybe_created(error)) from error
        named = [one for one in listing if self._is_this(one)]
        if named:
            self._take(named)
        return Finding(named[0] if named else None, listing.read_at, listing)

    def _answered(self, created: Resource) -> None:
        """Take the object of the answer. If an earlier POST got no answer, check whether it created one as well."""
        if created["id"] in self._known:
            raise IncompleteError(
                "The answer to the creation of %s shows the one with id %s, which existed before: "
                "nothing else was done, look at it in Basedash." % (self.a_name, quoted(created["id"])),
                facts=self.settings.kind.facts(created),
            )
        self.created = created
        if self._lost is None:
            return

        def look() -> bool | None:
            new = self._new_of_this_name()
            ids = {created["id"], *(one["id"] for one in new)}
            if len(ids) > 1:
                raise self._several(sorted(ids))
            return True if new else None

        try:
            shown = look_until(self.api.client, look, "looking whether an earlier try created one as well")
        except ApiError as error:
            error.changed, error.facts = True, self.settings.kind.facts(created)
            error.message += " Before that, the %s with id %s was created.%s" % (
                self.family.noun,
                quoted(created["id"]),
                self._open(),
            )
            raise
        self._is_shown = bool(shown)
        if not shown:
            self._doubt = not_confirmed(
                self.family,
                created,
                "the answer to an earlier try was lost, so there may be a second one, look in Basedash.",
            )

    def _is_this(self, resource: Resource) -> bool:
        """Tell whether an object has the key of the new one, in the same scope."""
        scope = self.identity.scope
        if not self.family.has_key(resource, self.key):
            return False
        return scope is None or not scope.field.is_shown(resource) or scope.field.value(resource) == scope.id

    def _new_of_this_name(self) -> list[Resource]:
        return [one for one in self.api.list_new(self._known) if self._is_this(one)]

    def _found_after_success(self) -> list[Resource]:
        """Return the new object after a POST whose answer reports success but does not show the object."""
        try:
            found = look_until(
                self.api.client,
                lambda: self._new_of_this_name() or None,
                "looking for the %s that was created" % self.family.noun,
            )
        except ApiError as error:
            error.changed = True
            error.message += " Before that, %s was created: run the task again to see it.%s" % (
                self.a_name,
                self._open(),
            )
            raise
        if not found:
            raise IncompleteError(
                "Basedash said that it created %s, and does not list it: wait some minutes, look "
                "in Basedash, then run the task again.%s" % (self.a_name, self._open()),
                changed=True,
            )
        return found

    def _found_after_loss(self) -> bool:
        """Find out whether a POST without a clear answer created the object."""
        others: list[Resource] = []

        def look() -> list[Resource] | None:
            new = self.api.list_new(self._known)
            others[:] = [one for one in new if self._may_be_ours(one)]
            return [one for one in new if self._is_this(one)] or None

        try:
            found = look_until(self.api.client, look, "looking again whether the %s was created" % self.family.noun)
        except ApiError as error:
            raise self._maybe_created(error) from error
        if found:
            self._take(found)
            return True
        if others:
            # A server that shortens or changes names may have created this object from our POST.
            raise IncompleteError(
                "The answer to the creation of %s was lost, and now there is a new one named %s "
                "(id %s) with the same settings: it is not known who created it, look at it in Basedash.%s"
                % (self.a_name, quoted(self._key_of(others[0])), quoted(others[0]["id"]), self._open()),
                facts=self.settings.kind.facts(others[0]),
            )
        return False

    def _may_be_ours(self, resource: Resource) -> bool:
        """Tell whether this object may come from our POST, on a server that shortens or changes names.

        In a bulk task, other new objects may have the same settings, but not such a similar name.
        """
        key = self._key_of(resource)
        if not isinstance(key, str) or self.family.has_key(resource, self.key):
            return False
        settings = {field: value for field, value in self.body.items() if field != self.settings.kind.key.sent}
        is_alike = look_alike_key(self.key).startswith(look_alike_key(key))
        return is_alike and not self.settings.not_taken(resource, settings)

    def _take(self, found: list[Resource]) -> None:
        """Take the object that a POST without an answer created.

        Raises:
            IncompleteError: if there are several such objects, or the object has other settings than were sent.
        """
        if len(found) > 1:
            raise self._several([one["id"] for one in found])
        clauses = self.settings.not_taken(found[0], self.body)
        if clauses and not self.settings.kind.updated_after_creation:
            raise IncompleteError(
                "The answer to the creation was lost, and now there is %s (id %s) with other "
                "settings than this task sent (%s): it is not known who created it, look at it in Basedash.%s"
                % (self.a_name, quoted(found[0]["id"]), "; ".join(clauses), self._open()),
                facts=self.settings.kind.facts(found[0]),
            )
        self.created, self._is_shown = found[0], True

    def _several(self, ids: list[str]) -> IncompleteError:
        return IncompleteError(
            "The answer to the creation was lost, and now %d %s are named %s (%s): delete those that are "
            "too many.%s" % (len(ids), self.family.plural, quoted(self.key), ", ".join(map(quoted, ids)), self._open()),
            changed=True,
        )

    def _open(self) -> str:
        return " %s" % self.exposed if self.exposed else ""

    def _maybe_created(self, error: Any) -> BasedashError:
        failure: BasedashError = error
        failure.message += (
            " Whether %s was created is not known, and it may still be: wait some minutes, look in "
            "Basedash, then run the task again.%s" % (self.a_name, self._open())
        )
        return failure
