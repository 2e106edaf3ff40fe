# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install the collection as a user would, start a simulated Basedash, and run the demonstration playbook on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workspace

BIN = Path(sys.executable).parent
CHOICES = {
    "BASEDASH_API_KEY": "bd_key_demo_admin",
    "BASEDASH_ORGANIZATION_ID": "org_demo",
    "BASEDASH_DATA_SOURCE_ID": "ds_preview_1",
    "BASEDASH_DATA_SOURCE_NAME": "preview-43",
    "BASEDASH_MEMBER_API_KEY": "bd_key_demo_member",
}


class DemoError(Exception):
    """A step failed; the message says which."""


def step(text: str) -> None:
    """Say what happens next."""
    print(f"==> {text}", flush=True)


def quietly(what: str, *command: str | Path) -> None:
    """Run a command and show its output only if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise DemoError(f"{what} failed:\n{done.stdout}")


def wait_for_port(server: subprocess.Popen[bytes], port_file: Path, log: Path) -> str:
    """Wait until the simulator says where it listens."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        if port_file.exists() and port_file.read_text(encoding="ascii").strip():
            return port_file.read_text(encoding="ascii").strip()
        time.sleep(0.05)
    raise DemoError(f"The simulator did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def demonstrate(folder: Path) -> int:
    """Go through the steps inside a temporary folder; return the playbook's return code."""
    step("Building and installing the collection")
    os.environ.update(ANSIBLE_HOME=str(folder / "home"), ANSIBLE_COLLECTIONS_PATH=str(folder / "collections"))
    galaxy = BIN / "ansible-galaxy"
    with workspace.collection_copy() as tree:
        quietly("Building the collection", galaxy, "collection", "build", "--output-path", folder, tree)
    archive = next(folder.glob("*.tar.gz"))
    quietly("Installing it", galaxy, "collection", "install", "--offline", "-p", folder / "collections", archive)

    step("Starting a simulated Basedash")
    log, port_file = folder / "simulator.log", folder / "port"
    options = ["--host", "127.0.0.1", "--port", "0", "--port-file", str(port_file), "--idle-seconds", "300"]
    with log.open("wb") as output:
        server = subprocess.Popen([BIN / "basedash-simulator", *options], stdout=output, stderr=output)
    try:
        url = f"http://127.0.0.1:{wait_for_port(server, port_file, log)}"
        step(f"It listens on {url} and holds {CHOICES['BASEDASH_ORGANIZATION_ID']}. Running examples/demo.yml")
        os.environ.update(CHOICES, BASEDASH_API_URL=url)
        playbook = workspace.ROOT / "examples" / "demo.yml"
        # The modules run where the playbook does, with the Python that has what they need.
        local = ["-i", "localhost,", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}"]
        return subprocess.run([BIN / "ansible-playbook", *local, playbook], cwd=folder, check=False).returncode
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def main() -> int:
    """Run the demonstration and clean up."""
    # Ctrl-C arrives as an exception already; a build server's stop should clean up as well.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))
    workspace.clean_environment()
    with tempfile.TemporaryDirectory(prefix="basedash-demo-") as folder:
        try:
            code = demonstrate(Path(folder))
        except DemoError as error:
            print(error, file=sys.stderr)
            code = 1
    if code == 0:
        step("Done. Nothing of it was real: the simulated Basedash is gone, and so is what was installed for it.")
        step("For an organization of yours, see the first lines of examples/demo.yml, and the examples in README.md.")
    else:
        step("The demonstration failed: the reason stands above.")
    return code


if __name__ == "__main__":
    sys.exit(main())
