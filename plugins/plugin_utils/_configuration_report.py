# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the report about a plan, an apply or the drift of a configuration, in three forms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible_collections.community.basedash.plugins.filter.basedash_report import code, plain, sentence
from ansible_collections.community.basedash.plugins.plugin_utils._differences import (
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    Difference,
    as_text,
    counted,
    differences,
    intention,
    is_moved,
    noun_of,
    surroundings,
)

FAILED, NOT_ATTEMPTED = "failed", "not_attempted"
# What changes most comes first.
_ORDER = (DELETED, CREATED, UPDATED)
_LONGEST_MESSAGE = 6000
_MOST_DIFF_LINES = 200
_MOST_NAMED = 30
_MORE = "and %d more, which the JSON file has."
_ACCESS_UNDONE = "Access that would have changed (nothing was written)"
_WITH_PATHS = ("place", "file", "msg", "message", "warnings")
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


@dataclass(frozen=True)
class About:
    """What a report is about: its words for what happens to objects, in sentences and in titles.

    ``difference`` is the sentence about an option, from its value in Basedash and the one of the files.
    """

    title: str
    words: Mapping[str, str]
    titles: Mapping[str, str]
    difference: str = "%s from %s to %s"
    legend: str = ""
    line: str = "%s %s"


PLAN = About(
    "Basedash plan",
    {
        FAILED: "failing",
        DELETED: "to delete",
        CREATED: "to create",
        UPDATED: "to update",
        NOT_ATTEMPTED: "not planned",
        UNCHANGED: "unchanged",
    },
    {FAILED: "Mistakes", DELETED: "To delete", "access": "Access", CREATED: "To create", UPDATED: "To update"},
)
APPLY = About(
    "Basedash apply",
    {one: one.replace("_", " ") for one in (FAILED, NOT_ATTEMPTED, DELETED, CREATED, UPDATED, UNCHANGED)},
    {
        FAILED: "Failed",
        NOT_ATTEMPTED: "Not attempted",
        DELETED: "Deleted",
        "access": "Access, as planned",
        CREATED: "Created",
        UPDATED: "Updated",
    },
)
DRIFT = About(
    "Basedash drift",
    {
        FAILED: "failing",
        DELETED: "only in Basedash",
        CREATED: "only in the files",
        UPDATED: "different",
        NOT_ATTEMPTED: "not compared",
        UNCHANGED: "in sync",
    },
    {
        FAILED: "Mistakes",
        DELETED: "Only in Basedash",
        "access": "Access that an apply would change",
        CREATED: "Only in the files",
        UPDATED: "Different",
    },
    "%s is %s in Basedash and %s in the files",
    "Lines with `-` are in Basedash, and lines with `+` are in the files.",
    "%s: %s",
)


@dataclass
class Page:
    """Lines of Markdown that stay within a number of characters. What does not fit is counted."""

    most: int
    lines: list[str] = field(default_factory=list)
    # Where a part of the page is left out, some characters are needed to say it.
    reserve: int = 1800

    def add(self, *lines: str) -> None:
        """Add lines that are always there."""
        self.lines += lines
        self.most -= sum(len(line) + 1 for line in lines)

    def add_part(self, title: str, blocks: Sequence[Sequence[str]], head: Sequence[str] = ()) -> None:
        """Add a part with a title, and as many of its blocks as fit."""
        if not blocks:
            return
        self.add("", "#### " + title, "", *head)
        for number, block in enumerate(blocks):
            if sum(len(line) + 1 for line in block) > self.most - self.reserve:
                self.add(*([""] if number else []), _MORE % (len(blocks) - number))
                return
            self.add(*block)


@dataclass(frozen=True)
class Line:
    """A line for the terminal, and its color in Ansible's words."""

    text: str
    color: str | None = None


