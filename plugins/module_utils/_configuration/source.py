# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: reads the files of a configuration, so that every option keeps the line where it stands.

YAML is read event by event, which needs little memory and no recursion. Texts stay exactly as written.
"""

from __future__ import annotations

import os
import re
import sys
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import InputError
from .._base.text import quoted
from .families import BY_KEY
from .form import Finding, InlinePlace, Place

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

_LARGEST_FILE = 64 * 1024 * 1024
_DEEPEST = 40
# Aliases may repeat values, and aliases within aliases multiply. A text of a few lines could fill the memory.
_MOST_REPEATED = 100_000
_SUFFIXES = (".yml", ".yaml")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = (None, "!", "!unsafe", *(_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq")))
_DECIMAL = re.compile("0|[+-]?[1-9][0-9]*")
_DECRYPT = "put secrets into a variable of the play, and give it in the option secrets."
_WORD = re.compile(r"[\w.-]{1,60}")
_NAMES = tuple(dict.fromkeys([*(one.key_option for one in BY_KEY.values()), "id"]))


class Placed(dict[str, Any], ABC):
    """A mapping that knows where its keys stand."""

    __slots__ = ()

    @abstractmethod
    def place_of(self, name: str = "") -> Place:
        """Return where a key stands, or where the mapping begins."""


class Inline(Placed):
    """A mapping of a configuration that is given inline, with the path to it and the name of its entry."""

    __slots__ = ("name", "path")

    def __init__(self, path: str, name: str = "") -> None:
        super().__init__()
        self.path = path
        self.name = name

    def place_of(self, name: str = "") -> Place:
        """Return the path to a key, or to the mapping."""
        return InlinePlace(_path(self.path, name) if name in self else self.path, 0, self.name)


def _path(path: str, key: Any) -> str:
    """Return the path to a value. A key that is no word may be anything, such as a secret, so it is not shown."""
    return "%s.%s" % (path, key) if _WORD.fullmatch(str(key)) else path


class Located(Placed):
    """A mapping of a file, with the line of each key. ``root`` is the folder that its file must not leave."""

    __slots__ = ("_lines", "file", "line", "root")

    def __init__(self, file: str, line: int, root: str) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.root = root
        # In the order of the keys. A folder may have ten thousand charts, and a second dict needs five times as much.
        self._lines = array("L")

    def begin(self, line: int) -> None:
        """Note the line of the key that is added next."""
        self._lines.append(line)

    def place_of(self, name: str = "") -> Place:
        """Return where a key stands, or where the mapping begins."""
        return Place(self.file, next((line for key, line in zip(self, self._lines) if key == name), self.line))


class SourceError(Exception):
    """A mistake in a file."""

    def __init__(self, rule: str, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(rule, message, place)


def inline(value: Any, path: str, name: str = "", depth: int = 0) -> Any:
    """Return a value of a configuration that is given inline, whose mappings know their paths."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        return [inline(one, "%s[%d]" % (path, number), name, depth + 1) for number, one in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    own = next((value[one] for one in _NAMES if isinstance(value.get(one), str)), None) if path[-1:] == "]" else None
    found = Inline(path, own or name)
    for key, one in value.items():
        found[key] = inline(one, _path(path, key), found.name, depth + 1)
    return found


def read_layers(source: Sequence[str]) -> tuple[list[list[Located]], list[Finding]]:
    """Return the contents of the files of each layer, and the mistakes in them.

    Raises:
        InputError: if this Python has no PyYAML.
    """
    if not HAS_YAML:
        raise InputError(
            "The option source needs the Python library PyYAML, which is missing on this host: install it, or run the "
            "task on the controller."
        )
    layers: list[list[Located]] = []
    findings: list[Finding] = []
    for path in source:
        layer: list[Located] = []
        root = os.path.realpath(path if os.path.isdir(path) else os.path.dirname(path) or ".")
        try:
            files = list(_files_of(path, root))
        except SourceError as error:
            findings.append(error.finding)
            files = []
        for file in files:
            try:
                layer.append(_Reader(file, root).document())
            except SourceError as error:
                findings.append(error.finding)
        layers.append(layer)
    return layers, findings


def _files_of(path: str, root: str) -> Iterator[str]:
    """Yield the files of a layer in sorted order.

    Raises:
        SourceError: if there is none, or if a part can't be read, because a skipped file would look like one that is
            not wanted.
    """
    if not os.path.isdir(path):
        yield path
        return
    found = False
    for file in _walk(path, root, (root,)):
        found = True
        yield file
    if not found:
        message = "The folder %s of the option source has no file that ends in .yml or .yaml: correct the path."
        raise SourceError("source", message % quoted(path))


