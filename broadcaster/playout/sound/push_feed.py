"""Feeds a sound server that holds seconds of sound: it is written ahead of time, and what it holds is written over.

The server's stream never stops (`pulse_stream`), so each frame has its instant, and a hole moves nothing that follows.
What is to be heard is written to its place up to two seconds ahead: this process is not needed at the instant itself.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.feed import FADE_FRAMES, Feed, FeedPlay, fade_out, silence
from broadcaster.playout.sound.segment_reader import FRAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.playout.sound.frame_clock import ServerClock
    from broadcaster.playout.sound.segment_reader import SegmentReader

AHEAD = 2 * CLIP_RATE
"""Frames that the server is to hold: how long this process may get no CPU."""
LEAST = CLIP_RATE // 10
"""Frames that are worth a write."""
REACH = CLIP_RATE * 30 // 1000
"""Before what the server takes next: what is written that far ahead arrives in time, hardly ever later."""
SURE_REACH = CLIP_RATE * 150 // 1000
"""The same for the head of a sound, of which nothing may be lost."""


class PushFeed(Feed):
    """Keeps a server full of what is to be heard. `write` sends samples to their place, without waiting."""

    def __init__(self, clock: ServerClock, write: Callable[[bytes, int], None]) -> None:
        super().__init__(clock)
        self._clock = clock
        self._write = write
        self._head = 0  # the first frame that is not written yet
        self._kept: deque[tuple[int, bytes]] = deque()  # sound that may still be written over, by its place

    @property
    def answers(self) -> int:
        """How many of the server's answers the clock goes by."""
        return self._clock.answers

    def note(self, now: float, taken: int, latency: float) -> None:
        """Record the server's answer: see `ServerClock.note`."""
        with self._lock:
            self._clock.note(now, taken, latency)

    def step(self, now: float) -> None:
        """Write what is missing of the seconds ahead."""
        with self._lock:
            if self._clock.answers:
                self._fill(now, LEAST)

    def play(self, number: int, sound: SegmentReader, target: float, now: float) -> None:
        """Play `sound` from `target` on, or at once if that has passed; replaces the play before it."""
        with self._lock:
            self._play = FeedPlay(number, sound, target)
            self._kept.clear()
            self._back_to(self._clock.next_at(now) + SURE_REACH)
            self._fill(now)

    def stop(self, now: float) -> None:
        """Fade the play out as soon as can still be written; a play that has not begun is cancelled."""
        with self._lock:
            play = self._play
            if play is None or play.cancelled is not None:
                return
            cut = self._clock.next_at(now) + REACH
            if play.first is None or cut <= play.first:
                play.cancelled, play.first = now, None
                play.runs.clear()
                self._back_to(cut)
            elif play.end is None or cut < play.end:
                self._cut(play, cut)
            self._fill(now)

    def _cut(self, play: FeedPlay, cut: int) -> None:
        faded = fade_out(self._sound_at(cut, FADE_FRAMES))
        self._back_to(cut)
        self._put(faded)
        play.end = cut + len(faded) // FRAME_BYTES
        play.stopping = True

    def _sound_at(self, place: int, count: int) -> bytes:
        """Return what was written of the play to these frames; fewer where it ends, or has a hole."""
        pieces = (
            samples[max(0, place - begin) * FRAME_BYTES : max(0, place + count - begin) * FRAME_BYTES]
            for begin, samples in self._kept
        )
        return b"".join(pieces)

    def _back_to(self, place: int) -> None:
        """Write on from `place`, over what is there."""
        self._head = min(self._head, place)

    def _fill(self, now: float, least: int = 1) -> None:
        """Write up to `AHEAD`, if that is at least so much."""
        taken = self._clock.next_at(now)
        if self._head < taken + REACH:
            self._skip(taken)
        count = taken + AHEAD - self._head
        if count >= least:
            self._put(self._next(self._head, count))
        while len(self._kept) > 1 and self._kept[1][0] < taken:
            self._kept.popleft()

    def _skip(self, taken: int) -> None:
        """Go on where all arrives in time: the stream is new, or this process got no CPU for too long.

        Nothing of a sound is left out. The silence is written, since not every server makes silence of a gap.
        """
        self._head = max(self._head, taken)
        self._put(silence(taken + SURE_REACH - self._head))

    def _put(self, samples: bytes) -> None:
        self._write(samples, self._head)
        self._head += len(samples) // FRAME_BYTES

    def _next(self, head: int, count: int) -> bytes:
        """Return the `count` frames from `head` on: silence, and the play in it."""
        play = self._play
        if play is None or play.end is not None or play.cancelled is not None:
            return silence(count)
        if play.first is None:
            first = max(head, self._clock.frame_at(play.target))
            if first >= head + count:
                return silence(count)
            play.first = first
        begin = max(head, play.first)
        samples = play.sound.take(head + count - begin)
        size = len(samples) // FRAME_BYTES
        play.handed(begin, size)
        self._kept.append((begin, samples))
        if play.sound.left == 0:
            play.end = begin + size
        return silence(begin - head) + samples + silence(head + count - begin - size)

    def _handed(self) -> int:
        return self._clock.taken

    def _heard(self) -> int:
        return self._clock.heard
