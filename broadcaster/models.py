"""What the rooms hand each other: frozen values that import nothing but the standard library.

Times of day and dates are the commune's own; every `datetime` carries its zone. Lengths of time are
`timedelta`, or a number whose name ends in its unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CLIP_RATE = 48_000
"""Frames a second in every clip: what sound cards run at, so that nothing is resampled at air time."""


class BulletinClass(StrEnum):
    """The three classes of circular 39/2020/TT-BTTTT."""

    NORMAL = "normal"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """Lower goes on the air first."""
        return (BulletinClass.EMERGENCY, BulletinClass.PRIORITY, BulletinClass.NORMAL).index(self)


class Order(StrEnum):
    """How a slot takes from its list of scripts."""

    ROTATE = "rotate"  # one script a time, the next one next time
    ALL = "all"  # the whole list, each time


class Outcome(StrEnum):
    """How an occurrence ended. Exactly one for every planned occurrence."""

    AIRED = "aired"
    CUT = "cut"  # began and did not reach its end
    MISSED = "missed"  # nobody was there to play it in time
    BLOCKED = "blocked"  # a rule forbade it
    PREEMPTED = "preempted"  # gave way to something else on the one output
    SKIPPED = "skipped"  # a person said so
    FAILED = "failed"  # clip or device would not


# ---- text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text spoken in one breath group, as written; `speaker` is a name of a skit ("Bác Ba") or None: the narrator."""

    text: str
    line: int
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """`[nghỉ 1s]`."""

    length: timedelta
    line: int


@dataclass(frozen=True, slots=True)
class Chime:
    """`[chuông]`."""

    line: int


@dataclass(frozen=True, slots=True)
class Music:
    """`[nhạc: khai-mac.mp3]`; `file` is looked up in the station's `scripts/` folder."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Recording:
    """`[ghi âm: bac-ba.wav]`: a person's own recording in place of speech, looked up like music."""

    file: str
    line: int


Block = Paragraph | Pause | Chime | Music | Recording


@dataclass(frozen=True, slots=True)
class Script:
    r"""One file of `scripts/`. `digest` is the SHA-256 of the file's text (NFC, `\\n` line ends): what is approved."""

    id: str
    title: str
    path: Path
    digest: str
    blocks: tuple[Block, ...]
    source: str = ""
    author: str = ""
    valid_until: date | None = None  # never aired after this day
    voices: Mapping[str, str] = field(default_factory=dict)  # speaker → voice, such as "espeak:vi-vn-x-south+f2"
    recording: str = ""  # one recording in place of the whole text
    chime: bool = True  # opens and closes with the station's chime


@dataclass(frozen=True, slots=True)
class Clip:
    """A script's rendered sound: mono 16-bit PCM at `CLIP_RATE`.

    `digest` names all that shaped it, `sha256` is the file's.
    """

    script: str
    digest: str
    path: Path
    sha256: str
    frames: int
    text_digest: str  # Script.digest of the text that is spoken
    voice: str  # who really spoke: "espeak:vi", or several joined by ", "
    fell_back: bool  # a better voice is configured and was not there
    loudness: float  # LUFS, integrated
    true_peak: float  # dBTP
    warnings: tuple[str, ...] = ()  # what the reader had to guess or spell

    @property
    def length(self) -> timedelta:
        """How long it plays."""
        return timedelta(seconds=self.frames / CLIP_RATE)


# ---- plan ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearDay:
    """A month and day of every year ("05-01"). 29 February in a common year counts as 28 February."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """Return this day in `year`."""
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        day = 28 if (self.month, self.day) == (2, 29) and not leap else self.day
        return date(year, self.month, day)


Boundary = date | YearDay

DayRange = tuple[date, date]
"""A first and a last day, both inclusive."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A recurring time of day inside a campaign. `days` holds ISO week days, Monday is 1."""

    id: str
    at: tuple[time, ...]
    scripts: tuple[str, ...]
    days: frozenset[int] = frozenset(range(1, 8))
    order: Order = Order.ROTATE
    repeat: int = 1
    gap: timedelta = timedelta(seconds=2)
    bulletin_class: BulletinClass = BulletinClass.NORMAL
    start: Boundary | None = None  # narrower than the campaign: peak days
    end: Boundary | None = None  # inclusive
    exceptions: frozenset[date] = frozenset()  # whole days off; the list goes on the next day where it stopped
    skips: frozenset[tuple[date, time]] = frozenset()  # single airings that fall out, with the script that was theirs
    pauses: tuple[DayRange, ...] = ()  # a pause without an end lasts until `date.max`
    weights: tuple[int, ...] = ()  # of each script in turn; empty: each counts once


@dataclass(frozen=True, slots=True)
class Campaign:
    """One file of `schedules/`: slots over a date range, both ends inclusive, ordered by one source letter."""

    id: str
    title: str
    path: Path
    start: Boundary
    end: Boundary
    slots: tuple[Slot, ...]
    source: str = ""
    exceptions: frozenset[date] = frozenset()  # days on which none of its slots airs
    pauses: tuple[DayRange, ...] = ()  # likewise; without an end: until `date.max`


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned airing: these scripts, in this order, `repeat` times over, `gap` between any two clips."""

    campaign: str
    slot: str
    start: datetime
    scripts: tuple[str, ...]
    repeat: int = 1
    gap: timedelta = timedelta(seconds=2)
    bulletin_class: BulletinClass = BulletinClass.NORMAL
    source: str = ""

    @property
    def id(self) -> str:
        """Return `campaign/slot@2027-05-01T05:30+07:00`; seconds appear only where they are not zero."""
        precision = "seconds" if self.start.second else "minutes"
        return f"{self.campaign}/{self.slot}@{self.start.isoformat(timespec=precision)}"

    @property
    def items(self) -> tuple[str, ...]:
        """The scripts as they follow each other on the air."""
        return self.scripts * self.repeat

    def length(self, clips: Mapping[str, timedelta]) -> timedelta:
        """How long it airs, from its scripts' lengths, gaps counted; a script without a length counts as zero."""
        spoken = sum((clips.get(script, timedelta()) for script in self.items), timedelta())
        return spoken + self.gap * max(0, len(self.items) - 1)
