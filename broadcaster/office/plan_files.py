"""The plan of some days as a file: a list (.xlsx, .csv), a calendar (.ics), or a month to print (.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.forecast import look_ahead
from broadcaster.office.station_files import read_files
from broadcaster.office.window import TypedWindow, Window, a_year_from, read_window, whole_month
from broadcaster.office.wording import titled
from broadcaster.office.wording_forecast import prospect_text
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from zoneinfo import ZoneInfo

    from broadcaster.office.forecast import Forecast
    from broadcaster.office.station_files import StationFiles
    from broadcaster.schedule.sheets.write import PlanLine
    from broadcaster.station.folder import Station

FORMATS = (".xlsx", ".csv", ".ics", ".html")


def plan_file(station: Station, suffix: str, typed: TypedWindow, campaigns: Collection[str]) -> bytes:
    """Return the plan of these campaigns as a file; `suffix` is one of `FORMATS`.

    Without named days: the coming year; a page to print takes the next month with something in it. Raise InputError
    where one is asked for other days than a whole month.
    """
    today, zone = station.now().date(), station.settings.timezone
    year = a_year_from(today, zone)
    window = read_window(typed, today, zone, (year.first, year.last))
    files = read_files(station)
    if suffix == ".html":
        if typed.is_given and (window.first, window.last) != _month_of(window, zone):
            what = _("a page to print is of a whole month")
            raise InputError(
                Problem(
                    what,
                    _("say --month {month}, or write {others}").format(
                        month=f"{window.first:%m/%Y}", others=", ".join(FORMATS[:3])
                    ),
                )
            )
        window = whole_month(window.first if typed.is_given else _next_planned(files, window, campaigns), zone)
    return _write(station, suffix, window, plan_lines(station, look_ahead(station, window, files), campaigns))


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


def _month_of(window: Window, zone: ZoneInfo) -> tuple[date, date]:
    month = whole_month(window.first, zone)
    return month.first, month.last


def _next_planned(files: StationFiles, window: Window, campaigns: Collection[str]) -> date:
    """Return the first day of the window on which one of these campaigns airs; the first of all where none does."""
    chosen = [campaign for id_, campaign in files.campaigns.items() if id_ in campaigns]
    plan = expand(chosen, window.start, window.end, window.zone)
    return plan[0].start.date() if plan else window.first


def plan_lines(station: Station, forecast: Forecast, campaigns: Collection[str]) -> list[PlanLine]:
    """Return a line for each occurrence of these campaigns, by their ids, with the titles of its scripts."""
    from broadcaster.schedule.sheets.write import PlanLine

    titles = {id_: titled(script.title, script.language) for id_, script in forecast.scripts.items()}
    groups = {id_: group.title for id_, group in station.settings.groups.items()}
    prospects = [p for p in forecast.prospects if p.occurrence.campaign in campaigns]
    return [
        PlanLine(
            prospect.occurrence,
            tuple(titles.get(id_, id_) for id_ in prospect.occurrence.scripts),
            prospect.length,
            prospect_text(prospect),
            bad=not prospect.will_sound,
            group=groups.get(prospect.occurrence.group, prospect.occurrence.group),
        )
        for prospect in prospects
    ]
