# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The likeliest mistakes with a connection, each with its whole message and its line in the troubleshooting guide."""

from __future__ import annotations

import errno
import re
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine import module_spec as _definition
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._http.sockets import LimitedSocket
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    INFO,
    NOT_FOUND,
    ONE,
    PAGE,
    READ,
    RESET,
    Reaction,
    answer,
    error,
    execute,
    info,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.network import (
    OK,
    Behaviour,
    hangs,
    says,
    says_and_closes,
    serving,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.test_network import (
    AUTHORITY,
    LONG_AGO,
    server_context,
)

GUIDE = next(folder / "docs" for folder in Path(__file__).parents if (folder / "docs").is_dir()) / "troubleshooting.md"

URL = "give the root of the service as http(s)://host[:port][/prefix]."

# Options, and the message that they are refused with before anything is sent.
OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "empty key": ({"api_key": " "}, "The option api_key is empty: give an API key, or set BASEDASH_API_KEY."),
    "key with a line break in it": (
        {"api_key": "bd_key\nbd_key"},
        "The option api_key holds a control character or one that a header can't carry: check that it is the key alone "
        "(it is not shown here).",
    ),
    "empty organization": (
        {"organization_id": ""},
        "The option organization_id is empty: give the identifier, or leave the option out.",
    ),
    "no scheme": (
        {"api_url": "charts.basedash.com"},
        "The option api_url can't be used, it does not begin with http:// or https://: " + URL,
    ),
    "URL of an endpoint": (
        {"api_url": "https://charts.basedash.com/api/public/organizations/org_1"},
        "The option api_url can't be used, it goes on after /api/public: " + URL,
    ),
    "URL with credentials": (
        {"api_url": "https://user:hunter2@host"},
        "The option api_url can't be used, it holds credentials, while the key belongs into api_key: " + URL,
    ),
    "URL copied with its query": (
        {"api_url": "https://charts.basedash.com/?tab=keys"},
        "The option api_url can't be used, it holds a query or a fragment: " + URL,
    ),
    "wrong path of a bundle": (
        {"ca_path": "/no/such/bundle.pem"},
        "The option ca_path names no file that can be read here ('/no/such/bundle.pem'): give the path of a PEM file.",
    ),
    "key in place of its path": (
        {"client_cert": __file__, "client_key": "-----BEGIN PRIVATE KEY-----\nhunter2\n"},
        "The option client_key is not the path of a file, because it has several lines, the text of a key or a "
        "certificate, or more than 1000 characters: give the path of a file (it is not shown here, it could be a "
        "secret).",
    ),
    "key without its certificate": (
        {"client_key": __file__},
        "The option client_key needs client_cert: give the certificate that belongs to the key.",
    ),
    "milliseconds": (
        {"timeout": 90000.0},
        "The option timeout is 90000.0: give more than 0 to 86400 seconds.",
    ),
}

BY_ID = {"id": "ds_1"}
UNKNOWN = " So it can't be known whether the data source with id 'ds_1' is there."
NO_ORGANIZATION = (
    "The organization 'org_1' was not found, or the key is not an admin's of it (404): check organization_id (an id, "
    "not a name), and that api_key has admin access."
)
BETWEEN = "check the firewall or the proxy on the way, and api_url."
WEB_PAGE = "<!DOCTYPE html>\n<html><body>Please log in</body></html>"

