# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the checks work: a copy of the tree outside the repository, a home of its own, a clean environment."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".nox" / "home"


def clean_environment() -> None:
    """Drop what would change the outcome from outside, and name a locale that ansible accepts."""
    for name in list(os.environ):
        if name.startswith(("ANSIBLE_", "BASEDASH_", "GIT_", "PYTHON", "VIRTUAL_ENV")):
            del os.environ[name]
    os.environ.update(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    pythons.put_on_path()


def files() -> list[str]:
    """List the repository's files: tracked ones, and new ones that are not ignored."""
    if not shutil.which("git"):
        sys.exit("The checks need git, to tell the project's files from others. Install git.")
    # Whoever owns the checkout (a container's mount belongs to somebody else), listing its files is safe.
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT)]
    listing = subprocess.run([*git, "ls-files", "-coz", "--exclude-standard"], stdout=subprocess.PIPE, check=True)
    names = sorted(set(os.fsdecode(listing.stdout).split("\0")) - {""})
    # A file may vanish between the listing and its use, or be deleted and not yet committed.
    return [name for name in names if (ROOT / name).is_file()]


@contextlib.contextmanager
def collection_copy() -> Iterator[Path]:
    """Copy the tree to .../ansible_collections/community/basedash, where Ansible's tools want it, for a while.

    It must be outside the repository: inside an ignored folder ansible-test finds no files and passes emptily.
    """
    with tempfile.TemporaryDirectory(prefix="basedash-check-") as folder:
        tree = Path(folder).resolve() / "ansible_collections" / "community" / "basedash"
        for name in files():
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(ROOT / name, target, follow_symlinks=False)
        yield tree


def make_home(python: str | Path) -> dict[str, str]:
    """Make a home folder for the tools, so that the user's stays untouched; return the variables that select it.

    ansible-test empties the environment, so the user's settings for pip (an index, a proxy) go in as a file.
    """
    config = HOME / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    HOME.chmod(0o700)
    command = [str(python), "-m", "pip", "config", "list"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    settings = {}
    for line in listing.stdout.splitlines():
        name, _equals, value = line.partition("=")
        section, _dot, option = name.rpartition(".")
        if section in {"global", "install", ":env:"}:
            settings[option] = str(ast.literal_eval(value)).replace("\n", " ")
    text = "[global]\n" + "".join(f"{option} = {value}\n" for option, value in settings.items())
    _write_whole(config, text)
    return {"HOME": str(HOME)}


def _write_whole(path: Path, text: str) -> None:
    # Two checks may do this at the same time: neither may see the other's half.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(name).replace(path)


BOOTSTRAP = """\
import sys

sys.path.insert(0, {wheel!r})

from pip._internal.cli.main import main

if __name__ == "__main__":
    dropped = ("--no-setuptools", "--no-wheel")
    options = [argument for argument in sys.argv[1:] if argument not in dropped]
    sys.exit(main(["install", "--upgrade", "--force-reinstall", "--no-deps", *options]))
"""


def bootstrap_pip(python: str | Path) -> None:
    """Give ansible-test the pip it wants to put into its environments.

    It would download a script from a server of its own; the package index is enough.
    """
    question = "import ansible_test._internal.python_requirements as module; print(module.__file__)"
    answer = subprocess.run([str(python), "-c", question], stdout=subprocess.PIPE, text=True, check=True)
    source = Path(answer.stdout.strip()).read_text(encoding="utf-8")
    version = source.split("pip='", 1)[1].split("'", 1)[0]
    cache = HOME / ".ansible" / "test" / "cache"
    wheel = cache / f"pip-{version}-py3-none-any.whl"
    if not wheel.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = [str(python), "-m", "pip", "download", "-qq", "--no-deps", "--dest", str(cache), f"pip=={version}"]
        if subprocess.run(command, check=False).returncode != 0:
            subprocess.run(command, check=True)
    _write_whole(cache / f"get_pip_{version.replace('.', '_')}.py", BOOTSTRAP.format(wheel=str(wheel)))
