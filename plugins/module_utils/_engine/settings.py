# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the settings of a data source, as a user gives them and as the server stores them.

Only what the user gave is compared or sent. The comparison is with what the server stores, and blind to differences
that are none: null and empty, numbers as texts, the case of host names and enums, white space at the ends.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError, RefusedError
from ansible_collections.community.basedash.plugins.module_utils._base.text import is_one_line, quoted, told
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import DIALECTS, FIELDS, option_name
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Content, Resource

Body = dict[str, Any]


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else "" if value is None else value


def _any_case(value: Any) -> Any:
    # Not casefold: to a name server, the sharp s and two plain ones are different letters.
    text = _text(value)
    return text.lower() if isinstance(text, str) else text


def _number(value: Any) -> Any:
    text = _text(value)
    if isinstance(text, str) and re.fullmatch("[0-9]{1,9}(\\.0*)?", text):
        text = float(text)
    return int(text) if isinstance(text, float) and text.is_integer() else text


def _flag(value: Any) -> Any:
    """Return a flag as true or false; what is neither stays, so that it differs from both."""
    text = _any_case(value)
    if text in (True, "true"):
        return True
    return False if text in (False, "false", "") else value


PLAIN: dict[str, Callable[[Any], Any]] = {
    "host": _any_case,
    "port": _number,
    "database_name": _text,
    "username": _text,
    "ssl_enabled": _flag,
    "ssh_enabled": _flag,
    "ssh_host": _any_case,
    "ssh_port": _number,
    "ssh_username": _text,
    "bigquery_project_id": _text,
    "spanner_instance_id": _text,
    "snowflake_account_id": _text,
    "snowflake_warehouse": _text,
    "snowflake_role": _text,
    "athena_workgroup": _text,
    "athena_output_location": _text,
    "athena_catalog": _text,
}
"""The options whose values the server shows again, each with the form in which equal values are equal."""

SECRETS: dict[str, tuple[str, str | None]] = {
    "password": ("password", "unsetPassword"),
    "ssh_password": ("sshPassword", "unsetSshPassword"),
    "ssh_private_key": ("sshPrivateKey", "unsetSshPrivateKey"),
    "ssh_private_key_passphrase": ("sshPrivateKeyPassphrase", "unsetSshPrivateKeyPassphrase"),
    "bigquery_json_key": ("bigQueryJsonKey", None),
    "snowflake_private_key": ("snowflakePrivateKey", None),
    "snowflake_private_key_passphrase": ("snowflakePrivateKeyPassphrase", None),
}
"""The options that no answer shows: the API's name, and the flag of the update that removes the secret, if any."""

_WILL_BE_SENT, _WILL_BE_REMOVED = "will be sent", "will be removed"
SECRET_WORDS = (_WILL_BE_SENT, _WILL_BE_REMOVED)
"""What a difference shows of a secret."""

# What emptied settings are sent as. A flag can't be empty.
_EMPTY = {option: None if plain is _number else "" for option, plain in PLAIN.items() if plain is not _flag}

CLEARABLE = (*_EMPTY, *(option for option, (_field, flag) in SECRETS.items() if flag))
"""The options that ``clear`` may name."""

# Below this, two words of these kinds have little in common.
_NEAR = 0.75
# Names that resemble the wrong one of the API's dialects, or none.
_KNOWN_AS = {"MSSQL": "SQL_SERVER", "PG": "POSTGRES", "PSQL": "POSTGRES", "GOOGLE_BIGQUERY": "BIGQUERY"}

# A PATCH that leaves one of these out may set it to false: its documentation shows that as the default.
_ALWAYS_SENT = ("ssl_enabled", "ssh_enabled")

# The API's fields that have an option of their own.
_TYPED = ("displayName", "dialect", *(FIELDS[option] for option in PLAIN), *(names[0] for names in SECRETS.values()))


