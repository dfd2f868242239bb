"""The desk: plays what is due on the one output, once, at its instant, and writes an outcome for every occurrence.

An occurrence becomes due `lead` (and the amplifier's warm-up) before its time. Then `judge.py` says whether it may air,
its clips are verified, the device is opened and `cued` is written; only then may sound leave. At the end `played` is
written. If the program is killed in between, the next start finds the `cued` row and never airs the item again.

Wherever something changes: work out the new state, write its row, then take it over. What fails is tried again by the
next tick; what was heard of a play that is over is kept until its row is written.

`Desk.tick` does all that is due now and returns at once. The daemon calls it when a wake-up time comes and a few times
a second; the rehearsal calls it at the instants that `Desk.next_instant` names, with a clock of its own.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError, RenderError
from broadcaster.i18n import _
from broadcaster.models import Clip, Occurrence, Outcome
from broadcaster.playout.clip_finder import ClipFinder
from broadcaster.playout.desk_state import GIVEN_UP_AT_ONCE, PREEMPT_AHEAD, RETRY, OnAir, Status, Waiting
from broadcaster.playout.horizon import NOT_KNOWN, Absence, Horizon, LookBack
from broadcaster.playout.judge import KEEPS_ONE, Judge
from broadcaster.playout.pause import PauseKeeper
from broadcaster.playout.player import Player, devices_for
from broadcaster.playout.rows import RowWriter, cued_again_row, cued_row, ended_play, play_of, released_row
from broadcaster.playout.sound.output import MakeOutput, Progress, State
from broadcaster.playout.troubles import Troubles
from broadcaster.playout.waiting_list import WaitingList
from broadcaster.reasons import NO_REASON, Reason, ReasonKind, reason
from broadcaster.records.play_rows import ClockState, Play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from broadcaster.playout.background_work import Work
    from broadcaster.playout.horizon import MakeRows
    from broadcaster.records.ledger import Entry, Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

log = logging.getLogger(__name__)


class Desk:
    """Plays the occurrences of one station, one at a time."""

    def __init__(
        self,
        station: Station,
        ledger: Ledger,
        content: Content,
        make_output: MakeOutput,
        ask_for_clips: Callable[[Sequence[str]], None],
        approvals: Ledger | None = None,
        passed: Callable[[datetime], bool] = lambda _instant: True,
        work: Work | None = None,
    ) -> None:
        """`ask_for_clips` is called with the ids of scripts whose clip is needed and missing; it must not block.

        `approvals` is the ledger that knows approvals and clips, if it is not `ledger`: a rehearsal writes another one.
        `passed` says whether an instant is over on a clock that is believed: only then is something missed.
        `work` is where clips are looked up and verified; by default at once.
        """
        self.station = station
        self.ledger = ledger
        self.content = content
        self.horizon = Horizon(ledger)
        self.clips = ClipFinder(station.root, content, ask_for_clips, work, approvals or ledger)
        self.troubles = Troubles()
        self.judge = Judge(content, self.clips, self.troubles, approvals or ledger)
        self._player = Player(make_output)
        self._passed = passed
        self._waiting = WaitingList(self.troubles, self.judge.tried_until)
        self._on_air: OnAir | None = None
        self.pause = PauseKeeper(self._waiting, self.troubles)
        self._writer = RowWriter(ledger, self._forget)
        self.clock_state = ClockState.TRUSTED

    # ---- the plan ---------------------------------------------------------------------------------------------

    def begin(
        self,
        absence: Absence = NOT_KNOWN,
        why: Reason = NO_REASON,
        rows: MakeRows = lambda _left, _change: (),
    ) -> None:
        """Continue where an earlier run ended: write `rows`, outcomes of what was cut off, and the plan, all or none.

        `absence` is the time without a desk before this start; `why` is written into withdrawals.
        """
        left = self._enter_plan(absence, why, rows)
        self.troubles.load(left.absences)

    def begin_again(self) -> None:
        """Enter what a new file of the play history lacks: the plan, and outcomes of what may have aired."""
        self._enter_plan(NOT_KNOWN, NO_REASON, lambda _left, _change: ())
        self._waiting.replan(self.horizon.upcoming)

    def _enter_plan(self, absence: Absence, why: Reason, rows: MakeRows) -> LookBack:
        now = self.station.now()
        self.clips.follow()
        in_hand = {o.id for o in self._waiting.cued()} | {play.occurrence for play in self._writer.unwritten}
        left = self.horizon.look_back(now, absence, in_hand)
        change = self.horizon.change(self.content, why, now, left)
        self.ledger.append([*rows(left, change), *left.entries, *change.entries])
        self.horizon.take_up(left)
        self.horizon.take(change)
        self.troubles.load(self.horizon.lost_history(self.ahead))
        self.judge.rules.prepare(self.horizon.upcoming.values())
        return left

    def adopt(self, content: Content, why: Reason, rows: Sequence[Entry] = ()) -> None:
        """Use `content` from now on, with `rows` about the edit; `why` is written into what it takes out of the plan.

        Raises RecordError where the rows cannot be written: then the content before stays in force.
        """
        now = self.station.now()
        change = self.horizon.change(content, why, now)
        self.ledger.append([*rows, *change.entries])
        for late in change.entered_late(now):
            self.troubles.lasted(reason(ReasonKind.ENTERED, at=now), late.start, now, late.id)
        self.content = content
        self.clips.use(content)
        self.judge.use(content)
        self.station = replace(self.station, settings=content.settings)
        self.horizon.take(change)
        self.judge.rules.prepare(self.horizon.upcoming.values())
        self._waiting.replan(self.horizon.upcoming)

    def sync(self, why: Reason = NO_REASON) -> None:
        """Enter the plan of the next days, and judge it; `why` is written into what is taken out."""
        change = self.horizon.change(self.content, why, self.station.now())
        self.ledger.append(change.entries)
        self.horizon.take(change)
        self.judge.rules.prepare(self.horizon.upcoming.values())

    # ---- what happens when ------------------------------------------------------------------------------------

    @property
    def ahead(self) -> timedelta:
        """How long before its time an occurrence is cued."""
        return self.content.settings.airing.lead + self.content.settings.output.warm_up

    def tick(self) -> None:
        """Do all that is due now. Raises RecordError if the ledger cannot be written: then nothing new may air."""
        now = self.station.now()
        self._waiting.call(self._due(now), now)
        if self._on_air is not None:
            self._follow(self._on_air, now)
        self._writer.write(now)  # before others are added: what cannot be written is not taken down a second time
        self._give_up_missed(now)
        if self._on_air is None:
            self._air_next(now)
        else:
            self._give_way(self._on_air, now)
        if self._on_air is None and not self._waiting:
            self._player.close()

    def next_instant(self) -> datetime | None:
        """Return when `tick` next has something to do, if nobody edits anything; None: never."""
        upcoming = (o for id_, o in self.horizon.upcoming.items() if id_ not in self._waiting)
        instants = [o.start - self.ahead for o in islice(upcoming, 1)]
        if self._on_air is not None:
            instants.append(self._on_air.since + self._on_air.total)
            urgent = self._waiting.emergencies(self._on_air)
            instants += [w.retry_at or w.occurrence.start - PREEMPT_AHEAD for w in urgent]
        else:
            instants += [waiting.retry_at for waiting in self._waiting.in_turn() if waiting.retry_at is not None]
        return min(instants, default=None)

    def status(self) -> Status:
        """Return what is on the air and what is next."""
        now, on_air = self.station.now(), self._on_air
        waiting = tuple(waiting.occurrence for waiting in self._waiting.in_turn())
        upcoming = (o for id_, o in self.horizon.upcoming.items() if id_ not in self._waiting)
        coming = next((o for o in waiting if on_air is None or o.id != on_air.occurrence.id), None)
        delayed = tuple(self._waiting.delayed(on_air, now))
        status = Status(now, waiting=waiting, delayed=delayed, unwritten=self._writer.unwritten, paused=self.pause.now)
        status = replace(status, next=coming or next(upcoming, None))
        return status.with_on_air(on_air, self._player.progress()) if on_air else status

    def stop(self, why: Reason) -> None:
        """Stop what plays, write its outcome with `why`, let go what is cued and silent, and close the output."""
        if (stopped := self._silence()) and stopped[1].played_frames:
            self._end(stopped[0], Outcome.CUT, why, stopped[1])
        self._on_air = None
        self._player.close()
        now = self.station.now()
        self._writer.write(now)
        released = (self._play(o, Outcome.MISSED, why) for o in self._waiting.cued())
        self.ledger.append([released_row(play, why, now) for play in released])
        self._waiting.clear()

    # ---- orders -----------------------------------------------------------------------------------------------

    def cut(self, why: Reason) -> tuple[str, Progress] | None:
        """End what is on the air, with a short fade; return its id and how far it got, None where nothing is on."""
        if (stopped := self._silence()) is None:
            return None
        cut, progress = stopped
        outcome = Outcome.CUT if progress.played_frames else Outcome.SKIPPED
        if progress.is_whole:
            outcome, why = Outcome.AIRED, self.judge.why_late(cut.waiting, progress.started, self.station.now())
        self._end(cut, outcome, why, progress)
        if progress.state is State.LOST:  # it did not fall silent by itself
            self._player.close()
        return cut.occurrence.id, progress

    def let_go(self, occurrences: Iterable[Occurrence], why: Reason) -> None:
        """Skip what waits for the output; the rows are written by the next tick."""
        for occurrence in occurrences:
            self._writer.is_over(self._play(occurrence, Outcome.SKIPPED, why))
            self._waiting.forget(occurrence.id)
            self.horizon.done(occurrence.id)

    def _silence(self) -> tuple[OnAir, Progress] | None:
        """Stop what plays; return that and how far it got, None where nothing did."""
        if self._on_air is not None:
            self._follow(self._on_air, self.station.now())  # it may have ended since the last tick
        return (self._on_air, self._player.stop()) if self._on_air is not None else None

    def clock_moved(self) -> None:
        """Cue again what is cued and still silent: its start was computed from a clock that has been set since."""
        if self._on_air is not None and not self._player.progress().played_frames:
            self._player.close()
            self._on_air = None
        self._waiting.clock_moved()

    # ---- waiting ----------------------------------------------------------------------------------------------

    def _due(self, now: datetime) -> Iterator[Occurrence]:
        return takewhile(lambda o: o.start - self.ahead <= now, self.horizon.upcoming.values())

    def _give_up_missed(self, now: datetime) -> None:
        """Write the outcomes of what no tick saw in its time: its hour passed while nobody ran, or slept."""
        gone = (
            occurrence
            for occurrence in self._due(now)
            if occurrence.id not in self._waiting
            and self.judge.tried_until(occurrence) < now
            and self._passed(self.judge.tried_until(occurrence))
        )
        for occurrence in list(islice(gone, GIVEN_UP_AT_ONCE)):
            refusal = self.judge.too_late(occurrence, now)
            self._writer.is_over(self._play(occurrence, refusal.outcome, refusal.why))
        self._writer.write(now)

    def _air_next(self, now: datetime) -> None:
        """Write the outcome of every waiting occurrence that may not air, and play the first one that may."""
        for waiting in self._waiting.in_turn():
            may_air = self._may_air(waiting, now) and not self.pause.holds(waiting, now)
            if may_air and self._on_air is None and waiting.is_time(now):
                self._try_to_air(waiting, now)
        if self._on_air is not None:
            self._waiting.hold_up(self._on_air, now)

    def _may_air(self, waiting: Waiting, now: datetime) -> bool:
        """Return whether an occurrence may air; write its outcome if it may not."""
        refusal = self.judge.refusal(waiting, now)
        if refusal is None:
            return True
        if refusal.late and not self._passed(self.judge.tried_until(waiting.occurrence)):
            return False  # late by a clock that was set a moment ago: it may be set back
        self._writer.is_over(self._play(waiting.occurrence, refusal.outcome, refusal.why))
        self._writer.write(now)
        return False

    # ---- airing -----------------------------------------------------------------------------------------------

    def _try_to_air(self, waiting: Waiting, now: datetime) -> None:
        """Cue one occurrence; if a clip or the device fails, remember why and try again later."""
        occurrence = waiting.occurrence
        try:
            clips = self.clips.all_verified(occurrence.scripts)
            if not self._may_air(waiting, now):  # it is known only now how long they are, and what is heard in them
                return
            device = self._player.open(devices_for(occurrence, self.content.settings))
            if not self._write_cued(waiting, clips, device, now):
                return
            self._player.play(occurrence, clips)
        except (PlayoutError, RenderError) as error:
            self._try_later(waiting, error, now)
            return
        self._has_started(waiting, clips, device, now)

    def _has_started(self, waiting: Waiting, clips: tuple[Clip, ...], device: str, now: datetime) -> None:
        total = waiting.occurrence.length({clip.script: clip.length for clip in clips})
        self._on_air = OnAir(waiting, clips, max(now, waiting.occurrence.start), total, device)
        log.info(_("cued: %s on %s"), waiting.occurrence.id, device)

    def _try_later(self, waiting: Waiting, error: PlayoutError | RenderError, now: datetime) -> None:
        kind = self.judge.kept_by(error, waiting.occurrence)
        if isinstance(error, PlayoutError):
            self._player.close()  # whatever the reason, the next try opens the device again
        occurrence = waiting.occurrence
        self.troubles.all_over(set(KEEPS_ONE.values()) - {kind}, now, occurrence.id)
        if self.troubles.goes_on(reason(kind, text=str(error)), now, occurrence.id):
            log.warning("%s: %s", occurrence.id, error)
        waiting.retry_at = now + RETRY

    def _write_cued(self, waiting: Waiting, clips: Sequence[Clip], device: str, now: datetime) -> bool:
        """Write the intent, unless it stands; return False where it is no longer to air when that is done.

        Another process aired it, or airs it; or the row had to wait for a locked history for too long.
        """
        if waiting.cued:  # a device that was lost before the first sample
            return True
        occurrence = waiting.occurrence
        self.troubles.all_over(KEEPS_ONE.values(), now, occurrence.id)  # if the row cannot be written, that is why
        play = replace(self._play(occurrence, Outcome.CUT, NO_REASON, clips), device=device)
        row_of = cued_again_row if occurrence.id in self.horizon.released else cued_row
        if not self._writer.write_intent(row_of(play, now)):
            return False
        waiting.cued = True
        return self.judge.refusal(waiting, self.station.now()) is None

    # ---- what is on the air -----------------------------------------------------------------------------------

    def _follow(self, on_air: OnAir, now: datetime) -> None:
        """Notice the end of what plays. Needs no ledger: what was heard is kept until its row can be written."""
        progress = self._player.progress()
        late = self.judge.why_late(on_air.waiting, progress.started, now)
        if progress.state is State.ENDED:
            self._end(on_air, Outcome.AIRED, late, progress)
        elif progress.state is State.LOST:
            self._lost(on_air, progress, now)
        else:
            self._waiting.hold_up(on_air, now)

    def _lost(self, on_air: OnAir, progress: Progress, now: datetime) -> None:
        """Handle a lost device: what was not heard yet is tried again, what was heard is never repeated."""
        self._player.close()
        log.error("%s: %s", on_air.occurrence.id, progress.reason)
        if progress.played_frames:
            lost = reason(ReasonKind.DEVICE_LOST, text=progress.reason, device=on_air.device)
            self._end(on_air, Outcome.CUT, lost, progress)
            return
        self._waiting.output_is_free(now)
        self.troubles.goes_on(reason(ReasonKind.NO_DEVICE, text=progress.reason), now, on_air.occurrence.id)
        on_air.waiting.retry_at = now + RETRY
        self._on_air = None

    def _give_way(self, on_air: OnAir, now: datetime) -> None:
        """Stop what plays for an emergency bulletin that is due, once it is certain that this can sound.

        Its intent is written before anything is stopped: where that fails, what plays goes on.
        """
        for waiting in self._waiting.emergencies(on_air):
            due = waiting.occurrence.start - PREEMPT_AHEAD <= now and waiting.is_time(now)
            if due and self._may_air(waiting, now) and self._preempt(on_air, waiting, now):
                self._writer.write(now)
                return

    def _preempt(self, on_air: OnAir, waiting: Waiting, now: datetime) -> bool:
        """Let an emergency bulletin replace what plays; return whether it did."""
        try:
            clips = self.clips.all_verified(waiting.occurrence.scripts)
        except RenderError as error:
            self._try_later(waiting, error, now)
            return False
        if not self._write_cued(waiting, clips, on_air.device, now):
            return False
        progress = self._player.stop()
        if progress.is_whole:  # it ended while the row was written
            late = self.judge.why_late(on_air.waiting, progress.started, now)
            self._end(on_air, Outcome.AIRED, late, progress)
        else:
            self._end(on_air, Outcome.PREEMPTED, reason(ReasonKind.GAVE_WAY, to=waiting.occurrence.id), progress)
        try:
            self._player.play(waiting.occurrence, clips)
        except PlayoutError as error:
            self._try_later(waiting, error, now)
        else:
            self._has_started(waiting, clips, on_air.device, now)
        return True

    # ---- outcomes ---------------------------------------------------------------------------------------------

    def _end(self, on_air: OnAir, outcome: Outcome, why: Reason, progress: Progress) -> None:
        """Take down what became of a play that is over; its row is written by the next tick."""
        play = self._play(on_air.occurrence, outcome, why, on_air.clips)
        play = ended_play(play, on_air, progress, self.station.now(), self.content.settings.timezone)
        self._writer.is_over(play)
        self._on_air = None
        self._waiting.output_is_free(play.ended or self.station.now())

    def _play(self, occurrence: Occurrence, outcome: Outcome, why: Reason, clips: Sequence[Clip] = ()) -> Play:
        return replace(play_of(occurrence, self.content, outcome, why, clips), clock=self.clock_state)

    def _forget(self, occurrence: str) -> None:
        self._waiting.forget(occurrence)
        self.horizon.done(occurrence)
        self.troubles.forget(occurrence)
