# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook ``community.basedash.teardown``, run by its name as a user runs it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from basedash_simulator.server import running
from stage import (
    BIN,
    HOSTILE,
    KEY,
    Basedash,
    environment,
    rendered,
    teardown,
    teardown_at_a_terminal,
    text_outside_code,
)

PREVIEWS = {"name_pattern": "^preview-[0-9]+$"}
SITUATIONS: dict[str, dict[str, Any]] = {
    "deletion": {"options": {"filters": PREVIEWS}, "deleted": ["ds_preview_2", "ds_preview_1"], "status": "done"},
    "list": {
        "options": {"data_sources": [{"name": "production"}, {"data_source_id": "ds_preview_1", "name": "preview-42"}]},
        "deleted": ["ds_preview_1", "ds_production"],
        "status": "done",
    },
    "nothing to do": {"options": {"filters": {"name_pattern": "^nothing$"}}, "deleted": [], "status": "unchanged"},
    "empty list": {"options": {"data_sources": []}, "deleted": [], "status": "unchanged"},
    "gone": {"options": {"data_sources": [{"id": "ds_nowhere"}]}, "deleted": [], "status": "unchanged"},
    "excluded": {
        "options": {"filters": PREVIEWS, "exclude": ["preview-42"]},
        "deleted": ["ds_preview_2"],
        "status": "done",
    },
    "too many": {
        "options": {"filters": PREVIEWS, "max_deletions": 1},
        "deleted": [],
        "status": "failed",
        "says": "max_deletions allows 1",
    },
    "none allowed": {
        "options": {"filters": PREVIEWS, "max_deletions": 0},
        "deleted": [],
        "status": "failed",
        "says": "max_deletions allows 0",
    },
    "neither": {"options": {}, "deleted": [], "status": "failed", "says": "Say what is to be deleted"},
    "both": {
        "options": {"filters": PREVIEWS, "data_sources": [{"name": "x"}]},
        "deleted": [],
        "status": "failed",
        "says": "not both",
    },
    "empty filter": {
        "options": {"filters": {"name_pattern": " "}, "max_deletions": 100},
        "deleted": [],
        "status": "failed",
        "says": "The filter name_pattern is empty",
    },
    "no filters": {
        "options": {"filters": {}, "max_deletions": 100},
        "deleted": [],
        "status": "failed",
        "says": "Say what is to be deleted",
    },
    "wrong pattern": {
        "options": {"filters": {"name_pattern": 'it\'s "("'}},
        "deleted": [],
        "status": "failed",
        "says": "no regular expression",
    },
    "no admin": {
        "options": {"filters": PREVIEWS, "api_key": "bd_key_demo_member"},
        "deleted": [],
        "status": "failed",
        "says": "admin",
    },
    "part of the plan fails": {
        "options": {"data_sources": [{"name": "analytics"}, {"name": "production"}, {"id": "ds_warehouse"}]},
        "deleted": ["ds_production"],
        "status": "failed",
        "says": "2 data sources are named",
    },
    "stop at a failure in the plan": {
        "options": {"data_sources": [{"name": "production"}, {"name": "analytics"}], "on_error": "stop"},
        "deleted": [],
        "status": "failed",
        "says": "2 data sources are named",
    },
    "missing and not fine": {
        "options": {"data_sources": [{"name": "nothing", "missing_ok": False}, {"name": "production"}]},
        "deleted": ["ds_production"],
        "status": "failed",
        "says": "nothing",
    },
    "forced": {
        "options": {"data_sources": [{"id": "ds_warehouse", "force": True}]},
        "deleted": ["ds_warehouse"],
        "status": "done",
    },
}


def summary(report: dict[str, Any]) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {name: count for name, count in report["summary"].items() if count}


