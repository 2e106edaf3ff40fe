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
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from ansible_collections.community.basedash.plugins.module_utils._connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._sockets import (
    LimitedSSLSocket,
    TooManyBytesError,
    connect,
    limits,
    seconds_left,
)
from ansible_collections.community.basedash.plugins.module_utils._text import shown
from ansible_collections.community.basedash.plugins.module_utils._transport import RawAnswer, Request, TransportError

MISSING: ImportError | None = None
"""Why ``requests`` can't be imported here, or ``None``."""

# An answer that is larger is refused: the largest honest one, a page of 100 data sources, has some 200 kB.
_LARGEST_BODY = 10 * 1024 * 1024
# With the headers and the frame of each chunk.
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

    class _Connection(HTTPConnection):
        def _new_conn(self) -> Any:
            return _open(self)

    class _TLSConnection(HTTPSConnection):
        def _new_conn(self) -> Any:
            return _open(self)

        def connect(self) -> None:
            if getattr(self, "proxy_config", None) is not None and not self._tunnel_host:
                # To a proxy that shall pass an http:// request on; requests would not check its certificate.
                self.sock = self._connect_tls_proxy(self.host, self._new_conn())
                self.is_verified = bool(self.proxy_is_verified)
                return
            # Made here and not handed through requests, some of whose releases replace it by one of their own.
            self.ssl_context = _context(resolve_cert_reqs(self.cert_reqs))
            super().connect()

        def _connect_tls_proxy(self, hostname: str, sock: Any) -> Any:
            # That of urllib3 before 2 passes no name on for a proxy that goes by its address.
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
            # As many as there can be requests at once, so that each keeps its connection.
            super().__init__(max_retries=0, pool_maxsize=64)

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

        def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
            # The same for each request of a transport, and some releases of requests look at the disk for it.
            if self._pool_key is None:
                self._pool_key = super().build_connection_pool_key_attributes(*args, **kwargs)
            return self._pool_key

        def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
            if proxy.lower().startswith("https:") and proxy not in self.proxy_manager:
                # Else urllib3 makes one of its own for the proxy, whose sockets keep no limit.
                kwargs["proxy_ssl_context"] = _proxy_context(self._verify_proxy)
            manager = super().proxy_manager_for(proxy, **kwargs)
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
            return manager


