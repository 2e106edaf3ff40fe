# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All kinds of objects as tests see them: sample objects, and a small server, both made from the OpenAPI files.

Nothing here reads fields from the declaration of a kind, because a test made from it would prove it by itself.
"""

from __future__ import annotations

import copy
import functools
import importlib
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

from ansible_collections.community.basedash.plugins import modules
from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import checked
from ansible_collections.community.basedash.plugins.module_utils._engine.kind import Kind
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
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
REFERENCES = ("databaseConnectionId", "triggerDatabaseConnectionId", "dashboardId", "dashboardTabId")
"""Fields with the id of another object. A second option takes its name."""

UNKNOWN = "fieldOfNoRelease"
"""A field that no release of the API has."""
MARKS = ("archivedAt", "deactivatedAt", "deletedAt")
"""Fields that tell since when an object counts as absent."""

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


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a schema allows."""
    if "anyOf" in schema:
        return [one for part in schema["anyOf"] for one in types_of(part)]
    found = schema.get("type", "string")
    return list(found) if isinstance(found, list) else [found]


def words_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the words that a schema lists; empty if any text fits."""
    parts = schema.get("anyOf", [schema])
    return [word for part in parts for word in part.get("enum", ())]


def value_at(values: Any, place: str) -> Any:
    """Return the value at a place, with dots where it is nested."""
    for name in place.split("."):
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def put(values: Object, place: str, value: Any) -> None:
    """Set the value at a place, with dots where it is nested."""
    name, dot, rest = place.partition(".")
    if dot:
        values[name] = dict(values.get(name) or {})
        put(values[name], rest, value)
    else:
        values[name] = value


def _leaves(schema: Mapping[str, Any], within: str = "") -> dict[str, dict[str, Any]]:
    """Return the fields of a body, with dots where they are nested."""
    found: dict[str, dict[str, Any]] = {}
    for name, one in schema["properties"].items():
        found.update(_leaves(one, within + name + ".") if one.get("properties") else {within + name: one})
    return found


def _value(name: str, schema: Mapping[str, Any], number: int) -> Any:
    """Return the value of a field in the sample of this number."""
    kind = next(one for one in types_of(schema) if one != "null")
    words = words_of(schema)
    if kind == "object" and schema.get("properties"):
        return {part: _value(part, one, number) for part, one in schema["properties"].items()}
    if kind == "array":
        return [_value(name, schema["items"], number)]
    if words:
        return words[min(number, len(words)) - 1]
    if schema.get("format") == "date-time":
        return "2026-11-20T08:%02d:00.000Z" % (number % 60)
    if schema.get("format") == "uri":
        return "https://example.com/%s/%d" % (name, number)
    most = schema.get("maximum", sys.maxsize)
    whole = most - number % most if most < 100 else 5000 + number
    return {"boolean": False, "number": whole, "integer": whole}.get(kind, "%s %d" % (name, number))


# The kinds ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Subject:
    """A kind under test: its noun, where its objects are, the field that names one, and what a name needs beside it.

    Fields have their names in requests, with dots where they are nested. ``places`` are those that answers have at
    another place, and ``options`` those whose option has another name. ``allowed`` are the options without which
    nothing is created, and ``always`` those without which a field of an existing object may stay as it is. ``lists``
    are texts with commas, whose options are lists. ``words`` are values of fields for which the files have no list.
    ``set_once`` are fields that only a creation sends and that nobody shows. ``guessed`` are facts that the files don't
    have, and ``carried`` fields that each update sends although no file says that it resets them. ``kept`` can't be
    emptied, and the server may store ``approximate`` ones otherwise. ``holds`` has what each sample holds, ``mark`` is
    the field that says since when an object is archived. ``parent`` is the family within whose objects these are
    listed, and ``revived_by`` the option without which an archived object is not brought back.
    ``secret_facts`` are in answers and in no result. ``in_organization`` tells that the path begins with that of an
    organization, ``read_first`` that nothing is deleted unread, and ``sent_once`` that no creation is sent a second
    time.
    """

    noun: str
    path: str
    key: str = "name"
    within: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, Any] = field(default_factory=dict)
    always: Mapping[str, Any] = field(default_factory=dict)
    lists: Sequence[str] = ()
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    set_once: Sequence[str] = ()
    guessed: Sequence[str] = ()
    carried: Sequence[str] = ()
    kept: Sequence[str] = ()
    approximate: Sequence[str] = ()
    holds: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""
    parent: str = ""
    revived_by: str = ""
    secret_facts: Sequence[str] = ()
    in_organization: bool = True
    any_case: bool = False
    read_first: bool = False
    sent_once: bool = False

    def __str__(self) -> str:
        return self.path

    @functools.cached_property
    def module(self) -> ModuleSpec:
        """The module that manages one object."""
        return _module("basedash_" + self.noun)

    @functools.cached_property
    def info(self) -> ModuleSpec:
        """The module that reads all objects."""
        return _module("basedash_%s_info" % self.noun)

    @property
    def kind(self) -> Kind:
        """The declaration of the family."""
        return self.module.task.kind

    def _operation(self, path: str, method: str) -> dict[str, Any]:
        start = ROOT + "{orgId}/" if self.in_organization else ROOT[: -len("organizations/")]
        found: dict[str, Any] = document()["paths"][start + path][method]
        return found

    @functools.cached_property
    def create(self) -> dict[str, Any]:
        """The schema of a creation."""
        return _content(self._operation(self.path, "post")["requestBody"])

    @functools.cached_property
    def update(self) -> dict[str, Any]:
        """The schema of an update."""
        return _content(self._operation(self.path + "/{id}", "patch")["requestBody"])

    @functools.cached_property
    def creation_fields(self) -> dict[str, dict[str, Any]]:
        """The schemas of the fields that a creation can set."""
        return _leaves(self.create)

    @functools.cached_property
    def update_fields(self) -> dict[str, dict[str, Any]]:
        """The schemas of the fields that an update can set."""
        return _leaves(self.update)

    @functools.cached_property
    def shown(self) -> dict[str, Any]:
        """The schemas of the fields that answers have."""
        answers = self._operation(self.path + "/{id}", "get")["responses"]
        found: dict[str, Any] = _content(answers["200"])["properties"]["data"]["properties"]
        return {name: schema for name, schema in found.items() if name not in self.secret_facts}

    @functools.cached_property
    def shown_once(self) -> dict[str, Any]:
        """The fields that only the answer to a creation has."""
        answers = self._operation(self.path, "post")["responses"]
        schema = _content(answers["201"])["properties"]["data"]["properties"]
        names = schema.keys() - self.shown - {*self.secret_facts}
        return {name: False if "boolean" in types_of(schema[name]) else None for name in names}

    @functools.cached_property
    def facts(self) -> set[str]:
        """The names of the facts."""
        return {snake_case(name) for name in (*self.shown, *self.shown_once, *self.guessed)}

    @functools.cached_property
    def changeable(self) -> list[str]:
        """The API's fields that answers show and an update can set, without the key."""
        taken = (self.key, *self.within)
        places = _leaves({"properties": self.shown})
        return [name for name in self.update_fields if self.place(name) in places and name not in taken]

    @functools.cached_property
    def reset(self) -> dict[str, Any]:
        """The values that an update may give to fields that it leaves out."""
        return {name: one["default"] for name, one in self.update_fields.items() if "default" in one}

    @property
    def always_sent(self) -> set[str]:
        """The fields that every update may have."""
        return {*self.reset, *self.carried}

    @functools.cached_property
    def required(self) -> list[str]:
        """The API's fields that a creation needs beside what names the object."""
        return [name for name in self.create["required"] if name not in (self.key, *self.within, "type")]

    @functools.cached_property
    def needed(self) -> dict[str, Any]:
        """The options that a creation needs beside what names the object."""
        sample = self.sample()
        return {**self.options_of({name: value_at(sample, self.place(name)) for name in self.required}), **self.allowed}

    @functools.cached_property
    def secrets(self) -> list[str]:
        """The API's fields that no answer shows, and that are secret texts."""
        return [
            name
            for name, one in self.create["properties"].items()
            if one.get("writeOnly") and "string" in types_of(one) and name not in self.set_once
        ]

    def place(self, name: str) -> str:
        """Return the place of a field in answers."""
        return self.places.get(name, name)

    def option(self, name: str) -> str:
        """Return the option for one of the API's fields, with a dot where it is a part of another."""
        return self.options.get(name) or OPTIONS.get(name) or ".".join(map(snake_case, name.split(".")))

    @property
    def key_option(self) -> str:
        """The option with the key."""
        return self.option(self.key)

    @property
    def scope(self) -> dict[str, Any]:
        """The options that a key needs beside it."""
        return {self.option(name): value for name, value in self.within.items()}

    def id(self, number: int = 1) -> str:
        """Return the id of a sample."""
        return "%s_%d" % (self.path[:3], number)

    def name(self, number: int = 1) -> str:
        """Return the key of a sample."""
        return ("sample_%d@example.com" if self.key == "email" else "sample_%d") % number

    def named(self, number: int = 1) -> dict[str, Any]:
        """Return the options that name a sample by its key."""
        return {self.key_option: self.name(number), **self.scope}

    def held(self, values: Mapping[str, Any], name: str) -> Any:
        """Return what an object holds in a field."""
        return value_at(values, self.place(name))

    def key_of(self, values: Mapping[str, Any]) -> Any:
        """Return the key of an object."""
        return self.held(values, self.key)

    @functools.cached_property
    def _limits(self) -> dict[str, dict[str, Any]]:
        fields = {**self.creation_fields, **self.update_fields}
        places = _leaves({"properties": self.shown})
        return {name: {**one, **places[self.place(name)]} for name, one in fields.items() if self.place(name) in places}

    def sample(self, number: int = 1, **fields: Any) -> Object:
        """Return an object with every field that the files have; ``fields`` are named as in requests."""
        if (self, number) not in _SAMPLES:
            values = {name: _value(name, one, number) for name, one in self.shown.items()}
            for name, one in self._limits.items():
                words = self.words.get(name)
                value = words[min(number, len(words)) - 1] if words else _value(name, one, number)
                if name in self.lists:
                    value = "one%d@example.com,two%d@example.com" % (number, number)
                put(values, self.place(name), value)
            values.update({mark: None for mark in MARKS if mark in values}, **self.within, **self.holds)
            values["id"] = self.id(number)
            put(values, self.place(self.key), self.name(number))
            _SAMPLES[self, number] = values
        found = copy.deepcopy(_SAMPLES[self, number])
        for name, value in fields.items():
            put(found, self.place(name), value)
        return found

    def options_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options for fields with these values."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            listed = name in self.lists and isinstance(value, str)
            put(found, self.option(name), value.split(",") if listed else value)
        return {**found, **(self.always if found else {})}

    def asked(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the options give of the fields that an update can change, as answers have it."""
        given = {name: value_at(options, self.option(name)) for name in self.changeable}
        return {
            name: ",".join(value) if name in self.lists else value for name, value in given.items() if value is not None
        }

    def settings(self, number: int) -> dict[str, Any]:
        """Return the options for all that an update can change, with the values of a sample."""
        sample = self.sample(number)
        return self.options_of({name: self.held(sample, name) for name in self.changeable})

    def changed(self, number: int = 5) -> dict[str, Any]:
        """Return the options that change a sample; of one that has nothing but its key, that is the key."""
        return self.settings(number) or {"new_name": self.name(number)}

    def facts_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts of an object."""
        unknown = {snake_case(name): None for name in (*self.shown_once, *self.guessed)}
        return {**unknown, **_facts(self.shown, values)}


def _module(name: str) -> ModuleSpec:
    found: ModuleSpec = importlib.import_module("%s.%s" % (modules.__name__, name)).SPEC
    return found


_SAMPLES: dict[tuple[Subject, int], Object] = {}


def _facts(properties: Mapping[str, Any], values: Any) -> dict[str, Any]:
    found = {}
    for name, schema in properties.items():
        value = values.get(name) if isinstance(values, Mapping) else None
        if schema.get("properties"):
            value = _facts(schema["properties"], value)
        elif isinstance(value, list) and schema.get("items", {}).get("properties"):
            value = [_facts(schema["items"]["properties"], one) for one in value]
        found[snake_case(name)] = value
    return found


SUBJECTS = (
    Subject("data_source", "data-sources", "displayName"),
    Subject("skill", "skills"),
    Subject("definition", "definitions", "referenceName", within={"databaseConnectionId": "dat_1"}),
    # What a group shows of its members is not documented, and has tests of its own.
    Subject("group", "groups", guessed=("members",)),
    Subject(
        "member",
        "members",
        "email",
        places={"email": "user.email", "fullName": "user.fullName", "avatarUrl": "user.avatarUrl"},
        options={"email": "email"},
        allowed={"invite": True},
        kept=("fullName", "role"),
        mark="deactivatedAt",
        revived_by="reactivate",
        read_first=True,
        sent_once=True,
        any_case=True,
    ),
    Subject(
        "mcp_server",
        "mcp-servers",
        "displayName",
        options={"everyoneInOrganizationCanAccess": "everyone_can_access"},
        words={"serverUrl": ("https://one.example.com/mcp", "https://two.example.com/mcp")},
        set_once=("everyoneInOrganizationCanAccess",),
        holds={"syncErrorMessage": None, "hasCompletedFirstSync": True},
    ),
    Subject(
        "automation",
        "automations",
        places={
            "triggerType": "trigger.type",
            **{name: "trigger." + name for name in ("frequency", "preferredHour", "preferredDayOfWeek")},
            "preferredDayOfMonth": "trigger.preferredDayOfMonth",
            "triggerDatabaseConnectionId": "trigger.databaseConnectionId",
            "triggerSqlQuery": "trigger.sqlQuery",
            **{name: "notifications." + name for name in ("slackChannel", "emailRecipients")},
        },
        options={
            "triggerType": "trigger.type",
            "frequency": "trigger.frequency",
            "preferredHour": "trigger.hour",
            "preferredDayOfWeek": "trigger.day_of_week",
            "preferredDayOfMonth": "trigger.day_of_month",
            "triggerDatabaseConnectionId": "trigger.data_source_id",
            "triggerSqlQuery": "trigger.sql_query",
            "slackChannel": "notifications.slack_channel",
            "emailRecipients": "notifications.email_recipients",
        },
        lists=("emailRecipients",),
        words={"triggerType": ("SCHEDULE", "MANUAL"), "frequency": ("DAILY", "WEEKLY")},
        carried=("preferredDayOfWeek", "preferredDayOfMonth"),
        mark="archivedAt",
    ),
    Subject(
        "dashboard", "dashboards", options={"dashboardFolderId": "folder_id"}, carried=("width",), mark="archivedAt"
    ),
    Subject(
        "chart",
        "charts",
        options={"dashboardTabId": "tab_id"},
        within={"dashboardId": "das_1"},
        always={"update_layout": "always"},
        approximate=("layout.x", "layout.y", "layout.width", "layout.height"),
        mark="archivedAt",
        parent="dashboards",
    ),
)
"""Every family with a module that writes: a new one is a few lines here."""


ORGANIZATION = Subject(
    "organization",
    "organizations",
    "slug",
    allowed={"create": True},
    # With another value, each update of something else would make it billable, which is told.
    holds={"isBillable": True},
    secret_facts=("jwtSecret",),
    in_organization=False,
)
WITH_ORGANIZATION = (*SUBJECTS, ORGANIZATION)
"""Nothing deletes an organization, and the connection names one, so not every test can be about organizations."""


def of_family(path: str) -> Subject:
    """Return the subject of a family, by its path."""
    return next(one for one in SUBJECTS if one.path == path)


SOURCES, SKILLS, DEFINITIONS = map(of_family, ("data-sources", "skills", "definitions"))

every_kind = pytest.mark.parametrize("subject", SUBJECTS, ids=str)
every_one = pytest.mark.parametrize("subject", WITH_ORGANIZATION, ids=str)


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
    """A Basedash with objects of one family, two data sources, and the object that these are within.

    ``log`` has the requests: "GET one", "GET list", "POST", "PATCH", "DELETE", and of other families "GET groups".
    Where objects are archived in place of being deleted, ``shows_archived`` tells that readings show them for ever.
    """

    def __init__(self, subject: Subject, *objects: Object, faults: Sequence[Fault] = ()) -> None:
        super().__init__()
        self.subject = subject
        self.faults = list(faults)
        self.log: list[str] = []
        self.bodies: list[Object] = []
        self.objects = {str(one["id"]): copy.deepcopy(one) for one in objects}
        self.archived: dict[str, Object] = {}
        self.shows_archived = False
        self.beside_objects = _beside(subject)
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

    @property
    def own(self) -> list[str]:
        """The requests about the family itself, and not about objects that these refer to, or that a guard reads."""
        return [step for step in self.log if step in ("GET one", "GET list", "POST", "PATCH", "DELETE")]

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        self.time += self.seconds_per_request
        family, identifier, part, query = self._parts(request.url)
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
                    self._work(request, family, identifier, part, query)
                if isinstance(fault.reaction, TransportError):
                    raise fault.reaction
                assert isinstance(fault.reaction, RawAnswer)
                return fault.reaction
        return self._work(request, family, identifier, part, query)

    def _parts(self, url: str) -> tuple[str, str, str, dict[str, Any]]:
        """Return the family, the id, the part of the object, and the query; of a list within a parent, its id."""
        parts = urlsplit(url[len(URL) :])
        organization, *rest = parts.path[len(ROOT) :].split("/")
        if not rest:
            return "organizations", unquote(organization), "", parse_qs(parts.query)
        family, *rest = rest
        identifier, part = (*map(unquote, rest), "", "")[:2]
        query = parse_qs(parts.query)
        if self.subject.parent and (family, part) == (self.subject.parent, self.subject.path):
            return self.subject.path, "", identifier, query
        return family, identifier, part, query

    def _work(self, request: Request, family: str, identifier: str, part: str, query: Mapping[str, Any]) -> RawAnswer:
        if family != self.subject.path:
            return self._beside(family, identifier, part, query)
        if request.method == "POST":
            return self._create(json.loads(request.body or b"null"))
        if not identifier:
            parent = next(iter(self.subject.within), "") if self.subject.parent else ""
            return self._page([one for one in self._listed() if not parent or one[parent] == part], query)
        there = self.objects.get(identifier)
        if there is None:
            gone = self.archived.get(identifier) if self.shows_archived and request.method == "GET" else None
            return NOT_FOUND if gone is None else answer(200, {"data": self.seen(gone)})
        if request.method == "DELETE":
            self.remove(identifier)
            return self.deletion
        if request.method == "PATCH":
            return self._update(there, json.loads(request.body or b"null"))
        return answer(200, {"data": self.seen(there)})

    def _beside(self, family: str, identifier: str, part: str, query: Mapping[str, Any]) -> RawAnswer:
        objects = {one["id"]: {**one, **UNDOCUMENTED} for one in self.beside_objects.get(family, [])}
        if part == "access":
            return answer(200, {"data": {"mode": "everyone", "groupIds": [], "memberIds": []}})
        if not identifier:
            return self._page(list(objects.values()), query)
        return answer(200, {"data": objects[identifier]}) if identifier in objects else NOT_FOUND

    def remove(self, identifier: str) -> None:
        """Delete an object for good, or archive it, as its family does."""
        values = self.objects.pop(identifier)
        if self.shows_archived:
            self.archived[identifier] = {**values, self.subject.mark: "2026-11-24T12:00:00.000Z"}
        else:
            self.died[identifier] = (self.time, values)

    def add(self, values: Object) -> None:
        """Let somebody else create an object."""
        self.objects = {str(values["id"]): copy.deepcopy(values), **self.objects}
        self.born[str(values["id"])] = self.time

    def seen(self, values: Object) -> Object:
        """Return an object as answers show it."""
        shown = copy.deepcopy(values)
        for name in self.omitted:
            parent, _dot, last = self.subject.place(name).rpartition(".")
            (value_at(shown, parent) if parent else shown).pop(last, None)
        for one in [shown, *(value for value in shown.values() if isinstance(value, dict))]:
            one.update(UNDOCUMENTED)
        return shown

    def _listed(self) -> list[Object]:
        since = self.time - self.list_lag
        late = [one for died, one in self.died.values() if self.list_lag and died > since]
        alive = [one for one in self.objects.values() if not self.list_lag or self.born[one["id"]] <= since]
        shown = [*map(self.seen, alive), *map(self.seen, late), *map(self.seen, self.archived.values())]
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
        number = 100 + len(self.objects) + len(self.died) + len(self.archived)
        made = self.subject.sample(number, **dict.fromkeys(self.subject.update_fields))
        made = {name: one for name, one in made.items() if name in self.subject.shown}
        if "createdAt" in made:
            made["createdAt"] = "2026-11-24T12:00:00.000Z"
        defaults = {name: one["default"] for name, one in self.subject.creation_fields.items() if "default" in one}
        self._store(made, defaults)
        self._store(made, body)
        self.add(made)
        return answer(self.create_status, {"data": {**self.seen(made), **self.subject.shown_once}})

    def _update(self, there: Object, body: Any) -> RawAnswer:
        mistake = _mistake(body, self.subject.update, ())
        if mistake:
            return error(400, mistake, "ValidationError")
        self.bodies.append(body)
        self._store(there, {name: value for name, value in self.subject.reset.items() if name not in body})
        self._store(there, body)
        return answer(200, {"data": self.seen(there)})

    def _store(self, values: Object, body: Object, within: str = "") -> None:
        places = _leaves({"properties": self.subject.shown})
        for name, value in body.items():
            path = within + name
            place = self.subject.place(path)
            if name in self.subject.secrets:
                self.secrets_held.setdefault(str(values["id"]), {})[name] = value
            elif isinstance(value, dict) and path not in places and not path.startswith(UNKNOWN):
                self._store(values, value, path + ".")
            elif (place in places or name in values) and path not in self.ignored:
                put(values, place, value)


def _beside(subject: Subject) -> dict[str, list[Object]]:
    """Return the objects of other families, by the paths of these."""
    found = {"data-sources": [SOURCES.sample(1), SOURCES.sample(2)]}
    return {**found, subject.parent: [of_family(subject.parent).sample()]} if subject.parent else found


_PYTHON = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
    "array": list,
    "object": dict,
}


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
        value, words = body[name], words_of(one)
        wanted = [_PYTHON[kind] for kind in types_of(one)]
        if not any(isinstance(value, kind) for kind in wanted) or (words and value is not None and value not in words):
            return "%s does not fit" % name
        if isinstance(value, str) and not one.get("minLength", 0) <= len(value) <= one.get("maxLength", 10**6):
            return "%s is too short or too long" % name
        if isinstance(value, dict) and one.get("properties"):
            return _mistake(value, one, ())
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
        assert one is None or set(one) == subject.facts, set(one) ^ subject.facts
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
