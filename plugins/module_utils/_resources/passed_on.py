# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what Basedash generates and a task can only read: insights, audit events, AI usage.

Nobody documents the fields of insights and audit events, so all of these are passed on as the API sends them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import NotFoundError
from .._engine.info import ReadAll, info_module
from .._engine.kind import Field, Kind, fact
from .._engine.module_spec import ModuleSpec
from .._engine.options import CONNECTION, of_info
from .._engine.outcome import Outcome
from .._engine.task import Task
from .._http.client import error_texts
from .._rest.answers import NOT_OFFERED, not_basedash, not_offered, successful
from .._rest.collection import Collection
from .._rest.family import Family

# A creation takes a title (third parties), so an insight probably shows it.
INSIGHT = Kind(
    Family("insight", "insights", "organizations/{organization_id}/insights", key="title", key_option="title"),
    (fact("id"), Field("title")),
    passed_on=True,
)

AUDIT_EVENT = Kind(
    Family(
        "audit event", "audit logs", "organizations/{organization_id}/audit-logs", key="action", key_option="action"
    ),
    (fact("id"), Field("action")),
    passed_on=True,
)

AI_USAGE = Kind(
    Family(
        "AI usage",
        "AI usage",
        "organizations/{organization_id}/ai-usage",
        key="billingPeriodStart",
        key_option="billing_period_start",
    ),
    (
        fact("total_usage"),
        fact("billing_period_start"),
        fact("billing_period_end"),
        fact("member_usage", parts=(fact("user_id"), fact("member_id"), fact("email"), fact("usage"))),
    ),
    passed_on=True,
)


def _read_audit_log(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Return the audit events. A 404 is explained, because it has one more meaning here."""
    try:
        return ReadAll(AUDIT_EVENT)(api, options, check_mode)
    except NotFoundError as error:
        # Import this only if needed, because a remote host compiles each import at each run.
        from .organization import access_in

        if access_in(api, api.organization_id) == "admin":
            error.message = (
                "The organization has no audit logs (404), although the key has admin access to it: audit logs are a "
                "part of Basedash's Enterprise plan."
            )
        else:
            error.message += " Besides, audit logs are a part of Basedash's Enterprise plan."
        raise


def _read_ai_usage(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Return the AI usage, which is one object."""
    answer = api.client.request("GET", api.path_of())
    if answer.status in NOT_OFFERED and error_texts(answer.content)[0] is None:
        raise not_offered(answer, "the AI usage", "see with basedash_api_info what it offers")
    content = successful(answer, api.family)
    usage = content.get("data", content)
    if not isinstance(usage, dict):
        raise not_basedash(answer, "no AI usage in it")
    return Outcome(False, values={api.family.result_key: AI_USAGE.facts(usage)})


READ_INSIGHTS = info_module(INSIGHT)
"""The module ``basedash_insight_info``."""

READ_AUDIT_LOG = ModuleSpec(Task(AUDIT_EVENT, _read_audit_log), of_info(AUDIT_EVENT))
"""The module ``basedash_audit_log_info``."""

READ_AI_USAGE = ModuleSpec(Task(AI_USAGE, _read_ai_usage), CONNECTION)
"""The module ``basedash_ai_usage_info``."""
