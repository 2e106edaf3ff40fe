# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what the collection relies on, found by running its own code.

Its own client sends its own requests to a transport that only notes them. So paths, methods, fields, types, values and
limits of requests are those of the code. The fields of answers follow from the kinds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Callable
from urllib.parse import parse_qsl, unquote, urlsplit

from .._base.errors import BasedashError, InputError
from .._engine.kind import Field, Kind
from .._engine.options import of_one
from .._engine.settings import Settings
from .._http.caller import Caller, Counters
from .._http.client import Client
from .._http.connection import Connection
from .._http.transport import RawAnswer, Request
from .._rest.collection import Collection
from .._rest.family import Content

ID = "{}"
"""An identifier that turns a path into one with nameless parameters."""

STATUSES: dict[str, tuple[str, ...]] = {
    "401": ("title", "detail"),
    "404": ("title", "detail"),
    "429": ("title", "detail", "retryAfterMs"),
}
"""The statuses from which the collection draws conclusions, with what must be in their ``error``.

401: the key is wrong. 404: not there, or no admin access. 429: try again after this time.
"""

PAGES = (("pagination",), ("nextCursor", "hasMore"))

SAMPLE = "x"
"""A text that stands for any text."""

# Further texts, because the check of an option may refuse the first one.
_SAMPLES = ("https://example.com/x", "x@example.com", "2026-11-24T08:00:00.000Z")

Fields = tuple[tuple[str, ...], tuple[str, ...]]
"""The steps to a place in an answer, and the fields that it must have.

``[]`` is an item of a list. ``*`` is an item of what may be a list, or what stands there.
"""


@dataclass(frozen=True)
class Sent:
    """A request of the collection."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]


def place(method: str, path: str) -> str:
    """Return an operation in words: "GET /skills/{id}"."""
    rest = tail(path)
    return "%s %s" % (method, re.sub(r"^/organizations/\{\}(?=/.)", "", rest).replace("{}", "{id}"))


def tail(path: str) -> str:
    """Return a path from the organizations on, because a proxy or a server's entry may put something before it."""
    before, organizations, rest = path.partition("/organizations")
    return organizations + rest or before


class _Notebook:
    """A transport that sends nothing and keeps the requests."""

    secrets: Sequence[str] = ()

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def send(self, request: Request, timeout: float) -> RawAnswer:
        """Note a request."""
        url = urlsplit(request.url)
        body = json.loads(request.body) if request.body else {}
        self.sent.append(Sent(request.method, unquote(url.path), dict(parse_qsl(url.query)), body))
        # This page announces another one, so that the client asks for that one as well.
        page = {"data": [{"id": "1"}], "pagination": {"nextCursor": "1", "hasMore": True}}
        return RawAnswer(200, {}, json.dumps(page).encode())

    def close(self) -> None:
        """Close nothing."""


Call = Callable[[Collection], Any]
"""Sends requests of the collection. It may fail, because the answers are none of the API."""


