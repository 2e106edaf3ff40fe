# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare what runs reported with what the server knows, and count what was not true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

OWN_AGENT = "ansible-community.basedash/"
NOT_KNOWN = "is not known"
MAYBE_BEFORE = "might have been gone already"

# A request that met one of these, or none, told its client clearly what it did.
CLEAR = frozenset((None, "rate_limited", "delay"))


@dataclass(frozen=True)
class Wanted:
    """What one task asks for.

    ``source`` is the id of the data source that the task is about, or ``None`` if there is none. ``refused`` tells that
    the task must fail and delete nothing, because its name does not fit or fits several, and ``listed`` that it is one
    of many in a task, which are looked up in a list of all.
    """

    ticket: str
    options: Mapping[str, Any]
    source: str | None
    refused: bool = False
    listed: bool = False

    @property
    def to_delete(self) -> str | None:
        """The id that this task may delete."""
        return None if self.refused else self.source


@dataclass(frozen=True)
class Job:
    """What one task about many asks for: the module's options, and what they mean.

    ``entries`` has a wish for each entry of the list, in its order. ``selected`` are those that filters or ``prune``
    may take besides, in the server's order. ``refused`` tells that the task must fail and change nothing at all,
    ``check`` that it may only plan, ``timeout`` after how many seconds Ansible ends it (0: never).
    """

    ticket: str
    options: Mapping[str, Any]
    entries: Sequence[Wanted] = ()
    selected: Sequence[Wanted] = ()
    refused: bool = False
    check: bool = False
    timeout: int = 0

    @property
    def wanted(self) -> list[Wanted]:
        """All that it is about."""
        return [*self.entries, *self.selected]


@dataclass(frozen=True)
class Report:
    """What one run said about one task; times are in the simulator's form, which sorts as text.

    A report of a task about many has the time when it had ``begun`` and its ``result``; what it says of one of them is
    a report of its own, not ``attempted`` if the task did not come to that one. ``leaks`` tells that the secret of the
    family stands anywhere in the result.
    """

    ticket: str
    run: str
    changed: bool
    failed: bool
    message: str
    time: str
    begun: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    attempted: bool = True
    leaks: bool = False

    @property
    def ok(self) -> bool:
        """Tell whether this claims that there was nothing to delete."""
        return not self.changed and not self.failed and self.attempted

    @property
    def final(self) -> bool:
        """Tell whether a next run has nothing to do about this."""
        return not self.failed and self.attempted

    @property
    def admits_doubt(self) -> bool:
        """Tell whether this says that the effect of a DELETE is not known."""
        return self.failed and NOT_KNOWN in self.message


@dataclass(frozen=True)
class Knowledge:
    """What one server knows.

    Its log of requests, when each data source was deleted (``None``: it is there), and the data sources, deleted ones
    too, by id.
    """

    requests: Sequence[Mapping[str, Any]]
    deleted_at: Mapping[str, str | None]
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def deletion(self, source: str) -> Mapping[str, Any] | None:
        """Return the request that deleted a data source."""
        return self._deletions.get(source)

    @cached_property
    def _deletions(self) -> dict[str, Mapping[str, Any]]:
        return {one["object"]: one for one in self.requests if one["effect"] == "deleted"}


