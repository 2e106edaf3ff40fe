# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: many objects of one kind in one task.

The task of one object decides what happens to each object. All these tasks share one list of the objects. This module
decides which objects are concerned, in which order, how many at once, and what the report says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._base.errors import (
    ApiError,
    InputError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
    UnsupportedError,
)
from .._base.text import limited, look_alike_key, quoted
from .._http.parallel import in_parallel
from .._rest.collection import Collection, not_confirmed, twins_created
from .._rest.family import Resource
from .._rest.listing import Listing
from .._rest.snapshot import ListCache, Lists, Snapshot
from .deletion import Absence
from .filters import Exclusion, Filters
from .items import ACTIONS, Item, Run, deletion
from .kind import Kind
from .module_spec import ModuleSpec
from .one import EnsureState
from .options import of_many
from .outcome import Diff, Outcome
from .present import Presence
from .step import Step
from .task import Task

_MOST_AT_ONCE = 64
# The default limit for deletions of objects that filters or ``prune`` selected and that no entry names.
_MOST_DELETIONS = 10
# A message is one sentence, so it names at most so many objects. The results have all of them.
_NAMED = 20
# Fewer for failures, because each is named with its reason, and Ansible prints the message in one line.
_FAILURES_NAMED = 5
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Wanted:
    """What a user wants of many objects; the fields are the module's options."""

    one: EnsureState
    state: str
    items: Sequence[Mapping[str, Any]] | None
    filters: Filters | None
    exclude: Exclusion
    prune: bool
    replace_all: bool
    max_deletions: int | None
    concurrency: int
    stop: bool

    @classmethod
    def of(cls, one: EnsureState, options: Mapping[str, Any]) -> Wanted:
        """Return what the options want.

        Raises:
            InputError: if an option is invalid, or options don't fit together. For an entry, the message has its
                number.
        """
        kind = one.kind
        state, items, filters = options["state"], options[kind.family.plural_key], options["filters"]
        if (items is None) == (filters is None):
            raise InputError("Give either %s or filters." % kind.family.plural_key)
        if state == "present" and items is None:
            raise InputError("The option filters needs state=absent: set it, or give %s." % kind.family.plural_key)
        selection = None if filters is None else Filters.of(kind, filters)
        if selection is not None and selection.empty:
            raise InputError("The option filters has no condition, so it would select everything: give a condition.")
        if state == "absent" and options["prune"]:
            raise InputError("The option prune needs state=present: set it, or leave prune out.")
        if not 1 <= options["concurrency"] <= _MOST_AT_ONCE:
            raise InputError("The option concurrency is %d: give 1 to %d." % (options["concurrency"], _MOST_AT_ONCE))
        if options["max_deletions"] is not None and options["max_deletions"] < 0:
            raise InputError("The option max_deletions is %d: give 0 or more." % options["max_deletions"])
        _check_items(one, state, items or ())
        return cls(
            one,
            state,
            items,
            selection,
            Exclusion.of(options["exclude"]),
            options["prune"],
            options["allow_replace_all"],
            options["max_deletions"],
            options["concurrency"],
            options["on_error"] == "stop",
        )

    @property
    def kind(self) -> Kind:
        """The kind of the objects."""
        return self.one.kind

    def may_go(self, resource: Resource) -> bool:
        """Tell whether ``filters`` and ``prune`` may select an object; some are only deleted if an entry names them."""
        return not self.kind.unselectable(resource) and not self.excludes(resource)

    def excludes(self, resource: Resource) -> bool:
        """Tell whether the user excluded an object from deletion."""
        return self.exclude.fits(resource["id"], self.kind.family.key_of(resource))


