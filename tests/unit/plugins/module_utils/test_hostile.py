# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Thousands of answers made to mislead: every verdict is checked against what the answers, read on their own, prove.

The answers come from seeds and not from hypothesis, which is too slow for so many. A case that fails is repeated with
its number, which the failure shows.
"""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    Report,
    Task,
)
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    INFO,
    KEY,
    ONE,
    PAGE,
    READ,
    SOURCE,
    SOURCES,
    URL,
    Wire,
    absent,
    answer,
    error,
    execute,
    page,
    resource,
)

ANSWERS = 12_000
PARTS = 8

NAME = "preview-42"
UNCLEAR = (408, 500, 502, 503, 504, 520, 521, 522, 523, 524)
TEXTS = (
    *(
        "ds_1",
        "ds_1",
        NAME,
        NAME,
        "ds_2",
        "",
        " ",
        ".",
        "..",
        "../ds_1",
        "a/b",
        "'\"\\",
        "%2e%2e",
        "null",
        "[",
        "http://[",
    ),
    *(
        "\x00\x1b[31m",
        "\r\nX: y",
        "\u202eabc\u2066",
        "\u2028",
        "😀🏴\u200d☠️",
        "\ud800",
        "é" * 300,
        "x" * 5000,
        "{{ 1 }}",
    ),
    *(
        KEY,
        KEY[:9] + "...",
        "a" * 290 + KEY,
        "preview\u00ad-42",
        NAME.upper(),
        "ds_1\u200b",
        "Bearer " + KEY,
        quote(KEY),
    ),
)
SCALARS: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2**53, 10**400, 1.5, -0.0, 1e308, 5432, "5432", "true", [], {})
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"content-type": "text/html"},
    {"content-type": "application/json; charset=utf-16"},
    {"location": "/elsewhere"},
    {"location": "http://["},
    {"location": "https://user:%s@evil.example.com/" % KEY},
    {"location": "//\u2100.example.com"},
    {"retry-after": "1"},
    {"retry-after": "-1"},
    {"retry-after": "1e9"},
    {"retry-after": "9" * 400},
    {"retry-after": "Mon, 31 Dec 9999 23:59:59 -2359", "date": "Mon, 01 Jan 0001 00:00:00 +2359"},
    {"retry-after": "\u0661"},
    {"x-request-id": KEY},
    {"x-request-id": "\x1b]0;title\x07" + "r" * 500},
)
BODIES = (
    *(
        b"",
        b" \r\n",
        b"<html>",
        b"null",
        b"{}",
        b"[]",
        b"true",
        b'"gone"',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"\x00",
    ),
    *(
        b'{"data": NaN}',
        b'{"data": {"id": "ds_1", "port": 1e999}}',
        b'{"data": [], "data": {}}',
        b"9" * 5000,
        b'{"data": "',
        b"{} {}",
    ),
    *(
        b"[" * 100_000,
        b'{"data":' * 100_000,
        b'{"data":' + b"[" * 700 + b"]" * 700 + b"}",
        b'{"error":' + b'{"error":' * 400,
    ),
    b'{"data": {"id": "ds_1", "displayName": %s, "isBasedashWarehouse": false}}' % (b"[" * 940 + b"]" * 940),
    b'{"data": {"id": "ds_1", "displayName": %s}}' % (b'{"a":' * 900 + b"1" + b"}" * 900),
)


class Generator:
    """Makes one answer after the other, most of them nearly right for their request."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def pick(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def text(self) -> str:
        return str(self.pick(*TEXTS))

    def value(self, depth: int = 0) -> Any:
        kind = self._random.random()
        if kind < 0.4:
            return self.text()
        if kind < 0.8 or depth > 3:
            return self.pick(*SCALARS)
        values = [self.value(depth + 1) for _number in range(self._random.randrange(4))]
        return values if kind < 0.9 else {self.text(): value for value in values}

    def resource(self) -> Any:
        if self.chance(0.05):
            return self.value()
        made = resource(self.pick("ds_1", "ds_1", "ds_2", "ds_3"), self.pick(NAME, NAME, "other"))
        for _number in range(self.pick(0, 0, 0, 1, 1, 5)):
            made[self.pick("id", "displayName", "isBasedashWarehouse", *made)] = self.value()
        if self.chance(0.05):
            del made[self.pick("id", "displayName", "isBasedashWarehouse")]
        return made

    def pagination(self) -> Any:
        cursor = self.pick("c1", "c2", "c%d" % self._random.randrange(1000), *TEXTS)
        return self.pick(
            *[{"nextCursor": None, "hasMore": False}] * 6,
            *[{"nextCursor": cursor, "hasMore": True}] * 4,
            {"nextCursor": cursor},
            {"nextCursor": None},
            {"nextCursor": cursor, "hasMore": False},
            {"nextCursor": None, "hasMore": True},
            {"nextCursor": self.value(), "hasMore": self.value()},
            {},
            None,
            self.value(),
        )

    def content(self, listing: bool) -> Any:
        if self.chance(0.1):
            return self.value()
        if self.chance(0.05):
            listing = not listing
        if not listing:
            content: Any = {"data": self.resource()}
        else:
            resources = [
                self.resource() for _number in range(self.pick(0, 1, 1, 2, 3, 100 if self.chance(0.02) else 2))
            ]
            content = {"data": resources, "pagination": self.pagination()}
        if self.chance(0.03):
            del content[self.pick(*content)]
        if self.chance(0.05):
            content[self.pick("error", "success", "data", "pagination")] = self.value()
        if self.chance(0.03) and not listing:
            content = content.get("data")
        return content

    def error(self) -> RawAnswer:
        status = self.pick(404, 404, 404, 404, 429, 500, 502, 503, 401, 403, 405, 501, 400, 409, 302)
        if self.chance(0.6):
            return error(status, self.text(), self.text(), **({"retryAfterMs": self.value()} if status == 429 else {}))
        if self.chance(0.5):
            return answer(status, {"error": self.value()}, self.pick(*HEADERS))
        return RawAnswer(status, self.pick(*HEADERS), self.pick(*BODIES))

    def reaction(self, request: Request) -> RawAnswer | TransportError:
        kind = self._random.random()
        if kind < 0.08:
            return TransportError("it broke", sent=self.chance(0.7), transient=self.chance(0.8))
        if kind < 0.4:
            return self.error()
        status = self.pick(*[200] * 20, 201, 202, 204, 206, 299, 301, 304, self._random.randrange(100, 1000))
        if kind < 0.5:
            return RawAnswer(status, self.pick(*HEADERS), self.pick(*BODIES))
        return RawAnswer(status, self.pick(*HEADERS), json.dumps(self.content("?" in request.url)).encode())


