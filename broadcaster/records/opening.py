"""Opens the play history's file: makes or migrates it, and refuses one that is not as this program makes it."""

# ruff: noqa: S608 - the statements are put together from constants
from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.records.schema import MIGRATIONS, connect, reading, told
from broadcaster.records.shape import MIGRATIONS_TABLE, Deviation, compare, is_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import timedelta
    from pathlib import Path

    from sqlite_utils import Database

_FIRST_SHIPPED = 2
"""No released version made a file with fewer migrations: such a file was tampered with."""


def open_checked(
    path: Path, *, read_only: bool = False, checkpoints: bool = False, busy_timeout: timedelta
) -> sqlite3.Connection:
    """Open a ledger, created or migrated if necessary; raise RecordError if it cannot be used or is not one."""
    with told(path):
        connection = connect(path, read_only=read_only, busy_timeout=busy_timeout)
        try:
            if not read_only:
                if applied(connection):  # before an older file gets what it lacks: it may have what it must not
                    check(connection, path)
                prepare(connection, checkpoints=checkpoints)
            check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def require_row(path: Path, seq: int, digest: str) -> None:
    """Raise RecordError where the ledger at `path` lacks a row, or has another with that number."""
    with told(path), reading(path) as connection:
        found = connection.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
        if found != (digest,):
            raise sqlite3.DatabaseError(f"row {seq} is not there")


def is_closed(connection: sqlite3.Connection) -> bool:
    """Whether somebody has closed the connection."""
    try:
        connection.total_changes  # noqa: B018 - the cheapest thing that a closed connection refuses
    except sqlite3.ProgrammingError:
        return True
    return False


def prepare(connection: sqlite3.Connection, *, checkpoints: bool) -> None:
    """Set up a writing connection, and create or migrate the schema."""
    timeout = connection.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _switch_to_wal(connection, timeout)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync leaves data in the disk's cache
    if not checkpoints:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    if _pending(connection):
        migrate(connection)


def _switch_to_wal(connection: sqlite3.Connection, timeout: float) -> None:
    """Switch to the write-ahead log; SQLite does not wait for other connections here."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise RecordError if the file is not a ledger, is from a newer version, or is not as it was made."""
    seen = applied(connection)
    if not seen:
        is_empty = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        text = _("{path}: there is no play history yet") if is_empty else _("{path}: is not a play history")
        raise RecordError(text.format(path=path))
    if is_newer(seen):
        raise RecordError(_("{path}: was written by a newer version of this program; update it").format(path=path))
    if wrong := differences(connection):
        text = _("{path}: the play history has lost its guards ({names}); see: broadcaster audit verify")
        raise RecordError(text.format(path=path, names=", ".join(found.name for found in wrong)))


def is_newer(seen: Collection[str]) -> bool:
    """Return whether one of the applied migrations is of a version after this one."""
    return bool(set(seen) - {name for name, _statements in MIGRATIONS})


def differences(connection: sqlite3.Connection) -> list[Deviation]:
    """Return where the file is not as this version made it, or an older one: objects missing, changed, too many."""
    with _snapshot(connection):
        seen = applied(connection)
        steps = len(seen)
        found = compare(connection, shipped(max(steps, _FIRST_SHIPPED)))
    if seen != {name for name, _statements in MIGRATIONS[:steps]}:
        found.append(Deviation("table", MIGRATIONS_TABLE, too_many=False))
    return found


def shipped(steps: int = len(MIGRATIONS)) -> tuple[str, ...]:
    """Return the statements that made a file, of so many migrations: a copy from an older version lacks the later."""
    return tuple(statement for _name, statements in MIGRATIONS[:steps] for statement in statements)


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all that is read come from one moment; another program may be migrating the file."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _pending(connection: sqlite3.Connection) -> bool:
    return not {name for name, _statements in MIGRATIONS} <= applied(connection)


def applied(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the migrations applied to this file; none for an empty file."""
    if not is_table(connection, MIGRATIONS_TABLE):
        return set()
    rows = connection.execute(f"SELECT name FROM {MIGRATIONS_TABLE} WHERE migration_set = 'ledger'")
    return {name for (name,) in rows}


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the missing migrations, all or none; if another program has just done it, change nothing.

    The import takes a second: only for a new or an older file, and before the write lock is taken, for which all other
    writers wait.
    """
    from sqlite_utils import Database, Migrations

    migrations = Migrations("ledger")
    for name, statements in MIGRATIONS:
        migrations(name=name)(_step(statements))
    database = Database(connection, execute_plugins=False, recursive_triggers=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(database)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _step(statements: tuple[str, ...]) -> Callable[[Database], None]:
    def apply(database: Database) -> None:
        for statement in statements:
            database.execute(statement)

    return apply
