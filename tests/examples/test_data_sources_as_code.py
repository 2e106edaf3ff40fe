# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide "Data sources as code", played through: plan, apply, drift, repair, and secrets from each place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from stage import BIN, EXAMPLES, KEY, Basedash, Run, environment, run

VAULT_PASSWORD = "sentinel of the vault"
PRIVATE_KEY = "-----BEGIN sentinel-----\nof finance\n-----END sentinel-----\n"
JSON_KEY = {"type": "service_account", "project_id": "example-project", "private_key": "sentinel\nof analytics"}
SECRETS: dict[str, dict[str, Any]] = {
    "orders": {"password": "sentinel of 'orders'"},
    "events": {"password": 'sentinel of "events"'},
    "web analytics": {"bigQueryJsonKey": JSON_KEY},
    "finance": {"snowflakePrivateKey": PRIVATE_KEY, "snowflakePrivateKeyPassphrase": "sentinel of finance"},
}
SEED: dict[str, Any] = {
    "organizations": [
        {
            "id": "org_demo",
            "groups": [{"id": "grp_1", "name": "Analysts"}, {"id": "grp_2", "name": "Finance"}],
            "members": [{"id": "mem_1", "email": "ada@example.com"}],
            "data_sources": [
                {"displayName": "scratch", "dialect": "MYSQL", "host": "scratch.example.com"},
                {"displayName": "preview-42", "dialect": "MYSQL", "host": "preview-42.example.com"},
                # With another port than in the file.
                {
                    "displayName": "events",
                    "dialect": "CLICKHOUSE",
                    "host": "events.example.com",
                    "port": 8123,
                    "databaseName": "events",
                    "username": "basedash",
                    "sslEnabled": True,
                },
            ],
        }
    ],
    "keys": [{"key": KEY, "role": "admin"}],
}
# As HashiCorp's program is called: vault kv get -field=FIELD PATH
MANAGER = """#!/bin/sh
case "$*" in
{cases}
*) echo "No value found at $*" >&2; exit 2 ;;
esac
"""


class Site:
    """A copy of the example with secrets in all places, beside the server that it runs against."""

    def __init__(self, basedash: Basedash, folder: Path) -> None:
        self.basedash = basedash
        self.folder = folder
        shutil.copytree(EXAMPLES / "data_sources_as_code", folder)
        self.environment = {
            "ORDERS_PASSWORD": SECRETS["orders"]["password"],
            "EVENTS_PASSWORD": SECRETS["events"]["password"],
            "WEB_ANALYTICS_KEY": json.dumps(JSON_KEY),
            "FINANCE_KEY": PRIVATE_KEY,
            "FINANCE_PASSPHRASE": SECRETS["finance"]["snowflakePrivateKeyPassphrase"],
        }
        self._fill_manager()
        self._fill_vault()

    def _fill_manager(self) -> None:
        known = {
            "password secret/basedash/orders": self.environment["ORDERS_PASSWORD"],
            "password secret/basedash/events": self.environment["EVENTS_PASSWORD"],
            "key secret/basedash/web_analytics": self.environment["WEB_ANALYTICS_KEY"],
            "key secret/basedash/finance": PRIVATE_KEY,
            "passphrase secret/basedash/finance": self.environment["FINANCE_PASSPHRASE"],
        }
        (self.folder / "bin").mkdir()
        lines = []
        for number, (question, answer) in enumerate(known.items()):
            path = self.folder / "bin" / str(number)
            path.write_text(answer, encoding="utf-8")
            lines.append(f"'kv get -field={question}') cat '{path}' ;;")
        program = self.folder / "bin" / "vault"
        program.write_text(MANAGER.format(cases="\n".join(lines)), encoding="utf-8")
        program.chmod(0o700)

    def _fill_vault(self) -> None:
        secrets = self.folder / "secrets"
        text = (secrets / "vault.yml").read_text(encoding="utf-8")
        for name in ("ORDERS_PASSWORD", "EVENTS_PASSWORD", "FINANCE_PASSPHRASE"):
            text = text.replace("change me", json.dumps(self.environment[name]), 1)
        (secrets / "vault.yml").write_text(text, encoding="utf-8")
        (secrets / "web_analytics.json").write_text(json.dumps(JSON_KEY, indent=2), encoding="utf-8")
        (secrets / "finance.p8").write_text(PRIVATE_KEY, encoding="utf-8")
        (self.folder / "password").write_text(VAULT_PASSWORD, encoding="utf-8")
        # The command stands in the file's first lines.
        (command,) = re.findall(r"ansible-vault encrypt .*", text)
        words = [str(BIN / "ansible-vault"), *command.split()[1:], "--vault-password-file", "password"]
        subprocess.run(words, cwd=self.folder, env=environment(self.basedash), check=True, capture_output=True)
        assert "sentinel" not in (secrets / "vault.yml").read_text(encoding="utf-8")

    def run(self, *arguments: str, secrets: str = "none", succeeds: bool = True, **env: str) -> str:
        """Run the playbook with secrets from this place, and return its output."""
        given = {"PATH": f"{self.folder / 'bin'}:{environment(self.basedash)['PATH']}"} if secrets == "manager" else {}
        given.update(self.environment if secrets == "environment" else {})
        if secrets == "vault":
            arguments = (*arguments, "--vault-password-file", "password")
        command = ("ansible-playbook", "site.yml", "-e", f"secrets_from={secrets}", *arguments)
        done: Run = run(self.basedash, self.folder, *command, env={**given, **env})
        assert (done.status == 0) == succeeds, done.output
        assert "sentinel" not in done.output
        assert "[WARNING]" not in done.output
        return done.output

    def stored(self) -> dict[str, dict[str, Any]]:
        """Return the secrets that the server has of each data source in the file, as the file has them."""
        known = {name: one["secrets"] for name, one in self.sources().items() if name in SECRETS}
        for secrets in known.values():
            if "bigQueryJsonKey" in secrets:
                secrets["bigQueryJsonKey"] = json.loads(secrets["bigQueryJsonKey"])
            if "snowflakePrivateKey" in secrets:
                # A lookup drops the line break at the end, and so does the collection.
                secrets["snowflakePrivateKey"] = secrets["snowflakePrivateKey"].rstrip("\n") + "\n"
        return known

    def sources(self) -> dict[str, dict[str, Any]]:
        """Return what is there, by its name."""
        return self.basedash.sources()


