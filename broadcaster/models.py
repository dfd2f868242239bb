"""The values that the packages exchange: frozen, and using only the standard library.

Times of day and dates are local to the commune; every `datetime` has a time zone. Lengths of time are `timedelta`, or a
number whose name ends in its unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "file"
SILENT = "silent"
NO_LOUDSPEAKERS = (FILE, SILENT)
"""Outputs for rehearsals and tests, as `[output] devices` and the play history call them: nobody hears them."""

CLIP_RATE = 48_000
"""Frames a second in every clip: the rate of most sound cards, so that nothing is resampled at air time."""


class BulletinClass(StrEnum):
    """The three classes of circular 39/2020/TT-BTTTT."""

    NORMAL = "normal"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """Priority: lower airs first."""
        return (BulletinClass.EMERGENCY, BulletinClass.PRIORITY, BulletinClass.NORMAL).index(self)


class Order(StrEnum):
    """How a slot chooses from its list of scripts."""

    ROTATE = "rotate"  # one script for each airing, in turn
    ALL = "all"  # the whole list at each airing


class Outcome(StrEnum):
    """How an occurrence ended. Exactly one for every planned occurrence."""

    AIRED = "aired"
    CUT = "cut"  # began and did not reach its end
    MISSED = "missed"  # not played in time, for instance because the computer was off
    BLOCKED = "blocked"  # a rule forbade it
    PREEMPTED = "preempted"  # gave way to something else on the one output
    SKIPPED = "skipped"  # a person ordered it
    FAILED = "failed"  # the clip or the device did not work
    UNKNOWN = "unknown"  # the rows of that time are lost: it may have aired


class MuteKind(StrEnum):
    """What kept a play from being heard though it went to its output."""

    OUTPUT = "output"  # the output was muted, for every program
    PROGRAM = "program"  # the sound system muted this program alone
    VOLUME = "volume"  # the volume was next to zero


# ---- text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text spoken without a break, as written; `speaker` is a name in a skit ("Bác Ba"), or None for the narrator."""

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
    """`[ghi âm: bac-ba.wav]`: a person's recording instead of speech, looked up like music."""

    file: str
    line: int


Block = Paragraph | Pause | Chime | Music | Recording


@dataclass(frozen=True, slots=True)
class Claim:
    """What an officer answers for in a script: a figure, a law or a telephone number, as its text has it.

    `source` is the document that says so, "" for none; `start` the first day on which it holds, `until` the last one.
    """

    text: str
    source: str = ""
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Script:
    r"""One file of `scripts/`. `digest` is the SHA-256 of its text (NFC, `\\n` line ends), named by approvals.

    The line of `topic` is not in the digest: what a text is counted under is not heard, so naming it withdraws no
    approval and makes no clip again.
    """

    id: str
    title: str
    path: Path
    digest: str
    blocks: tuple[Block, ...]
    source: str = ""
    author: str = ""
    valid_until: date | None = None  # last day on which it may air
    voices: Mapping[str, str] = field(default_factory=dict)  # speaker → voice, such as "espeak:vi-vn-x-south+f2"
    recording: str = ""  # one recording instead of the whole text
    chime: bool = True  # whether it begins and ends with the station's chime
    topic: str = ""  # a slug that `[topics]` of the station may have a title for
    language: str = ""  # as people call it, such as "tiếng Mông"; "" for Vietnamese
    voice: str = ""  # the narrator's own, before the station's
    unfinished: str = ""  # the first blank of a template that nobody has filled in, such as "‹việc gì›"
    remarks: tuple[LineRemark, ...] = ()  # what seems amiss in single lines
    claims: tuple[Claim, ...] = ()  # the figures, laws and telephone numbers that somebody answers for


