# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that costs so little that it is not what is measured: the data sources of one organization, in memory, or
all that a whole organization has.

One process, one thread, HTTP/1.1 with kept connections, on one port without TLS and on another one with it. It answers
as the vendor's pages say, with the same complete objects, and checks the key and the path. What it can't do is on
purpose: there is no creation, no change and no fault; `tests/simulator` has those.

`POST /control/fill` begins anew: so many data sources, seconds of latency before each answer, which delay no other
request, a limit on requests per window of one second, and whether it is a whole organization, which can only be read.
`GET /control/counts` tells what was really done.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from organization import SIZES, Organization

API_KEY = "bd_key_benchmark"
ORGANIZATION = "org_benchmark"
ROOT = f"/api/public/organizations/{ORGANIZATION}/data-sources"
WINDOW = 1.0

_PAGE = 50
_LARGEST_PAGE = 100
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


def identifier(number: int) -> str:
    """Return the id of a data source: of the kind and the length that such services give."""
    return f"ds_benchmark_{number:06d}"


def data_source(number: int) -> dict[str, Any]:
    """Return a complete object, as the vendor's DELETE page shows it."""
    created = f"2026-01-{1 + number // 1440 % 28:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00.000Z"
    return {
        "id": identifier(number),
        "displayName": f"preview-{number:06d}",
        "description": f"Database of preview environment {number}",
        "dialect": "POSTGRES",
        "databaseName": "app",
        "username": "basedash_reader",
        "host": f"preview-{number:06d}.db.example.com",
        "port": 5432,
        "sslEnabled": True,
        "sslCustomCertificatesEnabled": False,
        "sshEnabled": False,
        "sshHost": None,
        "sshPort": None,
        "sshUsername": None,
        "bigQueryProjectId": None,
        "spannerInstanceId": None,
        "athenaWorkgroup": None,
        "athenaOutputLocation": None,
        "athenaCatalog": None,
        "snowflakeAccountId": None,
        "snowflakeWarehouse": None,
        "snowflakeRole": None,
        "lastSuccessfulSyncAt": created,
        "lastSyncStatus": "SUCCESS",
        "lastSyncAttemptAt": created,
        "hasCompletedFirstSync": True,
        "syncErrorMessage": None,
        "lastHealthyAt": created,
        "lastHealthStatus": "HEALTHY",
        "lastHealthCheckAttemptAt": created,
        "isDemo": False,
        "isBasedashWarehouse": False,
        "mutatingQueriesEnabled": False,
        "createdAt": created,
        "updatedAt": created,
    }


@dataclass
class Counts:
    """What was really done since the server was filled."""

    requests: int = 0
    deletions: int = 0
    refused: int = 0
    not_found: int = 0
    connections: int = 0
    handshakes: int = 0

    @property
    def served(self) -> int:
        """The requests that the limit let pass."""
        return self.requests - self.refused


@dataclass
class Limit:
    """So many requests per window; a window begins with the first request after the one before ended."""

    requests: int
    begun: float = float("-inf")
    used: int = 0

    def wait(self, now: float) -> float:
        """Count a request, and return 0, or the seconds until the window ends if it is one too many."""
        if now - self.begun >= WINDOW:
            self.begun, self.used = now, 0
        self.used += 1
        return self.begun + WINDOW - now if self.used > self.requests else 0.0


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _error(title: str, detail: str, **more: Any) -> bytes:
    return _json({"error": {"title": title, "detail": detail, **more}})


