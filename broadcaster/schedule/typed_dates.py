"""Parse days, dates and times as Vietnamese officers write them, and in ISO form.

Every parser returns the value of the text, or None if it is not valid. Letter case and tone marks do not
matter ("thu 2" is "Thứ 2"): not every console has a Vietnamese keyboard. `today` is the day in the station's zone.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from broadcaster.models import Boundary, YearDay
from broadcaster.tomlfile import parse_duration
from broadcaster.weekdays import NAMES, VIETNAMESE_NAMES, VIETNAMESE_SHORT_NAMES, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Span = tuple[date, date]
"""A first and a last day, both inclusive."""

_EVERY_DAY = {"all", "daily", "every day", "hang ngay", "moi ngay", "ca tuan"}
_RELATIVE_DAYS = {"yesterday": -1, "hom qua": -1, "today": 0, "hom nay": 0, "tomorrow": 1, "mai": 1, "ngay mai": 1}
_TIME = re.compile(r"(\d{1,2})\s*(?:[:.h]|g(?:io)?)\s*(\d{2}|ruoi)?(?::(\d{2}))?\s*(?:p(?:hut)?)?\s*(sang|chieu|toi)?")
_TYPED_DATE = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?|(\d{1,2})([.-])(\d{1,2})\5(\d{4})")
_SPELT_DATE = re.compile(r"(\d{1,2}) thang (\d{1,2})(?: nam (\d{4}))?")
_MONTH = re.compile(r"(?:thang )?(\d{1,2})(?:[/-](\d{4})| nam (\d{4}))?")
_ISO_MONTH = re.compile(r"(\d{4})-(\d\d)")
_LENGTH_WORDS = re.compile(r"(\d+) ?(gio|tieng|phut|giay|hours?|minutes?|seconds?) ?")
_LENGTH_UNITS = {"g": "h", "t": "h", "h": "h", "p": "m", "m": "m", "s": "s"}


def fold(text: str) -> str:
    """Return a text in lower case, without marks, with single spaces: "  Thứ  Hai" is "thu hai"."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").split())


_WEEKDAYS = {
    word: number
    for number, words in enumerate(zip(VIETNAMESE_SHORT_NAMES, WEEKDAYS, NAMES, strict=True), start=1)
    for word in map(fold, words)
}
_SPELT_WEEKDAYS = {
    fold(spelt): fold(short)
    # the longest first: "thu bay" begins with "thu ba"
    for spelt, short in sorted(
        zip(VIETNAMESE_NAMES, VIETNAMESE_SHORT_NAMES, strict=True), key=lambda pair: -len(pair[0])
    )
}


def parse_list(texts: Iterable[str], parse: Callable[[str], T | None]) -> tuple[list[T], list[str]]:
    """Parse texts of one or more items separated by commas. Return the values, and every item that is not valid."""
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    parsed = [(part, parse(part)) for part in parts]
    return [value for _part, value in parsed if value is not None], [part for part, value in parsed if value is None]


def parse_clock(text: str) -> time | None:
    """Return the time of day of "5h30", "17:00", "17:00:30", "5 giờ rưỡi", "5h30 chiều"."""
    found = _TIME.fullmatch(fold(text))
    if not found:
        return None
    hour, second, half = int(found[1]), int(found[3] or 0), found[4]
    minute = 30 if found[2] == "ruoi" else int(found[2] or 0)
    if half in ("chieu", "toi") and hour < 12:
        hour += 12
    if hour > 23 or minute > 59 or second > 59 or (half == "sang" and hour > 12):
        return None
    return time(hour, minute, second)


def parse_weekdays(text: str) -> frozenset[int] | None:
    """Return the ISO weekdays of "t2-t6", "T2,4,6", "thứ 2, CN", "mon-fri", "hằng ngày"; Monday is 1."""
    words = fold(text)
    if words in _EVERY_DAY:
        return frozenset(range(1, 8))
    for spelt, short in _SPELT_WEEKDAYS.items():
        words = words.replace(spelt, short)
    words = re.sub(r"\b(?:thu|t) ?(\d)", r"t\1", words)
    if "thu" in words and "ư" in unicodedata.normalize("NFC", text.casefold()).replace("ứ", "ư"):
        return None  # "thứ" without a number is not the English Thursday
    days: set[int] = set()
    for part in re.split(r" ?[,;] ?| va ", words):
        ends = re.split(r" ?(?:-|–|den) ?", part)
        # In "T2,4,6" and "T2-6" a bare number is read like the first one; alone it would be ambiguous.
        numbers = [_WEEKDAYS.get(f"t{end}" if end.isdigit() and re.match(r"t\d", words) else end) for end in ends]
        if len(ends) > 2 or None in numbers:
            return None
        days |= _round_the_week(numbers[0] or 0, numbers[-1] or 0)
    return frozenset(days)


