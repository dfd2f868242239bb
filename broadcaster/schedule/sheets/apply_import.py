"""Import a spreadsheet's timetable into the campaign files: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.schedule.campaign_edit import CampaignEdit, FileChange, create_campaign, edit
from broadcaster.schedule.days_off import carry_moved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from broadcaster.models import Campaign, Slot
    from broadcaster.schedule.sheets.read_timetable import TimetableSheet


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """The result of an import: file changes, the campaigns after them, and the slots that the sheet leaves out."""

    changes: tuple[FileChange, ...]
    campaigns: tuple[Campaign, ...]
    left_out: tuple[str, ...]


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
    for id_ in dict.fromkeys([*sheet.campaigns, *sheet.slots]):
        slots = sheet.slots.get(id_, ())
        if id_ not in existing:
            new = replace(sheet.campaigns[id_], path=folder / f"{id_}.toml", slots=slots)
            changes.append(create_campaign(new))
            campaigns.append(new)
            continue
        named = {slot.id for slot in slots}
        missing = [slot.id for slot in existing[id_].slots if slot.id not in named] if named else []
        step = _merged(edit(existing[id_].path), sheet.campaigns.get(id_), slots, missing if replace_all else [])
        changes.append(step.change())
        campaigns.append(step.campaign)
        left_out += [f"{id_}/{slot}" for slot in missing]
    return SheetChanges(tuple(changes), tuple(campaigns), tuple(left_out))


def _merged(step: CampaignEdit, head: Campaign | None, slots: tuple[Slot, ...], gone: list[str]) -> CampaignEdit:
    """Return an edit that matches the sheet: the campaign changes before its slots if possible, else after them."""
    for id_ in gone:
        step = step.remove(id_)
    if head is None:
        return _with_slots(step, slots)
    try:
        return _with_slots(step.change_campaign(replace(head, path=step.path)), slots)
    except InputError:
        return _with_slots(step, slots).change_campaign(replace(head, path=step.path))


def _with_slots(step: CampaignEdit, slots: tuple[Slot, ...]) -> CampaignEdit:
    known = {slot.id: slot for slot in step.campaign.slots}
    for slot in slots:
        if known.get(slot.id) != slot:  # every step parses the whole file
            step = step.change_slot(slot) if slot.id in known else step.add(slot)
    for slot in slots:
        if slot.id in known:
            step = carry_moved(step, known[slot.id], slot)
    return step
