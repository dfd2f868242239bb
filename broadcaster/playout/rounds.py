"""The daemon's rounds: what it does between start and stop, several times a second, in one thread."""

from __future__ import annotations

import logging
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from broadcaster import __version__
from broadcaster.errors import BroadcasterError, RecordError
from broadcaster.i18n import _
from broadcaster.playout.ballast import Ballast
from broadcaster.playout.clock_guard import BUILD_DATE, ClockGuard
from broadcaster.playout.desk import Desk
from broadcaster.playout.file_watch import FileWatch
from broadcaster.playout.heartbeat import planned_until, read_heartbeat, seen_alive, write_heartbeat
from broadcaster.playout.horizon import Absence
from broadcaster.playout.rows import ACTOR
from broadcaster.playout.sound.make_output import make_output
from broadcaster.records.checkpoint import take_monthly
from broadcaster.records.ledger import Entry, Kind
from broadcaster.records.play_rows import ClockState
from broadcaster.records.schema import DiskFullError
from broadcaster.station.content import read_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from broadcaster.playout.sound.output import Output
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

IDLE_ROUND = 0.5
"""Seconds between rounds when nothing is on; also how often the clock and the files are checked."""
BUSY_ROUND = 0.1
HEARTBEAT_EVERY = 5.0
RESYNC_EVERY = 3600.0
NIGHT = range(5)
"""Hours in which clips are rendered again with a better voice."""

log = logging.getLogger(__name__)


class Rendering(Protocol):
    """Makes clips beside the desk (`background_rendering.BackgroundRendering`)."""

    def ask(self, scripts: Sequence[str]) -> None:
        """Ask for these scripts to be rendered soon; must not block."""

    def round(self) -> bool:
        """Start what was asked for; return whether a batch has ended since the last call."""


class Timer(Protocol):
    """Wakes the next round early (`wake_timer.WakeTimer`)."""

    def set(self, instants: Iterable[datetime]) -> None:
        """Wake at these instants, and no longer at those set before."""

    def nudge(self) -> None:
        """Look at the clock now: it was set."""


