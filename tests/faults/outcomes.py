"""Holds one outcome against what was heard and what was in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from .driver import Month
from .plan_of_faults import Kind
from .reasons import A_LOCKED_ROUND, LATE, NEAR, Judged, Reasons
from .timeline import BELIEVED_AFTER, BUSY, HISTORY, LOST, NO_CLIP, NO_DESK, NO_DEVICE, Shown, Span, Timeline, true_of
from .village import CLOSES, GRACE, LEAD, OPENS, QUIET, Planned

CUT_OFF, ON_AIR = "cut_off", "cut_off_on_air"
A_MOMENT = timedelta(milliseconds=1)
A_SIGN_ON_AIR = timedelta(seconds=2)
"""From one sign of life to the next while something is on the air."""
CLOCK_BEGINS = frozenset({"daemon_started", "clock_step"})
OUTCOME_OF = {BUSY: "preempted", NO_CLIP: "failed", NO_DEVICE: "failed"}
"""The outcome of what never sounded, by the kind of its reason; of all others: missed."""


class Outcomes:
    """Judges the outcomes of one month; `lost` are the spans whose rows are lost, `plan` all that was ever planned."""

    def __init__(self, month: Month, line: Timeline, lost: Sequence[Span], plan: Mapping[str, Planned]) -> None:
        self.month, self.line, self.lost, self.all = month, line, lost, plan
        self.reasons = Reasons(month, line)

    def complaints(self, play: Judged) -> Iterator[str]:
        if play.kind == "unexplained":
            yield "unexplained"
        if play.kind == "trouble":
            yield "an error of the program"
        if play.outcome != "unknown":
            yield from self._of_what_was_heard(play)
        check: Mapping[str, Callable[[Judged], Iterator[str]]] = {
            "aired": self._of_aired,
            "cut": self._of_cut,
            "blocked": self._of_blocked,
            "preempted": self._of_preempted,
            "missed": self._of_never_heard,
            "failed": self._of_never_heard,
            "unknown": self._of_unknown,
        }
        if play.outcome not in check:
            yield f"no such outcome here: {play.outcome}"
            return
        yield from check[play.outcome](play)

    def _of_what_was_heard(self, play: Judged) -> Iterator[str]:
        heard = play.sound.heard_s if play.sound else 0.0
        if play.kind == ON_AIR:
            yield from self._of_what_was_known(play, heard)
        elif play.kind != CUT_OFF and abs(play.row["heard_s"] - heard) > 0.3:
            yield f"heard {heard} s"
        if play.outcome == "aired" and not (play.sound and play.sound.is_whole):
            yield "was not heard whole"
        if play.outcome != "aired" and play.kind not in (CUT_OFF, ON_AIR) and play.sound and play.sound.is_exact:
            yield "was heard whole"
        if play.outcome in ("missed", "failed", "blocked") and play.sound:
            yield "was heard"
        started = play.row.get("started")
        is_timed = started and play.sound and abs(datetime.fromisoformat(started) - play.sound.wall) <= LATE / 2
        if play.sound and play.kind != CUT_OFF and not is_timed:
            yield f"began at {play.sound.wall}"

    def _of_what_was_known(self, play: Judged, heard: float) -> Iterator[str]:
        """Hold what the last sign of life knew against what was heard: never more, and not much less."""
        told = float(play.row["heard_s"])
        files = (Kind.IO, Kind.FULL, Kind.LOCK)
        could_write = not play.sound or not any(
            self.month.course.in_force(kind, play.sound.end - A_SIGN_ON_AIR) for kind in files
        )
        if told > heard + 0.3 or (could_write and told < heard - (A_SIGN_ON_AIR + NEAR).total_seconds()):
            yield f"heard {heard} s"

    def _of_aired(self, play: Judged) -> Iterator[str]:
        if play.sound is None:
            return
        late = play.sound.wall - play.plan.start
        if late <= LATE and play.kind:
            yield "on time, and has a reason"
        yield from self.reasons.of_the_wait(play, play.sound.first)
        if late > LATE and play.kind != "slow":
            yield from self.reasons.of_reason(play, play.sound.wall, play.sound.first)
        if play.kind == "slow" and late > NEAR:
            yield f"slow, by {late}"

    def _of_cut(self, play: Judged) -> Iterator[str]:
        match play.kind:
            case "cut_off" | "cut_off_on_air":
                yield from self._of_cut_off(play)
            case "device_lost":
                if not self._lost(play):
                    yield "the device was there"
            case "stopped":
                stops = [true_of(event) for event in self.line.events_of("stopping")]
                if not play.sound or not any(abs(at - play.sound.end) < A_LOCKED_ROUND for at in stops):
                    yield "nobody stopped it"
            case "ended":
                if not play.sound or play.sound.end < self.month.end - NEAR:
                    yield "the run was not over"
            case _:
                yield "a reason that cuts nothing"
        if play.kind != CUT_OFF and not play.sound:
            yield "nothing of it was heard"

    def _lost(self, play: Judged) -> bool:
        device = play.row.get("device", "")
        return bool(
            play.sound
            and self.month.course.lost_at(device, play.sound.first, play.sound.end + timedelta(seconds=6)) is not None
        )

    def _of_cut_off(self, play: Judged) -> Iterator[str]:
        cues = [self.line.rows.get((kind, play.plan.id)) for kind in ("cued", "cued_again")]
        cued = max([at for at in cues if at], default=self.month.start)
        ends = [true_of(event) for event in self.line.events_of("died", "exit")]
        death = next((at for at in ends if cued <= at <= play.written), None)
        if death is None:
            yield "nothing cut it off"
        elif play.sound and play.sound.is_whole and self._could_be_written(play.sound.end, death):
            yield f"it had ended at {play.sound.end}, {death - play.sound.end} before"

    def _could_be_written(self, begin: datetime, end: datetime) -> bool:
        """Whether there was time at all to write a row."""
        pieces = (piece for piece in self.line.pieces if not piece.kinds & {*NO_DESK, HISTORY})
        return any(min(piece.end, end) - max(piece.begin, begin) > NEAR for piece in pieces)

    def _of_blocked(self, play: Judged) -> Iterator[str]:
        if play.kind == "not_approved":
            if not self._was_revoked(play):
                yield "it was approved"
        elif play.kind != "rule":
            yield "a reason that blocks nothing"
        elif play.why["rule"] != (rule_of(play.plan) or "hours"):
            yield "not that rule"
        elif not rule_of(play.plan):
            yield from self._of_too_late_for_hours(play)

    def _was_revoked(self, play: Judged) -> bool:
        begin = play.plan.start - LEAD - LATE
        pieces = self.line.attempt(play.plan, begin, play.plan.start + GRACE + LATE, play.written)
        spans = self.line.revoked.get(play.plan.script, [])
        return any(span.meets(piece.begin, piece.end + LATE) for span in spans for piece in pieces)

    def _of_too_late_for_hours(self, play: Judged) -> Iterator[str]:
        """Blocked only because it would have ended too late: then nothing else may have been right before."""
        closes = datetime.combine(play.plan.start.date(), CLOSES, play.plan.start.tzinfo)
        last = closes - timedelta(seconds=self.month.lengths[play.plan.script])
        if last > play.plan.start + GRACE:
            yield "it would have ended in time"
        yield from self.reasons.of_the_wait(play, play.written, last)

    def _of_preempted(self, play: Judged) -> Iterator[str]:
        if play.kind == BUSY:
            yield from self._of_never_heard(play)
            return
        to = self.all.get(str(play.why.get("to")))
        if play.kind != "gave_way" or to is None or not to.is_emergency:
            yield "no emergency preempts it"
        elif play.sound and not any(-LATE <= wall - to.start <= GRACE for wall in self._shown_about(play.sound.end)):
            yield f"it ended at {play.sound.end}, and the emergency was not due"

    def _shown_about(self, at: datetime) -> Iterator[datetime]:
        """Yield what the clock shows just before and after an instant: at the very same it may have been set."""
        yield from (self.month.course.wall(at + each) for each in (-A_MOMENT, A_MOMENT))

    def _of_never_heard(self, play: Judged) -> Iterator[str]:
        if play.outcome != OUTCOME_OF.get(play.kind, "missed"):
            yield "not the outcome of that reason"
        end = play.plan.start + GRACE
        yield from self.reasons.of_the_wait(play, play.written)
        yield from self.reasons.of_reason(play, end, play.written)
        yield from self.reasons.of_belief(play)

    def _of_unknown(self, play: Judged) -> Iterator[str]:
        wall = self.month.course.wall
        begins = [min(wall(each.begin), wall(self._settled(each.begin))) for each in self.lost]
        ends = [max(wall(each.end), self._latest_heard(each)) + LEAD for each in self.lost]
        spans = (Shown(each, *span, is_known=True) for each, *span in zip(self.lost, begins, ends, strict=True))
        if play.kind != LOST or not any(each.overlap(play.plan.start, play.plan.start) >= -NEAR for each in spans):
            yield f"the rows of its time are there: lost are {[(str(each.begin), str(each.end)) for each in self.lost]}"

    def _settled(self, begin: datetime) -> datetime:
        """Return the last row up to `begin` whose clock had stayed as it was: others may have a time that never was."""
        rows = [(true_of(event), event["kind"]) for event in self.line.events_of("row")]
        rows = [each for each in rows if each[0] <= begin]
        while rows:
            began = max((true for true, kind in rows if kind in CLOCK_BEGINS), default=None)
            if began is None or rows[-1][0] - began >= BELIEVED_AFTER:
                return rows[-1][0]
            rows = [each for each in rows if each[0] < began]
        return self.month.start

    def _latest_heard(self, lost: Span) -> datetime:
        """Return the latest hour of what was heard by the end of a hole: the clock may have been set back since."""
        heard = (sound for sound in self.line.sounds if sound.first <= lost.end)
        hours = [self.all[sound.occurrence].start for sound in heard if sound.occurrence in self.all]
        return max(hours, default=self.month.start)


def rule_of(each: Planned) -> str:
    """Return the rule that forbids an occurrence at its own time; "" where none does."""
    if each.is_emergency:
        return ""
    if each.start.date() == QUIET:
        return "quiet_days"
    return "hours" if each.start.time() < OPENS else ""
