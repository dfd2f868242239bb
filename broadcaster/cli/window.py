"""Which days a command is asked about: `--day`, `--week`, `--month`, or `--from` and `--to`."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from broadcaster.cli.frame import option
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.schedule import typed_dates

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

R = TypeVar("R")

DAYS_ALLOWED = N_("15/5/2027, 15/5, 2027-05-15, today, tomorrow")


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days of the station, from the first up to and including the last."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first day's midnight."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The midnight after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


def a_year_from(today: date, zone: ZoneInfo) -> Window:
    """Return the window that a schedule is checked over: every yearly day comes once."""
    return Window(today, today + timedelta(days=366), zone)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed; None: not given."""

    day: str | None
    week: str | None
    month: str | None
    first: str | None
    last: str | None


def with_window(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options `--day`, `--week`, `--month`, `--from` and `--to`, handed to it as `asked`."""

    @functools.wraps(function)
    def with_asked(
        *args: object,
        day: str | None,
        week: str | None,
        month: str | None,
        first: str | None,
        last: str | None,
        **others: object,
    ) -> R:
        return function(*args, asked=Asked(day, week, month, first, last), **others)

    options = (
        option("--day", metavar=N_("DAY"), help=N_("One day: 15/5, 15/5/2027, 2027-05-15, today, tomorrow.")),
        option("--week", metavar=N_("DAY"), help=N_("The week, Monday to Sunday, that this day is in; or 2027-W18.")),
        option("--month", metavar=N_("MONTH"), help=N_("A month: 5, 5/2027, 2027-05.")),
        option("--from", "first", metavar=N_("DAY"), help=N_("From this day on.")),
        option("--to", "last", metavar=N_("DAY"), help=N_("Up to and including this day.")),
    )
    decorated: Callable[..., R] = with_asked
    for add in reversed(options):
        decorated = add(decorated)
    return decorated


def read_window(
    asked: Asked, today: date, zone: ZoneInfo, otherwise: tuple[date, date], *, past: bool = False
) -> Window:
    """Return the window that was asked for, or `otherwise`; raise InputError for what cannot be understood.

    `past`: the command looks back, so a day without a year is the last such day.
    """
    given = [name for name in ("day", "week", "month") if getattr(asked, name) is not None]
    if len(given) + bool(asked.first or asked.last) > 1:
        raise InputError(Problem(_("--day, --week, --month and --from/--to each name a span of days"), _("give one")))
    if not given:
        return _span(asked, today, zone, otherwise, past=past)
    text = getattr(asked, given[0])
    found = _PARSERS[given[0]](text, today, past)
    if found is None:
        raise _not_understood(f"--{given[0]}", text, given[0])
    return Window(*found, zone)


def _span(asked: Asked, today: date, zone: ZoneInfo, otherwise: tuple[date, date], *, past: bool) -> Window:
    if asked.first is None and asked.last is None:
        return Window(*otherwise, zone)
    first = _end_of_span("--from", asked.first, today, past=past)
    # "--from 25/4 --to 5/5": the end is looked for from the beginning on, so that it never lies before it.
    last = _end_of_span("--to", asked.last, first or today, past=past and first is None)
    first, last = first or min(otherwise[0], last or today), last or max(otherwise[1], first or today)
    if last < first:
        raise InputError(Problem(_("the last day lies before the first"), _("exchange --from and --to")))
    return Window(first, last, zone)


def _end_of_span(name: str, text: str | None, today: date, *, past: bool) -> date | None:
    if text is None:
        return None
    found = typed_dates.parse_day(text, today, past=past)
    if found is None:
        raise _not_understood(name, text, "day")
    return found


_PARSERS: dict[str, Callable[[str, date, bool], tuple[date, date] | None]] = {
    "day": lambda text, today, past: (day, day) if (day := typed_dates.parse_day(text, today, past=past)) else None,
    "week": lambda text, today, past: typed_dates.parse_week(text, today, past=past),
    "month": lambda text, today, past: typed_dates.parse_month(text, today, past=past),
}
_ALLOWED = {
    "day": DAYS_ALLOWED,
    "week": N_("15/5/2027, 15/5, 2027-05-15, today, 2027-W18"),
    "month": N_("5, 5/2027, 2027-05"),
}


def _not_understood(name: str, text: str, kind: str) -> InputError:
    what = _('{option}: "{found}" is not understood').format(option=name, found=text)
    return InputError(Problem(what, _("allowed: {allowed}").format(allowed=_(_ALLOWED[kind]))))
