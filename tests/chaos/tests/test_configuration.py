# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verifier of whole configurations must be able to fail: each untruth raises its own count, and no other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import configuration
import pytest
from entries import ACTIONS
from plans import Known, Promise, Said, ended, judge, judge_journal, judge_warnings, lines_of
from verdicts import Counts, Report
from whole import PASSWORD, Whole

AGENT = "ansible-community.basedash/1.0.0"
SKILL = {"name": "tone", "instructions": "Be brief."}
SOURCE = {
    "name": "orders",
    "host": "a.example.com",
    "password": PASSWORD,
    "access": {"mode": "restricted", "groups": ["Finance"]},
}
RESTRICTED = {"mode": "restricted", "groupIds": ["grp_finance"], "memberIds": []}
EVERYONE = {"mode": "everyone", "groupIds": [], "memberIds": []}
NOTHING: dict[str, Any] = {"requests": [], "effects": []}


def moment(second: int) -> str:
    """Return a time of the simulator."""
    return f"2026-01-01T00:00:{second:02}.000Z"


def request(number: int, method: str = "POST", **values: Any) -> dict[str, Any]:
    """Return a request of ours; its second is its number."""
    plain = {"family": "skills", "object": "s1", "user_agent": AGENT, "fault": None, "status": 201, "body": "{}"}
    return {**plain, "number": number, "method": method, "time": moment(number), **values}


def effect(number: int, what: str = "created", **values: Any) -> dict[str, Any]:
    """Return what a request of ours did."""
    plain = {"by": "client", "family": "skills", "object": "s1", "name": "tone", "changes": {}}
    return {**plain, "request": number, "effect": what, **values}


def obj(identifier: str = "s1", **values: Any) -> dict[str, Any]:
    """Return an object that the server holds."""
    return {"id": identifier, "name": "tone", "instructions": "Be brief.", "deletedAt": None, **values}


def entry(action: str = "created", **values: Any) -> dict[str, Any]:
    """Return an entry of results."""
    changed = action in ("created", "updated", "deleted")
    return {"family": "skills", "id": "s1", "name": "tone", "action": action, "changed": changed, **values}


def counted(actions: Sequence[str]) -> dict[str, Any]:
    """Return the counts of a summary."""
    return {"total": len(actions), **{action: actions.count(action) for action in ACTIONS}}


def said(
    begin: int, end: int, *entries: Mapping[str, Any], check: bool = False, calm: bool = False, **values: Any
) -> Said:
    """Return what a task said that ran in these seconds."""
    families = {one["family"]: [o["action"] for o in entries if o["family"] == one["family"]] for one in entries}
    summary = {**counted([one["action"] for one in entries]), "families": {k: counted(v) for k, v in families.items()}}
    result = {"results": list(entries), "summary": summary, "plan_id": "p"} if entries else {}
    failed = any(one["action"] in ("failed", "not_attempted") for one in entries) or not entries
    plain = {
        "ticket": "host-0",
        "run": "r",
        "changed": any(one["changed"] for one in entries),
        "failed": failed,
        "message": "It failed." if failed else "",
        "time": moment(end),
        "begun": moment(begin),
        "result": result,
    }
    return Said(Report(**{**plain, **values}), check, calm)


def known(
    requests: Sequence[Mapping[str, Any]], effects: Sequence[Mapping[str, Any]], **objects: Sequence[Mapping[str, Any]]
) -> Known:
    """Return what the server knows."""
    none: dict[str, Sequence[Mapping[str, Any]]] = {one.replace("-", "_"): [] for one in configuration.FAMILIES}
    return Known(requests, effects, {**none, **objects})


def promise(**values: Any) -> Promise:
    """Return the promise about a configuration of one skill, where left_1 is to go."""
    return Promise(Whole({}, {"skills": [SKILL]}, {"left_1"}), **values)


