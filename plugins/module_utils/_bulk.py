# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: many data sources in one task.

What happens to each is decided by the task of one data source, over one list that serves them all; here is what is
wanted, in which order, how many at once, and what is said in the end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._api import Api, Listing, Resource
from ansible_collections.community.basedash.plugins.module_utils._data_source import facts, is_warehouse
from ansible_collections.community.basedash.plugins.module_utils._deletion import Absence
from ansible_collections.community.basedash.plugins.module_utils._errors import (
    ApiError,
    BasedashError,
    InputError,
    RefusedError,
)
from ansible_collections.community.basedash.plugins.module_utils._filters import Filters
from ansible_collections.community.basedash.plugins.module_utils._lifecycle import make_so
from ansible_collections.community.basedash.plugins.module_utils._provision import Presence
from ansible_collections.community.basedash.plugins.module_utils._snapshot import Lists, Snapshot
from ansible_collections.community.basedash.plugins.module_utils._task import Diff, Outcome
from ansible_collections.community.basedash.plugins.module_utils._text import quoted

ACTIONS = ("deleted", "created", "updated", "unchanged", "failed", "not_attempted")

_MOST_AT_ONCE = 64
# For what was selected and not listed, unless the user says otherwise.
_MOST_DELETIONS = 10
# A message is one sentence, so it names so many; the results have all.
_NAMED = 20
_TELL_EVERY = 5.0


@dataclass(frozen=True)
class Wanted:
    """What a user wants of many data sources; the fields are the module's options."""

    state: str
    items: Sequence[Mapping[str, Any]] | None
    filters: Filters | None
    exclude: frozenset[str]
    prune: bool
    max_deletions: int | None
    concurrency: int
    stop: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wanted:
        """Return what the options want.

        Raises:
            InputError: if one can't be right, or they don't fit together; for an entry, with its number.
        """
        state, items, filters = options["state"], options["data_sources"], options["filters"]
        if (items is None) == (filters is None):
            raise InputError("Give either data_sources or filters.")
        if state == "present" and items is None:
            raise InputError("The option filters goes with state=absent alone: give data_sources.")
        if state == "absent" and options["prune"]:
            raise InputError("The option prune goes with state=present alone.")
        if not 1 <= options["concurrency"] <= _MOST_AT_ONCE:
            raise InputError("The option concurrency is %d: give 1 to %d." % (options["concurrency"], _MOST_AT_ONCE))
        if options["max_deletions"] is not None and options["max_deletions"] < 0:
            raise InputError("The option max_deletions is %d: give 0 or more." % options["max_deletions"])
        for number, item in enumerate(items or (), 1):
            try:
                if state == "absent":
                    Absence.of(item)
                else:
                    Presence.of(item)
            except InputError as error:
                raise InputError("Entry %d of data_sources: %s" % (number, error.message)) from error
        return cls(
            state,
            items,
            None if filters is None else Filters.of(filters),
            frozenset(entry.strip() for entry in options["exclude"] or ()),
            options["prune"],
            options["max_deletions"],
            options["concurrency"],
            options["on_error"] == "stop",
        )


