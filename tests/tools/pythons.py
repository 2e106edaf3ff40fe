# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Python interpreters of this machine really work, and which ansible-core runs on which of them."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

# The modules' floor and the newest Python that a released ansible-core supports.
MINORS = range(9, 15)

# Each supported ansible-core with the Pythons that can run it on the controller.
CORES = {
    "2.16": range(10, 13),
    "2.19": range(11, 14),
    "2.20": range(12, 15),
    "2.21": range(12, 15),
}

PROBE = "import ensurepip, sys, venv; print(sys.version_info.releaselevel, '%d.%d' % sys.version_info[:2])"


def _candidates(version: str) -> list[Path]:
    name = f"python{version}"
    folders = [Path(sys.base_prefix, "bin")]
    pyenv_roots = [Path(os.environ["PYENV_ROOT"])] if os.environ.get("PYENV_ROOT") else []
    pyenv_roots.append(Path.home() / ".pyenv")
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        # pyenv's shims exist for versions that are not selected, and fail when called: go to the versions themselves.
        if Path(entry).name == "shims":
            pyenv_roots.append(Path(entry).parent)
        elif entry:
            folders.append(Path(entry))
    for root in pyenv_roots:
        installed = root.glob(f"versions/{version}.*/bin")
        folders.extend(sorted(installed, key=lambda folder: folder.parent.name, reverse=True))
    return [folder / name for folder in dict.fromkeys(folders) if (folder / name).exists()]


def _works(python: Path, version: str) -> bool:
    try:
        found = subprocess.run([python, "-I", "-c", PROBE], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return found.returncode == 0 and found.stdout.split() == ["final", version]


@functools.cache
def find() -> dict[str, Path]:
    """Map versions like ``3.9`` to an interpreter that starts and can make virtual environments, lowest first."""
    found = {}
    for minor in MINORS:
        version = f"3.{minor}"
        for python in _candidates(version):
            if _works(python, version):
                found[version] = python
                break
    return found


def missing() -> list[str]:
    """Return the supported versions that this machine does not have."""
    return [version for version in (f"3.{minor}" for minor in MINORS) if version not in find()]


def current() -> str:
    """Return the version of the Python at hand, or the newest supported one if that is newer."""
    return f"3.{min(sys.version_info.minor, MINORS[-1])}"


def newest_core(version: str) -> str:
    """Return the newest ansible-core that can run on this Python."""
    return [core for core in CORES if runs(version, core)][-1]


def runs(version: str, core: str) -> bool:
    """Tell whether this Python can run this ansible-core."""
    return int(version.partition(".")[2]) in CORES[core]


def cores() -> list[str]:
    """Return each ansible-core that this machine can run, oldest first."""
    return [core for core in CORES if for_core(core)]


def for_core(core: str) -> str | None:
    """Return the Python to run this ansible-core on: the one at hand if it can, else the newest that can."""
    able = [version for version in find() if runs(version, core)]
    return current() if current() in able else (able[-1] if able else None)


def put_on_path() -> None:
    """Let ansible-test and nox find these interpreters, the one at hand first, and no shims."""
    ordered = sorted(find().items(), key=lambda item: item[0] != current())
    folders = [str(python.parent) for _version, python in ordered]
    shimless = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(entry).name != "shims"]
    os.environ["PATH"] = os.pathsep.join(dict.fromkeys([*folders, *shimless]))
