"""What a change puts where nothing will air, or takes out where nothing would have: found before it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from broadcaster.models import Boundary, YearDay
from broadcaster.office.changes import renames
from broadcaster.schedule.campaign_edit import campaigns_of
from broadcaster.schedule.days_off import without_days_off
from broadcaster.schedule.season import airing_days, seasons
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
    LEFT_OUT = "left out"  # all its days are left out or paused, the first of them `first`
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
    changes = list(changes)
    before = {new: old.before for old, new in renames(changes)}
    versions = (campaigns_of(replace(each, before=before.get(each, each.before))) for each in changes)
    return [found for before, after in versions if after is not None for found in _silent(before, after, today)]


def _silent(before: Campaign | None, after: Campaign, today: date) -> Iterator[SilentChange]:
    is_new_span = before is None or (before.start, before.end) != (after.start, after.end)
    if is_new_span and _goes_over_new_year(after.start, after.end):
        yield SilentChange(after.id, SilentKind.NEW_YEAR, after.start, after.end)
    if is_new_span and isinstance(after.end, date) and after.end < today:
        yield SilentChange(after.id, SilentKind.OVER, after.end, after.end)
        return
    yield from _past_days(after.id, _off(before), _off(after), today)
    old = {slot.id: slot for slot in before.slots} if before else {}
    changed = [s for s in after.slots if is_new_span or s.id not in old or _when(old[s.id]) != _when(s)]
    yield from _together(after, [found for slot in changed for found in _silent_slot(after, slot, today)])
    for slot in after.slots:
        yield from _past_days(f"{after.id}/{slot.id}", _off(old.get(slot.id)), _off(slot), today)


def _together(campaign: Campaign, found: list[SilentChange]) -> list[SilentChange]:
    """Return one change in place of those of all slots, where all of a campaign is more than a year from now."""
    if len(found) < max(2, len(campaign.slots)) or any(each.kind is not SilentKind.LATER for each in found):
        return found
    first = min(each.first for each in found if isinstance(each.first, date))
    return [SilentChange(campaign.id, SilentKind.LATER, first, first)]


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
    """Yield that a slot will not air within a year; that some of its days are left out or paused was meant so."""
    name, whole = f"{campaign.id}/{slot.id}", (campaign, slot)
    campaign = without_days_off(replace(campaign, slots=(slot,)))
    (slot,) = campaign.slots
    ends = (day for day in (campaign.end, slot.end) if isinstance(day, date))
    far = max(today + _FAR, *ends, today)
    first = next((day for day, _number in airing_days(campaign, slot, today, far)), None)
    if first is not None:
        if next(airing_days(*whole, today, far), None) is None:
            yield SilentChange(name, SilentKind.LEFT_OUT, first, first)
        elif first > today + _YEAR:
            yield SilentChange(name, SilentKind.LATER, first, first)
        return
    coming = seasons(campaign, slot, today, far)
    if coming:
        yield SilentChange(name, SilentKind.WEEKDAY, *coming[0], slot.days)
    elif past := seasons(campaign, slot, _DAWN, today):
        yield SilentChange(name, SilentKind.OVER, past[-1][1], past[-1][1])
