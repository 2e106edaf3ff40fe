# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks ``community.basedash.plan``, ``apply``, ``drift`` and ``validate`` by their names."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import yaml
from stage import HOSTILE, KEY, Basedash, Run, rendered, run, text_outside_code

INSTRUCTIONS = "Use {{ groups }}\n```\nand {{ definition('mrr') }}.\n::set-output\n@octocat"


def play(
    basedash: Basedash, folder: Path, playbook: str, *more: str, hosts: str = "localhost,", **variables: Any
) -> Run:
    """Run a playbook with these variables of the role."""
    given = json.dumps({f"basedash_configuration_{name}": value for name, value in variables.items()})
    env = {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
    command = ("ansible-playbook", f"community.basedash.{playbook}", "-i", hosts, "-e", given, *more)
    done = run(basedash, folder, *command, env=env)
    assert "[WARNING]" not in done.output
    assert "Traceback" not in done.output
    assert KEY not in done.output
    return done


def report(folder: Path, name: str) -> dict[str, Any]:
    """Return a report for programs."""
    found: dict[str, Any] = json.loads(folder.joinpath(f"basedash-{name}.json").read_text(encoding="utf-8"))
    return found


def configuration(folder: Path, **families: Any) -> None:
    """Write the folder that the playbooks read if nothing else is said."""
    folder.joinpath("basedash").mkdir(exist_ok=True)
    text = yaml.safe_dump({"format": 1, **families}, allow_unicode=True)
    folder.joinpath("basedash", "all.yml").write_text(text, encoding="utf-8")


def test_a_plan_changes_nothing_and_an_apply_does_exactly_the_plan(basedash: Basedash, tmp_path: Path) -> None:
    names = [name for name in HOSTILE if name.isprintable() and name == name.strip() and len(name) < 200]
    skills = [{"name": name, "instructions": "x"} for name in names]
    configuration(tmp_path, skills=[{"name": "Tone of voice", "instructions": INSTRUCTIONS}, *skills])
    planned = play(basedash, tmp_path, "plan", prune=["skills"])
    assert planned.status == 0, planned.output
    assert basedash.methods == {"GET"}
    plan = report(tmp_path, "plan-localhost")
    assert (plan["status"], plan["changed"]) == ("planned", True)
    assert (plan["summary"]["deleted"], plan["summary"]["updated"], plan["summary"]["created"]) == (1, 1, len(names))
    page = (tmp_path / "basedash-plan-localhost.md").read_text(encoding="utf-8")
    assert rendered(page) == (2 + len(names) + 1, {"strong_open", "fence"})
    for word in ("evil", "octocat", "@"):
        assert word not in text_outside_code(page)
    assert "+Use {{ groups }}" in page
    assert not any(line.lstrip().startswith("::") for line in planned.output.splitlines())
    assert f'"basedash_configuration_expected_plan": "{plan["plan_id"]}"' in planned.output

    checked = play(basedash, tmp_path, "apply", "--check", prune=["skills"])
    assert checked.status == 0, checked.output
    assert basedash.methods == {"GET"}
    assert report(tmp_path, "plan-localhost") == {**plan, "when": report(tmp_path, "plan-localhost")["when"]}

    refused = play(basedash, tmp_path, "apply", prune=["skills"], expected_plan="another", report_folder="a b/c")
    assert refused.status == 2
    assert basedash.methods == {"GET"}
    assert report(tmp_path / "a b" / "c", "apply-localhost")["status"] == "failed"
    assert "another one" in (tmp_path / "a b" / "c" / "basedash-apply-localhost.md").read_text(encoding="utf-8")

    done = play(basedash, tmp_path, "apply", prune=["skills"], expected_plan=plan["plan_id"])
    assert done.status == 0, done.output
    applied = report(tmp_path, "apply-localhost")
    assert (applied["status"], applied["plan_id"]) == ("done", plan["plan_id"])
    assert {one["action"] for one in applied["results"]} == {"created", "updated", "deleted"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("basedash-*")} == {0o600}
    again = play(basedash, tmp_path, "apply", prune=["skills"])
    assert "Basedash apply of localhost: nothing to change" in again.output
    assert "changed=0" in again.output


def test_a_failure_is_reported_with_what_it_left(basedash: Basedash, tmp_path: Path) -> None:
    sql = {"chart_type": "TABLE", "data_source": "production", "sql_query": "SELECT 1"}
    board = {"name": "Board", "charts": [{"name": "Chart", **sql}]}
    configuration(tmp_path, skills=[{"name": "New", "instructions": "x"}], dashboards=[board])
    fault = {"kind": "status_before", "status": 403, "method": "POST", "path": "dashboards", "times": 100}
    basedash.call("POST", "faults", [fault])
    done = play(basedash, tmp_path, "apply")
    assert done.status == 2
    actions = {one["name"]: one["action"] for one in report(tmp_path, "apply-localhost")["results"]}
    assert actions == {"New": "created", "Board": "failed", "Chart": "not_attempted"}
    page = (tmp_path / "basedash-apply-localhost.md").read_text(encoding="utf-8")
    assert page.index("#### Failed") < page.index("#### Not attempted") < page.index("#### Created")
    # A report that can't be written is known before the first change.
    basedash.call("DELETE", "requests")
    tmp_path.joinpath("file").touch()
    assert play(basedash, tmp_path, "apply", report_folder="file/below").status == 2
    assert basedash.methods == set()


def test_the_exit_status_of_drift(basedash: Basedash, tmp_path: Path) -> None:
    configuration(tmp_path, skills=[{"name": "Tone of voice", "instructions": "Answer briefly."}])
    assert play(basedash, tmp_path, "apply", report_folder="").status == 0
    assert os.listdir(tmp_path) == ["basedash"]
    basedash.call("DELETE", "requests")
    same = play(basedash, tmp_path, "drift")
    assert same.status == 0, same.output
    assert report(tmp_path, "drift-localhost")["status"] == "in_sync"

    basedash.call("PATCH", "objects/skills/skill_tone", {"instructions": INSTRUCTIONS})
    drifted = play(basedash, tmp_path, "drift")
    assert drifted.status == 2, drifted.output
    others = report(tmp_path, "drift-localhost")["unmanaged_objects"]
    assert others
    assert all("skill %s" % one["name"] in drifted.output for one in others)
    found = report(tmp_path, "drift-localhost")
    assert (found["status"], found["counts"]["skills"]["different"]) == ("drift", 1)
    ((skill,),) = (yaml.safe_load(one["yaml"])["skills"] for one in found["entries"])
    assert skill == {"name": "Tone of voice", "instructions": INSTRUCTIONS}
    page = (tmp_path / "basedash-drift-localhost.md").read_text(encoding="utf-8")
    assert rendered(page) == (0, {"strong_open", "fence"})
    assert "octocat" not in text_outside_code(page)

    for broken in ({"api_key": "bd_key_wrong"}, {"source": "missing"}):
        unknown = play(basedash, tmp_path, "drift", **broken)
        assert unknown.status == 4, unknown.output
        assert report(tmp_path, "drift-localhost")["status"] == "error"
    assert basedash.methods == {"GET"}


def test_each_host_is_an_organization(basedash: Basedash, tmp_path: Path) -> None:
    tmp_path.joinpath("here").mkdir()
    configuration(tmp_path, skills=[])
    tmp_path.joinpath("basedash", "all.yml").rename(tmp_path / "here" / "one.yml")
    tmp_path.joinpath("hosts.yml").write_text(
        "all: {hosts: {a/b: {basedash_configuration_source: here}, other: {basedash_configuration_source: nothing}}}"
    )
    done = play(basedash, tmp_path, "drift", hosts="hosts.yml")
    assert done.status == 4
    assert report(tmp_path, "drift-a%2Fb")["status"] == "in_sync"
    assert report(tmp_path, "drift-other")["status"] == "error"
    # A plan of several organizations has several identities, so none is passed on.
    assert "expected_plan" not in play(basedash, tmp_path, "plan", hosts="hosts.yml").output


def test_no_step_relies_on_a_failure_before_it(basedash: Basedash, tmp_path: Path) -> None:
    """An undefined variable must not count as one that was not given: without a scope, everything would be pruned."""
    configuration(tmp_path, skills=[{"name": "Tone of voice", "instructions": "x"}])
    role: dict[str, Any] = {
        "ansible.builtin.include_role": {"name": "community.basedash.basedash_configuration"},
        "vars": {
            "basedash_configuration_prune": ["skills"],
            "basedash_configuration_scope": "{{ nothing }}",
        },
    }
    block = {"ignore_errors": True, "block": [role]}
    tmp_path.joinpath("play.json").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [block]}])
    )
    done = run(basedash, tmp_path, "ansible-playbook", "play.json")
    assert done.output.count("...ignoring") == 3, done.output
    assert basedash.methods <= {"GET"}
    assert report(tmp_path, "apply-localhost")["status"] == "failed"


