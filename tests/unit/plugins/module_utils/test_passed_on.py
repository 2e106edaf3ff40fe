# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is passed on as the API sends it: insights, audit events, AI usage."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    answer,
    error,
    page,
    run_module,
)

ROOT = "/api/public/organizations/org_1"
PROBE = ROOT + "/data-sources?limit=1"
USAGE = {"totalUsage": 1.5, "memberUsage": [{"email": "a@example.com", "usage": 1.5}], "newField": {"x": [1]}}
LISTED = [("basedash_insight_info", "insights", "insights"), ("basedash_audit_log_info", "audit-logs", "audit_logs")]
MODULES = [*LISTED, ("basedash_ai_usage_info", "ai-usage", "ai_usage")]

every_list = pytest.mark.parametrize(("module", "path", "key"), LISTED)
every_module = pytest.mark.parametrize(("module", "path", "key"), MODULES)


def path_of(path: str) -> str:
    return "%s/%s%s" % (ROOT, path, "" if path == "ai-usage" else "?limit=100")


@every_list
def test_entries_are_passed_on_with_every_field(module: str, path: str, key: str) -> None:
    entries = [{"id": "x_2", "someField": {"deep": [1, {"y": None}]}, "createdAt": "2026-11-02"}, {"id": "x_1"}]
    first = path_of(path)
    report = run_module(
        module, ("GET", first, page(entries[0], cursor="c1")), ("GET", first + "&cursor=c1", page(entries[1]))
    )
    assert report.result[key] == entries
    assert not report.result["changed"]


@every_list
def test_entries_can_be_selected(module: str, path: str, key: str) -> None:
    name = "title" if key == "insights" else "action"
    entries = [{"id": "x_%d" % one, name: "one %d" % one, "createdAt": "2026-11-0%d" % one} for one in (3, 2, 1)]
    for options, expected in (
        ({"name_pattern": "[12]$"}, entries[1:]),
        ({"created_before": "2026-11-03"}, entries[1:]),
        ({name: "one 3"}, entries[:1]),
    ):
        report = run_module(module, ("GET", path_of(path), page(*entries)), **options)
        assert report.result[key] == expected


@every_list
@pytest.mark.parametrize("options", [{"name_pattern": "x"}, {"created_before": "2026-11-02"}])
def test_entries_that_do_not_show_what_is_compared_are_a_failure(
    module: str, path: str, key: str, options: dict[str, Any]
) -> None:
    report = run_module(module, ("GET", path_of(path), page({"id": "x_1"})), **options)
    assert report.failed
    assert key not in report.result
    assert run_module(module, ("GET", path_of(path), page()), **options).result[key] == []


def test_one_insight_has_its_body() -> None:
    insight = {"id": "i_1", "body": "# Orders"}
    report = run_module(
        "basedash_insight_info", ("GET", ROOT + "/insights/i_1", answer(200, {"data": insight})), id="i_1"
    )
    assert report.result["insights"] == [insight]


def test_an_insight_that_is_not_there_is_verified_by_the_list() -> None:
    steps = (("GET", ROOT + "/insights/i_1", NOT_FOUND), ("GET", path_of("insights"), page()))
    assert run_module("basedash_insight_info", *steps, id="i_1").result["insights"] == []
    steps = (("GET", ROOT + "/insights/i_1", NOT_FOUND), ("GET", path_of("insights"), NOT_FOUND))
    report = run_module("basedash_insight_info", *steps, id="i_1")
    assert report.failed
    assert "admin" in report.result["msg"]


@pytest.mark.parametrize("content", [USAGE, {"data": USAGE}])
def test_ai_usage_is_one_object_with_or_without_an_envelope(content: Any) -> None:
    report = run_module("basedash_ai_usage_info", ("GET", ROOT + "/ai-usage", answer(200, content)))
    assert report.result["ai_usage"] == USAGE


@every_module
@pytest.mark.parametrize(
    ("reaction", "words"),
    [
        (error(401), "he API key was not accepted"),
        (error(403), "may not do this"),
        (answer(403, "<html>firewall</html>"), "Something between here and Basedash"),
        (answer(200, "<html>log in</html>"), "not one of the Basedash API"),
        (answer(405), "does not offer"),
        (answer(501), "does not offer"),
        (answer(302, headers={"location": "https://login.example.com"}), "'login.example.com'"),
        (answer(200, {"data": 7}), "not one of the Basedash API"),
    ],
)
def test_faults(module: str, path: str, key: str, reaction: Any, words: str) -> None:
    report = run_module(module, ("GET", path_of(path), reaction))
    assert report.failed
    assert words in report.result["msg"].replace("This server", "this server")
    assert key not in report.result


