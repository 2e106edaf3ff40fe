# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One matrix for every kind of object: each fault at each request, and the verdict."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import pytest

from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, TransportError
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    REFUSED,
    RESET,
    TIMED_OUT,
    UNTRUSTED,
    answer,
    error,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    ORGANIZATION,
    SUBJECTS,
    WITH_ORGANIZATION,
    Fault,
    Server,
    Subject,
    run,
)

CUT_OFF = TransportError("the answer was cut off", sent=True, transient=True)
SAYS_ERROR = {"error": {"title": "Conflict", "detail": "not now"}}

BUSY = error(429)

STEPS = ("GET one", "GET list", "DELETE", "POST", "PATCH")


class Case(NamedTuple):
    """A fault: the reaction, whether the server did its work all the same, and the verdict at each of ``STEPS``."""

    reaction: Any
    works: bool
    verdicts: str

    @property
    def is_unclear(self) -> bool:
        """Tell whether a client can't know that the server did nothing."""
        return (
            self.reaction.sent
            if isinstance(self.reaction, TransportError)
            else self.reaction.status in (500, 502, 503, 504)
        )


# The verdicts. "done": the task went on, and all is as it was asked for. "failed": the task failed, and nothing was
# changed. "unknown": it failed and says that it is not known whether something was. "half": it failed, and says that
# something was changed. "-": this can't happen there.
CASES = {
    "refused connection": Case(REFUSED, False, "done done done done done"),
    "untrusted certificate": Case(UNTRUSTED, False, "failed failed failed failed failed"),
    "reset before the work": Case(RESET, False, "done done done done done"),
    "reset after the work": Case(RESET, True, "- - done done done"),
    "cut off": Case(CUT_OFF, True, "- - done done done"),
    "time-out before the work": Case(TIMED_OUT, False, "done done done unknown done"),
    "time-out after the work": Case(TIMED_OUT, True, "- - done done done"),
    "500 before the work": Case(error(500), False, "done done done done done"),
    "500 after the work": Case(error(500), True, "- - done done done"),
    "502 before the work": Case(answer(502, "<html>"), False, "done done done done done"),
    "502 after the work": Case(answer(502, "<html>"), True, "- - done done done"),
    "503 before the work": Case(answer(503), False, "done done done done done"),
    "503 after the work": Case(answer(503), True, "- - done done done"),
    "504 before the work": Case(answer(504, "<html>"), False, "done done done unknown done"),
    "504 after the work": Case(answer(504, "<html>"), True, "- - done done done"),
    "429 with a time": Case(error(429, retryAfterMs=500), False, "done done done done done"),
    "429 with nothing": Case(answer(429), False, "done done done done done"),
    "400": Case(error(400, "not so"), False, "failed failed failed failed failed"),
    "401": Case(error(401), False, "failed failed failed failed failed"),
    "401 by something else": Case(answer(401, "<html>"), False, "failed failed unknown failed failed"),
    "403": Case(error(403), False, "failed failed failed failed failed"),
    "403 by something else": Case(answer(403, ""), False, "failed failed unknown failed failed"),
    "404": Case(NOT_FOUND, False, "done failed failed failed failed"),
    "404 by something else": Case(HTML, False, "done failed unknown failed failed"),
    "404 without a body": Case(answer(404), False, "done failed unknown failed failed"),
    "405": Case(error(405), False, "done failed failed failed failed"),
    "501": Case(answer(501), False, "done failed failed failed failed"),
    "407": Case(answer(407, "<html>"), False, "failed failed failed failed failed"),
    "409": Case(error(409, "in use"), False, "failed failed failed failed failed"),
    "422": Case(error(422, "not so"), False, "failed failed failed failed failed"),
    "418": Case(answer(418), False, "failed failed failed failed failed"),
    "redirect": Case(
        answer(302, None, {"location": "https://login.example.org"}), False, "failed failed failed failed failed"
    ),
    "200 with a page, before the work": Case(answer(200, "<html>"), False, "failed failed unknown unknown unknown"),
    "200 with a page, after the work": Case(answer(200, "<html>"), True, "- - unknown done done"),
    "200 with an error, before the work": Case(answer(200, SAYS_ERROR), False, "failed failed failed unknown unknown"),
    "200 with an error, after the work": Case(answer(200, SAYS_ERROR), True, "- - done done done"),
    "200 with an object without an id, before the work": Case(
        answer(200, {"data": {"ok": 1}}), False, "failed failed failed unknown unknown"
    ),
    "200 with an object without an id, after the work": Case(
        answer(200, {"data": {"ok": 1}}), True, "- - done done done"
    ),
    "200 with nothing, before the work": Case(answer(200), False, "failed failed - half failed"),
    "200 with nothing, after the work": Case(answer(200), True, "- - done done done"),
    "204, after the work": Case(answer(204), True, "- - done done done"),
    "200 with a list, before the work": Case(answer(200, [1]), False, "failed failed failed unknown unknown"),
}

