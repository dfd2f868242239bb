"""What kept the desk from airing, and from when to when: the reasons of what is missed, fails or begins late."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.models import Outcome
from broadcaster.playout.clock_watch import STEP
from broadcaster.reasons import Reason, ReasonKind, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

RECENT = timedelta(hours=2)
"""So long a trouble that is over may still be asked for: the longest grace period."""

KEPT = 500
"""Spans that are remembered; an occurrence needs those of its own grace period only."""

BEFORE_ALL = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
AFTER_ALL = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)

OUTCOMES: Mapping[ReasonKind, Outcome] = {
    ReasonKind.BUSY: Outcome.PREEMPTED,
    ReasonKind.NO_CLIP: Outcome.FAILED,
    ReasonKind.NO_DEVICE: Outcome.FAILED,
    ReasonKind.HISTORY_GIVEN_UP: Outcome.UNKNOWN,
    ReasonKind.ORDERED: Outcome.SKIPPED,
}
"""What becomes of an occurrence that a trouble of this kind kept from airing in time; all others: missed."""

_WITHOUT_SPAN = frozenset({ReasonKind.BUSY, ReasonKind.STARTED, ReasonKind.ENTERED})
"""Kinds whose sentence says nothing of when it began and ended."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A span of time in which something could not air: everything, or one occurrence."""

    why: Reason
    start: datetime
    end: datetime | None = None  # None: it goes on
    occurrence: str = ""  # "": nothing could air

    def overlap(self, start: datetime, end: datetime) -> timedelta:
        """Return for how long of this window it kept things from airing; negative where it did not touch it."""
        return min(self.end or AFTER_ALL, end) - max(self.start, start)

    def reason(self, until: datetime) -> Reason:
        """Return the reason with its span, in the zone of `until`; what goes on lasts until then."""
        if self.why.kind in _WITHOUT_SPAN or self.start <= BEFORE_ALL:
            return self.why
        zone = until.tzinfo
        end = (self.end or until).astimezone(zone)
        facts = {key: value for key, value in self.why.facts.items() if key not in {"from", "to"}}
        return reason(self.why.kind, **facts, from_=self.start.astimezone(zone), to=end)


