"""Feeds the audio device: silence, and a play whose first sample is heard at its planned instant.

The device takes samples long before they are heard, in bursts, whenever it has room. So the instant at which a
given frame is heard is computed, not waited for. Nothing here uses a real device or the wall clock:
instants are seconds of one monotonic clock (`time.perf_counter`), positions are frames since the stream began.
"""

from __future__ import annotations

import json
import threading
import wave
from array import array
from collections import deque
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any

from broadcaster.children.messages import MessageError
from broadcaster.errors import PlayoutError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FRAME_BYTES = 2
"""Mono, 16 bits: what clips are. The device library spreads it over the channels that the device has."""
FADE_FRAMES = CLIP_RATE * 15 // 1000
"""A stopped play ends over 15 ms: short enough to be "now", long enough not to click."""
DRY_SECONDS = 0.01
"""A device that asks this long after its last frame was due has run dry."""
ASKS = 6
"""How many of the device's last asks count: enough that not all are late on a busy computer, few enough that a hole,
which moves all that comes after it, is soon seen. Measured with a loaded server: 3 follow the noise, 13 the past.
"""


class FrameClock:
    """Computes when a frame will be heard, from the instants at which the device took earlier frames.

    The device begins to consume when it takes its first frames, so frame 0 is heard then, plus `extra` seconds for
    what the computer cannot know (a radio link, a slow amplifier). From there on the device's own clock counts: the
    line through the earliest instants at which it asked for more. Being late to ask moves an instant only backward
    in that order, so load does not disturb the line; only the last few are used, so it follows a card that runs fast
    or slow, and a hole.
    """

    def __init__(self, extra: float = 0.0, rate: int = CLIP_RATE) -> None:
        self._extra = extra
        self._rate = rate
        self._first: float | None = None
        self._handed = 0
        self._settled: float | None = None
        self._recent: deque[float] = deque(maxlen=ASKS)

    def note(self, now: float, handed: int) -> None:
        """Record that at `now` the device had taken the first `handed` frames."""
        if self._first is None:
            self._first = now
        elif now - self._zero() > self._handed / self._rate + DRY_SECONDS:
            self._restart(now)
        self._handed = handed
        self._recent.append(now - handed / self._rate)
        if self._settled is None and len(self._recent) == ASKS:
            self._settled = self._line()

    def _restart(self, now: float) -> None:
        """Begin a new line: the device ran dry and paused, so earlier instants no longer count."""
        self._recent.clear()
        if self._settled is None:
            self._first = now - self._handed / self._rate

    def heard_at(self, frame: int) -> float:
        """Return the instant at which `frame` is heard. Needs at least one `note`."""
        return self._zero() + self._extra + frame / self._rate

    def frame_at(self, instant: float) -> int:
        """Return the frame that is heard at `instant`, to the nearest; may be negative or still to come."""
        return round((instant - self._extra - self._zero()) * self._rate)

    def _zero(self) -> float:
        """Return the instant at which frame 0 was heard, as far as the device's recent requests tell."""
        if self._first is None:
            raise ValueError("nothing was handed over yet")
        moved = self._line() - self._settled if self._settled is not None and self._recent else 0.0
        return self._first + moved

    def _line(self) -> float:
        return min(self._recent)


