# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what refuses a whole plan: limits, and signs that it is not what somebody wants."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable

from .._base.errors import InputError
from .._base.text import look_alike_key, quoted
from .._engine.outcome import is_planned
from .._engine.present import Presence
from .._resources.membership import shown_members
from .._rest.family import Resource
from .families import BY_KEY, FAMILIES, GROUPS, MEMBERS, Managed
from .form import Configuration
from .organization import Planned
from .planning import Change, Plan
from .report import listed
from .validation import references_of
from .wanted import Limit, Wanted, pruned_families


def check_prune(configuration: Configuration, wanted: Wanted) -> None:
    """Refuse to prune a family that the configuration does not have.

    Raises:
        InputError: naming the family.
    """
    for key in sorted(pruned_families(wanted.prune)):
        if key not in configuration.entries:
            raise InputError(
                "The option prune is about %s, and the configuration has no key %s: add it, as %s: [] if nothing of it "
                "shall stay, or correct prune. What is no key is never touched." % (key, key, key)
            )


def judge(plan: Plan, planned: Planned, wanted: Wanted) -> None:
    """Refuse the plan if a limit or a sign speaks against it."""
    _keep_what_entries_name(plan)
    _refuse_look_alikes(plan, planned, wanted)
    _tell_renames(plan, planned)
    _limit(plan, planned, wanted.max_deletions, deletions_of, "deleted")
    _limit(plan, planned, wanted.max_updates, _updates_of, "changed")
    invited = plan.of(MEMBERS, "created")
    if len(invited) > wanted.max_invitations:
        plan.refuse(
            "%d people would be invited, and max_invitations allows %d: nothing was changed, check the members or "
            "raise it (%s)." % (len(invited), wanted.max_invitations, listed(invited))
        )
    _warn_of_unused_exclusions(plan, planned, wanted)


# Limits ---------------------------------------------------------------------------------------------------------------


def deletions_of(change: Change) -> int:
    """Return how many objects a change deletes: the object itself, or tabs and members of groups that it removes."""
    removed = 0
    for act in change.acts:
        outcome = act.planned
        if outcome is None or not act.stage.deletes or outcome.action == "unchanged":
            continue
        part = act.stage.part
        if not part:
            removed += 1
        elif outcome.diff is not None and not isinstance(outcome.diff, tuple):
            removed += len(set(outcome.diff.before.get(part) or ()) - set(outcome.diff.after.get(part) or ()))
    return removed


def _updates_of(change: Change) -> int:
    return int(change.planned_action == "updated")


def _limit(plan: Plan, planned: Planned, limit: Limit, count: Callable[[Change], int], done: str) -> None:
    concerned = [change for change in plan.changes if count(change)]
    if limit.number is not None:
        total = sum(map(count, concerned))
        if total > limit.number:
            plan.refuse(
                "%d objects would be %s, and %s allows %d: nothing was changed, check the configuration or raise it "
                "(%s)." % (total, done, limit.option, limit.number, listed(concerned))
            )
    if limit.percent is not None:
        for managed in FAMILIES:
            family = [change for change in concerned if change.managed is managed]
            there = _present(plan, planned, managed) if family else 0
            total = sum(map(count, family))
            if total * 100 > limit.percent * there:
                plan.refuse(
                    "%d of %d %s would be %s, and %s allows %g%%: nothing was changed, check the configuration or "
                    "raise it (%s)."
                    % (total, there, managed.kind.family.plural, done, limit.option, limit.percent, listed(family))
                )


def _present(plan: Plan, planned: Planned, managed: Managed) -> int:
    """Return how many objects of a family there are now, as far as the plan reads them."""
    if not managed.within:
        return len(planned.lists.of(managed.kind.family).latest)
    parents = {change.parent_id for change in plan.changes if change.managed is managed}
    return sum(len(planned.lists.of(managed.kind.family, one).latest) for one in parents if not is_planned(one))


# Signs of a mistake ---------------------------------------------------------------------------------------------------


def _refuse_look_alikes(plan: Plan, planned: Planned, wanted: Wanted) -> None:
    """Refuse to create an object and to prune one whose key differs only in case, white space or composition."""
    for managed in FAMILIES:
        family = managed.kind.family
        pruned = {_look(one, one.before): one for one in plan.of(managed, "deleted")}
        for change in plan.of(managed, "created") if pruned else ():
            key = family.key_of(change.after or {})
            other = pruned.get(_look(change, change.after))
            if other is not None:
                plan.refuse(
                    "No %s is named %s, but %s differs from it only in case, white space or composition, and prune "
                    "would delete it: nothing was changed, correct the name."
                    % (family.noun, quoted(key), quoted(family.key_of(other.before or {})))
                )


