"""What is the matter with a station at this moment: its play history, the copies of that, the running desk."""

from __future__ import annotations

from datetime import timedelta
from math import floor
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.playout.clock_watch import JUMP
from broadcaster.playout.heartbeat import is_fresh, last_sound, read_heartbeat, seen_alive
from broadcaster.playout.horizon import is_cued
from broadcaster.playout.station_lock import is_running
from broadcaster.records.daily_backup import all_backups
from broadcaster.records.kinds import Kind
from broadcaster.station.conditions import ConditionKind, condition
from broadcaster.station.history_conditions import history_conditions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from broadcaster.station.conditions import Condition
    from broadcaster.station.folder import Station

GLANCE = timedelta(seconds=0.3)
_LOOK_BACK = timedelta(days=7)
OVERDUE = timedelta(days=2)
"""From the newest backup to the last row of the history: a day without one happens, on a computer that is often off."""


def conditions(station: Station) -> tuple[Condition, ...]:
    """Return all that somebody should look at, the history first; it takes a glance, and `check` a longer look."""
    return (*history_conditions(station, GLANCE), *desk_conditions(station), *backup_conditions(station))


def desk_conditions(station: Station) -> Iterator[Condition]:
    """Yield what is the matter with the desk, and with the clock that it goes by."""
    beat, now = read_heartbeat(station), station.now()
    yield from clock_jumps(station)
    yield from cut_off_plays(station)
    if not is_running(station):
        return
    seen = seen_alive(beat)
    if not is_fresh(beat, now):
        yield condition(ConditionKind.DESK_SILENT, seen.astimezone(now.tzinfo) if seen else None)
    elif beat.get("held"):
        yield condition(ConditionKind.DESK_HELD, doubt=beat["held"])


def clock_jumps(station: Station) -> Iterator[Condition]:
    """Yield that the computer's clock was set far within the last day, also where it was set right again."""
    since = station.now() - timedelta(days=1)
    try:
        with station.past() as ledger:
            rows = list(ledger.rows([Kind.CLOCK_STEP])) if ledger is not None else []
    except RecordError:  # a matter of the history itself
        return
    steps = [(row.at, float(row.body["seconds"])) for row in rows if row.at >= since]
    far = [(at, seconds) for at, seconds in steps if abs(seconds) > JUMP.total_seconds()]
    if far:
        most = max((seconds for _at, seconds in far), key=abs)
        yield condition(ConditionKind.CLOCK_SET, far[-1][0].astimezone(since.tzinfo), seconds=most, count=len(far))


def cut_off_plays(station: Station) -> Iterator[Condition]:
    """Yield what the desk had on the air, or was about to, when it ended without a word; a start enters its outcome.

    Nothing while a desk runs: what has no outcome then is on the air, or its row waits for the history.
    """
    if is_running(station):
        return
    now, sound = station.now(), last_sound(read_heartbeat(station))
    try:
        with station.past() as ledger:
            open_ = ledger.unresolved(now + timedelta(minutes=1), now - _LOOK_BACK) if ledger is not None else []
            cued = [row.occurrence for row in open_ if row.occurrence and ledger and is_cued(ledger, row.occurrence)]
    except RecordError:  # a matter of the history itself
        return
    for id_ in cued:
        known = sound if sound is not None and sound.occurrence == id_ else None
        since, heard = (known.seen.astimezone(now.tzinfo), floor(known.heard_s)) if known else (None, None)
        yield condition(ConditionKind.DESK_CUT_OFF, since, occurrence=id_, heard=heard)


def backup_conditions(station: Station) -> Iterator[Condition]:
    """Yield what is the matter with the backups."""
    named = station.named_backup_folder
    if named is not None and not named.is_dir():
        yield condition(ConditionKind.BACKUP_FOLDER_AWAY, folder=named)
    elif named is not None and named.stat().st_dev == station.root.stat().st_dev:
        yield condition(ConditionKind.BACKUP_ON_SAME_DISK, folder=named)
    found = all_backups(station.daily_backup_folders)
    whole = next((backup for backup in found if backup.is_whole), None)
    if found and not found[0].is_whole:
        yield condition(ConditionKind.BACKUP_NOT_WHOLE, path=found[0].path)
    elif _is_overdue(station, whole.day if whole else None):
        yield condition(ConditionKind.BACKUP_MISSING, last=whole.day if whole else None)


def _is_overdue(station: Station, last: date | None) -> bool:
    """Whether rows were written for days after the last backup, or without any."""
    if not station.ledger_path.exists():
        return False
    zone = station.settings.timezone
    try:
        with station.ledger(read_only=True) as ledger:
            first, last_at = next(ledger.rows(), None), ledger.last_at()
    except RecordError:  # a matter of the history itself
        return False
    if first is None or last_at is None:
        return False
    since = last or first.at.astimezone(zone).date()
    return last_at.astimezone(zone).date() - since >= OVERDUE