@dataclass
class Service:
    """The data sources, newest first and ready to be sent, and what became of them."""

    clock: Callable[[], float] = time.monotonic
    counts: Counts = field(default_factory=Counts)
    latency: float = 0.0
    limit: Limit | None = None
    last_request: float = 0.0
    _objects: list[bytes | None] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)
    _whole: Organization | None = None

    def fill(self, sources: int, latency: float = 0.0, limit: int | None = None, organization: bool = False) -> None:
        """Begin anew."""
        self._whole = Organization(SIZES[sources]) if organization else None
        numbers = range(sources - 1, -1, -1)
        self._objects = [_json(data_source(number)) for number in numbers]
        self._places = {identifier(number): place for place, number in enumerate(numbers)}
        self.counts, self.latency = Counts(), latency
        self.limit = None if limit is None else Limit(limit)

    def answer(self, method: str, target: str, key: str) -> tuple[int, bytes]:
        """Answer one request of a client."""
        self.counts.requests += 1
        if self.limit is not None:
            wait = self.limit.wait(self.clock())
            if wait > 0:
                self.counts.refused += 1
                detail = "Too many requests. Try again later."
                return 429, _error("RateLimitExceeded", detail, retryAfterMs=max(1, int(wait * 1000) + 1))
        if key != f"Bearer {API_KEY}":
            return 401, _error("Unauthorized", "Missing or invalid API key")
        if self._whole is not None:
            return self._read(self._whole, method, target)
        if target.startswith(ROOT + "/"):
            return self._one(method, target[len(ROOT) + 1 :])
        path, _mark, query = target.partition("?")
        if path == ROOT and method == "GET":
            return self._list(parse_qs(query))
        return 404, b"<!DOCTYPE html><title>Not found</title>"

    def _read(self, whole: Organization, method: str, target: str) -> tuple[int, bytes]:
        content = whole.get(ROOT.rpartition("/")[0], target) if method == "GET" else None
        if content is None:
            self.counts.not_found += 1
            return 404, _error("NotFound", "There is no such thing, or it can only be read.")
        return 200, content

    def _one(self, method: str, name: str) -> tuple[int, bytes]:
        place = self._places.get(name)
        content = None if place is None else self._objects[place]
        if place is None or content is None:
            self.counts.not_found += 1
            return 404, _error("NotFound", "Data source not found or no admin access.")
        if method == "DELETE":
            self._objects[place] = None
            self.counts.deletions += 1
        elif method != "GET":
            return 400, _error("ValidationError", "This server knows GET and DELETE alone.")
        return 200, b'{"data":' + content + b"}"

    def _list(self, query: dict[str, list[str]]) -> tuple[int, bytes]:
        size = min(int(query.get("limit", [str(_PAGE)])[0]), _LARGEST_PAGE)
        cursor = query.get("cursor", [""])[0]
        if cursor and cursor not in self._places:
            return 400, _error("ValidationError", "cursor: no such data source.")
        place = self._places[cursor] + 1 if cursor else 0
        page: list[bytes] = []
        last = ""
        while place < len(self._objects):
            content = self._objects[place]
            if content is not None:
                if len(page) == size:
                    break
                page.append(content)
                last = identifier(len(self._objects) - 1 - place)
            place += 1
        more = place < len(self._objects)
        pagination = _json({"nextCursor": last if more else None, "hasMore": more})
        return 200, b'{"data":[' + b",".join(page) + b'],"pagination":' + pagination + b"}"

    def control(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Answer one request of the benchmark itself; it does not count."""
        if (method, path) == ("POST", "/control/fill"):
            self.fill(**json.loads(body))
        elif (method, path) != ("GET", "/control/counts"):
            return 404, b"{}"
        return 200, _json({**asdict(self.counts), "left": sum(one is not None for one in self._objects)})


class _Connection(asyncio.Protocol):
    """One connection: requests one after the other, each with its whole body before it is answered."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it to answer on."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def _count(self) -> None:
        # With its first request, as the benchmark's own connection is none of those that are counted.
        if not self._counted and self._transport is not None:
            self._counted = True
            self._service.counts.connections += 1
            self._service.counts.handshakes += self._transport.get_extra_info("ssl_object") is not None

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is complete."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = bytes(self._received[:end]).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
        whole = end + 4 + int(headers.get("content-length", 0))
        if len(self._received) < whole:
            return
        body = bytes(self._received[end + 4 : whole])
        del self._received[:whole]
        method, target, _version = first.split(" ")
        service = self._service
        service.last_request = service.clock()
        keep = headers.get("connection", "").lower() != "close"
        if target.startswith("/control/"):
            self._send(*service.control(method, target, body), keep)
            return
        self._count()
        status, content = service.answer(method, target, headers.get("authorization", ""))
        if service.latency:
            asyncio.get_running_loop().call_later(service.latency, self._send, status, content, keep)
        else:
            self._send(status, content, keep)

    def _send(self, status: int, content: bytes, keep: bool) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        kind = "application/json" if content[:1] == b"{" else "text/html"
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
            f"x-request-id: req_{self._service.counts.requests:08d}\r\n"
            f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
        )
        transport.write(head.encode("latin-1") + content)
        if not keep:
            transport.close()


async def _serve(port_file: Path, certificate: Path | None, idle: float) -> None:
    service = Service()
    service.last_request = service.clock()
    loop = asyncio.get_running_loop()

    async def listen(context: ssl.SSLContext | None) -> int:
        server = await loop.create_server(lambda: _Connection(service), "127.0.0.1", 0, ssl=context, backlog=1024)
        return int(server.sockets[0].getsockname()[1])

    ports = {"http": await listen(None)}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        ports["https"] = await listen(context)
    ready = port_file.with_suffix(".new")
    ready.write_text(json.dumps(ports), encoding="ascii")
    ready.replace(port_file)
    while service.clock() - service.last_request < idle:
        await asyncio.sleep(1)


def main() -> None:
    """Serve until nobody asks any more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port-file", type=Path, required=True, help="gets the ports as JSON")
    parser.add_argument("--certificate", type=Path, help="a PEM file with key and certificates: serve TLS as well")
    parser.add_argument("--idle-seconds", type=float, default=900, help="end after so long without a request")
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.port_file, chosen.certificate, chosen.idle_seconds))


if __name__ == "__main__":
    main()
