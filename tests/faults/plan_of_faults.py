"""What goes wrong, and when: drawn from a seed, in true time, which no clock of the station needs to show."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .village import DEVICES, GRACE, PAUSES, VERSIONS


class Kind(StrEnum):
    """What can go wrong."""

    KILL = "kill"  # the process is killed
    POWER_CUT = "power cut"  # likewise, in the middle of a write, and the clock may have lost its battery
    STOP = "stop"  # SIGTERM, as at a shutdown
    CLOCK = "clock"  # the clock is wrong by `by` for a while
    SLEEP = "sleep"  # the computer sleeps
    HALT = "halt"  # the program stands still: a stopped or overloaded computer
    LOCK = "lock"  # another program holds the play history
    FULL = "full"  # the disk is full: SQLite says so of each row
    IO = "io"  # no file can be written: the system refuses each byte
    DEVICE = "device"  # outputs are lost
    CLIP = "clip"  # a clip's file is damaged, cut or gone, and no new one can be made for a while
    EDIT = "edit"  # the campaign is edited; the file is half written for a while
    TORN = "torn"  # a script's file is half written for a while
    REVOKE = "revoke"  # an approval is taken back for a while


ENDS = frozenset({Kind.KILL, Kind.POWER_CUT, Kind.STOP})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `lasts` is how long the program is off, or how long the fault is in force."""

    kind: Kind
    at: datetime
    lasts: timedelta
    by: timedelta = timedelta()  # CLOCK: how far the clock is wrong
    writes: int = 0  # KILL, POWER_CUT: at which step of a write from then on; 0: at the instant itself
    state_deleted: bool = False  # the folder `state/` is deleted while the program is off
    what: tuple[str, ...] = ()  # devices; script and its clip's fate; version; script; how full; what is lost meanwhile

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.at + self.lasts

    def __str__(self) -> str:
        """Return it on one line."""
        more = [str(self.by)] if self.by else []
        more += [f"write {self.writes}"] if self.writes else []
        more += ["state deleted"] if self.state_deleted else []
        return " ".join([f"{self.at:%d %H:%M:%S.%f}"[:-4], self.kind, f"{self.lasts}", *more, *self.what])


SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_DAY = 2.5
"""How many faults a day has on average."""

_WEIGHTS = {
    Kind.KILL: 5,
    Kind.POWER_CUT: 4,
    Kind.STOP: 3,
    Kind.CLOCK: 4,
    Kind.SLEEP: 2,
    Kind.HALT: 2,
    Kind.LOCK: 4,
    Kind.FULL: 2,
    Kind.IO: 2,
    Kind.DEVICE: 4,
    Kind.CLIP: 4,
    Kind.EDIT: 3,
    Kind.TORN: 1,
    Kind.REVOKE: 2,
}
OLDER_BACKUP, LOG, HISTORY = "older backup", "write-ahead log", "play history"
_LOSSES = {(): 85, (OLDER_BACKUP, "0"): 3, (OLDER_BACKUP, "2"): 3, (LOG,): 5, (HISTORY,): 4}
"""What is lost of the play history while the program is off, and how often: a number says how many newer backups
there are than the one that is put back."""
_STEPS = (3 * SECOND, 30 * SECOND, 4 * MINUTE, 12 * MINUTE, HOUR, 7 * HOUR, 2 * DAY, 40 * DAY, 366 * DAY, 3652 * DAY)
_BELIEVED_AFTER = 5 * MINUTE
_NOT_NEAR = 30 * SECOND
_LONGEST_BELIEVED = 2 * DAY
"""A clock that is further ahead is set right before it is believed: ten years of outcomes help nobody."""


def draw(chance: random.Random, start: datetime, end: datetime, hours: Sequence[datetime]) -> list[Fault]:
    """Return faults between two instants, in order; about half come close to one of these `hours`."""
    number = round((end - start) / DAY * A_DAY)
    kinds = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=max(1, number))
    found = [fault for kind in kinds for fault in _one(chance, kind, _when(chance, start, end, hours))]
    return sorted(_without_clashes(found), key=lambda fault: fault.at)


