# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: basedash_report
short_description: Make a report about planned or finished changes of data sources
version_added: 0.1.0
description:
  - Makes lines for a log, Markdown and JSON from a result of M(community.basedash.basedash_data_sources).
  - Names come from the server. The report escapes them, so that they can't break a table, mention anyone or link to a
    page.
  - The role C(basedash_report) prints and writes them. Its documentation has the keys of the JSON.
author:
  - Basedash collection contributors (@ansible-collections)
options:
  _input:
    description: The registered result.
    type: dict
    required: true
  plan:
    description: The result of the plan that came before. It goes only into the JSON.
    type: dict
    default: {}
  title:
    description: The first words of the report.
    type: str
    default: Basedash
  status:
    description: The status in the report. If it is empty, the filter takes it from the result.
    type: str
    default: ''
  check_mode:
    description: Whether the result comes from check mode.
    type: bool
    default: false
  api_url:
    description: The root of the service, if the result does not have it.
    type: str
    default: ''
  organization_id:
    description: The organization, if the result does not have it.
    type: str
    default: ''
  max_characters:
    description: The maximum length of the Markdown.
    type: int
    default: 60000
  max_lines:
    description: The maximum number of lines for a log.
    type: int
    default: 50
"""

EXAMPLES = r"""
- name: Print the report
  ansible.builtin.debug:
    msg: "{{ (applied | community.basedash.basedash_report).lines }}"
"""

RETURN = r"""
_value:
  description: The keys C(lines), a list, and C(md) and C(json), texts.
  type: dict
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

# The words for what happened to a data source: in a result and in a plan.
_WORDS = {
    "deleted": ("delete", "to delete"),
    "created": ("create", "to create"),
    "updated": ("update", "to update"),
    "unchanged": ("unchanged", "unchanged"),
    "failed": ("fails", "failing"),
    "not_attempted": ("not planned", "not planned"),
    # It is not known, or the word is masked because a secret is a part of it.
    "unknown": ("unknown", "unknown"),
}

_NO_OUTCOME = (
    "The variable basedash_report_outcome is no result of basedash_data_sources: it has no results. Give the result "
    "of that module as it was registered."
)
_ORDINARY = re.compile(r"([\w.,:;/()+=*%'?…-]+( [\w.,:;/()+=*%'?…-]+)*)?")
_ACTING = str.maketrans({char: "\\u%04x" % ord(char) for char in "`|<>@#:[&\x7f"})
_INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_URL = re.compile(r"https?://[\w.:\[\]-]+(/[\w./-]*)?")


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"basedash_report": report}


@dataclass
class _Look:
    """The filter's options: the form of the report, and what it shows besides the result."""

    title: str = "Basedash"
    status: str = ""
    check_mode: bool = False
    api_url: str = ""
    organization_id: str = ""
    max_characters: int = 60000
    max_lines: int = 50


