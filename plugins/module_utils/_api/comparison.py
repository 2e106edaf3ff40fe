# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what differs between it and an OpenAPI document, and what the document has besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .._base.text import printable
from .document import Document, Operation, Schema
from .families import FAMILIES
from .reliance import SAMPLE, STATUSES, Relied, Sent, place, tail

_TYPES = {bool: {"boolean"}, int: {"integer", "number"}, str: {"string"}, list: {"array"}, dict: {"object"}}


@dataclass(frozen=True)
class Finding:
    """What was found about an operation. ``guessed`` tells that the vendor documents nowhere what is missing."""

    text: str
    where: str
    modules: tuple[str, ...]
    guessed: bool = False

    def __str__(self) -> str:
        return "%s: %s" % (self.text, self.where)


_Clause = tuple[str, str]
"""What differs, and the field that differs, empty for what concerns no field."""


def by_text(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return the operations of each finding."""
    return _gathered((one.text, one.where) for one in findings)


def by_module(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return the findings of each module that has some."""
    return _gathered((module, str(one)) for one in findings for module in one.modules)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for key, value in pairs:
        found.setdefault(key, {})[value] = None
    return {key: list(values) for key, values in found.items()}


def find(document: Document, method: str, path: str) -> Operation | None:
    """Return an operation, if need be one with another prefix."""
    exact = document.operations.get((method, path))
    similar = (one for one in document.operations.values() if (one.method, tail(one.path)) == (method, tail(path)))
    return exact or next(similar, None)


# What differs ---------------------------------------------------------------------------------------------------------


def differences(document: Document) -> list[Finding]:
    """Return what the collection relies on and the document contradicts or lacks."""
    found = []
    for relied in FAMILIES:
        for method, path in relied.requests:
            where = place(method, path)
            for text, name in _in_operation(document, relied, method, path):
                found.append(Finding(printable(text), where, relied.using(where), relied.is_guessed(where, name)))
    return found


def _in_operation(document: Document, relied: Relied, method: str, path: str) -> Iterator[_Clause]:
    operation = find(document, method, path)
    if operation is None:
        yield "there is no such operation", ""
        return
    if (method, path) not in document.operations:
        yield "the path is %s" % operation.path, ""
    for sent in relied.requests[method, path]:
        for name, text in sent.query.items():
            if name not in operation.query:
                yield "the query has no parameter %s" % name, ""
                continue
            value = int(text) if text.isdigit() and name == "limit" else text
            yield from _refusals(document, operation.query[name], name, value)
        yield from _in_body(document, operation.body, sent.body, "")
    yield from _in_answers(document, relied, operation, (method, path))
    for status, names in STATUSES.items():
        if status == "404" and "{}" not in path:
            continue
        yield from _in_error(document, operation, status, names)


def _in_body(document: Document, schema: Schema | None, body: Any, within: str) -> Iterator[_Clause]:
    fields = document.properties(schema)
    for name, value in body.items():
        full = within + name
        if name not in fields:
            yield "the request has no field %s" % full, full
            continue
        yield from _refusals(document, fields[name], full, value)
        if isinstance(value, dict) and value:
            yield from _in_body(document, fields[name], value, full + ".")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _in_body(document, document.items(fields[name]), value[0], full + ".")
    for name in sorted(document.required(schema) - set(body)):
        yield "the request must have the field %s, and the collection may leave it out" % (within + name), name


def _refusals(document: Document, schema: Schema, name: str, value: Any) -> Iterator[_Clause]:
    """Say why a value that the collection sends does not fit."""
    types, values = document.types(schema), document.values(schema)
    if value is None:
        return
    if types and not types & _TYPES[type(value)]:
        sent = sorted(_TYPES[type(value)])[0]
        is_wrong = "the request's %s is of type %s, and the collection sends a %s"
        yield is_wrong % (name, " or ".join(sorted(types)), sent), name
    elif isinstance(value, str) and values and value not in values and value.casefold() != SAMPLE:
        yield "the request's %s can't be %s" % (name, value), name
    elif isinstance(value, list):
        few = "the request's %s needs at least %s of them, and the collection may send %d"
        yield from (
            (few % (name, least, len(value)), name)
            for least in document.keyword(schema, "minItems")
            if isinstance(least, int) and len(value) < least
        )
    elif isinstance(value, int) and not isinstance(value, bool):
        for word, limit_word, sends in (("maximum", "most", "up to"), ("minimum", "least", "down to")):
            for limit in document.keyword(schema, word):
                if isinstance(limit, (int, float)) and (value > limit if word == "maximum" else value < limit):
                    beyond = "the request's %s is at %s %s, and the collection sends %s %d"
                    yield beyond % (name, limit_word, limit, sends, value), name


def _in_answers(document: Document, relied: Relied, operation: Operation, key: tuple[str, str]) -> Iterator[_Clause]:
    if not operation.successes:
        yield "no status of success is declared", ""
    for status, response in operation.successes.items():
        if response.schema is None:
            if not relied.may_be_empty(*key):
                yield "the answer %s has no JSON body" % status, ""
            continue
        for steps, names in relied.fields_of(*key):
            yield from _in_object(document, relied, response.schema, steps, names)


def _in_object(
    document: Document, relied: Relied, answer: Schema, steps: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[_Clause]:
    within = ".".join(step for step in steps if step not in ("[]", "*"))
    schema = document.at(answer, *steps)
    if schema is None:
        # A field that has parts is reported where it should stand.
        if steps[-1:] != ("*",):
            yield "the answer has no %s" % within, within.partition("data.")[2]
        return
    fields = document.properties(schema)
    for name in names:
        if name not in fields:
            yield "the answer has no field %s" % name, name
            continue
        if name in relied.single and document.types(fields[name]) & {"object", "array"}:
            yield "the answer's %s is no single value" % name, name
        known = document.values(fields[name])
        for value in sorted(relied.words.get(name, frozenset()) - known) if known else ():
            yield "the answer's %s is never %s" % (name, value), name


def _in_error(document: Document, operation: Operation, status: str, names: tuple[str, ...]) -> Iterator[_Clause]:
    response = operation.declares(status)
    if response is None:
        yield "status %s is not declared" % status, ""
        return
    error = document.properties(document.at(response.schema, "error"))
    for name in names:
        if name not in error:
            yield "the answer %s has no error.%s" % (status, name), ""


# What is new ----------------------------------------------------------------------------------------------------------


def news(document: Document) -> list[Finding]:
    """Return what the document has and the collection has not: candidates for options, and for the documentation."""
    found = []
    used = {(method, tail(path)) for relied in FAMILIES for method, path in relied.requests}
    for relied in FAMILIES:
        start = tail(next(iter(relied.requests))[1])
        # All other families stand below one organization.
        end = "" if relied.kind.family.in_organization else "(/{})?$"
        for method, path in document.operations:
            if re.match(re.escape(start) + "(?![^/])" + end, tail(path)) and (method, tail(path)) not in used:
                found.append(_new(relied, "an operation", place(method, path)))
        for (method, path), requests in relied.requests.items():
            operation = find(document, method, path)
            if operation is not None:
                where = place(method, path)
                found += [_new(relied, text, where) for text in _new_in(document, relied, operation, requests)]
    return found


def _new(relied: Relied, text: str, where: str) -> Finding:
    return Finding(printable(text), where, relied.using(where))


def _new_in(document: Document, relied: Relied, operation: Operation, requests: tuple[Sent, ...]) -> Iterator[str]:
    for name in set(operation.query) - {name for sent in requests for name in sent.query}:
        yield "the parameter %s of the query" % name
    for name, schema in document.properties(operation.body).items():
        sent_values = {str(sent.body[name]) for sent in requests if name in sent.body}
        if not sent_values:
            yield "the request's field %s" % name
        yield from _new_values(document, relied, name, schema, sent_values)
    read = relied.fields_of(operation.method, requests[0].path)
    for response in operation.successes.values():
        for steps, own in read:
            parents = {
                other[len(steps)] for other, _names in read if len(other) > len(steps) and other[: len(steps)] == steps
            }
            names = {*own, *parents, *relied.of_creation}
            for name, schema in document.properties(document.at(response.schema, *steps)).items():
                if name not in names and "id" in names:
                    yield "the answer's field %s" % name
                yield from _new_values(document, relied, name, schema, set())


def _new_values(document: Document, relied: Relied, name: str, schema: Schema, sent: set[str]) -> list[str]:
    known = relied.words.get(name) or {value for value in sent if value.casefold() != SAMPLE}
    return ["the value %s of %s" % (value, name) for value in sorted(document.values(schema) - known) if known]
