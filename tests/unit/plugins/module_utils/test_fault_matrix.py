# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault at each step of a deletion: the verdict, what the server holds then, and the number of requests."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    NOT_FOUND,
    RESET,
    SOURCE,
    TIMED_OUT,
    Wire,
    answer,
    error,
    execute,
    found,
    page,
    resource,
)

CUT_OFF = TransportError("the answer was cut off", sent=True, transient=True)


class Fault(NamedTuple):
    """What goes wrong with one request, and whether the server did its work all the same."""

    reaction: Any
    works: bool
    final: bool = False


FAULTS = {
    "reset before the work": Fault(RESET, False),
    "reset after the work": Fault(RESET, True),
    "truncated body": Fault(CUT_OFF, True),
    "slow drip": Fault(TIMED_OUT, True),
    "HTML instead of JSON, before the work": Fault(answer(200, "<html>"), False, final=True),
    "HTML instead of JSON, after the work": Fault(answer(200, "<html>"), True, final=True),
    "429 with body": Fault(error(429, "slow down", "RateLimitExceeded", retryAfterMs=500), False),
    "429 with header in seconds": Fault(answer(429, "<html>", {"retry-after": "1"}), False),
    "429 with header as date": Fault(answer(429, None, {"retry-after": "Tue, 24 Nov 2026 12:00:01 GMT"}), False),
    "429 with nothing": Fault(answer(429), False),
}
for _status in (500, 502, 503, 504):
    for _works in (False, True):
        _name = "%d %s the work" % (_status, "after" if _works else "before")
        FAULTS[_name] = Fault(answer(_status, "<html>") if _status != 500 else error(500), _works)


class World(Wire):
    """A server with two pages of data sources, and faults by the number of the request."""

    def __init__(self, faults: dict[int, Fault]) -> None:
        super().__init__()
        self.faults = faults
        self.there = True

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        fault = self.faults.get(len(self.sent))
        if fault is None:
            return self.work(request)
        if fault.works:
            self.work(request)
        if isinstance(fault.reaction, TransportError):
            raise fault.reaction
        assert isinstance(fault.reaction, RawAnswer)
        return fault.reaction

    def work(self, request: Request) -> RawAnswer:
        if "?limit=100&cursor=" in request.url:
            return page(*([resource()] if self.there else []))
        if "?limit=100" in request.url:
            return page(resource("ds_2", "production"), cursor="ds_2" if self.there else None)
        if not self.there:
            return NOT_FOUND
        self.there = request.method != "DELETE"
        return found()


BEFORE = Fault(error(503), False)

# Step: how the data source is named, faults that come first, the number of the request that the fault hits, the number
# of requests without the fault, and how many more it takes to see that a DELETE worked whose answer was lost.
STEPS: dict[str, tuple[dict[str, Any], dict[int, Fault], int, int, int]] = {
    "GET": ({"id": "ds_1"}, {}, 1, 2, 0),
    "list page 1": ({"name": "preview-42"}, {}, 1, 3, 0),
    "list page 2": ({"name": "preview-42"}, {}, 2, 3, 0),
    "DELETE first try": ({"id": "ds_1"}, {}, 2, 2, 1),
    "DELETE second try": ({"id": "ds_1"}, {2: BEFORE}, 3, 3, 1),
    "DELETE first try, by name": ({"name": "preview-42"}, {}, 3, 3, 1),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", FAULTS)
def test_fault_at_step(name: str, step: str) -> None:
    options, first, number, plain, proof = STEPS[step]
    fault = FAULTS[name]
    world = World({**first, number: fault})
    report = execute(
        SOURCE,
        {**ABSENT, **options},
        check_mode=False,
        diff_mode=False,
        transport=world,
        clock=world.clock(),
    )
    deletes = "DELETE" in step
    if fault.final:
        assert report.failed
        assert not report.result["changed"]
        assert len(world.sent) == number
        assert ("not known" in report.result["msg"]) == deletes
        return
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert not world.there
    assert len(world.sent) == plain + 1 + (proof if deletes and fault.works else 0)
    assert report.result["api"]["retries"] == len(first) + 1
    assert report.warnings == []
