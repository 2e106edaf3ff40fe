# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bare client for plans: it reads what a plan of a whole organization reads, several pages at once.

These are the lists of all families, the charts of each dashboard and the access policy of each data source. It compares
nothing.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

FAMILIES = ("groups", "members", "data-sources", "mcp-servers", "definitions", "skills", "automations", "dashboards")


class Client:
    """Reads an organization."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key
        self._local = threading.local()

    def get(self, path: str, **query: str) -> Any:
        """Return what one request answers."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Authorization"] = f"Bearer {self._key}"
        answer = self._local.session.get(f"{self._url}/{path}", params=query, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def list_all(self, path: str) -> list[dict[str, Any]]:
        """Return all pages of a list."""
        found: list[dict[str, Any]] = []
        query = {"limit": "100"}
        while True:
            content = self.get(path, **query)
            found += content["data"]
            cursor = content["pagination"]["nextCursor"]
            if not cursor:
                return found
            query["cursor"] = cursor


def read_all(url: str, key: str, concurrency: int) -> int:
    """Read an organization; return the number of its objects."""
    client = Client(url, key)
    with ThreadPoolExecutor(concurrency) as pool:
        lists = dict(zip(FAMILIES, pool.map(client.list_all, FAMILIES), strict=True))
        charts = pool.map(client.list_all, [f"dashboards/{one['id']}/charts" for one in lists["dashboards"]])
        list(pool.map(client.get, [f"data-sources/{one['id']}/access" for one in lists["data-sources"]]))
        return sum(map(len, [*lists.values(), *charts]))


if __name__ == "__main__":
    print(read_all(sys.argv[1], sys.argv[2], int(sys.argv[3])))
