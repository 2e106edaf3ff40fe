# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: organizations, and what a key may do in them.

The vendor's pages show the fields, and that the slug can't change. The API has no request that deletes an organization,
so a task never deletes one, and creates one only if the user says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from .._base.errors import IncompleteError, InputError, NoAccessError, NotFoundError, RefusedError
from .._base.text import quoted
from .._engine.forms import FLAG, LINES, TEXTS, Spec
from .._engine.info import ReadAll
from .._engine.kind import Field, Kind, fact
from .._engine.lookup import Finding, Identity, find
from .._engine.module_spec import ModuleSpec
from .._engine.one import EnsureState
from .._engine.options import of_info, of_state
from .._engine.outcome import Outcome
from .._engine.settings import Settings
from .._engine.step import Step, Work
from .._engine.task import Task
from .._rest.answers import successful
from .._rest.collection import Collection
from .._rest.family import Content, Family, Resource
from .families import DATA_SOURCES

ORGANIZATION = Kind(
    Family("organization", "organizations", "organizations", key="slug", key_option="slug"),
    (
        fact("id"),
        Field("slug"),
        Field("name", needed_to_create=True),
        Field("custom_ai_context", LINES),
        Field("full_embed_enabled", FLAG),
        # An empty list opens the embed to every origin, so only ``clear`` sends one, as everywhere.
        Field("embed_allowed_origins", TEXTS),
        Field("insights_enabled", FLAG),
        Field("is_billable", FLAG),
        fact("onboarding_status"),
        fact("trial_ends_at"),
    ),
    matched=("slug", "name"),
)


class Care(Step):
    """No organization is created by accident, and none is opened to every origin without a warning."""

    options: ClassVar[Spec] = {"create": {"type": "bool", "default": False}}

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._slug, self._may_create = options["slug"], options["create"]
        self._may_bill = options["is_billable"] is True

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Care:
        """Return the step, which every task has."""
        return cls(options)

    def check_creation(self, api: Collection, finding: Finding, settings: Settings) -> None:
        """Refuse a creation that the user did not ask for."""
        if not self._may_create:
            raise RefusedError(
                "None of the organizations of the key's user has the slug %s: nothing was changed, correct slug, or "
                "set create to true to create one, which nobody can delete through the API." % quoted(self._slug)
            )

    def warning(self, work: Work, settings: Settings, body: Content) -> str:
        """Warn that the embed becomes open."""
        if body.get("embedAllowedOrigins") != []:
            return ""
        return "The %s has no embed_allowed_origins after this, so every origin may embed it." % work.name

    def finish(self, work: Work, updated_from: Resource | None) -> None:
        """Look whether the update has made the organization billable, because that is the default of a creation."""
        if (updated_from or {}).get("isBillable") is False and work.resource.get("isBillable") and not self._may_bill:
            raise IncompleteError(
                "The %s became billable by this change, because this server resets what a change leaves out: run a "
                "task with is_billable=false, and give it in every task." % work.name
            )


def _ensure(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Change the organization that the options name, by default that of the connection."""
    if options["state"] == "absent":
        raise InputError(
            "The API has no request that deletes an organization: nothing was sent, ask the vendor's support to delete "
            "it."
        )
    if options["slug"] is None and options["id"] is None:
        if not api.organization_id:
            raise InputError("The organization is not named: give id, slug or organization_id.")
        options = {**options, "id": api.organization_id}
    return EnsureState(ORGANIZATION, [Care])(api, options, check_mode)


def access_in(api: Collection, organization_id: str) -> str:
    """Return what the key may do in an organization: ``admin``, ``member``, or ``none``.

    The API answers 404 alike for an organization that does not exist and for a key that is no admin's. So this looks
    whether the key may list data sources, which only an admin may, and whether it may read the organization.

    Raises:
        ApiError: if the answers don't tell.
    """
    path = Collection(api.client, organization_id, DATA_SOURCES).path_of()
    try:
        successful(api.client.request("GET", path + "?limit=1"), DATA_SOURCES)
        return "admin"
    except (NotFoundError, NoAccessError) as error:
        if error.status == 401:
            raise
    organizations = Collection(api.client, "", ORGANIZATION.family)
    try:
        finding = find(organizations, Identity(ORGANIZATION, organization_id, None))
    except NoAccessError as error:
        if error.status == 401:
            raise
        return "none"
    return "none" if finding.resource is None else "member"


def _read(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Return the organizations of the key's user, and what the key may do in that of the connection."""
    outcome = ReadAll(ORGANIZATION)(api, options, check_mode)
    if not api.organization_id:
        return outcome
    return replace(outcome, values={**outcome.values, "access": access_in(api, api.organization_id)})


_OF_DELETIONS = ("missing_ok", "verify_absence", "force")
# The alias that identifiers have in other modules is an option of the connection.
_ID: dict[str, Any] = {"id": {"type": "str"}}

ENSURE_ORGANIZATION = ModuleSpec(
    Task(ORGANIZATION, _ensure, about_one=True),
    {name: one for name, one in {**of_state(ORGANIZATION, [Care]), **_ID}.items() if name not in _OF_DELETIONS},
)
"""The module ``basedash_organization``."""

READ_ORGANIZATIONS = ModuleSpec(Task(ORGANIZATION, _read), {**of_info(ORGANIZATION), **_ID})
"""The module ``basedash_organization_info``."""
