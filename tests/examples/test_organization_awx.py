# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflow for AWX of the organization as code: what its loader makes over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import yaml
from stage import EXAMPLES, Api, Basedash, Run, listening, run

AWX = EXAMPLES / "organization_as_code" / "awx"
NODES = "workflow_job_template_nodes"
TOKEN = "a-token"


class Controller(Api):
    """So much of the API of AWX as the loader uses, and no more."""

    objects: dict[str, list[dict[str, Any]]]

    def _refused(self) -> bool:
        if self.headers["Authorization"] == f"Bearer {TOKEN}":
            return False
        self.answer(401, {})
        return True

    def _made(self, kind: str, **fields: Any) -> dict[str, Any]:
        one = {"id": 10 + sum(map(len, self.objects.values())), **fields}
        self.objects[kind].append(one)
        return one

    def _one(self, kind: str, identifier: str) -> dict[str, Any]:
        return next(one for one in self.objects[kind] if one["id"] == int(identifier))

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        words = address.path.strip("/").split("/")[2:]
        name, _equals, value = address.query.partition("=")
        value = unquote_plus(value)
        kind = NODES if words[-1] == "workflow_nodes" else words[0]
        found = [one for one in self.objects[kind] if one[name] == value]
        self.answer(200, {"count": len(found), "results": found})

    def do_POST(self) -> None:
        words, body = self.path.strip("/").split("/")[2:], self.body()
        if self._refused():
            return None
        if len(words) == 1:
            return self.answer(201, self._made(words[0], **body))
        if words[2] == "workflow_nodes":
            node = {"workflow": int(words[1]), "unified_job_template": None, "success_nodes": [], **body}
            return self.answer(201, self._made(NODES, **node))
        one = self._one(words[0], words[1])
        if words[2] == "create_approval_template":
            assert one["unified_job_template"] is None
            one["unified_job_template"] = self._made("workflow_approval_templates", **body)["id"]
            return self.answer(201, one)
        # What belongs to it already may be named again.
        listed = one.setdefault(words[2], [])
        listed += [] if body["id"] in listed else [body["id"]]
        return self.answer(204, None)

    def do_PATCH(self) -> None:
        words, body = self.path.strip("/").split("/")[2:], self.body()
        if not self._refused():
            one = self._one(words[0], words[1])
            one.update(body)
            self.answer(200, one)


def load(basedash: Basedash, folder: Path, url: str, token: str = TOKEN) -> Run:
    """Run the loader."""
    env = {"CONTROLLER_HOST": url, "CONTROLLER_OAUTH_TOKEN": token}
    return run(basedash, folder, "ansible-playbook", AWX / "load.yml", env=env)


def test_load(basedash: Basedash, tmp_path: Path) -> None:
    """What is there is changed, what is missing is made, and the nodes are put in order."""
    described = yaml.safe_load((AWX / "workflow.yml").read_text(encoding="utf-8"))
    names, workflow = [one["name"] for one in described["job_templates"]], described["workflow"]
    objects: dict[str, list[dict[str, Any]]] = {
        **{kind: [{"id": 1, "name": "other"}, {"id": 2, "name": "Basedash"}] for kind in ("projects", "inventories")},
        "credentials": [{"id": 2, "name": "Basedash"}, {"id": 3, "name": "Basedash vault"}],
        # A run before this one made these, and people changed them.
        "job_templates": [{"id": 4, "name": names[0], "playbook": "other.yml", "credentials": [2]}],
        "workflow_job_templates": [{"id": 5, "name": workflow["name"], "allow_simultaneous": True}],
        NODES: [{"id": 6, "workflow": 5, "identifier": "plan", "unified_job_template": 4, "success_nodes": []}],
        "workflow_approval_templates": [],
    }
    with listening(Controller, objects=objects) as url:
        done = load(basedash, tmp_path, url)
    assert done.status == 0, done.output
    plan, apply = objects["job_templates"]
    assert (plan["project"], plan["inventory"], plan["credentials"]) == (2, 2, [2])
    assert (apply["credentials"], apply["ask_variables_on_launch"]) == ([2, 3], False)
    for template in (plan, apply):
        assert (AWX.parent / template["playbook"]).is_file()
    (made,) = objects["workflow_job_templates"]
    assert made == {"id": 5, **workflow}
    first, approve, last = objects[NODES]
    assert [node["identifier"] for node in objects[NODES]] == ["plan", "approve", "apply"]
    assert [node["success_nodes"] for node in objects[NODES]] == [[approve["id"]], [last["id"]], []]
    assert (first["unified_job_template"], last["unified_job_template"]) == (plan["id"], apply["id"])
    (approval,) = objects["workflow_approval_templates"]
    assert approve["unified_job_template"] == approval["id"]
    assert TOKEN not in done.output


def test_what_is_missing_is_named(basedash: Basedash, tmp_path: Path) -> None:
    objects: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ("projects", "inventories", "credentials")}
    with listening(Controller, objects=objects) as url:
        missing = load(basedash, tmp_path, url)
    assert missing.status == 2
    assert "projects Basedash, inventories Basedash, credentials Basedash, credentials Basedash vault" in " ".join(
        missing.output.split()
    )
