"""`broadcaster report`: the report that goes to the insurance office, and the same figures for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.filter_options import with_campaign, with_source
from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import hint, say
from broadcaster.cli.window_options import with_window
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.monthly_report import gather_figures, render_report, report_name, report_window

if TYPE_CHECKING:
    from broadcaster.office.window import TypedWindow
    from broadcaster.station.folder import Station

FORMATS = ("docx", "xlsx", "csv", "json", "html")
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
        "report --write-template mau-bao-cao.docx",
        "report --month 5/2027 --template mau-bao-cao.docx",
    ],
)
@with_window
@option(
    "--year", metavar=N_("YEAR"), type=click.IntRange(1970, 9998), help=N_("The year of --month; alone: all of it.")
)
@option(
    "--format", "format_", type=click.Choice(FORMATS), help=N_("What to write; without it, as --out ends, or docx.")
)
@option(
    "--out",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Where to write it, - for the standard output; without it, bao-cao-… in this folder."),
)
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
) -> None:
    """Write the report, or the template."""
    if new_template is not None:
        from broadcaster.records.monthly.word import TEMPLATE

        _write(new_template, TEMPLATE.read_bytes(), force=force)
        return
    kind = _format(format_, out, template)
    window = report_window(station, typed, year)
    out = out or Path(f"bao-cao-{report_name(window)}.{kind}")
    _refuse_to_replace(out, force=force)
    figures, seal = gather_figures(station, window, campaign, source, sealed=kind != "csv")
    _write(out, render_report(kind, figures, seal, template), force=force)


def _format(typed: str | None, out: Path | None, template: Path | None) -> str:
    """Return the format that was asked for, in words or by the file's ending."""
    ending = out.suffix[1:].lower() if out and out != STDOUT else ""
    if ending and ending not in FORMATS and typed is None:
        what = _('"{found}" is not a format of reports').format(found=f".{ending}")
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=", ".join(FORMATS))))
    kind = typed or ending or "docx"
    if template is not None and kind != "docx":
        raise InputError(Problem(_("a template is for Word documents"), _("leave --template out, or write docx")))
    return kind


def _refuse_to_replace(path: Path, *, force: bool) -> None:
    """Raise InputError for a file that is there: it may be a report that was filled in by hand, or signed."""
    if path != STDOUT and path.exists() and not force:
        todo = _("name another with --out, or replace it with --force")
        raise InputError(Problem(_("the file is there already"), todo, path))


def _write(path: Path, data: bytes, *, force: bool) -> None:
    from broadcaster.files import replace_file

    if path == STDOUT:
        sys.stdout.buffer.write(data)
        return
    _refuse_to_replace(path, force=force)
    replace_file(path.absolute(), data)
    say(str(path))
    if path.suffix == ".docx":
        hint(_("Fill in the dotted blanks in Word: number, date, recipients, signature."))
