"""A computer in simulated time, on which the real daemon runs while faults happen: it jumps where nothing is due.

Whatever sounds, and whatever befalls the computer, is told to the witness, a pipe that leads out of it: nothing that
is judged writes there.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

from broadcaster.errors import RecordError
from broadcaster.models import BulletinClass
from broadcaster.playout.clock_watch import Elapsed
from broadcaster.playout.desk_state import Status
from broadcaster.records.ledger import Ledger
from broadcaster.speech.script import read_scripts
from broadcaster.station.folder import open_in_force
from broadcaster.station.own_history import refuse_shortened

from .course import Course
from .plan_of_faults import ENDS, Fault, Kind
from .village import LEAD, PAUSES, campaign_text, decide, script_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IDLE_JUMP = timedelta(minutes=30)
SHORT = timedelta(seconds=4)
"""A longer step of a running program looks as if it had stood still."""
GIVES_WAY = timedelta(milliseconds=400)
"""What plays is stopped this long before an emergency is due."""
ATTENTIVE = 8
"""Rounds at their ordinary pace after something has happened."""
JUST_BEFORE = timedelta(milliseconds=400)
CLOCK_SETTLED = timedelta(minutes=5, seconds=1)
NEED_A_PROGRAM = frozenset({*ENDS, Kind.SLEEP, Kind.HALT})
"""What cannot befall a computer that is off."""
SOON = timedelta(seconds=2)
AT_MOST_WITHOUT_A_WRITE = timedelta(minutes=1)


class Computer:
    """One boot of the computer, from `true` on; it was off since `since`."""

    def __init__(
        self, root: Path, course: Course, since: datetime, true: datetime, end: datetime, witness: int
    ) -> None:
        self.root, self.course, self.true, self.end = root, course, true, end
        self._witness = witness
        self._sleeps: list[tuple[datetime, datetime]] = []
        self._instants = sorted(self._all_instants(since), key=lambda found: found[0])
        self._attentive = ATTENTIVE
        self._dies_in: int | None = None
        self._dies_of: Fault | None = None
        self._lock: sqlite3.Connection | None = None
        self._held: str | None = None
        self._up = False
        self.status: Status | None = None
        self.wishes: list[datetime] = []  # instants at which something else than the desk is due
        self.before_death: list[Callable[[], None]] = []

    def tell(self, event: str, **facts: Any) -> None:
        """Tell the witness."""
        line = {"event": event, "true": self.true.isoformat(), **facts}
        os.write(self._witness, (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode())

    # ---- clocks -----------------------------------------------------------------------------------------------

    def wall(self) -> datetime:
        return self.course.wall(self.true)

    def elapsed(self) -> Elapsed:
        return Elapsed(self.awake, (self.true - EPOCH).total_seconds())

    @property
    def awake(self) -> float:
        return self.awake_at(self.true)

    def awake_at(self, at: datetime) -> float:
        """Return for how many seconds the computer had been awake at a true instant."""
        slept = sum((min(end, at) - begin for begin, end in self._sleeps if begin < at), timedelta())
        return (at - EPOCH - slept).total_seconds()

    # ---- what the daemon does between its rounds --------------------------------------------------------------

    def watch(self, status: Status) -> bool:
        """Look at the desk after each of its rounds; return whether the run goes on."""
        self.status = status
        if not self._up:
            self._up = True
            self.tell("up")
        if status.held != self._held:
            self._held = status.held
            self.tell("held", doubt=str(status.held or ""))
        return self.true < self.end

    def wait(self, _wake: Event, seconds: float) -> None:
        """Let time pass until the next round."""
        self.advance(self.true + self._step(timedelta(seconds=seconds)))

    def _step(self, usual: timedelta) -> timedelta:
        if self._attentive or self.status is None:
            self._attentive = max(0, self._attentive - 1)
            return usual
        if self.status.held and self._dies_in is None:
            return self._until([], SHORT if self.status.held == "ahead" else timedelta(minutes=1))
        if self.status.on_air is not None and not self._is_due_now():
            return self._until([each - self.course.offset(self.true) for each in _to_come(self.status)], SHORT)
        if self.status.waiting or self.status.on_air is not None:
            return usual
        if self._dies_in is not None or self._has_no_plan():
            return self._until([], SHORT)
        due = self.status.next.start - LEAD - self.course.offset(self.true) if self.status.next else self.end
        nearly = due - timedelta(seconds=1)
        return self._until([nearly], IDLE_JUMP) if nearly > self.true else usual

    def _has_no_plan(self) -> bool:
        """Whether the program tries to begin, and cannot write that down."""
        files = (Kind.LOCK, Kind.IO, Kind.FULL)
        fails = any(self.course.in_force(kind, self.true) for kind in files)
        return fails and self.status is not None and self.status.next is None

    def _is_due_now(self) -> bool:
        """Whether an emergency is to take the output from what has it."""
        on_air, waiting = (self.status.on_air, self.status.waiting) if self.status else (None, ())
        others = (each for each in waiting if each != on_air and each.bulletin_class is BulletinClass.EMERGENCY)
        return any(each.start - GIVES_WAY <= self.wall() for each in others)

    def _until(self, instants: Sequence[datetime], longest: timedelta) -> timedelta:
        """Return how long it is until the first of these instants, or something else happens."""
        coming = [at for at in (*instants, *self.wishes, *(at for at, _do in self._instants[:1])) if at > self.true]
        step = min([at - self.true for at in coming], default=longest)
        return max(min(step, longest), timedelta(milliseconds=100))

    def advance(self, until: datetime) -> None:
        """Let time pass, and do what is to happen meanwhile."""
        while self._instants and self._instants[0][0] <= until:
            at, do = self._instants.pop(0)
            self.true = max(self.true, at)
            self._attentive = ATTENTIVE
            do()
        self.true = max(self.true, until)

    # ---- faults -----------------------------------------------------------------------------------------------

    def _all_instants(self, since: datetime) -> Iterable[tuple[datetime, Callable[[], None]]]:
        """Yield what is to happen after `since`, and when: what happened while the computer was off, at once."""
        for fault in self.course.faults:
            soonest = self.true + SOON if fault.kind is Kind.REVOKE else self.true  # nobody decides while it is off
            if fault.kind in NEED_A_PROGRAM:
                yield from ((fault.at - timedelta(seconds=early), _nothing) for early in (6, 2))
            begins_again = fault.kind in (Kind.LOCK, Kind.IO) and fault.at <= since and fault.end > self.true
            if begins_again or fault.at > (self.true if fault.kind in NEED_A_PROGRAM else since):
                yield max(fault.at, soonest), lambda fault=fault: self._begins(fault)
            if fault.kind is Kind.IO and fault.at > since:  # the last sign of life that can be written is a fresh one
                yield fault.at - JUST_BEFORE, _nothing
            if fault.kind is Kind.CLOCK:  # rounds come often: one is just before it, one sees that it has settled
                rounds = (at + later for at in (fault.at, fault.end) for later in (-JUST_BEFORE, CLOCK_SETTLED))
                yield from ((at, _nothing) for at in rounds if at > since)
            if fault.end > since or self._is_left_half(fault):
                yield max(fault.end, soonest), lambda fault=fault: self._is_over(fault)

    def _begins(self, fault: Fault) -> None:
        match fault.kind:
            case Kind.KILL | Kind.POWER_CUT if fault.writes:
                self._dies_in, self._dies_of = fault.writes, fault
                self._instants.append((self.true + AT_MOST_WITHOUT_A_WRITE, lambda: self.die(fault)))
                self._instants.sort(key=lambda found: found[0])
            case Kind.KILL | Kind.POWER_CUT:
                self.die(fault)
            case Kind.STOP:
                self.tell("stopping", fault=str(fault))
                os.kill(os.getpid(), signal.SIGTERM)
            case Kind.SLEEP | Kind.HALT:
                self._pass_without_a_round(fault)
            case Kind.LOCK:
                self._lock = sqlite3.connect(self.root / "broadcaster.db", isolation_level=None, timeout=0.1)
                with suppress(sqlite3.OperationalError):  # nobody locks what cannot be written to
                    self._lock.execute("BEGIN IMMEDIATE")
            case Kind.IO:
                _let_files_grow(0)
            case Kind.REVOKE:
                self._decide(fault.what[0], approved=False)
            case _:
                self._befalls_a_file(fault)

    def _befalls_a_file(self, fault: Fault) -> None:
        if fault.kind is Kind.CLIP:
            _damage(self.root, *fault.what)
        elif fault.kind in (Kind.EDIT, Kind.TORN):
            path, text = self._saved(fault)
            _write(path, _half(text))

    def _saved(self, fault: Fault) -> tuple[Path, str]:
        """Return which file a person saves, and what is in it when that is done."""
        if fault.kind is Kind.EDIT:
            return self.root / "schedules" / "thu.toml", campaign_text(int(fault.what[0]))
        return self.root / "scripts" / f"{fault.what[0]}.md", script_text(fault.what[0])

    def _is_left_half(self, fault: Fault) -> bool:
        """Whether the program died after it woke, and before the person who had begun to save could go on."""
        if fault.kind not in (Kind.EDIT, Kind.TORN) or fault.at > self.true:
            return False
        path, text = self._saved(fault)
        saving = [each for each in self.course.faults if each.kind is fault.kind]
        begun = (each for each in saving if self._saved(each)[0] == path)
        is_last = fault is max((each for each in begun if each.at <= self.true), key=lambda each: each.at)
        return is_last and path.read_text("utf-8") == _half(text)

    def _is_over(self, fault: Fault) -> None:
        match fault.kind:
            case Kind.LOCK if self._lock is not None:
                self._lock.close()
                self._lock = None
            case Kind.IO:
                _let_files_grow(resource.RLIM_INFINITY)
            case Kind.EDIT | Kind.TORN:
                _write(*self._saved(fault))
            case Kind.REVOKE:
                self._decide(fault.what[0], approved=True)
        if fault.kind is Kind.EDIT:
            self.tell("edited", version=int(fault.what[0]), saved=fault.end)

    def disk_is_full(self) -> bool:
        """Whether no row fits on the disk; the spare file that the desk keeps is room for some."""
        fault = self.course.in_force(Kind.FULL, self.true)
        return fault is not None and ("for good" in fault.what or (self.root / "state" / "ballast").exists())

    def _pass_without_a_round(self, fault: Fault) -> None:
        begin, self.true = self.true, max(self.true, fault.end)
        if fault.kind is Kind.SLEEP:
            self._sleeps.append((begin, self.true))
        self.tell(str(fault.kind), begin=begin)

    def _decide(self, script: str, *, approved: bool) -> None:
        """Write a person's decision; where that fails, or the text is torn just now, the person tries again."""
        try:
            digest = read_scripts(self.root / "scripts")[0][script].digest
            station = open_in_force(self.root, self.wall)
            refuse_shortened(station.owner, station.ledger_path, station.heads.read())  # as every command does
            with Ledger.open(station.ledger_path, busy_timeout=timedelta(milliseconds=10)) as ledger:
                decide(ledger, digest, script, self.wall(), approved=approved)
        except (RecordError, KeyError):
            again = self.true + timedelta(seconds=20)
            self._instants.append((again, lambda: self._decide(script, approved=approved)))
            self._instants.sort(key=lambda found: found[0])
        else:
            self.tell("decided", script=script, approved=approved)

    def decide_all_again(self) -> None:
        """Let a person enter again, soon after the start, which texts are approved: some of those rows may be lost."""
        revoked = self.course.in_force(Kind.REVOKE, self.true)
        for script in PAUSES:
            decide = partial(self._decide, script, approved=revoked is None or script not in revoked.what)
            self._instants.append((self.true + SOON, decide))
        self._instants.sort(key=lambda found: found[0])

    # ---- death ------------------------------------------------------------------------------------------------

    def step_of_a_write(self) -> None:
        """Die here, if a fault says so: called before, in the middle of and after each write of the play history."""
        if self._dies_in is not None and self._dies_of is not None:
            self._dies_in -= 1
            if self._dies_in <= 0:
                self.die(self._dies_of)

    def die(self, fault: Fault) -> NoReturn:
        """Die as a killed process does, at once."""
        for do in self.before_death:
            do()
        self.tell("died", fault=str(fault), at=fault.at, kind=str(fault.kind))
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")


