# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for the configuration of any organization, on any server."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from basedash_simulator.server import running
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY, PRUNABLE
from ansible_collections.community.basedash.plugins.module_utils._configuration.wanted import pruned_families
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.modules import basedash_configuration, basedash_configuration_info
from ansible_collections.community.basedash.plugins.plugin_utils import _folder
from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash
from ansible_collections.community.basedash.tests.lifecycle.organizations import (
    ODD,
    SECRET,
    TIDY,
    Value,
    empty,
    organizations,
    seed,
    servers_that_are_read,
    servers_that_are_written,
)

HERE, ELSEWHERE = "org_here", "org_elsewhere"

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "8"))
PROPERTY = settings(
    max_examples=EXAMPLES,
    # To make a whole organization smaller takes minutes.
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def server() -> Iterator[Basedash]:
    """Return a server of their own, because the seed stays until the server ends."""
    with running(idle_seconds=0) as url:
        yield Basedash(url)


def begin(server: Basedash, behaviour: Value, *found: Value) -> None:
    """Let the server begin anew with these organizations."""
    server.control("POST", "reset", {**seed(*found), "behaviour": behaviour})


def export(server: Basedash, organization: str) -> Value:
    """Return the result of an export."""
    report = server.run(basedash_configuration_info.SPEC, False, {"organization_id": organization})
    assert not report.failed, report.result["msg"]
    assert_no_secret(report)
    return report.result


def apply(server: Basedash, organization: str, *, check: bool = False, **options: Any) -> Report:
    """Apply a configuration, or plan it, and check what holds for each result."""
    before = len(server.methods())
    report = server.run(basedash_configuration.SPEC, check, {"organization_id": organization, **options})
    if check:
        assert set(server.methods()[before:]) <= {"GET"}
    assert_no_secret(report)
    return report


def assert_no_secret(report: Report) -> None:
    """Check that no secret is anywhere in a result."""
    assert SECRET.partition("%")[0] not in json.dumps([report.result, report.warnings, report.progress], default=str)


def writes(server: Basedash) -> list[str]:
    """Return the writes since the server began."""
    return ["%(method)s %(path)s" % one for one in server.control("GET", "requests") if one["method"] != "GET"]


def entries(configuration: Value) -> list[tuple[str, Any]]:
    """Return the family of each entry of a configuration, with its id, or else its key."""
    keys = {"members": "email", "definitions": "reference_name"}
    found: list[tuple[str, Any]] = [("organization", HERE)] if "organization" in configuration else []
    for family, content in configuration.items():
        for entry in content if isinstance(content, list) else ():
            found.append((family, entry.get("id", entry.get(keys.get(family, "name")))))
            found += [("charts", chart.get("id", chart.get("name"))) for chart in entry.get("charts", ())]
    return found


def check_each_entry_once(report: Report, configuration: Value) -> None:
    """Check that each entry is in the results exactly once, and nothing else but what was pruned."""
    wanted = Counter(entries(configuration))
    shown: Counter[tuple[str, Any]] = Counter()
    for one in report.result["results"]:
        if one["family"] == "organization":
            shown["organization", HERE] += 1
        elif one["action"] != "deleted" and not (report.failed and one["action"] == "not_attempted"):
            by_id = (one["family"], one["id"])
            shown[by_id if by_id in wanted else (one["family"], one["name"])] += 1
    if not report.failed:
        assert shown == wanted
    assert report.result["summary"]["total"] == len(report.result["results"])


def told(report: Report) -> list[tuple[Any, ...]]:
    """Return what a report says of each object: who it is, what happens, and which options change."""
    return [
        (one["family"], one["name"], around(one), one["action"], one["changed"], one.get("changes"))
        for one in report.result["results"]
    ]


def around(one: Value) -> Any:
    """Return the name of the object within which the object of a result has its name."""
    # A dashboard and a data source have their facts there.
    return {"charts": one.get("dashboard"), "definitions": one.get("data_source")}.get(one["family"])


# Export and apply -----------------------------------------------------------------------------------------------------


@PROPERTY
@given(organization=organizations(HERE, ODD) | organizations(HERE, TIDY), behaviour=servers_that_are_read())
def test_an_export_that_is_given_back_changes_nothing(
    server: Basedash, organization: Value, behaviour: Value
) -> None:
    begin(server, behaviour, organization)
    exported = export(server, HERE)
    configuration = exported["configuration"]
    planned = apply(server, HERE, configuration=configuration, check=True)
    for report in (planned, apply(server, HERE, configuration=configuration)):
        assert not report.failed, report.result["msg"]
        assert {one["action"] for one in report.result["results"]} <= {"unchanged"}
        assert not report.result["changed"]
        check_each_entry_once(report, configuration)
    assert writes(server) == []
    with tempfile.TemporaryDirectory() as folder:
        _folder.carry_out(Path(folder), _folder.planned(Path(folder), exported, False))
        from_files = apply(server, HERE, source=[folder])
    assert not from_files.failed, from_files.result["msg"]
    assert told(from_files) == told(planned) or sorted(map(str, told(from_files))) == sorted(map(str, told(planned)))
    assert from_files.result["plan_id"] == planned.result["plan_id"]
    assert writes(server) == []


@PROPERTY
@given(organization=organizations(HERE, TIDY), behaviour=servers_that_are_written())
def test_an_export_makes_the_same_organization_elsewhere(
    server: Basedash, organization: Value, behaviour: Value
) -> None:
    begin(server, behaviour, organization, empty(ELSEWHERE))
    configuration = elsewhere(export(server, HERE)["configuration"])
    report = apply(server, ELSEWHERE, configuration=configuration, max_invitations=100)
    assert not report.failed, report.result["msg"]
    check_each_entry_once(report, configuration)
    made = elsewhere(export(server, ELSEWHERE)["configuration"])
    for family in sorted({*made, *configuration}):
        assert made.get(family) == configuration.get(family), family
    before = writes(server)
    again = apply(server, ELSEWHERE, configuration=configuration)
    assert not again.failed, again.result["msg"]
    assert not again.result["changed"]
    assert writes(server) == before


def elsewhere(configuration: Value) -> Value:
    """Return a configuration for any organization."""
    found = {name: one for name, one in configuration.items() if name != "for"}
    return {**found, "defaults": {"members": {"invite": True}}}


# Plan and apply -------------------------------------------------------------------------------------------------------

PRUNE = st.lists(st.sampled_from(PRUNABLE), unique=True)


@PROPERTY
@given(
    organization=organizations(HERE, ODD) | organizations(HERE, TIDY),
    other=organizations(ELSEWHERE, TIDY),
    behaviour=servers_that_are_written(),
    prune=st.none() | PRUNE,
)
def test_a_plan_says_what_is_done(
    server: Basedash, organization: Value, other: Value, behaviour: Value, prune: list[str] | None
) -> None:
    begin(server, behaviour, organization, other)
    configuration = elsewhere(export(server, ELSEWHERE)["configuration"])
    prune = None if prune is None else [one for one in prune if pruned_families([one]) <= configuration.keys()]
    secrets = {one["name"]: {"password": SECRET % "new"} for one in configuration.get("data_sources", ())[:1]}
    options = {"configuration": configuration, "prune": prune, "max_invitations": 100, "max_deletions": "100%"}
    options["secrets"] = {"data_sources": secrets} if secrets else None
    options["allow_replace_all"] = sorted(set(prune or ()) - {"tabs", "group_members"}) or None
    planned = apply(server, HERE, check=True, **options)
    check_plan(server, planned, configuration, prune)
    report = apply(server, HERE, **options)
    assert report.result["plan_id"] == planned.result["plan_id"]
    assert report.failed == planned.failed, report.result["msg"]
    assert told(report) == told(planned)
    if planned.failed:
        event("refused: %s" % planned.result["msg"].partition(": ")[2][:60])
        assert writes(server) == []
        return
    event("pruned" if prune else "not pruned")
    check_done(server, planned, report)
    before = writes(server)
    again = apply(server, HERE, **options)
    assert not again.failed, again.result["msg"]
    assert not again.result["changed"], again.result["results"]
    assert writes(server) == before


def check_plan(server: Basedash, planned: Report, configuration: Value, prune: list[str] | None) -> None:
    """Check what holds for each plan."""
    check_each_entry_once(planned, configuration)
    assert writes(server) == []
    if not prune:
        assert not [one for one in planned.result["results"] if one["action"] == "deleted"]


def check_done(server: Basedash, planned: Report, report: Report) -> None:
    """Check the results against what the server says was done."""
    for before, after in zip(planned.result["results"], report.result["results"], strict=True):
        assert before["id"] in (None, after["id"])
        assert after["id"] is not None
    effects = server.control("GET", "effects")
    for action in ("created", "deleted"):
        said = Counter(one["family"] for one in report.result["results"] if one["action"] == action)
        done = Counter(one["family"].replace("-", "_") for one in effects if one["effect"] == action)
        # A tab and a membership have no result of their own.
        assert said == Counter({family: count for family, count in done.items() if family in BY_KEY}), (said, done)
    assert bool(writes(server)) == report.result["changed"]


# The identity of a plan -----------------------------------------------------------------------------------------------


@PROPERTY
@given(organization=organizations(HERE, TIDY), other=organizations(ELSEWHERE, TIDY), data=st.data())
def test_the_plan_id_is_another_one_exactly_if_the_plan_is(
    server: Basedash, organization: Value, other: Value, data: st.DataObject
) -> None:
    begin(server, {"group_members": "objects"}, organization, other)
    configuration = elsewhere(export(server, ELSEWHERE)["configuration"])
    found: dict[str, str] = {}
    for number in range(4):
        changed = configuration if not number else data.draw(variants(configuration), "configuration")
        prune = [one for one in data.draw(PRUNE, "prune") if pruned_families([one]) <= changed.keys()]
        report = apply(server, HERE, configuration=changed, check=True, max_invitations=100, prune=prune)
        # A plan that is refused may be cut short.
        event("refused" if report.failed else "planned")
        if not report.failed:
            plan = json.dumps(sorted(map(repr, acts(report))))
            assert found.setdefault(report.result["plan_id"], plan) == plan
    assert len(set(found.values())) == len(found)


def acts(report: Report) -> Iterator[Any]:
    """Yield what a plan does, in the words of its results."""
    for one in report.result["results"]:
        if one["action"] != "unchanged":
            yield one["family"], one["id"] or (one["name"], around(one)), one["action"], one.get("changes")


@st.composite
def variants(draw: st.DrawFn, configuration: Value) -> Value:
    """Return a configuration with another order, without some entries, or with another text."""
    changed = copy.deepcopy(configuration)
    for family in sorted(changed):
        content = changed[family]
        if isinstance(content, list):
            changed[family] = draw(st.permutations(content))
            if draw(st.booleans()):
                changed[family] = changed[family][1:]
            for entry in changed[family]:
                if "description" in entry and draw(st.booleans()):
                    entry["description"] = "another one"
    return changed
