# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lives of groups and members, on each server that the unknowns of the API could turn out to be."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.modules import basedash_group, basedash_member
from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash

GROUP, MEMBER = basedash_group.SPEC, basedash_member.SPEC

USUAL: dict[str, dict[str, Any]] = {
    "as documented": {},
    "no single GET": {"single_get": "404_html"},
    "a single GET that never finds": {"single_get": "404"},
    "oldest first": {"list_order": "oldest_first"},
    "created is 200": {"create_status": 200},
    "delete is 204": {"delete_answer": "204"},
    "delete succeeds oddly": {"delete_answer": "200_success_false"},
    "all readings lag": {"list_lag_seconds": 3, "get_lag_seconds": 3},
}
PLACES: dict[str, dict[str, Any]] = {
    "members in the group": {"group_members": "objects"},
    "ids in the group": {"group_members": "ids"},
    "members in a list": {"membership_list": "works"},
    "a second membership is refused": {"group_members": "objects", "second_membership": "409"},
}
PEOPLE: dict[str, dict[str, Any]] = {
    "deactivated members are hidden": {"deactivated_members": "hidden"},
    "the role is kept": {"role_on_reactivation": "kept"},
    "the last admin is allowed": {"last_admin": "allowed"},
    "addresses in lower case": {"names_changed": "lower_case"},
    "a second invitation is 200": {"invited_again": "200"},
}


def _lives(basedash: Basedash, spec: ModuleSpec, **options: Any) -> Report:
    """Run in check mode, for real and again. Check mode predicts the first run, and the last one is idle."""
    predicted = basedash.run(spec, True, options)
    report = basedash.run(spec, False, options)
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert predicted.result["changed"]
    assert predicted.result["diff"] == report.result["diff"]
    # Readings that lag catch up.
    basedash.pass_time(30)
    again = basedash.run(spec, False, options)
    assert not again.failed, again.result["msg"]
    assert not again.result["changed"]
    return report


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("server", USUAL.values(), ids=USUAL.keys())
def test_the_life_of_a_group(basedash: Basedash, server: dict[str, Any], place: dict[str, Any]) -> None:
    basedash.reset({**server, **place, "membership_removal": "works"})
    _lives(basedash, GROUP, name="Sales", members=["Ada@Example.com", "mem_grace"])
    _lives(basedash, GROUP, name="Sales", members=["linus@example.com"])
    _lives(basedash, GROUP, name="Sales", members=["mem_grace"], purge_members=True)
    _lives(basedash, GROUP, name="Sales", new_name="Sellers", clear=["members"])
    _lives(basedash, GROUP, name="Sellers", state="absent")


@pytest.mark.parametrize("server", [*USUAL.values(), *PEOPLE.values()], ids=[*USUAL, *PEOPLE])
def test_the_life_of_a_member(basedash: Basedash, server: dict[str, Any]) -> None:
    basedash.reset(server)
    assert basedash.run(MEMBER, False, {"email": "Marie@example.com"}).failed
    _lives(basedash, MEMBER, email="Marie@example.com", role="ADMIN", full_name="Marie Noble", invite=True)
    _lives(basedash, MEMBER, email="marie@example.com", role="MEMBER")
    assert (
        "last active admin" in basedash.run(MEMBER, False, {"email": "ada@example.com", "role": "MEMBER"}).result["msg"]
    )
    _lives(basedash, MEMBER, email="MARIE@example.com", state="absent")
    if server.get("deactivated_members") != "hidden":
        assert basedash.run(MEMBER, False, {"email": "marie@example.com", "invite": True}).failed
        _lives(basedash, MEMBER, email="marie@example.com", role="ADMIN", reactivate=True)
