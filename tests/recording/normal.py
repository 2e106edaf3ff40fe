# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two runs of the same tests always differ in, replaced by fixed words."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parents[2]

_WORDS = [
    (re.compile(r"(127\.0\.0\.1|localhost|\[::1\]):\d+"), "ADDRESS"),
    (re.compile(r"\breq_\d+"), "REQUEST"),
    (re.compile(r"[^\s'\"]*/pytest-of-[^/]+/pytest-\d+"), "TEMPORARY"),
    (re.compile(re.escape(str(TREE))), "TREE"),
    (re.compile(re.escape(sys.executable)), "PYTHON"),
]
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


def steady(value: Any) -> Any:
    """Return a value as JSON can hold it, without what differs between any two runs."""
    return _steady(json.loads(json.dumps(value, default=str)))


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {_steady(key): _steady(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_steady(item) for item in value]
    if isinstance(value, str):
        for pattern, word in _WORDS:
            value = pattern.sub(word, value)
        return _TIME.sub(_without_now, value)
    return value


def _without_now(match: re.Match[str]) -> str:
    """Keep a time that a test wrote down, and replace one of a clock: it is of today."""
    moment = datetime.strptime(match.group()[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    near = abs(moment - datetime.now(timezone.utc)) < timedelta(minutes=30)
    return "NOW" if near else match.group()
