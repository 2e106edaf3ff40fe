# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One test for each sentence of the contract about ``state: present``, and for what an operator meets around it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    FIELDS,
    HTML,
    LOOKS,
    NOT_FOUND,
    ONE,
    PAGE,
    PRESENT,
    REFUSED,
    RESET,
    SOURCE,
    SOURCES,
    TIMED_OUT,
    UNTRUSTED,
    Wire,
    answer,
    error,
    execute,
    found,
    page,
    present,
    resource,
)

EMPTY = ("GET", PAGE, page())
# As often as a lost creation is looked for.
NEVER: list[Any] = [EMPTY] * LOOKS
THERE = ("GET", PAGE, page(resource()))
NEW = {"type": "direct", "dialect": "POSTGRES", "displayName": "preview-42", "host": "db.example.com", "port": 5432}
WANTED: dict[str, Any] = {"name": "preview-42", "dialect": "POSTGRES", "host": "db.example.com", "port": 5432}
CREATED = answer(201, {"data": resource()})
FLAGS = {"sslEnabled": True, "sshEnabled": False}
PASSWORD = "a sentinel of a password"
EVERYONE = answer(200, {"data": {"dataSourceId": "ds_1", "mode": "everyone", "groupIds": [], "memberIds": []}})
GROUPS = {"mode": "restricted", "groupIds": ["grp_1"], "memberIds": []}
RESTRICTED = answer(200, {"data": {"dataSourceId": "ds_1", **GROUPS}})
ACCESS = {"mode": "restricted", "group_ids": ["grp_1"], "member_ids": None}


def updated(**fields: Any) -> Any:
    return found(**fields)


# Created, changed, unchanged


@pytest.mark.parametrize("status", [200, 201])
def test_create(status: int) -> None:
    report = present(EMPTY, ("POST", SOURCES, answer(status, {"data": resource()}), NEW), THERE, **WANTED)
    assert not report.failed
    assert report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"
    assert report.result["diff"]["before"] == {}
    assert report.result["diff"]["after"] == {
        "display_name": "preview-42",
        "dialect": "POSTGRES",
        "host": "db.example.com",
        "port": 5432,
    }


def test_create_in_check_mode() -> None:
    report = present(EMPTY, check_mode=True, **WANTED, password=PASSWORD)
    assert report.result["changed"]
    planned = report.result["data_source"]
    assert (planned["id"], planned["display_name"], planned["host"]) == (None, "preview-42", "db.example.com")
    assert set(planned) == set(FIELDS)
    assert PASSWORD not in json.dumps(report.result)
    report = present(EMPTY, check_mode=True, **WANTED)
    real = present(EMPTY, ("POST", SOURCES, CREATED, NEW), THERE, **WANTED)
    assert report.result["diff"] == real.result["diff"]


def test_unchanged() -> None:
    report = present(THERE, **WANTED)
    assert not report.failed
    assert not report.result["changed"]
    assert report.result["diff"]["before"] == report.result["diff"]["after"]
    assert report.result["data_source"]["host"] == "db.example.com"


def test_only_what_is_given_is_compared() -> None:
    report = present(("GET", PAGE, page(resource(username="someone", databaseName="app"))), **WANTED)
    assert not report.result["changed"]


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ({"port": "5432"}, {"port": 5432}),
        ({"port": 5432.0}, {"port": 5432}),
        ({"host": "DB.example.com"}, {"host": "db.Example.com"}),
        ({"sshHost": "JUMP"}, {"ssh_host": "jump"}),
        ({"dialect": "postgres"}, {"dialect": "Postgres"}),
        ({"sslEnabled": None}, {"ssl_enabled": False}),
        ({"sslEnabled": "true"}, {"ssl_enabled": True}),
        ({"snowflakeRole": None}, {"snowflake_role": ""}),
        ({"databaseName": "app"}, {"database_name": "app\n"}),
        ({"databaseName": "app "}, {"database_name": "app"}),
        ({"fieldOfNoRelease": "5"}, {"extra": {"fieldOfNoRelease": 5}}),
        ({"flag": "true"}, {"extra": {"flag": True}}),
        ({"list": [1]}, {"extra": {"list": [1]}}),
    ],
)
def test_differences_that_are_none(stored: dict[str, Any], given: dict[str, Any]) -> None:
    report = present(("GET", PAGE, page(resource(**stored))), name="preview-42", **given)
    assert not report.result["changed"]
    assert report.result["diff"]["before"] == report.result["diff"]["after"]


def test_update_sends_what_differs_and_both_flags() -> None:
    body = {"host": "new.example.com", **FLAGS}
    report = present(
        THERE, ("PATCH", ONE, updated(host="new.example.com"), body), **{**WANTED, "host": "new.example.com"}
    )
    assert not report.failed
    assert report.result["changed"]
    assert report.result["data_source"]["host"] == "new.example.com"
    assert report.result["diff"]["before"] == {"host": "db.example.com", "port": 5432}
    assert report.result["diff"]["after"] == {"host": "new.example.com", "port": 5432}


def test_update_in_check_mode_says_the_same() -> None:
    report = present(THERE, check_mode=True, **{**WANTED, "host": "new.example.com"})
    assert report.result["changed"]
    assert report.result["diff"]["before"] == {"host": "db.example.com", "port": 5432}
    assert report.result["diff"]["after"] == {"host": "new.example.com", "port": 5432}
    assert report.result["data_source"]["host"] == "new.example.com"


def test_flags_that_the_user_gives_go_as_given() -> None:
    body = {"sslEnabled": False, "sshEnabled": True}
    report = present(
        THERE, ("PATCH", ONE, updated(**body), body), name="preview-42", ssl_enabled=False, ssh_enabled=True
    )
    assert report.result["changed"]


def test_a_flag_that_the_server_hides_must_be_given() -> None:
    hidden = resource()
    del hidden["sslEnabled"]
    report = present(("GET", PAGE, page(hidden)), name="preview-42", host="new.example.com")
    assert report.failed
    assert "ssl_enabled" in report.result["msg"]


def test_update_by_id() -> None:
    body = {"port": 6432, **FLAGS}
    report = present(("GET", ONE, found()), ("PATCH", ONE, updated(port=6432), body), id="ds_1", port=6432)
    assert report.result["changed"]


def test_update_answered_without_the_object_is_read_back() -> None:
    body = {"port": 6432, **FLAGS}
    report = present(
        ("GET", ONE, found()),
        ("PATCH", ONE, answer(204), body),
        ("GET", ONE, updated(port=6432)),
        id="ds_1",
        port=6432,
    )
    assert report.result["changed"]
    assert report.result["data_source"]["port"] == 6432


