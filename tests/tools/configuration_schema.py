# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A JSON Schema of the form of a configuration, for editors.

It comes from the same tables as the checks. The checks accept more, such as a port in quotes, and find more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._configuration.entries import (
    IN_FILE,
    REMOVE,
    RENAMED_FROM,
    SHAPES,
    Shape,
)
from ansible_collections.community.basedash.plugins.module_utils._configuration.families import (
    CHARTS,
    FAMILIES,
    SETTINGS,
)

Schema = dict[str, Any]
Described = Callable[[str, str], str]
"""``described(family, option)`` returns what an option means, empty if that is not known."""

_TEXT: Schema = {"type": "string", "minLength": 1}
_OF_TYPE: Mapping[str, Schema] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "dict": {"type": "object"},
    "raw": {"type": ["string", "object"]},
}


def schema(described: Described) -> Schema:
    """Return the JSON Schema, in the dialect 2020-12."""
    families = {one.key: one for one in FAMILIES if not one.within}
    properties: Schema = {
        "format": {"const": 1, "description": "The version of this form."},
        "for": {
            **_closed({"id": _TEXT, "slug": _TEXT}),
            "minProperties": 1,
            "description": "The only organization for which this configuration is meant.",
        },
        "organization": {"$ref": "#/$defs/organization"},
        "defaults": {
            **_closed({key: {"$ref": "#/$defs/%s_defaults" % key} for key in SHAPES if key != SETTINGS.key}),
            "description": "Options for the entries of a family that do not say otherwise.",
        },
        **{key: {"type": "array", "items": {"$ref": "#/$defs/" + key}} for key in families},
    }
    definitions: Schema = {}
    for key, shape in SHAPES.items():
        definitions[key] = _entry(shape, described)
        if key != SETTINGS.key:
            definitions[key + "_defaults"] = _defaults(shape, described)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of a Basedash organization",
        **_closed(properties),
        "required": ["format"],
        "$defs": definitions,
    }


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _options(shape: Shape, described: Described) -> tuple[Schema, list[Schema]]:
    """Return the options of an entry, and which of them can't be given together."""
    managed = shape.managed
    found: Schema = {}
    together: list[Schema] = []
    for spelling, name in shape.names.items():
        if name in managed.options:
            one = _option(shape, name, managed.options[name], found_in=name)
            found[spelling] = {**one, **_description(described(managed.key, name))}
    for option in shape.in_files:
        parent, dot, part = option.rpartition(".")
        properties = found[parent]["properties"] if dot else found
        properties[part + IN_FILE] = {**_TEXT, "description": "A file with %s, relative to this file." % option}
        one = _not_both(part, part + IN_FILE)
        if dot:
            found[parent].setdefault("allOf", []).append(one)
        else:
            together.append(one)
    together += [_not_both(*pair) for pair in sorted({tuple(sorted(one)) for one in shape.alternatives.items()})]
    return found, [one for one in together if "." not in "".join(one["not"]["required"])]


def _not_both(one: str, other: str) -> Schema:
    return {"not": {"required": [one, other]}}


def _description(text: str) -> Schema:
    return {"description": text} if text else {}


def _option(shape: Shape, name: str, entry: Mapping[str, Any], found_in: str) -> Schema:
    """Return the schema of one option; null is as if it were not given."""
    field = shape.managed.kind.by_option.get(found_in)
    kind = entry.get("type", "str")
    if kind == "list":
        element = {**entry, "type": entry.get("elements", "str")}
        item = _option(shape, name, element, "")
        # Of objects with a name alone, such as tabs, the name is enough.
        item = {"anyOf": [_TEXT, item]} if len(entry.get("options", ())) == 1 else item
        return {"type": ["array", "null"], "items": item}
    if "options" in entry:
        within = entry["options"]
        properties = {part: _option(shape, part, one, "%s.%s" % (found_in, part)) for part, one in within.items()}
        # A layer may give a part of it, so nothing in it is required.
        return {**_closed(properties), "type": ["object", "null"]}
    if "choices" in entry:
        return {"enum": [*entry["choices"], None]}
    found = dict(_OF_TYPE.get(kind, {**_TEXT, "type": ["string", "integer"]}))
    types = found["type"] if isinstance(found["type"], list) else [found["type"]]
    found["type"] = [*types, "null"]
    if field is not None and field.limits is not None:
        least, most = ("minimum", "maximum") if kind == "int" else ("minLength", "maxLength")
        found[least], found[most] = field.limits
    if field is not None and field.words and kind == "str":
        # An editor offers the documented words, and others stay possible, because the service may know more.
        return {"anyOf": [{"enum": list(field.words)}, found]}
    return found


def _entry(shape: Shape, described: Described) -> Schema:
    managed = shape.managed
    found, together = _options(shape, described)
    if RENAMED_FROM in shape.names:
        found[RENAMED_FROM] = {
            "anyOf": [_TEXT, {"type": "array", "items": _TEXT}],
            "description": "Earlier names of the object, which is renamed if it still has one of them.",
        }
    if REMOVE in shape.names:
        words = "Take the entry of an earlier layer out of the configuration."
        found[REMOVE] = {"type": "boolean", "description": words}
    if CHARTS.key in shape.names:
        found[CHARTS.key] = {"type": "array", "items": {"$ref": "#/$defs/" + CHARTS.key}}
    result = _closed(found)
    if managed is not SETTINGS:
        keys = ["id", *(spelling for spelling, name in shape.names.items() if name == managed.key_option)]
        result["anyOf"] = [{"required": [one]} for one in keys]
    return {**result, **({"allOf": together} if together else {})}


def _defaults(shape: Shape, described: Described) -> Schema:
    found, together = _options(shape, described)
    own = ("id", shape.managed.key_option)
    left = {spelling: one for spelling, one in found.items() if shape.names[spelling] not in own}
    return {**_closed(left), **({"allOf": together} if together else {})}
