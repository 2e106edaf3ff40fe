# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `basedash-simulator`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import signal
import sys
from collections.abc import Sequence

from basedash_simulator import __version__
from basedash_simulator.errors import SeedError
from basedash_simulator.seed import read_seed
from basedash_simulator.server import Server, write_port_file
from basedash_simulator.simulation import Simulation

DESCRIPTION = """Stand-in for the Basedash public API, for tests. It keeps everything in
memory, can behave in each way in which the real API might, and fails on
demand. Never expose it: it guards nothing."""

EPILOG = """example:
  basedash-simulator --port 8765 &
  curl -H 'Authorization: Bearer bd_key_demo_admin' \\
    http://127.0.0.1:8765/api/public/organizations/org_demo/data-sources
  curl http://127.0.0.1:8765/_simulator/requests

exit status: 0 after SIGTERM, SIGINT, idle time or a shutdown through the
control API; 1 if it can't listen; 2 for wrong options or a wrong seed."""


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="basedash-simulator",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--seed",
        metavar="FILE",
        help="YAML file with organizations, their objects, keys and behaviour (default: a small demo)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        help="port to listen on; 0 lets the system choose a free one (default: %(default)s)",
    )
    parser.add_argument(
        "--port-file",
        metavar="FILE",
        help="write the port number to this file as soon as requests are accepted; an old file is removed first",
    )
    parser.add_argument(
        "--idle-seconds",
        type=_seconds,
        default=900.0,
        metavar="SECONDS",
        help="end after this time without a request; 0 means never (default: %(default)g)",
    )
    parser.add_argument(
        "--prefix",
        default="",
        metavar="PATH",
        help="path in front of the API, such as /base for a server behind a reverse proxy (default: none)",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    options = make_parser().parse_args(arguments)
    try:
        simulation = Simulation(None if options.seed is None else read_seed(options.seed))
    except SeedError as problem:
        print(f"basedash-simulator: {problem}", file=sys.stderr)
        return 2
    try:
        asyncio.run(_serve(simulation, options))
    except OSError as problem:
        print(f"basedash-simulator: cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


async def _serve(simulation: Simulation, options: argparse.Namespace) -> None:
    server = Server(
        simulation,
        host=options.host,
        port=options.port,
        prefix=options.prefix,
        idle_seconds=options.idle_seconds,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    if options.port_file:
        # a file of an earlier run would send its reader to the wrong port
        with contextlib.suppress(FileNotFoundError):
            os.unlink(options.port_file)
    await server.start()
    if options.port_file:
        write_port_file(options.port_file, server.port)
    # the reader of this line may be gone, which is no reason to end
    with contextlib.suppress(BrokenPipeError):
        print(f"Basedash simulator listens at http://{options.host}:{server.port}", flush=True)
    await server.run()


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 0 to 65535")


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        seconds = float(text)
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
