# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the checks work: a copy of the tree outside the repository, a home of its own, a clean environment."""

from __future__ import annotations

import ast
import contextlib
import fnmatch
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".nox" / "home"
ALWAYS_IGNORED = (".git", ".nox", ".venv")
ADVICE = "connect to the internet or configure a package index for pip, then run make again."
OFFLINE = f"The Python packages {{}} could not be downloaded: {ADVICE}"
# Options of pytest whose value is the next word.
TAKES_A_VALUE = {"-k", "-m", "-n", "-o", "-p", "-W"}


def clean_environment() -> None:
    """Drop what would change the outcome from outside, and name a locale that ansible accepts."""
    for name in list(os.environ):
        if name.startswith(("ANSIBLE_", "BASEDASH_", "GIT_", "PYTHON", "VIRTUAL_ENV")):
            del os.environ[name]
    os.environ.update(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    # It would look for newer packages in the background.
    os.environ["VIRTUALENV_NO_PERIODIC_UPDATE"] = "1"
    pythons.put_on_path()


def files() -> list[str]:
    """List the repository's files: tracked ones, and new ones that are not ignored."""
    names = _listed_by_git() if shutil.which("git") and (ROOT / ".git").exists() else None
    # A file may vanish between the listing and its use, or be deleted and not yet committed.
    return [name for name in (_found_in_folders() if names is None else names) if (ROOT / name).is_file()]


def _listed_by_git() -> list[str] | None:
    # Whoever owns the checkout (a container's mount belongs to somebody else), listing its files is safe.
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT)]
    command = [*git, "ls-files", "-coz", "--exclude-standard"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return None if listing.returncode else sorted(set(os.fsdecode(listing.stdout).split("\0")) - {""})


def _found_in_folders() -> list[str]:
    """List the files of a download, where git can't tell: all but what .gitignore names."""
    ignored = [*ALWAYS_IGNORED]
    if (ROOT / ".gitignore").exists():
        lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        ignored += [line.rstrip("/") for line in lines if line and not line.startswith("#")]

    def wanted(folder: str, name: str) -> bool:
        path = "/" + Path(folder, name).relative_to(ROOT).as_posix()
        return not any(fnmatch.fnmatch(path if "/" in pattern else name, pattern) for pattern in ignored)

    names = []
    for folder, folders, here in os.walk(ROOT):
        folders[:] = [name for name in folders if wanted(folder, name)]
        names += [Path(folder, name).relative_to(ROOT).as_posix() for name in here if wanted(folder, name)]
    return sorted(names)


def pytest_arguments(given: Sequence[str], *paths: str) -> list[str]:
    """Return the arguments for pytest: those given, after the default paths unless a path is among them."""
    values = {position + 1 for position, word in enumerate(given) if word in TAKES_A_VALUE}
    words = [word for position, word in enumerate(given) if position not in values]
    named = any(Path(word.partition("::")[0]).exists() for word in words if not word.startswith("-"))
    return [*([] if named else paths), *given]


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
    home = _home_of(python)
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
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
    return {"HOME": str(home)}


def _home_of(python: str | Path) -> Path:
    """Return the home of the session that has this Python.

    Each session has its own, because ansible-test keeps environments there, and two sessions that install into the
    same one at the same time break it.
    """
    return HOME / Path(python).parents[1].name


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
    cache = _home_of(python) / ".ansible" / "test" / "cache"
    wheel = cache / f"pip-{version}-py3-none-any.whl"
    if not wheel.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = [str(python), "-m", "pip", "download", "-qq", "--no-deps", "--dest", str(cache), f"pip=={version}"]
        if subprocess.run(command, check=False).returncode != 0:
            subprocess.run(command, check=True)
    _write_whole(cache / f"get_pip_{version.replace('.', '_')}.py", BOOTSTRAP.format(wheel=str(wheel)))
