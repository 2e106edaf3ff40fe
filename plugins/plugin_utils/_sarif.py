# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what the checks of a configuration found, as lines and in the format SARIF 2.1.0."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ansible_collections.community.basedash.plugins.filter.basedash_report import sentence
from ansible_collections.community.basedash.plugins.plugin_utils._configuration_report import Line

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# A mistake in the options is in no file, and no check has a name for it.
_RULE = "options"


def findings_in(outcome: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the findings, errors first. A failure without an error among the findings is one as well."""
    findings: list[Mapping[str, Any]] = list(outcome.get("findings") or ())
    if outcome.get("msg") is not None and not any(one.get("level") == "error" for one in findings):
        findings.append({"rule": _RULE, "level": "error", "message": str(outcome["msg"])})
    return sorted(findings, key=lambda one: one.get("level") != "error")


def lines(findings: Sequence[Mapping[str, Any]], most: int) -> list[Line]:
    """Return a line for each finding, in the form that editors know: file, line, level, message."""
    found = []
    for one in findings[:most]:
        level = str(one.get("level"))
        place = "%s:%s: " % (one["file"], one.get("line")) if one.get("file") else ""
        # A runner of a pipeline takes a line that begins with colons for a command.
        text = "%s%s: %s [%s]" % (place, level, one.get("message"), one.get("rule"))
        text = sentence(text if not text.startswith(":") else "./" + text, 2000).strip("`")
        found.append(Line(text, "red" if level == "error" else "yellow"))
    left = len(findings) - most
    return [*found, *([Line("and %d more, see the file" % left)] if left > 0 else []), Line(summary(findings))]


def summary(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return how many errors and warnings there are."""
    errors = sum(one.get("level") == "error" for one in findings)
    return "Basedash validate: %d errors, %d warnings" % (errors, len(findings) - errors)


def sarif(findings: Sequence[Mapping[str, Any]], folder: str, source: str = ".") -> dict[str, Any]:
    """Return a log in the format SARIF. Paths in it are relative to a folder, as platforms expect it.

    A finding that is in no file is placed at ``source``, because GitHub refuses the whole log if one has no place.
    """
    rules = sorted({str(one.get("rule")) for one in findings})
    driver = {
        "name": "community.basedash",
        "informationUri": "https://github.com/ansible-collections/community.basedash",
        "rules": [{"id": rule} for rule in rules],
    }
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, rules, _uri(one.get("file") or source, folder)) for one in findings],
            }
        ],
    }


def _result(one: Mapping[str, Any], rules: Sequence[str], uri: str) -> dict[str, Any]:
    rule = str(one.get("rule"))
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if one.get("file") and isinstance(one.get("line"), int) and one["line"] > 0:
        place["region"] = {"startLine": one["line"]}
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": "error" if one.get("level") == "error" else "warning",
        "message": {"text": str(one.get("message"))},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: Any, folder: str) -> str:
    relative = os.path.relpath(os.path.join(folder, str(path)), folder)
    return quote(relative.encode("utf-8", "surrogateescape"))