def read_clip(path: Path, frames: int) -> bytes:
    """Return the samples of a clip, all of them, in memory: nothing is read from a disk while it plays.

    Raise PlayoutError where the file is missing, is not mono 16-bit sound at `CLIP_RATE`, or has not `frames` frames.
    """
    try:
        with wave.open(str(path), "rb") as file:
            kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            samples = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        reason = getattr(error, "strerror", None) or str(error) or _("it ends too early")
        raise PlayoutError(_("{path}: the clip cannot be read: {reason}").format(path=path, reason=reason)) from None
    if kind != (1, FRAME_BYTES, CLIP_RATE):
        found = f"{kind[0]} × {kind[1] * 8} bit, {kind[2]} Hz"
        raise PlayoutError(_("{path}: not a clip of ours ({found})").format(path=path, found=found))
    if len(samples) != frames * FRAME_BYTES:
        text = _("{path}: the clip has {found} frames instead of {expected}")
        raise PlayoutError(text.format(path=path, found=len(samples) // FRAME_BYTES, expected=frames))
    return samples


class Sound:
    """Clips and silences one after the other, taken in pieces of any size."""

    def __init__(self, parts: Iterable[tuple[Path | None, int]]) -> None:
        """Read every clip of `parts` (its file, or None for silence, and its frames); PlayoutError where one is bad."""
        clips: dict[Path, bytes] = {}
        self._parts: list[tuple[memoryview | None, int]] = []
        for path, frames in parts:
            if path is not None and path not in clips:
                clips[path] = read_clip(path, frames)
            self._parts.append((None if path is None else memoryview(clips[path]), frames))
        self.left = sum(frames for _samples, frames in self._parts)
        self._next = 0
        self._offset = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` frames; fewer at the end."""
        pieces: list[bytes | memoryview] = []
        while count and self._next < len(self._parts):
            samples, frames = self._parts[self._next]
            size = min(count, frames - self._offset)
            pieces.append(_piece(samples, self._offset, size))
            count -= size
            self.left -= size
            self._offset += size
            if self._offset == frames:
                self._next, self._offset = self._next + 1, 0
        return b"".join(pieces)


def _piece(samples: memoryview | None, offset: int, size: int) -> bytes | memoryview:
    if samples is None:
        return bytes(size * FRAME_BYTES)
    return samples[offset * FRAME_BYTES : (offset + size) * FRAME_BYTES]


def fade_out(samples: bytes) -> bytes:
    """Return `samples` falling to nothing over their whole length."""
    values = array("h", samples)
    last = max(len(values), 1)
    return array("h", (value * (last - place) // last for place, value in enumerate(values))).tobytes()


@dataclass(slots=True)
class _FeedPlay:
    """One play in the feed. `first` and `end` are frames of the stream, known once they are handed over."""

    number: int
    sound: Sound
    target: float
    first: int | None = None
    end: int | None = None
    stopping: bool = False
    cancelled: float | None = None  # stopped before it began


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
    """Gives the device its samples and counts them. Only the device's thread may call `fill`."""

    def __init__(self, clock: FrameClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._handed = 0
        self._calls = 0
        self._asked_at = 0.0  # when the device last asked
        self._play: _FeedPlay | None = None

    @property
    def calls(self) -> int:
        """How often the device has asked for samples; after a few times it is really running."""
        return self._calls

    def play(self, number: int, sound: Sound, target: float) -> None:
        """Play `sound` from `target` on, or at once if that has passed; replaces the play before it."""
        with self._lock:
            self._play = _FeedPlay(number, sound, target)

    def stop(self, now: float) -> None:
        """Fade the play out in the next samples that the device takes; a play that has not begun is cancelled."""
        with self._lock:
            if self._play is None or self._play.cancelled is not None:
                return
            self._play.stopping = True
            if self._play.first is None:
                self._play.cancelled = now

    def fill(self, now: float, count: int) -> bytes:
        """Return the `count` frames that the device asks for at `now`."""
        with self._lock:
            first = self._handed
            self._handed += count
            self._calls += 1
            self._asked_at = now
            self._clock.note(now, self._handed)
            samples = self._sound(self._play, first, count) if self._play else b""
        return samples + bytes(count * FRAME_BYTES - len(samples))

    def _sound(self, play: _FeedPlay, first: int, count: int) -> bytes:
        """Return the frames from `first` on that belong to the play, after the silence before its start."""
        if play.end is not None or play.cancelled is not None:
            return b""
        if play.first is None:
            begin = max(first, self._clock.frame_at(play.target))
            if begin >= first + count:
                return b""
            play.first = begin
        silence = max(0, play.first - first)
        return bytes(silence * FRAME_BYTES) + self._next(play, first + silence, count - silence)

    def _next(self, play: _FeedPlay, begin: int, count: int) -> bytes:
        samples = play.sound.take(min(count, FADE_FRAMES) if play.stopping else count)
        size = len(samples) // FRAME_BYTES
        if play.stopping or play.sound.left == 0:
            play.end = begin + size
        return fade_out(samples) if play.stopping else samples

    def report(self) -> FeedReport:
        """Return how far things were when the device last asked."""
        with self._lock:
            play = self._play
            if play is None or play.first is None:
                return FeedReport(self._handed, play.number if play else 0, 0, None, play.cancelled if play else None)
            # What the device did after its last request is not known: count only what it had consumed by then.
            heard = self._clock.frame_at(self._asked_at)
            ended = self._ended(play)
            if play.end is not None and (ended is not None or heard > play.end):
                heard = play.end
            started = self._clock.heard_at(play.first)
            return FeedReport(self._handed, play.number, max(0, heard - play.first), started, ended)

    def _ended(self, play: _FeedPlay) -> float | None:
        """Return when the play ended, once the device has asked for samples after that: proof that it was played.

        For a play that was stopped the answer comes without that proof, so that nobody waits for it.
        """
        if play.end is None:
            return None
        ended = self._clock.heard_at(play.end)
        return ended if play.stopping or self._asked_at >= ended else None
