# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to members: invitations, deactivated people, and the last admin."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.modules import basedash_member, basedash_member_info
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    RESET,
    TIMED_OUT,
    answer,
    error,
    page,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.people import Fault, Organization, person
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.people import run as run_module

NEW = "new@example.com"


def run(server: Organization, check_mode: bool = False, **given: Any) -> Report:
    return run_module(basedash_member.SPEC, server, check_mode, **given)


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


# Invitations ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("given", [{}, {"reactivate": True}, {"role": "ADMIN"}])
def test_a_person_who_was_never_a_member_needs_invite(given: dict[str, Any], check_mode: bool) -> None:
    server = Organization()
    report = run(server, check_mode, email=NEW, **given)
    assert report.failed
    assert "set invite to true" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("user", [None, {"id": "user_ben"}, {"id": "user_ben", "email": None}])
def test_nobody_is_invited_who_may_be_a_member_without_an_address(user: Any, check_mode: bool) -> None:
    server = Organization()
    server.members["ben"]["user"] = user
    report = run(server, check_mode, email=NEW, invite=True)
    assert report.failed
    assert "does not show the e-mail address of some members (such as the one with id 'ben')" in report.result["msg"]
    assert server.writes == []
    assert run(server, check_mode=True, email="dora@example.com", reactivate=True).result["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_server_that_shows_no_addresses_gets_no_invitation(check_mode: bool) -> None:
    server = Organization()
    for one in server.members.values():
        one["user"] = None
    report = run(server, check_mode, email=NEW, invite=True)
    assert report.failed
    assert "does not show the email of members" in report.result["msg"]
    assert server.writes == []


def test_an_invitation_sends_address_and_role_and_an_update_the_rest() -> None:
    server = Organization()
    picture = "https://example.com/new.png"
    report = both(server, email=NEW, role="ADMIN", full_name="New One", avatar_url=picture, invite=True)
    assert report.result["changed"]
    assert server.bodies == [{"email": NEW, "role": "ADMIN"}, {"fullName": "New One", "avatarUrl": picture}]
    assert report.result["member"]["user"]["full_name"] == "New One"


def test_check_mode_predicts_the_facts_of_an_invitation() -> None:
    report = run(Organization(), check_mode=True, email=NEW, role="ADMIN", full_name="New One", invite=True)
    member = report.result["member"]
    assert (member["id"], member["role"], member["user"]["email"]) == (None, "ADMIN", NEW)
    assert member["user"]["full_name"] == "New One"


@pytest.mark.parametrize("reaction", [RESET, TIMED_OUT, error(502), error(504)])
def test_an_invitation_is_never_sent_twice_after_a_lost_answer(reaction: Any) -> None:
    server = Organization(Fault("POST members", reaction, works=True))
    report = run(server, email=NEW, invite=True)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert report.result["member"]["id"] == "new"
    server = Organization(Fault("POST members", reaction))
    report = run(server, email=NEW, invite=True)
    assert report.failed
    assert "is not known" in report.result["msg"]
    assert server.writes == ["POST members"]


def test_a_lost_invitation_is_completed() -> None:
    server = Organization(Fault("POST members", RESET, works=True))
    report = run(server, email=NEW, role="ADMIN", full_name="New One", invite=True)
    assert not report.failed, report.result["msg"]
    assert server.members["new"]["user"]["fullName"] == "New One"
    assert server.writes == ["POST members", "PATCH members/new"]


@pytest.mark.parametrize("status", [409, 400, 422, 200])
def test_who_is_invited_by_somebody_else_meanwhile_is_no_failure(status: int) -> None:
    def invite(server: Organization) -> None:
        server.members["new"] = {**person("new"), "createdAt": "2026-11-24T11:59:59.000Z"}

    server = Organization(Fault("POST members", invite))
    server.invited_again = status
    report = run(server, email=NEW, role="ADMIN", invite=True)
    assert not report.failed, report.result["msg"]
    assert server.members["new"]["role"] == "ADMIN"
    assert server.writes == ["POST members", "PATCH members/new"]


def test_who_is_invited_by_somebody_else_is_found_on_a_list_that_lags() -> None:
    def invite(server: Organization) -> None:
        server.members["new"] = {**person("new"), "createdAt": "2026-11-24T11:59:59.000Z"}

    late = page(person("ada", "ADMIN"))
    server = Organization(Fault("POST members", invite), *[Fault("GET members", late)] * 3)
    report = run(server, email=NEW, invite=True)
    assert not report.failed, report.result["msg"]
    assert not report.result["changed"]


def test_a_refused_invitation_fails_with_the_words_of_the_server() -> None:
    server = Organization(Fault("POST members", error(400, "No seats are left.")))
    report = run(server, email=NEW, invite=True)
    assert report.failed
    assert "No seats are left" in report.result["msg"]
    assert "not known" not in report.result["msg"]


@pytest.mark.parametrize("email", ["nobody", "a@b@c", "a b@example.com", "a@example.com, b@example.com"])
def test_what_is_no_address_is_not_invited(email: str) -> None:
    server = Organization()
    report = run(server, email=email, invite=True)
    assert report.failed
    assert server.writes == []


# Deactivated members --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("invite", [False, True])
def test_invite_alone_never_brings_a_deactivated_member_back(invite: bool, check_mode: bool) -> None:
    server = Organization()
    report = run(server, check_mode, email="Dora@Example.com", role="MEMBER", invite=invite)
    assert report.failed
    assert "set reactivate to true" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("kept", [False, True])
def test_reactivate_alone_brings_a_member_back_with_the_role(kept: bool) -> None:
    server = Organization()
    server.role_kept = kept
    report = both(server, email="DORA@example.com", role="ADMIN", reactivate=True)
    assert report.result["changed"]
    assert report.result["member"]["id"] == "dora"
    assert server.members["dora"]["role"] == "ADMIN"
    assert server.members["dora"]["deactivatedAt"] is None
    assert server.writes == ["POST members"] + ["PATCH members/dora"] * kept


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_deactivated_member_is_not_brought_back_by_id(check_mode: bool) -> None:
    server = Organization()
    report = run(server, check_mode, id="dora", reactivate=True)
    assert report.failed
    assert "no member with id 'dora' (it is archived, deactivated or deleted)" in report.result["msg"]
    assert "give the email alone" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("kept", [False, True])
def test_a_lost_reactivation_is_read_back(kept: bool) -> None:
    server = Organization(Fault("POST members", RESET, works=True))
    server.role_kept = kept
    report = run(server, email="dora@example.com", role="ADMIN", reactivate=True)
    assert not report.failed, report.result["msg"]
    assert server.members["dora"]["role"] == "ADMIN"
    assert server.writes.count("POST members") == 1


def test_a_new_member_is_not_deactivated_because_the_clock_of_this_machine_is_wrong() -> None:
    made = {**person("new"), "createdAt": "2026-11-20T12:00:00.000Z"}
    made["user"]["email"] = NEW
    dated = answer(201, {"data": made}, {"date": "Fri, 20 Nov 2026 12:00:00 GMT"})
    server = Organization(Fault("POST members", dated, works=True))
    report = run(server, email=NEW, invite=True)
    assert not report.failed, report.result["msg"]
    assert server.writes == ["POST members"]


def test_an_invitation_that_brings_an_unlisted_member_back_is_undone() -> None:
    server = Organization()
    server.lists_gone = False
    report = run(server, email="dora@example.com", invite=True)
    assert report.failed
    assert "brought back by an invitation and deactivated again" in report.result["msg"]
    assert server.members["dora"]["deactivatedAt"] is not None
    assert not run(server, email="dora@example.com", invite=True, reactivate=True).failed
    assert server.members["dora"]["deactivatedAt"] is None


def test_the_last_admin_is_not_deactivated_because_a_list_was_incomplete() -> None:
    server = Organization(Fault("GET members", page(person("ben"))), Fault("GET members", page(person("ben"))))
    server.invited_again = 200
    report = run(server, email="ada@example.com", invite=True)
    assert report.failed
    assert "the last active admin" in report.result["msg"]
    assert server.writes == ["POST members"]
    assert server.members["ada"]["deactivatedAt"] is None


def test_who_is_deactivated_between_reading_and_invitation_stays_so() -> None:
    def come_and_go(server: Organization) -> None:
        server.members["new"] = person("new", gone=True)

    # The first reading is too old when the server takes the invitation.
    server = Organization(
        Fault("GET members", lambda one: None),
        Fault("POST members", answer(429, headers={"retry-after": "6"})),
        Fault("GET members", come_and_go),
    )
    report = run(server, email=NEW, invite=True)
    assert report.failed
    assert "is deactivated" in report.result["msg"]
    assert server.writes == ["POST members"]
    assert server.members["new"]["deactivatedAt"] is not None


def test_a_deactivated_member_is_absent() -> None:
    server = Organization()
    report = run(server, email="dora@example.com", state="absent")
    assert not report.result["changed"]
    assert run(server, id="dora", state="absent").result["changed"] is False
    assert server.writes == []
    listed = run_module(basedash_member_info.SPEC, server).result["members"]
    assert [one["id"] for one in listed] == ["ada", "ben", "cleo"]


def test_absent_deactivates() -> None:
    server = Organization()
    assert both(server, email="BEN@example.com", state="absent").result["changed"]
    assert server.members["ben"]["deactivatedAt"] is not None
    assert server.writes == ["DELETE members/ben"]


# The last admin -------------------------------------------------------------------------------------------------------

LAST: list[dict[str, Any]] = [
    {"email": "ada@example.com", "state": "absent"},
    {"id": "ada", "state": "absent"},
    {"id": "ada", "state": "absent", "force": True},
    {"email": "ada@example.com", "role": "MEMBER"},
]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("given", LAST)
def test_the_last_admin_is_neither_deactivated_nor_demoted(given: dict[str, Any], check_mode: bool) -> None:
    server = Organization()
    server.members["dora"]["role"] = "ADMIN"
    report = run(server, check_mode, **given)
    assert report.failed
    assert "the last active admin" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("single_get", [True, False])
@pytest.mark.parametrize("given", LAST)
def test_one_of_two_admins_is_deactivated_or_demoted(given: dict[str, Any], single_get: bool) -> None:
    server = Organization()
    server.single_get = single_get
    server.members["ben"]["role"] = "ADMIN"
    report = run(server, **given)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]


