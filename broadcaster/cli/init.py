"""`broadcaster init`: a new station from the packaged sample campaign."""

from __future__ import annotations

from pathlib import Path

import click

from broadcaster.cli.frame import argument, command
from broadcaster.cli.show import say
from broadcaster.i18n import N_, _
from broadcaster.office.new_station import create_station
from broadcaster.program import command_line, start_command


@command(
    help=N_(
        "Make a new station in DIR (this folder when none is named), with the sample campaign: scripts, timetable and "
        "settings, ready to play. Nothing that is already there is overwritten."
    ),
    examples=["init", "init dai-xa"],
)
@argument("folder", metavar=N_("DIR"), default=".", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make the station and say what to do next."""
    made = create_station(folder)
    say(_("A new station is ready in {folder}: {count} files.").format(folder=folder.resolve(), count=len(made.files)))
    text = _("The key that signs checkpoints is in {folder}. Its public half, for auditors: {key}")
    say(text.format(folder=made.key_folder, key=made.public_key))
    text = _("Next: write the commune's name into station.toml, then make the clips: {command}")
    say(text.format(command=f"{start_command()} {command_line('--station', str(folder.resolve()))} script render"))
