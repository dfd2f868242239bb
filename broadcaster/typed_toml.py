"""Days, times, lengths and yes or no in TOML files: as docs/formats.md has them, or as people type them at a command.

One thing differs from a command: between two numbers alone a dash stands for month and day ("05-01"), as files have had
it from the first.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.models import YearDay
from broadcaster.tomlfile import Grammar, parse_date, parse_flag, parse_time
from broadcaster.typed_clock import parse_clock, parse_length
from broadcaster.typed_dates import parse_boundary
from broadcaster.typed_doubts import doubt
from broadcaster.typed_words import fold, parse_weekdays, parse_yes_no

if TYPE_CHECKING:
    from broadcaster.models import Boundary

_LEAP_YEAR = 2024
_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
_ANY_DASH = re.compile(r"[0-9]{1,2}-[0-9]{1,2}")


def read_boundary(value: object) -> Boundary | None:
    """Return the day of "2027-05-01" (or a TOML date) or "1/5/2027", without a year of "05-01" or "1/5"; else None."""
    if isinstance(value, str) and _MONTH_DAY.fullmatch(value):
        day = parse_date(f"{_LEAP_YEAR}-{value}")
        return YearDay(day.month, day.day) if day else None
    if not isinstance(value, str):
        return parse_date(value)
    return None if _ANY_DASH.fullmatch(fold(value)) else parse_boundary(value)


def read_day(value: object) -> date | None:
    """Return the day of "2027-05-07" (or a TOML date) or of "7/5/2027"; None for any other, and without a year."""
    found = read_boundary(value)
    return found if isinstance(found, date) else None


def read_time(value: object) -> time | None:
    """Return the time of day of "05:30" (or a TOML time) or of "5h30"; None for any other."""
    return parse_clock(value) if isinstance(value, str) else parse_time(value)


def read_length(value: object) -> timedelta | None:
    """Return the length of "1m30s" or "1 phút 30 giây"; None for any other."""
    return parse_length(value) if isinstance(value, str) else None


def read_weekdays(value: object) -> frozenset[int] | None:
    """Return the ISO weekdays of "mon", "T2" or "thứ hai", or several of "T2-T6"; None for any other."""
    return parse_weekdays(value) if isinstance(value, str) else None


def read_flag(value: object) -> bool | None:
    """Return true or false, also of "có" and "không"; None for any other."""
    return parse_yes_no(value) if isinstance(value, str) else parse_flag(value)


def _doubt(text: str) -> str:
    """Return what to ask of a day or a time; "05-32" is a month and a day here."""
    if _ANY_DASH.fullmatch(fold(text)):
        return _("without a year, write month and day (05-15) or, with a slash, day and month (15/5)")
    return doubt(text)


TYPED = Grammar(read_length, read_day, read_flag, _doubt)
"""The grammar of all files that people write."""
