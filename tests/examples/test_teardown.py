# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook ``community.basedash.teardown`` by its name, and what its target leaves of the role."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stage import (
    HOSTILE,
    KEY,
    Basedash,
    rendered,
    run,
    run_at_a_terminal,
    teardown,
    text_outside_code,
)

PREVIEWS = {"name_pattern": "^preview-[0-9]+$"}
NAMES = ["warehouse", "production", "analytics", "analytics", "preview-42", "preview-43"]

# What the role's target leaves: the variables of the role, the names of what goes, and what the failure says.
SITUATIONS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "empty-list": ({"data_sources": []}, [], ""),
    "excluded": ({"filters": PREVIEWS, "exclude": ["preview-42"]}, ["preview-43"], ""),
    "none-allowed": ({"filters": PREVIEWS, "max_deletions": 0}, [], "max_deletions allows 0"),
    "wrong-pattern": ({"filters": {"name_pattern": 'it\'s "("'}}, [], "no regular expression"),
    "no-admin": ({"filters": PREVIEWS, "api_key": "bd_key_of_a_member"}, [], "admin"),
    "stop-in-the-plan": (
        {"data_sources": [{"name": "production"}, {"name": "analytics"}], "on_error": "stop"},
        [],
        "2 data sources are named",
    ),
    "missing-and-not-fine": (
        {"data_sources": [{"name": "nothing", "missing_ok": False}, {"name": "production"}]},
        ["production"],
        "nothing",
    ),
    "stop-at-a-deletion": ({"filters": PREVIEWS, "on_error": "stop", "concurrency": 1}, [], "403"),
    # A key that is a part of an id hides it: nothing is deleted, as another id would be found missing.
    "masked": ({"filters": PREVIEWS, "api_key": "masked"}, [], "masked"),
    "address": ({"filters": PREVIEWS, "api_url": "http://me:hidden@127.0.0.1:1", "organization_id": "o|/`x"}, [], ""),
}
# What fails before it reports, or can't report.
MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "both": ({"filters": PREVIEWS, "data_sources": [{"name": "x"}]}, "not both"),
    "empty-filter": ({"filters": {"name_pattern": " "}, "max_deletions": 100}, "The filter name_pattern is empty"),
    "no-filters": ({"filters": {}, "max_deletions": 100}, "Say what is to be deleted"),
    "blocked": (
        {"filters": PREVIEWS, "report_folder": "file/below"},
        "A step before the deletion failed",
    ),
}


def seed() -> dict[str, Any]:
    """Return an organization for each situation, with the same data sources in each."""
    organizations = [
        {"id": title, "data_sources": [{"id": f"{title}-{n}", "displayName": name} for n, name in enumerate(NAMES)]}
        for title in (*SITUATIONS, *MISTAKES)
    ]
    keys = [{"key": KEY, "role": "admin"}, {"key": "masked", "role": "admin"}]
    return {"organizations": organizations, "keys": [*keys, {"key": "bd_key_of_a_member", "role": "member"}]}


def play(title: str, **options: Any) -> dict[str, Any]:
    """Return a play with the role that survives its failure."""
    tasks = {
        "block": [{"ansible.builtin.include_role": {"name": "community.basedash.basedash_teardown"}}],
        "rescue": [{"ansible.builtin.debug": {"msg": title + " failed: {{ ansible_failed_result.msg }}"}}],
    }
    variables = {f"basedash_teardown_{name}": v for name, v in {"organization_id": title, **options}.items()}
    return {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [tasks]}


