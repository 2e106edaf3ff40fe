# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the families have of their own, beside their fields, which come from the OpenAPI files."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.errors import ApiProblem, validation_error
from basedash_simulator.family import Family, Fields, refuse_reference
from basedash_simulator.items import Item, now
from basedash_simulator.openapi import collections
from basedash_simulator.sources import DataSources
from basedash_simulator.state import Organization, Scene
from basedash_simulator.validation import Settings


class Organizations(Family):
    """Organizations; the API cannot delete them."""

    noun, prefix, unique = "Organization", "org", ("slug",)
    initial: ClassVar = {"onboardingStatus": "STARTED", "jwtSecret": None}
    hidden = frozenset({"jwtSecret"})
    needs_id = True

    def objects(self, scene: Scene) -> dict[str, Item]:
        return {item.id: item for item in scene.world.all_of(self.name)}

    def blank(self, identifier: str, created: str, organization: str) -> Fields:
        fields = super().blank(identifier, created, organization)
        return {**fields, "name": identifier, "slug": slug(identifier), "jwtSecret": f"secret-of-{identifier}"}

    def refuse_taken(self, scene: Scene, fields: Mapping[str, Any], own_id: str | None = None) -> None:
        if any(item.fields["slug"] == fields["slug"] for item in scene.world.all_of(self.name) if item.id != own_id):
            raise ApiProblem(int(self.how(scene).taken_name), "Conflict", "An organization with this slug exists.")

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        if "slug" not in fields:
            taken = {item.fields["slug"] for item in scene.world.all_of(self.name)}
            wanted = slug(fields["name"])
            fields["slug"] = next(
                one for one in (wanted, *(f"{wanted}-{number}" for number in range(2, 10**6))) if one not in taken
            )
        return fields

    def created(self, scene: Scene, item: Item) -> None:
        scene.world.organizations[item.id] = Organization(item)
        # who creates an organization becomes its admin
        scene.world.keys[scene.key][item.id] = "admin"


class Members(Family):
    """Members with their users: invited, and deactivated in place of being deleted."""

    noun, prefix, title, mark, needs_id = "Member", "mem", "email", "deactivatedAt", True
    places: ClassVar = {name: ("user", name) for name in ("email", "fullName", "avatarUrl", "firstName", "title")}
    hidden = frozenset({"isEmailVerified", "fullName", "avatarUrl", "firstName", "title", "email"})

    def blank(self, identifier: str, created: str, organization: str) -> Fields:
        user = {"id": f"user_{identifier}", "fullName": None, "avatarUrl": None, "email": "", "isEmailVerified": False}
        return {
            "id": identifier,
            "createdAt": created,
            "deactivatedAt": None,
            "role": "MEMBER",
            "userId": user["id"],
            "organizationId": organization,
            "user": {**user, "createdAt": created, "firstName": None, "title": None},
        }

    def from_seed(self, identifier: str, created: str, organization: str, entry: Mapping[str, Any]) -> Fields:
        fields = self.blank(identifier, created, organization)
        full_name = entry.get("fullName", identifier)
        given = {"email": f"{identifier}@example.com", "fullName": full_name, "firstName": first_name(full_name)}
        fields["user"] = {**fields["user"], "isEmailVerified": True, **given}
        for name, value in entry.items():
            if name == "userId":
                fields["userId"] = fields["user"]["id"] = value
            elif name in fields["user"] and name not in ("id", "createdAt"):
                fields["user"][name] = value
            elif name in fields and name not in ("user", "createdAt", "organizationId"):
                fields[name] = value
        return fields

    def title_of(self, item: Item) -> str:
        return str(item.fields["user"]["email"])

    def unique_values(self, fields: Mapping[str, Any], behaviour: Behaviour) -> tuple[Any, ...]:
        return (fields.get("user", fields).get("email", "").lower(),)

    def create(self, scene: Scene, settings: Settings, identifier: str | None = None) -> Item:
        known = self.by_email(scene.organization, settings.fields["email"])
        if known is None:
            return super().create(scene, settings, identifier)
        if known.deleted_at is not None:
            self.reactivate(scene, known, settings.fields.get("role", "MEMBER"))
        elif self.how(scene).invited_again != "200":
            detail = "This person is a member already."
            raise ApiProblem(int(self.how(scene).invited_again), "Conflict", detail)
        return known

    def by_email(self, organization: Organization, email: str) -> Item | None:
        """The member with this address, in any case, deactivated or not."""
        found = organization.of(self.name).values()
        return next((one for one in found if self.title_of(one).lower() == email.lower()), None)

    def reactivate(self, scene: Scene, item: Item, role: str) -> None:
        """Bring a deactivated member back."""
        before = self.held(item)
        item.remember()
        item.deleted_at = None
        item.fields = {**item.fields, "deactivatedAt": None}
        if self.how(scene).role_on_reactivation == "applied":
            item.fields["role"] = role
        scene.note("updated", item, before)

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        if not str(fields.get("avatarUrl") or "https:").lower().startswith("https:"):
            raise validation_error("avatarUrl: an https address is expected.")
        if fields.get("fullName"):
            fields["firstName"] = first_name(fields["fullName"])
        if fields.get("role", "ADMIN") != "ADMIN":
            self._refuse_last_admin(scene, item)

    def refuse_deletion(self, scene: Scene, item: Item) -> None:
        if item.id == scene.actor and self.how(scene).own_membership == "refused":
            raise ApiProblem(400, "BadRequest", "You can't deactivate yourself.")
        self._refuse_last_admin(scene, item)

    def _refuse_last_admin(self, scene: Scene, item: Item) -> None:
        admins = [one for one in scene.organization.there(self.name) if one.fields["role"] == "ADMIN"]
        if admins == [item] and self.how(scene).last_admin == "refused":
            raise ApiProblem(400, "BadRequest", "An organization needs at least one admin.")


