# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's own core in this process, over real HTTP: for what a module process for each task is too slow."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from stage import API_KEY, ORGANIZATION, Site
from verdicts import Report, Wanted

_MODULES = "ansible_collections.community.basedash.plugins.modules."
_TRANSPORT = "ansible_collections.community.basedash.plugins.module_utils._http.requests_transport"
_CALLER = "ansible_collections.community.basedash.plugins.module_utils._http.caller"


@dataclass
class Trace:
    """A transport that notes when each request was under way."""

    inner: Any
    sent: list[tuple[tuple[str, str], float, float]] = field(default_factory=list)

    @property
    def secrets(self) -> Any:
        """What to mask, as the transport says."""
        return self.inner.secrets

    def send(self, request: Any, timeout: float) -> Any:
        """Send a request and note it."""
        begin = time.monotonic()
        try:
            return self.inner.send(request, timeout)
        finally:
            self.sent.append(((request.method, request.url), begin, time.monotonic()))

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


@dataclass(frozen=True)
class Spent:
    """The seconds that a task took: the first tries of its requests, and what came on top of them."""

    first_tries: float
    retrying: float
    longest_request: float


class Core:
    """Deletes one data source at a time, as the module does between reading its options and writing its result."""

    def __init__(self, site: Site, url: str, **options: Any) -> None:
        if str(site.collections) not in sys.path:
            sys.path.insert(0, str(site.collections))
        self._one = importlib.import_module(_MODULES + "basedash_data_source").SPEC
        self._many = importlib.import_module(_MODULES + "basedash_data_sources").SPEC
        self._caller = importlib.import_module(_CALLER).Caller
        self._transport = importlib.import_module(_TRANSPORT).RequestsTransport
        self._options = {name: option.get("default") for name, option in self._one.argument_spec.items()}
        self._options.update(api_key=API_KEY, api_url=url, organization_id=ORGANIZATION, state="absent", **options)

    def delete(self, wish: Wanted) -> Report:
        """Do what one task asks for."""
        return self.measure(wish)[0]

    def delete_many(self, wishes: Sequence[Wanted], concurrency: int) -> list[Report]:
        """Do in one task what many ask for, as the plural module does."""
        spec = self._many.argument_spec
        options = {name: option.get("default") for name, option in spec.items()}
        entry = {name: option.get("default") for name, option in spec["data_sources"]["options"].items()}
        options.update((name, self._options[name]) for name in ("api_key", "api_url", "organization_id", "state"))
        options.update(data_sources=[{**entry, **wish.options} for wish in wishes], concurrency=concurrency)
        done = self._many.run(options, self._caller(self._transport))
        moment = _now()
        return [
            Report(wish.ticket, "many", one["changed"], one["action"] == "failed", one.get("msg", ""), moment)
            for wish, one in zip(wishes, done.result["results"], strict=True)
        ]

    def measure(self, wish: Wanted) -> tuple[Report, Spent]:
        """Do what one task asks for, and tell where the time went."""
        traces: list[Trace] = []

        def transport(connection: Any) -> Trace:
            traces.append(Trace(self._transport(connection)))
            return traces[-1]

        begin = time.monotonic()
        options = {**self._options, **wish.options}
        done = self._one.run(options, self._caller(transport))
        total = time.monotonic() - begin
        moment = _now()
        message = str(done.result.get("msg", ""))
        report = Report(wish.ticket, "core", done.result["changed"], done.failed, message, moment)
        sent = [one for trace in traces for one in trace.sent]
        # The same request straight after itself is another try of it.
        before = [None, *(what for what, _begin, _end in sent)]
        first = sum(end - start for (what, start, end), last in zip(sent, before, strict=False) if what != last)
        return report, Spent(first, total - first, max((end - start for _what, start, end in sent), default=0.0))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
