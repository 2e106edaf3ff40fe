# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts of the chaos test share: where they work, simulated servers, and real runs of ansible-playbook."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil
import requests
from subjects import DATA_SOURCE, GROUP, Subject
from verdicts import Job, Knowledge, Report, Wanted

BIN = Path(sys.executable).parent
HERE = Path(__file__).resolve().parent
API_KEY = "bd_key_chaos"
OTHER_KEY = "bd_key_other"
ORGANIZATION = "org_chaos"

# What a wish may say, and what counts if it does not.
COMMON = {"state": "'absent'", "id": "omit", "force": "omit"}
ARGUMENTS = {
    **COMMON,
    **dict.fromkeys(("name", "dialect", "host", "password", "update_secrets", "ssl_enabled", "access"), "omit"),
}


class ChaosError(Exception):
    """The test itself can't go on; the message says why."""


@dataclass(frozen=True)
class Site:
    """Where and how the parts work, and about which family.

    That is a folder, the tree of collections, the seed, the storm's size, and whether the short form is wanted.
    ``verbosity`` is how much Ansible shows.
    """

    folder: Path
    collections: Path
    seed: int
    deletions: int
    short: bool
    subject: Subject = DATA_SOURCE
    verbosity: int = 0

    def random(self, name: str) -> Random:
        """Return a generator that depends on the seed and ``name`` alone."""
        return Random(f"{self.seed}-{name}")

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which Ansible uses this tree and leaves nothing in the user's home."""
        return {
            **os.environ,
            "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "ansible" / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "ansible" / "tmp"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_VERBOSITY": str(self.verbosity),
            "CHAOS_SECRET": self.subject.secret,
        }


def say(part: str, text: str) -> None:
    """Print one line of progress."""
    print(f"  {part:7} {text}", flush=True)


@dataclass(frozen=True)
class Server:
    """A simulated Basedash, by its control API."""

    url: str
    subject: Subject = DATA_SOURCE
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to the control API and return what it answers."""
        answer = self.session.request(method, f"{self.url}/_simulator/{path}", json=body, timeout=30)
        if answer.status_code != 200:
            raise ChaosError(f"The simulator refused {method} {path}: {answer.text}")
        return answer.json()

    def hold(self, sources: Sequence[Mapping[str, Any]], **behaviour: Any) -> None:
        """Begin anew with these objects, the newest last, and these switches."""
        organization = {"id": ORGANIZATION, "name": "Chaos", "groups": [GROUP], **self.subject.seed(sources)}
        keys = [{"key": key, "role": "admin", "organizations": [ORGANIZATION]} for key in (API_KEY, OTHER_KEY)]
        self.control("POST", "reset", {"organizations": [organization], "keys": keys, "behaviour": behaviour})

    def effects(self) -> list[dict[str, Any]]:
        """Return who did what: the clients, and the other writers."""
        found: list[dict[str, Any]] = self.control("GET", "effects")
        return found

    def knowledge(self) -> Knowledge:
        """Return what the server knows by now."""
        # The log first: what happens between the two is in the state, and the next look has it in both.
        log = self.requests()
        sources = {source["id"]: source for source in self.sources()}
        return Knowledge(log, {name: source["deletedAt"] for name, source in sources.items()}, sources)

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the log, from the request behind this number on."""
        log: list[dict[str, Any]] = self.control("GET", f"requests?after={after}")
        return log

    def sources(self) -> list[dict[str, Any]]:
        """Return all objects, deleted ones too, with their secrets and access."""
        found: list[dict[str, Any]] = self.control("GET", f"objects/{self.subject.path}")
        return found

    def parts(self) -> list[dict[str, Any]]:
        """Return the parts of all objects, deleted ones too, if they are a family of their own."""
        family = self.subject.parts.family if self.subject.parts else ""
        found: list[dict[str, Any]] = self.control("GET", f"objects/{family}") if family else []
        return found

    def delete_as_someone_else(self, source: str) -> None:
        """Delete an object with another client, whatever the network does."""
        url = f"{self.url}/api/public/organizations/{ORGANIZATION}/{self.subject.path}/{source}"
        for _try in range(50):
            with contextlib.suppress(requests.RequestException):
                answer = self.session.delete(url, headers={"Authorization": f"Bearer {OTHER_KEY}"}, timeout=1)
                if answer.status_code in (202, 204, 404) or (answer.status_code == 200 and "html" not in answer.text):
                    return
        raise ChaosError(f"Someone else could not delete {source}.")