@pytest.mark.parametrize("content", [None, {}, {"data": None}, {"data": {}}])
def test_creation_answered_without_the_object_is_looked_up(content: Any) -> None:
    report = present(EMPTY, ("POST", SOURCES, answer(201, content), NEW), THERE, **WANTED)
    assert report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_creation_answered_without_the_object_and_never_listed() -> None:
    report = present(EMPTY, ("POST", SOURCES, answer(201), NEW), *NEVER, **WANTED)
    assert report.failed
    assert report.result["changed"]
    assert "does not list it" in report.result["msg"]


def test_texts_are_sent_without_white_space_and_keys_as_they_are() -> None:
    body = {**NEW, "databaseName": "app", "sshPrivateKey": "-----BEGIN\nkey\n-----END\n"}
    created = answer(201, {"data": resource(databaseName="app")})
    report = present(
        EMPTY,
        ("POST", SOURCES, created, body),
        THERE,
        **WANTED,
        database_name="app\n",
        ssh_private_key="-----BEGIN\nkey\n-----END\n",
    )
    assert not report.failed


# What is refused


def test_host_without_dialect() -> None:
    report = present(EMPTY, name="preview-42", host="db.example.com")
    assert report.failed
    assert "dialect" in report.result["msg"]
    assert present(EMPTY, name="preview-42", host="db.example.com", check_mode=True).failed


@pytest.mark.parametrize("option", ["port", "ssh_port"])
@pytest.mark.parametrize("port", [0, -1, 65536, 70000])
def test_ports_that_are_none(option: str, port: int) -> None:
    options: dict[str, Any] = {option: port}
    report = present(name="preview-42", **options)
    assert report.failed
    assert "65535" in report.result["msg"]
    assert option in report.result["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"access": {"mode": "restricted", "group_ids": None, "member_ids": []}}, "nobody"),
        ({"access": {"mode": "everyone", "group_ids": ["grp_1"], "member_ids": None}}, "everyone"),
        ({"access": {"mode": "restricted", "group_ids": [" "], "member_ids": None}}, "group_ids"),
        ({"extra": {"host": "b.example.com"}}, "option host"),
        ({"extra": {"databaseName": "b"}}, "option database_name"),
        ({"extra": {"database_name": "b"}}, "option database_name"),
        ({"extra": {"displayName": "b"}}, "option name"),
        ({"extra": {"dialect": "b"}}, "option dialect"),
        ({"extra": {"type": "b"}}, "can't be set"),
        ({"extra": {"password": "b"}, "password": PASSWORD}, "option password"),
        ({"extra": {"unsetPassword": True}}, "clear"),
        ({"extra_secrets": {"password": "hush hush"}}, "option password"),
        ({"extra": {"token": "a"}, "extra_secrets": {"token": "hush hush"}}, "give it once"),
        ({"extra": {"ratio": float("nan")}}, "no JSON"),
        ({"dialect": " "}, "dialect"),
        ({"clear": ["snowflake_private_key"]}, "no way to remove"),
        ({"clear": ["name"]}, "'name', and that can't be cleared"),
        ({"clear": ["ssl_enabled"]}, "can't be cleared"),
        ({"clear": ["paswrd"]}, "'paswrd'"),
        ({"clear": ["host"], "host": "db.example.com"}, "given as well"),
        ({"wait": True, "wait_timeout": 0.0}, "wait_timeout"),
        ({"wait": True, "wait_timeout": float("nan")}, "wait_timeout"),
        ({"name": None}, "id or name"),
        ({"name": "  "}, "name"),
    ],
)
def test_bad_input_sends_nothing(options: dict[str, Any], words: str) -> None:
    report = present(**{"name": "preview-42", **options})
    assert report.failed
    assert words in report.result["msg"]
    assert report.result["api"]["requests"] == 0


def test_another_dialect() -> None:
    report = present(THERE, **{**WANTED, "dialect": "MYSQL"})
    assert report.failed
    assert "can't be changed in place" in report.result["msg"]
    assert "'POSTGRES'" in report.result["msg"]
    assert "'MYSQL'" in report.result["msg"]


def test_several_have_the_name() -> None:
    report = present(("GET", PAGE, page(resource("ds_1"), resource("ds_2"))), **WANTED)
    assert report.failed
    assert "'ds_1', 'ds_2'" in report.result["msg"]


def test_id_with_another_name_would_be_a_rename() -> None:
    report = present(("GET", ONE, found()), **{**WANTED, "id": "ds_1", "name": "renamed"})
    assert report.failed
    assert "rename" in report.result["msg"]
    assert "'preview-42'" in report.result["msg"]


def test_an_id_that_is_not_there() -> None:
    report = present(("GET", ONE, NOT_FOUND), EMPTY, **WANTED, id="ds_1")
    assert report.failed
    assert "id of your choice" in report.result["msg"]


def test_a_name_with_white_space_is_not_created() -> None:
    report = present(EMPTY, **{**WANTED, "name": "preview-42 "})
    assert report.failed
    assert "white space" in report.result["msg"]


def test_a_similar_name_is_worth_a_warning() -> None:
    similar = ("GET", PAGE, page(resource("ds_2", "Preview-42")))
    report = present(similar, ("POST", SOURCES, CREATED, NEW), THERE, **WANTED)
    assert report.result["changed"]
    assert "'Preview-42'" in report.warnings[0]


def test_the_warehouse_is_not_changed() -> None:
    warehouse = ("GET", ONE, found(isBasedashWarehouse=True))
    assert "warehouse" in present(warehouse, id="ds_1", port=1).result["msg"]
    assert not present(warehouse, id="ds_1", port=5432).failed


def test_a_server_without_reading() -> None:
    gone = error(405, "no", "MethodNotAllowed")
    assert present(("GET", ONE, gone), ("GET", PAGE, gone), id="ds_1").failed
    assert present(("GET", PAGE, gone), **WANTED).failed


def test_a_key_without_admin_access_creates_nothing() -> None:
    report = present(("GET", PAGE, NOT_FOUND), **WANTED)
    assert report.failed
    assert "admin" in report.result["msg"]


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422])
def test_a_refused_creation_passes_on_the_words(status: int) -> None:
    refusal = error(status, "host: a string is expected", "ValidationError", fieldErrors={"databaseName": ["is wrong"]})
    report = present(EMPTY, ("POST", SOURCES, refusal, NEW), **WANTED)
    assert report.failed
    assert not report.result["changed"]
    assert "host: a string is expected" in report.result["msg"]
    assert report.result["field_errors"] == {"database_name": "is wrong"}


# Fields that did not take


def test_a_field_that_did_not_take_is_named() -> None:
    body = {"host": "new.example.com", "port": 6432, **FLAGS}
    report = present(
        THERE,
        ("PATCH", ONE, updated(host="new.example.com"), body),
        *[("GET", ONE, updated(host="new.example.com"))] * LOOKS,
        **{**WANTED, "host": "new.example.com", "port": 6432},
    )
    assert report.failed
    assert report.result["changed"]
    assert "port is '5432' and not '6432'" in report.result["msg"]
    assert "host is" not in report.result["msg"]


