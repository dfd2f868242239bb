"""What the ledger asks of its file, in SQL: each goes by an index, however long the history is."""

# ruff: noqa: S608 - the queries are put together from constants
from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from broadcaster.records.schema import HOUR

if TYPE_CHECKING:
    import sqlite3

BATCH = 1000
"""How many rows are read at a time."""

COLUMNS = "seq, at, kind, occurrence, actor, body, prev_hash, hash"
INSERT = f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
LATEST_HOUR = f"SELECT max({HOUR}) FROM ledger WHERE kind = 'played'"
NO_OUTCOME = (
    "NOT EXISTS (SELECT 1 FROM ledger AS outcome WHERE kind = 'played' AND outcome.occurrence = planned.occurrence)"
)
BETWEEN = f"{HOUR} >= ? AND {HOUR} < ?"
AFTER = f"{BETWEEN} AND ({HOUR} > ? OR seq > ?)"
PLAYED = (
    f"SELECT {COLUMNS} FROM ledger INDEXED BY ledger_played_hour WHERE kind = 'played' AND {AFTER}{{holding}} "
    f"ORDER BY {HOUR}, seq LIMIT {BATCH}"
)
OPEN_CUES = f"SELECT {COLUMNS} FROM ledger AS planned WHERE kind = 'cued' AND seq > ? AND {NO_OUTCOME} ORDER BY seq"
PLANNED = (
    f"SELECT {COLUMNS} FROM ledger AS planned INDEXED BY ledger_planned_hour "
    f"WHERE kind = 'planned' AND {{condition}} AND NOT EXISTS ("
    f"SELECT 1 FROM ledger AS later WHERE later.occurrence = planned.occurrence"
    f" AND later.kind IN ('planned', 'withdrawn') AND later.seq > planned.seq) ORDER BY {HOUR}, seq"
)
UNRESOLVED = PLANNED.format(condition=f"{BETWEEN} AND {NO_OUTCOME}")


def to_second(at: datetime) -> int:
    """Return the first whole second, since 1970 UTC, that is not before `at`; planned starts are whole seconds."""
    return math.ceil(at.timestamp())


def latest_hour(connection: sqlite3.Connection) -> datetime | None:
    """Return the latest hour of an occurrence that has its outcome, in UTC; None where none has."""
    (second,) = connection.execute(LATEST_HOUR).fetchone()
    return datetime.fromtimestamp(second, UTC) if second is not None else None


def hour_of(occurrence: str) -> int:
    """Return the value of `HOUR` for an occurrence."""
    return int(datetime.fromisoformat(occurrence.rpartition("@")[2]).timestamp())
