"""Import a spreadsheet's timetable into the campaign files: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.schedule.campaign_edit import CampaignEdit, FileChange, create_campaign, edit
from broadcaster.schedule.days_off import CarriedOver, carry_days, carry_moved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from broadcaster.models import Campaign, Slot
    from broadcaster.schedule.days_off import LeftOutBefore
    from broadcaster.schedule.sheets.read_timetable import TimetableSheet


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """The result of an import: file changes, the campaigns after them, and the slots that the sheet leaves out.

    `before`: what these, which stay, left out outside the new days of their campaign.
    """

    changes: tuple[FileChange, ...]
    campaigns: tuple[Campaign, ...]
    left_out: tuple[str, ...]
    before: tuple[LeftOutBefore, ...] = ()


def changes_of_import(
    sheet: TimetableSheet, existing: Mapping[str, Campaign], folder: Path, *, replace_all: bool = False
) -> SheetChanges:
    """Return the changes that make the campaigns match the sheet. Raise InputError if a file cannot be edited.

    Slots that the sheet leaves out are kept, unless `replace_all`; campaigns of which it names no slot keep theirs in
    any case. What does not change stays the same to the byte.
    """
    changes: list[FileChange] = []
    campaigns: list[Campaign] = []
    left_out: list[str] = []
    before: list[LeftOutBefore] = []
    for id_ in dict.fromkeys([*sheet.campaigns, *sheet.slots]):
        slots = sheet.slots.get(id_, ())
        if id_ not in existing:
            new = replace(sheet.campaigns[id_], path=folder / f"{id_}.toml", slots=slots)
            changes.append(create_campaign(new))
            campaigns.append(new)
            continue
        named = {slot.id for slot in slots}
        missing = [slot.id for slot in existing[id_].slots if slot.id not in named] if named else []
        merged = _merged(edit(existing[id_].path), sheet.campaigns.get(id_), slots, missing if replace_all else [])
        step, before = merged.step, [*before, *merged.before]
        changes.append(step.change())
        campaigns.append(step.campaign)
        left_out += [f"{id_}/{slot}" for slot in missing]
    return SheetChanges(tuple(changes), tuple(campaigns), tuple(left_out), tuple(before))


def _merged(step: CampaignEdit, head: Campaign | None, slots: tuple[Slot, ...], gone: list[str]) -> CarriedOver:
    """Return an edit that matches the sheet: the campaign changes before its slots if possible, else after them."""
    for id_ in gone:
        step = step.remove(id_)
    if head is None:
        return CarriedOver(_with_slots(step, slots))
    head = replace(head, path=step.path)
    try:
        carried = carry_days(step, head)
        return replace(carried, step=_with_slots(carried.step, slots))
    except InputError:
        return carry_days(_with_slots(step, slots), head)


def _with_slots(step: CampaignEdit, slots: tuple[Slot, ...]) -> CampaignEdit:
    known = {slot.id: slot for slot in step.campaign.slots}
    for slot in slots:
        if known.get(slot.id) != slot:  # every step parses the whole file
            step = step.change_slot(slot) if slot.id in known else step.add(slot)
    for slot in slots:
        if slot.id in known:
            step = carry_moved(step, known[slot.id], slot)
    return step
