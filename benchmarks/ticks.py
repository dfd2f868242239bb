"""Measure what the desk's own thread does in one go: nothing may hold it up while an item is due.

    python benchmarks/ticks.py [--slots 5000] [--scripts 100] [--long 195]

A station of so many slots a day runs in simulated time, with the real rounds. Each round is timed: at the start, in an
ordinary minute, at the hourly look at the plan, and after an edit that brings a script of `--long` kB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadcaster.office.rendering import render_scripts
from broadcaster.playout.background_work import BackgroundWork
from broadcaster.playout.clock_watch import Elapsed
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rounds import Rounds
from broadcaster.playout.wake_timer import WakeTimer
from broadcaster.reasons import NO_REASON
from broadcaster.station.folder import open_station

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from broadcaster.records.clip_rows import ClipRow

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LINE = "Mức đóng 5% là 330.000đ/tháng từ ngày 15/5/2027 theo 1676/QĐ-TTg.\n\n"
SETTINGS = """
[station]
name = "Đo nhịp"
[output]
devices = ["silent"]
[speech]
voices = ["silent"]
[mix]
chime = "none"
[rules]
hours = ["00:00-24:00"]
"""


class NoRendering:
    """Makes no clips."""

    def __init__(self) -> None:
        self.failures: dict[str, str] = {}
        self.unentered: tuple[ClipRow, ...] = ()

    def ask(self, scripts: Iterable[str]) -> None:
        """Remember nothing."""

    def round(self) -> bool:
        """Return that nothing ended."""
        return False

    def entered(self, rows: Collection[ClipRow]) -> None:
        """Take in nothing: there are none."""


def make_station(root: Path, slots: int, scripts: int) -> None:
    for folder in ("scripts", "schedules"):
        (root / folder).mkdir(parents=True)
    (root / "station.toml").write_text(SETTINGS, "utf-8")
    for number in range(scripts):
        text = f'+++\ntitle = "Bài {number}"\n+++\nThông báo số {number}.\n'
        (root / "scripts" / f"bai-{number}.md").write_text(text, "utf-8")
    names = [f'"bai-{number}"' for number in range(scripts)]
    for part in range(-(-slots // 500)):
        count = min(500, slots - part * 500)
        times = (datetime(2027, 5, 3, tzinfo=ZONE) + timedelta(days=1) * (part * 500 + n) / slots for n in range(count))
        at = ", ".join(f'"{moment:%H:%M:%S}"' for moment in times)
        text = f'title = "Lịch"\nfrom = "05-01"\nto = "05-31"\n[[slot]]\nid = "s"\nat = [{at}]\n'
        text += f"scripts = [{', '.join(names)}]\n"
        (root / "schedules" / f"lich-{part}.toml").write_text(text, "utf-8")


def timed(do: Callable[[], None]) -> float:
    """Return the CPU time of this thread in seconds: what else the computer does is not the desk's doing."""
    begin = time.thread_time()
    do()
    return time.thread_time() - begin


def show(what: str, seconds: Sequence[float]) -> None:
    print(f"{what:<52}{1000 * sum(seconds) / len(seconds):>10.1f}{1000 * max(seconds):>10.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slots", type=int, default=5000)
    parser.add_argument("--scripts", type=int, default=100)
    parser.add_argument("--long", type=int, default=195)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), options.slots, options.scripts, options.long)
    print(f"Python {sys.version.split()[0]}")


def run(root: Path, slots: int, scripts: int, long: int) -> None:
    make_station(root, slots, scripts)
    clock = SimulatedClock(datetime(2027, 5, 3, 5, 25, tzinfo=ZONE))
    station = open_station(root, clock)
    render_scripts(station, station.scripts()[0].values(), "benchmark")
    print(f"{'ms of CPU in one go':<52}{'mean':>10}{'longest':>10}")
    with (
        closing(BackgroundWork()) as work,
        closing(WakeTimer(ZONE, lambda: None)) as timer,
        station.ledger(daemon=True) as ledger,
    ):
        lived = [1000.0]
        rounds = Rounds(
            station,
            ledger,
            NoRendering(),
            timer,
            trust_clock=False,
            work=work,
            elapsed=lambda: Elapsed(lived[0], lived[0]),
        )
        show(f"start, {slots} slots a day", [timed(rounds.start)])

        def live(seconds: float, step: float = 0.5) -> list[float]:
            found = []
            for _round in range(round(seconds / step)):
                clock.now += timedelta(seconds=step)
                lived[0] += step
                found.append(timed(rounds.round))
                time.sleep(0.002)  # the thread beside it has its turn
            return found

        live(5)
        show("an ordinary round", live(60))
        clock.now += timedelta(minutes=56)
        lived[0] += 56 * 60
        live(10)
        show("around the hourly look at the plan", live(60 * 4, 2))
        (root / "scripts" / "dai.md").write_text(
            f'+++\ntitle = "Dài"\n+++\n{LINE * (long * 1000 // len(LINE.encode()))}', "utf-8"
        )
        schedule = (root / "schedules" / "lich-0.toml").read_text("utf-8")
        more = '[[slot]]\nid = "dai"\nat = ["23:00"]\nscripts = ["dai"]\n'
        (root / "schedules" / "lich-0.toml").write_text(schedule + more, "utf-8")
        show(f"after an edit that brings a script of {long} kB", live(60))
        rounds.stop(NO_REASON)


if __name__ == "__main__":
    main()