@dataclass
class Counts:
    """What was not true or not done; all but ``undecidable`` must be 0.

    That one counts claims of a change that a client can't know to be wrong: it read the data source, the answer to its
    own DELETE was lost, and it was someone else who deleted it in between. Such a claim is documented.

    Four are of what was created, six of tasks about many, and the last one of secrets that were shown.
    """

    false_changed: int = 0
    false_ok: int = 0
    lost: int = 0
    wrongly_deleted: int = 0
    undecidable: int = 0
    duplicates: int = 0
    lost_secrets: int = 0
    tls_off: int = 0
    left_open: int = 0
    misplaced: int = 0
    wrong_sums: int = 0
    wrong_facts: int = 0
    touched: int = 0
    wrong_plans: int = 0
    too_late: int = 0
    leaked: int = 0
    findings: list[str] = field(default_factory=list)

    def __iadd__(self, other: Counts) -> Counts:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        return self

    def note(self, kind: str, text: str) -> None:
        """Count one finding."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.findings.append(f"{kind}: {text}")

    @property
    def bad(self) -> bool:
        """Tell whether any count that must be 0 is not."""
        must_be_none = {one.name for one in fields(self)} - {"undecidable", "findings"}
        return any(getattr(self, name) for name in must_be_none)

    def __str__(self) -> str:
        text = (
            f"false changed {self.false_changed}, false ok {self.false_ok}, lost {self.lost}, "
            f"wrongly deleted {self.wrongly_deleted}, undecidable {self.undecidable}"
        )
        building = (self.duplicates, self.lost_secrets, self.tls_off, self.left_open)
        if any(building):
            text += ", duplicates %d, lost secrets %d, TLS off %d, left open %d" % building
        many = (self.misplaced, self.wrong_sums, self.wrong_facts, self.touched, self.wrong_plans, self.too_late)
        if any(many):
            text += ", misplaced %d, wrong sums %d, wrong facts %d, touched %d, wrong plans %d, too late %d" % many
        if self.leaked:
            text += ", leaked %d" % self.leaked
        return text


def own(request: Mapping[str, Any]) -> bool:
    """Tell whether a request came from the collection and not from someone else."""
    return str(request["user_agent"] or "").startswith(OWN_AGENT)


def judge(
    wanted: Iterable[Wanted],
    reports: Iterable[Report],
    knowledge: Knowledge,
    *,
    complete: bool = True,
    killed_at: int = 0,
) -> Counts:
    """Count what is not true in all reports together.

    ``complete`` tells that the runs came to their end, so that nothing may be left to do. What the requests up to
    number ``killed_at`` did may be without a report, because the run that sent them was killed.
    """
    counts = Counts()
    said: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        said[report.ticket].append(report)
    wishes = list(wanted)
    for wish in wishes:
        _judge_one(counts, wish, said[wish.ticket], knowledge, complete, killed_at)
    asked = {wish.to_delete for wish in wishes}
    for request in knowledge.requests:
        if request["effect"] == "deleted" and own(request) and request["object"] not in asked:
            counts.note("wrongly_deleted", f"{request['object']}, by request {request['number']}")
    return counts


def _judge_one(
    counts: Counts, wish: Wanted, said: list[Report], knowledge: Knowledge, complete: bool, killed_at: int
) -> None:
    deletion = knowledge.deletion(wish.to_delete) if wish.to_delete is not None else None
    _changed(counts, wish, [one for one in said if one.changed], deletion, knowledge)
    for report in said:
        if report.ok and (wish.refused or not _gone(wish, report, knowledge)):
            counts.note("false_ok", f"{wish.ticket} ({wish.source}) in {report.run}: {report.message}")
    if not complete:
        return
    if not said or not (said[-1].final or wish.refused):
        last = said[-1].message if said else "no report at all"
        counts.note("lost", f"{wish.ticket} ({wish.source}) came to no verdict: {last}")
    elif wish.to_delete is not None and knowledge.deleted_at[wish.to_delete] is None:
        counts.note("lost", f"{wish.ticket} ({wish.source}) is still there")
    if deletion is not None and own(deletion) and deletion["number"] > killed_at:
        if any(one.changed or one.admits_doubt for one in said):
            return
        kind = "false_ok" if any(one.ok for one in said) else "lost"
        counts.note(kind, f"{wish.ticket} ({wish.source}) was deleted by {deletion['number']}, and no report tells it")


def _changed(
    counts: Counts,
    wish: Wanted,
    claims: list[Report],
    deletion: Mapping[str, Any] | None,
    knowledge: Knowledge,
) -> None:
    """Hold the claims of a change against the one deletion that there can be."""
    # A deletion can be claimed once, by us, and not before it happened.
    true = deletion is not None and own(deletion) and any(deletion["time"] <= one.time for one in claims)
    for claim in claims[1:] if true else claims:
        kind = "undecidable" if _undecidable(wish, deletion, knowledge, true) else "false_changed"
        counts.note(kind, f"{wish.ticket} ({wish.source}) in {claim.run}")


def _undecidable(wish: Wanted, deletion: Mapping[str, Any] | None, knowledge: Knowledge, true: bool) -> bool:
    if wish.to_delete is None or deletion is None or (own(deletion) and not true):
        return False
    # It was read while it was there, by its id or in a list, and a DELETE of ours is of unknown effect.
    looked_at = wish.to_delete if "id" in wish.options else None
    read = lost = False
    for one in filter(own, knowledge.requests):
        if one["method"] == "GET":
            looked = one["object"] == looked_at or (wish.listed and one["object"] is None)
            read = read or (looked and one["number"] < deletion["number"])
        elif one["object"] == wish.to_delete:
            lost = lost or (one["effect"] is None and one["fault"] not in CLEAR)
    return read and lost


def _gone(wish: Wanted, report: Report, knowledge: Knowledge) -> bool:
    """Tell whether the data source was not there when the report said so."""
    if wish.source is None:
        return True
    moment = knowledge.deleted_at[wish.source]
    return moment is not None and moment <= report.time
