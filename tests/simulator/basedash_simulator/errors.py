# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong, and the bodies that say so."""

from __future__ import annotations

import json
from typing import Any

HTML_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
    "<body><h1>{title}</h1><p>This page is not an answer of the API.</p></body></html>\n"
)


class SeedError(ValueError):
    """A seed, a switch or a fault rule that cannot be used; the text is one sentence for people."""


class ApiProblem(Exception):
    """An answer of the API that is an error in the vendor's form.

    `status` is the HTTP status, `title` the identifier, `detail` the text for people, `extra` further keys
    inside `error`, `top` further keys beside `error`.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        extra: dict[str, Any] | None = None,
        top: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.extra = extra or {}
        self.top = top or {}

    def body(self) -> dict[str, Any]:
        """The JSON body of this error."""
        return {"error": {"title": self.title, "detail": self.detail, **self.extra}, **self.top}


def validation_error(detail: str) -> ApiProblem:
    """The vendor's answer to a body or query that does not fit: 400."""
    return ApiProblem(400, "ValidationError", detail)


def not_found(what: str = "Data source") -> ApiProblem:
    """The vendor's 404, the same for "not there" and for "no admin access"."""
    return ApiProblem(404, "NotFound", f"{what} not found or no admin access.")


def to_json(value: Any) -> bytes:
    """JSON as bytes; a lone surrogate, which UTF-8 cannot carry, leads to ASCII with escapes."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def html_page(title: str) -> bytes:
    """A small HTML page such as a proxy or a web framework sends."""
    return HTML_PAGE.format(title=title).encode("utf-8")
