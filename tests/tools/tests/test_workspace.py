# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import check
import pytest
import workspace

FILES = [".gitignore", "README.md", "a/b.py", "a/results.json"]
IGNORED = ["a/__pycache__/b.pyc", "x.egg-info/a", ".venv/bin/python", ".nox/a", "results.json", "y.tar.gz"]
IGNORE = "# a comment\n\n/.nox/\n/results.json\n/*.tar.gz\n__pycache__/\n*.egg-info/\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with files to copy and files to ignore."""
    for name in FILES + IGNORED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(IGNORE if name == ".gitignore" else "", encoding="utf-8")
    monkeypatch.setattr(workspace, "ROOT", tmp_path)
    return tmp_path


def test_files_of_a_download(tree: Path) -> None:
    """A download has no .git."""
    assert workspace.files() == FILES


def test_files_where_git_does_not_work(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / ".git").write_text("gitdir: /nowhere\n", encoding="utf-8")
    assert workspace.files() == FILES
    monkeypatch.setenv("PATH", "")
    assert workspace.files() == FILES


def test_files_of_a_clone(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is asked, because a file can be tracked although its name is ignored; a deleted one may still be tracked."""
    (tree / ".git").mkdir()
    git = tree / ".git" / "git"
    git.write_text("#!/bin/sh\nprintf 'y.tar.gz\\0README.md\\0gone\\0'\n", encoding="utf-8")
    git.chmod(0o700)
    monkeypatch.setenv("PATH", str(git.parent))
    assert workspace.files() == ["README.md", "y.tar.gz"]


def test_both_ways_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in a clone is in a download of it."""
    listed = set(workspace.files())
    monkeypatch.setattr(workspace, "_listed_by_git", lambda: None)
    assert listed <= set(workspace.files())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ["one", "two"]),
        (["-k", "retry"], ["one", "two", "-k", "retry"]),
        (["-k", "one"], ["one", "two", "-k", "one"]),
        (["-x", "--maxfail=1"], ["one", "two", "-x", "--maxfail=1"]),
        (["one"], ["one"]),
        (["one/test_a.py::test_b", "-k", "retry"], ["one/test_a.py::test_b", "-k", "retry"]),
        (["one/test_missing.py"], ["one", "two", "one/test_missing.py"]),
    ],
)
def test_arguments_for_pytest(
    given: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that does not exist is for pytest to refuse."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "test_a.py").touch()
    monkeypatch.chdir(tmp_path)
    assert workspace.pytest_arguments(given, "one", "two") == expected


def test_a_log_without_network() -> None:
    said = workspace.OFFLINE.format("nox")
    assert check.worth_showing(f"pip's words\n{said}\n") == said
    assert check.worth_showing("one\ntwo\n") == "one\ntwo\n"