def test_an_update_that_changed_nothing_is_not_changed() -> None:
    patch = ("PATCH", ONE, updated(), {"port": 6432, **FLAGS})
    report = present(THERE, patch, *[("GET", ONE, found())] * LOOKS, **{**WANTED, "port": 6432})
    assert report.failed
    assert not report.result["changed"]


def test_tls_that_was_switched_off_is_seen() -> None:
    patch = ("PATCH", ONE, updated(port=6432, sslEnabled=False), {"port": 6432, **FLAGS})
    look = ("GET", ONE, updated(port=6432, sslEnabled=False))
    report = present(THERE, patch, *[look] * LOOKS, **{**WANTED, "port": 6432})
    assert report.failed
    assert "ssl_enabled is 'False' and not 'True'" in report.result["msg"]


def test_a_creation_with_another_value_is_a_failure_that_changed_something() -> None:
    created = answer(201, {"data": resource(sslEnabled=False)})
    post = ("POST", SOURCES, created, {**NEW, "sslEnabled": True})
    report = present(EMPTY, post, *[("GET", ONE, found(sslEnabled=False))] * LOOKS, **WANTED, ssl_enabled=True)
    assert report.failed
    assert report.result["changed"]
    assert "ssl_enabled" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_a_field_that_the_server_does_not_show_is_a_warning() -> None:
    older = resource()
    del older["athenaCatalog"]
    report = present(("GET", PAGE, page(older)), name="preview-42", athena_catalog="c")
    assert not report.result["changed"]
    assert "athena_catalog" in report.warnings[0]


# Secrets


def test_secrets_go_out_on_creation() -> None:
    post = ("POST", SOURCES, CREATED, {**NEW, "password": PASSWORD})
    report = present(EMPTY, post, THERE, **WANTED, password=PASSWORD)
    assert report.result["changed"]
    assert report.result["diff"]["after"]["password"] == "will be sent"
    assert PASSWORD not in json.dumps(report.result)


def test_secrets_stay_at_home_afterwards() -> None:
    assert not present(THERE, **WANTED, password=PASSWORD).result["changed"]


def test_secrets_are_not_sent_along_with_another_change() -> None:
    body = {"port": 6432, **FLAGS}
    report = present(THERE, ("PATCH", ONE, updated(port=6432), body), **{**WANTED, "port": 6432}, password=PASSWORD)
    assert report.result["changed"]


def test_always_sends_secrets_each_time() -> None:
    body = {"password": PASSWORD, **FLAGS}
    options: dict[str, Any] = {**WANTED, "password": PASSWORD, "update_secrets": "always"}
    report = present(THERE, ("PATCH", ONE, updated(), body), **options)
    assert report.result["changed"]
    assert report.result["diff"]["after"]["password"] == "will be sent"
    assert "password" not in report.result["diff"]["before"]
    checked = present(THERE, check_mode=True, **options)
    assert checked.result["changed"]
    assert checked.result["diff"] == report.result["diff"]


@pytest.mark.parametrize(
    ("option", "flag"),
    [
        ("password", "unsetPassword"),
        ("ssh_password", "unsetSshPassword"),
        ("ssh_private_key", "unsetSshPrivateKey"),
        ("ssh_private_key_passphrase", "unsetSshPrivateKeyPassphrase"),
    ],
)
def test_a_cleared_secret_is_removed_by_its_flag_at_each_run(option: str, flag: str) -> None:
    options: dict[str, Any] = {**WANTED, "clear": [option]}
    report = present(THERE, ("PATCH", ONE, updated(), {flag: True, **FLAGS}), **options)
    assert report.result["changed"]
    assert not report.warnings
    assert report.result["diff"]["after"][option] == "will be removed"
    assert present(THERE, check_mode=True, **options).result["changed"]


def test_a_creation_has_nothing_to_clear() -> None:
    wanted = {name: value for name, value in WANTED.items() if name != "port"}
    body = {name: value for name, value in NEW.items() if name != "port"}
    report = present(EMPTY, ("POST", SOURCES, CREATED, body), THERE, **wanted, clear=["password", "username", "port"])
    assert report.result["changed"]


@pytest.mark.parametrize(("option", "field", "empty"), [("username", "username", ""), ("port", "port", None)])
def test_a_cleared_setting_is_sent_empty_once(option: str, field: str, empty: Any) -> None:
    there = ("GET", PAGE, page(resource(username="reader")))
    options = {"name": "preview-42", "clear": [option]}
    report = present(there, ("PATCH", ONE, updated(**{field: None}), {field: empty, **FLAGS}), **options)
    assert report.result["changed"]
    gone = (
        "GET",
        PAGE,
        page(resource(username="reader", **{field: None})) if field != "username" else page(resource()),
    )
    assert not present(gone, **options).result["changed"]


