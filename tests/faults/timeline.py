"""What kept the desk from airing and when, from the faults and from what the witness saw: knows nothing of the desk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from .driver import Event, Month
from .plan_of_faults import Kind
from .village import DEVICES, LEAD, PAUSES, Planned

OFF, ASLEEP, HALTED, HELD, CLOCK_SET = "off", "asleep", "halted", "clock_untrusted", "clock_set"
LOST = "history_given_up"
HISTORY, NO_DEVICE, NO_CLIP, BUSY, ENTERED = "history", "no_device", "no_clip", "busy", "entered"
NO_DESK = frozenset({OFF, ASLEEP, HALTED, HELD, CLOCK_SET})
"""While one of these lasts, nobody decides anything."""
A_STEP = timedelta(seconds=2)
NOTHING = timedelta()
BELIEVED_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Span:
    """A hindrance in true time; `what` says which."""

    kind: str
    begin: datetime
    end: datetime
    what: str = ""

    def meets(self, begin: datetime, end: datetime) -> bool:
        """Whether it lasts at some time of this span."""
        return self.begin < end and self.end > begin


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in which nothing begins and nothing ends, in true time and by the station's clock.

    Of a clock that is set forward there is a piece that takes no true time.
    """

    begin: datetime
    end: datetime
    wall: datetime
    wall_end: datetime
    spans: frozenset[Span]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(span.kind for span in self.spans)

    @property
    def length(self) -> timedelta:
        """How long it takes by the station's clock."""
        return self.wall_end - self.wall


@dataclass(frozen=True, slots=True)
class Shown:
    """A hindrance as it looks on the station's clock when an outcome is written."""

    span: Span
    begin: datetime
    end: datetime
    is_known: bool  # the run that wrote the outcome has seen it

    def overlap(self, begin: datetime, end: datetime) -> timedelta:
        return min(self.end, end) - max(self.begin, begin)


@dataclass(frozen=True, slots=True)
class Heard:
    """One sound, as the witness heard it."""

    occurrence: str
    first: datetime
    wall: datetime
    heard_s: float
    whole_s: float
    slept: timedelta  # in the middle of it

    @property
    def end(self) -> datetime:
        return self.first + timedelta(seconds=self.heard_s) + self.slept

    @property
    def is_whole(self) -> bool:
        """Whether nobody would miss the rest."""
        return self.heard_s > self.whole_s - 0.05

    @property
    def is_exact(self) -> bool:
        """Whether there was no rest."""
        return self.heard_s >= self.whole_s - 1e-6


def true_of(event: Event, key: str = "true") -> datetime:
    """Return an instant of an event."""
    return datetime.fromisoformat(event[key])


