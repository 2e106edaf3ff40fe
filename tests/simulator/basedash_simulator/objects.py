# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data source object: its fields, their values at birth, and how it looks in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.openapi import collections

OBJECT_FIELDS: tuple[str, ...] = tuple(collections()["data-sources"].shape["properties"])

SECRET_FIELDS: tuple[str, ...] = (
    "password",
    "sshPassword",
    "sshPrivateKey",
    "sshPrivateKeyPassphrase",
    "snowflakePrivateKey",
    "snowflakePrivateKeyPassphrase",
    "bigQueryJsonKey",
)

# The flag in a PATCH, and the secret that it removes.
UNSET_FLAGS: dict[str, str] = {
    "unsetPassword": "password",
    "unsetSshPassword": "sshPassword",
    "unsetSshPrivateKey": "sshPrivateKey",
    "unsetSshPrivateKeyPassphrase": "sshPrivateKeyPassphrase",
}

FLAGS = ("sslEnabled", "sslCustomCertificatesEnabled", "sshEnabled")
PORTS = ("port", "sshPort")
HOSTS = ("host", "sshHost")


def new_fields(identifier: str, created: str) -> dict[str, Any]:
    """The object of a data source that was created at this moment (ISO 8601, UTC) and never synced."""
    fields: dict[str, Any] = dict.fromkeys(OBJECT_FIELDS)
    fields.update(
        id=identifier,
        displayName="",
        description="",
        dialect="POSTGRES",
        sslEnabled=True,
        sslCustomCertificatesEnabled=False,
        sshEnabled=False,
        lastSyncStatus="PENDING",
        lastSyncAttemptAt=created,
        hasCompletedFirstSync=False,
        lastHealthyAt=created,
        lastHealthStatus="HEALTHY",
        lastHealthCheckAttemptAt=created,
        isDemo=False,
        isBasedashWarehouse=False,
        mutatingQueriesEnabled=False,
        createdAt=created,
        updatedAt=created,
    )
    return fields


def answer_object(fields: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """The object as this server shows it; secrets are not among the fields in the first place."""
    shown = dict(fields)
    if behaviour.null_flags:
        shown.update({name: None for name in FLAGS if shown[name] is False})
    if behaviour.ports_as_text:
        shown.update({name: str(shown[name]) for name in PORTS if shown[name] is not None})
    if behaviour.hosts_lower_case:
        shown.update({name: shown[name].lower() for name in HOSTS if isinstance(shown[name], str)})
    for name in behaviour.omit_fields:
        shown.pop(name, None)
    shown.update(behaviour.extra_fields)
    return shown
