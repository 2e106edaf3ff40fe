# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to skills: the rename, the description that null empties, and the limits of texts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import RESET, answer, error
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    SKILLS,
    Fault,
    Server,
    absent,
    read,
    run,
)

OLD = SKILLS.sample(1, name="old")
NEW = SKILLS.sample(2, name="new")
RENAME = {"name": "old", "new_name": "new"}


# The rename -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", [{"name": "old"}, {"id": "ski_1"}, {"id": "ski_1", "name": "old"}])
def test_a_rename_and_its_second_run(identity: dict[str, str]) -> None:
    options = {**identity, "new_name": "new"}
    predicted = run(SKILLS, Server(SKILLS, OLD), True, **options)
    server = Server(SKILLS, OLD)
    report = run(SKILLS, server, **options)
    assert report.result["changed"]
    assert server.bodies == [{"name": "new"}]
    assert report.result["skill"]["name"] == "new"
    assert predicted.result["diff"] == report.result["diff"]
    assert predicted.result["skill"] == report.result["skill"]
    diff = report.result["diff"]
    assert (diff["before"], diff["after"]) == ({"name": "old"}, {"name": "new"})
    again = run(SKILLS, server, **options)
    assert not again.failed
    assert not again.result["changed"]
    assert len(server.bodies) == 1


def test_a_rename_goes_along_with_other_settings() -> None:
    server = Server(SKILLS, OLD)
    report = run(SKILLS, server, **RENAME, instructions="other")
    assert report.result["changed"]
    assert server.bodies == [{"instructions": "other", "name": "new"}]


@pytest.mark.parametrize("check_mode", [False, True])
def test_both_names_are_refused(check_mode: bool) -> None:
    server = Server(SKILLS, NEW, OLD)
    report = run(SKILLS, server, check_mode, **RENAME)
    assert report.failed
    assert "'ski_2'" in report.result["msg"]
    assert "new_name" in report.result["msg"]
    assert server.writes == []


def test_by_id_to_a_name_that_is_taken_is_refused() -> None:
    """Names are no longer clear after it, so the rule for two names holds by id as well."""
    server = Server(SKILLS, NEW, OLD)
    for check_mode in (True, False):
        report = run(SKILLS, server, check_mode, id="ski_1", new_name="new")
        assert report.failed
        assert "'ski_2'" in report.result["msg"]
    assert server.writes == []


def test_only_the_new_name_is_there() -> None:
    server = Server(SKILLS, NEW)
    report = run(SKILLS, server, **RENAME, instructions="other")
    assert report.result["changed"]
    assert server.bodies == [{"instructions": "other"}]


@pytest.mark.parametrize("check_mode", [False, True])
def test_neither_is_there(check_mode: bool) -> None:
    server = Server(SKILLS)
    report = run(SKILLS, server, check_mode, **RENAME, instructions="text")
    assert report.result["changed"]
    assert report.result["skill"]["name"] == "new"
    assert [one["name"] for one in server.objects.values()] == ([] if check_mode else ["new"])
    assert report.result["diff"]["after"]["name"] == "new"


def test_several_have_the_new_name() -> None:
    server = Server(SKILLS, NEW, SKILLS.sample(3, name="new"))
    report = run(SKILLS, server, **RENAME)
    assert report.failed
    assert "2 skills are named 'new'" in report.result["msg"]


@pytest.mark.parametrize("fault", [Fault("PATCH", RESET), Fault("PATCH", RESET, works=True)])
def test_a_rename_whose_answer_is_lost_is_told_truthfully(fault: Fault) -> None:
    server = Server(SKILLS, OLD, faults=[fault])
    report = run(SKILLS, server, **RENAME)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert server.objects["ski_1"]["name"] == "new"


def test_a_rename_that_does_not_take_is_told() -> None:
    server = Server(SKILLS, OLD)
    server.ignored = {"name"}
    report = run(SKILLS, server, **RENAME)
    assert report.failed
    assert not report.result["changed"]
    assert "name is 'old' and not 'new'" in report.result["msg"]


def test_a_rename_is_unchanged_where_it_is_the_same_name() -> None:
    server = Server(SKILLS, OLD)
    report = run(SKILLS, server, name="old", new_name="old")
    assert not report.failed
    assert not report.result["changed"]


def test_a_rename_to_another_case_is_one() -> None:
    server = Server(SKILLS, OLD)
    assert run(SKILLS, server, name="old", new_name="Old").result["changed"]
    assert server.objects["ski_1"]["name"] == "Old"
    assert not run(SKILLS, server, name="old", new_name="Old").result["changed"]


def test_a_third_name_is_refused_by_id() -> None:
    report = run(SKILLS, Server(SKILLS, SKILLS.sample(1, name="third")), id="ski_1", **RENAME)
    assert report.failed
    assert "'third'" in report.result["msg"]


@pytest.mark.parametrize("there", ["old", "new", "neither"])
@pytest.mark.parametrize("check_mode", [False, True])
def test_absent_goes_by_what_it_is_called_now_or_then(there: str, check_mode: bool) -> None:
    """A task that renamed and is now to delete finds the object under either name."""
    server = Server(SKILLS, *([] if there == "neither" else [SKILLS.sample(1, name=there)]))
    report = absent(SKILLS, server, check_mode, **RENAME)
    assert not report.failed
    assert report.result["changed"] == (there != "neither")


