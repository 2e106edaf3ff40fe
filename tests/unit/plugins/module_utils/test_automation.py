# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to automations: flat in requests, nested in answers, archived, with addresses as one text."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import NOT_FOUND
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    Fault,
    Server,
    absent,
    of_family,
    read,
    run,
)

AUTOMATIONS = of_family("automations")
THERE = AUTOMATIONS.sample(1)
NAMED = AUTOMATIONS.named()
NEW = {"name": "Weekly", "instructions": "Send the revenue of the week."}
ARCHIVED = AUTOMATIONS.sample(3, archivedAt="2026-11-20T08:00:00.000Z")

# The fields that a creation has a default for, and two whose default nobody knows.
IN_EVERY_UPDATE = {
    "icon",
    "color",
    "active",
    "triggerType",
    "frequency",
    "preferredHour",
    "preferredDayOfWeek",
    "preferredDayOfMonth",
    "triggerDatabaseConnectionId",
    "triggerSqlQuery",
    "slackChannel",
    "emailRecipients",
}


# Flat in requests, nested in answers ----------------------------------------------------------------------------------


def test_a_creation_is_flat_and_its_facts_are_nested() -> None:
    server = Server(AUTOMATIONS)
    options = {
        **NEW,
        "active": False,
        "trigger": {"type": "schedule", "frequency": "weekly", "hour": 7, "day_of_week": 1, "sql_query": "SELECT 1\n"},
        "notifications": {"slack_channel": "support", "email_recipients": ["a@example.com", "b@example.com"]},
    }
    predicted = run(AUTOMATIONS, Server(AUTOMATIONS), True, **options)
    report = run(AUTOMATIONS, server, **options)
    assert not report.failed, report.result["msg"]
    assert server.bodies == [
        {
            **NEW,
            "active": False,
            "triggerType": "SCHEDULE",
            "frequency": "WEEKLY",
            "preferredHour": 7,
            "preferredDayOfWeek": 1,
            "triggerSqlQuery": "SELECT 1",
            "slackChannel": "support",
            "emailRecipients": "a@example.com,b@example.com",
        }
    ]
    trigger = report.result["automation"]["trigger"]
    assert (trigger["type"], trigger["frequency"], trigger["preferred_hour"]) == ("SCHEDULE", "WEEKLY", 7)
    assert report.result["automation"]["notifications"] == {
        "slack_channel": "support",
        "email_recipients": "a@example.com,b@example.com",
    }
    assert predicted.result["automation"]["notifications"] == report.result["automation"]["notifications"]
    assert not run(AUTOMATIONS, server, **options).result["changed"]


@pytest.mark.parametrize("word", ["daily", "Daily", "every_blue_moon"])
def test_words_are_passed_on_in_upper_case(word: str) -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, trigger={"type": "data_change", "frequency": word})
    assert report.result["changed"]
    assert server.bodies[0]["triggerType"] == "DATA_CHANGE"
    assert server.bodies[0]["frequency"] == word.upper()
    assert report.result["automation"]["trigger"]["frequency"] == word.upper()
    assert not run(AUTOMATIONS, server, **NAMED, trigger={"frequency": word}).result["changed"]


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"hour": 24}, "trigger.hour is 24: give 0 to 23"),
        ({"day_of_week": 7}, "trigger.day_of_week is 7: give 0 to 6"),
        ({"day_of_month": 0}, "trigger.day_of_month is 0: give 1 to 31"),
        ({"hour": "nine"}, "trigger.hour is a text"),
        ({"type": True}, "trigger.type is a boolean"),
        ({"sql_query": " "}, "trigger.sql_query is empty"),
        ({"hours": 9}, "hours of trigger is unknown: did you mean hour?"),
        ({"data_source": "a", "data_source_id": "b"}, "trigger.data_source and trigger.data_source_id are both given"),
    ],
)
def test_wrong_parts_of_a_trigger_are_refused_before_anything_is_sent(trigger: dict[str, Any], words: str) -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, trigger=trigger)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []


# Updates --------------------------------------------------------------------------------------------------------------


def test_every_update_has_all_fields_that_it_may_reset() -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, trigger={"hour": 5})
    assert report.result["changed"]
    assert set(server.bodies[0]) == IN_EVERY_UPDATE
    assert server.objects[AUTOMATIONS.id()] == AUTOMATIONS.sample(1, preferredHour=5)
    assert report.result["diff"]["after"] == {"trigger.hour": 5}


