"""The daily backups: one dated copy of the play history a day, checked as it is made, the oldest removed."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.files import make_folder, move_file
from broadcaster.i18n import _
from broadcaster.records.backup import copy_ledger, has_all_rows, remove, unfinished
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from broadcaster.records.verify_report import VerifyReport

SPARE_BYTES = 50_000_000
"""What a backup leaves free on its disk, where the history itself may lie."""

_NAME = re.compile(r"broadcaster-(\d{4}-\d\d-\d\d)(T\d{6})?(-not-whole)?\.db")


@dataclass(frozen=True, slots=True)
class DailyBackup:
    """One day's copy, or one that a person made. `is_whole` is what the check found when it was made."""

    path: Path
    day: date
    is_whole: bool
    by_hand: bool = False  # a person's: never removed, and no day's backup


def daily_backups(folders: Iterable[Path]) -> list[DailyBackup]:
    """Return the daily backups in these folders, the newest first; a folder that is not there has none."""
    return [backup for backup in all_backups(folders) if not backup.by_hand]


def all_backups(folders: Iterable[Path]) -> list[DailyBackup]:
    """Return the daily backups in these folders, and those that persons made there, the newest first."""
    paths = (path for folder in folders if folder.is_dir() for path in folder.iterdir())
    found = [backup for path in paths if (backup := _read_name(path)) is not None]
    return sorted(found, key=lambda backup: (backup.day, backup.is_whole, backup.path.name), reverse=True)


def _read_name(path: Path) -> DailyBackup | None:
    match = _NAME.fullmatch(path.name)
    try:
        day = date.fromisoformat(match[1]) if match else None
    except ValueError:  # such as the 31st of February
        return None
    return DailyBackup(path, day, match[3] is None, by_hand=match[2] is not None) if match and day else None


def make_daily_backup(source: Path, folder: Path, day: date, keep: int) -> tuple[DailyBackup, VerifyReport]:
    """Copy the ledger into `folder` under the name of `day`, check the copy, and keep so many days.

    A copy that is not whole is named so, and takes no whole one's place. One of a later day was made by a wrong clock,
    and goes if the new one has all its rows: else it would pass for the newest. Raises RecordError
    if it cannot be made.
    """
    _make_room(source, folder)
    new = unfinished(folder / f"broadcaster-{day}.db")
    copy_ledger(source, new)
    report = verify(new)
    done = DailyBackup(folder / f"broadcaster-{day}{'' if report.chain_ok else '-not-whole'}.db", day, report.chain_ok)
    move_file(new, done.path)
    if done.is_whole:
        _remove_later_ones(folder, done)
    _remove_oldest(folder, keep)
    return done, report


def _make_room(source: Path, folder: Path) -> None:
    """Remove what earlier tries left half made; raise RecordError where the disk has no room for a copy."""
    make_folder(folder)
    for left_over in folder.glob(".broadcaster-????-??-??.db.new"):
        remove(left_over)
    if source.exists() and shutil.disk_usage(folder).free < 2 * source.stat().st_size + SPARE_BYTES:
        raise RecordError(_("{path}: the disk has no room for a backup").format(path=folder))


def _remove_later_ones(folder: Path, done: DailyBackup) -> None:
    for backup in daily_backups([folder]):
        if backup.day > done.day and has_all_rows(done.path, backup.path):
            backup.path.unlink()


def _remove_oldest(folder: Path, keep: int) -> None:
    found = daily_backups([folder])
    for is_whole in (True, False):
        for backup in [each for each in found if each.is_whole is is_whole][keep:]:
            backup.path.unlink()