def _walk(folder: str, root: str, above: tuple[str, ...]) -> Iterator[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise SourceError("source", "The folder %s can't be read: %s." % (quoted(folder), error.strerror)) from None
    for name in names:
        path = os.path.join(folder, name)
        is_folder = os.path.isdir(path)
        if not is_folder and not name.lower().endswith(_SUFFIXES):
            continue
        real = os.path.realpath(path)
        if not _is_within(real, root) or (is_folder and real in above):
            message = "The path %s is a link out of the source, or in a circle: put a copy there." % quoted(path)
            raise SourceError("source", message)
        if is_folder:
            yield from _walk(path, root, (*above, real))
        else:
            yield path


def _is_within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def read_text(named: str, file: str, root: str, subject: str) -> str:
    """Return the content of a file that another ``file`` names, unchanged.

    Raises:
        InputError: if it is outside of the source, or can't be read as UTF-8.
    """
    path = os.path.join(os.path.dirname(file), named)
    if os.path.isabs(named) or not _is_within(os.path.realpath(path), root):
        raise InputError(
            "%s names %s, which is outside of the source: give a path inside of it, relative to the file that names it."
            % (subject, quoted(named))
        )
    try:
        return _read(path)
    except SourceError as error:
        raise InputError("%s: %s" % (subject, error)) from None


def _read(path: str) -> str:
    """Return the text of a file.

    Raises:
        SourceError: if it can't be read.
    """
    try:
        # Anything else, such as a pipe, could make the task wait forever.
        if not os.path.isfile(path):
            missing = "is no file" if os.path.exists(path) else "does not exist"
            raise SourceError("source", "The file %s %s: correct the path." % (quoted(path), missing))
        if os.path.getsize(path) > _LARGEST_FILE:
            raise SourceError("source", "The file %s has more than 64 MiB: split it." % quoted(path))
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise SourceError("source", "The file %s can't be read: %s." % (quoted(path), error.strerror)) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = Place(path, data.count(b"\n", 0, error.start) + 1)
        raise SourceError("source", "The file %s is no UTF-8: save it as such." % quoted(path), place) from None


@dataclass
class _Open:
    """A mapping or a list that has not ended yet."""

    value: Any
    anchor: str | None
    key: str | None = None


@dataclass
class _Reader:
    """Reads one file with one document."""

    file: str
    root: str
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, Any] = field(default_factory=dict)
    _repeated: int = 0
    _result: Any = None
    _documents: int = 0
    _line: int = 1

    def document(self) -> Located:
        """Return the content of the file.

        Raises:
            SourceError: if the file can't be read, or if it is no mapping.
        """
        text = _read(self.file)
        if text.startswith("$ANSIBLE_VAULT;"):
            raise self._error("form", "The file is encrypted with Ansible Vault, which can't be read here: " + _DECRYPT)
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            reader = loader(text)
            while reader.check_event():
                self._take(reader, reader.get_event())
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._line = self._line if mark is None else mark.line + 1
            raise self._error("syntax", "The file is no valid YAML: %s." % (error.problem or error.context)) from None
        except yaml.YAMLError:
            raise self._error("syntax", "The file has a character that YAML does not allow: remove it.") from None
        if not isinstance(self._result, Located):
            self._line = 1
            raise self._error("form", "The file holds no configuration: begin it with format: 1, then name families.")
        return self._result

    def _error(self, rule: str, message: str) -> SourceError:
        return SourceError(rule, message, Place(self.file, self._line))

    def _take(self, reader: Any, event: Any) -> None:
        self._line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(reader, event), event.anchor)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            ended = self._stack.pop()
            self._add(ended.value, ended.anchor)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._error("syntax", "The alias %s has no anchor before it." % quoted(event.anchor))
            self._repeated += _count(self._anchors[event.anchor], _MOST_REPEATED - self._repeated)
            if self._repeated >= _MOST_REPEATED:
                raise self._error("form", "The aliases repeat more than %d values: use fewer." % _MOST_REPEATED)
            self._add(self._anchors[event.anchor], None)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._error("form", "The file has a second document: put it into a file of its own.")

    def _begin(self, event: Any) -> None:
        self._check_tag(event.tag)
        if len(self._stack) >= _DEEPEST:
            raise self._error("form", "The values are nested more than %d levels deep." % _DEEPEST)
        if self._stack and isinstance(self._stack[-1].value, Located) and self._stack[-1].key is None:
            raise self._error("form", "A key is a list or a mapping, and keys must be texts.")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(Located(self.file, self._line, self.root) if is_mapping else [], event.anchor))

    def _add(self, value: Any, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._stack:
            self._result = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None
        else:
            self._begin_value(top, value)

    def _begin_value(self, top: _Open, key: Any) -> None:
        if not isinstance(key, str):
            raise self._error("form", "A key is no text: quote it.")
        if key == "<<":
            raise self._error("form", "Merge keys (<<) are not supported: use defaults, or an alias for each value.")
        if key in top.value:
            shown = quoted(key) if _WORD.fullmatch(key) else "a key"
            message = "The mapping has %s twice, here and in line %d: keep one." % (shown, top.value.place_of(key).line)
            raise self._error("duplicate-key", message)
        # Thousands of entries have the same keys.
        top.key = sys.intern(key)
        top.value.begin(self._line)

    def _check_tag(self, tag: str | None) -> None:
        if tag in _PLAIN_TAGS:
            return
        if tag in ("!vault", "!vault-encrypted"):
            raise self._error(
                "tag",
                "A value is encrypted with Ansible Vault, and only Ansible can decrypt it: " + _DECRYPT,
            )
        raise self._error("tag", "The YAML tag %s is not supported: remove it." % quoted(tag))

    def _scalar(self, reader: Any, event: Any) -> Any:
        text, tag = event.value, event.tag
        self._check_tag(tag)
        if tag in ("!", "!unsafe") or (tag is None and not event.implicit[0]):
            return text
        tag = tag or reader.resolve(yaml.ScalarNode, text, (True, False))
        if tag in (_TAG + "str", _TAG + "merge", _TAG + "value"):
            return text
        # Other spellings of a number, such as 010 or 1:30, mean something else than people expect.
        if tag == _TAG + "int" and not _DECIMAL.fullmatch(text):
            return text
        try:
            return reader.construct_object(yaml.ScalarNode(tag, text))
        except (yaml.YAMLError, ValueError):
            raise self._error("syntax", "A value is not what it looks like, a number or a date: quote it.") from None


def _count(value: Any, most: int) -> int:
    """Return how many values are within a value, up to ``most``."""
    count, waiting = 0, [value]
    while waiting and count < most:
        one = waiting.pop()
        count += 1
        waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
    return count
