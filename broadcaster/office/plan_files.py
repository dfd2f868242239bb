"""The plan of some days as a file: a list (.xlsx, .csv), a calendar (.ics), or a month to print (.html)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.window import TypedWindow, Window, a_year_from, read_window
from broadcaster.office.wording_forecast import prospect_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from broadcaster.schedule.sheets.write import PlanLine
    from broadcaster.station.folder import Station

FORMATS = (".xlsx", ".csv", ".ics", ".html")
_BAD = (ProspectState.BLOCKED, ProspectState.NO_SCRIPT)


def plan_file(station: Station, suffix: str, typed: TypedWindow, campaigns: Collection[str]) -> bytes:
    """Return the plan of these campaigns as a file; `suffix` is one of `FORMATS`.

    Without named days: the coming year; a page to print takes the next month with something in it. With named days it
    takes the whole month of the first.
    """
    today, zone = station.now().date(), station.settings.timezone
    year = a_year_from(today, zone)
    window = read_window(typed, today, zone, (year.first, year.last))
    if suffix == ".html":
        window = _month_of(window) if typed.is_given else _next_month_with_plan(station, window, campaigns)
    return _write(station, suffix, window, plan_lines(station, window, campaigns))


def _write(station: Station, suffix: str, window: Window, lines: list[PlanLine]) -> bytes:
    from broadcaster.schedule.sheets.calendar_file import plan_ics
    from broadcaster.schedule.sheets.month_page import month_html
    from broadcaster.schedule.sheets.write import plan_csv, plan_xlsx

    name = station.settings.name
    if suffix == ".ics":
        return plan_ics(lines, name, station.now())
    if suffix == ".html":
        return month_html(window.first, lines, name)
    return plan_xlsx(lines) if suffix == ".xlsx" else plan_csv(lines)


def _next_month_with_plan(station: Station, window: Window, campaigns: Collection[str]) -> Window:
    lines = plan_lines(station, window, campaigns)
    return _month_of(Window(lines[0].occurrence.start.date(), window.last, window.zone) if lines else window)


def _month_of(window: Window) -> Window:
    """Return the whole month of a window's first day."""
    first = window.first.replace(day=1)
    return Window(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), window.zone)


def plan_lines(station: Station, window: Window, campaigns: Collection[str]) -> list[PlanLine]:
    """Return a line for each occurrence of these campaigns, by their ids, with the titles of its scripts."""
    from broadcaster.schedule.sheets.write import PlanLine

    titles = {id_: script.title for id_, script in station.scripts()[0].items()}
    prospects = [p for p in look_ahead(station, window).prospects if p.occurrence.campaign in campaigns]
    return [
        PlanLine(
            prospect.occurrence,
            tuple(titles.get(id_, id_) for id_ in prospect.occurrence.scripts),
            prospect.length,
            prospect_text(prospect),
            bad=prospect.state in _BAD,
        )
        for prospect in prospects
    ]
