# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One test for each row of the table for ``state: absent``, and for what an operator meets around it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    FIELDS,
    HTML,
    LOOKS,
    NOT_FOUND,
    ONE,
    PAGE,
    REFUSED,
    RESET,
    SOURCES,
    TIMED_OUT,
    UNTRUSTED,
    absent,
    answer,
    error,
    found,
    page,
    resource,
)

OK = answer(200, {"data": resource()})
OTHER = resource("ds_2", "production")


def test_exists_by_id() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, OK), id="ds_1")
    assert not report.failed
    assert report.result["changed"]
    assert report.warnings == []
    assert set(report.result["data_source"]) == set(FIELDS)
    assert report.result["data_source"]["display_name"] == "preview-42"
    assert report.result["diff"]["before"]["id"] == "ds_1"
    assert report.result["diff"]["after"] == {}
    assert "preview-42" in report.result["diff"]["before_header"]


def test_exists_by_name() -> None:
    report = absent(("GET", PAGE, page(OTHER, resource())), ("DELETE", ONE, OK), name="preview-42")
    assert report.result["changed"]


def test_exists_by_name_on_the_second_page() -> None:
    report = absent(
        ("GET", PAGE, page(OTHER, cursor="ds_2")),
        ("GET", PAGE + "&cursor=ds_2", page(resource())),
        ("DELETE", ONE, OK),
        name="preview-42",
    )
    assert report.result["changed"]


def test_id_and_name_agree() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, OK), id="ds_1", name="preview-42")
    assert report.result["changed"]


def test_id_and_name_differ() -> None:
    report = absent(("GET", ONE, found()), id="ds_1", name="production")
    assert report.failed
    assert "'preview-42'" in report.result["msg"]
    assert "'production'" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_several_have_the_name() -> None:
    report = absent(("GET", PAGE, page(resource("ds_1", "twin"), resource("ds_2", "twin"))), name="twin")
    assert report.failed
    assert "'ds_1', 'ds_2'" in report.result["msg"]


@pytest.mark.parametrize("flag", [True, "true", 1])
def test_managed_warehouse(flag: Any) -> None:
    report = absent(("GET", ONE, found(isBasedashWarehouse=flag)), id="ds_1")
    assert report.failed
    assert "warehouse" in report.result["msg"]


def test_managed_warehouse_by_name() -> None:
    report = absent(("GET", PAGE, page(resource(isBasedashWarehouse=True))), name="preview-42")
    assert report.failed


def test_managed_warehouse_with_force() -> None:
    assert absent(("DELETE", ONE, found(isBasedashWarehouse=True)), id="ds_1", force=True).result["changed"]


def test_not_there_and_absence_verified() -> None:
    report = absent(("GET", ONE, NOT_FOUND), ("GET", PAGE, page(OTHER)), id="ds_1")
    assert not report.failed
    assert not report.result["changed"]
    assert report.result["data_source"] is None
    assert "nothing to delete" in report.result["msg"]
    assert report.result["diff"]["before"] == report.result["diff"]["after"]


def test_not_there_by_name() -> None:
    report = absent(("GET", PAGE, page(OTHER)), name="preview-42")
    assert not report.failed
    assert not report.result["changed"]
    assert report.warnings == []


def test_not_there_and_missing_ok_is_false() -> None:
    report = absent(("GET", ONE, NOT_FOUND), ("GET", PAGE, page()), id="ds_1", missing_ok=False)
    assert report.failed
    assert "missing_ok" in report.result["msg"]


def test_not_there_and_not_to_be_verified() -> None:
    report = absent(("GET", ONE, NOT_FOUND), id="ds_1", verify_absence=False)
    assert not report.failed
    assert not report.result["changed"]


def test_not_there_by_name_but_one_in_other_case_is() -> None:
    report = absent(("GET", PAGE, page(resource("ds_2", "Preview-42"))), name="preview-42")
    assert not report.failed
    assert not report.result["changed"]
    assert "'Preview-42'" in report.warnings[0]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("preview-42", "preview-42 "),
        ("preview-42", "Preview-42 "),
        ("preview 42", "preview\u00a042"),
        ("preview 42", "preview  42"),
        ("caf\u00e9", "cafe\u0301"),
        ("caf\u00e9", "Cafe\u0301"),
    ],
)
def test_a_name_that_differs_in_white_space_or_composition_is_no_absence(name: str, there: str) -> None:
    report = absent(("GET", PAGE, page(resource("ds_2", "Other"), resource("ds_3", there))), name=name)
    assert report.failed
    assert ascii(there)[1:-1] in report.result["msg"] or there in report.result["msg"]


