# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole organization in memory, ready to be sent, and the folder of files that describes it exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

_PAGE = 50
_LARGEST_PAGE = 100
_CREATED = "2026-01-01T00:00:00.000Z"
_SQL_LINE = "  , sum(case when status = 'paid' and region = %d then amount else 0 end) as r_%d\n"

Value = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many objects an organization has; ``charts`` are those of each dashboard, ``sql`` the bytes of their SQL."""

    groups: int = 0
    members: int = 0
    data_sources: int = 0
    mcp_servers: int = 0
    definitions: int = 0
    skills: int = 0
    automations: int = 0
    dashboards: int = 0
    charts: int = 0
    sql: int = 120

    @property
    def total(self) -> int:
        """The number of all objects."""
        parts = (self.groups, self.members, self.data_sources, self.mcp_servers, self.definitions, self.skills)
        return sum(parts) + self.automations + self.dashboards * (1 + self.charts)


NINE_FAMILIES = Size(50, 100, 100, 20, 150, 80, 50, 50, 8)
"""1,000 objects over the nine families."""

MANY_CHARTS = Size(data_sources=5, dashboards=500, charts=20, sql=1400)
"""10,000 charts of 1.4 KB in 500 dashboards."""

SIZES = {1000: NINE_FAMILIES, 10000: MANY_CHARTS}
"""The organizations that are measured, by about how many objects they have."""


def sql(number: int, size: int) -> str:
    """Return SQL of about so many bytes, which is another one for each number."""
    text = "select day, %d as n\n" % number
    line = 0
    while len(text) < size - 40:
        text += _SQL_LINE % (line, line)
        line += 1
    return text + "from sales group by day\n"


def _dated(identifier: str, **fields: Any) -> Value:
    return {"id": identifier, "createdAt": _CREATED, "updatedAt": _CREATED, **fields}


# Each family twice: as the server has an object, and as an entry says it ----------------------------------------------


def _groups(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.groups):
        people = [number % size.members, (number + 7) % size.members]
        name = "Group %04d" % number
        shown = [{"id": "mem_%06d" % one} for one in people]
        mails = ["person-%06d@example.com" % one for one in people]
        yield _dated("grp_%06d" % number, name=name, members=shown), {"name": name, "members": mails}


def _members(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.members):
        mail, role = "person-%06d@example.com" % number, "ADMIN" if number < 3 else "MEMBER"
        user = {"id": "user_%06d" % number, "email": mail, "fullName": "Person %d" % number, "avatarUrl": None}
        member = _dated("mem_%06d" % number, role=role, deactivatedAt=None, userId=user["id"], user=user)
        yield member, {"email": mail, "role": role, "full_name": user["fullName"]}


def _data_sources(size: Size) -> Iterator[tuple[Value, Value]]:
    empty = ("sshHost", "sshPort", "sshUsername", "bigQueryProjectId", "spannerInstanceId", "athenaWorkgroup")
    empty += ("athenaOutputLocation", "athenaCatalog", "snowflakeAccountId", "snowflakeWarehouse", "snowflakeRole")
    for number in range(size.data_sources):
        entry = {
            "name": "source %04d" % number,
            "dialect": "POSTGRES",
            "database_name": "shop",
            "username": "reader",
            "host": "db-%d.example.com" % number,
            "port": 5432,
            "ssl_enabled": True,
        }
        source = _dated(
            "ds_%06d" % number,
            displayName=entry["name"],
            description="",
            dialect="POSTGRES",
            databaseName="shop",
            username="reader",
            host=entry["host"],
            port=5432,
            sslEnabled=True,
            sslCustomCertificatesEnabled=False,
            sshEnabled=False,
            isDemo=False,
            isBasedashWarehouse=False,
            mutatingQueriesEnabled=False,
            lastSyncStatus="SUCCESS",
            hasCompletedFirstSync=True,
            **dict.fromkeys(empty),
        )
        granted = {"mode": "restricted", "groups": ["Group %04d" % (number % size.groups)]} if size.groups else {}
        yield source, {**entry, **({"access": granted} if granted else {})}


def _mcp_servers(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.mcp_servers):
        name, url = "Server %04d" % number, "https://mcp.example.com/%d" % number
        server = _dated("mcp_%06d" % number, displayName=name, serverUrl=url, serverLabel="label", tools=[])
        yield server, {"name": name, "server_url": url}


def _definitions(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.definitions):
        source = number % size.data_sources
        reference, name = "definition_%04d" % number, "Definition %d" % number
        query = sql(number, size.sql)
        found = _dated("def_%06d" % number, name=name, referenceName=reference, description="", sqlQuery=query)
        entry = {"reference_name": reference, "name": name, "data_source": "source %04d" % source, "sql_query": query}
        yield {**found, "databaseConnectionId": "ds_%06d" % source}, entry


def _skills(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.skills):
        name, text = "Skill %04d" % number, "Be brief. " * 20 + str(number)
        yield (
            _dated("skill_%06d" % number, name=name, description="", instructions=text),
            {
                "name": name,
                "instructions": text,
            },
        )


def _automations(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.automations):
        name, text = "Automation %04d" % number, "Report %d." % number
        trigger = {"type": "SCHEDULE", "frequency": "WEEKLY", "preferredDayOfWeek": 1, "preferredHour": number % 24}
        trigger.update(preferredDayOfMonth=None, databaseConnectionId=None, sqlQuery="")
        found = _dated("auto_%06d" % number, name=name, instructions=text, active=True, archivedAt=None)
        found.update(trigger=trigger, notifications={"slackChannel": None, "emailRecipients": ""}, icon="stopwatch")
        given = {"type": "SCHEDULE", "frequency": "WEEKLY", "hour": number % 24}
        yield found, {"name": name, "instructions": text, "trigger": given}


def _dashboards(size: Size) -> Iterator[tuple[Value, Value]]:
    for number in range(size.dashboards):
        identifier, name = "dash_%06d" % number, "Dashboard %04d" % number
        tabs = [_dated("tab_%06d" % number, name="Main", order=0, dashboardId=identifier)]
        found = _dated(identifier, name=name, description=None, icon="chart", color="1", width="NORMAL", tabs=tabs)
        charts = [entry for _chart, entry in _charts(size, number)]
        yield found, {"name": name, "tabs": [{"name": "Main"}], "charts": charts}


def _charts(size: Size, dashboard: int) -> Iterator[tuple[Value, Value]]:
    for place in range(size.charts):
        number = dashboard * size.charts + place
        source, name, query = number % size.data_sources, "Chart %06d" % number, sql(number, size.sql)
        layout = {"x": place % 2 * 6, "y": place // 2 * 4, "width": 6, "height": 4}
        empty = ("description", "drilldownSqlQuery", "xAxisProperty", "xAxisSecondaryProperty", "yAxisProperty")
        found = _dated("chart_%06d" % number, name=name, chartType="LINE", sqlQuery=query, layout=layout)
        found.update(dashboardId="dash_%06d" % dashboard, dashboardTabId="tab_%06d" % dashboard, staticContent=None)
        found.update(databaseConnectionId="ds_%06d" % source, **dict.fromkeys(empty))
        entry = {"name": name, "tab": "Main", "chart_type": "LINE", "data_source": "source %04d" % source}
        yield found, {**entry, "sql_query": query, "layout": layout}


_FAMILIES = {
    "groups": _groups,
    "members": _members,
    "data_sources": _data_sources,
    "mcp_servers": _mcp_servers,
    "definitions": _definitions,
    "skills": _skills,
    "automations": _automations,
    "dashboards": _dashboards,
}


# The server's side ----------------------------------------------------------------------------------------------------


class Organization:
    """All lists of an organization, newest first, as bytes."""

    def __init__(self, size: Size) -> None:
        self._lists: dict[str, list[tuple[str, bytes]]] = {}
        for family, made in _FAMILIES.items():
            self._lists[family.replace("_", "-")] = _sent(found for found, _entry in made(size))
        for number in range(size.dashboards):
            charts = (found for found, _entry in _charts(size, number))
            self._lists["dashboards/dash_%06d/charts" % number] = _sent(charts)
        self._answers = {
            "data-sources/ds_%06d/access" % number: json.dumps(
                {
                    "data": {
                        "dataSourceId": "ds_%06d" % number,
                        "mode": "restricted" if size.groups else "everyone",
                        "groupIds": ["grp_%06d" % (number % size.groups)] if size.groups else [],
                        "memberIds": [],
                    }
                }
            ).encode()
            for number in range(size.data_sources)
        }

    def answer(self, path: str, query: Mapping[str, Sequence[str]]) -> bytes | None:
        """Return what a GET of this path answers, ``None`` if there is nothing."""
        whole = self._lists.get(path)
        if whole is None:
            return self._answers.get(path)
        size = min(int(query.get("limit", [str(_PAGE)])[0]), _LARGEST_PAGE)
        cursor = query.get("cursor", [""])[0]
        # An organization that nobody changes needs no real cursor: it is the place in the list.
        start = int(cursor) if cursor else 0
        page = b",".join(content for _identifier, content in whole[start : start + size])
        after = str(start + size) if start + size < len(whole) else None
        pagination = json.dumps({"nextCursor": after, "hasMore": after is not None}).encode()
        return b'{"data":[' + page + b'],"pagination":' + pagination + b"}"

    def get(self, root: str, target: str) -> bytes | None:
        """Return what a GET below ``root`` answers."""
        path, _mark, query = target.partition("?")
        return self.answer(path[len(root) + 1 :], parse_qs(query)) if path.startswith(root + "/") else None


def _sent(objects: Iterator[Value]) -> list[tuple[str, bytes]]:
    return [(one["id"], json.dumps(one, separators=(",", ":")).encode()) for one in objects][::-1]


# The files ------------------------------------------------------------------------------------------------------------


def write_folder(size: Size, folder: Path) -> None:
    """Write the configuration of an organization: one file per family, and one per dashboard."""
    folder.mkdir(parents=True, exist_ok=True)
    for family, made in _FAMILIES.items():
        entries = [entry for _found, entry in made(size)]
        if family != "dashboards":
            if entries:
                _write(folder / (family + ".yml"), {family: entries})
            continue
        for entry in entries:
            _write(folder / family / (entry["name"].lower().replace(" ", "-") + ".yml"), {family: [entry]})


def _write(file: Path, content: Value) -> None:
    import yaml

    file.parent.mkdir(exist_ok=True)
    dumper = type("Dumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {})
    dumper.add_representer(str, _text)
    document = {"format": 1, **content}
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(document, stream, Dumper=dumper, sort_keys=False, allow_unicode=True)


def _text(dumper: Any, value: str) -> Any:
    """Write texts of several lines as people do, as a block."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)
