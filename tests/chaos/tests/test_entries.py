# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verifier of tasks about many must be able to fail: each untruth raises its own count, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from entries import ACTIONS, compare_plan, judge_task, reports_of, too_late
from verdicts import Counts, Job, Knowledge, Report, Wanted, judge

AGENT = "ansible-community.basedash/1.0.0"
WISHES = [Wanted(f"j.{name}", {"id": name}, name, listed=True) for name in ("a", "b")]
JOB = Job("lane-0", {"state": "absent"}, WISHES)
SELECTED = [Wanted(f"j.{name}", {"id": name}, name, listed=True) for name in ("y", "x")]
PRUNE = Job("lane-0", {"state": "present", "prune": True}, [Wanted("j.new", {"name": "N"}, None)], SELECTED)


def moment(second: int) -> str:
    """Return a time of the simulator."""
    return f"2026-01-01T00:00:{second:02}.000Z"


def facts(name: str) -> dict[str, Any]:
    """Return the facts of a data source, as far as they are compared."""
    return {"id": name, "display_name": name.upper(), "created_at": "then"}


def entry(name: str, action: str = "deleted", **values: Any) -> dict[str, Any]:
    """Return what a task says of one."""
    plain = {"id": name, "name": name.upper(), "action": action, "changed": action in ACTIONS[:3]}
    return {**plain, "data_source": facts(name), **values}


def report(*entries: dict[str, Any], **values: Any) -> Report:
    """Return the report of a task that began at second 10 and ended at second 20."""
    actions = [one["action"] for one in entries]
    summary = {"total": len(entries), **{action: actions.count(action) for action in ACTIONS}}
    failed = bool({"failed", "not_attempted"} & set(actions))
    changed = any(one["changed"] for one in entries)
    plain = {"ticket": "lane-0", "run": "r", "changed": changed, "failed": failed, "message": "", "time": moment(20)}
    result = {"results": list(entries), "summary": summary}
    return Report(**{**plain, "begun": moment(10), "result": result, **values})


def request(second: int, source: str | None, **values: Any) -> dict[str, Any]:
    """Return a request of ours that deleted something."""
    plain = {"method": "DELETE", "user_agent": AGENT, "fault": None, "effect": "deleted", "body": ""}
    return {**plain, "number": second, "object": source, "time": moment(second), **values}


def known(*requests: dict[str, Any], names: str = "abxyn") -> Knowledge:
    """Return what the server knows: the data sources of these names, and its log."""
    gone = {one["object"]: one["time"] for one in requests if one["effect"] == "deleted"}
    sources = {name: {"id": name, "displayName": name.upper(), "createdAt": "then"} for name in names}
    return Knowledge(requests, {name: gone.get(name) for name in names}, sources)


BOTH = [request(11, "a"), request(12, "b")]
CREATED = request(11, "n", method="POST", effect="created", body='{"displayName": "N"}')
TOOK = [CREATED, request(12, "y"), request(13, "x")]


def kinds(counts: Counts) -> list[str]:
    """Return the kinds of what was found."""
    return [text.split(":")[0] for text in counts.findings]


@pytest.mark.parametrize(
    ("job", "said", "knowledge"),
    [
        (JOB, report(entry("a"), entry("b")), known(*BOTH)),
        (JOB, report(entry("a"), entry("b", "not_attempted")), known(BOTH[0])),
        (JOB, report(entry("a"), entry("b", "failed", msg="... is not known")), known(*BOTH)),
        (PRUNE, report(entry("n", "created"), entry("y"), entry("x")), known(*TOOK)),
        # Someone else took one of the selected before the list was read.
        (PRUNE, report(entry("n", "created"), entry("x")), known(*TOOK[::2], request(12, "y", user_agent="other"))),
        (JOB, report(failed=True, changed=False, result={}), known()),
    ],
)
def test_the_truth(job: Job, said: Report, knowledge: Knowledge) -> None:
    assert kinds(judge_task(job, said, knowledge)) == []
    assert kinds(too_late([said], knowledge)) == []


