"""What a run has around it: counters, waiting, outputs, a timer, and those who work beside it.

`REAL` is that of this computer. Tests that make a month pass in seconds bring one of their own, and run the same
daemon.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Protocol

from broadcaster.playout.background_errands import BackgroundErrands
from broadcaster.playout.background_rendering import BackgroundRendering
from broadcaster.playout.background_work import BackgroundWork, Work
from broadcaster.playout.clock_facts import NOT_KNOWN, ClockFacts, read_clock_facts
from broadcaster.playout.clock_watch import elapsed
from broadcaster.playout.interfaces import Rendering, Timer
from broadcaster.playout.sound.make_output import make_output
from broadcaster.playout.wake_timer import WakeTimer

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from broadcaster.playout.clock_watch import Elapsed
    from broadcaster.playout.sound.output import Output
    from broadcaster.station.folder import Station


LOOK_EVERY = 0.1
"""Seconds after which a rest looks whether somebody ordered something."""


def rest(wake: Event, seconds: float, has_news: Callable[[], bool]) -> None:
    """Wait until the event is set, there is news, or so many seconds are over."""
    looks = max(1, round(seconds / LOOK_EVERY))
    for _look in range(looks):
        if wake.wait(seconds / looks) or has_news():
            return


class Closable(Protocol):
    """What a run ends when it ends itself."""

    def close(self) -> None:
        """End it."""


class RunningRendering(Rendering, Closable, Protocol):
    """Makes clips beside the desk, until it is closed."""


class RunningTimer(Timer, Closable, Protocol):
    """Wakes the next round early, until it is closed."""


class RunningWork(Work, Closable, Protocol):
    """Does work beside the desk, until it is closed."""


class RunningErrands(Closable, Protocol):
    """Copies the play history and sends checkpoints away each day, until it is closed."""

    def round(self, station: Station, *, at_rest: bool) -> None:
        """Begin what is due where the desk is at rest; must not block."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The parts, each made by the run that needs it; the clock is the station's."""

    elapsed: Callable[[], Elapsed] = elapsed
    wait: Callable[[Event, float], object] = Event.wait  # returns when the event is set, or after so many seconds
    rest: Callable[[Event, float, Callable[[], bool]], object] = rest  # between two rounds
    make_output: Callable[..., Output] = make_output
    rendering: Callable[[Station], RunningRendering] = BackgroundRendering
    errands: Callable[[], RunningErrands] = BackgroundErrands
    timer: Callable[[ZoneInfo, Callable[[], None]], RunningTimer] = WakeTimer
    work: Callable[[], RunningWork] = BackgroundWork
    clock_facts: Callable[[], ClockFacts] = lambda: NOT_KNOWN


REAL = Environment(clock_facts=read_clock_facts)
"""The environment of this computer."""
