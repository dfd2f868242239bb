"""Where a slot is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.tomlfile import TomlFile

if TYPE_CHECKING:
    from broadcaster.models import Campaign, Slot


def place_of(campaign: Campaign, slot: Slot) -> str:
    """Return the file and line where a slot begins: "schedules/thang-5.toml:12"."""
    number = next(index for index, found in enumerate(campaign.slots) if found.id == slot.id)
    line = TomlFile.read(campaign.path).line_of(("slot", number))
    return f"{campaign.path.parent.name}/{campaign.path.name}:{line}"
