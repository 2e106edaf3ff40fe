# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: writes a configuration into a folder, and keeps what people wrote there.

A family has a file, and each dashboard has one. SQL stands in files of its own beside them. Checksums in the header of
a file tell whether somebody edited it, or its SQL, since it was written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.community.basedash.plugins.module_utils._base.text import printable, shortened
from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY, Managed
from ansible_collections.community.basedash.plugins.plugin_utils._splice import (
    CannotSpliceError,
    identity,
    meaning,
    spliced,
)
from ansible_collections.community.basedash.plugins.plugin_utils._yaml import lines_of, read

SCHEMA = "configuration.schema.json"
_SHIPPED_SCHEMA = Path(__file__).parents[2] / "schemas" / SCHEMA

_MARK = re.compile(r"^# Checksum of the export: ([0-9a-f]{32})(?:, of its SQL: ([0-9a-f]{32}))?$", re.MULTILINE)
_MOST_NAMED = 5
_LONGEST_SLUG = 60
_LONGEST_NOTE = 120
_IN_FILE = "_file"
# Windows has no files with these names.
_RESERVED = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")

Content = Mapping[str, Any]


class FolderError(Exception):
    """The folder can't be used. The message is one sentence."""


@dataclass
class Unit:
    """A file of the folder, with the files of SQL that it names, all by their paths within the folder."""

    path: str
    content: dict[str, Any]
    comments: Sequence[str] = ()
    sql: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text of the file, with a checksum of it, and one of its SQL."""
        up = "../" * self.path.count("/")
        head = ["# yaml-language-server: $schema=%s%s" % (up, SCHEMA), *self.comments]
        body = ["---", *lines_of(self.content), ""]
        mark = "# Checksum of the export: %s" % _checksum(["\n".join([*head, *body])])
        if self.sql:
            mark += ", of its SQL: %s" % _checksum_of_sql(self.sql)
        return "\n".join([*head, mark, *body])


def _checksum_of_sql(sql: Mapping[str, str]) -> str:
    return _checksum([part for path in sorted(sql) for part in (path, sql[path])])


def _checksum(parts: Sequence[str]) -> str:
    # Git may change line breaks when it checks files out, and that is no edit.
    whole = "\0".join(parts).replace("\r\n", "\n")
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass
class Found:
    """A file as it is on the disk. ``content`` is ``None`` if it can't be read; ``problem`` says why."""

    text: str
    content: Any = None
    sql: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether an export wrote it."""
        return _MARK.search(self.text) is not None

    def edited(self, wanted: Mapping[str, str]) -> str:
        """Return what somebody changed after that, in words: the file, its SQL, or nothing, which is an empty text.

        ``wanted`` is the SQL that belongs there. Which of several files with SQL was changed is only known from it.
        """
        mark = _MARK.search(self.text)
        if mark is None or self.problem:
            return "it"
        found = []
        if mark[1] != _checksum([self.text[: mark.start()] + self.text[mark.end() + 1 :]]):
            found.append("it")
        if (mark[2] or _checksum_of_sql({})) != _checksum_of_sql(self.sql):
            others = [path for path in sorted(self.sql) if len(self.sql) == 1 or self.sql[path] != wanted.get(path)]
            shown = ", ".join(others[:_MOST_NAMED]) + (", ..." if len(others) > _MOST_NAMED else "")
            differing = " (not as in Basedash: %s)" % shown if shown else ""
            found.append(shown if len(self.sql) == 1 else "its SQL" + differing)
        return " and ".join(found)


# The parts of a configuration as files --------------------------------------------------------------------------------


def slug(text: str) -> str:
    """Return a text as a part of a file's name, in small Latin letters; it may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-")