def _when(chance: random.Random, start: datetime, end: datetime, hours: Sequence[datetime]) -> datetime:
    if chance.random() < 0.4:
        return start + chance.random() * (end - start)
    return chance.choice(hours) + timedelta(seconds=chance.uniform(-20, 20 + GRACE.total_seconds() / 2))


def _long(chance: random.Random, low: timedelta, high: timedelta) -> timedelta:
    """Return a length of time; each order of magnitude is as likely as the next."""
    seconds = math.exp(chance.uniform(math.log(low.total_seconds()), math.log(high.total_seconds())))
    return timedelta(seconds=round(seconds, 1))


def _one(chance: random.Random, kind: Kind, at: datetime) -> Iterator[Fault]:
    """Yield one fault, and what comes with it."""
    match kind:
        case Kind.KILL | Kind.POWER_CUT | Kind.STOP:
            yield from _an_end(chance, kind, at)
        case Kind.CLOCK:
            by, lasts = _wrong_clock(chance)
            yield Fault(kind, at, lasts, by)
        case Kind.SLEEP:
            yield Fault(kind, at, _long(chance, 4 * SECOND, 30 * HOUR))
        case Kind.HALT:
            yield Fault(kind, at, _long(chance, 7 * SECOND, 15 * MINUTE))
        case Kind.FULL:
            yield Fault(kind, at, _long(chance, SECOND, HOUR), what=chance.choice([(), ("for good",)]))
        case _:
            yield Fault(kind, at, _long(chance, SECOND, HOUR), what=_what(chance, kind))


def _what(chance: random.Random, kind: Kind) -> tuple[str, ...]:
    """Return what is lost, damaged, edited or taken back."""
    match kind:
        case Kind.DEVICE:
            return chance.choice([DEVICES[:1], DEVICES, DEVICES])
        case Kind.CLIP:
            return chance.choice(list(PAUSES)), chance.choice(["flipped", "cut", "gone"])
        case Kind.EDIT:
            return (str(chance.randrange(len(VERSIONS))),)
        case Kind.TORN | Kind.REVOKE:
            return (chance.choice(list(PAUSES)),)
    return ()


def _an_end(chance: random.Random, kind: Kind, at: datetime) -> Iterator[Fault]:
    lasts = _long(chance, 2 * SECOND, 4 * DAY if chance.random() < 0.1 else 3 * HOUR)
    deleted = chance.random() < 0.2
    (lost,) = chance.choices(list(_LOSSES), list(_LOSSES.values()))
    if kind is Kind.POWER_CUT and chance.random() < 0.3:  # a clock without a battery, or one that keeps local time
        by = chance.choice([-500 * DAY, 7 * HOUR, -7 * HOUR])
        yield Fault(Kind.CLOCK, at, lasts + _long(chance, 4 * SECOND, 4 * MINUTE), by)
        yield Fault(kind, at, lasts, state_deleted=deleted, what=lost)
        return
    writes = chance.choice([0, 0, chance.randint(1, 12)]) if kind is not Kind.STOP else 0
    yield Fault(kind, at, lasts, writes=writes, state_deleted=deleted, what=lost)


def _wrong_clock(chance: random.Random) -> tuple[timedelta, timedelta]:
    by = chance.choice(_STEPS) * chance.choice([1, -1])
    longest = 10 * HOUR if abs(by) <= _LONGEST_BELIEVED or by < timedelta() else _BELIEVED_AFTER - _NOT_NEAR
    lasts = _long(chance, 6 * SECOND, longest)
    if abs(lasts - _BELIEVED_AFTER) < _NOT_NEAR:  # whether it is believed is a matter of moments
        lasts += 2 * _NOT_NEAR
    return by, lasts


def _without_clashes(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Leave out a second wrong clock at the same time, and a second fault of a kind that is in force."""
    busy_until: dict[Kind, datetime] = {}
    for fault in sorted(faults, key=lambda fault: (fault.at, fault.kind)):
        kind = Kind.KILL if fault.kind in ENDS else fault.kind
        apart = 10 * MINUTE if kind in (Kind.CLOCK, Kind.CLIP) else 2 * MINUTE
        if kind not in busy_until or fault.at > busy_until[kind] + apart:
            busy_until[kind] = fault.end
            yield fault
