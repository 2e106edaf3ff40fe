# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task that gives an organization the state of a configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Callable

from .._base.errors import InputError, RefusedError
from .._base.text import quoted
from .._engine.module_spec import ModuleSpec
from .._engine.options import CONNECTION, secret_texts
from .._engine.outcome import Outcome
from .._engine.task import Task
from .._rest.collection import Collection
from .._rest.creation_lock import organization_lock
from .._rest.snapshot import Lists
from .carrying_out import Execution
from .effects import judge_access, judge_deletions
from .families import DATA_SOURCES, DEFINITIONS, FAMILIES, GROUPS, MEMBERS, SETTINGS
from .form import Configuration, Finding
from .guards import check_prune, judge, tell_missing_secrets
from .journal import Journal
from .layers import load
from .organization import Planned
from .plan import Plan
from .planning import Planner
from .report import (
    NAMED,
    action_of,
    as_result,
    diffs_of,
    failures_in,
    identity_of,
    listed,
    summary_of,
    unmanaged_in,
    warnings_of,
)
from .validation import check, refused
from .wanted import Wanted

_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}

OPTIONS: dict[str, dict[str, Any]] = {
    **CONNECTION,
    "source": {"type": "list", "elements": "path"},
    "configuration": {"type": "dict"},
    "secrets": {"type": "dict", "no_log": True},
    "update_secrets": {
        "type": "str",
        "default": "on_create",
        "choices": ["on_create", "always"],
        "aliases": ["update_password"],
        "no_log": False,
    },
    "prune": _TEXTS,
    "scope": {"type": "dict"},
    "exclude": {"type": "dict"},
    "allow_replace_all": _TEXTS,
    "max_deletions": {"type": "str"},
    "max_updates": {"type": "str"},
    "max_invitations": {"type": "int", "default": 10},
    "expected_plan": {"type": "str"},
    "missing_members": {"type": "str", "default": "fail", "choices": ["fail", "skip"]},
    "name_prefix": {"type": "str"},
    "validate_only": {"type": "bool", "default": False},
    "fail_on": {"type": "list", "elements": "str", "choices": ["opens_access"]},
    "concurrency": {"type": "int", "default": 4},
    "on_error": {"type": "str", "default": "continue", "choices": ["continue", "stop"]},
    "return": {"type": "str", "default": "all", "choices": ["all", "changed"]},
    "journal": {"type": "path"},
}
"""The options of the module."""


def _loaded(options: Mapping[str, Any], hide: Callable[[Iterable[str]], None]) -> tuple[Configuration, list[Finding]]:
    """Return the configuration and what the checks found that need no connection.

    Raises:
        InputError: if neither or both of ``source`` and ``configuration`` are given.
    """
    if (options["source"] is None) == (options["configuration"] is None):
        raise InputError("Give either source or configuration.")
    configuration, findings = load(options)
    for entry in configuration:
        hide(secret_texts(entry.managed.options, entry.options))
        for option, parts in entry.managed.kind.secrets_in.items():
            if isinstance(entry.options.get(option), str):
                hide(parts(entry.options[option]))
    findings += check(configuration, options)
    for entry in configuration:
        # Only the checks need these, and an organization may have ten thousand charts.
        entry.places = {}
    return configuration, findings


def _found(findings: Sequence[Finding]) -> dict[str, Any]:
    return {"findings": [one.as_result() for one in findings]}


def _validated(options: Mapping[str, Any], hide: Callable[[Iterable[str]], None]) -> Outcome | None:
    """Return the outcome of a task that only validates, ``None`` for another task."""
    if not options["validate_only"]:
        return None
    Wanted.of(options)
    _configuration, findings = _loaded(options, hide)
    errors = [one for one in findings if one.is_error]
    warnings = tuple(str(one) for one in findings if not one.is_error)
    message = refused(findings).message if errors else None
    return Outcome(False, message=message, warnings=warnings[:NAMED], values=_found(findings), failed=bool(errors))


