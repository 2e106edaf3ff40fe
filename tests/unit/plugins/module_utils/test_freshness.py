# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readings that lag behind writes, and people who write at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    Report,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils import fakes
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    ACCESS_TASK,
    CONNECTION,
    DATA_SOURCES,
    LOOKS,
    MANAGE,
    NOT_FOUND,
    ONE,
    PAGE,
    PRESENT,
    RESET,
    SOURCE,
    SOURCES,
    Wire,
    absent,
    access,
    answer,
    error,
    execute,
    found,
    page,
    present,
    resource,
)

EMPTY = ("GET", PAGE, page())
THERE = ("GET", PAGE, page(resource()))
NEW = {"type": "direct", "dialect": "POSTGRES", "displayName": "preview-42", "host": "db.example.com", "port": 5432}
WANTED: dict[str, Any] = {"name": "preview-42", "dialect": "POSTGRES", "host": "db.example.com", "port": 5432}
CREATED = answer(201, {"data": resource()})
# So long that what was read before is too old to rely on.
LONG = error(429, "slow down", "RateLimitExceeded", retryAfterMs=6000)
SHORT = error(429, "slow down", "RateLimitExceeded", retryAfterMs=2000)
GONE = ("GET", ONE, NOT_FOUND)
FLAGS = {"sslEnabled": True, "sshEnabled": False}
GROUPS = {"mode": "restricted", "groupIds": ["grp_1"], "memberIds": []}
ACCESS = {"mode": "restricted", "group_ids": ["grp_1"]}


def many(*steps: Any, seconds: float = 0.0, check_mode: bool = False, **options: Any) -> Report:
    """Run the task of many, one item at a time; each request takes so many seconds."""
    wire = Wire(*steps)
    wire.seconds_per_request = seconds
    defaults = {name: entry.get("default") for name, entry in DATA_SOURCES.items()}
    entry = ABSENT if options.get("state") == "absent" else PRESENT
    if "data_sources" in options:
        options["data_sources"] = [{**entry, **given} for given in options["data_sources"]]
    report = execute(
        MANAGE,
        {**defaults, **CONNECTION, "concurrency": 1, **options},
        check_mode=check_mode,
        diff_mode=True,
        transport=wire,
        clock=wire.clock(),
    )
    wire.finish()
    assert "Unexpected" not in str(report.result)
    return report


def slow(*steps: Any, seconds: float = 6.0, **options: Any) -> Report:
    """Run ``state: present`` while each request takes so many seconds."""
    wire = Wire(*steps)
    wire.seconds_per_request = seconds
    report = execute(
        SOURCE,
        {**PRESENT, **options},
        check_mode=False,
        diff_mode=True,
        transport=wire,
        clock=wire.clock(),
        about_one=True,
    )
    wire.finish()
    assert "Unexpected" not in str(report.result)
    return report


# What a deletion relies on


def test_a_deletion_that_waited_reads_again() -> None:
    report = absent(
        ("GET", ONE, found()), ("DELETE", ONE, LONG), ("GET", ONE, found()), ("DELETE", ONE, found()), id="ds_1"
    )
    assert report.result["changed"]
    report = absent(("GET", ONE, found()), ("DELETE", ONE, SHORT), ("DELETE", ONE, found()), id="ds_1")
    assert report.result["changed"]


@pytest.mark.parametrize("identity", [{"id": "ds_1", "name": "preview-42"}, {"name": "preview-42"}])
def test_a_source_that_was_renamed_meanwhile_is_not_deleted(identity: dict[str, Any]) -> None:
    first = ("GET", ONE, found()) if "id" in identity else THERE
    report = absent(first, ("DELETE", ONE, LONG), ("GET", ONE, found(name="production")), **identity)
    assert report.failed
    assert not report.result["changed"]
    assert "'production'" in report.result["msg"]


def test_a_source_that_became_the_warehouse_is_not_deleted() -> None:
    again = ("GET", ONE, found(isBasedashWarehouse=True))
    assert absent(("GET", ONE, found()), ("DELETE", ONE, LONG), again, id="ds_1").failed


