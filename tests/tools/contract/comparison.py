# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between the collection and an OpenAPI file, and what the file has that the collection has not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract import reliance
from contract.openapi import Document, Operation, Schema

Findings = dict[str, list[str]]
"""What was found, each with the places where it was."""

_KINDS = {bool: {"boolean"}, int: {"integer", "number"}, str: {"string"}, list: {"array"}}


def place(method: str, path: str) -> str:
    """Return an operation in the words of people."""
    return f"{method} {_tail(path).removeprefix('/organizations/{}').replace('{}', '{id}')}"


def _tail(path: str) -> str:
    """Return a path without what stands before the organizations: a proxy or a server's entry may put it there."""
    before, organizations, rest = path.partition("/organizations/")
    return organizations + rest or before


def _gathered(found: Iterator[tuple[str, str]]) -> Findings:
    findings: Findings = {}
    for text, where in found:
        places = findings.setdefault(text, [])
        if where not in places:
            places.append(where)
    return findings


def find(document: Document, method: str, path: str) -> Operation | None:
    """Return an operation, if need be one with another prefix."""
    exact = document.operations.get((method, path))
    similar = (one for one in document.operations.values() if (one.method, _tail(one.path)) == (method, _tail(path)))
    return exact or next(similar, None)


def differences(document: Document) -> Findings:
    """Return what the collection relies on and the file contradicts or lacks."""
    return _gathered(_differences(document))


def _differences(document: Document) -> Iterator[tuple[str, str]]:
    for (method, path), requests in reliance.requests().items():
        where = place(method, path)
        operation = find(document, method, path)
        if operation is None:
            yield "there is no such operation", where
            continue
        if (method, path) not in document.operations:
            yield f"the path is {operation.path}", where
        for sent in requests:
            for text in _in_request(document, operation, sent):
                yield text, where
        for text in _in_answers(document, operation, (method, path)):
            yield text, where
        for status, fields in reliance.STATUSES.items():
            for text in _in_error(document, operation, status, fields):
                yield text, where


def _in_request(document: Document, operation: Operation, sent: reliance.Sent) -> Iterator[str]:
    for name, text in sent.query.items():
        if name not in operation.query:
            yield f"the query has no parameter {name}"
            continue
        yield from _refusals(
            document, operation.query[name], name, int(text) if text.isdigit() and name == "limit" else text
        )
    fields = document.properties(operation.body)
    for name, value in sent.body.items():
        if name not in fields:
            yield f"the request has no field {name}"
        else:
            yield from _refusals(document, fields[name], name, value)
    for name in sorted(document.required(operation.body) - set(sent.body)):
        yield f"the request must have the field {name}, and the collection may leave it out"


def _refusals(document: Document, schema: Schema, name: str, value: Any) -> Iterator[str]:
    """Say why a value that the collection sends does not fit."""
    types, values = document.types(schema), document.values(schema)
    if types and not types & _KINDS[type(value)]:
        yield f"the request's {name} is of type {' or '.join(sorted(types))}, and the collection sends a {_name(value)}"
    elif isinstance(value, str) and values and value not in values:
        yield f"the request's {name} can't be {value}"
    elif isinstance(value, list):
        for least in document.keyword(schema, "minItems"):
            if isinstance(least, int) and len(value) < least:
                yield f"the request's {name} needs at least {least} of them, and the collection may send {len(value)}"
    elif isinstance(value, int) and not isinstance(value, bool):
        for limit in document.keyword(schema, "maximum"):
            if isinstance(limit, (int, float)) and value > limit:
                yield f"the request's {name} is at most {limit}, and the collection sends up to {value}"
        for limit in document.keyword(schema, "minimum"):
            if isinstance(limit, (int, float)) and value < limit:
                yield f"the request's {name} is at least {limit}, and the collection sends down to {value}"


def _name(value: Any) -> str:
    return sorted(_KINDS[type(value)])[0]


def _in_answers(document: Document, operation: Operation, key: tuple[str, str]) -> Iterator[str]:
    if not operation.successes:
        yield "no status of success is declared"
    for status, response in operation.successes.items():
        if response.schema is None:
            if key not in reliance.MAY_BE_EMPTY:
                yield f"the answer {status} has no JSON body"
            continue
        for steps, names in reliance.ANSWERS[key].items():
            schema = document.at(response.schema, *steps)
            if schema is None:
                yield f"the answer has no {'.'.join(steps).replace('.[]', '')}"
                continue
            fields = document.properties(schema)
            for name in names:
                if name not in fields:
                    yield f"the answer has no field {name}"
                    continue
                if names == reliance.OBJECT and document.types(fields[name]) & {"object", "array"}:
                    yield f"the answer's {name} is no single value"
                known = document.values(fields[name])
                for value in sorted(reliance.values(name) - known) if known else ():
                    yield f"the answer's {name} is never {value}"


def _in_error(document: Document, operation: Operation, status: str, names: tuple[str, ...]) -> Iterator[str]:
    response = operation.declares(status)
    if response is None:
        yield f"status {status} is not declared"
        return
    error = document.at(response.schema, "error")
    for name in names:
        if name not in document.properties(error):
            yield f"the answer {status} has no error.{name}"


def news(document: Document) -> Findings:
    """Return what the file has and the collection has not: candidates for options, and for the documentation."""
    return _gathered(_news(document))


def _news(document: Document) -> Iterator[tuple[str, str]]:
    used = {(method, _tail(path)) for method, path in reliance.requests()}
    for method, path in document.operations:
        if _tail(path).startswith(_tail(reliance.SOURCES)) and (method, _tail(path)) not in used:
            yield "an operation", place(method, path)
    for (method, path), requests in reliance.requests().items():
        found = find(document, method, path)
        if found is None:
            continue
        where = place(method, path)
        for name in set(found.query) - {name for sent in requests for name in sent.query}:
            yield f"the parameter {name} of the query", where
        for name, schema in document.properties(found.body).items():
            sent_values = {str(sent.body[name]) for sent in requests if name in sent.body}
            if not sent_values:
                yield f"the request's field {name}", where
            yield from ((text, where) for text in _new_values(document, schema, name, sent_values))
        for response in found.successes.values():
            for steps, names in reliance.ANSWERS[method, path].items():
                for name, schema in document.properties(document.at(response.schema, *steps)).items():
                    if names == reliance.OBJECT and name not in names:
                        yield f"the answer's field {name}", where
                    yield from ((text, where) for text in _new_values(document, schema, name, set()))


def _new_values(document: Document, schema: Schema, name: str, sent: set[str]) -> Iterator[str]:
    known = reliance.values(name) or sent
    for value in sorted(document.values(schema) - known) if known else ():
        yield f"the value {value} of {name}"
