# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten thousand verdicts of a few large tasks, each held against the server's own record."""

from __future__ import annotations

import contextlib

from many import PASSWORDS, Lane, Source, bystanders, figures, judge_lane, lane_of, named, repeat
from result import Result
from stage import Site, places, say
from storm import BEHAVIOURS, faults

ENTRIES = 10_000
SHARE = 0.03
LIMITED = [{"kind": "rate_limited", "how": how, "after": 300, "times": 1} for how in ("body", "header_seconds")]
# Large tasks need more time for all their other tries together, and some have too little at first.
PATIENCE = {"timeout": 4, "retry_timeout": 600}
HASTE = {"timeout": 4, "retry_timeout": 10}


def run(site: Site) -> Result:
    """Delete, create, move and prune by the thousand until nothing is left to do, and judge all that was said."""
    result = Result("truth")
    each = ENTRIES // 20
    with contextlib.ExitStack() as stack:
        lanes = []
        for number, fill in enumerate((_lists, _truths)):
            lane = lane_of(site, stack, "truth", number)
            lane.run_on = places(number)
            fill(lane, each)
            lane.hold(0.0, **BEHAVIOURS[number])
            # A 429 slows down all that follows, so there are a few, and not a share.
            others = [rule for rule in faults(SHARE) if rule["kind"] != "rate_limited"]
            lane.server.control("POST", "faults", [*others, *LIMITED])
            lanes.append(lane)
        say("truth", f"{ENTRIES} data sources in {sum(len(lane.jobs) for lane in lanes)} tasks on {len(lanes)} hosts")
        repeat(site, "truth", lanes, PATIENCE)
        for lane in lanes:
            judge_lane(site, result, lane)
        wanted = sum(len(job.wanted) for lane in lanes for job in lane.jobs)
        judged = sum(len(lane.entries()) for lane in lanes)
        figures(result, lanes)
    if wanted < ENTRIES or judged < ENTRIES:
        result.fail(f"only {wanted} data sources and {judged} entries in place of {ENTRIES}")
    return result


def _lists(lane: Lane, each: int) -> None:
    """Two lists and a filter: ten times ``each``."""
    bystanders(lane)
    first, second, third = lane.add("one", 4 * each), lane.add("two", 2 * each), lane.add("preview", 4 * each)
    lane.job({"state": "absent", "concurrency": 8, **PATIENCE}, named(lane, first))
    lane.job({"state": "absent", "concurrency": 16, **HASTE}, named(lane, second))
    select = {"state": "absent", "filters": {"name_pattern": "^preview "}, "max_deletions": 4 * each}
    lane.job({**select, "concurrency": 8, **PATIENCE}, selected=reversed(third))
    _let_steal(lane, [*first, *second, *third])


def _truths(lane: Lane, each: int) -> None:
    """A list that is the whole truth, and one of what goes by itself: ten times ``each``."""
    bystanders(lane)
    secret = {"password": PASSWORDS["old"], "dialect": "POSTGRES"}
    moved = lane.add("moved", each // 2, host="a.example.com", **secret)
    stay = lane.add("stays", each // 2, host="b.example.com", **secret)
    left, gone = lane.add("left", 5 * each), lane.add("gone", 3 * each)
    settings = {"dialect": "POSTGRES", "host": "b.example.com", "password": PASSWORDS["new"], "ssl_enabled": True}
    known = {source["displayName"]: source["id"] for source in (*moved, *stay)}
    wanted = [*known, *(f"new {number}" for number in range(each))]
    lane.random.shuffle(wanted)
    lane.built = {name: ("b.example.com", PASSWORDS["old" if name in known else "new"]) for name in wanted}
    lane.job({"state": "absent", "concurrency": 8, **PATIENCE}, named(lane, gone))
    # Those that the task before shall delete: where that fails as a whole, they are none of this one's.
    exclude = [*(f"bystander {number}" for number in range(8)), "twin", *(source["displayName"] for source in gone)]
    prune = {"state": "present", "prune": True, "exclude": exclude, "max_deletions": 5 * each}
    entries = [({"name": name, **settings}, known.get(name), False) for name in wanted]
    lane.job({**prune, "concurrency": 8, **PATIENCE}, entries, reversed(left))
    _let_steal(lane, left)


def _let_steal(lane: Lane, sources: list[Source]) -> None:
    forced = {wish.source for job in lane.jobs for wish in job.wanted if "force" in wish.options}
    lane.stolen = [one["id"] for one in lane.random.sample(sources, 200) if one["id"] not in forced]
