# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide "Access as code", played through: plan, apply, somebody joins, somebody leaves."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from stage import EXAMPLES, KEY, ROOT, Basedash, run

SEED: dict[str, Any] = {
    "organizations": [
        {
            "id": "org_demo",
            "groups": [{"id": "grp_1", "name": "Analysts"}, {"id": "grp_9", "name": "Interns"}],
            "members": [
                {"id": "mem_1", "email": "ada@example.com", "role": "ADMIN"},
                {"id": "mem_9", "email": "charles@example.com"},
            ],
            "data_sources": [
                {
                    "displayName": "orders",
                    "dialect": "MYSQL",
                    "access": {"mode": "restricted", "groupIds": ["grp_9"], "memberIds": ["mem_9"]},
                },
                {"displayName": "payments", "dialect": "MYSQL"},
                {"displayName": "not in the file", "dialect": "MYSQL"},
            ],
        }
    ],
    "keys": [{"key": KEY, "role": "admin"}],
    "behaviour": {"group_members": "objects"},
}
INVITE = ("-e", "invite=true")


class Site:
    """A copy of the example, beside the server that it runs against."""

    def __init__(self, basedash: Basedash, folder: Path) -> None:
        self.basedash = basedash
        self.folder = folder
        shutil.copytree(EXAMPLES / "access_as_code", folder)

    def run(self, *arguments: str) -> str:
        """Run the playbook, and return its output."""
        done = run(self.basedash, self.folder, "ansible-playbook", "site.yml", *arguments)
        self.succeeded = done.status == 0
        return done.output

    def changed(self, *arguments: str) -> int:
        """Run the playbook, which must succeed, and return the count of tasks that changed something."""
        output = self.run(*arguments)
        assert self.succeeded, output
        return int(re.findall(r"changed=(\d+)", output)[0])

    def rewrite(self, **lists: Any) -> None:
        """Put other lists into the file."""
        path = self.folder / "access.yml"
        path.write_text(yaml.safe_dump({**self.access, **lists}), encoding="utf-8")

    @property
    def access(self) -> dict[str, Any]:
        """The content of the file."""
        content: dict[str, Any] = yaml.safe_load((self.folder / "access.yml").read_text(encoding="utf-8"))
        return content

    def objects(self, family: str) -> dict[str, dict[str, Any]]:
        """Return the objects of a family that are there, by id."""
        listed = self.basedash.call("GET", f"objects/{family}?organization=org_demo")
        return {one["id"]: one for one in listed if not (one.get("deletedAt") or one.get("deactivatedAt"))}

    def writes(self) -> list[tuple[str, str]]:
        """Return the method and the end of the path of each write, in the order in which they came."""
        requests = self.basedash.call("GET", "requests")
        return [(one["method"], one["path"].partition("org_demo/")[2]) for one in requests if one["method"] != "GET"]


@pytest.fixture
def site(server: Basedash, tmp_path: Path) -> Site:
    """Return the example's copy, and an organization that differs from it."""
    server.call("POST", "reset", SEED)
    return Site(server, tmp_path / "repository")


def test_the_guide_shows_the_file(site: Site) -> None:
    """The excerpt in the guide has the keys of the file, and is a part of it."""
    guide = (ROOT / "docs" / "access_as_code.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    shown = yaml.safe_load(block)
    assert shown.keys() == site.access.keys()
    assert [one for key, entries in shown.items() for one in entries if one not in site.access[key]] == []


def test_plan_apply_join_and_leave(site: Site) -> None:
    plan = site.run("--check", "--diff", *INVITE)
    assert site.succeeded, plan
    assert site.basedash.methods == {"GET"}
    # The plan names whom and what the apply creates before it gives them access.
    assert "group 'Finance'" in plan
    assert '+        "grace@example.com"' in plan

    # Without invite=true, nobody is invited, and whatever comes after that step waits.
    refused = site.run("--diff")
    assert not site.succeeded
    assert "set invite to true" in refused
    assert site.writes() == [("POST", "groups")]

    assert site.changed("--diff", *INVITE) == 3
    for arguments in (("--diff", *INVITE), ("--check", "--diff")):
        assert site.changed(*arguments) == 0

    groups = {one["name"]: identifier for identifier, one in site.objects("groups").items()}
    members = {one["user"]["email"]: identifier for identifier, one in site.objects("members").items()}
    assert set(groups) == {"Analysts", "Finance", "Interns"}
    assert set(members) == {"ada@example.com", "grace@example.com", "charles@example.com"}
    sources = site.basedash.sources()
    restricted = {"mode": "restricted", "memberIds": []}
    assert sources["orders"]["access"] == {**restricted, "groupIds": [groups["Analysts"]]}
    assert sources["payments"]["access"] == {
        **restricted,
        "groupIds": [groups["Finance"]],
        "memberIds": [members["ada@example.com"]],
    }
    # One e-mail was sent, and each step came after those that it needs.
    writes = site.writes()
    assert [path for _method, path in writes if path == "members"] == ["members"]
    kinds = [re.sub(r"/[^/]+", "", path, count=1) for _method, path in writes]
    assert kinds == ["groups", "members", *["groups/members"] * 3, *["data-sources/access"] * 2]

    _leave(site)
    _a_new_data_source(site)


def _leave(site: Site) -> None:
    site.rewrite(former_members=["charles@example.com"], former_groups=["Interns"])
    assert site.changed("--check") == 2
    assert site.changed() == 2
    assert site.changed() == 0
    assert "mem_9" not in site.objects("members")
    assert "grp_9" not in site.objects("groups")
    assert site.basedash.sources()["not in the file"]["access"]["mode"] == "everyone"


def _a_new_data_source(site: Site) -> None:
    """An entry with all that a creation needs; its access is set at once."""
    before = len(site.writes())
    new = {"name": "ledger", "dialect": "MYSQL", "access": {"mode": "restricted", "groups": ["Finance"]}}
    site.rewrite(data_sources=[*site.access["data_sources"], new])
    assert site.changed() == 1
    identifier = site.basedash.sources()["ledger"]["id"]
    assert site.writes()[before:] == [("POST", "data-sources"), ("PUT", f"data-sources/{identifier}/access")]


def test_a_group_that_is_the_only_grant_waits_for_the_next_run(site: Site) -> None:
    """A plan judges what is there now, so what the same run would make possible is refused in it."""
    policy = {"mode": "restricted", "groupIds": ["grp_9"], "memberIds": []}
    source = site.basedash.sources()["not in the file"]["id"]
    site.basedash.send("PUT", f"data-sources/{source}/access", policy)
    site.rewrite(former_groups=["Interns"])
    refused = site.run("--diff", *INVITE)
    assert not site.succeeded
    assert "only grant of data source 'not in the file'" in refused
    assert "grp_9" in site.objects("groups")


@pytest.mark.parametrize("with_members", [True, False])
def test_a_service_that_does_not_show_who_is_in_a_group(with_members: bool, site: Site) -> None:
    """The step with the members fails in one sentence, and adds nobody; without members, the rest works."""
    site.basedash.call("POST", "behaviour", {"group_members": "hidden"})
    if not with_members:
        site.rewrite(user_groups=[{"name": one["name"]} for one in site.access["user_groups"]])
    output = site.run("--diff", *INVITE)
    assert site.succeeded is not with_members
    assert ("does not show who is in a group" in output) is with_members
    assert not [path for _method, path in site.writes() if path.endswith("/members")]
