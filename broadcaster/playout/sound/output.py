"""The interface of an output: a place that sound can go to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from broadcaster.errors import PlayoutError

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.models import MuteKind

Clock = Callable[[], datetime]
"""Returns the current time, with its zone."""


class State(StrEnum):
    """The state of an output."""

    WAITING = "waiting"  # nothing is heard yet
    PLAYING = "playing"
    ENDED = "ended"  # the last frame was heard, or the play was stopped
    LOST = "lost"  # the device no longer takes sound; open it again


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a play: a clip (mono 16-bit WAV at `CLIP_RATE`), or silence where `path` is None."""

    path: Path | None
    frames: int


@dataclass(frozen=True, slots=True)
class Muted:
    """The part of a play that went to an output which let nobody hear it."""

    by: MuteKind  # what did it first
    since: datetime  # when the first such sample was played
    frames: int  # how many such frames were played so far, not always on end
    volume: float  # as people see it, 1.0 full, when it was first seen; 0 while muted


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a play got. Frames are frames that were played; instants carry the zone of the planned one."""

    state: State
    played_frames: int = 0
    total_frames: int = 0
    started: datetime | None = None  # first sample heard
    ended: datetime | None = None  # last sample heard
    reason: str = ""  # why the device was lost
    volume: float | None = None  # of the output now: 1.0 full, 0 muted; None: the sound system does not tell
    muted: Muted | None = None  # None: nobody saw that any of the play was muted

    @property
    def is_whole(self) -> bool:
        """Whether all of a play was played."""
        return 0 < self.total_frames <= self.played_frames


class Output(Protocol):
    """One place that sound can go to. One play at a time; no method blocks for longer than some seconds."""

    device: str
    """What the ledger calls it; the real device's name once it is open."""

    def open(self) -> None:
        """Make ready and keep silent; raise PlayoutError where the device is not there. May be called again."""

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        """Let the first sample be heard at `at`, or at once where that is past; always from the very first sample.

        Replaces the play before it. Raises PlayoutError where a clip cannot be read or the output is not open.
        """

    def progress(self) -> Progress:
        """Return at once how far the play is."""

    def stop(self) -> Progress:
        """End the play now, with a short fade; return how far it got."""

    def close(self) -> None:
        """Release the device; what still plays is cut."""


MakeOutput = Callable[[str], Output]
"""Returns the output of that name in `[output] devices`, not opened yet."""


def open_first(names: Iterable[str], make: MakeOutput) -> Output:
    """Return the first of these outputs that can be opened; raise PlayoutError with the reason of each if none can."""
    reasons = []
    for name in names:
        output = make(name)
        try:
            output.open()
        except PlayoutError as error:
            output.close()
            reasons.append(str(error))
        else:
            return output
    raise PlayoutError("; ".join(reasons))
