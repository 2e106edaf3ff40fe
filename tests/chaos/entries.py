# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold what a task about many data sources said of each against what it was asked for and what the server knows."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verdicts import CLEAR, MAYBE_BEFORE, NOT_KNOWN, Counts, Job, Knowledge, Report, Wanted, own

ACTIONS = ("deleted", "created", "updated", "unchanged", "failed", "not_attempted")
# What each action that is a change leaves in the server's log; these alone are changes.
CHANGES = frozenset(("deleted", "created", "updated"))

Entry = Mapping[str, Any]
Request = Mapping[str, Any]


@dataclass(frozen=True)
class Window:
    """What the server saw of one task: the collection's own requests between the task's beginning and its end."""

    requests: Sequence[Request]

    @classmethod
    def of(cls, report: Report, knowledge: Knowledge) -> Window:
        """Return the window of the task that ``report`` is about."""
        first = bisect_left(knowledge.requests, report.begun, key=_time)
        last = bisect_right(knowledge.requests, report.time, key=_time)
        return cls([one for one in knowledge.requests[first:last] if own(one)])

    @property
    def writes(self) -> list[Request]:
        """The requests that were to change something."""
        return [one for one in self.requests if one["method"] != "GET"]

    def by_source(self) -> dict[str, list[Request]]:
        """Return the writes by the id that they are about; those that create, by ``named`` and the name."""
        found: dict[str, list[Request]] = defaultdict(list)
        for one in self.writes:
            creates = one["method"] == "POST"
            found[f"named {_body(one).get('displayName')}" if creates else str(one["object"])].append(one)
        return found


def _time(request: Request) -> str:
    return str(request["time"])


