# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a play does around the roles: it ignores errors, leaves steps out, has defaults, or runs on several hosts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stage import KEY, Basedash, run, run_at_a_terminal

PREVIEWS = {"name_pattern": "^preview-"}
NAMES = ["production", "analytics", "analytics", "preview-42", "preview-43"]
ROLE = "community.basedash.basedash_teardown"

# What must not be deleted although the play goes on: the variables of the role, and the status of its report.
IGNORED: dict[str, tuple[dict[str, Any], str]] = {
    "confirm-yes": ({"filters": PREVIEWS, "confirm": "yes"}, "declined"),
    "confirm-null": ({"filters": PREVIEWS, "confirm": None}, "declined"),
    "confirm-omitted": ({"filters": PREVIEWS, "confirm": "{{ nothing | default(omit) }}"}, "declined"),
    "blocked": ({"filters": PREVIEWS, "report_folder": "file/below"}, ""),
    "omitted": ({"filters": {"name_pattern": "{{ nothing | default(omit) }}"}, "max_deletions": 100}, "failed"),
    "one-omitted": (
        {"filters": {"name_pattern": "{{ nothing | default(omit) }}", "dialect": "mysql"}, "max_deletions": 100},
        "failed",
    ),
    "list-as-text": ({"data_sources": "[production]"}, "failed"),
    "stop": ({"data_sources": [{"name": "production"}, {"name": "analytics"}], "on_error": "stop"}, "failed"),
    "no-organization": ({"filters": PREVIEWS, "organization_id": ""}, "failed"),
}


def organization(title: str) -> dict[str, Any]:
    """Return an organization whose data sources bear its name in their ids."""
    sources = [{"id": f"{title}-{n}", "displayName": name, "dialect": "MYSQL"} for n, name in enumerate(NAMES)]
    return {"id": title, "data_sources": sources}


def play(**options: Any) -> dict[str, Any]:
    """Return a play with these keywords, and with variables of the role.

    Files of reports take most of a play's time, so a test that reads none has no folder for them.
    """
    variables = {f"basedash_teardown_{name}": value for name, value in options.pop("variables", {}).items()}
    return {"hosts": "localhost", "gather_facts": False, "vars": variables, "roles": [ROLE], **options}


def write(folder: Path, *plays: dict[str, Any]) -> str:
    """Write a playbook and return its name."""
    folder.joinpath("file").touch()
    folder.joinpath("plays.json").write_text(json.dumps(plays), encoding="utf-8")
    return "plays.json"


def test_ignored_errors(server: Basedash, tmp_path: Path) -> None:
    """A play that ignores errors deletes nothing that was not planned, reported and confirmed."""
    organizations = [organization(title) for title in IGNORED]
    server.call("POST", "reset", {"organizations": organizations, "keys": [{"key": KEY}]})
    plays = [
        play(ignore_errors=True, variables={"organization_id": title, "report_name": title, **given})
        for title, (given, _status) in IGNORED.items()
    ]
    env = {"BASEDASH_ORGANIZATION_ID": "stop"}
    done = run(server, tmp_path, "ansible-playbook", write(tmp_path, *plays), env=env)
    assert done.status == 0, done.output
    assert server.methods == {"GET"}
    for title, (_given, status) in IGNORED.items():
        if status:
            assert replace(done, name=title).report["status"] == status, title
            assert not replace(done, name=title).report["changed"]


def test_the_answer_is_no(basedash: Basedash, tmp_path: Path) -> None:
    """A play that ignores errors, and of which only the tags of the role run, asks and takes the answer."""
    name = write(tmp_path, play(ignore_errors=True, tags=["td"], variables={"filters": PREVIEWS}))
    done = run_at_a_terminal(basedash, tmp_path, "ansible-playbook", name, "--tags", "td", answer=b"no\r")
    assert (done.asked, done.status, done.report["status"]) == (True, 0, "declined")
    assert basedash.methods == {"GET"}


@pytest.mark.parametrize(
    ("words", "deleted"),
    [
        (["--skip-tags", "always", "-e", "basedash_teardown_confirm=yes"], False),
        (["--start-at-task", f"{ROLE} : Delete"], False),
        (["--skip-tags", "always", "--tags", "td", "-e", "basedash_teardown_confirm=false"], True),
    ],
    ids=["skip-tags", "start-at-task", "tags"],
)
def test_steps_left_out(words: list[str], deleted: bool, basedash: Basedash, tmp_path: Path) -> None:
    """Whatever part of the role runs, it deletes what it planned and reported, or nothing, and then it fails."""
    name = write(tmp_path, play(tags=["td"], variables={"filters": PREVIEWS}))
    done = run(basedash, tmp_path, "ansible-playbook", name, *words)
    assert len(basedash.sent("deleted")) == (2 if deleted else 0)
    assert done.status == (0 if deleted else 2), done.output
    assert done.report["status"] in (["done"] if deleted else ["declined", "failed"])


