# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection relies on: found by running its code, and by reading its documentation.

Its own client sends its own requests to a transport that only writes them down. What answers must hold is what a
program can't tell of itself, so that is a table.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import workspace
import yaml

from ansible_collections.community.basedash.plugins.module_utils._base.errors import BasedashError
from ansible_collections.community.basedash.plugins.module_utils._engine.settings import Settings
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller, Counters
from ansible_collections.community.basedash.plugins.module_utils._http.client import Client
from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, Request
from ansible_collections.community.basedash.plugins.module_utils._resources.access import (
    Policy,
    read_policy,
    write_policy,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.credentials import verify
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Collection

# An identifier that turns a path into one with nameless parameters.
_ID = "{}"

OBJECT = tuple(one.place for one in DATA_SOURCE.fields if not one.secret)
_POLICY = ("mode", "groupIds", "memberIds")

SOURCES = "/api/public/organizations/{}/data-sources"

ANSWERS: dict[tuple[str, str], dict[tuple[str, ...], tuple[str, ...]]] = {
    ("GET", SOURCES): {("data", "[]"): OBJECT, ("pagination",): ("nextCursor", "hasMore")},
    ("POST", SOURCES): {("data",): OBJECT},
    ("GET", SOURCES + "/{}"): {("data",): OBJECT},
    ("PATCH", SOURCES + "/{}"): {("data",): OBJECT},
    ("DELETE", SOURCES + "/{}"): {("data",): OBJECT},
    ("POST", SOURCES + "/verify"): {("data",): ("success",)},
    ("GET", SOURCES + "/{}/access"): {("data",): _POLICY},
    ("PUT", SOURCES + "/{}/access"): {("data",): _POLICY},
}
"""The fields of the answers of success, by where they stand."""

MAY_BE_EMPTY = {key for key in ANSWERS if key[0] != "GET" and not key[1].endswith("/verify")}
"""The operations whose answer may also show nothing: the object is read again, or was read before."""

STATUSES: dict[str, tuple[str, ...]] = {
    "401": ("title", "detail"),
    "404": ("title", "detail"),
    "429": ("title", "detail", "retryAfterMs"),
}
"""The statuses that the collection draws conclusions from, with what must be in their ``error``.

401: the key is wrong. 404: not there, or no admin access. 429: try again after this time.
"""

_DOCUMENTED = {
    "dialect": ("basedash_data_source", "dialect"),
    "lastSyncStatus": ("basedash_data_source_info", "sync_status"),
    "lastHealthStatus": ("basedash_data_source_info", "health_status"),
    "mode": ("basedash_data_source_access", "mode"),
}


@dataclass(frozen=True)
class Sent:
    """A request of the collection."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]


@cache
def _options(module: str) -> dict[str, dict[str, Any]]:
    """Return the options of a module by its documentation."""
    path = workspace.ROOT / "plugins" / "modules" / f"{module}.py"
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "DOCUMENTATION":
            options: dict[str, dict[str, Any]] = yaml.safe_load(ast.literal_eval(statement.value))["options"]
            return options
    raise LookupError(f"{module} has no documentation")


@cache
def values(field: str) -> frozenset[str]:
    """Return the values of an enum that the modules know of: their choices, or what their documentation names."""
    if field not in _DOCUMENTED:
        return frozenset()
    module, name = _DOCUMENTED[field]
    option = _options(module)[name]
    return frozenset(option.get("choices") or re.findall(r"V\(([A-Z_]+)\)", str(option["description"])))


class _Notebook:
    """A transport that carries nothing and keeps what it was given."""

    secrets: Sequence[str] = ()

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def send(self, request: Request, timeout: float) -> RawAnswer:
        del timeout
        url = urlsplit(request.url)
        body = json.loads(request.body) if request.body else {}
        self.sent.append(Sent(request.method, unquote(url.path), dict(parse_qsl(url.query)), body))
        # A page that announces another one, so that the request for that one comes as well.
        page = {"data": [{"id": "1"}], "pagination": {"nextCursor": "1", "hasMore": True}}
        return RawAnswer(200, {}, json.dumps(page).encode())

    def close(self) -> None:
        pass


def _settings(**given: Any) -> Settings:
    nothing = dict.fromkeys((*DATA_SOURCE.by_option, "extra", "extra_secrets", "clear"))
    return Settings.of(DATA_SOURCE, {**nothing, "update_secrets": "always", **given})


def _all_options(number: int) -> dict[str, Any]:
    """Return a value for each setting and each secret, with this one for the numbers."""
    samples = {"str": "x", "raw": "{}", "int": number, "bool": True}
    options = _options("basedash_data_source")
    given = (*DATA_SOURCE.settings, *DATA_SOURCE.secrets)
    found = {one.name: samples[options[one.name]["type"]] for one in given if one.name != "dialect"}
    # What is out of a field's own limits is refused before it is sent.
    within = {one.name: one.limits for one in given if one.limits is not None}
    return {
        name: min(max(value, within[name][0]), within[name][1]) if name in within and isinstance(value, int) else value
        for name, value in found.items()
    }


def _calls() -> Iterator[tuple[Any, ...]]:
    """Yield the operations with their arguments. Bodies: everything, the least, and the limits."""
    yield (Collection.list_all,)
    for operation in (Collection.get, Collection.delete, read_policy):
        yield operation, _ID
    for dialect in sorted(values("dialect")):
        yield Collection.create, _settings(dialect=dialect).creation("x")
    stored = dict.fromkeys(OBJECT)
    for port in (1, 65535):
        settings = _settings(dialect="POSTGRES", **_all_options(port))
        yield Collection.create, settings.creation("x")
        yield verify, settings.whole({})
        yield Collection.update, _ID, _settings(**_all_options(port)).update(stored)
    yield Collection.update, _ID, _settings(password="x").update(stored)
    removable = [one.name for one in DATA_SOURCE.secrets if one.removed_by]
    yield Collection.update, _ID, _settings(clear=removable).update(stored)
    yield write_policy, _ID, Policy("everyone")
    for groups, members in (("g", "m"), ("g", ""), ("", "m")):
        yield write_policy, _ID, Policy("restricted", frozenset(groups), frozenset(members))


@cache
def requests() -> dict[tuple[str, str], tuple[Sent, ...]]:
    """Return every kind of request that the collection sends, by method and path."""
    notebook = _Notebook()
    connection = Connection("bd_key_x", "https://basedash.example.com", _ID, 1, 0, True, None, None, None, False)
    client = Client(connection, notebook, Caller(lambda connection: notebook), Counters())
    api = Collection(client, _ID, DATA_SOURCE.family)
    for operation, *arguments in _calls():
        # The answer is none of this API; the request was all that is wanted.
        with contextlib.suppress(BasedashError):
            operation(api, *arguments)
    grouped: dict[tuple[str, str], tuple[Sent, ...]] = {}
    for sent in notebook.sent:
        key = (sent.method, sent.path)
        grouped[key] = (*grouped.get(key, ()), sent)
    return grouped
