# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the results of two runs of the same tests, key by key: one in the controller, one as modules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What differs between any two runs: the simulator's port, its clock and its counters, jitter, names of temporary files.
_VOLATILE = [
    (re.compile(r"\b127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"\breq_\d+"), "REQUEST"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "TIME"),
    (re.compile(r"\b\d+(\.\d+)? seconds\b"), "SECONDS"),
    (re.compile(r"\btmp/ansible\.\w+"), "FOLDER"),
    (re.compile(r"/tmp/[\w./-]+"), "FILE"),
]
_VOLATILE_KEYS = frozenset(("wait_seconds",))

# What ansible-core itself adds to a failed result from 2.19 on, of a module a little earlier than of an action: seen by
# a try that is followed by another, and by failed_when. It never has content. docs/internals/controller.md tells it.
_BOOKKEEPING = frozenset(("exception", "failed_when_suppressed_exception"))


TARGET = "run_on"
"""The integration target that has every keyword of a task."""

OF_ONE_WAY = "run_on/files/"
"""Where the tasks are that say themselves which way they take."""


def read(path: Path) -> list[dict[str, Any]]:
    """Return the results that the callback plugin recorded."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[str]:
    """Return a line for each key of each result that differs between the runs."""
    found = [] if ours else ["no results were recorded"]
    if len(ours) != len(theirs):
        found.append(f"{len(ours)} results in the controller, and {len(theirs)} of modules")
    for one, other in zip(ours, theirs, strict=False):
        place = f"{one['place']} ({one['name']})"
        found += [f"{place}: {text}" for text in _compared("", steady(one), steady(other))]
    return found


def steady(value: Any) -> Any:
    """Return a value without what differs between any two runs."""
    if isinstance(value, dict):
        ignored = _VOLATILE_KEYS | {key for key in _BOOKKEEPING if value.get(key) == "(traceback unavailable)"}
        kept = {key: item for key, item in value.items() if key not in ignored}
        return {key: steady(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [steady(item) for item in value]
    if isinstance(value, str):
        for pattern, name in _VOLATILE:
            value = pattern.sub(name, value)
    return value


def _compared(path: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            inner = f"{path}.{key}" if path else key
            if key not in one or key not in other:
                where = "as a module" if key not in one else "in the controller"
                yield f"{inner} is there only {where}"
            else:
                yield from _compared(inner, one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (item, counterpart) in enumerate(zip(one, other, strict=True)):
            yield from _compared(f"{path}[{number}]", item, counterpart)
    elif one != other:
        yield f"{path} is {one!r} in the controller and {other!r} as a module"
