# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the options of the modules, made from the declaration of a kind.

They have the form of Ansible's argument spec. The documentation of each module says what they mean.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .forms import KEY_FILE, Spec
from .kind import Field, Kind
from .step import Step


def _from_environment(name: str) -> str:
    # An empty variable counts as missing, because pipelines export unconfigured variables as empty.
    value = os.environ.get(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def _env(name: str) -> dict[str, Any]:
    return {"fallback": (_from_environment, ["BASEDASH_" + name])}


Options = dict[str, dict[str, Any]]

# Neither the key nor the organization is "required", because the environment may have them and linters don't see it.
CONNECTION: Options = {
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

_TEXT: dict[str, Any] = {"type": "str"}
_TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}
_NO: dict[str, Any] = {"type": "bool", "default": False}
_YES: dict[str, Any] = {"type": "bool", "default": True}


def _entry(field: Field) -> dict[str, Any]:
    # A form with options of its own says which of them are secret.
    secret = field.secret and "options" not in field.form.spec
    return {
        "type": field.form.type,
        **field.form.spec,
        **({"aliases": list(field.aliases)} if field.aliases else {}),
        **({"no_log": True} if secret else {}),
    }


def identity(kind: Kind) -> Options:
    """Return the options that name one object."""
    found = {"id": {"type": "str", "aliases": [kind.family.result_key + "_id"]}, kind.key.name: _entry(kind.key)}
    scope = kind.scope
    return found if scope is None else {**found, scope.by_key: _TEXT, scope.name: _TEXT}


def one_of(kind: Kind) -> list[list[str]]:
    """Return the options of which at least one must name the object."""
    return [["id", kind.key.name]]


def of_one(kind: Kind, steps: Sequence[type[Step]] = ()) -> Options:
    """Return the options of a module that manages one object, without those of the connection and the state."""
    found = identity(kind)
    if kind.renamed_by:
        found[kind.renamed_by] = _TEXT
    for field in (*kind.settings, *kind.secrets):
        _add(found, field.name, _entry(field))
        if field.refers_to is not None:
            _add(found, field.by_key, _TEXT)
        if field.updated_if:
            found[field.updated_if] = {"type": "str", "default": "on_create", "choices": ["on_create", "always"]}
    found["extra"] = {"type": "dict"}
    if kind.secrets:
        found["extra_secrets"] = {"type": "dict", "no_log": True}
        choices = {"choices": ["on_create", "always"], "aliases": ["update_password"], "no_log": False}
        found["update_secrets"] = {"type": "str", "default": "on_create", **choices}
    if kind.clearable or kind.emptied_by_steps:
        found["clear"] = _TEXTS
    for step in steps:
        found.update((name, dict(entry)) for name, entry in step.options.items())
    return {**found, "missing_ok": _YES, "verify_absence": _YES, "force": _NO}


def _add(options: Options, name: str, entry: dict[str, Any]) -> None:
    """Add an option, or a part of an option that is a dict, with a dot in its name."""
    parent, dot, part = name.partition(".")
    if not dot:
        options[name] = entry
        return
    options.setdefault(parent, {"type": "dict", "options": {}})["options"][part] = entry


def of_state(kind: Kind, steps: Sequence[type[Step]] = ()) -> Options:
    """Return the options of a module that manages one object."""
    state = {"type": "str", "default": "present", "choices": ["present", "absent"]}
    return {**CONNECTION, "state": state, **of_one(kind, steps)}


def _selection(kind: Kind) -> Options:
    by_field = {option: _TEXTS if kind.field_named(name).words else _TEXT for option, name in kind.filters.items()}
    return {"name_pattern": _TEXT, **by_field, "created_before": _TEXT}


def of_info(kind: Kind) -> Options:
    """Return the options of a module that reads the objects of a kind."""
    return {**CONNECTION, **identity(kind), **_selection(kind)}


def of_many(kind: Kind, steps: Sequence[type[Step]] = ()) -> Options:
    """Return the options of a module that manages many objects of a kind."""
    items = {"type": "list", "elements": "dict", "options": of_one(kind, steps), "required_one_of": one_of(kind)}
    return {
        **CONNECTION,
        "state": {"type": "str", "required": True, "choices": ["present", "absent"]},
        kind.family.plural_key: items,
        "filters": {"type": "dict", "options": _selection(kind)},
        "exclude": _TEXTS,
        "prune": _NO,
        "allow_replace_all": _NO,
        "max_deletions": {"type": "int"},
        "concurrency": {"type": "int", "default": 4},
        "on_error": {"type": "str", "default": "continue", "choices": ["continue", "stop"]},
    }


@dataclass(frozen=True)
class Rules:
    """Rules that no argument spec can express, by the name of the option.

    ``exact`` are identifiers and names: white space at an end is a mistake, because nothing with that name would be
    found. ``trimmed`` are secrets with the characters that are removed from their end; ``None`` means any white space,
    at both ends. ``json_objects`` are texts that must be a JSON object; a dict is accepted as well, because Ansible
    converts such a text to a dict if it comes from a look-up. ``lists_alone`` are lists of names, for which a text is
    not split at commas, because a name may have commas. ``clearable`` are the options that ``clear`` may name.
    ``required_one_of`` are the options of which at least one must be given.
    """

    exact: frozenset[str]
    trimmed: Mapping[str, str | None]
    json_objects: frozenset[str]
    lists_alone: frozenset[str]
    clearable: frozenset[str]
    required_one_of: Sequence[Sequence[str]] = ()

    @classmethod
    def of(cls, kind: Kind, required_one_of: Sequence[Sequence[str]] = ()) -> Rules:
        """Return the rules for the options of a kind's modules."""
        references = [name.rpartition(".")[2] for one in kind.references for name in (one.name, one.by_key)]
        names = ("id", "organization_id", "group_ids", "member_ids", "groups", "members")
        return cls(
            frozenset((*names, kind.key.name, *references, *([kind.renamed_by] if kind.renamed_by else []))),
            {"api_key": None, **{one.name: one.trimmed for one in kind.secrets if one.trimmed}},
            frozenset(one.name for one in kind.secrets if one.form is KEY_FILE),
            frozenset(("exclude", "groups", "members")),
            frozenset((*kind.clearable, *kind.emptied_by_steps)),
            required_one_of,
        )


def without_secrets(spec: Spec, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with Ansible's usual placeholder for every value that ``spec`` marks as secret."""
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
        # A server may echo the token of a header without its scheme.
        scheme = re.match(r"(?:bearer|basic|token)\s+(.+)", str(value), re.IGNORECASE)
        yield from scheme.groups() if scheme else ()


def _keys_in(text: str) -> Iterator[str]:
    """Yield the keys inside a JSON key file, because a server may echo them without the rest of the file."""
    if not text.lstrip().startswith("{"):
        return
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from (value for name, value in content.items() if "key" in name and isinstance(value, str))