def test_a_secret_that_stays_at_home_is_mentioned() -> None:
    report = present(THERE, **WANTED, password=PASSWORD)
    assert report.result["msg"] == (
        "The data source exists, so password was not sent: set update_secrets to always to send secrets at each run."
    )
    assert not report.warnings
    more = {**WANTED, "port": 6432, "password": PASSWORD, "extra_secrets": {"token": "hush hush"}}
    patched = ("PATCH", ONE, updated(port=6432), {"port": 6432, **FLAGS})
    assert "so password, extra_secrets were not sent" in present(THERE, patched, **more).result["msg"]
    always = {**WANTED, "password": PASSWORD, "update_secrets": "always"}
    assert "msg" not in present(THERE, check_mode=True, **always).result
    assert "msg" not in present(THERE, **WANTED).result


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgresql", "POSTGRES"),
        ("Postgre", "POSTGRES"),
        ("sql server", "SQL_SERVER"),
        ("mssql", "SQL_SERVER"),
        ("big_query", "BIGQUERY"),
        ("snowflke", "SNOWFLAKE"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_misspelled_dialect_is_refused(given: str, meant: str, check_mode: bool) -> None:
    report = present(**{**WANTED, "dialect": given}, check_mode=check_mode)
    assert report.result["msg"] == "The option dialect is '%s', which is unknown: did you mean %s?" % (given, meant)


@pytest.mark.parametrize("given", ["mongodb", "TRINO", "mariadb", "DB2", "elasticsearch", "firebolt"])
def test_a_dialect_that_resembles_none_may_be_newer(given: str) -> None:
    body = {**NEW, "dialect": given.upper()}
    created = answer(201, {"data": resource(dialect=given.upper())})
    post = ("POST", SOURCES, created, body)
    shown = ("GET", PAGE, page(resource(dialect=given.upper())))
    assert present(EMPTY, post, shown, **{**WANTED, "dialect": given}).result["changed"]


def test_a_secret_that_is_echoed_is_masked() -> None:
    refusal = error(400, "wrong: " + PASSWORD, "ValidationError")
    wire = ("POST", SOURCES, refusal, {**NEW, "password": PASSWORD})
    report = present(EMPTY, wire, **WANTED, password=PASSWORD)
    assert PASSWORD not in json.dumps([report.result, report.warnings])


# extra


def test_extra_goes_into_the_body_as_it_is() -> None:
    body = {**NEW, "fieldOfNoRelease": 5, "token": "hush hush"}
    post = ("POST", SOURCES, CREATED, body)
    report = present(EMPTY, post, THERE, **WANTED, extra={"fieldOfNoRelease": 5}, extra_secrets={"token": "hush hush"})
    assert report.result["changed"]
    assert "fieldOfNoRelease" in report.warnings[0]
    assert "hush" not in json.dumps(report.result)


def test_extra_that_is_shown_is_compared() -> None:
    there = ("GET", PAGE, page(resource(fieldOfNoRelease=5)))
    patch = ("PATCH", ONE, updated(fieldOfNoRelease=6), {"fieldOfNoRelease": 6, **FLAGS})
    report = present(there, patch, **WANTED, extra={"fieldOfNoRelease": 6})
    assert report.result["changed"]
    assert report.result["diff"]["before"]["fieldOfNoRelease"] == 5
    assert report.result["diff"]["after"]["fieldOfNoRelease"] == 6


def test_extra_that_is_not_shown_is_like_a_secret() -> None:
    assert not present(THERE, **WANTED, extra={"fieldOfNoRelease": 6}).result["changed"]
    patch = ("PATCH", ONE, updated(), {"fieldOfNoRelease": 6, **FLAGS})
    assert present(THERE, patch, **WANTED, extra={"fieldOfNoRelease": 6}, update_secrets="always").result["changed"]


# Lost answers


@pytest.mark.parametrize("trouble", [RESET, error(500), error(502), error(503), error(504), TIMED_OUT])
def test_lost_answer_of_a_creation_that_was_done(trouble: Any) -> None:
    report = present(EMPTY, ("POST", SOURCES, trouble, NEW), THERE, **WANTED)
    assert not report.failed
    assert report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_lost_answer_of_a_creation_that_shows_late() -> None:
    report = present(EMPTY, ("POST", SOURCES, RESET, NEW), EMPTY, EMPTY, THERE, **WANTED)
    assert report.result["changed"]


@pytest.mark.parametrize("trouble", [RESET, error(500), error(502), error(503)])
def test_lost_answer_of_a_creation_that_was_not_done(trouble: Any) -> None:
    post = ("POST", SOURCES, trouble, NEW)
    report = present(EMPTY, post, *NEVER, EMPTY, ("POST", SOURCES, CREATED, NEW), THERE, **WANTED)
    assert not report.failed
    assert report.result["changed"]


@pytest.mark.parametrize("trouble", [error(504), error(408), error(524), TIMED_OUT])
def test_a_creation_that_may_still_come_is_not_repeated(trouble: Any) -> None:
    report = present(EMPTY, ("POST", SOURCES, trouble, NEW), *NEVER, **WANTED)
    assert report.failed
    assert not report.result["changed"]
    assert "is not known" in report.result["msg"]


def test_a_page_instead_of_the_answer_to_a_creation() -> None:
    html = answer(200, "<html>")
    assert present(EMPTY, ("POST", SOURCES, html, NEW), THERE, **WANTED).result["changed"]
    report = present(EMPTY, ("POST", SOURCES, html, NEW), *NEVER, **WANTED)
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_a_page_with_404_instead_of_the_answer_to_a_creation() -> None:
    assert present(EMPTY, ("POST", SOURCES, HTML, NEW), **WANTED).failed


def test_a_creation_that_never_left_is_sent_again() -> None:
    report = present(EMPTY, ("POST", SOURCES, REFUSED, NEW), ("POST", SOURCES, CREATED, NEW), THERE, **WANTED)
    assert report.result["changed"]
    assert present(EMPTY, ("POST", SOURCES, UNTRUSTED, NEW), **WANTED).failed


def test_a_rate_limited_creation_is_sent_again() -> None:
    limited = error(429, "slow down", "RateLimitExceeded", retryAfterMs=1000)
    report = present(EMPTY, ("POST", SOURCES, limited, NEW), ("POST", SOURCES, CREATED, NEW), THERE, **WANTED)
    assert report.result["changed"]


def test_without_a_budget_a_lost_creation_is_looked_for_once() -> None:
    report = present(EMPTY, ("POST", SOURCES, RESET, NEW), EMPTY, **WANTED, retry_timeout=0.0)
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_two_of_the_name_after_a_lost_creation() -> None:
    both = ("GET", PAGE, page(resource("ds_1"), resource("ds_2")))
    report = present(EMPTY, ("POST", SOURCES, RESET, NEW), both, **WANTED)
    assert report.failed
    assert "'ds_1', 'ds_2'" in report.result["msg"]


def test_a_lost_creation_that_can_not_be_looked_up() -> None:
    report = present(EMPTY, ("POST", SOURCES, RESET, NEW), ("GET", PAGE, error(401, "no", "Unauthorized")), **WANTED)
    assert report.failed
    assert "is not known" in report.result["msg"]


PATCH = {"port": 6432, **FLAGS}


@pytest.mark.parametrize("trouble", [RESET, error(500), error(504), TIMED_OUT])
def test_lost_answer_of_an_update_that_was_done(trouble: Any) -> None:
    done = ("GET", ONE, updated(port=6432))
    report = present(THERE, ("PATCH", ONE, trouble, PATCH), done, **{**WANTED, "port": 6432})
    assert not report.failed
    assert report.result["changed"]
    assert report.result["data_source"]["port"] == 6432


@pytest.mark.parametrize("trouble", [RESET, error(500), error(504), TIMED_OUT])
def test_lost_answer_of_an_update_that_was_not_done(trouble: Any) -> None:
    again: list[Any] = [("GET", ONE, found()), ("GET", ONE, found()), ("PATCH", ONE, updated(port=6432), PATCH)]
    report = present(THERE, ("PATCH", ONE, trouble, PATCH), *again, **{**WANTED, "port": 6432})
    assert not report.failed
    assert report.result["changed"]


def test_lost_answer_of_an_update_with_a_secret_is_sent_again() -> None:
    body = {"password": PASSWORD, **FLAGS}
    again: list[Any] = [("GET", ONE, found()), ("GET", ONE, found()), ("PATCH", ONE, updated(), body)]
    report = present(THERE, ("PATCH", ONE, RESET, body), *again, **WANTED, password=PASSWORD, update_secrets="always")
    assert report.result["changed"]


def test_lost_answer_of_an_update_without_a_budget() -> None:
    options: dict[str, Any] = {**WANTED, "port": 6432, "retry_timeout": 0.0}
    report = present(THERE, ("PATCH", ONE, RESET, PATCH), ("GET", ONE, found()), **options)
    assert report.failed
    assert not report.result["changed"]
    assert "is not known" in report.result["msg"]


def test_a_page_instead_of_the_answer_to_an_update() -> None:
    html = ("PATCH", ONE, answer(200, "<html>"), PATCH)
    done = ("GET", ONE, updated(port=6432))
    assert present(THERE, html, done, **{**WANTED, "port": 6432}).result["changed"]
    report = present(THERE, html, *[("GET", ONE, found())] * LOOKS, **{**WANTED, "port": 6432})
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_deleted_while_it_was_updated() -> None:
    report = present(THERE, ("PATCH", ONE, RESET, PATCH), ("GET", ONE, NOT_FOUND), EMPTY, **{**WANTED, "port": 6432})
    assert report.failed
    assert "deleted by someone else" in report.result["msg"]


# Verifying

CHECK = {"dialect": "POSTGRES", "host": "db.example.com", "port": 5432}
VERIFY = SOURCES + "/verify"


def test_verified_before_the_creation() -> None:
    passed = ("POST", VERIFY, answer(200, {"data": {"success": True}}), CHECK)
    report = present(EMPTY, passed, ("POST", SOURCES, CREATED, NEW), THERE, **WANTED, verify_credentials=True)
    assert report.result["changed"]


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "no", "ValidationError", fieldErrors={"databaseName": "Database does not exist"}),
        error(422, "no", "ValidationError", fieldErrors={"databaseName": "Database does not exist"}),
        answer(200, {"data": {"success": False, "fieldErrors": {"databaseName": "Database does not exist"}}}),
        answer(200, {"success": False, "fieldErrors": {"databaseName": "Database does not exist"}}),
        answer(400, {"fieldErrors": {"databaseName": "Database does not exist"}}),
        answer(500, {"fieldErrors": {"databaseName": ["Database does not exist"]}}),
    ],
)
def test_a_failed_check_creates_nothing(refusal: Any) -> None:
    options: dict[str, Any] = {**WANTED, "verify_credentials": True, "retry_timeout": 0.0}
    report = present(EMPTY, ("POST", VERIFY, refusal, CHECK), **options)
    assert report.failed
    assert not report.result["changed"]
    assert report.result["field_errors"] == {"database_name": "Database does not exist"}
    assert "Database does not exist" in report.result["msg"]
    assert report.result["error"]["status"] == refusal.status


