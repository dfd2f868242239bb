"""What is wrong with a ledger's file: torn, cut short, without its last rows, not to be written to, or gone.

`rescue.py` goes on from there.
"""

# ruff: noqa: S608 - the queries are put together from constants
from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import _
from broadcaster.records.file_check import index_in, integrity, other_types
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Head, row_hash
from broadcaster.records.ledger_queries import COLUMNS
from broadcaster.records.opening import applied, differences, is_newer
from broadcaster.records.schema import connect, reading, told

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.records.head_file import KnownHead

PATIENCE = timedelta(seconds=5)
"""Time limit for SQLite's own integrity check at start; a ledger of some years takes less."""

TAIL = 1000
"""How many of the last rows are checked against their hashes at start."""

_SMALLEST = 512
"""Bytes of the smallest database: one page."""

_TOLD = "SELECT 1 FROM ledger WHERE kind IN (?, ?) AND json_extract(body, '$.last.hash') = ? LIMIT 1"
_BAD = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
_NOT_WRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}

Record = tuple[Any, ...]
"""The columns of a row, as they are in the file."""


class HarmKind(StrEnum):
    """What can befall the file of a play history."""

    DAMAGED = "damaged"  # parts of it cannot be read, or are not as they were written
    GONE = "gone"  # there is no history where one was
    SHORTENED = "shortened"  # whole, but without its last rows: a deleted log, an older copy put in its place
    EXCHANGED = "exchanged"  # whole, but not the history that was here
    READ_ONLY = "read-only"  # it can be read and not be written to
    MOVED = "moved"  # deleted, or another put in its place, while the desk had it open


@dataclass(frozen=True, slots=True)
class Harm:
    """What befell the file, and the detail in words, "" where the kind says all."""

    kind: HarmKind
    detail: str = ""


# ---- looking -------------------------------------------------------------------------------------------------------


def find_harm(
    path: Path, known: KnownHead | None = None, patience: timedelta = PATIENCE, *, indexes: bool = True
) -> Harm | None:
    """Return what befell the ledger; None where nothing is found within `patience`, or where none is expected yet.

    `indexes` as for `find_damage`. `known` is the last row that was written. A file without any table is no history
    yet: a first start that was cut off leaves one. Raises RecordError if it cannot be read for another reason: in use,
    not allowed, newer.
    """
    if is_blank(path):
        return Harm(HarmKind.GONE) if known else None
    if damage := find_damage(path, patience, indexes=indexes):
        return Harm(HarmKind.DAMAGED, damage)
    return _compare(path, known) if known else None


def lacks_rows(path: Path, known: KnownHead | None) -> bool:
    """Whether the ledger lacks rows that it had, by its last row that is `known`; None: nothing is known.

    Reads one row: for whoever is about to write, and would make that row the last one that is known.
    """
    return known is not None and (is_blank(path) or _compare(path, known) is not None)


def is_blank(path: Path) -> bool:
    """Whether there is no file, or one without any table: what a first start leaves that was cut off.

    Only SQLite opens the file: whoever closes another handle of it takes away the locks of all connections of this
    process, and the next program to leave would fold in the write-ahead log and delete it under the running desk.
    """
    size = path.stat().st_size if path.exists() else 0
    if size < _SMALLEST:  # SQLite takes a few bytes of anything for an empty database
        return size == 0
    try:
        with reading(path) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    except (sqlite3.DatabaseError, OSError):  # whatever that is, it is something
        return False


def _compare(path: Path, known: KnownHead) -> Harm | None:
    with told(path), reading(path) as connection:
        found = connection.execute("SELECT hash FROM ledger WHERE seq = ?", (known.seq,)).fetchone()
        if found == (known.hash,):
            return None
        # mended or restored since: a row says that the history ended with that row before
        if connection.execute(_TOLD, (Kind.LEDGER_DAMAGED, Kind.RESTORED, known.hash)).fetchone():
            return None
    return Harm(HarmKind.EXCHANGED if found else HarmKind.SHORTENED)