def test_absent_with_both_names_is_refused() -> None:
    server = Server(SKILLS, NEW, OLD)
    assert absent(SKILLS, server, **RENAME).failed
    assert server.writes == []


@pytest.mark.parametrize(
    ("new_name", "words"),
    [
        ("", "is empty"),
        (" ", "is empty"),
        ("new ", "white space"),
        (True, "a boolean"),
        ("********", "mask"),
        ("x" * 101, "101 characters"),
        ("two\nlines", "control character"),
    ],
)
def test_a_new_name_that_can_be_none_is_refused_before_anything_is_sent(new_name: Any, words: str) -> None:
    for server in (Server(SKILLS, OLD), Server(SKILLS)):
        report = run(SKILLS, server, name="old", instructions="text", new_name=new_name)
        assert report.failed
        assert "new_name" in report.result["msg"]
        assert words in report.result["msg"]
        assert server.log == []


def test_a_look_alike_of_the_new_name_is_refused() -> None:
    """What the new name looks like was renamed before, by a task with a damaged name."""
    server = Server(SKILLS, SKILLS.sample(1, name="ne\u200bw"))
    report = run(SKILLS, server, **RENAME, instructions="text")
    assert report.failed
    assert "differs in white space" in report.result["msg"]
    assert server.writes == []


# Fields ---------------------------------------------------------------------------------------------------------------


def test_a_description_is_emptied_with_null() -> None:
    server = Server(SKILLS, SKILLS.sample())
    report = run(SKILLS, server, **SKILLS.named(), clear=["description"])
    assert report.result["changed"]
    assert server.bodies == [{"description": None}]
    assert report.result["skill"]["description"] is None
    assert not run(SKILLS, server, **SKILLS.named(), clear=["description"]).result["changed"]


@pytest.mark.parametrize("stored", [None, ""])
def test_no_description_is_cleared_already(stored: Any) -> None:
    server = Server(SKILLS, SKILLS.sample(1, description=stored))
    assert not run(SKILLS, server, **SKILLS.named(), clear=["description"]).result["changed"]


def test_a_creation_with_a_description_to_clear_sends_none() -> None:
    server = Server(SKILLS)
    assert run(SKILLS, server, **SKILLS.named(), instructions="text", clear=["description"]).result["changed"]
    assert server.bodies == [{"name": "sample_1", "instructions": "text"}]


@pytest.mark.parametrize(
    ("option", "length", "fits"),
    [
        ("name", 100, True),
        ("name", 101, False),
        ("description", 1024, True),
        ("description", 1025, False),
        ("instructions", 50_000, True),
        ("instructions", 50_001, False),
    ],
)
def test_limits(option: str, length: int, fits: bool) -> None:
    options = {"name": "sample_1", "instructions": "text", option: "x" * length}
    for check_mode in (True, False):
        server = Server(SKILLS)
        report = run(SKILLS, server, check_mode, **options)
        assert report.failed != fits
        if not fits:
            assert "%s has %d characters" % (option, length) in report.result["msg"]
            assert server.writes == []


def test_a_name_that_is_longer_than_the_limit_can_still_be_deleted() -> None:
    server = Server(SKILLS, SKILLS.sample(1, name="x" * 300))
    assert absent(SKILLS, server, name="x" * 300).result["changed"]


def test_instructions_keep_their_lines_and_their_indentation() -> None:
    text = "  - indented\n\n\tTab {{ not a template }}\n"
    server = Server(SKILLS)
    assert run(SKILLS, server, name="a", instructions=text).result["changed"]
    assert server.bodies[0]["instructions"] == text.rstrip()
    assert not run(SKILLS, server, name="a", instructions=text).result["changed"]


def test_info_reads_skills_by_name_and_pattern() -> None:
    server = Server(SKILLS, NEW, OLD, SKILLS.sample(3, archivedAt="2026-11-21T08:00:00.000Z", name="old"))
    assert [one["name"] for one in read(SKILLS, server).result["skills"]] == ["new", "old"]
    assert [one["id"] for one in read(SKILLS, server, name="old").result["skills"]] == ["ski_1"]
    assert [one["id"] for one in read(SKILLS, server, id="ski_2").result["skills"]] == ["ski_2"]
    assert [one["id"] for one in read(SKILLS, server, name_pattern="^n").result["skills"]] == ["ski_2"]
    assert read(SKILLS, server, created_before="2026-11-20").result["skills"] == []
    assert len(read(SKILLS, server, created_before="2026-11-21").result["skills"]) == 2
    assert read(SKILLS, server, id="ski_3").result["skills"] == []


def test_a_name_that_the_server_finds_taken_passes_on_its_words() -> None:
    server = Server(SKILLS, OLD, faults=[Fault("PATCH", error(409, "A skill with this name exists already."))])
    report = run(SKILLS, server, **RENAME)
    assert report.failed
    assert "exists already" in report.result["msg"]
    assert not report.result["changed"]


def test_a_patch_that_answers_without_the_name_is_read_back() -> None:
    lacking = {name: one for name, one in OLD.items() if name != "name"}
    server = Server(SKILLS, OLD, faults=[Fault("PATCH", answer(200, {"data": lacking}), works=True)])
    report = run(SKILLS, server, **RENAME)
    assert not report.failed
    assert report.result["skill"]["name"] == "new"
