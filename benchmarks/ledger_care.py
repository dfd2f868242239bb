"""What the care of the play history costs: an append with and without the line outside, and folding the log in.

Run: `python benchmarks/ledger_care.py [ROWS]`. ROWS is what the ledger holds: 36,500 by default, a year of 100
rows a day.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from broadcaster.records.backup import back_up
from broadcaster.records.damage import find_damage
from broadcaster.records.head_file import HeadFiles
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 300
BATCH = 500
NOW = datetime(2027, 5, 1, tzinfo=UTC)


def some_entry(number: int) -> Entry:
    return Entry(Kind.ORDER, "Lan", NOW + timedelta(seconds=number), None, {"n": number, "text": "x" * 400})


def append_and_fold(ledger: Ledger, number: int) -> None:
    ledger.append([some_entry(number)])
    ledger.fold_log()


def measure(name: str, work: Callable[[int], object], times: int = TIMES) -> None:
    took = []
    for number in range(times):
        start = perf_counter()
        work(number)
        took.append((perf_counter() - start) * 1000)
    took.sort()
    print(f"{name:<48} median {statistics.median(took):>8.2f} ms   p99 {took[int(len(took) * 0.99)]:>8.2f} ms")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, heads = folder / "broadcaster.db", HeadFiles(folder / "broadcaster.head", folder / "head")
        with Ledger.open(path, checkpoints=True) as ledger:
            for start in range(0, rows, BATCH):
                ledger.append([some_entry(number) for number in range(start, min(rows, start + BATCH))])
            ledger.fold_log()
            measure("append", lambda number: ledger.append([some_entry(number)]))
            known = ledger.append([some_entry(0)])[-1].known
            measure("remember the last row in two places", lambda _number: heads.write(known))
            measure(
                "append and fold the log in", lambda number: (ledger.append([some_entry(number)]), ledger.fold_log())
            )
        measure(f"read {path.stat().st_size / 1e6:.0f} MB for damage", lambda _number: find_damage(path), 5)
        measure("back up and check the copy", lambda _number: back_up(path, folder / "copy.db"), 3)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 36_500)
