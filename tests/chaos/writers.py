# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody else who renames, switches TLS on, creates the same name or deletes while a task works."""

from __future__ import annotations

from typing import Any

from result import Result
from scenarios import CHANGED, FAILED, OK, Scene, many, one, play
from stage import Site
from subjects import NEW

# Longer than a reading is good for.
SLOW = 6.0
SOURCES = [{"id": f"ds_{number}", "displayName": f"preview {number}"} for number in range(4)]
NAMES = [{"name": source["displayName"]} for source in SOURCES]
ALL = [source["id"] for source in SOURCES]
# Lists are newest first, and what was read first is dealt with first: the last of all is ds_0 or ds_3.
FIRST_DELETE = {"kind": "delay", "method": "DELETE", "times": 1, "seconds": SLOW}
FIRST_PATCH = {"kind": "delay", "method": "PATCH", "times": 1, "seconds": SLOW}
SLOW_VERIFY = {"kind": "delay", "path": "/verify$", "times": 1, "seconds": SLOW}
LISTED = {"method": "GET", "path": "/data-sources$", "when": "after"}


def renamed(source: str) -> list[dict[str, Any]]:
    """Rename it as soon as the list was read."""
    return [{"action": "rename", **LISTED, "data_source": source, "name": "production"}]


def deletions() -> list[Scene]:
    """Return scenes in which one that was to go has another name before its turn comes."""
    found = []
    forms: dict[str, dict[str, Any]] = {
        "list": {"data_sources": NAMES},
        "back": {"data_sources": NAMES[::-1]},
        "filters": {"filters": {"name_pattern": "^preview"}},
        "exclude": {"filters": {"host": "a.example.com"}, "exclude": ["production"]},
    }
    for form, options in forms.items():
        # The one whose turn comes last.
        last = {"list": "ds_3", "back": "ds_0", "filters": "ds_0", "exclude": "ds_0"}[form]
        sources = [{**source, "host": "a.example.com"} for source in SOURCES]
        sources.append({"id": "by", "displayName": "bystander"})
        found.append(
            Scene(
                f"rename-{form}",
                [many({CHANGED, FAILED}, state="absent", concurrency=1, max_deletions=10, **options)],
                sources,
                faults=[FIRST_DELETE],
                writers=renamed(last),
                gone=set(ALL) - {last},
                short=form in ("list", "filters"),
            )
        )
    kept = [{"name": "kept"}]
    found.append(
        Scene(
            "rename-prune",
            [many({CHANGED, FAILED}, state="present", prune=True, concurrency=1, data_sources=kept)],
            [*SOURCES, {"id": "kept", "displayName": "kept"}],
            faults=[FIRST_DELETE],
            # What has now the name of an entry is the entry's.
            writers=[{"action": "rename", **LISTED, "data_source": "ds_0", "name": "kept"}],
            gone=set(ALL) - {"ds_0"},
        )
    )
    for number, task in enumerate((one, many)):
        about: dict[str, Any] = {"id": "ds_1"} if task is one else {"data_sources": [{"id": "ds_1"}]}
        found.append(
            Scene(
                f"deleted-{('one', 'many')[number]}",
                [task({OK, FAILED}, state="absent", **about)],
                SOURCES,
                writers=[{"action": "delete", "method": "DELETE", "data_source": "ds_1"}],
            )
        )
    return found


def settings() -> list[Scene]:
    """Return scenes in which somebody switches TLS on, or creates the same, before the write comes."""
    off = [{**source, "sslEnabled": False, "host": "a.example.com"} for source in SOURCES]
    entries = [{**name, "host": "b.example.com"} for name in NAMES]
    tls = {"action": "update", "data_source": "ds_3", "fields": {"sslEnabled": True}}
    verified = {"host": "b.example.com", "verify_credentials": True}
    verify = {"method": "POST", "path": "/verify$", "when": "before"}
    twin = {"action": "create", "fields": {"id": "ds_twin", "displayName": "new"}}
    created = {"name": "new", **NEW}
    return [
        Scene(
            "tls-many",
            [many(CHANGED, state="present", concurrency=1, data_sources=entries)],
            off,
            faults=[FIRST_PATCH],
            writers=[{**tls, **LISTED}],
        ),
        Scene(
            "tls-one",
            [one(CHANGED, id="ds_3", **verified)],
            off,
            faults=[SLOW_VERIFY],
            writers=[{**tls, **verify}],
        ),
        Scene(
            "twin-one",
            [one({CHANGED, OK, FAILED}, **created, verify_credentials=True)],
            SOURCES,
            faults=[SLOW_VERIFY],
            writers=[{**twin, **verify}],
            made={"new": 1},
        ),
        Scene(
            "twin-many",
            [
                many(
                    {CHANGED, FAILED},
                    state="present",
                    concurrency=1,
                    data_sources=[*entries, created],
                )
            ],
            off,
            faults=[FIRST_PATCH],
            writers=[{**twin, **LISTED}],
            made={"new": 1},
        ),
        # Whose is whose can't be known any more, so the task fails and names both.
        *(
            Scene(
                f"twin-lost-{name}",
                [act],
                SOURCES,
                faults=[{"kind": "reset_after", "method": "POST", "times": 1}],
                writers=[{**twin, "method": "POST", "when": "after"}],
                made={"new": 2},
            )
            for name, act in (
                ("one", one(FAILED, **created)),
                ("many", many(FAILED, state="present", data_sources=[created])),
            )
        ),
    ]


def run(site: Site) -> Result:
    """Play all scenes."""
    return play("writers", site, [*deletions(), *settings()])
