# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task that compares the collection with the service's own OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import ApiError, NoAccessError
from .._base.text import printable
from .._engine.kind import Kind, fact
from .._engine.module_spec import ModuleSpec
from .._engine.options import CONNECTION
from .._engine.outcome import Outcome
from .._engine.task import Task
from .._http.client import error_texts
from .._rest.answers import NOT_OFFERED, api_failure, not_basedash, not_offered, successful
from .._rest.collection import Collection
from .._rest.family import Family
from .comparison import by_module, differences, news
from .document import Document, DocumentError
from .questions import answers

API = Kind(Family("API", "APIs", "openapi", key="title", key_option="title"), (fact("title"),))
"""The description of the whole API. It belongs to no organization."""

_ADVICE = "get the file from the vendor, and run 'make contract' in a clone of this collection"


def compared(document: Document) -> dict[str, Any]:
    """Return the comparison, by module, and what the document answers to the open questions.

    Raises:
        DocumentError: if a reference in the document leads nowhere.
    """
    found = differences(document)
    said = answers(document)
    return {
        "title": printable(document.title),
        "differences": by_module(one for one in found if not one.guessed),
        "unverified": by_module(one for one in found if one.guessed),
        "settled": {question: printable(answer) for question, answer in said.items() if answer is not None},
        "open": [question for question, answer in said.items() if answer is None],
        "new": by_module(news(document)),
    }


def _check_api(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    answer = api.client.request("GET", api.path_of())
    if answer.status in NOT_OFFERED:
        raise not_offered(answer, "its OpenAPI document", _ADVICE)
    if answer.status in (401, 403) and error_texts(answer.content)[0] is not None:
        raise api_failure(
            NoAccessError, answer, "the server shows its OpenAPI document to nobody without a log-in", _ADVICE
        )
    content = successful(answer, api.family)
    try:
        return Outcome(False, values=compared(Document(content)))
    except DocumentError as error:
        reason = str(error).rstrip(".")
        if "openapi" not in content:
            raise not_basedash(answer, "what can't be compared: %s" % reason) from error
        mistake = "the OpenAPI document of this server can't be compared, because it is broken: %s" % reason
        raise api_failure(ApiError, answer, mistake, "report that to the vendor") from error


CHECK_API = ModuleSpec(Task(API, _check_api, needs_key=False), CONNECTION)
"""The module ``basedash_api_info``."""
