"""A play history as it was when its row of some number was the last: to count again what a report counted then."""

# ruff: noqa: S608 - the query is put together from constants
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from broadcaster.records.ledger import Ledger
from broadcaster.records.ledger_queries import COLUMNS, INSERT
from broadcaster.records.schema import BUSY_TIMEOUT, connect, reading, told, transaction

if TYPE_CHECKING:
    from pathlib import Path

_ROWS = f"SELECT {COLUMNS} FROM ledger WHERE seq <= ? ORDER BY seq"


def copy_as_of(source: Path, last: int, target: Path) -> None:
    """Write the rows up to number `last` of the history at `source` into a new file, unchanged.

    Raises RecordError where one cannot be read, or is one that no history can have.
    """
    Ledger.open(target).close()
    with (
        told(source),
        reading(source) as history,
        closing(connect(target, read_only=False, busy_timeout=BUSY_TIMEOUT)) as copy,
        transaction(copy),
    ):
        copy.executemany(INSERT, history.execute(_ROWS, (last,)))
