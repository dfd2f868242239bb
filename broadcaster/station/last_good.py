"""The last good version of every file that a person edits: `state/last-good/`, which outlives a restart.

The desk keeps a copy of what it adopts, and where its folders were; a command that writes a campaign or a script keeps
that one too. Everybody may read them.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broadcaster.errors import InputError, Problem
from broadcaster.files import is_on_another_drive, list_files, read_file, replace_file, share_file
from broadcaster.i18n import _
from broadcaster.tomlfile import decode_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import tzinfo
    from pathlib import Path

LARGEST_SOUND = 16_000_000
"""Bytes of the largest sound that is copied where it cannot be shared: the desk waits for the copy."""


@dataclass(frozen=True, slots=True)
class FolderMark:
    """What is remembered of `scripts/` or `schedules/`."""

    elsewhere: bool = False  # it was on another drive than the station
    away_since: datetime | None = None  # when it was first seen to be away; None: it is there


class LastGood:
    """The copies of one station, whose folder is `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "state" / "last-good"

    def copy_of(self, path: Path) -> Path:
        """Return where the copy of a file, or the copies of a folder, are; whether or not there are any."""
        return self._folder / path.relative_to(self._root)

    def text(self, path: Path) -> str:
        """Return the text of a file's copy; raise InputError if there is none, or it cannot be read."""
        return decode_text(path, read_file(self.copy_of(path)))

    def saved(self, path: Path, zone: tzinfo) -> datetime | None:
        """Return when the version that was copied had been saved; None if there is no copy."""
        try:
            return datetime.fromtimestamp(self.copy_of(path).stat().st_mtime, zone)
        except (OSError, ValueError, OverflowError):
            return None

    def names(self, folder: Path) -> list[str]:
        """Return the names of the copies of a folder's files."""
        try:
            return [path.name for path in list_files(self.copy_of(folder))]
        except InputError:
            return []

    # ---- keeping: every way raises OSError ------------------------------------------------------------------------

    def keep_text(self, path: Path, parse: Callable[[Path, str], object]) -> None:
        """Copy a file whose content `parse` accepts; one that has got a mistake since it was read is left alone."""
        copy = self.copy_of(path)
        try:
            saved = path.stat().st_mtime_ns
            data = read_file(path)
            if data == _bytes_of(copy):
                return
            parse(path, decode_text(path, data))
        except InputError:  # the next reading tells of it
            return
        replace_file(copy, data, lasting=False)  # hundreds at a first start; a torn one is made anew at the next
        os.utime(copy, ns=(saved, saved))

    def keep_sound(self, path: Path) -> None:
        """Share a sound that a script names, which takes no room; across drives copy it, if it is not too large."""
        share_file(path, self.copy_of(path), LARGEST_SOUND)

    def forget_others(self, folder: Path, names: Collection[str]) -> None:
        """Delete the copies of a folder's files that are not among these names: they were deleted or renamed.

        A folder of sounds goes whole, or is gone through itself.
        """
        for name in self.names(folder):
            copy = self.copy_of(folder / name)
            if copy.is_dir() and (folder / name).is_dir():
                self.forget_others(folder / name, {path.name for path in list_files(folder / name)})
            elif copy.is_dir():
                shutil.rmtree(copy)
            elif name not in names:
                copy.unlink(missing_ok=True)

    def keep_none(self, path: Path) -> None:
        """Keep that there is no such file, as an empty copy: one that comes with mistakes changes nothing either."""
        copy = self.copy_of(path)
        if _bytes_of(copy) != b"":
            replace_file(copy, b"", lasting=False)

    # ---- folders --------------------------------------------------------------------------------------------------

    def why_away(self, folder: Path) -> Problem | None:
        """Return why a folder cannot be what a person made of it; None if it is there.

        A drive that is not mounted leaves no folder, or an empty one on the station's own drive.
        """
        try:
            if list_files(folder) or not self.mark(folder).elsewhere or is_on_another_drive(folder, self._root):
                return None
        except InputError as error:
            return error.problems[0]
        except OSError:  # it has just gone
            return Problem(_("there is no such folder"), path=folder)
        return Problem(_("is empty, and no longer on the drive where it was"), _("plug that drive in"), folder)

    def mark(self, folder: Path) -> FolderMark:
        """Return what is remembered of a folder."""
        try:
            found = self._marks()[folder.name]
            since = found["away_since"]
            return FolderMark(bool(found["elsewhere"]), datetime.fromisoformat(since) if since else None)
        except (KeyError, TypeError, ValueError):
            return FolderMark()

    def mark_there(self, folder: Path) -> None:
        """Remember that a folder is there, and whether it is on another drive; raise OSError if that fails."""
        self._write_mark(folder, FolderMark(is_on_another_drive(folder, self._root)))

    def mark_away(self, folder: Path, since: datetime) -> None:
        """Remember since when a folder is away; raise OSError if that fails."""
        self._write_mark(folder, FolderMark(self.mark(folder).elsewhere, since))

    def _write_mark(self, folder: Path, mark: FolderMark) -> None:
        if self.mark(folder) == mark and folder.name in self._marks():
            return
        marks = self._marks() | {folder.name: asdict(mark)}
        replace_file(self._folder / "folders.json", json.dumps(marks, default=datetime.isoformat).encode())

    def _marks(self) -> dict[str, Any]:
        try:
            marks = json.loads(read_file(self._folder / "folders.json"))
        except (InputError, ValueError):
            return {}
        return marks if isinstance(marks, dict) else {}


def _bytes_of(copy: Path) -> bytes | None:
    try:
        return read_file(copy)
    except InputError:
        return None
