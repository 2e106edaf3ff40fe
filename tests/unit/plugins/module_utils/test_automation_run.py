# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run of an automation: posted once, and what the task says if it can't know what became of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import checked
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, Request
from ansible_collections.community.basedash.plugins.modules.basedash_automation_run import SPEC
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    CONNECTION,
    HTML,
    KEY,
    NOT_FOUND,
    REFUSED,
    RESET,
    TIMED_OUT,
    answer,
    error,
    page,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import Fault, Server, of_family

AUTOMATIONS = of_family("automations")
THERE = AUTOMATIONS.sample(1, active=True)
NAMED = {"name": AUTOMATIONS.name()}
POST, LIST, ONE = "POST runs", "GET runs", "GET run"


class Runs(Server):
    """A Basedash with automations and the runs of the first one.

    ``course`` are the states of a new run, one for each reading; the last one stays.
    """

    def __init__(self, *objects: Any, faults: Any = (), runs: int = 1, course: Any = ("SUCCEEDED",)) -> None:
        super().__init__(AUTOMATIONS, *(objects or (THERE,)), faults=faults)
        self.runs = [{"id": "run_%d" % number, "status": "SUCCEEDED"} for number in range(runs, 0, -1)]
        self.course = list(course)
        self.steps: list[str] = []

    def send(self, request: Request, timeout: float) -> RawAnswer:
        if "/runs" not in request.url:
            return super().send(request, timeout)
        self.sent.append(request)
        self.time += self.seconds_per_request
        run = request.url.partition("/runs")[2].partition("?")[0].strip("/")
        step = ONE if run else request.method + " runs"
        self.steps.append(step)
        for fault in self.faults:
            if fault.step == step and fault.number in (0, self.steps.count(step)):
                if fault.works:
                    self.work(request, run)
                if callable(fault.reaction):
                    fault.reaction(self)
                    continue
                if isinstance(fault.reaction, RawAnswer):
                    return fault.reaction
                raise fault.reaction
        return self.work(request, run)

    def start(self) -> dict[str, Any]:
        """Let a run begin."""
        self.runs.insert(0, {"id": "run_%d" % (len(self.runs) + 1), "status": "RUNNING"})
        return self.runs[0]

    def work(self, request: Request, run: str) -> RawAnswer:
        if request.method == "POST":
            assert json.loads(request.body or b"") == {}
            return answer(202, {"data": self.start()})
        if not run:
            return page(*self.runs[:100], cursor="more" if len(self.runs) > 100 else None)
        found = next((one for one in self.runs if one["id"] == run), None)
        if found is None:
            return NOT_FOUND
        found["status"] = self.course.pop(0) if len(self.course) > 1 else self.course[0]
        return answer(200, {"data": found})

    @property
    def posts(self) -> int:
        """How often a run was asked for."""
        return self.steps.count(POST)


def run_it(server: Runs, check_mode: bool = False, **given: Any) -> Report:
    """Run the module as Ansible does."""
    try:
        options = checked(SPEC.argument_spec, SPEC.rules, {**CONNECTION, **given}, environment={})
    except InputError as refused:
        return SPEC.refused(refused.message)
    found = ArgumentSpecValidator(SPEC.argument_spec, required_one_of=SPEC.required_one_of).validate(options)
    assert not found.error_messages, found.error_messages
    report = SPEC.run(
        found.validated_parameters, Caller(server, check_mode=check_mode, diff_mode=True, clock=server.clock())
    )
    assert {"automation", "automation_run"} <= set(report.result)
    assert "diff" not in report.result
    assert KEY not in json.dumps([report.result, report.warnings, report.progress])
    if report.failed:
        assert report.result["msg"].endswith(".")
        assert "Unexpected" not in report.result["msg"], report.result["msg"]
    return report


# It acts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "named", [NAMED, {"automation": NAMED["name"]}, {"id": "aut_1"}, {"automation_id": "aut_1", **NAMED}]
)
def test_each_task_starts_one_run(named: dict[str, str]) -> None:
    server = Runs()
    for number in (2, 3):
        report = run_it(server, **named)
        assert not report.failed, report.result["msg"]
        assert report.result["changed"]
        assert report.warnings == []
        # Nobody documented the fields of a run, so they are passed on.
        assert report.result["automation_run"] == {"id": "run_%d" % number, "status": "RUNNING"}
        assert report.result["automation"]["id"] == "aut_1"
    assert server.posts == 2


