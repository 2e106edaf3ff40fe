# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches: each way in which the unknowns of the vendor's API could turn out."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from basedash_simulator.errors import SeedError
from basedash_simulator.rate_limit import Limit

# A reading that an older server lacks: what it answers instead.
READING = (True, "404", "405", "501", "404_html")

# Answers to a DELETE that have no object, and their bodies.
ODD_DELETIONS: dict[str, Any] = {
    "200_without_data": {},
    "200_success_false": {"data": {"success": False}},
    "200_errors": {"errors": [{"message": "The deletion could not be scheduled."}]},
    "200_false": False,
    "200_null": None,
    "200_list": [],
}

CHOICES: dict[str, tuple[bool | int | str, ...]] = {
    "single_get": READING,
    "list": READING,
    "groups_list": READING,
    "members_list": READING,
    "deactivated_members": ("listed", "hidden"),
    "unknown_grants": ("refused", "stored"),
    "delete_answer": ("200", "204", "202", *ODD_DELETIONS),
    "deleted_shown": ("nowhere", "list", "get", "everywhere"),
    "member_answer": ("404", "403"),
    "patch_resets_flags": (True, False),
    "patch_renames": ("ignored", "applied", "refused"),
    "create_status": (201, 200),
    "verify_failure": ("400", "200_data", "400_top", "422"),
    "names_unique": (False, True),
    "restricted_with_nobody": ("refused", "accepted", "everyone"),
    "access_mode_in_answer": (True, False),
    "null_flags": (False, True),
    "ports_as_text": (False, True),
    "hosts_lower_case": (False, True),
    "unset_secret_flags": (True, False, "refused"),
    "deleted_cursor": ("continues", "empty", "refused"),
    "sync": ("success", "failed", "pending"),
    "sync_after_update": (False, True),
    "empty_texts": ("kept", "null", "refused"),
    "trim_texts": (False, True),
    "names_changed": ("kept", "trimmed", "nfc", "nfd", "lower_case"),
}


@dataclass
class Behaviour:
    """How this server behaves; README.md has a table of the switches."""

    single_get: bool | str = True
    list: bool | str = True
    groups_list: bool | str = True
    members_list: bool | str = True
    deactivated_members: str = "listed"
    unknown_grants: str = "refused"
    delete_answer: str = "200"
    deleted_shown: str = "nowhere"
    member_answer: str = "404"
    patch_resets_flags: bool = True
    patch_renames: str = "ignored"
    create_status: int = 201
    verify_failure: str = "400"
    names_unique: bool = False
    restricted_with_nobody: str = "refused"
    access_mode_in_answer: bool = True
    null_flags: bool = False
    ports_as_text: bool = False
    hosts_lower_case: bool = False
    unset_secret_flags: bool | str = True
    deleted_cursor: str = "continues"
    ignored_fields: tuple[str, ...] = ()
    sync: str = "success"
    sync_after_update: bool = False
    empty_texts: str = "kept"
    trim_texts: bool = False
    names_changed: str = "kept"
    name_limit: int | None = None
    list_lag_seconds: float = 0.0
    get_lag_seconds: float = 0.0
    access_lag_seconds: float = 0.0
    sync_seconds: float = 0.0
    cleanup_seconds: float = 0.5
    rate_limit: Limit | None = None
    omit_fields: tuple[str, ...] = ()
    extra_fields: dict[str, Any] = field(default_factory=dict)

    def change(self, values: object) -> None:
        """Turn switches; nothing changes if one of them is unknown or has an impossible value."""
        if not isinstance(values, dict):
            raise SeedError("behaviour: a mapping of switches to values is needed.")
        checked = {str(name): checked_value(str(name), value) for name, value in values.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """All switches by name, ready for JSON."""
        return asdict(self)


def checked_value(name: str, value: object) -> Any:
    """The value in the form that `Behaviour` holds, or SeedError."""
    if name not in {item.name for item in fields(Behaviour)}:
        raise SeedError(f"behaviour: there is no switch {name!r}.")
    if name in CHOICES:
        return _choice(name, value)
    if name.endswith("_seconds"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise SeedError(f"behaviour: {name} must be a number of seconds, 0 or more.")
        return float(value)
    if name in ("ignored_fields", "omit_fields"):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise SeedError(f"behaviour: {name} must be a list of field names.")
        return tuple(value)
    if name == "extra_fields":
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise SeedError("behaviour: extra_fields must be a mapping of field names to values.")
        return dict(value)
    if name == "name_limit":
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise SeedError("behaviour: name_limit must be a number of characters, 1 or more, or null.")
        return value
    return Limit.from_value(value)


def _choice(name: str, value: object) -> bool | int | str:
    # YAML reads an unquoted 404 as a number, and a shell passes "true" as text: compare the spelling
    for choice in CHOICES[name]:
        if str(value).lower() == str(choice).lower():
            return choice
    known = ", ".join(str(choice).lower() for choice in CHOICES[name])
    raise SeedError(f"behaviour: {name} must be one of {known}, not {value!r}.")