# What answers the reading, of the list or of one data source and then the list; further options; the message.
ANSWERS: dict[str, tuple[list[Reaction], dict[str, Any], str]] = {
    "wrong key": (
        [error(401, "Invalid API key.", "Unauthorized")],
        {},
        "The API key was not accepted (401: Invalid API key): check api_key, which is wrong, expired or revoked.",
    ),
    "wrong key, by id": (
        [error(401, "Invalid API key.", "Unauthorized")],
        BY_ID,
        "The API key was not accepted (401: Invalid API key): check api_key, which is wrong, expired or revoked.",
    ),
    "member's key": ([NOT_FOUND], {}, NO_ORGANIZATION),
    "member's key, by id": ([NOT_FOUND, NOT_FOUND], BY_ID, NO_ORGANIZATION + UNKNOWN),
    "member's key, told by 403": (
        [error(403, "Admins only.", "Forbidden")],
        {},
        "The API key may not do this (403: Admins only): use a key with admin access to the organization.",
    ),
    "name of the organization in place of its id": (
        [NOT_FOUND],
        {"organization_id": "Acme, Inc."},
        NO_ORGANIZATION.replace("org_1", "Acme, Inc."),
    ),
    "firewall": (
        [answer(403, WEB_PAGE)],
        {},
        "Something between here and Basedash refused the request (403 with a web page): " + BETWEEN,
    ),
    "firewall, by id": (
        [answer(403, WEB_PAGE)],
        BY_ID,
        "Something between here and Basedash refused the request (403 with a web page): " + BETWEEN,
    ),
    "firewall behind the first request": (
        [NOT_FOUND, answer(403, WEB_PAGE)],
        BY_ID,
        "Something between here and Basedash refused the request (403 with a web page): " + BETWEEN + UNKNOWN,
    ),
    "log-in of a proxy": (
        [answer(401)],
        {},
        "Something between here and Basedash refused the request (401 with a body that is empty): " + BETWEEN,
    ),
    "gateway with its own JSON": (
        [answer(403, {"message": "Forbidden"})],
        {},
        "Something between here and Basedash refused the request (403 with a body that is not the API's): " + BETWEEN,
    ),
    "proxy that needs a log-in": (
        [answer(407, WEB_PAGE)],
        {},
        "The proxy asks for a log-in (407): give it in the proxy's URL (http://user:password@host:port), or set "
        "use_proxy to false.",
    ),
    "network that needs a log-in": (
        [answer(511, WEB_PAGE)],
        {},
        "The network asks for a log-in before it lets requests out (511): log in to it.",
    ),
    "the app in place of its API": (
        [answer(200, WEB_PAGE)],
        {},
        "The answer is not one of the Basedash API (200 with a web page): check api_url and any proxy on the way.",
    ),
    "wrong prefix": (
        [answer(404, WEB_PAGE)],
        {},
        "The answer is not one of the Basedash API (404 with a web page), or this server has no data sources: check "
        "api_url and any proxy on the way, and see with basedash_api_info what the server offers.",
    ),
    "another service": (
        [answer(200, "[]")],
        {},
        "The answer is not one of the Basedash API (200 with a body that is not the API's): check api_url and any "
        "proxy on the way.",
    ),
    "redirect to a log-in": (
        [answer(302, None, {"location": "https://login.example.com/?next=x"})],
        {},
        "The server redirects to host 'login.example.com', which is never followed (302): correct api_url, or log in "
        "to the proxy that asks for it.",
    ),
    "plain HTTP to a TLS port": (
        [answer(400, "<html>The plain HTTP request was sent to HTTPS port</html>")],
        {},
        "The request was not accepted, and the answer does not say why (400): look into the log of the server, or of a "
        "proxy on the way.",
    ),
    "server that lists nothing": (
        [answer(405)],
        {},
        "This server does not offer the list of data sources (405): give id, and leave name out, or see with "
        "basedash_api_info what it offers.",
    ),
    "server that lists nothing, by id": (
        [NOT_FOUND, answer(405)],
        BY_ID,
        "This server offers no list of data sources (405)." + UNKNOWN,
    ),
    "rate limit for longer than the budget": (
        [error(429, "Too many requests.", "RateLimitExceeded", retryAfterMs=300000)],
        {},
        "The server asks to wait 300.0 seconds (429: Too many requests), and retry_timeout leaves 120.0: raise "
        "retry_timeout, or run the task again later.",
    ),
    "server down": (
        [answer(503, "<html>")] * 2,
        {"retry_timeout": 0.5},
        "The server or a proxy on the way answered with an error (503), after 2 tries: run the task again later.",
    ),
    "fault of the service": (
        [error(500, "Internal error.", "InternalError")],
        {"retry_timeout": 0.0},
        "Basedash answered with an error (500: Internal error), after 1 try: run the task again later.",
    ),
    "reset": (
        [RESET],
        {"retry_timeout": 0.0},
        "The connection was closed without an answer, after 1 try: run the task again later.",
    ),
}


