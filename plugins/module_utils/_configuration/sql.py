# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the definitions that an SQL text uses."""

from __future__ import annotations

import re
from collections.abc import Mapping

_DEFINITION = re.compile(r"""(\{\{\s*definition\s*\(\s*(["']))([^"'{}\r\n]+)(\2\s*\)\s*\}\})""")


def definitions_in(text: str) -> list[str]:
    """Return the reference names in ``{{ definition("x") }}``, in their order, each once."""
    return list(dict.fromkeys(found[3] for found in _DEFINITION.finditer(text))) if "{{" in text else []


def with_definitions_renamed(text: str, rename: Mapping[str, str]) -> str:
    """Return the text with other reference names, by the present ones; nothing else of it changes."""
    return _DEFINITION.sub(lambda found: found[1] + rename.get(found[3], found[3]) + found[4], text)
