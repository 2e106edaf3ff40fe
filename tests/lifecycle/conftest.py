# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated Basedash for the tests of each file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from basedash_simulator.server import running

from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash


@pytest.fixture(scope="module")
def basedash() -> Iterator[Basedash]:
    """Return a running one.

    Each file has its own, because an organization that a test gives to a server is what later resets go back to.
    """
    with running(idle_seconds=0) as url:
        yield Basedash(url)
