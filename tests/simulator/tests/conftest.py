# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in a thread, and a client that holds every answer against the OpenAPI document."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from basedash_simulator.app import openapi_document
from basedash_simulator.seed import default_seed
from basedash_simulator.server import running

ADMIN = "bd_key_demo_admin"
# The names of the demo's data sources as the API lists them; tests count on this, not on the demo's size.
NAMES = [item["displayName"] for item in reversed(default_seed()["organizations"][0]["data_sources"])]
# Generous: the machine may be slow and busy.
PATIENCE_SECONDS = 30.0

# A proxy named in the environment must not stand between a test and its server.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"


class Api:
    """A client for the API and the control API of one simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False)
        self._document = OpenAPI.from_dict({**openapi_document(), "servers": [{"url": url}]})

    def call(
        self,
        method: str,
        path: str = "",
        *,
        key: str | None = ADMIN,
        organization: str = "org_demo",
        conform: bool = True,
        family: str = "data-sources",
        **options: Any,
    ) -> httpx.Response:
        """A request below a family of an organization; its answer must fit the document if `conform`."""
        headers = {"authorization": f"Bearer {key}"} if key is not None else {}
        headers.update(options.pop("headers", {}))
        url = f"/api/public/organizations/{organization}/{family}{path}"
        answer = self.http.request(method, url, headers=headers, **options)
        assert answer.headers["x-request-id"].startswith("req_")
        if conform:
            self.validate(answer)
        return answer

    def validate(self, answer: httpx.Response) -> None:
        """Hold an answer against the OpenAPI document."""
        sent = answer.request
        request = MockRequest(self.url, sent.method, sent.url.raw_path.decode().partition("?")[0])
        content_type = answer.headers.get("content-type", "")
        self._document.validate_response(
            request, MockResponse(answer.content, answer.status_code, content_type=content_type)
        )

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """A request to the control API."""
        answer = self.http.request(method, "/_simulator/" + path, json=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["x-request-id"]
        return answer.json()

    def behaviour(self, **switches: Any) -> None:
        """Turn switches."""
        self.control("POST", "behaviour", switches)

    def faults(self, *rules: dict[str, Any]) -> None:
        """Add fault rules."""
        self.control("POST", "faults", list(rules))

    def log(self) -> list[dict[str, Any]]:
        """The log of API requests."""
        found = self.control("GET", "requests")
        assert isinstance(found, list)
        return found

    def stored(self, identifier: str) -> dict[str, Any]:
        """What the server really holds of a data source."""
        for organization in self.control("GET", "state")["organizations"]:
            for source in organization["data_sources"]:
                if source["id"] == identifier:
                    assert isinstance(source, dict)
                    return source
        raise AssertionError(f"{identifier} is not stored")

    def held(self, family: str, identifier: str) -> dict[str, Any]:
        """What the server really holds of an object of any family."""
        found = self.control("GET", f"objects/{family}/{identifier}")
        assert isinstance(found, dict)
        return found

    def create(self, **fields: Any) -> dict[str, Any]:
        """Create a data source; gives the object."""
        body = {"type": "direct", "dialect": "POSTGRES", "displayName": "made", **fields}
        answer = self.call("POST", json=body)
        assert answer.status_code in (200, 201), answer.text
        found = answer.json()["data"]
        assert isinstance(found, dict)
        return found


def wait_until(condition: Callable[[], object]) -> None:
    """Poll until something is true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


@pytest.fixture(scope="session", autouse=True)
def _no_folders_of_hypothesis_in_the_repository() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Api]:
    """One simulator for all tests."""
    with running() as url:
        api = Api(url)
        yield api
        api.http.close()


@pytest.fixture
def api(server: Api) -> Api:
    """The simulator, freshly reset."""
    server.control("POST", "reset")
    return server
