"""What a script no longer airs after a change: its last day comes earlier, or its file is removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.office.station_files import read_files
from broadcaster.office.window import a_year_from
from broadcaster.schedule.campaign_edit import plain_text
from broadcaster.schedule.plan import expand
from broadcaster.speech.script import parse_script

if TYPE_CHECKING:
    from broadcaster.models import Occurrence, Script
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class LostAirings:
    """What a slot would still have aired with a script after its last day, within a year."""

    slot: str  # campaign/slot
    count: int
    first: datetime


def lost_airings(station: Station, file: FileChange, script: Script | None) -> list[LostAirings]:
    """Return, slot by slot, what is planned within a year and a change of a script's file takes off the air.

    `script` is what the file will be; None: it is removed. Only a last day that comes earlier takes anything.
    """
    yesterday = station.now().date() - timedelta(days=1)
    last = yesterday if script is None else script.valid_until or date.max
    before = _last_day(file)
    return _airings(station, file.path.stem, last, before) if last < before else []


def _last_day(file: FileChange) -> date:
    """Return the last day on which a script could air before a change; the first of all days where it could not."""
    try:
        found = None if file.before is None else parse_script(file.path, plain_text(file.before))
    except InputError:
        found = None
    return date.min if found is None else found.valid_until or date.max


def _airings(station: Station, script: str, last: date, before: date) -> list[LostAirings]:
    """Return, slot by slot, what is planned with a script within a year after the day `last` and up to `before`."""
    files, zone = read_files(station), station.settings.timezone
    window = a_year_from(station.now().date(), zone)
    start = max(window.start, datetime.combine(last + timedelta(days=1), time(), zone))
    slots: dict[str, list[Occurrence]] = {}
    for occurrence in expand(files.campaigns.values(), start, window.end, zone) if start < window.end else ():
        if script in occurrence.scripts and occurrence.start.date() <= before:
            slots.setdefault(occurrence.slot_name, []).append(occurrence)
    return [LostAirings(name, len(found), found[0].start) for name, found in slots.items()]
