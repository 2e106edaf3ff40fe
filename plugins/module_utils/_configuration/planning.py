# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: makes the plan, as a dry run of each entry and of each deletion. It only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from .._base.errors import ApiError, InterruptedTaskError, RefusedError
from .._base.text import quoted
from .._engine.deletion import Absence, plan_deletion
from .._engine.items import Item, Run, deletion_options
from .._engine.lookup import Finding
from .._engine.one import EnsureState
from .._engine.outcome import Diff, Outcome, planned_id
from .._http.parallel import in_parallel
from .._resources.access import Policy
from .._resources.member import is_admin
from .._resources.membership import Membership
from .._rest.collection import Collection
from .._rest.family import Family, Resource
from .._rest.listing import Listing
from .families import CHARTS, DASHBOARDS, DATA_SOURCES, DEFINITIONS, FAMILIES, GROUPS, MEMBERS, SETTINGS, Managed
from .form import Configuration, Entry
from .organization import Planned
from .plan import ADMINS_FIRST, DELETIONS, IN_ORDER, Act, Change, Plan, Stage
from .validation import circles_in, ordered_definitions
from .wanted import Wanted
from .wording import in_words_of_a_configuration

_UNCHANGED = Outcome(False)


class Planner:
    """Makes the plan for a configuration. It only reads."""

    def __init__(self, planned: Planned, configuration: Configuration, wanted: Wanted) -> None:
        self.planned = planned
        self._configuration = configuration
        self._wanted = wanted
        self.plan = Plan()
        self._client = planned.api.client
        self._by_entry: dict[int, Change] = {}
        self._by_object: dict[tuple[str, str, str], Change] = {}
        self._later: list[tuple[Family, str, Resource]] = []

    def make(self) -> Plan:
        """Return the plan.

        Raises:
            ApiError: if the organization can't be read.
        """
        self._read_lists()
        for entry in self._configuration:
            self._add(entry)
        for stage in IN_ORDER:
            self._go(stage)
        self._judge_circles()
        if not self.plan.mistakes:
            for stage in DELETIONS:
                self._select(stage)
                self._go(stage)
        self._note_unmanaged()
        return self.plan

    def _read_lists(self) -> None:
        """Read in parallel the lists that the plan needs in any case. Those of charts are read with the charts."""
        named = [one.kind.family for one in FAMILIES if one.key in self._configuration.entries and one is not CHARTS]
        in_parallel(self._client, self._wanted.concurrency, self._read, named)

    def _read(self, family: Family) -> Listing:
        listing = self.planned.lists.of(family).latest
        self._client.renew_budget()
        return listing

    # The acts of an entry ---------------------------------------------------------------------------------------------

    def _add(self, entry: Entry) -> None:
        change = Change(entry.managed, entry)
        if entry.parent is not None:
            change.parent = self._by_entry[id(entry.parent)]
        self._by_entry[id(entry)] = change
        self.plan.changes.append(change)
        managed, options = entry.managed, entry.options
        if not self._wanted.in_scope(managed, entry.key):
            self._mistake(change, "The key is outside of scope: move the entry, or correct scope.")
            return
        if managed is GROUPS:
            cleared = [one for one in options["clear"] or () if one != "members"]
            self.plan.add(Stage(GROUPS), change, {**options, "members": None, "purge_members": False, "clear": cleared})
            if options["members"] is not None or "members" in (options["clear"] or ()):
                self.plan.add(Stage(GROUPS, part="members"), change, options)
        elif managed is MEMBERS:
            part = ADMINS_FIRST[options["role"] == "MEMBER"]
            self.plan.add(Stage(MEMBERS, part=part), change, options)
        else:
            self.plan.add(Stage(managed), change, options)
        for word, part in managed.parts.items():
            if word in self._wanted.prune and options[part] is not None:
                purge = {**_blank(managed), "id": entry.id, managed.key_option: entry.key, part: options[part]}
                self.plan.add(Stage(managed, True, part), change, {**purge, "purge_%s" % part: True})

    def _mistake(self, change: Change, message: str) -> None:
        place = "" if change.entry is None or change.entry.place is None else "%s: " % change.entry.place
        self.plan.mistakes.append("%s%s: %s" % (place, change, message))

    def _judge_circles(self) -> None:
        """Refuse definitions that use each other in a circle, unless the organization has them so already."""
        for circle, message in circles_in(self._configuration):
            changes = [self._by_entry[id(entry)] for entry in circle]
            changed = [change for change in changes if change.planned_action != "unchanged"]
            if changed:
                self._mistake(changed[0], message)
            else:
                self.plan.warnings.append(message)

    # Planning the acts ------------------------------------------------------------------------------------------------

    def _go(self, stage: Stage) -> None:
        """Plan the acts of a stage, several at once unless one may depend on another."""
        acts = self.plan.acts[stage]
        if stage == Stage(DEFINITIONS):
            entries = ordered_definitions([act.change.entry for act in acts if act.change and act.change.entry])
            order = {id(entry): number for number, entry in enumerate(entries)}
            acts.sort(key=lambda act: order[id(act.change.entry)] if act.change else 0)
        at_once = 1 if stage.is_sequential else self._wanted.concurrency
        what = "%s planned" % stage.managed.kind.family.plural
        Run(self._client, self._planned, what, at_once, then=self._note).go(_in_turn(acts, at_once))
        self._show_later()
        if self._client.abandoned:
            # Entries that were not planned would look like objects that are in no entry.
            raise InterruptedTaskError("The task was interrupted while it planned: nothing was changed, run it again.")
        for act in acts:
            if isinstance(act.error, ApiError):
                raise act.error
            if act.error is not None and act.change is not None:
                failed = [one for one in act.change.acts if one.error is not None]
                # Each part of an object may meet the same mistake.
                if failed[0] is act or failed[0].error is None or failed[0].error.message != act.error.message:
                    self._mistake(act.change, act.error.message)

    def _show_later(self) -> None:
        """Show the planned objects to the acts that follow. Meanwhile, no other act may read the lists."""
        for family, parent, resource in self._later:
            self.planned.put(family, parent, resource)
        self._later.clear()

    def _planned(self, item: Item) -> Outcome:
        if not isinstance(item, Act) or item.change is None:
            raise ValueError("not an act of a plan")
        with in_words_of_a_configuration(item.stage.deletes and not item.deletes):
            return (
                self._planned_deletion(item.change, item) if item.deletes else self._planned_present(item.change, item)
            )

    def _planned_present(self, change: Change, item: Act) -> Outcome:
        managed = change.managed
        if change.parent is not None and change.parent.after is None:
            raise RefusedError("It was not planned, because its %s was not." % change.parent.managed.kind.family.noun)
        item.options = self.complete(item, change.parent_id)
        if item.stage == Stage(GROUPS, part="members") and change.before is None:
            self._check_members_are_shown()
        api = self.planned.of(managed.kind.family)
        if managed is SETTINGS:
            api = Collection(self._client, "", managed.kind.family)
        outcome = EnsureState(managed.kind, managed.steps)(api, {**item.options, "state": "present"}, True)
        # An act that is planned is progress, however long the whole plan takes.
        self._client.renew_budget()
        return outcome

    def _check_members_are_shown(self) -> None:
        """Refuse members on a server that does not show those of any group. A new group alone would not tell it."""
        there = next(iter(self.planned.lists.of(GROUPS.kind.family).latest), None)
        if there is not None:
            Membership((), purge=False).read(self.planned.api.beside(GROUPS.kind.family), there)

    def complete(self, act: Act, parent_id: str) -> dict[str, Any]:
        """Return the options of an act, with what is only known after a look at the organization."""
        options = dict(act.options)
        if act.kind.renamed_by:
            options[act.kind.renamed_by] = None
        change, managed = act.change, act.kind
        entry = None if change is None else change.entry
        if change is None or entry is None:
            return options
        if parent_id and managed.scope is not None:
            options[managed.scope.by_key], options[managed.scope.name] = None, parent_id
        if change.managed is SETTINGS:
            options["id"] = self.planned.api.organization_id
            if entry.id not in (None, options["id"]):
                raise RefusedError("The id is %s, and this task is for %s." % (quoted(entry.id), quoted(options["id"])))
        is_first = change.acts[0] is act
        if entry.earlier and entry.key is not None and is_first:
            options.update(self._renaming(change, entry, entry.key))
        return self._without_missing(change, options)

    def _renaming(self, change: Change, entry: Entry, key: str) -> dict[str, Any]:
        """Return the options that rename an object which still has an earlier key."""
        listing = self.planned.listing(entry.managed.kind.family, change.parent_id)
        found = [one for one in entry.earlier if listing.named(one)]
        if len(found) > 1:
            names = " and ".join(map(quoted, found[:2]))
            raise RefusedError("There are objects named %s, which renamed_from both names: remove one." % names)
        return {entry.managed.key_option: found[0], entry.managed.kind.renamed_by: key} if found else {}

    def _without_missing(self, change: Change, options: dict[str, Any]) -> dict[str, Any]:
        """Return options without people who are no members, if they shall be skipped."""
        if not self._wanted.skip_missing:
            return options
        if change.managed is GROUPS and options["members"]:
            members = self._known(change, options["members"])
            return {**options, "members": members or None, "purge_members": options["purge_members"] and bool(members)}
        if change.managed is DATA_SOURCES and options["access"]:
            lists = {name: options["access"].get(name) for name in ("members", "member_ids")}
            kept = {name: given and (self._known(change, given) or None) for name, given in lists.items()}
            access = {**options["access"], **kept}
            if kept != lists and not any(access.get(one) for one in ("groups", "group_ids", *lists)):
                raise RefusedError("Nobody of its access is a member any more, so it would be left with nobody.")
            return {**options, "access": access}
        return options

    def _known(self, change: Change, given: Sequence[str]) -> list[str]:
        listing = self.planned.listing(MEMBERS.kind.family)
        known = [one for one in given if one in listing or listing.named(one)]
        for one in given:
            warning = "%s is no member (any more) and was skipped." % quoted(one)
            if one not in known and warning not in change.warnings:
                change.warnings.append(warning)
        return known

    def _planned_deletion(self, change: Change, item: Item) -> Outcome:
        kind = change.managed.kind
        resource = change.before or {}
        absence = Absence.of(kind, item.options)
        plan = plan_deletion(absence, Finding(change.before))
        if change.managed is not GROUPS:
            # Whether a group is the only grant of a data source is judged for the whole plan.
            absence.check_obstacle(self.planned.of(kind.family), resource)
        return plan.outcome

    def _note(self, item: Item) -> None:
        """Show the result of an act to later acts of the plan."""
        if not isinstance(item, Act) or item.change is None or item.outcome is None:
            return
        change, outcome = item.change, item.outcome
        family = change.managed.kind.family
        item.planned = outcome
        if item.deletes:
            self.planned.remove(family, change.parent_id, item.options["id"])
            return
        resource = outcome.resource or {}
        if change.after is None:
            change.before = None if outcome.action == "created" else self._as_read(change, resource)
        if outcome.action == "created":
            new = {**_empty_parts(change), **resource}
            scope = change.parent_id or family.scope_of(resource)
            # The key alone does not name an object whose key is only unique within its parent.
            change.after = {**new, "id": planned_id("%s/%s" % (scope, family.key_of(resource)))}
        else:
            change.after = resource
        if change.entry is not None and change.acts[0] is item:
            self._check_is_only_one(change, change.after["id"])
        if change.managed is DATA_SOURCES:
            self._note_access(change.after["id"], outcome)
        if outcome.action == "unchanged":
            facts = outcome.facts if self._wanted.return_all else None
            kept = replace(outcome, facts=facts, diff=None, resource=None)
            # Most outcomes say nothing, and they share one object.
            item.planned = item.outcome = _UNCHANGED if kept == _UNCHANGED else kept
            if change.entry is not None:
                # Free the completed options and equal texts, because an organization may have ten thousand charts.
                _share_texts(change.entry, resource)
                item.options = change.entry.options
        elif change.managed is not SETTINGS:
            self._later.append((family, change.parent_id, change.after))
            if item.stage.is_sequential:
                self._show_later()

    def _check_is_only_one(self, change: Change, identifier: str) -> None:
        key = (change.managed.key, change.parent_id, identifier)
        other = self._by_object.setdefault(key, change)
        if other is not change:
            self._mistake(change, "Another entry is about the same object (%s): remove one of them." % other)

    def _note_access(self, identifier: str, outcome: Outcome) -> None:
        old = outcome.diff.before.get("access") if isinstance(outcome.diff, Diff) else None
        for policies, shown in (
            (self.planned.policies_before, old),
            (self.planned.policies, outcome.values.get("access")),
        ):
            if shown is not None:
                policies[identifier] = Policy(
                    shown["mode"], frozenset(shown["group_ids"]), frozenset(shown["member_ids"])
                )

    def _as_read(self, change: Change, resource: Resource) -> Resource | None:
        if change.managed is SETTINGS:
            return resource
        return self.planned.listing(change.managed.kind.family, change.parent_id).with_id(resource["id"]) or resource

    # Prune ------------------------------------------------------------------------------------------------------------

    def _select(self, stage: Stage) -> None:
        """Add the objects of a family that ``prune`` deletes."""
        managed = stage.managed
        if stage.part or managed.key not in self._wanted.prune:
            return
        left, may_go = [], 0
        for parent, resource in self._in_no_entry(managed):
            if self._wanted.may_go(managed, resource) and not self._keeps_a_chart(managed, resource):
                left.append(Change(managed, None, resource, None, parent))
        if managed is MEMBERS:
            # The service refuses to deactivate the key's own user, who is an admin, and nothing else tells who it is.
            left.sort(key=lambda one: not is_admin(one.before or {}))
        kept = {change.after["id"] for change in self.plan.changes if change.managed is managed and change.after}
        for parent_id in self._parents(managed):
            listing = self.planned.lists.of(managed.kind.family, parent_id).latest
            may_go += sum(self._wanted.may_go(managed, one) for one in listing if one["id"] in kept)
        if left and not may_go and managed.key not in self._wanted.replace_all:
            self.plan.refuse(
                "The configuration has none of the %d %s that prune may delete, so prune would delete all of them: "
                "nothing was changed, check the configuration and organization_id, or name %s in allow_replace_all if "
                "that is what you want." % (len(left), managed.kind.family.plural, managed.key)
            )
        for change in left:
            self.plan.changes.append(change)
            self.plan.add(stage, change, deletion_options(managed.kind, change.before or {}))

    def _keeps_a_chart(self, managed: Managed, resource: Resource) -> bool:
        """Whether a dashboard must stay, because its deletion would take a chart with it that must not go."""
        wanted, charts = self._wanted, CHARTS.kind.family
        if managed is not DASHBOARDS or not wanted.protects_charts:
            return False
        for one in self.planned.listing(charts, resource["id"]):
            why = wanted.protected(CHARTS, one)
            if why:
                names = (quoted(managed.kind.family.key_of(resource)), quoted(charts.key_of(one)), why)
                self.plan.warnings.append("The dashboard %s stays, because its chart %s is %s." % names)
                return True
        return False

    def _parents(self, managed: Managed) -> Iterator[str]:
        """Yield the ids of the objects that exist already and within which a family is listed."""
        if not managed.within:
            yield ""
            return
        for entry in self._configuration.with_charts:
            change = self._by_entry[id(entry)]
            if change.before is not None:
                yield change.before["id"]

    def _in_no_entry(self, managed: Managed) -> Iterator[tuple[Change | None, Resource]]:
        """Yield the objects of a family that no entry is about, each with the change of its parent."""
        kept = {change.after["id"] for change in self.plan.changes if change.managed is managed and change.after}
        parents: dict[str, Change | None] = {"": None}
        for entry in self._configuration.with_charts:
            change = self._by_entry[id(entry)]
            if change.before is not None:
                parents[change.before["id"]] = change
        for parent_id in self._parents(managed):
            for resource in list(self.planned.listing(managed.kind.family, parent_id)):
                in_scope = self._wanted.in_scope(managed, managed.kind.family.key_of(resource))
                if resource["id"] not in kept and in_scope and not managed.kind.unselectable(resource):
                    yield parents[parent_id], resource

    def _note_unmanaged(self) -> None:
        for managed in FAMILIES:
            if managed.key in self._configuration.entries and not self.plan.mistakes:
                left = self._in_no_entry(managed)
                self.plan.unmanaged[managed.key] = [Change(managed, None, one, None, parent) for parent, one in left]