class _Names:
    """Names of files that differ from each other. An entry keeps the name that it has already."""

    def __init__(self, known: Mapping[tuple[str, ...], str]) -> None:
        self._known = known
        self._taken = set(known.values())

    def name(self, managed: Managed, entry: Content) -> str:
        """Return the name for an entry."""
        its = identity(managed, entry)
        if its in self._known:
            return self._known[its]
        found = slug(str(entry.get(managed.key_option) or entry.get("id")))
        if not found or found in self._taken or _RESERVED.fullmatch(found):
            digest = hashlib.sha256("\0".join(its).encode("utf-8", "surrogatepass")).hexdigest()
            found = "-".join(filter(None, (found or managed.kind.family.result_key, digest[:8])))
        self._taken.add(found)
        return found


def units(configuration: Content, comments: Mapping[str, Sequence[str]], there: Mapping[str, Found]) -> list[Unit]:
    """Return the files of a configuration. ``comments`` are by family. Entries keep the files that they have."""
    common = {"format": configuration["format"]}
    first = {**common, "for": configuration["for"]}
    if "organization" in configuration:
        first["organization"] = configuration["organization"]
    found = [Unit("organization.yml", first, comments.get("organization", ()))]
    for family, entries in configuration.items():
        if family in (*common, "for", "organization") or not entries:
            continue
        managed = BY_KEY[family]
        if family == "dashboards":
            known = {
                identity(managed, entry): path[len("dashboards/") : -len(".yml")]
                for path, file in there.items()
                if path.startswith("dashboards/")
                for entry in _entries_of(file.content, family)
            }
            names = _Names(known)
            for entry in entries:
                path = "dashboards/%s.yml" % names.name(managed, entry)
                found.append(_unit(path, {**common, family: [entry]}, comments.get(family, ()), there.get(path)))
        else:
            path = family + ".yml"
            found.append(_unit(path, {**common, family: entries}, comments.get(family, ()), there.get(path)))
    return found


def _entries_of(content: Any, family: str) -> list[Content]:
    entries = content.get(family) if isinstance(content, Mapping) else None
    return [one for one in entries if isinstance(one, Mapping)] if isinstance(entries, list) else []


def _unit(path: str, content: dict[str, Any], comments: Sequence[str], there: Found | None) -> Unit:
    """Return a file, whose SQL is moved into files of its own."""
    unit = Unit(path, {}, comments)
    for family, entries in content.items():
        unit.content[family] = entries
        if family == "format":
            continue
        managed = BY_KEY[family]
        old = {} if there is None else {identity(managed, one): one for one in _entries_of(there.content, family)}
        unit.content[family] = _with_sql_apart(unit, managed, entries, old)
    return unit


def _with_sql_apart(unit: Unit, managed: Managed, entries: Sequence[Content], old: Mapping[Any, Content]) -> list[Any]:
    folder = unit.path[: -len(".yml")].rpartition("/")[2]
    names = _Names({its: stem for its, one in old.items() for stem in _stems(one)})
    found = []
    for entry in entries:
        stem = "%s/%s" % (folder, names.name(managed, entry)) if any(_sql_in(entry)) else ""
        one = _named_sql(unit, entry, stem)
        if "charts" in one:
            inside = BY_KEY["charts"]
            before = _entries_of(old.get(identity(managed, entry)), "charts")
            one["charts"] = _with_sql_apart(unit, inside, one["charts"], {identity(inside, it): it for it in before})
        found.append(one)
    return found


# The options with SQL, and the ends of the names of their files.
_SQL = {"sql_query": ".sql", "drilldown_sql_query": ".drilldown.sql"}


def _sql_in(entry: Content) -> Iterator[str]:
    """Yield the options with SQL of an entry; those of its charts are not its own."""
    for name, value in entry.items():
        if name in _SQL:
            yield name
        elif isinstance(value, Mapping):
            yield from _sql_in(value)


def _named_sql(unit: Unit, entry: Content, stem: str) -> dict[str, Any]:
    """Return an entry that names files in place of its SQL, and add these files to the unit."""
    found: dict[str, Any] = {}
    for name, value in entry.items():
        if name in _SQL:
            found[name + _IN_FILE] = stem + _SQL[name]
            unit.sql[_within(unit.path, stem + _SQL[name])] = value
        else:
            found[name] = _named_sql(unit, value, stem) if isinstance(value, Mapping) else value
    return found