def test_module_defaults(server: Basedash, tmp_path: Path) -> None:
    """What the role was not given comes from the play's defaults, by the group or by the name, then the environment."""
    titles = ("group", "name", "role", "environment")
    server.call("POST", "reset", {"organizations": [organization(title) for title in titles], "keys": [{"key": KEY}]})
    group = {"group/community.basedash.basedash": {"organization_id": "group"}}
    name = {"community.basedash.basedash_data_sources": {"organization_id": "name", "exclude": ["preview-42"]}}
    variables = {"filters": PREVIEWS, "report_folder": ""}
    plays = [
        play(module_defaults=group, variables=variables),
        play(module_defaults={**group, **name}, variables=variables),
        play(module_defaults={**group, **name}, variables={**variables, "organization_id": "role"}),
        play(variables=variables),
    ]
    env = {"BASEDASH_ORGANIZATION_ID": "environment"}
    done = run(server, tmp_path, "ansible-playbook", write(tmp_path, *plays), env=env)
    assert done.status == 0, done.output
    assert server.sent("deleted") == [
        *("group-4", "group-3"),
        *("name-4", "role-4"),
        *("environment-4", "environment-3"),
    ]


@pytest.mark.parametrize("keywords", [{}, {"serial": 1}, {"strategy": "free"}], ids=str)
def test_several_hosts(keywords: dict[str, Any], server: Basedash, tmp_path: Path) -> None:
    """Each data source is deleted once, by one of the hosts that select it, and each host has its report."""
    organizations = [organization("one"), organization("two")]
    server.call("POST", "reset", {"organizations": organizations, "keys": [{"key": KEY}]})
    hosts = {"a": "one", "b/c": "one", "d": "two"}
    inventory = "".join(f"{name} ansible_connection=local organization={one}\n" for name, one in hosts.items())
    tmp_path.joinpath("inventory").write_text(inventory, encoding="utf-8")
    tasks = [
        {"community.basedash.basedash_data_sources": {"state": "absent", "data_sources": []}, "register": "none_there"},
        {
            "ansible.builtin.include_role": {"name": "community.basedash.basedash_report"},
            "vars": {"basedash_report_outcome": "{{ none_there }}"},
        },
    ]
    defaults = {"group/community.basedash.basedash": {"organization_id": "{{ organization }}"}}
    several = play(
        hosts="all",
        module_defaults=defaults,
        tasks=tasks,
        variables={"filters": PREVIEWS, "confirm": False},
        **keywords,
    )
    done = run(server, tmp_path, "ansible-playbook", "-i", "inventory", write(tmp_path, several))
    assert done.status == 0, done.output
    assert sorted(server.sent("deleted")) == ["one-3", "one-4", "two-3", "two-4"]
    names = ("a", "b%2Fc", "d")
    reports = {path.name for path in tmp_path.glob("basedash-*.json")}
    assert reports == {f"basedash-{kind}-{name}.json" for kind in ("report", "teardown") for name in names}
    statuses = {name: replace(done, name=f"basedash-teardown-{name}").report["status"] for name in names}
    if keywords.get("strategy") != "free":
        assert statuses == {"a": "done", "b%2Fc": "unchanged", "d": "done"}


def test_several_hosts_ask_once(server: Basedash, tmp_path: Path) -> None:
    """A person is asked once for all hosts, and no is the answer for all of them."""
    organizations = [organization("one"), organization("two")]
    seed = {"organizations": organizations, "keys": [{"key": KEY}]}
    tmp_path.joinpath("inventory").write_text("a organization=one\nb organization=one\nc organization=two\n")
    variables = {"filters": PREVIEWS, "organization_id": "{{ organization }}", "report_folder": ""}
    several = play(hosts="all", connection="local", ignore_errors=True, variables=variables)
    command = ["ansible-playbook", "-i", "inventory", write(tmp_path, several)]
    for answer, deleted in ((b"no\r", 0), (b"yes\r", 4)):
        server.call("POST", "reset", seed)
        done = run_at_a_terminal(server, tmp_path, *command, answer=answer)
        assert (done.asked, done.status) == (True, 0), done.output
        assert done.output.count("for good (4)?") == 1
        assert len(server.sent("deleted")) == deleted
