# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how a plan is carried out, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Callable

from .._base.errors import ApiError, NotFoundError, RefusedError
from .._base.text import quoted
from .._engine.items import Item, Run
from .._engine.one import EnsureState
from .._engine.outcome import Outcome, is_planned
from .._http.parallel import in_parallel
from .._resources.families import TABS
from .._rest.collection import Collection, not_confirmed, twins_created
from .._rest.family import Resource
from .._rest.freshness import SETTLING_SECONDS, look_until
from .._rest.snapshot import ListCache, Lists, Snapshot
from .families import DASHBOARDS, DEFINITIONS, MEMBERS, SETTINGS
from .form import Entry
from .journal import Journal
from .plan import STAGES, Act, Change, Plan, Stage
from .report import NotAttemptedError
from .validation import definitions_of, references_of
from .wanted import Wanted
from .wording import in_words_of_a_configuration


class Execution:
    """Carries out a plan. Afterwards each act says what happened."""

    def __init__(self, plan: Plan, api: Collection, lists: Lists, wanted: Wanted, journal: Journal) -> None:
        self._plan = plan
        self._api = api
        self._lists = lists
        self._wanted = wanted
        self._journal = journal
        self._by_key: dict[tuple[str, str], list[Change]] = {}
        self.warnings: list[str] = []
        for change in plan.changes:
            if change.entry is not None and change.entry.key is not None:
                key = change.managed.kind.family.key_form(change.entry.key)
                self._by_key.setdefault((change.managed.key, key), []).append(change)

    def run(self) -> None:
        """Carry out all stages. Nothing is deleted if something went wrong before."""
        for acts in self._plan.acts.values():
            for act in acts:
                if act.planned is not None and act.planned.action != "unchanged":
                    act.action, act.changed, act.outcome = "not_attempted", False, None
        self._go_through()
        for change in self._plan.changes:
            left = [act for act in change.acts if act.action == "not_attempted"]
            if left and not any(act.error is not None for act in change.acts):
                why = "the task ended before"
                if self._api.client.abandoned:
                    why = "the task was interrupted before"
                elif left[0].stage.deletes:
                    why = "nothing is deleted unless all before it went well"
                left[0].error = NotAttemptedError("It was not attempted, because %s." % why)

    def _go_through(self) -> None:
        for stage in STAGES:
            acts = [act for act in self._plan.acts[stage] if act.action == "not_attempted"]
            if stage.deletes and self._went_wrong():
                return
            if acts and not self._go(stage, acts):
                return

    def _went_wrong(self) -> bool:
        """Whether something failed, or was left out because something else failed, before the deletions."""
        before = (act for stage, acts in self._plan.acts.items() for act in acts if act.error is not None)
        return any(True for _act in before)

    def _go(self, stage: Stage, acts: list[Act]) -> bool:
        """Carry out the acts of a stage. Return whether the next stage may begin."""
        client, family = self._api.client, stage.managed.kind.family
        for act in acts:
            self._lists.of(family, _parent_id(act)).expect(len(acts))
        at_once = 1 if stage.is_sequential else self._wanted.concurrency
        # Perhaps the key's own user was refused, and then it is a mistake to deactivate anybody.
        stops = self._wanted.stop or (stage.deletes and stage.managed is MEMBERS)
        run = Run(client, self._done, family.plural, at_once, stops, self._note)
        run.go(acts)
        self._confirm(stage)
        failed = self._wanted.stop and any(act.error is not None for act in acts)
        return not (failed or run.stopped.is_set() or client.abandoned)

    def _done(self, item: Item) -> Outcome:
        if not isinstance(item, Act) or item.change is None:
            raise ValueError("not an act of a plan")
        change, managed = item.change, item.change.managed
        cause = self._cause(change)
        if cause:
            raise NotAttemptedError(cause)
        self._write("doing", item)
        options = {**item.options, "state": "absent" if item.deletes else "present"}
        if item.deletes:
            options["why_spared"] = partial(self._why_spared, change)
        scope = managed.kind.scope
        if scope is not None and change.parent is not None:
            options[scope.name] = _parent_id(item)
        if managed is SETTINGS:
            api = Collection(self._api.client, "", managed.kind.family)
        else:
            api = Snapshot(self._lists.of(managed.kind.family, _parent_id(item) if item.deletes else ""))
        attempt = partial(EnsureState(managed.kind, managed.steps), api, options, False)
        with in_words_of_a_configuration(item.stage.deletes and not item.deletes):
            return self._once_known(attempt) if self._relies_on_new(change) else attempt()

    def _relies_on_new(self, change: Change) -> bool:
        """Tell whether this task has created the object, or something to which its entry refers."""
        needed = () if change.entry is None else (change, *self._needed(change.entry))
        return any(act.action == "created" for one in needed for act in one.acts)

    def _once_known(self, attempt: Callable[[], Outcome]) -> Outcome:
        """Try again after a 404, because the service may need some seconds until all its parts know a new object."""
        client = self._api.client
        missing: list[NotFoundError] = []
        begun = client.clock.monotonic()

        def look() -> Outcome | None:
            try:
                return attempt()
            except NotFoundError as error:
                settled = client.clock.monotonic() - begun > SETTLING_SECONDS
                if (settled and missing) or error.changed or error.effect.is_unclear:
                    raise
                missing.append(error)
                return None

        outcome = look_until(client, look, "trying again, because an object is new")
        if outcome is None:
            raise missing[-1]
        return outcome

    def _note(self, item: Item) -> None:
        """Note what an act did: in the lists for later acts, and in the journal."""
        if not isinstance(item, Act) or item.change is None:
            return
        if isinstance(item.error, NotAttemptedError):
            item.action = "not_attempted"
            return
        if item.error is None:
            # An act that was done is progress, however long the whole task takes.
            self._api.client.renew_budget()
        resource = None if item.outcome is None else item.outcome.resource
        if resource is not None and not item.deletes:
            self._show(item.change, resource)
        if item.outcome is not None:
            item.outcome = replace(item.outcome, resource=None)
        self._write("failed" if item.error is not None else "done", item)

    def _show(self, change: Change, resource: Resource) -> None:
        change.after = resource
        family = change.managed.kind.family
        self._lists.of(family, change.parent_id).put(resource)
        if change.managed is DASHBOARDS:
            self._lists.forget(TABS, resource["id"])

    def record(self, event: str, **values: Any) -> None:
        """Append a line to the journal.

        Raises:
            RefusedError: if that is not possible before a change. After one, it must not lose the report.
        """
        try:
            self._journal.write(event, self._api.clock.now().isoformat(), **values)
        except RefusedError as error:
            if event in ("started", "doing"):
                raise
            self.warnings += [error.message] if error.message not in self.warnings else []

    def _write(self, event: str, act: Act) -> None:
        change = act.change
        if change is None:
            return
        known = change.after or change.before or {}
        identifier = known.get("id")
        self.record(
            event,
            family=change.managed.key,
            id=None if is_planned(identifier) else identifier,
            name=change.managed.kind.family.key_of(known),
            within=_parent_id(act) or None,
            action=act.planned.action if event == "doing" and act.planned is not None else act.action,
            changed=act.changed,
        )

    def _why_spared(self, change: Change, resource: Resource) -> str:
        """Return why an object, as it was read last, must not be deleted after all; empty if it may be deleted."""
        family = change.managed.kind.family
        reason = ""
        if self._wanted.excludes(change.managed, resource):
            reason = "it is in exclude"
        elif not self._wanted.may_go(change.managed, resource):
            reason = change.managed.kind.unselectable(resource) or "it is outside of scope"
        elif change.before is not None and family.key_of(resource) != family.key_of(change.before):
            reason = "it was renamed meanwhile"
        name = (family.noun, quoted(resource["id"]), quoted(family.key_of(resource)), reason)
        return reason and "The %s with id %s, which is named %s now, was not deleted, because %s." % name

    # What depends on what ---------------------------------------------------------------------------------------------

    def _cause(self, change: Change) -> str:
        """Return why an act can't be attempted, because something that it depends on failed; empty if nothing did."""
        if change.entry is None:
            return ""
        for other in (change, *self._needed(change.entry)):
            # Not the action of the whole: an act that comes later, such as a deletion, is still to be done.
            if any(act.action == "failed" for act in other.acts) and other is not change:
                return "It was not attempted, because the %s failed." % other
            causes = [act.error for act in other.acts if isinstance(act.error, NotAttemptedError)]
            if causes:
                return causes[0].message
            if other is change and any(act.action == "failed" for act in change.acts):
                return "It was not attempted, because an earlier part of the %s failed." % change
        return ""

    def _needed(self, entry: Entry) -> Iterator[Change]:
        """Yield the changes of the entries to which an entry refers."""
        named = [(managed, key) for _option, managed, key in references_of(entry)]
        named += [(DEFINITIONS, name) for _option, name in definitions_of(entry)]
        if entry.parent is not None and entry.parent.key is not None:
            named.append((entry.parent.managed, entry.parent.key))
        for managed, key in named:
            found = self._by_key.get((managed.key, managed.kind.family.key_form(key)), [])
            # Each data source may have a definition with this name.
            near = [one for one in found if one.entry is not None and _source(one.entry) == _source(entry)]
            for other in near if near and managed is DEFINITIONS else found:
                if other.entry is not entry:
                    yield other

    # Lists that lag ---------------------------------------------------------------------------------------------------

    def _confirm(self, stage: Stage) -> None:
        """Wait until the lists show what was created, because later acts rely on them."""
        caches = [one for one in self._lists if one.created and one.api.family == stage.managed.kind.family]
        in_parallel(self._api.client, self._wanted.concurrency, self._confirm_in, caches)
        for act in self._plan.acts[stage]:
            facts = None if act.outcome is None or act.action != "created" else act.outcome.facts
            for cache in caches if facts else ():
                ids = cache.twins.get((facts or {})["id"], ())
                if ids:
                    act.error, act.action = twins_created(cache.api.family, _name(act), ids), "failed"
        for cache in caches:
            cache.created.clear()

    def _confirm_in(self, cache: ListCache) -> None:
        try:
            missing, why = cache.unconfirmed(), ""
        except ApiError as error:
            missing, why = cache.created, error.message
        self.warnings += [not_confirmed(cache.api.family, resource, why) for resource in missing]


def _parent_id(act: Act) -> str:
    return "" if act.change is None else act.change.parent_id


def _source(entry: Entry) -> tuple[Any, Any]:
    """Return the data source that an entry gives."""
    return entry.options.get("data_source"), entry.options.get("data_source_id")


def _name(act: Act) -> Any:
    after = None if act.change is None else act.change.after
    return act.kind.family.key_of(after or {})