@dataclass(frozen=True)
class Settings:
    """What a user wants of a data source beside its name. All are by option; what was not given is not in here.

    ``stored`` are those that answers show, ``secrets`` those that they don't. ``extra`` and ``extra_secrets`` are by
    the API's names, for fields that this collection does not know. ``renew`` tells that secrets go to an existing data
    source as well, and ``removed`` are the secrets that it is to lose.
    """

    dialect: str | None
    stored: Mapping[str, Any]
    secrets: Mapping[str, str]
    extra: Mapping[str, Any]
    extra_secrets: Mapping[str, Any]
    renew: bool
    removed: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        """Return the settings that these options give.

        Raises:
            InputError: if one of them can't be right, or they contradict each other.
        """
        stored = {option: options[option] for option in PLAIN if options[option] is not None}
        for option, value in stored.items():
            if isinstance(value, str):
                stored[option] = _line(option, value.strip())
        for option in ("port", "ssh_port"):
            if not 0 < stored.get(option, 1) < 65536:
                raise InputError("The option %s is %d, and ports go from 1 to 65535." % (option, stored[option]))
        secrets = {option: options[option] for option in SECRETS if options[option] is not None}
        cleared = _cleared(options)
        stored.update((option, _EMPTY[option]) for option in cleared if option in _EMPTY)
        extra, extra_secrets = options["extra"] or {}, options["extra_secrets"] or {}
        _check_extra("extra", extra)
        _check_extra("extra_secrets", extra_secrets)
        for field in extra:
            if field in extra_secrets:
                raise InputError("The field %s is in extra and in extra_secrets: give it once." % quoted(field))
        return cls(
            _dialect(options["dialect"]),
            stored,
            secrets,
            extra,
            extra_secrets,
            renew={"on_create": False, "always": True}[options["update_secrets"]],
            removed=tuple(option for option in cleared if option in SECRETS),
        )

    def creation(self, name: str) -> Body:
        """Return the body of the POST that creates the data source.

        Raises:
            RefusedError: without a dialect.
        """
        if self.dialect is None:
            raise RefusedError(
                "There is no data source named %s, and to create it the option dialect is needed: give it, or "
                "correct the name." % quoted(name)
            )
        return {"type": "direct", "displayName": name, **self.connection({})}

    def connection(self, resource: Content) -> Body:
        """Return the whole connection: what is given, else what ``resource`` has, and every secret that is given."""
        body: Body = {"dialect": self.dialect or resource.get("dialect")}
        for option, plain in PLAIN.items():
            value = self.stored.get(option, plain(resource.get(FIELDS[option])) if resource else "")
            if value not in ("", None):
                body[FIELDS[option]] = value
        body.update((SECRETS[option][0], value) for option, value in self.secrets.items())
        return {**body, **self.extra, **self.extra_secrets}

    def check_dialect(self, resource: Resource) -> None:
        """Refuse to change the kind of the database, which the API can't do in place.

        Raises:
            RefusedError: if the data source has another dialect.
        """
        found = resource.get("dialect")
        if self.dialect is not None and found is not None and _any_case(found) != _any_case(self.dialect):
            raise RefusedError(
                "The data source with id %s has the dialect %s and not %s, and that can't be changed in place: "
                "nothing was changed, correct the option, or delete the data source first."
                % (quoted(resource["id"]), quoted(found), quoted(self.dialect))
            )

    def changes(self, resource: Content) -> Body:
        """Return what has to be sent so that the stored fields become the wanted ones, by the API's names.

        A field that the server does not show can't be compared, and is not among them.
        """
        wanted = {FIELDS[option]: value for option, value in self.stored.items()}
        different = {
            field: value
            for field, value in wanted.items()
            if field in resource and not _same(option_name(field), resource[field], value)
        }
        for field, value in self.extra.items():
            if field in resource and not _alike(resource[field], value):
                different[field] = value
        return different

    def renewed(self, resource: Content) -> Body:
        """Return the secrets to send to the existing data source, and the flags that remove secrets; never both."""
        body: Body = {str(SECRETS[option][1]): True for option in self.removed}
        if not self.renew:
            return body
        body.update((SECRETS[option][0], value) for option, value in self.secrets.items())
        body.update((field, value) for field, value in self.extra.items() if field not in resource)
        body.update(self.extra_secrets)
        return body

    def update(self, resource: Resource) -> Body:
        """Return the body of the PATCH, which is empty if there is nothing to change.

        Raises:
            RefusedError: if the server does not clearly show a flag that the PATCH may reset.
        """
        body = {**self.changes(resource), **self.renewed(resource)}
        if not body:
            return {}
        for option in _ALWAYS_SENT:
            field = FIELDS[option]
            value = self.stored.get(option, _flag(resource.get(field, "")) if field in resource else None)
            if not isinstance(value, bool):
                raise RefusedError(
                    "The server shows no clear %s of the data source with id %s (%s), and an update without it might "
                    "switch it off: nothing was changed, give the option."
                    % (option, quoted(resource["id"]), quoted(resource.get(field)))
                )
            body[field] = value
        return body

    def concerns_connection(self, body: Content) -> bool:
        """Tell whether a PATCH changes how the database is reached, apart from the flags that each one carries."""
        given = {FIELDS[option] for option in self.stored} | {field for field, _flag_name in SECRETS.values()}
        return any(field in body for field in (*given, *self.extra_secrets))

    def kept(self, body: Content) -> list[str]:
        """Return the options whose secrets are given and not in this body."""
        kept = [option for option in self.secrets if SECRETS[option][0] not in body]
        return kept + ["extra_secrets"] * any(field not in body for field in self.extra_secrets)

    def not_taken(self, resource: Content, body: Content) -> list[str]:
        """Say which fields of a body that was sent are shown with another value, each as a clause.

        Secrets are no part of it: a server may show them as null or as asterisks.
        """
        hidden = {*self.extra_secrets, "type", *(field for field, _flag_name in SECRETS.values())}
        clauses = []
        for field, value in body.items():
            if field not in resource or field in hidden:
                continue
            option = option_name(field)
            same = _alike(resource[field], value) if field in self.extra else _same(option, resource[field], value)
            if not same:
                clauses.append("%s is %s and not %s" % (option, told(resource[field]), told(value)))
        return clauses

    def shown_fields(self, body: Content) -> list[str]:
        """Return the fields of a body that every answer of an up-to-date server shows."""
        return [FIELDS[option] for option in self.stored if FIELDS[option] in body]

    def unseen(self, resource: Content, body: Content) -> list[str]:
        """Return the options whose effect the server does not show: typed ones, and what was sent of ``extra``."""
        typed = [option for option in self.stored if FIELDS[option] not in resource]
        return typed + [field for field in self.extra if field in body and field not in resource]

    def before(self, resource: Content) -> Body:
        """Return the stored values of what was given, for a difference. What is equal is spelled as it was given."""
        shown: Body = {}
        for option, value in self.stored.items():
            field = FIELDS[option]
            if field in resource:
                shown[option] = value if _same(option, resource[field], value) else resource[field]
        for field, value in self.extra.items():
            if field in resource:
                shown[field] = value if _alike(resource[field], value) else resource[field]
        return shown

    def after(self, resource: Content, body: Content) -> Body:
        """Return the wanted values of what was given, with a word for each secret that goes out.

        ``resource`` is what there was before, empty if there was nothing.
        """
        values = {option: value for option, value in self.stored.items() if not resource or FIELDS[option] in resource}
        values.update((field, value) for field, value in self.extra.items() if not resource or field in resource)
        for field in body:
            flagged = [option for option, (_field, flag) in SECRETS.items() if flag == field]
            if flagged:
                values[flagged[0]] = _WILL_BE_REMOVED
            elif field in self.extra_secrets or field in [name for name, _flag_name in SECRETS.values()]:
                values[option_name(field)] = _WILL_BE_SENT
            elif field in self.extra and field not in values:
                values[field] = _WILL_BE_SENT
        return values

    def predicted(self, resource: Resource) -> Resource:
        """Return the data source as it would be after the update."""
        body = self.update(resource)
        return {**resource, **{field: value for field, value in body.items() if field in resource}}


