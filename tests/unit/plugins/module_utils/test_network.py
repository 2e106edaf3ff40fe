# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport on real sockets: certificates, proxies, redirects, time limits, and answers that break."""

from __future__ import annotations

import datetime
import random
import resource
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._base.text import shortened
from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import CONNECTION
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.network import (
    OK,
    Server,
    drips,
    floods,
    hangs,
    resets,
    says,
    says_and_closes,
    serving,
    tunnels,
)

AUTHORITY = trustme.CA()
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def send(
    server: Server, scheme: str = "http", host: str = "127.0.0.1", timeout: float = 20.0, **options: Any
) -> RawAnswer:
    url = "%s://%s:%d" % (scheme, host, server.port)
    return send_to(url, timeout, **options)


def send_to(url: str, timeout: float = 20.0, method: str = "GET", **options: Any) -> RawAnswer:
    transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": url, **options}))
    headers = {
        "Authorization": "Bearer k",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "x",
    }
    try:
        return transport.send(Request(method, url + "/api/x%2Fy", headers), timeout)
    finally:
        transport.close()


def failure(*args: Any, **options: Any) -> TransportError:
    with pytest.raises(TransportError) as failed:
        send(*args, **options)
    return failed.value


def said(error: TransportError) -> str:
    return "%s: %s" % (error, error.advice)