class Timeline:
    """All hindrances of a month."""

    def __init__(self, month: Month, plan: dict[str, Planned]) -> None:
        self.month, self.course, self.events = month, month.course, month.events
        self._by_start = {(each.start, each.script): each.id for each in plan.values()}
        self.plan = plan

    # ---- what the witness saw ---------------------------------------------------------------------------------

    def events_of(self, *names: str) -> Iterator[Event]:
        """Yield the events of these names."""
        return (event for event in self.events if event["event"] in names)

    @cached_property
    def sounds(self) -> list[Heard]:
        """All that was heard."""
        return [self._heard(event) for event in self.events_of("sound")]

    def _heard(self, event: Event) -> Heard:
        planned, (script,) = true_of(event, "planned"), event["scripts"]
        id_ = self._by_start.get((planned, script), f"never planned: {script} at {planned}")
        first, told = true_of(event, "first"), true_of(event)
        sleeps = (span for span in self._without_rounds() if span.kind == ASLEEP and span.meets(first, told))
        slept = sum((min(span.end, told) - max(span.begin, first) for span in sleeps), NOTHING)
        return Heard(id_, first, true_of(event, "wall"), event["heard_s"], event["whole_s"], slept)

    @cached_property
    def rows(self) -> dict[tuple[str, str], datetime]:
        """When the rows of occurrences were written, by kind and id."""
        rows = (event for event in self.events_of("row") if event["occurrence"])
        return {(event["kind"], event["occurrence"]): true_of(event) for event in rows}

    # ---- hindrances -------------------------------------------------------------------------------------------

    @cached_property
    def spans(self) -> list[Span]:
        """All hindrances that concern every occurrence."""
        faults = [*self._of_faults(), *self._clock_set_forward()]
        return [*self.off, *self._without_rounds(), *self._held(), *faults]

    @cached_property
    def off(self) -> list[Span]:
        """When the program did not run: from the end of a run to the first round of the next."""
        found, down, runs = [], self.month.start, False
        for event in self.events_of("up", "died", "exit"):
            if event["event"] == "up":
                found.append(Span(OFF, down, true_of(event)))
                runs = True
            elif runs:
                down, runs = true_of(event), False
        return [*found, Span(OFF, down, self.month.end + timedelta(days=1))]

    def started(self, off: Span) -> datetime:
        """Return when the program started after an absence: its first round may have to wait for a lock."""
        return max((at for at in map(true_of, self.events_of("start")) if at <= off.end), default=off.end)

    def _without_rounds(self) -> Iterator[Span]:
        for event in self.events_of("sleep", "halt"):
            kind = ASLEEP if event["event"] == "sleep" else HALTED
            yield Span(kind, true_of(event, "begin"), true_of(event))

    def _held(self) -> Iterator[Span]:
        begin, doubt = self.month.start, ""
        for event in self.events_of("held", "died", "exit"):
            if doubt:
                yield Span(HELD, begin, true_of(event), doubt)
            begin, doubt = true_of(event), event.get("doubt", "")

    def _of_faults(self) -> Iterator[Span]:
        for fault in self.course.faults:
            if fault.kind in (Kind.LOCK, Kind.FULL, Kind.IO):
                yield Span(HISTORY, fault.at, fault.end, str(fault.kind))
            elif fault.kind is Kind.DEVICE and fault.what == DEVICES:
                yield Span(NO_DEVICE, fault.at, fault.end)

    def _clock_set_forward(self) -> Iterator[Span]:
        for at, step in self.steps:
            if step > A_STEP and not any(span.begin <= at <= span.end for span in self.off):
                yield Span(CLOCK_SET, at, at, f"{step}")

    @cached_property
    def steps(self) -> list[tuple[datetime, timedelta]]:
        """When the clock was set, and by how much."""
        moments = sorted(set(self.course.clock_changes()))
        before = timedelta(microseconds=1)
        return [(at, self.course.offset(at) - self.course.offset(at - before)) for at in moments]

    # ---- pieces -----------------------------------------------------------------------------------------------

    @cached_property
    def pieces(self) -> list[Piece]:
        """The whole month in pieces, in true order."""
        return list(self._cut(self.spans))

    def _cut(self, spans: Sequence[Span]) -> Iterator[Piece]:
        last = self.month.end
        steps = dict(self.steps)
        edges = {self.month.start, last, *steps, *(edge for span in spans for edge in (span.begin, span.end))}
        edges = sorted(edge for edge in edges if self.month.start <= edge <= last)
        for begin, end in pairwise(edges):
            now = frozenset(span for span in spans if span.begin <= begin < span.end)
            if (step := steps.get(begin, NOTHING)) > NOTHING:
                set_now = frozenset(span for span in spans if span.kind == CLOCK_SET and span.begin == begin)
                covering = set_now or frozenset(span for span in now if span.kind == OFF) or now
                wall = self.course.wall(begin)
                yield Piece(begin, begin, wall - step, wall, covering)
            offset = self.course.offset(begin)
            yield Piece(begin, end, begin + offset, end + offset, now)

    def attempt(self, each: Planned, begin: datetime, end: datetime, until: datetime) -> list[Piece]:
        """Return the pieces of a span by the station's clock, up to a true instant, with what concerns this one."""
        own = list(self._own(each))
        found = []
        for piece in self.pieces:
            if piece.wall < end and piece.wall_end > begin and piece.begin < until:
                found += list(_parted(piece, own, begin, end, until))
        return found

    def _own(self, each: Planned) -> Iterator[Span]:
        yield from self.no_clip(each.script)
        if entered := self.entered_late(each):
            yield Span(ENTERED, self.month.start, entered)
        for sound in self.sounds:
            other = self.plan.get(sound.occurrence)
            if other and other.id != each.id and (other.is_emergency or not each.is_emergency):
                yield Span(BUSY, sound.first - LEAD - A_STEP, sound.end + A_STEP / 2, other.id)

    def entered_late(self, each: Planned) -> datetime | None:
        """Return when an edit brought an occurrence into the plan after its time; None where none did."""
        passing = (piece for piece in self.pieces if piece.wall <= each.start <= piece.wall_end)
        first = min((max(piece.begin, each.start - (piece.wall - piece.begin)) for piece in passing), default=None)
        edited = [true_of(event) for event in self.events_of("edited")]
        for event in self.events_of("row"):
            if first and (event["kind"], event["occurrence"]) == ("planned", each.id):
                true = true_of(event)
                if any(first <= edit <= true for edit in edited):
                    return true
        return None

    def no_clip(self, script: str) -> Iterator[Span]:
        """Yield when a script had no whole clip."""
        tried = (event for event in self.events_of("rendered") if event["script"] == script)
        made = [true_of(event) for event in tried if not event["failed"]]
        for fault in self.course.faults:
            if fault.kind is Kind.CLIP and fault.what[0] == script:
                mended = next((true for true in made if true > fault.at), self.month.end)
                yield Span(NO_CLIP, fault.at, mended)

    def shown(self, each: Planned, at: datetime) -> list[Shown]:
        """Return what kept an occurrence from airing before `at`, by the clock as it is then.

        An absence begins by the clock of the run before it; a clock that is set forward skips what it skips now. What
        a clock kept that was not believed is told by the clock that is.
        """
        run = max((span.end for span in self.off if span.end <= at), default=self.month.start)
        spans = [*self.spans, *self._wrong_clock(run, at), *self._own(each)]
        return [self._shown(span, run, at) for span in spans if span.begin <= at]

    def _shown(self, span: Span, run: datetime, at: datetime) -> Shown:
        before, now = timedelta(microseconds=1), self.course.offset(at)
        earlier = self.course.offset(span.begin - before)
        if span.kind == OFF and span.end < run:
            then = next(each.begin for each in self.off if each.begin >= span.end)
            now = self.course.offset(then - before)
        if self._forgot_the_clock(span):
            begins = max((true for true in self.rows.values() if true <= span.begin), default=span.begin)
            return Shown(span, begins, span.end + now, is_known=True)
        skips = span.kind != HELD
        set_forward = skips and any(step > NOTHING and span.begin < when <= span.end for when, step in self.steps)
        begins = span.begin + (earlier if span.kind in (OFF, CLOCK_SET) or set_forward else now)
        seen = span.end - A_STEP if span.kind == BUSY else span.end
        return Shown(span, begins, span.end + now, span.kind == OFF or seen >= run)

    def _forgot_the_clock(self, span: Span) -> bool:
        """Whether a clock far ahead was not believed before the program ended, and its own files are gone.

        Then nothing tells that clock from one that is right: nobody ran since the last row.
        """
        gone = any(fault.state_deleted and fault.at - A_STEP <= span.begin <= fault.end for fault in self.course.faults)
        held = (each for each in self._held() if each.what == "ahead")
        return span.kind == OFF and gone and any(each.end == span.begin for each in held)

    def _wrong_clock(self, run: datetime, at: datetime) -> Iterator[Span]:
        """Yield when a clock was wrong that was set back before it was believed."""
        edges = [run, *(when for when, _step in self.steps if run < when <= at)]
        for begin, end in pairwise(edges):
            if dict(self.steps)[end] < -A_STEP and end - begin < BELIEVED_AFTER + A_STEP:
                yield Span(HELD, begin, end, "wrong")

    # ---- what is lost of the history --------------------------------------------------------------------------

    def lost(self, hashes: Collection[str], saved: Collection[tuple[int, str]]) -> list[Span]:
        """Return the spans of which no row is left, each from the last row before it to its last one.

        `hashes` are those of the history in the end; `saved` the old number and the kind of rows entered again.
        """
        found, kept, gone = [], self.month.start, None
        for event in self.events_of("row", "history lost"):
            true = true_of(event)
            if event["event"] == "history lost":
                found += [Span(LOST, kept, gone)] if gone else []
                kept, gone = gone or kept, None
            elif event["hash"] in hashes or (event["seq"], event["kind"]) in saved:
                kept = true if gone is None else kept
            else:
                gone = true
        return found

    @cached_property
    def revoked(self) -> dict[str, list[Span]]:
        """When a script's approval was taken back, by script."""
        found: dict[str, list[Span]] = {}
        since: dict[str, datetime] = {}
        for event in self.events_of("decided", "history lost"):
            script = event.get("script", "")
            if event["event"] == "history lost":  # an approval may be lost until it is given again
                since |= {script: since.get(script, true_of(event)) for script in PAUSES}
                continue
            if not event["approved"]:
                since.setdefault(script, true_of(event))
            elif script in since:
                found.setdefault(script, []).append(Span("revoked", since.pop(script), true_of(event)))
        for script, begin in since.items():
            found.setdefault(script, []).append(Span("revoked", begin, self.month.end))
        return found


def _parted(piece: Piece, own: Sequence[Span], begin: datetime, end: datetime, until: datetime) -> Iterator[Piece]:
    """Yield the part of a piece that lies inside a span by the clock, cut where an own hindrance begins or ends."""
    wall, wall_end = max(piece.wall, begin), min(piece.wall_end, end)
    if piece.begin == piece.end:
        yield Piece(piece.begin, piece.end, wall, wall_end, piece.spans)
        return
    offset = piece.wall - piece.begin
    first, last = wall - offset, min(wall_end - offset, until)
    edges = {first, last, *(edge for span in own for edge in (span.begin, span.end) if first < edge < last)}
    ordered = sorted(edges)
    for a, b in pairwise(ordered):
        now = frozenset(span for span in own if span.begin <= a < span.end)
        yield Piece(a, b, a + offset, b + offset, piece.spans | now)