def _look(change: Change, resource: Resource | None) -> tuple[Any, str]:
    """Return what is equal for two objects whose keys look alike: each data source may have a definition of a name."""
    family = change.managed.kind.family
    key = family.key_of(resource or {})
    scope = change.parent_id or family.scope_of(resource or {})
    return scope, look_alike_key(key) if isinstance(key, str) else ""


def _tell_renames(plan: Plan, planned: Planned) -> None:
    """Look for objects that are the same as new ones but for their key, because somebody probably renamed them.

    A plan that deletes such an object is refused. If it stays, there is a warning.
    """
    for managed in FAMILIES:
        created = plan.of(managed, "created") if managed is not MEMBERS else []
        pruned = [one for one in plan.of(managed, "deleted") if one.entry is None]
        left = plan.unmanaged.get(managed.key, [])
        for change in created if pruned or left else ():
            same = _same_but_for_key(change, [*pruned, *left], planned)
            if same is None:
                continue
            old, new = (quoted(managed.kind.family.key_of(one or {})) for one in (same.before, change.after))
            # JSON is YAML that can be pasted, whatever is in the name.
            earlier = json.dumps(managed.kind.family.key_of(same.before or {}), ensure_ascii=False)
            advice = (
                "say renamed_from: [%s] in the entry, or give the entry this name" % earlier
                if managed.can_be_renamed
                else "give the entry this name, or rename it in Basedash first"
            )
            noun = managed.kind.family.noun
            plan.renames.append(
                {"family": managed.key, "name": change.entry and change.entry.key, "there": _there(same)}
            )
            if same in pruned:
                plan.refuse(
                    "The plan would delete the %s %s and create %s, which is the same but for its key: nothing was "
                    "changed, %s." % (noun, old, new, advice)
                )
            else:
                plan.warnings.append(
                    "The %s %s is new, and %s, which is in no entry, is the same but for its key: if it was renamed, "
                    "%s." % (noun, new, old, advice)
                )


def _there(change: Change) -> dict[str, Any]:
    known = change.before or {}
    return {"id": known.get("id"), "name": change.managed.kind.family.key_of(known)}


def _same_but_for_key(change: Change, pruned: Sequence[Change], planned: Planned) -> Change | None:
    """Return the pruned object that has everything which the entry of a new one gives, if there is one."""
    act, kind = change.acts[0], change.managed.kind
    wanted = Presence.of(kind, (), _only_settings(change.managed, act.options))
    wanted.references.resolve(planned.of(kind.family))
    settings = wanted.resolved().settings
    compared = [one for one in settings.stored if not one.create_only and one is not kind.scope]
    members = shown_members(change.after or {}) if change.managed is GROUPS else None
    for other in pruned:
        before = other.before or {}
        if kind.family.scope_of(before) != kind.family.scope_of(change.after or {}):
            continue
        if change.managed is GROUPS:
            if members and members == shown_members(before):
                return other
        elif compared and not settings.changes(before):
            return other
    return None


def _only_settings(managed: Managed, options: Mapping[str, Any]) -> dict[str, Any]:
    steps = {name for step in managed.steps for name in step.options}
    return {name: value for name, value in options.items() if name not in steps}


def _keep_what_entries_name(plan: Plan) -> None:
    """Refuse to delete what an entry of the same configuration refers to, by its key or by its id."""
    named: dict[tuple[str, str], Change] = {}
    ids: dict[str, Change] = {}
    for change in plan.changes if any(one.planned_action == "deleted" for one in plan.changes) else ():
        for _option, managed, key in references_of(change.entry) if change.entry is not None else ():
            named.setdefault((managed.key, managed.kind.family.key_form(key)), change)
        for text in _texts_in({} if change.entry is None else change.entry.options):
            ids.setdefault(text, change)
    for change in plan.changes:
        if change.planned_action != "deleted" or change.before is None:
            continue
        key, user = change.managed.kind.family.key_of(change.before), ids.get(change.before["id"])
        if user is None and isinstance(key, str):
            user = named.get((change.managed.key, change.managed.kind.family.key_form(key)))
        if user is not None:
            plan.refuse(
                "The %s would be deleted, and the %s refers to it: nothing was changed, add an entry for it, or "
                "correct the reference." % (change, user)
            )


def _texts_in(value: Any) -> Iterator[str]:
    """Yield all texts in the options of an entry. Each id is one, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts_in(one)


def _warn_of_unused_exclusions(plan: Plan, planned: Planned, wanted: Wanted) -> None:
    for key, exclusion in wanted.exclude.items():
        managed = BY_KEY[key]
        if managed.within:
            continue
        for entry in exclusion.unused(managed.kind.family, planned.lists.of(managed.kind.family).latest):
            plan.warnings.append(
                "The entry %s of exclude.%s protects nothing, because no %s has this id or name."
                % (quoted(entry), key, managed.kind.family.noun)
            )