def _body(request: Request) -> Mapping[str, Any]:
    try:
        body = json.loads(request["body"] or "{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def reports_of(job: Job, report: Report) -> list[Report]:
    """Return what a task said of each that it was to be about."""
    by_ticket = {wish.ticket: entry for wish, entry in _covered(job, _entries(report))}
    by_id = {entry["id"]: entry for entry in _entries(report)}
    by_ticket.update({wish.ticket: by_id[wish.source] for wish in job.selected if wish.source in by_id})
    said = []
    for wish in job.wanted:
        entry = by_ticket.get(wish.ticket)
        if entry is None:
            # A task that failed as a whole came to none of them. Who selects and does not name one says: it is gone.
            attempted = "results" in report.result and not wish.refused
            said.append(Report(wish.ticket, report.run, False, False, report.message, report.time, attempted=attempted))
            continue
        failed, attempted = entry["action"] == "failed", entry["action"] != "not_attempted"
        words = str(entry.get("msg", ""))
        said.append(
            Report(wish.ticket, report.run, bool(entry["changed"]), failed, words, report.time, attempted=attempted)
        )
    return said


def judge_task(job: Job, report: Report, knowledge: Knowledge) -> Counts:
    """Count what is not true of what one task said."""
    counts = Counts()
    place = f"{job.ticket} in {report.run}"
    window = Window.of(report, knowledge)
    entries = _entries(report)
    _sums(counts, place, report, entries)
    if "results" in report.result:
        _order(counts, place, job, report, entries, knowledge)
    if job.check:
        for one in window.writes:
            counts.note("wrong_plans", f"{place}: {one['method']} was sent, request {one['number']}")
        return counts
    if job.refused or "results" not in report.result:
        for one in window.writes:
            counts.note("touched", f"{place} was refused, and sent {one['method']}, request {one['number']}")
    if job.refused and not report.failed:
        counts.note("false_ok", f"{place} was to be refused, and did not fail")
    about = window.by_source()
    for entry in entries:
        _entry(counts, place, entry, about, knowledge)
    _left_alone(counts, place, job, entries, about)
    return counts


def compare_plan(plan: Report, real: Report) -> Counts:
    """Count in what the real run did other than the plan said, where nothing disturbed either."""
    counts = Counts()
    planned, done = ([(one["name"], one["action"]) for one in _entries(report)] for report in (plan, real))
    if planned != done or not planned:
        counts.note("wrong_plans", f"{plan.ticket} in {plan.run}: planned {planned}, and done {done}")
    return counts


def too_late(reports: Sequence[Report], knowledge: Knowledge, killed_at: int = 0) -> Counts:
    """Count the requests behind number ``killed_at`` that came when none of these tasks was under way."""
    counts = Counts()
    windows = sorted((report.begun, report.time) for report in reports)
    for one in filter(own, knowledge.requests[killed_at:]):
        if not any(begin <= one["time"] <= end for begin, end in windows):
            counts.note("too_late", f"request {one['number']}: {one['method']} {one['object']} at {one['time']}")
    return counts


def _entries(report: Report) -> list[Entry]:
    return list(report.result.get("results", ()))


def _covered(job: Job, entries: Sequence[Entry]) -> Iterator[tuple[Wanted, Entry]]:
    """Yield the wishes with the entries that are about them; several wishes may be about one data source."""
    by_id: dict[str, list[Entry]] = defaultdict(list)
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_id[entry["id"]].append(entry)
        by_name[entry["name"]].append(entry)
    for wish in job.entries:
        identifier = wish.options.get("id")
        found = by_name[wish.options["name"]] if identifier is None else by_id[identifier]
        for entry in found:
            yield wish, entry


def _sums(counts: Counts, place: str, report: Report, entries: Sequence[Entry]) -> None:
    actions = [entry["action"] for entry in entries]
    for entry in entries:
        if entry["action"] not in ACTIONS or (
            entry["action"] != "failed" and entry["changed"] != (entry["action"] in CHANGES)
        ):
            counts.note("wrong_sums", f"{place}: {entry['id']} {entry['action']}, changed {entry['changed']}")
    if report.changed != any(entry["changed"] for entry in entries):
        counts.note("wrong_sums", f"{place}: changed is {report.changed}")
    if "results" not in report.result:
        if not report.failed:
            counts.note("wrong_sums", f"{place}: neither results nor a failure")
        return
    expected = {"total": len(entries), **{action: actions.count(action) for action in ACTIONS}}
    if report.result.get("summary") != expected:
        counts.note("wrong_sums", f"{place}: {report.result.get('summary')} in place of {expected}")
    if report.failed != bool({"failed", "not_attempted"} & set(actions)):
        counts.note("wrong_sums", f"{place}: failed is {report.failed}")


def _order(
    counts: Counts, place: str, job: Job, report: Report, entries: Sequence[Entry], knowledge: Knowledge
) -> None:
    """Each wanted one exactly once, in the order given, and then those that were selected, in the server's order."""
    places = {id(entry): number for number, entry in enumerate(entries)}
    found: dict[str, list[int]] = defaultdict(list)
    for wish, entry in _covered(job, entries):
        found[wish.ticket].append(places[id(entry)])
    listed: list[int] = []
    for wish in job.entries:
        if len(found[wish.ticket]) != 1:
            counts.note("misplaced", f"{place}: {wish.ticket} ({wish.source}) is there {len(found[wish.ticket])} times")
        listed += found[wish.ticket]
    first = list(dict.fromkeys(listed))
    if first != list(range(len(first))):
        counts.note("misplaced", f"{place}: not in the order given")
    rest = [entry["id"] for number, entry in enumerate(entries) if number not in set(first)]
    allowed = [wish.source for wish in job.selected]
    due = [name for name in allowed if name is not None and _was_there(name, report, knowledge)]
    if [name for name in allowed if name in set(rest)] != rest:
        counts.note("misplaced", f"{place}: {rest} in place of {allowed}")
    for name in set(due) - set(rest):
        counts.note("misplaced", f"{place}: {name} was there and to be selected")
    for name in rest:
        moment = knowledge.deleted_at.get(name)
        if moment is not None and moment < report.begun:
            counts.note("misplaced", f"{place}: {name} was selected, and gone before")


def _was_there(name: str, report: Report, knowledge: Knowledge) -> bool:
    """Tell whether a data source was there all the time, or until this task itself took it away."""
    moment = knowledge.deleted_at[name]
    deletion = knowledge.deletion(name)
    by_itself = deletion is not None and own(deletion) and deletion["time"] >= report.begun
    return moment is None or moment > report.time or by_itself


def _entry(
    counts: Counts, place: str, entry: Entry, about: Mapping[str, Sequence[Request]], knowledge: Knowledge
) -> None:
    identifier, action = entry["id"], entry["action"]
    writes = [*about.get(identifier, ()), *about.get(f"named {entry['name']}", ())]
    effects = [one["effect"] for one in writes if one["effect"]]
    text = f"{place}: {identifier} ({entry['name']}) {action}"
    if action in ("created", "updated") and action not in effects:
        counts.note("false_changed", f"{text}, and the log has {effects}")
    if action == "deleted" and "deleted" not in effects:
        deletion = knowledge.deletion(identifier)
        # What someone else deleted is judged elsewhere. Of what was not read, a warning has to say what is not known.
        if deletion is not None and own(deletion) and not (_lost(writes) and _warned(entry)):
            counts.note("false_changed", f"{text}, and request {deletion['number']} of another task did it")
    if action == "unchanged" and effects:
        counts.note("false_ok", f"{text}, and the log has {effects}")
    if action == "failed":
        if entry["changed"] and not effects:
            counts.note("false_changed", f"{text}, changed, and the log has nothing")
        if effects and not entry["changed"] and NOT_KNOWN not in str(entry.get("msg", "")):
            counts.note("lost", f"{text}, and its words keep quiet about {effects}: {entry.get('msg')}")
    if action == "not_attempted" and writes:
        counts.note("touched", f"{text}, and there was request {writes[0]['number']}")
    _facts(counts, text, entry, knowledge)


def _lost(writes: Sequence[Request]) -> bool:
    return any(one["effect"] is None and one["fault"] not in CLEAR for one in writes)


def _warned(entry: Entry) -> bool:
    return any(MAYBE_BEFORE in str(warning) for warning in entry.get("warnings", ()))


def _facts(counts: Counts, text: str, entry: Entry, knowledge: Knowledge) -> None:
    facts = entry.get("data_source")
    if facts is None:
        if entry["action"] in ("created", "updated"):
            counts.note("wrong_facts", f"{text}: no facts")
        return
    source = knowledge.sources.get(entry["id"], {})
    for fact, field in (("id", "id"), ("display_name", "displayName"), ("created_at", "createdAt")):
        if facts[fact] != source.get(field):
            counts.note("wrong_facts", f"{text}: {fact} is {facts[fact]}, and not {source.get(field)}")
            return
    if entry["name"] != source.get("displayName") and entry["action"] != "failed":
        counts.note("wrong_facts", f"{text}: it is named {source.get('displayName')}")


def _left_alone(
    counts: Counts, place: str, job: Job, entries: Sequence[Entry], about: Mapping[str, Sequence[Request]]
) -> None:
    """What is to be left alone after a failure: what ``prune`` selected, and with ``on_error: stop`` all the others."""
    failures = [number for number, entry in enumerate(entries) if entry["action"] == "failed"]
    if not failures:
        return
    if job.options.get("prune") and failures[0] < len(entries) - _selected(job, entries):
        for wish in job.selected:
            for one in about.get(wish.source or "", ()):
                counts.note("wrongly_deleted", f"{place}: {wish.source} after a failure, by request {one['number']}")
    if job.options.get("on_error") == "stop" and job.options.get("concurrency") == 1:
        for entry in entries[failures[0] + 1 :]:
            if entry["action"] != "not_attempted":
                counts.note("touched", f"{place}: {entry['id']} {entry['action']} after the failure that ends all")


def _selected(job: Job, entries: Sequence[Entry]) -> int:
    names = {wish.source for wish in job.selected}
    return sum(entry["id"] in names for entry in entries)
