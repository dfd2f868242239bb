"""Backups of a station's play history, and one put back while no desk runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.files import move_file
from broadcaster.i18n import _
from broadcaster.office.audit import named_history
from broadcaster.office.wording_audit import summary_text
from broadcaster.playout.station_lock import only_one
from broadcaster.records.backup import BrokenBackupError, back_up, restore
from broadcaster.records.daily_backup import make_daily_backup
from broadcaster.records.damage import is_blank
from broadcaster.station.own_history import restored_rows

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.records.backup import Restored
    from broadcaster.records.daily_backup import DailyBackup
    from broadcaster.records.verify_report import VerifyReport
    from broadcaster.station.folder import Station


def make_backup(station: Station, out: Path | None) -> tuple[Path, VerifyReport]:
    """Copy the play history to `out`, or to a dated file in backups/; return the path and what a check of it found."""
    target = out or station.backups_folder / f"broadcaster-{station.now():%Y-%m-%dT%H%M%S}.db"
    if target.resolve() == station.ledger_path:
        raise InputError(Problem(_("this is the play history itself"), _("name another file"), target))
    report = back_up(station.ledger_path, target)
    if out is None and not report.chain_ok:
        copy, target = target, target.with_stem(f"{target.stem}-not-whole")
        move_file(copy, target)
    return target, report


def make_todays_backup(station: Station) -> tuple[DailyBackup, VerifyReport]:
    """Make the daily backup of today, in place of one that is there; return it and what a check of it found."""
    keep = station.settings.backup.keep
    return make_daily_backup(station.ledger_path, station.daily_backup_folder, station.now().date(), keep)


def _is_new(station: Station) -> bool:
    """Whether the station has, and had, no play history of its own."""
    return is_blank(station.ledger_path) and station.heads.read() is None


def restore_backup(station: Station, backup: Path, name: str, *, give_up_newer: bool) -> Restored:
    """Put a backup back in a person's name; raise PlayoutError while a desk runs, else as `records.backup.restore`.

    Raises InputError where there is no such file.
    """
    named_history(backup)
    with only_one(station):
        try:
            path, now = station.ledger_path, station.now()
            more = restored_rows(station.owner, backup, is_new=_is_new(station))
            return restore(backup, path, name, now, give_up_newer=give_up_newer, heads=station.heads, more=more)
        except BrokenBackupError as error:
            raise RecordError(f"{error}: {summary_text(error.report)}") from error
