# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: an OpenAPI document, 3.0 or 3.1, as flat as a comparison needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from .._base.text import printable

Schema = Any
"""A schema as it stands in the document. Anything can stand there."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ALTERNATIVES = ("anyOf", "oneOf")


class DocumentError(Exception):
    """There is nothing to compare with; the message is a sentence that says why."""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def plain(path: str) -> str:
    """Return a path with nameless parameters: what they are called says nothing."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


@dataclass(frozen=True)
class Response:
    """What a status comes with: the schema of its JSON body, ``None`` if it has none, and the names of its headers."""

    schema: Schema | None
    headers: frozenset[str]


@dataclass(frozen=True)
class Operation:
    """One method of one path. ``path`` begins at the host and has nameless parameters."""

    method: str
    path: str
    query: dict[str, Schema]
    body: Schema | None
    responses: dict[str, Response]

    def declares(self, status: str) -> Response | None:
        """Return what comes with a status, which may be declared as ``4XX`` or ``default``."""
        for key in (status, status[0] + "XX", status[0] + "xx", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def successes(self) -> dict[str, Response]:
        """The responses of success, by status."""
        return {status: response for status, response in self.responses.items() if status.startswith("2")}


class Document:
    """An OpenAPI document.

    Raises:
        DocumentError: if it is none.
    """

    def __init__(self, content: Any) -> None:
        if not isinstance(content, dict) or "openapi" not in content or not isinstance(content.get("paths"), dict):
            raise DocumentError("This is no OpenAPI 3 document: it has no openapi, or no paths.")
        self._content = content
        info = _object(content.get("info"))
        self.title = "%s, %s" % (info.get("title", "without a title"), info.get("version", "without a version"))
        self.operations = {(one.method, one.path): one for one in self._operations()}

    # Operations -------------------------------------------------------------------------------------------------------

    def _operations(self) -> Iterator[Operation]:
        for path, value in self._content["paths"].items():
            item = self._target(value)
            for method in _METHODS:
                node = _object(item.get(method))
                if not node:
                    continue
                for prefix in self._prefixes(node, item):
                    yield self._operation(method.upper(), plain(prefix + str(path)), item, node)

    def _prefixes(self, node: dict[str, Any], item: dict[str, Any]) -> set[str]:
        """Return what the servers put before a path. Without any, that is nothing, by the standard."""
        servers = _list(node.get("servers")) or _list(item.get("servers")) or _list(self._content.get("servers"))
        return {self._prefix(_object(server)) for server in servers} or {""}

    @staticmethod
    def _prefix(server: dict[str, Any]) -> str:
        def default(match: re.Match[str]) -> str:
            return str(_object(_object(server.get("variables")).get(match[1])).get("default", ""))

        url = re.sub(r"\{([^{}]*)\}", default, str(server.get("url", "")))
        try:
            return urlsplit(url).path.rstrip("/")
        except ValueError:
            return ""

    def _operation(self, method: str, path: str, item: dict[str, Any], node: dict[str, Any]) -> Operation:
        parameters = map(self._target, _list(item.get("parameters")) + _list(node.get("parameters")))
        body = self._target(node.get("requestBody"))
        responses = {str(status): self._target(value) for status, value in _object(node.get("responses")).items()}
        return Operation(
            method,
            path,
            {str(one.get("name")): one.get("schema", {}) for one in parameters if one.get("in") == "query"},
            self._json(body),
            {
                status: Response(self._json(one), frozenset(map(str, _object(one.get("headers")))))
                for status, one in responses.items()
            },
        )

    def _json(self, node: dict[str, Any]) -> Schema | None:
        """Return the schema of a JSON body."""
        for kind, media in _object(node.get("content")).items():
            if "json" in str(kind) or "*" in str(kind):
                return _object(media).get("schema", {})
        return None

    # References -------------------------------------------------------------------------------------------------------

    def _look_up(self, reference: str) -> Any:
        """Return what a reference within the document stands for.

        Raises:
            DocumentError: if it stands for nothing.
        """
        document, _hash, pointer = reference.partition("#")
        found: Any = None if document else self._content
        for step in unquote(pointer).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                found = _object(found).get(name)
        if found is None:
            raise DocumentError("The document refers to %s, which is not in it." % printable(reference))
        return found

    def _target(self, node: Any) -> dict[str, Any]:
        """Return what a node refers to, or the node itself."""
        seen = []
        while isinstance(node, dict) and isinstance(node.get("$ref"), str) and node["$ref"] not in seen:
            seen.append(node["$ref"])
            node = self._look_up(node["$ref"])
        return _object(node)

    # Schemas ----------------------------------------------------------------------------------------------------------

    def parts(self, schema: Schema, alternatives: bool = True) -> Iterator[dict[str, Any]]:
        """Yield the schemas that one is made of: what it refers to, ``allOf``, and unless told not to, alternatives."""
        waiting, seen = [schema], set()
        while waiting:
            part = waiting.pop(0)
            # By identity, because schemas may contain themselves.
            if not isinstance(part, dict) or id(part) in seen:
                continue
            seen.add(id(part))
            yield part
            if isinstance(part.get("$ref"), str):
                waiting.append(self._look_up(part["$ref"]))
            for word in ("allOf", *_ALTERNATIVES) if alternatives else ("allOf",):
                waiting.extend(_list(part.get(word)))

    def alternatives(self, schema: Schema) -> list[Schema]:
        """Return the alternatives that a schema offers."""
        return [one for part in self.parts(schema) for word in _ALTERNATIVES for one in _list(part.get(word))]

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """Return the fields of an object, those of all its alternatives together."""
        found: dict[str, list[Schema]] = {}
        for part in self.parts(schema):
            for name, value in _object(part.get("properties")).items():
                found.setdefault(str(name), []).append(value)
        return {name: values[0] if len(values) == 1 else {"anyOf": values} for name, values in found.items()}

    def required(self, schema: Schema) -> set[str]:
        """Return the fields that an object must have, whichever alternative it is."""
        parts = self.parts(schema, alternatives=False)
        return {name for part in parts for name in _list(part.get("required")) if isinstance(name, str)}

    def values(self, schema: Schema) -> set[str]:
        """Return the texts that an enum allows, also one that is written as a union of constants."""
        found: list[Any] = []
        for part in self.parts(schema):
            found += [*_list(part.get("enum")), part.get("const")]
        return {value for value in found if isinstance(value, str)}

    def types(self, schema: Schema) -> set[str]:
        """Return the types that a value may have, nothing if the file does not say."""
        found: list[Any] = []
        for part in self.parts(schema):
            kind = part.get("type")
            found += kind if isinstance(kind, list) else [kind]
            # A constant has the type that it has.
            found += ["string" for value in (*_list(part.get("enum")), part.get("const")) if isinstance(value, str)]
        return {kind for kind in found if isinstance(kind, str)}

    def keyword(self, schema: Schema, name: str) -> list[Any]:
        """Return what a schema says by one keyword: its parts may say it several times, or never."""
        return [part[name] for part in self.parts(schema) if name in part]

    def items(self, schema: Schema) -> Schema:
        """Return the schema of a list's items."""
        return {"anyOf": self.keyword(schema, "items")}

    def at(self, schema: Schema, *names: str) -> Schema | None:
        """Return the schema of a field inside of fields, ``None`` if there is none.

        ``[]`` stands for an item of a list, and ``*`` for an item of what may be a list, or for what stands there.
        """
        for name in names:
            if name == "*":
                schema = self.items(schema) if self.keyword(schema, "items") else schema
                continue
            inner = self.items(schema) if name == "[]" else self.properties(schema).get(name)
            if inner is None:
                return None
            schema = inner
        return schema
