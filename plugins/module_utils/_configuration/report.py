# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the result of a configuration's task, from the changes of its plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._base.errors import BasedashError
from .._base.text import Mask, limited
from .._engine.items import ACTIONS, failure_entry
from .._engine.kind import Kind
from .._engine.outcome import Diff, is_planned
from .._engine.settings import SECRET_WORDS
from .families import CHARTS, DATA_SOURCES, DEFINITIONS, FAMILIES, GROUPS, MEMBERS, SETTINGS
from .organization import Planned
from .plan import Act, Change, Plan

NAMED = 20
"""A message names at most so many objects, because it is one line. The results have all of them."""
_FAILURES_NAMED = 5
_LONGEST_REASON = 200


class NotAttemptedError(BasedashError):
    """An act was not attempted, because something that it depends on failed."""


# What changes, by option ----------------------------------------------------------------------------------------------


def changes_of(change: Change, planned: Planned) -> list[dict[str, Any]]:
    """Return the options that the plan changes, each with its value before and after. References are by key."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for act in change.acts:
        diff = None if act.planned is None or act.planned.action == "unchanged" else act.planned.diff
        if isinstance(diff, Diff) and not act.deletes:
            for option, value in diff.before.items():
                before.setdefault(option, value)
            after.update(diff.after)
    is_new = change.planned_action == "created"
    references = {one.name for one in change.managed.kind.references}
    found = []
    for option, value in after.items():
        old = None if is_new else before.get(option)
        if old != value:
            name, shown = _named(change, planned, option, value)
            one = {"option": name, "before": _named(change, planned, option, old)[1], "after": shown}
            if option in references and old is not None and one["before"] == old:
                # Nothing has this id any more, or it has no key. So there is nothing that an entry could say.
                one["before_is_id"] = True
            found.append(one)
    return found


def _named(change: Change, planned: Planned, option: str, value: Any) -> tuple[str, Any]:
    """Return an option and its value with keys in the place of ids."""
    kind = change.managed.kind
    if option == kind.key.fact_name:
        return kind.key.name, value
    if option == "access" and isinstance(value, Mapping):
        named = {
            word: sorted(planned.key_of(managed.kind.family, one) for one in value.get("%s_ids" % word[:-1]) or ())
            for word, managed in (("groups", GROUPS), ("members", MEMBERS))
        }
        return option, {"mode": value.get("mode"), **{word: keys for word, keys in named.items() if keys}}
    for one in kind.references:
        if option == one.name and one.refers_to is not None:
            parent = change.parent_id if one.refers_to.parent is not None else ""
            return one.by_key, None if value is None else planned.key_of(one.refers_to, value, parent)
    return option, value


# The identity of a plan -----------------------------------------------------------------------------------------------


def identity_of(plan: Plan, planned: Planned) -> str:
    """Return the ``plan_id``, which is the same for two plans exactly if they do the same.

    It covers the organization, and for each object that changes its family, its identity, the action, and the options
    before and after. Secrets that are sent with other options don't count, because a plan for review has none. Nor do
    those in an address, because nobody who reviews the plan sees them.
    """
    lines = []
    for change in plan.changes:
        options = _without_secrets(change, planned)
        # A plan for review has no secrets, so a change of nothing but secrets is none there.
        if change.planned_action not in ("unchanged", "updated") or options:
            known = change.before or change.after or {}
            key = _key(change)
            parent = None if change.parent is None else _key(change.parent)
            who = [parent, key] if is_planned(known.get("id")) or change.before is None else known.get("id")
            lines.append(
                json.dumps(
                    [change.managed.key, who, change.planned_action, options],
                    sort_keys=True,
                    default=str,
                )
            )
    text = "\n".join([planned.api.organization_id, *sorted(lines)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _without_secrets(change: Change, planned: Planned) -> list[dict[str, Any]]:
    kind = change.managed.kind
    shown = {one.name for one in kind.settings}
    will_be_sent = SECRET_WORDS[0]
    found = [one for one in changes_of(change, planned) if one["option"] in shown or one["after"] != will_be_sent]
    return [{side: _masked(kind, one["option"], value) for side, value in one.items()} for one in found]


def _masked(kind: Kind, option: str, value: Any) -> Any:
    """Return the value of an option without the secrets that are a part of it."""
    parts = kind.secrets_in.get(option)
    return Mask(parts(value)).value(value) if parts is not None and isinstance(value, str) else value


def _key(change: Change) -> Any:
    known = change.after or change.before or {}
    return change.managed.kind.family.key_of(known) if known else change.entry and change.entry.key


# The result -----------------------------------------------------------------------------------------------------------


def as_result(change: Change, planned: Planned, return_all: bool) -> dict[str, Any]:
    """Return the entry of ``results`` for a change."""
    kind, entry = change.managed.kind, change.entry
    facts = next((facts for facts in map(_facts, reversed(change.acts)) if facts is not None), None)
    known = change.after or change.before or {}
    ids = ((facts or {}).get("id"), known.get("id"))
    identifier = next((one for one in ids if one and not is_planned(one)), None)
    action = action_of(change)
    result: dict[str, Any] = {
        "family": change.managed.key,
        "id": identifier or (entry.id if entry else None),
        "name": entry.key if entry is not None and entry.key is not None else kind.family.key_of(known),
        "action": action,
        "changed": any(act.changed for act in change.acts),
        **_surroundings(change, planned),
    }
    if entry is not None and entry.place is not None:
        result["place"] = str(entry.place)
    if change.planned_action != "unchanged" and not is_pruned(change):
        result["changes"] = changes_of(change, planned)
    old = kind.family.key_of(change.before) if change.before is not None else None
    if entry is not None and change.after is not None and old not in (None, kind.family.key_of(change.after)):
        result["renamed_from"] = old
    if facts is not None and (return_all or action != "unchanged"):
        result[kind.family.result_key] = without_planned_ids(facts)
    result.update(_said(change))
    return result


def is_pruned(change: Change) -> bool:
    """Tell whether a change is the deletion of an object that no entry names."""
    return change.entry is None


def _surroundings(change: Change, planned: Planned) -> dict[str, Any]:
    """Return the object within which the key is unique, by its key."""
    if change.managed is CHARTS and change.parent is not None:
        return {"dashboard": _key(change.parent)}
    if change.managed is DEFINITIONS:
        known = change.after or change.before or {}
        options = {} if change.entry is None else change.entry.options
        source = DATA_SOURCES.kind.family
        shown = DEFINITIONS.kind.family.scope_of(known)
        return {"data_source": options.get("data_source") or (planned.key_of(source, shown) if shown else None)}
    return {}


def action_of(change: Change) -> str:
    """Return what happened to an object, all acts together."""
    actions = [act.action for act in change.acts] or ["not_attempted"]
    if "failed" in actions:
        return "failed"
    if "not_attempted" in actions:
        return "failed" if any(act.changed for act in change.acts) else "not_attempted"
    return next((action for action in actions if action != "unchanged"), "unchanged")


def _facts(act: Act) -> dict[str, Any] | None:
    if act.outcome is not None:
        return act.outcome.facts
    return None if act.error is None else act.error.facts


def without_planned_ids(value: Any) -> Any:
    """Return facts with null for each id that the server is going to choose."""
    if isinstance(value, dict):
        return {name: without_planned_ids(one) for name, one in value.items()}
    if isinstance(value, list):
        return [without_planned_ids(one) for one in value]
    return None if is_planned(value) else value


def _said(change: Change) -> dict[str, Any]:
    """Return the message, the error and the warnings of a change."""
    said: dict[str, Any] = {}
    messages = [change.goes_too] if change.goes_too and action_of(change) != "unchanged" else []
    messages += [act.outcome.message for act in change.acts if act.outcome is not None and act.outcome.message]
    errors = [act.error for act in change.acts if act.error is not None]
    if errors:
        said.update(failure_entry(errors[0]))
        messages = [error.message for error in errors]
    if messages:
        said["msg"] = " ".join(dict.fromkeys(messages))
    warnings = warnings_of(change)
    if warnings:
        said["warnings"] = warnings
    return said


def warnings_of(change: Change) -> list[str]:
    """Return what is worth a warning about an object."""
    outcomes = [warning for act in change.acts if act.outcome is not None for warning in act.outcome.warnings]
    errors = [warning for act in change.acts if act.error is not None for warning in act.error.warnings]
    return list(dict.fromkeys([*change.warnings, *outcomes, *errors]))


def summary_of(plan: Plan) -> dict[str, Any]:
    """Return the counts by action, of all and of each family, and what is in no entry."""
    actions: dict[str, list[str]] = {}
    for change in plan.changes:
        actions.setdefault(change.managed.key, []).append(action_of(change))
    every = [action for found in actions.values() for action in found]
    return {
        **_counts(every),
        "families": {one.key: _counts(actions[one.key]) for one in (SETTINGS, *FAMILIES) if one.key in actions},
        "unmanaged": {key: len(changes) for key, changes in plan.unmanaged.items()},
    }


def unmanaged_in(plan: Plan, planned: Planned) -> list[dict[str, Any]]:
    """Return what is in no entry: of each family up to twenty objects, by what names them."""
    return [
        {
            "family": change.managed.key,
            "id": (change.before or {}).get("id"),
            "name": change.managed.kind.family.key_of(change.before or {}),
            **_surroundings(change, planned),
        }
        for changes in plan.unmanaged.values()
        for change in changes[:NAMED]
    ]


def _counts(actions: Sequence[str]) -> dict[str, int]:
    return {"total": len(actions), **{action: sum(one == action for one in actions) for action in ACTIONS}}


def diffs_of(plan: Plan, planned: Planned) -> Iterator[Diff]:
    """Yield what a diff shows of each object that changes."""
    for change in plan.changes:
        if change.planned_action == "unchanged":
            continue
        if is_pruned(change):
            yield Diff(str(change), change.managed.kind.facts(change.before or {}), {})
            continue
        found = changes_of(change, planned)
        before = {one["option"]: one["before"] for one in found}
        yield Diff(
            str(change),
            {} if change.planned_action == "created" else before,
            {one["option"]: one["after"] for one in found},
        )


def failures_in(plan: Plan) -> str:
    """Return the message about what failed, empty if nothing did."""
    counts = summary_of(plan)
    if not counts["failed"] and not counts["not_attempted"]:
        return ""
    message = "%d of %d entries failed and %d were not attempted, see results." % (
        counts["failed"],
        counts["total"],
        counts["not_attempted"],
    )
    failed = [change for change in plan.changes if action_of(change) == "failed"]
    # Without a failure, the task was interrupted, and the first object that was left out says so.
    failed = failed or [change for change in plan.changes if action_of(change) == "not_attempted"][:1]
    for change in failed[:_FAILURES_NAMED]:
        reason = next((act.error.message for act in change.acts if act.error is not None), "")
        message += " %s: %s" % (_subject(change), limited(reason, _LONGEST_REASON))
    return message + (" And %d more." % (len(failed) - _FAILURES_NAMED) if len(failed) > _FAILURES_NAMED else "")


def _subject(change: Change) -> str:
    return str(change)[:1].upper() + str(change)[1:]


def listed(changes: Sequence[Change]) -> str:
    """Return the names of objects for a message, with a limit."""
    return ", ".join(map(str, changes[:NAMED])) + (", ..." if len(changes) > NAMED else "")
