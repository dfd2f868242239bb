"""`broadcaster report`: the report that goes to the insurance office, and the same figures for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from broadcaster.cli.filter_options import with_campaign, with_source
from broadcaster.cli.frame import command, open_named_station, option
from broadcaster.cli.option_types import Whole
from broadcaster.cli.out_file import with_out, write_file
from broadcaster.cli.show import hint
from broadcaster.cli.window_options import with_window
from broadcaster.files import refuse_to_replace
from broadcaster.i18n import N_, _
from broadcaster.office.monthly_report import (
    ReportFormat,
    make_report,
    report_file_name,
    report_format,
    report_window,
    window_of,
    word_template,
)
from broadcaster.records.reconcile import Scope
from broadcaster.settings import DEFAULT_TIMEZONE
from broadcaster.station.folder import system_clock
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from broadcaster.office.several_stations import TableFormat
    from broadcaster.office.window import TypedWindow

STDOUT = Path("-")


@command(
    help=N_(
        "Write the report on a month, or on the days that you name: a Word document in the layout of decree "
        "30/2020/NĐ-CP, or a spreadsheet, a page for the browser, CSV or JSON. Reports are in Vietnamese."
    ),
    examples=[
        "report --month 5 --year 2027",
        "report --month 5/2027 --format xlsx",
        "report --month 5/2027 --source 1192/BHXH-TT --out thang-5.html",
        "report --from 2027-03 --to 2027-05",
        "report --bundle xa-tan-phu.zip --bundle xa-hoa-binh.zip --month 5/2027",
        "report --write-template mau-bao-cao.docx",
        "report --month 5/2027 --template mau-bao-cao.docx",
    ],
)
@with_window
@option(
    "--year", metavar=N_("YEAR"), type=Whole(FIRST_YEAR, LAST_YEAR), help=N_("The year of --month; alone: all of it.")
)
@option(
    "--format",
    "format_",
    type=click.Choice([str(kind) for kind in ReportFormat]),
    help=N_("What to write; without it, as --out ends, or docx."),
)
@with_out(N_("Where to write it, - for the standard output; without it, bao-cao-… in this folder."))
@with_campaign
@with_source
@option(
    "--template",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Your own Word template, edited from the one that --write-template writes."),
)
@option(
    "--write-template",
    "new_template",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Write the shipped Word template to this file, to be edited in Word, and nothing else."),
)
@option(
    "--bundle",
    "bundles",
    metavar=N_("FILE"),
    multiple=True,
    type=click.Path(path_type=Path),
    help=N_(
        "Instead of a report, a table of several stations, one for each export that is named so (`audit export`); each "
        "is verified first. Needs no station."
    ),
)
@option("--force", is_flag=True, help=N_("Replace a file that is there already."))
@option(
    "--anyway",
    is_flag=True,
    help=N_(
        "Also of a play history that is not as it was written; every page of the report says so in red, and a table "
        "marks such a station."
    ),
)
def report(
    *,
    typed: TypedWindow,
    year: int | None,
    format_: str | None,
    out: Path | None,
    campaign: str | None,
    source: str | None,
    template: Path | None,
    new_template: Path | None,
    bundles: tuple[Path, ...],
    force: bool,
    anyway: bool,
) -> None:
    """Write the report, the table of several stations, or the template."""
    scope, ending = Scope(campaign, source), "" if out in (None, STDOUT) else out.suffix
    if new_template is not None:
        _write(new_template, word_template(), force=force)
        return
    if bundles:
        from broadcaster.office.several_stations import table_format

        table = table_format(format_, ending, has_template=template is not None)
        _write_table(bundles, typed, year, table, out, scope, force=force, anyway=anyway)
        return
    station = open_named_station()
    kind = report_format(format_, ending, has_template=template is not None)
    window = report_window(station, typed, year)
    out = out or Path(report_file_name(window, kind))
    _refuse_to_replace(out, force=force)
    made = make_report(station, window, kind, scope, template, anyway=anyway)
    _write(out, made.data, force=force)
    if made.is_empty and scope != Scope():
        asked = ", ".join(filter(None, (campaign, source)))
        text = _("Nothing in these days is of {asked}, so the report is empty. Letters in these days: {known}")
        hint(text.format(asked=asked, known=", ".join(made.letters) or _("none")))


def _write_table(
    bundles: tuple[Path, ...],
    typed: TypedWindow,
    year: int | None,
    kind: TableFormat,
    out: Path | None,
    scope: Scope,
    *,
    force: bool,
    anyway: bool,
) -> None:
    """Write the table of several stations; days are told apart in Vietnam's time zone."""
    from broadcaster.office.several_stations import make_table, table_file_name, write_table

    zone = ZoneInfo(DEFAULT_TIMEZONE)
    now = system_clock().astimezone(zone)
    asked = window_of(typed, year, now.date(), zone) if typed.is_given or year else None
    out = out or Path(table_file_name(asked, kind))
    _refuse_to_replace(out, force=force)
    table = make_table(bundles, asked, zone, now, scope, anyway=anyway)
    _write(out, write_table(table, kind), force=force)


def _refuse_to_replace(path: Path, *, force: bool) -> None:
    """Raise InputError for a file that is there: it may be a report that was filled in by hand, or signed."""
    if path != STDOUT and not force:
        refuse_to_replace(path, _("name another with --out, or replace it with --force"))


def _write(path: Path, data: bytes, *, force: bool) -> None:
    if path == STDOUT:
        sys.stdout.buffer.write(data)
        return
    _refuse_to_replace(path, force=force)
    write_file(path, data)
    if path.suffix == ".docx":
        hint(_("Fill in the dotted blanks in Word: number, date, recipients, signature."))
