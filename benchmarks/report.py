"""How long the reading commands take, whole process, on one year of one commune: 36,500 plays, 100 a day.

Run: `python benchmarks/report.py [RUNS]`. Each command runs RUNS times (5 by default) in a process of its own, on a
station in a folder that is thrown away; shown are the median and the slowest, the processor's own time of the best run
with its child processes, and the most memory that one of these took. A report verifies the whole history first: the
last line is that alone. Python's compiled files are kept between the runs, as an installation has them.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from ledger import FIRST_DAY, PLAYS_A_DAY, ROWS_A_DAY, grow

from broadcaster.office.new_station import make_station

DAYS = 365
YEAR = FIRST_DAY.year
MONTH = f"5/{YEAR}"
DAY = f"15/5/{YEAR}"
COMMANDS = (
    ("log", "--day", DAY),
    ("log", "--month", MONTH),
    ("log", "--month", MONTH, "--csv"),
    ("log", "--month", MONTH, "--source", "1192/BHXH-TT", "--json"),
    ("reconcile", "--day", DAY),
    ("reconcile", "--month", MONTH),
    ("reconcile", "--month", MONTH, "--campaign", "thang-5", "--json"),
    *(("report", "--month", MONTH, "--format", kind, "--out", "-") for kind in ("csv", "json", "html", "docx", "xlsx")),
    *(("report", "--year", str(YEAR), "--format", kind, "--out", "-") for kind in ("csv", "html", "docx", "xlsx")),
    ("audit", "verify"),
)


# In a process of its own, whose children are this one command and what that starts.
_RUN = """
import resource, subprocess
def run(command, env):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss)
run("""


def measure(folder: Path, arguments: tuple[str, ...]) -> tuple[float, float, int]:
    """Return the seconds on the wall and those of the processor, and the megabytes of the largest process."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(folder.with_name("compiled"))
    command = [sys.executable, "-m", "broadcaster", "--station", str(folder), *arguments]
    start, code = perf_counter(), f"{_RUN}{command!r}, {env!r})"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    processor, kilobytes = done.stdout.split()
    return perf_counter() - start, float(processor), int(kilobytes) // 1024


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "station"
        make_station(folder)
        grow(folder / "broadcaster.db", DAYS * ROWS_A_DAY)
        print(f"{DAYS * PLAYS_A_DAY} plays, {(folder / 'broadcaster.db').stat().st_size / 2**20:.0f} MiB")
        for arguments in COMMANDS:
            measure(folder, arguments)  # compiles
            times, used, memory = zip(*(measure(folder, arguments) for _ in range(runs)), strict=True)
            print(
                f"{' '.join(arguments):<60} median {statistics.median(times):.2f} s, slowest {max(times):.2f} s, "
                f"processor {min(used):.2f} s, {max(memory)} MB"
            )


if __name__ == "__main__":
    main()