def test_a_value_that_is_empty_already_needs_no_protection() -> None:
    empty = dict.fromkeys(("slackChannel", "triggerDatabaseConnectionId", "preferredDayOfMonth"))
    server = Server(AUTOMATIONS, AUTOMATIONS.sample(1, **empty, emailRecipients="", triggerSqlQuery=""))
    run(AUTOMATIONS, server, **NAMED, active=True)
    assert set(server.bodies[0]) == IN_EVERY_UPDATE - {*empty, "emailRecipients", "triggerSqlQuery"}


@pytest.mark.parametrize("part", [{"trigger": {"hour": 5}}, {"notifications": {"slack_channel": "support"}}])
def test_null_in_place_of_a_trigger_is_compared(part: dict[str, Any]) -> None:
    there = {**AUTOMATIONS.sample(1), "trigger": None, "notifications": None}
    predicted = run(AUTOMATIONS, Server(AUTOMATIONS, there), True, **NAMED, **part)
    assert predicted.result["changed"]
    server = Server(AUTOMATIONS, there)
    run(AUTOMATIONS, server, **NAMED, **part)
    assert server.writes == ["PATCH"]
    idle = run(AUTOMATIONS, Server(AUTOMATIONS, there), **NAMED, clear=["trigger.sql_query"])
    assert not idle.result["changed"]


def test_an_update_without_a_clear_flag_is_refused() -> None:
    server = Server(AUTOMATIONS, THERE)
    server.omitted = {"active"}
    report = run(AUTOMATIONS, server, **NAMED, trigger={"hour": 5})
    assert report.failed
    assert "no clear active" in report.result["msg"]
    assert server.writes == []


def test_what_does_not_take_is_a_failure() -> None:
    """As on a server that wants updates nested, and ignores flat ones."""
    server = Server(AUTOMATIONS, THERE)
    server.ignored = IN_EVERY_UPDATE
    report = run(AUTOMATIONS, server, **NAMED, trigger={"hour": 5})
    assert report.failed
    assert not report.result["changed"]
    assert "trigger.hour is" in report.result["msg"]
    assert "not '5'" in report.result["msg"]


# The data source ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", [{"data_source": "sample_2"}, {"data_source_id": "dat_2"}])
def test_the_data_source_is_given_by_name_or_by_id(trigger: dict[str, str]) -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, trigger=trigger)
    assert report.result["changed"]
    assert server.bodies[0]["triggerDatabaseConnectionId"] == "dat_2"
    assert report.result["automation"]["trigger"]["database_connection_id"] == "dat_2"
    assert not run(AUTOMATIONS, server, **NAMED, trigger=trigger).result["changed"]


def test_an_unknown_data_source_fails_and_is_assumed_in_check_mode() -> None:
    for options in (NAMED, NEW):
        server = Server(AUTOMATIONS, THERE)
        report = run(AUTOMATIONS, server, **options, trigger={"data_source": "nowhere"})
        assert report.failed
        assert "no data source named 'nowhere'" in report.result["msg"]
        assert server.writes == []
        predicted = run(AUTOMATIONS, server, True, **options, trigger={"data_source": "nowhere"})
        assert predicted.result["changed"]
        assert "'nowhere' (yet)" in predicted.warnings[-1]


def test_a_404_to_an_update_with_the_id_of_a_data_source_names_it() -> None:
    server = Server(AUTOMATIONS, THERE, faults=[Fault("PATCH", NOT_FOUND, 0)])
    report = run(AUTOMATIONS, server, **NAMED, trigger={"data_source_id": "ds_nowhere"})
    assert report.failed
    assert "or what trigger.data_source_id names does not exist" in report.result["msg"]


def test_a_404_to_a_creation_with_the_id_of_a_data_source_names_it() -> None:
    server = Server(AUTOMATIONS, THERE, faults=[Fault("POST", NOT_FOUND, 0)])
    report = run(AUTOMATIONS, server, **NEW, trigger={"data_source_id": "ds_nowhere"})
    assert report.failed
    assert "check that what trigger.data_source_id names exists" in report.result["msg"]
    assert "organization" not in report.result["msg"]


def test_an_ambiguous_data_source_fails_in_check_mode_too() -> None:
    for check_mode in (False, True):
        server = Server(AUTOMATIONS, THERE)
        first = server.beside_objects["data-sources"][0]
        server.beside_objects["data-sources"].append({**first, "id": "dat_3"})
        report = run(AUTOMATIONS, server, check_mode, **NAMED, trigger={"data_source": "sample_1"})
        assert report.failed
        assert "dat_3" in report.result["msg"]
        assert server.writes == []


