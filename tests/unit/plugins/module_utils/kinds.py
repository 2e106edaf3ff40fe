# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All kinds of objects as tests see them: sample objects, and a small server, both made from the OpenAPI files.

Nothing here reads fields from the declaration of a kind, because a test made from it would prove it by itself.
"""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import checked
from ansible_collections.community.basedash.plugins.module_utils._engine.kind import Kind
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._engine.step import Step
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE, STEPS
from ansible_collections.community.basedash.plugins.module_utils._resources.definition import DEFINITION
from ansible_collections.community.basedash.plugins.module_utils._resources.skill import SKILL
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    CONNECTION,
    KEY,
    NOT_FOUND,
    URL,
    Wire,
    answer,
    error,
)

Object = dict[str, Any]

FILES = Path(__file__).parents[4] / "tests" / "simulator" / "basedash_simulator"
ROOT = "/api/public/organizations/"

# The options and facts that are not simply the API's name in snake_case.
OPTIONS = {"displayName": "name", "databaseConnectionId": "data_source_id"}
FACTS = {"bigQueryProjectId": "bigquery_project_id", "bigQueryJsonKey": "bigquery_json_key"}

LEAK = "what-nobody-documented"
UNDOCUMENTED = {"futureSecret": LEAK, "nested": {"token": LEAK}, "listed": [LEAK]}
"""Fields of a newer release, which stand in every object of every answer here."""


# What the files say ---------------------------------------------------------------------------------------------------


@functools.cache
def document() -> dict[str, Any]:
    """Return both OpenAPI files as one document."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parts = [yaml.load((FILES / name).read_text(encoding="utf-8"), loader) for name in _NAMES]
    schemas = {name: schema for part in parts for name, schema in part["components"]["schemas"].items()}
    return {"paths": {**parts[0]["paths"], **parts[1]["paths"]}, "schemas": schemas}


_NAMES = ("data_sources_openapi.yaml", "resources_openapi.yaml")


def schema_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without references, its parts merged."""
    if "$ref" in node:
        return schema_of(document()["schemas"][node["$ref"].rpartition("/")[2]])
    found: dict[str, Any] = {"properties": {}, "required": []}
    for part in [*map(schema_of, node.get("allOf", ())), {one: node[one] for one in node if one != "allOf"}]:
        properties = {name: schema_of(one) for name, one in part.get("properties", {}).items()}
        required = [*found["required"], *part.get("required", ())]
        found.update(part, properties={**found["properties"], **properties}, required=required)
    return found


def _content(node: Mapping[str, Any]) -> dict[str, Any]:
    return schema_of(node["content"]["application/json"]["schema"])


def snake_case(name: str) -> str:
    """Return one of the API's names as a fact has it."""
    return FACTS.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def option_of(name: str) -> str:
    """Return the option for one of the API's fields."""
    return OPTIONS.get(name) or snake_case(name)


