# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a report."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible.errors import AnsibleLookupError

from ansible_collections.community.basedash.plugins.lookup.basedash_report_file import LookupModule


def write(*paths: Path | str, **options: str) -> list[str]:
    return LookupModule(loader=None, templar=None).run(list(paths), {}, **options)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_can_read_what_it_creates(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "a b" / "c'd" / "report.md"
    assert write(str(path), content="é\r\n\ud800") == [str(path)]
    assert path.read_bytes() == "é\r\n?".encode()
    assert [mode(one) for one in (path, path.parent, path.parent.parent, tmp_path)] == [0o600, 0o700, 0o700, 0o755]
    assert list(path.parent.iterdir()) == [path]


def test_it_replaces_an_older_file_as_a_whole(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not the report's", encoding="utf-8")
    for old in (tmp_path / "readable", tmp_path / "link"):
        if old.name == "link":
            old.symlink_to(elsewhere)
        else:
            old.write_text("an older and longer report", encoding="utf-8")
            old.chmod(0o644)
        write(old, content="new")
        assert (old.is_symlink(), old.read_text(encoding="utf-8"), mode(old)) == (False, "new", 0o600)
    assert elsewhere.read_text(encoding="utf-8") == "not the report's"


def test_a_relative_path_begins_where_ansible_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert write("report.md", content="x") == [str(tmp_path / "report.md")]


@pytest.mark.parametrize("place", ["file/below/report.md", "folder"])
def test_where_no_file_can_be_is_one_sentence(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(AnsibleLookupError, match=f"^The report can't be written to {tmp_path / place}: .*directory"):
        write(tmp_path / place, content="x")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_it_takes_one_path_and_its_content(tmp_path: Path) -> None:
    for paths, options in (([], {"content": "x"}), ([tmp_path / "a"] * 2, {"content": "x"}), ([tmp_path / "a"], {})):
        with pytest.raises(AnsibleLookupError, match="takes one path"):
            write(*paths, **options)
