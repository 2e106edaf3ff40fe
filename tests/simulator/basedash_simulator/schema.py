# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of values against the schemas of the OpenAPI files, as far as these schemas go."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from basedash_simulator.errors import ApiProblem, validation_error
from basedash_simulator.openapi import Schema


def _is_moment(text: str) -> bool:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text, re.ASCII)
    if found is None or int(found[3]) > 60:
        return False
    try:
        datetime.fromisoformat(f"{found[1]}T{found[2]}{'+00:00' if found[5] in 'Zz' else found[5]}")
    except ValueError:
        return False
    return True


FORMATS: dict[str, Callable[[str], object]] = {
    "email": lambda text: re.fullmatch(r"[^\s@]+@[^\s@]+", text),
    "uri": lambda text: re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*", text),
    "date-time": _is_moment,
}


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        whole = isinstance(value, int) or (math.isfinite(value) and value == int(value))
        return "integer" if whole else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


_EXPECTED = {
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def types(schema: Schema) -> tuple[str, ...]:
    """The types that a value may have; none if the schema does not say."""
    found = schema.get("type", ())
    if not found and "anyOf" in schema:
        return tuple(name for one in schema["anyOf"] for name in types(one))
    return (found,) if isinstance(found, str) else tuple(found)


def checked(value: Any, schema: Schema, name: str, *, null_too: bool = False) -> Any:
    """The value if it fits, a whole number always as an int; else a ValidationError that names the place."""
    if value is None and null_too:
        return None
    known = types(schema) if "type" in schema else ()
    kind = _kind(value)
    if known and kind not in known and not (kind == "integer" and "number" in known):
        raise validation_error(f"{name}: {' or '.join(_EXPECTED[one] for one in known)} is expected.")
    if kind == "integer" and "integer" in known:
        value = int(value)
    if "enum" in schema and value not in schema["enum"]:
        raise validation_error(f"{name}: one of {', '.join(map(str, schema['enum']))} is expected.")
    if kind in ("integer", "number"):
        _check_number(value, schema, name)
    elif kind == "string":
        _check_text(value, schema, name)
    elif kind == "array":
        return [checked(one, schema.get("items", {}), f"{name}[{number}]") for number, one in enumerate(value)]
    elif kind == "object":
        value = checked_object(value, schema, f"{name}.")
    for rule in ("anyOf", "oneOf"):
        if rule in schema:
            _check_branches(value, schema[rule], rule, name)
    return value


def checked_object(
    value: Mapping[str, Any], schema: Schema, prefix: str = "", null_too: bool = False
) -> dict[str, Any]:
    """An object whose known fields fit; those that the schema does not know are kept as they are."""
    for name in schema.get("required", ()):
        if name not in value:
            raise validation_error(f"{prefix}{name}: Required")
    known = schema.get("properties", {})
    return {
        name: checked(one, known[name], prefix + name, null_too=null_too) if name in known else one
        for name, one in value.items()
    }


def checked_body(value: Mapping[str, Any], schema: Schema, null_too: bool = False) -> dict[str, Any]:
    """The body of a request, if it fits."""
    for rule in ("anyOf", "oneOf"):
        if rule in schema:
            _check_branches(value, schema[rule], rule, "the body")
    return checked_object(value, schema, null_too=null_too)


def properties(schema: Schema) -> dict[str, Schema]:
    """The fields of an object, those of its branches too."""
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    found = {name: one for branch in branches for name, one in branch.get("properties", {}).items()}
    return {**found, **schema.get("properties", {})}


def _check_number(value: float, schema: Schema, name: str) -> None:
    least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if not math.isfinite(value) or not least <= value <= most:
        raise validation_error(f"{name}: a number from {least} to {most} is expected.")


def _check_text(value: str, schema: Schema, name: str) -> None:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if len(value) < least:
        raise validation_error(f"{name}: at least {least} character is expected.")
    if most is not None and len(value) > most:
        raise validation_error(f"{name}: at most {most} characters are expected.")
    form = schema.get("format")
    if form in FORMATS and not FORMATS[form](value):
        raise validation_error(f"{name}: this is no {form}.")


def _check_branches(value: Any, branches: list[Schema], rule: str, name: str) -> None:
    fitting = 0
    for branch in branches:
        try:
            checked(value, branch, name)
            fitting += 1
        except ApiProblem:
            continue
    if not fitting or (rule == "oneOf" and fitting > 1):
        raise validation_error(f"{name}: this fits {'none' if not fitting else 'more than one'} of the possible forms.")