class Groups(Family):
    """Groups; whether they show their members is a switch."""

    noun, prefix, needs_id = "Group", "grp", True
    hidden = frozenset({"memberIds"})

    def blank(self, identifier: str, created: str, organization: str) -> Fields:
        return {**super().blank(identifier, created, organization), "name": identifier, "memberIds": []}

    def dress(self, scene: Scene, shown: Fields, reading: str) -> None:
        how, members = self.how(scene).group_members, shown["memberIds"]
        if how == "count":
            shown["memberCount"] = len(members)
        elif how == "ids":
            shown["memberIds"] = list(members)
        elif how == "objects":
            shown["members"] = self.members(scene, members)

    def shown(self, scene: Scene, fields: Mapping[str, Any], reading: str = "get") -> Fields:
        shown = super().shown(scene, fields, reading)
        if self.how(scene).group_members == "ids":
            shown["memberIds"] = list(fields["memberIds"])
        return shown

    def members(self, scene: Scene, ids: list[str]) -> list[Fields]:
        """The objects of members."""
        known = scene.organization.of("members")
        return [families()["members"].shown(scene, known[one].fields) for one in ids if one in known]

    def set_members(self, scene: Scene, item: Item, ids: list[str]) -> None:
        """Give a group these members."""
        before = self.held(item)
        item.remember()
        item.fields = {**item.fields, "memberIds": ids}
        scene.note("updated", item, before)

    def add_member(self, scene: Scene, item: Item, body: Mapping[str, Any]) -> str:
        """Add a member by its id, or by an e-mail address, which may invite somebody; gives the member's id."""
        people = families()["members"]
        assert isinstance(people, Members)
        identifier = body.get("memberId")
        if not isinstance(identifier, str):
            # one of the two fits, or this request would have been refused
            member = people.by_email(scene.organization, body["email"])
            if member is None:
                member = people.create(scene, Settings(fields={"email": body["email"]}))
            identifier = member.id
        elif identifier not in scene.organization.of("members"):
            refuse_reference(self.how(scene), "memberId")
        if identifier not in item.fields["memberIds"]:
            self.set_members(scene, item, [*item.fields["memberIds"], identifier])
        elif self.how(scene).second_membership == "409":
            raise ApiProblem(409, "Conflict", "This member is in the group already.")
        return identifier

    def deleted(self, scene: Scene, item: Item) -> None:
        how = self.how(scene).grants_of_deleted_group
        for source in scene.organization.sources.values():
            if how == "kept" or item.id not in source.access.group_ids or source.deleted_at is not None:
                continue
            before = source.family.held(source)
            left = [one for one in source.access.group_ids if one != item.id]
            source.access = type(source.access)(source.access.mode, left, source.access.member_ids)
            if how == "opened" and not left and not source.access.member_ids:
                source.access.mode = "everyone"
            scene.note("updated", source, before)


