# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table for ``state: present``, which holds for every kind of object."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    RESET,
    answer,
    error,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    MARKS,
    REFERENCES,
    UNKNOWN,
    WITH_ORGANIZATION,
    Fault,
    Options,
    Server,
    Subject,
    every_kind,
    every_one,
    run,
    snake_case,
    types_of,
    value_at,
    words_of,
)


def new(subject: Subject) -> dict[str, Any]:
    return {**subject.named(9), **subject.needed}


def same(subject: Subject) -> dict[str, Any]:
    return {**subject.named(), **subject.settings(1)}


def changed(subject: Subject) -> dict[str, Any]:
    return {**subject.named(), **subject.changed()}


def changed_by_id(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(), **subject.changed()}


def other_key(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(), **subject.named(2)}


def unknown_id(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(9)}


def unknown_both(subject: Subject) -> dict[str, Any]:
    return {"id": subject.id(9), **new(subject)}


def twin(server: Server) -> None:
    server.add(server.subject.sample(3, **{server.subject.key: server.subject.name()}))


def ever(step: str, reaction: Any) -> Fault:
    return Fault(step, reaction, number=0)


class Row(NamedTuple):
    """A row: the options, what happens on the way, and the end.

    ``verdict`` is created, updated, unchanged, or failed; "half" failed after something was changed. ``steps`` are the
    requests, "" for any. ``said`` is a part of the message.
    """

    options: Options
    faults: tuple[Fault, ...]
    verdict: str
    steps: str
    said: str = ""


CREATE, UPDATE = "GET list POST GET list", "GET list PATCH"
READS_BACK = " GET one"
ERROR = {"error": {"title": "x", "detail": "that is wrong"}}

TABLE = {
    "new": Row(new, (), "created", CREATE),
    "same": Row(same, (), "unchanged", "GET list"),
    "different": Row(changed, (), "updated", UPDATE),
    "different, by id": Row(changed_by_id, (), "updated", "GET one PATCH"),
    "nothing given": Row(lambda subject: subject.named(), (), "unchanged", "GET list"),
    # Guards.
    "id with another key": Row(other_key, (), "failed", "GET one", "and not 'sample_2"),
    "no such id": Row(unknown_id, (), "failed", "GET one GET list", "can't be created with an id"),
    "no such id, with a key": Row(unknown_both, (), "failed", "GET one GET list", "can't be created with an id"),
    "several of the key": Row(changed, (Fault("GET list", twin),), "failed", "GET list", "give one of their ids"),
    "white space in the key": Row(
        lambda subject: {**new(subject), subject.key_option: "two\nlines"}, (), "failed", "GET list", "remove it"
    ),
    # Readings that prove nothing.
    "list refused": Row(new, (ever("GET list", error(403)),), "failed", "GET list"),
    "list says 404": Row(new, (ever("GET list", NOT_FOUND),), "failed", "GET list"),
    "list is a page": Row(new, (ever("GET list", HTML),), "failed", "GET list"),
    "list is not offered": Row(new, (ever("GET list", error(405)),), "failed", "GET list", "does not offer the list"),
    "no reading": Row(
        changed_by_id,
        (ever("GET list", error(405)), ever("GET one", error(405))),
        "failed",
        "GET one GET list",
        "nothing can be compared",
    ),
    "list has an error in its body": Row(new, (ever("GET list", answer(200, ERROR)),), "failed", "GET list"),
    "list does not end": Row(new, (ever("GET list", answer(200, {"data": []})),), "failed", "GET list"),
    # Answers to the POST.
    "POST refused with 400": Row(new, (Fault("POST", error(400, "too odd")),), "failed", "GET list POST", "too odd"),
    "POST refused with 401": Row(new, (Fault("POST", error(401, "no")),), "failed", "GET list POST"),
    "POST refused with 403": Row(new, (Fault("POST", error(403, "no")),), "failed", "GET list POST"),
    "POST refused with 404": Row(new, (Fault("POST", NOT_FOUND),), "failed", "GET list POST"),
    "POST refused by something else": Row(new, (Fault("POST", HTML),), "failed", "GET list POST"),
    "POST not offered": Row(new, (Fault("POST", error(405)),), "failed", "GET list POST", "does not offer POST"),
    "POST contradicts": Row(new, (Fault("POST", error(409, "taken")),), "failed", "GET list POST", "taken"),
    "POST says nothing": Row(new, (Fault("POST", answer(201), works=True),), "created", "GET list POST GET list"),
    "POST says an empty object": Row(new, (Fault("POST", answer(200, {"data": {}}), works=True),), "created", CREATE),
    "POST has an error in its body": Row(new, (Fault("POST", answer(200, ERROR)),), "failed", "", "is not known"),
    "POST has an error in its body, and worked": Row(
        new, (Fault("POST", answer(200, ERROR), works=True),), "created", CREATE
    ),
    "POST is answered with a page": Row(new, (Fault("POST", answer(200, "<html>")),), "failed", "", "is not known"),
    "POST is lost, and worked": Row(new, (Fault("POST", RESET, works=True),), "created", CREATE),
    "POST is lost": Row(new, (Fault("POST", RESET),), "created", ""),
    # Answers to the PATCH.
    "PATCH refused with 400": Row(changed, (Fault("PATCH", error(400, "too odd")),), "failed", UPDATE, "too odd"),
    "PATCH refused with 403": Row(changed, (Fault("PATCH", error(403, "no")),), "failed", UPDATE),
    "PATCH refused with 404": Row(changed, (Fault("PATCH", NOT_FOUND),), "failed", UPDATE, "was answered 404"),
    "PATCH refused by something else": Row(changed, (Fault("PATCH", HTML),), "failed", UPDATE),
    "PATCH not offered": Row(changed, (Fault("PATCH", error(501)),), "failed", UPDATE, "does not offer PATCH"),
    "PATCH says nothing": Row(changed, (Fault("PATCH", answer(204), works=True),), "updated", UPDATE + READS_BACK),
    "PATCH is lost, and worked": Row(changed, (Fault("PATCH", RESET, works=True),), "updated", UPDATE + READS_BACK),
    "PATCH is lost": Row(changed, (Fault("PATCH", RESET),), "updated", UPDATE + " GET one GET one PATCH"),
    "PATCH has an error in its body, and worked": Row(
        changed, (Fault("PATCH", answer(200, ERROR), works=True),), "updated", UPDATE + READS_BACK
    ),
    "PATCH has an error in its body": Row(changed, (Fault("PATCH", answer(200, ERROR)),), "failed", "", "not known"),
    "PATCH is answered with a page": Row(changed, (Fault("PATCH", answer(200, "<html>")),), "failed", "", "not known"),
}


