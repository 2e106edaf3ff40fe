# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the address of the service and how to connect to it, checked before anything is sent."""

from __future__ import annotations

import ipaddress
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .._base.errors import InputError
from .._base.identifiers import checked_id
from .._base.text import is_one_line, quoted

# The maximum length of a path or a URL. A longer text is probably the content of a file, such as a key.
_LONGEST_NAME = 1000

# A longer time is a mistake, such as milliseconds in place of seconds.
_LONGEST_SECONDS = 86400.0

_SUFFIXES = (".pem", ".crt", ".cer", ".cert", ".key")
_API_SUFFIX = "/api/public"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?")
_PRESENTABLE = re.compile(r"[A-Za-z]{2,8}://[A-Za-z0-9./:\[\]-]{0,200}")
_PREFIX = re.compile(r"(/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*")


@dataclass(frozen=True)
class Connection:
    """The connection options of every module, after the check.

    ``api_url`` is the root of the service: scheme, host, port and prefix, without ``/api/public`` and without a slash
    at the end. ``timeout`` (one request, from connecting to the last byte) and ``retry_timeout`` (waiting and retrying
    in one task) are in seconds. ``api_key`` and ``organization_id`` are empty if the task needs none.
    """

    api_key: str = field(repr=False)
    api_url: str
    organization_id: str
    timeout: float
    retry_timeout: float
    validate_certs: bool
    ca_path: str | None
    client_cert: str | None
    client_key: str | None
    use_proxy: bool

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], needs_key: bool = True, needs_organization: bool = True
    ) -> Connection:
        """Return the connection that a task's options describe.

        A task that needs no key does not send one, even if the options have it.

        Raises:
            InputError: if an option can't be used.
        """
        client_cert = _file("client_cert", options["client_cert"])
        client_key = _file("client_key", options["client_key"])
        if client_key is not None and client_cert is None:
            raise InputError("The option client_key needs client_cert: give the certificate that belongs to the key.")
        return cls(
            api_key=_key(options["api_key"]) if needs_key else "",
            api_url=service_root(options["api_url"]),
            organization_id=_organization(options["organization_id"], needs_organization),
            timeout=_seconds("timeout", options["timeout"], zero=False),
            retry_timeout=_seconds("retry_timeout", options["retry_timeout"], zero=True),
            validate_certs=options["validate_certs"],
            ca_path=_ca(options["ca_path"]),
            client_cert=client_cert,
            client_key=client_key,
            use_proxy=options["use_proxy"],
        )


def _organization(value: str | None, needed: bool) -> str:
    if value is None and not needed:
        return ""
    if value is None:
        raise InputError("No organization: set organization_id or BASEDASH_ORGANIZATION_ID.")
    return checked_id("organization_id", value)


def _key(value: str | None) -> str:
    if value is None:
        raise InputError("No API key: set api_key or BASEDASH_API_KEY.")
    key = value.strip()
    if not key:
        raise InputError("The option api_key is empty: give an API key, or set BASEDASH_API_KEY.")
    # Other characters can't be sent in a header, or would end it, such as the line break of a pasted key.
    if not all(32 <= ord(char) < 127 or 160 <= ord(char) < 256 for char in key):
        raise InputError(
            "The option api_key holds a control character or one that a header can't carry: "
            "check that it is the key alone (it is not shown here)."
        )
    return key


def service_root(value: str) -> str:
    """Return the root of the service that the option ``api_url`` names.

    Raises:
        InputError: if it is not such a URL.
    """
    text = value.strip()
    _check_is_name("api_url", text)
    if not re.match("https?://", text, re.IGNORECASE):
        raise _bad_url("it does not begin with http:// or https://", None)
    # Look in the path too, because a parser ends the host at a slash, which a password may contain.
    if "@" in text:
        raise _bad_url("it holds credentials, while the key belongs into api_key", None)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad_url("its host or port can't be read", None) from None
    if "?" in text or "#" in text:
        raise _bad_url("it holds a query or a fragment", None)
    if not host or not _valid_host(parts.netloc, host):
        raise _bad_url("its host is missing or not valid", text)
    if parts.netloc.endswith(":") or port == 0:
        raise _bad_url("its port is empty or 0", text)
    prefix = parts.path.rstrip("/")
    if prefix.endswith(_API_SUFFIX):
        prefix = prefix[: -len(_API_SUFFIX)].rstrip("/")
    if _API_SUFFIX + "/" in prefix:
        raise _bad_url("it goes on after %s" % _API_SUFFIX, text)
    if not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/")):
        raise _bad_url("its path is not valid", text)
    return "%s://%s%s" % (parts.scheme, parts.netloc, prefix)


def _valid_host(netloc: str, host: str) -> bool:
    if netloc.startswith("["):
        if "%" in host:  # A zone of IPv6 is only valid on this machine.
            return False
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    return bool(_HOST.fullmatch(host))


def _bad_url(reason: str, text: str | None) -> InputError:
    # Don't show a URL that may have credentials in it, or a text that does not look like a URL, because it may be a
    # key.
    url = " (%s)" % quoted(text) if text is not None and _PRESENTABLE.fullmatch(text) else ""
    return InputError(
        "The option api_url%s can't be used, %s: give the root of the service as http(s)://host[:port][/prefix]."
        % (url, reason)
    )


def _seconds(option: str, value: float, zero: bool) -> float:
    if not math.isfinite(value) or value < 0 or value > _LONGEST_SECONDS or (value == 0 and not zero):
        least = "0" if zero else "more than 0"
        raise InputError("The option %s is %s: give %s to %d seconds." % (option, value, least, _LONGEST_SECONDS))
    return value


def _file(option: str, path: str | None) -> str | None:
    if not path:
        return None
    _check_is_name(option, path)
    if not os.path.isfile(path) or not os.access(path, os.R_OK):
        # A short text could be a password, so it is shown only if it is certainly a path.
        shown = " (%s)" % quoted(path) if _is_meant_as_path(path) else ""
        raise InputError(
            "The option %s names no file that can be read here%s: give the path of a PEM file." % (option, shown)
        )
    return path


def _is_meant_as_path(text: str) -> bool:
    folder = os.path.dirname(text)
    return text.lower().endswith(_SUFFIXES) or (os.path.isabs(text) and folder != "/" and os.path.isdir(folder))


def _ca(path: str | None) -> str | None:
    if path and len(path) <= _LONGEST_NAME and os.path.isdir(path):
        return path
    return _file("ca_path", path)


def _check_is_name(option: str, text: str) -> None:
    """Refuse a text that is neither a path nor a URL, without showing it, because it could be a secret."""
    if len(text) > _LONGEST_NAME or not is_one_line(text) or "-----BEGIN" in text:
        kind = "a URL" if option == "api_url" else "the path of a file"
        raise InputError(
            "The option %s is not %s, because it has several lines, the text of a key or a certificate, or more than "
            "%d characters: give %s (it is not shown here, it could be a secret)." % (option, kind, _LONGEST_NAME, kind)
        )
