"""What waits for the output, what has it, and the status of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE, BulletinClass

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.models import Clip, Occurrence
    from broadcaster.playout.clock_watch import ClockDoubt
    from broadcaster.playout.sound.output import Progress
    from broadcaster.reasons import Reason
    from broadcaster.records.play_rows import Play


RETRY = timedelta(seconds=1)
"""How long to wait before a clip or a device that failed is tried again."""

PREEMPT_AHEAD = timedelta(milliseconds=400)
"""What plays is stopped this long before an emergency is due: the time that stopping takes (at worst 360 ms)."""

GIVEN_UP_AT_ONCE = 200
"""Outcomes of hours that nobody lived through that are written in one tick: a whole year must not hold up an item."""


@dataclass(slots=True)
class Waiting:
    """An occurrence that is due and not yet on the output."""

    occurrence: Occurrence
    retry_at: datetime | None = None
    allowed: bool = False  # the rules were checked and allow it
    cued: bool = False  # its intent is written
    late: Reason | None = None  # why it began late, once it has

    def is_time(self, now: datetime) -> bool:
        """Return whether to try it now: what failed is not tried again at once."""
        return self.retry_at is None or self.retry_at <= now


@dataclass(frozen=True, slots=True)
class OnAir:
    """What has the output now."""

    waiting: Waiting
    clips: tuple[Clip, ...]
    since: datetime
    total: timedelta
    device: str

    @property
    def occurrence(self) -> Occurrence:
        """The occurrence that airs."""
        return self.waiting.occurrence


@dataclass(frozen=True, slots=True)
class DeskPause:
    """A time for which a person has paused the desk."""

    until: datetime
    why: Reason


@dataclass(frozen=True, slots=True)
class Delayed:
    """A due occurrence that does not air, why, and until when it is tried; `why` is empty where it is only its turn."""

    occurrence: Occurrence
    why: Reason
    until: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the desk at one instant."""

    now: datetime
    on_air: Occurrence | None = None
    started: datetime | None = None  # None while it is cued and silent
    ends: datetime | None = None
    device: str = ""
    next: Occurrence | None = None
    waiting: tuple[Occurrence, ...] = field(default=())
    delayed: tuple[Delayed, ...] = field(default=())
    held: ClockDoubt | None = None  # nothing airs, because the clock is not believed
    paused: DeskPause | None = None  # nothing but emergency bulletins begins
    unwritten: tuple[Play, ...] = field(default=())  # outcomes that are not in the ledger yet
    heard_s: float = 0.0  # seconds of what is on the air that went to the device

    def with_on_air(self, on_air: OnAir, progress: Progress) -> Status:
        """Return the same with what has the output, and how far it is."""
        started, heard_s = progress.started, progress.played_frames / CLIP_RATE
        ends = (started or on_air.since) + on_air.total
        return replace(
            self, on_air=on_air.occurrence, started=started, ends=ends, heard_s=heard_s, device=on_air.device
        )


def airing_order(occurrence: Occurrence) -> tuple[int, datetime, str]:
    """Return the sort key of what is due: by class, then time."""
    return occurrence.bulletin_class.rank, occurrence.start, occurrence.id


def is_emergency(waiting: Waiting) -> bool:
    """Return whether an item stops what plays."""
    return waiting.occurrence.bulletin_class is BulletinClass.EMERGENCY
