# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the failures of a task; each has a message of one sentence for the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .effect import Effect


def sentence(mistake: str, advice: str) -> str:
    """Return a message of two clauses: first the mistake, then what to do about it."""
    return "%s%s: %s." % (mistake[:1].upper(), mistake[1:], advice)


class BasedashError(Exception):
    """A failure, with a message of one sentence for the user.

    It also has what is true in spite of the failure: whether something was ``changed``, the ``facts`` of the object if
    they are known, further result keys as ``values``, and ``warnings``.
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
        self.values: dict[str, Any] = {}
        self.warnings = tuple(warnings)


class InputError(BasedashError):
    """An option is invalid; no request was sent."""


class RefusedError(BasedashError):
    """A guard refused the task because of what the server has; nothing was changed."""


class InterruptedTaskError(BasedashError):
    """The task was interrupted before it sent the next write; the message says what it did before."""


class IncompleteError(BasedashError):
    """Basedash accepted the request but did not do all of it."""


@dataclass(frozen=True)
class Exchange:
    """A request, and what its answer says; everything about the answer is ``None`` if there was none.

    ``title`` and ``detail`` are the API's own words. ``field_errors`` are its messages about single fields, by the
    API's names. ``url`` has no secret in it, because the key is sent in a header, and the connection refuses URLs with
    credentials.
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

    ``effect`` is what it did on the server, with all its tries. Even after a clear refusal, an earlier try without a
    clear answer may have worked.
    """

    def __init__(self, message: str, exchange: Exchange, effect: Effect = Effect.NOT_DONE) -> None:
        super().__init__(message)
        self.exchange = exchange
        self.effect = effect

    @property
    def status(self) -> int | None:
        """The status of the answer, ``None`` if there was none."""
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
    """404 with the API's own error body: not there, or a key without admin access (the vendor's DELETE page)."""


class NotBasedashError(ApiError):
    """An answer that does not come from this API, such as a proxy's page. It says nothing about the object."""


class NoAccessError(ApiError):
    """401 or 403: the key is wrong or may not do this."""


class UnsupportedError(ApiError):
    """405 or 501: the server knows the path but not this operation on it."""


class NoAnswerError(ApiError):
    """No clear answer within the retry budget; ``effect`` tells whether the request may have been done."""
