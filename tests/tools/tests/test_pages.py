# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages for users: short enough to be read, every link leads somewhere, and the README names every plugin."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import workspace

# People look something up in these, and do not read them from the beginning to the end.
REFERENCES = ("access_report.md", "configuration_form.md", "families.md", "input.md", "troubleshooting.md")
GUIDES = sorted((workspace.ROOT / "docs").glob("*.md"))
PAGES = [workspace.ROOT / name for name in workspace.files() if name.endswith(".md")]
MOST_WORDS, MOST_WORDS_OF_REFERENCES = 6000, 6000
PUBLIC = ("modules", "filter", "lookup")
CODE_BLOCK = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def text(page: Path) -> str:
    """Return a page without its blocks of code."""
    return CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(text(page)))
    return {title.replace(" ", "-") for title in titles}


def test_guides_are_short() -> None:
    """Counted as `wc -w` does, code and tables included. Records and pages for developers belong in docs/internals."""
    words = {page.name: len(page.read_text(encoding="utf-8").split()) for page in GUIDES}
    references = {name: words.pop(name) for name in REFERENCES}
    assert words
    assert sum(words.values()) < MOST_WORDS, words
    assert sum(references.values()) < MOST_WORDS_OF_REFERENCES, references


def broken(page: Path, targets: list[str]) -> list[str]:
    """Return the relative targets that name no file of the repository, or no heading of the page."""
    found = []
    for target in targets:
        path, _hash, anchor = unquote(target).partition("#")
        named = (page.parent / path).resolve() if path else page
        if not named.exists() or (anchor and named.suffix == ".md" and anchor not in anchors(named)):
            found.append(target)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(workspace.ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(text(page)) if not re.match(r"[a-z]+:", target)]
    assert broken(page, targets) == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page, with one `heading`\n\n```text\n# No heading\n```\n", encoding="utf-8")
    right = ["page.md", "#a-page-with-one-heading", "page.md#a-page-with-one-heading"]
    wrong = ["other.md", "#no-heading", "page.md#other"]
    assert broken(page, right + wrong) == wrong


def test_every_guide_is_in_the_readme() -> None:
    readme = (workspace.ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in GUIDES if f"(docs/{page.name})" not in readme] == []


@pytest.mark.parametrize("kind", PUBLIC)
def test_every_plugin_is_in_the_readme(kind: str) -> None:
    readme = (workspace.ROOT / "README.md").read_text(encoding="utf-8")
    files = sorted((workspace.ROOT / "plugins" / kind).glob("[a-z]*.py"))
    assert [path.name for path in files if f"(plugins/{kind}/{path.name})" not in readme] == []
