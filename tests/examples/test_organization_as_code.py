# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of the organization as code: its pipelines line by line and its previews, on a simulated Basedash."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline import GitLab, Job, Platform
from stage import BIN, EXAMPLES, KEY, ROOT, Basedash, Run, environment, listening, run

EXAMPLE = EXAMPLES / "organization_as_code"
PASSWORD = "sentinel of the vault"
SECRETS = {"BASEDASH_API_KEY": KEY, "VAULT_PASSWORD": PASSWORD, "PREVIEW_PASSWORD": "sentinel-of-a-preview"}
REQUEST = {"CI_MERGE_REQUEST_PROJECT_ID": "11", "CI_MERGE_REQUEST_IID": "7"}
PEOPLE = [
    {"id": "ada", "email": "ada@example.com", "role": "ADMIN"},
    {"id": "grace", "email": "grace@example.com"},
]
SEED: dict[str, Any] = {
    "organizations": [
        {"id": f"org_{name}", "members": [{**one, "id": f"{name}_{one['id']}"} for one in PEOPLE]}
        for name in ("production", "staging", "previews")
    ],
    "keys": [{"key": KEY, "role": "admin"}],
    "behaviour": {"group_members": "objects"},
}


@pytest.fixture
def platform(server: Basedash, tmp_path: Path) -> Platform:
    """Return a machine with the repository, whose secrets are encrypted, and a Basedash with people alone."""
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLE, folder)
    server.call("POST", "reset", SEED)
    password = tmp_path / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    vaults = sorted((folder / "secrets").rglob("vault.yml"))
    for path in vaults:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("change me", "sentinel-of-orders"), encoding="utf-8")
    command = [BIN / "ansible-vault", "encrypt", "--vault-password-file", password, *vaults]
    subprocess.run(command, env=environment(server), check=True, capture_output=True)
    return Platform(server, folder, {**SECRETS, "VAULT_PASSWORD_FILE": str(password)})


@pytest.fixture
def gitlab(platform: Platform) -> Iterator[type[GitLab]]:
    """Return GitLab's API, which the machine knows, without any notes."""
    api = type("GitLabOfOneTest", (GitLab,), {"notes": [], "requests": []})
    with listening(api) as url:
        platform.secrets.update(CI_API_V4_URL=url, GITLAB_NOTE_TOKEN=GitLab.token)
        yield api


def on_github(platform: Platform, job: str, event: str = "push", plan: Job | None = None) -> Job:
    """Run a job of the called workflow for production."""
    outputs = {} if plan is None else {f"needs.plan.outputs.{name}": value for name, value in plan.outputs.items()}
    known = {"inputs.environment": "production", "github.event_name": event, **outputs}
    known.update({"github.token": "token", "github.event.pull_request.number": "7"})
    return platform.github("environment.yml", job, known)


def objects(basedash: Basedash, family: str, organization: str = "org_production") -> list[str]:
    """Return the names of what is there."""
    listed = basedash.call("GET", f"objects/{family}?organization={organization}")
    gone = ("deletedAt", "archivedAt")
    return [one.get("displayName") or one["name"] for one in listed if not any(one.get(name) for name in gone)]


def writes(basedash: Basedash) -> list[str]:
    """Return the methods of the requests that are no readings."""
    return [one["method"] for one in basedash.call("GET", "requests") if one["method"] != "GET"]


def test_the_note_is_the_one_of_gitops() -> None:
    """Whoever copies one example has all that it needs, and there is one program to look after."""
    assert (EXAMPLE / "note.py").read_bytes() == (EXAMPLES / "gitops" / "note.py").read_bytes()


