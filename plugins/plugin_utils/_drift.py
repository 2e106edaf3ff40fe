# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a report about drift has beside that of a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.community.basedash.plugins.filter.basedash_report import code, plain
from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY, DEFINITIONS
from ansible_collections.community.basedash.plugins.module_utils._engine.settings import SECRET_WORDS
from ansible_collections.community.basedash.plugins.plugin_utils import _yaml
from ansible_collections.community.basedash.plugins.plugin_utils._configuration_report import (
    FAILED,
    Report,
    fence_for,
    named,
)
from ansible_collections.community.basedash.plugins.plugin_utils._differences import (
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    differences,
    is_moved,
    seen,
)

IN_SYNC, DRIFTED, ERROR = "in_sync", "drift", "error"

_WORDS = {DELETED: "only_in_basedash", CREATED: "only_in_the_files", UPDATED: "different", UNCHANGED: "in_sync"}
# Lists of single values in a result, whose items are dicts in a configuration.
_OF_NAMES = ("tabs",)
_TITLE = "What Basedash has, to paste into the files if it should stay"
_OF_EXPORTS = (
    "An export into another folder (`basedash_configuration_folder`) has the entries of what only Basedash has, to "
    "paste into the files."
)
_LEGEND = (
    "Apply the configuration if it should not stay. A text that stands in a file of its own belongs into that file."
)


def status_of(report: Report) -> str:
    """Return whether there is drift, or that it could not be told, because not everything was compared."""
    groups = report.groups
    if report.outcome.get("results") is None or groups.get(FAILED):
        return ERROR
    if not report.outcome["results"] and not (report.outcome.get("summary") or {}).get("unmanaged"):
        # A configuration without a family has nothing to compare, and that is not the same as no difference.
        return ERROR
    if any(groups.get(action) for action in (DELETED, CREATED, UPDATED)):
        return DRIFTED
    return IN_SYNC if report.message is None and set(groups) <= {UNCHANGED} else ERROR


def machine(report: Report) -> dict[str, Any]:
    """Return the report for a program, in which ``entries`` are those that differ."""
    groups = report.groups
    entries = [
        {**_described(entry), "difference": _WORDS[action]}
        for action in (DELETED, CREATED, UPDATED)
        for entry in groups.get(action) or ()
    ]
    counts: dict[str, dict[str, int]] = {}
    for action, word in _WORDS.items():
        for entry in groups.get(action) or ():
            family = counts.setdefault(str(entry.get("family")), dict.fromkeys(_WORDS.values(), 0))
            family[word] += 1
    whole = {name: value for name, value in report.machine().items() if name not in ("results", "summary")}
    unmanaged = (report.outcome.get("summary") or {}).get("unmanaged") or {}
    return {**whole, "changed": bool(entries), "counts": counts, "unmanaged": unmanaged, "entries": entries}


