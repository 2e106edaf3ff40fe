# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One test for each sentence of the contract about access."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ACCESS,
    ACCESS_TASK,
    GROUPS,
    HTML,
    KNOWN_GROUPS,
    KNOWN_MEMBERS,
    LOOKS,
    MEMBERS,
    NOT_FOUND,
    ONE,
    PAGE,
    PRESENT,
    RESET,
    SOURCE,
    Wire,
    access,
    answer,
    error,
    found,
    member,
    page,
    resource,
    run,
)

POLICY = ONE + "/access"
READ = ("GET", ONE, found())


def policy(mode: str | None, groups: Any = (), members: Any = ()) -> Any:
    content = {"dataSourceId": "ds_1", "groupIds": list(groups), "memberIds": list(members)}
    return answer(200, {"data": content if mode is None else {**content, "mode": mode}})


def body(*groups: str, members: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"mode": "restricted", "groupIds": list(groups), "memberIds": list(members)}


def test_everyone_to_restricted() -> None:
    put = ("PUT", POLICY, policy("restricted", ["g1"], ["m1"]), body("g1", members=("m1",)))
    options: dict[str, Any] = {"id": "ds_1", "mode": "restricted", "group_ids": ["g1"], "member_ids": ["m1"]}
    report = access(READ, ("GET", POLICY, policy("everyone")), put, **options)
    assert not report.failed
    assert report.result["changed"]
    assert report.result["access"] == {"mode": "restricted", "group_ids": ["g1"], "member_ids": ["m1"]}
    assert report.result["data_source"]["id"] == "ds_1"
    assert report.result["diff"]["before"] == {"mode": "everyone", "group_ids": [], "member_ids": []}
    checked = access(READ, ("GET", POLICY, policy("everyone")), check_mode=True, **options)
    assert checked.result["diff"] == report.result["diff"]
    assert checked.result["changed"]


def test_restricted_to_everyone_names_nobody() -> None:
    put = ("PUT", POLICY, policy("everyone"), {"mode": "everyone"})
    report = access(READ, ("GET", POLICY, policy("restricted", ["g1"])), put, id="ds_1", mode="everyone")
    assert report.result["changed"]


def test_by_name() -> None:
    there = ("GET", PAGE, page(resource()))
    report = access(there, ("GET", POLICY, policy("everyone")), name="preview-42", mode="everyone")
    assert not report.result["changed"]


def test_sets_are_compared_as_sets() -> None:
    current = ("GET", POLICY, policy("restricted", ["g2", "g1", "g1"], ["m2", "m1"]))
    options: dict[str, Any] = {"mode": "restricted", "group_ids": ["g1", "g2"], "member_ids": ["m1", "m2", "m2"]}
    assert not access(READ, current, id="ds_1", **options).result["changed"]


@pytest.mark.parametrize(("groups", "mode"), [([], "everyone"), (["g1"], "restricted")])
def test_an_answer_without_the_mode(groups: list[str], mode: str) -> None:
    report = access(READ, ("GET", POLICY, policy(None, groups)), id="ds_1", mode=mode, group_ids=groups)
    assert not report.result["changed"]


def test_purge_takes_away_the_others() -> None:
    current = ("GET", POLICY, policy("restricted", ["g1", "g2"], ["m1"]))
    put = ("PUT", POLICY, policy("restricted", ["g1"]), body("g1"))
    assert access(READ, current, put, id="ds_1", mode="restricted", group_ids=["g1"]).result["changed"]


def test_without_purge_these_are_added() -> None:
    current = ("GET", POLICY, policy("restricted", ["g1"], ["m1"]))
    put = ("PUT", POLICY, policy("restricted", ["g1", "g2"], ["m1"]), body("g1", "g2", members=("m1",)))
    options: dict[str, Any] = {"id": "ds_1", "mode": "restricted", "purge": False}
    assert access(READ, current, put, **options, group_ids=["g2"]).result["changed"]
    assert not access(READ, current, **options, member_ids=["m1"]).result["changed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mode": "restricted"}, "nobody"),
        ({"mode": "restricted", "group_ids": [], "purge": False}, "nobody"),
        ({"mode": "everyone", "member_ids": ["m1"]}, "everyone"),
        ({"mode": "restricted", "member_ids": [""]}, "member_ids"),
        ({"mode": "everyone", "id": " "}, "id"),
        ({"mode": "everyone", "id": None}, "id or name"),
    ],
)
def test_bad_input_sends_nothing(options: dict[str, Any], words: str) -> None:
    report = access(**{"id": "ds_1", **options})
    assert report.failed
    assert words in report.result["msg"]


