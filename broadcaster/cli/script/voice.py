"""`broadcaster voice`: who can read the scripts aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.complete import complete_script, station_folder
from broadcaster.cli.frame import argument, group, option, pass_station, with_json
from broadcaster.cli.out_file import with_out, write_file
from broadcaster.cli.play_preview import hear, with_listener, with_output
from broadcaster.cli.progress import progress_bar
from broadcaster.cli.show import Cell, Styled, hint, say, show_json, show_table
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.wording import length

if TYPE_CHECKING:
    from broadcaster.office.voice_compare import ComparedVoice, Comparison
    from broadcaster.speech.voices.available import VoiceInfo
    from broadcaster.speech.voices.install import Progress as Tell
    from broadcaster.station.folder import Station

_MEGABYTE = 1_000_000


def complete_pack(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the voices that can be fetched and that begin as typed."""
    from broadcaster.speech.voices.install import shipped_packs

    return [name for name in shipped_packs() if name.startswith(incomplete)]


def complete_voice(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the voices that begin as typed; asks no network."""
    from broadcaster.settings import SpeechSettings
    from broadcaster.speech.voices.available import known_voices

    root = station_folder(context)
    voices = known_voices(root, SpeechSettings(), probe=False)
    return [info.spec for info in voices if info.spec.startswith(incomplete)]


@group(
    help=N_("Voices that read the scripts."),
    examples=["voice list", 'voice test "Xin chào bà con"', "voice install --from /media/usb/giong"],
)
def voice() -> None:
    """Hold the commands."""


@voice.command(
    "list",
    help=N_(
        "List the voices: which are installed, which can be reached over the network now, their licence and quality. "
        "Station.toml names the ones to use, the best first."
    ),
    examples=["voice list", "voice list --offline", "voice list --json"],
)
@option("--offline", is_flag=True, help=N_("Do not ask the network."))
@with_json
@pass_station
def list_(station: Station, *, offline: bool, as_json: bool) -> None:
    """List the voices."""
    from broadcaster.speech.voices.available import known_voices

    found = known_voices(station.root, station.settings.speech, probe=not offline)
    if as_json:
        show_json([_to_json(info) for info in found])
        return
    columns = (_("voice"), _("state"), _("used here"), _("quality"), _("licence"), _("note"))
    show_table(columns, [_row(info) for info in found])
    say()
    say(_("In use, the best first: {voices}").format(voices=", ".join(station.settings.speech.voices)))


def _to_json(info: VoiceInfo) -> dict[str, str | bool | None]:
    return {
        "name": info.spec,
        "installed": info.installed,
        "reachable": info.reachable,
        "used": info.configured,
        "licence": info.licence,
        "quality": info.quality,
        "note": info.note,
    }


def _row(info: VoiceInfo) -> list[Cell]:
    used = _("yes") if info.configured else ""
    return [info.spec, _state(info), used, info.quality, info.licence, info.note]


def _state(info: VoiceInfo) -> Cell:
    if not info.installed:
        return Styled(_("not installed"), "dim")
    if info.reachable is None:
        return Styled(_("ready"), "green")
    return Styled(_("reachable"), "green") if info.reachable else Styled(_("no connection"), "yellow")


@voice.command(
    help=N_(
        "Hear a voice read a text: the one named, or the first of the station's that works. Shows how the text is "
        "read, and plays it as script listen does."
    ),
    examples=[
        'voice test "BHXH tự nguyện: 1900.90.68"',
        'voice test "Xin chào bà con" --voice espeak:vi+f2 --output default',
    ],
)
@argument("text", metavar=N_("TEXT"))
@option("--voice", "spec", metavar=N_("VOICE"), shell_complete=complete_voice, help=N_("This voice, and no other."))
@with_output
@with_listener
@pass_station
def test(station: Station, text: str, *, spec: str | None, output: str | None, name: str | None) -> int:
    """Read a text aloud."""
    from broadcaster.cli.script.reading_tables import show_reading
    from broadcaster.office.listening import Sample
    from broadcaster.office.voice_test import VoiceTest

    trial = VoiceTest.of(station, text, spec)
    show_reading(trial.read())
    with trial.clip() as clip:
        say(_("{voice} reads it.").format(voice=clip.voice))
        return 0 if hear(station, Sample.of_clip(clip, trial.script), output, name) else 1


@voice.command(
    help=N_(
        "Make one page for a browser on which a script is heard in every voice at hand, side by side: those installed, "
        "and those of the network that can be reached; or in those that --voice names. The sound is in the page "
        "itself, so that it is one file to send. A voice that fails is told and stops no other."
    ),
    examples=[
        "voice compare thong-diep-1",
        "voice compare thong-diep-1 --voice espeak:vi --voice espeak:vi+f2 --out giong.html",
    ],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option(
    "--voice",
    "specs",
    multiple=True,
    metavar=N_("VOICE"),
    shell_complete=complete_voice,
    help=N_("This voice; several times for several."),
)
@option("--offline", is_flag=True, help=N_("Do not ask the network."))
@with_out(N_("Where to write the page; without it, giong-doc-ID.html in this folder."))
@pass_station
def compare(station: Station, id_: str, *, specs: tuple[str, ...], offline: bool, out: Path | None) -> int:
    """Compare voices."""
    from broadcaster.office.find import find_script
    from broadcaster.office.voice_compare import compare as compare_voices
    from broadcaster.office.voice_compare import named_voices, voices_at_hand
    from broadcaster.office.voice_page import write_page

    script = find_script(station, id_)
    here, away = (named_voices(station, specs), []) if specs else voices_at_hand(station, probe=not offline)
    with progress_bar() as show:
        found = replace(compare_voices(station, script, here, show), left_out=tuple(away))
    _show_compared(found)
    if not found.heard:
        return 1
    page = write_page(found, station.settings.name, station.now())
    note = ngettext("{count} voice, {size:.1f} MB", "{count} voices, {size:.1f} MB", len(found.heard))
    path = out or Path(f"giong-doc-{id_}.html")
    write_file(path, page, note.format(count=len(found.heard), size=len(page) / _MEGABYTE))
    return 0


def _show_compared(found: Comparison) -> None:
    from broadcaster.office.voice_page import voice_warnings

    rows = [_compared_row(each) for each in found.voices]
    show_table((_("voice"), _("length"), _("syllables a minute"), _("licence"), _("state")), rows, right=(1, 2))
    for each in found.voices:
        for text in [each.failure] if each.failure else voice_warnings(each):
            hint(f"{each.info.spec}: {text}")
    if found.left_out:
        hint(_("Not reached over the network:") + " " + ", ".join(info.spec for info in found.left_out))


def _compared_row(each: ComparedVoice) -> list[Cell]:
    if each.failure:
        return [each.info.spec, "", "", each.info.licence, Styled(_("failed"), "red")]
    state = Styled(_("ready"), "green")
    seconds = timedelta(seconds=each.seconds)
    return [each.info.spec, length(seconds), str(each.syllables_per_minute), each.info.licence, state]


@voice.command(
    help=N_(
        "Install a voice: NAME is fetched from the internet; with --from, the voices in a folder or on a USB stick are "
        "copied. Every file is checked, and the voice is there whole or not at all."
    ),
    examples=["voice install vi_VN-vais1000-medium", "voice install --from /media/usb/giong"],
)
@argument("name", metavar=N_("NAME"), required=False, shell_complete=complete_pack)
@option(
    "--from",
    "folder",
    metavar=N_("DIR"),
    type=click.Path(path_type=Path),
    help=N_("Copy from this folder."),
)
@pass_station
def install(station: Station, name: str | None, folder: Path | None) -> None:
    """Install a voice."""
    if (name is None) == (folder is None):
        raise InputError(Problem(_("a voice is fetched by its name or copied from a folder"), _("give one")))
    with progress_bar() as show:

        def tell(done: int, total: int) -> None:
            show(done / _MEGABYTE, total / _MEGABYTE, "MB")

        installed = _download(station, name, tell) if name else _copy(station, folder, tell)
    for spec in installed:
        say(_('Installed: {spec}. To use it, put it first in station.toml: voices = ["{spec}", …]').format(spec=spec))


def _download(station: Station, name: str, tell: Tell) -> list[str]:
    from broadcaster.similar_names import did_you_mean
    from broadcaster.speech.voices.install import download_voice, shipped_packs

    packs = shipped_packs()
    name = name.removeprefix("piper:")
    if name not in packs:
        what = _('there is no voice "{spec}" to fetch').format(spec=name)
        raise InputError(Problem(what, did_you_mean(name, packs, _("there are: {known}"))))
    download_voice(packs[name], station.root, tell)
    return [packs[name].spec]


def _copy(station: Station, folder: Path | None, tell: Tell) -> list[str]:
    from broadcaster.speech.voices.install import install_voice

    if folder is None:
        raise AssertionError("the caller has a name or a folder")
    return [pack.spec for pack in install_voice(folder, station.root, tell)]
