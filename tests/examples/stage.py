# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests need of the world: a Basedash, a controller with the collection, and something that reads Markdown."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from markdown_it import MarkdownIt

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
KEY = "bd_key_demo_admin"

# Names of data sources that want to be more than names.
HOSTILE = [
    "a|b`c` <img src=x onerror=alert(1)> @octocat [x](http://evil.example) #1 https://evil.example",
    "line\n::set-output name=x::y\n| --- |",
    "{{ lookup('ansible.builtin.pipe', 'touch pwned') }}",
    "##[add-mask]e",
    "  spaced  ",
    "```\n### big",
    "\u202eevil",
    "x" * 5000,
    "a\\|b",
    "/merge",
    "www.evil.example me@evil.example",
    "{% raw %}",
    "[1, 2]",
    "true",
    "'\"; rm -rf /",
]


class Basedash:
    """The simulator, by its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = build_opener(ProxyHandler({}))

    def call(self, method: str, what: str, body: Any = None) -> Any:
        """Send one request to the control API."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/_simulator/{what}", data, {"Content-Type": "application/json"}, method=method)
        with self._opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def add(self, *sources: Mapping[str, Any], organization: str = "org_demo") -> None:
        """Add data sources; the last one will be the first in the list."""
        self.call("POST", "data-sources", {"organization": organization, "data_sources": list(sources)})

    def send(self, method: str, path: str, body: Any, organization: str = "org_demo") -> None:
        """Send a request of the API, as somebody else does."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
        url = f"{self.url}/api/public/organizations/{organization}/{path}"
        self._opener.open(Request(url, json.dumps(body).encode(), headers, method=method), timeout=30).close()

    def rename(self, identifier: str, name: str) -> None:
        """Rename a data source, as somebody else does."""
        self.send("PATCH", f"data-sources/{identifier}", {"displayName": name})

    def sent(self, effect: str) -> list[str]:
        """Return the ids of the data sources that requests had this effect on, and forget nothing."""
        return [entry["data_source"] for entry in self.call("GET", "requests") if entry["effect"] == effect]

    @property
    def methods(self) -> set[str]:
        """The methods of all requests since the last reset."""
        return {entry["method"] for entry in self.call("GET", "requests")}

    def sources(self, organization: str = "org_demo") -> dict[str, dict[str, Any]]:
        """Return what is there, by its name."""
        organizations = self.call("GET", "state")["organizations"]
        found = next(one for one in organizations if one["id"] == organization)
        return {one["displayName"]: one for one in found["data_sources"] if not one["deletedAt"]}


class Api(BaseHTTPRequestHandler):
    """A part of somebody's API, which speaks JSON."""

    def body(self) -> Any:
        """Return what was sent."""
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, status: int, body: Any, **headers: str) -> None:
        """Send JSON."""
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def listening(handler: type[Api], **members: Any) -> Iterator[str]:
    """Serve a class of this kind with these members; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), members))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def environment(basedash: Basedash, **more: str) -> dict[str, str]:
    """Return the environment of a controller where nothing but the collection is installed."""
    kept = {name: os.environ[name] for name in ("HOME", "LC_ALL", "ANSIBLE_COLLECTIONS_PATH") if name in os.environ}
    return {
        **kept,
        "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        # Saves a tenth of the time. The integration tests send modules as Ansible does where nothing is set.
        "ANSIBLE_PIPELINING": "true",
        "BASEDASH_API_URL": basedash.url,
        "BASEDASH_ORGANIZATION_ID": "org_demo",
        "BASEDASH_API_KEY": KEY,
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


@dataclass
class Run:
    """What a program said and left behind."""

    status: int
    output: str
    folder: Path
    asked: bool = False
    name: str = "basedash-teardown"

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report."""
        loaded: dict[str, Any] = json.loads(self.folder.joinpath(f"{self.name}.json").read_text(encoding="utf-8"))
        return loaded

    @property
    def markdown(self) -> str:
        """The Markdown report."""
        return self.folder.joinpath(f"{self.name}.md").read_text(encoding="utf-8")

    @property
    def actions(self) -> dict[str, str]:
        """What became of each data source, by its name."""
        return {one["name"]: one["action"] for one in self.report["results"]}


def run(basedash: Basedash, folder: Path, *command: str | Path, env: Mapping[str, str] | None = None) -> Run:
    """Run a program of Ansible where nobody is."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=folder,
        env={**environment(basedash), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout, folder)


def run_at_a_terminal(
    basedash: Basedash,
    folder: Path,
    *command: str,
    env: Mapping[str, str] | None = None,
    answer: bytes = b"no\r",
    meanwhile: Callable[[], None] = lambda: None,
) -> Run:
    """Run it at a terminal where somebody types ``answer`` when asked, and something happens meanwhile."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execve(BIN / command[0], command, {**environment(basedash), **(env or {})})
    said, asked, end = b"", False, time.monotonic() + 90
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:  # What a terminal says when its last process has ended.
                break
            said += chunk
        if not asked and b"Type yes" in said and _reads_keys(terminal):
            meanwhile()
            # What was typed before is thrown away at last.
            time.sleep(0.2)
            os.write(terminal, answer)
            asked = True
    else:
        os.kill(process, 9)
    os.close(terminal)
    _process, status = os.waitpid(process, 0)
    return Run(os.waitstatus_to_exitcode(status), said.decode("utf-8", "replace"), folder, asked)


def _reads_keys(terminal: int) -> bool:
    modes = termios.tcgetattr(terminal)[3]
    return bool(modes & termios.ECHO and not modes & termios.ICANON)


def teardown(*arguments: str, **options: Any) -> Sequence[str]:
    """Return the command that runs the playbook by its name, with these variables of the role."""
    variables = {f"basedash_teardown_{name}": value for name, value in options.items()}
    return ["ansible-playbook", "community.basedash.teardown", "-e", json.dumps(variables), *arguments]


def rendered(markdown: str) -> tuple[int, set[str]]:
    """Return the number of a table's rows, and the kinds of everything in the text that does something."""
    tokens = MarkdownIt("gfm-like").parse(markdown)
    rows = sum(token.type == "tr_open" for token in tokens)
    kinds = {token.type for token in tokens} | {one.type for token in tokens for one in token.children or ()}
    return rows, kinds & {"link_open", "image", "html_block", "html_inline", "fence", "em_open", "strong_open"}


def text_outside_code(markdown: str) -> str:
    """Return what a platform would search for mentions and references."""
    tokens = MarkdownIt("gfm-like").parse(markdown)
    return " ".join(one.content for token in tokens for one in token.children or () if one.type == "text")
