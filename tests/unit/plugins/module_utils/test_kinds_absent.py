# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table for ``state: absent``, which holds for every kind of object."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    RESET,
    TIMED_OUT,
    answer,
    error,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    MARKS,
    SUBJECTS,
    Fault,
    Options,
    Server,
    Subject,
    absent,
    every_kind,
    read,
    run,
)


def by_id(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id()}


def by_key(subject: Subject) -> dict[str, Any]:
    return subject.named()


def by_both(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(), **subject.named()}


def other_key(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(), **subject.named(2)}


def unknown_id(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(9)}


def unknown_key(subject: Subject) -> dict[str, Any]:
    return subject.named(9)


def forced(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(), "force": True}


def unknown_forced(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(9), "force": True}


def with_option(options: Options, **more: Any) -> Options:
    return lambda subject: {**options(subject), **more}


def vanish(server: Server) -> None:
    server.remove(server.subject.id())


def twin(server: Server) -> None:
    server.add(server.subject.sample(3, **{server.subject.key: server.subject.name()}))


class Row(NamedTuple):
    """A row: the options, what happens on the way, and the end.

    ``verdict`` is deleted, unchanged, or failed. ``steps`` are the requests, "" for any. ``said`` is a part of the
    message, or of the only warning with ``warned``. ``there`` tells that the object is there in the end.
    """

    options: Options
    faults: tuple[Fault, ...]
    verdict: str
    steps: str
    said: str = ""
    warned: bool = False
    there: bool = True


def ever(step: str, reaction: Any) -> Fault:
    return Fault(step, reaction, number=0)


NO_READING = (ever("GET one", error(405)), ever("GET list", error(405)))
READ, LIST = "GET one DELETE", "GET list DELETE"
NONE = "GET one GET list"

