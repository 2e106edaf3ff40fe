# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door: sorts requests, logs those for the API, limits their rate and makes them fail on demand."""

from __future__ import annotations

import gzip
import logging
import math
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from basedash_simulator.app import make_api
from basedash_simulator.control import make_control
from basedash_simulator.errors import ApiProblem, html_page, to_json
from basedash_simulator.faults import Plan
from basedash_simulator.rate_limit import too_many
from basedash_simulator.request_log import Entry
from basedash_simulator.simulation import Simulation
from basedash_simulator.wire import Disconnect, Message, Receive, Scope, Send, reset, transport_of

App = Callable[[Scope, Receive, Send], Awaitable[None]]
CONTROL = "/_simulator"
# Who refuses a request on its way, with the status and title of the page that says so.
_BLOCKED = {
    "firewall": (403, "Request blocked"),
    "login": (401, "Log in to continue"),
    "proxy": (407, "Proxy Authentication Required"),
}
JSON, HTML = "application/json", "text/html; charset=utf-8"


@dataclass
class Answer:
    """A whole HTTP answer that was not sent yet."""

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    @classmethod
    def of(cls, status: int, body: bytes, content_type: str | None) -> Answer:
        """An answer with a body of known type; null for no body at all."""
        headers = [(b"content-length", str(len(body)).encode())]
        if content_type is not None:
            headers.append((b"content-type", content_type.encode()))
        return cls(status, body, headers)

    @classmethod
    def of_problem(cls, problem: ApiProblem) -> Answer:
        """An error in the vendor's form."""
        return cls.of(problem.status, to_json(problem.body()), JSON)

    def header(self, name: str, value: str) -> None:
        """Add a header."""
        self.headers.append((name.encode(), value.encode()))


