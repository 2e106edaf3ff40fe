# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's own check of bodies, against a complete implementation of JSON Schema."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basedash_simulator import openapi
from basedash_simulator.errors import ApiProblem
from basedash_simulator.schema import checked_body, properties

BODIES = {
    operation["operationId"]: openapi.body_schema(operation)
    for item in openapi.document()["paths"].values()
    for operation in (item[method] for method in openapi.METHODS if method in item)
    if openapi.body_schema(operation)
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70_000),
    st.sampled_from([0.5, 7.0]),
    st.sampled_from(["", "x", "ADMIN", "direct", "MYSQL", "a@example.com", "CUSTOM", "x" * 121, "x" * 1025]),
    st.lists(st.sampled_from(["x", 1, {}]), max_size=2),
    st.just({"x": 0, "width": 0}),
)


@pytest.mark.parametrize("name", BODIES)
def test_the_same_verdict(name: str) -> None:
    schema = BODIES[name]
    assert schema is not None
    known = sorted(properties(schema))
    complete = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["email"]))

    @settings(max_examples=40, derandomize=True, database=None, deadline=None)
    @given(st.dictionaries(st.sampled_from([*known, "unknown"]), VALUES, max_size=4))
    def check(body: dict[str, Any]) -> None:
        try:
            checked_body(body, schema)
        except ApiProblem:
            assert not complete.is_valid(body), body
        else:
            assert complete.is_valid(body), body

    check()


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-01-02T03:04:05Z", True),
        ("2026-01-02t03:04:60.123456789+02:00", True),
        ("2026-02-30T03:04:05Z", False),
        ("2026-01-02", False),
        ("2026-01-02T03:04:05", False),
        ("2026-01-02T03:04:61Z", False),
    ],
)
def test_moments(text: str, good: bool) -> None:
    schema = BODIES["createDashboard"]
    assert schema is not None
    body = {"name": "x", "defaultCustomDateRangeStart": text}
    if good:
        assert checked_body(body, schema) == body
    else:
        with pytest.raises(ApiProblem):
            checked_body(body, schema)
