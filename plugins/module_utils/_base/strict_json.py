# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a strict JSON parser for answers of unknown servers."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class NotJsonError(ValueError):
    """The bytes are not JSON by RFC 8259, or they are nested too deeply."""


def _no_constant(name: str) -> NoReturn:
    raise NotJsonError("%s is no JSON" % name)


def parse_json(body: bytes) -> Any:
    """Return the value in ``body`` (UTF-8, with or without a byte order mark).

    Raises:
        NotJsonError: for anything else, also for NaN and for numbers with thousands of digits.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from error
