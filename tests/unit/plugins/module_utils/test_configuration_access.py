# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may query which data source, and what a plan changes about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._configuration.access import (
    Group,
    Person,
    Reach,
    Source,
    changes,
    only_grants,
    restricted_to_nobody,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.access import Policy

ADA, GRACE, LINUS = (Person(name[0], name + "@example.com") for name in ("ada", "grace", "linus"))
GONE = Person("l", "linus@example.com", is_active=False)
PEOPLE = (ADA, GRACE, LINUS)
FINANCE = Group("f", "Finance", frozenset("g"))
OPS = Group("o", "Ops", frozenset("gl"))
EVERYONE = Policy("everyone")


def to(groups: str = "", members: str = "") -> Policy:
    """Return a policy for these groups and members, each of one letter."""
    return Policy("restricted", frozenset(groups), frozenset(members))


def reach(
    policy: Policy | str | None,
    groups: Iterable[Group] | None = (FINANCE, OPS),
    members: Iterable[Person] | None = PEOPLE,
) -> Reach:
    """Return an organization with one data source, or with none if the policy is a text."""
    sources = [] if isinstance(policy, str) else [Source("1", "orders", policy)]
    return Reach.of(sources, groups, members)


def names(found: Reach) -> list[str]:
    """Return who may query the only data source."""
    return sorted(found.who(found.sources["1"]).values())


UNSHOWN = Group("f", "Finance", None)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reach(EVERYONE), ["ada@example.com", "grace@example.com", "linus@example.com"]),
        (reach(EVERYONE, members=(ADA, GONE)), ["ada@example.com"]),
        (reach(to("f", "a")), ["ada@example.com", "grace@example.com"]),
        (reach(to("o"), members=(ADA, GRACE, GONE)), ["grace@example.com"]),
        (reach(to("x", "y")), []),
        (reach(to("f"), [UNSHOWN]), ["the members of the group 'Finance'"]),
        (reach(to("f"), None), ["the members of the group with id 'f'"]),
        (reach(to("f", "a"), members=None), ["the member with id 'a'", "the member with id 'g'"]),
        (reach(EVERYONE, members=None), ["everyone in the organization"]),
        (reach(to("", "a"), members=[Person("a", None)]), ["the member with id 'a'"]),
        (reach(None), ["those whom its access names, which was not read"]),
        (reach(Policy("owners")), ["those whom the access mode 'owners' means"]),
        (reach(Policy("restricted", assumed=("group 'Sales'",))), ["group 'Sales'"]),
    ],
)
def test_who_may_query(found: Reach, expected: list[str]) -> None:
    assert names(found) == expected


def change(gains: str = "", loses: str = "", opens: bool = False) -> list[dict[str, Any]]:
    """Return the changes with one entry, people by the first letters of their addresses."""
    whole = {one.id: str(one) for one in PEOPLE}
    return [
        {"data_source": "orders", "gains": [whole[one] for one in gains], "loses": [whole[one] for one in loses]}
        | {"opens": opens}
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (reach(to("f")), reach(to("f")), []),
        (reach(to("f")), reach(to("f", "a")), change("a")),
        (reach(to("f", "a")), reach(to("o")), change("l", "a")),
        (reach(to("f")), reach(EVERYONE), change("al", opens=True)),
        (reach(EVERYONE), reach(to("f")), change("", "al")),
        # Somebody joins, leaves or changes the group.
        (reach(EVERYONE, members=(ADA,)), reach(EVERYONE, members=(ADA, GRACE)), change("g")),
        (reach(to("o")), reach(to("o"), members=(ADA, GRACE, GONE)), change("", "l")),
        (reach(to("f")), reach(to("f"), [Group("f", "Finance", frozenset("al"))]), change("al", "g")),
        (reach(to("f", "a")), reach(to("f", "a"), []), change("", "g")),
        # A data source comes or goes.
        (reach("none"), reach(None), change("agl", opens=True)),
        (reach("none"), reach(EVERYONE, members=()), change(opens=True)),
        (reach("none"), reach(to("f")), change("g")),
        (reach(to("f")), reach("none"), change("", "g")),
        # What was not read is no change.
        (reach(None), reach(None), []),
        (reach(to("f"), [UNSHOWN]), reach(to("f"), [Group("f", "Money", None)]), []),
        # People whom the server does not show are among everyone.
        (reach(to("f"), [UNSHOWN], ()), reach(EVERYONE, [UNSHOWN], ()), change(opens=True)),
        (reach(EVERYONE, [UNSHOWN], ()), reach(to("f"), [UNSHOWN], ()), []),
    ],
)
def test_changes(before: Reach, after: Reach, expected: list[dict[str, Any]]) -> None:
    assert changes(before, after) == expected


