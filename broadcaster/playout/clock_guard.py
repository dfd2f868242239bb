"""Compares the wall clock with the monotonic clock, to notice when the wall clock was set or the computer slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BUILD_DATE = datetime(2026, 11, 1, tzinfo=UTC)
"""This program did not exist before this date: a clock that shows an earlier one has lost its battery."""


class ClockGuard:
    """Notices, at the next call of `step`, that the wall clock jumped."""

    STEP = timedelta(seconds=2)  # smaller differences come from NTP, or from a delay between the two readings
    TOLERANCE = timedelta(minutes=5)  # a clock further back than this is not trusted

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
