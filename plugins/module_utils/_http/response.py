# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: finds the end of an answer on the wire, and decompresses its body.

A kept connection carries one answer after the other. If the client and the server disagree about the end of an answer,
the next request gets the answer to another request, and a task would believe it. So the connection is closed if there
is any doubt.
"""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Sequence
from email.message import Message
from typing import Any, Callable

from .._base.text import quoted
from .sockets import has_unread
from .transport import TransportError

# The maximum of 1xx answers before an answer. A normal server sends one or two, or one every few seconds.
_MOST_INTERIM = 100

# Answers with these statuses have no body, even if their headers say so.
_WITHOUT_BODY = (204, 304)

# The formats for zlib. For "deflate" there are two, because some servers send another format than the standard's.
_FORMATS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}

# A proxy may compress a body that the server has compressed already. More layers are a mistake or an attack.
_MOST_CODINGS = 2


class BadAnswerError(http.client.HTTPException):
    """An answer that violates HTTP, so that its end is not certain. The message is a clause."""


class Response(http.client.HTTPResponse):
    """An answer of ``http.client`` that skips every interim answer, and refuses an unclear end.

    ``close_connection`` is called if the connection must not be used again.
    """

    def __init__(self, close_connection: Callable[[], object], sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._close_connection = close_connection
        self._socket = sock

    def _read_status(self) -> tuple[str, int, str]:
        # The base class skips only 100. It would return another interim answer, such as 103, as the answer, and the
        # real answer would go to the next request.
        base: Any = super()
        for _number in range(_MOST_INTERIM):
            version, status, reason = base._read_status()
            if status == http.client.SWITCHING_PROTOCOLS:
                raise BadAnswerError("the answer switches to another protocol (101), which nobody asked for")
            if status >= 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise BadAnswerError("more than %d interim answers (1xx) came before the answer" % _MOST_INTERIM)

    def begin(self) -> None:
        """Read the status and the headers, and decide how the body ends as RFC 9112, section 6.3, has it.

        Raises:
            BadAnswerError: if the end of the body is not clear.
        """
        if self.headers is not None:
            return
        super().begin()
        transfer = [coding for coding in _listed(self.headers, "Transfer-Encoding") if coding not in ("", "identity")]
        lengths = set(_listed(self.headers, "Content-Length"))
        plain = not transfer and len(self.headers.get_all("Content-Length", ())) < 2
        if self.status in _WITHOUT_BODY:
            plain = plain and lengths <= {"0"}
            del self.headers["Transfer-Encoding"], self.headers["Content-Length"]
            self.chunked, self.length = False, 0
        elif transfer:
            plain = transfer == ["chunked"] and not lengths and self.version == 11
            if transfer[-1] != "chunked" or ("chunked" in transfer[:-1] and set(transfer) != {"chunked"}):
                raise BadAnswerError("the answer has a Transfer-Encoding that can't be read (%s)" % _shown(transfer))
            # The chunked encoding counts, and the length does not.
            del self.headers["Content-Length"]
            self.length = None
        elif lengths:
            length = lengths.pop()
            if lengths or not (length.isascii() and length.isdigit()):
                raise BadAnswerError("the answer has no clear length (%s)" % _shown([length, *lengths]))
            del self.headers["Content-Length"]
            self.headers["Content-Length"] = length
            self.length = int(length[:18])
        if not plain or self.headers.defects:
            self.will_close = True

    def _close_conn(self) -> None:
        # Bytes after an answer would become the beginning of the next answer.
        doubt = self.fp is not None and has_unread(self.fp, self._socket)
        base: Any = super()
        base._close_conn()
        if doubt:
            self._close_connection()


def _listed(headers: Message, name: str) -> list[str]:
    """Return the elements of a header that is a list, of all lines with this name, in lower case."""
    return [element.strip().lower() for line in headers.get_all(name, ()) for element in str(line).split(",")]


def _shown(values: Sequence[str]) -> str:
    return ", ".join(quoted(value) for value in values[:3])


def unfolded(body: bytes, codings: Sequence[str], longest: int) -> bytes | None:
    """Return a decompressed body; ``codings`` are in the order in which they were applied.

    Returns ``None`` if a coding is unknown.

    Raises:
        TransportError: if the body is damaged, or if it expands to more than ``longest`` bytes.
    """
    for count, coding in enumerate(reversed(codings)):
        # Some proxies decompress a body but keep the header that says that it is compressed.
        if body.lstrip()[:1] in (b"", b"{", b"[", b"<", b'"'):
            return body
        if coding not in _FORMATS or count >= _MOST_CODINGS:
            return None
        body = _inflated(body, _FORMATS[coding], longest)
    return body


def _inflated(body: bytes, formats: Sequence[int], longest: int) -> bytes:
    for bits in formats:
        try:
            return _inflated_as(body, bits, longest)
        except zlib.error:
            continue
    raise TransportError("the compressed answer is damaged", sent=True, transient=True)


def _inflated_as(body: bytes, bits: int, longest: int) -> bytes:
    found = bytearray()
    while True:
        inflater = zlib.decompressobj(bits)
        # This keeps memory below the limit, even if a small body expands to a very large one.
        found += inflater.decompress(body, longest + 1 - len(found))
        if len(found) > longest:
            raise too_large(longest)
        if not inflater.eof:
            raise TransportError("the compressed answer was cut off", sent=True, transient=True)
        # A gzip body may have several parts. Other bytes after it are padding.
        body = inflater.unused_data
        if bits != 31 or body[:2] != b"\x1f\x8b":
            return bytes(found)


def too_large(longest: int) -> TransportError:
    """Return the failure for an answer of more than ``longest`` bytes."""
    return TransportError(
        "the answer is larger than %d MB, which no answer of Basedash is" % (longest // 2**20),
        sent=True,
        transient=False,
        advice="check api_url",
    )
