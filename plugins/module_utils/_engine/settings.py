# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the settings that a user wants, compared with what the server has."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._base.errors import InputError, RefusedError
from .._base.text import is_one_line, quoted, spelled_out
from .._rest.family import Content, Resource, value_at
from .forms import FLAG, alike
from .kind import Field, Kind

Body = dict[str, Any]

_WILL_BE_SENT, _WILL_BE_REMOVED = "will be sent", "will be removed"
SECRET_WORDS = (_WILL_BE_SENT, _WILL_BE_REMOVED)
"""What a diff shows in place of a secret."""


@dataclass(frozen=True)
class Settings:
    """The settings that a user wants, without the key. All are by field, and hold only what was given.

    Answers show the ``stored`` settings, and never show the ``secrets``. ``extra`` and ``extra_secrets`` are by the
    API's names, for fields that this collection does not know. ``renew`` tells that secrets are also sent to an
    existing object. ``removed`` are the secrets that shall be removed. ``new_key`` is the key that the object shall
    get. ``only_created`` are given settings that only a creation sends.
    """

    kind: Kind
    stored: Mapping[Field, Any]
    secrets: Mapping[Field, Any]
    extra: Mapping[str, Any]
    extra_secrets: Mapping[str, Any] = field(default_factory=dict)
    renew: bool = False
    removed: tuple[Field, ...] = ()
    new_key: str | None = None
    only_created: frozenset[Field] = frozenset()

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any]) -> Settings:
        """Return the settings that these options give.

        Raises:
            InputError: if an option is invalid, or two options contradict each other.
        """
        stored = {one: _checked(one, it) for one in kind.settings if (it := one.given(options)) is not None}
        secrets = {one: _secret(one, it) for one in kind.secrets if (it := one.given(options)) is not None}
        cleared = _cleared(kind, options)
        stored.update((one, one.emptied) for one in cleared if not one.secret)
        extra, extra_secrets = options["extra"] or {}, options.get("extra_secrets") or {}
        _check_extra(kind, "extra", extra)
        _check_extra(kind, "extra_secrets", extra_secrets)
        for name in extra:
            if name in extra_secrets:
                raise InputError("The field %s is in extra and in extra_secrets: give it once." % quoted(name))
        return cls(
            kind,
            stored,
            secrets,
            extra,
            extra_secrets,
            renew=options.get("update_secrets") == "always",
            removed=tuple(one for one in cleared if one.secret),
            new_key=options[kind.renamed_by] if kind.renamed_by else None,
            only_created=frozenset(
                one for one in stored if one.create_only or (one.updated_if and options.get(one.updated_if) != "always")
            ),
        )

    # Creating ---------------------------------------------------------------------------------------------------------

    def creation(self, key: str) -> Body:
        """Return the body for the POST that creates the object.

        Raises:
            RefusedError: if a setting that a creation needs is missing.
        """
        missing = [one.name for one in self.kind.settings if one.needed_to_create and one not in self.stored]
        if missing:
            raise RefusedError(
                "There is no %s named %s, and to create it the option%s %s needed: give %s, or correct the %s."
                % (
                    self.kind.family.noun,
                    quoted(key),
                    "" if len(missing) == 1 else "s",
                    " and ".join(missing) + (" is" if len(missing) == 1 else " are"),
                    "it" if len(missing) == 1 else "them",
                    self.kind.key.name,
                )
            )
        later = {one.sent for one in self.kind.settings if one.update_only}
        body = {name: value for name, value in self.whole({}).items() if name not in later}
        return {**self.kind.created_with, self.kind.key.sent: key, **body}

    def whole(self, resource: Content) -> Body:
        """Return a complete object: given settings and secrets, and for other settings the values of ``resource``."""
        body: Body = {}
        for one in self.kind.settings:
            value = self.stored.get(one, one.form.normal(one.value(resource)) if resource else "")
            if value not in ("", None, [], frozenset()):
                body[one.sent] = value
        body.update((one.sent, value) for one, value in self.secrets.items())
        return {**body, **self.extra, **self.extra_secrets}

    # Changing ---------------------------------------------------------------------------------------------------------

    def check_fixed(self, resource: Resource) -> None:
        """Refuse to change a setting that the API can't change after the creation.

        Raises:
            RefusedError: naming the first such setting that differs.
        """
        for one, value in self.stored.items():
            found = one.value(resource)
            if one.fixed and found is not None and not one.same(found, value):
                raise RefusedError(
                    "The %s with id %s has the %s %s and not %s, and that can't be changed in place: nothing was "
                    "changed, correct the option, or delete the %s first."
                    % (
                        self.kind.family.noun,
                        quoted(resource["id"]),
                        one.name,
                        quoted(found),
                        quoted(value),
                        self.kind.family.noun,
                    )
                )

    def _compared(self, one: Field, resource: Content) -> bool:
        """Tell whether an update can change this setting, so that it is compared with what the server shows."""
        return one.is_shown(resource) and not one.fixed and one not in self.only_created

    def _differs(self, one: Field, resource: Content) -> bool:
        return self._compared(one, resource) and not one.same(one.value(resource), self.stored[one])

    def changes(self, resource: Content) -> Body:
        """Return the stored settings that differ from the wanted ones, with the wanted values, by the API's names.

        A field that the server does not show is left out, because it can't be compared.
        """
        different = {one.sent: value for one, value in self.stored.items() if self._differs(one, resource)}
        different.update(
            (name, value) for name, value in self.extra.items() if name in resource and not alike(resource[name], value)
        )
        if self.new_key is not None and self.kind.family.key_of(resource) != self.new_key:
            different[self.kind.key.sent] = self.new_key
        return different

    def renewed(self, resource: Content) -> Body:
        """Return the secrets to send to the existing object, and flags that remove secrets; never both for one."""
        body: Body = {one.emptied_by: one.emptied for one in self.removed}
        if not self.renew:
            return body
        body.update((one.sent, value) for one, value in self.secrets.items())
        body.update((name, value) for name, value in self.extra.items() if name not in resource)
        body.update(self.extra_secrets)
        return body

    def update(self, resource: Resource) -> Body:
        """Return the body for the PATCH, empty if there is nothing to change.

        Raises:
            RefusedError: if the server does not clearly show a field that the PATCH may reset.
        """
        body = {**self.changes(resource), **self.renewed(resource)}
        if not body:
            return {}
        for one in self.kind.settings:
            if not one.in_every_update:
                continue
            if one.form is not FLAG:
                value = self.stored.get(one, one.value(resource))
                # An empty value needs no protection, because a default is at most as empty.
                body.update({} if value in ("", None, []) else {one.sent: value})
                continue
            shown = one.form.normal(one.value(resource)) if one.is_shown(resource) else None
            value = self.stored.get(one, shown)
            if not isinstance(value, bool):
                raise RefusedError(
                    "The server shows no clear %s of the %s with id %s (%s), and an update without it might "
                    "switch it off: nothing was changed, give the option."
                    % (one.name, self.kind.family.noun, quoted(resource["id"]), quoted(one.value(resource)))
                )
            body[one.sent] = value
        return body

    # Looking at what a write did --------------------------------------------------------------------------------------

    def not_taken(self, resource: Content, body: Content, approximate: bool = False) -> list[str]:
        """Return a clause for each field that was sent and that the server shows with another value.

        Secrets are not compared, because a server may show them as null or as asterisks. With ``approximate``, only the
        fields are compared that a server may store with another value.
        """
        clauses = []
        for name, value in body.items():
            one = self.kind.by_sent.get(name)
            if approximate != (one is not None and one.approximate):
                continue
            if one is not None and one.is_shown(resource):
                found, same = one.value(resource), one.same(one.value(resource), value)
            elif one is None and name in self.extra and name in resource:
                found, same = resource[name], alike(resource[name], value)
            else:
                continue
            if not same:
                clauses.append(
                    "%s is %s and not %s" % (self.kind.option_of(name), spelled_out(found), spelled_out(value))
                )
        return clauses

    def shown(self, resource: Content, name: str) -> Any:
        """Return what an answer shows in a field, which is named as in requests."""
        field = self.kind.by_sent.get(name)
        return resource.get(name) if field is None else field.value(resource)

    def hides_some(self, resource: Content, body: Content) -> bool:
        """Tell whether an answer lacks fields that were sent, although every up-to-date server shows them."""
        sent = [one for one in (self.kind.key, *self.stored) if one.sent in body and not one.create_only]
        return not all(one.can_name(resource) for one in sent)

    def unseen(self, resource: Content, body: Content) -> list[str]:
        """Return the options, and the sent fields of ``extra``, whose effect the server does not show."""
        fields = (*([self.kind.key] if self.kind.key.sent in body else []), *self.stored)
        declared = [
            one.name for one in fields if not one.is_shown(resource) and not one.fixed and one not in self.only_created
        ]
        return declared + [name for name in self.extra if name in body and name not in resource]

    def referring(self, body: Content) -> list[str]:
        """Return the options of this body that name other objects by id."""
        return [one.name for one in self.kind.references if body.get(one.sent) is not None]

    def kept(self, body: Content) -> list[str]:
        """Return the options of secrets that were given but are not in this body."""
        kept = [one.name for one in self.secrets if one.sent not in body]
        return kept + ["extra_secrets"] * any(name not in body for name in self.extra_secrets)

    # What a diff shows -------------------------------------------------------------------------------------------

    def before(self, resource: Content) -> Body:
        """Return the old values of the given settings, for a diff. Equal values are spelled as they were given."""
        shown: Body = {}
        for one, value in self.stored.items():
            if self._compared(one, resource):
                found = one.value(resource)
                shown[one.name] = value if one.same(found, value) else found
        for name, value in self.extra.items():
            if name in resource:
                shown[name] = value if alike(resource[name], value) else resource[name]
        if self.new_key is not None:
            shown[self.kind.key.name] = self.kind.family.key_of(resource)
        return shown

    def after(self, resource: Content, body: Content) -> Body:
        """Return the new values of the given settings, for a diff, with a word for each secret that is sent.

        ``resource`` is the object before the change, empty if it did not exist.
        """
        values = {
            one.name: value for one, value in self.stored.items() if not resource or self._compared(one, resource)
        }
        values.update((name, value) for name, value in self.extra.items() if not resource or name in resource)
        if self.new_key is not None and resource:
            values[self.kind.key.name] = self.new_key
        removed = {one.emptied_by: one.name for one in self.removed}
        secret = {one.sent: one.name for one in self.kind.secrets}
        for name in body:
            if name in removed:
                values[removed[name]] = _WILL_BE_REMOVED
            elif name in secret or name in self.extra_secrets:
                values[secret.get(name) or self.kind.option_of(name)] = _WILL_BE_SENT
            elif name in self.extra and name not in values:
                values[name] = _WILL_BE_SENT
        return values


