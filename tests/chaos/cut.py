# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task about many that is cut short: killed, interrupted, or out of Ansible's time. Then the same again."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import psutil
from many import Lane, bystanders, figures, judge_lane, lane_of, named, repeat, truths
from result import Result
from stage import Host, Run, Site, kill, playbook_of, say
from verdicts import Job, own

# All that is sent takes its time, so that there is a middle; some answers are lost.
FAULTS = [
    {"kind": "delay", "seconds": 0.2, "probability": 0.7},
    {"kind": "reset_after", "probability": 0.1},
    {"kind": "status_before", "status": 503, "method": "DELETE", "probability": 0.05},
]
ENDS = ("killed", "interrupted", "timed out")
CONCURRENCY = 4
# Ansible's time limit for a task, and how long requests that were under way may take afterwards.
TIMEOUT = 4
GRACE = 1.5


def run(site: Site) -> Result:
    """Cut tasks short in each way, and hold what was done against what the next run says."""
    result = Result("cut")
    rounds = [(end, fill) for end in ENDS for fill in (_list, truths)]
    if site.short:
        rounds = rounds[-2:-1]
    middles: dict[str, int] = dict.fromkeys(ENDS, 0)
    lanes = []
    with contextlib.ExitStack() as stack:
        hosts = [lane_of(site, stack, "cut", 2 * number) for number in range(2)]
        for number, (end, fill) in enumerate(rounds):
            # Each end meets both kinds of tasks, and both places.
            host = hosts[(number + number // 2 + 1) % 2]
            lane = Lane(f"{host.name}r{number}", host.server, host.random, host.run_on)
            # Enough for the time limit to come in the middle, on a busy machine as well.
            each = 40 if fill is _list else 24
            fill(lane, each * 3 if end == "timed out" else each)
            done = _round(site, result, lane, end)
            middles[end] += 0 < done < len(lane.jobs[0].wanted)
            lanes.append(lane)
            say("cut", f"{end}, in the {lane.run_on}: {done} of {len(lane.jobs[0].wanted)} were done by then")
    figures(result, lanes)
    result.figures.update({f"{end} in the middle": count for end, count in middles.items()})
    if not site.short and not all(middles.values()):
        result.fail(f"not each way came in the middle of a task: {middles}")
    return result


def _list(lane: Lane, each: int) -> None:
    bystanders(lane)
    lane.job({"state": "absent"}, named(lane, lane.add("one", each)))


def _round(site: Site, result: Result, lane: Lane, end: str) -> int:
    """Cut a task short and do it again; return how many data sources it had changed by then."""
    (job,) = [job for job in lane.jobs if not job.refused and not any(wish.refused for wish in job.wanted)]
    lane.jobs = [replace(job, options={**job.options, "concurrency": CONCURRENCY})]
    lane.stolen = []
    lane.hold(0.0)
    lane.server.control("POST", "faults", FAULTS)
    host = Host(lane.name, lane.server, (), run_on=lane.run_on)
    first_job = replace(lane.jobs[0], timeout=TIMEOUT if end == "timed out" else 0)
    with playbook_of(site, f"{lane.name}-first", host, [first_job]) as first:
        _end(first, lane, job, end)
        sent = len(lane.server.requests())
        reports = first.reports()
        time.sleep(GRACE)
        under_way = len(list(filter(own, lane.server.requests(sent))))
        lane.killed_at = sent + under_way
        time.sleep(GRACE)
        later = [one for one in lane.server.requests(lane.killed_at) if own(one)]
    for process in _left_over(first.reports_file):
        result.counts.note("too_late", f"{lane.name}: {process} is still there after the task was {end}")
        process.kill()
    if under_way > CONCURRENCY or later:
        text = f"{lane.name}: {under_way} and {len(later)} requests came after the task was {end}"
        result.counts.note("too_late", text)
        lane.killed_at += len(later)
    for report in reports:
        if report.changed or not report.failed:
            result.counts.note("false_changed", f"{lane.name}: {end}, and reported as {report}")
    done = sum(one["effect"] is not None for one in lane.server.requests()[: lane.killed_at])
    # The same again needs no such time.
    lane.server.control("DELETE", "faults")
    lane.server.control("POST", "faults", FAULTS[1:])
    repeat(site, "cut", [lane])
    judge_lane(site, result, lane)
    return done


def _left_over(reports_file: Path) -> list[psutil.Process]:
    """Return the processes that a run left behind; all of them have the name of its file in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("CHAOS_REPORTS") == str(reports_file):
                found.append(process)
    return found


def _end(first: Run, lane: Lane, job: Job, end: str) -> None:
    """Wait for a random moment, and end the run."""
    if end == "timed out":
        first.process.wait(60)
        return
    # In requests and not in seconds, so that it is in the middle on each machine.
    moment = lane.random.randint(3, len(job.wanted) * 2 // 3)
    while first.process.poll() is None and len(lane.server.requests()) < moment:
        time.sleep(0.02)
    if end == "killed":
        kill(first.process)
    else:
        # As a terminal does for Ctrl-C.
        os.killpg(first.process.pid, signal.SIGINT)
        first.process.wait(60)