def _same(option: str, one: Any, other: Any) -> bool:
    plain = PLAIN.get(option, _any_case if option == "dialect" else _text)
    return bool(plain(one) == plain(other))


def _alike(shown: Any, given: Any) -> bool:
    """Compare values of fields that nobody documented, of objects only what was given.

    Numbers may come as texts, and texts with white space.
    """
    if isinstance(given, dict):
        return isinstance(shown, dict) and all(key in shown and _alike(shown[key], given[key]) for key in given)
    if isinstance(given, (list, tuple)):
        if not isinstance(shown, list) or len(shown) != len(given):
            return False
        return all(_alike(one, other) for one, other in zip(shown, given))
    if isinstance(given, bool) or isinstance(shown, bool):
        return bool(_flag(shown) is _flag(given))
    if isinstance(given, (int, float)) or isinstance(shown, (int, float)):
        return bool(_number(shown) == _number(given))
    return bool(_text(shown) == _text(given))


def _line(option: str, text: str) -> str:
    if not is_one_line(text):
        raise InputError("The option %s has a control character in it (%s): remove it." % (option, quoted(text)))
    return text


def _dialect(given: str | None) -> str | None:
    """Return the API's name for a kind of database; one that resembles none of the known ones may be newer.

    Raises:
        InputError: if it is probably a misspelled one.
    """
    if given is None:
        return None
    dialect = _line("dialect", given.strip().upper())
    if not dialect:
        raise InputError("The option dialect is empty: give the kind of the database, or leave the option out.")
    if dialect in DIALECTS:
        return dialect
    plain = re.sub("[ -]", "_", dialect)
    near = [_KNOWN_AS[plain]] if plain in _KNOWN_AS else difflib.get_close_matches(plain, DIALECTS, 1, _NEAR)
    if near:
        raise InputError("The option dialect is %s, which is unknown: did you mean %s?" % (quoted(given), near[0]))
    return dialect


