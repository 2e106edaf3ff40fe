# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verifier itself must be able to fail: each untruth raises its own count, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from verdicts import Counts, Knowledge, Report, Wanted, judge

AGENT = "ansible-community.basedash/1.0.0"
WISH = Wanted("a", {"id": "ds_a"}, "ds_a")


def moment(second: int) -> str:
    """Return a time of the simulator."""
    return f"2026-01-01T00:00:{second:02}.000Z"


def report(**values: Any) -> Report:
    """Return the report of a deletion that was done and said."""
    return Report(
        **{"ticket": "a", "run": "r", "changed": True, "failed": False, "message": "", "time": moment(50), **values}
    )


def request(number: int, **values: Any) -> dict[str, Any]:
    """Return a request of ours; its second is its number."""
    plain = {"method": "DELETE", "object": "ds_a", "user_agent": AGENT, "fault": None, "effect": None}
    return {**plain, "number": number, "time": moment(number), **values}


DELETED = request(2, effect="deleted")
BY_OTHER = request(3, effect="deleted", user_agent="someone else")
READ = request(1, method="GET")
LOST = request(2, fault="reset_before")


def known(*requests: dict[str, Any], **there: bool) -> Knowledge:
    """Return what the server knows from its log, and ``there``: which data sources were never deleted."""
    times: dict[str, str | None] = {one["object"]: one["time"] for one in requests if one["effect"]}
    return Knowledge(requests, {**dict.fromkeys(there), **times})


def only(**counts: int) -> tuple[int, ...]:
    """Return the five counts, with these and 0 for the others."""
    names = ("false_changed", "false_ok", "lost", "wrongly_deleted", "undecidable")
    return tuple(counts.get(name, 0) for name in names)


def numbers(counts: Counts) -> tuple[int, ...]:
    """Return the five counts."""
    return (counts.false_changed, counts.false_ok, counts.lost, counts.wrongly_deleted, counts.undecidable)


@pytest.mark.parametrize(
    ("wish", "reports", "knowledge", "expected"),
    [
        pytest.param(WISH, [report()], known(READ, DELETED), only(), id="deleted and said"),
        pytest.param(WISH, [report(changed=False)], known(READ, BY_OTHER), only(), id="someone else, and ok"),
        pytest.param(
            Wanted("a", {"id": "x"}, None), [report(changed=False)], known(), only(), id="nothing there, and ok"
        ),
        pytest.param(
            WISH,
            [report(changed=False, failed=True, message="Whether ... is not known"), report(changed=False)],
            known(READ, DELETED),
            only(),
            id="doubt, then ok",
        ),
        pytest.param(WISH, [report()], known(READ, BY_OTHER), only(false_changed=1), id="someone else, and changed"),
        pytest.param(
            Wanted("a", {"id": "x"}, None), [report()], known(), only(false_changed=1), id="nothing there, and changed"
        ),
        pytest.param(WISH, [report(), report()], known(READ, DELETED), only(false_changed=1), id="changed twice"),
        pytest.param(
            WISH, [report()], known(READ, ds_a=True), only(false_changed=1, lost=1), id="changed, and it is still there"
        ),
        pytest.param(
            WISH, [report(time=moment(1))], known(READ, DELETED), only(false_changed=1), id="changed before it happened"
        ),
        pytest.param(
            WISH, [report(changed=False)], known(READ, ds_a=True), only(false_ok=1, lost=1), id="ok, and it is there"
        ),
        pytest.param(
            WISH,
            [report(changed=False, time=moment(1))],
            known(READ, BY_OTHER),
            only(false_ok=1),
            id="ok before someone else deleted it",
        ),
        pytest.param(
            WISH, [report(changed=False)], known(READ, DELETED), only(false_ok=1), id="ok, though the run deleted it"
        ),
        pytest.param(
            Wanted("a", {"name": "twin"}, "ds_a", refused=True),
            [report(changed=False)],
            known(ds_a=True),
            only(false_ok=1),
            id="ok in place of a refusal",
        ),
        pytest.param(WISH, [], known(ds_a=True), only(lost=1), id="no report"),
        pytest.param(
            WISH, [report(changed=False, failed=True)], known(ds_a=True), only(lost=1), id="failed to the end"
        ),
        pytest.param(
            WISH,
            [report(changed=False, failed=True, message="No answer.")],
            known(READ, DELETED),
            only(lost=2),
            id="failed without a word of the deletion",
        ),
        pytest.param(
            WISH,
            [report()],
            known(READ, DELETED, request(4, object="bystander", effect="deleted")),
            only(wrongly_deleted=1),
            id="a bystander deleted",
        ),
        pytest.param(
            Wanted("a", {"name": "twin"}, "ds_a", refused=True),
            [report()],
            known(DELETED),
            only(false_changed=1, wrongly_deleted=1),
            id="deleted in place of a refusal",
        ),
        pytest.param(
            WISH, [report()], known(READ, LOST, BY_OTHER), only(undecidable=1), id="a lost DELETE, then someone else"
        ),
        pytest.param(
            WISH, [report()], known(LOST, BY_OTHER, READ | {"number": 4}), only(false_changed=1), id="not read before"
        ),
        pytest.param(
            WISH,
            [report()],
            known(READ, request(2, fault="rate_limited"), BY_OTHER),
            only(false_changed=1),
            id="a clear answer, then someone else",
        ),
    ],
)
def test_each_untruth_has_its_count(
    wish: Wanted, reports: list[Report], knowledge: Knowledge, expected: tuple[int, ...]
) -> None:
    counts = judge([wish], reports, knowledge)

    assert numbers(counts) == expected
    assert counts.bad == any(expected[:4])


def test_a_run_under_way_has_lost_nothing_yet() -> None:
    assert numbers(judge([WISH], [], known(READ, DELETED), complete=False)) == only()


def test_a_killed_run_need_not_tell_what_it_did() -> None:
    knowledge = known(READ, DELETED)

    assert numbers(judge([WISH], [report(changed=False)], knowledge, killed_at=2)) == only()
    assert numbers(judge([WISH], [report(changed=False)], knowledge, killed_at=1)) == only(false_ok=1)


def test_after_a_kill_nobody_claims_it_twice() -> None:
    assert numbers(judge([WISH], [report(), report()], known(READ, DELETED), killed_at=2)) == only(false_changed=1)
