"""Live through many months of May with faults, each from its own seed, and count what happened and what was wrong.

    uv run python benchmarks/fault_months.py [--months 200] [--first 0] [--workers 2]

What a month is and how it is judged: `tests/faults/`. A line a month is written to `faults.jsonl` in the present folder
as it ends, so that a run that was broken off goes on where it was; the table is made from all lines. Needs Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from faults.driver import Month, live_on, plan_month, runs
from faults.judge import Judge
from faults.village import make_station

LINES = Path("faults.jsonl")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
FIRST_DAY, DAYS = date(2027, 5, 1), 31


def a_month(number: int, folder: str) -> Month:
    """Return a month that has not been lived through."""
    return plan_month(f"month {number}", Path(folder) / "station", FIRST_DAY, DAYS)


def one_month(number: int, made: Month) -> dict[str, Any]:
    """Live through one month in a copy of a station that was made; return what is counted of it."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        month = a_month(number, folder)
        shutil.copytree(made.root, month.root)
        month.lengths = made.lengths
        try:
            live_on(month)
        except RuntimeError as crash:  # the program ended by an error that it should have told, or lived with
            return {"month": number, "crash": str(crash)}
        judge = Judge(month)
        return {
            "month": number,
            "faults": Counter(str(fault.kind) for fault in month.course.faults),
            "lost": sum(event["event"] == "history lost" for event in month.events),
            "starts": runs(month.events),
            "sounds": len(judge.line.sounds),
            "outcomes": Counter(body["outcome"] for body in judge.plays.values()),
            "reasons": Counter(body["why"]["kind"] for body in judge.plays.values() if "why" in body),
            "complaints": list(judge.complaints()),
            "seconds": round(time.perf_counter() - began),
        }


def main() -> None:
    """Run the months that are not in the file yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args()
    done = {line["month"] for line in read_lines()}
    wanted = [n for n in range(options.first, options.first + options.months) if n not in done]
    with contextlib.ExitStack() as stack:
        made = a_month(0, stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        made.root.mkdir()
        made.lengths = make_station(made.root, made.start)
        pool = stack.enter_context(multiprocessing.Pool(options.workers, maxtasksperchild=1))
        file = stack.enter_context(LINES.open("a", encoding="utf-8"))
        for line in pool.imap_unordered(functools.partial(one_month, made=made), wanted):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            said = "crashed" if "crash" in line else f"{line['seconds']} s, {len(line['complaints'])} complaints"
            print(f"month {line['month']}: {said}", file=sys.stderr)
    print_table(read_lines())


def read_lines() -> list[dict[str, Any]]:
    """Return what was counted so far."""
    return [json.loads(line) for line in LINES.read_text("utf-8").splitlines()] if LINES.exists() else []


def print_table(lines: list[dict[str, Any]]) -> None:
    """Print the figures as Markdown, and every complaint."""
    for line in (line for line in lines if "crash" in line):
        print(f"month {line['month']} crashed: {line['crash']}")
    lines = [line for line in lines if "crash" not in line]
    faults, outcomes, reasons = Counter[str](), Counter[str](), Counter[str]()
    for line in lines:
        faults.update(line["faults"])
        outcomes.update(line["outcomes"])
        reasons.update(line["reasons"])
    totals = {name: sum(line[name] for line in lines) for name in ("lost", "starts", "sounds")}
    print(f"| months | faults | starts | history lost | sounds | outcomes | complaints |\n|{'---:|' * 7}")
    wrong = [f"month {line['month']}: {text}" for line in lines for text in line["complaints"]]
    counts = (
        len(lines),
        faults.total(),
        totals["starts"],
        totals["lost"],
        totals["sounds"],
        outcomes.total(),
        len(wrong),
    )
    print(f"| {' | '.join(f'{count:,}' for count in counts)} |")
    for title, counter in (("fault", faults), ("outcome", outcomes), ("reason", reasons)):
        print(f"\n| {title} | times |\n|---|---:|")
        print("\n".join(f"| {name} | {count:,} |" for name, count in counter.most_common()))
    print("\n".join(wrong))


if __name__ == "__main__":
    main()