TABLE = {
    # What is there.
    "by id": Row(by_id, (), "deleted", READ, there=False),
    "by key": Row(by_key, (), "deleted", LIST, there=False),
    "by both": Row(by_both, (), "deleted", READ, there=False),
    "id with another key": Row(other_key, (), "failed", "GET one", "and not 'sample_2"),
    "several of the key": Row(by_key, (Fault("GET list", twin),), "failed", "GET list", "give one of their ids"),
    "forced": Row(forced, (), "deleted", "DELETE", there=False),
    "forced without an id": Row(with_option(by_key, force=True), (), "failed", "", "give id, or leave force out"),
    # What is not there.
    "no such id": Row(unknown_id, (), "unchanged", NONE, "nothing to delete"),
    "no such key": Row(unknown_key, (), "unchanged", "GET list", "nothing to delete"),
    "no such id, which may not be": Row(
        with_option(unknown_id, missing_ok=False), (), "failed", NONE, "missing_ok is false"
    ),
    "no such key, which may not be": Row(
        with_option(unknown_key, missing_ok=False), (), "failed", "GET list", "missing_ok is false"
    ),
    "no such id, not verified": Row(
        with_option(unknown_id, verify_absence=False), (), "unchanged", "GET one", "nothing to delete"
    ),
    "forced and not there": Row(unknown_forced, (), "unchanged", "DELETE GET one GET list", "nothing to delete"),
    # A 404 that proves nothing.
    "404, and 401 for the list": Row(unknown_id, (Fault("GET list", error(401)),), "failed", NONE, "can't be known"),
    "404, and 403 for the list": Row(unknown_id, (Fault("GET list", error(403)),), "failed", NONE, "can't be known"),
    "404, and 404 for the list": Row(unknown_id, (Fault("GET list", error(404)),), "failed", NONE, "can't be known"),
    "404 by something else": Row(
        by_id, (ever("GET one", HTML), ever("GET list", HTML)), "failed", NONE, "not one of the Basedash API"
    ),
    "404 by something else, for the list": Row(
        by_key, (ever("GET list", HTML),), "failed", "GET list", "not one of the Basedash API"
    ),
    "404 by something else, for the DELETE": Row(
        by_id, (Fault("DELETE", HTML),), "failed", READ, "not one of the Basedash API"
    ),
    "404 without a body, for the DELETE": Row(
        by_id, (Fault("DELETE", answer(404)),), "failed", READ, "not one of the Basedash API"
    ),
    "refused by a firewall": Row(
        by_id, (Fault("GET one", answer(403, "<html>")),), "failed", "GET one", "between here and Basedash"
    ),
    "refused by a log-in": Row(
        by_key, (Fault("GET list", answer(401, "<html>")),), "failed", "GET list", "between here and Basedash"
    ),
    # Servers without the single GET, or without any reading.
    "single GET says 404": Row(by_id, (ever("GET one", NOT_FOUND),), "deleted", NONE + " DELETE", there=False),
    "single GET is a page": Row(by_id, (ever("GET one", HTML),), "deleted", NONE + " DELETE", there=False),
    "single GET says 405": Row(by_id, (ever("GET one", error(405)),), "deleted", NONE + " DELETE", there=False),
    "single GET says 501": Row(by_id, (ever("GET one", error(501)),), "deleted", NONE + " DELETE", there=False),
    "no reading": Row(by_id, NO_READING, "deleted", NONE + " DELETE", there=False),
    "no reading and not there": Row(
        unknown_id, NO_READING, "unchanged", NONE + " DELETE", "Only the answer to the DELETE", warned=True
    ),
    "no reading, by key": Row(by_key, NO_READING, "failed", "GET list", "leave"),
    "no reading, by both": Row(by_both, NO_READING, "failed", NONE, "can't be checked"),
    # Answers to the DELETE.
    "404 after a lost answer": Row(
        by_id, (Fault("DELETE", RESET, works=True),), "deleted", "GET one DELETE DELETE GET one", there=False
    ),
    "forced, 404 after a lost answer": Row(
        forced,
        (Fault("DELETE", TIMED_OUT, works=True),),
        "deleted",
        "DELETE DELETE GET one GET list",
        "might have been gone already",
        warned=True,
        there=False,
    ),
    "somebody else deletes it": Row(
        by_id, (Fault("DELETE", vanish),), "unchanged", READ + " GET one", "by someone else", warned=True, there=False
    ),
    "404, but it stays": Row(by_id, (ever("DELETE", NOT_FOUND),), "failed", "", "may read it and not delete it"),
    "200 with nothing": Row(by_id, (Fault("DELETE", answer(200), works=True),), "deleted", READ, there=False),
    "200 with null": Row(
        by_id, (Fault("DELETE", answer(200, {"data": None}), works=True),), "deleted", READ, there=False
    ),
    "202": Row(by_id, (Fault("DELETE", answer(202, {}), works=True),), "deleted", READ, there=False),
    "200 with a page": Row(by_id, (Fault("DELETE", answer(200, "<html>")),), "failed", READ, "is not known"),
    "200 with an error, it is gone": Row(
        by_id,
        (Fault("DELETE", answer(200, {"error": {"title": "x", "detail": "y"}}), works=True),),
        "deleted",
        READ + " GET one",
        there=False,
    ),
    "200 with an error, it stays": Row(
        by_id, (Fault("DELETE", answer(200, {"data": {"success": False}})),), "failed", "", "it is still there"
    ),
    "200 with another object": Row(
        by_id, (Fault("DELETE", answer(200, {"data": {"id": "x"}})),), "failed", "", "it is still there"
    ),
    "401": Row(by_id, (Fault("DELETE", error(401, "no")),), "failed", READ, "API key was not accepted"),
    "403": Row(by_id, (Fault("DELETE", error(403, "no")),), "failed", READ, "may not do this"),
    "405": Row(by_id, (Fault("DELETE", error(405, "no")),), "failed", READ, "does not offer DELETE"),
    "409": Row(by_id, (Fault("DELETE", error(409, "in use")),), "failed", READ, "in use"),
    "302": Row(by_id, (Fault("DELETE", answer(302, None, {"location": "https://x.example"})),), "failed", READ),
}


