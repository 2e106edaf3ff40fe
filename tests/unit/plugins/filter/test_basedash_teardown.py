# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role basedash_teardown may do next, whatever its steps left behind."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.filter.basedash_teardown import FilterModule, next_steps

OMIT = "__omit_place_holder__0"
PATTERN = {"name_pattern": "^preview-"}


def entry(identifier: str, action: str = "deleted", **more: Any) -> dict[str, Any]:
    return {"id": identifier, "name": "preview-" + identifier, "action": action, "changed": action == "deleted", **more}


PLAN: dict[str, Any] = {"changed": True, "failed": False, "results": [entry("1"), entry("2"), entry("3", "unchanged")]}


def steps(**taken: Any) -> dict[str, Any]:
    """Return steps that lead to a deletion, but for these."""
    return {
        "data_sources": None,
        "filters": PATTERN,
        "confirm": "auto",
        "attended": False,
        "probe": {"rc": 0, "failed": False},
        "plan": PLAN,
        "left": None,
        "announced": ["1", "2"],
        "deleted": {},
        **taken,
    }


def following(hostvars: dict[str, dict[str, Any]] | None = None, host: str = "here", **taken: Any) -> dict[str, Any]:
    known = {"here": {}} if hostvars is None else hostvars
    (filtered,) = FilterModule().filters().values()
    result: dict[str, Any] = filtered(steps(**taken), host, list(known), known, omit=OMIT)
    return result


def test_a_deletion() -> None:
    now = following()
    assert now["deletes"]
    assert now["ready"]
    assert not now["question"]
    assert now["wanted"] == {"filters": PATTERN}
    assert now["going"] == [{"id": "1", "name": "preview-1"}, {"id": "2", "name": "preview-2"}]
    done = {"changed": True, "failed": False, "api": {}, "results": [entry("1"), entry("2")]}
    now = following(deleted=done)
    assert (now["status"], now["outcome"]["changed"], now["outcome"]["failed"]) == ("done", True, False)
    assert [one["action"] for one in now["outcome"]["results"]] == ["deleted", "deleted", "unchanged"]


# Of each step, the way that leads to a deletion is the first; of the confirmation, these do.
QUESTIONS: list[dict[str, Any]] = [{}, {"data_sources": [{"id": "1"}]}, {"filters": {"name_pattern": OMIT}}]
PROBES: list[Any] = [
    {"rc": 0, "failed": False},
    {},
    {"skipped": True},
    {"rc": 1, "failed": True},
    {"rc": 0, "failed": True},
]
PLANS: list[dict[str, Any]] = [
    PLAN,
    {},
    {"skipped": True, "changed": False},
    {**PLAN, "failed": True, "msg": "2 of 3 failed"},
    {**PLAN, "unreachable": True},
    {"failed": True, "msg": "The conditional check failed"},
    {**PLAN, "results": [*PLAN["results"], entry("4", "********")]},
    {**PLAN, "results": [entry("1"), {**entry("2"), "name": "********-2"}]},
    {**PLAN, "results": [entry("1"), entry("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")]},
    {**PLAN, "results": []},
]
REPORTS: list[list[str]] = [["1", "2"], [], ["1"], ["0", "1"]]
# Whether each asks if nobody is there, and if somebody is.
CONFIRMS: list[tuple[Any, bool, bool]] = [
    ("auto", False, True),
    (" Auto", False, True),
    (False, False, False),
    ("false", False, False),
    ("False", False, False),
    *((other, True, True) for other in (True, "true", "yes", "no", "", None, 0, OMIT, [], "never")),
]
ANSWERS: list[dict[str, Any]] = [
    {},
    {"user_input": ""},
    {"user_input": "no"},
    {"failed": True},
    {"user_input": " Yes "},
]


def test_nothing_is_deleted_that_was_not_planned_reported_and_confirmed() -> None:
    ways = itertools.product(QUESTIONS, PROBES, PLANS, REPORTS, CONFIRMS, [False, True], ANSWERS)
    for question, probe, plan, announced, (confirm, *asking), attended, answer in ways:
        taken = {"probe": probe, "plan": plan, "announced": announced, "confirm": confirm, "attended": attended}
        now = following({"here": {"basedash_teardown_answer": answer}}, **question, **taken)
        asked_for = asking[attended]
        confirmed = not asked_for or (attended and answer == ANSWERS[-1])
        complete = (question, probe, plan, announced) == (QUESTIONS[0], PROBES[0], PLANS[0], REPORTS[0])
        assert now["deletes"] is (complete and confirmed), (taken, question, answer)
        assert bool(now["question"]) is (complete and asked_for and attended)
        assert not now["outcome"]["changed"] or now["status"] in ("planned", "failed")
        if plan is not PLANS[-1] and probe is not PROBES[2] and not now["deletes"]:
            assert now["outcome"]["failed"]
            assert now["outcome"]["msg"]
            assert now["status"] == ("declined" if complete else "failed")


