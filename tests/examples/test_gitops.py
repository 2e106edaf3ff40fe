# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of a repository whose files are the truth: its jobs, run line by line against a simulated Basedash."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline import GitLab, Job, Platform
from stage import EXAMPLES, HOSTILE, Basedash, listening, rendered, text_outside_code

KEY = "bd_key_of_an_admin"
SECRETS = {
    "BASEDASH_API_KEY": KEY,
    "ORDERS_PASSWORD": "sentinel-of-orders",
    "EVENTS_PASSWORD": "sentinel-of-events",
    "PREVIEW_PASSWORD": "sentinel-of-a-preview",
}
REQUEST = {"CI_PROJECT_ID": "99", "CI_MERGE_REQUEST_PROJECT_ID": "11", "CI_MERGE_REQUEST_IID": "7"}
SEED: dict[str, Any] = {
    "organizations": [{"id": f"org_{name}", "data_sources": []} for name in ("production", "staging", "preview")],
    "keys": [{"key": KEY, "role": "admin"}, {"key": "bd_key_of_a_member", "role": "member"}],
}


@pytest.fixture
def platform(server: Basedash, tmp_path: Path) -> Platform:
    """Return a machine with the repository, and an empty Basedash."""
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLES / "gitops", folder)
    server.call("POST", "reset", SEED)
    return Platform(server, folder, dict(SECRETS))


@pytest.fixture
def gitlab(platform: Platform) -> Iterator[type[GitLab]]:
    """Return GitLab's API, which the machine knows, without any notes."""
    api = type("GitLabOfOneTest", (GitLab,), {"notes": [], "requests": []})
    with listening(api) as url:
        platform.secrets.update(CI_API_V4_URL=url, GITLAB_NOTE_TOKEN=GitLab.token)
        yield api


def on_github(platform: Platform, job: str, name: str = "production") -> Job:
    """Run a job of the workflow for one environment."""
    known = {"matrix.environment": name, "github.token": "token", "github.event.pull_request.number": "7"}
    return platform.github("basedash.yml", job, known)


def on_gitlab(platform: Platform, job: str, name: str = "production") -> Job:
    """Run a job of the pipeline for one environment; plans get no passwords."""
    known = {key: value for key, value in platform.secrets.items() if job == "apply" or "PASSWORD" not in key}
    return platform.gitlab(job, {**known, **REQUEST, "ENVIRONMENT": name})


def report(job: Job) -> dict[str, Any]:
    """Return the JSON report that a job left."""
    loaded: dict[str, Any] = json.loads(job.folder.joinpath("basedash-report.json").read_text(encoding="utf-8"))
    return loaded


def test_on_github(platform: Platform) -> None:
    """A pull request shows the plan and changes nothing, a merge applies it, and the next plan shows what drifted."""
    basedash = platform.basedash
    plan = on_github(platform, "plan")
    assert plan.status == 0, plan.output
    assert basedash.methods == {"GET"}
    assert (report(plan)["status"], report(plan)["plan"]["summary"]["created"]) == ("planned", 2)
    (comment,) = platform.comments
    assert "2 to create" in comment["body"]
    assert "2 to create" in plan.summary

    apply = on_github(platform, "apply")
    assert apply.status == 0, apply.output
    assert report(apply)["summary"]["created"] == 2
    assert basedash.sources("org_production")["orders"]["secrets"]["password"] == "sentinel-of-orders"
    assert basedash.sources("org_staging") == {}

    # Somebody copies the marker, changes a setting, and makes two data sources by hand.
    forged = {"id": 1, "user": {"login": "somebody"}, "body": "<!-- basedash production -->", "edits": 0}
    platform.tools.joinpath("comments.json").write_text(json.dumps([forged, *platform.comments]), encoding="utf-8")
    basedash.add({"displayName": "orders", "dialect": "POSTGRES", "host": "x"}, organization="org_staging")
    basedash.add(
        *({"displayName": n, "dialect": "MYSQL"} for n in ("scratch", "by hand")), organization="org_production"
    )
    basedash.call("DELETE", "requests")
    drift = on_github(platform, "plan", "production")
    assert drift.status == 0, drift.output
    actions = {one["name"]: one["action"] for one in report(drift)["plan"]["results"]}
    assert actions == {"orders": "unchanged", "events": "unchanged", "by hand": "deleted"}
    assert [one["edits"] for one in platform.comments] == [0, 1]
    assert platform.comments[0] == forged
    assert "1 to delete, 2 unchanged" in platform.comments[1]["body"]
    assert "2 to create" not in platform.comments[1]["body"]
    other = on_github(platform, "plan", "staging")
    assert other.status == 0, other.output
    assert [one["edits"] for one in platform.comments] == [0, 1, 0]
    assert "`host` from `x` to `orders.staging.example.com`" in platform.comments[2]["body"]
    assert basedash.methods == {"GET"}

    assert on_github(platform, "apply").status == 0
    assert set(basedash.sources("org_production")) == {"orders", "events", "scratch"}

    basedash.add(*({"displayName": f"n{n}", "dialect": "MYSQL"} for n in range(3)), organization="org_production")
    refused = on_github(platform, "apply")
    assert refused.status != 0
    assert report(refused)["status"] == "failed"
    assert "max_deletions allows 2" in report(refused)["message"]
    assert len(basedash.sources("org_production")) == 6
    assert_no_secrets(platform, plan, apply, drift, refused)


