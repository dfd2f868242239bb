"""The present moment of a station: whether the desk runs, what is on the air, what was last, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.office.forecast import NOW_OR_BEFORE, look_ahead
from broadcaster.office.present_conditions import conditions
from broadcaster.office.running_desk import running_desk
from broadcaster.office.station_files import read_files
from broadcaster.office.window import Window
from broadcaster.playout.heartbeat import read_heartbeat, seen_alive
from broadcaster.playout.station_lock import is_running
from broadcaster.records.play_rows import from_body
from broadcaster.schedule.plan import expand
from broadcaster.station.conditions import ConditionKind

if TYPE_CHECKING:
    from datetime import tzinfo

    from broadcaster.office.forecast import Prospect
    from broadcaster.office.running_desk import DueItem
    from broadcaster.office.station_files import StationFiles
    from broadcaster.records.play_rows import Play
    from broadcaster.station.conditions import Condition
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

_SILENCING = frozenset(
    {ConditionKind.HISTORY_UNUSABLE, ConditionKind.HISTORY_FOREIGN, ConditionKind.DESK_SILENT, ConditionKind.DESK_HELD}
)
"""Conditions under which nothing plays, or nobody knows whether anything does."""
_LOOK_BACK = timedelta(days=2)
_LOOK_AHEAD = (timedelta(days=1), timedelta(days=366))


@dataclass(frozen=True, slots=True)
class Present:
    """What is known about this moment; every instant is in the station's zone."""

    now: datetime
    running: bool  # whether a desk runs: its lock is held
    last_sign: datetime | None  # when it last wrote its heartbeat
    known: bool  # whether that is recent enough to say what is on the air
    paused: datetime | None  # until when a person has paused it
    held: str | None  # why it does not believe the clock and plays nothing: "behind" or "ahead"
    on_air: str | None  # id of the occurrence
    started: datetime | None
    ends: datetime | None
    device: str
    last: Play | None  # of the last two days
    next: Prospect | None  # within a year
    due: tuple[DueItem, ...]  # what is due and does not begin
    waiting: tuple[str, ...]  # ids of what only waits its turn, in the order in which it will air
    in_force: Content  # what the plan was read from: it says what is held
    conditions: tuple[Condition, ...]  # what else somebody should look at

    @property
    def exit_code(self) -> int:
        """What it comes to, for scripts: 0 all is well, 1 somebody should look, 2 nothing will play."""
        kinds = {found.kind for found in self.conditions}
        if not self.running or self.held or kinds & _SILENCING:
            return 2
        return 1 if kinds or self.due or self.paused or self.in_force.held or self.in_force.away else 0


def look_around(station: Station) -> Present:
    """Gather what is known about this moment from the desk's lock and heartbeat, the play history and the plan."""
    moment, beat, zone = station.now(), read_heartbeat(station), station.settings.timezone
    desk, files = running_desk(station), read_files(station)
    on_air = desk.on_air if desk else None
    return Present(
        now=moment,
        running=is_running(station),
        last_sign=_local(seen_alive(beat), zone),
        known=desk is not None,
        paused=desk.paused if desk else None,
        held=desk.held if desk else None,
        on_air=on_air,
        started=desk.started if desk and on_air else None,
        ends=desk.ends if desk and on_air else None,
        device=str(beat.get("device") or "") if desk else "",
        last=_last_play(station, moment),
        next=_next_prospect(station, files, moment),
        due=tuple(desk.due.values()) if desk else (),
        waiting=tuple(id_ for id_ in desk.waiting if id_ != on_air) if desk else (),
        in_force=files.in_force,
        conditions=conditions(station),
    )


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _last_play(station: Station, moment: datetime) -> Play | None:
    try:
        with station.past() as ledger:
            rows = ledger.played(moment - _LOOK_BACK, moment + timedelta(minutes=1)) if ledger else []
    except RecordError:  # the conditions say so
        return None
    return from_body(rows[-1].occurrence or "", rows[-1].body) if rows else None


def _next_prospect(station: Station, files: StationFiles, moment: datetime) -> Prospect | None:
    """Return what comes next. A day is tried before a year, because the next is mostly near; only days are judged."""
    zone = station.settings.timezone
    for span in _LOOK_AHEAD:
        plan = expand(files.campaigns.values(), moment, moment + span, zone)
        for day in dict.fromkeys(occurrence.start.date() for occurrence in plan):
            prospects = look_ahead(station, Window(day, day, zone), files).prospects
            coming = (each for each in prospects if each.occurrence.start >= moment and each.state not in NOW_OR_BEFORE)
            if found := next(coming, None):
                return found
    return None
