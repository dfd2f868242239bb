"""Freezes the plan of each month in its first round, so that what is thinned out later shows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.playout.rows import ACTOR
from broadcaster.records.frozen_plan import Month, read_frozen
from broadcaster.station.freezing import frozen_row

if TYPE_CHECKING:
    from broadcaster.playout.desk import Desk
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.own_history import KeyKeeper

log = logging.getLogger(__name__)


class MonthFreezer:
    """Sees to it that the present month is frozen, by a person before it or by the desk."""

    def __init__(self, desk: Desk, ledger: Ledger, key: KeyKeeper) -> None:
        self._desk = desk
        self._ledger = ledger
        self._key = key
        self._frozen: tuple[Month, int] | None = None  # the month that is known to be, and in which file

    def round(self) -> None:
        """Freeze the month that has begun, from the content in force, where it is not."""
        station, now = self._desk.station, self._desk.station.now()
        month = Month.of(now.date(), station.settings.timezone)
        if self._frozen == (month, self._ledger.file_number):
            return
        self._key.keep(station.owner)
        head = self._ledger.head()
        if month.name not in read_frozen(self._ledger):
            campaigns = self._desk.content.campaigns.values()
            row = frozen_row(station, self._ledger, campaigns, month, ACTOR, now)
            if not self._ledger.append([row], only_after=head.seq):
                return  # somebody wrote meanwhile, perhaps this very row: the next round looks again
            log.info(_("the plan of %s is frozen: %d occurrences"), month.name, row.body["count"])
        self._frozen = month, self._ledger.file_number
