# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task of one data source, whatever state it shall have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._engine.deletion import make_absent
from ansible_collections.community.basedash.plugins.module_utils._engine.present import make_present
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Outcome
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Api


def make_so(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Give a data source the ``state`` that the options name.

    Raises:
        BasedashError: if that can't be done, or it can't be known whether it was.
    """
    task = make_absent if options["state"] == "absent" else make_present
    return task(api, options, check_mode)
