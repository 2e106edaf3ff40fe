# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the options of the modules, one object for all that take them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
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


Spec = Mapping[str, Mapping[str, Any]]
"""Options as Ansible's argument check wants them, by name."""

# What no argument spec can say of an option, wherever one of this name stands.

EXACT = frozenset(("id", "name", "organization_id", "group_ids", "member_ids", "groups", "members"))
"""Identifiers and names: white space at an end is a mistake, because nothing with that name would be found."""

TRIMMED: dict[str, str | None] = {
    "api_key": None,
    "ssh_private_key": "\r\n",
    "snowflake_private_key": "\r\n",
    "bigquery_json_key": "\r\n",
}
"""Secrets that lose these characters at their end, or any white space at both; a block of YAML ends in a line break."""

JSON_OBJECTS = frozenset(("bigquery_json_key",))
"""Texts that have to be a JSON object. Ansible makes a dict of one that comes from a look-up, which is fine too."""

LISTS_ALONE = frozenset(("exclude", "groups", "members"))
"""Lists of names, which may have commas in them: a text is not split into a list."""

# Neither the key nor the organization is "required" here: linters would ask for them where the environment has them.
CONNECTION: dict[str, dict[str, Any]] = {
    "api_key": {"type": "str", "no_log": True, **_env("API_KEY")},
    "api_url": {"type": "str", "default": "https://charts.basedash.com", **_env("API_URL")},
    "organization_id": {"type": "str", "aliases": ["org_id"], **_env("ORGANIZATION_ID")},
    "timeout": {"type": "float", "default": 30.0, **_env("TIMEOUT")},
    "retry_timeout": {"type": "float", "default": 120.0, **_env("RETRY_TIMEOUT")},
    "validate_certs": {"type": "bool", "default": True, **_env("VALIDATE_CERTS")},
    "ca_path": {"type": "path", **_env("CA_PATH")},
    "client_cert": {"type": "path", **_env("CLIENT_CERT")},
    "client_key": {"type": "path", **_env("CLIENT_KEY")},
    "use_proxy": {"type": "bool", "default": True, **_env("USE_PROXY")},
}
"""The connection options. Their documentation is the fragment ``connection``."""

_IDENTITY: dict[str, dict[str, Any]] = {
    "id": {"type": "str", "aliases": ["data_source_id"]},
    "name": {"type": "str", "aliases": ["display_name"]},
}
_WHO: dict[str, dict[str, Any]] = {
    "groups": {"type": "list", "elements": "str"},
    "members": {"type": "list", "elements": "str"},
    "group_ids": {"type": "list", "elements": "str"},
    "member_ids": {"type": "list", "elements": "str"},
}
_POLICY: dict[str, dict[str, Any]] = {
    "mode": {"type": "str", "required": True, "choices": ["everyone", "restricted"]},
    **_WHO,
}
_SECRET: dict[str, Any] = {"type": "str", "no_log": True}

DATA_SOURCE: dict[str, dict[str, Any]] = {
    **CONNECTION,
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    **_IDENTITY,
    "dialect": {"type": "str"},
    "host": {"type": "str"},
    "port": {"type": "int"},
    "database_name": {"type": "str"},
    "username": {"type": "str"},
    "password": _SECRET,
    "ssl_enabled": {"type": "bool"},
    "ssh_enabled": {"type": "bool"},
    "ssh_host": {"type": "str"},
    "ssh_port": {"type": "int"},
    "ssh_username": {"type": "str"},
    "ssh_password": _SECRET,
    "ssh_private_key": _SECRET,
    "ssh_private_key_passphrase": _SECRET,
    "bigquery_project_id": {"type": "str"},
    "bigquery_json_key": {"type": "raw", "no_log": True},
    "spanner_instance_id": {"type": "str"},
    "snowflake_account_id": {"type": "str"},
    "snowflake_warehouse": {"type": "str"},
    "snowflake_role": {"type": "str"},
    "snowflake_private_key": _SECRET,
    "snowflake_private_key_passphrase": _SECRET,
    "athena_workgroup": {"type": "str"},
    "athena_output_location": {"type": "str"},
    "athena_catalog": {"type": "str"},
    "extra": {"type": "dict"},
    "extra_secrets": {"type": "dict", "no_log": True},
    "update_secrets": {
        "type": "str",
        "default": "on_create",
        "choices": ["on_create", "always"],
        "aliases": ["update_password"],
        "no_log": False,
    },
    "clear": {"type": "list", "elements": "str"},
    "verify_credentials": {"type": "bool", "default": False},
    "access": {"type": "dict", "options": _POLICY},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 300.0},
    "missing_ok": {"type": "bool", "default": True},
    "verify_absence": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
}
ONE_OF: list[list[str]] = [["id", "name"]]

DATA_SOURCE_ACCESS: dict[str, dict[str, Any]] = {
    **CONNECTION,
    **_IDENTITY,
    **_POLICY,
    "purge": {"type": "bool", "default": True},
}

_SELECTION: dict[str, dict[str, Any]] = {
    "name_pattern": {"type": "str"},
    "dialect": {"type": "list", "elements": "str"},
    "host": {"type": "str"},
    "health_status": {"type": "list", "elements": "str"},
    "sync_status": {"type": "list", "elements": "str"},
    "created_before": {"type": "str"},
}

DATA_SOURCE_INFO: dict[str, dict[str, Any]] = {
    **CONNECTION,
    **_IDENTITY,
    **_SELECTION,
    "access": {"type": "bool", "default": False},
}

_ITEM = {name: entry for name, entry in DATA_SOURCE.items() if name not in CONNECTION and name != "state"}

DATA_SOURCES: dict[str, dict[str, Any]] = {
    **CONNECTION,
    "state": {"type": "str", "required": True, "choices": ["present", "absent"]},
    "data_sources": {"type": "list", "elements": "dict", "options": _ITEM, "required_one_of": ONE_OF},
    "filters": {"type": "dict", "options": _SELECTION},
    "exclude": {"type": "list", "elements": "str"},
    "prune": {"type": "bool", "default": False},
    "allow_replace_all": {"type": "bool", "default": False},
    "max_deletions": {"type": "int"},
    "concurrency": {"type": "int", "default": 4},
    "on_error": {"type": "str", "default": "continue", "choices": ["continue", "stop"]},
}


def without_secrets(spec: Spec, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with words of Ansible's in place of every value that ``spec`` marks as secret."""
    shown: dict[str, Any] = {}
    for name, value in options.items():
        entry = spec.get(name, {})
        if entry.get("no_log") and value is not None:
            value = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        elif "options" in entry and isinstance(value, list):
            value = [without_secrets(entry["options"], item) for item in value]
        elif "options" in entry and isinstance(value, Mapping):
            value = without_secrets(entry["options"], value)
        shown[name] = value
    return shown


def secret_texts(spec: Spec, options: Mapping[str, Any]) -> list[str]:
    """Return every text in the options that ``spec`` marks as secret."""
    found = [text for name, entry in spec.items() if entry.get("no_log") for text in _texts(options.get(name))]
    for name, entry in spec.items():
        within = options.get(name) if "options" in entry else None
        for item in within if isinstance(within, list) else [within]:
            if isinstance(item, Mapping):
                found += secret_texts(entry["options"], item)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
        yield from _keys_in(str(value))


def _keys_in(text: str) -> Iterator[str]:
    """Yield the keys inside a key file in JSON: a server may echo them without the rest."""
    if not text.lstrip().startswith("{"):
        return
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from (value for name, value in content.items() if "key" in name and isinstance(value, str))
