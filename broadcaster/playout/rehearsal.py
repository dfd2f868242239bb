"""Rehearsal: a month of the plan in a minute, through the same desk, with a simulated clock.

The plan, the rules, the ledger and the clips are the real ones. Only the clock is simulated: it jumps to the next
instant at which something is due. The output follows that clock ("silent", or "file": every play becomes a WAV).
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.files import make_folder
from broadcaster.playout.desk import Desk
from broadcaster.playout.sound.make_output import make_output
from broadcaster.reasons import NO_REASON
from broadcaster.records.identity import Purpose, begun
from broadcaster.records.keys import FOLDER as KEYS
from broadcaster.records.keys import present_key
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from broadcaster.playout.sound.output import Output
    from broadcaster.station.folder import Station

SYNC_EVERY = timedelta(hours=12)


@dataclass(slots=True)
class SimulatedClock:
    """A clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the simulated instant."""
        return self.now


def rehearse(
    station: Station,
    start: datetime,
    end: datetime,
    output: str = "silent",
    progress: Callable[[datetime], None] = lambda _now: None,
) -> Path:
    """Play the plan from `start` up to `end` in simulated time; return the folder with its ledger and files.

    The folder is `rehearsal/<from>_<to>` in the station and is replaced each time. The station's own approvals count. A
    script without a clip is `failed`, as it would be on the air. `progress` is called with the simulated time.
    """
    folder = station.root / "rehearsal" / f"{start:%Y-%m-%d}_{end - timedelta(seconds=1):%Y-%m-%d}"
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    clock = SimulatedClock(start)
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger.open(folder / "broadcaster.db", checkpoints=True))
        ledger.append([begun(station.settings.name, present_key(station.root / KEYS), Purpose.REHEARSAL, start)])
        there = station.ledger_path.exists()
        approvals = stack.enter_context(station.ledger(read_only=True)) if there else None
        simulated = replace(station, clock=clock)
        play_through(simulated, ledger, clock, end, output, folder / "aired", progress, approvals)
    return folder


def play_through(
    station: Station,
    ledger: Ledger,
    clock: SimulatedClock,
    end: datetime,
    output: str,
    folder: Path,
    progress: Callable[[datetime], None] = lambda _now: None,
    approvals: Ledger | None = None,
) -> None:
    """Run the desk of `station` on `ledger` until `clock` has passed `end` and nothing is on the air.

    `approvals` is the ledger to read approvals from, if it is another one.
    """

    def make(_device: str) -> Output:
        return make_output(output, clock=clock, folder=folder)

    desk = Desk(station, ledger, read_content(station), make, lambda _scripts: None, approvals)
    desk.begin()
    next_sync = clock.now
    while True:
        if clock.now >= next_sync:
            desk.sync()
            next_sync = clock.now + SYNC_EVERY
        desk.tick()
        progress(clock.now)
        instant = min(next_sync, desk.next_instant() or next_sync)
        if instant >= end and desk.status().on_air is None:
            break
        clock.now = max(instant, clock.now + timedelta(milliseconds=1))
    desk.stop(NO_REASON)
