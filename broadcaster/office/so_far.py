"""What has become of a plan up to now: its outcomes, what is on the air, and what the desk still tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.office.running_desk import running_desk
from broadcaster.records.play_rows import from_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from broadcaster.models import Occurrence
    from broadcaster.office.running_desk import RunningDesk
    from broadcaster.records.play_rows import Play
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class SoFar:
    """What the play history and the running desk say of a plan at an instant."""

    now: datetime
    plays: Mapping[str, Play]  # how each occurrence ended, by id
    desk: RunningDesk | None  # None while none runs, or while it can say nothing

    def is_on_air(self, occurrence: Occurrence) -> bool:
        """Return whether it has the output now."""
        return self.desk is not None and self.desk.on_air == occurrence.id and occurrence.id not in self.plays

    def is_tried(self, occurrence: Occurrence) -> bool:
        """Return whether the desk says that it is due and still tried, or only waits its turn."""
        return self.desk is not None and (occurrence.id in self.desk.due or occurrence.id in self.desk.waiting)

    def is_past(self, occurrence: Occurrence) -> bool:
        """Return whether its time has come and gone, with an outcome or without one."""
        if occurrence.id in self.plays:
            return True
        return occurrence.start < self.now and not self.is_tried(occurrence) and not self.is_on_air(occurrence)

    def on_air(self, plan: Iterable[Occurrence]) -> tuple[Occurrence, datetime] | None:
        """Return what of a plan is on the air, and when it will end; None where nothing is, or that is not known."""
        found = next((each for each in plan if self.is_on_air(each)), None)
        return (found, self.desk.ends) if found and self.desk and self.desk.ends else None


def so_far(station: Station, start: datetime, end: datetime) -> SoFar:
    """Return what has become of what is planned from `start` on and before `end`.

    A play history that cannot be read says nothing here: what is wrong with it is told by what is about it.
    """
    try:
        with station.past() as ledger:
            rows = ledger.played(start, end) if ledger is not None else []
    except RecordError:
        rows = []
    plays = {row.occurrence: from_body(row.occurrence, row.body) for row in rows if row.occurrence}
    return SoFar(station.now(), plays, running_desk(station))
