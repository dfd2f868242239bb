"""The daemon's rounds: what it does between start and stop, several times a second, in one thread.

A round is a list of duties (`duties.py`): one that fails is tried again in the next round.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.playout.ballast import Ballast, full_disk_text
from broadcaster.playout.clock_facts import NOT_KNOWN, ClockFacts
from broadcaster.playout.clock_watch import STEP, ClockDoubt, ClockReading, ClockWatch, Elapsed, doubt_text, elapsed
from broadcaster.playout.desk import Desk
from broadcaster.playout.duties import Duties
from broadcaster.playout.file_watch import FileWatch
from broadcaster.playout.heartbeat import Heartbeat, clock_reading, read_heartbeat
from broadcaster.playout.horizon import Absence
from broadcaster.playout.ledger_care import LedgerCare
from broadcaster.playout.made_clips import MadeClips
from broadcaster.playout.month_freezer import MonthFreezer
from broadcaster.playout.order_desk import OrderDesk
from broadcaster.playout.pending_facts import PendingFacts
from broadcaster.playout.rows import ACTOR
from broadcaster.playout.run_start import Past, look_at_past, started_row
from broadcaster.playout.sound.make_output import make_output
from broadcaster.reasons import Reason, ReasonKind, reason, to_row
from broadcaster.records.checkpoint import take_monthly
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry
from broadcaster.records.schema import DiskFullError
from broadcaster.station import edits
from broadcaster.station.content import read_content
from broadcaster.station.own_history import KeyKeeper, missing_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from broadcaster.playout.background_work import Work
    from broadcaster.playout.clock_watch import Change, ClockJump
    from broadcaster.playout.desk_state import Status
    from broadcaster.playout.horizon import LookBack, PlanChange
    from broadcaster.playout.interfaces import Rendering, Timer
    from broadcaster.playout.sound.output import Output
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

IDLE_ROUND = 0.5
"""Seconds between rounds when nothing is on; also how often the clock and the files are checked."""
BUSY_ROUND = 0.1
HEARTBEAT_EVERY = 5.0
HEARTBEAT_ON_AIR = 2.0
"""While something sounds: after a crash it says how much of it had."""
RESYNC_EVERY = 3600.0
VERIFY_EVERY = 5.0
LONG = timedelta(minutes=1)
"""No round for longer than this is no wait for a locked history."""
NIGHT = range(5)
"""Hours in which clips are rendered again with a better voice."""
_KEEP_FROM_AIRING = frozenset({"begin", "airing"})
"""Duties without which nothing airs."""

log = logging.getLogger(__name__)


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
        work: Work | None = None,
        elapsed: Callable[[], Elapsed] = elapsed,
        outputs: Callable[..., Output] = make_output,
        clock_facts: ClockFacts = NOT_KNOWN,
    ) -> None:
        """Take what a run has; `outputs` is what makes an output from its name, as `make_output` does."""
        self._ledger = ledger
        self._rendering = rendering
        self._timer = timer
        self._elapsed = elapsed
        self._outputs = outputs
        self._clock = ClockWatch(station.now, elapsed, trust=trust_clock)
        station = replace(station, clock=self._clock.now)  # whatever asks for the time is told what was looked at
        self._heartbeat_before = read_heartbeat(station)
        self._past: Past | None = None  # what earlier runs left, once that was looked at
        self._clock_facts = clock_facts
        self._kept = clock_reading(self._heartbeat_before)  # the last reading that the play history agrees with
        self._key = KeyKeeper(ledger)
        self._skipped_to: datetime | None = None  # the clock was set forward to there, and is believed
        self._started = self._doubted = elapsed()
        self._files = FileWatch(station, ledger)
        self._care = LedgerCare(station, ledger, self._now)
        self._sign_of_life = Heartbeat(station)
        self._duties = Duties(self._now, self._failed, self._works_again)
        self._last_on_air: object = None
        self._ballast = Ballast.of(station)
        self._levels: dict[str, float] = {}  # what devices hold when they ask for sound, found at each opening
        self._facts = PendingFacts(ledger, self._clock)
        self._begun = False
        self._file_number = ledger.file_number
        self.desk = Desk(
            station,
            ledger,
            read_content(station),
            self._make_output,
            rendering.ask,
            passed=self._clock.passed,
            work=work,
        )
        self.desk.clips.failures = rendering.failures
        self.orders = OrderDesk(self.desk, ledger)
        self._made_clips = MadeClips(self.desk, ledger, rendering)
        self._freezer = MonthFreezer(self.desk, ledger, self._key)

    @property
    def busy(self) -> bool:
        """Whether something is on the output or about to be."""
        status = self.desk.status()
        return status.on_air is not None or bool(status.waiting)

    @property
    def held(self) -> bool:
        """Whether nothing airs because the clock is not believed."""
        return self._clock.doubt is not ClockDoubt.NONE

    def status(self) -> Status:
        """Return the state of the desk, and whether the clock holds it."""
        return replace(self.desk.status(), held=self._clock.doubt or None)

    # ---- start, round, stop -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Get ready, and do the first round. Raises nothing: what fails is tried again in the rounds that follow."""
        self._duties.do("ballast", self._ballast.fill)
        self._report_problems(self.desk.content)
        self.round()

    def round(self) -> None:
        """Do what is due now; what fails is tried again in the next round."""
        do = self._duties.do
        do("care", lambda: self._care.round(busy=self.busy))
        if self._past is None:
            do("look back", self._look_at_past)
        if self._past is not None:
            do("clock", self._watch_clock)
        do("facts", self._facts.write)
        if not self.held and not self._begun and (past := self._past) is not None:
            do("begin", lambda: self._begin(past))
        if self._key.is_pending:
            do("key", self._key.take_up)
        if self._begun:  # also while the clock is not believed: what sounds can be stopped
            do("orders", self.orders.round)
        if not self.held and self._begun:
            do("files", self._watch_files, every=IDLE_ROUND)
            do("plan", self._sync, every=RESYNC_EVERY)
            do("verify", self._verify_ahead, every=VERIFY_EVERY)
            if self._file_number != self._ledger.file_number:
                do("new file", self._go_on_in_new_file)
            do("frozen plan", self._freezer.round)
            do("airing", self.desk.tick)
            do("clips", self._made_clips.round)
            do("checkpoint", self._take_checkpoint, every=RESYNC_EVERY)
            do("alive", self._say_alive, every=RESYNC_EVERY)
            do("better voices", self._better_voices, every=RESYNC_EVERY)
        on_air = self._on_air()
        if self._last_on_air != on_air:
            self._duties.due_in("heartbeat", 0.0)
        do("heartbeat", self._heartbeat, every=HEARTBEAT_ON_AIR if on_air[1] else HEARTBEAT_EVERY)

    def stop(self, why: Reason) -> None:
        """Stop what plays, and write `daemon_stopped`."""
        self._duties.insist("stop", lambda: self.desk.stop(why))
        if self._begun and self._clock.doubt is not ClockDoubt.AHEAD:
            body: dict[str, object] = {**to_row(why), "planned_until": self._planned_until()}
            self._note(Kind.DAEMON_STOPPED, body)
            self._duties.insist("facts", self._facts.write)
        self._duties.insist("heartbeat", self._heartbeat)
        self._duties.do("care", self._care.stop)

    def _failed(self, name: str, error: Exception, seconds: float) -> None:
        """Mend what can be mended, and remember what keeps things from airing, from the beginning of the try on."""
        since = self.desk.station.now() - timedelta(seconds=seconds)
        if isinstance(error, DiskFullError):
            self._free_ballast()
        elif isinstance(error, RecordError):
            self._care.mend(error)
        kind = ReasonKind.HISTORY if isinstance(error, RecordError) else ReasonKind.TROUBLE
        if name in _KEEP_FROM_AIRING:
            self.desk.troubles.goes_on(reason(kind, text=str(error)), since)

    def _works_again(self, name: str) -> None:
        if name in _KEEP_FROM_AIRING:
            for kind in (ReasonKind.HISTORY, ReasonKind.TROUBLE):
                self.desk.troubles.over(kind, self.desk.station.now())

    def _now(self) -> float:
        return self._elapsed().awake

    # ---- the beginning ----------------------------------------------------------------------------------------

    def _look_at_past(self) -> None:
        past = look_at_past(self._heartbeat_before, self._ledger, self._clock, self._clock_facts)
        if past.clock.was_set:
            log.warning(_("the clock was set by %.1f s before this start"), past.clock.step_row["seconds"])
            self._note(Kind.CLOCK_STEP, past.clock.step_row)
        self.desk.troubles.load(past.troubles)
        self._past = past
        self._doubt_changed(ClockDoubt.NONE)

    def _begin(self, past: Past) -> None:
        """Write `daemon_started` and all that earlier runs left open, and enter the plan."""
        station, found, started = self.desk.station, self._files.look_back(), self._clock.at(self._started)
        own, end = missing_rows(station.owner, self._ledger), past.clock.absence_end(started)

        def rows(left: LookBack, change: PlanChange) -> list[Entry]:
            edit = [edits.entry(found)] if found else []
            return [*own.entries, started_row(station, past, left, change), *edit]

        skipped_to = started if end < started else self._skipped_to
        self.desk.begin(Absence(past.last_alive, end, past.sound, skipped_to), reason(ReasonKind.STARTED), rows)
        self._begun, self._file_number = True, self._ledger.file_number
        self._key.written(own)
        self._files.take_up(found)
        if end < started:
            self.desk.troubles.lasted(reason(ReasonKind.CLOCK_SET), end, started)
        self._after_sync()

    def _go_on_in_new_file(self) -> None:
        """Enter again what the play history lost with its old file: no start comes soon that would see it."""
        number = self._ledger.file_number
        self.desk.begin_again()
        self._file_number = number
        self._after_sync()

    # ---- files ------------------------------------------------------------------------------------------------

    def _watch_files(self) -> None:
        edit = self._files.look(self.desk.content)
        if edit is None:
            return
        if not edit.names and not edit.other_problems:  # a sound, or the lexicon
            self._files.take(edit)
            self.desk.clips.look_again()
            self._rendering.ask(self._missing_clips())
            return
        self.desk.adopt(edit.content, reason(ReasonKind.EDITED, names=list(edit.names)), edit.rows)
        self._files.take(edit)
        self._report_problems(edit.content)
        self._after_sync()

    def _report_problems(self, content: Content) -> None:
        for problem in content.problems:
            log.error("%s", problem)

    def _sync(self) -> None:
        self.desk.sync()
        self._after_sync()

    def _after_sync(self) -> None:
        self._duties.due_in("plan", RESYNC_EVERY)
        self._timer.set(o.start - self.desk.ahead for o in self.desk.horizon.upcoming.values())
        self._rendering.ask(self._missing_clips())
        self._duties.due_in("heartbeat", 0.0)

    # ---- clock ------------------------------------------------------------------------------------------------

    def _watch_clock(self) -> None:
        change, before = self._clock.look(), self._clock.doubt
        self._clock.take(change)
        if change.is_step:
            self._clock_was_set(change)
        for kind, since in change.hindrances():
            self._stood_still(kind, since, change)
        if change.is_step or change.slept > timedelta(seconds=IDLE_ROUND):
            self._timer.nudge()
            self.desk.clock_moved()
            self._duties.due_in("plan", 0.0)
        self._doubt_changed(before)
        if jump := self._clock.settle_jump():
            self._skip(jump)
        self.desk.clock_state = self._clock.state

    def _stood_still(self, kind: ReasonKind, since: datetime, change: Change) -> None:
        """Remember that no round came; a long sleep is entered, or a stop soon after would leave it unexplained."""
        if change.now - since < LONG:
            self.desk.troubles.lasted(reason(kind), since, change.now)
            return
        self.desk.troubles.nobody_looked(reason(kind), since, change.now)
        if kind is ReasonKind.ASLEEP:
            awake, real = change.elapsed
            fell_asleep = Elapsed(awake, real - change.slept.total_seconds())
            slept = {"asleep_since": fell_asleep, "asleep_until": change.elapsed}
            self._note(Kind.ALIVE, {"planned_until": self._planned_until(), **slept})

    def _clock_was_set(self, change: Change) -> None:
        """Note it, and what it says of the time before."""
        since = change.doubtful_since and change.doubtful_since - STEP
        self.desk.troubles.clock_set(change.step, since, change.now)
        if change.step < timedelta() and change.unsettled_since is not None:
            since = change.unsettled_since + change.step
            self.desk.troubles.lasted(reason(ReasonKind.CLOCK_UNTRUSTED), since, change.now)
        self._note(Kind.CLOCK_STEP, {"seconds": round(change.step.total_seconds(), 3)})
        self._duties.due_in("heartbeat", 0.0)  # or a start after a crash finds the same step again
        log.warning(_("the clock moved by %.1f s"), change.step.total_seconds())

    def _skip(self, jump: ClockJump) -> None:
        """Take it that the clock was set right: what was planned between is missed, and no more of it is entered."""
        self.desk.troubles.lasted(reason(ReasonKind.CLOCK_SET), jump.before, jump.after)
        self.desk.horizon.skip_to(jump.after)
        self._skipped_to = jump.after

    def _doubt_changed(self, before: ClockDoubt) -> None:
        doubt, now = self._clock.doubt, self.desk.station.now()
        if doubt is before:
            return
        if doubt is ClockDoubt.NONE:
            since = self._clock.at(self._doubted)  # by the clock as it was set since
            self.desk.troubles.lasted(reason(ReasonKind.CLOCK_UNTRUSTED), since, now)
            self._duties.due_in("plan", 0.0)
            return
        self._doubted = self._elapsed()
        floor = self._clock.floor.astimezone(now.tzinfo)
        self._note(Kind.CLOCK_UNTRUSTED, {"floor": floor.isoformat(), "doubt": str(doubt)})
        log.critical("%s", doubt_text(doubt, now, floor))

    # ---- small duties -----------------------------------------------------------------------------------------

    def _make_output(self, name: str) -> Output:
        station, output = self.desk.station, self.desk.station.settings.output
        return self._outputs(
            name,
            clock=station.now,
            folder=station.aired_folder,
            extra=output.latency,
            unmute=output.unmute,
            levels=self._levels,
        )

    def _note(self, kind: Kind, body: dict[str, object]) -> None:
        """Keep what happened for the play history, until its row can be written."""
        self._facts.note(kind, body, self._elapsed())

    def _on_air(self) -> tuple[object, object]:
        status = self.desk.status()
        return status.on_air, status.started

    def _heartbeat(self) -> None:
        self._last_on_air = self._on_air()
        if self._past is not None and not self._facts:
            self._kept = ClockReading(*self._clock.seen, self._clock_facts.boot)
        status = self.status()
        troubles = self.desk.troubles.recent(status.now)
        self._sign_of_life.write(status, self.desk.horizon.end, self._kept, troubles, self._clock.jump)

    def _planned_until(self) -> str | None:
        end = self.desk.horizon.end
        return end.isoformat() if end else None

    def _say_alive(self) -> None:
        """Write a row where there was none for an hour, so that the history alone shows when the desk ran."""
        now, last = self.desk.station.now(), self._ledger.last_at()
        if last is None or now - last >= timedelta(seconds=RESYNC_EVERY):
            self._ledger.append([Entry(Kind.ALIVE, ACTOR, now, None, {"planned_until": self._planned_until()})])

    def _verify_ahead(self) -> None:
        self.desk.clips.verify_ahead(self.desk.horizon.upcoming.values(), self.desk.station.now())

    def _missing_clips(self) -> list[str]:
        return self.desk.clips.missing(self.desk.horizon.upcoming.values())

    def _better_voices(self) -> None:
        """At night, render again with a better voice what does not air within the hour."""
        now = self.desk.station.now()
        if now.hour in NIGHT:
            self._rendering.ask(self.desk.clips.in_lesser_voices(list(self.desk.horizon.upcoming.values()), now))

    def _take_checkpoint(self) -> None:
        """Take the first checkpoint of a month, for people to keep elsewhere."""
        station = self.desk.station
        self._key.keep(station.owner)
        if taken := take_monthly(station.root, station.settings.name, self._ledger, station.now()):
            log.info(_("the month's checkpoint: %s"), taken.path)

    def _free_ballast(self) -> None:
        if self._ballast.free():
            log.critical(_("the ballast file was freed: %s"), full_disk_text(self.desk.station.root))
            self._note(Kind.DISK_FULL, {})