class McpServers(Family):
    """MCP servers: they connect at once.

    A host that ends in .invalid can't be reached, and one with oauth in it needs a person who logs in.
    """

    noun, prefix, title = "MCP server", "mcp", "displayName"

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        host = self._host(fields["serverUrl"])
        if host.endswith(".invalid") and self.how(scene).unreachable_mcp_server == "refused":
            raise ApiProblem(400, "ConnectionError", "The MCP server can't be reached.")
        return {**fields, "serverLabel": slug(fields["displayName"])}

    def created(self, scene: Scene, item: Item) -> None:
        host = self._host(item.fields["serverUrl"])
        item.fields["lastSyncAttemptAt"] = now()
        if host.endswith(".invalid"):
            item.fields["syncErrorMessage"] = "The MCP server can't be reached."
        elif "oauth" not in host:
            tool = {"id": f"tool_{item.id}", "name": "search", "description": "Search.", "readOnlyHint": True}
            item.fields.update(lastSuccessfulSyncAt=now(), hasCompletedFirstSync=True)
            item.fields["tools"] = [{**tool, "foundInServer": True}]

    def dress(self, scene: Scene, shown: Fields, reading: str) -> None:
        if reading == "created":
            needs_person = "oauth" in self._host(shown["serverUrl"])
            shown["requiresAuth"] = needs_person
            shown["authUrl"] = f"https://oauth.example.com/authorize?state={shown['id']}" if needs_person else None

    @staticmethod
    def _host(url: str) -> str:
        try:
            return (urlsplit(url).hostname or "").lower()
        except ValueError:
            return ""


class Definitions(Family):
    """Definitions: a name that SQL can use, unique in its data source."""

    noun, prefix = "Definition", "def"
    references: ClassVar = {"databaseConnectionId": "data-sources"}

    def unique_values(self, fields: Mapping[str, Any], behaviour: Behaviour) -> tuple[Any, ...]:
        scope = fields.get("databaseConnectionId") if behaviour.reference_names_unique_in == "data_source" else None
        return scope, fields.get("referenceName")

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        self._check(scene, fields)
        return {"referenceName": slug(fields["name"], "_"), **fields}

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        self._check(scene, fields)

    def _check(self, scene: Scene, fields: Fields) -> None:
        given = fields.get("referenceName", "x")
        if self.how(scene).reference_names == "sql_safe" and not re.fullmatch("[a-z_][a-z0-9_]*", given, re.ASCII):
            raise validation_error("referenceName: lower-case letters, digits and _ are expected.")


class Skills(Family):
    """Skills: all is in their fields."""

    noun, prefix = "Skill", "skill"


class Automations(Family):
    """Automations: flat in requests, nested in answers, archived in place of being deleted."""

    noun, prefix, mark = "Automation", "auto", "archivedAt"
    places: ClassVar = {
        "triggerType": ("trigger", "type"),
        "frequency": ("trigger", "frequency"),
        "preferredHour": ("trigger", "preferredHour"),
        "preferredDayOfWeek": ("trigger", "preferredDayOfWeek"),
        "preferredDayOfMonth": ("trigger", "preferredDayOfMonth"),
        "triggerDatabaseConnectionId": ("trigger", "databaseConnectionId"),
        "triggerSqlQuery": ("trigger", "sqlQuery"),
        "slackChannel": ("notifications", "slackChannel"),
        "emailRecipients": ("notifications", "emailRecipients"),
    }
    initial: ClassVar = {"trigger": {"preferredDayOfWeek": None, "preferredDayOfMonth": None}, "notifications": {}}
    references: ClassVar = {"triggerDatabaseConnectionId": "data-sources"}

    def created(self, scene: Scene, item: Item) -> None:
        item.fields["createdByMemberId"] = scene.actor

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        if self.how(scene).automation_patch == "nested":
            for name in self.places:
                fields.pop(name, None)
            for name in ("trigger", "notifications"):
                given = settings.other.pop(name, None)
                if isinstance(given, dict):
                    fields[name] = {**item.fields[name], **given}


class Work(Family):
    """What the server does in the background; the field `status` says how far it is."""

    initial: ClassVar = {"status": "RUNNING", "finishedAt": None}

    def created(self, scene: Scene, item: Item) -> None:
        item.due = item.clock.now() + self.how(scene).work_seconds

    def settle(self, item: Item, behaviour: Behaviour) -> None:
        if item.due is None or behaviour.work == "pending" or item.clock.now() < item.due:
            return
        item.remember(item.due)
        item.due = None
        status = "FAILED" if behaviour.work == "failed" else "SUCCEEDED"
        item.fields = {**item.fields, "status": status, "finishedAt": now()}


class Runs(Work):
    """Runs of automations."""

    noun, prefix = "Run", "run"


