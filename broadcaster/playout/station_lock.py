"""The station's lock: whoever holds it airs the station, and the system frees it at any death.

It says whether a desk runs. The heartbeat only says when it last did, and what was on then.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.station.folder import Station

PATIENCE = 1.0
"""Seconds to wait for the lock: somebody who only looks whether it is held has it for a moment."""


def lock_path(station: Station) -> Path:
    """Return the path of the lock file."""
    return station.state_folder / "daemon.lock"


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
