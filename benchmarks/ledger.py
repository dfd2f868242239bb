"""How fast the ledger takes a row, and how it answers when it has grown.

Run (not on Windows): `python benchmarks/ledger.py [ROWS] [FOLDER]`. ROWS (1,000,000 by default) is the size to grow to,
by whole days of 100 plays with plan, cue and outcome each; FOLDER keeps the file between runs, otherwise it is made and
thrown away. 30,000,000 rows are ten million plays: some 30 GB, and as much again while the indexes are made.

The file is written past the ledger's own append, which is timed apart, but row for row as append would have written
it: the check of the whole file at the end says so.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.records.as_run import Filter, as_run, to_csv
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, _columns, row_hash
from broadcaster.records.play_rows import Play, PlayedScript, planned_to_body, to_body
from broadcaster.records.reconcile import reconcile_window
from broadcaster.records.schema import GENESIS
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_DAY = datetime(1990, 1, 1, 5, tzinfo=ZONE)
SAMPLE_DATE = "1990-01-01"
PLAYS_A_DAY = 100
ROWS_A_DAY = PLAYS_A_DAY * 3
BULK = (
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -500000"
)
DIGEST = "5d41402abc4b2a76b9719d911017c592" * 2


def month_window(year: int, month: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first midnight of a month, and the one after its last day."""
    return datetime(year, month, 1, tzinfo=zone), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)


def occurrence(day: int, number: int) -> Occurrence:
    start = FIRST_DAY + timedelta(days=day, minutes=9 * number)
    return Occurrence("thang-5", f"khung-{number}", start, ("thong-diep-1", "thong-diep-2"), source="1192/BHXH-TT")


def play(slot: Occurrence) -> Play:
    scripts = tuple(
        PlayedScript(script, "Bảo hiểm xã hội cho tất cả mọi người", DIGEST, DIGEST, "espeak:vi", 31.52)
        for script in slot.scripts
    )
    ended = slot.start + timedelta(seconds=65.04)
    return Play(
        slot.id, slot.campaign, slot.slot, BulletinClass.NORMAL, scripts, slot.start, Outcome.AIRED, planned_end=ended,
        started=slot.start, ended=ended, heard_s=65.04, gap_s=2, source=slot.source, device="USB Audio Device",
    )  # fmt: skip


def entries(slot: Occurrence) -> list[Entry]:
    def entry(kind: Kind, seconds: float, body: dict[str, object]) -> Entry:
        return Entry(kind, "daemon", slot.start + timedelta(seconds=seconds), slot.id, body)

    body = to_body(play(slot))
    return [
        Entry(Kind.PLANNED, "daemon", slot.start.replace(hour=0, minute=0), slot.id, planned_to_body(slot)),
        entry(Kind.CUED, -5, {"device": "USB Audio Device"}),
        entry(Kind.PLAYED, 66, body),
    ]


def day_entries(day: int) -> list[Entry]:
    """Return a day's rows, by the time they are written."""
    rows = [entry for number in range(PLAYS_A_DAY) for entry in entries(occurrence(day, number))]
    return sorted(rows, key=lambda entry: entry.at)


def timed(name: str, work: Callable[[], T]) -> T:
    start = perf_counter()
    result = work()
    print(f"{name:<58} {(perf_counter() - start) * 1000:>10.1f} ms")
    return result


def grow(path: Path, rows: int) -> int:
    """Fill the ledger up to `rows` rows and return the number of its days; indexes and guards are put on at the end."""
    days = rows // ROWS_A_DAY
    Ledger.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        (done,) = database.execute("SELECT coalesce(max(seq), 0) FROM ledger").fetchone()
        if done >= days * ROWS_A_DAY:
            return days
        database.executescript(BULK)
        later = "SELECT name, type, sql FROM sqlite_master WHERE tbl_name = 'ledger' AND type IN ('index', 'trigger')"
        objects = database.execute(later).fetchall()
        for name, kind, _sql in objects:
            database.execute(f"DROP {kind} {name}")
        database.execute("BEGIN")
        database.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)", chain(database, done, days))
        database.execute("COMMIT")
        for _name, _kind, sql in objects:
            database.execute(sql)
    return days