def test_of_several_look_alikes_the_damaged_one_counts() -> None:
    listed = page(resource("ds_2", "Preview-42"), resource("ds_3", "preview-42 "))
    assert absent(("GET", PAGE, listed), name="preview-42").failed


@pytest.mark.parametrize("damaged", ["ds_\u200b1", "ds_1\u202c", "ds_ 1", "ds_1\x00", "d\u00ads_1"])
def test_an_id_that_was_damaged_is_no_absence(damaged: str) -> None:
    path = ONE.replace("ds_1", quote(damaged, safe=""))
    report = absent(("GET", path, NOT_FOUND), ("GET", PAGE, page(OTHER, resource())), id=damaged)
    assert report.failed
    assert "but one with id 'ds_1'" in report.result["msg"]


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        ({"id": "DS_1"}, "there is one with id 'ds_1'"),
        ({"id": "preview-42"}, "as its name, which goes into the option name"),
        ({"name": "ds_1"}, "as its id, which goes into the option id"),
    ],
)
def test_what_may_have_been_meant_is_said(identity: dict[str, str], words: str) -> None:
    single = [("GET", ONE.replace("ds_1", identity["id"]), NOT_FOUND)] if "id" in identity else []
    report = absent(*single, ("GET", PAGE, page(resource())), **identity)
    assert not report.failed
    assert not report.result["changed"]
    assert words in report.warnings[0]


@pytest.mark.parametrize(
    ("status", "mistake"),
    [
        (401, "The API key was not accepted (401: not found)"),
        (403, "The API key may not do this (403: not found)"),
        (404, "The organization 'org_1' was not found, or the key is not an admin's of it (404)"),
    ],
)
def test_404_and_the_list_is_refused(status: int, mistake: str) -> None:
    report = absent(("GET", ONE, NOT_FOUND), ("GET", PAGE, error(status)), id="ds_1")
    assert report.failed
    assert report.result["msg"].startswith(mistake)
    assert "can't be known whether the data source with id 'ds_1' is there" in report.result["msg"]
    assert report.result["error"]["status"] == status


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", ["<html>", "", {"message": "Forbidden"}])
def test_refused_by_something_between(status: int, body: Any) -> None:
    refusal = answer(status, body)
    for report in (
        absent(("GET", ONE, refusal), id="ds_1"),
        absent(("GET", ONE, NOT_FOUND), ("GET", PAGE, refusal), id="ds_1"),
        absent(("GET", PAGE, refusal), name="preview-42"),
        absent(("GET", ONE, found()), ("DELETE", ONE, refusal), id="ds_1"),
        absent(("DELETE", ONE, refusal), id="ds_1", force=True),
    ):
        assert report.failed
        assert not report.result["changed"]
        assert report.result["msg"].startswith("Something between here and Basedash refused the request")
        assert "key" not in report.result["msg"]
        assert report.result["error"]["status"] == status


def test_name_and_the_list_is_refused() -> None:
    report = absent(("GET", PAGE, NOT_FOUND), name="preview-42")
    assert report.failed
    assert report.result["error"]["detail"] == "not found"


def test_get_and_list_answered_404_by_something_else() -> None:
    report = absent(("GET", ONE, HTML), ("GET", PAGE, HTML), id="ds_1")
    assert report.failed
    assert "api_url" in report.result["msg"]


def test_get_answered_404_by_something_else_is_not_believed_without_verification_either() -> None:
    report = absent(("GET", ONE, HTML), ("GET", PAGE, HTML), id="ds_1", verify_absence=False)
    assert report.failed


def test_delete_answered_404_by_something_else() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, HTML), id="ds_1")
    assert report.failed
    assert "api_url" in report.result["msg"]


@pytest.mark.parametrize("content", [{"error": "not found"}, {"error": {"title": "x"}}, {"message": "no"}, [], None])
def test_404_whose_body_is_not_the_apis_own(content: Any) -> None:
    odd = answer(404, content)
    assert absent(("GET", ONE, odd), ("GET", PAGE, odd), id="ds_1").failed


