# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what an answer of the Basedash API means, and the failure for each bad answer.

The envelope and the errors follow the vendor's pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from .._base.effect import Effect
from .._base.errors import ApiError, NoAccessError, NotBasedashError, NotFoundError, UnsupportedError, sentence
from .._base.identifiers import is_usable_id, safe_in_path
from .._base.text import quoted
from .._http.client import Answer, error_texts, exchange_of, said_by
from .._http.transport import PROXY_ADVICE
from .family import Family


def shows_nothing(answer: Answer, family: Family) -> bool:
    """Tell whether an answer reports success but shows nothing: it has no body, or an empty object."""
    if 200 <= answer.status < 300 and not answer.body.strip():
        return True
    content = successful(answer, family)
    return content.get("data", content) in ({}, None)


def successful(answer: Answer, family: Family, accept_failure: bool = False) -> dict[str, Any]:
    """Return the JSON object of a 2xx answer. With ``accept_failure``, the object may report a failure.

    Raises:
        ApiError: for any other answer.
    """
    status = answer.status
    if 200 <= status < 300:
        if not isinstance(answer.content, dict):
            raise not_basedash(answer, "a %s" % _body_kind(answer))
        if says_failure(answer.content) and not accept_failure:
            mistake = "the answer says success by its status and has an error in its body"
            raise api_failure(ApiError, answer, mistake, "look in Basedash what was done")
        return answer.content
    known = error_texts(answer.content)[0] is not None
    if 300 <= status < 400:
        raise _redirected(answer)
    if status == 404 and not known:
        mistake = "the answer is not one of the Basedash API (404 with a %s), or this server has no %s"
        advice = "check api_url and any proxy on the way, and see with basedash_api_info what the server offers"
        text = sentence(mistake % (_body_kind(answer), family.plural), advice)
        raise failure(NotBasedashError, answer, text)
    if status in (401, 403) and not known:
        # This is a firewall's page or a proxy's log-in, because the API always gives a reason.
        message = "Something between here and Basedash refused the request (%d with a %s): %s."
        advice = "check the firewall or the proxy on the way, and api_url"
        raise failure(NotBasedashError, answer, message % (status, _body_kind(answer), advice))
    raise api_failure(_KINDS.get(status, ApiError), answer, *_mistake(answer, family, known))


def says_failure(content: Any) -> bool:
    """Tell whether the body of an answer reports a failure, whatever the status is."""
    if not isinstance(content, dict):
        return False
    return content.get("error") is not None or bool(content.get("errors")) or content.get("success") is False


def _mistake(answer: Answer, family: Family, known: bool) -> tuple[str, str]:
    """Return what is wrong and what to do about it; ``known`` tells that the API itself gives a reason."""
    status = answer.status
    if status == 404:
        return _not_found(answer, family)
    if status in (400, 422) and not known:
        return "the request was not accepted, and the answer does not say why", _LOOK_INTO_LOGS
    if _KINDS.get(status) is UnsupportedError:
        return _unsupported(answer, family)
    return _MISTAKES.get(status, ("the status of the answer is none of the API", _LOOK_INTO_LOGS))


def _path(answer: Answer) -> list[str]:
    """Return the parts of a request's path from the id of the organization on."""
    return urlsplit(answer.url).path.partition("/api/public/organizations/")[2].split("/")


def _path_ids(answer: Answer) -> list[str]:
    """Return the ids in the path of a request: that of the organization, and that of the object if the path has one."""
    return [unquote(segment) for segment in _path(answer)[0:3:2] if segment not in ("", "verify")]


def _not_found(answer: Answer, family: Family) -> tuple[str, str]:
    ids = [quoted(identifier) for identifier in _path_ids(answer)]
    if len(ids) > 1:
        # The objects of a parent are listed, and may have their path, below the parent's id.
        path = _path(answer)
        noun = family.parent.noun if family.parent is not None and _is_within_parent(answer, family) else family.noun
        ids[1:] = [quoted(unquote(path[4]))] if "{parent}" in family.path and len(path) > 4 else ids[1:]
        mistake = "the %s with id %s was not found in organization %s, or the key is not an admin's of it"
        advice = "check id and organization_id, and that api_key has admin access"
        return mistake % (noun, ids[1], ids[0]), advice
    if not ids:
        return "the list of %s was not found" % family.plural, "check api_url"
    mistake = "the organization %s was not found, or the key is not an admin's of it"
    return mistake % "".join(ids), "check organization_id (an id, not a name), and that api_key has admin access"


def _is_within_parent(answer: Answer, family: Family) -> bool:
    """Tell whether a request was about all objects within one parent object."""
    return family.parent is not None and len(_path(answer)) == 4


