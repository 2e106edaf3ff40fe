# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of bodies and queries; what does not fit is a ValidationError (400)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from basedash_simulator.errors import validation_error
from basedash_simulator.objects import SECRET_FIELDS, UNSET_FLAGS

DIALECTS = (
    "POSTGRES",
    "SUPABASE",
    "MYSQL",
    "PLANETSCALE",
    "ATHENA",
    "BIGQUERY",
    "CLICKHOUSE",
    "SPANNER",
    "SNOWFLAKE",
    "REDSHIFT",
    "SQL_SERVER",
    "ORACLE",
    "DATABRICKS",
    "POSTHOG",
    "DUCKDB",
)

CONNECTION_FIELDS: dict[str, str] = {
    "databaseName": "text or null",
    "username": "text",
    "host": "text",
    "port": "port",
    "sslEnabled": "flag",
    "sshEnabled": "flag",
    "sshHost": "text",
    "sshPort": "port",
    "sshUsername": "text",
    "bigQueryProjectId": "text",
    "spannerInstanceId": "text",
    "athenaWorkgroup": "text",
    "athenaOutputLocation": "text",
    "athenaCatalog": "text",
    "snowflakeAccountId": "text",
    "snowflakeWarehouse": "text",
    "snowflakeRole": "text",
    **dict.fromkeys(SECRET_FIELDS, "text"),
}
CREATE_FIELDS = {**CONNECTION_FIELDS, "type": "type", "dialect": "dialect", "displayName": "name"}
VERIFY_FIELDS = {**CONNECTION_FIELDS, "dialect": "dialect"}
UPDATE_FIELDS = {**CONNECTION_FIELDS, "displayName": "name", **dict.fromkeys(UNSET_FLAGS, "flag")}


@dataclass
class Settings:
    """A checked body, sorted: fields of the object, secrets, secrets to remove, fields unknown to this API."""

    fields: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
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


def create_settings(body: Mapping[str, Any]) -> Settings:
    """Check the body that creates a data source."""
    return _sorted(body, CREATE_FIELDS, ("type", "dialect", "displayName"))


def verify_settings(body: Mapping[str, Any]) -> Settings:
    """Check the body that tries credentials."""
    return _sorted(body, VERIFY_FIELDS, ("dialect",))


def update_settings(body: Mapping[str, Any]) -> Settings:
    """Check the body that changes a data source."""
    return _sorted(body, UPDATE_FIELDS, ())


def access_ids(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of ids in an access policy, without repetitions, in the order given."""
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise validation_error(f"{name}: a list of strings is expected.")
    return list(dict.fromkeys(value))


def page_size(text: str | None) -> int:
    """The query parameter `limit`: 1 to 100, 50 when it is absent."""
    if text is None:
        return 50
    # longer texts cannot be in the range, and int() refuses very long ones
    if re.fullmatch("[0-9]{1,9}", text, re.ASCII) and 1 <= int(text) <= 100:
        return int(text)
    raise validation_error("limit: a whole number from 1 to 100 is expected.")


def _sorted(body: Mapping[str, Any], known: Mapping[str, str], required: tuple[str, ...]) -> Settings:
    for name in required:
        if name not in body:
            raise validation_error(f"{name}: Required")
    result = Settings()
    for name, value in body.items():
        kind = known.get(name)
        if kind is None:
            # as most servers do, this one drops what it does not know; the control API shows it
            result.other[name] = value
            continue
        value = _checked(name, kind, value)
        if name in UNSET_FLAGS:
            if value:
                result.unset.add(UNSET_FLAGS[name])
        elif name in SECRET_FIELDS:
            result.secrets[name] = value
        elif name != "type":
            result.fields[name] = value
    return result


def _checked(name: str, kind: str, value: Any) -> Any:
    if kind == "flag":
        if not isinstance(value, bool):
            raise validation_error(f"{name}: true or false is expected.")
    elif kind == "port":
        return _port(name, value)
    elif kind == "type":
        if value != "direct":
            raise validation_error(f"{name}: only direct is possible.")
    elif kind == "dialect":
        if value not in DIALECTS:
            raise validation_error(f"{name}: unknown dialect.")
    elif value is None and kind == "text or null":
        return None
    elif not isinstance(value, str):
        raise validation_error(f"{name}: a string is expected.")
    elif kind == "name" and not value:
        raise validation_error(f"{name}: at least 1 character is expected.")
    return value


def _port(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise validation_error(f"{name}: a number is expected.")
    if value != int(value) or not 0 <= value <= 65535:
        raise validation_error(f"{name}: a whole number from 0 to 65535 is expected.")
    return int(value)
