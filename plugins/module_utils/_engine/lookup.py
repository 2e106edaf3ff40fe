# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how a task finds the object that the user names, or proves that it does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import (
    ApiError,
    InputError,
    NoAccessError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
    UnsupportedError,
)
from .._base.identifiers import checked_id
from .._base.text import quoted, spelled_out
from .._rest.collection import Collection
from .._rest.family import Resource, is_gone
from .._rest.freshness import is_stale
from .._rest.listing import Listing
from .kind import Field, Kind


@dataclass(frozen=True)
class Scope:
    """The parent within which a key is unique: the field that refers to it, its id, and what messages call it.

    ``key`` is the parent's key, if the user gave the key and not the id. ``read_at`` is when the task looked this key
    up, in seconds of the client's clock.
    """

    field: Field
    id: str
    name: str
    key: str | None = None
    read_at: float = 0.0


@dataclass(frozen=True)
class Identity:
    """How the user names one object: by ``id``, by ``key``, or by both. With both, the key is a guard.

    ``new_key`` is the key that the object shall get, or has already.
    """

    kind: Kind
    id: str | None
    key: str | None
    new_key: str | None = None
    scope: Scope | None = None

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any]) -> Identity:
        """Return the identity that these options give.

        Raises:
            InputError: if the options name no object, or one of them is blank.
        """
        option = kind.key.name
        identifier, key = options["id"], options[option]
        if identifier is None and key is None:
            raise InputError("The %s is not named: give id or %s." % (kind.family.noun, option))
        if key is not None and not key.strip():
            raise InputError("The option %s is empty: give the %s, or leave the option out." % (option, kind.key_words))
        scope = kind.scope
        if identifier is None and scope is not None and options[scope.name] is None and options[scope.by_key] is None:
            raise InputError(
                "The option %s alone names no %s: give %s or %s as well, or id."
                % (option, kind.family.noun, scope.by_key, scope.name)
            )
        new_key = options.get(kind.renamed_by) if kind.renamed_by else None
        return cls(kind, None if identifier is None else checked_id("id", identifier), key, new_key)

    @property
    def noun(self) -> str:
        """What messages call the object."""
        return self.kind.family.noun

    @property
    def name(self) -> str:
        """The object in a message, without an article."""
        if self.id is not None:
            return "%s with id %s" % (self.noun, quoted(self.id))
        within = "" if self.scope is None else " in %s" % self.scope.name
        return "%s named %s%s" % (self.noun, quoted(self.key), within)

    def part_of(self, listing: Listing) -> Listing:
        """Return the part of a list within which the key is unique."""
        return listing if self.scope is None else listing.within(self.scope.field.place, self.scope.id)

    def has_key(self, resource: Resource) -> bool:
        """Tell whether an object has the given key, or is to have it, or whether no key was given."""
        keys = [key for key in (self.key, self.new_key) if key is not None]
        return self.key is None or any(self.kind.family.has_key(resource, key) for key in keys)

    def guarded_by(self, resource: Resource) -> str:
        """Return how the object with the wanted id differs from the given key or scope; empty if it fits."""
        if not self.has_key(resource):
            return "is named %s and not %s" % (quoted(self.kind.family.key_of(resource)), quoted(self.key))
        if self.scope is not None and not self.scope.field.is_shown(resource):
            return "may not be in %s, because the server does not show where it is" % self.scope.name
        if self.scope is not None and self.scope.field.value(resource) != self.scope.id:
            return "is not in %s" % self.scope.name
        return ""


@dataclass(frozen=True)
class Finding:
    """The result of a look-up.

    ``resource`` is the object, or ``None`` if it does not exist. ``read_at`` is when it was read, in seconds of the
    client's clock. ``listing`` is the list that decided, if one was read. ``readable`` is false if the server offers no
    way to read objects, so that nothing is known. ``is_gone`` tells that the object with the wanted id counts as absent
    although the server shows it, because it is archived, for example. ``by_get`` tells that the GET of a single object
    works on this server. ``similar`` is an existing key (or id, after a look-up by id) that looks like the wanted one
    but differs from it in case, white space or Unicode composition.
    """

    resource: Resource | None
    read_at: float = 0.0
    listing: Listing | None = None
    readable: bool = True
    is_gone: bool = False
    by_get: bool = False
    similar: str | None = None

    def hint(self, identity: Identity) -> str:
        """Return a clause about another object that the user may mean by ``identity``; empty if there is none."""
        if self.similar is not None:
            called = "named" if identity.id is None else "with id"
            return "there is one %s %s, and that is compared letter by letter" % (called, quoted(self.similar))
        if self.listing is None or self.resource is not None:
            return ""
        if identity.id is None:
            known = self.listing.with_id(identity.key or "") is not None
            return "there is one with this text as its id, which goes into the option id" if known else ""
        known = bool(self.listing.named(identity.id))
        option = identity.kind.key.name
        return "there is one with this text as its name, which goes into the option %s" % option if known else ""


