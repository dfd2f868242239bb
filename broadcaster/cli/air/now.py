"""`broadcaster now`: what is on the air, what was last, what is next and in how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.schedule.plan import to_json
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_, _
from broadcaster.office.forecast import look_ahead
from broadcaster.office.window import Window
from broadcaster.office.wording import OUTCOMES, length, scripts_text, wait_text, when
from broadcaster.playout.heartbeat import read_heartbeat
from broadcaster.records.play import from_body
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from broadcaster.office.forecast import Prospect
    from broadcaster.records.play import Play
    from broadcaster.station.folder import Station

ALIVE = timedelta(seconds=30)
"""The daemon writes its sign of life more often than this, even on a busy computer."""
_LOOK_BACK = timedelta(days=2)
_LOOK_AHEAD = (timedelta(days=1), timedelta(days=366))


@dataclass(frozen=True, slots=True)
class Present:
    """What is known about this moment."""

    now: datetime
    alive: bool  # the daemon runs
    last_sign: datetime | None
    on_air: str | None
    started: datetime | None
    ends: datetime | None
    device: str
    last: Play | None
    next: Prospect | None


@command(
    help=N_("Show what is on the air, what was last and what is next, and whether the desk is running at all."),
    examples=["now", "now --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def now(station: Station, *, as_json: bool) -> None:
    """Show the present."""
    present = look_around(station)
    if as_json:
        show_json(_to_json(present))
        return
    say(_running(present))
    say(_on_air(present))
    say(_last(present))
    say(_next(present))


def look_around(station: Station) -> Present:
    """Gather what is known about this moment from the daemon's heartbeat, the ledger and the plan."""
    moment, beat = station.now(), read_heartbeat(station)
    sign = _instant(beat.get("at"), station)
    alive = sign is not None and abs(moment - sign) < ALIVE and beat.get("pid") is not None
    on_air = beat.get("on_air") if alive else None
    return Present(
        now=moment,
        alive=alive,
        last_sign=sign,
        on_air=on_air,
        started=_instant(beat.get("started"), station) if on_air else None,
        ends=_instant(beat.get("ends"), station) if on_air else None,
        device=str(beat.get("device") or "") if alive else "",
        last=_last_play(station, moment),
        next=_next_prospect(station, moment),
    )


def _instant(text: object, station: Station) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(station.settings.timezone) if isinstance(text, str) else None
    except ValueError:
        return None


def _last_play(station: Station, moment: datetime) -> Play | None:
    if not station.ledger_path.exists():
        return None
    with station.ledger(read_only=True) as ledger:
        rows = ledger.played(moment - _LOOK_BACK, moment + timedelta(minutes=1))
    return from_body(rows[-1].occurrence or "", rows[-1].body) if rows else None


def _next_prospect(station: Station, moment: datetime) -> Prospect | None:
    """Return what comes next, looked for in ever longer spans, for most days it is near; only its day is judged."""
    campaigns, zone = station.campaigns()[0].values(), station.settings.timezone
    for span in _LOOK_AHEAD:
        for occurrence in expand(campaigns, moment, moment + span, zone):
            day = occurrence.start.date()
            prospects = look_ahead(station, Window(day, day, zone)).prospects
            return next(prospect for prospect in prospects if prospect.occurrence == occurrence)
    return None


def _running(present: Present) -> str:
    if present.alive:
        return _("The desk is running.")
    if present.last_sign is None:
        return _("The desk is NOT running, so nothing will play. Start it: broadcaster run")
    text = _("The desk is NOT running since {moment}, so nothing will play. Start it: broadcaster run")
    return text.format(moment=when(present.last_sign))


def _on_air(present: Present) -> str:
    if present.on_air is None:
        return _("On the air: nothing.")
    text = _("On the air: {occurrence}, on {device}, {left} left.")
    left = length(present.ends - present.now) if present.ends and present.ends > present.now else "?"
    return text.format(occurrence=present.on_air, device=present.device or "?", left=left)


def _last(present: Present) -> str:
    if present.last is None:
        return _("Last: nothing in the last two days.")
    play = present.last
    outcome = _(OUTCOMES[play.outcome]) + (f" ({play.reason})" if play.reason else "")
    titles = "; ".join(dict.fromkeys(script.title for script in play.scripts))
    start = when(play.planned_start.astimezone(present.now.tzinfo))
    return _("Last: {start} {titles}: {outcome}").format(start=start, titles=titles, outcome=outcome)


def _next(present: Present) -> str:
    if present.next is None:
        return _("Next: nothing is planned within a year.")
    occurrence = present.next.occurrence
    text = _("Next: {start} (in {wait}) {scripts}: {state}")
    return text.format(
        start=when(occurrence.start),
        wait=wait_text(occurrence.start - present.now),
        scripts=scripts_text(occurrence.scripts, occurrence.repeat),
        state=present.next.text,
    )


def _to_json(present: Present) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return moment.isoformat(timespec="seconds") if moment else None

    last = present.last
    return {
        "now": text(present.now),
        "running": present.alive,
        "last_sign_of_life": text(present.last_sign),
        "on_air": present.on_air,
        "started": text(present.started),
        "ends": text(present.ends),
        "device": present.device or None,
        "last": {"id": last.occurrence, "outcome": str(last.outcome), "reason": last.reason} if last else None,
        "next": to_json(present.next) if present.next else None,
    }
