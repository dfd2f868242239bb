"""The present moment in sentences of the user's language: the desk, what is on the air, what was last, what is next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.moments import to_second
from broadcaster.office.wording import length, scripts_text, wait_text, when, when_exactly
from broadcaster.office.wording_forecast import ending_text, prospect_text

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.office.now import Present
    from broadcaster.playout.desk_state import Status


def running_text(present: Present) -> str:
    """Return whether the desk runs, and what to do where it does not."""
    if present.held:
        return _("The desk is running, and plays nothing: it does not believe the clock.")
    if present.paused:
        return paused_text(present.paused)
    if present.running:
        return _("The desk is running.")
    if present.last_sign is None:
        return _("The desk is NOT running, so nothing will play. Start it: broadcaster run")
    text = _("The desk is NOT running since {moment}, so nothing will play. Start it: broadcaster run")
    return text.format(moment=when(present.last_sign))


def paused_text(until: datetime) -> str:
    """Return that the desk is paused; `until` in the station's zone."""
    text = _("The desk is paused until {until}: only emergency bulletins air. To go on before: broadcaster resume")
    return text.format(until=when(until))


def on_air_text(present: Present) -> str:
    """Return what is on the air, where, and for how much longer."""
    if present.running and not present.known:
        return _("On the air: not known, because the desk cannot say.")
    if present.on_air is None:
        return _("On the air: nothing.")
    text = _("On the air: {occurrence}, on {device}, {left} left.")
    left = length(present.ends - present.now) if present.ends and present.ends > present.now else "?"
    return text.format(occurrence=present.on_air, device=present.device or "?", left=left)


def waiting_text(present: Present) -> str:
    """Return what is due and waits for the output; empty where nothing does."""
    return _("Waiting: {occurrences}.").format(occurrences=", ".join(present.waiting)) if present.waiting else ""


def last_text(present: Present) -> str:
    """Return what was played last and how it ended."""
    if present.last is None:
        return _("Last: nothing in the last two days.")
    play = present.last
    titles = "; ".join(dict.fromkeys(script.title for script in play.scripts))
    start = when(play.planned_start.astimezone(present.now.tzinfo))
    return _("Last: {start} {titles}: {outcome}").format(start=start, titles=titles, outcome=ending_text(play))


def next_text(present: Present) -> str:
    """Return what is planned next, in how long, and what it can expect."""
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


def status_text(status: Status) -> str:
    """Return what the running desk has on the air, and how far it is; or what is next, in one line."""
    if status.on_air is not None and status.started is not None and status.ends is not None:
        gone, whole = status.now - status.started, status.ends - status.started
        return _("ON AIR {scripts}  {gone} / {whole}  ({device})").format(
            scripts=", ".join(status.on_air.scripts), gone=length(gone), whole=length(whole), device=status.device
        )
    coming = status.on_air or status.next
    if coming is None:
        return _("nothing is planned for the next two days")
    return _("next: {scripts} at {time}, in {span}").format(
        scripts=", ".join(coming.scripts),
        time=when_exactly(coming.start),
        span=length(max(timedelta(), coming.start - status.now)),
    )


def start_text(status: Status) -> str:
    """Return what began to play, when and where; empty where nothing sounds."""
    if status.on_air is None or status.started is None:
        return ""
    text = _("   {time}  on the air: {scripts} ({device})")
    scripts = ", ".join(status.on_air.scripts)
    time = f"{to_second(status.started):%H:%M:%S}"
    return text.format(time=time, scripts=scripts, device=status.device)