def _ensure(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Give the organization the state of the configuration."""
    wanted = Wanted.of(options)
    configuration, findings = _loaded(options, api.client.hide)
    if any(one.is_error for one in findings):
        raise refused(findings)
    check_prune(configuration, wanted)
    journal = Journal(None if check_mode else options["journal"], api.organization_id)
    with nullcontext() if check_mode else _alone(api):
        # Not before: a run that is still at work has not ended its part of the journal either.
        unfinished = journal.unfinished()
        lists = Lists(api.client, api.organization_id)
        with api.client.only_reading():
            _check_target(api, configuration)
            planner = Planner(Planned(api, lists), configuration, wanted)
            plan = planner.make()
            findings = [one for one in findings if not _is_known(one, planner.planned)]
            if not plan.mistakes:
                judge(plan, planner.planned, wanted)
                if not check_mode or options["secrets"]:
                    # A plan for review has no secrets on purpose.
                    tell_missing_secrets(plan)
                plan.access_changes = judge_access(plan, planner.planned, wanted.fail_on)
                plan.breaks = judge_deletions(plan, planner.planned)
            plan_id = identity_of(plan, planner.planned)
            # The id of a plan that was refused would be none to approve.
            values = {"plan_id": None if plan.mistakes or plan.refusal else plan_id, **_found(findings)}
            _refuse_another_plan(plan, wanted, plan_id)
        if not configuration.entries and configuration.settings is None:
            plan.warnings.append(
                "The configuration has no family, so nothing was compared: give entries, or give families as empty "
                "lists and name them in prune, to delete what prune may delete."
            )
        if unfinished:
            plan.warnings.append(unfinished)
        plan.warnings += [str(one) for one in findings if not one.is_error]
        values["unmanaged_objects"] = unmanaged_in(plan, planner.planned)
        # The plan is described before it is carried out, because the lists change then.
        if plan.mistakes or plan.refusal or check_mode:
            return _outcome(planner, plan, values, wanted)
        if unfinished:
            # So that the next run does not say it again, even if this one changes nothing.
            journal.write("told", api.clock.now().isoformat())
        return _carried_out(planner, plan, values, wanted, journal)


def _is_known(finding: Finding, planned: Planned) -> bool:
    """Tell whether a finding does not hold, because Basedash has the definition that the configuration lacks."""
    name = finding.if_unknown
    return name is not None and bool(planned.listing(DEFINITIONS.kind.family).named(name))


def _alone(api: Collection) -> AbstractContextManager[Any]:
    """Hold the lock of the organization, because two tasks of this machine must not change it at the same time."""
    client = api.client
    key = (*client.identity, api.organization_id)
    return organization_lock(key, client.patience, lambda: client.abandoned)


def _check_target(api: Collection, configuration: Configuration) -> None:
    """Refuse a configuration that is for another organization.

    Raises:
        RefusedError: if it is for another one.
    """
    identifier, slug = configuration.target.get("id"), configuration.target.get("slug")
    message = "The configuration is for the organization with the %s %s, and this task is for %s: nothing was changed."
    if identifier is not None and identifier != api.organization_id:
        raise RefusedError(message % ("id", quoted(identifier), quoted(api.organization_id)))
    if slug is None:
        return
    known = Collection(api.client, "", SETTINGS.kind.family).list_all().with_id(api.organization_id)
    if known is None or known.get("slug") != slug:
        here = "the one with id %s" % quoted(api.organization_id)
        here += "" if known is None else ", whose slug is %s" % quoted(known.get("slug"))
        raise RefusedError(message % ("slug", quoted(slug), here))


def _refuse_another_plan(plan: Plan, wanted: Wanted, plan_id: str) -> None:
    if wanted.expected_plan in (None, plan_id) or plan.mistakes:
        return
    if _does_nothing(plan):
        plan.refuse(
            "Nothing is left to do: the organization is as the configuration says, so the plan is empty, and another "
            "one than the expected one (%s). If that one was applied before, all is well. If not, look whether the "
            "configuration is the one of that plan. Nothing was changed." % quoted(wanted.expected_plan)
        )
    plan.refuse(
        "The plan is another one (%s) than the expected one (%s), because the configuration or the organization "
        "has changed since: nothing was changed, review the new plan." % (plan_id, quoted(wanted.expected_plan))
    )


def _does_nothing(plan: Plan) -> bool:
    return all(change.planned_action == "unchanged" for change in plan.changes)


def _carried_out(planner: Planner, plan: Plan, values: Mapping[str, Any], wanted: Wanted, journal: Journal) -> Outcome:
    api = planner.planned.api
    changes = {id(change): as_result(change, planner.planned, True).get("changes") for change in plan.changes}
    if _does_nothing(plan):
        journal.close()
        return _outcome(planner, plan, values, wanted)
    execution = Execution(plan, api, planner.planned.lists, wanted, journal)
    try:
        execution.record("started", plan_id=values["plan_id"])
        execution.run()
        # Nobody may have got the report of an interrupted task, so the next run says what it did.
        execution.record("interrupted" if api.client.abandoned else "ended", **_counted(plan))
    finally:
        journal.close()
    plan.warnings += execution.warnings
    left = [one for one in plan.changes if one.managed in _GRANTING and action_of(one) in ("failed", "not_attempted")]
    if plan.access_changes and left:
        plan.warnings.append(
            "Who gains and loses data sources is what was planned, and not all of it was done (%s): look at results."
            % listed(left)
        )
    return _outcome(planner, plan, values, wanted, changes)


_GRANTING = (GROUPS, MEMBERS, DATA_SOURCES)


def _counted(plan: Plan) -> dict[str, Any]:
    return {name: count for name, count in summary_of(plan).items() if isinstance(count, int)}


def _outcome(
    planner: Planner,
    plan: Plan,
    values: Mapping[str, Any],
    wanted: Wanted,
    changes: Mapping[int, Any] | None = None,
) -> Outcome:
    planned, api = planner.planned, planner.planned.api
    message = _refusal(plan)
    if message:
        _not_attempted(plan)
    results = []
    for change in plan.changes:
        result = as_result(change, planned, wanted.return_all)
        if changes is not None and changes.get(id(change)) is not None:
            result["changes"] = changes[id(change)]
        results.append(result)
    message = message or failures_in(plan)
    warnings = [*plan.warnings, *(warning for change in plan.changes for warning in warnings_of(change))]
    return Outcome(
        any(result["changed"] for result in results),
        message=message or None,
        warnings=tuple(_shortened(warnings)),
        diff=tuple(diffs_of(plan, planned)),
        values={
            **values,
            "access_changes": plan.access_changes,
            "breaks": plan.breaks,
            "renames": plan.renames,
            "results": results,
            "summary": summary_of(plan),
            "service": {"api_url": api.client.identity[0], "organization_id": api.organization_id},
        },
        failed=bool(message),
    )


def _refusal(plan: Plan) -> str:
    """Return why the plan is refused, naming several mistakes."""
    if not plan.mistakes:
        return plan.refusal
    shown = [one.rstrip(".") for one in plan.mistakes[:NAMED]]
    more = "; and %d more" % (len(plan.mistakes) - NAMED) if len(plan.mistakes) > NAMED else ""
    count = "1 entry" if len(plan.mistakes) == 1 else "%d entries" % len(plan.mistakes)
    return "%s can't be as wanted, so nothing was changed: %s%s." % (count, "; ".join(shown), more)


def _not_attempted(plan: Plan) -> None:
    """Note that nothing of a refused plan was done."""
    for change in plan.changes:
        for act in change.acts:
            if act.error is None and act.action != "unchanged":
                act.action, act.changed = "not_attempted", False


def _shortened(warnings: Sequence[str]) -> list[str]:
    more = len(warnings) - NAMED
    return [*warnings[:NAMED], *(["There are %d more warnings, see results." % more] if more > 0 else [])]


ENSURE_CONFIGURATION = ModuleSpec(
    Task(
        SETTINGS.kind,
        _ensure,
        values=("plan_id",),
        also=tuple(one.kind for one in FAMILIES),
        offline=_validated,
    ),
    OPTIONS,
    [["source", "configuration"]],
)
"""The module ``basedash_configuration``."""