# The kinds ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Subject:
    """A kind under test: where its objects are, the field that names one, and what a name needs beside it."""

    kind: Kind
    path: str
    key: str = "name"
    steps: Sequence[type[Step]] = ()
    within: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.path

    @functools.cached_property
    def module(self) -> ModuleSpec:
        """The module that manages one object."""
        return module_of_one(self.kind, self.steps)

    @functools.cached_property
    def info(self) -> ModuleSpec:
        """The module that reads all objects."""
        return info_module(self.kind)

    @functools.cached_property
    def create(self) -> dict[str, Any]:
        """The schema of a creation."""
        return _content(document()["paths"]["%s{orgId}/%s" % (ROOT, self.path)]["post"]["requestBody"])

    @functools.cached_property
    def update(self) -> dict[str, Any]:
        """The schema of an update."""
        return _content(document()["paths"]["%s{orgId}/%s/{id}" % (ROOT, self.path)]["patch"]["requestBody"])

    @functools.cached_property
    def shown(self) -> dict[str, Any]:
        """The schemas of the fields that answers have."""
        single = document()["paths"]["%s{orgId}/%s/{id}" % (ROOT, self.path)]["get"]
        found: dict[str, Any] = _content(single["responses"]["200"])["properties"]["data"]["properties"]
        return found

    @functools.cached_property
    def facts(self) -> set[str]:
        """The names of the facts."""
        return {snake_case(name) for name in self.shown}

    @functools.cached_property
    def changeable(self) -> list[str]:
        """The API's fields that answers show and an update can set, without the key."""
        return [name for name in self.update["properties"] if name in self.shown and name != self.key]

    @functools.cached_property
    def needed(self) -> dict[str, Any]:
        """The options that a creation needs beside what names the object."""
        taken = (self.key, *self.within, "type")
        names = [name for name in self.create["required"] if name not in taken]
        return {option_of(name): self.sample()[name] for name in names}

    @functools.cached_property
    def secrets(self) -> list[str]:
        """The API's fields that no answer shows."""
        return [name for name, one in self.create["properties"].items() if one.get("writeOnly")]

    @property
    def noun(self) -> str:
        """The key of results."""
        return self.kind.family.result_key

    @property
    def key_option(self) -> str:
        """The option with the key."""
        return option_of(self.key)

    @property
    def scope(self) -> dict[str, Any]:
        """The options that a key needs beside it."""
        return {option_of(name): value for name, value in self.within.items()}

    def id(self, number: int = 1) -> str:
        """Return the id of a sample."""
        return "%s_%d" % (self.path[:3], number)

    def name(self, number: int = 1) -> str:
        """Return the key of a sample."""
        return "sample_%d" % number

    def named(self, number: int = 1) -> dict[str, Any]:
        """Return the options that name a sample by its key."""
        return {self.key_option: self.name(number), **self.scope}

    def sample(self, number: int = 1, **fields: Any) -> Object:
        """Return an object with every field that the files have."""
        limits = self.update["properties"]
        values = {name: _value(name, {**limits.get(name, {}), **one}, number) for name, one in self.shown.items()}
        return {**values, **self.within, "id": self.id(number), self.key: self.name(number), **fields}

    def facts_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts of an object."""
        return {snake_case(name): values.get(name) for name in self.shown}


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a schema allows."""
    found = schema.get("type", "string")
    return list(found) if isinstance(found, list) else [found]


def _value(name: str, schema: Mapping[str, Any], number: int) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return "2026-11-20T08:%02d:00.000Z" % number
    kind = next(one for one in types_of(schema) if one != "null")
    whole = min(5000 + number, schema.get("maximum", sys.maxsize) - number)
    return {"boolean": False, "number": whole, "integer": whole}.get(kind, "%s %d" % (name, number))


SUBJECTS = (
    Subject(DATA_SOURCE, "data-sources", "displayName", STEPS),
    Subject(SKILL, "skills"),
    Subject(DEFINITION, "definitions", "referenceName", within={"databaseConnectionId": "dat_1"}),
)
"""Every family with a module: a new one is one line here."""


def of_family(path: str) -> Subject:
    """Return the subject of a family, by its path."""
    return next(one for one in SUBJECTS if one.path == path)


SOURCES, SKILLS, DEFINITIONS = map(of_family, ("data-sources", "skills", "definitions"))

every_kind = pytest.mark.parametrize("subject", SUBJECTS, ids=str)


