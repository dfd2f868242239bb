"""What becomes of the days and airings that are left out when a slot's times or a campaign's days change.

What was left out at an hour that moves is left out at its new hour; what is left out where nothing airs any more is
dropped, for a file would be refused with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from broadcaster.models import Campaign, Slot
from broadcaster.schedule.plan import moved_away
from broadcaster.schedule.season import fits, touches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, time

    from broadcaster.models import DayRange
    from broadcaster.schedule.campaign_edit import CampaignEdit
    from broadcaster.schedule.timetable import Skip


B = TypeVar("B", Campaign, Slot)


class Fate(StrEnum):
    """What became of something that was left out."""

    CARRIED = "carried"  # it is left out at `at`, its slot's new hour
    HOUR_GONE = "hour gone"  # dropped: its slot has that hour no more
    NO_DAY = "no day"  # dropped: nothing airs then
    AIRS = "airs"  # it is named no more, and airs


@dataclass(frozen=True, slots=True)
class LeftOutBefore:
    """A day, an airing or a pause that was left out, and what became of it."""

    name: str  # a campaign's id, or campaign/slot
    what: date | Skip | DayRange
    fate: Fate
    at: time | None = None  # CARRIED: the new hour


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """An edit, and what became of what was left out before."""

    step: CampaignEdit
    before: tuple[LeftOutBefore, ...] = ()


def without_days_off(campaign: Campaign) -> Campaign:
    """Return a campaign that leaves nothing out and is not paused, nor is any of its slots."""
    slots = (replace(slot, exceptions=frozenset(), skips=frozenset(), pauses=()) for slot in campaign.slots)
    return replace(campaign, exceptions=frozenset(), pauses=(), slots=tuple(slots))


def carry_skips(name: str, old: Slot, new: Slot, today: date) -> tuple[Slot, list[LeftOutBefore]]:
    """Return `new`, a slot with other times, and the single airings that it leaves out as `old` did at its new times.

    Return too what became of each of those that is still to come. An airing that `new` alone leaves out stays as it is.
    """
    hours = _new_hours(old, new)
    gone = {skip for skip in new.skips & old.skips if skip[1] not in new.at}
    carried = {(day, hours[at]) for day, at in gone if at in hours}
    before = [
        LeftOutBefore(name, (day, at), Fate.CARRIED if at in hours else Fate.HOUR_GONE, hours.get(at))
        for day, at in sorted(gone)
        if day >= today
    ]
    return replace(new, skips=new.skips - gone | carried), before


def carry_moved(step: CampaignEdit, old: Slot, new: Slot) -> CampaignEdit:
    """Return the edit in which the airings that were moved away from a slot name its new times."""
    hours = _new_hours(old, new)
    for each in step.campaign.slots if hours else ():  # to look at them parses the whole file
        was = each.moved_from
        if was and was.slot == old.id and was.at in hours:
            step = step.change_slot(replace(each, moved_from=was._replace(at=hours[was.at])))
    return step


def named_no_more(
    name: str, old: Slot | Campaign, new: Slot | Campaign, today: date, moved: Collection[Skip] = ()
) -> Iterator[LeftOutBefore]:
    """Yield what a slot or a campaign left out from today on, and `new`, as it was typed, does not name.

    A pause that was changed is named; so is a day in a pause, and an airing on a day that is left out. What of it was
    `moved` to another hour does not air at its own, named or not.
    """
    for day in sorted(old.exceptions - new.exceptions):
        if day >= today and not _is_paused(day, new):
            yield LeftOutBefore(name, day, Fate.AIRS)
    if isinstance(old, Slot) and isinstance(new, Slot):
        hours = _new_hours(old, new)
        for day, at in sorted(old.skips - new.skips - {*moved}):
            is_silent = day in new.exceptions or _is_paused(day, new) or (day, hours.get(at)) in new.skips
            if day >= today and not is_silent:
                yield LeftOutBefore(name, (day, at), Fate.AIRS if at in new.at else Fate.HOUR_GONE)
    for first, last in old.pauses:
        if last >= today and not any(a <= last and first <= b for a, b in new.pauses):
            yield LeftOutBefore(name, (first, last), Fate.AIRS)


def _is_paused(day: date, new: Slot | Campaign) -> bool:
    return any(first <= day <= last for first, last in new.pauses)


def all_named_no_more(old: Campaign, new: Campaign, today: date) -> Iterator[LeftOutBefore]:
    """Yield what `named_no_more` does of a campaign and of the slots that it still has."""
    yield from named_no_more(new.id, old, new, today)
    known = {slot.id: slot for slot in old.slots}
    for slot in new.slots:
        if slot.id in known:
            moved = moved_away(new, slot)
            yield from named_no_more(f"{new.id}/{slot.id}", known[slot.id], slot, today, moved)


def _new_hours(old: Slot, new: Slot) -> dict[time, time]:
    """Return which new time each old one became: in their order, where as many came as went; else it is not known."""
    gone, come = sorted({*old.at} - {*new.at}), sorted({*new.at} - {*old.at})
    return dict(zip(gone, come, strict=True)) if len(gone) == len(come) else {}


def carry_days(step: CampaignEdit, new: Campaign) -> CarriedOver:
    """Return the edit that gives a campaign the head of `new`, without what is left out outside its days."""
    before: list[LeftOutBefore] = []
    for slot in step.campaign.slots:
        kept = _kept_slot(slot, new)
        before += _dropped(f"{new.id}/{slot.id}", slot, kept)
        step = step.change_slot(kept) if kept != slot else step
    head = replace(
        new,
        exceptions=frozenset(day for day in new.exceptions if fits(day, day, new.start, new.end)),
        pauses=tuple(pause for pause in new.pauses if touches(pause, new.start, new.end)),
    )
    before += _dropped(new.id, new, head)
    return CarriedOver(step.change_campaign(head), tuple(before))


def without_kept_outside(name: str, old: B, new: B, campaign: Campaign) -> tuple[B, list[LeftOutBefore]]:
    """Return a slot, or a campaign's head, without what `old` left out too and lies outside the campaign's new days.

    Return that too. What `new` alone leaves out there stays: somebody typed it, and it must be a mistake.
    """
    start, end = campaign.start, campaign.end
    days = frozenset(day for day in new.exceptions & old.exceptions if not fits(day, day, start, end))
    pauses = tuple(pause for pause in new.pauses if pause not in old.pauses or touches(pause, start, end))
    kept = replace(new, exceptions=new.exceptions - days, pauses=pauses)
    if isinstance(kept, Slot):
        gone = frozenset(skip for skip in kept.skips & _skips(old) if not fits(skip[0], skip[0], start, end))
        kept = replace(kept, skips=kept.skips - gone)
    return kept, list(_dropped(name, new, kept))


def _kept_slot(slot: Slot, campaign: Campaign) -> Slot:
    start, end = campaign.start, campaign.end
    return replace(
        slot,
        exceptions=frozenset(day for day in slot.exceptions if fits(day, day, start, end)),
        skips=frozenset(skip for skip in slot.skips if fits(skip[0], skip[0], start, end)),
        pauses=tuple(pause for pause in slot.pauses if touches(pause, start, end)),
    )


def _dropped(name: str, old: Slot | Campaign, new: Slot | Campaign) -> Iterator[LeftOutBefore]:
    gone: list[date | Skip | DayRange] = [*sorted(old.exceptions - new.exceptions)]
    gone += sorted(_skips(old) - _skips(new))
    gone += [pause for pause in old.pauses if pause not in new.pauses]
    for what in gone:
        yield LeftOutBefore(name, what, Fate.NO_DAY)


def _skips(each: Slot | Campaign) -> frozenset[Skip]:
    return each.skips if isinstance(each, Slot) else frozenset()