def server_context(certificate: trustme.LeafCert, clients: trustme.CA | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if clients is not None:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def secure() -> Iterator[Server]:
    with serving(says(OK), server_context(AUTHORITY.issue_cert("127.0.0.1", "localhost"))) as server:
        yield server


def test_request_on_the_wire() -> None:
    with serving(says(OK)) as server:
        answer = send(server)
    assert (answer.status, answer.body) == (200, b'{"data":{}}')
    assert answer.headers["content-type"] == "application/json"
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /api/x%2Fy HTTP/1.1"
    assert sorted(line.split(":")[0] for line in lines[1:] if line) == [
        "Accept",
        "Accept-Encoding",
        "Authorization",
        "Host",
        "User-Agent",
    ]


def test_connection_is_kept() -> None:
    with serving(says(OK)) as server:
        url = "http://127.0.0.1:%d" % server.port
        transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": url}))
        for _number in range(3):
            assert transport.send(Request("GET", url + "/x", {}), 20).status == 200
        transport.close()
    assert server.connections == 1


def test_netrc_never_replaces_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(says(OK)) as server:
        send(server)
    assert b"Authorization: Bearer k\r\n" in server.requests[0]


def test_cookies_are_not_kept() -> None:
    reply = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n\r\n")
    with serving(says(reply)) as server:
        url = "http://127.0.0.1:%d" % server.port
        transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": url}))
        transport.send(Request("GET", url + "/x", {}), 20)
        transport.send(Request("GET", url + "/x", {}), 20)
        transport.close()
    assert b"ookie" not in server.requests[1]


@pytest.mark.parametrize("location", ["/elsewhere", "http://localhost:1/elsewhere"])
def test_redirect_is_not_followed(location: str) -> None:
    reply = b"HTTP/1.1 307 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location.encode()
    with serving(says(reply)) as server:
        answer = send(server)
        assert answer.status == 307
        assert answer.headers["location"] == location
    assert len(server.requests) == 1


def test_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(says(OK), host="::1") as server:
        assert send(server, host="[::1]").status == 200


def test_path_prefix() -> None:
    with serving(says(OK)) as server:
        send_to("http://127.0.0.1:%d/tools/basedash" % server.port)
    assert server.requests[0].startswith(b"GET /tools/basedash/api/x%2Fy ")


# Certificates


def test_trusted_certificate(secure: Server, authority: Path) -> None:
    assert send(secure, "https", ca_path=str(authority)).status == 200


def test_authorities_in_a_directory(secure: Server, authority: Path, tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    folder.mkdir()
    # The name is the hash of the authority's subject, as `openssl rehash` makes it.
    context = ssl.create_default_context(cafile=str(authority))
    assert context.cert_store_stats()["x509_ca"] >= 1
    hashed = _subject_hash(authority)
    (folder / (hashed + ".0")).write_bytes(authority.read_bytes())
    assert send(secure, "https", ca_path=str(folder)).status == 200


def _subject_hash(path: Path) -> str:
    command = ["openssl", "x509", "-in", str(path), "-noout", "-hash"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except FileNotFoundError:
        pytest.skip("this machine has no openssl command")


def test_untrusted_certificate(secure: Server) -> None:
    error = failure(secure, "https")
    assert "ca_path" in said(error)
    assert (error.sent, error.transient) == (False, False)


def test_self_signed_certificate() -> None:
    leaf = trustme.CA().issue_cert("127.0.0.1")
    with serving(says(OK), server_context(leaf)) as server:
        assert "not trusted" in str(failure(server, "https"))


def test_expired_certificate(authority: Path) -> None:
    leaf = AUTHORITY.issue_cert("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO + datetime.timedelta(days=1))
    with serving(says(OK), server_context(leaf)) as server:
        error = failure(server, "https", ca_path=str(authority))
    assert "expired" in said(error)
    assert "ca_path" not in said(error)
    assert not error.transient


def test_certificate_for_another_name(authority: Path) -> None:
    with serving(says(OK), server_context(AUTHORITY.issue_cert("other.example.com"))) as server:
        error = failure(server, "https", ca_path=str(authority))
    assert "use the name in api_url" in said(error)
    assert "ca_path" not in said(error)
    assert (error.sent, error.transient) == (False, False)


def test_certificates_are_not_checked_on_demand(
    secure: Server, monkeypatch: pytest.MonkeyPatch, authority: Path
) -> None:
    assert send(secure, "https", validate_certs=False).status == 200
    # Even when the environment names a bundle.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    with serving(says(OK), server_context(trustme.CA().issue_cert("other.example.com"))) as server:
        assert send(server, "https", validate_certs=False).status == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_bundle_of_the_environment(
    secure: Server, monkeypatch: pytest.MonkeyPatch, authority: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(authority))
    assert send(secure, "https").status == 200
    monkeypatch.setenv(variable, str(authority) + ".missing")
    with pytest.raises(InputError, match=variable):
        send(secure, "https")


def test_client_certificate(authority: Path, tmp_path: Path) -> None:
    clients = trustme.CA()
    client = clients.issue_cert("client@example.com")
    both, certificate, key = tmp_path / "both.pem", tmp_path / "cert.pem", tmp_path / "key.pem"
    client.private_key_and_cert_chain_pem.write_to_path(str(both))
    client.cert_chain_pems[0].write_to_path(str(certificate))
    client.private_key_pem.write_to_path(str(key))
    with serving(says(OK), server_context(AUTHORITY.issue_cert("127.0.0.1"), clients)) as server:
        trusted: dict[str, Any] = {"ca_path": str(authority)}
        assert send(server, "https", client_cert=str(both), **trusted).status == 200
        assert send(server, "https", client_cert=str(certificate), client_key=str(key), **trusted).status == 200
        failure(server, "https", **trusted)


def test_tls_to_a_server_without() -> None:
    with serving(says_and_closes(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        error = failure(server, "https")
    assert "TLS" in str(error)
    assert not error.transient


# Proxies


def test_http_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(OK)) as proxy:
        monkeypatch.setenv("http_proxy", "http://user:hunter2@127.0.0.1:%d" % proxy.port)
        assert send_to("http://basedash.example.com").status == 200
        assert proxy.requests[0].startswith(b"GET http://basedash.example.com/api/x%2Fy ")
        assert b"Proxy-Authorization: Basic" in proxy.requests[0]
        transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": "http://basedash.example.com"}))
        assert "hunter2" in transport.secrets


def test_https_through_a_proxy(secure: Server, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tunnels) as proxy:
        monkeypatch.setenv("https_proxy", "127.0.0.1:%d" % proxy.port)
        assert send(secure, "https", ca_path=str(authority)).status == 200
    assert proxy.requests[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"Bearer" not in proxy.requests[0]


@pytest.fixture
def secure_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(tunnels, server_context(AUTHORITY.issue_cert("127.0.0.1"))) as proxy:
        monkeypatch.setenv("https_proxy", "https://127.0.0.1:%d" % proxy.port)
        yield proxy


def test_https_through_an_https_proxy(secure: Server, secure_proxy: Server, authority: Path) -> None:
    assert send(secure, "https", ca_path=str(authority)).status == 200
    assert send(secure, "https", validate_certs=False).status == 200
    assert [request.split(b" ")[0] for request in secure_proxy.requests] == [b"CONNECT", b"CONNECT"]
    assert b"Bearer" not in b"".join(secure_proxy.requests)
    assert b"Bearer k" in secure.requests[0]


def test_http_through_an_https_proxy(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(OK), server_context(AUTHORITY.issue_cert("127.0.0.1"))) as proxy:
        monkeypatch.setenv("http_proxy", "https://127.0.0.1:%d" % proxy.port)
        assert send_to("http://basedash.example.com", ca_path=str(authority)).status == 200
        with pytest.raises(TransportError, match="the proxy's certificate is not trusted"):
            send_to("http://basedash.example.com")
    assert len(proxy.requests) == 1
    assert proxy.requests[0].startswith(b"GET http://basedash.example.com/api/x%2Fy ")


def test_https_proxy_is_checked(secure: Server, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for leaf, word in ((trustme.CA().issue_cert("127.0.0.1"), "ca_path"), (AUTHORITY.issue_cert("x.test"), "name")):
        with serving(tunnels, server_context(leaf)) as proxy:
            monkeypatch.setenv("https_proxy", "https://127.0.0.1:%d" % proxy.port)
            error = failure(secure, "https", ca_path=str(authority))
        assert "the proxy's certificate is not trusted" in str(error)
        assert word in said(error)
        assert not error.sent
        assert proxy.requests == []


def test_certificate_behind_an_https_proxy_is_checked(secure_proxy: Server, authority: Path) -> None:
    with serving(says(OK), server_context(AUTHORITY.issue_cert("other.example.com"))) as server:
        error = failure(server, "https", ca_path=str(authority))
    assert "the server's certificate is not trusted" in str(error)
    assert server.requests == []


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n"


@pytest.mark.parametrize("behaviour", [hangs, drips(ESTABLISHED + b"X-A: b\r\n" * 200, 0.02)], ids=["hangs", "drips"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_time_limit_holds_for_a_proxy(
    behaviour: Any, scheme: str, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(AUTHORITY.issue_cert("127.0.0.1")) if scheme == "https" else None
    with serving(behaviour, context) as proxy:
        monkeypatch.setenv("https_proxy", "%s://127.0.0.1:%d" % (scheme, proxy.port))
        begun = time.monotonic()
        with pytest.raises(TransportError, match=r"0\.5 seconds"):
            send_to("https://basedash.example.com", 0.5, ca_path=str(authority))
        assert time.monotonic() - begun < 3.5


@pytest.mark.parametrize("behaviour", [hangs, drips(OK, 0.05)], ids=["hangs", "drips"])
def test_time_limit_holds_behind_an_https_proxy(behaviour: Any, secure_proxy: Server, authority: Path) -> None:
    with serving(behaviour, server_context(AUTHORITY.issue_cert("127.0.0.1"))) as server:
        begun = time.monotonic()
        error = failure(server, "https", timeout=0.5, ca_path=str(authority))
        assert time.monotonic() - begun < 3.5
    assert (error.sent, error.transient) == (True, True)
    assert "0.5 seconds" in str(error)


@pytest.mark.parametrize(
    "no_proxy", ["127.0.0.1", "127.0.0.0/8", "*", "example.com, 127.0.0.1", "127.0.0.1:{port}", "0.0.0.0/0"]
)
def test_no_proxy(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(says(OK)) as server:
        monkeypatch.setenv("no_proxy", no_proxy.format(port=server.port))
        assert send(server).status == 200


@pytest.mark.parametrize(
    ("no_proxy", "bypassed"),
    [
        ("example.com", True),
        (".example.com", True),
        ("*.example.com", True),
        ("basedash.example.com", True),
        ("BASEDASH.EXAMPLE.COM", True),
        ("basedash.example.com:80", True),
        ("basedash.example.com:81", False),
        ("dash.example.com", False),
        ("com.example", False),
        ("", False),
        (",", False),
    ],
)
def test_no_proxy_by_name(no_proxy: str, bypassed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://user:hunter2@127.0.0.1:9")
    monkeypatch.setenv("no_proxy", no_proxy)
    transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": "http://basedash.example.com"}))
    assert bypassed == (transport.secrets == [])


def test_use_proxy_is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(says(OK)) as server:
        assert send(server, use_proxy=False).status == 200


@pytest.mark.parametrize("proxy", ["socks5://hunter2@host:1", "http://", "http://host:port", "http://host:0"])
def test_proxy_that_is_refused(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", proxy)
    with pytest.raises(InputError, match="proxy") as refused:
        send_to("http://basedash.example.com")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("status", "transient"), [(407, False), (403, False), (502, True)])
def test_proxy_that_refuses(status: int, transient: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says_and_closes(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)) as proxy:
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:%d" % proxy.port)
        with pytest.raises(TransportError, match=str(status)) as failed:
            send_to("https://basedash.example.com")
    assert (failed.value.sent, failed.value.transient) == (False, transient)


# Bad luck


def test_refused_connection() -> None:
    # Bound and not listening: nobody else can get the port, and nobody answers.
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(TransportError, match="refused") as failed:
            send_to("http://127.0.0.1:%d" % unused.getsockname()[1])
    assert (failed.value.sent, failed.value.transient) == (False, True)


def test_name_that_does_not_resolve() -> None:
    with pytest.raises(TransportError, match="does not resolve") as failed:
        send_to("http://basedash.invalid")
    assert not failed.value.sent


def test_time_limit_holds_for_the_look_up_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args: answered.wait(30))
    begun = time.monotonic()
    with pytest.raises(TransportError, match=r"no connection was made within 0\.5 seconds") as failed:
        send_to("http://basedash.example.com", 0.5)
    assert time.monotonic() - begun < 3.5
    assert (failed.value.sent, failed.value.transient) == (False, True)
    answered.set()


def test_name_that_no_look_up_takes() -> None:
    with pytest.raises(TransportError) as failed:
        send_to("http://%s.example.com" % ("a" * 64))
    assert (failed.value.sent, failed.value.transient) == (False, False)


@pytest.mark.parametrize(
    "behaviour",
    [
        resets,
        says_and_closes(b""),
        says_and_closes(OK[:-3]),
        says_and_closes(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"dat'),
        says_and_closes(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"dat\r\n'),
    ],
    ids=["reset", "closed", "cut off", "cut off in a chunk", "cut off between chunks"],
)
def test_answer_that_breaks(behaviour: Any) -> None:
    with serving(behaviour) as server:
        error = failure(server)
    assert (error.sent, error.transient) == (True, True)


def test_what_is_not_http() -> None:
    with serving(says_and_closes(b"SSH-2.0-OpenSSH_9.2\r\n")) as server:
        error = failure(server)
    assert "not HTTP" in str(error)
    assert not error.transient


@pytest.mark.parametrize(
    "behaviour",
    [hangs, drips(OK, 0.05), drips(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200, 0.02), drips(b" " * 10000, 0.02)],
    ids=["hangs", "drips", "drips headers", "drips nothing"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_time_limit_counts_from_connecting_to_the_last_byte(behaviour: Any, scheme: str, authority: Path) -> None:
    context = server_context(AUTHORITY.issue_cert("127.0.0.1")) if scheme == "https" else None
    with serving(behaviour, context) as server:
        begun = time.monotonic()
        error = failure(server, scheme, timeout=0.5, ca_path=str(authority))
        # Generous: the machine may be busy. Without the limit it would be minutes, or for ever.
        assert time.monotonic() - begun < 3.5
    assert (error.sent, error.transient) == (True, True)
    assert "0.5 seconds" in str(error)


def test_time_limit_holds_while_shaking_hands(authority: Path) -> None:
    with serving(hangs) as server:
        error = failure(server, "https", timeout=0.5, ca_path=str(authority))
    assert error.transient


def test_answer_that_is_too_large() -> None:
    declared = b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n"
    with serving(says_and_closes(declared)) as server:
        error = failure(server)
    assert "larger than" in str(error)
    assert not error.transient
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 200
    with serving(says_and_closes(endless)) as server:
        assert "larger than" in str(failure(server))


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;%s\r\n \r\n" % (b"a" * 1000) * 60),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: b\r\n" * 8000),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", b" " * 65536),
        (b"HTTP/1.1 103 Early Hints\r\n", b"Link: </a>\r\n" * 3000),
    ],
    ids=["chunk size", "small chunks", "trailer", "trailers", "redirect", "103 Early Hints"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_part_of_an_answer_is_limited(head: bytes, part: bytes, scheme: str, authority: Path) -> None:
    context = server_context(AUTHORITY.issue_cert("127.0.0.1")) if scheme == "https" else None
    with serving(floods(head, part), context) as server:
        error = failure(server, scheme, timeout=60.0, ca_path=str(authority))
    # The newest urllib3 has limits of its own for some parts.
    assert any(words in str(error) for words in ("larger than", "exceeded", "not HTTP"))
    assert error.sent


def test_headers_without_end() -> None:
    with serving(says_and_closes(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n")) as server:
        assert failure(server).sent


def test_any_bytes_are_an_answer_or_a_clear_failure() -> None:
    """Mangled answers on one server: what comes is a whole answer or a ``TransportError``, within its time."""
    chance = random.Random(1)
    parts = [
        OK,
        OK[:30],
        b"HTTP/1.1 ",
        b"HTTP/9.9 200\r\n",
        b" 200 ",
        b"-1",
        b"\r\n",
        b"\r\n\r\n",
        b"\x00\xff",
        b": ",
        b"a" * 70000,
    ]
    parts += [
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -5\r\n",
        b"\r\n\r\n0\r\n\r\n",
    ]
    parts += [
        "Content-Length: \u00b2\r\n".encode("latin-1"),
        b"Location: http://[\r\n",
        b"Set-Cookie: =;;\r\n",
        b"ffffffffff\r\n",
    ]
    parts += [
        b"Content-Length: %s\r\n" % (b"9" * 5000),
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"HTTP/1.1 204 No\r\n",
        b"-8\r\n",
    ]
    answers = 0
    failures: list[TransportError] = []

    def behave(connection: socket.socket, request: bytes) -> None:
        head = [b"HTTP/1.1 200 OK\r\n"] if chance.random() < 0.7 else []
        connection.sendall(b"".join(head + chance.choices(parts, k=chance.randrange(6))))
        connection.shutdown(socket.SHUT_RDWR)

    with serving(behave) as server:
        for _number in range(400):
            try:
                assert 100 <= send(server).status <= 999
                answers += 1
            except TransportError as error:
                failures.append(error)
    assert len(server.requests) == 400
    assert all(error.sent and shortened(str(error)).isprintable() for error in failures)
    assert 0 < answers < 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_file_left_is_a_fault_of_this_machine(host: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    url = "http://%s:9" % host
    transport = RequestsTransport(Connection.from_options({**CONNECTION, "api_url": url}))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(TransportError, match="too many files are open") as failed:
            transport.send(Request("GET", url + "/x", {}), 20)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        transport.close()
    assert (failed.value.sent, failed.value.transient) == (False, False)
    assert "ulimit" in failed.value.advice