# Nothing deletes an organization.
PLACES = [*product(SUBJECTS, STEPS), (ORGANIZATION, "POST"), (ORGANIZATION, "PATCH")]
MATRIX = [
    pytest.param(subject, step, case, verdict, id="%s-%s-%s" % (step, name, subject))
    for name, case in CASES.items()
    for subject, step in PLACES
    for verdict in [case.verdicts.split()[STEPS.index(step)]]
    if verdict != "-"
]


def options_for(subject: Subject, step: str) -> dict[str, Any]:
    """Return a task in which a request of this sort is the one that matters."""
    if step == "GET one":
        return {"state": "absent", "id": subject.id()}
    if step in ("GET list", "DELETE"):
        return {"state": "absent", **subject.named()}
    if step == "POST":
        return {**subject.named(9), **subject.needed}
    return {**subject.named(), **subject.changed()}


def is_done(server: Server, options: dict[str, Any]) -> bool:
    """Tell whether the server holds exactly what was asked for."""
    subject = server.subject
    if options.get("state") == "absent":
        return subject.id() not in server.objects
    key = options.get("new_name") or options[subject.key_option]
    found = [one for one in server.objects.values() if subject.key_of(one) == key]
    asked = subject.asked(options)
    return len(found) == 1 and all(subject.held(found[0], name) == value for name, value in asked.items())


@pytest.mark.parametrize(("subject", "step", "case", "verdict"), MATRIX)
def test_fault_at_request(subject: Subject, step: str, case: Case, verdict: str) -> None:
    server = Server(subject, subject.sample(2), subject.sample(1), faults=[Fault(step, case.reaction, 1, case.works)])
    began = {identifier: dict(one) for identifier, one in server.objects.items()}
    options = options_for(subject, step)
    if subject.sent_once and step == "POST" and case.is_unclear and not case.works:
        verdict = "unknown"
    report = run(subject, server, **options)
    message = report.result.get("msg", "")
    assert report.failed == (verdict != "done"), message
    assert report.result["changed"] == (verdict in ("done", "half")), message
    assert ("not known" in message) == (verdict == "unknown"), message
    if verdict == "done":
        assert is_done(server, options)
    elif not case.works:
        assert server.objects == began
    assert server.objects[subject.id(2)] == began[subject.id(2)]
    assert len(server.bodies) <= 1
    if verdict == "failed" and isinstance(case.reaction, RawAnswer) and "still there" not in message:
        details = report.result.get("error")
        if details is not None:
            assert details["method"] == step.split()[0]
            assert details["status"] == case.reaction.status


@pytest.mark.parametrize(("subject", "step"), PLACES)
@pytest.mark.parametrize("reaction", [RESET, error(503), BUSY], ids=["reset", "503", "429"])
def test_a_server_that_never_recovers(subject: Subject, step: str, reaction: Any) -> None:
    """The budget of retries ends such a task, and it says what is not known."""
    server = Server(subject, subject.sample(2), subject.sample(1), faults=[Fault(step, reaction, number=0)])
    report = run(subject, server, retry_timeout=20, **options_for(subject, step))
    assert report.failed
    assert not report.result["changed"]
    assert server.time <= 40
    # A 429 is a clear answer: nothing was done.
    lost = step in ("DELETE", "POST", "PATCH") and reaction is not BUSY
    assert ("not known" in report.result["msg"]) == lost


@pytest.mark.parametrize(("subject", "step"), [one for one in PLACES if not one[1].startswith("GET")])
def test_the_access_is_lost_after_a_lost_answer(subject: Subject, step: str) -> None:
    """What a write did can't be looked at any more, and the message says so."""
    faults = [Fault(step, RESET, works=True), Fault(step, error(401), number=2)]
    faults += [Fault("GET one", error(401), number=0), Fault("GET list", error(401), number=2)]
    server = Server(subject, subject.sample(2), subject.sample(1), faults=faults)
    report = run(subject, server, **options_for(subject, step))
    assert report.failed
    assert not report.result["changed"]
    assert "not known" in report.result["msg"]
    assert report.result["error"]["status"] == 401


@pytest.mark.parametrize("subject", [one for one in WITH_ORGANIZATION if not one.sent_once], ids=str)
def test_no_answer_that_names_a_new_object_is_thrown_away(subject: Subject) -> None:
    """A POST whose answer was lost comes into effect late: two objects then, and both are named."""

    def late(server: Server) -> None:
        server.add(subject.sample(7, **{subject.key: subject.name(9), **subject.within}))

    server = Server(subject, subject.sample(2), faults=[Fault("POST", RESET), Fault("POST", late, number=2)])
    report = run(subject, server, **options_for(subject, "POST"))
    assert report.failed
    assert report.result["changed"]
    assert all(one in report.result["msg"] for one in server.objects if one != subject.id(2))
