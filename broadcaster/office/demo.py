"""The demo: a station with a campaign of today that begins in a few seconds, at any hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.models import FILE, Outcome
from broadcaster.office.new_station import make_station
from broadcaster.office.run_settings import with_output
from broadcaster.records.play_rows import from_body
from broadcaster.station.folder import STATION_FILE, open_station
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from broadcaster.playout.desk_state import Status
    from broadcaster.records.play_rows import Play
    from broadcaster.settings import Settings
    from broadcaster.station.folder import Adjust, Station

CAMPAIGN = "demo"
GREETING = "phat-thu"
SPEECH = timedelta(seconds=50)
"""How much speech the demo plays: with rendering and the cue it stays under a minute and a half."""
GAP = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """The output that the demo plays on; `error`: why the system's devices could not be listed."""

    device: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What came of the demo."""

    planned: int
    plays: tuple[Play, ...]

    @property
    def all_aired(self) -> bool:
        """Whether everything that was planned aired."""
        return len(self.plays) == self.planned and all(play.outcome is Outcome.AIRED for play in self.plays)


def prepare_folder(folder: Path) -> None:
    """Make the sample station in `folder` where there is none yet, with the demo's greeting among its scripts."""
    if not (folder / STATION_FILE).exists():
        make_station(folder)
    _write_greeting(folder)


def choose_output() -> OutputChoice:
    """Return the default loudspeaker; files where there is none."""
    from broadcaster.playout.sound.device import list_devices

    try:
        return OutputChoice("default" if list_devices() else FILE)
    except PlayoutError as error:
        return OutputChoice(FILE, str(error))


def open_for_demo(folder: Path, device: str) -> Station:
    """Open the station to play on one device at any hour."""
    return open_station(folder, adjust=_at_any_hour(with_output(device)))


def _write_greeting(station_folder: Path) -> None:
    """Write a script with a few words for the demo, unless it is there."""
    path = station_folder / "scripts" / f"{GREETING}.md"
    text = """+++
title = "Phát thử"
+++
Xin chào bà con! Đây là buổi phát thử của đài truyền thanh xã. Mời bà con nghe một bản tin mẫu.
"""
    if not path.exists():
        replace_file(path, text.encode())


def _at_any_hour(adjust: Adjust) -> Adjust:
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
    """Return the shortest scripts and their lengths: as many as `SPEECH` has room for, and at least one."""
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


def read_result(station: Station, begin: datetime, planned: int) -> DemoResult:
    """Return what was played from `begin` on; `planned`: how many occurrences were to be."""
    with station.ledger(read_only=True) as ledger:
        rows = ledger.played(begin, begin + timedelta(hours=1))
    return DemoResult(planned, tuple(from_body(row.occurrence or "", row.body) for row in rows))
