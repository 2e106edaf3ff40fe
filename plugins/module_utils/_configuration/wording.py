# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what to advise in a configuration, where the single modules advise their own options."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._base.errors import BasedashError

_INSTEAD = (
    ("or give new_name to rename it", "or give its present name in renamed_from"),
    ("or correct new_name", "or correct renamed_from"),
    ("give its id and force=true to delete it all the same", "name it in exclude to keep it"),
    ("give its id and force=true to delete it", "name it in exclude to keep it"),
    (
        "or invite or reactivate this person with basedash_member first",
        "give this person an entry in members with invite or reactivate, or set missing_members to skip",
    ),
)
"""Advice of the single modules that an entry can't follow, and what to advise instead."""

_OF_PRUNE = (
    ("set purge_tabs to false", "leave tabs out of prune"),
    ("purge_tabs can't", "prune can't"),
    ("purge_tabs deletes", "prune deletes"),
    ("The option purge_members is set", "The option prune has group_members"),
    ("set purge_members to false", "leave group_members out of prune"),
)
"""The same where ``prune`` and not the entry asks for it."""


def worded(message: str, by_prune: bool = False) -> str:
    """Return a message with advice that fits a configuration; ``by_prune`` if ``prune`` takes parts of an object."""
    for old, new in (*_INSTEAD, *(_OF_PRUNE if by_prune else ())):
        message = message.replace(old, new)
    return message


@contextmanager
def in_words_of_a_configuration(by_prune: bool) -> Iterator[None]:
    """Let an error advise what fits a configuration.

    Raises:
        BasedashError: the error itself, in other words.
    """
    try:
        yield
    except BasedashError as error:
        error.message = worded(error.message, by_prune)
        raise
