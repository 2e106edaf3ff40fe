# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the collection's tasks against a simulated Basedash in the same process, without waiting for real."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller, Clock
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.modules import (
    basedash_data_source,
    basedash_data_source_access,
    basedash_data_source_info,
    basedash_data_sources,
)

ORGANIZATION = "org_demo"


def execute(spec: ModuleSpec, options: Mapping[str, Any], **how: Any) -> Report:
    """Run the task of a module."""
    return spec.run(options, Caller(RequestsTransport, **how))


class Basedash:
    """A simulated Basedash at ``url``, seen from both sides: by the tasks, and by its control API."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._one_at_a_time = threading.Lock()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the simulator's control API and return its answer."""
        # The threads of a task of many sleep, and tell the server so, at the same time.
        with self._one_at_a_time:
            answer = self._session.request(method, self._url + "/_simulator/" + path, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def reset(self, behaviour: Mapping[str, Any]) -> None:
        """Start from the seed again, with these switches turned."""
        self.control("POST", "reset")
        self.control("POST", "behaviour", dict(behaviour))

    def pass_time(self, seconds: float) -> None:
        """Let so much time go by on the server, so that what lags there catches up."""
        self.control("POST", "time", {"seconds": seconds})

    def sources(self) -> list[dict[str, Any]]:
        """Return the data sources that are not deleted, as the server holds them, secrets and all."""
        organizations = self.control("GET", "state")["organizations"]
        found = next(one["data_sources"] for one in organizations if one["id"] == ORGANIZATION)
        return [source for source in found if source["deletedAt"] is None]

    def methods(self) -> list[str]:
        """Return the methods of the requests since the last reset."""
        return [entry["method"] for entry in self.control("GET", "requests")]

    def source(self, *, check_mode: bool = False, **options: Any) -> Report:
        """Run the task of ``basedash_data_source``."""
        return self.run(basedash_data_source.SPEC, check_mode, options)

    def access(self, *, check_mode: bool = False, **options: Any) -> Report:
        """Run the task of ``basedash_data_source_access``."""
        return self.run(basedash_data_source_access.SPEC, check_mode, options)

    def info(self, **options: Any) -> Report:
        """Run the task of ``basedash_data_source_info``."""
        return self.run(basedash_data_source_info.SPEC, False, options)

    def many(
        self, *, check_mode: bool = False, abandoned: Callable[[], bool] = lambda: False, **options: Any
    ) -> Report:
        """Run the task of ``basedash_data_sources``."""
        return self.run(basedash_data_sources.SPEC, check_mode, options, abandoned)

    def options(self, spec: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the argument check makes of options: with all defaults, those of entries as well."""
        options = {name: entry.get("default") for name, entry in spec.items()}
        options.update(api_key="bd_key_demo_admin", api_url=self._url, organization_id=ORGANIZATION, use_proxy=False)
        options.update(given)
        if options.get("data_sources") is not None:
            defaults = {name: entry.get("default") for name, entry in spec["data_sources"]["options"].items()}
            options["data_sources"] = [{**defaults, **entry} for entry in options["data_sources"]]
        return options

    def run(
        self, spec: ModuleSpec, check_mode: bool, given: Any, abandoned: Callable[[], bool] = lambda: False
    ) -> Report:
        """Run the task of a module with these options."""
        options = self.options(spec.argument_spec, given)
        slept = [0.0]

        def sleep(seconds: float) -> None:
            slept[0] += seconds
            # The server's time goes by as well, so that what lags there catches up.
            self.pass_time(seconds)

        report = execute(
            spec,
            options,
            check_mode=check_mode,
            diff_mode=True,
            clock=Clock(monotonic=lambda: time.monotonic() + slept[0], sleep=sleep),
            abandoned=abandoned,
        )
        assert "Unexpected" not in report.result.get("msg", "")
        return report
