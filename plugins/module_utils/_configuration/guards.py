# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what refuses a whole plan: limits, and signs that it is not what somebody wants."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Callable

from .._base.errors import InputError
from .._base.text import look_alike_key, quoted
from .._engine.outcome import Diff, is_planned
from .._engine.present import Presence
from .._resources.member import is_admin
from .._resources.membership import shown_members
from .._rest.family import Resource
from .families import (
    AUTOMATIONS,
    BY_KEY,
    CHARTS,
    DASHBOARDS,
    DATA_SOURCES,
    DEFINITIONS,
    FAMILIES,
    GROUPS,
    MCP_SERVERS,
    MEMBERS,
    SKILLS,
    Managed,
)
from .form import Configuration, Entry
from .organization import Planned
from .plan import Change, Plan
from .prefix import safe_prefix
from .report import NAMED, listed
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
    _refuse_look_alike_parts(plan)
    _tell_renames(plan, planned)
    if not plan.refusal:
        _tell_near_renames(plan)
    _limit(plan, planned, wanted.max_deletions, deletions_of, "deleted")
    _limit(plan, planned, wanted.max_updates, _updates_of, "changed")
    invited = plan.of(MEMBERS, "created")
    if len(invited) > wanted.max_invitations:
        plan.refuse(
            "%d people would be invited, and max_invitations allows %d: nothing was changed, check the members or "
            "raise it (%s)." % (len(invited), wanted.max_invitations, listed(invited))
        )
    _tell_admins(plan)
    people = plan.of(MEMBERS, "created", "updated") if wanted.prefixes else []
    if people:
        plan.warnings.append(
            "The plan invites or changes members of the organization itself, because members have no prefix: leave "
            "them out of a preview (%s)." % listed(people)
        )
    _warn_of_unused_exclusions(plan, planned, wanted)


# Limits ---------------------------------------------------------------------------------------------------------------

_Count = Callable[[Change, str], int]
"""How many objects a change concerns, or with the name of a part, how many parts of its object, such as tabs."""


def deletions_of(change: Change, part: str = "") -> int:
    """Return how many objects a change deletes, or how many parts it takes away, such as tabs or members of a group."""
    return len(_taken(change, part)) if part else int(change.planned_action == "deleted")


def _taken(change: Change, part: str) -> list[Any]:
    return [one for diff in _diffs(change) for one in _without(diff.before.get(part), diff.after.get(part))]


def _without(names: Sequence[Any] | None, others: Sequence[Any] | None) -> list[Any]:
    return [one for one in names or () if one not in (others or ())]


def _updates_of(change: Change, part: str) -> int:
    return int(not part and change.planned_action == "updated")


def _diffs(change: Change) -> list[Diff]:
    """Return what a change does to an object that stays. One that is deleted is not also counted by its parts."""
    planned = (None if act.deletes else act.planned for act in change.acts)
    return [one.diff for one in planned if one is not None and one.action != "unchanged" and isinstance(one.diff, Diff)]


def _parts_of(managed: Managed) -> tuple[str, ...]:
    return ("", *managed.parts.values())


def _limit(plan: Plan, planned: Planned, limit: Limit, count: _Count, done: str) -> None:
    if limit.number is not None:
        counts = [(one, sum(count(one, part) for part in _parts_of(one.managed))) for one in plan.changes]
        total = sum(number for _one, number in counts)
        if total > limit.number:
            plan.refuse(
                "%d objects would be %s, and %s allows %d: nothing was changed, check the configuration or raise it "
                "(%s)." % (total, done, limit.option, limit.number, listed([one for one, number in counts if number]))
            )
    if limit.percent is not None:
        for managed in FAMILIES:
            for part in _parts_of(managed):
                concerned = [one for one in plan.of(managed, "deleted", "updated") if count(one, part)]
                there = _present(plan, planned, managed, part) if concerned else 0
                total = sum(count(one, part) for one in concerned)
                if total * 100 > limit.percent * there:
                    family = managed.kind.family.plural
                    what = "%s of %s" % (part, family) if part else family
                    plan.refuse(
                        "%d of %d %s would be %s, and %s allows %g%%: nothing was changed, check the configuration or "
                        "raise it (%s)." % (total, there, what, done, limit.option, limit.percent, listed(concerned))
                    )


