"""What happened and is to be in the play history: kept until its row can be written, before any row of later time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.errors import RecordError
from broadcaster.playout.clock_watch import ClockDoubt, Elapsed
from broadcaster.playout.rows import ACTOR
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, tzinfo

    from broadcaster.playout.clock_watch import ClockWatch
    from broadcaster.records.ledger import Ledger

_OF_THE_CLOCK = frozenset({Kind.CLOCK_STEP, Kind.CLOCK_UNTRUSTED})

_Fact = tuple[Kind, "Mapping[str, Any]", Elapsed]


class PendingFacts:
    """Rows about what happened, of one run. They go before whatever else it appends to `ledger`.

    A fact has its time by the clock as it is when its row is written, for that may have been wrong when it happened;
    so has each value of its body that is a reading of the counters.
    """

    def __init__(self, ledger: Ledger, clock: ClockWatch) -> None:
        self._ledger = ledger
        self._clock = clock
        self._facts: list[_Fact] = []
        ledger.before_append = self.write

    def __bool__(self) -> bool:
        """Whether any fact is not in the play history yet."""
        return bool(self._facts)

    def note(self, kind: Kind, body: Mapping[str, Any], now: Elapsed) -> None:
        """Keep what happened `now`."""
        self._facts.append((kind, body, now))

    def write(self) -> None:
        """Write the rows, unless the clock is far ahead: they would have a time that never was.

        Raises RecordError where they cannot be written: then they are kept.
        """
        if not self._facts or self._clock.doubt is ClockDoubt.AHEAD:
            return
        facts, self._facts = self._facts, []
        try:
            self._ledger.append(list(self._entries(facts)))
        except BaseException:
            self._facts = facts + self._facts
            raise

    def _entries(self, facts: list[_Fact]) -> Iterator[Entry]:
        """Yield the rows: first how the clock was set, since all others are dated by what it shows now.

        None has an earlier time than the row before it, which another program may have written meanwhile.
        """
        now, before = self._clock.seen[0], self._last_at()
        if before is not None and before > now:
            before = None  # written before the clock was set back
        for kind, body, when in sorted(facts, key=lambda fact: fact[0] not in _OF_THE_CLOCK):
            at = self._at(when, now.tzinfo)
            if before is not None and kind not in _OF_THE_CLOCK:
                at = max(at, before)
            before = at
            shown = {
                key: self._at(value, now.tzinfo).isoformat() if isinstance(value, Elapsed) else value
                for key, value in body.items()
            }
            yield Entry(kind, ACTOR, at, None, shown)

    def _last_at(self) -> datetime | None:
        try:
            return self._ledger.last_at()
        except RecordError:  # a row that cannot be read keeps no other from being written
            return None

    def _at(self, when: Elapsed, zone: tzinfo | None) -> datetime:
        return self._clock.at(when).astimezone(zone)