def _stems(entry: Content) -> Iterator[str]:
    """Yield the name of an entry's files, without their ends."""
    for name, value in entry.items():
        if name in ("sql_query" + _IN_FILE, "drilldown_sql_query" + _IN_FILE) and isinstance(value, str):
            yield Path(value).name.partition(".")[0]
        elif isinstance(value, Mapping):
            yield from _stems(value)


# Reading --------------------------------------------------------------------------------------------------------------


def found_in(folder: Path) -> dict[str, Found]:
    """Return the files of a folder that an export wrote, or that stand where one would write, by their paths.

    Raises:
        FolderError: if the folder can't be read.
    """
    try:
        paths = [*sorted(folder.glob("*.yml")), *sorted((folder / "dashboards").glob("*.yml"))]
        return {path.relative_to(folder).as_posix(): _found(folder, path) for path in paths}
    except OSError as error:
        raise FolderError("The folder %s can't be read: %s." % (folder, error.strerror)) from None


def _found(folder: Path, path: Path) -> Found:
    found = Found("")
    try:
        found.text = path.read_bytes().decode()
        found.content = read(found.text)
        for name in _named_files(found.content):
            place = (path.parent / name).resolve()
            if not place.is_relative_to(folder.resolve()):
                raise ValueError("it names a file outside the folder")
            found.sql[place.relative_to(folder.resolve()).as_posix()] = place.read_bytes().decode()
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as error:
        found.problem = "it can't be read (%s)" % printable(" ".join(str(error).split()))
    return found


def _named_files(content: Any) -> Iterator[str]:
    for value in content.values() if isinstance(content, Mapping) else content if isinstance(content, list) else ():
        yield from _named_files(value)
    if isinstance(content, Mapping):
        yield from (value for name, value in content.items() if _is_file(name, value))


def _is_file(name: Any, value: Any) -> bool:
    return isinstance(name, str) and name.endswith(_IN_FILE) and isinstance(value, str)


def _within(path: str, name: str) -> str:
    """Return the path of a file that another one names."""
    return os.path.normpath(os.path.join(os.path.dirname(path), name))


def whole(path: str, content: Any, sql: Mapping[str, str]) -> Any:
    """Return the content of a file with the texts of the files that it names."""
    if isinstance(content, list):
        return [whole(path, one, sql) for one in content]
    if not isinstance(content, Mapping):
        return content
    found = {}
    for name, value in content.items():
        if _is_file(name, value):
            found[name[: -len(_IN_FILE)]] = sql.get(_within(path, value))
        else:
            found[name] = whole(path, value, sql)
    return found


# Deciding -------------------------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """What is to be done in a folder, by paths within it. ``kept`` has the reason for each file that stays."""

    write: dict[str, str] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def as_result(self, folder: Path) -> dict[str, Any]:
        """Return the plan as the result of the lookup."""
        return {
            "folder": str(folder),
            "written": sorted(self.write),
            "removed": sorted(self.remove),
            "unchanged": sorted(self.unchanged),
            "kept": [{"path": path, "reason": shortened(reason)} for path, reason in sorted(self.kept.items())],
            "changed": bool(self.write or self.remove),
        }


