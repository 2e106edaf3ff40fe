# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on the TCP connection itself, below HTTP: resets, cut answers, waiting for the client to leave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class SimulatorProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1 protocol, which also tells the application its transport, in `scope["state"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def transport_of(scope: Scope) -> asyncio.Transport:
    """The TCP connection of a request."""
    transport = scope.get("state", {}).get("transport")
    if transport is None:
        raise RuntimeError("This fault needs a real TCP connection, that is, the simulator's own server.")
    assert isinstance(transport, asyncio.Transport)
    return transport


def reset(transport: asyncio.Transport) -> None:
    """End the connection with a TCP RST."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # lingering for 0 seconds makes close() send RST in place of FIN; the client may have closed already
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Disconnect:
    """Watches for the client's leaving; use it after the request's body was read."""

    def __init__(self, receive: Receive) -> None:
        self._task = asyncio.ensure_future(self._watch(receive))

    @staticmethod
    async def _watch(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait so many seconds, or for ever; True as soon as the client has left."""
        done, waiting = await asyncio.wait({self._task}, timeout=seconds)
        return not waiting and bool(done)

    async def stop(self) -> None:
        """Watch no longer."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
