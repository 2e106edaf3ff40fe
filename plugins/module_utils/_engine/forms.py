# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the forms in which values of a field are given, sent and compared.

A server may store a value in another spelling: an empty text as null, a number as a text, a host name in lower case.
Without these forms, a comparison would report a difference although the values are equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable


@dataclass(frozen=True)
class Form:
    """How the values of a field are given and compared.

    ``type`` is the type of the option for Ansible, and ``spec`` has further entries of its argument spec. ``normal``
    returns the normal form of a value; two values are equal if their normal forms are. ``emptied`` is the value that
    empties the field, ``...`` if no value does. ``wire`` returns the value as requests send it. Texts of
    ``several_lines`` lose the white space at their end before they are sent, but not if they are ``verbatim``.
    """

    type: str
    normal: Callable[[Any], Any]
    emptied: Any = ""
    several_lines: bool = False
    verbatim: bool = False
    spec: Mapping[str, Any] = field(default_factory=dict)
    wire: Callable[[Any], Any] = lambda value: value


Spec = Mapping[str, Mapping[str, Any]]
"""Options in the form of Ansible's argument spec, by name."""


def text(value: Any) -> Any:
    """Return a text without white space at its ends; an empty text for ``None``."""
    return value.strip() if isinstance(value, str) else "" if value is None else value


def without_end(value: Any) -> Any:
    """Return a text without white space at its end; an empty text for ``None``."""
    return value.rstrip() if isinstance(value, str) else "" if value is None else value


def any_case(value: Any) -> Any:
    """Return a text in lower case."""
    # This is not casefold, because a name server treats the German sharp s and "ss" as different letters.
    plain = text(value)
    return plain.lower() if isinstance(plain, str) else plain


def upper_case(value: Any) -> Any:
    """Return a word of the API, such as POSTGRES, as the API spells it."""
    plain = text(value)
    return plain.upper() if isinstance(plain, str) else plain


def number(value: Any) -> Any:
    """Return a whole number, also if it is given as digits in a text."""
    plain = text(value)
    if isinstance(plain, str) and re.fullmatch("[0-9]{1,9}(\\.0*)?", plain):
        plain = float(plain)
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain


def flag(value: Any) -> Any:
    """Return a flag as true or false. Any other value is returned as it is, so that it differs from both."""
    plain = any_case(value)
    if plain in (True, "true"):
        return True
    return False if plain in (False, "false", "") else value


def addresses(value: Any) -> Any:
    """Return a list of e-mail addresses, or one text with commas, as ``texts`` does, in lower case."""
    found = texts(value)
    return frozenset(map(str.lower, found)) if isinstance(found, frozenset) else found


def texts(value: Any) -> Any:
    """Return a list of texts, or one text with commas, as a set without blanks; any other value as it is."""
    if isinstance(value, str):
        value = value.split(",")
    if value is None or not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        return frozenset() if value is None else value
    return frozenset(one.strip() for one in value if one.strip())


# The forms that every supported Python reads in the same way. Newer releases accept more, such as plain digits.
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)


def moment(value: Any) -> datetime | None:
    """Return a date or a time in the form of ISO 8601, in UTC; ``None`` if the value is no such text."""
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return None
    try:
        # Python before 3.11 does not accept the Z, and accepts only fractions with 3 or 6 digits.
        plain = re.sub(r"\.([0-9]+)", lambda found: "." + (found[1] + "00000")[:6], value)
        found = datetime.fromisoformat(plain[:-1] + "+00:00" if plain[-1:] in "Zz" else plain)
        return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def as_time(value: Any) -> Any:
    """Return a time that can be compared, whatever its spelling; any other value as a text."""
    plain = text(value)
    return moment(plain) or plain


def with_commas(value: Any) -> Any:
    """Return a list of texts as one text with commas; any other value as it is."""
    return ",".join(value) if isinstance(value, (list, tuple)) else value


ONE_LINE = Form("str", text)
LINES = Form("str", text, several_lines=True)
VERBATIM = Form("str", without_end, several_lines=True, verbatim=True)
"""A text such as SQL, of which no character is changed."""
ANY_CASE = Form("str", any_case)
WORD = Form("str", upper_case, wire=lambda value: value if value is None else upper_case(value))
"""A word of the API such as POSTGRES, which is sent in upper case."""
NUMBER = Form("int", number, emptied=None)
TIME = Form("str", as_time, emptied=None)
FLAG = Form("bool", flag, emptied=...)
KEY_FILE = Form("raw", text)
"""A secret in JSON, such as the key file of a service account."""
TEXTS = Form("list", texts, emptied=[], spec={"elements": "str"})
"""A list of texts, whose order does not matter."""
COMMA_ADDRESSES = Form("list", addresses, spec={"elements": "str"}, wire=with_commas)
"""A list of e-mail addresses, whose order and case do not matter, that the API has as one text with commas."""


def alike(shown: Any, given: Any) -> bool:
    """Compare values of undocumented fields. Of an object, only the given fields are compared.

    Numbers may come as texts, and texts with white space.
    """
    if isinstance(given, dict):
        return isinstance(shown, dict) and all(key in shown and alike(shown[key], given[key]) for key in given)
    if isinstance(given, (list, tuple)):
        if not isinstance(shown, list) or len(shown) != len(given):
            return False
        return all(alike(one, other) for one, other in zip(shown, given))
    if isinstance(given, bool) or isinstance(shown, bool):
        return bool(flag(shown) is flag(given))
    if isinstance(given, (int, float)) or isinstance(shown, (int, float)):
        return bool(number(shown) == number(given))
    return bool(text(shown) == text(given))


def scalar(value: Any) -> Any:
    """Return a value for the facts: ``None`` for types that no field is documented to have, such as an object."""
    # Python reads a number such as 1e999 as infinite, and JSON can't express infinity.
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else None


PLAIN_TYPES = frozenset((str, int, bool, type(None)))
"""Fast path: most values have one of these types, and a bulk task checks every value of thousands of objects."""