def test_check_mode_looks_the_automation_up_and_sends_nothing() -> None:
    server = Runs()
    report = run_it(server, True, **NAMED, wait=True)
    assert report.result["changed"]
    assert report.result["automation_run"] is None
    assert {request.method for request in server.sent} == {"GET"}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "None of id, name is given"),
        ({"id": "aut_9"}, "There is no automation with id 'aut_9'"),
        ({"id": "aut_1", "name": "other"}, "is named 'sample_1' and not 'other'"),
        ({"name": "sample_1 "}, "white space"),
        ({"id": ""}, "id is empty"),
        ({**NAMED, "wait": True, "wait_timeout": 0}, "wait_timeout is 0"),
        ({**NAMED, "state": "present"}, "state is unknown"),
    ],
)
def test_what_names_no_automation_is_refused(options: dict[str, Any], words: str, check_mode: bool) -> None:
    server = Runs()
    report = run_it(server, check_mode, **options)
    assert report.failed
    assert not report.result["changed"]
    assert words in report.result["msg"]
    assert server.posts == 0


def test_several_of_this_name_are_refused_with_their_ids() -> None:
    server = Runs(THERE, AUTOMATIONS.sample(2, name=NAMED["name"]))
    report = run_it(server, **NAMED)
    assert report.failed
    assert "'aut_1', 'aut_2'" in report.result["msg"]
    assert server.posts == 0


def test_an_unknown_name_fails_and_is_assumed_in_check_mode() -> None:
    report = run_it(Runs(), name="not there")
    assert report.failed
    assert "There is no automation named 'not there': nothing was started" in report.result["msg"]
    predicted = run_it(Runs(), True, name="not there")
    assert predicted.result["changed"]
    assert predicted.result["automation"] is None
    assert "'not there' (yet)" in predicted.warnings[0]


# Inactive, archived ---------------------------------------------------------------------------------------------------


def test_an_inactive_one_is_run_with_a_warning() -> None:
    report = run_it(Runs(AUTOMATIONS.sample(1, active=False)), **NAMED)
    assert report.result["changed"]
    assert "is not active" in report.warnings[0]


def test_a_refusal_of_an_inactive_one_names_that() -> None:
    server = Runs(AUTOMATIONS.sample(1, active=False), faults=[Fault(POST, error(400, "no runs of it", "Bad"))])
    report = run_it(server, **NAMED)
    assert report.failed
    assert not report.result["changed"]
    assert "no runs of it" in report.result["msg"]
    assert "It is not active, which may be the reason." in report.result["msg"]
    assert report.result["error"]["status"] == 400


@pytest.mark.parametrize("named", [NAMED, {"id": "aut_1"}])
def test_an_archived_one_is_not_run_and_that_is_said(named: dict[str, str]) -> None:
    server = Runs(AUTOMATIONS.sample(1, archivedAt="2026-11-20T08:00:00.000Z"))
    report = run_it(server, **named)
    assert report.failed
    assert "one is archived" in report.result["msg"]
    assert server.posts == 0


def test_one_that_is_archived_meanwhile_is_said() -> None:
    server = Runs(faults=[Fault(POST, NOT_FOUND)])
    report = run_it(server, **NAMED)
    assert report.failed
    assert "existed when it was read" in report.result["msg"]
    assert report.result["automation"]["id"] == "aut_1"


def test_a_reading_that_is_too_old_is_repeated_before_the_start() -> None:
    server = Runs()
    server.seconds_per_request = 6.0
    report = run_it(server, **NAMED)
    assert report.result["changed"]
    assert server.log == ["GET list", "GET one"]
    assert server.posts == 1


@pytest.mark.parametrize("missing", [HTML, error(405), error(501), answer(404, "")])
def test_a_server_without_runs_is_said_in_one_sentence(missing: RawAnswer) -> None:
    server = Runs(faults=[Fault(POST, missing, 0), Fault(LIST, missing, 0)])
    report = run_it(server, **NAMED)
    assert report.failed
    assert not report.result["changed"]
    assert "offers no request that runs an automation" in report.result["msg"]
    assert "basedash_api_info" in report.result["msg"]
    assert server.posts == 1


