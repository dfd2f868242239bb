"""A rehearsal: days of the plan played in simulated time, and held against what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.records.ledger import Ledger
from broadcaster.records.reconcile import Ruling, reconcile_window

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from broadcaster.office.window import Window
    from broadcaster.records.reconcile import Reconciliation
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class RehearsalResult:
    """What came of a rehearsal."""

    folder: Path  # its own play history and files
    reconciliation: Reconciliation

    @property
    def all_aired(self) -> bool:
        """Whether everything that was planned aired, on time or late."""
        totals = self.reconciliation.totals
        return self.reconciliation.planned == totals[Ruling.ON_TIME] + totals[Ruling.LATE]


def rehearse_window(
    station: Station, window: Window, output: str, progress: Callable[[datetime], None] = lambda _now: None
) -> RehearsalResult:
    """Play a window's plan on `output` ("silent" or "file"); `progress` is called with the simulated time.

    Clips must be rendered before.
    """
    from broadcaster.playout import rehearsal

    folder = rehearsal.rehearse(station, window.start, window.end, output, progress)
    with Ledger.open(folder / "broadcaster.db", read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, window.end + timedelta(days=1), rehearsed=True)
    return RehearsalResult(folder, found)
