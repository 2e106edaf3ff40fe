# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a configuration after it was read and checked, as pure values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.text import quoted
from .families import Managed


@dataclass(frozen=True)
class Place:
    """Where something stands: a file as the user named it, and a line, which counts from 1."""

    __slots__ = ("file", "line")

    file: str
    line: int

    def __str__(self) -> str:
        return "%s:%d" % (self.file, self.line)


@dataclass(frozen=True)
class InlinePlace(Place):
    """A place in a configuration that is given inline.

    ``file`` is the path to a value, such as "configuration.groups[2].members", and the line has no meaning. ``name`` is
    that of the innermost entry there, because nobody counts the items of a long list.
    """

    __slots__ = ("name",)

    name: str

    def __str__(self) -> str:
        return self.file


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    ``rule`` is a short name for programs, such as "unknown-key". A finding that is no ``is_error`` is a warning.
    ``message`` is one sentence without the place. It holds only if Basedash has no definition that is named
    ``if_unknown``.
    """

    rule: str
    message: str
    place: Place | None = None
    is_error: bool = True
    if_unknown: str | None = None

    def __str__(self) -> str:
        place = self.place
        if place is None:
            return self.message
        name = quoted(place.name) if isinstance(place, InlinePlace) and place.name else ""
        shown = " (%s)" % name if name and name not in self.message else ""
        return "%s%s: %s" % (place, shown, self.message)

    def as_result(self) -> dict[str, Any]:
        """Return the finding as a part of a result. A place that is in no file begins the message."""
        place = None if isinstance(self.place, InlinePlace) else self.place
        return {
            "rule": self.rule,
            "level": "error" if self.is_error else "warning",
            "message": str(self) if place is None else self.message,
            "file": None if place is None else place.file,
            "line": None if place is None else place.line,
        }


@dataclass
class Notes:
    """The findings so far."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, rule: str, message: str, place: Place | None = None) -> None:
        """Note a mistake."""
        self.findings.append(Finding(rule, message, place))

    def warning(self, rule: str, message: str, place: Place | None = None, if_unknown: str | None = None) -> None:
        """Note something that may be a mistake."""
        self.findings.append(Finding(rule, message, place, False, if_unknown))


@dataclass
class Entry:
    """What a configuration says of one object.

    ``options`` are those of the single module (``Managed.options``), complete: options that were not given are
    ``None`` or have their default. ``given`` are the names of those that the user gave. ``earlier`` are the earlier
    keys of the object (``renamed_from``). ``parent`` is the entry within which this one stands. ``place`` is where the
    entry begins, and ``places`` are those of its options, by name with dots, as far as they are known.
    """

    managed: Managed
    options: dict[str, Any]
    given: frozenset[str] = frozenset()
    earlier: tuple[str, ...] = ()
    parent: Entry | None = None
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def key(self) -> str | None:
        """The key of the object, ``None`` if only its id is given."""
        key: str | None = self.options[self.managed.key_option]
        return key

    @property
    def id(self) -> str | None:
        """The id of the object, if it is given."""
        identifier: str | None = self.options["id"]
        return identifier

    def place_of(self, option: str) -> Place | None:
        """Return where an option stands, or where the entry begins if that is not known."""
        return self.places.get(option, self.place)

    def __str__(self) -> str:
        name = self.key if self.key is not None else self.id
        within = "" if self.parent is None else " of %s" % self.parent
        return "%s %s%s" % (self.managed.kind.family.noun, quoted(name), within)


@dataclass
class Configuration:
    """The wanted state of an organization, or of a part of it.

    ``target`` is what ``for`` says: the ``id`` or the ``slug`` of the only organization for which this is meant.
    ``entries`` are by family, in the order of the configuration; a family that is no key of it is no key here either.
    Charts are a family of their own here, in the order of their dashboards; ``with_charts`` are the dashboards that
    have the key ``charts``, because the charts of other dashboards are never touched. ``settings`` are those of the
    organization itself.
    """

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    settings: Entry | None = None
    target: Mapping[str, str] = field(default_factory=dict)
    with_charts: list[Entry] = field(default_factory=list)

    def __iter__(self) -> Iterator[Entry]:
        """All entries: the settings of the organization, then family by family in the order of the form's keys."""
        if self.settings is not None:
            yield self.settings
        for entries in self.entries.values():
            yield from entries
