# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the operations of the Basedash API on an organization's data sources.

Paths, envelope, errors and paging are as on the vendor's pages; nothing here decides what a task should do.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, TypeVar
from urllib.parse import unquote, urlsplit

from ansible_collections.community.basedash.plugins.module_utils._base.errors import (
    ApiError,
    IncompleteError,
    NoAccessError,
    NotBasedashError,
    NotFoundError,
    UnsupportedError,
    sentence,
)
from ansible_collections.community.basedash.plugins.module_utils._base.identifiers import names_one, segment, travels
from ansible_collections.community.basedash.plugins.module_utils._base.text import look_alike_key, quoted
from ansible_collections.community.basedash.plugins.module_utils._http.client import (
    Answer,
    Client,
    Clock,
    error_texts,
    field_errors,
    said_by,
)
from ansible_collections.community.basedash.plugins.module_utils._http.transport import PROXY_ADVICE
from ansible_collections.community.basedash.plugins.module_utils._rest.creation_lock import note_shown
from ansible_collections.community.basedash.plugins.module_utils._rest.freshness import SETTLING_SECONDS, look_until

Resource = Mapping[str, Any]
"""A data source as the API spells it. Its ``id`` is a text that can stand in a path; nothing else is certain."""

Content = Mapping[str, Any]
"""A JSON object, of a request's body or of an answer's ``data``."""

# The documented maximum.
_PAGE_SIZE = 100

# 100,000 data sources in one organization: whoever sends more pages does not come to an end.
_MOST_PAGES = 1000

# Of all pages together, some 25,000 data sources: they have to be kept until the last page came.
_LARGEST_LIST = 32 * 1024 * 1024


# Pages may repeat a data source, but must agree about these fields, because they decide whether it is the one meant.
_IDENTIFYING = ("displayName", "isBasedashWarehouse")

# How a server may refuse a cursor whose item was deleted meanwhile.
_CURSOR_REFUSED = frozenset((400, 404, 409, 410, 422))