@pytest.mark.parametrize("title", SITUATIONS)
def test_situations(title: str, basedash: Basedash, tmp_path: Path) -> None:
    """Check mode sends nothing but GET and plans what the real run does; each run reports, and fails if it did."""
    situation = SITUATIONS[title]
    planned = teardown(basedash, tmp_path, "--check", "--diff", confirm="auto", **situation["options"])
    assert basedash.methods <= {"GET"}
    assert planned.report["check_mode"] is True
    assert planned.report["status"] == ("failed" if situation["status"] == "failed" else "planned")
    assert planned.report["results"] == []
    plan = [one["id"] for one in planned.report["plan"]["results"] if one["action"] == "deleted"]

    done = teardown(basedash, tmp_path, **situation["options"])
    assert sorted(basedash.sent("deleted")) == sorted(situation["deleted"])
    assert sorted(plan) == sorted(situation["deleted"]) or situation["options"].get("on_error") == "stop"
    assert done.report["status"] == situation["status"]
    assert done.report["changed"] is bool(situation["deleted"])
    assert done.report["failed"] is (situation["status"] == "failed")
    assert [one["id"] for one in done.report["results"] if one["action"] == "deleted"] == basedash.sent("deleted")
    for run in (planned, done):
        assert run.status == (2 if situation["status"] == "failed" else 0)
        assert "WARNING" not in run.output
        assert "Traceback" not in run.output
        assert situation.get("says", "") in str(run.report["message"])
        assert situation.get("says", "") in run.markdown
        assert KEY not in run.output + run.markdown + json.dumps(run.report)


def test_again(basedash: Basedash, tmp_path: Path) -> None:
    """A second run is unchanged and sends nothing but GET."""
    teardown(basedash, tmp_path, filters=PREVIEWS)
    basedash.call("DELETE", "requests")
    again = teardown(basedash, tmp_path, filters=PREVIEWS)
    assert (again.status, again.report["status"]) == (0, "unchanged")
    assert "changed=0" in again.output
    assert basedash.methods == {"GET"}


@pytest.mark.parametrize(("on_error", "actions"), [("continue", ["deleted"]), ("stop", ["not_attempted"])])
def test_half_failed(on_error: str, actions: list[str], basedash: Basedash, tmp_path: Path) -> None:
    """A deletion that fails leaves a report of all, and fails the play."""
    fault = {"kind": "status_before", "status": 403, "method": "DELETE", "path": "ds_preview_2"}
    basedash.call("POST", "faults", [fault])
    run = teardown(basedash, tmp_path, filters=PREVIEWS, on_error=on_error, concurrency=1)
    assert run.status == 2
    assert run.actions == {"preview-43": "failed", "preview-42": actions[0]}
    assert run.report["status"] == "failed"
    assert "403" in run.markdown.split("#### Failures")[1]


def test_only_what_was_planned(basedash: Basedash, tmp_path: Path) -> None:
    """What is made or renamed between the plan and the deletion is not deleted."""

    def meddle() -> None:
        basedash.add({"displayName": "preview-99", "dialect": "POSTGRES"})
        basedash.call("POST", "behaviour", {"patch_renames": "applied"})
        basedash.rename("ds_preview_2", "preview-1000")

    run = teardown_at_a_terminal(basedash, tmp_path, b"yes\r", filters=PREVIEWS, meanwhile=meddle)
    assert run.status == 2
    assert run.actions == {"preview-43": "failed", "preview-42": "deleted"}
    assert {"preview-99", "preview-1000"} < set(basedash.sources())
    assert basedash.sent("deleted") == ["ds_preview_1"]


@pytest.mark.parametrize(
    ("answer", "status"), [(b"yes\r", "done"), (b"no\r", "declined"), (b"\r", "declined"), (b"\x03a", "declined")]
)
def test_asked(answer: bytes, status: str, basedash: Basedash, tmp_path: Path) -> None:
    """Somebody at a terminal is asked. Anything but yes deletes nothing and fails, so that nothing goes on after it."""
    run = teardown_at_a_terminal(basedash, tmp_path, answer, filters=PREVIEWS)
    assert run.asked
    assert run.report["status"] == status
    assert run.status == (0 if status == "done" else 2)
    assert len(basedash.sent("deleted")) == (2 if status == "done" else 0)
    if status == "declined":
        assert run.actions == {"preview-43": "not_attempted", "preview-42": "not_attempted"}
    assert "WARNING" not in run.output