class Troubles:
    """The troubles of one desk, those that go on and those that are over."""

    def __init__(self) -> None:
        self._over: deque[Trouble] = deque(maxlen=KEPT)
        self._open: dict[tuple[str, ReasonKind], Trouble] = {}
        self._sure: frozenset[datetime] = frozenset()  # instants by a clock that was believed before it was set

    def load(self, troubles: Iterable[Trouble]) -> None:
        """Remember what earlier runs went through."""
        self._over.extend(troubles)

    def recent(self, now: datetime) -> list[Trouble]:
        """Return what goes on and what ended in the last two hours: what a run after this one needs to know.

        What is lost of the history stands in the history itself.
        """
        over = (trouble for trouble in self._over if trouble.overlap(now - RECENT, now) >= timedelta())
        return [each for each in (*over, *self._open.values()) if each.why.kind is not ReasonKind.HISTORY_GIVEN_UP]

    def lasted(self, why: Reason, start: datetime, end: datetime, occurrence: str = "") -> None:
        """Remember a trouble that is known only now that it is over."""
        self._over.append(Trouble(why, start, end, occurrence))

    def nobody_looked(self, why: Reason, start: datetime, end: datetime) -> None:
        """Remember a time in which nothing ran: what else was going on is known up to its beginning only."""
        self._over.extend(replace(trouble, end=max(trouble.start, start)) for trouble in self._open.values())
        self._open.clear()
        self.lasted(why, start, end)

    def goes_on(self, why: Reason, now: datetime, occurrence: str = "") -> bool:
        """Remember a trouble; return whether it is new, or of another text than before.

        While nothing can air, nobody tries single clips or devices: that one was not there is over.
        """
        if not occurrence:
            self._nobody_tries(now)
        key = occurrence, why.kind
        known = self._open.get(key)
        if known and why.kind is ReasonKind.BUSY and known.why != why:  # another item has the output now
            self.over(why.kind, now, occurrence)
            known = None
        self._open[key] = replace(known, why=why) if known else Trouble(why, now, None, occurrence)
        return known is None or known.why != why

    def over(self, kind: ReasonKind, now: datetime, occurrence: str = "") -> Trouble | None:
        """End a trouble; return it, or None where there was none."""
        found = self._open.pop((occurrence, kind), None)
        if found is not None:
            found = replace(found, end=now)
            self._over.append(found)
        return found

    def _nobody_tries(self, since: datetime) -> None:
        for (occurrence, kind), trouble in list(self._open.items()):
            if occurrence and kind in (ReasonKind.NO_CLIP, ReasonKind.NO_DEVICE):
                self.over(kind, max(trouble.start, since), occurrence)

    def all_over(self, kinds: Iterable[ReasonKind], now: datetime, occurrence: str) -> None:
        """End what concerned one occurrence, of these kinds."""
        for kind in kinds:
            self.over(kind, now, occurrence)

    def clock_set(self, step: timedelta, since: datetime | None, now: datetime) -> None:
        """Move with the clock, which was set to `now` by `step`, what was seen by a clock that was not believed.

        That had begun at `since`; None: it was believed. What was seen by a clock hours ahead would else explain what
        waits, hours later, for something else. What was seen by a clock that was believed keeps its time, though a
        clock set back shows it twice; but what was passed over and is still to come is passed over no longer.
        """
        if since is None:
            self._sure = frozenset(self._instants())
        else:
            self._move(step, since, now - step + STEP)
        self._over = deque((_passed_over(each, now) for each in self._over), maxlen=KEPT)

    def _move(self, step: timedelta, since: datetime, until: datetime) -> None:
        def moved(instant: datetime) -> datetime:
            return instant + step if since <= instant <= until and instant not in self._sure else instant

        def set_right(trouble: Trouble) -> Trouble:
            return replace(trouble, start=moved(trouble.start), end=moved(trouble.end) if trouble.end else None)

        self._over = deque(map(set_right, self._over), maxlen=KEPT)
        self._open = {key: set_right(each) for key, each in self._open.items()}

    def _instants(self) -> Iterator[datetime]:
        for trouble in (*self._over, *self._open.values()):
            yield from filter(None, (trouble.start, trouble.end))

    def forget(self, occurrence: str) -> None:
        """Forget what concerned one occurrence only: it has its outcome."""
        self._open = {key: trouble for key, trouble in self._open.items() if key[0] != occurrence}
        if any(trouble.occurrence == occurrence for trouble in self._over):
            self._over = deque((each for each in self._over if each.occurrence != occurrence), maxlen=KEPT)

    def now(self, occurrence: str) -> Trouble | None:
        """Return what keeps an occurrence from airing at present: the newest trouble of its own, or one of all."""
        going_on = [trouble for trouble in self._open.values() if trouble.occurrence in ("", occurrence)]
        return max(going_on, key=lambda trouble: (trouble.occurrence, trouble.start), default=None)

    def why(self, occurrence: str, start: datetime, end: datetime, now: datetime) -> Reason | None:
        """Return what kept an occurrence from airing for the longest part of a window; None if nothing did.

        Of several that lasted as long as each other, the one that began first.
        """
        touching = [trouble for trouble in self._all(occurrence) if trouble.overlap(start, end) >= timedelta()]
        if not touching:
            return None
        longest = max(touching, key=lambda trouble: (trouble.overlap(start, end), AFTER_ALL - trouble.start))
        return longest.reason(end.astimezone(now.tzinfo))

    def lost_at(self, instant: datetime) -> Trouble | None:
        """Return the span around an instant whose rows are lost; None where none is."""
        lost = (each for each in self._over if each.why.kind is ReasonKind.HISTORY_GIVEN_UP)
        return next((each for each in lost if each.overlap(instant, instant) >= timedelta()), None)

    def _all(self, occurrence: str) -> Iterator[Trouble]:
        for trouble in (*self._over, *self._open.values()):
            if trouble.occurrence in ("", occurrence):
                yield trouble


def _passed_over(trouble: Trouble, now: datetime) -> Trouble:
    """Return a trouble; of a clock that was set forward over `now`, up to then only."""
    if trouble.why.kind is not ReasonKind.CLOCK_SET or trouble.end is None or not trouble.start < now < trouble.end:
        return trouble
    return replace(trouble, end=now)
