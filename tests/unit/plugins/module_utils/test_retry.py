# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One test for each row of the retry policy."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._base.errors import ApiError, NoAnswerError
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller, Counters
from ansible_collections.community.basedash.plugins.module_utils._http.client import Client
from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.retry import asked_wait, pause
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    CONNECTION,
    NOT_FOUND,
    ONE,
    PAGE,
    REFUSED,
    RESET,
    SOURCE,
    TIMED_OUT,
    UNTRUSTED,
    Wire,
    absent,
    answer,
    error,
    found,
    page,
    run,
)

CUT_OFF = TransportError("the answer was cut off", sent=True, transient=True)
TRANSIENT = [
    RESET,
    REFUSED,
    TIMED_OUT,
    CUT_OFF,
    *(answer(status, "<html>") for status in (500, 502, 503, 504, 408, 522)),
]


def client(wire: Wire, read_only: bool = False, **options: Any) -> Client:
    connection = Connection.from_options({**CONNECTION, **options})
    return Client(connection, wire, Caller(wire, check_mode=read_only, clock=wire.clock()), Counters())


class Anything(Wire):
    """Answers whatever is asked with the next of the reactions."""

    def __init__(self, *reactions: RawAnswer | TransportError) -> None:
        super().__init__()
        self.reactions = list(reactions)

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        reaction = self.reactions.pop(0)
        if isinstance(reaction, TransportError):
            raise reaction
        return reaction


@pytest.mark.parametrize("seconds", ["3600", "999999999999"])
def test_a_wait_that_is_too_long_for_one_request_holds_no_other(seconds: str) -> None:
    wire = Anything(answer(429, None, {"retry-after": seconds}), answer(200, {}))
    api = client(wire)
    with pytest.raises(NoAnswerError):
        api.request("GET", "/one")
    assert api.exhausted
    assert api.request("GET", "/other").status == 200
    assert wire.slept == []


@pytest.mark.parametrize("reaction", TRANSIENT)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_transient_is_repeated(method: str, reaction: Any) -> None:
    wire = Anything(reaction, reaction, answer(200, {}))
    reply = client(wire).request(method, "/x")
    assert reply.status == 200
    assert len(wire.sent) == 3
    assert wire.slept == [0.25, 0.5]
    assert reply.earlier.is_unclear == (reaction is not REFUSED)


@pytest.mark.parametrize("reaction", [one for one in TRANSIENT if one is not REFUSED])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_have_been_done_is_not_repeated_blindly(method: str, reaction: Any) -> None:
    wire = Anything(reaction)
    words = ", and the %s is not repeated because it may have been done: look in Basedash first." % method
    with pytest.raises(NoAnswerError, match=words) as failure:
        client(wire).request(method, "/x", body={"a": 1})
    assert failure.value.effect.is_unclear
    assert wire.slept == []


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("reaction", [REFUSED, error(429, retryAfterMs=1000)])
def test_what_was_not_done_is_repeated(method: str, reaction: Any) -> None:
    wire = Anything(reaction, answer(201, {}))
    assert client(wire).request(method, "/x", body={"a": 1}).status == 201
    assert wire.sent[0].body == b'{"a": 1}'
    assert wire.sent[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 401, 403, 404, 405, 409, 422, 501])
def test_final_at_once(status: int) -> None:
    wire = Anything(answer(status))
    assert client(wire).request("GET", "/x").status == status


def test_certificate_failure_is_final() -> None:
    wire = Anything(UNTRUSTED)
    with pytest.raises(NoAnswerError, match="not trusted") as failure:
        client(wire).request("DELETE", "/x")
    assert not failure.value.effect.is_unclear


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "get"])
def test_check_mode_refuses_all_but_get(method: str) -> None:
    wire = Anything()
    with pytest.raises(ApiError, match="Check mode"):
        client(wire, read_only=True).request(method, "/x")
    assert wire.sent == []


