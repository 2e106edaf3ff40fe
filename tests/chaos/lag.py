# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readings that lag behind writes, pages that get lost, and answers that never arrive on top of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from result import Result
from scenarios import CHANGED, FAILED, OK, Act, Scene, many, one, play
from stage import Site
from subjects import NEW

SECONDS = 2
LOST = {"kind": "reset_after", "method": "POST", "times": 1}
# Two pages, and what is looked for is on the second.
CROWD = [{"id": f"ds_{number}", "displayName": f"source {number}"} for number in range(150)]
CREATION = {"action": "create", "fields": {"id": "ds_fresh", "displayName": "fresh"}, "method": "GET"}


def life(name: str) -> list[Act]:
    """Return the whole life of a data source, each step twice."""
    return [
        one(CHANGED, name=name, **NEW),
        one(OK, name=name, **NEW),
        one(CHANGED, name=name, host="b.example.com"),
        # What lags may show the old host still, and then it is sent again.
        one({OK, CHANGED}, name=name, host="b.example.com"),
        one(CHANGED, name=name, state="absent"),
        one(OK, name=name, state="absent"),
    ]


def lives(*names: str) -> list[Act]:
    """Return the same for many in one task."""
    entries = [{"name": name, **NEW} for name in names]
    return [
        many(CHANGED, state="present", data_sources=entries),
        many(OK, state="present", data_sources=entries),
        many(CHANGED, state="absent", data_sources=[{"name": name} for name in names]),
        many(OK, state="absent", data_sources=[{"name": name} for name in names]),
    ]


def scenes() -> list[Scene]:
    """Return all scenes."""
    lags: dict[str, Mapping[str, Any]] = {
        "list": {"list_lag_seconds": SECONDS},
        "get": {"get_lag_seconds": SECONDS},
        "both": {"list_lag_seconds": SECONDS, "get_lag_seconds": SECONDS},
        "access": {"access_lag_seconds": SECONDS},
    }
    found = []
    for name, behaviour in lags.items():
        for form, acts, made in (
            ("one", life("new"), {"new": 1}),
            ("many", lives("new", "newer"), {"new": 1, "newer": 1}),
        ):
            scene = f"{form}-{name}"
            found.append(Scene(scene, acts, CROWD[:5], behaviour, made=made, short=name in ("list", "access")))
    listed = lags["list"]
    found += [
        Scene("one-lost", [one({CHANGED, FAILED}, name="new", **NEW)], CROWD[:5], listed, [LOST], made={"new": 1}),
        Scene(
            "many-lost",
            [many({CHANGED, FAILED}, state="present", data_sources=[{"name": "new", **NEW}, {"name": "newer", **NEW}])],
            CROWD[:5],
            listed,
            [LOST],
            made={"new": 1, "newer": 1},
        ),
        # Only a GET knows of it yet.
        Scene(
            "many-fresh",
            [many(CHANGED, state="absent", data_sources=[{"id": "ds_fresh"}])],
            CROWD[:5],
            listed,
            writers=[CREATION],
            gone=["ds_fresh"],
        ),
    ]
    return found + pages()


def pages() -> list[Scene]:
    """Return scenes in which the second page of the list is lost: once, always, or with the cursor's item."""
    everything = [{"name": source["displayName"]} for source in CROWD]
    once = {"kind": "empty_page", "query": "cursor=", "times": 1}
    always = {"kind": "empty_page", "query": "cursor="}
    # The newest first: the first page ends with number 50.
    deletion = {"action": "delete", "data_source": "ds_50", "query": "cursor="}
    oldest = "source 3"
    tasks: dict[str, tuple[Callable[..., Act], dict[str, Any], str]] = {
        "absent": (one, {"name": oldest, "state": "absent"}, CHANGED),
        "present": (one, {"name": oldest, "dialect": "POSTGRES"}, OK),
        "many-absent": (many, {"state": "absent", "data_sources": [{"name": oldest}]}, CHANGED),
        "many-present": (many, {"state": "present", "data_sources": [{"name": oldest, "dialect": "POSTGRES"}]}, OK),
        # All but one: what a page too few makes of it would be created anew.
        "prune": (many, {"state": "present", "prune": True, "data_sources": everything}, OK),
    }
    found = []
    for name, (task, options, right) in tasks.items():
        gone = ["ds_3"] if right == CHANGED else []
        found.append(
            Scene(
                f"page-{name}",
                [task(right, **options)],
                CROWD,
                faults=[once],
                gone=gone,
                made={oldest: 1},
                short=name in ("absent", "many-present"),
            )
        )
        found.append(
            Scene(f"pages-{name}", [task(FAILED, **options)], CROWD, faults=[always], made={oldest: 1}, short=False)
        )
        if name != "prune":
            found.append(
                Scene(
                    f"cursor-{name}",
                    [task(right, **options)],
                    CROWD,
                    {"deleted_cursor": "empty"},
                    writers=[deletion],
                    gone=gone,
                    made={oldest: 1},
                    short=name == "many-absent",
                )
            )
    return found


def run(site: Site) -> Result:
    """Play all scenes."""
    return play("lag", site, scenes())