def _round_the_week(first: int, last: int) -> set[int]:
    """Return the days from the first to the last, past Sunday if the last comes before the first ("t7-t2")."""
    return {(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)}


def parse_boundary(text: str) -> Boundary | None:
    """Return an end of a range: "15/5" and "05-15" are days of every year, "15/5/2027" and "2027-05-15" of one."""
    words = fold(text).removeprefix("ngay ")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return _date(*(int(part) for part in words.split("-")))
    if re.fullmatch(r"\d\d-\d\d", words):
        return _year_day(int(words[:2]), int(words[3:]))
    if spelt := _SPELT_DATE.fullmatch(words):
        return _dated(spelt[1], spelt[2], spelt[3])
    if typed := _TYPED_DATE.fullmatch(words):
        return _dated(typed[1] or typed[4], typed[2] or typed[6], typed[3] or typed[7])
    return None


def _dated(day: str, month: str, year: str | None) -> Boundary | None:
    if year is None:
        return _year_day(int(month), int(day))
    return _date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year_day(month: int, day: int) -> YearDay | None:
    return YearDay(month, day) if _date(2000, month, day) else None  # 2000 is a leap year


def parse_day(text: str, today: date, *, past: bool = False) -> date | None:
    """Return the day meant by "today", "mai", "15/5/2027" or "15/5"; `today` is in the station's zone.

    A day without a year is the next such day, today included; with `past`, for past events, the most recent one.
    """
    words = fold(text)
    if words in _RELATIVE_DAYS:
        return today + timedelta(days=_RELATIVE_DAYS[words])
    found = parse_boundary(text)
    if not isinstance(found, YearDay):
        return found
    this_year = found.in_year(today.year)
    if past:
        return this_year if this_year <= today else found.in_year(today.year - 1)
    return this_year if this_year >= today else found.in_year(today.year + 1)


def parse_week(text: str, today: date, *, past: bool = False) -> Span | None:
    """Return Monday to Sunday of the week of a day, or of an ISO week such as "2027-W18"."""
    if iso := re.fullmatch(r"(\d{4})-w(\d\d)", fold(text)):
        try:
            monday = date.fromisocalendar(int(iso[1]), int(iso[2]), 1)
        except ValueError:
            return None
    else:
        day = today if fold(text) in ("tuan nay", "this week") else parse_day(text, today, past=past)
        if day is None:
            return None
        monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def parse_month(text: str, today: date, *, past: bool = False) -> Span | None:
    """Return the first and last day of "5", "tháng 5", "5/2027" or "2027-05".

    A month without a year is the present or next such month; with `past` the most recent one.
    """
    words = fold(text)
    if words in ("thang nay", "this month"):
        return _month(today.year, today.month)
    if iso := _ISO_MONTH.fullmatch(words):
        return _month(int(iso[1]), int(iso[2]))
    if not (found := _MONTH.fullmatch(words)):
        return None
    month = int(found[1])
    if year := found[2] or found[3]:
        return _month(int(year), month)
    step = -1 if past and month > today.month else 1 if not past and month < today.month else 0
    return _month(today.year + step, month)


def _month(year: int, month: int) -> Span | None:
    first = _date(year, month, 1)
    return (first, first.replace(day=calendar.monthrange(year, month)[1])) if first else None


def parse_length(text: str) -> timedelta | None:
    """Return the length of "20s", "1m30s", "20 giây", "1 phút 30 giây"."""
    words = fold(text)
    spelt = _LENGTH_WORDS.findall(words)
    if spelt and "".join(_LENGTH_WORDS.split(words)[::3]) == "":
        words = "".join(number + ("s" if unit == "giay" else _LENGTH_UNITS[unit[0]]) for number, unit in spelt)
    return parse_duration(words.replace(" ", ""))
