# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lives of objects of all families but data sources, on each server that the API could turn out to be."""

from __future__ import annotations

import importlib
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins import modules
from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.kind import Kind, snake_case
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._rest.family import value_at
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
    "an update resets what it leaves out": {"patch_resets": True},
    "deactivated members are hidden": {"deactivated_members": "hidden"},
    "references are stored unseen": {"unknown_references": "stored"},
    "newer release": {"extra_fields": {"folder": "x", "labels": ["a"]}},
    "older release": {"omit_fields": ["organizationId", "updatedAt"], "single_get": "404"},
}
every_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())


@dataclass(frozen=True, eq=False)
class Family:
    """A family: its module, the options that name an object, and what is set at first and later.

    ``key`` is the field that people know an object by, with dots where it is nested. ``clear`` is an option that can be
    emptied; its field is at ``cleared``. ``places`` are those of other fields that are checked, by their options.
    ``known`` is the id of an object of the seed, ``many`` are the fields of number n of many objects. ``reads_first``
    tells that nothing is deleted unread, ``archives`` that a single GET shows what is deleted, and ``in_one_request``
    that a creation is one.
    """

    module: str
    path: str
    named: dict[str, Any]
    first: dict[str, Any]
    later: dict[str, Any] = field(default_factory=dict)
    key: str = "name"
    clear: str = ""
    cleared: str = ""
    places: dict[str, str] = field(default_factory=dict)
    known: str = ""
    many: Callable[[int], dict[str, Any]] = lambda number: {"name": "n%d" % number}
    reads_first: bool = False
    archives: bool = False
    in_one_request: bool = True

    @property
    def spec(self) -> ModuleSpec:
        """The module that manages one object."""
        found: ModuleSpec = importlib.import_module("%s.%s" % (modules.__name__, self.module)).SPEC
        return found

    @property
    def kind(self) -> Kind:
        """The declaration of the family."""
        return self.spec.task.kind

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The settings that an object has one after the other."""
        return [self.first, *([self.later] if self.later else []), *([{"clear": [self.clear]}] if self.clear else [])]

    def run(self, basedash: Basedash, check_mode: bool = False, **options: Any) -> Report:
        """Run the module for one object."""
        return basedash.run(self.spec, check_mode, options)

    def facts(self, report: Report) -> Any:
        """Return the facts of a result."""
        return report.result[self.kind.family.result_key]

    def renamed(self) -> tuple[str, dict[str, Any]]:
        """Return another key, and the fields of a request that gives an object this key."""
        name = self.key.rpartition(".")[2]
        key = "keep@example.com" if name == "email" else "keep"
        return key, {name: key, **({"name": key} if self.path == "definitions" else {})}


SKILLS = Family(
    "basedash_skill",
    "skills",
    {"name": "House style"},
    {"instructions": "Be brief.\n  - Name {{ nothing }}.\n", "description": "How we write"},
    {"instructions": "Be long."},
    clear="description",
    cleared="description",
    places={"description": "description", "instructions": "instructions"},
    known="skill_tone",
    many=lambda number: {"name": "n%d" % number, "instructions": "x"},
)
DEFINITIONS = Family(
    "basedash_definition",
    "definitions",
    {"reference_name": "mrr", "data_source": "preview-42"},
    {"name": "Revenue per month", "sql_query": 'SELECT {{ definition("revenue") }} -- x\n', "description": "Paid"},
    {"sql_query": "SELECT 1", "name": "Monthly revenue"},
    key="referenceName",
    clear="description",
    cleared="description",
    places={"description": "description", "name": "name", "sql_query": "sqlQuery"},
    known="def_revenue",
    many=lambda number: {
        **dict.fromkeys(("name", "referenceName"), "n%d" % number),
        "sqlQuery": "x",
        "databaseConnectionId": "ds_production",
    },
)
FAMILIES = (
    SKILLS,
    DEFINITIONS,
    Family(
        "basedash_group",
        "groups",
        {"name": "Board"},
        {},
        known="grp_engineers",
        many=lambda number: {"id": "grp_%d" % number, "name": "n%d" % number},
    ),
    Family(
        "basedash_member",
        "members",
        {"email": "new@example.com"},
        {"invite": True, "role": "MEMBER", "full_name": "New One", "avatar_url": "https://example.com/one.png"},
        {"role": "ADMIN"},
        key="user.email",
        clear="avatar_url",
        cleared="user.avatarUrl",
        places={"role": "role", "full_name": "user.fullName"},
        known="mem_grace",
        many=lambda number: {"id": "mem_%d" % number, "email": "n%d@example.com" % number},
        reads_first=True,
        archives=True,
        in_one_request=False,
    ),
    Family(
        "basedash_mcp_server",
        "mcp-servers",
        {"name": "Search"},
        {"server_url": "https://mcp.example.com/one", "headers": [{"name": "X-Key", "value": "hush-Hunter2"}]},
        {"server_url": "https://mcp.example.com/two"},
        key="displayName",
        places={"server_url": "serverUrl"},
        known="mcp_tickets",
        many=lambda number: {"displayName": "n%d" % number, "serverUrl": "https://mcp.example.com"},
    ),
    Family(
        "basedash_automation",
        "automations",
        {"name": "Daily look"},
        {
            "instructions": "Look at sales.",
            "active": False,
            "trigger": {"hour": 7, "data_source": "preview-42"},
            "notifications": {"email_recipients": ["b@example.com", "a@example.com"]},
        },
        {"instructions": "Look at costs.", "trigger": {"frequency": "weekly", "day_of_week": 1}},
        clear="notifications.email_recipients",
        cleared="notifications.emailRecipients",
        places={"instructions": "instructions", "active": "active"},
        known="auto_weekly",
        archives=True,
        many=lambda number: {"name": "n%d" % number, "instructions": "x"},
    ),
    Family(
        "basedash_dashboard",
        "dashboards",
        {"name": "Growth"},
        {"description": "Daily", "width": "wide", "tabs": [{"name": "Overview"}, {"name": "Details"}]},
        {"default_date_range": "LAST_7_DAYS"},
        clear="description",
        cleared="description",
        places={"description": "description", "default_date_range": "defaultDateRange"},
        known="dash_sales",
        in_one_request=False,
    ),
    Family(
        "basedash_chart",
        "charts",
        {"name": "Orders", "dashboard": "Sales"},
        {"description": "Daily", "sql_query": "SELECT 1", "layout": {"width": 4}, "data_source": "preview-42"},
        {"sql_query": "SELECT 2", "chart_type": "table"},
        clear="description",
        cleared="description",
        places={"description": "description", "sql_query": "sqlQuery"},
        known="chart_revenue",
        many=lambda number: {"name": "n%d" % number, "dashboardId": "dash_sales"},
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
    for settings in family.steps:
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
    assert not (family.cleared and value_at(holds[0], family.cleared))
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


# The engine is the same for all families, so some losses are enough for most of them.
LOST = [
    pytest.param(family, server, loss, method, id="%s-%s-%s-%s" % (method, loss, server, family.path))
    for family in FAMILIES
    for method in (["POST", "PATCH", "DELETE"] if family.later else ["POST", "DELETE"])
    for loss in (LOSSES if family in (SKILLS, DEFINITIONS) else ["reset after", "502 after", "truncated"])
    for server in (LAGS if family in (SKILLS, DEFINITIONS) else ["as documented", "all readings lag"])
]


@pytest.mark.parametrize(("family", "server", "loss", "method"), LOST)
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
    later = {name: value for name, value in family.later.items() if name in family.places}
    if method == "PATCH":
        assert all(value_at(found[0], family.places[name]) == value for name, value in later.items())


# Other writers --------------------------------------------------------------------------------------------------------


@every_family
def test_what_somebody_renames_meanwhile_is_not_deleted(basedash: Basedash, family: Family) -> None:
    """The first DELETE is answered 503, and in the seconds until the next one somebody renames the object."""
    basedash.reset({})
    assert not family.run(basedash, **family.named, **family.first).failed
    identifier = ours(basedash, family)[0]["id"]
    basedash.control("POST", "faults", [{"kind": "rate_limited", "method": "DELETE", "times": 1, "seconds": 6}])
    key, fields = family.renamed()
    rule = {"action": "update", "family": family.path, "object": identifier, "fields": fields}
    basedash.control("POST", "writers", [{**rule, "method": "GET", "path": "/%s/" % family.path}])
    report = family.run(basedash, state="absent", **family.named)
    assert report.failed
    assert "'%s'" % key in report.result["msg"]
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
    family = SKILLS
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
    for option, identifier in (("data_source", "ds_preview_1"), ("dashboard", "dash_sales")):
        if option in by_id:
            by_id[option + "_id"] = identifier
            del by_id[option]
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
    changed = [report.result["changed"] for report in reports]
    # Between the creation and a request after it, another worker may send the same one.
    assert changed.count(True) == 1 if family.in_one_request else any(changed)
    assert len(ours(basedash, family)) == 1


# What each has of its own ---------------------------------------------------------------------------------------------


@every_server
def test_a_skill_is_renamed(basedash: Basedash, server: dict[str, Any]) -> None:
    basedash.reset(server)
    skills = SKILLS
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
    definitions = DEFINITIONS
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
    definitions = DEFINITIONS
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
    definitions = DEFINITIONS
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
    identifier = family.known
    for state in ("present", "absent"):
        assert family.run(basedash, state=state, **family.named, **family.first).failed
    assert not family.run(basedash, id=identifier).result["changed"]
    if family.later and not family.reads_first:
        assert family.run(basedash, id=identifier, **family.later).result["changed"]
    assert family.run(basedash, state="absent", id=identifier).result["changed"]
    # Nobody can tell whether a 404 means that it is not there. What is archived says so.
    assert family.run(basedash, state="absent", id=identifier).failed != family.archives
    assert family.run(basedash, state="absent", id=identifier, verify_absence=False).result["changed"] is False


@pytest.mark.parametrize("family", [one for one in FAMILIES if not one.reads_first], ids=lambda family: family.path)
def test_a_server_without_any_reading(basedash: Basedash, family: Family) -> None:
    basedash.reset({family.path: {"list": "405", "single_get": "405"}})
    identifier = family.known
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
    entries = [family.many(number) for number in range(250)]
    basedash.control("POST", "objects/" + family.path, {"organization": ORGANIZATION, "objects": entries})
    report = basedash.run(info_module(family.kind), False, {"name_pattern": "^n[0-9]+(@|$)"})
    assert not report.failed, report.result
    found = report.result[family.kind.family.plural_key]
    places = [snake_case(name) for name in family.key.split(".")]
    names = [family.many(number)[family.key.rpartition(".")[2]] for number in range(249, -1, -1)]
    assert [value_at(one, ".".join(places)) for one in found] == names


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


@pytest.mark.parametrize("family", [SKILLS, DEFINITIONS], ids=lambda family: family.path)
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
