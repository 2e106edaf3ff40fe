# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated Basedash for all tests, as it was at the start for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from basedash_simulator.seed import default_seed
from basedash_simulator.server import running
from stage import Basedash


@pytest.fixture(scope="session")
def server() -> Iterator[Basedash]:
    """Return a running one."""
    with running(idle_seconds=0) as url:
        yield Basedash(url)


@pytest.fixture
def basedash(server: Basedash) -> Basedash:
    """Return it with the data sources of the seed."""
    server.call("POST", "reset", default_seed())
    return server
