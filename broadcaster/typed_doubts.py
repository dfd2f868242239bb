"""What may have been meant by a day or a time that is not valid: asked back in the line that refuses it."""

from __future__ import annotations

import calendar
import re
from datetime import date

from broadcaster.i18n import _
from broadcaster.models import YearDay
from broadcaster.tomlfile import year_doubt
from broadcaster.typed_dates import parse_boundary
from broadcaster.typed_words import fold, leading_weekday
from broadcaster.weekdays import NAMES

_HOUR = re.compile(r"(?:[a-z ]+ )?(\d{1,2}) ?(?:[:.h]|gio|g)? ?(\d{1,2})?'?(?::\d\d)?(?: ?[a-z. ]+)?", re.ASCII)
_PART = re.compile(r"\b(?:sang|trua|chieu|toi|dem|khuya)\b|(?<![a-z])(?:am|pm|sa|ch)\b")
_SHORT_MINUTES = re.compile(r"(\d{1,2})([:h])(\d)", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?|(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_LUNAR = re.compile(
    r"\b(?:ram thang|(?:mung|mong) \d+|thang gieng|thang chap|am lich|\d+ tet|tet nguyen dan|giao thua)\b"
)
_MONTHS = 12


def doubt(text: str) -> str:
    """Return what to ask or say of a day or a time that is not valid; "" where nothing is known."""
    words = fold(text)
    return year_doubt(words) or _time_doubt(words) or _day_doubt(words) or _weekday_doubt(text) or _lunar_doubt(words)


def _time_doubt(words: str) -> str:
    if words in ("24h", "24:00", "24 gio", "24g", "24h00"):
        return _("a day ends at 23:59; midnight is 0h, at the beginning of the next day")
    if found := _SHORT_MINUTES.fullmatch(words):
        hour, sign, digit = found[1], found[2], found[3]
        if int(digit) > 5:
            return _("is {first} meant?").format(first=f"{hour}{sign}0{digit}")
        return _two(f"{hour}{sign}0{digit}", f"{hour}{sign}{digit}0")
    found = _HOUR.fullmatch(words)
    if not found or not _PART.search(words) or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return ""
    hour, minute = int(found[1]) % 12, f"{int(found[2]):02}" if found[2] else ""
    return _two(f"{hour}h{minute}", f"{hour + 12}h{minute}")


def _two(first: str, second: str) -> str:
    return _("is {first} or {second} meant?").format(first=first, second=second)


def _day_doubt(words: str) -> str:
    found = _DAY_MONTH.fullmatch(leading_weekday(words)[1].removeprefix("ngay "))
    if not found:
        return ""
    day, month = int(found[1] or found[6]), int(found[2] or found[5])
    year = int(found[3] or found[4] or 2000)
    if month > _MONTHS >= day > 0 and found[1]:
        swapped = f"{month}/{day}" + (f"/{found[3]}" if found[3] else "")
        if parse_boundary(swapped) is not None:
            return _("the day comes before the month: is {day} meant?").format(day=swapped)
    if not 1 <= month <= _MONTHS:
        return ""
    days = calendar.monthrange(year if year > 99 else year + 2000, month)[1]
    shown = f"{month}/{year if year > 99 else year + 2000}" if found[3] or found[4] else f"{month}"
    return _("month {month} has {days} days").format(month=shown, days=days) if day > days else ""


def _weekday_doubt(text: str) -> str:
    """Return that a day falls on another day of the week than the one that was typed with it."""
    weekday, rest = leading_weekday(text)
    found = parse_boundary(rest) if weekday else None
    if isinstance(found, YearDay):
        return _("say the year too: the day of the week changes with it")
    if not isinstance(found, date):
        return ""
    return _("{day:%d/%m/%Y} is a {weekday}").format(day=found, weekday=_(NAMES[found.weekday()]))


def _lunar_doubt(words: str) -> str:
    """Return that days of the lunar calendar are not read: they fall on another day each year."""
    if not _LUNAR.search(words):
        return ""
    return _("days of the lunar calendar are not read; write the day of the solar one, such as 15/5/2027")