def test_a_policy_that_the_server_refuses() -> None:
    refusal = error(400, "groupIds: not all of these belong to the organization", "ValidationError")
    put = ("PUT", POLICY, refusal, body("g1"))
    report = access(READ, ("GET", POLICY, policy("everyone")), put, id="ds_1", mode="restricted", group_ids=["g1"])
    assert report.failed
    assert not report.result["changed"]
    assert "groupIds" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_a_policy_that_did_not_take() -> None:
    put = ("PUT", POLICY, policy("everyone"), body("g1"))
    look = ("GET", POLICY, policy("everyone"))
    report = access(READ, look, put, *[look] * LOOKS, id="ds_1", mode="restricted", group_ids=["g1"])
    assert report.failed
    assert report.result["changed"]
    assert "other access" in report.result["msg"]


def test_an_answer_that_does_not_show_the_policy_is_read_back() -> None:
    steps: list[Any] = [
        ("GET", POLICY, policy("everyone")),
        ("PUT", POLICY, answer(204), body("g1")),
        ("GET", POLICY, policy("restricted", ["g1"])),
    ]
    assert access(READ, *steps, id="ds_1", mode="restricted", group_ids=["g1"]).result["changed"]


def test_a_lost_answer_is_sent_again() -> None:
    steps: list[Any] = [
        ("GET", POLICY, policy("everyone")),
        ("PUT", POLICY, RESET, body("g1")),
        ("PUT", POLICY, policy("restricted", ["g1"]), body("g1")),
    ]
    assert access(READ, *steps, id="ds_1", mode="restricted", group_ids=["g1"]).result["changed"]


@pytest.mark.parametrize("reading", [HTML, NOT_FOUND, answer(200, {"data": {}}), answer(200, {"data": []})])
def test_a_policy_that_can_not_be_read(reading: Any) -> None:
    looks = LOOKS if reading is NOT_FOUND else 1
    report = access(READ, *[("GET", POLICY, reading)] * looks, id="ds_1", mode="everyone")
    assert report.failed
    assert not report.result["changed"]


def test_the_policy_of_a_source_that_another_task_has_just_created() -> None:
    """The service may not know its access yet."""
    late: list[Any] = [("GET", POLICY, NOT_FOUND)] * 3
    put = ("PUT", POLICY, policy("restricted", ["g1"]), body("g1"))
    report = access(
        READ, *late, ("GET", POLICY, policy("everyone")), put, id="ds_1", mode="restricted", group_ids=["g1"]
    )
    assert not report.failed
    assert report.result["changed"]


def test_a_data_source_that_is_not_there() -> None:
    report = access(("GET", ONE, NOT_FOUND), ("GET", PAGE, page()), id="ds_1", mode="everyone")
    assert report.failed
    assert "create it first" in report.result["msg"]


def test_several_have_the_name() -> None:
    report = access(("GET", PAGE, page(resource("a"), resource("b"))), name="preview-42", mode="everyone")
    assert report.failed


def test_an_answer_older_than_the_change_is_read_back() -> None:
    steps: list[Any] = [
        ("GET", POLICY, policy("everyone")),
        ("PUT", POLICY, policy("everyone"), body("g1")),
        ("GET", POLICY, policy("restricted", ["g1"])),
    ]
    assert not access(READ, *steps, id="ds_1", mode="restricted", group_ids=["g1"]).failed


@pytest.mark.parametrize(
    ("reaction", "budget"),
    [(RESET, 0.0), (answer(200, "<html>"), 120.0), (answer(200, {"success": False, "data": {}}), 120.0)],
)
def test_a_policy_of_which_it_is_not_known_whether_it_was_set(reaction: Any, budget: float) -> None:
    steps: list[Any] = [("GET", POLICY, policy("everyone")), ("PUT", POLICY, reaction, body("g1"))]
    report = access(READ, *steps, id="ds_1", mode="restricted", group_ids=["g1"], retry_timeout=budget)
    assert report.failed
    assert "is not known" in report.result["msg"]


