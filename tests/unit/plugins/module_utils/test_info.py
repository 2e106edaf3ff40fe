# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The info module's task: filters, paging, and lists that can't be trusted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    LOOKS,
    NOT_FOUND,
    ONE,
    PAGE,
    answer,
    error,
    found,
    info,
    page,
    resource,
)

ALL = [
    resource(
        "ds_1",
        "preview-42",
        host="A.example.com",
        lastHealthStatus="UNHEALTHY",
        lastSyncStatus="FAILED",
        createdAt="2026-11-01T23:59:59.999Z",
    ),
    resource("ds_2", "production", host="b.example.com", lastHealthStatus="HEALTHY", lastSyncStatus="SUCCESS"),
    resource("ds_3", "preview-43", dialect="BIGQUERY", host=None, lastHealthStatus="HEALTHY"),
    resource("ds_4", "production", dialect="NEWER", lastHealthStatus=None),
]


def names(report: Any) -> list[str]:
    assert not report.failed, report.result
    assert not report.result["changed"]
    return [one["id"] for one in report.result["data_sources"]]


def test_all_in_the_order_of_the_api() -> None:
    assert names(info(("GET", PAGE, page(*ALL)))) == ["ds_1", "ds_2", "ds_3", "ds_4"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"name": "production"}, ["ds_2", "ds_4"]),
        ({"name": "Production"}, []),
        ({"dialect": "postgres"}, ["ds_1", "ds_2"]),
        ({"dialect": "NEWER"}, ["ds_4"]),
        ({"host": "a.EXAMPLE.com"}, ["ds_1"]),
        ({"name_pattern": "^preview-"}, ["ds_1", "ds_3"]),
        ({"name_pattern": "4[0-9]$"}, ["ds_1", "ds_3"]),
        ({"health_status": "HEALTHY"}, ["ds_2", "ds_3"]),
        ({"sync_status": "failed"}, ["ds_1"]),
        ({"name_pattern": "pre", "dialect": "POSTGRES"}, ["ds_1"]),
        ({"name": "production", "health_status": "UNHEALTHY"}, []),
        ({"health_status": ["UNHEALTHY", "healthy"]}, ["ds_1", "ds_2", "ds_3"]),
        ({"health_status": ["!HEALTHY"]}, ["ds_1", "ds_4"]),
        ({"health_status": ["!HEALTHY", "!unhealthy"]}, ["ds_4"]),
        ({"sync_status": ["!FAILED"], "dialect": ["!NEWER", "!BIGQUERY"]}, ["ds_2"]),
        ({"created_before": "2026-11-02"}, ["ds_1"]),
        ({"created_before": "2026-11-02T00:00:00Z", "dialect": ["BIGQUERY"]}, []),
    ],
)
def test_filters(options: Any, expected: list[str]) -> None:
    assert names(info(("GET", PAGE, page(*ALL)), **options)) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"health_status": ["unheathly"]}, ["'unheathly' of health_status", "HEALTHY, UNHEALTHY"]),
        ({"health_status": ["!HEALTY"]}, ["'HEALTY' of health_status"]),
        ({"dialect": ["postgresql", "newer"]}, ["'postgresql' of dialect", "(BIGQUERY, NEWER, POSTGRES)"]),
        ({"sync_status": ["DONE"]}, ["'DONE' of sync_status", "(FAILED, SUCCESS)"]),
        ({"name": " Production"}, ["' Production'", "'production'"]),
        ({"health_status": ["NEVER", "x"], "sync_status": ["PENDING"]}, ["'NEVER', 'x' of health_status"]),
    ],
)
def test_what_looks_like_a_mistake_is_said(options: Any, words: list[str]) -> None:
    report = info(("GET", PAGE, page(*ALL)), **options)
    assert not report.failed
    (warning,) = report.warnings
    for word in words:
        assert word in warning


def test_what_is_documented_needs_no_warning() -> None:
    options = {"health_status": ["unhealthy"], "sync_status": ["!never_synced"], "dialect": ["duckdb", "Newer"]}
    assert info(("GET", PAGE, page(*ALL)), **options).warnings == []


def test_access() -> None:
    policy = {"mode": "restricted", "groupIds": ["grp_2", "grp_1"], "memberIds": []}
    report = info(
        ("GET", ONE, found()), ("GET", ONE + "/access", answer(200, {"data": policy})), id="ds_1", access=True
    )
    assert names(report) == ["ds_1"]
    access = report.result["data_sources"][0]["access"]
    assert access == {**access, "mode": "restricted", "group_ids": ["grp_1", "grp_2"], "member_ids": []}
    assert names(info(("GET", PAGE, page(*ALL)), name="nobody", access=True)) == []


@pytest.mark.parametrize("reaction", [NOT_FOUND, HTML, error(403), answer(501), answer(200, {"data": {}})])
def test_access_that_can_not_be_read_is_a_failure(reaction: Any) -> None:
    # A 404 is looked at again, because the data source may be new.
    looks = LOOKS if reaction is NOT_FOUND else 1
    report = info(("GET", PAGE, page(ALL[0])), *[("GET", ONE + "/access", reaction)] * looks, access=True)
    assert report.failed
    assert "data_sources" not in report.result