@pytest.mark.parametrize("reaction", [NOT_FOUND, HTML, error(405), error(501)])
def test_single_get_fails_but_the_list_has_it(reaction: Any) -> None:
    report = absent(("GET", ONE, reaction), ("GET", PAGE, page(resource())), ("DELETE", ONE, OK), id="ds_1")
    assert report.result["changed"]


def test_single_get_unsupported_and_the_list_lacks_it() -> None:
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, page(OTHER)), id="ds_1")
    assert not report.failed
    assert not report.result["changed"]


UNREADABLE = [(a, b) for a in (405, 501) for b in (answer(405), answer(501), HTML)]


@pytest.mark.parametrize(("single", "listed"), UNREADABLE)
def test_no_reading_the_delete_decides(single: int, listed: Any) -> None:
    report = absent(("GET", ONE, answer(single)), ("GET", PAGE, listed), ("DELETE", ONE, OK), id="ds_1")
    assert report.result["changed"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_no_reading_and_the_delete_says_404() -> None:
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, answer(405)), ("DELETE", ONE, NOT_FOUND), id="ds_1")
    assert not report.failed
    assert not report.result["changed"]
    assert "admin access" in report.warnings[0]


def test_no_reading_and_the_delete_says_404_by_something_else() -> None:
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, answer(405)), ("DELETE", ONE, HTML), id="ds_1")
    assert report.failed


def test_no_reading_and_the_delete_says_404_after_a_lost_answer() -> None:
    report = absent(
        ("GET", ONE, answer(405)),
        ("GET", PAGE, answer(405)),
        ("DELETE", ONE, RESET),
        ("DELETE", ONE, NOT_FOUND),
        id="ds_1",
    )
    assert report.result["changed"]
    assert "might have been gone" in report.warnings[0]


def test_no_reading_in_check_mode() -> None:
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, answer(501)), id="ds_1", check_mode=True)
    assert report.result["changed"]
    assert report.warnings


def test_no_reading_by_name() -> None:
    report = absent(("GET", PAGE, answer(405)), name="preview-42")
    assert report.failed


def test_no_reading_by_id_with_a_name_to_guard() -> None:
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, answer(405)), id="ds_1", name="preview-42")
    assert report.failed
    assert "can't be checked" in report.result["msg"]


def test_single_get_unsupported_and_the_list_says_404_by_the_apis_own_word() -> None:
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, NOT_FOUND), id="ds_1")
    assert report.failed
    assert "not an admin's" in report.result["msg"]


@pytest.mark.parametrize("lost", [RESET, TIMED_OUT, error(500), answer(502, "<html>"), answer(503), answer(504)])
def test_delete_answered_404_after_a_lost_answer(lost: Any) -> None:
    report = absent(
        ("GET", ONE, found()), ("DELETE", ONE, lost), ("DELETE", ONE, NOT_FOUND), ("GET", ONE, NOT_FOUND), id="ds_1"
    )
    assert report.result["changed"]
    assert report.result["api"]["retries"] == 1
    assert report.result["data_source"]["id"] == "ds_1"


def test_delete_answered_404_after_a_lost_answer_with_force() -> None:
    report = absent(
        ("DELETE", ONE, TIMED_OUT),
        ("DELETE", ONE, NOT_FOUND),
        ("GET", ONE, NOT_FOUND),
        ("GET", PAGE, page()),
        id="ds_1",
        force=True,
    )
    assert report.result["changed"]
    assert "might have been gone" in report.warnings[0]


@pytest.mark.parametrize("harmless", [REFUSED, error(429, retryAfterMs=10)])
def test_delete_answered_404_after_a_try_that_did_nothing(harmless: Any) -> None:
    report = absent(
        ("GET", ONE, found()), ("DELETE", ONE, harmless), ("DELETE", ONE, NOT_FOUND), ("GET", ONE, NOT_FOUND), id="ds_1"
    )
    assert not report.failed
    assert not report.result["changed"]


def test_delete_answered_404_at_the_first_try() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, NOT_FOUND), ("GET", ONE, NOT_FOUND), id="ds_1")
    assert not report.failed
    assert not report.result["changed"]
    assert "someone else" in report.warnings[0]
    assert report.result["data_source"]["id"] == "ds_1"


def test_delete_answered_404_at_the_first_try_and_missing_ok_is_false() -> None:
    report = absent(
        ("GET", ONE, found()), ("DELETE", ONE, NOT_FOUND), ("GET", ONE, NOT_FOUND), id="ds_1", missing_ok=False
    )
    assert report.failed