def find(api: Collection, identity: Identity, verify_absence: bool = True, advice: str = "") -> Finding:
    """Look an object up, and check that its key is the one that the user gave.

    The API answers 404 for "not there" and for "no admin access" alike (the vendor's DELETE page), so a 404 is followed
    by a list, which only an admin may read, unless ``verify_absence`` is false. ``advice`` ends the message if the key
    differs.

    Raises:
        RefusedError: if several objects have the key, or the object with this id has another key.
        ApiError: if it can't be known whether the object is there.
    """
    if identity.scope is not None:
        _check_scope_again(api, identity.scope)
    if identity.id is None:
        return _find_by_key(api, identity)
    finding = _find_by_id(api, identity.id, verify_absence)
    option = identity.kind.key.name
    if finding.resource is not None:
        different = identity.guarded_by(finding.resource)
        if different:
            if identity.scope is not None and identity.has_key(finding.resource):
                advice = "correct id or %s" % identity.scope.field.by_key
            raise RefusedError(
                "The %s %s: nothing was changed, %s."
                % (identity.name, different, advice or "correct id or %s" % option),
                facts=identity.kind.facts(finding.resource),
            )
    elif not finding.readable and (identity.key is not None or identity.scope is not None):
        raise RefusedError(
            "This server offers no way to read %s, so the name of the %s can't be checked: nothing was changed, "
            "leave the option %s out to use only the id." % (api.family.plural, identity.name, option)
        )
    return finding


def _check_scope_again(api: Collection, scope: Scope) -> None:
    """Look the parent up again by its key if the last look-up is too old for a write.

    Raises:
        RefusedError: if the key now belongs to another object, to several, or to none.
    """
    family = scope.field.refers_to
    if scope.key is None or family is None or not is_stale(api.client, scope.read_at):
        return
    listing = api.list_beside(family, required=True)
    if listing is None or [one["id"] for one in listing.named(scope.key)] != [scope.id]:
        raise RefusedError(
            "The name %s was that of the %s with id %s, and somebody changed that while this task ran: "
            "run the task again." % (quoted(scope.key), family.noun, quoted(scope.id))
        )


def check_key_is_shown(kind: Kind, listing: Listing) -> None:
    """Refuse a look-up by key if the server does not show the keys of objects.

    Raises:
        RefusedError: if no object in the list has a key.
    """
    if len(listing) and not any(kind.key.can_name(one) for one in listing):
        raise RefusedError(
            "This server does not show the %s of %s, so none can be found by it: nothing was changed, "
            "give id, and leave %s out." % (kind.key_words, kind.family.plural, kind.key.name)
        )


def _find_by_key(api: Collection, identity: Identity) -> Finding:
    listing = api.list_all()
    check_key_is_shown(identity.kind, listing)
    if identity.scope is not None:
        _check_scope_is_shown(identity, identity.scope, listing)
    part = identity.part_of(listing)
    matches = part.named(identity.key)
    renamed = part.named(identity.new_key) if identity.new_key != identity.key else []
    if len(matches) > 1 or len(renamed) > 1:
        several = matches if len(matches) > 1 else renamed
        raise RefusedError(
            "%d %s are named %s: nothing was changed, give one of their ids (%s)."
            % (
                len(several),
                identity.kind.family.plural,
                quoted(identity.key if several is matches else identity.new_key),
                ", ".join(quoted(resource["id"]) for resource in several),
            )
        )
    if matches and renamed:
        raise RefusedError(
            "There is %s named %s and another one named %s (id %s): nothing was changed, delete one of them, or "
            "correct %s."
            % (
                identity.kind.family.a_noun,
                quoted(identity.key),
                quoted(identity.new_key),
                quoted(renamed[0]["id"]),
                identity.kind.renamed_by,
            )
        )
    found = [*matches, *renamed]
    similar = None if found else part.similar(identity.key or "")
    return Finding(found[0] if found else None, listing.read_at, listing, similar=similar)


