# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server process: listening, the end after idle time, a clean stop; also in a thread, for tests in Python."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from basedash_simulator.gate import Gate
from basedash_simulator.simulation import Simulation
from basedash_simulator.wire import SimulatorProtocol

# Longer than any client keeps a connection for its next request.
KEEP_ALIVE_SECONDS = 300
BACKLOG = 512


class Server:
    """One listening simulator; `port` 0 lets the system choose, `idle_seconds` 0 means never ending by itself."""

    def __init__(
        self,
        simulation: Simulation,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        prefix: str = "",
        idle_seconds: float = 0.0,
    ) -> None:
        self._simulation = simulation
        self._host = host
        self.port = port
        self._idle_seconds = idle_seconds
        self._stopped = asyncio.Event()
        self._gate = Gate(simulation, prefix, self.stop)
        self._state = ServerState()
        self._listener: asyncio.Server | None = None
        self._idle_task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; OSError if that is impossible. `port` is the real one afterwards."""
        config = uvicorn.Config(
            self._gate,
            http=SimulatorProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.load()

        def protocol() -> SimulatorProtocol:
            return SimulatorProtocol(config=config, server_state=self._state, app_state={})

        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(protocol, self._host, self.port, backlog=BACKLOG)
        self.port = self._listener.sockets[0].getsockname()[1]
        self._simulation.last_activity = time.monotonic()
        if self._idle_seconds:
            self._idle_task = asyncio.ensure_future(self._watch_idle())

    def stop(self) -> None:
        """End soon; to be called in the server's event loop."""
        self._stopped.set()

    async def run(self) -> None:
        """Serve until somebody stops the server, then close everything."""
        await self._stopped.wait()
        if self._idle_task is not None:
            self._idle_task.cancel()
        if self._listener is not None:
            self._listener.close()
        # what was answered still leaves; requests that hang notice that their connection is gone
        for connection in list(self._state.connections):
            connection.transport.close()
        if self._state.tasks:
            await asyncio.wait(set(self._state.tasks), timeout=1)

    async def _watch_idle(self) -> None:
        while True:
            left = self._simulation.last_activity + self._idle_seconds - time.monotonic()
            if left <= 0:
                self.stop()
                return
            await asyncio.sleep(left)


def write_port_file(path: str, port: int) -> None:
    """Write the port number, and nothing else, so that a reader sees the whole file or none."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, name = tempfile.mkstemp(dir=folder, prefix=".port-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(str(port))
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def running(seed: Any = None, *, host: str = "127.0.0.1", prefix: str = "", **options: Any) -> Iterator[str]:
    """A simulator in a thread of this process, for tests; gives its address without a slash at the end."""
    ready = threading.Event()
    outcome: dict[str, Any] = {}

    async def serve() -> None:
        server = Server(Simulation(seed), host=host, prefix=prefix, **options)
        await server.start()
        outcome["port"] = server.port
        outcome["stop"] = _stopper(asyncio.get_running_loop(), server)
        ready.set()
        await server.run()

    def main() -> None:
        try:
            asyncio.run(serve())
        except BaseException as problem:
            outcome["problem"] = problem
        finally:
            ready.set()

    thread = threading.Thread(target=main, name="basedash-simulator", daemon=True)
    thread.start()
    ready.wait()
    if "port" not in outcome:
        raise outcome["problem"]
    try:
        yield f"http://{host}:{outcome['port']}"
    finally:
        outcome["stop"]()
        thread.join(10)


def _stopper(loop: asyncio.AbstractEventLoop, server: Server) -> Callable[[], None]:
    def stop() -> None:
        # the loop is closed already if the server ended by itself
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(server.stop)

    return stop
