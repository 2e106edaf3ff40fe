# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of API requests: what clients really sent, and what it did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from basedash_simulator.state import now

_IDS = re.compile("/organizations/([^/]+)(?:/data-sources(?:/([^/]+))?)?")


@dataclass
class Entry:
    """One request.

    `status` is the status that was answered in full, else the kind of the fault that prevented it, null while the
    answer is under way or if the client left before it. `effect` says what happened to the data source:
    "deleted", "created", "updated" or null.
    `seconds` is the time from the request's last byte to the answer's last, `in_flight` the number of API
    requests under way when this one came, itself included.
    """

    number: int
    request_id: str
    method: str
    path: str
    query: str
    organization: str | None
    data_source: str | None
    user_agent: str | None
    client: str
    in_flight: int
    body: str
    time: str
    status: int | str | None = None
    fault: str | None = None
    effect: str | None = None
    seconds: float | None = None


class RequestLog:
    """All requests since the last clearing, in the order in which they came."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(
        self,
        *,
        request_id: str,
        method: str,
        path: str,
        query: str,
        user_agent: str | None,
        client: str,
        in_flight: int,
        body: bytes,
    ) -> Entry:
        """Note a request; the caller fills in later how it ended."""
        organization, data_source = ids_in(path)
        entry = Entry(
            number=len(self._entries) + 1,
            request_id=request_id,
            method=method,
            path=path,
            query=query,
            organization=organization,
            data_source=data_source,
            user_agent=user_agent,
            client=client,
            in_flight=in_flight,
            body=body.decode("utf-8", "replace"),
            time=now(),
        )
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget all requests; numbers begin with 1 again."""
        self._entries = []

    def as_list(self, after: int = 0) -> list[dict[str, Any]]:
        """The requests with a number above this one, ready for JSON."""
        # all values are plain, so a shallow copy will do
        return [dict(vars(entry)) for entry in self._entries[after:]]


def ids_in(path: str) -> tuple[str | None, str | None]:
    """The ids of organization and data source in a path as it was sent (percent-encoded)."""
    found = _IDS.search(path)
    if found is None:
        return None, None
    organization, data_source = found.groups()
    if data_source is None or data_source == "verify":
        return unquote(organization), None
    return unquote(organization), unquote(data_source)
