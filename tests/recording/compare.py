# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare two recordings, and group what differs: the same difference in many tests is one entry."""

from __future__ import annotations

import difflib
import gzip
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.recording.normal import TREE

sys.path.insert(0, str(TREE / "tests" / "tools"))

import parity

Tests = dict[str, list[Any]]

FAILED = {"outcome": "the test failed"}
"""The event of a test that fails."""

_LINE = re.compile(r":\d+$")
_CONTEXT = 1
_LONGEST = 300


@dataclass
class Comparison:
    """What differs: by its text the tests that have it, once for each time. ``new`` tests are no difference."""

    found: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def load(path: Path) -> Tests:
    """Return the events of each test: of a recording, or of the lines that ``results_record`` wrote."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()
    if text.startswith('{"examples"'):
        tests: Tests = json.loads(text)["tests"]
        return tests
    results: Tests = {}
    for line in text.splitlines():
        event = json.loads(line)
        # The line in the playbook is left out, because tests grow.
        place = "%s (%s)" % (_LINE.sub("", event.pop("place")), event.pop("name"))
        results.setdefault(place, []).append(parity.steady(event))
    return results


def compare(old: Tests, new: Tests) -> Comparison:
    """Return what differs between two recordings."""
    comparison = Comparison(missing=[name for name in old if name not in new], new=[n for n in new if n not in old])
    # Of a new test nothing is known but that it must not fail.
    pairs: list[tuple[str, list[Any], list[Any]]] = [
        (name, [], [FAILED]) for name in comparison.new if FAILED in new[name]
    ]
    pairs += [(name, events, new[name]) for name, events in old.items() if name in new]
    for name, before, after in pairs:
        for text in _differences("", before, after):
            comparison.found.setdefault(text, []).append(name)
    return comparison


def _differences(path: str, one: Any, other: Any) -> Iterator[str]:
    # As texts, because 1, 1.0 and True are equal in Python.
    if _text(one) == _text(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            inner = "%s.%s" % (path, key) if path else key
            if key not in other:
                yield "%s: only in the first: %s" % (inner, _short(one[key]))
            elif key not in one:
                yield "%s: only in the second: %s" % (inner, _short(other[key]))
            else:
                yield from _differences(inner, one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list):
        yield from _of_lists(path + "[]", one, other)
    elif isinstance(one, str) and isinstance(other, str):
        yield "%s: %s" % (path, _of_texts(one, other))
    else:
        yield "%s: %s became %s" % (path, _short(one), _short(other))


def _of_lists(path: str, one: list[Any], other: list[Any]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, [*map(_text, one)], [*map(_text, other)], autojunk=False)
    for how, begin, end, other_begin, other_end in matcher.get_opcodes():
        if how == "equal":
            continue
        pairs = min(end - begin, other_end - other_begin)
        for number in range(pairs):
            yield from _differences(path, one[begin + number], other[other_begin + number])
        for item in one[begin + pairs : end]:
            yield "%s: only in the first: %s" % (path, _short(item))
        for item in other[other_begin + pairs : other_end]:
            yield "%s: only in the second: %s" % (path, _short(item))


def _of_texts(one: str, other: str) -> str:
    """Return the words that differ, with some words around them."""
    words, others = one.split(" "), other.split(" ")
    parts = []
    for how, begin, end, other_begin, other_end in difflib.SequenceMatcher(None, words, others, False).get_opcodes():
        if how != "equal":
            parts += [" ".join(["...", *words[max(0, begin - _CONTEXT) : begin]])]
            parts += ["[-%s-]" % " ".join(words[begin:end])] if end > begin else []
            parts += ["{+%s+}" % " ".join(others[other_begin:other_end])] if other_end > other_begin else []
            parts += [" ".join([*words[end : end + _CONTEXT], "..."])]
    return " ".join(parts)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _short(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
