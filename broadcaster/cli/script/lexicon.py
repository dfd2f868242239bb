"""`broadcaster lexicon`: how this station reads its own words and abbreviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.complete import station_folder
from broadcaster.cli.frame import argument, group, option, pass_station, with_json
from broadcaster.cli.show import say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.speech.station_lexicon import add_entry, read_entries, remove_entry

if TYPE_CHECKING:
    import click

    from broadcaster.station.folder import Station


def complete_entry(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the lexicon's words that begin as typed."""
    from broadcaster.errors import InputError

    try:
        entries = read_entries(station_folder(context) / "lexicon.toml")
    except InputError:
        return []
    return [entry.written for entry in entries if entry.written.startswith(incomplete)]


@group(
    help=N_("How words and abbreviations are read aloud."), examples=['lexicon add TDP "tổ dân phố"', "lexicon list"]
)
def lexicon() -> None:
    """Hold the commands."""


@lexicon.command("list", help=N_("List the station's own entries."), examples=["lexicon list", "lexicon list --json"])
@with_json
@pass_station
def list_(station: Station, *, as_json: bool) -> None:
    """List the entries."""
    entries = read_entries(station.lexicon_path)
    if as_json:
        show_json([{"written": e.written, "spoken": e.spoken, "comment": e.comment} for e in entries])
    elif entries:
        rows = [(entry.written, entry.spoken, entry.comment) for entry in entries]
        show_table((_("written"), _("spoken"), _("comment")), rows)
    else:
        say(_('The lexicon is empty. Add to it: broadcaster lexicon add TDP "tổ dân phố"'))


@lexicon.command(
    help=N_("Say how a word or an abbreviation is to be read; an entry that is there already is changed."),
    examples=['lexicon add TDP "tổ dân phố"', 'lexicon add "Ea Kar" "Ê a Ca" --comment "tên huyện"'],
)
@argument("written", metavar=N_("WRITTEN"))
@argument("spoken", metavar=N_("SPOKEN"))
@option("--comment", default="", metavar=N_("TEXT"), help=N_("Why; kept in the file as a comment."))
@pass_station
def add(station: Station, written: str, spoken: str, comment: str) -> None:
    """Add an entry."""
    add_entry(station.lexicon_path, written, spoken, comment)
    say(_('"{written}" is read "{spoken}".').format(written=written, spoken=spoken))
    say(_("Clips with this word are rendered again: broadcaster script render"))


@lexicon.command(help=N_("Remove an entry."), examples=["lexicon remove TDP"])
@argument("written", metavar=N_("WRITTEN"), shell_complete=complete_entry)
@pass_station
def remove(station: Station, written: str) -> None:
    """Remove an entry."""
    remove_entry(station.lexicon_path, written)
    say(_('"{written}" is read again as the program reads it without an entry.').format(written=written))
