# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: sockets that keep one time limit over all their operations.

A time limit of ``requests`` counts from each operation anew, so a server that sends a byte now and then would hold a
task for hours. Here every operation gets what is left of the limit of the request under way.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# Of the request that this thread has under way: a moment of time.monotonic().
_deadline: ContextVar[float | None] = ContextVar("basedash_deadline", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let the sockets of this thread work for at most ``seconds`` in all."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left() -> float | None:
    """Return the seconds that are left, or ``None`` outside of a limit.

    Raises:
        socket.timeout: if none are left.
    """
    deadline = _deadline.get()
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left


class DeadlineSocket(socket.socket):
    """A TCP socket under the time limit."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive in what is left of the limit."""
        self.settimeout(seconds_left())
        return super().recv_into(*args, **kwargs)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        """Receive in what is left of the limit."""
        self.settimeout(seconds_left())
        return super().recv(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Send in what is left of the limit."""
        self.settimeout(seconds_left())
        super().sendall(*args, **kwargs)


class DeadlineSSLSocket(ssl.SSLSocket):
    """A TLS socket under the time limit."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands in what is left of the limit."""
        self.settimeout(seconds_left())
        super().do_handshake(block)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive in what is left of the limit."""
        self.settimeout(seconds_left())
        return super().recv_into(*args, **kwargs)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        """Receive in what is left of the limit."""
        self.settimeout(seconds_left())
        return super().recv(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Send in what is left of the limit; ``sendall`` calls this."""
        self.settimeout(seconds_left())
        return super().send(*args, **kwargs)


def connect(host: str, port: int, source: Any, options: Any) -> DeadlineSocket:
    """Return a socket that is connected to the first of the host's addresses that answers, within the time limit.

    Raises:
        socket.gaierror: if the name doesn't resolve.
        OSError: if no address answers.
    """
    failure: OSError | None = None
    addresses = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    for tried, (family, kind, protocol, _name, address) in enumerate(addresses):
        sock: DeadlineSocket | None = None
        try:
            sock = DeadlineSocket(family, kind, protocol)
            for option in options or ():
                sock.setsockopt(*option)
            if source:
                sock.bind(source)
            # An address that swallows packets must leave time for the others.
            left = seconds_left()
            sock.settimeout(None if left is None else left / (len(addresses) - tried))
            sock.connect(address)
            return sock
        except OSError as error:
            failure = error
            if sock is not None:
                sock.close()
    raise failure or OSError("the name has no address")
