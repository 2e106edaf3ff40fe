# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemathesis attacks a live simulator with requests made from its own OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode

from basedash_simulator.app import openapi_document
from basedash_simulator.seed import default_seed
from basedash_simulator.server import running

REAL_IDS = {"orgId": "org_demo", "id": "ds_production"}
IDS_OF_PEOPLE = {"groups": "grp_analysts", "members": "mem_ada"}
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


def with_real_ids(case: Any, mode: GenerationMode) -> None:
    """Put ids that exist in place of made-up ones, of which a schema cannot tell that they are wrong."""
    family = case.path.split("{orgId}/")[1].partition("/")[0]
    real = {**REAL_IDS, "id": IDS_OF_PEOPLE.get(family, REAL_IDS["id"])}
    case.path_parameters = {name: real[name] for name in case.path_parameters}
    if mode is GenerationMode.NEGATIVE:
        return
    if case.query and "cursor" in case.query:
        case.query["cursor"] = real["id"]
    if case.path.endswith("/access") and isinstance(case.body, dict):
        for name, known in (("groupIds", "grp_analysts"), ("memberIds", "mem_ada")):
            if name in case.body:
                case.body[name] = [known for made_up in case.body[name]]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_schemathesis_finds_nothing(schema: Any, method: str, path: str, mode: GenerationMode) -> None:
    # Schemathesis's own pytest plugin follows pytest's internals, so that new releases of pytest break it
    successes = 0

    @settings(
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method.upper()].as_strategy(generation_mode=mode))
    def attack(case: Any) -> None:
        nonlocal successes
        reset = httpx.post(schema.get_base_url().rstrip("/") + "/_simulator/reset", trust_env=False, timeout=30)
        assert reset.json() == {"reset": True}
        with_real_ids(case, mode)
        answer = case.call_and_validate(headers=ADMIN)
        successes += answer.status_code < 300

    attack()
    if mode is GenerationMode.POSITIVE:
        # else the attack did not get beyond the door
        assert successes > 0


def test_document_is_valid_openapi() -> None:
    validate(openapi_document())
