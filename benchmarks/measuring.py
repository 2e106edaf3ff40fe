# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One measured run: a whole process with all that it starts, from outside, and what the server says was done."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests
import trustme
from server import API_KEY, ORGANIZATION, ROOT

HERE = Path(__file__).resolve().parent
_WATCH_EVERY = 0.005
# What would change what is measured: settings, proxies, other authorities.
_OF_THE_USER = re.compile(r"ANSIBLE_|BASEDASH_|PYTHON|SSL_CERT|.*_(CA_BUNDLE|PROXY)$", re.IGNORECASE)


class BenchmarkError(Exception):
    """The benchmark itself can't go on; the message says why."""


@dataclass(frozen=True)
class Cost:
    """What one run cost: seconds, seconds of all processes' CPU, and if it was watched the most memory, in bytes.

    `largest` is that of the largest process, `module` that of the process which does the module's work.
    """

    wall: float
    cpu: float
    returncode: int
    largest: int | None = None
    module: int | None = None


@dataclass(frozen=True)
class Server:
    """A running server, by its control requests."""

    ports: Mapping[str, int]
    bundle: str
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def url(self, scheme: str) -> str:
        """Return the root of the service."""
        return f"{scheme}://127.0.0.1:{self.ports[scheme]}"

    def sources_url(self, scheme: str) -> str:
        """Return the address of the list."""
        return self.url(scheme) + ROOT

    def fill(self, sources: int, latency: float, limit: int | None, organization: bool = False) -> None:
        """Begin anew with so many data sources, or with a whole organization of so many objects."""
        body = {"sources": sources, "latency": latency, "limit": limit, "organization": organization}
        self.session.post(self.url("http") + "/control/fill", json=body, timeout=60).raise_for_status()

    def counts(self) -> dict[str, int]:
        """Return what was done since."""
        counts: dict[str, int] = self.session.get(self.url("http") + "/control/counts", timeout=60).json()
        return counts


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run a server for a while, with a certificate of an authority of its own."""
    authority = trustme.CA()
    bundle, certificate, port_file = folder / "authority.pem", folder / "server.pem", folder / "ports.json"
    authority.cert_pem.write_to_path(str(bundle))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    command: list[str | Path] = [sys.executable, HERE / "server.py", "--port-file", port_file]
    command += ["--certificate", certificate]
    with folder.joinpath("server.log").open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 30
            while not port_file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise BenchmarkError(f"The server did not start: see {folder / 'server.log'}")
                time.sleep(0.02)
            yield Server(json.loads(port_file.read_text(encoding="ascii")), str(bundle))
        finally:
            process.terminate()
            process.wait()


class _Watch(threading.Thread):
    """Looks at the peak memory of a program's processes; the module's is below the first, with a word in its command.

    The kernel keeps the peak, so that only what a process takes in its last milliseconds can be missed. What it tells
    of ended processes is no use here: that begins with the memory of the program that started them.
    """

    def __init__(self, process: int, word: str) -> None:
        super().__init__(daemon=True)
        self._process, self._word = process, word
        self.ended = threading.Event()
        self.largest = self.module = 0

    def run(self) -> None:
        """Look until the end."""
        while not self.ended.wait(_WATCH_EVERY):
            with contextlib.suppress(psutil.Error, OSError):
                first = psutil.Process(self._process)
                self.largest = max(self.largest, peak(first.pid))
                for child in first.children(recursive=True):
                    with contextlib.suppress(psutil.Error, OSError):
                        memory = peak(child.pid)
                        self.largest = max(self.largest, memory)
                        if self._word in " ".join(child.cmdline()):
                            self.module = max(self.module, memory)


def peak(process: int) -> int:
    """Return the most memory that a process ever had, in bytes."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def run(
    command: Sequence[str], environment: Mapping[str, str], log: Path, watch: str | None = None, limit: float = 900
) -> Cost:
    """Run a program to its end and return what it cost.

    With `watch`, a word in the command line of the module's process, its memory is watched. That takes time of its own,
    so such a run is good for its memory alone.
    """
    with log.open("wb") as output:
        begun = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True
        )
        watcher = None if watch is None else _Watch(process.pid, watch)
        if watcher is not None:
            watcher.start()
        killer = threading.Timer(limit, process.kill)
        killer.start()
        try:
            _pid, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            wall = time.monotonic() - begun
            killer.cancel()
            if watcher is not None:
                watcher.ended.set()
                watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    if watcher is None:
        return Cost(wall, cpu, process.returncode)
    return Cost(wall, cpu, process.returncode, watcher.largest, watcher.module)


def environment(folder: Path, collections: Path, url: str) -> dict[str, str]:
    """Return the variables of a measured run: nothing of the user's settings, and Python may keep compiled files."""
    kept = {name: value for name, value in os.environ.items() if not _OF_THE_USER.match(name)}
    home = folder / "ansible"
    return {
        **kept,
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_LOCAL_TEMP": str(home / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(home / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "BASEDASH_API_URL": url,
        "BASEDASH_CA_PATH": str(folder / "authority.pem"),
        "BASEDASH_API_KEY": API_KEY,
        "BASEDASH_ORGANIZATION_ID": ORGANIZATION,
    }


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log."""
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(line[:500] for line in text)
