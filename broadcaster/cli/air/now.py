"""`broadcaster now`: what is on the air, what was last, what is next and in how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.prospect_json import prospect_to_json
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_, _
from broadcaster.office.now import Present, look_around
from broadcaster.office.wording import OUTCOMES, length, scripts_text, wait_text, when
from broadcaster.office.wording_forecast import prospect_text

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.station.folder import Station


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
        state=prospect_text(present.next),
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
        "next": prospect_to_json(present.next) if present.next else None,
    }
