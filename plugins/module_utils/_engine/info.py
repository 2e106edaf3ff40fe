# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what the info module reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._base.errors import RefusedError
from ansible_collections.community.basedash.plugins.module_utils._base.text import quoted
from ansible_collections.community.basedash.plugins.module_utils._engine.filters import Filters
from ansible_collections.community.basedash.plugins.module_utils._engine.lookup import Identity, facts, find
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Outcome
from ansible_collections.community.basedash.plugins.module_utils._http.parallel import in_parallel
from ansible_collections.community.basedash.plugins.module_utils._resources.access import read_policy_of_listed
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Api, Resource

# Requests under way, as by default where a task changes many.
_CONCURRENCY = 4


def read_data_sources(api: Api, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Return the facts of the data sources that meet all of the options, in the API's order (newest first).

    Raises:
        BasedashError: if it can't be known which those are.
    """
    del check_mode  # Reading is the same in both.
    filters = Filters.of(options)
    warnings: list[str] = []
    resources: Sequence[Resource]
    if options["id"] is None:
        listing = api.list_all()
        resources = list(listing)
        similar = None if options["name"] is None else listing.similar(options["name"])
        if similar is not None and not listing.named(options["name"]):
            warnings.append(
                "No data source is named %s, but one is named %s: names are compared letter by letter."
                % (quoted(options["name"]), quoted(similar))
            )
    else:
        finding = find(api, Identity.of(options["id"], None), verify_absence=True)
        if not finding.readable:
            raise RefusedError("This server lets no data source be read: there is nothing that this task could return.")
        resources = [] if finding.resource is None else [finding.resource]
        hint = "" if resources else finding.hint(Identity(options["id"], None))
        if hint:
            warnings.append("There is no data source with id %s; %s." % (quoted(options["id"]), hint))
    warnings += ["%s." % doubt for negative in (False, True) for doubt in filters.doubts(resources, negative)]
    found = [resource for resource in resources if filters.match(resource)]
    entries = [facts(resource) for resource in found]
    if options["access"]:
        policies = in_parallel(
            api.client, _CONCURRENCY, partial(read_policy_of_listed, api), [one["id"] for one in found]
        )
        entries = [{**entry, "access": policy.as_result()} for entry, policy in zip(entries, policies)]
    return Outcome(False, warnings=tuple(warnings), values={"data_sources": entries})
