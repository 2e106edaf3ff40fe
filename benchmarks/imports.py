# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules and plugins load when they start, and how long that takes."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_ROUNDS = 5

# What is loaded before: by Ansible itself in a module's process, and in the controller's worker.
_MODULE = "import ansible.module_utils.basic"
_WORKER = "import ansible.executor.task_executor, ansible.plugins.action, ansible.plugins.loader"

_PROGRAM = """\
import importlib, json, sys, time
{before}
known = set(sys.modules)
begun = time.perf_counter()
importlib.import_module({name!r})
seconds = time.perf_counter() - begun
print(json.dumps([seconds, sorted(set(sys.modules) - known)]))
"""


@dataclass(frozen=True)
class Loaded:
    """What an import of one thing loaded that was not there before: seconds, and how many modules of whom."""

    name: str
    where: str
    seconds: list[float]
    own: int
    requests: int
    others: list[str]

    @property
    def total(self) -> int:
        """The number of Python modules."""
        return self.own + self.requests + len(self.others)


def _import(python: Path, before: str, name: str, environment: Mapping[str, str]) -> tuple[float, list[str]]:
    program = _PROGRAM.format(before=before, name=name)
    answer = subprocess.run(
        [python, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    seconds, modules = json.loads(answer.stdout)
    return seconds, modules


def _things(tree: Path) -> list[tuple[str, str, str]]:
    found = []
    for kind, where, before in (("modules", "module", _MODULE), ("action", "action plugin", _WORKER)):
        for path in sorted(tree.joinpath("plugins", kind).glob("basedash_*.py")):
            found.append((f"ansible_collections.community.basedash.plugins.{kind}.{path.stem}", where, before))
    return found


def measure(tree: Path, python: Path, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Import each module and each action plugin in a process of its own, some times."""
    variables = {**environment, "PYTHONPATH": str(tree.parents[2])}
    found = []
    for name, where, before in _things(tree):
        _seconds, with_requests = _import(python, before, "requests", variables)
        runs = [_import(python, before, name, variables) for _round in range(_ROUNDS + 1)]
        modules = runs[0][1]
        own = [one for one in modules if one.startswith("ansible_collections")]
        others = sorted(set(modules) - set(own) - set(with_requests))
        times = [seconds for seconds, _modules in runs[1:]]
        loaded = Loaded(name.rpartition(".")[2], where, times, len(own), len(set(modules) & set(with_requests)), others)
        found.append(asdict(loaded))
    return found


def milliseconds(loaded: Loaded) -> float:
    """Return how long it takes, in the middle of the rounds."""
    return statistics.median(loaded.seconds) * 1000
