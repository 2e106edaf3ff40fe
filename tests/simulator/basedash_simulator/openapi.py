# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI files that are shipped with the package, and what they say of each family of objects."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

FILES = ("data_sources_openapi.yaml", "resources_openapi.yaml")
# Adding a member to a group creates no member, though the path ends like that of members.
OTHER_PATHS = ("/api/public/organizations/{orgId}/groups/{id}/members",)
METHODS = ("get", "post", "put", "patch", "delete")
# The loader in C, which most installations of PyYAML have, is ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Schema = dict[str, Any]


def load_yaml(text: str) -> Any:
    """The content of a YAML text."""
    return yaml.load(text, LOADER)  # both loaders are safe ones


@functools.cache
def document() -> dict[str, Any]:
    """Both files as one document; what they share is taken from the first."""
    parts = [
        load_yaml(resources.files("basedash_simulator").joinpath(name).read_text(encoding="utf-8")) for name in FILES
    ]
    merged = {**parts[0], "info": {**parts[0]["info"], "title": "Basedash public API (best-effort reconstruction)"}}
    merged["tags"] = [tag for part in parts for tag in part["tags"]]
    merged["paths"] = {path: item for part in parts for path, item in part["paths"].items()}
    merged["components"] = {
        kind: {name: value for part in reversed(parts) for name, value in part["components"].get(kind, {}).items()}
        for kind in parts[0]["components"]
    }
    return merged


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or the one that it refers to."""
    while "$ref" in node:
        target: Any = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def expanded(schema: Mapping[str, Any]) -> Schema:
    """The schema without references and without allOf: its parts are merged."""
    result: Schema = {}
    source = resolved(schema)
    for part in [*source.get("allOf", ()), {name: value for name, value in source.items() if name != "allOf"}]:
        part = expanded(part) if "$ref" in part or "allOf" in part else part
        for name, value in part.items():
            if name == "properties":
                known = {key: expanded(one) for key, one in value.items()}
                result["properties"] = {**result.get("properties", {}), **known}
            elif name == "required":
                result["required"] = [*result.get("required", ()), *value]
            elif name in ("anyOf", "oneOf"):
                result[name] = [expanded(one) for one in value]
            elif name == "items":
                result[name] = expanded(value)
            else:
                result[name] = value
    return result


def body_schema(operation: Mapping[str, Any]) -> Schema | None:
    """The schema of the JSON body that a request has."""
    return _json_schema(operation.get("requestBody", {}))


def data_schema(operation: Mapping[str, Any]) -> Schema:
    """The schema of the object, or of the list's objects, in the answer of a success."""
    for status, response in operation["responses"].items():
        schema = _json_schema(resolved(response)) if status.startswith("2") else None
        if schema is not None:
            found: Schema = schema.get("properties", {}).get("data", {})
            one: Schema = found.get("items", found)
            return one
    return {}


def query_schemas(item: Mapping[str, Any], method: str) -> dict[str, Schema]:
    """The parameters of the query by name."""
    parameters = [resolved(one) for one in (*item.get("parameters", ()), *item[method].get("parameters", ()))]
    return {one["name"]: expanded(one["schema"]) for one in parameters if one["in"] == "query"}


def _json_schema(content: Mapping[str, Any]) -> Schema | None:
    found: Any = content.get("content", {}).get("application/json")
    return expanded(found["schema"]) if found else None


@dataclass
class Collection:
    """What the files say of one family: `parent` is the field that names the object in whose path it lives."""

    name: str
    parent: str | None = None
    create: Schema = field(default_factory=dict)
    update: Schema = field(default_factory=dict)
    shape: Schema = field(default_factory=dict)


@functools.cache
def collections() -> dict[str, Collection]:
    """All families by name, that is, by the last fixed part of their paths."""
    found: dict[str, Collection] = {}
    for path, item in document()["paths"].items():
        name, parent, single = parsed(path)
        if name not in _names() or path in OTHER_PATHS:
            continue
        family = found.setdefault(name, Collection(name, parent if name != "charts" else None))
        if "get" in item:
            shape = data_schema(item["get"])
            # the single object has more to say than the list
            family.shape = shape if single or not family.shape else family.shape
        if not single and "post" in item:
            family.create = body_schema(item["post"]) or {}
        if single and "patch" in item:
            family.update = body_schema(item["patch"]) or {}
            family.shape = family.shape or data_schema(item["patch"])
    return found


@functools.cache
def _names() -> set[str]:
    return set(_named())


def _named() -> Iterator[str]:
    for path, item in document()["paths"].items():
        name, _parent, single = parsed(path)
        # a family has single objects, or at least a list of pages
        if single or "limit" in (query_schemas(item, "get") if "get" in item else {}):
            yield name


def parsed(path: str) -> tuple[str, str | None, bool]:
    """The family in a path of the document, the field that names its parent, and whether one object is meant."""
    parts = path.removeprefix("/api/public/").split("/")
    single = parts[-1].startswith("{")
    if single:
        parts.pop()
    name = parts.pop()
    # below the organization: automations, {id}, runs
    above = parts[2:]
    parent = f"{above[-2].removesuffix('s')}Id" if len(above) >= 2 else None
    return name, parent, single
