# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits: the server's on requests, shared with another client, and the task's own on time.

A module in a process of its own for each task is slower than the limit. So the figures come from the same core in one
process: one task after the other, and one task for all with eight requests at once; a playbook with several hosts then
meets a lower limit.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from core import Core
from result import Result
from stage import API_KEY, ORGANIZATION, Host, Server, Site, playbook, say, server, wait
from verdicts import Report, Wanted, judge, own

LIMIT = 50
OTHERS_PACE = 10
MOST_REFUSED = 0.05
MOST_TIME = 1.2
TIMEOUT = 1.0
RETRY_TIMEOUT = 4.0
# What the machine itself may take on top: starting, parsing, waking up. A busy one, as in the short form, takes more.
SLACK = 0.5

# How a server may keep a task from its end, by the id of the data source that the task is about.
TRIALS: dict[str, list[dict[str, Any]]] = {
    "hang": [{"kind": "hang"}],
    "drip": [{"kind": "slow_drip", "interval": 0.05}],
    "limited": [{"kind": "rate_limited", "how": "header_seconds", "seconds": 1}],
    "limited-silently": [{"kind": "rate_limited", "how": "nothing"}],
    "limited-for-long": [{"kind": "rate_limited", "how": "body", "seconds": 3600}],
    "unavailable": [{"kind": "status_before", "status": 503}],
    "reset": [{"kind": "reset_before"}],
    "first-one-then-the-other": [
        {"kind": "hang", "method": "GET", "times": 2},
        {"kind": "rate_limited", "how": "header_seconds", "seconds": 1, "method": "GET", "times": 1},
        {"kind": "hang", "method": "DELETE"},
    ],
}


def run(site: Site) -> Result:
    """Delete within a limit on requests, then measure what tasks make of their time."""
    result = Result("limits")
    with server(site, "limits") as simulated:
        deletions = 100 if site.short else 500
        _in_one_process(site, result, simulated, deletions, at_once=1)
        _in_one_process(site, result, simulated, deletions, at_once=8)
        if not site.short:
            _in_playbook(site, result, simulated)
        _budget(site, result, simulated)
    return result


def _wanted(prefix: str, count: int) -> list[Wanted]:
    return [Wanted(f"{prefix}-{n}", {"id": f"{prefix}_{n}"}, f"{prefix}_{n}") for n in range(count)]


def _hold(simulated: Server, wanted: list[Wanted], limit: int | None) -> None:
    rate = {"requests": limit, "seconds": 1.0, "scope": "key"} if limit else None
    sources = [{"id": wish.source, "displayName": wish.ticket} for wish in wanted]
    simulated.hold([*sources, {"id": "bystander", "displayName": "bystander"}], rate_limit=rate)


@contextlib.contextmanager
def _other_client(simulated: Server, pace: float) -> Iterator[None]:
    """Let another client send requests with the same key, so many in a second."""
    ended = threading.Event()
    url = f"{simulated.url}/api/public/organizations/{ORGANIZATION}/data-sources/bystander"

    def send() -> None:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {API_KEY}"
            due = time.monotonic()
            while not ended.wait(max(0.0, due - time.monotonic())):
                due += 1 / pace
                session.get(url, timeout=5)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _in_one_process(site: Site, result: Result, simulated: Server, deletions: int, at_once: int) -> None:
    wanted = _wanted(f"core{at_once}", deletions)
    _hold(simulated, wanted, LIMIT)
    core = Core(site, simulated.url)
    reports: list[Report] = []
    told = begin = time.monotonic()
    with _other_client(simulated, OTHERS_PACE):
        if at_once > 1:
            reports = core.delete_many(wanted, at_once)
        for wish in wanted if at_once == 1 else []:
            reports.append(core.delete(wish))
            if time.monotonic() - told > 10:
                say("limits", f"{len(reports)} of {deletions} deleted behind {LIMIT} requests in a second")
                told = time.monotonic()
        seconds = time.monotonic() - begin
    name = "one by one" if at_once == 1 else f"{at_once} at once"
    knowledge = simulated.knowledge()
    result.counts += judge(wanted, reports, knowledge)
    mine = [one for one in knowledge.requests if own(one)]
    refused = sum(one["status"] == 429 for one in mine) / len(mine)
    served = sum(one["status"] != 429 for one in knowledge.requests)
    least = served / LIMIT
    result.figures[name] = f"{deletions} in {seconds:.1f} s (limit: {least:.1f} s), {refused:.1%} answered 429"
    say("limits", f"{name}: {result.figures[name]}")
    if site.short:
        # The machine of a check has other work, too: there, the counts have to be right, and the figures are shown.
        return
    if refused > MOST_REFUSED:
        result.fail(f"{name}: {refused:.1%} of the requests were answered 429, and not at most {MOST_REFUSED:.0%}")
    if seconds > least * MOST_TIME:
        result.fail(f"{name}: {seconds:.1f} s, and not at most {MOST_TIME} times the {least:.1f} s of the limit")


def _in_playbook(site: Site, result: Result, simulated: Server) -> None:
    """Let module processes of a real run share a limit that they do reach."""
    wanted = {f"limited{n}": _wanted(f"limited{n}", 10) for n in range(4)}
    together = [wish for one in wanted.values() for wish in one]
    _hold(simulated, together, 6)
    hosts = [Host(name, simulated, one) for name, one in wanted.items()]
    with _other_client(simulated, 1), playbook(site, "limits-playbook", hosts) as one:
        wait("limits", [one], lambda: f"a playbook reported {len(one.reports())} of {len(together)}")
        reports = one.reports()
    knowledge = simulated.knowledge()
    result.counts += judge(together, reports, knowledge)
    mine = [request for request in knowledge.requests if own(request)]
    refused = sum(request["status"] == 429 for request in mine)
    result.figures["playbook"] = f"{len(together)} deleted, {refused} of {len(mine)} requests answered 429"
    say("limits", f"playbook: {result.figures['playbook']}")
    if any(report.failed for report in reports):
        result.fail("a task of the playbook failed behind the limit on requests")


def _budget(site: Site, result: Result, simulated: Server) -> None:
    """Try to hold tasks for longer than they may take."""
    wanted = [Wanted(name, {"id": name}, name, refused=True) for name in TRIALS]
    _hold(simulated, wanted, None)
    for name, rules in TRIALS.items():
        simulated.control("POST", "faults", [{**rule, "path": f"/{name}$"} for rule in rules])
    core = Core(site, simulated.url, timeout=TIMEOUT, retry_timeout=RETRY_TIMEOUT)
    with ThreadPoolExecutor(len(wanted)) as pool:
        measured = list(pool.map(core.measure, wanted))
    result.counts += judge(wanted, [report for report, _spent in measured], simulated.knowledge())
    slack = SLACK * (6 if site.short else 1)
    for report, spent in measured:
        if spent.retrying > RETRY_TIMEOUT + TIMEOUT + slack:
            result.fail(f"{report.ticket}: {spent.retrying:.1f} s of waiting and retrying")
        if spent.longest_request > TIMEOUT + slack:
            result.fail(f"{report.ticket}: a request of {spent.longest_request:.1f} s")
        if not report.failed:
            result.fail(f"{report.ticket}: no failure")
    longest = max(spent.retrying for _report, spent in measured)
    result.figures["longest retrying"] = f"{longest:.1f} s with retry_timeout {RETRY_TIMEOUT:g} and timeout {TIMEOUT:g}"
    say("limits", f"budget: {len(measured)} tasks, longest retrying {result.figures['longest retrying']}")
