# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: stub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._base.errors import InputError
from .form import Configuration, Entry, Finding


def check(configuration: Configuration, options: Mapping[str, Any]) -> list[Finding]:
    """Return findings."""
    return []


def refused(findings: Sequence[Finding]) -> InputError:
    """Return the error."""
    return InputError("; ".join(str(one) for one in findings))


def ordered_definitions(entries: Sequence[Entry]) -> list[Entry]:
    """Return the order."""
    return list(entries)