@dataclass(frozen=True, eq=False)
class Relied:
    """What the collection relies on for one family.

    ``writes`` are the methods that it uses beside GET. ``more`` are calls of its own. ``answers`` are the fields of
    answers by a regular expression for the operation, if its answers are no objects of the kind. ``guessed`` are
    operations, as ``place`` names them, and fields that the vendor documents nowhere; ``*`` stands for all fields.
    ``modules`` are the modules, each with a regular expression for the operations that it uses. The default is the
    usual pair of modules. Only the answer of a creation has the fields in ``of_creation``.
    """

    kind: Kind
    writes: tuple[str, ...] = ("POST", "PATCH", "DELETE")
    reads: tuple[str, ...] = ("list", "get")
    more: Sequence[Call] = ()
    answers: Mapping[str, tuple[Fields, ...]] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    of_creation: tuple[str, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def requests(self) -> dict[tuple[str, str], tuple[Sent, ...]]:
        """Every kind of request for this family, by method and path."""
        notebook = _Notebook()
        connection = Connection("x", "https://basedash.example.com", ID, 1, 0, True, None, None, None, False)
        client = Client(connection, notebook, Caller(lambda connection: notebook), Counters())
        api = Collection(client, ID, self.kind.family)
        for call in self._calls():
            # The request is all that is wanted; the answer does not fit.
            with suppress(BasedashError):
                call(api)
        found: dict[tuple[str, str], tuple[Sent, ...]] = {}
        for sent in notebook.sent:
            key = (sent.method, sent.path)
            found[key] = (*found.get(key, ()), sent)
        return found

    def _calls(self) -> Iterator[Call]:
        if "list" in self.reads:
            yield lambda api: api.list_all()
        if "get" in self.reads:
            yield lambda api: api.get(ID)
        for body in self.creations() if "POST" in self.writes else ():
            yield partial(_create, self.kind.on_the_wire(body))
        for body in self.updates() if "PATCH" in self.writes else ():
            yield partial(_update, self.kind.on_the_wire(body))
        if "DELETE" in self.writes:
            yield lambda api: api.delete(ID)
        yield from self.more

    # Bodies -----------------------------------------------------------------------------------------------------------

    def settings(self, given: Mapping[str, Any]) -> Settings:
        """Return the settings for these options, with names such as ``trigger.hour`` for options within options."""
        options: dict[str, Any] = dict.fromkeys(of_one(self.kind))
        always = ["update_secrets", *(one.updated_if for one in self.kind.settings if one.updated_if)]
        options.update(dict.fromkeys(always, "always"))
        for name, value in given.items():
            _put(options, name, value)
        return Settings.of(self.kind, options)

    def samples(self, highest: bool) -> dict[str, Any]:
        """Return a value for each setting and each secret; numbers are the lowest or the highest that is possible."""
        spec = of_one(self.kind)
        fields = (*self.kind.settings, *self.kind.secrets)
        return {one.name: _sample(one, _entry(spec, one.name), highest) for one in fields}

    def _needed(self) -> dict[str, Any]:
        samples = self.samples(False)
        return {one.name: samples[one.name] for one in self.kind.settings if one.needed_to_create}

    def creations(self) -> Iterator[Content]:
        """Yield bodies of creations: the least, one for each documented value, and everything."""
        yield self.settings(self._needed()).creation(SAMPLE)
        for one in self.kind.settings:
            for word in one.words:
                yield self.settings({**self._needed(), one.name: word}).creation(SAMPLE)
        for highest in (False, True):
            yield self.settings(self.samples(highest)).creation(SAMPLE)

    def updates(self) -> Iterator[Content]:
        """Yield bodies of updates: everything, secrets alone, and what removes secrets."""
        stored: dict[str, Any] = {"id": ID}
        for one in self.kind.fields:
            if not one.secret and not one.create_only and one.name != "id":
                _put(stored, one.place, None)
        lowest = self.samples(False)
        always = {one.name: lowest[one.name] for one in self.kind.settings if one.in_every_update}
        for highest in (False, True):
            samples = self.samples(highest)
            if self.kind.renamed_by:
                samples[self.kind.renamed_by] = "x"
            yield self.settings(samples).update(stored)
        removable = [one.name for one in self.kind.secrets if one.removed_by]
        if removable:
            yield self.settings({**always, self.kind.secrets[0].name: "x"}).update(stored)
            yield self.settings({**always, "clear": removable}).update(stored)

    # Answers ----------------------------------------------------------------------------------------------------------

    def fields_of(self, method: str, path: str) -> tuple[Fields, ...]:
        """Return the fields that the collection reads from the answers of an operation."""
        for pattern, fields in self.answers.items():
            if re.search(pattern, "%s %s" % (method, path)):
                return fields
        listed = method == "GET" and not path.endswith("/" + ID)
        start = ("data", "[]") if listed else ("data",)
        by_parent: dict[tuple[str, ...], list[str]] = {}
        for one in self.kind.fields:
            hidden = one.secret or one.create_only or (method != "POST" and one.place in self.of_creation)
            if not hidden:
                *parents, last = one.place.split(".")
                by_parent.setdefault((*start, *parents), []).append(last)
                if one.parts:
                    by_parent[(*start, *parents, last, "*")] = [part.place for part in one.parts]
        found = [(steps, tuple(names)) for steps, names in by_parent.items()]
        return (*found, PAGES) if listed else tuple(found)

    def may_be_empty(self, method: str, path: str) -> bool:
        """Tell whether an answer may show nothing, because the object was read before, or is read again."""
        return method != "GET" and not path.endswith("/verify")

    @cached_property
    def single(self) -> frozenset[str]:
        """The fields that must have a single value."""
        fields = (one for one in self.kind.fields if one.form.type not in ("list", "dict") and not one.parts)
        return frozenset(one.place.rpartition(".")[2] for one in fields)

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """The values of the fields whose values the collection knows."""
        of_fields = {one.place.rpartition(".")[2]: frozenset(one.words) for one in self.kind.fields if one.words}
        return {**{name: frozenset(words) for name, words in self.kind.words.items()}, **of_fields}

    def is_guessed(self, where: str, name: str) -> bool:
        """Tell whether the vendor documents a field nowhere or, without ``name``, an operation."""
        return name in self.guessed or "*" in self.guessed if name else where in self.guessed

    def using(self, where: str) -> tuple[str, ...]:
        """Return the modules that use an operation."""
        noun = "basedash_" + self.kind.family.result_key
        modules = self.modules or {noun: "", noun + "_info": "^GET "}
        return tuple(name for name, pattern in modules.items() if re.search(pattern, where))


def _create(body: Content, api: Collection) -> None:
    api.create(body)


def _update(body: Content, api: Collection) -> None:
    api.update(ID, body)


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    """Set a value, with dots in its name where it is nested."""
    *parents, last = name.split(".")
    for parent in parents:
        if not isinstance(target.get(parent), dict):
            target[parent] = {}
        target = target[parent]
    target[last] = value


def _entry(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the argument spec of an option, with dots in its name where it is within another one."""
    entry: Mapping[str, Any] = {}
    for part in name.split("."):
        entry = spec[part]
        spec = entry.get("options", {})
    return entry


def _sample(one: Field, entry: Mapping[str, Any], highest: bool) -> Any:
    value = _value(entry, highest)
    if isinstance(value, int) and not isinstance(value, bool) and one.limits is not None:
        return one.limits[1 if highest else 0]
    if one.words:
        value = one.words[0]
    accepted = [text for text in (value, *_SAMPLES) if isinstance(value, str) and _accepts(one, text)]
    return accepted[0] if accepted else value


def _accepts(one: Field, value: Any) -> bool:
    if one.check is None:
        return True
    try:
        one.check(one.name, value)
    except InputError:
        return False
    return True


def _value(entry: Mapping[str, Any], highest: bool) -> Any:
    """Return a value for an option."""
    kind = entry.get("type", "str")
    within = {name: _value(one, highest) for name, one in entry.get("options", {}).items()}
    if kind == "list":
        return [within or _value({"type": entry.get("elements", "str")}, highest)]
    if kind == "dict":
        return within
    choices: Iterable[Any] = entry.get("choices", ())
    return next(iter(choices), {"int": 1, "bool": True, "raw": "{}", "float": 1.0}.get(kind, SAMPLE))
