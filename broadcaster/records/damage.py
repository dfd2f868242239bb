"""A damaged ledger: found at start, kept, and replaced by a new one with its good rows; the station keeps airing.

Every row up to the first bad one is copied unchanged, with its number and hash, so that checkpoints stay valid. Then
comes a row that names the damaged file and its last good head, and then the later rows that can still be read, entered
again with their time and old number: approvals stay, and nothing airs twice.
"""

# ruff: noqa: S608 - the queries are put together from constants
from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.records.backup import aside, finish_swap, remove, swap, unfinished
from broadcaster.records.ledger import Entry, Head, Kind, Ledger, row_hash
from broadcaster.records.schema import BUSY_TIMEOUT, MIGRATIONS, applied, connect, differences, prepare, reading, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE = timedelta(seconds=5)
"""Time limit for SQLite's own integrity check at start; a ledger of some years takes less."""

TAIL = 1000
"""How many of the last rows are checked against their hashes at start."""

_COLUMNS = "seq, at, kind, occurrence, actor, body, prev_hash, hash"
_MOST_MISSES = 20_000
_BATCH = 500
_BAD = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}

Record = tuple[Any, ...]
"""The columns of a row, as they are in the file."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was found and done: the damage, where the file is now, its last good row, how many later ones were saved."""

    reason: str
    kept: Path
    good: Head
    saved: int

    def __str__(self) -> str:
        """Return it as one sentence."""
        text = _(
            "the play history is damaged ({reason}). The station goes on in a new file: {rows} rows were "
            "copied unchanged, {saved} later ones entered again. The damaged file is kept: {kept}"
        )
        return text.format(reason=self.reason, rows=self.good.seq, saved=self.saved, kept=self.kept)


def rescue(path: Path, at: datetime) -> Damage | None:
    """Replace the ledger at `path` by a new one if it is damaged; return None if it is sound or missing.

    For the daemon, before it opens the ledger. Raises RecordError if the new one cannot be made, or if the ledger
    cannot be read for another reason.
    """
    finish_swap(path)
    if not path.exists() or not (reason := find_damage(path)):
        return None
    kept, new = aside(path, "damaged", at), unfinished(path)
    remove(new)
    good, later = _copy_good_rows(path, new)
    body = {"file": kept.name, "rows": good.seq, "head": good.hash, "saved": len(later), "reason": reason}
    with told(new), Ledger.open(new, checkpoints=True) as ledger:
        ledger.append([Entry(Kind.LEDGER_DAMAGED, "daemon", at, None, body)])
        for start in range(0, len(later), _BATCH):
            _enter(ledger, later[start : start + _BATCH])
    swap(path, kept)
    return Damage(reason, kept, good, len(later))


# ---- finding -------------------------------------------------------------------------------------------------------


def find_damage(path: Path, patience: timedelta = PATIENCE) -> str:
    """Return what is wrong with the ledger, "" if nothing is found within `patience`; an empty file counts as new.

    Raises RecordError if it cannot be read for another reason: in use, not allowed, newer.
    """
    try:
        with reading(path) as connection:
            return _quick_check(connection, patience) or _shape(connection, path) or _tail(connection)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)  # none: text that is no longer UTF-8
        if code is None or code & 0xFF in _BAD:
            return str(error)
        with told(path):
            raise


def _quick_check(connection: sqlite3.Connection, patience: timedelta) -> str:
    """Run SQLite's own check; if it takes longer than `patience`, trust the part that was checked."""
    deadline = time.monotonic() + patience.total_seconds()
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 100_000)
    try:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return ""
    finally:
        connection.set_progress_handler(None, 0)
    return "" if answer == "ok" else str(answer)


def _shape(connection: sqlite3.Connection, path: Path) -> str:
    known, seen = {name for name, _statements in MIGRATIONS}, applied(connection)
    if not seen:
        return "" if path.stat().st_size == 0 else _("it is not a play history")
    if seen - known:  # a newer version: refused when it is opened
        return ""
    wrong = differences(connection)
    return _("its guards are gone: {names}").format(names=", ".join(wrong)) if wrong else ""


def _tail(connection: sqlite3.Connection) -> str:
    if not applied(connection):
        return ""
    query = f"SELECT {_COLUMNS} FROM ledger ORDER BY seq DESC LIMIT {TAIL}"
    rows = connection.execute(query).fetchall()[::-1]
    before = Head(rows[0][0] - 1, rows[0][6]) if rows else Head()
    for row in rows:
        if not _follows(before, row):
            return _("row {seq} does not fit its hash").format(seq=row[0])
        before = Head(row[0], row[7])
    return ""


def _follows(before: Head, row: Record) -> bool:
    return bool(row[0] == before.seq + 1 and row[6] == before.hash and _is_as_written(row))


def _is_as_written(row: Record) -> bool:
    seq, at, kind, occurrence, actor, body, prev, digest = row
    return row_hash(prev, seq, at, kind, occurrence, actor, body) == str(digest)


# ---- saving --------------------------------------------------------------------------------------------------------


def _copy_good_rows(path: Path, new: Path) -> tuple[Head, list[Record]]:
    """Copy the rows of `path` into `new` up to the first bad one; return the last good head and later whole rows."""
    Ledger.open(new, checkpoints=True).close()
    with told(new), closing(connect(new, read_only=False, busy_timeout=BUSY_TIMEOUT)) as target:
        prepare(target, checkpoints=True)
        try:
            with reading(path) as source:
                good = _copy_prefix(source, target)
                return good, [row for row in _readable(source, good.seq) if _is_as_written(row)]
        except sqlite3.DatabaseError:  # not even its schema can be read
            return _head(target), []


def _copy_prefix(source: sqlite3.Connection, target: sqlite3.Connection) -> Head:
    head = Head()
    target.execute("BEGIN IMMEDIATE")
    for row in _readable(source, 0):
        if not _follows(head, row):
            break
        try:
            target.execute(f"INSERT INTO ledger ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:  # correctly chained, but never written by this program: such as a second outcome
            break
        head = Head(row[0], row[7])
    target.execute("COMMIT")
    return head


def _head(connection: sqlite3.Connection) -> Head:
    if connection.in_transaction:
        connection.execute("COMMIT")
    found = connection.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(*found) if found else Head()


def _readable(source: sqlite3.Connection, after: int) -> Iterator[Record]:
    """Yield the rows after row `after`, without those that cannot be read."""
    misses = 0
    while misses < _MOST_MISSES:
        query = f"SELECT {_COLUMNS} FROM ledger NOT INDEXED WHERE seq > ? ORDER BY seq"
        try:
            for row in source.execute(query, (after,)):
                yield row
                after = row[0]
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return
            after, misses = after + 1, misses + 1
        else:
            return


def _enter(ledger: Ledger, rows: Sequence[Record]) -> None:
    """Append rows again, together if possible; one that is already there, or is refused, is left out."""
    try:
        ledger.append([_again(row) for row in rows])
    except (RecordError, ValueError):
        if len(rows) > 1:
            for row in rows:
                _enter(ledger, [row])


def _again(row: Record) -> Entry:
    seq, at, kind, occurrence, actor, body, _prev, _hash = row
    return Entry(Kind(kind), actor, datetime.fromisoformat(at), occurrence, json.loads(body) | {"saved_from": seq})