def test_a_deletion_does_not_look_the_data_source_up() -> None:
    server = Server(AUTOMATIONS, THERE)
    assert absent(AUTOMATIONS, server, **NAMED, trigger={"data_source": "nowhere"}).result["changed"]
    assert "GET data-sources" not in server.log


# Addresses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", ["a@x.org,b@x.org", "b@x.org, a@x.org", " a@x.org ,b@x.org,"])
def test_addresses_are_compared_as_a_set(stored: str) -> None:
    server = Server(AUTOMATIONS, AUTOMATIONS.sample(1, emailRecipients=stored))
    for given in (["a@x.org", "b@x.org"], ["b@x.org", "a@x.org"], ["a@x.org", "b@x.org", "a@x.org"]):
        report = run(AUTOMATIONS, server, **NAMED, notifications={"email_recipients": given})
        assert not report.failed
        assert not report.result["changed"]
    report = run(AUTOMATIONS, server, **NAMED, notifications={"email_recipients": ["a@x.org"]})
    assert report.result["changed"]
    assert server.bodies[0]["emailRecipients"] == "a@x.org"


def test_the_case_of_an_address_is_no_change() -> None:
    server = Server(AUTOMATIONS, AUTOMATIONS.sample(1, emailRecipients="ada@x.org"))
    report = run(AUTOMATIONS, server, **NAMED, notifications={"email_recipients": ["Ada@X.org"]})
    assert not report.failed
    assert not report.result["changed"]


def test_another_update_sends_the_addresses_as_they_are() -> None:
    server = Server(AUTOMATIONS, AUTOMATIONS.sample(1, emailRecipients="b@x.org, a@x.org"))
    run(AUTOMATIONS, server, **NAMED, active=True)
    assert server.bodies[0]["emailRecipients"] == "b@x.org, a@x.org"


@pytest.mark.parametrize(
    ("addresses", "words"), [(["a@x.org,b@x.org"], "with a comma in it ('a@x.org,b@x.org')"), ([], "is an empty list")]
)
def test_an_address_with_a_comma_and_no_address_are_refused(addresses: list[str], words: str) -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, notifications={"email_recipients": addresses})
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []


# clear ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("trigger.data_source", "triggerDatabaseConnectionId", None),
        ("trigger.data_source_id", "triggerDatabaseConnectionId", None),
        ("trigger.sql_query", "triggerSqlQuery", ""),
        ("notifications.slack_channel", "slackChannel", None),
        ("notifications.email_recipients", "emailRecipients", ""),
    ],
)
def test_clear_takes_parts(part: str, field: str, value: Any) -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, clear=[part])
    assert report.result["changed"]
    assert server.bodies[0][field] == value
    assert not run(AUTOMATIONS, server, **NAMED, clear=[part]).result["changed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clear": ["trigger"]}, "names 'trigger'"),
        ({"clear": ["trigger.minute"]}, "names 'trigger.minute'"),
        ({"clear": ["instructions"]}, "can't be cleared"),
        ({"clear": ["trigger.data_source"], "trigger": {"data_source_id": "dat_1"}}, "is given as well"),
        ({"clear": ["notifications.slack_channel"], "notifications": {"slack_channel": "x"}}, "is given as well"),
    ],
)
def test_a_wrong_clear_is_refused(options: dict[str, Any], words: str) -> None:
    server = Server(AUTOMATIONS, THERE)
    report = run(AUTOMATIONS, server, **NAMED, **options)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []


# Archived ones --------------------------------------------------------------------------------------------------------


def test_an_archived_one_counts_as_absent() -> None:
    server = Server(AUTOMATIONS, ARCHIVED)
    by_key, by_id = AUTOMATIONS.named(3), {"id": AUTOMATIONS.id(3)}
    for named in (by_key, by_id):
        assert not absent(AUTOMATIONS, server, **named).result["changed"]
        assert read(AUTOMATIONS, server, **named).result["automations"] == []
    report = run(AUTOMATIONS, server, **by_id, active=False)
    assert report.failed
    assert server.writes == []
    report = run(AUTOMATIONS, server, **by_key, instructions="Again.")
    assert report.result["changed"]
    assert server.writes == ["POST"]
    assert report.result["automation"]["id"] != AUTOMATIONS.id(3)


def test_absent_archives_it_and_is_unchanged_afterwards() -> None:
    server = Server(AUTOMATIONS, THERE)
    server.shows_archived = True
    assert absent(AUTOMATIONS, server, **NAMED).result["changed"]
    assert not absent(AUTOMATIONS, server, **NAMED).result["changed"]
    assert not absent(AUTOMATIONS, server, id=AUTOMATIONS.id()).result["changed"]
    assert server.writes == ["DELETE"]
