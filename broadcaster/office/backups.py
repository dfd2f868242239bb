"""Backups of a station's play history, and one put back while no desk runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.i18n import _
from broadcaster.office.wording_audit import summary_text
from broadcaster.playout.daemon import only_one
from broadcaster.records.backup import FOLDER, BrokenBackupError, back_up, restore

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.records.backup import Restored
    from broadcaster.records.verify_report import VerifyReport
    from broadcaster.station.folder import Station


def make_backup(station: Station, out: Path | None) -> tuple[Path, VerifyReport]:
    """Copy the play history to `out`, or to a dated file in backups/; return the path and what a check of it found."""
    target = out or station.root / FOLDER / f"broadcaster-{station.now():%Y-%m-%dT%H%M%S}.db"
    if target.resolve() == station.ledger_path:
        raise InputError(Problem(_("this is the play history itself"), _("name another file"), target))
    return target, back_up(station.ledger_path, target)


def restore_backup(station: Station, backup: Path, name: str, *, give_up_newer: bool) -> Restored:
    """Put a backup back in a person's name; raise PlayoutError while a desk runs, else as `records.backup.restore`."""
    with only_one(station):
        try:
            return restore(backup, station.ledger_path, name, station.now(), give_up_newer=give_up_newer)
        except BrokenBackupError as error:
            raise RecordError(f"{error}: {summary_text(error.report)}") from error