@pytest.mark.parametrize(
    "content", [{"data": {"success": False}}, {"data": {}}, {}, {"data": {"success": "true"}}, {"success": False}]
)
def test_a_check_passes_only_by_its_word(content: Any) -> None:
    refused = ("POST", VERIFY, answer(200, content), CHECK)
    assert present(EMPTY, refused, **WANTED, verify_credentials=True).failed


def test_a_check_without_an_answer_hints_at_a_firewall() -> None:
    options: dict[str, Any] = {**WANTED, "verify_credentials": True, "retry_timeout": 0.0}
    report = present(EMPTY, ("POST", VERIFY, TIMED_OUT, CHECK), **options)
    assert report.failed
    assert "firewall" in report.result["msg"]


def test_a_check_is_repeated_because_it_changes_nothing() -> None:
    passed = answer(200, {"data": {"success": True}})
    checks: list[Any] = [("POST", VERIFY, RESET, CHECK), ("POST", VERIFY, passed, CHECK)]
    report = present(EMPTY, *checks, ("POST", SOURCES, CREATED, NEW), THERE, **WANTED, verify_credentials=True)
    assert report.result["changed"]


def test_check_mode_verifies_nothing() -> None:
    assert present(EMPTY, **WANTED, verify_credentials=True, check_mode=True).result["changed"]


def test_verified_before_an_update_with_what_is_stored() -> None:
    body = {**CHECK, "port": 6432, "sslEnabled": True, "sshEnabled": False, "password": PASSWORD}
    passed = ("POST", VERIFY, answer(200, {"data": {"success": True}}), body)
    options: dict[str, Any] = {**WANTED, "port": 6432, "password": PASSWORD, "verify_credentials": True}
    patch = ("PATCH", ONE, updated(port=6432), PATCH)
    report = present(THERE, passed, patch, **options)
    assert report.result["changed"]
    assert "keeps its stored secrets" in report.warnings[0]
    assert not present(THERE, **{**options, "port": 5432}).result["changed"]


def test_a_failed_check_before_an_update_asks_for_the_secrets() -> None:
    body = {**CHECK, "port": 6432, "sslEnabled": True, "sshEnabled": False}
    refused = ("POST", VERIFY, error(400, "no", "ValidationError", fieldErrors={"password": "is missing"}), body)
    report = present(THERE, refused, **{**WANTED, "port": 6432}, verify_credentials=True)
    assert report.failed
    assert not report.result["changed"]
    assert "stored" in report.result["msg"]


# Access


def test_access_is_set_right_after_the_creation() -> None:
    put = ("PUT", ONE + "/access", RESTRICTED, GROUPS)
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), put, THERE, **WANTED, access=ACCESS)
    assert not report.failed
    assert report.result["changed"]
    assert report.result["access"] == {"mode": "restricted", "group_ids": ["grp_1"], "member_ids": []}
    checked = present(EMPTY, **WANTED, access=ACCESS, check_mode=True)
    assert checked.result["diff"] == report.result["diff"]


@pytest.mark.parametrize("trouble", [error(400, "groupIds: unknown", "ValidationError"), NOT_FOUND, HTML])
def test_a_new_source_whose_access_can_not_be_set_is_never_fine(trouble: Any) -> None:
    # It may be a moment until the service knows its new data source everywhere.
    puts = [("PUT", ONE + "/access", trouble, GROUPS)] * (LOOKS if trouble is NOT_FOUND else 1)
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), *puts, **WANTED, access=ACCESS)
    assert report.failed
    assert report.result["changed"]
    assert "open to the whole organization" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_access_is_compared() -> None:
    there = ("GET", ONE + "/access", RESTRICTED)
    report = present(THERE, there, **WANTED, access=ACCESS)
    assert not report.result["changed"]
    assert report.result["access"]["mode"] == "restricted"


