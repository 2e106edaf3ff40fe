# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the HTTP client, with the one policy for trying again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Callable

from .._base.effect import Effect
from .._base.errors import ApiError, Exchange, InterruptedTaskError, NoAnswerError, sentence
from .._base.strict_json import NotJsonError, parse_json
from .._base.text import printable
from .._base.version import VERSION
from .caller import Caller, Clock, Counters
from .connection import Connection
from .gate import Gate
from .retry import RATE_LIMITED, TRANSIENT, RetryBudget, asked_wait, pause
from .transport import RawAnswer, Request, Transport, TransportError

# Sending one of these twice does the same as sending it once. The vendor documents no idempotency key, so a POST that
# may have arrived is not repeated here; nor is a PATCH, whose body was made from what was there before.
_REPEATABLE = frozenset(("GET", "PUT", "DELETE"))

# A proxy gave up waiting with these; the server may still be working on the request.
_PENDING = frozenset((408, 504, 520, 524))


@dataclass(frozen=True)
class Answer:
    """A complete answer to a request, whatever its status.

    ``content`` is the parsed body, or ``None`` if the body is no JSON (``is_json`` tells the two apart).
    ``earlier`` is what the tries of this request before this answer did on the server.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    content: Any
    is_json: bool
    earlier: Effect

    @property
    def request_id(self) -> str | None:
        """The server's own name for this request, from ``x-request-id``."""
        value = self.headers.get("x-request-id")
        return printable(value, longest=128) if value else None


class _Finishing(threading.local):
    """How many things that must come to their end this thread is at."""

    depth = 0


class _Turn(threading.local):
    """Whether this thread has a turn of the gate left, which a write got and did not use."""

    kept = False


