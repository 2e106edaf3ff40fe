# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's clock, which a test may move forward instead of waiting."""

from __future__ import annotations

import time


class Clock:
    """Seconds that only rise; `ahead` says how far the clock was moved forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        """The present moment, in seconds since some moment in the past."""
        return time.monotonic() + self.ahead

    def skip(self, seconds: float) -> None:
        """Move forward by so many seconds."""
        self.ahead += seconds
