# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the journal of a task, a file with a JSON line for each step, without secrets.

A line is written before and after each change. So the file tells what a task did, even if the task was killed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from .._base.errors import InputError, RefusedError
from .._base.text import quoted

_NAMED = 5


class Journal:
    """The journal in a file, or nothing if there is no path. Several organizations may have one file."""

    def __init__(self, path: str | None, organization_id: str) -> None:
        self._path = path
        self._organization_id = organization_id
        self._file: int | None = None

    def unfinished(self) -> str:
        """Return a sentence about the last run in the journal if it did not end; empty if it ended."""
        last: dict[str, dict[str, Any]] = {}
        for line in self._lines():
            if line.get("organization", self._organization_id) != self._organization_id:
                continue
            if line.get("event") == "started":
                last = {"started": line}
            elif line.get("event") in ("ended", "told"):
                last = {}
            elif "started" in last:
                last["%s %s %s" % (line.get("family"), line.get("name"), line.get("within"))] = line
        begun = last.pop("started", None)
        if begun is None:
            return ""
        done = [one for one in last.values() if one.get("event") == "done"]
        doubt = [one for one in last.values() if one.get("event") == "doing"]
        parts = ["%d changes are in the journal" % len(done)]
        if doubt:
            names = ", ".join("%s %s" % (one.get("family"), quoted(one.get("name"))) for one in doubt[:_NAMED])
            parts.append("of %d it is not known whether they were made (%s)" % (len(doubt), names))
        return "The last run, from %s, did not come to its end: %s. This run goes on from what is there now." % (
            begun.get("time"),
            ", and ".join(parts),
        )

    def _lines(self) -> list[dict[str, Any]]:
        # Whatever is no file, such as a pipe, is never at its end.
        if self._path is None or not os.path.isfile(self._path):
            return []
        found = []
        try:
            with open(self._path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        one = json.loads(line)
                    except (ValueError, RecursionError):
                        # A run that was killed may leave half a line.
                        continue
                    found.append(one if isinstance(one, dict) else {})
        except OSError as error:
            raise InputError("The journal %s can't be read: %s." % (quoted(self._path), error.strerror)) from None
        return found

    def write(self, event: str, time: str, **values: Any) -> None:
        """Append a line.

        Raises:
            RefusedError: if that is not possible, because a change that nobody can look up must not be made.
        """
        if self._path is None:
            return
        line = self._line({"event": event, "time": time, "organization": self._organization_id, **values})
        try:
            if self._file is None:
                folder = os.path.dirname(self._path)
                if folder:
                    os.makedirs(folder, mode=0o700, exist_ok=True)
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                # A run that was killed may have left half a line.
                line = ("\n" if os.fstat(self._file).st_size else "") + line
            os.write(self._file, line.encode("ascii"))
        except OSError as error:
            raise RefusedError(
                "The journal %s can't be written: %s. Nothing more was changed, name another file."
                % (quoted(self._path), error.strerror)
            ) from None

    @staticmethod
    def _line(content: Mapping[str, Any]) -> str:
        return json.dumps(content, ensure_ascii=True, default=str) + "\n"

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def line_of(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line says about an object."""
    return {name: identity.get(name) for name in ("family", "id", "name", "within", "action")}