@pytest.mark.parametrize("mistake", OPTIONS)
def test_mistake_in_the_options(mistake: str) -> None:
    given, message = OPTIONS[mistake]
    assert info(**given).result["msg"] == message


@pytest.mark.parametrize("mistake", ANSWERS)
def test_mistake_that_an_answer_tells(mistake: str) -> None:
    reactions, given, message = ANSWERS[mistake]
    page = PAGE.replace("org_1", "Acme%2C%20Inc.") if "organization_id" in given else PAGE
    paths = [ONE, page] if "id" in given else [page] * len(reactions)
    report = info(*(("GET", path, one) for path, one in zip(paths, reactions)), **given)
    assert report.result["msg"] == message
    assert report.result["error"]["method"] == "GET"
    assert report.result["error"]["url"].endswith(paths[len(reactions) - 1])


LEAF = AUTHORITY.issue_cert("127.0.0.1")
OLD = AUTHORITY.issue_cert("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO.replace(year=2021))
OTHER = AUTHORITY.issue_cert("other.example.com")


def moved(connection: socket.socket, request: bytes) -> None:
    """Send the client to https:// at the same host."""
    host = next(line for line in request.split(b"\r\n") if line.startswith(b"Host: "))[6:].partition(b":")[0]
    connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: https://%s/\r\nContent-Length: 0\r\n\r\n" % host)


# How the server behaves, the certificate that it shows, the scheme and the options of the client, and the message.
NETWORK: dict[str, tuple[Behaviour, Any, str, dict[str, Any], str]] = {
    "http for https": (
        moved,
        None,
        "http",
        {},
        "The server wants https:// in place of http:// (301): correct api_url.",
    ),
    "https on a port for http": (
        says_and_closes(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        None,
        "https",
        {},
        "The server does not speak TLS on this port: check scheme and port of api_url.",
    ),
    "another protocol": (
        says_and_closes(b"SSH-2.0-OpenSSH_9.2\r\n"),
        None,
        "http",
        {},
        "What came back is not HTTP: check scheme and port of api_url.",
    ),
    "certificate of an unknown authority": (
        says(OK),
        LEAF,
        "https",
        {"ca_path": None},
        "The server's certificate is not trusted (%s): set ca_path to the authority that signed it.",
    ),
    "expired certificate": (
        says(OK),
        OLD,
        "https",
        {},
        "The server's certificate is not trusted (%s): renew it there, or check the clock here.",
    ),
    "certificate for another name": (
        says(OK),
        OTHER,
        "https",
        {},
        "The server's certificate is not trusted (%s): use the name in api_url that the certificate is for.",
    ),
    "time-out that is too short": (
        hangs,
        None,
        "http",
        {"timeout": 0.3},
        "No answer was complete within 0.3 seconds, after 1 try: raise timeout, or run the task again later.",
    ),
    "compression": (
        says_and_closes(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n\x8b\0\x80"),
        None,
        "http",
        {},
        "The answer is compressed, which nobody asked for ('br'): make the server or the proxy on the way heed "
        "'Accept-Encoding: identity'.",
    ),
    "proxy that needs a log-in": (
        says_and_closes(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
        None,
        "proxy",
        {},
        "The proxy asks for a log-in (407): give it in the proxy's URL (http://user:password@host:port), or set "
        "use_proxy to false.",
    ),
    "proxy that refuses": (
        says_and_closes(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        None,
        "proxy",
        {},
        "The proxy refused to connect to the server (403): check that it may connect to 'basedash.example.com', or set "
        "use_proxy to false.",
    ),
}


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def message(url: str, **given: Any) -> str:
    """Return what a task says that reads the list at ``url``, and fails."""
    given = {**INFO, "retry_timeout": 0.0, "api_url": url, **given}
    report = execute(READ, given, check_mode=False, diff_mode=False, transport=RequestsTransport)
    assert report.failed
    assert report.result["error"]["url"].startswith(url)
    return str(report.result["msg"])


@pytest.mark.parametrize("mistake", NETWORK)
def test_mistake_that_the_network_tells(mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    behaviour, certificate, scheme, given, expected = NETWORK[mistake]
    authority = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(authority))
    with serving(behaviour, server_context(certificate) if certificate is not None else None) as server:
        url = "%s://127.0.0.1:%d" % (scheme, server.port)
        if scheme == "proxy":
            monkeypatch.setenv("https_proxy", "http://127.0.0.1:%d" % server.port)
            url = "https://basedash.example.com"
        said = message(url, **{"ca_path": str(authority), **given})
    # The words in the brackets are those of OpenSSL, which change.
    assert re.fullmatch(re.escape(expected).replace("%s", ".+"), said), said


OFFLINE: dict[str, tuple[OSError, str, str]] = {
    "host that does not exist": (
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        "https://basedash.invalid",
        "The name of the server 'basedash.invalid' does not resolve: check api_url, and that this machine is online.",
    ),
    "offline, without a name server": (
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        "https://charts.basedash.com",
        "The name of the server 'charts.basedash.com' does not resolve, after 1 try: check api_url, and that this "
        "machine is online.",
    ),
    "offline, without a route": (
        OSError(errno.ENETUNREACH, "Network is unreachable"),
        "http://127.0.0.1:3000",
        "The server can't be reached (Network is unreachable), after 1 try: check api_url, and that this machine is "
        "online.",
    ),
    "wrong port": (
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        "http://127.0.0.1:3000",
        "The server refused the connection ('127.0.0.1:3000'), after 1 try: check host and port of api_url, and that "
        "it is running there.",
    ),
    "too many files": (
        OSError(errno.EMFILE, "Too many open files"),
        "http://127.0.0.1:3000",
        "Too many files are open in this process or on this machine: raise the limit ('ulimit -n'), or run fewer tasks "
        "at once.",
    ),
}


@pytest.mark.parametrize("mistake", OFFLINE)
def test_mistake_before_there_is_a_connection(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failure, url, expected = OFFLINE[mistake]

    def fail(*_arguments: Any) -> Any:
        raise failure

    if isinstance(failure, socket.gaierror):
        monkeypatch.setattr(socket, "getaddrinfo", fail)
    else:
        monkeypatch.setattr(LimitedSocket, "connect", fail)
    assert message(url) == expected


REQUESTS_MISSING = (
    "The Python library requests is missing (No module named 'requests'): this task runs with %s, add it there "
    "('%s -m pip install requests', or for Ansible from pipx 'pipx inject ansible-core requests', or from uv 'uv tool "
    "install ansible-core --with requests'), or set ansible_python_interpreter to a Python that has it."
)


def test_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_definition, "MISSING", ImportError("No module named 'requests'"))
    report = ModuleSpec(READ, {}).run({}, Caller(RequestsTransport))
    assert report.result["msg"] == REQUESTS_MISSING % (sys.executable, sys.executable)


MESSAGES = {
    *(message for _given, message in OPTIONS.values()),
    *(message for _reactions, _given, message in ANSWERS.values()),
    *(entry[-1] for entry in (*NETWORK.values(), *OFFLINE.values())),
    REQUESTS_MISSING,
}


@pytest.mark.parametrize("text", sorted(MESSAGES))
def test_guide_is_found_by_the_message(text: str) -> None:
    """The guide has the beginning of each message, up to what differs from case to case."""
    general = re.sub(r"(?<=[ (])'[^']*'|\d[\d.]*", "...", text)
    words = re.split(r"[:,(]|\. ", general.replace(" (...)", ""))[0].strip()
    assert words in GUIDE.read_text(encoding="utf-8"), words
