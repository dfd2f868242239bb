"""What campaigns leave out: every day, airing and pause that differs from the timetable, who did it, when and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.campaign_history import history_of
from broadcaster.office.find import all_campaigns, find_airing, find_campaign, find_slot
from broadcaster.office.skip_move_pause import moved_airings, silent_times
from broadcaster.office.wording import moved_text, pause_text
from broadcaster.schedule.campaign_edit import edit, plain_text
from broadcaster.schedule.timetable import parse_campaign
from broadcaster.station.edits import renamed_with
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from broadcaster.models import Boundary, Campaign, DayRange, Slot
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """Days from `first` to `last` on which `name`, a campaign or `campaign/slot`, is silent; `at`: only that airing.

    A pause without an end lasts until `date.max`.
    """

    first: date
    last: date
    name: str
    at: time | None = None


@dataclass(frozen=True, slots=True)
class KnownException:
    """What is left out, and the change that did it; None where the history does not tell.

    `moved`: the slot that stands for an airing that was moved from there.
    """

    what: LeftOut
    by: Version | None
    moved: Slot | None = None


def exceptions(station: Station, campaign: str | None = None, since: date = date.min) -> list[KnownException]:
    """Return what one campaign, or all, leave out from a day on, in the order of the days.

    Raise InputError where one of them cannot be read.
    """
    campaigns = all_campaigns(station).values() if campaign is None else [find_campaign(station, campaign)]
    found = (_with_moved(one, each) for one in campaigns for each in _of_one(station, one))
    listed = [each for each in found if each.what.last >= since]
    return sorted(listed, key=lambda each: (each.what.first, each.what.name, each.what.at or time.min))


def _with_moved(campaign: Campaign, each: KnownException) -> KnownException:
    what = each.what
    for moved in campaign.slots:
        was = moved.moved_from
        if was and (f"{campaign.id}/{was.slot}", was.day, was.at) == (what.name, what.first, what.at):
            return replace(each, moved=moved)
    return each


def _of_one(station: Station, campaign: Campaign) -> Iterator[KnownException]:
    left = set(_left_out(campaign))
    file = campaign.path.name
    for version in reversed(history_of(station) if left else []):
        edited = next((each for each in version.files if each.file == file), None)
        if edited and edited.before == versions.NO_FILE and (other := renamed_with(version.files, file)):
            file = other.file  # it had another id before
            continue
        before = _read(campaign, file, edited.before) if edited else left
        if before is None:
            break
        yield from (KnownException(what, version) for what in left - before)
        left &= before
    yield from (KnownException(what, None) for what in left)


def _read(campaign: Campaign, file: str, digest: str) -> set[LeftOut] | None:
    """Return what an earlier version of a campaign, in the file it had then, left out; None where it is not known."""
    try:
        text = versions.load(campaign.path.with_name(file), digest)
        return set(_left_out(parse_campaign(campaign.path, plain_text(text)))) if text is not None else set()
    except InputError:
        return None


def _left_out(campaign: Campaign) -> Iterator[LeftOut]:
    for silent in silent_times(campaign):
        yield from (LeftOut(day, day, silent.name) for day in silent.days)
        yield from (LeftOut(day, day, silent.name, at) for day, at in silent.skips)
        yield from (LeftOut(first, last, silent.name) for first, last in silent.pauses)


# ---- and back again ---------------------------------------------------------------------------------------------


def unskip_days(
    station: Station, name: str | None, spans: Sequence[DayRange], times: Sequence[time] = ()
) -> list[FileChange]:
    """Return the changes that let air again what was left out on these days: of a slot, of a campaign, or of all.

    `times`: only these airings of a slot. What was moved to another time stays there; what was moved to these days airs
    with its slot. Raise InputError for a span in which nothing is left out.
    """
    if times and "/" not in (name or ""):
        raise InputError(Problem(_("--at: times are a slot's"), _("name the slot: --of CAMPAIGN/SLOT")))
    if name and "/" in name:
        campaign, slot = find_slot(station, name)
        slots = [slot, *([] if times else moved_airings(campaign, slot, date.min))]
        pairs = [(campaign, _airing(campaign, {each.id for each in slots}, spans, times))]
    else:
        found = [find_campaign(station, name)] if name else list(all_campaigns(station).values())
        pairs = [(campaign, _airing(campaign, None, spans)) for campaign in found]
    problems = [
        _not_left_out(span, [old for old, _new in pairs], name, times)
        for span in spans
        if not any(_left_out_in(old, span) != _left_out_in(new, span) for old, new in pairs)
    ]
    if problems:
        raise InputError(*problems)
    return [edit(old.path).change_all(new).change() for old, new in pairs if new != old]


def unskip_airings(station: Station, texts: Iterable[str]) -> list[FileChange]:
    """Return the changes that let these airings air again, each named by its id; raise InputError as `unskip_days`."""
    changed: dict[str, tuple[Campaign, Campaign]] = {}
    for text in texts:
        campaign, slot, day, at = find_airing(station, text)
        old, before = changed.get(campaign.id, (campaign, campaign))
        airing = _airing(before, {slot.id}, [(day, day)], (at,))
        if airing == before:
            raise InputError(_not_left_out((day, day), [before], f"{campaign.id}/{slot.id}", (at,)))
        changed[campaign.id] = old, airing
    return [edit(old.path).change_all(new).change() for old, new in changed.values()]


def _airing(
    campaign: Campaign, slots: Collection[str] | None, spans: Sequence[DayRange], times: Sequence[time] = ()
) -> Campaign:
    """Return the campaign with what is left out in these spans airing again: of these slots, or (None) all of it."""
    days = {day for day in _days_left_out(campaign) if any(first <= day <= last for first, last in spans)}
    new = tuple(
        _airing_slot(campaign, slot, days, times) if slots is None or slot.id in slots else slot
        for slot in campaign.slots
    )
    exceptions = campaign.exceptions - days if slots is None else campaign.exceptions
    return replace(campaign, exceptions=exceptions, slots=new)


def _days_left_out(campaign: Campaign) -> set[date]:
    return {what.first for what in _left_out(campaign) if what.first == what.last}


def _airing_slot(campaign: Campaign, slot: Slot, days: Collection[date], times: Sequence[time]) -> Slot:
    moved = {(was.day, was.at) for each in moved_airings(campaign, slot, date.min) if (was := each.moved_from)}
    again = {skip for skip in slot.skips - moved if skip[0] in days and (not times or skip[1] in times)}
    exceptions = slot.exceptions if times else slot.exceptions.difference(days)
    return replace(slot, skips=slot.skips - again, exceptions=exceptions)


def _left_out_in(campaign: Campaign, span: DayRange) -> set[LeftOut]:
    """Return the days and single airings that are left out in a span; pauses are ended otherwise."""
    return {what for what in _left_out(campaign) if what.first == what.last and span[0] <= what.first <= span[1]}


def _not_left_out(span: DayRange, campaigns: Iterable[Campaign], name: str | None, times: Sequence[time]) -> Problem:
    """Return the problem that nothing is left out in a span; where something is moved or paused then, that instead."""
    days = " ".join([pause_text(span), *map(format_time, times)])
    slots = [(campaign, slot, f"{campaign.id}/{slot.id}") for campaign in campaigns for slot in campaign.slots]
    for campaign, slot, shown in slots:
        if name not in (None, campaign.id, shown):
            continue
        if moved := _moved_away(campaign, slot, span, times):
            what = _("{name}: not left out but moved: {airing}").format(name=shown, airing=moved_text(moved))
            return Problem(what, _move_back(campaign, moved))
        for owner, pauses in ((campaign.id, campaign.pauses), (shown, slot.pauses)):
            if any(first <= span[1] and span[0] <= last for first, last in pauses):
                what = _("{days}: {name} is paused, not left out").format(days=days, name=owner)
                return Problem(what, _("end the pause: broadcaster schedule resume {name}").format(name=owner))
    return Problem(_("nothing is left out on {days}").format(days=days), _("see broadcaster schedule exceptions"))


def _move_back(campaign: Campaign, moved: Slot) -> str:
    """Return how a moved airing comes back to its hour, as a command to copy."""
    airs = f"{campaign.id}/{moved.id}@{_typed_day(moved.start)} {format_time(moved.at[0])}"
    command = f'broadcaster schedule move "{airs}"'
    if moved.moved_from:
        command += f" --on {_typed_day(moved.moved_from.day)} --at {format_time(moved.moved_from.at)}"
    return _("move it back: {command}").format(command=command)


def _typed_day(day: Boundary | None) -> str:
    return f"{day.day}/{day.month}/{day.year}" if isinstance(day, date) else "…"


def _moved_away(campaign: Campaign, slot: Slot, span: DayRange, times: Sequence[time]) -> Slot | None:
    """Return the slot that stands for an airing of a slot in a span, moved away from there."""
    for each in moved_airings(campaign, slot, date.min):
        moved = each.moved_from
        if moved and span[0] <= moved.day <= span[1] and (not times or moved.at in times):
            return each
    return None