def _in_turn(acts: list[Act], at_once: int) -> list[Act]:
    """Return acts so that those at work at the same time are in different parents, because each parent has a list."""
    by_parent: dict[str, list[Act]] = {}
    for act in acts:
        by_parent.setdefault("" if act.change is None else act.change.parent_id, []).append(act)
    groups = list(by_parent.values())
    blocks = [groups[first : first + at_once] for first in range(0, len(groups), at_once)]
    return [act for block in blocks for turn in zip_longest(*block) for act in turn if act is not None]


def _share_texts(entry: Entry, resource: Resource) -> None:
    """Let an entry have the texts of the object itself where they are equal, such as SQL."""
    for one in entry.managed.kind.settings:
        value = one.value(resource) if one.form.several_lines else None
        if value is not None and entry.options.get(one.name) == value:
            entry.options[one.name] = value


def _blank(managed: Managed) -> dict[str, Any]:
    """Return the options of an entry that says nothing."""
    return {name: spec.get("default") for name, spec in managed.options.items()}


def _empty_parts(change: Change) -> dict[str, Any]:
    """Return the lists within a new object. A new dashboard has one tab, say third parties."""
    parts: dict[str, Any] = {part: [] for part in change.managed.parts.values()}
    if change.managed is DASHBOARDS:
        parts["tabs"] = [{"id": planned_id("Main"), "name": "Main"}]
    return parts
