# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the items of a task about many objects, and how several of them are done at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable

from .._base.errors import ApiError, BasedashError
from .._base.text import printable, quoted
from .._http.client import Client
from .._http.parallel import in_parallel
from .._rest.family import Resource
from .kind import Kind
from .outcome import Facts, Outcome

ACTIONS = ("deleted", "created", "updated", "unchanged", "failed", "not_attempted")

_TELL_EVERY = 5.0


@dataclass
class Item:
    """One object that the task is about: what the user wants, and after the run what happened to it.

    ``options`` are those of the task of one object, without ``state``: ``deletes`` tells that it shall be deleted.
    ``selected`` tells that no entry names it, because filters or ``prune`` found it in the list.
    """

    kind: Kind
    options: Mapping[str, Any]
    deletes: bool
    resource: Resource | None = None
    selected: bool = False
    action: str = "not_attempted"
    changed: bool = False
    outcome: Outcome | None = None
    error: BasedashError | None = None

    def __str__(self) -> str:
        known = self.resource or {}
        name = self.options[self.kind.key.name] or self.kind.family.key_of(known)
        identifier = self.options["id"] or known.get("id")
        if name and identifier:
            return "%s (%s)" % (quoted(name), printable(identifier, longest=120))
        return quoted(name or identifier)

    @property
    def _facts(self) -> Facts | None:
        if self.outcome is not None and self.outcome.facts is not None:
            return self.outcome.facts
        if self.error is not None and self.error.facts is not None:
            return self.error.facts
        return None if self.resource is None else self.kind.facts(self.resource)

    def as_result(self) -> dict[str, Any]:
        """Return its entry of the result's ``results``."""
        facts, key = self._facts, self.kind.key
        entry: dict[str, Any] = {
            "id": self.options["id"] or (facts or {}).get("id"),
            key.name: self.options[key.name] or (facts or {}).get(key.fact_name),
            "action": self.action,
            "changed": self.changed,
        }
        if facts is not None:
            if self.action in ("unchanged", "not_attempted"):
                # The object does not exist, so fields without a value tell nothing.
                facts = {name: value for name, value in facts.items() if value is not None}
            entry[self.kind.family.result_key] = facts
        if self.outcome is not None:
            entry.update(self.outcome.values)
            if self.outcome.message is not None:
                entry["msg"] = self.outcome.message
        if self.error is not None:
            entry.update(failure_entry(self.error))
        if self.warnings:
            entry["warnings"] = list(self.warnings)
        return entry

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is worth a warning about it."""
        if self.error is not None:
            return self.error.warnings
        return () if self.outcome is None else self.outcome.warnings


def failure_entry(error: BasedashError) -> dict[str, Any]:
    """Return what the result of an item says of its failure."""
    entry: dict[str, Any] = {"msg": error.message}
    if isinstance(error, ApiError):
        entry["error"] = error.as_result()
        if error.field_errors:
            entry["field_errors"] = dict(error.field_errors)
    return entry


def deletion_options(kind: Kind, resource: Resource) -> dict[str, Any]:
    """Return the options of the task that deletes an object which no entry names."""
    key = kind.family.key_of(resource)
    return {
        **dict.fromkeys(name for one in kind.references for name in (one.name, one.by_key)),
        "id": resource["id"],
        # The name is a guard, because the object may be renamed meanwhile. A blank name is not accepted as a guard.
        kind.key.name: key if isinstance(key, str) and key.strip() else None,
        "missing_ok": True,
        "verify_absence": True,
        "force": False,
    }


def deletion(kind: Kind, resource: Resource) -> Item:
    """Return the item that deletes an object which no entry names."""
    return Item(kind, deletion_options(kind, resource), True, resource, selected=True)


@dataclass
class Run:
    """Items on their way, several at once; ``do`` does one of them.

    ``plural`` is the word for the items in the progress. With ``stop``, the first failure ends the run. ``then`` is
    called after each item, whatever happened to it.
    """

    client: Client
    do: Callable[[Item], Outcome]
    plural: str
    concurrency: int
    stop: bool = False
    then: Callable[[Item], None] = lambda item: None
    stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: int = 0
    _failed: int = 0
    _begun: float = 0.0
    _told: float = 0.0

    def go(self, items: Sequence[Item]) -> None:
        """Do each item. Whatever happens, each item then says what happened to it."""
        self._done, self._failed, self._begun = 0, 0, self.client.clock.monotonic()
        self._told = self._begun
        # A few workers take item after item, because thousands of submitted jobs need more memory than the facts.
        workers = [iter(items)] * self.concurrency
        in_parallel(self.client, self.concurrency, partial(self._work, len(items)), workers)

    def _work(self, total: int, waiting: Iterator[Item]) -> None:
        while not (self.stopped.is_set() or self.client.abandoned):
            with self._lock:
                item = next(waiting, None)
            if item is None:
                return
            self._one(item)
            self.then(item)
            self._tell(item, total)

    def _one(self, item: Item) -> None:
        try:
            item.outcome = self.do(item)
            item.action, item.changed = item.outcome.action, item.outcome.changed
            if item.outcome.facts is not None:
                item.resource = None
        except BasedashError as error:
            item.error, item.action, item.changed = error, "failed", error.changed
            if self.stop or self.client.exhausted:
                self.stopped.set()
        except Exception as error:  # pylint: disable=broad-except
            # A bug that one item meets must not lose the report about the others.
            item.action = "failed"
            item.error = BasedashError(
                "Unexpected %s: %s. Please report this as a bug; it is not known what was done."
                % (type(error).__name__, error)
            )
            self.stopped.set()

    def _tell(self, item: Item, total: int) -> None:
        with self._lock:
            self._done += 1
            self._failed += item.error is not None
            now = self.client.clock.monotonic()
            if now - self._told < _TELL_EVERY:
                return
            self._told = now
            done, failed, rate = self._done, self._failed, self._done / max(0.001, now - self._begun)
        failures = ", %d failed" % failed if failed else ""
        self.client.progress("%d of %d %s, %.0f in a second%s" % (done, total, self.plural, rate, failures))
