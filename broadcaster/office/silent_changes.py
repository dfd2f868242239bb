"""What a change puts where nothing will air, or takes out where nothing would have: found before it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.models import Boundary, YearDay
from broadcaster.schedule.campaign_edit import plain_text
from broadcaster.schedule.season import airing_days, seasons
from broadcaster.schedule.timetable import parse_campaign
from broadcaster.tomlfile import FIRST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.models import Campaign, Slot
    from broadcaster.schedule.campaign_edit import FileChange

_FAR = timedelta(days=9 * 366)
"""Within this a day of every year, 29 February too, has come once."""
_YEAR = timedelta(days=366)
_DAWN = date(FIRST_YEAR, 1, 1)


class SilentKind(StrEnum):
    """Why a change does not do what it seems to."""

    OVER = "over"  # its last day, `last`, is over
    WEEKDAY = "weekday"  # none of its `weekdays` falls between `first` and `last`
    LATER = "later"  # it first airs on `first`, more than a year from now
    NEW_YEAR = "new year"  # every year it runs from `first` over the new year to `last`
    PAST_DAY = "past day"  # `first` to `last` is left out, and is over


@dataclass(frozen=True, slots=True)
class SilentChange:
    """A campaign, or a campaign/slot, that a change touches to no effect."""

    name: str
    kind: SilentKind
    first: Boundary
    last: Boundary
    weekdays: frozenset[int] = frozenset()


def silent_changes(changes: Iterable[FileChange], today: date) -> list[SilentChange]:
    """Return what in these changes of campaign files will not do what it seems to. Files with mistakes are left out."""
    return [found for change in changes for found in _silent(_read(change, change.before), change, today)]


def _read(change: FileChange, text: str | None) -> Campaign | None:
    try:
        return None if text is None else parse_campaign(change.path, plain_text(text))
    except InputError:
        return None


def _silent(before: Campaign | None, change: FileChange, today: date) -> Iterator[SilentChange]:
    after = _read(change, change.after)
    if after is None:
        return
    is_new_span = before is None or (before.start, before.end) != (after.start, after.end)
    if is_new_span and _goes_over_new_year(after.start, after.end):
        yield SilentChange(after.id, SilentKind.NEW_YEAR, after.start, after.end)
    if is_new_span and isinstance(after.end, date) and after.end < today:
        yield SilentChange(after.id, SilentKind.OVER, after.end, after.end)
        return
    yield from _past_days(after.id, _off(before), _off(after), today)
    old = {slot.id: slot for slot in before.slots} if before else {}
    for slot in after.slots:
        known = old.get(slot.id)
        if is_new_span or known is None or _when(known) != _when(slot):
            yield from _silent_slot(after, slot, today)
        yield from _past_days(f"{after.id}/{slot.id}", _off(known), _off(slot), today)


def _goes_over_new_year(start: Boundary, end: Boundary) -> bool:
    each_year = isinstance(start, YearDay) and isinstance(end, YearDay)
    return each_year and (start.month, start.day) > (end.month, end.day)


def _when(slot: Slot) -> tuple[object, ...]:
    return slot.at, slot.days, slot.start, slot.end


def _off(owner: Campaign | Slot | None) -> frozenset[tuple[date, date]]:
    """Return the days that are left out of a campaign or a slot, as spans."""
    if owner is None:
        return frozenset()
    skips: Iterable[tuple[date, time]] = getattr(owner, "skips", ())
    single = chain(owner.exceptions, (day for day, _at in skips))
    return frozenset([*((day, day) for day in single), *owner.pauses])


def _past_days(
    name: str, before: frozenset[tuple[date, date]], after: frozenset[tuple[date, date]], today: date
) -> Iterator[SilentChange]:
    for first, last in sorted(after - before):
        if last < today:
            yield SilentChange(name, SilentKind.PAST_DAY, first, last)


def _silent_slot(campaign: Campaign, slot: Slot, today: date) -> Iterator[SilentChange]:
    """Yield that a slot will not air within a year; days that are left out or paused were meant so."""
    name = f"{campaign.id}/{slot.id}"
    campaign = replace(campaign, exceptions=frozenset(), pauses=())
    slot = replace(slot, exceptions=frozenset(), skips=frozenset(), pauses=())
    ends = (day for day in (campaign.end, slot.end) if isinstance(day, date))
    far = max(today + _FAR, *ends, today)
    first = next((day for day, _number in airing_days(campaign, slot, today, far)), None)
    if first is not None:
        if first > today + _YEAR:
            yield SilentChange(name, SilentKind.LATER, first, first)
        return
    coming = seasons(campaign, slot, today, far)
    if coming:
        yield SilentChange(name, SilentKind.WEEKDAY, *coming[0], slot.days)
    elif past := seasons(campaign, slot, _DAWN, today):
        yield SilentChange(name, SilentKind.OVER, past[-1][1], past[-1][1])
