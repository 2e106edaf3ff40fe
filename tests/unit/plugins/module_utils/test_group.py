# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to groups: their names, their members, and the data sources that only they may query."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.modules import basedash_group, basedash_group_info
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    LOOKS,
    NOT_FOUND,
    RESET,
    TIMED_OUT,
    error,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.people import Fault, Organization
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.people import run as run_module

ONLY_GRANT = {"mode": "restricted", "groupIds": ["g1"], "memberIds": []}


def run(server: Organization, check_mode: bool = False, **given: Any) -> Report:
    return run_module(basedash_group.SPEC, server, check_mode, **given)


def both(server: Organization, **given: Any) -> Report:
    """Run in check mode, for real and again; what check mode predicts must come true, and the second run be idle."""
    predicted = run(server, check_mode=True, **given)
    report = run(server, **given)
    assert not report.failed, report.result["msg"]
    assert predicted.result["changed"] == report.result["changed"]
    assert predicted.result["diff"] == report.result["diff"]
    again = run(server, **given)
    assert not again.failed, again.result["msg"]
    assert not again.result["changed"]
    return report


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("given", [{"name": "new, one"}, {"name": "Analysts", "new_name": "x,y"}])
def test_a_comma_in_a_name_is_refused_when_it_is_created_or_renamed(given: dict[str, Any], check_mode: bool) -> None:
    server = Organization()
    report = run(server, check_mode, **given)
    assert report.failed
    assert "has a comma" in report.result["msg"]
    assert server.writes == []


def test_a_comma_is_not_refused_for_a_group_that_has_it() -> None:
    server = Organization()
    assert not run(server, name="a, b").failed
    assert both(server, name="a, b", members=["cleo"]).result["changed"]
    assert run(server, name="a, b", new_name="ab").result["changed"]
    assert server.groups["g2"]["name"] == "ab"


def test_a_rename_warns_because_row_policies_use_names() -> None:
    server = Organization()
    for check_mode in (True, False):
        report = run(server, check_mode, name="Analysts", new_name="Analytics")
        assert report.result["changed"]
        assert [one for one in report.warnings if "Row policies" in one and "'Analysts'" in one]
    assert run(server, name="Analysts", new_name="Analytics").warnings == []


# Deletions ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_only_grant_of_a_data_source_is_not_deleted(check_mode: bool) -> None:
    server = Organization()
    server.policies = {"ds_1": {**ONLY_GRANT, "groupIds": ["g1", "g2"]}, "ds_2": ONLY_GRANT}
    report = run(server, check_mode, name="Analysts", state="absent")
    assert report.failed
    assert "the only grant of data source 'source ds_2'" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_only_grant_is_not_deleted_if_groups_are_not_readable(check_mode: bool) -> None:
    unreadable = [Fault("GET groups", error(405)), Fault("GET groups", error(405))]
    server = Organization(*unreadable)
    server.policies["ds_1"] = {"mode": "restricted", "groupIds": ["g1"], "memberIds": []}
    report = run(server, check_mode, id="g1", state="absent")
    assert report.failed
    assert "The group with id 'g1' is the only grant of data source 'source ds_1'" in report.result["msg"]
    assert server.writes == []
    server.faults = unreadable
    assert run(server, check_mode, id="g1", state="absent", force=True).result["changed"]


@pytest.mark.parametrize(
    "policy",
    [
        {"mode": "everyone", "groupIds": [], "memberIds": []},
        {**ONLY_GRANT, "memberIds": ["ada"]},
        {**ONLY_GRANT, "groupIds": ["g1", "g2"]},
        {**ONLY_GRANT, "groupIds": ["g2"]},
    ],
)
def test_a_group_that_is_not_the_only_grant_is_deleted(policy: dict[str, Any]) -> None:
    server = Organization()
    server.policies = {"ds_1": policy}
    assert both(server, name="Analysts", state="absent").result["changed"]
    assert "g1" not in server.groups


def test_force_deletes_the_only_grant_with_one_request() -> None:
    server = Organization()
    server.policies = {"ds_1": ONLY_GRANT}
    assert run(server, id="g1", state="absent", force=True).result["changed"]
    assert server.log == ["DELETE groups/g1"]


