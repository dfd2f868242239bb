"""`broadcaster report`: the report that goes to the insurance office, and the same figures for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.filter_options import with_campaign, with_source
from broadcaster.cli.frame import command, option, pass_station
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
    word_template,
)
from broadcaster.records.reconcile import Scope

if TYPE_CHECKING:
    from broadcaster.office.window import TypedWindow
    from broadcaster.station.folder import Station

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
        "report --write-template mau-bao-cao.docx",
        "report --month 5/2027 --template mau-bao-cao.docx",
    ],
)
@with_window
@option(
    "--year", metavar=N_("YEAR"), type=click.IntRange(1970, 9998), help=N_("The year of --month; alone: all of it.")
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
@option("--force", is_flag=True, help=N_("Replace a file that is there already."))
@option(
    "--anyway",
    is_flag=True,
    help=N_("Also of a play history that is not as it was written; every page of the report says so in red."),
)
@pass_station
def report(
    station: Station,
    *,
    typed: TypedWindow,
    year: int | None,
    format_: str | None,
    out: Path | None,
    campaign: str | None,
    source: str | None,
    template: Path | None,
    new_template: Path | None,
    force: bool,
    anyway: bool,
) -> None:
    """Write the report, or the template."""
    if new_template is not None:
        _write(new_template, word_template(), force=force)
        return
    kind = report_format(format_, "" if out in (None, STDOUT) else out.suffix, has_template=template is not None)
    window = report_window(station, typed, year)
    out = out or Path(report_file_name(window, kind))
    _refuse_to_replace(out, force=force)
    _write(out, make_report(station, window, kind, Scope(campaign, source), template, anyway=anyway), force=force)


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
