# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the comparison: `python -m contract openapi.json`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ansible_collections.community.basedash.plugins.module_utils._api.comparison import (
    Finding,
    by_text,
    differences,
    news,
)
from ansible_collections.community.basedash.plugins.module_utils._api.document import Document, DocumentError
from ansible_collections.community.basedash.plugins.module_utils._api.questions import answers
from contract.openapi import read

USAGE = """\
Name the service's OpenAPI file: make contract OPENAPI=openapi.json
To get it: curl -o openapi.json https://charts.basedash.com/api/public/openapi"""


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{title}:", *(f"  - {line}" for line in lines)])


def _lines(findings: Iterable[Finding]) -> list[str]:
    return [f"{text}: {', '.join(places)}" for text, places in by_text(findings).items()] or ["nothing"]


def report(document: Document) -> tuple[str, bool]:
    """Return the text for people, and whether nothing differs."""
    found = differences(document)
    differs = [one for one in found if not one.guessed]
    said = answers(document)
    settled = [f"{question} {answer}" for question, answer in said.items() if answer is not None]
    sections = [
        document.title,
        _section("differs", _lines(differs)),
        _section("unverified", _lines(one for one in found if one.guessed)),
        _section("settled", settled or ["nothing"]),
        _section("open", [question for question, answer in said.items() if answer is None] or ["nothing"]),
        _section("new", _lines(news(document))),
    ]
    return "\n\n".join(sections), not differs


def main(arguments: list[str]) -> int:
    """Compare with the one file that the arguments name; return 0 if nothing differs, 1 if something does, else 2."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        text, same = report(Document(read(arguments[0])))
    except DocumentError as error:
        print(error, file=sys.stderr)
        return 2
    print(text)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
