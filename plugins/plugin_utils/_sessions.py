# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: connections that stay open between the items of a loop, which share one worker."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, Request, Transport

# Servers close idle connections, many of them after 5 seconds. A request that is sent at this moment is lost, and then
# it is not known whether it was done.
_LONGEST_IDLE = 4.0

# The maximum of open transports, because a loop may use thousands of keys or servers. Each transport has open files,
# several dozens in a bulk task, and macOS allows 256 for a process.
_MOST = 8


class _Lent:
    """A transport that stays open after its task."""

    def __init__(self, inner: Transport, monotonic: Callable[[], float]) -> None:
        self.inner = inner
        self.secrets: Sequence[str] = inner.secrets
        self._monotonic = monotonic
        self.used = monotonic()

    def send(self, request: Request, timeout: float) -> RawAnswer:
        try:
            return self.inner.send(request, timeout)
        finally:
            self.used = self._monotonic()

    def close(self) -> None:
        """Do nothing, because the next task may need the transport."""


class Sessions:
    """Lends transports to one task after the other, one for each service, key, certificates and proxy setting.

    Each process has its own transports, because a connection from before a fork belongs to the process that opened it.
    A transport is closed with its process, after some idle seconds, or when too many others were lent since then.
    """

    def __init__(
        self,
        make: Callable[[Connection], Transport] = RequestsTransport,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._monotonic = monotonic
        self._lent: dict[Any, _Lent] = {}
        self._process = os.getpid()

    def lend(self, connection: Connection) -> Transport:
        """Return the transport for a connection.

        Raises:
            InputError: if a file of the TLS options, or a proxy in the environment, can't be used.
        """
        if self._process != os.getpid():
            self._lent = {}
            self._process = os.getpid()
        # The organization and the time limits are left out, because they do not change the connection to the server.
        key = (
            connection.api_url,
            connection.api_key,
            connection.validate_certs,
            connection.ca_path,
            connection.client_cert,
            connection.client_key,
            connection.use_proxy,
        )
        lent = self._lent.pop(key, None)
        for other in [other for other, one in self._lent.items() if self._idle(one)]:
            self._lent.pop(other).inner.close()
        if lent is not None and self._idle(lent):
            lent.inner.close()
            lent = None
        while len(self._lent) >= _MOST:
            # The first transport in the dict is the least recently lent one.
            self._lent.pop(next(iter(self._lent))).inner.close()
        self._lent[key] = lent = lent or _Lent(self._make(connection), self._monotonic)
        return lent

    def _idle(self, lent: _Lent) -> bool:
        return self._monotonic() - lent.used > _LONGEST_IDLE