class Client:
    """Sends requests to one service with one key, within one retry budget.

    For a caller in check mode it refuses every method but GET: that is how check mode is kept, whatever a task does.
    Safe for threads: they share the budget, and the gate that a rate limit closes for all. ``exhausted`` tells that a
    request was given up because the budget had no room for another try.
    """

    def __init__(
        self,
        connection: Connection,
        transport: Transport,
        caller: Caller,
        counters: Counters,
    ) -> None:
        self._nobody_waits = caller.abandoned
        self._finishing = _Finishing()
        self._unfinished = 0
        self._unfinished_lock = threading.Lock()
        self.read_only = caller.check_mode
        self.counters = counters
        self._abandoned = threading.Event()
        self.clock = caller.clock or Clock(sleep=self._abandoned.wait)
        self.progress = caller.progress
        self._connection = connection
        self._transport = transport
        self._budget = RetryBudget(connection.retry_timeout)
        self._gate = Gate(self.clock.monotonic)
        self._turn = _Turn()
        self.exhausted = False
        self._headers = {
            "Authorization": "Bearer " + connection.api_key,
            "Accept": "application/json",
            # No compressed answers: the limit on their size shall hold for what arrives and for what it unfolds to.
            "Accept-Encoding": "identity",
            "Connection": "keep-alive",
            "User-Agent": "ansible-community.basedash/" + VERSION,
        }

    @property
    def identity(self) -> tuple[str, str]:
        """The service and the key, which tell whose data sources this client sees. The second one is secret."""
        return self._connection.api_url, self._connection.api_key

    @property
    def patience(self) -> float:
        """The seconds that a series of requests may take: ten slow ones, and all that trying again may take."""
        return 10 * self._connection.timeout + self._connection.retry_timeout

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        check: Callable[[Effect], None] = lambda earlier: None,
    ) -> Answer:
        """Send a request, again if need be, and return the first clear answer, whatever its status.

        ``path`` is below the root of the service and percent-encoded, with a query if it needs one. ``repeatable``
        says of a POST that it changes nothing, so that it may be sent again like a GET. ``check`` is called just before
        each try, with what the earlier tries did: waiting takes time, in which what the request relies on may change.
        What it raises ends the request.

        Raises:
            NoAnswerError: if no try within the budget got one, or the request must not be repeated.
            ApiError: if a try failed for good, or if the server asks to wait for longer than the budget allows.
        """
        if self.read_only and method != "GET":
            message = "Check mode must not send %s: please report this as a bug." % method
            raise ApiError(message, Exchange(method, self._connection.api_url + path))
        request = self._request(method, path, body)
        may_repeat = repeatable or method in _REPEATABLE
        setbacks, earlier = 0, Effect.NOT_DONE
        while True:
            self._pass_gate(method)
            if not setbacks and method != "GET" and not repeatable and self.abandoned and not self._finishing.depth:
                raise InterruptedTaskError("The task was interrupted before %s %s was sent." % (method, path))
            try:
                check(earlier)
            except BaseException:
                self._turn.kept = True
                raise
            tried = self._try(request, earlier, is_first=not setbacks)
            if tried.is_final:
                return tried.answered
            setbacks += 1
            earlier = tried.effect_of_all
            if earlier.is_unclear and not may_repeat:
                mistake = "%s, and the %s is not repeated because it may have been done" % (tried.trouble, method)
                raise self._no_answer(request, tried, sentence(mistake, "look in Basedash first"))
            self._wait_after(request, tried, setbacks)

    def _try(self, request: Request, earlier: Effect, is_first: bool) -> _Try:
        """Send a request once.

        Raises:
            NoAnswerError: if it failed for good.
        """
        self.counters.count(requests=1)
        started = self.clock.monotonic()
        try:
            answer = self._answer(request, self._transport.send(request, self._connection.timeout), earlier)
            asked = asked_wait(answer.status, answer.headers, answer.content, self.clock.now())
            tried = _Try(earlier, answer, _answered(answer), "run the task again later", asked)
        except TransportError as error:
            if not error.transient:
                raise self._failed(request, error, earlier) from error
            tried = _Try(earlier, None, str(error), error.advice, None, _effect(error))
        finally:
            if not is_first:
                self._budget.spend(started, self.clock.monotonic())
        if not tried.is_limited:
            self._gate.granted()
        return tried

    def _wait_after(self, request: Request, tried: _Try, setbacks: int) -> None:
        """Wait before another try.

        Raises:
            NoAnswerError: if the budget has no room for that.
        """
        wait = pause(setbacks, tried.asked, self.clock.random)
        # A wait that is too long for the budget ends this request, and must not hold those of others.
        if tried.is_limited and self._budget.allows(self.clock.monotonic(), wait):
            self._gate.refused(wait, tried.asked)
        path = request.url[len(self._connection.api_url) :].partition("?")[0]
        if self.wait(wait, "%s %s: %s" % (request.method, path, tried.trouble)):
            return
        self.exhausted = True
        tries = "%d %s" % (setbacks, "try" if setbacks == 1 else "tries")
        message = sentence("%s, after %s" % (tried.trouble, tries), tried.advice)
        raise self._no_answer(request, tried, message if tried.asked is None else self._too_long(tried, tried.asked))

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the task any more, so that nothing shall begin or be tried again.

        What is under way comes to its end: a data source that was just created still gets its access.
        """
        return self._abandoned.is_set() or self._nobody_waits()

    def abandon(self) -> None:
        """Note that the task was interrupted, and end all waiting. Safe for threads."""
        self._abandoned.set()

    @property
    def unfinished(self) -> bool:
        """Whether a thread is at something that must come to its end, see ``finishing``."""
        return self._unfinished > 0

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Do something that must come to its end even if the task is abandoned meanwhile.

        A data source that was just created is open to the whole organization until its access is set.
        """
        with self._unfinished_lock:
            self._unfinished += 1
        self._finishing.depth += 1
        try:
            yield
        finally:
            self._finishing.depth -= 1
            with self._unfinished_lock:
                self._unfinished -= 1

    def back_off(self, setbacks: int, why: str) -> bool:
        """Wait as before another try, after the ``setbacks``-th setback in a row, or return false without the time.

        For those who have to look at what a request did before they may repeat it.
        """
        return self.wait(pause(setbacks, None, self.clock.random), why)

    def wait(self, seconds: float, why: str) -> bool:
        """Wait for so long within the retry budget, or return false at once if it has no room for that.

        Also false if the task was abandoned, before or meanwhile, unless this thread is ``finishing``.
        """
        if (self.abandoned and not self._finishing.depth) or not self._budget.allows(self.clock.monotonic(), seconds):
            return False
        self.progress("%s; trying again in %.1f seconds" % (why, seconds))
        now = self.clock.monotonic()
        self._budget.spend(now, now + seconds)
        self.counters.count(retries=1, wait_seconds=seconds)
        # Once the task is abandoned, its own sleep ends at once.
        (time.sleep if self._abandoned.is_set() else self.clock.sleep)(seconds)
        return not self.abandoned or self._finishing.depth > 0

    def _pass_gate(self, method: str) -> None:
        if method != "GET" and self._turn.kept:
            # Its turn came when what it relies on was too old. At a slow pace it would be so at each further turn.
            self._turn.kept = False
            delay = self._gate.delay() if self._gate.closed else 0.0
        else:
            delay = self._gate.delay()
        while delay > 0 and not self.abandoned:
            self.clock.sleep(delay)
            delay = self._gate.delay() if self._gate.closed else 0.0

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None) -> Request:
        url = self._connection.api_url + path
        if body is None:
            return Request(method, url, self._headers)
        headers = {**self._headers, "Content-Type": "application/json"}
        return Request(method, url, headers, json.dumps(body).encode())

    @staticmethod
    def _answer(request: Request, raw: RawAnswer, earlier: Effect) -> Answer:
        try:
            content, is_json = parse_json(raw.body), True
        except NotJsonError:
            content, is_json = None, False
        return Answer(request.method, request.url, raw.status, raw.headers, raw.body, content, is_json, earlier)

    @staticmethod
    def _failed(request: Request, error: TransportError, earlier: Effect) -> ApiError:
        effect = earlier if earlier.is_unclear else _effect(error)
        message = sentence(str(error), error.advice)
        return NoAnswerError(message, Exchange(request.method, request.url), effect)

    def _too_long(self, tried: _Try, asked: float) -> str:
        answer = tried.answer
        status, said = (answer.status, said_by(answer.content)) if answer is not None else (RATE_LIMITED, "")
        return sentence(
            "the server asks to wait %.1f seconds (%d%s), and retry_timeout leaves %.1f"
            % (asked, status, said, self._budget.left),
            "raise retry_timeout, or run the task again later",
        )

    @staticmethod
    def _no_answer(request: Request, tried: _Try, message: str) -> ApiError:
        exchange = Exchange(request.method, request.url)
        if tried.answer is not None:
            exchange = exchange_of(tried.answer)
        return NoAnswerError(message, exchange, tried.effect_of_all)