def _to_come(status: Status) -> Iterator[datetime]:
    """Yield what is to come while something has the output, by the clock: whoever steps over it would be late."""
    if status.on_air is not None and status.ends is not None:
        yield from (status.on_air.start, status.ends)
    for each in (*status.waiting, *([status.next] if status.next else [])):
        yield from (each.start - LEAD, each.start - GIVES_WAY, each.start)


def _nothing() -> None:
    """Only let the program have a round at that time: a running one would have had many."""


def _let_files_grow(size: int) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def _by_another_program() -> Iterator[None]:
    """Let files be written that the limit of this process does not concern."""
    limit, _hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    _let_files_grow(resource.RLIM_INFINITY)
    try:
        yield
    finally:
        _let_files_grow(limit)


def _damage(root: Path, script: str, how: str) -> None:
    with _by_another_program():
        _damage_clips(root, script, how)


def _damage_clips(root: Path, script: str, how: str) -> None:
    for clip in (root / "audio").glob(f"{script}-*.wav"):
        data = bytearray(clip.read_bytes())
        data[len(data) // 2] ^= 0x55
        match how:
            case "gone":
                clip.unlink()
            case "cut":
                os.truncate(clip, 1000)
            case _:
                with clip.open("r+b") as file:
                    file.seek(len(data) // 2)
                    file.write(data[len(data) // 2 :][:1])


def _half(text: str) -> str:
    """Return what an editor leaves that was cut off: not to be read at all."""
    return text[: text.index('"') + 3]


def _write(path: Path, text: str) -> None:
    with _by_another_program():
        path.write_text(text, "utf-8")
