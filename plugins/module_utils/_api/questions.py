# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the questions that the vendor's pages leave open, and what a document answers to each."""

from __future__ import annotations

import re
from functools import partial
from typing import Callable, Optional

from .comparison import find
from .document import Document, Schema
from .families import FAMILIES, SOURCES
from .reliance import place

Answer = Callable[[Document], Optional[str]]
"""Returns what the document says, ``None`` if it says nothing."""

_ALL = "/api/public/organizations/{}/data-sources"
_ONE = _ALL + "/{}"
_VERIFY = _ALL + "/verify"


def _body(document: Document, method: str, path: str) -> Schema | None:
    operation = find(document, method, path)
    return None if operation is None else operation.body


def _unknown_fields(document: Document) -> dict[str, Schema]:
    """Return the fields of a creation that the collection has no option for."""
    known = {name for sent in SOURCES.requests["POST", _ALL] for name in sent.body}
    fields = document.properties(_body(document, "POST", _ALL))
    return {name: schema for name, schema in fields.items() if name not in known}


def _rename(document: Document) -> str | None:
    body = _body(document, "PATCH", _ONE)
    if body is None:
        return None
    if "displayName" in document.properties(body):
        return "yes, displayName is in the body"
    return "no, displayName is not in the body"


def _defaults(document: Document) -> str | None:
    fields = document.properties(_body(document, "PATCH", _ONE))
    # What goes out with every PATCH is what a default could reset.
    always = set.intersection(*(set(sent.body) for sent in SOURCES.requests["PATCH", _ONE]))
    words = []
    for name in sorted(always & fields.keys()):
        defaults = document.keyword(fields[name], "default")
        words.append("%s has %s" % (name, "the default %s" % str(defaults[0]).lower() if defaults else "no default"))
    return ", ".join(words) or None


def _failed_verify(document: Document) -> str | None:
    operation = find(document, "POST", _VERIFY)
    words = []
    for status, response in operation.responses.items() if operation else ():
        for steps in ((), ("error",), ("data",)):
            if "fieldErrors" in document.properties(document.at(response.schema, *steps)):
                words.append("%s with %s" % (status, ".".join((*steps, "fieldErrors"))))
    return ", ".join(words) or None


def _pool_size(document: Document) -> str | None:
    words = []
    for name, schema in _unknown_fields(document).items():
        numeric = document.types(schema) & {"integer", "number"}
        if numeric and (
            re.search("pool|connections", name, re.IGNORECASE) or 100 in document.keyword(schema, "maximum")
        ):
            limits = [value for word in ("minimum", "maximum") for value in document.keyword(schema, word)]
            words.append("%s (%s)" % (name, " to ".join(map(str, limits)) or "no limits"))
    return ", ".join(words) or None


def _single_get(document: Document) -> str | None:
    return "yes" if find(document, "GET", _ONE) else "no"


def _declared(status: str, document: Document) -> str | None:
    """Say where a status is declared: by itself, because ``default`` says nothing of it."""
    operations = [(key, find(document, *key)) for relied in FAMILIES for key in relied.requests]
    if not any(operation for key, operation in operations):
        return None
    places = [place(*key) for key, operation in operations if operation and status in operation.responses]
    return ", ".join(places) or "nowhere"


def _created(document: Document) -> str | None:
    operation = find(document, "POST", _ALL)
    return ", ".join(operation.successes) or None if operation else None


def _required(document: Document) -> str | None:
    body = _body(document, "POST", _ALL)
    return None if body is None else ", ".join(sorted(document.required(body))) or "nothing"


def _nobody(document: Document) -> str | None:
    fields = document.properties(_body(document, "PUT", _ONE + "/access"))
    lists = {name: document.keyword(fields.get(name), "minItems") for name in ("groupIds", "memberIds")}
    words = ["%s needs at least %s" % (name, least[0]) for name, least in lists.items() if least and least[0]]
    return ", ".join(words) or None


def _headers(document: Document) -> str | None:
    found = set()
    for key in SOURCES.requests:
        operation = find(document, *key)
        for response in operation.responses.values() if operation else ():
            found |= {name for name in response.headers if re.search("retry|rate", name, re.IGNORECASE)}
    return ", ".join(sorted(found)) or None


def _group_members(document: Document) -> str | None:
    groups = [key for key in document.operations if "/groups" in key[1]]
    removals = [place(*key) for key in groups if key[0] == "DELETE" and "/members" in key[1]]
    return ", ".join(removals) or ("no" if groups else None)


def _of_dialect(dialect: str, document: Document) -> str | None:
    """Return the new fields that bear a dialect's name, or stand in an alternative for this dialect alone."""
    unknown = _unknown_fields(document)
    names = {name for name in unknown if name.lower().startswith(dialect.lower())}
    for one in document.alternatives(_body(document, "POST", _ALL)):
        fields = document.properties(one)
        if document.values(fields.get("dialect")) == {dialect}:
            names |= fields.keys() & unknown.keys()
    return ", ".join(sorted(names)) or None


QUESTIONS: dict[str, Answer] = {
    "Can a PATCH rename a data source?": _rename,
    "What becomes of the switches that a PATCH leaves out?": _defaults,
    "How does a failed verify answer?": _failed_verify,
    "What is the pool size called?": _pool_size,
    "Can one data source be read by its id?": _single_get,
    "Where is 403 declared?": partial(_declared, "403"),
    "Where is 409 declared, say for a name that is taken?": partial(_declared, "409"),
    "How does a creation answer?": _created,
    "What does a creation need?": _required,
    "Is access restricted to nobody refused?": _nobody,
    "Which headers tell of the rate limit?": _headers,
    "Can a member be removed from a group?": _group_members,
    **{
        "Which fields of its own does %s have?" % dialect: partial(_of_dialect, dialect)
        for dialect in ("ATHENA", "DATABRICKS", "DUCKDB", "ORACLE", "POSTHOG")
    },
}


def answers(document: Document) -> dict[str, str | None]:
    """Return the document's answer to each question."""
    return {question: answer(document) for question, answer in QUESTIONS.items()}
