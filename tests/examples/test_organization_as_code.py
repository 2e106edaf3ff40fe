# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of the organization as code: its pipelines line by line, and its previews, against a simulated Basedash."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline import GitLab, Job, Platform
from stage import BIN, EXAMPLES, Basedash, environment, listening

EXAMPLE = EXAMPLES / "organization_as_code"
KEY = "bd_key_of_an_admin"
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
