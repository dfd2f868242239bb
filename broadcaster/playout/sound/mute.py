"""Whether a play can be heard, as far as the sound system tells: muted outputs, muted programs, volumes near zero."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING, Any

from broadcaster.children.messages import MessageError
from broadcaster.models import MuteKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.playout.sound.feed import FeedReport

QUIET = 0.05
"""Of the full volume; below it nothing is heard."""


@dataclass(frozen=True, slots=True)
class Volume:
    """How loud an output plays what it is given. `level` is as people see it, 1.0 full, and 0 while it is muted."""

    level: float
    mute: MuteKind | None


@dataclass(frozen=True, slots=True)
class MuteReport:
    """Whether the play of the report beside it can be heard; instants are of the monotonic clock."""

    volume: float | None = None  # now, as in `Volume`; None: the sound system does not tell
    mute: MuteKind | None = None  # now
    muted_by: MuteKind | None = None  # what first muted the play; None: nothing did
    muted_from: float | None = None  # when the first frame was played that nobody heard
    muted_frames: int = 0  # how many such frames were played
    muted_volume: float = 0.0  # the volume then


def read_mute(head: Mapping[str, Any]) -> MuteReport:
    """Return the report in a message; raise MessageError if there is none."""
    try:
        mute, by = (MuteKind(head[name]) if head[name] else None for name in ("mute", "muted_by"))
        volume, begin, frames, at = (head[name] for name in ("volume", "muted_from", "muted_frames", "muted_volume"))
        if (
            type(frames) is int
            and type(at) is float
            and all(type(each) in (float, NoneType) for each in (volume, begin))
        ):
            return MuteReport(volume, mute, by, begin, frames, at)
    except (KeyError, ValueError):
        pass
    raise MessageError(json.dumps(head).encode())


class MuteWatch:
    """Counts the frames of a play that went to an output which let nobody hear them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._volume: Volume | None = None
        self._muted_at = 0.0  # when the present mute was seen
        self._number = 0
        self._played = 0
        self._report = MuteReport()

    def look(self, volume: Volume, play: FeedReport, now: float) -> None:
        """Record that at `now` the volume is `volume`; `play` says how far the play is."""
        with self._lock:
            self._report = self._at(play)
            self._number, self._played = play.number, play.played
            if volume.mute and not (self._volume and self._volume.mute):
                self._muted_at = now
            self._volume = volume

    def report(self, play: FeedReport) -> MuteReport:
        """Return what is known at `play`; what happened since the last look went as it was seen then."""
        with self._lock:
            return self._at(play)

    def _at(self, play: FeedReport) -> MuteReport:
        volume = self._volume
        if volume is None:
            return MuteReport()
        before, counted = (self._report, self._played) if play.number == self._number else (MuteReport(), 0)
        known = replace(before, volume=volume.level, mute=volume.mute)
        if not volume.mute or play.played <= counted or play.started is None:
            return known
        if known.muted_by is None:
            begin = max(play.started, self._muted_at)
            known = replace(known, muted_by=volume.mute, muted_from=begin, muted_volume=volume.level)
        return replace(known, muted_frames=known.muted_frames + play.played - counted)
