"""A spare file that is deleted when the disk is full, so that the play history can be written for a while longer."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 4 * 1024 * 1024
"""Bytes; room for some weeks of ledger rows."""


class Ballast:
    """The spare file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self) -> None:
        """Create the file if it is missing and the disk has ten times its size free."""
        if not self._path.exists() and shutil.disk_usage(self._path.parent).free > 10 * SIZE:
            self._path.write_bytes(bytes(SIZE))

    def free(self) -> bool:
        """Delete the file; return whether there was one."""
        if not self._path.exists():
            return False
        self._path.unlink()
        return True