# What is never deleted unread, because a guard has to look at it first.
READ_FIRST = {
    "forced": Row(forced, (), "deleted", READ, there=False),
    "forced and not there": Row(unknown_forced, (), "unchanged", NONE, "nothing to delete"),
    "forced, 404 after a lost answer": Row(
        forced, (Fault("DELETE", TIMED_OUT, works=True),), "deleted", "GET one DELETE DELETE GET one", there=False
    ),
    "no reading": Row(by_id, NO_READING, "failed", NONE, "offers no way to read"),
    "no reading and not there": Row(unknown_id, NO_READING, "failed", NONE, "offers no way to read"),
}


def row_of(subject: Subject, name: str) -> Row:
    return READ_FIRST.get(name, TABLE[name]) if subject.read_first else TABLE[name]


def world(subject: Subject, row: Row) -> Server:
    return Server(subject, subject.sample(2), subject.sample(1), faults=row.faults)


@pytest.mark.parametrize(
    ("subject", "shows_archived"),
    [
        pytest.param(subject, shown, id="%s%s" % (subject, "-archived" if shown else ""))
        for subject in SUBJECTS
        for shown in ((False, True) if subject.mark else (False,))
    ],
)
@pytest.mark.parametrize("name", TABLE)
def test_absent(subject: Subject, shows_archived: bool, name: str) -> None:
    row = row_of(subject, name)
    server = world(subject, row)
    server.shows_archived = shows_archived
    report = absent(subject, server, **row.options(subject))
    message = str(report.result.get("msg", ""))
    assert report.failed == (row.verdict == "failed"), message
    assert report.result["changed"] == (row.verdict == "deleted")
    assert (subject.id() in server.objects) == row.there
    assert subject.id(2) in server.objects
    if row.steps:
        # A reading that shows an archived object says at once that it is gone.
        known = (
            row.steps[: -len(" GET list")] if shows_archived and row.steps.endswith("DELETE GET one GET list") else ""
        )
        assert " ".join(server.own) in (row.steps, known)
    cautions = [subject.kind.caution("deleted", subject.sample())] if row.verdict == "deleted" else []
    warnings = [one for one in report.warnings if one not in cautions]
    assert len(warnings) == row.warned, report.warnings
    assert row.said in (warnings[0] if row.warned else message)
    if row.verdict == "deleted" and "GET" in row.steps and "list" not in row.steps:
        assert report.result[subject.noun] == subject.facts_of(subject.sample())
        assert report.result["diff"]["after"] == {}
        assert report.result["diff"]["before"]["id"] == subject.id()


FAILS_LATER = {name for name, row in TABLE.items() if any(one.step == "DELETE" for one in row.faults)}


@every_kind
@pytest.mark.parametrize("name", [name for name in TABLE if name not in FAILS_LATER])
def test_check_mode_predicts(subject: Subject, name: str) -> None:
    row = row_of(subject, name)
    options = row.options(subject)
    server = world(subject, row)
    predicted = absent(subject, server, check_mode=True, **options)
    assert subject.id() in server.objects
    if "no reading" in name and row.verdict != "failed":
        assert predicted.result["changed"]
        assert "only the DELETE would tell" in predicted.warnings[0]
        return
    real = absent(subject, world(subject, row), **options)
    assert predicted.failed == real.failed
    assert predicted.result["changed"] == real.result["changed"]
    assert predicted.result.get("msg") == real.result.get("msg")
    if "forced" not in name:
        assert predicted.result.get("diff") == real.result.get("diff")
        assert predicted.result[subject.noun] == real.result[subject.noun]
        assert predicted.warnings == real.warnings


