# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: one entry of a configuration, from what is written to checked and converted options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base.errors import InputError
from .._engine.input_check import EntryCheck, unknown_option
from .._engine.options import Rules
from .._engine.present import Presence
from .._engine.settings import check_key
from .families import BY_KEY, CHARTS, DASHBOARDS, SETTINGS, Managed
from .form import Entry, Finding, Notes, Place
from .source import Located, Placed, read_text

RENAMED_FROM, REMOVE, IN_FILE = "renamed_from", "remove", "_file"

_INSTEAD = {
    "new_name": "give the new name as the name, and the earlier one in renamed_from",
    "state": "leave it out, because an entry is what shall exist, and prune or remove takes others away",
    **dict.fromkeys(("missing_ok", "verify_absence", "force"), "leave it out, because an entry deletes nothing"),
}
"""What to write in place of options that the single modules have."""


@dataclass(frozen=True)
class Shape:
    """What may stand in an entry of a family.

    ``names`` are the options by each spelling, with the words that only a configuration has. ``in_files`` are the
    options whose text may stand in a file. Of an option and that of ``alternatives`` only one can be
    given; both have dots where they are nested.
    """

    managed: Managed
    check: EntryCheck
    names: Mapping[str, str]
    in_files: tuple[str, ...]
    alternatives: Mapping[str, str]
    blank: Mapping[str, Any]

    @classmethod
    def of(cls, managed: Managed) -> Shape:
        """Return the shape of a family's entries."""
        kind, scope = managed.kind, managed.kind.scope
        left_out = (
            ("create",) if managed is SETTINGS else (scope.name, scope.by_key) if scope and managed.within else ()
        )
        spec = {name: one for name, one in managed.options.items() if name not in left_out}
        names = {spelling: name for name, one in spec.items() for spelling in (name, *one.get("aliases", ()))}
        in_files = tuple(one.name for one in kind.settings if one.form.several_lines)
        names.update((name + IN_FILE, name + IN_FILE) for name in in_files if "." not in name)
        words = () if managed is SETTINGS else (REMOVE, RENAMED_FROM) if managed.can_be_renamed else (REMOVE,)
        names.update((word, word) for word in (*words, *((CHARTS.key,) if managed is DASHBOARDS else ())))
        pairs = [(one.name, one.by_key) for one in kind.references]
        return cls(
            managed,
            EntryCheck(managed.options, Rules.of(kind)),
            names,
            in_files,
            dict([*pairs, *((other, one) for one, other in pairs)]),
            {name: one.get("default") for name, one in managed.options.items()},
        )


SHAPES: Mapping[str, Shape] = {key: Shape.of(managed) for key, managed in BY_KEY.items()}


class Places(Mapping[str, Place]):
    """Where options stand, by name with dots. The places are only made if they are needed, which saves memory."""

    def __init__(self, nodes: Sequence[Mapping[str, Any]]) -> None:
        self._nodes = nodes

    def __getitem__(self, name: str) -> Place:
        first, dot, rest = name.partition(".")
        for node in reversed(self._nodes):
            spelling = next((one for one in (first, first + IN_FILE) if one in node), None)
            if spelling is None or not isinstance(node, Placed):
                continue
            within = node[spelling]
            if dot and isinstance(within, Placed):
                return Places([within]).get(rest, within.place_of())
            return node.place_of(spelling)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for node in self._nodes if isinstance(node, Placed) for name in node))

    def __len__(self) -> int:
        return len(list(iter(self)))


_SETS: dict[frozenset[str], frozenset[str]] = {}


def place_in(node: Any, name: str = "") -> Place | None:
    """Return where something stands, ``None`` if that is not known."""
    return node.place_of(name) if isinstance(node, Placed) else None


