"""Watches the computer's clock: whether it was set, whether the computer slept, and whether it is to be believed.

Wall time is compared with two counters that nobody can set: one that stands still while the computer sleeps, and one
that does not. So a sleep is told from a clock that was set, and a program that stood still from both.
"""

from __future__ import annotations

import ctypes
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from broadcaster.i18n import _
from broadcaster.reasons import ReasonKind
from broadcaster.records.continuity import SET_BACK, SETTLED
from broadcaster.records.play_rows import ClockState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUILD_DATE = datetime(2026, 11, 1, tzinfo=UTC)
"""This program did not exist before this date: a clock that shows an earlier one has lost its battery."""

STEP = timedelta(seconds=2)
"""Smaller differences come from NTP, or from a delay between the readings."""

HALT = timedelta(seconds=5)
"""A longer time between two looks, awake, is a program that stood still: rounds come twice a second."""

BEHIND = SET_BACK
"""A clock further behind the last record than this is not believed; less may be a zone that was set right."""

SLACK = timedelta(minutes=5)
"""A clock less far behind the last record is an ordinary correction."""

JUMP = timedelta(minutes=15)
"""A clock set forward by more than this is believed only when it has stayed so."""

ABSENCE = timedelta(days=31)
"""A computer that was off for longer, by its clock, is believed only when the clock has stayed so."""

_AT_ONCE, _READINGS = 0.0005, 5
"""Clock and counters read within half a millisecond, and how often that is tried on a busy computer."""