def test_a_source_that_went_while_the_deletion_waited() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, LONG), GONE, EMPTY, id="ds_1")
    assert not report.failed
    assert not report.result["changed"]
    assert "someone else" in report.warnings[0]
    # An earlier try without an answer may have been the one.
    steps: list[Any] = [("DELETE", ONE, RESET), ("DELETE", ONE, LONG), GONE, EMPTY]
    assert absent(("GET", ONE, found()), *steps, id="ds_1").result["changed"]


def test_a_key_that_lost_its_access_while_the_deletion_waited() -> None:
    """The 404 is that of the second reading, and says nothing about the DELETE."""
    report = absent(("GET", ONE, found()), ("DELETE", ONE, LONG), GONE, ("GET", PAGE, NOT_FOUND), id="ds_1")
    assert report.failed
    assert not report.result["changed"]
    assert "can't be known" in report.result["msg"]
    assert report.result["error"]["method"] == "GET"
    assert report.result["data_source"]["id"] == "ds_1"


def test_a_reading_that_failed_is_not_taken_for_the_deletion() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, LONG), ("GET", ONE, RESET), id="ds_1", retry_timeout=6.5)
    assert report.failed
    assert "Whether" not in report.result["msg"]
    steps: list[Any] = [("DELETE", ONE, RESET), ("DELETE", ONE, LONG), ("GET", ONE, error(401))]
    report = absent(("GET", ONE, found()), *steps, id="ds_1")
    assert report.failed
    assert "may have worked" in report.result["msg"]


def test_a_reading_that_lags_behind_the_deletion() -> None:
    """It still shows what was deleted: that says nothing for some seconds."""
    lagging = [("GET", ONE, found())] * 3
    report = absent(
        ("GET", ONE, found()), ("DELETE", ONE, RESET), ("DELETE", ONE, NOT_FOUND), *lagging, GONE, id="ds_1"
    )
    assert not report.failed
    assert report.result["changed"]
    report = absent(("GET", ONE, found()), ("DELETE", ONE, NOT_FOUND), *lagging, GONE, id="ds_1")
    assert not report.failed
    assert not report.result["changed"]
    assert "someone else" in report.warnings[0]


def test_without_a_budget_there_is_one_look() -> None:
    look = ("GET", ONE, found())
    report = absent(look, ("DELETE", ONE, NOT_FOUND), look, id="ds_1", retry_timeout=0.0)
    assert report.failed


# What an update relies on


def test_flags_are_not_older_than_some_seconds() -> None:
    """A colleague switches TLS on while the task looks at the access policy."""
    without = resource(sslEnabled=False)
    everyone = answer(200, {"data": {"mode": "everyone", "groupIds": [], "memberIds": []}})
    body = {"port": 6432, "sslEnabled": True, "sshEnabled": False}
    steps: list[Any] = [
        ("GET", PAGE, page(without)),
        ("GET", ONE + "/access", everyone),
        ("GET", ONE, found(sslEnabled=True)),
        ("PATCH", ONE, found(port=6432), body),
    ]
    report = slow(*steps, name="preview-42", port=6432, access={"mode": "everyone"})
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]


def test_an_update_that_waited_reads_again() -> None:
    patch = {"port": 6432, "sslEnabled": False, "sshEnabled": False}
    steps: list[Any] = [
        ("GET", PAGE, page(resource(sslEnabled=False))),
        ("PATCH", ONE, LONG, patch),
        ("GET", ONE, found()),
        ("PATCH", ONE, found(port=6432), {**patch, "sslEnabled": True}),
    ]
    assert present(*steps, name="preview-42", port=6432).result["changed"]


def test_an_update_of_what_was_renamed_meanwhile() -> None:
    steps: list[Any] = [THERE, ("PATCH", ONE, LONG, {"port": 6432, **FLAGS}), ("GET", ONE, found(name="production"))]
    report = present(*steps, name="preview-42", port=6432)
    assert report.failed
    assert not report.result["changed"]


def test_an_update_that_somebody_else_made_meanwhile() -> None:
    steps: list[Any] = [THERE, ("PATCH", ONE, LONG, {"port": 6432, **FLAGS}), ("GET", ONE, found(port=6432))]
    report = present(*steps, name="preview-42", port=6432)
    assert not report.result["changed"]
    assert report.result["diff"]["before"] == report.result["diff"]["after"]


