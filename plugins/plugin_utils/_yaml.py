# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: writes YAML for people, and reads it back.

PyYAML writes a text with a blank at the end of a line as one quoted line. Here, texts of several lines are blocks
wherever YAML can express them, and each text is read back before it is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A longer text is a block even if it is one line.
_LONGEST_LINE = 100
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./@()+-]|:(?=[^\s:]))*")
_NOT_PLAIN = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))
# What a block can't hold: other line breaks, which YAML changes or takes for the end of a line, and invisible ones.
_NOT_IN_BLOCKS = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Tagged(str):
    """The text of a value with a tag of Ansible, such as ``!vault``."""


# Reads plain values; a value with a tag of Ansible becomes its text.
_Loader: Any = type("_Loader", (_Base,), {})


def _tagged(loader: Any, suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return Tagged(loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _tagged)


def read(text: str) -> Any:
    """Return the content of a YAML document.

    Raises:
        yaml.YAMLError: if it is none.
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def nodes(text: str) -> Any:
    """Return the nodes of a YAML document, which know their places; ``None`` if it is empty.

    Raises:
        yaml.YAMLError: if it is none.
    """
    return yaml.compose(text, Loader=_Loader)


def lines_of(content: Mapping[str, Any], column: int = 0) -> list[str]:
    """Return the lines of a mapping, whose keys begin at a column."""
    found: list[str] = []
    for key, value in content.items():
        found += _pair("%s%s:" % (" " * column, key), value, column)
    return found


def item(content: Mapping[str, Any], column: int) -> list[str]:
    """Return the lines of a mapping that is an item of a list; its dash is at a column."""
    lines = lines_of(content, column + 2)
    return [" " * column + "- " + lines[0].lstrip(" "), *lines[1:]]


def _pair(head: str, value: Any, column: int) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [head, *lines_of(value, column + 2)]
    if isinstance(value, (list, tuple)) and value:
        found = [head]
        for one in value:
            if isinstance(one, Mapping) and one:
                found += item(one, column + 2)
            else:
                found += ("%s- %s" % (" " * (column + 2), scalar(one, column + 4))).split("\n")
        return found
    return ("%s %s" % (head, scalar(value, column + 2))).split("\n")


def scalar(value: Any, column: int) -> str:
    """Return a single value. Further lines of a text begin at a column."""
    if not isinstance(value, str):
        return _json(value)
    if "\n" in value or len(value) > _LONGEST_LINE:
        if _is_read_back(_block(value, 2), value):
            return _block(value, column)
    elif _PLAIN.fullmatch(value) and value[-1] != " " and value.lower() not in _NOT_PLAIN:
        return value
    elif value.isprintable() and value:
        return "'%s'" % value.replace("'", "''")
    return _quoted(value, column)


def _block(value: str, column: int) -> str:
    if _NOT_IN_BLOCKS.search(value) or not value.strip():
        return ""
    lines = value.split("\n")
    head = "|2" if lines[0][:1] in ("", " ", "\t") else "|"
    if lines[-1]:
        head += "-"
    else:
        lines.pop()
        head += "" if lines[-1] else "+"
    return "\n".join([head, *(" " * column + line if line else "" for line in lines)])


def _is_read_back(block: str, value: str) -> bool:
    try:
        return bool(block) and read("a: %s\nb: c\n" % block) == {"a": value, "b": "c"}
    except yaml.YAMLError:
        return False


def _json(value: Any) -> str:
    """Return JSON that is YAML as well: without the invisible characters that YAML forbids or changes."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: "\\u%04x" % ord(found[0]), text)


def _quoted(value: str, column: int) -> str:
    """Return a text in double quotes, with a line for each of its lines."""
    text = _json(value)
    parts = re.findall(r"(?:[^\\]|\\[^n])*?(?:\\n|$)", text, re.DOTALL)
    parts = [part for part in parts if part]
    if len(parts) > 1 and parts[-1] == '"':
        parts[-2:] = [parts[-2] + '"']
    rest = ["\\" + part if part[0] == " " else part for part in parts[1:]]
    return ("\\\n" + " " * column).join([parts[0], *rest])