def test_access_alone_is_changed() -> None:
    steps: list[Any] = [("GET", ONE + "/access", EVERYONE), ("PUT", ONE + "/access", RESTRICTED, GROUPS)]
    report = present(THERE, *steps, **WANTED, access=ACCESS)
    assert report.result["changed"]
    assert report.result["diff"]["before"]["access"]["mode"] == "everyone"
    assert report.result["diff"]["after"]["access"]["mode"] == "restricted"


def test_access_shrinks_before_the_settings_change() -> None:
    steps: list[Any] = [
        ("GET", ONE + "/access", EVERYONE),
        ("PUT", ONE + "/access", RESTRICTED, GROUPS),
        ("PATCH", ONE, updated(port=6432), PATCH),
    ]
    assert present(THERE, *steps, **{**WANTED, "port": 6432}, access=ACCESS).result["changed"]


def test_access_grows_after_the_settings_changed() -> None:
    steps: list[Any] = [
        ("GET", ONE + "/access", RESTRICTED),
        ("PATCH", ONE, updated(port=6432), PATCH),
        ("PUT", ONE + "/access", EVERYONE, {"mode": "everyone"}),
    ]
    everyone: dict[str, Any] = {"mode": "everyone", "group_ids": None, "member_ids": None}
    assert present(THERE, *steps, **{**WANTED, "port": 6432}, access=everyone).result["changed"]


def test_what_was_done_before_a_failure_is_told() -> None:
    steps: list[Any] = [
        ("GET", ONE + "/access", EVERYONE),
        ("PUT", ONE + "/access", RESTRICTED, GROUPS),
        ("PATCH", ONE, error(400, "port: no", "ValidationError"), PATCH),
    ]
    report = present(THERE, *steps, **{**WANTED, "port": 6432}, access=ACCESS)
    assert report.failed
    assert report.result["changed"]
    assert "given the new access" in report.result["msg"]


def test_one_group_more_gets_access_after_the_settings_changed() -> None:
    both = {"mode": "restricted", "groupIds": ["grp_1", "grp_2"], "memberIds": []}
    steps: list[Any] = [
        ("GET", ONE + "/access", RESTRICTED),
        ("PATCH", ONE, updated(port=6432), PATCH),
        ("PUT", ONE + "/access", answer(200, {"data": both}), both),
    ]
    wanted = {**ACCESS, "group_ids": ["grp_1", "grp_2"]}
    assert present(THERE, *steps, **{**WANTED, "port": 6432}, access=wanted).result["changed"]


def test_a_new_source_for_everyone_is_not_restricted_first() -> None:
    everyone: dict[str, Any] = {"mode": "everyone", "group_ids": None, "member_ids": None}
    steps: list[Any] = [("POST", SOURCES, CREATED, NEW), ("GET", ONE + "/access", EVERYONE), THERE]
    assert not present(EMPTY, *steps, **WANTED, access=everyone).failed


def test_a_policy_that_was_set_and_is_shown_otherwise_on_a_new_source() -> None:
    put = ("PUT", ONE + "/access", EVERYONE, GROUPS)
    looks = [("GET", ONE + "/access", EVERYONE)] * LOOKS
    report = present(EMPTY, ("POST", SOURCES, CREATED, NEW), put, *looks, **WANTED, access=ACCESS)
    assert report.failed
    assert report.result["changed"]
    assert "open to the whole organization" in report.result["msg"]


# What an operator must not be told


@pytest.mark.parametrize("flag", ["require", "1", 2, {}])
def test_a_flag_that_is_not_understood_is_not_overwritten(flag: Any) -> None:
    report = present(("GET", PAGE, page(resource(sslEnabled=flag))), name="preview-42", port=6432)
    assert report.failed
    assert "ssl_enabled" in report.result["msg"]


def test_a_flag_that_is_not_understood_is_not_off() -> None:
    there = ("GET", PAGE, page(resource(sslEnabled="require")))
    assert present(there, name="preview-42", ssl_enabled=False, check_mode=True).result["changed"]


def test_a_null_flag_is_sent_as_off_and_predicted_so() -> None:
    there = ("GET", PAGE, page(resource(sslEnabled=None)))
    real = present(
        there,
        ("PATCH", ONE, updated(port=6432, sslEnabled=False), {**PATCH, "sslEnabled": False}),
        name="preview-42",
        port=6432,
    )
    predicted = present(there, name="preview-42", port=6432, check_mode=True)
    assert real.result["data_source"] == predicted.result["data_source"]


def test_another_try_does_not_undo_what_someone_else_did() -> None:
    off = ("GET", PAGE, page(resource(sslEnabled=False)))
    meanwhile = ("GET", ONE, found(sslEnabled=True, port=6432))
    body = {"port": 6432, "sslEnabled": False, "sshEnabled": False}
    assert present(off, ("PATCH", ONE, RESET, body), meanwhile, name="preview-42", port=6432).result["changed"]
    meanwhile = ("GET", ONE, found(sslEnabled=True))
    patch = ("PATCH", ONE, updated(sslEnabled=True, port=6432), PATCH)
    steps: list[Any] = [("PATCH", ONE, RESET, body), ("GET", ONE, found(sslEnabled=False)), meanwhile, patch]
    assert present(off, *steps, name="preview-42", port=6432).result["changed"]


def test_an_answer_with_parts_of_the_object_is_no_proof() -> None:
    partial = answer(200, {"data": {"id": "ds_1"}})
    report = present(
        THERE, ("PATCH", ONE, partial, PATCH), ("GET", ONE, updated(port=6432)), **{**WANTED, "port": 6432}
    )
    assert report.result["data_source"]["port"] == 6432
    report = present(EMPTY, ("POST", SOURCES, partial, NEW), ("GET", ONE, found()), THERE, **WANTED)
    assert report.result["data_source"]["host"] == "db.example.com"


def test_an_answer_older_than_the_update_is_read_back() -> None:
    report = present(
        THERE, ("PATCH", ONE, updated(), PATCH), ("GET", ONE, updated(port=6432)), **{**WANTED, "port": 6432}
    )
    assert not report.failed
    assert report.result["changed"]


@pytest.mark.parametrize("access", [None, ACCESS])
def test_a_creation_shown_in_parts_that_can_not_be_read_is_told_and_restricted(access: Any) -> None:
    partial = answer(201, {"data": {"id": "ds_1"}})
    put: list[Any] = [("PUT", ONE + "/access", RESTRICTED, GROUPS)] if access else []
    look = ("GET", ONE, error(503, "no", "Trouble"))
    report = present(EMPTY, ("POST", SOURCES, partial, NEW), *put, look, **WANTED, access=access, retry_timeout=0.0)
    assert report.failed
    assert report.result["changed"]
    assert "was created" in report.result["msg"]


AGAIN: list[Any] = [("POST", SOURCES, RESET, NEW), *NEVER, EMPTY, ("POST", SOURCES, CREATED, NEW)]


