"""Whether an open ledger still lies where it was opened: what is written to a deleted file, nobody finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PARTS = ("", "-wal", "-shm")
"""The file and what SQLite keeps beside it while it is open: with any of them gone, others read and write elsewhere."""

Place = tuple[int, int]
"""The file system and the number of a file in it."""


class FilePlaces:
    """The files of a ledger that this process has open and has written to, as they are when this is made."""

    def __init__(self, path: Path) -> None:
        self._paths = [path.with_name(path.name + part) for part in _PARTS]
        self._there = self._look()
        self._away = False

    def have_moved(self) -> bool:
        """Whether a file was not the one that was opened, at this look and at the last: one may be a mistake."""
        was_away, self._away = self._away, self._look() != self._there
        return was_away and self._away

    def _look(self) -> list[Place | None]:
        return [_place(path) for path in self._paths]


def _place(path: Path) -> Place | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