@contextlib.contextmanager
def server(site: Site, name: str) -> Iterator[Server]:
    """Run a simulated Basedash for a while."""
    with servers(site, [name]) as (one,):
        yield one


@contextlib.contextmanager
def servers(site: Site, names: Sequence[str]) -> Iterator[list[Server]]:
    """Run several for a while; they start at the same time."""
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(_starting(site, name)) for name in names]
        yield [Server(f"http://127.0.0.1:{port()}", site.subject) for port in ports]


@contextlib.contextmanager
def _starting(site: Site, name: str) -> Iterator[Callable[[], str]]:
    """Start a simulator, and give what waits for its port."""
    port_file, log = site.folder / f"{name}.port", site.folder / f"{name}.log"
    command: list[str | Path] = [
        BIN / "basedash-simulator",
        "--port",
        "0",
        "--port-file",
        port_file,
        "--idle-seconds",
        "600",
    ]
    with log.open("wb") as output, running(command, output, site.environment) as process:
        deadline = time.monotonic() + 30

        def port() -> str:
            while not port_file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    text = log.read_text(encoding="utf-8", errors="replace")
                    raise ChaosError(f"The simulator did not start:\n{text}")
                time.sleep(0.05)
            return port_file.read_text(encoding="ascii")

        yield port


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], output: Any, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for a while, in a process group of its own, and leave nothing of it behind."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started with SIGKILL, at once.

    Ansible's workers lead sessions of their own, so the signal to the process group does not reach them.
    """
    with contextlib.suppress(psutil.NoSuchProcess):
        offspring = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGKILL)
        for one in offspring:
            with contextlib.suppress(psutil.NoSuchProcess):
                # A worker that was about to start a module may have a child by now.
                for child in [one, *one.children(recursive=True)]:
                    child.kill()
        psutil.wait_procs(offspring, timeout=5)
    process.wait()


@dataclass(frozen=True)
class Host:
    """One host of the inventory: which server its tasks are about, what they ask for, and where they are to run."""

    name: str
    server: Server
    wanted: Sequence[Wanted]
    options: Mapping[str, Any] = field(default_factory=dict)
    run_on: str = "auto"


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook that was started, and the file that gets its results."""

    process: subprocess.Popen[bytes]
    reports_file: Path
    log: Path

    def reports(self) -> list[Report]:
        """Return what was reported by now."""
        if not self.reports_file.exists():
            return []
        return [Report(**json.loads(line)) for line in self.reports_file.read_text(encoding="utf-8").splitlines()]

    def check(self) -> None:
        """Refuse a run that ended for a reason of its own, and not for what its tasks met."""
        if self.process.returncode not in (0, 2):
            text = self.log.read_text(encoding="utf-8", errors="replace")
            raise ChaosError(f"ansible-playbook ended with {self.process.returncode}:\n{text[-3000:]}")


@contextlib.contextmanager
def playbook(site: Site, name: str, hosts: Sequence[Host], *, block: int = 0) -> Iterator[Run]:
    """Start a run; each host goes through its wishes in their order, without waiting for the others.

    Loops over ``block`` of them and as many tasks of their own take turns; a last loop has the rest. 0: one loop.
    """
    with _started(site, name, hosts, _play(site.subject, block, min(len(host.wanted) for host in hosts))) as one:
        yield one


