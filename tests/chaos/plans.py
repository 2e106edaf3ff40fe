# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold what tasks said of whole configurations, and what their journals have, against what the server knows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entries import ACTIONS, CHANGES
from verdicts import NOT_KNOWN, Counts, Report, own
from whole import PASSWORD, Whole

UNFINISHED = "did not come to its end"
# In which field an object has its key, and in which one what it is within.
KEYS = {
    "members": "email",
    "definitions": "referenceName",
    "data_sources": "displayName",
    "mcp_servers": "displayName",
}
WITHIN = {"definitions": "databaseConnectionId", "charts": "dashboardId", "tabs": "dashboardId"}
INITIAL_TAB = "Main"
# Options and the fields in which the server has them.
FIELDS = {
    "instructions": "instructions",
    "sql_query": "sqlQuery",
    "description": "description",
    "host": "host",
    "server_url": "serverUrl",
    "role": "role",
}

Effect = Mapping[str, Any]
Entry = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Said:
    """What one task said. ``check``: it may only plan. ``calm``: nothing went wrong any more, and nobody else wrote."""

    report: Report
    check: bool = False
    calm: bool = False

    @property
    def entries(self) -> list[Entry]:
        """The entries of its result."""
        return list(self.report.result.get("results", ()))

    def covers(self, time: str) -> bool:
        """Tell whether the task was under way then."""
        return self.report.begun <= time <= self.report.time

    def __str__(self) -> str:
        return f"{self.report.ticket} in {self.report.run}"


@dataclass(frozen=True)
class Known:
    """What the server knows: its log, who did what, and all objects of each family, deleted ones too."""

    requests: Sequence[Mapping[str, Any]]
    effects: Sequence[Effect]
    objects: Mapping[str, Sequence[Mapping[str, Any]]]

    def by_clients(self) -> list[Effect]:
        """Return what clients did, but for what followed by itself from the deletion of a group."""
        methods = {one["number"]: (one["method"], one["family"]) for one in self.requests}
        return [
            one
            for one in self.effects
            if one["by"] == "client"
            and not (methods[one["request"]] == ("DELETE", "groups") and one["family"] != "groups")
        ]

    def time(self, effect: Effect) -> str:
        """Return when something was done."""
        return str(self.requests[effect["request"] - 1]["time"])

    def about(self, effect: Effect) -> Key:
        """Return the family and the id of the entry that an effect is about: a tab is a part of its dashboard."""
        if effect["family"] == "tabs":
            owners = {one["id"]: one["dashboardId"] for one in self.objects["tabs"]}
            return "dashboards", str(owners[effect["object"]])
        return str(effect["family"]).replace("-", "_"), str(effect["object"])

    def there(self, family: str) -> list[Mapping[str, Any]]:
        """Return the objects of a family that are not deleted."""
        return [one for one in self.objects[family] if one["deletedAt"] is None]


@dataclass(frozen=True)
class Promise:
    """What else is promised of a case.

    ``killed_at``: what the requests up to this number did may be in no result, because its run was killed. ``at_once``:
    several runs worked at the same time. ``stuck``: somebody else made something that refuses the configuration from
    then on. ``refused``: so does the configuration itself. ``twins`` are keys of which somebody else made another one.
    ``planned``: in calm, each task does what the check before it said. ``aged``: between the reading and the deletions
    is more time than a reading is good for. ``by_others`` are ids that nobody has to delete any more.
    """

    whole: Whole
    killed_at: int = 0
    at_once: bool = False
    stuck: bool = False
    refused: bool = False
    twins: Collection[str] = ()
    planned: bool = False
    aged: bool = False
    by_others: Collection[str] = ()


def judge(name: str, promise: Promise, said: Sequence[Said], known: Known) -> Counts:
    """Count what is not true of what was said, and what was done that may not be done."""
    counts = Counts()
    for one in said:
        _task(counts, name, promise, one, known)
    _told(counts, name, promise, said, known)
    _deletions(counts, name, promise, said, known)
    _twice(counts, name, promise, said, known)
    _opened(counts, name, said, known)
    if promise.planned:
        _plans(counts, name, said)
    _end(counts, name, promise, said, known)
    return counts


# What a task says -----------------------------------------------------------------------------------------------------


