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

# From the top to the bottom.
FLOORS = ["_api", "_configuration", "_resources", "_engine", "_rest", "_http", "_base"]


def modules() -> list[str]:
    """Return every module of the core, as its package and its name."""
    return sorted("%s.%s" % (path.parent.name, path.stem) for path in CORE.rglob("*.py"))


def imports(name: str) -> list[str]:
    """Return the modules of the core that a module imports."""
    floor = name.partition(".")[0]
    text = (CORE / (name.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            assert not str(node.module).startswith(PREFIX), "imports within the core are relative"
            if node.level:
                module = "%s.%s" % (floor, node.module) if node.level == 1 else str(node.module)
                # A package alone, without a module of it, has modules as names.
                found.extend([module] if "." in module else ("%s.%s" % (module, name.name) for name in node.names))
    return found


def test_every_module_is_on_a_floor() -> None:
    assert {name.partition(".")[0] for name in modules()} == set(FLOORS)


@pytest.mark.parametrize("name", modules())
def test_imports_between_floors_point_down(name: str) -> None:
    floor = name.partition(".")[0]
    for other in imports(name):
        below = other.partition(".")[0]
        assert FLOORS.index(floor) <= FLOORS.index(below), "%s imports %s" % (name, other)


def test_plans_are_made_without_requests_and_without_a_clock() -> None:
    found = []
    for path in (CORE / "_engine").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("plan_"):
                found.append(node.name)
                taken = {ast.unparse(one.annotation) for one in node.args.args if one.annotation is not None}
                assert not taken & {"Collection", "Client", "Clock"}, node.name
    assert sorted(found) == ["plan_creation", "plan_deletion", "plan_update"]


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: imports(name) for name in modules()}
    done: set[str] = set()
    while len(done) < len(graph):
        free = [name for name in graph if name not in done and set(graph[name]) <= done]
        assert free, "a cycle among %s" % sorted(set(graph) - done)
        done.update(free)


@pytest.mark.parametrize("name", sorted(set(modules()) - {"_engine.module", "_engine.input_check", "_engine.options"}))
def test_only_the_rim_knows_ansible(name: str) -> None:
    text = (CORE / (name.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    assert "import ansible." not in text
    assert "from ansible." not in text


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: str(path.stem))
def test_modules_are_thin(path: Path) -> None:
    code = path.read_text(encoding="utf-8").split('"""')[-3:]
    assert len([line for line in "".join(code).splitlines() if line.strip()]) <= 60


def test_every_module_has_its_action() -> None:
    modules = {path.stem for path in (PLUGINS / "modules").glob("*.py")}
    assert {path.stem for path in (PLUGINS / "action").glob("*.py")} == modules
    # A file without it only documents an action.
    for name in (
        path.stem for path in (PLUGINS / "modules").glob("*.py") if "SPEC" in path.read_text(encoding="utf-8")
    ):
        action = (PLUGINS / "action" / (name + ".py")).read_text(encoding="utf-8")
        assert "plugins.modules.%s import SPEC, main" % name in action


@pytest.mark.parametrize("folder", ["modules", "module_utils"])
def test_nothing_below_knows_the_controller(folder: str) -> None:
    for path in (PLUGINS / folder).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "plugin_utils" not in text
        assert "plugins.action" not in text
