# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the failures that a task can meet, each one sentence for the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .effect import Effect


def sentence(mistake: str, advice: str) -> str:
    """Return a message that begins with the mistake and ends with what to do about it; both are clauses."""
    return "%s%s: %s." % (mistake[:1].upper(), mistake[1:], advice)


class BasedashError(Exception):
    """A failure that the user is told in one sentence.

    Besides the sentence it carries what is true in spite of the failure: whether something was ``changed``, the
    ``facts`` of the data source if they are known, and ``warnings``.
    """

    def __init__(
        self,
        message: str,
        changed: bool = False,
        facts: dict[str, Any] | None = None,
        warnings: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.changed = changed
        self.facts = facts
        self.warnings = tuple(warnings)


class InputError(BasedashError):
    """What the user gave can't be used; no request was sent."""


class RefusedError(BasedashError):
    """A guard refused what was asked for, in view of what is there; nothing was changed."""


class InterruptedTaskError(BasedashError):
    """The task was interrupted before it sent the next write; what it did before stands in the message."""


class IncompleteError(BasedashError):
    """Basedash accepted what was asked for, and did not do all of it."""


@dataclass(frozen=True)
class Exchange:
    """A request, and what its answer says: all ``None`` without one.

    ``title`` and ``detail`` are the API's own words. ``field_errors`` are its messages about single fields, by the
    API's names. ``url`` holds no secret: the key travels in a header, and the connection refuses URLs with credentials.
    """

    method: str
    url: str
    status: int | None = None
    title: str | None = None
    detail: str | None = None
    request_id: str | None = None
    field_errors: Mapping[str, str] = field(default_factory=dict)


class ApiError(BasedashError):
    """A request that failed.

    ``effect`` is what it did on the server. A clear refusal says nothing of an earlier try without a clear answer.
    """

    def __init__(self, message: str, exchange: Exchange, effect: Effect = Effect.NOT_DONE) -> None:
        super().__init__(message)
        self.exchange = exchange
        self.effect = effect

    @property
    def status(self) -> int | None:
        """The status of the answer, ``None`` without one."""
        return self.exchange.status

    @property
    def field_errors(self) -> Mapping[str, str]:
        """The API's messages about single fields."""
        return self.exchange.field_errors

    def as_result(self) -> dict[str, Any]:
        """Return the contents of the result's ``error``; ``request_id`` only if the answer had one."""
        details = {name: getattr(self.exchange, name) for name in ("status", "title", "detail", "method", "url")}
        if self.exchange.request_id is not None:
            details["request_id"] = self.exchange.request_id
        return details


class NotFoundError(ApiError):
    """404 with the API's own error body: not there, or the key has no admin access (the vendor's DELETE page)."""


class NotBasedashError(ApiError):
    """An answer that this API does not give, such as a proxy's page: it says nothing about the data source."""


class NoAccessError(ApiError):
    """401 or 403: the key is wrong or may not do this."""


class UnsupportedError(ApiError):
    """405 or 501: the server knows the path but not this operation on it."""


class NoAnswerError(ApiError):
    """No clear answer within the retry budget; ``effect`` tells whether the request may have been done."""