@pytest.mark.parametrize("given", LAST)
def test_an_admin_whom_a_list_that_lags_still_shows_does_not_count(given: dict[str, Any]) -> None:
    server = Organization()
    server.members["ben"]["role"] = "ADMIN"

    def demote(server: Organization) -> None:
        server.members["ben"] = {**server.members["ben"], "role": "MEMBER"}

    server.faults.append(Fault("GET members/ben", demote))
    report = run(server, **given)
    assert report.failed
    assert "the last active admin" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("given", LAST)
def test_the_other_admins_are_read_again_before_the_write_if_the_reading_is_old(given: dict[str, Any]) -> None:
    def leave(server: Organization) -> None:
        server.time += 6
        server.faults.append(Fault("GET", _demote_ben))

    server = Organization(Fault("GET members/ben", leave))
    server.members["ben"]["role"] = "ADMIN"
    report = run(server, **given)
    assert report.failed
    assert "the last active admin" in report.result["msg"]
    assert server.writes == []


def _demote_ben(server: Organization) -> None:
    server.members["ben"]["role"] = "MEMBER"


@pytest.mark.parametrize("given", LAST)
def test_a_slow_server_does_not_make_every_reading_too_old(given: dict[str, Any]) -> None:
    server = Organization()
    server.seconds_per_request = 3.0
    server.members["ben"]["role"] = "ADMIN"
    report = run(server, **given)
    assert not report.failed, report.result["msg"]
    assert len(server.log) < 12


