"""The present moment of a station: whether the desk runs, what is on the air, what was last, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.office.forecast import look_ahead
from broadcaster.office.running_desk import running_desk
from broadcaster.office.station_files import read_files
from broadcaster.office.window import Window
from broadcaster.playout.heartbeat import is_alive, on_air_span, read_heartbeat, seen_alive
from broadcaster.records.play_rows import from_body
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from datetime import tzinfo

    from broadcaster.office.forecast import Prospect
    from broadcaster.office.running_desk import DueItem
    from broadcaster.office.station_files import StationFiles
    from broadcaster.records.play_rows import Play
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

_LOOK_BACK = timedelta(days=2)
_LOOK_AHEAD = (timedelta(days=1), timedelta(days=366))


@dataclass(frozen=True, slots=True)
class Present:
    """What is known about this moment; every instant is in the station's zone."""

    now: datetime
    alive: bool  # whether the daemon runs
    last_sign: datetime | None  # when the daemon last wrote its heartbeat
    on_air: str | None  # id of the occurrence
    started: datetime | None
    ends: datetime | None
    device: str
    last: Play | None  # of the last two days
    next: Prospect | None  # within a year
    due: tuple[DueItem, ...]  # what is due and does not begin
    in_force: Content  # what the plan was read from: it says what is held


def look_around(station: Station) -> Present:
    """Gather what is known about this moment from the daemon's heartbeat, the play history and the plan."""
    moment, beat, zone = station.now(), read_heartbeat(station), station.settings.timezone
    desk, files = running_desk(station), read_files(station)
    alive = is_alive(beat, moment)
    on_air = beat.get("on_air") if alive else None
    started, ends = on_air_span(beat) if on_air else (None, None)
    return Present(
        now=moment,
        alive=alive,
        last_sign=_local(seen_alive(beat), zone),
        on_air=on_air,
        started=_local(started, zone),
        ends=_local(ends, zone),
        device=str(beat.get("device") or "") if alive else "",
        last=_last_play(station, moment),
        next=_next_prospect(station, files, moment),
        due=tuple(desk.due.values()) if desk else (),
        in_force=files.in_force,
    )


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _last_play(station: Station, moment: datetime) -> Play | None:
    with station.past() as ledger:
        rows = ledger.played(moment - _LOOK_BACK, moment + timedelta(minutes=1)) if ledger else []
    return from_body(rows[-1].occurrence or "", rows[-1].body) if rows else None


def _next_prospect(station: Station, files: StationFiles, moment: datetime) -> Prospect | None:
    """Return what comes next. A day is tried before a year, because the next is mostly near; only its day is judged."""
    zone = station.settings.timezone
    for span in _LOOK_AHEAD:
        for occurrence in expand(files.campaigns.values(), moment, moment + span, zone):
            day = occurrence.start.date()
            prospects = look_ahead(station, Window(day, day, zone), files).prospects
            return next(prospect for prospect in prospects if prospect.occurrence == occurrence)
    return None
