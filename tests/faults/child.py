"""The real daemon on a computer in simulated time: loudspeakers that a witness hears, a history that can be locked."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, NoReturn
from zoneinfo import ZoneInfo

from broadcaster import i18n
from broadcaster.errors import BroadcasterError, PlayoutError, RecordError
from broadcaster.models import CLIP_RATE
from broadcaster.office.backups import make_todays_backup
from broadcaster.playout import daemon
from broadcaster.playout.background_backup import is_made_today
from broadcaster.playout.background_work import AtOnce as WorkAtOnce
from broadcaster.playout.environment import Environment
from broadcaster.playout.render_worker import render_in_force
from broadcaster.playout.sound.output import Progress, Segment, State
from broadcaster.records.clip_rows import ClipRow
from broadcaster.records.ledger import BUSY_TIMEOUT, Entry, Head, Ledger, Row, Values
from broadcaster.settings import read_settings
from broadcaster.station.folder import Station
from broadcaster.station.own_history import hold_own

from .computer import Computer
from .plan_of_faults import Kind

RENDERING = timedelta(seconds=2)
"""How long a clip is made."""
ASK_AGAIN_AFTER = timedelta(minutes=1)
A_MOMENT = timedelta(milliseconds=500)


# ---- what sounds -----------------------------------------------------------------------------------------------


class Loudspeaker:
    """An output that counts by the computer's own time awake, and can be lost."""

    def __init__(self, name: str, computer: Computer) -> None:
        self.device, self._computer = name, computer
        self._open_since: datetime | None = None
        self._sound: Sound | None = None
        computer.before_death.append(self._is_heard_no_more)

    def open(self) -> None:
        """Open it."""
        if self._computer.course.is_lost(self.device, self._computer.true):
            raise PlayoutError(f"{self.device}: unplugged")
        self._open_since = self._open_since or self._computer.true

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        """Begin at `at` by the clock as it is now, or at once."""
        self._is_heard_no_more()
        computer = self._computer
        silent = max(timedelta(), at - computer.wall())
        scripts = tuple(dict.fromkeys(each.path.stem.rpartition("-")[0] for each in segments if each.path))
        frames = sum(segment.frames for segment in segments)
        begins = computer.awake + silent.total_seconds()
        self._sound = Sound(scripts, at, begins, computer.true + silent, computer.wall() + silent, frames)

    def progress(self) -> Progress:
        """Return how far it is."""
        sound, computer = self._sound, self._computer
        lost = self._lost_at()
        if sound is None:
            return Progress(State.LOST if lost else State.WAITING, reason="unplugged" if lost else "")
        heard = sound.frames_at(computer.awake_at(lost or computer.true))
        started = sound.wall if heard else None
        if heard >= sound.frames:
            self._is_heard_no_more()
            return Progress(State.ENDED, heard, heard, started, sound.wall + sound.length)
        if lost:
            self._is_heard_no_more()
            return Progress(State.LOST, heard, sound.frames, started, computer.wall(), "unplugged")
        return Progress(State.PLAYING if heard else State.WAITING, heard, sound.frames, started)

    def stop(self) -> Progress:
        """End what plays."""
        progress = self.progress()
        self._is_heard_no_more()
        if self._sound is not None and progress.state is State.PLAYING:
            return Progress(State.ENDED, progress.played_frames, progress.total_frames, progress.started, self._now())
        return progress

    def close(self) -> None:
        """Let the device go."""
        self.stop()
        self._open_since = self._sound = None

    def _now(self) -> datetime:
        return self._computer.wall()

    def _lost_at(self) -> datetime | None:
        if self._open_since is None:
            return None
        return self._computer.course.lost_at(self.device, self._open_since, self._computer.true)

    def _is_heard_no_more(self) -> None:
        """Tell the witness, once, what was heard."""
        sound, computer = self._sound, self._computer
        if sound is None or sound.told:
            return
        lost = self._lost_at()
        heard = sound.frames_at(computer.awake_at(lost or computer.true))
        sound.told = True
        if heard:
            computer.tell(
                "sound",
                device=self.device,
                scripts=sound.scripts,
                planned=sound.planned,
                first=sound.first,
                wall=sound.wall,
                heard_s=heard / CLIP_RATE,
                whole_s=sound.frames / CLIP_RATE,
            )


@dataclass(slots=True)
class Sound:
    """One sound on one loudspeaker."""

    scripts: tuple[str, ...]
    planned: datetime
    begins: float  # seconds that the computer will have been awake
    first: datetime
    wall: datetime
    frames: int
    told: bool = False

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.frames / CLIP_RATE)

    def frames_at(self, awake: float) -> int:
        """Return how many frames were heard."""
        return min(self.frames, max(0, round((awake - self.begins) * CLIP_RATE)))


# ---- what is written -------------------------------------------------------------------------------------------


class WitnessedLedger(Ledger):
    """The play history, which waits for a lock in simulated time, and in whose writes the computer can die."""

    computer: ClassVar[Computer]

    def append(self, entries: Sequence[Entry], *, only_after: int | None = None) -> list[Row]:
        """Append as the history does; a lock is waited for as long as SQLite would wait."""
        if entries:
            self.computer.step_of_a_write()
        give_up = self.computer.true + BUSY_TIMEOUT
        while True:
            try:
                rows = super().append(entries, only_after=only_after)
            except RecordError as error:
                if not _is_busy(error) or self.computer.true >= give_up:
                    raise
                self.computer.advance(self.computer.true + A_MOMENT)
            else:
                break
        for row in rows:
            self.computer.tell("row", kind=row.kind, occurrence=row.occurrence, seq=row.seq, hash=row.hash)
        if rows:
            self.computer.step_of_a_write()
        return rows

    def _insert(self, head: Head, values: Values) -> Row:
        if self.computer.disk_is_full():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        row = super()._insert(head, values)
        self.computer.step_of_a_write()
        return row