def test_settings_that_show_late() -> None:
    patch = ("PATCH", ONE, answer(204), {"port": 6432, **FLAGS})
    looks = [("GET", ONE, found())] * 3
    report = present(THERE, patch, *looks, ("GET", ONE, found(port=6432)), name="preview-42", port=6432)
    assert not report.failed
    assert report.result["data_source"]["port"] == 6432


# What a creation relies on


VERIFY = ("POST", SOURCES + "/verify", answer(200, {"data": {"success": True}}))
CHECK = {name: value for name, value in NEW.items() if name not in ("type", "displayName")}


def test_a_creation_is_not_decided_on_an_old_list() -> None:
    verify = (*VERIFY, CHECK)
    post = ("POST", SOURCES, CREATED, NEW)
    report = slow(EMPTY, verify, EMPTY, post, THERE, **WANTED, verify_credentials=True)
    assert report.result["changed"]
    report = slow(EMPTY, verify, THERE, **WANTED, verify_credentials=True)
    assert not report.failed
    assert not report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_a_creation_that_waited_reads_again() -> None:
    steps: list[Any] = [EMPTY, ("POST", SOURCES, LONG, NEW), THERE]
    report = present(*steps, **WANTED)
    assert not report.result["changed"]
    report = present(EMPTY, ("POST", SOURCES, LONG, NEW), EMPTY, ("POST", SOURCES, CREATED, NEW), THERE, **WANTED)
    assert report.result["changed"]


def test_a_creation_ends_when_the_list_shows_it() -> None:
    post = ("POST", SOURCES, CREATED, NEW)
    report = present(EMPTY, post, EMPTY, EMPTY, THERE, **WANTED)
    assert report.result["api"]["wait_seconds"] == 1.5
    assert report.warnings == []


def test_a_creation_that_the_list_never_shows_is_a_warning() -> None:
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), *[EMPTY] * LOOKS, **WANTED)
    assert not report.failed
    assert report.result["changed"]
    assert "does not show it after 10 seconds" in report.warnings[0]


def test_a_list_that_can_not_be_read_after_a_creation_is_a_warning() -> None:
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), ("GET", PAGE, error(401)), **WANTED)
    assert not report.failed
    assert report.result["changed"]
    assert "ds_1" in report.warnings[0]


def test_somebody_else_who_creates_the_same_name_is_told() -> None:
    twins = ("GET", PAGE, page(resource("ds_2"), resource()))
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), twins, **WANTED)
    assert report.failed
    assert report.result["changed"]
    assert "'ds_2', 'ds_1'" in report.result["msg"]


def test_a_creation_that_is_answered_with_what_was_there_before() -> None:
    """Its access is not set, because it may be somebody else's."""
    old = resource("ds_0", "other")
    post = ("POST", SOURCES, answer(200, {"data": old}), NEW)
    report = present(("GET", PAGE, page(old)), post, **WANTED, access=ACCESS)
    assert report.failed
    assert not report.result["changed"]
    assert "'ds_0', which existed before" in report.result["msg"]


def test_a_look_for_a_new_one_reads_no_further_than_what_is_known() -> None:
    old = resource("ds_0", "other")
    first = [("GET", PAGE, page(old, cursor="ds_0")), ("GET", PAGE + "&cursor=ds_0", page(resource("ds_9", "oldest")))]
    newest = ("GET", PAGE, page(resource(), old, cursor="ds_0"))
    assert present(*first, ("POST", SOURCES, CREATED, NEW), newest, **WANTED).result["changed"]


def test_a_new_source_that_readings_do_not_show_yet() -> None:
    pending = resource(lastSyncStatus="PENDING", hasCompletedFirstSync=False)
    created = ("POST", SOURCES, answer(201, {"data": pending}), NEW)
    lag = [GONE, EMPTY] * 2
    report = slow(EMPTY, created, *lag, ("GET", ONE, found()), THERE, seconds=0.0, **WANTED, wait=True)
    assert not report.failed
    assert report.result["sync"]["status"] == "SUCCESS"
    report = slow(EMPTY, created, *[GONE, EMPTY] * LOOKS, seconds=0.0, **WANTED, wait=True)
    assert report.failed
    assert report.result["changed"]
    assert "someone else" not in report.result["msg"]
    assert "admin" not in report.result["msg"]


