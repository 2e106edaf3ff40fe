# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import findings
import pytest

RUN = """
TASK [basedash_data_source : Delete it] ****
[WARNING]: It is gone, but might have been gone before this task: its first
answer was lost
changed: [testhost]
[DEPRECATION WARNING]: Something old. This feature will be removed.
"""


@pytest.mark.parametrize(
    ("expected", "begins"),
    [
        ("", ["It is gone, but might have been gone before this task: its first answer was lost", "Something old."]),
        ("# a comment\n\nIt is gone, but might .* answer was lost\n", ["Something old."]),
        ("might have been gone", ["It is gone", "Something old."]),
        ("It is gone\nSomething old", []),
    ],
)
def test_unexpected_warnings(expected: str, begins: list[str]) -> None:
    warnings = findings.unexpected_warnings(RUN, findings.expected_warnings(expected))
    assert len(warnings) == len(begins)
    assert all(warning.startswith(begin) for warning, begin in zip(warnings, begins))


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: All targets skipped.",
        "WARNING: Required program shellcheck not found.",
        'WARNING: Skipping sanity test "shellcheck" because: Required program "shellcheck" not found.',
    ],
)
def test_empty_sanity(line: str) -> None:
    assert findings.EMPTY_SANITY.search(line)


def test_harmless_sanity_line() -> None:
    assert not findings.EMPTY_SANITY.search('WARNING: Using locale "C.UTF-8" instead of "en_US.UTF-8".')


def test_importer_warnings() -> None:
    output = "Importing\nWARNING: No changelog found.\nLoading module x\nERROR: no"
    assert findings.importer_warnings(output) == ["WARNING: No changelog found.", "ERROR: no"]


def test_archive() -> None:
    tracked = ["Makefile", "README.md", "plugins/modules/a.py", "tests/unit/test_a.py", "tests/config.yml"]
    whole = ["MANIFEST.json", "FILES.json", "README.md", "plugins/modules/a.py", "tests/config.yml"]
    assert findings.wrong_in_archive(whole, tracked) == []
    assert findings.wrong_in_archive([*whole[1:-1], "Makefile"], tracked) == [
        "missing in the archive: tests/config.yml",
        "should not be in the archive: Makefile",
    ]