def test_on_github(platform: Platform) -> None:
    """A pull request shows the plan, the approved plan is applied, and a plan that is out of date is refused."""
    basedash = platform.basedash
    plan = on_github(platform, "plan", "pull_request")
    assert plan.status == 0, plan.output
    assert basedash.methods == {"GET"}
    assert plan.outputs["changed"] == "true"
    (comment,) = platform.comments
    for text in (comment["body"], plan.summary):
        assert plan.outputs["plan_id"] in text
        assert "Revenue by week" in text

    apply = on_github(platform, "apply", plan=plan)
    assert apply.status == 0, apply.output
    assert objects(basedash, "dashboards") == ["Revenue"]
    assert basedash.sources("org_production")["orders"]["secrets"]["password"] == "sentinel-of-orders"
    assert basedash.sources("org_staging") == {}

    basedash.call("DELETE", "requests")
    again = on_github(platform, "plan", "pull_request")
    assert (again.status, again.outputs["changed"]) == (0, "false"), again.output
    assert [one["edits"] for one in platform.comments] == [1]

    (dashboard,) = basedash.call("GET", "objects/dashboards?organization=org_production")
    basedash.send("PATCH", f"dashboards/{dashboard['id']}", {"name": "By hand"}, "org_production")
    drift = platform.github("drift.yml", "drift", {"matrix.environment": "production"})
    assert drift.status == 2, drift.output
    assert "By hand" in drift.summary
    basedash.call("DELETE", "requests")

    # The first plan was right once.
    stale = on_github(platform, "apply", plan=plan)
    assert stale.status != 0
    assert writes(basedash) == []
    platform.secrets["BASEDASH_API_KEY"] = "bd_key_that_expired"
    failed = on_github(platform, "plan", "pull_request")
    assert failed.status != 0
    assert "changed" not in failed.outputs or failed.outputs["changed"] != "true"
    assert_no_secrets(platform, plan, apply, again, drift, stale, failed)


def test_on_gitlab(platform: Platform, gitlab: type[GitLab]) -> None:
    """A merge request gets a note; after the merge, the plan of that pipeline is applied by hand."""
    known = {name: value for name, value in platform.secrets.items() if name != "VAULT_PASSWORD"}
    for_plans = {name: value for name, value in known.items() if not name.startswith(("VAULT", "PREVIEW"))}
    noted = platform.gitlab("plan", {**for_plans, **REQUEST, "ENVIRONMENT": "production"})
    assert noted.status == 0, noted.output
    (note,) = gitlab.notes
    assert "Revenue by week" in note["body"]

    plan = platform.gitlab("plan", {**for_plans, "ENVIRONMENT": "production"})
    assert plan.status == 0, plan.output
    assert platform.basedash.methods == {"GET"}
    assert len(gitlab.notes) == 1
    apply = platform.gitlab("apply", {**known, "ENVIRONMENT": "production"})
    assert apply.status == 0, apply.output
    assert objects(platform.basedash, "dashboards") == ["Revenue"]
    drift = platform.gitlab("drift", {**for_plans, "ENVIRONMENT": "production"})
    assert drift.status == 0, drift.output
    stale = platform.gitlab("apply", {**known, "ENVIRONMENT": "production"})
    assert stale.status != 0
    assert "sentinel" not in json.dumps(gitlab.notes)
    assert_no_secrets(platform, noted, plan, apply, drift, stale)


def assert_no_secrets(platform: Platform, *jobs: Job) -> None:
    """Check that no job said a secret, nor a comment or a report."""
    reports = [path.read_text(encoding="utf-8") for path in platform.folder.glob("basedash-*.*")]
    for text in (json.dumps(platform.comments), *reports, *(job.output + job.summary for job in jobs)):
        assert "sentinel" not in text
        assert KEY not in text