def test_a_404_to_the_access_of_a_new_source_is_tried_again() -> None:
    put = ("PUT", ONE + "/access", NOT_FOUND, GROUPS)
    done = ("PUT", ONE + "/access", answer(200, {"data": GROUPS}), GROUPS)
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), put, put, done, THERE, **WANTED, access=ACCESS)
    assert not report.failed
    assert report.result["access"]["mode"] == "restricted"


def test_a_server_that_changes_names_is_not_asked_twice() -> None:
    """It shortened the name of what the lost POST created."""
    shortened = ("GET", PAGE, page(resource(name="preview")))
    report = present(EMPTY, ("POST", SOURCES, RESET, NEW), *[shortened] * LOOKS, **WANTED, access=ACCESS)
    assert report.failed
    assert "'preview' (id 'ds_1')" in report.result["msg"]
    assert "open to the whole organization" in report.result["msg"]


def test_a_source_of_another_name_with_the_same_settings_is_none_of_ours() -> None:
    """Another item of the same task made it meanwhile."""
    sibling = ("GET", PAGE, page(resource("ds_2", "preview-43")))
    both = ("GET", PAGE, page(resource(), resource("ds_2", "preview-43")))
    post = ("POST", SOURCES, RESET, NEW)
    report = present(EMPTY, post, *[sibling] * LOOKS, sibling, ("POST", SOURCES, CREATED, NEW), both, **WANTED)
    assert report.result["changed"]
    assert not report.failed


def test_a_name_that_is_taken_after_a_lost_creation_is_ours() -> None:
    conflict = ("POST", SOURCES, error(409, "taken", "Conflict"), NEW)
    steps: list[Any] = [EMPTY, ("POST", SOURCES, RESET, NEW), *[EMPTY] * LOOKS, EMPTY, conflict, EMPTY, THERE]
    assert present(*steps, **WANTED).result["changed"]


# Lists that break off

FIRST = ("GET", PAGE, page(resource("ds_3", "first"), cursor="ds_3"))
REST = PAGE + "&cursor=ds_3"


@pytest.mark.parametrize("broken", [page(), page(cursor="ds_2"), error(400), error(404), error(422)])
def test_a_list_that_breaks_off_is_read_again_and_never_complete(broken: Any) -> None:
    rest = ("GET", REST, page(resource()))
    report = absent(FIRST, ("GET", REST, broken), FIRST, rest, ("DELETE", ONE, found()), name="preview-42")
    assert not report.failed
    assert report.result["changed"]
    report = absent(FIRST, ("GET", REST, broken), FIRST, ("GET", REST, broken), name="preview-42")
    assert report.failed
    report = present(FIRST, ("GET", REST, broken), FIRST, ("GET", REST, broken), **WANTED)
    assert report.failed


# Many


def test_an_id_that_the_list_does_not_show_yet_is_asked_for() -> None:
    entry = [{"id": "ds_1"}]
    report = many(EMPTY, ("GET", ONE, found()), ("DELETE", ONE, found()), state="absent", data_sources=entry)
    assert report.result["results"][0]["action"] == "deleted"
    report = many(EMPTY, GONE, state="absent", data_sources=entry)
    assert report.result["results"][0]["action"] == "unchanged"
    older = ("GET", ONE, error(405))
    assert many(EMPTY, older, state="absent", data_sources=entry).result["results"][0]["action"] == "unchanged"


def test_a_source_that_was_renamed_while_many_go_is_spared() -> None:
    listed = page(resource("ds_1", "a"), resource("ds_2", "b"))
    steps: list[Any] = [
        ("GET", PAGE, listed),
        ("DELETE", SOURCES + "/ds_1", found("ds_1", "a")),
        ("GET", SOURCES + "/ds_2", found("ds_2", "production")),
    ]
    names = [{"name": "a"}, {"name": "b"}]
    report = many(*steps, seconds=6.0, state="absent", data_sources=names)
    assert [one["action"] for one in report.result["results"]] == ["deleted", "failed"]


