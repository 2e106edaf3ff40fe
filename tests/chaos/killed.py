# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed in the middle, and the same run again."""

from __future__ import annotations

import time
from random import Random

from result import Result
from stage import Host, Server, Site, kill, places, playbook, say, server, wait
from verdicts import Wanted, judge

HOSTS = 3
FAULTS = [
    {"kind": "delay", "seconds": 0.3, "probability": 0.5},
    {"kind": "reset_after", "method": "DELETE", "probability": 0.1},
    {"kind": "status_before", "status": 503, "probability": 0.05},
]


def run(site: Site) -> Result:
    """Kill runs at random moments with SIGKILL, repeat each, and judge what both said together."""
    result = Result("killed")
    random = site.random("killed")
    rounds, each = (1, 4) if site.short else (3, 6)
    deletions = HOSTS * each
    cut = 0
    with server(site, "killed") as simulated:
        for number in range(1, rounds + 1):
            done = _round(site, result, simulated, random, f"killed-{number}", each)
            cut += done < deletions
            say("killed", f"round {number} of {rounds}: {done} of {deletions} deleted at the kill; {result.counts}")
    result.figures = {"deletions": rounds * deletions, "kills": rounds, "in the middle": cut}
    if not cut:
        result.fail("no kill came in the middle of a run")
    return result


def _round(site: Site, result: Result, simulated: Server, random: Random, name: str, each: int) -> int:
    """Kill one run and repeat it; return how many data sources were deleted before."""
    hosts = []
    for place, host in enumerate(f"host{one}" for one in range(HOSTS)):
        wishes = [Wanted(f"{host}-{n}", {"id": f"{host}_{n}"}, f"{host}_{n}") for n in range(each)]
        hosts.append(Host(host, simulated, wishes, {"retry_timeout": 30}, places(place)))
    wanted = [wish for host in hosts for wish in host.wanted]
    sources = [{"id": wish.source, "displayName": wish.ticket} for wish in wanted]
    simulated.hold([*sources, {"id": "bystander", "displayName": "bystander"}])
    simulated.control("POST", "random", {"seed": random.randrange(2**31)})
    simulated.control("POST", "faults", FAULTS)

    with playbook(site, f"{name}-first", hosts) as first:
        # In requests and not in seconds, so that it is in the middle on each machine: every deletion takes two.
        moment = random.randint(1, len(wanted) * 3 // 2)
        while first.process.poll() is None and len(simulated.control("GET", "requests")) < moment:
            time.sleep(0.02)
        time.sleep(random.uniform(0.0, 0.2))
        kill(first.process)
    # What the server is still at when its client is gone shall count as sent before.
    time.sleep(0.5)
    killed_at = len(simulated.control("GET", "requests"))
    with playbook(site, f"{name}-second", hosts) as second:
        wait("killed", [second], lambda: f"the same run again: {len(second.reports())} of {len(wanted)} reported")
    reports = [*first.reports(), *second.reports()]
    knowledge = simulated.knowledge()
    result.counts += judge(wanted, reports, knowledge, killed_at=killed_at)
    if len(second.reports()) != len(wanted):
        result.fail(f"{name}: the second run did not report each task")
    return sum(one["effect"] == "deleted" for one in knowledge.requests[:killed_at])
