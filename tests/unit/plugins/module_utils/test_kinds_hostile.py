# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a server answers, a task about any kind of object ends with a true verdict or a clear failure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, TransportError
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    REFUSED,
    RESET,
    TIMED_OUT,
    answer,
    error,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    WITH_ORGANIZATION,
    Fault,
    Server,
    Subject,
    every_one,
    read,
    run,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.test_properties import (
    BODY,
    ERROR,
    FAILURE,
    HEADERS,
    JSON,
    PAGINATION,
    SCALAR,
    STATUS,
)

FAST = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


def reactions(subject: Subject) -> Any:
    """Return answers of all sorts, many of them close to right ones."""
    samples = [subject.sample(), subject.sample(2), subject.sample(1, **{subject.key: "other"})]
    fields = st.dictionaries(st.sampled_from(sorted(subject.shown)), SCALAR, max_size=3)
    objects = st.one_of(st.sampled_from(samples), fields.map(lambda values: {**samples[0], **values}), fields, JSON)
    pages = st.fixed_dictionaries({"data": st.lists(objects, max_size=3), "pagination": PAGINATION})
    content = st.one_of(st.fixed_dictionaries({"data": objects}), pages, ERROR, JSON)
    return st.one_of(
        st.builds(answer, STATUS, content.map(lambda one: one if isinstance(one, dict) else [one]), HEADERS),
        st.builds(RawAnswer, STATUS, HEADERS, BODY),
        FAILURE,
    )


STEPS = ("GET one", "GET list", "POST", "PATCH", "DELETE", "GET data-sources", "GET dashboards")


def faults(subject: Subject) -> Any:
    """Return faults at some requests of a server that answers all others truthfully."""
    one = st.builds(Fault, st.sampled_from(STEPS), reactions(subject), st.integers(0, 3), st.booleans())
    return st.lists(one, min_size=1, max_size=3)


FAULTS = {subject: faults(subject) for subject in WITH_ORGANIZATION}


def options_of(subject: Subject, by: str, state: str) -> dict[str, Any]:
    named = subject.named()
    for option in subject.scope:
        # By the name of what it is in.
        named = {**named, option[: -len("_id")]: "sample_1"}
        del named[option]
    identity = {"id": {"id": subject.id()}, "key": named, "new": {**named, subject.key_option: subject.name(9)}}[by]
    return {"state": state, **identity, **({**subject.needed, **subject.settings(5)} if state == "present" else {})}


@every_one
@pytest.mark.parametrize("state", ["present", "absent"])
@FAST
@given(data=st.data())
def test_a_task_on_a_hostile_server(subject: Subject, state: str, data: st.DataObject) -> None:
    """Every check of ``run`` holds, and nothing is said to be changed where nothing was sent."""
    server = Server(subject, subject.sample(2), subject.sample(1), faults=data.draw(FAULTS[subject]))
    by = data.draw(st.sampled_from(["id", "key", "new"]))
    check_mode = data.draw(st.booleans())
    report = run(subject, server, check_mode, retry_timeout=20, **options_of(subject, by, state))
    assert "Traceback" not in str(report.result)
    assert len(server.sent) < 200
    if report.result["changed"] and not check_mode:
        assert server.writes


# Faults that don't lie: no answer contradicts what the server did. A 404 in the API's own words would, of an
# object that is there.
HONEST = [
    *(
        (reaction, works)
        for reaction in (RESET, TIMED_OUT, error(500), answer(502, "<html>"))
        for works in (False, True)
    ),
    *((reaction, False) for reaction in (REFUSED, error(429), error(400), error(401), error(403), HTML)),
]
HONEST_FAULTS = st.lists(
    st.builds(
        lambda step, fault, number: Fault(step, fault[0], number, fault[1]),
        st.sampled_from(STEPS),
        st.sampled_from(HONEST),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=4,
)


@every_one
@pytest.mark.parametrize("state", ["present", "absent"])
@FAST
@given(faults=HONEST_FAULTS, by=st.sampled_from(["id", "key", "new"]), lag=st.sampled_from([0.0, 0.0, 4.0]))
def test_the_truth_is_told_whatever_fails(
    subject: Subject, state: str, faults: list[Fault], by: str, lag: float
) -> None:
    server = Server(subject, subject.sample(2), subject.sample(1), faults=faults)
    server.list_lag = lag
    began = {identifier: dict(one) for identifier, one in server.objects.items()}
    report = run(subject, server, retry_timeout=30, **options_of(subject, by, state))
    message = report.result.get("msg", "")
    if not report.failed or not ("not known" in message or "may have worked" in message):
        assert report.result["changed"] == (server.objects != began), message
    if not report.failed:
        assert not run(subject, Server(subject, *server.objects.values()), **options_of(subject, by, state)).result[
            "changed"
        ]
    keys = [subject.key_of(one) for one in server.objects.values()]
    if len(set(keys)) < len(keys):
        # A lost POST that takes effect late can't be called back, but it is told.
        assert report.failed


@every_one
@FAST
@given(data=st.data())
def test_a_reading_of_a_hostile_server(subject: Subject, data: st.DataObject) -> None:
    server = Server(subject, subject.sample(2), subject.sample(1), faults=data.draw(FAULTS[subject]))
    options = data.draw(st.sampled_from([{}, {"id": subject.id()}, {subject.key_option: subject.name()}]))
    report = read(subject, server, retry_timeout=20, **options)
    assert not report.result["changed"]
    assert report.failed == (subject.kind.family.plural_key not in report.result)
    if all(isinstance(one.reaction, TransportError) for one in server.faults) and not report.failed:
        assert len(report.result[subject.kind.family.plural_key]) == (1 if options else 2)
