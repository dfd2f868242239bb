"""Parse the cells of a timetable's spreadsheet.

Every parser takes a cell's value, in whatever form the spreadsheet stored it (text, a number, a real date or time), and
returns its meaning; None if it is not understood.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster import typed_dates, typed_words
from broadcaster.models import YearDay
from broadcaster.schedule.sheets.grid import Yearless
from broadcaster.schedule.timetable import LONGEST_GAP, Skip, parse_exception, parse_weight
from broadcaster.script_ids import parse_script_id, parse_version
from broadcaster.tomlfile import parse_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.models import Boundary, BulletinClass, DayRange, Order
    from broadcaster.schedule.sheets.grid import Value

_ENGLISH_HALF_DAY = re.compile(r".*\d\s*[AP]\.?M\.?\s*", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})-(?:({'|'.join(_MONTHS)})|(?:thg|thang) ?(\d{{1,2}}))")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(?:\d{2}|\d{4})")
_MOST_DAYS = 366
_SINCE = re.compile(r"(?:từ|tu|from)\s+", re.IGNORECASE)


def parse_text(value: Value) -> str | None:
    """Return a cell's text; a number as it is shown."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.strip() or None


def parse_name(value: Value) -> str | None:
    """Return an id; spreadsheets may have turned one of digits into a number."""
    return parse_id(parse_text(value))


def parse_ids(value: Value) -> tuple[str, ...] | None:
    """Return the ids of scripts in a list."""
    return _all(parse_script_id, value)


def parse_versions(value: Value) -> tuple[str, ...] | None:
    """Return versions of scripts, parted as ids are."""
    return _all(parse_version, value)


def _all(parse: Callable[[str], str | None], value: Value) -> tuple[str, ...] | None:
    parts = [parse(part) for part in typed_dates.split_list(parse_text(value) or "")]
    return tuple(part for part in parts if part) if parts and None not in parts else None


def parse_times(value: Value) -> tuple[time, ...] | None:
    """Return the times of a cell: a time, a length since midnight ("[h]:mm"), or text with one time or more."""
    if isinstance(value, time):
        return (value,)
    if isinstance(value, timedelta):
        return _time_since_midnight(value)
    found = [typed_dates.parse_clock(part) for part in typed_dates.split_list(value)] if isinstance(value, str) else []
    return tuple(at for at in found if at is not None) if found and None not in found else None


def _time_since_midnight(length: timedelta) -> tuple[time, ...] | None:
    if not timedelta() <= length < timedelta(days=1):
        return None
    return (time(length.seconds // 3600, length.seconds // 60 % 60, length.seconds % 60),)


def is_half_day(value: object) -> bool:
    """Return whether a cell is a time of day with AM or PM."""
    return isinstance(value, str) and bool(_ENGLISH_HALF_DAY.fullmatch(value))


def is_day_or_month(value: object) -> bool:
    """Return whether a cell is a date of which the day could be the month: "05/07/2027"."""
    found = _SLASHED.fullmatch(value.strip()) if isinstance(value, str) else None
    return found is not None and found[1] != found[2] and max(int(found[1]), int(found[2])) <= len(_MONTHS)


def parse_weekdays(value: Value) -> frozenset[int] | None:
    """Return ISO weekdays, Monday is 1."""
    return typed_dates.parse_weekdays(value) if isinstance(value, str) else None


def parse_boundary(value: Value) -> Boundary | None:
    """Return a day in one year or in every year; a date that shows no year is a day of every year."""
    if isinstance(value, Yearless):
        return YearDay(value.day.month, value.day.day)
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else None
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    shown = _DAY_MONTH.fullmatch(typed_dates.fold(value))  # "15-May", as Excel writes 15/5 into a CSV file
    if shown is None:
        return typed_dates.parse_boundary(value)
    month = int(shown[3]) if shown[3] else _MONTHS.index(shown[2]) + 1
    return typed_dates.parse_boundary(f"{shown[1]}/{month}")


def parse_exceptions(value: Value) -> tuple[date | Skip, ...] | None:
    """Return days off, also in spans, and single airings that are skipped."""
    if isinstance(value, Yearless):
        return (value.day,)
    if isinstance(value, datetime):
        return (value.date(),) if value.time() == time() else ((value.date(), value.time().replace(microsecond=0)),)
    if isinstance(value, date):
        return (value,)
    found = [_left_out(part) for part in typed_dates.split_list(value)] if isinstance(value, str) else []
    return tuple(each for off in found for each in off) if found and all(found) else None


def _left_out(text: str) -> tuple[date | Skip, ...]:
    """Return what one item leaves out: a day, an airing, or each day of a span; () where it is not understood."""
    if (found := parse_exception(text)) is not None:
        return (found,)
    span = typed_dates.parse_dated_days(text)
    if span is None or (span[1] - span[0]).days > _MOST_DAYS:
        return ()
    return tuple(span[0] + timedelta(days=number) for number in range((span[1] - span[0]).days + 1))


def parse_pauses(value: Value) -> tuple[DayRange, ...] | None:
    """Return pauses: "03/05/2027 - 05/05/2027; từ 20/05/2027"; a single day is a pause of one day."""
    value = value.day if isinstance(value, Yearless) else value
    single = parse_boundary(value) if isinstance(value, date) else None
    if isinstance(single, date):
        return ((single, single),)
    found = [_pause(part) for part in typed_dates.split_list(value)] if isinstance(value, str) else []
    return tuple(pause for pause in found if pause) if found and None not in found else None


def _pause(text: str) -> DayRange | None:
    since = _SINCE.match(text)
    first = typed_dates.parse_boundary(text[since.end() :]) if since else None
    return (first, date.max) if isinstance(first, date) else typed_dates.parse_dated_days(text)


def parse_gap(value: Value) -> timedelta | None:
    """Return a length of time; a number is in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_GAP.total_seconds():
        return timedelta(seconds=value)
    found = (
        value if isinstance(value, timedelta) else typed_dates.parse_length(value) if isinstance(value, str) else None
    )
    return found if found is not None and timedelta() <= found <= LONGEST_GAP else None


def parse_weights(value: Value) -> dict[str, int] | None:
    """Return the weights by script of "thong-diep-1=2, chu-de=3"; None also where a script has two."""
    found = [parse_weight(part) for part in typed_dates.split_list(value)] if isinstance(value, str) else []
    weights = dict(pair for pair in found if pair is not None)
    return weights if found and len(weights) == len(found) else None


def parse_whole(most: int) -> Callable[[Value], int | None]:
    """Return a parser for whole numbers from 1 to `most`."""

    def parse(value: Value) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,4}", value.strip()):
            value = int(value)
        good = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= most
        return int(value) if good and isinstance(value, int | float) and value == int(value) else None

    return parse


def parse_order(value: Value) -> Order | None:
    """Return the order of a slot's scripts."""
    return typed_words.parse_order(value) if isinstance(value, str) else None


def parse_class(value: Value) -> BulletinClass | None:
    """Return the class of bulletin."""
    return typed_words.parse_class(value) if isinstance(value, str) else None


def show_cell(value: Value) -> str:
    """Return a value as a spreadsheet displays it."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:59]}…"'
    if isinstance(value, Yearless):
        return f"{value.day:%d/%m}"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
