# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of bodies and queries; what does not fit is a ValidationError (400)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from basedash_simulator.errors import validation_error
from basedash_simulator.openapi import Schema
from basedash_simulator.schema import checked


@dataclass
class Settings:
    """A checked body, sorted: fields of the object, secrets, secrets to remove, fields unknown to this API."""

    fields: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)
    unset: set[str] = field(default_factory=set)
    other: dict[str, Any] = field(default_factory=dict)


def parse_body(content_type: str, body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise validation_error("The content type must be application/json.")
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise validation_error("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise validation_error("The body must be a JSON object.")
    return value


def page_size(text: str | None) -> int:
    """The query parameter `limit`: 1 to 100, 50 when it is absent."""
    if text is None:
        return 50
    # longer texts cannot be in the range, and int() refuses very long ones
    if re.fullmatch("[0-9]{1,9}", text, re.ASCII) and 1 <= int(text) <= 100:
        return int(text)
    raise validation_error("limit: a whole number from 1 to 100 is expected.")


def query_values(given: dict[str, str], known: dict[str, Schema]) -> dict[str, Any]:
    """The parameters of a query that the API knows, checked; an empty cursor is none."""
    values: dict[str, Any] = {}
    for name in known.keys() & given.keys():
        text: Any = given[name]
        if name == "limit" or (name == "cursor" and not text):
            continue
        if known[name].get("type") == "boolean":
            text = {"true": True, "false": False}.get(text, text)
        values[name] = checked(text, known[name], name)
    return values
