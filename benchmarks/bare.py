# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bare client: what an engineer would write in ten minutes with `requests`, as fast as that library goes.

It lists all pages, deletes everything that it found, so many at once, and prints how many answers were a success. It
has none of the module's guards: no retries, no look at what a 404 means, no check of names, no report. Without a URL it
sends nothing: that is what its start costs.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

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


if __name__ == "__main__":
    print(delete_all(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]) if sys.argv[1:] else 0)
