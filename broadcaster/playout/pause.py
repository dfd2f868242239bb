"""A pause that a person ordered: nothing but emergency bulletins begins while it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.playout.desk_state import DeskPause, Waiting, is_emergency
from broadcaster.reasons import ReasonKind

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.playout.troubles import Troubles
    from broadcaster.playout.waiting_list import WaitingList


class PauseKeeper:
    """The pause of one desk. What waits airs after it, if its grace lasts so long, and is skipped otherwise."""

    def __init__(self, waiting: WaitingList, troubles: Troubles) -> None:
        self._waiting = waiting
        self._troubles = troubles
        self.now: DeskPause | None = None

    def begin(self, pause: DeskPause) -> None:
        """Pause from now on; the pause before, if there is one, is over."""
        self.now = pause

    def end(self, now: datetime) -> None:
        """Go on."""
        if self.now is not None:
            over = min(now, self.now.until)
            for waiting in self._waiting.in_turn():
                self._troubles.over(ReasonKind.ORDERED, over, waiting.occurrence.id)
        self.now = None

    def holds(self, waiting: Waiting, now: datetime) -> bool:
        """Return whether an item must not begin now; remember why."""
        if self.now is not None and self.now.until <= now:
            self.end(now)
        if self.now is None or is_emergency(waiting):
            return False
        self._troubles.goes_on(self.now.why, now, waiting.occurrence.id)
        return True
