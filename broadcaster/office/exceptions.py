"""What campaigns leave out: every day, airing and pause that differs from the timetable, who did it, when and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.campaign_history import history_of
from broadcaster.office.find import find_airing, find_campaign, find_slot
from broadcaster.office.skip_move_pause import silent_times
from broadcaster.office.wording import short_date
from broadcaster.schedule.campaign_edit import edit, plain_text
from broadcaster.schedule.timetable import parse_campaign

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from broadcaster.models import Campaign, Slot
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
    """What is left out, and the change that did it; None where the history does not tell."""

    what: LeftOut
    by: Version | None


def exceptions(station: Station, campaign: str | None = None, since: date = date.min) -> list[KnownException]:
    """Return what one campaign, or all, leave out from a day on, in the order of the days.

    Raise InputError where one of them cannot be read.
    """
    if campaign is not None:
        campaigns = [find_campaign(station, campaign)]
    else:
        found, problems = station.campaigns()
        if problems:
            raise InputError(*problems)
        campaigns = list(found.values())
    listed = (each for one in campaigns for each in _of_one(station, one) if each.what.last >= since)
    return sorted(listed, key=lambda each: (each.what.first, each.what.name, each.what.at or time.min))


def _of_one(station: Station, campaign: Campaign) -> Iterator[KnownException]:
    left = set(_left_out(campaign))
    file = campaign.path.name
    for version in reversed(history_of(station, campaign.id) if left else []):
        edited = next((each for each in version.files if each.file == file), None)
        before = _read(campaign, edited.before) if edited else left
        if before is None:
            break
        yield from (KnownException(what, version) for what in left - before)
        left &= before
    yield from (KnownException(what, None) for what in left)


def _read(campaign: Campaign, digest: str) -> set[LeftOut] | None:
    """Return what an earlier version of a campaign left out; None where it was not kept, or has a mistake."""
    try:
        text = versions.load(campaign.path, digest)
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
    station: Station, name: str | None, days: frozenset[date], times: Sequence[time] = ()
) -> list[FileChange]:
    """Return the changes that let air again what was left out on these days: of a slot, of a campaign, or of all.

    `times`: only these airings of a slot. What was moved to another time stays there. Raise InputError for a day on
    which nothing is left out.
    """
    if times and "/" not in (name or ""):
        raise InputError(Problem(_("--at: times are a slot's"), _("name the slot: --of CAMPAIGN/SLOT")))
    if name and "/" in name:
        campaign, slot = find_slot(station, name)
        pairs = [(campaign, _with_slot(campaign, _airing_slot(campaign, slot, days, times)))]
    else:
        found = [find_campaign(station, name)] if name else list(station.campaigns()[0].values())
        pairs = [(campaign, _airing_campaign(campaign, days)) for campaign in found]
    for day in sorted(days):
        if not any(_without_day(old, day) != _without_day(new, day) for old, new in pairs):
            what = _("nothing is left out on {day}").format(day=short_date(day))
            raise InputError(Problem(what, _("see broadcaster schedule exceptions")))
    return [edit(old.path).change_all(new).change() for old, new in pairs if new != old]


def unskip_airings(station: Station, texts: Iterable[str]) -> list[FileChange]:
    """Return the changes that let these airings air again, each named by its id; raise InputError as `unskip_days`."""
    changed: dict[str, tuple[Campaign, Campaign]] = {}
    for text in texts:
        campaign, slot, day, at = find_airing(station, text)
        old, new = changed.get(campaign.id, (campaign, campaign))
        current = next(found for found in new.slots if found.id == slot.id)
        airing = _with_slot(new, _airing_slot(new, current, frozenset({day}), (at,)))
        if airing == new:
            raise InputError(
                Problem(_("{id} is not left out").format(id=text), _("see broadcaster schedule exceptions"))
            )
        changed[campaign.id] = old, airing
    return [edit(old.path).change_all(new).change() for old, new in changed.values()]


def _airing_campaign(campaign: Campaign, days: frozenset[date]) -> Campaign:
    slots = tuple(_airing_slot(campaign, slot, days) for slot in campaign.slots)
    return replace(campaign, exceptions=campaign.exceptions - days, slots=slots)


def _airing_slot(campaign: Campaign, slot: Slot, days: frozenset[date], times: Sequence[time] = ()) -> Slot:
    moved = {(m.day, m.at) for each in campaign.slots if (m := each.moved_from) and m.slot == slot.id}
    again = {skip for skip in slot.skips - moved if skip[0] in days and (not times or skip[1] in times)}
    return replace(slot, skips=slot.skips - again, exceptions=slot.exceptions if times else slot.exceptions - days)


def _with_slot(campaign: Campaign, new: Slot) -> Campaign:
    return replace(campaign, slots=tuple(new if slot.id == new.id else slot for slot in campaign.slots))


def _without_day(campaign: Campaign, day: date) -> set[LeftOut]:
    return {what for what in _left_out(campaign) if what.first == what.last == day}
