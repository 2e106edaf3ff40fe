# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook ``community.basedash.access_report`` by its name."""

from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path
from typing import Any

from stage import HOSTILE, KEY, Basedash, rendered, run, text_outside_code

COMMAND = ("ansible-playbook", "community.basedash.access_report")
# Only what shows the group's members and takes grants as they are is not the simulator's default.
SEED: dict[str, Any] = {
    "organizations": [
        {
            "id": "org_demo",
            "groups": [{"id": "f", "name": "Finance", "memberIds": ["ada"]}, {"id": "e", "name": "=Empty"}],
            "members": [{"id": "ada", "email": "ada@example.com", "role": "ADMIN"}],
            "data_sources": [
                *({"displayName": name, "dialect": "MYSQL"} for name in HOSTILE),
                {"displayName": "orders", "dialect": "MYSQL", "access": {"groupIds": ["f"]}},
            ],
        },
        {"id": "other", "data_sources": [{"displayName": "visits", "dialect": "MYSQL"}]},
    ],
    "keys": [{"key": KEY, "role": "admin"}, {"key": "bd_key_of_a_member", "role": "member"}],
    "behaviour": {"group_members": "objects"},
}
INVENTORY = """\
all:
  hosts:
    production: {}
    a/b:
      basedash_configuration_organization_id: other
"""


def test_one_host_for_each_organization(server: Basedash, tmp_path: Path) -> None:
    """Nothing is changed, no report replaces another's, and names are only names."""
    server.call("POST", "reset", SEED)
    tmp_path.joinpath("inventory.yml").write_text(INVENTORY, encoding="utf-8")
    folder = json.dumps({"basedash_configuration_report_folder": "reports"})
    done = run(server, tmp_path, *COMMAND, "-i", "inventory.yml", "--check", "-e", folder)
    assert done.status == 0, done.output
    assert server.methods == {"GET"}
    assert KEY not in done.output
    reports = tmp_path / "reports"
    assert set(os.listdir(reports)) == {
        f"basedash-access-{host}.{kind}" for host in ("production", "a%2Fb") for kind in ("csv", "json", "md")
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in reports.iterdir()} == {0o600}

    report = json.loads((reports / "basedash-access-production.json").read_text(encoding="utf-8"))
    assert report["organization_id"] == "org_demo"
    assert {one["name"] for one in report["data_sources"]} == {"orders", *HOSTILE}
    assert report["findings"]["only_grant_is_one_group"][0]["names"] == ["Finance"]
    assert report["findings"]["groups_without_members"][0]["name"] == "=Empty"
    other = json.loads((reports / "basedash-access-a%2Fb.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in other["data_sources"]] == ["visits"]

    with (reports / "basedash-access-production.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == len(HOSTILE) + 2
    assert all(len(row) == 7 for row in rows)
    markdown = (reports / "basedash-access-production.md").read_text(encoding="utf-8")
    assert rendered(markdown)[1] == {"strong_open"}
    assert not any(one in text_outside_code(markdown) for one in ("evil", "octocat", "pwned", "@"))
    assert not list(tmp_path.glob("**/pwned"))


def test_a_server_without_lists_and_a_key_that_may_not(server: Basedash, tmp_path: Path) -> None:
    server.call("POST", "reset", SEED)
    server.call("POST", "behaviour", {"groups_list": "405", "members_list": "404_html"})
    done = run(server, tmp_path, *COMMAND, "-i", "localhost,")
    assert done.status == 0, done.output
    markdown = tmp_path.joinpath("basedash-access-localhost.md").read_text(encoding="utf-8")
    assert "This server has no list of groups" in markdown
    assert "This server has no list of members" in markdown

    nothing = json.dumps({"basedash_configuration_report_folder": "", "basedash_access_report_name": "second"})
    done = run(server, tmp_path, *COMMAND, "-e", nothing)
    assert done.status == 0, done.output
    assert "Basedash access: " in done.output
    denied = run(
        server,
        tmp_path,
        *COMMAND,
        "-e",
        "basedash_access_report_name=third basedash_configuration_api_key=bd_key_of_a_member",
    )
    assert denied.status != 0
    assert "admin" in denied.output
    assert not [*tmp_path.glob("second*"), *tmp_path.glob("third*")]
