"""How long a command takes, as whole processes: from the shell's Enter to the last letter.

    python benchmarks/commands.py [--runs 15]

Makes the sample station in a temporary folder, renders it, rehearses May 2027 into its play history, and times the
commands that people use. "bare click" is a program of one click command: what no click program can be faster than.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = "import click\n@click.command()\ndef main():\n    'Say nothing.'\nmain()\n"
COMMANDS = (
    "--help",
    "now",
    "log --month 5/2027",
    "reconcile --month 5/2027",
    "plan --month 5/2027",
    "schedule check",
    "rules",
    "why 15/5/2027 5h30",
    "check",
    "script list",
    "audit verify",
)


def station(folder: Path) -> Path:
    """Return a station with the sample's clips and a May that was aired, in simulated time."""
    root = folder / "station"
    for command in (["init", str(root)], ["--station", str(root), "script", "render"]):
        subprocess.run([sys.executable, "-m", "broadcaster", *command], check=True, capture_output=True)
    rehearse = [sys.executable, "-m", "broadcaster", "--station", str(root), "rehearse", "--month", "5/2027"]
    subprocess.run(rehearse, check=True, capture_output=True)
    (history,) = (root / "rehearsal").glob("*/broadcaster.db")
    shutil.copy(history, root / "broadcaster.db")
    return root


def time_of(command: list[str], runs: int) -> list[float]:
    """Return the wall times of so many runs, in seconds."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=False, capture_output=True, env=env)  # compiles what was never imported before
    times = []
    for _run in range(runs):
        begin = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True, env=env)
        times.append(time.perf_counter() - begin)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        root = station(Path(folder))
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        cases = {"bare click": [sys.executable, str(bare), "--help"]}
        for command in COMMANDS:
            cases[command] = [sys.executable, "-m", "broadcaster", "--station", str(root), *command.split()]
        print(f"{'command':28} {'best':>8} {'median':>8}   (s, whole process, {runs} runs)")
        for name, command in cases.items():
            times = time_of(command, runs)
            print(f"{name:28} {min(times):8.3f} {statistics.median(times):8.3f}")


if __name__ == "__main__":
    main()
