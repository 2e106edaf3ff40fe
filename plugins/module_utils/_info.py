# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what the info module reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._api import Api
from ansible_collections.community.basedash.plugins.module_utils._data_source import Identity, facts, find
from ansible_collections.community.basedash.plugins.module_utils._errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._filters import Filters
from ansible_collections.community.basedash.plugins.module_utils._task import Outcome


def read_data_sources(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Return the facts of the data sources that meet all of the options, in the API's order (newest first).

    Raises:
        BasedashError: if it can't be known which those are.
    """
    del check_mode  # Reading is the same in both.
    filters = Filters.of(options)
    if options["id"] is None:
        resources = list(api.list_all())
    else:
        finding = find(api, Identity.of(options["id"], None), verify_absence=True)
        if not finding.readable:
            raise RefusedError("This server lets no data source be read: there is nothing that this task could return.")
        resources = [] if finding.resource is None else [finding.resource]
    return Outcome(False, values={"data_sources": [facts(one) for one in resources if filters.match(one)]})
