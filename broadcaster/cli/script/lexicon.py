"""`broadcaster lexicon`: how this station reads its own words and abbreviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.complete import station_folder
from broadcaster.cli.frame import argument, group, option, pass_station, with_json
from broadcaster.cli.play_preview import hear, with_listener, with_output
from broadcaster.cli.save_clip import save_clip, with_save
from broadcaster.cli.script.reading_tables import warning_to_json
from broadcaster.cli.show import hint, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.speech.station_lexicon import add_entry, read_entries, remove_entry

if TYPE_CHECKING:
    from pathlib import Path

    import click

    from broadcaster.office.reading import ReadParagraph
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
    help=N_("How words and abbreviations are read aloud."),
    examples=["lexicon try TDP", 'lexicon add TDP "tổ dân phố"', "lexicon list"],
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
    "try",
    help=N_(
        "Hear how a word or a phrase is read, before anything is changed: the words that are said, which table or rule "
        "decided, what it was not sure of. With SPOKEN, as if the lexicon had that entry already. It is played as "
        "script listen plays."
    ),
    examples=[
        "lexicon try TDP",
        'lexicon try TDP "tổ dân phố"',
        'lexicon try "họp lúc 5h30 ngày 15/5" --no-play',
        "lexicon try BTC --save btc.wav",
    ],
)
@argument("written", metavar=N_("WRITTEN"), shell_complete=complete_entry)
@argument("spoken", metavar=N_("SPOKEN"), required=False)
@option("--no-play", "silent", is_flag=True, help=N_("Only say how it is read."))
@with_save
@with_output
@with_listener
@with_json
@pass_station
def try_(
    station: Station,
    written: str,
    spoken: str | None,
    *,
    silent: bool,
    target: Path | None,
    output: str | None,
    name: str | None,
    as_json: bool,
) -> int:
    """Hear a word."""
    from broadcaster.office.listening import Sample
    from broadcaster.office.word_trial import word_trial

    with word_trial(station, written, spoken) as trial:
        (read,) = trial.read()
        if as_json:
            show_json(_reading_to_json(read))
            return 0
        _show_reading(read, is_tried=spoken is not None)
        _say_how_to_keep(read, spoken)
        if silent:
            return 0
        with trial.clip() as clip:
            if target is not None:
                save_clip(clip, target)
                return 0
            say(_("{voice} reads it.").format(voice=clip.voice))
            return 0 if hear(station, Sample.of_clip(clip, trial.script), output, name) else 1


def _show_reading(read: ReadParagraph, *, is_tried: bool) -> None:
    from broadcaster.office.wording_reading import decider
    from broadcaster.office.wording_script import warning_text

    if read.changes:
        say(_('"{written}" is read "{spoken}".').format(written=read.written, spoken=read.spoken))
    else:
        say(_('"{written}" is read as it is written.').format(written=read.written))
    for change in read.changes:
        tried = is_tried and change.written == read.written
        by = _("the entry that is tried") if tried else decider(change)
        say(f"    {change.written} → {change.spoken} ({by})")
    for warning in read.warnings:
        say("    " + _("warning: {warning}").format(warning=warning_text(warning)))


def _say_how_to_keep(read: ReadParagraph, spoken: str | None) -> None:
    """Say what to type to keep what was tried, or to have it read otherwise where the reader was not sure."""
    if spoken is not None:
        text = _('To keep it: broadcaster lexicon add "{written}" "{spoken}"')
        hint(text.format(written=read.written, spoken=spoken))
    elif read.warnings:
        text = _('To try another reading: broadcaster lexicon try "{written}" "…"')
        hint(text.format(written=read.written))


def _reading_to_json(read: ReadParagraph) -> dict[str, object]:
    from broadcaster.office.wording_reading import decider

    changes = [
        {"start": c.start, "written": c.written, "spoken": c.spoken, "by": c.by, "text": decider(c)}
        for c in read.changes
    ]
    return {
        "written": read.written,
        "spoken": read.spoken,
        "voice": read.voice,
        "changes": changes,
        "warnings": list(map(warning_to_json, read.warnings)),
    }


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