LEFT = obj("left_1", name="left")
GONE = {**LEFT, "deletedAt": moment(4)}
DELETION = effect(2, "deleted", object="left_1", name="left")
DELETED = entry("deleted", id="left_1", name="left")
REQUESTS = [request(1), request(2, "DELETE", object="left_1")]
EFFECTS = [effect(1), DELETION]
THERE = known(REQUESTS, EFFECTS, skills=[obj(), GONE])
APPLIED = said(0, 9, entry(), DELETED)
END = [said(at, at + 1, entry("unchanged"), check=at == 14, calm=True) for at in (10, 12, 14)]
FAILED = entry("failed")


def found(tasks: Sequence[Said], there: Known = THERE, **values: Any) -> list[str]:
    """Return which counts are not 0, each as often as it was raised."""
    counts = judge("case", promise(**values), [*tasks, *END], there)
    return kinds(counts)


def kinds(counts: Counts) -> list[str]:
    """Return the names of the findings."""
    return [text.split(":")[0] for text in counts.findings]


def with_effects(*more: Mapping[str, Any], requests: Sequence[Mapping[str, Any]] = (), **objects: Any) -> Known:
    """Return the same with some more."""
    return known([*REQUESTS, *requests], [*EFFECTS, *more], **{"skills": [obj(), GONE], **objects})


def test_what_is_true_raises_nothing() -> None:
    assert found([APPLIED]) == []
    planned = said(0, 0, entry(), DELETED, check=True)
    assert found([planned, APPLIED], planned=True) == []
    # A failure that says what is not known, and the next task that finds it.
    doubt = said(0, 5, entry("failed", id=None, msg="Whether it was created is not known."), message="See results.")
    there = replace(THERE, requests=[REQUESTS[0], {**REQUESTS[1], "time": moment(7)}])
    assert found([doubt, said(6, 9, entry("unchanged"), DELETED)], there) == []
    # A killed run says nothing.
    assert found([], killed_at=2) == []


@pytest.mark.parametrize(
    ("tasks", "there", "expected"),
    [
        pytest.param([], THERE, ["too_late", "too_late"], id="nobody tells"),
        pytest.param([said(0, 9, entry("unchanged"), DELETED)], THERE, ["false_ok"], id="unchanged, and created"),
        pytest.param([said(0, 9, entry())], THERE, ["false_ok"], id="a deletion that is no entry"),
        pytest.param(
            [APPLIED, said(9, 9, entry("updated"))], THERE, ["false_changed"], id="updated, and nothing was done"
        ),
        pytest.param([APPLIED, APPLIED], THERE, ["false_changed", "false_changed"], id="created once, and told twice"),
        pytest.param(
            [said(0, 1, FAILED), said(2, 9, entry("unchanged"), DELETED)], THERE, ["lost"], id="failed without a word"
        ),
        pytest.param([said(0, 9, FAILED | {"changed": True}, DELETED)], THERE, ["wrongly_deleted"], id="after failure"),
        pytest.param(
            [APPLIED],
            with_effects(effect(3, "deleted", object="s2", name="two"), requests=[request(3, "DELETE", object="s2")]),
            ["false_ok", "wrongly_deleted"],
            id="another one deleted",
        ),
        pytest.param(
            [APPLIED], with_effects(skills=[obj(), obj("s2"), GONE]), ["duplicates"], id="two of the same name"
        ),
        pytest.param([APPLIED], with_effects(skills=[obj(), LEFT]), ["lost"], id="still there"),
        pytest.param([APPLIED], with_effects(skills=[GONE]), ["lost"], id="not there"),
        pytest.param(
            [APPLIED], with_effects(skills=[obj(instructions="x"), GONE]), ["false_ok"], id="not as it is wanted"
        ),
        pytest.param(
            [APPLIED],
            with_effects(effect(3, "updated", object="by_1"), requests=[request(3, "PATCH", object="by_1")]),
            ["false_ok", "touched"],
            id="a bystander",
        ),
        pytest.param(
            [said(3, 3, check=True), APPLIED],
            with_effects(requests=[request(3)]),
            ["wrong_plans"],
            id="a check that writes",
        ),
        pytest.param([APPLIED, said(9, 9, entry("unchanged"), leaks=True)], THERE, ["leaked"], id="a secret"),
        pytest.param([APPLIED, said(9, 9, entry("unchanged"), changed=True)], THERE, ["wrong_sums"], id="changed"),
        pytest.param(
            [APPLIED, said(9, 9, entry("unchanged", changed=True))],
            THERE,
            ["wrong_sums", "false_changed"],
            id="changed entry",
        ),
        pytest.param([APPLIED, said(9, 9, FAILED, failed=False)], THERE, ["wrong_sums"], id="failed, and did not"),
        pytest.param([APPLIED, said(9, 9)], with_effects(requests=[request(3), request(9)]), ["touched"], id="refused"),
    ],
)
def test_each_untruth_has_its_count(tasks: Sequence[Said], there: Known, expected: list[str]) -> None:
    assert found(tasks, there) == expected


