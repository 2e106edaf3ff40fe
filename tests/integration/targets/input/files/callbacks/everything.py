# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints every result as JSON, as callbacks do that feed a log server."""

from __future__ import annotations

import json
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: everything
type: notification
short_description: Prints every result as JSON
description: Prints every result as JSON.
author: Basedash collection contributors
"""


class CallbackModule(CallbackBase):
    """Whatever the event is: each result among its arguments is printed whole."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "everything"
    CALLBACK_NEEDS_ENABLED = True

    def v2_on_any(self, *args: Any, **kwargs: Any) -> None:
        """Print the results among the arguments of any event."""
        for value in args:
            # Its name without an underscore is that of ansible-core 2.19 and newer.
            result = getattr(value, "result", None) or getattr(value, "_result", None)
            if isinstance(result, dict):
                self._display.display("EVERYTHING " + json.dumps(result, default=str, sort_keys=True))
