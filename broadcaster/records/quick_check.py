"""A quick check of the play history: its schema and its last rows. `verify` checks all of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.records.damage import is_blank
from broadcaster.records.ledger import row_hash
from broadcaster.records.ledger_queries import COLUMNS
from broadcaster.records.opening import applied, differences
from broadcaster.records.schema import GENESIS, reading, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_BUSY = timedelta(seconds=2)

Record = tuple[int, str, str, str | None, str, str, str, str]


@dataclass(frozen=True, slots=True)
class QuickCheck:
    """The result: how many rows there are, when the last was written, and each fault in words."""

    rows: int
    last: datetime | None
    faults: tuple[str, ...]


def quick_check(path: Path, tail: int = 500) -> QuickCheck | None:
    """Check the schema and the last `tail` rows; None where there is no file yet. Raise RecordError if unreadable."""
    if is_blank(path):
        return None
    with told(path), reading(path, _BUSY) as connection:
        try:
            is_history = bool(applied(connection))
            wrong = [found.name for found in differences(connection)] if is_history else [_("it is not a play history")]
            records: list[Record] = connection.execute(
                f"SELECT {COLUMNS} FROM ledger ORDER BY seq DESC LIMIT ?",  # noqa: S608 - a constant; the value is bound
                (tail + 1,),
            ).fetchall()
        except sqlite3.OperationalError as error:
            return QuickCheck(0, None, (str(error),))
    guards = [_("lost or changed in the file: {name}").format(name=name) for name in wrong]
    records.reverse()
    last = _instant(records[-1][1]) if records else None
    if records and last is None:
        guards.append(_("row {seq}: has no time").format(seq=records[-1][0]))
    return QuickCheck(records[-1][0] if records else 0, last, (*guards, *_broken(records, tail)))


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else None


def _broken(records: Sequence[Record], tail: int) -> Iterator[str]:
    """Yield each fault; the first record of a longer history is read only for its hash."""
    before, number = (GENESIS, 0) if len(records) <= tail else (records[0][-1], records[0][0])
    for record in records if len(records) <= tail else records[1:]:
        seq, at, kind, occurrence, actor, body, prev_hash, digest = record
        if seq != number + 1:
            yield _("row {seq}: rows before it are missing").format(seq=seq)
        elif prev_hash != before or digest != row_hash(prev_hash, seq, at, kind, occurrence, actor, body):
            yield _("row {seq}: changed after it was written").format(seq=seq)
        before, number = digest, seq
