# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: basedash_access_report
short_description: Make a report about who may query which data source
version_added: 0.1.0
description:
  - Makes lines for a log, Markdown, CSV and JSON from the results of three info modules.
  - Names come from the server. The report escapes them, so that they can't break a table, mention anyone, link to a
    page or become a formula of a spreadsheet.
  - The playbook C(community.basedash.access_report) prints and writes them.
author:
  - Basedash collection contributors (@ansible-collections)
options:
  _input:
    description: The result of M(community.basedash.basedash_data_source_info) with C(access=true).
    type: dict
    required: true
  groups:
    description:
      - The result of M(community.basedash.basedash_group_info) with C(members=true). If it failed, groups have no
        names.
    type: dict
    required: true
  members:
    description: The result of M(community.basedash.basedash_member_info). If it failed, members have no addresses.
    type: dict
    required: true
  organization_id:
    description: The organization, for the first lines of the report.
    type: str
    default: ''
  max_characters:
    description: The maximum length of the Markdown.
    type: int
    default: 60000
  max_lines:
    description: The maximum number of lines for a log.
    type: int
    default: 50
"""

EXAMPLES = r"""
- name: Print who may query what
  ansible.builtin.debug:
    msg: "{{ (sources | community.basedash.basedash_access_report(groups=groups_there, members=members_there)).lines }}"