@pytest.mark.parametrize("mode", ["check", "real"])
def test_situations(mode: str, server: Basedash, tmp_path: Path) -> None:
    """Check mode sends nothing but GET and plans what the real run does; each run reports, and fails if it did."""
    server.call("POST", "reset", seed())
    fault = {"kind": "status_before", "status": 403, "method": "DELETE", "path": "stop-at-a-deletion-5"}
    server.call("POST", "faults", [fault])
    checking = mode == "check"
    plays = [
        play(title, report_folder="a b/c'd", report_name=title, **given)
        for title, (given, _names, _says) in SITUATIONS.items()
    ]
    if not checking:
        tmp_path.joinpath("file").touch()
        plays += [play(title, **{"report_folder": "", **given}) for title, (given, _says) in MISTAKES.items()]
    tmp_path.joinpath("plays.json").write_text(json.dumps(plays), encoding="utf-8")
    done = run(server, tmp_path, "ansible-playbook", "plays.json", "--diff", *(["--check"] if checking else []))
    assert done.status == 0, done.output
    warnings = [line for line in done.output.splitlines() if "WARNING" in line]
    # The key that is a part of ids.
    assert all("An id or a name in this result is masked" in line for line in warnings), warnings
    assert "Traceback" not in done.output
    if checking:
        assert server.methods == {"GET"}

    everything = {*(f"{title}.{kind}" for title in SITUATIONS for kind in ("md", "json"))}
    folder = tmp_path / "a b" / "c'd"
    assert set(os.listdir(folder)) == everything
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for title, (_given, names, says) in SITUATIONS.items():
        this = replace(done, folder=folder, name=title)
        only_then = title == "stop-at-a-deletion"
        failed = bool(says or title == "address") and not (checking and only_then)
        assert (f"{title} failed: " in done.output) is failed, title
        assert this.report["failed"] is failed, title
        assert this.report["check_mode"] is checking
        assert this.report["status"] == (
            "failed" if failed else "planned" if checking else "done" if names else "unchanged"
        )
        deleted = [f"{title}-{NAMES.index(name)}" for name in names]
        assert [one for one in server.sent("deleted") if one.startswith(title)] == ([] if checking else deleted)
        assert [one["id"] for one in this.report["results"] if one["action"] == "deleted"] == (
            [] if checking else deleted
        )
        if checking and not only_then and title not in ("masked", "stop-in-the-plan"):
            assert [one["id"] for one in this.report["plan"]["results"] if one["action"] == "deleted"] == deleted
        if failed:
            assert says in str(this.report["message"])
            assert says in this.markdown
        for secret in (KEY, "hidden"):
            assert secret not in this.output + this.markdown + json.dumps(this.report)
    address = replace(done, folder=folder, name="address").report
    assert (address["api_url"], address["organization_id"]) == (None, "o|/`x")
    for title, (_given, says) in () if checking else MISTAKES.items():
        assert f"{title} failed: " in done.output
        assert says in done.output.partition(f"{title} failed: ")[0].rpartition("PLAY [")[2], title
        assert not any(one.startswith(title) for one in server.sent("deleted"))


def test_deletion(basedash: Basedash, tmp_path: Path) -> None:
    """A plan, the deletion, and a second run that changes nothing; at a terminal, where a pipeline has nobody."""
    become = {"ANSIBLE_BECOME": "true", "ANSIBLE_BECOME_EXE": "false"}
    planned = run_at_a_terminal(basedash, tmp_path, *teardown("--check", "--diff", filters=PREVIEWS), env=become)
    assert (planned.asked, planned.status, planned.report["status"]) == (False, 0, "planned")
    assert basedash.methods == {"GET"}
    assert planned.report["results"] == []
    assert planned.report["plan"]["summary"]["deleted"] == 2

    done = run_at_a_terminal(basedash, tmp_path, *teardown(filters=PREVIEWS), env={"CI": "true", **become})
    assert (done.asked, done.status, done.report["status"]) == (False, 0, "done")
    assert done.actions == {"preview-43": "deleted", "preview-42": "deleted"}
    assert len(basedash.sent("deleted")) == 2

    basedash.call("DELETE", "requests")
    for path in tmp_path.iterdir():
        path.unlink()
    again = run(basedash, tmp_path, *teardown(filters=PREVIEWS, report_folder=""))
    assert again.status == 0
    assert "Basedash teardown: unchanged" in again.output
    assert "changed=0" in again.output
    assert basedash.methods == {"GET"}
    assert list(tmp_path.iterdir()) == []
    for one in (planned, done, again):
        assert "WARNING" not in one.output
        assert KEY not in one.output


def test_only_what_was_planned(basedash: Basedash, tmp_path: Path) -> None:
    """After a yes, what was made or renamed between the plan and the deletion is not deleted."""

    def meddle() -> None:
        basedash.add({"displayName": "preview-99", "dialect": "POSTGRES"})
        basedash.call("POST", "behaviour", {"patch_renames": "applied"})
        basedash.rename("ds_preview_2", "preview-1000")

    done = run_at_a_terminal(basedash, tmp_path, *teardown(filters=PREVIEWS), answer=b"yes\r", meanwhile=meddle)
    assert (done.asked, done.status) == (True, 2)
    assert done.actions == {"preview-43": "failed", "preview-42": "deleted"}
    assert {"preview-99", "preview-1000"} < set(basedash.sources())
    assert basedash.sent("deleted") == ["ds_preview_1"]


@pytest.mark.parametrize("answer", [b"\r", b"\x03a"], ids=["enter", "interrupt"])
def test_declined(answer: bytes, basedash: Basedash, tmp_path: Path) -> None:
    """Anything but yes deletes nothing and fails, so that nothing goes on after it."""
    done = run_at_a_terminal(basedash, tmp_path, *teardown(filters=PREVIEWS), answer=answer)
    assert (done.asked, done.status, done.report["status"]) == (True, 2, "declined")
    assert done.actions == {"preview-43": "not_attempted", "preview-42": "not_attempted"}
    assert basedash.sent("deleted") == []
    assert "WARNING" not in done.output


