# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: data sources, which are connections to databases.

The vendor's DELETE page shows all fields of answers. The vendor's page about the update says how secrets are removed.
It also says that a PATCH without one of the two flags may reset this flag.
"""

from __future__ import annotations

import difflib
import re

from .._base.errors import InputError
from .._base.text import quoted
from .._engine.forms import ANY_CASE, FLAG, KEY_FILE, NUMBER, WORD
from .._engine.kind import Field, Kind, fact
from .._rest.family import Resource
from .access import Access
from .credentials import Credentials
from .families import DATA_SOURCES
from .first_sync import FirstSync

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

_PORTS = (1, 65535)

# Words with a lower similarity than this are not suggested.
_NEAR = 0.75
# Common names that look like the wrong dialect of the API, or like none of them.
_KNOWN_AS = {"MSSQL": "SQL_SERVER", "PG": "POSTGRES", "PSQL": "POSTGRES", "GOOGLE_BIGQUERY": "BIGQUERY"}


def _dialect(option: str, given: str) -> str:
    """Return the API's name for a dialect; a name that resembles no known one is accepted, because it may be new.

    Raises:
        InputError: if it is probably misspelled.
    """
    dialect = given.upper()
    if not dialect:
        raise InputError("The option dialect is empty: give the kind of the database, or leave the option out.")
    if dialect in DIALECTS:
        return dialect
    plain = re.sub("[ -]", "_", dialect)
    near = [_KNOWN_AS[plain]] if plain in _KNOWN_AS else difflib.get_close_matches(plain, DIALECTS, 1, _NEAR)
    if near:
        raise InputError("The option %s is %s, which is unknown: did you mean %s?" % (option, quoted(given), near[0]))
    return dialect


def _is_warehouse(resource: Resource) -> bool:
    # An older release without this field has no managed warehouse.
    return resource.get("isBasedashWarehouse") not in (None, False)


def _spared(resource: Resource) -> str:
    return "the organization's managed warehouse" if _is_warehouse(resource) else ""


def _unchangeable(resource: Resource) -> str:
    warehouse = _spared(resource)
    return warehouse and warehouse + ", whose settings are not yours to change"


def _unselectable(resource: Resource) -> str:
    protected = _is_warehouse(resource) or resource.get("isDemo") not in (None, False)
    return "the managed warehouse or the vendor's demonstration" if protected else ""


DATA_SOURCE = Kind(
    DATA_SOURCES,
    (
        fact("id"),
        Field("name", sent_as="displayName", fact="display_name", aliases=("display_name",)),
        fact("description"),
        Field("dialect", WORD, words=DIALECTS, check=_dialect, needed_to_create=True, fixed=True),
        Field("database_name"),
        Field("username"),
        Field("host", ANY_CASE),
        Field("port", NUMBER, limits=_PORTS),
        Field("ssl_enabled", FLAG, in_every_update=True),
        fact("ssl_custom_certificates_enabled", "sslCustomCertificatesEnabled"),
        Field("ssh_enabled", FLAG, in_every_update=True),
        Field("ssh_host", ANY_CASE),
        Field("ssh_port", NUMBER, limits=_PORTS),
        Field("ssh_username"),
        Field("bigquery_project_id", sent_as="bigQueryProjectId"),
        Field("spanner_instance_id"),
        Field("athena_workgroup"),
        Field("athena_output_location"),
        Field("athena_catalog"),
        Field("snowflake_account_id"),
        Field("snowflake_warehouse"),
        Field("snowflake_role"),
        fact("last_successful_sync_at"),
        fact("last_sync_status", words=SYNC_STATUSES),
        fact("last_sync_attempt_at"),
        fact("has_completed_first_sync"),
        fact("sync_error_message"),
        fact("last_healthy_at"),
        fact("last_health_status", words=HEALTH_STATUSES),
        fact("last_health_check_attempt_at"),
        fact("is_demo"),
        fact("is_basedash_warehouse"),
        fact("mutating_queries_enabled"),
        fact("created_at"),
        fact("updated_at"),
        Field("password", secret=True, removed_by="unsetPassword"),
        Field("ssh_password", secret=True, removed_by="unsetSshPassword"),
        Field("ssh_private_key", secret=True, removed_by="unsetSshPrivateKey", trimmed="\r\n"),
        Field("ssh_private_key_passphrase", secret=True, removed_by="unsetSshPrivateKeyPassphrase"),
        Field("bigquery_json_key", KEY_FILE, sent_as="bigQueryJsonKey", secret=True, trimmed="\r\n"),
        Field("snowflake_private_key", secret=True, trimmed="\r\n"),
        Field("snowflake_private_key_passphrase", secret=True),
    ),
    created_with={"type": "direct"},
    filters={
        "dialect": "dialect",
        "host": "host",
        "health_status": "last_health_status",
        "sync_status": "last_sync_status",
    },
    spared=_spared,
    unchangeable=_unchangeable,
    unselectable=_unselectable,
    words={"mode": ("everyone", "restricted"), "status": SYNC_STATUSES},
)

STEPS = (Credentials, Access, FirstSync)
"""The credentials are tried before the first write, then the access is set, and at last the first sync is awaited."""
