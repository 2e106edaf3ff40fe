# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bare client: what an engineer would write in ten minutes with `requests`, as fast as that library goes.

It lists all pages, deletes everything that it found, so many at once, and prints how many answers were a success. It
has none of the module's guards: no retries, no look at what a 404 means, no check of names, no report. Without a URL it
sends nothing: that is what its start costs. With `read` it reads all pages of an organization instead, as a plan does,
and prints how many objects there are.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests


def delete_all(url: str, key: str, concurrency: int, bundle: str) -> int:
    """Delete every data source of the list at `url`; return how many answers were a success."""
    local = threading.local()
    # With each request: a variable of the environment comes before what the session says.
    verify = bundle or True

    def session() -> requests.Session:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.headers["Authorization"] = f"Bearer {key}"
        found: requests.Session = local.session
        return found

    def delete(identifier: str) -> bool:
        return session().delete(f"{url}/{identifier}", timeout=30, verify=verify).ok

    identifiers: list[str] = []
    query: dict[str, str] = {"limit": "100"}
    while True:
        answer = session().get(url, params=query, timeout=30, verify=verify)
        answer.raise_for_status()
        content = answer.json()
        identifiers += [one["id"] for one in content["data"]]
        cursor = content["pagination"]["nextCursor"]
        if not cursor:
            break
        query["cursor"] = cursor
    with ThreadPoolExecutor(concurrency) as pool:
        return sum(pool.map(delete, identifiers))


FAMILIES = ("groups", "members", "data-sources", "mcp-servers", "definitions", "skills", "automations", "dashboards")


def read_all(root: str, key: str, concurrency: int) -> int:
    """Read all lists of an organization, the charts of each dashboard, and who may query each data source."""
    local = threading.local()

    def get(path: str, query: dict[str, str]) -> Any:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.headers["Authorization"] = f"Bearer {key}"
        answer = local.session.get(f"{root}/{path}", params=query, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def pages(path: str) -> list[Any]:
        found: list[Any] = []
        query: dict[str, str] = {"limit": "100"}
        while True:
            content = get(path, query)
            found += content["data"]
            query["cursor"] = content["pagination"]["nextCursor"]
            if not query["cursor"]:
                return found

    with ThreadPoolExecutor(concurrency) as pool:
        lists = dict(zip(FAMILIES, pool.map(pages, FAMILIES)))
        charts = pool.map(pages, [f"dashboards/{one['id']}/charts" for one in lists["dashboards"]])
        # An organization without groups restricts nothing, and then its configuration says nothing of it.
        restricted = lists["data-sources"] if lists["groups"] else []
        access = pool.map(lambda one: get(f"data-sources/{one['id']}/access", {}), restricted)
        return sum(map(len, lists.values())) + sum(map(len, charts)) + 0 * len(list(access))


if __name__ == "__main__":
    if sys.argv[5:] == ["read"]:
        print(read_all(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    else:
        print(delete_all(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]) if sys.argv[1:] else 0)
