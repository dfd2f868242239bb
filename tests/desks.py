"""What the tests of the desk share: a desk with its plan, ticked along in simulated time, and what its ledger has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from stations import Maker, at

from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock, play_through
from broadcaster.playout.sound.output import Output, Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body
from broadcaster.station.content import read_content
from broadcaster.station.folder import Station

FIVE_SECONDS = "[nghỉ 5s]\n\nTham gia bảo hiểm xã hội."
HALF_A_MINUTE = "\n\n".join(["Tham gia bảo hiểm xã hội là đầu tư cho tương lai.", *["[nghỉ 10s]"] * 3, "Xin hết."])


def run_through(maker: Maker, ledger: Ledger, until: str) -> list[Play]:
    play_through(maker.render(), ledger, maker.clock, at(until), "silent", maker.root / "aired")
    return plays(ledger)


def plays(ledger: Ledger) -> list[Play]:
    return [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]


def kinds(ledger: Ledger, occurrence: str) -> list[str]:
    return [row.kind for row in ledger.rows(occurrence=occurrence)]


def a_desk(
    station: Station, ledger: Ledger, make: Callable[[str], Output] | None = None, asked: list[str] | None = None
) -> Desk:
    """Return a desk that has its plan; `asked` collects the scripts whose clips it asks for."""
    wanted: list[str] = [] if asked is None else asked
    make = make or (lambda _name: SilentOutput(station.clock))
    desk = Desk(station, ledger, read_content(station), make, wanted.extend)
    desk.begin()
    return desk


def tick_until(desk: Desk, clock: SimulatedClock, until: str, step: float = 0.5) -> None:
    while clock.now < at(until):
        clock.now += timedelta(seconds=step)
        desk.tick()


class LostBeforeSound(SilentOutput):
    """A device that is lost while what is cued is still silent."""

    def progress(self) -> Progress:
        return Progress(State.LOST, reason="cable")


class Slow(SilentOutput):
    """A device that begins some seconds late."""

    def __init__(self, clock: SimulatedClock, late: float) -> None:
        super().__init__(clock)
        self.late = timedelta(seconds=late)

    def play(self, segments: Sequence[object], at: datetime) -> None:  # type: ignore[override]
        super().play(segments, at + self.late)  # type: ignore[arg-type]