class Rounds:
    """Runs one desk: clock, files, plays, clips, heartbeat."""

    def __init__(
        self,
        station: Station,
        ledger: Ledger,
        rendering: Rendering,
        timer: Timer,
        *,
        trust_clock: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._rendering = rendering
        self._timer = timer
        self._trust_clock = trust_clock
        self._monotonic = monotonic
        self._guard = ClockGuard(station.clock, monotonic)
        self._files = FileWatch(station, ledger)
        self._due: dict[str, float] = {}
        self._last_on_air: object = None
        self._ballast = Ballast(station.state_folder / "ballast")
        self._levels: dict[str, float] = {}  # what devices hold when they ask for sound, found at each opening
        self.held = False
        self.desk = Desk(station, ledger, read_content(station), self._make_output, rendering.ask)

    @property
    def busy(self) -> bool:
        """Whether something is on the output or about to be."""
        status = self.desk.status()
        return status.on_air is not None or bool(status.waiting)

    # ---- start, round, stop -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Write `daemon_started`, and continue the plan where the last run left it."""
        station, heartbeat = self.desk.station, read_heartbeat(self.desk.station)
        last_alive = seen_alive(heartbeat) or self._ledger.last_at()
        self._floor = max(self._ledger.last_at() or BUILD_DATE, BUILD_DATE)
        body = {"version": __version__, "pid": os.getpid(), "devices": list(station.settings.output.devices)}
        self._write(Kind.DAEMON_STARTED, body)
        self._files.take_up()
        self._report_problems(self.desk.content)
        self._ballast.fill()
        self.desk.horizon.resume(planned_until(heartbeat), last_alive)
        self._hold_if_untrusted()
        if not self.held:
            self._resync(_("the program was started"))

    def round(self) -> None:
        """Do what is due now. An error is logged, and the next round tries again."""
        try:
            self._watch_clock()
            if not self.held:
                self._every("files", IDLE_ROUND, self._watch_files)
                self._every("resync", RESYNC_EVERY, lambda: self._resync(""))
                self.desk.tick()
                if self._rendering.round():
                    self.desk.clips.look_again()
                self._every("checkpoint", RESYNC_EVERY, self._take_checkpoint)
                self._every("better", RESYNC_EVERY, self._better_voices)
            self._heartbeat()
        except RecordError as error:
            self._alarm(error)
        except (BroadcasterError, OSError):
            log.exception(_("this round went wrong; the next one tries again"))

    def stop(self, reason: str) -> None:
        """Stop what plays, and write `daemon_stopped`."""
        self.desk.stop(reason)
        self._write(Kind.DAEMON_STOPPED, {"reason": reason})
        self._heartbeat(now=True)

    def _every(self, what: str, seconds: float, do: Callable[[], None]) -> None:
        if self._monotonic() >= self._due.get(what, 0.0):
            self._due[what] = self._monotonic() + seconds
            do()

    # ---- files ------------------------------------------------------------------------------------------------

    def _watch_files(self) -> None:
        edit = self._files.look(self.desk.content)
        if edit is None:
            return
        self._report_problems(edit.content)
        if not edit.names and not edit.other_problems:  # a sound, or the lexicon
            self.desk.clips.look_again()
            self._rendering.ask(self._missing_clips())
            return
        self._files.enter(edit)
        self.desk.adopt(edit.content, _("the files were edited: {names}").format(names=", ".join(edit.names)))
        self._after_sync()

    def _report_problems(self, content: Content) -> None:
        for problem in content.problems:
            log.error("%s", problem)

    def _resync(self, reason: str) -> None:
        self.desk.sync(reason)
        self._after_sync()

    def _after_sync(self) -> None:
        self._due["resync"] = self._monotonic() + RESYNC_EVERY
        self._timer.set(o.start - self.desk.ahead for o in self.desk.horizon.upcoming.values())
        self._rendering.ask(self._missing_clips())
        self._heartbeat(now=True)

    # ---- clock ------------------------------------------------------------------------------------------------

    def _watch_clock(self) -> None:
        step = self._guard.step()
        if step is None:
            if self.held:
                self._hold_if_untrusted()
            return
        now = self.desk.station.now()
        self._write(Kind.CLOCK_STEP, {"seconds": round(step.total_seconds(), 3)})
        log.warning(_("the clock moved by %.1f s"), step.total_seconds())
        if step > timedelta():
            reason = _("the clock was set forward, or the computer slept, by {seconds:.0f} s")
            absence = Absence(now - step, now, reason.format(seconds=step.total_seconds()))
            self.desk.horizon.absences.append(absence)
        self._timer.nudge()
        self.desk.clock_moved()
        self._hold_if_untrusted()
        if not self.held:
            self._resync(_("the clock was set"))

    def _hold_if_untrusted(self) -> None:
        """Play nothing while the clock shows a time before the last row or the build date: its battery is dead."""
        now = self.desk.station.now()
        untrusted = not self._trust_clock and now < self._floor - ClockGuard.TOLERANCE
        if untrusted and not self.held:
            self._write(Kind.CLOCK_UNTRUSTED, {"floor": self._floor.isoformat()})
            log.critical(
                _("the clock shows %s, before the last record (%s): nothing airs. Set the clock, or say --trust-clock"),
                now.strftime("%d/%m/%Y %H:%M"),
                self._floor.astimezone(now.tzinfo).strftime("%d/%m/%Y %H:%M"),
            )
        self.held = untrusted
        self.desk.clock_state = ClockState.UNTRUSTED if now < self._floor else ClockState.TRUSTED

    # ---- small duties -----------------------------------------------------------------------------------------

    def _make_output(self, name: str) -> Output:
        station, output = self.desk.station, self.desk.station.settings.output
        return make_output(
            name,
            clock=station.now,
            folder=station.aired_folder,
            extra=output.latency,
            unmute=output.unmute,
            levels=self._levels,
        )

    def _write(self, kind: Kind, body: dict[str, object]) -> None:
        self._ledger.append([Entry(kind, ACTOR, self.desk.station.now(), None, body)])

    def _heartbeat(self, *, now: bool = False) -> None:
        status = self.desk.status()
        on_air = status.on_air, status.started
        if now or on_air != self._last_on_air:
            self._due["heartbeat"] = 0.0
        self._last_on_air = on_air
        self._every(
            "heartbeat", HEARTBEAT_EVERY, lambda: write_heartbeat(self.desk.station, status, self.desk.horizon.end)
        )

    def _missing_clips(self) -> list[str]:
        return self.desk.clips.missing(self.desk.horizon.upcoming.values())

    def _better_voices(self) -> None:
        """At night, render again with a better voice what does not air within the hour."""
        if self.desk.station.now().hour in NIGHT:
            self._rendering.ask(
                self.desk.clips.in_lesser_voices(list(self.desk.horizon.upcoming.values()), self.desk.station.now())
            )

    def _take_checkpoint(self) -> None:
        """Take the first checkpoint of a month, for people to keep elsewhere."""
        station = self.desk.station
        if taken := take_monthly(station.root, station.settings.name, self._ledger, station.now()):
            log.info(_("the month's checkpoint: %s"), taken.path)

    def _alarm(self, error: RecordError) -> None:
        log.critical("%s", error)
        if isinstance(error, DiskFullError) and self._ballast.free():
            log.critical(_("the disk is full: the ballast file was freed so that the record can go on; make room"))
            self._write(Kind.DISK_FULL, {"error": str(error)})