@pytest.mark.parametrize("refusal", [error(403, "no", "Forbidden"), HTML])
def test_a_lost_answer_and_then_a_refusal(refusal: Any) -> None:
    steps: list[Any] = [
        ("GET", POLICY, policy("everyone")),
        ("PUT", POLICY, RESET, body("g1")),
        ("PUT", POLICY, refusal, body("g1")),
    ]
    report = access(READ, *steps, id="ds_1", mode="restricted", group_ids=["g1"])
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_a_policy_that_was_set_and_can_not_be_read_back() -> None:
    steps: list[Any] = [
        ("GET", POLICY, policy("everyone")),
        ("PUT", POLICY, answer(204), body("g1")),
        ("GET", POLICY, error(403, "no", "Forbidden")),
    ]
    report = access(READ, *steps, id="ds_1", mode="restricted", group_ids=["g1"])
    assert report.failed
    assert report.result["changed"]
    assert "was set" in report.result["msg"]


@pytest.mark.parametrize(
    "content",
    [
        {"mode": "restricted", "groupIds": ["g1"], "memberIds": {"m1": {}}},
        {"mode": "restricted", "groupIds": "g1", "memberIds": []},
        {"mode": "restricted", "groupIds": ["g1"], "memberIds": [], "roleIds": ["r1"]},
        {"mode": "restricted", "groupIds": ["g1"], "memberIds": [], "dataSourceId": "ds_2"},
    ],
)
def test_a_policy_that_is_not_understood_is_never_the_wanted_one(content: Any) -> None:
    look = ("GET", POLICY, answer(200, {"data": content}))
    report = access(READ, look, id="ds_1", mode="restricted", group_ids=["g1"])
    assert report.failed
    assert not report.result["changed"]


@pytest.mark.parametrize("reading", [HTML, error(405, "no", "MethodNotAllowed")])
def test_a_server_without_policies(reading: Any) -> None:
    report = access(READ, ("GET", POLICY, reading), id="ds_1", mode="everyone")
    assert "does not offer" in report.result["msg"]


# Groups by name, members by e-mail


def of(wire: Wire, **options: Any) -> Report:
    """Run the task with another list of groups and members."""
    return run(ACCESS_TASK, wire, {**ACCESS, "id": "ds_1", "mode": "restricted", **options})


def test_groups_by_name_and_members_by_e_mail() -> None:
    put = ("PUT", POLICY, policy("restricted", ["g1", "g2"], ["m1"]), body("g1", "g2", members=("m1",)))
    wire = Wire(READ, ("GET", POLICY, policy("everyone")), put)
    report = of(wire, groups=["group g1"], group_ids=["g2"], members=["M1@Example.com"])
    assert not report.failed, report.result["msg"]
    assert report.result["access"] == {"mode": "restricted", "group_ids": ["g1", "g2"], "member_ids": ["m1"]}
    assert [request.url.rpartition("/")[2] for request in wire.sent[1:3]] == ["groups?limit=100", "members?limit=100"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"groups": ["group g9"]}, "no group with the name 'group g9'"),
        ({"groups": ["Group G1"]}, "but one with 'group g1'"),
        ({"group_ids": ["g9"]}, "no group with id 'g9'"),
        ({"members": ["m9@example.com"]}, "no member with the e-mail address 'm9@example.com'"),
        ({"member_ids": ["m9"]}, "no member with id 'm9'"),
        ({"groups": ["group g1"], "member_ids": ["m9"]}, "no member with id 'm9'"),
        ({"groups": ["twin"]}, "2 groups have the name 'twin'"),
        ({"members": ["gone@example.com"]}, "no member"),
        ({"member_ids": ["m8"]}, "no member"),
    ],
)
def test_unknown_and_ambiguous_ones_fail_before_anything_is_sent(options: dict[str, Any], words: str) -> None:
    wire = Wire(READ)
    twins = [{"id": "t1", "name": "twin"}, {"id": "t2", "name": "twin"}]
    gone = member("m8", "gone@example.com", deactivatedAt="2026-11-01T00:00:00Z")
    wire.beside = {GROUPS: page(*KNOWN_GROUPS, *twins), MEMBERS: page(*KNOWN_MEMBERS, gone)}
    report = of(wire, **options)
    assert report.failed
    assert words in report.result["msg"]
    wire = Wire(("GET", PAGE, page()))
    wire.beside = {GROUPS: page(*KNOWN_GROUPS, *twins), MEMBERS: page(*KNOWN_MEMBERS, gone)}
    new = {**PRESENT, "name": "preview-42", "dialect": "POSTGRES", "access": {"mode": "restricted", **options}}
    assert run(SOURCE, wire, new).failed


