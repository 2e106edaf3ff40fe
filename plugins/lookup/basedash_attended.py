# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: basedash_attended
short_description: Tell whether somebody is there who can be asked
version_added: 0.1.0
description:
  - Returns true if Ansible reads from a terminal, in the foreground, and neither a pipeline (environment variable
    E(CI)), nor AWX, nor Ansible Runner is at work. Those have a terminal at times, and nobody who types.
  - The role C(basedash_teardown) asks before a deletion if this is true.
author:
  - Basedash collection contributors (@ansible-collections)
options: {}
"""

EXAMPLES = r"""
- name: Ask only if somebody is there
  ansible.builtin.pause:
    prompt: Go on?
  when: lookup('community.basedash.basedash_attended')
"""

RETURN = r"""
_raw:
  description: Whether somebody is there.
  type: list
  elements: bool
"""

import multiprocessing
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.plugins.lookup import LookupBase

_TERMINAL = re.compile(r"/dev/(pts/|tty|console)")


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: Any, variables: Mapping[str, Any] | None = None, **options: Any) -> list[bool]:
        """Return the answer in a list, as every lookup does."""
        nobody = _nobody_types(os.environ, variables or {})
        return [not nobody and _is_at_a_terminal(_main_process())]


def _nobody_types(environment: Mapping[str, str], variables: Mapping[str, Any]) -> bool:
    """Tell whether this is a pipeline, AWX or Ansible Runner."""
    return (
        bool(environment.get("CI") or environment.get("AWX_ISOLATED_DATA_DIR"))
        or "awx_job_id" in variables
        or "tower_job_id" in variables
    )


def _main_process() -> int:
    # Ask for the parent, because templates are evaluated in a worker, which has no terminal.
    parent = multiprocessing.parent_process()
    return os.getpid() if parent is None or parent.pid is None else parent.pid


def _is_at_a_terminal(process: int) -> bool:
    """Tell whether the standard input of a process is a terminal, and whether the process is in the foreground."""
    folder = Path("/proc", str(process))
    try:
        # Split after the name, because it may have any characters. Then come state, parent, group, session, terminal
        # and foreground group.
        fields = folder.joinpath("stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return bool(_TERMINAL.match(os.readlink(folder / "fd" / "0"))) and fields[2] == fields[5]
    except OSError:
        # This is not Linux. Here "ps" shows a plus sign for a process in the foreground of its terminal.
        command = ["ps", "-o", "tty=,stat=", "-p", str(process)]
        said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True).stdout
        return bool(re.match(r"[^?\s]\S*\s+\S*\+", said))