def report(outcome: Mapping[str, Any], plan: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return a report as ``lines`` for a log, and as the texts ``md`` and ``json``."""
    try:
        look = _Look(**options)
    except TypeError as error:
        raise AnsibleFilterError("The filter basedash_report got an option that it does not have: %s" % error) from None
    made = _Report(outcome, plan or {}, look)
    text = json.dumps(_plain(made.machine()), indent=4, sort_keys=True)
    return {"lines": made.lines(), "md": "\n".join(made.markdown()) + "\n", "json": text + "\n"}


class _Report:
    """The report about many objects, in three forms."""

    def __init__(self, outcome: Mapping[str, Any], plan: Mapping[str, Any], look: _Look) -> None:
        self._outcome, self._plan, self._look = outcome, plan, look
        self._failed = bool(outcome.get("failed") or outcome.get("unreachable"))
        if not self._failed and not outcome.get("skipped") and "results" not in outcome:
            raise AnsibleFilterError(_NO_OUTCOME)
        # Take the service from the result, because variables and the environment do not include module_defaults.
        service = outcome.get("service") or {}
        self._api_url = service.get("api_url", look.api_url)
        self._organization = service.get("organization_id", look.organization_id)
        self._status = look.status or self._found_status()
        self._planned = look.check_mode or self._status in ("planned", "started")
        self._results = [{**entry, "action": _known(entry.get("action"))} for entry in outcome.get("results") or ()]
        skipped = "skipped" if outcome.get("skipped") else "nothing to do"
        self._counted = _counted(self._results, self._planned) or ("no results" if self._failed else skipped)
        changed = [entry for entry in self._results if entry["action"] != "unchanged"]
        self._ordered = sorted(changed, key=lambda entry: entry["action"] != "failed")
        self._message = outcome.get("msg")

    def _found_status(self) -> str:
        if self._failed:
            return "failed"
        if self._look.check_mode:
            return "planned"
        return "done" if self._outcome.get("changed") else "unchanged"

    def markdown(self) -> list[str]:
        """Return the lines of the Markdown page."""
        organization = " in organization %s" % code(self._organization) if self._organization else ""
        page = [
            "### %s: %s" % (self._look.title, self._status),
            "",
            "**%s**%s," % (self._counted, organization),
            datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        ]
        if self._status == "started":
            page += ["", "This report was not completed: it is not known how much was done. Run it again to find out."]
        if self._message is not None:
            page += ["", sentence(self._message)]
        # The table gets two thirds of the space. Sentences and settings get the rest.
        most = self._look.max_characters
        rows, left = _fitting([_row(entry, self._planned) for entry in self._ordered], most * 2 // 3 - 500)
        if rows:
            page += ["", "| | data source | id | dialect | host |", "| --- | --- | --- | --- | --- |", *rows]
        failures = [entry for entry in self._ordered if entry["action"] == "failed" and "msg" in entry]
        left = max(left, 0) + most // 3 - 1500
        rows, left = _fitting(["- %s: %s" % (_named(entry), sentence(entry["msg"])) for entry in failures], left)
        if rows:
            page += ["", "#### Failures", "", *rows]
        rows, left = _fitting(list(_changes(self._outcome.get("diff") or ())), left, "and %d more.")
        if rows:
            page += ["", "#### Settings that %s" % ("would change" if self._planned else "changed"), "", *rows]
        return page

    def lines(self) -> list[str]:
        """Return the lines for a log."""
        most = self._look.max_lines
        lines = ["%s: %s, %s" % (self._look.title, self._status, self._counted)]
        lines += [_line(entry, self._planned) for entry in self._ordered[:most]]
        lines += ["and %d more" % (len(self._ordered) - most)] if len(self._ordered) > most else []
        return lines + ([] if self._message is None else [sentence(self._message)])

    def machine(self) -> dict[str, Any]:
        """Return the report for a program."""
        earlier = [dict(entry) for entry in self._plan.get("results") or ()]
        before = self._results if self._planned else earlier
        after = [] if self._planned else self._results
        return {
            "version": 1,
            "title": self._look.title,
            "status": self._status,
            "check_mode": self._look.check_mode,
            "changed": bool(self._outcome.get("changed")),
            "failed": self._failed,
            "message": self._message,
            "when": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "api_url": self._api_url if _URL.fullmatch(self._api_url or "") else None,
            "organization_id": self._organization or None,
            "plan": {"results": before, "summary": _summary(before)},
            "results": after,
            "summary": _summary(after),
        }


def plain(value: Any) -> str:
    """Return a server's text on one line; an unusual text becomes a JSON string, so that it can't do any harm."""
    text = "" if value is None else str(value)
    text = text if len(text) <= 100 else text[:99] + "…"
    return text if _ORDINARY.fullmatch(text) else json.dumps(text).translate(_ACTING)


def code(value: Any) -> str:
    """Return a server's text as code in Markdown; empty if there is none."""
    text = plain(value)
    return "`%s`" % text if text else ""


def sentence(value: Any, longest: int = 700) -> str:
    """Return a sentence of this collection, which may quote a server, on one line as code."""
    text = _INVISIBLE.sub(" ", str(value)).replace("`", "'").replace("##[", "## [").strip()
    return "`%s`" % (text if len(text) <= longest else text[: longest - 1] + "…")


def _known(action: Any) -> str:
    return str(action) if action in _WORDS else "unknown"


def _summary(results: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    actions = [_known(entry.get("action")) for entry in results]
    counts = {action: actions.count(action) for action in _WORDS if action != "unknown" or action in actions}
    return {"total": len(actions), **counts}


def _counted(results: Sequence[Mapping[str, Any]], planned: bool) -> str:
    counts = ((action, count) for action, count in _summary(results).items() if count and action != "total")
    words = ["%d %s" % (count, _WORDS[action][1] if planned else action.replace("_", " ")) for action, count in counts]
    return ", ".join(words)


def _word(entry: Mapping[str, Any], planned: bool) -> str:
    return _WORDS[entry["action"]][0] if planned else str(entry["action"]).replace("_", " ")


def _line(entry: Mapping[str, Any], planned: bool) -> str:
    known = ", ".join(filter(None, (plain(entry.get("name")), plain(entry.get("id")))))
    because = ": " + sentence(entry.get("msg", "")) if entry["action"] == "failed" else ""
    return "%s %s%s" % (_word(entry, planned), known, because)


def _row(entry: Mapping[str, Any], planned: bool) -> str:
    known = entry.get("data_source") or {}
    cells = (entry.get("name"), entry.get("id"), known.get("dialect"), known.get("host"))
    return "| %s | %s |" % (_word(entry, planned), " | ".join(map(code, cells)))


def _named(entry: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (code(entry.get("name")), code(entry.get("id")))))


def _changes(diffs: Iterable[Any]) -> Iterable[str]:
    for diff in diffs:
        before, after = diff.get("before"), diff.get("after")
        if not (before and after and isinstance(before, Mapping) and isinstance(after, Mapping)):
            continue
        parts = [
            " %s from %s to %s" % (code(name), code(before.get(name)) or "nothing", code(value) or "nothing")
            for name, value in after.items()
            if value != before.get(name)
        ]
        yield "- %s:%s" % (code(diff.get("after_header")), ",".join(parts))


def _fitting(
    rows: Sequence[str], space: int, more: str = "and %d more, which the JSON report has."
) -> tuple[list[str], int]:
    """Return the first rows that fit into the space, and the number of characters that are left."""
    fitting: list[str] = []
    for row in rows:
        if len(row) >= space:
            return [*fitting, "", more % (len(rows) - len(fitting))], space
        fitting.append(row)
        space -= len(row) + 1
    return fitting, space


def _plain(value: Any) -> Any:
    """Return plain containers, because containers of ansible-core evaluate their items only on access."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