def test_many_read_one_list_again_where_that_is_cheaper() -> None:
    sources = [resource("ds_%d" % number, "n%d" % number) for number in range(8)]
    steps: list[Any] = [("GET", PAGE, page(*sources))]
    # Six seconds are over after the fourth deletion.
    for number in range(8):
        if number in (4, 8):
            steps.append(("GET", PAGE, page(*sources[number:])))
        steps.append(("DELETE", SOURCES + "/ds_%d" % number, found("ds_%d" % number, "n%d" % number)))
    names = [{"name": "n%d" % number} for number in range(8)]
    report = many(*steps, seconds=1.5, state="absent", data_sources=names)
    assert report.result["summary"]["deleted"] == 8


def test_many_read_one_list_again_for_updates_too() -> None:
    sources = [resource("ds_%d" % number, "n%d" % number) for number in range(8)]
    steps: list[Any] = [("GET", PAGE, page(*sources))]
    for number in range(8):
        if number == 4:
            steps.append(("GET", PAGE, page(*sources)))
        done = found("ds_%d" % number, "n%d" % number, port=6432)
        steps.append(("PATCH", SOURCES + "/ds_%d" % number, done, {"port": 6432, **FLAGS}))
    wanted = [{"name": "n%d" % number, "port": 6432} for number in range(8)]
    report = many(*steps, seconds=1.5, state="present", data_sources=wanted)
    assert report.result["summary"]["updated"] == 8


def test_each_look_of_many_reads_anew() -> None:
    """The POST's answer was lost, and the list shows its work late."""
    steps: list[Any] = [EMPTY, ("POST", SOURCES, RESET, NEW), EMPTY, EMPTY, THERE]
    report = many(*steps, state="present", data_sources=[WANTED])
    assert report.result["results"][0]["action"] == "created"


def test_two_of_a_name_are_told_by_many() -> None:
    again: list[Any] = [*[EMPTY] * LOOKS, EMPTY, ("POST", SOURCES, answer(201, {"data": resource("ds_2")}), NEW), THERE]
    report = many(EMPTY, ("POST", SOURCES, RESET, NEW), *again, state="present", data_sources=[WANTED])
    assert report.failed
    assert "'ds_1', 'ds_2'" in report.result["results"][0]["msg"]


def test_somebody_else_who_creates_the_same_name_is_told_by_many() -> None:
    twins = ("GET", PAGE, page(resource("ds_2"), resource()))
    report = many(EMPTY, ("POST", SOURCES, CREATED, NEW), twins, state="present", data_sources=[WANTED])
    assert report.failed
    assert report.result["changed"]
    assert report.result["summary"]["failed"] == 1
    (one,) = report.result["results"]
    assert one["changed"]
    assert one["data_source"]["id"] == "ds_1"
    assert "'ds_2', 'ds_1'" in one["msg"]


def test_one_look_at_the_end_serves_all_that_many_created() -> None:
    steps: list[Any] = [EMPTY]
    for number in range(3):
        name = {"displayName": "n%d" % number}
        created = answer(201, {"data": resource("ds_%d" % number, **{**name})})
        steps.append(("POST", SOURCES, created, {**NEW, **name}))
    shown = [resource("ds_%d" % number, displayName="n%d" % number) for number in (2, 1, 0)]
    wanted = [{**WANTED, "name": "n%d" % number} for number in range(3)]
    looks: list[Any] = [("GET", PAGE, page(*shown[1:])), ("GET", PAGE, page(*shown))]
    report = many(*steps, *looks, state="present", data_sources=wanted)
    assert not report.failed
    assert report.warnings == []
    report = many(*steps, *looks[:1] * LOOKS, state="present", data_sources=wanted)
    assert "'ds_2'" in report.warnings[0]


