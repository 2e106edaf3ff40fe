# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every organization: an export changes nothing, and a plan says what an apply does.

A thousand organizations for each property: ``LIFECYCLE_EXAMPLES=1000 make lifecycle ARGS="-k properties"``.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY
from ansible_collections.community.basedash.plugins.module_utils._configuration.task import ENSURE_CONFIGURATION
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.modules import basedash_configuration_info
from ansible_collections.community.basedash.plugins.plugin_utils._folder import carry_out, planned
from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash
from ansible_collections.community.basedash.tests.lifecycle.organizations import (
    READINGS,
    SECRET,
    WRITINGS,
    behaviours,
    empty,
    organizations,
)

# Each example is a whole organization, so there are few, and the same ones in each run.
EXAMPLES = os.environ.get("LIFECYCLE_EXAMPLES")
FEW = settings(
    max_examples=int(EXAMPLES or "8"),
    derandomize=EXAMPLES is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A failure shows the whole organization.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

Value = dict[str, Any]
LIMITS: Value = {"max_invitations": 1000, "max_deletions": "10000"}
TOKEN_URL = "https://mcp.example.com/?token=" + SECRET
NEEDED = {
    "definitions": {"name": "A name", "sql_query": "SELECT 1"},
    "skills": {"instructions": "Be brief."},
    "automations": {"instructions": "Report."},
    "mcp_servers": {"server_url": TOKEN_URL},
}
"""What only a creation needs, for entries that can't have it from an export."""


@pytest.fixture(autouse=True, scope="module")
def _own_notes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tasks of this machine remember of creations in a folder that each organization empties."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("notes")))
        yield


def seed(basedash: Basedash, organization: Value, behaviour: Value) -> None:
    """Start anew with an organization."""
    for folder in Path(tempfile.gettempdir()).iterdir():
        shutil.rmtree(folder)
    basedash.control("POST", "reset", organization)
    basedash.control("POST", "behaviour", behaviour)


def read(basedash: Basedash) -> Value:
    """Return what the module for reading returns."""
    report = basedash.run(basedash_configuration_info.SPEC, False, {})
    assert not report.failed, report.result["msg"]
    assert SECRET not in json.dumps(report.result)
    return report.result


def export(basedash: Basedash) -> Value:
    """Return the configuration of the organization."""
    found: Value = read(basedash)["configuration"]
    return found


def run(
    basedash: Basedash, configuration: Value, *, check: bool = False, from_folder: Path | None = None, **options: Any
) -> Report:
    """Plan or apply a configuration, and check what holds for every result."""
    basedash.control("DELETE", "requests")
    content = {"configuration": copy.deepcopy(configuration)} if from_folder is None else {"source": [str(from_folder)]}
    report = basedash.run(ENSURE_CONFIGURATION, check, {**content, **LIMITS, **options})
    assert SECRET not in json.dumps([report.result, report.warnings])
    if check:
        assert writes(basedash) == []
    if "results" in report.result:
        check_complete(configuration, report.result["results"])
    return report


def check_complete(configuration: Value, results: list[Value]) -> None:
    """Check that each entry is in the results exactly once, and that the rest was pruned."""
    rest = list(results)
    for family, entry in entries_of(configuration):
        key = entry.get(BY_KEY[family].key_option)
        said = {name: value for name, value in (("id", entry.get("id")), ("name", key)) if value is not None}
        found = [one for one in rest if one["family"] == family and said.items() <= one.items()]
        assert found, (family, entry)
        rest.remove(found[0])
    assert {one["action"] for one in rest} <= {"deleted", "not_attempted"}, rest


def entries_of(configuration: Value) -> Iterator[tuple[str, Value]]:
    """Yield all entries by family, charts too."""
    for family, entries in configuration.items():
        if family == "organization":
            yield family, {}
        for entry in entries if isinstance(entries, list) else ():
            yield family, entry
            for chart in entry.get("charts", ()):
                yield "charts", chart


def writes(basedash: Basedash) -> list[str]:
    """Return the writes of the last run."""
    requests = basedash.control("GET", "requests")
    return ["%s %s" % (one["method"], one["path"]) for one in requests if one["method"] != "GET"]


def essence(report: Report) -> list[str]:
    """Return what a plan does, or what an apply did: identity, action and options of all that changes."""
    found = []
    for one in report.result["results"]:
        if one["action"] != "unchanged":
            around = one.get("data_source" if one["family"] == "definitions" else "dashboard")
            identity = [one["family"], one["name"], None if one["family"] == "dashboards" else around]
            # The id of what is new is only known afterwards.
            identity += [one.get("renamed_from"), None if one["action"] == "created" else one["id"]]
            found.append(json.dumps([identity, one["action"], one.get("changes")], sort_keys=True))
    return sorted(found)


# Configurations for other organizations -------------------------------------------------------------------------------


def movable(configuration: Value) -> Value:
    """Return what of a configuration means the same in another organization: all that goes without ids.

    Secrets are set, and a source that is restricted is so for somebody who is a member everywhere.
    """
    found: Value = {"format": 1, "defaults": {"members": {"invite": True}}}
    # A group whose name has a comma can be referred to, and not created.
    groups = {one["name"] for one in configuration.get("groups", ()) if "id" not in one}
    for family, entries in configuration.items():
        if isinstance(entries, list):
            kept = [_movable_entry(family, one, groups) for one in entries if not _has_ids(one)]
            if family == "definitions":
                _break_circles(kept)
            found.update({family: kept} if kept else {})
        elif family == "organization":
            found[family] = {name: value for name, value in entries.items() if name != "slug"}
    return found


def _has_ids(entry: Value) -> bool:
    trigger = entry.get("trigger") or {}
    return "id" in entry or "data_source_id" in entry or "data_source_id" in trigger or "tab_id" in entry


def _break_circles(definitions: list[Value]) -> None:
    """Let a definition only use earlier ones, because new definitions must not use each other in a circle."""
    seen: set[str] = set()
    for one in definitions:
        used = re.compile(r"definition\((['\"])(.*?)\1\)")
        one["sql_query"] = used.sub(lambda found: found[0] if found[2] in seen else found[2], one["sql_query"])
        seen.add(one["reference_name"])


def _movable_entry(family: str, entry: Value, groups: set[str]) -> Value:
    found = {**NEEDED.get(family, {}), **copy.deepcopy(entry)}
    access = found.get("access")
    if access is not None:
        access = {name: value for name, value in access.items() if not name.endswith("_ids")}
        access["groups"] = [one for one in access.get("groups", ()) if one in groups]
        if not access["groups"]:
            del access["groups"]
        if access["mode"] == "restricted":
            access["members"] = sorted({*access.get("members", ()), "ada@example.com"})
        found["access"] = access
    if family == "groups" and "members" in found:
        found["members"] = [one for one in found["members"] if "@" in one]
        if not found["members"]:
            del found["members"]
    if family == "dashboards" and "charts" in found:
        found["charts"] = [one for one in found["charts"] if not _has_ids(one)]
        if not found["charts"]:
            del found["charts"]
    return found


def is_said(less: Any, more: Any) -> bool:
    """Tell whether everything that one configuration says stands in another one as well."""
    if isinstance(less, dict) and isinstance(more, dict):
        return all(name in more and is_said(value, more[name]) for name, value in less.items())
    if isinstance(less, list) and less and isinstance(less[0], dict) and isinstance(more, list):
        return len(less) == len(more) and all(map(is_said, less, more))
    return bool(less == more)


def applied_to_empty(basedash: Basedash, configuration: Value, behaviour: Value) -> Value:
    """Apply a configuration to an empty organization, and return what it has then."""
    seed(basedash, empty(), behaviour)
    parts = {"tabs": "dashboards", "group_members": "groups"}
    prune = [word for word, family in parts.items() if family in configuration]
    report = run(basedash, configuration, prune=prune)
    assert not report.failed, report.result["msg"]
    basedash.pass_time(60)
    again = run(basedash, configuration, prune=prune)
    assert not again.failed, again.result["msg"]
    assert writes(basedash) == []
    return movable(export(basedash))


# The properties -------------------------------------------------------------------------------------------------------


@FEW
@given(organization=organizations(), behaviour=behaviours({**READINGS, **WRITINGS}))
def test_an_export_given_back_changes_nothing(basedash: Basedash, organization: Value, behaviour: Value) -> None:
    seed(basedash, organization, behaviour)
    exported = read(basedash)
    configuration = exported["configuration"]
    for check in (True, False):
        report = run(basedash, configuration, check=check)
        assert not report.failed, report.result["msg"]
        assert not report.result["changed"], essence(report)
        assert writes(basedash) == []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "organization")
        carry_out(folder, planned(folder, exported, overwrite=False))
        report = run(basedash, configuration, from_folder=folder)
        assert not report.failed, report.result["msg"]
        assert not report.result["changed"], essence(report)
        assert writes(basedash) == []
        again = planned(folder, exported, overwrite=False)
        assert (again.write, again.remove, again.kept) == ({}, [], {})