def _present(plan: Plan, planned: Planned, managed: Managed, part: str) -> int:
    """Return how many objects of a family, or how many parts of them, there are now, as far as the plan reads them."""
    if part:
        return sum(_parts_there(one, part) for one in plan.changes if one.managed is managed)
    if not managed.within:
        return len(planned.lists.of(managed.kind.family).latest)
    parents = {change.parent_id for change in plan.changes if change.managed is managed}
    return sum(len(planned.lists.of(managed.kind.family, one).latest) for one in parents if not is_planned(one))


def _parts_there(change: Change, part: str) -> int:
    """Return how many parts an object has now, such as tabs, if its entry says which it shall have."""
    before = [diff.before[part] for diff in _diffs(change) if part in diff.before]
    if before or change.entry is None or change.planned_action == "created":
        return len(before[0]) if before else 0
    return 0 if change.entry.options[part] is None else len((change.after or {}).get(part) or ())


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


def _refuse_look_alike_parts(plan: Plan) -> None:
    """Refuse to give an object a part, such as a tab, and to take one away whose name looks like the new one."""
    for change in plan.changes:
        for word, part in change.managed.parts.items():
            diffs = _diffs(change)
            new = [one for diff in diffs for one in _without(diff.after.get(part), diff.before.get(part))]
            added = {look_alike_key(str(one)): one for one in new}
            for name in _taken(change, part):
                other = added.get(look_alike_key(str(name)))
                if other is not None:
                    plan.refuse(
                        "No %s of the %s is named %s, but %s differs from it only in case, white space or composition, "
                        "and would go: nothing was changed, correct the name, or leave %s out of prune."
                        % (part.rstrip("s"), change, quoted(other), quoted(name), word)
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
    previews = _previews(plan) if any(one.planned_action == "created" for one in plan.changes) else set()
    for managed in FAMILIES:
        created = plan.of(managed, "created") if managed is not MEMBERS else []
        pruned = [one for one in plan.of(managed, "deleted") if one.entry is None]
        left = plan.unmanaged.get(managed.key, [])
        for change in created if pruned or left else ():
            others = [*pruned, *(one for one in left if not _is_copy(previews, change, one))]
            same = _same_but_for_key(change, others, planned)
            if same is None:
                continue
            old, new = (quoted(managed.kind.family.key_of(one or {})) for one in (same.before, change.after))
            advice = _how_to_rename(same)
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


def _how_to_rename(other: Change) -> str:
    if not other.managed.can_be_renamed:
        return "give the entry this name, or rename it in Basedash first"
    # JSON is YAML that can be pasted, whatever is in the name.
    earlier = json.dumps(other.managed.kind.family.key_of(other.before or {}), ensure_ascii=False)
    return "say renamed_from: [%s] in the entry, or give the entry this name" % earlier


_ESSENCE = {
    DATA_SOURCES: ("host", "database_name"),
    MCP_SERVERS: ("server_url",),
    DEFINITIONS: ("sql_query",),
    SKILLS: ("instructions",),
    AUTOMATIONS: ("instructions",),
    CHARTS: ("sql_query",),
}
"""The options that hardly two objects of a family have in common."""


def _tell_near_renames(plan: Plan) -> None:
    """Warn of a deleted and a new object that have the essence in common. One of them alone must have it."""
    for managed, options in _ESSENCE.items():
        fields = [one for one in managed.kind.settings if one.name in options]
        pairs: dict[Any, dict[str, list[Change]]] = {}
        for change in plan.of(managed, "deleted", "created"):
            resource = (change.before if change.entry is None else change.after) or {}
            values = tuple(one.value(resource) for one in fields)
            if all(values):
                which = (change.parent_id, managed.kind.family.scope_of(resource), values)
                pairs.setdefault(which, {}).setdefault(change.planned_action, []).append(change)
        for pair in pairs.values():
            if [len(pair.get(action, ())) for action in ("deleted", "created")] == [1, 1]:
                (old,), (new,) = pair["deleted"], pair["created"]
                plan.warnings.append(
                    "The plan deletes the %s and creates the %s with the same %s: if it was renamed, %s."
                    % (old, new, " and ".join(options), _how_to_rename(old))
                )


def _previews(plan: Plan) -> set[str]:
    """Return the prefixes of previews: those with which the key of an entry's object is that of another object."""
    found: set[str] = set()
    for key, left in plan.unmanaged.items():
        family = BY_KEY[key].kind.family
        live = {family.key_of(one.before or {}) for one in plan.changes if one.managed.key == key}
        for name in (family.key_of(one.before or {}) for one in left):
            ends = range(1, len(name)) if isinstance(name, str) else ()
            found.update(safe_prefix(name[:end]) for end in ends if name[end:] in live)
    return found


def _is_copy(previews: Collection[str], change: Change, other: Change) -> bool:
    """Tell whether another object is probably the copy of a new one in a preview."""
    key, name = (change.managed.kind.family.key_of(one or {}) for one in (change.after, other.before))
    # In the names of definitions, a prefix has letters, digits and underscores alone.
    return isinstance(name, str) and name.endswith(key) and safe_prefix(name[: len(name) - len(key)]) in previews


def _there(change: Change) -> dict[str, Any]:
    known = change.before or {}
    return {"id": known.get("id"), "name": change.managed.kind.family.key_of(known)}


def _same_but_for_key(change: Change, pruned: Sequence[Change], planned: Planned) -> Change | None:
    """Return the pruned object that has everything which the entry of a new one gives, if there is one."""
    act, kind = change.acts[0], change.managed.kind
    wanted = Presence.of(kind, (), _only_settings(change.managed, act.options))
    wanted.references.resolve(planned.of(kind.family))
    settings = wanted.resolved().settings
    # A dialect or a number alone is the same in many objects.
    compared = [one for one in settings.stored if not one.create_only and one.form.type == "str" and not one.words]
    compared = [one for one in compared if one.refers_to is None]
    members = shown_members(change.after or {}) if change.managed is GROUPS else None
    is_board = change.managed is DASHBOARDS and change.after is not None
    charts = list(planned.listing(CHARTS.kind.family, change.after["id"])) if is_board and change.after else []
    for number, other in enumerate(pruned):
        before = other.before or {}
        if kind.family.scope_of(before) != kind.family.scope_of(change.after or {}):
            continue
        if change.managed is GROUPS:
            if members and members == shown_members(before):
                return other
        elif charts and not settings.changes(before):
            # The charts of each dashboard are a list of their own, so not those of all that stay are read.
            is_read = number < NAMED or other.planned_action == "deleted"
            if is_read and _has_charts(other, charts, planned):
                return other
        elif compared and not settings.changes(before):
            return other
    return None


def _has_charts(dashboard: Change, charts: Sequence[Resource], planned: Planned) -> bool:
    """Tell whether a dashboard has all these charts. Where they stand does not matter."""
    kind, parent = CHARTS.kind, (dashboard.before or {})["id"]
    # A server may show anything in the place of a name.
    there = {repr(kind.family.key_of(one)): one for one in planned.lists.of(kind.family, parent).latest}
    compared = [one for one in kind.settings if one.refers_to is None and not one.name.startswith("layout.")]
    for chart in charts:
        other = there.get(repr(kind.family.key_of(chart)))
        given = {one: one.form.normal(one.value(chart)) for one in compared if one.value(chart) is not None}
        if other is None or any(value != one.form.normal(one.value(other)) for one, value in given.items()):
            return False
    return True


def _only_settings(managed: Managed, options: Mapping[str, Any]) -> dict[str, Any]:
    steps = {name for step in managed.steps for name in step.options}
    return {name: value for name, value in options.items() if name not in steps}


def _tell_admins(plan: Plan) -> None:
    """Warn if somebody is no admin any more after the plan, because the key may act for this person."""
    admins = [one for one in plan.of(MEMBERS, "updated", "deleted") if one.before is not None and is_admin(one.before)]
    lost = [one for one in admins if one.after is None or not is_admin(one.after)]
    if lost:
        plan.warnings.append(
            "These people are no active admins any more after the plan: %s. The API does not tell who the user of the "
            "key is: if it is one of them, keep the role, because the key would not work any more." % listed(lost)
        )


def tell_missing_secrets(plan: Plan) -> None:
    """Warn of new data sources without any secret, because a later task does not send one by itself."""
    bare = [one for one in plan.of(DATA_SOURCES, "created") if one.entry is not None and not _has_secret(one.entry)]
    if bare:
        plan.warnings.append(
            "These data sources are created without a password or another secret: %s. If one needs it, give it in "
            "secrets, and set update_secrets to always for the next apply, because only a creation sends it otherwise."
            % listed(bare)
        )


def _has_secret(entry: Entry) -> bool:
    given = (one.given(entry.options) for one in entry.managed.kind.secrets)
    return bool(entry.options["extra_secrets"]) or any(one is not None for one in given)


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