def test_preview(platform: Platform) -> None:
    """A preview comes and goes with its request, and no other with it, nor what has no prefix."""
    basedash = platform.basedash

    def github(number: str, state: str) -> Job:
        states = {"github.event.action == 'closed' && 'absent' || 'present'": state}
        return platform.github("preview.yml", "preview", {"github.event.pull_request.number": number, **states})

    def gitlab(number: str, state: str) -> Job:
        job = "preview" if state == "present" else "preview:stop"
        return platform.gitlab(job, {**platform.secrets, "CI_MERGE_REQUEST_IID": number})

    def there(family: str) -> list[str]:
        return sorted(objects(basedash, family, "org_previews"))

    other = ("preview-42-orders", "preview-4", "orders")
    basedash.add(*({"displayName": name, "dialect": "MYSQL"} for name in other), organization="org_previews")
    made = github("4", "present")
    assert made.status == 0, made.output
    again = gitlab("4", "present")
    assert again.status == 0, again.output
    assert there("data-sources") == sorted((*other, "preview-4-orders"))
    assert there("dashboards") == ["preview-4-Revenue"]
    # What nobody has approved never comes to another organization, although the key could reach it.
    assert {one["organization"] for one in basedash.call("GET", "requests")} == {"org_previews"}
    automations = basedash.call("GET", "objects/automations?organization=org_previews")
    assert [(one["name"], one["active"]) for one in automations] == [("preview-4-Weekly report", False)]

    gone = github("4", "absent")
    assert gone.status == 0, gone.output
    assert "preview-4-Revenue" in gone.summary
    basedash.call("DELETE", "requests")
    still_gone = gitlab("4", "absent")
    assert still_gone.status == 0, still_gone.output
    assert writes(basedash) == []
    for family in ("dashboards", "automations", "skills", "definitions"):
        assert there(family) == []
    assert github(".*", "absent").status != 0
    assert there("data-sources") == sorted(other)
    assert_no_secrets(platform, made, again, gone, still_gone)


def test_forks(platform: Platform) -> None:
    """A job without secrets says why there is no plan."""
    said = platform.github("basedash.yml", "fork", {})
    assert said.status == 0
    assert "fork" in said.summary
    said = platform.gitlab("plan", {**REQUEST, "BASEDASH_API_KEY": "", "ENVIRONMENT": "staging"})
    assert said.status == 0
    assert "fork" in said.folder.joinpath("basedash-plan-acme-staging.md").read_text(encoding="utf-8")
    assert platform.basedash.methods == set()


def test_in_awx(platform: Platform) -> None:
    """The first node hands the id of its plan to the last one, which applies nothing without it."""

    def job(node: str, *arguments: str) -> Run:
        command = ("ansible-playbook", f"awx/{node}.yml", "-i", "inventory/hosts.yml", "--limit", "staging", *arguments)
        # What a credential of each type sets.
        env = {"BASEDASH_API_KEY": KEY, "ANSIBLE_VAULT_PASSWORD_FILE": platform.secrets["VAULT_PASSWORD_FILE"]}
        env.update(ANSIBLE_SHOW_CUSTOM_STATS="true", BASEDASH_ORGANIZATION_ID="")
        return run(platform.basedash, platform.folder, *command, env=env)

    plan = job("plan")
    assert plan.status == 0, plan.output
    (stats,) = re.findall(r"RUN: (\{.*?\})", plan.output, re.DOTALL)
    handed_over = json.loads(stats)
    assert set(handed_over) == {"basedash_configuration_expected_plan"}
    direct = job("apply")
    assert direct.status != 0
    assert "Start the workflow" in direct.output
    assert platform.basedash.methods == {"GET"}
    apply = job("apply", "-e", json.dumps(handed_over))
    assert apply.status == 0, apply.output
    assert platform.basedash.sources("org_staging")["orders"]["host"] == "orders.staging.example.com"
    for one in (plan, direct, apply):
        assert "sentinel" not in one.output


def test_the_guide(basedash: Basedash, tmp_path: Path) -> None:
    """The two commands of the guide adopt an organization, and a dashboard that is renamed by hand is drift."""
    guide = (ROOT / "docs" / "organization_as_code.md").read_text(encoding="utf-8")
    export, plan = re.findall(r"^ansible-playbook .*", guide, re.MULTILINE)[:2]
    drift = next(line.partition("#")[0] for line in guide.splitlines() if "basedash.drift" in line)
    exported = run(basedash, tmp_path, *export.split())
    assert exported.status == 0, exported.output
    planned = run(basedash, tmp_path, *plan.split())
    assert planned.status == 0, planned.output
    assert "nothing to change" in planned.output.lower()
    assert basedash.methods == {"GET"}

    basedash.send("PATCH", "dashboards/dash_sales", {"name": "Sales 2026"})
    drifted = run(basedash, tmp_path, *drift.split())
    assert drifted.status == 2, drifted.output
    assert json.loads((tmp_path / "basedash-drift-localhost.json").read_text(encoding="utf-8"))["status"] == "drift"
    assert "Sales 2026" in drifted.output
