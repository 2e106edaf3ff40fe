# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: stub."""

from __future__ import annotations

import re

from .form import Configuration


def safe_prefix(prefix: str) -> str:
    """Return the prefix."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", prefix)


def with_prefix(configuration: Configuration, prefix: str) -> Configuration:
    return configuration
