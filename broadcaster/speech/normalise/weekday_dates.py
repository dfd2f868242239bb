"""Days of the week beside dates that are other days: "thứ Hai, ngày 25/11/2026", which is a Wednesday."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from .dates import moon_follows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_WEEKDAYS = ("hai", "ba", "tư", "năm", "sáu", "bảy")
_NAMES = (*(f"thứ {name}" for name in _WEEKDAYS), "chủ nhật")
_NUMBERED = {"2": 0, "3": 1, "4": 2, "5": 3, "6": 4, "7": 5}
_WEEKDAY = rf"(?:(?:thứ |T)(?P<day>(?<=thứ )(?:{'|'.join(_WEEKDAYS)})|[2-7])|(?P<sunday>chủ nhật|CN))"
_GAP = r"[ ,(:-]{1,3}(?:(?:là )?ngày )?"
_WRITTEN = (
    r"(?P<d>[0-9]{1,2})(?:/|-|\.| tháng )(?P<m>[0-9]{1,2})(?:(?:/|-|\.| năm )(?P<y>(?:19|20)[0-9]{2}))?"
    r"(?![0-9]|[/.-][0-9])"
)
_WEEKDAY_DATE = re.compile(rf"\b{_WEEKDAY}{_GAP}{_WRITTEN}", re.IGNORECASE)
_DATE_WEEKDAY = re.compile(
    rf"(?<![0-9/.,-]){_WRITTEN} ?[,(]? ?(?:là |tức )?{_WEEKDAY}(?!\w)(?!{_GAP}[0-9])", re.IGNORECASE
)


class WrongWeekday(NamedTuple):
    """Where a day of the week stands beside a date that is another day, and which: "thứ tư"."""

    start: int
    end: int
    right: str


def wrong_weekdays(text: str, years: Collection[int] = ()) -> list[WrongWeekday]:
    """Return the days of the week beside dates that are other days, in the order of the text.

    A date without a year is looked at where `years` are given: it is wrong if it is so in each of them, and the right
    day is that of the first.
    """
    if not any(map(str.isdigit, text)):
        return []
    found = (
        wrong for p in (_WEEKDAY_DATE, _DATE_WEEKDAY) for each in p.finditer(text) for wrong in _wrong(each, years)
    )
    return sorted({*found})


def _wrong(found: re.Match[str], years: Collection[int]) -> Iterator[WrongWeekday]:
    said = found["day"].lower() if found["day"] else ""
    written = 6 if found["sunday"] else _NUMBERED.get(said, _WEEKDAYS.index(said) if said in _WEEKDAYS else 0)
    days = [_weekday(int(found["d"]), int(found["m"]), year) for year in _years(found, years)]
    if days and None not in days and written not in days and not moon_follows(found.string, found.end()):
        right = days[0]
        yield WrongWeekday(*found.span(), _NAMES[right or 0])


def _years(found: re.Match[str], years: Collection[int]) -> Collection[int]:
    return (int(found["y"]),) if found["y"] else years


def _weekday(day: int, month: int, year: int) -> int | None:
    try:
        return date(year, month, day).weekday()
    except ValueError:  # told as a day that does not exist
        return None
