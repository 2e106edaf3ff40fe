# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Damaged input, as templates, YAML and habits make it: nothing may be deleted, created or changed for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from result import Result
from scenarios import FAILED, OK, Act, Scene, many, one, play
from stage import Site

SECRET = "correct horse battery staple"
SOURCES = [
    {"id": "ds-production", "displayName": "production", "host": "db.example.com", "databaseName": "shop"},
    {"id": "ds-preview-42", "displayName": "preview-42", "host": "p.example.com"},
    {"id": "ds-orders", "displayName": "Orders"},
    {"id": "100000.0", "displayName": "False"},
    {"id": "True", "displayName": "1.1"},
    {"id": "ds_********_1", "displayName": "********"},
    {"id": "ds-accent", "displayName": "\u00c9t\u00e9 eins"},
]
UNSET = "{{ nothing | default(omit) }}"
NO_LIST = "{{ nothing | default([]) }}"


def keys() -> list[Act]:
    """Return tasks whose id or name is damaged."""
    names: list[Any] = ["preview-42\n", " preview-42", "preview-42\u00a0", "", " ", False, 1.1, [], {}, ["preview-42"]]
    names += ["E\u0301te\u0301 eins", "\u00c9t\u00e9  eins", "********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]
    identifiers: list[Any] = [1e5, True, "", "..", "ds-preview-42\n", "ds_********_1", {"id": "ds-preview-42"}]
    damaged: list[dict[str, Any]] = [
        *({"name": name} for name in names),
        *({"id": identifier} for identifier in identifiers),
        {"id": "ds-preview-42", "name": "production"},
        {"id": UNSET, "name": UNSET},
    ]
    # For no source at all of this name, or one that differs in case, there is nothing to delete.
    found = [one(OK, state="absent", name="PREVIEW-42")]
    for options in damaged:
        found.append(one(FAILED, state="absent", **options))
        found.append(many(FAILED, state="absent", data_sources=[options]))
    found += [many(FAILED, state="absent", data_sources=[[{"id": "ds-preview-42"}]])]
    found += [many(FAILED, state="absent", data_sources=["ds-preview-42"])]
    return found


def selections() -> list[Act]:
    """Return tasks that select too much, or whose guards are misspelt."""
    production: dict[str, Any] = {"state": "absent", "filters": {"name_pattern": "^prod"}, "max_deletions": 5}
    prune = {"state": "present", "prune": True, "max_deletions": 100}
    everything = {"state": "absent", "max_deletions": 100}
    return [
        many(FAILED, **everything, filters={"name_pattern": UNSET}),
        many(FAILED, **everything, filters={"name_pattern": UNSET, "host": UNSET, "dialect": UNSET}),
        many(FAILED, **everything, filters={}),
        many(FAILED, state="absent", filters={"name_pattern": "."}),
        many({FAILED, OK}, **everything, filters={"health_status": "unheathly"}),
        many({FAILED, OK}, **everything, filters={"name_pattern": ""}),
        many(FAILED, **prune, data_sources=NO_LIST),
        many(FAILED, **prune, data_sources=[{"name": "staging", "dialect": "POSTGRES"}]),
        many(FAILED, **prune, data_sources=[{"name": "orders", "dialect": "POSTGRES"}, {"name": "production"}]),
        many(FAILED, **prune, data_sources=[{"name": "production "}, {"name": "Orders"}]),
        *(many({OK, FAILED}, **production, exclude=[name]) for name in ("Production", " production", "PRODUCTION\n")),
        *(many(FAILED, **production, exclude=name) for name in ('["production"]', "[production]", [["production"]])),
        *(many(FAILED, **production, exclude=name) for name in ([{"name": "production"}], "********", ["********"])),
        many(FAILED, state="absent", exclude=["production"], data_sources=[{"id": "ds-production", "force": True}]),
        many(
            {OK, FAILED},
            state="absent",
            filters={"name_pattern": "eins$"},
            exclude=["e\u0301te\u0301 eins"],
            max_deletions=5,
        ),
    ]


def settings() -> list[Act]:
    """Return tasks whose settings or secrets are damaged."""
    new = {"name": "new", "dialect": "POSTGRES"}
    there = {"id": "ds-production"}
    databases: list[Any] = [True, [], 1.5, {"name": "shop"}]
    passwords: list[Any] = ["", 42798, True, f"{SECRET}\n", 1.1, "********"]
    return [
        *(one(FAILED, **there, **{option: ""}) for option in ("host", "database_name", "username")),
        *(one(FAILED, **there, database_name=value) for value in databases),
        one(OK, **there, password=SECRET),
        *(one(FAILED, **new, password=value) for value in passwords),
        one(FAILED, name="new", dialect="postgresql"),
        one(FAILED, name="new", dialect="BIGQUERY", bigquery_json_key="{'private_key': '%s'}" % SECRET),
        one(FAILED, **new, access={"mode": "restricted", "group_ids": [{"id": "grp_chaos"}]}),
        one(FAILED, **new, access={"mode": "restricted", "group_ids": ["grp_none"]}),
        one(FAILED, **new, access={"mode": "restricted", "group_ids": []}),
        one(FAILED, **new, client_key=f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n"),
        one(FAILED, **new, extra_secrets='{"poolToken": "%s"}' % SECRET, port="many"),
        many(FAILED, state="present", data_sources=[[{**new, "password": SECRET}], [{**new, "password": SECRET}]]),
        many(FAILED, state="present", data_sources=[{**new, "password": f"{SECRET} "}]),
        many(FAILED, state="present", data_sources=[{**new, "name": False}]),
        one(FAILED, **new, organization_id=""),
        one(FAILED, **new, api_key=""),
        one(FAILED, **new, api_url=f"http://user:{SECRET}@127.0.0.1:9"),
    ]


def kinds() -> dict[str, Sequence[Act]]:
    """Return all tasks, by what is damaged."""
    return {"keys": keys(), "selections": selections(), "settings": settings()}


def run(site: Site) -> Result:
    """Give it all to real tasks, one host for each kind; what is secret may be seen nowhere."""
    chosen = kinds()
    if site.short:
        chosen = {name: site.random(f"input-{name}").sample(acts, 8) for name, acts in chosen.items()}
    result = play("input", site, [Scene(name, acts, SOURCES) for name, acts in chosen.items()])
    for name in chosen:
        log = site.folder / f"input-{name}" / "log"
        if SECRET in log.read_text(encoding="utf-8", errors="replace"):
            result.fail(f"{name}: a secret is in {log}")
    return result
