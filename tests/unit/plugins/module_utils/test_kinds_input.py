# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One matrix for every kind of object: what an option takes, and what is refused before any request."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    REFERENCES,
    WITH_ORGANIZATION,
    Server,
    Subject,
    absent,
    every_kind,
    every_one,
    put,
    read,
    run,
    types_of,
    words_of,
)

WORD = "Hunter2sentinel"


class Input(NamedTuple):
    """A value, and whether it is taken for a name or an id, for a setting, and for a secret."""

    value: Any
    name: bool
    setting: bool
    secret: bool


INPUTS = {
    "a boolean": Input(True, False, False, False),
    "a float": Input(1.5, False, False, False),
    "a float that looks whole": Input(1e5, False, False, False),
    "an integer": Input(7, True, True, False),
    "a list": Input([WORD], False, False, False),
    "a dict": Input({WORD: WORD}, False, False, False),
    "nothing in it": Input("", False, False, False),
    "white space alone": Input(" \t", False, False, False),
    "white space before it": Input(" " + WORD, False, True, False),
    "white space behind it": Input(WORD + " ", False, True, False),
    "an invisible character before it": Input("\u200b" + WORD, False, True, False),
    "a tab behind it": Input(WORD + "\t", False, True, False),
    "a mask": Input("********", False, False, False),
    "Ansible's mask": Input("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", False, False, False),
    "a mask in it": Input(WORD + " ******** ", False, False, False),
    "an omitted variable": Input("__omit_place_holder__" + WORD, False, False, False),
    "a text": Input(WORD, True, True, True),
}


def names_of(subject: Subject) -> list[str]:
    """Return the options that name this object or another one."""
    fields = {*subject.creation_fields, *subject.update_fields}
    references = [subject.option(name) for name in REFERENCES if name in fields]
    renamed = [name for name in ("new_name",) if name in subject.module.argument_spec]
    return ["id", subject.key_option, *renamed, *references, *(name[: -len("_id")] for name in references)]


def settings_of(subject: Subject) -> list[str]:
    """Return the options for texts that are plain: neither words of a list nor addresses nor times."""
    schemas = subject.update_fields
    return [
        subject.option(name)
        for name in subject.changeable
        if "string" in types_of(schemas[name])
        and name not in (*subject.lists, *subject.words, *REFERENCES)
        and not words_of(schemas[name])
        and "format" not in schemas[name]
    ]


def secrets_of(subject: Subject) -> list[str]:
    """Return the options for secrets; the key file of BigQuery is JSON, which has tests of its own."""
    return [subject.option(name) for name in subject.secrets if name != "bigQueryJsonKey"]


def given(subject: Subject, option: str, value: Any) -> dict[str, Any]:
    """Return options that create an object, with this one among them."""
    options = {**subject.named(), **subject.needed}
    put(options, option, value)
    options.pop(option + "_id", None)
    return options


@every_one
@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("sort", ["name", "setting", "secret"])
def test_what_a_text_takes(subject: Subject, name: str, sort: str) -> None:
    options = {"name": names_of, "setting": settings_of, "secret": secrets_of}[sort](subject)
    for option in options:
        server = Server(subject)
        value = INPUTS[name].value
        if option == "email" and getattr(INPUTS[name], sort):
            value = "%s@example.com" % value
        report = run(subject, server, **given(subject, option, value))
        message = report.result.get("msg", "")
        if getattr(INPUTS[name], sort):
            assert not report.bad_input, message
            assert server.log != []
            continue
        assert report.failed
        assert server.log == [], option
        assert report.result["api"]["requests"] == 0
        assert option in message
        assert WORD not in json.dumps(report.result)
        assert WORD not in json.dumps(subject.module.invocation(given(subject, option, INPUTS[name].value), report))


@every_kind
def test_null_is_as_if_an_option_were_not_there(subject: Subject) -> None:
    every = [*names_of(subject), *settings_of(subject), *secrets_of(subject), "extra", "clear"]
    nothing = {name: None for name in every if "." not in name}
    named = subject.named()
    for state in ("present", "absent"):
        plain = run(subject, Server(subject, subject.sample()), state=state, **named)
        with_nulls = run(subject, Server(subject, subject.sample()), state=state, **{**nothing, **named})
        assert plain.result == with_nulls.result
    report = run(subject, Server(subject), **nothing)
    assert report.failed
    assert report.result["msg"] == "None of id, %s is given: give one of them." % subject.key_option


@every_one
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unknown_option_is_refused(subject: Subject, state: str) -> None:
    server = Server(subject, subject.sample())
    report = run(subject, server, state=state, **subject.named(), clera=["x"])
    assert report.result["msg"] == "The option clera is unknown: did you mean clear?"
    report = run(subject, server, state=state, **subject.named(), **{WORD + " 1": "x"})
    assert "is unknown" in report.result["msg"]
    assert WORD not in json.dumps(report.result)
    assert server.log == []


@every_one
@pytest.mark.parametrize("state", ["absnt", True, "", None])
def test_the_state_is_one_of_two(subject: Subject, state: Any) -> None:
    server = Server(subject, subject.sample())
    report = run(subject, server, state=state, **subject.named())
    assert report.failed == (state is not None)
    assert ("absent" in report.result.get("msg", "")) == (state == "absnt")
    assert server.writes == []


@every_one
@pytest.mark.parametrize(
    ("clear", "words"),
    [
        (["no_such"], "names 'no_such'"),
        ([WORD + " as a secret"], "what is no option"),
        (["id"], "can't be cleared"),
        (["extra"], "can't be cleared"),
        ([""], "is empty"),
        ([None], "is empty"),
        ([["x"]], "a list within the list"),
        ({"a": 1}, "a dict"),
        (True, "a boolean"),
    ],
)
def test_what_clear_can_not_name(subject: Subject, clear: Any, words: str) -> None:
    server = Server(subject, subject.sample())
    report = run(subject, server, **subject.named(), clear=clear)
    assert report.failed
    assert words in report.result["msg"]
    assert WORD not in report.result["msg"]
    assert server.log == []