def test_a_server_without_ai_usage_is_one_sentence_that_names_it() -> None:
    report = run_module("basedash_ai_usage_info", ("GET", ROOT + "/ai-usage", HTML))
    assert report.failed
    assert "the AI usage" in report.result["msg"]
    assert "basedash_api_info" in report.result["msg"]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((page(),), "although the key has admin access"),
        ((NOT_FOUND, NOT_FOUND, page()), "admin's of it"),
        ((error(403), answer(200, {"data": {"id": "org_1"}})), "admin's of it"),
    ],
)
def test_a_404_of_the_audit_logs_says_enterprise(steps: Any, words: str) -> None:
    paths = (PROBE, ROOT, "/api/public/organizations?limit=100")
    wanted = [("GET", path, step) for path, step in zip(paths, steps)]
    report = run_module("basedash_audit_log_info", ("GET", path_of("audit-logs"), NOT_FOUND), *wanted)
    assert report.failed
    assert "Enterprise plan" in report.result["msg"]
    assert words in report.result["msg"]
    assert report.result["error"]["status"] == 404


# The runs of an automation --------------------------------------------------------------------------------------------

AUTOMATIONS = ROOT + "/automations"
RUNS = AUTOMATIONS + "/a_1/runs?limit=100"
WEEKLY = {"id": "a_1", "name": "Weekly"}
RUN = {"id": "r_1", "status": "SUCCEEDED", "someField": {"x": [1]}}
MODULE = "basedash_automation_run_info"


@pytest.mark.parametrize(
    ("options", "look_up"),
    [
        ({"id": "a_1"}, ("GET", AUTOMATIONS + "/a_1", answer(200, {"data": WEEKLY}))),
        ({"name": "Weekly"}, ("GET", AUTOMATIONS + "?limit=100", page(WEEKLY))),
        ({"id": "a_1", "name": "Weekly"}, ("GET", AUTOMATIONS + "/a_1", answer(200, {"data": WEEKLY}))),
    ],
)
def test_runs_are_read_from_all_pages(options: Any, look_up: Any) -> None:
    pages = (("GET", RUNS, page(RUN, cursor="c1")), ("GET", RUNS + "&cursor=c1", page({"id": "r_0"})))
    report = run_module(MODULE, look_up, *pages, **options)
    assert report.result["automation_runs"] == [RUN, {"id": "r_0"}]


def test_an_automation_with_another_name_is_refused() -> None:
    report = run_module(MODULE, ("GET", AUTOMATIONS + "/a_1", answer(200, {"data": WEEKLY})), id="a_1", name="Monthly")
    assert report.failed
    assert "'Weekly' and not 'Monthly'" in report.result["msg"]


def test_several_automations_with_the_name_are_refused() -> None:
    report = run_module(
        MODULE, ("GET", AUTOMATIONS + "?limit=100", page(WEEKLY, {**WEEKLY, "id": "a_2"})), name="Weekly"
    )
    assert report.failed
    assert "'a_1', 'a_2'" in report.result["msg"]


def test_an_automation_that_is_not_there_has_no_runs() -> None:
    report = run_module(MODULE, ("GET", AUTOMATIONS + "?limit=100", page()), name="Weekly")
    assert report.result["automation_runs"] == []
    assert report.warnings == ["There is no automation named 'Weekly'."]
    steps = (("GET", AUTOMATIONS + "/a_1", NOT_FOUND), ("GET", AUTOMATIONS + "?limit=100", NOT_FOUND))
    assert run_module(MODULE, *steps, id="a_1").failed


def test_a_server_without_readings_of_automations_may_show_runs() -> None:
    steps = (("GET", AUTOMATIONS + "/a_1", answer(405)), ("GET", AUTOMATIONS + "?limit=100", answer(501)))
    report = run_module(MODULE, *steps, ("GET", RUNS, page(RUN)), id="a_1")
    assert report.result["automation_runs"] == [RUN]


@pytest.mark.parametrize(
    "reaction", [NOT_FOUND, HTML, error(403), answer(405), answer(501), answer(403, "<html>"), answer(200, "<html>")]
)
def test_runs_that_can_not_be_read_are_a_failure(reaction: Any) -> None:
    # A 404 of the API may mean that somebody has just archived the automation, so the list of automations is read.
    more = [("GET", AUTOMATIONS + "?limit=100", page(WEEKLY))] if reaction is NOT_FOUND else []
    report = run_module(
        MODULE,
        ("GET", AUTOMATIONS + "/a_1", answer(200, {"data": WEEKLY})),
        ("GET", RUNS, reaction),
        *more,
        id="a_1",
    )
    assert report.failed
    assert "automation_runs" not in report.result