def test_a_change_is_named_although_people_are_not_shown() -> None:
    before, after = reach(to("", "a"), None, None), reach(EVERYONE, None, None)
    opened = {"data_source": "orders", "gains": ["everyone in the organization"], "loses": [], "opens": True}
    assert changes(before, after) == [opened]
    closed = {"data_source": "orders", "gains": [], "loses": ["everyone in the organization"], "opens": False}
    opened_first, closed_then = after, before
    assert changes(opened_first, closed_then) == [closed]
    assert changes(reach(to("f"), [UNSHOWN]), reach(to("f", "a"), [UNSHOWN])) == change("a")


def test_changes_are_sorted() -> None:
    sources = [Source("ds_%s" % name, name, None) for name in "bac"]
    for order in (sources, sources[::-1]):
        found = changes(Reach.of([], [], []), Reach.of(order, [], []))
        assert [one["data_source"] for one in found] == ["a", "b", "c"]


def test_a_new_name_of_a_data_source_is_no_change_of_its_access() -> None:
    renamed = Reach.of([Source("1", "sales", to("f", "a"))], (FINANCE,), PEOPLE)
    assert changes(reach(to("f", "a")), renamed) == []
    assert [one["data_source"] for one in changes(reach(to("f")), renamed)] == ["sales"]


policies = st.builds(to, st.text("fox", max_size=3), st.text("agly", max_size=3)) | st.just(EVERYONE)
organizations = st.builds(
    Reach.of,
    st.dictionaries(st.sampled_from("123"), policies).map(
        lambda found: [Source(identifier, "s" + identifier, policy) for identifier, policy in found.items()]
    ),
    st.lists(
        st.builds(Group, st.sampled_from("fo"), st.just("g"), st.frozensets(st.sampled_from("aglx"))),
        unique_by=lambda one: one.id,
    ),
    st.lists(st.sampled_from((ADA, GRACE, LINUS, GONE)), unique_by=lambda one: one.id),
)


def may_query(found: Reach, person: str, identifier: str) -> bool:
    """Tell in another way than the code whether somebody may query a data source."""
    source, member = found.sources.get(identifier), (found.members or {}).get(person)
    if source is None or source.policy is None or member is None or not member.is_active:
        return False
    groups = [one.id for one in (found.groups or {}).values() if person in (one.members or ())]
    named = person in source.policy.members or not source.policy.groups.isdisjoint(groups)
    return source.policy.mode == "everyone" or named


@given(organizations, organizations)
def test_changes_are_exactly_who_can_and_could_query(before: Reach, after: Reach) -> None:
    entries = {one["data_source"]: one for one in changes(before, after)}
    for source in {*before.sources, *after.sources}:
        entry = entries.get("s" + source, {"gains": [], "loses": [], "opens": False})
        gains = {one.email for one in PEOPLE if may_query(after, one.id, source) > may_query(before, one.id, source)}
        loses = {one.email for one in PEOPLE if may_query(after, one.id, source) < may_query(before, one.id, source)}
        assert (set(entry["gains"]), set(entry["loses"])) == (gains, loses)
        was_open, is_open = (source in one.sources and one.sources[source].is_open for one in (before, after))
        assert entry["opens"] == (is_open and not was_open)


def test_what_nobody_may_query() -> None:
    assert restricted_to_nobody(reach(to("f"))) == []
    assert restricted_to_nobody(reach(EVERYONE, members=())) == []
    cut_off = reach(to("f"), [Group("f", "Finance", frozenset())])
    assert restricted_to_nobody(cut_off) == restricted_to_nobody(cut_off, reach(to("f"))) == ["orders"]
    assert restricted_to_nobody(reach(to("", "l"), members=(ADA, GONE))) == ["orders"]
    # A plan did not make it so.
    assert restricted_to_nobody(cut_off, cut_off) == []
    # That can't be known.
    assert restricted_to_nobody(reach(to("f"), [UNSHOWN])) == []
    assert restricted_to_nobody(reach(None, members=())) == []


@pytest.mark.parametrize(
    ("policy", "kept", "expected"),
    [
        (to("f"), [OPS], [("orders", ["Finance"])]),
        (to("fo"), [], [("orders", ["Finance", "Ops"])]),
        (to("fx"), [OPS], [("orders", ["Finance"])]),
        (to("fo"), [OPS], []),
        (to("f", "a"), [OPS], []),
        (to("x"), [OPS], []),
        (EVERYONE, [], []),
        (None, [], []),
    ],
)
def test_the_only_grant_of_a_data_source(
    policy: Policy | None, kept: list[Group], expected: list[tuple[str, list[str]]]
) -> None:
    assert only_grants(reach(policy), reach(policy, kept)) == expected
