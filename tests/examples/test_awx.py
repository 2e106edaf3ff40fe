# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files for AWX: what they would set in a job, and what they load over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from stage import EXAMPLES, Api, Basedash, listening, run

from ansible_collections.community.basedash.plugins.module_utils._engine.options import CONNECTION

AWX = EXAMPLES / "awx"


def described(name: str) -> dict[str, Any]:
    """Return what a file says."""
    loaded: dict[str, Any] = yaml.safe_load(AWX.joinpath(name).read_text(encoding="utf-8"))
    return loaded


def injected(**inputs: str) -> dict[str, str]:
    """Return the environment variables that a credential with these inputs sets."""
    jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    env = described("credential_type.yml")["injectors"]["env"]
    return {name: jinja.from_string(text).render(**inputs) for name, text in env.items()}


def test_injectors() -> None:
    """Each connection option has its variable and no other is set; what is left empty counts as not given."""
    assert set(injected()) == {entry["fallback"][1][0] for entry in CONNECTION.values()}
    assert set(injected().values()) == {""}
    fields = described("credential_type.yml")["inputs"]["fields"]
    assert {f"BASEDASH_{entry['id'].upper()}": entry["id"] for entry in fields} == injected(
        **{entry["id"]: entry["id"] for entry in fields}
    )
    assert [entry["id"] for entry in fields if entry.get("secret")] == ["api_key"]


def test_job(basedash: Basedash, tmp_path: Path) -> None:
    """The playbook of the job template deletes what belongs to the environment, with what the credential sets."""
    basedash.add({"id": "ds_replica", "displayName": "preview-4-replica", "dialect": "MYSQL"})
    credential = injected(api_key="bd_key_demo_admin", organization_id="org_demo", api_url=basedash.url)
    for name, status, deleted in (("Preview|.*", 2, []), ("preview-4", 0, ["ds_replica"])):
        command = ("ansible-playbook", AWX / "teardown.yml", "-e", f"environment_name={name}", "-e", "awx_job_id=1")
        done = run(basedash, tmp_path, *command, env=credential)
        assert done.status == status, done.output
        assert basedash.sent("deleted") == deleted


class Controller(Api):
    """So much of the API of AWX as the example uses, and no more."""

    objects: dict[str, list[dict[str, Any]]]

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        name = parse_qs(address.query)["name"][0]
        found = [one for one in self.objects[address.path.split("/")[3]] if one["name"] == name]
        self.answer(200, {"count": len(found), "results": found})

    def do_POST(self) -> None:
        words = self.path.strip("/").split("/")[2:]
        body = self.body()
        if self.headers["Authorization"] != "Bearer a-token":
            return self.answer(401, {})
        if len(words) == 1:
            self.objects[words[0]].append({"id": len(self.objects[words[0]]) + 1, **body})
            return self.answer(201, self.objects[words[0]][-1])
        self.objects[words[0]][int(words[1]) - 1][words[2]] = body
        return self.answer(200, {})

    def do_PATCH(self) -> None:
        words = self.path.strip("/").split("/")[2:]
        one = self.objects[words[0]][int(words[1]) - 1]
        one.update(self.body())
        self.answer(200, one)


def test_load(basedash: Basedash, tmp_path: Path) -> None:
    """The credential type comes first; with what the job template refers to, it comes too, and once."""
    kinds = ("credential_types", "projects", "inventories", "credentials", "job_templates")
    objects: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    with listening(Controller, objects=objects) as url:
        env = {"CONTROLLER_HOST": url, "CONTROLLER_OAUTH_TOKEN": "a-token"}
        first = run(basedash, tmp_path, "ansible-playbook", AWX / "load.yml", env=env)
        assert first.status == 2
        assert "project, inventory, credential" in first.output
        assert objects["credential_types"] == [{"id": 1, **described("credential_type.yml")}]
        for kind in ("projects", "inventories", "credentials"):
            objects[kind] = [{"id": 1, "name": "other"}, {"id": 2, "name": "Basedash"}]
        for _time in range(2):
            done = run(basedash, tmp_path, "ansible-playbook", AWX / "load.yml", env=env)
            assert done.status == 0, done.output
            (template,) = objects["job_templates"]
            assert (template["project"], template["inventory"], template["credentials"]) == (2, 2, {"id": 2})
            assert template["survey_spec"] == described("job_template.yml")["survey_spec"]
            assert template["playbook"] in {path.name for path in AWX.iterdir()}
            assert len(objects["credential_types"]) == 1
    assert "a-token" not in first.output + done.output