class Report:
    """The report about a result of ``basedash_configuration``."""

    def __init__(self, outcome: Mapping[str, Any], about: About, status: str, subject: str = "") -> None:
        self.outcome, self.about, self.status, self.subject = outcome, about, status, subject
        self.message = outcome.get("msg")
        self.when = datetime.now(timezone.utc)
        self.results: list[Mapping[str, Any]] = list(outcome.get("results") or ())
        self.service: Mapping[str, Any] = outcome.get("service") or {}
        self.warnings: list[str] = [str(one) for one in outcome.get("warnings") or ()]

    # What there is to say ---------------------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> dict[str, list[Mapping[str, Any]]]:
        """The entries by what happened to them, or by what is planned, also if the plan was refused."""
        failed = any(entry.get("action") == FAILED for entry in self.results)
        found: dict[str, list[Mapping[str, Any]]] = {}
        for entry in self.results:
            action = str(entry.get("action"))
            if self.about is not APPLY and action == NOT_ATTEMPTED:
                planned = intention(entry, unplanned=failed)
                action = planned if planned in _ORDER else action
            found.setdefault(action, []).append(entry)
        return found

    @property
    def verdict(self) -> str:
        """The status in words."""
        return "nothing to change" if self.status == "unchanged" else self.status.replace("_", " ")

    @property
    def summary(self) -> str:
        """The counts in words."""
        entries = [{"action": action} for action, found in self.groups.items() for _entry in found]
        return ", ".join(counted(entries, self.about.words)) or "nothing was compared"

    @cached_property
    def unmanaged(self) -> list[str]:
        """How many objects of which family are in no entry."""
        return ["%d %s" % (count, _plural(family, count)) for family, count in self._unmanaged_counts.items() if count]

    @property
    def _unmanaged_counts(self) -> Mapping[str, int]:
        return (self.outcome.get("summary") or {}).get("unmanaged") or {}

    def unmanaged_by_name(self, shown: Any = code) -> Iterator[str]:
        """Yield the objects that are in no entry by name, and for each family how many more there are."""
        known = self.outcome.get("unmanaged_objects") or ()
        for family, count in self._unmanaged_counts.items():
            objects = [named(one, shown) for one in known if one.get("family") == family]
            yield from objects
            left = count - len(objects)
            if objects and left > 0:
                yield "%d more %s" % (left, _plural(family, left))

    def machine(self) -> dict[str, Any]:
        """Return the report for a program. It is complete, and has no secrets."""
        lists = ("results", "access_changes", "breaks", "renames", "unmanaged_objects", "findings")
        return {
            "version": 1,
            "title": self.about.title,
            "status": self.status,
            "changed": bool(self.outcome.get("changed")),
            "message": None if self.message is None else str(self.message),
            "when": self.when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "api_url": self.service.get("api_url"),
            "organization_id": self.service.get("organization_id"),
            "plan_id": self.outcome.get("plan_id"),
            "summary": self.outcome.get("summary"),
            **{name: self.outcome.get(name) or [] for name in lists},
            "warnings": self.warnings,
        }

    # Markdown ---------------------------------------------------------------------------------------------------------

    def markdown(self, most: int = 60000, further: Iterable[tuple[str, Sequence[Sequence[str]]]] = ()) -> str:
        """Return the page. ``further`` are more parts of it, each with a title."""
        page = Page(most)
        organization = self.service.get("organization_id")
        where = " in organization %s" % code(organization) if organization else ""
        page.add("### %s%s: %s" % (self.about.title, _of(self.subject), self.verdict), "")
        page.add("**%s**%s," % (self.summary, where), self.when.strftime("%Y-%m-%d %H:%M UTC"))
        if self.outcome.get("plan_id"):
            page.add("", "Plan %s" % code(self.outcome["plan_id"]))
        if self.message is not None:
            page.add("", sentence(self.message, _LONGEST_MESSAGE))
        elif self.status == "started":
            page.add("", "This report was not completed, so it is not known how much was done. Run it again.")
        for title, blocks, head in self._parts():
            page.add_part(title, blocks, head)
        for more in further:
            page.add_part(*more)
        page.add_part("Warnings", [["- " + sentence(one)] for one in self.warnings])
        if self.unmanaged:
            page.add("", "In Basedash, but not in the files: %s." % ", ".join(self.unmanaged))
        return "\n".join(page.lines) + "\n"

    def _parts(self) -> Iterator[tuple[str, list[list[str]], list[str]]]:
        """Yield the parts of the page: the title, the blocks, and the lines above them."""
        titles = self.about.titles
        for action in (FAILED, NOT_ATTEMPTED):
            if action in titles:
                yield titles[action], [_failure(entry) for entry in self.groups.get(action) or ()], []
        yield titles[DELETED], self._rows(DELETED), _HEAD
        yield "What the deletions break", [_breakage(one) for one in self.outcome.get("breaks") or ()], []
        # The access is that of the plan, also where nothing of it was done.
        undone = self.about is APPLY and not self.outcome.get("changed")
        title = _ACCESS_UNDONE if undone else titles["access"]
        yield title, [_access(one) for one in self.outcome.get("access_changes") or ()], []
        yield titles[CREATED], self._rows(CREATED), _HEAD
        blocks = [self._change(entry) for entry in self.groups.get(UPDATED) or ()]
        legend = [self.about.legend, ""] if self.about.legend else []
        yield titles[UPDATED], sorted(blocks, key=len), legend

    def _rows(self, action: str) -> list[list[str]]:
        return [[_row(entry, self._said(action, entry, code))] for entry in self.groups.get(action) or ()]

    def _said(self, action: str, entry: Mapping[str, Any], shown: Callable[[str], str]) -> str:
        """Return what goes with a deleted object, in a sentence."""
        says = action == DELETED and self.about is not DRIFT and entry.get("msg")
        return ": " + shown(entry["msg"]) if says else ""

    def _change(self, entry: Mapping[str, Any]) -> list[str]:
        if is_moved(entry):
            return ["- %s: moved or resized" % named(entry)]
        found = differences(entry)
        short = [self._worded(one) for one in found if one.is_short or one.is_list]
        block = ["- %s%s" % (named(entry), ": " + ", ".join(short) if short else "")]
        for one in found:
            if not (one.is_short or one.is_list):
                block += _fenced(one)
        return block

    def _worded(self, one: Difference) -> str:
        if one.is_list:
            words = [("adds", one.added), ("removes", one.removed)]
            if self.about is DRIFT:
                words = [("lacks in Basedash", one.added), ("has more in Basedash", one.removed)]
            said = ["%s %s" % (word, _names(values)) for word, values in words if values]
            return "%s %s" % (code(one.option), " and ".join(said) or "has another order")
        return self.about.difference % (code(one.option), *map(_value, (one.before, one.after)))

    # The terminal -----------------------------------------------------------------------------------------------------

    def lines(self, most: int = 80) -> list[Line]:
        """Return the lines for a terminal. What is beyond ``most`` is counted."""
        first = "%s%s: %s, %s" % (self.about.title, _of(self.subject, plain), self.verdict, self.summary)
        found = list(self._listed())
        left = len(found) - most
        shown = found[:most] + ([Line("and %d more lines, see the report" % left)] if left > 0 else [])
        last = ["Plan %s" % plain(self.outcome["plan_id"])] if self.outcome.get("plan_id") else []
        if self.unmanaged:
            last.append("In Basedash, but not in the files: %s" % ", ".join(self.unmanaged))
        if self.about is DRIFT:
            names = list(self.unmanaged_by_name(plain))
            last += ["  " + one for one in names[:_MOST_NAMED]]
            last += ["  and %d more lines, see the report" % (len(names) - _MOST_NAMED)] if names[_MOST_NAMED:] else []
        return [Line(first), *shown, *map(Line, last)]

    def _listed(self) -> Iterator[Line]:
        for action in (FAILED, NOT_ATTEMPTED):
            for entry in self.groups.get(action) or () if action in self.about.titles else ():
                reason = ": " + sentence(entry["msg"]).strip("`") if entry.get("msg") else ""
                yield Line("! %s %s%s" % (self.about.words[action], _called(entry), reason), "red")
        for entry in self.groups.get(DELETED) or ():
            yield Line("- " + self._line(DELETED, entry) + self._said(DELETED, entry, plain), "red")
        for one in self.outcome.get("breaks") or ():
            yield Line("! " + _breakage(one, plain)[0][2:], "red")
        for one in self.outcome.get("access_changes") or ():
            yield Line("! access: " + _access(one, plain)[0][2:], "red" if one.get("opens") else "yellow")
        for entry in self.groups.get(CREATED) or ():
            yield Line("+ " + self._line(CREATED, entry), "green")
        for entry in self.groups.get(UPDATED) or ():
            moved = ": moved or resized" if is_moved(entry) else ""
            yield Line("~ " + self._line(UPDATED, entry) + moved, "yellow")
            for one in () if moved else differences(entry):
                yield from _compared(one)

    def _line(self, action: str, entry: Mapping[str, Any]) -> str:
        word = self.about.words[action].removeprefix("to ")
        return self.about.line % (word, _called(entry))


