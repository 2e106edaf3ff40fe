# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task that runs an automation now.

The vendor says that automations can be run through the API, and shows the list of runs without their fields. Only third
parties describe the request that starts a run. So a run is passed on as it is, and common words tell how far it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import (
    ApiError,
    BasedashError,
    NoAnswerError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
    UnsupportedError,
)
from .._base.text import quoted
from .._engine.lookup import Finding, Identity, check_no_look_alike, find
from .._engine.outcome import Outcome
from .._engine.waiting import Waiting, seconds_to_wait
from .._http.client import Answer
from .._rest.answers import PAGE_SIZE, items_of, next_cursor, successful, with_id
from .._rest.collection import Collection
from .._rest.family import Resource, is_gone
from .._rest.freshness import SETTLING_SECONDS, StaleError, look_until, recent
from .automation import AUTOMATION
from .families import AUTOMATION_RUNS

_ENDED_WELL = frozenset(("SUCCEEDED", "SUCCESS", "SUCCESSFUL", "COMPLETED", "COMPLETE", "FINISHED", "DONE"))
_ENDED_BADLY = frozenset(
    ("FAILED", "FAILURE", "ERROR", "ERRORED", "CANCELLED", "CANCELED", "ABORTED", "TIMED_OUT", "TIMEOUT", "SKIPPED")
)
_NOT_KNOWN = " Whether a run of the %s began is not known: look at its runs in Basedash before you run it again."


