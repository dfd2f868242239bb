"""Feeds a device that asks for samples, through the device library: it gets the next ones, and takes none back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.playout.sound.feed import FADE_FRAMES, Feed, FeedPlay, fade_out, silence
from broadcaster.playout.sound.segment_reader import FRAME_BYTES

if TYPE_CHECKING:
    from broadcaster.playout.sound.frame_clock import LevelClock
    from broadcaster.playout.sound.segment_reader import SegmentReader


class PullFeed(Feed):
    """Gives the device its samples and counts them. Only the device's thread may call `fill`."""

    def __init__(self, clock: LevelClock) -> None:
        super().__init__(clock)
        self._clock = clock
        self._given = 0
        self._calls = 0
        self._asked_at = 0.0  # when the device last asked

    @property
    def calls(self) -> int:
        """How often the device has asked for samples; after a few times it is really running."""
        return self._calls

    @property
    def level(self) -> float | None:
        """What the device holds when it asks, in seconds, as far as is known: see `LevelClock`."""
        return self._clock.level

    def play(self, number: int, sound: SegmentReader, target: float) -> None:
        """Play `sound` from `target` on, or at once if that has passed; replaces the play before it."""
        with self._lock:
            self._play = FeedPlay(number, sound, target)

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
            first = self._given
            self._given += count
            self._calls += 1
            self._asked_at = now
            self._clock.note(now, self._given)
            samples = self._sound(self._play, first, count) if self._play else b""
        return samples + silence(count - len(samples) // FRAME_BYTES)

    def _sound(self, play: FeedPlay, first: int, count: int) -> bytes:
        """Return the frames from `first` on that belong to the play, after the silence before its start."""
        if play.end is not None or play.cancelled is not None:
            return b""
        if play.first is None:
            begin = max(first, self._clock.frame_at(play.target))
            if begin >= first + count:
                return b""
            play.first = begin
        begin = max(first, play.first)
        return silence(begin - first) + self._next(play, begin, first + count - begin)

    def _next(self, play: FeedPlay, begin: int, count: int) -> bytes:
        samples = play.sound.take(min(count, FADE_FRAMES) if play.stopping else count)
        size = len(samples) // FRAME_BYTES
        play.handed(begin, size)
        if play.stopping or play.sound.left == 0:
            play.end = begin + size
        return fade_out(samples) if play.stopping else samples

    def _handed(self) -> int:
        return self._given

    def _heard(self) -> int:
        # What the device did after its last request is not known: count only what it had consumed by then.
        return self._clock.frame_at(self._asked_at)