@pytest.mark.parametrize(
    ("reaction", "least"),
    [
        (error(429, "slow down", "RateLimitExceeded", retryAfterMs=2500), 2.5),
        (error(429, "slow down", "RateLimitExceeded", retryAfterMs=0.5), 0.0005),
        (answer(429, None, {"retry-after": "7"}), 7.0),
        (answer(429, None, {"retry-after": "Tue, 24 Nov 2026 12:00:09 GMT"}), 9.0),
        (
            answer(
                429, None, {"retry-after": "Tue, 24 Nov 2026 10:00:05 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}
            ),
            5.0,
        ),
        (answer(503, "<html>", {"retry-after": "3"}), 3.0),
    ],
)
def test_the_time_that_the_server_asks_for(reaction: Any, least: float) -> None:
    report = absent(("GET", ONE, reaction), ("GET", ONE, found()), ("DELETE", ONE, found()), id="ds_1")
    assert least < report.result["api"]["wait_seconds"] <= least + 0.6


@pytest.mark.parametrize(
    "reaction",
    [
        answer(429),
        answer(429, "<html>slow down</html>"),
        error(429, retryAfterMs="soon"),
        error(429, retryAfterMs=True),
        error(429, retryAfterMs=None),
        answer(429, '{"error": {"retryAfterMs": 1e999}}'),
        answer(429, '{"error": {"retryAfterMs": 1%s}}' % ("0" * 400)),
        answer(429, None, {"retry-after": "soon"}),
        answer(429, None, {"retry-after": "٣"}),
        answer(429, None, {"retry-after": "Tue, 99 Nov 2026 99:00:09 GMT"}),
    ],
)
def test_429_without_a_usable_time(reaction: Any) -> None:
    report = absent(("GET", ONE, reaction), ("GET", ONE, found()), ("DELETE", ONE, found()), id="ds_1")
    assert report.result["api"] == {"requests": 3, "retries": 1, "wait_seconds": 0.25}


@pytest.mark.parametrize("asked", [-5, 0])
def test_server_that_asks_for_no_time_is_not_hammered(asked: int) -> None:
    limited = ("GET", ONE, error(429, retryAfterMs=asked))
    report = absent(*[limited] * 6, ("GET", ONE, found()), ("DELETE", ONE, found()), id="ds_1")
    assert report.result["api"]["wait_seconds"] > 2


def test_server_asks_for_longer_than_the_budget() -> None:
    report = absent(("GET", ONE, error(429, "slow down", retryAfterMs=300000)), id="ds_1")
    assert report.failed
    assert "asks to wait 300.0 seconds" in report.result["msg"]
    assert report.result["error"]["status"] == 429
    assert report.result["error"]["detail"] == "slow down"
    assert report.result["api"]["wait_seconds"] == 0


@pytest.mark.parametrize("reaction", [RESET, REFUSED, TIMED_OUT, answer(503), error(429, retryAfterMs=0)])
def test_budget_of_zero(reaction: Any) -> None:
    report = absent(("GET", ONE, reaction), id="ds_1", retry_timeout=0.0)
    assert report.failed
    assert report.result["api"]["retries"] == 0


def test_budget_is_one_for_the_whole_task() -> None:
    wire = Wire(
        ("GET", ONE, error(429, retryAfterMs=6000)),
        ("GET", ONE, NOT_FOUND),
        ("GET", PAGE, error(429, retryAfterMs=6000)),
    )
    report = run(SOURCE, wire, {**ABSENT, "id": "ds_1", "retry_timeout": 10.0})
    assert report.failed
    assert report.result["api"]["retries"] == 1


def test_budget_counts_the_time_of_repeated_tries() -> None:
    wire = Wire(*[("GET", ONE, TIMED_OUT)] * 5)
    wire.seconds_per_request = 30.0
    report = run(SOURCE, wire, {**ABSENT, "id": "ds_1", "retry_timeout": 120.0})
    assert report.failed
    # The first try is no retry; four more and their pauses are more than 120 seconds.
    assert wire.time <= 30 + 120 + 30


def test_budget_is_exceeded_by_no_more_than_one_request() -> None:
    for seconds in (0.0, 1.0, 7.0, 29.0):
        wire = Anything(*[answer(503)] * 1000)
        wire.seconds_per_request = seconds
        with pytest.raises(NoAnswerError):
            client(wire, retry_timeout=60.0).request("GET", "/x")
        assert wire.time <= 60 + 30 + 30


def test_pauses_grow_and_end() -> None:
    pauses = [pause(setback, None, lambda: 1.0) for setback in (1, 2, 3, 4, 5, 6, 7, 8, 100)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert pause(3, None, lambda: 0.0) > 0


def test_wait_of_an_answer_that_is_not_429_is_not_taken_from_its_body() -> None:
    wire = Wire()
    content = {"error": {"retryAfterMs": 5000}}
    assert asked_wait(503, {}, content, wire.clock().now()) is None


def test_progress_says_what_is_waited_for() -> None:
    said: list[str] = []
    wire = Anything(RESET, answer(200, {}))
    one = client(wire)
    one.progress = said.append
    one.request("GET", "/x")
    assert said == ["GET /x: the connection was closed without an answer; trying again in 0.2 seconds"]


def test_list_that_fails_in_the_middle_is_no_list() -> None:
    report = absent(
        ("GET", PAGE, page({"id": "ds_2", "displayName": "x"}, cursor="ds_2")),
        ("GET", PAGE + "&cursor=ds_2", RESET),
        name="preview-42",
        retry_timeout=0.0,
    )
    assert report.failed
