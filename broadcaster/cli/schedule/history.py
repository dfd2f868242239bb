"""`broadcaster schedule history` and `undo`: who changed what and when, and back to any earlier version."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.change_options import ChangeOptions, with_change_options
from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.show import say, show_diff, show_json, show_table
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.wording import when
from broadcaster.schedule import versions
from broadcaster.schedule.campaign_edit import Change
from broadcaster.station import edits

if TYPE_CHECKING:
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Show who changed campaigns, when and what, the latest first; of one campaign, or of all. What was edited "
        "by hand is entered when the desk, or the next command that changes something, sees it."
    ),
    examples=["schedule history", "schedule history thang-5 --json", "schedule history --diff 41"],
)
@argument("campaign", metavar="ID", required=False, shell_complete=complete_campaign)
@option("--diff", "number", type=int, metavar=N_("NUMBER"), help=N_("Show the lines that this change changed."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def history(station: Station, *, campaign: str | None, number: int | None, as_json: bool) -> None:
    """Show the versions."""
    past = [version for version in _past(station) if campaign is None or _touches(version, campaign)]
    if number is not None:
        _show_diff(station, past, number)
    elif as_json:
        show_json([_to_json(version) for version in reversed(past)])
    elif past:
        columns = (_("number"), _("when"), _("who"), _("what"))
        show_table(columns, [_row(station, version) for version in reversed(past)], right=[0])
    else:
        say(_("Nothing was changed yet."))


def _past(station: Station) -> list[Version]:
    """Return all changes; last what was edited by hand and is not entered yet, with the number 0."""
    if not station.ledger_path.exists():
        return []
    with closing(station.ledger(read_only=True)) as ledger:
        past = edits.history(ledger)
    found = edits.not_entered(station, past, "-")
    return [*past, found] if found else past


def _touches(version: Version, campaign: str) -> bool:
    return any(file.file == f"{campaign}.toml" for file in version.files)


def _row(station: Station, version: Version) -> list[str]:
    who = version.actor
    if version.how == edits.BY_HAND:
        who = _("by hand, seen by {actor}").format(actor=who) if version.number else _("by hand, not entered yet")
    number = str(version.number) if version.number else "–"
    return [number, when(version.at.astimezone(station.settings.timezone)), who, version.summary]


def _to_json(version: Version) -> dict[str, Any]:
    files = [{"file": file.file, "before": file.before, "after": file.after} for file in version.files]
    return {
        "number": version.number or None,
        "at": version.at.isoformat(timespec="seconds"),
        "actor": version.actor,
        "how": version.how,
        "summary": version.summary,
        "files": files,
    }


def _show_diff(station: Station, past: list[Version], number: int) -> None:
    found = next((version for version in past if version.number == number), None)
    if found is None:
        raise _unknown(number, past)
    for file in found.files:
        show_diff(edits.between(station.schedules_folder / file.file, file.before, file.after).diff())


def _unknown(number: int, past: list[Version]) -> InputError:
    known = ", ".join(str(version.number) for version in past[-12:] if version.number) or _("none")
    what = _("there is no change with the number {number}").format(number=number)
    return InputError(Problem(what, _("there are: {known}").format(known=known)))


@command(
    help=N_(
        "Take back the last change of the campaigns, or of one; twice, and it is as it was. With --to, go back to "
        "how all was right after that change of the history; 0: before the first. Going back is a change like any "
        "other: it is entered, and can be taken back."
    ),
    examples=["schedule undo", "schedule undo thang-5", "schedule undo --to 41 --dry-run"],
)
@argument("campaign", metavar="ID", required=False, shell_complete=complete_campaign)
@option("--to", "number", type=click.IntRange(0), metavar=N_("NUMBER"), help=N_("Back to right after this change."))
@with_change_options
@pass_station
def undo(station: Station, *, campaign: str | None, number: int | None, options: ChangeOptions) -> None:
    """Go back."""
    past = [version for version in _past(station) if campaign is None or _touches(version, campaign)]
    if not past:
        raise InputError(Problem(_("nothing was changed yet, so there is nothing to take back")))
    if number and number not in [version.number for version in past]:
        raise _unknown(number, past)
    back = past[-1:] if number is None else [v for v in past if v.number > number or not v.number]
    targets: dict[str, str] = {}
    for version in back:
        for file in version.files:
            if campaign is None or file.file == f"{campaign}.toml":
                targets.setdefault(file.file, file.before)
    changes = [_back_to(station, name, digest) for name, digest in targets.items()]
    said = _("back to {number}") if number is not None else _("taken back: {summary}")
    options.make(station, changes, said.format(number=number, summary=past[-1].summary))


def _back_to(station: Station, name: str, digest: str) -> Change:
    path = station.schedules_folder / name
    return Change(path, versions.text_of(path), versions.load(path, digest))
