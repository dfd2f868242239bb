"""`broadcaster device`: where the sound can go."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.cli.frame import argument, group, pass_station, pass_station_even_if_wrong, with_json
from broadcaster.cli.play_preview import hear, with_listener
from broadcaster.cli.show import say, show_json, show_table
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import click

    from broadcaster.office.outputs import AudioOutput
    from broadcaster.station.folder import Station


def complete_device(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the outputs that begin as typed."""
    from broadcaster.office.outputs import output_names

    return [name for name in output_names() if name.startswith(incomplete)]


@group(help=N_("Audio outputs."), examples=["device list", "device test"])
def device() -> None:
    """Group the commands about audio outputs."""


@device.command(
    "list",
    help=N_(
        "List the audio outputs of this computer, by the names that station.toml takes, and its microphones, by those "
        "that script record takes. JSON has the outputs."
    ),
    examples=["device list", "device list --json"],
)
@with_json
@pass_station_even_if_wrong
def list_(station: Station, *, as_json: bool) -> None:
    """List the devices."""
    from broadcaster.office.outputs import list_outputs

    found = list_outputs(station)
    if as_json:
        show_json([{"name": o.name, "system": o.system, "default": o.is_default, "used": o.is_used} for o in found])
        return
    _show_outputs(found, station.settings.output.devices)
    say()
    if not found:
        say(_("This computer has no audio output now."))
    say(_('In station.toml, [output] devices = ["…"]; "default" is the one that the computer uses itself.'))
    _show_microphones()


def _show_microphones() -> None:
    from broadcaster.office.outputs import list_inputs

    found = list_inputs()
    say()
    if found:
        rows = [(each.name, each.system, _("yes") if each.is_default else "") for each in found]
        show_table((_("microphone"), _("sound system"), _("default")), rows)
    else:
        say(_("This computer has no microphone now."))


def _show_outputs(found: Sequence[AudioOutput], used: Collection[str]) -> None:
    yes = _("yes")
    rows = [(o.name, o.system, yes if o.is_default else "", yes if o.is_used else "") for o in found]
    rows.append(("file", _("writes sound files, for rehearsal"), "", yes if "file" in used else ""))
    rows.append(("silent", _("makes no sound, for rehearsal"), "", yes if "silent" in used else ""))
    show_table((_("name"), _("sound system"), _("default"), _("used here")), rows)


@device.command(
    help=N_(
        "Play three notes: on the output that you name, on [monitor] device, or on the first of the station's that "
        "works. What all of the commune would hear sounds only while the desk has nothing to do, inside the hours, "
        "after a question, and is entered in the play history."
    ),
    examples=["device test", "device test default"],
)
@argument("device_name", metavar=N_("NAME"), required=False, shell_complete=complete_device)
@with_listener
@pass_station
def test(station: Station, device_name: str | None, name: str | None) -> int:
    """Play the test notes."""
    from broadcaster.office.listening import Sample
    from broadcaster.office.preview import write_test_tone

    with tempfile.TemporaryDirectory() as folder:
        tone = write_test_tone(Path(folder) / "test.wav")
        return 0 if hear(station, Sample.of_tone(tone), device_name, name) else 1
