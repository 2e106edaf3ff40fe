# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: MCP servers, whose tools Basedash's AI can use.

The vendor's pages show the fields of a creation and of answers. Two fields are never in an answer: the headers, which
are secret, and whether everyone may use the server. The fields of a header are a guess. Only third parties describe the
update, and no page says whether it keeps what no answer shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from .._base.errors import InputError
from .._base.text import is_one_line, printable
from .._engine.forms import FLAG, Form, text
from .._engine.kind import Field, Kind, fact
from .._engine.settings import Settings
from .._engine.step import Step, Work
from .._rest.family import Content, Family, Resource

_TEXT = {"type": "str", "required": True}

HEADERS = Form(
    "list",
    lambda value: value,
    spec={"elements": "dict", "options": {"name": _TEXT, "value": {**_TEXT, "no_log": True}}},
)
"""HTTP headers, each with its name and its value. Only the values are secret."""


def _address(option: str, url: str) -> str:
    """Return the address of an MCP server.

    Raises:
        InputError: if it is none. The message does not show it, because it may hold a secret.
    """
    if not re.match(r"https?://[^/?#\s]", url, re.IGNORECASE) or re.search(r"\s", url):
        raise InputError("The option %s is no address: give it as http(s)://host/path." % option)
    return url


def _headers(option: str, headers: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return HTTP headers.

    Raises:
        InputError: if one can't be sent. The message shows neither name nor value, because they may be exchanged.
    """
    names = [one["name"].lower() for one in headers]
    for number, one in enumerate(headers):
        if not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", one["name"], re.ASCII):
            raise InputError("The option %s[%d].name is no name of a header: correct it." % (option, number))
        if not is_one_line(one["value"]):
            raise InputError("The option %s[%d].value has a control character in it: remove it." % (option, number))
        if names.index(names[number]) < number:
            raise InputError("The option %s[%d].name is there twice: give each header once." % (option, number))
    return headers


def _normal_address(url: Any) -> Any:
    """Return an address in which the case of scheme and host does not count, nor a slash that is the whole path."""
    plain = text(url)
    found = re.fullmatch(r"([^/?#]+)//([^/?#]*)(.*)", plain) if isinstance(plain, str) else None
    if found is None:
        return plain
    scheme, server, rest = found.groups()
    user, at, host = server.rpartition("@")
    rest = rest[1:] if re.match(r"/([?#]|$)", rest) else rest
    return "".join((scheme.lower(), "//", user, at, host.lower(), rest))


def _secrets_in(url: str) -> Iterator[str]:
    """Yield the parts of an address that may be secret.

    These are the user's password, or the name if it stands for one; values that are named as secrets; and parts of the
    path that look like a token, because addresses with a token in their path are common.
    """
    rest, _mark, fragment = url.partition("://")[2].partition("#")
    rest, _mark, query = rest.partition("?")
    server, _slash, path = rest.partition("/")
    user, _at, _host = server.rpartition("@")
    name, _colon, password = user.partition(":")
    found = [name if password in ("", *_NO_PASSWORDS) else password]
    found += [part for part in path.split("/") if _TOKEN.search(part)]
    for pair in re.split("[&;]", "%s&%s" % (query, fragment)):
        parameter, _equals, value = pair.partition("=")
        if _SECRET_NAMES.search(parameter):
            found.append(value)
    for one in filter(None, found):
        yield from (one, unquote(one), unquote_plus(one))


_NO_PASSWORDS = ("x", "x-oauth-basic")
"""What some services expect as the password if the name of the user is a token."""
_SECRET_NAMES = re.compile(
    "key|token|secret|pass|pwd|auth|sig(nature)?$|credential|jwt|bearer|session|^(access|code|pat|sas|sid)$",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    "(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{20,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)

MCP_SERVER = Kind(
    Family("MCP server", "MCP servers", "organizations/{organization_id}/mcp-servers", key="displayName"),
    (
        fact("id"),
        Field("name", sent_as="displayName", fact="display_name", aliases=("display_name",), limits=(1, 120)),
        Field("server_url", Form("str", _normal_address), limits=(1, 2000), check=_address, needed_to_create=True),
        fact("server_label"),
        Field("headers", HEADERS, secret=True, emptied_as=[], check=_headers),
        Field("everyone_can_access", FLAG, sent_as="everyoneInOrganizationCanAccess", create_only=True),
        fact("requires_auth"),
        fact("auth_url"),
        fact("last_sync_attempt_at"),
        fact("last_successful_sync_at"),
        fact("has_completed_first_sync"),
        fact("sync_error_message"),
        fact(
            "tools",
            parts=(fact("id"), fact("name"), fact("description"), fact("read_only_hint"), fact("found_in_server")),
        ),
        fact("created_at"),
        fact("updated_at"),
    ),
    renamed_by="new_name",
    secrets_in={"server_url": _secrets_in},
)

_ONLY_AT_CREATION = ("requiresAuth", "authUrl")


class Doubts(Step):
    """Warns of an MCP server that exists but does not work, and of what an update may have done unseen."""

    def __init__(self, closed: bool) -> None:
        self._closed = closed
        self._told: Content = {}

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Doubts:
        """Return the step."""
        return cls(closed=options["everyone_can_access"] is False)

    def warning(self, work: Work, settings: Settings, body: Content) -> str:
        """Return a warning about an update that may reset what no answer shows."""
        unsure = ["headers"] if settings.secrets and "headers" not in body else []
        unsure += ["everyone_can_access"] if self._closed else []
        doubt = ""
        if body and unsure:
            doubt = (
                "The update of the %s goes without %s, and it is not documented whether the server keeps what an "
                "update leaves out: look in Basedash who may use it, and whether it still works."
            ) % (work.name, " and ".join(unsure))
        # After a real run, the last reading decides.
        broken = _why_broken(work.resource, work.name) if work.api.client.read_only else ""
        return " ".join(filter(None, (doubt, broken)))

    def after_creating(self, work: Work) -> None:
        """Keep what only the answer to the creation tells."""
        self._told = {name: work.resource[name] for name in _ONLY_AT_CREATION if name in work.resource}

    def finish(self, work: Work, updated_from: Resource | None) -> None:
        """Add to the object what only the creation told, and warn if it does not work."""
        work.resource = {**work.resource, **self._told}
        broken = _why_broken(work.resource, work.name)
        work.warnings += [broken] if broken else []


def _why_broken(resource: Resource, name: str) -> str:
    """Return a warning about an MCP server that exists but does not work; empty if it seems to work."""
    if resource.get("requiresAuth") is True:
        where = "auth_url of the result" if resource.get("authUrl") else "it in Basedash"
        return "The %s does not work yet, because a person has to log in: open %s in a browser." % (name, where)
    error = resource.get("syncErrorMessage")
    if not error:
        return ""
    return (
        "The %s may not work, because its last connection failed (%s): correct its settings, or look in Basedash."
        % (
            name,
            printable(error).rstrip("."),
        )
    )


STEPS = (Doubts,)
