# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to organizations: nothing is deleted or created by accident, and the access of a key."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    HTML,
    NOT_FOUND,
    RESET,
    answer,
    error,
    page,
    run_module,
)

ALL = "/api/public/organizations"
PAGE = ALL + "?limit=100"
ONE = ALL + "/org_1"
PROBE = ONE + "/data-sources?limit=1"
MODULE = "basedash_organization"
INFO = "basedash_organization_info"


def organization(identifier: str = "org_1", **fields: Any) -> dict[str, Any]:
    """Return an organization as the API gives it."""
    return {
        "id": identifier,
        "name": "Company " + identifier,
        "slug": "slug-" + identifier,
        "customAiContext": None,
        "onboardingStatus": "STARTED",
        "fullEmbedEnabled": False,
        "embedAllowedOrigins": ["https://a.example.com", "https://b.example.com"],
        "isBillable": True,
        "insightsEnabled": True,
        "trialEndsAt": None,
        "jwtSecret": "never shown",
        **fields,
    }


def shown(**fields: Any) -> Any:
    return answer(200, {"data": organization(**fields)})


# Settings -------------------------------------------------------------------------------------------------------------


def test_the_default_is_the_organization_of_the_connection() -> None:
    report = run_module(MODULE, ("GET", ONE, shown()), name="Company org_1")
    assert not report.result["changed"]
    assert report.result["organization"]["id"] == "org_1"


def test_the_slug_is_found_in_the_list_whatever_the_connection_names() -> None:
    report = run_module(MODULE, ("GET", PAGE, page(organization("org_2"), organization())), slug="slug-org_2")
    assert report.result["organization"]["id"] == "org_2"
    assert not report.result["changed"]


def test_the_slug_beside_an_id_is_a_guard() -> None:
    report = run_module(MODULE, ("GET", ONE, shown()), id="org_1", slug="other", name="New")
    assert report.failed
    assert "'slug-org_1' and not 'other'" in report.result["msg"]


def test_no_organization_at_all_is_refused_before_anything_is_sent() -> None:
    report = run_module(MODULE, organization_id=None, name="New")
    assert report.failed
    assert report.result["msg"] == "The organization is not named: give id, slug or organization_id."


def test_only_what_differs_is_sent() -> None:
    origins = ["https://b.example.com", "https://c.example.com"]
    body = {"embedAllowedOrigins": origins}
    report = run_module(
        MODULE,
        ("GET", ONE, shown()),
        ("PATCH", ONE, shown(embedAllowedOrigins=origins), body),
        embed_allowed_origins=origins,
        insights_enabled=True,
    )
    assert report.result["changed"]
    assert report.result["organization"]["embed_allowed_origins"] == origins


def test_origins_are_a_set() -> None:
    origins = ["https://b.example.com", "https://a.example.com"]
    assert not run_module(MODULE, ("GET", ONE, shown()), embed_allowed_origins=origins).result["changed"]


def test_no_origin_at_all_is_refused_before_anything_is_sent() -> None:
    report = run_module(MODULE, embed_allowed_origins=[])
    assert report.failed
    assert "embed_allowed_origins is an empty list" in report.result["msg"]
    assert "name it in clear" in report.result["msg"]


def test_clear_opens_the_embed_with_a_warning() -> None:
    steps = (
        ("GET", ONE, shown()),
        ("PATCH", ONE, shown(embedAllowedOrigins=[]), {"embedAllowedOrigins": []}),
    )
    report = run_module(MODULE, *steps, clear=["embed_allowed_origins"])
    assert report.result["changed"]
    assert [one for one in report.warnings if "every origin may embed it" in one]
    again = run_module(MODULE, ("GET", ONE, shown(embedAllowedOrigins=[])), clear=["embed_allowed_origins"])
    assert not again.result["changed"]
    assert again.warnings == []


def test_the_secret_of_embedded_pages_is_no_fact() -> None:
    for report in (
        run_module(MODULE, ("GET", ONE, shown())),
        run_module(INFO, ("GET", PAGE, page(organization())), organization_id=None),
    ):
        assert "never shown" not in str(report.result)


def test_an_update_that_makes_the_organization_billable_is_said() -> None:
    report = run_module(
        MODULE,
        ("GET", ONE, shown(isBillable=False)),
        ("PATCH", ONE, shown(isBillable=True, name="New"), {"name": "New"}),
        name="New",
    )
    assert report.failed
    assert report.result["changed"]
    assert "became billable by this change" in report.result["msg"]


def test_a_lost_answer_is_read_back() -> None:
    report = run_module(
        MODULE,
        ("GET", ONE, shown()),
        ("PATCH", ONE, RESET, {"name": "New"}),
        ("GET", ONE, shown(name="New")),
        name="New",
    )
    assert report.result["changed"]


# Nothing by accident --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{}, {"id": "org_1"}, {"slug": "slug-org_1"}, {"slug": "slug-org_1", "create": True}]
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_absent_is_refused_before_anything_is_sent(options: Any, check_mode: bool) -> None:
    report = run_module(MODULE, check_mode=check_mode, state="absent", **options)
    assert report.failed
    assert "no request that deletes an organization" in report.result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_no_organization_is_created_without_create(check_mode: bool) -> None:
    report = run_module(MODULE, ("GET", PAGE, page(organization())), check_mode=check_mode, slug="new", name="New")
    assert report.failed
    assert "the slug 'new'" in report.result["msg"]
    assert "create to true" in report.result["msg"]


