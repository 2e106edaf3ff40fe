# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: which objects a user selects, and which ones are never to be deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable

from .._base.errors import InputError
from .._base.text import MASKS, look_alike_key, printable, quoted
from .._rest.family import Family, Resource
from .forms import moment
from .kind import Field, Kind


@dataclass(frozen=True)
class _Words:
    """A condition on one field: its value must be one of ``given``. With ``negative``, it must be none of them."""

    option: str
    field: Field
    given: tuple[str, ...]
    negative: bool

    @classmethod
    def of(cls, option: str, field: Field, value: Any) -> _Words:
        """Return the condition that an option gives; ``!`` before a word excludes this word.

        Raises:
            InputError: if there is no word, if a word is blank, or if only some of the words have a ``!``.
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
        given = tuple(one[no:].strip() for one, no in zip(words, negative))
        return cls(option, field, given, any(negative))

    def match(self, resource: Resource) -> bool:
        """Tell whether an object meets the condition."""
        return (_word(self.field.value(resource)) in map(_word, self.given)) is not self.negative

    def doubt(self, resources: Sequence[Resource], noun: str) -> str:
        """Return why a word is probably misspelled, empty if it is not."""
        documented = self.field.words
        values = [self.field.value(one) for one in resources]
        seen = sorted({str(value) for value in values if value is not None})
        known = {_word(one) for one in (*documented, *seen)}
        unknown = [one for one in self.given if _word(one) not in known]
        if not unknown:
            return ""
        return "The value %s of %s is neither documented (%s) nor seen in any %s (%s): check its spelling" % (
            ", ".join(map(quoted, unknown)),
            self.option,
            ", ".join(documented),
            noun,
            printable(", ".join(seen) or "no value"),
        )


def _word(value: Any) -> str:
    return str(value or "").casefold()


@dataclass(frozen=True)
class Filters:
    """Conditions that must all be true. A condition that is ``None`` is ignored.

    ``texts`` are fields with the text that they must have; upper and lower case are the same.
    """

    kind: Kind
    key: str | None
    texts: Mapping[Field, str]
    words: tuple[_Words, ...]
    pattern: Callable[[str], Any] | None
    created_before: datetime | None

    @property
    def empty(self) -> bool:
        """Whether there is no condition, so that everything is selected."""
        return not (self.key or self.texts or self.words or self.pattern or self.created_before)

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any]) -> Filters:
        """Return the filters that a task's options give; options that are absent or ``None`` select everything.

        Raises:
            InputError: if the pattern is no valid regular expression, if the time is invalid, or if a filter is blank.
        """
        fields = {option: kind.field_named(name) for option, name in kind.filters.items()}
        texts = [option for option, field in fields.items() if not field.words]
        for option in (kind.key.name, *texts, "name_pattern", "created_before"):
            value = options.get(option)
            if value is not None and not value.strip():
                raise InputError("The option %s is empty: give a value, or leave the option out." % option)
        given = [option for option in fields if options.get(option) is not None]
        return cls(
            kind,
            options.get(kind.key.name),
            {fields[option]: options[option].strip() for option in given if option in texts},
            tuple(_Words.of(option, fields[option], options[option]) for option in given if option not in texts),
            _pattern(options.get("name_pattern")),
            _wanted_time(options.get("created_before")),
        )

    def match(self, resource: Resource) -> bool:
        """Tell whether an object meets all conditions."""
        family = self.kind.family
        if self.key is not None:
            key = family.key_of(resource)
            if not isinstance(key, str) or family.key_form(key) != family.key_form(self.key):
                return False
        if any(_word(field.value(resource)) != _word(text) for field, text in self.texts.items()):
            return False
        if not all(words.match(resource) for words in self.words):
            return False
        if self.created_before is not None:
            created = moment(resource.get("createdAt"))
            if created is None or created >= self.created_before:
                return False
        return self.pattern is None or any(map(self.pattern, self._looked_at(resource)))

    def _looked_at(self, resource: Resource) -> list[str]:
        """Return the texts in which the pattern is searched."""
        matched = self.kind.matched or (self.kind.key.name,)
        values = [self.kind.field_named(name).value(resource) for name in matched]
        return [value if isinstance(value, str) else "" for value in values]

    def doubts(self, resources: Iterable[Resource], negative: bool) -> list[str]:
        """Return a clause for each condition with a word that is neither documented nor seen in ``resources``.

        The caller asks separately for conditions with ``!``, because such a condition selects everything if it is
        mistyped.
        """
        listed = list(resources)
        noun = self.kind.family.noun
        doubts = [words.doubt(listed, noun) for words in self.words if words.negative is negative]
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
    found = moment(text.strip())
    if found is None:
        raise InputError(
            "The option created_before (%s) is no date: give one such as 2026-11-24 or 2026-11-24T08:00:00Z."
            % quoted(text)
        )
    return found


# What is never to be deleted ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exclusion:
    """Ids and names that are never deleted, by their look-alike key, with the spelling of the user."""

    entries: Mapping[str, str]

    @classmethod
    def of(cls, given: Any) -> Exclusion:
        """Return the exclusion that the option ``exclude`` gives.

        Raises:
            InputError: if it is no list of plain texts, because a misread entry protects nothing.
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

    def fits(self, *names: Any) -> bool:
        """Tell whether an object is excluded; ``names`` are its id and its key."""
        return bool(self.entries) and any(one in self.entries for one in _looks(names))

    def unused(self, family: Family, resources: Iterable[Resource]) -> list[str]:
        """Return the entries that fit none of ``resources``."""
        if not self.entries:
            return []
        used = {one for resource in resources for one in _looks((resource["id"], family.key_of(resource)))}
        return [entry for one, entry in self.entries.items() if one not in used]


def _looks(names: Iterable[Any]) -> list[str]:
    return [look_alike_key(one) for one in names if isinstance(one, str)]


def _mistake(entry: Any) -> str:
    """Return what is wrong with an entry of ``exclude``, without quoting it; empty if it is right."""
    if not isinstance(entry, str):
        return "is no text"
    text = entry.strip()
    if not look_alike_key(text):
        return "is empty"
    if any(mask in text for mask in MASKS):
        return "was masked on its way, because a secret is a part of it"
    if _is_markup(text):
        return "looks like YAML or JSON (if it is a name, give the id instead)"
    return ""


def _is_markup(text: str) -> bool:
    """Tell whether a text looks like YAML or JSON, or like a part of it that was split at commas.

    A name with a part in brackets, such as "[EU] orders", does not look like this.
    """
    if "\n" in text or text.startswith(("- ", "---")):
        return True
    begins, ends = text[0] in "[{", text[-1] in "]}"
    if (begins and ends) or (text[0] in "'\"" and text[0] == text[-1]):
        return True
    return (begins and not re.search(r"[\]}]", text)) or (ends and not re.search(r"[\[{]", text))
