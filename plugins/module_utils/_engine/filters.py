# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: which data sources a user selects, and which ones are never to be deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._base.text import MASKS, look_alike_key, quoted, shown
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import (
    DIALECTS,
    HEALTH_STATUSES,
    SYNC_STATUSES,
)
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Resource

_TEXTS = ("name", "host", "name_pattern", "created_before")

# The API's field of each option whose values are words, and the words that the vendor documents.
_WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dialect": ("dialect", DIALECTS),
    "sync_status": ("lastSyncStatus", SYNC_STATUSES),
    "health_status": ("lastHealthStatus", HEALTH_STATUSES),
}


@dataclass(frozen=True)
class _Words:
    """A condition on one field: its value is one of ``given``, or with ``negative`` none of them."""

    option: str
    given: tuple[str, ...]
    negative: bool

    @classmethod
    def of(cls, option: str, value: Any) -> _Words:
        """Return the condition that an option gives; ``!`` before a word means anything but that word.

        Raises:
            InputError: if there is no word, one is blank, or some have a ``!`` and others have none.
        """
        values = [value] if isinstance(value, str) else list(value)
        if not values or not all(isinstance(one, str) and one.strip(" !") for one in values):
            raise InputError(
                "The option %s is empty, or has an empty value: give a value, or leave the option out." % option
            )
        words = [one.strip() for one in values]
        negative = [one.startswith("!") for one in words]
        if any(negative) and not all(negative):
            raise InputError(
                "The option %s mixes values with and without '!': give either what is wanted, or what is not." % option
            )
        return cls(option, tuple(one[no:].strip() for one, no in zip(words, negative)), any(negative))

    def match(self, resource: Resource) -> bool:
        """Tell whether a data source meets the condition."""
        return (_word(resource.get(_WORDS[self.option][0])) in map(_word, self.given)) is not self.negative

    def doubt(self, resources: Sequence[Resource]) -> str:
        """Return what speaks against the spelling of a word, empty if nothing does."""
        field, documented = _WORDS[self.option]
        seen = sorted({str(one[field]) for one in resources if one.get(field) is not None})
        known = {_word(one) for one in (*documented, *seen)}
        unknown = [one for one in self.given if _word(one) not in known]
        if not unknown:
            return ""
        return "The value %s of %s is neither documented (%s) nor seen in any data source (%s): check its spelling" % (
            ", ".join(map(quoted, unknown)),
            self.option,
            ", ".join(documented),
            shown(", ".join(seen) or "no value"),
        )


def _word(value: Any) -> str:
    return str(value or "").casefold()


@dataclass(frozen=True)
class Filters:
    """Conditions that all have to be true; one that is ``None`` plays no part."""

    name: str | None
    host: str | None
    words: tuple[_Words, ...]
    pattern: Callable[[str], Any] | None
    created_before: datetime | None

    @property
    def empty(self) -> bool:
        """Whether there is no condition, so that they select everything."""
        return not (self.name or self.host or self.words or self.pattern or self.created_before)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Filters:
        """Return the filters that a task's options give; options that are absent or ``None`` select everything.

        Raises:
            InputError: if the pattern is no regular expression, the time is none, or a filter is blank.
        """
        for option in _TEXTS:
            value = options.get(option)
            if value is not None and not value.strip():
                raise InputError("The option %s is empty: give a value, or leave the option out." % option)
        return cls(
            options.get("name"),
            options.get("host"),
            tuple(_Words.of(option, options[option]) for option in _WORDS if options.get(option) is not None),
            _pattern(options.get("name_pattern")),
            _wanted_time(options.get("created_before")),
        )

    def match(self, resource: Resource) -> bool:
        """Tell whether a data source meets all conditions."""
        if self.name is not None and resource.get("displayName") != self.name:
            return False
        if self.host is not None and _word(resource.get("host")) != _word(self.host.strip()):
            return False
        if not all(words.match(resource) for words in self.words):
            return False
        if self.created_before is not None:
            created = _time(resource.get("createdAt"))
            if created is None or created >= self.created_before:
                return False
        name = resource.get("displayName")
        return self.pattern is None or bool(self.pattern(name if isinstance(name, str) else ""))

    def doubts(self, resources: Iterable[Resource], negative: bool) -> list[str]:
        """Return a clause for each condition with a word that is neither documented nor seen in ``resources``.

        The conditions with ``!`` are asked for apart, because a mistyped one selects everything.
        """
        listed = list(resources)
        doubts = [words.doubt(listed) for words in self.words if words.negative is negative]
        return [doubt for doubt in doubts if doubt]


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


# What every supported Python reads alike. Newer ones take much more, such as the digits of a number of milliseconds.
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)


def _time(text: Any) -> datetime | None:
    """Return a date or a time in the form of ISO 8601, in UTC if it does not say otherwise."""
    if not isinstance(text, str) or not _ISO.fullmatch(text):
        return None
    try:
        # Python before 3.11 knows neither the Z nor other fractions than thousandths and millionths.
        plain = re.sub("\\.[0-9]+", "", text)
        moment = datetime.fromisoformat(plain[:-1] + "+00:00" if plain[-1:] in "Zz" and plain else plain)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


# What is never to be deleted ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exclusion:
    """Ids and names that are never deleted: each one's look, and how the user spells it."""

    entries: Mapping[str, str]

    @classmethod
    def of(cls, given: Any) -> Exclusion:
        """Return the exclusion that the option ``exclude`` gives.

        Raises:
            InputError: if it is no list of plain texts, because what is misread protects nothing.
        """
        if given is None:
            given = ()
        if not isinstance(given, (list, tuple)):
            raise InputError("The option exclude is no list: give a list of ids and names.")
        for number, entry in enumerate(given, 1):
            mistake = _mistake(entry)
            if mistake:
                raise InputError("Entry %d of exclude %s: give a list of ids and names." % (number, mistake))
        return cls({look_alike_key(entry): entry for entry in given})

    def fits(self, resource: Resource) -> bool:
        """Tell whether a data source is never to be deleted, by its id or by its name."""
        return bool(self.entries) and any(one in self.entries for one in _looks(resource))

    def unused(self, resources: Iterable[Resource]) -> list[str]:
        """Return the entries that fit none of ``resources``."""
        if not self.entries:
            return []
        used = {one for resource in resources for one in _looks(resource)}
        return [entry for one, entry in self.entries.items() if one not in used]


def _looks(resource: Resource) -> list[str]:
    return [look_alike_key(one) for one in (resource["id"], resource.get("displayName")) if isinstance(one, str)]


def _mistake(entry: Any) -> str:
    """Return what is wrong with an entry of ``exclude``, without quoting it; empty if nothing is."""
    if not isinstance(entry, str):
        return "is no text"
    text = entry.strip()
    if not look_alike_key(text):
        return "is empty"
    if any(mask in text for mask in MASKS):
        return "was masked on its way, because a secret is a part of it"
    if _is_markup(text):
        return "looks like YAML or JSON (if it is a name, give the data source's id instead)"
    return ""


def _is_markup(text: str) -> bool:
    """Tell whether a text looks like YAML or JSON, whole or as a piece between two commas of it.

    A name with something in brackets, such as "[EU] orders", does not.
    """
    if "\n" in text or text.startswith(("- ", "---")):
        return True
    begins, ends = text[0] in "[{", text[-1] in "]}"
    if (begins and ends) or (text[0] in "'\"" and text[0] == text[-1]):
        return True
    return (begins and not re.search(r"[\]}]", text)) or (ends and not re.search(r"[\[{]", text))
