# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that ansible-lint sees the options of the modules: all mistakes in one playbook, and none in another one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def expected() -> list[str]:
    """Return the findings that the comments in the bad playbook name."""
    lines = (HERE / "bad.yml").read_text(encoding="utf-8").splitlines()
    return ["bad.yml: " + line.strip()[2:] for line in lines if line.startswith("    # ")]


def findings() -> list[str]:
    """Return what ansible-lint finds in both playbooks."""
    command = ["ansible-lint", "--config-file", "config.yml", "--format", "json", "-q", "good.yml", "bad.yml"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"ansible-lint gave no JSON: {done.stdout}{done.stderr}")
    if "Ignored exception" in done.stderr:
        sys.exit(f"ansible-lint left tasks out: {done.stderr}")
    return [f"{one['location']['path']}: {one['description']}" for one in found]


def main() -> int:
    """Say what is missing and what is too much; return the exit status."""
    wanted, found = expected(), findings()
    for title, lines in (("not found", set(wanted) - set(found)), ("not expected", set(found) - set(wanted))):
        for line in sorted(lines):
            print(f"{title}: {line}")
    return int(set(wanted) != set(found))


sys.exit(main())
