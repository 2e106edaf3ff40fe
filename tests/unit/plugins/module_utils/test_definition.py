# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to definitions: each has a reference name in its data source, which is named by id or by name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import HTML, RESET, error
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    DEFINITIONS,
    SOURCES,
    Fault,
    Server,
    absent,
    read,
    run,
)

# The data sources are "sample_1" (dat_1) and "sample_2" (dat_2), and this definition is in the first.
HERE = DEFINITIONS.sample(1, referenceName="revenue")
THERE = DEFINITIONS.sample(2, referenceName="revenue", databaseConnectionId="dat_2")
BY_NAME = {"reference_name": "revenue", "data_source": "sample_1"}
BY_ID = {"reference_name": "revenue", "data_source_id": "dat_1"}
NEEDED = {"name": "Revenue", "sql_query": "SELECT 1"}


@pytest.mark.parametrize("where", [BY_NAME, BY_ID])
def test_the_same_reference_name_in_two_data_sources_is_no_twin(where: dict[str, Any]) -> None:
    server = Server(DEFINITIONS, THERE, HERE)
    report = run(DEFINITIONS, server, **where, name="Other")
    assert report.result["changed"]
    assert server.objects["def_1"]["name"] == "Other"
    assert server.objects["def_2"] == THERE
    assert absent(DEFINITIONS, server, **where).result["changed"]
    assert list(server.objects) == ["def_2"]


@pytest.mark.parametrize("where", [BY_NAME, BY_ID])
@pytest.mark.parametrize("fault", [(), (Fault("POST", RESET, works=True),), (Fault("POST", RESET),)])
def test_one_is_created_beside_that_of_another_data_source(where: dict[str, Any], fault: tuple[Fault, ...]) -> None:
    server = Server(DEFINITIONS, THERE, faults=fault)
    report = run(DEFINITIONS, server, **where, **NEEDED)
    assert not report.failed, report.result["msg"]
    assert report.warnings == []
    assert report.result["definition"]["database_connection_id"] == "dat_1"
    assert set(server.bodies[0]) == {"referenceName", "databaseConnectionId", "name", "sqlQuery"}
    assert len(server.objects) == 2
    assert not run(DEFINITIONS, server, **where, **NEEDED).result["changed"]


def test_one_that_another_task_creates_in_another_data_source_meanwhile_is_no_twin() -> None:
    server = Server(DEFINITIONS, faults=[Fault("POST", lambda server: server.add(THERE))])
    report = run(DEFINITIONS, server, **BY_ID, **NEEDED)
    assert not report.failed, report.result["msg"]


def test_a_lost_creation_is_not_taken_for_that_of_another_data_source() -> None:
    server = Server(DEFINITIONS, faults=[Fault("POST", lambda server: server.add(THERE)), Fault("POST", RESET)])
    report = run(DEFINITIONS, server, **BY_ID, **NEEDED)
    assert not report.failed, report.result["msg"]
    assert report.result["definition"]["database_connection_id"] == "dat_1"
    assert server.writes == ["POST", "POST"]


def test_two_in_one_data_source_are_refused() -> None:
    server = Server(DEFINITIONS, HERE, DEFINITIONS.sample(3, referenceName="revenue"), THERE)
    for state in ("present", "absent"):
        report = run(DEFINITIONS, server, state=state, **BY_ID)
        assert report.failed
        assert "'def_1', 'def_3'" in report.result["msg"]
        assert "def_2" not in report.result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({**BY_NAME, **BY_ID}, "data_source and data_source_id are both given"),
        ({"reference_name": "revenue"}, "give data_source or data_source_id"),
        ({"data_source": "sample_1"}, "None of id, reference_name is given"),
        ({"id": "def_1", **BY_NAME, **BY_ID}, "are both given"),
        ({"reference_name": "revenue", "data_source": ""}, "data_source is empty"),
        ({"reference_name": "revenue", "data_source_id": " "}, "data_source_id is empty"),
        ({"reference_name": "revenue", "data_source_id": "dat_1 "}, "white space"),
        ({"reference_name": "revenue", "data_source": "********"}, "mask"),
        ({"reference_name": "revenue", "data_source": 1.5}, "a float"),
        ({"reference_name": "revenue", "data_source": ["sample_1"]}, "a list"),
        ({"reference_name": "revenue", "data_source_id": True}, "a boolean"),
        ({"reference_name": " ", "data_source": "sample_1"}, "reference_name is empty"),
        ({"reference_name": "two\nlines", "data_source": "sample_1", "force": True}, "leave force out"),
    ],
)
def test_what_names_no_definition_is_refused_before_anything_is_sent(
    state: str, options: dict[str, Any], words: str
) -> None:
    if "force" in options and state == "present":
        return
    server = Server(DEFINITIONS, HERE)
    report = run(DEFINITIONS, server, state=state, **options)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []


