"""The plan of the next days: written into the ledger as it comes near, withdrawn when a person edits it.

Nothing here writes. `look_back` and `change` say which rows are to be written; when they stand, `take` makes the plan
that they describe the one in force.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.playout.rows import interrupted_row, planned_row, withdrawn_row
from broadcaster.playout.troubles import BEFORE_ALL, Trouble
from broadcaster.reasons import Reason, ReasonKind, reason
from broadcaster.records.continuity import SETTLED as CLOCK_SETTLED
from broadcaster.records.continuity import lost_spans, open_spans
from broadcaster.records.kinds import Kind
from broadcaster.records.play_rows import planned_from_body
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from broadcaster.models import Occurrence
    from broadcaster.playout.rows import LastSound
    from broadcaster.records.ledger import Entry, Ledger, Row
    from broadcaster.station.content import Content

    MakeRows = Callable[["LookBack", "PlanChange"], Sequence[Entry]]

HORIZON = timedelta(days=2)
"""How far ahead occurrences are entered: enough to render a weekend's clips, and few enough to be fast."""

SETTLED = timedelta(seconds=1)
"""What begins sooner than this can no longer be withdrawn: the ledger refuses that after its time."""

A_DAY = timedelta(days=1)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_SAY_HOW_FAR = (Kind.DAEMON_STARTED, Kind.ALIVE, Kind.DAEMON_STOPPED)

_OF_A_DESK = (
    *(Kind.PLANNED, Kind.WITHDRAWN, Kind.CUED, Kind.RELEASED, Kind.CUED_AGAIN, Kind.PLAYED),
    *(Kind.DAEMON_STARTED, Kind.DAEMON_STOPPED, Kind.ALIVE, Kind.CLOCK_STEP, Kind.CLOCK_UNTRUSTED, Kind.DISK_FULL),
)
"""Rows that are written where a desk runs, and nowhere else but for what somebody listens to."""


@dataclass(frozen=True, slots=True)
class Absence:
    """The time without a desk before a start; None: the last row's time, and now."""

    last_alive: datetime | None = None
    end: datetime | None = None
    sound: LastSound | None = None  # what was on the air when it began, as far as that is known
    skipped_to: datetime | None = None  # the clock was set forward to there: nobody lived through the time before