class _BrokenListError(Exception):
    """The pages of a list broke off in the middle; ``error`` says how."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error


class Listing:
    """The data sources of an organization at one time, in the API's order (newest first), found by id or by name.

    ``begun`` and ``read_at`` are the moments at which the reading began and ended, in seconds of the client's clock;
    ``pages`` is how many requests it took.
    """

    def __init__(self, resources: Iterable[Resource], begun: float = 0.0, read_at: float = 0.0, pages: int = 1) -> None:
        self.begun, self.read_at, self.pages = begun, read_at, pages
        self._by_id = {resource["id"]: resource for resource in resources}
        self._by_name: dict[Any, list[Resource]] = {}
        self._by_look: dict[str, list[str]] = {}
        self._ids_by_look: dict[str, list[str]] | None = None
        for resource in self:
            name = resource.get("displayName")
            if isinstance(name, str):
                self._by_name.setdefault(name, []).append(resource)
                self._by_look.setdefault(look_alike_key(name), []).append(name)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._by_id

    def with_id(self, identifier: str) -> Resource | None:
        """Return the data source with this id, if there is one."""
        return self._by_id.get(identifier)

    def named(self, name: str | None) -> list[Resource]:
        """Return all data sources with exactly this name: names are not unique."""
        return self._by_name.get(name, [])

    def similar_id(self, identifier: str) -> str | None:
        """Return an id that looks like this one and is another, in the same way as ``similar``."""
        if self._ids_by_look is None:
            # Only what is not there needs it, and of thousands each look costs.
            self._ids_by_look = {}
            for one in self._by_id:
                self._ids_by_look.setdefault(look_alike_key(one), []).append(one)
        return _nearest(identifier, self._ids_by_look.get(look_alike_key(identifier), ()))

    def similar(self, name: str) -> str | None:
        """Return a name that looks like this one and is another, if there is one.

        It differs in white space, Unicode composition or case. One that differs in case alone comes last.
        """
        return _nearest(name, self._by_look.get(look_alike_key(name), ()))


def _nearest(text: str, alike: Iterable[str]) -> str | None:
    """Return one of the texts that look like ``text`` and are another; one that differs in case alone comes last."""
    found = [one for one in alike if one != text]
    return min(found, key=lambda one: one.casefold() == text.casefold(), default=None)


@dataclass(frozen=True)
class Deleted:
    """A DELETE that was answered with success, with the data source if the answer carried it.

    ``certain`` is false if the answer's JSON says something else than "this one was deleted": then a reading decides.
    """

    resource: Resource | None
    certain: bool = True


Check = Callable[[int], None]
"""Called just before each try of a write, with the number of earlier tries that may have worked."""


def not_confirmed(resource: Resource, why: str = "") -> str:
    """Return the warning that the list does not show a new data source (yet)."""
    return "The data source with id %s was created, and the list does not show it after %d seconds: %s" % (
        quoted(resource["id"]),
        SETTLING_SECONDS,
        why or "until it does, a task that goes by the name may create another one.",
    )


def twins_created(name: Any, ids: Sequence[str]) -> IncompleteError:
    """Return the failure for several new data sources of one name."""
    return IncompleteError(
        "%d data sources are named %s now (%s), because somebody else created one at the same time: delete "
        "those that are too many." % (len(ids), quoted(name), ", ".join(map(quoted, ids))),
        changed=True,
    )


def no_check(unclear_tries: int) -> None:
    """Check nothing."""


class Api:
    """The data sources of one organization."""

    def __init__(self, client: Client, organization_id: str) -> None:
        self.client = client
        self.organization_id = organization_id
        self._path = "/api/public/organizations/%s/data-sources" % segment(organization_id)

    @property
    def lock_key(self) -> tuple[str, ...]:
        """Of which service, user, organization and family a name is, for ``creation_lock``."""
        return (*self.client.identity, self.organization_id, "data-sources")

    def get(self, identifier: str) -> Resource:
        """Return one data source.

        Raises:
            NotFoundError: by the API's own word. Its reasons can't be told apart: not there, or no admin access.
            NotBasedashError: if the answer is not one of this API.
            ApiError: for any other failure.
        """
        answer = self.client.request("GET", self._one(identifier))
        return self._same(answer, identifier, self._resource(answer))

    @property
    def reads_list_first(self) -> bool:
        """Whether a list that was read already may have the answer, so that ``get`` is asked after it."""
        return False

    def list_all(self) -> Listing:
        """Return all data sources of the organization, newest first, from all pages.

        Raises:
            NotBasedashError: if an answer is not one of this API, or the pages don't come to a trustworthy end.
            ApiError: for any other failure, pages that come too slowly among them. A 404 here means an unknown
                organization or a key without admin access.
        """
        begun = self.client.clock.monotonic()
        pages = self._all_pages(self._path, "data sources")
        found: dict[str, Resource] = {}
        for page in pages:
            for item in page:
                found.setdefault(item["id"], item)
        return Listing(found.values(), begun, self.client.clock.monotonic(), len(pages))

    def list_beside(self, family: str) -> list[Resource] | None:
        """Return all ``groups`` or ``members`` of the organization, or ``None`` if this server lists none.

        Whether the API lists groups is from third parties alone. Ask after a data source could be read, so that a 404
        here does not mean a key without admin access.

        Raises:
            ApiError: if the list can't be read for another reason.
        """
        path = self._path.rpartition("/")[0] + "/" + family
        try:
            return [item for page in self._all_pages(path, family) for item in page]
        except ApiError as error:
            if error.status in _NOT_OFFERED:
                return None
            raise

    def _all_pages(self, path: str, noun: str) -> list[list[Resource]]:
        try:
            return list(self._pages(path, noun))
        except _BrokenListError:
            # An item that was deleted between two pages can take the cursor with it. A second time is no accident.
            self.progress("the list of the %s broke off, reading it again from its start" % noun)
            try:
                return list(self._pages(path, noun))
            except _BrokenListError as broken:
                raise broken.error from broken

    def list_new(self, known: Container[str]) -> list[Resource]:
        """Return the data sources that are newer than the first one in ``known``, which are ids.

        Lists are newest first (the vendor's pages), so what was just created is on the first page.

        Raises:
            ApiError: as ``list_all``.
        """
        found: dict[str, Resource] = {}
        try:
            for page in self._pages(self._path, "data sources"):
                for item in page:
                    if item["id"] in known:
                        return list(found.values())
                    found.setdefault(item["id"], item)
        except _BrokenListError:
            return [item for item in self.list_all() if item["id"] not in known]
        return list(found.values())

    def _pages(self, path: str, noun: str) -> Iterator[list[Resource]]:
        found: dict[str, tuple[Any, ...]] = {}
        cursors: set[str] = set()
        size = 0
        begun = self.client.clock.monotonic()
        query = {"limit": str(_PAGE_SIZE)}
        for page in range(_MOST_PAGES):
            if page:
                self.client.progress("reading page %d of the %s" % (page + 1, noun))
            answer = self.client.request("GET", path, query)
            if page and answer.status in _CURSOR_REFUSED and error_texts(answer.content)[0] is not None:
                raise _BrokenListError(
                    _api_error(ApiError, answer, "the server refused the cursor it gave", "run the task again")
                )
            content = _successful(answer)
            items: list[Resource] = list(_items(answer, content))
            if page and not items:
                raise _BrokenListError(_not_basedash(answer, "an empty page where it said that there is more"))
            before = len(found)
            for item in items:
                identifying = tuple(item.get(field) for field in _IDENTIFYING)
                if found.setdefault(item["id"], identifying) != identifying:
                    raise _not_basedash(answer, "a data source that it described otherwise before")
            yield items
            cursor = _next_cursor(answer, content)
            if cursor is None:
                return
            size += len(answer.body)
            if size > _LARGEST_LIST:
                raise _not_basedash(answer, "more than %d MB of %s" % (_LARGEST_LIST // 2**20, noun))
            if self.client.clock.monotonic() - begun > self.client.patience:
                raise _error(ApiError, answer, _SLOW % self.client.patience)
            if len(found) == before:
                raise _not_basedash(answer, "a page that brings nothing new and says that there is more")
            if cursor in cursors:
                raise _not_basedash(answer, "a cursor that it gave before")
            cursors.add(cursor)
            query = {"limit": str(_PAGE_SIZE), "cursor": cursor}
        raise _not_basedash(answer, "more than %d pages of %s" % (_MOST_PAGES, noun))

    def require_recent(self) -> None:
        """From now on give only what a write may rely on, as this class does at any time: it reads anew each time."""

    def require_anew(self) -> None:
        """From now on give only what is read after this moment, as this class does at any time."""

    def confirm_created(self, resource: Resource, known: Container[str]) -> str:
        """Look until the list shows a new data source; return a warning if it does not after some seconds.

        ``known`` are the ids of an earlier list.

        Raises:
            IncompleteError: if the list shows another new one of the same name.
        """
        name = resource.get("displayName")

        def look() -> list[Resource] | None:
            new = self.list_new(known)
            return new if any(one["id"] == resource["id"] for one in new) else None

        try:
            new = look_until(self.client, look, "looking whether the list shows the new data source")
        except ApiError as error:
            return not_confirmed(resource, error.message)
        if new is None:
            return not_confirmed(resource)
        note_shown(self.lock_key, str(name))
        twins = [one["id"] for one in new if one.get("displayName") == name]
        if len(twins) > 1:
            raise twins_created(name, twins)
        return ""

    def delete(self, identifier: str, check: Check = no_check) -> Deleted:
        """Delete one data source (the vendor soft-deletes it and cleans up in the background).

        Raises:
            NotFoundError: by the API's own word; ``unclear_tries`` tells whether an earlier try may have worked.
            ApiError: for any other failure.
        """
        answer = self.client.request("DELETE", self._one(identifier), check=check)
        if not 200 <= answer.status < 300 or (answer.body.strip() and not answer.is_json):
            _successful(answer)
        if _says_failure(answer.content):
            return Deleted(None, certain=False)
        data = answer.content.get("data", answer.content) if isinstance(answer.content, dict) else answer.content
        if data in (None, "", [], {}):
            return Deleted(None)
        resource = _with_id(data)
        if resource is None or resource["id"] != identifier:
            return Deleted(None, certain=False)
        return Deleted(resource)

    def create(self, body: Content, check: Check = no_check) -> Resource | None:
        """Create a data source and return it, or ``None`` if the answer says success without showing it.

        The vendor's pages speak of 200 and of 201 for what was created, so every 2xx counts.

        Raises:
            NoAnswerError: if it is not known whether it was created; a POST is never repeated here.
            ApiError: for any other failure.
        """
        return self._shown(self.client.request("POST", self._path, body=body, check=check))

    def update(self, identifier: str, body: Content, check: Check = no_check) -> Resource | None:
        """Change a data source and return it, or ``None`` if the answer says success without showing it.

        Raises:
            NoAnswerError: if it is not known whether it was changed; a PATCH is never repeated here.
            ApiError: for any other failure.
        """
        answer = self.client.request("PATCH", self._one(identifier), body=body, check=check)
        resource = self._shown(answer)
        return None if resource is None else self._same(answer, identifier, resource)

    def verify(self, body: Content) -> None:
        """Let Basedash try a connection, without saving anything.

        Where a failure's ``fieldErrors`` stand, and with which status, is on no page of the vendor's: a check has
        passed only if the status is 2xx and ``data.success`` is true.

        Raises:
            ApiError: if the check failed, with its ``field_errors``, or could not be made.
        """
        answer = self.client.request("POST", self._path + "/verify", body=body, repeatable=True)
        failures = field_errors(answer.content)
        if not failures:
            if answer.status in _NOT_OFFERED:
                raise _not_offered(answer, "to try credentials", "leave verify_credentials out")
            content = _successful(answer, accept_failure=True)
            data = content.get("data", content)
            if isinstance(data, dict) and data.get("success") is True:
                return
        words = "; ".join("%s: %s" % item for item in failures.items()) or error_texts(answer.content)[1]
        message = "Basedash could not connect with these settings (%s)." % (words or "it gives no reason")
        raise _error(ApiError, answer, message)

    def get_access(self, identifier: str) -> Content:
        """Return who may query a data source, as the API spells it.

        Raises:
            ApiError: if it can't be read.
        """
        return self._policy(self.client.request("GET", self._one(identifier) + "/access"), identifier)

    def put_access(self, identifier: str, body: Content, check: Check = no_check) -> Content | None:
        """Replace who may query a data source; return the new policy, or ``None`` if the answer does not show it.

        Raises:
            ApiError: if it failed.
        """
        answer = self.client.request("PUT", self._one(identifier) + "/access", body=body, check=check)
        return None if _shows_nothing(answer) else self._policy(answer, identifier)

    def back_off(self, setbacks: int, why: str) -> bool:
        """Wait before another try, within the task's retry budget; return false if that has no room for it."""
        return self.client.back_off(setbacks, why)

    def wait(self, seconds: float, why: str) -> bool:
        """Wait for so long within the task's retry budget; return false if that has no room for it."""
        return self.client.wait(seconds, why)

    def progress(self, text: str) -> None:
        """Say what the task is doing."""
        self.client.progress(text)

    @property
    def clock(self) -> Clock:
        """The time that the task goes by."""
        return self.client.clock

    def _shown(self, answer: Answer) -> Resource | None:
        return None if _shows_nothing(answer) else self._resource(answer)

    @staticmethod
    def _policy(answer: Answer, identifier: str) -> Content:
        if answer.status in (405, 501) or (answer.status == 404 and error_texts(answer.content)[0] is None):
            raise _not_offered(answer, "to say who may query a data source", "leave access out")
        content = _successful(answer)
        data = content.get("data", content)
        if not isinstance(data, dict) or not data.keys() & {"mode", "groupIds", "memberIds"}:
            raise _not_basedash(answer, "no access policy in it")
        if data.get("dataSourceId", identifier) != identifier:
            raise _not_basedash(answer, "the access policy of %s in it" % quoted(data["dataSourceId"]))
        for field, ids in data.items():
            if field.endswith("Ids") and not isinstance(ids, (list, type(None))):
                raise _not_basedash(answer, "an access policy whose %s is no list" % field)
        return data

    def _one(self, identifier: str) -> str:
        return "%s/%s" % (self._path, segment(identifier))

    @staticmethod
    def _resource(answer: Answer) -> Resource:
        content = _successful(answer)
        # The envelope is documented, but one operation of this API is known to leave it out.
        resource = _with_id(content.get("data", content))
        if resource is None:
            raise _not_basedash(answer, "no data source in it")
        return resource

    @staticmethod
    def _same(answer: Answer, identifier: str, resource: Resource) -> Resource:
        if resource["id"] != identifier:
            raise _not_basedash(answer, "the data source %s in it" % quoted(resource["id"]))
        return resource


def _shows_nothing(answer: Answer) -> bool:
    """Tell whether an answer says success and nothing else: without a body, or with an empty object."""
    if 200 <= answer.status < 300 and not answer.body.strip():
        return True
    content = _successful(answer)
    return content.get("data", content) in ({}, None)


def _successful(answer: Answer, accept_failure: bool = False) -> dict[str, Any]:
    """Return the JSON object of a 2xx answer, or raise what the answer means.

    With ``accept_failure`` the object may say in its body that something failed.
    """
    status = answer.status
    if 200 <= status < 300:
        if not isinstance(answer.content, dict):
            raise _not_basedash(answer, "a %s" % _body_kind(answer))
        if _says_failure(answer.content) and not accept_failure:
            mistake = "the answer says success by its status and has an error in its body"
            raise _api_error(ApiError, answer, mistake, "look in Basedash what was done")
        return answer.content
    known = error_texts(answer.content)[0] is not None
    if 300 <= status < 400:
        raise _redirected(answer)
    if status == 404 and not known:
        raise _not_basedash(answer, "a %s" % _body_kind(answer))
    if status in (401, 403) and not known:
        # A firewall's page or a proxy's log-in: the API always says why.
        message = "Something between here and Basedash refused the request (%d with a %s): %s."
        advice = "check the firewall or the proxy on the way, and api_url"
        raise _error(NotBasedashError, answer, message % (status, _body_kind(answer), advice))
    raise _api_error(_KINDS.get(status, ApiError), answer, *_mistake(answer, known))


def _says_failure(content: Any) -> bool:
    """Tell whether an answer's body says that something failed, whatever its status."""
    if not isinstance(content, dict):
        return False
    return content.get("error") is not None or bool(content.get("errors")) or content.get("success") is False


def _mistake(answer: Answer, known: bool) -> tuple[str, str]:
    """Return what is wrong and what to do about it; ``known`` tells that the API itself says something of it."""
    status = answer.status
    if status == 404:
        return _not_found(answer)
    if status in (400, 422) and not known:
        return "the request was not accepted, and the answer does not say why", _LOOK_INTO_LOGS
    if _KINDS.get(status) is UnsupportedError:
        return _unsupported(answer)
    return _MISTAKES.get(status, ("the status of the answer is none of the API", _LOOK_INTO_LOGS))


def _path_ids(answer: Answer) -> list[str]:
    """Return the ids in the path of a request: of the organization, and of the data source if it names one."""
    path = urlsplit(answer.url).path.partition("/api/public/organizations/")[2].split("/")
    return [unquote(segment) for segment in path[0:3:2] if segment not in ("", "verify")]


def _not_found(answer: Answer) -> tuple[str, str]:
    ids = [quoted(identifier) for identifier in _path_ids(answer)]
    if len(ids) > 1:
        mistake = "the data source with id %s was not found in organization %s, or the key is not an admin's of it"
        return mistake % (ids[1], ids[0]), "check id and organization_id, and that api_key has admin access"
    mistake = "the organization %s was not found, or the key is not an admin's of it"
    return mistake % "".join(ids), "check organization_id (an id, not a name), and that api_key has admin access"


def _unsupported(answer: Answer) -> tuple[str, str]:
    if len(_path_ids(answer)) > 1:
        return "this server does not offer %s for a data source" % answer.method, "see whether it can be updated"
    if answer.method == "GET":
        return "this server does not offer the list of data sources", "give id, and leave name out"
    return "this server does not offer %s for data sources" % answer.method, "see whether it can be updated"


def _redirected(answer: Answer) -> ApiError:
    location = answer.headers.get("location", "")
    try:
        target, asked = urlsplit(location), urlsplit(answer.url)
        host = target.netloc.rpartition("@")[2]
        secure = (asked.scheme, target.scheme, target.hostname) == ("http", "https", asked.hostname)
    except ValueError:
        host, secure = None, False
    if secure:
        return _api_error(ApiError, answer, "the server wants https:// in place of http://", "correct api_url")
    where = "what is no URL" if host is None else "host %s" % quoted(host) if host else "the same host"
    mistake = "the server redirects to %s, which is never followed" % where
    return _api_error(ApiError, answer, mistake, "correct api_url, or log in to the proxy that asks for it")


_SLOW = (
    "The list of data sources was not complete after %g seconds (ten times timeout and once retry_timeout): raise "
    "timeout."
)
_KINDS = {
    401: NoAccessError,
    403: NoAccessError,
    404: NotFoundError,
    405: UnsupportedError,
    501: UnsupportedError,
}
_NOT_OFFERED = frozenset((404, 405, 501))
_LOOK_INTO_LOGS = "look into the log of the server, or of a proxy on the way"
_MISTAKES = {
    400: ("Basedash did not accept the request", "correct what it names"),
    401: ("the API key was not accepted", "check api_key, which is wrong, expired or revoked"),
    403: ("the API key may not do this", "use a key with admin access to the organization"),
    407: ("the proxy asks for a log-in", PROXY_ADVICE),
    409: ("the request contradicts what is in Basedash", "look at it there, and run the task again"),
    413: ("the request is too large for the server or a proxy on the way", "send less, or raise the limit there"),
    422: ("Basedash did not accept the request", "correct what it names"),
    511: ("the network asks for a log-in before it lets requests out", "log in to it"),
}


_Kind = TypeVar("_Kind", bound=ApiError)


def _error(kind: type[_Kind], answer: Answer, message: str) -> _Kind:
    """Return a failure with all that an answer tells."""
    title, detail = error_texts(answer.content)
    error = kind(
        message,
        method=answer.method,
        url=answer.url,
        status=answer.status,
        title=title,
        detail=detail,
        request_id=answer.request_id,
        field_errors=field_errors(answer.content),
    )
    error.unclear_tries = answer.unclear_tries
    return error


def _api_error(kind: type[ApiError], answer: Answer, mistake: str, advice: str) -> ApiError:
    # Of a 404 the API says no more than that.
    said = "" if answer.status == 404 else said_by(answer.content)
    return _error(kind, answer, sentence("%s (%d%s)" % (mistake, answer.status, said), advice))


def _not_offered(answer: Answer, what: str, advice: str) -> ApiError:
    return _api_error(UnsupportedError, answer, "this server does not offer %s" % what, advice)


def _not_basedash(answer: Answer, what: str) -> NotBasedashError:
    mistake = "the answer is not one of the Basedash API (%d with %s)" % (answer.status, what)
    return _error(NotBasedashError, answer, sentence(mistake, "check api_url and any proxy on the way"))


def _body_kind(answer: Answer) -> str:
    body = answer.body.lstrip()
    if not body:
        return "body that is empty"
    if body.startswith(b"<"):
        return "web page"
    return "body that is no JSON object" if not answer.is_json else "body that is not the API's"


def _with_id(value: Any) -> dict[str, Any] | None:
    """Return a data source with its id as a text, or ``None`` if ``value`` is none."""
    identifier = value.get("id") if isinstance(value, dict) else None
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if not isinstance(identifier, str) or not names_one(identifier):
        return None
    return {**value, "id": identifier}


def _items(answer: Answer, content: dict[str, Any]) -> list[dict[str, Any]]:
    values = content.get("data")
    if not isinstance(values, list):
        raise _not_basedash(answer, "no list of data sources")
    items = [item for item in map(_with_id, values) if item is not None]
    if len(items) != len(values):
        raise _not_basedash(answer, "a data source without a usable id")
    return items


def _next_cursor(answer: Answer, content: dict[str, Any]) -> str | None:
    """Return the cursor of the next page, or ``None`` after the last one.

    A list counts as complete, and so as a proof that something is not in it, only if it says so.
    """
    pagination = content.get("pagination")
    if pagination is None and 0 < len(content["data"]) < _PAGE_SIZE:
        return None
    if not isinstance(pagination, dict):
        raise _not_basedash(answer, "a list that does not say whether it is complete")
    cursor, more = pagination.get("nextCursor"), pagination.get("hasMore")
    if more is False or (more is None and "nextCursor" in pagination and cursor in (None, "")):
        return None
    if more not in (True, None) or not isinstance(cursor, str) or not cursor or not travels(cursor):
        raise _not_basedash(answer, "a list with more pages and no usable cursor to them")
    return cursor
