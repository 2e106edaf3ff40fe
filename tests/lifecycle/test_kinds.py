# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lives of skills and definitions, on each server that the unknowns of the API could turn out to be."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.kind import Kind
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._resources.definition import DEFINITION
from ansible_collections.community.basedash.plugins.module_utils._resources.skill import SKILL
from ansible_collections.community.basedash.tests.lifecycle.driver import ORGANIZATION, Basedash

SERVERS: dict[str, dict[str, Any]] = {
    "as documented": {},
    "no single GET, 404": {"single_get": "404"},
    "no single GET, 405": {"single_get": "405"},
    "no single GET, 501": {"single_get": "501"},
    "no single GET, a page": {"single_get": "404_html"},
    "oldest first": {"list_order": "oldest_first"},
    "by name": {"list_order": "by_name"},
    "last changed first": {"list_order": "last_changed_first"},
    "created is 200": {"create_status": 200},
    "delete is 204": {"delete_answer": "204"},
    "delete is 202": {"delete_answer": "202"},
    "delete says nothing": {"delete_answer": "200_without_data"},
    "delete succeeds oddly": {"delete_answer": "200_success_false"},
    "delete has errors": {"delete_answer": "200_errors"},
    "delete answers false": {"delete_answer": "200_false"},
    "delete answers null": {"delete_answer": "200_null"},
    "delete answers a list": {"delete_answer": "200_list"},
    "a second delete is 200": {"second_delete": "200"},
    "a second delete is 409": {"second_delete": "409"},
    "single GET lags": {"get_lag_seconds": 3},
    "the list lags": {"list_lag_seconds": 3},
    "all readings lag": {"list_lag_seconds": 3, "get_lag_seconds": 3},
    "trimmed texts": {"trim_texts": True},
    "empty texts are null": {"empty_texts": "null"},
    "null is taken for each text": {"null_texts": "accepted"},
    "unique names": {"names_unique": True},
    "names that need not be unique": {"names_unique": False},
    "reference names of SQL": {"reference_names": "sql_safe"},
    "unique in the organization": {"reference_names_unique_in": "organization"},
    "references are stored unseen": {"unknown_references": "stored"},
    "newer release": {"extra_fields": {"folder": "x", "labels": ["a"]}},
    "older release": {"omit_fields": ["organizationId", "updatedAt"], "single_get": "404"},
}
every_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())


@dataclass(frozen=True, eq=False)
class Family:
    """A family: its path, the options that name an object, and what is set at first and later."""

    kind: Kind
    path: str
    named: dict[str, Any]
    first: dict[str, Any]
    later: dict[str, Any]

    def run(self, basedash: Basedash, check_mode: bool = False, **options: Any) -> Report:
        """Run the module for one object."""
        return basedash.run(module_of_one(self.kind), check_mode, options)

    def facts(self, report: Report) -> Any:
        """Return the facts of a result."""
        return report.result[self.kind.family.result_key]


FAMILIES = (
    Family(
        SKILL,
        "skills",
        {"name": "House style"},
        {"instructions": "Be brief.\n  - Name {{ nothing }}.\n", "description": "How we write"},
        {"instructions": "Be long."},
    ),
    Family(
        DEFINITION,
        "definitions",
        {"reference_name": "mrr", "data_source": "preview-42"},
        {"name": "Revenue per month", "sql_query": 'SELECT {{ definition("revenue") }} -- x\n', "description": "Paid"},
        {"sql_query": "SELECT 1", "name": "Monthly revenue"},
    ),
)
every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.path)


def objects(basedash: Basedash, family: Family) -> list[dict[str, Any]]:
    """Return the objects of a family that are not deleted, as the server holds them."""
    found = basedash.control("GET", "objects/%s?organization=%s" % (family.path, ORGANIZATION))
    return [one for one in found if one["deletedAt"] is None]


def ours(basedash: Basedash, family: Family) -> list[dict[str, Any]]:
    """Return those that the tests have made: the seed's have ids of their own."""
    return [one for one in objects(basedash, family) if len(one["id"]) > len("def_active_customer")]