def test_files_are_checked_without_a_key(basedash: Basedash, tmp_path: Path) -> None:
    configuration(tmp_path, skills=[{"name": "New", "instruction": "x"}])
    env = {"BASEDASH_API_KEY": "", "BASEDASH_ORGANIZATION_ID": ""}
    command = ("ansible-playbook", "community.basedash.validate", "-i", "localhost,")
    wrong = run(basedash, tmp_path, *command, "-e", "basedash_configuration_sarif=out/found.sarif", env=env)
    assert wrong.status == 2
    assert "basedash/all.yml:3: error: The option instruction is unknown" in wrong.output
    (one,) = json.loads((tmp_path / "out" / "found.sarif").read_text())["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "basedash/all.yml"},
        "region": {"startLine": 3},
    }
    configuration(tmp_path, skills=[{"name": "New", "instructions": "x"}])
    right = run(basedash, tmp_path, *command, env=env)
    assert right.status == 0, right.output
    undefined = run(basedash, tmp_path, *command, "-e", "basedash_configuration_source={{ nothing }}", env=env)
    assert undefined.status == 2
    assert "The variable basedash_configuration_source can't be used" in undefined.output
    assert json.loads((tmp_path / "basedash-validate-localhost.sarif").read_text())["runs"][0]["results"] == []
    assert basedash.methods == set()