@dataclass
class Item:
    """One data source that the task is about: what is wanted, and in the end what became of it.

    ``options`` are those of the task of one data source, but for its ``state``: ``deletes`` tells that it is to go.
    """

    options: Mapping[str, Any]
    deletes: bool
    resource: Resource | None = None
    action: str = "not_attempted"
    changed: bool = False
    outcome: Outcome | None = None
    error: BasedashError | None = None

    def __str__(self) -> str:
        known = self.resource or {}
        name, identifier = self.options["name"] or known.get("displayName"), self.options["id"] or known.get("id")
        return "%s (%s)" % (quoted(name), identifier) if name and identifier else quoted(name or identifier)

    def as_result(self) -> dict[str, Any]:
        """Return its entry of the result's ``results``."""
        known = self.outcome.data_source if self.outcome is not None else None
        if known is None and self.error is not None:
            known = self.error.facts
        if known is None and self.resource is not None:
            known = facts(self.resource)
        entry: dict[str, Any] = {
            "id": self.options["id"] or (known or {}).get("id"),
            "name": self.options["name"] or (known or {}).get("display_name"),
            "action": self.action,
            "changed": self.changed,
        }
        if known is not None:
            entry["data_source"] = known
        if self.outcome is not None:
            entry.update(self.outcome.values)
            if self.outcome.message is not None:
                entry["msg"] = self.outcome.message
        if self.error is not None:
            entry["msg"] = self.error.message
            if isinstance(self.error, ApiError):
                entry["error"] = self.error.as_result()
                if self.error.field_errors:
                    entry["field_errors"] = dict(self.error.field_errors)
        if self.warnings:
            entry["warnings"] = list(self.warnings)
        return entry

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is worth a warning about it."""
        if self.error is not None:
            return self.error.warnings
        return () if self.outcome is None else self.outcome.warnings


@dataclass
class _Run:
    """Items on their way, several at once."""

    api: Api
    lists: Lists
    wanted: Wanted
    check_mode: bool
    stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: int = 0
    _failed: int = 0
    _begun: float = 0.0
    _told: float = 0.0

    def go(self, items: Sequence[Item]) -> None:
        """Do what is wanted with each; whatever happens, each item says what became of it."""
        self._done, self._failed, self._begun = 0, 0, self.api.clock.monotonic()
        self._told = self._begun
        waiting = iter(items)
        with ThreadPoolExecutor(self.wanted.concurrency) as pool:
            try:
                # A few that take item after item: to submit each of thousands would cost more than their facts.
                workers = [pool.submit(self._work, waiting, len(items)) for _number in range(self.wanted.concurrency)]
                for worker in workers:
                    worker.result()
            except BaseException:
                # An interruption: what is under way comes to its end, and nothing else begins.
                self.stopped.set()
                self.api.client.abandon()
                raise

    def _work(self, waiting: Iterator[Item], total: int) -> None:
        while not (self.stopped.is_set() or self.api.client.abandoned):
            with self._lock:
                item = next(waiting, None)
            if item is None:
                return
            self._one(item)
            self._tell(item, total)

    def _one(self, item: Item) -> None:
        try:
            item.outcome = self._done_with(item)
            item.action, item.changed = item.outcome.action, item.outcome.changed
            if item.outcome.data_source is not None:
                item.resource = None
        except BasedashError as error:
            item.error, item.action, item.changed = error, "failed", error.changed
            if self.wanted.stop or self.api.client.exhausted:
                self.stopped.set()
        except Exception as error:  # pylint: disable=broad-except
            # A fault of ours with one of them must not take away the report of the others.
            item.action = "failed"
            item.error = BasedashError(
                "Unexpected %s: %s. Please report this as a bug; it is not known what was done."
                % (type(error).__name__, error)
            )
            self.stopped.set()

    def _done_with(self, item: Item) -> Outcome:
        state = "absent" if item.deletes else "present"
        return make_so(Snapshot(self.api, self.lists), {**item.options, "state": state}, self.check_mode)

    def _tell(self, item: Item, total: int) -> None:
        with self._lock:
            self._done += 1
            self._failed += item.error is not None
            now = self.api.clock.monotonic()
            if now - self._told < _TELL_EVERY:
                return
            self._told = now
            done, failed, rate = self._done, self._failed, self._done / max(0.001, now - self._begun)
        failures = ", %d failed" % failed if failed else ""
        self.api.progress("%d of %d data sources, %.0f in a second%s" % (done, total, rate, failures))


def manage_many(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Give many data sources the state that the options name.

    Raises:
        BasedashError: if it was refused before anything was changed.
    """
    # The list that serves them all ends with the work: of thousands, it needs as much memory as their facts.
    return _outcome(*_managed(api, Wanted.of(options), check_mode))


def _managed(api: Api, wanted: Wanted, check_mode: bool) -> tuple[Sequence[Item], str]:
    """Do what is wanted, and return what became of each, or why all of it was refused."""
    lists = Lists(api)
    items = _selected(wanted, lists) if wanted.items is None else _merged(wanted, lists, wanted.items)
    pruned = _left_over(wanted, lists.first, items) if wanted.prune else []
    everything = [*items, *pruned]
    refusal = _refusal(wanted, everything)
    if not refusal:
        run = _Run(api, lists, wanted, check_mode)
        run.go(items)
        if pruned and not run.stopped.is_set() and not any(item.action == "failed" for item in items):
            run.go(pruned)
    return everything, refusal


# What is wanted -------------------------------------------------------------------------------------------------------


def _deletion(resource: Resource) -> Item:
    name = resource.get("displayName")
    options = {
        "id": resource["id"],
        # A guard: what was selected by its name has to have it still. A blank one can't be given.
        "name": name if isinstance(name, str) and name.strip() else None,
        "missing_ok": True,
        "verify_absence": True,
        "force": False,
    }
    return Item(options, True, resource)


def _protected(resource: Resource) -> bool:
    """Tell whether only its own entry may delete this: the managed warehouse, and the vendor's demonstration."""
    return is_warehouse(resource) or resource.get("isDemo") not in (None, False)


def _selected(wanted: Wanted, lists: Lists) -> list[Item]:
    """Return the data sources that the filters select.

    Raises:
        RefusedError: if those are all, and the user set no limit.
    """
    filters = wanted.filters
    resources = [resource for resource in lists.first if not _protected(resource)]
    found = [resource for resource in resources if filters is not None and filters.match(resource)]
    if wanted.max_deletions is None and (filters is None or filters.empty or (found and len(found) == len(resources))):
        raise RefusedError(
            "The filters select each of the %d data sources of the organization: nothing was changed, narrow them, or "
            "set max_deletions if that is what you want." % len(resources)
        )
    return [_deletion(resource) for resource in found if not _excluded(wanted, resource)]