def _checked(one: Field, value: Any) -> Any:
    """Return the value to send for a setting.

    Raises:
        InputError: if the value is invalid.
    """
    _not_empty(one, value)
    if isinstance(value, str) and not one.form.verbatim:
        value = value.rstrip() if one.form.several_lines else value.strip()
        if not one.form.several_lines and not is_one_line(value):
            raise InputError("The option %s has a control character in it (%s): remove it." % (one.name, quoted(value)))
    if one.limits is not None:
        _check_limits(one.name, value, *one.limits)
    return value if one.check is None else one.check(one.name, value)


def _secret(one: Field, value: Any) -> Any:
    """Return the value to send for a secret.

    Raises:
        InputError: if the value is invalid.
    """
    value = _not_empty(one, value)
    return value if one.check is None else one.check(one.name, value)


def _not_empty(one: Field, value: Any) -> Any:
    """Return the value, unless it is a list with nothing in it, which is mostly a variable that nobody filled.

    Raises:
        InputError: if it is such a list.
    """
    if value == []:
        clear = "" if one.emptied is ... else ", or name it in clear"
        raise InputError("The option %s is an empty list: give a value, or leave it out%s." % (one.name, clear))
    return value


def _check_limits(option: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, int):
        if not least <= value <= most:
            raise InputError("The option %s is %d: give %d to %d." % (option, value, least, most))
    elif not least <= len(value) <= most:
        raise InputError("The option %s has %d characters: give %d to %d." % (option, len(value), least, most))