def find_read_only(path: Path) -> Harm | None:
    """Return the harm where the ledger exists and nothing can be written to it; for whoever is about to write."""
    if not path.exists():
        return None
    try:
        with closing(connect(path, read_only=False, busy_timeout=timedelta())) as connection:
            connection.execute("BEGIN IMMEDIATE")  # which SQLite lets pass where nothing can be written
            connection.execute("PRAGMA user_version = 0")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return Harm(HarmKind.READ_ONLY, str(error)) if error.sqlite_errorcode & 0xFF in _NOT_WRITABLE else None
    return None


def may_be_harm(error: BaseException) -> bool:
    """Whether what was raised while a ledger was used may come from harm to its file."""
    cause = error.__cause__
    if not isinstance(cause, sqlite3.Error):
        return False
    code = getattr(cause, "sqlite_errorcode", None)  # none: text that is no longer UTF-8, or a closed connection
    return code is None or code & 0xFF in _BAD | _NOT_WRITABLE


def find_damage(path: Path, patience: timedelta = PATIENCE, *, indexes: bool = True) -> str:
    """Return what is wrong with the ledger, "" if nothing is found within `patience`.

    Whether `indexes` hold what the table holds takes four times as long as all the rest, and is left to the desk.
    Raises RecordError if it cannot be read for another reason: in use, not allowed, newer.
    """
    try:
        with reading(path) as connection:
            deadline = time.monotonic() + patience.total_seconds()
            return (
                _file(connection, patience, quick=True)
                or _shape(connection)
                or _tail(connection)
                or (_file(connection, timedelta(seconds=deadline - time.monotonic())) if indexes else "")
            )
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)  # none: text that is no longer UTF-8
        if code is None or code & 0xFF in _BAD:
            return str(error)
        with told(path):
            raise


def _file(connection: sqlite3.Connection, patience: timedelta, *, quick: bool = False) -> str:
    """Run SQLite's own check; if it takes longer than `patience`, trust the part that was checked."""
    faults = integrity(connection, patience, quick=quick)
    if not faults:
        return ""
    if rows := len({seq for seq, _column in _other_types(connection)}):
        return _("rows hidden from queries by the type of their values: {count}").format(count=rows)
    if names := sorted({name for fault in faults if (name := index_in(fault))}):
        return _("indexes do not hold what the table holds: {names}").format(names=", ".join(names))
    return faults[0]


def _other_types(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    try:
        return list(other_types(connection))
    except sqlite3.DatabaseError:  # torn as well, or no ledger
        return []


def _shape(connection: sqlite3.Connection) -> str:
    seen = applied(connection)
    if not seen:
        return _("it is not a play history")
    if is_newer(seen):  # refused when it is opened
        return ""
    wrong = differences(connection)
    if names := ", ".join(found.name for found in wrong if not found.too_many):
        return _("its guards are gone: {names}").format(names=names)
    if names := ", ".join(found.name for found in wrong):
        return _("it has what does not belong there: {names}").format(names=names)
    return ""


def _tail(connection: sqlite3.Connection) -> str:
    if not applied(connection):
        return ""
    query = f"SELECT {COLUMNS} FROM ledger ORDER BY seq DESC LIMIT {TAIL}"
    rows = connection.execute(query).fetchall()[::-1]
    before = Head(rows[0][0] - 1, rows[0][6]) if rows else Head()
    for row in rows:
        if not follows(before, row):
            return _("row {seq} does not fit its hash").format(seq=row[0])
        before = Head(row[0], row[7])
    return ""


def follows(before: Head, row: Record) -> bool:
    """Return whether a row is the next one after `before`, as it was written."""
    return bool(row[0] == before.seq + 1 and row[6] == before.hash and is_as_written(row))


def is_as_written(row: Record) -> bool:
    """Return whether a row fits its own hash."""
    seq, at, kind, occurrence, actor, body, prev, digest = row
    return row_hash(prev, seq, at, kind, occurrence, actor, body) == str(digest)
