# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: which data sources a user selects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._api import Resource
from ansible_collections.community.basedash.plugins.module_utils._errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._text import quoted

_EXACT = {"name": "displayName"}
_ANY_CASE = {
    "dialect": "dialect",
    "host": "host",
    "sync_status": "lastSyncStatus",
    "health_status": "lastHealthStatus",
}


@dataclass(frozen=True)
class Filters:
    """Conditions that all have to be true: ``exact`` and ``any_case`` by the API's field names, and a pattern."""

    exact: Mapping[str, str]
    any_case: Mapping[str, str]
    pattern: Callable[[str], Any] | None
    created_before: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether they select everything."""
        return not (self.exact or self.any_case or self.pattern or self.created_before)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Filters:
        """Return the filters that a task's options give; options that are absent or ``None`` select everything.

        Raises:
            InputError: if the pattern is no regular expression, the time is none, or a filter is blank.
        """
        for option in (*_EXACT, *_ANY_CASE, "name_pattern", "created_before"):
            value = options.get(option)
            if value is not None and not value.strip():
                raise InputError("The option %s is empty: give a value, or leave the option out." % option)
        return cls(
            exact=_given(options, _EXACT),
            any_case={field: value.strip().casefold() for field, value in _given(options, _ANY_CASE).items()},
            pattern=_pattern(options.get("name_pattern")),
            created_before=_wanted_time(options.get("created_before")),
        )

    def match(self, resource: Resource) -> bool:
        """Tell whether a data source meets all conditions."""
        if any(resource.get(field) != value for field, value in self.exact.items()):
            return False
        if any(str(resource.get(field) or "").casefold() != value for field, value in self.any_case.items()):
            return False
        if self.created_before is not None:
            created = _time(resource.get("createdAt"))
            if created is None or created >= self.created_before:
                return False
        name = resource.get("displayName")
        return self.pattern is None or bool(self.pattern(name if isinstance(name, str) else ""))


def _given(options: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, str]:
    return {field: options[name] for name, field in fields.items() if options.get(name) is not None}


def _pattern(text: str | None) -> Callable[[str], Any] | None:
    if text is None:
        return None
    try:
        return re.compile(text).search
    except (re.error, RecursionError, OverflowError) as error:
        raise InputError(
            "The option name_pattern (%s) is no regular expression: %s." % (quoted(text), error)
        ) from error


def _wanted_time(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = _time(text.strip())
    if moment is None:
        raise InputError(
            "The option created_before (%s) is no date: give one such as 2026-11-24 or 2026-11-24T08:00:00Z."
            % quoted(text)
        )
    return moment


def _time(text: Any) -> datetime | None:
    """Return a date or a time in the form of ISO 8601, in UTC if it does not say otherwise."""
    if not isinstance(text, str):
        return None
    try:
        # Python before 3.11 knows neither the Z nor other fractions than thousandths and millionths.
        plain = re.sub("\\.[0-9]+", "", text)
        moment = datetime.fromisoformat(plain[:-1] + "+00:00" if plain[-1:] in "Zz" and plain else plain)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)