# A name that an object named by its id shall get is looked for first.
RENAMED = {"different, by id": Row(changed_by_id, (), "updated", "GET one GET list PATCH")}
# What is sent once, because it can't be taken back: an invitation. After each doubt, the list is read.
SENT_ONCE = {
    "POST refused with 400": Row(new, (Fault("POST", error(400, "too odd")),), "failed", "", "too odd"),
    "POST contradicts": Row(new, (Fault("POST", error(409, "taken")),), "failed", "", "taken"),
    "POST is lost": Row(new, (Fault("POST", RESET),), "failed", "", "is not known"),
}


def row_of(subject: Subject, name: str) -> Row:
    special = {**({} if subject.changeable else RENAMED), **(SENT_ONCE if subject.sent_once else {})}
    return special.get(name, TABLE[name])


def world(subject: Subject, row: Row) -> Server:
    return Server(subject, subject.sample(2), subject.sample(1), faults=row.faults)


def is_shown_at_once(row: Row) -> bool:
    """Tell whether the task saw the answer to the creation."""
    return row.verdict == "created" and not any(one.works for one in row.faults)


@every_one
@pytest.mark.parametrize("name", TABLE)
def test_present(subject: Subject, name: str) -> None:
    row = row_of(subject, name)
    server = world(subject, row)
    options = row.options(subject)
    began = dict(server.objects)
    report = run(subject, server, **options)
    message = str(report.result.get("msg", ""))
    assert report.failed == (row.verdict == "failed"), message
    assert report.result["changed"] == (row.verdict in ("created", "updated"))
    assert row.said in message
    if row.steps:
        assert " ".join(server.own) == row.steps
    renamed = "new_name" in options and row.verdict in ("updated", "failed")
    cautions = {subject.kind.caution("renamed", subject.sample())} if renamed else set()
    assert set(report.warnings) <= cautions
    assert server.objects[subject.id(2)] == began[subject.id(2)]
    if row.verdict in ("failed", "unchanged"):
        assert server.bodies == []
    if row.verdict == "failed":
        return
    key = options.get("new_name") or options.get(subject.key_option) or subject.name()
    found = [one for one in server.objects.values() if subject.key_of(one) == key]
    assert len(found) == 1
    once = {snake_case(name): value for name, value in subject.shown_once.items()}
    expected = {**subject.facts_of(found[0]), **(once if is_shown_at_once(row) else {})}
    assert report.result[subject.noun] == expected
    for name, value in subject.asked(options).items():
        assert subject.held(found[0], name) == value
    # The second run has nothing to do.
    for check_mode in (True, False):
        sent = len(server.bodies)
        again = run(subject, server, check_mode, **options)
        assert not again.failed
        assert not again.result["changed"]
        assert len(server.bodies) == sent
        assert again.result["diff"]["before"] == again.result["diff"]["after"]


