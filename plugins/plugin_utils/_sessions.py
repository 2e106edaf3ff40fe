# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: connections that outlive a task, for the items of a loop, which share one worker."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any, Callable

from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._http.transport import RawAnswer, Request, Transport

# Servers close what is idle, many after 5 seconds. A request on its way just then is lost, and it would not be known
# whether it was done.
_LONGEST_IDLE = 4.0

# A loop may go over thousands of keys or servers, and each transport holds files open, some dozens in a task of many.
# macOS allows a process 256.
_MOST = 8


class _Lent:
    """A transport that stays open when its task is done with it."""

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
        """Do nothing: the next task may need it."""


class Sessions:
    """Lends one transport per service, key, certificates and proxy setting, to one task after the other.

    Each process has its own: what was opened before a fork is left to the process that opened it. They end with the
    process, or when so many others were lent since, or after some idle seconds.
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
        # Neither the organization nor a time limit is a matter of the connection to the server.
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
            # The first is the one that was lent longest ago.
            self._lent.pop(next(iter(self._lent))).inner.close()
        self._lent[key] = lent = lent or _Lent(self._make(connection), self._monotonic)
        return lent

    def _idle(self, lent: _Lent) -> bool:
        return self._monotonic() - lent.used > _LONGEST_IDLE
