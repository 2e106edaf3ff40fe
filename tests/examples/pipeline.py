# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the jobs of a workflow of GitHub, and of a pipeline of GitLab, as far as a machine without either can."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from stage import Api, Basedash, environment

EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")

# What the jobs install comes from elsewhere, and is there already.
INSTALLER = '#!/bin/sh\necho "$0 $*" >> "$INSTALLED"\n'
PYTHON = '#!/bin/sh\ncase "$1" in -m) echo "$0 $*" >> "$INSTALLED" ;; *) exec {python} "$@" ;; esac\n'

GH = """#!{python}
import json, pathlib, sys
import jq

state = pathlib.Path(__file__).with_name("comments.json")
comments = json.loads(state.read_text()) if state.exists() else []
words = sys.argv[2:]
options = {{name: words[words.index(name) + 1] for name in ("--jq", "--method", "--field") if name in words}}
path = next(word for word in words if word.startswith("repos/"))
if "--method" not in options:
    assert path == "repos/me/data/issues/7/comments", path
    for found in jq.compile(options["--jq"]).input_value(comments).all():
        print(found)
    sys.exit()
name, _equals, value = options["--field"].partition("=@")
body = pathlib.Path(value).read_text(encoding="utf-8")
assert name == "body" and len(body) <= 65536
if options["--method"] == "POST":
    comments.append({{"id": 100 + len(comments), "user": {{"login": "github-actions[bot]"}}, "body": body, "edits": 0}})
else:
    comment = next(one for one in comments if path == "repos/me/data/issues/comments/%s" % one["id"])
    comment.update(body=body, edits=comment["edits"] + 1)
state.write_text(json.dumps(comments))
"""


# Runners of GitHub have jq.
JQ = """#!{python}
import pathlib, sys
import jq

raw, program, path = sys.argv[1:]
assert raw == "--raw-output"
text = pathlib.Path(path).read_text(encoding="utf-8")
for found in jq.compile(program).input_text(text).all():
    print(found)
"""


class GitLab(Api):
    """The notes of one merge request, two on a page, as GitLab's API has them; each test has a class of its own."""

    token = "glpat-sentinel"
    notes: list[dict[str, Any]]
    requests: list[str]
    moved_to = ""

    def _serve(self) -> None:
        self.requests.append(f"{self.command} {self.path}")
        address = urlsplit(self.path)
        notes = "/projects/11/merge_requests/7/notes"
        if self.moved_to:
            return self.answer(302, {}, Location=self.moved_to + self.path)
        if self.headers["PRIVATE-TOKEN"] != self.token:
            return self.answer(401, {"message": "401 Unauthorized"})
        if (self.command, address.path) == ("GET", "/user"):
            return self.answer(200, {"id": 5})
        if (self.command, address.path) == ("GET", notes):
            page = int(parse_qs(address.query)["page"][0])
            following = str(page + 1) if len(self.notes) > 2 * page else ""
            return self.answer(200, self.notes[2 * page - 2 : 2 * page], **{"X-Next-Page": following})
        if (self.command, address.path) == ("POST", notes):
            self.notes.append({"id": 100 + len(self.notes), "author": {"id": 5}, "edits": 0, **self.body()})
            return self.answer(201, self.notes[-1])
        note = next(one for one in self.notes if (self.command, self.path) == ("PUT", f"{notes}/{one['id']}"))
        note.update(self.body(), edits=note["edits"] + 1)
        return self.answer(200, note)

    do_GET = do_POST = do_PUT = _serve


@dataclass
class Job:
    """What a job said and left behind."""

    status: int
    output: str
    summary: str
    folder: Path
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Platform:
    """A machine that runs jobs in a working copy of the example's repository."""

    basedash: Basedash
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tools = self.folder.parent / "tools"
        tools.mkdir()
        python = PYTHON.format(python=sys.executable)
        scripts = {name: text.format(python=sys.executable) for name, text in (("gh", GH), ("jq", JQ))}
        programs = {"ansible-galaxy": INSTALLER, "python": python, **scripts}
        for name, text in programs.items():
            tools.joinpath(name).write_text(text, encoding="utf-8")
            tools.joinpath(name).chmod(0o700)
        self.tools = tools

    @property
    def comments(self) -> list[dict[str, Any]]:
        """The comments on the pull request."""
        state = self.tools / "comments.json"
        return json.loads(state.read_text(encoding="utf-8")) if state.exists() else []

    def bash(self, script: str, env: Mapping[str, str], *options: str) -> tuple[int, str]:
        """Run a script as a runner does."""
        known = environment(self.basedash)
        del known["BASEDASH_API_KEY"], known["BASEDASH_ORGANIZATION_ID"]
        known["PATH"] = os.pathsep.join((str(self.tools), known["PATH"]))
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", *options, "-c", script],
            cwd=self.folder,
            env={**known, "CI": "true", "INSTALLED": str(self.tools / "installed"), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout

    def github(self, workflow: str, job: str, values: Mapping[str, str]) -> Job:
        """Run the steps of a job. ``values`` are what the expressions mean, besides the secrets."""
        path = self.folder / ".github" / "workflows" / workflow
        described = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"][job]
        # A runner begins with a fresh copy.
        for left in self.folder.glob("basedash-*.*"):
            left.unlink()

        def valued(text: Any) -> str:
            def value(match: re.Match[str]) -> str:
                name = match.group(1)
                return self.secrets.get(name[8:], "") if name.startswith("secrets.") else values[name]

            return EXPRESSION.sub(value, str(text))

        summary, outputs = self.tools / "summary", self.tools / "outputs"
        for path in (summary, outputs):
            path.write_text("", encoding="utf-8")
        always = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs), "RUNNER_TEMP": str(self.tools)}
        always["GITHUB_REPOSITORY"] = "me/data"
        status, said = 0, ""
        for step in described["steps"]:
            if "run" not in step:
                continue
            condition = step.get("if", "success()")
            needed = re.findall(r"hashFiles\('(.*?)'\)", condition)
            events = re.findall(r"github\.event_name == '(.*?)'", condition)
            if (status and "always()" not in condition) or not all(any(self.folder.glob(name)) for name in needed):
                continue
            if any(event != values["github.event_name"] for event in events):
                continue
            env = {**described.get("env", {}), **step.get("env", {})}
            code, output = self.bash(step["run"], {**always, **{k: valued(v) for k, v in env.items()}}, "-e")
            status, said = status or code, said + output
        given = dict(line.split("=", 1) for line in outputs.read_text(encoding="utf-8").splitlines())
        return Job(status, said, summary.read_text(encoding="utf-8"), self.folder, given)

    def gitlab(self, job: str, env: Mapping[str, str]) -> Job:
        """Run the lines of a job."""
        described = yaml.safe_load((self.folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        lines = [*described[".ansible"]["before_script"], *described[job]["script"]]
        status, said = self.bash("\n".join(lines), {**env}, "-eo", "pipefail")
        return Job(status, said, "", self.folder)
