# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts need to know of a family: its path and fields in the API, and the options of its module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GROUP = "grp_chaos"
ACCESS = {"mode": "restricted", "group_ids": [GROUP]}
NEW = {"dialect": "POSTGRES", "host": "a.example.com", "ssl_enabled": True, "access": ACCESS}


@dataclass(frozen=True)
class Subject:
    """A family of the API, and the module that manages one of its objects.

    ``key`` is the field that people know an object by and ``key_option`` its option, ``setting`` and
    ``setting_option`` are those of what an update changes, ``values`` two values for it. ``fields`` is what an object
    in a seed needs beside its key, ``where`` the options that say where it is, ``new`` those that a creation needs
    besides. ``beside`` are objects of other families in the seed. ``unique`` tells that the server refuses a key that
    is taken.
    """

    path: str
    module: str
    key: str
    key_option: str
    setting: str
    setting_option: str
    values: tuple[str, str]
    new: Mapping[str, Any]
    fields: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    unique: bool = False

    def held(self, identifier: str, key: str, **fields: Any) -> dict[str, Any]:
        """Return an object for a seed."""
        return {"id": identifier, self.key: key, **self.fields, **fields}

    def named(self, key: str) -> dict[str, Any]:
        """Return the options that name an object by its key."""
        return {self.key_option: key, **self.where}

    def seed(self, objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what an organization with these objects has in a seed."""
        return {**self.beside, self.path.replace("-", "_"): list(objects)}


SUBJECTS = {
    "data_source": Subject(
        path="data-sources",
        module="basedash_data_source",
        key="displayName",
        key_option="name",
        setting="host",
        setting_option="host",
        values=("a.example.com", "b.example.com"),
        new=NEW,
    ),
    "skill": Subject(
        path="skills",
        module="basedash_skill",
        key="name",
        key_option="name",
        setting="instructions",
        setting_option="instructions",
        values=("Be brief.", "Be thorough."),
        new={"instructions": "Be brief."},
        fields={"instructions": "Be brief."},
    ),
    "definition": Subject(
        path="definitions",
        module="basedash_definition",
        key="referenceName",
        key_option="reference_name",
        setting="sqlQuery",
        setting_option="sql_query",
        values=("SELECT 1", "SELECT 2"),
        new={"name": "new", "sql_query": "SELECT 1"},
        fields={"name": "old", "sqlQuery": "SELECT 1", "databaseConnectionId": "ds_home"},
        where={"data_source": "home"},
        beside={"data_sources": [{"id": "ds_home", "displayName": "home"}]},
        unique=True,
    ),
}
DATA_SOURCE = SUBJECTS["data_source"]