@pytest.mark.parametrize(
    ("env", "arguments", "options"),
    [
        ({"CI": "true"}, [], {}),
        ({"AWX_ISOLATED_DATA_DIR": "/runner"}, [], {}),
        ({}, ["-e", "awx_job_id=1"], {}),
        ({}, ["--check"], {}),
        ({}, [], {"confirm": False}),
    ],
)
def test_not_asked(
    env: dict[str, str], arguments: list[str], options: dict[str, Any], basedash: Basedash, tmp_path: Path
) -> None:
    """A terminal alone is nobody: pipelines and AWX have one at times."""
    run = teardown_at_a_terminal(basedash, tmp_path, b"no\r", *arguments, env=env, filters=PREVIEWS, **options)
    assert (run.asked, run.status) == (False, 0)
    assert len(basedash.sent("deleted")) == (0 if arguments == ["--check"] else 2)


def test_nobody_to_ask(basedash: Basedash, tmp_path: Path) -> None:
    """Who wants to be asked and is not there gets a failure, and no question that hangs."""
    run = teardown(basedash, tmp_path, filters=PREVIEWS, confirm=True)
    assert (run.status, run.report["status"]) == (2, "declined")
    assert "Nobody is there" in run.report["message"]
    assert basedash.sent("deleted") == []


def test_hostile_names(basedash: Basedash, tmp_path: Path) -> None:
    """Whatever a data source is called, it is one row of the table, and nothing acts."""
    basedash.add(*({"displayName": name, "dialect": "MYSQL", "host": name} for name in HOSTILE))
    for arguments in (["--check"], ["--diff"]):
        run = teardown(basedash, tmp_path, *arguments, filters={"dialect": "mysql"}, max_deletions=100)
        assert run.status == 0
        assert rendered(run.markdown) == (len(HOSTILE) + 1, {"strong_open"})
        assert "evil" not in text_outside_code(run.markdown)
        assert not any(line.startswith(("::", "/merge")) for line in (run.output + run.markdown).splitlines())
        assert "@" not in run.markdown
    assert [one["name"] for one in run.report["results"]] == HOSTILE[::-1]
    assert len(basedash.sent("deleted")) == len(HOSTILE)
    assert not tmp_path.joinpath("pwned").exists()


def test_many(basedash: Basedash, tmp_path: Path) -> None:
    """Hundreds of long names are cut to what a comment takes, and the report says how many it leaves out."""
    names = ({"displayName": f"preview-{n}-{'|' * 200}", "dialect": "MYSQL", "host": "|" * 200} for n in range(800))
    basedash.add(*names)
    run = teardown(basedash, tmp_path, "--check", filters={"name_pattern": "^preview-"}, max_deletions=1000)
    assert run.status == 0
    rows, _kinds = rendered(run.markdown)
    assert len(run.markdown) < 60000
    assert f"and {802 - (rows - 1)} more" in run.markdown
    assert "and 752 more" in run.output
    assert len(run.report["plan"]["results"]) == 802


@pytest.mark.parametrize("verbosity", ["-v", "-vvvv"])
def test_secrets(verbosity: str, basedash: Basedash, tmp_path: Path) -> None:
    """The passwords of entries stay where they are, and mask nothing."""
    secrets = dict.fromkeys(("password", "ssh_password", "ssh_private_key", "bigquery_json_key"), "preview")
    secrets["snowflake_private_key"] = "sentinel-of-a-key"
    entry = {"name": "preview-42", "host": "elsewhere", **secrets, "extra_secrets": {"token": "sentinel-of-a-token"}}
    with tmp_path.joinpath("vars.json").open("w") as stream:
        json.dump({"basedash_teardown_data_sources": [entry], "basedash_teardown_api_key": KEY}, stream)
    env = {"BASEDASH_API_KEY": "", "ANSIBLE_INJECT_INVOCATION": "true"}
    run = teardown(basedash, tmp_path, "-e", "@vars.json", verbosity, "--diff", env=env)
    assert run.status == 0
    assert basedash.sent("deleted") == ["ds_preview_1"]
    left = run.output + run.markdown + json.dumps(run.report)
    assert "sentinel" not in left
    assert KEY not in left


