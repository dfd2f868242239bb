"""Small ledgers for tests, and an administrator's hands on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row, row_hash
from broadcaster.records.opening import shipped
from broadcaster.records.play_rows import Origin, Play, planned_to_body, to_body
from broadcaster.records.schema import MIGRATIONS
from broadcaster.records.shape import MIGRATIONS_TABLE, made_by, stored

if TYPE_CHECKING:
    from pathlib import Path

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2027, 5, 1, 5, 30, tzinfo=HANOI)
DAYS = 12
COLUMNS = "seq, at, kind, occurrence, actor, body, prev_hash, hash"

DAY = datetime(2027, 5, 1, tzinfo=HANOI)
FIRST = Occurrence("thang-5", "sang", DAY + timedelta(hours=5, minutes=30), ("thong-diep-1", "thong-diep-2"), repeat=2)
SECOND = Occurrence("thang-5", "chieu", DAY + timedelta(hours=17), ("thong-diep-3",))


def entry(kind: Kind, occurrence: Occurrence | None = None, at: datetime = DAY, **body: object) -> Entry:
    """Return an entry of the desk, about an occurrence or none."""
    return Entry(kind, "daemon", at, occurrence.id if occurrence else None, body)


def plan(occurrence: Occurrence, at: datetime = DAY) -> Entry:
    """Return the entry that plans an occurrence."""
    return Entry(Kind.PLANNED, "daemon", at, occurrence.id, planned_to_body(occurrence))


def ids(rows: Iterable[Row]) -> list[str | None]:
    """Return the occurrences that rows are about."""
    return [row.occurrence for row in rows]


def slot(day: int) -> Occurrence:
    """Return the one occurrence of a day."""
    return Occurrence("thang-5", "sang", START + timedelta(days=day), ("thong-diep-1",), source="1192/BHXH-TT")


def day_rows(day: int) -> list[Entry]:
    """Return what a day leaves in the ledger: tomorrow's plan, a cue, an outcome, an order."""
    today, tomorrow, start = slot(day), slot(day + 1), slot(day).start
    play = Play(
        today.id, today.campaign, today.slot, BulletinClass.NORMAL, (), start, Outcome.AIRED, started=start
    )  # fmt: skip
    return [
        Entry(Kind.PLANNED, "daemon", start - timedelta(seconds=9), tomorrow.id, planned_to_body(tomorrow)),
        Entry(Kind.CUED, "daemon", start - timedelta(seconds=5), today.id),
        Entry(Kind.PLAYED, "daemon", start + timedelta(minutes=1), today.id, to_body(play)),
        Entry(Kind.ORDER, "Hòa", start + timedelta(hours=1), None, {"order": "stop", "reason": f"lần {day}"}),
    ]


def small_ledger(path: Path, days: int = DAYS) -> Path:
    """Make a ledger of some days, whole in every respect, and return its path."""
    first = slot(0)
    with Ledger.open(path, checkpoints=True) as ledger:
        at = first.start - timedelta(days=1)
        ledger.append([Entry(Kind.PLANNED, "daemon", at, first.id, planned_to_body(first))])
        for day in range(days):
            ledger.append(day_rows(day))
    return path


def add_forbidden_row(path: Path, at: datetime) -> None:
    """Add a play that was heard for two hours, of clips that have no length, in a right chain."""
    said = Occurrence("phat-ngay", "x", at, ("thong-diep-1",))
    lie = Play(
        said.id, said.campaign, said.slot, BulletinClass.NORMAL, (), at, Outcome.AIRED, started=at,
        ended=at + timedelta(hours=2), heard_s=7200.0, origin=Origin.SAY, device="USB",
    )  # fmt: skip
    with Ledger.open(path) as ledger:
        ledger.append(
            [entry(Kind.CUED, said, at), Entry(Kind.PLAYED, "daemon", at + timedelta(hours=2), said.id, to_body(lie))]
        )


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """Give an administrator's hands: triggers and checks away, and put back afterwards as if nothing had been."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    for _name, sql in triggers:
        connection.execute(sql)
    connection.close()


def chain_again(db: sqlite3.Connection, first: int = 1) -> None:
    """Make all hashes anew from row `first` on, as one would who has the program's source."""
    found = db.execute("SELECT hash FROM ledger WHERE seq < ? ORDER BY seq DESC LIMIT 1", (first,)).fetchone()
    prev = found[0] if found else "0" * 64
    rows = db.execute("SELECT seq, at, kind, occurrence, actor, body FROM ledger WHERE seq >= ? ORDER BY seq", (first,))
    for values in rows.fetchall():
        digest = row_hash(prev, *values)
        db.execute("UPDATE ledger SET prev_hash = ?, hash = ? WHERE seq = ?", (prev, digest, values[0]))
        prev = digest


def make_older(db: sqlite3.Connection, steps: int) -> None:
    """Leave a file as the version of so many migrations made it; its rows stay."""
    older = made_by(shipped(steps))
    for each in set(stored(db)) - set(older):
        if each.table != MIGRATIONS_TABLE:
            db.execute(f'DROP {each.type} "{each.name}"')
    for each in set(older) - set(stored(db)):
        if each.table != MIGRATIONS_TABLE and each.sql:
            db.execute(each.sql)
    later = [(name,) for name, _statements in MIGRATIONS[steps:]]
    db.executemany(f"DELETE FROM {MIGRATIONS_TABLE} WHERE name = ?", later)
    db.commit()
