# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what changes in an object, as lines that a person reads, from the results of a plan."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY

# A comparison of longer texts takes too much time, and nobody reads it in a report.
_MOST_COMPARED = 3000
_SHORT = 100
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]")

CREATED, UPDATED, DELETED, UNCHANGED, UNCLEAR = "created", "updated", "deleted", "unchanged", "unclear"


@dataclass(frozen=True)
class Difference:
    """An option that differs. ``option`` has dots for values in a dict, such as ``trigger.hour``.

    ``before`` is the value in Basedash, ``after`` the one of the configuration. ``None`` means that there is none.
    """

    option: str
    before: Any
    after: Any

    @property
    def is_list(self) -> bool:
        """Whether both are lists of single values, so that what is added and removed says it all."""
        sides = [[] if one is None else one for one in (self.before, self.after)]
        return all(isinstance(one, (list, tuple)) and not any(map(_is_nested, one)) for one in sides) and sides != [
            [],
            [],
        ]

    @property
    def added(self) -> list[Any]:
        """What the list of the configuration has in addition."""
        return [one for one in self.after or () if one not in (self.before or ())]

    @property
    def removed(self) -> list[Any]:
        """What the list of the configuration lacks."""
        return [one for one in self.before or () if one not in (self.after or ())]

    @property
    def is_short(self) -> bool:
        """Whether both values fit into one line. Other SQL than before is always shown as lines, as it stands."""
        if self.option.endswith("sql_query") and None not in (self.before, self.after):
            return False
        texts = (as_text(self.before), as_text(self.after))
        return all(len(text) <= _SHORT and "\n" not in text for text in texts)

    def lines(self) -> list[str]:
        """Return the difference line by line. Each line begins with ``+``, ``-`` or a blank."""
        before, after = (seen(as_text(one)).split("\n") if one is not None else [] for one in (self.before, self.after))
        if len(before) + len(after) > _MOST_COMPARED:
            return ["-%d lines" % len(before), "+%d other lines" % len(after)]
        compared = difflib.unified_diff(before, after, n=2, lineterm="")
        # The first two lines name files.
        return [" ..." if line.startswith("@@") else line for line in list(compared)[2:]][1:]


def as_text(value: Any) -> str:
    """Return a value as people write it: a text as it is, anything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False, indent=1 if _is_nested(value) else None, default=str)


def seen(text: str) -> str:
    """Return a text of one or more lines in which nothing is invisible, and nothing turns the direction of reading."""
    return _UNSEEN.sub(lambda found: "\\u%04x" % ord(found[0]), text.replace("\t", "    "))


def differences(entry: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, by single option."""
    found: list[Difference] = []
    for one in entry.get("changes") or ():
        found += _flat(str(one["option"]), one.get("before"), one.get("after"))
    return found


def _flat(option: str, before: Any, after: Any) -> Iterator[Difference]:
    sides = [one for one in (before, after) if one is not None]
    if sides and all(isinstance(one, Mapping) and one for one in sides):
        before, after = before or {}, after or {}
        for name in dict.fromkeys([*before, *after]):
            yield from _flat("%s.%s" % (option, name), before.get(name), after.get(name))
    elif before != after:
        yield Difference(option, before, after)


def intention(entry: Mapping[str, Any], unplanned: bool = False) -> str:
    """Return what a plan wants to do with an object, also if it was refused or failed.

    ``unplanned`` says that mistakes were found while planning, so that an entry without changes may mean nothing.
    """
    action = str(entry.get("action"))
    if action in (CREATED, UPDATED, DELETED, UNCHANGED):
        return action
    if entry.get("changes"):
        return UPDATED if entry.get("id") else CREATED
    return UNCLEAR if unplanned or action == "failed" else DELETED


def is_moved(entry: Mapping[str, Any]) -> bool:
    """Tell whether only the place of a chart on its dashboard changes."""
    names = {one.option.partition(".")[0] for one in differences(entry)}
    return entry.get("family") == "charts" and names == {"layout"}


def noun_of(family: Any) -> str:
    """Return what people call an object of a family, such as "data source"."""
    managed = BY_KEY.get(str(family))
    return str(family) if managed is None else managed.kind.family.noun


def surroundings(entry: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Return the noun and the name of the object in which this one is, ``None`` if it is in none."""
    if entry.get("family") == "charts" and entry.get("dashboard") is not None:
        return "dashboard", entry["dashboard"]
    source = entry.get("data_source") if entry.get("family") == "definitions" else None
    return None if source is None else ("data source", source)


def counted(results: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> list[str]:
    """Return how many objects have each intention or action, in the order of the words."""
    actions = [str(entry.get("action")) for entry in results]
    return ["%d %s" % (actions.count(action), word) for action, word in words.items() if action in actions]


def _is_nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, (list, tuple)) and any(isinstance(one, (Mapping, list, tuple)) for one in value)