def _task(counts: Counts, name: str, promise: Promise, said: Said, known: Known) -> None:
    place = f"{name}: {said}"
    report, entries = said.report, said.entries
    writes = [one for one in known.requests if own(one) and one["method"] != "GET" and said.covers(one["time"])]
    if report.leaks:
        counts.note("leaked", f"{place} shows a secret")
    if said.check:
        # Of two runs at once, one may apply while the other one still plans. Time does not tell whose a write is.
        for one in () if promise.at_once else writes:
            counts.note("wrong_plans", f"{place}: {one['method']} was sent, request {one['number']}")
    _sums(counts, place, said)
    if said.check:
        return
    done: dict[Key, set[str]] = defaultdict(set)
    for effect in known.by_clients():
        if said.covers(known.time(effect)):
            done[known.about(effect)].add(effect["effect"])
    for entry in entries:
        _claim(counts, place, entry, done[entry["family"], str(entry["id"])])
        if entry["action"] == "not_attempted" and not promise.at_once:
            sent = [one["number"] for one in writes if one["object"] is not None and one["object"] == entry["id"]]
            if sent and not said.report.changed:
                counts.note("touched", f"{place}: {entry['name']} was not attempted, and there was request {sent[0]}")
    if promise.refused and writes:
        counts.note("touched", f"{place} was to be refused, and sent request {writes[0]['number']}")
    if not entries and not promise.at_once:
        for one in writes:
            counts.note("touched", f"{place} has no results, and sent request {one['number']}: {report.message[:200]}")


def _claim(counts: Counts, place: str, entry: Entry, effects: Collection[str]) -> None:
    """Hold what is said to have been done against what was done."""
    action = entry["action"]
    text = f"{place}: {entry['family']} {entry['name']} ({entry['id']}) {action}, changed {entry['changed']}"
    needed = {"created": {"created", "updated"}, "deleted": {"deleted"}}.get(action, {"created", "updated", "deleted"})
    # A member who is brought back is created, too.
    if action == "created" and entry["family"] != "members":
        needed = {"created"}
    if (entry["changed"] or action in CHANGES) and not needed & set(effects):
        counts.note("false_changed", f"{text}, and the log has {sorted(effects)}: {entry.get('msg')}")


def _sums(counts: Counts, place: str, said: Said) -> None:
    report, entries = said.report, said.entries
    for entry in entries:
        if entry["action"] not in ACTIONS or (
            entry["action"] != "failed" and entry["changed"] != (entry["action"] in CHANGES)
        ):
            counts.note("wrong_sums", f"{place}: {entry['name']} {entry['action']}, changed {entry['changed']}")
    if report.changed != any(entry["changed"] for entry in entries):
        counts.note("wrong_sums", f"{place}: changed is {report.changed}")
    if not entries:
        if not report.failed:
            counts.note("wrong_sums", f"{place}: neither results nor a failure")
        return
    summary = report.result.get("summary", {})
    every = [entry["action"] for entry in entries]
    if {name: summary.get(name) for name in ("total", *ACTIONS)} != _counted(every):
        counts.note("wrong_sums", f"{place}: {summary} in place of {_counted(every)}")
    families = {
        key: _counted([entry["action"] for entry in entries if entry["family"] == key])
        for key in {entry["family"] for entry in entries}
    }
    if summary.get("families") != families:
        counts.note("wrong_sums", f"{place}: {summary.get('families')} in place of {families}")
    if {"failed", "not_attempted"} & set(every) and not report.failed:
        counts.note("wrong_sums", f"{place}: it did not fail")
    if report.failed and not report.message:
        counts.note("wrong_sums", f"{place}: it failed without a word")


def _counted(actions: Sequence[str]) -> dict[str, int]:
    return {"total": len(actions), **{action: actions.count(action) for action in ACTIONS}}


