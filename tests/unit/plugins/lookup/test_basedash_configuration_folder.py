# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of an export: complete, stable, and careful with what people wrote there."""

from __future__ import annotations

import copy
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError

from ansible_collections.community.basedash.plugins.lookup.basedash_configuration_folder import LookupModule
from ansible_collections.community.basedash.plugins.plugin_utils import _folder

SQL = "SELECT '{{ groups }}'\r\n  FROM \"a\" \n\n"
CONFIGURATION: dict[str, Any] = {
    "format": 1,
    "for": {"slug": "example"},
    "organization": {"name": "Example", "custom_ai_context": "# Rules\n\n* be brief  \n"},
    "members": [{"email": "ada@example.com", "role": "ADMIN"}, {"email": "grace@example.com", "role": "MEMBER"}],
    "data_sources": [
        {"name": "orders", "port": 5432, "access": {"mode": "restricted", "groups": ["B", "A"]}},
        {"name": "shop", "port": 5433},
    ],
    "definitions": [{"reference_name": "mrr", "data_source": "orders", "sql_query": SQL}],
    "skills": [{"name": "Tone", "instructions": "Be\nbrief."}, {"name": "no", "instructions": "x"}],
    "automations": [{"name": "Weekly", "trigger": {"type": "SQL", "sql_query": "SELECT 1\n"}, "instructions": "x"}],
    "dashboards": [
        {
            "name": "Sales / EU",
            "icon": "chart",
            "tabs": [{"name": "Main"}],
            "charts": [
                {"name": "Revenue", "sql_query": SQL, "layout": {"x": 0, "y": 1}},
                {"name": "revenue", "sql_query": "SELECT 2", "drilldown_sql_query": "SELECT 3"},
                {"id": "chart_3", "static_content": "# A\n"},
            ],
        },
        {"name": "Empty"},
    ],
}


def exported(**changes: Any) -> dict[str, Any]:
    """Return a result of the info module."""
    configuration = {**copy.deepcopy(CONFIGURATION), **changes}
    families = {name: 1 for name, value in configuration.items() if isinstance(value, list)}
    note = {"family": "data_sources", "name": "orders\n", "id": "ds_1", "option": "password", "reason": "it is secret"}
    gone = {"family": "members", "name": None, "id": None, "option": None, "reason": "deactivated", "count": 2}
    summary = {"total": 9, "families": {**families, "charts": 3}, "unreadable": 1, "left_out": 2}
    return {"configuration": configuration, "unreadable": [note], "left_out": [gone], "summary": summary}


