"""A window of days: as it was typed (`--day`, `--week`, `--month`, or `--from` and `--to`), and as it is meant."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.typed import not_understood

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

DAYS_ALLOWED = N_("15/5/2027, 15/5, 16/5-18/5, 2027-05-15, thứ hai, cuối tuần, today, tomorrow")
ENDS_ALLOWED = N_("15/5/2027, 15/5, 2027-05-15, today, tomorrow; or a whole month: 5/2027, 2027-05")
_YEAR = re.compile(r"\d{4}")
_LONGEST = 3660
"""Days: ten years of a full schedule are laid out in some seconds."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days of the station, from the first up to and including the last."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Midnight at the beginning of the first day."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """Midnight at the end of the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


def a_year_from(today: date, zone: ZoneInfo) -> Window:
    """Return the window that a schedule is checked over: long enough for every day of a year to come once."""
    return Window(today, today + timedelta(days=366), zone)


def whole_month(day: date, zone: ZoneInfo) -> Window:
    """Return the month that a day is in."""
    return Window(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), zone)


@dataclass(frozen=True, slots=True)
class TypedWindow:
    """The days that were typed; None: not given."""

    day: str | None = None
    week: str | None = None
    month: str | None = None
    first: str | None = None
    last: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether any days were named."""
        return self != TypedWindow()


def read_window(
    typed: TypedWindow, today: date, zone: ZoneInfo, otherwise: tuple[date, date], *, past: bool = False
) -> Window:
    """Return the window that was asked for, or `otherwise`; raise InputError for what cannot be understood.

    `past`: the command looks back, so a day without a year is the last such day.
    """
    window = _typed_window(typed, today, zone, otherwise, past=past)
    if not past and (days := (window.last - window.first).days + 1) > _LONGEST:
        what = _("{days} days are too many to look ahead").format(days=days)
        raise InputError(Problem(what, _("at most {most} days").format(most=_LONGEST)))
    return window


def _typed_window(
    typed: TypedWindow, today: date, zone: ZoneInfo, otherwise: tuple[date, date], *, past: bool
) -> Window:
    given = [name for name in ("day", "week", "month") if getattr(typed, name) is not None]
    if len(given) + bool(typed.first or typed.last) > 1:
        raise InputError(Problem(_("--day, --week, --month and --from/--to each name a span of days"), _("give one")))
    if not given:
        return _span(typed, today, zone, otherwise, past=past)
    text = getattr(typed, given[0])
    found = _PARSERS[given[0]](text, today, past)
    if found is None:
        raise InputError(not_understood(text, _ALLOWED[given[0]], f"--{given[0]}"))
    return Window(*found, zone)


def _span(typed: TypedWindow, today: date, zone: ZoneInfo, otherwise: tuple[date, date], *, past: bool) -> Window:
    if typed.first is None and typed.last is None:
        return Window(*otherwise, zone)
    first = _end_of_span("--from", typed.first, today, past=past, end=0)
    # "--from 25/4 --to 5/5": the end is read as the first such day from the beginning on.
    last = _end_of_span("--to", typed.last, first or today, past=past and first is None, end=1)
    first, last = first or min(otherwise[0], last or today), last or max(otherwise[1], first or today)
    if last < first:
        raise InputError(Problem(_("the last day is before the first"), _("exchange --from and --to")))
    return Window(first, last, zone)


def _end_of_span(name: str, text: str | None, today: date, *, past: bool, end: int) -> date | None:
    """Return a day, or the first (`end` 0) or last day (1) of a month with its year; None where nothing is given."""
    if text is None:
        return None
    if found := typed_dates.parse_day(text, today, past=past):
        return found
    month = typed_dates.parse_month(text, today, past=past) if _YEAR.search(text) else None
    if month is None:
        raise InputError(not_understood(text, ENDS_ALLOWED, name))
    return month[end]


_PARSERS: dict[str, Callable[[str, date, bool], tuple[date, date] | None]] = {
    "day": lambda text, today, past: typed_dates.parse_days(text, today, past=past),
    "week": lambda text, today, past: typed_dates.parse_week(text, today, past=past),
    "month": lambda text, today, past: typed_dates.parse_month(text, today, past=past),
}
_ALLOWED = {
    "day": DAYS_ALLOWED,
    "week": N_("15/5/2027, 15/5, 2027-05-15, tuần sau, today, 2027-W18"),
    "month": N_("5, 5/2027, 2027-05, tháng sau"),
}
