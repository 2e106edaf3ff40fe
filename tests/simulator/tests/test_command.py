# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command, as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import PATIENCE_SECONDS, wait_until

from basedash_simulator import cli

COMMAND = [sys.executable, "-m", "basedash_simulator"]


@contextlib.contextmanager
def process(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command; gives it and its address, and ends it if nobody else did."""
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            assert child.stdout is not None
            line = child.stdout.readline()
            assert line.startswith("Basedash simulator listens at http://127.0.0.1:")
            yield child, line.split()[-1]
        finally:
            child.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_at_once(tmp_path: Path, number: signal.Signals) -> None:
    port_file = tmp_path / "port"
    port_file.write_text("1")
    with process("--port-file", str(port_file)) as (child, url):
        assert url == f"http://127.0.0.1:{int(port_file.read_text())}"
        assert [item.name for item in tmp_path.iterdir()] == ["port"]
        # neither an idle connection nor a hanging request keeps it
        with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
            client.post("/_simulator/faults", json=[{"kind": "hang"}])
            with contextlib.suppress(httpx.TimeoutException):
                client.get("/api/public/x", timeout=0.2)
            child.send_signal(number)
            assert child.wait(PATIENCE_SECONDS) == 0


def test_signal_while_a_request_hangs() -> None:
    with contextlib.ExitStack() as stack:
        child, url = stack.enter_context(process())
        client = stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS))
        client.post("/_simulator/faults", json=[{"kind": "hang"}])
        request = ["-c", f"import urllib.request; urllib.request.urlopen('{url}/x')"]
        caller = stack.enter_context(subprocess.Popen([sys.executable, *request], stderr=subprocess.DEVNULL))
        wait_until(lambda: client.get("/_simulator/requests").json())
        child.terminate()
        assert child.wait(PATIENCE_SECONDS) == 0
        assert caller.wait(PATIENCE_SECONDS) != 0


def test_idle_end() -> None:
    with process("--idle-seconds", "0.5") as (child, url):
        assert url
        assert child.wait(PATIENCE_SECONDS) == 0


def test_shutdown() -> None:
    with process("--idle-seconds", "0") as (child, url):
        answer = httpx.post(url + "/_simulator/shutdown", trust_env=False, timeout=PATIENCE_SECONDS)
        assert answer.json() == {"shutdown": True}
        assert child.wait(PATIENCE_SECONDS) == 0


def test_seed_and_prefix(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yml"
    seed.write_text("organizations: [{id: o, data_sources: [{count: 3}]}]\nkeys: [{key: k}]\n")
    with process("--seed", str(seed), "--prefix", "base") as (child, url):
        answer = httpx.get(
            url + "/base/api/public/organizations/o/data-sources",
            headers={"authorization": "Bearer k"},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )
        assert len(answer.json()["data"]) == 3
        assert child.poll() is None


@pytest.mark.parametrize(
    ("content", "part"),
    [(None, "cannot be read"), ("a: [", "is not YAML in line"), ("a: 1", "unknown key 'a'"), (b"\xff", "is not YAML")],
)
def test_bad_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes | None, part: str) -> None:
    seed = tmp_path / "seed.yml"
    if content is not None:
        seed.write_bytes(content.encode() if isinstance(content, str) else content)
    assert cli.main(["--seed", str(seed)]) == 2
    error = capsys.readouterr().err
    assert part in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("options", [["--port", "65536"], ["--port", "x"], ["--idle-seconds", "-1"], ["--colour"]])
def test_bad_options(options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(options)
    assert caught.value.code == 2


def test_port_that_is_taken() -> None:
    with process() as (child, url):
        found = subprocess.run(
            [*COMMAND, "--port", url.rpartition(":")[2]],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        assert child.poll() is None
    assert found.returncode == 1
    assert found.stderr.startswith("basedash-simulator: cannot start:")
    assert "Traceback" not in found.stderr


def test_help() -> None:
    found = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS)
    for option in ("--seed", "--host", "--port", "--port-file", "--idle-seconds", "--prefix"):
        assert option in found.stdout
