"""What becomes of the days and airings that are left out when a slot's times or a campaign's days change.

What was left out at an hour that moves is left out at its new hour; what is left out where nothing airs any more is
dropped, for a file would be refused with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.schedule.season import fits, touches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, time

    from broadcaster.models import Campaign, DayRange, Slot
    from broadcaster.schedule.campaign_edit import CampaignEdit
    from broadcaster.schedule.timetable import Skip


@dataclass(frozen=True, slots=True)
class LeftOutBefore:
    """A day, an airing or a pause that was left out, and what became of it."""

    name: str  # a campaign's id, or campaign/slot
    what: date | Skip | DayRange
    carried_to: time | None = None  # an airing's new hour; None: dropped
    hour_is_gone: bool = False  # dropped because the slot has that hour no more; else because nothing airs then


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """An edit, and what became of what was left out before."""

    step: CampaignEdit
    before: tuple[LeftOutBefore, ...] = ()


def without_days_off(campaign: Campaign) -> Campaign:
    """Return a campaign that leaves nothing out and is not paused, nor is any of its slots."""
    slots = (replace(slot, exceptions=frozenset(), skips=frozenset(), pauses=()) for slot in campaign.slots)
    return replace(campaign, exceptions=frozenset(), pauses=(), slots=tuple(slots))


def with_carried_skips(old: Slot, new: Slot) -> Slot:
    """Return `new`, its times typed anew, with the single airings that `old` left out carried to its new times."""
    hours = _new_hours(old, new)
    carried = {(day, hours.get(at, at)) for day, at in old.skips}
    return replace(new, skips=frozenset((day, at) for day, at in carried if at in new.at))


def skips_before(name: str, old: Slot, new: Slot, today: date) -> Iterator[LeftOutBefore]:
    """Yield what `with_carried_skips` did with each airing that is still to come."""
    hours = _new_hours(old, new)
    for day, at in sorted(old.skips):
        if at not in new.at and day >= today:
            yield LeftOutBefore(name, (day, at), hours.get(at), hour_is_gone=at not in hours)


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
    gone += sorted(getattr(old, "skips", frozenset()) - getattr(new, "skips", frozenset()))
    gone += [pause for pause in old.pauses if pause not in new.pauses]
    for what in gone:
        yield LeftOutBefore(name, what)