# A lost answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [0, 1, 150])
@pytest.mark.parametrize("lost", [RESET, TIMED_OUT, answer(500, "oops"), answer(504, "<html>"), answer(200, "<html>")])
def test_after_a_lost_answer_the_run_is_found_in_the_list(lost: Any, runs: int) -> None:
    server = Runs(faults=[Fault(POST, lost, works=True)], runs=runs)
    report = run_it(server, **NAMED)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert report.result["automation_run"]["id"] == "run_%d" % (runs + 1)
    assert "somebody else may have started it" in report.warnings[0]
    assert server.posts == 1


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        # Nothing began, as far as the list shows.
        ([], ""),
        # The list can't be read, or only after the start, so that nothing can be compared.
        ([Fault(LIST, error(403, "no", "Forbidden"), 0)], ""),
        ([Fault(LIST, HTML, 2)], "The list of its runs does not help"),
        ([Fault(LIST, error(403, "no", "Forbidden"), 1)], ""),
        # The list is in a form that nobody knows.
        ([Fault(LIST, answer(200, {"runs": []}), 0)], ""),
        ([Fault(LIST, answer(200, {"data": [{"name": "x"}]}), 2)], "The list of its runs does not help"),
    ],
)
@pytest.mark.parametrize("lost", [RESET, TIMED_OUT, answer(500, "oops")])
def test_it_is_not_known_if_the_list_does_not_tell(lost: Any, faults: list[Fault], words: str) -> None:
    server = Runs(faults=[Fault(POST, lost), *faults])
    report = run_it(server, **NAMED)
    assert report.failed
    assert not report.result["changed"]
    assert "Whether a run of the automation 'sample_1' (id 'aut_1') began is not known" in report.result["msg"]
    assert words in report.result["msg"]
    assert server.posts == 1


def test_it_is_not_known_which_of_several_new_runs_it_is() -> None:
    server = Runs(faults=[Fault(POST, RESET, works=True), Fault(LIST, lambda server: server.start(), 2)])
    report = run_it(server, **NAMED)
    assert report.failed
    assert "2 runs began ('run_3', 'run_2')" in report.result["msg"]
    assert "is not known" in report.result["msg"]
    assert server.posts == 1


def test_the_oldest_runs_first_prove_nothing_if_there_are_more() -> None:
    def newest_last(server: Runs) -> None:
        server.runs.sort(key=lambda one: int(one["id"][4:]))

    server = Runs(faults=[Fault(POST, RESET, works=True), Fault(LIST, newest_last, 0)], runs=150)
    report = run_it(server, **NAMED)
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_an_old_run_that_moves_up_in_the_list_is_not_taken_for_the_new_one() -> None:
    server = Runs(faults=[Fault(POST, RESET), Fault(LIST, lambda server: server.runs.pop(50), 2)], runs=150)
    report = run_it(server, **NAMED)
    assert report.failed
    assert "is not known" in report.result["msg"]


def test_a_start_that_never_arrived_is_sent_again() -> None:
    server = Runs(faults=[Fault(POST, REFUSED)])
    report = run_it(server, **NAMED)
    assert report.result["changed"]
    assert len(server.runs) == 2


@pytest.mark.parametrize("said", [answer(202), answer(202, {}), answer(202, {"data": {"state": "queued"}})])
def test_an_answer_without_the_run_is_completed_from_the_list(said: RawAnswer) -> None:
    report = run_it(Runs(faults=[Fault(POST, said, works=True)]), **NAMED)
    assert report.result["changed"]
    assert report.result["automation_run"]["id"] == "run_2"
    assert report.warnings == []


def test_an_answer_with_the_automation_is_not_taken_for_the_run() -> None:
    server = Runs(faults=[Fault(POST, answer(202, {"data": {"id": "aut_1", "status": "x"}}), works=True)])
    report = run_it(server, **NAMED, wait=True)
    assert not report.failed, report.result["msg"]
    assert report.result["automation_run"] == {"id": "run_2", "status": "SUCCEEDED"}


def test_an_answer_with_an_earlier_run_is_a_warning() -> None:
    server = Runs(faults=[Fault(POST, answer(200, {"data": {"id": "run_1", "status": "RUNNING"}}))])
    report = run_it(server, **NAMED)
    assert report.result["changed"]
    assert "the run 'run_1'" in report.warnings[0]
    assert "which had begun before" in report.warnings[0]


def test_a_run_that_is_nowhere_is_named_by_its_own_id() -> None:
    server = Runs(faults=[Fault(POST, answer(202, {"data": {"id": "run_9", "status": "RUNNING"}}), works=True)])
    report = run_it(server, **NAMED, wait=True)
    assert report.failed
    assert "automation run with id 'run_9' was not found" in report.result["msg"]


def test_the_advice_for_a_server_without_readings_of_runs_fits() -> None:
    server = Runs(faults=[Fault(LIST, error(405), 0), Fault(ONE, error(405), 0)])
    report = run_it(server, **NAMED, wait=True)
    assert report.failed
    assert "does not offer the list of automation runs (405" in report.result["msg"]
    assert "leave name out" not in report.result["msg"]


