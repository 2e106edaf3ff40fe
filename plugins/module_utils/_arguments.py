# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the options of the modules, one object for all that take them."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound


def _from_environment(name: str) -> str:
    # An empty variable counts as none: pipelines export those for what was not configured.
    value = os.environ.get(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def _env(name: str) -> dict[str, Any]:
    return {"fallback": (_from_environment, ["BASEDASH_" + name])}


CONNECTION: dict[str, dict[str, Any]] = {
    "api_key": {"type": "str", "required": True, "no_log": True, **_env("API_KEY")},
    "api_url": {"type": "str", "default": "https://charts.basedash.com", **_env("API_URL")},
    "organization_id": {"type": "str", "required": True, "aliases": ["org_id"], **_env("ORGANIZATION_ID")},
    "timeout": {"type": "float", "default": 30.0, **_env("TIMEOUT")},
    "retry_timeout": {"type": "float", "default": 120.0, **_env("RETRY_TIMEOUT")},
    "validate_certs": {"type": "bool", "default": True, **_env("VALIDATE_CERTS")},
    "ca_path": {"type": "path", **_env("CA_PATH")},
    "client_cert": {"type": "path", **_env("CLIENT_CERT")},
    "client_key": {"type": "path", **_env("CLIENT_KEY")},
    "use_proxy": {"type": "bool", "default": True, **_env("USE_PROXY")},
}
"""The connection options. Their documentation is the fragment ``connection``."""

DATA_SOURCE: dict[str, dict[str, Any]] = {
    **CONNECTION,
    "state": {"type": "str", "required": True, "choices": ["absent"]},
    "id": {"type": "str", "aliases": ["data_source_id"]},
    "name": {"type": "str", "aliases": ["display_name"]},
    "missing_ok": {"type": "bool", "default": True},
    "verify_absence": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
}
DATA_SOURCE_ONE_OF: list[list[str]] = [["id", "name"]]

DATA_SOURCE_INFO: dict[str, dict[str, Any]] = {
    **CONNECTION,
    "id": {"type": "str", "aliases": ["data_source_id"]},
    "name": {"type": "str", "aliases": ["display_name"]},
    "dialect": {"type": "str"},
    "host": {"type": "str"},
    "name_pattern": {"type": "str"},
    "sync_status": {"type": "str"},
    "health_status": {"type": "str"},
}
