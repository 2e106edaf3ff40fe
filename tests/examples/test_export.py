# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook ``community.basedash.export`` by its name."""

from __future__ import annotations

from pathlib import Path

import yaml
from stage import Basedash, Run, run

PLAYBOOK = "community.basedash.export"
INSTRUCTIONS = "Use {{ groups }}\nand {{ definition('mrr') }}."


def export(basedash: Basedash, folder: Path, *more: str) -> Run:
    """Export the organization of the demo."""
    done = run(basedash, folder, "ansible-playbook", PLAYBOOK, "-i", "localhost,", *more)
    assert "[WARNING]" not in done.output
    assert basedash.methods <= {"GET"}
    return done


def test_an_organization_becomes_a_folder_that_people_may_edit(basedash: Basedash, tmp_path: Path) -> None:
    basedash.call("PATCH", "objects/skills/skill_tone", {"instructions": INSTRUCTIONS})
    planned = export(basedash, tmp_path, "--check")
    assert planned.status == 0, planned.output
    assert "To write: automations.yml," in planned.output
    assert list(tmp_path.iterdir()) == []

    done = export(basedash, tmp_path)
    assert done.status == 0, done.output
    folder = tmp_path / "basedash"
    skills = folder / "skills.yml"
    found = yaml.safe_load(skills.read_text(encoding="utf-8"))
    assert found["format"] == 1
    assert {one["name"]: one["instructions"] for one in found["skills"]}["Tone of voice"] == INSTRUCTIONS
    assert (folder / "dashboards" / "sales" / "revenue.sql").read_text() == "SELECT day, revenue FROM sales"

    again = export(basedash, tmp_path)
    assert again.status == 0, again.output
    assert "changed=0" in again.output

    skills.write_text(skills.read_text().replace("  - name: Tone", "  # mine\n  - name: Tone"))
    basedash.call("PATCH", "objects/skills/skill_tone", {"instructions": "New"})
    basedash.call("PATCH", "objects/dashboards/dash_sales", {"icon": "star"})
    kept = export(basedash, tmp_path)
    assert kept.status != 0
    assert "skills.yml because somebody edited it" in kept.output
    assert "Use {{ groups }}" in skills.read_text()
    assert "icon: star" in (folder / "dashboards" / "sales.yml").read_text()

    replaced = export(basedash, tmp_path, "-e", "basedash_configuration_overwrite=true")
    assert replaced.status == 0, replaced.output
    assert "  # mine\n  - name: Tone of voice\n    instructions: New\n" in skills.read_text()
