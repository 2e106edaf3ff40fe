# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers in unusual forms: interim ones before, compressed, chunked, odd success, pages of what is in between."""

from __future__ import annotations

from typing import Any

from result import Result
from scenarios import CHANGED, FAILED, OK, Act, Scene, many, one, play
from stage import Site
from subjects import NEW

SOURCES = [{"id": f"ds_{number}", "displayName": f"source {number}"} for number in range(8)]
# The forms in which the real answers come.
FORMS: dict[str, dict[str, Any]] = {
    "103": {"kind": "informational", "status": 103},
    "102": {"kind": "informational", "status": 102, "count": 3},
    "gzip": {"kind": "compressed", "coding": "gzip"},
    "deflate": {"kind": "compressed", "coding": "deflate"},
    "chunked": {"kind": "chunked"},
}
# None of these shows that anything was done.
ODD: dict[str, Any] = {
    "unsuccessful": {"data": {"success": False}},
    "errors": {"errors": [{"message": "no"}]},
    "false": False,
}


def everything() -> list[Act]:
    """Return tasks of each kind, one after another on one connection if they can."""
    new = {"name": "new", **NEW}
    return [
        one(CHANGED, id="ds_0", state="absent"),
        one(OK, id="ds_none", state="absent"),
        one(CHANGED, name="source 1", state="absent"),
        one(CHANGED, **new),
        one(OK, **new),
        one(CHANGED, name="new", host="b.example.com"),
        many(CHANGED, state="absent", data_sources=[{"id": "ds_2"}, {"id": "ds_none"}, {"name": "source 3"}]),
        many(CHANGED, state="present", data_sources=[{"name": "newer", **NEW}, {"name": "new", **NEW}]),
    ]


def oddities() -> list[Scene]:
    """Return scenes in which a write answers 200 with what is no answer, done or not."""
    found = []
    lists: dict[str, dict[str, Any]] = {"one": {"id": "ds_1"}, "many": {"data_sources": [{"id": "ds_1"}]}}
    for number, (name, body) in enumerate(ODD.items()):
        for form, about in lists.items():
            task = one if form == "one" else many
            for work in (True, False):
                fault = {"kind": "odd", "method": "DELETE", "body": body, "work": work}
                scene = f"delete-{name}-{form}-{'done' if work else 'not'}"
                found.append(
                    Scene(
                        scene,
                        [task(CHANGED if work else FAILED, state="absent", **about)],
                        SOURCES,
                        faults=[fault],
                        gone=["ds_1"],
                        short=not work and number == 0,
                    )
                )
        for method, options in (
            ("POST", {"name": "new", **NEW}),
            ("PATCH", {"id": "ds_1", "host": "b.example.com"}),
            ("PUT", {"name": "new", **NEW}),
        ):
            fault = {"kind": "odd", "method": method, "body": body, "work": False}
            if method == "POST":
                fault["path"] = "/data-sources$"
            found.append(
                Scene(
                    f"{method.lower()}-{name}",
                    [one(FAILED, **options)],
                    SOURCES,
                    faults=[fault],
                    made={"new": 1},
                    short=False,
                )
            )
    return found


def blocked() -> list[Scene]:
    """Return scenes in which something in between refuses: nothing may be said to be gone."""
    found = []
    for by in ("firewall", "login", "proxy"):
        for method in ("GET", "DELETE"):
            about = {"data_sources": [{"id": "ds_1"}, {"name": "source 2"}]}
            found.append(
                Scene(
                    f"{by}-{method.lower()}",
                    [
                        one(FAILED, id="ds_1", state="absent"),
                        one(FAILED, name="source 1", state="absent"),
                        many(FAILED, state="absent", **about),
                    ],
                    SOURCES,
                    faults=[{"kind": "blocked", "by": by, "method": method}],
                    short=False,
                )
            )
    return found


def scenes() -> list[Scene]:
    """Return all scenes."""
    whole = [
        Scene(
            f"form-{name}",
            everything(),
            SOURCES,
            faults=[fault],
            gone=["ds_0", "ds_1", "ds_2", "ds_3"],
            made={"new": 1, "newer": 1},
            short=name in ("103", "gzip", "chunked"),
        )
        for name, fault in FORMS.items()
    ]
    return [*whole, *oddities(), *blocked()]


def run(site: Site) -> Result:
    """Play all scenes."""
    return play("wire", site, scenes(), patience=4.0)
