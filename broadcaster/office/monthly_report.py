"""The report of a month or of any days: which days, what the file is called, the figures, and one format of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.window import TypedWindow, Window, read_window, whole_month

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.ledger import Head
    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.seal import Seal
    from broadcaster.records.reconcile import Scope
    from broadcaster.station.folder import Station


class ReportFormat(StrEnum):
    """What a report can be written as; each is the ending of its file."""

    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def report_window(station: Station, typed: TypedWindow, year: int | None) -> Window:
    """Return the days that are asked for; without any, the month of yesterday: on 1 June all of May."""
    today, zone = station.now().date(), station.settings.timezone
    month = whole_month(today - timedelta(days=1), zone)
    if year is None:
        return read_window(typed, today, zone, (month.first, month.last), past=True)
    if typed.day or typed.week or typed.first or typed.last or not (typed.month or "0").isdecimal():
        raise InputError(Problem(_("--year is given alone, or with a month without a year"), "--month 5 --year 2027"))
    if typed.month is None:
        return Window(date(year, 1, 1), date(year, 12, 31), zone)
    return read_window(replace(typed, month=f"{typed.month}/{year}"), today, zone, (month.first, month.last))


def _days_name(window: Window) -> str:
    """Return the days in the name of a file: 2027-05, 2027, 2027-05-15, 2027-05-01_2027-05-07."""
    first, last = window.first, window.last
    if first == last:
        return first.isoformat()
    if window == whole_month(first, window.zone):
        return f"{first:%Y-%m}"
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    return f"{first.isoformat()}_{last.isoformat()}"


def report_file_name(window: Window, kind: ReportFormat) -> str:
    """Return what the file of a report is called where nobody names it: bao-cao-2027-05.docx."""
    return f"bao-cao-{_days_name(window)}.{kind}"


def report_format(named: str | None, ending: str, *, has_template: bool) -> ReportFormat:
    """Return the format that was named, else that of a file's ending (".docx"; "" for none), else Word.

    Raises InputError for an ending of no format, and for a template with a format that uses none.
    """
    kind = ReportFormat(named) if named else _format_of(ending)
    if has_template and kind is not ReportFormat.DOCX:
        raise InputError(Problem(_("a template is for Word documents"), _("leave --template out, or write docx")))
    return kind


def _format_of(ending: str) -> ReportFormat:
    if not ending:
        return ReportFormat.DOCX
    try:
        return ReportFormat(ending[1:].lower())
    except ValueError as error:
        what = _('"{found}" is not a format of reports').format(found=ending.lower())
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=", ".join(ReportFormat)))) from error


def make_report(station: Station, window: Window, kind: ReportFormat, scope: Scope, template: Path | None) -> bytes:
    """Work the figures of these days out and return the report on them as a file; a `template` is for Word.

    All but CSV, which has no place for it, bear a signed checkpoint of the history that was read. Raises RecordError
    where there is no play history, InputError for a template that cannot be used.
    """
    figures, head = _figures(station, window, scope)
    seal = None if kind is ReportFormat.CSV else _seal(station, head, figures.heading.made_at)
    return _render(kind, figures, seal, template)


def word_template() -> bytes:
    """Return the shipped Word template, to be edited in Word."""
    from broadcaster.records.monthly.word import TEMPLATE

    return TEMPLATE.read_bytes()


def _figures(station: Station, window: Window, scope: Scope) -> tuple[Figures, Head]:
    """Return the figures, and how far the play history reached when they were read."""
    from broadcaster.records.monthly.figures import Heading, figures
    from broadcaster.records.reconcile import reconcile_window

    now, settings = station.now(), station.settings
    with station.ledger(read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, now, scope=scope)
        head = ledger.head()
    return figures(found, Heading(settings.name, window.first, window.last, settings.timezone, now, scope)), head


def _seal(station: Station, head: Head, at: datetime) -> Seal:
    from broadcaster.records.checkpoint import take
    from broadcaster.records.monthly.seal import Seal

    station.keep_key()
    return Seal.of(take(station.root, station.settings.name, head, at))


def _render(kind: ReportFormat, figures: Figures, seal: Seal | None, template: Path | None) -> bytes:
    """Write the report in one format; each is imported only when it is asked for."""
    match kind:
        case ReportFormat.DOCX:
            from broadcaster.records.monthly.word import TEMPLATE, write_word

            return write_word(figures, seal, template or TEMPLATE)
        case ReportFormat.XLSX:
            from broadcaster.records.monthly.excel import write_excel

            return write_excel(figures, seal)
        case ReportFormat.HTML:
            from broadcaster.records.monthly.html_page import write_html

            return write_html(figures, seal)
        case ReportFormat.CSV:
            from broadcaster.records.monthly.csv_json import write_csv

            return write_csv(figures)
        case ReportFormat.JSON:
            from broadcaster.records.monthly.csv_json import write_json

            return write_json(figures, seal)
