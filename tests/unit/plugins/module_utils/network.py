# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on a real socket that answers with exact bytes, with and without TLS, for the tests of the transport."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator

# What a server does with a connection once it has read a request, given the request's bytes.
Behaviour = Callable[[socket.socket, bytes], None]

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"data":{}}'


def says(reply: bytes) -> Behaviour:
    """Answer every request with these bytes and keep the connection."""
    return lambda connection, request: connection.sendall(reply)


def says_and_closes(reply: bytes) -> Behaviour:
    """Answer with these bytes and close the connection."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(reply)
        connection.shutdown(socket.SHUT_RDWR)

    return behave


def drips(reply: bytes, pause: float) -> Behaviour:
    """Answer with one byte after the other, ``pause`` seconds apart."""

    def behave(connection: socket.socket, request: bytes) -> None:
        for byte in reply:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return behave


def floods(head: bytes, part: bytes) -> Behaviour:
    """Answer with ``head`` and then with ``part`` for as long as the client takes it."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(part)

    return behave


def resets(connection: socket.socket, request: bytes) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hangs(connection: socket.socket, request: bytes) -> None:
    """Never answer; the client's end of the connection ends it."""
    connection.recv(1)


class Server:
    """Listens on a free port of ``host``; keeps the requests and the number of connections."""

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._behaviour = behaviour
        self._tls = tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(30)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                while True:
                    request = self._read(connection)
                    if not request:
                        return
                    self.requests.append(request)
                    self._behaviour(connection, request)

    @staticmethod
    def _read(connection: socket.socket) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(65536)
            if not part:
                return b""
            request += part
            if request[:1] == b"\x16":  # The first byte of TLS: a client that mistook the port.
                break
        return request

    def close(self) -> None:
        """Stop listening."""
        # A mere close() would leave the thread in accept(), and so the port open.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextlib.contextmanager
def serving(behaviour: Behaviour, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Server]:
    """Run a server for a while."""
    server = Server(behaviour, tls, host)
    try:
        yield server
    finally:
        server.close()


def tunnels(connection: socket.socket, request: bytes) -> None:
    """Be a proxy: answer CONNECT, and pass on what follows in both directions."""
    target = request.split(b" ")[1].decode()
    host, _colon, port = target.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=30) as other:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        # One thread for both directions: two must not use one TLS connection at a time.
        while _passed_on(connection, other):
            pass
    connection.shutdown(socket.SHUT_RDWR)


def _passed_on(connection: socket.socket, other: socket.socket) -> bool:
    """Pass on what either end has to say, and tell whether both are still there."""
    waiting = isinstance(connection, ssl.SSLSocket) and connection.pending()
    for end in [connection] if waiting else select.select([connection, other], [], [], 30)[0]:
        data = end.recv(65536)
        if not data:
            return False
        (other if end is connection else connection).sendall(data)
    return True