def test_masked_id(tmp_path: Path) -> None:
    """A key that is a part of an id hides it: nothing is deleted, as another id would be found missing."""
    sources = [{"id": "ds_admin_1", "displayName": "one"}, {"displayName": "two"}]
    seed = {"organizations": [{"id": "o", "data_sources": sources}], "keys": [{"key": "admin", "role": "admin"}]}
    with running(seed) as url:
        basedash = Basedash(url)
        run = teardown(basedash, tmp_path, api_key="admin", organization_id="o", filters={"name_pattern": "one"})
        assert (run.status, run.report["status"]) == (2, "failed")
        assert "masked" in run.report["message"]
        assert basedash.methods == {"GET"}


def test_folders(basedash: Basedash, tmp_path: Path) -> None:
    """A folder that is missing is made, one where nothing can be written stops the run before the deletion."""
    blocked = tmp_path / "file"
    blocked.touch()
    run = teardown(basedash, tmp_path, filters=PREVIEWS, report_folder=str(blocked / "below"))
    assert run.status == 2
    assert basedash.sent("deleted") == []
    assert "A step before the deletion failed" in run.output

    folder = tmp_path / "a b" / "c'd"
    run = teardown(basedash, tmp_path, filters=PREVIEWS, report_folder="a b/c'd", report_name="one")
    assert run.status == 0
    assert sorted(os.listdir(folder)) == ["one.json", "one.md"]
    assert {stat.S_IMODE(folder.joinpath(name).stat().st_mode) for name in os.listdir(folder)} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert teardown(basedash, tmp_path, filters=PREVIEWS, report_folder="").status == 0
    assert list(tmp_path.glob("*.md")) == []


def test_two_at_once(basedash: Basedash, tmp_path: Path) -> None:
    """Two runs at once delete each data source once, and both say what happened."""
    basedash.call("POST", "faults", [{"kind": "delay", "seconds": 1, "method": "DELETE"}])
    basedash.add(*({"displayName": f"preview-{n}", "dialect": "MYSQL"} for n in range(100, 108)))
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda name: teardown(basedash, tmp_path, filters=PREVIEWS, report_name=name), "ab"))
    for run, name in zip(runs, "ab"):
        run.name = name
        assert run.report["failed"] is (run.status != 0)
    assert len(set(basedash.sent("deleted"))) == len(basedash.sent("deleted")) == 10
    assert not any(name.startswith("preview") for name in basedash.sources())


def test_no_secrets_of_an_address(basedash: Basedash, tmp_path: Path) -> None:
    """An address with a password in it is refused, and not reported."""
    address = "http://me:hidden@127.0.0.1:1"
    run = teardown(basedash, tmp_path, filters=PREVIEWS, api_url=address, organization_id="o|/`x")
    assert run.status == 2
    assert run.report["api_url"] is None
    assert run.report["organization_id"] == "o|/`x"
    assert "hidden" not in json.dumps(run.report) + run.markdown + run.output


def test_an_unreachable_host_is_a_failure(basedash: Basedash, tmp_path: Path) -> None:
    """A play that goes on after it must not report that all is as it was."""
    variables = json.dumps({"basedash_report_outcome": {"unreachable": True, "changed": False, "msg": "no route"}})
    include = ["-m", "ansible.builtin.include_role", "-a", "name=community.basedash.report"]
    subprocess.run(
        [BIN / "ansible", "localhost", *include, "-e", variables],
        cwd=tmp_path,
        env=environment(basedash),
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
    report = json.loads((tmp_path / "basedash-report.json").read_text(encoding="utf-8"))
    assert (report["status"], report["failed"], report["message"]) == ("failed", True, "no route")
    assert "failed" in (tmp_path / "basedash-report.md").read_text(encoding="utf-8")