def _check_scope_is_shown(identity: Identity, scope: Scope, listing: Listing) -> None:
    """Refuse a key if the server does not show to which parent an object with this key belongs.

    Raises:
        RefusedError: naming the first such object.
    """
    for resource in listing.named(identity.key):
        if not scope.field.is_shown(resource):
            raise RefusedError(
                "There is %s named %s (id %s), but the server does not show whether it is in %s: nothing was changed, "
                "give its id alone."
                % (identity.kind.family.a_noun, quoted(identity.key), quoted(resource["id"]), scope.name)
            )


def _find_by_id(api: Collection, identifier: str, verify_absence: bool) -> Finding:
    listing: Listing | None = None
    if api.reads_list_first:
        listing = api.list_all()
        resource = listing.with_id(identifier)
        if resource is not None:
            return Finding(resource, listing.read_at, listing)
    try:
        resource = api.get(identifier)
        gone = is_gone(resource)
        return Finding(None if gone else resource, api.clock.monotonic(), is_gone=gone, by_get=True)
    except NotFoundError as error:
        if listing is not None or not verify_absence:
            similar = None if listing is None else listing.similar_id(identifier)
            return Finding(None, api.clock.monotonic(), listing, by_get=True, similar=similar)
        single: ApiError = error
    except (NotBasedashError, UnsupportedError) as error:
        # An older release has no GET of a single object, and may answer with its page for unknown paths.
        if error.status not in (404, 405, 501):
            raise
        if listing is not None:
            return Finding(None, listing.read_at, listing, similar=listing.similar_id(identifier))
        single = error
    return _look_in_list(api, identifier, single)


def _look_in_list(api: Collection, identifier: str, single: ApiError) -> Finding:
    try:
        listing = api.list_all()
    except (UnsupportedError, NotBasedashError) as error:
        # The server knows the path, because it refuses only the method. So it offers no way to read objects.
        no_list = isinstance(error, UnsupportedError) or error.status == 404
        if isinstance(single, UnsupportedError) and no_list:
            return Finding(None, readable=False)
        _explain_unknown(api, error, identifier)
        raise
    except (NotFoundError, NoAccessError) as error:
        _explain_unknown(api, error, identifier)
        raise
    resource = listing.with_id(identifier)
    by_get = resource is None and isinstance(single, NotFoundError)
    similar = listing.similar_id(identifier) if resource is None else None
    return Finding(resource, listing.read_at, listing, by_get=by_get, similar=similar)


def _explain_unknown(api: Collection, error: ApiError, identifier: str) -> None:
    """Add to an error about an unreadable list that it is therefore unknown whether the object exists."""
    if isinstance(error, UnsupportedError):
        # The error's own advice (give the id) is for users who asked for a list, so replace it.
        error.message = "This server offers no list of %s (%s)." % (api.family.plural, error.status)
    error.message += " So it can't be known whether the %s with id %s is there." % (
        api.family.noun,
        quoted(identifier),
    )


def check_no_look_alike(identity: Identity, finding: Finding) -> None:
    """Refuse a key or an id if no object has it, but one differs from it only in white space or Unicode composition.

    Raises:
        RefusedError: with the key or the id that exists.
    """
    if identity.id is None:
        refuse_look_alike(identity.noun, "named", identity.key, finding.similar, identity.kind.key.name)
    else:
        refuse_look_alike(identity.noun, "with id", identity.id, finding.similar, "id")


def refuse_look_alike(noun: str, called: str, given: str | None, similar: str | None, option: str) -> None:
    """Refuse a text that nothing is ``called``, but that differs from an existing one only in hardly visible ways.

    Such ways are white space and Unicode composition: a template or a file has probably damaged the text. A text that
    differs in case alone may be intended.

    Raises:
        RefusedError: with the text that exists.
    """
    if given is not None and similar is not None and similar.casefold() != given.casefold():
        raise RefusedError(
            "There is no %s %s %s, but one %s %s, which differs in white space or in the composition of "
            "its letters alone: nothing was changed, correct the %s."
            % (noun, called, spelled_out(given), called, spelled_out(similar), option)
        )
