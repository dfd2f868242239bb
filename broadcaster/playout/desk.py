"""The desk: plays what is due on the one output, once, at its instant, and writes an outcome for every occurrence.

An occurrence becomes due `lead` (and the amplifier's warm-up) before its time. Then `judge.py` says whether it may air,
its clips are verified, the device is opened and `cued` is written; only then may sound leave. At the end `played` is
written. If the program is killed in between, the next start finds the `cued` row and never airs the item again.

`Desk.tick` does all that is due now and returns at once. The daemon calls it when a wake-up time comes and a few times
a second; the rehearsal calls it at the instants that `Desk.next_instant` names, with a clock of its own.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError, RenderError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, Clip, Occurrence, Outcome
from broadcaster.playout.clip_finder import ClipFinder
from broadcaster.playout.desk_state import OnAir, Status, Waiting, airing_order, is_emergency
from broadcaster.playout.horizon import Horizon
from broadcaster.playout.judge import Judge
from broadcaster.playout.player import Player
from broadcaster.playout.rows import cued_row, muted_part, play_of, played_row
from broadcaster.playout.sound.output import MakeOutput, Progress, State
from broadcaster.records.play_rows import ClockState, Play

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

RETRY = timedelta(seconds=1)
"""How long to wait before a clip or a device that failed is tried again."""

PREEMPT_AHEAD = timedelta(milliseconds=400)
"""What plays is stopped this long before an emergency is due: the time that stopping takes (at worst 360 ms)."""

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
    ) -> None:
        """`ask_for_clips` is called with the ids of scripts whose clip is needed and missing; it must not block.

        `approvals` is the ledger to read approvals from, if it is not `ledger`: a rehearsal writes another one.
        """
        self.station = station
        self.ledger = ledger
        self.content = content
        self.horizon = Horizon(station, ledger)
        self.clips = ClipFinder(station.root, content)
        self.judge = Judge(content, self.clips, self.horizon, approvals or ledger)
        self._player = Player(make_output)
        self._ask_for_clips = ask_for_clips
        self._waiting: dict[str, Waiting] = {}
        self._on_air: OnAir | None = None
        self.clock_state = ClockState.TRUSTED

    def adopt(self, content: Content, reason: str) -> None:
        """Use `content` from now on; `reason` is written into the rows of what an edit takes out of the plan."""
        self.content = content
        self.clips.use(content)
        self.judge.use(content)
        self.station = self.horizon.station = replace(self.station, settings=content.settings)
        self.sync(reason)
        planned = self.horizon.upcoming
        self._waiting = {id_: w for id_, w in self._waiting.items() if w.cued or planned.get(id_) == w.occurrence}
        for waiting in self._waiting.values():
            waiting.allowed = False

    def sync(self, reason: str = "") -> None:
        """Enter the plan of the next days, and judge it; `reason` is written into what is taken out."""
        self.horizon.sync(self.content, reason)
        self.judge.rules.prepare(self.horizon.upcoming.values())

    # ---- what happens when ------------------------------------------------------------------------------------

    @property
    def ahead(self) -> timedelta:
        """How long before its time an occurrence is cued."""
        return self.content.settings.airing.lead + self.content.settings.output.warm_up

    def tick(self) -> None:
        """Do all that is due now. Raises RecordError if the ledger cannot be written: then nothing may air."""
        now = self.station.now()
        self._call_due(now)
        if self._on_air is not None:
            self._follow(self._on_air, now)
        if self._on_air is None:
            self._air_next(now)
        if self._on_air is None and not self._waiting:
            self._player.close()

    def next_instant(self) -> datetime | None:
        """Return when `tick` next has something to do, if nobody edits anything; None: never."""
        instants = [o.start - self.ahead for id_, o in self.horizon.upcoming.items() if id_ not in self._waiting]
        if self._on_air is not None:
            instants.append(self._on_air.since + self._on_air.total)
            instants += [w.occurrence.start - PREEMPT_AHEAD for w in self._emergencies(self._on_air)]
        else:
            instants += [waiting.retry_at for waiting in self._waiting.values() if waiting.retry_at is not None]
        return min(instants, default=None)

    def status(self) -> Status:
        """Return what is on the air and what is next."""
        now = self.station.now()
        by_clock = sorted(self.horizon.upcoming.values(), key=attrgetter("start"))
        waiting = tuple(sorted((o for o in by_clock if o.id in self._waiting), key=airing_order))
        upcoming = [*waiting, *by_clock]
        on_air = self._on_air
        if on_air is None:
            return Status(now, next=next(iter(upcoming), None), waiting=waiting)
        started = self._player.progress().started
        return Status(
            now,
            on_air=on_air.occurrence,
            started=started,
            ends=(started or on_air.since) + on_air.total,
            device=self._player.device,
            next=next((o for o in upcoming if o.id != on_air.occurrence.id), None),
            waiting=waiting,
        )

    def stop(self, reason: str) -> None:
        """Stop what plays, write its outcome with `reason`, and close the output."""
        if self._on_air is not None and self._player.is_open:
            progress = self._player.stop()
            outcome = Outcome.CUT if progress.played_frames else Outcome.MISSED
            self._finish(self._on_air, outcome, reason, progress)
        self._player.close()

    def clock_moved(self) -> None:
        """Cue again what is cued and still silent: its start was computed from a clock that has been set since."""
        if self._on_air is not None and self._player.is_open and not self._player.progress().played_frames:
            self._player.close()
            self._on_air = None

    # ---- waiting ----------------------------------------------------------------------------------------------

    def _call_due(self, now: datetime) -> None:
        for id_, occurrence in self.horizon.upcoming.items():
            if occurrence.start - self.ahead <= now and id_ not in self._waiting:
                self._waiting[id_] = Waiting(occurrence)

    def _air_next(self, now: datetime) -> None:
        """Write the outcome of every waiting occurrence that may not air, and play the first one that may."""
        for waiting in sorted(self._waiting.values(), key=lambda waiting: airing_order(waiting.occurrence)):
            if refusal := self.judge.refusal(waiting, now):
                self._write(waiting, self._play(waiting.occurrence, refusal.outcome, refusal.reason))
            elif self._on_air is None and (waiting.retry_at is None or waiting.retry_at <= now):
                self._try_to_air(waiting, now)
        if self._on_air is not None:
            self._hold_up_others(self._on_air)

    def _hold_up_others(self, on_air: OnAir) -> None:
        for waiting in self._waiting.values():
            if waiting is not on_air.waiting and not waiting.held_up_by:
                waiting.held_up_by = _("the output was busy with {id}").format(id=on_air.occurrence.id)
                waiting.behind = True

    # ---- airing -----------------------------------------------------------------------------------------------

    def _try_to_air(self, waiting: Waiting, now: datetime) -> None:
        """Cue one occurrence; if a clip or the device fails, remember why and try again later."""
        occurrence = waiting.occurrence
        try:
            clips = self._verified_clips(occurrence)
            device = self._player.open(self.content.settings.output.devices)
            self._write_cued(waiting, clips, device, now)
            self._player.play(occurrence, clips)
        except (PlayoutError, RenderError) as error:
            self._try_later(waiting, error, now)
            return
        total = occurrence.length({clip.script: clip.length for clip in clips})
        self._on_air = OnAir(waiting, clips, max(now, occurrence.start), total, device)
        log.info(_("cued: %s on %s"), occurrence.id, device)

    def _try_later(self, waiting: Waiting, error: PlayoutError | RenderError, now: datetime) -> None:
        if isinstance(error, PlayoutError):
            self._player.close()  # whatever the reason, the next try opens the device again
        if waiting.held_up_by != str(error):
            log.warning("%s: %s", waiting.occurrence.id, error)
        waiting.try_again(str(error), now + RETRY)

    def _verified_clips(self, occurrence: Occurrence) -> tuple[Clip, ...]:
        """Return the verified clips of an occurrence, one a script; ask for those that are missing or damaged."""
        clips, wanting = [], []
        for id_ in dict.fromkeys(occurrence.scripts):
            try:
                clips.append(self.clips.verified(id_))
            except RenderError as error:
                wanting.append((id_, str(error)))
        if wanting:
            self._ask_for_clips([id_ for id_, _reason in wanting])
            raise RenderError("; ".join(f"{id_}: {reason}" for id_, reason in wanting))
        return tuple(clips)

    def _write_cued(self, waiting: Waiting, clips: Sequence[Clip], device: str, now: datetime) -> None:
        if waiting.cued:  # a device that was lost before the first sample: the intent is written already
            return
        play = self._play(waiting.occurrence, Outcome.CUT, "", clips)
        self.ledger.append([cued_row(replace(play, device=device), now)])
        waiting.cued = True

    # ---- what is on the air -----------------------------------------------------------------------------------

    def _follow(self, on_air: OnAir, now: datetime) -> None:
        if not self._player.is_open:
            return
        progress = self._player.progress()
        if progress.state is State.ENDED:
            self._finish(on_air, Outcome.AIRED, self._late_reason(on_air, progress), progress)
        elif progress.state is State.LOST:
            self._lost(on_air, progress, now)
        elif emergency := self._emergency(on_air, now):
            reason = _("gave way to the emergency bulletin {id}").format(id=emergency.occurrence.id)
            self._finish(on_air, Outcome.PREEMPTED, reason, self._player.stop())
        else:
            self._hold_up_others(on_air)

    def _lost(self, on_air: OnAir, progress: Progress, now: datetime) -> None:
        """Handle a lost device: what was not heard yet is tried again, what was heard is never repeated."""
        self._player.close()
        log.error("%s: %s", on_air.occurrence.id, progress.reason)
        if progress.played_frames:
            self._finish(on_air, Outcome.CUT, progress.reason, progress)
            return
        on_air.waiting.try_again(progress.reason, now + RETRY)
        self._on_air = None

    def _emergency(self, on_air: OnAir, now: datetime) -> Waiting | None:
        due = (w for w in self._emergencies(on_air) if w.occurrence.start - PREEMPT_AHEAD <= now)
        return next(due, None)

    def _emergencies(self, on_air: OnAir) -> list[Waiting]:
        """Return the waiting emergency bulletins, for which what plays must stop."""
        if is_emergency(on_air.waiting):
            return []
        return [waiting for waiting in self._waiting.values() if is_emergency(waiting)]

    def _late_reason(self, on_air: OnAir, progress: Progress) -> str:
        if _lateness(on_air.occurrence, progress) < 1:
            return ""
        return on_air.waiting.held_up_by or self.horizon.why_absent(on_air.occurrence.start)

    # ---- outcomes ---------------------------------------------------------------------------------------------

    def _finish(self, on_air: OnAir, outcome: Outcome, reason: str, progress: Progress) -> None:
        play = replace(
            self._play(on_air.occurrence, outcome, reason, on_air.clips),
            planned_end=on_air.occurrence.start + on_air.total,
            started=self._local(progress.started),
            ended=self._local(progress.ended) or self.station.now(),
            heard_s=progress.played_frames / CLIP_RATE,
            device=self._player.device or on_air.device,
            muted=muted_part(progress, self.content.settings.timezone),
        )
        self._write(on_air.waiting, play)
        self._on_air = None

    def _play(self, occurrence: Occurrence, outcome: Outcome, reason: str, clips: Sequence[Clip] = ()) -> Play:
        return replace(play_of(occurrence, self.content.scripts, outcome, reason, clips), clock=self.clock_state)

    def _local(self, instant: datetime | None) -> datetime | None:
        return instant.astimezone(self.content.settings.timezone) if instant else None

    def _write(self, waiting: Waiting, play: Play) -> None:
        self.ledger.append([played_row(play, self.station.now())])
        self._waiting.pop(play.occurrence, None)
        self.horizon.done(waiting.occurrence)
        log.info("%s: %s %s", play.occurrence, play.outcome, play.reason)


def _lateness(occurrence: Occurrence, progress: Progress) -> float:
    """Return by how many seconds the first sample came after its planned instant (negative: before)."""
    return (progress.started - occurrence.start).total_seconds() if progress.started else 0.0