@pytest.mark.parametrize(
    ("env", "arguments", "attended"),
    [
        ({}, [], "true"),
        ({"AWX_ISOLATED_DATA_DIR": "/runner"}, [], "false"),
        ({}, ["-e", "awx_job_id=1"], "false"),
    ],
    ids=["person", "runner", "awx"],
)
def test_attended(env: dict[str, str], arguments: list[str], attended: str, server: Basedash, tmp_path: Path) -> None:
    """A terminal alone is nobody: AWX has one at times."""
    message = "msg={{ lookup('community.basedash.basedash_attended') }}"
    done = run_at_a_terminal(
        server, tmp_path, "ansible", "localhost", "-m", "debug", "-a", message, *arguments, env=env
    )
    (line,) = (one for one in done.output.splitlines() if '"msg"' in one)
    assert line.split()[-1].strip('"').lower() == attended


def test_hostile_names(basedash: Basedash, tmp_path: Path) -> None:
    """Whatever a data source is called, it is one row of the table, and nothing acts."""
    basedash.add(*({"displayName": name, "dialect": "MYSQL", "host": name} for name in HOSTILE))
    done = run(basedash, tmp_path, *teardown("--diff", filters={"dialect": "mysql"}, max_deletions=100))
    assert done.status == 0
    assert rendered(done.markdown) == (len(HOSTILE) + 1, {"strong_open"})
    assert "evil" not in text_outside_code(done.markdown)
    assert not any(line.startswith(("::", "/merge")) for line in (done.output + done.markdown).splitlines())
    assert "@" not in done.markdown
    assert [one["name"] for one in done.report["results"]] == HOSTILE[::-1]
    assert len(basedash.sent("deleted")) == len(HOSTILE)
    assert not tmp_path.joinpath("pwned").exists()


def test_many(basedash: Basedash, tmp_path: Path) -> None:
    """Hundreds of long names are cut to what a comment takes, and the report says how many it leaves out."""
    names = ({"displayName": f"preview-{n}-{'|' * 200}", "dialect": "MYSQL", "host": "|" * 200} for n in range(800))
    basedash.add(*names)
    command = teardown("--check", filters={"name_pattern": "^preview-"}, max_deletions=1000)
    done = run(basedash, tmp_path, *command)
    assert done.status == 0
    rows, _kinds = rendered(done.markdown)
    assert len(done.markdown) < 60000
    assert f"and {802 - (rows - 1)} more" in done.markdown
    assert "and 752 more" in done.output
    assert len(done.report["plan"]["results"]) == 802


def test_secrets(basedash: Basedash, tmp_path: Path) -> None:
    """The passwords of entries stay where they are, and mask nothing; who said not to ask is not asked."""
    secrets = dict.fromkeys(("password", "ssh_password", "ssh_private_key", "bigquery_json_key"), "preview")
    secrets["snowflake_private_key"] = "sentinel-of-a-key"
    entry = {"name": "preview-42", "host": "elsewhere", **secrets, "extra_secrets": {"token": "sentinel-of-a-token"}}
    with tmp_path.joinpath("vars.json").open("w") as stream:
        json.dump({"basedash_teardown_data_sources": [entry], "basedash_teardown_api_key": KEY}, stream)
    env = {"BASEDASH_API_KEY": "", "ANSIBLE_INJECT_INVOCATION": "true"}
    command = teardown("-e", "@vars.json", "-vvvv", "--diff", confirm=False)
    done = run_at_a_terminal(basedash, tmp_path, *command, env=env)
    assert (done.asked, done.status) == (False, 0)
    assert basedash.sent("deleted") == ["ds_preview_1"]
    left = done.output + done.markdown + json.dumps(done.report)
    assert "sentinel" not in left
    assert KEY not in left


def test_two_at_once(basedash: Basedash, tmp_path: Path) -> None:
    """Two runs at once delete each data source once, and both say what happened."""
    basedash.call("POST", "faults", [{"kind": "delay", "seconds": 1, "method": "DELETE"}])
    basedash.add(*({"displayName": f"preview-{n}", "dialect": "MYSQL"} for n in range(100, 108)))

    def one(name: str) -> tuple[int, dict[str, Any]]:
        done = run(basedash, tmp_path, *teardown(filters=PREVIEWS, report_name=name))
        return done.status, replace(done, name=name).report

    with ThreadPoolExecutor(2) as pool:
        for status, report in pool.map(one, "ab"):
            assert report["failed"] is (status != 0)
    assert len(set(basedash.sent("deleted"))) == len(basedash.sent("deleted")) == 10
    assert not any(name.startswith("preview") for name in basedash.sources())


def test_an_unreachable_host_is_a_failure(basedash: Basedash, tmp_path: Path) -> None:
    """A play that goes on after it must not report that all is as it was."""
    variables = json.dumps({"basedash_report_outcome": {"unreachable": True, "changed": False, "msg": "no route"}})
    include = ["-m", "ansible.builtin.include_role", "-a", "name=community.basedash.basedash_report"]
    assert run(basedash, tmp_path, "ansible", "localhost", *include, "-e", variables).status == 0
    report = json.loads((tmp_path / "basedash-report.json").read_text(encoding="utf-8"))
    assert (report["status"], report["failed"], report["message"]) == ("failed", True, "no route")
    assert "failed" in (tmp_path / "basedash-report.md").read_text(encoding="utf-8")