def planned(folder: Path, exported: Content, overwrite: bool) -> Plan:
    """Return what an export has to do in a folder. ``exported`` is what basedash_configuration_info returned.

    With ``overwrite``, the entries that differ are replaced in files that somebody edited.

    Raises:
        FolderError: if the folder can't be read, or belongs to another organization.
    """
    configuration = exported["configuration"]
    there = found_in(folder)
    _check_organization(folder, there.get("organization.yml"), configuration["for"])
    wanted = units(configuration, comments(exported), there)
    plan = Plan()
    ours = {path for file in there.values() if file.is_ours for path in file.sql}
    for unit in wanted:
        file = there.get(unit.path)
        foreign = [path for path in unit.sql if path not in ours and (folder / path).exists()]
        if foreign and not (file and file.problem):
            plan.kept[unit.path] = "a file that no export wrote is where its SQL belongs (%s)" % foreign[0]
        else:
            _decide(plan, unit, file, overwrite)
    kept_sql = {path for unit in wanted for path in unit.sql}
    covered = {"format", "for", "organization", *exported["summary"]["families"]}
    for path in sorted(there.keys() - {unit.path for unit in wanted}):
        _decide_of_gone(plan, path, there[path], covered)
    kept_sql |= {path for name, file in there.items() if name in plan.kept for path in file.sql}
    plan.remove = [path for path in plan.remove if path not in kept_sql]
    schema = _SHIPPED_SCHEMA.read_text(encoding="utf-8") if _SHIPPED_SCHEMA.is_file() else ""
    if schema and not ((folder / SCHEMA).is_file() and (folder / SCHEMA).read_text(encoding="utf-8") == schema):
        plan.write[SCHEMA] = schema
    return plan


def _check_organization(folder: Path, first: Found | None, target: Content) -> None:
    content = first.content if first is not None else None
    before = content.get("for") if isinstance(content, Mapping) else None
    if isinstance(before, Mapping) and before.keys() == target.keys() and dict(before) != dict(target):
        raise FolderError(
            "The folder %s is that of another organization (%s and not %s): give a folder for each organization."
            % (folder, printable(dict(before)), printable(dict(target)))
        )


def _decide(plan: Plan, unit: Unit, file: Found | None, overwrite: bool) -> None:
    """Decide about a file that the configuration needs.

    Raises:
        FolderError: if YAML can't hold what belongs into the file.
    """
    wanted = whole(unit.path, unit.content, unit.sql)
    edited = "" if file is None else file.edited(unit.sql)
    if file is not None and edited:
        _decide_of_edited(plan, unit, wanted, file, overwrite)
        return
    if whole(unit.path, read(unit.text), unit.sql) != wanted:
        raise FolderError("The file %s would not hold what Basedash has: please report this as a bug." % unit.path)
    new, old = {unit.path: unit.text, **unit.sql}, {} if file is None else {unit.path: file.text, **file.sql}
    if new == old:
        plan.unchanged.append(unit.path)
    plan.write.update({path: text for path, text in new.items() if old.get(path) != text})
    plan.remove += [path for path in old if path not in new]


def _decide_of_edited(plan: Plan, unit: Unit, wanted: Content, file: Found, overwrite: bool) -> None:
    there = whole(unit.path, file.content, file.sql)
    if file.problem:
        plan.kept[unit.path] = file.problem
    elif meaning(there) == meaning(wanted):
        plan.unchanged.append(unit.path)
    elif not file.is_ours:
        plan.kept[unit.path] = "no export wrote it"
    elif not overwrite:
        plan.kept[unit.path] = "somebody edited %s" % file.edited(unit.sql)
    else:
        try:
            plan.write.update(_changed(unit.path, file, there, wanted))
        except CannotSpliceError as error:
            plan.kept[unit.path] = "somebody edited %s, and %s" % (file.edited(unit.sql), error)


def _changed(path: str, file: Found, there: Content, wanted: Content) -> dict[str, str]:
    """Return the texts of an edited file, and of its SQL, after the entries that differ were replaced.

    Raises:
        CannotSpliceError: if its form does not allow this.
    """
    text, named = spliced(file.text, there, wanted)
    sql = {_within(path, name): content for name, content in named.items()}
    if meaning(whole(path, read(text), {**file.sql, **sql})) != meaning(wanted):
        raise CannotSpliceError("its entries can't be replaced one by one")
    old = {path: file.text, **file.sql}
    return {one: new for one, new in {path: text, **sql}.items() if new != old.get(one)}


