"""Take a spreadsheet's timetable into the campaign files: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.schedule.campaign_edit import Change, Edit, create_campaign, edit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from broadcaster.models import Campaign, Slot
    from broadcaster.schedule.sheets.read_timetable import Sheet


@dataclass(frozen=True, slots=True)
class Takeover:
    """What an import comes to: the changes, the campaigns as they will be, and the slots that the sheet leaves out."""

    changes: tuple[Change, ...]
    campaigns: tuple[Campaign, ...]
    left_out: tuple[str, ...]


def take_over(sheet: Sheet, existing: Mapping[str, Campaign], folder: Path, *, replace_all: bool = False) -> Takeover:
    """Return what makes the campaigns say what the sheet says. Raise InputError where a file cannot be edited.

    Slots that the sheet leaves out stay as they are, unless `replace_all`; the campaigns that it does not name always
    stay. What stays as it was keeps its every byte.
    """
    changes: list[Change] = []
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
        missing = [slot.id for slot in existing[id_].slots if slot.id not in named]
        step = _merged(edit(existing[id_].path), sheet.campaigns.get(id_), slots, missing if replace_all else [])
        changes.append(step.change())
        campaigns.append(step.campaign)
        left_out += [f"{id_}/{slot}" for slot in missing]
    return Takeover(tuple(changes), tuple(campaigns), tuple(left_out))


def _merged(step: Edit, head: Campaign | None, slots: tuple[Slot, ...], gone: list[str]) -> Edit:
    """Return an edit to what the sheet says: a campaign grows before its slots do, and shrinks after them."""
    for id_ in gone:
        step = step.remove(id_)
    if head is None:
        return _with_slots(step, slots)
    try:
        return _with_slots(step.change_campaign(replace(head, path=step.path)), slots)
    except InputError:
        return _with_slots(step, slots).change_campaign(replace(head, path=step.path))


def _with_slots(step: Edit, slots: tuple[Slot, ...]) -> Edit:
    known = {slot.id: slot for slot in step.campaign.slots}
    for slot in slots:
        if known.get(slot.id) != slot:  # every step reads the whole file
            step = step.change_slot(slot) if slot.id in known else step.add(slot)
    return step