def _check_items(one: EnsureState, state: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Refuse the first invalid entry, and name its number.

    Raises:
        InputError: if an entry is invalid.
    """
    for number, item in enumerate(items, 1):
        try:
            if state == "absent":
                Absence.of(one.kind, item)
            else:
                Presence.of(one.kind, one.steps, item)
        except InputError as error:
            plural = one.kind.family.plural_key
            raise InputError("Entry %d of %s: %s" % (number, plural, error.message)) from error


@dataclass
class _Plan:
    """All items of the task: those of its entries or filters, and those that ``prune`` selects.

    ``refusal`` says why the whole plan is refused; empty if it is carried out.
    """

    items: list[Item]
    pruned: list[Item] = field(default_factory=list)
    refusal: str = ""
    warnings: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[Item]:
        """All items, in the order of the result."""
        return [*self.items, *self.pruned]

    def refuse(self, reason: str) -> None:
        """Refuse the whole plan because of ``reason``, or keep a reason that was found before."""
        self.refusal = self.refusal or reason


@dataclass(frozen=True)
class EnsureMany:
    """The task that gives many objects the state that its options name; ``one`` is the task of each."""

    one: EnsureState

    def __call__(self, api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        """Run the task.

        Raises:
            BasedashError: if it was refused before anything was changed.
        """
        # The shared list is freed before the report is made, because a long list needs as much memory as the facts.
        return _outcome(api, _managed(api, Wanted.of(self.one, options), check_mode))


def module_of_many(kind: Kind, steps: Sequence[type[Step]] = ()) -> ModuleSpec:
    """Return the module that manages many objects of a kind."""
    return ModuleSpec(Task(kind, EnsureMany(EnsureState(kind, steps))), of_many(kind, steps))


def _work(lists: ListCache, wanted: Wanted, check_mode: bool, item: Item) -> Outcome:
    options = {**item.options, "state": "absent" if item.deletes else "present"}
    if item.deletes and (item.selected or wanted.exclude.entries):
        options["why_spared"] = partial(_why_spared, wanted, item)
    return wanted.one(Snapshot(lists), options, check_mode)


def _not_shown(lists: ListCache, api: Collection) -> tuple[str, ...]:
    """Return a warning if the list does not show (yet) what the task created."""
    try:
        missing, why = lists.unconfirmed(), ""
    except ApiError as error:
        missing, why = lists.created, error.message
    return tuple(not_confirmed(api.family, resource, why) for resource in missing)


def _managed(api: Collection, wanted: Wanted, check_mode: bool) -> _Plan:
    """Make the plan and carry it out. Return its items, or why the whole plan was refused."""
    lists = Lists(api.client, api.organization_id).of(api.family)
    plan = _plan(api, wanted, lists)
    if not plan.refusal:
        work = partial(_work, lists, wanted, check_mode)
        run = Run(api.client, work, api.family.plural, wanted.concurrency, wanted.stop)
        lists.expect(len(plan.items))
        run.go(plan.items)
        if plan.pruned and not run.stopped.is_set() and not any(item.action == "failed" for item in plan.items):
            lists.expect(len(plan.pruned))
            run.go(plan.pruned)
        plan.warnings += _not_shown(lists, api)
        for item in plan.items:
            _tell_twins(api, item, lists.twins)
    return plan


def _tell_twins(api: Collection, item: Item, twins: Mapping[str, Sequence[str]]) -> None:
    """Mark an item as failed if another new object has the same name as the object that it created."""
    created = None if item.outcome is None or item.action != "created" else item.outcome.facts
    ids = () if created is None else twins.get(created["id"], ())
    if item.outcome is not None and created is not None and ids:
        item.error, item.action = twins_created(api.family, created[item.kind.key.fact_name], ids), "failed"
        item.error.warnings = item.outcome.warnings


# What is wanted -------------------------------------------------------------------------------------------------------


def _plan(api: Collection, wanted: Wanted, lists: ListCache) -> _Plan:
    if wanted.filters is not None:
        plan = _selected(wanted, wanted.filters, lists.latest)
    else:
        plan = _merged(api, wanted, lists, wanted.items or ())
    if wanted.prune:
        _prune(wanted, lists.latest, plan)
    if wanted.exclude.entries:
        for entry in wanted.exclude.unused(api.family, lists.latest):
            plan.warnings.append(
                "The entry %s of exclude protects nothing, because no %s has this id or name."
                % (quoted(entry), api.family.noun)
            )
    _limit(wanted, plan)
    return plan


def _why_spared(wanted: Wanted, item: Item, resource: Resource) -> str:
    """Return why an object, as it was read last, must not be deleted after all; empty if it may be deleted."""
    family = wanted.kind.family
    if wanted.excludes(resource):
        reason = "it is in exclude"
    elif not item.selected:
        return ""
    elif not wanted.may_go(resource):
        reason = "it is %s" % wanted.kind.unselectable(resource)
    elif wanted.filters is not None and not wanted.filters.match(resource):
        reason = "it does not meet the filters any more"
    elif item.resource is not None and family.key_of(resource) != family.key_of(item.resource):
        reason = "it was renamed meanwhile"
    else:
        return ""
    return "The %s with id %s, which is named %s now, was not deleted, because %s: run the task again." % (
        family.noun,
        quoted(resource["id"]),
        quoted(family.key_of(resource)),
        reason,
    )


def _selected(wanted: Wanted, filters: Filters, listing: Listing) -> _Plan:
    """Plan to delete the objects that the filters select.

    Raises:
        RefusedError: if the selection is probably a mistake. Then nothing is selected, and there are no results.
    """
    may_go = [resource for resource in listing if wanted.may_go(resource)]
    found = [resource for resource in may_go if filters.match(resource)]
    plan = _Plan([deletion(wanted.kind, resource) for resource in found])
    plan.warnings += ["%s." % doubt for doubt in filters.doubts(listing, negative=False)]
    for doubt in filters.doubts(listing, negative=True):
        raise RefusedError("%s. With '!' it selects every %s: nothing was changed." % (doubt, wanted.kind.family.noun))
    if wanted.max_deletions is None and found and len(found) == len(may_go):
        raise RefusedError(
            "The filters select each of the %d %s of the organization that may be deleted: nothing was "
            "changed, narrow them, or set max_deletions if that is what you want."
            % (len(found), wanted.kind.family.plural)
        )
    return plan


def _prune(wanted: Wanted, listing: Listing, plan: _Plan) -> None:
    """Plan to delete the objects that no entry names, except those that a guard protects."""
    family = wanted.kind.family
    kept = {item.resource["id"] for item in plan.items if item.resource is not None}
    # An entry fails if several objects have its name. None of these objects may be deleted because of that.
    names = {item.options[wanted.kind.key.name] for item in plan.items if item.options["id"] is None}
    may_go = [resource for resource in listing if wanted.may_go(resource)]
    left = [one for one in may_go if one["id"] not in kept and family.key_of(one) not in names]
    plan.pruned = [deletion(wanted.kind, resource) for resource in left]
    if left and len(left) == len(may_go) and not wanted.replace_all:
        plan.refuse(
            "The list has none of the %d %s that prune may delete, so prune would delete all of them: nothing was "
            "changed, check the list and organization_id, or set allow_replace_all=true if that is what you want."
            % (len(left), family.plural)
        )
    _refuse_look_alikes(wanted.kind, listing, plan, names)


def _refuse_look_alikes(kind: Kind, listing: Listing, plan: _Plan, names: set[str]) -> None:
    """Refuse a name that only a look-alike has, because ``prune`` would delete the look-alike and create another."""
    alike: dict[str, set[str]] = {}
    for name in (*names, *map(kind.family.key_of, listing)):
        if isinstance(name, str):
            alike.setdefault(look_alike_key(name), set()).add(name)
    for name in sorted(names):
        others = sorted(alike[look_alike_key(name)] - {name})
        if others and not listing.named(name):
            plan.refuse(
                "No %s is named %s, but %s differs from it only in case, white space or composition, and prune would "
                "delete it: nothing was changed, correct the name."
                % (kind.family.noun, quoted(name), quoted(others[0]))
            )


def _merged(api: Collection, wanted: Wanted, lists: ListCache, entries: Sequence[Mapping[str, Any]]) -> _Plan:
    """Plan an item for each object that the entries name; entries about the same object become one item."""
    items: dict[tuple[str, str], Item] = {}
    numbers: dict[tuple[str, str], int] = {}
    plan = _Plan([])
    unlisted = _unlisted(api, wanted, lists, entries)
    for number, entry in enumerate(entries, 1):
        item = Item(wanted.kind, entry, wanted.state == "absent")
        key = _resolve(wanted, item, lists, unlisted)
        known = items.get(key)
        if known is None:
            items[key], numbers[key] = item, number
            plan.items.append(item)
        else:
            _unite(plan, known, item, (numbers[key], number))
        given = wanted.exclude.fits(entry["id"], entry[wanted.kind.key.name])
        if item.deletes and (given or (item.resource is not None and wanted.excludes(item.resource))):
            plan.refuse(
                "Entry %d of %s, %s, is in exclude as well: nothing was changed, remove it from one of them."
                % (number, wanted.kind.family.plural_key, item)
            )
    return plan


def _resolve(wanted: Wanted, item: Item, lists: ListCache, unlisted: Mapping[str, Resource]) -> tuple[str, str]:
    """Look up the object of an entry, and return a value that is equal for all entries about this object."""
    identifier, name = item.options["id"], item.options[wanted.kind.key.name]
    if identifier is not None:
        if not (item.deletes and item.options["force"]) or wanted.exclude.entries:
            item.resource = lists.latest.with_id(identifier) or unlisted.get(identifier)
        return "id", identifier
    matches = lists.latest.named(name)
    if len(matches) != 1:
        return "name", name
    item.resource = matches[0]
    return "id", item.resource["id"]


def _unlisted(
    api: Collection, wanted: Wanted, lists: ListCache, entries: Sequence[Mapping[str, Any]]
) -> dict[str, Resource]:
    """Return the objects that entries name by id and that exist although the list lacks them.

    The list may lag. Each object is looked up later anyway; only a limit on deletions needs to know now.
    """
    if wanted.state == "present" or wanted.max_deletions is None:
        return {}

    def read(identifier: str) -> Resource | None:
        try:
            return api.get(identifier)
        except (NotFoundError, NotBasedashError, UnsupportedError):
            return None

    given = {entry["id"] for entry in entries if entry["id"] is not None and not entry["force"]}
    missing = sorted(identifier for identifier in given if lists.latest.with_id(identifier) is None)
    found = in_parallel(api.client, wanted.concurrency, read, missing)
    return {resource["id"]: resource for resource in found if resource is not None}


def _unite(plan: _Plan, one: Item, other: Item, numbers: tuple[int, int]) -> None:
    """Make one item of two about the same object."""
    united = dict(one.options)
    for option, value in other.options.items():
        if option in ("id", one.kind.key.name) and (value is None or united[option] is None):
            united[option] = united[option] if value is None else value
        elif value != united[option]:
            plan.refuse(
                "The entries %d and %d of %s are about the same %s and contradict each other in %s: "
                "nothing was changed, remove one of them."
                % (*numbers, one.kind.family.plural_key, one.kind.family.noun, option)
            )
    one.options = united


def _limit(wanted: Wanted, plan: _Plan) -> None:
    """Refuse more deletions than allowed."""
    most = wanted.max_deletions
    if most is None:
        if not wanted.prune and wanted.filters is None:
            return
        most = _MOST_DELETIONS
    going = [item for item in plan.all if item.deletes and (item.resource is not None or item.options["force"])]
    if len(going) > most:
        named = ", ".join(map(str, going[:_NAMED])) + (", ..." if len(going) > _NAMED else "")
        plan.refuse(
            "%d %s would be deleted, and max_deletions allows %d: nothing was changed, narrow what is "
            "selected or raise it (%s)." % (len(going), wanted.kind.family.plural, most, named)
        )


# What became of it ----------------------------------------------------------------------------------------------------


def _outcome(api: Collection, plan: _Plan) -> Outcome:
    items = plan.all
    summary = {action: sum(item.action == action for item in items) for action in ACTIONS}
    message = plan.refusal or _message(api, items, summary)
    return Outcome(
        any(item.changed for item in items),
        message=message or None,
        warnings=tuple(_warnings(plan)),
        diff=tuple(_diffs(items)),
        values={
            "results": [item.as_result() for item in items],
            "summary": {"total": len(items), **summary},
            "service": {"api_url": api.client.identity[0], "organization_id": api.organization_id},
        },
        failed=bool(message),
    )


def _message(api: Collection, items: Sequence[Item], summary: Mapping[str, int]) -> str:
    if not summary["failed"] and not summary["not_attempted"]:
        return ""
    message = "%d of %d %s failed and %d were not attempted, see results." % (
        summary["failed"],
        len(items),
        api.family.plural,
        summary["not_attempted"],
    )
    failures = [(item, item.error.message) for item in items if item.error is not None]
    for item, reason in failures[:_FAILURES_NAMED]:
        message += " %s: %s" % (item, limited(reason, _LONGEST_REASON))
    if len(failures) > _FAILURES_NAMED:
        message += " And %d more." % (len(failures) - _FAILURES_NAMED)
    return message


def _warnings(plan: _Plan) -> Iterator[str]:
    warnings = [*plan.warnings, *(warning for item in plan.all for warning in item.warnings)]
    yield from warnings[:_NAMED]
    if len(warnings) > _NAMED:
        yield "There are %d more warnings, see results." % (len(warnings) - _NAMED)


def _diffs(items: Sequence[Item]) -> Iterator[Diff]:
    for item in items:
        diff = None if item.outcome is None else item.outcome.diff
        if isinstance(diff, Diff) and diff.before != diff.after:
            yield diff
