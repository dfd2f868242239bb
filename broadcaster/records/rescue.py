"""Goes on in a new ledger where the file of the old one came to harm: chained as far as rows are left, and marked.

Every row up to the first bad one is copied unchanged, with its number and hash, so that checkpoints stay valid. Then
comes a row that says what befell the old file, where it is kept, its last good row, and the last row that it is known
to have had; then the later rows that can still be read, entered again with their time and old number: approvals stay,
and nothing airs twice. Rows that the old file lacks are taken from a backup, as far as the chain holds. Where no row is
left at all, the new history begins with the one that says so.
"""

# ruff: noqa: S608 - the queries are put together from constants
from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from broadcaster.errors import RecordError
from broadcaster.records.backup import (
    aside,
    finish_swap,
    remove,
    swap,
    unfinished,
    vacuum_into,
)
from broadcaster.records.damage import (
    Harm,
    HarmKind,
    Record,
    find_harm,
    find_read_only,
    follows,
    is_as_written,
    is_blank,
)
from broadcaster.records.head_file import HeadFiles, KnownHead
from broadcaster.records.identity import KINDS, identity_of
from broadcaster.records.kinds import DESK, Kind
from broadcaster.records.ledger import Entry, Head, Ledger
from broadcaster.records.ledger_queries import INSERT
from broadcaster.records.opening import prepare
from broadcaster.records.schema import BUSY_TIMEOUT, DiskFullError, connect, reading, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from broadcaster.records.ledger import Row

_MOST_MISSES = 20_000
_BATCH = 500
_AS_WRITTEN = (  # whatever type somebody gave the bytes since: the hash tells whether they are the same
    "seq, CAST(at AS TEXT), CAST(kind AS TEXT), NULLIF(CAST(occurrence AS TEXT), ''), CAST(actor AS TEXT), "
    "CAST(body AS TEXT), CAST(prev_hash AS TEXT), CAST(hash AS TEXT)"
)
_READ_AT = f"SELECT {_AS_WRITTEN} FROM ledger NOT INDEXED WHERE seq > ? ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Rescue:
    """What befell a ledger's file at `at`, and how its history goes on."""

    harm: Harm
    at: datetime
    kept: Path | None  # where the old file is now; None: there was none
    good: Head  # the last row that was copied unchanged
    saved: int  # later rows that were entered again
    reached: int  # the number of the last row that was found
    last: KnownHead | None = None  # the last row that is known to have been written; None: not known
    since: datetime | None = None  # when the last good row was written
    source: Path | None = None  # the backup that has some of the good rows; None: all are from the old file

    @property
    def lost(self) -> int | None:
        """How many rows are gone; None where that is not known: nothing is remembered, or less than was found."""
        if self.last is None or self.last.seq < self.reached:
            return None
        return max(0, self.last.seq - self.good.seq - self.saved)

    @property
    def entry(self) -> Entry:
        """The row that marks the place in the new ledger."""
        body: dict[str, Any] = {"harm": str(self.harm.kind), "reason": self.harm.detail}
        body |= {"rows": self.good.seq, "head": self.good.hash, "saved": self.saved, "lost": self.lost}
        body |= {name: path.name for name, path in (("file", self.kept), ("source", self.source)) if path is not None}
        if self.since is not None:
            body["since"] = self.since.isoformat()
        if self.last is not None:
            body["last"] = self.last.body
        return Entry(Kind.LEDGER_DAMAGED, DESK, self.at, None, body)


def rescue(
    path: Path,
    at: datetime,
    heads: HeadFiles | None = None,
    backups: Iterable[Path] = (),
    begun: Callable[[], Entry] | None = None,
) -> Rescue | None:
    """Replace the ledger at `path` by a new one if its file came to harm; None if it is sound, or not begun.

    `backups`, the newest first, may have rows that the file lacks, and where there is no file they say that there was
    one; `begun` makes the first row of a history of which
    the first row is lost. For the daemon, while it does not have the ledger open. Raises RecordError if the new one
    cannot be made, or if the ledger cannot be read for another reason.
    """
    finish_swap(path)
    heads = heads or HeadFiles()
    known, backups = heads.read(), iter(backups)
    newest = list(islice(backups, 1)) if is_blank(path) else []
    harm = _harm_of(path, known) or (Harm(HarmKind.GONE) if newest else None)
    if harm is None:
        return None
    new = unfinished(path)
    remove(new)
    with _readable_file(path) as readable:
        good, since, later, source = _take_over(readable, new, chain(newest, backups))
    done = Rescue(harm, at, _kept(path, harm, at), good, len(later), _last_seq(good, later), known, since, source)
    _take_place(path, done, heads, _complete(new, done, later, begun))
    return done