@pytest.mark.parametrize("first", [[], [("DELETE", ONE, answer(502))]])
def test_delete_answered_404_but_it_is_still_there(first: Any) -> None:
    looks = [("GET", ONE, found())] * LOOKS
    report = absent(("GET", ONE, found()), *first, ("DELETE", ONE, NOT_FOUND), *looks, id="ds_1")
    assert report.failed
    assert "still there" in report.result["msg"]
    assert report.result["error"]["method"] == "DELETE"


def test_delete_answered_404_but_the_list_still_has_it() -> None:
    listed = page(resource())
    looks = [("GET", PAGE, listed)] * LOOKS
    report = absent(("GET", PAGE, listed), ("DELETE", ONE, NOT_FOUND), *looks, name="preview-42")
    assert report.failed


def test_delete_answered_404_and_not_to_be_verified() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, NOT_FOUND), id="ds_1", verify_absence=False)
    assert not report.result["changed"]
    assert report.warnings


@pytest.mark.parametrize("status", [200, 202, 204])
@pytest.mark.parametrize("content", [None, {}, {"data": None}, {"data": {}}, {"data": []}, " \n", [], "null", '""'])
def test_delete_answered_2xx_without_facts(status: int, content: Any) -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, answer(status, content)), id="ds_1")
    assert report.result["changed"]
    assert report.result["data_source"]["host"] == "db.example.com"


def test_delete_answered_2xx_with_newer_facts() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, found(host="new.example.com")), id="ds_1")
    assert report.result["data_source"]["host"] == "new.example.com"


@pytest.mark.parametrize("body", ["<html>OK</html>", "OK", '{"data": ', b"\xff\xfe", "NaN"])
def test_delete_answered_2xx_with_something_else(body: Any) -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, answer(200, body)), id="ds_1")
    assert report.failed
    assert not report.result["changed"]


ODD = [
    {"error": {"title": "a", "detail": "b"}},
    {"error": "no"},
    {"errors": ["no"]},
    {"success": False},
    {"success": True},
    {"data": None, "error": {"title": "a", "detail": "b"}},
    {"data": {}, "errors": ["no"]},
    {"data": [], "success": False},
    {"data": {"success": False}},
    {"data": resource("ds_2")},
    {"data": {**resource(), "id": None}},
    "false",
    "true",
    "0",
    '"ok"',
    [1],
]


@pytest.mark.parametrize("content", ODD)
def test_delete_answered_2xx_with_a_contradiction_is_decided_by_a_reading(content: Any) -> None:
    delete = ("DELETE", ONE, answer(200, content))
    report = absent(("GET", ONE, found()), delete, ("GET", ONE, NOT_FOUND), id="ds_1")
    assert not report.failed
    assert report.result["changed"]
    report = absent(("GET", ONE, found()), delete, *[("GET", ONE, found())] * LOOKS, id="ds_1")
    assert report.failed
    assert not report.result["changed"]
    assert "still there" in report.result["msg"]


@pytest.mark.parametrize("content", ODD)
def test_a_contradiction_after_force_is_decided_by_a_reading(content: Any) -> None:
    delete = ("DELETE", ONE, answer(200, content))
    report = absent(delete, ("GET", ONE, NOT_FOUND), ("GET", PAGE, page()), id="ds_1", force=True)
    assert report.result["changed"]
    assert absent(delete, *[("GET", ONE, found())] * LOOKS, id="ds_1", force=True).failed
    assert absent(delete, ("GET", ONE, error(405)), ("GET", PAGE, error(405)), id="ds_1", force=True).failed


def test_a_contradiction_that_no_reading_decides() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, answer(200, "false")), ("GET", ONE, error(401)), id="ds_1")
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_get_answers_with_another_data_source() -> None:
    assert absent(("GET", ONE, found("ds_2")), id="ds_1").failed


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize("content", [None, "<html>", {}, {"data": None}, {"data": []}, {"data": {"id": " "}}, []])
def test_get_answered_2xx_with_something_else(status: int, content: Any) -> None:
    assert absent(("GET", ONE, answer(status, content)), id="ds_1").failed


def test_check_mode() -> None:
    report = absent(("GET", ONE, found()), id="ds_1", check_mode=True)
    assert report.result["changed"]
    assert report.result["diff"]["before"]["id"] == "ds_1"
    assert report.result["diff"]["after"] == {}


