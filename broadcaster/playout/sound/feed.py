"""What both feeds of a device have in common: the play, how much of it was heard, and how it is told.

A feed gives a device silence, and a play whose first sample is heard at its planned instant. Where the device asks for
samples (`pull_feed`), it gets the next ones; a sound server that holds seconds of sound is written ahead of time, and
what it holds can be written over (`push_feed`).
"""

from __future__ import annotations

import json
import threading
from array import array
from dataclasses import dataclass, field
from types import NoneType
from typing import TYPE_CHECKING, Any

from broadcaster.children.messages import MessageError
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.segment_reader import FRAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.playout.sound.frame_clock import FrameClock
    from broadcaster.playout.sound.segment_reader import SegmentReader

FADE_FRAMES = CLIP_RATE * 15 // 1000
"""A stopped play ends over 15 ms: short enough to be "now", long enough not to click."""


@dataclass(slots=True)
class FeedPlay:
    """One play in a feed. Places are frames of the stream, known once its samples are handed over."""

    number: int
    sound: SegmentReader
    target: float
    first: int | None = None
    end: int | None = None
    stopping: bool = False
    cancelled: float | None = None  # stopped before it began
    runs: list[tuple[int, int]] = field(default_factory=list)  # place and frames of its sound; a hole begins a new one

    def handed(self, place: int, frames: int) -> None:
        """Record that its next `frames` frames were handed over, for `place`."""
        if self.runs and sum(self.runs[-1]) == place:
            self.runs[-1] = (self.runs[-1][0], self.runs[-1][1] + frames)
        elif frames:
            self.runs.append((place, frames))

    def heard(self, place: int) -> int:
        """Return how many of its frames are heard before the stream's frame `place`."""
        return sum(min(max(0, place - begin), frames) for begin, frames in self.runs)


@dataclass(frozen=True, slots=True)
class FeedReport:
    """How far things are. `handed` counts frames since the stream began; instants are of the monotonic clock."""

    handed: int
    number: int  # of the play that the rest is about; 0: none so far
    played: int  # its frames that were heard
    started: float | None  # when its first frame was or will be heard, once that is settled
    ended: float | None  # when its last frame was heard, or, of a stopped play, will be; None: not known yet


def read_report(head: Mapping[str, Any]) -> FeedReport:
    """Return the report in a message; raise MessageError if there is none."""
    counts = [head.get(name) for name in ("handed", "number", "played")]
    instants = [head.get(name) for name in ("started", "ended")]
    if all(type(count) is int for count in counts) and all(type(each) in (float, NoneType) for each in instants):
        return FeedReport(*counts, *instants)  # type: ignore[arg-type]  # as was just found
    raise MessageError(json.dumps(head).encode())


class Feed:
    """The play of a device. Any thread may look; a subclass says which hands over samples."""

    def __init__(self, clock: FrameClock) -> None:
        self._lock = threading.Lock()
        self._line = clock
        self._play: FeedPlay | None = None

    def read_ahead(self) -> None:
        """Read some seconds of the play from its files; raise PlayoutError where that fails. For one thread only."""
        if (play := self._play) is not None:
            play.sound.read_ahead()

    def report(self) -> FeedReport:
        """Return how far things were when the device last let us know."""
        with self._lock:
            play, handed = self._play, self._handed()
            if play is None or play.first is None:
                return FeedReport(handed, play.number if play else 0, 0, None, play.cancelled if play else None)
            heard = self._heard()
            ended = None
            # A stopped play ends without the proof that it was heard to its end, so that nobody waits for that.
            if play.end is not None and (play.stopping or heard >= play.end):
                heard, ended = play.end, self._line.heard_at(play.end)
            return FeedReport(handed, play.number, play.heard(heard), self._line.heard_at(play.first), ended)

    def _handed(self) -> int:
        """Return how many frames the device has taken."""
        raise NotImplementedError

    def _heard(self) -> int:
        """Return the frame up to which the device had certainly played when it last let us know."""
        raise NotImplementedError


def fade_out(samples: bytes) -> bytes:
    """Return `samples` falling to nothing over their whole length."""
    values = array("h", samples)
    last = max(len(values), 1)
    return array("h", (value * (last - place) // last for place, value in enumerate(values))).tobytes()


def silence(frames: int) -> bytes:
    """Return `frames` frames of silence; none where that is not positive."""
    return bytes(max(0, frames) * FRAME_BYTES)
