"""What the check of a station says of conditions, and of the backups of the play history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.office.present_conditions import backup_conditions
from broadcaster.records.daily_backup import all_backups
from broadcaster.station.conditions import ConditionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.station.conditions import Condition
    from broadcaster.station.folder import Station

_GRAVE = frozenset(
    {
        ConditionKind.HISTORY_HARMED,
        ConditionKind.HISTORY_UNUSABLE,
        ConditionKind.BACKUP_NOT_WHOLE,
        ConditionKind.DESK_HELD,
    }
)


def condition_finding(about: str, condition: Condition) -> Finding:
    """Return a condition as a finding about a subject."""
    level = Level.BAD if condition.kind in _GRAVE else Level.WARNING
    return finding(about, level, FindingKind.CONDITION, condition=condition)


def check_backups(station: Station) -> Iterator[Finding]:
    """Yield what is the matter with the backups, and what there is of them."""
    conditions = list(backup_conditions(station))
    yield from (condition_finding("backups", found) for found in conditions)
    whole = [backup for backup in all_backups(station.daily_backup_folders) if backup.is_whole]
    if whole:
        newest = whole[0]
        folder = newest.path.parent
        yield finding("backups", Level.GOOD, FindingKind.BACKUPS, count=len(whole), folder=folder, last=newest.day)
    elif all(found.kind is not ConditionKind.BACKUP_MISSING for found in conditions):
        yield finding("backups", Level.GOOD, FindingKind.NO_BACKUP)
