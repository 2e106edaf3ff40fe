# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback plugin that writes each result of the collection's modules to a file, one line of JSON each."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results_record
type: aggregate
short_description: Writes results to a file
description: One line of JSON for each task and each item of a loop that uses a module of this collection.
options:
  file:
    description: The file to append to.
    type: str
    required: true
    ini:
      - section: callback_results_record
        key: file
"""


class CallbackModule(CallbackBase):
    """Writes where the task stands, how it ended, and its whole result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results_record"

    def _record(self, how: str, result: Any) -> None:
        task = result._task
        if not str(task.resolved_action or task.action).startswith("community.basedash."):
            return
        line = {
            "place": "/".join(str(task.get_path()).split("/")[-3:]),
            "name": str(task.get_name()),
            "how": how,
            "result": result._result,
        }
        text = json.dumps(line, sort_keys=True, default=str)
        with open(os.open(self.get_option("file"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
            file.write(text + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        """Record a task that ended well."""
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Record a task that failed."""
        self._record("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Record a task that was skipped."""
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Record a task whose host could not be reached."""
        self._record("unreachable", result)

    def v2_runner_retry(self, result: Any) -> None:
        """Record a try of a task that is tried again."""
        self._record("retry", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Record an item that ended well."""
        self._record("item ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """Record an item that failed."""
        self._record("item failed", result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        """Record an item that was skipped."""
        self._record("item skipped", result)
