"""The report of a month or of any days: which days, what the file is called, the figures, and one format of it."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.audit import require_whole
from broadcaster.office.window import TypedWindow, Window, read_window, whole_month
from broadcaster.records.reconcile import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from broadcaster.records.checkpoint import Broken, SignedCheckpoint
    from broadcaster.records.ledger import Head, Ledger
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
    return window_of(typed, year, station.now().date(), station.settings.timezone)


def window_of(typed: TypedWindow, year: int | None, today: date, zone: ZoneInfo) -> Window:
    """Return the same as seen on a day, in a time zone."""
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


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report as a file. `is_empty`: nothing was counted; `letters` are then all that these days have."""

    data: bytes
    is_empty: bool
    letters: tuple[str, ...] = ()


def make_report(
    station: Station, window: Window, kind: ReportFormat, scope: Scope, template: Path | None, *, anyway: bool = False
) -> MadeReport:
    """Work the figures of these days out and return the report on them as a file; a `template` is for Word.

    The history is verified first: where it is broken there is no report, or with `anyway` one that says so on every
    page. All but CSV, which has no place for it, bear a checkpoint of the history that was read, which signs the
    figures too. Raises RecordError where there is no play history or it is broken, InputError for a template that
    cannot be used.
    """
    broken = require_whole(station, anyway=anyway)
    with _no_search_for_cycles():
        from broadcaster.records import checkpoint
        from broadcaster.records.monthly.seal import Seal

        figures, head = _figures(station, window, scope, broken)
        signed = None if kind is ReportFormat.CSV else _signed(station, head, figures)
        data = render(kind, figures, Seal.of(signed) if signed else None, template)
        if signed is not None:  # only now: a template that cannot be used leaves nothing behind
            checkpoint.keep(signed)
    if figures.lines or figures.activities or figures.withdrawn:
        return MadeReport(data, is_empty=False)
    with station.ledger(read_only=True) as ledger:
        everything = count(ledger, window, figures.heading.made_at, "", EVERYTHING)
    return MadeReport(data, is_empty=True, letters=everything.letters)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Keep Python from looking for cycles again and again among a million objects that have none.

    It takes a quarter of the time of a year's report.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def word_template() -> bytes:
    """Return the shipped Word template, to be edited in Word."""
    from broadcaster.records.monthly.word import TEMPLATE

    return TEMPLATE.read_bytes()


def _figures(station: Station, window: Window, scope: Scope, broken: Broken | None) -> tuple[Figures, Head]:
    """Return the figures, and how far the play history reached when they were read."""
    now = station.now().replace(microsecond=0)  # as the checkpoint says it: whoever counts again must find the same
    with station.ledger(read_only=True) as ledger:
        while True:
            head = ledger.head()
            figures = count(ledger, window, now, station.settings.name, scope, broken)
            if ledger.head() == head:  # a row that came meanwhile may be in the figures, or not
                return figures, head


def count(
    ledger: Ledger, window: Window, now: datetime, station: str, scope: Scope, broken: Broken | None = None
) -> Figures:
    """Return the figures of these days from a play history, as of `now`; `station` is the name on the report."""
    from broadcaster.records.activities import read_activities, to_report
    from broadcaster.records.frozen_plan import read_frozen
    from broadcaster.records.monthly.figures import Heading, figures
    from broadcaster.records.reconcile import reconcile_window

    found = reconcile_window(ledger, window.start, window.end, now, scope=scope)
    heading = Heading(station, window.first, window.last, window.zone, now, scope, broken)
    done = to_report(read_activities(ledger), window.first, window.last, scope)
    return figures(found, heading, read_frozen(ledger), done)


def _signed(station: Station, head: Head, figures: Figures) -> SignedCheckpoint:
    from broadcaster.records import checkpoint
    from broadcaster.records.monthly.digest import sign_figures

    station.keep_key()
    at, signed = figures.heading.made_at, sign_figures(figures)
    return checkpoint.sign(station.root, station.settings.name, head, at, figures=signed, broken=figures.heading.broken)


def render(kind: ReportFormat, figures: Figures, seal: Seal | None, template: Path | None) -> bytes:
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