@every_one
@pytest.mark.parametrize(
    "name", [name for name, row in TABLE.items() if not any(one.step in ("POST", "PATCH") for one in row.faults)]
)
def test_check_mode_predicts(subject: Subject, name: str) -> None:
    row = TABLE[name]
    options = row.options(subject)
    predicted = run(subject, world(subject, row), True, **options)
    real = run(subject, world(subject, row), **options)
    assert predicted.failed == real.failed
    assert predicted.result["changed"] == real.result["changed"]
    assert predicted.result.get("msg") == real.result.get("msg")
    assert predicted.result.get("diff") == real.result.get("diff")
    if not predicted.failed:
        assert predicted.result[subject.noun]["id"] == (None if row.verdict == "created" else subject.id())


@every_one
def test_a_creation_sends_what_was_given_and_no_more(subject: Subject) -> None:
    server = Server(subject)
    run(subject, server, **new(subject))
    assert set(server.bodies[0]) - {"type"} == {subject.key, *subject.required, *subject.within}
    assert run(subject, Server(subject), True, **new(subject)).result["diff"]["before"] == {}


@every_one
@pytest.mark.parametrize("status", [200, 201, 202])
def test_every_status_of_success_counts_for_a_creation(subject: Subject, status: int) -> None:
    server = Server(subject)
    server.create_status = status
    assert run(subject, server, **new(subject)).result["changed"]
    assert len(server.objects) == 1


@every_kind
def test_what_a_creation_needs_is_named(subject: Subject) -> None:
    server = Server(subject)
    report = run(subject, server, **subject.named(9))
    assert report.failed == bool(subject.needed)
    assert all(option in report.result["msg"] for option in subject.needed)
    assert server.own == (["GET list"] if subject.needed else ["GET list", "POST", "GET list"])


def other_value(subject: Subject, name: str) -> Any:
    """Return a value that the first sample does not have in a field."""
    value = subject.held(subject.sample(5), name)
    return (not value) if isinstance(value, bool) else value


EACH_FIELD = [
    pytest.param(subject, name, id="%s-%s" % (subject, name))
    for subject in WITH_ORGANIZATION
    for name in subject.changeable
]


@pytest.mark.parametrize(("subject", "name"), EACH_FIELD)
def test_one_field_is_changed_alone(subject: Subject, name: str) -> None:
    server = Server(subject, subject.sample())
    value = other_value(subject, name)
    given = subject.options_of({name: value})
    report = run(subject, server, **subject.named(), **given)
    assert report.result["changed"]
    sent = set(server.bodies[0])
    assert {name.partition(".")[0]} <= sent <= {name.partition(".")[0], *subject.always_sent}
    # What an update resets if it is left out is what it was.
    assert server.objects[subject.id()] == subject.sample(1, **{name: value})
    diff = report.result["diff"]
    option = subject.option(name)
    assert diff["before"] == {option: subject.held(subject.sample(), name)}
    assert diff["after"] == {option: value_at(given, option)}


@pytest.mark.parametrize(("subject", "name"), EACH_FIELD)
def test_a_field_that_does_not_take_is_named(subject: Subject, name: str) -> None:
    server = Server(subject, subject.sample())
    server.ignored = {name}
    given = subject.options_of({name: other_value(subject, name)})
    report = run(subject, server, **subject.named(), **given)
    if name in subject.approximate:
        assert not report.failed
        assert "(%s is" % subject.option(name) in report.warnings[0]
        return
    assert report.failed
    assert not report.result["changed"]
    assert "some did not take (%s is" % subject.option(name) in report.result["msg"]
    if given == {subject.option(name): False}:
        return  # A flag that a new object does not have is off.
    report = run(subject, server, **{**new(subject), **given})
    assert report.failed
    assert report.result["changed"]
    assert report.result[subject.noun]["id"] is not None