def test_id() -> None:
    assert names(info(("GET", ONE, found()), id="ds_1")) == ["ds_1"]
    assert names(info(("GET", ONE, found()), id="ds_1", name="other")) == []


def test_id_that_does_not_exist_is_verified() -> None:
    assert names(info(("GET", ONE, NOT_FOUND), ("GET", PAGE, page(ALL[1])), id="ds_1")) == []
    assert info(("GET", ONE, NOT_FOUND), ("GET", PAGE, NOT_FOUND), id="ds_1").failed


def test_id_on_a_server_without_the_single_get() -> None:
    assert names(info(("GET", ONE, HTML), ("GET", PAGE, page(*ALL)), id="ds_1")) == ["ds_1"]
    assert info(("GET", ONE, answer(405)), ("GET", PAGE, answer(405)), id="ds_1").failed


def test_every_page_is_read() -> None:
    report = info(
        ("GET", PAGE, page(ALL[0], ALL[1], cursor="ds_2")),
        ("GET", PAGE + "&cursor=ds_2", page(ALL[2], cursor="a b/c")),
        ("GET", PAGE + "&cursor=a+b%2Fc", page(ALL[3])),
    )
    assert names(report) == ["ds_1", "ds_2", "ds_3", "ds_4"]


def test_data_source_that_moved_to_the_next_page_is_there_once() -> None:
    report = info(("GET", PAGE, page(ALL[0], cursor="c")), ("GET", PAGE + "&cursor=c", page(ALL[0], ALL[1])))
    assert names(report) == ["ds_1", "ds_2"]


def test_cursor_that_repeats_is_refused() -> None:
    report = info(("GET", PAGE, page(ALL[0], cursor="c")), ("GET", PAGE + "&cursor=c", page(ALL[0], cursor="c")))
    assert report.failed
    assert "nothing new" in report.result["msg"]


@pytest.mark.parametrize(
    "pagination",
    [
        None,
        [],
        {},
        {"hasMore": True},
        {"hasMore": True, "nextCursor": None},
        {"hasMore": True, "nextCursor": ""},
        {"hasMore": True, "nextCursor": 7},
        {"hasMore": "false", "nextCursor": None},
        {"nextCursor": {"a": 1}},
    ],
)
def test_list_that_does_not_say_whether_it_is_complete(pagination: Any) -> None:
    assert info(("GET", PAGE, answer(200, {"data": [], "pagination": pagination}))).failed


def test_list_without_pagination() -> None:
    assert names(info(("GET", PAGE, answer(200, {"data": ALL})))) == ["ds_1", "ds_2", "ds_3", "ds_4"]
    assert info(("GET", PAGE, answer(200, {"data": []}))).failed
    many = [resource("ds_%d" % number) for number in range(100)]
    assert info(("GET", PAGE, answer(200, {"data": many}))).failed


@pytest.mark.parametrize(
    "pagination", [{"nextCursor": None}, {"hasMore": False}, {"hasMore": False, "nextCursor": "x"}]
)
def test_last_page(pagination: Any) -> None:
    assert names(info(("GET", PAGE, answer(200, {"data": ALL[:1], "pagination": pagination})))) == ["ds_1"]


@pytest.mark.parametrize(
    "reaction",
    [
        answer(200),
        answer(200, "<html>"),
        answer(200, []),
        answer(200, {"data": {}}),
        answer(200, {"data": [{"displayName": "no id"}], "pagination": {"hasMore": False}}),
        answer(200, {"data": [None], "pagination": {"hasMore": False}}),
        answer(200, {"data": [{"id": True}], "pagination": {"hasMore": False}}),
        answer(200, {"data": [], "pagination": {"hasMore": False}, "error": {"title": "a", "detail": "b"}}),
        answer(200, b"[" * 100000),
        answer(200, b'{"data": ' + b"1" * 10000 + b"}"),
        error(401),
        error(403),
        NOT_FOUND,
        HTML,
        answer(405),
    ],
)
def test_list_that_is_none(reaction: Any) -> None:
    report = info(("GET", PAGE, reaction))
    assert report.failed
    assert "data_sources" not in report.result


@pytest.mark.parametrize(
    "options",
    [
        {"id": ""},
        {"name": " "},
        {"host": ""},
        {"name_pattern": "("},
        {"dialect": ""},
        {"dialect": []},
        {"health_status": ["HEALTHY", "!FAILED"]},
        {"sync_status": ["!"]},
        {"created_before": "soon"},
    ],
)
def test_bad_input(options: Any) -> None:
    report = info(**options)
    assert report.failed
    assert report.result["api"]["requests"] == 0


def test_an_id_in_other_case_is_said() -> None:
    report = info(("GET", ONE.replace("ds_1", "DS_1"), NOT_FOUND), ("GET", PAGE, page(*ALL)), id="DS_1")
    assert names(report) == []
    assert "there is one with id 'ds_1'" in report.warnings[0]
