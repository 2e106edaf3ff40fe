# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand, over real TCP connections."""

from __future__ import annotations

import random
import socket
import threading
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import PATIENCE_SECONDS, Api, wait_until

from basedash_simulator.faults import Faults, Rule

PATH = "/api/public/organizations/org_demo/data-sources/ds_production"


def raw(api: Api, method: str = "DELETE", headers: str = "") -> tuple[bytes, str]:
    """Send a request by hand; gives all bytes that came, and how the connection ended: "fin" or "reset"."""
    address = urlsplit(api.url)
    assert address.hostname is not None
    with socket.create_connection((address.hostname, address.port or 0), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(
            f"{method} {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bd_key_demo_admin\r\n{headers}\r\n".encode()
        )
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            return received, "reset"
        return received, "fin"


def is_deleted(api: Api) -> bool:
    return api.stored("ds_production")["deletedAt"] is not None


@pytest.mark.parametrize(
    ("kind", "end", "deleted"),
    [("reset_before", "reset", False), ("reset_after", "reset", True), ("close_before", "fin", False)],
)
def test_connection_ends_without_an_answer(api: Api, kind: str, end: str, deleted: bool) -> None:
    api.faults({"kind": kind, "method": "DELETE"})
    assert raw(api) == (b"", end)
    assert is_deleted(api) is deleted
    wait_until(lambda: api.control("GET", "state")["in_flight"] == 0)
    entry = api.log()[0]
    assert (entry["status"], entry["fault"], entry["effect"]) == (kind, kind, "deleted" if deleted else None)


def test_truncated(api: Api) -> None:
    api.faults({"kind": "truncated"})
    received, end = raw(api)
    head, separator, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert (bool(separator), end) == (True, "fin")
    assert 0 < len(body) < length
    assert is_deleted(api)
    with pytest.raises(httpx.RemoteProtocolError):
        api.call("GET", "/ds_preview_1")


def test_truncated_without_a_body(api: Api) -> None:
    api.behaviour(delete_answer="204")
    api.faults({"kind": "truncated"})
    received, end = raw(api)
    assert (b"\r\n\r\n" in received, end) == (False, "fin")
    assert received


def test_slow_drip(api: Api) -> None:
    api.faults({"kind": "slow_drip", "interval": 0.005, "times": 1})
    pieces = []
    headers = {"authorization": "Bearer bd_key_demo_admin"}
    with api.http.stream("GET", PATH + "x", headers=headers) as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 2
    assert answer.status_code == 404
    assert b"".join(pieces).startswith(b'{"error"')
    # the connection lives on
    assert api.call("GET").status_code == 200
    assert len({entry["client"] for entry in api.log()}) == 1


def test_slow_drip_ends_when_the_client_leaves(api: Api) -> None:
    api.faults({"kind": "slow_drip", "interval": 3600, "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        api.call("DELETE", "/ds_production", timeout=0.7)
    wait_until(lambda: api.control("GET", "state")["in_flight"] == 0)
    assert is_deleted(api)
    assert api.log()[0]["status"] == "slow_drip"


def test_hang(api: Api) -> None:
    api.faults({"kind": "hang", "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        api.call("DELETE", "/ds_production", timeout=0.7)
    wait_until(lambda: api.control("GET", "state")["in_flight"] == 0)
    assert not is_deleted(api)
    assert api.call("DELETE", "/ds_production").status_code == 200
    assert [entry["status"] for entry in api.log()] == ["hang", 200]


def test_delay(api: Api) -> None:
    api.faults({"kind": "delay", "seconds": 0.2, "times": 1})
    started = time.monotonic()
    assert api.call("DELETE", "/ds_production").status_code == 200
    assert time.monotonic() - started >= 0.19
    entry = api.log()[0]
    assert (entry["status"], entry["fault"], entry["effect"]) == (200, "delay", "deleted")
    assert entry["seconds"] >= 0.19


def test_work_is_done_even_if_the_client_leaves_during_a_delay(api: Api) -> None:
    api.faults({"kind": "delay", "seconds": 3600, "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        api.call("DELETE", "/ds_production", timeout=0.7)
    wait_until(lambda: is_deleted(api))
    assert api.log()[0]["status"] is None


def test_delay_and_then_another_fault(api: Api) -> None:
    api.faults({"kind": "delay", "seconds": 0.01}, {"kind": "status_before", "status": 502}, {"kind": "hang"})
    assert api.call("GET", conform=False).status_code == 502
    assert [rule["fired"] for rule in api.control("GET", "faults")] == [1, 1, 0]


@pytest.mark.parametrize(("kind", "deleted"), [("status_before", False), ("status_after", True)])
@pytest.mark.parametrize("body", ["json", "html", "empty"])
def test_status(api: Api, kind: str, deleted: bool, body: str) -> None:
    api.faults({"kind": kind, "status": 503, "body": body, "times": 1})
    answer = api.call("DELETE", "/ds_production", conform=False)
    assert answer.status_code == 503
    if body == "json":
        assert set(answer.json()["error"]) == {"title", "detail"}
    elif body == "html":
        assert answer.text.startswith("<!DOCTYPE html>")
    else:
        assert answer.content == b""
    assert is_deleted(api) is deleted


def test_default_status_fits_the_document(api: Api) -> None:
    api.faults({"kind": "status_before"})
    assert api.call("DELETE", "/ds_production").status_code == 500


@pytest.mark.parametrize("work", [True, False])
def test_html(api: Api, work: bool) -> None:
    api.faults({"kind": "html", "work": work})
    answer = api.call("DELETE", "/ds_production", conform=False)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")
    assert is_deleted(api) is work


@pytest.mark.parametrize("status", [102, 103])
def test_informational(api: Api, status: int) -> None:
    api.faults({"kind": "informational", "status": status, "count": 2, "times": 1})
    received, _end = raw(api, "GET", "Connection: close\r\n")
    assert received.count(f"HTTP/1.1 {status} ".encode()) == 2
    assert b"\r\n\r\nHTTP/1.1 200 " in received
    assert (api.log()[0]["status"], api.log()[0]["fault"]) == (200, "informational")
    # the connection lives on, and the work is done
    api.faults({"kind": "informational", "method": "DELETE"})
    for identifier in ("ds_production", "ds_preview_1"):
        assert api.call("DELETE", f"/{identifier}").json()["data"]["id"] == identifier
    assert len({entry["client"] for entry in api.log()}) == 2


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed(api: Api, coding: str) -> None:
    api.faults({"kind": "compressed", "coding": coding})
    answer = api.call("GET", "/ds_production", headers={"accept-encoding": "identity"})
    assert answer.headers["content-encoding"] == coding
    assert answer.json()["data"]["id"] == "ds_production"
    assert int(answer.headers["content-length"]) < len(answer.content)
    api.behaviour(delete_answer="204")
    assert api.call("DELETE", "/ds_production", conform=False).content == b""


def test_chunked(api: Api) -> None:
    api.faults({"kind": "chunked"})
    received, end = raw(api)
    head, _separator, body = received.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert b"content-length: " in head.lower()
    assert (body[-5:], end) == (b"0\r\n\r\n", "fin")
    assert is_deleted(api)
    assert api.log()[0]["status"] == 200
    api.behaviour(delete_answer="204")
    assert api.call("DELETE", "/ds_preview_1", conform=False).status_code == 204


@pytest.mark.parametrize(
    ("by", "status", "header"),
    [("firewall", 403, None), ("login", 401, "www-authenticate"), ("proxy", 407, "proxy-authenticate")],
)
def test_blocked(api: Api, by: str, status: int, header: str | None) -> None:
    api.faults({"kind": "blocked", "by": by})
    answer = api.call("DELETE", "/ds_production", conform=False)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (status, "text/html")
    assert header is None or answer.headers[header].startswith("Basic")
    assert not is_deleted(api)


@pytest.mark.parametrize("body", [{"data": {"success": False}}, {"errors": []}, False, None, [], "ok"])
@pytest.mark.parametrize("work", [True, False])
def test_odd(api: Api, body: Any, work: bool) -> None:
    api.faults({"kind": "odd", "status": 202, "body": body, "work": work})
    answer = api.call("DELETE", "/ds_production", conform=False)
    assert (answer.status_code, answer.json()) == (202, body)
    assert is_deleted(api) is work


def test_empty_page_after_a_page_that_promised_more(api: Api) -> None:
    api.faults({"kind": "empty_page", "query": "cursor=", "times": 1})
    first = api.call("GET", params={"limit": 2}).json()["pagination"]
    assert first["hasMore"] is True
    params = {"limit": 2, "cursor": first["nextCursor"]}
    answer = api.call("GET", params=params).json()
    assert answer == {"data": [], "pagination": {"nextCursor": None, "hasMore": False}}
    assert len(api.call("GET", params=params).json()["data"]) == 2


@pytest.mark.parametrize("how", ["body", "header_seconds", "header_date", "nothing"])
def test_rate_limited(api: Api, how: str) -> None:
    api.faults({"kind": "rate_limited", "how": how, "seconds": 1.5})
    answer = api.call("DELETE", "/ds_production", conform=how == "body")
    assert (answer.status_code, answer.json()["error"]["title"]) == (429, "RateLimitExceeded")
    assert ("retryAfterMs" in answer.json()["error"]) == (how == "body")
    header = answer.headers.get("retry-after")
    if how == "body":
        assert answer.json()["error"]["retryAfterMs"] == 1500
    elif how == "header_seconds":
        assert header == "2"
    elif how == "header_date":
        sent = parsedate_to_datetime(answer.headers["date"])
        assert 0 <= (parsedate_to_datetime(header) - sent).total_seconds() <= PATIENCE_SECONDS
    else:
        assert header is None
    assert not is_deleted(api)


def test_which_requests_are_hit(api: Api) -> None:
    rule = {
        "kind": "status_before",
        "method": "get",
        "path": "/ds_production$",
        "after": 1,
        "times": 2,
        "body": "empty",
    }
    api.faults(rule)
    assert api.call("GET").status_code == 200
    assert api.call("DELETE", "/ds_absent").status_code == 404
    statuses = [api.call("GET", "/ds_production", conform=False).status_code for _number in range(5)]
    assert statuses == [200, 500, 500, 200, 200]
    assert api.control("DELETE", "faults") == []


def test_probability_is_repeatable(api: Api) -> None:
    def statuses() -> list[int]:
        api.control("POST", "random", {"seed": 5})
        return [api.call("GET", "/ds_absent", conform=False).status_code for _number in range(30)]

    api.faults({"kind": "status_before", "status": 503, "probability": 0.5})
    first = statuses()
    assert set(first) == {404, 503}
    assert statuses() == first


@pytest.mark.parametrize("seed", range(3))
def test_probability(seed: int) -> None:
    rule = Rule.from_value({"kind": "hang", "probability": 0.25})
    generator = random.Random(seed)
    hits = sum(rule.strikes(generator) for _number in range(2000))
    assert 400 < hits < 600


def test_control_api_is_spared(api: Api) -> None:
    api.faults({"kind": "reset_before"})
    api.behaviour(rate_limit={"requests": 0, "seconds": 3600})
    api.control("GET", "state")
    assert api.log() == []


@pytest.mark.parametrize(
    "rules",
    [
        5,
        [5],
        [{}],
        [{"kind": "flood"}],
        [{"kind": "hang", "seconds": 1}],
        [{"kind": "hang", "method": 1}],
        [{"kind": "hang", "path": "("}],
        [{"kind": "hang", "query": "("}],
        [{"kind": "informational", "status": 200}],
        [{"kind": "informational", "count": 0}],
        [{"kind": "compressed", "coding": "br"}],
        [{"kind": "blocked", "by": "fate"}],
        [{"kind": "odd", "work": None}],
        [{"kind": "hang", "after": -1}],
        [{"kind": "hang", "times": 1.5}],
        [{"kind": "hang", "probability": 2}],
        [{"kind": "delay", "seconds": -1}],
        [{"kind": "status_before", "status": 99}],
        [{"kind": "status_before", "body": "xml"}],
        [{"kind": "html", "work": 1}],
        [{"kind": "rate_limited", "how": "loudly"}],
        [{"kind": "hang"}, {"kind": "flood"}],
    ],
)
def test_wrong_rules_change_nothing(api: Api, rules: Any) -> None:
    error = api.control("POST", "faults", rules, status=400)["error"]
    assert error["detail"].startswith("faults:")
    assert api.control("GET", "faults") == []


def test_one_rule_without_a_list() -> None:
    faults = Faults()
    faults.add({"kind": "hang"})
    assert faults.plan("GET", "/").kind == "hang"


def test_requests_under_way_are_counted(api: Api) -> None:
    wait_until(lambda: api.control("GET", "state")["in_flight"] == 0)
    api.faults({"kind": "hang"})

    def hang() -> None:
        with pytest.raises(httpx.TimeoutException):
            httpx.get(api.url + PATH, timeout=2, trust_env=False)

    threads = [threading.Thread(target=hang) for _number in range(3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(api.log()) == 3)
    for thread in threads:
        thread.join()
    assert sorted(entry["in_flight"] for entry in api.log())[0] == 1
    wait_until(lambda: api.control("GET", "state")["in_flight"] == 0)