@dataclass(frozen=True)
class _Try:
    """One try of a request: the answer if one came, what went wrong if something did, and what to do about it.

    ``earlier`` is what the tries before did on the server, and ``lost`` what this one did if no answer came. ``asked``
    are the seconds that the server asks to wait.
    """

    earlier: Effect
    answer: Answer | None
    trouble: str
    advice: str
    asked: float | None
    lost: Effect = Effect.UNKNOWN

    @property
    def is_limited(self) -> bool:
        """Whether a rate limit refused it, so that nothing was done."""
        return self.answer is not None and self.answer.status == RATE_LIMITED

    @property
    def is_final(self) -> bool:
        """Whether the answer is clear."""
        return self.answer is not None and not self.is_limited and not _may_pass(self.answer)

    @property
    def answered(self) -> Answer:
        """The answer of a try that got one."""
        if self.answer is None:
            raise ValueError("there is no answer")
        return self.answer

    @property
    def effect_of_all(self) -> Effect:
        """What this try and those before it did on the server."""
        this = self.lost
        if self.answer is not None and self.answer.status in _PENDING:
            this = Effect.MAY_COME
        if self.is_limited or not this.is_unclear or self.earlier is Effect.MAY_COME:
            return self.earlier
        return this


def _effect(error: TransportError) -> Effect:
    """Return what a request did on the server that got no answer."""
    if not error.sent:
        return Effect.NOT_DONE
    return Effect.MAY_COME if error.timed_out else Effect.UNKNOWN


def _answered(answer: Answer) -> str:
    """Say which error came, and from whom, as far as that is known."""
    said = said_by(answer.content)
    who = "Basedash" if said else "the server or a proxy on the way"
    return "%s answered with an error (%d%s)" % (who, answer.status, said)


def exchange_of(answer: Answer) -> Exchange:
    """Return what an answer tells of a request that failed."""
    title, detail = error_texts(answer.content)
    return Exchange(
        answer.method, answer.url, answer.status, title, detail, answer.request_id, field_errors(answer.content)
    )


def said_by(content: Any) -> str:
    """Return what the API's own error body says, as it continues a status in a message; empty without one."""
    said = [error_texts(content)[1], *("%s: %s" % item for item in field_errors(content).items())]
    return ": " + "; ".join(one.rstrip(".") for one in said if one) if any(said) else ""


def _may_pass(answer: Answer) -> bool:
    """Tell whether another try may be answered otherwise. Messages about single fields stay, whatever the status."""
    return answer.status in TRANSIENT and not field_errors(answer.content)


def error_texts(content: Any) -> tuple[str | None, str | None]:
    """Return title and detail of the API's own error body, or ``None`` twice if ``content`` is none.

    Its form is on the vendor's DELETE page: ``{"error": {"title": "...", "detail": "..."}}``, both required.
    """
    error = content.get("error") if isinstance(content, dict) else None
    if isinstance(error, dict) and isinstance(error.get("title"), str) and isinstance(error.get("detail"), str):
        return printable(error["title"]), printable(error["detail"], longest=2000)
    return None, None


def field_errors(content: Any) -> dict[str, str]:
    """Return the messages about single fields, by the API's names, wherever an answer has them."""
    if not isinstance(content, dict):
        return {}
    for place in (content.get("error"), content.get("data"), content):
        errors = place.get("fieldErrors") if isinstance(place, dict) else None
        if isinstance(errors, dict) and errors:
            return {printable(name, longest=100): printable(_joined(words)) for name, words in errors.items()}
    return {}


def _joined(words: Any) -> Any:
    return "; ".join(map(str, words)) if isinstance(words, list) else words
