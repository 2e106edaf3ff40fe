# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of API requests: what clients really sent, and what it did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from basedash_simulator.items import now
from basedash_simulator.openapi import collections

_IDS = re.compile("/organizations/([^/]+)((?:/[^/]+){0,4})")


@dataclass
class Entry:
    """One request.

    `status` is the status that was answered in full, else the kind of the fault that prevented it, null while the
    answer is under way or if the client left before it. `family` and `object` say what the path is about, or what
    was created; `data_source` is the object if it is one. `effect` says what happened to it: "deleted", "created",
    "updated" or null.
    `seconds` is the time from the request's last byte to the answer's last, `in_flight` the number of API
    requests under way when this one came, itself included.
    """

    number: int
    request_id: str
    method: str
    path: str
    query: str
    organization: str | None
    family: str | None
    object: str | None
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
        organization, family, identifier = ids_in(path)
        entry = Entry(
            number=len(self._entries) + 1,
            request_id=request_id,
            method=method,
            path=path,
            query=query,
            organization=organization,
            family=family,
            object=identifier,
            data_source=identifier if family == "data-sources" else None,
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


def ids_in(path: str) -> tuple[str | None, str | None, str | None]:
    """The ids of organization and object in a path as it was sent (percent-encoded), with the object's family."""
    found = _IDS.search(path)
    if found is None:
        return None, None, None
    organization = unquote(found[1])
    # family, id, and perhaps a family within the object and the id there
    parts = [unquote(part) for part in found[2].split("/")[1:]]
    if not parts:
        return organization, "organizations", organization
    if len(parts) > 2 and parts[0] != "groups" and parts[2] in collections():
        parts = parts[2:]
    identifier = parts[1] if len(parts) > 1 and parts[:2] != ["data-sources", "verify"] else None
    return organization, parts[0] if parts[0] in collections() else None, identifier
