# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a copy of a configuration for a preview, with a prefix before its names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Callable

from .._base.text import is_one_line
from .._rest.family import value_at, with_value
from .families import AUTOMATIONS, DEFINITIONS, MEMBERS, SETTINGS
from .form import Configuration, Entry, Notes
from .sql import with_definitions_renamed
from .validation import REFERENCES, SQL


def safe_prefix(prefix: str) -> str:
    """Return the prefix for reference names of definitions, which are a part of SQL."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", prefix)


def begins_with(key: str, prefix: str) -> bool:
    """Tell whether a key has this prefix. What begins with pr-12 is of another preview than what begins with pr-1."""
    goes_on = prefix[-1:].isdigit() and key[len(prefix) :][:1].isdigit()
    return key.startswith(prefix) and not goes_on


def check_prefix(configuration: Configuration, prefix: str, notes: Notes) -> None:
    """Note what can't be a preview: an entry with an id would change the object itself and not a copy."""
    if not prefix:
        notes.error("prefix", "The option name_prefix is empty: give a prefix, or leave it out.")
    elif prefix[0].isspace() or not is_one_line(prefix):
        notes.error("prefix", "The option name_prefix begins with white space or has a control character: correct it.")
    elif DEFINITIONS.key in configuration.entries and not (prefix.isascii() and re.search("[A-Za-z0-9]", prefix)):
        # Without its other letters, a prefix could be that of another preview, whose definitions prune would delete.
        notes.error(
            "prefix",
            "The option name_prefix has other letters than A to Z, which can't stand in the reference names of "
            "definitions: give ASCII letters or digits.",
        )
    for entry in configuration:
        if prefix[-1:].isdigit() and (entry.key or "")[:1].isdigit() and entry.managed not in (MEMBERS, SETTINGS):
            message = "The option name_prefix ends with a digit, and the name of the %s begins with one: end it with -."
            notes.error("prefix", message % entry, entry.place)
        if entry.id is not None and entry.managed not in (MEMBERS, SETTINGS):
            message = "The %s has an id, which a preview with name_prefix would change: give its name alone."
            notes.error("prefix", message % entry, entry.place_of("id"))


def with_prefix(configuration: Configuration, prefix: str) -> Configuration:
    """Return a copy with the prefix before the keys of all families but members, and with automations inactive.

    References to entries are rewritten, and those to anything else stay. Earlier names get the prefix as well, because
    an earlier preview had it before them.
    """
    before = {
        key: safe_prefix(prefix) if key == DEFINITIONS.key else prefix
        for key in configuration.entries
        if key != MEMBERS.key
    }
    names = {
        key: {entry.key: before[key] + entry.key for entry in configuration.entries[key] if entry.key is not None}
        for key in before
    }
    copies: dict[int, Entry] = {}

    def copy_of(entry: Entry) -> Entry:
        if id(entry) not in copies:
            parent = None if entry.parent is None else copy_of(entry.parent)
            copies[id(entry)] = _with_prefix(entry, parent, before[entry.managed.key], names)
        return copies[id(entry)]

    entries = {
        key: [copy_of(entry) for entry in found] if key in before else found
        for key, found in configuration.entries.items()
    }
    with_charts = [copy_of(entry) for entry in configuration.with_charts]
    return replace(configuration, entries=entries, with_charts=with_charts)


def _with_prefix(entry: Entry, parent: Entry | None, prefix: str, names: Mapping[str, Mapping[str, str]]) -> Entry:
    managed, options, given = entry.managed, dict(entry.options), entry.given
    key = managed.key_option
    if options[key] is not None:
        options[key] = prefix + options[key]
    for option, other in REFERENCES[managed.key]:
        known = names.get(other.key, {})
        options = _changed(options, option, partial(_renamed, known))
    for option in SQL[managed.key]:
        options = _changed(options, option, partial(_in_sql, names.get(DEFINITIONS.key, {})))
    if parent is not None and managed.kind.scope is not None:
        options[managed.kind.scope.by_key] = parent.key
    if managed is AUTOMATIONS:
        options["active"], given = False, given | {"active"}
    return replace(
        entry, options=options, given=given, parent=parent, earlier=tuple(prefix + one for one in entry.earlier)
    )


def _changed(options: dict[str, Any], option: str, change: Callable[[Any], Any]) -> dict[str, Any]:
    value = value_at(options, option)
    return options if value is None else with_value(options, option, change(value))


def _renamed(names: Mapping[str, str], value: Any) -> Any:
    return [names.get(one, one) for one in value] if isinstance(value, list) else names.get(value, value)


def _in_sql(names: Mapping[str, str], value: str) -> str:
    return with_definitions_renamed(value, names)