def _told(counts: Counts, name: str, promise: Promise, said: Sequence[Said], known: Known) -> None:
    """Each change is told by a task that was under way then, or by the kill of its run."""
    applied = [one for one in said if not one.check]
    for action, effects in (("created", ("created", "updated")), ("deleted", ("deleted",))):
        done = Counter(known.about(one) for one in known.by_clients() if one["effect"] in effects)
        entries = [entry for one in applied for entry in one.entries if entry["action"] == action]
        for key, count in Counter((entry["family"], str(entry["id"])) for entry in entries).items():
            if done[key] and count > done[key]:
                counts.note("false_changed", f"{name}: {key} was {action} {done[key]} times, and {count} tasks say so")
    for effect in known.by_clients():
        if effect["request"] <= promise.killed_at:
            continue
        key = known.about(effect)
        place = f"{name}: {key} was {effect['effect']} by request {effect['request']}"
        covering = [one for one in applied if one.covers(known.time(effect))]
        if not covering:
            counts.note("too_late", f"{place}, when no task was under way")
        elif not any(_tells(one, key, str(effect["name"])) for one in covering):
            failed = any(one.report.failed for one in covering)
            counts.note("lost" if failed else "false_ok", f"{place}, and {covering[0]} does not tell")


def _tells(said: Said, key: Key, title: str) -> bool:
    """Tell whether a task says that it changed this, or that it does not know."""
    family, identifier = key
    if not said.entries:
        return NOT_KNOWN in said.report.message or identifier in said.report.message
    for entry in said.entries:
        words = str(entry.get("msg", ""))
        if entry["family"] != family:
            continue
        if str(entry["id"]) == identifier and (entry["changed"] or NOT_KNOWN in words):
            return True
        if entry["action"] == "failed":
            unknown = NOT_KNOWN in words and (entry["name"] == title or family == "definitions")
            if unknown or identifier in words:
                return True
    return False


# What may not be done -------------------------------------------------------------------------------------------------


def _deletions(counts: Counts, name: str, promise: Promise, said: Sequence[Said], known: Known) -> None:
    """Nothing goes but what prune may take, and nothing after something else failed."""
    keys = {(family, within, key) for family, within, key, _entry in promise.whole.entries()}
    for effect in known.by_clients():
        place = f"{name}: {effect['family']} {effect['object']} ({effect['name']}), by request {effect['request']}"
        if effect["effect"] != "deleted":
            if str(effect["object"]).startswith("by_"):
                counts.note("touched", place)
            if effect["changes"].get("deactivatedAt", [None, None])[1] is not None:
                counts.note("wrongly_deleted", place)
            continue
        # The tab that a new dashboard has may get another name, but never goes: prune has no tabs here.
        if effect["object"] not in promise.whole.gone:
            counts.note("wrongly_deleted", place)
        for one in said:
            if promise.at_once or not one.covers(known.time(effect)):
                continue
            failed = [
                entry
                for entry in one.entries
                if entry["action"] in ("failed", "not_attempted")
                and (entry["family"], _within(entry), entry["name"]) in keys
            ]
            if failed:
                counts.note("wrongly_deleted", f"{place}, though {failed[0]['name']} {failed[0]['action']}")
            # A definition is known by its reference name, which nobody changes here.
            named = [
                entry["name"]
                for entry in one.entries
                if entry["id"] == effect["object"] and entry["family"] != "definitions"
            ]
            if promise.aged and named and effect["name"] not in named:
                counts.note("wrongly_deleted", f"{place}, though it was renamed meanwhile")
    for effect in known.by_clients():
        before, after = effect["changes"].get("memberIds", ((), ()))
        for member in {*before} - {*after}:
            counts.note("wrongly_deleted", f"{name}: {member} of {effect['object']}, by request {effect['request']}")
        if effect["changes"].get("sslEnabled") == [True, False]:
            counts.note("tls_off", f"{name}: {effect['object']}, by request {effect['request']}")


def _twice(counts: Counts, name: str, promise: Promise, said: Sequence[Said], known: Known) -> None:
    """No two objects of a key, and nobody is invited twice."""
    for family in known.objects:
        found: Counter[tuple[str, str]] = Counter()
        for one in known.there(family):
            found[str(one.get(WITHIN.get(family, ""), "")), _key_of(family, one)] += 1
        for (within, key), count in found.items():
            if count > 1 and key not in promise.twins:
                counts.note("duplicates", f"{name}: {count} {family} are named {key} {within}")
    invited: set[str] = set()
    effects = {one["request"]: one for one in known.effects if one["by"] == "client" and one["family"] == "members"}
    for request in known.requests:
        if not (own(request) and request["method"] == "POST" and request["family"] == "members"):
            continue
        email = _email(request)
        # A fault before the work, or a 429: nobody got an e-mail.
        arrived = request["number"] in effects or (request["fault"] is None and request["status"] is not None)
        if arrived and email in invited:
            counts.note("duplicates", f"{name}: {email} was invited again by request {request['number']}")
        if request["number"] in effects:
            invited.add(email)
    for task in () if promise.at_once else said:
        sent = Counter(
            _email(request)
            for request in known.requests
            if own(request)
            and request["method"] == "POST"
            and request["family"] == "members"
            and request["fault"] != "rate_limited"
            and task.covers(request["time"])
        )
        for email in [email for email, count in sent.items() if count > 1]:
            counts.note("duplicates", f"{name}: {task} sent the invitation of {email} {sent[email]} times")


