# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: one HTTP request and its answer or failure, for any HTTP library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

PROXY_ADVICE = "give it in the proxy's URL (http://user:password@host:port), or set use_proxy to false"
"""The advice if a proxy asks for a log-in."""


@dataclass(frozen=True)
class Request:
    """One HTTP request, ready to be sent. The headers hold the key, so they stay out of ``repr``."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class RawAnswer:
    """A complete answer. The names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """There was no complete answer.

    ``sent`` tells whether the request may have reached the server. ``transient`` tells whether a retry makes sense.
    ``timed_out`` tells whether there was a time-out, so that the server may still be working on the request. The
    message is a clause that says what is wrong. ``advice`` is a clause that says what to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        sent: bool,
        transient: bool,
        timed_out: bool = False,
        advice: str = "run the task again later",
    ) -> None:
        super().__init__(message)
        self.sent = sent
        self.transient = transient
        self.timed_out = timed_out
        self.advice = advice


class Transport(Protocol):
    """Sends requests. A transport belongs to one task, and is closed at its end."""

    secrets: Sequence[str]
    """Secrets that the transport knows, such as a proxy's password."""

    def send(self, request: Request, timeout: float) -> RawAnswer:
        """Send ``request`` and return the answer after at most ``timeout`` seconds, without following a redirect.

        Raises:
            TransportError: if there was no complete answer in time.
        """

    def close(self) -> None:
        """Close the connections."""