class Insights(Work):
    """Insights: made of a chart, or of a title with SQL and a data source."""

    noun, prefix, title = "Insight", "ins", "title"
    references: ClassVar = {"chartId": "charts", "databaseConnectionId": "data-sources"}
    undocumented = frozenset({"title", "body", "chartId"})

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        return {"title": "An insight", "body": "# An insight\n", **fields}


class Chats(Family):
    """Chats."""

    noun, prefix, title = "Chat", "chat", "message"
    references: ClassVar = {"databaseConnectionId": "data-sources"}


class Messages(Work):
    """Messages of a chat."""

    noun, prefix, title = "Message", "msg", "message"


class Dashboards(Family):
    """Dashboards: a new one has a tab; archived in place of being deleted."""

    noun, prefix, mark = "Dashboard", "dash", "archivedAt"
    hidden = frozenset({"tabNames"})
    seed_keys = frozenset({"tabs"})
    initial: ClassVar = {
        "icon": "chart",
        "color": "1",
        "width": "NORMAL",
        "defaultDateRange": "LAST_30_DAYS",
        "defaultGroupByInterval": "DAY",
    }

    def blank(self, identifier: str, created: str, organization: str) -> Fields:
        fields = super().blank(identifier, created, organization)
        del fields["tabs"]
        return fields

    def from_seed(self, identifier: str, created: str, organization: str, entry: Mapping[str, Any]) -> Fields:
        rest = {name: value for name, value in entry.items() if name != "tabs"}
        return super().from_seed(identifier, created, organization, rest)

    def seeded(self, scene: Scene, item: Item, entry: Mapping[str, Any]) -> None:
        for tab in entry.get("tabs", ["Main"]):
            given = {"name": tab} if isinstance(tab, str) else dict(tab)
            self._add_tab(scene, item, given["name"], given.get("id"))

    def created(self, scene: Scene, item: Item) -> None:
        self._add_tab(scene, item, "Main")

    def dress(self, scene: Scene, shown: Fields, reading: str) -> None:
        if reading == "list" and not self.how(scene).tabs_in_list:
            return
        family = families()["tabs"]
        behaviour = family.how(scene)
        tabs = (item.seen(behaviour, "get") for item in tabs_of(scene, shown["id"]))
        shown["tabs"] = [family.shown(scene, tab) for tab in tabs if tab is not None]

    def _add_tab(self, scene: Scene, item: Item, name: str, identifier: str | None = None) -> None:
        quiet = Scene(scene.world, scene.organization, scene.behaviour, scene.schedule)
        families()["tabs"].create(quiet, Settings(fields={"name": name, "dashboardId": item.id}), identifier)


class Tabs(Family):
    """Tabs of a dashboard, in an order."""

    noun, prefix, unique = "Tab", "tab", ("dashboardId", "name")

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        others = tabs_of(scene, fields["dashboardId"])
        return {"order": max((one.fields["order"] for one in others), default=-1) + 1, **fields}

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        wanted = self.how(scene).tab_order_field
        given = {name: fields.pop(name) for name in ("order", "sortOrder") if name in fields}
        for name, value in given.items():
            if wanted in ("both", name):
                fields["order"] = value

    def refuse_deletion(self, scene: Scene, item: Item) -> None:
        if len(tabs_of(scene, item.fields["dashboardId"])) == 1 and self.how(scene).last_tab == "refused":
            raise ApiProblem(400, "BadRequest", "A dashboard needs at least one tab.")

    def deleted(self, scene: Scene, item: Item) -> None:
        left = tabs_of(scene, item.fields["dashboardId"])
        charts = families()["charts"]
        for chart in scene.organization.there("charts"):
            if chart.fields["dashboardTabId"] != item.id:
                continue
            if self.how(scene).charts_of_deleted_tab == "moved" and left:
                before = charts.held(chart)
                charts.write(chart, {"dashboardTabId": left[0].id})
                scene.note("updated", chart, before)
            else:
                charts.delete(scene, chart)


