# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that outlive a task: for whom, for how long, and for whom not."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.transport import Request
from ansible_collections.community.basedash.plugins.plugin_utils import _sessions
from ansible_collections.community.basedash.plugins.plugin_utils._sessions import Sessions
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    CONNECTION,
    HTML,
    KEY,
    SOURCES,
    URL,
    Wire,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.network import OK, says, serving


def connection(**options: Any) -> Connection:
    return Connection.from_options({**CONNECTION, **options})


class Maker:
    """Makes wires, and a clock that stands still until it is told."""

    def __init__(self) -> None:
        self.made: list[Wire] = []
        self.time = 0.0
        self.sessions = Sessions(self.make, lambda: self.time)

    def make(self, connection: Connection) -> Wire:
        wire = Wire(("GET", SOURCES, HTML), ("GET", SOURCES, HTML))
        wire.secrets = ["a proxy's password"]
        self.made.append(wire)
        return wire


def send(maker: Maker, **options: Any) -> None:
    """Do what a task does with its transport."""
    transport = maker.sessions.lend(connection(**options))
    headers = {
        "Authorization": "Bearer " + KEY,
        "Accept": "application/json",
        "User-Agent": "ansible-community.basedash/",
    }
    transport.send(Request("GET", URL + SOURCES, headers), 1.0)
    transport.close()


def test_one_for_all_tasks_in_a_row() -> None:
    maker = Maker()
    send(maker)
    send(maker)
    assert len(maker.made) == 1
    assert not maker.made[0].closed


def test_organization_and_time_limits_need_no_other() -> None:
    maker = Maker()
    send(maker)
    send(maker, organization_id="org_2", timeout=1.0, retry_timeout=0.0)
    assert len(maker.made) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"api_key": "bd_key_other"},
        {"api_url": "https://other.example.com"},
        {"validate_certs": False},
        {"ca_path": __file__},
        {"client_cert": __file__},
        {"client_cert": __file__, "client_key": __file__},
        {"use_proxy": False},
    ],
    ids="+".join,
)
def test_never_one_for_different_keys_services_or_certificates(other: dict[str, Any]) -> None:
    maker = Maker()
    maker.sessions.lend(connection())
    maker.sessions.lend(connection(**other))
    assert len(maker.made) == 2


def test_none_that_was_idle_for_long() -> None:
    maker = Maker()
    send(maker)
    maker.time = _sessions._LONGEST_IDLE + 0.1
    send(maker)
    assert len(maker.made) == 2
    assert maker.made[0].closed


def test_use_counts_and_not_age() -> None:
    maker = Maker()
    send(maker)
    maker.time = _sessions._LONGEST_IDLE - 0.1
    send(maker)
    maker.time *= 2
    maker.sessions.lend(connection())
    assert len(maker.made) == 1


def test_none_that_another_process_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker()
    send(maker)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    send(maker)
    assert len(maker.made) == 2
    # To close it here would tell the server that the other process is done.
    assert not maker.made[0].closed


def test_idle_ones_are_closed_with_the_next() -> None:
    maker = Maker()
    send(maker)
    maker.time = _sessions._LONGEST_IDLE + 0.1
    send(maker, api_key="bd_key_other_0123456789")
    assert [wire.closed for wire in maker.made] == [True, False]


def test_those_lent_longest_ago_are_closed() -> None:
    maker = Maker()
    keys = ["bd_key_%d" % number for number in range(_sessions._MOST)]
    for key in [*keys, keys[0], "bd_key_new", keys[0]]:
        maker.sessions.lend(connection(api_key=key))
    assert [wire.closed for wire in maker.made] == [False, True, *[False] * (_sessions._MOST - 1)]


@pytest.mark.parametrize("option", ["api_key", "api_url"])
def test_files_that_many_keys_or_servers_leave_open(option: str) -> None:
    sessions = Sessions()
    with serving(says(OK)) as server:
        before = len(os.listdir("/dev/fd"))
        for number in range(40):
            url = "http://127.0.0.1:%d" % server.port
            other = {"api_key": "bd_key_%d" % number} if option == "api_key" else {}
            prefix = "/prefix%d" % number if option == "api_url" else ""
            transport = sessions.lend(connection(api_url=url + prefix, use_proxy=False, **other))
            assert transport.send(Request("GET", url + "/x", {}), 20).status == 200
            transport.close()
        # One end of each connection is here as well: it may take a moment until that is closed.
        deadline = time.monotonic() + 5
        while len(os.listdir("/dev/fd")) > before + 2 * _sessions._MOST and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(os.listdir("/dev/fd")) <= before + 2 * _sessions._MOST


def test_its_secrets_are_those_of_the_transport() -> None:
    assert Maker().sessions.lend(connection()).secrets == ["a proxy's password"]
