# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the families that a configuration can describe, in the order in which they are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .._engine.kind import Kind
from .._engine.options import Options, of_one
from .._engine.step import Step
from .._resources import automation, chart, dashboard, data_source, definition, group, mcp_server, member, skill
from .._resources.organization import ORGANIZATION, Care

_OF_DELETIONS = ("missing_ok", "verify_absence", "force")


@dataclass(frozen=True, eq=False)
class Managed:
    """A family as a configuration has it.

    ``key`` is its name in the form, in ``prune``, in ``scope`` and in results. ``steps`` are what a task does with an
    object beside its fields. Entries of a family ``within`` another one stand in the entries of that family.
    ``parts`` are lists within an entry, by the word with which ``prune`` names what these lists lack, such as
    ``{"group_members": "members"}``.
    """

    key: str
    kind: Kind
    steps: tuple[type[Step], ...] = ()
    within: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def options(self) -> Options:
        """The options of an entry: those of the single module, without those of its deletion and renaming.

        The words that only a configuration has (``renamed_from``, ``remove``, ``..._file``) are not in it.
        """
        left_out = (*_OF_DELETIONS, *([self.kind.renamed_by] if self.kind.renamed_by else []))
        return {name: one for name, one in of_one(self.kind, self.steps).items() if name not in left_out}

    @property
    def key_option(self) -> str:
        """The option by which people name an object."""
        return self.kind.key.name

    @property
    def can_be_renamed(self) -> bool:
        """Whether the API can give an object another key, so that ``renamed_from`` is possible."""
        return bool(self.kind.renamed_by)


GROUPS = Managed("groups", group.GROUP, group.STEPS, parts={"group_members": "members"})
MEMBERS = Managed("members", member.MEMBER, member.STEPS)
DATA_SOURCES = Managed("data_sources", data_source.DATA_SOURCE, data_source.STEPS)
MCP_SERVERS = Managed("mcp_servers", mcp_server.MCP_SERVER, mcp_server.STEPS)
DEFINITIONS = Managed("definitions", definition.DEFINITION)
SKILLS = Managed("skills", skill.SKILL)
AUTOMATIONS = Managed("automations", automation.AUTOMATION)
DASHBOARDS = Managed("dashboards", dashboard.DASHBOARD, dashboard.STEPS, parts={"tabs": "tabs"})
CHARTS = Managed("charts", chart.CHART, within="dashboards")

FAMILIES = (GROUPS, MEMBERS, DATA_SOURCES, MCP_SERVERS, DEFINITIONS, SKILLS, AUTOMATIONS, DASHBOARDS, CHARTS)
"""All families with many objects, in the order in which entries are set. Deletions go the other way round."""

SETTINGS = Managed("organization", ORGANIZATION, (Care,))
"""The settings of the organization itself, which is one object that nobody creates or deletes here."""

BY_KEY: Mapping[str, Managed] = {one.key: one for one in (SETTINGS, *FAMILIES)}

PRUNABLE = tuple(word for one in FAMILIES for word in (one.key, *one.parts))
"""The words that ``prune`` takes."""