@pytest.fixture
def site(server: Basedash, tmp_path: Path) -> Site:
    """Return the example's copy, and an organization with a data source too many and one that differs."""
    server.call("POST", "reset", SEED)
    return Site(server, tmp_path / "repository")


def test_plan_apply_drift_and_repair(site: Site) -> None:
    """A plan needs no secrets and changes nothing; after the apply there is nothing to do until somebody changes it."""
    plan = site.run("--check", "--diff")
    assert site.basedash.methods == {"GET"}
    for line in (
        '+    "host": "orders.db.example.com"',
        '+    "bigquery_project_id": "example-project"',
        '+    "snowflake_role": "BASEDASH"',
        '-    "port": 8123,',
        '-    "display_name": "preview-42"',
    ):
        assert line in plan
    assert "scratch" not in plan

    applied = site.run("--diff", "-v", secrets="vault")
    assert "changed=1 " in applied
    assert '+    "password": "will be sent"' in applied
    sources = site.sources()
    assert set(sources) == {*SECRETS, "scratch"}
    assert sources["web analytics"]["bigQueryProjectId"] == "example-project"
    assert sources["finance"]["snowflakeAccountId"] == "xy12345.eu-central-1"
    assert sources["orders"]["access"] == {"mode": "restricted", "groupIds": ["grp_1"], "memberIds": ["mem_1"]}
    assert sources["finance"]["access"] == {"mode": "restricted", "groupIds": ["grp_2"], "memberIds": []}
    # One that was there keeps its secrets.
    assert site.stored() == {**SECRETS, "events": {}}

    for arguments, secrets in ((("--check", "--diff"), "none"), (("--diff",), "vault")):
        quiet = site.run(*arguments, secrets=secrets)
        assert "changed=0 " in quiet
        assert "\n+" not in quiet
        assert "\n-" not in quiet

    # Somebody moves a database by hand, and makes another data source.
    change(site, "orders", "PATCH", "", {"host": "by-hand.example.com"})
    site.basedash.add({"displayName": "by hand", "dialect": "MYSQL"})
    drift = site.run("--check", "--diff")
    assert '-    "host": "by-hand.example.com",\n+    "host": "orders.db.example.com",' in drift
    assert '-    "display_name": "by hand"' in drift
    assert not re.search("changed=0 .*failed=0 ", drift)

    # And somebody lets everyone query it.
    change(site, "orders", "PUT", "/access", {"mode": "everyone"})
    drift = site.run("--check", "--diff")
    assert '-        "mode": "everyone"' in drift
    assert '+        "mode": "restricted"' in drift

    assert "changed=1 " in site.run(secrets="vault")
    assert re.search("changed=0 .*failed=0 ", site.run("--check"))


def change(site: Site, name: str, method: str, below: str, body: Any) -> None:
    """Change a data source as somebody else does."""
    identifier = site.sources()[name]["id"]
    site.basedash.send(method, f"data-sources/{identifier}{below}", body)


@pytest.mark.parametrize("secrets", ["vault", "manager", "environment"])
def test_rotation(secrets: str, site: Site) -> None:
    """Secrets from each place arrive as they are, at data sources that exist as well, and occur in no output."""
    renewed = site.run("--diff", "-vvv", "-e", "update_secrets=always", secrets=secrets)
    assert renewed.count('+    "password": "will be sent"') == 2
    assert site.stored() == SECRETS


def test_a_run_that_fails_is_no_sign_of_peace(site: Site) -> None:
    refused = site.run("--check", "--diff", "-v", succeeds=False, BASEDASH_API_KEY="bd_key_that_expired")
    assert not re.search("changed=0 .*failed=0 ", refused)


@pytest.mark.parametrize(
    ("secrets", "file", "old", "new", "says"),
    [
        ("none", "none.yml", "{}", "{}", "An apply needs secrets"),
        ("manager", "manager.yml", "  finance:", "  finances:", "must be one of data_sources.yml"),
        ("manager", "manager.yml", "basedash/orders", "basedash/lost", "vault kv get"),
        ("environment", "environment.yml", "'FINANCE_KEY'", "'FINANCE_LOST'", "Export FINANCE_KEY."),
    ],
)
def test_a_secret_that_is_missing(secrets: str, file: str, old: str, new: str, says: str, site: Site) -> None:
    """Nothing is created without its secret."""
    path = site.folder / "secrets" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    failed = " ".join(site.run(secrets=secrets, succeeds=False).split())
    assert says in failed
    assert site.basedash.methods <= {"GET"}
