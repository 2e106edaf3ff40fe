# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the API's operations on one family of objects of an organization.

Paths, envelope and paging follow the vendor's pages. Nothing here decides what a task should do.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import urlencode

from .._base.effect import Effect
from .._base.errors import ApiError, IncompleteError, NotFoundError
from .._base.identifiers import segment
from .._base.text import quoted
from .._http.caller import Clock
from .._http.client import Answer, Client, error_texts
from .answers import (
    NOT_OFFERED,
    PAGE_SIZE,
    api_failure,
    failure,
    items_of,
    next_cursor,
    not_basedash,
    not_offered,
    says_failure,
    shows_nothing,
    successful,
    with_id,
)
from .family import Content, Family, Resource, is_gone
from .freshness import SETTLING_SECONDS, look_until
from .listing import Listing

_ROOT = "/api/public/"

# These pages hold 100,000 objects. A server that sends more pages is probably in an endless loop.
_MOST_PAGES = 1000

# The limit in bytes for all pages together, about 25,000 data sources, because all pages are kept in memory.
_LARGEST_LIST = 32 * 1024 * 1024

# Statuses with which a server may refuse a cursor after the cursor's item was deleted.
_CURSOR_REFUSED = frozenset((400, 404, 409, 410, 422))


class _BrokenListError(Exception):
    """The pages of a list ended too early; ``error`` says how."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True)
class Deleted:
    """The success of a DELETE, with the object if the answer has it.

    ``certain`` is false if the answer's JSON says something other than "this object was deleted". Then a reading has to
    decide.
    """

    resource: Resource | None
    certain: bool = True


Check = Callable[[Effect], None]
"""A function that is called just before each try of a write, with what the earlier tries did on the server."""


def no_check(earlier: Effect) -> None:
    """Check nothing."""


class Collection:
    """The objects of one family in one organization."""

    def __init__(self, client: Client, organization_id: str, family: Family, parent: str = "") -> None:
        """``parent`` is the id of the object whose objects are listed, if the family can only be listed so."""
        self.client = client
        self.organization_id = organization_id
        self.family = family
        self.parent = parent
        self._needs_parent = bool(family.list_path) and not parent
        list_path = (family.list_path or family.path) if parent else family.path
        parts = {"organization_id": segment(organization_id), "parent": segment(parent) if parent else ""}
        self._path = _ROOT + family.path.format(**parts)
        self._list_path = _ROOT + list_path.format(**parts)

    @property
    def lock_key(self) -> tuple[str, ...]:
        """The service, user, organization and family of a lock, for ``creation_lock``."""
        return (*self.client.identity, self.organization_id, self.family.path.rpartition("/")[2])

    def within(self, parent: str) -> Collection:
        """Return this collection with lists of one parent object only, if its family can only be listed so."""
        if not self.family.list_path:
            return self
        return Collection(self.client, self.organization_id, self.family, parent)

    def beside(self, family: Family, parent: str = "") -> Collection:
        """Return the collection of another family of the organization, with lists of one parent object if it is given.

        It reads from where this one reads, so that all readings of a task agree.
        """
        return Collection(self.client, self.organization_id, family, parent)

    # Reading ----------------------------------------------------------------------------------------------------------

    def get(self, identifier: str) -> Resource:
        """Return one object.

        Raises:
            NotFoundError: if the API itself says so. This means "not there" or "no admin access"; the API gives the
                same answer for both.
            NotBasedashError: if the answer does not come from this API.
            ApiError: for any other failure.
        """
        answer = self.client.request("GET", self.path_of(identifier))
        return self._same(answer, identifier, self._resource(answer))

    @property
    def reads_list_first(self) -> bool:
        """Whether to look into the list that was read already before ``get`` sends a request."""
        return False

    def list_all(self) -> Listing:
        """Return all objects, newest first, from all pages.

        Raises:
            NotBasedashError: if an answer does not come from this API, or if the last page is not clearly the last.
            ApiError: for any other failure, also if the pages come too slowly. A 404 means here that the organization
                is unknown or that the key has no admin access.
        """
        begun = self.client.clock.monotonic()
        if self._needs_parent:
            return self._list_of_all_parents(begun)
        if self.family.part:
            return self._list_in_parent(begun)
        try:
            pages = list(self._pages())
        except NotFoundError:
            if self.family.parent is None or not self.parent:
                raise
            # The list of all parents needs admin access, so it tells whether the parent or the access is missing.
            if self.parent in Collection(self.client, self.organization_id, self.family.parent).list_all():
                raise
            listing = Listing(self.family, (), begun, self.client.clock.monotonic())
            listing.parent_exists = False
            return listing
        except _BrokenListError:
            # If the item of a cursor is deleted, the cursor may become invalid. If this happens twice, it is no
            # accident.
            self.progress("the list of the %s broke off, reading it again from its start" % self.family.plural)
            try:
                pages = list(self._pages())
            except _BrokenListError as broken:
                raise broken.error from broken
        found: dict[str, Resource] = {}
        for page in pages:
            for item in page:
                found.setdefault(item["id"], item)
        return Listing(self.family, found.values(), begun, self.client.clock.monotonic(), len(pages))

    def _list_of_all_parents(self, begun: float) -> Listing:
        if self.family.parent is None:
            raise ValueError("%s has no parent" % self.family.noun)
        parents = Collection(self.client, self.organization_id, self.family.parent).list_all()
        lists = [self.within(parent["id"]).list_all() for parent in parents]
        found = [resource for listing in lists for resource in listing]
        pages = parents.pages + sum(listing.pages for listing in lists)
        return Listing(self.family, found, begun, self.client.clock.monotonic(), pages)

    def _list_in_parent(self, begun: float) -> Listing:
        if self.family.parent is None:
            raise ValueError("%s has no parent" % self.family.noun)
        parents = Collection(self.client, self.organization_id, self.family.parent)
        answer = self.client.request("GET", parents.path_of(self.parent))
        if answer.status in NOT_OFFERED:
            # An older release may have no GET of a single object. Its list may show the parts as well.
            resource = parents.list_all().with_id(self.parent)
        else:
            resource = parents._same(answer, self.parent, parents._resource(answer))
        listing = None if resource is None else self.listed_in(resource, begun)
        if listing is None:
            successful(answer, parents.family)
            what = "the %s of %s" % (self.family.plural, parents.family.a_noun)
            raise not_offered(answer, what, "leave them out, or see with basedash_api_info what it offers")
        return listing

    def listed_in(self, parent: Resource, begun: float = 0.0) -> Listing | None:
        """Return the objects that an object of the parent's family shows, ``None`` if it shows none."""
        values = parent.get(self.family.part)
        items = [with_id(value) for value in values] if isinstance(values, list) else [None]
        if None in items:
            return None
        return Listing(self.family, [one for one in items if one], begun, self.client.clock.monotonic())

    def list_beside(self, family: Family, required: bool = False, parent: str = "") -> Listing | None:
        """Return all objects of another family of the organization, or ``None`` if this server has no such list.

        Call this only after an object of this family could be read. Then a 404 can't mean that the key has no admin
        access. With ``required``, a missing list is a failure. ``parent`` is the id of the object whose objects are
        listed, if the family can only be listed so.

        Raises:
            ApiError: if the list can't be read for another reason.
        """
        try:
            return self.beside(family, parent).list_all()
        except ApiError as error:
            if error.status in NOT_OFFERED and not required:
                return None
            raise

    def list_new(self, known: Container[str]) -> list[Resource]:
        """Return the objects whose ids are not in ``known``, the ids of an earlier list.

        The list of data sources is newest first (the vendor's page), so new objects are on the first page. No page of
        the vendor says so about other families, so further pages are read if a page is not in this order. Archived
        objects are left out, because ``known`` has none of them either.

        Raises:
            ApiError: as ``list_all``.
        """
        found: dict[str, Resource] = {}
        try:
            for page in self._pages():
                new = [item for item in page if item["id"] not in known]
                found.update((item["id"], item) for item in new if not is_gone(item) and item["id"] not in found)
                if len(new) < len(page) and _is_newest_first(page):
                    break
        except _BrokenListError:
            return [item for item in self.list_all() if item["id"] not in known]
        return list(found.values())

    def _pages(self) -> Iterator[list[Resource]]:
        family = self.family
        agreed: dict[str, tuple[Any, ...]] = {}
        cursors: set[str] = set()
        size = 0
        begun = self.client.clock.monotonic()
        query = {"limit": str(PAGE_SIZE)}
        for page in range(_MOST_PAGES):
            if page:
                self.client.progress("reading page %d of the %s" % (page + 1, family.plural))
            answer = self.client.request("GET", "%s?%s" % (self._list_path, urlencode(query)))
            content = self._page(answer, first=not page)
            items: list[Resource] = list(items_of(answer, content, family))
            if self.parent and family.scope:
                # The list of a parent has only its own objects, whether or not they show its id, as a text or a number.
                items = [
                    item if isinstance(item.get(family.scope), str) else {**item, family.scope: self.parent}
                    for item in items
                ]
            if page and not items:
                raise _BrokenListError(not_basedash(answer, "an empty page where it said that there is more"))
            before = len(agreed)
            for item in items:
                identifying = (family.key_of(item), *(item.get(field) for field in family.identifying))
                if agreed.setdefault(item["id"], identifying) != identifying:
                    raise not_basedash(answer, "%s that it described otherwise before" % family.a_noun)
            yield items
            cursor = next_cursor(answer, content)
            if cursor is None:
                return
            size += len(answer.body)
            self._check_progress(answer, size, begun)
            if len(agreed) == before:
                raise not_basedash(answer, "a page that brings nothing new and says that there is more")
            if cursor in cursors:
                raise not_basedash(answer, "a cursor that it gave before")
            cursors.add(cursor)
            query = {"limit": str(PAGE_SIZE), "cursor": cursor}
        raise not_basedash(answer, "more than %d pages of %s" % (_MOST_PAGES, family.plural))

    def _page(self, answer: Answer, first: bool) -> dict[str, Any]:
        if not first and answer.status in _CURSOR_REFUSED and error_texts(answer.content)[0] is not None:
            raise _BrokenListError(
                api_failure(ApiError, answer, "the server refused the cursor it gave", "run the task again")
            )
        return successful(answer, self.family)

    def _check_progress(self, answer: Answer, size: int, begun: float) -> None:
        """Refuse a list that is too large (``size`` in bytes), or whose pages come too slowly since ``begun``."""
        if size > _LARGEST_LIST:
            raise not_basedash(answer, "more than %d MB of %s" % (_LARGEST_LIST // 2**20, self.family.plural))
        if self.client.clock.monotonic() - begun > self.client.patience:
            slow = "The list of %s was not complete after %g seconds (ten times timeout and once retry_timeout): raise "
            raise failure(ApiError, answer, (slow + "timeout.") % (self.family.plural, self.client.patience))

    def is_new(self, identifier: str) -> bool:
        """Tell whether an earlier item of the same task has created an object."""
        return False

    @property
    def assumes_earlier_tasks(self) -> bool:
        """Whether to assume that an earlier task would create what does not exist, because this is check mode."""
        return self.client.read_only

    def require_recent(self) -> None:
        """From now on, return only data that is new enough for a write. This class has no cache, so it always does."""

    def require_anew(self) -> None:
        """From now on, return only data that is read after this call. This class has no cache, so it always does."""

    def confirm_created(self, resource: Resource, known: Container[str]) -> str:
        """Wait some seconds until the list shows a new object; return a warning if it does not.

        ``known`` are the ids of an earlier list.

        Raises:
            IncompleteError: if the list shows another new object with the same key.
        """
        key = self.family.key_of(resource)

        def look() -> list[Resource] | None:
            new = self.list_new(known)
            return new if any(one["id"] == resource["id"] for one in new) else None

        try:
            new = look_until(self.client, look, "looking whether the list shows the new %s" % self.family.noun)
        except ApiError as error:
            return not_confirmed(self.family, resource, error.message)
        if new is None:
            return not_confirmed(self.family, resource)
        # Import this only if needed, because a remote host compiles each import at each run, and most tasks create
        # nothing.
        from .creation_lock import note_shown

        note_shown(self.lock_key, self.family.lock_name(str(key), self.family.scope_of(resource)))
        twins = [one["id"] for one in new if self.family.are_twins(one, resource)]
        if len(twins) > 1:
            raise twins_created(self.family, key, twins)
        return ""

    # Writing ----------------------------------------------------------------------------------------------------------

    def delete(self, identifier: str, check: Check = no_check) -> Deleted:
        """Delete one object.

        Raises:
            NotFoundError: if the API itself says so; ``effect`` tells whether an earlier try may have worked.
            ApiError: for any other failure.
        """
        answer = self.client.request("DELETE", self.path_of(identifier), check=check)
        if not 200 <= answer.status < 300 or (answer.body.strip() and not answer.is_json):
            successful(answer, self.family)
        if says_failure(answer.content):
            return Deleted(None, certain=False)
        data = answer.content.get("data", answer.content) if isinstance(answer.content, dict) else answer.content
        if data in (None, "", [], {}):
            return Deleted(None)
        resource = with_id(data)
        if resource is None or resource["id"] != identifier:
            return Deleted(None, certain=False)
        return Deleted(resource)

    def create(self, body: Content, check: Check = no_check) -> Resource | None:
        """Create an object and return it, or ``None`` if the answer reports success but does not show it.

        The vendor's pages say 200 in one place and 201 in another, so every 2xx counts as success.

        Raises:
            NoAnswerError: if it is not known whether the object was created; a POST is never repeated here.
            ApiError: for any other failure.
        """
        answer = self.client.request("POST", self._path, body=body, check=check)
        return None if shows_nothing(answer, self.family) else self._resource(answer)

    def update(self, identifier: str, body: Content, check: Check = no_check) -> Resource | None:
        """Change an object and return it, or ``None`` if the answer reports success but does not show it.

        Raises:
            NoAnswerError: if it is not known whether the object was changed; a PATCH is never repeated here.
            ApiError: for any other failure.
        """
        answer = self.client.request("PATCH", self.path_of(identifier), body=body, check=check)
        if shows_nothing(answer, self.family):
            return None
        return self._same(answer, identifier, self._resource(answer))

    def put_part(self, identifier: str, part: str, body: Content, check: Check = no_check) -> Answer:
        """Replace a part of an object that has its own path, such as ``access``, and return the unparsed answer.

        Raises:
            ApiError: if there is no answer, or it is not known what the request did.
        """
        return self.client.request("PUT", "%s/%s" % (self.path_of(identifier), part), body=body, check=check)

    # Both -------------------------------------------------------------------------------------------------------------

    def path_of(self, identifier: str = "") -> str:
        """Return the path of an object, or of the whole collection."""
        return "%s/%s" % (self._path, segment(identifier)) if identifier else self._path

    def back_off(self, setbacks: int, why: str) -> bool:
        """Wait before another try. Return false if the task's retry budget does not allow the wait."""
        return self.client.back_off(setbacks, why)

    def progress(self, text: str) -> None:
        """Report what the task is doing."""
        self.client.progress(text)

    @property
    def clock(self) -> Clock:
        """The clock of the task."""
        return self.client.clock

    def _resource(self, answer: Answer) -> Resource:
        content = successful(answer, self.family)
        # The envelope ``data`` is documented, but one operation of this API is known to leave it out.
        resource = with_id(content.get("data", content))
        if resource is None:
            raise not_basedash(answer, "no %s in it" % self.family.noun)
        return resource

    def _same(self, answer: Answer, identifier: str, resource: Resource) -> Resource:
        if resource["id"] != identifier:
            raise not_basedash(answer, "the %s %s in it" % (self.family.noun, quoted(resource["id"])))
        return resource


def _is_newest_first(page: list[Resource]) -> bool:
    """Tell whether the objects of a page are sorted newest first; true if it does not show their time of creation."""
    created = [item["createdAt"] for item in page if isinstance(item.get("createdAt"), str)]
    return len(set(created)) != 1 and created == sorted(created, reverse=True)


def not_confirmed(family: Family, resource: Resource, why: str = "") -> str:
    """Return the warning that the list does not show a new object (yet)."""
    return "The %s with id %s was created, and the list does not show it after %d seconds: %s" % (
        family.noun,
        quoted(resource["id"]),
        SETTLING_SECONDS,
        why or "until it does, a task that goes by the name may create another one.",
    )


def twins_created(family: Family, key: Any, ids: Sequence[str]) -> IncompleteError:
    """Return the failure for several new objects with one key."""
    return IncompleteError(
        "%d %s are named %s now (%s), because somebody else created one at the same time: delete "
        "those that are too many." % (len(ids), family.plural, quoted(key), ", ".join(map(quoted, ids))),
        changed=True,
    )