def _email(request: Mapping[str, Any]) -> str:
    try:
        return str(json.loads(request["body"])["email"])
    except (ValueError, KeyError, TypeError):
        return ""


def _key_of(family: str, one: Mapping[str, Any]) -> str:
    return str((one["user"] if family == "members" else one)[KEYS.get(family, "name")])


def _opened(counts: Counts, name: str, said: Sequence[Said], known: Known) -> None:
    """A restricted source is never opened, and one that is made is never left open without a word."""
    changes: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for effect in known.effects:
        if effect["by"] != "client" or effect["family"] != "data-sources":
            continue
        before, after = effect["changes"].get("access", (None, None))
        if effect["effect"] == "created":
            changes[effect["object"]].append((known.time(effect), True))
        elif after is not None:
            is_open = after["mode"] != "restricted"
            changes[effect["object"]].append((known.time(effect), is_open))
            if is_open and before["mode"] == "restricted":
                counts.note("left_open", f"{name}: {effect['object']} was opened by request {effect['request']}")
    for source, moments in changes.items():
        # A plan opens nothing. At the same time, another run may have created a source and not restricted it yet.
        for one in [it for it in said if not it.check]:
            states = [is_open for time, is_open in moments if time <= one.report.time]
            touched = any(one.covers(time) for time, _is_open in moments)
            text = one.report.message + json.dumps(one.report.result)
            admitted = one.report.failed and (source in text or NOT_KNOWN in text)
            if touched and states and states[-1] and not admitted:
                counts.note("left_open", f"{name}: {source} is open after {one}")


# Plans, and the end ---------------------------------------------------------------------------------------------------


def _plans(counts: Counts, name: str, said: Sequence[Said]) -> None:
    """What a check said is what the task after it does."""
    for plan, real in zip(said, said[1:], strict=False):
        if plan.check and not real.check and plan.report.run == real.report.run:
            for what, one, other in zip(("results", "plan_id", "access"), _plan_of(plan), _plan_of(real), strict=True):
                if one != other:
                    counts.note("wrong_plans", f"{name}: {real} {what}: planned {one}, and done {other}")


def _plan_of(said: Said) -> tuple[Any, ...]:
    entries = [
        (one["family"], _within(one), one["name"], one["action"], one["changed"], one.get("changes"))
        for one in said.entries
    ]
    return entries, said.report.result.get("plan_id"), said.report.result.get("access_changes")


def _within(entry: Entry) -> str:
    """Return the dashboard of a chart. A dashboard has its facts there."""
    return str(entry["dashboard"]) if entry["family"] == "charts" else ""


def _end(counts: Counts, name: str, promise: Promise, said: Sequence[Said], known: Known) -> None:
    """Hold the last tasks, of which the first made it so and the others found it so, against what is there."""
    calm = [one for one in said if one.calm]
    if len(calm) < 3:
        counts.note("lost", f"{name}: only {len(calm)} tasks were reported in the end")
        return
    for number, one in enumerate(calm):
        words = f"{name}: {one} in the end said {one.report.message[:600]}"
        if one.report.failed != (promise.stuck or promise.refused):
            counts.note("lost", words)
        elif number and not one.report.failed and any(entry["action"] != "unchanged" for entry in one.entries):
            again = [(e["family"], e["name"], e["action"], e.get("changes")) for e in one.entries if e["changed"]]
            counts.note("false_changed", f"{name}: {one} does not end unchanged: {again}")
    if not (promise.stuck or promise.refused):
        _as_wanted(counts, name, promise, known)


