"""Runs the month of May with its faults: starts the daemon in a process of its own, again and again, and listens."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from broadcaster.office.backups import restore_backup
from broadcaster.records.daily_backup import daily_backups
from broadcaster.station.folder import open_in_force

from .child import live
from .computer import Computer
from .course import Course
from .plan_of_faults import HISTORY, LOG, OLDER_BACKUP, Fault, Kind, draw
from .village import ZONE, make_station, planned

STARTS_AGAIN_AFTER = timedelta(seconds=30)
"""How long a supervisor waits after a program has ended by itself."""
_ENDS = frozenset({"died", "exit"})
"""The last event of each run."""
BEFORE, AFTER = timedelta(hours=4), timedelta(hours=5, minutes=50)
"""The run begins so long before the first day, and ends so long after the last: without faults."""

Event = Mapping[str, Any]


@dataclass
class Month:
    """One run: what was to happen, what the witness saw, and where the files are."""

    seed: str
    root: Path
    first: date
    days: int
    course: Course
    lengths: Mapping[str, float] = field(default_factory=dict)  # seconds, by script
    events: list[Event] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        """The true time of the first start."""
        return datetime.combine(self.first, datetime.min.time(), ZONE) - BEFORE

    @property
    def end(self) -> datetime:
        """The true time of the last stop."""
        return datetime.combine(self.first + timedelta(days=self.days), datetime.min.time(), ZONE) + AFTER


def plan_month(seed: str, root: Path, first: date, days: int) -> Month:
    """Return a month that has not been lived through yet."""
    begin = datetime.combine(first, datetime.min.time(), ZONE)
    hours = sorted({each.start for each in planned(0, first, days).values()})
    return Month(seed, root, first, days, Course(draw(random.Random(seed), begin, begin + timedelta(days=days), hours)))


def live_through(month: Month) -> None:
    """Live through a month, from a new station on."""
    month.root.mkdir(parents=True)
    month.lengths = make_station(month.root, month.start)
    live_on(month)


def live_on(month: Month) -> None:
    """Live through a month in a station that is made."""
    since = true = month.start
    while true < month.end:
        events = _one_run(month, since, true)
        month.events += events
        if events[-1]["event"] == "crash":
            raise RuntimeError(events[-1]["error"])
        if events[-1]["event"] not in _ENDS:
            raise RuntimeError(f"the run ended without a word, after {events[-1]}")
        since, true = _next_start(month, events[-1])


def _next_start(month: Month, last: Event) -> tuple[datetime, datetime]:
    """Return when a run ended, and when the next one begins; between them, do what is done while nothing runs."""
    ended = datetime.fromisoformat(last["true"])
    fault = _ended_by(month, last)
    if fault is None:
        return ended, ended + STARTS_AGAIN_AFTER
    if fault.kind is Kind.POWER_CUT:
        _leave_what_a_power_cut_leaves(month.root)
    torn = any(month.course.in_force(kind, fault.end) for kind in (Kind.EDIT, Kind.TORN))
    if fault.state_deleted and not torn:  # with the last good copies: then a torn file is all there is
        shutil.rmtree(month.root / "state", ignore_errors=True)
    start = max(fault.end, ended + timedelta(seconds=1))
    if _is_history_lost(month, fault, start):
        month.events.append({"event": "history lost", "true": ended.isoformat(), "what": fault.what})
    return ended, start


def _ended_by(month: Month, last: Event) -> Fault | None:
    """Return the fault that ended a run; None where it ended by itself."""
    ended = datetime.fromisoformat(last["true"])
    if last["event"] == "died":
        at = datetime.fromisoformat(last["at"])
        return next(fault for fault in month.course.faults if fault.at == at and str(fault.kind) == last["kind"])
    stops = (fault for fault in month.course.faults if fault.kind is Kind.STOP)
    near = (fault for fault in stops if fault.at <= ended < fault.at + timedelta(minutes=3))
    return next(near, None) if not last["error"] else None


def _is_history_lost(month: Month, fault: Fault, start: datetime) -> bool:
    """Lose what the fault says of the play history, shortly before the next start; return whether there was any."""
    history = month.root / "broadcaster.db"
    match fault.what:
        case (str(what), number) if what == OLDER_BACKUP:
            station = open_in_force(month.root, lambda: month.course.wall(start - timedelta(milliseconds=500)))
            backups = daily_backups(station.daily_backup_folders)[int(number) :]
            if backups:
                restore_backup(station, backups[0].path, "Lan", give_up_newer=True)
            return bool(backups)
        case (str(what),) if what in (LOG, HISTORY):
            gone = [history.with_name(history.name + part) for part in ("-wal", "-shm", "")[: 2 if what == LOG else 3]]
            there = [path for path in gone if path.exists()]
            for path in there:
                path.unlink()
            return bool(there)
    return False


def _leave_what_a_power_cut_leaves(root: Path) -> None:
    """Leave half a page at the end of the write-ahead log, and a temporary file that nobody will rename."""
    log = root / "broadcaster.db-wal"
    if log.exists():
        with log.open("ab") as file:
            file.write(b"\0\x55" * 700)
    state = root / "state"
    state.mkdir(exist_ok=True)
    (state / ".heartbeat.json.abc.tmp").write_bytes(b'{"at": ')


def _one_run(month: Month, since: datetime, true: datetime) -> list[Event]:
    """Run the daemon once, in a copy of this process, and return what the witness heard of it."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        _be_the_child(month, since, true, tell)
    os.close(tell)
    with os.fdopen(hear, encoding="utf-8") as witness:
        events = [json.loads(line) for line in witness]
    os.waitpid(child, 0)
    return events


def _be_the_child(month: Month, since: datetime, true: datetime, tell: int) -> NoReturn:
    try:
        computer = Computer(month.root, month.course, since, true, month.end, tell)
        if month.events and month.events[-1]["event"] == "history lost":
            computer.decide_all_again()
        live(computer)
    finally:
        os._exit(1)


def runs(events: Sequence[Event]) -> int:
    """Return how often the daemon was started."""
    return sum(event["event"] == "start" for event in events)
