# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what it relies on for each family, and how certain that is.

Only what can't follow from the kinds stands here: calls for parts of objects, and what the vendor documents nowhere.
"""

from __future__ import annotations

from .._resources.access import Policy, read_policy, write_policy
from .._resources.automation import AUTOMATION
from .._resources.chart import CHART
from .._resources.credentials import verify
from .._resources.dashboard import DASHBOARD
from .._resources.data_source import DATA_SOURCE
from .._resources.definition import DEFINITION
from .._resources.families import AUTOMATION_RUNS
from .._resources.group import GROUP
from .._resources.mcp_server import MCP_SERVER
from .._resources.member import MEMBER
from .._resources.organization import ORGANIZATION
from .._resources.passed_on import AI_USAGE, AUDIT_EVENT, INSIGHT
from .._resources.skill import SKILL
from .._rest.collection import Collection
from .._rest.family import Content
from .reliance import ID, PAGES, SAMPLE, Call, Relied


def _verify(highest: bool) -> Call:
    return lambda api: verify(api, SOURCES.settings(SOURCES.samples(highest)).whole({}))


def _policy(groups: str, members: str) -> Call:
    policy = Policy("restricted" if groups or members else "everyone", frozenset(groups), frozenset(members))
    return lambda api: write_policy(api, ID, policy)


_POLICY = ((("data",), ("mode", "groupIds", "memberIds")),)

SOURCES = Relied(
    DATA_SOURCE,
    more=(
        _verify(False),
        _verify(True),
        lambda api: read_policy(api, ID),
        *(_policy(*named) for named in (("", ""), ("g", "m"), ("g", ""), ("", "m"))),
    ),
    answers={"/verify$": ((("data",), ("success",)),), "/access$": _POLICY},
    guessed=("GET /data-sources/{id}",),
    modules={
        "basedash_data_source": "",
        "basedash_data_source_access": "^GET |/access$",
        "basedash_data_source_info": "^GET ",
        "basedash_data_sources": "",
    },
)


def _sends(method: str, part: str, body: Content | None = None) -> Call:
    """Return a request for a part of an object, whose own code needs more than a request."""
    return lambda api: api.client.request(method, "%s/%s" % (api.path_of(ID), part), body=body)


def _read_runs(api: Collection) -> None:
    Collection(api.client, ID, AUTOMATION_RUNS, ID).list_all()


FAMILIES: tuple[Relied, ...] = (
    SOURCES,
    Relied(ORGANIZATION, writes=("POST", "PATCH")),
    # Third parties describe most of groups, and nobody how members are listed or removed.
    Relied(
        GROUP,
        more=(
            _sends("POST", "members", {"memberId": SAMPLE}),
            _sends("GET", "members"),
            _sends("DELETE", "members/%7B%7D"),
        ),
        answers={"/members": ()},
        guessed=(
            "*",
            "GET /groups",
            "POST /groups",
            "PATCH /groups/{id}",
            "DELETE /groups/{id}",
            *("%s /groups/{id}/members" % method for method in ("GET", "POST")),
            "DELETE /groups/{id}/members/{id}",
        ),
    ),
    Relied(MEMBER, guessed=("GET /members/{id}", "DELETE /members/{id}")),
    Relied(
        DASHBOARD,
        more=(
            _sends("POST", "tabs", {"name": SAMPLE}),
            _sends("PATCH", "tabs/%7B%7D", {"name": SAMPLE, "order": 1, "sortOrder": 1}),
            _sends("DELETE", "tabs/%7B%7D"),
        ),
        answers={"/tabs": ((("data",), ("id", "name", "order")),)},
        guessed=(
            *("%s /dashboards/{id}" % method for method in ("GET", "PATCH", "DELETE")),
            "POST /dashboards/{id}/tabs",
            *("%s /dashboards/{id}/tabs/{id}" % method for method in ("PATCH", "DELETE")),
            "order",
            "sortOrder",
        ),
    ),
    Relied(
        CHART,
        reads=("get",),
        more=(lambda api: api.within(ID).list_all(),),
        guessed=("DELETE /charts/{id}", "imageUrl"),
    ),
    Relied(
        MCP_SERVER,
        guessed=("PATCH /mcp-servers/{id}", "DELETE /mcp-servers/{id}", "headers.name", "headers.value"),
        of_creation=("authUrl", "requiresAuth"),
    ),
    # No page shows the fields of a run, and the page of an automation leaves two words of its trigger out.
    Relied(
        AUTOMATION,
        more=(
            _read_runs,
            _sends("POST", "runs", {}),
            _sends("GET", "runs/%7B%7D"),
        ),
        answers={
            "^GET .*/runs$": ((("data", "[]"), ("id",)), PAGES),
            "/runs": ((("data",), ("id",)),),
        },
        guessed=(
            "GET /automations",
            "DELETE /automations/{id}",
            "POST /automations/{id}/runs",
            "GET /automations/{id}/runs/{id}",
            "type",
            "frequency",
        ),
        modules={
            "basedash_automation": r"automations(/\{id\})?$",
            "basedash_automation_info": r"^GET /automations(/\{id\})?$",
            "basedash_automation_run": r"^GET|/runs$",
            "basedash_automation_run_info": r"^GET (?!.*/runs/)",
        },
    ),
    # The vendor documents insights without their fields, and audit logs without their path.
    Relied(INSIGHT, writes=(), guessed=("title",), modules={"basedash_insight_info": ""}),
    Relied(
        AUDIT_EVENT,
        writes=(),
        reads=("list",),
        guessed=("*", "GET /audit-logs"),
        modules={"basedash_audit_log_info": ""},
    ),
    Relied(
        AI_USAGE,
        writes=(),
        reads=(),
        more=(lambda api: api.client.request("GET", api.path_of()),),
        answers={"/ai-usage$": (((), tuple(one.place for one in AI_USAGE.fields)),)},
        modules={"basedash_ai_usage_info": ""},
    ),
    # Only third parties describe the list, the reading and the deletion of skills.
    Relied(SKILL, guessed=("GET /skills", "GET /skills/{id}", "DELETE /skills/{id}")),
    # The vendor shows the creation, but not its fields.
    Relied(
        DEFINITION,
        guessed=(
            "*",
            "GET /definitions",
            "GET /definitions/{id}",
            "PATCH /definitions/{id}",
            "DELETE /definitions/{id}",
        ),
    ),
)
