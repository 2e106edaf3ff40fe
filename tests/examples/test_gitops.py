# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of a repository whose files are the truth: its jobs, run line by line against a simulated Basedash."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from basedash_simulator.server import running
from pipeline import Job, Platform
from stage import EXAMPLES, HOSTILE, Basedash, rendered, text_outside_code

KEY = "bd_key_of_an_admin"
SECRETS = {
    "BASEDASH_API_KEY": KEY,
    "ORDERS_PASSWORD": "sentinel-of-orders",
    "EVENTS_PASSWORD": "sentinel-of-events",
    "PREVIEW_PASSWORD": "sentinel-of-a-preview",
}
SEED: dict[str, Any] = {
    "organizations": [{"id": f"org_{name}", "data_sources": []} for name in ("production", "staging", "preview")],
    "keys": [{"key": KEY, "role": "admin"}, {"key": "bd_key_of_a_member", "role": "member"}],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Return a machine with the repository, and an empty Basedash."""
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLES / "gitops", folder)
    with running(SEED) as url:
        yield Platform(Basedash(url), folder, dict(SECRETS))


def on_github(platform: Platform, job: str, name: str = "production") -> Job:
    """Run a job of the workflow for one environment."""
    known = {"matrix.environment": name, "github.token": "token", "github.event.pull_request.number": "7"}
    return platform.github("basedash.yml", job, known)


def on_gitlab(platform: Platform, job: str, name: str = "production") -> Job:
    """Run a job of the pipeline for one environment; plans get no passwords."""
    secrets = platform.secrets if job == "apply" else {"BASEDASH_API_KEY": platform.secrets["BASEDASH_API_KEY"]}
    return platform.gitlab(job, {**secrets, "ENVIRONMENT": name, "CI_MERGE_REQUEST_IID": "7"})


def report(job: Job) -> dict[str, Any]:
    """Return the JSON report that a job left."""
    loaded: dict[str, Any] = json.loads(job.folder.joinpath("basedash-report.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("run", [on_github, on_gitlab])
def test_plan_and_apply(run: Any, platform: Platform) -> None:
    """A request shows the plan and changes nothing, a merge applies it, and then there is nothing to do."""
    basedash = platform.basedash
    plan = run(platform, "plan")
    assert plan.status == 0, plan.output
    assert basedash.methods == {"GET"}
    assert report(plan)["plan"]["summary"]["created"] == 2
    assert report(plan)["status"] == "planned"

    apply = run(platform, "apply")
    assert apply.status == 0, apply.output
    assert report(apply)["summary"]["created"] == 2
    assert basedash.sources("org_production")["orders"]["secrets"]["password"] == "sentinel-of-orders"
    assert basedash.sources("org_staging") == {}

    again = run(platform, "apply")
    assert (again.status, report(again)["status"]) == (0, "unchanged")
    for job in (plan, apply, again):
        for text in (job.output, job.summary, json.dumps(report(job)), json.dumps(platform.comments)):
            assert "sentinel" not in text
            assert KEY not in text


@pytest.mark.parametrize("run", [on_github, on_gitlab])
def test_drift_and_prune(run: Any, platform: Platform) -> None:
    """The plan shows a setting that somebody changed, and what would be deleted; too many are refused."""
    basedash = platform.basedash
    run(platform, "apply")
    orders = basedash.sources("org_production")["orders"]
    basedash.add({**{k: orders[k] for k in ("displayName", "dialect")}, "host": "x"}, organization="org_staging")
    basedash.add({"displayName": "scratch", "dialect": "MYSQL"}, organization="org_production")
    basedash.add({"displayName": "by hand", "dialect": "MYSQL"}, organization="org_production")
    basedash.call("DELETE", "requests")
    plan = run(platform, "plan", "production")
    assert plan.status == 0, plan.output
    assert {one["name"]: one["action"] for one in report(plan)["plan"]["results"]} == {
        "orders": "unchanged",
        "events": "unchanged",
        "by hand": "deleted",
    }
    drift = run(platform, "plan", "staging")
    assert drift.status == 0, drift.output
    text = drift.folder.joinpath("basedash-report.md").read_text(encoding="utf-8")
    assert "`host` from `x` to `orders.staging.example.com`" in text
    assert basedash.methods == {"GET"}

    assert run(platform, "apply", "production").status == 0
    assert set(basedash.sources("org_production")) == {"orders", "events", "scratch"}

    basedash.add(*({"displayName": f"n{n}", "dialect": "MYSQL"} for n in range(3)), organization="org_production")
    refused = run(platform, "apply", "production")
    assert refused.status != 0
    assert report(refused)["status"] == "failed"
    assert "max_deletions allows 2" in report(refused)["message"]
    assert len(basedash.sources("org_production")) == 6


@pytest.mark.parametrize("run", [on_github, on_gitlab])
@pytest.mark.parametrize("job", ["plan", "apply"])
def test_failure(job: str, run: Any, platform: Platform) -> None:
    """A key that may not, and a job that fails; the report says why."""
    platform.secrets["BASEDASH_API_KEY"] = "bd_key_of_a_member"
    failed = run(platform, job)
    assert failed.status != 0
    assert report(failed)["status"] == "failed"
    assert "admin" in report(failed)["message"]
    if run is on_github:
        assert "admin" in failed.summary
        assert [("admin" in one["body"]) for one in platform.comments] == ([True] if job == "plan" else [])


@pytest.mark.parametrize("run", [on_github, on_gitlab])
def test_no_password(run: Any, platform: Platform) -> None:
    """An apply without a password creates nothing."""
    del platform.secrets["EVENTS_PASSWORD"]
    failed = run(platform, "apply")
    assert failed.status != 0
    assert platform.basedash.sources("org_production") == {}
    assert "not in the environment" in report(failed)["message"]


def test_one_comment(platform: Platform) -> None:
    """Each environment has one comment, which is replaced; what somebody else wrote stays."""
    on_github(platform, "plan")
    on_github(platform, "plan", "staging")
    assert [one["edits"] for one in platform.comments] == [0, 0]
    forged = {"id": 1, "user": {"login": "somebody"}, "body": "<!-- basedash production -->", "edits": 0}
    platform.tools.joinpath("comments.json").write_text(json.dumps([forged, *platform.comments]), encoding="utf-8")
    on_github(platform, "apply")
    on_github(platform, "plan")
    assert [one["edits"] for one in platform.comments] == [0, 1, 0]
    assert platform.comments[0] == forged
    assert "unchanged" in platform.comments[1]["body"]
    assert "2 to create" not in platform.comments[1]["body"]


def test_hostile_names(platform: Platform) -> None:
    """What is called like a command is none: not to the runner, and not in the comment."""
    sources = [{"displayName": name, "dialect": "MYSQL", "host": name} for name in HOSTILE]
    platform.basedash.add(*sources, organization="org_production")
    variables = platform.folder / "environments" / "production.yml"
    text = variables.read_text(encoding="utf-8")
    variables.write_text(text.replace("deletions: 2", "deletions: 99"), encoding="utf-8")
    plan = on_github(platform, "plan")
    assert plan.status == 0, plan.output
    (comment,) = platform.comments
    rows, kinds = rendered(comment["body"])
    # The marker is HTML, the counts are in bold.
    assert (rows, kinds) == (len(HOSTILE) + 3, {"html_block", "strong_open"})
    assert "evil" not in text_outside_code(comment["body"])
    assert not platform.folder.joinpath("pwned").exists()
    lines = plan.output.splitlines()
    stop = next(line for line in lines if line.startswith("::stop-commands::"))
    resume = f"::{stop.removeprefix('::stop-commands::')}::"
    within = lines[lines.index(stop) : lines.index(resume)]
    assert any("##[add-mask]e" in line for line in within)
    assert not any("##[" in line for line in lines if line not in within)


def test_forks(platform: Platform) -> None:
    """A job without secrets says why there is no plan."""
    said = on_github(platform, "fork")
    assert said.status == 0
    assert "fork" in said.summary
    platform.secrets["BASEDASH_API_KEY"] = ""
    said = on_gitlab(platform, "plan")
    assert said.status == 0
    assert "fork" in said.folder.joinpath("basedash-report.md").read_text(encoding="utf-8")
    assert platform.basedash.methods == set()


@pytest.mark.parametrize("where", ["github", "gitlab"])
def test_preview(where: str, platform: Platform) -> None:
    """A preview comes and goes with its request, and no other with it."""

    def run(number: str, state: str) -> Job:
        if where == "gitlab":
            job = "preview" if state == "present" else "preview:stop"
            return platform.gitlab(job, {**platform.secrets, "CI_MERGE_REQUEST_IID": number})
        states = {"github.event.action == 'closed' && 'absent' || 'present'": state}
        return platform.github("preview.yml", "preview", {"github.event.pull_request.number": number, **states})

    for number in ("4", "42", "4"):
        made = run(number, "present")
        assert made.status == 0, made.output
    platform.basedash.add({"displayName": "preview-4-replica", "dialect": "MYSQL"}, organization="org_preview")
    gone = run("4", "absent")
    assert gone.status == 0, gone.output
    assert set(platform.basedash.sources("org_preview")) == {"preview-42"}
    if where == "github":
        assert "2 deleted" in gone.summary
    assert run("4", "absent").status == 0
    assert run(".*", "absent").status != 0
    assert set(platform.basedash.sources("org_preview")) == {"preview-42"}
    assert "sentinel" not in gone.output + made.output