@pytest.mark.parametrize(
    ("kind", "job", "said", "knowledge"),
    [
        pytest.param("misplaced", JOB, report(entry("b"), entry("a")), known(*BOTH), id="another order"),
        pytest.param("misplaced", JOB, report(entry("a")), known(*BOTH), id="one is missing"),
        pytest.param("misplaced", JOB, report(*map(entry, "abb")), known(*BOTH), id="one is there twice"),
        pytest.param("misplaced", JOB, report(*map(entry, "abx")), known(*BOTH), id="one that nobody asked for"),
        pytest.param(
            "misplaced",
            PRUNE,
            report(entry("n", "created"), entry("x"), entry("y")),
            known(*TOOK),
            id="selected in another order",
        ),
        pytest.param(
            "misplaced", PRUNE, report(entry("n", "created"), entry("x")), known(*TOOK[::2]), id="not selected"
        ),
        pytest.param(
            "misplaced",
            PRUNE,
            report(entry("n", "created"), entry("y"), entry("x", "failed")),
            known(request(5, "x"), *TOOK[:2]),
            id="selected after its end",
        ),
        pytest.param(
            "wrong_sums", JOB, report(entry("a"), entry("b"), changed=False), known(*BOTH), id="changed is false"
        ),
        pytest.param(
            "wrong_sums", JOB, report(entry("a"), entry("b"), failed=True), known(*BOTH), id="failed for nothing"
        ),
        pytest.param(
            "wrong_sums",
            JOB,
            report(entry("a"), entry("b", "failed"), failed=False),
            known(BOTH[0]),
            id="ok in spite of a failure",
        ),
        pytest.param(
            "wrong_sums", JOB, report(entry("a", changed=False), entry("b")), known(*BOTH), id="deleted, not changed"
        ),
        pytest.param("wrong_sums", JOB, report(failed=False, result={}), known(), id="nothing at all"),
        pytest.param(
            "wrong_facts", JOB, report(entry("a", data_source=facts("b")), entry("b")), known(*BOTH), id="swapped facts"
        ),
        pytest.param(
            "wrong_facts",
            PRUNE,
            report(entry("n", "created", data_source=None), entry("y"), entry("x")),
            known(*TOOK),
            id="created without facts",
        ),
        pytest.param(
            "touched", JOB, report(entry("a"), entry("b", "not_attempted")), known(*BOTH), id="not attempted, deleted"
        ),
        pytest.param(
            "touched",
            JOB,
            report(entry("a"), entry("b", "not_attempted")),
            known(BOTH[0], request(12, "b", effect=None, fault="reset_before")),
            id="not attempted, tried",
        ),
        pytest.param(
            "touched", JOB, report(failed=True, changed=False, result={}), known(BOTH[0]), id="failed as a whole, wrote"
        ),
        pytest.param(
            "touched",
            Job("lane-0", {"on_error": "stop", "concurrency": 1}, WISHES),
            report(entry("a", "failed"), entry("b")),
            known(BOTH[1]),
            id="went on after a failure",
        ),
        pytest.param(
            "false_ok",
            Job("lane-0", {}, WISHES, refused=True),
            report(entry("a", "unchanged"), entry("b", "unchanged")),
            known(names="ab"),
            id="not refused",
        ),
        pytest.param(
            "false_ok", JOB, report(entry("a"), entry("b", "unchanged")), known(*BOTH), id="deleted, and unchanged"
        ),
        pytest.param(
            "false_changed",
            JOB,
            report(entry("a"), entry("b")),
            known(request(5, "a"), BOTH[1]),
            id="deleted by an earlier task",
        ),
        pytest.param(
            "false_changed",
            PRUNE,
            report(entry("n", "created"), entry("y"), entry("x")),
            known(*TOOK[1:]),
            id="never created",
        ),
        pytest.param(
            "false_changed",
            JOB,
            report(entry("a"), entry("b", "failed", changed=True)),
            known(BOTH[0]),
            id="failed, changed, and nothing was done",
        ),
        pytest.param(
            "lost", JOB, report(entry("a"), entry("b", "failed", msg="no")), known(*BOTH), id="failed, and did it"
        ),
        pytest.param(
            "wrongly_deleted",
            PRUNE,
            report(entry("n", "failed", id=None, data_source=None), entry("y"), entry("x", "not_attempted")),
            known(TOOK[1]),
            id="pruned after a failure",
        ),
        pytest.param(
            "wrong_plans",
            Job("lane-0", {"state": "absent"}, WISHES, check=True),
            report(entry("a"), entry("b")),
            known(BOTH[0]),
            id="a plan that deletes",
        ),
    ],
)
def test_each_untruth_counts(kind: str, job: Job, said: Report, knowledge: Knowledge) -> None:
    counts = judge_task(job, said, knowledge)

    assert kinds(counts) == [kind]
    assert counts.bad


def test_of_what_was_not_read_a_warning_is_enough() -> None:
    lost = request(12, "a", effect=None, fault="reset_before")
    knowledge = known(request(5, "a"), BOTH[0] | {"object": "b"}, lost)
    warned = entry("a", warnings=["It might have been gone already."])

    assert kinds(judge_task(JOB, report(warned, entry("b")), knowledge)) == []
    assert kinds(judge_task(JOB, report(entry("a"), entry("b")), knowledge)) == ["false_changed"]


def test_a_request_after_the_end_is_too_late() -> None:
    counts = too_late([report(entry("a"), entry("b"))], known(BOTH[0], request(25, "b")))

    assert kinds(counts) == ["too_late"]
    assert counts.bad
    assert not too_late([], known(BOTH[0]), killed_at=1).bad


def test_a_plan_that_is_not_kept() -> None:
    plan, real = report(entry("a"), entry("b")), report(entry("a"), entry("b", "unchanged"))

    assert kinds(compare_plan(plan, real)) == ["wrong_plans"]
    assert not compare_plan(plan, plan).bad


def test_what_is_said_of_each_is_judged_like_a_task_of_one() -> None:
    swapped = report(entry("a", "unchanged"), entry("b", "failed"))
    knowledge = known(BOTH[0], request(12, None, method="GET", effect=None))

    assert [one.final for one in reports_of(JOB, swapped)] == [True, False]
    assert kinds(judge(WISHES, reports_of(JOB, swapped), knowledge)) == ["false_ok", "lost"]
    assert kinds(judge(WISHES, reports_of(JOB, report(entry("a"), entry("b"))), known(*BOTH))) == []


def test_who_selects_and_does_not_name_one_says_that_it_is_gone() -> None:
    said = reports_of(PRUNE, report(entry("n", "created"), entry("x")))

    assert kinds(judge(SELECTED, said, known(TOOK[2]))) == ["false_ok", "lost"]
    assert kinds(judge(SELECTED, said, known(TOOK[2], request(5, "y", user_agent="someone else")))) == []


def test_one_that_was_not_attempted_is_left_to_do() -> None:
    said = reports_of(JOB, report(entry("a"), entry("b", "not_attempted")))

    assert [one.ok for one in said] == [False, False]
    assert kinds(judge(WISHES, said, known(BOTH[0]))) == ["lost"]