@pytest.mark.parametrize("role", ["OWNER", {"name": "ADMIN"}, ["ADMIN"], 1])
@pytest.mark.parametrize("given", LAST)
def test_an_unknown_role_may_be_that_of_the_last_admin(given: dict[str, Any], role: Any) -> None:
    server = Organization()
    server.members["ada"]["role"] = role
    report = run(server, **given)
    assert report.failed
    assert "perhaps the last active admin" in report.result["msg"]
    assert server.writes == []
    server.members["ben"]["role"] = "ADMIN"
    assert run(server, **given).result["changed"]


@pytest.mark.parametrize("given", LAST)
def test_a_server_that_shows_no_roles_gets_no_write(given: dict[str, Any]) -> None:
    server = Organization()
    for one in server.members.values():
        del one["role"]
    report = run(server, **given)
    assert server.writes == []
    assert report.failed or "role" in given


@pytest.mark.parametrize("answered", [HTML, error(405), error(501)])
@pytest.mark.parametrize("force", [False, True])
def test_nobody_is_deactivated_if_members_are_not_readable(force: bool, answered: Any) -> None:
    server = Organization(*[Fault("GET members", answered)] * 4)
    report = run(server, id="ben", state="absent", force=force)
    assert report.failed
    assert server.writes == []


def test_the_refusal_to_deactivate_the_user_of_the_key_is_passed_on() -> None:
    server = Organization(Fault("DELETE members/ada", error(400, "You can't deactivate yourself.")))
    server.members["ben"]["role"] = "ADMIN"
    report = run(server, email="ada@example.com", state="absent")
    assert report.failed
    assert "You can't deactivate yourself" in report.result["msg"]
    assert not report.result["changed"]


