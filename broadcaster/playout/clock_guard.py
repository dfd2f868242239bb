"""Two clocks held against each other: the wall's for *when*, the monotonic one for *how long*."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BUILD_DATE = datetime(2026, 11, 1, tzinfo=UTC)
"""This program did not exist before: a clock that shows less has lost its battery."""


class ClockGuard:
    """Sees the wall clock jump, or the computer sleep, within one round."""

    STEP = timedelta(seconds=2)  # less is NTP's slewing, or a busy computer between the two readings
    TOLERANCE = timedelta(minutes=5)  # so far back the clock may go before it is no longer believed

    def __init__(self, wall: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = self._read()

    def step(self) -> timedelta | None:
        """Return by how much the wall clock jumped since the last call (positive: forward); None: it did not."""
        offset = self._read()
        step, self._offset = offset - self._offset, offset
        return step if abs(step) > self.STEP else None

    def _read(self) -> timedelta:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return (self._wall() - epoch) - timedelta(seconds=self._monotonic())
