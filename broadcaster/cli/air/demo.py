"""`broadcaster demo`: the whole line once, on a station that can be used afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.air.live_line import LiveLine
from broadcaster.cli.frame import argument, command
from broadcaster.cli.play_preview import with_output
from broadcaster.cli.records.play_tables import show_play_table
from broadcaster.cli.script.render_progress import render_all
from broadcaster.cli.show import say
from broadcaster.i18n import N_, _
from broadcaster.models import FILE
from broadcaster.office.demo import choose_output, goes_on, open_for_demo, prepare_folder, read_result, schedule_demo
from broadcaster.program import command_line, start_command

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "See everything work in about a minute: make a station with the sample campaign, turn its scripts into speech, "
        "schedule two of them to begin in a few seconds, play them on the loudspeaker, and show the play history."
    ),
    examples=["demo", "demo thu-nghiem --output file"],
)
@argument("folder", metavar=N_("DIR"), default="demo-station", type=click.Path(path_type=Path))
@with_output
def demo(folder: Path, output: str | None) -> int:
    """Run the whole line once, on a station that can be used on."""
    from broadcaster.playout import daemon

    prepare_folder(folder)
    say(_("1. A station with the sample campaign: {folder}").format(folder=folder))
    station = open_for_demo(folder, output or _choose_output())
    say(_("2. Scripts become speech, ahead of time"))
    render_all(station, "demo")
    begin = station.now()
    planned = schedule_demo(station)
    say(_("3. Scheduled to begin in a few seconds; the desk is on duty (Ctrl-C ends it)"))
    with LiveLine() as line:
        daemon.run(station, lambda status: line.tell_starts(status) and goes_on(status))
    say(_("4. The play history knows what was heard"))
    result = read_result(station, begin, planned)
    show_play_table(result.plays, station)
    _say_where(station)
    return 0 if result.all_aired else 1


def _choose_output() -> str:
    """Return the output to play on, and say so where it is not a loudspeaker."""
    choice = choose_output()
    if choice.error:
        say(choice.error)
    if choice.device == FILE:
        say(_("No audio device was found: what would be heard is written to WAV files instead."))
    return choice.device


def _say_where(station: Station) -> None:
    say()
    say(_("The station is yours: {folder}").format(folder=station.root))
    if station.aired_folder.is_dir():
        say(_("What was heard: {folder}").format(folder=station.aired_folder))
    say(_("Go on with:"))
    for line in (command_line("cd", str(station.root)), f"{start_command()} plan --month 5", f"{start_command()} run"):
        say(f"  {line}")
