# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a write did on the server, as far as the task knows."""

from __future__ import annotations

from enum import Enum


class Effect(Enum):
    """What a write did on the server. Without a clear answer, only a reading can tell."""

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    MAY_COME = "unknown, and the server may still be at work on it"

    @property
    def is_unclear(self) -> bool:
        """Whether it is unknown if the write was done."""
        return self in (Effect.UNKNOWN, Effect.MAY_COME)
