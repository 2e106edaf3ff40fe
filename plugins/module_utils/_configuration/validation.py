# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what can be known of a whole configuration without the server."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._base.errors import InputError
from .._base.text import look_alike_key, quoted
from .._rest.family import value_at
from .families import BY_KEY, CHARTS, DATA_SOURCES, DEFINITIONS, FAMILIES, GROUPS, MEMBERS, Managed
from .form import Configuration, Entry, Finding, Notes
from .sql import definitions_in

_NAMED = 20
# To look for a near name takes a while, and nobody reads so many.
_MOST_GUESSES = 100

SQL: Mapping[str, tuple[str, ...]] = {
    one.key: tuple(field.name for field in one.kind.settings if field.name.endswith("sql_query")) for one in FAMILIES
}
"""The options with SQL, by family, with dots where they are nested."""


def _references(managed: Managed) -> tuple[tuple[str, Managed], ...]:
    by_family = {one.kind.family: one for one in FAMILIES}
    found = [
        (field.by_key, by_family[field.refers_to])
        for field in managed.kind.references
        if field.refers_to in by_family and not (managed.within and field is managed.kind.scope)
    ]
    named = {
        DATA_SOURCES.key: (("access.groups", GROUPS), ("access.members", MEMBERS)),
        GROUPS.key: (("members", MEMBERS),),
    }
    return (*found, *named.get(managed.key, ()))


REFERENCES: Mapping[str, tuple[tuple[str, Managed], ...]] = {one.key: _references(one) for one in FAMILIES}
"""The options that name objects of other families by their keys, by family."""


def refused(findings: Sequence[Finding]) -> InputError:
    """Return the error that refuses a configuration, which names its mistakes."""
    mistakes = [str(one) for one in findings if one.is_error]
    if len(mistakes) == 1:
        return InputError(mistakes[0])
    shown = "; ".join(one.rstrip(".") for one in mistakes[:_NAMED])
    more = "; and %d more" % (len(mistakes) - _NAMED) if len(mistakes) > _NAMED else ""
    return InputError("The configuration has %d mistakes: %s%s." % (len(mistakes), shown, more))


