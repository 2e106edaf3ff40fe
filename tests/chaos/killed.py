# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed in the middle, and the same run again."""

from __future__ import annotations

import time

from result import Result
from stage import Host, Site, kill, playbook, say, server, wait
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
    rounds, each = (1, 5) if site.short else (6, 8)
    cut = reported = 0
    with server(site, "killed") as simulated:
        for number in range(rounds):
            names = [f"host{one}" for one in range(HOSTS)]
            wanted = {
                name: [Wanted(f"{name}-{n}", {"id": f"{name}_{n}"}, f"{name}_{n}") for n in range(each)]
                for name in names
            }
            sources = [{"id": wish.source, "displayName": wish.ticket} for one in wanted.values() for wish in one]
            simulated.hold([*sources, {"id": "bystander", "displayName": "bystander"}])
            simulated.control("POST", "random", {"seed": random.randrange(2**31)})
            simulated.control("POST", "faults", FAULTS)
            hosts = [Host(name, simulated, wanted[name], {"retry_timeout": 30}) for name in names]

            with playbook(site, f"killed-{number}-first", hosts) as first:
                # The moment counts from the first request on: before that there is nothing to interrupt.
                while first.process.poll() is None and not simulated.control("GET", "requests"):
                    time.sleep(0.02)
                time.sleep(random.uniform(0.0, each * 0.5))
                kill(first.process)
            # What the server is still at when its client is gone shall count as sent before.
            time.sleep(0.5)
            killed_at = len(simulated.control("GET", "requests"))
            reports = first.reports()
            with playbook(site, f"killed-{number}-second", hosts) as second:
                wait("killed", [second], lambda number=number: f"round {number + 1}: the same run again")  # type: ignore
            together = [*reports, *second.reports()]
            knowledge = simulated.knowledge()
            counts = judge([wish for one in wanted.values() for wish in one], together, knowledge, killed_at=killed_at)
            result.counts += counts
            done = sum(one["effect"] == "deleted" for one in knowledge.requests[:killed_at])
            cut += done < len(sources)
            reported += len(reports)
            say(
                "killed",
                f"round {number + 1} of {rounds}: {done} of {len(sources)} deleted and {len(reports)} reported at the "
                f"kill; {counts}",
            )
    result.figures = {"deletions": rounds * HOSTS * each, "kills": rounds, "in the middle": cut}
    if not cut:
        result.fail("no kill came in the middle of a run")
    return result
