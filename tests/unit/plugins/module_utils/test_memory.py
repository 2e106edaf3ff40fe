# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task needs of memory at its worst, measured in a process of its own against a server on a real socket."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.community.basedash.tests.unit.plugins.module_utils.network import (
    Behaviour,
    floods,
    says_and_closes,
    serving,
)

STATUS = Path("/proc/self/status")
MEGABYTE = 1024

PROGRAM = """
import json, sys
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    INFO,
    READ,
    execute,
)

options = {**INFO, "api_url": sys.argv[1], "retry_timeout": 0.0, "use_proxy": False}
report = execute(READ, options, check_mode=False, diff_mode=False, transport=RequestsTransport)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([report.failed, report.result.get("msg"), int(peak)]))
"""


def peak(behaviour: Behaviour) -> tuple[bool, str, int]:
    """Read data sources of a server in a process of its own; return whether it failed, why, and its peak in kB."""
    with serving(behaviour) as server:
        command = [sys.executable, "-c", PROGRAM, "http://127.0.0.1:%d" % server.port]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    failed, message, size = json.loads(ended.stdout)
    return failed, message, size


def with_length(body: bytes, status: bytes = b"200 OK") -> Behaviour:
    return says_and_closes(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))


EMPTY = b'{"data": [], "pagination": {"nextCursor": null, "hasMore": false}}'
LARGE = 50 * 1024 * 1024
FULL = 10 * 1024 * 1024 - 100
CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells the peak of a process")


@pytest.fixture(scope="module")
def usual() -> int:
    failed, _message, size = peak(with_length(EMPTY))
    assert not failed
    return size


@pytest.mark.parametrize(
    "behaviour",
    [
        with_length(b" " * LARGE),
        with_length(b" " * LARGE, b"302 Found\r\nLocation: /x"),
        floods(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK),
        floods(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536),
        floods(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", b" " * 65536),
        with_length(gzip.compress(b" " * LARGE), b"200 OK\r\nContent-Encoding: gzip"),
    ],
    ids=["50 MB", "redirect with 50 MB", "chunks without end", "body without end", "redirect without end", "gzip"],
)
def test_large_body_is_refused_and_not_kept(behaviour: Behaviour, usual: int) -> None:
    failed, message, size = peak(behaviour)
    assert failed
    assert "larger than 10 MB" in message
    assert size - usual < 48 * MEGABYTE


@pytest.mark.parametrize(
    "part",
    [b'{"a":[]},', b'{"id":"1234567"},', b'{"id":"1","x":' + b"[" * 900],
    ids=["objects", "data sources", "nested"],
)
def test_body_that_unfolds_in_memory(part: bytes, usual: int) -> None:
    body = b'{"data": [' + part * (FULL // len(part)) + b"1]}"
    failed, _message, size = peak(with_length(body))
    assert failed
    assert size - usual < 640 * MEGABYTE