def test_a_summary_is_counted() -> None:
    wrong = replace(END[0].report, result={**END[0].report.result, "summary": {"total": 2}})
    assert found([APPLIED, Said(replace(wrong, ticket="x"))]) == ["wrong_sums", "wrong_sums"]


def test_the_end_is_unchanged() -> None:
    def ends(*tasks: Said, **values: Any) -> list[str]:
        return kinds(judge("case", promise(**values), [APPLIED, *tasks], THERE))

    assert ends(*END) == []
    assert ends(*END[:2]) == ["lost"]
    failing = [said(at, at + 1, calm=True) for at in (10, 12, 14)]
    assert ends(*failing) == ["lost"] * 3
    assert ends(*failing, stuck=True) == []
    plans = said(14, 15, entry("updated"), check=True, calm=True)
    assert ends(END[0], END[1], plans) == ["false_changed"]


def test_a_plan_predicts() -> None:
    planned = said(0, 0, entry("updated"), DELETED, check=True)
    assert found([planned, APPLIED], planned=True) == ["wrong_plans"]
    other = replace(APPLIED.report, result={**APPLIED.report.result, "plan_id": "q"})
    assert found([said(0, 0, entry(), DELETED, check=True), Said(other)], planned=True) == ["wrong_plans"]


def test_what_was_renamed_meanwhile_stays() -> None:
    there = known(REQUESTS, [effect(1), {**DELETION, "name": "production"}], skills=[obj(), GONE])
    assert found([APPLIED], there) == []
    assert found([APPLIED], there, aged=True) == ["wrongly_deleted"]


def test_nobody_is_invited_twice() -> None:
    body = json.dumps({"email": "ada@example.com"})
    post: dict[str, Any] = {"family": "members", "object": "m1", "body": body}
    born = effect(3, family="members", object="m1", name="ada@example.com")
    invited = entry(family="members", id="m1", name="ada@example.com")
    member = {"id": "m1", "user": {"email": "ada@example.com"}, "deletedAt": None}

    def sent(*requests: Mapping[str, Any]) -> list[str]:
        there = with_effects(born, requests=requests, members=[member])
        return found([said(0, 3, entry(), DELETED, invited), said(4, 9, entry("unchanged"))], there)

    assert sent(request(3, **post)) == []
    assert sent(request(3, **post), request(4, **post, fault="reset_before", status="reset_before")) == []
    assert sent(request(3, **post), request(4, **{**post, "status": 409})) == ["duplicates"]
    assert sent(request(3, **post), {**request(4, **post, fault="reset_before"), "time": moment(3)}) == ["duplicates"]
    assert sent(request(3, **post), {**request(4, **post, fault="rate_limited"), "time": moment(3)}) == []