class RequestsTransport:
    """An adapter of ``requests`` without its session, so that nothing of its surroundings plays a part.

    Neither a ``.netrc`` entry nor cookies nor redirects do. Proxies come from the environment alone, never from the
    system's settings: to ask those is not safe after a fork on macOS.

    Raises:
        InputError: if a proxy in the environment can't be used.
    """

    def __init__(self, connection: Connection) -> None:
        self._verify: bool | str = _bundle(connection) if connection.validate_certs else False
        if not connection.validate_certs:
            # The user decided; a warning of the library at every request would only fill the module's output.
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
                        body=_body(request, answer),
                    )
        except TransportError:
            raise
        except (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise _explained(error, timeout, self._proxies) from error

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


def _prepared(request: Request) -> requests.PreparedRequest:
    """Return the request as the adapter wants it.

    The library's own way there takes every URL apart again, and this one is complete.
    """
    prepared = requests.PreparedRequest()
    prepared.method, prepared.url, prepared.body = request.method, request.url, request.body
    prepared.headers = CaseInsensitiveDict(request.headers)
    if request.body is not None:
        prepared.headers["Content-Length"] = str(len(request.body))
    return prepared


def _body(request: Request, answer: Any) -> bytes:
    declared = answer.headers.get("Content-Length", "")
    expected = int(declared) if declared.isdigit() else None
    if expected is not None and expected > _LARGEST_BODY and request.method != "HEAD":
        raise _too_large()
    body = bytearray()
    # As it came: nobody asked for compression, and some releases of urllib3 unfold a small answer to gigabytes.
    for chunk in answer.raw.stream(_CHUNK, decode_content=False):
        seconds_left()
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise _too_large()
    # Older releases of urllib3 take a body that ends early for a whole one.
    if expected is not None and answer.status_code not in (204, 304) and answer.raw.tell() < expected:
        raise TransportError("the answer was cut off", sent=True, transient=True)
    return bytes(body)


def _too_large() -> TransportError:
    return TransportError(
        "the answer is larger than %d MB, which no answer of Basedash is: check api_url" % (_LARGEST_BODY // 2**20),
        sent=True,
        transient=False,
    )


def _bundle(connection: Connection) -> str:
    if connection.ca_path is not None:
        return connection.ca_path
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        bundle = os.environ.get(variable)
        if bundle:
            if not os.path.exists(bundle):
                raise InputError(
                    "The environment variable %s names %s, which does not exist: correct it, or set ca_path."
                    % (variable, shown(bundle))
                )
            return bundle
    return str(DEFAULT_CA_BUNDLE_PATH)


def _certificate(connection: Connection) -> str | tuple[str, str] | None:
    if connection.client_cert is None or connection.client_key is None:
        return connection.client_cert
    return connection.client_cert, connection.client_key


def _proxies(url: str) -> dict[str, str]:
    """Return the proxy of the environment for ``url``, as requests wants it, or nothing."""
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
    """Tell whether ``no_proxy`` names the host: by name, by a domain it is in, with a port, or as a network."""
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
    """Yield ``error`` and what led to it: the libraries keep causes in several places."""
    seen: list[int] = []
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.append(id(current))
        yield current
        waiting += [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]


def _explained(error: Exception, timeout: float, proxies: dict[str, str]) -> TransportError:
    """Return what ``error`` means for the request: whether it may have been sent, and whether to try again."""
    chain = list(_chain(error))

    def met(*kinds: Any) -> BaseException | None:
        return next((one for one in chain if isinstance(one, kinds)), None)

    sent = met(NewConnectionError) is None
    peer = "the proxy" if proxies else "the server"
    tunnel = _TUNNEL.search(" ".join(str(one) for one in chain if isinstance(one, OSError)))
    if tunnel:
        status = int(tunnel.group(1))
        return TransportError(
            "the proxy refused the connection with status %d" % status, sent=False, transient=status >= 500
        )
    if met(TooManyBytesError):
        return _too_large()
    unknown = met(socket.gaierror)
    if isinstance(unknown, socket.gaierror):
        again = unknown.errno == socket.EAI_AGAIN
        return TransportError("the name of %s does not resolve" % peer, sent=False, transient=again)
    if met(socket.timeout, requests.Timeout):
        doing = "no answer was complete" if sent else "no connection was made"
        return TransportError("%s within %g seconds" % (doing, timeout), sent=sent, transient=True, timed_out=True)
    untrusted = met(ssl.SSLCertVerificationError)
    if isinstance(untrusted, ssl.SSLCertVerificationError):
        owner = "the proxy" if met(ProxyError) else "the server"
        return TransportError(_distrust(owner, untrusted.verify_message), sent=False, transient=False)
    # That of urllib3, which compares names itself before its release 2; the place of the class has changed.
    misnamed = next((one for one in chain if type(one).__name__ == "CertificateError"), None)
    if misnamed:
        return TransportError(_distrust("the server", misnamed), sent=False, transient=False)
    if met(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return TransportError("%s cut the TLS connection" % peer, sent=True, transient=True)
    broken = met(ssl.SSLError)
    if isinstance(broken, ssl.SSLError):
        return TransportError(_tls_failure(broken), sent=True, transient=False)
    refused = met(ConnectionRefusedError)
    if refused:
        return TransportError("%s refused the connection" % peer, sent=False, transient=True)
    if not sent:
        return TransportError("%s can't be reached (%s)" % (peer, shown(chain[-1])), sent=False, transient=True)
    if met(ConnectionError, http.client.RemoteDisconnected):
        return TransportError("the connection was closed without an answer", sent=True, transient=True)
    if met(http.client.IncompleteRead):
        return TransportError("the answer was cut off", sent=True, transient=True)
    if met(http.client.HTTPException):
        return TransportError(
            "what came back is not HTTP: check the scheme and the port of api_url", sent=True, transient=False
        )
    if met(FileNotFoundError, PermissionError) or (isinstance(error, OSError) and not met(HTTPError)):
        return TransportError(
            "a file of the TLS options can't be used (%s)" % shown(error), sent=False, transient=False
        )
    return TransportError("the connection broke (%s)" % shown(chain[-1]), sent=True, transient=True)


def _distrust(owner: str, why: object) -> str:
    reason = shown(why)
    text = reason.lower()
    if "expired" in text or "not yet valid" in text:
        advice = "renew it there, or check the clock here"
    elif "match" in text or "mismatch" in text:
        advice = "use the name in %s that the certificate is for" % (
            "api_url" if owner == "the server" else "the proxy's URL"
        )
    else:
        advice = "set ca_path to the authority that signed it"
    return "%s's certificate is not trusted (%s): %s" % (owner, reason.rstrip("."), advice)


def _tls_failure(error: ssl.SSLError) -> str:
    reason = (error.reason or "").replace("_", " ").lower()
    if "wrong version" in reason or "http request" in reason or "record layer" in reason:
        return "the server does not speak TLS on this port: check the scheme and the port of api_url"
    if "alert" in reason or "certificate required" in reason:
        return "the server refused the TLS connection (%s): check client_cert and client_key" % shown(reason)
    return "no TLS connection could be made (%s): check ca_path, client_cert and client_key" % shown(
        reason or error.strerror or "no reason given"
    )
