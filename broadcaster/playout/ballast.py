"""A file of no use that is given up when the disk is full, so that the record can go on for a while."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 4 * 1024 * 1024
"""Bytes: some weeks of ledger rows."""


class Ballast:
    """The file at `path`, kept while there is room."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self) -> None:
        """Make the file where it is missing and the disk has room to spare."""
        if not self._path.exists() and shutil.disk_usage(self._path.parent).free > 10 * SIZE:
            self._path.write_bytes(bytes(SIZE))

    def free(self) -> bool:
        """Give the file up; tell whether that made room."""
        if not self._path.exists():
            return False
        self._path.unlink()
        return True
