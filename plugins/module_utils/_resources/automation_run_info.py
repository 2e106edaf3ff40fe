# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task that reads the runs of an automation, as the API sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import RefusedError
from .._engine.lookup import Identity, find
from .._engine.module_spec import ModuleSpec
from .._engine.options import CONNECTION, identity, one_of
from .._engine.outcome import Outcome
from .._engine.task import Task
from .._rest.collection import Collection
from .automation import AUTOMATION
from .families import AUTOMATION_RUNS


def _read_runs(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Return all runs of the automation that the options name."""
    automation = Identity.of(AUTOMATION, options)
    try:
        finding = find(api, automation)
    except RefusedError as error:
        # The result is about runs, so it has no facts of the automation.
        error.facts = None
        raise
    found = finding.resource
    if not finding.readable and automation.id is None:
        raise RefusedError("This server offers no way to read automations: nothing was read, give id in place of name.")
    if found is None and finding.readable:
        hint = finding.hint(automation)
        warning = "There is no %s%s." % (automation.name, "; " + hint if hint else "")
        return Outcome(False, warnings=(warning,), values={AUTOMATION_RUNS.plural_key: []})
    identifier = automation.id if found is None else found["id"]
    runs = Collection(api.client, api.organization_id, AUTOMATION_RUNS, identifier or "").list_all()
    return Outcome(False, values={AUTOMATION_RUNS.plural_key: [dict(one) for one in runs]})


READ_RUNS = ModuleSpec(
    Task(AUTOMATION, _read_runs),
    {**CONNECTION, **identity(AUTOMATION), "name": {"type": "str", "aliases": ["automation"]}},
    one_of(AUTOMATION),
)
"""The module ``basedash_automation_run_info``."""
