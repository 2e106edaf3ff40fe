# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback plugin that puts each result on the disk as one line of JSON, the moment Ansible has it.

One write to a file opened for appending: what was reported survives the kill of everything, and no line is torn.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: chaos_record
type: aggregate
short_description: Puts each result on the disk at once
description: Writes one line of JSON for each task and each item of a loop.
"""

# What is kept of the result of a task about many, by the name of its module.
MANY = {
    "community.basedash.basedash_data_sources": ("results", "summary", "diff"),
    "community.basedash.basedash_configuration": ("results", "summary", "plan_id", "access_changes", "warnings"),
}


class CallbackModule(CallbackBase):
    """Writes to the file that CHAOS_REPORTS names, for the run that CHAOS_RUN names."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "chaos_record"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file = os.open(os.environ["CHAOS_REPORTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._begun: dict[tuple[str, str], str] = {}

    def _record(self, result: Any, ok: bool) -> None:
        values = result._result
        many = MANY.get(result._task.action, ())
        if "results" in values and not many:
            # The end of a loop: its items were reported one by one.
            return
        item = values.get("item")
        # The ticket of an item is in it; that of a task is its host and the number at the end of its name.
        number = str(result._task.name).rpartition(" ")[2]
        line = {
            "ticket": item["ticket"] if item else f"{result._host.name}-{number}",
            "run": os.environ["CHAOS_RUN"],
            "changed": bool(values.get("changed")),
            "failed": not ok,
            "message": str(values.get("msg", "")),
            "time": _now(),
            "begun": self._begun[result._host.name, result._task._uuid],
            "leaks": bool(os.environ["CHAOS_SECRET"]) and os.environ["CHAOS_SECRET"] in str(values),
        }
        if many:
            line["result"] = {name: values[name] for name in many if name in values}
        os.write(self._file, json.dumps(line, default=str).encode() + b"\n")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Note when a host begins with a task."""
        self._begun[host.name, task._uuid] = _now()

    def v2_runner_on_ok(self, result: Any) -> None:
        """Record a task that ended well."""
        self._record(result, True)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Record a task that failed."""
        self._record(result, False)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Record a task that could not be run."""
        self._record(result, False)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Record an item that ended well."""
        self._record(result, True)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """Record an item that failed."""
        self._record(result, False)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
