# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: stub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .families import BY_KEY, CHARTS
from .form import Configuration, Entry, Finding


def load(options: Mapping[str, Any]) -> tuple[Configuration, list[Finding]]:
    """Return the configuration."""
    given = dict(options["configuration"])
    result = Configuration(target=given.get("for") or {})
    for key, value in given.items():
        if key in ("format", "for", "defaults"):
            continue
        managed = BY_KEY[key]
        if key == "organization":
            result.settings = _entry(managed, value)
            continue
        result.entries[key] = []
        for one in value:
            one = dict(one)
            charts = one.pop("charts", None)
            entry = _entry(managed, one)
            result.entries[key].append(entry)
            if charts is not None:
                result.with_charts.append(entry)
                for chart in charts:
                    made = _entry(CHARTS, {**chart, "dashboard": entry.key})
                    made.parent = entry
                    result.entries.setdefault("charts", []).append(made)
    return result, []


def _entry(managed: Any, given: dict[str, Any]) -> Entry:
    given = dict(given)
    earlier = given.pop("renamed_from", [])
    blank = {name: spec.get("default") for name, spec in managed.options.items()}
    for name in ("access", "trigger", "notifications", "layout"):
        if name in given and name in managed.options:
            inner = dict.fromkeys(managed.options[name]["options"])
            given[name] = {**inner, **given[name]}
    return Entry(
        managed, {**blank, **given}, frozenset(given), tuple([earlier] if isinstance(earlier, str) else earlier)
    )
