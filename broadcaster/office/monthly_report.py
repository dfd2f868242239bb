"""The report of a month or of any days: which days, what the file is called, the figures, and one format of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.window import TypedWindow, Window, read_window, whole_month

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.seal import Seal
    from broadcaster.station.folder import Station


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


def report_name(window: Window) -> str:
    """Return what the file is called after: 2027-05, 2027, 2027-05-15, 2027-05-01_2027-05-07."""
    first, last = window.first, window.last
    if first == last:
        return first.isoformat()
    if window == whole_month(first, window.zone):
        return f"{first:%Y-%m}"
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    return f"{first.isoformat()}_{last.isoformat()}"


def gather_figures(
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


def render_report(kind: str, figures: Figures, seal: Seal | None, template: Path | None) -> bytes:
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
