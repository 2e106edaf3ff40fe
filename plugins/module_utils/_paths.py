# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: identifiers as segments of a URL's path."""

from __future__ import annotations

from urllib.parse import quote

from ansible_collections.community.basedash.plugins.module_utils._errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._text import quoted


def checked_id(option: str, value: str) -> str:
    """Return ``value`` if it can name one resource in a path.

    An empty segment would address the whole collection, and dots would climb out of it. White space at an end is
    refused because it comes from a file or a template: such an id would never be found, and so seem deleted already.

    Raises:
        InputError: naming ``option``.
    """
    if not value.strip():
        raise InputError("The option %s is empty: give the identifier, or leave the option out." % option)
    if value != value.strip():
        raise InputError("The option %s has white space around it (%s): remove it." % (option, quoted(value)))
    if value in (".", ".."):
        raise InputError("The option %s is %s, which is no identifier." % (option, quoted(value)))
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("The option %s (%s) is not valid Unicode text." % (option, quoted(value))) from None
    return value


def segment(identifier: str) -> str:
    """Return ``identifier`` percent-encoded as one segment of a path."""
    return quote(identifier, safe="")
