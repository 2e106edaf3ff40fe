# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: stub."""

from __future__ import annotations

import re


def definitions_in(text: str) -> list[str]:
    """Return the names."""
    return list(dict.fromkeys(re.findall(r"""definition\(\s*["']([^"']+)["']\s*\)""", text)))