def test_on_gitlab(platform: Platform, gitlab: type[GitLab]) -> None:
    """The same, with one note for each environment, on whatever page it is; without a token, nobody is asked."""
    plan = on_gitlab(platform, "plan")
    assert plan.status == 0, plan.output
    assert platform.basedash.methods == {"GET"}
    assert (report(plan)["status"], report(plan)["plan"]["summary"]["created"]) == ("planned", 2)
    (note,) = gitlab.notes
    assert "2 to create" in note["body"]
    assert [request.split()[0] for request in gitlab.requests] == ["GET", "GET", "POST"]

    apply = on_gitlab(platform, "apply")
    assert apply.status == 0, apply.output
    assert set(platform.basedash.sources("org_production")) == {"orders", "events"}
    again = on_gitlab(platform, "apply")
    assert (again.status, report(again)["status"]) == (0, "unchanged")
    assert len(gitlab.requests) == 3

    forged = {"id": 1, "author": {"id": 6}, "body": note["body"], "edits": 0}
    other = {"id": 2, "author": {"id": 5}, "body": note["body"].replace("production", "staging"), "edits": 0}
    gitlab.notes[:0] = [forged, other]
    second = on_gitlab(platform, "plan")
    assert second.status == 0, second.output
    assert [one["edits"] for one in gitlab.notes] == [0, 0, 1]
    assert "2 unchanged" in note["body"]
    assert "2 to create" not in note["body"]

    before = len(gitlab.requests)
    platform.secrets["GITLAB_NOTE_TOKEN"] = ""
    third = on_gitlab(platform, "plan")
    assert third.status == 0, third.output
    assert "No note: there is no GITLAB_NOTE_TOKEN" in third.output
    assert len(gitlab.requests) == before
    assert_no_secrets(platform, plan, apply, again, second, third)
    assert "sentinel" not in json.dumps(gitlab.notes)
    assert KEY not in json.dumps(gitlab.notes)


def assert_no_secrets(platform: Platform, *jobs: Job) -> None:
    """Check that no job said a secret, nor a comment."""
    for text in (json.dumps(platform.comments), *(job.output + job.summary for job in jobs)):
        assert "sentinel" not in text
        assert KEY not in text
    for path in platform.folder.glob("basedash-report.*"):
        assert "sentinel" not in path.read_text(encoding="utf-8")


def test_failure(platform: Platform, gitlab: type[GitLab]) -> None:
    """A key that may not fails the plan; the comment and the note say why."""
    platform.secrets["BASEDASH_API_KEY"] = "bd_key_of_a_member"
    for run in (on_github, on_gitlab):
        failed = run(platform, "plan")
        assert failed.status != 0
        assert report(failed)["status"] == "failed"
        assert "admin" in report(failed)["message"]
    for (comment,) in (platform.comments, gitlab.notes):
        assert "admin" in comment["body"]


