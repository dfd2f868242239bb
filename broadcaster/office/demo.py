"""The demo: a station with a campaign of today that begins in a few seconds, at any hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.playout.waiting import Status
    from broadcaster.settings import Settings
    from broadcaster.station.folder import Adjust, Station

CAMPAIGN = "demo"
SCRIPT = "phat-thu"
SPEECH = timedelta(seconds=50)
"""How much of the sample the demo plays: with rendering and the cue it stays under a minute and a half."""
GAP = timedelta(seconds=2)


def write_greeting(station_folder: Path) -> None:
    """Write a script with a few words for the demo, unless it is there."""
    path = station_folder / "scripts" / f"{SCRIPT}.md"
    text = """+++
title = "Phát thử"
+++
Xin chào bà con! Đây là buổi phát thử của đài truyền thanh xã. Mời bà con nghe một bản tin mẫu.
"""
    if not path.exists():
        replace_file(path, text.encode())


def at_any_hour(adjust: Adjust) -> Adjust:
    """Return an adjustment that also allows every hour and day; the station itself keeps its rules."""

    def adjusted(settings: Settings) -> Settings:
        all_day = dict.fromkeys(WEEKDAYS, ((time.min, time.max),))
        return replace(adjust(settings), rules=replace(settings.rules, hours=all_day, quiet_days=frozenset()))

    return adjusted


def schedule_demo(station: Station) -> int:
    """Write a campaign of today that begins in a few seconds; return how many occurrences it has."""
    airing = station.settings.airing.lead + station.settings.output.warm_up
    begin = station.now().replace(microsecond=0) + airing + timedelta(seconds=3)
    slots = []
    for number, (script, span) in enumerate(_demo_clips(station), start=1):
        slots.append(
            f'\n[[slot]]\nid = "luot-{number}"\nat = ["{begin:%H:%M:%S}"]\n'
            f'from = "{begin:%Y-%m-%d}"\nto = "{begin:%Y-%m-%d}"\nscripts = ["{script}"]\n'
        )
        begin = (begin + span + GAP).replace(microsecond=0) + timedelta(seconds=1)
    title, today = _("Demo"), station.now().date()
    head = f'title = "{title}"\nfrom = "{today}"\nto = "{today + timedelta(days=1)}"\n'
    replace_file(station.schedules_folder / f"{CAMPAIGN}.toml", (head + "".join(slots)).encode())
    return len(slots)


def _demo_clips(station: Station) -> list[tuple[str, timedelta]]:
    """Return the shortest scripts, as many as fit into what the demo lets be heard, at least one."""
    renderer = station.renderer()
    clips = [clip for script in station.scripts()[0].values() if (clip := renderer.find(script))]
    chosen: list[tuple[str, timedelta]] = []
    for clip in sorted(clips, key=lambda clip: clip.frames):
        if not chosen or sum((span for _id, span in chosen), clip.length) <= SPEECH:
            chosen.append((clip.script, clip.length))
    return chosen


def goes_on(status: Status) -> bool:
    """Return whether the demo still has something on the air or to come."""
    return status.on_air is not None or (status.next is not None and status.next.campaign == CAMPAIGN)