def _decide_of_gone(plan: Plan, path: str, file: Found, covered: set[str]) -> None:
    """Decide about a file for which the configuration has no object."""
    if not file.is_ours:
        return
    if isinstance(file.content, Mapping) and not file.content.keys() <= covered:
        # Nobody asked for this family.
        return
    edited = file.edited({})
    if edited:
        plan.kept[path] = file.problem or "what it describes is gone, and somebody edited %s" % edited
    else:
        plan.remove += [path, *file.sql]


# Comments -------------------------------------------------------------------------------------------------------------

_ABOUT = (
    "# Written by the playbook community.basedash.export. If you edit this file, an export leaves it alone.",
    "# For values with tags, editors need the setting yaml.customTags: ['!vault scalar', '!unsafe scalar']",
)


def comments(exported: Content) -> dict[str, list[str]]:
    """Return what stands in the headers of files, by family: what the configuration can't hold."""
    found = {}
    for family in ("organization", *exported["configuration"]):
        lines = list(_ABOUT)
        if family == "organization":
            lines.append("# It is no backup, because the API does not show everything that Basedash has.")
        # The many files of dashboards share the notes in the first file, so that one more note changes one file.
        families = {"organization": ("organization", "dashboards", "charts"), "dashboards": ()}.get(family, (family,))
        lines += _notes("No answer shows, so it is not in here", exported["unreadable"], families)
        lines += _notes("Left out", exported["left_out"], families)
        if family == "organization":
            counts = exported["summary"]
            lines.append(
                "# In all files: %d objects; unreadable %d; left out %d."
                % (counts["total"], counts["unreadable"], counts["left_out"])
            )
        found[family] = lines
    return found


def _notes(title: str, notes: Sequence[Content], families: Sequence[str]) -> list[str]:
    chosen = [note for note in notes if note["family"] in families]
    by_object: dict[tuple[str, str], list[str]] = {}
    for note in chosen:
        noun = BY_KEY[note["family"]].kind.family
        if note["id"] is not None:
            name = "%s %s" % (noun.noun, _one_line(note["name"] or note["id"]))
            name += " of dashboard %s" % _one_line(note["dashboard"]) if "dashboard" in note else ""
        elif "count" in note:
            name = "%d %s" % (note["count"], noun.noun if note["count"] == 1 else noun.plural)
        else:
            name = "all %s" % noun.plural
        by_object.setdefault((name, _one_line(note["reason"])), []).append(note["option"] or "")
    total = sum(note.get("count", 1) for note in chosen)
    lines = ["# %s (%d):" % (title, total)] if chosen else []
    for (name, reason), options in by_object.items():
        what = ", ".join(filter(None, dict.fromkeys(options)))
        lines.append("#   %s: %s (%s)" % (name, what, reason) if what else "#   %s (%s)" % (name, reason))
    return lines


def _one_line(text: str) -> str:
    return shortened(printable(text, _LONGEST_NOTE))


# Writing --------------------------------------------------------------------------------------------------------------


def carry_out(folder: Path, plan: Plan) -> None:
    """Write and remove files. Each file is replaced as a whole, so that nobody reads half of one.

    Raises:
        FolderError: if this is not possible.
    """
    try:
        # What a file names is there before the file.
        for path in sorted(plan.write, key=lambda one: one.endswith(".yml")):
            _write(folder / path, plan.write[path])
        for path in plan.remove:
            (folder / path).unlink()
            with contextlib.suppress(OSError):
                if (folder / path).parent != folder:
                    (folder / path).parent.rmdir()
    except OSError as error:
        raise FolderError(
            "The export can't be written to %s: %s. What was written before stays: run the export again."
            % (folder, error.strerror or error.__class__.__name__)
        ) from None


def _write(path: Path, text: str) -> None:
    for folder in (*reversed(path.parent.parents), path.parent):
        # Two hosts of a play may create the same folder.
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    # Only the owner can read such a file.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".basedash-export-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
