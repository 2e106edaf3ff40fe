# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a data source, its facts, and how it is looked up."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._base.errors import (
    ApiError,
    InputError,
    NoAccessError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
    UnsupportedError,
)
from ansible_collections.community.basedash.plugins.module_utils._base.identifiers import checked_id
from ansible_collections.community.basedash.plugins.module_utils._base.text import quoted, told
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Api, Listing, Resource

Facts = dict[str, Any]

FIELDS = {
    "id": "id",
    "display_name": "displayName",
    "description": "description",
    "dialect": "dialect",
    "database_name": "databaseName",
    "username": "username",
    "host": "host",
    "port": "port",
    "ssl_enabled": "sslEnabled",
    "ssl_custom_certificates_enabled": "sslCustomCertificatesEnabled",
    "ssh_enabled": "sshEnabled",
    "ssh_host": "sshHost",
    "ssh_port": "sshPort",
    "ssh_username": "sshUsername",
    "bigquery_project_id": "bigQueryProjectId",
    "spanner_instance_id": "spannerInstanceId",
    "athena_workgroup": "athenaWorkgroup",
    "athena_output_location": "athenaOutputLocation",
    "athena_catalog": "athenaCatalog",
    "snowflake_account_id": "snowflakeAccountId",
    "snowflake_warehouse": "snowflakeWarehouse",
    "snowflake_role": "snowflakeRole",
    "last_successful_sync_at": "lastSuccessfulSyncAt",
    "last_sync_status": "lastSyncStatus",
    "last_sync_attempt_at": "lastSyncAttemptAt",
    "has_completed_first_sync": "hasCompletedFirstSync",
    "sync_error_message": "syncErrorMessage",
    "last_healthy_at": "lastHealthyAt",
    "last_health_status": "lastHealthStatus",
    "last_health_check_attempt_at": "lastHealthCheckAttemptAt",
    "is_demo": "isDemo",
    "is_basedash_warehouse": "isBasedashWarehouse",
    "mutating_queries_enabled": "mutatingQueriesEnabled",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
"""The facts and the API's names for them: the complete object of the vendor's DELETE page.

Only these leave the collection. A field that nobody documented could be a secret.
"""

DIALECTS = (
    "POSTGRES",
    "SUPABASE",
    "MYSQL",
    "PLANETSCALE",
    "ATHENA",
    "BIGQUERY",
    "CLICKHOUSE",
    "SPANNER",
    "SNOWFLAKE",
    "REDSHIFT",
    "SQL_SERVER",
    "ORACLE",
    "DATABRICKS",
    "POSTHOG",
    "DUCKDB",
)
"""The kinds of databases that the vendor's pages name."""

SYNC_STATUSES = ("PENDING", "SUCCESS", "FAILED", "NEVER_SYNCED")
HEALTH_STATUSES = ("HEALTHY", "UNHEALTHY")


def option_name(field: str) -> str:
    """Return the option for one of the API's fields, known to this collection or not."""
    if field == "displayName":
        return "name"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field.replace("bigQuery", "bigquery")).lower()


def facts(resource: Resource) -> Facts:
    """Return the facts of a data source, each of ``FIELDS``.

    What an older release omits is ``None``, and so is a value of a kind that no field is documented to have.
    """
    values = ((name, resource.get(spelling)) for name, spelling in FIELDS.items())
    return {name: value if type(value) in _PLAIN else _scalar(value) for name, value in values}


# Most values are one of these as they are, and a task of thousands looks at each of theirs.
_PLAIN = frozenset((str, int, bool, type(None)))


def _scalar(value: Any) -> Any:
    # A number such as 1e999 becomes an infinite one here, for which JSON has no word.
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else None


@dataclass(frozen=True)
class Identity:
    """How the user names one data source: by ``id``, by ``name``, or by both, where the name is a guard."""

    id: str | None
    name: str | None

    @classmethod
    def of(cls, identifier: str | None, name: str | None) -> Identity:
        """Return the identity that these options give.

        Raises:
            InputError: if there is none, or one of the options is blank.
        """
        if identifier is None and name is None:
            raise InputError("The data source is not named: give id or name.")
        if name is not None and not name.strip():
            raise InputError("The option name is empty: give the display name, or leave the option out.")
        return cls(None if identifier is None else checked_id("id", identifier), name)

    def __str__(self) -> str:
        if self.id is None:
            return "the data source named %s" % quoted(self.name)
        return "the data source with id %s" % quoted(self.id)


@dataclass(frozen=True)
class Finding:
    """What a look-up found out.

    ``resource`` is ``None`` if there is none. ``read_at`` is when it was read, in seconds of the client's clock.
    ``listing`` is the list that decided, if one was read. ``readable`` is false where the server offers no reading at
    all, so that nothing is known. ``by_get`` tells that the single GET works on this server. ``similar`` is a name, or
    an id where that was looked for, which looks like the wanted one and differs from it in case, white space or
    composition.
    """

    resource: Resource | None
    read_at: float = 0.0
    listing: Listing | None = None
    readable: bool = True
    by_get: bool = False
    similar: str | None = None

    def hint(self, identity: Identity) -> str:
        """Return a clause about what may be meant by the ``identity`` that was looked for, empty if nothing is."""
        if self.similar is not None:
            kind = "named" if identity.id is None else "with id"
            return "there is one %s %s, and that is compared letter by letter" % (kind, quoted(self.similar))
        if self.listing is None or self.resource is not None:
            return ""
        if identity.id is None:
            known = self.listing.with_id(identity.name or "") is not None
            return "there is one with this text as its id, which goes into the option id" if known else ""
        known = bool(self.listing.named(identity.id))
        return "there is one with this text as its name, which goes into the option name" if known else ""


