"""Computes when a frame of a stream is heard.

A device takes samples long before they are heard, in bursts, whenever it has room: the instant of a frame is computed,
not waited for. Instants are seconds of one monotonic clock (`time.perf_counter`), positions are frames since the
stream began. Nothing here uses a real device or the wall clock.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from broadcaster.models import CLIP_RATE

DRY_SECONDS = 0.01
"""A device that asks this long after its last frame was due has run dry."""
ASKS = 6
"""How many of the device's last asks count: enough that not all are late on a busy computer, few enough that a hole,
which moves all that comes after it, is soon seen. Measured with a loaded server: 3 follow the noise, 13 the past.
"""
ANSWERS = 60
"""How many of the server's last answers count: over a second of them, so that one came in time on any load."""


class FrameClock(Protocol):
    """Which frame is heard when."""

    def heard_at(self, frame: int) -> float:
        """Return the instant at which `frame` is heard. Needs at least one `note`."""

    def frame_at(self, instant: float) -> int:
        """Return the frame that is heard at `instant`, to the nearest; may be negative or still to come."""


class _Line:
    """The line from frames to instants, from the instant `_zero()` at which frame 0 is heard."""

    def __init__(self, extra: float, rate: int) -> None:
        self._extra = extra
        self._rate = rate

    def heard_at(self, frame: int) -> float:
        return self._zero() + self._extra + frame / self._rate

    def frame_at(self, instant: float) -> int:
        return round((instant - self._extra - self._zero()) * self._rate)

    def _zero(self) -> float:
        raise NotImplementedError


class LevelClock(_Line):
    """The clock of a device that asks for samples: frame 0 was heard at its earliest recent ask, plus a level.

    The level is what the device still holds when it asks; it depends on the device and its period alone. Being late to
    ask moves an instant only backward, so load does not disturb the earliest; only the last few asks are used, so the
    clock follows a card that runs fast or slow, and a hole.

    The level is measured at each opening: a device begins to consume when it takes its first frames, so frame 0 is
    heard then. Where all first asks come late, it comes out too small, never too large, so the largest of several
    openings is right: `level` is what earlier ones found. `extra` is what the computer cannot know (a radio link, a
    slow amplifier).
    """

    def __init__(self, extra: float = 0.0, level: float | None = None, rate: int = CLIP_RATE) -> None:
        super().__init__(extra, rate)
        self._first: float | None = None
        self._handed = 0
        self._learned = level
        self._measured: float | None = None
        self._recent: deque[float] = deque(maxlen=ASKS)

    @property
    def level(self) -> float | None:
        """The largest level that is known, in seconds; None: none yet."""
        return max((level for level in (self._learned, self._measured) if level is not None), default=None)

    def note(self, now: float, handed: int) -> None:
        """Record that at `now` the device had taken the first `handed` frames."""
        if self._first is None:
            self._first = now
        elif now - self._zero() > self._handed / self._rate + DRY_SECONDS:
            self._restart(now)
        self._handed = handed
        self._recent.append(now - handed / self._rate)
        if self._measured is None and len(self._recent) == ASKS:
            self._measured = self._first - min(self._recent)

    def _restart(self, now: float) -> None:
        """Begin a new line: the device ran dry and paused, so earlier instants no longer count."""
        self._recent.clear()
        if self._measured is None:
            self._first = now - self._handed / self._rate

    def _zero(self) -> float:
        if self._first is None:
            raise ValueError("nothing was handed over yet")
        level = self.level
        return self._first if level is None or not self._recent else min(self._recent) + level


class ServerClock(_Line):
    """The clock of a sound server that says how far it is: which frame it takes next, and how late it sounds.

    The earliest of many answers is right: load only makes later ones. `extra` as for `LevelClock`.
    """

    def __init__(self, extra: float = 0.0, rate: int = CLIP_RATE) -> None:
        super().__init__(extra, rate)
        self._latency = 0.0
        self._taken = 0
        self._zeros: deque[float] = deque(maxlen=ANSWERS)

    @property
    def answers(self) -> int:
        """How many answers count now."""
        return len(self._zeros)

    @property
    def taken(self) -> int:
        """How many frames the server had taken by its last answer."""
        return self._taken

    @property
    def heard(self) -> int:
        """How many frames had been heard by the last answer."""
        return self._taken - round((self._latency + self._extra) * self._rate)

    def note(self, now: float, taken: int, latency: float) -> None:
        """Record the answer that at `now` the server had taken `taken` frames, and sounds them `latency` s later."""
        self._taken, self._latency = taken, latency
        self._zeros.append(now + latency - taken / self._rate)

    def next_at(self, instant: float) -> int:
        """Return the frame that the server takes next at `instant`."""
        return round((instant + self._latency - self._zero()) * self._rate)

    def _zero(self) -> float:
        if not self._zeros:
            raise ValueError("the sound server has not answered yet")
        return min(self._zeros)
