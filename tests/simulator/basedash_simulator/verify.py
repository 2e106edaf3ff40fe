# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trying credentials: which databases the simulator believes in, and how a failure looks."""

from __future__ import annotations

from typing import Any

from basedash_simulator.errors import ApiProblem
from basedash_simulator.validation import Settings

FAILED = "Could not connect to the database."


def field_errors(settings: Settings) -> dict[str, str]:
    """What is wrong with credentials, by field; empty if they are good.

    A host that ends in `.invalid` does not exist, port 1 is the wrong one, a user name or password that contains
    `wrong` is refused, and a database called `missing` is not there. All else works.
    """
    fields, secrets = settings.fields, settings.secrets
    errors = {}
    if str(fields.get("host", "")).lower().endswith(".invalid"):
        errors["host"] = "Host not found"
    if fields.get("port") == 1:
        errors["port"] = "Incorrect port"
    if "wrong" in str(fields.get("username", "")) or "wrong" in secrets.get("password", ""):
        errors["username"] = errors["password"] = "Incorrect username or password"
    if fields.get("databaseName") == "missing":
        errors["databaseName"] = "Database does not exist"
    return errors


def answer(settings: Settings, failure: str) -> dict[str, Any]:
    """The content of `data`; a failure may also be raised, as the switch `verify_failure` has it."""
    errors = field_errors(settings)
    if not errors:
        return {"success": True}
    if failure == "200_data":
        return {"success": False, "fieldErrors": errors}
    if failure == "400_top":
        raise ApiProblem(400, "ValidationError", FAILED, top={"fieldErrors": errors})
    raise ApiProblem(422 if failure == "422" else 400, "ValidationError", FAILED, extra={"fieldErrors": errors})