def _cleared(options: Mapping[str, Any]) -> list[str]:
    """Return the options that ``clear`` names.

    Raises:
        InputError: if one of them can't be cleared, or is given as well.
    """
    cleared = list(dict.fromkeys(options["clear"] or ()))
    for option in cleared:
        if option not in CLEARABLE:
            why = "the API has no way to remove this secret" if option in SECRETS else "that can't be cleared"
            # What is no option may be a secret in the wrong place.
            name = quoted(option) if re.fullmatch("[A-Za-z_]{1,40}", option) else "what is no option"
            raise InputError("The option clear names %s, and %s: name %s." % (name, why, ", ".join(CLEARABLE)))
        if options[option] is not None:
            raise InputError("The option clear names %s, which is given as well: remove one of them." % option)
    return cleared


def _check_extra(option: str, values: Mapping[str, Any]) -> None:
    flags: Iterable[str | None] = [flag for _field, flag in SECRETS.values()]
    for field in values:
        if field in flags:
            raise InputError(
                "The option %s has the field %s: to remove a secret, name its option in clear."
                % (option, quoted(field))
            )
        for spelling in _TYPED:
            typed = option_name(spelling)
            if field in (spelling, typed):
                raise InputError("The option %s has the field %s: use the option %s." % (option, quoted(field), typed))
        if field in ("id", "type") or not isinstance(field, str) or not field.strip():
            raise InputError("The option %s has the field %s, which can't be set." % (option, quoted(field)))
    try:
        json.dumps(values, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise InputError("The option %s has a value that is no JSON: correct it." % option) from None
