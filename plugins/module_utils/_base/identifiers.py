# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: identifiers as segments of a URL's path."""

from __future__ import annotations

from urllib.parse import quote

from .errors import InputError
from .text import quoted

_DOTS = (".", "..")

# The maximum in bytes. Servers accept URLs of about 8,000 characters, and each byte may need three of them.
_LONGEST = 1000


def checked_id(option: str, value: str) -> str:
    """Return ``value`` if it can be the id of an object in a path.

    An empty segment would address all objects, and dots would address another path. White space at an end is refused
    because it is a mistake in a file or a template: no object would have such an id, so it would seem deleted already.

    Raises:
        InputError: naming ``option``.
    """
    if not value.strip():
        raise InputError("The option %s is empty: give the identifier, or leave the option out." % option)
    if value != value.strip():
        raise InputError("The option %s has white space around it (%s): remove it." % (option, quoted(value)))
    if value in _DOTS:
        raise InputError("The option %s is %s, which is no identifier." % (option, quoted(value)))
    if not safe_in_path(value):
        raise InputError(
            "The option %s is too long, or not valid Unicode text: give the identifier (what came is not shown here, "
            "it could be a secret)." % option
        )
    return value


def is_usable_id(identifier: str) -> bool:
    """Tell whether ``identifier``, which comes from a server, can be the id of an object in a path."""
    return bool(identifier.strip()) and identifier not in _DOTS and safe_in_path(identifier)


def safe_in_path(text: str) -> bool:
    """Tell whether ``text`` can be part of a URL: it must not be too long or have a half of a surrogate pair."""
    try:
        return len(text.encode("utf-8")) <= _LONGEST
    except UnicodeEncodeError:
        return False


def segment(identifier: str) -> str:
    """Return ``identifier`` percent-encoded as one segment of a path."""
    return quote(identifier, safe="")
