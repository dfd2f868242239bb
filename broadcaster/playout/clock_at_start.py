"""The clock at a start, held against what an earlier run left: whether it was set while no desk ran.

In the same start of the computer the counters tell that exactly. Over a restart only a clock that went back behind the
last sign of life shows; whether one that is after it is right, only the network can tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.playout.clock_watch import STEP

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from broadcaster.playout.clock_facts import ClockFacts
    from broadcaster.playout.clock_watch import ClockReading, ClockWatch

COUNTERS, SIGN_OF_LIFE, LAST_ROW = "counters", "sign of life", "last row"
"""How a step was found out, as rows say it."""


@dataclass(frozen=True, slots=True)
class ClockAtStart:
    """What is known of the clock at a start.

    `same_boot`: whether the computer ran on since the last reading, None: not known. `off`: how long ago that was, by
    the counters. `step`: by how much the clock was set meanwhile, positive: forward, and `found` how that shows.
    `right`: what the clock would show had nobody set it, None: not known.
    """

    facts: ClockFacts
    same_boot: bool | None = None
    off: timedelta | None = None
    step: timedelta | None = None
    found: str = ""
    right: datetime | None = None

    @property
    def row(self) -> dict[str, object]:
        """What the row `daemon_started` says of the clock."""
        body: dict[str, object] = {"same_boot": self.same_boot, "synchronised": self.facts.synchronised}
        return body | ({"off_s": round(self.off.total_seconds(), 3)} if self.off is not None else {})

    @property
    def step_row(self) -> dict[str, object]:
        """What the row `clock_step` says of the step."""
        seconds = self.step.total_seconds() if self.step else 0.0
        body: dict[str, object] = {"seconds": round(seconds, 3), "found": self.found}
        return body | ({"at_least": True} if self.found != COUNTERS else {})

    def absence_end(self, started: datetime) -> datetime:
        """Return up to when nobody ran: what a clock set forward passed over was not lived through by anybody."""
        return self.right if self.right is not None and started - self.right > STEP else started


def compare_at_start(
    watch: ClockWatch,
    facts: ClockFacts,
    reading: ClockReading | None,
    last_alive: datetime | None,
    last_record: datetime | None,
) -> ClockAtStart:
    """Hold the clock against the last `reading`, sign of life and row of earlier runs; `watch` goes on from there."""
    now, elapsed = watch.seen
    if reading is None or not reading.boot or not facts.boot:
        return _against_instants(ClockAtStart(facts), now, last_alive, last_record)
    if reading.boot != facts.boot or reading.elapsed.real > elapsed.real:
        return _against_instants(ClockAtStart(facts, same_boot=False), now, last_alive, last_record)
    change = watch.resume(reading)
    known = ClockAtStart(facts, same_boot=True, off=change.slept + change.halted, right=change.now - change.step)
    return replace(known, step=change.step, found=COUNTERS) if change.is_step else known


def _against_instants(
    known: ClockAtStart, now: datetime, last_alive: datetime | None, last_record: datetime | None
) -> ClockAtStart:
    """Return what a clock shows that went back: it was set by so much at least."""
    told = [(at, found) for at, found in ((last_record, LAST_ROW), (last_alive, SIGN_OF_LIFE)) if at is not None]
    last, found = max(told, default=(now, ""))
    return replace(known, step=now - last, found=found) if last - now > STEP else known
