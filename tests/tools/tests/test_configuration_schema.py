# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of a configuration accepts what the collection accepts, and refuses the usual mistakes."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import workspace
import yaml

SCHEMA = json.loads((workspace.ROOT / "schemas" / "configuration.schema.json").read_text(encoding="utf-8"))
CHECK = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = [
    path
    for folder in ("content", "access", "layers")
    for path in sorted((workspace.ROOT / "examples" / "organization_as_code" / folder).rglob("*.yml"))
]
VALID = """
format: 1
for: {slug: acme}
organization: {name: Acme, embed_allowed_origins: ["https://x.org"]}
defaults: {members: {invite: true}, charts: {data_source: orders}}
groups: [{name: A, renamed_from: B}, {id: g_1, members: [a@x.org]}, {name: C, remove: true}]
members: [{email: a@x.org, role: ADMIN}]
data_sources: [{display_name: orders, dialect: NEW_ONE, port: 5432, access: {groups: [A]}, host: null}]
automations: [{name: A, instructions_file: a.md, trigger: {sql_query_file: q.sql, hour: 23}}]
dashboards: [{name: D, tabs: [{name: T}, U], charts: [{name: C, sql_query_file: c.sql, layout: {x: 0}}]}]
"""
WRONG = {
    "no format": "groups: []",
    "a newer format": "format: 2",
    "an unknown family": "{format: 1, grups: []}",
    "an unknown option": "{format: 1, groups: [{name: A, mebmers: []}]}",
    "a boolean as a name": "{format: 1, groups: [{name: no}]}",
    "a part of another option": "{format: 1, automations: [{name: A, trigger: {huor: 1}}]}",
    "an hour": "{format: 1, automations: [{name: A, trigger: {hour: 24}}]}",
    "an unknown role": "{format: 1, members: [{email: a@x.org, role: OWNER}]}",
    "a text and its file": "{format: 1, skills: [{name: A, instructions: B, instructions_file: C}]}",
    "a nested text and its file": "{format: 1, automations: [{name: A, trigger: {sql_query: B, sql_query_file: C}}]}",
    "two references": "{format: 1, definitions: [{reference_name: A, data_source: B, data_source_id: C}]}",
    "no name": "{format: 1, groups: [{members: []}]}",
    "a renaming that is not possible": "{format: 1, data_sources: [{name: A, renamed_from: B}]}",
    "a new name": "{format: 1, groups: [{name: A, new_name: B}]}",
    "a name in defaults": "{format: 1, defaults: {groups: {name: A}}}",
    "an unknown target": "{format: 1, for: {name: A}}",
    "a null family": "{format: 1, groups: null}",
}


def mistakes(content: Any) -> list[str]:
    """Return what the schema finds."""
    return [error.message for error in CHECK.iter_errors(content)]


def test_the_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_what_is_valid_passes() -> None:
    assert mistakes(yaml.safe_load(VALID)) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_pass(path: Any) -> None:
    assert mistakes(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_fail(case: str) -> None:
    assert mistakes(yaml.safe_load(WRONG[case]))


def test_every_option_of_an_entry_is_described() -> None:
    missing = [
        f"{family}.{option}"
        for family, found in SCHEMA["$defs"].items()
        for option, one in found["properties"].items()
        if "description" not in one and option not in ("charts",)
    ]
    assert missing == []
