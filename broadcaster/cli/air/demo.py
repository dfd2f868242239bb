"""`broadcaster demo`: the whole line once, on a station that can be used afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.air.live_line import LiveLine
from broadcaster.cli.frame import argument, command, option
from broadcaster.cli.records.play_tables import show_plays
from broadcaster.cli.script.render_progress import render_all
from broadcaster.cli.show import say
from broadcaster.i18n import N_, _
from broadcaster.office.demo import at_any_hour, goes_on, schedule_demo, write_greeting
from broadcaster.office.new_station import make_station
from broadcaster.office.run_settings import with_output
from broadcaster.program import command_line, start_command

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

AIRED_FOLDER = "aired"
"""Where the file output writes, below the station."""


@command(
    help=N_(
        "See everything work in about a minute: make a station with the sample campaign, turn its scripts into speech, "
        "schedule two of them to begin in a few seconds, play them on the loudspeaker, and show the play history."
    ),
    examples=["demo", "demo thu-nghiem --output file"],
)
@argument("folder", metavar=N_("DIR"), default="demo-station", type=click.Path(path_type=Path))
@option("--output", metavar=N_("DEVICE"), help=N_('Play on this output: a device\'s name, "file" or "silent".'))
def demo(folder: Path, output: str | None) -> int:
    """Run the whole line once, on a station that can be used on."""
    from broadcaster.playout import daemon
    from broadcaster.station.folder import STATION_FILE, open_station

    if not (folder / STATION_FILE).exists():
        make_station(folder)
    say(_("1. A station with the sample campaign: {folder}").format(folder=folder))
    write_greeting(folder)
    station = open_station(folder, adjust=at_any_hour(with_output(output or _demo_output())))
    say(_("2. Scripts become speech, ahead of time"))
    render_all(station)
    begin = station.now()
    planned = schedule_demo(station)
    say(_("3. Scheduled to begin in a few seconds; the desk is on duty (Ctrl-C ends it)"))
    with LiveLine() as line:
        daemon.run(station, lambda status: line.tell_starts(status) and goes_on(status))
    say(_("4. The play history knows what was heard"))
    with station.ledger(read_only=True) as ledger:
        rows = ledger.played(begin, begin + timedelta(hours=1))
    show_plays(rows, station)
    _say_where(station)
    return 0 if len(rows) == planned and all(row.body["outcome"] == "aired" for row in rows) else 1


def _demo_output() -> str:
    """Return the default loudspeaker; where there is none, files, and say so."""
    from broadcaster.errors import PlayoutError
    from broadcaster.playout.sound.device import list_devices

    try:
        if list_devices():
            return "default"
    except PlayoutError as error:
        say(str(error))
    say(_("No audio device was found: what would be heard is written to WAV files instead."))
    return "file"


def _say_where(station: Station) -> None:
    say()
    say(_("The station is yours: {folder}").format(folder=station.root))
    if (station.root / AIRED_FOLDER).is_dir():
        say(_("What was heard: {folder}").format(folder=station.root / AIRED_FOLDER))
    say(_("Go on with:"))
    for line in (command_line("cd", str(station.root)), f"{start_command()} plan --month 5", f"{start_command()} run"):
        say(f"  {line}")