# The server -----------------------------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """What happens at a request: a reaction in place of the answer, or a call of what somebody else does before it.

    ``number`` is which request of this sort it is, 0 for each one. ``works`` tells that the server does its work.
    """

    step: str
    reaction: Any
    number: int = 1
    works: bool = False


class Server(Wire):
    """A Basedash with objects of one family, and two data sources.

    ``log`` has the requests: "GET one", "GET list", "POST", "PATCH", "DELETE", and of other families "GET groups".
    """

    def __init__(self, subject: Subject, *objects: Object, faults: Sequence[Fault] = ()) -> None:
        super().__init__()
        self.subject = subject
        self.faults = list(faults)
        self.log: list[str] = []
        self.bodies: list[Object] = []
        self.objects = {str(one["id"]): dict(one) for one in objects}
        self.beside_objects = {"data-sources": [SOURCES.sample(1), SOURCES.sample(2)]}
        self.secrets_held: dict[str, Object] = {}
        self.list_lag, self.born = 0.0, dict.fromkeys(self.objects, -1000.0)
        self.died: dict[str, tuple[float, Object]] = {}
        self.omitted: set[str] = set()
        self.ignored: set[str] = set()
        self.create_status, self.deletion = 201, answer(204)
        self.page_size, self.newest_first = 100, True

    @property
    def writes(self) -> list[str]:
        """The requests that were no readings."""
        return [step for step in self.log if not step.startswith("GET")]

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        self.time += self.seconds_per_request
        family, identifier, query = _parts(request.url)
        step = request.method
        if family != self.subject.path:
            step += " " + family
        elif request.method == "GET":
            step += " one" if identifier else " list"
        self.log.append(step)
        for fault in self.faults:
            if fault.step == step and fault.number in (0, self.log.count(step)):
                if callable(fault.reaction):
                    fault.reaction(self)
                    continue
                if fault.works:
                    self._work(request, family, identifier, query)
                if isinstance(fault.reaction, TransportError):
                    raise fault.reaction
                assert isinstance(fault.reaction, RawAnswer)
                return fault.reaction
        return self._work(request, family, identifier, query)

    def _work(self, request: Request, family: str, identifier: str, query: Mapping[str, Any]) -> RawAnswer:
        if family != self.subject.path:
            return self._page([{**one, **UNDOCUMENTED} for one in self.beside_objects.get(family, [])], query)
        if request.method == "POST":
            return self._create(json.loads(request.body or b"null"))
        if not identifier:
            return self._page(self._listed(), query)
        there = self.objects.get(identifier)
        if there is None:
            return NOT_FOUND
        if request.method == "DELETE":
            self.remove(identifier)
            return self.deletion
        if request.method == "PATCH":
            return self._update(there, json.loads(request.body or b"null"))
        return answer(200, {"data": self.seen(there)})

    def remove(self, identifier: str) -> None:
        """Delete an object for good."""
        self.died[identifier] = (self.time, self.objects.pop(identifier))

    def add(self, values: Object) -> None:
        """Let somebody else create an object."""
        self.objects = {str(values["id"]): dict(values), **self.objects}
        self.born[str(values["id"])] = self.time

    def seen(self, values: Object) -> Object:
        """Return an object as answers show it."""
        return {**{name: one for name, one in values.items() if name not in self.omitted}, **UNDOCUMENTED}

    def _listed(self) -> list[Object]:
        since = self.time - self.list_lag
        late = [one for died, one in self.died.values() if self.list_lag and died > since]
        alive = [one for one in self.objects.values() if not self.list_lag or self.born[one["id"]] <= since]
        shown = [*map(self.seen, alive), *map(self.seen, late)]
        return shown if self.newest_first else shown[::-1]

    def _page(self, objects: list[Object], query: Mapping[str, Any]) -> RawAnswer:
        start = int(query.get("cursor", ["0"])[0])
        end = start + self.page_size
        pagination = {"nextCursor": str(end) if end < len(objects) else None, "hasMore": end < len(objects)}
        return answer(200, {"data": objects[start:end], "pagination": pagination})

    def _create(self, body: Any) -> RawAnswer:
        mistake = _mistake(body, self.subject.create, self.subject.create["required"])
        if mistake:
            return error(400, mistake, "ValidationError")
        self.bodies.append(body)
        number = 100 + len(self.objects) + len(self.died)
        made = self.subject.sample(number, **dict.fromkeys(self.subject.update["properties"]))
        made = {name: one for name, one in made.items() if name in self.subject.shown}
        made["createdAt"] = "2026-11-24T12:00:00.000Z"
        self._store(made, body)
        self.add(made)
        return answer(self.create_status, {"data": self.seen(made)})

    def _update(self, there: Object, body: Any) -> RawAnswer:
        mistake = _mistake(body, self.subject.update, ())
        if mistake:
            return error(400, mistake, "ValidationError")
        self.bodies.append(body)
        defaults = {name: one["default"] for name, one in self.subject.update["properties"].items() if "default" in one}
        self._store(there, {**defaults, **body})
        return answer(200, {"data": self.seen(there)})

    def _store(self, values: Object, body: Object) -> None:
        for name, value in body.items():
            if name in self.subject.secrets:
                self.secrets_held.setdefault(str(values["id"]), {})[name] = value
            elif (name in self.subject.shown or name in values) and name not in self.ignored:
                values[name] = value


def _parts(url: str) -> tuple[str, str, dict[str, Any]]:
    parts = urlsplit(url[len(URL) :])
    _organization, family, *rest = parts.path[len(ROOT) :].split("/")
    return family, unquote("/".join(rest)), parse_qs(parts.query)


_PYTHON = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


def _mistake(body: Any, schema: Mapping[str, Any], required: Sequence[str]) -> str:
    """Return why a body does not fit a schema, empty if it does. Fields that the schema lacks are let through."""
    if not isinstance(body, dict) or not body:
        return "a body is needed"
    for name in required:
        if name not in body:
            return "%s is missing" % name
    for name, one in schema["properties"].items():
        if name not in body:
            continue
        value = body[name]
        wanted = [_PYTHON[kind] for kind in types_of(one)]
        if not any(isinstance(value, kind) for kind in wanted) or ("enum" in one and value not in one["enum"]):
            return "%s does not fit" % name
        if isinstance(value, str) and not one.get("minLength", 0) <= len(value) <= one.get("maxLength", 10**6):
            return "%s is too short or too long" % name
    return ""


# Running a task -------------------------------------------------------------------------------------------------------


def run(subject: Subject, server: Server, check_mode: bool = False, **given: Any) -> Report:
    """Run the module for one object as Ansible does, and check what is true of every report."""
    return run_spec(subject.module, subject, server, check_mode, given)


def absent(subject: Subject, server: Server, check_mode: bool = False, **given: Any) -> Report:
    """Run it with ``state: absent``."""
    return run(subject, server, check_mode, state="absent", **given)


def read(subject: Subject, server: Server, **given: Any) -> Report:
    """Run the info module."""
    return run_spec(subject.info, subject, server, False, given)


def run_spec(spec: ModuleSpec, subject: Subject, server: Server, check_mode: bool, given: Mapping[str, Any]) -> Report:
    """Run a module as Ansible does, from the options as they came, and check what is true of every report."""
    sent, slept = len(server.sent), len(server.slept)
    report = _run(spec, server, check_mode, given)
    server.finish()
    result = report.result
    assert result["api"]["requests"] == len(server.sent) - sent
    # The gate, which spreads requests after a 429, sleeps as well, and that is no retry.
    assert result["api"]["retries"] <= len(server.slept) - slept
    assert isinstance(result["changed"], bool)
    everything = json.dumps([result, report.warnings, report.progress])
    assert KEY not in everything
    assert LEAK not in everything
    assert spec.task.about_one == (subject.noun in result)
    facts = [result[subject.noun]] if spec.task.about_one else result.get(subject.kind.family.plural_key, [])
    for one in facts:
        assert one is None or set(one) == subject.facts
    if check_mode:
        assert {request.method for request in server.sent[sent:]} <= {"GET"}
    if report.failed:
        message = result["msg"]
        assert message.endswith((".", "?"))
        assert "\n" not in message
        assert "Unexpected" not in message, message
    return report


def _run(spec: ModuleSpec, server: Server, check_mode: bool, given: Mapping[str, Any]) -> Report:
    try:
        options = checked(spec.argument_spec, spec.rules, {**CONNECTION, **given}, environment={})
    except InputError as refused:
        return spec.refused(refused.message)
    found = ArgumentSpecValidator(spec.argument_spec, required_one_of=spec.required_one_of).validate(options)
    assert not found.error_messages, found.error_messages
    caller = Caller(server, check_mode=check_mode, diff_mode=True, clock=server.clock())
    return spec.run(found.validated_parameters, caller)


Options = Callable[[Subject], dict[str, Any]]
"""Options of a row of a table that holds for all kinds."""
