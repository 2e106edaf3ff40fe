# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: HTTP by ``requests``."""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import socket
import ssl
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from .._base.errors import InputError
from .._base.text import printable, quoted
from .certificates import EncryptedKeyError, check_authorities, check_client_certificate, no_passphrase, reason_of
from .connection import Connection
from .response import BadAnswerError, Response, too_large, unfolded
from .sockets import NO_FILE_LEFT, LimitedSSLSocket, TooManyBytesError, connect, has_no_file_left, limits, seconds_left
from .transport import PROXY_ADVICE, RawAnswer, Request, TransportError

MISSING: ImportError | None = None
"""Why ``requests`` can't be imported here, or ``None``."""

# A larger answer is refused. The largest normal answer, a page of 100 data sources, has about 200 kB.
_LARGEST_BODY = 10 * 1024 * 1024
# The same limit, but with the headers and the framing of chunks.
_LARGEST_ANSWER = 2 * _LARGEST_BODY
_CHUNK = 64 * 1024

_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
    from requests.structures import CaseInsensitiveDict
    from requests.utils import DEFAULT_CA_BUNDLE_PATH
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import HTTPError, InsecureRequestWarning, NewConnectionError, ProxyError
    from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs
except ImportError as import_error:
    MISSING = import_error
else:

    def _open(connection: Any) -> Any:
        try:
            return connect(connection.host, connection.port, connection.source_address, connection.socket_options)
        except OSError as error:
            raise NewConnectionError(connection, str(error)) from error

    def _context(cert_reqs: Any) -> Any:
        context = create_urllib3_context(cert_reqs=cert_reqs)
        context.sslsocket_class = LimitedSSLSocket
        return context

    def _proxy_context(verify: bool | str) -> Any:
        context = _context(ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
        if isinstance(verify, str):
            context.check_hostname = True
            folder = os.path.isdir(verify)
            context.load_verify_locations(None if folder else verify, verify if folder else None)
        return context

    # The library expects a class here. This one also knows its connection, so that it can close it.
    _response_class: Any = property(lambda connection: partial(Response, connection.close))

    class _Connection(HTTPConnection):
        response_class: Any = _response_class

        def _new_conn(self) -> Any:
            return _open(self)

    class _TLSConnection(HTTPSConnection):
        response_class: Any = _response_class

        def _new_conn(self) -> Any:
            return _open(self)

        def connect(self) -> None:
            if getattr(self, "proxy_config", None) is not None and not self._tunnel_host:
                # This connects to a proxy for an http:// request, because requests would not check the proxy's
                # certificate.
                self.sock = self._connect_tls_proxy(self.host, self._new_conn())
                self.is_verified = bool(self.proxy_is_verified)
                return
            # The context is made here, because some releases of requests replace a context that is passed to them.
            self.ssl_context = _context(resolve_cert_reqs(self.cert_reqs))
            # This is passed to OpenSSL, which accepts a function as well.
            self.key_password: Any = no_passphrase
            super().connect()

        def _connect_tls_proxy(self, hostname: str, sock: Any) -> Any:
            # The method of urllib3 before 2 passes no name for a proxy that is given by its address.
            context: Any = self.proxy_config.ssl_context if self.proxy_config is not None else None
            self.proxy_is_verified = context.verify_mode == ssl.CERT_REQUIRED
            try:
                return context.wrap_socket(sock, server_hostname=hostname)
            except ssl.SSLError as error:
                raise ProxyError("no TLS connection to the proxy", error) from error

    class _Pool(HTTPConnectionPool):
        ConnectionCls = _Connection

    class _TLSPool(HTTPSConnectionPool):
        ConnectionCls = _TLSConnection

    class _Adapter(HTTPAdapter):
        """The adapter of requests, with sockets that keep the limits."""

        def __init__(self, verify: bool | str) -> None:
            self._verify_proxy = verify
            self._pool_key: Any = None
            # This is the maximum of parallel requests, so that each of them keeps its connection.
            super().__init__(max_retries=0, pool_maxsize=64)

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

        def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
            # Cached, because it is the same for each request, and some releases of requests read the disk to make it.
            if self._pool_key is None:
                self._pool_key = super().build_connection_pool_key_attributes(*args, **kwargs)
            return self._pool_key

        def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
            if proxy.lower().startswith("https:") and proxy not in self.proxy_manager:
                # Without this, urllib3 makes its own context for the proxy, and its sockets keep no limit.
                kwargs["proxy_ssl_context"] = _proxy_context(self._verify_proxy)
            manager = super().proxy_manager_for(proxy, **kwargs)
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
            return manager


class RequestsTransport:
    """An adapter of ``requests`` without its session, so that the surroundings have no influence.

    It ignores ``.netrc`` files, cookies and redirects. Proxies come only from the environment and never from the
    system's settings, because reading these settings is not safe after a fork on macOS.

    Raises:
        InputError: if a file of the TLS options, or a proxy in the environment, can't be used.
    """

    def __init__(self, connection: Connection) -> None:
        self._verify: bool | str = _bundle(connection) if connection.validate_certs else False
        if not connection.validate_certs:
            # The user has decided this, so a warning of the library at every request would only fill the output.
            urllib3.disable_warnings(InsecureRequestWarning)
        self._adapter = _Adapter(self._verify)
        self._cert = _certificate(connection)
        self._proxies = _proxies(connection.api_url) if connection.use_proxy else {}
        self.secrets: Sequence[str] = [secret for proxy in self._proxies.values() for secret in _credentials(proxy)]

    def send(self, request: Request, timeout: float) -> RawAnswer:
        """Send ``request`` and return the whole answer; see ``Transport.send``."""
        try:
            with limits(timeout, _LARGEST_ANSWER):
                answer = self._adapter.send(
                    _prepared(request),
                    stream=True,
                    timeout=timeout,
                    verify=self._verify,
                    cert=self._cert,
                    proxies=self._proxies,
                )
                with closing(answer):
                    return RawAnswer(
                        status=answer.status_code,
                        headers={name.lower(): str(value) for name, value in answer.headers.items()},
                        body=_body(answer),
                    )
        except TransportError:
            raise
        except (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise _explained(error, request.url, timeout, self._proxies) from error

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


def _prepared(request: Request) -> requests.PreparedRequest:
    """Return the request in the form for the adapter.

    The library's own method would parse and change the URL, which is complete already.
    """
    prepared = requests.PreparedRequest()
    prepared.method, prepared.url, prepared.body = request.method, request.url, request.body
    prepared.headers = CaseInsensitiveDict(request.headers)
    if request.body is not None:
        prepared.headers["Content-Length"] = str(len(request.body))
    return prepared


def _body(answer: Any) -> bytes:
    # The length is valid here, because ``Response`` has refused any other.
    declared = answer.headers.get("Content-Length")
    expected = int(declared[:18]) if declared else None
    if expected is not None and expected > _LARGEST_BODY:
        raise too_large(_LARGEST_BODY)
    body = bytearray()
    # Read the body without decompressing it, because some releases of urllib3 expand a small answer to gigabytes.
    for chunk in answer.raw.stream(_CHUNK, decode_content=False):
        seconds_left()
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise too_large(_LARGEST_BODY)
    # Older releases of urllib3 accept a body that ends too early as complete.
    if expected is not None and len(body) < expected:
        raise TransportError("the answer was cut off", sent=True, transient=True)
    return _plain(answer, bytes(body))


def _plain(answer: Any, body: bytes) -> bytes:
    """Return a decompressed body, although this client did not ask for compression."""
    headers = answer.raw.headers
    applied = [name for line in ("Content-Encoding", "Transfer-Encoding") for name in headers.get(line, "").split(",")]
    codings = [name.strip().lower() for name in applied]
    codings = [name for name in codings if name not in ("", "identity", "chunked")]
    if not codings:
        return body
    plain = unfolded(body, codings, _LARGEST_BODY)
    if plain is None and 200 <= answer.status_code < 300:
        raise TransportError(
            "the answer is compressed, which nobody asked for (%s)" % quoted(", ".join(codings)),
            sent=True,
            transient=False,
            advice="make the server or the proxy on the way heed 'Accept-Encoding: identity'",
        )
    # For any other status, the status alone is enough.
    return body if plain is None else plain


def _bundle(connection: Connection) -> str:
    if connection.ca_path is not None:
        check_authorities(connection.ca_path, "The option ca_path")
        return connection.ca_path
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        bundle = os.environ.get(variable)
        if bundle:
            if not os.path.exists(bundle):
                raise InputError(
                    "The environment variable %s names %s, which does not exist: correct it, or set ca_path."
                    % (variable, printable(bundle))
                )
            check_authorities(bundle, "The environment variable %s" % variable)
            return bundle
    return str(DEFAULT_CA_BUNDLE_PATH)


def _certificate(connection: Connection) -> str | tuple[str, str] | None:
    if connection.client_cert is None:
        return None
    check_client_certificate(connection.client_cert, connection.client_key)
    if connection.client_key is None:
        return connection.client_cert
    return connection.client_cert, connection.client_key


def _proxies(url: str) -> dict[str, str]:
    """Return the proxy for ``url`` from the environment, in the form for requests; empty if there is none."""
    parts = urlsplit(url)
    found = urllib.request.getproxies_environment()
    proxy = found.get(parts.scheme) or found.get("all")
    if not proxy or _bypassed(parts.hostname or "", _port(parts), found.get("no", "")):
        return {}
    if "://" not in proxy:
        proxy = "http://" + proxy
    try:
        usable = urlsplit(proxy).scheme in ("http", "https") and bool(urlsplit(proxy).hostname)
        usable = usable and urlsplit(proxy).port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            "The proxy that the environment names for %s:// can't be used: give http://host:port, "
            "or set use_proxy to false (it is not shown here, it may hold a password)." % parts.scheme
        )
    return {parts.scheme: proxy}


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Tell whether ``no_proxy`` has the host: by its name, its domain, its name and port, or its network."""
    for entry in (one.strip().lower() for one in no_proxy.split(",")):
        name, colon, entry_port = entry.rpartition(":")
        if colon and entry_port.isdigit() and name.count(":") == 0:
            if port != int(entry_port):
                continue
            entry = name
        entry = entry.lstrip("*").lstrip(".") if entry != "*" else entry
        if entry and (entry == "*" or host == entry or host.endswith("." + entry) or _in_network(host, entry)):
            return True
    return False


def _in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False


def _credentials(proxy: str) -> list[str]:
    parts = urlsplit(proxy)
    if not parts.password:
        return []
    pair = "%s:%s" % (unquote(parts.username or ""), unquote(parts.password))
    return [parts.password, unquote(parts.password), pair]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and its causes, which the libraries keep in several places."""
    seen: list[int] = []
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.append(id(current))
        yield current
        waiting += [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]


@dataclass(frozen=True)
class _Failure:
    """An exception from a library for a request to ``url``, with all its causes."""

    error: Exception
    url: str
    timeout: float
    by_proxy: bool
    chain: list[BaseException]

    def met(self, *kinds: Any) -> BaseException | None:
        """Return the first exception of one of these types."""
        return next((one for one in self.chain if isinstance(one, kinds)), None)

    @property
    def sent(self) -> bool:
        """Whether the request may have left this machine."""
        return self.met(NewConnectionError) is None

    @property
    def server(self) -> str:
        """The server's host and port in a message."""
        return quoted(urlsplit(self.url).netloc)

    @property
    def peer(self) -> str:
        """The words for the other end of the connection."""
        return "the proxy" if self.by_proxy else "the server"

    @property
    def where(self) -> str:
        """The setting that has the address of the other end."""
        return "the proxy's URL in the environment" if self.by_proxy else "api_url"


def _explained(error: Exception, url: str, timeout: float, proxies: dict[str, str]) -> TransportError:
    """Return what ``error`` means for the request to ``url``: whether it was sent, and whether to try again."""
    failure = _Failure(error, url, timeout, bool(proxies), list(_chain(error)))
    for explain in (_of_this_machine, _of_the_name, _of_the_time, _of_tls, _of_the_connection):
        explained = explain(failure)
        if explained is not None:
            return explained
    return _of_the_answer(failure)


def _of_this_machine(failure: _Failure) -> TransportError | None:
    if any(map(has_no_file_left, failure.chain)):
        return TransportError(NO_FILE_LEFT[0], sent=False, transient=False, advice=NO_FILE_LEFT[1])
    tunnel = _TUNNEL.search(" ".join(str(one) for one in failure.chain if isinstance(one, OSError)))
    if tunnel:
        return _no_tunnel(int(tunnel.group(1)), failure.server)
    return too_large(_LARGEST_BODY) if failure.met(TooManyBytesError) else None


def _of_the_name(failure: _Failure) -> TransportError | None:
    unknown = failure.met(socket.gaierror)
    if not isinstance(unknown, socket.gaierror):
        return None
    name = failure.peer if failure.by_proxy else "the server %s" % quoted(urlsplit(failure.url).hostname)
    return TransportError(
        "the name of %s does not resolve" % name,
        sent=False,
        transient=unknown.errno == socket.EAI_AGAIN,
        advice="check %s, and that this machine is online" % failure.where,
    )


def _of_the_time(failure: _Failure) -> TransportError | None:
    if not failure.met(socket.timeout, requests.Timeout):
        return None
    doing = "no answer was complete" if failure.sent else "no connection was made"
    advice = "raise timeout, or run the task again later"
    return TransportError(
        "%s within %g seconds" % (doing, failure.timeout),
        sent=failure.sent,
        transient=True,
        timed_out=True,
        advice=advice if failure.sent else "check %s, or raise timeout" % failure.where,
    )


def _of_tls(failure: _Failure) -> TransportError | None:
    untrusted = failure.met(ssl.SSLCertVerificationError)
    if isinstance(untrusted, ssl.SSLCertVerificationError):
        return _distrusted("the proxy" if failure.met(ProxyError) else "the server", untrusted.verify_message)
    # urllib3 before release 2 compares names itself. Its exception is found by name, because the class has moved.
    misnamed = next((one for one in failure.chain if type(one).__name__ == "CertificateError"), None)
    if misnamed:
        return _distrusted("the server", misnamed)
    if failure.met(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return TransportError("%s cut the TLS connection" % failure.peer, sent=True, transient=True)
    broken = failure.met(ssl.SSLError)
    return _no_tls(broken, failure.peer, failure.where) if isinstance(broken, ssl.SSLError) else None


def _of_the_connection(failure: _Failure) -> TransportError | None:
    if failure.met(ConnectionRefusedError):
        at = "" if failure.by_proxy else " (%s)" % failure.server
        return TransportError(
            "%s refused the connection%s" % (failure.peer, at),
            sent=False,
            transient=True,
            advice="check host and port of %s, and that it is running there" % failure.where,
        )
    if failure.sent:
        return None
    reasons = [one.strerror for one in failure.chain if isinstance(one, OSError) and one.strerror]
    return TransportError(
        "%s can't be reached (%s)" % (failure.peer, printable(reasons[0] if reasons else failure.chain[-1])),
        sent=False,
        transient=True,
        advice="check %s, and that this machine is online" % failure.where,
    )


def _of_the_answer(failure: _Failure) -> TransportError:
    if failure.met(ConnectionError, http.client.RemoteDisconnected):
        return TransportError("the connection was closed without an answer", sent=True, transient=True)
    if failure.met(http.client.IncompleteRead):
        return TransportError("the answer was cut off", sent=True, transient=True)
    bad = failure.met(BadAnswerError)
    if bad:
        return TransportError(str(bad), sent=True, transient=False, advice="check the server and any proxy on the way")
    if failure.met(http.client.HTTPException):
        advice = "check scheme and port of api_url"
        return TransportError("what came back is not HTTP", sent=True, transient=False, advice=advice)
    is_local = isinstance(failure.error, OSError) and not failure.met(HTTPError)
    if is_local or failure.met(FileNotFoundError, PermissionError):
        return TransportError(
            "a file of the TLS options can't be used (%s)" % printable(failure.error),
            sent=False,
            transient=False,
            advice="check ca_path, client_cert and client_key",
        )
    return TransportError("the connection broke (%s)" % printable(failure.chain[-1]), sent=True, transient=True)


def _no_tunnel(status: int, server: str) -> TransportError:
    if status == 407:
        mistake, advice = "the proxy asks for a log-in (407)", PROXY_ADVICE
    else:
        mistake = "the proxy refused to connect to the server (%d)" % status
        advice = "check that it may connect to %s, or set use_proxy to false" % server
    return TransportError(mistake, sent=False, transient=status >= 500, advice=advice)


def _distrusted(owner: str, why: object) -> TransportError:
    reason = printable(why)
    text = reason.lower()
    if "expired" in text or "not yet valid" in text:
        advice = "renew it there, or check the clock here"
    elif "match" in text or "mismatch" in text:
        advice = "use the name in %s that the certificate is for" % (
            "api_url" if owner == "the server" else "the proxy's URL"
        )
    else:
        advice = "set ca_path to the authority that signed it"
    mistake = "%s's certificate is not trusted (%s)" % (owner, reason.rstrip("."))
    return TransportError(mistake, sent=False, transient=False, advice=advice)


def _no_tls(error: ssl.SSLError, peer: str, where: str) -> TransportError:
    reason = reason_of(error)
    mistake, advice = (
        "no TLS connection could be made (%s)" % printable(reason),
        "check ca_path, client_cert, client_key",
    )
    if isinstance(error, EncryptedKeyError):
        mistake, advice = "the private key is encrypted", "give a client_key without a passphrase"
    elif "wrong version" in reason or "http request" in reason or "record layer" in reason:
        mistake, advice = "%s does not speak TLS on this port" % peer, "check scheme and port of %s" % where
    elif "alert" in reason or "certificate required" in reason:
        mistake = "%s refused the TLS connection (%s)" % (peer, printable(reason))
        advice = "check client_cert and client_key"
    return TransportError(mistake, sent=True, transient=False, advice=advice)