def test_check_mode() -> None:
    now = following(probe={"skipped": True}, announced=[])
    assert (now["status"], now["deletes"], now["ready"], now["check_mode"]) == ("planned", False, False, True)
    assert now["outcome"]["changed"]
    assert now["outcome"]["results"] == PLAN["results"]


def test_a_skipped_deletion_is_none() -> None:
    now = following(deleted={"skipped": True, "changed": False})
    assert now["status"] == "failed"
    assert [one["action"] for one in now["outcome"]["results"]] == ["not_attempted", "not_attempted", "unchanged"]
    assert "left out" in now["outcome"]["msg"]


@pytest.mark.parametrize(
    ("deleted", "actions", "says"),
    [
        ({"failed": True, "msg": "403", "api": {}}, ["not_attempted"] * 2, "403"),
        ({"failed": True, "msg": "MODULE FAILURE"}, ["unknown"] * 2, "MODULE FAILURE"),
        ({"unreachable": True}, ["unknown"] * 2, "The deletion failed"),
        (
            {"failed": True, "msg": "1 failed", "api": {}, "results": [entry("1"), entry("2", "failed")]},
            None,
            "1 failed",
        ),
    ],
)
def test_a_deletion_that_fails(deleted: dict[str, Any], actions: list[str] | None, says: str) -> None:
    now = following(deleted=deleted)
    assert (now["status"], now["outcome"]["failed"]) == ("failed", True)
    assert says in now["outcome"]["msg"]
    assert [one["action"] for one in now["outcome"]["results"]][:2] == (actions or ["deleted", "failed"])


def test_a_plan_that_failed_in_part_is_carried_out_and_fails_in_the_end() -> None:
    plan = {"changed": True, "failed": False, "msg": "1 of 2 failed", "results": [entry("1"), entry("2", "failed")]}
    now = following(plan=plan, announced=["1"])
    assert now["deletes"]
    assert now["plan"]["msg"] == "1 of 2 failed"
    now = following(plan=plan, announced=["1"], deleted={"changed": True, "api": {}, "results": [entry("1")]})
    assert (now["status"], now["outcome"]["msg"], now["outcome"]["changed"]) == ("failed", "1 of 2 failed", True)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"filters": None}, "Say what is to be deleted"),
        ({"filters": ""}, "Say what is to be deleted"),
        ({"filters": {}}, "Say what is to be deleted"),
        ({"filters": OMIT}, "Say what is to be deleted"),
        ({"filters": "{name_pattern: x}"}, "no dictionary"),
        ({"filters": [PATTERN]}, "no dictionary"),
        *(
            ({"filters": {"host": "x", "dialect": nothing}}, "The filter dialect is empty")
            for nothing in (None, "", " \n", OMIT, [], [""], ["MYSQL", OMIT])
        ),
        ({"data_sources": []}, "not both"),
        ({"filters": None, "data_sources": "production"}, "no list of dictionaries"),
        ({"filters": None, "data_sources": {"id": "1"}}, "no list of dictionaries"),
        ({"filters": None, "data_sources": ["production"]}, "no list of dictionaries"),
        ({"filters": None, "data_sources": [{"id": "1"}, [{"id": "2", "password": "sentinel"}]]}, "no list of"),
    ],
)
def test_mistakes(question: dict[str, Any], says: str) -> None:
    now = following(**question)
    assert says in now["mistake"]
    assert now["outcome"]["msg"] == now["mistake"]
    assert "sentinel" not in now["mistake"]
    assert (now["deletes"], now["status"], now["wanted"]) == (False, "failed", {})


@pytest.mark.parametrize("question", [{"filters": None, "data_sources": []}, {"data_sources": OMIT}])
def test_what_is_no_mistake(question: dict[str, Any]) -> None:
    assert following(**question)["mistake"] == ""