@pytest.mark.parametrize(("subject", "name"), EACH_FIELD)
def test_a_field_that_the_server_hides_is_a_warning(subject: Subject, name: str) -> None:
    if name in subject.reset:
        return  # Such a field goes along with every update, and has tests of its own.
    server = Server(subject, subject.sample())
    server.omitted = {name}
    report = run(subject, server, **subject.named(), **subject.options_of({name: other_value(subject, name)}))
    assert not report.failed
    assert not report.result["changed"]
    assert "does not show %s" % subject.option(name) in report.warnings[0]
    assert server.writes == []


@pytest.mark.parametrize(("subject", "name"), EACH_FIELD)
def test_clear_empties_what_may_be_empty(subject: Subject, name: str) -> None:
    option = subject.option(name)
    server = Server(subject, subject.sample())
    report = run(subject, server, **subject.named(), clear=[option])
    schema = subject.update_fields[name]
    kinds = types_of(schema)
    if name in (*subject.required, *subject.kept) or "boolean" in kinds:
        assert report.failed
        assert "can't be cleared" in report.result["msg"]
        assert server.log == []
        return
    no_text = "integer" in kinds or name in REFERENCES or words_of(schema) or schema.get("minLength")
    if "null" not in kinds and no_text:
        # The files say nothing of how such a field is emptied, and what could do it is refused.
        assert report.failed
        assert "%s " % name in report.result["msg"] or "can't be cleared" in report.result["msg"]
        assert server.bodies == []
        return
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert subject.held(server.objects[subject.id()], name) in ("", None, [])
    assert not run(subject, server, **subject.named(), clear=[option]).result["changed"]
    assert not run(subject, server, True, **subject.named(), clear=[option]).result["changed"]
    given = subject.options_of({name: subject.held(subject.sample(), name)})
    both = run(subject, server, **subject.named(), clear=[option], **given)
    assert both.failed
    assert "given as well" in both.result["msg"]


@every_one
def test_a_first_one_whose_key_is_not_shown_is_a_warning(subject: Subject) -> None:
    server = Server(subject)
    server.omitted = {subject.key}
    report = run(subject, server, **new(subject))
    assert report.result["changed"]
    assert "does not show %s" % subject.key_option in report.warnings[0]
    assert run(subject, server, **new(subject)).failed


@every_one
def test_extra_carries_fields_of_a_newer_release(subject: Subject) -> None:
    server = Server(subject)
    report = run(subject, server, **new(subject), extra={UNKNOWN: 5})
    assert report.result["changed"]
    assert server.bodies[0][UNKNOWN] == 5
    report = run(subject, Server(subject, subject.sample(1, **{UNKNOWN: 4})), **subject.named(), extra={UNKNOWN: 5})
    assert report.result["diff"]["before"] == {UNKNOWN: 4}
    for name in {subject.key, *(name.partition(".")[0] for name in subject.changeable), "id"}:
        refused = run(subject, Server(subject), **new(subject), extra={name: "x"})
        assert refused.failed
        assert refused.result["api"]["requests"] == 0


@every_one
def test_a_creation_answered_with_one_that_was_there_is_none(subject: Subject) -> None:
    old = subject.sample(2)
    server = Server(subject, old, faults=[Fault("POST", answer(200, {"data": old}))])
    report = run(subject, server, **new(subject))
    assert report.failed
    assert "existed before" in report.result["msg"]


@every_one
def test_an_answer_with_another_object_is_not_believed(subject: Subject) -> None:
    for step in ("GET one", "PATCH"):
        other = Fault(step, answer(200, {"data": subject.sample(2)}), number=0)
        report = run(subject, Server(subject, subject.sample(), faults=[other]), **changed_by_id(subject))
        assert report.failed
        assert "not one of the Basedash API" in report.result["msg"]


@every_one
@pytest.mark.parametrize("mark", MARKS)
def test_what_is_archived_is_created_anew(subject: Subject, mark: str) -> None:
    gone = subject.sample(9, **{mark: "2026-11-21T08:00:00.000Z"})
    server = Server(subject, gone)
    report = run(subject, server, **new(subject))
    if subject.revived_by:
        assert subject.revived_by in report.result["msg"]
        assert server.writes == []
    else:
        assert not report.failed
        assert report.result["changed"]
        assert len(server.objects) == 2
    by_id = run(subject, Server(subject, gone), **unknown_id(subject))
    assert by_id.failed
    assert "can't be created with an id" in by_id.result["msg"]


