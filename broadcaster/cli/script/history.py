"""`broadcaster script history` and `undo`: who changed what and when, and back to any earlier text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.change_options import with_change_options
from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, option, pass_station, with_json
from broadcaster.cli.script.change_notes import say_what_is_lost, say_what_is_missing
from broadcaster.cli.script.make_rename import make_rename
from broadcaster.cli.show import say, show_diff, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.moments import to_second
from broadcaster.office import script_history
from broadcaster.office.find import find_script
from broadcaster.office.script_changes import script_change_of, write_family
from broadcaster.office.wording import when_exactly
from broadcaster.office.wording_history import script_editor_text, script_how_text

if TYPE_CHECKING:
    from broadcaster.cli.change_options import ChangeOptions
    from broadcaster.office.script_history import ScriptVersion
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Show who changed scripts, when and by which command, the latest first; of one script, or of all, also of "
        "those that are gone. What was edited by hand is shown as such."
    ),
    examples=["script history", "script history thong-diep-1 --json", "script history thong-diep-1 --diff 41"],
)
@argument("script", metavar="ID", required=False, shell_complete=complete_script)
@option("--diff", "number", type=int, metavar=N_("NUMBER"), help=N_("Show the lines that this change changed."))
@with_json
@pass_station
def history(station: Station, *, script: str | None, number: int | None, as_json: bool) -> None:
    """Show the changes."""
    past = script_history.history_of(station, script)
    if script is not None and not past:
        find_script(station, script)
    if number is not None:
        show_diff(script_history.change_of(station, past, number).diff())
    elif as_json:
        show_json([_to_json(station, version) for version in reversed(past)])
    elif past:
        columns = (_("number"), _("when"), _("who"), _("what"), _("script"), _("title"))
        show_table(columns, [_row(station, version) for version in reversed(past)], right=[0])
    else:
        say(_("Nothing was changed yet."))


def _row(station: Station, version: ScriptVersion) -> list[str]:
    return [
        str(version.number) if version.number else "–",
        when_exactly(version.at.astimezone(station.settings.timezone)),
        script_editor_text(version),
        script_how_text(version),
        version.script,
        script_history.title_of(station, version),
    ]


def _to_json(station: Station, version: ScriptVersion) -> dict[str, Any]:
    return {
        "number": version.number or None,
        "at": to_second(version.at).isoformat(),
        "actor": version.actor or None,
        "how": version.how,
        "script": version.script,
        "title": script_history.title_of(station, version),
        "before": version.before,
        "after": version.after,
        "other": version.other or None,
    }


@command(
    help=N_(
        "Take back the last change of a script; twice, and it is as it was. With --to, go back to how it was right "
        "after that change of its history; 0: before the first. Going back is a change like any other: it is entered, "
        "it can be taken back, and what was not approved before airs no sooner. A script that was removed comes back. "
        "What was done to its versions in the same step is taken back with it."
    ),
    examples=["script undo thong-diep-1", "script undo thong-diep-1 --to 41 --dry-run"],
)
@argument("script", metavar="ID", shell_complete=complete_script)
@option("--to", "number", type=click.IntRange(0), metavar=N_("NUMBER"), help=N_("Back to right after this change."))
@with_change_options
@pass_station
def undo(station: Station, *, script: str, number: int | None, options: ChangeOptions) -> None:
    """Go back."""
    past = script_history.history_of(station, script)
    if not past:
        find_script(station, script)
    elif number is None and past[-1].is_rename and past[-1].after:
        make_rename(station, script, past[-1].other, options)
        return
    files = [undone.file for undone in script_history.undo(station, script, number)]
    changes = [script_change_of(file, file.after) if file.after is not None else None for file in files]
    say_what_is_lost(
        station, [(file, each.script if each else None) for file, each in zip(files, changes, strict=True)]
    )
    if not options.agreed(files):
        return
    write_family(station, list(zip(files, changes, strict=True)), options.actor, "undo")
    for file, change in zip(files, changes, strict=True):
        if change is None:
            say(_("{id}: removed.").format(id=file.path.stem))
    written = [change for change in changes if change is not None]
    if written:
        say(_("Written."))
    for change in written:
        say_what_is_missing(station, change)
