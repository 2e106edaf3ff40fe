# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong although the tool said that all is well."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

PLAYBOOK_WARNING = re.compile(r"\[(?:DEPRECATION )?WARNING\]: ")
IMPORTER_WARNING = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\b")
# ansible-test returns 0 when it tested nothing, and when a tool that a test needs is not installed.
EMPTY_SANITY = re.compile(r"All targets skipped|Required program .* not found|No tests found")

# Where the parts of the released archive come from; anything else in it is a development file.
RELEASED = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSES/*",
    "README.md",
    "REUSE.toml",
    "SECURITY.md",
    "changelogs/changelog.yaml",
    "docs/*",
    "examples/*",
    "meta/*",
    "playbooks/*",
    "plugins/*",
    "requirements.txt",
    "roles/*",
    "schemas/*",
    "tests/config.yml",
)
# Made by `ansible-galaxy collection build`.
GENERATED = {"FILES.json", "MANIFEST.json"}


def expected_warnings(text: str) -> list[re.Pattern[str]]:
    """Read the file of regular expressions, one for each warning that a test provokes on purpose."""
    lines = (line.strip() for line in text.splitlines())
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def unexpected_warnings(output: str, expected: Iterable[re.Pattern[str]]) -> list[str]:
    """Return the warnings of playbook runs that no expression matches from their beginning on."""
    # Ansible breaks long warnings into lines, so the text is read as one.
    _before, *warnings = PLAYBOOK_WARNING.split(" ".join(output.split()))
    patterns = list(expected)
    return [warning[:300] for warning in warnings if not any(pattern.match(warning) for pattern in patterns)]


def importer_warnings(output: str) -> list[str]:
    """Return the lines in which galaxy-importer complains."""
    return [line for line in output.splitlines() if IMPORTER_WARNING.search(line)]


def wrong_in_archive(members: Iterable[str], tracked: Iterable[str]) -> list[str]:
    """Compare an archive's files with the repository's: nothing missing, nothing of the development."""
    shipped = set(members) - GENERATED
    wanted = {name for name in tracked if any(fnmatch.fnmatchcase(name, pattern) for pattern in RELEASED)}
    missing = [f"missing in the archive: {name}" for name in sorted(wanted - shipped)]
    return missing + [f"should not be in the archive: {name}" for name in sorted(shipped - wanted)]
