"""The station's lock: whoever holds it airs the station, and the system frees it at any death.

It says whether a desk runs. The heartbeat only says when it last did, and what was on then.

It is two locks: a file in `state/`, and, where the system can, the station's folder itself, because `state/` may be
deleted under a running desk and the folder is not. Windows cannot lock a folder, and deletes no file that is open.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from broadcaster.errors import PlayoutError
from broadcaster.files import file_id, make_folder
from broadcaster.i18n import _
from broadcaster.playout.heartbeat import read_heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broadcaster.station.folder import Station

_LOOK_AGAIN = 0.05
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
        self._folder: int | None = None  # a handle of the station's folder, which is locked

    def take(self, patience: float = 0.0) -> None:
        """Take the lock; raise filelock.Timeout if another process has it for longer than `patience` seconds."""
        self._lock.acquire(timeout=patience)
        try:
            self._folder = _locked_folder(self._path.parent.parent, patience)
        except Timeout:
            self._lock.release()
            raise
        self._file = file_id(self._path)

    def keep(self) -> None:
        """Take the file's lock again if somebody deleted it: others look at the file, and the folder may be no lock."""
        if file_id(self._path) == self._file:
            return
        with suppress(Timeout, OSError):
            make_folder(self._path.parent)
            self._lock.release()
            self._lock = FileLock(self._path)
            self._lock.acquire(timeout=0.0)
            self._file = file_id(self._path)

    def release(self) -> None:
        """Let go of the lock."""
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None
        self._lock.release()


def _locked_folder(folder: Path, patience: float) -> int | None:
    """Lock a folder, and return its handle; None where folders cannot be locked. Raises filelock.Timeout."""
    deadline = time.monotonic() + patience
    while True:
        handle = _open_folder(folder)
        if handle is None or _try_lock(handle):
            return handle
        os.close(handle)
        if time.monotonic() >= deadline:
            raise Timeout(str(folder))
        time.sleep(_LOOK_AGAIN)


def is_running(station: Station) -> bool:
    """Whether a desk runs at this moment: whether its lock is held. Needs the right to read, not to write."""
    return _holds_lock(_opened(lock_path(station))) or _holds_lock(_open_folder(station.root))


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:  # there is none, or it is not ours to see: a desk of another user keeps its file readable
        return None


def _holds_lock(handle: int | None) -> bool:
    """Return whether somebody has locked what this handle is of, and close it."""
    if handle is None:
        return False
    try:
        return _is_locked(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _open_folder(_folder: Path) -> int | None:
        return None

    def _try_lock(_handle: int) -> bool:
        return True

    def _is_locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return True
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        return False
else:
    import fcntl

    def _open_folder(folder: Path) -> int | None:
        return _opened(folder)

    def _try_lock(handle: int) -> bool:
        """Lock a folder; return False where another has it, and True where this drive cannot lock folders at all."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def _is_locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # this drive cannot lock it
            return False
        return False