# Readings that lag, and other writers ---------------------------------------------------------------------------------


@every_one
@pytest.mark.parametrize("fault", [(), (Fault("POST", RESET, works=True),), (Fault("POST", answer(201), works=True),)])
def test_a_list_that_lags_shows_no_second_one(subject: Subject, fault: tuple[Fault, ...]) -> None:
    server = Server(subject, subject.sample(2), faults=fault)
    server.list_lag = 4.0
    report = run(subject, server, **new(subject))
    assert not report.failed, report.result["msg"]
    assert report.warnings == []
    assert server.writes == ["POST"]
    assert not run(subject, server, **new(subject)).result["changed"]


@every_kind
@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("fault", [(), (Fault("POST", answer(200, "<html>"), works=True),)])
def test_a_new_one_is_found_wherever_the_list_has_it(
    subject: Subject, newest_first: bool, fault: tuple[Fault, ...]
) -> None:
    """Lists of data sources are newest first, and of others no page says so."""
    server = Server(subject, *(subject.sample(number) for number in range(6, 0, -1)), faults=fault)
    server.page_size, server.newest_first = 3, newest_first
    report = run(subject, server, **new(subject))
    assert not report.failed, report.result["msg"]
    assert report.warnings == []
    assert server.writes == ["POST"]
    assert server.log.count("GET list") == 2 + (1 if newest_first else 3)


@every_one
def test_a_list_that_never_shows_it_is_a_warning(subject: Subject) -> None:
    server = Server(subject, subject.sample(2))
    server.list_lag = 1000.0
    report = run(subject, server, **new(subject))
    assert report.result["changed"]
    assert "the list does not show it after 10 seconds" in report.warnings[0]


@every_one
def test_another_one_created_at_the_same_time_is_told(subject: Subject) -> None:
    def other(server: Server) -> None:
        server.add(subject.sample(7, **{subject.key: subject.name(9)}))

    server = Server(subject, faults=[Fault("POST", other)])
    report = run(subject, server, **new(subject))
    assert report.failed
    assert report.result["changed"]
    assert subject.id(7) in report.result["msg"]


@every_one
def test_what_somebody_deletes_before_the_update_is_told(subject: Subject) -> None:
    server = Server(subject, subject.sample(), faults=[Fault("PATCH", lambda server: server.remove(subject.id()))])
    report = run(subject, server, **changed(subject))
    assert report.failed
    assert not report.result["changed"]
    assert "was deleted meanwhile" in report.result["msg"]


@every_one
@pytest.mark.parametrize("mark", MARKS)
def test_an_update_that_shows_an_archived_object_is_told(subject: Subject, mark: str) -> None:
    """Somebody archives it between the reading and the update, and the service changes it all the same."""
    gone = subject.sample(5, id=subject.id(), **{mark: "2026-11-24T12:00:00.000Z"})
    server = Server(subject, subject.sample(), faults=[Fault("PATCH", answer(200, {"data": gone}))])
    report = run(subject, server, **changed(subject))
    assert report.failed
    assert report.result["changed"]
    assert "by someone else" in report.result["msg"]
    assert server.own.count("PATCH") == 1


@every_one
def test_what_somebody_renames_after_a_lost_update_is_not_touched_again(subject: Subject) -> None:
    def rename(server: Server) -> None:
        server.objects[subject.id()] = subject.sample(1, **{subject.key: "production"})

    faults = [Fault("PATCH", RESET), Fault("GET one", rename)]
    report = run(subject, Server(subject, subject.sample(), faults=faults), **changed(subject))
    assert report.failed
    assert "'production'" in report.result["msg"]
    assert "not known in full" in report.result["msg"]


@every_kind
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_write_relies_on_nothing_that_is_older_than_five_seconds(subject: Subject, state: str) -> None:
    """A page that takes six seconds is too old when the next one has come."""
    server = Server(subject, subject.sample(), faults=[Fault(one, error(429, retryAfterMs=6000)) for one in WRITES])
    options = changed(subject) if state == "present" else subject.named()
    report = run(subject, server, state=state, **options)
    assert not report.failed
    assert report.result["changed"]
    write = "PATCH" if state == "present" else "DELETE"
    assert server.own == ["GET list", write, "GET one", write]


WRITES = ("PATCH", "DELETE")