@pytest.mark.parametrize("where", [BY_NAME, BY_ID])
def test_the_data_source_is_a_guard_beside_an_id(where: dict[str, Any]) -> None:
    source = {name: value for name, value in where.items() if name != "reference_name"}
    for state in ("present", "absent"):
        server = Server(DEFINITIONS, THERE)
        report = run(DEFINITIONS, server, state=state, id="def_2", **source)
        assert report.failed
        assert "is not in" in report.result["msg"]
        assert server.writes == []
        server = Server(DEFINITIONS, HERE)
        report = run(DEFINITIONS, server, state=state, id="def_1", **source)
        assert report.result["changed"] == (state == "absent")


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("where", [{"data_source": "sample_2"}, {"data_source_id": "dat_2"}])
def test_the_data_source_cannot_be_changed(check_mode: bool, where: dict[str, str]) -> None:
    server = Server(DEFINITIONS, HERE)
    report = run(DEFINITIONS, server, check_mode, id="def_1", reference_name="revenue", **where)
    assert report.failed
    assert "sample_2" in report.result["msg"] or "dat_2" in report.result["msg"]
    assert server.writes == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_deletion_warns_of_queries(check_mode: bool) -> None:
    report = absent(DEFINITIONS, Server(DEFINITIONS, HERE), check_mode, **BY_NAME)
    assert report.result["changed"]
    assert len(report.warnings) == 1
    # In check mode it is still there, so that nothing "fails from now on".
    assert "Queries that use the definition 'revenue' fail without it" in report.warnings[0]


def test_an_absence_does_not_warn_of_queries() -> None:
    assert absent(DEFINITIONS, Server(DEFINITIONS), **BY_NAME).warnings == []


def test_a_look_for_a_new_one_ends_at_the_first_that_was_there() -> None:
    """Also where those that were there are all in other data sources."""
    others = [DEFINITIONS.sample(number, databaseConnectionId="dat_2") for number in range(7, 1, -1)]
    server = Server(DEFINITIONS, *others)
    server.page_size = 3
    assert run(DEFINITIONS, server, **BY_ID, **NEEDED).result["changed"]
    assert server.log == ["GET list"] * 2 + ["POST", "GET list"]


# Data sources that are not there --------------------------------------------------------------------------------------


UNKNOWN = {"reference_name": "revenue", "data_source": "nowhere"}


@pytest.mark.parametrize("check_mode", [False, True])
def test_absent_in_an_unknown_data_source_is_unchanged_with_a_warning(check_mode: bool) -> None:
    server = Server(DEFINITIONS, HERE)
    report = absent(DEFINITIONS, server, check_mode, **UNKNOWN)
    assert not report.failed
    assert not report.result["changed"]
    assert report.result["definition"] is None
    assert len(report.warnings) == 1
    assert "'nowhere'" in report.warnings[0]
    # Another data source has a definition of this name, so that "there is no definition named" would be untrue.
    assert report.result["msg"] == (
        "There is no data source named 'nowhere', so there is no definition named 'revenue' in it: nothing to delete."
    )
    assert server.writes == []


def test_absent_in_an_unknown_data_source_fails_where_it_has_to_be_there() -> None:
    report = absent(DEFINITIONS, Server(DEFINITIONS, HERE), **UNKNOWN, missing_ok=False)
    assert report.failed
    assert "missing_ok" in report.result["msg"]


def test_present_in_an_unknown_data_source_fails() -> None:
    server = Server(DEFINITIONS, HERE)
    report = run(DEFINITIONS, server, **UNKNOWN, **NEEDED)
    assert report.failed
    assert not report.result["changed"]
    assert "There is no data source named 'nowhere'" in report.result["msg"]
    assert server.writes == []


def test_check_mode_assumes_that_an_earlier_task_creates_the_data_source() -> None:
    report = run(DEFINITIONS, Server(DEFINITIONS, HERE), True, **UNKNOWN, **NEEDED)
    assert not report.failed
    assert report.result["changed"]
    assert report.result["definition"]["id"] is None
    assert report.result["definition"]["database_connection_id"] is None
    assert report.result["definition"]["reference_name"] == "revenue"
    assert len(report.warnings) == 1
    assert "'nowhere'" in report.warnings[0]