def _cleared(kind: Kind, options: Mapping[str, Any]) -> list[Field]:
    """Return the fields that ``clear`` names.

    Raises:
        InputError: if one of these options can't be cleared, or has a value as well.
    """
    cleared = list(dict.fromkeys(options.get("clear") or ()))
    secrets = [one.name for one in kind.secrets]
    for option in cleared:
        if option not in kind.clearable and option not in kind.emptied_by_steps:
            why = "the API has no way to remove this secret" if option in secrets else "that can't be cleared"
            # Text that is no option's name may be a secret in the wrong place.
            name = quoted(option) if re.fullmatch("[A-Za-z_.]{1,40}", option) else "what is no option"
            known = ", ".join((*kind.clearable, *kind.emptied_by_steps))
            raise InputError("The option clear names %s, and %s: name %s." % (name, why, known))
        one = kind.clearable.get(option)
        names = [option] if one is None else [one.name] if one.refers_to is None else [one.name, one.by_key]
        given = [name for name in names if value_at(options, name) is not None]
        if given:
            raise InputError("The option clear names %s, which is given as well: remove one of them." % given[0])
    return list(dict.fromkeys(kind.clearable[option] for option in cleared if option in kind.clearable))


def _check_extra(kind: Kind, option: str, values: Mapping[str, Any]) -> None:
    flags = [one.removed_by for one in kind.secrets if one.removed_by]
    # Objects within the object have requests of their own, and their own guards.
    unsettable = ("id", *kind.created_with, *(one.sent for one in kind.fields if one.parts))
    for name in values:
        if name in flags:
            raise InputError(
                "The option %s has the field %s: to remove a secret, name its option in clear." % (option, quoted(name))
            )
        if name in kind.emptied_by_steps:
            raise InputError("The option %s has the field %s: use the option %s." % (option, quoted(name), name))
        for one in kind.by_option.values():
            if name in (one.sent, one.name, one.sent.partition(".")[0], *one.aliases):
                raise InputError(
                    "The option %s has the field %s: use the option %s." % (option, quoted(name), one.name)
                )
        if name in unsettable or not isinstance(name, str) or not name.strip():
            raise InputError("The option %s has the field %s, which can't be set." % (option, quoted(name)))
    try:
        json.dumps(values, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise InputError("The option %s has a value that is no JSON: correct it." % option) from None


def check_key(kind: Kind, key: str, option: str = "") -> None:
    """Refuse a key that no object can have. ``option`` is the option that gives the key, by default that of the key.

    Raises:
        InputError: if no object can have this key.
    """
    option = option or kind.key.name
    if key != key.strip() or not is_one_line(key):
        raise InputError(
            "The option %s has white space around it, or a control character in it (%s): remove it."
            % (option, quoted(key))
        )
    _checked(replace(kind.key, name=option), key)
