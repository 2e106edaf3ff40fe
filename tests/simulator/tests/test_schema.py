# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemathesis attacks a live simulator with requests made from its own OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode

from basedash_simulator import openapi
from basedash_simulator.app import openapi_document
from basedash_simulator.seed import default_seed
from basedash_simulator.server import running

# Ids that exist, by the family that a path ends with, or by the name that a parameter or a field has.
REAL_IDS = {
    "data-sources": "ds_production",
    "organizations": "org_demo",
    "groups": "grp_analysts",
    "members": "mem_grace",
    "mcp-servers": "mcp_tickets",
    "definitions": "def_revenue",
    "skills": "skill_tone",
    "automations": "auto_weekly",
    "runs": "run_1",
    "insights": "ins_1",
    "dashboards": "dash_sales",
    "tabs": "tab_details",
    "charts": "chart_revenue",
    "audit-logs": "audit_1",
    "chats": "chat_1",
    "messages": "msg_1",
    "orgId": "org_demo",
    "runId": "run_1",
    "messageId": "msg_1",
    "dashboardId": "dash_sales",
    "tabId": "tab_details",
    "chartId": "chart_revenue",
    "dashboardTabId": "tab_details",
    "databaseConnectionId": "ds_production",
    "triggerDatabaseConnectionId": "ds_production",
    "memberId": "mem_grace",
    "groupIds": ["grp_analysts"],
    "memberIds": ["mem_ada"],
    "avatarUrl": "https://example.com/a.png",
}
OPERATIONS = [
    (method, path)
    for path, item in openapi_document()["paths"].items()
    for method in item
    if method in ("get", "post", "patch", "put", "delete")
]


ADMIN = {"Authorization": "Bearer bd_key_demo_admin"}


@pytest.fixture(scope="module")
def schema() -> Iterator[Any]:
    # an access policy for nobody fits the schema, so that a server that refuses it would count as wrong
    seed = {**default_seed(), "behaviour": {"restricted_with_nobody": "accepted"}}
    with running(seed) as url:
        yield schemathesis.openapi.from_url(url + "/api/public/openapi")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as kept:
        kept.trust_env = False
        yield kept


def with_real_ids(case: Any, mode: GenerationMode) -> None:
    """Put ids that exist in place of made-up ones, of which a schema cannot tell that they are wrong."""
    # what {id} means is the name of the family before it
    family = case.path.partition("/{id}")[0].rpartition("/")[2]
    case.path_parameters = {name: REAL_IDS[family if name == "id" else name] for name in case.path_parameters}
    if mode is GenerationMode.NEGATIVE:
        return
    if case.query and "cursor" in case.query:
        listed = case.path.rpartition("/")[2]
        case.query["cursor"] = REAL_IDS[listed]
    if isinstance(case.body, dict):
        for name in case.body.keys() & REAL_IDS.keys():
            # null, and an empty list, are all right
            if case.body[name] and isinstance(case.body[name], type(REAL_IDS[name])):
                case.body[name] = REAL_IDS[name]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_schemathesis_finds_nothing(
    schema: Any, session: requests.Session, method: str, path: str, mode: GenerationMode
) -> None:
    # Schemathesis's own pytest plugin follows pytest's internals, so that new releases of pytest break it
    successes = 0

    known = openapi.query_schemas(openapi_document()["paths"][path], method)

    @settings(
        max_examples=10 if "data-sources" in path else 4,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method.upper()].as_strategy(generation_mode=mode))
    def attack(case: Any) -> None:
        nonlocal successes
        # no server refuses a parameter that it does not know
        assume(set(case.query or ()) <= known.keys())
        reset = session.post(schema.get_base_url().rstrip("/") + "/_simulator/reset", timeout=30)
        assert reset.json() == {"reset": True}
        with_real_ids(case, mode)
        answer = case.call_and_validate(headers=ADMIN, session=session)
        successes += answer.status_code < 300

    attack()
    if mode is GenerationMode.POSITIVE:
        # else the attack did not get beyond the door
        assert successes > 0


def test_document_is_valid_openapi() -> None:
    validate(openapi_document())
