"""A desk in simulated time that is meant to be killed: `python kill_driver.py STATION END`.

Goes on from the ledger's last row. Whatever begins to sound is put down in `heard.txt`, before anything else can
happen: the witness against the ledger.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import in_words
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content
from broadcaster.station.folder import open_station


class Witnessed(SilentOutput):
    """A silent output whose every start is written down."""

    def __init__(self, clock: SimulatedClock, witness: Path) -> None:
        super().__init__(clock)
        self.witness = witness

    def play(self, segments: object, at: datetime) -> None:  # type: ignore[override]
        with self.witness.open("a") as file:
            file.write(f"{at.isoformat()}\n")
            file.flush()
            os.fsync(file.fileno())
        super().play(segments, at)  # type: ignore[arg-type]


def main(root: Path, end: datetime) -> None:
    with closing(Ledger.open(root / "broadcaster.db")) as ledger:
        clock = SimulatedClock(ledger.last_at() or datetime.fromisoformat("2027-05-01T00:00+07:00"))
        station = open_station(root, clock)
        content = read_content(station)
        desk = Desk(station, ledger, content, lambda _n: Witnessed(clock, root / "heard.txt"), lambda _ids: None)
        desk.begin()
        next_sync = clock.now
        while clock.now < end:
            if clock.now >= next_sync:
                desk.sync()
                next_sync = clock.now + timedelta(hours=12)
            desk.tick()
            upcoming = min(next_sync, desk.next_instant() or next_sync)
            clock.now = max(upcoming, clock.now + timedelta(milliseconds=1))
        desk.stop(in_words("the end"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