def _unsupported(answer: Answer, family: Family) -> tuple[str, str]:
    if len(_path_ids(answer)) > int(family.in_organization) and not _is_within_parent(answer, family):
        return "this server does not offer %s for %s" % (answer.method, family.a_noun), _SEE_WHAT_IS_OFFERED
    if answer.method == "GET" and "{parent}" in family.path:
        return "this server does not offer the list of %s" % family.plural, _SEE_WHAT_IS_OFFERED
    if answer.method == "GET":
        return (
            "this server does not offer the list of %s" % family.plural,
            "give id, and leave %s out, or see with basedash_api_info what it offers" % family.key_option,
        )
    return "this server does not offer %s for %s" % (answer.method, family.plural), _SEE_WHAT_IS_OFFERED


def _redirected(answer: Answer) -> ApiError:
    location = answer.headers.get("location", "")
    try:
        target, asked = urlsplit(location), urlsplit(answer.url)
        host = target.netloc.rpartition("@")[2]
        secure = (asked.scheme, target.scheme, target.hostname) == ("http", "https", asked.hostname)
    except ValueError:
        host, secure = None, False
    if secure:
        return api_failure(ApiError, answer, "the server wants https:// in place of http://", "correct api_url")
    where = "what is no URL" if host is None else "host %s" % quoted(host) if host else "the same host"
    mistake = "the server redirects to %s, which is never followed" % where
    return api_failure(ApiError, answer, mistake, "correct api_url, or log in to the proxy that asks for it")


_KINDS = {
    401: NoAccessError,
    403: NoAccessError,
    404: NotFoundError,
    405: UnsupportedError,
    501: UnsupportedError,
}
_SEE_WHAT_IS_OFFERED = "see with basedash_api_info what it offers, or whether it can be updated"
NOT_OFFERED = frozenset((404, 405, 501))
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


def failure(kind: type[_Kind], answer: Answer, message: str) -> _Kind:
    """Return a failure with everything that an answer tells."""
    is_success = 200 <= answer.status < 300
    effect = answer.earlier if answer.earlier.is_unclear or not is_success else Effect.UNKNOWN
    return kind(message, exchange_of(answer), effect)


def api_failure(kind: type[ApiError], answer: Answer, mistake: str, advice: str) -> ApiError:
    # The API's own text for a 404 adds nothing.
    said = "" if answer.status == 404 else said_by(answer.content)
    return failure(kind, answer, sentence("%s (%d%s)" % (mistake, answer.status, said), advice))


def not_offered(answer: Answer, what: str, advice: str) -> ApiError:
    return api_failure(UnsupportedError, answer, "this server does not offer %s" % what, advice)


def not_basedash(answer: Answer, what: str) -> NotBasedashError:
    mistake = "the answer is not one of the Basedash API (%d with %s)" % (answer.status, what)
    return failure(NotBasedashError, answer, sentence(mistake, "check api_url and any proxy on the way"))


def _body_kind(answer: Answer) -> str:
    body = answer.body.lstrip()
    if not body:
        return "body that is empty"
    if body.startswith(b"<"):
        return "web page"
    return "body that is no JSON object" if not answer.is_json else "body that is not the API's"


def with_id(value: Any) -> dict[str, Any] | None:
    """Return an object with its id as a text, or ``None`` if ``value`` can't be an object of the API."""
    identifier = value.get("id") if isinstance(value, dict) else None
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if not isinstance(identifier, str) or not is_usable_id(identifier):
        return None
    return {**value, "id": identifier}


PAGE_SIZE = 100
"""The documented maximum of objects on a page."""


def items_of(answer: Answer, content: Mapping[str, Any], family: Family) -> list[dict[str, Any]]:
    """Return the objects on one page of a list, each with its id as a text.

    Raises:
        NotBasedashError: if there is no list, or if it has other things than objects in it.
    """
    values = content.get("data")
    if not isinstance(values, list):
        raise not_basedash(answer, "no list of %s" % family.plural)
    items = [item for item in map(with_id, values) if item is not None]
    if len(items) != len(values):
        raise not_basedash(answer, "%s without a usable id" % family.a_noun)
    return items


def next_cursor(answer: Answer, content: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page, or ``None`` after the last one.

    A list proves that an object does not exist only if it is complete. It counts as complete only if its last page says
    so.
    """
    pagination = content.get("pagination")
    if pagination is None and 0 < len(content["data"]) < PAGE_SIZE:
        return None
    if not isinstance(pagination, dict):
        raise not_basedash(answer, "a list that does not say whether it is complete")
    cursor, more = pagination.get("nextCursor"), pagination.get("hasMore")
    if more is False or (more is None and "nextCursor" in pagination and cursor in (None, "")):
        return None
    if more not in (True, None) or not isinstance(cursor, str) or not cursor or not safe_in_path(cursor):
        raise not_basedash(answer, "a list with more pages and no usable cursor to them")
    return cursor