_HEAD = ["| | name | id |", "| --- | --- | --- |"]
_COLORS = {"+": "green", "-": "red"}


def _plural(family: str, count: int) -> str:
    return noun_of(family) if count == 1 else str(family).replace("_", " ")


def _of(subject: str, shown: Any = code) -> str:
    return " of %s" % shown(subject) if subject else ""


def _shown(value: Any, shown: Any = code) -> str:
    """Return a name, an address among them, in which nobody is mentioned because it is code."""
    text = str(value)
    if len(text) <= 100 and _ADDRESS.fullmatch(text):
        return "`%s`" % text if shown is code else text
    return str(shown(text)) or shown('""')


def _value(value: Any) -> str:
    return "nothing" if value is None else _shown(as_text(value))


def _names(values: Sequence[Any], shown: Any = code) -> str:
    more = ["and %d more" % (len(values) - _MOST_NAMED)] if len(values) > _MOST_NAMED else []
    return ", ".join([*(_shown(as_text(one), shown) for one in values[:_MOST_NAMED]), *more])


def named(entry: Mapping[str, Any], shown: Any = code) -> str:
    """Return an object in words, such as "chart `MRR` of dashboard `Revenue`"."""
    within = surroundings(entry)
    around = "" if within is None else " of %s %s" % (within[0], _shown(within[1], shown))
    name = entry.get("name") if entry.get("name") is not None else entry.get("id")
    return "%s %s%s" % (noun_of(entry.get("family")), _shown(name, shown), around)


