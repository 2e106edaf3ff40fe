# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide "Data sources as code", played through: plan, apply, drift, repair."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest
from basedash_simulator.server import running

from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash

PLAYBOOK = Path(__file__).parents[2] / "examples" / "data_sources_as_code" / "site.yml"
SECRETS = {"ORDERS_PASSWORD": "sentinel of the orders", "EVENTS_PASSWORD": "sentinel of the events"}


Play = tuple[Callable[..., str], Basedash]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Return a function that runs the playbook and returns its output, beside the server that it runs against."""
    with running(idle_seconds=0) as url:
        environment = {
            **os.environ,
            **SECRETS,
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "BASEDASH_API_URL": url,
            "BASEDASH_API_KEY": "bd_key_demo_admin",
            "BASEDASH_ORGANIZATION_ID": "org_demo",
            "BASEDASH_USE_PROXY": "false",
        }

        def run(*arguments: str, succeeds: bool = True, **variables: str) -> str:
            command = [str(Path(sys.executable).with_name("ansible-playbook")), str(PLAYBOOK), *arguments]
            done = subprocess.run(
                command,
                env={**environment, **variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert (done.returncode == 0) == succeeds, done.stdout
            assert not any(secret in done.stdout for secret in SECRETS.values())
            return done.stdout

        yield run, Basedash(url)


def test_plan_apply_drift_and_repair(play: Play) -> None:
    run, basedash = play
    before = basedash.sources()

    plan = run("--check", "--diff")
    assert basedash.sources() == before
    assert '+    "host": "orders.db.example.com"' in plan
    assert '+    "password": "will be sent"' in plan
    assert '-    "display_name": "preview-42"' in plan
    assert "changed=2 " in plan

    applied = run("--diff")
    assert "changed=2 " in applied
    names = [source["displayName"] for source in basedash.sources()]
    assert "orders" in names
    assert "events" in names
    assert "preview-42" not in names

    for arguments in (("--check", "--diff"), ("--diff",)):
        quiet = run(*arguments)
        assert "changed=0 " in quiet
        assert "\n+" not in quiet
        assert "\n-" not in quiet

    # Somebody moves a database by hand.
    assert not basedash.source(name="orders", host="by-hand.example.com").failed
    drift = run("--check", "--diff")
    lines = [line for line in drift.splitlines() if line.startswith(("+ ", "- "))]
    assert lines == ['-    "host": "by-hand.example.com",', '+    "host": "orders.db.example.com",']
    assert "changed=1 " in drift

    # And somebody lets everyone query it.
    access = {"mode": "everyone", "group_ids": None, "member_ids": None}
    assert not basedash.source(name="orders", host="orders.db.example.com", access=access).failed
    drift = run("--check", "--diff")
    assert '-        "mode": "everyone"' in drift
    assert '+        "mode": "restricted"' in drift
    assert '"host": "by-hand' not in drift

    assert "changed=1 " in run("-v")
    assert re.search("changed=0 .*failed=0 ", run("--check"))

    renewed = run("--diff", "--extra-vars", "update_secrets=always")
    assert renewed.count('+    "password": "will be sent"') == 2
    secrets = {source["displayName"]: source["secrets"] for source in basedash.sources()}
    assert secrets["orders"] == {"password": SECRETS["ORDERS_PASSWORD"]}


def test_a_run_that_fails_is_no_sign_of_peace(play: Play) -> None:
    run, basedash = play
    refused = run("--check", "--diff", "-v", succeeds=False, BASEDASH_API_KEY="bd_key_that_expired")
    assert not re.search("changed=0 .*failed=0 ", refused)

    missing = run("--extra-vars", "update_secrets=always", succeeds=False, ORDERS_PASSWORD="")
    assert "ORDERS_PASSWORD" in missing
    assert "orders" not in [source["displayName"] for source in basedash.sources()]
