# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the HTTP client, with the only retry policy."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Callable

from .._base.effect import Effect
from .._base.errors import ApiError, Exchange, InterruptedTaskError, NoAnswerError, sentence
from .._base.strict_json import NotJsonError, parse_json
from .._base.text import printable
from .._base.version import VERSION
from .caller import Caller, Clock, Counters
from .connection import Connection
from .gate import Gate
from .retry import RATE_LIMITED, TRANSIENT, RetryBudget, asked_wait, http_date, pause
from .transport import RawAnswer, Request, Transport, TransportError

# These methods are idempotent. The vendor documents no idempotency key, so a POST that may have arrived is not repeated
# here. A PATCH is not repeated either, because its body was made from a reading that may be outdated by then.
_REPEATABLE = frozenset(("GET", "PUT", "DELETE"))

# A proxy gave up waiting with these; the server may still be working on the request.
_PENDING = frozenset((408, 504, 520, 524))


@dataclass(frozen=True)
class Answer:
    """A complete answer to a request, whatever its status.

    ``content`` is the parsed body, or ``None`` if the body is no JSON (``is_json`` distinguishes this from null).
    ``earlier`` is the effect of earlier tries of this request on the server.
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
        """The server's own id of this request, from ``x-request-id``."""
        value = self.headers.get("x-request-id")
        return printable(value, longest=128) if value else None


class _Finishing(threading.local):
    """How many unfinished pieces of work, which must not be interrupted, this thread has."""

    depth = 0


class _Turn(threading.local):
    """Whether this thread still has a turn of the gate, because a write got the turn but did not use it."""

    kept = False