def test_no_password(platform: Platform) -> None:
    """An apply without a password creates nothing."""
    del platform.secrets["EVENTS_PASSWORD"]
    failed = on_gitlab(platform, "apply")
    assert failed.status != 0
    assert platform.basedash.sources("org_production") == {}
    assert "not in the environment" in report(failed)["message"]


@pytest.mark.parametrize(
    ("token", "api", "says"),
    [
        ("", "", "there is no GITLAB_NOTE_TOKEN"),
        ("glpat-sentinel\nX-Evil: 1", "", "characters that no token has"),
        ("glpat-sentinel\u2026", "", "characters that no token has"),
        ("glpat-sentinel-of-another", "", "GitLab answered 401 to GET user"),
        ("glpat-sentinel", "http://127.0.0.1:1", "no answer of GitLab"),
        ("glpat-sentinel", "moved", "GitLab answered 302 to GET user"),
    ],
)
def test_note_fails(token: str, api: str, says: str, platform: Platform, gitlab: type[GitLab]) -> None:
    """What goes wrong is one line, without the token, which goes nowhere else."""
    platform.folder.joinpath("basedash-report.md").write_text("x", encoding="utf-8")
    url = platform.secrets["CI_API_V4_URL"]
    env = {**REQUEST, "CI_API_V4_URL": api or url, "GITLAB_NOTE_TOKEN": token, "LC_ALL": "C.UTF-8"}
    with listening(GitLab, moved_to=url, requests=[], notes=[]) as moved:
        env["CI_API_V4_URL"] = moved if api == "moved" else env["CI_API_V4_URL"]
        command = [sys.executable, "note.py", "production", "basedash-report.md"]
        done = subprocess.run(command, cwd=platform.folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if token else 0)
    assert says in done.stdout + done.stderr
    assert len((done.stdout + done.stderr).splitlines()) == 1
    assert "sentinel" not in done.stdout + done.stderr
    assert len(gitlab.requests) == (1 if "401" in says else 0)


def test_hostile_names(platform: Platform) -> None:
    """What is called like a command is none: not to the runner, and not in the comment."""
    sources = [{"displayName": name, "dialect": "MYSQL", "host": name} for name in HOSTILE]
    platform.basedash.add(*sources, organization="org_production")
    variables = platform.folder / "environments" / "production.yml"
    text = variables.read_text(encoding="utf-8")
    variables.write_text(text.replace("deletions: 2", "deletions: 99"), encoding="utf-8")
    play = platform.folder / "site.yml"
    text = play.read_text(encoding="utf-8")
    play.write_text(text.replace("prune: true", "prune: true\n            allow_replace_all: true"), encoding="utf-8")
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


def test_preview(platform: Platform) -> None:
    """A preview comes and goes with its request, and no other with it."""

    def github(number: str, state: str) -> Job:
        states = {"github.event.action == 'closed' && 'absent' || 'present'": state}
        return platform.github("preview.yml", "preview", {"github.event.pull_request.number": number, **states})

    def gitlab(number: str, state: str) -> Job:
        job = "preview" if state == "present" else "preview:stop"
        return platform.gitlab(job, {**platform.secrets, "CI_MERGE_REQUEST_IID": number})

    previews = ({"displayName": name, "dialect": "MYSQL"} for name in ("preview-42", "preview-4-replica"))
    platform.basedash.add(*previews, organization="org_preview")
    for run, summary in ((github, "2 deleted"), (gitlab, "")):
        made = run("4", "present")
        assert made.status == 0, made.output
        assert "preview-4" in platform.basedash.sources("org_preview")
        gone = run("4", "absent")
        assert gone.status == 0, gone.output
        assert set(platform.basedash.sources("org_preview")) == {"preview-42"}
        assert summary in gone.summary
        assert "sentinel" not in made.output + gone.output
    assert github(".*", "absent").status != 0
    assert set(platform.basedash.sources("org_preview")) == {"preview-42"}
