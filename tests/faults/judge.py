"""Holds what the desk wrote against the faults that were made and the sounds that were heard. Imports nothing of it.

A complaint is a line of text; a month without one is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from broadcaster.records.ledger import Ledger, Row
from broadcaster.records.verify import verify

from .driver import Month
from .outcomes import Outcomes, rule_of
from .plan_of_faults import Kind
from .reasons import A_LOCKED_ROUND, LATE, NEAR, Judged
from .timeline import (
    ASLEEP,
    BELIEVED_AFTER,
    HALTED,
    HELD,
    HISTORY,
    NO_DESK,
    NOTHING,
    OFF,
    Heard,
    Span,
    Timeline,
    true_of,
)
from .village import CLOSES, GRACE, VERSIONS, Planned, planned

A_DAY = timedelta(days=1)
A_JUMP = timedelta(minutes=15)
BLIND = (ASLEEP, HALTED, OFF)


def read_history(month: Month) -> list[Row]:
    """Return all rows of the history."""
    with Ledger.open(month.root / "broadcaster.db", read_only=True) as ledger:
        return list(ledger.rows())


class Judge:
    """Judges one month."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.plans = [planned(number, month.first - A_DAY, month.days + 2) for number in range(len(VERSIONS))]
        self.all: dict[str, Planned] = {id_: each for plan in self.plans for id_, each in plan.items()}
        self.line = Timeline(month, self.all)
        rows = read_history(month)
        self.plays = {row.occurrence or "": row.body for row in rows if row.kind == "played"}
        self._written_as = {row.occurrence: row.hash for row in rows if row.kind == "played"}
        saved = {(int(row.body["saved_from"]), row.kind) for row in rows if "saved_from" in row.body}
        self.lost = self.line.lost({row.hash for row in rows}, saved)
        self.outcomes = Outcomes(month, self.line, self.lost, self.all)
        self.by_occurrence: dict[str, list[Heard]] = {}
        for sound in self.line.sounds:
            self.by_occurrence.setdefault(sound.occurrence, []).append(sound)

    def complaints(self) -> Iterator[str]:
        """Yield all that is not as it should be."""
        yield from self._of_the_run()
        yield from self._of_sounds()
        yield from self._of_the_plan()
        for id_, row in self.plays.items():
            if id_ in self.all and not self._was_brought_back(id_):
                yield from (
                    f"{id_}: {text} | {_shown(row)}" for text in self.outcomes.complaints(self._judged(id_, row))
                )

    def _judged(self, id_: str, row: Mapping[str, Any]) -> Judged:
        return Judged(self.all[id_], row, self._written(id_), next(iter(self.by_occurrence.get(id_, [])), None))

    def _was_brought_back(self, id_: str) -> bool:
        """Whether an older backup brought back an outcome that a clock days ahead had written: heard after all.

        It was lost when the item aired, and nobody can know of that any more when it is there again.
        """
        sounds, at = self.by_occurrence.get(id_, []), self._written(id_)
        losses = [true_of(event) for event in self.line.events_of("history lost")]
        return any(
            at < lost < sound.first < again for sound in sounds for lost in losses for again in losses if again > lost
        )

    def _written(self, id_: str) -> datetime:
        """Return when the outcome was written that stands in the end: an older backup brings back an earlier one."""
        rows = self.line.events_of("row")
        own = [event for event in rows if (event["kind"], event["occurrence"]) == ("played", id_)]
        standing = (true_of(event) for event in own if event["hash"] == self._written_as.get(id_))
        return next(standing, max(map(true_of, own), default=self.month.end))

    # ---- the run as a whole -----------------------------------------------------------------------------------

    def _of_the_run(self) -> Iterator[str]:
        report = verify(self.month.root / "broadcaster.db")
        if not report.ok:
            yield f"verify: {[(each.seq, str(each.kind), dict(each.facts)) for each in report.breaks]}"
        for event in self.line.events_of("log"):
            if event["traceback"]:
                yield f"{event['true']}: traceback: {event['text']} {event['traceback'][-600:]}"
        for event in self.line.events_of("exit"):
            excused = self._in_force(true_of(event), Kind.IO, Kind.LOCK, Kind.FULL)
            if event["error"] and not excused:
                yield f"{event['true']}: the program ended by itself: {event['error']}"
        yield from self._of_holds()

    def _in_force(self, at: datetime, *kinds: Kind) -> bool:
        return any(self.month.course.in_force(kind, at) for kind in kinds)

    def _of_holds(self) -> Iterator[str]:
        """Yield each hold that nothing explains: the desk is mute meanwhile."""
        for span in self.line.spans:
            if span.kind == HELD and not self._may_be_held(span):
                yield f"held ({span.what}) from {span.begin} to {span.end} for no reason"

    def _may_be_held(self, span: Span) -> bool:
        wall = self.month.course.wall(span.begin)
        if span.what == "ahead":
            near = span.begin - A_LOCKED_ROUND
            stepped = any(step > A_JUMP and near <= at <= span.begin for at, step in self._seen_steps())
            return (stepped or self._was_held_before(span)) and span.end - span.begin < BELIEVED_AFTER + A_LOCKED_ROUND
        shown = (self.month.course.wall(true) for true in self.line.rows.values() if true < span.begin)
        return wall < max(shown, default=wall) - timedelta(hours=11)

    def _was_held_before(self, span: Span) -> bool:
        """Whether the run before was held for the same reason to its end: a new one does not believe the clock."""
        off = (each for each in self.line.off if each.end == span.begin)
        return any(held.kind == HELD and held.end == each.begin for each in off for held in self.line.spans)

    def _seen_steps(self) -> Iterator[tuple[datetime, timedelta]]:
        """Yield when the clock was set and by how much, as a running program sees it: a sleep's at its end."""
        for at, step in self.line.steps:
            blind = [span for span in self.line.spans if span.kind in BLIND and span.meets(at, at + LATE)]
            yield (blind[0].end if blind else at), step

    # ---- what was heard ---------------------------------------------------------------------------------------

    def _of_sounds(self) -> Iterator[str]:
        for id_, sounds in self.by_occurrence.items():
            if len(sounds) > 1:
                yield f"{id_}: heard {len(sounds)} times: {[str(sound.first) for sound in sounds]}"
            if id_ not in self.all:
                yield f"{id_}: heard at {sounds[0].first}"
                continue
            yield from (f"{id_}: {text}" for text in self._of_sound(self.all[id_], sounds[0]))

    def _of_sound(self, each: Planned, sound: Heard) -> Iterator[str]:
        late = sound.wall - each.start
        if late < -NEAR / 10 or late > GRACE + LATE:
            yield f"heard {late} after its time"
        if each.id not in self.plays and not self._is_forgotten(each):
            yield "heard, and has no outcome"
        if rule_of(each):
            yield f"heard against the rule: {rule_of(each)}"
        ends = sound.wall + timedelta(seconds=sound.whole_s)
        if not each.is_emergency and ends.time() > CLOSES and ends.time() < time(23):
            yield f"would have been heard until {ends}"
        for at, step in self.line.steps:
            runs = not any(span.begin < at <= span.end for span in self.line.off)
            if (
                step > A_JUMP
                and runs
                and at + LATE < sound.first < at + BELIEVED_AFTER - NEAR
                and self._stays(at, sound)
            ):
                yield f"heard {sound.first - at} after the clock was set forward by {step}"

    def _is_forgotten(self, each: Planned) -> bool:
        """Whether its rows are lost, and an edit since took its slot out of the files: then nothing tells of it."""
        begin, end = self._its_time(each)
        later = (number for number, since, _until in self._versions() if since > begin)
        return any(span.meets(begin, end) for span in self.lost) and any(each.id not in self.plans[n] for n in later)

    def _stays(self, at: datetime, sound: Heard) -> bool:
        """Whether the clock that was set then still shows that, and it is not where it was right before."""
        later = [when for when, _step in self.line.steps if at < when <= sound.first]
        return not later and self.month.course.offset(at) != NOTHING

    # ---- the plan ---------------------------------------------------------------------------------------------

    def _of_the_plan(self) -> Iterator[str]:
        required, allowed = self._wanted()
        yield from (f"{id_}: has no outcome" for id_ in required if id_ not in self.plays)
        yield from (f"{id_}: has an outcome, and was not planned" for id_ in self.plays if id_ not in allowed)
        with Ledger.open(self.month.root / "broadcaster.db", read_only=True) as ledger:
            yield from (f"{row.occurrence}: planned, and left open" for row in ledger.unresolved(self.month.end))

    def _wanted(self) -> tuple[set[str], set[str]]:
        """Return what must have an outcome, and what may."""
        required, allowed = set(), set()
        versions = list(self._versions())
        for id_, each in self.all.items():
            begin, end = self._its_time(each)
            there = [id_ in self.plans[number] for number, since, until in versions if since < end and until > begin]
            if all(there) and self.month.start < each.start < self.month.end - GRACE:
                required.add(id_)
            # what was withdrawn in rows that are lost is still planned in those that are left
            if any(there) or self.line.entered_late(each) or any(span.meets(begin, end) for span in self.lost):
                allowed.add(id_)
        return required, allowed

    def _versions(self) -> Iterator[tuple[int, datetime, datetime]]:
        """Yield the versions of the campaign, from when and until when each may have been in force."""
        edited = self.line.events_of("edited")
        edits = [(event["version"], datetime.fromisoformat(event["saved"])) for event in edited]
        edits = [(0, self.month.start - timedelta(days=1)), *edits, (0, self.month.end + timedelta(days=9))]
        for (version, since), (_next, until) in pairwise(edits):
            yield version, since, self._adopted(until)

    def _adopted(self, saved: datetime) -> datetime:
        """Return when a desk has surely taken over what was saved: its first three seconds at work since."""
        for piece in self.line.pieces:
            begin = max(piece.begin, saved)
            if not piece.kinds & {*NO_DESK, HISTORY} and piece.end - begin > NEAR:
                return begin + 2 * NEAR
        return saved + timedelta(days=9)

    def _its_time(self, each: Planned) -> tuple[datetime, datetime]:
        """Return when its time came first and last, in true time: a clock that is set back shows it twice."""
        passing = [piece for piece in self.line.pieces if piece.wall <= each.start <= piece.wall_end]
        times = [max(piece.begin, each.start - (piece.wall - piece.begin)) for piece in passing]
        times = [min(true, piece.end) for true, piece in zip(times, passing, strict=True)]
        first = min(times, default=each.start)
        return first - NEAR, max(times, default=each.start) + NEAR


def _shown(row: Mapping[str, Any]) -> str:
    why = row.get("why", {})
    started = str(row.get("started", ""))[11:23]
    return f"{row['outcome']} started {started} heard {row['heard_s']} {dict(why)}"
