"""Where a slot is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.tomlfile import TomlFile

if TYPE_CHECKING:
    from broadcaster.models import Campaign, Slot


def place_of(campaign: Campaign, slot: Slot) -> str:
    """Return the file and line where a slot begins, "schedules/thang-5.toml:12"; the file alone where it is broken."""
    number = next(index for index, found in enumerate(campaign.slots) if found.id == slot.id)
    name = f"{campaign.path.parent.name}/{campaign.path.name}"
    try:
        return f"{name}:{TomlFile.read(campaign.path).line_of(('slot', number))}"
    except InputError:
        return name
