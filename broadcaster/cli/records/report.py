"""`broadcaster report`: the report that goes to the insurance office, and the same figures for other programs."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import hint, say
from broadcaster.cli.window_options import with_window
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.window import TypedWindow, Window, read_window

if TYPE_CHECKING:
    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.seal import Seal
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
@option("--campaign", metavar="ID", shell_complete=complete_campaign, help=N_("Only this campaign."))
@option("--source", metavar=N_("LETTER"), help=N_("Only what this letter ordered, such as 1192/BHXH-TT."))
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
    window = _window(station, typed, year)
    out = out or Path(f"bao-cao-{_name(window)}.{kind}")
    _refuse_to_replace(out, force=force)
    figures, seal = _gather(station, window, campaign, source, sealed=kind != "csv")
    _write(out, _rendered(kind, figures, seal, template), force=force)


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


def _window(station: Station, typed: TypedWindow, year: int | None) -> Window:
    """Return the days that are asked for; without any, the month of yesterday: on 1 June all of May."""
    today, zone = station.now().date(), station.settings.timezone
    yesterday = today - timedelta(days=1)
    month = (
        yesterday.replace(day=1),
        (yesterday.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1),
    )
    if year is None:
        return read_window(typed, today, zone, month, past=True)
    if typed.day or typed.week or typed.first or typed.last or not (typed.month or "0").isdecimal():
        raise InputError(Problem(_("--year stands alone or beside a month without a year"), "--month 5 --year 2027"))
    if typed.month is None:
        return Window(date(year, 1, 1), date(year, 12, 31), zone)
    return read_window(replace(typed, month=f"{typed.month}/{year}"), today, zone, month)


def _name(window: Window) -> str:
    """Return what the file is called after: 2027-05, 2027, 2027-05-15, 2027-05-01_2027-05-07."""
    first, last = window.first, window.last
    if first == last:
        return first.isoformat()
    after = last + timedelta(days=1)
    if first.day == 1 and after == (first + timedelta(days=31)).replace(day=1):
        return f"{first:%Y-%m}"
    if (first.month, first.day) == (1, 1) and after == date(first.year + 1, 1, 1):
        return str(first.year)
    return f"{first.isoformat()}_{last.isoformat()}"


def _gather(
    station: Station, window: Window, campaign: str | None, source: str | None, *, sealed: bool
) -> tuple[Figures, Seal | None]:
    """Work the figures out; where they are `sealed`, sign how far the history reached when they were read."""
    from broadcaster.records.checkpoint import take
    from broadcaster.records.monthly.figures import Heading, figures
    from broadcaster.records.monthly.seal import Seal
    from broadcaster.records.reconcile import Scope, reconcile_window

    now, settings, scope = station.now(), station.settings, Scope(campaign, source)
    with station.ledger(read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, now, scope=scope)
        head = ledger.head()
    heading = Heading(settings.name, window.first, window.last, settings.timezone, now, scope)
    seal = Seal.of(take(station.root, settings.name, head, now)) if sealed else None
    return figures(found, heading), seal


def _rendered(kind: str, figures: Figures, seal: Seal | None, template: Path | None) -> bytes:
    """Write the report in one format; each is imported only when it is asked for."""
    match kind:
        case "docx":
            from broadcaster.records.monthly.word import TEMPLATE, write_word

            return write_word(figures, seal, template or TEMPLATE)
        case "xlsx":
            from broadcaster.records.monthly.excel import write_excel

            return write_excel(figures, seal)
        case "html":
            from broadcaster.records.monthly.html_page import write_html

            return write_html(figures, seal)
        case "csv":
            from broadcaster.records.monthly.csv_json import write_csv

            return write_csv(figures)
        case _:
            from broadcaster.records.monthly.csv_json import write_json

            return write_json(figures, seal)


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