@FEW
@given(organization=organizations(most_charts=100), behaviour=behaviours({**READINGS, **WRITINGS}))
def test_an_export_makes_the_same_of_an_empty_organization(
    basedash: Basedash, organization: Value, behaviour: Value
) -> None:
    seed(basedash, organization, behaviour)
    configuration = movable(export(basedash))
    first = applied_to_empty(basedash, configuration, behaviour)
    # A new object has what the server sets by default as well.
    assert is_said(configuration, first), (configuration, first)
    assert applied_to_empty(basedash, first, behaviour) == first


@FEW
@given(
    here=organizations(most_charts=30),
    there=organizations(most_charts=30),
    behaviour=behaviours({**READINGS, **WRITINGS}),
    prune=st.sets(st.sampled_from(["skills", "dashboards", "charts", "tabs", "groups", "definitions", "data_sources"])),
)
def test_a_plan_says_what_an_apply_does(
    basedash: Basedash, here: Value, there: Value, behaviour: Value, prune: set[str]
) -> None:
    seed(basedash, there, behaviour)
    configuration = movable(export(basedash))
    seed(basedash, here, behaviour)
    wanted = {"charts": "dashboards", "tabs": "dashboards"}
    # Who was deactivated can't be planned for where no list shows it.
    basedash.control("POST", "behaviour", {"deactivated_members": "listed"})
    options: Value = {"prune": sorted(one for one in prune if wanted.get(one, one) in configuration)}
    plan = run(basedash, configuration, check=True, **options)
    report = run(basedash, configuration, **options)
    assert plan.failed == report.failed, (plan.result.get("msg"), report.result.get("msg"))
    assert plan.result.get("msg") == report.result.get("msg")
    if plan.failed:
        assert writes(basedash) == []
        return
    for name in ("plan_id", "summary", "access_changes", "breaks", "changed"):
        assert plan.result[name] == report.result[name], name
    assert essence(plan) == essence(report)
    assert bool(writes(basedash)) == report.result["changed"]
    deleted = [one for one in report.result["results"] if one["action"] == "deleted"]
    assert {one["family"] for one in deleted} <= set(options["prune"])
    if not options["prune"]:
        assert not any(one.startswith("DELETE") for one in writes(basedash))
    basedash.pass_time(60)
    again = run(basedash, configuration, **options)
    assert not again.failed, again.result["msg"]
    assert writes(basedash) == [], essence(again)
    assert not again.result["changed"]