def _is_busy(error: RecordError) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


class WitnessedStation(Station):
    """The station, with that history."""

    __slots__ = ()

    def ledger(self, *, read_only: bool = False, daemon: bool = False) -> Ledger:
        """Open the play history."""
        ledger = WitnessedLedger.open(
            self.ledger_path,
            read_only=read_only,
            checkpoints=daemon,
            busy_timeout=timedelta(milliseconds=5),
            heads=self.heads,
        )
        hold_own(self.owner, ledger, read_only=read_only, daemon=daemon)
        return ledger


# ---- what is done beside the desk ------------------------------------------------------------------------------


@dataclass
class Rendering:
    """Makes clips in this process, so long after they were asked for as a process of its own would take."""

    station: Station
    computer: Computer
    wanted: dict[str, datetime] = field(default_factory=dict)
    tried: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    unentered: tuple[ClipRow, ...] = ()

    def ask(self, scripts: Sequence[str]) -> None:
        """Ask for clips."""
        now = self.computer.true
        for script in scripts:
            if script not in self.wanted and now - self.tried.get(script, now - ASK_AGAIN_AFTER) >= ASK_AGAIN_AFTER:
                self.wanted[script] = self.tried[script] = now
        self.computer.wishes = [at + RENDERING for at in self.wanted.values()]

    def round(self) -> bool:
        """Make what was asked for long enough ago; return whether something was made or failed."""
        due = [script for script, at in self.wanted.items() if at + RENDERING <= self.computer.true]
        for script in due:
            del self.wanted[script]
            clip = self.computer.course.in_force(Kind.CLIP, self.computer.true)
            if clip is None or script not in clip.what:
                self._make(script)
        self.computer.wishes = [at + RENDERING for at in self.wanted.values()]
        return bool(due)

    def _make(self, script: str) -> None:
        self.failures.pop(script, None)
        try:
            render_in_force(self.station.root, [script], self._take)
        except (OSError, BroadcasterError) as error:
            self.failures[script] = str(error)
        self.computer.tell("rendered", script=script, failed=script in self.failures)

    def _take(self, message: dict[str, Any]) -> None:
        """Do with a message what `BackgroundRendering` does with it."""
        if "row" in message:
            self.unentered = (*self.unentered, ClipRow(message["kind"], message["row"]))
        if message["reason"]:
            self.failures[message["script"]] = message["reason"]

    def entered(self, rows: Collection[ClipRow]) -> None:
        """Take it that these rows are written."""
        self.unentered = tuple(row for row in self.unentered if row not in rows)

    def close(self) -> None:
        """Make no more."""


class Backups:
    """Makes the backup of each day in this process, where a process of its own would make it."""

    def __init__(self) -> None:
        self._tried: date | None = None

    def round(self, station: Station, *, at_rest: bool) -> None:
        """Make today's backup, once a day."""
        today = station.now().date()
        if at_rest and today != self._tried and not is_made_today(station):
            with suppress(RecordError, OSError):  # a full disk: then the next day
                make_todays_backup(station)
            self._tried = today

    def close(self) -> None:
        """Make no more."""


class AtOnce(WorkAtOnce):
    """Does what is done beside the desk at once."""

    def close(self) -> None:
        """Do no more."""


class Timer:
    """Wakes nobody: the computer itself jumps to what is due."""

    def __init__(self, _zone: ZoneInfo, _wake: Callable[[], None]) -> None:
        """Take what a timer is given."""

    def set(self, instants: Iterable[datetime]) -> None:
        """Do nothing."""

    def nudge(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


# ---- one run ---------------------------------------------------------------------------------------------------


class Log(logging.Handler):
    """Tells the witness what the program has to say for itself."""

    def __init__(self, computer: Computer) -> None:
        super().__init__(logging.WARNING)
        self._computer = computer

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one line, and the traceback if there is one."""
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self._computer.tell("log", level=record.levelname, text=record.getMessage(), traceback=trace)


def live(computer: Computer) -> NoReturn:
    """Run the daemon until it is killed, stopped, or the end comes; the process ends with it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    i18n.activate("en")
    logging.getLogger().handlers = [Log(computer)]
    WitnessedLedger.computer = computer
    environment = Environment(
        elapsed=computer.elapsed,
        wait=computer.wait,
        rest=lambda wake, seconds, _has_news: computer.wait(wake, seconds),
        make_output=lambda name, **_given: Loudspeaker(name, computer),
        rendering=lambda station: Rendering(station, computer),
        errands=Backups,
        timer=Timer,
        work=AtOnce,
    )
    computer.tell("start", pid=os.getpid())
    try:
        computer.advance(computer.true)
        station = WitnessedStation(computer.root, read_settings(computer.root / "station.toml"), computer.wall)
        daemon.run(station, computer.watch, environment=environment)
    except BroadcasterError as error:
        computer.tell("exit", error=str(error))
    except BaseException as error:  # noqa: BLE001 - told in the other process
        computer.tell("crash", error="".join(traceback.format_exception(error)))
    else:
        computer.tell("exit", error="")
    sys.stdout.flush()
    os._exit(0)