def check(configuration: Configuration, options: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with references, keys and definitions.

    What only the server can tell is a warning with ``validate_only``; another task asks the server. For definitions in
    SQL, the engine does not ask it. So those that a configuration with definitions lacks are noted for any task, which
    drops what Basedash has.
    """
    notes = Notes()
    for entries in configuration.entries.values():
        _check_keys(entries, notes)
    known = _Known(configuration)
    offline = bool(options.get("validate_only"))
    for entry in configuration:
        _check_references(entry, known, offline, notes)
        if offline:
            _check_words(entry, notes)
    purged = "tabs" in (options.get("prune") or ())
    for chart in configuration.entries.get(CHARTS.key, ()):
        _check_tab(chart, purged, offline, notes)
    for circle, message in circles_in(configuration):
        # A circle that the organization has already is no mistake of this configuration, so the plan decides.
        if offline:
            notes.error("cycle", message, circle[0].place_of("sql_query"))
    return notes.findings


# Keys -----------------------------------------------------------------------------------------------------------------


def _scope(entry: Entry) -> Any:
    """Return the object within which the key of an entry is unique."""
    scope = entry.managed.kind.scope
    if entry.parent is not None or scope is None:
        return id(entry.parent)
    return entry.options[scope.by_key], entry.options[scope.name]


def _check_keys(entries: Sequence[Entry], notes: Notes) -> None:
    keys: dict[Any, Entry] = {}
    alike: dict[Any, Entry] = {}
    ids: dict[str, Entry] = {}
    earlier: dict[Any, Entry] = {}
    for entry in entries:
        scope = _scope(entry)
        if entry.id is not None and ids.setdefault(entry.id, entry) is not entry:
            message = "The %s and the %s have the same id: keep one." % (entry, ids[entry.id])
            notes.error("duplicate", message, entry.place)
        if entry.key is None:
            continue
        key = entry.managed.kind.family.key_form(entry.key)
        other = keys.setdefault((scope, key), entry)
        if other is not entry and (entry.id is None or other.id is None):
            message = "The %s is there twice%s: keep one."
            where = "" if other.place is None else ", also in %s" % other.place
            notes.error("duplicate", message % (entry, where), entry.place)
        elif other is entry:
            similar = alike.setdefault((scope, look_alike_key(entry.key)), entry)
            if similar is not entry:
                message = "The %s is named almost like another one, %s: rename one if they shall be the same."
                notes.warning("look-alike", message % (entry, quoted(similar.key)), entry.place)
        for one in entry.earlier:
            if earlier.setdefault((scope, one), entry) is not entry:
                message = "The options renamed_from of the %s and the %s both name %s: keep one."
                place = entry.place_of("renamed_from")
                notes.error("renamed", message % (entry, earlier[(scope, one)], quoted(one)), place)
    for (scope, one), entry in earlier.items():
        if (scope, one) in keys:
            message = "The option renamed_from of the %s names %s, which another entry has: remove one of them."
            notes.error("renamed", message % (entry, quoted(one)), entry.place_of("renamed_from"))


# References -----------------------------------------------------------------------------------------------------------


_ASK_SERVER = (
    "The %s names the %s %s in %s, which is not in the configuration%s: only the server can tell whether it exists."
)
_NOWHERE = (
    "The %s names the %s %s in %s, which is neither in the configuration nor in Basedash%s: correct the name, or add "
    "an entry."
)


class _Known:
    """The entries of a configuration, by the keys with which references name them."""

    def __init__(self, configuration: Configuration) -> None:
        self._entries = configuration.entries
        self._by_key: dict[str, dict[str, Entry]] = {}
        for key, entries in configuration.entries.items():
            form = BY_KEY[key].kind.family.key_form
            earlier = {form(one): entry for entry in entries for one in entry.earlier}
            self._by_key[key] = {**earlier, **{form(one.key): one for one in entries if one.key is not None}}
        self._near: dict[tuple[str, str], str] = {}

    def __contains__(self, managed: Managed) -> bool:
        return managed.key in self._entries

    def find(self, managed: Managed, name: str) -> Entry | None:
        """Return the entry that is or was named so."""
        return self._by_key.get(managed.key, {}).get(managed.kind.family.key_form(name))

    def near(self, managed: Managed, name: str) -> str:
        """Return a question about the nearest name, empty if none is near."""
        asked = (managed.key, name)
        if asked not in self._near and managed in self and len(self._near) < _MOST_GUESSES:
            self._near[asked] = near(name, (one.key for one in self._entries[managed.key] if one.key is not None))
        return self._near.get(asked, "")


def near(name: str, names: Iterable[str]) -> str:
    """Return a question about the name that is nearest to a wrong one, empty if none is near."""
    by_look = {look_alike_key(one): one for one in names}
    found = difflib.get_close_matches(look_alike_key(name), by_look, 1)
    return " (did you mean %s?)" % quoted(by_look[found[0]]) if found else ""


def references_of(entry: Entry) -> Iterator[tuple[str, Managed, str]]:
    """Yield each option that names an object of another family, this family, and the key."""
    for option, other in REFERENCES.get(entry.managed.key, ()):
        value = value_at(entry.options, option)
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                yield option, other, name


def definitions_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield each option with SQL, and the reference name of each definition that it uses."""
    for option in SQL.get(entry.managed.key, ()):
        text = value_at(entry.options, option)
        for name in definitions_in(text) if isinstance(text, str) else ():
            yield option, name


def _check_references(entry: Entry, known: _Known, offline: bool, notes: Notes) -> None:
    named = [*references_of(entry), *((option, DEFINITIONS, name) for option, name in definitions_of(entry))]
    for option, other, name in named:
        noun, found, place = other.kind.family.noun, known.find(other, name), entry.place_of(option)
        if found is None and (offline or (other is DEFINITIONS and other in known)):
            words = (entry, noun, quoted(name), option, known.near(other, name))
            message = (_ASK_SERVER if offline else _NOWHERE) % words
            notes.warning("reference", message, place, None if offline else name)
        elif found is not None and name in found.earlier and found.key is not None:
            message = "The %s names the %s %s in %s, which is %s now: give the new name."
            notes.error("reference", message % (entry, noun, quoted(name), option, quoted(found.key)), place)


def _check_tab(chart: Entry, purged: bool, offline: bool, notes: Notes) -> None:
    tab, dashboard = chart.options["tab"], chart.parent
    tabs = None if dashboard is None else dashboard.options["tabs"]
    if tab is None or tabs is None or dashboard is None or any(one["name"] == tab for one in tabs):
        return
    message = "The %s is on the tab %s, which its dashboard does not have%s: correct the tab, or add it to tabs."
    message %= (chart, quoted(tab), near(tab, (one["name"] for one in tabs)))
    if purged or dashboard.options["purge_tabs"]:
        notes.error("tab", message, chart.place_of("tab"))
    elif offline:
        notes.warning("tab", message, chart.place_of("tab"))


def _check_words(entry: Entry, notes: Notes) -> None:
    """Note words that the vendor does not document. They are no mistakes, because the service may know more."""
    for one in entry.managed.kind.settings:
        word = value_at(entry.options, one.name)
        if one.words and isinstance(word, str) and word not in one.words:
            message = "The option %s of the %s is %s, which is newer than this collection or wrong%s: known are %s."
            words = (one.name, entry, quoted(word), near(word, one.words), ", ".join(one.words))
            notes.warning("word", message % words, entry.place_of(one.name))


# Definitions ----------------------------------------------------------------------------------------------------------


def ordered_definitions(entries: Sequence[Entry]) -> list[Entry]:
    """Return definitions so that each stands after those that its SQL uses; those in a circle as they come."""
    return _sorted(entries)[0]


def circles_in(configuration: Configuration) -> list[tuple[list[Entry], str]]:
    """Return the definitions that use each other in a circle, with a message about each circle."""
    found = []
    for circle in _sorted(configuration.entries.get(DEFINITIONS.key, ()))[1]:
        names = " -> ".join(quoted(one.key) for one in (*circle, circle[0]))
        found.append((circle, "Definitions use each other in a circle (%s): remove one of these uses." % names))
    return found


def _sorted(entries: Sequence[Entry]) -> tuple[list[Entry], list[list[Entry]]]:
    """Return definitions after those that they use, and the circles. It works without recursion."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.key or "", []).append(entry)
    done: dict[int, Entry] = {}
    circles: list[list[Entry]] = []
    for entry in entries:
        path: list[tuple[Entry, Iterator[Entry]]] = [] if id(entry) in done else [(entry, _used(entry, by_name))]
        on_path = {id(entry): 0}
        while path:
            current, uses = path[-1]
            used = next(uses, None)
            if used is None:
                done[id(current)] = current
                del on_path[id(current)]
                path.pop()
            elif id(used) in on_path:
                circles.append([one for one, _uses in path[on_path[id(used)] :]])
            elif id(used) not in done:
                on_path[id(used)] = len(path)
                path.append((used, _used(used, by_name)))
    return list(done.values()), circles


def _used(entry: Entry, by_name: Mapping[str, Sequence[Entry]]) -> Iterator[Entry]:
    """Yield the definitions that a definition uses: of the same data source, if there are several with a name."""
    for _option, name in definitions_of(entry):
        found = by_name.get(name, ())
        near = [one for one in found if _scope(one) == _scope(entry)]
        yield from near or found
