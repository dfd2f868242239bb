"""The clock at a start, held against what an earlier run left: whether it was set while no desk ran.

In the same start of the computer the counters tell that exactly. Over a restart only a clock that went back behind the
last sign of life shows; whether one that is after it is right, only the network can tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.playout.clock_watch import STEP

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.playout.clock_facts import ClockFacts
    from broadcaster.playout.clock_watch import ClockJump, ClockReading, ClockWatch

COUNTERS, SIGN_OF_LIFE, LAST_ROW = "counters", "sign of life", "last row"
"""How a step was found out, as rows say it."""


@dataclass(frozen=True, slots=True)
class ClockAtStart:
    """What is known of the clock at a start.

    `same_boot`: whether the computer ran on since the last reading, None: not known. `off`: how long ago that was, by
    the counters. `step`: by how much the clock was set meanwhile, positive: forward, and `found` how that shows.
    `right`: what the clock would show had nobody set it, None: not known. `jump`: it shows what it was set to under
    an earlier run, which did not believe it yet.
    """

    facts: ClockFacts
    same_boot: bool | None = None
    off: timedelta | None = None
    step: timedelta | None = None
    found: str = ""
    right: datetime | None = None
    jump: ClockJump | None = None

    @property
    def was_set(self) -> bool:
        """Whether a row has to say that the clock was set."""
        return self.step is not None or self.jump is not None

    @property
    def row(self) -> dict[str, object]:
        """What the row `daemon_started` says of the clock."""
        body: dict[str, object] = {"same_boot": self.same_boot, "synchronised": self.facts.synchronised}
        return body | ({"off_s": round(self.off.total_seconds(), 3)} if self.off is not None else {})

    @property
    def step_row(self) -> dict[str, object]:
        """What the row `clock_step` says of the step."""
        step = self.jump.after - self.jump.before if self.jump else self.step or timedelta()
        body: dict[str, object] = {"seconds": round(step.total_seconds(), 3), "found": self.found}
        return body | ({"at_least": True} if self.found != COUNTERS else {})

    def absence_end(self, started: datetime) -> datetime:
        """Return up to when nobody ran: what a clock set forward passed over was not lived through by anybody."""
        return self.right if self.right is not None and started - self.right > STEP else started


@dataclass(frozen=True, slots=True)
class ClockBefore:
    """What earlier runs say of the clock; None: not known.

    The last `reading` that the play history agrees with, the times of the last sign of life (`alive`) and of the last
    row on a good clock (`record`), and how the clock was set forward (`jump`) without being believed yet.
    """

    reading: ClockReading | None = None
    alive: datetime | None = None
    record: datetime | None = None
    jump: ClockJump | None = None


def compare_at_start(watch: ClockWatch, facts: ClockFacts, before: ClockBefore) -> ClockAtStart:
    """Hold the clock against what earlier runs say of it; `watch` goes on from there."""
    now, elapsed = watch.seen
    reading = before.reading
    if reading is None or not reading.boot or not facts.boot:
        return _against_instants(ClockAtStart(facts), watch, now, before)
    if reading.boot != facts.boot or reading.elapsed.real > elapsed.real:
        return _against_instants(ClockAtStart(facts, same_boot=False), watch, now, before)
    change = watch.resume(reading)
    known = ClockAtStart(facts, same_boot=True, off=change.slept + change.halted)
    if before.jump and abs(change.step - (before.jump.after - before.jump.before)) <= STEP:
        return _ahead_still(known, watch, before.jump)
    known = replace(known, right=change.now - change.step)
    return replace(known, step=change.step, found=COUNTERS) if change.is_step else known


def _against_instants(known: ClockAtStart, watch: ClockWatch, now: datetime, before: ClockBefore) -> ClockAtStart:
    """Return what a clock shows that went back: it was set by so much at least."""
    told = [(at, found) for at, found in ((before.record, LAST_ROW), (before.alive, SIGN_OF_LIFE)) if at is not None]
    last, found = max(told, default=(now, ""))
    if last - now > STEP:
        return replace(known, step=now - last, found=found)
    return _ahead_still(known, watch, before.jump) if before.jump and now > before.jump.after - STEP else known


def _ahead_still(known: ClockAtStart, watch: ClockWatch, jump: ClockJump) -> ClockAtStart:
    watch.go_on_ahead(jump)
    return replace(known, jump=jump, found=COUNTERS)