def rescue_running(
    ledger: Ledger, at: datetime, heads: HeadFiles, backups: Iterable[Path], begun: Callable[[], Entry] | None = None
) -> Rescue | None:
    """Do what `rescue` does for a ledger that the desk has open, whose file cannot be read or written any more."""

    def close_and_rescue(connection: sqlite3.Connection) -> Rescue | None:
        connection.close()
        return rescue(ledger.path, at, heads, backups, begun)

    return ledger.move(close_and_rescue)


def put_back(ledger: Ledger, at: datetime, heads: HeadFiles) -> Rescue:
    """Put the ledger that the desk has open back to its path, from where its file was taken away.

    The system keeps a deleted file for whoever has it open, so no row is lost; rows that a command has written
    meanwhile into a file in its place are entered again. Raises RecordError if that cannot be done.
    """
    return ledger.move(lambda connection: _copy_back(connection, ledger.path, at, heads))


def _copy_back(connection: sqlite3.Connection, path: Path, at: datetime, heads: HeadFiles) -> Rescue:
    new = unfinished(path)
    remove(new)
    with told(path):
        vacuum_into(connection, new)
        good, since = _head(connection)
        later = _rows_of_others(path, connection)
    harm = Harm(HarmKind.MOVED)
    last = KnownHead(good.seq, good.hash, since) if since else None
    done = Rescue(harm, at, _kept(path, harm, at), good, len(later), good.seq, last, since)
    row = _complete(new, done, later)
    connection.close()
    if done.kept is None:
        remove(path)  # the log without its file: its rows are in the new one
    _take_place(path, done, heads, row)
    return done


def _last_seq(good: Head, later: Sequence[Record]) -> int:
    return later[-1][0] if later else good.seq


def _harm_of(path: Path, known: KnownHead | None) -> Harm | None:
    try:
        return find_harm(path, known) or find_read_only(path)
    except RecordError:  # in WAL mode a file that must not be written to may not be readable either
        if harm := find_read_only(path):
            return harm
        raise


@contextmanager
def _readable_file(path: Path) -> Iterator[Path]:
    """Yield `path`; or a copy of it with its log, where SQLite must not make the helper files that reading takes."""
    copy = path.with_name(f".{path.name}.read")
    try:
        with reading(path):
            pass
    except sqlite3.OperationalError:
        if path.exists():
            _copy_bytes(path, copy)
            path = copy
    except sqlite3.DatabaseError:  # told by what was found
        pass
    try:
        yield path
    finally:
        remove(copy)


def _copy_bytes(path: Path, copy: Path) -> None:
    for part in ("", "-wal"):
        if path.with_name(path.name + part).exists():
            shutil.copyfile(path.with_name(path.name + part), copy.with_name(copy.name + part))


def _kept(path: Path, harm: Harm, at: datetime) -> Path | None:
    return aside(path, str(harm.kind), at) if path.exists() else None


def _complete(new: Path, done: Rescue, later: Sequence[Record], begun: Callable[[], Entry] | None = None) -> Row:
    """Mark the new ledger, enter the later rows, and return its last row."""
    first = [begun()] if begun and not done.good.seq else []
    with told(new), Ledger.open(new, checkpoints=True) as ledger:
        mark = ledger.append([*first, done.entry])[-1]
        for start in range(0, len(later), _BATCH):
            _enter(ledger, later[start : start + _BATCH])
        return next(ledger.rows(after_seq=ledger.head().seq - 1), mark)


def _take_place(path: Path, done: Rescue, heads: HeadFiles, last: Row) -> None:
    swap(path, aside(path, str(done.harm.kind), done.at))
    heads.write(last.known)


# ---- saving --------------------------------------------------------------------------------------------------------


def _take_over(
    path: Path, new: Path, backups: Iterable[Path]
) -> tuple[Head, datetime | None, list[Record], Path | None]:
    """Copy the rows of `path` into `new` up to the first bad one, then what a backup has of those that follow.

    Return the last good head, when it was written, the later rows of `path` that are whole, and that backup.
    """
    Ledger.open(new, checkpoints=True).close()
    with told(new), closing(connect(new, read_only=False, busy_timeout=BUSY_TIMEOUT)) as target:
        prepare(target, checkpoints=True)
        _copy_on(path, target)
        source = next((backup for backup in backups if _copy_on(backup, target)), None)
        if source is not None:
            _copy_on(path, target)  # behind the bad rows the chain may go on
        good, since = _head(target)
        return good, since, _later(path, good.seq), source