def test_a_pace_that_is_slower_than_a_reading_is_good_for() -> None:
    """A write whose reading grew too old while it waited for its turn goes right after the next reading."""
    sources = [resource("ds_%d" % number, "n%d" % number) for number in range(11)]

    def patch(number: int, reaction: Any = None) -> Any:
        done = found("ds_%d" % number, "n%d" % number, port=6432)
        return ("PATCH", SOURCES + "/ds_%d" % number, reaction or done, {"port": 6432, **FLAGS})

    def read(number: int) -> Any:
        return ("GET", SOURCES + "/ds_%d" % number, found("ds_%d" % number, "n%d" % number))

    limited = error(429, "slow down", "RateLimitExceeded", retryAfterMs=60000)
    # Ten in a minute are granted, so that a turn comes every six seconds.
    steps: list[Any] = [("GET", PAGE, page(*sources)), *map(patch, range(9)), patch(9, limited)]
    steps += [read(9), patch(9), read(10), patch(10)]
    wanted = [{"name": "n%d" % number, "port": 6432} for number in range(11)]
    report = many(*steps, state="present", data_sources=wanted, retry_timeout=600.0)
    assert report.result["summary"]["updated"] == 11


# Access


def test_access_that_waited_reads_again() -> None:
    policy = {"mode": "restricted", "groupIds": ["g1"], "memberIds": []}
    other = {**policy, "groupIds": ["g2"]}
    both = {**policy, "groupIds": ["g1", "g2"]}
    path = ONE + "/access"
    steps: list[Any] = [
        ("GET", ONE, found()),
        ("GET", path, answer(200, {"data": policy})),
        ("PUT", path, LONG, {**policy, "groupIds": ["g1", "grp_1"]}),
        ("GET", ONE, found()),
        ("GET", path, answer(200, {"data": both})),
        ("PUT", path, answer(204), {**policy, "groupIds": ["g1", "g2", "grp_1"]}),
        ("GET", path, answer(200, {"data": {**other, "groupIds": ["g1", "g2", "grp_1"]}})),
    ]
    report = access(*steps, id="ds_1", mode="restricted", group_ids=["grp_1"], purge=False)
    assert report.result["access"]["group_ids"] == ["g1", "g2", "grp_1"]


def test_access_of_what_an_earlier_task_would_create() -> None:
    options: dict[str, Any] = {"name": "preview-42", "mode": "restricted", "groups": ["group g1"]}
    report = access(EMPTY, check_mode=True, **options)
    assert not report.failed
    assert report.result["changed"]
    assert "earlier task" in report.warnings[0]
    assert access(EMPTY, **options).failed
    assert access(GONE, EMPTY, check_mode=True, id="ds_1", mode="everyone").failed


POLICY = ONE + "/access"
EVERYONE = answer(200, {"data": {"mode": "everyone", "groupIds": [], "memberIds": []}})
RESTRICTED = answer(200, {"data": GROUPS})
LOST: list[Any] = [("PUT", POLICY, RESET, GROUPS), ("PUT", POLICY, LONG, GROUPS), ("GET", ONE, found())]


def test_access_that_a_lost_try_has_set_is_a_change() -> None:
    steps = [("GET", ONE, found()), ("GET", POLICY, EVERYONE), *LOST, ("GET", POLICY, RESTRICTED)]
    report = access(*steps, id="ds_1", mode="restricted", group_ids=["grp_1"])
    assert not report.failed
    assert report.result["changed"]
    assert report.result["diff"]["before"]["mode"] == "everyone"


@pytest.mark.parametrize("again", [found(name="production"), error(401)])
def test_access_that_may_have_been_set_before_a_refusal(again: Any) -> None:
    steps = [("GET", ONE, found()), ("GET", POLICY, EVERYONE), *LOST[:-1], ("GET", ONE, again)]
    report = access(*steps, id="ds_1", name="preview-42", mode="restricted", group_ids=["grp_1"])
    assert report.failed
    assert "is not known" in report.result["msg"]
    report = present(*steps[:1], *steps[1:], id="ds_1", name="preview-42", access=ACCESS)
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_access_on_a_server_whose_readings_take_longer_than_they_are_good_for() -> None:
    read = [("GET", ONE, found()), ("GET", POLICY, EVERYONE)]
    wire = Wire(*read, *read, ("PUT", POLICY, RESTRICTED, GROUPS))
    wire.seconds_per_request = 6.0
    options = {**fakes.ACCESS, "id": "ds_1", "mode": "restricted", "group_ids": ["grp_1"]}
    report = execute(
        ACCESS_TASK, options, check_mode=False, diff_mode=True, transport=wire, clock=wire.clock(), about_one=True
    )
    wire.finish()
    assert report.result["changed"]