class Charts(Family):
    """Charts on a tab of a dashboard; archived in place of being deleted."""

    noun, prefix, mark, unique = "Chart", "chart", "archivedAt", ("dashboardId", "name")
    references: ClassVar = {
        "dashboardId": "dashboards",
        "dashboardTabId": "tabs",
        "databaseConnectionId": "data-sources",
    }

    def completed(self, scene: Scene, fields: Fields) -> Fields:
        self._check_tab(scene, fields["dashboardId"], fields)
        bottom = self._bottom(scene, fields, None)
        fields["layout"] = {"x": 0, "y": bottom, "width": 3, "height": 4, **fields.get("layout", {})}
        self._push(scene, fields, None)
        return fields

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        if "dashboardId" in fields or "dashboardTabId" in fields:
            self._check_tab(scene, fields.get("dashboardId", item.fields["dashboardId"]), fields)
        if "layout" in fields:
            fields["layout"] = {**(item.fields["layout"] or {}), **fields["layout"]}
            fields.setdefault("dashboardTabId", item.fields["dashboardTabId"])
            self._push(scene, fields, item)

    def dress(self, scene: Scene, shown: Fields, reading: str) -> None:
        organization = scene.organization.id
        shown["imageUrl"] = (
            f"https://charts.example.com/api/public/organizations/{organization}/charts/{shown['id']}/image"
        )

    def from_seed(self, identifier: str, created: str, organization: str, entry: Mapping[str, Any]) -> Fields:
        fields = super().from_seed(identifier, created, organization, entry)
        return {**fields, "layout": {"x": 0, "y": 0, "width": 3, "height": 4, **fields.get("layout", {})}}

    def seeded(self, scene: Scene, item: Item, entry: Mapping[str, Any]) -> None:
        tabs = tabs_of(scene, item.fields["dashboardId"])
        item.fields["dashboardTabId"] = item.fields["dashboardTabId"] or (tabs[0].id if tabs else None)

    def _check_tab(self, scene: Scene, dashboard: str, fields: Fields) -> None:
        """Take the first tab if none is given; refuse one of another dashboard."""
        known = [tab.id for tab in tabs_of(scene, dashboard)]
        if fields.get("dashboardTabId") is None:
            fields["dashboardTabId"] = known[0] if known else None
        elif fields["dashboardTabId"] not in known:
            refuse_reference(self.how(scene), "dashboardTabId")

    def _others(self, scene: Scene, fields: Fields, own: Item | None) -> list[Fields]:
        charts = [one for one in scene.organization.there(self.name) if one is not own]
        return [one.fields["layout"] for one in charts if one.fields["dashboardTabId"] == fields["dashboardTabId"]]

    def _bottom(self, scene: Scene, fields: Fields, own: Item | None) -> int:
        return max((one["y"] + one["height"] for one in self._others(scene, fields, own)), default=0)

    def _push(self, scene: Scene, fields: Fields, own: Item | None) -> None:
        """Push a chart that lies over another one down to the bottom."""
        mine = fields["layout"]
        if self.how(scene).layout_pushed and any(
            mine["x"] < one["x"] + one["width"]
            and one["x"] < mine["x"] + mine["width"]
            and mine["y"] < one["y"] + one["height"]
            and one["y"] < mine["y"] + mine["height"]
            for one in self._others(scene, fields, own)
        ):
            fields["layout"] = {**mine, "y": self._bottom(scene, fields, own)}


class AuditLogs(Family):
    """Audit events; they can only be listed."""

    noun, prefix, title = "Audit event", "audit", "action"
    undocumented = frozenset({"action", "actor", "resource"})


def tabs_of(scene: Scene, dashboard: str) -> list[Item]:
    """The tabs of a dashboard that are not deleted, in their order."""
    found = [tab for tab in scene.organization.there("tabs") if tab.fields["dashboardId"] == dashboard]
    return sorted(found, key=lambda tab: (tab.fields["order"], tab.sequence))


def slug(text: str, joint: str = "-") -> str:
    """A text in lower-case letters and digits."""
    return re.sub("[^a-z0-9]+", joint, text.lower(), flags=re.ASCII).strip(joint) or "x"


def first_name(full_name: str | None) -> str | None:
    """The first word of a name."""
    return full_name.partition(" ")[0] if full_name else None


_CLASSES: dict[str, type[Family]] = {
    "data-sources": DataSources,
    "organizations": Organizations,
    "members": Members,
    "groups": Groups,
    "mcp-servers": McpServers,
    "definitions": Definitions,
    "skills": Skills,
    "automations": Automations,
    "runs": Runs,
    "insights": Insights,
    "dashboards": Dashboards,
    "tabs": Tabs,
    "charts": Charts,
    "audit-logs": AuditLogs,
    "chats": Chats,
    "messages": Messages,
}


@functools.cache
def families() -> dict[str, Family]:
    """All families by name."""
    found = collections()
    # a family without anything of its own would need no class; in the order in which a seed is read
    names = [*_CLASSES, *(name for name in found if name not in _CLASSES)]
    return {name: _CLASSES.get(name, Family)(found[name]) for name in names}