NOT_KNOWN = Absence()


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What brings the ledger in line with the files, and the plan that is in force when it is written."""

    entries: tuple[Entry, ...]
    upcoming: Mapping[str, Occurrence]
    end: datetime

    def entered_late(self, now: datetime) -> Iterator[Occurrence]:
        """Yield what comes into the plan after its time, and may still air."""
        entered = {entry.occurrence for entry in self.entries if entry.kind is Kind.PLANNED}
        yield from (o for id_, o in self.upcoming.items() if id_ in entered and o.start < now)


@dataclass(frozen=True, slots=True)
class LookBack:
    """What earlier runs left: their open plan, what was cut off in the middle, and when nobody ran."""

    entries: tuple[Entry, ...]  # the outcomes of what was cut off
    upcoming: Mapping[str, Occurrence]
    released: frozenset[str]  # cued and let go again: nothing of it was heard
    end: datetime | None
    off_since: datetime | None  # the last sign of life
    absences: tuple[Trouble, ...]


def is_cued(ledger: Ledger, occurrence: str) -> bool:
    """Return whether a desk was about to air an occurrence, or had it on the air, and did not let it go again."""
    rows = [row.kind for row in ledger.rows([Kind.CUED, Kind.RELEASED, Kind.CUED_AGAIN], occurrence=occurrence)]
    return bool(rows) and rows[-1] != Kind.RELEASED


class Horizon:
    """The occurrences that have no outcome yet: `upcoming`, by id and in order, agrees with the ledger's open plan."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.upcoming: dict[str, Occurrence] = {}
        self.released: frozenset[str] = frozenset()  # cued by an earlier run and let go again
        self.end: datetime | None = None  # entered up to here

    # ---- what earlier runs left -------------------------------------------------------------------------------

    def look_back(
        self, now: datetime, absence: Absence = NOT_KNOWN, in_hand: Collection[str] = frozenset()
    ) -> LookBack:
        """Return what earlier runs left; what the desk has `in_hand` is its own, and is neither."""
        last_alive = absence.last_alive or self._last_written()
        open_cues = {row.occurrence: row for row in self._ledger.cued_without_outcome()}
        left_over = {row.occurrence: planned_from_body(row.body) for row in self._ledger.unresolved(_END_OF_TIME)}
        silent = (id_ for id_ in open_cues if id_ in left_over)
        released = frozenset(id_ for id_ in silent if id_ and not is_cued(self._ledger, id_))
        cut = [row for id_, row in open_cues.items() if id_ not in released and id_ not in in_hand]
        upcoming = {id_: occurrence for id_, occurrence in left_over.items() if id_ and id_ not in open_cues}
        upcoming |= {id_: left_over[id_] for id_ in released}
        upcoming |= {id_: occurrence for id_, occurrence in self.upcoming.items() if id_ in in_hand}
        return LookBack(
            tuple(interrupted_row(row, now, absence.sound) for row in cut),
            upcoming,
            released,
            self._to_be_entered_from(absence.skipped_to),
            last_alive if last_alive and last_alive < now else None,
            (*self._earlier_absences(), _off(last_alive, absence.end or now)),
        )

    def _last_written(self) -> datetime | None:
        """Return when a desk last wrote a row, be it lost since; None where none ever did. People need no desk."""
        there = [(row.seq, row.at) for row in map(self._ledger.last, _OF_A_DESK) if row]
        lost = [(span.seq, span.end) for span in lost_spans(self._ledger) if span.last_kind in _OF_A_DESK]
        return max([*there, *lost], default=(0, None))[1]

    def take_up(self, found: LookBack) -> None:
        """Remember what an earlier run let go; the rows of `found` have been written."""
        self.released = found.released

    def _to_be_entered_from(self, skipped_to: datetime | None) -> datetime | None:
        """Return up to when the plan was entered, and is still there: not in a hole that no start has filled."""
        entered = self._entered_until()
        if entered is not None and skipped_to is not None:
            entered = max(entered, skipped_to)
        holes = [span.start for span in open_spans(self._ledger) if span.start is not None]
        return entered and min([entered, *holes])

    def _entered_until(self) -> datetime | None:
        """Return up to when the plan was entered: the ledger alone knows, whatever became of `state/`."""
        said = [row.body["planned_until"] for row in map(self._ledger.last, _SAY_HOW_FAR) if row and _says(row.body)]
        planned = self._ledger.last(Kind.PLANNED)  # whoever wrote it had looked at all that was planned by then
        until = [datetime.fromisoformat(text) for text in said] + ([planned.at] if planned else [])
        return max(until, default=None)

    def _earlier_absences(self) -> Iterator[Trouble]:
        """Yield when nobody ran, or the computer slept.

        A start whose clock was set right soon after is read by the clock that is right.
        """
        found: Trouble | None = None
        for row in self._ledger.rows([Kind.DAEMON_STARTED, Kind.CLOCK_STEP, Kind.ALIVE]):
            if row.kind == Kind.ALIVE:
                if since := row.body.get("asleep_since"):
                    until = row.body.get("asleep_until")  # rows of earlier versions were written then
                    end = datetime.fromisoformat(until) if until else row.at
                    yield Trouble(reason(ReasonKind.ASLEEP), datetime.fromisoformat(since), end)
                continue
            if row.kind == Kind.CLOCK_STEP:
                found = _set_right(found, row) if found else None
                continue
            if found is not None:
                yield found
            since = row.body.get("off_since")
            found = Trouble(reason(ReasonKind.OFF), datetime.fromisoformat(since), row.at) if since else None
        if found is not None:
            yield found

    def lost_history(self, ahead: timedelta) -> list[Trouble]:
        """Return when rows were written that are lost: what began then, or was cued `ahead` of it, may have aired."""
        why = reason(ReasonKind.HISTORY_GIVEN_UP)
        spans = ((span.sure or span.end - A_DAY, span.end) for span in lost_spans(self._ledger))  # at least a day
        return [Trouble(why, start, end + ahead) for start, end in spans]

    # ---- the plan in force ------------------------------------------------------------------------------------

    def change(self, content: Content, why: Reason, now: datetime, left: LookBack | None = None) -> PlanChange:
        """Return what brings the ledger and `upcoming` in line with the files, up to the end of the horizon.

        `why` is written into withdrawals. What was planned for a time that has passed stays planned; what is entered
        for the present minute is to air. Time that no horizon reached, after a long absence, is entered too. `left`
        is what earlier runs left, if its rows are not written yet.
        """
        upcoming, end = (left.upcoming, left.end) if left else (self.upcoming, self.end)
        minute = now.replace(second=0, microsecond=0)
        begin = minute if end is None else min(end, minute)
        end = now + HORIZON
        wanted = {o.id: o for o in expand(content.campaigns.values(), begin, end, content.settings.timezone)}
        known = {id_: o for id_, o in upcoming.items() if begin <= o.start < end}
        begun = self._begun(begin)
        entries = tuple(_differences(known, wanted, begun, why, now))
        outside = {id_: o for id_, o in upcoming.items() if not begin <= o.start < end}
        fixed = {id_: o for id_, o in known.items() if o.start <= now + SETTLED} | outside
        in_force = {id_: o for id_, o in (wanted | fixed).items() if id_ not in begun or id_ in upcoming}
        return PlanChange(entries, _in_order(in_force), end)

    def take(self, change: PlanChange) -> None:
        """Put a change into force; its rows have been written."""
        self.upcoming, self.end = dict(change.upcoming), change.end

    def skip_to(self, instant: datetime) -> None:
        """Enter nothing for the time up to `instant`: the clock was set over it, and nobody lived through it."""
        if self.end is not None:
            self.end = max(self.end, instant)

    def done(self, occurrence: str) -> None:
        """Forget an occurrence that has its outcome."""
        self.upcoming.pop(occurrence, None)

    def _begun(self, since: datetime) -> set[str | None]:
        """Return the ids of what was cued or has an outcome: it must not air again, and cannot be withdrawn."""
        done = {row.occurrence for row in self._ledger.played(since, _END_OF_TIME)}
        return done | {row.occurrence for row in self._ledger.cued_without_outcome()}


