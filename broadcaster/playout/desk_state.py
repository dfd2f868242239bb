"""What waits for the output, what has it, and the status of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from broadcaster.models import BulletinClass

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from broadcaster.models import Clip, Occurrence


@dataclass(slots=True)
class Waiting:
    """An occurrence that is due and not yet on the output."""

    occurrence: Occurrence
    held_up_by: str = ""  # why it did not start yet
    behind: bool = False  # only because another item is on the output
    retry_at: datetime | None = None
    allowed: bool = False  # the rules were checked and allow it
    cued: bool = False  # its `cued` row is written

    def try_again(self, reason: str, at: datetime) -> None:
        """Keep waiting, for a clip or a device that failed."""
        self.held_up_by, self.behind, self.retry_at = reason, False, at


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
class Status:
    """The state of the desk at one instant."""

    now: datetime
    on_air: Occurrence | None = None
    started: datetime | None = None  # None while it is cued and silent
    ends: datetime | None = None
    device: str = ""
    next: Occurrence | None = None
    waiting: tuple[Occurrence, ...] = field(default=())


def airing_order(occurrence: Occurrence) -> tuple[int, datetime, str]:
    """Return the sort key of what is due: by class, then time."""
    return occurrence.bulletin_class.rank, occurrence.start, occurrence.id


def is_emergency(waiting: Waiting) -> bool:
    """Return whether an item stops what plays."""
    return waiting.occurrence.bulletin_class is BulletinClass.EMERGENCY
