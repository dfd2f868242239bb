"""What differs from a campaign's timetable: days and airings left out, an airing moved, pauses. Returns the changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.models import MovedFrom, Order
from broadcaster.office.find import all_campaigns, find_campaign, find_occurrence, find_slot, planned_in
from broadcaster.office.slot_form import free_id
from broadcaster.office.wording import pause_text
from broadcaster.schedule.campaign_edit import edit
from broadcaster.schedule.days_off import without_days_off
from broadcaster.schedule.season import merge
from broadcaster.script_ids import TEXT
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from broadcaster.models import Campaign, DayRange, Occurrence, Slot
    from broadcaster.schedule.campaign_edit import CampaignEdit, FileChange
    from broadcaster.schedule.timetable import Skip
    from broadcaster.station.folder import Station

_LONGEST_ID = 64
_EVERY_DAY = frozenset(range(1, 8))


# ---- what is left out -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SilentTimes:
    """When a campaign or one of its slots is silent against its timetable."""

    name: str  # a campaign's id, or campaign/slot
    days: tuple[date, ...]
    skips: tuple[Skip, ...]  # single airings
    pauses: tuple[DayRange, ...]


def silent_times(campaign: Campaign) -> Iterator[SilentTimes]:
    """Yield what a campaign as a whole leaves out, and then each of its slots."""
    yield SilentTimes(campaign.id, tuple(sorted(campaign.exceptions)), (), campaign.pauses)
    for slot in campaign.slots:
        name = f"{campaign.id}/{slot.id}"
        yield SilentTimes(name, tuple(sorted(slot.exceptions)), tuple(sorted(slot.skips)), slot.pauses)


def skip_days(
    station: Station, name: str | None, spans: Sequence[DayRange], times: Sequence[time] = ()
) -> list[FileChange]:
    """Return the changes that leave days out of one `campaign/slot`, of one campaign, or (None) of all campaigns.

    `times`: only these airings of a slot. Of a slot's days, the airings that were moved to them are left out too. Raise
    InputError for a span in which nothing would have aired.
    """
    if times and "/" not in (name or ""):
        what = _("--at: times are a slot's")
        raise InputError(Problem(what, _("name the slot: --of CAMPAIGN/SLOT")))
    if name and "/" in name:
        campaign, slot = find_slot(station, name)
        chosen = replace(campaign, slots=(slot, *([] if times else moved_airings(campaign, slot, date.min))))
        _refuse_silent(station, [chosen], spans, times)
        return [_skip_slots(station, campaign, chosen.slots, spans, times)]
    campaigns = [find_campaign(station, name)] if name else list(all_campaigns(station).values())
    _refuse_silent(station, campaigns, spans)
    return [_skip_campaign(station, campaign, spans) for campaign in campaigns]


def _skip_campaign(station: Station, campaign: Campaign, spans: Iterable[DayRange]) -> FileChange:
    days = {airing.start.date() for span in spans for airing in planned_in(station, [campaign], span)}
    return edit(campaign.path).change_campaign(replace(campaign, exceptions=campaign.exceptions | days)).change()


def _skip_slots(
    station: Station, campaign: Campaign, slots: Iterable[Slot], spans: Sequence[DayRange], times: Sequence[time]
) -> FileChange:
    step = edit(campaign.path)
    for slot in slots:
        planned = [each for span in spans for each in planned_in(station, [replace(campaign, slots=(slot,))], span)]
        airings = {(each.start.date(), each.start.time()) for each in planned}
        if times:
            new = replace(slot, skips=slot.skips | {airing for airing in airings if airing[1] in times})
        else:
            new = replace(slot, exceptions=slot.exceptions | {day for day, _at in airings})
        step = step.change_slot(new)
    return step.change()


def skip_occurrences(station: Station, texts: Iterable[str]) -> list[FileChange]:
    """Return the changes that leave out these airings, each named as `find_occurrence` takes it; one a campaign."""
    steps: dict[str, CampaignEdit] = {}
    for text in texts:
        campaign, slot, occurrence = find_occurrence(station, text)
        step = steps.get(campaign.id) or edit(campaign.path)
        current = next(found for found in step.campaign.slots if found.id == slot.id)
        steps[campaign.id] = step.change_slot(_without(current, occurrence))
    return [step.change() for step in steps.values()]


def _without(slot: Slot, occurrence: Occurrence) -> Slot:
    return replace(slot, skips=slot.skips | {(occurrence.start.date(), occurrence.start.time())})


def refuse_two_times(name: str | None, at: Sequence[str]) -> None:
    """Raise InputError for --of or --at beside an airing whose name has its slot and its time."""
    if name is not None or at:
        what = _("an airing named with @ has its slot and its time in its name")
        raise InputError(Problem(what, _("leave out --of and --at")))


def _refuse_silent(
    station: Station, campaigns: Sequence[Campaign], spans: Iterable[DayRange], times: Sequence[time] = ()
) -> None:
    """Raise InputError for each span in which nothing would have aired: most likely it was mistyped."""
    problems = []
    for span in spans:
        airs = {found.start.time() for found in planned_in(station, campaigns, span)}
        if not airs or not airs.issuperset(times):
            problems.append(_silent(station, campaigns, span, airs, [at for at in times if at not in airs]))
    if problems:
        raise InputError(*problems)


def _silent(
    station: Station, campaigns: Iterable[Campaign], span: DayRange, airs: Collection[time], missing: Collection[time]
) -> Problem:
    """Return the problem that nothing airs in a span, or not at the `missing` times."""
    without = {each.start.time() for each in planned_in(station, map(without_days_off, campaigns), span)}
    days, at = pause_text(span), ", ".join(map(format_time, missing))
    if without and without.issuperset(missing):
        what = _("{days}: left out already, or paused").format(days=f"{days} {at}".strip())
        return Problem(what, _("see broadcaster schedule exceptions"))
    if not airs:
        what = _("nothing is planned on {days}").format(days=days)
        return Problem(what, _("see broadcaster schedule list"))
    what = _("nothing is planned on {days} at {times}").format(days=days, times=at)
    return Problem(what, _("planned then: {known}").format(known=", ".join(map(format_time, sorted(airs)))))


# ---- what is moved ----------------------------------------------------------------------------------------------


def move_occurrence(campaign: Campaign, slot: Slot, occurrence: Occurrence, day: date, at: time) -> CampaignEdit:
    """Return the edit that moves one airing to another day or time, with its scripts; every other one stays.

    Its slot leaves it out, and a slot for that one day is added; a slot that has no other airing is moved itself.
    """
    old_day, old_at = occurrence.start.date(), occurrence.start.time()
    step = edit(campaign.path)
    if slot.start == slot.end == old_day and slot.at == (old_at,):
        days = frozenset({*slot.days, day.isoweekday()})
        return step.change_slot(replace(slot, at=(at,), start=day, end=day, days=days))
    moved = _slot_for_one_airing(campaign, slot, occurrence, day, at)
    comment = _("moved from {id}").format(id=occurrence.id)
    return step.change_slot(_without(slot, occurrence)).add(moved, comment)


def _slot_for_one_airing(campaign: Campaign, slot: Slot, occurrence: Occurrence, day: date, at: time) -> Slot:
    suffix = f"-{day:%m%d}-{at:%Hh%M}"
    return replace(
        slot,
        id=free_id(campaign, slot.id[: _LONGEST_ID - 15] + suffix),
        at=(at,),
        scripts=occurrence.scripts,
        days=_EVERY_DAY,
        versions=(TEXT,) if campaign.versions else (),  # every version of this airing is among its scripts
        order=Order.ALL if len(occurrence.scripts) > 1 else Order.ROTATE,
        start=day,
        end=day,
        exceptions=frozenset(),
        skips=frozenset(),
        pauses=(),
        weights=(),
        moved_from=MovedFrom(slot.id, occurrence.start.date(), occurrence.start.time()),
    )


def moved_airings(campaign: Campaign, slot: Slot, since: date) -> list[Slot]:
    """Return the slots that stand for moved airings of a slot, from a day on, in the order of their days."""
    moved = (found for found in campaign.slots if found.moved_from and found.moved_from.slot == slot.id)
    return sorted((found for found in moved if _day(found) >= since), key=lambda found: (_day(found), found.at))


def remove_slot_and_moved(campaign: Campaign, slot: Slot) -> FileChange:
    """Return the change that removes a slot, and the slots that stand for moved airings of it."""
    step = edit(campaign.path).remove(slot.id)
    for moved in moved_airings(campaign, slot, date.min):
        step = step.remove(moved.id)
    return step.change()


def _day(moved: Slot) -> date:
    """Return the one day on which a moved airing airs; the last day there is where somebody gave it more."""
    return moved.start if isinstance(moved.start, date) else date.max


# ---- what is paused ---------------------------------------------------------------------------------------------


def pause(station: Station, name: str, first: date, last: date = date.max) -> FileChange:
    """Return the change that silences a campaign or a slot from one day to another, both included.

    Moved airings of the slot in these days are silenced too.
    """
    if last < first:
        raise InputError(Problem(_("the last day is before the first"), _("exchange --from and --to")))
    step = _with_pauses(station, name, lambda pauses: tuple(merge([*pauses, (first, last)])))
    for moved in _moved_of(station, name, first, last):
        step = step.change_slot(replace(moved, pauses=tuple(merge([*moved.pauses, (_day(moved), _day(moved))]))))
    return step.change()


def resume(station: Station, name: str, first: date) -> FileChange:
    """Return the change that ends the pauses of a campaign or a slot: from `first` on it airs again.

    So do moved airings of the slot.
    """
    step = _with_pauses(station, name, lambda pauses: _until(pauses, first))
    for moved in _moved_of(station, name, first, date.max):
        step = step.change_slot(replace(moved, pauses=tuple(pause for pause in moved.pauses if pause[1] < first)))
    return step.change()


def _moved_of(station: Station, name: str, first: date, last: date) -> list[Slot]:
    if "/" not in name:  # the campaign's own pause silences all its slots
        return []
    campaign, slot = find_slot(station, name)
    return [moved for moved in moved_airings(campaign, slot, first) if _day(moved) <= last]


def _until(pauses: tuple[DayRange, ...], day: date) -> tuple[DayRange, ...]:
    """Return what of the pauses lies before a day."""
    if all(last < day for _first, last in pauses):
        raise InputError(Problem(_("it is not paused then"), _("see broadcaster schedule exceptions")))
    return tuple((first, min(last, day - timedelta(days=1))) for first, last in pauses if first < day)


def _with_pauses(
    station: Station, name: str, change: Callable[[tuple[DayRange, ...]], tuple[DayRange, ...]]
) -> CampaignEdit:
    if "/" in name:
        campaign, slot = find_slot(station, name)
        return edit(campaign.path).change_slot(replace(slot, pauses=change(slot.pauses)))
    campaign = find_campaign(station, name)
    return edit(campaign.path).change_campaign(replace(campaign, pauses=change(campaign.pauses)))