def test_a_creation_that_was_answered_at_the_second_try_and_can_not_be_looked_up() -> None:
    report = present(EMPTY, *AGAIN, ("GET", PAGE, error(401, "no", "Unauthorized")), **WANTED)
    assert report.failed
    assert report.result["changed"]
    assert "'ds_1' was created" in report.result["msg"]


def test_a_creation_that_was_answered_at_the_second_try_and_is_not_listed_is_a_warning() -> None:
    report = present(EMPTY, *AGAIN, *NEVER, **WANTED)
    assert not report.failed
    assert report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"
    assert "there may be a second one" in report.warnings[0]


def test_the_id_of_an_answer_is_not_thrown_away() -> None:
    other = ("GET", PAGE, page(resource("ds_2")))
    report = present(EMPTY, *AGAIN, other, **WANTED)
    assert report.failed
    assert report.result["changed"]
    assert "'ds_1', 'ds_2'" in report.result["msg"]


def test_a_late_creation_is_never_silently_two() -> None:
    both = ("GET", PAGE, page(resource("ds_1"), resource("ds_2")))
    steps: list[Any] = [("POST", SOURCES, RESET, NEW), *NEVER, EMPTY, ("POST", SOURCES, CREATED, NEW), both]
    report = present(EMPTY, *steps, **WANTED, access=ACCESS)
    assert report.failed
    assert report.result["changed"]
    assert "'ds_1', 'ds_2'" in report.result["msg"]
    assert "open to the whole organization" in report.result["msg"]


@pytest.mark.parametrize("second", [UNTRUSTED, error(403, "no", "Forbidden")])
def test_a_lost_creation_is_not_forgotten(second: Any) -> None:
    steps: list[Any] = [("POST", SOURCES, RESET, NEW), *NEVER, EMPTY, ("POST", SOURCES, second, NEW)]
    report = present(EMPTY, *steps, **WANTED, access=ACCESS)
    assert report.failed
    assert "is not known" in report.result["msg"]
    assert "open to the whole organization" in report.result["msg"]


def test_a_stranger_of_the_name_is_not_adopted() -> None:
    stranger = ("GET", PAGE, page(resource("ds_9", host="elsewhere.example.com")))
    report = present(EMPTY, ("POST", SOURCES, RESET, NEW), stranger, **WANTED, access=ACCESS)
    assert report.failed
    assert not report.result["changed"]
    assert "not known who created it" in report.result["msg"]


@pytest.mark.parametrize("similar", ["preview  42", "pre\u0301view", "preview\t42"])
def test_a_name_that_only_looks_other_is_not_created(similar: str) -> None:
    wanted = {"preview  42": "preview 42", "preview\t42": "preview 42"}.get(similar, "pr\u00e9view")
    report = present(("GET", PAGE, page(resource("ds_2", similar))), **{**WANTED, "name": wanted})
    assert report.failed
    assert "alone" in report.result["msg"]


@pytest.mark.parametrize("status", [503, 401])
def test_a_creation_that_was_answered_and_can_not_be_read(status: int) -> None:
    trouble = ("GET", PAGE, error(status, "no", "Trouble"))
    report = present(EMPTY, ("POST", SOURCES, answer(201), NEW), trouble, **WANTED, retry_timeout=0.0)
    assert report.failed
    assert report.result["changed"]
    assert "was created" in report.result["msg"]


def test_an_update_that_was_answered_and_can_not_be_read() -> None:
    steps: list[Any] = [("PATCH", ONE, answer(204), PATCH), ("GET", ONE, error(503, "no", "Trouble"))]
    report = present(THERE, *steps, **{**WANTED, "port": 6432, "retry_timeout": 0.0})
    assert report.failed
    assert report.result["changed"]
    assert "was updated" in report.result["msg"]


def test_an_update_of_what_vanished() -> None:
    report = present(THERE, ("PATCH", ONE, NOT_FOUND, PATCH), **{**WANTED, "port": 6432})
    assert report.failed
    assert "deleted meanwhile" in report.result["msg"]


def test_a_creation_that_says_success_and_error_is_looked_up() -> None:
    odd = answer(200, {"success": False, "data": {}})
    assert present(EMPTY, ("POST", SOURCES, odd, NEW), THERE, **WANTED).result["changed"]


@pytest.mark.parametrize(
    ("stored", "given", "same"),
    [
        ("require", False, False),
        (50, False, False),
        ("", False, True),
        ("false", False, True),
        (1, 1.0, True),
        ("1", 1.0, True),
        ({"max": 5, "min": 0}, {"max": 5}, True),
        ({"max": 5}, {"max": 6}, False),
        ([1, "a "], [1.0, "a"], True),
        ([1], [1, 2], False),
        (None, {"max": 5}, False),
    ],
)
def test_extra_is_compared_by_what_was_given(stored: Any, given: Any, same: bool) -> None:
    there = ("GET", PAGE, page(resource(fieldOfNoRelease=stored)))
    report = present(there, name="preview-42", extra={"fieldOfNoRelease": given}, check_mode=True)
    assert report.result["changed"] != same


def test_extra_is_shown_by_its_name_and_value() -> None:
    report = present(
        EMPTY, **WANTED, extra={"fieldOfNoRelease": 5}, extra_secrets={"poolKey": "hush hush"}, check_mode=True
    )
    assert report.result["diff"]["after"]["fieldOfNoRelease"] == 5
    assert report.result["diff"]["after"]["pool_key"] == "will be sent"


@pytest.mark.parametrize("shown", [None, "***", "x"])
def test_secrets_that_are_shown_are_not_compared(shown: Any) -> None:
    created = answer(201, {"data": resource(password=shown, token=shown)})
    body = {**NEW, "password": PASSWORD, "token": "hush hush"}
    post = ("POST", SOURCES, created, body)
    report = present(EMPTY, post, THERE, **WANTED, password=PASSWORD, extra_secrets={"token": "hush hush"})
    assert not report.failed


def test_hosts_of_other_letters_are_other_hosts() -> None:
    there = ("GET", PAGE, page(resource(host="stra\u00dfe.example")))
    assert present(there, name="preview-42", host="strasse.example", check_mode=True).result["changed"]


def test_the_key_in_a_key_file_is_masked() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"
    file = json.dumps({"type": "service_account", "private_key": key, "private_key_id": "0123456789abcdef"})
    refusal = error(400, "bad keys: " + key + " and 0123456789abcdef", "ValidationError")
    report = present(
        EMPTY, ("POST", SOURCES, refusal, {**NEW, "bigQueryJsonKey": file}), **WANTED, bigquery_json_key=file
    )
    assert "MIIEvQIBADANBgkq" not in json.dumps(report.result)
    assert "0123456789abcdef" not in json.dumps(report.result)