# Settings -------------------------------------------------------------------------------------------------------------


def test_an_address_in_any_case_is_one_person() -> None:
    server = Organization()
    report = run(server, email="BEN@EXAMPLE.COM", role="ADMIN", full_name="Ben")
    assert report.result["changed"]
    assert server.members["ben"]["role"] == "ADMIN"
    assert report.result["member"]["user"]["email"] == "Ben@example.com"
    assert not run(server, id="ben", email="bEN@example.com", role="ADMIN").result["changed"]
    found = run_module(basedash_member_info.SPEC, server, email="ben@EXAMPLE.com").result["members"]
    assert [one["id"] for one in found] == ["ben"]
    assert "and not 'ada@example.com'" in run(server, id="ben", email="ada@example.com").result["msg"]


def test_an_address_with_a_sharp_s_is_another_person() -> None:
    server = Organization()
    server.members["ben"]["user"]["email"] = "ben@stra\u00dfe.example.com"
    report = run(server, email="ben@strasse.example.com", state="absent")
    assert not report.failed
    assert not report.result["changed"]
    assert server.writes == []


def test_a_server_that_changes_the_case_of_an_address_gets_one_invitation() -> None:
    server = Organization(Fault("POST members", RESET, works=True))
    report = run(server, email="NEW@Example.com", invite=True)
    server.members["new"]["user"]["email"] = NEW
    assert not report.failed, report.result["msg"]
    assert not run(server, email="NEW@Example.com", invite=True).result["changed"]
    assert server.writes == ["POST members"]


def test_a_picture_is_an_https_address_and_can_be_cleared() -> None:
    server = Organization()
    assert run(server, id="ben", avatar_url="http://example.com/a.png").failed
    assert both(server, id="ben", avatar_url="https://example.com/a.png").result["changed"]
    assert both(server, id="ben", clear=["avatar_url"]).result["changed"]
    assert server.bodies[-1] == {"avatarUrl": None}
    for option in ("role", "full_name", "email"):
        assert run(server, id="ben", clear=[option]).failed


def test_name_pattern_is_matched_against_address_and_full_name() -> None:
    server = Organization()
    server.members["ben"]["user"]["fullName"] = "Benjamin Moss"
    for pattern, ids in (("Moss$", ["ben"]), ("^Cleo@", ["cleo"]), ("^Nobody", [])):
        found = run_module(basedash_member_info.SPEC, server, name_pattern=pattern).result["members"]
        assert [one["id"] for one in found] == ids


def test_a_new_member_who_is_not_known_everywhere_yet_is_updated_later() -> None:
    server = Organization(*[Fault("PATCH members/new", NOT_FOUND)] * 2)
    report = run(server, email=NEW, full_name="New One", invite=True)
    assert not report.failed, report.result["msg"]
    assert server.members["new"]["user"]["fullName"] == "New One"