@FEW
@given(
    here=organizations(most_charts=10),
    there=organizations(most_charts=10),
    behaviour=behaviours(READINGS),
    chance=st.randoms(use_true_random=False),
)
def test_plan_id_changes_exactly_when_the_plan_does(
    basedash: Basedash, here: Value, there: Value, behaviour: Value, chance: random.Random
) -> None:
    seed(basedash, there, behaviour)
    configuration = movable(export(basedash))
    seed(basedash, here, behaviour)
    plan = run(basedash, configuration, check=True)
    if plan.failed:
        return
    shuffled = dict(chance.sample(list(configuration.items()), len(configuration)))
    for entries in shuffled.values():
        if isinstance(entries, list):
            chance.shuffle(entries)
    same = run(basedash, shuffled, check=True)
    assert essence(same) == essence(plan)
    assert same.result["plan_id"] == plan.result["plan_id"]
    other = run(basedash, mutated(configuration, chance), check=True)
    if not other.failed:
        assert (essence(other) == essence(plan)) == (other.result["plan_id"] == plan.result["plan_id"])


def mutated(configuration: Value, chance: random.Random) -> Value:
    """Return a configuration with one difference: an entry less, an option less, or another text."""
    found = copy.deepcopy(configuration)
    families = [name for name, entries in found.items() if isinstance(entries, list)]
    if not families:
        return found
    entries = found[chance.choice(families)]
    entry = chance.choice(entries)
    option = chance.choice(list(entry))
    change = chance.choice(["entry", "option", "text"])
    if change == "entry":
        entries.remove(entry)
    elif change == "option":
        del entry[option]
    elif isinstance(entry[option], str):
        entry[option] += "x"
    return found
