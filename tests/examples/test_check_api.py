# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook ``community.basedash.check_api`` by its name: it needs no key, and fails only if something differs."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from stage import Api, Basedash, listening, run

PLAYBOOK = "community.basedash.check_api"
NOTHING = {"BASEDASH_API_KEY": "", "BASEDASH_ORGANIZATION_ID": ""}


def test_nothing_differs(basedash: Basedash, tmp_path: Path) -> None:
    done = run(basedash, tmp_path, "ansible-playbook", PLAYBOOK, env=NOTHING)
    assert done.status == 0, done.output
    assert "Can one data source be read by its id?" in done.output
    assert "[WARNING]" not in done.output


class _Changed(Api):
    """Serves a document in place of the simulator's."""

    document: Any = None

    def do_GET(self) -> None:
        assert self.path == "/api/public/openapi"
        assert "Authorization" not in self.headers
        self.answer(200, self.document)


@pytest.mark.parametrize("key", ["", "bd_key_of_nobody"])
def test_a_difference_ends_it_and_names_the_module(key: str, basedash: Basedash, tmp_path: Path) -> None:
    with urllib.request.urlopen(f"{basedash.url}/api/public/openapi", timeout=30) as answer:
        document = json.load(answer)
    del document["components"]["schemas"]["Skill"]["properties"]["instructions"]
    with listening(_Changed, document=document) as url:
        env = {**NOTHING, "BASEDASH_API_KEY": key, "BASEDASH_API_URL": url}
        done = run(basedash, tmp_path, "ansible-playbook", PLAYBOOK, env=env)
    assert done.status != 0
    assert "basedash_skill, basedash_skill_info" in done.output
    assert "the answer has no field instructions" in done.output
