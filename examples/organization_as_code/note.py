# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a report as a note of the merge request, and replaces that note the next time: for a job of GitLab.

    python note.py production basedash-report.md

A comment of HTML, which GitLab doesn't show, marks the note of each environment. GITLAB_NOTE_TOKEN is a token of the
project with the role Reporter and the scope api, as a job's own token can't write notes.
"""

from __future__ import annotations

import json
import os
import re
import sys
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener


class _NoRedirects(HTTPRedirectHandler):
    """The token goes to the address it is meant for, and nowhere else."""

    def redirect_request(self, *_words: Any) -> None:
        return None


class GitLab:
    """As much of GitLab's API as a note needs."""

    def __init__(self, root: str, token: str) -> None:
        self._root = root
        self._headers = {"Content-Type": "application/json", "PRIVATE-TOKEN": token}
        self._opener = build_opener(_NoRedirects)

    def call(self, method: str, path: str, body: Any = None) -> tuple[Any, str]:
        """Send a request; return the answer, and the number of the next page if there is one."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self._root}/{path}", data, self._headers, method=method)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return json.load(answer), answer.headers.get("X-Next-Page", "")
        except HTTPError as problem:
            said = f"{problem.code} to {method} {path}"
            sys.exit(f"No note: GitLab answered {said}. GITLAB_NOTE_TOKEN needs the role Reporter and the scope api.")
        except (OSError, HTTPException, ValueError) as problem:
            sys.exit(f"No note: {method} {path} got no answer of GitLab ({type(problem).__name__}).")


def find(gitlab: GitLab, notes: str, marker: str) -> int | None:
    """Return the id of the note that this token's user wrote with this marker: anybody can copy a marker."""
    me, _page = gitlab.call("GET", "user")
    page = "1"
    while page:
        found, page = gitlab.call("GET", f"{notes}?sort=asc&per_page=100&page={page}")
        for note in found:
            if note["author"]["id"] == me["id"] and note["body"].startswith(marker):
                return int(note["id"])
    return None


def main(environment: str, report: str) -> None:
    """Create the note, or replace it."""
    token = os.environ.get("GITLAB_NOTE_TOKEN", "").strip()
    if not token:
        print("No note: there is no GITLAB_NOTE_TOKEN. A fork has none.")
        return
    # A header that can't be sent would be shown in a traceback.
    if not re.fullmatch("[!-~]+", token):
        sys.exit("No note: GITLAB_NOTE_TOKEN has characters that no token has.")
    if not Path(report).exists():
        sys.exit(f"No note: there is no {report}.")
    gitlab = GitLab(os.environ["CI_API_V4_URL"], token)
    # In a pipeline of a fork, CI_PROJECT_ID would be the fork's.
    project, number = os.environ["CI_MERGE_REQUEST_PROJECT_ID"], os.environ["CI_MERGE_REQUEST_IID"]
    notes = f"projects/{project}/merge_requests/{number}/notes"
    marker = f"<!-- basedash {environment} -->"
    text = {"body": f"{marker}\n{Path(report).read_text(encoding='utf-8')}"}
    known = find(gitlab, notes, marker)
    if known is None:
        gitlab.call("POST", notes, text)
    else:
        gitlab.call("PUT", f"{notes}/{known}", text)
    print("The report is a note of the merge request.")


if __name__ == "__main__":
    main(*sys.argv[1:])