def _described(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("family", "id", "name", "dashboard", "data_source", "place", "renamed_from", "changes", "msg")
    known = {name: entry[name] for name in kept if entry.get(name) is not None}
    if entry.get("family") == "data_sources":
        known.pop("data_source", None)
    text = "\n".join(to_paste(entry) or ())
    return {**known, **({"yaml": text + "\n"} if text else {})}


def parts(report: Report) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    """Yield the further parts of the page: new names, the YAML of what differs, and what only Basedash has."""
    hints = [["- " + hint] for hint in hints_of(report, code)]
    yield "New names?", hints
    blocks = []
    for entry in report.groups.get(UPDATED) or ():
        lines = to_paste(entry)
        if lines:
            fence = fence_for(lines)
            place = " (%s)" % code(entry["place"]) if entry.get("place") else ""
            blocks.append(["", "%s%s" % (named(entry), place), "", fence + "yaml", *lines, fence])
    if blocks:
        yield _TITLE, [[_LEGEND], *blocks]
    unmanaged = [["- " + one] for one in report.unmanaged_by_name()]
    if unmanaged or report.groups.get(DELETED):
        yield "Not in the files", [[_OF_EXPORTS, ""], *unmanaged]


def hints_of(report: Report, shown: Any) -> Iterator[str]:
    """Yield a sentence for each object that Basedash may have under another name."""
    unmanaged = (report.outcome.get("summary") or {}).get("unmanaged") or {}
    extra = [str(entry.get("family")) for entry in report.groups.get(DELETED) or ()]
    alike = {(one["family"], one["name"]): one["there"] for one in report.outcome.get("renames") or ()}
    for entry in report.groups.get(CREATED) or ():
        family = str(entry.get("family"))
        there = alike.get((family, entry.get("name")))
        if there is not None:
            where = " (%s)" % shown(entry["place"]) if entry.get("place") else ""
            # An unusual name is JSON already, which is YAML that can be pasted.
            name = plain(there.get("name"))
            earlier = name if name.startswith('"') else '"%s"' % name
            yield (
                "%s is not in Basedash, which has %s, the same under another name. If this new name shall stay, write "
                "it as the name into the entry%s. If not, write `renamed_from: [%s]` into it, and apply."
                % (named(entry, shown), shown(there.get("name")), where, earlier)
            )
            continue
        others = int(unmanaged.get(family) or 0) + extra.count(family)
        if others and family in BY_KEY and BY_KEY[family].can_be_renamed:
            yield (
                "%s is not in Basedash, where %d of the %s are in no entry. If it is one of them under another name, "
                "write that name as the name into the entry to keep it, or as renamed_from to give the old name back."
                % (named(entry, shown), others, family.replace("_", " "))
            )


def to_paste(entry: Mapping[str, Any]) -> list[str] | None:
    """Return the lines of YAML with what Basedash has in the place of an entry; ``None`` if there is none to show.

    The values are those of the options that differ. An option that is not set in Basedash is named in a comment.
    """
    managed = BY_KEY.get(str(entry.get("family")))
    # What is not in Basedash has no id. A refused plan has another action for it.
    if managed is None or entry.get("action") == CREATED or entry.get("id") is None or is_moved(entry):
        return None
    content, comments = _content(entry)
    if not content and not comments:
        return None
    if not managed.kind.key or managed.key == "organization":
        form: dict[str, Any] = {managed.key: content}
    else:
        key = {managed.key_option: content.pop(managed.key_option, entry.get("name"))}
        if managed is DEFINITIONS and entry.get("data_source") is not None:
            key["data_source"] = content.pop("data_source", entry["data_source"])
        form = {managed.key: [{**key, **content}]}
        if managed.within:
            form = {managed.within: [{"name": entry.get("dashboard"), **form}]}
    shown = "\n".join(_yaml.lines_of(form))
    if shown != seen(shown):
        # JSON is YAML as well, and has codes for what is invisible.
        shown = seen(json.dumps(form, indent=2))
    return [*shown.split("\n"), *("# " + comment for comment in comments)]


def _content(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the options that Basedash has, and comments about those for which an entry has nothing to say."""
    content: dict[str, Any] = {}
    comments: list[str] = []
    for one in entry.get("changes") or ():
        option, before = re.sub(r"[^\w.]", "_", str(one["option"])), one.get("before")
        if one.get("after") in SECRET_WORDS or before in SECRET_WORDS:
            continue
        if before is None:
            comments.append("%s is not set in Basedash" % option)
            continue
        if one.get("before_is_id"):
            comments.append("%s: Basedash has the id %s, and nothing with a name has it" % (option, plain(before)))
            continue
        if option in _OF_NAMES:
            before = [{"name": name} if isinstance(name, str) else name for name in before]
        inner = content
        *outer, last = option.split(".")
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = before
    return content, comments


def without_secrets(outcome: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a result in which secrets are no difference, because nobody can see which ones Basedash has."""
    if outcome.get("results") is None:
        return outcome
    return {**outcome, "results": [_compared(entry) for entry in outcome["results"]]}


def _compared(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = differences(entry)
    only_secrets = bool(found) and all(one.after in SECRET_WORDS for one in found)
    return {**entry, "action": UNCHANGED, "changed": False} if only_secrets and entry.get("id") else entry