@every_kind
@pytest.mark.parametrize("there", ["sample_\u200b1", "sample _1", "sample_1\u00ad"])
@pytest.mark.parametrize("state", ["absent", "present"])
def test_a_key_that_differs_in_what_nobody_sees_is_refused(subject: Subject, there: str, state: str) -> None:
    there = subject.name().replace("sample_1", there)
    server = Server(subject, subject.sample(1, **{subject.key: there}))
    settings = subject.needed if state == "present" else {}
    report = run(subject, server, state=state, **subject.named(), **settings)
    assert report.failed
    assert "differs in white space" in report.result["msg"]
    assert server.writes == []


@every_kind
def test_a_key_that_differs_in_case_is_another_one(subject: Subject) -> None:
    server = Server(subject, subject.sample(1, **{subject.key: subject.name().capitalize()}))
    report = absent(subject, server, **subject.named())
    assert not report.failed
    assert report.result["changed"] == subject.any_case
    assert subject.any_case or "'Sample_1'" in report.warnings[0]


@every_kind
def test_an_id_in_the_place_of_a_key_is_worth_a_hint(subject: Subject) -> None:
    server = Server(subject, subject.sample())
    report = absent(subject, server, **{**subject.named(), subject.key_option: subject.id()})
    assert "goes into the option id" in report.warnings[0]
    assert not report.result["changed"]
    report = absent(subject, Server(subject, subject.sample()), id=subject.name())
    assert "goes into the option %s" % subject.key_option in report.warnings[0]


@every_kind
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_is_archived_counts_as_absent(subject: Subject, mark: str, check_mode: bool) -> None:
    gone = subject.sample(1, **{mark: "2026-11-21T08:00:00.000Z"})
    for options in (by_id(subject), by_key(subject), by_both(subject)):
        server = Server(subject, gone)
        report = absent(subject, server, check_mode, **options)
        assert not report.failed
        assert not report.result["changed"]
        assert report.result[subject.noun] is None
        assert server.writes == []
    alive = subject.sample(1, **{mark: None})
    assert absent(subject, Server(subject, alive), check_mode, **by_key(subject)).result["changed"]


@every_kind
def test_one_that_is_archived_does_not_make_a_key_ambiguous(subject: Subject) -> None:
    gone = subject.sample(2, archivedAt="2026-11-21T08:00:00.000Z", **{subject.key: subject.name()})
    server = Server(subject, gone, subject.sample())
    assert absent(subject, server, **subject.named()).result["changed"]
    assert list(server.objects) == [subject.id(2)]


@every_kind
@pytest.mark.parametrize("pages", [1, 2, 3])
def test_every_page_is_looked_at(subject: Subject, pages: int) -> None:
    server = Server(subject, *(subject.sample(number) for number in range(7, 0, -1)))
    server.page_size = -(-7 // pages)
    report = absent(subject, server, **subject.named())
    assert report.result["changed"]
    assert server.own == ["GET list"] * pages + ["DELETE"]


@every_kind
@pytest.mark.parametrize("name", ["an id with / and ?", "Gr\u00f6\u00dfe", "%2e%2e"])
def test_an_id_is_one_segment_of_the_path(subject: Subject, name: str) -> None:
    server = Server(subject, subject.sample(1, id=name))
    assert absent(subject, server, id=name).result["changed"]
    assert server.objects == {}


@every_kind
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_server_that_shows_no_key(subject: Subject, state: str) -> None:
    """Some fields are known from third parties alone. Without its key, an object is not found, and is there."""
    settings = subject.needed if state == "present" else {}
    for check_mode in (True, False):
        server = Server(subject, subject.sample())
        server.omitted = {subject.key}
        report = run(subject, server, check_mode, state=state, **subject.named(), **settings)
        assert report.failed
        assert "none can be found by it" in report.result["msg"]
        assert server.writes == []
    assert read(subject, server, **{subject.key_option: subject.name()}).failed
    assert absent(subject, server, id=subject.id()).result["changed"]
