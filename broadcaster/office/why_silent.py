"""Why a slot does not air at some moment, in sentences: its times, days, exceptions and pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.office.wording import day_name, pause_text, short_date, span_text, weekdays_text
from broadcaster.schedule.season import seasons
from broadcaster.tomlfile import TomlFile, format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.models import Campaign, Slot


@dataclass(frozen=True, slots=True)
class NearbySlot:
    """A slot that might have aired at a moment: its nearest time, how far off, and what kept it from airing then."""

    campaign: Campaign
    slot: Slot
    at: time
    distance: timedelta
    reasons: tuple[str, ...]

    def to_text(self) -> str:
        """Say it in a line."""
        text = _("{slot} at {at} ({place}): {reasons}.")
        away = _("it airs then, {away} min away").format(away=round(self.distance / timedelta(minutes=1)))
        reasons = self.reasons or (away,)
        name = f"{self.campaign.id}/{self.slot.id}"
        return text.format(
            slot=name, place=place(self.campaign, self.slot), at=format_time(self.at), reasons="; ".join(reasons)
        )


def place(campaign: Campaign, slot: Slot) -> str:
    """Return where a slot is written: "thang-5.toml:12"."""
    number = next(index for index, found in enumerate(campaign.slots) if found.id == slot.id)
    line = TomlFile.read(campaign.path).line_of(("slot", number))
    return f"{campaign.path.parent.name}/{campaign.path.name}:{line}"


def nearest(campaigns: Iterable[Campaign], moment: datetime, count: int) -> list[NearbySlot]:
    """Return the slots whose time of day is nearest to a moment's; of two as near, the one with less against it."""
    found = [_near(campaign, slot, moment) for campaign in campaigns for slot in campaign.slots]
    return sorted(found, key=lambda near: (near.distance, len(near.reasons)))[:count]


def _near(campaign: Campaign, slot: Slot, moment: datetime) -> NearbySlot:
    at = min(slot.at, key=lambda at: _apart(at, moment.time()))
    return NearbySlot(
        campaign, slot, at, _apart(at, moment.time()), tuple(why_silent(campaign, slot, moment.date(), at))
    )


def _apart(first: time, second: time) -> timedelta:
    day = date(2000, 1, 1)
    return abs(datetime.combine(day, first) - datetime.combine(day, second))


def why_silent(campaign: Campaign, slot: Slot, day: date, at: time) -> Iterator[str]:
    """Yield each reason for which a slot does not air at a time of a day; nothing where it does."""
    if at not in slot.at:
        times = ", ".join(map(format_time, sorted(slot.at)))
        yield _("its times are {times}, not {at}").format(times=times, at=format_time(at))
    if not any(first <= day <= last for first, last in seasons(campaign, slot, day, day)):
        span = span_text(slot.start or campaign.start, slot.end or campaign.end)
        yield _("{day} is not in its days, {span}").format(day=short_date(day), span=span)
    if day.isoweekday() not in slot.days:
        yield _("{day} is not one of its weekdays ({days})").format(day=day_name(day), days=weekdays_text(slot.days))
    for owner, name in ((campaign, _("the campaign")), (slot, _("the slot"))):
        if day in owner.exceptions:
            yield _("{owner} leaves out {day} (except)").format(owner=name, day=short_date(day))
        for pause in owner.pauses:
            if pause[0] <= day <= pause[1]:
                yield _("{owner} is paused: {days}").format(owner=name, days=pause_text(pause))
    if (day, at) in slot.skips:
        yield _("this one airing was taken out (except)")
