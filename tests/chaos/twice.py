# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs that delete the same list, or change the lists of the same objects, at the same time."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter

from moment import Moment
from parts import act, held_by
from result import Result
from scenarios import Outcome, Scene, tasks_of
from stage import Host, Server, Site, playbook, playbook_with, say, server, wait
from subjects import Parts
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
        if site.subject.parts is not None:
            _parts(site, simulated, site.subject.parts, result)
    return result


def _parts(site: Site, simulated: Server, parts: Parts, result: Result) -> None:
    """Let two runs give the same objects parts, of which they have one in common: none may be lost or there twice."""
    objects = 4 if site.short else 10
    identifiers = [f"both_{number}" for number in range(objects)]
    for network in ("good", "bad"):
        simulated.hold([site.subject.held(one, one) for one in identifiers], **parts.behaviour)
        simulated.control("POST", "random", {"seed": site.random(f"parts-{network}").randrange(2**31)})
        faults = [{"kind": "delay", "seconds": 0.2, "probability": 0.5}]
        if network == "bad":
            lost = ({"kind": "reset_after"}, {"kind": "reset_before"}, {"kind": "status_after", "status": 502})
            faults += [{**fault, "method": "POST", "probability": 0.1} for fault in lost]
        simulated.control("POST", "faults", faults)
        host = Host("both", simulated, (), {"timeout": 10, "retry_timeout": 60})
        with contextlib.ExitStack() as stack:
            runs = []
            for names in (("one", "two"), ("two", "three")):
                acts = [act(site.subject, (), names, id=one) for one in identifiers]
                tasks = tasks_of(Scene("both", acts))
                name = f"twice-parts-{network}-{names[0]}"
                runs.append(stack.enter_context(playbook_with(site, name, host, tasks)))
            wait("twice", runs, lambda: "two runs are under way")
        outcome = Outcome.of([report for run in runs for report in run.reports()], simulated)
        claims = sum(report.changed for report in outcome.reports)
        failed = sum(report.failed for report in outcome.reports)
        now = Moment(outcome, "9")
        for one in outcome.sources:
            held = [part for part in held_by(parts, one, now) if part != parts.initial]
            if sorted(held) != ["one", "three", "two"]:
                kind = "duplicates" if len({*held}) < len(held) else "lost"
                result.counts.note(kind, f"{network} network: {one['id']} has {held}")
        if failed or len(outcome.reports) != 2 * objects:
            result.fail(f"{network} network: {failed} of {len(outcome.reports)} tasks failed")
        # Each run has one that only it gives, so each of its tasks changes something.
        if claims != 2 * objects:
            result.fail(f"{network} network: {claims} of {2 * objects} tasks said changed")
        result.figures[f"{network} network, {parts.option}"] = f"{claims} of {2 * objects} changed"
