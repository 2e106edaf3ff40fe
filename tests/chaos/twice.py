# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs that delete the same list at the same time."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter

from result import Result
from stage import Host, Site, playbook, say, server, wait
from verdicts import Wanted, judge


def run(site: Site) -> Result:
    """Delete the same in two runs, once on a good network and once on one that loses answers."""
    result = Result("twice")
    deletions = 4 if site.short else 15
    with server(site, "twice") as simulated:
        # Two runs of the same speed, so that neither is always the first.
        for network, run_on in itertools.product(("good", "bad"), ("controller", "target")):
            name = f"{network} network, {run_on}"
            random = site.random(f"twice-{network}-{run_on}")
            wanted = [Wanted(f"both-{n}", {"id": f"both_{n}"}, f"both_{n}") for n in range(deletions)]
            # One stays, because some families are never without any.
            held = [site.subject.held(f"both_{n}", wish.ticket) for n, wish in enumerate(wanted)]
            simulated.hold([*held, site.subject.held("bystander", "bystander")])
            simulated.control("POST", "random", {"seed": random.randrange(2**31)})
            # The pause lets one run come between the look and the DELETE of the other.
            faults = [{"kind": "delay", "seconds": 0.2, "probability": 0.5}]
            if network == "bad":
                lost = ({"kind": "reset_after"}, {"kind": "reset_before"}, {"kind": "status_after", "status": 502})
                faults += [{**fault, "method": "DELETE", "probability": 0.1} for fault in lost]
            simulated.control("POST", "faults", faults)
            host = Host("both", simulated, wanted, run_on=run_on)
            with contextlib.ExitStack() as stack:
                runs = [stack.enter_context(playbook(site, f"twice-{network}-{run_on}-{one}", [host])) for one in "ab"]
                wait("twice", runs, lambda: "two runs are under way")
            reports = [report for one in runs for report in one.reports()]
            # Both end well: each is judged for completeness by itself, and the claims of both together.
            counts = judge(wanted, reports, simulated.knowledge())
            result.counts += counts
            claims = Counter(report.ticket for report in reports if report.changed)
            for wish in wanted:
                if not claims[wish.ticket] or (network == "good" and claims[wish.ticket] > 1):
                    result.fail(f"{name}: {wish.ticket} was reported as deleted {claims[wish.ticket]} times")
            if len(reports) != 2 * deletions or any(report.failed for report in reports):
                result.fail(f"{name}: not every task of both runs ended well")
            first, second = (sum(report.changed for report in one.reports()) for one in runs)
            say("twice", f"{name}: {first} + {second} of {deletions} reported as deleted; {counts}")
            result.figures[name] = f"{first} + {second} of {deletions}"
    return result
