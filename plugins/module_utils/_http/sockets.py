# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: sockets with one limit of time and one of bytes for all their operations.

A time limit of ``requests`` starts again at each operation, so a server that sends one byte now and then would hold a
task for hours. Here every operation gets the rest of the time limit of the current request. The libraries above read
some parts of an answer without a limit, such as the size of a chunk. So the limit of bytes holds for everything that
they read.
"""

from __future__ import annotations

import concurrent.futures
import errno
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

NO_FILE_LEFT = (
    "too many files are open in this process or on this machine",
    "raise the limit ('ulimit -n'), or run fewer tasks at once",
)
"""The mistake and the advice for an error for which ``has_no_file_left`` is true."""


class TooManyBytesError(OSError):
    """More bytes arrived than the current request may receive."""


@dataclass
class _Limit:
    """The rest of a request's limits: a deadline of ``time.monotonic()``, and a number of bytes."""

    deadline: float
    bytes_left: int


# The limit of this thread's current request.
_limit: ContextVar[_Limit | None] = ContextVar("basedash_limit", default=None)


@contextmanager
def limits(seconds: float, received: int) -> Iterator[None]:
    """Let the sockets of this thread work for at most ``seconds`` in total, and receive at most so many bytes."""
    token = _limit.set(_Limit(time.monotonic() + seconds, received))
    try:
        yield
    finally:
        _limit.reset(token)


def seconds_left() -> float | None:
    """Return the seconds that are left, or ``None`` if there is no limit.

    Raises:
        socket.timeout: if none are left.
    """
    limit = _limit.get()
    if limit is None:
        return None
    left = limit.deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left


def has_unread(reader: Any, sock: Any) -> bool:
    """Tell whether there are unread bytes for ``reader``, a file on ``sock``. Does not wait for bytes."""
    with limits(0, 0):
        try:
            # With a time-out of 0, peek shows only bytes that are buffered already.
            if reader.peek(1):
                return True
        except OSError:
            pass
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def has_no_file_left(error: BaseException) -> bool:
    """Tell whether ``error`` means that this process or this machine can't open another file."""
    return isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)


def _count(received: int) -> None:
    limit = _limit.get()
    if limit is None:
        return
    limit.bytes_left -= received
    if limit.bytes_left < 0:
        raise TooManyBytesError("more bytes than any answer has")


class LimitedSocket(socket.socket):
    """A TCP socket under the limits."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive in what is left of the limits."""
        self.settimeout(seconds_left())
        received = super().recv_into(*args, **kwargs)
        _count(received)
        return received

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        """Receive in what is left of the limits."""
        self.settimeout(seconds_left())
        received = super().recv(*args, **kwargs)
        _count(len(received))
        return received

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Send in what is left of the limit."""
        self.settimeout(seconds_left())
        super().sendall(*args, **kwargs)


class LimitedSSLSocket(ssl.SSLSocket):
    """A TLS socket under the limits."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands in what is left of the limit."""
        self.settimeout(seconds_left())
        super().do_handshake(block)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive in what is left of the limits."""
        self.settimeout(seconds_left())
        received = super().recv_into(*args, **kwargs)
        _count(received)
        return received

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        """Receive in what is left of the limits."""
        self.settimeout(seconds_left())
        received = super().recv(*args, **kwargs)
        _count(len(received))
        return received

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Send in what is left of the limit; ``sendall`` calls this."""
        self.settimeout(seconds_left())
        return super().send(*args, **kwargs)


def connect(host: str, port: int, source: Any, options: Any) -> LimitedSocket:
    """Return a socket that is connected to the first of the host's addresses that answers, within the time limit.

    Raises:
        socket.gaierror: if the name doesn't resolve.
        OSError: if no address answers, or no file can be opened.
    """
    failure: OSError | None = None
    # Check this first, because a look-up that can't open files fails as if the name did not exist.
    LimitedSocket().close()
    addresses = _addresses(host, port)
    for tried, (family, kind, protocol, _name, address) in enumerate(addresses):
        sock: LimitedSocket | None = None
        try:
            sock = LimitedSocket(family, kind, protocol)
            for option in options or ():
                sock.setsockopt(*option)
            if source:
                sock.bind(source)
            # An address that never answers must leave time for the other addresses.
            left = seconds_left()
            sock.settimeout(None if left is None else left / (len(addresses) - tried))
            sock.connect(address)
            return sock
        except OSError as error:
            failure = error
            if sock is not None:
                sock.close()
    raise failure or OSError("the name has no address")


def _addresses(host: str, port: int) -> list[Any]:
    """Look the name up within the time limit.

    The operating system's look-up has no time limit, and may take minutes if no name server answers. So a thread does
    the look-up, and is abandoned if it takes too long.
    """
    answer: concurrent.futures.Future[list[Any]] = concurrent.futures.Future()

    def look_up() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except Exception as error:  # pylint: disable=broad-except
            answer.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return answer.result(seconds_left())
    except concurrent.futures.TimeoutError:
        raise socket.timeout("timed out") from None
    except UnicodeError as error:  # A part of the name is too long.
        raise socket.gaierror(socket.EAI_NONAME, str(error)) from error