class Hostile(Wire):
    """Answers every request with a generated answer, and keeps both."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator
        self.log: list[tuple[Request, RawAnswer | TransportError]] = []

    def send(self, request: Request, timeout: float) -> RawAnswer:
        reaction = self.generator.reaction(request)
        self.log.append((request, reaction))
        self.time += 0.01
        if isinstance(reaction, TransportError):
            raise reaction
        return reaction


# What an answer proves, read on its own and told without the plugins' code.


def parsed(reaction: RawAnswer | TransportError) -> Any:
    """Return the JSON of an answer with success, or ``None``."""
    if isinstance(reaction, TransportError) or not 200 <= reaction.status < 300:
        return None
    try:
        return json.loads(reaction.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def honest(content: Any) -> bool:
    return isinstance(content, dict) and content.get("error") is None and content.get("success") is not False


def own_404(reaction: RawAnswer | TransportError) -> bool:
    if isinstance(reaction, TransportError) or reaction.status != 404:
        return False
    try:
        body = json.loads(reaction.body)["error"]
        return isinstance(body["title"], str) and isinstance(body["detail"], str)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def identifier(item: Any) -> str | None:
    value = item.get("id") if isinstance(item, dict) else None
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return None
    text = str(value)
    unusable = text.strip() in ("", ".", "..") or "\ud800" in text or len(text) > 1000
    return None if unusable else text


def lists(log: list[tuple[Request, RawAnswer | TransportError]]) -> list[list[dict[str, Any]]]:
    """Return the items of each list that came to its end, page by page, each asked for with the cursor before."""
    complete: list[list[dict[str, Any]]] = []
    items: list[dict[str, Any]] = []
    cursor: Any = None
    for request, reaction in log:
        content = parsed(reaction)
        if "?limit=100" not in request.url or content is None:
            continue
        asked = parse_qs(urlsplit(request.url).query, keep_blank_values=True).get("cursor")
        if asked is None:
            items, cursor = [], None
        elif cursor is None or asked != [cursor]:
            continue
        if not honest(content) or not isinstance(content.get("data"), list):
            continue
        if any(identifier(item) is None for item in content["data"]):
            continue
        items = items + content["data"]
        pagination = content.get("pagination")
        cursor = pagination.get("nextCursor") if isinstance(pagination, dict) else None
        if pagination is None:
            ended = 0 < len(content["data"]) < 100
        elif isinstance(pagination, dict):
            more = pagination.get("hasMore")
            ended = more is False or (more is None and "nextCursor" in pagination and cursor in (None, ""))
        else:
            ended = False
        if ended:
            complete.append(items)
    return complete


def singles(log: list[tuple[Request, RawAnswer | TransportError]]) -> list[dict[str, Any]]:
    """Return what single GETs gave."""
    found = []
    for request, reaction in log:
        content = parsed(reaction)
        if request.method == "GET" and "?" not in request.url and honest(content):
            data = content.get("data", content)
            if identifier(data) is not None:
                found.append(data)
    return found


def deletes(log: list[tuple[Request, RawAnswer | TransportError]]) -> list[RawAnswer | TransportError]:
    return [reaction for request, reaction in log if request.method == "DELETE"]


def clearly_deleted(reaction: RawAnswer | TransportError, wanted: str) -> bool:
    if isinstance(reaction, TransportError) or not 200 <= reaction.status < 300:
        return False
    if not reaction.body.strip():
        return True
    try:
        content = json.loads(reaction.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    data = content.get("data", content) if isinstance(content, dict) else content
    return data in (None, "", [], {}) or (honest(content) and identifier(data) == wanted)


def left_open(reaction: RawAnswer | TransportError, wanted: str) -> bool:
    """Tell whether this is a success by its status that says something else in its JSON."""
    success = not isinstance(reaction, TransportError) and 200 <= reaction.status < 300
    return success and parsed(reaction) is not None and not clearly_deleted(reaction, wanted)


def shown_gone(log: list[tuple[Request, RawAnswer | TransportError]], wanted: str) -> bool:
    """Tell whether a reading after the last DELETE shows that the data source is gone."""
    last = max(number for number, (request, _reaction) in enumerate(log) if request.method == "DELETE")
    after = log[last + 1 :]
    return any(own_404(reaction) for _request, reaction in after) or any(
        not any(identifier(item) == wanted for item in items) for items in lists(after)
    )


def unclear(reaction: RawAnswer | TransportError) -> bool:
    if isinstance(reaction, TransportError):
        return reaction.sent and reaction.transient
    return reaction.status in UNCLEAR


def run(task: Task, options: dict[str, Any], wire: Wire, check_mode: bool = False) -> Report:
    """Run a task; whatever came, its report is one that Ansible can show and that holds no key."""
    said: list[str] = []
    report = execute(
        task, options, check_mode=check_mode, diff_mode=True, transport=wire, clock=wire.clock(), progress=said.append
    )
    output = json.dumps(report.result, allow_nan=False) + json.dumps([report.warnings, said])
    assert KEY not in output
    assert KEY[:9] + "..." not in output
    assert "Unexpected" not in str(report.result.get("msg")), report.result["msg"]
    for line in (str(report.result.get("msg", "")), *report.warnings):
        assert line.isprintable()
        assert len(line) < 4000
    assert json.dumps(report.result, ensure_ascii=False).encode()
    assert report.result["msg"] if report.failed else True
    assert wire.time < 3 * (10 * 30 + 20) + 200
    return report


def check_deletion(case: int) -> int:
    """Run one deletion against generated answers, and return how many came."""
    generator = Generator(case)
    wire = Hostile(generator)
    by = generator.pick("id", "id", "name", "both", "force")
    check_mode, verify = generator.chance(0.2), generator.chance(0.8)
    options = {**ABSENT, "verify_absence": verify, "missing_ok": generator.chance(0.8), "retry_timeout": 20.0}
    options.update(
        id=None if by == "name" else "ds_1", name=NAME if by in ("name", "both") else None, force=by == "force"
    )
    report = run(SOURCE, options, wire, check_mode)
    log = wire.log
    tries = deletes(log)
    seen = [*singles(log), *(item for items in lists(log) for item in items)]
    wanted = "ds_1"
    if tries:
        assert not check_mode
        urls = {request.url for request, _reaction in log if request.method == "DELETE"}
        assert len(urls) == 1
        wanted = urls.pop()[len(URL + SOURCES) + 1 :]
        if by == "name":
            named = [identifier(item) for item in lists(log)[0] if item.get("displayName") == NAME]
            assert set(named) == {identifier({"id": unquoted(wanted)})}
        else:
            assert wanted == "ds_1"
        if by != "force" and seen:
            # The guards: what was read first is what may go.
            first = next(item for item in seen if identifier(item) == unquoted(wanted))
            assert first.get("isBasedashWarehouse") in (None, False)
            assert by == "id" or first.get("displayName") == NAME
    if report.result["changed"]:
        assert not report.failed
        if check_mode:
            assert report.warnings or any(identifier(item) == "ds_1" or by == "name" for item in seen)
        elif left_open(tries[-1], unquoted(wanted)):
            assert shown_gone(log, unquoted(wanted))
        elif not clearly_deleted(tries[-1], unquoted(wanted)):
            assert own_404(tries[-1])
            assert any(unclear(one) for one in tries[:-1])
            if verify and not report.warnings:
                assert seen
    elif not report.failed:
        assert not any(clearly_deleted(one, unquoted(wanted)) for one in tries)
        if tries:
            assert own_404(tries[-1])
            assert not any(unclear(one) for one in tries[:-1])
        proofs = [
            items
            for items in lists(log)
            if not any(
                item.get("displayName") == NAME if by == "name" else identifier(item) == "ds_1" for item in items
            )
        ]
        by_word = any(own_404(one) for _request, one in log) and (not verify or bool(report.warnings))
        # After the DELETE's own 404 the single GET that worked before proves as much as a list.
        assert proofs or by_word or (tries and own_404(log[-1][1]))
    return len(log)


def unquoted(segment: str) -> str:
    return parse_qs("x=" + segment.replace("+", "%2B"))["x"][0]


def check_reading(case: int) -> int:
    """Run the info module's task against generated answers, and return how many came."""
    generator = Generator(-case)
    wire = Hostile(generator)
    options: dict[str, Any] = {**INFO, "retry_timeout": 20.0, "id": generator.pick(None, None, "ds_1")}
    report = run(READ, options, wire)
    assert not report.result["changed"]
    assert {request.method for request, _reaction in wire.log} <= {"GET"}
    if report.failed:
        assert "data_sources" not in report.result
        return len(wire.log)
    shown = report.result["data_sources"]
    if options["id"] is None:
        whole = lists(wire.log)[-1]
        assert len(shown) == len({identifier(item) for item in whole})
    elif shown:
        assert [one["id"] for one in shown] == ["ds_1"]
    else:
        assert not any(identifier(item) == "ds_1" for item in lists(wire.log)[-1])
    return len(wire.log)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_generated_answer_misleads(part: int) -> None:
    answers, case, verdicts = 0, part, 0
    while answers < ANSWERS // PARTS:
        case += PARTS
        verdicts += 1
        try:
            answers += (check_deletion if case // PARTS % 4 else check_reading)(case)
        except Exception as problem:
            raise AssertionError("case %d" % case) from problem
    assert answers >= ANSWERS // PARTS
    assert verdicts >= ANSWERS // PARTS // 8


class Pages(Wire):
    """Lists without end: page after page, each made by ``make`` from its number."""

    def __init__(self, make: Any, seconds: float = 0.1) -> None:
        super().__init__()
        self.make = make
        self.seconds = seconds

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        self.time += self.seconds
        made: RawAnswer = self.make(len(self.sent))
        return made


@pytest.mark.parametrize(
    ("make", "seconds", "words", "most"),
    [
        (lambda number: page(resource("ds_%d" % number), cursor="c%d" % number), 0.1, "more than 1000 pages", 1000),
        (lambda number: page(resource("ds_%d" % number), cursor="c%d" % number), 25.0, "after 420 seconds", 17),
        (lambda number: page(resource("ds_2"), cursor="c%d" % number), 0.1, "nothing new", 2),
        (lambda number: page(cursor="c%d" % number), 0.1, "nothing new", 1),
        (lambda number: page(resource("ds_%d" % number), cursor="same"), 0.1, "a cursor that it gave before", 2),
        (lambda number: page(resource("ds_%d" % number), cursor="c%d" % (number % 3)), 0.1, "gave before", 4),
        (
            lambda number: page(resource("ds_%d" % number, "x" * 5_000_000), cursor="c%d" % number),
            0.1,
            "more than 32 MB",
            7,
        ),
    ],
    ids=["new ones", "slow ones", "the same ones", "empty ones", "one cursor", "cursors in a circle", "large ones"],
)
def test_list_without_end(make: Any, seconds: float, words: str, most: int) -> None:
    for task, options in ((SOURCE, {**ABSENT, "name": NAME}), (READ, INFO)):
        wire = Pages(make, seconds)
        report = execute(task, options, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
        assert report.failed
        assert words in report.result["msg"]
        assert len(wire.sent) <= most
        assert {request.method for request in wire.sent} == {"GET"}


@pytest.mark.parametrize("odd", ["..", ".", " ", "\ud800", "x" * 1001])
def test_odd_id_in_a_list_is_never_put_into_a_path(odd: str) -> None:
    report = absent(("GET", PAGE, page(resource(odd))), name=NAME)
    assert report.failed
    assert "without a usable id" in report.result["msg"]


def test_list_that_contradicts_itself_proves_nothing() -> None:
    for other in (resource("ds_1", "other"), resource("ds_1", isBasedashWarehouse=True)):
        report = absent(("GET", PAGE, page(resource(), other)), name=NAME)
        assert report.failed
        assert "otherwise" in report.result["msg"]


@pytest.mark.parametrize("location", ["http://[", "//\u2100.example.com"])
def test_redirect_to_what_is_no_url(location: str) -> None:
    report = absent(("GET", ONE, answer(302, None, {"location": location})), id="ds_1")
    assert "redirects to what is no URL" in report.result["msg"]
