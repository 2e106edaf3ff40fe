# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a command that knows a key, and notes in a file each command line that any process has meanwhile.

The key is read from a file: a task's ``environment`` would bring it into the command line of Ansible's own shell.

Usage: watch.py FILE KEY_FILE COMMAND...
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import time


def command_lines() -> set[str]:
    """Return the command lines as the kernel has them, and as ``ps`` shows them if there is one."""
    found = set()
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:  # It has ended.
            continue
    if shutil.which("ps"):
        listed = subprocess.run(["ps", "-efww"], capture_output=True, text=True, errors="replace", check=False)
        found.update(listed.stdout.splitlines())
    return found


def main() -> int:
    """Watch until the command ends; return its status."""
    seen: set[str] = set()
    key, password, private_key, extra = pathlib.Path(sys.argv[2]).read_text(encoding="ascii").split()
    secrets = {"SENTINEL_PASSWORD": password, "SENTINEL_PRIVATE_KEY": private_key, "SENTINEL_EXTRA": extra}
    process = subprocess.Popen(sys.argv[3:], env={**os.environ, **secrets, "SENTINEL": key, "BASEDASH_API_KEY": key})
    while process.poll() is None:
        seen |= command_lines()
        time.sleep(0.05)
    pathlib.Path(sys.argv[1]).write_text("\n".join(sorted(seen)), encoding="utf-8")
    return process.returncode


sys.exit(main())