@pytest.mark.parametrize("there", [True, False])
def test_check_mode_assumes_that_an_earlier_task_creates_a_group_or_invites_a_member(there: bool) -> None:
    options: dict[str, Any] = {
        "mode": "restricted",
        "groups": ["group g1", "group g9"],
        "members": ["m9@example.com"],
    }
    wire = Wire(("GET", PAGE, page(resource())), ("GET", POLICY, policy("restricted", ["g1"])))
    settings: dict[str, Any] = {**PRESENT, "name": "preview-42"}
    if not there:
        wire = Wire(("GET", PAGE, page()))
        settings["dialect"] = "POSTGRES"
    report = run(SOURCE, wire, {**settings, "access": options}, check_mode=True)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert report.result["access"] == {"mode": "restricted", "group_ids": ["g1"], "member_ids": []}
    (warning,) = report.warnings
    assert "'group g9'" in warning
    assert "'m9@example.com'" in warning
    planned = report.result["diff"]["after"]["access"]
    assert planned["not_there_yet"] == ["group 'group g9'", "member 'm9@example.com'"]
    wire = Wire(READ, ("GET", POLICY, policy("restricted", ["g1"])))
    report = run(ACCESS_TASK, wire, {**ACCESS, "id": "ds_1", **options}, check_mode=True)
    assert report.result["changed"]
    assert len(report.warnings) == 1
    wire = Wire(("GET", PAGE, page()))
    report = run(ACCESS_TASK, wire, {**ACCESS, "id": None, "name": "preview-42", **options}, check_mode=True)
    assert report.result["changed"]
    assert len(report.warnings) == 2


@pytest.mark.parametrize("options", [{"groups": ["Group G1"]}, {"group_ids": ["g9"]}, {"groups": ["twin"]}])
def test_check_mode_assumes_nothing_else(options: dict[str, Any]) -> None:
    wire = Wire(READ)
    wire.beside = {GROUPS: page(*KNOWN_GROUPS, {"id": "t1", "name": "twin"}, {"id": "t2", "name": "twin"})}
    assert run(ACCESS_TASK, wire, {**ACCESS, "id": "ds_1", "mode": "restricted", **options}, check_mode=True).failed


@pytest.mark.parametrize("answer_of_list", [HTML, NOT_FOUND, error(405), error(501)])
def test_a_server_without_lists_takes_ids_unchecked(answer_of_list: Any) -> None:
    put = ("PUT", POLICY, policy("restricted", ["g9"], ["m9"]), body("g9", members=("m9",)))
    wire = Wire(READ, ("GET", POLICY, policy("everyone")), put)
    wire.beside = {GROUPS: answer_of_list, MEMBERS: answer_of_list}
    assert not of(wire, group_ids=["g9"], member_ids=["m9"]).failed
    for options in ({"groups": ["group g1"]}, {"members": ["m1@example.com"]}):
        wire = Wire(READ)
        wire.beside = {GROUPS: answer_of_list, MEMBERS: answer_of_list}
        report = of(wire, **options)
        assert report.failed
        assert "_ids" in report.result["msg"]


def test_everyone_needs_no_lists() -> None:
    wire = Wire(READ, ("GET", POLICY, policy("everyone")))
    assert not of(wire, mode="everyone").failed
    assert len(wire.sent) == 2


def test_a_similar_name_is_told_where_check_mode_assumes_an_earlier_task() -> None:
    there = ("GET", PAGE, page(resource(name="production")))
    report = access(there, check_mode=True, name="Production", mode="everyone")
    assert report.result["changed"]
    assert "'production'" in report.warnings[0]