def write(folder: Path, result: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Run the lookup."""
    found: list[Any] = LookupModule(loader=None, templar=None).run([str(folder)], {}, exported=result, **options)
    return dict(found[0])


def files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def content(folder: Path) -> dict[str, Any]:
    """Return what all files of a folder say together."""
    found: dict[str, Any] = {}
    for path, one in _folder.found_in(folder).items():
        assert one.is_ours
        for key, value in _folder.whole(path, one.content, one.sql).items():
            found[key] = [*found.get(key, []), *value] if isinstance(value, list) else value
    found["dashboards"].sort(
        key=lambda one: [entry["name"] for entry in CONFIGURATION["dashboards"]].index(one["name"])
    )
    return found


def edit(path: Path, old: str, new: str) -> None:
    """Change a text in a file."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an export."""
    write(tmp_path / "out", exported())
    return tmp_path / "out"


def test_the_files_hold_the_configuration(folder: Path) -> None:
    names = {path for path in files(folder) if path != _folder.SCHEMA}
    assert names == {
        "organization.yml",
        "members.yml",
        "data_sources.yml",
        "definitions.yml",
        "definitions/mrr.sql",
        "skills.yml",
        "automations.yml",
        "automations/weekly.sql",
        "dashboards/empty.yml",
        "dashboards/sales-eu.yml",
        *(path for path in names if path.startswith("dashboards/sales-eu/revenue")),
    }
    assert len(names) == 13
    assert len([path for path in names if path.endswith(".drilldown.sql")]) == 1
    assert content(folder) == CONFIGURATION
    assert (folder / "definitions" / "mrr.sql").read_bytes() == SQL.encode()
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_each_file_can_be_read_alone_and_says_what_is_not_in_it(folder: Path) -> None:
    for path in folder.rglob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=" + "../" * (path.parent != folder) + _folder.SCHEMA)
        assert yaml.safe_load(text)["format"] == 1
    assert r"#   data source orders\n: password (it is secret)" in (folder / "data_sources.yml").read_text()
    assert "#   2 members (deactivated)" in (folder / "members.yml").read_text()
    first = (folder / "organization.yml").read_text()
    assert "for:\n  slug: example\n" in first
    assert "9 objects; unreadable 1; left out 2." in first
    assert "custom_ai_context: |\n    # Rules\n\n    * be brief  \n" in first


def test_a_second_export_writes_nothing(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    again = write(folder, exported())
    assert not again["changed"]
    assert again["kept"] == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_check_mode_writes_nothing(tmp_path: Path, folder: Path) -> None:
    assert write(tmp_path / "other", exported(), check_mode=True)["changed"]
    assert not (tmp_path / "other").exists()
    before = files(folder)
    planned = write(folder, exported(skills=[]), check_mode=True)
    assert planned["removed"] == ["skills.yml"]
    assert files(folder) == before


def test_only_what_differs_is_written(folder: Path) -> None:
    changed = exported(skills=[{"name": "Tone", "instructions": "Be\nvery brief."}])
    changed["configuration"]["dashboards"][0]["charts"][1]["sql_query"] = "SELECT 3"
    del changed["configuration"]["dashboards"][1]
    done = write(folder, changed)
    assert [path for path in done["written"] if not path.endswith(".sql")] == ["dashboards/sales-eu.yml", "skills.yml"]
    assert len(done["written"]) == 3
    assert done["removed"] == ["dashboards/empty.yml"]
    assert content(folder)["dashboards"] == changed["configuration"]["dashboards"]


def test_a_family_that_was_not_asked_for_stays(folder: Path) -> None:
    only = {name: CONFIGURATION[name] for name in ("format", "for", "skills")}
    result = {**exported(), "configuration": only, "summary": {**exported()["summary"], "families": {"skills": 2}}}
    assert write(folder, result)["removed"] == []
    assert "members.yml" in files(folder)


def test_names_of_files_differ_on_every_disk_and_stay(tmp_path: Path) -> None:
    names = ["Sales", "sales", "SALES", "S\u00e4les", "con", "\u58f2\u4e0a", "\u58f2", "a/../b", "x" * 300, "x" * 301]
    one = exported(dashboards=[{"name": name} for name in names[3:]])
    write(tmp_path, one)
    before = files(tmp_path)
    more = write(tmp_path, exported(dashboards=[{"name": name} for name in [*names, "-", "Sales!"]]))
    after = files(tmp_path)
    assert {path: after[path] for path in before if path.startswith("dashboards")} == {
        path: text for path, text in before.items() if path.startswith("dashboards")
    }
    assert more["removed"] == []
    found = [path for path in after if path.startswith("dashboards/")]
    assert len({path.lower() for path in found}) == len(names) + 2
    assert all(path.isascii() and path == path.lower() and len(path) < 100 for path in found)


def test_a_comment_stays_and_is_no_change(folder: Path) -> None:
    edit(folder / "skills.yml", "- name: Tone", "# mine\n  - name: Tone")
    edit(folder / "members.yml", "role: ADMIN", "invite: true\n    role: admin")
    before = files(folder)
    again = write(folder, exported())
    assert not again["changed"]
    assert again["kept"] == []
    assert files(folder) == before


def test_a_text_that_somebody_moved_into_a_file_is_no_change(folder: Path) -> None:
    edit(folder / "skills.yml", "instructions: |-\n      Be\n      brief.", "instructions_file: texts/tone.md")
    (folder / "texts").mkdir()
    (folder / "texts" / "tone.md").write_text("Be\nbrief.\n")
    before = files(folder)
    assert not write(folder, exported())["changed"]
    changed = exported(skills=[{"name": "Tone", "instructions": "Be\nlong."}])
    reason = "somebody edited it and texts/tone.md"
    assert write(folder, changed)["kept"] == [{"path": "skills.yml", "reason": reason}]
    assert files(folder) == before
    assert write(folder, changed, overwrite=True)["kept"] == []
    assert (folder / "texts" / "tone.md").read_text() == "Be\nlong."


def test_an_edited_file_is_kept_and_named(folder: Path) -> None:
    edit(folder / "skills.yml", "brief", "long")
    edit(folder / "definitions" / "mrr.sql", "SELECT", "select")
    before = files(folder)
    done = write(folder, exported(skills=CONFIGURATION["skills"][1:], definitions=[]))
    assert [one["path"] for one in done["kept"]] == ["definitions.yml", "skills.yml"]
    assert files(folder) == before


def test_the_file_that_somebody_edited_is_named(folder: Path) -> None:
    edit(folder / "definitions" / "mrr.sql", "SELECT", "select")
    (board,) = (path for path in (folder / "dashboards" / "sales-eu").glob("revenue.sql"))
    edit(board, "SELECT", "select")
    assert [one["reason"] for one in write(folder, exported())["kept"]] == [
        "somebody edited its SQL (not as in Basedash: dashboards/sales-eu/revenue.sql)",
        "somebody edited definitions/mrr.sql",
    ]
    edit(folder / "definitions.yml", "reference_name: mrr", "reference_name: MRR")
    assert [one["reason"] for one in write(folder, exported())["kept"]][1] == (
        "somebody edited it and definitions/mrr.sql"
    )


def test_with_overwrite_only_the_entries_that_differ_are_replaced(folder: Path) -> None:
    skills, board = folder / "skills.yml", folder / "dashboards" / "sales-eu.yml"
    edit(skills, "  - name: Tone\n", "  # about the tone\n  - name: Tone # mine\n    # why\n    color: blue\n")
    edit(skills, "  - name: 'no'", "  # about no\n  - name: 'no'")
    edit(board, "    icon: chart", "    # the icon\n    icon: chart # mine")
    edit(board, "      - name: Revenue", "      # the first\n      - name: Revenue")
    wanted = exported()["configuration"]
    wanted["skills"] = [{"name": "New", "instructions": "a\nb\n"}, {"name": "Tone", "instructions": "Be\nnice.\n\n"}]
    charts = wanted["dashboards"][0]["charts"]
    charts[0].update(sql_query="SELECT 9\n", layout={"x": 5, "y": 1})
    charts[1:] = [{"name": "Churn", "sql_query": "SELECT 7\nFROM x"}]
    wanted["dashboards"][0]["icon"] = "other"
    done = write(folder, exported(**wanted), overwrite=True)
    assert done["kept"] == []
    assert content(folder) | {"skills": wanted["skills"]} == wanted
    text = skills.read_text()
    for line in ("  # about the tone\n  - name: Tone # mine\n    # why\n    color: blue\n", "  # about no\n"):
        assert line in text
    assert "'no'" not in text
    for line in ("    # the icon\n    icon: other\n", "      # the first\n      - name: Revenue\n"):
        assert line in board.read_text()
    assert not write(folder, exported(**wanted))["changed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("skills:", "skills: ["),
        ("format: 1\nskills:\n  - name: Tone\n    instructions: |-\n      Be\n      brief.\n", "format: 1\nskills:\n"),
        ("name: Tone", "sql_query_file: ../../secret"),
        ("skills:", "skills: x\nothers:"),
    ],
)
def test_a_file_that_can_not_be_changed_is_kept(folder: Path, old: str, new: str) -> None:
    edit(folder / "skills.yml", old, new)
    before = files(folder)
    done = write(folder, exported(skills=[{"name": "Other", "instructions": "x"}]), overwrite=True)
    now = files(folder)
    if done["kept"]:
        assert now == before
        assert done["kept"][0]["path"] == "skills.yml"
    else:
        assert content(folder)["skills"] == [{"name": "Other", "instructions": "x"}]


def test_what_no_export_wrote_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "skills.yml").write_text("skills: [{name: mine}]\n")
    (tmp_path / "notes.yml").write_text("anything: true\n")
    (tmp_path / "definitions" / "mrr.sql").write_text("mine")
    before = files(tmp_path)
    for overwrite in (False, True):
        done = write(tmp_path, exported(), overwrite=overwrite)
        assert [one["path"] for one in done["kept"]] == ["definitions.yml", "skills.yml"]
        assert before.items() <= files(tmp_path).items()


def test_a_folder_of_another_organization_is_refused(folder: Path) -> None:
    before = files(folder)
    with pytest.raises(AnsibleLookupError, match="another organization"):
        write(folder, exported(**{"for": {"slug": "other"}}))
    assert files(folder) == before


def test_a_folder_that_can_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(AnsibleLookupError, match="can't be"):
        write(tmp_path / "file" / "folder", exported())


@pytest.mark.parametrize("options", [{}, {"exported": {}}, {"exported": 1}, {"exported": exported(), "other": 1}])
def test_wrong_options_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(AnsibleLookupError, match="takes one path"):
        LookupModule(loader=None, templar=None).run([str(tmp_path)], {}, **options)