@pytest.mark.parametrize(("said", "shown"), [({}, None), ({"data": {"state": "queued"}}, {"state": "queued"})])
def test_a_run_that_nothing_shows_is_a_warning(said: Any, shown: Any) -> None:
    server = Runs(faults=[Fault(POST, answer(202, said)), Fault(LIST, HTML, 0)])
    report = run_it(server, **NAMED)
    assert report.result["changed"]
    assert report.result["automation_run"] == shown
    assert "does not say which one it is" in report.warnings[0]
    waited = run_it(Runs(faults=[Fault(POST, answer(202, said)), Fault(LIST, HTML, 0)]), **NAMED, wait=True)
    assert waited.failed
    assert waited.result["changed"]
    assert "can't wait for its end" in waited.result["msg"]


# Waiting --------------------------------------------------------------------------------------------------------------


def test_wait_ends_with_the_run() -> None:
    server = Runs(course=("QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"))
    report = run_it(server, **NAMED, wait=True)
    assert not report.failed
    assert report.result["automation_run"] == {"id": "run_2", "status": "SUCCEEDED"}
    assert server.slept == [1.0, 1.5, 2.25, 3.375]
    assert "waiting for the end of the run 'run_2'" in report.progress[0]


@pytest.mark.parametrize("status", ["FAILED", "failed", "Timed out", "CANCELLED"])
def test_a_run_that_fails_makes_the_task_fail(status: str) -> None:
    report = run_it(Runs(course=("RUNNING", status)), **NAMED, wait=True)
    assert report.failed
    assert report.result["changed"]
    assert "did not succeed" in report.result["msg"]
    assert report.result["automation_run"] == {"id": "run_2", "status": status}


@pytest.mark.parametrize("status", ["RUNNING", "a word that nobody knows"])
def test_a_run_that_does_not_end_in_time_makes_the_task_fail(status: str) -> None:
    server = Runs(course=(status,))
    report = run_it(server, **NAMED, wait=True, wait_timeout=30)
    assert report.failed
    assert report.result["changed"]
    assert "did not end within 30 seconds" in report.result["msg"]
    assert server.time == 30
    assert server.posts == 1


def test_a_server_that_tells_no_status_is_not_waited_for() -> None:
    server = Runs(course=(None,))
    server.faults.append(Fault(POST, answer(202, {"data": {"id": "run_2"}}), works=True))
    report = run_it(server, **NAMED, wait=True)
    assert report.failed
    assert report.result["changed"]
    assert "does not tell how far it is" in report.result["msg"]


@pytest.mark.parametrize("missing", [HTML, error(405), error(501)])
def test_a_server_without_the_reading_of_one_run_shows_it_in_the_list(missing: RawAnswer) -> None:
    def ended(server: Runs) -> None:
        server.runs[0]["status"] = "SUCCEEDED"

    server = Runs(faults=[Fault(ONE, missing, 0), Fault(LIST, ended, 3)])
    report = run_it(server, **NAMED, wait=True)
    assert not report.failed, report.result["msg"]
    assert report.result["automation_run"]["status"] == "SUCCEEDED"


def test_a_run_that_readings_do_not_show_yet_is_looked_at_again() -> None:
    hidden = [Fault(ONE, NOT_FOUND, number) for number in (1, 2)]
    # The first list is read before the start.
    server = Runs(faults=[*hidden, *(Fault(LIST, page(), number) for number in (2, 3))])
    report = run_it(server, **NAMED, wait=True)
    assert not report.failed, report.result["msg"]
    assert server.steps.count(ONE) == 3


def test_a_reading_that_fails_says_that_the_run_was_started() -> None:
    server = Runs(course=("RUNNING",), faults=[Fault(ONE, error(403, "no", "Forbidden"), 2)])
    report = run_it(server, **NAMED, wait=True)
    assert report.failed
    assert report.result["changed"]
    assert report.result["automation_run"]["id"] == "run_2"
    assert "The run 'run_2' of the automation 'sample_1' (id 'aut_1') was started before that" in report.result["msg"]
    assert report.result["error"]["status"] == 403


def test_a_reading_without_an_answer_is_repeated() -> None:
    server = Runs(course=("RUNNING", "SUCCEEDED"), faults=[Fault(ONE, RESET, 1)])
    report = run_it(server, **NAMED, wait=True, retry_timeout=0)
    assert not report.failed, report.result["msg"]