def test_check_mode_keeps_the_guards() -> None:
    assert absent(("GET", ONE, found(isBasedashWarehouse=True)), id="ds_1", check_mode=True).failed
    assert absent(("GET", ONE, found()), id="ds_1", name="other", check_mode=True).failed


def test_check_mode_with_force_reads_all_the_same() -> None:
    report = absent(("GET", ONE, found(isBasedashWarehouse=True)), id="ds_1", force=True, check_mode=True)
    assert report.result["changed"]
    report = absent(("GET", ONE, NOT_FOUND), ("GET", PAGE, page()), id="ds_1", force=True, check_mode=True)
    assert not report.result["changed"]


def test_force_sends_one_request() -> None:
    report = absent(("DELETE", ONE, OK), id="ds_1", name="whatever", force=True)
    assert report.result["changed"]
    assert report.result["api"]["requests"] == 1


def test_force_and_404_is_verified() -> None:
    gone = ("GET", ONE, NOT_FOUND)
    report = absent(("DELETE", ONE, NOT_FOUND), gone, ("GET", PAGE, page()), id="ds_1", force=True)
    assert not report.failed
    assert not report.result["changed"]
    assert absent(("DELETE", ONE, NOT_FOUND), gone, ("GET", PAGE, NOT_FOUND), id="ds_1", force=True).failed
    assert absent(("DELETE", ONE, NOT_FOUND), *[("GET", ONE, found())] * LOOKS, id="ds_1", force=True).failed
    assert not absent(("DELETE", ONE, NOT_FOUND), id="ds_1", force=True, verify_absence=False).failed


def test_force_and_204_without_facts() -> None:
    report = absent(("DELETE", ONE, answer(204)), id="ds_1", force=True)
    assert report.result["changed"]
    assert report.result["data_source"] is None
    assert report.result["diff"]["before"] == {"id": "ds_1"}


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://user:secret@login.example.org/x", "/elsewhere", ""])
def test_redirect_is_not_followed(status: int, location: str) -> None:
    report = absent(("GET", ONE, answer(status, None, {"location": location})), id="ds_1")
    assert report.failed
    assert ("login.example.org" in report.result["msg"]) == location.startswith("https")
    assert "secret" not in report.result["msg"]


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 418])
def test_error_of_the_api(status: int) -> None:
    refusal = error(status, "no " + "x" * 5, "Refused")
    report = absent(("GET", ONE, found()), ("DELETE", ONE, refusal), id="ds_1")
    assert report.failed
    assert report.result["error"] == {
        "status": status,
        "title": "Refused",
        "detail": "no xxxxx",
        "method": "DELETE",
        "url": "https://basedash.example.com" + ONE,
    }


def test_request_id_of_an_error() -> None:
    refusal = answer(401, {"error": {"title": "Unauthorized", "detail": "no"}}, {"x-request-id": "req_7"})
    assert absent(("GET", ONE, refusal), id="ds_1").result["error"]["request_id"] == "req_7"


def test_certificate_failure_is_final() -> None:
    report = absent(("GET", ONE, UNTRUSTED), id="ds_1")
    assert report.failed
    assert report.result["error"]["status"] is None
    assert "not known" not in report.result["msg"]


def test_delete_without_a_clear_answer_is_not_known() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, RESET), id="ds_1", retry_timeout=0.0)
    assert report.failed
    assert "not known" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"