@every_family
@every_server
def test_a_life(basedash: Basedash, family: Family, server: dict[str, Any]) -> None:
    """Created, changed, cleared and deleted: check mode knows each before, and a second run has nothing to do."""
    basedash.reset(server)
    began = objects(basedash, family)
    cleared = {"clear": ["description"]}
    for settings in (family.first, family.later, cleared):
        options = {**family.named, **settings}
        sent = len(basedash.methods())
        predicted = family.run(basedash, True, **options)
        assert set(basedash.methods()[sent:]) <= {"GET"}
        real = family.run(basedash, **options)
        assert not real.failed, real.result
        assert real.warnings == predicted.warnings == []
        assert real.result["changed"]
        assert predicted.result["changed"]
        assert predicted.result["diff"] == real.result["diff"]
        # Another task may come before the readings show what this one did, and then do it again.
        basedash.pass_time(10)
        for check_mode in (True, False):
            again = family.run(basedash, check_mode, **options)
            assert not again.failed, again.result
            assert not again.result["changed"], again.result["diff"]
    holds = ours(basedash, family)
    assert len(holds) == 1
    assert holds[0]["other_fields"] == {}
    assert not holds[0]["description"]
    assert family.facts(again)["id"] == holds[0]["id"]

    predicted = family.run(basedash, True, state="absent", **family.named)
    gone = family.run(basedash, state="absent", **family.named)
    assert not gone.failed, gone.result
    assert gone.result["changed"]
    assert predicted.result["diff"] == gone.result["diff"]
    assert len(gone.warnings) == (family.path == "definitions")
    assert family.facts(gone)["id"] == holds[0]["id"]
    basedash.pass_time(10)
    for identity in (family.named, {"id": holds[0]["id"]}):
        again = family.run(basedash, state="absent", **identity)
        assert not again.failed, again.result
        assert not again.result["changed"]
        assert again.warnings == []
    assert objects(basedash, family) == began


LOSSES: dict[str, dict[str, Any]] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "truncated": {"kind": "truncated"},
    "503 before": {"kind": "status_before", "status": 503},
    "502 after": {"kind": "status_after", "status": 502, "body": "html"},
    "a page": {"kind": "html", "work": True},
}
LAGS = ("as documented", "oldest first", "by name", "all readings lag", "no single GET, 404")


