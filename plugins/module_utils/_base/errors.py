# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the failures that a task can meet, each one sentence for the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


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


class ApiError(BasedashError):
    """A request that failed: with the answer's ``status``, or with ``None`` if there was no answer.

    ``field_errors`` are the API's messages about single fields, by the API's names, where the answer has some.
    ``url`` holds no secret: the key travels in a header, and the connection refuses URLs with credentials.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str,
        url: str,
        status: int | None = None,
        title: str | None = None,
        detail: str | None = None,
        request_id: str | None = None,
        field_errors: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.url = url
        self.status = status
        self.title = title
        self.detail = detail
        self.request_id = request_id
        self.field_errors = dict(field_errors or {})
        self.unclear_tries = 0
        """How many earlier tries of this request may have worked, without a clear answer."""

    @property
    def arrived(self) -> bool:
        """Whether the request may have been done all the same: a success that is not understood, or an earlier try."""
        return (self.status is not None and 200 <= self.status < 300) or bool(self.unclear_tries)

    def details(self) -> dict[str, Any]:
        """Return what is known of the request, as the keywords that make another failure of it."""
        return {
            "status": self.status,
            "title": self.title,
            "detail": self.detail,
            "method": self.method,
            "url": self.url,
            "request_id": self.request_id,
            "field_errors": self.field_errors,
        }

    def as_result(self) -> dict[str, Any]:
        """Return the contents of the result's ``error``; ``request_id`` only if the answer had one."""
        details = self.details()
        del details["field_errors"]
        if self.request_id is None:
            del details["request_id"]
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
    """No clear answer within the retry budget. What the request did on the server is not known if it was ``sent``.

    ``pending`` tells that the server may still be at work on it, so that it may yet be done.
    """

    def __init__(self, message: str, *, sent: bool, pending: bool = False, **details: Any) -> None:
        super().__init__(message, **details)
        self.sent = sent
        self.pending = pending

    @property
    def arrived(self) -> bool:
        """Whether the request may have been done all the same."""
        return self.sent
