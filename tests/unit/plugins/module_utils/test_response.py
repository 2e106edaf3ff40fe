# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One kept connection and many answers: each request gets its own one, whatever comes before, behind or around it."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import CONNECTION
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.network import (
    Behaviour,
    Server,
    says_and_closes,
    serving,
    tunnels,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.test_network import (
    AUTHORITY,
    server_context,
)

CONTENT = b'{"data":{}}'
# Without the time, which would be a part of the tests' names.
packed = partial(gzip.compress, mtime=0)
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"


def head(*lines: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\n%s\r\n" % (status, b"".join(line + b"\r\n" for line in lines))


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def sized(body: bytes, *lines: bytes) -> bytes:
    return head(b"Content-Length: %d" % len(body), *lines) + body


def echoes(before: bytes = b"", behind: bytes = b"", later: bytes = b"") -> Behaviour:
    """Answer each request with its own path, with other bytes around that, and ``later`` a moment after it."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(before + sized(b'"%s"' % request.split()[1]) + behind)
        if later:
            time.sleep(0.05)
            connection.sendall(later)

    return behave


Send = Callable[[str], RawAnswer]


@contextmanager
def sending(behaviour: Behaviour, scheme: str = "http", timeout: float = 20.0, **options: object) -> Iterator[Send]:
    context = server_context(AUTHORITY.issue_cert("127.0.0.1")) if scheme == "https" else None
    with serving(behaviour, context) as server, to(server, scheme, timeout, **options) as send:
        yield send


@contextmanager
def to(server: Server, scheme: str = "http", timeout: float = 20.0, **options: object) -> Iterator[Send]:
    url = "%s://127.0.0.1:%d" % (scheme, server.port)
    options = {"validate_certs": False, "use_proxy": False, **options}
    transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": url, **options}))
    try:
        yield lambda path: transport.send(Request("GET", url + path, {}), timeout)
    finally:
        transport.close()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


INTERIM = [
    HINTS,
    HINTS * 3,
    b"HTTP/1.1 102 Processing\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 199 Whatever\r\n\r\n" + HINTS + b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n",
]


@pytest.mark.parametrize("interim", INTERIM)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_interim_answers_are_skipped(interim: bytes, scheme: str) -> None:
    with sending(echoes(before=interim), scheme) as send:
        assert [send("/%d" % number).body for number in range(4)] == [b'"/%d"' % number for number in range(4)]


@pytest.mark.parametrize("secure_proxy", [False, True])
def test_interim_answers_through_a_proxy(secure_proxy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(HINTS)
        tunnels(connection, request)

    certificate = AUTHORITY.issue_cert("127.0.0.1")
    proxy_context = server_context(certificate) if secure_proxy else None
    with serving(behave, proxy_context) as proxy:
        monkeypatch.setenv("https_proxy", "%s://127.0.0.1:%d" % ("https" if secure_proxy else "http", proxy.port))
        with sending(echoes(HINTS), "https", use_proxy=True) as send:
            assert [send("/%d" % number).body for number in range(3)] == [b'"/0"', b'"/1"', b'"/2"']


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (HINTS * 200, "more than 100 interim answers"),
        (head(b"Upgrade: websocket", status=b"101 Switching Protocols"), "switches to another protocol"),
    ],
)
def test_interim_answers_that_lead_nowhere(reply: bytes, words: str) -> None:
    with sending(echoes(before=reply)) as send, pytest.raises(TransportError, match=words) as failed:
        send("/x")
    assert (failed.value.sent, failed.value.transient) == (True, False)


def test_connection_closed_after_an_interim_answer() -> None:
    with sending(says_and_closes(HINTS)) as send, pytest.raises(TransportError) as failed:
        send("/x")
    assert failed.value.transient


FORGED = sized(b'"forged"')


@pytest.mark.parametrize("behind", [FORGED, b"x", FORGED[:20], FORGED * 3, b"\r\n", b"HTTP/1.1 408 Time-out\r\n\r\n"])
@pytest.mark.parametrize("moment", ["at once", "later"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_bytes_behind_an_answer_are_no_other_answer(behind: bytes, moment: str, scheme: str) -> None:
    behaviour = echoes(behind=behind) if moment == "at once" else echoes(later=behind)
    with sending(behaviour, scheme) as send:
        for number in range(2 if moment == "later" else 3):
            if moment == "later" and number:
                # Long enough for the bytes to arrive on a busy machine: before the next request, not behind it.
                time.sleep(0.25)
            assert send("/%d" % number).body == b'"/%d"' % number


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_bytes_behind_an_answer_close_the_connection(scheme: str) -> None:
    context = server_context(AUTHORITY.issue_cert("127.0.0.1")) if scheme == "https" else None
    # More than a reader takes at once, and less than a TLS record.
    for behind, connections in ((b"", 1), (b"x", 3), (b"x" * 12000, 3)):
        with serving(echoes(behind=behind), context) as server, to(server, scheme) as send:
            for number in range(3):
                assert send("/%d" % number).body == b'"/%d"' % number
            assert server.connections == connections


KEPT = [
    sized(CONTENT),
    head(CHUNKED) + chunks(CONTENT),
    head(CHUNKED) + chunks(CONTENT)[:-2] + b"X-Trailer: a\r\n\r\n",
    sized(b""),
    head(status=b"204 No Content"),
    head(b"Content-Length: 0", status=b"204 No Content"),
]
CLOSED = [
    head(CHUNKED, b"Content-Length: 3") + chunks(CONTENT),
    head(b"Content-Length: 3", CHUNKED) + chunks(CONTENT),
    head(b"Content-Length: nonsense", CHUNKED) + chunks(CONTENT),
    head(CHUNKED, CHUNKED) + chunks(CONTENT),
    head(b"Transfer-Encoding: Chunked", b"Connection: close") + chunks(CONTENT),
    head(b"Transfer-Encoding: gzip, chunked") + chunks(packed(CONTENT)),
    head(b"Content-Length: 11", b"Content-Length: 11") + CONTENT,
    head(b"Content-Length: 11, 11") + CONTENT,
    head(b"Content-Length: 5", status=b"204 No Content") + b"hello",
    head(CHUNKED, status=b"204 No Content"),
    head(b"Content-Length: 5", status=b"304 Not Modified"),
    head(b"no header at all", b"Content-Length: 11") + CONTENT,
    b"HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\n" + CONTENT,
]


@pytest.mark.parametrize(("reply", "kept"), [*((one, True) for one in KEPT), *((one, False) for one in CLOSED)])
def test_connection_is_kept_only_if_the_end_of_the_answer_is_certain(reply: bytes, kept: bool) -> None:
    closes = reply == CLOSED[11]  # Its length is lost with the header before it.
    behaviour = says_and_closes(reply) if closes else lambda connection, request: connection.sendall(reply)
    with serving(behaviour) as server, to(server) as send:
        for _number in range(3):
            answer = send("/x")
            assert answer.body in (CONTENT, b"")
            assert answer.status == int(reply.split()[1])
            assert answer.body == CONTENT or answer.status != 200 or b"Content-Length: 0" in reply
        assert server.connections == (1 if kept else 3)


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: 11", b"Content-Length: 12"],
        [b"Content-Length: 11, 12"],
        *([b"Content-Length: " + value] for value in (b"-11", b"+11", b"1_1", b"0xb", b"11.0", b"\xb2", b"11;", b"")),
        [b"Transfer-Encoding: gzip", b"Content-Length: 11"],
        [b"Transfer-Encoding: chunked, gzip"],
        [b"Transfer-Encoding: gzip, chunked, gzip, chunked"],
    ],
)
def test_answer_without_a_certain_end(lines: list[bytes]) -> None:
    with sending(echoes(before=head(*lines) + CONTENT)) as send:
        with pytest.raises(TransportError) as failed:
            send("/x")
        assert (failed.value.sent, failed.value.transient) == (True, False)
        assert "Transfer-Encoding" in str(failed.value) or "length" in str(failed.value)


def test_connection_after_a_failure_is_not_used_again() -> None:
    first = threading.Event()

    def behave(connection: socket.socket, request: bytes) -> None:
        if first.is_set():
            connection.sendall(sized(b'"%s"' % request.split()[1]))
            return
        first.set()
        time.sleep(0.6)
        connection.sendall(sized(b'"late"'))

    with serving(behave) as server, to(server, timeout=0.3) as send:
        with pytest.raises(TransportError):
            send("/lost")
        time.sleep(0.5)
        assert send("/next").body == b'"/next"'
        assert server.connections == 2


GZIP = packed(CONTENT)
DEFLATE = zlib.compress(CONTENT)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", GZIP),
        (b"x-gzip", GZIP),
        (b"GZIP", GZIP),
        (b"gzip, identity", GZIP),
        (b"gzip, gzip", packed(GZIP)),
        (b"deflate, gzip", packed(DEFLATE)),
        (b"deflate", DEFLATE),
        (b"deflate", DEFLATE[2:-4]),
        (b"gzip", packed(CONTENT[:5]) + packed(CONTENT[5:])),
        (b"gzip", GZIP + b"\0" * 512),
        (b"gzip", GZIP + b"what is behind it"),
        (b"gzip", CONTENT),
        (b"deflate", CONTENT),
        (b"br", CONTENT),
        (b"utf-8", CONTENT),
        (b"identity", CONTENT),
        (b"", CONTENT),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_compressed_answer_is_read(coding: bytes, body: bytes, chunked: bool) -> None:
    name = b"Content-Encoding: " + coding
    reply = head(CHUNKED, name) + chunks(body) if chunked else sized(body, name)
    with sending(says_and_closes(reply)) as send:
        assert send("/x").body == CONTENT


def test_compressed_answer_without_a_body() -> None:
    with sending(says_and_closes(sized(b"", b"Content-Encoding: gzip"))) as send:
        assert send("/x").body == b""


@pytest.mark.parametrize(
    ("coding", "body", "words", "transient"),
    [
        (b"gzip", GZIP[:-1], "cut off", True),
        (b"gzip", GZIP[:12], "cut off", True),
        (b"deflate", DEFLATE[:-1], "cut off", True),
        (b"gzip", GZIP[:-8] + b"\0" * 8, "damaged", True),
        (b"gzip", b"neither", "damaged", True),
        (b"br", GZIP, "compressed, which nobody asked for .'br'", False),
        (b"zstd", b"\x28\xb5\x2f\xfd", "'zstd'", False),
        (b"gzip, gzip, gzip", packed(packed(GZIP)), "'gzip, gzip, gzip'", False),
        (b"gzip", packed(b" " * 50_000_000), "larger than 10 MB", False),
        (b"gzip, gzip", packed(packed(b" " * 50_000_000)), "larger than 10 MB", False),
        (b"gzip", packed(b" " * 6_000_000) * 2, "larger than 10 MB", False),
        (b"deflate", zlib.compress(b" " * 50_000_000), "larger than 10 MB", False),
    ],
)
def test_compressed_answer_that_can_not_be_read(coding: bytes, body: bytes, words: str, transient: bool) -> None:
    reply = sized(body, b"Content-Encoding: " + coding)
    with sending(says_and_closes(reply)) as send, pytest.raises(TransportError, match=words) as failed:
        send("/x")
    assert (failed.value.sent, failed.value.transient) == (True, transient)


def test_status_tells_enough_of_a_failure_that_can_not_be_unpacked() -> None:
    reply = head(b"Content-Encoding: br", b"Content-Length: 4", status=b"503 Service Unavailable") + b"\x8b\0\0\0"
    with sending(says_and_closes(reply)) as send:
        assert send("/x").status == 503
