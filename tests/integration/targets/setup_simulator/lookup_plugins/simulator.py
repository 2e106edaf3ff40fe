# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls the simulator's control API from within a template: a task for each call would take most of the tests' time."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from ansible.plugins.lookup import LookupBase

# Nothing between the test and its own server.
_OPENER = build_opener(ProxyHandler({}))


class LookupModule(LookupBase):
    """``lookup('simulator', 'GET /_simulator/requests')``, or several terms, each sent in order, with an optional body.

    A term is a text with method and path, or a list of that text and a body. The answers are returned, parsed.
    """

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Send what the terms say to the server that setup_simulator started."""
        url = self._templar.template((variables or {})["basedash_simulator_url"])
        return [self._call(url, *(term if isinstance(term, list) else [term])) for term in terms]

    @staticmethod
    def _call(url: str, what: str, body: Any = None) -> Any:
        method, path = what.split(" ")
        data = None if body is None else json.dumps(body, default=str).encode()
        request = Request(url + path, data, {"Content-Type": "application/json"}, method=method)
        with _OPENER.open(request, timeout=30) as answer:
            return json.load(answer)
