"""On which days a slot airs: the campaign's date range, the slot's range inside it, the days of the week, pauses.

A range without a year repeats every year and may extend over the new year ("12-01" to "01-31"). One such run of days is
a season. All days are in the station's time zone.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import TYPE_CHECKING

from broadcaster.models import Boundary, Campaign, DayRange, Slot, YearDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_A_LEAP_YEAR = 2024


def ranges(start: Boundary, end: Boundary, years: range) -> list[DayRange]:
    """Return the ranges from `start` to `end` that begin in `years`; a range with a fixed year is always returned."""
    return sorted({_stretch(start, end, year) for year in years})


def _stretch(start: Boundary, end: Boundary, year: int) -> DayRange:
    first = start.in_year(year) if isinstance(start, YearDay) else start
    if not isinstance(end, YearDay):
        return first, end
    last = end.in_year(first.year)
    return first, last if last >= first else end.in_year(first.year + 1)


def seasons(campaign: Campaign, slot: Slot, first: date, last: date) -> list[DayRange]:
    """Return the slot's seasons that overlap the days `first` to `last`, each in full."""
    years = _years(first.year - 1, last.year)
    outer = ranges(campaign.start, campaign.end, years)
    inner = ranges(slot.start or campaign.start, slot.end or campaign.end, years)
    cuts = ((max(a[0], b[0]), min(a[1], b[1])) for a in outer for b in inner)
    return [cut for cut in cuts if cut[0] <= cut[1] and cut[0] <= last and first <= cut[1]]


def fits(start: Boundary, end: Boundary, campaign_start: Boundary, campaign_end: Boundary) -> bool:
    """Return whether a slot's range is inside its campaign's: it overlaps it in some year, and never exceeds it."""
    fixed = [day.year for day in (start, end, campaign_start, campaign_end) if isinstance(day, date)] or [_A_LEAP_YEAR]
    low, high = min(fixed) - 1, max(fixed) + 1
    outer = ranges(campaign_start, campaign_end, _years(low - 1, high))
    touching = [
        (first, last, any(a <= first and last <= b for a, b in outer))
        for first, last in ranges(start, end, _years(low, high))
        if any(first <= b and a <= last for a, b in outer)
    ]
    return bool(touching) and all(inside for _first, _last, inside in touching)


def _years(low: int, high: int) -> range:
    """Return the years from `low` to `high`, within what `date` supports."""
    return range(max(low, MINYEAR), min(high, MAXYEAR - 1) + 1)


def touches(days: DayRange, start: Boundary, end: Boundary) -> bool:
    """Return whether any of these days is between `start` and `end`, in any year."""
    first, last = days
    span = ranges(start, end, _years(first.year - 1, min(last.year, first.year + 1)))
    return any(first <= closing and opening <= last for opening, closing in span)


def airing_days(campaign: Campaign, slot: Slot, first: date, last: date) -> Iterator[tuple[date, int]]:
    """Yield each day from `first` to `last` on which the slot airs, and how many such days its season has before."""
    off = days_off(campaign, slot)
    silent = _days_in(off, first, last)
    for opening, closing in seasons(campaign, slot, first, last):
        day = max(opening, first)
        before = _count(slot, off, opening, day)
        for number in range(day.toordinal(), min(closing, last).toordinal() + 1):
            today = date.fromordinal(number)
            if today.isoweekday() in slot.days and number not in silent:
                yield today, before
                before += 1


def days_off(campaign: Campaign, slot: Slot) -> list[DayRange]:
    """Return the days on which the slot is off even within its season and week: disjoint ranges, in order."""
    single = ((day, day) for day in (*campaign.exceptions, *slot.exceptions))
    return merge([*single, *campaign.pauses, *slot.pauses])


def merge(days: Iterable[DayRange]) -> list[DayRange]:
    """Return the same days as ranges that neither overlap nor adjoin, in order."""
    merged: list[DayRange] = []
    for first, last in sorted(days):
        if merged and (first - merged[-1][1]).days <= 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _days_in(off: Sequence[DayRange], first: date, last: date) -> frozenset[int]:
    """Return the ordinals of the days off from `first` to `last`."""
    cut = ((max(a, first).toordinal(), min(b, last).toordinal()) for a, b in off)
    return frozenset(number for a, b in cut for number in range(a, b + 1))


def _count(slot: Slot, off: Sequence[DayRange], first: date, day: date) -> int:
    """Return on how many days from `first` up to but not including `day` the slot airs, without looping over them."""
    cuts = ((max(a, first), min(b, day - timedelta(days=1))) for a, b in off if a < day and first <= b)
    missed = sum(_of_week(slot, a, b + timedelta(days=1)) for a, b in cuts)
    return _of_week(slot, first, day) - missed


def _of_week(slot: Slot, first: date, day: date) -> int:
    """Return how many days from `first` up to but not including `day` are on the slot's days of the week."""
    weeks, rest = divmod((day - first).days, 7)
    return weeks * len(slot.days) + sum((first + timedelta(days=n)).isoweekday() in slot.days for n in range(rest))