class WarningKind(StrEnum):
    """What a warning is about. The comment names its facts."""

    # the doubts of the reader (`normalise.Doubt`): token, reading
    SPELLED = "spelled"
    GUESSED = "guessed"
    UNTONED = "untoned"
    FOREIGN = "foreign"
    DROPPED = "dropped"
    IMPOSSIBLE = "impossible"
    SLIP = "slip"
    WEEKDAY = "weekday"
    # the flaws of a recording (`recording_faults.FlawKind`): file, start_s, end_s
    SILENCE = "silence"
    CLIPPING = "clipping"
    ONE_SIDED = "one-sided"
    OPPOSED = "opposed"
    TRUNCATED = "truncated"
    ABRUPT = "abrupt"
    # what seems amiss in a line of a script
    SPEAKER_VARIANT = "speaker variant"  # token, name: of the speaker that seems to be meant; by: who says the line
    SPEAKER_UNKNOWN = "speaker unknown"  # token; by: who says the line, "" for the narrator
    CUE_BRACKETS = "cue brackets"  # token
    ASIDE = "aside"  # token: how or by whom something is said, in brackets
    INVISIBLE = "invisible"  # token: the word, sign: the code of the sign, such as U+200B
    LOST_LETTER = "lost letter"  # token: the word
    # what the content of a script asks for
    FIGURE_UNSOURCED = "figure unsourced"  # token
    LAW_UNSOURCED = "law unsourced"  # token
    PHONE_UNSOURCED = "phone unsourced"  # token
    CLAIM_INCOMPLETE = "claim incomplete"  # token: a claim without a source or a first day
    CLAIM_UNUSED = "claim unused"  # token: a claim whose text the script has not
    CLAIM_OVER = "claim over"  # token, until (ISO), source
    CLAIM_AHEAD = "claim ahead"  # token, start (ISO)
    CLAIM_OF_OLD_LAW = "claim of old law"  # token, start (ISO), changed (ISO)
    LETTER_OF_OLD_LAW = "letter of old law"  # token, changed (ISO)
    OTHER_PHONE = "other phone"  # token, stated: the number that the letter gives, source
    OLD_ENCODING = "old encoding"  # name
    LONG_READING = "long reading"  # minutes, most
    LONG_SENTENCE = "long sentence"  # token: its first words, words, most
    CAPITALS = "capitals"  # token: its first words
    # others
    LOUDNESS = "loudness"  # found, target: LUFS
    GAP = "gap"  # gap: what is still to be written
    SENTENCE = "sentence"  # text: of a clip that version 0.1 made


@dataclass(frozen=True, slots=True)
class ScriptWarning:
    """What somebody should look at in a script, or hear in its clip: a kind, and its facts by name."""

    kind: WarningKind
    facts: tuple[tuple[str, str | float], ...]

    @classmethod
    def of(cls, kind: str, **facts: str | float) -> Self:
        """Return a warning with these facts; raise ValueError for a kind that there is not."""
        return cls(WarningKind(kind), tuple(facts.items()))


@dataclass(frozen=True, slots=True)
class LineRemark:
    """What somebody should look at in one line of a script's file; line 0 is the script as a whole."""

    line: int
    warning: ScriptWarning


