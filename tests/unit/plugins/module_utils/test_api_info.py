# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison with the service's own OpenAPI document: what is asked, without a key, and what can go wrong."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    RESET,
    Report,
    answer,
    error,
    run_module,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import FILES

PATH = "/api/public/openapi"


@pytest.fixture(scope="module")
def own() -> dict[str, Any]:
    """Return the simulator's two files as the one document that it serves."""
    names = ("resources_openapi.yaml", "data_sources_openapi.yaml")
    found: dict[str, Any] = {"info": {"title": "Basedash", "version": "1"}, "paths": {}, "components": {}}
    for part in (yaml.safe_load((FILES / name).read_text(encoding="utf-8")) for name in names):
        found["openapi"] = part["openapi"]
        found["paths"].update(part["paths"])
        for name, named in part["components"].items():
            found["components"].setdefault(name, {}).update(named)
    return found


@pytest.fixture
def content(own: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(own)


def compared(*reactions: Any, **options: Any) -> Report:
    return run_module("basedash_api_info", *[("GET", PATH, one) for one in reactions], authorization=None, **options)


@pytest.mark.parametrize("options", [{}, {"api_key": None, "organization_id": None}, {"api_key": "no\nkey"}])
def test_no_key_is_needed_and_none_is_sent(content: dict[str, Any], options: Any) -> None:
    report = compared(answer(200, content), **options)
    assert not report.failed, report.result
    assert report.result["differences"] == {}
    assert report.result["title"] == "Basedash, 1"
    assert report.result["settled"]["Can one data source be read by its id?"] == "yes"
    assert "What is the pool size called?" in report.result["open"]
    assert not report.result["changed"]


def test_a_difference_stands_at_each_module_that_relies_on_it(content: dict[str, Any]) -> None:
    del content["components"]["schemas"]["Organization"]["properties"]["insightsEnabled"]
    del content["components"]["schemas"]["OrganizationUpdate"]["allOf"][0]
    found = compared(answer(200, content)).result["differences"]
    lacking = "the answer has no field insightsEnabled: GET /organizations"
    assert found["basedash_organization_info"] == [lacking, lacking + "/{id}"]
    assert "the request has no field customAiContext: PATCH /organizations/{id}" in found["basedash_organization"]
    assert set(found) == {"basedash_organization", "basedash_organization_info"}


def test_what_is_only_a_guess_is_unverified(content: dict[str, Any]) -> None:
    del content["paths"]["/api/public/organizations/{orgId}/audit-logs"]
    result = compared(answer(200, content)).result
    assert result["differences"] == {}
    assert result["unverified"]["basedash_audit_log_info"] == ["there is no such operation: GET /audit-logs"]


@pytest.mark.parametrize("reference", ["#/components/schemas/Gone", "other.yaml#/Skill"])
def test_a_reference_that_leads_nowhere_is_the_documents_mistake(content: dict[str, Any], reference: str) -> None:
    content["components"]["schemas"]["Skill"] = {"$ref": reference}
    report = compared(answer(200, content))
    assert report.failed
    assert "it is broken" in report.result["msg"]
    assert reference in report.result["msg"]
    assert "api_url" not in report.result["msg"]


def test_a_lost_answer_is_asked_for_again(content: dict[str, Any]) -> None:
    assert not compared(RESET, answer(503), answer(200, content)).failed


@pytest.mark.parametrize(
    ("reaction", "words"),
    [
        (HTML, "does not offer its OpenAPI document"),
        (error(404), "does not offer its OpenAPI document"),
        (answer(405), "does not offer its OpenAPI document"),
        (answer(501), "does not offer its OpenAPI document"),
        (error(401), "to nobody without a log-in"),
        (answer(403, "<html>firewall</html>"), "Something between here and Basedash"),
        (answer(200, "<html>log in</html>"), "not one of the Basedash API"),
        (answer(200, "openapi: 3.1.0"), "no JSON object"),
        (answer(200, {"swagger": "2.0"}), "no OpenAPI 3 document"),
        (answer(200, {"openapi": "3.1.0", "paths": {"/x": {"$ref": "#/nowhere"}}}), "'#/nowhere'".strip("'")),
        (answer(302, headers={"location": "https://login.example.com"}), "'login.example.com'"),
    ],
)
def test_what_can_not_be_compared(reaction: Any, words: str) -> None:
    report = compared(reaction)
    assert report.failed
    assert words in report.result["msg"]
    assert "api_key" not in report.result["msg"]
    assert "differences" not in report.result


def test_texts_of_the_document_stay_in_their_line(content: dict[str, Any]) -> None:
    content["info"]["title"] = "Base\ndash\x1b[2J"
    content["components"]["schemas"]["Skill"]["properties"]["new\nline"] = {"type": "string"}
    report = compared(answer(200, content))
    assert "\n" not in json.dumps(report.result).replace("\\\\n", "")
    assert report.result["title"].startswith("Base\\ndash")
