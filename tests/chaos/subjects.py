# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts need to know of a family: its path and fields in the API, and the options of its module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GROUP = "grp_chaos"
SECRET = "Bearer hush-Hunter2-hush"
ACCESS = {"mode": "restricted", "group_ids": [GROUP]}
NEW = {"dialect": "POSTGRES", "host": "a.example.com", "ssl_enabled": True, "access": ACCESS}


@dataclass(frozen=True)
class Parts:
    """A list that an object has, such as the tabs of a dashboard, and what the server holds of it.

    ``option`` is the option with the list, ``purge`` the one that removes all others, ``given`` how the list names one
    of them. ``family`` is the path of the family that they are, whose ``owner`` is the id of the object; both are empty
    if the object itself has their ids. ``known_by`` is the field with their names, or with these ids in the form
    ``held``. ``path`` is what the addresses of requests about them have, ``initial`` the name of the one that each new
    object has, ``behaviour`` the switches of a server that can do all of this, and ``unlike`` some in which servers may
    differ.
    """

    option: str
    purge: str
    path: str
    given: str = "%s"
    family: str = ""
    owner: str = ""
    known_by: str = "name"
    held: str = "%s"
    initial: str = ""
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    unlike: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A family of the API, and the module that manages one of its objects.

    ``key`` is the field that people know an object by and ``key_option`` its option, ``setting`` and
    ``setting_option`` are those of what an update changes, ``values`` two values for it; empty, if there is nothing but
    the key. ``fields`` is what an object in a seed needs beside its key, ``where`` the options that say where it is,
    ``new`` those that a creation needs besides. ``beside`` are objects of other families in the seed. ``within`` is
    where answers have the key, if not at the top. ``unique`` tells that the server refuses a key that is taken,
    ``sent_once`` that no creation may be sent again without a clear answer. ``secret`` is a text that nobody may show.
    ``brief`` tells that its short form has only the scenes that differ most between families. ``parts`` is a list that
    its objects have. ``acts`` tells that the module makes an object at each task, and that no object has a state.
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
    within: str = ""
    unique: bool = False
    sent_once: bool = False
    secret: str = ""
    brief: bool = False
    parts: Parts | None = None
    acts: bool = False

    def called(self, name: str) -> str:
        """Return the key of an object with this name."""
        is_address = self.key == "email" and "@" not in name
        return "%s@example.com" % name.replace(" ", ".") if is_address else name

    def key_of(self, one: Mapping[str, Any]) -> str:
        """Return the key of an object as the server holds it."""
        return str((one[self.within] if self.within else one)[self.key])

    def held(self, identifier: str, name: str, **fields: Any) -> dict[str, Any]:
        """Return an object for a seed."""
        return {"id": identifier, self.key: self.called(name), **self.fields, **fields}

    def named(self, name: str) -> dict[str, Any]:
        """Return the options that name an object by its key."""
        return {self.key_option: self.called(name), **self.where}

    def updated(self) -> dict[str, Any]:
        """Return the options that change an object; empty if there is nothing to change."""
        return {self.setting_option: self.values[1]} if self.setting else {}

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
    "group": Subject(
        path="groups",
        module="basedash_group",
        key="name",
        key_option="name",
        setting="",
        setting_option="",
        values=("", ""),
        new={},
        beside={
            "members": [
                {"id": f"mem_{name}", "email": f"{name}@example.com"} for name in ("one", "two", "three", "other")
            ]
        },
        brief=True,
        parts=Parts(
            option="members",
            purge="purge_members",
            path="/groups/.*/members",
            given="%s@example.com",
            known_by="memberIds",
            held="mem_%s",
            behaviour={"group_members": "objects", "membership_removal": "works"},
            unlike={
                "ids": {"group_members": "ids", "second_membership": "409"},
                "list": {"group_members": "hidden", "membership_list": "works"},
            },
        ),
    ),
    "member": Subject(
        path="members",
        module="basedash_member",
        key="email",
        key_option="email",
        setting="role",
        setting_option="role",
        # All are admins, so that each of them may be demoted and deactivated.
        values=("ADMIN", "MEMBER"),
        new={"role": "ADMIN", "invite": True, "reactivate": True},
        fields={"role": "ADMIN"},
        within="user",
        unique=True,
        sent_once=True,
        brief=True,
    ),
    "mcp_server": Subject(
        path="mcp-servers",
        module="basedash_mcp_server",
        key="displayName",
        key_option="name",
        setting="serverUrl",
        setting_option="server_url",
        values=("https://a.example.com/mcp", "https://b.example.com/mcp"),
        new={"server_url": "https://a.example.com/mcp", "headers": [{"name": "Authorization", "value": SECRET}]},
        fields={"serverUrl": "https://a.example.com/mcp"},
        secret=SECRET,
        brief=True,
    ),
    "automation": Subject(
        path="automations",
        module="basedash_automation",
        key="name",
        key_option="name",
        setting="instructions",
        setting_option="instructions",
        values=("Look at sales.", "Look at costs."),
        new={"instructions": "Look at sales.", "active": False, "trigger": {"hour": 7}},
        fields={"instructions": "Look at sales."},
        brief=True,
    ),
    "automation_run": Subject(
        path="runs",
        module="basedash_automation_run",
        key="automationId",
        key_option="id",
        setting="",
        setting_option="",
        values=("", ""),
        new={},
        beside={"automations": [{"id": "auto_home", "name": "home", "instructions": "Look at sales."}]},
        brief=True,
        acts=True,
    ),
    "dashboard": Subject(
        path="dashboards",
        module="basedash_dashboard",
        key="name",
        key_option="name",
        setting="description",
        setting_option="description",
        values=("Sales.", "Costs."),
        new={"description": "Sales."},
        fields={"description": "Sales."},
        brief=True,
        parts=Parts(
            option="tabs",
            purge="purge_tabs",
            path="/tabs",
            family="tabs",
            owner="dashboardId",
            initial="Main",
            unlike={
                "sort-order": {"tab_order_field": "sortOrder", "tabs_in_list": False},
                "unique": {"tabs": {"names_unique": True}, "create_status": "200"},
            },
        ),
    ),
    "chart": Subject(
        path="charts",
        module="basedash_chart",
        key="name",
        key_option="name",
        setting="sqlQuery",
        setting_option="sql_query",
        values=("SELECT 1", "SELECT 2"),
        new={"sql_query": "SELECT 1", "layout": {"width": 4}},
        fields={"sqlQuery": "SELECT 1", "dashboardId": "dash_home"},
        where={"dashboard": "home"},
        beside={"dashboards": [{"id": "dash_home", "name": "home"}]},
        brief=True,
    ),
}
DATA_SOURCE = SUBJECTS["data_source"]
