"""Whole campaigns: renamed, copied to other days, removed. Returns the changes of their files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from broadcaster.models import Campaign, Slot
from broadcaster.office.find import find_campaign
from broadcaster.office.new_file import free_campaign_path
from broadcaster.office.typed import TypedValues
from broadcaster.schedule.campaign_edit import FileChange, edit, plain_text
from broadcaster.schedule.season import fits
from broadcaster.schedule.timetable import parse_campaign
from broadcaster.versions import text_of

if TYPE_CHECKING:
    from broadcaster.models import Boundary
    from broadcaster.office.campaign_form import CampaignForm
    from broadcaster.station.folder import Station

B = TypeVar("B", Campaign, Slot)


@dataclass(frozen=True, slots=True)
class Copy:
    """A campaign's copy: the new file, and what of the old one belongs to its own days and is left out."""

    change: FileChange
    campaign: Campaign
    moved: tuple[str, ...]  # slots that stand for moved airings
    other_days: tuple[str, ...]  # slots on days that are not among the copy's
    exceptions: int  # days and airings that were left out, and pauses


def remove_campaign(station: Station, id_: str) -> FileChange:
    """Return the change that removes a campaign's file; raise InputError where there is none."""
    path = find_campaign(station, id_).path
    return FileChange(path, text_of(path), None)


def rename_campaign(station: Station, id_: str, new: str) -> list[FileChange]:
    """Return the changes that give a campaign another id; raise InputError for one that is taken, or no id."""
    removed = remove_campaign(station, id_)
    return [removed, FileChange(free_campaign_path(station, new), None, removed.before)]


def copy_campaign(station: Station, id_: str, new: str, form: CampaignForm) -> Copy:
    """Return the copy of a campaign under another id, with what was typed: comments and slots stay as they are.

    Where its days have a year, the days of its slots go with its first day to the year of the copy. What it left out,
    its pauses, its moved airings and slots on other days than the copy's belong to its own days, and are not copied.
    Raise InputError for what is not understood, or would not be a valid file.
    """
    old = find_campaign(station, id_)
    path = free_campaign_path(station, new)
    typed = TypedValues()
    today = station.now().date()
    start, end = typed.boundary("--from", form.first, today), typed.boundary("--to", form.last, today)
    typed.finish()
    years = _years_between(old.start, start)
    head = replace(
        old,
        id=new,
        path=path,
        title=old.title if form.title is None else form.title,
        source=old.source if form.source is None else form.source,
        start=start or old.start,
        end=end or _moved(old.end, years) or old.end,
    )
    slots = {slot.id: _of_copy(slot, years) for slot in old.slots if not slot.moved_from}
    other_days = tuple(id_ for id_, slot in slots.items() if not _is_within(slot, head))
    moved = tuple(slot.id for slot in old.slots if slot.moved_from)
    step = replace(edit(old.path), path=path)  # so that mistakes are those of the new file
    for gone in (*moved, *other_days):
        step = step.remove(gone)
    kept = tuple(slots[slot.id] for slot in step.campaign.slots)
    text = step.change_all(replace(_as_new(head), slots=kept)).text
    left_out = _exceptions(old) + sum(map(_exceptions, old.slots))
    return Copy(FileChange(path, None, text), parse_campaign(path, plain_text(text)), moved, other_days, left_out)


def _of_copy(slot: Slot, years: int) -> Slot:
    return replace(_as_new(slot), start=_moved(slot.start, years), end=_moved(slot.end, years))


def _is_within(slot: Slot, head: Campaign) -> bool:
    """Return whether a slot's days are among its campaign's; days that cannot be are for the file's reader to tell."""
    ends = slot.start or head.start, slot.end or head.end
    if isinstance(ends[0], date) != isinstance(ends[1], date):
        return False  # one end is the campaign's, and has a year where the slot's has none
    return fits(*ends, head.start, head.end)


def _years_between(old: Boundary, new: Boundary | None) -> int:
    return new.year - old.year if isinstance(old, date) and isinstance(new, date) else 0


def _moved(day: Boundary | None, years: int) -> Boundary | None:
    """Return a day some years later; 29 February becomes the 28th where there is none."""
    if not isinstance(day, date) or not years:
        return day
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _as_new(each: B) -> B:
    """Return a campaign or a slot that leaves nothing out and is not paused."""
    if isinstance(each, Slot):
        return replace(each, exceptions=frozenset(), skips=frozenset(), pauses=())
    return replace(each, exceptions=frozenset(), pauses=())


def _exceptions(each: Campaign | Slot) -> int:
    skips = len(each.skips) if isinstance(each, Slot) else 0
    return len(each.exceptions) + len(each.pauses) + skips