def test_check_mode_refuses_there_what_the_real_run_would_refuse() -> None:
    report = run(DEFINITIONS, Server(DEFINITIONS, HERE), True, **UNKNOWN, name="Revenue")
    assert report.failed
    assert "sql_query" in report.result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_ambiguous_data_source_is_refused(check_mode: bool, state: str) -> None:
    server = Server(DEFINITIONS, HERE)
    server.beside_objects["data-sources"] = [SOURCES.sample(1), SOURCES.sample(2, displayName="sample_1")]
    report = run(DEFINITIONS, server, check_mode, state=state, **BY_NAME)
    assert report.failed
    assert "'dat_1', 'dat_2'" in report.result["msg"]
    assert "data_source_id" in report.result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_data_source_named_by_its_id_gets_a_hint(state: str) -> None:
    options = {"reference_name": "revenue", "data_source": "dat_1"}
    report = run(DEFINITIONS, Server(DEFINITIONS, HERE), state=state, **options)
    said = report.result["msg"] + " ".join(report.warnings)
    assert "goes into the option data_source_id" in said
    assert not report.result["changed"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("name", ["sample_\u200b1", "sample _1"])
def test_a_data_source_that_differs_in_what_nobody_sees_is_refused(state: str, name: str) -> None:
    for check_mode in (True, False):
        server = Server(DEFINITIONS, HERE)
        options = {"reference_name": "revenue", "data_source": name}
        report = run(DEFINITIONS, server, check_mode, state=state, **options, **(NEEDED if state == "present" else {}))
        assert report.failed
        assert "correct the data_source" in report.result["msg"]


def test_a_data_source_that_differs_in_case_is_another_one() -> None:
    report = absent(DEFINITIONS, Server(DEFINITIONS, HERE), reference_name="revenue", data_source="Sample_1")
    assert not report.result["changed"]
    assert "'sample_1'" in report.warnings[0]


@pytest.mark.parametrize("mark", ["archivedAt", "deletedAt"])
def test_a_data_source_that_is_archived_is_not_there(mark: str) -> None:
    server = Server(DEFINITIONS, HERE)
    server.beside_objects["data-sources"] = [SOURCES.sample(1, **{mark: "2026-11-21T08:00:00.000Z"})]
    assert run(DEFINITIONS, server, **BY_NAME, **NEEDED).failed
    assert "'sample_1'" in absent(DEFINITIONS, server, **BY_NAME).warnings[0]


@pytest.mark.parametrize("reaction", [error(404), error(403), error(405), HTML])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_data_sources_that_cannot_be_listed_prove_nothing(reaction: Any, state: str) -> None:
    server = Server(DEFINITIONS, HERE, faults=[Fault("GET data-sources", reaction, number=0)])
    for check_mode in (True, False):
        report = run(DEFINITIONS, server, check_mode, state=state, **BY_NAME)
        assert report.failed
        assert "definition" not in report.result["msg"]
    assert server.writes == []


def test_an_unknown_data_source_by_id_is_for_the_service_to_refuse() -> None:
    """An id is not looked up first, because that would cost a request for each definition."""
    server = Server(DEFINITIONS, faults=[Fault("POST", error(404, "databaseConnectionId"))])
    report = run(DEFINITIONS, server, reference_name="revenue", data_source_id="dat_9", **NEEDED)
    assert report.failed
    assert not report.result["changed"]


def test_with_an_id_and_an_unknown_data_source_both_states_fail() -> None:
    server = Server(DEFINITIONS, HERE)
    for state in ("present", "absent"):
        for check_mode in (True, False):
            report = run(DEFINITIONS, server, check_mode, state=state, id="def_1", data_source="nowhere")
            assert report.failed
            assert "'nowhere'" in report.result["msg"]
    assert server.writes == []


def swap(server: Server) -> None:
    """Let somebody give the name of a data source to another one."""
    old, other = SOURCES.sample(1, displayName="old"), SOURCES.sample(2, displayName="sample_1")
    server.beside_objects["data-sources"] = [old, other]


@pytest.mark.parametrize(("state", "step"), [("present", "POST"), ("present", "PATCH"), ("absent", "DELETE")])
def test_a_data_source_that_is_renamed_meanwhile_is_no_longer_meant(state: str, step: str) -> None:
    """The write waits for six seconds, and what it relies on is read again after five."""
    there = [] if step == "POST" else [HERE]
    for change, fails in ((swap, True), (lambda server: None, False)):
        server = Server(DEFINITIONS, *there, faults=[Fault(step, change), Fault(step, error(429, retryAfterMs=6000))])
        report = run(DEFINITIONS, server, state=state, **BY_NAME, **NEEDED)
        assert report.failed == fails
        assert report.result["changed"] != fails
        assert server.log[:3] == ["GET data-sources", "GET list", step]
        assert server.log[3] == "GET data-sources"
        if fails:
            assert "run the task again" in report.result["msg"]
            assert len(server.log) == 4
    by_id = Server(DEFINITIONS, *there, faults=[Fault(step, swap), Fault(step, error(429, retryAfterMs=6000))])
    assert run(DEFINITIONS, by_id, state=state, **BY_ID, **NEEDED).result["changed"]


def test_force_goes_by_the_id_alone() -> None:
    server = Server(DEFINITIONS, HERE)
    report = absent(DEFINITIONS, server, id="def_1", data_source="nowhere", force=True)
    assert report.result["changed"]
    assert server.log == ["DELETE"]


# Writes and readings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [BY_NAME, BY_ID])
def test_an_update_sends_no_data_source(where: dict[str, Any]) -> None:
    server = Server(DEFINITIONS, HERE)
    report = run(DEFINITIONS, server, **where, sql_query="SELECT 2", description="What counts")
    assert report.result["changed"]
    assert server.bodies == [{"sqlQuery": "SELECT 2", "description": "What counts"}]
    assert set(report.result["diff"]["after"]) == {"sql_query", "description"}


def test_a_reference_name_has_no_rename() -> None:
    report = run(DEFINITIONS, Server(DEFINITIONS, HERE), id="def_1", reference_name="turnover")
    assert report.failed
    assert "no way to rename" in report.result["msg"]
    report = run(DEFINITIONS, Server(DEFINITIONS, HERE), **BY_ID, new_name="turnover")
    assert report.failed
    assert "new_name is unknown" in report.result["msg"]


def test_sql_goes_as_it_is() -> None:
    sql = 'SELECT {{ definition("mrr") }}\n  FROM orders -- {% raw %}\n'
    server = Server(DEFINITIONS)
    assert run(DEFINITIONS, server, **BY_ID, name="x", sql_query=sql).result["changed"]
    assert server.bodies[0]["sqlQuery"] == sql.rstrip()
    assert not run(DEFINITIONS, server, **BY_ID, name="x", sql_query=sql).result["changed"]


def test_a_server_that_hides_the_data_source_of_a_definition() -> None:
    """The field is known from third parties alone: without it, a key says nothing."""
    server = Server(DEFINITIONS, HERE)
    server.omitted = {"databaseConnectionId"}
    for state in ("present", "absent"):
        for where in (BY_NAME, BY_ID):
            report = run(DEFINITIONS, server, state=state, **where, **(NEEDED if state == "present" else {}))
            assert report.failed, report.result
            assert "does not show whether it is in" in report.result["msg"]
    assert server.writes == []
    assert read(DEFINITIONS, server).result["definitions"] != []
    report = read(DEFINITIONS, server, data_source_id="dat_1")
    assert report.failed
    assert "can't be selected" in report.result["msg"]


def test_a_data_source_that_is_hidden_is_no_guard_that_fits() -> None:
    server = Server(DEFINITIONS, HERE)
    server.omitted = {"databaseConnectionId"}
    for state in ("present", "absent"):
        report = run(DEFINITIONS, server, state=state, id="def_1", data_source="sample_1")
        assert report.failed
        assert "may not be in data source 'sample_1', because the server does not show" in report.result["msg"]
    assert server.writes == []
    assert run(DEFINITIONS, server, state="absent", id="def_1").result["changed"]


def test_a_creation_on_a_server_that_hides_the_data_source() -> None:
    server = Server(DEFINITIONS)
    server.omitted = {"databaseConnectionId"}
    report = run(DEFINITIONS, server, **BY_ID, **NEEDED)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert absent(DEFINITIONS, server, id=report.result["definition"]["id"]).result["changed"]


def test_info_reads_definitions_of_one_data_source() -> None:
    server = Server(DEFINITIONS, THERE, HERE, DEFINITIONS.sample(3, referenceName="mrr", name="Revenue per month"))

    def ids(**options: Any) -> list[str]:
        report = read(DEFINITIONS, server, **options)
        assert not report.failed, report.result["msg"]
        return [one["id"] for one in report.result["definitions"]]

    assert ids() == ["def_2", "def_1", "def_3"]
    assert ids(data_source="sample_1") == ["def_1", "def_3"]
    assert ids(data_source_id="dat_2") == ["def_2"]
    assert ids(reference_name="revenue") == ["def_2", "def_1"]
    assert ids(reference_name="revenue", data_source="sample_2") == ["def_2"]
    assert ids(name_pattern="(?i)^rev") == ["def_2", "def_1", "def_3"]
    assert ids(name_pattern="^mrr$") == ["def_3"]
    assert ids(id="def_1", data_source="sample_2") == []
    report = read(DEFINITIONS, server, data_source="nowhere")
    assert report.result["definitions"] == []
    assert "'nowhere'" in report.warnings[0]
    refused = read(DEFINITIONS, server, data_source="sample_1", data_source_id="dat_1")
    assert refused.failed
