"""Holds the reason of what was late or never heard against all that was in force, and looks for free time before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any

from .driver import Month
from .plan_of_faults import Kind
from .timeline import (
    BELIEVED_AFTER,
    BUSY,
    CLOCK_SET,
    ENTERED,
    HALTED,
    HELD,
    HISTORY,
    NO_CLIP,
    NO_DESK,
    NO_DEVICE,
    NOTHING,
    OFF,
    Heard,
    Piece,
    Shown,
    Span,
    Timeline,
    true_of,
)
from .village import GRACE, Planned

NEAR = timedelta(seconds=3)
"""How exactly instants agree: a round, a retry, and what is read from the ledger in between."""
LATE = timedelta(seconds=1)
A_WAIT = timedelta(seconds=11)
"""So long a row waits for a lock before the desk knows that it cannot be written."""
A_SIGN_OF_LIFE = timedelta(seconds=5)
"""From one to the next."""
A_LOCKED_ROUND = timedelta(seconds=50)
"""While the history is locked each duty of a round waits for ten seconds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One occurrence: its plan, its row and when that was written, and what was heard of it."""

    plan: Planned
    row: Mapping[str, Any]
    written: datetime
    sound: Heard | None

    @property
    def outcome(self) -> str:
        return str(self.row["outcome"])

    @property
    def why(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.row.get("why", {"kind": "text" if self.row.get("reason") else ""})
        return found

    @property
    def kind(self) -> str:
        return str(self.why["kind"])

    def at(self, key: str) -> datetime:
        """Return an instant of the reason."""
        return datetime.fromisoformat(self.why[key])


class Reasons:
    """Judges the reasons of one month."""

    def __init__(self, month: Month, line: Timeline) -> None:
        self.month, self.line = month, line

    def of_the_wait(self, play: Judged, until: datetime, last: datetime | None = None) -> Iterator[str]:
        """Complain where it could have aired before `until`, in true time; `last` is the end of its chance."""
        end = min(last or play.plan.start + GRACE, play.plan.start + GRACE)
        free = [piece for piece in self.line.attempt(play.plan, play.plan.start, end, until) if not piece.spans]
        longest = max(free, key=lambda piece: piece.length, default=None)
        if longest is not None and longest.length > NEAR and not self._must_wait(play, longest):
            yield f"could have aired from {longest.begin} to {longest.end}"

    def _must_wait(self, play: Judged, free: Piece) -> bool:
        """Whether a round was still waiting for a lock, or the desk's first round after a lock had to come."""
        return free.length < 4 * NEAR and self.month.course.in_force(Kind.LOCK, free.begin - LATE) is not None

    def of_reason(self, play: Judged, end: datetime, until: datetime) -> Iterator[str]:
        """Hold the reason of what was late or never heard against all that was in force up to `end`, by the clock."""
        if play.kind == "started" and self._nobody_knew(play):
            return
        if play.kind == ENTERED:
            yield from [] if self.line.entered_late(play.plan) else ["it was in the plan in time"]
            return
        begin, shown = play.plan.start, self.line.shown(play.plan, until)
        touching = [each for each in shown if each.overlap(begin, end) >= -LATE - self._sight(each.span)[0]]
        named = [each for each in touching if play.kind in _kinds_of(each.span)]
        longest = max((each.overlap(begin, end) for each in named), default=NOTHING)
        other, most = _longest_alone(touching, begin, end)
        if not named:
            yield f"nothing of that kind kept it; in force were { {each.span.kind for each in touching} }"
        elif other and longest + NEAR < most:
            yield f"{other} kept it for {most}, this for {longest}"
        elif "from" in play.why:
            seen = [*named, *_joined(shown), *self._cut_by_absences(named, shown)]
            seen += _cut_by_history(named, shown, play.at("to"))
            yield from self._of_its_span(play, seen, end, _first_try(play, touching))
        elif play.kind == BUSY and play.why["with"] not in {each.span.what for each in named}:
            yield "something else was on"

    def _nobody_knew(self, play: Judged) -> bool:
        """Whether there was no sign of an earlier run, or one that was later by a clock that has been set back."""
        wall = self.month.course.wall
        return any(
            span.begin == self.month.start or wall(span.begin - LATE) > wall(span.end + LATE) for span in self.line.off
        )

    def _of_its_span(self, play: Judged, shown: list[Shown], end: datetime, tried: datetime) -> Iterator[str]:
        """Hold the reason's "from" and "to" against the faults of that kind; it was first `tried` then."""
        begin, until = play.at("from"), play.at("to")
        if not any(self._fits(each, begin, until, end, tried) for each in shown):
            found = [
                f"{each.span.kind} {each.span.what} {each.begin:%d %H:%M:%S}–{each.end:%d %H:%M:%S}" for each in shown
            ]
            yield f"not from when to when it was: {found}"

    def _fits(self, each: Shown, begin: datetime, until: datetime, end: datetime, tried: datetime) -> bool:
        early, late = self._sight(each.span)
        if each.span.kind == CLOCK_SET:
            seen = 2 * NEAR + (A_LOCKED_ROUND if self.month.course.in_force(Kind.LOCK, each.span.begin) else NOTHING)
            return -2 * NEAR < begin - each.begin < seen and -2 * NEAR < until - each.end < seen
        inside = begin >= each.begin - early - NEAR and until <= each.end + late + NEAR
        locked = A_WAIT if each.span.kind == HISTORY else NOTHING
        covers = begin <= max(each.begin, tried) + locked + NEAR and until >= min(each.end, end) - NEAR
        return inside and covers

    def _sight(self, span: Span) -> tuple[timedelta, timedelta]:
        """Return how much earlier and later than it was the desk may say that a hindrance began and ended."""
        if span.kind != OFF:
            return NOTHING, A_LOCKED_ROUND if span.what == Kind.LOCK or span.kind == HELD else NOTHING
        early = timedelta(seconds=7)  # from one sign of life to the next
        for fault in self.month.course.faults:
            if fault.kind in (Kind.IO, Kind.LOCK) and fault.at <= span.begin < fault.end + A_LOCKED_ROUND:
                early = max(early, A_LOCKED_ROUND, span.begin - fault.at + early if fault.kind is Kind.IO else NOTHING)
            if fault.state_deleted and fault.at - LATE <= span.begin <= fault.at + timedelta(minutes=2):
                early = max(early, span.begin - self._last_row(span.begin))
        return early, NOTHING

    def _cut_by_absences(self, named: Sequence[Shown], shown: Sequence[Shown]) -> Iterator[Shown]:
        """Yield what a run knew of a hindrance that outlasted it, up to a sign of life, and what the next one saw."""
        for each, off in product(named, (other for other in shown if other.span.kind == OFF)):
            if each.span.kind != OFF and each.begin < off.begin < each.end:
                yield replace(each, end=off.begin)
                yield replace(each, end=off.begin - A_SIGN_OF_LIFE)
            if each.span.kind != OFF and each.begin < off.begin < off.end < each.end:
                yield replace(each, begin=off.end)
                yield replace(each, begin=off.end - (off.span.end - self.line.started(off.span)))

    def _last_row(self, before: datetime) -> datetime:
        rows = (true_of(event) for event in self.line.events_of("row"))
        return max((true for true in rows if true <= before), default=self.month.start)

    def of_belief(self, play: Judged) -> Iterator[str]:
        """Complain where an outcome was written of an hour that nobody lived through, on a clock not steady yet."""
        steps = [at for at, step in self.line.steps if abs(step) > NEAR]
        steps += [self.line.started(span) for span in self.line.off]  # its clock is watched from then on
        last = max((at for at in steps if at <= play.written), default=self.month.start)
        since = self.month.course.wall(last)
        lived = since - NEAR <= play.plan.start + GRACE <= self.month.course.wall(play.written) + NEAR
        if play.written - last < BELIEVED_AFTER - NEAR and not lived:
            yield f"written {play.written - last} after the clock was set, or the program was started"