_NEAR = timedelta(minutes=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Elapsed(NamedTuple):
    """Two counters, in seconds since an instant that does not matter."""

    awake: float  # stands still while the computer sleeps
    real: float  # goes on


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Clock and counters, read at the same instant; `boot` is the id of that start of the computer, "" for none."""

    wall: datetime
    elapsed: Elapsed
    boot: str = ""


class ClockJump(NamedTuple):
    """A clock that was set forward: what it showed, and what it showed then."""

    before: datetime
    after: datetime


class ClockDoubt(StrEnum):
    """Why the clock is not believed."""

    NONE = ""
    BEHIND = "behind"  # before the last record, or before this program was made
    AHEAD = "ahead"  # far ahead of what it showed before


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the clock between two looks, `before` and `now` by the clock."""

    before: datetime
    now: datetime
    elapsed: Elapsed
    slept: timedelta
    halted: timedelta  # how long the program stood still while the computer was awake
    step: timedelta  # by how much the clock was set; positive: forward
    unsettled_since: datetime | None = None  # since when it had been as it was, where that was too short to believe it
    doubtful_since: datetime | None = None  # likewise, since when it had not been believed, whatever it showed

    @property
    def is_step(self) -> bool:
        """Whether the clock was set."""
        return abs(self.step) > STEP

    def hindrances(self) -> Iterator[tuple[ReasonKind, datetime]]:
        """Yield what kept the desk from airing between the looks, and since when by the clock as it is now."""
        if self.slept > STEP:
            yield ReasonKind.ASLEEP, self.now - self.slept
        if self.halted > HALT:
            yield ReasonKind.HALTED, self.now - self.halted


class ClockWatch:
    """Watches the clock of one run. `look` changes nothing; `take` makes what was seen the new state."""

    def __init__(self, wall: Callable[[], datetime], elapsed: Callable[[], Elapsed], *, trust: bool = False) -> None:
        self._wall, self._elapsed, self._trust = wall, elapsed, trust
        self._seen = self._read()
        self._good: list[timedelta] = []  # offsets of the clock that were believed for a while
        self.floor = BUILD_DATE
        self.steady_since = self._seen[0]
        self._steady_from = self._doubtful_from = self._seen[1].real
        self.doubt = ClockDoubt.NONE
        self.jump: ClockJump | None = None  # the clock was set forward, and that is not believed yet

    def start(self, last_record: datetime | None, last_alive: datetime | None) -> None:
        """Begin a run: `last_record` is the last row's time, `last_alive` the last sign of life."""
        now = self._seen[0]
        self.floor = max(last_record or BUILD_DATE, BUILD_DATE)
        before = last_alive or last_record
        self._judge(now, far_ahead=before is not None and now - before > ABSENCE)

    def resume(self, before: ClockReading) -> Change:
        """Go on from what an earlier run read, in the same start of the computer; return what happened since.

        Believed, or not, as if this run had seen it happen: a clock is not put right by stopping the desk.
        """
        change = self._change(before.wall, before.elapsed, *self._seen)
        self.floor = max(self.floor, change.now - change.step)
        if change.is_step:
            self._stepped(change)
        return change

    def go_on_ahead(self, jump: ClockJump) -> None:
        """Go on where an earlier run was held: it saw the clock set forward, and that has not stayed so for long."""
        self.jump, self.doubt = jump, ClockDoubt.NONE if self._trust else ClockDoubt.AHEAD

    def now(self) -> datetime:
        """Return the time by the clock as it was at the last look: what was set since is not known yet, nor believed.

        So the desk never acts by a time at which nobody has looked.
        """
        wall, then = self._seen
        now = self._elapsed()
        slept = (now.real - then.real) - (now.awake - then.awake)
        # the second counter is coarse on Windows, and is needed for a sleep only
        return wall + timedelta(seconds=now.awake - then.awake + (slept if slept > STEP.total_seconds() else 0))

    def _read(self) -> tuple[datetime, Elapsed]:
        """Read the clock and the counters at the same instant, as far as others let us."""
        readings = []
        for _try in range(_READINGS):
            before, wall, after = self._elapsed(), self._wall(), self._elapsed()
            readings.append((after.awake - before.awake, wall, before))
            if readings[-1][0] < _AT_ONCE:
                break
        _took, wall, elapsed = min(readings, key=lambda reading: reading[0])
        return wall, elapsed

    @property
    def seen(self) -> tuple[datetime, Elapsed]:
        """The last look that was taken."""
        return self._seen

    def look(self) -> Change:
        """Return what happened since the last `take`."""
        wall, elapsed = self._seen
        change = self._change(wall, elapsed, *self._read())
        if self.settled:
            return change
        doubtful = wall - timedelta(seconds=elapsed.real - self._doubtful_from)
        return replace(change, unsettled_since=self.steady_since, doubtful_since=doubtful)

    @staticmethod
    def _change(wall: datetime, elapsed: Elapsed, now: datetime, new: Elapsed) -> Change:
        awake, real = timedelta(seconds=new.awake - elapsed.awake), timedelta(seconds=new.real - elapsed.real)
        return Change(wall, now, new, slept=real - awake, halted=awake, step=(now - wall) - real)

    def take(self, change: Change) -> None:
        """Take over what was seen: from now on the clock is believed, or not, by that."""
        self._seen = change.now, change.elapsed
        if change.is_step:
            forward = change.step > timedelta() and self.doubt is not ClockDoubt.BEHIND
            self.jump = ClockJump(change.now - change.step, change.now) if forward else None
            if change.unsettled_since is None:
                self._doubtful_from = change.elapsed.real
            self._stepped(change)
        elif self.doubt is ClockDoubt.BEHIND:
            self._judge(change.now, far_ahead=False)
        elif self.settled:
            self._believe(change.now)

    def settle_jump(self) -> ClockJump | None:
        """Return how the clock was set forward, once that is believed, and only once."""
        if self.doubt is not ClockDoubt.NONE or self.jump is None:
            return None
        jump, self.jump = self.jump, None
        return jump

    @property
    def state(self) -> ClockState:
        """What rows say of the clock."""
        behind = self._seen[0] < self.floor - SLACK
        return ClockState.UNTRUSTED if behind or self.doubt is not ClockDoubt.NONE else ClockState.TRUSTED

    @property
    def settled(self) -> bool:
        """Whether the clock has been steady for long enough to believe what it says of hours that passed unseen."""
        return self._trust or self._seen[1].real - self._steady_from >= SETTLED.total_seconds()

    def passed(self, instant: datetime) -> bool:
        """Whether `instant` is over on a clock that is believed: it was lived through, or the clock has settled."""
        return self.doubt is ClockDoubt.NONE and (self.settled or self._seen[0] > instant >= self.steady_since)

    def at(self, elapsed: Elapsed) -> datetime:
        """Return the time, by the clock as it is now, of an earlier reading of the counters."""
        return self._seen[0] - timedelta(seconds=self._seen[1].real - elapsed.real)

    def _stepped(self, change: Change) -> None:
        self.steady_since, self._steady_from = change.now, change.elapsed.real
        if self._is_known(self._offset()):
            self._refute(self._offset() - change.step)
            self.floor = min(self.floor, change.now)
            self.doubt = ClockDoubt.NONE
            return
        corrected = self.doubt is ClockDoubt.BEHIND and change.now - self.floor < ABSENCE
        self._judge(change.now, far_ahead=change.step > JUMP and not corrected)

    def _judge(self, now: datetime, *, far_ahead: bool) -> None:
        if self._trust:
            self.doubt = ClockDoubt.NONE
        elif now < self.floor - BEHIND:
            self.doubt = ClockDoubt.BEHIND
        else:
            self.doubt = ClockDoubt.AHEAD if far_ahead else ClockDoubt.NONE

    def _believe(self, now: datetime) -> None:
        self.doubt, self.floor = ClockDoubt.NONE, max(self.floor, now)
        if not self._is_known(self._offset()):
            self._good.append(self._offset())

    def _offset(self) -> timedelta:
        return (self._seen[0] - _EPOCH) - timedelta(seconds=self._seen[1].real)

    def _refute(self, left: timedelta) -> None:
        """Believe no more what was left for what had been believed before: whoever set it right took it for wrong."""
        now = self._offset()
        self._good = [good for good in self._good if abs(good - left) >= _NEAR or abs(good - now) < _NEAR]

    def _is_known(self, offset: timedelta) -> bool:
        return any(abs(offset - good) < _NEAR for good in self._good)


def doubt_text(doubt: ClockDoubt, now: datetime, floor: datetime) -> str:
    """Return why the clock is not believed, in a sentence: it shows `now`, and `floor` was the last that was sure."""
    if doubt is ClockDoubt.BEHIND:
        text = _("the clock shows {now}, before the last record ({floor}): nothing airs. Set it, or say --trust-clock")
    else:
        text = _(
            "the clock shows {now}, far after the last sign of life ({floor}): nothing airs until it has stayed so for "
            "five minutes. If it is right, say --trust-clock"
        )
    return text.format(now=f"{now:%d/%m/%Y %H:%M}", floor=f"{floor:%d/%m/%Y %H:%M}")


def elapsed() -> Elapsed:
    """Read the counters of this computer."""
    if sys.platform == "win32":
        # Unbiased: without the time asleep, in units of 100 ns; GetTickCount64 counts it, in milliseconds.
        unbiased = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(unbiased))
        ticks = ctypes.windll.kernel32.GetTickCount64
        ticks.restype = ctypes.c_ulonglong
        return Elapsed(unbiased.value / 10_000_000, ticks() / 1000)
    if sys.platform == "darwin":
        return Elapsed(time.clock_gettime(time.CLOCK_UPTIME_RAW), time.clock_gettime(time.CLOCK_MONOTONIC))
    return Elapsed(time.clock_gettime(time.CLOCK_MONOTONIC), time.clock_gettime(time.CLOCK_BOOTTIME))
