# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: trying the credentials of a data source before it is created or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .._base.effect import Effect
from .._base.errors import ApiError
from .._engine.forms import Spec
from .._engine.settings import Settings
from .._engine.step import Step, Work
from .._http.client import error_texts, field_errors
from .._rest.answers import NOT_OFFERED, failure, not_offered, successful
from .._rest.collection import Collection
from .._rest.family import Content


class Credentials(Step):
    """Lets Basedash try the connection with the planned settings."""

    options: ClassVar[Spec] = {"verify_credentials": {"type": "bool", "default": False}}

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Credentials | None:
        """Return the step if the options ask for it."""
        return cls() if options["verify_credentials"] else None

    def warning(self, work: Work, settings: Settings, body: Content) -> str:
        """Warn that the check uses a secret that the update does not send."""
        kept = settings.kept(body)
        if not kept or not _concerns_connection(settings, body):
            return ""
        return (
            "The connection is tried with %s of this task, but the %s keeps its stored secrets: "
            "set update_secrets to always to send the new ones." % (", ".join(kept), work.name)
        )

    def before_creating(self, api: Collection, settings: Settings) -> None:
        """Try the settings of the new data source."""
        _verify(api, settings, {})

    def before_updating(self, work: Work, settings: Settings, body: Content) -> None:
        """Try the settings if the update changes the connection to the database."""
        if _concerns_connection(settings, body):
            _verify(work.api, settings, work.resource)


def _concerns_connection(settings: Settings, body: Content) -> bool:
    """Tell whether a PATCH changes the connection to the database; flags that every PATCH carries do not count."""
    given = {one.sent for one in (*settings.stored, *settings.kind.secrets) if not one.fixed}
    return any(name in body for name in (*given, *settings.extra_secrets))


def _verify(api: Collection, settings: Settings, resource: Content) -> None:
    try:
        verify(api, settings.whole(resource))
    except ApiError as error:
        if error.effect is Effect.MAY_COME:
            error.message += (
                " The check of the credentials came to no end, which hints at a firewall between Basedash and the "
                "database, or at a timeout that is too short."
            )
        error.message += " Nothing was created." if not resource else " The settings were not changed."
        if resource and error.field_errors and not settings.secrets:
            error.message += " The check can't use the secrets that are stored, so give them in this task."
        raise


def verify(api: Collection, body: Content) -> None:
    """Let Basedash try a connection, without saving anything.

    No page of the vendor says where ``fieldErrors`` are in a failure, and which status it has. So a check has passed
    only if the status is 2xx and ``data.success`` is true.

    Raises:
        ApiError: if the check failed (then with ``field_errors``), or if it was not possible.
    """
    answer = api.client.request("POST", api.path_of() + "/verify", body=body, repeatable=True)
    failures = field_errors(answer.content)
    if not failures:
        if answer.status in NOT_OFFERED:
            raise not_offered(answer, "to try credentials", "leave verify_credentials out")
        content = successful(answer, api.family, accept_failure=True)
        data = content.get("data", content)
        if isinstance(data, dict) and data.get("success") is True:
            return
    words = "; ".join("%s: %s" % item for item in failures.items()) or error_texts(answer.content)[1]
    message = "Basedash could not connect with these settings (%s)." % (words or "it gives no reason")
    raise failure(ApiError, answer, message)
