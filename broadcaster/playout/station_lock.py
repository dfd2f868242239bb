"""The station's lock: whoever holds it airs the station, and the system frees it at any death.

It says whether a desk runs. The heartbeat only says when it last did, and what was on then.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from broadcaster.errors import PlayoutError
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.playout.heartbeat import read_heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broadcaster.station.folder import Station

_PATIENCE = 1.0
"""Seconds to wait for the lock: somebody who only looks whether it is held has it for a moment."""


def lock_path(station: Station) -> Path:
    """Return the path of the lock file."""
    return station.state_folder / "daemon.lock"


@contextmanager
def only_one(station: Station) -> Iterator[StationLock]:
    """Hold the station's lock; raise PlayoutError if another process has it."""
    make_folder(station.state_folder)
    lock = StationLock(station)
    try:
        lock.take(_PATIENCE)
    except Timeout:
        owner = read_heartbeat(station).get("pid", "?")
        message = _("another daemon (process {pid}) is already airing this station: {root}")
        raise PlayoutError(message.format(pid=owner, root=station.root)) from None
    try:
        yield lock
    finally:
        lock.release()


class StationLock:
    """The lock, while this process holds it."""

    def __init__(self, station: Station) -> None:
        self._path = lock_path(station)
        self._lock = FileLock(self._path)
        self._file: tuple[int, int] | None = None

    def take(self, patience: float = 0.0) -> None:
        """Take the lock; raise filelock.Timeout if another process has it for longer than `patience` seconds."""
        self._lock.acquire(timeout=patience)
        self._file = _identity(self._path)

    def keep(self) -> None:
        """Take the lock again if somebody deleted its file: a lock on a deleted file keeps nobody out.

        Where another process was faster, there is nothing to be done here; it finds the history in use.
        """
        if _identity(self._path) == self._file:
            return
        with suppress(Timeout, OSError):
            make_folder(self._path.parent)
            self._lock.release()
            self._lock = FileLock(self._path)
            self.take()

    def release(self) -> None:
        """Let go of the lock."""
        self._lock.release()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def is_running(station: Station) -> bool:
    """Whether a desk runs at this moment: whether its lock is held. Needs the right to read, not to write."""
    try:
        handle = os.open(lock_path(station), os.O_RDONLY)
    except OSError:  # there is none, or it is not ours to see: a desk of another user keeps its file readable
        return False
    try:
        return _is_locked(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _is_locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return True
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        return False
else:
    import fcntl

    def _is_locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False
