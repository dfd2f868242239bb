"""`broadcaster schedule template`, `export` and `import`: campaigns as spreadsheets, plans as calendars and pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.change_options import (
    ChangeOptions,
    refuse_what_rules_forbid,
    with_anyway,
    with_plan_change_options,
)
from broadcaster.cli.filter_options import with_campaign
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.out_file import write_file
from broadcaster.cli.problems import told
from broadcaster.cli.show import hint, say
from broadcaster.cli.window_options import with_window
from broadcaster.errors import InputError, Problem
from broadcaster.files import refuse_to_replace
from broadcaster.i18n import N_, _
from broadcaster.office import plan_files, timetable_files
from broadcaster.office.find import find_campaign
from broadcaster.office.silent_changes import SilentKind
from broadcaster.office.wording_days_off import left_out_text

if TYPE_CHECKING:
    from broadcaster.office.window import TypedWindow
    from broadcaster.station.folder import Station

_FILE = click.Path(path_type=Path, dir_okay=False)


@command(
    help=N_(
        "Write a spreadsheet to start from, with the columns that import reads and a sheet that explains them; one "
        "row shows how it is done."
    ),
    examples=["schedule template lich.xlsx", "schedule template lich.csv"],
)
@argument("file", metavar=N_("FILE"), type=_FILE)
@option("--force", is_flag=True, help=N_("Replace a file that is there."))
@pass_station
def template(station: Station, *, file: Path, force: bool) -> None:
    """Write an empty timetable."""
    suffix = _suffix(file, timetable_files.FORMATS)
    _write(file, timetable_files.timetable_file(suffix, [timetable_files.sample_campaign(station)]), force=force)


@command(
    "export",
    help=N_(
        "Write campaigns into a spreadsheet that import reads again (.xlsx, .csv); or the plan of some days as a "
        "list (.xlsx, .csv with --day, --week, --month or --from), as a calendar (.ics: a year, or the days that "
        "you name) or as a month to print (.html, A4 landscape)."
    ),
    examples=[
        "schedule export lich.xlsx",
        "schedule export thang-5.csv --campaign thang-5",
        "schedule export luot-phat.xlsx --month 5/2027",
        "schedule export lich.ics",
        "schedule export thang-5.html --month 5/2027",
    ],
)
@argument("file", metavar=N_("FILE"), type=_FILE)
@with_campaign
@with_window
@option("--force", is_flag=True, help=N_("Replace a file that is there."))
@pass_station
def export(station: Station, *, file: Path, campaign: str | None, typed: TypedWindow, force: bool) -> int:
    """Write a timetable or a plan."""
    suffix = _suffix(file, plan_files.FORMATS)
    campaigns, problems = station.campaigns()
    chosen = {campaign: find_campaign(station, campaign)} if campaign else campaigns
    if typed.is_given or suffix not in timetable_files.FORMATS:
        data = plan_files.plan_file(station, suffix, typed, chosen)
    else:
        data = timetable_files.timetable_file(suffix, chosen.values())
    _write(file, data, force=force)
    return told(problems)


def _suffix(file: Path, allowed: tuple[str, ...]) -> str:
    suffix = file.suffix.lower()
    if suffix not in allowed:
        what = _('a file name that ends in "{end}" does not say what to write').format(end=file.suffix)
        todo = _("allowed: {allowed}").format(allowed=", ".join(allowed))
        if suffix == ".pdf" and ".html" in allowed:
            todo = _("write a .html, open it in a browser and print it, or save it as PDF from there")
        raise InputError(Problem(what, todo, file))
    return suffix


def _write(file: Path, data: bytes, *, force: bool) -> None:
    if not force:
        refuse_to_replace(file, _("choose another name, or say --force"))
    write_file(file, data)


@command(
    "import",
    help=N_(
        "Import campaigns and slots from a spreadsheet (.xlsx, .csv) in the layout that export and "
        "template write. All mistakes are listed at once, by sheet, row and column, and nothing is "
        "imported unless all of it is right. What the file does not name stays as it is."
    ),
    examples=["schedule import lich.xlsx --dry-run", "schedule import lich.csv --yes"],
)
@argument("file", metavar=N_("FILE"), type=_FILE)
@option("--replace", "replace_all", is_flag=True, help=N_("Remove slots of its campaigns that the file leaves out."))
@with_anyway
@with_plan_change_options
@pass_station
def import_(station: Station, *, file: Path, replace_all: bool, anyway: bool, options: ChangeOptions) -> None:
    """Take in a spreadsheet."""
    found = timetable_files.import_timetable(station, file, replace_all=replace_all)
    result = found.result
    for note in found.notes:
        hint(_("Note: {finding}").format(finding=note))
    for left_out in found.before:
        hint(_("Note: {finding}").format(finding=left_out_text(left_out)))
    refuse_what_rules_forbid(station, result.campaigns, anyway=anyway)
    if result.left_out and not replace_all:
        text = _(
            "Not in the file, and left as they are: {names}. To remove one: broadcaster schedule remove {first}; all "
            "of them: --replace"
        )
        hint(text.format(names=", ".join(result.left_out), first=result.left_out[0]))
    say(_("Read: {slots} slots of {campaigns} campaigns.").format(slots=found.slots, campaigns=len(result.campaigns)))
    options.make(station, result.changes, told=(SilentKind.OVER,))
