# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An organization, and a whole configuration for it: some objects are new, some change, some stay, some are to go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from stage import API_KEY, ORGANIZATION, OTHER_KEY
from subjects import SUBJECTS, Subject

PASSWORD = "hush-Password-1-hush"
TOKEN = "hush-Token-2-hush"
SECRETS = (PASSWORD, TOKEN)
# The families with a key, whose settings this can change, by their word in the form.
KINDS = {
    "data_sources": SUBJECTS["data_source"],
    "mcp_servers": SUBJECTS["mcp_server"],
    "definitions": SUBJECTS["definition"],
    "skills": SUBJECTS["skill"],
    "automations": SUBJECTS["automation"],
    "dashboards": SUBJECTS["dashboard"],
}
CHART = SUBJECTS["chart"]
# What these need beside the options of their tables.
ALSO: Mapping[str, Mapping[str, Any]] = {
    "data_sources": {
        "dialect": "POSTGRES",
        "ssl_enabled": True,
        "access": {"mode": "restricted", "groups": ["Finance"]},
    },
    "mcp_servers": {"headers": [{"name": "Authorization", "value": TOKEN}]},
    "definitions": {"name": "new", "data_source": "home"},
    "automations": {"active": False, "trigger": {"type": "SCHEDULED", "frequency": "DAILY", "hour": 7}},
    "dashboards": {"tabs": [{"name": "Now"}, {"name": "Later"}]},
}
PRUNE = ("charts", "dashboards", "automations", "skills", "definitions", "mcp_servers", "data_sources", "groups")