def test_delete_that_never_left_is_known() -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, REFUSED), id="ds_1", retry_timeout=0.0)
    assert report.failed
    assert "not known" not in report.result["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "give id or name"),
        ({"id": ""}, "option id is empty"),
        ({"id": "  "}, "option id is empty"),
        ({"id": "."}, "no identifier"),
        ({"id": ".."}, "no identifier"),
        ({"id": "ds_1\n"}, "white space"),
        ({"id": " ds_1"}, "white space"),
        ({"id": "\ud800"}, "not valid Unicode"),
        ({"id": "", "name": "preview-42"}, "option id is empty"),
        ({"name": ""}, "option name is empty"),
        ({"name": "\t"}, "option name is empty"),
        ({"name": "preview-42", "force": True}, "force"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(options: Any, words: str) -> None:
    report = absent(**options)
    assert report.failed
    assert words in report.result["msg"]
    assert report.result["api"] == {"requests": 0, "retries": 0, "wait_seconds": 0.0}


@pytest.mark.parametrize(
    ("identifier", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("a?b#c", "a%3Fb%23c"),
        ("a b%20", "a%20b%2520"),
        ("ü😀", "%C3%BC%F0%9F%98%80"),
        ("a\nb", "a%0Ab"),
        ("...", "..."),
    ],
)
def test_id_is_one_segment_of_the_path(identifier: str, segment: str) -> None:
    path = ONE.replace("ds_1", segment)
    report = absent(("GET", path, found(identifier)), ("DELETE", path, found(identifier)), id=identifier)
    assert report.result["changed"]


def test_number_as_id() -> None:
    path = ONE.replace("ds_1", "42")
    numbered = answer(200, {"data": {**resource(), "id": 42}})
    assert absent(("GET", path, numbered), ("DELETE", path, numbered), id="42").result["changed"]


def test_facts_hold_documented_scalars_alone() -> None:
    odd = found(password="hunter2", host={"secret": "x"}, port=[1], undocumented="x")
    report = absent(("GET", ONE, odd), id="ds_1", check_mode=True)
    assert set(report.result["data_source"]) == set(FIELDS)
    assert report.result["data_source"]["host"] is None
    assert report.result["data_source"]["port"] is None


def test_facts_of_an_older_release() -> None:
    old = answer(200, {"data": {"id": "ds_1", "displayName": "preview-42"}})
    report = absent(("GET", ONE, old), ("DELETE", ONE, answer(204)), id="ds_1")
    assert report.result["changed"]
    assert report.result["data_source"]["athena_catalog"] is None


def test_reading_after_a_lost_delete_fails() -> None:
    report = absent(
        ("GET", ONE, found()),
        ("DELETE", ONE, error(429, retryAfterMs=1)),
        ("DELETE", ONE, NOT_FOUND),
        ("GET", ONE, error(401)),
        id="ds_1",
    )
    assert report.failed
    assert "not known" in report.result["msg"]
    assert report.result["data_source"]["id"] == "ds_1"
    report = absent(("DELETE", ONE, RESET), ("DELETE", ONE, NOT_FOUND), ("GET", ONE, error(401)), id="ds_1", force=True)
    assert "not known" in report.result["msg"]


@pytest.mark.parametrize("last", [HTML, error(401), error(400), answer(302), answer(200, "<html>")])
def test_delete_refused_after_a_lost_answer_is_not_known(last: Any) -> None:
    report = absent(("GET", ONE, found()), ("DELETE", ONE, RESET), ("DELETE", ONE, last), id="ds_1")
    assert report.failed
    assert "not known" in report.result["msg"]


def test_no_reading_and_it_was_the_warehouse() -> None:
    gone = found(isBasedashWarehouse=True)
    report = absent(("GET", ONE, answer(405)), ("GET", PAGE, answer(405)), ("DELETE", ONE, gone), id="ds_1")
    assert report.result["changed"]
    assert "warehouse" in report.warnings[0]


@pytest.mark.parametrize(("identifier", "there"), [("ds_1", "ds_\u200b1"), ("caf\u00e9", "cafe\u0301")])
def test_an_id_that_differs_in_what_nobody_sees_is_no_absence(identifier: str, there: str) -> None:
    path = SOURCES + "/" + quote(identifier, safe="")
    report = absent(("GET", path, NOT_FOUND), ("GET", PAGE, page(resource(there))), id=identifier)
    assert report.failed
    assert "differs in white space or in the composition" in report.result["msg"]


def test_an_id_that_differs_in_case_is_worth_a_warning() -> None:
    report = absent(("GET", ONE, NOT_FOUND), ("GET", PAGE, page(resource("DS_1"))), id="ds_1")
    assert not report.failed
    assert "'DS_1'" in report.warnings[0]


def test_an_id_in_the_place_of_a_name_and_a_name_in_the_place_of_an_id_are_worth_a_warning() -> None:
    report = absent(("GET", PAGE, page(resource())), name="ds_1")
    assert "option id" in report.warnings[0]
    path = SOURCES + "/preview-42"
    report = absent(("GET", path, NOT_FOUND), ("GET", PAGE, page(resource())), id="preview-42")
    assert "option name" in report.warnings[0]


def test_an_identifier_that_is_too_long_is_not_repeated() -> None:
    report = absent(id="hush Hunter2 " + "x" * 1001)
    assert report.failed
    assert "Hunter2" not in report.result["msg"]