def _excluded(wanted: Wanted, resource: Resource) -> bool:
    # Of "a, b", Ansible makes "a" and " b": what is to be protected is, whatever blanks are around it.
    known = (resource["id"], resource.get("displayName"))
    return any(isinstance(one, str) and one.strip() in wanted.exclude for one in known)


def _left_over(wanted: Wanted, listing: Listing, items: Sequence[Item]) -> list[Item]:
    """Return the data sources that no entry is about, and that may go."""
    kept = {item.resource["id"] for item in items if item.resource is not None}
    # An entry by a name that several have fails, and none of those may go for that.
    names = {item.options["name"] for item in items if item.options["id"] is None}
    return [
        _deletion(resource)
        for resource in listing
        if resource["id"] not in kept
        and resource.get("displayName") not in names
        and not _protected(resource)
        and not _excluded(wanted, resource)
    ]


def _merged(wanted: Wanted, lists: Lists, entries: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Return an item for each data source that the entries are about; entries about the same one are one.

    Raises:
        RefusedError: if entries about the same one contradict each other, or one is excluded.
    """
    items: dict[tuple[str, str], Item] = {}
    numbers: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries, 1):
        item = Item(entry, wanted.state == "absent")
        key = _resolve(item, lists)
        known = items.get(key)
        if known is None:
            items[key], numbers[key] = item, number
        else:
            known.options = _united(known.options, item.options, numbers[key], number)
        resource = item.resource or {"id": entry["id"] or "", "displayName": entry["name"]}
        if wanted.state == "absent" and _excluded(wanted, resource):
            raise RefusedError(
                "Entry %d of data_sources, %s, is in exclude as well: nothing was changed, remove it from one of them."
                % (number, item)
            )
    return list(items.values())


def _resolve(item: Item, lists: Lists) -> tuple[str, str]:
    identifier, name = item.options["id"], item.options["name"]
    if identifier is not None:
        if not (item.deletes and item.options["force"]):
            item.resource = lists.first.with_id(identifier)
        return "id", identifier
    matches = lists.first.named(name)
    if len(matches) != 1:
        return "name", name
    item.resource = matches[0]
    return "id", item.resource["id"]


def _united(one: Mapping[str, Any], other: Mapping[str, Any], number: int, another: int) -> dict[str, Any]:
    united = dict(one)
    for option, value in other.items():
        if option in ("id", "name") and (value is None or one[option] is None):
            united[option] = one[option] if value is None else value
        elif value != one[option]:
            raise RefusedError(
                "The entries %d and %d of data_sources are about the same data source and contradict each other in %s: "
                "nothing was changed, remove one of them." % (number, another, option)
            )
    return united


def _refusal(wanted: Wanted, items: Sequence[Item]) -> str:
    """Return why so many deletions are refused, empty if they are not."""
    going = [item for item in items if item.deletes and (item.resource is not None or item.options["force"])]
    most = wanted.max_deletions
    if most is None:
        if not wanted.prune and wanted.filters is None:
            return ""
        most = _MOST_DELETIONS
    if len(going) <= most:
        return ""
    named = ", ".join(map(str, going[:_NAMED])) + (", ..." if len(going) > _NAMED else "")
    return (
        "%d data sources would be deleted, and max_deletions allows %d: nothing was changed, narrow what is selected "
        "or raise it (%s)." % (len(going), most, named)
    )


# What became of it ----------------------------------------------------------------------------------------------------


def _outcome(items: Sequence[Item], refusal: str = "") -> Outcome:
    summary = {action: sum(item.action == action for item in items) for action in ACTIONS}
    message = refusal or _message(items, summary)
    return Outcome(
        any(item.changed for item in items),
        message=message or None,
        warnings=tuple(_warnings(items)),
        diff=tuple(_diffs(items)),
        values={"results": [item.as_result() for item in items], "summary": {"total": len(items), **summary}},
        failed=bool(message),
    )


def _message(items: Sequence[Item], summary: Mapping[str, int]) -> str:
    if not summary["failed"] and not summary["not_attempted"]:
        return ""
    first = next((item for item in items if item.error is not None), None)
    because = "" if first is None or first.error is None else " The first is %s: %s" % (first, first.error.message)
    return "%d of %d data sources failed and %d were not attempted, see results.%s" % (
        summary["failed"],
        len(items),
        summary["not_attempted"],
        because,
    )


def _warnings(items: Sequence[Item]) -> Iterator[str]:
    warnings = [warning for item in items for warning in item.warnings]
    yield from warnings[:_NAMED]
    if len(warnings) > _NAMED:
        yield "There are %d more warnings, see results." % (len(warnings) - _NAMED)


def _diffs(items: Sequence[Item]) -> Iterator[Diff]:
    for item in items:
        diff = None if item.outcome is None else item.outcome.diff
        if isinstance(diff, Diff) and diff.before != diff.after:
            yield diff