def run_now(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Start a run of the automation that the options name, and wait for its end if they say so.

    Raises:
        BasedashError: if no run was started, or if it is not known whether one was.
    """
    identity = Identity.of(AUTOMATION, options)
    seconds = seconds_to_wait(options)
    finding = find(api, identity)
    if finding.resource is None:
        return _of_missing(api, identity, finding, check_mode)
    work = _Run(api, identity, finding.resource, finding.read_at)
    if check_mode:
        return work.outcome()
    try:
        work.start()
        return work.outcome() if seconds is None else work.awaited(seconds)
    except BasedashError as error:
        error.facts = AUTOMATION.facts(work.resource)
        error.values["automation_run"] = dict(work.shown) or None
        error.warnings += tuple(work.warnings)
        raise


def _of_missing(api: Collection, identity: Identity, finding: Finding, check_mode: bool) -> Outcome:
    """Return what check mode plans for an automation that an earlier task only planned to create.

    Raises:
        RefusedError: outside of check mode, and if the automation can't come from an earlier task.
    """
    if not finding.readable:
        raise RefusedError(
            "This server offers no way to read automations: nothing was started, see with basedash_api_info what it "
            "offers."
        )
    check_no_look_alike(identity, finding)
    there_is_no = "There is no %s" % identity.name
    hint = "one is archived" if _is_archived(api, identity, finding) else finding.hint(identity)
    if not check_mode or identity.id is not None:
        raise RefusedError(
            "%s%s: nothing was started, create it first, or correct the %s."
            % (there_is_no, "; %s" % hint if hint else "", "id" if identity.id is not None else "name")
        )
    doubt = "; %s" % hint if hint else ""
    warning = "%s (yet): check mode assumes that an earlier task creates it%s." % (there_is_no, doubt)
    return Outcome(True, warnings=(warning,))


def _is_archived(api: Collection, identity: Identity, finding: Finding) -> bool:
    """Tell whether the automation is there after all, but archived."""
    if identity.id is None:
        return finding.listing is not None and bool(finding.listing.gone_named(identity.key or ""))
    with suppress(ApiError):
        return is_gone(api.get(identity.id))
    return False


@dataclass
class _Run:
    """One run of an automation. ``shown`` is the run as the server shows it, empty if it does not."""

    api: Collection
    identity: Identity
    resource: Resource
    read_at: float
    shown: Resource = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._runs = Collection(self.api.client, self.api.organization_id, AUTOMATION_RUNS, self.resource["id"])
        self._before: _Page | None = None
        if self._is_inactive:
            self.warnings.append(
                "The %s is not active: this run does not change that, so it does not run by itself." % self.name
            )

    @property
    def name(self) -> str:
        """The automation in a message, without an article."""
        return "automation %s (id %s)" % (quoted(self.resource.get("name")), quoted(self.resource["id"]))

    @property
    def _is_inactive(self) -> bool:
        return self.resource.get("active") is False

    def outcome(self, message: str | None = None) -> Outcome:
        """Return what the task did; ``message`` says why it failed nevertheless."""
        return Outcome(
            True,
            AUTOMATION.facts(self.resource),
            message=message,
            warnings=tuple(self.warnings),
            values={"automation_run": dict(self.shown) or None},
            action="created",
            failed=message is not None,
        )

    # Starting ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Send the request that starts the run, once. After a lost answer, look for the run in the list.

        Raises:
            BasedashError: if the run was not started, or if it is not known whether it was.
        """
        with suppress(ApiError):
            # A server without this list can start runs all the same.
            self._before = self._page()
        try:
            answer = self._post()
            content = successful(answer, self.api.family) if answer.body.strip() or answer.status >= 300 else {}
        except ApiError as error:
            if not error.effect.is_unclear:
                raise self._refused(error) from error
            self._find_after_loss(error)
            return
        found = content.get("data", content)
        self.shown = with_id(found) or (found if isinstance(found, dict) else {})
        if self.shown.get("id") == self.resource["id"]:
            # The answer shows the automation in place of the run.
            self.shown = {}
        if "id" not in self.shown:
            self._find_after_success()
        elif self._before is not None and self._before.has(self.shown["id"]):
            self.warnings.append(
                "Basedash answered with the run %s of the %s, which had begun before: it may have started no other."
                % (quoted(self.shown["id"]), self.name)
            )

    def _post(self) -> Answer:
        while True:
            try:
                return self.api.client.request(
                    "POST", self._runs.path_of(), body={}, check=recent(self.api.client, self.read_at)
                )
            except StaleError:
                self.api.require_recent()
                finding = find(self.api, Identity(AUTOMATION, self.resource["id"], self.identity.key))
                if finding.resource is None:
                    raise RefusedError(
                        "The %s was archived by someone else while this task ran: nothing was started." % self.name
                    ) from None
                self.resource, self.read_at = finding.resource, finding.read_at

    def _refused(self, error: ApiError) -> ApiError:
        if isinstance(error, NotFoundError):
            error.message = (
                "The %s existed when it was read, and the request to run it was answered 404: it was archived "
                "meanwhile, or this server can't run automations, see with basedash_api_info what it offers."
                % self.name
            )
        elif isinstance(error, UnsupportedError) or (isinstance(error, NotBasedashError) and error.status == 404):
            error.message = (
                "This server offers no request that runs an automation (%s): run it in Basedash, and see with "
                "basedash_api_info what the server offers." % error.status
            )
        elif self._is_inactive:
            error.message += " It is not active, which may be the reason."
        return error

    def _find_after_loss(self, lost: ApiError) -> None:
        try:
            new = self._new()
        except BasedashError as error:
            lost.message += " The list of its runs does not help (%s)." % error.message.rstrip(".")
            new = []
        if len(new) != 1:
            if new:
                ids = ", ".join(quoted(one["id"]) for one in new)
                lost.message += " Since then %d runs began (%s)." % (len(new), ids)
            lost.message += _NOT_KNOWN % self.name
            raise lost
        self.shown = new[0]
        self.warnings.append(
            "The answer to the start was lost, and one run of the %s began since then (%s): it is taken for the one of "
            "this task, but its own trigger or somebody else may have started it." % (self.name, quoted(new[0]["id"]))
        )

    def _find_after_success(self) -> None:
        new: list[Resource] = []
        with suppress(BasedashError):
            new = self._new()
        if len(new) == 1:
            self.shown = new[0]
            return
        self.warnings.append(
            "Basedash accepted the run of the %s, and its answer does not say which one it is: look at its runs in "
            "Basedash." % self.name
        )

    def _new(self) -> list[Resource]:
        """Return the runs that began since the list was read before the start, as soon as it shows some."""
        before = self._before
        if before is None:
            return []
        return look_until(self.api.client, lambda: self._page().since(before) or None, "looking for the run") or []

    # Reading ----------------------------------------------------------------------------------------------------------

    def _page(self) -> _Page:
        answer = self.api.client.request("GET", "%s?limit=%d" % (self._runs.path_of(), PAGE_SIZE))
        content = successful(answer, AUTOMATION_RUNS)
        return _Page(items_of(answer, content, AUTOMATION_RUNS), next_cursor(answer, content) is None)

    def _read(self, is_new: bool) -> None:
        """Read the run anew. A server without the reading of a single run shows it in the list.

        If the run ``is_new``, no reading may show it yet.

        Raises:
            NoAnswerError: if the next reading may succeed.
            ApiError: if the run can't be read.
        """
        try:
            self.shown = self._runs.get(self.shown["id"])
        except (NotFoundError, NotBasedashError, UnsupportedError) as error:
            found = [one for one in self._page().runs if one["id"] == self.shown["id"]]
            if not found and not is_new:
                raise error
            self.shown = found[0] if found else self.shown

    # Waiting ----------------------------------------------------------------------------------------------------------

    def awaited(self, seconds: float) -> Outcome:
        """Wait until the run has ended, and return what became of it."""
        if "id" not in self.shown:
            return self.outcome(
                "A run of the %s was started, and the server does not say which one, so the task can't wait for its "
                "end: look at it in Basedash, or set wait to false." % self.name
            )
        name = "run %s of the %s" % (quoted(self.shown["id"]), self.name)
        waiting = Waiting(self.api, seconds, "the end of the %s" % name)
        try:
            while True:
                status = _status(self.shown)
                if status in _ENDED_WELL:
                    return self.outcome()
                if status in _ENDED_BADLY:
                    return self.outcome(
                        "The %s did not succeed (its status is %s): look at it in Basedash." % (name, quoted(status))
                    )
                if not status and waiting.spent >= min(SETTLING_SECONDS, seconds):
                    return self.outcome(
                        "The %s was started, and this server does not tell how far it is: look at it in Basedash, and "
                        "set wait to false." % name
                    )
                if waiting.is_over:
                    return self.outcome(
                        "The %s did not end within %g seconds (its status is %s), and goes on: raise wait_timeout, or "
                        "look at it in Basedash." % (name, seconds, quoted(status))
                    )
                waiting.pause(quoted(status))
                with suppress(NoAnswerError):
                    self._read(is_new=waiting.spent < SETTLING_SECONDS)
        except BasedashError as error:
            error.changed = True
            error.message += " The %s was started before that, and may go on." % name
            raise


@dataclass(frozen=True)
class _Page:
    """The first page of the runs of an automation. ``is_all`` tells that there are no others."""

    runs: list[dict[str, Any]]
    is_all: bool

    def has(self, identifier: str) -> bool:
        """Tell whether this page has the run with this id."""
        return any(one["id"] == identifier for one in self.runs)

    def since(self, before: _Page) -> list[Resource]:
        """Return the runs that were not there before.

        If an automation has more runs than a page, only runs in front of all that were there before are certainly new.
        """
        known = {one["id"] for one in before.runs}
        if before.is_all:
            return [one for one in self.runs if one["id"] not in known]
        new: list[Resource] = []
        for one in self.runs:
            if one["id"] in known:
                return new
            new.append(one)
        return []


def _status(run: Resource) -> str:
    """Return how far a run is, in upper case; empty if the server does not tell."""
    words = [run.get(name) for name in ("status", "state")]
    return next((word.upper().replace(" ", "_").replace("-", "_") for word in words if isinstance(word, str)), "")
