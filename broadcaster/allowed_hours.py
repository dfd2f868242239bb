"""`hours` of `[rules]` in `station.toml`: between which times something may air, the same every day or by day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.tomlfile import did_you_mean, format_time, write_value
from broadcaster.typed_toml import read_time, read_weekdays
from broadcaster.typed_words import fold
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from broadcaster.tomlfile import Table

Hours = tuple[time, time]
"""From the first time of day up to and including the second; `time.max` means 24:00."""
HoursByDay = Mapping[str, tuple[Hours, ...]]
"""The hours of each day of `WEEKDAYS`."""

_BETWEEN = re.compile(r" den | to | ?- ?")


def read_hours(table: Table, default: HoursByDay) -> HoursByDay:
    """Read `hours = ["05:00-21:00"]`, or a table with such a list for each day that differs."""
    allowed = _('spans of the day, such as ["05:00-07:00", "16:30-24:00"]')
    if not isinstance(table.values.get("hours"), dict):
        spans = table.items("hours", _span, allowed, (), ask=False)
        return dict.fromkeys(WEEKDAYS, spans) if spans else default
    return _hours_by_day(table.table("hours"), allowed, default)


def _hours_by_day(table: Table, allowed: str, default: HoursByDay) -> HoursByDay:
    """Read the spans of each day; a key names one day, or several: "sun", "CN", "t2-t6"."""
    hours = dict(default)
    named: set[str] = set()
    for key in table.values:
        days = {WEEKDAYS[number - 1] for number in read_weekdays(key) or ()}
        if not days:
            table.report(key, _("unknown key"), did_you_mean(key, WEEKDAYS, _("allowed keys: {known}")))
        elif twice := sorted(days & named, key=WEEKDAYS.index):
            table.report(key, _("{value} is given twice").format(value=write_value(twice[0])), _("write it once"))
        hours |= dict.fromkeys(days, table.items(key, _span, allowed, (), empty=True, ask=False) if days else ())
        named |= days
    return hours


def _span(value: object) -> Hours | None:
    """Return the hours of "05:00-21:00", "5-21h", "5h đến 21h" or "16:30-24:00"; None for any other."""
    ends = _BETWEEN.split(fold(value)) if isinstance(value, str) else []
    if len(ends) != 2:
        return None
    first, last = (read_time(f"{end}h" if end.isdigit() else end) for end in ends)
    if ends[1] in ("24:00", "24h", "24"):
        last = time.max
    return (first, last) if first is not None and last is not None and first < last else None


def show_span(hours: Hours) -> str:
    """Return a span as written in `station.toml`: "05:00-21:00"."""
    return "-".join("24:00" if edge == time.max else format_time(edge) for edge in hours)