def _as_wanted(counts: Counts, name: str, promise: Promise, known: Known) -> None:
    there = {
        (family, _key_of(family, one), str(one.get("dashboardId", ""))): one
        for family in known.objects
        for one in known.there(family)
    }
    boards = {_key_of("dashboards", one): one["id"] for one in known.there("dashboards")}
    for family, within, key, entry in promise.whole.entries():
        one = there.get((family, key, str(boards.get(within, "")) if within else ""))
        if one is None:
            counts.note("lost", f"{name}: there is no {family} {key} {within}")
            continue
        for option, field_name in FIELDS.items():
            if option in entry and family != "organization" and one.get(field_name) != entry[option]:
                counts.note("false_ok", f"{name}: {option} of {family} {key} is {one.get(field_name)}")
        _special(counts, name, family, key, entry, one, known)
    for identifier in promise.whole.gone - set(promise.by_others):
        if any(one["id"] == identifier for family in known.objects for one in known.there(family)):
            counts.note("lost", f"{name}: {identifier} is still there")


def _special(
    counts: Counts, name: str, family: str, key: str, entry: Entry, one: Mapping[str, Any], known: Known
) -> None:
    restricted = {"mode": "restricted", "groupIds": ["grp_finance"], "memberIds": []}
    if "access" in entry and one["access"] != restricted:
        counts.note("false_ok", f"{name}: the access of {key} is {one['access']}")
    if entry.get("password") and one["secrets"] != {"password": PASSWORD}:
        counts.note("lost_secrets", f"{name}: another password of {key}, or none")
    people = {_key_of("members", member): member["id"] for member in known.there("members")}
    if family == "groups":
        missing = {people.get(email, email) for email in entry["members"]} - set(one["memberIds"])
        if missing:
            counts.note("false_ok", f"{name}: {sorted(missing)} are not in {key}")
    if family == "dashboards" and "tabs" in entry:
        tabs = [tab["name"] for tab in known.there("tabs") if tab["dashboardId"] == one["id"]]
        # The tab that a new dashboard has gets the first name. If that fails, nobody can tell it from anybody's tab.
        if sorted({*tabs} - {INITIAL_TAB}) != sorted(tab["name"] for tab in entry["tabs"]):
            counts.note("false_ok", f"{name}: {key} has the tabs {tabs}")


# The journal ----------------------------------------------------------------------------------------------------------


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the lines of a journal; a kill may leave half of one."""
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def judge_journal(name: str, lines: Sequence[Mapping[str, Any]], known: Known) -> Counts:
    """Count what a journal does not have of what was done, and what it has that was not done."""
    counts = Counts()
    begun = {(one.get("family"), one.get("id")) for one in lines if one.get("event") == "doing"}
    named = {(one.get("family"), one.get("name")) for one in lines if one.get("event") == "doing"}
    done: dict[Key, set[str]] = defaultdict(set)
    for effect in known.by_clients():
        key = known.about(effect)
        done[key].add(effect["effect"])
        if key not in begun and not any(title in named for title in _titles(key, known)):
            counts.note("lost", f"{name}: the journal has not that {key} was {effect['effect']}")
    for line in _changes(lines):
        effects = done[str(line["family"]), str(line["id"])]
        needed = {"deleted"} if line["action"] == "deleted" else {"created", "updated"}
        if not effects & needed:
            counts.note("false_changed", f"{name}: the journal has {dict(line)}, and the log has {sorted(effects)}")
    return counts


def _changes(lines: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in lines if one.get("event") == "done" and one.get("changed"))


def _titles(key: Key, known: Known) -> Iterator[Key]:
    family, identifier = key
    for one in known.objects.get(family, ()):
        if one["id"] == identifier:
            yield family, _key_of(family, one)


def ended(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether the last run in a journal came to its end."""
    events = [one["event"] for one in lines if one.get("event") in ("started", "ended")]
    return not events or events[-1] == "ended"


def judge_warnings(name: str, was_ended: bool, said: Sequence[Said]) -> Counts:
    """Hold the warnings about a run that was killed against the journal: only the task after the kill has one."""
    counts = Counts()
    applied = [one for one in said if not one.check]
    after = next((one for one in applied if one.calm and not was_ended), None)
    for one in applied:
        warned = any(UNFINISHED in str(text) for text in one.report.result.get("warnings") or ())
        if warned and one is not after:
            counts.note("false_changed", f"{name}: {one} warns of a kill that there was not, or that was told")
        if one is after and not warned:
            counts.note("false_ok", f"{name}: {one} keeps quiet about a kill")
    return counts
