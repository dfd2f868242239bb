"""A spare file that is deleted when the disk is full, so that the play history can be written for a while longer.

Nothing here raises: a full or broken disk must not keep the desk from starting.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Self

from broadcaster.files import drive_of, is_on_another_drive
from broadcaster.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.station.folder import Station

SIZE = 4 * 1024 * 1024
"""Bytes; room for some weeks of ledger rows."""

ROOM = 256 * 1024
"""Bytes that a start needs: the play history's own files, a heartbeat, a log."""

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What the system says where a disk, or what this user may have of it, is full."""


class Ballast:
    """The spare file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, station: Station) -> Self:
        """Return the ballast of a station: on the play history's own disk, because room elsewhere does not help it."""
        try:
            elsewhere = is_on_another_drive(station.state_folder, station.root)
        except OSError:  # `state/` is still to be made
            elsewhere = False
        return cls(station.root / ".ballast" if elsewhere else station.state_folder / "ballast")

    def fill(self) -> None:
        """Create the file if it is missing and the disk has ten times its size free."""
        try:
            if not self._path.exists() and shutil.disk_usage(self._path.parent).free > 10 * SIZE:
                self._path.write_bytes(bytes(SIZE))
        except OSError:  # the disk filled up meanwhile, or cannot be written: there will be no ballast
            self.free()

    def free(self) -> bool:
        """Delete the file; return whether there was one."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True


def make_room(station: Station) -> str:
    """Free the ballast if the disk of the play history has no room for a start; return what to tell, or ""."""
    if not is_full(station.root):
        return ""
    if Ballast.of(station).free():
        return _("the ballast file was freed: {disk}").format(disk=full_disk_text(station.root))
    return full_disk_text(station.root)


def is_full(folder: Path) -> bool:
    """Return whether a folder's disk, or what this user may have of it, has no room for a start; tried by writing."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno in FULL
    return False


def full_disk_text(path: Path) -> str:
    """Return which disk is full and what helps, in the active language; `path` is what could not be written."""
    text = _("the disk that is mounted at {drive} is full: make room on it; room on another disk does not help")
    return text.format(drive=drive_of(path))
