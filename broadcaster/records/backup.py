"""Backups of the play history, and restoring one: into a new file that is checked before it replaces the old one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.files import make_folder, move_file
from broadcaster.i18n import _
from broadcaster.records.ledger import Entry, Head, Kind, Ledger
from broadcaster.records.schema import reading, told
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.verify_report import VerifyReport

FOLDER = "backups"
"""Where a station keeps its backups, unless another place is named."""

_HELPERS = ("-wal", "-shm", "-journal")
"""The helper files that SQLite keeps beside a database."""


class BrokenBackupError(RecordError):
    """A backup is not restored, because it is not whole: `report` says why."""

    def __init__(self, backup: Path, report: VerifyReport) -> None:
        super().__init__(_("{path}: is not whole and is not restored").format(path=backup))
        self.report = report


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the last row of the new history, and how many rows only the old file has, which is kept."""

    head: Head
    lost: int | None  # rows that only the old file has; None: it could not be read
    kept: Path | None  # the old file; None: there was none


# ---- copies --------------------------------------------------------------------------------------------------------


def copy_ledger(source: Path, target: Path) -> None:
    """Copy a ledger as it is now into the new file `target`, also while the daemon writes to it.

    Raises RecordError if one of them cannot be used; `target` is removed then.
    """
    if not source.exists():
        raise RecordError(_("{path}: there is no play history yet").format(path=source))
    remove(target)
    make_folder(target.parent)
    try:
        with told(source), reading(source) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except BaseException:
        remove(target)
        raise


def back_up(source: Path, target: Path) -> VerifyReport:
    """Copy the ledger to `target`, which only a complete copy replaces; return the result of checking the copy."""
    new = unfinished(target)
    copy_ledger(source, new)
    report = verify(new)
    move_file(new, target)
    return report


# ---- swapping ------------------------------------------------------------------------------------------------------


def unfinished(path: Path) -> Path:
    """Return the path under which a replacement of `path` is written."""
    return path.with_name(f".{path.name}.new")


def aside(path: Path, label: str, at: datetime) -> Path:
    """Return the dated path under which an old ledger is kept: `broadcaster-replaced-2027-05-03T081500.db`."""
    return path.with_name(f"{path.stem}-{label}-{at:%Y-%m-%dT%H%M%S}{path.suffix}")


def swap(path: Path, kept: Path | None) -> None:
    """Move the ledger at `path` to `kept`, and the new file, which is complete now, to `path`.

    Nobody may write to it meanwhile. SQLite's helper files are moved first: one that stayed would be taken for the new
    file's. A power cut in between leaves only the complete new file; `finish_swap` ends the swap at the next start.
    """
    for helper in _HELPERS:
        beside = path.with_name(path.name + helper)
        if beside.exists() and kept is not None:
            move_file(beside, kept.with_name(kept.name + helper))
    if kept is not None:
        move_file(path, kept)
    move_file(unfinished(path), path)


def finish_swap(path: Path) -> None:
    """Finish a swap that a power cut interrupted after the old ledger had been moved."""
    if not path.exists() and unfinished(path).exists():
        move_file(unfinished(path), path)


def remove(path: Path) -> None:
    """Remove an incomplete ledger and its helper files."""
    for name in (path.name, *(path.name + helper for helper in _HELPERS)):
        path.with_name(name).unlink(missing_ok=True)


# ---- restore -------------------------------------------------------------------------------------------------------


def restore(backup: Path, path: Path, actor: str, at: datetime, *, give_up_newer: bool = False) -> Restored:
    """Replace the ledger at `path`, which is kept under a dated name, by `backup`; no daemon may run.

    The last row of the new ledger says so. Raises BrokenBackupError if the backup is not whole, InputError if the
    ledger has rows that the backup lacks and `give_up_newer` is not set.
    """
    finish_swap(path)
    report = verify(backup)
    if not report.chain_ok:
        raise BrokenBackupError(backup, report)
    lost = _lost(backup, path)
    if lost and not give_up_newer:
        what = _("the station's play history has {count} rows that this backup lacks").format(count=lost)
        todo = _("take a newer backup; or say --give-up-newer, and the present file is kept in the same folder")
        raise InputError(Problem(what, todo, backup))
    kept = aside(path, "replaced", at) if path.exists() else None
    new = unfinished(path)
    copy_ledger(backup, new)
    body = {"source": backup.name, "rows": report.rows, "head": report.head.hash, "lost": lost}
    entry = Entry(Kind.RESTORED, actor, at, None, body | ({"file": kept.name} if kept else {}))
    with Ledger.open(new, create=False, checkpoints=True) as ledger:
        ledger.append([entry])
        head = ledger.head()
    if not verify(new).chain_ok:
        remove(new)
        raise RecordError(_("{path}: the restored copy is not whole; nothing was changed").format(path=path))
    swap(path, kept)
    return Restored(head, lost, kept)


def _lost(backup: Path, path: Path) -> int | None:
    """Return how many rows of the ledger at `path` the backup lacks; None if that ledger cannot be read."""
    if not path.exists():
        return 0
    try:
        with told(path), reading(path) as here, reading(backup) as there:
            last = _last(here)
            return last - _common(here, there, min(last, _last(there)))
    except RecordError:
        return None


def _common(here: sqlite3.Connection, there: sqlite3.Connection, last: int) -> int:
    """Return the last row that both chains have in common: if hashes agree at a row, all rows before it agree."""
    low = 0
    while low < last:
        middle = (low + last + 1) // 2
        if _hash(here, middle) == _hash(there, middle):
            low = middle
        else:
            last = middle - 1
    return low


def _last(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM ledger").fetchone()[0])


def _hash(connection: sqlite3.Connection, seq: int) -> object:
    return connection.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
