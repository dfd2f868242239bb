"""Parse days, dates and times as Vietnamese officers write them, and in ISO form: one grammar for commands and sheets.

Every parser returns the value of the text, or None if it is not valid. Letter case and tone marks do not
matter ("thu 2" is "Thứ 2"): not every console has a Vietnamese keyboard. The day always comes before the month, also
in "12-05"; only what begins with a year of four digits is read year, month, day. `today` is the day in the station's
zone. `typed_doubts` says of what is not valid what may have been meant.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from broadcaster.models import Boundary, YearDay
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR
from broadcaster.typed_clock import parse_clock, parse_length, split_moment
from broadcaster.typed_words import fold, leading_weekday, parse_list, parse_weekday, parse_weekdays, split_list

__all__ = [
    "fold",
    "parse_boundary",
    "parse_clock",
    "parse_dated_days",
    "parse_day",
    "parse_days",
    "parse_length",
    "parse_list",
    "parse_month",
    "parse_week",
    "parse_weekdays",
    "split_list",
    "split_moment",
]

Span = tuple[date, date]
"""A first and a last day, both inclusive."""

_RELATIVE_DAYS = {
    **dict.fromkeys(("hom kia", "the day before yesterday"), -2),
    **dict.fromkeys(("yesterday", "hom qua"), -1),
    **dict.fromkeys(("today", "hom nay"), 0),
    **dict.fromkeys(("tomorrow", "mai", "ngay mai"), 1),
    **dict.fromkeys(("ngay kia", "ngay mot", "mot", "the day after tomorrow"), 2),
}
_RELATIVE_WEEKS = {
    **dict.fromkeys(("tuan truoc", "tuan roi", "tuan qua", "last week"), -1),
    **dict.fromkeys(("tuan nay", "this week"), 0),
    **dict.fromkeys(("tuan sau", "tuan toi", "next week"), 1),
}
_RELATIVE_MONTHS = {
    **dict.fromkeys(("thang truoc", "thang roi", "thang qua", "last month"), -1),
    **dict.fromkeys(("thang nay", "this month"), 0),
    **dict.fromkeys(("thang sau", "thang toi", "next month"), 1),
}
_MONTH_WORDS = ["mot", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai"]
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?", re.ASCII)
_SPELT_DATE = re.compile(r"(\d{1,2}) thang (\d{1,2}|[a-z ]+?)(?:(?: nam|,)? (\d{4}))?", re.ASCII)
_MONTH = re.compile(r"(?:thang |t)?(\d{1,2})(?:(?:[-/.]| nam )(\d{4}|1[3-9]|[2-9]\d))?", re.ASCII)
"""A year of two digits where it can be no month: "5/12" may be a day of December."""
_SPELT_MONTH = re.compile(r"thang ([a-z ]+?)(?:(?: nam|[-/.])? ?(\d{4}))?", re.ASCII)
_ISO_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})", re.ASCII)
_ISO_WEEK = re.compile(r"(\d{4})-w(\d\d)", re.ASCII)
_WEEKEND = re.compile(r"(?:cuoi tuan|(?:this )?weekend)(?: (nay|sau|toi|truoc|roi|qua))?")
_BETWEEN = re.compile(r" den | to |(?<! ) ?- ?")
_MONTH_BEHIND = re.compile(r"/.*| thang .*")
_LEAP_CYCLE = 8
"""The most years from one 29 February to the next."""


# ---- ends of a range --------------------------------------------------------------------------------------------


def parse_boundary(text: str) -> Boundary | None:
    """Return an end of a range: "15/5" is a day of every year, "15/5/2027" and "2027-05-15" are of one."""
    weekday, words = leading_weekday(text)
    found = _written(words)
    if weekday and (not isinstance(found, date) or found.isoweekday() != weekday):
        return None
    return found


def _written(words: str) -> Boundary | None:
    """Return the day that folded words name by its number and month."""
    words = words.removeprefix("ngay ")
    if iso := _YEAR_FIRST.fullmatch(words):
        return _date(int(iso[1]), int(iso[3]), int(iso[4]))
    if typed := _DAY_FIRST.fullmatch(words):
        return _dated(int(typed[1]), int(typed[3]), typed[4])
    if spelt := _SPELT_DATE.fullmatch(words):
        return _dated(int(spelt[1]), _month_number(spelt[2]), spelt[3])
    return None


def _month_number(words: str) -> int:
    """Return the number of "5" or "năm"; 0 for what is no month."""
    if words.isdigit():
        return int(words)
    return _MONTH_WORDS.index(words) + 1 if words in _MONTH_WORDS else 0


def _dated(day: int, month: int, year: str | None) -> Boundary | None:
    if year is None:
        return YearDay(month, day) if _date(2000, month, day) else None  # 2000 is a leap year
    return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


# ---- days -------------------------------------------------------------------------------------------------------


def parse_day(text: str, today: date, *, past: bool = False) -> date | None:
    """Return the day meant by "today", "mai", "thứ hai", "thứ hai tuần sau", "15/5/2027" or "15/5".

    A day without a year or a week is the next such day, today included; with `past`, for past events, the most recent
    one. 29/2 is the next one that there is.
    """
    words = fold(text)
    if words in _RELATIVE_DAYS:
        return today + timedelta(days=_RELATIVE_DAYS[words])
    weekday, rest = leading_weekday(text)
    if weekday and rest in _RELATIVE_WEEKS:
        return _monday(today) + timedelta(weeks=_RELATIVE_WEEKS[rest], days=weekday - 1)
    if (weekday := parse_weekday(text)) is not None:
        ahead = (weekday - today.isoweekday()) % 7
        return today + timedelta(days=ahead - 7 if past and ahead else ahead)
    weekday, rest = leading_weekday(text)
    found = _nearest(_written(rest), today, past=past)
    return found if found and weekday in (None, found.isoweekday()) else None


def _nearest(found: Boundary | None, today: date, *, past: bool) -> date | None:
    """Return a day of every year in the year in which it is next, or was last."""
    if not isinstance(found, YearDay):
        return found
    step = -1 if past else 1
    for year in range(today.year, today.year + step * (_LEAP_CYCLE + 1), step):
        day = _date(year, found.month, found.day)
        if day and (day <= today if past else day >= today):
            return day
    return None


def parse_days(text: str, today: date, *, past: bool = False) -> Span | None:
    """Return the days from first to last of "15/5", "16-18/5", "từ 16/5 đến 18/5", "16-18 tháng 5", "cuối tuần"."""
    if day := parse_day(text, today, past=past):
        return day, day
    words = fold(text)
    if words in _RELATIVE_WEEKS:
        return parse_week(text, today)
    if weekend := _WEEKEND.fullmatch(words):
        week = parse_week(f"tuan {weekend[1] or 'nay'}", today)
        return (week[0] + timedelta(days=5), week[1]) if week else None
    return _between(words.removeprefix("tu ").removeprefix("ngay "), today, past=past)


def _between(words: str, today: date, *, past: bool) -> Span | None:
    """Return the days of "16/5-18/5": a year or a month that only the end has is meant for the beginning too."""
    for gap in _BETWEEN.finditer(words):
        left, right = words[: gap.start()], words[gap.end() :]
        first, last = _written(left + _month_of(right) if left.isdigit() else left), _written(right)
        if isinstance(first, YearDay) and isinstance(last, date):
            first = _nearest(first, last, past=True)
        start = _nearest(first, today, past=past)
        end = _nearest(last, start, past=False) if start else None
        if start and end:
            return (start, end) if start <= end else None
    return None


def parse_dated_days(text: str) -> Span | None:
    """Return the days of "3/5/2027-5/5/2027", "3/5 đến 5/5/2027" or "15/5/2027": the year stands there."""
    if isinstance(day := parse_boundary(text), date):
        return day, day
    words = fold(text).removeprefix("tu ").removeprefix("ngay ")
    for gap in _BETWEEN.finditer(words):
        last = _written(words[gap.end() :])
        if isinstance(last, date):
            return _between(words, last, past=True)
    return None


def _month_of(words: str) -> str:
    """Return what stands behind the day in "17/5" or "17 thang 5"."""
    found = _MONTH_BEHIND.search(words)
    return found[0] if found else ""


# ---- weeks and months -------------------------------------------------------------------------------------------


def parse_week(text: str, today: date, *, past: bool = False) -> Span | None:
    """Return Monday to Sunday of "tuần sau", of the week of a day, or of an ISO week such as "2027-W18"."""
    words = fold(text)
    if iso := _ISO_WEEK.fullmatch(words):
        try:
            monday = date.fromisocalendar(int(iso[1]), int(iso[2]), 1)
        except ValueError:
            return None
        if not FIRST_YEAR <= int(iso[1]) <= LAST_YEAR:
            return None
    elif words in _RELATIVE_WEEKS:
        monday = _monday(today) + timedelta(weeks=_RELATIVE_WEEKS[words])
    elif day := parse_day(text, today, past=past):
        monday = _monday(day)
    else:
        return None
    return monday, monday + timedelta(days=6)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def parse_month(text: str, today: date, *, past: bool = False) -> Span | None:
    """Return the first and last day of "5", "tháng 5", "tháng năm", "5/2027", "5/27", "2027-05" or "tháng sau".

    A month without a year is the present or next such month; with `past` the most recent one.
    """
    words = fold(text)
    if words in _RELATIVE_MONTHS:
        months = today.year * 12 + today.month - 1 + _RELATIVE_MONTHS[words]
        return _month(months // 12, months % 12 + 1)
    if iso := _ISO_MONTH.fullmatch(words):
        return _month(int(iso[1]), int(iso[2]))
    if not (found := _MONTH.fullmatch(words) or _SPELT_MONTH.fullmatch(words)):
        return None
    month = _month_number(found[1])
    if found[2]:
        return _month(int(found[2]) + (2000 if len(found[2]) == 2 else 0), month)
    step = -1 if past and month > today.month else 1 if not past and month < today.month else 0
    return _month(today.year + step, month)


def _month(year: int, month: int) -> Span | None:
    first = _date(year, month, 1)
    return (first, first.replace(day=calendar.monthrange(year, month)[1])) if first else None