class Gate:
    """The whole simulator as an ASGI application.

    `prefix` is a path like `/base` in front of the API's own paths, `stop` ends the server.
    """

    def __init__(self, simulation: Simulation, prefix: str = "", stop: Callable[[], None] | None = None) -> None:
        self._simulation = simulation
        self._prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
        self._api: App = make_api(simulation)
        self._control: App = make_control(simulation, stop or (lambda: None))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("Only HTTP is served.")
        self._simulation.last_activity = time.monotonic()
        request_id = self._simulation.new_request_id()
        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        inner = self._without_prefix(path)
        control_path = path if inner is None or _is_control(path) else inner
        if _is_control(control_path):
            control_answer = await self._run(self._control, {**scope, "path": control_path, "root_path": ""}, receive)
            _finish(control_answer, request_id)
            await _send_answer(control_answer, send)
        else:
            await self._serve(scope, receive, send, path, inner, request_id)
        self._simulation.last_activity = time.monotonic()

    def _without_prefix(self, path: str) -> str | None:
        if not self._prefix:
            return path
        if path.startswith(self._prefix + "/"):
            return path[len(self._prefix) :]
        return None

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, path: str, inner: str | None, request_id: str
    ) -> None:
        """Serve a request that is not for the control API."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _read_all(receive, headers)
        if body is None:
            return
        self._simulation.in_flight += 1
        entry = self._simulation.log.add(
            request_id=request_id,
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("latin-1"),
            user_agent=headers.get("user-agent"),
            client="{}:{}".format(*(scope.get("client") or ("", 0))),
            in_flight=self._simulation.in_flight,
            body=body,
        )
        started = time.monotonic()
        disconnect = Disconnect(receive)
        try:

            async def work() -> Answer:
                return await self._work(scope, body, inner, headers.get("authorization", ""), entry)

            plan = self._simulation.faults.plan(entry.method, path, entry.query)
            await _Exchange(scope, send, disconnect, plan, entry, work).run()
        finally:
            self._simulation.in_flight -= 1
            entry.seconds = round(time.monotonic() - started, 6)
            await disconnect.stop()

    async def _work(self, scope: Scope, body: bytes, inner: str | None, authorization: str, entry: Entry) -> Answer:
        """Do what the request asks for."""
        if inner is None:
            return Answer.of(404, html_page("404 Not Found"), HTML)
        try:
            self._simulation.limiter.check(self._simulation.behaviour.rate_limit, authorization)
        except ApiProblem as problem:
            return Answer.of_problem(problem)
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return given.pop() if given else {"type": "http.disconnect"}

        # the encoded path, so that the router does not take a %2F in an id for a slash
        inner_scope = {**scope, "path": inner, "root_path": "", "simulator.entry": entry}
        self._simulation.let_others_write("before", entry)
        answer = await self._run(self._api, inner_scope, replay)
        self._simulation.let_others_write("after", entry)
        return answer

    async def _run(self, app: App, scope: Scope, receive: Receive) -> Answer:
        """The answer of an application, kept back."""
        kept = Answer(500)

        async def keep(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kept.status, kept.headers = message["status"], list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                kept.body += message.get("body", b"")

        try:
            await app(scope, receive, keep)
        except Exception:
            logging.getLogger(__name__).exception("The simulator itself failed.")
            return Answer.of_problem(ApiProblem(500, "InternalServerError", "The simulator itself failed."))
        return kept


class _Exchange:
    """One API request and the way in which it is answered, or not."""

    def __init__(
        self,
        scope: Scope,
        send: Send,
        disconnect: Disconnect,
        plan: Plan,
        entry: Entry,
        work: Callable[[], Awaitable[Answer]],
    ) -> None:
        self._scope = scope
        self._send = send
        self._disconnect = disconnect
        self._plan = plan
        self._entry = entry
        self._work = work

    async def run(self) -> None:
        """Let the plan's delay pass, then answer or fail as it says."""
        if self._plan.delay:
            self._entry.fault = "delay"
            if await self._disconnect.wait(self._plan.delay):
                # a server finishes what was asked for even if nobody listens any more
                await self._work()
                return
        if self._plan.kind is None:
            await self._answer(await self._work())
            return
        self._entry.fault = self._plan.kind
        await getattr(self, f"_{self._plan.kind}")(**self._plan.parameters)

    async def _answer(self, answer: Answer) -> None:
        _finish(answer, self._entry.request_id)
        self._entry.status = answer.status
        await _send_answer(answer, self._send)

    async def _gone(self) -> None:
        # uvicorn takes an application that ends without an answer for broken, unless the client has left
        self._entry.status = self._plan.kind
        await self._disconnect.wait()

    async def _reset_before(self) -> None:
        reset(transport_of(self._scope))
        await self._gone()

    async def _reset_after(self) -> None:
        await self._work()
        await self._reset_before()

    async def _close_before(self) -> None:
        transport_of(self._scope).close()
        await self._gone()

    async def _hang(self) -> None:
        await self._gone()

    async def _status_before(self, status: int, body: str) -> None:
        title = "InternalServerError" if status == 500 else f"Status{status}"
        if body == "json":
            await self._answer(Answer.of_problem(ApiProblem(status, title, "This failure was asked for.")))
        elif body == "html":
            await self._answer(Answer.of(status, html_page(f"{status} {title}"), HTML))
        else:
            await self._answer(Answer.of(status, b"", None))

    async def _status_after(self, status: int, body: str) -> None:
        await self._work()
        await self._status_before(status, body)

    async def _html(self, work: bool) -> None:
        if work:
            await self._work()
        await self._answer(Answer.of(200, html_page("Welcome"), HTML))

    async def _rate_limited(self, how: str, seconds: float) -> None:
        problem = too_many(seconds)
        if how != "body":
            problem.extra = {}
        answer = Answer.of_problem(problem)
        if how == "header_seconds":
            answer.header("retry-after", str(math.ceil(seconds)))
        elif how == "header_date":
            # a date has no fractions: round up, never tell a client to come too early
            answer.header("retry-after", formatdate(math.ceil(time.time() + seconds), usegmt=True))
        await self._answer(answer)

    async def _truncated(self) -> None:
        """Send the head with the true length and half of the body, then close."""
        answer = await self._work()
        _finish(answer, self._entry.request_id)
        head = _head(answer)
        transport = transport_of(self._scope)
        if answer.body:
            transport.write(head + answer.body[: len(answer.body) // 2])
        else:
            # an answer without a body can only be cut in its head
            transport.write(head[: len(head) // 2])
        transport.close()
        await self._gone()

    async def _informational(self, status: int, count: int) -> None:
        """Send interim answers, which are none, and then the real one."""
        answer = await self._work()
        lines = [f"HTTP/1.1 {status} Interim", "Link: </style.css>; rel=preload; as=style", "", ""]
        transport_of(self._scope).write("\r\n".join(lines).encode() * count)
        await self._answer(answer)

    async def _compressed(self, coding: str) -> None:
        """Compress the body, whatever the client asked for."""
        answer = await self._work()
        if answer.body:
            answer.body = gzip.compress(answer.body) if coding == "gzip" else zlib.compress(answer.body)
            kept = [(name, value) for name, value in answer.headers if name.lower() != b"content-length"]
            answer.headers = [*kept, (b"content-length", str(len(answer.body)).encode())]
            answer.header("content-encoding", coding)
        await self._answer(answer)

    async def _chunked(self) -> None:
        """Send the body in chunks in spite of a Content-Length, then close, as HTTP wants it after such an answer."""
        answer = await self._work()
        if not answer.body:
            await self._answer(answer)
            return
        _finish(answer, self._entry.request_id)
        answer.header("transfer-encoding", "chunked")
        answer.header("connection", "close")
        middle = len(answer.body) // 2
        chunks = [chunk for chunk in (answer.body[:middle], answer.body[middle:]) if chunk]
        body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        transport = transport_of(self._scope)
        transport.write(_head(answer) + body)
        transport.close()
        await self._gone()
        self._entry.status = answer.status

    async def _blocked(self, by: str) -> None:
        """Refuse as something between client and API does, which knows nothing of the API's errors."""
        status, title = _BLOCKED[by]
        answer = Answer.of(status, html_page(f"{status} {title}"), HTML)
        if by == "proxy":
            answer.header("proxy-authenticate", 'Basic realm="proxy"')
        elif by == "login":
            answer.header("www-authenticate", 'Basic realm="staff only"')
        await self._answer(answer)

    async def _odd(self, status: int, body: Any, work: bool) -> None:
        """Answer with some JSON that the API is not known for."""
        if work:
            await self._work()
        await self._answer(Answer.of(status, to_json(body), JSON))

    async def _empty_page(self) -> None:
        """An empty last page, as if there were nothing behind the cursor."""
        await self._odd(200, {"data": [], "pagination": {"nextCursor": None, "hasMore": False}}, work=False)

    async def _slow_drip(self, interval: float) -> None:
        """Send the body byte by byte, with `interval` seconds in between."""
        answer = await self._work()
        _finish(answer, self._entry.request_id)
        self._entry.status = self._plan.kind
        await self._send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        for byte in answer.body:
            if await self._disconnect.wait(interval):
                return
            await self._send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        self._entry.status = answer.status


async def _read_all(receive: Receive, headers: Mapping[str, str]) -> bytes | None:
    """The request's body, or None if the client left before its end."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # an impatient client may have left, but if it has sent all, then a real server would do the work
            complete = "transfer-encoding" not in headers and len(body) == int(headers.get("content-length", "0"))
            return bytes(body) if complete else None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _finish(answer: Answer, request_id: str) -> None:
    """Add the headers that every answer has."""
    answer.header("x-request-id", request_id)
    answer.header("date", formatdate(usegmt=True))


def _head(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Simulated".encode()]
    lines += [name + b": " + value for name, value in answer.headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _send_answer(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def _is_control(path: str) -> bool:
    return path == CONTROL or path.startswith(CONTROL + "/")