@dataclass(frozen=True, slots=True)
class Clip:
    """A script's rendered sound: mono 16-bit PCM at `CLIP_RATE`.

    `digest` covers everything that affects it (see `clip_recipe`), `sha256` is that of the WAV file.
    """

    script: str
    digest: str
    path: Path
    sha256: str
    frames: int
    text_digest: str  # `Script.digest` of the spoken text
    voice: str  # the voice that spoke, such as "espeak:vi"; several are joined by ", "
    fell_back: bool  # a preferred voice is configured but was not available
    loudness: float  # LUFS, integrated
    true_peak: float  # dBTP
    warnings: tuple[ScriptWarning, ...] = ()  # what the reader had to guess or spell, and flaws of recordings
    rate: int = 0  # syllables a minute that were measured in it, see `voices.rate`; 0: none, or it is not known
    sentences: tuple[int, ...] = ()  # the frame at which each begins; none in a clip of an earlier version

    @property
    def length(self) -> timedelta:
        """Playing time."""
        return timedelta(seconds=self.frames / CLIP_RATE)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of a script, whichever voice reads it. Digests are SHA-256, in hex.

    `words` is that of the words as they are said, "" where a recording is heard in their place; `lexicon` has the
    entries of the station's lexicon that stand in the text, written → said; `sounds` the digest of each sound file.
    """

    text: str  # `Script.digest`
    words: str
    lexicon: Mapping[str, str] = field(default_factory=dict)
    sounds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeClip:
    """A clip that was made just now, with what the play history has to know of it."""

    clip: Clip
    title: str  # of its script
    heard: Heard
    cast: Mapping[str, tuple[str, str]]  # speaker, "" for the narrator → the voice and its version
    replaced: str = ""  # SHA-256 of another sound that lay in its place; "": none did
    topic: str = ""  # of its script
    language: str = ""  # of its script


# ---- plan ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearDay:
    """A month and day of every year ("05-01"). 29 February is 28 February in common years."""

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


class MovedFrom(NamedTuple):
    """An airing that was moved: the id of its slot in the same campaign, and its day and time of day there."""

    slot: str
    day: date
    at: time


@dataclass(frozen=True, slots=True)
class Slot:
    """One or more times of day in a campaign that repeat. `days` are ISO weekdays, Monday is 1."""

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
    exceptions: frozenset[date] = frozenset()  # whole days off; the rotation continues after them
    skips: frozenset[tuple[date, time]] = frozenset()  # single airings that are left out, together with their scripts
    pauses: tuple[DayRange, ...] = ()  # a pause without an end lasts until `date.max`
    weights: tuple[int, ...] = ()  # of each script, in the order of `scripts`; empty: all equal
    group: str = ""  # the loudspeakers that hear it; "": those of the campaign
    moved_from: MovedFrom | None = None  # it stands for one airing of another slot
    versions: tuple[str, ...] = ()  # of its scripts, in the order in which they air; empty: as the campaign says


@dataclass(frozen=True, slots=True)
class Campaign:
    """One file of `schedules/`: slots over a date range, both ends inclusive, ordered by one document (`source`)."""

    id: str
    title: str
    path: Path
    start: Boundary
    end: Boundary
    slots: tuple[Slot, ...]
    source: str = ""
    exceptions: frozenset[date] = frozenset()  # days on which none of its slots airs
    pauses: tuple[DayRange, ...] = ()  # likewise; without an end: until `date.max`
    group: str = ""  # the loudspeakers that hear its slots, where they name none; "": all
    versions: tuple[str, ...] = ()  # of the scripts of its slots; empty: each text itself


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned airing: these scripts in order, the whole list `repeat` times, with `gap` between two clips.

    `group` names the loudspeakers that hear it, a `[[group]]` of the station; "" is all of them.
    """

    campaign: str
    slot: str
    start: datetime
    scripts: tuple[str, ...]
    repeat: int = 1
    gap: timedelta = timedelta(seconds=2)
    bulletin_class: BulletinClass = BulletinClass.NORMAL
    source: str = ""
    group: str = ""

    @property
    def slot_name(self) -> str:
        """`campaign/slot`."""
        return f"{self.campaign}/{self.slot}"

    @property
    def id(self) -> str:
        """Return `campaign/slot@2027-05-01T05:30+07:00`; seconds only if they are not zero."""
        precision = "seconds" if self.start.second else "minutes"
        return f"{self.slot_name}@{self.start.isoformat(timespec=precision)}"

    @property
    def items(self) -> tuple[str, ...]:
        """The scripts in the order in which they air, with repeats."""
        return self.scripts * self.repeat

    def length(self, clips: Mapping[str, timedelta]) -> timedelta:
        """Return its length on the air, gaps included, from its scripts' lengths; one without counts as zero."""
        spoken = sum((clips.get(script, timedelta()) for script in self.items), timedelta())
        return spoken + self.gap * max(0, len(self.items) - 1)
