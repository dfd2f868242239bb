"""How long a person waits for an answer about one commune's year: 36,500 plays, every command a process of its own.

Run: `python benchmarks/year.py`. Makes the sample station with such a history in a folder that is thrown away, runs
each reading command three times, prints the best and the worst, and what the best would take on an idle computer (the
processor's own time); leaves with 1 where that is over half a second;
`audit verify` and `audit export`, which read every row there is, are shown and not judged.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import ledger as ledgers

from broadcaster.office.new_station import make_station

DAYS = 365
LIMIT = 0.5
MONTH = "11/1990"
COMMANDS = (
    "now",
    "plan --month 5/2027",
    "log",
    f"log --month {MONTH}",
    f"log --month {MONTH} --csv",
    f"log --month {MONTH} --json",
    "log --from 1990-01-01 --to 1990-12-31 --outcome missed",
    f"reconcile --month {MONTH}",
    f"reconcile --month {MONTH} --json",
    "schedule list",
    "script list",
    "config",
    "audit checkpoint",
)
LONG = ("reconcile --from 1990-01-01 --to 1990-12-31", "audit verify", "backup", "audit export")


def timed(station: Path, command: str) -> tuple[float, float]:
    """Return the seconds on the wall and those of the processor."""
    start, used = perf_counter(), processor()
    line = [sys.executable, "-m", "broadcaster", "--station", str(station), *command.split()]
    done = subprocess.run(line, cwd=station, capture_output=True, check=False)
    seconds = perf_counter() - start
    if done.returncode or b"Error" in done.stderr:
        print(done.stderr.decode()[:300] or done.stdout.decode()[:300])
    return seconds, processor() - used


def processor() -> float:
    times = os.times()
    return times.children_user + times.children_system


def measure(station: Path, command: str) -> float:
    walls, processors = zip(*(timed(station, command) for _ in range(3)), strict=True)
    print(f"{command:<60} {min(walls) * 1000:>7.0f} {max(walls) * 1000:>7.0f} {min(processors) * 1000:>7.0f} ms")
    return min(processors)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        station = Path(folder) / "station"
        make_station(station)
        ledgers.grow(station / "broadcaster.db", DAYS * ledgers.ROWS_A_DAY)
        slow = [command for command in COMMANDS if measure(station, command) > LIMIT]
        for command in LONG:
            measure(station, command)
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