"""

RETURN = r"""
_value:
  description: The keys C(lines), a list, and C(md), C(csv) and C(json), texts.
  type: dict
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.community.basedash.plugins.filter.basedash_report import code, plain, sentence
from ansible_collections.community.basedash.plugins.module_utils._base.text import quoted
from ansible_collections.community.basedash.plugins.module_utils._configuration.access import (
    Group,
    Person,
    Reach,
    Source,
    Who,
    restricted_to_nobody,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.access import Policy

_NO_RESULT = (
    "The filter basedash_access_report got no data sources with their access: give it the result of "
    "basedash_data_source_info with access=true."
)

_FINDINGS = {
    "open_to_everyone": "Data sources that everyone in the organization may query",
    "nobody_may_query": "Restricted data sources that nobody may query",
    "only_grant_is_one_group": "Data sources whose only grant is one group, without which they might open to everyone",
    "grants_without_effect": "Data sources whose access names what does not exist, or who is no active member",
    "groups_without_members": "Groups without members",
    "no_active_members_in_groups": "Groups with people who are no active members",
    "admins": "Admins, who can change each access",
}
_UNKNOWN = {
    "groups": "This server has no list of groups, so groups have no names here, and the people in them are missing.",
    "members": "This server has no list of members, so members have no addresses here, and admins are missing.",
    "people": "This server does not show who is in these groups, so the people in them are missing: %s.",
    "roles": "This server does not show the role of these members, so admins may be missing: %s.",
}
_MORE = "and %d more, which the JSON and the CSV have."
# The most names in one line.
_MOST_NAMED = 30
_COLUMNS = ("data_source", "data_source_id", "access", "person", "member_id", "role", "through")

# How programs for tables recognize a formula, also after white space and in the wide forms of the characters.
_FORMULA = re.compile("\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# Nobody is mentioned within code, so an address needs no escaping there.
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"basedash_access_report": report}


def report(
    sources: Mapping[str, Any],
    groups: Mapping[str, Any],
    members: Mapping[str, Any],
    organization_id: str = "",
    **limits: int,
) -> dict[str, Any]:
    """Return a report as ``lines`` for a log, and as the texts ``md``, ``csv`` and ``json``."""
    listed = sources.get("data_sources")
    if listed is None or any("access" not in one for one in listed):
        raise AnsibleFilterError(_NO_RESULT)
    if limits.keys() - {"max_characters", "max_lines"}:
        raise AnsibleFilterError(
            "The filter basedash_access_report got an option that it does not have: %s" % ", ".join(sorted(limits))
        )
    made = _Report(listed, groups.get("groups"), members.get("members"), organization_id)
    return {
        "lines": made.lines(limits.get("max_lines", 50)),
        "md": made.markdown(limits.get("max_characters", 60000)),
        "csv": made.table(),
        "json": json.dumps(made.machine(), indent=4) + "\n",
    }


class _Report:
    """Who may query what, in four forms."""

    def __init__(
        self,
        sources: Iterable[Mapping[str, Any]],
        groups: Sequence[Mapping[str, Any]] | None,
        members: Sequence[Mapping[str, Any]] | None,
        organization: str,
    ) -> None:
        self._organization = organization
        self._when = datetime.now(timezone.utc)
        people = None if members is None else _people(members, groups or ())
        self._roles = {one["id"]: one.get("role") for one in members or ()}
        self._reach = Reach.of(
            (Source(one["id"], str(one.get("display_name")), _policy(one["access"])) for one in sources),
            None if groups is None else map(_group, groups),
            people,
        )
        self._sources = sorted(self._reach.sources.values(), key=lambda one: (one.name.casefold(), one.id))
        found = (self._reach.groups or {}).values()
        self._groups = sorted(found, key=lambda one: (one.name.casefold(), one.id))
        self._members = sorted(
            (one for one in (self._reach.members or {}).values() if one.is_active), key=lambda one: (str(one), one.id)
        )

    @cached_property
    def _who(self) -> dict[str, Who]:
        """Who may query each data source, by its id."""
        return {one.id: self._reach.who(one) for one in self._sources}

    @cached_property
    def _in_groups(self) -> dict[str, Who]:
        """Who is in each group that occurs, by its id."""
        granted = {identifier for one in self._sources if one.policy is not None for identifier in one.policy.groups}
        return {one: self._reach.in_group(one) for one in {*granted, *(group.id for group in self._groups)}}

    # What there is to say ---------------------------------------------------------------------------------------------

    @cached_property
    def _findings(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _FINDINGS}
        for source in self._sources:
            alone = Reach({source.id: source}, self._reach.groups, self._reach.members)
            policy = source.policy or Policy("everyone")
            without_effect = sorted(self._without_effect(policy))
            for kind, names in (
                ("open_to_everyone", [] if source.is_open else None),
                ("nobody_may_query", [] if restricted_to_nobody(alone) else None),
                ("only_grant_is_one_group", self._only_group(policy)),
                ("grants_without_effect", without_effect or None),
            ):
                if names is not None:
                    found[kind].append({"id": source.id, "name": source.name, "names": names})
        for group in self._groups:
            if group.members is not None and not self._in_groups[group.id]:
                found["groups_without_members"].append({"id": group.id, "name": group.name, "names": []})
            inactive = sorted(self._inactive(group.members or ()))
            if inactive:
                entry = {"id": group.id, "name": group.name, "names": inactive}
                found["no_active_members_in_groups"].append(entry)
        admins = [one for one in self._members if one.is_admin]
        found["admins"] = [{"id": one.id, "name": str(one), "names": []} for one in admins]
        return found

    def _only_group(self, policy: Policy) -> list[str] | None:
        is_alone = policy.restricted and len(policy.groups) == 1 and not policy.members
        return [self._group_name(identifier) for identifier in policy.groups] if is_alone else None

    def _without_effect(self, policy: Policy) -> Iterator[str]:
        groups = self._reach.groups
        for identifier in policy.groups if groups is not None else ():
            if identifier not in (groups or {}):
                yield "the group with id %s" % quoted(identifier)
        yield from self._inactive(policy.members)

    def _inactive(self, identifiers: Iterable[str]) -> Iterator[str]:
        known = self._reach.members
        for identifier in identifiers if known is not None else ():
            person = (known or {}).get(identifier, Person(identifier, None, is_active=False))
            if not person.is_active:
                yield str(person)

    def _group_name(self, identifier: str) -> str:
        group = (self._reach.groups or {}).get(identifier)
        return "with id %s" % quoted(identifier) if group is None else group.name

    @cached_property
    def _notes(self) -> list[str]:
        unshown = [group.name for group in self._groups if group.members is None]
        roleless = [str(one) for one in self._members if not self._roles.get(one.id)]
        return [
            *([_UNKNOWN["groups"]] if self._reach.groups is None else []),
            *([_UNKNOWN["members"]] if self._reach.members is None else []),
            *([_UNKNOWN["people"] % _names(unshown, _plain)] if unshown else []),
            *([_UNKNOWN["roles"] % _names(roleless, _plain)] if roleless else []),
        ]

    @cached_property
    def _counts(self) -> dict[str, int]:
        counted = {"data_sources": len(self._sources), "groups": len(self._groups), "members": len(self._members)}
        return {**counted, **{kind: len(found) for kind, found in self._findings.items()}}

    @property
    def _summary(self) -> str:
        counts = self._counts
        sources = _counted(counts["data_sources"], "data source")
        members = _counted(counts["members"], "active member")
        return "%s (%d open to everyone), %s, %s (%s)" % (
            *(sources, counts["open_to_everyone"], _counted(counts["groups"], "group")),
            *(members, _counted(counts["admins"], "admin")),
        )

    def _through(self, source: Source, kind: str, identifier: str) -> list[str]:
        """Return why somebody may query a data source."""
        policy = source.policy
        if policy is None or not policy.restricted:
            return ["everyone"] if source.is_open else []
        named = ["named"] if kind == "member" and identifier in policy.members else []
        groups = [one for one in policy.groups if (kind, identifier) in self._in_groups[one]]
        return named + sorted("group %s" % self._group_name(one) for one in groups)

    # The forms --------------------------------------------------------------------------------------------------------

    def lines(self, most: int) -> list[str]:
        """Return the lines for a log."""
        found = [*self._notes]
        for kind, entries in self._findings.items():
            found += [kind.replace("_", " ") + ": " + _worded(one, _plain) for one in entries]
        left = len(found) - most
        return ["Basedash access: " + self._summary, *found[:most], *(["and %d more" % left] if left > 0 else [])]

    def table(self) -> str:
        """Return one row for each data source and each of those who may query it, as CSV."""
        stream = io.StringIO()
        # Quotes keep a cell together also where a program takes semicolons for the separators.
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(_COLUMNS)
        for source in self._sources:
            mode = "unknown" if source.policy is None else source.policy.mode
            who = sorted(self._who[source.id].items(), key=lambda one: (one[1], one[0]))
            for (kind, identifier), name in who or [(("nobody", ""), "nobody")]:
                member = identifier if kind == "member" else ""
                role = self._roles.get(member) or ""
                through = "; ".join(self._through(source, kind, identifier))
                writer.writerow(map(_harmless, (source.name, source.id, mode, name, member, role, through)))
        return stream.getvalue()

    def machine(self) -> dict[str, Any]:
        """Return the report for a program."""
        return {
            "version": 1,
            "when": self._when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "organization_id": self._organization or None,
            "summary": self._counts,
            "findings": self._findings,
            "notes": self._notes,
            "data_sources": [
                {
                    "id": one.id,
                    "name": one.name,
                    "access": None if one.policy is None else one.policy.as_result(),
                    "who": sorted(self._who[one.id].values()),
                }
                for one in self._sources
            ],
            "groups": [
                {
                    "id": one.id,
                    "name": one.name,
                    "members": None if one.members is None else self._people_in(one),
                    "data_sources": self._granted_to(one),
                }
                for one in self._groups
            ],
            "members": [
                {
                    "id": one.id,
                    "email": one.email,
                    "role": self._roles.get(one.id),
                    "groups": self._groups_of(one),
                    "data_sources": [each.name for each in self._sources if ("member", one.id) in self._who[each.id]],
                }
                for one in self._members
            ],
        }

    def _groups_of(self, person: Person) -> list[str]:
        return [group.name for group in self._groups if person.id in (group.members or ())]

    def _people_in(self, group: Group) -> list[str]:
        return sorted(self._in_groups[group.id].values())

    def _granted_to(self, group: Group) -> list[str]:
        return [one.name for one in self._sources if one.policy is not None and group.id in one.policy.groups]

    def markdown(self, most: int) -> str:
        """Return the Markdown page. What is beyond the limit is counted."""
        organization = " in organization %s" % code(self._organization) if self._organization else ""
        page = [
            "### Basedash access: who may query what",
            "",
            "**%s**%s," % (self._summary, organization),
            self._when.strftime("%Y-%m-%d %H:%M UTC"),
        ]
        for note in self._notes:
            page += ["", sentence(note)]
        # What is left out is counted in some more lines.
        left = most - sum(len(line) + 1 for line in page) - 2000
        for head, rows in self._sections():
            fitting, left = _fitting(["", *head], rows, left)
            page += fitting
        return "\n".join(page) + "\n"

    def _sections(self) -> Iterator[tuple[list[str], list[str]]]:
        """Yield the parts of the page: the lines above a list or a table, and its rows."""
        for kind, title in _FINDINGS.items():
            entries = self._findings[kind]
            if entries:
                yield ["#### " + title, ""], ["- " + _worded(one, _code) for one in entries]
        restricted = [one for one in self._sources if not one.is_open]
        if restricted:
            head = [
                "#### Restricted data sources",
                "",
                "| data source | groups | who may query |",
                "| --- | --- | --- |",
            ]
            yield head, [self._source_row(one) for one in restricted]
        if self._groups:
            head = ["#### Groups", "", "| group | members | data sources |", "| --- | --- | --- |"]
            yield head, [self._group_row(one) for one in self._groups]
        if self._members and restricted:
            head = ["#### Members", "", "| member | groups | restricted data sources |", "| --- | --- | --- |"]
            who = [(one.name, self._who[one.id]) for one in restricted]
            for_one = [(one, [name for name, may in who if ("member", one.id) in may]) for one in self._members]
            yield head, [_row(str(one), self._groups_of(one), names) for one, names in for_one]

    def _group_row(self, group: Group) -> str:
        members = ["(not shown)"] if group.members is None else self._people_in(group)
        return _row(group.name, members, self._granted_to(group))

    def _source_row(self, source: Source) -> str:
        policy = source.policy or Policy("everyone")
        groups = sorted(self._group_name(identifier) for identifier in policy.groups)
        return _row(source.name, groups, sorted(self._who[source.id].values()))


def _policy(access: Mapping[str, Any]) -> Policy:
    return Policy(access["mode"], frozenset(access["group_ids"]), frozenset(access["member_ids"]))


def _people(members: Iterable[Mapping[str, Any]], groups: Iterable[Mapping[str, Any]]) -> list[Person]:
    """Return the members, and those deactivated ones that a group shows."""
    people = {one["id"]: _person(one) for one in members}
    for group in groups:
        for one in group.get("members") or ():
            if one.get("deactivated_at") is not None:
                people.setdefault(one["id"], _person(one))
    return list(people.values())


def _person(facts: Mapping[str, Any]) -> Person:
    is_admin = str(facts.get("role")).upper() == "ADMIN"
    return Person(facts["id"], (facts.get("user") or {}).get("email"), is_admin, facts.get("deactivated_at") is None)


def _group(facts: Mapping[str, Any]) -> Group:
    members = facts.get("member_ids")
    return Group(facts["id"], str(facts.get("name")), None if members is None else frozenset(members))


def _harmless(value: Any) -> str:
    """Return a cell that no program for tables takes for a formula."""
    text = str(value)
    return "'" + text if _FORMULA.match(text) else text


def _plain(value: Any) -> str:
    """Return a server's text on one line."""
    text = str(value)
    return text if len(text) <= 100 and _ADDRESS.fullmatch(text) else plain(text)


def _code(value: Any) -> str:
    """Return a server's text as code in Markdown."""
    return "`%s`" % _plain(value)


def _names(names: Sequence[str], shown: Callable[[str], str]) -> str:
    more = [] if len(names) <= _MOST_NAMED else ["and %d more" % (len(names) - _MOST_NAMED)]
    return ", ".join([*map(shown, names[:_MOST_NAMED]), *more])


def _worded(finding: Mapping[str, Any], shown: Callable[[str], str]) -> str:
    names = _names(finding["names"], shown)
    return shown(finding["name"]) + (": " + names if names else "")


def _counted(count: int, noun: str) -> str:
    return "%d %s%s" % (count, noun, "" if count == 1 else "s")


def _row(name: str, *lists: Sequence[str]) -> str:
    return "| %s |" % " | ".join((_code(name), *(_names(one, _code) for one in lists)))


def _fitting(head: Sequence[str], rows: Sequence[str], space: int) -> tuple[list[str], int]:
    """Return as much of a part of the page as fits, and the space that is left."""
    fitting = list(head)
    space -= sum(len(line) + 1 for line in head)
    for number, row in enumerate(rows):
        space -= len(row) + 1
        if space < 0:
            # Without a row, only the title is shown.
            return [*(fitting if number else head[:2]), "", _MORE % (len(rows) - number)], 0
        fitting.append(row)
    return fitting, space
