"""Where the history has holes: spans of time whose rows were there once and are gone.

For the start of the desk, which owes every planned occurrence an outcome: what was planned in a hole may have aired, so
its outcome is not known; what was planned while nothing was written was missed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.records.kinds import ON_A_GOOD_CLOCK, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from broadcaster.records.ledger import Ledger, Row

SETTLED = timedelta(minutes=5)
"""How long a clock stays as it is until it is believed, and until what it says was missed is entered."""

SET_BACK = timedelta(hours=12)
"""A clock that is set back by more is not believed."""

HELD_BEHIND = timedelta(days=3)
"""A clock that is not believed may be so far behind the hours that had their outcomes when rows were lost."""


@dataclass(frozen=True, slots=True)
class LostSpan:
    """A span of time whose rows were written and are no longer in the history.

    `start` is when the last row before it was written, None where there is none, and `sure` the last one of a clock
    that had settled: what is planned between the two may have aired after all. `end` is when the last row was written,
    or the hole was found where that is not known. All have their zone. `seq` is the row that says so, `given_up`
    whether a person restored an older copy, `rows` how many rows there were, None where that is not known. `last_kind`
    is the kind of that last row, "" where that is not known.
    """

    start: datetime | None
    end: datetime
    seq: int
    given_up: bool
    rows: int | None
    last_kind: str = ""
    sure: datetime | None = None

    def covers(self, instant: datetime) -> bool:
        """Whether the history of that instant is gone."""
        return (self.sure is None or self.sure <= instant) and instant <= self.end


def lost_spans(ledger: Ledger) -> tuple[LostSpan, ...]:
    """Return all holes in the history, in the order in which they were found."""
    spans = list(filter(None, map(read_lost_span, ledger.rows([Kind.LEDGER_DAMAGED, Kind.RESTORED]))))
    clock_began = list(ledger.rows([Kind.DAEMON_STARTED, Kind.CLOCK_STEP])) if spans else []
    return tuple(replace(span, sure=_settled(ledger, span.seq - 1, clock_began)) for span in spans)


def open_spans(ledger: Ledger) -> tuple[LostSpan, ...]:
    """Return the holes that no start has dealt with yet: they were found after the last one, or by it."""
    starts = (row.seq for row in ledger.rows([Kind.DAEMON_STARTED]) if "saved_from" not in row.body)
    last = max(starts, default=0)
    return tuple(span for span in lost_spans(ledger) if span.seq > last)


def read_lost_span(row: Row) -> LostSpan | None:
    """Return the hole that a row `ledger_damaged` or `restored` reports; None where nothing is known to be lost."""
    lost = row.body.get("lost", 0)
    if lost == 0:
        return None
    last = row.body.get("last")
    told = last if isinstance(last, dict) and lost is not None else {}
    start = _instant(row.body.get("since"))
    end = row.at if lost is None else _end(told, start)
    if end is None:
        return None
    return LostSpan(start, end, row.seq, row.kind == Kind.RESTORED, lost, str(told.get("kind", "")), start)


def _end(last: Mapping[str, Any], start: datetime | None) -> datetime | None:
    """Return up to when rows were lost: a clock that was set back wrote the last one earlier than others.

    However far back that was, nothing was lost before the last row that is there, of `start`.
    """
    at, until = _instant(last.get("at")), _instant(last.get("until"))
    if at is None or until is None:
        return at
    behind = SET_BACK if last.get("kind") in ON_A_GOOD_CLOCK else HELD_BEHIND
    if not timedelta() < until - max(at, start or at) <= behind:
        return at
    return until.astimezone(at.tzinfo)


def _settled(ledger: Ledger, seq: int, clock_began: Sequence[Row]) -> datetime | None:
    """Return when row `seq` was written; None where there is none.

    A row soon after a start, or after the clock was set, may have a time that was never: then the last one before that.
    """
    while (row := next(ledger.rows(after_seq=seq - 1), None)) is not None and row.seq == seq:
        began = next((each for each in reversed(clock_began) if each.seq <= seq), None)
        if began is None or row.at - began.at >= SETTLED:
            return row.at
        seq = began.seq - 1
    return None


def _instant(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo else None