def test_entries() -> None:
    """Secrets are dropped; what an entry says of its deletion goes with what the plan made of it."""
    secrets = {"password": "p", "extra_secrets": {"token": "t"}, "snowflake_private_key": "k", "extra": {"token": "t"}}
    entries = [
        {"name": "preview-1", "port": 1, **secrets},
        {"display_name": "preview-2", "missing_ok": False},
        {"data_source_id": 3, "force": True, "verify_absence": False},
        {"id": "4", "name": "preview-3", "missing_ok": False},
    ]
    nameless = [{**entry("4"), "name": name} for name in (None, " ")]
    plan = {"results": [entry("1"), entry("2"), entry("3"), *nameless]}
    now = following(filters=None, data_sources=entries, plan=plan)
    assert now["wanted"]["data_sources"] == [{"name": "preview-1", "port": 1}, *entries[1:]]
    assert now["going"] == [
        {"id": "1", "name": "preview-1"},
        {"id": "2", "name": "preview-2", "missing_ok": False},
        {"id": "3", "name": "preview-3", "force": True, "verify_absence": False},
        *[{"id": "4", "missing_ok": False}] * 2,
    ]


def test_several_hosts() -> None:
    """What an earlier host plans is left to it, for good; one host asks for all."""
    other = {"results": [entry("1"), entry("9")]}
    hosts: dict[str, dict[str, Any]] = {"a": {"basedash_teardown_plan": other}, "b": {}, "c": {}}
    assert following(hosts, "a")["left"] == {}
    now = following(hosts, "b")
    assert now["left"]["1"] == "a"
    assert [one["id"] for one in now["going"]] == ["2"]
    assert now["plan"]["results"][0]["action"] == "unchanged"
    assert "host a" in now["plan"]["results"][0]["msg"]
    # The host a fails and leaves the batch.
    now = following({"b": {}, "c": {}}, "b", left=now["left"], announced=["2"])
    assert [one["id"] for one in now["going"]] == ["2"]
    assert now["deletes"]

    hosts = {"a": {"basedash_teardown_announced": ["8"]}, "b": {"basedash_teardown_announced": ["1", "2"]}}
    now = following(hosts, "b", attended=True)
    assert "(3)" in now["question"]
    assert not now["deletes"]
    hosts["a"]["basedash_teardown_answer"] = {"user_input": "yes"}
    assert following(hosts, "b", attended=True)["deletes"]


def test_the_same_ids_in_another_organization_are_not_shared() -> None:
    """A copy of an organization has the same ids, and leaving them to the other host would leave them there."""
    here, there = ({"api_url": "https://a.example", "organization_id": name} for name in ("here", "there"))
    hosts = {"a": {"basedash_teardown_plan": {**PLAN, "service": there}}, "b": {}}
    now = following(hosts, "b", plan={**PLAN, "service": here})
    assert (now["left"], now["deletes"], now["outcome"]["service"]) == ({}, True, here)
    assert following(hosts, "b", plan={**PLAN, "service": there})["left"] == {"1": "a", "2": "a"}


@pytest.mark.parametrize("exclude", [[OMIT], ["production", ""], [None], [" "]])
def test_a_guard_with_a_gap(exclude: list[Any]) -> None:
    now = following(exclude=exclude)
    assert "basedash_teardown_exclude" in now["mistake"]
    assert not now["deletes"]
    assert (
        "basedash_teardown_exclude" in following(exclude=exclude, data_sources=[{"id": "1"}], filters=None)["mistake"]
    )


def test_all_of_it_is_left_to_another_host() -> None:
    hosts = {"a": {"basedash_teardown_plan": PLAN}, "b": {}}
    now = following(hosts, "b", announced=[])
    assert (now["status"], now["ready"], now["outcome"]["failed"]) == ("unchanged", False, False)


@pytest.mark.parametrize("name", ["", " spaced", "spaced\u00a0", "a\u200b", "line\n"])
def test_a_name_that_the_option_refuses_is_no_guard(name: str) -> None:
    now = following(plan={"changed": True, "results": [{**entry("1"), "name": name}]}, announced=["1"])
    assert now["going"] == [{"id": "1"}]
    assert now["deletes"]


def test_a_host_that_is_not_in_the_batch() -> None:
    assert next_steps(steps(), "elsewhere", ["here"], {"here": {"basedash_teardown_plan": PLAN}})["left"] == {}
