# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is measured: the same deletions, written as a user would write them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import HERE, Server
from organization import SIZES, write_folder
from server import API_KEY, identifier

# Where the tasks of our modules run: see the variable basedash_run_on. The default is left to the collection.
DEFAULT, CONTROLLER, TARGET = "", "controller", "target"


@dataclass(frozen=True)
class Conditions:
    """What a run meets: how many objects, seconds of latency, requests per second, TLS, how many at once.

    The objects are data sources, or with ``organization`` those of a whole organization of this size.
    """

    size: int
    latency: float = 0.0
    limit: int | None = None
    scheme: str = "http"
    concurrency: int = 8
    organization: bool = False


@dataclass(frozen=True)
class Contender:
    """One way to do it. `base` is the run whose cost is subtracted; `guess` a first idea of seconds per data source."""

    name: str
    title: str
    base: str
    guess: float
    task: Callable[[Conditions, str], dict[str, Any]] | None = None
    run_on: str = DEFAULT
    check: bool = False
    deletes: bool = True
    # Whether a refusal by a limit on requests is the end for it.
    patient: bool = True


def _listed(conditions: Conditions, _bundle: str) -> dict[str, Any]:
    options = {"data_sources": "{{ wanted }}", "concurrency": conditions.concurrency, "state": "absent"}
    return {"community.basedash.basedash_data_sources": options}


def _filtered(conditions: Conditions, _bundle: str) -> dict[str, Any]:
    options = {
        "filters": {"name_pattern": "^preview-"},
        "max_deletions": conditions.size,
        "concurrency": conditions.concurrency,
        "state": "absent",
    }
    return {"community.basedash.basedash_data_sources": options}


def _single(_conditions: Conditions, _bundle: str) -> dict[str, Any]:
    options = {"id": "{{ item.id }}", "state": "absent"}
    return {"community.basedash.basedash_data_source": options, "loop": "{{ wanted }}"}


def _uri(conditions: Conditions, bundle: str) -> dict[str, Any]:
    options = {
        "url": "{{ sources_url }}/{{ item.id }}",
        "method": "DELETE",
        "headers": {"Authorization": "Bearer {{ key }}"},
        "status_code": [200, 404],
        **({"ca_path": bundle} if conditions.scheme == "https" else {}),
    }
    return {"ansible.builtin.uri": options, "loop": "{{ wanted }}"}


def _nothing(_conditions: Conditions, _bundle: str) -> dict[str, Any]:
    # With a verbosity that is not reached it prints one line per item, as the others do.
    return {"ansible.builtin.debug": {"msg": "{{ item.id }}", "verbosity": 1}, "loop": "{{ wanted }}"}


def _planned(conditions: Conditions, _bundle: str) -> dict[str, Any]:
    options = {"source": ["organization"], "concurrency": conditions.concurrency, "return": "changed"}
    # A plan that finds something to change has not read the same organization.
    judged = {"register": "plan", "failed_when": "plan is failed or plan is changed"}
    return {"community.basedash.basedash_configuration": options, **judged}


CONTENDERS = {
    one.name: one
    for one in (
        Contender("empty", "an empty play", "", 0.0, deletes=False),
        Contender("bare_empty", "the bare client, nothing sent", "", 0.0, deletes=False),
        Contender("noop", "loop of `debug`", "empty", 0.005, _nothing, deletes=False),
        Contender("list", "`basedash_data_sources`, a list", "empty", 0.002, _listed),
        Contender("filters", "`basedash_data_sources`, filters", "empty", 0.002, _filtered),
        Contender("bare", "bare `requests` client", "bare_empty", 0.001, patient=False),
        Contender("controller", "loop of `basedash_data_source`", "empty", 0.5, _single, CONTROLLER),
        Contender("target", "loop of `basedash_data_source`, `basedash_run_on: target`", "empty", 0.5, _single, TARGET),
        Contender("uri", "loop of `ansible.builtin.uri`", "empty", 0.4, _uri, patient=False),
        Contender("plan_list", "check mode, a list", "empty", 0.001, _listed, CONTROLLER, True),
        Contender("plan_filters", "check mode, filters", "empty", 0.001, _filtered, CONTROLLER, True),
        Contender("plan_list_target", "check mode, a list, on the target", "empty", 0.001, _listed, TARGET, True),
        Contender("configuration", "`basedash_configuration`, a plan", "empty", 0.001, _planned, CONTROLLER, True),
        Contender("pages", "bare `requests` client, the same pages", "bare_empty", 0.001, deletes=False),
        Contender("pages_in_turn", "bare client, one page after the other", "bare_empty", 0.01, deletes=False),
        Contender("plan_filters_target", "check mode, filters, on the target", "empty", 0.001, _filtered, TARGET, True),
    )
}


