# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module is documented as it is, and has all that belongs to a module."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import SUBJECTS

ROOT = Path(__file__).parents[4]
PLUGINS = "ansible_collections.community.basedash.plugins."
FILES = sorted((ROOT / "plugins" / "modules").glob("[a-z]*.py"))
MODULES = [path.stem for path in FILES if "SPEC" in path.read_text(encoding="utf-8")]
TARGETS = ROOT / "tests" / "integration" / "targets"
# What an argument spec says of an option and its documentation repeats.
REPEATED = ("type", "default", "required", "choices", "aliases", "elements")


def documentation(module: str, name: str = "DOCUMENTATION") -> Any:
    """Return a part of a module's documentation."""
    return yaml.safe_load(getattr(importlib.import_module(PLUGINS + "modules." + module), name))


def fragment(name: str) -> Any:
    """Return a documentation fragment."""
    file, _dot, variant = name.split(".", 2)[2].partition(".")
    found = importlib.import_module(PLUGINS + "doc_fragments." + file).ModuleDocFragment
    return yaml.safe_load(getattr(found, variant.upper() or "DOCUMENTATION"))


def options(module: str) -> dict[str, Any]:
    """Return the documented options of a module, with those of its fragments."""
    own = documentation(module)
    fragments = [fragment(name) for name in own["extends_documentation_fragment"]]
    return {key: value for part in (*fragments, own) for key, value in part.get("options", {}).items()}


def spec(module: str) -> ModuleSpec:
    """Return what a module is."""
    found: ModuleSpec = importlib.import_module(PLUGINS + "modules." + module).SPEC
    return found


def declared(entries: Mapping[str, Any], nested: str) -> dict[str, Any]:
    """Return what is said of options, in the argument spec (``nested`` options) or the documentation (suboptions)."""
    found = {}
    for name, entry in entries.items():
        found[name] = {key: entry[key] for key in REPEATED if entry.get(key) not in (None, False, [])}
        if nested in entry:
            found[name]["options"] = declared(entry[nested], nested)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_options_are_documented_as_they_are(module: str) -> None:
    assert declared(options(module), "suboptions") == declared(spec(module).argument_spec, "options")


@pytest.mark.parametrize("module", [module for module in MODULES if spec(module).task.about_one])
def test_the_facts_are_documented_as_they_are(module: str) -> None:
    kind = spec(module).task.kind
    described = documentation(module, "RETURN")[kind.family.result_key]
    facts = list(kind.facts({}))
    assert list(described.get("contains", facts)) == facts
    assert set(described.get("sample", {})) <= set(facts)


@pytest.mark.parametrize("module", MODULES)
def test_options_in_sentences_exist(module: str) -> None:
    text = yaml.safe_dump([documentation(module), documentation(module, "RETURN")], width=1000)
    named = set(re.findall(r"\bO\(([a-z_]+)", text))
    assert named <= set(options(module))


# Organizations can't be deleted, and the others only read what has no fields of its own.
OF_THEIR_OWN = frozenset(
    "basedash_" + name
    for name in (
        "ai_usage_info",
        "api_info",
        "audit_log_info",
        "configuration",
        "configuration_info",
        "insight_info",
        "organization",
        "organization_info",
    )
)
"""Modules whose kinds have tests of their own in place of those over all kinds."""


def test_the_tests_over_all_kinds_know_the_kind_of_every_module() -> None:
    kinds = {spec(module).task.kind for module in MODULES if module not in OF_THEIR_OWN}
    assert kinds == {subject.kind for subject in SUBJECTS}


def listed(pattern: str) -> set[str]:
    """Return the names of the paths that fit."""
    return {path.stem for path in ROOT.glob(pattern)}


def test_every_module_has_an_action() -> None:
    # What has no code of its own exists only as an action on the controller.
    assert listed("plugins/action/[a-z]*.py") == {path.stem for path in FILES}


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["basedash"]) == MODULES


def test_every_module_has_an_integration_target() -> None:
    # A target that is named as a role of the collection would run this role.
    targets = {path.parent.parent.name.replace("module_", "") for path in TARGETS.glob("*/tasks/main.yml")}
    assert [module for module in MODULES if module not in targets] == []


def test_the_examples_of_every_module_are_run() -> None:
    tasks = yaml.safe_load((TARGETS / "examples" / "tasks" / "main.yml").read_text(encoding="utf-8"))
    run = next(task["loop"] for task in tasks if task.get("ansible.builtin.include_tasks") == "module.yml")
    assert sorted(run) == MODULES


def sentences(content: Any) -> list[str]:
    """Return the paragraphs of a documentation."""
    if not isinstance(content, Mapping):
        return [one for item in content for one in sentences(item)] if isinstance(content, list) else []
    found = []
    for key, value in content.items():
        if key in ("description", "details", "notes", "requirements"):
            found += [value] if isinstance(value, str) else value if isinstance(value, list) else []
        found += sentences(value) if key != "sample" else []
    return [one for one in found if isinstance(one, str)]


@pytest.mark.parametrize("path", [one for one in FILES if one.stem != "__init__"], ids=lambda path: path.stem)
def test_no_sentence_is_cut(path: Path) -> None:
    """YAML takes a comma in brackets for the end of a text."""
    module = path.stem
    text = [documentation(module), documentation(module, "RETURN")]
    fragments = [fragment(name) for name in text[0].get("extends_documentation_fragment", ())]
    found = [one for one in sentences([*text, *fragments]) if not re.match(r"[A-Z]|[A-Z]+\(", one)]
    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_described(module: str) -> None:
    text = documentation(module)
    assert text["version_added"]
    assert text["description"]
    assert yaml.safe_load(importlib.import_module(PLUGINS + "modules." + module).EXAMPLES.replace("!unsafe", ""))
