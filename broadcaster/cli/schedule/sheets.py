"""`broadcaster schedule template`, `export` and `import`: campaigns as spreadsheets, plans as calendars and pages."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.change_options import ChangeOptions, refuse_what_rules_forbid, with_change_options
from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.problems import told
from broadcaster.cli.schedule.slots import UNKNOWN
from broadcaster.cli.show import hint, say
from broadcaster.cli.window_options import with_window
from broadcaster.errors import InputError, Problem
from broadcaster.files import replace_file
from broadcaster.i18n import N_, _
from broadcaster.models import Campaign, Slot, YearDay
from broadcaster.office.find import find_by_id
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.window import TypedWindow, Window, a_year_from, read_window
from broadcaster.office.wording_forecast import prospect_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.schedule.sheets.write import PlanLine
    from broadcaster.station.folder import Station

_FORMATS = (".xlsx", ".csv", ".ics", ".html")
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
    from broadcaster.schedule.sheets.write import timetable_csv, timetable_xlsx

    scripts = tuple(sorted(station.scripts()[0])[:2]) or ("thong-diep-1",)
    times = time(5, 30), time(17)
    slot = Slot("sang-chieu", times, scripts, days=frozenset(range(1, 6)), repeat=2, gap=timedelta(seconds=10))
    sample = Campaign("dot-moi", "Tên đợt tuyên truyền", Path(), YearDay(6, 1), YearDay(6, 30), (slot,), "12/KH-UBND")
    writers = {".xlsx": timetable_xlsx, ".csv": timetable_csv}
    _write(file, writers[_format(file, (".xlsx", ".csv"))]([sample]), force=force)


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
@option("--campaign", metavar="ID", shell_complete=complete_campaign, help=N_("Only this campaign."))
@with_window
@option("--force", is_flag=True, help=N_("Replace a file that is there."))
@pass_station
def export(station: Station, *, file: Path, campaign: str | None, typed: TypedWindow, force: bool) -> int:
    """Write a timetable or a plan."""
    kind = _format(file, _FORMATS)
    campaigns, problems = station.campaigns()
    chosen = {campaign: find_by_id(campaigns, campaign, problems, _(UNKNOWN))} if campaign else campaigns
    if kind in (".ics", ".html") or typed != TypedWindow(None, None, None, None, None):
        _write(file, _plan(station, kind, typed, chosen), force=force)
    else:
        from broadcaster.schedule.sheets.write import timetable_csv, timetable_xlsx

        writer = timetable_xlsx if kind == ".xlsx" else timetable_csv
        _write(file, writer(chosen.values()), force=force)
    return told(problems)


def _plan(station: Station, kind: str, typed: TypedWindow, campaigns: Mapping[str, Campaign]) -> bytes:
    """Return the plan of the days that were asked for; a month page takes the month of the first of them."""
    from broadcaster.schedule.sheets.calendar_file import plan_ics
    from broadcaster.schedule.sheets.month_page import month_html
    from broadcaster.schedule.sheets.write import plan_csv, plan_xlsx

    today, zone = station.now().date(), station.settings.timezone
    year = a_year_from(today, zone)
    window = read_window(typed, today, zone, (year.first, year.last))
    if kind == ".html":
        window = _month(station, window, campaigns, given=typed != TypedWindow(None, None, None, None, None))
    lines = _lines(station, window, campaigns)
    name = station.settings.name
    if kind == ".ics":
        return plan_ics(lines, name, station.now())
    if kind == ".html":
        return month_html(window.first, lines, name)
    return plan_xlsx(lines) if kind == ".xlsx" else plan_csv(lines)


def _month(station: Station, window: Window, campaigns: Mapping[str, Campaign], *, given: bool) -> Window:
    """Return the whole month of a window's first day; where no days were named, the next month with something in it."""
    first = window.first
    if not given:
        lines = _lines(station, window, campaigns)
        first = lines[0].occurrence.start.date() if lines else first
    first = first.replace(day=1)
    return Window(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), window.zone)


def _lines(station: Station, window: Window, campaigns: Mapping[str, Campaign]) -> list[PlanLine]:
    from broadcaster.schedule.sheets.write import PlanLine

    titles = {id_: script.title for id_, script in station.scripts()[0].items()}
    prospects = [p for p in look_ahead(station, window).prospects if p.occurrence.campaign in campaigns]
    return [
        PlanLine(
            prospect.occurrence,
            tuple(titles.get(id_, id_) for id_ in prospect.occurrence.scripts),
            prospect.length,
            prospect_text(prospect),
            bad=prospect.state in (ProspectState.BLOCKED, ProspectState.NO_SCRIPT),
        )
        for prospect in prospects
    ]


def _format(file: Path, allowed: tuple[str, ...]) -> str:
    kind = file.suffix.lower()
    if kind not in allowed:
        what = _('a file name that ends in "{end}" does not say what to write').format(end=file.suffix)
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=", ".join(allowed)), file))
    return kind


def _write(file: Path, data: bytes, *, force: bool) -> None:
    if file.exists() and not force:
        raise InputError(Problem(_("there is such a file already"), _("choose another name, or say --force"), file))
    replace_file(file, data)
    say(_("Written: {path}").format(path=file))


@command(
    "import",
    help=N_(
        "Take campaigns and slots from a spreadsheet (.xlsx, .csv) in the layout that export and template write. "
        "All mistakes are told at once, by sheet, row and column, and nothing is taken unless all of it is good. "
        "What the file does not name stays as it is."
    ),
    examples=["schedule import lich.xlsx --dry-run", "schedule import lich.csv --yes"],
)
@argument("file", metavar=N_("FILE"), type=_FILE)
@option("--replace", "replace_all", is_flag=True, help=N_("Remove slots of its campaigns that the file leaves out."))
@option("--anyway", is_flag=True, help=N_("Also where a rule will forbid it."))
@with_change_options
@pass_station
def import_(station: Station, *, file: Path, replace_all: bool, anyway: bool, options: ChangeOptions) -> None:
    """Take in a spreadsheet."""
    from broadcaster.schedule.sheets.read_timetable import read_sheet
    from broadcaster.schedule.sheets.take_over import take_over

    campaigns, problems = station.campaigns()
    if problems:
        raise InputError(*problems)  # a file with mistakes cannot be edited, and may be the one that is meant
    sheet = read_sheet(file, campaigns, station.scripts()[0])
    found = take_over(sheet, campaigns, station.schedules_folder, replace_all=replace_all)
    refuse_what_rules_forbid(station, found.campaigns, anyway=anyway)
    if found.left_out and not replace_all:
        names = ", ".join(found.left_out)
        hint(_("Not in the file, and left as they are: {names}. --replace removes them.").format(names=names))
    say(_("Read: {slots} slots of {campaigns} campaigns.").format(slots=sheet.count, campaigns=len(found.campaigns)))
    options.make(station, found.changes)
