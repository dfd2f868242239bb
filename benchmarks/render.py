"""Measure rendering: the six messages from text to clips, nothing changed, and many long scripts.

    python benchmarks/render.py [--scripts 200] [--seconds 60]

Whole processes are measured, start of Python included; memory is the sum over the process and its workers, sampled
every 10 ms. Linux only (it reads /proc).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
MESSAGES = [f"thong-diep-{number}" for number in range(1, 7)]
SETTINGS = '[station]\nname = "Đo tốc độ"\n[speech]\nvoices = ["espeak:vi"]\n'
PARAGRAPH = (
    "Tham gia bảo hiểm xã hội tự nguyện, người dân được Nhà nước hỗ trợ mức đóng từ ngày {day:02}/5/2027. "
    "Mức đóng thấp nhất là {money}.000đ/tháng. Bà con liên hệ số 1900.90.68 để được tư vấn.\n\n"
)


@dataclass(frozen=True)
class Run:
    """One measured process: wall-clock seconds, CPU seconds, peak memory in MB."""

    wall: float
    cpu: float
    peak: float


def measure(command: list[str], *, may_fail: bool = False) -> Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=REPOSITORY)
    while process.poll() is None:
        peak = max(peak, sum(resident(pid) for pid in family(process.pid)))
        time.sleep(0.01)
    wall = time.perf_counter() - start
    if process.returncode and not may_fail:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak)


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [member for child in children.read_text().split() for member in family(int(child))]
        except OSError:  # the thread or child has just ended
            continue
    return found


def resident(pid: int) -> float:
    """Return a process's resident memory in MB; 0 where it has just ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def render(station: Path, *ids: str) -> Run:
    return measure([sys.executable, "-m", "broadcaster", "--station", str(station), "script", "render", *ids])


def rendered_seconds(station: Path) -> float:
    notes = (json.loads(path.read_text("utf-8")) for path in (station / "audio").glob("*.json"))
    return sum(note["frames"] for note in notes) / 48_000


def make_station(folder: Path) -> Path:
    (folder / "scripts").mkdir(parents=True)
    (folder / "station.toml").write_text(SETTINGS, "utf-8")
    return folder


def messages_of_the_letter(folder: Path) -> Path:
    """Make a station whose six scripts are the letter's bare sentences: the second paragraphs of the sample."""
    station = make_station(folder)
    for name in MESSAGES:
        _plus, front, body = (REPOSITORY / "scripts" / f"{name}.md").read_text("utf-8").split("+++\n", 2)
        longest_first = body.strip().split("\n\n")
        text = f"+++\n{front}+++\n{longest_first[0]}\n"
        (station / "scripts" / f"{name}.md").write_text(text, "utf-8")
    return station


def whole_messages(folder: Path) -> Path:
    station = make_station(folder)
    for name in MESSAGES:
        shutil.copy(REPOSITORY / "scripts" / f"{name}.md", station / "scripts")
    return station


def long_scripts(folder: Path, count: int, seconds: int) -> Path:
    """Make a station of scripts that differ in every paragraph, each about so long (a paragraph is about 20 s)."""
    station = make_station(folder)
    for number in range(count):
        paragraphs = (
            PARAGRAPH.format(day=1 + (number + part) % 28, money=100 + number + 7 * part)
            for part in range(max(1, round(seconds / 20)))
        )
        text = f'+++\ntitle = "Bài {number}"\n+++\n{"".join(paragraphs)}'
        (station / "scripts" / f"bai-{number}.md").write_text(text, "utf-8")
    return station


def show(title: str, run: Run, sound: float = 0.0) -> None:
    speed = f"{sound / run.wall:6.0f} x" if sound else ""
    print(f"{title:<46}{run.wall:8.2f} s{run.cpu:8.2f} s{run.peak:8.0f} MB  {speed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripts", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    print(f"{'':<46}{'wall':>8}  {'CPU':>8}  {'memory':>8}     real time")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, station in (
            ("six sentences", messages_of_the_letter(folder / "sentences")),
            ("the six messages of the sample", whole_messages(folder / "messages")),
        ):
            cold = render(station, *MESSAGES)
            sound = rendered_seconds(station)
            show(f"{title}, cold ({sound:.0f} s of sound)", cold, sound)
            show(f"{title}, nothing changed", render(station, *MESSAGES))
        for count in (max(1, options.scripts // 10), options.scripts):
            station = long_scripts(folder / f"long-{count}", count, options.seconds)
            cold = render(station)
            sound = rendered_seconds(station)
            show(f"{count} scripts of {sound / count:.0f} s", cold, sound)
            show(f"{count} scripts, nothing changed", render(station))
            shutil.rmtree(station)
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