class Client:
    """Sends requests to one service with one key, within one retry budget.

    In check mode it refuses every method except GET, so that no task can write by mistake. It is safe for threads. All
    threads share the budget and the gate, which a rate limit closes for all of them. ``exhausted`` tells that a request
    failed because the budget did not allow another try.
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
        self.hide: Callable[[Iterable[str]], None] = lambda texts: None
        """Call this with secrets that only the task itself finds, so that they are masked."""
        self._date: datetime | None = None
        self._headers = {
            **({"Authorization": "Bearer " + connection.api_key} if connection.api_key else {}),
            "Accept": "application/json",
            # Ask for uncompressed answers, so that the size limit holds for the received bytes and for the content
            # alike.
            "Accept-Encoding": "identity",
            "Connection": "keep-alive",
            "User-Agent": "ansible-community.basedash/" + VERSION,
        }

    @property
    def identity(self) -> tuple[str, str]:
        """The service and the key, which decide what this client sees. The key is secret."""
        return self._connection.api_url, self._connection.api_key

    @property
    def now(self) -> datetime:
        """The time of the server's last answer, because the clock of this machine may be wrong."""
        return self._date or self.clock.now()

    @property
    def patience(self) -> float:
        """The seconds that a series of requests may take: ten slow requests, and the whole retry budget."""
        return 10 * self._connection.timeout + self._connection.retry_timeout

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        check: Callable[[Effect], None] = lambda earlier: None,
    ) -> Answer:
        """Send a request, with retries if necessary, and return the first clear answer, whatever its status.

        ``path`` is below the root of the service and percent-encoded, with a query if necessary. ``repeatable`` marks a
        POST that changes nothing, so that it may be retried like a GET. ``check`` is called just before each try with
        the effect of the earlier tries, because the state that the request relies on may change during a wait. An
        exception from ``check`` ends the request.

        Raises:
            NoAnswerError: if no try within the budget got a clear answer, or if the request must not be repeated.
            ApiError: if a try failed permanently, or if the server asks to wait for longer than the budget allows.
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
            NoAnswerError: if it failed permanently.
        """
        self.counters.count(requests=1)
        started = self.clock.monotonic()
        try:
            answer = self._answer(request, self._transport.send(request, self._connection.timeout), earlier)
            self._date = http_date(answer.headers.get("date", "")) or self._date
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
            NoAnswerError: if the budget does not allow this wait.
        """
        wait = pause(setbacks, tried.asked, self.clock.random)
        # A wait that is too long for the budget ends only this request. It must not delay the requests of other
        # threads.
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
        """Whether nobody waits for the task any more, so that it must not start anything or retry.

        Work that has started is finished: for example, a new data source still gets its access.
        """
        return self._abandoned.is_set() or self._nobody_waits()

    def abandon(self) -> None:
        """Note that the task was interrupted, and end all waiting. Safe for threads."""
        self._abandoned.set()

    @property
    def unfinished(self) -> bool:
        """Whether a thread does work that must be finished, see ``finishing``."""
        return self._unfinished > 0

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Do work that must be finished even if the task is abandoned meanwhile.

        For example, a new data source is open to the whole organization until its access is set.
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

    def renew_budget(self) -> None:
        """Begin again with the whole retry budget, because the task has made progress."""
        if not self.exhausted:
            self._budget.renew()

    @contextmanager
    def only_reading(self) -> Iterator[None]:
        """Refuse to send anything but GET meanwhile, as in check mode."""
        before, self.read_only = self.read_only, True
        try:
            yield
        finally:
            self.read_only = before

    def back_off(self, setbacks: int, why: str) -> bool:
        """Wait as before a retry, after the ``setbacks``-th setback in a row; return false if there is no time.

        Callers use this if they must read what a request did before they repeat it.
        """
        return self.wait(pause(setbacks, None, self.clock.random), why)

    def wait(self, seconds: float, why: str) -> bool:
        """Wait some seconds, or return false at once if the retry budget does not allow the wait.

        It is also false if the task was abandoned before or during the wait, unless this thread is ``finishing``.
        """
        if (self.abandoned and not self._finishing.depth) or not self._budget.allows(self.clock.monotonic(), seconds):
            return False
        self.progress("%s; trying again in %.1f seconds" % (why, seconds))
        now = self.clock.monotonic()
        self._budget.spend(now, now + seconds)
        self.counters.count(retries=1, wait_seconds=seconds)
        # After the task was abandoned, the clock's own sleep returns immediately.
        (time.sleep if self._abandoned.is_set() else self.clock.sleep)(seconds)
        return not self.abandoned or self._finishing.depth > 0

    def _pass_gate(self, method: str) -> None:
        if method != "GET" and self._turn.kept:
            # The reading behind this write was too old when its turn came. At a slow pace this would happen at every
            # turn.
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
    """One try of a request: the answer if there was one, or what went wrong and what to do about it.

    ``earlier`` is the effect of the earlier tries. ``lost`` is the effect of this try if it got no answer. ``asked`` is
    the wait in seconds for which the server asks.
    """

    earlier: Effect
    answer: Answer | None
    trouble: str
    advice: str
    asked: float | None
    lost: Effect = Effect.UNKNOWN

    @property
    def is_limited(self) -> bool:
        """Whether a rate limit refused it, so that it had no effect."""
        return self.answer is not None and self.answer.status == RATE_LIMITED

    @property
    def is_final(self) -> bool:
        """Whether the answer is clear."""
        return self.answer is not None and not self.is_limited and not _may_pass(self.answer)

    @property
    def answered(self) -> Answer:
        """The answer, for a try that got one."""
        if self.answer is None:
            raise ValueError("there is no answer")
        return self.answer

    @property
    def effect_of_all(self) -> Effect:
        """The effect of this try and of the earlier ones."""
        this = self.lost
        if self.answer is not None and self.answer.status in _PENDING:
            this = Effect.MAY_COME
        if self.is_limited or not this.is_unclear or self.earlier is Effect.MAY_COME:
            return self.earlier
        return this


def _effect(error: TransportError) -> Effect:
    """Return the effect of a request that got no answer."""
    if not error.sent:
        return Effect.NOT_DONE
    return Effect.MAY_COME if error.timed_out else Effect.UNKNOWN


def _answered(answer: Answer) -> str:
    """Return a clause about the error, and about who sent it if this is known."""
    said = said_by(answer.content)
    who = "Basedash" if said else "the server or a proxy on the way"
    return "%s answered with an error (%d%s)" % (who, answer.status, said)


def exchange_of(answer: Answer) -> Exchange:
    """Return what an answer tells about a failed request."""
    title, detail = error_texts(answer.content)
    return Exchange(
        answer.method, answer.url, answer.status, title, detail, answer.request_id, field_errors(answer.content)
    )


def said_by(content: Any) -> str:
    """Return the text of the API's own error body, to put after the status in a message; empty without such a body."""
    said = [error_texts(content)[1], *("%s: %s" % item for item in field_errors(content).items())]
    return ": " + "; ".join(one.rstrip(".") for one in said if one) if any(said) else ""


def _may_pass(answer: Answer) -> bool:
    """Tell whether a retry makes sense. It makes no sense if the answer has messages about single fields."""
    return answer.status in TRANSIENT and not field_errors(answer.content)


def error_texts(content: Any) -> tuple[str | None, str | None]:
    """Return title and detail of the API's own error body, or ``None`` twice if ``content`` is no such body.

    Its form is on the vendor's DELETE page: ``{"error": {"title": "...", "detail": "..."}}``, both required.
    """
    error = content.get("error") if isinstance(content, dict) else None
    if isinstance(error, dict) and isinstance(error.get("title"), str) and isinstance(error.get("detail"), str):
        return printable(error["title"]), printable(error["detail"], longest=2000)
    return None, None


def field_errors(content: Any) -> dict[str, str]:
    """Return the messages about single fields, by the API's names, from any place where an answer may have them."""
    if not isinstance(content, dict):
        return {}
    for place in (content.get("error"), content.get("data"), content):
        errors = place.get("fieldErrors") if isinstance(place, dict) else None
        if isinstance(errors, dict) and errors:
            return {printable(name, longest=100): printable(_joined(words)) for name, words in errors.items()}
    return {}


def _joined(words: Any) -> Any:
    return "; ".join(map(str, words)) if isinstance(words, list) else words