@dataclass(eq=False)
class Draft:
    """An entry while its layers are merged: its values by option, and the mappings from which they come."""

    shape: Shape
    values: dict[str, Any]
    nodes: list[Mapping[str, Any]]
    charts: list[Draft] | None = None

    @property
    def place(self) -> Place | None:
        """Where the entry stands in the last layer that has it."""
        return place_in(self.nodes[-1])

    def named(self, defaults: Mapping[str, Any]) -> tuple[Any, str | None, str | None]:
        """Return what names the object: the parent of its key if a key is only unique within one, its key, its id."""
        kind = self.shape.managed.kind
        scope: Any = None
        if kind.scope is not None and not self.shape.managed.within:
            fields = (kind.scope.by_key, kind.scope.name)
            values = self.values if any(self.values.get(one) is not None for one in fields) else defaults
            scope = next(((one, str(values[one])) for one in fields if values.get(one) is not None), None)
        key = _text(self.values.get(kind.key.name))
        return scope, None if key is None else kind.family.key_form(key), _text(self.values.get("id"))

    def merge(self, over: Draft) -> None:
        """Merge the same entry of a later layer over this one."""
        self.values = merged(self.shape, self.values, over.values)
        self.nodes += over.nodes


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def merged(shape: Shape, base: Mapping[str, Any], over: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return options with those of a later layer over them, of which null takes an option back."""
    result = dict(base)
    for name, value in over.items():
        other = shape.alternatives.get(path + name)
        if other is not None and value is not None:
            result.pop(other.rpartition(".")[2], None)
        if isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            value = merged(shape, result[name], value, "%s%s." % (path, name))
        result[name] = value
    return result


def draft_of(shape: Shape, node: Mapping[str, Any], notes: Notes) -> Draft:
    """Return the draft of an entry as it is written, with the texts of its files; mistakes are noted and left out."""
    values: dict[str, Any] = {}
    for spelling, value in node.items():
        name = shape.names.get(spelling)
        if name is None:
            notes.error("unknown-key", _unknown(shape, spelling), place_in(node, spelling))
        elif values.get(name) is not None and value is not None and values[name] != value:
            message = "The option %s is the same as %s, and their values differ: give one of them."
            notes.error("duplicate-key", message % (spelling, name), place_in(node, spelling))
        else:
            values[name] = value
    for option in shape.in_files:
        parent, dot, part = option.rpartition(".")
        within, target = (node.get(parent), values.get(parent)) if dot else (node, values)
        if isinstance(within, Mapping) and isinstance(target, Mapping) and part + IN_FILE in within:
            target = {name: value for name, value in target.items() if name != part + IN_FILE}
            try:
                target[part] = _text_of_file(within, option, part)
            except InputError as error:
                notes.error("file", error.message, place_in(within, part + IN_FILE))
            values = {**values, parent: target} if dot else target
    return Draft(shape, values, [node])


def _text_of_file(node: Mapping[str, Any], option: str, part: str) -> str | None:
    """Return the text of the file that an option names.

    Raises:
        InputError: if the text is given as well, or the file can't be read.
    """
    subject, named = "The option " + option + IN_FILE, node[part + IN_FILE]
    if named is None:
        return node.get(part)
    if node.get(part) is not None:
        raise InputError("The options %s and %s%s are both given: give one of them." % (option, option, IN_FILE))
    if not isinstance(node, Located):
        raise InputError("%s needs a configuration in files: give %s itself." % (subject, option))
    if not isinstance(named, str) or not named.strip() or "\0" in named:
        raise InputError("%s is no path of a file: correct it." % subject)
    return read_text(named, node.file, node.root, subject)


def _unknown(shape: Shape, spelling: Any) -> str:
    managed = shape.managed
    if isinstance(spelling, str) and spelling in _INSTEAD:
        return "The option %s has no place in a configuration: %s." % (spelling, _INSTEAD[spelling])
    if spelling == RENAMED_FROM and managed is not SETTINGS:
        message = "The option renamed_from is not possible, because the API documents no way to rename a %s: remove it."
        return message % managed.kind.family.noun
    if managed.within and spelling in managed.options:
        return "The option %s has no place in a chart, because it stands in its dashboard: remove it." % spelling
    return unknown_option(spelling, shape.names)


def entry_of(draft: Draft, parent: Entry | None, update_secrets: str, notes: Notes) -> Entry:
    """Return an entry with all its options, checked and converted; mistakes are noted and left out."""
    shape, managed = draft.shape, draft.shape.managed
    entry = Entry(managed, dict(shape.blank), parent=parent, place=draft.place, places=Places(draft.nodes))
    _tell_secrets_in_files(draft, notes)
    before = len(notes.findings)
    for name, value in draft.values.items():
        if value is None or name not in managed.options:
            continue
        try:
            entry.options[name] = shape.check.value(name, value)
        except InputError as error:
            notes.error("value", error.message, entry.place_of(_option_in(error.message) or name))
    given = frozenset(name for name, value in draft.values.items() if value is not None and name in shape.blank)
    # Thousands of charts give the same options, so they share one set.
    entry.given = _SETS.setdefault(given, given)
    entry.earlier = _earlier(draft, entry, notes)
    if "update_secrets" in shape.blank and "update_secrets" not in entry.given:
        entry.options["update_secrets"] = update_secrets
    scope = managed.kind.scope
    if parent is not None and scope is not None:
        name, value = (scope.by_key, parent.key) if parent.key is not None else (scope.name, parent.id)
        entry.options[name] = value
    if len(notes.findings) == before:
        _check_together(entry, notes)
    return entry


def _tell_secrets_in_files(draft: Draft, notes: Notes) -> None:
    """Warn of secrets that stand in a file, because files of a configuration are committed."""
    secrets = {one.name for one in draft.shape.managed.kind.secrets} | {"extra_secrets"}
    for node in (one for one in draft.nodes if isinstance(one, Located)):
        for spelling, value in node.items():
            if value is not None and draft.shape.names.get(spelling) in secrets:
                message = (
                    "The option %s is a secret in a file: give it in secrets, and change it if others can read it."
                )
                found = Finding("secret", message % spelling, node.place_of(spelling), is_error=False)
                # All entries of a family have the same defaults.
                if found not in notes.findings:
                    notes.findings.append(found)


def _check_together(entry: Entry, notes: Notes) -> None:
    """Run the checks of the engine, which know how options fit together."""
    kind = entry.managed.kind
    options = {**entry.options, kind.renamed_by: None} if kind.renamed_by else entry.options
    if entry.managed is SETTINGS and entry.key is None:
        options = {**options, "id": entry.id or "organization"}
    try:
        Presence.of(kind, entry.managed.steps, options)
        if entry.key is not None and entry.id is None:
            check_key(kind, entry.key)
    except InputError as error:
        place = entry.place_of(_option_in(error.message))
        notes.error("value", error.message, place)


def _option_in(message: str) -> str:
    """Return the option that a message begins with, empty if it names none."""
    found = re.match(r"The option ([a-z_]+(?:\.[a-z_]+)*)(?: of ([a-z_]+) is unknown)?", message)
    return "" if found is None else ".".join(filter(None, (found[2], found[1])))


def _earlier(draft: Draft, entry: Entry, notes: Notes) -> tuple[str, ...]:
    given = draft.values.get(RENAMED_FROM)
    earlier = [given] if isinstance(given, str) else given or []
    if not isinstance(earlier, list) or not all(isinstance(one, str) and one.strip() for one in earlier):
        message = "The option renamed_from is no text and no list of texts: give the earlier name."
        notes.error("value", message, entry.place_of(RENAMED_FROM))
        return ()
    if earlier and (entry.key is None or entry.key in earlier):
        message = "The option renamed_from needs another name than the entry has now: correct one of them."
        notes.error("value", message, entry.place_of(RENAMED_FROM))
        return ()
    return tuple(earlier)
