# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers point one way: no module of the core imports one above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[4] / "plugins"
CORE = PLUGINS / "module_utils"
PREFIX = "ansible_collections.community.basedash.plugins.module_utils."

# From the top to the bottom; those in one line don't know each other.
LAYERS = [
    ["_module"],
    ["_definition"],
    ["_input"],
    ["_bulk"],
    ["_lifecycle"],
    ["_provision"],
    ["_creation", "_info"],
    ["_arguments", "_deletion"],
    ["_access"],
    ["_task", "_filters"],
    ["_interruption", "_settings", "_sync", "_snapshot"],
    ["_data_source"],
    ["_api", "_parallel"],
    ["_freshness"],
    ["_client", "_creation_lock", "_requests_transport"],
    ["_certificates", "_response"],
    ["_gate", "_retry", "_sockets", "_transport"],
    ["_connection"],
    ["_paths"],
    ["_errors", "_json", "_text", "_version"],
]
# What a task returns is made of facts, not of the look-up.
ORDER = {name: number for number, names in enumerate(LAYERS) for name in names}


def test_every_module_has_its_layer() -> None:
    assert {path.stem for path in CORE.glob("*.py")} == set(ORDER)


@pytest.mark.parametrize("name", sorted(ORDER))
def test_imports_point_down(name: str) -> None:
    for node in ast.walk(ast.parse((CORE / (name + ".py")).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PREFIX):
            below = str(node.module)[len(PREFIX) :]
            assert ORDER[name] < ORDER[below], "%s imports %s" % (name, below)


@pytest.mark.parametrize("name", sorted(set(ORDER) - {"_module", "_input", "_arguments"}))
def test_only_the_rim_knows_ansible(name: str) -> None:
    text = (CORE / (name + ".py")).read_text(encoding="utf-8")
    assert "import ansible." not in text
    assert "from ansible." not in text


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: str(path.stem))
def test_modules_are_thin(path: Path) -> None:
    code = path.read_text(encoding="utf-8").split('"""')[-3:]
    assert len([line for line in "".join(code).splitlines() if line.strip()]) <= 60


def test_every_module_has_its_action() -> None:
    modules = {path.stem for path in (PLUGINS / "modules").glob("*.py")}
    assert {path.stem for path in (PLUGINS / "action").glob("*.py")} == modules
    for name in modules:
        action = (PLUGINS / "action" / (name + ".py")).read_text(encoding="utf-8")
        assert "plugins.modules.%s import DEFINITION, main" % name in action


@pytest.mark.parametrize("folder", ["modules", "module_utils"])
def test_nothing_below_knows_the_controller(folder: str) -> None:
    for path in (PLUGINS / folder).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "plugin_utils" not in text
        assert "plugins.action" not in text