@every_family
@pytest.mark.parametrize("server", LAGS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_lost_answer_makes_no_second_object(
    basedash: Basedash, family: Family, server: str, loss: str, method: str
) -> None:
    basedash.reset(SERVERS[server])
    options = {**family.named, **family.first}
    if method != "POST":
        assert not family.run(basedash, **options).failed
        basedash.pass_time(10)
    basedash.control("POST", "faults", [{**LOSSES[loss], "method": method, "times": 1}])
    if method == "PATCH":
        options.update(family.later)
    state = "absent" if method == "DELETE" else "present"
    report = family.run(basedash, state=state, **options)
    if loss == "a page" and method == "DELETE":
        assert report.failed
        assert "not known" in report.result["msg"]
        return
    assert not report.failed, report.result
    assert report.result["changed"]
    found = ours(basedash, family)
    assert len(found) == (0 if method == "DELETE" else 1)
    if method == "PATCH":
        assert all(value in found[0].values() for value in family.later.values())


# Other writers --------------------------------------------------------------------------------------------------------


@every_family
def test_what_somebody_renames_meanwhile_is_not_deleted(basedash: Basedash, family: Family) -> None:
    """The first DELETE is answered 503, and in the seconds until the next one somebody renames the object."""
    basedash.reset({})
    assert not family.run(basedash, **family.named, **family.first).failed
    identifier = ours(basedash, family)[0]["id"]
    basedash.control("POST", "faults", [{"kind": "rate_limited", "method": "DELETE", "times": 1, "seconds": 6}])
    fields = {"name": "keep", **({"referenceName": "keep"} if family.path == "definitions" else {})}
    rule = {"action": "update", "family": family.path, "object": identifier, "fields": fields}
    basedash.control("POST", "writers", [{**rule, "method": "GET", "path": "/%s/" % family.path}])
    report = family.run(basedash, state="absent", **family.named)
    assert report.failed
    assert "'keep'" in report.result["msg"]
    assert not report.result["changed"]
    assert len(ours(basedash, family)) == 1


@every_family
def test_what_somebody_deletes_first_is_told(basedash: Basedash, family: Family) -> None:
    basedash.reset({})
    assert not family.run(basedash, **family.named, **family.first).failed
    rule = {"action": "delete", "family": family.path, "method": "DELETE"}
    basedash.control("POST", "writers", [rule])
    report = family.run(basedash, state="absent", **family.named)
    assert not report.failed
    assert not report.result["changed"]
    assert "by someone else" in report.warnings[0]


def test_a_colleague_who_creates_the_same_skill_at_once_is_told(basedash: Basedash) -> None:
    basedash.reset({})
    family = FAMILIES[0]
    fields = {"name": "House style", "instructions": "Other."}
    basedash.control("POST", "writers", [{"action": "create", "family": "skills", "method": "POST", "fields": fields}])
    report = family.run(basedash, **family.named, **family.first)
    assert report.failed
    assert report.result["changed"]
    assert all(one["id"] in report.result["msg"] for one in ours(basedash, family))


@every_family
@pytest.mark.parametrize("lag", [0, 2])
def test_workers_that_create_the_same_at_once_make_one(
    basedash: Basedash, family: Family, lag: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One names the data source of a definition by its name and the other by its id, and both mean the same."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    basedash.reset({"list_lag_seconds": lag})
    by_id = dict(family.named)
    if "data_source" in by_id:
        by_id["data_source_id"] = "ds_preview_1"
        del by_id["data_source"]
    reports: list[Report] = []
    workers = [
        threading.Thread(target=lambda named=named: reports.append(family.run(basedash, **named, **family.first)))
        for named in (family.named, by_id, family.named, by_id)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [report.result.get("msg") for report in reports if report.failed] == []
    assert sorted(report.result["changed"] for report in reports) == [False, False, False, True]
    assert len(ours(basedash, family)) == 1


# What each has of its own ---------------------------------------------------------------------------------------------


@every_server
def test_a_skill_is_renamed(basedash: Basedash, server: dict[str, Any]) -> None:
    basedash.reset(server)
    skills = FAMILIES[0]
    for identity in ({"name": "Tone of voice"}, {"id": "skill_tone", "name": "Tone of voice"}):
        basedash.control("POST", "reset")
        basedash.control("POST", "behaviour", server)
        options = {**identity, "new_name": "House style"}
        predicted = skills.run(basedash, True, **options)
        report = skills.run(basedash, **options)
        assert not report.failed, report.result
        assert report.result["changed"]
        assert predicted.result["diff"] == report.result["diff"]
        basedash.pass_time(10)
        assert not skills.run(basedash, **options).result["changed"]
        found = [one for one in objects(basedash, skills) if one["id"] == "skill_tone"]
        assert found[0]["name"] == "House style"
    taken = skills.run(basedash, id="skill_tone", new_name="Revenue rules")
    assert taken.failed
    assert "'skill_revenue'" in taken.result["msg"]


@every_server
def test_definitions_of_one_name_in_two_data_sources(basedash: Basedash, server: dict[str, Any]) -> None:
    basedash.reset(server)
    definitions = FAMILIES[1]
    settings = definitions.first
    first = definitions.run(basedash, reference_name="mrr", data_source="preview-42", **settings)
    assert not first.failed, first.result
    second = definitions.run(basedash, reference_name="mrr", data_source_id="ds_preview_2", **settings)
    if server.get("reference_names_unique_in") == "organization":
        assert second.failed
        assert not second.result["changed"]
        return
    assert not second.failed, second.result
    assert {one["databaseConnectionId"] for one in ours(basedash, definitions)} == {"ds_preview_1", "ds_preview_2"}
    basedash.pass_time(10)
    gone = definitions.run(basedash, state="absent", reference_name="mrr", data_source_id="ds_preview_1")
    assert gone.result["changed"]
    assert [one["databaseConnectionId"] for one in ours(basedash, definitions)] == ["ds_preview_2"]


@pytest.mark.parametrize("references", ["404", "400", "422"])
def test_a_definition_in_an_unknown_data_source(basedash: Basedash, references: str) -> None:
    basedash.reset({"unknown_references": references})
    definitions = FAMILIES[1]
    began = objects(basedash, definitions)
    for where in ({"data_source": "nowhere"}, {"data_source_id": "ds_nowhere"}):
        report = definitions.run(basedash, reference_name="mrr", **where, **definitions.first)
        assert report.failed
        assert not report.result["changed"]
        report = definitions.run(basedash, state="absent", reference_name="mrr", **where)
        assert not report.failed
        assert not report.result["changed"]
    ambiguous = definitions.run(basedash, reference_name="mrr", data_source="analytics", **definitions.first)
    assert ambiguous.failed
    assert "'ds_analytics_2', 'ds_analytics_1'" in ambiguous.result["msg"]
    assert objects(basedash, definitions) == began


@pytest.mark.parametrize("kept", ["removed", "kept"])
def test_definitions_of_a_deleted_data_source(basedash: Basedash, kept: str) -> None:
    basedash.reset({"definitions_of_deleted_source": kept, "cleanup_seconds": 0})
    definitions = FAMILIES[1]
    named = {"reference_name": "revenue", "data_source": "production"}
    assert not basedash.source(id="ds_production", state="absent").failed
    basedash.pass_time(10)
    report = definitions.run(basedash, state="absent", **named)
    assert not report.failed
    assert not report.result["changed"]
    assert "'production'" in report.warnings[0]
    by_id = definitions.run(basedash, state="absent", id="def_revenue")
    assert not by_id.failed
    assert by_id.result["changed"] == (kept == "kept")


@pytest.mark.parametrize("reading", ["404", "405", "501", "404_html"])
@every_family
def test_a_server_without_a_list(basedash: Basedash, family: Family, reading: str) -> None:
    basedash.reset({family.path: {"list": reading}})
    identifier = {"skills": "skill_tone", "definitions": "def_revenue"}[family.path]
    for state in ("present", "absent"):
        assert family.run(basedash, state=state, **family.named, **family.first).failed
    assert not family.run(basedash, id=identifier).result["changed"]
    assert family.run(basedash, id=identifier, **family.later).result["changed"]
    assert family.run(basedash, state="absent", id=identifier).result["changed"]
    # Nobody can tell whether a 404 means that it is not there.
    assert family.run(basedash, state="absent", id=identifier).failed
    assert family.run(basedash, state="absent", id=identifier, verify_absence=False).result["changed"] is False


@every_family
def test_a_server_without_any_reading(basedash: Basedash, family: Family) -> None:
    basedash.reset({family.path: {"list": "405", "single_get": "405"}})
    identifier = {"skills": "skill_tone", "definitions": "def_revenue"}[family.path]
    assert family.run(basedash, id=identifier, **family.later).failed
    assert "can't know" in family.run(basedash, True, state="absent", id=identifier).warnings[0]
    assert family.run(basedash, state="absent", id=identifier).result["changed"]
    report = family.run(basedash, state="absent", id=identifier)
    assert not report.failed
    assert not report.result["changed"]
    assert "Only the answer to the DELETE says" in report.warnings[0]


@pytest.mark.parametrize("answer", ["404", "403"])
@every_family
def test_a_key_without_admin_access(basedash: Basedash, family: Family, answer: str) -> None:
    basedash.reset({"member_answer": answer})
    for state in ("present", "absent"):
        for identity in (family.named, {"id": "x_1"}):
            report = family.run(basedash, api_key="bd_key_demo_member", state=state, **identity, **family.first)
            assert report.failed
            assert "admin" in report.result["msg"]


@every_family
def test_info_reads_every_page(basedash: Basedash, family: Family) -> None:
    basedash.reset({})
    needed: dict[str, Any] = {"instructions": "x"}
    if family.path == "definitions":
        needed = {"sqlQuery": "x", "databaseConnectionId": "ds_production"}
    entries = [{"name": "n%d" % number, "referenceName": "n%d" % number, **needed} for number in range(250)]
    if family.path == "skills":
        entries = [{name: value for name, value in one.items() if name != "referenceName"} for one in entries]
    basedash.control("POST", "objects/" + family.path, {"organization": ORGANIZATION, "objects": entries})
    report = basedash.run(info_module(family.kind), False, {"name_pattern": "^n[0-9]+$"})
    assert not report.failed, report.result
    found = report.result[family.kind.family.plural_key]
    assert [one["name"] for one in found] == ["n%d" % number for number in range(249, -1, -1)]


# Servers that do something else than they are asked for ---------------------------------------------------------------


ODD: dict[str, dict[str, Any]] = {
    "names in lower case": {"names_changed": "lower_case"},
    "names composed": {"names_changed": "nfc"},
    "names decomposed": {"names_changed": "nfd"},
    "short names": {"name_limit": 5},
    "no name is changed": {"ignored_fields": ["name", "referenceName"]},
    "no description is changed": {"ignored_fields": ["description"]},
    "null is refused": {"null_texts": "refused"},
    "empty texts are refused": {"empty_texts": "refused"},
    "deleted ones are listed": {"deleted_shown": "list"},
    "deleted ones are there by id": {"deleted_shown": "get"},
    "deleted ones are everywhere": {"deleted_shown": "everywhere"},
}


def lasting(basedash: Basedash, family: Family) -> list[dict[str, Any]]:
    """Return what the tests have made, without the time of the last change, which a PATCH moves in any case."""
    return [{**one, "updatedAt": None} for one in ours(basedash, family)]


@every_family
@pytest.mark.parametrize("server", ODD.values(), ids=ODD)
def test_what_a_server_does_otherwise_is_told(basedash: Basedash, family: Family, server: dict[str, Any]) -> None:
    """A task that ends well has done what it was asked for, and a failure says whether something was changed."""
    basedash.reset(server)
    key = "Caf\u00e9 House style" if family.path == "skills" else "Caf\u00e9_mrr"
    named = {**family.named, family.kind.key.name: key}
    steps: list[dict[str, Any]] = [family.first, family.later, {"clear": ["description"]}, {"description": "Again"}]
    for settings in steps:
        before = lasting(basedash, family)
        report = family.run(basedash, **named, **settings)
        after = lasting(basedash, family)
        if report.failed:
            assert report.result["changed"] == (before != after), report.result
            continue
        assert report.result["changed"]
        assert len(after) == 1
        for option, value in settings.items():
            if option == "clear":
                assert not after[0]["description"]
            else:
                assert after[0][{"sql_query": "sqlQuery"}.get(option, option)] == value.rstrip()
    before = ours(basedash, family)
    report = family.run(basedash, state="absent", **named)
    after = ours(basedash, family)
    assert report.result["changed"] == (before != after)
    if not report.failed and before == after:
        assert key not in [one["name"] for one in after]
