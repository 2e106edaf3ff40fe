# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: basedash_report_file
short_description: Write a report to a file on the controller
version_added: 0.1.0
description:
  - Writes a text to a file that only its owner can read. An older file is replaced as a whole.
  - It creates missing folders, which only their owner can open. An existing folder keeps its mode.
  - Lookups run on the controller, in check mode too, and as the user who started Ansible. A report needs all three.
  - The role C(basedash_report) writes its two files with it.
author:
  - Basedash collection contributors (@ansible-collections)
options:
  _terms:
    description: The path of the file.
    type: list
    elements: str
    required: true
  content:
    description: The text of the file.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Write the Markdown of a report
  ansible.builtin.set_fact:
    report_file: "{{ lookup('community.basedash.basedash_report_file', 'reports/applied.md', content=report.md) }}"
  vars:
    report: "{{ applied | community.basedash.basedash_report }}"
"""

RETURN = r"""
_raw:
  description: The path of the file.
  type: list
  elements: str
"""

import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **options: Any) -> list[str]:
        """Write the file and return its path in a list, as every lookup does."""
        if len(terms) != 1 or set(options) != {"content"}:
            raise AnsibleLookupError("The lookup basedash_report_file takes one path and the option content.")
        path = Path(str(terms[0])).absolute()
        try:
            _write(path, str(options["content"]))
        except OSError as error:
            reason = error.strerror or error.__class__.__name__
            raise AnsibleLookupError(
                "The report can't be written to %s: %s. Name another folder for it." % (path, reason)
            ) from None
        return [str(path)]


def _write(path: Path, content: str) -> None:
    """Replace a file as a whole, so that nobody reads half a report; raise OSError if that is not possible."""
    for folder in (*reversed(path.parent.parents), path.parent):
        # Two hosts of a play may create the same folder.
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    # Only the owner can read such a file.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".basedash-report-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as stream:
            stream.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
