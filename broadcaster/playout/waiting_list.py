"""The occurrences that are due and not yet on the output, in the order in which they air, and what holds them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.playout.desk_state import Delayed, OnAir, Waiting, airing_order, is_emergency
from broadcaster.reasons import NO_REASON, ReasonKind, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from broadcaster.models import Occurrence
    from broadcaster.playout.troubles import Troubles


class WaitingList:
    """The list of one desk. `tried_until` says until when an occurrence is tried."""

    def __init__(self, troubles: Troubles, tried_until: Callable[[Occurrence], datetime]) -> None:
        self._troubles = troubles
        self._tried_until = tried_until
        self._waiting: dict[str, Waiting] = {}

    def __contains__(self, occurrence: str) -> bool:
        return occurrence in self._waiting

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def call(self, due: Iterable[Occurrence], now: datetime) -> None:
        """Add what is due and can still air."""
        for occurrence in due:
            if occurrence.id not in self._waiting and self._tried_until(occurrence) >= now:
                self._waiting[occurrence.id] = Waiting(occurrence)

    def in_turn(self) -> list[Waiting]:
        """Return what waits, by class and then time; what is on the air waits for its end."""
        return sorted(self._waiting.values(), key=lambda waiting: airing_order(waiting.occurrence))

    def emergencies(self, on_air: OnAir) -> list[Waiting]:
        """Return the emergency bulletins, in turn, for which what is on the air must stop."""
        return [] if is_emergency(on_air.waiting) else list(filter(is_emergency, self.in_turn()))

    def cued(self) -> list[Occurrence]:
        """Return what has its intent written and no outcome."""
        return [waiting.occurrence for waiting in self._waiting.values() if waiting.cued]

    def forget(self, occurrence: str) -> None:
        """Forget an occurrence that has its outcome."""
        self._waiting.pop(occurrence, None)

    def replan(self, planned: Mapping[str, Occurrence]) -> None:
        """Forget what an edit took out or changed, unless its intent is written; ask the rules again for the rest."""
        self._waiting = {id_: w for id_, w in self._waiting.items() if w.cued or planned.get(id_) == w.occurrence}
        for waiting in self._waiting.values():
            waiting.allowed = False

    def clock_moved(self) -> None:
        """Forget what is not cued: it is called again at its time by the clock as it is now."""
        self._waiting = {id_: waiting for id_, waiting in self._waiting.items() if waiting.cued}
        for waiting in self._waiting.values():
            waiting.retry_at = None

    def clear(self) -> None:
        """Forget all: the desk stops."""
        self._waiting.clear()

    def hold_up(self, on_air: OnAir, now: datetime) -> None:
        """Note that all others wait for what is on the air; an emergency bulletin waits for no other.

        Nobody tries their devices meanwhile: that one was not there is over.
        """
        for waiting in self._waiting.values():
            if waiting is not on_air.waiting and (is_emergency(on_air.waiting) or not is_emergency(waiting)):
                busy = reason(ReasonKind.BUSY, with_=on_air.occurrence.id)
                self._troubles.over(ReasonKind.NO_DEVICE, now, waiting.occurrence.id)
                self._troubles.goes_on(busy, now, waiting.occurrence.id)

    def output_is_free(self, since: datetime) -> None:
        """Note that nothing waits for the output any more, however late a round came to see that."""
        for waiting in self._waiting.values():
            self._troubles.over(ReasonKind.BUSY, since, waiting.occurrence.id)

    def delayed(self, on_air: OnAir | None, now: datetime) -> Iterator[Delayed]:
        """Yield what does not begin although it is its time, or will not because something is wrong."""
        for waiting in self.in_turn():
            occurrence = waiting.occurrence
            if on_air is not None and waiting is on_air.waiting:
                continue
            trouble = self._troubles.now(occurrence.id)
            is_wrong = trouble is not None and trouble.why.kind is not ReasonKind.BUSY
            if is_wrong or occurrence.start < now:
                why = trouble.reason(now) if trouble else NO_REASON
                yield Delayed(occurrence, why, self._tried_until(occurrence))