def _called(entry: Mapping[str, Any]) -> str:
    identifier = plain(entry.get("id"))
    return named(entry, plain) + (" (%s)" % identifier if identifier else "")


def _row(entry: Mapping[str, Any], said: str) -> str:
    within = surroundings(entry)
    around = "" if within is None else " of %s %s" % (within[0], _shown(within[1]))
    name = _shown(entry.get("name")) + around + said
    return "| %s | %s | %s |" % (noun_of(entry.get("family")), name, code(entry.get("id")))


def _failure(entry: Mapping[str, Any]) -> list[str]:
    reason = ": " + sentence(entry["msg"]) if entry.get("msg") else ""
    place = " (%s)" % code(entry["place"]) if entry.get("place") else ""
    return ["- %s%s%s" % (named(entry), place, reason)]


def _breakage(one: Mapping[str, Any], shown: Any = code) -> list[str]:
    used = [named(user, shown) for user in one.get("used_by") or ()]
    more = ["and %d more" % (len(used) - _MOST_NAMED)] if len(used) > _MOST_NAMED else []
    return ["- %s is used by %s" % (named(one, shown), ", ".join([*used[:_MOST_NAMED], *more]))]


def _access(one: Mapping[str, Any], shown: Any = code) -> list[str]:
    said = ["opens to everyone in the organization"] if one.get("opens") else []
    for word in ("gains", "loses"):
        if one.get(word):
            said.append("%s %s" % (_names(one[word], shown), word[:-1] if len(one[word]) > 1 else word))
    subject = "data source %s" % _shown(one.get("data_source"), shown)
    return ["- %s: %s" % (subject, "; ".join(said) or "changes without an effect on anybody")]


def _fenced(one: Difference) -> list[str]:
    """Return a comparison within a list, in a fence that nothing in it can close."""
    lines = one.lines()
    left = len(lines) - _MOST_DIFF_LINES
    lines = lines[:_MOST_DIFF_LINES]
    fence = fence_for(lines)
    more = ["  " + _MORE % left] if left > 0 else []
    return ["  %s:" % code(one.option), "", "  %sdiff" % fence, *("  " + line for line in lines), "  " + fence, *more]


def fence_for(lines: Iterable[str]) -> str:
    """Return a fence of backticks that none of the lines can close."""
    longest = max((len(found) for line in lines for found in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _compared(one: Difference) -> Iterator[Line]:
    """Yield an option and its values for a terminal."""
    if one.is_list:
        for sign, values in (("-", one.removed), ("+", one.added)):
            if values:
                yield Line("    %s %s %s" % (sign, plain(one.option), _names(values, plain)), _COLORS[sign])
    elif one.is_short:
        before, after = (
            "nothing" if value is None else _shown(as_text(value), plain) for value in (one.before, one.after)
        )
        yield Line("    %s: %s -> %s" % (plain(one.option), before, after))
    else:
        yield Line("    %s:" % plain(one.option))
        lines = one.lines()
        for line in lines[:12]:
            # A runner of a pipeline takes a line for a command if it begins with :: or has ## in it.
            yield Line(
                "      %s %s" % (line[:1].replace(" ", "|"), line[1:].replace("##", "# #")), _COLORS.get(line[:1])
            )
        if len(lines) > 12:
            yield Line("      and %d more lines" % (len(lines) - 12))


def as_json(value: Any) -> str:
    """Return the text of a JSON file."""
    return json.dumps(value, indent=4, default=str) + "\n"


def with_relative_paths(result: Any, folder: Path) -> Any:
    """Return a result in which paths below a folder are relative to it. Other paths stay as they are."""
    inside = str(folder.resolve())
    # Below the root are all paths. Within a longer path, the same names are another folder.
    below = None if inside == "/" else re.compile(r"(?<![\w./~-])%s/" % re.escape(inside))
    return result if below is None else _shortened(result, below)


def _shortened(value: Any, below: re.Pattern[str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shortened(one, below, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_shortened(one, below, name) for one in value]
    return below.sub("", value) if isinstance(value, str) and name in _WITH_PATHS else value