def test_a_source_is_never_open() -> None:
    source = {"id": "d1", "displayName": "orders", "host": "a.example.com", "deletedAt": None}
    held = {**source, "access": RESTRICTED, "secrets": {"password": PASSWORD}}
    post = request(1, family="data-sources", object="d1")
    born = effect(1, family="data-sources", object="d1", name="orders")
    shut = effect(
        2, "updated", family="data-sources", object="d1", name="orders", changes={"access": [EVERYONE, RESTRICTED]}
    )
    opened = {**shut, "request": 3, "changes": {"access": [RESTRICTED, EVERYONE]}}
    said_so = entry(family="data_sources", id="d1", name="orders")
    calm = [said(at, at, {**said_so, "action": "unchanged", "changed": False}, calm=True) for at in (10, 12, 14)]
    wish = Promise(Whole({}, {"data_sources": [SOURCE]}))

    def ends(task: Said, *effects: Mapping[str, Any], last: Mapping[str, Any] | None = None) -> list[str]:
        posts = [post, {**post, "number": 2}, {**post, "number": 3}]
        there = known(posts, effects, data_sources=[last or held])
        return kinds(judge("case", wish, [task, *calm], there))

    assert ends(said(0, 9, said_so), born, shut) == []
    assert ends(said(0, 9, said_so), born) == ["left_open"]
    assert ends(said(0, 9, {**said_so, "action": "failed"}), born) == []
    assert ends(said(0, 9, said_so), born, shut, opened) == ["left_open", "left_open"]
    assert ends(said(0, 9, said_so), born, shut, last={**held, "access": EVERYONE}) == ["false_ok"]
    assert ends(said(0, 9, said_so), born, shut, last={**held, "secrets": {}}) == ["lost_secrets"]


LINES: list[dict[str, Any]] = [
    {"event": "started"},
    {"event": "doing", "family": "skills", "id": None, "name": "tone", "action": "created"},
    {"event": "done", "family": "skills", "id": "s1", "name": "tone", "action": "created", "changed": True},
    {"event": "doing", "family": "skills", "id": "left_1", "name": "left", "action": "deleted"},
    {"event": "done", "family": "skills", "id": "left_1", "name": "left", "action": "deleted", "changed": True},
    {"event": "ended"},
]


def test_the_journal_has_what_was_done() -> None:
    assert kinds(judge_journal("case", LINES, THERE)) == []
    # The last ones may be missing after a kill, but never what was about to be done.
    assert kinds(judge_journal("case", LINES[:4], THERE)) == []
    assert kinds(judge_journal("case", LINES[:3], THERE)) == ["lost"]
    assert kinds(judge_journal("case", LINES, known(REQUESTS[:1], EFFECTS[:1], skills=[obj()]))) == ["false_changed"]
    assert lines_of('{"a": 1}\n{"event": "do') == [{"a": 1}]


def test_the_next_run_warns_of_a_kill() -> None:
    assert [ended(LINES), ended(LINES[:-1]), ended([])] == [True, False, True]
    warned = replace(END[0].report, result={"warnings": ["The last run did not come to its end: 3 changes."]})
    telling = replace(END[0], report=warned)

    def found_in(was_ended: bool, *tasks: Said) -> list[str]:
        return kinds(judge_warnings("case", was_ended, [APPLIED, *tasks]))

    assert found_in(False, telling, *END[1:]) == []
    assert found_in(True, *END) == []
    assert found_in(True, telling) == ["false_changed"]
    assert found_in(False, *END) == ["false_ok"]
    # It is said once.
    assert found_in(False, telling, replace(telling)) == ["false_changed"]


def test_cases_have_names_of_their_own_and_the_short_form_has_some_of_each() -> None:
    names = [case.name for case in configuration.cases()]
    assert len(names) == len({*names})
    short = [case for case in configuration.cases() if case.short]
    assert {(case.killed, case.runs, case.planned, bool(case.writers)) for case in short} == {
        (case.killed, case.runs, case.planned, bool(case.writers)) for case in configuration.cases()
    }


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_organization_has_all_of_it(seed: int) -> None:
    whole = Whole.of(Random(seed), 3, references=True)
    held = [
        one["id"]
        for objects in whole.seed({})["organizations"][0].values()
        if isinstance(objects, list)
        for one in objects
    ]
    assert len(held) == len({*held})
    assert whole.gone == {one for one in held if one.startswith("left")}
    keys = [one[:3] for one in whole.entries()]
    assert len(keys) == len({*keys})
    assert {family for family, _within, _key in keys} == {*configuration.FAMILIES} - {
        "tabs",
        "data-sources",
        "mcp-servers",
    } | {
        "data_sources",
        "mcp_servers",
    }
