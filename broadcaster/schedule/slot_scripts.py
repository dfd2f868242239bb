"""What a slot may air: its scripts, each in the versions that the slot, or else its campaign, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.script_ids import in_versions

if TYPE_CHECKING:
    from broadcaster.models import Campaign, Slot


def versions_in(campaign: Campaign, slot: Slot) -> tuple[str, ...]:
    """Return the versions in which a slot's scripts air, in their order; () for each text itself."""
    return slot.versions or campaign.versions


def may_air(campaign: Campaign, slot: Slot) -> tuple[str, ...]:
    """Return every script that a slot may air, each once; order and turns are those of `plan.expand`."""
    return tuple(dict.fromkeys(in_versions(slot.scripts, versions_in(campaign, slot))))