def _joined(shown: Sequence[Shown]) -> Iterator[Shown]:
    """Yield what two faults of the history's file are together, of which the second began before the first was over."""
    history = sorted((each for each in shown if each.span.kind == HISTORY), key=lambda each: each.begin)
    for first, second in pairwise(history):
        if second.begin <= first.end:
            yield replace(first, end=max(first.end, second.end))


def _cut_by_history(named: Sequence[Shown], shown: Sequence[Shown], until: datetime) -> Iterator[Shown]:
    """Yield what kept one item, up to when no row could be written any more: nobody tries its clip or device then."""
    for each, history in product(named, (other for other in shown if other.span.kind == HISTORY)):
        if each.span.kind in {NO_CLIP, NO_DEVICE} and history.begin <= until <= min(each.end, history.end):
            yield replace(each, end=until)


def _first_try(play: Judged, shown: list[Shown]) -> datetime:
    """Return when it was first tried: at its time, or when what had the output, or kept the desk or its clip, ended."""
    tried = play.plan.start
    for each in sorted(shown, key=lambda each: each.begin):
        if each.span.kind in {BUSY, NO_CLIP, *NO_DESK} and each.begin <= tried < each.end:
            tried = each.end
    return tried


def _longest_alone(shown: list[Shown], begin: datetime, end: datetime) -> tuple[str, timedelta]:
    """Return the hindrance that was the only one for longest, of those that the desk has seen, and for how long."""
    most = "", NOTHING
    for each in (each for each in shown if each.is_known and each.span.what != "wrong"):
        edges = {max(begin, each.begin), min(end, each.end)}
        if each.overlap(begin, end) <= NOTHING:
            continue
        inner = (edge for other in shown for edge in (other.begin, other.end))
        cuts = sorted(edges | {edge for edge in inner if min(edges) < edge < max(edges)})
        others = [other for other in shown if other.span.kind != each.span.kind]
        free = [b - a for a, b in pairwise(cuts) if not any(other.begin <= a < other.end for other in others)]
        most = max(most, (each.span.kind, sum(free, NOTHING)), key=lambda found: found[1])
    return most


def _kinds_of(span: Span) -> frozenset[str]:
    """Return the kinds of reason that fit a hindrance: whoever waits for a lock for seconds stands still."""
    if span.kind == HISTORY and span.what == Kind.LOCK:
        return frozenset({HISTORY, HALTED})
    return frozenset({span.kind})