@contextlib.contextmanager
def playbook_of(site: Site, name: str, host: Host, jobs: Sequence[Job]) -> Iterator[Run]:
    """Start a run of one host that does these jobs, one task each."""
    tasks = [
        {
            # With its host, the number at the end of its name is a task's ticket.
            "name": "Do job %s" % job.ticket.rpartition("-")[2],
            "community.basedash.basedash_data_sources": job.options,
            "ignore_errors": True,
            "check_mode": job.check,
            "timeout": job.timeout,
        }
        for job in jobs
    ]
    with playbook_with(site, name, host, tasks) as one:
        yield one


@contextlib.contextmanager
def playbook_with(site: Site, name: str, host: Host, tasks: Sequence[Mapping[str, Any]]) -> Iterator[Run]:
    """Start a run of one host with these tasks, as a playbook has them."""
    with _started(site, name, [host], _play_of(tasks)) as one:
        yield one


@contextlib.contextmanager
def _started(site: Site, name: str, hosts: Sequence[Host], play: Mapping[str, Any]) -> Iterator[Run]:
    folder = site.folder / name
    folder.mkdir()
    inventory = {"all": {"hosts": {host.name: _variables(host) for host in hosts}}}
    for file, content in (("inventory.yml", inventory), ("playbook.yml", [play])):
        folder.joinpath(file).write_text(json.dumps(content), encoding="utf-8")
    reports = folder / "reports.jsonl"
    environment = {**site.environment, "CHAOS_REPORTS": str(reports), "CHAOS_RUN": name}
    command: list[str | Path] = [BIN / "ansible-playbook", "-f", str(len(hosts)), "-i", folder / "inventory.yml"]
    command.append(folder / "playbook.yml")
    with folder.joinpath("log").open("wb") as output, running(command, output, environment) as process:
        yield Run(process, reports, folder / "log")


def places(number: int) -> str:
    """Return where the tasks of the host of this number run, so that both ways take part."""
    return ("controller", "target")[number % 2]


def _variables(host: Host) -> dict[str, Any]:
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "basedash_run_on": host.run_on,
        "connection_options": {
            "api_key": API_KEY,
            "api_url": host.server.url,
            "organization_id": ORGANIZATION,
            **host.options,
        },
        "wishes": [{"ticket": wish.ticket, **wish.options} for wish in host.wanted],
    }


def _play(subject: Subject, block: int, length: int) -> dict[str, Any]:
    tasks: list[dict[str, Any]] = []
    place = 0
    while block and place + 2 * block <= length:
        tasks.append({**_task(subject, "Do some", "item"), "loop": "{{ wishes[%d:%d] }}" % (place, place + block)})
        # With its host, the number at the end of its name is a task's ticket.
        singles = range(place + block, place + 2 * block)
        tasks += [_task(subject, "Do number %d" % single, "wishes[%d]" % single) for single in singles]
        place += 2 * block
    tasks.append({**_task(subject, "Do the rest", "item"), "loop": "{{ wishes[%d:] }}" % place})
    return _play_of(tasks)


def _play_of(tasks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "hosts": "all",
        "gather_facts": False,
        "strategy": "free",
        "module_defaults": {"group/community.basedash.basedash": "{{ connection_options }}"},
        "tasks": list(tasks),
    }


def _task(subject: Subject, name: str, wish: str) -> dict[str, Any]:
    others = {**dict.fromkeys((*subject.where, subject.key_option), "omit"), **COMMON}
    defaults = ARGUMENTS if subject is DATA_SOURCE else others
    arguments = {name: "{{ %s.%s | default(%s) }}" % (wish, name, other) for name, other in defaults.items()}
    return {
        "name": name,
        f"community.basedash.{subject.module}": arguments,
        "ignore_errors": True,
    }


def wait(part: str, runs: Sequence[Run], tell: Callable[[], str], look: Callable[[], None] = lambda: None) -> None:
    """Wait for the end of the runs, ``look`` often, and ``tell`` from time to time how it stands."""
    told = time.monotonic()
    while any(run.process.poll() is None for run in runs):
        time.sleep(0.3)
        look()
        if time.monotonic() - told > 10:
            say(part, tell())
            told = time.monotonic()
    for run in runs:
        run.check()
    look()