@every_one
def test_clear_names_nothing_that_an_object_needs(subject: Subject) -> None:
    references = [subject.option(name) for name in subject.changeable if name in REFERENCES]
    cleared = {one for name in references for one in (name, name[: -len("_id")])}
    for option in {*names_of(subject), *subject.needed} - cleared:
        server = Server(subject, subject.sample())
        report = run(subject, server, id=subject.id(), clear=[option])
        assert report.failed
        assert "can't be cleared" in report.result["msg"]
        assert server.log == []


@every_one
def test_an_empty_list_clears_nothing(subject: Subject) -> None:
    report = run(subject, Server(subject, subject.sample()), **subject.named(), clear=[])
    assert not report.failed
    assert not report.result["changed"]


LIMITS = [
    pytest.param(subject, name, schema[limit], limit == "maxLength", id="%s-%s-%s" % (subject, name, limit))
    for subject in WITH_ORGANIZATION
    for name, schema in subject.creation_fields.items()
    for limit in ("minLength", "maxLength")
    if limit in schema and name not in subject.within
]


@pytest.mark.parametrize(("subject", "name", "limit", "is_most"), LIMITS)
def test_the_limits_of_the_files(subject: Subject, name: str, limit: int, is_most: bool) -> None:
    """Texts of no length are refused for every option, so the least is always taken."""
    start = subject.words.get(name, [""])[0]
    for length in (limit, limit + 1) if is_most else (max(limit, len(start)),):
        server = Server(subject)
        report = run(subject, server, **given(subject, subject.option(name), start + "x" * (length - len(start))))
        assert report.failed == (is_most and length > limit), report.result.get("msg")
        if report.failed:
            assert "%s has %d characters" % (subject.option(name), length) in report.result["msg"]
            assert server.writes == []


@every_one
@pytest.mark.parametrize("value", ["maybe", 2, 0.5, [], {"a": 1}])
def test_flags_of_a_task_are_flags(subject: Subject, value: Any) -> None:
    for option in ("missing_ok", "verify_absence", "force", "validate_certs"):
        server = Server(subject, subject.sample())
        report = absent(subject, server, id=subject.id(), **{option: value})
        assert report.failed
        assert option in report.result["msg"]
        assert server.log == []


@every_one
@pytest.mark.parametrize("extra", ["x", ["x"], True, 5, {"a": " "}, {"a": "********"}, {"a": {"b": [""]}}, {"": 1}])
def test_what_extra_does_not_take(subject: Subject, extra: Any) -> None:
    server = Server(subject)
    report = run(subject, server, **given(subject, "extra", extra))
    assert report.failed
    assert "extra" in report.result["msg"]
    assert server.log == []


@every_one
@pytest.mark.parametrize("identifier", [".", "..", "x" * 2000, "\ud800"])
def test_an_id_that_can_be_none(subject: Subject, identifier: str) -> None:
    for state in ("present", "absent"):
        server = Server(subject, subject.sample())
        report = run(subject, server, state=state, id=identifier)
        assert report.failed
        assert server.log == []
    assert read(subject, Server(subject), id=identifier).failed


@every_one
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name_pattern": "("}, "no regular expression"),
        ({"name_pattern": " "}, "is empty"),
        ({"name_pattern": False}, "a boolean"),
        ({"created_before": "yesterday"}, "no date"),
        ({"created_before": 20261124}, "no date"),
        ({"id": ""}, "is empty"),
        ({"id": 1.5}, "a float"),
        ({"state": "present"}, "state is unknown"),
    ],
)
def test_what_an_info_module_does_not_take(subject: Subject, options: dict[str, Any], words: str) -> None:
    server = Server(subject, subject.sample())
    report = read(subject, server, **options)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []


@every_kind
@pytest.mark.parametrize(
    ("connection", "words"),
    [
        ({"api_key": None}, "BASEDASH_API_KEY"),
        ({"organization_id": None}, "BASEDASH_ORGANIZATION_ID"),
        ({"organization_id": ".."}, "organization_id"),
        ({"api_url": "https://user:" + WORD + "@x.example"}, "api_url"),
        ({"api_url": "x.example?" + WORD}, "api_url"),
        ({"timeout": 0}, "timeout"),
        ({"retry_timeout": -1}, "retry_timeout"),
    ],
)
def test_a_connection_that_is_none(subject: Subject, connection: dict[str, Any], words: str) -> None:
    for state in ("present", "absent"):
        server = Server(subject, subject.sample())
        report = run(subject, server, state=state, id=subject.id(), **connection)
        assert report.failed
        assert words in report.result["msg"]
        assert WORD not in json.dumps(report.result)
        assert server.log == []


NUMBERS = [
    pytest.param(subject, name, schema[limit] + step, id="%s-%s-%s" % (subject, name, limit))
    for subject in WITH_ORGANIZATION
    for name, schema in subject.creation_fields.items()
    for limit, step in (("minimum", -1), ("maximum", 1))
    if limit in schema
]


@pytest.mark.parametrize(("subject", "name", "value"), NUMBERS)
def test_a_number_beyond_the_limits_of_the_files(subject: Subject, name: str, value: int) -> None:
    server = Server(subject)
    report = run(subject, server, **given(subject, subject.option(name), value))
    assert report.failed
    assert "%s is %d" % (subject.option(name), value) in report.result["msg"]
    assert server.writes == []