def find(api: Api, identity: Identity, verify_absence: bool, advice: str = "correct id or name") -> Finding:
    """Look a data source up, and check that its name is the one that the user gave; else ``advice`` ends the message.

    The API answers 404 for "not there" and for "no admin access" alike (the vendor's DELETE page), so a 404 is followed
    by a list, which only an admin may read, unless ``verify_absence`` is false.

    Raises:
        RefusedError: if the name fits several, or not the one with this id.
        ApiError: if it can't be known whether the data source is there.
    """
    if identity.id is None:
        return _find_by_name(api, identity)
    finding = _find_by_id(api, identity.id, verify_absence)
    if finding.resource is not None and identity.name is not None:
        name = finding.resource.get("displayName")
        if name != identity.name:
            raise RefusedError(
                "The data source with id %s is named %s and not %s: nothing was changed, %s."
                % (quoted(identity.id), quoted(name), quoted(identity.name), advice),
                facts=facts(finding.resource),
            )
    elif not finding.readable and identity.name is not None:
        raise RefusedError(
            "This server lets no data source be read, so the name of %s can't be checked: nothing was changed, "
            "leave the option name out to go by the id alone." % identity
        )
    return finding


def _find_by_name(api: Api, identity: Identity) -> Finding:
    listing = api.list_all()
    matches = listing.named(identity.name)
    if len(matches) > 1:
        raise RefusedError(
            "%d data sources are named %s: nothing was changed, give one of their ids (%s)."
            % (len(matches), quoted(identity.name), ", ".join(quoted(resource["id"]) for resource in matches))
        )
    return Finding(
        matches[0] if matches else None,
        listing.read_at,
        listing,
        similar=None if matches else listing.similar(identity.name or ""),
    )


def _find_by_id(api: Api, identifier: str, verify_absence: bool) -> Finding:
    listing: Listing | None = None
    if api.reads_list_first:
        listing = api.list_all()
        resource = listing.with_id(identifier)
        if resource is not None:
            return Finding(resource, listing.read_at, listing)
    try:
        resource = api.get(identifier)
        return Finding(resource, api.clock.monotonic(), by_get=True)
    except NotFoundError as error:
        if listing is not None or not verify_absence:
            similar = None if listing is None else listing.similar_id(identifier)
            return Finding(None, api.clock.monotonic(), listing, by_get=True, similar=similar)
        single: ApiError = error
    except (NotBasedashError, UnsupportedError) as error:
        # An older release, which has no single GET, may answer with its page for unknown paths.
        if error.status not in (404, 405, 501):
            raise
        if listing is not None:
            return Finding(None, listing.read_at, listing, similar=listing.similar_id(identifier))
        single = error
    return _look_in_list(api, identifier, single)


def _look_in_list(api: Api, identifier: str, single: ApiError) -> Finding:
    try:
        listing = api.list_all()
    except (UnsupportedError, NotBasedashError) as error:
        # The server has the path, since it names what it does not do there, but offers no reading of it.
        no_list = isinstance(error, UnsupportedError) or error.status == 404
        if isinstance(single, UnsupportedError) and no_list:
            return Finding(None, readable=False)
        _explain_unknown(error, identifier)
        raise
    except (NotFoundError, NoAccessError) as error:
        _explain_unknown(error, identifier)
        raise
    resource = listing.with_id(identifier)
    by_get = resource is None and isinstance(single, NotFoundError)
    similar = listing.similar_id(identifier) if resource is None else None
    return Finding(resource, listing.read_at, listing, by_get=by_get, similar=similar)


def _explain_unknown(error: ApiError, identifier: str) -> None:
    """Say what a list that can't be read means for the question whether a data source is there."""
    if isinstance(error, UnsupportedError):
        # The advice for a list that somebody asked for is to give the id.
        error.message = "This server offers no list of data sources (%s)." % error.status
    error.message += " So it can't be known whether the data source with id %s is there." % quoted(identifier)


def check_no_look_alike(identity: Identity, finding: Finding) -> None:
    """Refuse a name or an id that no data source has, while one differs in white space or Unicode composition.

    Such a text was damaged on its way, mostly. One that differs in case alone may be meant.

    Raises:
        RefusedError: giving the name or the id that exists.
    """
    kind, option, given = ("named", "name", identity.name) if identity.id is None else ("with id", "id", identity.id)
    if given is not None and finding.similar is not None and finding.similar.casefold() != given.casefold():
        raise RefusedError(
            "There is no data source %s %s, but one %s %s, which differs in white space or in the composition of "
            "its letters alone: nothing was changed, correct the %s."
            % (kind, told(given), kind, told(finding.similar), option)
        )


def is_warehouse(resource: Resource) -> bool:
    """Tell whether this is the organization's managed warehouse. An older release, which does not say, has none."""
    return resource.get("isBasedashWarehouse") not in (None, False)


def check_not_warehouse(resource: Resource) -> None:
    """Refuse the organization's managed warehouse.

    Raises:
        RefusedError: if it is one.
    """
    if is_warehouse(resource):
        raise RefusedError(
            "The data source with id %s (%s) is the organization's managed warehouse: nothing was changed, "
            "give its id and force=true if it shall go."
            % (quoted(resource["id"]), quoted(resource.get("displayName"))),
            facts=facts(resource),
        )