@pytest.mark.parametrize("answered", [HTML, error(405), error(403)])
@pytest.mark.parametrize("step", ["GET data-sources", "GET data-sources/ds_1/access"])
def test_a_group_is_not_deleted_if_the_grants_are_not_readable(step: str, answered: Any) -> None:
    server = Organization(Fault(step, answered))
    report = run(server, name="Analysts", state="absent")
    assert report.failed
    assert "not known whether the group is the only grant" in report.result["msg"]
    assert server.writes == []


def test_a_404_to_the_access_of_a_data_source_that_is_listed_is_not_believed() -> None:
    server = Organization(*[Fault("GET data-sources/ds_1/access", NOT_FOUND)] * LOOKS)
    report = run(server, name="Analysts", state="absent")
    assert report.failed
    assert server.writes == []


def test_a_data_source_that_somebody_deletes_meanwhile_is_no_grant() -> None:
    def leave(server: Organization) -> None:
        del server.policies["ds_1"]

    server = Organization(Fault("GET data-sources/ds_1/access", leave))
    server.policies = {"ds_1": ONLY_GRANT}
    assert run(server, name="Analysts", state="absent").result["changed"]


def test_the_grants_are_read_again_if_the_first_reading_is_old() -> None:
    def grant(server: Organization) -> None:
        server.policies["ds_1"] = ONLY_GRANT
        server.time += 6

    server = Organization()
    server.policies = {"ds_1": {"mode": "everyone"}, "ds_2": {"mode": "everyone"}}
    server.faults.append(Fault("GET data-sources/ds_2/access", grant))
    report = run(server, name="Analysts", state="absent")
    assert report.failed
    assert "the only grant" in report.result["msg"]
    assert server.writes == []


# Members --------------------------------------------------------------------------------------------------------------

every_place = pytest.mark.parametrize("shown", ["members", "memberIds", "list"])


@every_place
@pytest.mark.parametrize("who", ["cleo", "Cleo@example.com", "CLEO@EXAMPLE.COM"])
def test_a_member_is_added_by_address_in_any_case_or_by_id(shown: str, who: str) -> None:
    server = Organization()
    server.shown = shown
    report = both(server, name="Analysts", members=[who])
    assert report.result["changed"]
    assert server.groups["g1"]["members"] == ["ada", "ben", "cleo"]
    assert server.bodies == [{"memberId": "cleo"}]


@every_place
def test_purge_members_leaves_exactly_these(shown: str) -> None:
    server = Organization()
    server.shown = shown
    report = both(server, name="Analysts", members=["cleo", "ben"], purge_members=True)
    assert report.result["changed"]
    assert server.groups["g1"]["members"] == ["ben", "cleo"]
    assert server.writes == ["POST groups/g1/members", "DELETE groups/g1/members/ada"]


@every_place
def test_members_of_a_new_group(shown: str) -> None:
    server = Organization()
    server.shown = shown
    assert both(server, name="Sales", members=["cleo", "ada@example.com"]).result["changed"]
    assert server.groups["g3"]["members"] == ["ada", "cleo"]


def test_the_facts_have_members_as_objects() -> None:
    server = Organization()
    report = run(server, name="Analysts", members=["cleo"])
    assert [one["user"]["email"] for one in report.result["group"]["members"]] == [
        "Ada@example.com",
        "Ben@example.com",
        "Cleo@example.com",
    ]
    listed = run_module(basedash_group_info.SPEC, server).result["groups"]
    assert [len(one["members"]) for one in listed] == [3, 0]
    server.shown = "nowhere"
    assert run(server, name="Analysts").result["group"]["members"] is None


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("members", ["ada", "ben"]),
        ("memberIds", ["ada", "ben"]),
        ("list", ["ada", "ben"]),
        ("nowhere", None),
    ],
)
def test_who_is_in_a_group_is_read_where_the_server_shows_it(shown: str, expected: list[str] | None) -> None:
    server = Organization()
    server.shown = shown
    report = run_module(basedash_group_info.SPEC, server, members=True)
    assert [one["member_ids"] for one in report.result["groups"]] == [expected, None if expected is None else []]
    assert "member_ids" not in run_module(basedash_group_info.SPEC, server).result["groups"][0]


