"""What a run finds at its start, and the row by which it says so."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster import __version__
from broadcaster.playout.clock_at_start import ClockAtStart, ClockBefore, compare_at_start
from broadcaster.playout.heartbeat import clock_jump, clock_reading, earlier_troubles, last_sound, seen_alive
from broadcaster.playout.rows import ACTOR
from broadcaster.records.continuity import lost_spans
from broadcaster.records.kinds import ON_A_GOOD_CLOCK, Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from broadcaster.playout.clock_facts import ClockFacts
    from broadcaster.playout.clock_watch import ClockWatch
    from broadcaster.playout.horizon import LookBack, PlanChange
    from broadcaster.playout.rows import LastSound
    from broadcaster.playout.troubles import Trouble
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.folder import Station

_NEVER_AHEAD = frozenset({*ON_A_GOOD_CLOCK, Kind.DAEMON_STOPPED})
"""Rows of these kinds are not written while the clock is far ahead."""


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs left: their last sign of life, how the clock stands to it, and what was wrong until then."""

    last_alive: datetime | None
    clock: ClockAtStart
    sound: LastSound | None  # what the last run had on the air at its last sign of life
    troubles: tuple[Trouble, ...] = ()


def look_at_past(heartbeat: Mapping[str, Any], ledger: Ledger, watch: ClockWatch, facts: ClockFacts) -> Past:
    """Begin to watch the clock, from what the last `heartbeat` and the play history say of it."""
    last_alive = seen_alive(heartbeat)
    last_record = _last_record(ledger)
    watch.start(last_record, last_alive)
    before = ClockBefore(clock_reading(heartbeat), last_alive, last_record, clock_jump(heartbeat))
    clock = compare_at_start(watch, facts, before)
    # by another clock they would explain what waits now, for something else
    is_same_clock = clock.step is None and last_alive is not None and last_alive <= watch.seen[0]
    troubles = tuple(earlier_troubles(heartbeat)) if is_same_clock else ()
    return Past(last_alive, clock, last_sound(heartbeat), troubles)


def _last_record(ledger: Ledger) -> datetime | None:
    """Return the time of the last row that was written on a good clock, be it there or known to be lost."""
    there = [(row.seq, row.at) for row in map(ledger.last, ON_A_GOOD_CLOCK) if row]
    lost = [(span.seq, span.end) for span in lost_spans(ledger) if span.last_kind in _NEVER_AHEAD]
    return max([*there, *lost], default=(0, None))[1]


def started_row(station: Station, past: Past, left: LookBack, change: PlanChange) -> Entry:
    """Return the row `daemon_started`."""
    body: dict[str, object] = {"version": __version__, "pid": os.getpid(), "clock": past.clock.row}
    body["devices"] = list(station.settings.all_devices)
    body["planned_until"] = change.end.isoformat()
    if left.off_since is not None:
        body["off_since"] = left.off_since.isoformat(timespec="milliseconds")
    return Entry(Kind.DAEMON_STARTED, ACTOR, station.now(), None, body)
