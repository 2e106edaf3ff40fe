# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a lock, so that only one task of this user on this machine creates a name at a time.

Ansible runs a task for several hosts in several workers. Without a lock, each worker could find that a name does not
exist yet, and create it. Basedash would store them all, because its names are not unique.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable

from .._base.errors import InterruptedTaskError, RefusedError

# All names share this number of lock files, because a file for each name would fill the folder.
_FILES = 64

# Seconds for which a creation is remembered. This is longer than lists are expected to lag.
_REMEMBERED = 60.0

_PAUSE = 0.05


@dataclass
class CreationLock:
    """The lock of one name, while this task holds it.

    ``created`` is how many seconds ago another task of this machine created the name, or may have created it. ``shown``
    is how many seconds ago a list was seen to show it. Both are ``None`` if this did not happen recently.
    ``identifier`` is the id of the created object, ``None`` if no answer had it.
    """

    created: float | None = None
    shown: float | None = None
    identifier: str | None = None
    _note: Callable[[str | None], None] = lambda identifier: None

    def note_created(self, identifier: str | None) -> None:
        """Tell later holders that the name was just created; ``None`` as id if it is not certain.

        Lists may lag longer than a task waits. Then the next holder can find the object only by its id.
        """
        self._note(identifier)


@dataclass(frozen=True)
class _Note:
    """What is remembered about a creation. Times are of the machine's monotonic clock."""

    created_at: float
    shown_at: float | None = None
    identifier: str | None = None


@contextmanager
def creation_lock(
    key: tuple[str, ...],
    name: str,
    patience: float,
    abandoned: Callable[[], bool] = lambda: False,
    what: str = "an object of this name",
) -> Iterator[CreationLock]:
    """Hold the lock of ``name``. ``key`` has its service, organization, family and user.

    If no lock is possible, for example without a writable temporary folder, the task goes on without a lock.
    ``abandoned`` tells that nobody waits for the task any more. ``what`` is the object's name in messages.

    Raises:
        RefusedError: if another task still holds it after ``patience`` seconds.
        InterruptedTaskError: if the task was abandoned while it waited.
    """
    digest = _digest(key, name)
    try:
        file = _open(digest)
    except OSError:
        yield CreationLock()
        return
    try:
        try:
            _wait_for(file, what, patience, abandoned)
            creations = _read(file)
        except OSError:
            # For example, the file system has no locks.
            yield CreationLock()
            return

        def note(identifier: str | None) -> None:
            _write(file, {**creations, digest: _Note(time.monotonic(), None, identifier)})

        found = creations.get(digest)
        if found is None:
            yield CreationLock(_note=note)
        else:
            now = time.monotonic()
            shown = None if found.shown_at is None else now - found.shown_at
            yield CreationLock(now - found.created_at, shown, found.identifier, note)
    finally:
        os.close(file)


def note_shown(key: tuple[str, ...], name: str) -> None:
    """Tell later holders of the lock that a list now shows the created object."""
    digest = _digest(key, name)
    try:
        file = _open(digest)
    except OSError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        creations = _read(file)
        if digest in creations:
            _write(file, {**creations, digest: replace(creations[digest], shown_at=time.monotonic())})
    except OSError:
        # Usually another task holds the file for another name just now. Without this note, the next holder only waits
        # longer.
        return
    finally:
        os.close(file)


def _digest(key: tuple[str, ...], name: str) -> str:
    return hashlib.sha256(json.dumps([*key, name]).encode("utf-8", "replace")).hexdigest()


@contextmanager
def organization_lock(key: tuple[str, ...], patience: float, abandoned: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock of a whole organization. ``key`` has its service, user and organization.

    It has a file of its own, because the task that holds it takes locks of single names as well. If no lock is
    possible, the task goes on without it.

    Raises:
        RefusedError: if another task still holds it after ``patience`` seconds.
        InterruptedTaskError: if the task was abandoned while it waited.
    """
    try:
        file = _open_file("organization-" + _digest(key, "organization")[:32])
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            _wait_for(file, "a configuration's objects in this organization", patience, abandoned)
        yield
    finally:
        os.close(file)


def _open(digest: str) -> int:
    return _open_file("create-%02d" % (int(digest, 16) % _FILES))


def _open_file(name: str) -> int:
    path = _folder() / name
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / ("community.basedash-%d" % os.getuid())
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError("the folder belongs to somebody else")
    return folder


def _wait_for(file: int, what: str, patience: float, abandoned: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() - begun > patience:
                raise RefusedError(
                    "Another task on this machine has been creating %s for %d seconds: nothing was "
                    "changed, run the task again when that one has ended." % (what, patience)
                ) from None
        if abandoned():
            raise InterruptedTaskError(
                "The task was interrupted while another task on this machine created %s: nothing was changed." % what
            )
        time.sleep(_PAUSE)


def _read(file: int) -> dict[str, _Note]:
    """Return what is remembered about recent creations, by digest."""
    try:
        content: Any = json.loads(os.pread(file, 1 << 20, 0) or b"{}")
        # The monotonic clock is the same in all processes, and restarts when the machine starts.
        now = time.monotonic()
        found = {
            str(name): _Note(float(at), None if shown is None else float(shown), None if one is None else str(one))
            for name, (at, shown, one) in content.items()
        }
        return {name: note for name, note in found.items() if now - _REMEMBERED < note.created_at <= now}
    except (ValueError, TypeError, AttributeError):
        return {}


def _write(file: int, creations: dict[str, _Note]) -> None:
    content = {name: (note.created_at, note.shown_at, note.identifier) for name, note in creations.items()}
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(content).encode(), 0)
    except OSError:
        # With a full disk, the next holder gets no hint, but this task must not fail.
        return