def test_an_escaped_secret_is_masked() -> None:
    secret = "pa\\ss\tword1"
    refusal = error(400, "bad: " + secret, "ValidationError")
    report = present(EMPTY, ("POST", SOURCES, refusal, {**NEW, "password": secret}), **WANTED, password=secret)
    assert "word1" not in json.dumps(report.result)


@pytest.mark.parametrize("trouble", [REFUSED, UNTRUSTED, error(429, "slow down", "RateLimitExceeded")])
def test_a_check_that_never_left_hints_at_no_firewall(trouble: Any) -> None:
    options: dict[str, Any] = {**WANTED, "verify_credentials": True, "retry_timeout": 0.0}
    assert "firewall" not in present(EMPTY, ("POST", VERIFY, trouble, CHECK), **options).result["msg"]


@pytest.mark.parametrize("reading", [HTML, NOT_FOUND, error(405, "no", "MethodNotAllowed"), error(501, "no", "No")])
def test_a_server_that_can_not_verify(reading: Any) -> None:
    report = present(EMPTY, ("POST", VERIFY, reading, CHECK), **WANTED, verify_credentials=True)
    assert "leave verify_credentials out" in report.result["msg"]


def test_what_is_no_connection_setting_is_not_verified() -> None:
    there = ("GET", PAGE, page(resource(fieldOfNoRelease=5)))
    patch = ("PATCH", ONE, updated(fieldOfNoRelease=6), {"fieldOfNoRelease": 6, **FLAGS})
    assert present(there, patch, name="preview-42", extra={"fieldOfNoRelease": 6}, verify_credentials=True).result[
        "changed"
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"host": "a\nb"},
        {"dialect": "POST\nGRES"},
        {"username": "a\x00"},
        {"database_name": "\ud800"},
        {"name": "a\nb"},
        {"name": "\ud800"},
    ],
)
def test_control_characters_are_not_sent(options: dict[str, Any]) -> None:
    steps = [EMPTY] if "name" in options else []
    report = present(*steps, **{**WANTED, **options})
    assert report.failed
    assert "control character" in report.result["msg"]


# Waiting


def pending(**fields: Any) -> dict[str, Any]:
    return resource(lastSyncStatus="PENDING", hasCompletedFirstSync=False, **fields)


def test_wait_for_the_first_sync() -> None:
    created = answer(201, {"data": pending()})
    steps: list[Any] = [
        ("POST", SOURCES, created, NEW),
        ("GET", ONE, answer(200, {"data": pending()})),
        ("GET", ONE, found()),
        THERE,
    ]
    report = present_and_wait(EMPTY, *steps)
    assert not report.failed
    assert report.result["data_source"]["last_sync_status"] == "SUCCESS"
    assert report.result["sync"]["polls"] == 2
    assert report.result["sync"]["wait_seconds"] == 2.5
    assert len(report.progress) == 2


def present_and_wait(*steps: Any, **options: Any) -> Any:
    """Waiting sleeps without a retry, so the check of both against each other stays out."""
    wire = Wire(*steps)
    wanted = {**PRESENT, **WANTED, "wait": True, **options}
    report = execute(SOURCE, wanted, check_mode=False, diff_mode=True, transport=wire, clock=wire.clock())
    wire.finish()
    return report


def test_a_failed_sync_fails_with_the_words_and_the_facts() -> None:
    failed = found(lastSyncStatus="FAILED", hasCompletedFirstSync=False, syncErrorMessage="no such schema")
    report = present_and_wait(EMPTY, ("POST", SOURCES, answer(201, {"data": pending()}), NEW), ("GET", ONE, failed))
    assert report.failed
    assert report.result["changed"]
    assert "no such schema" in report.result["msg"]
    assert report.result["data_source"]["last_sync_status"] == "FAILED"


def test_a_sync_without_an_end() -> None:
    steps: list[Any] = [("GET", ONE, answer(200, {"data": pending()}))] * 4
    report = present_and_wait(EMPTY, ("POST", SOURCES, answer(201, {"data": pending()}), NEW), *steps, wait_timeout=6.0)
    assert report.failed
    assert report.result["changed"]
    assert "wait_timeout" in report.result["msg"]


def test_waiting_for_one_that_is_there() -> None:
    report = present_and_wait(THERE)
    assert not report.failed
    assert not report.result["changed"]
    failed = ("GET", PAGE, page(resource(lastSyncStatus="FAILED", syncErrorMessage="no such schema")))
    assert present_and_wait(failed).failed


def test_an_old_failure_does_not_count_after_an_update() -> None:
    old = resource(lastSyncStatus="FAILED", syncErrorMessage="old", hasCompletedFirstSync=False)
    steps: list[Any] = [
        ("PATCH", ONE, answer(200, {"data": {**old, "port": 6432}}), PATCH),
        ("GET", ONE, answer(200, {"data": {**old, "port": 6432}})),
        ("GET", ONE, found(port=6432, lastSyncAttemptAt="later")),
    ]
    report = present_and_wait(("GET", PAGE, page(old)), *steps, port=6432)
    assert not report.failed


def test_an_old_failure_and_no_other_sync() -> None:
    old = resource(lastSyncStatus="FAILED", syncErrorMessage="no such schema", hasCompletedFirstSync=False, port=6432)
    steps: list[Any] = [
        ("PATCH", ONE, answer(200, {"data": old}), PATCH),
        *[("GET", ONE, answer(200, {"data": old}))] * 2,
    ]
    before = ("GET", PAGE, page({**old, "port": 5432}))
    report = present_and_wait(before, *steps, port=6432, wait_timeout=2.0)
    assert report.failed
    assert "no such schema" in report.result["msg"]
    assert "no other began" in report.result["msg"]


def test_trouble_while_waiting_is_waited_out() -> None:
    trouble = ("GET", ONE, error(503, "no", "Trouble"))
    report = present_and_wait(
        ("GET", PAGE, page(pending())), trouble, trouble, ("GET", ONE, found()), retry_timeout=0.0
    )
    assert not report.failed


def test_a_server_that_does_not_tell_about_syncs() -> None:
    silent = resource()
    del silent["lastSyncStatus"], silent["hasCompletedFirstSync"]
    report = present_and_wait(("GET", PAGE, page(silent)))
    assert report.failed
    assert "wait" in report.result["msg"]


def test_deleted_while_it_was_waited_for() -> None:
    report = present_and_wait(("GET", PAGE, page(pending())), ("GET", ONE, NOT_FOUND), EMPTY)
    assert report.failed
    assert "deleted by someone else" in report.result["msg"]


def test_a_secret_in_clear_is_not_shown() -> None:
    report = present(name="preview-42", clear=["hush hush Hunter2"])
    assert report.failed
    assert "Hunter2" not in report.result["msg"]
    assert "what is no option" in report.result["msg"]
