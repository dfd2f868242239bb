"""Why a slot does not air at a moment: its times, date range, weekdays, exceptions and pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.models import MovedFrom
from broadcaster.office.facts import frozen_facts
from broadcaster.office.why.place import place_of
from broadcaster.schedule.season import seasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.models import Campaign, Slot
    from broadcaster.office.facts import Facts


class SilenceKind(StrEnum):
    """What keeps a slot from airing. The comment names the facts."""

    OTHER_TIMES = "other times"  # times, at
    OUT_OF_RANGE = "out of range"  # day, start, end
    OTHER_WEEKDAYS = "other weekdays"  # day, weekdays
    LEFT_OUT = "left out"  # day, owner: "campaign" or "slot"
    PAUSED = "paused"  # days (first and last), owner
    AIRING_TAKEN_OUT = "airing taken out"
    AIRING_MOVED = "airing moved"  # slot: that stands for it; at, day: when it airs


@dataclass(frozen=True, slots=True)
class SilenceReason:
    """One reason for which a slot does not air at some time of some day."""

    kind: SilenceKind
    facts: Facts


@dataclass(frozen=True, slots=True)
class NearbySlot:
    """A slot that has a time of day near to a moment, and what keeps it from airing on that day."""

    slot: str  # campaign/slot
    place: str  # file and line
    at: time  # of its times the one nearest to the moment
    distance: timedelta  # from that time to the moment
    reasons: tuple[SilenceReason, ...]  # none: it airs at that time


def nearby_slots(campaigns: Iterable[Campaign], moment: datetime, count: int) -> list[NearbySlot]:
    """Return the slots whose time of day is nearest to a moment's; of two as near, the one with fewer reasons first."""
    found = [_nearby(campaign, slot, moment) for campaign in campaigns for slot in campaign.slots]
    return sorted(found, key=lambda near: (near.distance, len(near.reasons)))[:count]


def _nearby(campaign: Campaign, slot: Slot, moment: datetime) -> NearbySlot:
    at = min(slot.at, key=lambda at: _apart(at, moment.time()))
    reasons = tuple(silence_reasons(campaign, slot, moment.date(), at))
    name = f"{campaign.id}/{slot.id}"
    return NearbySlot(name, place_of(campaign, slot), at, _apart(at, moment.time()), reasons)


def _apart(first: time, second: time) -> timedelta:
    day = date(2000, 1, 1)
    return abs(datetime.combine(day, first) - datetime.combine(day, second))


def silence_reasons(campaign: Campaign, slot: Slot, day: date, at: time) -> Iterator[SilenceReason]:
    """Yield each reason for which a slot does not air at a time of a day; nothing where it airs."""
    if at not in slot.at:
        yield _reason(SilenceKind.OTHER_TIMES, times=tuple(sorted(slot.at)), at=at)
    if not any(first <= day <= last for first, last in seasons(campaign, slot, day, day)):
        start, end = slot.start or campaign.start, slot.end or campaign.end
        yield _reason(SilenceKind.OUT_OF_RANGE, day=day, start=start, end=end)
    if day.isoweekday() not in slot.days:
        yield _reason(SilenceKind.OTHER_WEEKDAYS, day=day, weekdays=slot.days)
    for name, owner in (("campaign", campaign), ("slot", slot)):
        yield from _days_off(name, owner, day)
    if moved := _moved(campaign, slot, day, at):
        yield _reason(
            SilenceKind.AIRING_MOVED, slot=f"{campaign.id}/{moved.id}", at=moved.at[0], day=moved.start or day
        )
    elif (day, at) in slot.skips:
        yield _reason(SilenceKind.AIRING_TAKEN_OUT)


def _moved(campaign: Campaign, slot: Slot, day: date, at: time) -> Slot | None:
    """Return the slot that stands for a moved airing of a slot; None where it was not moved."""
    was = MovedFrom(slot.id, day, at)
    return next((each for each in campaign.slots if each.moved_from == was), None)


def _days_off(name: str, owner: Campaign | Slot, day: date) -> Iterator[SilenceReason]:
    if day in owner.exceptions:
        yield _reason(SilenceKind.LEFT_OUT, owner=name, day=day)
    for pause in owner.pauses:
        if pause[0] <= day <= pause[1]:
            yield _reason(SilenceKind.PAUSED, owner=name, days=pause)


def _reason(kind: SilenceKind, **facts: Any) -> SilenceReason:  # noqa: ANN401 - a fact may be any frozen value
    return SilenceReason(kind, frozen_facts(**facts))
