"""Backups of the play history, and restoring one: into a new file that is checked before it replaces the old one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.files import make_folder, move_file
from broadcaster.i18n import _
from broadcaster.records.head_file import HeadFiles, KnownHead
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Head, Ledger
from broadcaster.records.ledger_queries import latest_hour
from broadcaster.records.schema import reading, told
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from broadcaster.records.verify_report import VerifyReport

_HELPERS = ("-wal", "-shm", "-journal")
"""The helper files that SQLite keeps beside a database. Only the first and the last may hold rows."""


class BrokenBackupError(RecordError):
    """A backup is not restored, because it is not whole: `report` says why."""

    def __init__(self, backup: Path, report: VerifyReport) -> None:
        super().__init__(_("{path}: is not whole and is not restored").format(path=backup))
        self.report = report


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the last row of the new history, and how many rows were given up."""

    head: Head
    lost: int | None  # rows that were written and that the backup lacks; None: the old file could not be read
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
            vacuum_into(connection, target)
    except BaseException:
        remove(target)
        raise


def vacuum_into(connection: sqlite3.Connection, target: Path) -> None:
    """Copy what a connection reads into the new file `target`, and wait until the disk has it."""
    connection.execute("VACUUM INTO ?", (str(target),))
    with target.open("rb+") as file:
        os.fsync(file.fileno())


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


def swap(path: Path, kept: Path) -> None:
    """Move the ledger at `path`, if there is one, to `kept`, and the new file, which is complete now, to `path`.

    Nobody may write to it meanwhile. SQLite's helper files go first, with it where they may hold rows: one that stayed
    would be taken for the new file's. A power cut in between leaves only the complete new file; `finish_swap` ends the
    swap at the next start.
    """
    for part in (*_HELPERS, ""):
        beside = path.with_name(path.name + part)
        if part == "-shm" or (part and beside.exists() and not beside.stat().st_size):
            beside.unlink(missing_ok=True)
        elif beside.exists():
            move_file(beside, kept.with_name(kept.name + part))
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


@dataclass(frozen=True, slots=True)
class _GivenUp:
    """What a restore gives up: rows that were written and that the backup lacks."""

    count: int | None = 0  # None: not known
    in_file: int = 0  # how many of them are still in the present file
    since: str | None = None  # up to when the backup lacks nothing: mostly, when its last row was written
    last: KnownHead | None = None  # the last row that was written

    @property
    def body(self) -> dict[str, Any]:
        """The facts as the row `restored` holds them: up to when there were rows that are no longer there."""
        facts: dict[str, Any] = {"lost": self.count}
        if self.count != 0:
            facts |= {"since": self.since} | ({"last": self.last.body} if self.last is not None else {})
        return facts


def restore(
    backup: Path,
    path: Path,
    actor: str,
    at: datetime,
    *,
    give_up_newer: bool = False,
    heads: HeadFiles | None = None,
    more: Sequence[Entry] = (),
) -> Restored:
    """Replace the ledger at `path`, which is kept under a dated name, by `backup`; no daemon may run.

    A row at the end of the new ledger says so, and up to when it gives rows up; `more` rows come after it. Raises
    BrokenBackupError if the backup is not whole, InputError if the ledger has rows that the backup lacks and
    `give_up_newer` is not set.
    """
    finish_swap(path)
    heads = heads or HeadFiles()
    report = verify(backup)
    if not report.chain_ok:
        raise BrokenBackupError(backup, report)
    given_up = _given_up(backup, path, heads.read())
    if given_up.in_file and not give_up_newer:
        what = _("the station's play history has {count} rows that this backup lacks").format(count=given_up.in_file)
        todo = _("take a newer backup; or say --give-up-newer, and the present file is kept in the same folder")
        raise InputError(Problem(what, todo, backup))
    kept, new = aside(path, "replaced", at), unfinished(path)
    was_there = path.exists()
    copy_ledger(backup, new)
    body = {"source": backup.name, "rows": report.rows, "head": report.head.hash} | given_up.body
    entry = Entry(Kind.RESTORED, actor, at, None, body | ({"file": kept.name} if was_there else {}))
    with Ledger.open(new, create=False, checkpoints=True) as ledger:
        row = ledger.append([entry, *more])[-1]
    if not verify(new).chain_ok:
        remove(new)
        raise RecordError(_("{path}: the restored copy is not whole; nothing was changed").format(path=path))
    swap(path, kept)
    heads.write(row.known)
    return Restored(Head(row.seq, row.hash), given_up.count, kept if was_there else None)


def _given_up(backup: Path, path: Path, known: KnownHead | None) -> _GivenUp:
    """Return which rows of the ledger at `path` the backup lacks, or of the one whose last row was `known`."""
    try:
        with told(backup), reading(backup) as there:
            if not path.exists():
                return _beyond(there, known)
            with told(path), reading(path) as here:
                last = _last(here)
                common = _common(here, there, min(last, _last(there)))
                since, in_file = _since(here, there, common), last - common
                if known is not None and known.seq > last:  # the file had lost rows already
                    return _GivenUp(known.seq - common, in_file, since, known)
                return _GivenUp(in_file, in_file, since, _known(here, last))
    except RecordError:
        with told(backup), reading(backup) as there:
            return _GivenUp(None, since=_at(there, _last(there)), last=known)


def has_all_rows(path: Path, of: Path) -> bool:
    """Whether the ledger at `path` has every row `of` another, which it does where it has the last one."""
    try:
        with told(of), reading(of) as other, reading(path) as ledger:
            last = _last(other)
            return _hash(ledger, last) == _hash(other, last)
    except RecordError:
        return False


def _beyond(there: sqlite3.Connection, known: KnownHead | None) -> _GivenUp:
    """Return what the backup lacks of a ledger that is gone, and of which at most the last row is known."""
    last = _last(there)
    if known is None:
        return _GivenUp(None, since=_at(there, last))
    if _hash(there, known.seq) == (known.hash,):
        return _GivenUp()
    return _GivenUp(max(0, known.seq - last), 0, _at(there, last), known)


def _since(here: sqlite3.Connection, there: sqlite3.Connection, common: int) -> str | None:
    """Return up to when the backup `there` lacks nothing: it may go on after the row `common` in its own way.

    Then it was made before an older one was put back, and has the rows that were lost by that; not so where a clock
    that was set back has written rows of that time again.
    """
    ends = filter(None, (_at(there, _last(there)), _at(here, common + 1)))
    return min(ends, key=datetime.fromisoformat) if _last(there) > common else _at(there, common)


def _known(connection: sqlite3.Connection, seq: int) -> KnownHead | None:
    found = connection.execute("SELECT seq, hash, at, kind FROM ledger WHERE seq = ?", (seq,)).fetchone()
    if found is None:
        return None
    return KnownHead(found[0], found[1], datetime.fromisoformat(found[2]), found[3], latest_hour(connection))


def _at(connection: sqlite3.Connection, seq: int) -> str | None:
    found = connection.execute("SELECT at FROM ledger WHERE seq = ?", (seq,)).fetchone()
    return str(found[0]) if found else None


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
