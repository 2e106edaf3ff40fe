# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the definitions that an SQL text uses."""

from __future__ import annotations

import re

_DEFINITION = re.compile(r"""\{\{\s*definition\(\s*(["'])(.*?)\1\s*\)\s*\}\}""")


def definitions_in(text: str) -> list[str]:
    """Return the reference names in ``{{ definition("x") }}``, in their order, each once."""
    return list(dict.fromkeys(found[2] for found in _DEFINITION.finditer(text)))