def _copy_on(path: Path, target: sqlite3.Connection) -> bool:
    """Copy the rows of the ledger at `path` that follow the last row of `target`; return whether there were any."""
    source = _opened(path)
    if source is None:
        return False
    with closing(source):
        return _copy_following(source, target)


def _later(path: Path, after: int) -> list[Record]:
    """Return the rows after row `after` that are as they were written."""
    source = _opened(path)
    if source is None:
        return []
    with closing(source):
        return [row for row in _readable(source, after) if is_as_written(row)]


def _opened(path: Path) -> sqlite3.Connection | None:
    """Return a connection that reads; None where there is nothing that can be read."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        return connect(path, read_only=True, busy_timeout=BUSY_TIMEOUT)
    except sqlite3.DatabaseError:  # its schema is malformed: what of it can be read may be enough
        return _opened_in_spite(path)


def _opened_in_spite(path: Path) -> sqlite3.Connection | None:
    """Return a connection that passes over what SQLite does not understand in the schema; None where that is all."""
    connection = connect(path, read_only=False, busy_timeout=BUSY_TIMEOUT)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA writable_schema = ON")  # also: let a malformed schema pass
        connection.execute("SELECT 1 FROM ledger").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        return None
    return connection


def _copy_following(source: sqlite3.Connection, target: sqlite3.Connection) -> bool:
    first = head = _head(target)[0]
    target.execute("BEGIN IMMEDIATE")
    for row in _readable(source, head.seq):
        if not follows(head, row):
            break
        try:
            target.execute(INSERT, row)
        except sqlite3.IntegrityError:  # correctly chained, but never written by this program: such as a second outcome
            break
        head = Head(row[0], row[7])
    target.execute("COMMIT")
    return head != first


def _head(connection: sqlite3.Connection) -> tuple[Head, datetime | None]:
    found = connection.execute("SELECT seq, hash, at FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    return (Head(found[0], found[1]), datetime.fromisoformat(found[2])) if found else (Head(), None)


def _readable(source: sqlite3.Connection, after: int) -> Iterator[Record]:
    """Yield the rows after row `after`, without those that cannot be read."""
    misses = 0
    while misses < _MOST_MISSES:
        try:
            for row in source.execute(_READ_AT, (after,)):
                yield row
                after = row[0]
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return
            after, misses = after + 1, misses + 1
        else:
            return


def _rows_of_others(path: Path, ours: sqlite3.Connection) -> list[Record]:
    """Return the rows of another ledger at `path` that ours does not have, if it is of the same station."""
    theirs = _opened(path)
    if theirs is None:
        return []
    with closing(theirs):
        query = "SELECT 1 FROM ledger WHERE seq = ? AND hash = ?"
        rows = (row for row in _readable(theirs, 0) if is_as_written(row))
        first = next(rows, None)
        if first is None or not _same_station(first, ours):
            return []
        return [row for row in chain([first], rows) if ours.execute(query, (row[0], row[7])).fetchone() is None]


def _same_station(first: Record, ours: sqlite3.Connection) -> bool:
    """Whether a ledger with this first row is of the same station as ours: begun with it, or under one of its keys.

    Where neither says whose it is, nothing tells them apart.
    """
    if ours.execute("SELECT hash FROM ledger WHERE seq = 1").fetchone() == (first[7],):
        return True
    query = "SELECT seq, kind, body FROM ledger WHERE kind IN (?, ?, ?) ORDER BY seq"
    own = identity_of(ours.execute(query, KINDS).fetchall())
    other = identity_of([(first[0], first[2], first[5])])
    if other is None:
        return own is None
    return other.foreign_to(own.keys if own else ()) is None


def _enter(ledger: Ledger, rows: Sequence[Record]) -> None:
    """Append rows again, together if possible; one that is already there, or is refused, is left out."""
    try:
        ledger.append([_again(row) for row in rows])
    except DiskFullError:
        raise
    except (RecordError, TypeError, ValueError):
        if len(rows) > 1:
            for row in rows:
                _enter(ledger, [row])


def _again(row: Record) -> Entry:
    seq, at, kind, occurrence, actor, body, _prev, _hash = row
    return Entry(Kind(kind), actor, datetime.fromisoformat(at), occurrence, json.loads(body) | {"saved_from": seq})
