"""What SQLite finds in a file by its own check: torn pages, indexes that hide rows, values of another type.

An index may have been made to leave rows out while its text says that it holds all: a query that goes by it lacks them,
and one that reads the table does not. A value may be of another type and have the same bytes: its row has the hash that
it had, and no query that looks for a text finds it.
"""

# ruff: noqa: S608 - the queries are put together from constants
from __future__ import annotations

import re
import sqlite3
import time
from typing import TYPE_CHECKING

from broadcaster.records.shape import is_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

MOST = 100
"""How many faults SQLite is asked for."""

_TEXTS = ("at", "kind", "occurrence", "actor", "body", "prev_hash", "hash")
_IS_OTHER = "typeof({}) NOT IN ('text', 'null')"
_OTHER_TYPES = (
    f"SELECT seq, {', '.join(map(_IS_OTHER.format, _TEXTS))} FROM ledger NOT INDEXED "
    f"WHERE {' OR '.join(map(_IS_OTHER.format, _TEXTS))} ORDER BY seq"
)
_OF_INDEX = re.compile(r"(?:missing from|in) index (\w+)").search
_HEADING = "***"


def integrity(connection: sqlite3.Connection, patience: timedelta | None = None, *, quick: bool = False) -> list[str]:
    """Return what SQLite's check finds, in its words; what it has not found within `patience` is left out.

    `quick` leaves the indexes out, and takes a fifth of the time. Raises sqlite3.DatabaseError where it cannot read on.
    """
    if patience is not None:
        deadline = time.monotonic() + patience.total_seconds()
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 100_000)
    try:
        answers = connection.execute(f"PRAGMA {'quick_check' if quick else 'integrity_check'}({MOST})").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return []
    finally:
        connection.set_progress_handler(None, 0)
    lines = [line for (answer,) in answers for line in str(answer).splitlines()]
    return [line for line in lines if line != "ok" and not line.startswith(_HEADING)]


def index_in(fault: str) -> str | None:
    """Return the name of the index that a fault is about; None where it is about something else."""
    found = _OF_INDEX(fault)
    return found[1] if found else None


def other_types(connection: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield row and column of each value in the ledger that is not of the type that it was written as.

    `integrity` finds them too in a table that is STRICT, and does not say in which rows. A view of the table's name is
    not asked: it may never come to an end.
    """
    if not is_table(connection, "ledger"):
        return
    for seq, *are_other in connection.execute(_OTHER_TYPES):
        yield from ((seq, column) for column, is_other in zip(_TEXTS, are_other, strict=True) if is_other)