def test_create() -> None:
    new = organization("org_2", slug="new", name="New")
    report = run_module(
        MODULE,
        ("GET", PAGE, page(organization())),
        ("POST", ALL, answer(201, {"data": new}), {"slug": "new", "name": "New"}),
        ("GET", PAGE, page(new, organization())),
        slug="new",
        name="New",
        create=True,
    )
    assert report.result["changed"], report.result
    assert report.result["organization"]["id"] == "org_2"


def test_a_creation_whose_answer_is_lost_is_looked_for_and_not_repeated() -> None:
    new = organization("org_2", slug="new", name="New")
    report = run_module(
        MODULE,
        ("GET", PAGE, page(organization())),
        ("POST", ALL, RESET, {"slug": "new", "name": "New"}),
        ("GET", PAGE, page(new, organization())),
        slug="new",
        name="New",
        create=True,
    )
    assert report.result["changed"], report.result
    assert report.result["organization"]["id"] == "org_2"


def test_create_in_check_mode() -> None:
    steps = ("GET", PAGE, page(organization()))
    report = run_module(MODULE, steps, check_mode=True, slug="new", name="New", create=True)
    assert report.result["changed"]
    assert report.result["organization"]["id"] is None


def test_an_id_is_never_created() -> None:
    report = run_module(
        MODULE,
        ("GET", ALL + "/org_9", NOT_FOUND),
        ("GET", PAGE, page(organization())),
        id="org_9",
        name="x",
        create=True,
    )
    assert report.failed
    assert "with an id of your choice" in report.result["msg"]


def test_a_slug_that_is_taken_elsewhere() -> None:
    report = run_module(
        MODULE,
        ("GET", PAGE, page(organization())),
        ("POST", ALL, error(409, "An organization with this slug exists."), {"slug": "new", "name": "New"}),
        slug="new",
        name="New",
        create=True,
    )
    assert report.failed
    assert not report.result["changed"]
    assert "An organization with this slug exists" in report.result["msg"]


# What a key may do ----------------------------------------------------------------------------------------------------


def test_the_organizations_of_a_key_need_no_organization() -> None:
    report = run_module(INFO, ("GET", PAGE, page(organization("org_2"), organization())), organization_id=None)
    assert [one["id"] for one in report.result["organizations"]] == ["org_2", "org_1"]
    assert "access" not in report.result


@pytest.mark.parametrize(
    ("probe", "single", "listed", "access"),
    [
        (page(), None, None, "admin"),
        (NOT_FOUND, shown(), None, "member"),
        (error(403), shown(), None, "member"),
        (NOT_FOUND, error(403), None, "none"),
        (NOT_FOUND, NOT_FOUND, page(organization("org_2")), "none"),
        # An older release without the single reading.
        (NOT_FOUND, HTML, page(organization()), "member"),
        (NOT_FOUND, answer(405), page(organization("org_2")), "none"),
    ],
)
def test_access(probe: Any, single: Any, listed: Any, access: str) -> None:
    steps = [("GET", ONE, single)] if single else []
    steps += [("GET", PAGE, listed)] if listed else []
    report = run_module(INFO, ("GET", PAGE, page(organization())), ("GET", PROBE, probe), *steps)
    assert report.result["access"] == access


@pytest.mark.parametrize("reaction", [HTML, answer(403, "<html>firewall</html>"), answer(501), answer(200, "<html>")])
def test_an_access_that_can_not_be_known_is_a_failure(reaction: Any) -> None:
    report = run_module(INFO, ("GET", PAGE, page(organization())), ("GET", PROBE, reaction))
    assert report.failed
    assert "access" not in report.result


@pytest.mark.parametrize(
    ("reaction", "words"),
    [
        (error(401), "he API key was not accepted"),
        (HTML, "not one of the Basedash API"),
        (NOT_FOUND, "The list of organizations was not found"),
        (answer(405), "does not offer the list of organizations"),
        (answer(501), "does not offer the list of organizations"),
        (answer(403, "<html>firewall</html>"), "Something between here and Basedash"),
    ],
)
def test_a_list_that_can_not_be_read(reaction: Any, words: str) -> None:
    report = run_module(INFO, ("GET", PAGE, reaction))
    assert report.failed
    assert words in report.result["msg"]
    assert "''" not in report.result["msg"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"slug": "slug-org_2"}, ["org_2"]),
        ({"name_pattern": "^Company"}, ["org_2", "org_1"]),
        ({"name_pattern": "^slug-org_1"}, ["org_1"]),
    ],
)
def test_filters(options: Any, expected: list[str]) -> None:
    steps = ("GET", PAGE, page(organization("org_2"), organization()))
    report = run_module(INFO, steps, organization_id=None, **options)
    assert [one["id"] for one in report.result["organizations"]] == expected


def test_a_filter_by_what_the_server_does_not_show_is_refused() -> None:
    report = run_module(INFO, ("GET", PAGE, page(organization())), created_before="2026-01-01")
    assert report.failed
    assert "what created_before compares" in report.result["msg"]