@pytest.mark.parametrize(
    "shown",
    [
        ["ada", None],
        [{"id": "gm_1", "memberId": None}],
        [{"email": "ada@example.com"}],
        [{"id": "gm_1", "member": None}],
        [["ada"]],
        [True],
    ],
)
def test_members_in_an_unknown_form_are_not_compared(shown: Any) -> None:
    server = Organization()
    server.shown = "as given"
    server.groups["g1"]["memberIds"] = shown
    report = run(server, name="Analysts", members=["ada"], purge_members=True)
    assert report.failed
    assert "does not show who is in a group" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("shown", [{"id": "gm_1", "memberId": "ada"}, {"id": "gm_1", "member": {"id": "ada"}}])
def test_the_id_of_a_membership_is_not_that_of_the_member(shown: Any) -> None:
    server = Organization()
    server.shown = "as given"
    server.groups["g1"]["memberIds"] = [shown]
    report = run(server, name="Analysts", members=["ada"], purge_members=True)
    assert not report.failed, report.result["msg"]
    assert not report.result["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_members_are_not_set_by_extra(check_mode: bool) -> None:
    server = Organization()
    report = run(server, check_mode, name="Analysts", extra={"members": ["ada"]})
    assert report.failed
    assert "use the option members" in report.result["msg"]
    assert server.log == []


def test_clear_removes_everybody() -> None:
    server = Organization()
    assert both(server, name="Analysts", clear=["members"]).result["changed"]
    assert server.groups["g1"]["members"] == []


@pytest.mark.parametrize(
    "given",
    [{"members": [], "purge_members": True}, {"purge_members": True}, {"members": ["ada"], "clear": ["members"]}],
)
def test_nobody_is_removed_because_of_an_empty_list(given: dict[str, Any]) -> None:
    server = Organization()
    report = run(server, name="Analysts", **given)
    assert report.failed
    assert server.log == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_server_that_does_not_show_members_gets_no_write_for_an_existing_group(check_mode: bool) -> None:
    server = Organization()
    server.shown = "nowhere"
    report = run(server, check_mode, name="Analysts", new_name="Other", members=["cleo"])
    assert report.failed
    assert not report.result["changed"]
    assert "does not show who is in a group" in report.result["msg"]
    assert server.writes == []


def test_a_new_group_stays_on_a_server_that_does_not_show_members() -> None:
    server = Organization()
    server.shown = "nowhere"
    report = run(server, name="Sales", members=["cleo"])
    assert report.failed
    assert report.result["changed"]
    assert "nobody was added" in report.result["msg"]
    assert "'g3' was created" in report.result["msg"]
    assert server.writes == ["POST groups"]


@pytest.mark.parametrize("removal", ["html", "405", "501", "404"])
def test_no_way_to_remove_is_one_sentence_that_says_whom_it_added(removal: str) -> None:
    server = Organization()
    server.removal = removal
    report = run(server, name="Analysts", members=["cleo"], purge_members=True)
    assert report.failed
    assert report.result["changed"]
    assert ("does not offer to remove" if removal != "404" else "was answered 404") in report.result["msg"]
    assert "given the members 'Cleo@example.com'" in report.result["msg"]
    assert server.groups["g1"]["members"] == ["ada", "ben", "cleo"]


@pytest.mark.parametrize("answered", [HTML, error(405), error(501)])
def test_no_way_to_add_is_one_sentence(answered: Any) -> None:
    server = Organization(Fault("POST groups/g1/members", answered))
    report = run(server, name="Analysts", members=["cleo"])
    assert report.failed
    assert not report.result["changed"]
    assert "does not offer to add the member 'Cleo@example.com'" in report.result["msg"]
    assert report.result["api"]["retries"] == 0


@pytest.mark.parametrize("who", ["nobody@example.com", "dora@example.com", "dora", "mem_1"])
def test_who_is_no_active_member_is_refused_before_anything_is_sent(who: str) -> None:
    server = Organization()
    for name in ("Analysts", "Sales"):
        report = run(server, name=name, members=["cleo", who])
        assert report.failed
        assert "'%s'" % who in report.result["msg"]
    assert server.writes == []


def test_several_members_with_one_address_are_refused() -> None:
    server = Organization()
    server.members["ben"]["user"]["email"] = "cleo@example.com"
    report = run(server, name="Analysts", members=["cleo@example.com"])
    assert report.failed
    assert "'ben', 'cleo'" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("name", ["Analysts", "Sales"])
def test_check_mode_assumes_that_an_earlier_task_invites_an_unknown_address(name: str) -> None:
    server = Organization()
    report = run(server, check_mode=True, name=name, members=["nobody@example.com", "dora@example.com"])
    assert report.result["changed"]
    assert [one for one in report.warnings if "'dora@example.com', 'nobody@example.com'" in one]
    assert "nobody@example.com" in report.result["diff"]["after"]["members"]
    assert run(server, check_mode=True, name=name, members=["mem_1"]).failed


def test_the_members_are_listed_once_and_ids_are_taken_unchecked_without_a_list() -> None:
    server = Organization()
    run(server, name="Analysts", members=["cleo", "ben@example.com", "ada"])
    assert server.log.count("GET members") == 1
    server = Organization(Fault("GET members", HTML), Fault("GET members", HTML))
    report = run(server, name="Analysts", members=["cleo@example.com"])
    assert report.failed
    assert "offers no list of members" in report.result["msg"]
    assert run(server, name="Analysts", members=["cleo"]).result["changed"]


@pytest.mark.parametrize("works", [True, False])
@pytest.mark.parametrize("name", ["Analysts", "Sales"])
def test_a_lost_addition_is_read_back(name: str, works: bool) -> None:
    group = "g1" if name == "Analysts" else "g3"
    server = Organization(Fault("POST groups/%s/members" % group, RESET, works))
    report = run(server, name=name, members=["cleo"])
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert server.groups[group]["members"].count("cleo") == 1
    assert server.writes.count("POST groups/%s/members" % group) == (1 if works else 2)


def test_an_addition_that_may_still_come_is_not_repeated() -> None:
    server = Organization(Fault("POST groups/g1/members", TIMED_OUT))
    report = run(server, name="Analysts", members=["cleo"])
    assert report.failed
    assert "not known" in report.result["msg"]
    assert server.writes == ["POST groups/g1/members"]


def test_a_lost_removal_is_read_back() -> None:
    server = Organization(Fault("DELETE groups/g1/members/ada", RESET, works=True))
    report = run(server, name="Analysts", members=["ben"], purge_members=True)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert server.groups["g1"]["members"] == ["ben"]


def test_who_is_added_or_removed_by_somebody_else_meanwhile_is_no_failure_and_no_change() -> None:
    def add(server: Organization) -> None:
        server.groups["g1"]["members"].append("cleo")

    def remove(server: Organization) -> None:
        server.groups["g1"]["members"].remove("ada")

    server = Organization(Fault("POST groups/g1/members", add))
    report = run(server, name="Analysts", members=["cleo"])
    assert not report.failed, report.result["msg"]
    assert not report.result["changed"]
    server = Organization(Fault("DELETE groups/g1/members/ada", remove))
    report = run(server, name="Analysts", members=["ben"], purge_members=True)
    assert not report.failed, report.result["msg"]
    assert not report.result["changed"]


def test_the_group_is_read_again_before_a_write_if_the_reading_is_old() -> None:
    def add(server: Organization) -> None:
        server.groups["g1"]["members"].append("cleo")
        server.time += 6

    server = Organization()
    server.shown = "list"
    server.faults = [Fault("GET groups/g1/members", lambda one: None)]
    server.faults.append(Fault("GET groups/g1/members", lambda one: None))
    server.seconds_per_request = 2.0
    report = run(server, name="Analysts", members=["cleo"])
    assert not report.failed, report.result["msg"]
    late = [number for number, step in enumerate(server.log) if step.startswith("POST")]
    assert server.log[late[0] - 1].startswith("GET groups/g1")
    server = Organization(Fault("GET members", add))
    report = run(server, name="Analysts", members=["cleo"])
    assert server.writes == []
    assert not report.result["changed"]


def test_a_new_group_that_is_not_known_everywhere_yet_is_tried_again() -> None:
    server = Organization(*[Fault("POST groups/g3/members", NOT_FOUND)] * 3)
    report = run(server, name="Sales", members=["cleo"])
    assert not report.failed, report.result["msg"]
    assert server.groups["g3"]["members"] == ["cleo"]