@dataclass
class Whole:
    """What an organization holds, and the configuration that it is to have.

    ``gone`` are the ids that ``prune`` is to delete. Ids that begin with ``by`` are of what nobody may touch.
    """

    organization: dict[str, Any]
    configuration: dict[str, Any]
    gone: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, random: Random, most: int, *, references: bool) -> Whole:
        """Choose one; of each family up to ``most`` are new. With ``references``, definitions use each other."""
        organization: dict[str, Any] = {
            "id": ORGANIZATION,
            "name": "Chaos",
            "members": [
                {"id": f"mem_{name}", "email": f"{name}@example.com", "role": "ADMIN"}
                for name in ("one", "two", "by_three")
            ],
            "groups": [
                {"id": "grp_finance", "name": "Finance", "memberIds": ["mem_one", "mem_by_three"]},
                {"id": "left_group", "name": "left group", "memberIds": ["mem_by_three"]},
            ],
        }
        whole = cls(organization, {}, {"left_group"})
        whole.configuration["groups"] = [
            {"name": "Finance", "members": ["one@example.com", "two@example.com", "new0@example.com"]},
            {"name": "Auditors", "members": ["two@example.com"]},
        ]
        whole.configuration["members"] = [
            {"email": f"new{number}@example.com", "role": "MEMBER", "invite": True}
            for number in range(random.randint(1, most))
        ] + [{"email": "two@example.com", "role": "MEMBER"}]
        for key, subject in KINDS.items():
            whole._add(key, subject, random, most)
        whole._add_home(random, most)
        if references:
            definitions = [one for one in whole.configuration["definitions"] if one["reference_name"].startswith("new")]
            for one, other in zip(definitions, definitions[1:], strict=False):
                one["sql_query"] = 'SELECT * FROM {{ definition("%s") }}' % other["reference_name"]
        return whole

    def _add(self, key: str, subject: Subject, random: Random, most: int) -> None:
        """Add objects of a family: some stay, some change, some go, and the entries of new ones."""
        wanted = ALSO.get(key, {})
        access = {"access": {"mode": "restricted", "groupIds": ["grp_finance"]}} if key == "data_sources" else {}
        held = [
            subject.held(f"{word}_{key}_{number}", name_of(key, word, number), **_fields(subject, word), **access)
            for word, count in (("kept", 1), ("moved", random.randint(1, 2)), ("left", random.randint(1, 2)))
            for number in range(count)
        ]
        held.append(subject.held(f"by_{key}", name_of(key, "bystander", 0), **_fields(subject, "left"), **access))
        self.organization[key] = held
        self.gone |= {one["id"] for one in held if one["id"].startswith("left")}
        entries = []
        for number in range(random.randint(1, most)):
            secret = {"password": PASSWORD} if key == "data_sources" else {}
            entries.append(_entry(subject, name_of(key, "new", number), 0, {**wanted, **secret}))
        where = {"data_source": "home"} if key == "definitions" else {}
        for one in held:
            if one["id"].startswith(("kept", "moved")):
                entries.append(_entry(subject, one[subject.key], int(one["id"].startswith("moved")), where))
        random.shuffle(entries)
        self.configuration[key] = entries

    def _add_home(self, random: Random, most: int) -> None:
        """Add the data source of the definitions, and charts to a new dashboard and to one that stays."""
        home = {"id": "ds_home", "displayName": "home", "access": {"mode": "restricted", "groupIds": ["grp_finance"]}}
        self.organization["data_sources"].insert(0, home)
        self.configuration["data_sources"].append({"name": "home"})
        board = "kept_dashboards_0"
        self.organization["charts"] = [
            CHART.held(f"{word}_chart", f"{word} chart", sqlQuery=CHART.values[0], dashboardId=board)
            for word in ("kept", "moved", "left")
        ]
        self.gone.add("left_chart")
        for entry in self.configuration["dashboards"]:
            if entry["name"] == name_of("dashboards", "kept", 0):
                entry["charts"] = [
                    {"name": "kept chart", "sql_query": CHART.values[0]},
                    {"name": "moved chart", "sql_query": CHART.values[1]},
                ]
            if entry["name"].startswith("new"):
                entry["charts"] = [
                    {"name": f"chart {number}", "tab": "Later", "data_source": "home", "sql_query": "SELECT 1"}
                    for number in range(random.randint(1, most))
                ]

    def seed(self, behaviour: Mapping[str, Any]) -> dict[str, Any]:
        """Return the seed of the server."""
        # The key's own member is an admin who stays one.
        keys = [
            {"key": key, "role": "admin", "organizations": [ORGANIZATION], "member": "mem_one"}
            for key in (API_KEY, OTHER_KEY)
        ]
        return {"organizations": [self.organization], "keys": keys, "behaviour": behaviour}

    def options(self) -> dict[str, Any]:
        """Return the module's options beside the configuration itself."""
        return {
            "prune": list(PRUNE),
            "max_deletions": 100,
            "exclude": {key: [f"by_{key}"] for key in KINDS},
        }

    def written(self, folder: Path) -> list[str]:
        """Write the configuration into files, in two layers, of which the second has the truth about skills."""
        base, layer = folder / "base", folder / "layer"
        for one in (base, layer):
            one.mkdir(parents=True)
        for key, entries in self.configuration.items():
            content = {"format": 1, key: entries}
            if key == "skills":
                layer.joinpath("skills.yml").write_text(json.dumps(content), encoding="utf-8")
                content[key] = [{**one, "instructions": "Replaced."} for one in entries[:1]]
            base.joinpath(f"{key}.yml").write_text(json.dumps(content), encoding="utf-8")
        return [str(base), str(layer)]

    def entries(self) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
        """Yield each entry: its family, the dashboard of a chart, its key, and what it says."""
        for key, entries in self.configuration.items():
            option = {"members": "email", "definitions": "reference_name"}.get(key, "name")
            for entry in entries:
                yield key, "", entry[option], entry
                for chart in entry.get("charts", ()):
                    yield "charts", entry[option], chart["name"], chart


def name_of(key: str, word: str, number: int) -> str:
    """Return the name of an object; that of a definition is one for SQL."""
    return f"{word}_{number}" if key == "definitions" else f"{word} {key} {number}"


def _fields(subject: Subject, word: str) -> dict[str, Any]:
    # What goes is unlike what comes, or it would be taken for renamed.
    value = subject.values[0] if word != "left" else _unlike(subject.values[0])
    return {subject.setting: value}


def _unlike(value: str) -> str:
    return value.replace("a.", "c.") if "a.example" in value else f"{value} -- before"


def _entry(subject: Subject, name: str, value: int, also: Mapping[str, Any]) -> dict[str, Any]:
    return {subject.key_option: name, subject.setting_option: subject.values[value], **also}
