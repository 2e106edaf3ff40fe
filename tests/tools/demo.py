# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install the collection as a user would, start a simulated Basedash, and show on it what users do.

First an organization as code: export, change, plan, apply, drift, a preview and its end. Then examples/demo.yml.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import workspace

BIN = Path(sys.executable).parent
CHOICES = {
    "BASEDASH_API_KEY": "bd_key_demo_admin",
    "BASEDASH_ORGANIZATION_ID": "org_demo",
    "BASEDASH_DATA_SOURCE_ID": "ds_preview_1",
    "BASEDASH_DATA_SOURCE_NAME": "preview-43",
    "BASEDASH_MEMBER_API_KEY": "bd_key_demo_member",
}
QUERY = "basedash/dashboards/sales/revenue.sql"
# What the group_vars of an inventory say in a repository of a user.
FILES = {
    "nothing.yml": {"format": 1, "dashboards": []},
    "preview.yml": {
        "basedash_configuration_source": ["basedash/dashboards"],
        "basedash_configuration_name_prefix": "preview-42-",
    },
    "end_of_preview.yml": {
        "basedash_configuration_source": ["nothing.yml"],
        "basedash_configuration_name_prefix": "preview-42-",
        "basedash_configuration_prune": ["dashboards"],
        "basedash_configuration_allow_replace_all": ["dashboards"],
    },
}
DRIFT = 2


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


def play(folder: Path, *arguments: str | Path, status: int = 0) -> None:
    """Show a command of Ansible and run it, which must end with this status."""
    print(f"$ ansible-playbook {shlex.join(map(str, arguments))}", flush=True)
    # The modules run where the playbook does, with the Python that has what they need.
    local = ["-c", "local", "-e", f"ansible_python_interpreter={sys.executable}"]
    code = subprocess.run([BIN / "ansible-playbook", *arguments, *local], cwd=folder, check=False).returncode
    if code != status:
        raise DemoError(f"It ended with {code}, not with {status}.")


def on_the_organization(folder: Path, playbook: str, *variables: str, status: int = 0) -> None:
    """Run a playbook of the collection on the organization, with variables from a file."""
    given = [word for name in variables for word in ("-e", f"@{name}")]
    play(folder, f"community.basedash.{playbook}", "-i", "localhost,", *given, status=status)


def rename_by_hand(url: str) -> None:
    """Rename a dashboard as somebody does who knows nothing of the files."""
    headers = {"Authorization": f"Bearer {CHOICES['BASEDASH_API_KEY']}", "Content-Type": "application/json"}
    address = f"{url}/api/public/organizations/{CHOICES['BASEDASH_ORGANIZATION_ID']}/dashboards/dash_sales"
    request = Request(address, json.dumps({"name": "Sales 2026"}).encode(), headers, method="PATCH")
    build_opener(ProxyHandler({})).open(request, timeout=30).close()


def show_the_organization(folder: Path, url: str) -> None:
    """Go through what people do with an organization as code."""
    step("People have clicked an organization together. Write it into the folder basedash")
    on_the_organization(folder, "export")
    step("Compare the folder with the organization: nothing to change")
    on_the_organization(folder, "plan")
    query = folder / QUERY
    query.write_text(query.read_text(encoding="utf-8") + " WHERE day > '2026-01-01'", encoding="utf-8")
    step(f"Somebody edits one line, in {QUERY}. Plan it, and apply it")
    on_the_organization(folder, "plan")
    on_the_organization(folder, "apply")
    step("Somebody else renames a dashboard by hand. The drift says what to write")
    rename_by_hand(url)
    on_the_organization(folder, "drift", status=DRIFT)
    step("A pull request gets a preview: copies of the dashboards, under other names")
    for name, content in FILES.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    on_the_organization(folder, "apply", "preview.yml")
    step("The pull request is closed, and exactly the copies go")
    on_the_organization(folder, "apply", "end_of_preview.yml")


def demonstrate(folder: Path) -> None:
    """Go through the steps inside a temporary folder."""
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
        os.environ.update(CHOICES, BASEDASH_API_URL=url, ANSIBLE_DISPLAY_SKIPPED_HOSTS="false")
        show_the_organization(folder, url)
        step("The same promises hold for one data source and one task: examples/demo.yml")
        play(folder, "-i", "localhost,", workspace.ROOT / "examples" / "demo.yml")
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
            demonstrate(Path(folder))
            code = 0
        except DemoError as error:
            print(error, file=sys.stderr)
            code = 1
    if code == 0:
        step("Done. Nothing of it was real: the simulated Basedash is gone, and so is what was installed for it.")
        step("For an organization of yours, read docs/organization_as_code.md, and the examples in README.md.")
    else:
        step("The demonstration failed: the reason stands above.")
    return code


if __name__ == "__main__":
    sys.exit(main())
