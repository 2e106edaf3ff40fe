# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a file of a configuration means, and how to change only what differs in it.

The options that differ are replaced in the text, line by line. Comments, order and options that no export writes, such
as ``invite``, stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY, CHARTS, Managed
from ansible_collections.community.basedash.plugins.plugin_utils._yaml import item, lines_of, nodes

Content = Mapping[str, Any]

_OF_STEPS = ("members", "access", "tabs", "charts")
_EMPTY: tuple[Any, ...] = ("", None, frozenset(), (), {}, [])


class CannotSpliceError(Exception):
    """A file can't be changed line by line. The message is a clause that says why."""


# Meaning --------------------------------------------------------------------------------------------------------------


def identity(managed: Managed, entry: Content) -> tuple[str, ...]:
    """Return what tells an entry from the others of its family."""
    if entry.get("id") is not None:
        return ("id", str(entry["id"]))
    scope = managed.kind.scope
    parent = "" if scope is None else str(entry.get(scope.by_key) or entry.get(scope.name) or "")
    return (managed.kind.family.key_form(str(entry.get(managed.key_option))), parent)


def meaning(content: Any) -> Any:
    """Return what a file says of each object, in a form that is equal if the file means the same.

    Options that an export does not write are not in it.
    """
    if not isinstance(content, Mapping):
        return content
    found: dict[str, Any] = {}
    for family, value in content.items():
        managed = BY_KEY.get(family)
        if managed is not None:
            found[family] = _of_entry(managed, value) if family == "organization" else _of_entries(managed, value)
        elif family == "for":
            found[family] = value
    return found


def _of_entries(managed: Managed, entries: Any) -> Any:
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        return entries
    return {identity(managed, one): _of_entry(managed, one) for one in entries}


def _of_entry(managed: Managed, entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    found = {name: _of_option(managed, name, value) for name, value in entry.items() if _is_written(managed, name)}
    return {name: value for name, value in found.items() if value not in _EMPTY}


def _is_written(managed: Managed, name: str) -> bool:
    """Tell whether an export may write this option."""
    kind = managed.kind
    names = {one.name.partition(".")[0] for one in (kind.key, *kind.settings) if not one.create_only}
    return name in ("id", *_OF_STEPS) or name in names or name in {one.by_key for one in kind.references}


def _of_option(managed: Managed, name: str, value: Any) -> Any:
    field_ = managed.kind.by_option.get(name)
    if field_ is not None and field_.refers_to is None:
        return field_.form.normal(value)
    if name == "charts":
        return _of_entries(CHARTS, value)
    if name == "tabs" and isinstance(value, list):
        return tuple(one.get("name") if isinstance(one, Mapping) else str(one) for one in value)
    if isinstance(value, Mapping):
        parts = {part: _of_option(managed, "%s.%s" % (name, part), one) for part, one in value.items()}
        return {part: one for part, one in parts.items() if one not in _EMPTY}
    if isinstance(value, list) and all(isinstance(one, (str, int)) for one in value):
        return frozenset(str(one).lower() if "member" in name else str(one) for one in value)
    return value


# Changing -------------------------------------------------------------------------------------------------------------


@dataclass
class _Edits:
    """Replacements of lines, and texts of files that the lines name."""

    lines: Sequence[str]
    edits: list[tuple[int, int, list[str]]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def replace(self, start: int, end: int, lines: Sequence[str] = ()) -> None:
        """Replace these lines, which count from 0; the one at ``end`` stays."""
        self.edits.append((start, end, list(lines)))

    def result(self) -> str:
        """Return the changed text."""
        lines = list(self.lines)
        for start, end, new in sorted(self.edits, key=lambda one: one[:2], reverse=True):
            lines[start:end] = new
        return "\n".join(lines) + "\n"


def spliced(text: str, before: Content, after: Content) -> tuple[str, dict[str, str]]:
    """Return the text of a file after its entries were changed, and the texts of changed files that it names.

    ``before`` and ``after`` are what the file says and shall say, with the content of the files that it names.

    Raises:
        CannotSpliceError: if its form does not allow this.
    """
    edits = _Edits(text.splitlines() if "\r" not in text else text.replace("\r\n", "\n").splitlines())
    root = nodes("\n".join(edits.lines) + "\n")
    values = {key.value: value for key, value in root.value}
    for family, content in after.items():
        managed = BY_KEY.get(family)
        if managed is None:
            continue
        if family not in values:
            edits.replace(len(edits.lines), len(edits.lines), lines_of({family: content}))
        elif family == "organization":
            _change_entry(edits, managed, values[family], before[family], content)
        else:
            _change_list(edits, managed, values[family], before[family], content)
    return edits.result(), edits.files


def _change_list(edits: _Edits, managed: Managed, node: Any, before: Any, after: Sequence[Content]) -> None:
    entries = before if isinstance(before, list) and all(isinstance(one, Mapping) for one in before) else None
    if not entries or node.id != "sequence" or node.flow_style:
        raise CannotSpliceError("its %s are no list with an entry in each line" % managed.key)
    wanted = {identity(managed, one): one for one in after}
    there = set()
    for one, old in zip(node.value, entries):
        its = identity(managed, old)
        there.add(its)
        if its not in wanted:
            edits.replace(one.start_mark.line, _end(one))
        elif _of_entry(managed, old) != _of_entry(managed, wanted[its]):
            _change_entry(edits, managed, one, old, wanted[its])
    new = [entry for its, entry in wanted.items() if its not in there]
    end = _end(node.value[-1])
    edits.replace(end, end, [line for entry in new for line in item(entry, node.start_mark.column)])


def _change_entry(edits: _Edits, managed: Managed, node: Any, before: Content, after: Content) -> None:
    if node.id != "mapping" or node.flow_style or not node.value:
        raise CannotSpliceError("an entry of its %s is not one option per line" % managed.key)
    old, new = _of_entry(managed, before), _of_entry(managed, after)
    column = node.value[0][0].start_mark.column
    last = 0
    for key, value in node.value:
        name = _option(key)
        start, end = key.start_mark.line, _end(value)
        last = last if name == "charts" else end
        if not _is_written(managed, name) or old.get(name) == new.get(name):
            continue
        if name not in new:
            if edits.lines[start][:column].strip():
                raise CannotSpliceError("the first option of an entry is gone")
            edits.replace(start, end)
        elif name == "charts":
            _change_list(edits, CHARTS, value, before[name], after[name])
        elif name != key.value:
            edits.files[value.value] = after[name]
        else:
            lines = lines_of({name: after[name]}, column)
            edits.replace(start, end, [edits.lines[start][:column] + lines[0][column:], *lines[1:]])
    names = {_option(key) for key, _value in node.value}
    added = {name: value for name, value in after.items() if name not in names}
    if added:
        edits.replace(last or _end(node), last or _end(node), lines_of(added, column))


def _option(key: Any) -> str:
    """Return the option of a key, whose text may stand in a file."""
    name = str(key.value)
    return name[: -len("_file")] if name.endswith("_file") else name


def _end(node: Any) -> int:
    """Return the line after the last one of a node, without comments and empty lines that follow it."""
    if node.id == "scalar" or node.flow_style or not node.value:
        return int(node.end_mark.line + (1 if node.end_mark.column else 0))
    return max(_end(part) for one in node.value for part in (one if isinstance(one, tuple) else (one,)))
