"""The daily backup of the play history, in a process of its own: reading a long history takes a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_
from broadcaster.playout.background_command import Errand
from broadcaster.records.daily_backup import daily_backups

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

AGAIN_AFTER = 3600.0
"""Seconds after which a backup that failed is tried again."""


def is_made_today(station: Station) -> bool:
    """Whether today's backup is there, or whether there is nothing to back up yet."""
    today = station.now().date()
    made = any(backup.day == today for backup in daily_backups([station.daily_backup_folder]))
    return made or not station.ledger_path.exists()


DAILY_BACKUP = Errand(
    N_("the daily backup of the play history"), ("backup", "--daily"), is_made_today, "backup.log", AGAIN_AFTER
)
