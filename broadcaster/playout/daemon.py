"""The daemon: keeps the desk's hours, by itself, for a month.

`run` reads top to bottom: take the lock, open the ledger, take up the plan, ring the alarms; then round after round
until somebody says stop; then everything in reverse. All that decides about sound happens in the one thread of the
rounds. APScheduler's threads only ring: they wake the next round, so an alarm that comes late, twice or never is
caught by the round that comes anyway.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from broadcaster import __version__
from broadcaster.errors import BroadcasterError, PlayoutError, RecordError
from broadcaster.i18n import _
from broadcaster.playout.background_rendering import Renders
from broadcaster.playout.ballast import Ballast
from broadcaster.playout.clock_guard import BUILD_DATE, ClockGuard
from broadcaster.playout.desk import Desk
from broadcaster.playout.heartbeat import planned_until, read_heartbeat, seen_alive, write_heartbeat
from broadcaster.playout.horizon import Absence
from broadcaster.playout.rows import ACTOR
from broadcaster.playout.sound.make_output import make_output
from broadcaster.playout.waiting import Status
from broadcaster.records.checkpoint import take_monthly
from broadcaster.records.damage import rescue
from broadcaster.records.ledger import Entry, Kind, Ledger
from broadcaster.records.play import ClockState
from broadcaster.records.schema import DiskFullError
from broadcaster.station import edits
from broadcaster.station.content import Content, fingerprint, read_content

if TYPE_CHECKING:
    from types import FrameType
    from zoneinfo import ZoneInfo

    from broadcaster.playout.sound.output import Output
    from broadcaster.station.folder import Station

IDLE_ROUND = 0.5
"""Seconds between rounds when nothing is on: the clock guard's and the file watch's pace."""
BUSY_ROUND = 0.1
HEARTBEAT_EVERY = 5.0
RESYNC_EVERY = 3600.0
NIGHT = range(5)
"""Hours in which nobody waits for a clip."""

log = logging.getLogger(__name__)

Watch = Callable[[Status], bool]
"""Is shown the desk after every round; returns False to end the run."""


def run(station: Station, watch: Watch = lambda _status: True, *, trust_clock: bool = False) -> None:
    """Air the station's plan until a signal comes or `watch` says no.

    Raises PlayoutError when another daemon has the station, RecordError when the ledger cannot be opened.
    """
    wake = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(only_one(station))
        if damage := rescue(station.ledger_path, station.now()):
            log.critical("%s", damage)
        ledger = stack.enter_context(closing(station.ledger(daemon=True)))
        stop = stack.enter_context(stop_flag(wake))
        renders = stack.enter_context(closing(Renders(station)))
        alarms = stack.enter_context(closing(Alarms(station.settings.timezone, wake.set)))
        rounds = Rounds(station, ledger, renders, alarms, trust_clock=trust_clock)
        rounds.start()
        try:
            while not stop.reason:
                rounds.round()
                if not watch(rounds.desk.status()):
                    stop.reason = _("the run was over")
                wake.wait(BUSY_ROUND if rounds.busy else IDLE_ROUND)
                wake.clear()
        finally:
            rounds.stop(stop.reason or _("the program ended with an error"))


# ---- the parts that start and stop -----------------------------------------------------------------------------


@contextmanager
def only_one(station: Station) -> Iterator[None]:
    """Hold the station's lock; raise PlayoutError when another process has it. The system frees it at any death."""
    station.state_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(station.state_folder / "daemon.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        owner = read_heartbeat(station).get("pid", "?")
        message = _("another daemon (process {pid}) is already airing this station: {root}")
        raise PlayoutError(message.format(pid=owner, root=station.root)) from None
    try:
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class StopFlag:
    """Why the run is to end; empty: it goes on."""

    reason: str = ""


@contextmanager
def stop_flag(wake: threading.Event) -> Iterator[StopFlag]:
    """Turn Ctrl-C, SIGTERM and a closed console window into a flag; the handlers do nothing else."""
    flag = StopFlag()

    def handle(number: int, _frame: FrameType | None) -> None:
        flag.reason = _("stopped by {signal}").format(signal=signal.Signals(number).name)
        wake.set()

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():  # a host that has its own handlers
        names = []
    before = {name: signal.signal(getattr(signal, name), handle) for name in names}
    try:
        yield flag
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


class Alarms:
    """One-shot APScheduler jobs in memory that ring at the instants the desk must cue.

    `misfire_grace_time=None`: a late alarm rings all the same, lateness is the desk's to judge.
    """

    def __init__(self, zone: ZoneInfo, ring: Callable[[], None]) -> None:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
        from apscheduler.schedulers.background import BackgroundScheduler

        self._ring = ring
        self._scheduler = BackgroundScheduler(timezone=zone, job_defaults={"misfire_grace_time": None})
        self._scheduler.add_listener(
            lambda event: log.error("alarm %s: %s", event.job_id, event), EVENT_JOB_ERROR | EVENT_JOB_MISSED
        )
        self._scheduler.start()

    def set(self, instants: Iterable[datetime]) -> None:
        """Replace every alarm."""
        self._scheduler.remove_all_jobs()
        for instant in sorted(set(instants)):
            self._scheduler.add_job(self._ring, "date", run_date=instant)

    def nudge(self) -> None:
        """Have the scheduler look at the clock now: it sleeps by the monotonic clock and sees no step by itself."""
        self._scheduler.wakeup()

    def close(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)


class Rounds:
    """What the daemon does between start and stop, a round at a time, all in one thread."""

    def __init__(
        self, station: Station, ledger: Ledger, renders: Renders, alarms: Alarms, *, trust_clock: bool
    ) -> None:
        self._ledger = ledger
        self._renders = renders
        self._alarms = alarms
        self._trust_clock = trust_clock
        self._guard = ClockGuard(station.clock, time.monotonic)
        self._seen = self._settled = fingerprint(station)
        self._edits = edits.Watch(station, ledger)
        self._due: dict[str, float] = {}
        self._last_on_air: object = None
        self._ballast = Ballast(station.state_folder / "ballast")
        self.held = False
        self.desk = Desk(station, ledger, read_content(station), self._make_output, renders.ask)

    @property
    def busy(self) -> bool:
        """Whether something is on the output or about to be."""
        status = self.desk.status()
        return status.on_air is not None or bool(status.waiting)

    # ---- start, round, stop -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Say so in the ledger, and take up the plan where the last run left it."""
        station, heartbeat = self.desk.station, read_heartbeat(self.desk.station)
        last_alive = seen_alive(heartbeat) or self._ledger.last_at()
        self._floor = max(self._ledger.last_at() or BUILD_DATE, BUILD_DATE)
        body = {"version": __version__, "pid": os.getpid(), "devices": list(station.settings.output.devices)}
        self._write(Kind.DAEMON_STARTED, body)
        if version := self._edits.take_up(ACTOR):
            self._ledger.append([edits.entry(version)])
        self._report_problems(self.desk.content)
        self._ballast.fill()
        self.desk.horizon.resume(planned_until(heartbeat), last_alive)
        self._hold_if_untrusted()
        if not self.held:
            self._resync(_("the program was started"))

    def round(self) -> None:
        """Do what is due now. An error that a person can be told is told, and the next round tries again."""
        try:
            self._watch_clock()
            if not self.held:
                self._every("files", IDLE_ROUND, self._watch_files)
                self._every("resync", RESYNC_EVERY, lambda: self._resync(""))
                self.desk.tick()
                if self._renders.round():
                    self.desk.clips.look_again()
                self._every("checkpoint", RESYNC_EVERY, self._take_checkpoint)
                self._every("better", RESYNC_EVERY, self._better_voices)
            self._heartbeat()
        except RecordError as error:
            self._alarm(error)
        except (BroadcasterError, OSError):
            log.exception(_("this round went wrong; the next one tries again"))

    def stop(self, reason: str) -> None:
        """End what plays and say so in the ledger."""
        self.desk.stop(reason)
        self._write(Kind.DAEMON_STOPPED, {"reason": reason})
        self._heartbeat(now=True)

    def _every(self, what: str, seconds: float, do: Callable[[], None]) -> None:
        if time.monotonic() >= self._due.get(what, 0.0):
            self._due[what] = time.monotonic() + seconds
            do()

    # ---- files ------------------------------------------------------------------------------------------------

    def _watch_files(self) -> None:
        """Read the folder again when it changed and has been quiet since the last look: editors save in steps."""
        seen, self._seen = self._seen, fingerprint(self.desk.station)
        if self._seen != seen or self._seen == self._settled:
            return
        self._settled = self._seen
        content = read_content(self.desk.station, self.desk.content)
        changed = _changed(self.desk.content, content)
        self._report_problems(content)
        if not changed and content.problems == self.desk.content.problems:  # a sound, or the lexicon
            self.desk.clips.look_again()
            self._renders.ask(self.desk.clips_wanted())
            return
        self._enter_edits(changed, content)
        self.desk.adopt(content, _("the files were edited: {names}").format(names=", ".join(changed)))
        self._after_sync()

    def _enter_edits(self, changed: list[str], content: Content) -> None:
        """Enter what was edited by hand; what a command wrote it has entered itself."""
        version = self._edits.look(ACTOR)
        others = [name for name in changed if not name.startswith("schedules/")]
        if version or others or content.problems != self.desk.content.problems:
            files = version or edits.nothing(ACTOR, self.desk.station.now())
            self._ledger.append([edits.entry(files, [str(p) for p in content.problems], changed)])

    def _report_problems(self, content: Content) -> None:
        for problem in content.problems:
            log.error("%s", problem)

    def _resync(self, reason: str) -> None:
        self.desk.horizon.sync(self.desk.content, reason)
        self._after_sync()

    def _after_sync(self) -> None:
        self._due["resync"] = time.monotonic() + RESYNC_EVERY
        self._alarms.set(o.start - self.desk.ahead for o in self.desk.horizon.upcoming.values())
        self._renders.ask(self.desk.clips_wanted())
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
        self._alarms.nudge()
        self.desk.clock_moved()
        self._hold_if_untrusted()
        if not self.held:
            self._resync(_("the clock was set"))

    def _hold_if_untrusted(self) -> None:
        """Air nothing while the clock shows a time before the last row or the build: its battery is dead."""
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
        station = self.desk.station
        return make_output(
            name, clock=station.now, folder=station.root / "aired", extra=station.settings.output.latency
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

    def _better_voices(self) -> None:
        """At night, make again what a lesser voice had to read, and what does not air within the hour."""
        if self.desk.station.now().hour in NIGHT:
            self._renders.ask(self.desk.clips_to_better())

    def _take_checkpoint(self) -> None:
        """Sign how far the history reached when the month began; people carry these away."""
        station = self.desk.station
        if taken := take_monthly(station.root, station.settings.name, self._ledger, station.now()):
            log.info(_("the month's checkpoint: %s"), taken.path)

    def _alarm(self, error: RecordError) -> None:
        log.critical("%s", error)
        if isinstance(error, DiskFullError) and self._ballast.free():
            log.critical(_("the disk is full: the ballast file was freed so that the record can go on; make room"))
            self._write(Kind.DISK_FULL, {"error": str(error)})


def _changed(old: Content, new: Content) -> list[str]:
    """Return the names of the files that say something else now."""
    changed = ["station.toml"] if old.settings != new.settings else []
    for folder, before, after in (
        ("scripts", old.scripts, new.scripts),
        ("schedules", old.campaigns, new.campaigns),
    ):
        ids = sorted({*before, *after})
        changed += [f"{folder}/{id_}" for id_ in ids if before.get(id_) != after.get(id_)]
    return changed
