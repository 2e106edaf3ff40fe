# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches: each way in which the unknowns of the vendor's API could turn out."""

from __future__ import annotations

import copy
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from basedash_simulator.errors import SeedError
from basedash_simulator.openapi import collections
from basedash_simulator.rate_limit import Limit

# A reading that an older server lacks: what it answers instead.
READING = (True, "404", "405", "501", "404_html")

# The path of a family that has no such reading or removal, as far as anybody knows.
MISSING = ("404_html", "404", "405", "501", "works")

# Answers to a DELETE that have no object, and their bodies.
ODD_DELETIONS: dict[str, Any] = {
    "200_without_data": {},
    "200_success_false": {"data": {"success": False}},
    "200_errors": {"errors": [{"message": "The deletion could not be scheduled."}]},
    "200_false": False,
    "200_null": None,
    "200_list": [],
}

# What single families do unless a switch says otherwise.
USUAL: dict[str, dict[str, Any]] = {
    "members": {"change_of_deleted": "200"},
    "automations": {"deleted_shown": "get"},
    "definitions": {"names_unique": True},
    "insights": {"delete_answer": "204"},
}

CHOICES: dict[str, tuple[bool | int | str, ...]] = {
    "single_get": READING,
    "list": READING,
    "groups_list": READING,
    "members_list": READING,
    "deactivated_members": ("listed", "hidden"),
    "unknown_grants": ("refused", "stored"),
    "delete_answer": ("200", "204", "202", *ODD_DELETIONS),
    "second_delete": ("404", "200", "409"),
    "change_of_deleted": ("404", "200"),
    "list_order": ("newest_first", "oldest_first", "by_name", "last_changed_first"),
    "patch_resets": (False, True),
    "null_texts": ("as_declared", "accepted", "refused"),
    "taken_name": ("409", "400", "422"),
    "unknown_references": ("404", "400", "422", "stored"),
    "group_members": ("hidden", "objects", "ids", "count"),
    "membership_list": MISSING,
    "membership_removal": MISSING,
    "second_membership": ("200", "409"),
    "grants_of_deleted_group": ("opened", "removed", "kept"),
    "invited_again": ("409", "200", "400"),
    "role_on_reactivation": ("applied", "kept"),
    "last_admin": ("refused", "allowed"),
    "own_membership": ("refused", "allowed"),
    "reference_names": ("any", "sql_safe"),
    "reference_names_unique_in": ("data_source", "organization"),
    "definitions_of_deleted_source": ("removed", "kept"),
    "automation_patch": ("flat", "nested"),
    "tabs_in_list": (True, False),
    "tab_order_field": ("both", "order", "sortOrder"),
    "last_tab": ("refused", "allowed"),
    "charts_of_deleted_tab": ("deleted", "moved"),
    "layout_pushed": (False, True),
    "unreachable_mcp_server": ("saved", "refused"),
    "work": ("success", "failed", "pending"),
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
    second_delete: str = "404"
    change_of_deleted: str = "404"
    list_order: str = "newest_first"
    patch_resets: bool = False
    null_texts: str = "as_declared"
    taken_name: str = "409"
    unknown_references: str = "404"
    group_members: str = "hidden"
    membership_list: str = "404_html"
    membership_removal: str = "404_html"
    second_membership: str = "200"
    grants_of_deleted_group: str = "opened"
    invited_again: str = "409"
    role_on_reactivation: str = "applied"
    last_admin: str = "refused"
    own_membership: str = "refused"
    reference_names: str = "any"
    reference_names_unique_in: str = "data_source"
    definitions_of_deleted_source: str = "removed"
    automation_patch: str = "flat"
    tabs_in_list: bool = True
    tab_order_field: str = "both"
    last_tab: str = "refused"
    charts_of_deleted_tab: str = "deleted"
    layout_pushed: bool = False
    unreachable_mcp_server: str = "saved"
    work: str = "success"
    work_seconds: float = 0.0
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

    def __post_init__(self) -> None:
        # switches that somebody has turned, for all families and for single ones
        self._turned: set[str] = set()
        self._of_families: dict[str, dict[str, Any]] = {}
        self._views: dict[str, Behaviour] = {}

    def change(self, values: object) -> None:
        """Turn switches; nothing changes if one of them is unknown or has an impossible value.

        The name of a family in place of a switch has switches for this family alone; null sets it back.
        """
        if not isinstance(values, dict):
            raise SeedError("behaviour: a mapping of switches to values is needed.")
        checked: dict[str, Any] = {}
        families: dict[str, dict[str, Any]] = {}
        for name, value in ((str(name), value) for name, value in values.items()):
            if name not in collections():
                checked[name] = checked_value(name, value)
            elif isinstance(value, dict | None):
                families[name] = {str(switch): checked_value(str(switch), one) for switch, one in (value or {}).items()}
            else:
                raise SeedError(f"behaviour: {name} needs a mapping of switches to values, or null.")
        for name, value in checked.items():
            setattr(self, name, value)
        self._turned |= set(checked)
        for name, given in families.items():
            self._of_families[name] = {**self._of_families.get(name, {}), **given} if given else {}
        self._views = {}

    def of(self, family: str) -> Behaviour:
        """The switches as they are for one family."""
        found = self._views.get(family)
        if found is None:
            found = self._views[family] = copy.copy(self)
            usual = {name: value for name, value in USUAL.get(family, {}).items() if name not in self._turned}
            if family in ("groups", "members"):
                # these families have switches of their own in place of the common ones
                usual["list"] = getattr(self, f"{family}_list")
            if family == "members":
                usual["deleted_shown"] = "everywhere" if self.deactivated_members == "listed" else "get"
            for name, value in {**usual, **self._of_families.get(family, {})}.items():
                setattr(found, name, value)
        return found

    def as_dict(self) -> dict[str, Any]:
        """All switches by name, ready for JSON, and those of single families."""
        return {**asdict(self), **{name: dict(given) for name, given in self._of_families.items() if given}}


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
