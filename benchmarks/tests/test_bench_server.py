# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server of the benchmark: answers, counts, latency, limit, TLS; and the bare client against it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import bare
import pytest
import requests
from measuring import Server, server
from server import API_KEY, ROOT, Limit, Service, identifier


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("server")) as one:
        yield one


def client(scheme: str, running: Server) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {API_KEY}"
    session.verify = running.bundle if scheme == "https" else True
    return session


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_bare_client_deletes_everything(running: Server, scheme: str) -> None:
    running.fill(250, 0.0, None)
    bundle = running.bundle if scheme == "https" else ""
    assert bare.delete_all(running.sources_url(scheme), API_KEY, 4, bundle) == 250
    counts = running.counts()
    assert (counts["deletions"], counts["left"], counts["requests"]) == (250, 0, 253)
    # One session for the list, one per thread for the rest.
    assert 2 <= counts["connections"] <= 5
    assert counts["handshakes"] == (counts["connections"] if scheme == "https" else 0)


def test_pages_are_newest_first_and_come_to_an_end(running: Server) -> None:
    running.fill(120, 0.0, None)
    with client("http", running) as session:
        url = running.sources_url("http")
        first = session.get(url, params={"limit": "100"}, timeout=5).json()
        assert [one["id"] for one in first["data"]] == [identifier(number) for number in range(119, 19, -1)]
        assert first["pagination"] == {"nextCursor": identifier(20), "hasMore": True}
        # A cursor that was deleted meanwhile still says where to go on.
        assert session.delete(f"{url}/{identifier(20)}", timeout=5).json()["data"]["id"] == identifier(20)
        second = session.get(url, params={"limit": "100", "cursor": identifier(20)}, timeout=5).json()
        assert [one["id"] for one in second["data"]] == [identifier(number) for number in range(19, -1, -1)]
        assert second["pagination"] == {"nextCursor": None, "hasMore": False}


def test_second_deletion_and_wrong_key_are_refused(running: Server) -> None:
    running.fill(2, 0.0, None)
    url = f"{running.sources_url('http')}/{identifier(0)}"
    with client("http", running) as session:
        assert requests.delete(url, timeout=5).status_code == 401
        assert session.get(url, timeout=5).status_code == 200
        assert session.delete(url, timeout=5).status_code == 200
        assert session.delete(url, timeout=5).status_code == 404
        assert session.get(running.url("http") + "/elsewhere", timeout=5).status_code == 404
    counts = running.counts()
    assert (counts["deletions"], counts["not_found"], counts["left"]) == (1, 1, 1)


def test_latency_delays_no_other_request(running: Server) -> None:
    running.fill(8, 0.2, None)
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        urls = [f"{running.sources_url('http')}/{identifier(number)}" for number in range(8)]
        headers = {"Authorization": f"Bearer {API_KEY}"}
        assert all(one.ok for one in pool.map(lambda url: requests.get(url, headers=headers, timeout=5), urls))
    assert 0.2 <= time.monotonic() - begun < 0.8


def test_limit_counts_in_windows() -> None:
    now = 100.0
    service = Service(clock=lambda: now)
    service.fill(5, limit=2)
    key = f"Bearer {API_KEY}"
    statuses = [service.answer("GET", ROOT, key)[0] for _request in range(3)]
    assert statuses == [200, 200, 429]
    assert b'"retryAfterMs":1001' in service.answer("GET", ROOT, key)[1]
    now += 1.0
    assert service.answer("GET", ROOT, key)[0] == 200
    assert (service.counts.requests, service.counts.refused) == (5, 2)


def test_window_begins_with_a_request() -> None:
    limit = Limit(1)
    assert limit.wait(10.0) == 0
    assert limit.wait(10.75) == pytest.approx(0.25)
    assert limit.wait(11.5) == 0
    assert limit.wait(12.25) == pytest.approx(0.25)