def chain(database: sqlite3.Connection, done: int, days: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows that come after row `done`."""
    seq = done
    (prev,) = database.execute("SELECT hash FROM ledger WHERE seq = ?", (done,)).fetchone() or (GENESIS,)
    sample = [_columns(entry) for entry in day_entries(0)]
    for day in range(done // ROWS_A_DAY, days):
        date = str((FIRST_DAY + timedelta(days=day)).date())
        for at, kind, slot, actor, body in sample:
            seq += 1
            values = (at.replace(SAMPLE_DATE, date), kind, slot.replace(SAMPLE_DATE, date), actor)
            text = body.replace(SAMPLE_DATE, date)
            digest = row_hash(prev, seq, *values, text)
            yield seq, *values, text, prev, digest
            prev = digest


def time_appends(path: Path, day: int) -> None:
    """Append 3,000 rows one by one, each on the disk before the next: alone, and beside a reader that stays open."""
    with Ledger.open(path, checkpoints=True) as ledger:
        report_appends("append, one row, on the disk", ledger, day)
        with closing(sqlite3.connect(path)) as reader:
            rows = reader.execute("SELECT * FROM ledger")
            rows.fetchone()  # its transaction, and its view of the file, last until it has read everything
            report_appends("append, beside an open reader", ledger, day + 10)
            print(f"  the reader saw {1 + len(rows.fetchall())} rows, the ledger has {ledger.head().seq}")


def report_appends(name: str, ledger: Ledger, day: int) -> None:
    times = []
    for each in (entry for more in range(10) for entry in day_entries(day + more)):
        start = perf_counter()
        ledger.append([each])
        times.append((perf_counter() - start) * 1000)
    cuts = statistics.quantiles(times, n=100)
    print(f"{name}: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, max {max(times):.2f} ms")


def time_questions(path: Path, days: int) -> None:
    last = FIRST_DAY + timedelta(days=days - 1)
    month = month_window(last.year, last.month, ZONE) if last.day > 20 else month_window(*_month_before(last), ZONE)
    now = last + timedelta(days=2)
    with timed("open", lambda: Ledger.open(path, read_only=True)) as ledger:
        timed("planned, a month", lambda: ledger.planned(*month))
        timed("as-run log of a month as CSV", lambda: b"".join(to_csv(as_run(ledger, Filter(month)))))
        found = timed("reconcile a month", lambda: reconcile_window(ledger, *month, now))
        print(f"  ({found.planned} planned)")
        timed("unresolved of the last week", lambda: ledger.unresolved(now, now - timedelta(days=7)))
        timed("unresolved, whole ledger", lambda: ledger.unresolved(now))
        timed("cued without outcome", ledger.cued_without_outcome)
        timed("cued without outcome, again", ledger.cued_without_outcome)
        timed("10,000 looks at data_version", lambda: [ledger.data_version() for _ in range(10_000)])


def _month_before(day: datetime) -> tuple[int, int]:
    before = day.replace(day=1) - timedelta(days=1)
    return before.year, before.month


def time_verify(path: Path) -> None:
    start = perf_counter()
    report = verify(path)
    seconds = perf_counter() - start
    print(f"verify: {report.rows} rows in {seconds:.2f} s, {report.rows / seconds:,.0f} rows/s, ok: {report.ok}")


def run(path: Path, rows: int) -> None:
    start = perf_counter()
    days = grow(path, rows)
    print(f"{days * ROWS_A_DAY} rows, made in {perf_counter() - start:.1f} s")
    size = path.stat().st_size
    print(f"file: {size / 2**20:,.1f} MiB, {size / max(days * PLAYS_A_DAY, 1):,.0f} bytes a play (3 rows)")
    time_questions(path, days)
    time_verify(path)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        time_appends(Path(folder) / "appends.db", days)


def main() -> None:
    rows = int(sys.argv[1].replace(",", "").replace("_", "")) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch)
        run(folder / f"ledger-{rows}.db", rows)


if __name__ == "__main__":
    main()