def prepare(contender: Contender, conditions: Conditions, server: Server, folder: Path, bin_folder: Path) -> list[str]:
    """Write what the run needs into its folder and return its command."""
    if contender.name == "bare_empty":
        return [str(bin_folder / "python"), str(HERE / "bare.py")]
    if contender.name in ("pages", "pages_in_turn"):
        at_once = conditions.concurrency if contender.name == "pages" else 1
        arguments = [server.sources_url(conditions.scheme).rpartition("/")[0], API_KEY, str(at_once)]
        return [str(bin_folder / "python"), str(HERE / "pages.py"), *arguments]
    if contender.name == "bare":
        bundle = server.bundle if conditions.scheme == "https" else ""
        arguments = [server.sources_url(conditions.scheme), API_KEY, str(conditions.concurrency), bundle]
        return [str(bin_folder / "python"), str(HERE / "bare.py"), *arguments]
    tasks = [] if contender.task is None else [{"name": "Delete", **contender.task(conditions, server.bundle)}]
    variables: dict[str, Any] = {
        "ansible_connection": "local",
        "ansible_python_interpreter": str(bin_folder / "python"),
    }
    if contender.run_on:
        variables["basedash_run_on"] = contender.run_on
    play: dict[str, Any] = {"hosts": "all", "gather_facts": False, "tasks": tasks}
    if contender.task is not None:
        play["vars"] = {"key": API_KEY, "sources_url": server.sources_url(conditions.scheme)}
        if contender.task not in (_filtered, _planned):
            play["vars"]["wanted"] = [{"id": identifier(number)} for number in range(conditions.size)]
    folder.mkdir(parents=True, exist_ok=True)
    if contender.task is _planned:
        shutil.rmtree(folder / "organization", ignore_errors=True)
        write_folder(SIZES[conditions.size], folder / "organization")
    inventory = {"all": {"hosts": {"localhost": variables}}}
    for file, content in (("inventory.json", inventory), ("playbook.json", [play])):
        folder.joinpath(file).write_text(json.dumps(content), encoding="utf-8")
    check = ["--check"] if contender.check else []
    inventory_file, playbook = str(folder / "inventory.json"), str(folder / "playbook.json")
    return [str(bin_folder / "ansible-playbook"), *check, "-i", inventory_file, playbook]


def wrong(contender: Contender, conditions: Conditions, counts: dict[str, int], returncode: int) -> str:
    """Say why a run did not do exactly what it should have done, empty if it did."""
    if conditions.limit is not None and not contender.patient:
        # It may be refused, and does not come back: what it did is shown, not judged.
        return ""
    if conditions.organization:
        return "" if returncode == 0 and not counts["not_found"] else f"it ended with {returncode}"
    deletions = conditions.size if contender.deletes and not contender.check else 0
    if returncode != 0:
        return f"it ended with {returncode}"
    if counts["deletions"] != deletions or counts["left"] != conditions.size - deletions or counts["not_found"]:
        return f"{counts['deletions']} of {deletions} deletions, {counts['not_found']} answers 404"
    if deletions and counts["requests"] < deletions:
        return "fewer requests than deletions"
    return ""
