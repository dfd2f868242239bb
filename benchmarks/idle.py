"""What the daemon costs while it waits: CPU time and memory of `broadcaster run` on the sample station.

    python benchmarks/idle.py [--minutes 5]

Linux only (reads /proc). Nothing is due while it is measured; start-up is not counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTLE_S = 20


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Return the memory that a process holds now (RSS)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "station"
        program = [sys.executable, "-m", "broadcaster"]
        subprocess.run([*program, "init", str(root)], check=True, capture_output=True)
        subprocess.run([*program, "--station", str(root), "script", "render"], check=True, capture_output=True)
        daemon = subprocess.Popen([*program, "--station", str(root), "run"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(SETTLE_S)
            before, begin = cpu_seconds(daemon.pid), time.monotonic()
            time.sleep(60 * minutes)
            used, gone = cpu_seconds(daemon.pid) - before, time.monotonic() - begin
            print(
                f"over {gone:.0f} s: CPU {100 * used / gone:.2f} % of one core, memory {megabytes(daemon.pid):.1f} MB"
            )
        finally:
            daemon.terminate()
            daemon.wait()


if __name__ == "__main__":
    main()
