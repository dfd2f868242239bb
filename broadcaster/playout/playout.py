"""The desk: what is due goes on the one output, once, at its instant; every occurrence gets its outcome.

An occurrence becomes due `lead` (and the amplifier's warm-up) before its time. Then its clips are verified, the
device is opened and `cued` is written; only then may sound leave. At the end `played` is written. Killed in
between, the next start finds the intent and never airs it again: a loudspeaker cannot be un-heard.

`Desk.tick` does all that is due now and returns at once. The daemon calls it when an alarm rings and a few times a
second; the rehearsal calls it at the instants that `Desk.next_instant` names, with a clock of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError, RenderError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, Clip, Occurrence, Outcome
from broadcaster.playout.approval import objection
from broadcaster.playout.clips import Clips
from broadcaster.playout.horizon import Horizon
from broadcaster.playout.output import Output, Progress, Segment, State
from broadcaster.playout.rows import cued_row, play_of, played_row
from broadcaster.playout.waiting import OnAir, Status, Waiting, airing_order, is_emergency
from broadcaster.records.approvals import Approvals
from broadcaster.records.play import ClockState, Play
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import check, whole_days

if TYPE_CHECKING:
    from broadcaster.playout.content import Content
    from broadcaster.records.ledger import Ledger
    from broadcaster.station import Station

RETRY = timedelta(seconds=1)
"""How long to wait before a clip or a device that would not is asked again."""

PREEMPT_AHEAD = timedelta(milliseconds=400)
"""What plays is stopped this long before an emergency is due: the time that stopping takes (at worst 360 ms)."""

SOON = timedelta(hours=1)
"""A clip is not exchanged for a better one this shortly before it airs."""

log = logging.getLogger(__name__)

MakeOutput = Callable[[str], Output]
"""Opens nothing yet: returns the output of that name from `[output] devices`."""


class Desk:
    """Airs the horizon of one station on one output at a time."""

    def __init__(
        self,
        station: Station,
        ledger: Ledger,
        content: Content,
        make_output: MakeOutput,
        ask_for_clips: Callable[[Sequence[str]], None],
        approvals: Ledger | None = None,
    ) -> None:
        """`ask_for_clips` is told the ids of scripts whose clip is needed and not there; it must not block.

        `approvals` is the ledger that holds them where it is not `ledger`: a rehearsal has one of its own.
        """
        self.station = station
        self.ledger = ledger
        self.content = content
        self.horizon = Horizon(station, ledger)
        self.clips = Clips(station.root, content)
        self._make_output = make_output
        self._ask_for_clips = ask_for_clips
        self._waiting: dict[str, Waiting] = {}
        self._on_air: OnAir | None = None
        self._output: Output | None = None
        self._approvals, self._approval_ledger = Approvals(), approvals or ledger
        self.clock_state = ClockState.TRUSTED

    def adopt(self, content: Content, reason: str) -> None:
        """Air from `content` from now on; `reason` is given to what an edit takes out of the plan."""
        self.content = content
        self.clips.use(content)
        self.station = self.horizon.station = replace(self.station, settings=content.settings)
        self.horizon.sync(content, reason)
        planned = self.horizon.upcoming
        self._waiting = {id_: w for id_, w in self._waiting.items() if w.cued or planned.get(id_) == w.occurrence}
        for waiting in self._waiting.values():
            waiting.allowed = False

    def clips_wanted(self) -> list[str]:
        """Return the scripts of the horizon that have no clip yet."""
        return self.clips.wanting(self._scripts_ahead())

    def clips_to_better(self) -> list[str]:
        """Return the scripts of the horizon that a lesser voice had to read, without those that air within the hour."""
        soon = self.station.now() + SOON
        near = {script for o in self.horizon.upcoming.values() if o.start < soon for script in o.scripts}
        return self.clips.in_lesser_voices(script for script in self._scripts_ahead() if script not in near)

    def _scripts_ahead(self) -> list[str]:
        return list(dict.fromkeys(script for o in self.horizon.upcoming.values() for script in o.scripts))

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
            self.close_output()

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
        """Return what is on, what is next."""
        now = self.station.now()
        by_clock = sorted(self.horizon.upcoming.values(), key=attrgetter("start"))
        waiting = tuple(sorted((o for o in by_clock if o.id in self._waiting), key=airing_order))
        upcoming = [*waiting, *(o for o in by_clock if o.id not in self._waiting)]
        if self._on_air is None:
            return Status(now, next=next(iter(upcoming), None), waiting=waiting)
        progress = self._output.progress() if self._output else None
        started = progress.started if progress else None
        return Status(
            now,
            on_air=self._on_air.occurrence,
            started=started,
            ends=(started or self._on_air.since) + self._on_air.total,
            device=self._output.device if self._output else "",
            next=next((o for o in upcoming if o.id != self._on_air.occurrence.id), None),
            waiting=waiting,
        )

    def stop(self, reason: str) -> None:
        """End what plays, say why in the ledger, and close the output."""
        if self._on_air is not None and self._output is not None:
            progress = self._output.stop()
            outcome = Outcome.CUT if progress.played_frames else Outcome.MISSED
            self._finish(self._on_air, outcome, reason, progress)
        self.close_output()

    def clock_moved(self) -> None:
        """Judge anew what is cued and silent: its start was counted from a clock that has been set since."""
        if self._on_air is not None and self._output is not None and not self._output.progress().played_frames:
            self.close_output()
            self._on_air = None

    # ---- waiting ----------------------------------------------------------------------------------------------

    def _call_due(self, now: datetime) -> None:
        for id_, occurrence in self.horizon.upcoming.items():
            if occurrence.start - self.ahead <= now and id_ not in self._waiting:
                self._waiting[id_] = Waiting(occurrence)

    def _air_next(self, now: datetime) -> None:
        """Give every waiting occurrence that cannot air its outcome, and put the first that can on the output."""
        for waiting in sorted(self._waiting.values(), key=lambda waiting: airing_order(waiting.occurrence)):
            if self._judge(waiting, now):
                continue
            if self._on_air is None and (waiting.retry_at is None or waiting.retry_at <= now):
                self._try_to_air(waiting, now)
        if self._on_air is not None:
            self._hold_up_others(self._on_air)

    def _judge(self, waiting: Waiting, now: datetime) -> bool:
        """Close an occurrence that a rule forbids, or whose grace is over; tell whether it was closed."""
        occurrence = waiting.occurrence
        if occurrence.start + self.content.settings.airing.grace < now:
            self._close_without_sound(waiting, *self._too_late(waiting))
            return True
        if not waiting.allowed and (breach := self._breach(occurrence)):
            self._close_without_sound(waiting, Outcome.BLOCKED, breach)
            return True
        waiting.allowed = True
        if not waiting.cued and (reason := self._objection(occurrence)):  # asked anew: it may be taken back meanwhile
            self._close_without_sound(waiting, Outcome.BLOCKED, reason)
            return True
        return False

    def _too_late(self, waiting: Waiting) -> tuple[Outcome, str]:
        if waiting.behind:
            return Outcome.PREEMPTED, waiting.held_up_by
        if waiting.held_up_by:
            return Outcome.FAILED, waiting.held_up_by
        return Outcome.MISSED, self.horizon.why_absent(waiting.occurrence.start)

    def _breach(self, occurrence: Occurrence) -> str:
        """Return the rule that forbids an occurrence, in words; limits are counted over its day and the one before."""
        first, past = whole_days(occurrence.start, occurrence.start + timedelta(microseconds=1))
        day = expand(self.content.campaigns.values(), first, past, self.content.settings.timezone)
        if occurrence not in day:  # planned, and taken out of the files after its time had come
            day = sorted([*day, occurrence], key=lambda o: (o.start, o.bulletin_class.rank, o.id))
        lengths = self.clips.lengths({script for planned in day for script in planned.scripts})
        breaches = check(day, lengths, self.content.settings.rules, self._valid_until())
        return breaches[occurrence.id].text if occurrence.id in breaches else ""

    def _objection(self, occurrence: Occurrence) -> str:
        self._approvals.follow(self._approval_ledger)
        return objection(occurrence, self.content.scripts, self._approvals, self.content.settings.approval)

    def _valid_until(self) -> dict[str, date | None]:
        return {id_: script.valid_until for id_, script in self.content.scripts.items()}

    # ---- airing -----------------------------------------------------------------------------------------------

    def _try_to_air(self, waiting: Waiting, now: datetime) -> None:
        """Cue one occurrence; where a clip or the device will not, say so and let it be asked again."""
        try:
            clips = self._verified_clips(waiting.occurrence)
            output = self._open_output()
            self._write_cued(waiting, clips, output, now)
            output.play(self._segments(waiting.occurrence, clips), waiting.occurrence.start)
        except (PlayoutError, RenderError) as error:
            if isinstance(error, PlayoutError):
                self.close_output()  # whatever it was, the next try opens the device anew
            if waiting.held_up_by != str(error):
                log.warning("%s: %s", waiting.occurrence.id, error)
            waiting.held_up_by, waiting.behind, waiting.retry_at = str(error), False, now + RETRY
            return
        since = max(now, waiting.occurrence.start)
        total = waiting.occurrence.length({clip.script: clip.length for clip in clips})
        self._on_air = OnAir(waiting, clips, since, total, output.device)
        log.info(_("cued: %s on %s"), waiting.occurrence.id, output.device)

    def _verified_clips(self, occurrence: Occurrence) -> tuple[Clip, ...]:
        """Return the verified clips of an occurrence, a clip a script; ask for those that are not fit to air."""
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

    def _open_output(self) -> Output:
        """Return an open output: the first of the configured devices that can be opened."""
        if self._output is not None:
            return self._output
        reasons = []
        for name in self.content.settings.output.devices:
            output = self._make_output(name)
            try:
                output.open()
            except PlayoutError as error:
                reasons.append(str(error))
                continue
            self._output = output
            return output
        raise PlayoutError("; ".join(reasons))

    def close_output(self) -> None:
        """Close the device, if one is open."""
        if self._output is not None:
            self._output.close()
            self._output = None

    def _write_cued(self, waiting: Waiting, clips: Sequence[Clip], output: Output, now: datetime) -> None:
        if waiting.cued:  # a device that was lost before the first sample: the intent stands already
            return
        play = self._play(waiting.occurrence, Outcome.CUT, "", clips)
        self.ledger.append([cued_row(replace(play, device=output.device), now)])
        waiting.cued = True

    def _segments(self, occurrence: Occurrence, clips: Sequence[Clip]) -> list[Segment]:
        by_script = {clip.script: clip for clip in clips}
        gap = Segment(None, round(occurrence.gap.total_seconds() * CLIP_RATE))
        segments: list[Segment] = []
        for script in occurrence.items:
            clip = by_script[script]
            segments += [Segment(clip.path, clip.frames), gap]
        return segments[:-1]

    # ---- what is on the air -----------------------------------------------------------------------------------

    def _follow(self, on_air: OnAir, now: datetime) -> None:
        if self._output is None:
            return
        progress = self._output.progress()
        if progress.state is State.ENDED:
            self._finish(on_air, Outcome.AIRED, self._late_reason(on_air, progress), progress)
        elif progress.state is State.LOST:
            self._lost(on_air, progress, now)
        elif emergency := self._emergency(on_air, now):
            reason = _("gave way to the emergency bulletin {id}").format(id=emergency.occurrence.id)
            self._finish(on_air, Outcome.PREEMPTED, reason, self._output.stop())
        else:
            self._hold_up_others(on_air)

    def _lost(self, on_air: OnAir, progress: Progress, now: datetime) -> None:
        """Handle a device that went away: nothing heard yet may be tried again, speech is never said twice."""
        self.close_output()
        log.error("%s: %s", on_air.occurrence.id, progress.reason)
        if progress.played_frames:
            self._finish(on_air, Outcome.CUT, progress.reason, progress)
            return
        on_air.waiting.held_up_by, on_air.waiting.behind = progress.reason, False
        on_air.waiting.retry_at = now + RETRY
        self._on_air = None

    def _emergency(self, on_air: OnAir, now: datetime) -> Waiting | None:
        due = (w for w in self._emergencies(on_air) if w.occurrence.start - PREEMPT_AHEAD <= now)
        return next(due, None)

    def _emergencies(self, on_air: OnAir) -> list[Waiting]:
        """Return the waiting emergency bulletins that what plays must give way to."""
        if is_emergency(on_air.waiting):
            return []
        return [waiting for waiting in self._waiting.values() if is_emergency(waiting)]

    def _hold_up_others(self, on_air: OnAir) -> None:
        for waiting in self._waiting.values():
            if waiting is not on_air.waiting and not waiting.held_up_by:
                waiting.held_up_by = _("the output was busy with {id}").format(id=on_air.occurrence.id)
                waiting.behind = True

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
            device=self._output.device if self._output else on_air.device,
        )
        self._write(on_air.waiting, play)
        self._on_air = None

    def _close_without_sound(self, waiting: Waiting, outcome: Outcome, reason: str) -> None:
        self._write(waiting, self._play(waiting.occurrence, outcome, reason))

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