def _in_order(plan: Mapping[str, Occurrence]) -> dict[str, Occurrence]:
    """Return a plan in the order of its instants, so that a reader may stop at the first that is still to come."""
    return dict(sorted(plan.items(), key=lambda item: (item[1].start.astimezone(UTC), item[0])))


def _says(body: Mapping[str, object]) -> bool:
    return isinstance(body.get("planned_until"), str)


def _differences(
    known: Mapping[str, Occurrence],
    wanted: Mapping[str, Occurrence],
    begun: set[str | None],
    why: Reason,
    now: datetime,
) -> Iterator[Entry]:
    """Yield the rows that turn the plan in the ledger into the plan in the files."""
    withdrawn = {
        id_: occurrence
        for id_, occurrence in known.items()
        if id_ not in begun and occurrence.start > now + SETTLED and wanted.get(id_) != occurrence
    }
    yield from (withdrawn_row(occurrence, why, now) for occurrence in withdrawn.values())
    for id_, occurrence in wanted.items():
        if id_ not in begun and (id_ not in known or id_ in withdrawn):
            yield planned_row(occurrence, now)


def _set_right(absence: Trouble, step: Row) -> Trouble:
    """Return an absence by the clock that was set in this row, if it was set before it was believed."""
    end = (absence.end or step.at) + timedelta(seconds=step.body["seconds"])
    return replace(absence, end=end) if timedelta() <= step.at - end < CLOCK_SETTLED else absence


def _off(last_alive: datetime | None, now: datetime) -> Trouble:
    if last_alive is None or last_alive > now:
        return Trouble(reason(ReasonKind.STARTED), BEFORE_ALL, now)
    return Trouble(reason(ReasonKind.OFF), last_alive, now)
